//! Antenna patterns, tilt and mounting.
//!
//! A pattern gives the attenuation below its maximum gain in a [`Direction`] of the antenna's own frame;
//! [`MountedAntenna`] turns bearing and elevation seen from the site into that frame. Azimuths are clockwise from
//! north, elevations positive upwards, **tilts positive downwards**.

mod array;
mod direction;
mod msi;
mod sector;

use serde::{Deserialize, Serialize};

pub use array::ColumnArray;
pub use direction::{Direction, elevation_deg, wrap_degrees};
pub use msi::{Cut, GainUnit, MsiAntenna, MsiError, MsiWarning};
pub use sector::{SectorPattern, omni_sector};

/// The shape of an antenna's radiation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// The same in every direction.
    Isotropic,
    /// The parabolic pattern of 3GPP TR 38.901, in azimuth and elevation.
    Sector(SectorPattern),
    /// The same at every azimuth, a beam in elevation (the azimuth part of the pattern is not used).
    Omni(SectorPattern),
    /// A measured pattern from a `.msi` file.
    Measured(Box<MsiAntenna>),
}

impl Pattern {
    /// Attenuation below the maximum gain in dB, never negative.
    pub fn attenuation_db(&self, direction: Direction) -> f64 {
        match self {
            Self::Isotropic => 0.0,
            Self::Sector(sector) => sector.attenuation_db(direction),
            Self::Omni(sector) => omni_sector(sector, direction.elevation_deg),
            Self::Measured(antenna) => antenna.attenuation_db(direction),
        }
    }
}

/// A pattern on a mast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MountedAntenna {
    /// The pattern, electrical tilt included.
    pub pattern: Pattern,
    /// Azimuth of the boresight, degrees clockwise from north.
    pub azimuth_deg: f64,
    /// Mechanical tilt, degrees, positive downwards.
    pub mechanical_tilt_deg: f64,
}

impl MountedAntenna {
    /// Attenuation in dB towards a bearing (degrees from north) and elevation (degrees, positive up).
    ///
    /// ```
    /// use propagation::antenna::{MountedAntenna, Pattern, SectorPattern};
    ///
    /// let antenna = MountedAntenna {
    ///     pattern: Pattern::Sector(SectorPattern::macro_cell(65.0, 7.0, 4.0)),
    ///     azimuth_deg: 120.0,
    ///     mechanical_tilt_deg: 2.0,
    /// };
    /// // The beam points 6° below the horizon; half the beam width off it costs 3 dB.
    /// assert!(antenna.attenuation_db(120.0, -6.0).abs() < 1e-9);
    /// assert!((antenna.attenuation_db(120.0, -2.5) - 3.0).abs() < 1e-9);
    /// ```
    pub fn attenuation_db(&self, bearing_deg: f64, elevation_deg: f64) -> f64 {
        let seen = Direction {
            azimuth_deg: wrap_degrees(bearing_deg - self.azimuth_deg),
            elevation_deg,
        };
        self.pattern.attenuation_db(seen.tilted(self.mechanical_tilt_deg))
    }
}
