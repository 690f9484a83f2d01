//! Stations by zone, with every station counted once in the last column.

use std::collections::BTreeMap;

use geodata::{Area, AreaKind, Site, Technology};

use crate::facts::Facts;
use crate::measure::{area_ha, exists, holds, on_air};

/// A zone with its stations.
pub(super) struct ZoneRow {
    pub code: String,
    pub name: String,
    pub kind: AreaKind,
    pub parent: String,
    pub area_ha: f64,
    pub status: String,
    /// Whether it exists on the day; stations are counted only then.
    pub exists: bool,
    pub stations_4g: usize,
    pub stations_5g: usize,
    /// 5G stations for which this is the smallest zone that holds them: these add up.
    pub stations_5g_once: usize,
}

/// All zones, those of the future without stations.
pub(super) fn zone_rows(facts: &Facts<'_>) -> Vec<ZoneRow> {
    let mut zones: Vec<&Area> = facts.zones.iter().filter(|zone| zone.kind.is_zone()).collect();
    zones.sort_by(|a, b| area_ha(a).total_cmp(&area_ha(b)).then(a.code.cmp(&b.code)));
    let mut counts = vec![[0usize; 3]; zones.len()];
    let mut stations: BTreeMap<(&str, Technology), usize> = BTreeMap::new();
    for station in on_air(facts) {
        *stations.entry((&station.site_code, station.technology)).or_default() += 1;
    }
    let at = |site: &Site, technology| {
        stations
            .get(&(site.code.as_str(), technology))
            .copied()
            .unwrap_or_default()
    };
    for site in &facts.network.sites {
        let (four, five) = (at(site, Technology::G4), at(site, Technology::G5));
        let mut first = true;
        for (count, zone) in counts.iter_mut().zip(&zones) {
            if (four > 0 || five > 0) && exists(zone, facts.today) && holds(zone, site) {
                count[0] += four;
                count[1] += five;
                count[2] += if first { five } else { 0 };
                first = false;
            }
        }
    }
    let mut rows: Vec<ZoneRow> = zones
        .into_iter()
        .zip(counts)
        .map(|(zone, [stations_4g, stations_5g, stations_5g_once])| ZoneRow {
            code: zone.code.clone(),
            name: zone.name.clone(),
            kind: zone.kind,
            parent: zone.parent_code.clone().unwrap_or_default(),
            area_ha: area_ha(zone),
            status: zone.status.clone().unwrap_or_default(),
            exists: exists(zone, facts.today),
            stations_4g,
            stations_5g,
            stations_5g_once,
        })
        .collect();
    rows.sort_by(|a, b| a.kind.key().cmp(b.kind.key()).then(a.code.cmp(&b.code)));
    rows
}
