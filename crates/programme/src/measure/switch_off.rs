//! What loses service when technologies go.

use std::collections::BTreeMap;

use geodata::{PlaceKind, Technology};

use super::places::usable;
use super::stations::{on_air, require_stations};
use super::{Counted, SwitchOffUnit, require_coverage};
use crate::facts::Facts;
use crate::text::Text;

pub(super) fn lost(facts: &Facts<'_>, technologies: &[Technology], count: SwitchOffUnit) -> Result<Counted, Text> {
    match count {
        SwitchOffUnit::Locations => dark_locations(facts, technologies),
        SwitchOffUnit::Places => dark_places(facts, technologies),
    }
}

fn dark_locations(facts: &Facts<'_>, technologies: &[Technology]) -> Result<Counted, Text> {
    require_stations(facts)?;
    let mut stays: BTreeMap<&str, bool> = BTreeMap::new();
    for station in on_air(facts) {
        *stays.entry(station.site_code.as_str()).or_default() |= !technologies.contains(&station.technology);
    }
    let dark = stays.into_iter().filter(|(_, stays)| !stays);
    Ok(Counted::count(dark.map(|(site, _)| site.to_owned()).collect()))
}

fn dark_places(facts: &Facts<'_>, technologies: &[Technology]) -> Result<Counted, Text> {
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
