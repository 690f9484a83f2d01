//! ITU-R P.1812-8: path-specific basic transmission loss between terminals on the ground, 30 MHz – 6 GHz.
//!
//! The loss is that not exceeded for a percentage of an average year and of locations. It combines line of sight,
//! delta-Bullington diffraction over terrain and clutter, ducting and troposcatter.
//!
//! Two halves meet in [`PathGeometry`]: profile analysis, which knows nothing of frequency, and the closing
//! formulas ([`loss`]), which know nothing of terrain. A coverage engine that finds the geometry faster than by
//! the definitions calls the same closing formulas, piece by piece if it wants: [`line_of_sight`],
//! [`diffraction`], [`ducting`], [`troposcatter`], [`combination`], [`location_variability`].
//!
//! Numbers in brackets in the docs are the equation numbers of edition 8 (they moved by a few units between
//! editions in Attachment 1).
//!
//! ```
//! use propagation::p1812::{self, Parameters, Path};
//!
//! let heights_m = (0..=100).map(|i| 100.0 + 40.0 * (f64::from(i) / 9.0).sin()).collect();
//! let path = Path::equidistant(0.03, heights_m, Vec::new())?;
//! let evaluation = p1812::evaluate(&path, &Parameters { frequency_ghz: 0.8, ..Parameters::default() })?;
//! assert!(evaluation.loss_db > evaluation.lbfs);
//! # Ok::<(), propagation::ModelError>(())
//! ```

pub mod combination;
pub mod diffraction;
pub mod ducting;
pub mod line_of_sight;
pub mod location_variability;
pub mod profile_analysis;
pub mod time_variability;
pub mod troposcatter;

mod closing;
mod constants;
mod equidistant;
mod evaluation;
mod geometry;
mod median_land;
mod parameters;
mod path;
mod zones;

pub use closing::{diffraction_losses, loss, loss_at_distance};
pub use constants::{DistanceConstants, RadioConstants};
pub use equidistant::{EquidistantProfile, LinkEvaluator};
pub use evaluation::{DiffractionLosses, Evaluation};
pub use geometry::{DiffractionEdges, PathGeometry, diffraction_heights_m};
pub use location_variability::{BuildingEntry, LocationSpread};
pub use median_land::{Exits, MedianGeometry, median_land_loss_db};
pub use parameters::{Atmosphere, Parameters, Polarisation};
pub use path::{Path, Zone, centre_latitude_deg};
pub use zones::ZoneLengths;

use crate::error::ModelError;

/// Mean earth radius of the recommendation, km.
pub const EARTH_RADIUS_KM: f64 = 6371.0;

/// Effective earth radius exceeded for β0 % of time, ab, km (eq. 7b).
pub const BETA0_RADIUS_KM: f64 = 3.0 * EARTH_RADIUS_KM;

/// Speed of light as the recommendation rounds it: λ (m) = 0.2998 / f (GHz).
pub const SPEED_OF_LIGHT_GM_PER_S: f64 = 0.2998;

/// Basic transmission loss over a profile, with every intermediate quantity.
///
/// # Errors
/// [`ModelError`] if a parameter is outside the recommendation's range.
pub fn evaluate(path: &Path, parameters: &Parameters) -> Result<Evaluation, ModelError> {
    parameters.check()?;
    Ok(loss(
        &PathGeometry::new(path, parameters),
        &RadioConstants::new(parameters),
    ))
}
