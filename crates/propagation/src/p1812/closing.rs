//! The closing formulas in the order of the recommendation: geometry and constants in, losses out.

use super::constants::{DistanceConstants, RadioConstants};
use super::diffraction::{bullington, delta_bullington_db, spherical_earth};
use super::evaluation::{DiffractionLosses, Evaluation};
use super::geometry::{DiffractionEdges, PathGeometry};
use super::{
    BETA0_RADIUS_KM, combination, ducting, line_of_sight, location_variability, time_variability, troposcatter,
};

/// Basic transmission loss of an analysed path, with every intermediate quantity.
///
/// `radio` must have been made with the climate that the geometry was analysed with.
pub fn loss(geometry: &PathGeometry, radio: &RadioConstants) -> Evaluation {
    let zones = geometry.zones;
    let distance = DistanceConstants::new(geometry.distance_km, &zones, radio.centre_latitude_deg);
    loss_at_distance(geometry, radio, &distance)
}

/// [`loss`] with the constants of its distance taken from a table.
pub fn loss_at_distance(geometry: &PathGeometry, radio: &RadioConstants, distance: &DistanceConstants) -> Evaluation {
    let d = geometry.distance_km;
    let horizon = &geometry.horizon;
    let smooth = &geometry.smooth_earth;
    let omega = geometry.zones.sea_fraction;
    let p = radio.time_percent;

    let fi = time_variability::diffraction_interpolation(p, distance.beta0_percent);
    let fj = time_variability::angle_interpolation(horizon.angular_distance_mrad);

    let lbfs = line_of_sight::free_space_loss_db(radio.lg20_frequency, d, geometry.terminals_m);
    let horizons_km = horizon.tx_distance_km + horizon.rx_distance_km;
    let lb0p = lbfs + line_of_sight::multipath_correction_db(horizons_km, p);
    let lb0b = lbfs + line_of_sight::multipath_correction_db(horizons_km, distance.beta0_percent);

    let median = diffraction_losses(geometry, radio, &geometry.median_edges);
    let ld50 = median.total_db();
    let beta = geometry
        .beta_edges
        .map_or(median, |edges| diffraction_losses(geometry, radio, &edges));
    let ldb = beta.total_db();
    let ldp = if p == 50.0 { ld50 } else { ld50 + fi * (ldb - ld50) };
    let lbd50 = lbfs + ld50;
    let lbd = lb0p + ldp;

    let lba = ducting_loss_db(geometry, radio, distance);
    let lbs = troposcatter::loss_db(
        radio.scatter_frequency_db,
        radio.scatter_time_db,
        distance.lg20_distance,
        horizon.angular_distance_mrad,
        radio.n0,
    );

    let below_beta0 = p < distance.beta0_percent;
    let lminb0p = combination::minimum_line_of_sight_loss_db(below_beta0, (lb0p, lb0b), (lbd50, ldp), omega, fi);
    let lminbap = combination::minimum_ducting_loss_db(lba, lb0p);
    let lbda = combination::diffraction_with_ducting_db(lminbap, lbd, distance.fk);
    let lbam = combination::with_line_of_sight_db(lbda, lminb0p, fj);
    let lbc = combination::with_troposcatter_db(lbs, lbam);

    let location_sigma_db = location_sigma_db(geometry, radio);
    let building_median_db = radio.building_entry.map_or(0.0, |entry| entry.median_db);
    let loss_db =
        location_variability::final_loss_db(lb0p, lbc, building_median_db, radio.location_percent, location_sigma_db);

    let (tx_diffraction_m, rx_diffraction_m) = geometry.diffraction_heights_m();
    Evaluation {
        distance_km: d,
        trans_horizon: horizon.trans_horizon,
        tx_horizon_km: horizon.tx_distance_km,
        rx_horizon_km: horizon.rx_distance_km,
        tx_elevation_mrad: horizon.tx_elevation_mrad,
        rx_elevation_mrad: horizon.rx_elevation_mrad,
        angular_distance_mrad: horizon.angular_distance_mrad,
        tx_above_sea_m: geometry.terminals_m.0,
        rx_above_sea_m: geometry.terminals_m.1,
        sea_fraction: omega,
        longest_land_km: geometry.zones.longest_land_km,
        longest_inland_km: geometry.zones.longest_inland_km,
        tx_coast_km: geometry.zones.tx_coast_km,
        rx_coast_km: geometry.zones.rx_coast_km,
        centre_latitude_deg: radio.centre_latitude_deg,
        wavelength_m: radio.wavelength_m,
        beta0_percent: distance.beta0_percent,
        effective_radius_km: radio.effective_radius_km,
        beta0_radius_km: BETA0_RADIUS_KM,
        tx_line_m: smooth.tx_line_m,
        rx_line_m: smooth.rx_line_m,
        tx_ducting_m: smooth.tx_ducting_m,
        rx_ducting_m: smooth.rx_ducting_m,
        tx_diffraction_smooth_m: smooth.tx_diffraction_m,
        rx_diffraction_smooth_m: smooth.rx_diffraction_m,
        tx_diffraction_m,
        rx_diffraction_m,
        tx_effective_m: smooth.tx_effective_m,
        rx_effective_m: smooth.rx_effective_m,
        roughness_m: geometry.roughness_m,
        fi,
        fj,
        fk: distance.fk,
        lbfs,
        lb0p,
        lb0b,
        median,
        beta,
        ld50,
        ldb,
        ldp,
        lbd50,
        lbd,
        lminb0p,
        lba,
        lminbap,
        lbda,
        lbam,
        lbs,
        lbc,
        location_sigma_db,
        loss_db,
        field_strength_dbuv_per_m: 199.36 + radio.lg20_frequency - loss_db,
    }
}

impl DiffractionLosses {
    /// The delta-Bullington loss, dB.
    pub fn total_db(&self) -> f64 {
        delta_bullington_db(self.actual_db, self.spherical_db, self.smooth_db)
    }
}

/// The delta-Bullington parts for one earth radius.
pub fn diffraction_losses(
    geometry: &PathGeometry,
    radio: &RadioConstants,
    edges: &DiffractionEdges,
) -> DiffractionLosses {
    let d = geometry.distance_km;
    DiffractionLosses {
        actual_db: bullington::loss_db(edges.actual, radio.inverse_sqrt_wavelength, d),
        smooth_db: bullington::loss_db(edges.smooth, radio.inverse_sqrt_wavelength, d),
        spherical_db: spherical_earth::loss_db(
            &radio.ground,
            geometry.zones.sea_fraction,
            edges.radius_km,
            d,
            geometry.diffraction_heights_m(),
        ),
    }
}

/// Ducting loss Lba in dB (eqs 46–56).
fn ducting_loss_db(geometry: &PathGeometry, radio: &RadioConstants, distance: &DistanceConstants) -> f64 {
    let d = geometry.distance_km;
    let (horizon, smooth, zones) = (&geometry.horizon, &geometry.smooth_earth, &geometry.zones);
    let horizons_km = horizon.tx_distance_km + horizon.rx_distance_km;
    let sea =
        |coast_km, horizon_km, height_m| ducting::sea_coupling_db(zones.sea_fraction, coast_km, horizon_km, height_m);
    let sea_db = sea(zones.tx_coast_km, horizon.tx_distance_km, geometry.terminals_m.0)
        + sea(zones.rx_coast_km, horizon.rx_distance_km, geometry.terminals_m.1);
    let base_db = ducting_base_db(geometry, radio) + sea_db;

    let lg_mu2 = ducting::lg_geometry_factor(
        d,
        radio.effective_radius_km,
        distance.ducting_alpha,
        (smooth.tx_effective_m, smooth.rx_effective_m),
    );
    let lg_mu3 = ducting::lg_roughness_factor(geometry.roughness_m, d - horizons_km);
    let lg_beta = distance.lg_beta0 + lg_mu2 + lg_mu3;
    base_db + ducting::time_variability_db(radio.lg_time_percent, lg_beta, d, distance.ducting_scaled_distance)
}

/// Af + γd·θ' in dB without the coupling over sea: at 50 % of time a lower bound of Lba on land.
fn ducting_base_db(geometry: &PathGeometry, radio: &RadioConstants) -> f64 {
    let horizon = &geometry.horizon;
    let shielding = |elevation_mrad, horizon_km| {
        ducting::site_shielding_db(
            radio.frequency_ghz,
            radio.cube_root_frequency,
            elevation_mrad,
            horizon_km,
        )
    };
    let tx = (horizon.tx_elevation_mrad, horizon.tx_distance_km);
    let rx = (horizon.rx_elevation_mrad, horizon.rx_distance_km);
    let coupling_db = ducting::coupling_loss_db(
        radio.ducting_fixed_db,
        tx.1 + rx.1,
        shielding(tx.0, tx.1) + shielding(rx.0, rx.1),
    );
    let angle_mrad = ducting::corrected_angle_mrad(geometry.distance_km, radio.effective_radius_km, tx, rx);
    coupling_db + radio.ducting_db_per_mrad * angle_mrad
}

fn location_sigma_db(geometry: &PathGeometry, radio: &RadioConstants) -> f64 {
    if geometry.rx_at_sea {
        return 0.0;
    }
    let receiver = (radio.rx_height_m, geometry.rx_clutter_m);
    location_variability::total_sigma_db(
        radio.location_spread,
        radio.frequency_ghz,
        receiver,
        radio.building_entry,
    )
}
