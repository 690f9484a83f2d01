//! The Bullington construction (sections 4.3.1, 4.3.2): one equivalent knife edge for the whole profile.

use crate::knife_edge;
use crate::p1812::profile_analysis::{TerminalHeights, bulge_m_per_km2};

/// ν·√λ of the Bullington edge in √m over obstacle heights `height(i)` (m above sea level) at `distance_km[i]`
/// (interior points only), between terminals `(zt, zr)`, for an earth of `radius_km` (eqs 13–19).
pub fn edge(distance_km: &[f64], height: impl Fn(usize) -> f64, (zt, zr): TerminalHeights, radius_km: f64) -> f64 {
    let last = distance_km.len() - 1;
    let d = distance_km[last];
    let bulge = bulge_m_per_km2(radius_km);
    let raised = |i: usize| {
        let x = distance_km[i];
        height(i) + bulge * x * (d - x)
    };
    let tx_slope = (1..last)
        .map(|i| (raised(i) - zt) / distance_km[i])
        .fold(f64::NEG_INFINITY, f64::max);
    if tx_slope < (zr - zt) / d {
        (1..last)
            .map(|i| {
                let (x, y) = (distance_km[i], d - distance_km[i]);
                (raised(i) - (zt * y + zr * x) / d) * (0.002 * d / (x * y)).sqrt()
            })
            .fold(f64::NEG_INFINITY, f64::max)
    } else {
        let rx_slope = (1..last)
            .map(|i| (raised(i) - zr) / (d - distance_km[i]))
            .fold(f64::NEG_INFINITY, f64::max);
        edge_from_slopes(d, (zt, zr), (tx_slope, rx_slope))
    }
}

/// ν·√λ in √m of the Bullington point, where the steepest rays from both terminals cross (eqs 18, 19). Slopes in
/// m/km, earth bulge included.
pub fn edge_from_slopes(distance_km: f64, (zt, zr): TerminalHeights, (tx_slope, rx_slope): (f64, f64)) -> f64 {
    let sum = tx_slope + rx_slope;
    if sum <= 0.0 {
        return 0.0; // exact grazing: the rays are one line
    }
    let x = (zr - zt + rx_slope * distance_km) / sum;
    let y = distance_km - x;
    if x <= 0.0 || y <= 0.0 {
        return 0.0; // grazing within rounding, with the edge at a terminal
    }
    let height = zt + tx_slope * x - (zt * y + zr * x) / distance_km;
    height * (0.002 * distance_km / (x * y)).sqrt()
}

/// Bullington loss in dB (eqs 12, 21) of an edge ν·√λ (√m) for 1/√λ (1/√m).
pub fn loss_db(edge: f64, inverse_sqrt_wavelength: f64, distance_km: f64) -> f64 {
    let knife_edge_db = knife_edge::loss_db(edge * inverse_sqrt_wavelength);
    if knife_edge_db == 0.0 {
        return 0.0;
    }
    knife_edge_db + (1.0 - (-knife_edge_db / 6.0).exp()) * (10.0 + 0.02 * distance_km)
}
