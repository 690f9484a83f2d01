//! Annealing: a few neighbouring picks leave at random, others come in, and a slightly worse plan is accepted at first.
//!
//! Where regions solved by branch and bound ([`super::neighbourhood`]) are thorough and slow, this is shallow and quick: thousands of
//! small changes a second, which pays on instances of tens of thousands of candidates.

use super::board::{Board, Coverers};
use super::clock::Clock;
use super::core_problem::CoreProblem;
use super::greedy::Charge;
use super::incumbent::Incumbent;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Chains side by side in a round; fixed, so that the answer does not depend on the number of threads.
const CHAINS: u64 = 2;
/// Most picks that leave at once.
const MOST_LEAVING: usize = 5;
/// Leaving picks lie within this many places of each other in the order of the ground.
const NEARBY: usize = 14;
/// A leaving pick is replaced by one from anywhere with this probability, so that picks move between parts of the province.
const FAR: f64 = 0.15;
/// Changes between two looks at the clock.
const CHANGES_PER_LOOK: usize = 64;

/// How a round is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    pub seed: u64,
    pub round: u64,
    /// Changes tried by each chain.
    pub changes: usize,
    /// How much worse a plan may get at the start of the chain, in served weight or cost; falls to zero at its end.
    pub worse: f64,
    /// Candidates whose reduced profit is below minus this are left out.
    pub worst_profit: f64,
}

/// Anneals from the best plan; returns the chains' best plans, those that are better than it.
pub(super) fn round(
    core: &CoreProblem,
    profits: &[f64],
    incumbent: &Incumbent,
    charge: Charge,
    effort: Effort,
    clock: &Clock,
) -> Vec<Vec<u32>> {
    let is_pick = |candidate: u32| incumbent.picks.binary_search(&core.whole[candidate as usize]).is_ok();
    let kept: Vec<u32> = (0..core.model.candidates() as u32)
        .filter(|&candidate| profits[candidate as usize] >= -effort.worst_profit || is_pick(candidate))
        .collect();
    let arena = core.reduce(&kept, &[]);
    let picks: Vec<u32> = (0..)
        .zip(&kept)
        .filter(|(_, candidate)| is_pick(**candidate))
        .map(|(place, _)| place)
        .collect();
    if picks.is_empty() || kept.len() == picks.len() {
        return Vec::new();
    }
    let coverers = Coverers::new(&arena.model);
    (0..CHAINS)
        .into_par_iter()
        .filter_map(|chain| {
            let board = Board::new(&arena.model, &coverers, &picks, charge == Charge::Cost);
            let seed = effort.seed ^ (effort.round * CHAINS + chain + 1).wrapping_mul(0xd134_2543_de82_ef95);
            Chain::new(board, seed).run(effort, charge, clock)
        })
        .collect::<Vec<_>>()
        .into_iter()
        .map(|plan| arena.plan(&plan))
        .collect()
}

/// One plan on its way.
struct Chain<'a> {
    board: Board<'a>,
    random: ChaCha8Rng,
    /// Factors near one by which scores are blurred.
    blur: Vec<f64>,
    /// The picks in the order of the ground.
    order: Vec<u32>,
    worth: f64,
}

impl<'a> Chain<'a> {
    fn new(board: Board<'a>, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let blur = (0..board.state.model.candidates())
            .map(|_| random.random_range(0.9..1.1))
            .collect();
        let worth = worth(&board);
        let mut chain = Self {
            board,
            random,
            blur,
            order: Vec::new(),
            worth,
        };
        chain.sort_picks();
        chain
    }

    fn sort_picks(&mut self) {
        let instance = &self.board.state.model.instance;
        self.order = self.board.state.picks();
        self.order
            .sort_by_key(|&pick| (instance.runs(pick).first().map_or(0, |run| run.start), pick));
    }

    /// The best plan on the way, if it is better than the first.
    fn run(mut self, effort: Effort, charge: Charge, clock: &Clock) -> Option<Vec<u32>> {
        let mut best = self.worth;
        let mut best_plan = None;
        for change in 0..effort.changes {
            if change % CHANGES_PER_LOOK == 0 {
                clock.spend(self.board.take_steps());
                if clock.interrupted() {
                    break;
                }
                self.sort_picks();
            }
            let heat = effort.worse * (1.0 - change as f64 / effort.changes as f64);
            let worse = heat * self.random.random_range(0.0..1.0);
            self.change(worse, charge);
            if self.worth > best + 1e-9 * best.abs() {
                best = self.worth;
                best_plan = Some(self.board.state.picks());
            }
        }
        clock.spend(self.board.take_steps());
        best_plan
    }

    /// One change; undone when the plan gets worse by more than `worse`.
    fn change(&mut self, worse: f64, charge: Charge) {
        let leaving = self.leaving();
        for &pick in &leaving {
            self.board.remove(pick);
        }
        let by_price = charge == Charge::Cost && self.random.random_bool(0.7);
        let shift = self.random.random_range(0..self.blur.len());
        let mut added: Vec<u32> = Vec::with_capacity(leaving.len() + 1);
        loop {
            if self.board.state.model.target.is_some() && self.board.state.feasible() {
                break;
            }
            let blur = &self.blur;
            let score = |candidate: u32, gain: f64, ratio: f64| {
                let place = candidate as usize + shift;
                let place = if place >= blur.len() { place - blur.len() } else { place };
                blur[place] * if by_price { ratio } else { gain }
            };
            let Some(candidate) = self.board.best_addition(score) else {
                break;
            };
            self.board.add(candidate);
            added.push(candidate);
        }
        let reached = worth(&self.board);
        if self.board.state.feasible() && reached >= self.worth - worse {
            self.worth = reached;
            return;
        }
        for &candidate in &added {
            self.board.remove(candidate);
        }
        for &pick in &leaving {
            self.board.add(pick);
        }
    }

    /// A few picks near each other; now and then one from afar.
    fn leaving(&mut self) -> Vec<u32> {
        let count = self.random.random_range(1..=MOST_LEAVING).min(self.order.len());
        let first = self.random.random_range(0..self.order.len());
        let mut leaving: Vec<u32> = Vec::with_capacity(count);
        for _ in 0..count {
            let place = if self.random.random_bool(FAR) {
                self.random.random_range(0..self.order.len())
            } else {
                (first + self.random.random_range(0..NEARBY.min(self.order.len()))) % self.order.len()
            };
            let pick = self.order[place];
            if self.board.state.is_chosen(pick) && !leaving.contains(&pick) {
                leaving.push(pick);
            }
        }
        leaving
    }
}

/// To be maximised.
fn worth(board: &Board<'_>) -> f64 {
    if board.state.model.target.is_some() {
        -board.state.cost()
    } else {
        board.state.served()
    }
}
