//! The problem in the one form that every method works on: linear rows `low ≤ Σ a·x ≤ high` over the candidates.
//!
//! Count, budget, quotas, zone minima, must-serve demand, conflicts and phases all become such rows, so a method that respects rows
//! respects every constraint.

use super::constraints::{Constraints, Count, Goal};
use super::{ConstraintError, Instance};
use std::sync::Arc;

/// Slack allowed when a row's activity is compared with its limits (relative to the limit, at least absolute).
pub(super) const ROW_TOLERANCE: f64 = 1e-9;

/// What a row stands for; the order is the order of preference for an exact treatment in the relaxation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RowKind {
    /// The cost that the least-cost goal minimises.
    Cost,
    Budget,
    Count,
    Quota,
    MustServe,
    MustPick,
    Conflict,
}

/// One linear constraint.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub kind: RowKind,
    pub name: Arc<str>,
    pub members: Vec<(u32, f64)>,
    pub low: f64,
    pub high: f64,
}

impl Row {
    fn of_ones(kind: RowKind, name: Arc<str>, mut members: Vec<u32>, low: f64, high: f64) -> Self {
        members.sort_unstable();
        members.dedup();
        Self {
            kind,
            name,
            members: members.into_iter().map(|member| (member, 1.0)).collect(),
            low,
            high,
        }
    }

    /// By how much an activity misses the row.
    pub fn violation(&self, activity: f64) -> f64 {
        (self.low - activity).max(activity - self.high).max(0.0)
    }

    pub fn holds(&self, activity: f64) -> bool {
        let limit = if activity < self.low { self.low } else { self.high };
        self.violation(activity) <= ROW_TOLERANCE * limit.abs().max(1.0)
    }

    /// Whether the row only keeps candidates apart.
    pub fn is_conflict(&self) -> bool {
        self.kind == RowKind::Conflict
    }

    /// Whether an activity exceeds the upper limit.
    pub fn exceeded(&self, activity: f64) -> bool {
        activity > self.high + ROW_TOLERANCE * self.high.abs().max(1.0)
    }

    /// Whether an activity is short of the lower limit.
    pub fn short(&self, activity: f64) -> bool {
        activity < self.low - ROW_TOLERANCE * self.low.abs().max(1.0)
    }
}

/// Candidates, demand classes and rows. Without phases the candidates are the instance's; with `T` phases candidate `t·n + i` is
/// candidate `i` of the instance built in phase `t`, and class `t·m + j` is class `j` served in phase `t`.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub instance: Instance,
    pub rows: Vec<Row>,
    /// Candidates that are out from the start.
    pub excluded: Vec<bool>,
    /// Rows of each candidate: offsets, then (row, coefficient).
    entry_offsets: Vec<u32>,
    entries: Vec<(u32, f64)>,
    /// Served weight to reach, for the least-cost goal.
    pub target: Option<f64>,
    phases: usize,
    /// Weight of each class at the end, where the instance's weights are summed over phases.
    end_weights: Vec<f64>,
}

impl Model {
    pub fn new(instance: &Instance, constraints: &Constraints) -> Result<Self, ConstraintError> {
        constraints.check(instance)?;
        let phases = constraints.phases.len().max(1);
        let base = instance.candidates();
        if base.saturating_mul(phases) >= u32::MAX as usize
            || instance.run_count().saturating_mul(phases * (phases + 1) / 2) >= u32::MAX as usize
        {
            return Err(ConstraintError::TooManyPhases {
                candidates: base,
                phases,
            });
        }
        let values: Vec<f64> = constraints.phases.iter().map(|phase| phase.value).collect();
        let expanded = if phases > 1 || values.iter().any(|&value| value != 1.0) {
            instance.in_phases(&values)
        } else {
            instance.clone()
        };
        let mut excluded = vec![false; base * phases];
        for &candidate in &constraints.forbidden {
            for phase in 0..phases {
                excluded[phase * base + candidate as usize] = true;
            }
        }
        let target = match constraints.goal {
            Goal::MostServed => None,
            Goal::LeastCost { target_weight } => Some(target_weight),
        };
        let rows = RowBuilder {
            instance,
            base,
            phases,
            rows: Vec::new(),
        }
        .build(constraints);
        let mut model = Self::assemble(expanded, rows, excluded, target, phases);
        if model.instance.classes() != instance.classes() || model.instance.class_weights() != instance.class_weights()
        {
            model.end_weights = instance.class_weights().to_vec();
        }
        Ok(model)
    }

    pub fn assemble(
        instance: Instance,
        rows: Vec<Row>,
        excluded: Vec<bool>,
        target: Option<f64>,
        phases: usize,
    ) -> Self {
        let mut entry_offsets = vec![0u32; instance.candidates() + 1];
        for &(member, _) in rows.iter().flat_map(|row| &row.members) {
            entry_offsets[member as usize + 1] += 1;
        }
        for candidate in 0..instance.candidates() {
            entry_offsets[candidate + 1] += entry_offsets[candidate];
        }
        let mut next = entry_offsets.clone();
        let mut entries = vec![(0u32, 0.0); entry_offsets[instance.candidates()] as usize];
        for (index, row) in rows.iter().enumerate() {
            for &(member, coefficient) in &row.members {
                entries[next[member as usize] as usize] = (index as u32, coefficient);
                next[member as usize] += 1;
            }
        }
        Self {
            instance,
            rows,
            excluded,
            entry_offsets,
            entries,
            target,
            phases,
            end_weights: Vec::new(),
        }
    }

    /// The row whose activity is the cost, for the least-cost goal.
    pub fn cost_row(&self) -> Option<usize> {
        self.rows.iter().position(|row| row.kind == RowKind::Cost)
    }

    pub fn candidates(&self) -> usize {
        self.instance.candidates()
    }

    /// The rows that a candidate is in, with its coefficient.
    pub fn entries(&self, candidate: u32) -> &[(u32, f64)] {
        let candidate = candidate as usize;
        &self.entries[self.entry_offsets[candidate] as usize..self.entry_offsets[candidate + 1] as usize]
    }

    /// Candidate and phase of the original instance.
    pub fn original(&self, candidate: u32) -> (u32, u32) {
        let base = (self.candidates() / self.phases) as u32;
        (candidate % base, candidate / base)
    }

    /// The objective of a set of picks, as it is reported.
    pub fn objective(&self, served: f64, cost: f64) -> f64 {
        if self.target.is_some() { cost } else { served }
    }

    /// Weight served at the end of the last phase, from how often each class is covered.
    pub fn served_at_end(&self, times_covered: &[u32]) -> f64 {
        let weights = if self.end_weights.is_empty() {
            self.instance.class_weights()
        } else {
            &self.end_weights
        };
        let last = &times_covered[times_covered.len() - weights.len()..];
        last.iter()
            .zip(weights)
            .filter(|(times, _)| **times > 0)
            .map(|(_, weight)| weight)
            .sum()
    }

    /// Whether the served weight reaches the target, where there is one.
    pub fn target_reached(&self, served: f64) -> bool {
        self.target
            .is_none_or(|target| served >= target - ROW_TOLERANCE * target.max(1.0))
    }
}

struct RowBuilder<'a> {
    instance: &'a Instance,
    base: usize,
    phases: usize,
    rows: Vec<Row>,
}

impl RowBuilder<'_> {
    fn build(mut self, constraints: &Constraints) -> Vec<Row> {
        if matches!(constraints.goal, Goal::LeastCost { .. }) {
            self.money(RowKind::Cost, "cost".into(), 0..self.phases, f64::INFINITY);
        }
        self.count_and_budget(constraints);
        self.phase_limits(constraints);
        for quota in &constraints.quotas {
            let high = quota.maximum.map_or(f64::INFINITY, f64::from);
            self.ones(
                RowKind::Quota,
                quota.name.as_str().into(),
                &quota.members,
                f64::from(quota.minimum),
                high,
            );
        }
        let mut pinned = vec![false; self.base];
        for &candidate in &constraints.must_pick {
            if !std::mem::replace(&mut pinned[candidate as usize], true) {
                self.ones(
                    RowKind::MustPick,
                    format!("must pick candidate {candidate}").into(),
                    &[candidate],
                    1.0,
                    1.0,
                );
            }
        }
        if self.phases > 1 {
            for candidate in (0..self.base as u32).filter(|&candidate| !pinned[candidate as usize]) {
                self.ones(
                    RowKind::Conflict,
                    format!("candidate {candidate} in one phase").into(),
                    &[candidate],
                    0.0,
                    1.0,
                );
            }
        }
        for conflict in &constraints.conflicts {
            let name = format!("at most one of candidates {conflict:?}").into();
            self.ones(RowKind::Conflict, name, conflict, 0.0, 1.0);
        }
        self.must_serve(&constraints.must_serve);
        self.rows
    }

    fn count_and_budget(&mut self, constraints: &Constraints) {
        let everyone: Vec<u32> = (0..self.base as u32).collect();
        match constraints.count {
            Some(Count::Exactly(count)) => self.ones(
                RowKind::Count,
                "count".into(),
                &everyone,
                f64::from(count),
                f64::from(count),
            ),
            Some(Count::AtMost(count)) => self.ones(RowKind::Count, "count".into(), &everyone, 0.0, f64::from(count)),
            None => {}
        }
        if let Some(budget) = constraints.budget {
            self.money(RowKind::Budget, "budget".into(), 0..self.phases, budget);
        }
    }

    fn phase_limits(&mut self, constraints: &Constraints) {
        for (index, phase) in constraints.phases.iter().enumerate() {
            if let Some(budget) = phase.budget {
                self.money(
                    RowKind::Budget,
                    format!("budget of phase {}", phase.name).into(),
                    index..index + 1,
                    budget,
                );
            }
            if let Some(count) = phase.maximum_count {
                let members = (0..self.base as u32)
                    .map(|candidate| (index * self.base) as u32 + candidate)
                    .collect();
                let name = format!("count of phase {}", phase.name).into();
                self.rows
                    .push(Row::of_ones(RowKind::Count, name, members, 0.0, f64::from(count)));
            }
        }
    }

    fn money(&mut self, kind: RowKind, name: Arc<str>, phases: std::ops::Range<usize>, budget: f64) {
        let costs = self.instance.costs();
        let members = phases
            .flat_map(|phase| {
                costs
                    .iter()
                    .enumerate()
                    .map(move |(candidate, &cost)| ((phase * costs.len() + candidate) as u32, cost))
            })
            .filter(|&(_, cost)| cost > 0.0)
            .collect();
        self.rows.push(Row {
            kind,
            name,
            members,
            low: 0.0,
            high: budget,
        });
    }

    fn ones(&mut self, kind: RowKind, name: Arc<str>, members: &[u32], low: f64, high: f64) {
        let base = self.base;
        let members = (0..self.phases)
            .flat_map(|phase| members.iter().map(move |&member| (phase * base) as u32 + member))
            .collect();
        self.rows.push(Row::of_ones(kind, name, members, low, high));
    }

    fn must_serve(&mut self, demands: &[u32]) {
        if demands.is_empty() {
            return;
        }
        let mut wanted = vec![u32::MAX; self.instance.classes()];
        let mut first_demand: Vec<u32> = Vec::new();
        let mut members: Vec<Vec<u32>> = Vec::new();
        for &demand in demands {
            if let Some(class) = self.instance.class_of_demand(demand) {
                if wanted[class as usize] != u32::MAX {
                    continue;
                }
                wanted[class as usize] = members.len() as u32;
            }
            first_demand.push(demand);
            members.push(Vec::new());
        }
        for candidate in 0..self.base as u32 {
            for class in self.instance.classes_of(candidate) {
                if wanted[class as usize] != u32::MAX {
                    members[wanted[class as usize] as usize].push(candidate);
                }
            }
        }
        for (demand, members) in first_demand.into_iter().zip(members) {
            self.ones(
                RowKind::MustServe,
                format!("must serve demand {demand}").into(),
                &members,
                1.0,
                f64::INFINITY,
            );
        }
    }
}
