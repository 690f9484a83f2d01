//! The measurements on a profile, eight samples at a time.

use super::super::terrain::{
    Horizons, Measure, Pair, Profile, Resampling, fitted_points, line_of_sums, of_infinite_path, straight_horizons,
};
use super::interdecile::Interdecile;
use crate::lane_math::{self, Number};
use crate::lanes::octet::{Eight, Octet};
use crate::lanes::{self, InverseTables, LANES, lane_maximum, sums};

/// Work space that outlives a profile: reciprocals of the point index, and the resampled terrain.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct WorkSpace {
    pub(super) inverses: InverseTables,
    pub(super) interdecile: Interdecile,
}

/// A profile and where to work on it.
pub(in super::super) struct VectorisedProfile<'a, S> {
    simd: S,
    profile: Profile<'a>,
    /// Σ h between the first and the last tenth.
    middle_sum: f64,
    inverse_tx: &'a [f64],
    inverse_rx: &'a [f64],
    interdecile: &'a mut Interdecile,
}

impl<'a, S: Eight> VectorisedProfile<'a, S> {
    #[inline(always)]
    pub fn new(simd: S, profile: Profile<'a>, work: &'a mut WorkSpace) -> Self {
        let last = profile.intervals();
        work.inverses.cover(last);
        Self {
            simd,
            profile,
            middle_sum: sums::sum(simd, profile.middle_m()),
            inverse_tx: work.inverses.of_tx(last),
            inverse_rx: work.inverses.of_rx(last),
            interdecile: &mut work.interdecile,
        }
    }

    /// Whether the sum of all heights is a number, and therefore each of them.
    #[inline(always)]
    pub fn is_finite(&self) -> bool {
        let [first, last] = self.profile.ends_m();
        (self.middle_sum + sums::sum(self.simd, first) + sums::sum(self.simd, last)).is_finite()
    }
}

impl<S: Eight> Measure for VectorisedProfile<'_, S> {
    #[inline(always)]
    fn system_elevation_m(&self) -> f64 {
        self.middle_sum / self.profile.middle_m().len() as f64
    }

    #[inline(always)]
    fn horizons(&self, antenna_m: Pair, radius_m: f64) -> Horizons {
        let (d, step) = (self.profile.distance_m(), self.profile.step_m);
        let last = self.profile.intervals();
        let ground = self.profile.ground_m();
        let antennas = (ground[0] + antenna_m[0], ground[1] + antenna_m[1]);
        let mut horizons = straight_horizons(antennas, d, radius_m);
        let interior = &self.profile.height_m[1..last];
        // Slopes per step: x/(2a) is (step²/(2a))·i.
        let bulge_m = step * step / (2.0 * radius_m);
        let [tx, rx] = steepest(
            self.simd,
            interior,
            (self.inverse_tx, self.inverse_rx),
            antennas,
            bulge_m,
        );
        if tx.slope > horizons.angle_rad[0] * step {
            horizons.angle_rad[0] = tx.slope / step;
            horizons.distance_m[0] = tx.position * step;
        }
        if rx.slope > horizons.angle_rad[1] * step {
            horizons.angle_rad[1] = rx.slope / step;
            horizons.distance_m[1] = d - rx.position * step;
        }
        horizons
    }

    #[inline(always)]
    fn irregularity_m(&mut self, span_m: (f64, f64)) -> f64 {
        match Resampling::new(span_m, self.profile.step_m) {
            Some(resampling) => {
                let divisor = of_infinite_path(span_m, lane_math::exp);
                self.interdecile
                    .of_profile(self.simd, self.profile.height_m, &resampling)
                    / divisor
            }
            None => 0.0,
        }
    }

    #[inline(always)]
    fn fitted_line_m(&self, (from_m, to_m): (f64, f64)) -> Pair {
        let z = self.profile.height_m;
        let step = self.profile.step_m;
        let (first, last) = fitted_points(self.profile.intervals(), from_m / step, to_m / step);
        let (sum, moment) = sums::sum_and_moment(self.simd, &z[first + 1..last]);
        let middle = -0.5 * (last - first) as f64;
        line_of_sums(z, (first, last), (sum, moment + middle * sum))
    }

    #[inline(always)]
    fn exp(x: f64) -> f64 {
        lane_math::exp(x)
    }
}

/// The steepest sight from one terminal, in m per step, and the position of the first point that has it.
#[derive(Clone, Copy)]
pub(super) struct Steepest {
    pub slope: f64,
    pub position: f64,
}

/// A profile's interior seen from both terminals.
#[derive(Clone, Copy)]
struct View<'a, S: Eight> {
    simd: S,
    heights: &'a [f64],
    inverse_tx: &'a [f64],
    inverse_rx: &'a [f64],
    /// hts and hrs, m above sea level.
    antennas: (f64, f64),
    bulge: f64,
    /// Position of the receiver.
    last: f64,
}

/// The steepest sights of eight lanes and their places, from the transmitter and from the receiver.
#[derive(Clone, Copy)]
struct Sights<S: Eight> {
    tx: (Octet<S>, Octet<S>),
    rx: (Octet<S>, Octet<S>),
}

impl<S: Eight> View<'_, S> {
    /// Looks at eight points, given with their positions and inverse distances.
    #[inline(always)]
    fn look(&self, height: Octet<S>, inverses: [Octet<S>; 2], place: Octet<S>, best: &mut Sights<S>) {
        let seen = (height - self.antennas.0) * inverses[0] - place * self.bulge;
        best.tx = seen.max_with(place, best.tx.0, best.tx.1);
        let from_rx = self.simd.of(self.last) - place;
        let seen = (height - self.antennas.1) * inverses[1] - from_rx * self.bulge;
        best.rx = seen.max_with(place, best.rx.0, best.rx.1);
    }

    /// Looks at the eight points from `first` on.
    #[inline(always)]
    fn look_from(&self, first: usize, place: Octet<S>, best: &mut Sights<S>) {
        let inverses = [
            self.simd.load(self.inverse_tx, first),
            self.simd.load(self.inverse_rx, first),
        ];
        self.look(self.simd.load(self.heights, first), inverses, place, best);
    }

    /// Looks at the last eight points, or at all where there are fewer.
    #[inline(always)]
    fn look_at_last(&self, best: &mut Sights<S>) {
        let group = lanes::groups(self.heights) - 1;
        let inverses = [
            lanes::group(self.simd, self.inverse_tx, group),
            lanes::group(self.simd, self.inverse_rx, group),
        ];
        let place = lanes::positions(self.simd, self.heights, group);
        self.look(lanes::group(self.simd, self.heights, group), inverses, place, best);
    }
}

/// max (h − hts)/i − bulge·i and max (h − hrs)/(n−i) − bulge·(n−i) with their places, positions counted from 1.
#[inline(always)]
pub(super) fn steepest<S: Eight>(
    simd: S,
    heights: &[f64],
    (inverse_tx, inverse_rx): (&[f64], &[f64]),
    antennas: (f64, f64),
    bulge: f64,
) -> [Steepest; 2] {
    let last = (heights.len() + 1) as f64;
    let view = View {
        simd,
        heights,
        inverse_tx,
        inverse_rx,
        antennas,
        bulge,
        last,
    };
    let lowest = (simd.of(f64::NEG_INFINITY), simd.of(1.0));
    // Two in turn, so that one comparison need not wait for the other.
    let mut even = Sights { tx: lowest, rx: lowest };
    let mut odd = even;
    let mut place = simd.from(lanes::first_positions());
    let mut first = 0;
    while first + 2 * LANES <= heights.len() {
        view.look_from(first, place, &mut even);
        view.look_from(first + LANES, place + LANES as f64, &mut odd);
        place = place + (2 * LANES) as f64;
        first += 2 * LANES;
    }
    if first + LANES <= heights.len() {
        view.look_from(first, place, &mut even);
        first += LANES;
    }
    if first < heights.len() {
        view.look_at_last(&mut odd);
    }
    [first_of_greatest(even.tx, odd.tx), first_of_greatest(even.rx, odd.rx)]
}

#[inline(always)]
fn first_of_greatest<S: Eight>(even: (Octet<S>, Octet<S>), odd: (Octet<S>, Octet<S>)) -> Steepest {
    let greatest = even.0.max(odd.0);
    let slope = lane_maximum(greatest.array());
    // The least place of those whose slope is the greatest: all but these are behind the end.
    let at = greatest.simd.of(slope);
    let nowhere = greatest.simd.of(f64::NEG_INFINITY);
    let first_even = at.above(even.0, nowhere, even.1 * -1.0);
    let first = first_even.max(at.above(odd.0, nowhere, odd.1 * -1.0));
    Steepest {
        slope,
        position: -lane_maximum(first.array()),
    }
}
