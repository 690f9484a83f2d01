//! Troposcatter \[44\] beside everything else \[63\].

use super::super::fast_math::{DB, exp, ln};
use super::super::tables::{Band, SweepSettings};
use super::PathBatch;
use super::lanes::{Lanes, any, map};

impl PathBatch {
    /// Lbc \[63\]: troposcatter \[44\] beside everything else.
    #[inline(always)]
    pub(super) fn with_troposcatter(&self, other_db: &Lanes, band: &Band, settings: &SweepSettings) -> Lanes {
        let rare = (50.0 / settings.time_percent).log10().max(0.0).powf(0.7);
        let fixed_db = 190.1 + band.troposcatter_db - 0.15 * settings.n0 - 10.125 * rare;
        let scatter_db = map(
            #[inline(always)]
            |lane| {
                let angle = self.angle(lane, settings);
                fixed_db + self.distance_db[lane] + 0.573 * angle
            },
        );
        // 50 dB apart the weaker part is worth 2e-10 dB.
        if settings.early_exits
            && !any(
                #[inline(always)]
                |lane| scatter_db[lane] - other_db[lane] < 50.0,
            )
        {
            return *other_db;
        }
        map(
            #[inline(always)]
            |lane| {
                let (a, b) = (scatter_db[lane], other_db[lane]);
                let (low, high) = if a < b { (a, b) } else { (b, a) };
                low - 0.5 * DB * ln(1.0 + exp(-0.2 * std::f64::consts::LN_10 * (high - low)))
            },
        )
    }
}
