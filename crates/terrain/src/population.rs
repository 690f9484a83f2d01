//! Population rasters, resampled so that the sum is kept.

use std::path::Path;

use geodesy::{Bounds, Grid, LonLat, PixelWindow};

use crate::error::TerrainError;
use crate::raster::{Affine, BlockCache, Raster, Reader};

/// Bytes of decoded blocks that a population raster keeps.
const CACHE_BYTES: usize = 64 << 20;
/// Parts along each side into which a pixel of a projected or turned raster is cut.
const PARTS: u32 = 8;

/// People per pixel (as WorldPop's "ppp" products), from one file.
#[derive(Debug)]
pub struct PopulationRaster {
    raster: Raster,
    cache: BlockCache,
}

impl PopulationRaster {
    /// Opens a GeoTIFF of people per pixel.
    ///
    /// # Errors
    /// [`TerrainError`] when the file cannot be used.
    pub fn open(path: &Path) -> Result<Self, TerrainError> {
        Ok(Self {
            raster: Raster::open(path)?,
            cache: BlockCache::new(CACHE_BYTES),
        })
    }

    /// The rectangle that the file covers.
    #[must_use]
    pub const fn bounds(&self) -> Bounds {
        self.raster.bounds
    }

    /// People in the pixels of a window.
    ///
    /// People of a source pixel are spread evenly over its ground and land in the window's pixels by the area shared.
    /// So over a window that holds the whole file, the sum is the file's sum; nobody is counted in two windows that do
    /// not overlap. Missing and negative pixels hold nobody.
    ///
    /// # Errors
    /// [`TerrainError`] when a block cannot be read.
    pub fn window(&self, window: &PixelWindow) -> Result<Grid<f32>, TerrainError> {
        let mut people = Accumulator {
            window: *window,
            values: vec![0.0; window.len()],
        };
        let mut reader = Reader::new(&self.raster, 0, &self.cache);
        let (columns, rows) = self.pixels_touching(window.bounds());
        let plain = self.raster.georeference.plain_lon_lat();
        for row in rows {
            for column in columns.clone() {
                let count = reader.sample(column, row)?;
                if count > 0.0 {
                    match plain {
                        Some(affine) => people.spread(f64::from(count), pixel_bounds(affine, column, row)),
                        None => self.scatter(&mut people, f64::from(count), column, row),
                    }
                }
            }
        }
        Ok(Grid {
            window: *window,
            values: people.values.into_iter().map(|value| value as f32).collect(),
        })
    }

    /// Everybody in the file.
    ///
    /// # Errors
    /// [`TerrainError`] when a block cannot be read.
    pub fn total(&self) -> Result<f64, TerrainError> {
        let mut reader = Reader::new(&self.raster, 0, &self.cache);
        let mut total = 0.0;
        for row in 0..self.raster.height {
            for column in 0..self.raster.width {
                let count = reader.sample(column, row)?;
                if count > 0.0 {
                    total += f64::from(count);
                }
            }
        }
        Ok(total)
    }

    /// Pixel columns and rows that can touch a rectangle (all of them when that cannot be told).
    fn pixels_touching(&self, bounds: Bounds) -> (std::ops::Range<u32>, std::ops::Range<u32>) {
        const STEPS: u32 = 20;
        let raster = &self.raster;
        let at = |part: u32, from: f64, to: f64| from + (to - from) * f64::from(part) / f64::from(STEPS);
        let mut range = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY];
        for i in 0..=STEPS {
            for j in 0..=STEPS {
                let position = LonLat::new(at(i, bounds.west, bounds.east), at(j, bounds.south, bounds.north));
                let Some((x, y)) = raster.pixel_of(position) else {
                    return (0..raster.width, 0..raster.height);
                };
                range = [range[0].min(x), range[1].max(x), range[2].min(y), range[3].max(y)];
            }
        }
        let clip = |from: f64, to: f64, size: u32| {
            let first = (from.floor() - 1.0).clamp(0.0, f64::from(size)) as u32;
            first..(to.ceil() + 1.0).clamp(0.0, f64::from(size)) as u32
        };
        (
            clip(range[0], range[1], raster.width),
            clip(range[2], range[3], raster.height),
        )
    }

    /// Cuts a pixel into parts and drops each at its place.
    fn scatter(&self, people: &mut Accumulator, count: f64, column: u32, row: u32) {
        let share = count / f64::from(PARTS * PARTS);
        let middle = |part: u32| (f64::from(part) + 0.5) / f64::from(PARTS);
        for part_row in 0..PARTS {
            for part_column in 0..PARTS {
                let (x, y) = (
                    f64::from(column) + middle(part_column),
                    f64::from(row) + middle(part_row),
                );
                if let Some(position) = self.raster.georeference.position_of(x, y) {
                    people.drop_at(share, position);
                }
            }
        }
    }
}

fn pixel_bounds(affine: &Affine, column: u32, row: u32) -> Bounds {
    let (x0, y0) = affine.apply(f64::from(column), f64::from(row));
    let (x1, y1) = affine.apply(f64::from(column) + 1.0, f64::from(row) + 1.0);
    Bounds::new(x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1))
}

/// People per target pixel, summed in double precision.
struct Accumulator {
    window: PixelWindow,
    values: Vec<f64>,
}

impl Accumulator {
    fn drop_at(&mut self, count: f64, position: LonLat) {
        let index = self
            .window
            .pixel_of(position)
            .and_then(|(column, row)| self.window.index(column, row));
        if let Some(value) = index.and_then(|index| self.values.get_mut(index)) {
            *value += count;
        }
    }

    /// Spreads people over a rectangle by area: longitudes count linearly, latitudes by their sine.
    fn spread(&mut self, count: f64, bounds: Bounds) {
        let (left, top) = self.window.fractional_pixel_of(LonLat::new(bounds.west, bounds.north));
        let (right, bottom) = self.window.fractional_pixel_of(LonLat::new(bounds.east, bounds.south));
        let columns = clipped(left, right, self.window.columns);
        let rows = clipped(top, bottom, self.window.rows);
        let sine = |lat_deg: f64| lat_deg.to_radians().sin();
        let (south, height) = (sine(bounds.south), sine(bounds.north) - sine(bounds.south));
        for row in rows {
            let north_edge = self.edge_latitude(row).min(bounds.north);
            let south_edge = self.edge_latitude(row + 1).max(bounds.south);
            let row_share = ((sine(north_edge) - south) - (sine(south_edge) - south)).max(0.0) / height;
            for column in columns.clone() {
                let overlap = (f64::from(column) + 1.0).min(right) - f64::from(column).max(left);
                let share = row_share * overlap.max(0.0) / (right - left);
                if let Some(value) = self
                    .window
                    .index(column, row)
                    .and_then(|index| self.values.get_mut(index))
                {
                    *value += count * share;
                }
            }
        }
    }

    /// Latitude of the upper edge of a row.
    fn edge_latitude(&self, row: u32) -> f64 {
        let row_window = PixelWindow {
            row: self.window.row.saturating_add(row),
            rows: 1,
            ..self.window
        };
        row_window.bounds().north
    }
}

fn clipped(from: f64, to: f64, size: u32) -> std::ops::Range<u32> {
    from.floor().clamp(0.0, f64::from(size)) as u32..to.ceil().clamp(0.0, f64::from(size)) as u32
}
