//! Corrections for terrain, all subtracted from the flat-ground loss.

use serde::{Deserialize, Serialize};

use super::terrain::{Quantiles, Sea, SeaEnd};

/// How the correction for an isolated ridge behaves outside its table (15 … 60 km before the ridge).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RidgeRule {
    /// Held at the table's edge, and never a gain beyond 2 km behind the ridge: for use.
    Clamped,
    /// Linear beyond the table: how the published reference values were made.
    Extrapolated,
}

/// Kmed: correction for rolling terrain, dB.
pub(super) fn rolling_db(delta_h_m: f64) -> f64 {
    let x = delta_h_m.max(15.0).log10();
    -1.5072013 + x * (8.458676 - 6.102538 * x)
}

/// Kfine: where on the rolling terrain the mobile stands, dB.
pub(super) fn rolling_fine_db(ground_m: f64, quantiles: &Quantiles) -> f64 {
    if quantiles.delta_h_m < 10.0 {
        return 0.0;
    }
    let x = quantiles.delta_h_m.log10();
    let top_db = -11.728795 + x * (15.544272 - 1.8154766 * x);
    let Quantiles {
        upper_m,
        median_m,
        lower_m,
        ..
    } = *quantiles;
    if ground_m >= upper_m {
        top_db
    } else if ground_m <= lower_m {
        -top_db
    } else if ground_m >= median_m {
        top_db * (ground_m - median_m) / (upper_m - median_m)
    } else {
        -top_db * (median_m - ground_m) / (median_m - lower_m)
    }
}

/// Kslope: general slope at the mobile (mrad), dB.
pub(super) fn slope_db(slope_mrad: f64, distance_km: f64) -> f64 {
    let table: &[(f64, f64)] = if slope_mrad > 0.0 {
        &[(10.0, 0.125), (30.0, 0.35), (60.0, 0.6)]
    } else {
        &[(10.0, 0.25), (30.0, 0.8)]
    };
    interpolate(table, distance_km) * slope_mrad
}

/// Kiso: an isolated ridge `height_m` high, `d1_km` from the base and `d2_km` from the mobile, dB.
pub(super) fn isolated_ridge_db(d1_km: f64, d2_km: f64, height_m: f64, rule: RidgeRule) -> f64 {
    const AT_15_KM: [f64; 9] = [4.0, -13.0, -17.5, -17.5, -15.0, -12.5, -10.0, -8.0, -6.0];
    const AT_30_KM: [f64; 9] = [12.0, -8.5, -13.0, -12.0, -10.0, -8.0, -6.5, -5.0, -4.0];
    const AT_60_KM: [f64; 9] = [20.0, -4.0, -6.5, -6.0, -4.5, -3.5, -2.5, -2.0, -1.0];
    let column = (1..=7).rev().find(|&j| d2_km > j as f64).unwrap_or(0);
    let behind = |row: &[f64; 9]| row[column] + (row[column + 1] - row[column]) * (d2_km - column as f64);
    let ((near_km, near), (far_km, far)) = if d1_km < 30.0 {
        ((15.0, AT_15_KM), (30.0, AT_30_KM))
    } else {
        ((30.0, AT_30_KM), (60.0, AT_60_KM))
    };
    let fraction = (d1_km - near_km) / (far_km - near_km);
    let k = match rule {
        RidgeRule::Extrapolated => behind(&near) + (behind(&far) - behind(&near)) * fraction,
        RidgeRule::Clamped => {
            let k = behind(&near) + (behind(&far) - behind(&near)) * fraction.clamp(0.0, 1.0);
            if d2_km > 2.0 { k.min(0.0) } else { k }
        }
    };
    (height_m / 200.0).sqrt() * k
}

/// Kmp: mixed land and sea, dB.
pub(super) fn mixed_path_db(distance_km: f64, sea: &Sea) -> f64 {
    type Table = [(f64, f64); 10];
    #[rustfmt::skip]
    const SHORT: [Table; 2] = [
        [(0.0, 0.0), (0.15, 1.0), (0.35, 3.0), (0.45, 4.0), (0.6, 6.0), (0.65, 7.0), (0.725, 8.0), (0.775, 9.0), (0.85, 10.0), (1.0, 11.0)],
        [(0.0, 0.0), (0.15, 4.0), (0.35, 5.5), (0.45, 7.0), (0.6, 8.5), (0.65, 9.0), (0.725, 9.5), (0.775, 9.8), (0.85, 10.25), (1.0, 11.0)],
    ];
    #[rustfmt::skip]
    const LONG: [Table; 2] = [
        [(0.0, 0.0), (0.15, 2.0), (0.3, 4.0), (0.4, 5.5), (0.5, 7.0), (0.6, 9.0), (0.725, 11.0), (0.85, 13.0), (0.9, 14.0), (1.0, 15.0)],
        [(0.0, 0.0), (0.15, 4.25), (0.3, 6.25), (0.4, 9.2), (0.5, 10.5), (0.6, 11.75), (0.725, 13.0), (0.85, 14.0), (0.9, 14.25), (1.0, 15.0)],
    ];
    if sea.fraction == 0.0 {
        return 0.0;
    }
    let of_end = |tables: &[Table; 2]| {
        let at = |index: usize| interpolate(&tables[index], sea.fraction);
        match sea.end {
            SeaEnd::Base => at(0),
            SeaEnd::Mobile => at(1),
            SeaEnd::Even => 0.5 * (at(0) + at(1)),
        }
    };
    let share = ((distance_km - 30.0) / 30.0).clamp(0.0, 1.0);
    of_end(&SHORT) * (1.0 - share) + of_end(&LONG) * share
}

/// Linear between the rows of a table, constant beyond its ends.
fn interpolate(table: &[(f64, f64)], x: f64) -> f64 {
    let next = table.partition_point(|&(at, _)| at <= x);
    match (next.checked_sub(1).map(|i| table[i]), table.get(next)) {
        (Some((x0, y0)), Some(&(x1, y1))) => y0 + (y1 - y0) * (x - x0) / (x1 - x0),
        (Some((_, y)), None) | (None, Some(&(_, y))) => y,
        (None, None) => 0.0,
    }
}
