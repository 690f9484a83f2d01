//! What a plan's picks are worth, what they replace, what binds and where the knee of the cost–coverage curve lies.
//!
//! Pure functions of the instance and the picks; the optimiser itself is only asked for prices and for the curve.

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
        .sum()
}

/// The value of every pick, in the order given. `may_replace(pick, candidate)` says which candidates are considered as runner-up.
#[must_use]
pub fn pick_values(instance: &Instance, picks: &[u32], may_replace: impl Fn(u32, u32) -> bool) -> Vec<PickValue> {
    let times = times_covered(instance, picks);
    let (offsets, demands) = instance.demands_by_class();
    let coverers = Touching::new(instance);
    let mut chosen = vec![false; instance.candidates()];
    picks.iter().for_each(|&pick| chosen[pick as usize] = true);
    picks
        .iter()
        .map(|&pick| {
            let only: Vec<u32> = instance
                .classes_of(pick)
                .filter(|&class| times[class as usize] == 1)
                .collect();
            let lost_without: f64 = only.iter().map(|&class| instance.class_weights()[class as usize]).sum();
            let mut only_it_serves: Vec<u32> = only
                .iter()
                .flat_map(|&class| &demands[offsets[class as usize] as usize..offsets[class as usize + 1] as usize])
                .copied()
                .collect();
            only_it_serves.sort_unstable();
            let rivals = coverers
                .of(&only)
                .into_iter()
                .filter(|&other| !chosen[other as usize] && may_replace(pick, other));
            PickValue {
                candidate: pick,
                covers: weight_where(instance, pick, |_| true),
                lost_without,
                cost_per_weight: (lost_without > 0.0).then(|| instance.costs()[pick as usize] / lost_without),
                only_it_serves,
                runner_up: runner_up(instance, pick, lost_without, &times, rivals),
            }
        })
        .collect()
}

fn runner_up(
    instance: &Instance,
    pick: u32,
    lost_without: f64,
    times: &[u32],
    rivals: impl Iterator<Item = u32>,
) -> Option<RunnerUp> {
    let mut alone = vec![false; times.len()];
    instance
        .classes_of(pick)
        .for_each(|class| alone[class as usize] = times[class as usize] == 1);
    rivals
        .map(|rival| {
            (
                weight_where(instance, rival, |class| {
                    times[class as usize] == 0 || alone[class as usize]
                }),
                rival,
            )
        })
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        .map(|(gain, candidate)| RunnerUp {
            candidate,
            gain,
            shortfall: lost_without - gain,
            extra_cost: instance.costs()[candidate as usize] - instance.costs()[pick as usize],
        })
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

/// Candidates outside the plan that the pick leaves with at most `share` of what they would add without it; largest loss first.
#[must_use]
pub fn made_redundant(instance: &Instance, picks: &[u32], pick: u32, share: f64) -> Vec<MadeRedundant> {
    let times = times_covered(instance, picks);
    let mut alone = vec![false; times.len()];
    instance
        .classes_of(pick)
        .for_each(|class| alone[class as usize] = times[class as usize] == 1);
    let mut list: Vec<MadeRedundant> = (0..instance.candidates() as u32)
        .filter(|candidate| !picks.contains(candidate))
        .map(|candidate| {
            let gain_with_pick = weight_where(instance, candidate, |class| times[class as usize] == 0);
            let regained = weight_where(instance, candidate, |class| alone[class as usize]);
            MadeRedundant {
                candidate,
                gain_without_pick: gain_with_pick + regained,
                gain_with_pick,
            }
        })
        .filter(|entry| {
            entry.gain_without_pick > entry.gain_with_pick && entry.gain_with_pick <= share * entry.gain_without_pick
        })
        .collect();
    let lost = |entry: &MadeRedundant| entry.gain_without_pick - entry.gain_with_pick;
    list.sort_by(|a, b| lost(b).total_cmp(&lost(a)).then(a.candidate.cmp(&b.candidate)));
    list
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
    relaxation.iterate(PRICE_ITERATIONS);
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
        let redundant = made_redundant(&line(), &[2, 3], 2, 0.3);
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
