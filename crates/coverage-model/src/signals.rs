//! What the cells give on the raster before anybody judges it: strongest signal, its cell, and the power of the others.
//!
//! All that a run computes beyond this (probability, SINR, throughput, numbers, outlines) follows from it in a moment, so it is
//! kept beside the path losses: a run with another load or another probability adds no cell up again.

use geodesy::tile_grid::PixelWindow;
use rayon::prelude::*;

use crate::cache::{Entry, Key};
use crate::layers::Groups;
use crate::masts::Mast;
use crate::pattern::PatternTables;
use crate::planes::{STRIP_ROWS, Strip, milliwatts_of_code};
use crate::sweep::SweepSettings;
use crate::{CoverageError, Engine, Layer, Progress, Transmitter, Warning};

/// Changes when the same cells give other numbers than before.
const FORMAT: &[u8] = b"signals 1";

/// The signals of one plane (technology × operator) on a raster, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaneSignals {
    /// Codes of [`crate::Quantity::Signal`]; [`Layer::NO_DATA`] where there is none.
    pub signal: Vec<u16>,
    /// Index of the strongest cell within the plane.
    pub server: Vec<u16>,
    /// Power of all other cells on the channel of the strongest ([`interference_code`]).
    pub interference: Vec<u16>,
}

/// A power in mW as the upper half of its bits: within 0.4 % (0.02 dB).
#[inline(always)]
fn interference_code(mw: f32) -> u16 {
    ((mw.to_bits() + 0x8000) >> 16) as u16
}

/// The power of a code, mW.
#[inline(always)]
pub fn interference_mw(code: u16) -> f32 {
    f32::from_bits(u32::from(code) << 16)
}

impl PlaneSignals {
    /// Reads a plane off the strips that cover `window`.
    pub fn of_strips(strips: &[Strip], groups: &Groups, plane: usize, window: &PixelWindow) -> Self {
        let pixels = window.len();
        let mut signals = Self {
            signal: vec![Layer::NO_DATA; pixels],
            server: vec![Layer::NO_DATA; pixels],
            interference: vec![0; pixels],
        };
        let Some(group) = groups.planes.get(plane) else {
            return signals;
        };
        let strip_pixels = (STRIP_ROWS * window.columns).max(1) as usize;
        signals
            .signal
            .par_chunks_mut(strip_pixels)
            .zip(signals.server.par_chunks_mut(strip_pixels))
            .zip(signals.interference.par_chunks_mut(strip_pixels))
            .zip(strips)
            .for_each(|(((signal, server), interference), strip)| {
                if !strip.is_reached(plane) {
                    return;
                }
                for pixel in 0..strip.len() {
                    let Some(best) = strip.best(plane, pixel) else { continue };
                    let Some(&channel) = group.channel_of.get(usize::from(best.server)) else {
                        continue;
                    };
                    let others_mw =
                        (strip.total_mw(channel as usize, pixel) - milliwatts_of_code(best.signal)).max(0.0);
                    signal[pixel] = best.signal;
                    server[pixel] = best.server;
                    interference[pixel] = interference_code(others_mw);
                }
            });
        signals
    }

    fn into_entry(self, window: PixelWindow) -> Entry {
        Entry {
            window,
            ground_known: true,
            missing_heights: 0,
            planes: vec![self.signal, self.server, self.interference],
        }
    }

    fn of_entry(entry: Entry, window: &PixelWindow) -> Option<Self> {
        let [signal, server, interference] = <[Vec<u16>; 3]>::try_from(entry.planes).ok()?;
        (entry.window == *window).then_some(Self {
            signal,
            server,
            interference,
        })
    }
}

impl Engine<'_> {
    /// The signals of all planes: kept ones, and the others from their cells. They are kept when there is nothing to say of
    /// the ground around the masts (what is said is not kept).
    pub(crate) fn signals(
        &self,
        transmitters: &[Transmitter],
        groups: &Groups,
        masts: Vec<Mast>,
        progress: &dyn Progress,
        warnings: &mut Vec<Warning>,
    ) -> Result<Vec<PlaneSignals>, CoverageError> {
        let window = self.window();
        let names = self.signal_names(transmitters, groups, &masts);
        let mut signals: Vec<Option<PlaneSignals>> = names
            .par_iter()
            .map(|name| PlaneSignals::of_entry(self.cache.as_ref()?.get(name.as_ref()?)?, window))
            .collect();
        if signals.iter().all(Option::is_some) {
            return Ok(signals.into_iter().flatten().collect());
        }
        let missing = |index: usize| {
            let plane = groups.of_cell.get(index).map(|&(plane, _, _)| plane);
            plane.is_some_and(|plane| signals.get(plane).is_some_and(Option::is_none))
        };
        let masts: Vec<Mast> = masts
            .into_iter()
            .map(|mast| mast.with_cells(missing))
            .filter(|mast| !mast.cells.is_empty())
            .collect();
        let said_before = warnings.len();
        let strips = self.accumulate(transmitters, groups, &masts, window, progress, warnings)?;
        let silent = warnings.len() == said_before;
        for (plane, (signals, name)) in signals.iter_mut().zip(&names).enumerate() {
            if signals.is_none() {
                let fresh = PlaneSignals::of_strips(&strips, groups, plane, window);
                if let (Some(cache), Some(name), true) = (&self.cache, name, silent) {
                    let entry = fresh.into_entry(*window);
                    cache.put(name, &entry);
                    *signals = PlaneSignals::of_entry(entry, window);
                } else {
                    *signals = Some(fresh);
                }
            }
        }
        Ok(signals.into_iter().flatten().collect())
    }

    /// The cache's name of each plane's signals: everything that they depend on. `None` where the ground has no name.
    fn signal_names(&self, transmitters: &[Transmitter], groups: &Groups, masts: &[Mast]) -> Vec<Option<Key>> {
        let named = self.cache.is_some() && self.ground_identity.is_some();
        if !named {
            return vec![None; groups.planes.len()];
        }
        let mut hashers = vec![blake3::Hasher::new(); groups.planes.len()];
        for hasher in &mut hashers {
            hasher.update(FORMAT);
        }
        for mast in masts {
            let settings = SweepSettings {
                tx_height_m: mast.height_m,
                ..self.parameters().sweep_settings(mast.position.lat_deg)
            };
            let losses = self.loss_names(mast, &settings);
            for &(index, band) in &mast.cells {
                let (Some(cell), Some(&(plane, _, in_plane))) = (transmitters.get(index), groups.of_cell.get(index))
                else {
                    continue;
                };
                let (Some(hasher), Some(loss)) = (hashers.get_mut(plane), losses.get(band)) else {
                    continue;
                };
                hasher.update(loss.as_bytes()).update(&in_plane.to_le_bytes());
                hasher.update(&self.level_dbm(cell).to_bits().to_le_bytes());
                hasher.update(&Self::azimuth(cell).to_le_bytes());
                for number in PatternTables::numbers(cell) {
                    hasher.update(&number.to_bits().to_le_bytes());
                }
                if let Some(scenario) = &self.parameters().scenario {
                    for offset in scenario.offsets_db(cell.frequency_mhz) {
                        hasher.update(&offset.to_bits().to_le_bytes());
                    }
                }
            }
        }
        hashers.iter().map(|hasher| Some(hasher.finalize())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_power_is_kept_within_a_fiftieth_of_a_decibel(dbm in -150.0..0.0_f32) {
            let mw = crate::planes::milliwatts(dbm);
            let kept = interference_mw(interference_code(mw));
            prop_assert!((10.0 * (kept / mw).log10()).abs() < 0.0171);
        }
    }

    #[test]
    fn no_power_stays_none() {
        assert_eq!(interference_mw(interference_code(0.0)), 0.0);
    }
}
