//! What to do about the gaps: actions and their cost, cover sets, the optimiser and its bound, explanations.
//!
//! [`make_plan`] goes the whole way: [`candidates`](candidates::candidates) finds where something could be done,
//! the coverage engine gives each [`Candidate`] its footprint, [`Demand`](demand::Demand) says who still waits ([`Prepared`] is all of
//! that), the [`optimiser`] chooses, and every [`PlannedAction`] of the [`Plan`] carries its reasons. [`hand`] lets a planner change a
//! plan by hand, [`comparison`] puts two side by side, [`sharing`] finds masts that one owner's neighbours could share. The optimiser itself is pure: it knows
//! only weights, costs and who covers whom.
#![forbid(unsafe_code)]

mod action;
mod backhaul;
pub mod candidates;
pub mod comparison;
mod constraint_words;
mod cost;
pub mod demand;
mod explanation;
mod footprint;
mod ground_plane;
mod grouped;
pub mod hand;
pub mod optimiser;
mod plan;
mod prepared;
mod request;
pub mod sharing;
mod territory;

pub use action::{ActionKind, Candidate, CandidateSource};
pub use backhaul::{Backhaul, BackhaulKind};
pub use constraint_words::ConstraintWords;
pub use cost::{BackhaulCosts, CostError, CostModel, Remoteness};
pub use explanation::{
    Binding, ClassChange, Curve, CurvePoint, Gain, GroundAction, PhaseSum, PlannedAction, PriceUnit, Redundant,
    RunnerUp, SatelliteAdvice, ServedPlace, Totals, curve_svg,
};
pub use footprint::{CellTemplate, CellTemplates, planned_cells};
pub use grouped::grouped;
pub use plan::{
    MissedBy, Plan, PlanError, PlanListener, PlanProgress, PlanStage, SolutionSummary, WhyNot, decide, make_plan,
};
pub use prepared::{Prepared, prepare};
pub use request::{PhaseRequest, PlanGoal, PlanRequest, Target, TargetOf};
