//! The formulas that a reading can name, and how each is computed from facts.

use std::collections::{BTreeMap, BTreeSet};

use geo::{GeodesicArea, Intersects};
use geodata::{Area, AreaKind, Place, PlaceKind, Site, Station, StationStatus, Technology};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::Unit;
use crate::facts::{Coverage, Facts};

/// A formula.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "measure", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// Stations on air of some technologies; with `in_zones` those inside at least one zone of the day.
    StationCount {
        /// Technologies that count.
        technologies: Vec<Technology>,
        /// Only stations inside a zone, each counted once however many zones hold it.
        #[serde(default)]
        in_zones: bool,
    },
    /// 100 × stations of one technology / stations of another.
    StationRatio {
        /// Technology of the numerator.
        technology: Technology,
        /// Technology of the denominator.
        of: Technology,
    },
    /// Zones that exist on the day.
    ZoneCount {
        /// Kinds that count.
        kinds: Vec<AreaKind>,
    },
    /// Stated area of zones (hectares; computed where none is stated).
    ZoneArea {
        /// Kinds that count.
        kinds: Vec<AreaKind>,
        /// Whether zones inside an economic zone count.
        nested: Nesting,
        /// Whether planned zones count.
        #[serde(default)]
        include_planned: bool,
    },
    /// 100 × zones with a station of a technology / zones that exist on the day.
    ZonesWithStation {
        /// Technology.
        technology: Technology,
        /// Kinds that count.
        kinds: Vec<AreaKind>,
    },
    /// 100 × places served by any of some technologies / places.
    PlacesServed {
        /// Kind of place.
        place: PlaceKind,
        /// Technologies of which one is enough; those that the run lacks are left out.
        technologies: Vec<Technology>,
        /// Only places with grid power.
        #[serde(default)]
        electrified_only: bool,
    },
    /// 100 × people in the footprint / people, over the communes.
    PopulationCovered {
        /// Technology (the first that the run holds).
        technologies: Vec<Technology>,
    },
    /// 100 × the shared part of locations or stations.
    Sharing {
        /// What is counted.
        by: SharingUnit,
    },
    /// What loses service when technologies go.
    SwitchOff {
        /// Technologies that go.
        technologies: Vec<Technology>,
        /// What is counted.
        count: SwitchOffUnit,
    },
}

/// Which zones count by their nesting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nesting {
    /// All.
    All,
    /// Those inside another zone.
    Inside,
    /// Those in no other zone.
    Outside,
}

/// Three formulas of the sharing share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharingUnit {
    /// Locations with two operators or more / locations.
    Location,
    /// Stations at such locations / stations.
    Station,
    /// Stations of hosted operators (not the owner, or not the first) at such locations / stations.
    HostedTenant,
}

/// What a switch-off is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchOffUnit {
    /// Locations that carry nothing else.
    Locations,
    /// Villages that no other technology serves.
    Places,
}

/// A figure with the rows behind it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Counted {
    /// The value, in the reading's unit.
    pub value: f64,
    /// Numerator of a share.
    pub numerator: Option<f64>,
    /// Denominator of a share.
    pub denominator: Option<f64>,
    /// Codes of the rows that make the figure (stations, places, zones, locations or communes).
    pub rows: Vec<String>,
    /// Codes of the rows of the denominator that do not.
    pub other_rows: Vec<String>,
    /// The same figure of each operator, where it has one.
    pub by_operator: BTreeMap<String, f64>,
    /// What was left out or assumed.
    pub notes: Vec<String>,
}

impl Counted {
    fn count(rows: Vec<String>) -> Self {
        Self {
            value: rows.len() as f64,
            rows,
            ..Self::default()
        }
    }

    /// A share; `None` when there is nothing to be a share of.
    fn share(rows: Vec<String>, other_rows: Vec<String>) -> Result<Self, String> {
        let (part, whole) = (rows.len() as f64, (rows.len() + other_rows.len()) as f64);
        let counted = Self::ratio(part, whole)?;
        Ok(Self {
            rows,
            other_rows,
            ..counted
        })
    }

    fn ratio(part: f64, whole: f64) -> Result<Self, String> {
        if whole <= 0.0 {
            return Err(
                "mẫu số bằng 0: chưa có dữ liệu để tính · the denominator is 0: no data to compute from".to_owned(),
            );
        }
        Ok(Self {
            value: 100.0 * part / whole,
            numerator: Some(part),
            denominator: Some(whole),
            ..Self::default()
        })
    }
}

impl Measure {
    /// The formula in words, in English.
    #[must_use]
    pub fn formula(&self) -> String {
        match self {
            Self::StationCount { technologies, in_zones } => {
                format!(
                    "count(stations on air, {}{})",
                    names(technologies),
                    if *in_zones { ", in ≥ 1 zone" } else { "" }
                )
            }
            Self::StationRatio { technology, of } => format!("100 × count({technology}) / count({of})"),
            Self::ZoneCount { kinds } => format!("count(zones existing on the day, {})", kind_names(kinds)),
            Self::ZoneArea { kinds, nested, .. } => {
                format!("Σ area_ha({}, {nested:?})", kind_names(kinds)).to_lowercase()
            }
            Self::ZonesWithStation { technology, kinds } => {
                format!(
                    "100 × count({} with ≥ 1 {technology} station) / count({})",
                    kind_names(kinds),
                    kind_names(kinds)
                )
            }
            Self::PlacesServed {
                place,
                technologies,
                electrified_only,
            } => {
                let power = if *electrified_only { ", with power" } else { "" };
                format!(
                    "100 × count({0}{power}, served by {1}) / count({0}{power})",
                    place.key(),
                    names(technologies)
                )
            }
            Self::PopulationCovered { technologies } => {
                format!("100 × Σ covered people({}) / Σ people", names(technologies))
            }
            Self::Sharing { by } => match by {
                SharingUnit::Location => "100 × locations with ≥ 2 operators / locations".to_owned(),
                SharingUnit::Station => "100 × stations at locations with ≥ 2 operators / stations".to_owned(),
                SharingUnit::HostedTenant => "100 × stations of hosted operators / stations".to_owned(),
            },
            Self::SwitchOff { technologies, count } => match count {
                SwitchOffUnit::Locations => format!("count(locations with nothing but {})", names(technologies)),
                SwitchOffUnit::Places => format!("count(villages served by nothing but {})", names(technologies)),
            },
        }
    }

    /// Unit of the figure.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match self {
            Self::StationCount { .. } => Unit::Station,
            Self::ZoneCount { .. } => Unit::Zone,
            Self::ZoneArea { .. } => Unit::Hectare,
            Self::SwitchOff {
                count: SwitchOffUnit::Locations,
                ..
            } => Unit::Location,
            Self::SwitchOff {
                count: SwitchOffUnit::Places,
                ..
            } => Unit::Village,
            _ => Unit::Percent,
        }
    }

    /// Computes the figure, or says why it cannot be.
    ///
    /// # Errors
    /// The reason, in Vietnamese and English.
    pub fn compute(&self, facts: &Facts<'_>) -> Result<Counted, String> {
        match self {
            Self::StationCount { technologies, in_zones } => station_count(facts, technologies, *in_zones),
            Self::StationRatio { technology, of } => station_ratio(facts, *technology, *of),
            Self::ZoneCount { kinds } => zone_count(facts, kinds),
            Self::ZoneArea {
                kinds,
                nested,
                include_planned,
            } => zone_area(facts, kinds, *nested, *include_planned),
            Self::ZonesWithStation { technology, kinds } => zones_with_station(facts, *technology, kinds),
            Self::PlacesServed {
                place,
                technologies,
                electrified_only,
            } => places_served(facts, *place, technologies, *electrified_only),
            Self::PopulationCovered { technologies } => population_covered(facts, technologies),
            Self::Sharing { by } => sharing(facts, *by),
            Self::SwitchOff { technologies, count } => match count {
                SwitchOffUnit::Locations => dark_locations(facts, technologies),
                SwitchOffUnit::Places => dark_places(facts, technologies),
            },
        }
    }
}

fn names(technologies: &[Technology]) -> String {
    technologies
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("/")
}

fn kind_names(kinds: &[AreaKind]) -> String {
    kinds.iter().map(|kind| kind.key()).collect::<Vec<_>>().join("+")
}

/// Stations on air, with their sites.
pub(crate) fn on_air<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a Station> + use<'a> {
    facts
        .network
        .stations
        .iter()
        .filter(|station| station.status == StationStatus::OnAir)
}

fn require_stations(facts: &Facts<'_>) -> Result<(), String> {
    if facts.network.stations.is_empty() {
        return Err("chưa có danh sách trạm · no station list yet".to_owned());
    }
    Ok(())
}

fn require_zones(facts: &Facts<'_>) -> Result<(), String> {
    if facts.zones.iter().any(|zone| zone.kind.is_zone()) {
        return Ok(());
    }
    Err("chưa có ranh giới khu, cụm · no zone boundaries yet".to_owned())
}

fn require_coverage<'a>(facts: &Facts<'a>) -> Result<&'a Coverage, String> {
    facts
        .coverage
        .ok_or_else(|| "chưa tính vùng phủ sóng · no coverage run yet".to_owned())
}

/// Whether a zone exists on a day: not planned, and inside its validity.
#[must_use]
pub(crate) fn exists(zone: &Area, day: Date) -> bool {
    let planned = zone.status.as_deref().is_some_and(|status| {
        let status = status.to_lowercase();
        status.contains("plan") || status.contains("quy hoạch")
    });
    !planned && zone.valid_from.is_none_or(|from| from <= day) && zone.valid_to.is_none_or(|to| day < to)
}

/// The zones that exist on the facts' day.
pub(crate) fn zones_of_the_day<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a Area> + use<'a> {
    let day = facts.today;
    facts
        .zones
        .iter()
        .filter(move |zone| zone.kind.is_zone() && exists(zone, day))
}

/// Codes of the sites that lie in at least one of `zones`.
pub(crate) fn sites_in<'a>(facts: &Facts<'a>, zones: &[&Area]) -> BTreeSet<&'a str> {
    facts
        .network
        .sites
        .iter()
        .filter(|site| zones.iter().any(|zone| holds(zone, site)))
        .map(|site| site.code.as_str())
        .collect()
}

/// Whether a zone's polygon holds a site (its border included).
pub(crate) fn holds(zone: &Area, site: &Site) -> bool {
    zone.geometry
        .intersects(&geo_types::Point::new(site.position.lon_deg, site.position.lat_deg))
}

fn station_count(facts: &Facts<'_>, technologies: &[Technology], in_zones: bool) -> Result<Counted, String> {
    require_stations(facts)?;
    let inside = if in_zones {
        require_zones(facts)?;
        Some(sites_in(facts, &zones_of_the_day(facts).collect::<Vec<_>>()))
    } else {
        None
    };
    let counted: Vec<&Station> = on_air(facts)
        .filter(|station| technologies.contains(&station.technology))
        .filter(|station| {
            inside
                .as_ref()
                .is_none_or(|sites| sites.contains(station.site_code.as_str()))
        })
        .collect();
    let mut by_operator = BTreeMap::new();
    for station in &counted {
        *by_operator.entry(station.operator.clone()).or_default() += 1.0;
    }
    let rows = counted.iter().map(|station| station.code.clone()).collect();
    Ok(Counted {
        by_operator,
        ..Counted::count(rows)
    })
}

fn station_ratio(facts: &Facts<'_>, technology: Technology, of: Technology) -> Result<Counted, String> {
    require_stations(facts)?;
    let of_technology = |wanted: Technology| on_air(facts).filter(move |station| station.technology == wanted);
    let part: Vec<&Station> = of_technology(technology).collect();
    let whole: Vec<&Station> = of_technology(of).collect();
    let mut by_operator = BTreeMap::new();
    for operator in whole.iter().map(|station| &station.operator).collect::<BTreeSet<_>>() {
        let count =
            |stations: &[&Station]| stations.iter().filter(|station| station.operator == *operator).count() as f64;
        by_operator.insert(operator.clone(), 100.0 * count(&part) / count(&whole));
    }
    let counted = Counted::ratio(part.len() as f64, whole.len() as f64)?;
    Ok(Counted {
        rows: part.iter().map(|station| station.code.clone()).collect(),
        by_operator,
        ..counted
    })
}

fn zone_count(facts: &Facts<'_>, kinds: &[AreaKind]) -> Result<Counted, String> {
    require_zones(facts)?;
    let zones = zones_of_the_day(facts).filter(|zone| kinds.contains(&zone.kind));
    Ok(Counted::count(zones.map(|zone| zone.code.clone()).collect()))
}

fn zone_area(facts: &Facts<'_>, kinds: &[AreaKind], nested: Nesting, include_planned: bool) -> Result<Counted, String> {
    require_zones(facts)?;
    let zones: Vec<&Area> = facts
        .zones
        .iter()
        .filter(|zone| kinds.contains(&zone.kind) && (include_planned || exists(zone, facts.today)))
        .filter(|zone| match nested {
            Nesting::All => true,
            Nesting::Inside => zone.parent_code.is_some(),
            Nesting::Outside => zone.parent_code.is_none(),
        })
        .collect();
    let area = |zone: &&Area| {
        zone.area_ha
            .unwrap_or_else(|| zone.geometry.geodesic_area_unsigned() / 10_000.0)
    };
    let computed = zones.iter().filter(|zone| zone.area_ha.is_none()).count();
    let notes = if computed > 0 {
        vec![format!(
            "{computed} khu không nêu diện tích: lấy diện tích tính từ ranh giới"
        )]
    } else {
        Vec::new()
    };
    let value = zones.iter().map(area).sum();
    Ok(Counted {
        value,
        rows: zones.iter().map(|zone| zone.code.clone()).collect(),
        notes,
        ..Counted::default()
    })
}

fn zones_with_station(facts: &Facts<'_>, technology: Technology, kinds: &[AreaKind]) -> Result<Counted, String> {
    require_stations(facts)?;
    require_zones(facts)?;
    let carrying: BTreeSet<&str> = on_air(facts)
        .filter(|station| station.technology == technology)
        .map(|station| station.site_code.as_str())
        .collect();
    let sites: Vec<&Site> = facts
        .network
        .sites
        .iter()
        .filter(|site| carrying.contains(site.code.as_str()))
        .collect();
    let zones = zones_of_the_day(facts).filter(|zone| kinds.contains(&zone.kind));
    let (with, without): (Vec<&Area>, Vec<&Area>) = zones.partition(|zone| sites.iter().any(|site| holds(zone, site)));
    let codes = |zones: Vec<&Area>| zones.into_iter().map(|zone| zone.code.clone()).collect();
    Counted::share(codes(with), codes(without))
}

fn places_served(
    facts: &Facts<'_>,
    kind: PlaceKind,
    technologies: &[Technology],
    electrified_only: bool,
) -> Result<Counted, String> {
    let coverage = require_coverage(facts)?;
    let (usable, mut notes) = usable(coverage, technologies)?;
    let served = coverage.served_places(&usable, None);
    let unknown_power = facts
        .places
        .iter()
        .filter(|place| place.kind == kind && place.electrified.is_none())
        .count();
    if electrified_only && unknown_power > 0 {
        notes.push(format!(
            "{unknown_power} điểm không rõ có điện hay không: không tính vào mẫu số"
        ));
    }
    let counts = |place: &&Place| place.kind == kind && (!electrified_only || place.electrified == Some(true));
    let places: Vec<&Place> = facts.places.iter().filter(counts).collect();
    let operators: BTreeSet<&str> = coverage
        .places
        .iter()
        .filter_map(|row| row.operator.as_deref())
        .collect();
    let mut by_operator = BTreeMap::new();
    for operator in operators {
        let own = coverage.served_places(&usable, Some(operator));
        let count = places.iter().filter(|place| own.contains(place.code.as_str())).count();
        if !places.is_empty() {
            by_operator.insert(operator.to_owned(), 100.0 * count as f64 / places.len() as f64);
        }
    }
    let (with, without): (Vec<&Place>, Vec<&Place>) = places
        .into_iter()
        .partition(|place| served.contains(place.code.as_str()));
    let codes = |places: Vec<&Place>| places.into_iter().map(|place| place.code.clone()).collect();
    let counted = Counted::share(codes(with), codes(without))?;
    Ok(Counted {
        by_operator,
        notes,
        ..counted
    })
}

/// Those of `technologies` that the run holds, with a note on the others.
fn usable(coverage: &Coverage, technologies: &[Technology]) -> Result<(Vec<Technology>, Vec<String>), String> {
    let held = coverage.technologies();
    let (usable, missing): (Vec<Technology>, Vec<Technology>) =
        technologies.iter().partition(|technology| held.contains(technology));
    if usable.is_empty() {
        return Err(format!(
            "lần tính vùng phủ không có {0} · the coverage run has no {0}",
            names(technologies)
        ));
    }
    let notes = if missing.is_empty() {
        Vec::new()
    } else {
        vec![format!(
            "lần tính không có {}: chỉ tính {}",
            names(&missing),
            names(&usable)
        )]
    };
    Ok((usable, notes))
}

fn population_covered(facts: &Facts<'_>, technologies: &[Technology]) -> Result<Counted, String> {
    let coverage = require_coverage(facts)?;
    let (usable, notes) = usable(coverage, technologies)?;
    let communes: BTreeSet<&str> = facts
        .communes
        .iter()
        .filter(|area| area.kind == AreaKind::Commune)
        .map(|area| area.code.as_str())
        .collect();
    let total = |operator: Option<&str>| {
        let rows = coverage.areas.iter().filter(|row| {
            row.technology == usable[0]
                && row.operator.as_deref() == operator
                && communes.contains(row.area_code.as_str())
        });
        rows.fold((0.0, 0.0), |sum, row| (sum.0 + row.covered_people, sum.1 + row.people))
    };
    let (part, whole) = total(None);
    let operators: BTreeSet<&str> = coverage
        .areas
        .iter()
        .filter_map(|row| row.operator.as_deref())
        .collect();
    let mut by_operator = BTreeMap::new();
    for operator in operators {
        let (part, whole) = total(Some(operator));
        if whole > 0.0 {
            by_operator.insert(operator.to_owned(), 100.0 * part / whole);
        }
    }
    let rows = communes.into_iter().map(str::to_owned).collect();
    let counted = Counted::ratio(part, whole)?;
    Ok(Counted {
        rows,
        by_operator,
        notes,
        ..counted
    })
}

/// Operators on air at each site.
fn tenants<'a>(facts: &Facts<'a>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut tenants: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for station in on_air(facts) {
        tenants
            .entry(station.site_code.as_str())
            .or_default()
            .insert(station.operator.as_str());
    }
    tenants
}

fn sharing(facts: &Facts<'_>, by: SharingUnit) -> Result<Counted, String> {
    require_stations(facts)?;
    let tenants = tenants(facts);
    let shared = |site: &str| tenants.get(site).is_some_and(|operators| operators.len() >= 2);
    if by == SharingUnit::Location {
        let (with, without): (Vec<&str>, Vec<&str>) = tenants.keys().partition(|site| shared(site));
        let codes = |sites: Vec<&str>| sites.into_iter().map(str::to_owned).collect();
        return Counted::share(codes(with), codes(without));
    }
    let owners: BTreeMap<&str, &str> = facts
        .network
        .sites
        .iter()
        .map(|site| (site.code.as_str(), site.owner.as_str()))
        .collect();
    let hosted = |station: &Station| {
        let operators = &tenants[station.site_code.as_str()];
        let owner = owners
            .get(station.site_code.as_str())
            .copied()
            .filter(|owner| operators.contains(owner));
        let host = owner.or_else(|| operators.first().copied());
        host.is_some_and(|host| host != station.operator)
    };
    let counts = |station: &&Station| shared(&station.site_code) && (by == SharingUnit::Station || hosted(station));
    let (with, without): (Vec<&Station>, Vec<&Station>) = on_air(facts).partition(counts);
    let codes = |stations: Vec<&Station>| stations.into_iter().map(|station| station.code.clone()).collect();
    Counted::share(codes(with), codes(without))
}

fn dark_locations(facts: &Facts<'_>, technologies: &[Technology]) -> Result<Counted, String> {
    require_stations(facts)?;
    let mut stays: BTreeMap<&str, bool> = BTreeMap::new();
    for station in on_air(facts) {
        *stays.entry(station.site_code.as_str()).or_default() |= !technologies.contains(&station.technology);
    }
    Ok(Counted::count(
        stays
            .into_iter()
            .filter(|(_, stays)| !stays)
            .map(|(site, _)| site.to_owned())
            .collect(),
    ))
}

fn dark_places(facts: &Facts<'_>, technologies: &[Technology]) -> Result<Counted, String> {
    let coverage = require_coverage(facts)?;
    let (going, notes) = usable(coverage, technologies)?;
    let staying: Vec<Technology> = coverage
        .technologies()
        .into_iter()
        .filter(|technology| !technologies.contains(technology))
        .collect();
    let before = coverage.served_places(&going, None);
    let after = coverage.served_places(&staying, None);
    let villages = facts.places.iter().filter(|place| place.kind == PlaceKind::Village);
    let lost = villages.filter(|place| before.contains(place.code.as_str()) && !after.contains(place.code.as_str()));
    Ok(Counted {
        notes,
        ..Counted::count(lost.map(|place| place.code.clone()).collect())
    })
}
