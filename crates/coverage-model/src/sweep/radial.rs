//! One radial: terrain geometry of every sub-path, kept up to date while the radial grows.

use super::hull::{UpperHull, Vertex};
use super::tables::{SweepSettings, Tables};
use super::tail::{Near, TAIL, Tail, greatest};
use super::track::Track;

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
    /// Σ h and Σ i·h of the appended points.
    sum_m: f64,
    moment_m: f64,
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
        self.sum_m = 0.0;
        self.moment_m = 0.0;
        self.appended = 0;
    }

    /// Takes in the radial's points that are far interior points of a path to step `n`: up to n − [`TAIL`] − 1. The
    /// last ones of such a path come from its [`Tail`].
    #[inline(always)]
    pub fn advance_to(&mut self, n: usize, tables: &Tables) {
        while self.appended + TAIL + 1 < n {
            self.append(tables);
        }
    }

    #[inline(always)]
    fn append(&mut self, tables: &Tables) {
        let i = self.appended + 1;
        let x_km = tables.settings.step_km * i as f64;
        let here = self.heights_m[i];
        let inverse_x = tables.inverse[i] * tables.per_step;
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
        self.sum_m += here;
        self.moment_m += here * i as f64;
        self.appended = i;
    }

    /// Geometry of the path to step `n` ≥ 2 that ends in `tail`. [`Radial::advance_to`] must have been called with the
    /// same `n`.
    #[inline(always)]
    pub fn path(&self, n: usize, tail: &Tail, location_factor: f64, tables: &Tables) -> PathGeometry {
        let settings = &tables.settings;
        let rx_m = tail.rx_ground_m + settings.rx_height_m;
        let tx_m = self.tx_m;
        let near = Near::new(n, &tail.ground_m, tx_m, rx_m, tables);
        let d_km = near.d_km;
        let line = (rx_m - tx_m) / d_km;
        let bulge = self.terrain.curvature * d_km;

        let bare = self.surface_m.is_empty();
        let (nu, clearest) = if bare {
            self.terrain.bullington(&near, tables)
        } else {
            let near = Near::new(n, &tail.surface_m, tx_m, rx_m, tables);
            self.surface.bullington(&near, tables)
        };
        let nu_wide = if settings.is_median() {
            0.0
        } else {
            let heights = if bare { &tail.ground_m } else { &tail.surface_m };
            let near = Near::new(n, heights, tx_m, rx_m, tables);
            self.wide.bullington(&near, tables).0
        };

        let (steepest, steepest_at) = self.terrain.horizon(&near);
        let trans_horizon = steepest > line - bulge;
        let (tx_slope, rx_slope, tx_horizon, rx_horizon) = if trans_horizon {
            let (tangent, at) = self.terrain.tangent(&near);
            (steepest, tangent - 2.0 * bulge, steepest_at, at)
        } else {
            let at = match clearest {
                Some(at) if bare => at,
                _ => self.terrain.clearance(&near, tables).at,
            };
            (line - bulge, -line - bulge, at, at)
        };

        let (smooth_tx_m, smooth_rx_m) = self.smooth_earth(&near, tail.rx_ground_m, settings.step_km);
        let (fall_tx_m, fall_rx_m) = self.obstruction(&near, line);
        let tx_ground_m = self.heights_m[0];
        PathGeometry {
            n,
            d_km,
            range_km: d_km,
            tx_ground_m,
            rx_ground_m: tail.rx_ground_m,
            nu,
            nu_wide,
            trans_horizon,
            tx_slope,
            rx_slope,
            tx_horizon,
            rx_horizon,
            smooth_tx_m,
            smooth_rx_m,
            diffraction_tx_m: (smooth_tx_m - fall_tx_m).min(tx_ground_m),
            diffraction_rx_m: (smooth_rx_m - fall_rx_m).min(tail.rx_ground_m),
            location_factor,
        }
    }

    /// hst and hsr \[85–88\], m. With equal steps s the sums are v1 = s (h₀ + 2 Σ h + hₙ) and
    /// v2 = s² (h₀ + 6 Σ i h + (3n − 1) hₙ), both Σ over the interior.
    #[inline(always)]
    fn smooth_earth(&self, near: &Near, rx_ground_m: f64, step_km: f64) -> (f64, f64) {
        let (sum_m, moment_m) = near.sums();
        let (n, d_km, tx_ground_m) = (near.n as f64, near.d_km, self.heights_m[0]);
        let v1 = step_km * (tx_ground_m + 2.0 * (self.sum_m + sum_m) + rx_ground_m);
        let v2 = step_km * step_km * (tx_ground_m + 6.0 * (self.moment_m + moment_m) + (3.0 * n - 1.0) * rx_ground_m);
        let square = d_km * d_km;
        ((2.0 * v1 * d_km - v2) / square, (v2 - v1 * d_km) / square)
    }

    /// By how much the greatest obstacle above the line between the antennas lowers both ends of the smooth surface
    /// \[89, 90\], m.
    #[inline(always)]
    fn obstruction(&self, near: &Near, line: f64) -> (f64, f64) {
        let from_tx = near.map(
            #[inline(always)]
            |j| near.slope_from_tx(j),
        );
        let nearest = greatest(&from_tx);
        let steepest = if nearest > self.raw_steepest {
            nearest
        } else {
            self.raw_steepest
        };
        if steepest <= line {
            return (0.0, 0.0);
        }
        let above = near.map(
            #[inline(always)]
            |j| near.heights_m[j] - line * near.x_km[j],
        );
        let mut highest_m = greatest(&above);
        if let Some(peak) = self.raw_hull.farthest_above(line) {
            let far_m = peak.y_m - line * peak.x_km;
            highest_m = if far_m > highest_m { far_m } else { highest_m };
        }
        let obstacle_m = highest_m - near.tx_m;
        if obstacle_m <= 0.0 {
            return (0.0, 0.0);
        }
        let from_rx = near.map(
            #[inline(always)]
            |j| (near.heights_m[j] - near.rx_m) * near.inverse_to_rx[j],
        );
        let mut tangent = greatest(&from_rx);
        if let Some(vertex) = self.raw_hull.steepest_from(near.d_km, near.rx_m) {
            let far = (vertex.y_m - near.rx_m) / (near.d_km - vertex.x_km);
            tangent = if far > tangent { far } else { tangent };
        }
        let (at_tx, at_rx) = (steepest - line, tangent + line);
        let share = obstacle_m / (at_tx + at_rx);
        (share * at_tx, share * at_rx)
    }

    /// hm \[95\]: terrain roughness between the horizons of a path, m.
    #[inline(always)]
    #[must_use]
    pub fn roughness_m(&self, path: &PathGeometry, tail: &Tail, step_km: f64) -> f64 {
        let start = path.smooth_tx_m.min(path.tx_ground_m);
        let rise = (path.smooth_rx_m.min(path.rx_ground_m) - start) / path.d_km * step_km;
        let (from, to) = (path.tx_horizon as usize, path.rx_horizon as usize);
        let mut top = [f64::NEG_INFINITY; 8];
        let far_end = path.n.saturating_sub(TAIL);
        if let Some(stretch) = self.heights_m.get(from..far_end.min(to + 1)) {
            for (k, lanes) in stretch.chunks(8).enumerate() {
                for (lane, (best, &h)) in top.iter_mut().zip(lanes).enumerate() {
                    let above = h - (start + rise * (from + 8 * k + lane) as f64);
                    *best = if above > *best { above } else { *best };
                }
            }
        }
        for (j, (best, &h)) in top.iter_mut().zip(&tail.ground_m).enumerate() {
            let index = path.n + j;
            if (from + TAIL..=to + TAIL).contains(&index) {
                let above = h - (start + rise * (index - TAIL) as f64);
                *best = if above > *best { above } else { *best };
            }
        }
        greatest(&top)
    }
}
