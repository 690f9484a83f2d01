//! The interdecile range of terrain about a straight line.
//!
//! The two deciles are found without sorting: the residuals are numbered by 256 equal classes of height, a byte each; a
//! bisection over classes, counting 64 bytes at once, finds the class that holds a decile; and among the few values of
//! that class the one of the right rank is chosen.

use super::super::terrain::{Resampling, line_of_sums};
use crate::lane_math::Number;
use crate::lanes::octet::{BYTES, Eight};
use crate::lanes::{LANES, eights, first_positions, lane_maximum, sums};

/// Most values that are drawn from a profile (10 · 25 − 5), and a round number above it.
const MOST_SAMPLES: usize = 245;
const ROOM: usize = 256;
/// Room for as many numbers, and a cache line more so that the arrays do not lie at like addresses.
const NUMBERS: usize = ROOM + LANES;
/// 1.5 · 2⁵²: adding it rounds to the nearest integer, which then stands in the last bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// Work space for one profile's samples.
#[derive(Debug, Clone)]
pub(super) struct Interdecile {
    index: [f64; NUMBERS],
    fraction: [f64; NUMBERS],
    neighbours: [[f64; 2]; NUMBERS],
    sample: [f64; NUMBERS],
    residual: [f64; NUMBERS],
    class: [[u8; BYTES]; ROOM / BYTES],
}

impl Default for Interdecile {
    fn default() -> Self {
        Self {
            index: [0.0; NUMBERS],
            fraction: [0.0; NUMBERS],
            neighbours: [[0.0; 2]; NUMBERS],
            sample: [0.0; NUMBERS],
            residual: [0.0; NUMBERS],
            class: [[0; BYTES]; ROOM / BYTES],
        }
    }
}

impl Interdecile {
    /// Difference between the upper and lower decile (m) of samples of the profile about their least-squares line.
    #[inline(always)]
    pub fn of_profile<S: Eight>(&mut self, simd: S, heights: &[f64], resampling: &Resampling) -> f64 {
        let count = resampling.count.min(MOST_SAMPLES);
        self.resample(simd, heights, resampling);
        let (least, greatest) = self.subtract_fit(simd, count);
        let range = greatest - least;
        if range <= 1e-200 || range.is_nan() {
            return range;
        }
        self.classify(simd, count, least, 255.0 / range);
        let ranks = [resampling.decile, count + 1 - resampling.decile];
        let [high, low] = if count <= 2 * BYTES {
            self.of_ranks::<S, 2>(simd, count, ranks)
        } else {
            self.of_ranks::<S, { ROOM / BYTES }>(simd, count, ranks)
        };
        high - low
    }

    /// Draws the samples: places eight at a time, then the two neighbours of each, then the heights between them.
    #[inline(always)]
    fn resample<S: Eight>(&mut self, simd: S, heights: &[f64], resampling: &Resampling) {
        let last_interval = (heights.len() - 2) as f64;
        let rounded_up = resampling.count.min(MOST_SAMPLES).next_multiple_of(LANES);
        let offsets = simd.from(first_positions()) - 1.0;
        for first in eights(rounded_up) {
            let place = (offsets + first as f64) * resampling.step + resampling.first;
            // The interval below, by rounding half a step down: a whole place may count as the end of its interval.
            let rounded = (place - 0.5).not_above(last_interval) + ROUND;
            rounded.store(&mut self.index, first);
            (place - (rounded - ROUND)).store(&mut self.fraction, first);
        }
        for j in 0..rounded_up {
            // The last bits of the rounded number are the interval's.
            let interval = self.index[j].to_bits() as u32 as usize;
            let Some(pair) = heights.get(interval..interval + 2) else {
                break;
            };
            self.neighbours[j] = [pair[0], pair[1]];
        }
        for first in eights(rounded_up) {
            let [low, high] = simd.load_pairs(&self.neighbours, first);
            (low + (high - low) * simd.load(&self.fraction, first)).store(&mut self.sample, first);
        }
    }

    /// Fills in the residuals; returns the least and the greatest.
    #[inline(always)]
    fn subtract_fit<S: Eight>(&mut self, simd: S, count: usize) -> (f64, f64) {
        let samples = &self.sample[..count];
        let last = count - 1;
        let (sum, moment) = sums::sum_and_moment(simd, &samples[1..last]);
        let [start, end] = line_of_sums(samples, (0, last), (sum, moment - 0.5 * last as f64 * sum));
        let slope = (end - start) / last as f64;
        let lowest = simd.of(f64::NEG_INFINITY);
        let (mut deepest, mut greatest) = (lowest, lowest);
        let offsets = simd.from(first_positions()) - 1.0;
        for first in eights(count) {
            let residual = simd.load(samples, first) - ((offsets + first as f64) * slope + start);
            residual.store(&mut self.residual, first);
            deepest = (residual * -1.0).max(deepest);
            greatest = residual.max(greatest);
        }
        (-lane_maximum(deepest.array()), lane_maximum(greatest.array()))
    }

    /// Numbers the residuals by classes of equal width; class 0 beyond them.
    #[inline(always)]
    fn classify<S: Eight>(&mut self, simd: S, count: usize, least: f64, classes_per_m: f64) {
        self.class = [[0; BYTES]; ROOM / BYTES];
        let classes = self.class.as_flattened_mut();
        for first in eights(count) {
            let class = (simd.load(&self.residual, first) - least) * classes_per_m + ROUND;
            classes[first..first + LANES].copy_from_slice(&simd.last_bytes(class.values));
        }
    }

    /// The residuals of two ranks, 1 being the greatest; `PARTS` × 64 classes are looked at. The two bisections go side by
    /// side, so that neither waits for its own comparisons.
    #[inline(always)]
    fn of_ranks<S: Eight, const PARTS: usize>(&self, simd: S, count: usize, ranks: [usize; 2]) -> [f64; 2] {
        let (mut class, mut above) = ([0_u8; 2], [0_usize; 2]);
        for bit in (0..8).rev() {
            for side in 0..2 {
                let tried = class[side] | 1 << bit;
                let mut found = 0;
                for part in &self.class[..PARTS] {
                    found += simd.at_least(part, tried).count_ones() as usize;
                }
                let enough = found >= ranks[side];
                class[side] = if enough { tried } else { class[side] };
                above[side] = if enough { above[side] } else { found };
            }
        }
        [
            self.of_rank_in_class::<S, PARTS>(simd, count, class[0], ranks[0] - above[0]),
            self.of_rank_in_class::<S, PARTS>(simd, count, class[1], ranks[1] - above[1]),
        ]
    }

    /// The `rank`-th greatest residual of a class, from 1.
    #[inline(always)]
    fn of_rank_in_class<S: Eight, const PARTS: usize>(&self, simd: S, count: usize, class: u8, rank: usize) -> f64 {
        const FEW: usize = 16;
        let mut found = [f64::NEG_INFINITY; FEW];
        let mut number = 0;
        for (part, classes) in self.class[..PARTS].iter().enumerate() {
            let mut bits = simd.equal(classes, class);
            while bits != 0 {
                let index = part * BYTES + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if index >= count {
                    break;
                }
                if number == FEW {
                    return self.of_rank_in_crowded_class(count, class, rank);
                }
                // Keep the values in falling order.
                let value = self.residual[index];
                let mut place = number;
                while place > 0 && found[place - 1] < value {
                    found[place] = found[place - 1];
                    place -= 1;
                }
                found[place] = value;
                number += 1;
            }
        }
        found[(rank - 1).min(FEW - 1)]
    }

    /// The same where one value far from the others makes most fall into one class.
    #[cold]
    #[inline(never)]
    fn of_rank_in_crowded_class(&self, count: usize, class: u8, rank: usize) -> f64 {
        let mut values: Vec<f64> = self.class.as_flattened()[..count]
            .iter()
            .zip(&self.residual)
            .filter(|&(&of, _)| of == class)
            .map(|(_, &residual)| residual)
            .collect();
        let Some(last) = values.len().checked_sub(1) else {
            return f64::NAN;
        };
        let (_, value, _) = values.select_nth_unstable_by((rank - 1).min(last), |a, b| b.total_cmp(a));
        *value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::octet::Arrays;
    use proptest::prelude::*;

    fn of_values(values: &[f64]) -> Interdecile {
        let mut interdecile = Interdecile::default();
        interdecile.residual[..values.len()].copy_from_slice(values);
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        interdecile.classify(Arrays, values.len(), least, 255.0 / (greatest - least));
        interdecile
    }

    proptest! {
        #[test]
        fn ranks_are_those_of_the_sorted_values(
            mut values in prop::collection::vec(prop_oneof![4 => -50.0..50.0_f64, 1 => Just(7.0), 1 => -1e-3..1e-3], 35..=245),
            far in prop_oneof![Just(60.0), Just(1e6)], at in any::<prop::sample::Index>(),
        ) {
            values.push(far);
            values.truncate(245);
            let interdecile = of_values(&values);
            let mut sorted = values.clone();
            sorted.sort_by(|a, b| b.total_cmp(a));
            let rank = at.index(values.len());
            let other = values.len() - 1 - rank;
            let found = interdecile.of_ranks::<Arrays, 4>(Arrays, values.len(), [rank + 1, other + 1]);
            prop_assert_eq!(found, [sorted[rank], sorted[other]]);
        }
    }
}
