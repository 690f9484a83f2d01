//! The first plan: lower limits first, then the most gain per unit of the scarce resource, lazily.

use super::model::{Model, RowKind};
use super::plan_state::PlanState;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// What one pick is charged with when candidates are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charge {
    /// Every pick counts the same.
    Count,
    /// Its cost.
    Cost,
}

/// An entry of the lazy queue: largest score first, then the smallest index, so that ties never depend on chance.
#[derive(Debug, Clone, Copy)]
struct Entry {
    score: f64,
    candidate: u32,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Entry {}
impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score
            .total_cmp(&other.score)
            .then(other.candidate.cmp(&self.candidate))
    }
}

/// The better of the greedy plans that the constraints suggest. It may miss lower limits where greed does not find the way.
pub(super) fn construct(model: &Model) -> Vec<u32> {
    let costs_matter = model.target.is_some()
        || model
            .rows
            .iter()
            .any(|row| matches!(row.kind, RowKind::Budget | RowKind::Cost));
    let charges: &[Charge] = if costs_matter {
        &[Charge::Cost, Charge::Count]
    } else {
        &[Charge::Count]
    };
    let mut best: Option<PlanState<'_>> = None;
    for &charge in charges {
        let mut state = PlanState::new(model);
        complete(&mut state, charge, None);
        if best.as_ref().is_none_or(|best| better(&state, best)) {
            best = Some(state);
        }
    }
    best.map(|state| state.picks()).unwrap_or_default()
}

/// Whether one plan is better than another: feasible first, then by the objective.
pub(super) fn better(plan: &PlanState<'_>, other: &PlanState<'_>) -> bool {
    match (plan.feasible(), other.feasible()) {
        (true, false) => true,
        (false, true) => false,
        (false, false) => total_violation(plan) < total_violation(other),
        (true, true) if plan.model.target.is_some() => plan.cost() < other.cost(),
        (true, true) => plan.served() > other.served(),
    }
}

/// Sum over the rows of what is missed, relative to each limit.
pub(super) fn total_violation(plan: &PlanState<'_>) -> f64 {
    let rows = plan.model.rows.iter().enumerate().map(|(index, row)| {
        let activity = plan.activity(index);
        let limit = if activity < row.low { row.low } else { row.high };
        row.violation(activity) / limit.abs().max(1.0)
    });
    let target = plan
        .model
        .target
        .map_or(0.0, |target| ((target - plan.served()) / target.max(1.0)).max(0.0));
    rows.sum::<f64>() + target
}

/// Adds candidates to a plan until its lower limits hold and nothing more fits (or the target is reached). `bias` multiplies scores.
pub(super) fn complete(state: &mut PlanState<'_>, charge: Charge, bias: Option<&[f64]>) {
    meet_lower_limits(state, charge);
    fill(state, charge, bias);
    if state.model.target.is_some() {
        drop_redundant(state);
    }
}

fn price(model: &Model, candidate: u32, charge: Charge) -> f64 {
    match charge {
        Charge::Count => 1.0,
        Charge::Cost => model.instance.costs()[candidate as usize].max(1e-9),
    }
}

/// Adds, for the row with the fewest ways left, the member that helps most rows and gains most for its price.
fn meet_lower_limits(state: &mut PlanState<'_>, charge: Charge) {
    let model = state.model;
    let mut open: Vec<usize> = (0..model.rows.len())
        .filter(|&row| model.rows[row].low > 0.0 && model.rows[row].kind != RowKind::Count)
        .collect();
    let scale = 1.0
        / model
            .instance
            .class_weights()
            .iter()
            .copied()
            .sum::<f64>()
            .max(f64::MIN_POSITIVE);
    if open.is_empty() {
        return;
    }
    // Gains only fall as picks are added: old ones are upper bounds, looked at anew when they come first.
    let mut gains: Vec<f64> = (0..model.candidates() as u32)
        .map(|candidate| PlanState::new_gain(model, candidate))
        .collect();
    loop {
        open.retain(|&row| model.rows[row].short(state.activity(row)));
        let tightest = open
            .iter()
            .map(|&row| {
                let ways = model.rows[row]
                    .members
                    .iter()
                    .filter(|&&(member, _)| may_join(state, member))
                    .count();
                (ways as f64 - (model.rows[row].low - state.activity(row)), row)
            })
            .filter(|&(_, row)| {
                model.rows[row]
                    .members
                    .iter()
                    .any(|&(member, _)| may_join(state, member))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let Some((_, row)) = tightest else { break };
        let score = |state: &PlanState<'_>, member: u32, gain: f64| {
            let helped = model
                .entries(member)
                .iter()
                .filter(|&&(row, _)| {
                    let row = row as usize;
                    model.rows[row].kind != RowKind::Count && model.rows[row].short(state.activity(row))
                })
                .count() as f64;
            Entry {
                score: (helped + gain * scale) / price(model, member, charge),
                candidate: member,
            }
        };
        let mut queue: BinaryHeap<Entry> = model.rows[row]
            .members
            .iter()
            .filter(|&&(member, _)| may_join(state, member))
            .map(|&(member, _)| score(state, member, gains[member as usize]))
            .collect();
        let mut choice = None;
        while let Some(entry) = queue.pop() {
            let gain = state.gain(entry.candidate);
            gains[entry.candidate as usize] = gain;
            let fresh = score(state, entry.candidate, gain);
            match queue.peek() {
                Some(next) if fresh < *next => queue.push(fresh),
                _ => {
                    choice = Some(entry.candidate);
                    break;
                }
            }
        }
        match choice {
            Some(candidate) => state.add(candidate),
            None => break,
        }
    }
}

fn may_join(state: &PlanState<'_>, candidate: u32) -> bool {
    !state.is_chosen(candidate) && state.fits(candidate)
}

/// Lazy greedy: a gain can only fall as picks are added, so a queue entry whose score is still the largest after re-evaluation is the
/// true best. Candidates that no longer fit never fit again.
fn fill(state: &mut PlanState<'_>, charge: Charge, bias: Option<&[f64]>) {
    let model = state.model;
    let score = |state: &PlanState<'_>, candidate: u32| {
        let bias = bias.map_or(1.0, |bias| bias[candidate as usize]);
        Entry {
            score: bias * state.gain(candidate) / price(model, candidate, charge),
            candidate,
        }
    };
    let mut queue: BinaryHeap<Entry> = (0..model.candidates() as u32)
        .filter(|&candidate| may_join(state, candidate))
        .map(|candidate| score(state, candidate))
        .collect();
    let single = best_single(state, &queue, charge);
    let start = state.clone();
    // Picks that gain nothing are only wanted where a number is prescribed.
    let prescribed: Vec<usize> = (0..model.rows.len())
        .filter(|&row| model.rows[row].kind == RowKind::Count && model.rows[row].low > 0.0)
        .collect();
    while let Some(entry) = queue.pop() {
        if model.target.is_some()
            && model.target_reached(state.served())
            && prescribed
                .iter()
                .all(|&row| !model.rows[row].short(state.activity(row)))
        {
            break;
        }
        if !state.fits(entry.candidate) {
            continue;
        }
        let fresh = score(state, entry.candidate);
        if fresh.score <= 0.0
            && prescribed
                .iter()
                .all(|&row| !model.rows[row].short(state.activity(row)))
        {
            continue;
        }
        match queue.peek() {
            Some(next) if fresh < *next => queue.push(fresh),
            _ => state.add(entry.candidate),
        }
    }
    if let Some(single) = single {
        let mut alternative = start;
        alternative.add(single);
        if better(&alternative, state) {
            *state = alternative;
        }
    }
}

/// The candidate that alone gains most: with costs, greed by ratio can be arbitrarily bad without this check.
fn best_single(state: &PlanState<'_>, queue: &BinaryHeap<Entry>, charge: Charge) -> Option<u32> {
    if charge == Charge::Count || state.model.target.is_some() {
        return None;
    }
    queue
        .iter()
        .map(|entry| Entry {
            score: state.gain(entry.candidate),
            candidate: entry.candidate,
        })
        .max()
        .map(|entry| entry.candidate)
}

/// For the least cost: removes picks that the target and the rows can do without, dearest first.
fn drop_redundant(state: &mut PlanState<'_>) {
    let costs = state.model.instance.costs();
    let mut picks = state.picks();
    picks.sort_by(|&a, &b| costs[b as usize].total_cmp(&costs[a as usize]).then(a.cmp(&b)));
    for pick in picks {
        if state.spare(pick) && state.model.target_reached(state.served() - state.loss(pick)) {
            state.remove(pick);
        }
    }
}
