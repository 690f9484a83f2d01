//! The linear relaxation: prices of demand that prove a bound, and fractional picks that guide the search.
//!
//! # The bound
//!
//! Let demand class `j` weigh `w_j`, candidate `i` cover the classes `C_i`, `cov_j(x) = Σ_{i : j ∈ C_i} x_i`, and let the rows be
//! `low_r ≤ Σ_i a_ri x_i ≤ high_r`. The served weight of a plan `x` is `Σ_j w_j·min(1, cov_j(x))`.
//! Take any price `0 ≤ u_j ≤ w_j` for every class, any multiplier `λ_r` for the *priced* rows, and write
//! `σ_r(λ) = max(λ·high_r, λ·low_r)` (so `λ_r ≥ 0` where there is no lower limit, and `λ_r ≤ 0` where there is no upper one).
//!
//! *Claim.* Every feasible plan serves at most
//!
//! ```text
//! D(u, λ) = Σ_j (w_j − u_j) + Σ_r σ_r(λ_r) + max { Σ_i ρ_i x_i : x ∈ [0, 1]ⁿ, the exact rows hold },   ρ_i = Σ_{j ∈ C_i} u_j − Σ_r λ_r a_ri
//! ```
//!
//! *Proof.* For a feasible plan, `w_j·min(1, c) ≤ (w_j − u_j) + u_j·c` for every `c ≥ 0`: for `c ≥ 1` the left side is `w_j` and the right
//! side at least `w_j`; for `c < 1` the right side minus the left is `(w_j − u_j)(1 − c) ≥ 0`. Summing over `j` gives
//! `served ≤ Σ_j (w_j − u_j) + Σ_i x_i Σ_{j ∈ C_i} u_j`. The row `r` holds, so `σ_r(λ_r) − λ_r Σ_i a_ri x_i ≥ 0`; adding these for the
//! priced rows gives `served ≤ Σ_j (w_j − u_j) + Σ_r σ_r(λ_r) + Σ_i ρ_i x_i`, and the plan satisfies the exact rows, so the last sum is
//! at most the maximum. ∎
//!
//! The *exact* rows have disjoint members (a count, a budget, the budgets of phases), so the maximum falls apart into one fractional
//! knapsack each; by duality it is `min_μ { σ(μ) + Σ_i max(0, ρ_i − μ a_i) }`, and any `μ` gives a valid value. With the `μ` used,
//! `ρ_i − μ a_i` is the reduced profit of candidate `i`: forcing `x_i` to the other side of its sign costs at least its absolute value,
//! which is what lets the search fix candidates for good.
//!
//! For the least cost with a budget `B` in the exact row, `D` has the form `K + μB`, so a plan that serves `T` costs at least `(T − K)/μ`.
//!
//! # How good prices are found
//!
//! Bound and relaxation are the two sides of one saddle point, solved by the primal–dual hybrid gradient method (Chambolle & Pock 2011)
//! with diagonal steps, reflected Halpern iteration and restarts (as in Lu & Yang, "Restarted Halpern PDHG for linear programming", 2024).
//! With runs and prefix sums (see [`super::instance`]) one iteration costs a step per run, not per pair.
//!
//! | Module | What it does |
//! |---|---|
//! | `proof` | the bound that the prices of the moment prove |
//! | `sums` | sums over cover sets, a step per run |

mod proof;
mod sums;

use super::clock::Clock;
use super::model::{Model, Row};
pub(super) use proof::{Proof, support};
use sums::{change_each, column_sums, coverage_of, prefix_sums, weighted_distance};

const NO_BLOCK: u32 = u32::MAX;
/// Members of an exact row above which those that cannot matter are left out first.
const MEMBERS_WORTH_A_LOOK: usize = 2_000;

/// Prices and fractional picks from which a relaxation can be started.
#[derive(Debug, Clone)]
pub(super) struct Warm {
    pub picks: Vec<f64>,
    pub prices: Vec<f64>,
    pub multipliers: Vec<f64>,
    pub balance: f64,
}

/// The iteration.
pub(super) struct Relaxation<'a> {
    model: &'a Model,
    /// Exact rows, and for each candidate its exact row's place in this list and its coefficient there.
    exact: Vec<usize>,
    block: Vec<u32>,
    block_coefficient: Vec<f64>,
    priced: Vec<usize>,
    picks: Vec<f64>,
    prices: Vec<f64>,
    multipliers: Vec<f64>,
    /// Result of the last step: always within the box, so a bound can be taken from it.
    next_picks: Vec<f64>,
    next_prices: Vec<f64>,
    next_multipliers: Vec<f64>,
    anchor: Warm,
    pick_step: Vec<f64>,
    price_step: Vec<f64>,
    multiplier_step: Vec<f64>,
    balance: f64,
    exact_multipliers: Vec<f64>,
    since_restart: usize,
    iterations: usize,
    first_residual: f64,
    last_residual: f64,
    prefix: Vec<f64>,
    column: Vec<f64>,
    coverage: Vec<f64>,
}

impl<'a> Relaxation<'a> {
    /// Prepares the iteration from a plan (prices: each class's weight shared among those that serve it) or from an earlier state.
    pub fn new(model: &'a Model, start: Start<'_>) -> Self {
        let (exact, block, block_coefficient) = exact_rows(model);
        let priced: Vec<usize> = (0..model.rows.len()).filter(|row| !exact.contains(row)).collect();
        let (candidates, classes) = (model.candidates(), model.instance.classes());
        let mut relaxation = Self {
            model,
            exact_multipliers: vec![0.0; exact.len()],
            exact,
            block,
            block_coefficient,
            multiplier_step: vec![0.0; priced.len()],
            priced,
            picks: Vec::new(),
            prices: Vec::new(),
            multipliers: Vec::new(),
            next_picks: Vec::new(),
            next_prices: Vec::new(),
            next_multipliers: Vec::new(),
            anchor: Warm {
                picks: Vec::new(),
                prices: Vec::new(),
                multipliers: Vec::new(),
                balance: 1.0,
            },
            pick_step: vec![0.0; candidates],
            price_step: vec![0.0; classes],
            balance: 1.0,
            since_restart: 0,
            iterations: 0,
            first_residual: f64::INFINITY,
            last_residual: f64::INFINITY,
            prefix: Vec::with_capacity(classes + 1),
            column: vec![0.0; candidates],
            coverage: vec![0.0; classes],
        };
        relaxation.set_steps();
        let warm = match start {
            Start::Plan(picks) => relaxation.start_from_plan(picks),
            Start::Warm(warm) => warm,
        };
        relaxation.balance = warm.balance;
        relaxation.picks.clone_from(&warm.picks);
        relaxation.prices.clone_from(&warm.prices);
        relaxation.multipliers = relaxation.priced.iter().map(|&row| warm.multipliers[row]).collect();
        relaxation.next_picks = warm.picks;
        relaxation.next_prices = warm.prices;
        relaxation.next_multipliers = relaxation.multipliers.clone();
        relaxation.remember_anchor();
        relaxation
    }

    fn start_from_plan(&mut self, plan: &[u32]) -> Warm {
        let mut picks = vec![0.0; self.model.candidates()];
        for &pick in plan {
            picks[pick as usize] = 1.0;
        }
        coverage_of(&self.model.instance, &picks, &mut self.coverage, &mut self.prefix);
        let weights = self.model.instance.class_weights();
        let prices = weights
            .iter()
            .zip(&self.coverage)
            .map(|(&weight, &times)| weight / times.max(1.0))
            .collect();
        Warm {
            picks,
            prices,
            multipliers: vec![0.0; self.model.rows.len()],
            balance: 1.0,
        }
    }

    /// Diagonal steps: with each pick's step one over its column's absolute sum and each price's one over its row's, the iteration
    /// converges (Pock & Chambolle 2011). Prices are scaled by the class weight, multipliers by what a unit of the row is worth.
    fn set_steps(&mut self) {
        let instance = &self.model.instance;
        let weights = instance.class_weights();
        prefix_sums(weights, &mut self.prefix);
        column_sums(instance, &self.prefix, &mut self.column);
        coverage_of(
            instance,
            &vec![1.0; self.model.candidates()],
            &mut self.coverage,
            &mut self.prefix,
        );
        for ((step, &weight), &times) in self.price_step.iter_mut().zip(weights).zip(&self.coverage) {
            *step = (weight / times.max(1.0)).max(f64::MIN_POSITIVE);
        }
        let mut scale = self.column.clone();
        for (place, &row) in self.priced.iter().enumerate() {
            let members = &self.model.rows[row].members;
            let size: f64 = members
                .iter()
                .map(|&(_, coefficient)| coefficient)
                .sum::<f64>()
                .max(1e-12);
            let worth = members
                .iter()
                .map(|&(member, _)| self.column[member as usize])
                .sum::<f64>()
                / size;
            let worth = worth.max(1e-9);
            self.multiplier_step[place] = worth / size;
            for &(member, coefficient) in members {
                scale[member as usize] += worth * coefficient;
            }
        }
        for (step, scale) in self.pick_step.iter_mut().zip(scale) {
            *step = 1.0 / scale.max(1e-9);
        }
    }

    /// The state from which another relaxation can start.
    pub fn warm(&self) -> Warm {
        Warm {
            picks: self.next_picks.clone(),
            prices: self.next_prices.clone(),
            multipliers: self.spread_multipliers(),
            balance: self.balance,
        }
    }

    fn spread_multipliers(&self) -> Vec<f64> {
        let mut multipliers = vec![0.0; self.model.rows.len()];
        for (&row, &value) in self.priced.iter().zip(&self.next_multipliers) {
            multipliers[row] = value;
        }
        multipliers
    }

    /// Served weight of the fractional picks.
    pub fn fractional_served(&mut self) -> f64 {
        coverage_of(
            &self.model.instance,
            &self.next_picks,
            &mut self.coverage,
            &mut self.prefix,
        );
        let weights = self.model.instance.class_weights();
        weights
            .iter()
            .zip(&self.coverage)
            .map(|(&weight, &times)| weight * times.min(1.0))
            .sum::<f64>()
            - self
                .next_picks
                .iter()
                .zip(self.model.instance.charges())
                .map(|(pick, charge)| pick * charge)
                .sum::<f64>()
    }

    /// Elementary steps of one iteration.
    pub fn steps_per_iteration(&self) -> u64 {
        (2 * self.model.instance.run_count() + 4 * self.model.instance.classes() + 6 * self.model.candidates()) as u64
    }

    /// Does some iterations; ends early when the time is up.
    pub fn iterate(&mut self, iterations: usize, clock: &Clock) {
        for _ in 0..iterations {
            if clock.interrupted() {
                break;
            }
            self.step();
        }
    }

    fn step(&mut self) {
        self.step_picks();
        self.step_prices();
        self.step_multipliers();
        let residual = self.residual();
        if self.since_restart == 0 {
            self.first_residual = residual;
        }
        self.since_restart += 1;
        self.iterations += 1;
        let fell = residual <= 0.2 * self.first_residual;
        let rises = residual <= 0.8 * self.first_residual && residual > self.last_residual;
        let long = self.iterations > 20 && self.since_restart as f64 >= 0.36 * self.iterations as f64;
        self.last_residual = residual;
        if self.since_restart > 1 && (fell || rises || long) {
            self.restart();
        } else {
            self.reflect();
        }
    }

    fn step_picks(&mut self) {
        prefix_sums(&self.prices, &mut self.prefix);
        column_sums(&self.model.instance, &self.prefix, &mut self.column);
        self.charge_multipliers(true);
        let balance = self.balance;
        let (picks, steps, profits) = (&self.picks, &self.pick_step, &self.column);
        change_each(&mut self.next_picks, |candidate, _| {
            picks[candidate] + balance * steps[candidate] * profits[candidate]
        });
        for place in 0..self.exact.len() {
            self.exact_multipliers[place] = self.projection_multiplier(place);
        }
        let (steps, block) = (&self.pick_step, &self.block);
        let (multipliers, coefficients) = (&self.exact_multipliers, &self.block_coefficient);
        change_each(&mut self.next_picks, |candidate, value| {
            let charge = match block[candidate] {
                NO_BLOCK => 0.0,
                place => multipliers[place as usize] * coefficients[candidate],
            };
            (value - balance * steps[candidate] * charge).clamp(0.0, 1.0)
        });
    }

    /// Subtracts the candidates' own charges and the priced rows' from `column`; from the iterate's multipliers or those of the last step.
    fn charge_multipliers(&mut self, iterate: bool) {
        for (column, charge) in self.column.iter_mut().zip(self.model.instance.charges()) {
            *column -= charge;
        }
        let multipliers = if iterate {
            &self.multipliers
        } else {
            &self.next_multipliers
        };
        for (&row, &multiplier) in self.priced.iter().zip(multipliers) {
            if multiplier != 0.0 {
                for &(member, coefficient) in &self.model.rows[row].members {
                    self.column[member as usize] -= multiplier * coefficient;
                }
            }
        }
    }

    /// The multiplier of an exact row with which `clamp(v − step·μ·a, 0, 1)` meets the row.
    fn projection_multiplier(&self, place: usize) -> f64 {
        let row = &self.model.rows[self.exact[place]];
        let guess = self.exact_multipliers[place];
        if guess > 0.0 && row.members.len() > MEMBERS_WORTH_A_LOOK {
            // At multipliers from half the last one on, all others stay at zero.
            let least = 0.5 * guess;
            let near: Vec<(u32, f64)> = row
                .members
                .iter()
                .copied()
                .filter(|&(member, coefficient)| {
                    let step = self.balance * self.pick_step[member as usize];
                    self.next_picks[member as usize] > step * least * coefficient
                })
                .collect();
            let mu = self.newton(row, &near, guess);
            if mu >= least {
                return mu;
            }
        }
        self.newton(row, &row.members, guess)
    }

    /// Newton's method for the multiplier, kept inside a bracket, over some of the row's members.
    fn newton(&self, row: &Row, members: &[(u32, f64)], guess: f64) -> f64 {
        let activity = |mu: f64| {
            let (mut sum, mut slope) = (0.0, 0.0);
            for &(member, coefficient) in members {
                let step = self.balance * self.pick_step[member as usize];
                let value = self.next_picks[member as usize] - step * mu * coefficient;
                if value >= 1.0 {
                    sum += coefficient;
                } else if value > 0.0 {
                    sum += coefficient * value;
                    slope += step * coefficient * coefficient;
                }
            }
            (sum, slope)
        };
        let mut mu = guess;
        let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
        for _ in 0..50 {
            let (sum, slope) = activity(mu);
            let goal = if mu > 0.0 || (mu == 0.0 && sum > row.high) {
                row.high
            } else {
                lower_limit(row)
            };
            let goal = if mu == 0.0 && sum >= lower_limit(row) && sum <= row.high {
                sum
            } else {
                goal
            };
            if !goal.is_finite() {
                // A multiplier of the wrong sign: there is no limit on that side.
                (low, high, mu) = (f64::NEG_INFINITY, f64::INFINITY, 0.0);
                continue;
            }
            if (sum - goal).abs() <= 1e-9 * goal.abs().max(1.0) {
                break;
            }
            if sum > goal {
                low = mu;
            } else {
                high = mu;
            }
            // Crossing zero changes which limit is meant.
            let newton = mu + (sum - goal) / slope;
            let mut next = if newton.is_finite() && newton > low && newton < high {
                newton
            } else if low.is_finite() && high.is_finite() {
                0.5 * (low + high)
            } else if low.is_finite() {
                low + low.abs().max(1.0)
            } else {
                high - high.abs().max(1.0)
            };
            if (mu > 0.0 && next < 0.0) || (mu < 0.0 && next > 0.0) {
                next = 0.0;
            }
            if next == mu {
                break;
            }
            mu = next;
        }
        mu
    }

    fn step_prices(&mut self) {
        // Coverage of the picks extrapolated to 2·next − current.
        for (slot, (&next, &pick)) in self.column.iter_mut().zip(self.next_picks.iter().zip(&self.picks)) {
            *slot = 2.0 * next - pick;
        }
        coverage_of(&self.model.instance, &self.column, &mut self.coverage, &mut self.prefix);
        let weights = self.model.instance.class_weights();
        let inverse = 1.0 / self.balance;
        let (prices, steps, coverage) = (&self.prices, &self.price_step, &self.coverage);
        change_each(&mut self.next_prices, |class, _| {
            let value = prices[class] + inverse * steps[class] * (1.0 - coverage[class]);
            value.clamp(0.0, weights[class])
        });
    }

    fn step_multipliers(&mut self) {
        let inverse = 1.0 / self.balance;
        for (place, &row) in self.priced.iter().enumerate() {
            let row = &self.model.rows[row];
            let activity: f64 = row
                .members
                .iter()
                .map(|&(member, coefficient)| coefficient * self.column[member as usize])
                .sum();
            let step = inverse * self.multiplier_step[place];
            let value = self.multipliers[place] + step * activity;
            let clamped = (value / step).clamp(lower_limit(row), row.high.max(lower_limit(row)));
            self.next_multipliers[place] = value - step * clamped;
        }
    }

    fn residual(&self) -> f64 {
        let picks = weighted_distance(&self.next_picks, &self.picks, &self.pick_step);
        let prices = weighted_distance(&self.next_prices, &self.prices, &self.price_step)
            + weighted_distance(&self.next_multipliers, &self.multipliers, &self.multiplier_step);
        (picks / self.balance + prices * self.balance).sqrt()
    }

    /// Starts anew from the last step, with primal and dual steps balanced by how far each side has moved.
    fn restart(&mut self) {
        let picks = weighted_distance(&self.next_picks, &self.anchor.picks, &self.pick_step).sqrt();
        let prices = (weighted_distance(&self.next_prices, &self.anchor.prices, &self.price_step)
            + weighted_distance(&self.next_multipliers, &self.anchor.multipliers, &self.multiplier_step))
        .sqrt();
        if picks > 1e-12 && prices > 1e-12 {
            self.balance = (self.balance * (picks / prices)).sqrt().clamp(1e-4, 1e4);
        }
        self.picks.copy_from_slice(&self.next_picks);
        self.prices.copy_from_slice(&self.next_prices);
        self.multipliers.copy_from_slice(&self.next_multipliers);
        self.remember_anchor();
        self.since_restart = 0;
        self.last_residual = f64::INFINITY;
    }

    fn remember_anchor(&mut self) {
        self.anchor.picks.clone_from(&self.picks);
        self.anchor.prices.clone_from(&self.prices);
        self.anchor.multipliers.clone_from(&self.multipliers);
    }

    /// Halpern's step on the reflected point: towards `2·next − current`, held back to the anchor by one part in `k + 1`.
    fn reflect(&mut self) {
        let share = self.since_restart as f64 / (self.since_restart as f64 + 1.0);
        let mix = |current: &mut [f64], next: &[f64], anchor: &[f64]| {
            change_each(current, |place, value| {
                share * (2.0 * next[place] - value) + (1.0 - share) * anchor[place]
            });
        };
        mix(&mut self.picks, &self.next_picks, &self.anchor.picks);
        mix(&mut self.prices, &self.next_prices, &self.anchor.prices);
        mix(&mut self.multipliers, &self.next_multipliers, &self.anchor.multipliers);
    }
}

/// Where a relaxation starts from.
pub(super) enum Start<'w> {
    Plan(&'w [u32]),
    Warm(Warm),
}

/// A row's lower limit; activities are never negative, so zero is none.
fn lower_limit(row: &Row) -> f64 {
    if row.low <= 0.0 { f64::NEG_INFINITY } else { row.low }
}

/// Disjoint rows worth an exact treatment, largest first, with each candidate's row and coefficient in it.
fn exact_rows(model: &Model) -> (Vec<usize>, Vec<u32>, Vec<f64>) {
    let mut order: Vec<usize> = (0..model.rows.len())
        .filter(|&row| model.rows[row].members.len() > 8)
        .collect();
    order.sort_by_key(|&row| {
        (
            model.rows[row].kind,
            std::cmp::Reverse(model.rows[row].members.len()),
            row,
        )
    });
    let mut block = vec![NO_BLOCK; model.candidates()];
    let mut coefficients = vec![0.0; model.candidates()];
    let mut exact = Vec::new();
    for row in order {
        if model.rows[row]
            .members
            .iter()
            .any(|&(member, _)| block[member as usize] != NO_BLOCK)
        {
            continue;
        }
        for &(member, coefficient) in &model.rows[row].members {
            block[member as usize] = exact.len() as u32;
            coefficients[member as usize] = coefficient;
        }
        exact.push(row);
    }
    (exact, block, coefficients)
}
