//! Decoded blocks, the most recently used ones, within a byte budget.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Raster;
use crate::error::TerrainError;

/// Which block: raster (position in its model), block column, block row.
pub(crate) type BlockKey = (usize, u32, u32);

/// A bounded cache of decoded blocks, shared between threads.
#[derive(Debug)]
pub(crate) struct BlockCache {
    budget_bytes: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    blocks: HashMap<BlockKey, Entry>,
    bytes: usize,
    clock: u64,
}

#[derive(Debug)]
struct Entry {
    samples: Arc<Vec<f32>>,
    last_used: u64,
}

impl BlockCache {
    pub(crate) fn new(budget_bytes: usize) -> Self {
        Self {
            budget_bytes,
            state: Mutex::default(),
        }
    }

    /// A block, from the cache or decoded now. Two threads may decode the same block at once; both get the same values.
    pub(crate) fn block(&self, raster: &Raster, key: BlockKey) -> Result<Arc<Vec<f32>>, TerrainError> {
        if let Some(samples) = self.lookup(key) {
            return Ok(samples);
        }
        let samples = Arc::new(raster.decode_block(key.1, key.2)?);
        self.insert(key, Arc::clone(&samples));
        Ok(samples)
    }

    fn lookup(&self, key: BlockKey) -> Option<Arc<Vec<f32>>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clock += 1;
        let now = state.clock;
        let entry = state.blocks.get_mut(&key)?;
        entry.last_used = now;
        Some(Arc::clone(&entry.samples))
    }

    fn insert(&self, key: BlockKey, samples: Arc<Vec<f32>>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clock += 1;
        let entry = Entry {
            last_used: state.clock,
            samples,
        };
        state.bytes += bytes(&entry);
        if let Some(old) = state.blocks.insert(key, entry) {
            state.bytes -= bytes(&old);
        }
        // The newest block stays even when it alone is over the budget: somebody is reading it.
        while state.bytes > self.budget_bytes && state.blocks.len() > 1 {
            let Some(oldest) = state
                .blocks
                .iter()
                .min_by_key(|(_, entry)| entry.last_used)
                .map(|(key, _)| *key)
            else {
                break;
            };
            if let Some(entry) = state.blocks.remove(&oldest) {
                state.bytes -= bytes(&entry);
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn held_bytes(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }
}

fn bytes(entry: &Entry) -> usize {
    entry.samples.len() * size_of::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{Affine, GeoReference};

    fn raster() -> Raster {
        let georeference = GeoReference::lon_lat(Affine::north_up(105.0, 18.0, 0.1, 0.1)).expect("has area");
        Raster::from_memory(10, 10, georeference, vec![7.0; 100])
    }

    #[test]
    fn the_budget_holds_and_values_stay_right() {
        let raster = raster();
        let cache = BlockCache::new(3 * 400);
        for index in 0..20 {
            let block = cache.block(&raster, (index, 0, 0)).expect("in memory");
            assert_eq!(block.as_slice(), [7.0; 100]);
            assert!(cache.held_bytes() <= 3 * 400);
        }
    }

    #[test]
    fn a_block_larger_than_the_budget_is_still_served() {
        let cache = BlockCache::new(10);
        assert_eq!(cache.block(&raster(), (0, 0, 0)).expect("in memory").len(), 100);
        assert_eq!(cache.block(&raster(), (1, 0, 0)).expect("in memory").len(), 100);
        assert_eq!(cache.held_bytes(), 400);
    }
}
