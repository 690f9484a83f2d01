//! Kinds of datasets, and the smaller records: measurements, poles, lines, figures.

use geo_types::MultiLineString;
use geodesy::LonLat;
use serde::{Deserialize, Serialize};

use super::{Area, CommuneChange, Network, Place, Technology};

/// What a dataset of a project holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatasetKind {
    /// Sites, stations and cells.
    Sites,
    /// Communes and other areas.
    Areas,
    /// Economic zones, industrial parks and clusters.
    Zones,
    /// Villages and other places.
    Places,
    /// Elevation rasters.
    Terrain,
    /// Land cover raster or polygons.
    LandCover,
    /// Population raster.
    Population,
    /// Received-power measurements.
    Measurements,
    /// Light poles.
    Poles,
    /// Roads.
    Roads,
    /// Power lines.
    PowerLines,
    /// Fibre lines.
    FibreLines,
    /// Programme figures that are tracked, not computed.
    Figures,
    /// Which commune became of which when communes were redrawn.
    Crosswalk,
}

impl DatasetKind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::Sites,
        Self::Areas,
        Self::Zones,
        Self::Places,
        Self::Terrain,
        Self::LandCover,
        Self::Population,
        Self::Measurements,
        Self::Poles,
        Self::Roads,
        Self::PowerLines,
        Self::FibreLines,
        Self::Figures,
        Self::Crosswalk,
    ];

    /// The name used in addresses and on the command line: `sites`, `areas`, `landcover`, …
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Areas => "areas",
            Self::Zones => "zones",
            Self::Places => "places",
            Self::Terrain => "terrain",
            Self::LandCover => "land_cover",
            Self::Population => "population",
            Self::Measurements => "measurements",
            Self::Poles => "poles",
            Self::Roads => "roads",
            Self::PowerLines => "power_lines",
            Self::FibreLines => "fibre_lines",
            Self::Figures => "figures",
            Self::Crosswalk => "crosswalk",
        }
    }

    /// The kind with this key; `landcover` and `land-cover` are understood as `land_cover`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        let wanted: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
        Self::ALL
            .into_iter()
            .find(|kind| kind.key().chars().filter(|c| *c != '_').eq(wanted.chars()))
    }

    /// Whether datasets of this kind are rasters, which the terrain room opens.
    #[must_use]
    pub const fn is_raster(self) -> bool {
        matches!(self, Self::Terrain | Self::Population)
    }
}

/// One received-power measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Where it was taken, WGS 84.
    pub position: LonLat,
    /// Received level, dBm (RSRP, SS-RSRP or received power, as the source says).
    pub level_dbm: f64,
    /// Time as the source writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Technology.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technology: Option<Technology>,
    /// Operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Cell or transmitter, as the source names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell_code: Option<String>,
    /// Frequency, MHz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency_mhz: Option<f64>,
}

/// A light pole that can carry a small cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pole {
    /// Unique code.
    pub code: String,
    /// Position, WGS 84.
    pub position: LonLat,
    /// Height above ground, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height_m: Option<f64>,
    /// Owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A road.
    Road,
    /// A power line.
    Power,
    /// A fibre line.
    Fibre,
}

/// A road, power line or fibre line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Unique code.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: LineKind,
    /// Shape, WGS 84 degrees.
    pub geometry: MultiLineString<f64>,
    /// Class as the source writes it (`national_highway`, `22kV`, …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

/// One tracked programme figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Key of the indicator in its programme.
    pub indicator: String,
    /// Period that the figure is of, as the list writes it (`2025`, `Q2/2023`).
    pub period: String,
    /// Value in the indicator's unit.
    pub value: f64,
    /// Unit as the list writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Code or name of the area, where the figure is of less than the province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// Where the figure comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What one import yields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "records", rename_all = "snake_case")]
pub enum Records {
    /// From `sites`.
    Sites(Network),
    /// From `areas` and `zones`, and from `land_cover` polygons.
    Areas(Vec<Area>),
    /// From `places`.
    Places(Vec<Place>),
    /// From `measurements`.
    Measurements(Vec<Measurement>),
    /// From `poles`.
    Poles(Vec<Pole>),
    /// From `roads`, `power_lines`, `fibre_lines`.
    Lines(Vec<Line>),
    /// From `figures`.
    Figures(Vec<Figure>),
    /// From `crosswalk`.
    Crosswalk(Vec<CommuneChange>),
}

impl Records {
    /// How many records there are (sites for a network).
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Sites(network) => network.sites.len(),
            Self::Areas(rows) => rows.len(),
            Self::Places(rows) => rows.len(),
            Self::Measurements(rows) => rows.len(),
            Self::Poles(rows) => rows.len(),
            Self::Lines(rows) => rows.len(),
            Self::Figures(rows) => rows.len(),
            Self::Crosswalk(rows) => rows.len(),
        }
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_the_json_name() {
        for kind in DatasetKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.key());
            assert_eq!(DatasetKind::from_key(kind.key()), Some(kind));
        }
        assert_eq!(DatasetKind::from_key("landcover"), Some(DatasetKind::LandCover));
        assert_eq!(DatasetKind::from_key("power-lines"), Some(DatasetKind::PowerLines));
        assert_eq!(DatasetKind::from_key("pow"), None);
    }
}
