//! Okumura–Hata and COST-231 Hata: empirical medians for macro cells.
//!
//! Both are fits to measurements at 1 … 20 km from antennas 30 … 200 m high. Outside they extrapolate: the answer
//! says so in [`HataLoss::extrapolated`] and is never below free space.

use serde::{Deserialize, Serialize};

use crate::error::{ModelError, require};
use crate::free_space;

/// Surroundings of the mobile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Large city (metropolitan centre).
    LargeCity,
    /// Small or medium city.
    MediumCity,
    /// Suburb.
    Suburban,
    /// Open land.
    Open,
}

/// One case.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HataPath {
    /// Frequency, MHz.
    pub frequency_mhz: f64,
    /// Distance, km.
    pub distance_km: f64,
    /// Base-station antenna above the average ground, m.
    pub base_height_m: f64,
    /// Mobile antenna above ground, m.
    pub mobile_height_m: f64,
    /// Surroundings.
    pub environment: Environment,
}

/// A Hata loss with its parts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HataLoss {
    /// Correction for the mobile's height a(hm), dB.
    #[serde(rename = "a_hm")]
    pub mobile_height_db: f64,
    /// Loss in the city, Lu, dB.
    #[serde(rename = "Lu")]
    pub urban_db: f64,
    /// What the surroundings change, dB (negative in suburbs and open land).
    #[serde(rename = "environment")]
    pub environment_db: f64,
    /// Free-space loss, dB: the floor.
    #[serde(rename = "Lbfs")]
    pub free_space_db: f64,
    /// The loss, dB.
    #[serde(rename = "L")]
    pub loss_db: f64,
    /// Whether the case lies outside the range of the measurements.
    pub extrapolated: bool,
}

/// Largest values that are extrapolated to at all.
const DISTANCE_KM: (f64, f64) = (0.01, 100.0);
const BASE_HEIGHT_M: (f64, f64) = (1.0, 3000.0);
const MOBILE_HEIGHT_M: (f64, f64) = (0.5, 50.0);

fn inside(value: f64, (low, high): (f64, f64)) -> bool {
    value >= low && value <= high
}

impl HataPath {
    fn check(&self, model: &'static str, frequency_mhz: (f64, f64)) -> Result<(), ModelError> {
        require(model, "frequency", self.frequency_mhz, "MHz", frequency_mhz)?;
        require(model, "distance", self.distance_km, "km", DISTANCE_KM)?;
        require(model, "base height", self.base_height_m, "m", BASE_HEIGHT_M)?;
        require(model, "mobile height", self.mobile_height_m, "m", MOBILE_HEIGHT_M)
    }

    fn is_extrapolated(&self, frequency_mhz: (f64, f64)) -> bool {
        !(inside(self.frequency_mhz, frequency_mhz)
            && inside(self.distance_km, (1.0, 20.0))
            && inside(self.base_height_m, (30.0, 200.0))
            && inside(self.mobile_height_m, (1.0, 10.0)))
    }

    /// a(hm) of a small or medium city, dB.
    fn medium_city_height_db(&self) -> f64 {
        let lg = self.frequency_mhz.log10();
        (1.1 * lg - 0.7) * self.mobile_height_m - (1.56 * lg - 0.8)
    }

    /// a(hm) of a large city, dB; the two forms meet at 300 MHz.
    fn large_city_height_db(&self) -> f64 {
        if self.frequency_mhz < 300.0 {
            8.29 * (1.54 * self.mobile_height_m).log10().powi(2) - 1.1
        } else {
            3.2 * (11.75 * self.mobile_height_m).log10().powi(2) - 4.97
        }
    }

    /// The terms in the base height and distance, dB.
    fn distance_terms_db(&self) -> f64 {
        let lg_base = self.base_height_m.log10();
        -13.82 * lg_base + (44.9 - 6.55 * lg_base) * self.distance_km.log10()
    }

    fn finish(
        &self,
        (urban_db, mobile_height_db): (f64, f64),
        environment_db: f64,
        range_mhz: (f64, f64),
    ) -> Result<HataLoss, ModelError> {
        let free_space_db = free_space::loss_db(self.frequency_mhz, self.distance_km)?;
        Ok(HataLoss {
            mobile_height_db,
            urban_db,
            environment_db,
            free_space_db,
            loss_db: (urban_db + environment_db).max(free_space_db),
            extrapolated: self.is_extrapolated(range_mhz),
        })
    }
}

/// Okumura–Hata (Hata 1980), 150 … 1500 MHz.
///
/// # Errors
/// [`ModelError::OutOfRange`] beyond what is extrapolated to.
///
/// ```
/// use propagation::hata::{Environment, HataPath, okumura_hata};
/// let path = HataPath {
///     frequency_mhz: 900.0, distance_km: 5.0, base_height_m: 30.0, mobile_height_m: 1.5,
///     environment: Environment::Suburban,
/// };
/// assert!((okumura_hata(&path)?.loss_db - 141.0818).abs() < 1e-4);
/// # Ok::<(), propagation::ModelError>(())
/// ```
pub fn okumura_hata(path: &HataPath) -> Result<HataLoss, ModelError> {
    const RANGE_MHZ: (f64, f64) = (150.0, 1500.0);
    path.check("Okumura-Hata", RANGE_MHZ)?;
    let lg = path.frequency_mhz.log10();
    let mobile_height_db = match path.environment {
        Environment::LargeCity => path.large_city_height_db(),
        _ => path.medium_city_height_db(),
    };
    let urban_db = 69.55 + 26.16 * lg - mobile_height_db + path.distance_terms_db();
    let environment_db = match path.environment {
        Environment::LargeCity | Environment::MediumCity => 0.0,
        Environment::Suburban => -2.0 * (path.frequency_mhz / 28.0).log10().powi(2) - 5.4,
        Environment::Open => -4.78 * lg * lg + 18.33 * lg - 40.94,
    };
    path.finish((urban_db, mobile_height_db), environment_db, RANGE_MHZ)
}

/// COST-231 Hata, 1500 … 2000 MHz (up to 2600 MHz as an extrapolation): 3 dB more in metropolitan centres; suburbs and
/// open land count as medium cities.
///
/// # Errors
/// [`ModelError::OutOfRange`] beyond what is extrapolated to.
pub fn cost231_hata(path: &HataPath) -> Result<HataLoss, ModelError> {
    path.check("COST-231 Hata", (1500.0, 2600.0))?;
    let mobile_height_db = path.medium_city_height_db();
    let urban_db = 46.3 + 33.9 * path.frequency_mhz.log10() - mobile_height_db + path.distance_terms_db();
    let environment_db = if path.environment == Environment::LargeCity {
        3.0
    } else {
        0.0
    };
    path.finish((urban_db, mobile_height_db), environment_db, (1500.0, 2000.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Environment; 4] = [
        Environment::MediumCity,
        Environment::Suburban,
        Environment::Open,
        Environment::LargeCity,
    ];

    #[test]
    fn worked_figures() {
        for (frequency_mhz, distance_km, mobile_height_m, expected) in [
            (900.0, 1.0, 1.5, [126.4033, 116.4607, 97.8969, 126.4201]),
            (900.0, 5.0, 1.5, [151.0244, 141.0818, 122.5180, 151.0412]),
            (869.0, 2.0, 1.0, [137.8766, 128.0253, 109.5200, 137.9307]),
        ] {
            for (environment, loss_db) in ALL.into_iter().zip(expected) {
                let path = HataPath {
                    frequency_mhz,
                    distance_km,
                    base_height_m: 30.0,
                    mobile_height_m,
                    environment,
                };
                let ours = okumura_hata(&path).unwrap();
                assert!(
                    (ours.loss_db - loss_db).abs() < 5.1e-5,
                    "{environment:?}: {}",
                    ours.loss_db
                );
                assert!(!ours.extrapolated);
            }
        }
        for (frequency_mhz, distance_km, mobile_height_m, medium, large) in [
            (1800.0, 1.0, 1.5, 136.1969, 139.1969),
            (1800.0, 5.0, 1.5, 160.8181, 163.8181),
            (2114.0, 2.0, 1.0, 150.6405, 153.6405),
        ] {
            for (environment, loss_db) in [(Environment::MediumCity, medium), (Environment::LargeCity, large)] {
                let path = HataPath {
                    frequency_mhz,
                    distance_km,
                    base_height_m: 30.0,
                    mobile_height_m,
                    environment,
                };
                assert!((cost231_hata(&path).unwrap().loss_db - loss_db).abs() < 5.1e-5);
            }
        }
    }

    proptest! {
        #[test]
        fn farther_and_higher_frequencies_lose_more(
            f in 150.0..1490.0, d in 0.05..19.0, hb in 10.0..200.0, hm in 1.0..10.0,
        ) {
            for environment in ALL {
                let at = |f, d| {
                    let path = HataPath {
                        frequency_mhz: f, distance_km: d, base_height_m: hb, mobile_height_m: hm, environment,
                    };
                    okumura_hata(&path).unwrap()
                };
                prop_assert!(at(f, d * 1.05).loss_db > at(f, d).loss_db);
                prop_assert!(at(f, d).loss_db >= at(f, d).free_space_db);
            }
        }
    }

    #[test]
    fn short_paths_and_low_masts_are_flagged_and_others_refused() {
        let path = HataPath {
            frequency_mhz: 900.0,
            distance_km: 0.4,
            base_height_m: 20.0,
            mobile_height_m: 1.5,
            environment: Environment::Open,
        };
        assert!(okumura_hata(&path).unwrap().extrapolated);
        assert!(
            okumura_hata(&HataPath {
                frequency_mhz: 3500.0,
                ..path
            })
            .is_err()
        );
        assert!(cost231_hata(&path).is_err());
    }
}
