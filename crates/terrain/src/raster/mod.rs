//! One raster file: its shape, its place on Earth, and its samples block by block.

mod block_cache;
mod block_codec;
mod georeference;
mod geotiff;
mod hgt;
mod reader;

use std::path::{Path, PathBuf};

use geodesy::{Bounds, LonLat};

pub(crate) use block_cache::BlockCache;
pub(crate) use georeference::{Affine, GeoReference};
pub(crate) use geotiff::is_tiff;
pub(crate) use reader::Reader;

use crate::error::TerrainError;

/// Most bytes that one decoded block may take.
pub(crate) const MAXIMUM_BLOCK_BYTES: u64 = 256 << 20;
/// Widest and highest raster that is believed.
pub(crate) const MAXIMUM_SIDE: u32 = 4_000_000;

/// An opened raster; samples are decoded only when asked for.
#[derive(Debug)]
pub(crate) struct Raster {
    pub path: PathBuf,
    pub width: u32,
    pub height: u32,
    pub georeference: GeoReference,
    /// Outermost pixel edges, degrees.
    pub bounds: Bounds,
    block_width: u32,
    block_height: u32,
    /// Value that stands for "nothing known here".
    nodata: Option<f64>,
    /// Turns stored values into metres or people (vertical unit).
    scale: f64,
    source: Source,
}

#[derive(Debug)]
enum Source {
    GeoTiff(geotiff::Blocks),
    Hgt(hgt::Blocks),
    Memory(Vec<f32>),
}

impl Raster {
    /// Opens a GeoTIFF, an `.hgt` tile or a zip file with one of them; the content decides which.
    pub(crate) fn open(path: &Path) -> Result<Self, TerrainError> {
        let head = crate::discover::head(path)?;
        if is_tiff(&head) {
            geotiff::open(path)
        } else if crate::discover::is_zip(&head) {
            hgt::open_zip(path)
        } else {
            hgt::open(path)
        }
    }

    /// A raster from samples in memory, row by row from the north-west.
    pub(crate) fn from_memory(width: u32, height: u32, georeference: GeoReference, samples: Vec<f32>) -> Self {
        Self {
            path: PathBuf::from("(memory)"),
            width,
            height,
            bounds: georeference.bounds(width, height),
            georeference,
            block_width: width,
            block_height: height,
            nodata: None,
            scale: 1.0,
            source: Source::Memory(samples),
        }
    }

    const fn blocks_across(&self) -> u32 {
        self.width.div_ceil(self.block_width)
    }

    /// Width of the blocks in a block column (the last may be cut off).
    fn width_of_block(&self, block_column: u32) -> u32 {
        self.block_width.min(self.width - block_column * self.block_width)
    }

    fn height_of_block(&self, block_row: u32) -> u32 {
        self.block_height.min(self.height - block_row * self.block_height)
    }

    /// Decodes one block: row-major, as wide as [`Self::width_of_block`], NaN where nothing is known.
    fn decode_block(&self, block_column: u32, block_row: u32) -> Result<Vec<f32>, TerrainError> {
        let mut samples = match &self.source {
            Source::Memory(samples) => return Ok(samples.clone()),
            Source::GeoTiff(blocks) => {
                let (width, height) = (self.width_of_block(block_column), self.height_of_block(block_row));
                blocks.decode(
                    &self.path,
                    block_row * self.blocks_across() + block_column,
                    width,
                    height,
                )?
            }
            Source::Hgt(blocks) => blocks.decode(
                &self.path,
                block_row * self.block_height,
                self.height_of_block(block_row),
            )?,
        };
        let expected = self.width_of_block(block_column) as usize * self.height_of_block(block_row) as usize;
        if samples.len() != expected {
            return Err(TerrainError::damaged(
                &self.path,
                format!(
                    "block ({block_column}, {block_row}) has {} samples instead of {expected}",
                    samples.len()
                ),
            ));
        }
        self.clean(&mut samples);
        Ok(samples)
    }

    /// Replaces nodata by NaN and applies the unit.
    fn clean(&self, samples: &mut [f32]) {
        if let Some(nodata) = self.nodata {
            let nodata = nodata as f32;
            for sample in samples.iter_mut().filter(|sample| **sample == nodata) {
                *sample = f32::NAN;
            }
        }
        let scale = self.scale as f32;
        for sample in samples {
            // Infinite and astronomically large samples are "nothing known" in many float products.
            *sample = if sample.abs() < 1e30 { *sample * scale } else { f32::NAN };
        }
    }

    /// Fractional pixel position (pixel edges at whole numbers) of a place; `None` where the raster's system ends.
    pub(crate) fn pixel_of(&self, position: LonLat) -> Option<(f64, f64)> {
        self.georeference.pixel_of(position)
    }
}
