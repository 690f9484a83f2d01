//! Point incidence of anomalous propagation and the interpolation between times (sections 3.6, 4.3.5, 4.6).

use crate::normal_distribution::approximate_complementary_quantile;

/// τ of eq. 3 from the longest inland stretch (km).
pub fn tau(longest_inland_km: f64) -> f64 {
    1.0 - (-4.12e-4 * longest_inland_km.powf(2.41)).exp()
}

/// β0 in % (eqs 2–5) from the longest land and inland stretches (km), τ and the latitude of the path centre.
pub fn beta0_percent(longest_land_km: f64, tau: f64, centre_latitude_deg: f64) -> f64 {
    let latitude = centre_latitude_deg.abs();
    let land = 10f64.powf(-longest_land_km / (16.0 - 6.6 * tau));
    let floor = 10f64.powf(-5.0 * (0.496 + 0.354 * tau));
    let mu1 = (land + floor).powf(0.2).min(1.0);
    if latitude <= 70.0 {
        10f64.powf(-0.015 * latitude + 1.67) * mu1 * mu1.powf(-0.935 + 0.0176 * latitude)
    } else {
        4.17 * mu1 * mu1.powf(0.3)
    }
}

/// Interpolation factor Fi between the median and β0 % (eq. 40).
pub fn diffraction_interpolation(time_percent: f64, beta0_percent: f64) -> f64 {
    if time_percent > beta0_percent {
        approximate_complementary_quantile(time_percent / 100.0)
            / approximate_complementary_quantile(beta0_percent / 100.0)
    } else {
        1.0
    }
}

/// Fj of eq. 57 from the path angular distance (mrad): near 1 in line of sight, 0 well beyond the horizon.
pub fn angle_interpolation(angular_distance_mrad: f64) -> f64 {
    1.0 - 0.5 * (1.0 + (3.0 * 0.8 * (angular_distance_mrad - 0.3) / 0.3).tanh())
}

/// Fk of eq. 58 from the distance (km): near 1 on short paths.
pub fn distance_interpolation(distance_km: f64) -> f64 {
    1.0 - 0.5 * (1.0 + (3.0 * 0.5 * (distance_km - 20.0) / 20.0).tanh())
}
