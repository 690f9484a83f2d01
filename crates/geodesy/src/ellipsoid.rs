//! The WGS 84 ellipsoid (EPSG:7030), which VN-2000 uses too.

/// Semi-major axis, metres.
pub const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Flattening.
pub const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// First eccentricity squared.
pub const ECCENTRICITY_SQUARED: f64 = FLATTENING * (2.0 - FLATTENING);
/// Second eccentricity squared.
pub const SECOND_ECCENTRICITY_SQUARED: f64 = ECCENTRICITY_SQUARED / (1.0 - ECCENTRICITY_SQUARED);

/// Radius of curvature in the prime vertical (east–west), metres.
pub fn prime_vertical_radius_m(lat_rad: f64) -> f64 {
    SEMI_MAJOR_M / (1.0 - ECCENTRICITY_SQUARED * lat_rad.sin().powi(2)).sqrt()
}

/// Radius of curvature in the meridian (north–south), metres.
pub fn meridian_radius_m(lat_rad: f64) -> f64 {
    let w_squared = 1.0 - ECCENTRICITY_SQUARED * lat_rad.sin().powi(2);
    SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (w_squared * w_squared.sqrt())
}

/// Area between the equator and a latitude per radian of longitude, m² (Snyder 1987, eq. 3-12 times a²/2).
pub fn zone_area_m2_per_rad(lat_rad: f64) -> f64 {
    let e = ECCENTRICITY_SQUARED.sqrt();
    let sin = lat_rad.sin();
    let q = (1.0 - ECCENTRICITY_SQUARED) * (sin / (1.0 - ECCENTRICITY_SQUARED * sin * sin) + (e * sin).atanh() / e);
    SEMI_MAJOR_M * SEMI_MAJOR_M / 2.0 * q
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{FRAC_PI_2, TAU};

    #[test]
    fn whole_ellipsoid_has_its_known_area() {
        let area_km2 = 2.0 * TAU * zone_area_m2_per_rad(FRAC_PI_2) / 1e6;
        assert!((area_km2 - 510_065_621.724).abs() < 0.01, "{area_km2}");
    }

    #[test]
    fn radii_at_the_pole_agree() {
        let polar = SEMI_MAJOR_M / (1.0 - FLATTENING);
        assert!((prime_vertical_radius_m(FRAC_PI_2) - polar).abs() < 1e-6);
        assert!((meridian_radius_m(FRAC_PI_2) - polar).abs() < 1e-6);
    }
}
