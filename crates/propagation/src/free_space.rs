//! Free-space basic transmission loss, ITU-R P.525.

use crate::error::{ModelError, require};

/// Speed of light in m/s.
pub const SPEED_OF_LIGHT_M_PER_S: f64 = 299_792_458.0;

/// Free-space loss in dB between isotropic antennas, 20 lg(4πd/λ), with the exact speed of light.
///
/// `frequency_mhz` and `distance_km` must be positive and finite.
///
/// ```
/// let loss_db = propagation::free_space::loss_db(1800.0, 1.0)?;
/// assert!((loss_db - 97.553).abs() < 1e-3);
/// # Ok::<(), propagation::ModelError>(())
/// ```
pub fn loss_db(frequency_mhz: f64, distance_km: f64) -> Result<f64, ModelError> {
    require(
        "free space",
        "frequency",
        frequency_mhz,
        "MHz",
        (f64::MIN_POSITIVE, f64::MAX),
    )?;
    require(
        "free space",
        "distance",
        distance_km,
        "km",
        (f64::MIN_POSITIVE, f64::MAX),
    )?;
    Ok(constant_db() + 20.0 * frequency_mhz.log10() + 20.0 * distance_km.log10())
}

/// 20 lg(4π·1 km·1 MHz/c) = 32.4478 dB.
fn constant_db() -> f64 {
    20.0 * (4.0 * std::f64::consts::PI * 1e9 / SPEED_OF_LIGHT_M_PER_S).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_formula_of_p525_within_its_rounding() {
        let loss = loss_db(1000.0, 10.0).unwrap();
        assert!((loss - (32.4 + 60.0 + 20.0)).abs() < 0.05, "{loss}");
    }

    #[test]
    fn refuses_what_is_no_distance() {
        assert!(loss_db(1000.0, 0.0).is_err());
        assert!(loss_db(f64::NAN, 1.0).is_err());
    }
}
