//! Sums over ground that must be counted once: areas that overlap or lie in each other, and what lies outside them all.

use geodata::{Area, Technology};
use geodesy::tile_grid::{Grid, PixelWindow};
use serde::{Deserialize, Serialize};

use crate::membership::spans;
use crate::statistics::{is_covered, required_code};
use crate::{CoverageParameters, Layer};

/// Ground and the people on it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Amount {
    /// True area, km².
    pub km2: f64,
    /// People; 0 without a population raster.
    pub people: f64,
}

/// Coverage of several areas together, every pixel counted once however many of them hold it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnionStatistics {
    /// Technology.
    pub technology: Technology,
    /// Operator; `None` = any.
    pub operator: Option<String>,
    /// The areas' ground.
    pub whole: Amount,
    /// Of it, covered.
    pub covered: Amount,
    /// Covered ground outside all of the areas: what spills over the border.
    pub spill: Amount,
}

/// The pixels inside any of the areas, row-major.
#[must_use]
pub fn inside<'a>(areas: impl IntoIterator<Item = &'a Area>, window: &PixelWindow) -> Vec<bool> {
    let mut mask = vec![false; window.len()];
    for area in areas {
        for span in spans(&area.geometry, window) {
            let start = span.row as usize * window.columns as usize;
            if let Some(run) = mask.get_mut(start + span.from as usize..start + span.to as usize) {
                run.fill(true);
            }
        }
    }
    mask
}

/// Counts a signal layer inside and outside a mask of [`inside`].
#[must_use]
pub fn union_statistics(
    signal: &Layer,
    mask: &[bool],
    population: Option<&Grid<f32>>,
    parameters: &CoverageParameters,
) -> UnionStatistics {
    let required = required_code(signal, parameters);
    let mut sums = [Amount::default(); 3];
    for_each_pixel(&signal.window, population, |pixel, amount| {
        let inside = mask.get(pixel).copied().unwrap_or(false);
        let covered = signal.codes.get(pixel).is_some_and(|&code| is_covered(code, required));
        let [whole, served, spill] = &mut sums;
        if inside {
            whole.add(amount);
        }
        if covered {
            (if inside { served } else { spill }).add(amount);
        }
    });
    let [whole, covered, spill] = sums;
    UnionStatistics {
        technology: signal.technology,
        operator: signal.operator.clone(),
        whole,
        covered,
        spill,
    }
}

impl Amount {
    pub(crate) fn add(&mut self, other: Self) {
        self.km2 += other.km2;
        self.people += other.people;
    }
}

/// Every pixel of a window with its ground and people, row by row.
pub(crate) fn for_each_pixel(
    window: &PixelWindow,
    population: Option<&Grid<f32>>,
    mut take: impl FnMut(usize, Amount),
) {
    let columns = window.columns as usize;
    for row in 0..window.rows {
        let km2 = window.pixel_area_m2(row) / 1e6;
        let start = row as usize * columns;
        for pixel in start..start + columns {
            let people = population
                .and_then(|grid| grid.values.get(pixel))
                .map_or(0.0, |&people| f64::from(people));
            take(pixel, Amount { km2, people });
        }
    }
}
