//! Variation with location, building entry and the final loss (sections 4.7–4.9).

use serde::{Deserialize, Serialize};

use crate::normal_distribution::approximate_complementary_quantile;

/// Standard deviation of the loss over a small area.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocationSpread {
    /// A value given outright, dB, applied as it is (0 switches the term off).
    SigmaDb(f64),
    /// The recommendation's own spread inside a square of this side in m (50 … 1000), reduced for a receiver
    /// above its clutter (eqs 65–67).
    SquareM(f64),
}

/// Building entry loss of an indoor receiver, for instance from [`crate::p2109`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BuildingEntry {
    /// Median, dB.
    pub median_db: f64,
    /// Standard deviation, dB.
    pub sigma_db: f64,
}

/// Standard deviation inside a square of side `square_m`, σL = (0.52 + 0.024 f) wa^0.28, dB.
pub fn square_sigma_db(frequency_ghz: f64, square_m: f64) -> f64 {
    (0.52 + 0.024 * frequency_ghz) * square_m.powf(0.28)
}

/// Height reduction u: 1 for a receiver below its clutter, 0 from 10 m above it.
pub fn height_reduction(rx_height_m: f64, rx_clutter_m: f64) -> f64 {
    (1.0 - (rx_height_m - rx_clutter_m) / 10.0).clamp(0.0, 1.0)
}

/// Total location spread in dB.
pub fn total_sigma_db(
    spread: LocationSpread,
    frequency_ghz: f64,
    (rx_height_m, rx_clutter_m): (f64, f64),
    building: Option<BuildingEntry>,
) -> f64 {
    let outdoor = match spread {
        LocationSpread::SigmaDb(sigma) => sigma,
        LocationSpread::SquareM(side) => {
            height_reduction(rx_height_m, rx_clutter_m) * square_sigma_db(frequency_ghz, side)
        }
    };
    match building {
        Some(entry) => outdoor.hypot(entry.sigma_db),
        None => outdoor,
    }
}

/// Final loss Lb in dB (eq. 69): the combined loss with building entry and location term, never below Lb0p.
pub fn final_loss_db(lb0p: f64, lbc: f64, building_median_db: f64, location_percent: f64, sigma_db: f64) -> f64 {
    let location_term = approximate_complementary_quantile(location_percent / 100.0) * sigma_db;
    lb0p.max(lbc + building_median_db - location_term)
}
