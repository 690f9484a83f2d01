//! Sums over ground that must be counted once: areas that overlap or lie in each other, and what lies outside them all.

use geodata::{Area, AreaKind, Technology};
use geodesy::tile_grid::{Grid, PixelWindow};
use serde::{Deserialize, Serialize};

use crate::membership::spans;

/// Ground and the people on it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Amount {
    /// True area, km².
    pub km2: f64,
    /// People; 0 without a population raster.
    pub people: f64,
}

/// Which areas are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Together {
    /// All of them.
    #[default]
    All,
    /// Communes.
    Communes,
    /// Economic zones, industrial parks and clusters.
    Zones,
}

impl Together {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::All, Self::Communes, Self::Zones];

    /// Whether areas of a kind belong to the choice.
    #[must_use]
    pub fn takes(self, kind: AreaKind) -> bool {
        match self {
            Self::All => true,
            Self::Communes => kind == AreaKind::Commune,
            Self::Zones => kind.is_zone(),
        }
    }
}

/// Coverage of several areas together, every pixel and place counted once however many of them hold it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnionStatistics {
    /// Which areas.
    #[serde(default)]
    pub together: Together,
    /// Technology.
    pub technology: Technology,
    /// Operator; `None` = any.
    pub operator: Option<String>,
    /// The areas' ground.
    pub whole: Amount,
    /// Of it, covered.
    pub covered: Amount,
    /// Covered ground outside all of the areas: of all areas, what spills over the border.
    pub spill: Amount,
    /// Places inside.
    #[serde(default)]
    pub places: u32,
    /// Of these, served.
    #[serde(default)]
    pub served_places: u32,
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
