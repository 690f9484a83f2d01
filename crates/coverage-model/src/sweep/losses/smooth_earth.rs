//! Diffraction over the smooth earth: the spherical-earth loss \[22–36\] and the knife edge of the second Bullington pass.

use super::super::fast_math::{DB, asin, exp, floor, ln, round, sin_small};
use super::super::tables::Band;
use super::lanes::{LANES, Lanes, any, map};

/// The path over the smooth earth of one radius: what \[22–27\] and the second Bullington pass need.
#[derive(Debug, Clone)]
pub(super) struct SmoothEarth {
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
    pub(super) nu: Lanes,
}

impl SmoothEarth {
    pub(super) fn none() -> Self {
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
    pub(super) fn new(
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
    pub(super) fn loss_db(&self, d_km: &Lanes, band: &Band) -> Lanes {
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
