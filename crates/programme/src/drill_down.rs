//! From a figure to the very rows that it counts.

use std::collections::BTreeMap;

use geodata::{Area, Place, Site, Station};
use geodesy::LonLat;
use serde::Serialize;

use crate::facts::Facts;
use crate::measure::{Measure, RowKind, area_ha};

/// What stands for the codes of a security-restricted site.
pub const RESTRICTED: &str = "•••";

/// One row behind a figure; what does not apply is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct EvidenceRow {
    /// Code of the station, site, zone, place or commune.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Kind of area or place; technology of a station.
    pub kind: String,
    /// Operator of a station, owner of a site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Technology of a station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub technology: Option<String>,
    /// Site of a station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_code: Option<String>,
    /// Name of the commune.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    /// Cells of a station; the serving cell of a place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<String>,
    /// People.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<f64>,
    /// Of them covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covered_people: Option<f64>,
    /// Hectares of a zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_ha: Option<f64>,
    /// Signal at a place, dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal_dbm: Option<f64>,
    /// Longitude, latitude in degrees; none for restricted sites.
    pub position: Option<[f64; 2]>,
}

/// The rows of some codes, in their order.
#[must_use]
pub fn rows(facts: &Facts<'_>, measure: &Measure, codes: &[String]) -> Vec<EvidenceRow> {
    let communes: BTreeMap<&str, &str> = facts
        .communes
        .iter()
        .map(|area| (area.code.as_str(), area.name.as_str()))
        .collect();
    let lookup = Lookup { facts, communes };
    match measure.rows() {
        RowKind::Station => lookup.stations(codes),
        RowKind::Site => lookup.sites(codes),
        RowKind::Zone => lookup.areas(facts.zones, codes),
        RowKind::Commune => lookup.communes_covered(measure, codes),
        RowKind::Place => lookup.places(measure, codes),
    }
}

struct Lookup<'a> {
    facts: &'a Facts<'a>,
    communes: BTreeMap<&'a str, &'a str>,
}

fn pair(position: LonLat) -> [f64; 2] {
    [position.lon_deg, position.lat_deg]
}

impl Lookup<'_> {
    fn commune(&self, code: Option<&str>) -> Option<String> {
        self.communes.get(code?).map(|name| (*name).to_owned())
    }

    fn stations(&self, codes: &[String]) -> Vec<EvidenceRow> {
        let network = self.facts.network;
        let stations: BTreeMap<&str, &Station> = network.stations.iter().map(|one| (one.code.as_str(), one)).collect();
        let sites: BTreeMap<&str, &Site> = network.sites.iter().map(|one| (one.code.as_str(), one)).collect();
        let mut cells: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for cell in &network.cells {
            cells
                .entry(cell.station_code.as_str())
                .or_default()
                .push(cell.code.clone());
        }
        let row = |code: &String| {
            let station = stations.get(code.as_str())?;
            let site = sites.get(station.site_code.as_str());
            let technology = Some(station.technology.to_string());
            if site.is_some_and(|site| site.restricted) {
                return Some(EvidenceRow {
                    code: RESTRICTED.to_owned(),
                    name: RESTRICTED.to_owned(),
                    kind: "station".to_owned(),
                    operator: Some(station.operator.clone()),
                    technology,
                    ..EvidenceRow::default()
                });
            }
            Some(EvidenceRow {
                code: station.code.clone(),
                name: site.map(|site| site.name.clone()).unwrap_or_default(),
                kind: "station".to_owned(),
                operator: Some(station.operator.clone()),
                technology,
                site_code: Some(station.site_code.clone()),
                commune: site.and_then(|site| self.commune(site.commune_code.as_deref())),
                cells: cells.get(code.as_str()).cloned().unwrap_or_default(),
                position: site.map(|site| pair(site.position)),
                ..EvidenceRow::default()
            })
        };
        codes.iter().filter_map(row).collect()
    }

    fn sites(&self, codes: &[String]) -> Vec<EvidenceRow> {
        let sites: BTreeMap<&str, &Site> = self
            .facts
            .network
            .sites
            .iter()
            .map(|one| (one.code.as_str(), one))
            .collect();
        let row = |code: &String| {
            let site = sites.get(code.as_str())?;
            if site.restricted {
                return Some(EvidenceRow {
                    code: RESTRICTED.to_owned(),
                    name: RESTRICTED.to_owned(),
                    kind: "site".to_owned(),
                    ..EvidenceRow::default()
                });
            }
            Some(EvidenceRow {
                code: site.code.clone(),
                name: site.name.clone(),
                kind: "site".to_owned(),
                operator: Some(site.owner.clone()),
                commune: self.commune(site.commune_code.as_deref()),
                position: Some(pair(site.position)),
                ..EvidenceRow::default()
            })
        };
        codes.iter().filter_map(row).collect()
    }

    fn areas(&self, areas: &[Area], codes: &[String]) -> Vec<EvidenceRow> {
        let by_code: BTreeMap<&str, &Area> = areas.iter().map(|one| (one.code.as_str(), one)).collect();
        let row = |code: &String| {
            let area = by_code.get(code.as_str())?;
            Some(EvidenceRow {
                code: area.code.clone(),
                name: area.name.clone(),
                kind: area.kind.key().to_owned(),
                area_ha: area.kind.is_zone().then(|| area_ha(area)),
                position: middle(area),
                ..EvidenceRow::default()
            })
        };
        codes.iter().filter_map(row).collect()
    }

    fn communes_covered(&self, measure: &Measure, codes: &[String]) -> Vec<EvidenceRow> {
        let mut rows = self.areas(self.facts.communes, codes);
        let (Measure::PopulationCovered { technologies }, Some(coverage)) = (measure, self.facts.coverage) else {
            return rows;
        };
        let held = coverage.technologies();
        let Some(used) = technologies.iter().find(|technology| held.contains(technology)) else {
            return rows;
        };
        let numbers: BTreeMap<&str, (f64, f64)> = coverage
            .areas
            .iter()
            .filter(|row| row.technology == *used && row.operator.is_none())
            .map(|row| (row.area_code.as_str(), (row.people, row.covered_people)))
            .collect();
        for row in &mut rows {
            if let Some((people, covered)) = numbers.get(row.code.as_str()) {
                row.people = Some(*people);
                row.covered_people = Some(*covered);
            }
        }
        rows
    }

    fn places(&self, measure: &Measure, codes: &[String]) -> Vec<EvidenceRow> {
        let places: BTreeMap<&str, &Place> = self.facts.places.iter().map(|one| (one.code.as_str(), one)).collect();
        let wanted = match measure {
            Measure::PlacesServed { technologies, .. }
            | Measure::MeanThroughput { technologies }
            | Measure::SwitchOff { technologies, .. } => technologies.as_slice(),
            _ => &[],
        };
        let mut service: BTreeMap<&str, (Option<f64>, Option<&String>)> = BTreeMap::new();
        for row in self.facts.coverage.iter().flat_map(|coverage| &coverage.places) {
            if row.operator.is_none() && wanted.contains(&row.technology) {
                let best = service.entry(row.place_code.as_str()).or_default();
                if best
                    .0
                    .is_none_or(|signal| row.signal_dbm.is_some_and(|other| other > signal))
                {
                    *best = (row.signal_dbm, row.best_cell.as_ref());
                }
            }
        }
        let row = |code: &String| {
            let place = places.get(code.as_str())?;
            let (signal_dbm, cell) = service.get(code.as_str()).copied().unwrap_or_default();
            Some(EvidenceRow {
                code: place.code.clone(),
                name: place.name.clone(),
                kind: place.kind.key().to_owned(),
                commune: self.commune(place.commune_code.as_deref()),
                people: place.population,
                signal_dbm,
                cells: cell.cloned().into_iter().collect(),
                position: Some(pair(place.position)),
                ..EvidenceRow::default()
            })
        };
        codes.iter().filter_map(row).collect()
    }
}

/// A point inside an area, for a map to fly to.
fn middle(area: &Area) -> Option<[f64; 2]> {
    use geo::InteriorPoint;
    area.geometry.interior_point().map(|point| [point.x(), point.y()])
}
