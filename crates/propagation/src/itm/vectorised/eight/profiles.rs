//! Eight profiles: each is measured by the passes of the single link, and the small calculations between the passes are
//! done for all at once.

use super::super::super::terrain::{
    Horizons, Pair, Profile, Resampling, fitted_points, line_of_sums, of_infinite_path, smooth_horizons,
};
use super::super::WorkSpace;
use super::super::profile::steepest;
use super::{Terrain, any_positive};
use crate::lane_math::{Number, inlined_exp};
use crate::lanes::octet::{Eight, Octet};
use crate::lanes::{LANES, sums};

/// Eight profiles and what is known of them before the earth's curvature.
pub(super) struct Profiles<'a, S: Eight> {
    simd: S,
    profiles: &'a [Profile<'a>; LANES],
    step_m: Octet<S>,
    pub distance_m: Octet<S>,
    /// Heights of the ground at the transmitters and at the receivers, m above sea level.
    ground_m: [Octet<S>; 2],
}

/// A distance from the transmitter to another, m.
type Span<S> = (Octet<S>, Octet<S>);

impl<'a, S: Eight> Profiles<'a, S> {
    #[inline(always)]
    pub fn new(simd: S, profiles: &'a [Profile<'a>; LANES], work: &mut WorkSpace) -> Self {
        let (mut steps_m, mut distances_m, mut ground_m) = ([0.0; LANES], [0.0; LANES], [[0.0; LANES]; 2]);
        for (lane, profile) in profiles.iter().enumerate() {
            work.inverses.cover(profile.intervals());
            (steps_m[lane], distances_m[lane]) = (profile.step_m, profile.distance_m());
            [ground_m[0][lane], ground_m[1][lane]] = profile.ground_m();
        }
        Self {
            simd,
            profiles,
            step_m: simd.from(steps_m),
            distance_m: simd.from(distances_m),
            ground_m: [simd.from(ground_m[0]), simd.from(ground_m[1])],
        }
    }

    /// Elevations of the systems, m above sea level; `None` where a height is not a number.
    #[inline(always)]
    pub fn system_elevation_m(&self) -> Option<Octet<S>> {
        let (mut elevations_m, mut all) = ([0.0; LANES], 0.0);
        for (elevation_m, profile) in elevations_m.iter_mut().zip(self.profiles) {
            let (middle, [first, last]) = (profile.middle_m(), profile.ends_m());
            let sum = sums::sum(self.simd, middle);
            // Finite only if every height is.
            all += sum + sums::sum(self.simd, first) + sums::sum(self.simd, last);
            *elevation_m = sum / middle.len() as f64;
        }
        all.is_finite().then(|| self.simd.from(elevations_m))
    }

    /// Horizons, irregularity and effective heights, as `analyse` finds them for one path.
    #[inline(always)]
    pub fn terrain(&self, antenna_m: Pair, radius_m: Octet<S>, work: &mut WorkSpace) -> Terrain<S> {
        let (simd, distance_m) = (self.simd, self.distance_m);
        let horizons = self.horizons(antenna_m, radius_m, work);
        let [d1, d2] = horizons.distance_m;
        let start_m = (d1 * 0.1).not_above(15.0 * antenna_m[0]);
        let end_m = distance_m - (d2 * 0.1).not_above(15.0 * antenna_m[1]);
        // Above 0 where the terminals see each other.
        let sight = d1 + d2 - distance_m * 1.5;
        let none = simd.of(0.0);
        let near = (start_m, sight.above(none, end_m, d1 * 0.9));
        let far = (sight.above(none, start_m, distance_m - d2 * 0.9), end_m);
        let line_m = self.fitted_lines_m(sight, near, far);
        let irregularity_m = self.irregularity_m((start_m, end_m), work);
        let exp = inlined_exp();
        let delta_h_m = irregularity_m / of_infinite_path((start_m, end_m), exp);
        let mut effective_m = [
            (self.ground_m[0] - simd.from(line_m[0])).not_below(0.0) + antenna_m[0],
            (self.ground_m[1] - simd.from(line_m[1])).not_below(0.0) + antenna_m[1],
        ];
        if !any_positive(sight) {
            return Terrain {
                horizons,
                delta_h_m,
                effective_m,
            };
        }
        let mut smooth = smooth_horizons(effective_m, radius_m, delta_h_m, exp);
        let sum_m = smooth.distance_m[0] + smooth.distance_m[1];
        let stretch = sum_m.above(distance_m, none, sight);
        if any_positive(stretch) {
            let ratio = distance_m / sum_m;
            let factor = stretch.above(none, ratio * ratio, simd.of(1.0));
            effective_m = [effective_m[0] * factor, effective_m[1] * factor];
            smooth = smooth_horizons(effective_m, radius_m, delta_h_m, exp);
        }
        let mut terrain = Terrain {
            horizons,
            delta_h_m,
            effective_m,
        };
        for end in 0..2 {
            let (angle_rad, distance_m) = (smooth.angle_rad[end], smooth.distance_m[end]);
            terrain.horizons.angle_rad[end] = sight.above(none, angle_rad, horizons.angle_rad[end]);
            terrain.horizons.distance_m[end] = sight.above(none, distance_m, horizons.distance_m[end]);
        }
        terrain
    }

    #[inline(always)]
    fn horizons(&self, antenna_m: Pair, radius_m: Octet<S>, work: &WorkSpace) -> Horizons<Octet<S>> {
        let (simd, step_m, distance_m) = (self.simd, self.step_m, self.distance_m);
        let bulges_m = (step_m * step_m / (radius_m * 2.0)).array();
        let (mut slopes, mut places) = ([[0.0; LANES]; 2], [[0.0; LANES]; 2]);
        for (lane, profile) in self.profiles.iter().enumerate() {
            let last = profile.intervals();
            let [from, to] = profile.ground_m();
            let sights = steepest(
                simd,
                &profile.height_m[1..last],
                (work.inverses.of_tx(last), work.inverses.of_rx(last)),
                (from + antenna_m[0], to + antenna_m[1]),
                bulges_m[lane],
            );
            for (end, sight) in sights.into_iter().enumerate() {
                (slopes[end][lane], places[end][lane]) = (sight.slope, sight.position);
            }
        }
        let rise = (self.ground_m[1] + antenna_m[1] - (self.ground_m[0] + antenna_m[0])) / distance_m;
        let bulge = distance_m / (radius_m * 2.0);
        let straight_rad = [rise - bulge, rise * -1.0 - bulge];
        let place_m = [
            simd.from(places[0]) * step_m,
            distance_m - simd.from(places[1]) * step_m,
        ];
        let mut horizons = Horizons {
            angle_rad: straight_rad,
            distance_m: place_m,
        };
        for end in 0..2 {
            let (slope, straight) = (simd.from(slopes[end]), straight_rad[end] * step_m);
            horizons.angle_rad[end] = slope.above(straight, slope / step_m, straight_rad[end]);
            horizons.distance_m[end] = slope.above(straight, place_m[end], distance_m);
        }
        horizons
    }

    /// Heights at the transmitters of the lines fitted over the near spans, and at the receivers of those over the far ones;
    /// where there is sight both spans are the same.
    #[inline(always)]
    fn fitted_lines_m(&self, sight: Octet<S>, near: Span<S>, far: Span<S>) -> [[f64; LANES]; 2] {
        let (sight, near, far) = (sight.array(), self.in_steps(near), self.in_steps(far));
        let mut lines_m = [[0.0; LANES]; 2];
        for (lane, profile) in self.profiles.iter().enumerate() {
            let line = self.fitted_line_m(profile, (near.0[lane], near.1[lane]));
            lines_m[0][lane] = line[0];
            lines_m[1][lane] = if sight[lane] > 0.0 {
                line[1]
            } else {
                self.fitted_line_m(profile, (far.0[lane], far.1[lane]))[1]
            };
        }
        lines_m
    }

    /// A span in intervals of the profiles.
    #[inline(always)]
    fn in_steps(&self, (from_m, to_m): Span<S>) -> ([f64; LANES], [f64; LANES]) {
        ((from_m / self.step_m).array(), (to_m / self.step_m).array())
    }

    /// The line between two places, in intervals.
    #[inline(always)]
    fn fitted_line_m(&self, profile: &Profile<'_>, (from, to): (f64, f64)) -> Pair {
        let heights = profile.height_m;
        let (first, last) = fitted_points(profile.intervals(), from, to);
        let (sum, moment) = sums::sum_and_moment(self.simd, &heights[first + 1..last]);
        let middle = -0.5 * (last - first) as f64;
        line_of_sums(heights, (first, last), (sum, moment + middle * sum))
    }

    /// Interdecile ranges of the terrain about straight lines, not yet brought to an infinite path.
    #[inline(always)]
    fn irregularity_m(&self, span: Span<S>, work: &mut WorkSpace) -> Octet<S> {
        let (from, to) = self.in_steps(span);
        let mut ranges_m = [0.0; LANES];
        for (lane, profile) in self.profiles.iter().enumerate() {
            if let Some(resampling) = Resampling::between(from[lane], to[lane]) {
                ranges_m[lane] = work.interdecile.of_profile(self.simd, profile.height_m, &resampling);
            }
        }
        self.simd.from(ranges_m)
    }
}
