//! What a plan must respect, as the planner says it.

use super::Instance;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How many candidates are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Just this many.
    Exactly(u32),
    /// This many or fewer.
    AtMost(u32),
}

/// What is optimised.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The most served weight.
    #[default]
    MostServed,
    /// The least cost that serves at least this weight.
    LeastCost {
        /// Served weight to reach.
        target_weight: f64,
    },
}

/// A lower and an upper limit on how many of some candidates are chosen: an operator's quota, a minimum inside zones.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Quota {
    /// Name used when the constraint is spoken of.
    pub name: String,
    /// The candidates it counts.
    pub members: Vec<u32>,
    /// Fewest that must be chosen.
    pub minimum: u32,
    /// Most that may be chosen, `None` = no limit.
    pub maximum: Option<u32>,
}

/// One period of the plan, in order of time. A candidate chosen in a phase serves from that phase on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// Name, such as the year.
    pub name: String,
    /// Money of this phase, `None` = no limit. What is left over is lost.
    #[serde(default)]
    pub budget: Option<f64>,
    /// Most candidates chosen in this phase, `None` = no limit.
    #[serde(default)]
    pub maximum_count: Option<u32>,
    /// Value of one unit of weight being served during this phase; zero or more.
    #[serde(default = "one")]
    pub value: f64,
}

fn one() -> f64 {
    1.0
}

/// Everything that a plan must respect. The default asks for the most served weight without any limit.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Constraints {
    /// What is optimised.
    pub goal: Goal,
    /// How many candidates are chosen, `None` = any number.
    pub count: Option<Count>,
    /// Most that the chosen candidates may cost together.
    pub budget: Option<f64>,
    /// Quotas of operators, minima inside zones, limits on any set of candidates.
    pub quotas: Vec<Quota>,
    /// Demand points that must be served.
    pub must_serve: Vec<u32>,
    /// Candidates that must be chosen.
    pub must_pick: Vec<u32>,
    /// Candidates that must not be chosen.
    pub forbidden: Vec<u32>,
    /// Sets of candidates of which at most one is chosen (one action per site, spacing).
    pub conflicts: Vec<Vec<u32>>,
    /// Periods with their own money, in order of time; empty = one period. With phases the goal is the served weight summed over
    /// phases, each times the phase's value.
    pub phases: Vec<Phase>,
}

/// Why constraints were refused: they do not fit the instance, or make no sense. (That no plan meets them is not an error.)
#[derive(Debug, Error, Clone, PartialEq)]
#[non_exhaustive]
pub enum ConstraintError {
    /// A constraint names a candidate that does not exist.
    #[error("{constraint} names candidate {candidate}, but there are only {candidates}")]
    UnknownCandidate {
        /// The constraint.
        constraint: String,
        /// Index it named.
        candidate: u32,
        /// Number of candidates.
        candidates: usize,
    },
    /// A must-serve point does not exist.
    #[error("must_serve names demand {demand}, but there are only {demands}")]
    UnknownDemand {
        /// Index it named.
        demand: u32,
        /// Number of demand points.
        demands: usize,
    },
    /// A number is negative, infinite or not a number.
    #[error("{constraint} is {value}: it must be a finite number, zero or more")]
    Number {
        /// The constraint.
        constraint: String,
        /// The value given.
        value: f64,
    },
    /// Phases and the least-cost goal were asked for together.
    #[error("the least-cost goal has no phases: leave phases empty, or ask for the most served weight")]
    LeastCostWithPhases,
    /// Too many candidate-phase pairs.
    #[error("{candidates} candidates in {phases} phases are too many")]
    TooManyPhases {
        /// Number of candidates.
        candidates: usize,
        /// Number of phases.
        phases: usize,
    },
}

impl Constraints {
    /// The most served weight for exactly this many candidates.
    #[must_use]
    pub fn exactly(count: u32) -> Self {
        Self {
            count: Some(Count::Exactly(count)),
            ..Self::default()
        }
    }

    /// The most served weight for at most this cost.
    #[must_use]
    pub fn within_budget(budget: f64) -> Self {
        Self {
            budget: Some(budget),
            ..Self::default()
        }
    }

    /// Adds a conflict for every two candidates that stand closer than `minimum_m`; positions in a metric frame.
    ///
    /// ```
    /// let mut constraints = planner::optimiser::Constraints::default();
    /// constraints.add_spacing(&[(0.0, 0.0), (300.0, 0.0), (5000.0, 0.0)], 500.0);
    /// assert_eq!(constraints.conflicts, vec![vec![0, 1]]);
    /// ```
    pub fn add_spacing(&mut self, positions_m: &[(f64, f64)], minimum_m: f64) {
        let mut by_x: Vec<u32> = (0..positions_m.len() as u32).collect();
        by_x.sort_by(|&a, &b| positions_m[a as usize].0.total_cmp(&positions_m[b as usize].0));
        for (rank, &first) in by_x.iter().enumerate() {
            let (x, y) = positions_m[first as usize];
            for &second in &by_x[rank + 1..] {
                let (other_x, other_y) = positions_m[second as usize];
                if other_x - x >= minimum_m {
                    break;
                }
                if (other_x - x).hypot(other_y - y) < minimum_m {
                    self.conflicts.push(vec![first.min(second), first.max(second)]);
                }
            }
        }
    }

    /// Checks that every index exists and every number makes sense.
    pub fn check(&self, instance: &Instance) -> Result<(), ConstraintError> {
        let candidates = instance.candidates();
        let known =
            |constraint: &str, list: &[u32]| match list.iter().find(|&&candidate| candidate as usize >= candidates) {
                Some(&candidate) => Err(ConstraintError::UnknownCandidate {
                    constraint: constraint.to_owned(),
                    candidate,
                    candidates,
                }),
                None => Ok(()),
            };
        let number = |constraint: &str, value: f64| {
            if value.is_finite() && value >= 0.0 {
                Ok(())
            } else {
                Err(ConstraintError::Number {
                    constraint: constraint.to_owned(),
                    value,
                })
            }
        };
        known("must_pick", &self.must_pick)?;
        known("forbidden", &self.forbidden)?;
        for quota in &self.quotas {
            known(&format!("quota {}", quota.name), &quota.members)?;
        }
        for conflict in &self.conflicts {
            known("a conflict", conflict)?;
        }
        if let Some(&demand) = self
            .must_serve
            .iter()
            .find(|&&demand| demand as usize >= instance.demands())
        {
            return Err(ConstraintError::UnknownDemand {
                demand,
                demands: instance.demands(),
            });
        }
        if let Some(budget) = self.budget {
            number("budget", budget)?;
        }
        for phase in &self.phases {
            number(&format!("value of phase {}", phase.name), phase.value)?;
            if let Some(budget) = phase.budget {
                number(&format!("budget of phase {}", phase.name), budget)?;
            }
        }
        if let Goal::LeastCost { target_weight } = self.goal {
            number("target_weight", target_weight)?;
            if !self.phases.is_empty() {
                return Err(ConstraintError::LeastCostWithPhases);
            }
        }
        Ok(())
    }
}
