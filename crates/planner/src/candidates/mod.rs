//! Where something could be done: own masts, others' masts, villages, high ground, roads, zone land, poles, and satellite.
//!
//! | Module | Its candidates |
//! |---|---|
//! | `masts` | upgrades of own masts, co-location on others' |
//! | `new_masts` | village centres, high ground that sees many, roads, zone land |
//! | `zones` | poles inside zones |
//! | `satellite` | villages, where satellites are allowed |
//! | `filters` | where no new mast may stand, and why |

mod filters;
mod masts;
mod network_index;
mod new_masts;
mod satellite;
mod zones;

use std::collections::{BTreeMap, BTreeSet};

use geodata::{Area, Line, Network, Place, Pole, Technology};
use geodesy::LonLat;
use serde::{Deserialize, Serialize};
use terrain::Ground;

use crate::action::{ActionKind, Candidate};
use crate::cost::CostModel;
use crate::demand::Demand;

pub use filters::FilterReason;
use filters::PlaceFilter;
use network_index::NetworkIndex;

/// What stands and who lives where: the ground on which candidates are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Masts, stations and cells on air.
    pub network: &'a Network,
    /// Communes, and areas of other kinds in which nothing may be built (see [`FilterReason`]).
    pub communes: &'a [Area],
    /// Zones (KKT, KCN, CCN).
    pub zones: &'a [Area],
    /// Villages and other places.
    pub places: &'a [Place],
    /// Light and power poles.
    pub poles: &'a [Pole],
    /// Roads.
    pub roads: &'a [Line],
    /// Power lines; without any, the way to power costs nothing.
    pub power_lines: &'a [Line],
    /// Fibre lines.
    pub fibre_lines: &'a [Line],
    /// Elevation and land cover, for slope, water, high ground and microwave hops.
    pub ground: Option<&'a Ground>,
}

impl<'a> Surroundings<'a> {
    /// A network and nothing else.
    #[must_use]
    pub const fn of(network: &'a Network) -> Self {
        Self {
            network,
            communes: &[],
            zones: &[],
            places: &[],
            poles: &[],
            roads: &[],
            power_lines: &[],
            fibre_lines: &[],
            ground: None,
        }
    }
}

/// Rules by which a place becomes a candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CandidateRules {
    /// Kinds of action that may be proposed.
    pub kinds: BTreeSet<ActionKind>,
    /// An operator does not co-locate where it has a mast of its own (or a station) nearer than this, metres.
    pub co_locate_beyond_m: f64,
    /// No new mast nearer than this to an existing one: share that one instead, metres.
    pub new_tower_beyond_m: f64,
    /// Least distance between two new masts of one plan, metres, for types of mast that `spacing_by_mast_type_m` does not name.
    pub new_tower_spacing_m: f64,
    /// Least distance between two new masts by type of mast, metres.
    pub spacing_by_mast_type_m: BTreeMap<String, f64>,
    /// Height of the antennas on a new mast, metres.
    pub new_tower_height_m: f64,
    /// Type of a new mast (A1a, A1b, A2a, A2b, A2c): its cost and spacing.
    pub new_tower_type: String,
    /// Most new masts that high ground suggests; 0 = none.
    pub high_ground: u32,
    /// Roads are looked at in steps of this, metres; 0 = not at all.
    pub road_step_m: f64,
    /// High ground and roads are only looked at where at least this much demand (in people) without signal is near.
    pub least_demand_near: f64,
    /// Zone land is looked at on a grid of this step, metres; 0 = not at all.
    pub zone_step_m: f64,
    /// Poles are assumed on a grid of this step where a zone has none on the list, metres.
    pub pole_step_m: f64,
    /// Height of antennas on a pole whose height is not known, metres.
    pub pole_height_m: f64,
    /// Steepest ground for a new mast, degrees.
    pub maximum_slope_deg: f64,
    /// Whether new masts keep out of water (land cover).
    pub avoid_water: bool,
    /// Least distance of a new mast to the edge of the project's areas, the border, metres; 0 = none.
    pub border_m: f64,
}

impl Default for CandidateRules {
    fn default() -> Self {
        Self {
            kinds: [
                ActionKind::Upgrade,
                ActionKind::CoLocate,
                ActionKind::NewTower,
                ActionKind::PoleSmallCell,
            ]
            .into(),
            co_locate_beyond_m: 500.0,
            new_tower_beyond_m: 500.0,
            new_tower_spacing_m: 500.0,
            spacing_by_mast_type_m: BTreeMap::new(),
            new_tower_height_m: 42.0,
            new_tower_type: "A2b".to_owned(),
            high_ground: 200,
            road_step_m: 2_000.0,
            least_demand_near: 200.0,
            zone_step_m: 1_500.0,
            pole_step_m: 300.0,
            pole_height_m: 11.0,
            maximum_slope_deg: 25.0,
            avoid_water: true,
            border_m: 0.0,
        }
    }
}

impl CandidateRules {
    /// Least distance between two new masts of the type that is built, metres.
    #[must_use]
    pub fn spacing_m(&self) -> f64 {
        self.spacing_by_mast_type_m
            .get(&self.new_tower_type)
            .copied()
            .unwrap_or(self.new_tower_spacing_m)
    }

    /// The first number that is negative or not finite, by name.
    #[must_use]
    pub fn bad_number(&self) -> Option<&'static str> {
        let numbers = [
            ("co_locate_beyond_m", self.co_locate_beyond_m),
            ("new_tower_beyond_m", self.new_tower_beyond_m),
            ("new_tower_spacing_m", self.new_tower_spacing_m),
            ("new_tower_height_m", self.new_tower_height_m),
            ("road_step_m", self.road_step_m),
            ("least_demand_near", self.least_demand_near),
            ("zone_step_m", self.zone_step_m),
            ("pole_step_m", self.pole_step_m),
            ("pole_height_m", self.pole_height_m),
            ("maximum_slope_deg", self.maximum_slope_deg),
            ("border_m", self.border_m),
        ];
        let by_type = self
            .spacing_by_mast_type_m
            .values()
            .map(|&spacing| ("spacing_by_mast_type_m", spacing));
        numbers
            .into_iter()
            .chain(by_type)
            .find(|(_, number)| !(number.is_finite() && *number >= 0.0))
            .map(|(name, _)| name)
    }
}

/// A place that a planner set on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedCandidate {
    /// Its name in the plan.
    pub id: String,
    /// Where, `[longitude, latitude]` in degrees.
    pub position: [f64; 2],
    /// What would be done there.
    #[serde(default = "new_tower")]
    pub action: ActionKind,
    /// By whom; the operator of the nearest mast when absent.
    #[serde(default)]
    pub operator: Option<String>,
    /// Height of the antennas, metres; as the rules say when absent.
    #[serde(default)]
    pub antenna_height_m: Option<f64>,
}

const fn new_tower() -> ActionKind {
    ActionKind::NewTower
}

/// The candidates of a plan and what was left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The candidates, in a fixed order.
    pub candidates: Vec<Candidate>,
    /// Places where no new mast may stand, by reason.
    pub filtered: BTreeMap<FilterReason, u32>,
}

/// Every place where `technology` could be added by one of the operators of the network, in a fixed order.
#[must_use]
pub fn candidates(
    surroundings: &Surroundings<'_>,
    demand: &Demand,
    technology: Technology,
    rules: &CandidateRules,
    costs: &CostModel,
) -> Found {
    let maker = Maker::new(surroundings, technology, rules, costs);
    let mut found = Vec::new();
    if rules.kinds.contains(&ActionKind::Upgrade) {
        found.extend(masts::upgrades(&maker));
    }
    if rules.kinds.contains(&ActionKind::CoLocate) {
        found.extend(masts::co_locations(&maker));
    }
    let mut filter = PlaceFilter::new(surroundings, rules);
    if rules.kinds.contains(&ActionKind::NewTower) {
        found.extend(new_masts::new_masts(&maker, demand, &mut filter));
    }
    if rules.kinds.contains(&ActionKind::PoleSmallCell) {
        found.extend(zones::poles(&maker));
    }
    if rules.kinds.contains(&ActionKind::Leo) {
        found.extend(satellite::villages(&maker, demand));
    }
    Found {
        candidates: found,
        filtered: filter.counts,
    }
}

/// Candidates that a planner set by hand. The filters do not apply: whoever sets it knows the place.
#[must_use]
pub fn added(
    surroundings: &Surroundings<'_>,
    technology: Technology,
    rules: &CandidateRules,
    costs: &CostModel,
    wanted: &[AddedCandidate],
) -> Vec<Candidate> {
    let maker = Maker::new(surroundings, technology, rules, costs);
    wanted
        .iter()
        .filter_map(|one| {
            let position = LonLat::checked(one.position[0], one.position[1]).ok()?;
            let height_m = one.antenna_height_m.unwrap_or(match one.action {
                ActionKind::PoleSmallCell => rules.pole_height_m,
                _ => rules.new_tower_height_m,
            });
            let operator = one
                .operator
                .as_deref()
                .or_else(|| maker.network.nearest_operator(position))?;
            Some(Candidate {
                id: one.id.clone(),
                ..maker.in_the_open(crate::CandidateSource::Hand, one.action, position, operator, height_m)
            })
        })
        .collect()
}

/// The operators that have any station, in alphabetical order.
#[must_use]
pub fn operators(network: &Network) -> Vec<String> {
    let names: BTreeSet<&str> = network
        .stations
        .iter()
        .map(|station| station.operator.as_str())
        .collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Makes candidates: knows the network, the areas, the costs.
struct Maker<'a> {
    surroundings: &'a Surroundings<'a>,
    technology: Technology,
    rules: &'a CandidateRules,
    costs: &'a CostModel,
    network: NetworkIndex<'a>,
    communes: network_index::AreaIndex<'a>,
    zones: network_index::AreaIndex<'a>,
    backhaul: crate::backhaul::BackhaulFinder<'a>,
    power: Option<network_index::LineIndex>,
}

impl<'a> Maker<'a> {
    fn new(
        surroundings: &'a Surroundings<'a>,
        technology: Technology,
        rules: &'a CandidateRules,
        costs: &'a CostModel,
    ) -> Self {
        Self {
            surroundings,
            technology,
            rules,
            costs,
            network: NetworkIndex::new(surroundings.network),
            communes: network_index::AreaIndex::new(surroundings.communes, |kind| kind == geodata::AreaKind::Commune),
            zones: network_index::AreaIndex::new(surroundings.zones, geodata::AreaKind::is_zone),
            backhaul: crate::backhaul::BackhaulFinder::new(
                surroundings.network,
                surroundings.fibre_lines,
                surroundings.ground,
                costs.backhaul,
            ),
            power: (!surroundings.power_lines.is_empty())
                .then(|| network_index::LineIndex::new(surroundings.power_lines)),
        }
    }

    /// A candidate on a mast that stands.
    fn on_mast(&self, action: ActionKind, site: &geodata::Site, operator: &str, antenna_height_m: f64) -> Candidate {
        let source = if action == ActionKind::Upgrade {
            crate::CandidateSource::OwnMast
        } else {
            crate::CandidateSource::OthersMast
        };
        Candidate {
            id: format!("{}:{operator}:{}", action.name(), site.code),
            site_code: Some(site.code.clone()),
            host_owner: Some(site.owner.clone()),
            ..self.bare(source, action, site.position, operator, antenna_height_m, 0.0)
        }
    }

    /// A candidate where no mast stands, with its backhaul and the way to power.
    fn in_the_open(
        &self,
        source: crate::CandidateSource,
        action: ActionKind,
        position: LonLat,
        operator: &str,
        antenna_height_m: f64,
    ) -> Candidate {
        let nearest_mast_m = self.network.nearest_mast_m(position);
        let mut candidate = self.bare(source, action, position, operator, antenna_height_m, nearest_mast_m);
        candidate.backhaul = match action {
            ActionKind::Leo => crate::Backhaul::satellite(&self.costs.backhaul),
            ActionKind::NewTower => self.backhaul.of_place(position, antenna_height_m),
            // A pole stands along a street of a zone, where fibre is.
            _ => crate::Backhaul::on_site(),
        };
        if action == ActionKind::NewTower {
            let power_m = self.power.as_ref().map_or(0.0, |lines| lines.nearest_m(position));
            candidate.capital_million_vnd += candidate.backhaul.extra_capital_million_vnd
                + power_m / 1000.0 * self.costs.backhaul.power_line_million_vnd_per_km;
            candidate.yearly_million_vnd += candidate.backhaul.extra_yearly_million_vnd;
        }
        candidate
    }

    fn bare(
        &self,
        source: crate::CandidateSource,
        action: ActionKind,
        position: LonLat,
        operator: &str,
        antenna_height_m: f64,
        nearest_mast_m: f64,
    ) -> Candidate {
        let mast_type = (action == ActionKind::NewTower).then_some(self.rules.new_tower_type.as_str());
        Candidate {
            id: String::new(),
            source,
            action,
            operator: operator.to_owned(),
            technology: self.technology,
            site_code: None,
            host_owner: None,
            position,
            antenna_height_m,
            commune_code: self.communes.at(position).next().map(|area| area.code.clone()),
            zone_codes: self.zones.at(position).map(|area| area.code.clone()).collect(),
            place_code: None,
            nearest_mast_m,
            backhaul: crate::Backhaul::on_site(),
            capital_million_vnd: self.costs.capital_million_vnd(action, mast_type, nearest_mast_m),
            yearly_million_vnd: self.costs.yearly_million_vnd(action),
        }
    }
}
