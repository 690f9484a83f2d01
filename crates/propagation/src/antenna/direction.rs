//! Directions, and how mechanical tilt turns them.

use serde::{Deserialize, Serialize};

/// A direction seen from an antenna.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Direction {
    /// Angle from the boresight, degrees clockwise, −180 … 180.
    pub azimuth_deg: f64,
    /// Elevation, degrees, positive upwards.
    pub elevation_deg: f64,
}

/// An angle wrapped into (−180, 180].
pub fn wrap_degrees(angle_deg: f64) -> f64 {
    let turned = angle_deg.rem_euclid(360.0);
    if turned > 180.0 { turned - 360.0 } else { turned }
}

/// Elevation in degrees of a receiver `rise_m` above (negative: below) the antenna at a ground distance, over an
/// earth of effective radius `earth_radius_m` (which sinks the receiver by D²/2a).
pub fn elevation_deg(rise_m: f64, distance_m: f64, earth_radius_m: f64) -> f64 {
    (rise_m - distance_m * distance_m / (2.0 * earth_radius_m))
        .atan2(distance_m)
        .to_degrees()
}

impl Direction {
    /// The direction in the frame of an antenna tilted downwards by `tilt_deg` about its horizontal axis: the exact
    /// rotation. In front the beam sinks by the tilt, behind it rises by it.
    #[must_use]
    pub fn tilted(self, tilt_deg: f64) -> Self {
        if tilt_deg == 0.0 {
            return self;
        }
        let (sin_azimuth, cos_azimuth) = self.azimuth_deg.to_radians().sin_cos();
        let (sin_elevation, cos_elevation) = self.elevation_deg.to_radians().sin_cos();
        let (sin_tilt, cos_tilt) = tilt_deg.to_radians().sin_cos();
        let (forward, right, up) = (cos_elevation * cos_azimuth, cos_elevation * sin_azimuth, sin_elevation);
        let (forward, up) = (forward * cos_tilt - up * sin_tilt, forward * sin_tilt + up * cos_tilt);
        Self {
            azimuth_deg: right.atan2(forward).to_degrees(),
            elevation_deg: up.clamp(-1.0, 1.0).asin().to_degrees(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beam_sinks_in_front_and_rises_behind() {
        let front = Direction {
            azimuth_deg: 0.0,
            elevation_deg: -5.0,
        }
        .tilted(5.0);
        assert!(front.elevation_deg.abs() < 1e-12 && front.azimuth_deg.abs() < 1e-12);
        let behind = Direction {
            azimuth_deg: 180.0,
            elevation_deg: 5.0,
        }
        .tilted(5.0);
        assert!(behind.elevation_deg.abs() < 1e-12);
        let aside = Direction {
            azimuth_deg: 90.0,
            elevation_deg: 0.0,
        }
        .tilted(5.0);
        assert!(aside.elevation_deg.abs() < 1e-12);
    }

    #[test]
    fn wrapping_keeps_the_half_open_interval() {
        assert_eq!(wrap_degrees(-180.0), 180.0);
        assert_eq!(wrap_degrees(540.0), 180.0);
        assert_eq!(wrap_degrees(-10.0), -10.0);
        assert_eq!(wrap_degrees(350.0), -10.0);
    }

    #[test]
    fn the_bulge_of_the_earth_lowers_distant_receivers() {
        let flat = elevation_deg(-30.0, 20_000.0, f64::INFINITY);
        let round = elevation_deg(-30.0, 20_000.0, 4.0 / 3.0 * 6.371e6);
        assert!((flat - round - 0.0675).abs() < 1e-3);
    }
}
