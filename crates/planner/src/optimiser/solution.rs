//! What the optimiser answers.

use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// How far the answer is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No plan is better.
    Optimal,
    /// The plan meets every constraint; the bound says how much better another could be.
    Feasible,
    /// The plan meets every constraint, but the best known bound is hardly better than "all demand that can be covered": a gap to it would
    /// tell nothing and is not given.
    BoundUninformative,
    /// It is proved that no plan meets the constraints; the plan returned comes closest.
    Infeasible,
    /// No plan that meets the constraints was found, and none was proved impossible; the plan returned comes closest.
    NotFound,
}

/// Why the optimiser stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// It had nothing more to try, or the proof was complete.
    Finished,
    /// The work limit was reached: the same answer comes out every time.
    WorkLimit,
    /// The time limit was reached: another run may get farther.
    TimeLimit,
    /// The caller asked it to stop.
    Cancelled,
}

/// Limits on the effort.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Seed of every random choice.
    pub seed: u64,
    /// Most work, in units of 10⁹ elementary steps (roughly one second each on one core), `None` = no limit.
    pub work: Option<f64>,
    /// Most wall-clock seconds, `None` = no limit.
    pub seconds: Option<f64>,
    /// Threads, 0 = as many as the machine has. The answer does not depend on it unless the time limit strikes.
    pub threads: usize,
    /// Stop once the relative gap is this small.
    pub gap: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            seed: 1,
            work: None,
            seconds: Some(20.0),
            threads: 0,
            gap: 0.0,
        }
    }
}

/// A proved limit on the objective of every plan: an upper bound when the most is served, a lower bound on the least cost.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bound(f64);

impl Bound {
    /// Only the optimiser's own proofs make a bound.
    pub(super) fn proved(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value))
    }

    /// The value that no plan can pass.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

/// A constraint that cannot be met together with the others, in words, and by how much the returned plan misses it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Violation {
    /// The constraint's name.
    pub constraint: String,
    /// What it asks for.
    pub required: f64,
    /// What the returned plan has.
    pub found: f64,
}

/// Why no plan meets the constraints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Infeasibility {
    /// Constraints that cannot all hold together (leave one of them out and the rest can, as far as the search could tell).
    pub conflicting: Vec<String>,
    /// What the nearest plan misses.
    pub violations: Vec<Violation>,
}

/// One chosen candidate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    /// The candidate's index.
    pub candidate: u32,
    /// Index of the phase in which it is built (0 without phases).
    pub phase: u32,
    /// Weight it adds to the picks before it in the list.
    pub gain: f64,
}

/// A plan and what is proved about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Solution {
    /// How far the answer is proved.
    pub status: Status,
    /// Served weight (summed over phases with their values), or cost for the least-cost goal.
    pub objective: f64,
    /// Proved limit on the objective of every plan; absent when nothing is proved.
    pub bound: Option<Bound>,
    /// `|bound − objective| / objective`; absent without a bound that tells something, or when the objective is zero and the bound is not.
    pub gap: Option<f64>,
    /// Weight served at the end.
    pub served: f64,
    /// Cost of the picks.
    pub cost: f64,
    /// The chosen candidates, by phase and then by what each adds, largest first.
    pub picks: Vec<Pick>,
    /// Present when the plan misses a constraint.
    pub infeasibility: Option<Infeasibility>,
    /// Why the optimiser stopped.
    pub stop: Stop,
    /// Work done, in the unit of [`Limits::work`].
    pub work: f64,
}

impl Solution {
    /// The chosen candidates' indices in the order of `picks`.
    #[must_use]
    pub fn candidates(&self) -> Vec<u32> {
        self.picks.iter().map(|pick| pick.candidate).collect()
    }
}

/// What is known while the optimiser runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Stage of the search.
    pub stage: Stage,
    /// Objective of the best plan so far, `None` before the first that meets the constraints.
    pub objective: Option<f64>,
    /// Best bound so far.
    pub bound: Option<Bound>,
    /// Share of the work or time limit that is used, 0 to 1 (0 when there is no limit).
    pub fraction: f64,
}

/// Stages of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The first plan.
    Greedy,
    /// Prices of demand, which give the bound.
    Bound,
    /// Exchanges of picks.
    Improve,
    /// Proof by enumeration.
    Prove,
}

/// Told of progress; answers whether to go on.
pub type Report<'a> = dyn FnMut(Progress) -> ControlFlow<()> + Send + 'a;
