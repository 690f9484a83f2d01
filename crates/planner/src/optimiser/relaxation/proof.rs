//! The bound that prices prove (the claim and its proof stand at the head of [`super`]).

use super::sums::{column_sums, prefix_sums};
use super::{Relaxation, lower_limit};
use crate::optimiser::model::Row;
use rayon::prelude::*;

/// Widening of a computed bound that covers rounding in sums of up to 10⁸ terms.
const ROUNDING: f64 = 1e-10;

/// A proved bound with all that belongs to it.
#[derive(Debug, Clone)]
pub(in crate::optimiser) struct Proof {
    /// No plan serves more than this.
    pub bound: f64,
    /// `ρ_i − μ a_i` of each candidate.
    pub reduced_profits: Vec<f64>,
    /// Multiplier of each row: of the priced ones, and `μ` of the exact ones.
    pub multipliers: Vec<f64>,
}

impl Proof {
    /// Lower bound on the cost of serving `target`, where row `cost_row` was an exact row that limits cost to `limit`.
    pub fn least_cost(&self, target: f64, cost_row: usize, limit: f64) -> f64 {
        let price = self.multipliers[cost_row];
        if price <= 0.0 || !limit.is_finite() {
            return 0.0;
        }
        let value = limit + (target - self.bound) / price;
        (value - ROUNDING * value.abs()).max(0.0)
    }
}

impl Relaxation<'_> {
    /// The bound that the last step's prices prove.
    pub fn proof(&mut self) -> Proof {
        prefix_sums(&self.next_prices, &mut self.prefix);
        let mut column = std::mem::take(&mut self.column);
        column_sums(&self.model.instance, &self.prefix, &mut column);
        self.column = column;
        self.charge_multipliers(false);
        let weights = self.model.instance.class_weights();
        let mut bound: f64 = weights
            .iter()
            .zip(&self.next_prices)
            .map(|(&weight, &price)| weight - price)
            .sum();
        let mut multipliers = self.spread_multipliers();
        for &row in &self.priced {
            bound += support(&self.model.rows[row], multipliers[row]);
        }
        let mut reduced_profits = self.column.clone();
        for (place, &row) in self.exact.iter().enumerate() {
            let mu = knapsack_multiplier(&self.model.rows[row], &self.column, self.exact_multipliers[place]);
            multipliers[row] = mu;
            bound += support(&self.model.rows[row], mu);
            for &(member, coefficient) in &self.model.rows[row].members {
                reduced_profits[member as usize] -= mu * coefficient;
            }
        }
        bound += reduced_profits.iter().map(|&profit| profit.max(0.0)).sum::<f64>();
        Proof {
            bound: bound + ROUNDING * bound.abs(),
            reduced_profits,
            multipliers,
        }
    }
}

/// `σ(λ) = max(λ·high, λ·low)`: what a multiplier is charged for a row.
pub(in crate::optimiser) fn support(row: &Row, multiplier: f64) -> f64 {
    if multiplier > 0.0 {
        multiplier * row.high
    } else if multiplier < 0.0 {
        multiplier * lower_limit(row)
    } else {
        0.0
    }
}

/// The multiplier that solves `min_μ σ(μ) + Σ max(0, ρ_i − μ a_i)`. `guess` only saves time.
fn knapsack_multiplier(row: &Row, profits: &[f64], guess: f64) -> f64 {
    let ratios = |least: f64| {
        let mut list: Vec<(f64, f64)> = row
            .members
            .iter()
            .map(|&(member, coefficient)| (profits[member as usize] / coefficient, coefficient))
            .filter(|&(ratio, _)| ratio > least)
            .collect();
        list.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.total_cmp(&b.1)));
        list
    };
    let crossing = |list: &[(f64, f64)], limit: f64| {
        let mut sum = 0.0;
        list.iter().find_map(|&(ratio, coefficient)| {
            sum += coefficient;
            (sum > limit).then_some(ratio)
        })
    };
    if row.high.is_finite() {
        let near = (guess > 0.0)
            .then(|| crossing(&ratios(0.7 * guess), row.high))
            .flatten();
        if let Some(ratio) = near.or_else(|| crossing(&ratios(0.0), row.high)) {
            return ratio;
        }
    }
    // The upper limit does not bind; a lower one may.
    let low = lower_limit(row);
    if low.is_finite() {
        let mut sum = 0.0;
        for (ratio, coefficient) in ratios(f64::NEG_INFINITY) {
            sum += coefficient;
            if sum >= low - 1e-9 {
                return ratio.min(0.0);
            }
        }
    }
    0.0
}
