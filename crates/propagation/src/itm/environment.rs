//! Atmosphere and ground.

use super::complex::Complex;
use super::evaluation::{Warning, Warnings};
use super::parameters::{MODEL, Parameters};
use crate::error::{ModelError, require};
use crate::p1812::Polarisation;

/// Frequency in the unit in which the model writes wave numbers: f/47.7 per metre.
pub(super) fn wave_number_per_m(frequency_mhz: f64) -> f64 {
    frequency_mhz / 47.7
}

/// Transfer impedance of the ground Zg.
pub(super) fn ground_impedance(parameters: &Parameters) -> Result<Complex, ModelError> {
    let loss = 18_000.0 * parameters.conductivity_s_per_m / parameters.frequency_mhz;
    let permittivity = Complex::new(parameters.permittivity, loss);
    let root = (permittivity - Complex::new(1.0, 0.0)).sqrt();
    let impedance = match parameters.polarisation {
        Polarisation::Horizontal => root,
        Polarisation::Vertical => root / permittivity,
    };
    if impedance.re <= impedance.im.abs() {
        return Err(ModelError::Inconsistent {
            model: MODEL,
            reason: "permittivity and conductivity give a ground impedance whose imaginary part exceeds the real one",
        });
    }
    Ok(impedance)
}

/// Refraction at the system's elevation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Refraction {
    /// Surface refractivity Ns, N-units.
    pub surface_refractivity: f64,
    /// Effective earth radius a, m.
    pub radius_m: f64,
}

impl Refraction {
    /// At a system elevation of `elevation_m` above the sea.
    #[inline(always)]
    pub fn at(
        elevation_m: f64,
        n0: f64,
        warnings: &mut Warnings,
        exp: impl Fn(f64) -> f64,
    ) -> Result<Self, ModelError> {
        const EARTH_CURVATURE_PER_M: f64 = 157e-9;
        let surface_refractivity = if elevation_m == 0.0 {
            n0
        } else {
            n0 * exp(-elevation_m / 9460.0)
        };
        require(MODEL, "surface refractivity", surface_refractivity, "N", (150.0, 400.0))?;
        warnings.add_if(surface_refractivity < 250.0, Warning::SurfaceRefractivity);
        let curvature = EARTH_CURVATURE_PER_M * (1.0 - 0.04665 * exp(surface_refractivity / 179.3));
        let radius_m = 1.0 / curvature;
        require(MODEL, "effective earth radius", radius_m, "m", (4e6, 13_333_333.0))?;
        Ok(Self {
            surface_refractivity,
            radius_m,
        })
    }
}
