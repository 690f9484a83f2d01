//! The order in which the methods are applied, and when to stop.
//!
//! Greed gives the first plan; the relaxation gives prices, a bound and fractional picks; a dive turns those into a plan; candidates that
//! the bound rules out are fixed; then regions are solved anew in rounds, and in between the whole is enumerated with ever more nodes,
//! until the proof is complete or the limits are reached.

use super::board::{Board, Coverers};
use super::branch::{self, fix};
use super::clock::Clock;
use super::core_problem::CoreProblem;
use super::greedy::{self, Charge};
use super::incumbent::Incumbent;
use super::model::{Model, RowKind};
use super::neighbourhood;
use super::plan_state::PlanState;
use super::relaxation::{Proof, Relaxation, Start, Warm};
use super::solution::{Limits, Report, Solution, Stage};
use super::{
    ConstraintError, Constraints, Instance, annealing, answer, dive, infeasibility, local_search, regional_bound,
};

/// Iterations of the relaxation between two looks at the bound.
const ROUND: usize = 40;
/// Most rounds of a stage.
const MOST_ROUNDS: usize = 60;
/// Distance between the bound and the fractional picks, relative, at which each stage of the relaxation ends.
const STAGES: [f64; 4] = [4e-3, 5e-4, 1e-4, 2e-5];
/// The dive after each stage.
const DIVES: [dive::Manner; 4] = [
    dive::Manner {
        sure: 0.95,
        least_share: 0.08,
        iterations: 30,
    },
    dive::Manner {
        sure: 0.8,
        least_share: 0.04,
        iterations: 60,
    },
    dive::Manner {
        sure: 0.9,
        least_share: 0.06,
        iterations: 60,
    },
    dive::Manner {
        sure: 0.95,
        least_share: 0.1,
        iterations: 40,
    },
];
/// Rounds of regions without success before the whole is tried again; and the most work without success, as a share of all work before, so
/// that on large instances the bound gets its turn.
const PATIENCE: u64 = 12;
const PATIENT_SHARE: f64 = 0.3;
/// Nodes of the first try at the whole, for a core with `PROOF_RUNS` runs; each further try has four times as many.
const FIRST_NODES: f64 = 400.0;
const PROOF_RUNS: f64 = 15_000.0;
/// A try with fewer nodes is not worth making, nor one on a core with more runs: every open node holds its part of the core in memory.
const LEAST_NODES: f64 = 30.0;
const MOST_PROOF_RUNS: usize = 300_000;
/// Shapes of the regions: picks set free, most nodes, and how bad a reduced profit may be as a share of an average pick's worth.
const SHAPES: [(usize, usize, f64); 4] = [(40, 60, 0.02), (60, 60, 0.01), (30, 60, 0.03), (20, 60, 0.1)];

/// The first cut of the province for the regional bound.
const FIRST_REGIONS: regional_bound::Effort = regional_bound::Effort {
    picks: 8.0,
    nodes: 150,
    tolerance: 2e-4,
};
/// Most regional bounds in a row, each with larger parts; and the share of the rest of the gap that one must close for the next to follow.
const REGIONAL_ROUNDS: usize = 6;
const WORTH_A_ROUND: f64 = 0.02;
/// Annealing: how much worse a plan may get at the start of a chain, as a share of an average pick's worth, in turn.
const HEATS: [f64; 4] = [0.02, 0.005, 0.05, 0.0];
/// Changes per chain at first; doubled, up to the most, as successes get rare.
const FIRST_CHANGES: usize = 2_000;
const MOST_CHANGES: usize = 64_000;
/// Candidates with a reduced profit worse than this share of an average pick's worth take no part in annealing.
const COLDEST: f64 = 0.05;

/// Finds the best plan within the limits.
///
/// The answer for a given instance, constraints, seed and work limit is always the same, whatever the number of threads; a time limit or
/// a cancel only cuts the search short, and [`Solution::stop`] says so. `report` is told of progress and may stop the search; the best
/// plan so far is then returned.
pub fn solve(
    instance: &Instance,
    constraints: &Constraints,
    limits: &Limits,
    report: &mut Report<'_>,
) -> Result<Solution, ConstraintError> {
    improve(instance, constraints, &[], limits, report)
}

/// As [`solve`], with a plan to start from: candidates of any plan, of which those that fit are kept. A good start saves most of the
/// search where little has changed.
pub fn improve(
    instance: &Instance,
    constraints: &Constraints,
    start: &[u32],
    limits: &Limits,
    report: &mut Report<'_>,
) -> Result<Solution, ConstraintError> {
    let clock = Clock::start(limits);
    let model = Model::new(instance, constraints)?;
    if let Some(&candidate) = start
        .iter()
        .find(|&&candidate| candidate as usize >= instance.candidates())
    {
        return Err(ConstraintError::UnknownCandidate {
            constraint: "the plan to start from".to_owned(),
            candidate,
            candidates: instance.candidates(),
        });
    }
    let mut work = || {
        let mut search = Search::new(&model, limits, &clock, report);
        search.start_from(start);
        let mut solution = search.run();
        if let Some(infeasibility) = &mut solution.infeasibility {
            infeasibility.conflicting = infeasibility::conflicting(instance, constraints, solution.status, &clock);
        }
        solution
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(limits.threads).build();
    Ok(match pool {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    })
}

struct Search<'a, 'r> {
    model: &'a Model,
    limits: &'a Limits,
    clock: &'a Clock,
    report: &'a mut Report<'r>,
    incumbent: Incumbent,
    /// Best bound on the objective: upper on served weight, lower on cost.
    bound: f64,
    charge: Charge,
    /// Changes that a chain of annealing tries.
    changes: usize,
    /// How the next regional bound is made; none when it has stopped paying.
    regional: Option<regional_bound::Effort>,
}

/// How the search ended.
enum End {
    /// The limits were reached, or the gap is closed.
    Stopped,
    /// No plan meets the constraints.
    Impossible,
}

impl<'a, 'r> Search<'a, 'r> {
    fn new(model: &'a Model, limits: &'a Limits, clock: &'a Clock, report: &'a mut Report<'r>) -> Self {
        let costs_matter = model
            .rows
            .iter()
            .any(|row| matches!(row.kind, RowKind::Budget | RowKind::Cost));
        Self {
            model,
            limits,
            clock,
            report,
            incumbent: Incumbent::new(model),
            bound: if model.target.is_some() {
                0.0
            } else {
                model.instance.coverable_weight()
            },
            charge: if costs_matter { Charge::Cost } else { Charge::Count },
            changes: FIRST_CHANGES,
            regional: model.target.is_none().then_some(FIRST_REGIONS),
        }
    }

    /// Takes over what fits of a plan, the first of its list first, completed by greed. With phases its candidates are built as early as the limits allow.
    fn start_from(&mut self, start: &[u32]) {
        if start.is_empty() {
            return;
        }
        let base = self.model.original(self.model.candidates().saturating_sub(1) as u32).0 + 1;
        let mut state = PlanState::new(self.model);
        // Pinned candidates first: what the start had in their place must not keep them out.
        for row in self.model.rows.iter().filter(|row| row.kind == RowKind::MustPick) {
            let fitting = row
                .members
                .iter()
                .find(|(member, _)| !state.is_chosen(*member) && state.fits(*member));
            if let Some(&(member, _)) = fitting {
                state.add(member);
            }
        }
        for &candidate in start {
            let phases = (candidate..self.model.candidates() as u32).step_by(base as usize);
            let fitting = phases
                .into_iter()
                .find(|&copy| !state.is_chosen(copy) && state.fits(copy));
            if let Some(copy) = fitting {
                state.add(copy);
            }
        }
        greedy::complete(&mut state, self.charge, None);
        self.incumbent.offer(&state);
    }

    fn run(mut self) -> Solution {
        let impossible = matches!(self.find_plan(), End::Impossible) && !self.incumbent.feasible;
        answer::describe(self.model, &self.incumbent, self.bound, impossible, self.clock)
    }

    fn find_plan(&mut self) -> End {
        self.offer(&greedy::construct(self.model));
        self.tell(Stage::Greedy);
        let Some((root, _)) = CoreProblem::whole(self.model).propagate(None) else {
            return End::Impossible;
        };
        if !self
            .model
            .target_reached(root.served + root.model.instance.coverable_weight())
        {
            return End::Impossible;
        }
        if self.clock.over() || self.done() {
            return End::Stopped;
        }
        let start = greedy::construct(&root.model);
        self.offer(&root.plan(&start));
        let (root, warm) = self.shrink(root, &start);
        if self.clock.over() || self.done() {
            return End::Stopped;
        }
        self.improve(root, warm)
    }

    /// Prices, a dive and fixing, in turn, until the core stops shrinking.
    fn shrink(&mut self, mut root: CoreProblem, start: &[u32]) -> (CoreProblem, Warm) {
        root.cap_cost(self.incumbent.cost_cap());
        let mut warm = Relaxation::new(&root.model, Start::Plan(start)).warm();
        for (stage, tolerance) in STAGES.into_iter().enumerate() {
            let (next, proof) = self.relax(&root, warm, tolerance);
            warm = next;
            if self.clock.over() || self.done() {
                break;
            }
            let plan = dive::dive(&root, &warm, DIVES[stage], self.clock);
            self.polish(&plan, &root);
            self.tell(Stage::Improve);
            if self.clock.over() || self.done() {
                break;
            }
            let before = root.model.candidates();
            (root, warm) = self.fix_candidates(root, warm, &proof);
            if stage >= 2 && root.model.candidates() * 10 > before * 9 {
                break;
            }
        }
        if self.model.target.is_some() && !self.done() && !self.clock.over() {
            self.refine_cost_bound(&root, &warm);
        }
        (root, warm)
    }

    fn fix_candidates(&self, mut root: CoreProblem, mut warm: Warm, proof: &Proof) -> (CoreProblem, Warm) {
        let (kept, chosen) = fix(&root, proof, self.incumbent.needed());
        if kept.len() < root.model.candidates() {
            root = root.reduce(&kept, &chosen);
            warm = root.inherit(&warm, &kept);
        }
        root.cap_cost(self.incumbent.cost_cap());
        (root, warm)
    }

    /// Improves the prices until bound and fractional picks are as near as asked for, or the bound stands still.
    fn relax(&mut self, root: &CoreProblem, warm: Warm, tolerance: f64) -> (Warm, Proof) {
        let mut relaxation = Relaxation::new(&root.model, Start::Warm(warm));
        let mut best = relaxation.proof();
        let mut before = f64::INFINITY;
        for round in 0..MOST_ROUNDS {
            relaxation.iterate(ROUND, self.clock);
            self.clock.spend(relaxation.steps_per_iteration() * (ROUND as u64 + 1));
            let proof = relaxation.proof();
            if proof.bound < best.bound {
                best = proof;
            }
            self.take_bound(root, &best);
            self.tell(Stage::Bound);
            let excess = root.served + best.bound - self.incumbent.needed();
            if self.clock.over() || self.done() || excess < 0.0 {
                break;
            }
            let fractional = relaxation.fractional_served();
            if best.bound - fractional < tolerance * (root.served + fractional) && round >= 2 {
                break;
            }
            if round % 5 == 4 {
                if before - best.bound < 0.005 * excess {
                    break;
                }
                before = best.bound;
            }
        }
        (relaxation.warm(), best)
    }

    /// Uses what the prices of the root prove.
    fn take_bound(&mut self, root: &CoreProblem, proof: &Proof) {
        match (self.model.target, root.model.target, root.model.cost_row()) {
            (None, _, _) => {
                // Plans outside the core are no better than the incumbent.
                let bound = self.incumbent.round_served(root.served + proof.bound);
                self.bound = self
                    .bound
                    .min(bound.max(self.incumbent.objective().unwrap_or(f64::NEG_INFINITY)));
            }
            (_, Some(target), Some(row)) => {
                let bound = root.cost + proof.least_cost(target, row, root.model.rows[row].high);
                self.raise_cost_bound(bound);
            }
            _ => {}
        }
    }

    fn raise_cost_bound(&mut self, bound: f64) {
        let bound = self
            .incumbent
            .round_cost(bound)
            .min(self.incumbent.objective().unwrap_or(f64::INFINITY));
        self.bound = self.bound.max(bound);
    }

    /// Served weight as a function of money is concave, so prices found at the present lower bound on cost can only raise it.
    fn refine_cost_bound(&mut self, root: &CoreProblem, warm: &Warm) {
        let mut lower = root.clone();
        lower.cap_cost(self.bound.min(self.incumbent.cost_cap()));
        if !lower.model.rows.iter().all(|row| row.high >= 0.0) {
            return;
        }
        let mut relaxation = Relaxation::new(&lower.model, Start::Warm(warm.clone()));
        for _ in 0..10 {
            relaxation.iterate(ROUND, self.clock);
            self.clock.spend(relaxation.steps_per_iteration() * (ROUND as u64 + 1));
            let proof = relaxation.proof();
            if let (Some(target), Some(row)) = (lower.model.target, lower.model.cost_row()) {
                self.raise_cost_bound(lower.cost + proof.least_cost(target, row, lower.model.rows[row].high));
            }
            if self.clock.over() || self.done() {
                break;
            }
        }
    }

    /// Completes a plan and exchanges its picks, among the candidates of the core.
    fn polish(&mut self, plan: &[u32], root: &CoreProblem) {
        let mut state = PlanState::with(self.model, plan);
        greedy::complete(&mut state, self.charge, None);
        self.incumbent.offer(&state);
        let picks = state.picks();
        let mut kept = [root.whole.as_slice(), root.chosen.as_slice(), &picks].concat();
        kept.sort_unstable();
        kept.dedup();
        let arena = CoreProblem::whole_of(self.model).reduce(&kept, &[]);
        let local: Vec<u32> = picks
            .iter()
            .filter_map(|pick| kept.binary_search(pick).ok())
            .map(|place| place as u32)
            .collect();
        let coverers = Coverers::new(&arena.model);
        let mut board = Board::new(&arena.model, &coverers, &local, self.charge == Charge::Cost);
        local_search::exchange_all(&mut board, self.clock);
        self.offer(&arena.plan(&board.state.picks()));
    }

    /// Regions and enumeration in turn.
    fn improve(&mut self, mut root: CoreProblem, mut warm: Warm) -> End {
        let mut round = 0;
        let mut nodes = FIRST_NODES;
        loop {
            let runs = root.model.instance.run_count();
            let share = (PROOF_RUNS / runs.max(1) as f64).min(1.0);
            let allowed = nodes * share;
            if (allowed >= LEAST_NODES && runs <= MOST_PROOF_RUNS) || !self.incumbent.feasible {
                match self.enumerate(&root, &warm, allowed.max(LEAST_NODES) as usize) {
                    Some(end) => return end,
                    None if self.clock.over() || self.done() => return End::Stopped,
                    None => {}
                }
            }
            nodes *= 4.0;
            #[cfg(feature = "highs")]
            if let Some(end) = self.finish_by_highs(&root) {
                return end;
            }
            let mut wanted = Vec::new();
            for _ in 0..REGIONAL_ROUNDS {
                let before = self.bound;
                wanted = self.bound_by_regions(&root, &warm).unwrap_or(wanted);
                let gained = before - self.bound;
                let left = self.bound - self.incumbent.objective().unwrap_or(f64::NEG_INFINITY);
                if self.clock.over() || self.done() || gained < WORTH_A_ROUND * left {
                    break;
                }
            }
            if !wanted.is_empty() && !self.clock.over() && !self.done() {
                self.build_wanted(&root, wanted);
            }
            if self.clock.over() || self.done() {
                return End::Stopped;
            }
            if self.incumbent.feasible {
                round = self.improve_regions(&root, &warm, round);
            }
            if self.clock.over() || self.done() {
                return End::Stopped;
            }
            root.cap_cost(self.incumbent.cost_cap());
            let (next, proof) = self.relax(&root, warm, STAGES[STAGES.len() - 1]);
            if self.clock.over() || self.done() {
                return End::Stopped;
            }
            (root, warm) = self.fix_candidates(root, next, &proof);
        }
    }

    /// Rounds of regions until none has helped for a while. Returns the next round's number.
    fn improve_regions(&mut self, root: &CoreProblem, warm: &Warm, first: u64) -> u64 {
        let profits = Relaxation::new(&root.model, Start::Warm(warm.clone()))
            .proof()
            .reduced_profits;
        let worth = self.incumbent.served / self.incumbent.picks.len().max(1) as f64;
        let mut round = first;
        let mut last_success = first;
        let mut work_then = self.clock.work();
        let patience = PATIENT_SHARE * work_then;
        while round < last_success + PATIENCE
            && self.clock.work() - work_then <= patience
            && !self.clock.over()
            && !self.done()
        {
            if self.anneal(root, &profits, round) {
                last_success = round;
                work_then = self.clock.work();
            }
            if self.clock.over() || self.done() {
                break;
            }
            let (size, nodes, badness) = SHAPES[(round / 3) as usize % SHAPES.len()];
            let effort = neighbourhood::Effort {
                seed: self.limits.seed,
                round,
                size,
                nodes,
                worst_profit: badness * worth,
            };
            let ground = neighbourhood::Ground {
                core: root,
                warm,
                profits: &profits,
                incumbent: &self.incumbent,
            };
            let plans = neighbourhood::round(ground, effort, self.clock);
            round += 1;
            for plan in plans {
                if self.offer(&plan) {
                    last_success = round;
                    work_then = self.clock.work();
                }
            }
            self.tell(Stage::Improve);
        }
        round
    }

    /// Bounds the whole by parts that are solved in whole numbers; the parts grow while they can be solved. Returns what the parts would build.
    fn bound_by_regions(&mut self, root: &CoreProblem, warm: &Warm) -> Option<Vec<u32>> {
        let effort = self.regional.filter(|_| self.incumbent.feasible)?;
        let found = regional_bound::bound(root, warm, &self.incumbent, effort, self.clock);
        let bound = self.incumbent.round_served(found.bound);
        self.bound = self.bound.min(bound.max(self.incumbent.served));
        self.tell(Stage::Bound);
        self.regional = if found.parts <= 1 {
            None
        } else if 10 * found.solved >= 9 * found.parts {
            Some(regional_bound::Effort {
                picks: effort.picks * 1.6,
                ..effort
            })
        } else {
            Some(regional_bound::Effort {
                nodes: effort.nodes * 3,
                ..effort
            })
        };
        Some(found.wanted)
    }

    /// What the parts would build, each for itself, is nearly a plan: what fits of it, completed and exchanged.
    fn build_wanted(&mut self, root: &CoreProblem, mut wanted: Vec<u32>) {
        wanted.sort_unstable();
        wanted.dedup();
        let arena = CoreProblem::whole_of(self.model).reduce(&wanted, &[]);
        let fitting = greedy::construct(&arena.model);
        self.polish(&arena.plan(&fitting), root);
        self.tell(Stage::Improve);
    }

    /// A round of annealing; whether it found a better plan.
    fn anneal(&mut self, root: &CoreProblem, profits: &[f64], round: u64) -> bool {
        let worth = self.incumbent.served / self.incumbent.picks.len().max(1) as f64;
        let scale = if self.model.target.is_some() {
            self.incumbent.cost / self.incumbent.picks.len().max(1) as f64
        } else {
            worth
        };
        let effort = annealing::Effort {
            seed: self.limits.seed,
            round,
            changes: self.changes,
            worse: HEATS[round as usize % HEATS.len()] * scale,
            worst_profit: COLDEST * worth,
        };
        let plans = annealing::round(root, profits, &self.incumbent, self.charge, effort, self.clock);
        let mut better = false;
        for plan in plans {
            better |= self.offer(&plan);
        }
        if !better {
            self.changes = (self.changes * 2).min(MOST_CHANGES);
        }
        self.tell(Stage::Improve);
        better
    }

    /// Branch and bound on the whole core. `Some` when that settles the matter.
    fn enumerate(&mut self, root: &CoreProblem, warm: &Warm, nodes: usize) -> Option<End> {
        let (clock, bound, is_cost) = (self.clock, self.bound, self.model.target.is_some());
        let report = &mut *self.report;
        let mut tick = |incumbent: &Incumbent, open: f64| {
            let bound = if is_cost { bound } else { bound.min(open) };
            clock.tell(report, Stage::Prove, incumbent.objective(), bound);
            clock.over()
        };
        let outcome = branch::search(root.clone(), warm.clone(), &self.incumbent, nodes, clock, &mut tick);
        // A plan that only rounding made look feasible proves nothing.
        let sound = outcome.plan.as_ref().is_none_or(|plan| self.offer(plan));
        if outcome.complete && sound {
            return Some(match self.incumbent.objective() {
                Some(objective) => {
                    self.bound = objective;
                    End::Stopped
                }
                None => End::Impossible,
            });
        }
        if !is_cost && self.incumbent.feasible && sound {
            self.bound = self
                .bound
                .min(self.incumbent.round_served(outcome.bound).max(self.incumbent.served));
        }
        None
    }

    /// HiGHS on the whole core, where that settles the matter.
    #[cfg(feature = "highs")]
    fn finish_by_highs(&mut self, root: &CoreProblem) -> Option<End> {
        use super::exact_finish::{Finish, finish};
        match finish(root, self.clock)? {
            Finish::Best(plan) => {
                let state = PlanState::with(self.model, &plan);
                // A plan that only rounding made look feasible proves nothing. Whatever is outside the core is no better than the incumbent.
                if !state.feasible() {
                    return None;
                }
                self.incumbent.offer(&state);
            }
            Finish::Impossible if !self.incumbent.feasible => return Some(End::Impossible),
            Finish::Impossible => {}
        }
        self.bound = self.incumbent.objective()?;
        Some(End::Stopped)
    }

    fn offer(&mut self, plan: &[u32]) -> bool {
        self.incumbent.offer(&PlanState::with(self.model, plan))
    }

    fn done(&self) -> bool {
        self.incumbent.objective().is_some_and(|objective| {
            (self.bound - objective).abs() <= self.limits.gap.max(1e-9) * objective.abs().max(1e-9)
        })
    }

    fn tell(&mut self, stage: Stage) {
        self.clock
            .tell(self.report, stage, self.incumbent.objective(), self.bound);
    }
}
