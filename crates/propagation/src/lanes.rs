//! Loops over profiles with equal steps, eight points at a time.
//!
//! The lane count is fixed whatever the machine's vector width, so that sums round alike everywhere. Positions are
//! point indices: of an interior slice, the first point has position 1.

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

#[inline(always)]
pub(crate) fn lane_maximum(lanes: [f64; LANES]) -> f64 {
    lanes.into_iter().fold(f64::NEG_INFINITY, maximum)
}

/// Calls `body(lane, index, position)` for every point, eight lanes at a time, the rest one by one.
#[inline(always)]
pub(crate) fn for_each_point(points: usize, mut body: impl FnMut(usize, usize, f64)) {
    let whole = points - points % LANES;
    let mut first = 0;
    while first < whole {
        let offset = first as f64;
        for (lane, position) in FIRST_POSITIONS.iter().enumerate() {
            body(lane, first + lane, position + offset);
        }
        first += LANES;
    }
    for index in whole..points {
        body(index - whole, index, (index + 1) as f64);
    }
}

/// Greatest curved slopes of an interior seen from both terminals (heights above sea level, m), in m per step:
/// max (h − hts)/i − bulge·i and max (h − hrs)/(n−i) − bulge·(n−i).
#[inline(always)]
pub(crate) fn steepest(
    heights: &[f64],
    inverse_tx: &[f64],
    inverse_rx: &[f64],
    (hts, hrs): (f64, f64),
    bulge: f64,
) -> (f64, f64) {
    let points = heights.len();
    let (inverse_tx, inverse_rx) = (&inverse_tx[..points], &inverse_rx[..points]);
    let last = (points + 1) as f64;
    let mut tx = [f64::NEG_INFINITY; LANES];
    let mut rx = [f64::NEG_INFINITY; LANES];
    for_each_point(points, |lane, k, i| {
        let h = heights[k];
        tx[lane] = maximum((h - hts) * inverse_tx[k] - bulge * i, tx[lane]);
        rx[lane] = maximum((h - hrs) * inverse_rx[k] - bulge * (last - i), rx[lane]);
    });
    (lane_maximum(tx), lane_maximum(rx))
}

/// Σ h.
#[inline(always)]
pub(crate) fn sum(heights: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    for_each_point(heights.len(), |lane, k, _| sums[lane] += heights[k]);
    sums.iter().sum()
}

/// Σ h and Σ i·h, positions counted from 1.
#[inline(always)]
pub(crate) fn sum_and_moment(heights: &[f64]) -> (f64, f64) {
    let mut sums = [0.0; LANES];
    let mut moments = [0.0; LANES];
    for_each_point(heights.len(), |lane, k, i| {
        sums[lane] += heights[k];
        moments[lane] += heights[k] * i;
    });
    (sums.iter().sum(), moments.iter().sum())
}
