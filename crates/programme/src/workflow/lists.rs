//! Operators' site lists against their quotas, each other and the programme.

use std::collections::{BTreeMap, BTreeSet};

use geo::Intersects;
use geodata::{Area, StationStatus, Technology};
use geodesy::LonLat;
use serde::{Deserialize, Serialize};

use super::SHARING_DISTANCE_M;
use super::stages::{Stage, near};
use crate::document::Programme;
use crate::facts::Facts;
use crate::measure::zones_of_the_day;
use crate::text::Text;

/// A site of an operator's submitted list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedSite {
    /// Site code.
    pub code: String,
    /// Operator.
    pub operator: String,
    /// Position.
    pub position: LonLat,
    /// `upgrade`, `co_locate`, `new_tower`, `pole_small_cell` or `leo`.
    pub action: String,
    /// How far it is.
    #[serde(default)]
    pub stage: Stage,
    /// Commune that it stands in.
    #[serde(default)]
    pub commune_code: Option<String>,
    /// Quarter in which it is to be done, 1 … 4.
    #[serde(default)]
    pub quarter: Option<u8>,
}

/// An operator's list against its quota.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuotaRow {
    /// Operator.
    pub operator: String,
    /// Actions given to it.
    pub quota: u32,
    /// Actions on its list.
    pub listed: u32,
    /// Of them on air.
    pub on_air: u32,
    /// Listed minus quota.
    pub difference: i64,
}

/// Each operator's list against its quota; operators without quota come with 0.
#[must_use]
pub fn quotas(programme: &Programme, sites: &[PlannedSite]) -> Vec<QuotaRow> {
    let given: BTreeMap<&str, u32> = programme
        .quotas
        .iter()
        .map(|quota| (quota.operator.as_str(), quota.actions))
        .collect();
    let operators: BTreeSet<&str> = given
        .keys()
        .copied()
        .chain(sites.iter().map(|site| site.operator.as_str()))
        .collect();
    operators
        .into_iter()
        .map(|operator| {
            let own = || sites.iter().filter(|site| site.operator == operator);
            let quota = given.get(operator).copied().unwrap_or_default();
            // Lists hold thousands of sites at most.
            let listed = own().count() as u32;
            let on_air = own().filter(|site| site.stage == Stage::OnAir).count() as u32;
            QuotaRow {
                operator: operator.to_owned(),
                quota,
                listed,
                on_air,
                difference: i64::from(listed) - i64::from(quota),
            }
        })
        .collect()
}

/// Two operators that plan masts close together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conflict {
    /// First site.
    pub first: String,
    /// Its operator.
    pub first_operator: String,
    /// Second site.
    pub second: String,
    /// Its operator.
    pub second_operator: String,
    /// Distance (metres).
    pub distance_m: f64,
}

/// Pairs of new masts of different operators within `distance_m`: they should share one.
#[must_use]
pub fn conflicts(sites: &[PlannedSite], distance_m: f64) -> Vec<Conflict> {
    let mut masts: Vec<&PlannedSite> = sites.iter().filter(|site| site.action == "new_tower").collect();
    masts.sort_by(|a, b| a.position.lat_deg.total_cmp(&b.position.lat_deg));
    // One degree of latitude is never less than 110.5 km.
    let reach_deg = distance_m / 110_500.0;
    let mut conflicts = Vec::new();
    for (index, first) in masts.iter().enumerate() {
        for second in &masts[index + 1..] {
            if second.position.lat_deg - first.position.lat_deg > reach_deg {
                break;
            }
            let apart = geodesy::distance_m(first.position, second.position);
            if first.operator != second.operator && apart <= distance_m {
                conflicts.push(Conflict {
                    first: first.code.clone(),
                    first_operator: first.operator.clone(),
                    second: second.code.clone(),
                    second_operator: second.operator.clone(),
                    distance_m: apart,
                });
            }
        }
    }
    conflicts
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The list cannot stand as it is.
    Error,
    /// Somebody should look.
    Warning,
}

/// What is found on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// More sites than the quota.
    OverQuota,
    /// Fewer sites than the quota.
    UnderQuota,
    /// The operator has no quota.
    NoQuota,
    /// The same code twice.
    DuplicateCode,
    /// Outside the project's communes.
    OutsideArea,
    /// The station is on air already.
    AlreadyOnAir,
    /// An upgrade where the operator has no station.
    NothingToUpgrade,
    /// A shared mast that does not exist.
    NoMastToShare,
    /// A new mast near one that another operator plans.
    BothPlanAMast,
    /// A new mast near one that stands.
    MastStandsNearby,
    /// All lists together put too few sites in zones.
    TooFewInZones,
    /// A zone that comes first has no site on any list.
    PriorityZoneMissing,
}

/// Something found on a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub code: FindingCode,
    /// How bad.
    pub severity: Severity,
    /// In words.
    pub message: Text,
    /// Site codes of the list.
    pub sites: Vec<String>,
    /// The other operator, where there is one.
    pub other_operator: Option<String>,
}

impl Finding {
    fn new(code: FindingCode, severity: Severity, message: Text, sites: Vec<String>) -> Self {
        Self {
            code,
            severity,
            message,
            sites,
            other_operator: None,
        }
    }
}

/// Checks an operator's list against its quota, the lists of the others, what stands, and the programme.
///
/// Findings name the sites of this list only: where another operator's mast is stays that operator's affair.
#[must_use]
pub fn check_list(
    programme: &Programme,
    operator: &str,
    list: &[PlannedSite],
    others: &[PlannedSite],
    facts: &Facts<'_>,
) -> Vec<Finding> {
    let check = Check {
        programme,
        operator,
        list,
        facts,
    };
    let mut findings: Vec<Finding> = check.quota().into_iter().collect();
    findings.extend(check.duplicates());
    findings.extend(check.outside());
    findings.extend(check.stations());
    findings.extend(check.towers(others));
    findings
}

struct Check<'a> {
    programme: &'a Programme,
    operator: &'a str,
    list: &'a [PlannedSite],
    facts: &'a Facts<'a>,
}

impl Check<'_> {
    fn quota(&self) -> Option<Finding> {
        let operator = self.operator;
        let listed = self.list.len();
        let given = self.programme.quotas.iter().find(|quota| quota.operator == operator);
        let Some(quota) = given.map(|quota| quota.actions as usize) else {
            return (!self.programme.quotas.is_empty()).then(|| {
                let message = Text::new(
                    format!("{operator} không được giao chỉ tiêu phân bổ"),
                    format!("{operator} has no quota"),
                );
                Finding::new(FindingCode::NoQuota, Severity::Warning, message, Vec::new())
            });
        };
        let (code, vi, en) = match listed.cmp(&quota) {
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Less => (FindingCode::UnderQuota, "thiếu", "short by"),
            std::cmp::Ordering::Greater => (FindingCode::OverQuota, "thừa", "over by"),
        };
        let by = listed.abs_diff(quota);
        let message = Text::new(
            format!("danh sách có {listed} vị trí, chỉ tiêu phân bổ {quota}: {vi} {by}"),
            format!("the list has {listed} sites, the quota is {quota}: {en} {by}"),
        );
        Some(Finding::new(code, Severity::Error, message, Vec::new()))
    }

    fn duplicates(&self) -> Option<Finding> {
        let mut seen = BTreeSet::new();
        let twice: Vec<String> = self
            .list
            .iter()
            .filter(|site| !seen.insert(site.code.as_str()))
            .map(|site| site.code.clone())
            .collect();
        self.found(FindingCode::DuplicateCode, Severity::Error, twice, |n| {
            Text::new(
                format!("{n} mã vị trí bị trùng"),
                format!("{n} site codes are there twice"),
            )
        })
    }

    fn outside(&self) -> Option<Finding> {
        if self.facts.communes.is_empty() {
            return None;
        }
        let outside = self
            .list
            .iter()
            .filter(|site| !self.facts.communes.iter().any(|area| holds(area, site.position)));
        let outside = outside.map(|site| site.code.clone()).collect();
        self.found(FindingCode::OutsideArea, Severity::Error, outside, |n| {
            Text::new(
                format!("{n} vị trí nằm ngoài địa bàn"),
                format!("{n} sites lie outside the project's communes"),
            )
        })
    }

    /// Upgrades need an own station, shared masts a mast, and nothing that is on air needs doing.
    fn stations(&self) -> Vec<Finding> {
        let network = self.facts.network;
        let masts: BTreeSet<&str> = network.sites.iter().map(|site| site.code.as_str()).collect();
        let mut on_air: BTreeMap<&str, BTreeSet<Technology>> = BTreeMap::new();
        for station in &network.stations {
            if station.operator == self.operator && station.status == StationStatus::OnAir {
                on_air.entry(&station.site_code).or_default().insert(station.technology);
            }
        }
        let technology = self.programme.planner.technology;
        let codes = |wanted: &dyn Fn(&PlannedSite) -> bool| -> Vec<String> {
            let sites = self.list.iter().filter(|site| wanted(site));
            sites.map(|site| site.code.clone()).collect()
        };
        let own = |site: &PlannedSite| on_air.get(site.code.as_str());
        let there = codes(&|site| site.stage != Stage::OnAir && own(site).is_some_and(|all| all.contains(&technology)));
        let nothing = codes(&|site| site.action == "upgrade" && own(site).is_none());
        let no_mast = codes(&|site| site.action == "co_locate" && !masts.contains(site.code.as_str()));
        let already = self.found(FindingCode::AlreadyOnAir, Severity::Warning, there, |n| {
            Text::new(
                format!("{n} vị trí đã có trạm {technology} đang phát sóng"),
                format!("{n} sites have a {technology} station on air already"),
            )
        });
        let nothing = self.found(FindingCode::NothingToUpgrade, Severity::Error, nothing, |n| {
            Text::new(
                format!("{n} vị trí ghi nâng cấp nhưng doanh nghiệp không có trạm đang phát sóng ở đó"),
                format!("{n} upgrades are of sites where the operator has no station on air"),
            )
        });
        let no_mast = self.found(FindingCode::NoMastToShare, Severity::Error, no_mast, |n| {
            Text::new(
                format!("{n} vị trí ghi dùng chung nhưng mã không có trong danh sách vị trí trạm"),
                format!("{n} shared sites have a code that no mast has"),
            )
        });
        [already, nothing, no_mast].into_iter().flatten().collect()
    }

    /// New masts near one that another plans, or near one that stands.
    fn towers(&self, others: &[PlannedSite]) -> Vec<Finding> {
        let towers = || self.list.iter().filter(|site| site.action == "new_tower");
        let mut by_other: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for site in towers() {
            let rivals = others.iter().filter(|other| {
                other.operator != self.operator
                    && other.action == "new_tower"
                    && near(site.position, other.position, SHARING_DISTANCE_M)
            });
            for other in rivals.map(|other| other.operator.as_str()).collect::<BTreeSet<_>>() {
                by_other.entry(other).or_default().push(site.code.clone());
            }
        }
        let mut findings: Vec<Finding> = by_other
            .into_iter()
            .map(|(other, sites)| {
                let message = Text::new(
                    format!(
                        "{} vị trí: {} và {other} cùng dự kiến dựng cột trong vòng {SHARING_DISTANCE_M:.0} m, đề nghị dùng chung",
                        sites.len(),
                        self.operator
                    ),
                    format!(
                        "{} sites: you and {other} both plan a mast within {SHARING_DISTANCE_M:.0} m; share one",
                        sites.len()
                    ),
                );
                Finding {
                    other_operator: Some(other.to_owned()),
                    ..Finding::new(FindingCode::BothPlanAMast, Severity::Warning, message, sites)
                }
            })
            .collect();
        let standing = &self.facts.network.sites;
        let close = towers().filter(|site| {
            let mut masts = standing.iter().filter(|mast| mast.code != site.code);
            masts.any(|mast| near(site.position, mast.position, SHARING_DISTANCE_M))
        });
        let close = close.map(|site| site.code.clone()).collect();
        findings.extend(
            self.found(FindingCode::MastStandsNearby, Severity::Warning, close, |n| {
                Text::new(
                    format!("{n} cột dự kiến cách cột có sẵn không quá {SHARING_DISTANCE_M:.0} m: đề nghị dùng chung"),
                    format!("{n} new masts stand within {SHARING_DISTANCE_M:.0} m of an existing one: share it"),
                )
            }),
        );
        findings
    }

    fn found(
        &self,
        code: FindingCode,
        severity: Severity,
        sites: Vec<String>,
        message: impl FnOnce(usize) -> Text,
    ) -> Option<Finding> {
        (!sites.is_empty()).then(|| Finding::new(code, severity, message(sites.len()), sites))
    }
}

fn holds(area: &Area, position: LonLat) -> bool {
    area.geometry
        .intersects(&geo_types::Point::new(position.lon_deg, position.lat_deg))
}

/// What the programme asks of all lists together: enough sites in zones, every zone that comes first addressed.
#[must_use]
pub fn check_together(
    programme: &Programme,
    minimum_in_zones: Option<u32>,
    sites: &[PlannedSite],
    facts: &Facts<'_>,
) -> Vec<Finding> {
    let zones: Vec<&Area> = zones_of_the_day(facts).collect();
    let mut findings = Vec::new();
    let inside = sites
        .iter()
        .filter(|site| zones.iter().any(|zone| holds(zone, site.position)));
    let inside = inside.count();
    if let Some(minimum) = minimum_in_zones.filter(|minimum| inside < *minimum as usize) {
        let message = Text::new(
            format!("các danh sách có {inside} vị trí trong khu, cụm, cần ít nhất {minimum}"),
            format!("the lists put {inside} sites in zones, at least {minimum} are needed"),
        );
        findings.push(Finding::new(
            FindingCode::TooFewInZones,
            Severity::Error,
            message,
            Vec::new(),
        ));
    }
    for priority in &programme.priority_zones {
        let named = zones
            .iter()
            .filter(|zone| zone.name.to_lowercase().contains(&priority.name.to_lowercase()));
        let named: Vec<&&Area> = named.collect();
        let addressed = named
            .iter()
            .any(|zone| sites.iter().any(|site| holds(zone, site.position)));
        if !named.is_empty() && !addressed {
            let message = Text::new(
                format!(
                    "khu ưu tiên «{}» ({}) chưa có vị trí nào",
                    priority.name, priority.clause
                ),
                format!(
                    "the priority zone {:?} ({}) has no site on any list",
                    priority.name, priority.clause
                ),
            );
            findings.push(Finding::new(
                FindingCode::PriorityZoneMissing,
                Severity::Warning,
                message,
                Vec::new(),
            ));
        }
    }
    findings
}
