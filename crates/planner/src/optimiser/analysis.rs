//! What a plan's picks are worth, what they replace, what binds and where the knee of the cost–coverage curve lies.
//!
//! Pure functions of the instance and the picks; the optimiser itself is only asked for prices and for the curve.

use super::clock::Clock;
use super::constraints::{ConstraintError, Constraints};
use super::core_problem::CoreProblem;
use super::greedy;
use super::model::Model;
use super::relaxation::{Relaxation, Start};
use super::{Bound, Instance, Limits, Report, solve};
use serde::{Deserialize, Serialize};

/// Iterations of the relaxation from which shadow prices are read.
const PRICE_ITERATIONS: usize = 600;

/// What one pick is worth within its plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PickValue {
    /// The candidate.
    pub candidate: u32,
    /// Weight that it covers by itself.
    pub covers: f64,
    /// Weight that would be lost without it.
    pub lost_without: f64,
    /// Cost per unit of weight that only it serves; absent when it alone serves nothing.
    pub cost_per_weight: Option<f64>,
    /// Demand points that only it serves, by index.
    pub only_it_serves: Vec<u32>,
    /// The candidate outside the plan that would serve most in its place.
    pub runner_up: Option<RunnerUp>,
}

/// The best candidate for another's place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RunnerUp {
    /// The candidate.
    pub candidate: u32,
    /// Weight that it would add if the pick were left out.
    pub gain: f64,
    /// Weight that the exchange would lose (negative: gain).
    pub shortfall: f64,
    /// What the exchange would add to the cost (negative: save).
    pub extra_cost: f64,
}

/// A candidate that a pick leaves with little to do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MadeRedundant {
    /// The candidate.
    pub candidate: u32,
    /// Weight that it would add to the plan without the pick.
    pub gain_without_pick: f64,
    /// Weight that it would add to the plan with the pick.
    pub gain_with_pick: f64,
}

/// What one more unit of a constraint would bring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShadowPrice {
    /// The constraint's name.
    pub constraint: String,
    /// Served weight gained per unit by which the limit is moved outwards, in the linear relaxation.
    pub price: f64,
    /// Whether it is the lower limit that binds.
    pub lower_limit: bool,
}

/// A point of the cost–coverage curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Money allowed.
    pub budget: f64,
    /// Money used.
    pub cost: f64,
    /// Weight served.
    pub served: f64,
    /// No plan within the budget serves more.
    pub bound: Option<Bound>,
}

/// How often each class is covered by some picks.
fn times_covered(instance: &Instance, picks: &[u32]) -> Vec<u32> {
    let mut times = vec![0u32; instance.classes()];
    for class in picks.iter().flat_map(|&pick| instance.classes_of(pick)) {
        times[class as usize] += 1;
    }
    times
}

/// Weight of the classes of a candidate that `counts` accepts.
fn weight_where(instance: &Instance, candidate: u32, counts: impl Fn(u32) -> bool) -> f64 {
    let weights = instance.class_weights();
    instance
        .classes_of(candidate)
        .filter(|&class| counts(class))
        .map(|class| weights[class as usize])
        // The sum of nothing is −0, which nobody wants to read.
        .fold(0.0, |sum, weight| sum + weight)
}

/// A plan taken apart: what each pick and each candidate outside is worth in it.
pub struct PlanAnalysis<'a> {
    instance: &'a Instance,
    times: Vec<u32>,
    chosen: Vec<bool>,
    /// What each candidate would add to the plan; 0 for picks.
    gains: Vec<f64>,
    touching: Touching,
}

impl<'a> PlanAnalysis<'a> {
    /// Takes the plan of some picks apart.
    #[must_use]
    pub fn new(instance: &'a Instance, picks: &[u32]) -> Self {
        let times = times_covered(instance, picks);
        let mut chosen = vec![false; instance.candidates()];
        picks.iter().for_each(|&pick| chosen[pick as usize] = true);
        let gains = (0..instance.candidates() as u32)
            .map(|candidate| weight_where(instance, candidate, |class| times[class as usize] == 0))
            .collect();
        Self {
            instance,
            times,
            chosen,
            gains,
            touching: Touching::new(instance),
        }
    }

    /// Whether a candidate is in the plan.
    #[must_use]
    pub fn is_chosen(&self, candidate: u32) -> bool {
        self.chosen[candidate as usize]
    }

    /// Weight that a candidate would add to the plan.
    #[must_use]
    pub fn gain(&self, candidate: u32) -> f64 {
        self.gains[candidate as usize]
    }

    /// The candidate outside the plan that would add most, among those wanted, with what it adds.
    #[must_use]
    pub fn best_addition(&self, wanted: impl Fn(u32) -> bool) -> Option<(u32, f64)> {
        let mut best: Option<(u32, f64)> = None;
        for (candidate, &gain) in (0u32..).zip(&self.gains) {
            if best.is_none_or(|(_, most)| gain > most) && !self.is_chosen(candidate) && wanted(candidate) {
                best = Some((candidate, gain));
            }
        }
        best
    }

    /// The classes that only a pick serves.
    fn only_by(&self, pick: u32) -> Vec<u32> {
        self.instance
            .classes_of(pick)
            .filter(|&class| self.times[class as usize] == 1)
            .collect()
    }

    fn weight_of(&self, classes: &[u32]) -> f64 {
        let weights = self.instance.class_weights();
        classes.iter().map(|&class| weights[class as usize]).sum()
    }

    /// What the candidates outside the plan would win back of some classes (rising), by candidate; those that win nothing are left out.
    fn regained(&self, only: &[u32]) -> Vec<(u32, f64)> {
        self.touching
            .of(only)
            .into_iter()
            .filter(|&other| !self.is_chosen(other))
            .map(|other| {
                let won = weight_where(self.instance, other, |class| only.binary_search(&class).is_ok());
                (other, won)
            })
            .collect()
    }

    /// The candidate outside the plan that would serve most in a pick's place, among those that may.
    #[must_use]
    pub fn runner_up(&self, pick: u32, may_replace: impl Fn(u32) -> bool) -> Option<RunnerUp> {
        let only = self.only_by(pick);
        let lost_without = self.weight_of(&only);
        self.regained(&only)
            .into_iter()
            .filter(|&(rival, _)| may_replace(rival))
            .map(|(rival, regained)| (self.gain(rival) + regained, rival))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
            .map(|(gain, candidate)| RunnerUp {
                candidate,
                gain,
                shortfall: lost_without - gain,
                extra_cost: self.instance.costs()[candidate as usize] - self.instance.costs()[pick as usize],
            })
    }

    /// Candidates outside the plan that a pick leaves with at most `share` of what they would add without it; largest loss first.
    #[must_use]
    pub fn made_redundant(&self, pick: u32, share: f64) -> Vec<MadeRedundant> {
        let mut list: Vec<MadeRedundant> = self
            .regained(&self.only_by(pick))
            .into_iter()
            .map(|(candidate, regained)| MadeRedundant {
                candidate,
                gain_without_pick: self.gain(candidate) + regained,
                gain_with_pick: self.gain(candidate),
            })
            .filter(|entry| {
                entry.gain_without_pick > entry.gain_with_pick
                    && entry.gain_with_pick <= share * entry.gain_without_pick
            })
            .collect();
        let lost = |entry: &MadeRedundant| entry.gain_without_pick - entry.gain_with_pick;
        list.sort_by(|a, b| lost(b).total_cmp(&lost(a)).then(a.candidate.cmp(&b.candidate)));
        list
    }
}

/// The value of every pick, in the order given. `may_replace(pick, candidate)` says which candidates are considered as runner-up.
#[must_use]
pub fn pick_values(instance: &Instance, picks: &[u32], may_replace: impl Fn(u32, u32) -> bool) -> Vec<PickValue> {
    let plan = PlanAnalysis::new(instance, picks);
    let (offsets, demands) = instance.demands_by_class();
    picks
        .iter()
        .map(|&pick| {
            let only = plan.only_by(pick);
            let lost_without = plan.weight_of(&only);
            let mut only_it_serves: Vec<u32> = only
                .iter()
                .flat_map(|&class| &demands[offsets[class as usize] as usize..offsets[class as usize + 1] as usize])
                .copied()
                .collect();
            only_it_serves.sort_unstable();
            PickValue {
                candidate: pick,
                covers: weight_where(instance, pick, |_| true),
                lost_without,
                cost_per_weight: (lost_without > 0.0).then(|| instance.costs()[pick as usize] / lost_without),
                only_it_serves,
                runner_up: plan.runner_up(pick, |rival| may_replace(pick, rival)),
            }
        })
        .collect()
}

/// Who covers a class, for looking up neighbours.
struct Touching {
    offsets: Vec<u32>,
    members: Vec<u32>,
}

impl Touching {
    fn new(instance: &Instance) -> Self {
        let (offsets, members) = instance.transpose();
        Self { offsets, members }
    }

    /// The candidates that cover any of some classes, each once, rising.
    fn of(&self, classes: &[u32]) -> Vec<u32> {
        let mut list: Vec<u32> = classes
            .iter()
            .flat_map(|&class| {
                &self.members[self.offsets[class as usize] as usize..self.offsets[class as usize + 1] as usize]
            })
            .copied()
            .collect();
        list.sort_unstable();
        list.dedup();
        list
    }
}

/// The constraints that bind in the linear relaxation, dearest first: the price of the last unit of budget, of the last pick, of a quota.
/// Conflicts between candidates are left out. Empty when no plan meets the constraints, and for the least-cost goal.
pub fn shadow_prices(instance: &Instance, constraints: &Constraints) -> Result<Vec<ShadowPrice>, ConstraintError> {
    let model = Model::new(instance, constraints)?;
    let Some((root, _)) = CoreProblem::whole(&model).propagate(None) else {
        return Ok(Vec::new());
    };
    if model.target.is_some() {
        return Ok(Vec::new());
    }
    let start = greedy::construct(&root.model);
    let mut relaxation = Relaxation::new(&root.model, Start::Plan(&start));
    let unhurried = Limits {
        seconds: None,
        ..Limits::default()
    };
    relaxation.iterate(PRICE_ITERATIONS, &Clock::start(&unhurried));
    let proof = relaxation.proof();
    let worth = instance.coverable_weight().max(f64::MIN_POSITIVE);
    let mut prices: Vec<ShadowPrice> = root
        .model
        .rows
        .iter()
        .zip(&proof.multipliers)
        .filter(|(row, price)| !row.is_conflict() && price.abs() > 1e-9 * worth)
        .map(|(row, &price)| ShadowPrice {
            constraint: row.name.to_string(),
            price: price.abs(),
            lower_limit: price < 0.0,
        })
        .collect();
    prices.sort_by(|a, b| b.price.total_cmp(&a.price).then(a.constraint.cmp(&b.constraint)));
    Ok(prices)
}

/// The cost–coverage curve: the best plan for each budget, all other constraints kept. The limits hold for each point.
pub fn cost_coverage_curve(
    instance: &Instance,
    constraints: &Constraints,
    budgets: &[f64],
    limits: &Limits,
    report: &mut Report<'_>,
) -> Result<Vec<CurvePoint>, ConstraintError> {
    budgets
        .iter()
        .map(|&budget| {
            let constraints = Constraints {
                budget: Some(budget),
                ..constraints.clone()
            };
            let solution = solve(instance, &constraints, limits, report)?;
            Ok(CurvePoint {
                budget,
                cost: solution.cost,
                served: solution.served,
                bound: solution.bound,
            })
        })
        .collect()
}

/// The knee of a curve: the point farthest above the straight line from its first to its last point. `None` for fewer than three points
/// or when none lies above the line.
#[must_use]
pub fn knee(curve: &[CurvePoint]) -> Option<usize> {
    let (first, last) = (curve.first()?, curve.last()?);
    let (width, height) = (last.budget - first.budget, last.served - first.served);
    if curve.len() < 3 || width <= 0.0 || height <= 0.0 {
        return None;
    }
    let above = |point: &CurvePoint| (point.served - first.served) / height - (point.budget - first.budget) / width;
    (1..curve.len() - 1)
        .map(|place| (above(&curve[place]), place))
        .filter(|&(above, _)| above > 1e-9)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        .map(|(_, place)| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    /// Demand 0..=5 in a line, weights 1..=6; candidates cover pairs and one covers three.
    fn line() -> Instance {
        let covers = vec![vec![0, 1], vec![1, 2], vec![2, 3, 4], vec![4, 5], vec![3, 4]];
        Instance::new(
            vec![1.0, 1.0, 2.0, 1.0, 1.0],
            vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            &covers,
            None,
        )
        .expect("valid")
    }

    #[test]
    fn values_agree_with_leaving_picks_out() {
        let instance = line();
        let picks = [2, 3, 0];
        let all = instance.served_weight(&picks);
        for value in pick_values(&instance, &picks, |_, _| true) {
            let others: Vec<u32> = picks.iter().copied().filter(|&pick| pick != value.candidate).collect();
            assert_eq!(value.lost_without, all - instance.served_weight(&others));
            let best = (0..5u32)
                .filter(|candidate| !picks.contains(candidate))
                .map(|candidate| {
                    instance.served_weight(&[others.as_slice(), &[candidate]].concat())
                        - instance.served_weight(&others)
                })
                .fold(0.0, f64::max);
            assert_eq!(
                value.runner_up.map_or(0.0, |rival| rival.gain),
                best,
                "pick {}",
                value.candidate
            );
            let only: f64 = value
                .only_it_serves
                .iter()
                .map(|&demand| instance.demand_weights()[demand as usize])
                .sum();
            assert_eq!(only, value.lost_without);
        }
    }

    #[test]
    fn a_covered_neighbour_is_redundant() {
        let instance = line();
        let redundant = PlanAnalysis::new(&instance, &[2, 3]).made_redundant(2, 0.3);
        assert_eq!(
            redundant
                .iter()
                .map(|entry| (entry.candidate, entry.gain_with_pick))
                .collect::<Vec<_>>(),
            vec![(4, 0.0)]
        );
    }

    #[test]
    fn the_budget_has_a_price_and_the_curve_a_knee() -> Result<(), ConstraintError> {
        let instance = line();
        let prices = shadow_prices(&instance, &Constraints::within_budget(2.0))?;
        assert_eq!(
            prices
                .first()
                .map(|price| (price.constraint.as_str(), price.lower_limit)),
            Some(("budget", false))
        );
        let budgets = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        let limits = Limits {
            seconds: None,
            ..Limits::default()
        };
        let curve = cost_coverage_curve(&instance, &Constraints::default(), &budgets, &limits, &mut |_| {
            ControlFlow::Continue(())
        })?;
        assert!(
            curve
                .windows(2)
                .all(|pair| pair[0].served <= pair[1].served && pair[1].cost <= pair[1].budget)
        );
        assert_eq!(
            curve.iter().map(|point| point.served).collect::<Vec<_>>(),
            vec![0.0, 11.0, 16.0, 20.0, 21.0, 21.0]
        );
        assert_eq!(knee(&curve), Some(2));
        Ok(())
    }
}
