//! The median loss over flat ground: Hata joined to a 100 km anchor.

use std::f64::consts::PI;

use super::{Environment, Parameters};
use crate::normal_distribution::approximate_complementary_quantile;

/// Median loss with reliability, and the distance at which its slope changes.
pub(super) struct Median {
    pub loss_db: f64,
    pub breakpoint_km: f64,
}

/// Wave number in 1/m as the model computes it, from rounded vacuum constants.
fn wave_number_per_m(frequency_mhz: f64) -> f64 {
    let speed_m_per_s = 1.0 / (8.854e-12 * 4.0 * PI * 1e-7_f64).sqrt();
    2e6 * PI * frequency_mhz / speed_m_per_s
}

/// α, β, γ of a quadratic in lg f.
struct Quadratic {
    alpha: f64,
    beta: f64,
    gamma: f64,
}

impl Quadratic {
    fn at(&self, lg_frequency: f64) -> f64 {
        self.alpha + lg_frequency * (self.beta + self.gamma * lg_frequency)
    }
}

/// Reference heights at which the anchors hold: base 200 m, mobile 3 m.
fn reference_base_db() -> f64 {
    13.82 * 200.0_f64.log10()
}

fn reference_mobile_db() -> f64 {
    3.2 * 35.25_f64.log10().powi(2) - 4.97
}

/// Attenuation anchor at 1 km, before the height terms.
fn anchor_1_km() -> Quadratic {
    let lg = f64::log10;
    let (four_thirds, lg_1500) = (lg(4.0 / 3.0), lg(1500.0));
    let gamma = (3.85 / lg(2.0) - 1.5 / four_thirds) / lg(1.5);
    let beta = 20.0 + 1.5 / four_thirds - gamma * lg(3e6);
    let alpha = 22.0
        + reference_base_db()
        + reference_mobile_db()
        + 20.0 * (2.0 * wave_number_per_m(1500.0) * reference_slant_m()).log10()
        - lg_1500 * (beta + gamma * lg_1500);
    Quadratic { alpha, beta, gamma }
}

/// 1 km between antennas of 200 m and 3 m.
fn reference_slant_m() -> f64 {
    (1e6_f64 + 197.0 * 197.0).sqrt()
}

const ANCHOR_100_KM: Quadratic = Quadratic {
    alpha: 120.78129,
    beta: -52.714929,
    gamma: 10.919011,
};

fn suburban_factor() -> Quadratic {
    let lg = f64::log10;
    let divisor = lg(4.0 / 3.0) * lg(1.5) * lg(2.0);
    let gamma = (2.5 * lg(4.0 / 3.0) - 0.9 * lg(2.0)) / divisor;
    let beta = (0.9 * lg(2.0) * lg(4.5e6) - 2.5 * lg(4.0 / 3.0) * lg(3e6)) / divisor;
    let alpha = 11.5 - beta * lg(1500.0) - gamma * lg(1500.0).powi(2);
    Quadratic { alpha, beta, gamma }
}

/// Slope of the far part with distance, from the base height.
fn far_slope(lg_base: f64) -> f64 {
    let lg = f64::log10;
    let (low, high) = (200.0_f64 / 24.5, 200.0_f64 / 70.0);
    let tau = (0.72 * lg(70.0 / 24.5) - 0.5 * lg(low)) / (lg(70.0 / 24.5) * lg(high) * lg(low));
    let sigma = 0.72 / lg(low) - tau * lg(200.0 * 24.5);
    let rho = 2.5 - lg(24.5) * (sigma + tau * lg(24.5));
    2.0 * (rho + lg_base * (sigma + tau * lg_base) - 1.0)
}

/// Loss for clamped effective heights.
pub(super) fn loss(parameters: &Parameters, distance_km: f64, base_m: f64, mobile_m: f64) -> Median {
    let f = parameters.frequency_mhz;
    let (lg_f, lg_base) = (f.log10(), base_m.log10());
    let wave_number = wave_number_per_m(f);
    let anchor = anchor_1_km();
    let at_1_km = anchor.at(lg_f)
        - reference_base_db()
        - reference_mobile_db()
        - 20.0 * (2.0 * wave_number * reference_slant_m()).log10();
    let at_100_km = ANCHOR_100_KM.at(lg_f);

    let far = far_slope(lg_base);
    let near = 0.1 * (44.9 - 6.55 * lg_base) - 2.0;
    let breakpoint_km = 10f64.powf((2.0 * far + 0.1 * (at_1_km - at_100_km)) / (far - near));
    let mobile_db = 3.2 * (11.75 * mobile_m).log10().powi(2) - 4.97;
    let urban_db = if distance_km <= breakpoint_km {
        anchor.at(lg_f) - 13.82 * lg_base - mobile_db + (44.9 - 6.55 * lg_base) * distance_km.log10()
    } else {
        let slant_m = (1e6 * distance_km * distance_km + (base_m - mobile_m).powi(2)).sqrt();
        at_100_km + reference_base_db() - 13.82 * lg_base + reference_mobile_db() - mobile_db - 20.0 * far
            + 10.0 * far * distance_km.log10()
            + 20.0 * (2.0 * wave_number * slant_m).log10()
    };
    let environment_db = match parameters.environment {
        Environment::Urban => 0.0,
        Environment::Suburban => suburban_factor().at(lg_f),
        Environment::Rural => 40.94 - 18.33 * lg_f + 4.78 * lg_f * lg_f,
    };
    let urban_sigma_db = 4.0976291 - 1.2255656 * lg_f + 0.68350345 * lg_f * lg_f;
    let sigma_db = if parameters.environment == Environment::Urban {
        urban_sigma_db
    } else {
        urban_sigma_db + 2.0
    };
    let reliability_db = if parameters.reliability == 0.5 {
        0.0
    } else {
        approximate_complementary_quantile(parameters.reliability) * sigma_db
    };
    Median {
        loss_db: urban_db - environment_db - reliability_db,
        breakpoint_km,
    }
}
