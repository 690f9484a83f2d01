//! The optimiser: weighted maximum coverage with constraints, and least cost for a target, with a proved bound.
//!
//! Pure: no files, no radio, no clock but the one that a time limit asks for.

pub mod analysis;
mod answer;
mod board;
mod branch;
mod clock;
mod constraints;
mod core_problem;
pub mod csv_instance;
mod dive;
mod greedy;
mod incumbent;
mod infeasibility;
mod instance;
mod local_search;
mod model;
mod neighbourhood;
mod plan_state;
mod relaxation;
mod search;
mod solution;

pub use constraints::{ConstraintError, Constraints, Count, Goal, Phase, Quota};
pub use instance::{Instance, InstanceError, Run};
pub use search::solve;
pub use solution::{Bound, Infeasibility, Limits, Pick, Progress, Report, Solution, Stage, Status, Stop, Violation};

#[cfg(test)]
mod tests;
