//! A state of the network other than the one imported: what is off, and corrections learned from measurements.

use geodata::Technology;
use serde::{Deserialize, Serialize};

use crate::Transmitter;

/// What is different in a scenario. An empty one is the network as imported.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Technologies that are switched off.
    pub without_technologies: Vec<Technology>,
    /// Operators whose cells are off.
    pub without_operators: Vec<String>,
    /// Cells (or whole sites), by code, that are off.
    pub without_cells: Vec<String>,
    /// The run of a plan whose actions are on air too. Whoever computes the run brings their cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_plan: Option<String>,
    /// Corrections of the level, fitted to measurements and accepted by a planner. The standard model has none.
    pub offsets: Vec<LevelOffset>,
}

/// What is added to the median level of a band.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelOffset {
    /// The band's frequency, MHz: cells within half a percent of it.
    pub frequency_mhz: f64,
    /// The ground cover that it holds for; `null` = where no other offset of the band does.
    #[serde(default)]
    pub clutter: Option<ClutterKind>,
    /// dB, added to the predicted level.
    pub offset_db: f64,
}

/// Ground cover by its representative height (P.1812-8, table 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClutterKind {
    /// Water, open ground.
    Open,
    /// Houses: up to 10 m.
    Suburban,
    /// Town, trees: up to 15 m.
    UrbanOrTrees,
    /// Dense town: above 15 m.
    DenseUrban,
}

impl ClutterKind {
    /// All kinds, by height.
    pub const ALL: [Self; 4] = [Self::Open, Self::Suburban, Self::UrbanOrTrees, Self::DenseUrban];

    /// The kind of a clutter height in metres.
    #[must_use]
    pub fn of_height(height_m: f64) -> Self {
        match height_m {
            h if h > 15.0 => Self::DenseUrban,
            h if h > 10.0 => Self::UrbanOrTrees,
            h if h > 0.0 => Self::Suburban,
            _ => Self::Open,
        }
    }

    /// Place in [`ClutterKind::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl Scenario {
    /// Whether a cell is on air in the scenario.
    #[must_use]
    pub fn is_on_air(&self, cell: &Transmitter) -> bool {
        !self.without_technologies.contains(&cell.technology)
            && !self.without_operators.contains(&cell.operator)
            && !self.without_cells.contains(&cell.cell_code)
            && !self.without_cells.contains(&cell.site_code)
    }

    /// The level correction of a cell over each kind of ground cover, dB.
    #[must_use]
    pub fn offsets_db(&self, frequency_mhz: f64) -> [f64; 4] {
        let of_band = || {
            self.offsets
                .iter()
                .filter(|offset| (offset.frequency_mhz / frequency_mhz - 1.0).abs() < 0.005)
        };
        ClutterKind::ALL.map(|kind| {
            of_band()
                .find(|offset| offset.clutter == Some(kind))
                .or_else(|| of_band().find(|offset| offset.clutter.is_none()))
                .map_or(0.0, |offset| offset.offset_db)
        })
    }
}
