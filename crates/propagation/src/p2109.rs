//! ITU-R P.2109-2: building entry loss, from just outside a building to a random place inside.

use serde::{Deserialize, Serialize};

use crate::error::{ModelError, require};
use crate::normal_distribution::quantile;

const MODEL: &str = "ITU-R P.2109";

/// Kind of building.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuildingClass {
    /// Without metallised glass or foil (class 1).
    #[default]
    Traditional,
    /// With metallised glass and foil-backed panels (class 2).
    ThermallyEfficient,
}

/// Coefficients r … z of Table 1.
struct Coefficients {
    r: f64,
    s: f64,
    t: f64,
    u: f64,
    v: f64,
    w: f64,
    x: f64,
    y: f64,
    z: f64,
}

const TRADITIONAL: Coefficients = Coefficients {
    r: 12.64,
    s: 3.72,
    t: 0.96,
    u: 9.6,
    v: 2.0,
    w: 9.1,
    x: -3.0,
    y: 4.5,
    z: -2.0,
};
const THERMALLY_EFFICIENT: Coefficients = Coefficients {
    r: 28.19,
    s: -3.0,
    t: 8.48,
    u: 13.5,
    v: 3.8,
    w: 27.8,
    x: -2.9,
    y: 9.4,
    z: -2.1,
};

/// Building entry loss with its parts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EntryLoss {
    /// Median for horizontal paths, Lh, dB (eq. 5).
    #[serde(rename = "Lh")]
    pub horizontal_median_db: f64,
    /// Correction for elevation, Le, dB (eq. 6).
    #[serde(rename = "Le")]
    pub elevation_db: f64,
    /// μ1 = Lh + Le, dB.
    #[serde(rename = "mu1")]
    pub mu1_db: f64,
    /// σ1, dB.
    #[serde(rename = "sigma1")]
    pub sigma1_db: f64,
    /// μ2, dB.
    #[serde(rename = "mu2")]
    pub mu2_db: f64,
    /// σ2, dB.
    #[serde(rename = "sigma2")]
    pub sigma2_db: f64,
    /// Loss not exceeded with the probability, Lbel, dB (eq. 1); down to −3 dB at very small probabilities.
    #[serde(rename = "Lbel")]
    pub loss_db: f64,
}

/// Building entry loss not exceeded with probability `percent` (0 … 100 exclusive) at 0.08 … 100 GHz, for a path that
/// meets the façade at `elevation_deg` (−90 … 90).
///
/// # Errors
/// [`ModelError::OutOfRange`].
///
/// ```
/// use propagation::p2109::{BuildingClass, entry_loss};
/// let median = entry_loss(1.8, 50.0, BuildingClass::Traditional, 0.0)?.loss_db;
/// assert!((median - 14.84).abs() < 0.005);
/// # Ok::<(), propagation::ModelError>(())
/// ```
pub fn entry_loss(
    frequency_ghz: f64,
    percent: f64,
    class: BuildingClass,
    elevation_deg: f64,
) -> Result<EntryLoss, ModelError> {
    require(MODEL, "frequency", frequency_ghz, "GHz", (0.08, 100.0))?;
    require(
        MODEL,
        "probability",
        percent,
        "%",
        (f64::MIN_POSITIVE, 100.0_f64.next_down()),
    )?;
    require(MODEL, "elevation", elevation_deg, "degrees", (-90.0, 90.0))?;
    let k = match class {
        BuildingClass::Traditional => TRADITIONAL,
        BuildingClass::ThermallyEfficient => THERMALLY_EFFICIENT,
    };
    let lg = frequency_ghz.log10();
    let horizontal_median_db = k.r + k.s * lg + k.t * lg * lg;
    let elevation_db = 0.212 * elevation_deg.abs();
    let mu1_db = horizontal_median_db + elevation_db;
    let (sigma1_db, mu2_db, sigma2_db) = (k.u + k.v * lg, k.w + k.x * lg, k.y + k.z * lg);
    let z = quantile(percent / 100.0);
    let power = |level_db: f64| 10f64.powf(0.1 * level_db);
    let sum = power(z * sigma1_db + mu1_db) + power(z * sigma2_db + mu2_db) + power(-3.0);
    let loss_db = 10.0 * sum.log10();
    Ok(EntryLoss {
        horizontal_median_db,
        elevation_db,
        mu1_db,
        sigma1_db,
        mu2_db,
        sigma2_db,
        loss_db,
    })
}

/// Spread of the entry loss for adding to other spreads, dB: half the distance between its 15.87 % and 84.13 %
/// values.
///
/// # Errors
/// [`ModelError::OutOfRange`].
pub fn equivalent_sigma_db(frequency_ghz: f64, class: BuildingClass, elevation_deg: f64) -> Result<f64, ModelError> {
    let at = |percent| entry_loss(frequency_ghz, percent, class, elevation_deg).map(|loss| loss.loss_db);
    Ok(0.5 * (at(84.13)? - at(15.87)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cellular_bands_as_worked_by_hand() {
        for (f, class, expected) in [
            (0.8, BuildingClass::Traditional, [5.72, 14.17, 24.87]),
            (0.8, BuildingClass::ThermallyEfficient, [17.26, 31.34, 46.58]),
            (3.5, BuildingClass::Traditional, [5.88, 15.72, 28.74]),
            (3.5, BuildingClass::ThermallyEfficient, [16.56, 30.89, 49.27]),
        ] {
            for (percent, loss_db) in [10.0, 50.0, 90.0].into_iter().zip(expected) {
                let ours = entry_loss(f, percent, class, 0.0).unwrap().loss_db;
                assert!((ours - loss_db).abs() < 0.0051, "{f} GHz {percent} %: {ours}");
            }
        }
    }

    proptest! {
        #[test]
        fn loss_grows_with_probability_and_elevation(f in 0.08..100.0, p in 0.01..98.0, elevation in 0.0..80.0) {
            for class in [BuildingClass::Traditional, BuildingClass::ThermallyEfficient] {
                let at = |p, elevation| entry_loss(f, p, class, elevation).unwrap().loss_db;
                prop_assert!(at(p + 1.0, elevation) > at(p, elevation));
                prop_assert!(at(p, elevation + 5.0) >= at(p, elevation));
                prop_assert!((at(p, elevation) - at(p, -elevation)).abs() < 1e-12);
                prop_assert!(at(p, elevation) > -3.0 - 1e-9);
            }
        }
    }
}
