//! From raster to radials: which pixels of a disc lie on which radial, at which step.

use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, LocalFrame, LonLat};

use super::fast_math::{atan, round};

/// A pixel of the disc and where it lies on its radial.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct DiscPixel {
    /// Row of the disc's window.
    pub row: u16,
    /// Column of the disc's window.
    pub column: u16,
    /// Step nearest to the pixel's centre.
    pub step: u16,
    /// Bearing from the mast, in 1/65,536 of a turn clockwise from north.
    pub bearing: u16,
    /// True distance from the mast, m.
    pub range_m: f32,
}

/// The pixels within a radius of a mast, sorted by radial and then by range.
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

/// Pixels whose places are worked out together.
const CHUNK: usize = 16;

impl Disc {
    /// The disc of `radius_m` around the frame's origin on `raster`. `None` when they do not meet.
    #[must_use]
    pub fn new(frame: &LocalFrame, radius_m: f64, step_m: f64, raster: &PixelWindow) -> Option<Self> {
        let window =
            PixelWindow::covering(Bounds::around_circle(frame.origin(), radius_m), raster.zoom).intersection(raster)?;
        let spacing_m = window.pixel_size_m(window.rows / 2).0;
        let radials = ((std::f64::consts::TAU * radius_m / spacing_m).ceil() as usize).clamp(16, 60_000);
        let steps = ((radius_m / step_m).round() as usize + 1).clamp(2, usize::from(u16::MAX));
        let mut disc = Self {
            window,
            radials,
            steps,
            pixels: Vec::new(),
            starts: Vec::new(),
        };
        let found = pulp::Arch::new().dispatch(Locate {
            disc: &disc,
            frame,
            radius_m,
            step_m,
        });
        disc.sort(&found.pixels, &found.radial_of);
        Some(disc)
    }

    /// Index of a pixel in the window, row-major.
    #[inline(always)]
    #[must_use]
    pub fn index(&self, pixel: &DiscPixel) -> usize {
        usize::from(pixel.row) * self.window.columns as usize + usize::from(pixel.column)
    }

    /// Range, step and radial of every pixel of the window within the radius. Rows and columns are taken outwards from
    /// the mast, so that the pixels of one radial come nearly in the order of their ranges.
    #[inline(always)]
    fn locate(&self, frame: &LocalFrame, radius_m: f64, step_m: f64) -> Found {
        let (columns, rows) = (self.window.columns as usize, self.window.rows as usize);
        let mast = self.window.pixel_of(frame.origin());
        let (mast_column, mast_row) = match mast {
            Some((column, row)) => (column as usize, row as usize),
            None => (columns / 2, rows / 2),
        };
        let mut found = Found {
            pixels: Vec::with_capacity(columns * rows),
            radial_of: Vec::with_capacity(columns * rows),
        };
        let scale = Scale {
            radius_m,
            step_m,
            steps: self.steps as f64,
            radials: self.radials as f64,
        };
        let mut line = vec![Place::default(); columns.next_multiple_of(CHUNK)];
        for row in (mast_row..rows).chain((0..mast_row).rev()) {
            let at = RowLine::new(frame, &self.window, row as u32);
            scale.places(&at, &mut line);
            for column in (mast_column..columns).chain((0..mast_column.min(columns)).rev()) {
                found.add(&line[column], row, column, &scale);
            }
        }
        found
    }

    /// By radial (counting) and then by range (insertion: nearly in order already).
    fn sort(&mut self, pixels: &[DiscPixel], radial_of: &[u16]) {
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
        for (pixel, &radial) in pixels.iter().zip(radial_of) {
            let slot = &mut next[usize::from(radial)];
            self.pixels[*slot] = *pixel;
            *slot += 1;
        }
        for k in 0..self.radials {
            let radial = &mut self.pixels[starts[k]..starts[k + 1]];
            for at in 1..radial.len() {
                let pixel = radial[at];
                let mut to = at;
                while to > 0 && radial[to - 1].range_m > pixel.range_m {
                    radial[to] = radial[to - 1];
                    to -= 1;
                }
                radial[to] = pixel;
            }
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

/// [`Disc::locate`] compiled for the widest vector instructions of this machine.
struct Locate<'a> {
    disc: &'a Disc,
    frame: &'a LocalFrame,
    radius_m: f64,
    step_m: f64,
}

impl pulp::WithSimd for Locate<'_> {
    type Output = Found;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Found {
        self.disc.locate(self.frame, self.radius_m, self.step_m)
    }
}

struct Found {
    pixels: Vec<DiscPixel>,
    radial_of: Vec<u16>,
}

impl Found {
    #[inline(always)]
    fn add(&mut self, place: &Place, row: usize, column: usize, scale: &Scale) {
        if place.range_m > scale.radius_m {
            return;
        }
        self.pixels.push(DiscPixel {
            row: row as u16,
            column: column as u16,
            step: place.step as u16,
            bearing: place.bearing as u32 as u16,
            range_m: place.range_m as f32,
        });
        let radial = if place.radial >= scale.radials {
            0.0
        } else {
            place.radial
        };
        self.radial_of.push(radial as u16);
    }
}

/// Where a pixel's centre lies as seen from the mast.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    range_m: f64,
    step: f64,
    radial: f64,
    /// In 1/65,536 of a turn, 0 … 65,536.
    bearing: f64,
}

/// What turns metres into steps and radials.
struct Scale {
    radius_m: f64,
    step_m: f64,
    steps: f64,
    radials: f64,
}

impl Scale {
    /// The places of the first pixels of a row, as many as `line` holds (a multiple of [`CHUNK`]).
    #[inline(always)]
    fn places(&self, at: &RowLine, line: &mut [Place]) {
        for (chunk, places) in line.chunks_exact_mut(CHUNK).enumerate() {
            let first = (chunk * CHUNK) as f64;
            let mut range = [0.0; CHUNK];
            let mut turn = [0.0; CHUNK];
            for (k, (range, turn)) in range.iter_mut().zip(&mut turn).enumerate() {
                let (east_m, north_m) = at.at(first + k as f64);
                *range = (east_m * east_m + north_m * north_m).sqrt();
                *turn = bearing_rad(east_m, north_m) / std::f64::consts::TAU;
            }
            for ((place, &range_m), &turn) in places.iter_mut().zip(&range).zip(&turn) {
                *place = Place {
                    range_m,
                    step: round(range_m / self.step_m).max(2.0).min(self.steps),
                    radial: round(turn * self.radials),
                    bearing: round(turn * 65_536.0),
                };
            }
        }
    }
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
                    prop_assert!(!std::mem::replace(&mut seen[disc.index(pixel)], true));
                    let at = disc.window.centre(u32::from(pixel.column), u32::from(pixel.row));
                    let (east, north) = frame.to_local(at);
                    let range = east.hypot(north);
                    prop_assert!((range - f64::from(pixel.range_m)).abs() < 0.01);
                    prop_assert!((range - f64::from(pixel.step) * 30.0).abs() <= 15.01 || pixel.step == 2 || range > radius_m - 31.0);
                    let turn = east.atan2(north).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU;
                    let off = (turn * disc.radials as f64 - k as f64).abs();
                    let bearing = (turn * 65_536.0 - f64::from(pixel.bearing)).rem_euclid(65_536.0);
                    prop_assert!(!(0.51..=65_535.49).contains(&bearing));
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
