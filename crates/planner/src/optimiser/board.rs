//! A plan with every candidate's gain kept up to date: what local search plays on.

use super::model::{Model, RowKind};
use super::plan_state::PlanState;

/// Who covers each class: the transpose of the instance, made once per problem and shared by all boards.
#[derive(Debug)]
pub(super) struct Coverers {
    offsets: Vec<u32>,
    members: Vec<u32>,
}

impl Coverers {
    pub fn new(model: &Model) -> Self {
        let (offsets, members) = model.instance.transpose();
        Self { offsets, members }
    }

    pub fn of(&self, class: u32) -> &[u32] {
        &self.members[self.offsets[class as usize] as usize..self.offsets[class as usize + 1] as usize]
    }
}

/// A plan and the gain of every candidate.
#[derive(Debug, Clone)]
pub(super) struct Board<'a> {
    pub state: PlanState<'a>,
    coverers: &'a Coverers,
    /// Weight that each candidate covers and no pick does.
    gains: Vec<f64>,
    /// One over what a candidate is charged.
    inverse_price: Vec<f64>,
    /// Rows with a lower limit other than the number of picks.
    low_rows: Vec<u32>,
    /// Elementary steps done since they were last asked for.
    steps: u64,
}

impl<'a> Board<'a> {
    pub fn new(model: &'a Model, coverers: &'a Coverers, picks: &[u32], by_cost: bool) -> Self {
        let mut board = Self {
            state: PlanState::new(model),
            coverers,
            gains: (0..model.candidates() as u32)
                .map(|candidate| PlanState::new_gain(model, candidate))
                .collect(),
            inverse_price: model
                .instance
                .costs()
                .iter()
                .map(|&cost| if by_cost { 1.0 / cost.max(1e-9) } else { 1.0 })
                .collect(),
            low_rows: (0..model.rows.len() as u32)
                .filter(|&row| model.rows[row as usize].low > 0.0 && model.rows[row as usize].kind != RowKind::Count)
                .collect(),
            steps: 0,
        };
        for &pick in picks {
            board.add(pick);
        }
        board
    }

    pub fn add(&mut self, candidate: u32) {
        let model = self.state.model;
        let weights = model.instance.class_weights();
        for class in model.instance.classes_of(candidate) {
            if self.state.times_covered()[class as usize] == 0 {
                let others = self.coverers.of(class);
                self.steps += others.len() as u64;
                for &other in others {
                    self.gains[other as usize] -= weights[class as usize];
                }
            }
        }
        self.state.add(candidate);
    }

    pub fn remove(&mut self, candidate: u32) {
        let model = self.state.model;
        let weights = model.instance.class_weights();
        for class in model.instance.classes_of(candidate) {
            if self.state.times_covered()[class as usize] == 1 {
                let others = self.coverers.of(class);
                self.steps += others.len() as u64;
                for &other in others {
                    self.gains[other as usize] += weights[class as usize];
                }
            }
        }
        self.state.remove(candidate);
    }

    /// Elementary steps done since this was last asked.
    pub fn take_steps(&mut self) -> u64 {
        std::mem::take(&mut self.steps)
    }

    /// A candidate that may come in and scores best; `score` gets the candidate, its gain and its gain per price.
    pub fn best_addition(&mut self, score: impl Fn(u32, f64, f64) -> f64) -> Option<u32> {
        self.steps += self.gains.len() as u64;
        match self.first_short_row() {
            Some(row) => {
                let members = self.state.model.rows[row].members.iter().map(|&(member, _)| member);
                self.best_of(members, score, -1.0)
            }
            None => self.best_of(0..self.gains.len() as u32, score, self.least_gain()),
        }
    }

    /// Without a prescribed number, a pick that gains nothing is not worth making.
    fn least_gain(&self) -> f64 {
        let model = self.state.model;
        let wanted = (0..model.rows.len())
            .any(|row| model.rows[row].kind == RowKind::Count && model.rows[row].short(self.state.activity(row)));
        if wanted { -1.0 } else { 1e-9 }
    }

    fn best_of(
        &self,
        candidates: impl Iterator<Item = u32>,
        score: impl Fn(u32, f64, f64) -> f64,
        least: f64,
    ) -> Option<u32> {
        let mut best: Option<(f64, u32)> = None;
        for candidate in candidates {
            let gain = self.gains[candidate as usize];
            if gain <= least {
                continue;
            }
            let value = score(candidate, gain, gain * self.inverse_price[candidate as usize]);
            if best.is_none_or(|(best, _)| value > best)
                && !self.state.is_chosen(candidate)
                && self.state.fits(candidate)
            {
                best = Some((value, candidate));
            }
        }
        best.map(|(_, candidate)| candidate)
    }

    fn first_short_row(&self) -> Option<usize> {
        let rows = &self.state.model.rows;
        self.low_rows
            .iter()
            .map(|&row| row as usize)
            .find(|&row| rows[row].short(self.state.activity(row)))
    }
}
