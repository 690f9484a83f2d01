//! Loops over profiles with equal steps, eight points at a time.
//!
//! The lane count is fixed whatever the machine's vector width, so that sums round alike everywhere. Positions are
//! point indices: of an interior slice, the first point has position 1.

use octet::{Eight, Octet};

pub(crate) mod octet;
pub(crate) mod sums;

pub(crate) const LANES: usize = 8;

/// Positions 1 … 8, the first points of the interior.
const FIRST_POSITIONS: [f64; LANES] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];

/// 1/i forwards, and the same backwards so that 1/(n − i) is read forwards too.
#[derive(Debug, Clone, Default)]
pub(crate) struct InverseTables {
    forwards: Vec<f64>,
    backwards: Vec<f64>,
}

impl InverseTables {
    /// Makes the tables long enough for a profile whose last index is `last`.
    pub fn cover(&mut self, last: usize) {
        if self.forwards.len() <= last {
            let entries = (last + 1).next_power_of_two().max(1024);
            self.forwards = (0..entries)
                .map(|i| if i == 0 { 0.0 } else { 1.0 / i as f64 })
                .collect();
            self.backwards = self.forwards.iter().rev().copied().collect();
        }
    }

    /// 1/i for i = 1 … last − 1.
    pub fn of_tx(&self, last: usize) -> &[f64] {
        &self.forwards[1..last]
    }

    /// 1/(last − i) for i = 1 … last − 1.
    pub fn of_rx(&self, last: usize) -> &[f64] {
        let entries = self.backwards.len();
        &self.backwards[entries - last..entries - 1]
    }
}

#[inline(always)]
pub(crate) fn maximum(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Greatest of the lanes, halving rather than one after the other.
#[inline(always)]
pub(crate) fn lane_maximum(lanes: [f64; LANES]) -> f64 {
    let mut halves = [0.0; LANES / 2];
    for (k, half) in halves.iter_mut().enumerate() {
        *half = maximum(lanes[k], lanes[k + LANES / 2]);
    }
    maximum(maximum(halves[0], halves[2]), maximum(halves[1], halves[3]))
}

/// Number of groups of eight that cover some values.
#[inline(always)]
pub(crate) fn groups(values: &[f64]) -> usize {
    values.len().div_ceil(LANES)
}

/// A group of eight values. The last overlaps the one before where the number is no multiple of eight, and fewer than eight
/// values repeat the last: for work that may be done twice.
#[inline(always)]
pub(crate) fn group<S: Eight>(simd: S, values: &[f64], group: usize) -> Octet<S> {
    match values.len().checked_sub(LANES) {
        Some(last) => simd.load(values, last.min(group * LANES)),
        None => simd.from(repeated(values.len(), |index| values[index])),
    }
}

/// The positions of a group of points.
#[inline(always)]
pub(crate) fn positions<S: Eight>(simd: S, points: &[f64], group: usize) -> Octet<S> {
    match points.len().checked_sub(LANES) {
        Some(last) => simd.from(FIRST_POSITIONS) + last.min(group * LANES) as f64,
        None => simd.from(repeated(points.len(), |index| FIRST_POSITIONS[index])),
    }
}

/// Less than eight values, the last of them repeated.
#[cold]
fn repeated(points: usize, value: impl Fn(usize) -> f64) -> [f64; LANES] {
    std::array::from_fn(|lane| value(lane.min(points.saturating_sub(1))))
}

/// Positions of the first eight points.
pub(crate) const fn first_positions() -> [f64; LANES] {
    FIRST_POSITIONS
}
