//! Everything the terrain contributes, free of frequency and time percentage: the border between profile work
//! and closing formulas.

use serde::Serialize;

use super::diffraction::bullington;
use super::parameters::Parameters;
use super::path::{Path, Zone};
use super::profile_analysis::{
    Horizon, Obstruction, SmoothEarth, TerminalHeights, horizon, least_squares_line, roughness_m,
};
use super::zones::ZoneLengths;

/// The two knife edges of the delta-Bullington method for one earth radius.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DiffractionEdges {
    /// Earth radius ap, km.
    pub radius_km: f64,
    /// ν·√λ of the actual profile with clutter, √m.
    pub actual: f64,
    /// ν·√λ of the smooth profile, √m.
    pub smooth: f64,
}

/// All terrain-derived quantities of one path. Bring it to any frequency, polarisation or time percentage with
/// [`super::loss`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PathGeometry {
    /// Path length d, km.
    pub distance_km: f64,
    /// Heights of the terminals above sea level (hts, hrs), m.
    pub terminals_m: TerminalHeights,
    /// Sea, coast and land along the path.
    pub zones: ZoneLengths,
    /// Horizons and angles for the median earth radius.
    pub horizon: Horizon,
    /// Smooth-earth heights.
    pub smooth_earth: SmoothEarth,
    /// Terrain roughness hm, m.
    pub roughness_m: f64,
    /// Knife edges for the median earth radius ae.
    pub median_edges: DiffractionEdges,
    /// Knife edges for the radius ab exceeded for β0 % of time. A path that is only wanted at 50 % of time may leave
    /// them out (`None`): they have no influence there.
    pub beta_edges: Option<DiffractionEdges>,
    /// Clutter height at the receiver, m (for location variability).
    pub rx_clutter_m: f64,
    /// Whether the receiver stands at sea, where no location variability applies.
    pub rx_at_sea: bool,
}

impl PathGeometry {
    /// Analyses a profile by the definitions of the recommendation. Only heights, climate and coast distances of
    /// `parameters` are used.
    pub fn new(path: &Path, parameters: &Parameters) -> Self {
        let (d, h) = (path.distance_km(), path.height_m());
        let last = path.last();
        let ground = (h[0], h[last]);
        let terminals = (ground.0 + parameters.tx_height_m, ground.1 + parameters.rx_height_m);
        let effective_radius_km = parameters.atmosphere.effective_radius_km();
        let horizon = horizon(d, h, terminals, effective_radius_km);
        let smooth_earth = SmoothEarth::new(
            least_squares_line(d, h),
            Obstruction::of(d, h, terminals),
            ground,
            terminals,
        );
        let edges = |radius_km| DiffractionEdges {
            radius_km,
            actual: bullington::edge(d, |i| h[i] + path.clutter_m[i], terminals, radius_km),
            smooth: bullington::edge(d, |_| 0.0, diffraction_heights_m(terminals, &smooth_earth), radius_km),
        };
        Self {
            distance_km: path.total_km(),
            terminals_m: terminals,
            zones: ZoneLengths::of(path, parameters.tx_coast_km, parameters.rx_coast_km),
            horizon,
            smooth_earth,
            roughness_m: roughness_m(d, h, &horizon, &smooth_earth),
            median_edges: edges(effective_radius_km),
            beta_edges: Some(edges(super::BETA0_RADIUS_KM)),
            rx_clutter_m: path.clutter_m[last],
            rx_at_sea: path.zone[last] == Zone::Sea,
        }
    }

    /// Antenna heights over the diffraction model's smooth earth, h't and h'r, m (eqs 37, 38).
    pub fn diffraction_heights_m(&self) -> TerminalHeights {
        diffraction_heights_m(self.terminals_m, &self.smooth_earth)
    }
}

/// h't and h'r, m (eqs 37, 38); positive because the smooth earth is never above the ground at the ends.
pub fn diffraction_heights_m((hts, hrs): TerminalHeights, smooth_earth: &SmoothEarth) -> TerminalHeights {
    (hts - smooth_earth.tx_diffraction_m, hrs - smooth_earth.rx_diffraction_m)
}
