//! Stations counted by technology.

use std::collections::{BTreeMap, BTreeSet};

use geodata::{Station, StationStatus, Technology};

use super::Counted;
use super::zones::{require_zones, sites_in, zones_of_the_day};
use crate::facts::Facts;
use crate::text::Text;

/// Stations on air.
pub(crate) fn on_air<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a Station> + use<'a> {
    facts
        .network
        .stations
        .iter()
        .filter(|station| station.status == StationStatus::OnAir)
}

pub(super) fn require_stations(facts: &Facts<'_>) -> Result<(), Text> {
    if facts.network.stations.is_empty() {
        return Err(Text::new("chưa có danh sách trạm", "no station list yet"));
    }
    Ok(())
}

pub(super) fn count(facts: &Facts<'_>, technologies: &[Technology], in_zones: bool) -> Result<Counted, Text> {
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

/// The part of the stations of some technologies that others are; the denominator counts them wherever they stand.
pub(super) fn share(
    facts: &Facts<'_>,
    technologies: &[Technology],
    in_zones: bool,
    of: &[Technology],
) -> Result<Counted, Text> {
    let part = count(facts, technologies, in_zones)?;
    let whole = count(facts, of, false)?;
    let counted = Counted::ratio(part.value, whole.value)?;
    Ok(Counted {
        rows: part.rows,
        // What the share is of, as in a ratio.
        other_rows: whole.rows,
        ..counted
    })
}

pub(super) fn ratio(facts: &Facts<'_>, technology: Technology, of: Technology) -> Result<Counted, Text> {
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
    let codes = |stations: &[&Station]| stations.iter().map(|station| station.code.clone()).collect();
    Ok(Counted {
        rows: codes(&part),
        // What the share is of, not what it lacks: the two sets are of different technologies.
        other_rows: codes(&whole),
        by_operator,
        ..counted
    })
}
