//! Diffraction by the delta-Bullington method (section 4.3).
//!
//! Each Bullington pass leaves one frequency-independent number, ν·√λ ([`bullington::edge`]); the closing
//! formulas turn it into decibels for any frequency.

pub mod bullington;
pub mod spherical_earth;

/// Combined diffraction loss of the delta-Bullington model in dB (eq. 39): the Bullington loss of the actual
/// profile plus what the spherical-earth loss exceeds the Bullington loss of the smooth profile by.
pub fn delta_bullington_db(actual_db: f64, spherical_db: f64, smooth_db: f64) -> f64 {
    actual_db + (spherical_db - smooth_db).max(0.0)
}
