//! Kinds and states in words, as formulas and sheets name them; a workbook's own formulas count by them.

use geodata::{AreaKind, PlaceKind};

use crate::number::Language;

/// A kind of place.
pub(crate) const fn place(kind: PlaceKind, language: Language) -> &'static str {
    let (vi, en) = match kind {
        PlaceKind::Village => ("thôn, bản", "village"),
        PlaceKind::CommuneCentre => ("trung tâm xã, phường", "commune centre"),
        PlaceKind::School => ("trường học", "school"),
        PlaceKind::HealthFacility => ("cơ sở y tế", "health facility"),
        PlaceKind::BorderPost => ("đồn, trạm biên phòng", "border post"),
        PlaceKind::PublicAdministration => ("cơ quan hành chính", "public administration"),
        PlaceKind::HistoricalSite => ("di tích lịch sử, văn hóa", "historical site"),
        PlaceKind::ScenicSite => ("danh lam thắng cảnh", "scenic site"),
        PlaceKind::TouristArea => ("khu du lịch", "tourist area"),
        PlaceKind::TransportHub => ("đầu mối giao thông", "transport hub"),
        PlaceKind::RoadsWaterways => ("trục đường bộ, đường thủy", "roads and waterways"),
        PlaceKind::ShoppingCentre => ("trung tâm thương mại", "shopping centre"),
        PlaceKind::MixedResidential => ("khu dân cư hỗn hợp", "mixed residential area"),
        PlaceKind::DensePopulation => ("khu đông dân cư", "dense population"),
        PlaceKind::Hotel => ("tòa nhà thương mại, khách sạn", "commercial building, hotel"),
        PlaceKind::RuralArea => ("khu vực nông thôn trọng điểm", "key rural area"),
        PlaceKind::Other => ("địa điểm khác", "other place"),
    };
    pick(language, vi, en)
}

/// A kind of area.
pub(crate) const fn area(kind: AreaKind, language: Language) -> &'static str {
    let (vi, en) = match kind {
        AreaKind::EconomicZone => ("khu kinh tế", "economic zone"),
        AreaKind::IndustrialPark => ("khu công nghiệp", "industrial park"),
        AreaKind::IndustrialCluster => ("cụm công nghiệp", "industrial cluster"),
        AreaKind::Commune => ("xã, phường", "commune"),
        AreaKind::Province => ("tỉnh, thành phố", "province"),
        AreaKind::Other => ("khu vực khác", "other area"),
    };
    pick(language, vi, en)
}

/// The state of a zone; words that lists use otherwise stay as they are.
pub(crate) fn zone_status(status: &str, language: Language) -> &str {
    let (vi, en) = match status {
        "operating" => ("đang hoạt động", "operating"),
        "established" => ("đã thành lập", "established"),
        "planned" => ("quy hoạch", "planned"),
        other => return other,
    };
    language.pick(vi, en)
}

const fn pick(language: Language, vi: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Vietnamese => vi,
        Language::English => en,
    }
}
