//! Longley–Rice Irregular Terrain Model, point-to-point and area, 20 MHz – 20 GHz.
//!
//! The form of NTIA's reference implementation (ITM 1.2.2 and later). Units inside: metres, MHz, radians, dB,
//! N-units. The answer is basic transmission loss with every intermediate quantity and the model's own warnings.
//!
//! ```
//! use propagation::itm::{self, Parameters};
//!
//! let heights_m: Vec<f64> = (0..=200).map(|i| 100.0 + 40.0 * (f64::from(i) / 9.0).sin()).collect();
//! let evaluation = itm::point_to_point(30.0, &heights_m, &Parameters::default())?;
//! assert!(evaluation.loss_db > evaluation.free_space_db);
//! # Ok::<(), propagation::ModelError>(())
//! ```
//!
//! For many profiles in a row keep a [`PointToPoint`]: constants and work space are made once. It takes profiles one after the
//! other, or several independent ones in a call, which is the quickest.

mod area;
mod complex;
mod diffraction;
mod environment;
mod evaluation;
mod line_of_sight;
mod parameters;
mod point_to_point;
mod reference_attenuation;
mod terrain;
mod troposcatter;
mod variability;
mod vectorised;

pub use area::{AreaPath, Siting, area};
pub use evaluation::{Evaluation, Mechanism, Warning, Warnings};
pub use parameters::{Climate, Parameters, Variability, VariabilityMode};
pub use point_to_point::{LinkProfile, PointToPoint, point_to_point};

#[cfg(test)]
mod tests;
