//! The best plan so far, and what another plan must reach to be better.

use super::greedy::total_violation;
use super::model::Model;
use super::plan_state::PlanState;

/// The best plan so far and the arithmetic of "better".
#[derive(Debug, Clone)]
pub(super) struct Incumbent {
    pub picks: Vec<u32>,
    pub served: f64,
    pub cost: f64,
    /// Whether the plan meets every constraint.
    pub feasible: bool,
    violation: f64,
    /// Least difference between two served weights, and between two costs.
    served_step: f64,
    cost_step: f64,
    /// How much better than the best a plan has to be to matter.
    tolerance: f64,
    target: Option<f64>,
}

impl Incumbent {
    pub fn new(model: &Model) -> Self {
        let whole =
            |values: &[f64]| values.iter().all(|value| value.fract() == 0.0) && values.iter().sum::<f64>() < 1e15;
        let mut incumbent = Self {
            picks: Vec::new(),
            served: 0.0,
            cost: 0.0,
            feasible: false,
            violation: f64::INFINITY,
            tolerance: 0.0,
            served_step: if whole(model.instance.class_weights()) && model.instance.charges().is_empty() {
                1.0
            } else {
                0.0
            },
            cost_step: if whole(model.instance.costs()) { 1.0 } else { 0.0 },
            target: model.target,
        };
        incumbent.offer(&PlanState::new(model));
        incumbent
    }

    /// Takes over a plan of the whole problem if it is better; says whether it was.
    pub fn offer(&mut self, plan: &PlanState<'_>) -> bool {
        let feasible = plan.feasible();
        let violation = if feasible { 0.0 } else { total_violation(plan) };
        let better = match (feasible, self.feasible) {
            (true, false) => true,
            (false, true) => false,
            (false, false) => violation < self.violation,
            (true, true) if self.target.is_some() => plan.cost() < self.cost,
            (true, true) => plan.served() > self.served,
        };
        if better {
            self.picks = plan.picks();
            self.served = plan.served();
            self.cost = plan.cost();
            self.feasible = feasible;
            self.violation = violation;
        }
        better
    }

    /// Plans that are better by less than this do not matter.
    pub fn tolerate(&mut self, difference: f64) {
        self.tolerance = difference;
    }

    /// The objective, once there is a feasible plan.
    pub fn objective(&self) -> Option<f64> {
        self.feasible
            .then_some(if self.target.is_some() { self.cost } else { self.served })
    }

    /// Served weight below which a bound on served weight proves that nothing better is there.
    pub fn needed(&self) -> f64 {
        match self.target {
            Some(target) => target - 1e-9 * target.max(1.0),
            None if self.feasible && self.tolerance > 0.0 => self.served + self.tolerance,
            None if self.feasible && self.served_step > 0.0 => self.served + self.served_step - 0.5,
            None if self.feasible => self.served + 1e-9 * self.served.max(1.0),
            // Every plan serves at least nothing: a bound below that proves that there is no plan.
            None => -1e-6,
        }
    }

    /// Most that a better plan may cost.
    pub fn cost_cap(&self) -> f64 {
        if self.target.is_none() || !self.feasible {
            f64::INFINITY
        } else if self.cost_step > 0.0 {
            self.cost - self.cost_step
        } else {
            self.cost - 1e-9 * self.cost.max(1.0)
        }
    }

    /// An upper bound on served weight, rounded down where all served weights are whole numbers.
    pub fn round_served(&self, bound: f64) -> f64 {
        if self.served_step > 0.0 {
            (bound + 1e-6).floor()
        } else {
            bound
        }
    }

    /// A lower bound on cost, rounded up where all costs are whole numbers.
    pub fn round_cost(&self, bound: f64) -> f64 {
        if self.cost_step > 0.0 {
            (bound - 1e-6).ceil()
        } else {
            bound
        }
    }
}
