//! What a sweep needs that depends on nothing but the distance step and the model's settings.

use super::fast_math::{exp, ln};
use super::tail::TAIL;

/// Settings of P.1812 that are the same for every point of a sweep (all land, ω = 0).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SweepSettings {
    /// Step of the radial, km.
    pub step_km: f64,
    /// Longest radial, steps.
    pub steps: usize,
    /// Antenna height above ground of the transmitter, m.
    pub tx_height_m: f64,
    /// Antenna height above ground of the receiver, m.
    pub rx_height_m: f64,
    /// ΔN, N-units/km (0 … 156).
    pub delta_n: f64,
    /// N0, N-units.
    pub n0: f64,
    /// p, % of time (1 … 50).
    pub time_percent: f64,
    /// pL, % of locations (1 … 99).
    pub location_percent: f64,
    /// Side wa of the square over which locations vary, m.
    pub resolution_m: f64,
    /// Latitude of the paths, degrees.
    pub latitude_deg: f64,
    /// Whether parts that cannot change the result are skipped (off only to compare with the plain form).
    pub early_exits: bool,
}

impl SweepSettings {
    /// Median effective earth radius ae, km \[7a\].
    #[must_use]
    pub fn median_radius_km(&self) -> f64 {
        6371.0 * 157.0 / (157.0 - self.delta_n)
    }

    /// Effective earth radius for β0 % of time ab, km \[7b\].
    #[must_use]
    pub const fn wide_radius_km() -> f64 {
        3.0 * 6371.0
    }

    /// Whether the time percentage is the median, for which one diffraction pass is enough (p1812 § 14).
    #[must_use]
    pub fn is_median(&self) -> bool {
        self.time_percent >= 50.0
    }
}

/// One row per step n of the radial, and reciprocals of whole numbers.
#[derive(Debug, Clone)]
pub struct Tables {
    /// 1/k for k = 0 … steps (entry 0 is 0 and never used).
    pub(super) inverse: Vec<f64>,
    /// 1/(steps − k), so that 1/(n − i) is read forwards.
    pub(super) inverse_reversed: Vec<f64>,
    /// 1/i of the points n − TAIL … n − 1 at index n; 1 for those at or behind the mast.
    pub(super) inverse_near: Vec<f64>,
    /// 1/(d − x) of the last points of any path, 1/km.
    pub(super) inverse_to_rx: [f64; TAIL],
    /// 1/step, 1/km.
    pub(super) per_step: f64,
    /// lg β0 \[4, 5\].
    pub(super) lg_beta0: Vec<f64>,
    /// Fi \[40\].
    pub(super) time_interpolation: Vec<f64>,
    /// Lminb0p − Lbd \[59\] of a clear path at the median, dB: −1e-9, because I(0.5) is not quite 0.
    pub(super) median_pull: Vec<f64>,
    /// Fk \[58\].
    pub(super) distance_interpolation: Vec<f64>,
    /// α \[55a\].
    pub(super) alpha: Vec<f64>,
    /// 10⁻⁶ d^1.13.
    pub(super) gamma_distance: Vec<f64>,
    /// Settings that the rows were made with.
    pub(super) settings: SweepSettings,
}

impl Tables {
    /// The rows for one set of settings.
    #[must_use]
    pub fn new(settings: SweepSettings) -> Self {
        let rows = settings.steps + 1;
        let inverse: Vec<f64> = (0..rows).map(|k| if k == 0 { 0.0 } else { 1.0 / k as f64 }).collect();
        let inverse_reversed = inverse.iter().rev().copied().collect();
        let inverse_near = (0..rows + TAIL)
            .map(|k| if k <= TAIL { 1.0 } else { 1.0 / (k - TAIL) as f64 })
            .collect();
        let mut tables = Self {
            inverse,
            inverse_reversed,
            inverse_near,
            inverse_to_rx: std::array::from_fn(|j| 1.0 / (settings.step_km * (TAIL - j) as f64)),
            per_step: 1.0 / settings.step_km,
            lg_beta0: Vec::with_capacity(rows),
            median_pull: Vec::with_capacity(rows),
            time_interpolation: Vec::with_capacity(rows),
            distance_interpolation: Vec::with_capacity(rows),
            alpha: Vec::with_capacity(rows),
            gamma_distance: Vec::with_capacity(rows),
            settings,
        };
        for n in 0..rows {
            tables.push_row(settings.step_km * n as f64);
        }
        tables
    }

    fn push_row(&mut self, d_km: f64) {
        let settings = &self.settings;
        let tau = 1.0 - (-4.12e-4 * d_km.powf(2.41)).exp();
        let mu1 = (10_f64.powf(-d_km / (16.0 - 6.6 * tau)) + 10_f64.powf(-5.0 * (0.496 + 0.354 * tau)))
            .powf(0.2)
            .min(1.0);
        let latitude = settings.latitude_deg.abs();
        let beta0 = if latitude <= 70.0 {
            let mu4 = mu1.powf(-0.935 + 0.0176 * latitude);
            10_f64.powf(-0.015 * latitude + 1.67) * mu1 * mu4
        } else {
            4.17 * mu1 * mu1.powf(0.3)
        };
        let p = settings.time_percent;
        let interpolation = if p > beta0 {
            inverse_normal(p / 100.0) / inverse_normal(beta0 / 100.0)
        } else {
            1.0
        };
        self.lg_beta0.push(beta0.log10());
        self.median_pull
            .push(interpolation * 2.6 * (1.0 - (-0.1 * d_km).exp()) * (beta0 / 50.0).log10());
        self.time_interpolation.push(interpolation);
        self.distance_interpolation
            .push(1.0 - 0.5 * (1.0 + (1.5 * (d_km - 20.0) / 20.0).tanh()));
        self.alpha.push((-0.6 - 3.5e-9 * d_km.powf(3.1) * tau).max(-3.4));
        self.gamma_distance.push(1e-6 * d_km.powf(1.13));
    }
}

/// The approximation of the inverse complementary normal distribution that P.1812 prescribes (Attachment 2).
#[must_use]
pub fn inverse_normal(x: f64) -> f64 {
    let x = x.clamp(1e-6, 1.0 - 1e-6);
    let quantile = |y: f64| {
        let t = (-2.0 * y.ln()).sqrt();
        let c = ((0.010_328 * t + 0.802_853) * t + 2.515_516_698)
            / (((0.001_308 * t + 0.189_269) * t + 1.432_788) * t + 1.0);
        t - c
    };
    if x <= 0.5 { quantile(x) } else { -quantile(1.0 - x) }
}

/// Polarisation of the wave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Polarisation {
    /// Horizontal.
    Horizontal,
    /// Vertical.
    #[default]
    Vertical,
}

/// What depends on the frequency alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// f, GHz (0.03 … 6).
    pub frequency_ghz: f64,
    pub(super) free_space_db: f64,
    /// sqrt(0.002/λ): turns the geometry's ν into the band's.
    pub(super) knife_edge: f64,
    /// sqrt(λ).
    pub(super) root_wavelength: f64,
    pub(super) cube_root_ghz: f64,
    /// K · a^(1/3) of \[29\].
    pub(super) admittance: f64,
    /// Lf \[45\].
    pub(super) troposcatter_db: f64,
    /// Alf \[47a\].
    pub(super) low_frequency_db: f64,
    /// −I(pL/100)·σL \[69\], to be multiplied by u.
    pub(super) location_db: f64,
}

impl Band {
    /// sqrt(λ), λ in m.
    #[must_use]
    pub fn longest_root_wavelength(&self) -> f64 {
        self.root_wavelength
    }

    /// Constants of one frequency.
    #[must_use]
    pub fn new(frequency_mhz: f64, polarisation: Polarisation, settings: &SweepSettings) -> Self {
        let f = frequency_mhz / 1000.0;
        let wavelength_m = 0.2998 / f;
        let (permittivity, conductivity) = (22.0, 0.003);
        let loss = (18.0_f64 * conductivity / f).powi(2);
        let horizontal = 0.036 * f.cbrt().recip() * ((permittivity - 1.0_f64).powi(2) + loss).powf(-0.25);
        let admittance = match polarisation {
            Polarisation::Horizontal => horizontal,
            Polarisation::Vertical => horizontal * (permittivity * permittivity + loss).sqrt(),
        };
        let sigma_db = (0.52 + 0.024 * f) * settings.resolution_m.powf(0.28);
        Self {
            frequency_ghz: f,
            free_space_db: 92.4 + 20.0 * f.log10(),
            knife_edge: (0.002 / wavelength_m).sqrt(),
            root_wavelength: wavelength_m.sqrt(),
            cube_root_ghz: f.cbrt(),
            admittance,
            troposcatter_db: 25.0 * f.log10() - 2.5 * (f / 2.0).log10().powi(2),
            low_frequency_db: if f < 0.5 {
                45.375 - 137.0 * f + 92.5 * f * f
            } else {
                0.0
            },
            location_db: -inverse_normal(settings.location_percent / 100.0) * sigma_db,
        }
    }
}

/// u of P.1812 § 12: how much of the location variability is left above the clutter at the receiver.
#[inline(always)]
#[must_use]
pub fn location_factor(rx_height_m: f64, clutter_m: f64) -> f64 {
    (1.0 - (rx_height_m - clutter_m) / 10.0).clamp(0.0, 1.0)
}

/// x raised to y for positive x.
#[inline(always)]
pub(super) fn power(x: f64, y: f64) -> f64 {
    exp(y * ln(x))
}
