//! Distance at which exposure to radio fields falls to a limit (ICNIRP reference levels, ITU-T K.52 practice).
//!
//! Far-field formulas; near a panel the cylindrical model is the better one, and the lesser of the two densities
//! holds. National limits differ, some by a hundred times: the limit is always an argument.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::error::{ModelError, require};

/// Impedance of free space as the guidelines round it, Ω.
const FREE_SPACE_OHM: f64 = 377.0;

/// Who is exposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// Anybody.
    GeneralPublic,
    /// Trained people at work.
    Occupational,
}

/// How the ground adds to the direct field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroundReflection {
    /// Direct field alone.
    None,
    /// Reflection coefficient 0.6 (ITU-T K.52): density × 2.56.
    Customary,
    /// Full reflection in phase: density × 4.
    WorstCase,
}

impl GroundReflection {
    /// Factor on the power density.
    pub fn factor(self) -> f64 {
        match self {
            Self::None => 1.0,
            Self::Customary => 2.56,
            Self::WorstCase => 4.0,
        }
    }
}

/// ICNIRP reference level of whole-body power density, W/m², 10 MHz – 300 GHz.
///
/// # Errors
/// [`ModelError::OutOfRange`] for other frequencies.
pub fn icnirp_density_w_per_m2(frequency_mhz: f64, exposure: Exposure) -> Result<f64, ModelError> {
    require(
        "ICNIRP reference levels",
        "frequency",
        frequency_mhz,
        "MHz",
        (10.0, 300_000.0),
    )?;
    let public = match frequency_mhz {
        ..=400.0 => 2.0,
        400.0..2000.0 => frequency_mhz / 200.0,
        _ => 10.0,
    };
    Ok(match exposure {
        Exposure::GeneralPublic => public,
        Exposure::Occupational => 5.0 * public,
    })
}

/// Power density in W/m² at a distance from an antenna of `eirp_w`, far field.
pub fn density_w_per_m2(eirp_w: f64, distance_m: f64, reflection: GroundReflection) -> f64 {
    reflection.factor() * eirp_w / (4.0 * PI * distance_m * distance_m)
}

/// Density in W/m² close to a panel of `length_m` radiating `power_w` into a sector of `beamwidth_deg`: the
/// cylindrical model.
pub fn near_density_w_per_m2(power_w: f64, distance_m: f64, length_m: f64, beamwidth_deg: f64) -> f64 {
    power_w / (2.0 * PI * distance_m * length_m * (beamwidth_deg / 360.0))
}

/// Electric field in V/m of a plane wave of this density.
pub fn field_v_per_m(density_w_per_m2: f64) -> f64 {
    (density_w_per_m2 * FREE_SPACE_OHM).sqrt()
}

/// One band of a site: its EIRP towards the point (pattern, duty cycle and actual-maximum factor applied) and the
/// limit at its frequency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Emission {
    /// EIRP, W.
    pub eirp_w: f64,
    /// Limit of the density, W/m².
    pub limit_w_per_m2: f64,
}

/// Distance in m beyond which the sum of all bands' densities over their limits is at most 1.
///
/// ```
/// use propagation::link::emf::{Emission, GroundReflection, compliance_distance_m};
/// let band = Emission { eirp_w: 1000.0, limit_w_per_m2: 9.0 };
/// assert!((compliance_distance_m(&[band], GroundReflection::None) - 2.97).abs() < 0.01);
/// assert!((compliance_distance_m(&[band], GroundReflection::Customary) - 4.76).abs() < 0.01);
/// ```
pub fn compliance_distance_m(emissions: &[Emission], reflection: GroundReflection) -> f64 {
    let quotient: f64 = emissions.iter().map(|e| e.eirp_w / e.limit_w_per_m2).sum();
    (reflection.factor() * quotient / (4.0 * PI)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_continuous_and_occupational_ones_five_times_the_public() {
        for (below, above) in [(400.0, 400.0 + 1e-6), (2000.0 - 1e-6, 2000.0)] {
            let at = |mhz| icnirp_density_w_per_m2(mhz, Exposure::GeneralPublic).unwrap();
            assert!((at(below) - at(above)).abs() < 1e-7);
        }
        assert_eq!(icnirp_density_w_per_m2(1800.0, Exposure::GeneralPublic).unwrap(), 9.0);
        assert_eq!(icnirp_density_w_per_m2(1800.0, Exposure::Occupational).unwrap(), 45.0);
        assert!(icnirp_density_w_per_m2(1.0, Exposure::GeneralPublic).is_err());
    }

    #[test]
    fn several_bands_reach_farther_than_each() {
        let bands = [
            Emission {
                eirp_w: 500.0,
                limit_w_per_m2: 4.0,
            },
            Emission {
                eirp_w: 900.0,
                limit_w_per_m2: 9.0,
            },
        ];
        let together = compliance_distance_m(&bands, GroundReflection::None);
        let squares: f64 = bands
            .iter()
            .map(|band| compliance_distance_m(&[*band], GroundReflection::None).powi(2))
            .sum();
        assert!((together * together - squares).abs() < 1e-9);
        let sum: f64 = bands
            .iter()
            .map(|band| density_w_per_m2(band.eirp_w, together, GroundReflection::None) / band.limit_w_per_m2)
            .sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }

    #[test]
    fn field_follows_from_density() {
        assert!((field_v_per_m(10.0) - 61.4).abs() < 0.05);
        assert!(near_density_w_per_m2(20.0, 1.0, 2.0, 65.0) > near_density_w_per_m2(20.0, 2.0, 2.0, 65.0));
    }
}
