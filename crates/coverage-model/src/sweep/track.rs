//! Heights as seen from both ends of a path over an earth of one radius: horizon, tangent, clearance.
//!
//! The far part of a path lies on the radial: prefix maximum, hull and blocks answer for it. The last points before the
//! receiver are the pixel's own ([`Near`]) and are looked at one by one, all eight at once.

use super::hull::{UpperHull, Vertex};
use super::tables::Tables;
use super::tail::{Near, TAIL, first_of, greatest, last_of, least};

/// Points per block of the line-of-sight search.
const BLOCK: usize = 32;

/// Most blocks whose bounds are kept on the stack (8,192 points).
const MAXIMUM_BLOCKS: usize = 256;

/// Heights seen over an earth of one radius: horizon by prefix maximum, tangents by hull, clearance by blocks.
#[derive(Debug, Clone, Default)]
pub(super) struct Track {
    /// C = 500/radius, m per km².
    pub(super) curvature: f64,
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
pub(super) struct Clearance {
    /// min c² (1/i + 1/(n−i)), m².
    weighted_square: f64,
    /// Where: the last of equals.
    pub(super) at: u32,
}

impl Track {
    #[inline(always)]
    pub(super) fn start(&mut self, radius_km: f64, heights: &[f64], step_km: f64) {
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
    pub(super) fn append(&mut self, i: usize, x_km: f64, height_m: f64, tx_m: f64, inverse_x: f64) {
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

    /// Greatest slope of the path's interior as seen from the transmitter, m/km over the curved earth, and where: the
    /// first of equals.
    #[inline(always)]
    pub(super) fn horizon(&self, near: &Near) -> (f64, u32) {
        let slopes = near.map(
            #[inline(always)]
            |j| near.slope_from_tx(j) - self.curvature * near.x_km[j],
        );
        let steepest = greatest(&slopes);
        if steepest > self.steepest {
            (steepest, near.index(first_of(&slopes, steepest)))
        } else {
            (self.steepest, self.steepest_at)
        }
    }

    /// Steepest slope t to the curved heights as seen from the receiver, and where: the last of equals.
    #[inline(always)]
    pub(super) fn tangent(&self, near: &Near) -> (f64, u32) {
        let eye = near.rx_m - self.curvature * near.d_km * near.d_km;
        let slopes = near.map(
            #[inline(always)]
            |j| (near.heights_m[j] - self.bend(near.x_km[j]) - eye) * near.inverse_to_rx[j],
        );
        let steepest = greatest(&slopes);
        match self.hull.steepest_from(near.d_km, eye) {
            Some(vertex) => {
                let far = (vertex.y_m - eye) / (near.d_km - vertex.x_km);
                if far > steepest {
                    (far, vertex.index)
                } else {
                    (steepest, near.index(last_of(&slopes, steepest)))
                }
            }
            None => (steepest, near.index(last_of(&slopes, steepest))),
        }
    }

    #[inline(always)]
    fn bend(&self, x_km: f64) -> f64 {
        self.curvature * x_km * x_km
    }

    /// ν of the Bullington edge \[13–19\] per sqrt(0.002/λ), and under a free line of sight where the path is least clear.
    #[inline(always)]
    pub(super) fn bullington(&self, near: &Near, tables: &Tables) -> (f64, Option<u32>) {
        let (tx_m, rx_m, d_km) = (near.tx_m, near.rx_m, near.d_km);
        let line = (rx_m - tx_m) / d_km;
        let bulge = self.curvature * d_km;
        let steepest = self.horizon(near).0;
        if steepest < line - bulge {
            let clearance = self.clearance(near, tables);
            return (
                -(clearance.weighted_square / tables.settings.step_km).sqrt(),
                Some(clearance.at),
            );
        }
        let tx_slope = steepest + bulge;
        let rx_slope = self.tangent(near).0 - bulge;
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
    /// n/(i (n−i)) that the block offers. The points near the receiver, looked at first, mostly leave no block over.
    #[inline(always)]
    pub(super) fn clearance(&self, near: &Near, tables: &Tables) -> Clearance {
        let n = near.n;
        let end = near.rx_m - self.bend(near.d_km);
        let rise_m = (end - near.tx_m) / n as f64;
        let squares = near.map(
            #[inline(always)]
            |j| {
                let gap = near.tx_m + rise_m * near.position[j] - (near.heights_m[j] - self.bend(near.x_km[j]));
                gap * gap * (near.inverse[j] + near.inverse_to_rx[j] * tables.settings.step_km)
            },
        );
        let closest = least(&squares);
        let mut best = Clearance {
            weighted_square: closest,
            at: near.index(last_of(&squares, closest)),
        };
        let far_end = n.saturating_sub(TAIL);
        if far_end < 2 {
            return best;
        }
        let path = LinePath {
            start_m: near.tx_m,
            rise_m,
            far_end,
            z: &self.z,
            inverse: &tables.inverse,
            inverse_reversed: &tables.inverse_reversed[tables.settings.steps - n..],
        };
        let blocks = (far_end - 1) / BLOCK + 1;
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
        for (block, &bound) in bounds.iter().enumerate() {
            if bound <= best.weighted_square {
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

/// The straight line between the antennas over curved heights.
struct LinePath<'a> {
    start_m: f64,
    rise_m: f64,
    /// One past the last point that lies on the radial.
    far_end: usize,
    z: &'a [f64],
    inverse: &'a [f64],
    /// 1/(n − i) at index i.
    inverse_reversed: &'a [f64],
}

impl LinePath<'_> {
    #[inline(always)]
    fn search(&self, block: usize, best: Clearance) -> Clearance {
        let first = (block * BLOCK).max(1);
        let end = (block * BLOCK + BLOCK).min(self.far_end);
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
