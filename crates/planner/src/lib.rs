//! What to do about the gaps: actions and their cost, cover sets, the optimiser and its bound, explanations.
//!
//! [`make_plan`] goes the whole way: [`candidates`](candidates::candidates) finds where something could be done,
//! the coverage engine gives each [`Candidate`] its footprint, [`Demand`](demand::Demand) says who still waits, the
//! [`optimiser`] chooses, and every [`PlannedAction`] of the [`Plan`] carries its reasons. The optimiser itself is pure: it knows
//! only weights, costs and who covers whom.
#![forbid(unsafe_code)]

mod action;
pub mod candidates;
mod cost;
pub mod demand;
mod explanation;
mod footprint;
pub mod optimiser;
mod plan;

pub use action::{ActionKind, Candidate};
pub use cost::{CostError, CostModel, Remoteness};
pub use explanation::{Gain, PlannedAction, RunnerUp, ServedPlace, Totals};
pub use footprint::{CellTemplate, CellTemplates};
pub use plan::{Plan, PlanError, PlanListener, PlanProgress, PlanRequest, PlanStage, SolutionSummary, make_plan};
