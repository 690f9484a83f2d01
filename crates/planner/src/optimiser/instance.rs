//! The instance: which candidate covers which demand, stored as runs of neighbouring demand classes.
//!
//! Demand is put in an order in which neighbours on the ground are neighbours in memory (a Hilbert curve when positions are known,
//! otherwise by covering set). A candidate's cover is then a short list of index runs, and two questions that the optimiser asks all the
//! time cost one step per *run*, not per pair: "what is the total price of the demand that a candidate covers" (difference of prefix
//! sums) and "how much is each demand covered by these candidates" (difference array). Two neighbours between which no run starts or ends
//! are covered by exactly the same candidates and are merged into one demand class.

use super::demand_order::{rank_by_cover, rank_by_curve};
use rayon::prelude::*;
use thiserror::Error;

/// Class number of demand that no candidate covers.
const NOT_COVERABLE: u32 = u32::MAX;

/// A half-open range of demand classes, all of them covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// First class of the run.
    pub start: u32,
    /// One past the last class of the run.
    pub end: u32,
}

/// Why an instance was refused.
#[derive(Debug, Error, Clone, PartialEq)]
#[non_exhaustive]
pub enum InstanceError {
    /// A cost is negative, infinite or not a number.
    #[error("candidate {candidate} has cost {cost}: a cost must be a finite number, zero or more")]
    Cost {
        /// Index of the candidate.
        candidate: usize,
        /// The cost that was given.
        cost: f64,
    },
    /// A weight is negative, infinite or not a number.
    #[error("demand {demand} has weight {weight}: a weight must be a finite number, zero or more")]
    Weight {
        /// Index of the demand.
        demand: usize,
        /// The weight that was given.
        weight: f64,
    },
    /// A candidate covers demand that does not exist.
    #[error("candidate {candidate} covers demand {demand}, but there are only {demands} demand points")]
    UnknownDemand {
        /// Index of the candidate.
        candidate: usize,
        /// Index of the demand it named.
        demand: u32,
        /// Number of demand points.
        demands: usize,
    },
    /// The costs or weights add up to more than a number can hold.
    #[error("the {what} add up to more than a number can hold: use a larger unit")]
    Overflow {
        /// Costs or weights.
        what: &'static str,
    },
    /// More candidates, demand or runs than 32-bit indices can hold.
    #[error("the instance has too many {what}: at most {limit} can be handled")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The lists given have different lengths.
    #[error("{what}: {found} given, {expected} expected")]
    Length {
        /// Which list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length it must have.
        expected: usize,
    },
}

/// A weighted coverage instance: candidates with a cost, demand with a weight, and who covers whom.
///
/// Candidates and demand are named by their index in the lists that the instance was made from.
#[derive(Debug, Clone)]
pub struct Instance {
    costs: Vec<f64>,
    class_weights: Vec<f64>,
    run_offsets: Vec<u32>,
    runs: Vec<Run>,
    class_of_demand: Vec<u32>,
    demand_weights: Vec<f64>,
    pairs: u64,
    /// What choosing a candidate takes from the served weight; empty = nothing.
    charges: Vec<f64>,
}

impl Instance {
    /// Makes an instance from the demand indices that each candidate covers (`covers[i]`, any order, repeats allowed).
    ///
    /// `positions_m` are the demand's coordinates in any metric frame; they only make the instance more compact.
    pub fn new(
        costs: Vec<f64>,
        weights: Vec<f64>,
        covers: &[Vec<u32>],
        positions_m: Option<&[(f64, f64)]>,
    ) -> Result<Self, InstanceError> {
        expect_length("cover lists", covers.len(), costs.len())?;
        Self::from_covers(costs, weights, positions_m, |candidate, out| {
            out.extend_from_slice(&covers[candidate]);
        })
    }

    /// Makes an instance from a function that appends the demand covered by a candidate to a list.
    ///
    /// The function is called twice per candidate, from several threads, and must give the same answer each time; the pairs as a whole
    /// are never held in memory.
    pub fn from_covers(
        costs: Vec<f64>,
        weights: Vec<f64>,
        positions_m: Option<&[(f64, f64)]>,
        covers: impl Fn(usize, &mut Vec<u32>) + Sync,
    ) -> Result<Self, InstanceError> {
        check_numbers(&costs, &weights)?;
        if let Some(positions) = positions_m {
            expect_length("demand positions", positions.len(), weights.len())?;
        }
        let candidates = costs.len();
        let demands = weights.len();
        if candidates >= u32::MAX as usize || demands >= u32::MAX as usize {
            return Err(InstanceError::TooLarge {
                what: "candidates or demand points",
                limit: u64::from(u32::MAX) - 1,
            });
        }
        let rank = match positions_m {
            Some(positions) => rank_by_curve(positions),
            None => rank_by_cover(candidates, demands, &covers)?,
        };
        let rows: Vec<(Vec<Run>, u64)> = (0..candidates)
            .into_par_iter()
            .map_init(Vec::new, |list, candidate| ranked_runs(candidate, &rank, &covers, list))
            .collect::<Result<_, _>>()?;
        let pairs = rows.iter().map(|row| row.1).sum();
        let ranked = Rows::concatenate(rows.into_iter().map(|row| row.0), candidates)?;
        let mut weight_by_rank = vec![0.0; demands];
        for (demand, &position) in rank.iter().enumerate() {
            weight_by_rank[position as usize] = weights[demand];
        }
        let merged = merge_classes(&ranked, &weight_by_rank);
        let class_of_demand = rank
            .iter()
            .map(|&position| merged.class_of[position as usize])
            .collect();
        Ok(Self {
            costs,
            class_weights: merged.weights,
            run_offsets: merged.rows.offsets,
            runs: merged.rows.runs,
            class_of_demand,
            demand_weights: weights,
            pairs,
            charges: Vec::new(),
        })
    }

    /// Number of candidates.
    #[must_use]
    pub fn candidates(&self) -> usize {
        self.costs.len()
    }

    /// Number of demand points as given.
    #[must_use]
    pub fn demands(&self) -> usize {
        self.demand_weights.len()
    }

    /// Number of demand classes: coverable demand with equal columns merged.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.class_weights.len()
    }

    /// Number of (candidate, demand) pairs before merging.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.pairs
    }

    /// Cost of each candidate, in the unit of the budget.
    #[must_use]
    pub fn costs(&self) -> &[f64] {
        &self.costs
    }

    /// Weight of each demand class.
    #[must_use]
    pub fn class_weights(&self) -> &[f64] {
        &self.class_weights
    }

    /// Weight of each demand point as given.
    #[must_use]
    pub fn demand_weights(&self) -> &[f64] {
        &self.demand_weights
    }

    /// The runs of demand classes that a candidate covers, in rising order, not touching each other.
    #[must_use]
    pub fn runs(&self, candidate: u32) -> &[Run] {
        let candidate = candidate as usize;
        &self.runs[self.run_offsets[candidate] as usize..self.run_offsets[candidate + 1] as usize]
    }

    /// The demand classes that a candidate covers, in rising order.
    pub fn classes_of(&self, candidate: u32) -> impl Iterator<Item = u32> + '_ {
        self.runs(candidate).iter().flat_map(|run| run.start..run.end)
    }

    /// The class of a demand point, or `None` where no candidate covers it.
    #[must_use]
    pub fn class_of_demand(&self, demand: u32) -> Option<u32> {
        self.class_of_demand
            .get(demand as usize)
            .copied()
            .filter(|&class| class != NOT_COVERABLE)
    }

    /// The demand points of every class: offsets and indices, so that class `c` holds `indices[offsets[c]..offsets[c + 1]]`.
    #[must_use]
    pub fn demands_by_class(&self) -> (Vec<u32>, Vec<u32>) {
        transpose_labels(&self.class_of_demand, self.classes())
    }

    /// Weight of all demand that some candidate covers.
    #[must_use]
    pub fn coverable_weight(&self) -> f64 {
        self.class_weights.iter().sum()
    }

    /// Weight of all demand.
    #[must_use]
    pub fn total_weight(&self) -> f64 {
        self.demand_weights.iter().sum()
    }

    /// Weight served by a set of candidates.
    #[must_use]
    pub fn served_weight(&self, picks: &[u32]) -> f64 {
        let mut covered = vec![false; self.classes()];
        for &pick in picks {
            for run in self.runs(pick) {
                covered[run.start as usize..run.end as usize].fill(true);
            }
        }
        covered
            .iter()
            .zip(&self.class_weights)
            .filter(|(covered, _)| **covered)
            .map(|(_, weight)| weight)
            .sum()
    }

    /// Cost of a set of candidates.
    #[must_use]
    pub fn cost_of(&self, picks: &[u32]) -> f64 {
        picks.iter().map(|&pick| self.costs[pick as usize]).sum()
    }

    /// The instance spread over phases: candidate `t·n + i` is candidate `i` built in phase `t`, class `t·m + j` is class `j` served in
    /// phase `t` and weighs the class's weight times the phase's value. What is built in a phase serves from that phase on.
    pub(super) fn in_phases(&self, values: &[f64]) -> Self {
        let (candidates, classes, phases) = (self.candidates(), self.classes(), values.len());
        let mut run_offsets = Vec::with_capacity(candidates * phases + 1);
        let mut runs: Vec<Run> = Vec::new();
        run_offsets.push(0);
        for first in 0..phases {
            for candidate in 0..candidates as u32 {
                for phase in first..phases {
                    let shift = (phase * classes) as u32;
                    runs.extend(self.runs(candidate).iter().map(|run| Run {
                        start: run.start + shift,
                        end: run.end + shift,
                    }));
                }
                run_offsets.push(runs.len() as u32);
            }
        }
        Self {
            costs: self.costs.repeat(phases),
            class_weights: values
                .iter()
                .flat_map(|&value| self.class_weights.iter().map(move |&weight| weight * value))
                .collect(),
            run_offsets,
            runs,
            class_of_demand: Vec::new(),
            demand_weights: Vec::new(),
            pairs: self.pairs,
            charges: Vec::new(),
        }
    }

    /// Number of runs in all.
    pub(super) fn run_count(&self) -> usize {
        self.runs.len()
    }

    /// The candidates that cover each class, as offsets and indices.
    pub(super) fn transpose(&self) -> (Vec<u32>, Vec<u32>) {
        let mut offsets = vec![0u32; self.classes() + 1];
        for run in &self.runs {
            for class in run.start..run.end {
                offsets[class as usize + 1] += 1;
            }
        }
        for class in 0..self.classes() {
            offsets[class + 1] += offsets[class];
        }
        let mut next = offsets.clone();
        let mut members = vec![0u32; offsets[self.classes()] as usize];
        for candidate in 0..self.candidates() as u32 {
            for class in self.classes_of(candidate) {
                members[next[class as usize] as usize] = candidate;
                next[class as usize] += 1;
            }
        }
        (offsets, members)
    }

    /// The instance that is left when only `kept` candidates may still be added to a plan that already serves the classes marked
    /// `served`. Candidate `k` of the result is `kept[k]`; demand points of the result are classes of `self`.
    pub(super) fn restrict(&self, kept: &[u32], served: &[bool]) -> Self {
        let open_weight: Vec<f64> = self
            .class_weights
            .iter()
            .zip(served)
            .map(|(&weight, &served)| if served { 0.0 } else { weight })
            .collect();
        let mut open_rank = vec![0u32; self.classes() + 1];
        for class in 0..self.classes() {
            open_rank[class + 1] = open_rank[class] + u32::from(open_weight[class] > 0.0);
        }
        let weights: Vec<f64> = open_weight.iter().copied().filter(|&weight| weight > 0.0).collect();
        let mut offsets = Vec::with_capacity(kept.len() + 1);
        let mut runs: Vec<Run> = Vec::new();
        offsets.push(0);
        for &candidate in kept {
            let first = runs.len();
            for run in self.runs(candidate) {
                let (start, end) = (open_rank[run.start as usize], open_rank[run.end as usize]);
                if start == end {
                    continue;
                }
                match runs[first..].last_mut() {
                    Some(last) if last.end == start => last.end = end,
                    _ => runs.push(Run { start, end }),
                }
            }
            offsets.push(runs.len() as u32);
        }
        let merged = merge_classes(&Rows { offsets, runs }, &weights);
        let class_of_demand = (0..self.classes())
            .map(|class| {
                if open_weight[class] > 0.0 {
                    merged.class_of[open_rank[class] as usize]
                } else {
                    NOT_COVERABLE
                }
            })
            .collect();
        Self {
            costs: kept.iter().map(|&candidate| self.costs[candidate as usize]).collect(),
            class_weights: merged.weights,
            run_offsets: merged.rows.offsets,
            runs: merged.rows.runs,
            class_of_demand,
            demand_weights: open_weight,
            pairs: 0,
            charges: if self.charges.is_empty() {
                Vec::new()
            } else {
                kept.iter().map(|&candidate| self.charges[candidate as usize]).collect()
            },
        }
    }

    /// What choosing each candidate takes from the served weight; empty = nothing.
    pub(super) fn charges(&self) -> &[f64] {
        &self.charges
    }

    /// What choosing a candidate takes from the served weight.
    pub(super) fn charge_of(&self, candidate: u32) -> f64 {
        self.charges.get(candidate as usize).copied().unwrap_or(0.0)
    }

    /// The instance with a profit (or, where negative, a charge) for choosing each candidate: a profit is a class that only the candidate
    /// covers. The classes of `self` keep their numbers.
    pub(super) fn with_profits(&self, profits: &[f64]) -> Self {
        let mut class_weights = self.class_weights.clone();
        let mut run_offsets = Vec::with_capacity(self.run_offsets.len());
        let mut runs = Vec::with_capacity(self.runs.len() + profits.len());
        run_offsets.push(0);
        for (candidate, &profit) in (0u32..).zip(profits) {
            runs.extend_from_slice(self.runs(candidate));
            if profit > 0.0 {
                let class = class_weights.len() as u32;
                class_weights.push(profit);
                runs.push(Run {
                    start: class,
                    end: class + 1,
                });
            }
            run_offsets.push(runs.len() as u32);
        }
        Self {
            costs: self.costs.clone(),
            class_weights,
            run_offsets,
            runs,
            class_of_demand: Vec::new(),
            demand_weights: Vec::new(),
            pairs: 0,
            charges: profits.iter().map(|&profit| (-profit).max(0.0)).collect(),
        }
    }
}

/// Compressed rows: the runs of each candidate, one after the other.
struct Rows {
    offsets: Vec<u32>,
    runs: Vec<Run>,
}

impl Rows {
    fn concatenate(rows: impl Iterator<Item = Vec<Run>>, candidates: usize) -> Result<Self, InstanceError> {
        let mut offsets = Vec::with_capacity(candidates + 1);
        let mut runs = Vec::new();
        offsets.push(0);
        for row in rows {
            runs.extend_from_slice(&row);
            let end = u32::try_from(runs.len()).map_err(|_| InstanceError::TooLarge {
                what: "runs of covered demand",
                limit: u64::from(u32::MAX),
            })?;
            offsets.push(end);
        }
        Ok(Self { offsets, runs })
    }
}

struct Merged {
    rows: Rows,
    weights: Vec<f64>,
    class_of: Vec<u32>,
}

/// Merges neighbours that are covered by the same candidates: those between which no run starts or ends.
fn merge_classes(rows: &Rows, weights: &[f64]) -> Merged {
    let points = weights.len();
    let mut boundary = vec![false; points + 1];
    let mut change = vec![0i32; points + 1];
    for run in &rows.runs {
        boundary[run.start as usize] = true;
        boundary[run.end as usize] = true;
        change[run.start as usize] += 1;
        change[run.end as usize] -= 1;
    }
    let mut class_of = vec![NOT_COVERABLE; points];
    let mut merged_weights: Vec<f64> = Vec::new();
    // First class at or after each point, for translating run ends.
    let mut class_at = vec![0u32; points + 1];
    let mut depth = 0;
    let mut open = false;
    for point in 0..points {
        depth += change[point];
        if boundary[point] {
            open = false;
        }
        class_at[point] = merged_weights.len() as u32;
        if depth == 0 {
            continue;
        }
        if !open {
            merged_weights.push(0.0);
            open = true;
        }
        let class = merged_weights.len() - 1;
        merged_weights[class] += weights[point];
        class_of[point] = class as u32;
    }
    class_at[points] = merged_weights.len() as u32;
    let runs = rows
        .runs
        .iter()
        .map(|run| Run {
            start: class_at[run.start as usize],
            end: class_at[run.end as usize],
        })
        .collect::<Vec<_>>();
    let mut result = Rows {
        offsets: Vec::with_capacity(rows.offsets.len()),
        runs: Vec::with_capacity(runs.len()),
    };
    result.offsets.push(0);
    for row in rows.offsets.windows(2) {
        // Runs that were separated only by demand that nobody covers now touch: join them.
        let first = result.runs.len();
        for &run in &runs[row[0] as usize..row[1] as usize] {
            match result.runs[first..].last_mut() {
                Some(last) if last.end == run.start => last.end = run.end,
                _ => result.runs.push(run),
            }
        }
        result.offsets.push(result.runs.len() as u32);
    }
    Merged {
        rows: result,
        weights: merged_weights,
        class_of,
    }
}

fn ranked_runs(
    candidate: usize,
    rank: &[u32],
    covers: &(impl Fn(usize, &mut Vec<u32>) + Sync),
    list: &mut Vec<u32>,
) -> Result<(Vec<Run>, u64), InstanceError> {
    list.clear();
    covers(candidate, list);
    for demand in list.iter_mut() {
        *demand = *rank.get(*demand as usize).ok_or(InstanceError::UnknownDemand {
            candidate,
            demand: *demand,
            demands: rank.len(),
        })?;
    }
    list.sort_unstable();
    list.dedup();
    let mut runs: Vec<Run> = Vec::new();
    for &position in list.iter() {
        match runs.last_mut() {
            Some(last) if last.end == position => last.end = position + 1,
            _ => runs.push(Run {
                start: position,
                end: position + 1,
            }),
        }
    }
    runs.shrink_to_fit();
    Ok((runs, list.len() as u64))
}

fn transpose_labels(labels: &[u32], classes: usize) -> (Vec<u32>, Vec<u32>) {
    let mut offsets = vec![0u32; classes + 1];
    for &label in labels.iter().filter(|&&label| label != NOT_COVERABLE) {
        offsets[label as usize + 1] += 1;
    }
    for class in 0..classes {
        offsets[class + 1] += offsets[class];
    }
    let mut next = offsets.clone();
    let mut members = vec![0u32; offsets[classes] as usize];
    for (item, &label) in labels.iter().enumerate().filter(|(_, label)| **label != NOT_COVERABLE) {
        members[next[label as usize] as usize] = item as u32;
        next[label as usize] += 1;
    }
    (offsets, members)
}

fn expect_length(what: &'static str, found: usize, expected: usize) -> Result<(), InstanceError> {
    if found == expected {
        Ok(())
    } else {
        Err(InstanceError::Length { what, found, expected })
    }
}

fn check_numbers(costs: &[f64], weights: &[f64]) -> Result<(), InstanceError> {
    let wrong = |value: f64| !value.is_finite() || value < 0.0;
    if let Some((candidate, &cost)) = costs.iter().enumerate().find(|(_, cost)| wrong(**cost)) {
        return Err(InstanceError::Cost { candidate, cost });
    }
    if let Some((demand, &weight)) = weights.iter().enumerate().find(|(_, weight)| wrong(**weight)) {
        return Err(InstanceError::Weight { demand, weight });
    }
    // Products of sums appear in the relaxation: keep well away from the end of the range.
    for (what, values) in [("costs", costs), ("weights", weights)] {
        if values.iter().sum::<f64>() > 1e100 {
            return Err(InstanceError::Overflow { what });
        }
    }
    Ok(())
}
