//! Forward scatter beyond the horizons.

use super::environment::wave_number_per_m;
use super::terrain::{Horizons, Pair};

/// A path's scatter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scatter {
    pub frequency_mhz: f64,
    pub horizons: Horizons,
    pub effective_m: Pair,
    pub radius_m: f64,
    pub surface_refractivity: f64,
    /// θlos, rad.
    pub line_of_sight_angle_rad: f64,
}

/// The frequency gain H0 that one evaluation hands to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrequencyGain(f64);

impl Default for FrequencyGain {
    fn default() -> Self {
        Self(-1.0)
    }
}

/// The answer where scatter has no meaning, dB.
const NO_SCATTER_DB: f64 = 1001.0;

impl Scatter {
    /// Attenuation in dB relative to free space at `distance_m`.
    pub fn attenuation_db(&self, distance_m: f64, gain: &mut FrequencyGain) -> f64 {
        if gain.0 <= 15.0 {
            let Some(h0) = self.frequency_gain_db(distance_m, *gain) else {
                return NO_SCATTER_DB;
            };
            gain.0 = h0;
        }
        let k = wave_number_per_m(self.frequency_mhz);
        let angle_rad = distance_m / self.radius_m - self.line_of_sight_angle_rad;
        distance_term_db(angle_rad * distance_m) + 10.0 * (k * 47.7 * angle_rad.powi(4)).log10()
            - 0.1 * (self.surface_refractivity - 301.0) * (-angle_rad * distance_m / 40e3).exp()
            + gain.0
    }

    /// H0 in dB; `None` where both antennas are too low for scatter.
    fn frequency_gain_db(&self, s: f64, previous: FrequencyGain) -> Option<f64> {
        let [d1, d2] = self.horizons.distance_m;
        let [he1, he2] = self.effective_m;
        let (mut difference_m, mut ratio) = (d1 - d2, he2 / he1);
        if difference_m < 0.0 {
            (difference_m, ratio) = (-difference_m, 1.0 / ratio);
        }
        let angle_rad = self.horizons.angle_rad[0] + self.horizons.angle_rad[1] + s / self.radius_m;
        let k = wave_number_per_m(self.frequency_mhz);
        let (r1, r2) = (2.0 * k * angle_rad * he1, 2.0 * k * angle_rad * he2);
        if r1 < 0.2 && r2 < 0.2 {
            return None;
        }
        let asymmetry = (s - difference_m) / (s + difference_m);
        let q = (ratio / asymmetry).clamp(0.1, 10.0);
        let asymmetry = asymmetry.max(0.1);
        let crossing_m = (s - difference_m) * (s + difference_m) * angle_rad * 0.25 / s;
        let refractivity = self.surface_refractivity;
        let eta = crossing_m / 1755.6
            * (1.0
                + (0.031 - 2.32e-3 * refractivity + 5.67e-6 * refractivity * refractivity)
                    * (-(crossing_m / 8000.0).min(1.7).powi(6)).exp());
        let mean = 0.5 * (gain_curve_db(r1, eta) + gain_curve_db(r2, eta));
        let correction = (6.0 * (0.6 - eta.max(1.0).log10()) * asymmetry.log10() * q.log10()).min(mean);
        let mut h0 = (mean + correction).max(0.0);
        if eta < 1.0 {
            let root = std::f64::consts::SQRT_2;
            let low = ((1.0 + root / r1) * (1.0 + root / r2)).powi(2) * (r1 + r2) / (r1 + r2 + 2.0 * root);
            h0 = eta * h0 + (1.0 - eta) * 10.0 * low.log10();
        }
        if h0 > 15.0 && previous.0 >= 0.0 {
            Some(previous.0)
        } else {
            Some(h0)
        }
    }
}

/// F(θs) in dB, y = θ·s in m.
fn distance_term_db(y: f64) -> f64 {
    if y <= 10e3 {
        133.4 + 0.332e-3 * y - 10.0 * y.log10()
    } else if y <= 70e3 {
        104.6 + 0.212e-3 * y - 2.5 * y.log10()
    } else {
        71.8 + 0.157e-3 * y + 5.0 * y.log10()
    }
}

/// H01(r, η) in dB, interpolated between the five curves.
fn gain_curve_db(r: f64, eta: f64) -> f64 {
    const A: [f64; 5] = [25.0, 80.0, 177.0, 395.0, 705.0];
    const B: [f64; 5] = [24.0, 45.0, 68.0, 80.0, 105.0];
    let eta = eta.clamp(1.0, 5.0);
    let lower = (eta as usize).min(5);
    let fraction = eta - lower as f64;
    let inverse = 1.0 / (r * r);
    let curve = |i: usize| 10.0 * (1.0 + (A[i - 1] * inverse + B[i - 1]) * inverse).log10();
    if fraction == 0.0 {
        curve(lower)
    } else {
        (1.0 - fraction) * curve(lower) + fraction * curve(lower + 1)
    }
}
