//! A plan under construction: what is chosen, how often each class is covered, and how full every row is.

use super::model::Model;

/// A set of picks with everything that changes when one is added or removed.
#[derive(Debug, Clone)]
pub(super) struct PlanState<'a> {
    pub model: &'a Model,
    chosen: Vec<bool>,
    times_covered: Vec<u32>,
    activity: Vec<f64>,
    served: f64,
    cost: f64,
    picks: usize,
}

impl<'a> PlanState<'a> {
    pub fn new(model: &'a Model) -> Self {
        Self {
            model,
            chosen: vec![false; model.candidates()],
            times_covered: vec![0; model.instance.classes()],
            activity: vec![0.0; model.rows.len()],
            served: 0.0,
            cost: 0.0,
            picks: 0,
        }
    }

    pub fn with(model: &'a Model, picks: &[u32]) -> Self {
        let mut state = Self::new(model);
        for &pick in picks {
            state.add(pick);
        }
        state
    }

    /// Weight that a candidate covers by itself.
    pub fn new_gain(model: &Model, candidate: u32) -> f64 {
        let weights = model.instance.class_weights();
        model
            .instance
            .classes_of(candidate)
            .map(|class| weights[class as usize])
            .sum::<f64>()
            - model.instance.charge_of(candidate)
    }

    pub fn is_chosen(&self, candidate: u32) -> bool {
        self.chosen[candidate as usize]
    }

    pub fn served(&self) -> f64 {
        self.served
    }

    pub fn cost(&self) -> f64 {
        self.cost
    }

    pub fn len(&self) -> usize {
        self.picks
    }

    pub fn activity(&self, row: usize) -> f64 {
        self.activity[row]
    }

    pub fn times_covered(&self) -> &[u32] {
        &self.times_covered
    }

    pub fn picks(&self) -> Vec<u32> {
        (0..self.chosen.len() as u32)
            .filter(|&candidate| self.is_chosen(candidate))
            .collect()
    }

    /// Weight that a candidate would add.
    pub fn gain(&self, candidate: u32) -> f64 {
        let weights = self.model.instance.class_weights();
        let mut gain = 0.0;
        for run in self.model.instance.runs(candidate) {
            let range = run.start as usize..run.end as usize;
            for (&times, &weight) in self.times_covered[range.clone()].iter().zip(&weights[range]) {
                if times == 0 {
                    gain += weight;
                }
            }
        }
        gain - self.model.instance.charge_of(candidate)
    }

    /// Weight that would be lost without a chosen candidate.
    pub fn loss(&self, candidate: u32) -> f64 {
        let weights = self.model.instance.class_weights();
        let mut loss = 0.0;
        for run in self.model.instance.runs(candidate) {
            let range = run.start as usize..run.end as usize;
            for (&times, &weight) in self.times_covered[range.clone()].iter().zip(&weights[range]) {
                if times == 1 {
                    loss += weight;
                }
            }
        }
        loss - self.model.instance.charge_of(candidate)
    }

    pub fn add(&mut self, candidate: u32) {
        debug_assert!(!self.is_chosen(candidate));
        let weights = self.model.instance.class_weights();
        for run in self.model.instance.runs(candidate) {
            let range = run.start as usize..run.end as usize;
            for (times, &weight) in self.times_covered[range.clone()].iter_mut().zip(&weights[range]) {
                if *times == 0 {
                    self.served += weight;
                }
                *times += 1;
            }
        }
        for &(row, coefficient) in self.model.entries(candidate) {
            self.activity[row as usize] += coefficient;
        }
        self.served -= self.model.instance.charge_of(candidate);
        self.chosen[candidate as usize] = true;
        self.cost += self.model.instance.costs()[candidate as usize];
        self.picks += 1;
    }

    pub fn remove(&mut self, candidate: u32) {
        debug_assert!(self.is_chosen(candidate));
        let weights = self.model.instance.class_weights();
        for run in self.model.instance.runs(candidate) {
            let range = run.start as usize..run.end as usize;
            for (times, &weight) in self.times_covered[range.clone()].iter_mut().zip(&weights[range]) {
                *times -= 1;
                if *times == 0 {
                    self.served -= weight;
                }
            }
        }
        for &(row, coefficient) in self.model.entries(candidate) {
            self.activity[row as usize] -= coefficient;
        }
        self.served += self.model.instance.charge_of(candidate);
        self.chosen[candidate as usize] = false;
        self.cost -= self.model.instance.costs()[candidate as usize];
        self.picks -= 1;
    }

    /// Whether adding a candidate keeps every upper limit.
    pub fn fits(&self, candidate: u32) -> bool {
        !self.model.excluded[candidate as usize]
            && self.model.entries(candidate).iter().all(|&(row, coefficient)| {
                !self.model.rows[row as usize].exceeded(self.activity[row as usize] + coefficient)
            })
    }

    /// Whether a candidate may leave without breaking a lower limit.
    pub fn spare(&self, candidate: u32) -> bool {
        self.model
            .entries(candidate)
            .iter()
            .all(|&(row, coefficient)| !self.model.rows[row as usize].short(self.activity[row as usize] - coefficient))
    }

    /// Whether every row holds and the target is reached.
    pub fn feasible(&self) -> bool {
        self.model
            .rows
            .iter()
            .zip(&self.activity)
            .all(|(row, &activity)| row.holds(activity))
            && self.model.target_reached(self.served)
    }

    /// The objective as it is reported.
    pub fn objective(&self) -> f64 {
        self.model.objective(self.served, self.cost)
    }
}
