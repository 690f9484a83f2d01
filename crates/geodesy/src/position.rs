//! Places and rectangles in WGS 84 degrees, and geodesics between them.

use geo::{Bearing, Destination, Distance, Geodesic};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ellipsoid::{meridian_radius_m, prime_vertical_radius_m};

/// A coordinate that is no place on Earth.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum PositionError {
    /// The longitude is outside ±180° or not a number.
    #[error("longitude {0} is not within -180 and 180 degrees")]
    Longitude(f64),
    /// The latitude is outside ±90° or not a number.
    #[error("latitude {0} is not within -90 and 90 degrees")]
    Latitude(f64),
}

/// A place on Earth, WGS 84 (EPSG:4326), degrees.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct LonLat {
    /// Longitude, degrees east, −180 to 180.
    pub lon_deg: f64,
    /// Geodetic latitude, degrees north, −90 to 90.
    pub lat_deg: f64,
}

impl LonLat {
    /// A place that the caller knows to be in range.
    #[must_use]
    pub const fn new(lon_deg: f64, lat_deg: f64) -> Self {
        Self { lon_deg, lat_deg }
    }

    /// A place from numbers of unknown quality.
    ///
    /// # Errors
    /// [`PositionError`] when either number is out of range or not finite.
    pub fn checked(lon_deg: f64, lat_deg: f64) -> Result<Self, PositionError> {
        if !(-180.0..=180.0).contains(&lon_deg) {
            return Err(PositionError::Longitude(lon_deg));
        }
        if !(-90.0..=90.0).contains(&lat_deg) {
            return Err(PositionError::Latitude(lat_deg));
        }
        Ok(Self { lon_deg, lat_deg })
    }
}

impl From<LonLat> for geo_types::Point<f64> {
    fn from(position: LonLat) -> Self {
        Self::new(position.lon_deg, position.lat_deg)
    }
}

impl From<geo_types::Point<f64>> for LonLat {
    fn from(point: geo_types::Point<f64>) -> Self {
        Self::new(point.x(), point.y())
    }
}

impl From<LonLat> for geo_types::Coord<f64> {
    fn from(position: LonLat) -> Self {
        Self {
            x: position.lon_deg,
            y: position.lat_deg,
        }
    }
}

impl From<geo_types::Coord<f64>> for LonLat {
    fn from(coord: geo_types::Coord<f64>) -> Self {
        Self::new(coord.x, coord.y)
    }
}

/// Length of the geodesic between two places, metres (Karney 2013, exact to nanometres).
#[must_use]
pub fn distance_m(from: LonLat, to: LonLat) -> f64 {
    Geodesic.distance(from.into(), geo_types::Point::from(to))
}

/// Direction in which the geodesic leaves `from` towards `to`: degrees clockwise from north, 0 to 360.
#[must_use]
pub fn azimuth_deg(from: LonLat, to: LonLat) -> f64 {
    Geodesic.bearing(from.into(), to.into())
}

/// The place at a distance along the geodesic that leaves `from` in a direction (degrees clockwise from north).
#[must_use]
pub fn destination(from: LonLat, azimuth_deg: f64, distance_m: f64) -> LonLat {
    Geodesic.destination(from.into(), azimuth_deg, distance_m).into()
}

/// A rectangle in WGS 84 degrees. It never crosses the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Western edge, degrees.
    pub west: f64,
    /// Southern edge, degrees.
    pub south: f64,
    /// Eastern edge, degrees.
    pub east: f64,
    /// Northern edge, degrees.
    pub north: f64,
}

impl Bounds {
    /// A rectangle from its four edges.
    #[must_use]
    pub const fn new(west: f64, south: f64, east: f64, north: f64) -> Self {
        Self {
            west,
            south,
            east,
            north,
        }
    }

    /// The smallest rectangle around some places; `None` without any.
    #[must_use]
    pub fn around(positions: impl IntoIterator<Item = LonLat>) -> Option<Self> {
        positions
            .into_iter()
            .map(|p| Self::new(p.lon_deg, p.lat_deg, p.lon_deg, p.lat_deg))
            .reduce(|a, b| a.union(&b))
    }

    /// The rectangle that reaches `radius_m` metres from a place in each direction.
    #[must_use]
    pub fn around_circle(centre: LonLat, radius_m: f64) -> Self {
        Self::new(centre.lon_deg, centre.lat_deg, centre.lon_deg, centre.lat_deg).expanded_m(radius_m)
    }

    /// Whether the edges are in order and finite.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.west <= self.east
            && self.south <= self.north
            && [self.west, self.south, self.east, self.north]
                .iter()
                .all(|edge| edge.is_finite())
    }

    /// Whether a place is inside or on an edge.
    #[must_use]
    pub fn contains(&self, position: LonLat) -> bool {
        (self.west..=self.east).contains(&position.lon_deg) && (self.south..=self.north).contains(&position.lat_deg)
    }

    /// Whether two rectangles share at least a point.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.south <= other.north && other.south <= self.north
    }

    /// The part common to both, if any.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        self.intersects(other).then(|| {
            Self::new(
                self.west.max(other.west),
                self.south.max(other.south),
                self.east.min(other.east),
                self.north.min(other.north),
            )
        })
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::new(
            self.west.min(other.west),
            self.south.min(other.south),
            self.east.max(other.east),
            self.north.max(other.north),
        )
    }

    /// The middle in degrees.
    #[must_use]
    pub fn centre(&self) -> LonLat {
        LonLat::new((self.west + self.east) / 2.0, (self.south + self.north) / 2.0)
    }

    /// The rectangle widened by at least `margin_m` ground metres on every side (clamped at poles and antimeridian).
    #[must_use]
    pub fn expanded_m(&self, margin_m: f64) -> Self {
        let nearest_pole = self.north.abs().max(self.south.abs()).to_radians();
        let margin_lat = (margin_m / meridian_radius_m(0.0)).to_degrees();
        let farthest_lat = (nearest_pole + margin_lat.to_radians()).min(89.9_f64.to_radians());
        let margin_lon = (margin_m / (prime_vertical_radius_m(farthest_lat) * farthest_lat.cos())).to_degrees();
        Self::new(
            (self.west - margin_lon).max(-180.0),
            (self.south - margin_lat).max(-90.0),
            (self.east + margin_lon).min(180.0),
            (self.north + margin_lat).min(90.0),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_arc_second_of_latitude_at_ha_tinh() {
        // Meridian radius at 18.34° N is 6 341 770 m: 1″ = 30.746 m.
        let from = LonLat::new(105.9, 18.34);
        let to = LonLat::new(105.9, 18.34 + 1.0 / 3600.0);
        assert!((distance_m(from, to) - 30.746).abs() < 0.001);
        assert!((azimuth_deg(from, to)).abs() < 1e-9);
    }

    #[test]
    fn checked_refuses_what_is_no_place() {
        assert_eq!(LonLat::checked(181.0, 0.0), Err(PositionError::Longitude(181.0)));
        assert_eq!(LonLat::checked(0.0, -90.5), Err(PositionError::Latitude(-90.5)));
        assert!(LonLat::checked(f64::NAN, 0.0).is_err());
        assert!(LonLat::checked(0.0, f64::INFINITY).is_err());
    }

    proptest! {
        #[test]
        fn destination_is_the_inverse_of_distance_and_azimuth(
            lon in 102.0..110.0_f64, lat in 8.0..24.0_f64, azimuth in 0.0..360.0_f64, metres in 1.0..100_000.0_f64
        ) {
            let from = LonLat::new(lon, lat);
            let to = destination(from, azimuth, metres);
            prop_assert!((distance_m(from, to) - metres).abs() < 1e-6);
            let difference = (azimuth_deg(from, to) - azimuth + 540.0).rem_euclid(360.0) - 180.0;
            prop_assert!(difference.abs() < 1e-4, "{difference}");
        }

        #[test]
        fn circle_bounds_hold_the_whole_circle(
            lon in -170.0..170.0_f64, lat in -80.0..80.0_f64, azimuth in 0.0..360.0_f64, radius in 1.0..50_000.0_f64
        ) {
            let centre = LonLat::new(lon, lat);
            prop_assert!(Bounds::around_circle(centre, radius).contains(destination(centre, azimuth, radius)));
        }
    }
}
