//! Diving: fix what the relaxation is sure of, relax what is left, until nothing is left.

use super::branch::fix;
use super::clock::Clock;
use super::core_problem::CoreProblem;
use super::plan_state::PlanState;
use super::relaxation::{Relaxation, Start, Warm};

/// Candidates whose reduced profit is below minus this share of an average pick's worth are not looked at again.
const WORST_PROFIT: f64 = 0.05;

/// How carefully a dive goes: different ways lead to different plans.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// Fractional picks above this are taken.
    pub sure: f64,
    /// At least this share of what is still to be picked is taken in each round.
    pub least_share: f64,
    /// Iterations of the relaxation in each round.
    pub iterations: usize,
}

/// Candidates chosen by diving, as indices of the whole problem. Lower limits may be missed; the caller completes the plan.
pub(super) fn dive(problem: &CoreProblem, warm: &Warm, manner: Manner, clock: &Clock) -> Vec<u32> {
    let mut problem = problem.clone();
    let mut warm = warm.clone();
    loop {
        let Some((next, Some(carried))) = problem.clone().propagate(Some(warm)) else {
            return problem.chosen;
        };
        problem = next;
        if problem.model.candidates() == 0 || clock.interrupted() {
            return problem.chosen;
        }
        let mut relaxation = Relaxation::new(&problem.model, Start::Warm(carried));
        relaxation.iterate(manner.iterations, clock);
        clock.spend(relaxation.steps_per_iteration() * manner.iterations as u64);
        warm = relaxation.warm();
        let proof = relaxation.proof();
        let chosen = surest(&problem, &warm.picks, manner);
        if chosen.is_empty() {
            return problem.chosen;
        }
        let typical = WORST_PROFIT * typical_value(&proof.reduced_profits, &warm.picks, &problem);
        let (mut kept, _) = fix(&problem, &proof, problem.served + proof.bound - typical);
        let taken: std::collections::HashSet<u32> = chosen.iter().copied().collect();
        kept.extend(
            (0..)
                .zip(&proof.reduced_profits)
                .filter(|(_, profit)| **profit > typical)
                .map(|(candidate, _)| candidate),
        );
        kept.sort_unstable();
        kept.dedup();
        kept.retain(|candidate| !taken.contains(candidate));
        let reduced = problem.reduce(&kept, &chosen);
        warm = reduced.inherit(&warm, &kept);
        problem = reduced;
    }
}

fn surest(problem: &CoreProblem, fractional: &[f64], manner: Manner) -> Vec<u32> {
    let mut order: Vec<u32> = (0..fractional.len() as u32)
        .filter(|&candidate| fractional[candidate as usize] > 0.01)
        .collect();
    order.sort_by(|&a, &b| {
        fractional[b as usize]
            .total_cmp(&fractional[a as usize])
            .then(a.cmp(&b))
    });
    let wanted = (fractional.iter().sum::<f64>() * manner.least_share).ceil().max(1.0) as usize;
    let mut state = PlanState::new(&problem.model);
    let mut chosen = Vec::new();
    for candidate in order {
        if fractional[candidate as usize] < manner.sure && chosen.len() >= wanted {
            break;
        }
        if state.fits(candidate) && state.gain(candidate) > 0.0 {
            state.add(candidate);
            chosen.push(candidate);
        }
    }
    chosen
}

/// What an average fractional pick is worth in the relaxation.
fn typical_value(profits: &[f64], picks: &[f64], problem: &CoreProblem) -> f64 {
    let total: f64 = picks.iter().sum();
    let value = problem.model.instance.coverable_weight().min(f64::MAX);
    let spread = profits.iter().map(|profit| profit.abs()).fold(0.0, f64::max);
    (value / total.max(1.0)).min(spread.max(1e-12))
}
