//! A part of the problem: some candidates decided, the rest free, everything that no longer matters left out.

use super::Instance;
use super::model::{Model, Row, RowKind};
use super::relaxation::Warm;
use std::sync::Arc;

/// What is left of the problem after some candidates were chosen and others dropped.
#[derive(Debug, Clone)]
pub(super) struct CoreProblem {
    /// The free candidates and what they can still add; limits are reduced by what the chosen ones use.
    pub model: Model,
    /// Index in the whole problem of each free candidate.
    pub whole: Vec<u32>,
    /// Chosen candidates, by their index in the whole problem.
    pub chosen: Vec<u32>,
    /// Weight that the chosen candidates serve.
    pub served: f64,
    /// What they cost.
    pub cost: f64,
    /// For each row its index in the problem that this one was made from.
    row_origin: Vec<u32>,
}

impl CoreProblem {
    /// The whole problem, excluded candidates and all.
    pub fn whole_of(model: &Model) -> Self {
        Self {
            whole: (0..model.candidates() as u32).collect(),
            chosen: Vec::new(),
            served: 0.0,
            cost: 0.0,
            row_origin: Vec::new(),
            model: model.clone(),
        }
    }

    /// The whole problem without the excluded candidates.
    pub fn whole(model: &Model) -> Self {
        let root = Self::whole_of(model);
        if !model.excluded.contains(&true) {
            return root;
        }
        let kept: Vec<u32> = (0..model.candidates() as u32)
            .filter(|&candidate| !model.excluded[candidate as usize])
            .collect();
        root.reduce(&kept, &[])
    }

    /// Chooses some free candidates and keeps others free; the rest is dropped.
    pub fn reduce(&self, kept: &[u32], chosen: &[u32]) -> Self {
        let instance = &self.model.instance;
        let mut served = vec![false; instance.classes()];
        for &candidate in chosen {
            for run in instance.runs(candidate) {
                served[run.start as usize..run.end as usize].fill(true);
            }
        }
        let gained: f64 = instance
            .class_weights()
            .iter()
            .zip(&served)
            .filter(|(_, served)| **served)
            .map(|(weight, _)| weight)
            .sum::<f64>()
            - chosen
                .iter()
                .map(|&candidate| instance.charge_of(candidate))
                .sum::<f64>();
        let place = places(self.model.candidates(), kept);
        let is_chosen = {
            let mut mark = vec![false; self.model.candidates()];
            chosen.iter().for_each(|&candidate| mark[candidate as usize] = true);
            mark
        };
        let mut rows = Vec::new();
        let mut row_origin = Vec::new();
        for (origin, row) in self.model.rows.iter().enumerate() {
            if let Some(row) = reduce_row(row, &place, &is_chosen) {
                rows.push(row);
                row_origin.push(origin as u32);
            }
        }
        let reduced: Instance = instance.restrict(kept, &served);
        let mut chosen_whole = self.chosen.clone();
        chosen_whole.extend(chosen.iter().map(|&candidate| self.whole[candidate as usize]));
        Self {
            model: Model::assemble(
                reduced,
                rows,
                vec![false; kept.len()],
                self.model.target.map(|target| target - gained),
                1,
            ),
            whole: kept.iter().map(|&candidate| self.whole[candidate as usize]).collect(),
            chosen: chosen_whole,
            served: self.served + gained,
            cost: self.cost + instance.cost_of(chosen),
            row_origin,
        }
    }

    /// The state of a relaxation of the problem that this one was made from (with the same `kept`), for this one.
    pub fn inherit(&self, warm: &Warm, kept: &[u32]) -> Warm {
        let mut prices = vec![0.0; self.model.instance.classes()];
        for (class, &price) in warm.prices.iter().enumerate() {
            if let Some(new) = self.model.instance.class_of_demand(class as u32) {
                prices[new as usize] += price;
            }
        }
        Warm {
            picks: kept.iter().map(|&candidate| warm.picks[candidate as usize]).collect(),
            prices,
            multipliers: self
                .row_origin
                .iter()
                .map(|&row| warm.multipliers[row as usize])
                .collect(),
            balance: warm.balance,
        }
    }

    /// The whole plan made of the chosen candidates and some free ones.
    pub fn plan(&self, picks: &[u32]) -> Vec<u32> {
        let mut plan = self.chosen.clone();
        plan.extend(picks.iter().map(|&pick| self.whole[pick as usize]));
        plan.sort_unstable();
        plan
    }

    /// Limits what the free candidates may cost, for the least-cost goal.
    pub fn cap_cost(&mut self, cap: f64) {
        let rest = cap - self.cost;
        for row in self.model.rows.iter_mut().filter(|row| row.kind == RowKind::Cost) {
            row.high = rest;
        }
    }

    /// What the rows force: `None` when they cannot all hold, otherwise candidates that must be chosen and that must be dropped.
    pub fn forced(&self) -> Option<Forced> {
        let mut state = vec![Free::Open; self.model.candidates()];
        for row in &self.model.rows {
            let most: f64 = row.members.iter().map(|&(_, coefficient)| coefficient).sum();
            if row.exceeded(0.0) || row.short(most) {
                return None;
            }
            for &(member, coefficient) in &row.members {
                let out = row.exceeded(coefficient);
                let needed = row.low > 0.0 && row.short(most - coefficient);
                let slot = &mut state[member as usize];
                *slot = match (*slot, out, needed) {
                    (_, true, true) | (Free::In, true, _) | (Free::Out, _, true) => return None,
                    (_, true, _) => Free::Out,
                    (_, _, true) => Free::In,
                    (old, false, false) => old,
                };
            }
        }
        let list = |wanted: Free| {
            (0..state.len() as u32)
                .filter(|&candidate| state[candidate as usize] == wanted)
                .collect()
        };
        Some(Forced {
            chosen: list(Free::In),
            open: list(Free::Open),
        })
    }

    /// Applies what the rows force until nothing more follows; `None` when they cannot all hold. Reports the kept candidates of each
    /// round through the warm state, which it carries along.
    pub fn propagate(mut self, mut warm: Option<Warm>) -> Option<(Self, Option<Warm>)> {
        loop {
            let forced = self.forced()?;
            if forced.open.len() == self.model.candidates() {
                return Some((self, warm));
            }
            let reduced = self.reduce(&forced.open, &forced.chosen);
            warm = warm.map(|warm| reduced.inherit(&warm, &forced.open));
            self = reduced;
        }
    }
}

/// What follows from the rows.
pub(super) struct Forced {
    pub chosen: Vec<u32>,
    pub open: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Free {
    Open,
    In,
    Out,
}

const GONE: u32 = u32::MAX;

fn places(candidates: usize, kept: &[u32]) -> Vec<u32> {
    let mut place = vec![GONE; candidates];
    for (new, &candidate) in kept.iter().enumerate() {
        place[candidate as usize] = new as u32;
    }
    place
}

/// The row over the kept candidates, or `None` where it holds whatever they do.
fn reduce_row(row: &Row, place: &[u32], chosen: &[bool]) -> Option<Row> {
    let used: f64 = row
        .members
        .iter()
        .filter(|&&(member, _)| chosen[member as usize])
        .map(|&(_, coefficient)| coefficient)
        .sum();
    let left = || {
        row.members
            .iter()
            .filter(|&&(member, _)| place[member as usize] != GONE)
    };
    let most: f64 = left().map(|&(_, coefficient)| coefficient).sum();
    let slack = |limit: f64| super::model::ROW_TOLERANCE * limit.abs().max(1.0);
    let (low, high) = (row.low - used, row.high - used);
    if row.kind != RowKind::Cost && low <= slack(row.low) && most <= high {
        return None;
    }
    let members = left()
        .map(|&(member, coefficient)| (place[member as usize], coefficient))
        .collect();
    // A limit met up to rounding is met.
    let high = if high < 0.0 && high >= -slack(row.high) {
        0.0
    } else {
        high
    };
    let low = if low <= slack(row.low) { 0.0 } else { low };
    Some(Row {
        kind: row.kind,
        name: Arc::clone(&row.name),
        members,
        low,
        high,
    })
}
