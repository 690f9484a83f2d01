//! Line-of-sight propagation with multipath and focusing (section 4.2).

/// Free-space loss Lbfs in dB (eq. 8): `lg20_frequency` = 20 lg f (GHz), distance in km, heights of the terminals
/// above sea level in m. The constant is the recommendation's 92.4.
pub fn free_space_loss_db(lg20_frequency: f64, distance_km: f64, (hts, hrs): (f64, f64)) -> f64 {
    let rise_km = (hts - hrs) / 1000.0;
    92.4 + lg20_frequency + 10.0 * (distance_km * distance_km + rise_km * rise_km).log10()
}

/// Correction for multipath and focusing at `time_percent` (eq. 9), dB; zero at 50 %, negative below.
pub fn multipath_correction_db(horizons_km: f64, time_percent: f64) -> f64 {
    2.6 * (1.0 - (-0.1 * horizons_km).exp()) * (time_percent / 50.0).log10()
}
