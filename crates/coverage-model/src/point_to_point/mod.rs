//! One path between two places, the view that every planner asks for first: terrain and clutter, the ray and its first
//! Fresnel zone over the curved earth, and the loss by every model that applies.
//!
//! [`analyse`] computes it, [`drawing::svg`] draws it.

pub mod drawing;
mod geometry;
mod losses;
mod scale;
#[cfg(test)]
mod tests;

use geodesy::{LonLat, azimuth_deg};
use serde::{Deserialize, Serialize};
use terrain::{Ground, Profile, TerrainError, profile};
use thiserror::Error;

pub use geometry::{Clearance, PathGeometry};
pub use losses::{Applicability, ModelLoss};
pub use propagation::p1812::{Atmosphere, Polarisation};

/// What is asked about a path.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PathRequest {
    /// Frequency, MHz, 30 to 100 000 (each model has its own range).
    pub frequency_mhz: f64,
    /// Transmitting antenna above ground, metres.
    pub tx_height_m: f64,
    /// Receiving antenna above ground, metres.
    pub rx_height_m: f64,
    /// Distance between profile samples, metres. With clutter the loss depends on it: leave 30 m for comparisons.
    pub step_m: f64,
    /// Percentage of an average year for which the loss is not exceeded, 1 to 50.
    pub time_percent: f64,
    /// Polarisation.
    pub polarisation: Polarisation,
    /// Radio climate.
    #[serde(flatten)]
    pub atmosphere: Atmosphere,
}

impl Default for PathRequest {
    /// A 1.8 GHz cell at 30 m, a handset at 1.5 m, 30 m steps, medians.
    fn default() -> Self {
        Self {
            frequency_mhz: 1800.0,
            tx_height_m: 30.0,
            rx_height_m: 1.5,
            step_m: 30.0,
            time_percent: 50.0,
            polarisation: Polarisation::Vertical,
            atmosphere: Atmosphere::default(),
        }
    }
}

/// Why a path cannot be analysed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PathError {
    /// The ground cannot be read or is not there.
    #[error(transparent)]
    Ground(#[from] TerrainError),
    /// A number of the request is out of range.
    #[error("{quantity} must be between {minimum} and {maximum} {unit}, not {value}")]
    Request {
        /// Which number.
        quantity: &'static str,
        /// What was given.
        value: f64,
        /// Smallest allowed.
        minimum: f64,
        /// Largest allowed.
        maximum: f64,
        /// Unit of all three.
        unit: &'static str,
    },
}

/// One path and all that is known about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PointToPoint {
    /// The transmitter's place.
    pub from: LonLat,
    /// The receiver's place.
    pub to: LonLat,
    /// What was asked.
    pub request: PathRequest,
    /// Length along the ground, metres.
    pub distance_m: f64,
    /// Direction from the transmitter, degrees clockwise from north.
    pub azimuth_deg: f64,
    /// Direction back from the receiver.
    pub back_azimuth_deg: f64,
    /// Terrain and clutter.
    pub profile: Profile,
    /// Ray, Fresnel zone and clearance.
    pub geometry: PathGeometry,
    /// Loss by each model, those that do not apply with the reason.
    pub losses: Vec<ModelLoss>,
}

/// Analyses the path from a transmitter to a receiver.
///
/// # Errors
/// [`PathError`] when the request is out of range or the ground does not reach.
pub fn analyse(ground: &Ground, from: LonLat, to: LonLat, request: &PathRequest) -> Result<PointToPoint, PathError> {
    check(request)?;
    let profile = profile(ground, from, to, request.step_m)?;
    let geometry = PathGeometry::new(&profile, request);
    let losses = losses::all(&profile, &geometry, (from, to), request);
    Ok(PointToPoint {
        from,
        to,
        request: *request,
        distance_m: profile.length_m(),
        azimuth_deg: azimuth_deg(from, to),
        back_azimuth_deg: azimuth_deg(to, from),
        profile,
        geometry,
        losses,
    })
}

fn check(request: &PathRequest) -> Result<(), PathError> {
    for (quantity, value, minimum, maximum, unit) in [
        ("the frequency", request.frequency_mhz, 30.0, 100_000.0, "MHz"),
        (
            "the transmitting antenna's height",
            request.tx_height_m,
            0.5,
            3000.0,
            "m",
        ),
        ("the receiving antenna's height", request.rx_height_m, 0.5, 3000.0, "m"),
        ("the profile step", request.step_m, 1.0, 1000.0, "m"),
        ("the time percentage", request.time_percent, 1.0, 50.0, "%"),
        (
            "the refractivity lapse rate",
            request.atmosphere.delta_n,
            0.0,
            156.0,
            "N-units/km",
        ),
        (
            "the sea-level refractivity",
            request.atmosphere.n0,
            200.0,
            500.0,
            "N-units",
        ),
    ] {
        // Written so that NaN fails too.
        if !(value >= minimum && value <= maximum) {
            return Err(PathError::Request {
                quantity,
                value,
                minimum,
                maximum,
                unit,
            });
        }
    }
    Ok(())
}
