//! Many elevation files as one surface.

use std::path::PathBuf;

use geodesy::{Bounds, Grid, LonLat, PixelWindow};
use serde::{Deserialize, Serialize};

use crate::discover::open_all;
use crate::elevation_patch::{ElevationPatch, bilinear_with_gaps};
use crate::error::TerrainError;
use crate::raster::{Affine, BlockCache, GeoReference, Raster, Reader};

/// What an elevation product measures. It decides whether clutter is added on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurfaceKind {
    /// The ground itself (a terrain model, DTM): trees and roofs come from land cover.
    #[default]
    BareEarth,
    /// The top of what stands on it (a surface model, DSM, as SRTM and Copernicus are to a large part): clutter is
    /// already inside and is not added again.
    Surface,
}

/// Bytes of decoded blocks that a model keeps.
const CACHE_BYTES: usize = 256 << 20;
/// Most samples of a patch or window: 1 GiB of f32.
const MAXIMUM_SAMPLES: u64 = 256 << 20;
/// Heights outside this range are no land on Earth; untagged void values (−32768, −9999) fall here too.
const PLAUSIBLE_M: std::ops::RangeInclusive<f32> = -1_000.0..=9_500.0;

/// One surface from any mix of elevation files.
///
/// Where files overlap, the finest one that has a height there wins; equal ones in the order given (folders in the
/// order of their names). Samples are decoded block by block into a bounded cache, so a country of 1″ tiles is fine.
#[derive(Debug)]
pub struct ElevationModel {
    rasters: Vec<Raster>,
    bounds: Bounds,
    surface_kind: SurfaceKind,
    cache: BlockCache,
}

impl ElevationModel {
    /// Opens files and folders: GeoTIFF, `.hgt`, zipped `.hgt`, found by content.
    ///
    /// # Errors
    /// [`TerrainError`] for the first file that cannot be used, or when there is none.
    pub fn open(paths: &[PathBuf], surface_kind: SurfaceKind) -> Result<Self, TerrainError> {
        Ok(Self::from_rasters(open_all(paths)?, surface_kind))
    }

    /// A model from a patch in memory, for synthetic ground.
    #[must_use]
    pub fn from_patch(patch: &ElevationPatch, surface_kind: SurfaceKind) -> Option<Self> {
        let (columns, rows) = patch.size();
        let (step_lon, step_lat) = patch.step_deg();
        let north_west = patch.sample_position(0, 0);
        let (west, north) = (north_west.lon_deg - step_lon / 2.0, north_west.lat_deg + step_lat / 2.0);
        let georeference = GeoReference::lon_lat(Affine::north_up(west, north, step_lon, step_lat))?;
        let (columns, rows) = (u32::try_from(columns).ok()?, u32::try_from(rows).ok()?);
        let raster = Raster::from_memory(columns, rows, georeference, patch.heights_m().to_vec());
        Some(Self::from_rasters(vec![raster], surface_kind))
    }

    fn from_rasters(mut rasters: Vec<Raster>, surface_kind: SurfaceKind) -> Self {
        // Stable: equally fine rasters keep their order. Resolutions are compared in steps of 1 %, for rounding.
        rasters.sort_by_key(|raster| {
            let (width, height) = raster
                .georeference
                .pixel_size_deg(raster.width, raster.height)
                .unwrap_or((1.0, 1.0));
            ((width * height).ln() * 50.0).round() as i64
        });
        let bounds = rasters
            .iter()
            .map(|raster| raster.bounds)
            .reduce(|a, b| a.union(&b))
            .unwrap_or(Bounds::new(0.0, 0.0, 0.0, 0.0));
        Self {
            rasters,
            bounds,
            surface_kind,
            cache: BlockCache::new(CACHE_BYTES),
        }
    }

    /// The rectangle around all files.
    #[must_use]
    pub const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// What the heights measure.
    #[must_use]
    pub const fn surface_kind(&self) -> SurfaceKind {
        self.surface_kind
    }

    /// The files, finest first.
    pub fn files(&self) -> impl Iterator<Item = &std::path::Path> {
        self.rasters.iter().map(|raster| raster.path.as_path())
    }

    /// Height at a place, metres, bilinear; `None` where there is no data or its block cannot be read
    /// ([`Self::try_height_m`] tells the two apart). For many places take a [`Self::patch`].
    #[must_use]
    pub fn height_m(&self, position: LonLat) -> Option<f64> {
        self.try_height_m(position).ok().flatten()
    }

    /// As [`Self::height_m`].
    ///
    /// # Errors
    /// [`TerrainError`] when the block that holds the place cannot be read.
    pub fn try_height_m(&self, position: LonLat) -> Result<Option<f64>, TerrainError> {
        let height = self.sampler().height_m(position)?;
        Ok((!height.is_nan()).then_some(f64::from(height)))
    }

    /// Heights at many places, metres, NaN where there is none. Cheaper than one by one.
    ///
    /// # Errors
    /// [`TerrainError`] when a block cannot be read.
    pub fn heights_m(&self, positions: impl IntoIterator<Item = LonLat>) -> Result<Vec<f32>, TerrainError> {
        let mut sampler = self.sampler();
        positions
            .into_iter()
            .map(|position| sampler.height_m(position))
            .collect()
    }

    /// Heights at the pixel centres of a window, metres; NaN where there is none.
    ///
    /// # Errors
    /// [`TerrainError::PatchTooLarge`], or a block that cannot be read.
    pub fn window(&self, window: &PixelWindow) -> Result<Grid<f32>, TerrainError> {
        check_size(u64::from(window.columns), u64::from(window.rows))?;
        let mut sampler = self.sampler();
        let mut values = Vec::with_capacity(window.len());
        let longitudes: Vec<f64> = (0..window.columns)
            .map(|column| window.centre(column, 0).lon_deg)
            .collect();
        for row in 0..window.rows {
            let lat_deg = window.centre(0, row).lat_deg;
            for lon_deg in &longitudes {
                values.push(sampler.height_m(LonLat::new(*lon_deg, lat_deg))?);
            }
        }
        Ok(Grid {
            window: *window,
            values,
        })
    }

    /// A dense piece at the resolution of the finest file there, covering `bounds` as far as the model reaches.
    ///
    /// # Errors
    /// [`TerrainError::NoGround`] when no file touches `bounds`, [`TerrainError::PatchTooLarge`], or a block that cannot
    /// be read.
    pub fn patch(&self, bounds: Bounds) -> Result<ElevationPatch, TerrainError> {
        let nothing = || TerrainError::NoGround { at: bounds.centre() };
        let touching: Vec<&Raster> = self
            .rasters
            .iter()
            .filter(|raster| raster.bounds.intersects(&bounds))
            .collect();
        let finest = touching.first().ok_or_else(nothing)?;
        let reach = touching
            .iter()
            .map(|raster| raster.bounds)
            .reduce(|a, b| a.union(&b))
            .ok_or_else(nothing)?;
        let clipped = bounds.intersection(&reach).ok_or_else(nothing)?;
        let lattice = Lattice::covering(clipped, finest).ok_or_else(nothing)?;
        check_size(lattice.columns, lattice.rows)?;

        let mut heights_m = self.copy_aligned(&lattice, &clipped)?;
        self.fill_rest(&lattice, &mut heights_m)?;
        let north_west = LonLat::new(lattice.west, lattice.north);
        ElevationPatch::from_samples(
            north_west,
            lattice.step_lon,
            lattice.step_lat,
            lattice.columns as usize,
            heights_m,
        )
        .ok_or_else(nothing)
    }

    /// The heights that lie exactly on samples of the files, copied row by row; NaN where that is not so. This is the
    /// quick way, and for tiles of one product nearly all there is to do.
    fn copy_aligned(&self, lattice: &Lattice, clipped: &Bounds) -> Result<Vec<f32>, TerrainError> {
        let mut heights_m = vec![f32::NAN; (lattice.columns * lattice.rows) as usize];
        for (index, raster) in self
            .rasters
            .iter()
            .enumerate()
            .filter(|(_, raster)| raster.bounds.intersects(clipped))
        {
            // A file of another lattice comes between: what follows must not overtake it.
            let Some(offset) = lattice.offset_in(raster) else { break };
            let mut reader = Reader::new(raster, index, &self.cache);
            let (columns, first_column) = overlap(offset.0, lattice.columns, raster.width);
            let (rows, first_row) = overlap(offset.1, lattice.rows, raster.height);
            let mut line = vec![f32::NAN; columns.len()];
            for (number, row) in rows.enumerate() {
                reader.copy_row(first_column, first_row + number as u32, &mut line)?;
                let start = row * lattice.columns as usize + columns.start;
                for (height, sample) in heights_m[start..start + line.len()].iter_mut().zip(&line) {
                    if height.is_nan() && PLAUSIBLE_M.contains(sample) {
                        *height = *sample;
                    }
                }
            }
        }
        Ok(heights_m)
    }

    /// Samples one by one what copying left open: between samples, over seams, where a coarser file must help out.
    fn fill_rest(&self, lattice: &Lattice, heights_m: &mut [f32]) -> Result<(), TerrainError> {
        let mut sampler = self.sampler();
        for (row, line) in heights_m.chunks_exact_mut(lattice.columns as usize).enumerate() {
            let lat_deg = lattice.north - row as f64 * lattice.step_lat;
            for (column, height) in line.iter_mut().enumerate().filter(|(_, height)| height.is_nan()) {
                *height = sampler.height_m(LonLat::new(lattice.west + column as f64 * lattice.step_lon, lat_deg))?;
            }
        }
        Ok(())
    }

    fn sampler(&self) -> Sampler<'_> {
        Sampler {
            model: self,
            readers: self.rasters.iter().map(|_| None).collect(),
        }
    }
}

fn check_size(columns: u64, rows: u64) -> Result<(), TerrainError> {
    if columns.saturating_mul(rows) > MAXIMUM_SAMPLES {
        return Err(TerrainError::PatchTooLarge {
            columns,
            rows,
            limit: MAXIMUM_SAMPLES,
        });
    }
    Ok(())
}

/// The sample points of a patch.
struct Lattice {
    west: f64,
    north: f64,
    step_lon: f64,
    step_lat: f64,
    columns: u64,
    rows: u64,
}

impl Lattice {
    /// Covers `bounds` with the sample points of a raster (its own pixel centres if it is in degrees).
    fn covering(bounds: Bounds, raster: &Raster) -> Option<Self> {
        let (step_lon, step_lat) = raster.georeference.pixel_size_deg(raster.width, raster.height)?;
        let (origin_lon, origin_lat) = match raster.georeference.plain_lon_lat() {
            Some(affine) => (affine.c + affine.a / 2.0, affine.f + affine.e / 2.0),
            None => (bounds.west, bounds.north),
        };
        // A hair inside the whole step, so that rounding adds no extra row or column.
        let steps = |degrees: f64, step: f64| (degrees / step + 1e-6).floor();
        let west = origin_lon + steps(bounds.west - origin_lon, step_lon) * step_lon;
        let north = origin_lat - steps(origin_lat - bounds.north, step_lat) * step_lat;
        let columns = ((bounds.east - west) / step_lon - 1e-6).ceil().max(1.0) + 1.0;
        let rows = ((north - bounds.south) / step_lat - 1e-6).ceil().max(1.0) + 1.0;
        (columns.is_finite() && rows.is_finite()).then_some(Self {
            west,
            north,
            step_lon,
            step_lat,
            columns: columns as u64,
            rows: rows as u64,
        })
    }
}

impl Lattice {
    /// Column and row of the lattice's first sample in a raster whose pixel centres are lattice samples; `None` for
    /// any other raster.
    fn offset_in(&self, raster: &Raster) -> Option<(i64, i64)> {
        let affine = raster.georeference.plain_lon_lat()?;
        let drift = |step: f64, pixel: f64, size: u64| ((step - pixel) / pixel).abs() * size as f64;
        let same_steps =
            drift(self.step_lon, affine.a, self.columns) < 1e-3 && drift(self.step_lat, -affine.e, self.rows) < 1e-3;
        let (x, y) = raster.pixel_of(LonLat::new(self.west, self.north))?;
        let (column, row) = ((x - 0.5).round(), (y - 0.5).round());
        let on_centres = (x - 0.5 - column).abs() < 1e-4 && (y - 0.5 - row).abs() < 1e-4;
        (same_steps && on_centres && column.abs() < 1e9 && row.abs() < 1e9).then_some((column as i64, row as i64))
    }
}

/// The part of a lattice (as a range of its indices) that overlaps a raster, and where it starts in the raster.
fn overlap(offset: i64, lattice: u64, raster: u32) -> (std::ops::Range<usize>, u32) {
    let from = (-offset).clamp(0, lattice as i64);
    let to = (i64::from(raster) - offset).clamp(from, lattice as i64);
    (
        from as usize..to as usize,
        (offset + from).clamp(0, i64::from(raster)) as u32,
    )
}

/// Reads heights of a model, remembering the blocks it saw last.
struct Sampler<'a> {
    model: &'a ElevationModel,
    readers: Vec<Option<Reader<'a>>>,
}

impl Sampler<'_> {
    fn height_m(&mut self, position: LonLat) -> Result<f32, TerrainError> {
        let rasters = &self.model.rasters;
        for (index, raster) in rasters.iter().enumerate() {
            if !raster.bounds.contains(position) {
                continue;
            }
            if let Some((x, y)) = raster.pixel_of(position) {
                let height = self.bilinear(index, x, y)?;
                if !height.is_nan() {
                    return Ok(height);
                }
            }
        }
        Ok(f32::NAN)
    }

    /// Bilinear between pixel centres; `x` and `y` count pixel edges.
    fn bilinear(&mut self, index: usize, x: f64, y: f64) -> Result<f32, TerrainError> {
        let raster = &self.model.rasters[index];
        let inside = (0.0..=f64::from(raster.width)).contains(&x) && (0.0..=f64::from(raster.height)).contains(&y);
        if !inside {
            return Ok(f32::NAN);
        }
        let (column, fx) = split(x - 0.5);
        let (row, fy) = split(y - 0.5);
        if fx == 0.0 && fy == 0.0 {
            return self.sample(index, column, row);
        }
        let samples = [
            self.sample(index, column, row)?,
            self.sample(index, column + 1, row)?,
            self.sample(index, column, row + 1)?,
            self.sample(index, column + 1, row + 1)?,
        ];
        let [a, b, c, d] = samples;
        let top = a + (b - a) * fx;
        let height = top + (c + (d - c) * fx - top) * fy;
        Ok(if height.is_nan() {
            bilinear_with_gaps(samples, fx, fy)
        } else {
            height
        })
    }

    /// A sample of a raster. Just outside it (the outer half pixel of an area raster) the neighbouring file speaks, and
    /// without one the edge pixel.
    fn sample(&mut self, index: usize, column: i64, row: i64) -> Result<f32, TerrainError> {
        let raster = &self.model.rasters[index];
        let (width, height) = (i64::from(raster.width), i64::from(raster.height));
        if (0..width).contains(&column) && (0..height).contains(&row) {
            return self.stored(index, column as u32, row as u32);
        }
        let beyond = self.neighbour(index, column, row)?;
        if !beyond.is_nan() {
            return Ok(beyond);
        }
        self.stored(
            index,
            column.clamp(0, width - 1) as u32,
            row.clamp(0, height - 1) as u32,
        )
    }

    /// What other files say at the centre of a pixel that lies just outside this one.
    fn neighbour(&mut self, index: usize, column: i64, row: i64) -> Result<f32, TerrainError> {
        let rasters = &self.model.rasters;
        let Some(position) = rasters[index]
            .georeference
            .position_of(column as f64 + 0.5, row as f64 + 0.5)
        else {
            return Ok(f32::NAN);
        };
        for (other, raster) in rasters.iter().enumerate() {
            if other == index || !raster.bounds.contains(position) {
                continue;
            }
            let Some((x, y)) = raster.pixel_of(position) else {
                continue;
            };
            if x >= 0.0 && y >= 0.0 {
                let height = self.stored(other, x as u32, y as u32)?;
                if !height.is_nan() {
                    return Ok(height);
                }
            }
        }
        Ok(f32::NAN)
    }

    fn stored(&mut self, index: usize, column: u32, row: u32) -> Result<f32, TerrainError> {
        let model = self.model;
        let reader = self.readers[index].get_or_insert_with(|| Reader::new(&model.rasters[index], index, &model.cache));
        let height = reader.sample(column, row)?;
        Ok(if PLAUSIBLE_M.contains(&height) {
            height
        } else {
            f32::NAN
        })
    }
}

/// Whole part and fraction; a fraction that is only rounding becomes 0.
fn split(value: f64) -> (i64, f32) {
    let nearest = value.round();
    if (value - nearest).abs() < 1e-6 {
        return (nearest as i64, 0.0);
    }
    let whole = value.floor();
    (whole as i64, (value - whole) as f32)
}
