//! One radial: terrain geometry of every sub-path, kept up to date while the radial grows.

use super::hull::{UpperHull, Vertex};
use super::tables::{SweepSettings, Tables};

/// Points per block of the line-of-sight search.
const BLOCK: usize = 32;

/// What the closing formulas of P.1812 need of the path 0 … n: no frequency in it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PathGeometry {
    /// Step n at which the receiver stands.
    pub n: usize,
    /// Path length, km.
    pub d_km: f64,
    /// Distance over which the wave spreads, km: the path length, unless the receiver stands a little beside step n.
    pub range_km: f64,
    /// Ground height under the transmitter, m above sea level.
    pub tx_ground_m: f64,
    /// Ground height under the receiver, m above sea level.
    pub rx_ground_m: f64,
    /// ν of the Bullington edge over the median earth, to be multiplied by sqrt(0.002/λ) (λ in m).
    pub nu: f64,
    /// The same over the earth of radius ab; only for p below 50 %.
    pub nu_wide: f64,
    /// Whether terrain hides the receiver (P.1812 § 3.2).
    pub trans_horizon: bool,
    /// Slope to the transmitter's horizon (or to the receiver), mrad before the arc tangent.
    pub tx_slope: f64,
    /// Slope to the receiver's horizon (or to the transmitter), mrad before the arc tangent.
    pub rx_slope: f64,
    /// Horizon of the transmitter, step.
    pub tx_horizon: u32,
    /// Horizon of the receiver, step.
    pub rx_horizon: u32,
    /// hst of the least-squares smooth earth, m \[87\].
    pub smooth_tx_m: f64,
    /// hsr, m \[88\].
    pub smooth_rx_m: f64,
    /// hstd, m \[91\].
    pub diffraction_tx_m: f64,
    /// hsrd, m \[91\].
    pub diffraction_rx_m: f64,
    /// u of the location variability.
    pub location_factor: f64,
}

/// Heights seen over an earth of one radius: horizon by prefix maximum, tangents by hull, clearance by blocks.
#[derive(Debug, Clone, Default)]
struct Track {
    /// C = 500/radius, m per km².
    curvature: f64,
    /// Curved heights z = h − C x², m.
    z: Vec<f64>,
    /// Greatest z of each block.
    block_top: Vec<f64>,
    hull: UpperHull,
    steepest: f64,
    steepest_at: u32,
}

/// The least weighted clearance of a line-of-sight path.
#[derive(Debug, Clone, Copy)]
struct Clearance {
    /// min c² (1/i + 1/(n−i)), m².
    weighted_square: f64,
    /// Where: the last of equals.
    at: u32,
}

impl Track {
    #[inline(always)]
    fn start(&mut self, radius_km: f64, heights: &[f64], step_km: f64) {
        self.curvature = 500.0 / radius_km;
        self.hull.clear();
        self.steepest = f64::NEG_INFINITY;
        self.steepest_at = 0;
        self.z.clear();
        let bend = self.curvature * step_km * step_km;
        self.z.extend(
            heights
                .iter()
                .enumerate()
                .map(|(i, &h)| h - bend * (i as f64 * i as f64)),
        );
        self.block_top.clear();
        self.block_top.extend(self.z.chunks(BLOCK).map(|block| {
            let mut top = [f64::NEG_INFINITY; 8];
            for lanes in block.chunks(8) {
                for (best, &z) in top.iter_mut().zip(lanes) {
                    *best = if z > *best { z } else { *best };
                }
            }
            top.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        }));
    }

    /// Point `i` becomes an interior point.
    #[inline(always)]
    fn append(&mut self, i: usize, x_km: f64, height_m: f64, tx_m: f64, inverse_x: f64) {
        let slope = (height_m - tx_m) * inverse_x - self.curvature * x_km;
        if slope > self.steepest {
            self.steepest = slope;
            self.steepest_at = i as u32;
        }
        self.hull.push(Vertex {
            x_km,
            y_m: self.z[i],
            index: i as u32,
        });
    }

    /// Steepest slope t to the curved heights as seen from the receiver, and where (last of equals).
    #[inline(always)]
    fn tangent(&self, d_km: f64, rx_m: f64) -> (f64, u32) {
        let eye = rx_m - self.curvature * d_km * d_km;
        match self.hull.steepest_from(d_km, eye) {
            Some(vertex) => ((vertex.y_m - eye) / (d_km - vertex.x_km), vertex.index),
            None => (f64::NEG_INFINITY, 0),
        }
    }

    /// ν of the Bullington edge \[13–19\] per sqrt(0.002/λ). `clearance` is used when the edge does not rise to the line.
    #[inline(always)]
    fn bullington(&self, n: usize, d_km: f64, tx_m: f64, rx_m: f64, tables: &Tables) -> (f64, Option<u32>) {
        let line = (rx_m - tx_m) / d_km;
        let bulge = self.curvature * d_km;
        if self.steepest < line - bulge {
            let clearance = self.clearance(n, d_km, tx_m, rx_m, tables);
            return (
                -(clearance.weighted_square / tables.settings.step_km).sqrt(),
                Some(clearance.at),
            );
        }
        let tx_slope = self.steepest + bulge;
        let rx_slope = self.tangent(d_km, rx_m).0 - bulge;
        let sum = tx_slope + rx_slope;
        // Exact grazing: both lines coincide, the edge touches them.
        if sum <= 0.0 {
            return (0.0, None);
        }
        let edge_km = ((rx_m - tx_m + rx_slope * d_km) / sum).clamp(0.0, d_km);
        let rest_km = d_km - edge_km;
        if edge_km <= 0.0 || rest_km <= 0.0 {
            return (0.0, None);
        }
        let rise_m = tx_m + tx_slope * edge_km - (tx_m * rest_km + rx_m * edge_km) / d_km;
        (rise_m * (d_km / (edge_km * rest_km)).sqrt(), None)
    }

    /// The point of greatest ν under a free line of sight: an exact search that leaves out blocks which cannot hold it.
    ///
    /// A block's bound: the line's height at its lower end less the block's highest point, with the least weight
    /// n/(i (n−i)) that the block offers.
    #[inline(always)]
    fn clearance(&self, n: usize, d_km: f64, tx_m: f64, rx_m: f64, tables: &Tables) -> Clearance {
        let end = rx_m - self.curvature * d_km * d_km;
        let path = LinePath {
            start_m: tx_m,
            rise_m: (end - tx_m) / n as f64,
            n,
            z: &self.z,
            inverse: &tables.inverse,
            inverse_reversed: &tables.inverse_reversed[tables.settings.steps - n..],
        };
        let blocks = (n - 1) / BLOCK + 1;
        let mut bounds = [0.0_f64; MAXIMUM_BLOCKS];
        let bounds = &mut bounds[..blocks.min(MAXIMUM_BLOCKS)];
        let half = n as f64 * 0.5;
        for (block, (bound, &top)) in bounds.iter_mut().zip(&self.block_top).enumerate() {
            let first = (block * BLOCK) as f64;
            let last = first + (BLOCK - 1) as f64;
            let line = path.start_m
                + if path.rise_m < 0.0 {
                    path.rise_m * last
                } else {
                    path.rise_m * first
                };
            let gap = line - top;
            let gap = if gap > 0.0 { gap } else { 0.0 };
            // Least weight: at the block's point nearest the middle of the path.
            let nearest = if half < first {
                first
            } else if half > last {
                last
            } else {
                half
            };
            let weight = n as f64 / (nearest * (n as f64 - nearest));
            *bound = gap * gap * weight * (1.0 - 1e-12);
        }
        let mut start = 0;
        for (block, &bound) in bounds.iter().enumerate() {
            if bound < bounds[start] {
                start = block;
            }
        }
        let mut best = path.search(
            start,
            Clearance {
                weighted_square: f64::INFINITY,
                at: 0,
            },
        );
        for (block, &bound) in bounds.iter().enumerate() {
            if bound <= best.weighted_square && block != start {
                best = path.search(block, best);
            }
        }
        // Radials longer than the table of bounds: look at every block.
        for block in MAXIMUM_BLOCKS..blocks {
            best = path.search(block, best);
        }
        best
    }
}

/// Most blocks whose bounds are kept on the stack (8,192 points).
const MAXIMUM_BLOCKS: usize = 256;

/// The straight line between the antennas over curved heights.
struct LinePath<'a> {
    start_m: f64,
    rise_m: f64,
    n: usize,
    z: &'a [f64],
    inverse: &'a [f64],
    /// 1/(n − i) at index i.
    inverse_reversed: &'a [f64],
}

impl LinePath<'_> {
    #[inline(always)]
    fn search(&self, block: usize, best: Clearance) -> Clearance {
        let first = (block * BLOCK).max(1);
        let end = (block * BLOCK + BLOCK).min(self.n);
        if first >= end {
            return best;
        }
        let (z, near, far) = (
            &self.z[first..end],
            &self.inverse[first..end],
            &self.inverse_reversed[first..end],
        );
        let mut values = [f64::INFINITY; BLOCK];
        for (k, (((value, &z), &near), &far)) in values.iter_mut().zip(z).zip(near).zip(far).enumerate() {
            let gap = self.start_m + self.rise_m * (first + k) as f64 - z;
            *value = gap * gap * (near + far);
        }
        let mut least = [f64::INFINITY; 8];
        for lanes in values.chunks_exact(8) {
            for (least, &value) in least.iter_mut().zip(lanes) {
                *least = if value < *least { value } else { *least };
            }
        }
        let least = least
            .iter()
            .copied()
            .fold(f64::INFINITY, |a, b| if b < a { b } else { a });
        if least > best.weighted_square {
            return best;
        }
        let Some(k) = values.iter().rposition(|&value| value == least) else {
            return best;
        };
        let at = (first + k) as u32;
        if least < best.weighted_square || at > best.at {
            Clearance {
                weighted_square: least,
                at,
            }
        } else {
            best
        }
    }
}

/// A radial under construction. Reused from radial to radial, so that nothing is allocated on the way.
#[derive(Debug, Clone, Default)]
pub struct Radial {
    heights_m: Vec<f64>,
    /// Terrain with ground cover; empty when there is none.
    surface_m: Vec<f64>,
    terrain: Track,
    surface: Track,
    wide: Track,
    raw_hull: UpperHull,
    /// Greatest (h − hts)/x.
    raw_steepest: f64,
    v1: f64,
    v2: f64,
    appended: usize,
    tx_m: f64,
}

impl Radial {
    /// Begins a radial over `heights_m` (index 0 under the mast; spacing as in the settings). `surface_m` is terrain with
    /// ground cover, `None` for bare ground. Heights must be finite.
    #[inline(always)]
    pub fn start(&mut self, heights_m: &[f64], surface_m: Option<&[f64]>, settings: &SweepSettings) {
        self.heights_m.clear();
        self.heights_m.extend_from_slice(heights_m);
        self.surface_m.clear();
        if let Some(surface) = surface_m {
            self.surface_m.extend_from_slice(surface);
        }
        self.tx_m = heights_m.first().copied().unwrap_or(0.0) + settings.tx_height_m;
        self.terrain
            .start(settings.median_radius_km(), &self.heights_m, settings.step_km);
        if surface_m.is_some() {
            self.surface
                .start(settings.median_radius_km(), &self.surface_m, settings.step_km);
        }
        if !settings.is_median() {
            let heights = if surface_m.is_some() {
                &self.surface_m
            } else {
                &self.heights_m
            };
            self.wide
                .start(SweepSettings::wide_radius_km(), heights, settings.step_km);
        }
        self.raw_hull.clear();
        self.raw_steepest = f64::NEG_INFINITY;
        self.v1 = 0.0;
        self.v2 = 0.0;
        self.appended = 0;
    }

    /// Takes in points up to `n − 1` as interior points.
    #[inline(always)]
    pub fn advance_to(&mut self, n: usize, tables: &Tables) {
        while self.appended + 1 < n {
            self.append(tables);
        }
    }

    #[inline(always)]
    fn append(&mut self, tables: &Tables) {
        let i = self.appended + 1;
        let step = tables.settings.step_km;
        let (before_km, x_km) = (step * (i - 1) as f64, step * i as f64);
        let (before, here) = (self.heights_m[i - 1], self.heights_m[i]);
        let inverse_x = tables.inverse[i] / step;
        self.terrain.append(i, x_km, here, self.tx_m, inverse_x);
        if !self.surface_m.is_empty() {
            self.surface.append(i, x_km, self.surface_m[i], self.tx_m, inverse_x);
        }
        if !tables.settings.is_median() {
            let height = if self.surface_m.is_empty() {
                here
            } else {
                self.surface_m[i]
            };
            self.wide.append(i, x_km, height, self.tx_m, inverse_x);
        }
        let raw_slope = (here - self.tx_m) * inverse_x;
        self.raw_steepest = if raw_slope > self.raw_steepest {
            raw_slope
        } else {
            self.raw_steepest
        };
        self.raw_hull.push(Vertex {
            x_km,
            y_m: here,
            index: i as u32,
        });
        let (v1, v2) = smooth_terms(before_km, before, x_km, here);
        self.v1 += v1;
        self.v2 += v2;
        self.appended = i;
    }

    /// Geometry of the path to step `n` ≥ 2, where the ground of the receiver is `rx_ground_m`.
    /// [`Radial::advance_to`] must have been called with the same `n`.
    #[inline(always)]
    pub fn path(&self, n: usize, rx_ground_m: f64, location_factor: f64, tables: &Tables) -> PathGeometry {
        let settings = &tables.settings;
        let d_km = settings.step_km * n as f64;
        let rx_m = rx_ground_m + settings.rx_height_m;
        let tx_m = self.tx_m;
        let line = (rx_m - tx_m) / d_km;
        let bulge = self.terrain.curvature * d_km;

        let bare = self.surface_m.is_empty();
        let cover = if bare { &self.terrain } else { &self.surface };
        let (nu, clearest) = cover.bullington(n, d_km, tx_m, rx_m, tables);
        let nu_wide = if settings.is_median() {
            0.0
        } else {
            self.wide.bullington(n, d_km, tx_m, rx_m, tables).0
        };

        let trans_horizon = self.terrain.steepest > line - bulge;
        let (tx_slope, rx_slope, tx_horizon, rx_horizon) = if trans_horizon {
            let (tangent, at) = self.terrain.tangent(d_km, rx_m);
            (
                self.terrain.steepest,
                tangent - 2.0 * bulge,
                self.terrain.steepest_at,
                at,
            )
        } else {
            let at = match clearest {
                Some(at) if bare => at,
                _ => self.terrain.clearance(n, d_km, tx_m, rx_m, tables).at,
            };
            (line - bulge, -line - bulge, at, at)
        };

        let (v1, v2) = smooth_terms(d_km - settings.step_km, self.heights_m[n - 1], d_km, rx_ground_m);
        let (v1, v2) = (self.v1 + v1, self.v2 + v2);
        let smooth_tx_m = (2.0 * v1 * d_km - v2) / (d_km * d_km);
        let smooth_rx_m = (v2 - v1 * d_km) / (d_km * d_km);
        let (mut above_tx_m, mut above_rx_m) = (smooth_tx_m, smooth_rx_m);
        if self.raw_steepest > line
            && let Some(peak) = self.raw_hull.farthest_above(line)
        {
            let obstacle_m = peak.y_m - line * peak.x_km - tx_m;
            if obstacle_m > 0.0
                && let Some(vertex) = self.raw_hull.steepest_from(d_km, rx_m)
            {
                let from_tx = self.raw_steepest - line;
                let from_rx = (vertex.y_m - rx_m) / (d_km - vertex.x_km) + line;
                above_tx_m -= obstacle_m * from_tx / (from_tx + from_rx);
                above_rx_m -= obstacle_m * from_rx / (from_tx + from_rx);
            }
        }
        let tx_ground_m = self.heights_m[0];
        PathGeometry {
            n,
            d_km,
            range_km: d_km,
            tx_ground_m,
            rx_ground_m,
            nu,
            nu_wide,
            trans_horizon,
            tx_slope,
            rx_slope,
            tx_horizon,
            rx_horizon,
            smooth_tx_m,
            smooth_rx_m,
            diffraction_tx_m: above_tx_m.min(tx_ground_m),
            diffraction_rx_m: above_rx_m.min(rx_ground_m),
            location_factor,
        }
    }

    /// hm \[95\]: terrain roughness between the horizons of a path, m.
    #[inline(always)]
    #[must_use]
    pub fn roughness_m(&self, path: &PathGeometry, step_km: f64) -> f64 {
        let start = path.smooth_tx_m.min(path.tx_ground_m);
        let rise = (path.smooth_rx_m.min(path.rx_ground_m) - start) / path.d_km * step_km;
        let (from, to) = (path.tx_horizon as usize, path.rx_horizon as usize);
        let Some(stretch) = self.heights_m.get(from..=to.max(from)) else {
            return 0.0;
        };
        let mut top = [f64::NEG_INFINITY; 8];
        for (k, lanes) in stretch.chunks(8).enumerate() {
            for (lane, (best, &h)) in top.iter_mut().zip(lanes).enumerate() {
                let above = h - (start + rise * (from + 8 * k + lane) as f64);
                *best = if above > *best { above } else { *best };
            }
        }
        top.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

/// One interval's share of v1 and v2 \[85, 86\].
#[inline(always)]
fn smooth_terms(x0_km: f64, h0_m: f64, x1_km: f64, h1_m: f64) -> (f64, f64) {
    let width = x1_km - x0_km;
    (
        width * (h1_m + h0_m),
        width * (h1_m * (2.0 * x1_km + x0_km) + h0_m * (x1_km + 2.0 * x0_km)),
    )
}
