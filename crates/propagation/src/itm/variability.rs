//! Variability with time, location and situation.

use super::environment::wave_number_per_m;
use super::evaluation::{Warning, Warnings};
use super::parameters::{Climate, Parameters, VariabilityMode};
use super::terrain::irregularity_at_m;
use crate::lane_math::Number;
use crate::normal_distribution::approximate_complementary_quantile_ntia;

/// c1, c2, x1, x2, x3 of a curve over effective distance; distances in km.
type Curve = [f64; 5];

/// What a climate contributes.
struct ClimateTable {
    median: Curve,
    below: Curve,
    above: Curve,
    /// CD.
    extreme_factor: f64,
    /// zD.
    extreme_from: f64,
    /// b1, b2, b3 of g−.
    frequency_below: [f64; 3],
    /// b1, b2, b3 of g+.
    frequency_above: [f64; 3],
}

const FLAT: [f64; 3] = [1.0, 0.0, 0.0];

#[rustfmt::skip]
const TABLES: [ClimateTable; 7] = [
    ClimateTable {
        median: [-9.67, 12.7, 144.9, 190.3, 133.8], below: [2.13, 159.5, 762.2, 123.6, 94.5],
        above: [2.11, 102.3, 636.9, 134.8, 95.6], extreme_factor: 1.224, extreme_from: 1.282,
        frequency_below: FLAT, frequency_above: FLAT,
    },
    ClimateTable {
        median: [-0.62, 9.19, 228.9, 205.2, 143.6], below: [2.66, 7.67, 100.4, 172.5, 136.4],
        above: [6.87, 15.53, 138.7, 143.7, 98.6], extreme_factor: 0.801, extreme_from: 2.161,
        frequency_below: FLAT, frequency_above: [0.93, 0.31, 2.00],
    },
    ClimateTable {
        median: [1.26, 15.5, 262.6, 185.2, 99.8], below: [6.11, 6.65, 138.2, 242.2, 178.6],
        above: [10.08, 9.60, 165.3, 225.7, 129.7], extreme_factor: 1.380, extreme_from: 1.282,
        frequency_below: FLAT, frequency_above: FLAT,
    },
    ClimateTable {
        median: [-9.21, 9.05, 84.1, 101.1, 98.6], below: [1.98, 13.11, 139.1, 132.7, 193.5],
        above: [3.68, 159.3, 464.4, 93.1, 94.2], extreme_factor: 1.000, extreme_from: 20.0,
        frequency_below: FLAT, frequency_above: [0.93, 0.19, 1.79],
    },
    ClimateTable {
        median: [-0.62, 9.19, 228.9, 205.2, 143.6], below: [2.68, 7.16, 93.7, 186.8, 133.5],
        above: [4.75, 8.12, 93.2, 135.9, 113.4], extreme_factor: 1.224, extreme_from: 1.282,
        frequency_below: [0.92, 0.25, 1.77], frequency_above: [0.93, 0.31, 2.00],
    },
    ClimateTable {
        median: [-0.39, 2.86, 141.7, 315.9, 167.4], below: [6.86, 10.38, 187.8, 169.6, 108.9],
        above: [8.58, 13.97, 216.0, 152.0, 122.7], extreme_factor: 1.518, extreme_from: 1.282,
        frequency_below: FLAT, frequency_above: FLAT,
    },
    ClimateTable {
        median: [3.15, 857.9, 2222.0, 164.8, 116.3], below: [8.51, 169.8, 609.8, 119.9, 106.6],
        above: [8.43, 8.19, 136.2, 188.5, 122.9], extreme_factor: 1.518, extreme_from: 1.282,
        frequency_below: FLAT, frequency_above: FLAT,
    },
];

/// Variability of one radio: everything that does not depend on the path.
#[derive(Clone, Copy)]
pub(super) struct VariabilityConstants {
    climate: Climate,
    mode: VariabilityMode,
    without_location: bool,
    without_situation: bool,
    wave_number: f64,
    /// (575.7e12/k)^(1/3), m.
    diffraction_reach_m: f64,
    frequency_below: f64,
    frequency_above: f64,
    z_time: f64,
    z_location: f64,
    z_situation: f64,
}

impl VariabilityConstants {
    pub fn new(parameters: &Parameters, warnings: &mut Warnings) -> Self {
        let wave_number = wave_number_per_m(parameters.frequency_mhz);
        let table = &TABLES[parameters.climate as usize];
        let q = (0.133 * wave_number).ln();
        let of_frequency = |[b1, b2, b3]: [f64; 3]| b1 + b2 / ((b3 * q).powi(2) + 1.0);
        let z = |percent: f64| approximate_complementary_quantile_ntia(percent / 100.0);
        let mut z_time = z(parameters.time_percent);
        let mut z_location = z(parameters.location_percent);
        let z_situation = z(parameters.situation_percent);
        let variability = parameters.variability;
        match variability.mode {
            VariabilityMode::SingleMessage => (z_time, z_location) = (z_situation, z_situation),
            VariabilityMode::Accidental => z_location = z_situation,
            VariabilityMode::Mobile => z_location = z_time,
            VariabilityMode::Broadcast => {}
        }
        let extreme = [z_time, z_location, z_situation].into_iter().any(|z| z.abs() > 3.10);
        warnings.add_if(extreme, Warning::ExtremeVariability);
        Self {
            climate: parameters.climate,
            mode: variability.mode,
            without_location: variability.without_location,
            without_situation: variability.without_situation,
            wave_number,
            diffraction_reach_m: (575.7e12 / wave_number).cbrt(),
            frequency_below: of_frequency(table.frequency_below),
            frequency_above: of_frequency(table.frequency_above),
            z_time,
            z_location,
            z_situation,
        }
    }

    /// By how much the attenuation lies below the reference, dB: Vmed + YR + YS.
    #[inline(always)]
    pub fn deviation_db<N: Number>(&self, distance_m: N, delta_h_m: N, effective_m: [N; 2], exp: impl Fn(N) -> N) -> N {
        let table = &TABLES[self.climate as usize];
        let d = self.effective_distance_m(distance_m, effective_m);
        let none = d.like(0.0);
        let sigma_situation = if self.without_situation {
            none
        } else {
            exp(d * (-1.0 / 100e3)) * 3.0 + 5.0
        };
        let sigma_location = if self.without_location {
            none
        } else {
            let roughness = irregularity_at_m(delta_h_m, distance_m, exp) * self.wave_number;
            roughness * 10.0 / (roughness + 13.0)
        };
        let median = at(&table.median, d);
        let sigma_time = self.time_sigma(table, d);
        let (zt, zl, zs) = (self.z_time, self.z_location, self.z_situation);
        let (yt, yl) = (sigma_time * zt, sigma_location * zl);
        let spread =
            sigma_situation * sigma_situation + yt * yt * (1.0 / (7.8 + zs * zs)) + yl * yl * (1.0 / (24.0 + zs * zs));
        let of_location = sigma_location * sigma_location;
        let time_and_place = sigma_time * sigma_time + of_location;
        let (yr, ys) = match self.mode {
            VariabilityMode::SingleMessage => (none, (time_and_place + spread).square_root() * zs),
            VariabilityMode::Accidental => (yt, (of_location + spread).square_root() * zs),
            VariabilityMode::Mobile => (time_and_place.square_root() * zt, spread.square_root() * zs),
            VariabilityMode::Broadcast => (yt + yl, spread.square_root() * zs),
        };
        median + yr + ys
    }

    #[inline(always)]
    fn effective_distance_m<N: Number>(&self, distance_m: N, [he1, he2]: [N; 2]) -> N {
        const RADIUS_M: f64 = 9000e3;
        let smooth_m = (he1 * (2.0 * RADIUS_M)).square_root() + (he2 * (2.0 * RADIUS_M)).square_root();
        let reach_m = smooth_m + self.diffraction_reach_m;
        let within = distance_m * 130e3 / reach_m;
        reach_m.above(distance_m, within, distance_m - reach_m + 130e3)
    }

    #[inline(always)]
    fn time_sigma<N: Number>(&self, table: &ClimateTable, d: N) -> N {
        if self.z_time < 0.0 {
            return at(&table.below, d) * self.frequency_below;
        }
        let above = at(&table.above, d) * self.frequency_above;
        if self.z_time <= table.extreme_from {
            return above;
        }
        let extreme = above * table.extreme_factor;
        extreme + (above - extreme) * (table.extreme_from / self.z_time)
    }
}

/// An attenuation relative to free space with its bend below 0, dB.
#[inline(always)]
pub(super) fn bent_db(attenuation: f64) -> f64 {
    if attenuation < 0.0 {
        attenuation * (29.0 - attenuation) / (29.0 - 10.0 * attenuation)
    } else {
        attenuation
    }
}

/// A climate curve at an effective distance in m.
#[inline(always)]
fn at<N: Number>(&[c1, c2, x1, x2, x3]: &Curve, distance_m: N) -> N {
    let d = distance_m * 1e-3;
    let ratio = d * (1.0 / x1);
    let ratio = ratio * ratio;
    let offset = (d - x2) * (1.0 / x3);
    let bell = d.like(c2) / (offset * offset + 1.0);
    (bell + c1) * ratio / (ratio + 1.0)
}
