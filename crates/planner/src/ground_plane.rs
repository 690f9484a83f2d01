//! Positions as numbers that a spatial index can rank: degrees, with longitudes shrunk to the length of latitudes.

use geodesy::LonLat;

/// A position in degrees of latitude, near enough to rank neighbours of one province.
pub(crate) fn plane(position: LonLat) -> [f64; 2] {
    let shrink = position.lat_deg.to_radians().cos();
    [position.lon_deg * shrink, position.lat_deg]
}

/// A distance in the frame of [`plane`], rounded up by a tenth so that nothing near is missed.
pub(crate) fn degrees(distance_m: f64) -> f64 {
    distance_m / 111_000.0 * 1.1
}
