//! The order of demand in memory: neighbours on the ground, or demand with the same covering candidates, side by side.

use super::InstanceError;
use rayon::prelude::*;

/// Rank of each demand point along a Hilbert curve through the points' bounding square.
pub(super) fn rank_by_curve(positions: &[(f64, f64)]) -> Vec<u32> {
    let mut low = (f64::INFINITY, f64::INFINITY);
    let mut high = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for &(x, y) in positions.iter().filter(|(x, y)| x.is_finite() && y.is_finite()) {
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    }
    let side = (high.0 - low.0).max(high.1 - low.1).max(f64::MIN_POSITIVE);
    let cell = |value: f64, low: f64| ((value - low) / side * 65_535.0) as u32;
    rank_by_key(
        &positions
            .iter()
            .map(|&(x, y)| hilbert_index(cell(x, low.0), cell(y, low.1)))
            .collect::<Vec<_>>(),
    )
}

/// Position of a cell of the 65536 × 65536 square along the Hilbert curve of order 16.
fn hilbert_index(mut x: u32, mut y: u32) -> u64 {
    let mut index = 0u64;
    let mut side = 1u32 << 15;
    while side > 0 {
        let right = u32::from(x & side > 0);
        let upper = u32::from(y & side > 0);
        index += u64::from(side) * u64::from(side) * u64::from((3 * right) ^ upper);
        if upper == 0 {
            if right == 1 {
                x = 65_535 - x;
                y = 65_535 - y;
            }
            std::mem::swap(&mut x, &mut y);
        }
        side >>= 1;
    }
    index
}

/// Rank that puts demand with the same covering candidates side by side: by first candidate, then by a hash of the covering set.
/// A clash of hashes can only make the instance less compact, for classes are formed from the runs themselves.
pub(super) fn rank_by_cover(
    candidates: usize,
    demands: usize,
    covers: &(impl Fn(usize, &mut Vec<u32>) + Sync),
) -> Result<Vec<u32>, InstanceError> {
    let mut first = vec![u32::MAX; demands];
    let mut hash = vec![0u32; demands];
    let mut list = Vec::new();
    for candidate in 0..candidates {
        list.clear();
        covers(candidate, &mut list);
        list.sort_unstable();
        list.dedup();
        for &demand in &list {
            let slot = demand as usize;
            if slot >= demands {
                return Err(InstanceError::UnknownDemand {
                    candidate,
                    demand,
                    demands,
                });
            }
            first[slot] = first[slot].min(candidate as u32);
            hash[slot] = hash[slot].wrapping_add((scramble(candidate as u64) >> 32) as u32);
        }
    }
    Ok(rank_by_key(
        &first
            .iter()
            .zip(&hash)
            .map(|(&first, &hash)| u64::from(first) << 32 | u64::from(hash))
            .collect::<Vec<_>>(),
    ))
}

/// A fixed bijective scrambling of 64 bits (the finaliser of SplitMix64).
fn scramble(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn rank_by_key(keys: &[u64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    order.par_sort_unstable_by_key(|&point| (keys[point as usize], point));
    let mut rank = vec![0u32; keys.len()];
    for (position, &point) in order.iter().enumerate() {
        rank[point as usize] = position as u32;
    }
    rank
}
