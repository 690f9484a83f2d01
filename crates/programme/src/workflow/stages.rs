//! A site from plan to air, by its code, and what was built against what was planned.

use std::collections::{BTreeMap, BTreeSet};

use geodata::{Network, Site, StationStatus, Technology};
use geodesy::LonLat;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::PlannedSite;

/// How far a site is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Dự kiến.
    #[default]
    Planned,
    /// Đã khảo sát.
    Surveyed,
    /// Đã cấp phép.
    Permitted,
    /// Đã xây dựng.
    Built,
    /// Đã phát sóng.
    OnAir,
}

impl Stage {
    /// All stages in their order.
    pub const ALL: [Self; 5] = [Self::Planned, Self::Surveyed, Self::Permitted, Self::Built, Self::OnAir];

    /// The name in JSON.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Surveyed => "surveyed",
            Self::Permitted => "permitted",
            Self::Built => "built",
            Self::OnAir => "on_air",
        }
    }
}

/// Somebody says how far a site is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageEvent {
    /// Site code of the list.
    pub code: String,
    /// Whose list: several operators may plan on one mast. None stands for whoever lists the code.
    #[serde(default)]
    pub operator: Option<String>,
    /// How far it is.
    pub stage: Stage,
    /// Since when.
    pub date: Date,
    /// Who says so.
    #[serde(default)]
    pub who: String,
}

/// What stands for a planned site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Built {
    /// Code of the site on air.
    pub site_code: String,
    /// Distance between plan and what stands, metres.
    pub distance_m: f64,
}

/// A planned site and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteState {
    /// The site as planned.
    #[serde(flatten)]
    pub site: PlannedSite,
    /// All that was said of it, oldest first.
    pub history: Vec<StageEvent>,
    /// What stands for it.
    pub built: Option<Built>,
}

/// How far every planned site is on a day.
///
/// A site is on air when the operator's station of the programme's technology transmits at the site of its code; else what
/// was last said of it counts, and before that the stage on the list.
#[must_use]
pub fn stages(
    sites: &[PlannedSite],
    events: &[StageEvent],
    network: &Network,
    technology: Technology,
    today: Date,
) -> Vec<SiteState> {
    let by_code: BTreeMap<&str, &Site> = network.sites.iter().map(|site| (site.code.as_str(), site)).collect();
    let on_air: BTreeSet<(&str, &str)> = on_air(network, technology);
    let state = |planned: &PlannedSite| {
        let mut history: Vec<StageEvent> = events
            .iter()
            .filter(|event| event.code == planned.code && event.date <= today)
            .filter(|event| {
                event
                    .operator
                    .as_ref()
                    .is_none_or(|operator| *operator == planned.operator)
            })
            .cloned()
            .collect();
        history.sort_by_key(|event| event.date);
        let built = on_air
            .contains(&(planned.code.as_str(), planned.operator.as_str()))
            .then(|| by_code.get(planned.code.as_str()))
            .flatten()
            .map(|site| Built {
                site_code: site.code.clone(),
                distance_m: geodesy::distance_m(site.position, planned.position),
            });
        let mut site = planned.clone();
        if let Some(event) = history.last() {
            site.stage = event.stage;
        }
        if built.is_some() {
            site.stage = Stage::OnAir;
        }
        SiteState { site, history, built }
    };
    sites.iter().map(state).collect()
}

/// Site and operator of every station of a technology on air.
fn on_air(network: &Network, technology: Technology) -> BTreeSet<(&str, &str)> {
    let stations = network.stations.iter();
    stations
        .filter(|station| station.technology == technology && station.status == StationStatus::OnAir)
        .map(|station| (station.site_code.as_str(), station.operator.as_str()))
        .collect()
}

/// How many sites are at each stage.
#[must_use]
pub fn count_stages(states: &[SiteState]) -> BTreeMap<&'static str, usize> {
    let count = |stage| states.iter().filter(|state| state.site.stage == stage).count();
    Stage::ALL
        .into_iter()
        .map(|stage| (stage.key(), count(stage)))
        .collect()
}

/// A site that was built elsewhere than planned.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// Site code.
    pub code: String,
    /// How far from the plan, metres.
    pub distance_m: f64,
}

/// What differs between the plan and what stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PlanAgainstBuilt {
    /// Planned and on air.
    pub done: Vec<String>,
    /// Planned and not on air.
    pub outstanding: Vec<String>,
    /// On air since the programme's day and never planned.
    pub unplanned: Vec<String>,
    /// On air elsewhere than planned.
    pub moved: Vec<Moved>,
}

/// Distance from the plan from which a site counts as moved, metres: more than a survey's slack.
const MOVED_M: f64 = 50.0;

/// Compares the planned sites with what stands; `since` tells the stations of the programme from those before it.
#[must_use]
pub fn plan_against_built(
    states: &[SiteState],
    network: &Network,
    technology: Technology,
    since: Date,
) -> PlanAgainstBuilt {
    let (done, outstanding): (Vec<&SiteState>, Vec<&SiteState>) =
        states.iter().partition(|state| state.site.stage == Stage::OnAir);
    let codes = |states: &[&SiteState]| states.iter().map(|state| state.site.code.clone()).collect();
    let planned: BTreeSet<(&str, &str)> = states
        .iter()
        .map(|state| (state.site.code.as_str(), state.site.operator.as_str()))
        .collect();
    let restricted: BTreeSet<&str> = network
        .sites
        .iter()
        .filter(|site| site.restricted)
        .map(|site| site.code.as_str())
        .collect();
    let new = network.stations.iter().filter(|station| {
        station.technology == technology
            && station.status == StationStatus::OnAir
            && station.on_air.is_some_and(|day| day > since)
            && !restricted.contains(station.site_code.as_str())
    });
    let unplanned: BTreeSet<String> = new
        .filter(|station| !planned.contains(&(station.site_code.as_str(), station.operator.as_str())))
        .map(|station| station.site_code.clone())
        .collect();
    let moved = states.iter().filter_map(|state| {
        let distance_m = state.built.as_ref()?.distance_m;
        (distance_m > MOVED_M).then(|| Moved {
            code: state.site.code.clone(),
            distance_m,
        })
    });
    PlanAgainstBuilt {
        done: codes(&done),
        outstanding: codes(&outstanding),
        unplanned: unplanned.into_iter().collect(),
        moved: moved.collect(),
    }
}

/// Whether a position is far enough from another to be worth telling.
#[must_use]
pub(super) fn near(a: LonLat, b: LonLat, distance_m: f64) -> bool {
    // One degree of latitude is never less than 110.5 km: most pairs need no geodesic.
    (a.lat_deg - b.lat_deg).abs() <= distance_m / 110_500.0 && geodesy::distance_m(a, b) <= distance_m
}
