//! NTIA extended Hata (TR-15-517): Hata carried to 3 GHz, with corrections for the terrain of the path.
//!
//! Made for 1500 – 3000 MHz; other frequencies are computed and flagged. **Profiles begin at the mobile and end at the base station.**

mod corrections;
mod median;
mod terrain;

use serde::{Deserialize, Serialize};

use crate::error::{ModelError, require};

pub use corrections::RidgeRule;

const MODEL: &str = "extended Hata";
/// Frequencies that are computed, MHz.
const FREQUENCY_MHZ: (f64, f64) = (100.0, 10_000.0);
/// Frequencies for which the model was made, MHz.
const INTENDED_MHZ: std::ops::RangeInclusive<f64> = 1500.0..=3000.0;

/// Surroundings of the mobile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Land classes 23 and 24.
    Urban,
    /// Land class 22.
    Suburban,
    /// Every other class.
    Rural,
}

impl Environment {
    /// The environment of a land-cover class of the reference data.
    pub fn from_land_class(class: u32) -> Self {
        match class {
            23 | 24 => Self::Urban,
            22 => Self::Suburban,
            _ => Self::Rural,
        }
    }
}

/// One case: everything but the terrain.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// Frequency, MHz, 100 … 10 000; made for 1500 … 3000.
    pub frequency_mhz: f64,
    /// Base-station antenna above ground, m.
    pub base_height_m: f64,
    /// Mobile antenna above ground, m.
    pub mobile_height_m: f64,
    /// Surroundings of the mobile.
    pub environment: Environment,
    /// Reliability, fraction 0 … 1 exclusive; 0.5 = median.
    pub reliability: f64,
    /// How the correction for an isolated ridge behaves outside its table.
    pub ridge_rule: RidgeRule,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            frequency_mhz: 1800.0,
            base_height_m: 30.0,
            mobile_height_m: 1.5,
            environment: Environment::Suburban,
            reliability: 0.5,
            ridge_rule: RidgeRule::Clamped,
        }
    }
}

/// Loss and every intermediate quantity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Evaluation {
    /// Path loss, dB.
    #[serde(rename = "L")]
    pub loss_db: f64,
    /// Median loss before terrain corrections (with reliability), dB.
    #[serde(rename = "L_med")]
    pub flat_db: f64,
    /// Distance, km.
    #[serde(rename = "d")]
    pub distance_km: f64,
    /// Effective height of the base station, m.
    #[serde(rename = "hb_eff")]
    pub base_effective_m: f64,
    /// Effective height of the mobile, m.
    #[serde(rename = "hm_eff")]
    pub mobile_effective_m: f64,
    /// Distance at which the slope with distance changes, km.
    #[serde(rename = "d_bp")]
    pub breakpoint_km: f64,
    /// Terrain irregularity, m.
    #[serde(rename = "delta_h")]
    pub delta_h_m: f64,
    /// Slope of the ground at the mobile, mrad.
    #[serde(rename = "theta_m")]
    pub slope_mrad: f64,
    /// Fraction of the path over sea.
    #[serde(rename = "beta")]
    pub sea_fraction: f64,
    /// Whether both terminals see the same horizon.
    pub single_horizon: bool,
    /// Correction for rolling terrain, dB (subtracted).
    #[serde(rename = "K_med")]
    pub rolling_db: f64,
    /// Fine correction for rolling terrain, dB (subtracted).
    #[serde(rename = "K_fine")]
    pub rolling_fine_db: f64,
    /// Correction for the slope at the mobile, dB (subtracted).
    #[serde(rename = "K_slope")]
    pub slope_db: f64,
    /// Correction for an isolated ridge, dB (subtracted).
    #[serde(rename = "K_iso")]
    pub ridge_db: f64,
    /// Correction for mixed land and sea, dB (subtracted).
    #[serde(rename = "K_mp")]
    pub mixed_path_db: f64,
    /// Whether the frequency lies outside 1500 … 3000 MHz.
    pub extrapolated: bool,
}

/// Loss over one profile with equal steps (`step_m`), from the **mobile** to the **base station**, heights in m above
/// sea level.
///
/// # Errors
/// Parameters out of range, fewer than three heights, or numbers that are not finite.
///
/// ```
/// use propagation::extended_hata::{self, Parameters};
/// let heights_m = vec![50.0; 201];
/// let evaluation = extended_hata::evaluate(25.0, &heights_m, &Parameters::default())?;
/// assert!((100.0..180.0).contains(&evaluation.loss_db));
/// # Ok::<(), propagation::ModelError>(())
/// ```
pub fn evaluate(step_m: f64, heights_m: &[f64], parameters: &Parameters) -> Result<Evaluation, ModelError> {
    check(parameters)?;
    let refuse = |reason| {
        Err(ModelError::Profile {
            reason,
            point: heights_m.len(),
        })
    };
    if heights_m.len() < 3 {
        return refuse("at least three heights are needed");
    }
    if !(step_m > 0.0 && step_m.is_finite()) {
        return refuse("the step must be positive");
    }
    if !heights_m.iter().all(|h| h.is_finite()) {
        return refuse("a height is not a number");
    }
    let profile = terrain::Profile {
        step_m,
        height_m: heights_m,
    };
    let distance_km = profile.distance_m() / 1000.0;
    let (mobile_effective_m, base_effective_m) =
        profile.effective_heights_m(parameters.mobile_height_m, parameters.base_height_m);
    let median = median::loss(parameters, distance_km, base_effective_m, mobile_effective_m);
    let quantiles = profile.quantiles();
    let sea = profile.sea();
    let slope_mrad = profile.mobile_slope_mrad();
    let horizons = profile.horizons(parameters.mobile_height_m, parameters.base_height_m);
    let single_horizon = horizons.is_single(&profile);

    let mixed_path_db = corrections::mixed_path_db(distance_km, &sea);
    let (mut rolling_db, mut rolling_fine_db, mut slope_db, mut ridge_db) = (0.0, 0.0, 0.0, 0.0);
    if single_horizon {
        let ridge_m = horizons.ridge_height_m(&profile, parameters.mobile_height_m, parameters.base_height_m);
        let (d1_km, d2_km) = (horizons.base_m / 1000.0, horizons.mobile_m / 1000.0);
        ridge_db = corrections::isolated_ridge_db(d1_km, d2_km, ridge_m, parameters.ridge_rule);
    } else {
        rolling_db = corrections::rolling_db(quantiles.delta_h_m);
        rolling_fine_db = corrections::rolling_fine_db(heights_m[0], &quantiles);
        slope_db = corrections::slope_db(slope_mrad, distance_km);
    }
    Ok(Evaluation {
        loss_db: median.loss_db - rolling_db - rolling_fine_db - slope_db - ridge_db - mixed_path_db,
        flat_db: median.loss_db,
        distance_km,
        base_effective_m,
        mobile_effective_m,
        breakpoint_km: median.breakpoint_km,
        delta_h_m: quantiles.delta_h_m,
        slope_mrad,
        sea_fraction: sea.fraction,
        single_horizon,
        rolling_db,
        rolling_fine_db,
        slope_db,
        ridge_db,
        mixed_path_db,
        extrapolated: !INTENDED_MHZ.contains(&parameters.frequency_mhz),
    })
}

fn check(parameters: &Parameters) -> Result<(), ModelError> {
    require(MODEL, "frequency", parameters.frequency_mhz, "MHz", FREQUENCY_MHZ)?;
    require(MODEL, "base height", parameters.base_height_m, "m", (0.0, 3000.0))?;
    require(MODEL, "mobile height", parameters.mobile_height_m, "m", (0.0, 3000.0))?;
    require(
        MODEL,
        "reliability",
        parameters.reliability,
        "",
        (f64::MIN_POSITIVE, 1.0_f64.next_down()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn farther_loses_more_on_flat_land_as_do_higher_frequencies_to_3_ghz(points in 100usize..1500, f in 1500.0..2900.0) {
            for environment in [Environment::Urban, Environment::Suburban, Environment::Rural] {
                let at = |points: usize, frequency_mhz| {
                    let parameters = Parameters { frequency_mhz, environment, ..Parameters::default() };
                    evaluate(30.0, &vec![40.0; points], &parameters).unwrap().loss_db
                };
                prop_assert!(at(points + 10, f) >= at(points, f));
                prop_assert!(at(points, f + 50.0) >= at(points, f));
            }
        }
    }

    #[test]
    fn reliability_widens_the_loss_and_bad_input_is_refused() {
        let at = |reliability| {
            evaluate(
                30.0,
                &[40.0; 200],
                &Parameters {
                    reliability,
                    ..Parameters::default()
                },
            )
            .map(|e| e.loss_db)
        };
        assert!(at(0.9).unwrap() > at(0.5).unwrap() && at(0.5).unwrap() > at(0.1).unwrap());
        assert!(at(1.0).is_err());
        assert!(evaluate(30.0, &[1.0, 2.0], &Parameters::default()).is_err());
        assert!(evaluate(30.0, &[1.0, f64::NAN, 2.0], &Parameters::default()).is_err());
    }
}
