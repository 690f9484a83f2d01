//! Loss over a terrain profile.

use pulp::Arch;

use super::environment::{Refraction, RefractionTable, ground_impedance};
use super::evaluation::{Evaluation, Mechanism, Warnings};
use super::parameters::Parameters;
use super::reference_attenuation::{Radio, attenuation_db};
use super::terrain::{Measure, Profile, TerrainParameters, analyse};
use super::variability::{VariabilityConstants, bent_db};
use super::vectorised::eight::{self, Answers, Common};
use super::vectorised::{Begun, LinkConstants, VectorisedProfile, WorkSpace};
use crate::error::ModelError;
use crate::lane_math::{self, DB};
use crate::lanes::LANES;
use crate::lanes::octet::{Eight, Work, with_widest};

/// Loss over one profile with equal steps (`step_m`), transmitter first, heights in m above sea level; in the model's
/// own plain form.
///
/// # Errors
/// Parameters out of range, fewer than three heights, heights that are not finite, or an atmosphere beyond the model.
pub fn point_to_point(step_m: f64, heights_m: &[f64], parameters: &Parameters) -> Result<Evaluation, ModelError> {
    let mut warnings = parameters.check()?;
    let radio = radio(parameters, true)?;
    let constants = PathConstants::new(parameters, &mut warnings);
    let mut profile = Profile::checked(step_m, heights_m)?;
    let whole = profile;
    let refraction = Refraction::at(profile.system_elevation_m(), parameters.n0, &mut warnings, f64::exp)?;
    let (terrain, ()) = analyse(&whole, &mut profile, radio.antenna_m, refraction.radius_m, |_, _| ());
    let evaluation = constants.evaluate(profile.distance_m(), &radio, &refraction, &terrain, warnings);
    checked(evaluation, heights_m.len())
}

/// One profile after the other with the same radio: the same answers as [`point_to_point`] (tests hold them to within
/// 1e-6 dB), several times faster.
#[derive(Clone)]
pub struct PointToPoint {
    link: LinkConstants,
    refraction: RefractionTable,
    constants: PathConstants,
    warnings: Warnings,
    work: WorkSpace,
    arch: Arch,
}

/// What turns a reference attenuation into a loss.
#[derive(Clone, Copy)]
pub(super) struct PathConstants {
    pub variability: VariabilityConstants,
    pub lg20_frequency: f64,
}

impl PathConstants {
    pub fn new(parameters: &Parameters, warnings: &mut Warnings) -> Self {
        Self {
            variability: VariabilityConstants::new(parameters, warnings),
            lg20_frequency: 20.0 * parameters.frequency_mhz.log10(),
        }
    }

    /// Reference attenuation, variability and free space of an analysed path.
    pub fn evaluate(
        &self,
        distance_m: f64,
        radio: &Radio,
        refraction: &Refraction,
        terrain: &TerrainParameters,
        mut warnings: Warnings,
    ) -> Evaluation {
        let reference = attenuation_db(distance_m, radio, refraction, terrain, &mut warnings);
        let added = self.added(distance_m, terrain, (f64::exp, f64::ln));
        finish(distance_m, refraction, terrain, reference, added, warnings)
    }

    /// What is added to the reference attenuation of a path.
    #[inline(always)]
    pub fn added(
        &self,
        distance_m: f64,
        terrain: &TerrainParameters,
        (exp, ln): (impl Fn(f64) -> f64, impl Fn(f64) -> f64),
    ) -> Added {
        Added {
            deviation_db: self
                .variability
                .deviation_db(distance_m, terrain.delta_h_m, terrain.effective_m, exp),
            free_space_db: 32.45 + self.lg20_frequency + 2.0 * DB * ln(distance_m / 1000.0),
        }
    }
}

/// What makes a loss of a reference attenuation, dB.
#[derive(Clone, Copy)]
pub(super) struct Added {
    /// Taken off for variability.
    pub deviation_db: f64,
    pub free_space_db: f64,
}

/// Variability and free space on top of a reference attenuation.
#[inline(always)]
pub(super) fn finish(
    distance_m: f64,
    refraction: &Refraction,
    terrain: &TerrainParameters,
    (reference_db, mode): (f64, Mechanism),
    added: Added,
    warnings: Warnings,
) -> Evaluation {
    let free_space_db = added.free_space_db;
    let variability_db = bent_db(reference_db - added.deviation_db);
    Evaluation {
        loss_db: variability_db + free_space_db,
        free_space_db,
        reference_db,
        variability_db,
        distance_km: distance_m / 1000.0,
        tx_horizon_rad: terrain.horizons.angle_rad[0],
        rx_horizon_rad: terrain.horizons.angle_rad[1],
        tx_horizon_m: terrain.horizons.distance_m[0],
        rx_horizon_m: terrain.horizons.distance_m[1],
        tx_effective_m: terrain.effective_m[0],
        rx_effective_m: terrain.effective_m[1],
        surface_refractivity: refraction.surface_refractivity,
        effective_radius_m: refraction.radius_m,
        delta_h_m: terrain.delta_h_m,
        mode,
        warnings,
    }
}

/// The radio side of checked parameters.
pub(super) fn radio(parameters: &Parameters, point_to_point: bool) -> Result<Radio, ModelError> {
    Ok(Radio {
        frequency_mhz: parameters.frequency_mhz,
        cube_root_frequency: parameters.frequency_mhz.cbrt(),
        ln_frequency: parameters.frequency_mhz.ln(),
        antenna_m: [parameters.tx_height_m, parameters.rx_height_m],
        impedance: ground_impedance(parameters)?,
        point_to_point,
    })
}

impl PointToPoint {
    /// Constants and work space for `parameters`.
    ///
    /// # Errors
    /// Parameters out of range.
    pub fn new(parameters: &Parameters) -> Result<Self, ModelError> {
        let mut warnings = parameters.check()?;
        Ok(Self {
            link: LinkConstants::new(radio(parameters, true)?),
            refraction: RefractionTable::new(parameters.n0),
            constants: PathConstants::new(parameters, &mut warnings),
            warnings,
            work: WorkSpace::default(),
            arch: Arch::new(),
        })
    }

    /// Loss over one profile.
    ///
    /// # Errors
    /// As [`point_to_point`].
    pub fn evaluate(&mut self, step_m: f64, heights_m: &[f64]) -> Result<Evaluation, ModelError> {
        let profile = Profile::checked(step_m, heights_m)?;
        let arch = self.arch;
        let evaluation = with_widest(
            arch,
            Link {
                evaluator: self,
                profile,
            },
        )?;
        checked(evaluation, heights_m.len())
    }

    /// Losses over independent profiles, in their order; each the same as from [`PointToPoint::evaluate`] (tests hold them to
    /// within 1e-6 dB). Every profile is measured on its own and nothing is shared between the links, but the formulas that
    /// follow are calculated for eight links at once, so that no calculation waits for the one before.
    ///
    /// The errors are those of [`point_to_point`], each in its link's place.
    pub fn evaluate_each(&mut self, links: &[LinkProfile<'_>]) -> Vec<Result<Evaluation, ModelError>> {
        let mut losses = Vec::with_capacity(links.len());
        for links in links.chunks(LANES) {
            match self.eight(links) {
                Some(answers) => {
                    let evaluated = |(lane, link): (usize, &LinkProfile<'_>)| {
                        checked(answers.of(lane, self.warnings), link.heights_m.len())
                    };
                    losses.extend(links.iter().enumerate().map(evaluated));
                }
                None => losses.extend(links.iter().map(|link| self.evaluate(link.step_m, link.heights_m))),
            }
        }
        losses
    }

    /// The same as on a machine without vector instructions.
    #[cfg(test)]
    pub(super) fn without_vectors(self) -> Self {
        Self {
            arch: Arch::Scalar,
            ..self
        }
    }

    /// Up to eight links at once, the last repeated where there are fewer; `None` where they are to be taken one by one.
    #[inline(always)]
    fn eight(&mut self, links: &[LinkProfile<'_>]) -> Option<Answers> {
        let last = links.len().checked_sub(1).filter(|&last| last > 0)?;
        let mut profiles = [Profile::checked(links[last].step_m, links[last].heights_m).ok()?; LANES];
        for (profile, link) in profiles.iter_mut().zip(links) {
            *profile = Profile::checked(link.step_m, link.heights_m).ok()?;
        }
        let arch = self.arch;
        with_widest(
            arch,
            EightLinks {
                evaluator: self,
                profiles,
            },
        )
    }
}

/// A profile with equal steps, transmitter first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkProfile<'a> {
    /// Distance between neighbouring points, m.
    pub step_m: f64,
    /// Heights in m above sea level, both ends included.
    pub heights_m: &'a [f64],
}

/// Eight links, not answered where one of the links has to be refused.
struct EightLinks<'a> {
    evaluator: &'a mut PointToPoint,
    profiles: [Profile<'a>; LANES],
}

impl Work for EightLinks<'_> {
    type Output = Option<Answers>;

    #[inline(always)]
    fn with<S: Eight>(self, simd: S) -> Self::Output {
        let PointToPoint {
            link,
            refraction,
            constants,
            work,
            ..
        } = self.evaluator;
        let common = Common {
            link,
            constants,
            n0: refraction.n0,
        };
        eight::evaluate(simd, &self.profiles, &common, work)
    }
}

/// One evaluation.
struct Link<'a> {
    evaluator: &'a mut PointToPoint,
    profile: Profile<'a>,
}

impl Work for Link<'_> {
    type Output = Result<Evaluation, ModelError>;

    #[inline(always)]
    fn with<S: Eight>(self, simd: S) -> Self::Output {
        let Self { evaluator, profile } = self;
        let PointToPoint {
            link,
            refraction,
            constants,
            warnings,
            work,
            ..
        } = evaluator;
        let mut warnings = *warnings;
        let mut measured = VectorisedProfile::new(simd, profile, work);
        if !measured.is_finite() {
            return Err(not_a_number(profile.height_m.len()));
        }
        let elevation_m = measured.system_elevation_m();
        let refraction = refraction.at(elevation_m, &mut warnings, lane_math::exp)?;
        let (terrain, begun) = analyse(
            &profile,
            &mut measured,
            link.radio.antenna_m,
            refraction.radius_m,
            #[inline(always)]
            |horizons, effective_m| Begun::new(simd, link, &refraction, horizons, effective_m),
        );
        let added = constants.added(profile.distance_m(), &terrain, (lane_math::exp, lane_math::ln));
        let reference = begun.reference(profile.distance_m(), link, &refraction, &terrain, &mut warnings);
        Ok(finish(
            profile.distance_m(),
            &refraction,
            &terrain,
            reference,
            added,
            warnings,
        ))
    }
}

fn not_a_number(point: usize) -> ModelError {
    ModelError::Profile {
        reason: "a height is not a number",
        point,
    }
}

fn checked(evaluation: Evaluation, points: usize) -> Result<Evaluation, ModelError> {
    if evaluation.loss_db.is_finite() {
        Ok(evaluation)
    } else {
        Err(not_a_number(points))
    }
}
