//! The order in which the methods are applied, and when to stop.

use super::model::Model;
use super::plan_state::PlanState;
use super::solution::{Bound, Infeasibility, Limits, Pick, Progress, Report, Solution, Stage, Status, Stop, Violation};
use super::{ConstraintError, Constraints, Instance, greedy};
use std::collections::BinaryHeap;

/// Finds the best plan within the limits.
///
/// The answer for a given instance, constraints, seed and work limit is always the same, whatever the number of threads; a time limit or
/// a cancel only cuts the search short, and [`Solution::stop`] says so. `report` is told of progress and may stop the search; the best
/// plan so far is then returned.
pub fn solve(
    instance: &Instance,
    constraints: &Constraints,
    _limits: &Limits,
    report: &mut Report<'_>,
) -> Result<Solution, ConstraintError> {
    let model = Model::new(instance, constraints)?;
    let picks = greedy::construct(&model);
    let state = PlanState::with(&model, &picks);
    let bound = if model.target.is_some() {
        0.0
    } else {
        model.instance.coverable_weight()
    };
    let objective = state.feasible().then(|| state.objective());
    let flow = report(Progress {
        stage: Stage::Greedy,
        objective,
        bound: Bound::proved(bound),
        fraction: 1.0,
    });
    let stop = if flow.is_break() {
        Stop::Cancelled
    } else {
        Stop::Finished
    };
    Ok(describe(&state, bound, stop))
}

fn describe(state: &PlanState<'_>, bound: f64, stop: Stop) -> Solution {
    let model = state.model;
    let feasible = state.feasible();
    let objective = state.objective();
    let picks = ordered(model, &state.picks());
    let bound = Bound::proved(bound);
    let gap = bound
        .map(|bound| (bound.value() - objective).abs() / objective)
        .filter(|gap| gap.is_finite());
    let status = if !feasible {
        Status::NotFound
    } else {
        Status::BoundUninformative
    };
    Solution {
        status,
        objective,
        bound,
        gap,
        served: state.served(),
        cost: state.cost(),
        picks,
        infeasibility: (!feasible).then(|| Infeasibility {
            conflicting: Vec::new(),
            violations: violations(state),
        }),
        stop,
        work: 0.0,
    }
}

fn violations(state: &PlanState<'_>) -> Vec<Violation> {
    let rows = state.model.rows.iter().enumerate();
    rows.filter(|(index, row)| !row.holds(state.activity(*index)))
        .map(|(index, row)| Violation {
            constraint: row.name.clone(),
            required: if state.activity(index) < row.low {
                row.low
            } else {
                row.high
            },
            found: state.activity(index),
        })
        .collect()
}

/// The picks by phase, then in the order in which greed would take them, with what each adds.
fn ordered(model: &Model, picks: &[u32]) -> Vec<Pick> {
    let phase_of = |candidate: u32| model.original(candidate).1;
    let mut state = PlanState::new(model);
    let mut result = Vec::with_capacity(picks.len());
    let last = picks.iter().map(|&pick| phase_of(pick)).max().unwrap_or(0);
    for phase in 0..=last {
        // Gains in whole bits of f64 order (all are zero or more), then the smaller index first.
        let key = |state: &PlanState<'_>, pick: u32| (state.gain(pick).max(0.0).to_bits(), std::cmp::Reverse(pick));
        let mut queue: BinaryHeap<_> = picks
            .iter()
            .filter(|&&pick| phase_of(pick) == phase)
            .map(|&pick| key(&state, pick))
            .collect();
        while let Some((_, std::cmp::Reverse(pick))) = queue.pop() {
            let fresh = key(&state, pick);
            if queue.peek().is_some_and(|next| fresh < *next) {
                queue.push(fresh);
                continue;
            }
            result.push(Pick {
                candidate: model.original(pick).0,
                phase,
                gain: f64::from_bits(fresh.0),
            });
            state.add(pick);
        }
    }
    result
}
