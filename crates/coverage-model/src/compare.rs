//! Two runs beside each other: ground and people that gain coverage, lose it, keep it.

use geodata::Area;
use geodesy::tile_grid::{Grid, PixelWindow};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::membership::spans;
use crate::statistics::{is_covered, required_code};
use crate::totals::{Amount, for_each_pixel};
use crate::{CoverageError, CoverageParameters, Layer};

/// What becomes of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Covered neither before nor after.
    Neither,
    /// Covered before and after.
    Kept,
    /// Covered after only.
    Gained,
    /// Covered before only.
    Lost,
}

/// Ground and people by what becomes of them.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ChangeAmounts {
    /// Covered after only.
    pub gained: Amount,
    /// Covered before only.
    pub lost: Amount,
    /// Covered before and after.
    pub kept: Amount,
    /// Covered neither before nor after.
    pub neither: Amount,
}

impl ChangeAmounts {
    fn of(&mut self, change: Change) -> &mut Amount {
        match change {
            Change::Neither => &mut self.neither,
            Change::Kept => &mut self.kept,
            Change::Gained => &mut self.gained,
            Change::Lost => &mut self.lost,
        }
    }
}

/// What becomes of every pixel of a raster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The raster.
    pub window: PixelWindow,
    /// Row-major.
    pub changes: Vec<Change>,
}

impl Comparison {
    /// Compares what the signal layers `before` cover together with what those `after` cover together. Each side is
    /// judged by its own parameters.
    ///
    /// # Errors
    /// [`CoverageError::RastersDiffer`] unless all layers lie on the same raster.
    pub fn new(
        (before, before_parameters): (&[&Layer], &CoverageParameters),
        (after, after_parameters): (&[&Layer], &CoverageParameters),
        window: &PixelWindow,
    ) -> Result<Self, CoverageError> {
        if before.iter().chain(after).any(|layer| layer.window != *window) {
            return Err(CoverageError::RastersDiffer);
        }
        let covered_before = covered(before, before_parameters, window.len());
        let covered_after = covered(after, after_parameters, window.len());
        let changes = covered_before
            .into_iter()
            .zip(covered_after)
            .map(|pair| match pair {
                (false, false) => Change::Neither,
                (true, true) => Change::Kept,
                (false, true) => Change::Gained,
                (true, false) => Change::Lost,
            })
            .collect();
        Ok(Self {
            window: *window,
            changes,
        })
    }

    /// Sums over the pixels of a mask (row-major; all pixels without one).
    #[must_use]
    pub fn totals(&self, mask: Option<&[bool]>, population: Option<&Grid<f32>>) -> ChangeAmounts {
        let mut sums = ChangeAmounts::default();
        for_each_pixel(&self.window, population, |pixel, amount| {
            let wanted = mask.is_none_or(|mask| mask.get(pixel).copied().unwrap_or(false));
            if let (true, Some(&change)) = (wanted, self.changes.get(pixel)) {
                sums.of(change).add(amount);
            }
        });
        sums
    }

    /// Sums per area, in the order of the areas.
    #[must_use]
    pub fn of_areas(&self, areas: &[Area], population: Option<&Grid<f32>>) -> Vec<ChangeAmounts> {
        areas
            .par_iter()
            .map(|area| {
                let mut sums = ChangeAmounts::default();
                for span in spans(&area.geometry, &self.window) {
                    let km2 = self.window.pixel_area_m2(span.row) / 1e6;
                    let start = span.row as usize * self.window.columns as usize;
                    for pixel in start + span.from as usize..start + span.to as usize {
                        let people = population
                            .and_then(|grid| grid.values.get(pixel))
                            .map_or(0.0, |&people| f64::from(people));
                        if let Some(&change) = self.changes.get(pixel) {
                            sums.of(change).add(Amount { km2, people });
                        }
                    }
                }
                sums
            })
            .collect()
    }

    /// What becomes of a place; `None` outside the raster.
    #[must_use]
    pub fn at(&self, position: geodesy::LonLat) -> Option<Change> {
        let (column, row) = self.window.pixel_of(position)?;
        self.changes.get(self.window.index(column, row)?).copied()
    }
}

fn covered(layers: &[&Layer], parameters: &CoverageParameters, pixels: usize) -> Vec<bool> {
    let mut mask = vec![false; pixels];
    for layer in layers {
        let required = required_code(layer, parameters);
        for (covered, &code) in mask.iter_mut().zip(&layer.codes) {
            *covered |= is_covered(code, required);
        }
    }
    mask
}
