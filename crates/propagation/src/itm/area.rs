//! Area prediction: terrain by its irregularity alone.

use serde::{Deserialize, Serialize};

use super::environment::Refraction;
use super::evaluation::Evaluation;
use super::parameters::{MODEL, Parameters};
use super::point_to_point::{PathConstants, radio};
use super::terrain::{TerrainParameters, smooth_horizons};
use crate::error::{ModelError, require};

/// How carefully a terminal's place was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Siting {
    /// Anywhere (0).
    #[default]
    Random,
    /// With care (1).
    Careful,
    /// With great care (2).
    VeryCareful,
}

impl Siting {
    /// The siting of a code 0 … 2.
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Random, Self::Careful, Self::VeryCareful]
            .get(usize::from(code))
            .copied()
    }

    /// Effective height in m of an antenna `height_m` above ground.
    fn effective_m(self, height_m: f64, delta_h_m: f64) -> f64 {
        let gain = match self {
            Self::Random => return height_m,
            Self::Careful => 4.0,
            Self::VeryCareful => 9.0,
        };
        let low = if height_m < 5.0 {
            (0.1 * std::f64::consts::PI * height_m).sin()
        } else {
            1.0
        };
        height_m + (1.0 + gain * low) * (-(2.0 * height_m / delta_h_m.max(1e-3)).min(20.0)).exp()
    }
}

/// A path known by its surroundings only.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AreaPath {
    /// Distance, km.
    pub distance_km: f64,
    /// Terrain irregularity Δh, m (90 on average; 0 on water).
    pub delta_h_m: f64,
    /// Siting of the transmitter.
    #[serde(default)]
    pub tx_siting: Siting,
    /// Siting of the receiver.
    #[serde(default)]
    pub rx_siting: Siting,
}

/// Loss in an area, 20 MHz – 20 GHz.
///
/// # Errors
/// Parameters out of range.
pub fn area(path: &AreaPath, parameters: &Parameters) -> Result<Evaluation, ModelError> {
    let mut warnings = parameters.check()?;
    require(MODEL, "distance", path.distance_km, "km", (f64::MIN_POSITIVE, 20_000.0))?;
    require(MODEL, "terrain irregularity", path.delta_h_m, "m", (0.0, 10_000.0))?;
    let radio = radio(parameters, false)?;
    let refraction = Refraction::at(0.0, parameters.n0, &mut warnings, f64::exp)?;
    let effective_m = [
        path.tx_siting.effective_m(parameters.tx_height_m, path.delta_h_m),
        path.rx_siting.effective_m(parameters.rx_height_m, path.delta_h_m),
    ];
    let terrain = TerrainParameters {
        horizons: smooth_horizons(effective_m, refraction.radius_m, path.delta_h_m, f64::exp),
        delta_h_m: path.delta_h_m,
        effective_m,
    };
    let constants = PathConstants::new(parameters, &mut warnings);
    Ok(constants.evaluate(path.distance_km * 1000.0, &radio, &refraction, &terrain, warnings))
}
