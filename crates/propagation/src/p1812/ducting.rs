//! Ducting and layer reflection (section 4.5).
//!
//! β can be as small as 1e-20 on rough ground, so its logarithm is carried and (p/β)^Γ formed from it.

/// Frequency-dependent term Alf in dB (eq. 47a), f in GHz.
pub fn low_frequency_term_db(frequency_ghz: f64) -> f64 {
    if frequency_ghz < 0.5 {
        45.375 - 137.0 * frequency_ghz + 92.5 * frequency_ghz * frequency_ghz
    } else {
        0.0
    }
}

/// Site-shielding loss of one terminal, Ast or Asr, in dB (eq. 48): elevation of its horizon in mrad, horizon
/// distance in km.
pub fn site_shielding_db(frequency_ghz: f64, cube_root_frequency: f64, elevation_mrad: f64, horizon_km: f64) -> f64 {
    let excess = elevation_mrad - 0.1 * horizon_km;
    if excess > 0.0 {
        20.0 * (1.0 + 0.361 * excess * (frequency_ghz * horizon_km).sqrt()).log10()
            + 0.264 * excess * cube_root_frequency
    } else {
        0.0
    }
}

/// Over-sea surface-duct coupling correction of one terminal, Act or Acr, in dB (eq. 49), never positive.
pub fn sea_coupling_db(sea_fraction: f64, coast_km: f64, horizon_km: f64, terminal_height_m: f64) -> f64 {
    if sea_fraction >= 0.75 && coast_km <= horizon_km && coast_km <= 5.0 {
        -3.0 * (-0.25 * coast_km * coast_km).exp() * (1.0 + (0.07 * (50.0 - terminal_height_m)).tanh())
    } else {
        0.0
    }
}

/// Coupling losses to the anomalous structure, Af, in dB (eq. 47), from 102.45 + 20 lg f + Alf, the distance
/// dlt + dlr (km) and the sum of the terminals' shielding and coupling terms.
pub fn coupling_loss_db(fixed_db: f64, horizons_km: f64, terminals_db: f64) -> f64 {
    fixed_db + 20.0 * horizons_km.log10() + terminals_db
}

/// Specific attenuation γd in dB/mrad (eq. 51).
pub fn specific_attenuation_db_per_mrad(effective_radius_km: f64, cube_root_frequency: f64) -> f64 {
    5e-5 * effective_radius_km * cube_root_frequency
}

/// Corrected angular distance θ' in mrad (eq. 52).
pub fn corrected_angle_mrad(distance_km: f64, effective_radius_km: f64, tx: (f64, f64), rx: (f64, f64)) -> f64 {
    let limited = |(elevation_mrad, horizon_km): (f64, f64)| elevation_mrad.min(0.1 * horizon_km);
    1000.0 * distance_km / effective_radius_km + limited(tx) + limited(rx)
}

/// Exponent α of eq. 55a from d^3.1 (km) and τ.
pub fn alpha(distance_km_to_3_1: f64, tau: f64) -> f64 {
    (-0.6 - 3.5e-9 * distance_km_to_3_1 * tau).max(-3.4)
}

/// lg μ2 (eq. 55): path geometry, from α and the effective heights (m).
pub fn lg_geometry_factor(
    distance_km: f64,
    effective_radius_km: f64,
    alpha: f64,
    (tx_effective_m, rx_effective_m): (f64, f64),
) -> f64 {
    let roots = tx_effective_m.sqrt() + rx_effective_m.sqrt();
    let ratio = 500.0 / effective_radius_km * distance_km * distance_km / (roots * roots);
    (alpha * ratio.log10()).min(0.0)
}

/// lg μ3 (eq. 56): terrain roughness hm (m), with the distance between the horizons d − dlt − dlr (km).
pub fn lg_roughness_factor(roughness_m: f64, between_horizons_km: f64) -> f64 {
    if roughness_m > 10.0 {
        let interval_km = between_horizons_km.min(40.0);
        -4.6e-5 * (roughness_m - 10.0) * (43.0 + 6.0 * interval_km) * std::f64::consts::LOG10_E
    } else {
        0.0
    }
}

/// Time-percentage term A(p) in dB (eq. 53) from lg p, lg β, the distance and 1e-6·d^1.13.
pub fn time_variability_db(lg_percent: f64, lg_beta: f64, distance_km: f64, scaled_distance: f64) -> f64 {
    let gamma = 1.076 / (2.0058 - lg_beta).powf(1.012)
        * (-(9.51 - 4.8 * lg_beta + 0.198 * lg_beta * lg_beta) * scaled_distance).exp();
    let lg_ratio = lg_percent - lg_beta;
    -12.0 + (1.2 + 3.7e-3 * distance_km) * lg_ratio + 12.0 * (gamma * lg_ratio * std::f64::consts::LN_10).exp()
}
