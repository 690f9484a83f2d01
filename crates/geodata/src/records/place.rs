//! Places: villages, schools, border posts, any point with people.

use geodesy::LonLat;
use serde::{Deserialize, Serialize};

/// What a place is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// Thôn, bản, ấp, tổ dân phố.
    Village,
    /// Trung tâm xã, phường.
    CommuneCentre,
    /// Trường học, điểm trường.
    School,
    /// Cơ sở y tế.
    HealthFacility,
    /// Đồn, trạm biên phòng.
    BorderPost,
    /// Cơ quan hành chính.
    PublicAdministration,
    /// Di tích lịch sử, văn hóa.
    HistoricalSite,
    /// Danh lam thắng cảnh.
    ScenicSite,
    /// Khu du lịch trọng điểm.
    TouristArea,
    /// Đầu mối giao thông.
    TransportHub,
    /// Điểm trên trục đường bộ, đường thủy.
    RoadsWaterways,
    /// Trung tâm thương mại.
    ShoppingCentre,
    /// Khu dân cư hỗn hợp.
    MixedResidential,
    /// Khu tập trung đông dân cư.
    DensePopulation,
    /// Tòa nhà thương mại, khách sạn.
    Hotel,
    /// Khu vực nông thôn trọng điểm.
    RuralArea,
    /// Any other point.
    #[default]
    Other,
}

impl PlaceKind {
    /// All kinds.
    pub const ALL: [Self; 17] = [
        Self::Village,
        Self::CommuneCentre,
        Self::School,
        Self::HealthFacility,
        Self::BorderPost,
        Self::PublicAdministration,
        Self::HistoricalSite,
        Self::ScenicSite,
        Self::TouristArea,
        Self::TransportHub,
        Self::RoadsWaterways,
        Self::ShoppingCentre,
        Self::MixedResidential,
        Self::DensePopulation,
        Self::Hotel,
        Self::RuralArea,
        Self::Other,
    ];

    /// The name used in JSON.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Village => "village",
            Self::CommuneCentre => "commune_centre",
            Self::School => "school",
            Self::HealthFacility => "health_facility",
            Self::BorderPost => "border_post",
            Self::PublicAdministration => "public_administration",
            Self::HistoricalSite => "historical_site",
            Self::ScenicSite => "scenic_site",
            Self::TouristArea => "tourist_area",
            Self::TransportHub => "transport_hub",
            Self::RoadsWaterways => "roads_waterways",
            Self::ShoppingCentre => "shopping_centre",
            Self::MixedResidential => "mixed_residential",
            Self::DensePopulation => "dense_population",
            Self::Hotel => "hotel",
            Self::RuralArea => "rural_area",
            Self::Other => "other",
        }
    }

    /// The kind with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// A point with people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Unique code among places.
    pub code: String,
    /// Name, NFC.
    pub name: String,
    /// What it is.
    pub kind: PlaceKind,
    /// Position, WGS 84 (a village's house of culture or centre).
    pub position: LonLat,
    /// People.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<f64>,
    /// Code of the commune that contains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune_code: Option<String>,
    /// Whether it has grid power. `None` means unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electrified: Option<bool>,
    /// Whether it lies in a specially difficult area. `None` means unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difficult: Option<bool>,
    /// Centre of an outlying cluster of houses of the same village.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlying_cluster: Option<LonLat>,
    /// People of the outlying cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlying_population: Option<f64>,
}

impl Place {
    /// A place of which only code, name, kind and position are known.
    #[must_use]
    pub fn new(code: impl Into<String>, name: impl Into<String>, kind: PlaceKind, position: LonLat) -> Self {
        Self {
            code: code.into(),
            name: name.into(),
            kind,
            position,
            population: None,
            commune_code: None,
            electrified: None,
            difficult: None,
            outlying_cluster: None,
            outlying_population: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_the_json_name() {
        for kind in PlaceKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.key());
            assert_eq!(PlaceKind::from_key(kind.key()), Some(kind));
        }
    }
}
