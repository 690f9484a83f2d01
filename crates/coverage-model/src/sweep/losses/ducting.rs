//! Ducting and layer reflection \[46–57\], and how they combine with diffraction \[60–62\].

use super::super::fast_math::{DB, exp, ln};
use super::super::tables::{Band, SweepSettings, power};
use super::PathBatch;
use super::lanes::{LANES, Lanes, any, map};

/// lg(e): from natural to decimal logarithms.
const LG_E: f64 = std::f64::consts::LOG10_E;

/// What the ducting step must know from the diffraction step.
pub(super) struct Anomalous<'a> {
    pub band: &'a Band,
    /// Lb0p.
    pub floor_db: &'a Lanes,
    /// Lbd.
    pub direct_db: &'a Lanes,
    /// Lminb0p.
    pub least_db: &'a Lanes,
}

impl PathBatch {
    /// Lbam \[62\]: ducting and layer reflection combined with diffraction.
    #[inline(always)]
    pub(super) fn with_ducting(
        &self,
        known: &Anomalous<'_>,
        settings: &SweepSettings,
        roughness_m: impl Fn(usize) -> f64,
    ) -> Lanes {
        let (f, cube_root) = (known.band.frequency_ghz, known.band.cube_root_ghz);
        let fixed_db = 102.45 + 20.0 * f.log10() + known.band.low_frequency_db;
        let per_mrad_db = 5e-5 * settings.median_radius_km() * cube_root;
        // Af + γd θ' [47, 51, 52]: what Lba is without A(p).
        let base_db = map(
            #[inline(always)]
            |lane| {
                let (tx_km, rx_km) = (self.tx_horizon_km[lane], self.rx_horizon_km[lane]);
                let (tx_factor, tx_db) = shield(self.tx_angle[lane], tx_km, f, cube_root);
                let (rx_factor, rx_db) = shield(self.rx_angle[lane], rx_km, f, cube_root);
                let tx_angle = self.tx_angle[lane].min(0.1 * tx_km);
                let rx_angle = self.rx_angle[lane].min(0.1 * rx_km);
                let angle = 1000.0 * self.d_km[lane] / settings.median_radius_km() + tx_angle + rx_angle;
                fixed_db + 2.0 * DB * ln((tx_km + rx_km) * tx_factor * rx_factor) + tx_db + rx_db + per_mrad_db * angle
            },
        );
        // At the median A(p) ≥ 0, so the base bounds Lba from below; where it exceeds Lbd ducting changes nothing [61].
        let irrelevant = settings.early_exits && settings.is_median();
        if irrelevant
            && !any(
                #[inline(always)]
                |lane| base_db[lane] <= known.direct_db[lane],
            )
        {
            // Fj [57] need not be exact for a term of 1e-9 dB.
            return map(
                #[inline(always)]
                |lane| {
                    let share = (1.0 - self.angle(lane, settings) / 0.6).clamp(0.0, 1.0);
                    known.direct_db[lane] + self.median_pull[lane] * share
                },
            );
        }
        let mut roughness = [0.0; LANES];
        for (lane, value) in roughness.iter_mut().enumerate() {
            if !irrelevant || base_db[lane] <= known.direct_db[lane] {
                *value = roughness_m(lane);
            }
        }
        let anomalous_db = self.anomalous(&base_db, &roughness, settings);
        map(
            #[inline(always)]
            |lane| {
                let (floor, direct) = (known.floor_db[lane], known.direct_db[lane]);
                let (high, low) = if anomalous_db[lane] > floor {
                    (anomalous_db[lane], floor)
                } else {
                    (floor, anomalous_db[lane])
                };
                let least = high + 2.5 * ln(1.0 + exp((low - high) / 2.5));
                let modified = if least > direct {
                    direct
                } else {
                    least + (direct - least) * self.distance_interpolation[lane]
                };
                // Fj [57] as a logistic: 1 − ½ (1 + tanh x) = 1/(1 + e^2x).
                let angle = self.angle(lane, settings);
                let angular = 1.0 / (1.0 + exp(16.0 * (angle - 0.3)));
                modified + (known.least_db[lane] - modified) * angular
            },
        )
    }

    /// Lba \[46\].
    #[inline(always)]
    fn anomalous(&self, base_db: &Lanes, roughness_m: &Lanes, settings: &SweepSettings) -> Lanes {
        let lg_p = settings.time_percent.log10();
        let curvature = 500.0 / settings.median_radius_km();
        map(
            #[inline(always)]
            |lane| {
                let d_km = self.d_km[lane];
                let roots = self.ducting_tx_m[lane].sqrt() + self.ducting_rx_m[lane].sqrt();
                let geometry = self.alpha[lane] * LG_E * ln(curvature * d_km * d_km / (roots * roots));
                let geometry = if geometry < 0.0 { geometry } else { 0.0 };
                let between = d_km - self.tx_horizon_km[lane] - self.rx_horizon_km[lane];
                let between = if between < 40.0 { between } else { 40.0 };
                let rough = if roughness_m[lane] > 10.0 {
                    roughness_m[lane] - 10.0
                } else {
                    0.0
                };
                let lg_beta = self.lg_beta0[lane] + geometry - 4.6e-5 * rough * (43.0 + 6.0 * between) * LG_E;
                let gamma = 1.076
                    * power(2.0058 - lg_beta, -1.012)
                    * exp(-(9.51 - 4.8 * lg_beta + 0.198 * lg_beta * lg_beta) * self.gamma_distance[lane]);
                let ratio = lg_p - lg_beta;
                base_db[lane] - 12.0
                    + (1.2 + 3.7e-3 * d_km) * ratio
                    + 12.0 * exp(std::f64::consts::LN_10 * gamma * ratio)
            },
        )
    }
}

/// Site shielding \[48\]: a factor of which 20 lg counts, and a linear part in dB.
#[inline(always)]
fn shield(angle_mrad: f64, horizon_km: f64, frequency_ghz: f64, cube_root_ghz: f64) -> (f64, f64) {
    let above = angle_mrad - 0.1 * horizon_km;
    let above = if above > 0.0 { above } else { 0.0 };
    (
        1.0 + 0.361 * above * (frequency_ghz * horizon_km).sqrt(),
        0.264 * above * cube_root_ghz,
    )
}
