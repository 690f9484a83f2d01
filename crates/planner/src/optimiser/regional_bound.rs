//! A tighter bound: the province is cut into parts, each part is solved in whole numbers, and only demand between parts is priced.
//!
//! The relaxation's bound (see [`super::relaxation`]) lets every candidate be built in fractions. Here the prices `u_j` are used for the
//! demand that candidates of *different* parts cover, and the multipliers `λ_r` for every row; what is left falls apart into one problem
//! for each part, in whole numbers:
//!
//! ```text
//! D = Σ_{j between parts} (w_j − u_j) + Σ_r σ_r(λ_r) + Σ_parts max { Σ_{j inside} w_j·min(1, cov_j(x)) + Σ_i p_i x_i : x ∈ {0, 1} },
//! p_i = Σ_{j ∈ C_i between parts} u_j − Σ_r λ_r a_ri
//! ```
//!
//! Every feasible plan serves at most `D`: for demand between parts and for the rows by the proof of the relaxation's bound; the demand
//! inside a part depends on the candidates of that part alone, and the plan's choice among them is one of those over which the part's
//! maximum is taken. Branch and bound gives each maximum, or, when it is cut short, an upper bound of it.

use super::branch;
use super::clock::Clock;
use super::core_problem::CoreProblem;
use super::incumbent::Incumbent;
use super::model::Model;
use super::plan_state::PlanState;
use super::relaxation::{Relaxation, Start, Warm, support};
use rayon::prelude::*;

/// How the province is cut and how long each part is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// Fractional picks in a part, about.
    pub picks: f64,
    /// Most nodes for a part.
    pub nodes: usize,
    /// Share of a part's worth below which it does not matter whether its maximum is known exactly.
    pub tolerance: f64,
}

/// A bound and how many parts were solved to their end.
#[derive(Debug, Clone)]
pub(super) struct Regional {
    /// No plan of the core serves more than this.
    pub bound: f64,
    /// What the parts would build, each for itself: candidates of the whole problem. Rows need not hold.
    pub wanted: Vec<u32>,
    pub parts: usize,
    pub solved: usize,
}

const BETWEEN: u32 = u32::MAX;
const NOBODY: u32 = u32::MAX - 1;
/// Widening of the bound that covers rounding in its sums.
const ROUNDING: f64 = 1e-10;

/// Computes the bound from the prices of the core.
pub(super) fn bound(core: &CoreProblem, warm: &Warm, incumbent: &Incumbent, effort: Effort, clock: &Clock) -> Regional {
    let model = &core.model;
    let multipliers = Relaxation::new(model, Start::Warm(warm.clone())).proof().multipliers;
    let parts = cut(core, warm, effort.picks);
    let part_of_class = part_of_classes(model, &parts);
    let profits = profits(model, warm, &multipliers, &part_of_class);
    let between: f64 = model
        .instance
        .class_weights()
        .iter()
        .zip(&warm.prices)
        .zip(&part_of_class)
        .filter(|(_, part)| **part == BETWEEN)
        .map(|((weight, price), _)| weight - price)
        .sum();
    let rows: f64 = model
        .rows
        .iter()
        .zip(&multipliers)
        .map(|(row, &multiplier)| support(row, multiplier))
        .sum();
    let best: Vec<Part> = (0..parts.len() as u32)
        .into_par_iter()
        .map(|part| {
            let members = &parts[part as usize];
            solve(
                core,
                warm,
                incumbent,
                members,
                &profits,
                &part_of_class,
                part,
                effort,
                clock,
            )
        })
        .collect();
    let sum = core.served + between + rows + best.iter().map(|part| part.most).sum::<f64>();
    let built = best.iter().flat_map(|part| &part.built);
    Regional {
        bound: sum + ROUNDING * sum.abs(),
        wanted: built
            .map(|&candidate| core.whole[candidate as usize])
            .chain(core.chosen.iter().copied())
            .collect(),
        parts: parts.len(),
        solved: best.iter().filter(|part| part.complete).count(),
    }
}

/// Cuts the candidates into stretches of the order of the ground.
fn cut(core: &CoreProblem, warm: &Warm, picks: f64) -> Vec<Vec<u32>> {
    let instance = &core.model.instance;
    let middle = |candidate: u32| {
        let runs = instance.runs(candidate);
        let half = runs.iter().map(|run| run.end - run.start).sum::<u32>() / 2;
        let mut before = 0;
        for run in runs {
            let length = run.end - run.start;
            if before + length > half {
                return run.start + (half - before);
            }
            before += length;
        }
        0
    };
    let mut order: Vec<(u32, u32)> = (0..core.model.candidates() as u32)
        .map(|candidate| (middle(candidate), candidate))
        .collect();
    order.sort_unstable();
    let mut parts: Vec<Vec<u32>> = vec![Vec::new()];
    let mut inside = 0.0;
    for (_, candidate) in order {
        if inside >= picks {
            parts.push(Vec::new());
            inside = 0.0;
        }
        inside += warm.picks[candidate as usize];
        if let Some(part) = parts.last_mut() {
            part.push(candidate);
        }
    }
    for part in &mut parts {
        part.sort_unstable();
    }
    parts
}

/// The part whose candidates alone cover a class, or [`BETWEEN`].
fn part_of_classes(model: &Model, parts: &[Vec<u32>]) -> Vec<u32> {
    let mut part_of = vec![NOBODY; model.instance.classes()];
    for (part, members) in (0u32..).zip(parts) {
        for class in members.iter().flat_map(|&member| model.instance.classes_of(member)) {
            let slot = &mut part_of[class as usize];
            *slot = match *slot {
                NOBODY => part,
                known if known == part => part,
                _ => BETWEEN,
            };
        }
    }
    part_of
}

/// `p_i` of each candidate.
fn profits(model: &Model, warm: &Warm, multipliers: &[f64], part_of_class: &[u32]) -> Vec<f64> {
    (0..model.candidates() as u32)
        .map(|candidate| {
            let won: f64 = model
                .instance
                .classes_of(candidate)
                .filter(|&class| part_of_class[class as usize] == BETWEEN)
                .map(|class| warm.prices[class as usize])
                .sum();
            let charged: f64 = model
                .entries(candidate)
                .iter()
                .map(|&(row, coefficient)| multipliers[row as usize] * coefficient)
                .sum();
            won - charged
        })
        .collect()
}

/// One part, solved.
struct Part {
    /// An upper bound of its maximum.
    most: f64,
    /// Whether that is the maximum.
    complete: bool,
    /// The best choice found, as candidates of the core.
    built: Vec<u32>,
}

/// Solves a part.
#[allow(clippy::too_many_arguments)] // One call: everything is needed, and nothing belongs together.
fn solve(
    core: &CoreProblem,
    warm: &Warm,
    incumbent: &Incumbent,
    members: &[u32],
    profits: &[f64],
    part_of_class: &[u32],
    part: u32,
    effort: Effort,
    clock: &Clock,
) -> Part {
    let outside: Vec<bool> = part_of_class.iter().map(|&of| of != part).collect();
    let inside = core.model.instance.restrict(members, &outside);
    let own: Vec<f64> = members.iter().map(|&member| profits[member as usize]).collect();
    let instance = inside.with_profits(&own);
    let mut prices = vec![0.0; instance.classes()];
    for (class, &price) in warm.prices.iter().enumerate() {
        if let Some(new) = inside.class_of_demand(class as u32) {
            prices[new as usize] += price;
        }
    }
    prices[inside.classes()..].copy_from_slice(&instance.class_weights()[inside.classes()..]);
    let picks: Vec<f64> = members.iter().map(|&member| warm.picks[member as usize]).collect();
    let is_pick = |member: u32| incumbent.picks.binary_search(&core.whole[member as usize]).is_ok();
    let now: Vec<u32> = (0..)
        .zip(members)
        .filter(|(_, member)| is_pick(**member))
        .map(|(place, _)| place)
        .collect();
    let excluded = vec![false; members.len()];
    let model = Model::assemble(instance, Vec::new(), excluded, None, 1);
    let mut start = Incumbent::new(&model);
    start.offer(&PlanState::with(&model, &now));
    start.tolerate(effort.tolerance * start.served.abs().max(1e-9));
    let state = Warm {
        picks,
        prices,
        multipliers: Vec::new(),
        balance: warm.balance,
    };
    let problem = CoreProblem::whole_of(&model);
    let outcome = branch::search(problem, state, &start, effort.nodes, clock, &mut |_, _| false);
    let built = outcome.plan.as_ref().unwrap_or(&now);
    Part {
        most: outcome.bound,
        complete: outcome.complete,
        built: built.iter().map(|&place| members[place as usize]).collect(),
    }
}
