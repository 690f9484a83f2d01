//! Areas: communes, zones, provinces, any polygon with a name.

use geo_types::MultiPolygon;
use geodesy::LonLat;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What an area is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaKind {
    /// Tỉnh, thành phố.
    Province,
    /// Xã, phường, đặc khu.
    Commune,
    /// Khu kinh tế.
    EconomicZone,
    /// Khu công nghiệp.
    IndustrialPark,
    /// Cụm công nghiệp.
    IndustrialCluster,
    /// Any other polygon.
    #[default]
    Other,
}

impl AreaKind {
    /// Whether this is a zone in the programmes' sense (KKT, KCN, CCN).
    #[must_use]
    pub const fn is_zone(self) -> bool {
        matches!(
            self,
            Self::EconomicZone | Self::IndustrialPark | Self::IndustrialCluster
        )
    }

    /// The name used in JSON.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Commune => "commune",
            Self::EconomicZone => "economic_zone",
            Self::IndustrialPark => "industrial_park",
            Self::IndustrialCluster => "industrial_cluster",
            Self::Other => "other",
        }
    }

    /// The kind with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [
            Self::Province,
            Self::Commune,
            Self::EconomicZone,
            Self::IndustrialPark,
            Self::IndustrialCluster,
            Self::Other,
        ]
        .into_iter()
        .find(|kind| kind.key() == key)
    }
}

/// A polygon with a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// Unique code among areas of its kind; for communes the five-character code (text: leading zeros count).
    pub code: String,
    /// Name, NFC.
    pub name: String,
    /// What it is.
    pub kind: AreaKind,
    /// Shape, WGS 84 degrees (x = longitude), valid: no self-intersection, exterior rings counter-clockwise.
    pub geometry: MultiPolygon<f64>,
    /// Its centre (a commune's seat) where given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre: Option<LonLat>,
    /// Residents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<f64>,
    /// Code of the area that contains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_code: Option<String>,
    /// Zones: operating, established, planned, as the list writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Area that the source states, hectares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_ha: Option<f64>,
    /// First day on which the area exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// First day on which it exists no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// The source's other properties.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub properties: serde_json::Map<String, serde_json::Value>,
}

impl Area {
    /// An area of which only code, name, kind and shape are known.
    #[must_use]
    pub fn new(code: impl Into<String>, name: impl Into<String>, kind: AreaKind, geometry: MultiPolygon<f64>) -> Self {
        Self {
            code: code.into(),
            name: name.into(),
            kind,
            geometry,
            centre: None,
            population: None,
            parent_code: None,
            status: None,
            area_ha: None,
            valid_from: None,
            valid_to: None,
            properties: serde_json::Map::new(),
        }
    }
}
