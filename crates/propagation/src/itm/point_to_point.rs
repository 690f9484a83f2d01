//! Loss over a terrain profile.

use super::environment::{Refraction, ground_impedance};
use super::evaluation::{Evaluation, Warnings};
use super::parameters::Parameters;
use super::reference_attenuation::{Radio, attenuation_db};
use super::terrain::{Profile, TerrainParameters, WorkSpace, analyse};
use super::variability::VariabilityConstants;
use crate::error::ModelError;

/// Loss over one profile with equal steps (`step_m`), transmitter first, heights in m above sea level.
///
/// # Errors
/// Parameters out of range, fewer than three heights, heights that are not finite, or an atmosphere beyond the model.
pub fn point_to_point(step_m: f64, heights_m: &[f64], parameters: &Parameters) -> Result<Evaluation, ModelError> {
    PointToPoint::new(parameters)?.evaluate(step_m, heights_m)
}

/// One profile after the other with the same radio.
#[derive(Clone)]
pub struct PointToPoint {
    radio: Radio,
    n0: f64,
    constants: PathConstants,
    warnings: Warnings,
    work: WorkSpace,
}

/// What turns a reference attenuation into a loss.
#[derive(Clone, Copy)]
pub(super) struct PathConstants {
    pub variability: VariabilityConstants,
    pub lg20_frequency: f64,
}

impl PathConstants {
    pub fn new(parameters: &Parameters, warnings: &mut Warnings) -> Self {
        Self {
            variability: VariabilityConstants::new(parameters, warnings),
            lg20_frequency: 20.0 * parameters.frequency_mhz.log10(),
        }
    }

    /// Reference attenuation, variability and free space of an analysed path.
    pub fn evaluate(
        &self,
        distance_m: f64,
        radio: &Radio,
        refraction: &Refraction,
        terrain: &TerrainParameters,
        mut warnings: Warnings,
    ) -> Evaluation {
        let (reference_db, mode) = attenuation_db(distance_m, radio, refraction, terrain, &mut warnings);
        let variability_db =
            self.variability
                .attenuation_db(reference_db, distance_m, terrain.delta_h_m, terrain.effective_m);
        let free_space_db = 32.45 + self.lg20_frequency + 20.0 * (distance_m / 1000.0).log10();
        Evaluation {
            loss_db: variability_db + free_space_db,
            free_space_db,
            reference_db,
            variability_db,
            distance_km: distance_m / 1000.0,
            tx_horizon_rad: terrain.horizons.angle_rad[0],
            rx_horizon_rad: terrain.horizons.angle_rad[1],
            tx_horizon_m: terrain.horizons.distance_m[0],
            rx_horizon_m: terrain.horizons.distance_m[1],
            tx_effective_m: terrain.effective_m[0],
            rx_effective_m: terrain.effective_m[1],
            surface_refractivity: refraction.surface_refractivity,
            effective_radius_m: refraction.radius_m,
            delta_h_m: terrain.delta_h_m,
            mode,
            warnings,
        }
    }
}

/// The radio side of checked parameters.
pub(super) fn radio(parameters: &Parameters, point_to_point: bool) -> Result<Radio, ModelError> {
    Ok(Radio {
        frequency_mhz: parameters.frequency_mhz,
        cube_root_frequency: parameters.frequency_mhz.cbrt(),
        ln_frequency: parameters.frequency_mhz.ln(),
        antenna_m: [parameters.tx_height_m, parameters.rx_height_m],
        impedance: ground_impedance(parameters)?,
        point_to_point,
    })
}

impl PointToPoint {
    /// Constants and work space for `parameters`.
    ///
    /// # Errors
    /// Parameters out of range.
    pub fn new(parameters: &Parameters) -> Result<Self, ModelError> {
        let mut warnings = parameters.check()?;
        Ok(Self {
            radio: radio(parameters, true)?,
            n0: parameters.n0,
            constants: PathConstants::new(parameters, &mut warnings),
            warnings,
            work: WorkSpace::default(),
        })
    }

    /// Loss over one profile.
    ///
    /// # Errors
    /// As [`point_to_point`].
    pub fn evaluate(&mut self, step_m: f64, heights_m: &[f64]) -> Result<Evaluation, ModelError> {
        let refuse = |reason| {
            Err(ModelError::Profile {
                reason,
                point: heights_m.len(),
            })
        };
        if heights_m.len() < 3 {
            return refuse("at least three heights are needed");
        }
        if !(step_m > 0.0 && step_m.is_finite()) {
            return refuse("the step must be positive");
        }
        let profile = Profile {
            step_m,
            height_m: heights_m,
        };
        let mut warnings = self.warnings;
        let elevation_m = profile.system_elevation_m(&self.work);
        let refraction = Refraction::at(elevation_m, self.n0, &mut warnings)?;
        let terrain = analyse(&profile, self.radio.antenna_m, refraction.radius_m, &mut self.work);
        let evaluation = self
            .constants
            .evaluate(profile.distance_m(), &self.radio, &refraction, &terrain, warnings);
        if !evaluation.loss_db.is_finite() {
            return refuse("a height is not a number");
        }
        Ok(evaluation)
    }
}
