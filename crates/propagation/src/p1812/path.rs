//! The terrain profile between the terminals (section 3.2).

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::error::ModelError;

/// Radio-climatic zone of a profile point (Table 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Sea and other large bodies of water (code 1 in the reference files).
    Sea,
    /// Land within 50 km of the sea and below 100 m (code 3).
    CoastalLand,
    /// All other land (code 4).
    Inland,
}

impl Zone {
    /// The zone of a code of the reference files: 1 sea, 3 coastal land, 4 inland.
    pub fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Sea),
            3 => Some(Self::CoastalLand),
            4 => Some(Self::Inland),
            _ => None,
        }
    }
}

/// Terrain heights that are believed: every height on Earth and some to spare, sea beds too (some models have them), so that
/// a fill value (−32768, 1e38) never passes for ground.
const GROUND_HEIGHT_M: RangeInclusive<f64> = -12_000.0..=10_000.0;

/// Clutter heights that are believed. Below 0 a surface model lies under the terrain, which its noise does.
const CLUTTER_HEIGHT_M: RangeInclusive<f64> = -1_000.0..=1_000.0;

/// Half the Earth's circumference, km.
const LONGEST_KM: f64 = 20_040.0;

/// A checked terrain profile, transmitter first.
///
/// Heights are above mean sea level, clutter heights above ground. Clutter at the two end points is not part of
/// the obstacle profile (the model ignores it there), but the receiver's is used for location variability.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    pub(super) distance_km: Vec<f64>,
    pub(super) height_m: Vec<f64>,
    pub(super) clutter_m: Vec<f64>,
    pub(super) zone: Vec<Zone>,
}

impl Path {
    /// A profile from distances (km, first 0, strictly increasing), terrain heights (m above sea level), clutter
    /// heights (m above ground) and zones. Empty `clutter_m` means none, empty `zone` means all inland.
    ///
    /// # Errors
    /// Fewer than three points, lengths that differ, a first distance other than 0, distances that do not
    /// increase, numbers that are not finite, or heights that no place on Earth has.
    pub fn new(
        distance_km: Vec<f64>,
        height_m: Vec<f64>,
        clutter_m: Vec<f64>,
        zone: Vec<Zone>,
    ) -> Result<Self, ModelError> {
        let points = distance_km.len();
        let clutter_m = if clutter_m.is_empty() {
            vec![0.0; points]
        } else {
            clutter_m
        };
        let zone = if zone.is_empty() {
            vec![Zone::Inland; points]
        } else {
            zone
        };
        let refuse = |reason, point| Err(ModelError::Profile { reason, point });
        if points < 3 {
            return refuse("at least three points are needed", points);
        }
        if height_m.len() != points || clutter_m.len() != points || zone.len() != points {
            return refuse("distances, heights, clutter and zones differ in number", points);
        }
        if distance_km[0] != 0.0 {
            return refuse("the first distance must be 0", 0);
        }
        // Written so that NaN fails too.
        if let Some(i) = (1..points).find(|&i| !(distance_km[i] > distance_km[i - 1] && distance_km[i].is_finite())) {
            return refuse("distances must increase strictly", i);
        }
        if distance_km[points - 1] > LONGEST_KM {
            return refuse("the path is longer than half the Earth's circumference", points - 1);
        }
        if let Some(i) = (0..points).find(|&i| !GROUND_HEIGHT_M.contains(&height_m[i])) {
            return refuse("a terrain height is not between -12000 m and 10000 m", i);
        }
        if let Some(i) = (0..points).find(|&i| !CLUTTER_HEIGHT_M.contains(&clutter_m[i])) {
            return refuse("a clutter height is not between -1000 m and 1000 m", i);
        }
        Ok(Self {
            distance_km,
            height_m,
            clutter_m,
            zone,
        })
    }

    /// A profile with equal steps, all inland. Empty `clutter_m` means none.
    ///
    /// # Errors
    /// As [`Path::new`].
    pub fn equidistant(step_km: f64, height_m: Vec<f64>, clutter_m: Vec<f64>) -> Result<Self, ModelError> {
        let distance_km = (0..height_m.len()).map(|i| i as f64 * step_km).collect();
        Self::new(distance_km, height_m, clutter_m, Vec::new())
    }

    /// A profile with a surface model instead of clutter classes (section 3.2.2): `surface_m` is the height of
    /// roofs and canopy above sea level.
    ///
    /// # Errors
    /// As [`Path::new`].
    pub fn with_surface(
        distance_km: Vec<f64>,
        height_m: Vec<f64>,
        surface_m: &[f64],
        zone: Vec<Zone>,
    ) -> Result<Self, ModelError> {
        if surface_m.len() != height_m.len() {
            return Err(ModelError::Profile {
                reason: "surface and terrain differ in number",
                point: surface_m.len(),
            });
        }
        let clutter_m = surface_m
            .iter()
            .zip(&height_m)
            .map(|(surface, ground)| surface - ground)
            .collect();
        Self::new(distance_km, height_m, clutter_m, zone)
    }

    /// Number of points, end points included.
    #[allow(clippy::len_without_is_empty)] // a path is never empty
    pub fn len(&self) -> usize {
        self.distance_km.len()
    }

    /// Distances from the transmitter in km.
    pub fn distance_km(&self) -> &[f64] {
        &self.distance_km
    }

    /// Terrain heights in m above sea level.
    pub fn height_m(&self) -> &[f64] {
        &self.height_m
    }

    /// Clutter heights in m above ground.
    pub fn clutter_m(&self) -> &[f64] {
        &self.clutter_m
    }

    /// Radio zones.
    pub fn zone(&self) -> &[Zone] {
        &self.zone
    }

    /// Index of the receiver.
    pub(super) fn last(&self) -> usize {
        self.distance_km.len() - 1
    }

    /// Total length in km.
    pub fn total_km(&self) -> f64 {
        self.distance_km[self.last()]
    }

    /// Profile with the terminals exchanged.
    pub fn reversed(&self) -> Self {
        let total = self.total_km();
        let flip = |values: &[f64]| values.iter().rev().copied().collect();
        Self {
            distance_km: self.distance_km.iter().rev().map(|d| total - d).collect(),
            height_m: flip(&self.height_m),
            clutter_m: flip(&self.clutter_m),
            zone: self.zone.iter().rev().copied().collect(),
        }
    }
}

/// Latitude of the middle of the path in degrees: the point at half the *profile* length along the great circle
/// through the terminals (latitudes and longitudes in degrees, sphere of 6371 km).
pub fn centre_latitude_deg((tx_lat, tx_lon): (f64, f64), (rx_lat, rx_lon): (f64, f64), distance_km: f64) -> f64 {
    let (phi_t, phi_r) = (tx_lat.to_radians(), rx_lat.to_radians());
    let lambda = (rx_lon - tx_lon).to_radians();
    let r = phi_t.sin() * phi_r.sin() + phi_t.cos() * phi_r.cos() * lambda.cos();
    let bearing = (phi_t.cos() * phi_r.cos() * lambda.sin()).atan2(phi_r.sin() - r * phi_t.sin());
    let arc = 0.5 * distance_km / super::EARTH_RADIUS_KM;
    let sine = phi_t.sin() * arc.cos() + phi_t.cos() * arc.sin() * bearing.cos();
    sine.clamp(-1.0, 1.0).asin().to_degrees()
}
