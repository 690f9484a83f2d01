//! Where something could be done: own masts, others' masts, village centres.

use std::collections::{BTreeMap, BTreeSet};

use geo::{BoundingRect, Contains};
use geodata::{Area, AreaKind, Network, Place, PlaceKind, Site, StationStatus, Technology};
use geodesy::{LonLat, distance_m};
use rstar::RTree;
use rstar::primitives::GeomWithData;
use serde::{Deserialize, Serialize};

use crate::action::{ActionKind, Candidate};
use crate::cost::CostModel;

/// What stands and who lives where: the ground on which candidates are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Masts, stations and cells on air.
    pub network: &'a Network,
    /// Communes.
    pub communes: &'a [Area],
    /// Zones (KKT, KCN, CCN).
    pub zones: &'a [Area],
    /// Villages and other places.
    pub places: &'a [Place],
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
    /// Least distance between two new masts of one plan, metres.
    pub new_tower_spacing_m: f64,
    /// Height of the antennas on a new mast, metres.
    pub new_tower_height_m: f64,
}

impl Default for CandidateRules {
    fn default() -> Self {
        Self {
            kinds: [ActionKind::Upgrade, ActionKind::CoLocate, ActionKind::NewTower].into(),
            co_locate_beyond_m: 500.0,
            new_tower_beyond_m: 500.0,
            new_tower_spacing_m: 500.0,
            new_tower_height_m: 42.0,
        }
    }
}

/// Height of antennas on a mast whose height the list does not give, metres (A2b, the commonest type).
const USUAL_MAST_M: f64 = 42.0;

/// A co-located tenant hangs its antennas this far below the top, metres.
const BELOW_TOP_M: f64 = 4.0;

/// Every place where `technology` could be added by one of the operators of the network, in a fixed order.
#[must_use]
pub fn candidates(
    surroundings: &Surroundings<'_>,
    technology: Technology,
    rules: &CandidateRules,
    costs: &CostModel,
) -> Vec<Candidate> {
    let finder = Finder::new(surroundings, technology, rules, costs);
    let mut found = Vec::new();
    if rules.kinds.contains(&ActionKind::Upgrade) {
        found.extend(finder.upgrades());
    }
    if rules.kinds.contains(&ActionKind::CoLocate) {
        found.extend(finder.co_locations());
    }
    if rules.kinds.contains(&ActionKind::NewTower) {
        found.extend(finder.new_towers());
    }
    found
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

type Mast = GeomWithData<[f64; 2], usize>;

/// The network's masts by position and tenant.
struct Finder<'a> {
    surroundings: &'a Surroundings<'a>,
    technology: Technology,
    rules: &'a CandidateRules,
    costs: &'a CostModel,
    /// Technologies on air by site code and operator.
    tenants: BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<Technology>>>,
    masts: RTree<Mast>,
    /// Antenna heights on air by site code, for upgrades: the height that the mast is known to bear.
    antenna_height_m: BTreeMap<&'a str, f64>,
}

impl<'a> Finder<'a> {
    fn new(
        surroundings: &'a Surroundings<'a>,
        technology: Technology,
        rules: &'a CandidateRules,
        costs: &'a CostModel,
    ) -> Self {
        let network = surroundings.network;
        let mut tenants: BTreeMap<&str, BTreeMap<&str, BTreeSet<Technology>>> = BTreeMap::new();
        let mut site_of_station = BTreeMap::new();
        for station in network
            .stations
            .iter()
            .filter(|station| station.status != StationStatus::Off)
        {
            site_of_station.insert(station.code.as_str(), station.site_code.as_str());
            let by_operator = tenants.entry(&station.site_code).or_default();
            by_operator
                .entry(&station.operator)
                .or_default()
                .insert(station.technology);
        }
        let mut antenna_height_m: BTreeMap<&str, f64> = BTreeMap::new();
        for cell in &network.cells {
            if let Some(site) = site_of_station.get(cell.station_code.as_str()) {
                let height = antenna_height_m.entry(site).or_insert(cell.antenna_height_m);
                *height = height.max(cell.antenna_height_m);
            }
        }
        let masts = network
            .sites
            .iter()
            .enumerate()
            .map(|(index, site)| Mast::new(plane(site.position), index));
        Self {
            surroundings,
            technology,
            rules,
            costs,
            tenants,
            masts: RTree::bulk_load(masts.collect()),
            antenna_height_m,
        }
    }

    /// Own masts that carry the generation before, but not this one.
    fn upgrades(&self) -> Vec<Candidate> {
        let mut found = Vec::new();
        for site in &self.surroundings.network.sites {
            let Some(tenants) = self.tenants.get(site.code.as_str()) else {
                continue;
            };
            for (operator, technologies) in tenants {
                let older = technologies.iter().any(|technology| *technology < self.technology);
                if older && !technologies.contains(&self.technology) {
                    let height = self
                        .antenna_height_m
                        .get(site.code.as_str())
                        .copied()
                        .unwrap_or(USUAL_MAST_M);
                    found.push(self.on_mast(ActionKind::Upgrade, site, operator, height));
                }
            }
        }
        found
    }

    /// Others' masts, for operators that have nothing near.
    fn co_locations(&self) -> Vec<Candidate> {
        let operators = operators(self.surroundings.network);
        let mut found = Vec::new();
        for site in &self.surroundings.network.sites {
            for operator in &operators {
                if *operator == site.owner || self.has_station_near(operator, site.position) {
                    continue;
                }
                let top = site.mast_height_m.unwrap_or(USUAL_MAST_M);
                let height = site.free_height_m.unwrap_or((top - BELOW_TOP_M).max(top / 2.0));
                found.push(self.on_mast(ActionKind::CoLocate, site, operator, height));
            }
        }
        found
    }

    /// Village centres far from every mast.
    fn new_towers(&self) -> Vec<Candidate> {
        let villages = self
            .surroundings
            .places
            .iter()
            .filter(|place| place.kind == PlaceKind::Village);
        villages
            .filter_map(|village| {
                let nearest_m = self.nearest_mast_m(village.position);
                if nearest_m < self.rules.new_tower_beyond_m {
                    return None;
                }
                let operator = self.nearest_operator(village.position)?;
                Some(Candidate {
                    id: format!("{}:{operator}:{}", ActionKind::NewTower.name(), village.code),
                    place_code: Some(village.code.clone()),
                    nearest_mast_m: nearest_m,
                    ..self.candidate(
                        ActionKind::NewTower,
                        village.position,
                        operator,
                        self.rules.new_tower_height_m,
                        nearest_m,
                    )
                })
            })
            .collect()
    }

    fn on_mast(&self, action: ActionKind, site: &Site, operator: &str, antenna_height_m: f64) -> Candidate {
        Candidate {
            id: format!("{}:{operator}:{}", action.name(), site.code),
            site_code: Some(site.code.clone()),
            host_owner: Some(site.owner.clone()),
            ..self.candidate(action, site.position, operator, antenna_height_m, 0.0)
        }
    }

    fn candidate(
        &self,
        action: ActionKind,
        position: LonLat,
        operator: &str,
        antenna_height_m: f64,
        nearest_mast_m: f64,
    ) -> Candidate {
        Candidate {
            id: String::new(),
            action,
            operator: operator.to_owned(),
            technology: self.technology,
            site_code: None,
            host_owner: None,
            position,
            antenna_height_m,
            commune_code: areas_at(self.surroundings.communes, position)
                .find(|area| area.kind == AreaKind::Commune)
                .map(|area| area.code.clone()),
            zone_codes: areas_at(self.surroundings.zones, position)
                .filter(|area| area.kind.is_zone())
                .map(|area| area.code.clone())
                .collect(),
            place_code: None,
            nearest_mast_m,
            capital_million_vnd: self.costs.capital_million_vnd(action, nearest_mast_m),
            yearly_million_vnd: self.costs.yearly_million_vnd(action),
        }
    }

    fn has_station_near(&self, operator: &str, position: LonLat) -> bool {
        let sites = &self.surroundings.network.sites;
        let reach = degrees(self.rules.co_locate_beyond_m);
        self.masts
            .locate_within_distance(plane(position), reach * reach)
            .any(|mast| {
                let site = &sites[mast.data];
                let is_own = site.owner == operator
                    || self
                        .tenants
                        .get(site.code.as_str())
                        .is_some_and(|tenants| tenants.contains_key(operator));
                is_own && distance_m(site.position, position) < self.rules.co_locate_beyond_m
            })
    }

    fn nearest_mast_m(&self, position: LonLat) -> f64 {
        let sites = &self.surroundings.network.sites;
        self.masts
            .nearest_neighbor_iter(plane(position))
            .take(3)
            .map(|mast| distance_m(sites[mast.data].position, position))
            .fold(f64::INFINITY, f64::min)
    }

    /// The operator whose mast is nearest: its transport network is the shortest way there.
    fn nearest_operator(&self, position: LonLat) -> Option<&'a str> {
        self.masts.nearest_neighbor_iter(plane(position)).find_map(|mast| {
            let site = &self.surroundings.network.sites[mast.data];
            let tenants = self.tenants.get(site.code.as_str())?;
            tenants
                .get_key_value(site.owner.as_str())
                .or_else(|| tenants.iter().next())
                .map(|(operator, _)| *operator)
        })
    }
}

/// Areas that contain the position.
fn areas_at(areas: &[Area], position: LonLat) -> impl Iterator<Item = &Area> {
    let point = geo_types::Point::new(position.lon_deg, position.lat_deg);
    areas.iter().filter(move |area| {
        area.geometry
            .bounding_rect()
            .is_some_and(|bounds| bounds.contains(&point) && area.geometry.contains(&point))
    })
}

/// A position in degrees of latitude, near enough to rank neighbours of one province.
fn plane(position: LonLat) -> [f64; 2] {
    let shrink = position.lat_deg.to_radians().cos();
    [position.lon_deg * shrink, position.lat_deg]
}

/// A distance in the frame of [`plane`], rounded up by a tenth so that nothing near is missed.
fn degrees(distance_m: f64) -> f64 {
    distance_m / 111_000.0 * 1.1
}
