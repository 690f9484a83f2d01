//! Records ↔ store: how a dataset's records are written, read back, merged with what was there, and turned into served rows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{BufReader, BufWriter};

use geo::BoundingRect;
use geodata::{Area, Network, Place, Records};
use geodesy::LonLat;
use serde_json::{Value, json};
use store::{Artefact, Artefacts, NewFeature};

use crate::Problem;

/// Name of a dataset's records among the artefacts.
const RECORDS_FILE: &str = "records.json.zst";
/// Compression that costs little: the records of a province are read far oftener than they are written.
const COMPRESSION_LEVEL: i32 = 3;

/// Bytes that are compressed at a time.
const PIECE: usize = 1 << 16;

/// Writes records as one compressed JSON document.
pub fn write(artefacts: &Artefacts, records: &Records) -> Result<Artefact, Problem> {
    let path = artefacts.incoming().join(uuid::Uuid::now_v7().simple().to_string());
    let encoder = zstd::Encoder::new(std::fs::File::create_new(&path)?, COMPRESSION_LEVEL)?;
    // The document comes in pieces of a few bytes; each would be a step of the compressor.
    let mut writer = BufWriter::with_capacity(PIECE, encoder);
    serde_json::to_writer(&mut writer, records)?;
    let encoder = writer.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    encoder.finish()?.sync_all()?;
    Ok(artefacts.adopt(RECORDS_FILE, &path)?)
}

/// Whether an artefact holds records (and not a raster).
pub fn is_records(artefact: &Artefact) -> bool {
    artefact.name == RECORDS_FILE
}

/// Reads records back.
pub fn read(artefacts: &Artefacts, artefact: &Artefact) -> Result<Records, Problem> {
    let file = std::fs::File::open(artefacts.path(artefact)?)?;
    let decoder = zstd::Decoder::new(file)?;
    Ok(serde_json::from_reader(BufReader::new(decoder))?)
}

/// Lays new records over those in use.
///
/// A list replaces what it speaks of and leaves the rest: of sites, the stations of the operators that it names; of areas and places,
/// the rows of the kinds that it holds. So each operator sends its own list, and each board its own zones.
pub fn merge(old: Records, new: Records) -> Records {
    match (old, new) {
        (Records::Sites(old), Records::Sites(new)) => Records::Sites(merge_networks(old, new)),
        (Records::Areas(old), Records::Areas(new)) => {
            let kinds: BTreeSet<_> = new.iter().map(|area| area.kind).collect();
            Records::Areas(
                old.into_iter()
                    .filter(|area| !kinds.contains(&area.kind))
                    .chain(new)
                    .collect(),
            )
        }
        (Records::Places(old), Records::Places(new)) => {
            let kinds: HashSet<_> = new.iter().map(|place| place.kind).collect();
            Records::Places(
                old.into_iter()
                    .filter(|place| !kinds.contains(&place.kind))
                    .chain(new)
                    .collect(),
            )
        }
        (_, new) => new,
    }
}

fn merge_networks(old: Network, mut new: Network) -> Network {
    let mut kept = kept_beside(old, &new);
    kept.sites.append(&mut new.sites);
    kept.stations.append(&mut new.stations);
    kept.cells.append(&mut new.cells);
    kept
}

/// What stays of a network when a list comes into use.
fn kept_beside(old: Network, new: &Network) -> Network {
    let speakers: HashSet<&str> = new.stations.iter().map(|station| station.operator.as_str()).collect();
    let new_sites: HashSet<&str> = new.sites.iter().map(|site| site.code.as_str()).collect();
    let new_stations: HashSet<&str> = new.stations.iter().map(|station| station.code.as_str()).collect();
    let stations: Vec<_> = old
        .stations
        .into_iter()
        .filter(|s| !speakers.contains(s.operator.as_str()) && !new_stations.contains(s.code.as_str()))
        .collect();
    let kept: HashSet<&str> = stations.iter().map(|station| station.code.as_str()).collect();
    let carrying: HashSet<&str> = stations.iter().map(|station| station.site_code.as_str()).collect();
    let cells = old
        .cells
        .into_iter()
        .filter(|cell| kept.contains(cell.station_code.as_str()))
        .collect();
    let sites = old
        .sites
        .into_iter()
        .filter(|site| !new_sites.contains(site.code.as_str()))
        .filter(|site| carrying.contains(site.code.as_str()) || !speakers.contains(site.owner.as_str()))
        .collect();
    Network { sites, cells, stations }
}

/// The part of a network that is one operator's: its stations, their cells, and the masts that it owns or is on.
pub fn of_operator(network: Network, operator: &str) -> Network {
    let stations: Vec<_> = network
        .stations
        .into_iter()
        .filter(|station| station.operator == operator)
        .collect();
    let codes: HashSet<&str> = stations.iter().map(|station| station.code.as_str()).collect();
    let on: HashSet<&str> = stations.iter().map(|station| station.site_code.as_str()).collect();
    let cells = network
        .cells
        .into_iter()
        .filter(|cell| codes.contains(cell.station_code.as_str()))
        .collect();
    let sites = network
        .sites
        .into_iter()
        .filter(|site| site.owner == operator || on.contains(site.code.as_str()))
        .collect();
    Network { sites, cells, stations }
}

/// West, south, east, north of all records, in degrees.
pub fn bounds(records: &Records) -> Option<[f64; 4]> {
    match records {
        Records::Sites(network) => around(network.sites.iter().map(|site| site.position)),
        Records::Places(places) => around(places.iter().map(|place| place.position)),
        Records::Poles(poles) => around(poles.iter().map(|pole| pole.position)),
        Records::Measurements(rows) => around(rows.iter().map(|row| row.position)),
        Records::Areas(areas) => union(areas.iter().filter_map(|area| area.geometry.bounding_rect())),
        Records::Lines(lines) => union(lines.iter().filter_map(|line| line.geometry.bounding_rect())),
        Records::Figures(_) | Records::Crosswalk(_) => None,
    }
}

fn around(positions: impl Iterator<Item = LonLat>) -> Option<[f64; 4]> {
    geodesy::Bounds::around(positions).map(|b| [b.west, b.south, b.east, b.north])
}

fn union(boxes: impl Iterator<Item = geo_types::Rect<f64>>) -> Option<[f64; 4]> {
    boxes
        .map(|r| [r.min().x, r.min().y, r.max().x, r.max().y])
        .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
}

/// The rows that are served, in the records' order.
pub fn features(records: &Records) -> Box<dyn Iterator<Item = NewFeature> + Send + '_> {
    match records {
        Records::Sites(network) => Box::new(network_features(network)),
        Records::Areas(areas) => Box::new(areas.iter().map(area_feature)),
        Records::Places(places) => Box::new(places.iter().map(place_feature)),
        Records::Measurements(_)
        | Records::Poles(_)
        | Records::Lines(_)
        | Records::Figures(_)
        | Records::Crosswalk(_) => Box::new(std::iter::empty()),
    }
}

/// What is on a site: who and which technologies.
#[derive(Default)]
struct Tenants<'a> {
    operators: BTreeSet<&'a str>,
    technologies: BTreeMap<&'a str, BTreeSet<geodata::Technology>>,
}

fn network_features(network: &Network) -> impl Iterator<Item = NewFeature> + Send + '_ {
    let mut tenants: HashMap<&str, Tenants<'_>> = HashMap::with_capacity(network.sites.len());
    for station in &network.stations {
        let here = tenants.entry(&station.site_code).or_default();
        here.operators.insert(&station.operator);
        here.technologies
            .entry(&station.operator)
            .or_default()
            .insert(station.technology);
    }
    let sites: HashMap<&str, &geodata::Site> = network.sites.iter().map(|site| (site.code.as_str(), site)).collect();
    let stations: HashMap<&str, &geodata::Station> = network
        .stations
        .iter()
        .map(|station| (station.code.as_str(), station))
        .collect();
    let site_rows = network.sites.iter().map(move |site| {
        let here = tenants.remove(site.code.as_str()).unwrap_or_default();
        site_feature(site, &here)
    });
    let sites_of_stations = sites.clone();
    let station_rows = network
        .stations
        .iter()
        .map(move |station| station_feature(station, sites_of_stations.get(station.site_code.as_str()).copied()));
    let cell_rows = network.cells.iter().map(move |cell| {
        let station = stations.get(cell.station_code.as_str()).copied();
        let site = station.and_then(|station| sites.get(station.site_code.as_str()).copied());
        cell_feature(cell, station, site)
    });
    site_rows.chain(station_rows).chain(cell_rows)
}

fn site_feature(site: &geodata::Site, here: &Tenants<'_>) -> NewFeature {
    let mut operators: Vec<String> = here.operators.iter().map(|name| (*name).to_owned()).collect();
    let mut properties = object(site, &["position"]);
    let technologies: BTreeSet<&str> = here.technologies.values().flatten().map(|t| t.key()).collect();
    let by_operator: BTreeMap<&str, Vec<&str>> = here
        .technologies
        .iter()
        .map(|(name, list)| (*name, list.iter().map(|t| t.key()).collect()))
        .collect();
    insert(&mut properties, "operators", json!(operators));
    insert(&mut properties, "technologies", json!(technologies));
    insert(&mut properties, "technologies_by_operator", json!(by_operator));
    insert(&mut properties, "shared", json!(operators.len() > 1));
    if !operators.contains(&site.owner) {
        operators.push(site.owner.clone());
    }
    point(
        "sites",
        &site.code,
        None,
        Some(operators),
        site.restricted,
        Some(site.position),
        &properties,
    )
}

fn station_feature(station: &geodata::Station, site: Option<&geodata::Site>) -> NewFeature {
    let operators = Some(vec![station.operator.clone()]);
    let kind = Some(station.technology.key().to_owned());
    let restricted = site.is_some_and(|site| site.restricted);
    point(
        "stations",
        &station.code,
        kind,
        operators,
        restricted,
        site.map(|s| s.position),
        &object(station, &[]),
    )
}

fn cell_feature(cell: &geodata::Cell, station: Option<&geodata::Station>, site: Option<&geodata::Site>) -> NewFeature {
    let mut properties = object(cell, &[]);
    if let Some(station) = station {
        insert(&mut properties, "site_code", json!(station.site_code));
        insert(&mut properties, "operator", json!(station.operator));
        insert(&mut properties, "technology", json!(station.technology));
    }
    let operators = Some(station.map(|station| station.operator.clone()).into_iter().collect());
    let kind = station.map(|station| station.technology.key().to_owned());
    let restricted = site.is_some_and(|site| site.restricted);
    point(
        "cells",
        &cell.code,
        kind,
        operators,
        restricted,
        site.map(|s| s.position),
        &properties,
    )
}

fn area_feature(area: &Area) -> NewFeature {
    let bounds = area
        .geometry
        .bounding_rect()
        .map(|r| [r.min().x, r.min().y, r.max().x, r.max().y]);
    let geometry = geojson::Geometry::from(&area.geometry);
    let mut properties = object(area, &["geometry", "properties"]);
    if let Value::Object(all) = &mut properties {
        for (key, value) in &area.properties {
            all.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    NewFeature {
        layer: "areas",
        code: area.code.clone(),
        kind: Some(area.kind.key().to_owned()),
        operators: None,
        restricted: false,
        bounds,
        geometry: Some(geometry.to_string()),
        properties: properties.to_string(),
    }
}

fn place_feature(place: &Place) -> NewFeature {
    let kind = Some(place.kind.key().to_owned());
    point(
        "places",
        &place.code,
        kind,
        None,
        false,
        Some(place.position),
        &object(place, &["position"]),
    )
}

fn point(
    layer: &'static str,
    code: &str,
    kind: Option<String>,
    operators: Option<Vec<String>>,
    restricted: bool,
    position: Option<LonLat>,
    properties: &Value,
) -> NewFeature {
    NewFeature {
        layer,
        code: code.to_owned(),
        kind,
        operators,
        restricted,
        bounds: position.map(|p| [p.lon_deg, p.lat_deg, p.lon_deg, p.lat_deg]),
        geometry: position.map(|p| json!({"type": "Point", "coordinates": [p.lon_deg, p.lat_deg]}).to_string()),
        properties: properties.to_string(),
    }
}

/// A record as a JSON object without some of its fields.
fn object(record: &impl serde::Serialize, without: &[&str]) -> Value {
    let mut value = serde_json::to_value(record).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.retain(|key, _| !without.contains(&key.as_str()));
    }
    value
}

fn insert(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(fields) = object {
        fields.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodata::{PlaceKind, Site, Station, StationStatus, Technology};

    fn network(lists: &[(&str, &str, &str)]) -> Network {
        let mut network = Network::default();
        for (site, owner, operator) in lists {
            if !network.sites.iter().any(|s| s.code == *site) {
                network.sites.push(Site::new(*site, *owner, LonLat::new(105.5, 18.5)));
            }
            network.stations.push(Station {
                code: format!("{site}-{operator}"),
                site_code: (*site).to_owned(),
                operator: (*operator).to_owned(),
                technology: Technology::G4,
                on_air: None,
                status: StationStatus::OnAir,
            });
        }
        network
    }

    #[test]
    fn a_list_replaces_its_own_operators_stations_and_no_others() {
        let old = network(&[
            ("A", "Viettel", "Viettel"),
            ("B", "Viettel", "Viettel"),
            ("B", "Viettel", "VNPT"),
            ("C", "VNPT", "VNPT"),
        ]);
        let new = network(&[("A", "Viettel", "Viettel"), ("D", "Viettel", "Viettel")]);
        let Records::Sites(merged) = merge(Records::Sites(old), Records::Sites(new)) else {
            unreachable!()
        };
        let sites: Vec<_> = merged.sites.iter().map(|s| s.code.as_str()).collect();
        let stations: Vec<_> = merged.stations.iter().map(|s| s.code.as_str()).collect();
        assert_eq!(sites, ["B", "C", "A", "D"], "B stays for its other tenant");
        assert_eq!(stations, ["B-VNPT", "C-VNPT", "A-Viettel", "D-Viettel"]);
    }

    #[test]
    fn places_are_replaced_kind_by_kind() {
        let place = |code: &str, kind| Place::new(code, code, kind, LonLat::new(105.5, 18.5));
        let old = vec![place("v1", PlaceKind::Village), place("s1", PlaceKind::School)];
        let new = vec![place("v2", PlaceKind::Village)];
        let Records::Places(merged) = merge(Records::Places(old), Records::Places(new)) else {
            unreachable!()
        };
        assert_eq!(merged.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["s1", "v2"]);
    }

    #[test]
    fn a_site_is_seen_by_its_owner_and_its_tenants() {
        let records = Records::Sites(network(&[("A", "Viettel", "VNPT"), ("A", "Viettel", "MobiFone")]));
        let rows: Vec<_> = features(&records).collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].operators.as_deref().unwrap(), ["MobiFone", "VNPT", "Viettel"]);
        assert_eq!(rows[1].operators.as_deref().unwrap(), ["VNPT"]);
        let properties: Value = serde_json::from_str(&rows[0].properties).unwrap();
        assert_eq!(properties["shared"], true);
    }
}
