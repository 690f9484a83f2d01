//! Local search: one pick leaves, the best that then fits comes in, until no exchange helps.

use super::board::Board;
use super::clock::Clock;

/// Exchanges picks one for one until nothing improves.
pub(super) fn exchange_all(board: &mut Board<'_>, clock: &Clock) {
    let mut idle = 0;
    for _pass in 0..30 {
        let mut order: Vec<(f64, u32)> = board
            .state
            .picks()
            .into_iter()
            .map(|pick| (board.state.loss(pick), pick))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (_, pick) in order {
            if idle > board.state.len() || clock.interrupted() {
                return;
            }
            if board.state.is_chosen(pick) && exchange(board, pick) {
                idle = 0;
            } else {
                idle += 1;
            }
        }
    }
}

/// Takes one pick out and puts in what then gains most, as long as something fits; undoes it unless the plan got better.
fn exchange(board: &mut Board<'_>, pick: u32) -> bool {
    let before = Value::of(board);
    board.remove(pick);
    let mut added = Vec::new();
    let by_ratio = board.state.model.target.is_some();
    recreate(board, &mut added, |_, gain, ratio| if by_ratio { ratio } else { gain });
    let dropped = drop_redundant(board);
    if Value::of(board).better_than(&before) {
        return true;
    }
    undo(board, &[pick], &added, &dropped);
    false
}

fn undo(board: &mut Board<'_>, removed: &[u32], added: &[u32], dropped: &[u32]) {
    for &candidate in added {
        if board.state.is_chosen(candidate) {
            board.remove(candidate);
        }
    }
    // What was dropped again after being added in this step was not part of the plan before.
    let was_there = |candidate: u32| removed.contains(&candidate) || !added.contains(&candidate);
    for &candidate in removed.iter().chain(dropped) {
        if was_there(candidate) && !board.state.is_chosen(candidate) {
            board.add(candidate);
        }
    }
}

/// Adds the best-scored candidates while anything may come in (for the least cost: until the target is reached).
fn recreate(board: &mut Board<'_>, added: &mut Vec<u32>, score: impl Fn(u32, f64, f64) -> f64) {
    while !(board.state.model.target.is_some() && board.state.feasible()) {
        let Some(candidate) = board.best_addition(&score) else {
            break;
        };
        board.add(candidate);
        added.push(candidate);
    }
}

/// For the least cost: picks near the end of the list of gains that the target does not need.
fn drop_redundant(board: &mut Board<'_>) -> Vec<u32> {
    let model = board.state.model;
    let mut dropped = Vec::new();
    if model.target.is_none() || !board.state.feasible() {
        return dropped;
    }
    let costs = model.instance.costs();
    let slack = |board: &Board<'_>| board.state.served() - model.target.unwrap_or(0.0);
    let mut picks: Vec<u32> = board.state.picks();
    picks.sort_by(|&a, &b| costs[b as usize].total_cmp(&costs[a as usize]).then(a.cmp(&b)));
    for pick in picks {
        if costs[pick as usize] > 0.0 && board.state.loss(pick) <= slack(board) && board.state.spare(pick) {
            board.remove(pick);
            dropped.push(pick);
        }
    }
    dropped
}

/// How good a plan is, for comparison within the search.
#[derive(Debug, Clone, Copy)]
struct Value {
    feasible: bool,
    /// To be maximised.
    worth: f64,
    violation: f64,
}

impl Value {
    fn of(board: &Board<'_>) -> Self {
        let feasible = board.state.feasible();
        Self {
            feasible,
            worth: if board.state.model.target.is_some() {
                -board.state.cost()
            } else {
                board.state.served()
            },
            violation: if feasible {
                0.0
            } else {
                super::greedy::total_violation(&board.state)
            },
        }
    }

    fn better_than(&self, other: &Self) -> bool {
        match (self.feasible, other.feasible) {
            (true, true) => self.worth > other.worth + 1e-9 * other.worth.abs().max(1e-3),
            (false, false) => self.violation < other.violation - 1e-12,
            (feasible, _) => feasible,
        }
    }
}
