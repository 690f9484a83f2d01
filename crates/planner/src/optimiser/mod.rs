//! The optimiser: weighted maximum coverage with constraints, and least cost for a target, with a proved bound.
//!
//! Pure: no files, no radio, no clock but the one that a time limit asks for.
//!
//! | Module | What it does |
//! |---|---|
//! | `instance` | who covers whom, as runs of merged demand classes: sums over a cover cost a step per run, not per pair |
//! | `demand_order` | the order that makes the runs few |
//! | `constraints`, `model` | what the planner asks for, and its one form: linear rows over the candidates; phases as copies |
//! | `greedy` | the first plan: lower limits first, then lazy greed with the best-single check |
//! | `relaxation` | prices of demand: the bound with its proof, reduced profits, fractional picks |
//! | `regional_bound` | a tighter bound: parts of the province in whole numbers, the demand between them priced |
//! | `core_problem` | what is left once candidates are fixed: fewer candidates, classes and rows |
//! | `dive`, `local_search`, `annealing`, `neighbourhood` | better plans: rounding, exchanges, many small changes, regions solved anew |
//! | `branch` | the proof, or improvement within a node limit |
//! | `exact_finish` | the proof by HiGHS, with the cargo feature `highs` |
//! | `search` | the order of all this, and when to stop |
//! | `infeasibility`, `analysis` | why nothing fits; what picks are worth |
//!
//! Randomness comes from the seed alone, and work done side by side is put together in a fixed order, so that an answer that no time
//! limit cut short is the same for any number of threads.

pub mod analysis;
mod annealing;
mod answer;
mod board;
mod branch;
mod clock;
mod constraints;
mod core_problem;
pub mod csv_instance;
mod demand_order;
mod dive;
#[cfg(feature = "highs")]
mod exact_finish;
mod greedy;
mod incumbent;
mod infeasibility;
mod instance;
mod local_search;
mod model;
mod neighbourhood;
mod plan_state;
mod regional_bound;
mod relaxation;
mod search;
mod solution;

pub use constraints::{ConstraintError, Constraints, Count, Goal, Phase, Quota};
pub use instance::{Instance, InstanceError, Run};
pub use search::{improve, solve};
pub use solution::{Bound, Infeasibility, Limits, Pick, Progress, Report, Solution, Stage, Status, Stop, Violation};

#[cfg(test)]
mod tests;
