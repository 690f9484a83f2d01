//! Profile analysis for equal steps: the same quantities as by the definitions, from one vectorised pass.
//!
//! Three things make it fast. Divisions by distance become products with tables of 1/i. The earth bulge is a linear
//! function of the point index, so one running maximum of the curved slope q gives the horizon angle, the path
//! class and the Bullington slope at once. And what few links need (smooth-profile edge, roughness) is computed on
//! demand. Loops run over eight lanes whatever the machine's vector width, so that sums round alike everywhere.

use pulp::Arch;

use super::constants::{DistanceConstants, RadioConstants};
use super::diffraction::bullington;
use super::median_land::{Exits, MedianGeometry, median_land_loss_db};
use super::parameters::Parameters;
use super::profile_analysis::{Horizon, Obstruction, SmoothEarth, TerminalHeights, bulge_m_per_km2, line_from_moments};
use crate::error::ModelError;
use crate::lanes::octet::{Eight, Work, with_widest};
use crate::lanes::{self, InverseTables, lane_maximum, sums};

/// A profile with equal steps, transmitter first, both ends included.
#[derive(Debug, Clone, Copy)]
pub struct EquidistantProfile<'a> {
    /// Step, km.
    pub step_km: f64,
    /// Terrain, m above sea level.
    pub height_m: &'a [f64],
    /// Terrain and clutter, m above sea level; the same slice as `height_m` where there is none. End points are not
    /// used.
    pub obstacle_m: &'a [f64],
}

impl EquidistantProfile<'_> {
    fn last(&self) -> usize {
        self.height_m.len() - 1
    }

    fn distance_km(&self) -> f64 {
        self.last() as f64 * self.step_km
    }

    /// Whether the obstacles are the bare terrain itself.
    fn is_bare(&self) -> bool {
        std::ptr::eq(self.height_m, self.obstacle_m)
    }
}

/// Median loss over land of one link after the other, for one radio and one pair of antenna heights.
///
/// ```
/// use propagation::p1812::{EquidistantProfile, LinkEvaluator, Parameters};
///
/// let heights_m: Vec<f64> = (0..=666).map(|i| 100.0 + 40.0 * (f64::from(i) / 9.0).sin()).collect();
/// let mut evaluator = LinkEvaluator::new(&Parameters::default())?;
/// let profile = EquidistantProfile { step_km: 0.03, height_m: &heights_m, obstacle_m: &heights_m };
/// assert!(evaluator.loss_db(&profile)? > 120.0);
/// # Ok::<(), propagation::ModelError>(())
/// ```
#[derive(Debug, Clone)]
pub struct LinkEvaluator {
    radio: RadioConstants,
    tx_height_m: f64,
    exits: Exits,
    tables: InverseTables,
}

impl LinkEvaluator {
    /// An evaluator for `parameters`, of which the percentages of time and place must be 50 and the receiver outdoors.
    ///
    /// # Errors
    /// Parameters out of range, or other percentages (use [`super::evaluate`] for those).
    pub fn new(parameters: &Parameters) -> Result<Self, ModelError> {
        parameters.check()?;
        let median = parameters.time_percent == 50.0 && parameters.location_percent == 50.0;
        if !median || parameters.building_entry.is_some() {
            return Err(ModelError::Inconsistent {
                model: "ITU-R P.1812 link evaluator",
                reason: "only the median outdoor loss is available here; use the general evaluation",
            });
        }
        Ok(Self {
            radio: RadioConstants::new(parameters),
            tx_height_m: parameters.tx_height_m,
            exits: Exits::Taken,
            tables: InverseTables::default(),
        })
    }

    /// The same evaluator with its shortcuts taken or refused.
    #[must_use]
    pub fn with_exits(mut self, exits: Exits) -> Self {
        self.exits = exits;
        self
    }

    /// Median loss over an all-land profile, dB.
    ///
    /// # Errors
    /// Fewer than three points, unequal lengths, a step that is not positive, or heights that are not finite.
    pub fn loss_db(&mut self, profile: &EquidistantProfile<'_>) -> Result<f64, ModelError> {
        let refuse = |reason| {
            Err(ModelError::Profile {
                reason,
                point: profile.height_m.len(),
            })
        };
        if profile.height_m.len() < 3 {
            return refuse("at least three points are needed");
        }
        if profile.obstacle_m.len() != profile.height_m.len() {
            return refuse("heights and obstacles differ in number");
        }
        if !(profile.step_km > 0.0 && profile.step_km.is_finite()) {
            return refuse("the step must be positive");
        }
        self.tables.cover(profile.last());
        let analysis = Analysis::new(profile, &self.tables, &self.radio, self.tx_height_m);
        let geometry = analysis.geometry();
        if !geometry.actual_edge.is_finite() || !geometry.smooth_earth.tx_line_m.is_finite() {
            return refuse("a height is not a number");
        }
        let distance = DistanceConstants::inland(geometry.distance_km, self.radio.centre_latitude_deg);
        Ok(median_land_loss_db(
            &geometry,
            &self.radio,
            &distance,
            self.exits,
            || analysis.smooth_edge(&geometry),
            || analysis.roughness_m(&geometry),
        ))
    }
}

/// One profile under analysis. Slopes are per step here, per kilometre outside.
struct Analysis<'a> {
    profile: &'a EquidistantProfile<'a>,
    inverse_tx: &'a [f64],
    inverse_rx: &'a [f64],
    terminals_m: TerminalHeights,
    effective_radius_km: f64,
    /// Earth bulge in m per step².
    bulge_m: f64,
    arch: Arch,
}

impl<'a> Analysis<'a> {
    fn new(
        profile: &'a EquidistantProfile<'a>,
        tables: &'a InverseTables,
        radio: &RadioConstants,
        tx_height_m: f64,
    ) -> Self {
        let last = profile.last();
        Self {
            profile,
            inverse_tx: tables.of_tx(last),
            inverse_rx: tables.of_rx(last),
            terminals_m: (
                profile.height_m[0] + tx_height_m,
                profile.height_m[last] + radio.rx_height_m,
            ),
            effective_radius_km: radio.effective_radius_km,
            bulge_m: bulge_m_per_km2(radio.effective_radius_km) * profile.step_km * profile.step_km,
            arch: Arch::new(),
        }
    }

    fn geometry(&self) -> MedianGeometry {
        let profile = self.profile;
        let (last, step, d) = (profile.last(), profile.step_km, profile.distance_km());
        let (hts, hrs) = self.terminals_m;
        let interior = &profile.height_m[1..last];
        let terrain = with_widest(
            self.arch,
            TerrainWork {
                sights: self.sights(interior),
                terminals_m: self.terminals_m,
            },
        );

        let direct = (hrs - hts) / last as f64 - self.bulge_m * last as f64;
        let horizon = if terrain.tx_slope > direct {
            let indices = self.horizon_indices(&terrain);
            let distances = (indices.0 as f64 * step, d - indices.1 as f64 * step);
            let slopes = (terrain.tx_slope / step, terrain.rx_slope / step);
            Horizon::beyond(d, self.effective_radius_km, indices, distances, slopes)
        } else {
            let (_, edge) = self.clearance(interior, self.terminals_m);
            Horizon::line_of_sight(d, self.effective_radius_km, edge, edge as f64 * step, self.terminals_m)
        };

        let rise = (hrs - hts) / last as f64;
        let obstruction = Obstruction {
            height_m: terrain.highest_over_line,
            tx_slope: (terrain.tx_straight_slope - rise) / step,
            rx_slope: (terrain.rx_straight_slope + rise) / step,
        };
        let ground = (profile.height_m[0], profile.height_m[last]);
        let line = self.least_squares_line(&terrain, ground);
        MedianGeometry {
            distance_km: d,
            terminals_m: self.terminals_m,
            horizon,
            smooth_earth: SmoothEarth::new(line, obstruction, ground, self.terminals_m),
            actual_edge: self.actual_edge(&terrain, direct),
        }
    }

    /// Heights over the interior with what it takes to see them from both ends.
    fn sights<'b>(&'b self, heights: &'b [f64]) -> Sights<'b> {
        Sights {
            heights,
            inverse_tx: self.inverse_tx,
            inverse_rx: self.inverse_rx,
            bulge_m: self.bulge_m,
        }
    }

    /// End heights of the least-squares line: for equal steps the two moments are Σh and Σi·h.
    fn least_squares_line(&self, terrain: &TerrainPass, (first, last_height): TerminalHeights) -> TerminalHeights {
        let n = self.profile.last() as f64;
        let v1 = 2.0 * terrain.sum + first + last_height;
        let v2 = 6.0 * terrain.moment + first + last_height * (3.0 * n - 1.0);
        line_from_moments(v1, v2, n)
    }

    /// First point at the transmitter's horizon and last at the receiver's.
    fn horizon_indices(&self, terrain: &TerrainPass) -> (usize, usize) {
        let last = self.profile.last();
        let interior = &self.profile.height_m[1..last];
        let (hts, hrs) = self.terminals_m;
        let tx = (0..last - 1)
            .find(|&k| (interior[k] - hts) * self.inverse_tx[k] - self.bulge_m * (k + 1) as f64 == terrain.tx_slope);
        let rx = (0..last - 1).rev().find(|&k| {
            (interior[k] - hrs) * self.inverse_rx[k] - self.bulge_m * (last - 1 - k) as f64 == terrain.rx_slope
        });
        // A maximum is one of the values it was taken over; NaN profiles are refused later.
        (tx.map_or(1, |k| k + 1), rx.map_or(last - 1, |k| k + 1))
    }

    /// ν·√λ of the actual profile with clutter, √m.
    fn actual_edge(&self, terrain: &TerrainPass, direct: f64) -> f64 {
        let profile = self.profile;
        let last = profile.last();
        let obstacles = &profile.obstacle_m[1..last];
        let (tx, rx) = if profile.is_bare() {
            (terrain.tx_slope, terrain.rx_slope)
        } else {
            with_widest(
                self.arch,
                ObstacleWork {
                    sights: self.sights(obstacles),
                    terminals_m: self.terminals_m,
                },
            )
        };
        self.edge(
            tx,
            rx,
            direct,
            || self.clearance(obstacles, self.terminals_m).0,
            self.terminals_m,
        )
    }

    /// Bullington edge from the steepest curved slopes (m per step, before the common bulge term).
    fn edge(&self, tx: f64, rx: f64, direct: f64, clearance: impl FnOnce() -> f64, terminals: TerminalHeights) -> f64 {
        let last = self.profile.last() as f64;
        if tx < direct {
            -(0.002 / self.profile.step_km * clearance()).sqrt()
        } else {
            let bulge = self.bulge_m * last;
            let slopes = ((tx + bulge) / self.profile.step_km, (rx + bulge) / self.profile.step_km);
            bullington::edge_from_slopes(self.profile.distance_km(), terminals, slopes)
        }
    }

    /// Least c²·(1/i + 1/(n−i)) over the interior, c being the clearance of the straight line over the curved earth,
    /// and the last point that reaches it.
    fn clearance(&self, interior: &[f64], (zt, zr): TerminalHeights) -> (f64, usize) {
        let last = self.profile.last() as f64;
        let slope = (zr - zt) / last - self.bulge_m * last;
        let line = (zt, slope);
        let sights = self.sights(interior);
        let least = with_widest(self.arch, ClearanceWork { sights, line });
        let index = (0..interior.len()).rev().find(|&k| {
            let i = (k + 1) as f64;
            let c = i * (i * self.bulge_m + slope) + zt - interior[k];
            c * c * (self.inverse_tx[k] + self.inverse_rx[k]) == least
        });
        (least, index.map_or(1, |k| k + 1))
    }

    /// ν·√λ of the smooth profile, √m: heights 0 under the diffraction heights. The steepest slopes lie at one of the
    /// two grid points around their analytic place.
    fn smooth_edge(&self, geometry: &MedianGeometry) -> f64 {
        let last = self.profile.last();
        let (ht, hr) = geometry.diffraction_heights_m();
        let steepest = |height: f64| {
            let place = (height / self.bulge_m).sqrt();
            let slope = |i: f64| -height / i - self.bulge_m * i;
            let limit = |i: f64| i.clamp(1.0, (last - 1) as f64);
            slope(limit(place.floor())).max(slope(limit(place.ceil())))
        };
        let direct = (hr - ht) / last as f64 - self.bulge_m * last as f64;
        let clearance = || {
            let line = (ht, direct);
            let sights = self.sights(&[]);
            with_widest(self.arch, SmoothClearanceWork { sights, line })
        };
        self.edge(steepest(ht), steepest(hr), direct, clearance, (ht, hr))
    }

    /// Terrain roughness hm, m.
    fn roughness_m(&self, geometry: &MedianGeometry) -> f64 {
        let smooth = &geometry.smooth_earth;
        let slope = (smooth.rx_ducting_m - smooth.tx_ducting_m) / self.profile.last() as f64;
        let (first, last) = (geometry.horizon.tx_index, geometry.horizon.rx_index);
        let stretch = &self.profile.height_m[first..=last];
        let start = smooth.tx_ducting_m + slope * first as f64;
        with_widest(self.arch, RoughnessWork { stretch, start, slope })
    }
}

/// What one pass over the bare terrain yields; slopes in m per step.
struct TerrainPass {
    /// max (h − hts)/i − bulge·i.
    tx_slope: f64,
    /// max (h − hrs)/(n−i) − bulge·(n−i).
    rx_slope: f64,
    /// max (h − hts)/i.
    tx_straight_slope: f64,
    /// max (h − hrs)/(n−i).
    rx_straight_slope: f64,
    /// max of h over the straight line between the terminals, m.
    highest_over_line: f64,
    /// Σ h over the interior.
    sum: f64,
    /// Σ i·h over the interior.
    moment: f64,
}

/// Heights over the interior (m), 1/i and 1/(n−i), and the earth bulge in m per step².
#[derive(Clone, Copy)]
struct Sights<'a> {
    heights: &'a [f64],
    inverse_tx: &'a [f64],
    inverse_rx: &'a [f64],
    bulge_m: f64,
}

struct TerrainWork<'a> {
    sights: Sights<'a>,
    terminals_m: TerminalHeights,
}

impl Work for TerrainWork<'_> {
    type Output = TerrainPass;

    #[inline(always)]
    fn with<S: Eight>(self, simd: S) -> TerrainPass {
        let Sights {
            heights,
            inverse_tx,
            inverse_rx,
            bulge_m,
        } = self.sights;
        let (hts, hrs) = self.terminals_m;
        let last = (heights.len() + 1) as f64;
        let rise = (hrs - hts) / last;
        let lowest = simd.of(f64::NEG_INFINITY);
        let (mut tx, mut rx, mut tx_straight, mut rx_straight, mut over_line) =
            (lowest, lowest, lowest, lowest, lowest);
        for group in 0..lanes::groups(heights) {
            let place = lanes::positions(simd, heights, group);
            let h = lanes::group(simd, heights, group);
            let from_tx = (h - hts) * lanes::group(simd, inverse_tx, group);
            let from_rx = (h - hrs) * lanes::group(simd, inverse_rx, group);
            tx = (from_tx - place * bulge_m).max(tx);
            rx = (from_rx - (simd.of(last) - place) * bulge_m).max(rx);
            tx_straight = from_tx.max(tx_straight);
            rx_straight = from_rx.max(rx_straight);
            over_line = (h - place * rise).max(over_line);
        }
        let (sum, moment) = sums::sum_and_moment(simd, heights);
        TerrainPass {
            tx_slope: lane_maximum(tx.array()),
            rx_slope: lane_maximum(rx.array()),
            tx_straight_slope: lane_maximum(tx_straight.array()),
            rx_straight_slope: lane_maximum(rx_straight.array()),
            highest_over_line: lane_maximum(over_line.array()) - hts,
            sum,
            moment,
        }
    }
}

/// Greatest curved slopes seen from both terminals, m per step: max (h − hts)/i − bulge·i and
/// max (h − hrs)/(n−i) − bulge·(n−i).
struct ObstacleWork<'a> {
    sights: Sights<'a>,
    terminals_m: TerminalHeights,
}

impl Work for ObstacleWork<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn with<S: Eight>(self, simd: S) -> (f64, f64) {
        let Sights {
            heights,
            inverse_tx,
            inverse_rx,
            bulge_m,
        } = self.sights;
        let last = (heights.len() + 1) as f64;
        let lowest = simd.of(f64::NEG_INFINITY);
        let (mut tx, mut rx) = (lowest, lowest);
        for group in 0..lanes::groups(heights) {
            let place = lanes::positions(simd, heights, group);
            let h = lanes::group(simd, heights, group);
            let from_tx = (h - self.terminals_m.0) * lanes::group(simd, inverse_tx, group);
            let from_rx = (h - self.terminals_m.1) * lanes::group(simd, inverse_rx, group);
            tx = (from_tx - place * bulge_m).max(tx);
            rx = (from_rx - (simd.of(last) - place) * bulge_m).max(rx);
        }
        (lane_maximum(tx.array()), lane_maximum(rx.array()))
    }
}

/// Least c²·(1/i + 1/(n−i)) with c = zt + i·(slope + bulge·i) − h, for a line (zt, slope).
struct ClearanceWork<'a> {
    sights: Sights<'a>,
    line: (f64, f64),
}

impl Work for ClearanceWork<'_> {
    type Output = f64;

    #[inline(always)]
    fn with<S: Eight>(self, simd: S) -> f64 {
        least_clearance(simd, self.sights, self.line, Some(self.sights.heights))
    }
}

/// The same over heights of 0.
struct SmoothClearanceWork<'a> {
    sights: Sights<'a>,
    line: (f64, f64),
}

impl Work for SmoothClearanceWork<'_> {
    type Output = f64;

    #[inline(always)]
    fn with<S: Eight>(self, simd: S) -> f64 {
        least_clearance(simd, self.sights, self.line, None)
    }
}

#[inline(always)]
fn least_clearance<S: Eight>(simd: S, sights: Sights<'_>, (zt, slope): (f64, f64), heights: Option<&[f64]>) -> f64 {
    let Sights {
        inverse_tx,
        inverse_rx,
        bulge_m,
        ..
    } = sights;
    let mut most = simd.of(f64::NEG_INFINITY);
    for group in 0..lanes::groups(inverse_tx) {
        let i = lanes::positions(simd, inverse_tx, group);
        let line = i * (i * bulge_m + slope) + zt;
        let c = heights.map_or(
            line,
            #[inline(always)]
            |heights| line - lanes::group(simd, heights, group),
        );
        let inverses = lanes::group(simd, inverse_tx, group) + lanes::group(simd, inverse_rx, group);
        most = (c * c * inverses * -1.0).max(most);
    }
    -lane_maximum(most.array())
}

/// Greatest height of a stretch over a line that starts at `start` and rises by `slope` per step.
struct RoughnessWork<'a> {
    stretch: &'a [f64],
    start: f64,
    slope: f64,
}

impl Work for RoughnessWork<'_> {
    type Output = f64;

    #[inline(always)]
    fn with<S: Eight>(self, simd: S) -> f64 {
        let mut most = simd.of(f64::NEG_INFINITY);
        for group in 0..lanes::groups(self.stretch) {
            let place = lanes::positions(simd, self.stretch, group);
            most = (lanes::group(simd, self.stretch, group) - place * self.slope).max(most);
        }
        lane_maximum(most.array()) - self.start + self.slope
    }
}
