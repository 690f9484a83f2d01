//! Ground metres around one place.

use serde::{Deserialize, Serialize};

use crate::ellipsoid::{SECOND_ECCENTRICITY_SQUARED, prime_vertical_radius_m};
use crate::position::LonLat;

/// Ground metres east and north of an origin, on the ellipsoid.
///
/// The frame is azimuthal and equidistant: `hypot(east, north)` is the geodesic distance from the origin and
/// `atan2(east, north)` the direction in which the geodesic leaves it, which is what a radial sweep needs.
/// Both directions are the Legendre series of the geodesic to the fourth order (Jordan and Eggert, *Handbuch der
/// Vermessungskunde* III; ellipsoidal terms to the third order): a few dozen multiplications, no trigonometry.
///
/// Between 65° S and 65° N the error against exact geodesics is below 0.01 m at 40 km and below 0.5 m at 100 km.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LocalFrame {
    origin: LonLat,
    latitude: LatitudeSeries,
    longitude: LongitudeSeries,
    /// Metres north per radian of latitude and metres east per radian of longitude at the origin.
    north_m_per_rad: f64,
    east_m_per_rad: f64,
}

/// Coefficients of Δlatitude (radians) by powers of east (v) and north (u) metres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct LatitudeSeries {
    u: f64,
    vv: f64,
    uu: f64,
    uvv: f64,
    uuu: f64,
    vvvv: f64,
    uuvv: f64,
}

/// Coefficients of Δlongitude (radians) by powers of east (v) and north (u) metres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct LongitudeSeries {
    v: f64,
    uv: f64,
    vvv: f64,
    uuv: f64,
    uvvv: f64,
    uuuv: f64,
}

impl LocalFrame {
    /// A frame around a place. Latitudes are clamped to ±89° (the series has no meaning at the poles).
    #[must_use]
    pub fn new(origin: LonLat) -> Self {
        let lat_rad = origin.lat_deg.clamp(-89.0, 89.0).to_radians();
        let t = lat_rad.tan();
        let tt = t * t;
        let eta2 = SECOND_ECCENTRICITY_SQUARED * lat_rad.cos().powi(2);
        let v2 = 1.0 + eta2;
        let n = prime_vertical_radius_m(lat_rad);
        let (n2, n3, n4) = (n * n, n * n * n, n * n * n * n);
        let cos = lat_rad.cos();
        Self {
            origin,
            latitude: LatitudeSeries {
                u: v2 / n,
                vv: -v2 * t / (2.0 * n2),
                uu: -3.0 * v2 * t * eta2 / (2.0 * n2),
                uvv: -v2 * (1.0 + 3.0 * tt + eta2 - 9.0 * eta2 * tt) / (6.0 * n3),
                uuu: -v2 * eta2 * (1.0 - tt) / (2.0 * n3),
                vvvv: v2 * t * (1.0 + 3.0 * tt) / (24.0 * n4),
                uuvv: -v2 * t * (2.0 + 3.0 * tt) / (6.0 * n4),
            },
            longitude: LongitudeSeries {
                v: 1.0 / (n * cos),
                uv: t / (n2 * cos),
                vvv: -tt / (3.0 * n3 * cos),
                uuv: (1.0 + 3.0 * tt + eta2) / (3.0 * n3 * cos),
                uvvv: -t * (1.0 + 3.0 * tt) / (3.0 * n4 * cos),
                uuuv: t * (2.0 + 3.0 * tt) / (3.0 * n4 * cos),
            },
            north_m_per_rad: n / v2,
            east_m_per_rad: n * cos,
        }
    }

    /// The place at (0, 0).
    #[must_use]
    pub const fn origin(&self) -> LonLat {
        self.origin
    }

    /// The place at `east_m`, `north_m` ground metres from the origin.
    #[must_use]
    pub fn to_lonlat(&self, east_m: f64, north_m: f64) -> LonLat {
        let (longitude_rad, latitude_rad) = self.offsets_rad(east_m, north_m);
        LonLat::new(
            self.origin.lon_deg + longitude_rad.to_degrees(),
            self.origin.lat_deg + latitude_rad.to_degrees(),
        )
    }

    /// Ground metres (east, north) of a place from the origin.
    #[must_use]
    pub fn to_local(&self, position: LonLat) -> (f64, f64) {
        let longitude_rad = (position.lon_deg - self.origin.lon_deg).to_radians();
        let latitude_rad = (position.lat_deg - self.origin.lat_deg).to_radians();
        let mut east_m = longitude_rad * self.east_m_per_rad;
        let mut north_m = latitude_rad * self.north_m_per_rad;
        // Each round shrinks the error by about distance / Earth radius (0.006 at 40 km).
        for _ in 0..6 {
            let (lon, lat) = self.offsets_rad(east_m, north_m);
            let (east_error_m, north_error_m) = (
                (longitude_rad - lon) * self.east_m_per_rad,
                (latitude_rad - lat) * self.north_m_per_rad,
            );
            east_m += east_error_m;
            north_m += north_error_m;
            if east_error_m.abs() + north_error_m.abs() < 1e-4 {
                break;
            }
        }
        (east_m, north_m)
    }

    /// (Δlongitude, Δlatitude) in radians: the series itself.
    fn offsets_rad(&self, v: f64, u: f64) -> (f64, f64) {
        let (a, o) = (&self.latitude, &self.longitude);
        let vv = v * v;
        let latitude = u * (a.u + u * (a.uu + u * a.uuu)) + vv * (a.vv + u * (a.uvv + u * a.uuvv) + vv * a.vvvv);
        let longitude = v * (o.v + u * (o.uv + u * (o.uuv + u * o.uuuv)) + vv * (o.vvv + u * o.uvvv));
        (longitude, latitude)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::{azimuth_deg, destination, distance_m};
    use proptest::prelude::*;

    fn polar(azimuth_deg: f64, distance_m: f64) -> (f64, f64) {
        let (sin, cos) = azimuth_deg.to_radians().sin_cos();
        (distance_m * sin, distance_m * cos)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn agrees_with_exact_geodesics_at_40_km(
            lon in -170.0..170.0_f64, lat in -65.0..65.0_f64, azimuth in 0.0..360.0_f64, metres in 0.0..40_000.0_f64
        ) {
            let origin = LonLat::new(lon, lat);
            let frame = LocalFrame::new(origin);
            let (east, north) = polar(azimuth, metres);
            let error_m = distance_m(frame.to_lonlat(east, north), destination(origin, azimuth, metres));
            prop_assert!(error_m < 0.01, "{error_m} m at {metres} m");
        }

        #[test]
        fn agrees_with_exact_geodesics_at_100_km(
            lon in -170.0..170.0_f64, lat in -65.0..65.0_f64, azimuth in 0.0..360.0_f64, metres in 0.0..100_000.0_f64
        ) {
            let origin = LonLat::new(lon, lat);
            let frame = LocalFrame::new(origin);
            let (east, north) = polar(azimuth, metres);
            let error_m = distance_m(frame.to_lonlat(east, north), destination(origin, azimuth, metres));
            prop_assert!(error_m < 0.5, "{error_m} m at {metres} m");
        }

        #[test]
        fn to_local_gives_distance_and_direction(
            lon in 102.0..110.0_f64, lat in 8.0..24.0_f64, azimuth in 0.0..360.0_f64, metres in 100.0..40_000.0_f64
        ) {
            let origin = LonLat::new(lon, lat);
            let place = destination(origin, azimuth, metres);
            let (east, north) = LocalFrame::new(origin).to_local(place);
            prop_assert!((east.hypot(north) - distance_m(origin, place)).abs() < 0.01);
            let turn = east.atan2(north).to_degrees() - azimuth_deg(origin, place);
            let across_m = ((turn + 540.0).rem_euclid(360.0) - 180.0).to_radians() * metres;
            prop_assert!(across_m.abs() < 0.01, "{across_m} m");
        }

        #[test]
        fn there_and_back(lon in 102.0..110.0_f64, lat in -60.0..60.0_f64, east in -1e5..1e5_f64, north in -1e5..1e5_f64) {
            let frame = LocalFrame::new(LonLat::new(lon, lat));
            let (e, n) = frame.to_local(frame.to_lonlat(east, north));
            prop_assert!((e - east).abs() < 1e-3 && (n - north).abs() < 1e-3);
        }
    }
}
