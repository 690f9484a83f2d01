//! The relief: mountains in the west, a coastal plain in the east, valleys cut by running water.
//!
//! Uplift along a crest and a few isolated ranges is eroded by the stream-power law (implicit scheme of
//! Braun and Willett, 2013), first on a coarse grid, then on the working grid. What remains has real
//! drainage: rivers, divides and valleys follow from it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::noise;
use super::plane::{Lattice, Point, signed_distance_km};

/// Highest summit (metres).
const SUMMIT_M: f64 = 1_990.0;
/// Erodibility (per step, with drainage area in km² and lengths in km).
const ERODIBILITY: f64 = 0.45;
/// Drainage-area exponent of the stream-power law.
const AREA_EXPONENT: f64 = 0.45;

/// Relief on the working grid (6″, about 180 m).
pub struct Relief {
    pub lattice: Lattice,
    /// Height above the sea (metres, 0 in the sea).
    pub height_m: Vec<f32>,
    /// Distance from the coast (km, positive on land).
    pub coast_km: Vec<f32>,
    /// The neighbour that each cell drains to (itself at an outlet).
    pub receiver: Vec<u32>,
    /// Area that drains through each cell (km²).
    pub drainage_km2: Vec<f32>,
    /// Cells from outlets upwards: a cell comes after its receiver.
    pub upstream_order: Vec<u32>,
}

impl Relief {
    pub fn is_sea(&self, index: usize) -> bool {
        self.coast_km[index] <= 0.0
    }

    /// Steepness of the steepest of the ways to the neighbours (metres per metre).
    pub fn slope(&self, index: usize) -> f64 {
        let height = f64::from(self.height_m[index]);
        self.lattice
            .neighbours(index)
            .map(|(other, km)| (f64::from(self.height_m[other]) - height).abs() / (km * 1000.0))
            .fold(0.0, f64::max)
    }

    pub fn height_at(&self, point: Point) -> f64 {
        self.lattice.sample(&self.height_m, point)
    }
}

/// The hand-drawn skeleton that the noise is hung on.
pub struct Skeleton {
    seed: u64,
    coast: Vec<Point>,
    crest: Vec<Point>,
    ranges: Vec<(Point, Point, f64, f64)>,
}

impl Skeleton {
    pub fn new(seed: u64) -> Self {
        let points = |list: &[(f64, f64)]| list.iter().map(|&(lon, lat)| Point::from_degrees(lon, lat)).collect();
        let range = |a: (f64, f64), b: (f64, f64), width_km: f64, strength: f64| {
            let (a, b) = (Point::from_degrees(a.0, a.1), Point::from_degrees(b.0, b.1));
            (a, b, width_km, strength)
        };
        Self {
            seed,
            coast: points(&[
                (105.75, 19.00),
                (105.85, 18.76),
                (105.98, 18.56),
                (106.16, 18.38),
                (106.33, 18.24),
                (106.46, 18.16),
                (106.49, 18.02),
                (106.54, 17.94),
                (106.72, 17.70),
            ]),
            crest: points(&[
                (105.16, 18.74),
                (105.40, 18.50),
                (105.44, 18.33),
                (105.62, 18.20),
                (105.82, 18.06),
                (106.02, 17.98),
                (106.24, 17.92),
            ]),
            ranges: vec![
                range((106.24, 17.92), (106.50, 17.955), 3.2, 0.42),
                range((105.70, 18.50), (105.80, 18.46), 2.6, 0.33),
                range((105.97, 18.475), (106.01, 18.44), 1.5, 0.17),
                range((105.86, 18.22), (106.05, 18.13), 4.5, 0.22),
                range((106.22, 18.17), (106.27, 18.14), 1.8, 0.18),
                range((105.48, 18.62), (105.60, 18.66), 4.0, 0.22),
            ],
        }
    }

    /// Distance from the coast (km, positive on land): a drawn line, frayed by noise.
    pub fn coast_km(&self, point: Point) -> f64 {
        let drawn = signed_distance_km(&self.coast, point);
        let seed = self.seed ^ 0xC0A5;
        drawn
            + 7.0 * noise::fractal(seed, point.x, point.y, 26.0, 2)
            + 2.2 * noise::fractal(seed + 9, point.x, point.y, 6.0, 4)
    }

    /// Uplift per step (km).
    fn uplift(&self, point: Point, coast_km: f64) -> f64 {
        let rough = 0.75 + 1.0 * noise::fractal(self.seed ^ 0x0417, point.x, point.y, 20.0, 5);
        let crest = signed_distance_km(&self.crest, point).abs();
        let inland = smoothstep(6.0, 24.0, coast_km);
        let mountains = (-(crest / 13.0).powi(2)).exp() * inland;
        let hills_noise = noise::fractal(self.seed ^ 0x4111, point.x, point.y, 11.0, 3);
        let hills = 0.16 * (-(crest / 25.0).powi(2)).exp() * inland * (0.7 + 1.6 * hills_noise).max(0.0);
        let isolated: f64 = self
            .ranges
            .iter()
            .map(|&(a, b, width, strength)| {
                let distance = signed_distance_km(&[a, b], point).abs() * (1.0 + 0.5 * hills_noise);
                strength * (-(distance / width).powi(2)).exp()
            })
            .sum();
        let shore = smoothstep(0.2, 3.5, coast_km);
        0.11 * ((mountains + hills) * rough.max(0.15) + isolated * shore)
    }

    /// How much higher the water finds the ground than it is (km, never negative).
    fn wander_km(&self, point: Point, uplift: f64) -> f64 {
        let flat = 1.0 - smoothstep(0.002, 0.02, uplift);
        let rough = noise::fractal(self.seed ^ 0x3A4D, point.x, point.y, 9.0, 5);
        0.03 * flat.max(0.3) * (rough + 1.0)
    }

    /// The surface before erosion (km): a gentle slope to the sea, roughened so that rivers wander.
    fn initial_km(&self, point: Point, coast_km: f64) -> f64 {
        let rough = noise::fractal(self.seed ^ 0x51A7, point.x, point.y, 7.0, 5);
        (0.0012 * coast_km.clamp(0.0, 40.0) + 0.006 * (rough + 0.5)).max(0.0005)
    }
}

fn smoothstep(low: f64, high: f64, value: f64) -> f64 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Raises and erodes the province's relief.
pub fn shape(skeleton: &Skeleton) -> Relief {
    let mut coarse = Surface::new(skeleton, Lattice::new(12.0));
    for _ in 0..55 {
        coarse.erode();
    }
    let mut fine = Surface::new(skeleton, Lattice::new(6.0));
    fine.take_heights(&coarse);
    for _ in 0..10 {
        fine.erode();
    }
    fine.into_relief(skeleton)
}

/// A surface under erosion; heights in kilometres.
struct Surface {
    lattice: Lattice,
    height: Vec<f64>,
    uplift: Vec<f64>,
    /// Unevenness that only the water sees (km): rivers of the plain wander instead of running straight.
    wander: Vec<f64>,
    coast_km: Vec<f32>,
    fixed: Vec<bool>,
}

/// Where the water goes.
struct Drainage {
    receiver: Vec<u32>,
    distance_km: Vec<f32>,
    order: Vec<u32>,
    area_km2: Vec<f32>,
}

impl Surface {
    fn new(skeleton: &Skeleton, lattice: Lattice) -> Self {
        let mut surface = Self {
            lattice,
            height: Vec::with_capacity(lattice.len()),
            uplift: Vec::with_capacity(lattice.len()),
            wander: Vec::with_capacity(lattice.len()),
            coast_km: Vec::with_capacity(lattice.len()),
            fixed: Vec::with_capacity(lattice.len()),
        };
        for index in 0..lattice.len() {
            let point = lattice.centre(index);
            let coast = skeleton.coast_km(point);
            let sea = coast <= 0.0;
            let edge = lattice.on_edge(index);
            let height = match (sea, edge) {
                (true, _) => 0.0,
                // Beyond the window the land falls away to other rivers: a low outlet.
                // In the north a low rise, so that the northern rivers find their own way to the sea.
                (false, true) if index < lattice.columns => 0.2,
                (false, true) => 0.004 * (coast - 8.0).clamp(0.2, 45.0),
                (false, false) => skeleton.initial_km(point, coast),
            };
            surface.height.push(height);
            let uplift = skeleton.uplift(point, coast);
            surface.uplift.push(uplift);
            surface.wander.push(skeleton.wander_km(point, uplift));
            surface.coast_km.push(coast as f32);
            surface.fixed.push(sea || edge);
        }
        surface
    }

    fn take_heights(&mut self, coarse: &Self) {
        let heights: Vec<f32> = coarse.height.iter().map(|&height| height as f32).collect();
        for index in 0..self.lattice.len() {
            if !self.fixed[index] {
                let point = self.lattice.centre(index);
                self.height[index] = coarse.lattice.sample(&heights, point).max(1e-4);
            }
        }
    }

    /// One step of uplift and stream-power incision, then a little creep of the slopes.
    fn erode(&mut self) {
        let drainage = self.drain();
        for &cell in &drainage.order {
            let cell = cell as usize;
            if self.fixed[cell] {
                continue;
            }
            let rate = ERODIBILITY * f64::from(drainage.area_km2[cell]).powf(AREA_EXPONENT)
                / f64::from(drainage.distance_km[cell]);
            let below = self.height[drainage.receiver[cell] as usize];
            let raised = self.height[cell] + self.uplift[cell];
            self.height[cell] = (raised + rate * below) / (1.0 + rate);
        }
        self.creep();
    }

    fn creep(&mut self) {
        let columns = self.lattice.columns;
        let before = self.height.clone();
        for index in 0..before.len() {
            if !self.fixed[index] {
                let around = before[index - 1] + before[index + 1] + before[index - columns] + before[index + columns];
                self.height[index] += 0.035 * (around - 4.0 * before[index]);
            }
        }
    }

    /// Fills hollows from the outlets inwards (priority flood), then sends each cell down the steepest way.
    fn drain(&self) -> Drainage {
        let count = self.lattice.len();
        let mut filled = vec![f64::INFINITY; count];
        let mut order = Vec::with_capacity(count);
        let mut queue = BinaryHeap::new();
        for (index, level) in filled.iter_mut().enumerate() {
            if self.fixed[index] {
                *level = self.height[index];
                queue.push(Reverse((self.height[index].to_bits(), index as u32)));
            }
        }
        while let Some(Reverse((_, cell))) = queue.pop() {
            order.push(cell);
            let level = filled[cell as usize];
            for (other, _) in self.lattice.neighbours(cell as usize) {
                if filled[other].is_infinite() {
                    // An uneven least fall keeps the way across flats from running straight.
                    let fall = 1e-6 + 4e-4 * noise::smooth(17, other as f64, 0.5, 1.0).abs();
                    filled[other] = (self.height[other] + self.wander[other]).max(level + fall);
                    queue.push(Reverse((filled[other].to_bits(), other as u32)));
                }
            }
        }
        self.route(&filled, order)
    }

    fn route(&self, filled: &[f64], order: Vec<u32>) -> Drainage {
        let count = self.lattice.len();
        let mut receiver: Vec<u32> = (0..count as u32).collect();
        let mut distance_km = vec![1.0f32; count];
        for index in 0..count {
            let mut steepest = 0.0;
            if self.fixed[index] {
                continue;
            }
            for (other, km) in self.lattice.neighbours(index) {
                let slope = (filled[index] - filled[other]) / km;
                if slope > steepest {
                    steepest = slope;
                    receiver[index] = other as u32;
                    distance_km[index] = km as f32;
                }
            }
        }
        let mut area_km2 = vec![self.lattice.cell_area_km2() as f32; count];
        for &cell in order.iter().rev() {
            let below = receiver[cell as usize];
            if below != cell {
                area_km2[below as usize] += area_km2[cell as usize];
            }
        }
        Drainage {
            receiver,
            distance_km,
            order,
            area_km2,
        }
    }

    /// Gives the window's edge the heights beside it: the outlets there were only for the water.
    fn mend_edge(&mut self) {
        let (columns, rows) = (self.lattice.columns, self.lattice.rows);
        for index in 0..self.height.len() {
            if self.lattice.on_edge(index) && self.coast_km[index] > 0.0 {
                let (column, row) = (
                    (index % columns).clamp(1, columns - 2),
                    (index / columns).clamp(1, rows - 2),
                );
                self.height[index] = self.height[row * columns + column];
            }
        }
    }

    fn into_relief(mut self, skeleton: &Skeleton) -> Relief {
        let drainage = self.drain();
        self.mend_edge();
        let highest = self.height.iter().copied().fold(0.0, f64::max);
        let height_m = (0..self.lattice.len())
            .map(|index| {
                let coast = f64::from(self.coast_km[index]);
                if coast <= 0.0 {
                    return 0.0;
                }
                let point = self.lattice.centre(index);
                let dunes = 2.5 * (noise::fractal(skeleton.seed ^ 0xD07E, point.x, point.y, 2.5, 3) + 0.4).max(0.0);
                let plain = 1.2 + 0.35 * coast.min(30.0) + dunes;
                (self.height[index] / highest * SUMMIT_M + plain) as f32
            })
            .collect();
        Relief {
            lattice: self.lattice,
            height_m,
            coast_km: self.coast_km,
            receiver: drainage.receiver,
            drainage_km2: drainage.area_km2,
            upstream_order: drainage.order,
        }
    }
}
