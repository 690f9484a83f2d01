//! The answer of the general form: the loss and every intermediate quantity.

use serde::Serialize;

/// Basic transmission loss and all intermediate quantities.
///
/// Serialised names are those of the recommendation (Greek letters spelled out, `_prime` for the heights limited
/// to the ground in the ducting model, `htc`/`hrc` for the heights over the diffraction smooth earth).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Evaluation {
    /// Path length, km.
    #[serde(rename = "d")]
    pub distance_km: f64,
    /// Whether the path is trans-horizon.
    pub trans_horizon: bool,
    /// Transmitter's horizon distance, km.
    #[serde(rename = "dlt")]
    pub tx_horizon_km: f64,
    /// Receiver's horizon distance, km.
    #[serde(rename = "dlr")]
    pub rx_horizon_km: f64,
    /// Transmitter's horizon elevation, mrad.
    #[serde(rename = "theta_t")]
    pub tx_elevation_mrad: f64,
    /// Receiver's horizon elevation, mrad.
    #[serde(rename = "theta_r")]
    pub rx_elevation_mrad: f64,
    /// Path angular distance, mrad.
    #[serde(rename = "theta")]
    pub angular_distance_mrad: f64,
    /// Transmitter above sea level, m.
    #[serde(rename = "hts")]
    pub tx_above_sea_m: f64,
    /// Receiver above sea level, m.
    #[serde(rename = "hrs")]
    pub rx_above_sea_m: f64,
    /// Fraction of the path over sea.
    #[serde(rename = "omega")]
    pub sea_fraction: f64,
    /// Longest land stretch, km.
    #[serde(rename = "dtm")]
    pub longest_land_km: f64,
    /// Longest inland stretch, km.
    #[serde(rename = "dlm")]
    pub longest_inland_km: f64,
    /// Transmitter's distance to the coast, km.
    #[serde(rename = "dct")]
    pub tx_coast_km: f64,
    /// Receiver's distance to the coast, km.
    #[serde(rename = "dcr")]
    pub rx_coast_km: f64,
    /// Latitude of the path centre, degrees.
    #[serde(rename = "phi")]
    pub centre_latitude_deg: f64,
    /// Wavelength, m.
    #[serde(rename = "lambda")]
    pub wavelength_m: f64,
    /// Incidence of anomalous propagation, %.
    #[serde(rename = "beta0")]
    pub beta0_percent: f64,
    /// Median effective earth radius, km.
    #[serde(rename = "ae")]
    pub effective_radius_km: f64,
    /// Effective earth radius exceeded for β0 % of time, km.
    #[serde(rename = "ab")]
    pub beta0_radius_km: f64,
    /// Least-squares line at the transmitter, m (eq. 87).
    #[serde(rename = "hst")]
    pub tx_line_m: f64,
    /// Least-squares line at the receiver, m (eq. 88).
    #[serde(rename = "hsr")]
    pub rx_line_m: f64,
    /// The same limited to the ground (eq. 92).
    #[serde(rename = "hst_prime")]
    pub tx_ducting_m: f64,
    /// The same limited to the ground (eq. 92).
    #[serde(rename = "hsr_prime")]
    pub rx_ducting_m: f64,
    /// Smooth earth of the diffraction model at the transmitter, m.
    #[serde(rename = "hstd")]
    pub tx_diffraction_smooth_m: f64,
    /// Smooth earth of the diffraction model at the receiver, m.
    #[serde(rename = "hsrd")]
    pub rx_diffraction_smooth_m: f64,
    /// Transmitter over the diffraction smooth earth, h't, m.
    #[serde(rename = "htc")]
    pub tx_diffraction_m: f64,
    /// Receiver over the diffraction smooth earth, h'r, m.
    #[serde(rename = "hrc")]
    pub rx_diffraction_m: f64,
    /// Effective height of the transmitter for ducting, m.
    #[serde(rename = "hte")]
    pub tx_effective_m: f64,
    /// Effective height of the receiver for ducting, m.
    #[serde(rename = "hre")]
    pub rx_effective_m: f64,
    /// Terrain roughness, m.
    #[serde(rename = "hm")]
    pub roughness_m: f64,
    /// Interpolation factor of time percentages.
    #[serde(rename = "Fi")]
    pub fi: f64,
    /// Interpolation factor of path angular distance.
    #[serde(rename = "Fj")]
    pub fj: f64,
    /// Interpolation factor of distance.
    #[serde(rename = "Fk")]
    pub fk: f64,
    /// Free-space loss, dB.
    #[serde(rename = "Lbfs")]
    pub lbfs: f64,
    /// Line-of-sight loss not exceeded for p % of time, dB.
    #[serde(rename = "Lb0p")]
    pub lb0p: f64,
    /// Line-of-sight loss not exceeded for β0 % of time, dB.
    #[serde(rename = "Lb0b")]
    pub lb0b: f64,
    /// Delta-Bullington parts at the median radius.
    #[serde(rename = "median_diffraction")]
    pub median: DiffractionLosses,
    /// Delta-Bullington parts at the β0 radius; equal to the median's where it was left out.
    #[serde(rename = "beta_diffraction")]
    pub beta: DiffractionLosses,
    /// Diffraction loss not exceeded for 50 % of time, dB.
    #[serde(rename = "Ld50")]
    pub ld50: f64,
    /// Diffraction loss not exceeded for β0 % of time, dB.
    #[serde(rename = "Ldb")]
    pub ldb: f64,
    /// Diffraction loss not exceeded for p % of time, dB.
    #[serde(rename = "Ldp")]
    pub ldp: f64,
    /// Loss with diffraction, 50 % of time, dB.
    #[serde(rename = "Lbd50")]
    pub lbd50: f64,
    /// Loss with diffraction, p % of time, dB.
    #[serde(rename = "Lbd")]
    pub lbd: f64,
    /// Notional minimum of line of sight and sub-path diffraction, dB.
    #[serde(rename = "Lminb0p")]
    pub lminb0p: f64,
    /// Ducting and layer-reflection loss, dB.
    #[serde(rename = "Lba")]
    pub lba: f64,
    /// Notional minimum of ducting and line of sight, dB.
    #[serde(rename = "Lminbap")]
    pub lminbap: f64,
    /// Notional loss of diffraction and ducting, dB.
    #[serde(rename = "Lbda")]
    pub lbda: f64,
    /// Loss of diffraction, ducting and line of sight, dB.
    #[serde(rename = "Lbam")]
    pub lbam: f64,
    /// Troposcatter loss, dB.
    #[serde(rename = "Lbs")]
    pub lbs: f64,
    /// Combined loss before location variability, dB.
    #[serde(rename = "Lbc")]
    pub lbc: f64,
    /// Standard deviation with location, dB.
    #[serde(rename = "sigma_loc")]
    pub location_sigma_db: f64,
    /// Basic transmission loss, dB.
    #[serde(rename = "Lb")]
    pub loss_db: f64,
    /// Field strength for 1 kW effective radiated power, dB(µV/m).
    #[serde(rename = "Ep")]
    pub field_strength_dbuv_per_m: f64,
}

/// The three losses of one delta-Bullington evaluation, dB.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DiffractionLosses {
    /// Bullington loss of the actual profile.
    #[serde(rename = "Lbulla")]
    pub actual_db: f64,
    /// Bullington loss of the smooth profile.
    #[serde(rename = "Lbulls")]
    pub smooth_db: f64,
    /// Spherical-earth loss.
    #[serde(rename = "Ldsph")]
    pub spherical_db: f64,
}
