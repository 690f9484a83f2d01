//! The interdecile range of terrain about a straight line.
//!
//! The two deciles are found without sorting: the residuals are numbered by 256 equal classes of height, a byte each; which
//! of them have a bit of that number set is asked for 64 at once; going down the bits, the class that holds a decile
//! appears; and among its few values the one of the right rank is chosen.

use super::super::terrain::Resampling;
use crate::lane_math::Number;
use crate::lanes::octet::{BYTES, Eight, Octet};
use crate::lanes::{LANES, first_positions, lane_maximum, sums};

/// Most values that are drawn from a profile (10 · 25 − 5), and room for them in whole parts.
const MOST_SAMPLES: usize = 245;
const ROOM: usize = 256;
/// 1.5 · 2⁵²: adding it rounds to the nearest integer, which then stands in the last bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// Neighbouring heights that are looked up for eight samples at once.
const WINDOW: usize = 2 * LANES;

/// Work space for one profile's samples.
#[derive(Debug, Clone)]
pub(super) struct Interdecile {
    sample: [f64; ROOM],
    residual: [f64; ROOM],
}

impl Default for Interdecile {
    fn default() -> Self {
        Self {
            sample: [0.0; ROOM],
            residual: [0.0; ROOM],
        }
    }
}

/// Σ z and Σ j·z of samples numbered from 0.
#[derive(Clone, Copy)]
struct Sums {
    sum: f64,
    moment: f64,
}

impl Interdecile {
    /// Difference between the upper and lower decile (m) of samples of the profile about their least-squares line.
    #[inline(always)]
    pub fn of_profile<S: Eight>(&mut self, simd: S, heights: &[f64], resampling: &Resampling) -> f64 {
        let count = resampling.count.min(MOST_SAMPLES);
        // Eight samples and the heights behind them lie within a window.
        let dense = resampling.step * ((LANES - 1) as f64) < (WINDOW - 1) as f64 && heights.len() > WINDOW;
        let sums = if dense {
            self.resample_by_windows(simd, heights, resampling, count)
        } else {
            self.resample(simd, heights, resampling, count)
        };
        let (least, greatest) = self.subtract_fit(simd, count, sums);
        let range = greatest - least;
        if range <= 1e-200 || range.is_nan() {
            return range;
        }
        let scale = (least, 255.0 / range);
        let ranks = [resampling.decile, count + 1 - resampling.decile];
        let [high, low] = if count <= 2 * BYTES {
            self.of_ranks::<S, 2>(simd, count, scale, ranks)
        } else {
            self.of_ranks::<S, { ROOM / BYTES }>(simd, count, scale, ranks)
        };
        high - low
    }

    /// Draws the samples eight at a time from windows of the profile.
    #[inline(always)]
    fn resample_by_windows<S: Eight>(
        &mut self,
        simd: S,
        heights: &[f64],
        resampling: &Resampling,
        count: usize,
    ) -> Sums {
        let last_window = heights.len() - WINDOW - 1;
        let mut summing = Summing::new(simd, count);
        let mut index = simd.from(first_positions()) - 1.0;
        for first in (0..count).step_by(LANES) {
            let (rounded, fraction) = places(index, heights, resampling);
            // The last bits of a rounded number are the interval's.
            let start = (rounded.array()[0].to_bits() as u32 as usize).min(last_window);
            let window = &heights[start..=start + WINDOW];
            let place = rounded - start as f64;
            let low = look_up(simd, &window[..WINDOW], place);
            let high = look_up(simd, &window[1..], place);
            let sample = low + (high - low) * fraction;
            sample.store(&mut self.sample, first);
            summing.add(sample, index);
            index = index + LANES as f64;
        }
        summing.sums()
    }

    /// Draws the samples one by one.
    #[inline(always)]
    fn resample<S: Eight>(&mut self, simd: S, heights: &[f64], resampling: &Resampling, count: usize) -> Sums {
        let mut summing = Summing::new(simd, count);
        let mut index = simd.from(first_positions()) - 1.0;
        for first in (0..count).step_by(LANES) {
            let (rounded, fraction) = places(index, heights, resampling);
            let mut neighbours = [[0.0; LANES]; 2];
            for (lane, place) in rounded.array().into_iter().enumerate() {
                let interval = place.to_bits() as u32 as usize;
                if let Some(&[low, high]) = heights.get(interval..interval + 2) {
                    [neighbours[0][lane], neighbours[1][lane]] = [low, high];
                }
            }
            let (low, high) = (simd.from(neighbours[0]), simd.from(neighbours[1]));
            let sample = low + (high - low) * fraction;
            sample.store(&mut self.sample, first);
            summing.add(sample, index);
            index = index + LANES as f64;
        }
        summing.sums()
    }

    /// Fills in the residuals; returns the least and the greatest, or 0 where that is beyond them.
    #[inline(always)]
    fn subtract_fit<S: Eight>(&mut self, simd: S, count: usize, Sums { sum, moment }: Sums) -> (f64, f64) {
        let length = (count - 1) as f64;
        let middle = 0.5 * length;
        let steepness = 12.0 / ((length * length + 2.0) * length);
        let inverse = 1.0 / length;
        // Both ends count half.
        let (start, end) = (self.sample[0], self.sample[count - 1]);
        let total = sum - 0.5 * (start + end);
        let torque = moment - middle * sum - 0.5 * middle * (end - start);
        let slope = torque * steepness;
        let level = total * inverse - slope * middle;
        let (mut deepest, mut greatest) = (simd.of(0.0), simd.of(0.0));
        let offsets = simd.from(first_positions()) - 1.0;
        let end = simd.of(count as f64);
        for first in (0..count).step_by(LANES) {
            let index = offsets + first as f64;
            let residual = simd.load(&self.sample, first) - (index * slope + level);
            residual.store(&mut self.residual, first);
            let counted = end.above(index, residual, simd.of(0.0));
            deepest = (counted * -1.0).max(deepest);
            greatest = counted.max(greatest);
        }
        (-lane_maximum(deepest.array()), lane_maximum(greatest.array()))
    }

    /// The residuals of two ranks, 1 being the greatest; `PARTS` × 64 residuals are looked at. `least` and the classes per
    /// metre say which class a residual is in.
    #[inline(always)]
    fn of_ranks<S: Eight, const PARTS: usize>(
        &self,
        simd: S,
        count: usize,
        scale: (f64, f64),
        ranks: [usize; 2],
    ) -> [f64; 2] {
        let mut bits = [[0; PARTS]; 8];
        let mut candidates = [0; PARTS];
        for part in 0..PARTS {
            let first = part * BYTES;
            let bytes = self.classes(simd, first, scale);
            bits[0][part] = simd.bytes_with_bit::<0>(bytes);
            bits[1][part] = simd.bytes_with_bit::<1>(bytes);
            bits[2][part] = simd.bytes_with_bit::<2>(bytes);
            bits[3][part] = simd.bytes_with_bit::<3>(bytes);
            bits[4][part] = simd.bytes_with_bit::<4>(bytes);
            bits[5][part] = simd.bytes_with_bit::<5>(bytes);
            bits[6][part] = simd.bytes_with_bit::<6>(bytes);
            bits[7][part] = simd.bytes_with_bit::<7>(bytes);
            candidates[part] = match count.saturating_sub(first) {
                BYTES.. => u64::MAX,
                counted => (1 << counted) - 1,
            };
        }
        let mut candidates = [candidates; 2];
        let mut ranks = ranks;
        // The two searches go side by side, so that neither waits for its own counting.
        for with_bit in bits.iter().rev() {
            for (candidates, rank) in candidates.iter_mut().zip(&mut ranks) {
                let mut found = 0;
                for part in 0..PARTS {
                    found += (candidates[part] & with_bit[part]).count_ones() as usize;
                }
                // Without a branch: where it goes nobody can foresee.
                let without = if *rank > found { u64::MAX } else { 0 };
                for part in 0..PARTS {
                    candidates[part] &= with_bit[part] ^ without;
                }
                *rank -= found & without as usize;
            }
        }
        [
            self.of_rank_among(&candidates[0], ranks[0]),
            self.of_rank_among(&candidates[1], ranks[1]),
        ]
    }

    /// Classes of the residuals from `first` on, a byte each.
    #[inline(always)]
    fn classes<S: Eight>(&self, simd: S, first: usize, (least, per_m): (f64, f64)) -> [u64; LANES] {
        let mut words = [0; LANES];
        for (word, bytes) in words.iter_mut().enumerate() {
            let class = (simd.load(&self.residual, first + word * LANES) - least) * per_m + ROUND;
            *bytes = simd.last_bytes(class.values);
        }
        words
    }

    /// The `rank`-th greatest of the residuals that have a bit in `all`, from 1.
    #[inline(always)]
    fn of_rank_among(&self, all: &[u64], rank: usize) -> f64 {
        const FEW: usize = 16;
        let mut found = [f64::NEG_INFINITY; FEW];
        let mut number = 0;
        for (part, &candidates) in all.iter().enumerate() {
            let mut bits = candidates;
            while bits != 0 {
                if number == FEW {
                    return self.of_rank_in_crowded_class(all, rank);
                }
                let value = self.residual[(part * BYTES + bits.trailing_zeros() as usize) % ROOM];
                bits &= bits - 1;
                // Keep the values in falling order.
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
    fn of_rank_in_crowded_class(&self, candidates: &[u64], rank: usize) -> f64 {
        let is_candidate = |index: &usize| candidates[index / BYTES] >> (index % BYTES) & 1 == 1;
        let indices = (0..candidates.len() * BYTES).filter(is_candidate);
        let mut values: Vec<f64> = indices.map(|index| self.residual[index]).collect();
        let Some(last) = values.len().checked_sub(1) else {
            return f64::NAN;
        };
        let (_, value, _) = values.select_nth_unstable_by((rank - 1).min(last), |a, b| b.total_cmp(a));
        *value
    }
}

/// The intervals of eight samples, 1.5 · 2⁵² more, and the fractions of these at which the samples lie.
#[inline(always)]
fn places<S: Eight>(index: Octet<S>, heights: &[f64], resampling: &Resampling) -> (Octet<S>, Octet<S>) {
    let last_interval = (heights.len() - 2) as f64;
    let place = index * resampling.step + resampling.first;
    // The interval below, by rounding half a step down: a whole place may count as the end of its interval.
    let rounded = (place - 0.5).not_above(last_interval) + ROUND;
    (rounded, place - (rounded - ROUND))
}

/// Heights of a window at places that stand in the last bits.
#[inline(always)]
fn look_up<S: Eight>(simd: S, window: &[f64], places: Octet<S>) -> Octet<S> {
    let numbers = [simd.load(window, 0).values, simd.load(window, LANES).values];
    Octet {
        simd,
        values: simd.pick(numbers, places.values),
    }
}

/// Sums under way.
struct Summing<S: Eight> {
    simd: S,
    end: Octet<S>,
    sum: Octet<S>,
    moment: Octet<S>,
}

impl<S: Eight> Summing<S> {
    #[inline(always)]
    fn new(simd: S, count: usize) -> Self {
        Self {
            simd,
            end: simd.of(count as f64),
            sum: simd.of(0.0),
            moment: simd.of(0.0),
        }
    }

    /// Adds eight samples of these numbers, as far as they count.
    #[inline(always)]
    fn add(&mut self, sample: Octet<S>, index: Octet<S>) {
        let counted = self.end.above(index, sample, self.simd.of(0.0));
        self.sum = self.sum + counted;
        self.moment = self.moment + counted * index;
    }

    #[inline(always)]
    fn sums(self) -> Sums {
        Sums {
            sum: sums::of_lanes(self.sum.array()),
            moment: sums::of_lanes(self.moment.array()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::octet::Arrays;
    use proptest::prelude::*;

    fn of_values(values: &[f64], ranks: [usize; 2]) -> [f64; 2] {
        let mut interdecile = Interdecile::default();
        interdecile.residual[..values.len()].copy_from_slice(values);
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        interdecile.of_ranks::<Arrays, 4>(Arrays, values.len(), (least, 255.0 / (greatest - least)), ranks)
    }

    proptest! {
        #[test]
        fn ranks_are_those_of_the_sorted_values(
            mut values in prop::collection::vec(prop_oneof![4 => -50.0..50.0_f64, 1 => Just(7.0), 1 => -1e-3..1e-3], 35..=245),
            far in prop_oneof![Just(60.0), Just(1e6)], at in any::<prop::sample::Index>(),
        ) {
            values.push(far);
            values.truncate(245);
            let mut sorted = values.clone();
            sorted.sort_by(|a, b| b.total_cmp(a));
            let rank = at.index(values.len());
            let other = values.len() - 1 - rank;
            prop_assert_eq!(of_values(&values, [rank + 1, other + 1]), [sorted[rank], sorted[other]]);
        }

        #[test]
        fn windows_draw_the_same_samples(
            heights in prop::collection::vec(0.0..900.0_f64, 18..700), from in 0.0..1.0_f64, step in 0.03..2.14_f64,
        ) {
            let room = (heights.len() - 1) as f64;
            let first = from * (room - 2.0);
            let count = ((room - first) / step).floor().min(244.0) as usize + 1;
            let resampling = Resampling { first, step, count, decile: 4 };
            let (mut one, mut other) = (Interdecile::default(), Interdecile::default());
            let by_windows = one.resample_by_windows(Arrays, &heights, &resampling, count);
            let singly = other.resample(Arrays, &heights, &resampling, count);
            prop_assert_eq!(&one.sample[..count], &other.sample[..count]);
            prop_assert_eq!((by_windows.sum, by_windows.moment), (singly.sum, singly.moment));
        }
    }

    #[test]
    fn windows_hold_samples_on_whole_places() {
        let heights: Vec<f64> = (0..60).map(f64::from).collect();
        for first in [0.0, 1.0, 2.0, 3.0] {
            let resampling = Resampling {
                first,
                step: 15.0 / 7.0 - 1e-12,
                count: 25,
                decile: 4,
            };
            let mut interdecile = Interdecile::default();
            interdecile.resample_by_windows(Arrays, &heights, &resampling, 25);
            for (index, &sample) in interdecile.sample[..25].iter().enumerate() {
                assert!(
                    (sample - (first + index as f64 * resampling.step)).abs() < 1e-9,
                    "{index}: {sample}"
                );
            }
        }
    }
}
