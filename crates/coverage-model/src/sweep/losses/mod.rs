//! The closing formulas of P.1812-8, eight paths at a time.
//!
//! Every step is a loop over lanes without branches, so the compiler makes vector code of it; whole parts are left out
//! only when no lane needs them. All land (ω = 0). Equation numbers in brackets are those of the Recommendation.
//! Formulas as in the plain form of the `propagation` crate, with which the tests compare to 1e-9 dB.

mod diffraction;
mod ducting;
mod lanes;
mod smooth_earth;
mod troposcatter;

use super::fast_math::{DB, atan, exp, ln};
use super::radial::PathGeometry;
use super::tables::{Band, SweepSettings, Tables};
use ducting::Anomalous;
pub use lanes::{LANES, Lanes};
use lanes::{lane_steps, map, row};
use smooth_earth::SmoothEarth;

/// Eight paths, field by field, with what all bands share already worked out.
#[derive(Debug, Clone)]
pub struct PathBatch {
    d_km: Lanes,
    /// 10 lg of the squared slant distance.
    spread_db: Lanes,
    /// 20 lg d.
    distance_db: Lanes,
    nu: Lanes,
    nu_wide: Lanes,
    /// θt, θr, mrad.
    tx_angle: Lanes,
    rx_angle: Lanes,
    tx_horizon_km: Lanes,
    rx_horizon_km: Lanes,
    /// hte, hre of the ducting model, m.
    ducting_tx_m: Lanes,
    ducting_rx_m: Lanes,
    location_factor: Lanes,
    lg_beta0: Lanes,
    /// Lminb0p − Lbd at the median, −1e-9 dB.
    median_pull: Lanes,
    time_interpolation: Lanes,
    distance_interpolation: Lanes,
    alpha: Lanes,
    gamma_distance: Lanes,
    smooth: SmoothEarth,
    smooth_wide: SmoothEarth,
}

impl PathBatch {
    /// Gathers up to eight paths; missing lanes repeat the last one. `paths` must not be empty.
    #[inline(always)]
    #[must_use]
    pub fn new(paths: &[PathGeometry], tables: &Tables, largest_root_wavelength: f64) -> Self {
        let settings = &tables.settings;
        let last = paths.len().saturating_sub(1);
        let path = |lane: usize| &paths[lane.min(last)];
        let steps = lane_steps(paths);
        let d_km = map(
            #[inline(always)]
            |lane| path(lane).d_km,
        );
        let tx_m = map(
            #[inline(always)]
            |lane| path(lane).tx_ground_m + settings.tx_height_m,
        );
        let rx_m = map(
            #[inline(always)]
            |lane| path(lane).rx_ground_m + settings.rx_height_m,
        );
        let tx_slope = map(
            #[inline(always)]
            |lane| path(lane).tx_slope,
        );
        let rx_slope = map(
            #[inline(always)]
            |lane| path(lane).rx_slope,
        );
        let spread_db = map(
            #[inline(always)]
            |lane| {
                let rise_km = (tx_m[lane] - rx_m[lane]) / 1000.0;
                let range_km = path(lane).range_km;
                DB * ln(range_km * range_km + rise_km * rise_km)
            },
        );
        let smooth_tx_m = map(
            #[inline(always)]
            |lane| tx_m[lane] - path(lane).diffraction_tx_m,
        );
        let smooth_rx_m = map(
            #[inline(always)]
            |lane| rx_m[lane] - path(lane).diffraction_rx_m,
        );
        let ends = (smooth_tx_m, smooth_rx_m);
        let smooth = SmoothEarth::new(
            settings.median_radius_km(),
            ends,
            &d_km,
            settings.step_km,
            largest_root_wavelength,
        );
        let smooth_wide = if settings.is_median() {
            SmoothEarth::none()
        } else {
            let radius_km = SweepSettings::wide_radius_km();
            SmoothEarth::new(radius_km, ends, &d_km, settings.step_km, largest_root_wavelength)
        };
        Self {
            spread_db,
            distance_db: map(
                #[inline(always)]
                |lane| 2.0 * DB * ln(d_km[lane]),
            ),
            nu: map(
                #[inline(always)]
                |lane| path(lane).nu,
            ),
            nu_wide: map(
                #[inline(always)]
                |lane| path(lane).nu_wide,
            ),
            tx_angle: map(
                #[inline(always)]
                |lane| 1000.0 * atan(tx_slope[lane] / 1000.0),
            ),
            rx_angle: map(
                #[inline(always)]
                |lane| 1000.0 * atan(rx_slope[lane] / 1000.0),
            ),
            tx_horizon_km: map(
                #[inline(always)]
                |lane| settings.step_km * f64::from(path(lane).tx_horizon),
            ),
            rx_horizon_km: map(
                #[inline(always)]
                |lane| d_km[lane] - settings.step_km * f64::from(path(lane).rx_horizon),
            ),
            ducting_tx_m: map(
                #[inline(always)]
                |lane| tx_m[lane] - path(lane).smooth_tx_m.min(path(lane).tx_ground_m),
            ),
            ducting_rx_m: map(
                #[inline(always)]
                |lane| rx_m[lane] - path(lane).smooth_rx_m.min(path(lane).rx_ground_m),
            ),
            location_factor: map(
                #[inline(always)]
                |lane| path(lane).location_factor,
            ),
            lg_beta0: row(&steps, &tables.lg_beta0),
            median_pull: row(&steps, &tables.median_pull),
            time_interpolation: row(&steps, &tables.time_interpolation),
            distance_interpolation: row(&steps, &tables.distance_interpolation),
            alpha: row(&steps, &tables.alpha),
            gamma_distance: row(&steps, &tables.gamma_distance),
            smooth,
            smooth_wide,
            d_km,
        }
    }

    /// Elevation angle at which the path leaves the transmitter, mrad (horizon or receiver).
    #[inline(always)]
    #[must_use]
    pub fn departure_mrad(&self) -> &Lanes {
        &self.tx_angle
    }

    /// Basic transmission loss of every lane on one band, dB \[69\]. `roughness_m` gives hm of a lane when it is needed.
    #[inline(always)]
    pub fn losses(&self, band: &Band, tables: &Tables, roughness_m: impl Fn(usize) -> f64) -> Lanes {
        let settings = &tables.settings;
        let free_space_db = map(
            #[inline(always)]
            |lane| band.free_space_db + self.spread_db[lane],
        );
        let median_db = self.diffraction(&self.nu, &self.smooth, band);
        let time = self.time_terms(settings);
        let floor_db = map(
            #[inline(always)]
            |lane| free_space_db[lane] + time.at_p[lane],
        );
        let diffraction_db = if settings.is_median() {
            median_db
        } else {
            let wide_db = self.diffraction(&self.nu_wide, &self.smooth_wide, band);
            map(
                #[inline(always)]
                |lane| median_db[lane] + self.time_interpolation[lane] * (wide_db[lane] - median_db[lane]),
            )
        };
        let direct_db = map(
            #[inline(always)]
            |lane| floor_db[lane] + diffraction_db[lane],
        );
        let least_db = if settings.is_median() {
            map(
                #[inline(always)]
                |lane| direct_db[lane] + self.median_pull[lane],
            )
        } else {
            self.least_median_losses(settings, &free_space_db, &time, &median_db, &diffraction_db)
        };
        let anomalous = Anomalous {
            band,
            floor_db: &floor_db,
            direct_db: &direct_db,
            least_db: &least_db,
        };
        let combined_db = self.with_ducting(&anomalous, settings, roughness_m);
        let total_db = self.with_troposcatter(&combined_db, band, settings);
        map(
            #[inline(always)]
            |lane| {
                let located = total_db[lane] + self.location_factor[lane] * band.location_db;
                if located > floor_db[lane] {
                    located
                } else {
                    floor_db[lane]
                }
            },
        )
    }

    /// θ \[84\], mrad.
    #[inline(always)]
    fn angle(&self, lane: usize, settings: &SweepSettings) -> f64 {
        1000.0 * self.d_km[lane] / settings.median_radius_km() + self.tx_angle[lane] + self.rx_angle[lane]
    }

    /// E(p) and E(β0) \[9\]; both 0 at the median.
    #[inline(always)]
    fn time_terms(&self, settings: &SweepSettings) -> TimeTerms {
        if settings.is_median() {
            return TimeTerms {
                at_p: [0.0; LANES],
                at_beta0: [0.0; LANES],
            };
        }
        let reach = map(
            #[inline(always)]
            |lane| 2.6 * (1.0 - exp(-0.1 * (self.tx_horizon_km[lane] + self.rx_horizon_km[lane]))),
        );
        let lg_p = (settings.time_percent / 50.0).log10();
        let lg_50 = 50.0_f64.log10();
        TimeTerms {
            at_p: map(
                #[inline(always)]
                |lane| reach[lane] * lg_p,
            ),
            at_beta0: map(
                #[inline(always)]
                |lane| reach[lane] * (self.lg_beta0[lane] - lg_50),
            ),
        }
    }

    /// Lminb0p \[59\] for p below 50 %.
    #[inline(always)]
    fn least_median_losses(
        &self,
        settings: &SweepSettings,
        free_space_db: &Lanes,
        time: &TimeTerms,
        median_db: &Lanes,
        diffraction_db: &Lanes,
    ) -> Lanes {
        let lg_p = settings.time_percent.log10();
        map(
            #[inline(always)]
            |lane| {
                if lg_p < self.lg_beta0[lane] {
                    free_space_db[lane] + time.at_p[lane] + diffraction_db[lane]
                } else {
                    let median = free_space_db[lane] + median_db[lane];
                    let at_beta0 = free_space_db[lane] + time.at_beta0[lane] + diffraction_db[lane];
                    median + (at_beta0 - median) * self.time_interpolation[lane]
                }
            },
        )
    }
}

/// E(p) and E(β0), dB.
struct TimeTerms {
    at_p: Lanes,
    at_beta0: Lanes,
}
