//! What a profile contributes: horizons, irregularity, effective heights.

use pulp::Arch;

use super::interdecile::Interdecile;
use crate::lanes;

/// A profile with equal steps; heights in m above sea level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile<'a> {
    pub step_m: f64,
    pub height_m: &'a [f64],
}

/// Values at both terminals, transmitter first.
pub(super) type Pair = [f64; 2];

/// Horizon angles (rad) and distances (m).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Horizons {
    pub angle_rad: Pair,
    pub distance_m: Pair,
}

/// Work space that outlives a profile: reciprocals of the point index, and the resampled terrain.
#[derive(Debug, Clone)]
pub(super) struct WorkSpace {
    inverses: lanes::InverseTables,
    interdecile: Interdecile,
    arch: Arch,
}

impl Default for WorkSpace {
    fn default() -> Self {
        Self {
            inverses: lanes::InverseTables::default(),
            interdecile: Interdecile::default(),
            arch: Arch::new(),
        }
    }
}

impl Profile<'_> {
    /// Number of intervals.
    pub fn intervals(&self) -> usize {
        self.height_m.len() - 1
    }

    pub fn distance_m(&self) -> f64 {
        self.intervals() as f64 * self.step_m
    }

    /// Mean height without the first and last tenth: the system's elevation.
    pub fn system_elevation_m(&self, work: &WorkSpace) -> f64 {
        let skipped = (0.1 * self.intervals() as f64) as usize;
        let middle = &self.height_m[skipped..=self.intervals() - skipped];
        work.arch.dispatch(
            #[inline(always)]
            || lanes::sum(middle),
        ) / middle.len() as f64
    }

    /// Radio horizons of antennas at `antenna_m` above ground.
    pub fn horizons(&self, antenna_m: Pair, radius_m: f64, work: &mut WorkSpace) -> Horizons {
        let last = self.intervals();
        let (z, step) = (self.height_m, self.step_m);
        let d = self.distance_m();
        let antennas = (z[0] + antenna_m[0], z[last] + antenna_m[1]);
        let rise = (antennas.1 - antennas.0) / d;
        let bulge = d / (2.0 * radius_m);
        let mut horizons = Horizons {
            angle_rad: [rise - bulge, -rise - bulge],
            distance_m: [d, d],
        };

        work.inverses.cover(last);
        let (from_tx, from_rx) = (work.inverses.of_tx(last), work.inverses.of_rx(last));
        let interior = &z[1..last];
        // Slopes per step: x/(2a) is (step²/(2a))·i.
        let bulge_m = step * step / (2.0 * radius_m);
        let slopes = work.arch.dispatch(
            #[inline(always)]
            || lanes::steepest(interior, from_tx, from_rx, antennas, bulge_m),
        );
        if slopes.0 / step > horizons.angle_rad[0] {
            let k = (0..interior.len())
                .find(|&k| (interior[k] - antennas.0) * from_tx[k] - bulge_m * (k + 1) as f64 == slopes.0);
            horizons.angle_rad[0] = slopes.0 / step;
            horizons.distance_m[0] = k.map_or(d, |k| (k + 1) as f64 * step);
        }
        if slopes.1 / step > horizons.angle_rad[1] {
            let k = (0..interior.len())
                .find(|&k| (interior[k] - antennas.1) * from_rx[k] - bulge_m * (last - 1 - k) as f64 == slopes.1);
            horizons.angle_rad[1] = slopes.1 / step;
            horizons.distance_m[1] = k.map_or(d, |k| d - (k + 1) as f64 * step);
        }
        horizons
    }

    /// Terrain irregularity Δh between `from_m` and `to_m`, m: the interdecile range about a straight line, brought to
    /// an infinitely long path.
    pub fn irregularity_m(&self, (from_m, to_m): (f64, f64), work: &mut WorkSpace) -> f64 {
        let (first, last) = (from_m / self.step_m, to_m / self.step_m);
        if last - first < 2.0 {
            return 0.0;
        }
        let decile = ((0.1 * (last - first + 8.0)) as i64).clamp(4, 25) as usize;
        let arch = work.arch;
        let range_m = work.interdecile.of_profile(arch, self.height_m, (first, last), decile);
        range_m / (1.0 - 0.8 * (-(to_m - from_m) / 50e3).exp())
    }

    /// Least-squares line over `from_m` … `to_m`: its heights at the first and the last point of the profile.
    pub fn fitted_line_m(&self, (from_m, to_m): (f64, f64), work: &WorkSpace) -> Pair {
        let z = self.height_m;
        let intervals = self.intervals() as i64;
        let remainder = |from_end: f64| from_end.max(0.0) as i64;
        let mut first = remainder(from_m / self.step_m);
        let mut last = intervals - remainder(intervals as f64 - to_m / self.step_m);
        if last <= first {
            first = (first - 1).max(0);
            last = intervals - (intervals - (last + 1)).max(0);
        }
        let count = (last - first) as f64;
        let (first, last) = (first as usize, last as usize);
        // Trapezoid sum and moment about the middle.
        let interior = &z[first + 1..last.max(first + 1)];
        let (sum, moment) = work.arch.dispatch(
            #[inline(always)]
            || lanes::sum_and_moment(interior),
        );
        let middle = -0.5 * count;
        let total = 0.5 * (z[first] + z[last]) + sum;
        let torque = 0.5 * (z[first] - z[last]) * middle + moment + middle * sum;
        let level = total / count;
        let slope = 12.0 * torque / ((count * count + 2.0) * count);
        let centre = last as f64 + middle;
        [level - slope * centre, level + slope * (intervals as f64 - centre)]
    }
}

/// What the profile says about both ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TerrainParameters {
    pub horizons: Horizons,
    pub delta_h_m: f64,
    pub effective_m: Pair,
}

/// Horizons, irregularity and effective heights of a profile.
pub(super) fn analyse(
    profile: &Profile<'_>,
    antenna_m: Pair,
    radius_m: f64,
    work: &mut WorkSpace,
) -> TerrainParameters {
    let d = profile.distance_m();
    let z = profile.height_m;
    let ground = [z[0], z[profile.intervals()]];
    let mut horizons = profile.horizons(antenna_m, radius_m, work);
    let [d1, d2] = horizons.distance_m;
    let start_m = (15.0 * antenna_m[0]).min(0.1 * d1);
    let end_m = d - (15.0 * antenna_m[1]).min(0.1 * d2);
    let delta_h_m = profile.irregularity_m((start_m, end_m), work);
    let above = |ground_m: f64, line_m: f64| (ground_m - line_m).max(0.0);

    let raised = |lines: Pair| {
        [
            antenna_m[0] + above(ground[0], lines[0]),
            antenna_m[1] + above(ground[1], lines[1]),
        ]
    };
    let horizon_m = |he: f64| smooth_horizon_m(he, radius_m, delta_h_m);

    let effective_m;
    if d1 + d2 > 1.5 * d {
        let mut heights_m = raised(profile.fitted_line_m((start_m, end_m), work));
        let mut distance_m = heights_m.map(horizon_m);
        let sum = distance_m[0] + distance_m[1];
        if sum <= d {
            heights_m = heights_m.map(|he| he * (d / sum).powi(2));
            distance_m = heights_m.map(horizon_m);
        }
        let angle = |j: usize| smooth_horizon_angle_rad(heights_m[j], distance_m[j], radius_m, delta_h_m);
        horizons = Horizons {
            angle_rad: [angle(0), angle(1)],
            distance_m,
        };
        effective_m = heights_m;
    } else {
        let tx_line = profile.fitted_line_m((start_m, 0.9 * d1), work);
        let rx_line = profile.fitted_line_m((d - 0.9 * d2, end_m), work);
        effective_m = raised([tx_line[0], rx_line[1]]);
    }
    TerrainParameters {
        horizons,
        delta_h_m,
        effective_m,
    }
}

/// Horizon distance over irregular ground, m.
pub(super) fn smooth_horizon_m(effective_m: f64, radius_m: f64, delta_h_m: f64) -> f64 {
    (2.0 * effective_m * radius_m).sqrt() * (-0.07 * (delta_h_m / effective_m.max(5.0)).sqrt()).exp()
}

/// Horizon angle over irregular ground, rad.
pub(super) fn smooth_horizon_angle_rad(effective_m: f64, horizon_m: f64, radius_m: f64, delta_h_m: f64) -> f64 {
    let smooth_m = (2.0 * effective_m * radius_m).sqrt();
    (0.65 * delta_h_m * (smooth_m / horizon_m - 1.0) - 2.0 * effective_m) / smooth_m
}

/// Irregularity Δ(s) that counts over a distance, m.
pub(super) fn irregularity_at_m(delta_h_m: f64, distance_m: f64) -> f64 {
    delta_h_m * (1.0 - 0.8 * (-distance_m / 50e3).exp())
}

/// Standard deviation of terrain heights σh, m, of an irregularity.
pub(super) fn height_deviation_m(irregularity_m: f64) -> f64 {
    0.78 * irregularity_m * (-0.5 * irregularity_m.sqrt().sqrt()).exp()
}
