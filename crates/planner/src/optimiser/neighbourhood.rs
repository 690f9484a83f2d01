//! Large neighbourhoods: the picks of a region are set free and the region is solved anew by branch and bound.

use super::branch;
use super::clock::Clock;
use super::core_problem::CoreProblem;
use super::incumbent::Incumbent;
use super::relaxation::Warm;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Regions solved side by side in a round; fixed, so that the answer does not depend on the number of threads.
const REGIONS: usize = 4;
/// A dropped candidate with more than this fractional pick is set free in every region.
const WANTED: f64 = 0.2;

/// What the regions are cut from.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    /// The free candidates.
    pub core: &'a CoreProblem,
    /// Their relaxation.
    pub warm: &'a Warm,
    /// Their reduced profits in it.
    pub profits: &'a [f64],
    /// The plan to be improved.
    pub incumbent: &'a Incumbent,
}

/// How a round is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    pub seed: u64,
    pub round: u64,
    /// Picks set free per region.
    pub size: usize,
    /// Most nodes per region.
    pub nodes: usize,
    /// Candidates whose reduced profit is below minus this are left out.
    pub worst_profit: f64,
}

/// Solves some regions around the best plan; returns better plans, the combination of all of them first.
pub(super) fn round(ground: Ground<'_>, effort: Effort, clock: &Clock) -> Vec<Vec<u32>> {
    let mut random = ChaCha8Rng::seed_from_u64(effort.seed ^ effort.round.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let picks = picks_in_core(ground.core, ground.incumbent);
    let regions = choose_regions(&picks, effort.size, &mut random);
    let found: Vec<Option<Vec<u32>>> = regions
        .into_par_iter()
        .map(|free| solve_region(ground, &picks, &free, effort, clock))
        .collect();
    let found: Vec<Vec<u32>> = found.into_iter().flatten().collect();
    let mut plans = Vec::new();
    if found.len() > 1 {
        plans.push(combine(&ground.incumbent.picks, &found));
    }
    plans.extend(found);
    plans
}

/// The plan's picks that are free in the core, in the order of the ground.
fn picks_in_core(core: &CoreProblem, incumbent: &Incumbent) -> Vec<u32> {
    let mut picks: Vec<u32> = (0..core.model.candidates() as u32)
        .filter(|&candidate| incumbent.picks.binary_search(&core.whole[candidate as usize]).is_ok())
        .collect();
    picks.sort_by_key(|&pick| (core.model.instance.runs(pick).first().map_or(0, |run| run.start), pick));
    picks
}

/// Regions are stretches of the picks' order at a random offset; every other round joins two stretches far apart, so that picks can move
/// between parts of the province.
fn choose_regions(picks: &[u32], size: usize, random: &mut ChaCha8Rng) -> Vec<Vec<u32>> {
    if picks.len() <= size {
        return vec![picks.to_vec()];
    }
    let offset = random.random_range(0..picks.len());
    let halves = random.random_bool(0.5);
    let stretch = if halves { size.div_ceil(2) } else { size };
    let mut stretches: Vec<Vec<u32>> = (0..picks.len() / stretch)
        .map(|number| {
            (0..stretch)
                .map(|place| picks[(offset + number * stretch + place) % picks.len()])
                .collect()
        })
        .collect();
    for last in (1..stretches.len()).rev() {
        stretches.swap(last, random.random_range(0..=last));
    }
    if halves {
        stretches = stretches.chunks(2).map(<[Vec<u32>]>::concat).collect();
    }
    stretches.truncate(REGIONS);
    stretches
}

fn solve_region(ground: Ground<'_>, picks: &[u32], free: &[u32], effort: Effort, clock: &Clock) -> Option<Vec<u32>> {
    let Ground {
        core,
        warm,
        profits,
        incumbent,
    } = ground;
    let instance = &core.model.instance;
    let mut near_class = vec![false; instance.classes()];
    for &pick in free {
        for run in instance.runs(pick) {
            near_class[run.start as usize..run.end as usize].fill(true);
        }
    }
    let mut fixed = vec![false; core.model.candidates()];
    picks.iter().for_each(|&pick| fixed[pick as usize] = true);
    free.iter().for_each(|&pick| fixed[pick as usize] = false);
    let near = |candidate: u32| {
        (profits[candidate as usize] >= -effort.worst_profit || free.contains(&candidate))
            && (warm.picks[candidate as usize] > WANTED
                || instance.classes_of(candidate).any(|class| near_class[class as usize]))
    };
    let kept: Vec<u32> = (0..core.model.candidates() as u32)
        .filter(|&candidate| !fixed[candidate as usize] && near(candidate))
        .collect();
    let chosen: Vec<u32> = picks.iter().copied().filter(|&pick| fixed[pick as usize]).collect();
    let region = core.reduce(&kept, &chosen);
    let warm = region.inherit(warm, &kept);
    branch::search(region, warm, incumbent, effort.nodes, clock, &mut |_, _| false).plan
}

/// The base plan with the changes of all the others.
fn combine(base: &[u32], plans: &[Vec<u32>]) -> Vec<u32> {
    let mut result: Vec<u32> = base
        .iter()
        .copied()
        .filter(|pick| plans.iter().all(|plan| plan.binary_search(pick).is_ok()))
        .collect();
    for plan in plans {
        result.extend(plan.iter().copied().filter(|pick| base.binary_search(pick).is_err()));
    }
    result.sort_unstable();
    result.dedup();
    result
}
