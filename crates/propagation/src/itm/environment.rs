//! Atmosphere and ground.

use super::complex::Complex;
use super::evaluation::{Warning, Warnings};
use super::parameters::{MODEL, Parameters};
use crate::error::{ModelError, require};
use crate::lane_math::{self, Number};
use crate::lanes::octet::{Eight, Octet};
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

const SCALE_HEIGHT_M: f64 = 9460.0;
const EARTH_CURVATURE_PER_M: f64 = 157e-9;
/// How the air bends rays: 0.04665·exp(Ns/179.3) of the earth's own curvature.
const BENDING: (f64, f64) = (0.04665, 179.3);

/// Surface refractivity at an elevation above the sea.
#[inline(always)]
fn surface_refractivity<N: Number>(elevation_m: N, n0: f64, exp: impl Fn(N) -> N) -> N {
    exp(elevation_m * (-1.0 / SCALE_HEIGHT_M)) * n0
}

/// Effective earth radius for a surface refractivity, m.
#[inline(always)]
fn effective_radius_m<N: Number>(surface_refractivity: N, exp: impl Fn(N) -> N) -> N {
    let bending = exp(surface_refractivity * (1.0 / BENDING.1)) * BENDING.0;
    surface_refractivity.like(1.0) / ((bending * -1.0 + 1.0) * EARTH_CURVATURE_PER_M)
}

/// What the model allows for Ns, N-units, and for the effective earth radius, m.
const REFRACTIVITY_RANGE: (f64, f64) = (150.0, 400.0);
const RADIUS_RANGE_M: (f64, f64) = (4e6, 13_333_333.0);
/// Ns below which the model warns.
pub(super) const UNUSUAL_REFRACTIVITY: f64 = 250.0;

/// Surface refractivities and effective earth radii (m) at eight elevations; `None` where one is beyond the model.
#[inline(always)]
pub(super) fn refraction_of_eight<S: Eight>(elevation_m: Octet<S>, n0: f64) -> Option<(Octet<S>, Octet<S>)> {
    let exp = lane_math::inlined_exp();
    let refractivity = surface_refractivity(elevation_m, n0, exp);
    let radius_m = effective_radius_m(refractivity, exp);
    let worst = outside(refractivity, REFRACTIVITY_RANGE).max(outside(radius_m, RADIUS_RANGE_M));
    let allowed = worst.array().iter().all(|&by| by <= 0.0);
    allowed.then_some((refractivity, radius_m))
}

/// By how much values lie outside a range; not above 0 within.
#[inline(always)]
fn outside<S: Eight>(values: Octet<S>, (least, most): (f64, f64)) -> Octet<S> {
    (values * -1.0 + least).max(values - most)
}

impl Refraction {
    /// At a system elevation of `elevation_m` above the sea.
    pub fn at(
        elevation_m: f64,
        n0: f64,
        warnings: &mut Warnings,
        exp: impl Fn(f64) -> f64,
    ) -> Result<Self, ModelError> {
        let surface_refractivity = surface_refractivity(elevation_m, n0, &exp);
        Self::checked(
            surface_refractivity,
            effective_radius_m(surface_refractivity, exp),
            warnings,
        )
    }

    #[inline(always)]
    fn checked(surface_refractivity: f64, radius_m: f64, warnings: &mut Warnings) -> Result<Self, ModelError> {
        require(
            MODEL,
            "surface refractivity",
            surface_refractivity,
            "N",
            REFRACTIVITY_RANGE,
        )?;
        warnings.add_if(
            surface_refractivity < UNUSUAL_REFRACTIVITY,
            Warning::SurfaceRefractivity,
        );
        require(MODEL, "effective earth radius", radius_m, "m", RADIUS_RANGE_M)?;
        Ok(Self {
            surface_refractivity,
            radius_m,
        })
    }
}

/// Refraction of one N0 at any elevation. All of a path's analysis waits for the earth radius, two exponentials and a division
/// away: here it comes from cubics over 10 m of elevation each, exact to 1e-11 of itself.
#[derive(Clone)]
pub(super) struct RefractionTable {
    pub n0: f64,
    /// Coefficients of the radius in m by metres above the lower end of an interval.
    radius_m: Vec<[f64; 4]>,
}

impl RefractionTable {
    const LOWEST_M: f64 = -500.0;
    const STEP_M: f64 = 10.0;
    const INTERVALS: usize = 950;

    pub fn new(n0: f64) -> Self {
        let radius_and_slope = |node: usize| {
            let elevation_m = Self::LOWEST_M + node as f64 * Self::STEP_M;
            let refractivity = surface_refractivity(elevation_m, n0, f64::exp);
            let radius_m = effective_radius_m(refractivity, f64::exp);
            let bending = BENDING.0 * (refractivity / BENDING.1).exp() * refractivity / (BENDING.1 * SCALE_HEIGHT_M);
            (radius_m, -radius_m * radius_m * EARTH_CURVATURE_PER_M * bending)
        };
        let nodes: Vec<(f64, f64)> = (0..=Self::INTERVALS).map(radius_and_slope).collect();
        let cubic = |node: usize| {
            let ((from, slope), (to, end_slope)) = (nodes[node], nodes[node + 1]);
            let mean = (to - from) / Self::STEP_M;
            [
                from,
                slope,
                (3.0 * mean - 2.0 * slope - end_slope) / Self::STEP_M,
                (slope + end_slope - 2.0 * mean) / (Self::STEP_M * Self::STEP_M),
            ]
        };
        Self {
            n0,
            radius_m: (0..Self::INTERVALS).map(cubic).collect(),
        }
    }

    /// As [`Refraction::at`].
    #[inline(always)]
    pub fn at(
        &self,
        elevation_m: f64,
        warnings: &mut Warnings,
        exp: impl Fn(f64) -> f64,
    ) -> Result<Refraction, ModelError> {
        let surface_refractivity = surface_refractivity(elevation_m, self.n0, &exp);
        let place = (elevation_m - Self::LOWEST_M) * (1.0 / Self::STEP_M);
        // A negative place or none at all is cut to 0: asked for below.
        let radius_m = match self.radius_m.get(place as usize) {
            Some([c0, c1, c2, c3]) if place >= 0.0 => {
                let above = elevation_m - (Self::LOWEST_M + (place as usize) as f64 * Self::STEP_M);
                c0 + above * (c1 + above * (c2 + above * c3))
            }
            _ => effective_radius_m(surface_refractivity, exp),
        };
        Refraction::checked(surface_refractivity, radius_m, warnings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_table_is_the_formula(elevation_m in -900.0..9900.0_f64, n0 in 250.0..400.0_f64) {
            let (mut warnings, mut others) = (Warnings::default(), Warnings::default());
            let table = RefractionTable::new(n0).at(elevation_m, &mut warnings, f64::exp);
            match (table, Refraction::at(elevation_m, n0, &mut others, f64::exp)) {
                (Ok(table), Ok(formula)) => {
                    prop_assert_eq!(table.surface_refractivity, formula.surface_refractivity);
                    prop_assert!((table.radius_m / formula.radius_m - 1.0).abs() < 2e-11, "{} {}", table.radius_m, formula.radius_m);
                    prop_assert_eq!(warnings, others);
                }
                (table, formula) => prop_assert!(table.is_err() && formula.is_err()),
            }
        }
    }
}
