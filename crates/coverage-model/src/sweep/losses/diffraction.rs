//! Delta-Bullington diffraction \[12–21, 39\].

use super::super::fast_math::{DB, exp, ln};
use super::super::tables::Band;
use super::PathBatch;
use super::lanes::{LANES, Lanes, any, map};
use super::smooth_earth::SmoothEarth;

impl PathBatch {
    /// Delta-Bullington \[39\].
    #[inline(always)]
    pub(super) fn diffraction(&self, nu: &Lanes, smooth: &SmoothEarth, band: &Band) -> Lanes {
        let over_terrain_db = bullington_db(
            &map(
                #[inline(always)]
                |lane| nu[lane] * band.knife_edge,
            ),
            &self.d_km,
        );
        let spherical_db = smooth.loss_db(&self.d_km, band);
        if !any(
            #[inline(always)]
            |lane| spherical_db[lane] > 0.0,
        ) {
            return over_terrain_db;
        }
        let over_smooth_db = bullington_db(
            &map(
                #[inline(always)]
                |lane| smooth.nu[lane] * band.knife_edge,
            ),
            &self.d_km,
        );
        map(
            #[inline(always)]
            |lane| {
                let excess = spherical_db[lane] - over_smooth_db[lane];
                over_terrain_db[lane] + if excess > 0.0 { excess } else { 0.0 }
            },
        )
    }
}

/// Lbull \[12, 21\] of knife edges ν.
#[inline(always)]
fn bullington_db(nu: &Lanes, d_km: &Lanes) -> Lanes {
    if !any(
        #[inline(always)]
        |lane| nu[lane] > -0.78,
    ) {
        return [0.0; LANES];
    }
    map(
        #[inline(always)]
        |lane| {
            let v = nu[lane] - 0.1;
            let edge = 6.9 + 2.0 * DB * ln((v * v + 1.0).sqrt() + v);
            let edge = if nu[lane] > -0.78 { edge } else { 0.0 };
            edge + (1.0 - exp(-edge / 6.0)) * (10.0 + 0.02 * d_km[lane])
        },
    )
}
