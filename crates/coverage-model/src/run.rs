//! What a coverage run gives: layers, numbers, outlines, warnings.

use geo_types::MultiPolygon;
use geodata::Technology;
use geodesy::tile_grid::PixelWindow;
use serde::{Deserialize, Serialize};

use crate::{CoverageParameters, UnionStatistics};

/// What a layer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Strongest signal per resource element, dBm.
    Signal,
    /// Probability that the signal exceeds the threshold, 0 … 1.
    Probability,
    /// Index of the serving cell in [`Layer::cells`].
    BestServer,
    /// Signal to interference and noise at the stated load, dB.
    Sinr,
    /// Downlink throughput of one user alone in the cell, Mbit/s.
    Throughput,
}

impl Quantity {
    /// Unit for legends.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Signal => "dBm",
            Self::Probability => "1",
            Self::BestServer => "",
            Self::Sinr => "dB",
            Self::Throughput => "Mbit/s",
        }
    }

    /// Value of code 0 and step of one code: a stored value is within half a step of the computed one.
    #[must_use]
    pub fn quantisation(self) -> (f32, f32) {
        match self {
            Self::Signal => (-300.0, 0.05),
            Self::Probability => (0.0, 1.0 / 10_000.0),
            Self::BestServer => (0.0, 1.0),
            Self::Sinr => (-100.0, 0.05),
            Self::Throughput => (0.0, 0.1),
        }
    }

    /// The value that a code other than [`Layer::NO_DATA`] stands for.
    pub(crate) fn decode(self, code: u16) -> f32 {
        let (base, step) = self.quantisation();
        base + f32::from(code) * step
    }
}

/// One raster: a quantity of one technology for one operator or for any operator.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Technology of the layer.
    pub technology: Technology,
    /// The operator; `None` = any operator.
    pub operator: Option<String>,
    /// What the values mean.
    pub quantity: Quantity,
    /// Where the pixels lie.
    pub window: PixelWindow,
    /// Row-major codes on the scale of [`Quantity::quantisation`]; [`Layer::NO_DATA`] where nothing reaches.
    pub codes: Vec<u16>,
    /// Codes of the serving cells, for [`Quantity::BestServer`] only.
    pub cells: Vec<String>,
}

impl Layer {
    /// The code of a pixel without a value.
    pub const NO_DATA: u16 = u16::MAX;

    /// The value of a pixel of the window, `NaN` where nothing reaches or outside the window.
    #[must_use]
    pub fn value(&self, column: u32, row: u32) -> f32 {
        if column >= self.window.columns || row >= self.window.rows {
            return f32::NAN;
        }
        let at = row as usize * self.window.columns as usize + column as usize;
        self.codes.get(at).map_or(f32::NAN, |&code| self.decode(code))
    }

    /// The value that a code stands for.
    #[must_use]
    pub fn decode(&self, code: u16) -> f32 {
        if code == Self::NO_DATA {
            return f32::NAN;
        }
        self.quantity.decode(code)
    }

    /// The code of a value: the nearest on the quantity's scale, clamped to its ends.
    #[must_use]
    pub fn encode(quantity: Quantity, value: f32) -> u16 {
        if value.is_nan() {
            return Self::NO_DATA;
        }
        let (base, step) = quantity.quantisation();
        ((value - base) / step).round().clamp(0.0, f32::from(Self::NO_DATA - 1)) as u16
    }

    /// The serving cell of a pixel of a best-server layer.
    #[must_use]
    pub fn server(&self, column: u32, row: u32) -> Option<&str> {
        if self.quantity != Quantity::BestServer || column >= self.window.columns || row >= self.window.rows {
            return None;
        }
        let code = self
            .codes
            .get(row as usize * self.window.columns as usize + column as usize)?;
        self.cells.get(usize::from(*code)).map(String::as_str)
    }

    /// Short name used in addresses and file names: `4g-any-signal`.
    #[must_use]
    pub fn key(&self) -> String {
        let technology = serde_json::to_value(self.technology).ok();
        let technology = technology
            .as_ref()
            .and_then(|value| value.as_str())
            .unwrap_or("")
            .to_owned();
        let quantity = serde_json::to_value(self.quantity).ok();
        let quantity = quantity
            .as_ref()
            .and_then(|value| value.as_str())
            .unwrap_or("")
            .to_owned();
        let operator = self.operator.as_deref().unwrap_or("any").to_lowercase();
        format!("{technology}-{operator}-{quantity}")
    }
}

/// How much of one area one technology of one operator (or of any) covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AreaStatistics {
    /// The area's code.
    pub area_code: String,
    /// Technology.
    pub technology: Technology,
    /// Operator; `None` = any.
    pub operator: Option<String>,
    /// True area of the pixels whose centres lie inside, km².
    pub km2: f64,
    /// Of these, covered.
    pub covered_km2: f64,
    /// People on these pixels; 0 without a population raster.
    pub people: f64,
    /// Of these, on covered pixels.
    pub covered_people: f64,
    /// Places inside.
    pub places: u32,
    /// Of these, served.
    pub served_places: u32,
}

/// Class of a village by DOMAIN § 4: *trắng*, *lõm*, *đạt*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VillageClass {
    /// No signal at the village's centre (*trắng sóng*).
    White,
    /// Signal at the centre, none at an outlying cluster (*lõm sóng*).
    Hollow,
    /// Neither (*đạt*).
    Served,
}

/// Whether one place is served by one technology of one operator (or of any).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceService {
    /// The place's code.
    pub place_code: String,
    /// Technology.
    pub technology: Technology,
    /// Operator; `None` = any.
    pub operator: Option<String>,
    /// The threshold is exceeded with the edge probability at the place's position.
    pub served: bool,
    /// White, hollow or served, with the outlying cluster taken into account.
    pub village_class: VillageClass,
    /// Strongest median signal, dBm; `None` where no cell reaches.
    pub signal_dbm: Option<f64>,
    /// Signal above what served needs, dB; negative when not served.
    pub margin_db: Option<f64>,
    /// The strongest cell.
    pub best_cell: Option<String>,
    /// The operator of the strongest cell.
    pub best_operator: Option<String>,
}

/// Outline of the covered ground.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Footprint {
    /// Technology.
    pub technology: Technology,
    /// Operator; `None` = any.
    pub operator: Option<String>,
    /// Polygons in longitude and latitude (WGS 84), valid, with holes.
    pub geometry: MultiPolygon<f64>,
}

/// What kind of thing a run wants to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// The elevation model has no height under the mast: the ground was taken as sea level.
    SiteWithoutTerrain,
    /// Part of the ground around the mast has no height: taken as sea level.
    TerrainIncomplete,
    /// A cell was not computed: the frequency is outside the model's range.
    FrequencyOutsideModel,
    /// The cell lies so far outside the raster that it cannot reach it.
    SiteOutsideRaster,
    /// No population raster: people are 0.
    NoPopulation,
    /// No land cover: clutter heights are 0.
    NoLandCover,
}

/// Something that the reader of the run has to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// Kind.
    pub code: WarningCode,
    /// The mast, cell or area that it is about, if any.
    pub subject: Option<String>,
    /// In Vietnamese.
    pub message_vi: String,
    /// In English.
    pub message_en: String,
}

/// The result of [`Engine::run`](crate::Engine::run).
#[derive(Debug, Clone, PartialEq)]
pub struct CoverageRun {
    /// What it was computed with.
    pub parameters: CoverageParameters,
    /// Where the pixels of its layers lie.
    pub window: PixelWindow,
    /// Rasters.
    pub layers: Vec<Layer>,
    /// Per area × technology × (operator or any).
    pub areas: Vec<AreaStatistics>,
    /// Per technology × (operator or any): areas together, overlaps counted once, and what lies outside them.
    pub unions: Vec<UnionStatistics>,
    /// Per place × technology × (operator or any).
    pub places: Vec<PlaceService>,
    /// Per technology × (operator or any).
    pub footprints: Vec<Footprint>,
    /// What has to be known.
    pub warnings: Vec<Warning>,
}
