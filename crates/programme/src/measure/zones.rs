//! Zones: which exist, how large they are, which have a station.

use std::collections::BTreeSet;

use geo::{GeodesicArea, Intersects};
use geodata::{Area, AreaKind, Site, Technology};
use jiff::civil::Date;

use super::stations::{on_air, require_stations};
use super::{Counted, Nesting};
use crate::facts::Facts;
use crate::text::Text;

pub(super) fn require_zones(facts: &Facts<'_>) -> Result<(), Text> {
    if facts.zones.iter().any(|zone| zone.kind.is_zone()) {
        return Ok(());
    }
    Err(Text::new("chưa có ranh giới khu, cụm", "no zone boundaries yet"))
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

/// Stated area of a zone, hectares; that of its polygon where none is stated.
pub(crate) fn area_ha(zone: &Area) -> f64 {
    const SQUARE_METRES_PER_HECTARE: f64 = 10_000.0;
    zone.area_ha
        .unwrap_or_else(|| zone.geometry.geodesic_area_unsigned() / SQUARE_METRES_PER_HECTARE)
}

pub(super) fn count(facts: &Facts<'_>, kinds: &[AreaKind]) -> Result<Counted, Text> {
    require_zones(facts)?;
    let zones = zones_of_the_day(facts).filter(|zone| kinds.contains(&zone.kind));
    Ok(Counted::count(zones.map(|zone| zone.code.clone()).collect()))
}

pub(super) fn area(
    facts: &Facts<'_>,
    kinds: &[AreaKind],
    nested: Nesting,
    include_planned: bool,
) -> Result<Counted, Text> {
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
    let computed = zones.iter().filter(|zone| zone.area_ha.is_none()).count();
    let notes = if computed > 0 {
        vec![Text::new(
            format!("{computed} khu không nêu diện tích: lấy diện tích tính từ ranh giới"),
            format!("{computed} zones state no area: that of their boundary is taken"),
        )]
    } else {
        Vec::new()
    };
    Ok(Counted {
        value: zones.iter().map(|zone| area_ha(zone)).sum(),
        rows: zones.iter().map(|zone| zone.code.clone()).collect(),
        notes,
        ..Counted::default()
    })
}

pub(super) fn with_station(facts: &Facts<'_>, technology: Technology, kinds: &[AreaKind]) -> Result<Counted, Text> {
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
