//! Reading samples of one raster with a short memory of its own, so that neighbours cost no lock.

use std::sync::Arc;

use super::{BlockCache, Raster};
use crate::error::TerrainError;

/// Blocks that a reader remembers itself; a row of a patch crosses several.
const RECENT: usize = 8;

/// Reads samples of one raster.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    raster: &'a Raster,
    cache: &'a BlockCache,
    /// The raster's position in its model (part of the cache key).
    index: usize,
    recent: [Option<Recent>; RECENT],
    next: usize,
}

#[derive(Debug)]
struct Recent {
    block: (u32, u32),
    samples: Arc<Vec<f32>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(raster: &'a Raster, index: usize, cache: &'a BlockCache) -> Self {
        Self {
            raster,
            cache,
            index,
            recent: [const { None }; RECENT],
            next: 0,
        }
    }

    pub(crate) const fn raster(&self) -> &'a Raster {
        self.raster
    }

    /// One sample; NaN where nothing is known and outside the raster.
    pub(crate) fn sample(&mut self, column: u32, row: u32) -> Result<f32, TerrainError> {
        let raster = self.raster;
        if column >= raster.width || row >= raster.height {
            return Ok(f32::NAN);
        }
        let block = (column / raster.block_width, row / raster.block_height);
        let inside = (row - block.1 * raster.block_height) as usize * raster.width_of_block(block.0) as usize
            + (column - block.0 * raster.block_width) as usize;
        let samples = self.samples_of(block)?;
        Ok(samples.get(inside).copied().unwrap_or(f32::NAN))
    }

    /// Copies neighbouring samples of one row; the whole stretch must lie in the raster (beyond it nothing is written).
    pub(crate) fn copy_row(&mut self, first_column: u32, row: u32, into: &mut [f32]) -> Result<(), TerrainError> {
        let raster = self.raster;
        let mut column = first_column;
        let mut into = into;
        while !into.is_empty() && column < raster.width && row < raster.height {
            let block = (column / raster.block_width, row / raster.block_height);
            let block_columns = raster.width_of_block(block.0);
            let from = column - block.0 * raster.block_width;
            let count = ((block_columns - from) as usize).min(into.len());
            let start = (row - block.1 * raster.block_height) as usize * block_columns as usize + from as usize;
            let (now, later) = into.split_at_mut(count);
            if let Some(samples) = self.samples_of(block)?.get(start..start + count) {
                now.copy_from_slice(samples);
            }
            into = later;
            column += count as u32;
        }
        Ok(())
    }

    fn samples_of(&mut self, block: (u32, u32)) -> Result<&[f32], TerrainError> {
        let known = self
            .recent
            .iter()
            .position(|recent| recent.as_ref().is_some_and(|recent| recent.block == block));
        let slot = match known {
            Some(slot) => slot,
            None => {
                let samples = self.cache.block(self.raster, (self.index, block.0, block.1))?;
                let slot = self.next;
                self.next = (slot + 1) % self.recent.len();
                self.recent[slot] = Some(Recent { block, samples });
                slot
            }
        };
        Ok(self.recent[slot]
            .as_ref()
            .map_or(&[], |recent| recent.samples.as_slice()))
    }
}
