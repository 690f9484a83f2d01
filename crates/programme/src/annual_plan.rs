//! The yearly plan: sites to build, to upgrade and to share, by commune and quarter, with what the 2G switch-off takes away.

use std::collections::{BTreeMap, BTreeSet};

use geo::Intersects;
use geodata::Technology;
use geodesy::LonLat;
use serde::Serialize;

use crate::drill_down::RESTRICTED;
use crate::facts::Facts;
use crate::measure::{Measure, SwitchOffUnit};
use crate::projection::Step;
use crate::text::Text;
use crate::workflow::PlannedSite;

/// What a row of the annual plan does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A new mast or pole.
    Build,
    /// New technology on an own mast.
    Upgrade,
    /// A station on another owner's mast.
    Share,
}

impl Work {
    /// The work of an action; none for satellite, which stands nowhere.
    #[must_use]
    pub fn of(action: &str) -> Option<Self> {
        match action {
            "new_tower" | "pole_small_cell" => Some(Self::Build),
            "upgrade" => Some(Self::Upgrade),
            "co_locate" => Some(Self::Share),
            _ => None,
        }
    }

    /// In words.
    #[must_use]
    pub const fn label(self, language: crate::Language) -> &'static str {
        let (vi, en) = match self {
            Self::Build => ("Xây dựng mới", "build"),
            Self::Upgrade => ("Nâng cấp", "upgrade"),
            Self::Share => ("Dùng chung", "share"),
        };
        match language {
            crate::Language::Vietnamese => vi,
            crate::Language::English => en,
        }
    }
}

/// Where a row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// An operator's submitted list.
    List,
    /// A computed plan.
    Plan,
}

/// A site of the year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnnualRow {
    /// Quarter, 1 … 4.
    pub quarter: u8,
    /// Code of the commune.
    pub commune_code: Option<String>,
    /// Its name.
    pub commune: String,
    /// What is done.
    pub kind: Work,
    /// The action in the planner's words.
    pub action: String,
    /// Operator.
    pub operator: String,
    /// Code of the mast, or of the candidate where there is none yet.
    pub site_code: String,
    /// Longitude, latitude in degrees; none for restricted sites.
    pub position: Option<[f64; 2]>,
    /// Where the row comes from.
    pub source: Origin,
}

/// Sites of a commune in a quarter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnnualTotal {
    /// Quarter, 1 … 4.
    pub quarter: u8,
    /// Code of the commune.
    pub commune_code: Option<String>,
    /// Its name.
    pub commune: String,
    /// Masts to build.
    pub build: u32,
    /// Stations to upgrade.
    pub upgrade: u32,
    /// Masts to share.
    pub share: u32,
}

/// What goes dark when the technologies of the switch-off go.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SwitchOff {
    /// Technologies that go.
    pub technologies: Vec<Technology>,
    /// Locations that carry nothing else.
    pub locations: Vec<String>,
    /// Villages that nothing else serves.
    pub villages: Option<usize>,
    /// Why the villages are unknown.
    pub reason: Option<Text>,
}

/// The plan of a year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnnualPlan {
    /// The year.
    pub year: i16,
    /// Name of the plan run, where one is used.
    pub plan: Option<String>,
    /// Sites by quarter and commune.
    pub rows: Vec<AnnualRow>,
    /// Their numbers.
    pub totals: Vec<AnnualTotal>,
    /// Effect of the 2G switch-off.
    pub switch_off: SwitchOff,
}

/// Builds the plan of a year from the operators' lists and, for what no list names, from a computed plan.
///
/// Rows without a quarter are spread evenly over the year in their order: the most useful first.
#[must_use]
pub fn annual_plan(
    facts: &Facts<'_>,
    year: i16,
    lists: &[PlannedSite],
    plan: Option<&str>,
    steps: &[Step],
) -> AnnualPlan {
    let listed: BTreeSet<(&str, &str)> = lists
        .iter()
        .map(|site| (site.operator.as_str(), site.code.as_str()))
        .collect();
    let further: Vec<&Step> = steps
        .iter()
        .filter(|step| {
            let code = step.site_code.as_deref().unwrap_or(&step.id);
            !listed.contains(&(step.operator.as_str(), code))
        })
        .collect();
    let context = Context::new(facts);
    let spread = |index: usize, all: usize| (index * 4 / all.max(1)) as u8 + 1;
    let mut rows: Vec<AnnualRow> = Vec::new();
    for (index, site) in lists.iter().enumerate() {
        let quarter = site.quarter.filter(|quarter| (1..=4).contains(quarter));
        let commune = site.commune_code.as_deref();
        rows.extend(context.row(
            quarter.unwrap_or_else(|| spread(index, lists.len())),
            (&site.action, &site.operator, &site.code),
            site.position,
            commune,
            Origin::List,
        ));
    }
    for (index, step) in further.iter().enumerate() {
        let code = step.site_code.as_ref().unwrap_or(&step.id);
        rows.extend(context.row(
            spread(index, further.len()),
            (&step.action, &step.operator, code),
            step.position,
            step.commune_code.as_deref(),
            Origin::Plan,
        ));
    }
    rows.sort_by(|a, b| {
        let key = |row: &AnnualRow| {
            (
                row.quarter,
                row.commune.clone(),
                row.kind,
                row.operator.clone(),
                row.site_code.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    AnnualPlan {
        year,
        plan: plan.map(str::to_owned),
        totals: totals(&rows),
        rows,
        switch_off: switch_off(facts, &context),
    }
}

struct Context<'a> {
    facts: &'a Facts<'a>,
    restricted: BTreeSet<&'a str>,
}

impl<'a> Context<'a> {
    fn new(facts: &'a Facts<'a>) -> Self {
        let restricted = facts.network.sites.iter().filter(|site| site.restricted);
        Self {
            facts,
            restricted: restricted.map(|site| site.code.as_str()).collect(),
        }
    }

    fn row(
        &self,
        quarter: u8,
        (action, operator, code): (&str, &str, &str),
        position: LonLat,
        commune: Option<&str>,
        source: Origin,
    ) -> Option<AnnualRow> {
        let secret = self.restricted.contains(code);
        let (commune_code, commune) = self.commune(commune, position);
        Some(AnnualRow {
            quarter,
            commune_code,
            commune,
            kind: Work::of(action)?,
            action: action.to_owned(),
            operator: operator.to_owned(),
            site_code: if secret { RESTRICTED } else { code }.to_owned(),
            position: (!secret).then_some([position.lon_deg, position.lat_deg]),
            source,
        })
    }

    /// The commune by its code, else by position.
    fn commune(&self, code: Option<&str>, position: LonLat) -> (Option<String>, String) {
        let point = geo_types::Point::new(position.lon_deg, position.lat_deg);
        let communes = self.facts.communes;
        let found = code.and_then(|code| communes.iter().find(|area| area.code == code));
        let found = found.or_else(|| communes.iter().find(|area| area.geometry.intersects(&point)));
        found.map_or_else(
            || (code.map(str::to_owned), code.unwrap_or_default().to_owned()),
            |area| (Some(area.code.clone()), area.name.clone()),
        )
    }
}

fn totals(rows: &[AnnualRow]) -> Vec<AnnualTotal> {
    let mut totals: BTreeMap<(u8, &str, Option<&String>), [u32; 3]> = BTreeMap::new();
    for row in rows {
        let counts = totals
            .entry((row.quarter, row.commune.as_str(), row.commune_code.as_ref()))
            .or_default();
        counts[row.kind as usize] += 1;
    }
    totals
        .into_iter()
        .map(|((quarter, commune, code), [build, upgrade, share])| AnnualTotal {
            quarter,
            commune_code: code.cloned(),
            commune: commune.to_owned(),
            build,
            upgrade,
            share,
        })
        .collect()
}

fn switch_off(facts: &Facts<'_>, context: &Context<'_>) -> SwitchOff {
    let technologies = vec![Technology::G2];
    let count = |count| {
        let technologies = technologies.clone();
        Measure::SwitchOff { technologies, count }.compute(facts)
    };
    let locations = count(SwitchOffUnit::Locations)
        .map(|figure| figure.rows)
        .unwrap_or_default();
    let shown = |code: String| {
        if context.restricted.contains(code.as_str()) {
            RESTRICTED.to_owned()
        } else {
            code
        }
    };
    let villages = count(SwitchOffUnit::Places);
    SwitchOff {
        locations: locations.into_iter().map(shown).collect(),
        villages: villages.as_ref().ok().map(|figure| figure.rows.len()),
        reason: villages.err(),
        technologies,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::Stage;
    use geodata::{Network, Site};

    fn step(id: usize, action: &str, site_code: Option<&str>) -> Step {
        Step {
            id: format!("{action}:{id}"),
            rank: id as u32 + 1,
            phase: None,
            action: action.to_owned(),
            operator: "VNPT".to_owned(),
            technology: Technology::G4,
            site_code: site_code.map(str::to_owned),
            position: LonLat::new(105.9, 18.3),
            commune_code: Some("18880".to_owned()),
            zone_codes: Vec::new(),
            capital_million_vnd: 0.0,
            gain: crate::projection::StepGain::default(),
        }
    }

    #[test]
    fn the_year_holds_lists_and_what_no_list_names() {
        let mut network = Network::default();
        let mut secret = Site::new("SECRET", "VNPT", LonLat::new(105.9, 18.3));
        secret.restricted = true;
        network.sites.push(secret);
        let facts = Facts {
            today: jiff::civil::date(2025, 11, 21),
            network: &network,
            communes: &[],
            zones: &[],
            places: &[],
            coverage: None,
            reported: &[],
            crosswalk: &[],
        };
        let listed = PlannedSite {
            code: "A".to_owned(),
            operator: "VNPT".to_owned(),
            position: LonLat::new(105.9, 18.3),
            action: "co_locate".to_owned(),
            stage: Stage::Planned,
            commune_code: Some("18880".to_owned()),
            quarter: Some(3),
        };
        let steps = [
            step(0, "upgrade", Some("A")),
            step(1, "upgrade", Some("SECRET")),
            step(2, "new_tower", None),
            step(3, "leo", None),
            step(4, "new_tower", None),
            step(5, "pole_small_cell", None),
        ];
        let year = annual_plan(&facts, 2026, &[listed], Some("run"), &steps);
        let rows: Vec<_> = year
            .rows
            .iter()
            .map(|row| (row.quarter, row.kind, row.site_code.as_str()))
            .collect();
        use Work::{Build, Share, Upgrade};
        let expected = [
            (1, Build, "new_tower:2"),
            (1, Upgrade, "•••"),
            (3, Build, "new_tower:4"),
            (3, Share, "A"),
            (4, Build, "pole_small_cell:5"),
        ];
        assert_eq!(rows, expected);
        assert!(year.rows[1].position.is_none());
        let counted: u32 = year.totals.iter().map(|row| row.build + row.upgrade + row.share).sum();
        assert_eq!(counted as usize, rows.len());
        assert!(year.switch_off.reason.is_some());
    }
}
