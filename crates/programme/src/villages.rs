//! The village decision table: class, who pays, what is proposed.

use std::collections::BTreeMap;

use geodata::{Place, PlaceKind, Technology};
use serde::{Deserialize, Serialize};

use crate::document::Source;
use crate::error::{Problem, ProgrammeError};
use crate::facts::Coverage;
use crate::number::Language;
use crate::toml_problem::toml_problem;

/// The rules that ship with the program, as TOML.
pub const DEFAULT_RULES: &str = include_str!("../../../data/programmes/village-rules.toml");

/// Class of a village.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VillageClass {
    /// Trắng sóng: no broadband signal at its centre.
    White,
    /// Lõm sóng: the centre has signal, its outlying cluster has none.
    Hollow,
    /// Đã phủ sóng.
    Served,
}

impl VillageClass {
    /// In Vietnamese.
    #[must_use]
    pub const fn label_vi(self) -> &'static str {
        match self {
            Self::White => "trắng sóng",
            Self::Hollow => "lõm sóng",
            Self::Served => "đã phủ sóng",
        }
    }

    /// In English.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        match self {
            Self::White => "white",
            Self::Hollow => "hollow",
            Self::Served => "served",
        }
    }
}

/// One rule: all conditions that it names must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Key.
    pub id: String,
    /// Classes that it is for.
    pub class: Vec<VillageClass>,
    /// Grid power: with (`true`; unknown counts as with) or without.
    #[serde(default)]
    pub electrified: Option<bool>,
    /// Specially difficult area; unknown counts as not.
    #[serde(default)]
    pub difficult: Option<bool>,
    /// Fewer people than this; unknown does not fit.
    #[serde(default)]
    pub people_below: Option<f64>,
    /// Who pays, in Vietnamese.
    pub route_vi: String,
    /// Who pays, in English.
    pub route_en: String,
    /// Action proposed: `none`, `new_tower`, `co_locate`, `leo`, `power_first`, …
    pub action: String,
    /// Where the rule comes from.
    pub source: Source,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    rules: Vec<Rule>,
}

/// Reads rules.
///
/// # Errors
/// [`ProgrammeError::Invalid`] with the line of what cannot be read.
pub fn read_rules(text: &str) -> Result<Vec<Rule>, ProgrammeError> {
    let file: RuleFile =
        toml::from_str(text).map_err(|error| ProgrammeError::Invalid(vec![toml_problem(text, &error)]))?;
    Ok(file.rules)
}

/// The text of rules that an edit page sends as a list.
///
/// # Errors
/// [`ProgrammeError::Invalid`] when it is no list that TOML can write.
pub fn rules_text(rules: serde_json::Value) -> Result<String, ProgrammeError> {
    let document = serde_json::json!({ "rules": crate::read::without_nulls(rules) });
    toml::to_string(&document).map_err(|error| {
        ProgrammeError::Invalid(vec![Problem {
            line: 0,
            field: "rules".to_owned(),
            detail_vi: format!("không phải danh sách quy tắc: {error}"),
            detail_en: error.to_string(),
        }])
    })
}

/// One village of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VillageRow {
    /// Code of the village.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of its commune.
    pub commune_code: Option<String>,
    /// People.
    pub population: Option<f64>,
    /// Grid power.
    pub electrified: Option<bool>,
    /// Specially difficult area.
    pub difficult: Option<bool>,
    /// Class.
    pub class: VillageClass,
    /// Rule that fits; `None` when none does.
    pub rule: Option<String>,
    /// Who pays.
    pub route_vi: String,
    /// Who pays, in English.
    pub route_en: String,
    /// Action proposed.
    pub action: String,
    /// Where it is.
    pub position: geodesy::LonLat,
}

impl VillageRow {
    /// The proposed action in words; other texts stay as the rule writes them.
    #[must_use]
    pub fn action_label(&self, language: Language) -> &str {
        let (vi, en) = match self.action.as_str() {
            "none" => ("không", "none"),
            "new_tower" => ("xây dựng mới", "new tower"),
            "co_locate" => ("dùng chung vị trí", "co-locate"),
            "upgrade" => ("nâng cấp", "upgrade"),
            "pole_small_cell" => ("trạm nhỏ trên cột đèn", "pole small cell"),
            "leo" => ("vệ tinh quỹ đạo thấp", "LEO satellite"),
            "power_first" => ("kéo điện lưới trước", "grid power first"),
            other => return other,
        };
        language.pick(vi, en)
    }
}

/// Classes every village and finds its rule.
///
/// A village counts as served when any of `technologies` serves its centre and, where it has an outlying cluster whose
/// service was computed, that too.
#[must_use]
pub fn table(places: &[Place], coverage: &Coverage, technologies: &[Technology], rules: &[Rule]) -> Vec<VillageRow> {
    let mut service: BTreeMap<&str, (bool, Option<bool>)> = BTreeMap::new();
    for row in &coverage.places {
        if row.operator.is_none() && technologies.contains(&row.technology) {
            let (centre, outlying) = service.entry(row.place_code.as_str()).or_default();
            *centre |= row.served;
            *outlying = match (*outlying, row.outlying_served) {
                (Some(a), Some(b)) => Some(a || b),
                (a, b) => a.or(b),
            };
        }
    }
    places
        .iter()
        .filter(|place| place.kind == PlaceKind::Village)
        .map(|place| {
            row(
                place,
                service.get(place.code.as_str()).copied().unwrap_or_default(),
                rules,
            )
        })
        .collect()
}

fn row(place: &Place, (centre, outlying): (bool, Option<bool>), rules: &[Rule]) -> VillageRow {
    let class = match (centre, outlying) {
        (false, _) => VillageClass::White,
        (true, Some(false)) => VillageClass::Hollow,
        (true, _) => VillageClass::Served,
    };
    let fits = |rule: &&Rule| {
        rule.class.contains(&class)
            && rule
                .electrified
                .is_none_or(|wanted| place.electrified.unwrap_or(true) == wanted)
            && rule
                .difficult
                .is_none_or(|wanted| place.difficult.unwrap_or(false) == wanted)
            && rule
                .people_below
                .is_none_or(|limit| place.population.is_some_and(|people| people < limit))
    };
    let rule = rules.iter().find(fits);
    let text = |pick: fn(&Rule) -> &String| rule.map(pick).cloned().unwrap_or_default();
    VillageRow {
        code: place.code.clone(),
        name: place.name.clone(),
        commune_code: place.commune_code.clone(),
        population: place.population,
        electrified: place.electrified,
        difficult: place.difficult,
        class,
        rule: rule.map(|rule| rule.id.clone()),
        route_vi: text(|rule| &rule.route_vi),
        route_en: text(|rule| &rule.route_en),
        action: text(|rule| &rule.action),
        position: place.position,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::PlaceCoverage;
    use geodesy::LonLat;

    fn village(code: &str, power: bool, difficult: bool, people: f64) -> Place {
        let mut place = Place::new(code, code, PlaceKind::Village, LonLat::new(105.9, 18.3));
        place.electrified = Some(power);
        place.difficult = Some(difficult);
        place.population = Some(people);
        place
    }

    fn service(code: &str, served: bool, outlying: Option<bool>) -> PlaceCoverage {
        PlaceCoverage {
            outlying_served: outlying,
            ..PlaceCoverage::new(code, Technology::G4, served)
        }
    }

    #[test]
    fn classes_and_routes_follow_the_rules() {
        let places = [
            village("served", true, false, 500.0),
            village("hollow", true, false, 500.0),
            village("vtci", true, true, 500.0),
            village("operator", true, false, 500.0),
            village("power", false, true, 500.0),
            village("leo", false, true, 120.0),
        ];
        let rows = [
            service("served", true, Some(true)),
            service("hollow", true, Some(false)),
            service("vtci", false, Some(true)),
        ];
        let coverage = Coverage {
            places: rows.to_vec(),
            ..Coverage::default()
        };
        let rules = read_rules(DEFAULT_RULES).unwrap();
        let table = table(&places, &coverage, &[Technology::G4], &rules);
        let seen: Vec<_> = table.iter().map(|row| (row.class, row.action.as_str())).collect();
        use VillageClass::{Hollow, Served, White};
        let expected = [
            (Served, "none"),
            (Hollow, "co_locate"),
            (White, "new_tower"),
            (White, "new_tower"),
            (White, "power_first"),
            (White, "leo"),
        ];
        assert_eq!(seen, expected);
        assert_eq!(table[2].rule.as_deref(), Some("difficult"));
        assert_eq!(table[3].rule.as_deref(), Some("operator"));
    }
}
