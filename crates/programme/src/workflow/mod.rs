//! Quotas, due dates and the way of a site from plan to air.
//!
//! [`deliveries`] says what was received, late or missing; [`quotas`] and [`check_list`] hold an operator's list against its
//! quota, the other lists and the programme; [`stages`] follows each site by its code from plan to air and sets it
//! against what stands; [`Call`] is a zone board's demand area or an investor's announcement with the operators' answers.

mod calls;
mod deliveries;
mod lists;
mod stages;

pub use calls::{Answer, AnswerKind, Call, CallKind};
pub use deliveries::{Delivery, DeliveryRow, Submission, day_of_year, deliveries};
pub use lists::{
    Conflict, Finding, FindingCode, PlannedSite, QuotaRow, Severity, check_list, check_together, conflicts, quotas,
};
pub use stages::{
    Built, Moved, PlanAgainstBuilt, SiteState, Stage, StageEvent, count_stages, plan_against_built, stages,
};

/// Distance within which two planned masts are one too many, metres (DOMAIN: cities oblige sharing within 100 m).
pub const SHARING_DISTANCE_M: f64 = 100.0;
