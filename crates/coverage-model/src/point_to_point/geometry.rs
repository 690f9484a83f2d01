//! Ray, earth curvature and first Fresnel zone along a profile.

use propagation::free_space::SPEED_OF_LIGHT_M_PER_S;
use serde::Serialize;
use terrain::Profile;

use super::PathRequest;

/// Heights along the path, one per profile sample. Ray and Fresnel zone are straight over an earth that bulges with the
/// effective radius, so obstacle height = ground + clutter + bulge.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PathGeometry {
    /// Effective earth radius, metres (P.1812-8 eq. 6).
    pub effective_radius_m: f64,
    /// Rise of the earth over the chord between the ends, metres: d1·d2 / 2ae.
    pub earth_bulge_m: Vec<f64>,
    /// Height of the ray above sea level, metres.
    pub ray_m: Vec<f64>,
    /// Radius of the first Fresnel zone, metres: √(λ·d1·d2/(d1+d2)) (P.526-16 eq. 2).
    pub fresnel_radius_m: Vec<f64>,
    /// Where the ray is freest or most obstructed.
    pub clearance: Clearance,
}

/// The tightest place of a path.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Clearance {
    /// Whether the ray passes over everything.
    pub line_of_sight: bool,
    /// Distance of the tightest place from the transmitter, metres.
    pub distance_m: f64,
    /// Ray above the obstacle there, metres; negative when it is cut.
    pub height_m: f64,
    /// The same in radii of the first Fresnel zone; from 0.6 on an obstacle costs nothing.
    pub fresnel_ratio: f64,
}

impl PathGeometry {
    /// The geometry over a profile. Clutter at the ends does not count, as in P.1812.
    #[must_use]
    pub fn new(profile: &Profile, request: &PathRequest) -> Self {
        let length_m = profile.length_m();
        let effective_radius_m = request.atmosphere.effective_radius_km() * 1000.0;
        let wavelength_m = SPEED_OF_LIGHT_M_PER_S / (request.frequency_mhz * 1e6);
        let ends = (
            profile.height_m.first().copied().unwrap_or(0.0) + request.tx_height_m,
            profile.height_m.last().copied().unwrap_or(0.0) + request.rx_height_m,
        );
        let along = |value: &dyn Fn(f64) -> f64| profile.distance_m.iter().map(|distance| value(*distance)).collect();
        let mut geometry = Self {
            effective_radius_m,
            earth_bulge_m: along(&|d| d * (length_m - d) / (2.0 * effective_radius_m)),
            ray_m: along(&|d| ends.0 + (ends.1 - ends.0) * d / length_m),
            fresnel_radius_m: along(&|d| (wavelength_m * d * (length_m - d) / length_m).max(0.0).sqrt()),
            clearance: Clearance {
                line_of_sight: true,
                distance_m: 0.0,
                height_m: request.tx_height_m,
                fresnel_ratio: f64::MAX,
            },
        };
        geometry.clearance = geometry.tightest(profile);
        geometry
    }

    /// Top of ground and clutter over the curved earth at an inner sample, metres.
    #[must_use]
    pub fn obstacle_m(&self, profile: &Profile, sample: usize) -> f64 {
        profile.height_m[sample] + profile.clutter_m[sample] + self.earth_bulge_m[sample]
    }

    fn tightest(&self, profile: &Profile) -> Clearance {
        let inner = 1..profile.distance_m.len().saturating_sub(1);
        let at = |sample: usize| {
            let height_m = self.ray_m[sample] - self.obstacle_m(profile, sample);
            Clearance {
                line_of_sight: height_m > 0.0,
                distance_m: profile.distance_m[sample],
                height_m,
                fresnel_ratio: height_m / self.fresnel_radius_m[sample],
            }
        };
        inner
            .map(at)
            .min_by(|a, b| a.fresnel_ratio.total_cmp(&b.fresnel_ratio))
            .unwrap_or(self.clearance)
    }
}
