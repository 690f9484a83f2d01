//! Eight independent links at once. What each profile says is measured on its own, as for a single link; what follows from
//! it is calculated for all eight together, a link in each lane. Nothing is shared between them but the radio.

mod closing;
mod profiles;

use super::super::environment::{Refraction, UNUSUAL_REFRACTIVITY, refraction_of_eight};
use super::super::evaluation::{Evaluation, Mechanism, Warning, Warnings};
use super::super::point_to_point::{Added, PathConstants, finish};
use super::super::reference_attenuation::warn;
use super::super::terrain::{Horizons, Pair, Profile, TerrainParameters};
use super::{LinkConstants, WorkSpace};
use crate::lane_math::{DB, inlined_exp, ln};
use crate::lanes::LANES;
use crate::lanes::octet::{Eight, Octet};
use closing::Closing;
use profiles::Profiles;

/// What eight links have in common.
pub(in super::super) struct Common<'a> {
    pub link: &'a LinkConstants,
    pub constants: &'a PathConstants,
    pub n0: f64,
}

/// Eight links' terrain in lanes.
#[derive(Clone, Copy)]
pub(super) struct Terrain<S: Eight> {
    pub horizons: Horizons<Octet<S>>,
    pub delta_h_m: Octet<S>,
    pub effective_m: [Octet<S>; 2],
}

/// What is found out about eight links; `None` if one of the profiles holds what is no number or leads to an atmosphere
/// beyond the model.
#[inline(always)]
pub(in super::super) fn evaluate<S: Eight>(
    simd: S,
    profiles: &[Profile<'_>; LANES],
    common: &Common<'_>,
    work: &mut WorkSpace,
) -> Option<Answers> {
    let profiles = Profiles::new(simd, profiles, work);
    let elevation_m = profiles.system_elevation_m()?;
    let (surface_refractivity, radius_m) = refraction_of_eight(elevation_m, common.n0)?;
    let terrain = profiles.terrain(common.link.radio.antenna_m, radius_m, work);
    let distance_m = profiles.distance_m;
    let closing = Closing::new(common.link, radius_m, &terrain);
    let (reference_db, modes) = closing.reference(distance_m, surface_refractivity);
    let exp = inlined_exp();
    let deviation_db =
        common
            .constants
            .variability
            .deviation_db(distance_m, terrain.delta_h_m, terrain.effective_m, exp);
    let free_space_db = ln(distance_m * 1e-3) * (2.0 * DB) + (32.45 + common.constants.lg20_frequency);
    Some(Answers {
        reference_db: reference_db.array(),
        deviation_db: deviation_db.array(),
        free_space_db: free_space_db.array(),
        distance_m: distance_m.array(),
        surface_refractivity: surface_refractivity.array(),
        radius_m: radius_m.array(),
        smooth_m: arrays(closing.smooth_m),
        horizon_rad: arrays(terrain.horizons.angle_rad),
        horizon_m: arrays(terrain.horizons.distance_m),
        effective_m: arrays(terrain.effective_m),
        delta_h_m: terrain.delta_h_m.array(),
        modes,
    })
}

/// The answers of eight links, quantity by quantity.
pub(in super::super) struct Answers {
    reference_db: [f64; LANES],
    /// Taken off for variability.
    deviation_db: [f64; LANES],
    free_space_db: [f64; LANES],
    distance_m: [f64; LANES],
    surface_refractivity: [f64; LANES],
    radius_m: [f64; LANES],
    smooth_m: [[f64; LANES]; 2],
    horizon_rad: [[f64; LANES]; 2],
    horizon_m: [[f64; LANES]; 2],
    effective_m: [[f64; LANES]; 2],
    delta_h_m: [f64; LANES],
    modes: [Mechanism; LANES],
}

impl Answers {
    /// One link's answer; `warnings` are those of the radio.
    #[inline]
    pub fn of(&self, lane: usize, mut warnings: Warnings) -> Evaluation {
        let both = |pair: &[[f64; LANES]; 2]| -> Pair { [pair[0][lane], pair[1][lane]] };
        let terrain = TerrainParameters {
            horizons: Horizons {
                angle_rad: both(&self.horizon_rad),
                distance_m: both(&self.horizon_m),
            },
            delta_h_m: self.delta_h_m[lane],
            effective_m: both(&self.effective_m),
        };
        let distance_m = self.distance_m[lane];
        warnings.add_if(
            self.surface_refractivity[lane] < UNUSUAL_REFRACTIVITY,
            Warning::SurfaceRefractivity,
        );
        warn(distance_m, &terrain, both(&self.smooth_m), &mut warnings);
        let refraction = Refraction {
            surface_refractivity: self.surface_refractivity[lane],
            radius_m: self.radius_m[lane],
        };
        let reference = (self.reference_db[lane], self.modes[lane]);
        let added = Added {
            deviation_db: self.deviation_db[lane],
            free_space_db: self.free_space_db[lane],
        };
        finish(distance_m, &refraction, &terrain, reference, added, warnings)
    }
}

// Every function between the dispatch and an instruction must be inlined, or it is compiled without the instructions: here no
// closure is without the attribute, and no iterator runs over lanes.

#[inline(always)]
fn arrays<S: Eight>([a, b]: [Octet<S>; 2]) -> [[f64; LANES]; 2] {
    [a.array(), b.array()]
}

/// Whether a lane is greater than 0.
#[inline(always)]
fn any_positive<S: Eight>(lanes: Octet<S>) -> bool {
    crate::lanes::lane_maximum(lanes.array()) > 0.0
}
