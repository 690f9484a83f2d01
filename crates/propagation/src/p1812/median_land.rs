//! The loss at 50 % of time and of places on an all-land path, with as little work as that allows.
//!
//! At p = 50 % the β0 diffraction pass, the multipath terms and the time interpolation fall away (together less
//! than 1e-8 dB). What remains is a sequence of closing formulas of which most links need only the first few: the
//! smooth-profile edge and the terrain roughness are asked for only if they can matter.

use super::constants::{DistanceConstants, RadioConstants};
use super::diffraction::{bullington, delta_bullington_db, spherical_earth};
use super::geometry::{PathGeometry, diffraction_heights_m};
use super::profile_analysis::{Horizon, SmoothEarth, TerminalHeights};
use super::{combination, ducting, line_of_sight, time_variability, troposcatter};

/// The terrain-derived quantities that every link needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MedianGeometry {
    /// Path length, km.
    pub distance_km: f64,
    /// Heights of the terminals above sea level, m.
    pub terminals_m: TerminalHeights,
    /// Horizons for the median earth radius.
    pub horizon: Horizon,
    /// Smooth-earth heights.
    pub smooth_earth: SmoothEarth,
    /// ν·√λ of the actual profile with clutter for the median earth radius, √m.
    pub actual_edge: f64,
}

impl From<&PathGeometry> for MedianGeometry {
    fn from(geometry: &PathGeometry) -> Self {
        Self {
            distance_km: geometry.distance_km,
            terminals_m: geometry.terminals_m,
            horizon: geometry.horizon,
            smooth_earth: geometry.smooth_earth,
            actual_edge: geometry.median_edges.actual,
        }
    }
}

impl MedianGeometry {
    /// Antenna heights over the diffraction model's smooth earth, m.
    pub fn diffraction_heights_m(&self) -> TerminalHeights {
        diffraction_heights_m(self.terminals_m, &self.smooth_earth)
    }
}

/// Whether branches that cannot move the result are skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exits {
    /// Skip ducting where a lower bound of it already exceeds the diffraction loss (exact), the smooth profile where
    /// the spherical earth costs nothing (exact), and troposcatter 40 dB and more above the rest (2e-8 dB).
    #[default]
    Taken,
    /// Evaluate everything: for comparison.
    Refused,
}

/// Troposcatter this much above the other mechanisms changes the sum by 5 lg(1 + 1e-8) dB.
const TROPOSCATTER_MATTERS_WITHIN_DB: f64 = 40.0;

/// Basic transmission loss in dB at 50 % of time and places over land.
///
/// `smooth_edge` and `roughness_m` give ν·√λ of the smooth profile (√m) and hm (m); they are called at most once.
/// `radio` must have been made for 50 % of time.
pub fn median_land_loss_db(
    geometry: &MedianGeometry,
    radio: &RadioConstants,
    distance: &DistanceConstants,
    exits: Exits,
    smooth_edge: impl FnOnce() -> f64,
    roughness_m: impl FnOnce() -> f64,
) -> f64 {
    let free_space_db =
        line_of_sight::free_space_loss_db(radio.lg20_frequency, geometry.distance_km, geometry.terminals_m);
    let diffracted_db = free_space_db + diffraction_db(geometry, radio, exits, smooth_edge);
    let with_ducting_db = match relevant_ducting_db(
        geometry,
        radio,
        distance,
        exits,
        diffracted_db,
        free_space_db,
        roughness_m,
    ) {
        Some(minimum_db) => {
            let notional = combination::diffraction_with_ducting_db(minimum_db, diffracted_db, distance.fk);
            let fj = time_variability::angle_interpolation(geometry.horizon.angular_distance_mrad);
            combination::with_line_of_sight_db(notional, diffracted_db, fj)
        }
        None => diffracted_db,
    };
    let scattered_db = troposcatter::loss_db(
        radio.scatter_frequency_db,
        radio.scatter_time_db,
        distance.lg20_distance,
        geometry.horizon.angular_distance_mrad,
        radio.n0,
    );
    let combined_db = if exits == Exits::Taken && scattered_db - with_ducting_db >= TROPOSCATTER_MATTERS_WITHIN_DB {
        with_ducting_db
    } else {
        combination::with_troposcatter_db(scattered_db, with_ducting_db)
    };
    combined_db.max(free_space_db)
}

/// Delta-Bullington loss for the median earth radius, dB.
fn diffraction_db(
    geometry: &MedianGeometry,
    radio: &RadioConstants,
    exits: Exits,
    smooth_edge: impl FnOnce() -> f64,
) -> f64 {
    let d = geometry.distance_km;
    let bullington_db = |edge| bullington::loss_db(edge, radio.inverse_sqrt_wavelength, d);
    let actual_db = bullington_db(geometry.actual_edge);
    let heights_m = geometry.diffraction_heights_m();
    let spherical_db = spherical_earth::loss_db(&radio.ground, 0.0, radio.effective_radius_km, d, heights_m);
    // The smooth profile's loss is never negative, so that a spherical loss of 0 adds nothing.
    if exits == Exits::Taken && spherical_db <= 0.0 {
        return actual_db;
    }
    delta_bullington_db(actual_db, spherical_db, bullington_db(smooth_edge()))
}

/// Lminbap in dB if ducting can change the result, `None` if not.
fn relevant_ducting_db(
    geometry: &MedianGeometry,
    radio: &RadioConstants,
    distance: &DistanceConstants,
    exits: Exits,
    diffracted_db: f64,
    free_space_db: f64,
    roughness_m: impl FnOnce() -> f64,
) -> Option<f64> {
    let d = geometry.distance_km;
    let horizon = &geometry.horizon;
    let (tx, rx) = (
        (horizon.tx_elevation_mrad, horizon.tx_distance_km),
        (horizon.rx_elevation_mrad, horizon.rx_distance_km),
    );
    let horizons_km = tx.1 + rx.1;
    let angle_mrad = ducting::corrected_angle_mrad(d, radio.effective_radius_km, tx, rx);
    let angle_db = radio.ducting_db_per_mrad * angle_mrad;
    // A(50) ≥ 0 and shielding ≥ 0, so these partial sums are lower bounds of Lba ≤ Lminbap.
    let unshielded_db = ducting::coupling_loss_db(radio.ducting_fixed_db, horizons_km, 0.0) + angle_db;
    if exits == Exits::Taken && unshielded_db > diffracted_db {
        return None;
    }
    let shielding_db = |(elevation_mrad, horizon_km)| {
        ducting::site_shielding_db(
            radio.frequency_ghz,
            radio.cube_root_frequency,
            elevation_mrad,
            horizon_km,
        )
    };
    let base_db = unshielded_db + shielding_db(tx) + shielding_db(rx);
    if exits == Exits::Taken && base_db > diffracted_db {
        return None;
    }
    let smooth = &geometry.smooth_earth;
    let lg_mu2 = ducting::lg_geometry_factor(
        d,
        radio.effective_radius_km,
        distance.ducting_alpha,
        (smooth.tx_effective_m, smooth.rx_effective_m),
    );
    let lg_mu3 = ducting::lg_roughness_factor(roughness_m(), d - horizons_km);
    let lg_beta = distance.lg_beta0 + lg_mu2 + lg_mu3;
    let ducting_db =
        base_db + ducting::time_variability_db(radio.lg_time_percent, lg_beta, d, distance.ducting_scaled_distance);
    Some(combination::minimum_ducting_loss_db(ducting_db, free_space_db))
}
