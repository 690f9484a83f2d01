//! An exact finish by HiGHS: what is left of the problem as a mixed-integer programme. Only with the cargo feature `highs`, because its
//! build needs a C++ compiler, CMake and libclang; without it [`super::branch`] alone completes the proof.
//!
//! ```text
//! max  Σ_j w_j y_j − Σ_i c_i x_i      (or, for the least cost:  min Σ_i cost_i x_i  with  Σ_j w_j y_j − Σ_i c_i x_i ≥ target)
//! y_j ≤ Σ_{i covers j} x_i,   low_r ≤ Σ_i a_ri x_i ≤ high_r,   x ∈ {0, 1},   0 ≤ y ≤ 1
//! ```

use super::board::Coverers;
use super::clock::Clock;
use super::core_problem::CoreProblem;
use highs::{Col, HighsModelStatus, RowProblem, Sense};
use std::num::NonZeroU32;

/// Pairs of candidate and class above which HiGHS is not asked: its matrix would hold each of them.
const MOST_PAIRS: u64 = 400_000;
/// Nodes that HiGHS may visit.
const MOST_NODES: i32 = 20_000;
/// Elementary steps that a node of HiGHS counts as, for each pair.
const STEPS_PER_PAIR: u64 = 20;

/// What HiGHS proved.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Finish {
    /// No plan of the core is better than this one, given as candidates of the whole problem.
    Best(Vec<u32>),
    /// No plan of the core meets its rows.
    Impossible,
}

/// Solves the core to its end, where it is small enough and HiGHS gets there within the time and its nodes.
pub(super) fn finish(core: &CoreProblem, clock: &Clock) -> Option<Finish> {
    let instance = &core.model.instance;
    let pairs: u64 = (0..core.model.candidates() as u32)
        .map(|candidate| instance.classes_of(candidate).count() as u64)
        .sum();
    if pairs > MOST_PAIRS || core.model.candidates() == 0 {
        return None;
    }
    let (problem, picks) = programme(core);
    let sense = if core.model.target.is_some() {
        Sense::Minimise
    } else {
        Sense::Maximise
    };
    let mut model = problem.try_optimise(sense).ok()?;
    model.make_quiet();
    model.set_threads(NonZeroU32::MIN);
    for (name, value) in [("mip_rel_gap", 0.0), ("mip_feasibility_tolerance", 1e-9)] {
        model.try_set_option(name, value).ok()?;
    }
    model.try_set_option("mip_max_nodes", MOST_NODES).ok()?;
    if let Some(seconds) = clock.seconds_left() {
        model.try_set_option("time_limit", seconds.max(0.01)).ok()?;
    }
    clock.spend(pairs * STEPS_PER_PAIR);
    let solved = model.try_solve().ok()?;
    match solved.status() {
        HighsModelStatus::Optimal => {
            let values = solved.get_solution();
            let chosen: Vec<u32> = (0u32..)
                .zip(&picks)
                .filter(|(_, column)| values.columns()[column.index()] > 0.5)
                .map(|(candidate, _)| candidate)
                .collect();
            Some(Finish::Best(core.plan(&chosen)))
        }
        HighsModelStatus::Infeasible => Some(Finish::Impossible),
        _ => None,
    }
}

/// The core's programme and the column of each candidate.
fn programme(core: &CoreProblem) -> (RowProblem, Vec<Col>) {
    let model = &core.model;
    let instance = &model.instance;
    let least_cost = model.target.is_some();
    let mut problem = RowProblem::default();
    let picks: Vec<Col> = (0..model.candidates() as u32)
        .map(|candidate| {
            let worth = if least_cost {
                instance.costs()[candidate as usize]
            } else {
                -instance.charge_of(candidate)
            };
            problem.add_integer_column(worth, 0.0..=1.0)
        })
        .collect();
    let coverers = Coverers::new(model);
    let mut served: Vec<(Col, f64)> = Vec::with_capacity(instance.classes());
    for (class, &weight) in (0u32..).zip(instance.class_weights()) {
        let column = problem.add_column(if least_cost { 0.0 } else { weight }, 0.0..=1.0);
        let row = coverers
            .of(class)
            .iter()
            .map(|&candidate| (picks[candidate as usize], 1.0));
        problem.add_row(0.0.., row.chain([(column, -1.0)]).collect::<Vec<_>>());
        served.push((column, weight));
    }
    for row in &model.rows {
        let members: Vec<(Col, f64)> = row
            .members
            .iter()
            .map(|&(member, coefficient)| (picks[member as usize], coefficient))
            .collect();
        match (row.low > 0.0, row.high.is_finite()) {
            (true, true) => problem.add_row(row.low..=row.high, members),
            (true, false) => problem.add_row(row.low.., members),
            (false, true) => problem.add_row(..=row.high, members),
            (false, false) => {}
        }
    }
    if let Some(target) = model.target {
        served.extend(
            (0u32..)
                .zip(&picks)
                .map(|(candidate, &column)| (column, -instance.charge_of(candidate))),
        );
        problem.add_row(target.., served);
    }
    (problem, picks)
}
