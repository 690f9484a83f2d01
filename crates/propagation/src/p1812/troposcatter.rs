//! Propagation by tropospheric scatter (section 4.4).

/// Frequency term Lf in dB (eq. 45), f in GHz.
pub fn frequency_term_db(frequency_ghz: f64) -> f64 {
    25.0 * frequency_ghz.log10() - 2.5 * (frequency_ghz / 2.0).log10().powi(2)
}

/// Time term 10.125 (lg(50/p))^0.7 in dB, subtracted in eq. 44; zero at 50 %.
pub fn time_term_db(time_percent: f64) -> f64 {
    10.125 * (50.0 / time_percent).log10().max(0.0).powf(0.7)
}

/// Troposcatter loss Lbs in dB (eq. 44) from the frequency and time terms, 20 lg d (km), the angular distance
/// (mrad) and the sea-level refractivity N0.
pub fn loss_db(
    frequency_term_db: f64,
    time_term_db: f64,
    lg20_distance: f64,
    angular_distance_mrad: f64,
    n0: f64,
) -> f64 {
    190.1 + frequency_term_db + lg20_distance + 0.573 * angular_distance_mrad - 0.15 * n0 - time_term_db
}
