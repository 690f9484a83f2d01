//! Branch and bound: proves the best plan of a small problem, or improves a plan within a node limit.

use super::clock::Clock;
use super::core_problem::CoreProblem;
use super::greedy::{self, Charge};
use super::incumbent::Incumbent;
use super::model::RowKind;
use super::plan_state::PlanState;
use super::relaxation::{Proof, Relaxation, Start, Warm};
use std::rc::Rc;

/// Iterations between two looks at the bound.
const ROUND: usize = 12;
/// Most rounds at a node.
const MOST_ROUNDS: usize = 40;
/// Part of the distance to the cut-off that a round must gain for the node to be worth more rounds.
const WORTH: f64 = 0.03;

/// What the search found.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    /// The best whole plan found that is better than the one the search started from.
    pub plan: Option<Vec<u32>>,
    /// Whether every branch was followed to its end.
    pub complete: bool,
    /// No plan of this problem serves more than this (at most the needed weight when the search is complete).
    pub bound: f64,
}

struct Node {
    parent: Rc<CoreProblem>,
    warm: Rc<Warm>,
    branch: Option<(u32, bool)>,
    bound: f64,
}

/// A depth-first search below one problem.
pub(super) struct Branching<'a> {
    clock: &'a Clock,
    incumbent: Incumbent,
    found: Option<Vec<u32>>,
    most_nodes: usize,
    nodes: usize,
    charge: Charge,
}

/// Searches `problem` for a plan better than `incumbent`. `tick` is asked now and then, with the best bound, whether to stop.
pub(super) fn search(
    problem: CoreProblem,
    warm: Warm,
    incumbent: &Incumbent,
    most_nodes: usize,
    clock: &Clock,
    tick: &mut dyn FnMut(&Incumbent, f64) -> bool,
) -> Outcome {
    let costs_matter = problem
        .model
        .rows
        .iter()
        .any(|row| matches!(row.kind, RowKind::Budget | RowKind::Cost));
    let charge = if costs_matter { Charge::Cost } else { Charge::Count };
    let mut branching = Branching {
        clock,
        incumbent: incumbent.clone(),
        found: None,
        most_nodes,
        nodes: 0,
        charge,
    };
    let bound = problem.served + problem.model.instance.coverable_weight();
    let mut open = vec![Node {
        parent: Rc::new(problem),
        warm: Rc::new(warm),
        branch: None,
        bound,
    }];
    let mut complete = true;
    while let Some(node) = open.pop() {
        if node.bound < branching.incumbent.needed() {
            continue;
        }
        let stop = branching.nodes >= branching.most_nodes
            || clock.interrupted()
            || (branching.nodes % 64 == 63 && tick(&branching.incumbent, open_bound(&open, node.bound)));
        if stop {
            open.push(node);
            complete = false;
            break;
        }
        branching.nodes += 1;
        branching.visit(node, &mut open);
    }
    let bound = open_bound(&open, branching.incumbent.needed());
    Outcome {
        plan: branching.found,
        complete,
        bound,
    }
}

fn open_bound(open: &[Node], least: f64) -> f64 {
    open.iter().map(|node| node.bound).fold(least, f64::max)
}

impl Branching<'_> {
    fn visit(&mut self, node: Node, open: &mut Vec<Node>) {
        let (problem, warm) = match node.branch {
            None => (Rc::unwrap_or_clone(node.parent), Rc::unwrap_or_clone(node.warm)),
            Some((candidate, chosen)) => {
                let kept: Vec<u32> = (0..node.parent.model.candidates() as u32)
                    .filter(|&other| other != candidate)
                    .collect();
                let choice: &[u32] = if chosen { &[candidate] } else { &[] };
                let problem = node.parent.reduce(&kept, choice);
                let warm = problem.inherit(&node.warm, &kept);
                (problem, warm)
            }
        };
        let Some((problem, warm, bound)) = self.tighten(problem, warm, node.bound) else {
            return;
        };
        let Some(branch) = choose_branch(&problem, &warm) else {
            return;
        };
        let first = warm.picks[branch as usize] >= 0.3;
        let parent = Rc::new(problem);
        let warm = Rc::new(warm);
        for chosen in [!first, first] {
            open.push(Node {
                parent: Rc::clone(&parent),
                warm: Rc::clone(&warm),
                branch: Some((branch, chosen)),
                bound,
            });
        }
    }

    /// Propagates the rows, improves the bound and fixes candidates until neither helps; `None` when nothing better can be below.
    fn tighten(
        &mut self,
        mut problem: CoreProblem,
        mut warm: Warm,
        mut bound: f64,
    ) -> Option<(CoreProblem, Warm, f64)> {
        loop {
            problem.cap_cost(self.incumbent.cost_cap());
            let (propagated, carried) = problem.propagate(Some(warm))?;
            problem = propagated;
            warm = carried?;
            bound = bound.min(problem.served + problem.model.instance.coverable_weight());
            self.look_for_plan(&problem, &warm.picks);
            if bound < self.incumbent.needed() || problem.model.candidates() == 0 {
                return None;
            }
            let (next_warm, proof, keep) = self.relax(&problem, warm);
            bound = bound.min(self.incumbent.round_served(problem.served + proof.bound));
            warm = next_warm;
            self.look_for_plan(&problem, &warm.picks);
            if bound < self.incumbent.needed() {
                return None;
            }
            let (kept, chosen) = fix(&problem, &proof, self.incumbent.needed());
            if kept.len() == problem.model.candidates() {
                return Some((problem, warm, bound));
            }
            let reduced = problem.reduce(&kept, &chosen);
            warm = reduced.inherit(&warm, &kept);
            let much = 10 * kept.len() < 9 * problem.model.candidates();
            problem = reduced;
            if !keep && !much {
                problem.cap_cost(self.incumbent.cost_cap());
                let (propagated, carried) = problem.propagate(Some(warm))?;
                self.look_for_plan(&propagated, &[]);
                if propagated.model.candidates() == 0 {
                    return None;
                }
                return Some((propagated, carried?, bound));
            }
        }
    }

    /// Improves the prices while that pays. The flag says whether the search should go on at this node after fixing.
    fn relax(&mut self, problem: &CoreProblem, warm: Warm) -> (Warm, Proof, bool) {
        let mut relaxation = Relaxation::new(&problem.model, Start::Warm(warm));
        let mut best = relaxation.proof();
        let mut best_before = f64::INFINITY;
        for round in 0..MOST_ROUNDS {
            relaxation.iterate(ROUND, self.clock);
            self.clock.spend(relaxation.steps_per_iteration() * (ROUND as u64 + 1));
            let proof = relaxation.proof();
            if proof.bound < best.bound {
                best = proof;
            }
            let needed = self.incumbent.needed();
            let excess = problem.served + best.bound - needed;
            if excess < 0.0 || self.clock.interrupted() {
                break;
            }
            // Every third round: is the rest worth it?
            if round % 3 == 2 {
                if best_before - best.bound < WORTH * excess {
                    break;
                }
                best_before = best.bound;
                if fixable(&best, problem, needed) * 5 > problem.model.candidates() {
                    return (relaxation.warm(), best, true);
                }
            }
        }
        (relaxation.warm(), best, false)
    }

    /// Rounds fractional picks to a plan and keeps it if it is better.
    fn look_for_plan(&mut self, problem: &CoreProblem, fractional: &[f64]) {
        let mut state = PlanState::new(&problem.model);
        let mut order: Vec<u32> = (0..fractional.len() as u32)
            .filter(|&candidate| fractional[candidate as usize] > 0.5)
            .collect();
        order.sort_by(|&a, &b| {
            fractional[b as usize]
                .total_cmp(&fractional[a as usize])
                .then(a.cmp(&b))
        });
        for candidate in order {
            if state.fits(candidate) {
                state.add(candidate);
            }
        }
        greedy::complete(&mut state, self.charge, None);
        if !state.feasible() {
            return;
        }
        let (served, cost) = (problem.served + state.served(), problem.cost + state.cost());
        if served >= self.incumbent.needed() && cost <= self.incumbent.cost_cap() {
            let plan = problem.plan(&state.picks());
            self.incumbent.served = served;
            self.incumbent.cost = cost;
            self.incumbent.feasible = true;
            self.found = Some(plan);
        }
    }
}

fn fixable(proof: &Proof, problem: &CoreProblem, needed: f64) -> usize {
    let slack = problem.served + proof.bound - needed;
    proof
        .reduced_profits
        .iter()
        .filter(|profit| profit.abs() > slack)
        .count()
}

/// Candidates that stay free, and those that every better plan contains: forcing a candidate against the sign of its reduced profit
/// lowers the bound by that much.
pub(super) fn fix(problem: &CoreProblem, proof: &Proof, needed: f64) -> (Vec<u32>, Vec<u32>) {
    let slack = problem.served + proof.bound - needed;
    let (mut kept, mut chosen) = (Vec::new(), Vec::new());
    for (candidate, &profit) in (0..).zip(&proof.reduced_profits) {
        if profit.abs() <= slack {
            kept.push(candidate);
        } else if profit > 0.0 {
            chosen.push(candidate);
        }
    }
    (kept, chosen)
}

/// The candidate whose fractional pick is least decided, weighted by what it covers.
fn choose_branch(problem: &CoreProblem, warm: &Warm) -> Option<u32> {
    let instance = &problem.model.instance;
    let weight = |candidate: u32| -> f64 {
        let weights = instance.class_weights();
        instance
            .classes_of(candidate)
            .map(|class| weights[class as usize])
            .sum()
    };
    (0..problem.model.candidates() as u32)
        .map(|candidate| {
            let pick = warm.picks[candidate as usize];
            ((pick * (1.0 - pick) + 1e-6) * (weight(candidate) + 1e-9), candidate)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        .map(|(_, candidate)| candidate)
}
