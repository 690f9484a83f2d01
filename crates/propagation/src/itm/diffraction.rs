//! Diffraction attenuation: two knife edges against three smooth radii, weighted by roughness.

use super::complex::Complex;
use super::environment::wave_number_per_m;
use super::terrain::{Pair, TerrainParameters, height_deviation_m, irregularity_at_m};

/// Everything of a path's diffraction that does not depend on the distance asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Diffraction {
    frequency_mhz: f64,
    cube_root_frequency: f64,
    radius_m: f64,
    /// dML = d1 + d2, m.
    horizons_m: f64,
    horizon_m: Pair,
    /// θlos, rad.
    line_of_sight_angle_rad: f64,
    delta_h_m: f64,
    /// 0.017778 f^(−1/3)/|Zg|.
    admittance: f64,
    /// x1 + x2 and F(x1) + F(x2).
    end_distances: f64,
    end_gains_db: f64,
    /// sqrt(1 + qk/q0).
    height_factor: f64,
    /// Afo, dB.
    clutter_db: f64,
}

/// What the diffraction of a path needs to know.
pub(super) struct Surroundings<'a> {
    pub frequency_mhz: f64,
    pub cube_root_frequency: f64,
    pub impedance: Complex,
    pub radius_m: f64,
    pub antenna_m: Pair,
    pub terrain: &'a TerrainParameters,
    pub line_of_sight_angle_rad: f64,
    /// dsML, m.
    pub smooth_horizons_m: f64,
    pub point_to_point: bool,
}

/// (4/3)·6370 km, to which earth radii are compared.
const COMPARISON_RADIUS_M: f64 = 4.0 / 3.0 * 6370e3;

impl Diffraction {
    pub fn new(s: &Surroundings<'_>) -> Self {
        let horizon_m = s.terrain.horizons.distance_m;
        let [he1, he2] = s.terrain.effective_m;
        let delta_h_m = s.terrain.delta_h_m;
        let mut diffraction = Self {
            frequency_mhz: s.frequency_mhz,
            cube_root_frequency: s.cube_root_frequency,
            radius_m: s.radius_m,
            horizons_m: horizon_m[0] + horizon_m[1],
            horizon_m,
            line_of_sight_angle_rad: s.line_of_sight_angle_rad,
            delta_h_m,
            admittance: 0.017778 / (s.cube_root_frequency * s.impedance.magnitude()),
            end_distances: 0.0,
            end_gains_db: 0.0,
            height_factor: 1.0,
            clutter_db: 0.0,
        };
        for (distance_m, effective_m) in horizon_m.into_iter().zip([he1, he2]) {
            let (x, k) = diffraction.scaled(0.5 * distance_m * distance_m / effective_m, distance_m);
            diffraction.end_distances += x;
            diffraction.end_gains_db += height_function_db(x, k);
        }
        let product = s.antenna_m[0] * s.antenna_m[1];
        let raised = he1 * he2 - product;
        let base = if s.point_to_point { product + 10.0 } else { product };
        diffraction.height_factor = (1.0 + raised / base).sqrt();
        let deviation_m = height_deviation_m(irregularity_at_m(delta_h_m, s.smooth_horizons_m, f64::exp));
        diffraction.clutter_db = (5.0 * (1.0 + 1e-5 * product * s.frequency_mhz * deviation_m).log10()).min(15.0);
        diffraction
    }

    /// Scaled distance x and admittance K of a stretch of `distance_m` on an earth of `radius_m`.
    fn scaled(&self, radius_m: f64, distance_m: f64) -> (f64, f64) {
        let c = (COMPARISON_RADIUS_M / radius_m).cbrt();
        let k = self.admittance * c;
        ((1.607 - k) * c * c * self.cube_root_frequency * distance_m / 1000.0, k)
    }

    /// Attenuation in dB relative to free space at `distance_m`, beyond the horizons.
    pub fn attenuation_db(&self, distance_m: f64) -> f64 {
        let angle_rad = distance_m / self.radius_m - self.line_of_sight_angle_rad;
        let beyond_m = distance_m - self.horizons_m;
        let smooth_db = self.smooth_earth_db(angle_rad, beyond_m);
        let edges_db = self.knife_edges_db(angle_rad, beyond_m);
        let roughness = (irregularity_at_m(self.delta_h_m, distance_m, f64::exp)
            * wave_number_per_m(self.frequency_mhz))
        .min(6283.2);
        let q = (self.height_factor + (self.horizons_m - self.line_of_sight_angle_rad * self.radius_m) / distance_m)
            * roughness;
        let weight = 25.1 / (25.1 + q.sqrt());
        weight * smooth_db + (1.0 - weight) * edges_db + self.clutter_db
    }

    fn knife_edges_db(&self, angle_rad: f64, beyond_m: f64) -> f64 {
        let scale = 0.0795775 * wave_number_per_m(self.frequency_mhz) * angle_rad * angle_rad;
        self.horizon_m
            .iter()
            .map(|horizon_m| fresnel_db(scale * horizon_m * beyond_m / (beyond_m + horizon_m)))
            .sum()
    }

    fn smooth_earth_db(&self, angle_rad: f64, beyond_m: f64) -> f64 {
        let (between, _) = self.scaled(beyond_m / angle_rad, beyond_m);
        let x = between + self.end_distances;
        let g = 0.05751 * x - 10.0 * x.log10();
        g - self.end_gains_db - 20.0
    }
}

/// Knife-edge attenuation in dB from ν².
fn fresnel_db(nu_squared: f64) -> f64 {
    if nu_squared < 5.76 {
        6.02 + 9.11 * nu_squared.sqrt() - 1.27 * nu_squared
    } else {
        12.953 + 10.0 * nu_squared.log10()
    }
}

/// Height-gain function F(x, K) in dB over a smooth sphere.
fn height_function_db(x: f64, k: f64) -> f64 {
    if x < 200.0 {
        let w = -k.ln();
        if k < 1e-5 || x * w * w * w > 5495.0 {
            let grown = if x > 1.0 { 17.372 * x.ln() } else { 0.0 };
            grown - 117.0
        } else {
            2.5e-5 * x * x / k - 8.686 * w - 15.0
        }
    } else {
        let lg = x.ln();
        let far = 0.05751 * x - 4.343 * lg;
        if x < 2000.0 {
            let w = 0.0134 * x * (-0.005 * x).exp();
            (1.0 - w) * far + w * (17.372 * lg - 117.0)
        } else {
            far
        }
    }
}
