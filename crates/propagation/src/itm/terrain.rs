//! What a profile contributes: horizons, irregularity, effective heights; measured as the model defines them.

use crate::error::ModelError;
use crate::lane_math::Number;

/// A profile with equal steps; heights in m above sea level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile<'a> {
    pub step_m: f64,
    pub height_m: &'a [f64],
}

/// Values at both terminals, transmitter first.
pub(super) type Pair = [f64; 2];

/// Horizon angles (rad) and distances (m); of one path, or of several in lanes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Horizons<N = f64> {
    pub angle_rad: [N; 2],
    pub distance_m: [N; 2],
}

/// What the profile says about both ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TerrainParameters {
    pub horizons: Horizons,
    pub delta_h_m: f64,
    pub effective_m: Pair,
}

/// What has to be measured on a profile; the plain form and the vectorised one differ in the how.
pub(super) trait Measure {
    /// Mean height without the first and last tenth: the system's elevation, m.
    fn system_elevation_m(&self) -> f64;
    /// Radio horizons of antennas at `antenna_m` above ground.
    fn horizons(&self, antenna_m: Pair, radius_m: f64) -> Horizons;
    /// Terrain irregularity Δh between two distances (m), m: the interdecile range about a straight line, brought to
    /// an infinitely long path.
    fn irregularity_m(&mut self, span_m: (f64, f64)) -> f64;
    /// Least-squares line between two distances (m): its heights at the first and the last point of the profile.
    fn fitted_line_m(&self, span_m: (f64, f64)) -> Pair;
    /// Exponential.
    fn exp(x: f64) -> f64;
}

impl<'a> Profile<'a> {
    /// A profile of at least three heights with a positive step.
    pub fn checked(step_m: f64, height_m: &'a [f64]) -> Result<Self, ModelError> {
        let point = height_m.len();
        let refuse = |reason| Err(ModelError::Profile { reason, point });
        if point < 3 {
            return refuse("at least three heights are needed");
        }
        if !(step_m > 0.0 && step_m.is_finite()) {
            return refuse("the step must be positive");
        }
        Ok(Self { step_m, height_m })
    }

    /// Number of intervals.
    pub fn intervals(&self) -> usize {
        self.height_m.len() - 1
    }

    pub fn distance_m(&self) -> f64 {
        self.intervals() as f64 * self.step_m
    }

    /// Heights of the ground at both ends.
    pub fn ground_m(&self) -> Pair {
        [self.height_m[0], self.height_m[self.intervals()]]
    }

    /// Points in the first and in the last tenth.
    fn skipped(&self) -> usize {
        (0.1 * self.intervals() as f64) as usize
    }

    /// The points between the first and the last tenth.
    #[inline(always)]
    pub fn middle_m(&self) -> &[f64] {
        &self.height_m[self.skipped()..=self.intervals() - self.skipped()]
    }

    /// The points of the first and of the last tenth.
    #[inline(always)]
    pub fn ends_m(&self) -> [&[f64]; 2] {
        let skipped = self.skipped();
        [
            &self.height_m[..skipped],
            &self.height_m[self.height_m.len() - skipped..],
        ]
    }
}

impl Measure for Profile<'_> {
    fn system_elevation_m(&self) -> f64 {
        let middle = self.middle_m();
        middle.iter().sum::<f64>() / middle.len() as f64
    }

    fn horizons(&self, antenna_m: Pair, radius_m: f64) -> Horizons {
        let d = self.distance_m();
        let ground = self.ground_m();
        let (zt, zr) = (ground[0] + antenna_m[0], ground[1] + antenna_m[1]);
        let mut horizons = straight_horizons((zt, zr), d, radius_m);
        for i in 1..self.intervals() {
            let x = i as f64 * self.step_m;
            let y = d - x;
            let from_tx = (self.height_m[i] - zt) / x - x / (2.0 * radius_m);
            let from_rx = (self.height_m[i] - zr) / y - y / (2.0 * radius_m);
            if from_tx > horizons.angle_rad[0] {
                (horizons.angle_rad[0], horizons.distance_m[0]) = (from_tx, x);
            }
            if from_rx > horizons.angle_rad[1] {
                (horizons.angle_rad[1], horizons.distance_m[1]) = (from_rx, y);
            }
        }
        horizons
    }

    fn irregularity_m(&mut self, span_m: (f64, f64)) -> f64 {
        let Some(resampling) = Resampling::new(span_m, self.step_m) else {
            return 0.0;
        };
        let Resampling {
            first,
            step,
            count,
            decile,
        } = resampling;
        let samples: Vec<f64> = (0..count)
            .map(|j| {
                let place = first + j as f64 * step;
                let i = (place as usize).min(self.intervals() - 1);
                let (low, high) = (self.height_m[i], self.height_m[i + 1]);
                low + (high - low) * (place - i as f64)
            })
            .collect();
        let [start, end] = fitted_line(&samples, 0.0, (count - 1) as f64);
        let slope = (end - start) / (count - 1) as f64;
        let mut residuals: Vec<f64> = samples
            .iter()
            .enumerate()
            .map(|(j, sample)| sample - (start + slope * j as f64))
            .collect();
        residuals.sort_by(|a, b| b.total_cmp(a));
        (residuals[decile - 1] - residuals[count - decile]) / of_infinite_path(span_m, f64::exp)
    }

    fn fitted_line_m(&self, (from_m, to_m): (f64, f64)) -> Pair {
        fitted_line(self.height_m, from_m / self.step_m, to_m / self.step_m)
    }

    fn exp(x: f64) -> f64 {
        x.exp()
    }
}

/// Horizons of terminals (m above sea level) that see each other, `d` m apart.
#[inline(always)]
pub(super) fn straight_horizons((zt, zr): (f64, f64), d: f64, radius_m: f64) -> Horizons {
    let rise = (zr - zt) / d;
    let bulge = d / (2.0 * radius_m);
    Horizons {
        angle_rad: [rise - bulge, -rise - bulge],
        distance_m: [d, d],
    }
}

/// How the terrain is sampled for its irregularity: `count` values from `first`, `step` apart, in intervals of the profile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resampling {
    pub first: f64,
    pub step: f64,
    pub count: usize,
    /// Number of values in a tenth.
    pub decile: usize,
}

impl Resampling {
    /// `None` where there are less than two intervals between the two distances.
    #[inline(always)]
    pub fn new((from_m, to_m): (f64, f64), step_m: f64) -> Option<Self> {
        Self::between(from_m / step_m, to_m / step_m)
    }

    /// The same between two places in intervals of the profile.
    #[inline(always)]
    pub fn between(first: f64, last: f64) -> Option<Self> {
        let decile = ((0.1 * (last - first + 8.0)) as i64).clamp(4, 25) as usize;
        let count = 10 * decile - 5;
        (last - first >= 2.0).then(|| Self {
            first,
            step: (last - first) / (count - 1) as f64,
            count,
            decile,
        })
    }
}

/// By what an interdecile range over a stretch is divided to hold for an infinitely long path.
#[inline(always)]
pub(super) fn of_infinite_path<N: Number>((from_m, to_m): (N, N), exp: impl Fn(N) -> N) -> N {
    share_over(to_m - from_m, exp)
}

/// The share of the irregularity that a distance (m) meets: 1 − 0.8·exp(−d/50 km).
#[inline(always)]
pub(super) fn share_over<N: Number>(distance_m: N, exp: impl Fn(N) -> N) -> N {
    exp(distance_m * (-1.0 / 50e3)) * -0.8 + 1.0
}

/// The points, first and last, over which a line between two places (in intervals) of a profile is fitted.
#[inline(always)]
pub(super) fn fitted_points(intervals: usize, from: f64, to: f64) -> (usize, usize) {
    let intervals = intervals as i64;
    let mut first = from.max(0.0) as i64;
    let mut last = intervals - (intervals as f64 - to).max(0.0) as i64;
    if last <= first {
        first = (first - 1).max(0);
        last = intervals - (intervals - (last + 1)).max(0);
    }
    (first as usize, last.max(first + 1) as usize)
}

/// The model's least-squares line over the points `first` … `last`, from the sum of the heights strictly between and
/// their moment about the middle: its heights at the first and at the last point of the profile.
#[inline(always)]
pub(super) fn line_of_sums(z: &[f64], (first, last): (usize, usize), (sum, moment): (f64, f64)) -> Pair {
    let length = (last - first) as f64;
    let middle = -0.5 * length;
    let total = 0.5 * (z[first] + z[last]) + sum;
    let torque = 0.5 * (z[first] - z[last]) * middle + moment;
    let level = total / length;
    let slope = 12.0 * torque / ((length * length + 2.0) * length);
    let centre = last as f64 + middle;
    [level - slope * centre, level + slope * ((z.len() - 1) as f64 - centre)]
}

fn fitted_line(z: &[f64], from: f64, to: f64) -> Pair {
    let (first, last) = fitted_points(z.len() - 1, from, to);
    let middle = -0.5 * (last - first) as f64;
    let (mut sum, mut moment) = (0.0, 0.0);
    for (offset, height) in z[first + 1..last].iter().enumerate() {
        sum += height;
        moment += height * (middle + (offset + 1) as f64);
    }
    line_of_sums(z, (first, last), (sum, moment))
}

/// Horizons, irregularity and effective heights of a profile, and what `before_irregularity` makes of horizons and heights.
///
/// The irregularity comes last where nothing else depends on it, and is long: what can be begun before it is done meanwhile.
#[inline(always)]
pub(super) fn analyse<M: Measure, T>(
    profile: &Profile<'_>,
    measure: &mut M,
    antenna_m: Pair,
    radius_m: f64,
    before_irregularity: impl FnOnce(&Horizons, Pair) -> T,
) -> (TerrainParameters, T) {
    let d = profile.distance_m();
    let horizons = measure.horizons(antenna_m, radius_m);
    let [d1, d2] = horizons.distance_m;
    let start_m = (15.0 * antenna_m[0]).min(0.1 * d1);
    let end_m = d - (15.0 * antenna_m[1]).min(0.1 * d2);
    let ground_m = profile.ground_m();

    if d1 + d2 > 1.5 * d {
        let delta_h_m = measure.irregularity_m((start_m, end_m));
        let line_m = measure.fitted_line_m((start_m, end_m));
        let mut effective_m = raised(antenna_m, ground_m, line_m);
        let mut horizons = smooth_horizons(effective_m, radius_m, delta_h_m, M::exp);
        let sum_m = horizons.distance_m[0] + horizons.distance_m[1];
        if sum_m <= d {
            let factor = (d / sum_m) * (d / sum_m);
            effective_m = [effective_m[0] * factor, effective_m[1] * factor];
            horizons = smooth_horizons(effective_m, radius_m, delta_h_m, M::exp);
        }
        let terrain = TerrainParameters {
            horizons,
            delta_h_m,
            effective_m,
        };
        let before = before_irregularity(&horizons, effective_m);
        (terrain, before)
    } else {
        let [tx_line_m, _] = measure.fitted_line_m((start_m, 0.9 * d1));
        let [_, rx_line_m] = measure.fitted_line_m((d - 0.9 * d2, end_m));
        let effective_m = raised(antenna_m, ground_m, [tx_line_m, rx_line_m]);
        let before = before_irregularity(&horizons, effective_m);
        let terrain = TerrainParameters {
            horizons,
            delta_h_m: measure.irregularity_m((start_m, end_m)),
            effective_m,
        };
        (terrain, before)
    }
}

/// Effective heights: the antenna above the ground, or above a fitted line where that lies lower.
#[inline(always)]
fn raised(antenna_m: Pair, ground_m: Pair, line_m: Pair) -> Pair {
    [
        antenna_m[0] + (ground_m[0] - line_m[0]).max(0.0),
        antenna_m[1] + (ground_m[1] - line_m[1]).max(0.0),
    ]
}

/// Horizons over irregular but unobstructed ground of terminals of effective heights.
#[inline(always)]
pub(super) fn smooth_horizons<N: Number>(
    effective_m: [N; 2],
    radius_m: N,
    delta_h_m: N,
    exp: impl Fn(N) -> N,
) -> Horizons<N> {
    let mut horizons = Horizons {
        angle_rad: effective_m,
        distance_m: effective_m,
    };
    for (end, he) in effective_m.into_iter().enumerate() {
        let smooth_m = (he * 2.0 * radius_m).square_root();
        let shortening = exp((delta_h_m / he.not_below(5.0)).square_root() * -0.07);
        horizons.distance_m[end] = smooth_m * shortening;
        let rise_m = delta_h_m * 0.65 * (he.like(1.0) / shortening - 1.0);
        horizons.angle_rad[end] = (rise_m - he * 2.0) / smooth_m;
    }
    horizons
}

/// Irregularity Δ(s) that counts over a distance, m.
#[inline(always)]
pub(super) fn irregularity_at_m<N: Number>(delta_h_m: N, distance_m: N, exp: impl Fn(N) -> N) -> N {
    delta_h_m * share_over(distance_m, exp)
}

/// Standard deviation of terrain heights σh, m, of an irregularity.
pub(super) fn height_deviation_m(irregularity_m: f64) -> f64 {
    0.78 * irregularity_m * (-0.5 * irregularity_m.sqrt().sqrt()).exp()
}
