//! The closing formulas of P.1812-8, eight paths at a time.
//!
//! Every step is a loop over lanes without branches, so the compiler makes vector code of it; whole parts are left out
//! only when no lane needs them. All land (ω = 0). Equation numbers in brackets are those of the Recommendation.
//! Formulas as in the plain form of the `propagation` crate, with which the tests compare to 1e-9 dB.

use super::fast_math::{DB, asin, atan, exp, floor, ln, round, sin_small};
use super::radial::PathGeometry;
use super::tables::{Band, SweepSettings, Tables, power};

/// Paths worked on at once.
pub const LANES: usize = 8;

/// One value per path.
pub type Lanes = [f64; LANES];

/// lg(e): decibel-free logarithm base change.
const LG_E: f64 = std::f64::consts::LOG10_E;

#[inline(always)]
fn map(f: impl Fn(usize) -> f64) -> Lanes {
    let mut out = [0.0; LANES];
    for (lane, value) in out.iter_mut().enumerate() {
        *value = f(lane);
    }
    out
}

#[inline(always)]
fn any(f: impl Fn(usize) -> bool) -> bool {
    let mut found = false;
    for lane in 0..LANES {
        found |= f(lane);
    }
    found
}

/// Step of every lane's receiver; missing lanes repeat the last.
#[inline(always)]
fn lane_steps(paths: &[PathGeometry]) -> [usize; LANES] {
    let mut steps = [0; LANES];
    let mut last = 0;
    for (lane, step) in steps.iter_mut().enumerate() {
        if let Some(path) = paths.get(lane) {
            last = path.n;
        }
        *step = last;
    }
    steps
}

#[inline(always)]
fn row(steps: &[usize; LANES], column: &[f64]) -> Lanes {
    map(
        #[inline(always)]
        |lane| column[steps[lane]],
    )
}

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

/// The path over the smooth earth of one radius: what \[22–27\] and the second Bullington pass need.
#[derive(Debug, Clone)]
struct SmoothEarth {
    radius_km: f64,
    /// h't, h'r, m \[37, 38\].
    tx_m: Lanes,
    rx_m: Lanes,
    /// Whether the path reaches beyond the smooth horizon (1) or not (0).
    beyond: Lanes,
    /// hse \[23\], m.
    clearance_m: Lanes,
    /// hreq per sqrt(λ) \[25\].
    required: Lanes,
    /// ae or aem, km: the radius for the first-term loss.
    first_term_radius_km: Lanes,
    /// ν of the second Bullington pass per sqrt(0.002/λ).
    nu: Lanes,
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

    /// Delta-Bullington \[39\].
    #[inline(always)]
    fn diffraction(&self, nu: &Lanes, smooth: &SmoothEarth, band: &Band) -> Lanes {
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

    /// Lbam \[62\]: ducting and layer reflection combined with diffraction.
    #[inline(always)]
    fn with_ducting(
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

    /// Lbc \[63\]: troposcatter \[44\] beside everything else.
    #[inline(always)]
    fn with_troposcatter(&self, other_db: &Lanes, band: &Band, settings: &SweepSettings) -> Lanes {
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

/// E(p) and E(β0), dB.
struct TimeTerms {
    at_p: Lanes,
    at_beta0: Lanes,
}

/// What the ducting step must know from the diffraction step.
struct Anomalous<'a> {
    band: &'a Band,
    /// Lb0p.
    floor_db: &'a Lanes,
    /// Lbd.
    direct_db: &'a Lanes,
    /// Lminb0p.
    least_db: &'a Lanes,
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

impl SmoothEarth {
    fn none() -> Self {
        let zero = [0.0; LANES];
        Self {
            radius_km: 1.0,
            tx_m: zero,
            rx_m: zero,
            beyond: zero,
            clearance_m: zero,
            required: zero,
            first_term_radius_km: zero,
            nu: zero,
        }
    }

    #[inline(always)]
    fn new(
        radius_km: f64,
        (tx_m, rx_m): (Lanes, Lanes),
        d_km: &Lanes,
        step_km: f64,
        largest_root_wavelength: f64,
    ) -> Self {
        let root_tx = map(
            #[inline(always)]
            |lane| tx_m[lane].sqrt(),
        );
        let root_rx = map(
            #[inline(always)]
            |lane| rx_m[lane].sqrt(),
        );
        let reach = (2.0 * radius_km * 0.001).sqrt();
        let beyond = map(
            #[inline(always)]
            |lane| f64::from(u8::from(d_km[lane] >= reach * (root_tx[lane] + root_rx[lane]))),
        );
        // Point of reflection [24]: b = 2 sqrt((m+1)/3m) cos(π/3 + acos(q)/3) = 2 sqrt((m+1)/3m) sin(asin(q)/3).
        let reflection_km = map(
            #[inline(always)]
            |lane| {
                let sum = tx_m[lane] + rx_m[lane];
                let c = (tx_m[lane] - rx_m[lane]) / sum;
                let m = 250.0 * d_km[lane] * d_km[lane] / (radius_km * sum);
                let m1 = m + 1.0;
                let q = 1.5 * c * (3.0 * m / (m1 * m1 * m1)).sqrt();
                let b = 2.0 * (m1 / (3.0 * m)).sqrt() * sin_small(asin(q) / 3.0);
                d_km[lane] * (1.0 + b) / 2.0
            },
        );
        let bend = 500.0 / radius_km;
        let clearance_m = map(
            #[inline(always)]
            |lane| {
                let (d1, d2) = (reflection_km[lane], d_km[lane] - reflection_km[lane]);
                ((tx_m[lane] - bend * d1 * d1) * d2 + (rx_m[lane] - bend * d2 * d2) * d1) / d_km[lane]
            },
        );
        let required = map(
            #[inline(always)]
            |lane| 17.456 * (reflection_km[lane] * (d_km[lane] - reflection_km[lane]) / d_km[lane]).sqrt(),
        );
        let first_term_radius_km = map(
            #[inline(always)]
            |lane| {
                let horizon = d_km[lane] / (root_tx[lane] + root_rx[lane]);
                if beyond[lane] > 0.0 {
                    radius_km
                } else {
                    500.0 * horizon * horizon
                }
            },
        );
        let needed = any(
            #[inline(always)]
            |lane| beyond[lane] > 0.0 || clearance_m[lane] <= required[lane] * largest_root_wavelength,
        );
        let nu = if needed {
            map(
                #[inline(always)]
                |lane| smooth_nu(bend, tx_m[lane], rx_m[lane], d_km[lane], reflection_km[lane], step_km),
            )
        } else {
            [0.0; LANES]
        };
        Self {
            radius_km,
            tx_m,
            rx_m,
            beyond,
            clearance_m,
            required,
            first_term_radius_km,
            nu,
        }
    }

    /// Spherical-earth loss S \[22–27\]; only its positive part matters.
    #[inline(always)]
    fn loss_db(&self, d_km: &Lanes, band: &Band) -> Lanes {
        let required_m = map(
            #[inline(always)]
            |lane| self.required[lane] * band.root_wavelength,
        );
        let clear = |lane: usize| self.beyond[lane] == 0.0 && self.clearance_m[lane] > required_m[lane];
        if self.radius_km <= 1.0
            || !any(
                #[inline(always)]
                |lane| !clear(lane),
            )
        {
            return [0.0; LANES];
        }
        map(
            #[inline(always)]
            |lane| {
                let first = first_term_db(
                    self.first_term_radius_km[lane],
                    self.tx_m[lane],
                    self.rx_m[lane],
                    d_km[lane],
                    band,
                );
                let positive = if first > 0.0 { first } else { 0.0 };
                let share = (1.0 - self.clearance_m[lane] / required_m[lane]) * positive;
                let within = if self.clearance_m[lane] > required_m[lane] {
                    0.0
                } else {
                    share
                };
                if self.beyond[lane] > 0.0 { first } else { within }
            },
        )
    }
}

/// First-term spherical-earth loss FT over land \[29–36\].
#[inline(always)]
fn first_term_db(radius_km: f64, tx_m: f64, rx_m: f64, d_km: f64, band: &Band) -> f64 {
    // a^(−1/3)
    let shrink = exp(-ln(radius_km) / 3.0);
    let k = band.admittance * shrink;
    let k2 = k * k;
    let beta = (1.0 + 1.6 * k2 + 0.67 * k2 * k2) / (1.0 + 4.5 * k2 + 1.53 * k2 * k2);
    let x = 21.88 * beta * band.cube_root_ghz * shrink * shrink * d_km;
    let ln_x = ln(x);
    let far = 11.0 + DB * ln_x - 17.6 * x;
    let near = -2.0 * DB * ln_x - 5.6488 * exp(1.425 * ln_x);
    let distance_db = if x >= 1.6 { far } else { near };
    let scale = 0.9575 * beta * beta * band.cube_root_ghz * band.cube_root_ghz * shrink;
    let least = 2.0 + 2.0 * DB * ln(k);
    -distance_db - height_gain_db(scale * tx_m, least) - height_gain_db(scale * rx_m, least)
}

/// G \[34\] of b = β Y, dB, not below `least`.
#[inline(always)]
fn height_gain_db(b: f64, least: f64) -> f64 {
    let high = b > 2.0;
    let over = if high { b - 1.1 } else { 1.0 };
    let ln_b = ln(if high { over } else { b + 0.1 * b * b * b });
    let gain = if high {
        17.6 * over.sqrt() - 0.5 * DB * ln_b - 8.0
    } else {
        2.0 * DB * ln_b
    };
    if gain > least { gain } else { least }
}

/// ν of the Bullington edge over the smooth earth on the sampling points (p1812 § 6.4, fast_sweep § 7).
///
/// The slope from either end is concave in x and the clearance under a line of sight has one interior minimum (the
/// point of reflection), so the best sampling point is a neighbour of the continuous optimum.
#[inline(always)]
fn smooth_nu(bend: f64, tx_m: f64, rx_m: f64, d_km: f64, reflection_km: f64, step_km: f64) -> f64 {
    let last = round(d_km / step_km) - 1.0;
    let line = (rx_m - tx_m) / d_km;
    let tx_slope = smooth_slope(bend, tx_m, d_km, step_km, last);
    let rx_slope = smooth_slope(bend, rx_m, d_km, step_km, last);
    let edge_nu = {
        let edge_km = (rx_m - tx_m + rx_slope * d_km) / (tx_slope + rx_slope);
        let rest_km = d_km - edge_km;
        let rise_m = tx_m + tx_slope * edge_km - (tx_m * rest_km + rx_m * edge_km) / d_km;
        rise_m * (d_km / (edge_km * rest_km)).sqrt()
    };
    let clear_nu = {
        let (low, high) = on_grid(reflection_km, step_km, last);
        let nu = |x: f64| {
            let rest = d_km - x;
            (bend * x * rest - (tx_m * rest + rx_m * x) / d_km) * (d_km / (x * rest)).sqrt()
        };
        let (a, b) = (nu(low), nu(high));
        if a > b { a } else { b }
    };
    if tx_slope < line {
        clear_nu
    } else if edge_nu > 0.0 {
        edge_nu
    } else {
        0.0
    }
}

/// The sampling points on both sides of a distance, kept within 1 … `last` steps, km.
#[inline(always)]
fn on_grid(x_km: f64, step_km: f64, last: f64) -> (f64, f64) {
    let index = floor(x_km / step_km);
    let low = if index > 1.0 { index } else { 1.0 };
    let low = if low < last { low } else { last };
    let high = if index + 1.0 > 1.0 { index + 1.0 } else { 1.0 };
    let high = if high < last { high } else { last };
    (low * step_km, high * step_km)
}

/// Steepest slope to the smooth earth's sampling points as seen from an antenna, m/km.
#[inline(always)]
fn smooth_slope(bend: f64, height_m: f64, d_km: f64, step_km: f64, last: f64) -> f64 {
    let (low, high) = on_grid((height_m / bend).sqrt(), step_km, last);
    let a = bend * (d_km - low) - height_m / low;
    let b = bend * (d_km - high) - height_m / high;
    if a > b { a } else { b }
}
