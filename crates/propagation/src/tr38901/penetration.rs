//! Clause 7.4.3: from outdoors into buildings and cars.

use serde::{Deserialize, Serialize};

use crate::error::{ModelError, require};

/// Which walls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PenetrationModel {
    /// Standard glass and concrete: the only one for rural macro cells.
    LowLoss,
    /// Infrared-reflecting glass and concrete.
    HighLoss,
    /// The simple model kept for comparability below 6 GHz: 20 dB through the wall.
    Below6Ghz,
}

/// Loss into a building.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct IndoorPenetration {
    /// Through the outer wall, PLtw, dB.
    #[serde(rename = "PL_tw")]
    pub wall_db: f64,
    /// Inside, 0.5 dB per metre, dB.
    #[serde(rename = "PL_in")]
    pub inside_db: f64,
    /// Standard deviation σP, dB.
    #[serde(rename = "sigma_P")]
    pub sigma_db: f64,
    /// Sum of both, dB.
    #[serde(rename = "L")]
    pub loss_db: f64,
}

/// Loss from outside a building to a place `indoor_m` behind its wall, 0.5 … 100 GHz.
///
/// The report draws `indoor_m` as the lesser of two uniform numbers up to 25 m (urban; mean 8.33 m) or 10 m (rural;
/// mean 3.33 m).
///
/// # Errors
/// [`ModelError::OutOfRange`].
pub fn penetration(
    model: PenetrationModel,
    frequency_ghz: f64,
    indoor_m: f64,
) -> Result<IndoorPenetration, ModelError> {
    const MODEL: &str = "3GPP TR 38.901 penetration";
    let highest_ghz = if model == PenetrationModel::Below6Ghz {
        6.0
    } else {
        100.0
    };
    require(MODEL, "frequency", frequency_ghz, "GHz", (0.5, highest_ghz))?;
    require(MODEL, "indoor distance", indoor_m, "m", (0.0, 1000.0))?;
    let passes = |loss_db: f64| 10f64.powf(-loss_db / 10.0);
    let glass = passes(2.0 + 0.2 * frequency_ghz);
    let reflecting_glass = passes(23.0 + 0.3 * frequency_ghz);
    let concrete = passes(5.0 + 4.0 * frequency_ghz);
    let (wall_db, sigma_db) = match model {
        PenetrationModel::LowLoss => (5.0 - 10.0 * (0.3 * glass + 0.7 * concrete).log10(), 4.4),
        PenetrationModel::HighLoss => (5.0 - 10.0 * (0.7 * reflecting_glass + 0.3 * concrete).log10(), 6.5),
        PenetrationModel::Below6Ghz => (20.0, 0.0),
    };
    let inside_db = 0.5 * indoor_m;
    Ok(IndoorPenetration {
        wall_db,
        inside_db,
        sigma_db,
        loss_db: wall_db + inside_db,
    })
}

/// Loss into a car, 0.6 – 60 GHz.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarPenetration {
    /// Ordinary windows: 9 dB.
    Ordinary,
    /// Metallised windows: 20 dB.
    Metallised,
}

impl CarPenetration {
    /// Standard deviation, dB.
    pub const SIGMA_DB: f64 = 5.0;

    /// Mean loss, dB.
    pub fn mean_db(self) -> f64 {
        match self {
            Self::Ordinary => 9.0,
            Self::Metallised => 20.0,
        }
    }
}
