//! From raster to radials: which pixels of a disc lie on which radial, at which step.

use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, LocalFrame, LonLat};

use super::fast_math::{atan, round};

/// A pixel of the disc and where it lies on its radial.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct DiscPixel {
    /// Index in the disc's window, row-major.
    pub pixel: u32,
    /// Step nearest to the pixel's centre.
    pub step: u16,
    /// True distance from the mast, m.
    pub range_m: f32,
}

/// The pixels within a radius of a mast, sorted by radial and then by step.
#[derive(Debug, Clone)]
pub struct Disc {
    /// The pixels' raster: the part of the whole raster that the disc touches.
    pub window: PixelWindow,
    /// Radials around the mast; radial k leaves at k/radials of a turn, clockwise from north.
    pub radials: usize,
    /// Steps of the longest radial.
    pub steps: usize,
    /// Pixels, radial by radial.
    pub pixels: Vec<DiscPixel>,
    /// `starts[k] .. starts[k + 1]` are the pixels of radial k.
    pub starts: Vec<usize>,
}

impl Disc {
    /// The disc of `radius_m` around the frame's origin on `raster`. `None` when they do not meet.
    #[must_use]
    pub fn new(frame: &LocalFrame, radius_m: f64, step_m: f64, raster: &PixelWindow) -> Option<Self> {
        let window =
            PixelWindow::covering(Bounds::around_circle(frame.origin(), radius_m), raster.zoom).intersection(raster)?;
        let spacing_m = window.pixel_size_m(window.rows / 2).0;
        let radials = ((std::f64::consts::TAU * radius_m / spacing_m).ceil() as usize).clamp(16, 60_000);
        let steps = ((radius_m / step_m).round() as usize + 1).max(2);
        let mut disc = Self {
            window,
            radials,
            steps,
            pixels: Vec::new(),
            starts: Vec::new(),
        };
        let (pixels, radial_of) = disc.locate(frame, radius_m, step_m);
        disc.sort(&pixels, &radial_of);
        Some(disc)
    }

    /// Range, step and radial of every pixel of the window within the radius.
    fn locate(&self, frame: &LocalFrame, radius_m: f64, step_m: f64) -> (Vec<DiscPixel>, Vec<u16>) {
        let columns = self.window.columns;
        let mut pixels = Vec::new();
        let mut radial_of = Vec::new();
        let per_radian = self.radials as f64 / std::f64::consts::TAU;
        for row in 0..self.window.rows {
            let line = RowLine::new(frame, &self.window, row);
            for column in 0..columns {
                let (east_m, north_m) = line.at(f64::from(column));
                let range_m = (east_m * east_m + north_m * north_m).sqrt();
                if range_m > radius_m {
                    continue;
                }
                let turn = bearing_rad(east_m, north_m) * per_radian;
                let radial = round(turn) as usize % self.radials;
                let step = round(range_m / step_m).max(2.0).min(self.steps as f64) as u16;
                pixels.push(DiscPixel {
                    pixel: row * columns + column,
                    step,
                    range_m: range_m as f32,
                });
                radial_of.push(radial as u16);
            }
        }
        (pixels, radial_of)
    }

    /// Two stable counting sorts: by step, then by radial.
    fn sort(&mut self, pixels: &[DiscPixel], radial_of: &[u16]) {
        let by_step = order_by(self.steps + 1, pixels.len(), |i| usize::from(pixels[i].step), |i| i);
        let starts = &mut self.starts;
        starts.clear();
        starts.resize(self.radials + 1, 0);
        for &radial in radial_of {
            starts[usize::from(radial) + 1] += 1;
        }
        for k in 1..starts.len() {
            starts[k] += starts[k - 1];
        }
        let mut next = starts.clone();
        self.pixels.clear();
        self.pixels.resize(pixels.len(), DiscPixel::default());
        for &i in &by_step {
            let slot = &mut next[usize::from(radial_of[i as usize])];
            self.pixels[*slot] = pixels[i as usize];
            *slot += 1;
        }
    }

    /// Pixels of one radial, nearest first.
    #[must_use]
    pub fn radial(&self, k: usize) -> &[DiscPixel] {
        match (self.starts.get(k), self.starts.get(k + 1)) {
            (Some(&from), Some(&to)) => self.pixels.get(from..to).unwrap_or(&[]),
            _ => &[],
        }
    }
}

fn order_by(keys: usize, count: usize, key: impl Fn(usize) -> usize, at: impl Fn(usize) -> usize) -> Vec<u32> {
    let mut next = vec![0_usize; keys + 1];
    for i in 0..count {
        next[key(at(i)) + 1] += 1;
    }
    for k in 1..next.len() {
        next[k] += next[k - 1];
    }
    let mut order = vec![0_u32; count];
    for i in 0..count {
        let slot = &mut next[key(at(i))];
        order[*slot] = i as u32;
        *slot += 1;
    }
    order
}

/// Bearing of a direction, radians clockwise from north, 0 … 2π.
#[inline(always)]
pub(super) fn bearing_rad(east_m: f64, north_m: f64) -> f64 {
    let (e, n) = (east_m.abs(), north_m.abs());
    let (small, large) = if e < n { (e, n) } else { (n, e) };
    let angle = if large > 0.0 { atan(small / large) } else { 0.0 };
    let from_north = if e < n {
        angle
    } else {
        std::f64::consts::FRAC_PI_2 - angle
    };
    let half = if north_m < 0.0 {
        std::f64::consts::PI - from_north
    } else {
        from_north
    };
    if east_m < 0.0 {
        std::f64::consts::TAU - half
    } else {
        half
    }
}

/// Ground metres along one row of pixels: quadratic between three exact points (within millimetres over 40 km).
struct RowLine {
    east: [f64; 3],
    north: [f64; 3],
    half: f64,
}

impl RowLine {
    fn new(frame: &LocalFrame, window: &PixelWindow, row: u32) -> Self {
        let half = f64::from(window.columns.max(3) - 1) / 2.0;
        let first = window.centre(0, row);
        let width_deg = window.bounds().east - window.bounds().west;
        let per_column = width_deg / f64::from(window.columns);
        let at = |column: f64| frame.to_local(LonLat::new(first.lon_deg + column * per_column, first.lat_deg));
        let (left, middle, right) = (at(0.0), at(half), at(2.0 * half));
        let fit = |a: f64, b: f64, c: f64| [b, (c - a) / 2.0, (a + c) / 2.0 - b];
        Self {
            east: fit(left.0, middle.0, right.0),
            north: fit(left.1, middle.1, right.1),
            half,
        }
    }

    #[inline(always)]
    fn at(&self, column: f64) -> (f64, f64) {
        let t = (column - self.half) / self.half;
        let value = |c: &[f64; 3]| c[0] + t * (c[1] + t * c[2]);
        (value(&self.east), value(&self.north))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_pixel_of_the_disc_is_on_its_nearest_radial(
            lon in 103.0..109.0_f64, lat in 8.0..23.0_f64, radius_m in 300.0..4000.0_f64,
        ) {
            let mast = LonLat::new(lon, lat);
            let raster = PixelWindow::covering(Bounds::around_circle(mast, 10_000.0), 12);
            let frame = LocalFrame::new(mast);
            let disc = Disc::new(&frame, radius_m, 30.0, &raster).expect("they meet");
            let mut seen = vec![false; disc.window.len()];
            for k in 0..disc.radials {
                let mut before = 0;
                for pixel in disc.radial(k) {
                    prop_assert!(pixel.step >= before);
                    before = pixel.step;
                    prop_assert!(!std::mem::replace(&mut seen[pixel.pixel as usize], true));
                    let at = disc.window.centre(pixel.pixel % disc.window.columns, pixel.pixel / disc.window.columns);
                    let (east, north) = frame.to_local(at);
                    let range = east.hypot(north);
                    prop_assert!((range - f64::from(pixel.range_m)).abs() < 0.01);
                    prop_assert!((range - f64::from(pixel.step) * 30.0).abs() <= 15.01 || pixel.step == 2 || range > radius_m - 31.0);
                    let turn = east.atan2(north).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU;
                    let off = (turn * disc.radials as f64 - k as f64).abs();
                    prop_assert!(off <= 0.51 || off >= disc.radials as f64 - 0.51);
                }
            }
            for (index, &seen) in seen.iter().enumerate() {
                let at = disc.window.centre(index as u32 % disc.window.columns, index as u32 / disc.window.columns);
                let (east, north) = frame.to_local(at);
                let range = east.hypot(north);
                prop_assert!(seen == (range <= radius_m) || (range - radius_m).abs() < 0.01);
            }
        }
    }
}
