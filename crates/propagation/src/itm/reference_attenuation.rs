//! The reference attenuation: line of sight, diffraction or scatter, whichever the distance brings.

use super::complex::Complex;
use super::diffraction::{Diffraction, Surroundings};
use super::environment::Refraction;
use super::evaluation::{Mechanism, Warning, Warnings};
use super::line_of_sight::TwoRay;
use super::terrain::{Pair, TerrainParameters};
use super::troposcatter::{FrequencyGain, Scatter};

/// Radio side of the reference attenuation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Radio {
    pub frequency_mhz: f64,
    pub cube_root_frequency: f64,
    pub ln_frequency: f64,
    pub antenna_m: Pair,
    pub impedance: Complex,
    pub point_to_point: bool,
}

/// Reference attenuation in dB and its mechanism at `distance_m`.
pub(super) fn attenuation_db(
    distance_m: f64,
    radio: &Radio,
    refraction: &Refraction,
    terrain: &TerrainParameters,
    warnings: &mut Warnings,
) -> (f64, Mechanism) {
    let radius_m = refraction.radius_m;
    let [h1, h2] = terrain.horizons.angle_rad;
    let [d1, d2] = terrain.horizons.distance_m;
    let smooth = terrain.effective_m.map(|he| (2.0 * he * radius_m).sqrt());
    let smooth_horizons_m = smooth[0] + smooth[1];
    let horizons_m = d1 + d2;
    let line_of_sight_angle_rad = -(h1 + h2).max(-horizons_m / radius_m);
    warn(distance_m, terrain, smooth, warnings);

    let diffraction = Diffraction::new(&Surroundings {
        frequency_mhz: radio.frequency_mhz,
        cube_root_frequency: radio.cube_root_frequency,
        impedance: radio.impedance,
        radius_m,
        antenna_m: radio.antenna_m,
        terrain,
        line_of_sight_angle_rad,
        smooth_horizons_m,
        point_to_point: radio.point_to_point,
    });
    let scale_m = (radius_m * radius_m).cbrt() / radio.cube_root_frequency;
    let near_m = smooth_horizons_m.max(horizons_m + 5.0 * scale_m);
    let far_m = near_m + 10.0 * scale_m;
    let near_db = diffraction.attenuation_db(near_m);
    let line = Line::through((near_m, near_db), (far_m, diffraction.attenuation_db(far_m)));

    let (reference_db, mechanism) = if distance_m < smooth_horizons_m {
        let within = within_horizons(distance_m, radio, terrain, line, smooth_horizons_m);
        (within, Mechanism::LineOfSight)
    } else {
        let scatter = scatter(radio, refraction, terrain, line_of_sight_angle_rad);
        beyond_horizons(
            distance_m,
            &scatter,
            line,
            (horizons_m, smooth_horizons_m),
            scale_m * radio.ln_frequency,
        )
    };
    (reference_db.max(0.0), mechanism)
}

/// A straight line of attenuation against distance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub at_zero_db: f64,
    pub slope_db_per_m: f64,
}

impl Line {
    /// The line through two points (m, dB).
    #[inline(always)]
    pub fn through((near_m, near_db): (f64, f64), (far_m, far_db): (f64, f64)) -> Self {
        let slope_db_per_m = (far_db - near_db) / (far_m - near_m);
        Self {
            at_zero_db: near_db - slope_db_per_m * near_m,
            slope_db_per_m,
        }
    }

    #[inline(always)]
    pub fn at(&self, distance_m: f64) -> f64 {
        self.at_zero_db + self.slope_db_per_m * distance_m
    }
}

/// Collects the model's warnings about a path.
#[inline(always)]
pub(super) fn warn(distance_m: f64, terrain: &TerrainParameters, smooth_m: Pair, warnings: &mut Warnings) {
    let ends = [
        (Warning::TxHorizonAngle, Warning::TxHorizonNear, Warning::TxHorizonFar),
        (Warning::RxHorizonAngle, Warning::RxHorizonNear, Warning::RxHorizonFar),
    ];
    for (j, (angle, near, far)) in ends.into_iter().enumerate() {
        let horizon_m = terrain.horizons.distance_m[j];
        warnings.add_if(terrain.horizons.angle_rad[j].abs() > 0.2, angle);
        warnings.add_if(horizon_m < 0.1 * smooth_m[j], near);
        warnings.add_if(horizon_m > 3.0 * smooth_m[j], far);
    }
    let rise_m = (terrain.effective_m[0] - terrain.effective_m[1]).abs();
    warnings.add_if(distance_m < rise_m / 0.2, Warning::SteepPath);
    warnings.add_if(distance_m < 1e3, Warning::DistanceUnder1Km);
    warnings.add_if(distance_m > 1000e3, Warning::DistanceOver1000Km);
    warnings.add_if(distance_m > 2000e3, Warning::DistanceOver2000Km);
}

/// A curve Ao + k1·d + k2·ln d through the two-ray attenuation near and the diffraction at the smooth horizons.
fn within_horizons(
    distance_m: f64,
    radio: &Radio,
    terrain: &TerrainParameters,
    line: Line,
    smooth_horizons_m: f64,
) -> f64 {
    let two_ray = TwoRay {
        impedance: radio.impedance,
        frequency_mhz: radio.frequency_mhz,
        effective_m: terrain.effective_m,
        delta_h_m: terrain.delta_h_m,
        diffraction_at_zero_db: line.at_zero_db,
        diffraction_slope_db_per_m: line.slope_db_per_m,
        smooth_horizons_m,
    };
    let curve = Curve::new(radio, terrain, line, smooth_horizons_m);
    let attenuation_db = [curve.first_m, curve.second_m].map(|at_m| two_ray.attenuation_db(at_m));
    let logarithms = (
        (smooth_horizons_m / curve.first_m).ln(),
        (curve.second_m / curve.first_m).ln(),
        (distance_m / smooth_horizons_m).ln(),
    );
    curve.at(distance_m, attenuation_db, logarithms)
}

/// Where the curve within the horizons is held: two distances of two-ray attenuation, and the diffraction line's value
/// at the smooth horizons.
#[derive(Debug, Clone, Copy)]
pub(super) struct Curve {
    /// D0, m.
    pub first_m: f64,
    /// D1, m.
    pub second_m: f64,
    /// dsML, m.
    end_m: f64,
    end_db: f64,
    line: Line,
}

impl Curve {
    #[inline(always)]
    pub fn new(radio: &Radio, terrain: &TerrainParameters, line: Line, smooth_horizons_m: f64) -> Self {
        let [he1, he2] = terrain.effective_m;
        let horizons_m = terrain.horizons.distance_m[0] + terrain.horizons.distance_m[1];
        let first_m = 0.04 * radio.frequency_mhz * he1 * he2;
        let (first_m, second_m) = if line.at_zero_db >= 0.0 {
            let first_m = first_m.min(0.5 * horizons_m);
            (first_m, first_m + 0.25 * (horizons_m - first_m))
        } else {
            (first_m, (-line.at_zero_db / line.slope_db_per_m).max(0.25 * horizons_m))
        };
        Self {
            first_m,
            second_m,
            end_m: smooth_horizons_m,
            end_db: line.at(smooth_horizons_m),
            line,
        }
    }

    /// Attenuation at a distance, dB, from those at D0 and D1, and ln(dsML/D0), ln(D1/D0) and ln(d/dsML).
    #[inline(always)]
    pub fn at(
        &self,
        distance_m: f64,
        [first_db, second_db]: Pair,
        (ln_end, ln_second, ln_distance): (f64, f64, f64),
    ) -> f64 {
        let (end_m, end_db) = (self.end_m, self.end_db);
        let (mut k1, mut k2, mut fitted) = (0.0, 0.0, false);
        if self.first_m < self.second_m {
            let (to_end, to_second) = (end_m - self.first_m, self.second_m - self.first_m);
            k2 = ((to_end * (second_db - first_db) - to_second * (end_db - first_db))
                / (to_end * ln_second - to_second * ln_end))
                .max(0.0);
            fitted = self.line.at_zero_db > 0.0 || k2 > 0.0;
            if fitted {
                k1 = (end_db - first_db - k2 * ln_end) / to_end;
                if k1 < 0.0 {
                    k1 = 0.0;
                    k2 = (end_db - first_db).max(0.0) / ln_end;
                    if k2 == 0.0 {
                        k1 = self.line.slope_db_per_m;
                    }
                }
            }
        }
        if !fitted {
            k1 = (end_db - second_db).max(0.0) / (end_m - self.second_m);
            k2 = 0.0;
            if k1 == 0.0 {
                k1 = self.line.slope_db_per_m;
            }
        }
        // Ao + k1·d + k2·ln d, with Ao such that the curve meets the diffraction line at the smooth horizons.
        end_db + k1 * (distance_m - end_m) + k2 * ln_distance
    }
}

/// The scatter of a path.
pub(super) fn scatter(
    radio: &Radio,
    refraction: &Refraction,
    terrain: &TerrainParameters,
    line_of_sight_angle_rad: f64,
) -> Scatter {
    Scatter {
        frequency_mhz: radio.frequency_mhz,
        horizons: terrain.horizons,
        effective_m: terrain.effective_m,
        radius_m: refraction.radius_m,
        surface_refractivity: refraction.surface_refractivity,
        line_of_sight_angle_rad,
    }
}

/// The diffraction line, or the scatter line where that is the lesser.
pub(super) fn beyond_horizons(
    distance_m: f64,
    scatter: &Scatter,
    line: Line,
    (horizons_m, smooth_horizons_m): (f64, f64),
    scatter_start_m: f64,
) -> (f64, Mechanism) {
    const STEP_M: f64 = 200e3;
    let near_m = horizons_m + STEP_M;
    let mut gain = FrequencyGain::default();
    // In this order: the far evaluation's frequency gain serves the near one.
    let far_db = scatter.attenuation_db(horizons_m + 2.0 * STEP_M, &mut gain);
    let near_db = scatter.attenuation_db(near_m, &mut gain);
    let (at_zero_db, slope, change_m) = if near_db < 1000.0 {
        let slope = (far_db - near_db) / STEP_M;
        let slopes = line.slope_db_per_m - slope;
        let crossing_m = (near_db - line.at_zero_db - slope * near_m) / slopes;
        let change_m = smooth_horizons_m
            .max(horizons_m + 1.088 * scatter_start_m)
            .max(crossing_m);
        (slopes * change_m + line.at_zero_db, slope, change_m)
    } else {
        (line.at_zero_db, line.slope_db_per_m, 10e6)
    };
    if distance_m > change_m {
        (at_zero_db + slope * distance_m, Mechanism::Troposcatter)
    } else {
        (line.at(distance_m), Mechanism::Diffraction)
    }
}
