//! ITU-R P.2108-1: clutter loss of a terminal among buildings or trees.
//!
//! Meant for path-loss models that know nothing of clutter (free space, or terrain models on bare ground). **Do not
//! add it to [`crate::p1812`] run with clutter in its profile**: the clutter would be counted twice.

use serde::{Deserialize, Serialize};

use crate::error::{ModelError, require};
use crate::knife_edge;
use crate::normal_distribution::quantile;

const TERRESTRIAL: &str = "ITU-R P.2108 terrestrial statistical model";
const HEIGHT_GAIN: &str = "ITU-R P.2108 height gain model";
const SLANT: &str = "ITU-R P.2108 slant path model";

/// Parts of the terrestrial statistical model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TerrestrialLoss {
    /// Ll, dB (eq. 4a).
    #[serde(rename = "Ll")]
    pub long_db: f64,
    /// Ls, dB (eq. 5a).
    #[serde(rename = "Ls")]
    pub short_db: f64,
    /// σcb, dB (eq. 3b).
    #[serde(rename = "sigma_cb")]
    pub sigma_db: f64,
    /// Loss not exceeded at `percent` of locations, Lctt, dB, limited to its value at 2 km (eqs 3a, 6).
    #[serde(rename = "Lctt")]
    pub loss_db: f64,
}

/// Statistical clutter loss of one end of a terrestrial path (section 3.2): frequency 0.5 … 67 GHz, path length from
/// 0.25 km, percentage of locations 0 … 100 exclusive. For both ends (paths from 1 km) take two independent losses.
///
/// # Errors
/// [`ModelError::OutOfRange`].
///
/// ```
/// let loss = propagation::p2108::terrestrial(26.6, 15.8, 45.0)?;
/// assert!((loss.loss_db - 32.5).abs() < 0.05);
/// # Ok::<(), propagation::ModelError>(())
/// ```
pub fn terrestrial(frequency_ghz: f64, distance_km: f64, percent: f64) -> Result<TerrestrialLoss, ModelError> {
    require(TERRESTRIAL, "frequency", frequency_ghz, "GHz", (0.5, 67.0))?;
    require(TERRESTRIAL, "path length", distance_km, "km", (0.25, f64::MAX))?;
    require_open_percent(TERRESTRIAL, percent)?;
    let at = |distance_km: f64| terrestrial_at(frequency_ghz, distance_km, percent);
    let (here, at_2_km) = (at(distance_km), at(2.0));
    Ok(TerrestrialLoss {
        loss_db: here.loss_db.min(at_2_km.loss_db),
        ..here
    })
}

fn terrestrial_at(frequency_ghz: f64, distance_km: f64, percent: f64) -> TerrestrialLoss {
    const LONG_SIGMA_DB: f64 = 4.0;
    const SHORT_SIGMA_DB: f64 = 6.0;
    let lg_frequency = frequency_ghz.log10();
    let long_db = -2.0 * (10f64.powf(-5.0 * lg_frequency - 12.5) + 10f64.powf(-16.5)).log10();
    let short_db = 32.98 + 23.9 * distance_km.log10() + 3.0 * lg_frequency;
    let (long, short) = (10f64.powf(-0.2 * long_db), 10f64.powf(-0.2 * short_db));
    let variance = (LONG_SIGMA_DB.powi(2) * long + SHORT_SIGMA_DB.powi(2) * short) / (long + short);
    let sigma_db = variance.sqrt();
    let loss_db = -5.0 * (long + short).log10() + sigma_db * quantile(percent / 100.0);
    TerrestrialLoss {
        long_db,
        short_db,
        sigma_db,
        loss_db,
    }
}

/// What surrounds a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClutterClass {
    /// Water, sea (class 1 of the reference data).
    Water,
    /// Open, rural (2).
    Open,
    /// Suburban (3).
    Suburban,
    /// Urban (4).
    Urban,
    /// Trees, forest (5).
    Forest,
    /// Dense urban (6).
    DenseUrban,
}

impl ClutterClass {
    /// Default representative clutter height, m.
    pub fn default_height_m(self) -> f64 {
        match self {
            Self::Water | Self::Open | Self::Suburban => 10.0,
            Self::Urban | Self::Forest => 15.0,
            Self::DenseUrban => 20.0,
        }
    }
}

/// Default street width, m.
pub const DEFAULT_STREET_WIDTH_M: f64 = 27.0;

/// A terminal below its clutter, for the height gain correction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Terminal {
    /// Frequency, GHz, 0.03 … 3.
    pub frequency_ghz: f64,
    /// Antenna above ground, m.
    pub height_m: f64,
    /// Street width, m.
    pub street_width_m: f64,
    /// Representative clutter height, m.
    pub clutter_height_m: f64,
    /// Surroundings.
    pub class: ClutterClass,
}

/// Height gain terminal correction Ah in dB, to be added to a loss (section 3.1).
///
/// # Errors
/// [`ModelError::OutOfRange`].
pub fn height_gain_db(terminal: &Terminal) -> Result<f64, ModelError> {
    let positive = (f64::MIN_POSITIVE, f64::MAX);
    require(HEIGHT_GAIN, "frequency", terminal.frequency_ghz, "GHz", (0.03, 3.0))?;
    require(HEIGHT_GAIN, "terminal height", terminal.height_m, "m", positive)?;
    require(HEIGHT_GAIN, "street width", terminal.street_width_m, "m", positive)?;
    require(HEIGHT_GAIN, "clutter height", terminal.clutter_height_m, "m", positive)?;
    let Terminal {
        frequency_ghz,
        height_m,
        street_width_m,
        clutter_height_m,
        class,
    } = *terminal;
    if height_m >= clutter_height_m {
        return Ok(0.0);
    }
    Ok(match class {
        ClutterClass::Water | ClutterClass::Open => {
            -(21.8 + 6.2 * frequency_ghz.log10()) * (height_m / clutter_height_m).log10()
        }
        _ => {
            let difference_m = clutter_height_m - height_m;
            let angle_deg = (difference_m / street_width_m).atan().to_degrees();
            let nu = 0.342 * frequency_ghz.sqrt() * (difference_m * angle_deg).sqrt();
            knife_edge::loss_db(nu) - 6.03
        }
    })
}

/// Statistical clutter loss of a slant path in dB (section 3.3): frequency 10 … 100 GHz, elevation 0 … 90°,
/// percentage of locations 0 … 100 exclusive.
///
/// # Errors
/// [`ModelError::OutOfRange`].
pub fn slant_path_db(frequency_ghz: f64, elevation_deg: f64, percent: f64) -> Result<f64, ModelError> {
    require(SLANT, "frequency", frequency_ghz, "GHz", (10.0, 100.0))?;
    require(SLANT, "elevation", elevation_deg, "degrees", (0.0, 90.0))?;
    require_open_percent(SLANT, percent)?;
    let k1 = 93.0 * frequency_ghz.powf(0.175);
    let fraction = percent / 100.0;
    let angle = 0.05 * (1.0 - elevation_deg / 90.0) + elevation_deg.to_radians();
    let base = -k1 * (-fraction).ln_1p() / angle.tan();
    Ok(base.powf(0.5 * (90.0 - elevation_deg) / 90.0) - 1.0 + 0.6 * quantile(fraction))
}

fn require_open_percent(model: &'static str, percent: f64) -> Result<(), ModelError> {
    require(
        model,
        "percentage of locations",
        percent,
        "%",
        (f64::MIN_POSITIVE, 100.0_f64.next_down()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn loss_grows_with_distance_and_places(f in 0.5..67.0, d in 0.25..20.0, p in 0.1..99.0) {
            let at = |d, p| terrestrial(f, d, p).unwrap().loss_db;
            prop_assert!(at(d * 1.1, p) >= at(d, p) - 0.05); // the widening spread may outrun the median below 50 %
            prop_assert!(at(d, p + 0.5) > at(d, p));
            prop_assert!(at(d, 50.0) <= at(2.0, 50.0) + 1e-12);
        }

        #[test]
        fn a_higher_terminal_loses_less(f in 0.03..3.0, h in 1.0..19.0, street in 5.0..60.0) {
            for class in [ClutterClass::Open, ClutterClass::Urban] {
                let at = |height_m| height_gain_db(&Terminal {
                    frequency_ghz: f, height_m, street_width_m: street, clutter_height_m: 20.0, class,
                }).unwrap();
                prop_assert!(at(h + 1.0) <= at(h) + 1e-9);
            }
        }
    }

    #[test]
    fn the_clutter_top_is_reached_continuously_but_for_the_recommendations_constant() {
        let at = |height_m| {
            height_gain_db(&Terminal {
                frequency_ghz: 1.0,
                height_m,
                street_width_m: 27.0,
                clutter_height_m: 15.0,
                class: ClutterClass::Urban,
            })
            .unwrap()
        };
        // J(0) = 6.0327 against the subtracted 6.03.
        assert!((at(15.0 - 1e-9) - at(15.0)).abs() < 3e-3);
    }
}
