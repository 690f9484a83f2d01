//! The optimiser: weighted maximum coverage with constraints, and least cost for a target, with a proved bound.
//!
//! Pure: no files, no radio, no clock but the one that a time limit asks for.

mod constraints;
pub mod csv_instance;
mod greedy;
#[allow(dead_code, reason = "the improvement methods that use the rest follow")]
mod instance;
mod model;
#[allow(dead_code, reason = "the improvement methods that use the rest follow")]
mod plan_state;
mod search;
mod solution;

pub use constraints::{ConstraintError, Constraints, Count, Goal, Phase, Quota};
pub use instance::{Instance, InstanceError, Run};
pub use search::solve;
pub use solution::{Bound, Infeasibility, Limits, Pick, Progress, Report, Solution, Stage, Status, Stop, Violation};

#[cfg(test)]
mod tests {
    use super::{Constraints, Instance, Limits, solve};
    use std::ops::ControlFlow;

    #[test]
    fn two_picks_cover_the_line() -> Result<(), Box<dyn std::error::Error>> {
        let covers = vec![vec![0, 1], vec![1, 2], vec![2, 3], vec![3]];
        let instance = Instance::new(vec![1.0; 4], vec![1.0, 2.0, 3.0, 4.0], &covers, None)?;
        let solution = solve(&instance, &Constraints::exactly(2), &Limits::default(), &mut |_| {
            ControlFlow::Continue(())
        })?;
        assert_eq!((solution.objective, solution.candidates()), (10.0, vec![2, 0]));
        Ok(())
    }
}
