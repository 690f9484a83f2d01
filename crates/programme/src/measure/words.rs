//! The formulas in words.

use geodata::{AreaKind, Technology};

use super::{Measure, Nesting, SharingUnit, SwitchOffUnit};
use crate::Language;
use crate::labels;
use crate::text::Text;

pub(super) fn names(technologies: &[Technology]) -> String {
    let names: Vec<String> = technologies.iter().map(ToString::to_string).collect();
    names.join("/")
}

fn kinds_vi(kinds: &[AreaKind]) -> String {
    let name = |kind: &AreaKind| match kind {
        AreaKind::EconomicZone => "KKT",
        AreaKind::IndustrialPark => "KCN",
        AreaKind::IndustrialCluster => "CCN",
        other => other.key(),
    };
    kinds.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn kinds_en(kinds: &[AreaKind]) -> String {
    let name = |kind: &AreaKind| match kind {
        AreaKind::EconomicZone => "economic zones",
        AreaKind::IndustrialPark => "parks",
        AreaKind::IndustrialCluster => "clusters",
        other => other.key(),
    };
    kinds.iter().map(name).collect::<Vec<_>>().join(", ")
}

impl Measure {
    /// The formula in words.
    #[must_use]
    pub fn formula(&self) -> Text {
        match self {
            Self::StationCount { technologies, in_zones } => {
                let names = names(technologies);
                let (vi, en) = if *in_zones {
                    (", nằm trong ít nhất một khu, cụm", ", inside at least one zone")
                } else {
                    ("", "")
                };
                Text::new(
                    format!("đếm(trạm đang phát sóng, {names}{vi})"),
                    format!("count(stations on air, {names}{en})"),
                )
            }
            Self::StationRatio { technology, of } => Text::new(
                format!("100 × số trạm {technology} / số trạm {of}"),
                format!("100 × count({technology} stations) / count({of} stations)"),
            ),
            Self::StationShare {
                technologies,
                in_zones,
                of,
            } => {
                let (part, whole) = (names(technologies), names(of));
                let (vi, en) = if *in_zones {
                    (" trong khu, cụm", " in zones")
                } else {
                    ("", "")
                };
                Text::new(
                    format!("100 × số trạm {part}{vi} / số trạm {whole}"),
                    format!("100 × count({part} stations{en}) / count({whole} stations)"),
                )
            }
            Self::ZoneCount { kinds } => Text::new(
                format!("đếm({} tồn tại tại ngày tính)", kinds_vi(kinds)),
                format!("count({} existing on the day)", kinds_en(kinds)),
            ),
            Self::ZoneArea {
                kinds,
                nested,
                include_planned,
            } => zone_area(kinds, *nested, *include_planned),
            Self::ZonesWithStation { technology, kinds } => Text::new(
                format!(
                    "100 × số {0} có ít nhất một trạm {technology} / số {0}",
                    kinds_vi(kinds)
                ),
                format!(
                    "100 × count({0} with a {technology} station) / count({0})",
                    kinds_en(kinds)
                ),
            ),
            Self::PlacesServed {
                place,
                technologies,
                electrified_only,
            } => {
                let names = names(technologies);
                let (vi, en) = if *electrified_only {
                    (" có điện", " with power")
                } else {
                    ("", "")
                };
                let place_vi = labels::place(*place, Language::Vietnamese);
                let place_en = labels::place(*place, Language::English);
                Text::new(
                    format!("100 × số {place_vi}{vi} có sóng {names} / số {place_vi}{vi}"),
                    format!("100 × count({place_en}{en}, served by {names}) / count({place_en}{en})"),
                )
            }
            Self::PopulationCovered { technologies } => Text::new(
                format!("100 × Σ dân số trong vùng phủ {} / Σ dân số", names(technologies)),
                format!("100 × Σ people in the {} footprint / Σ people", names(technologies)),
            ),
            Self::MeanThroughput { technologies } => Text::new(
                format!(
                    "Σ (dân số × tốc độ tải xuống ước tính {}) / Σ dân số, các thôn có sóng",
                    names(technologies)
                ),
                format!(
                    "Σ (people × modelled download speed of {}) / Σ people, over served villages",
                    names(technologies)
                ),
            ),
            Self::Sharing { by } => sharing(*by),
            Self::SwitchOff { technologies, count } => {
                let names = names(technologies);
                match count {
                    SwitchOffUnit::Locations => Text::new(
                        format!("đếm(vị trí trạm chỉ có {names})"),
                        format!("count(locations with nothing but {names})"),
                    ),
                    SwitchOffUnit::Places => Text::new(
                        format!("đếm(thôn chỉ có sóng {names})"),
                        format!("count(villages served by nothing but {names})"),
                    ),
                }
            }
        }
    }
}

fn zone_area(kinds: &[AreaKind], nested: Nesting, include_planned: bool) -> Text {
    let (nested_vi, nested_en) = match nested {
        Nesting::All => ("", ""),
        Nesting::Inside => (", nằm trong khu khác", ", inside another zone"),
        Nesting::Outside => (", ngoài khu khác", ", in no other zone"),
    };
    let (planned_vi, planned_en) = if include_planned {
        (", kể cả quy hoạch", ", planned ones included")
    } else {
        ("", "")
    };
    Text::new(
        format!("Σ diện tích ({}{nested_vi}{planned_vi})", kinds_vi(kinds)),
        format!("Σ area ({}{nested_en}{planned_en})", kinds_en(kinds)),
    )
}

fn sharing(by: SharingUnit) -> Text {
    match by {
        SharingUnit::Location => Text::new(
            "100 × số vị trí có từ hai doanh nghiệp / số vị trí",
            "100 × locations with two operators or more / locations",
        ),
        SharingUnit::Station => Text::new(
            "100 × số trạm tại vị trí dùng chung / số trạm",
            "100 × stations at shared locations / stations",
        ),
        SharingUnit::HostedTenant => Text::new(
            "100 × số trạm của doanh nghiệp thuê / số trạm",
            "100 × stations of hosted operators / stations",
        ),
    }
}
