//! From the search's end to the answer.

use super::clock::Clock;
use super::incumbent::Incumbent;
use super::model::Model;
use super::plan_state::PlanState;
use super::solution::{Bound, Infeasibility, Pick, Solution, Status, Violation};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Writes the answer. `bound` limits the objective of every plan; `proved_empty` says that there is none that meets the constraints.
pub(super) fn describe(
    model: &Model,
    incumbent: &Incumbent,
    bound: f64,
    proved_empty: bool,
    clock: &Clock,
) -> Solution {
    let state = PlanState::with(model, &incumbent.picks);
    let objective = state.objective();
    let bound = if proved_empty { None } else { Bound::proved(bound) };
    let gap = bound
        .filter(|_| incumbent.feasible)
        .map(|bound| relative_gap(objective, bound.value()))
        .filter(|gap| gap.is_finite());
    let status = status(model, incumbent, objective, bound, gap, proved_empty);
    Solution {
        status,
        objective,
        bound,
        // A gap to a bound that tells nothing would only flatter.
        gap: gap.filter(|_| status != Status::BoundUninformative),
        served: served_at_end(model, &state),
        cost: state.cost(),
        picks: ordered(model, &incumbent.picks),
        infeasibility: (!incumbent.feasible).then(|| Infeasibility {
            conflicting: Vec::new(),
            violations: violations(&state),
        }),
        stop: clock.stop(),
        work: clock.work(),
    }
}

fn relative_gap(objective: f64, bound: f64) -> f64 {
    let difference = (bound - objective).abs();
    if difference <= 1e-9 * objective.abs().max(1.0) {
        0.0
    } else {
        difference / objective.abs()
    }
}

/// A bound must rule out at least this share of what lies between the plan and all demand that can be covered. On dense or saturated
/// instances the plan serves nearly everything, and any bound would make a small gap.
const TELLING: f64 = 0.1;

fn status(
    model: &Model,
    incumbent: &Incumbent,
    objective: f64,
    bound: Option<Bound>,
    gap: Option<f64>,
    proved_empty: bool,
) -> Status {
    let uninformative = |bound: Bound| {
        if model.target.is_some() {
            bound.value() <= 0.0
        } else {
            let coverable = model.instance.coverable_weight();
            coverable - bound.value() < TELLING * (coverable - objective)
        }
    };
    match (incumbent.feasible, bound) {
        (false, _) if proved_empty => Status::Infeasible,
        (false, _) => Status::NotFound,
        (true, _) if gap == Some(0.0) => Status::Optimal,
        (true, Some(bound)) if !uninformative(bound) => Status::Feasible,
        (true, _) => Status::BoundUninformative,
    }
}

fn served_at_end(model: &Model, state: &PlanState<'_>) -> f64 {
    model.served_at_end(state.times_covered())
}

fn violations(state: &PlanState<'_>) -> Vec<Violation> {
    let rows = state.model.rows.iter().enumerate();
    let mut list: Vec<Violation> = rows
        .filter(|(index, row)| !row.holds(state.activity(*index)))
        .map(|(index, row)| Violation {
            constraint: row.name.to_string(),
            required: if state.activity(index) < row.low {
                row.low
            } else {
                row.high
            },
            found: state.activity(index),
        })
        .collect();
    if let Some(target) = state
        .model
        .target
        .filter(|_| !state.model.target_reached(state.served()))
    {
        list.push(Violation {
            constraint: "target weight".into(),
            required: target,
            found: state.served(),
        });
    }
    list
}

/// The picks by phase, then in the order in which greed would take them, with what each adds.
fn ordered(model: &Model, picks: &[u32]) -> Vec<Pick> {
    let phase_of = |candidate: u32| model.original(candidate).1;
    let mut state = PlanState::new(model);
    let mut result = Vec::with_capacity(picks.len());
    let last = picks.iter().map(|&pick| phase_of(pick)).max().unwrap_or(0);
    for phase in 0..=last {
        // Gains are zero or more, so their bits are ordered as they are; then the smaller index first.
        let key = |state: &PlanState<'_>, pick: u32| (state.gain(pick).max(0.0).to_bits(), Reverse(pick));
        let mut queue: BinaryHeap<_> = picks
            .iter()
            .filter(|&&pick| phase_of(pick) == phase)
            .map(|&pick| key(&state, pick))
            .collect();
        while let Some((_, Reverse(pick))) = queue.pop() {
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
