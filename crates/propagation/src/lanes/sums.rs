//! Sums over a profile.

use super::octet::{Eight, Octet};
use super::{LANES, first_positions};
use crate::lane_math::Number;

/// Sum of the lanes, halving.
#[inline(always)]
pub(crate) fn of_lanes(lanes: [f64; LANES]) -> f64 {
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// Σ h.
#[inline(always)]
pub(crate) fn sum<S: Eight>(simd: S, heights: &[f64]) -> f64 {
    let points = heights.len();
    let mut sums = [simd.of(0.0); 4];
    let mut first = 0;
    while first + 4 * LANES <= points {
        for (part, sum) in sums.iter_mut().enumerate() {
            *sum = *sum + simd.load(heights, first + part * LANES);
        }
        first += 4 * LANES;
    }
    while first + LANES <= points {
        sums[0] = sums[0] + simd.load(heights, first);
        first += LANES;
    }
    let total = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    match rest(simd, heights, first) {
        Rest::None => of_lanes(total.array()),
        Rest::Eight { values, .. } => of_lanes((total + values).array()),
        Rest::Few => heights.iter().sum(),
    }
}

/// What is left of a profile behind the last whole group of eight.
enum Rest<S: Eight> {
    None,
    /// The last eight values, those that were counted already being 0, and the first one's index.
    Eight {
        values: Octet<S>,
        first: usize,
    },
    /// The whole profile is shorter than eight.
    Few,
}

#[inline(always)]
fn rest<S: Eight>(simd: S, heights: &[f64], counted: usize) -> Rest<S> {
    if counted == heights.len() {
        return Rest::None;
    }
    let Some(first) = heights.len().checked_sub(LANES) else {
        return Rest::Few;
    };
    let index = simd.from(first_positions()) + first as f64;
    let values = index.above(simd.of(counted as f64), simd.load(heights, first), simd.of(0.0));
    Rest::Eight { values, first }
}

/// Σ h and Σ i·h, positions counted from 1.
#[inline(always)]
pub(crate) fn sum_and_moment<S: Eight>(simd: S, heights: &[f64]) -> (f64, f64) {
    let points = heights.len();
    // Four in turn, so that no addition waits for the one before.
    let mut parts = [(simd.of(0.0), simd.of(0.0)); 4];
    let mut position = simd.from(first_positions());
    let mut first = 0;
    while first + 4 * LANES <= points {
        for (part, (sum, moment)) in parts.iter_mut().enumerate() {
            let height = simd.load(heights, first + part * LANES);
            *sum = *sum + height;
            *moment = *moment + height * (position + (part * LANES) as f64);
        }
        position = position + (4 * LANES) as f64;
        first += 4 * LANES;
    }
    while first + LANES <= points {
        let height = simd.load(heights, first);
        let (sum, moment) = &mut parts[0];
        *sum = *sum + height;
        *moment = *moment + height * position;
        position = position + LANES as f64;
        first += LANES;
    }
    let mut sums = (parts[0].0 + parts[1].0) + (parts[2].0 + parts[3].0);
    let mut moments = (parts[0].1 + parts[1].1) + (parts[2].1 + parts[3].1);
    match rest(simd, heights, first) {
        Rest::None => {}
        Rest::Eight { values, first } => {
            sums = sums + values;
            moments = moments + values * (simd.from(first_positions()) + first as f64);
        }
        Rest::Few => {
            let weighted = heights
                .iter()
                .zip(1_u8..)
                .map(|(height, position)| height * f64::from(position));
            return (heights.iter().sum(), weighted.sum());
        }
    }
    (of_lanes(sums.array()), of_lanes(moments.array()))
}
