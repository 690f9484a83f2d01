//! Two-ray attenuation within the horizons.

use std::f64::consts::{FRAC_PI_2, PI};

use super::complex::Complex;
use super::environment::wave_number_per_m;
use super::terrain::{Pair, height_deviation_m, irregularity_at_m};

/// (π/2)².
pub(super) const RIGHT_ANGLE_SQUARED: f64 = FRAC_PI_2 * FRAC_PI_2;

/// A path's two-ray and diffraction lines within its horizons.
#[derive(Debug, Clone, Copy)]
pub(super) struct TwoRay {
    pub impedance: Complex,
    pub frequency_mhz: f64,
    pub effective_m: Pair,
    pub delta_h_m: f64,
    /// Diffraction line: value at 0 and slope per m.
    pub diffraction_at_zero_db: f64,
    pub diffraction_slope_db_per_m: f64,
    /// dsML, m.
    pub smooth_horizons_m: f64,
}

impl TwoRay {
    /// Attenuation in dB relative to free space at `distance_m`.
    pub fn attenuation_db(&self, distance_m: f64) -> f64 {
        let diffraction_db = self.diffraction_at_zero_db + self.diffraction_slope_db_per_m * distance_m;
        let weight = 1.0 / (1.0 + self.frequency_mhz * self.delta_h_m / self.smooth_horizons_m.max(10e3));
        weight * self.two_ray_db(distance_m) + (1.0 - weight) * diffraction_db
    }

    fn two_ray_db(&self, distance_m: f64) -> f64 {
        let [he1, he2] = self.effective_m;
        let k = wave_number_per_m(self.frequency_mhz);
        let sum_m = he1 + he2;
        let grazing_sine = sum_m / (distance_m * distance_m + sum_m * sum_m).sqrt();
        let deviation_m = height_deviation_m(irregularity_at_m(self.delta_h_m, distance_m, f64::exp));
        let sine = Complex::new(grazing_sine, 0.0);
        let scattered = (-(k * deviation_m * grazing_sine).min(10.0)).exp();
        let mut reflection = ((sine - self.impedance) / (sine + self.impedance)).scaled(scattered);
        let q = reflection.norm_squared();
        if q < 0.25 || q < grazing_sine {
            reflection = reflection.scaled((grazing_sine / q).sqrt());
        }
        let mut phase = 2.0 * k * he1 * he2 / distance_m;
        if phase > FRAC_PI_2 {
            phase = PI - RIGHT_ANGLE_SQUARED / phase;
        }
        let (sin, cos) = phase.sin_cos();
        -10.0 * (Complex::new(cos, -sin) + reflection).norm_squared().log10()
    }
}
