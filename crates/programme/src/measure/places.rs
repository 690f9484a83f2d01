//! Places and people: who is served, and how fast.

use std::collections::{BTreeMap, BTreeSet};

use geodata::{Place, PlaceKind, Technology};

use super::words::names;
use super::{Counted, require_coverage};
use crate::facts::{Coverage, Facts};
use crate::text::Text;

pub(super) fn served(
    facts: &Facts<'_>,
    kind: PlaceKind,
    technologies: &[Technology],
    electrified_only: bool,
) -> Result<Counted, Text> {
    let coverage = require_coverage(facts)?;
    let (usable, mut notes) = usable(coverage, technologies)?;
    let served = coverage.served_places(&usable, None);
    let of_kind = || facts.places.iter().filter(move |place| place.kind == kind);
    let unknown_power = of_kind().filter(|place| place.electrified.is_none()).count();
    if electrified_only && unknown_power > 0 {
        notes.push(Text::new(
            format!("{unknown_power} điểm không rõ có điện hay không: không tính vào mẫu số"),
            format!("of {unknown_power} places it is unknown whether they have power: left out of the denominator"),
        ));
    }
    let places: Vec<&Place> = of_kind()
        .filter(|place| !electrified_only || place.electrified == Some(true))
        .collect();
    let by_operator = served_by_operator(coverage, &usable, &places);
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

/// The share of the places that each operator serves by itself: roaming may make the two figures differ.
fn served_by_operator(coverage: &Coverage, technologies: &[Technology], places: &[&Place]) -> BTreeMap<String, f64> {
    if places.is_empty() {
        return BTreeMap::new();
    }
    let operators: BTreeSet<&str> = coverage
        .places
        .iter()
        .filter_map(|row| row.operator.as_deref())
        .collect();
    let share = |operator: &str| {
        let own = coverage.served_places(technologies, Some(operator));
        let count = places.iter().filter(|place| own.contains(place.code.as_str())).count();
        100.0 * count as f64 / places.len() as f64
    };
    operators
        .into_iter()
        .map(|operator| (operator.to_owned(), share(operator)))
        .collect()
}

/// Those of `technologies` that the run holds, with a note on the others.
pub(super) fn usable(coverage: &Coverage, technologies: &[Technology]) -> Result<(Vec<Technology>, Vec<Text>), Text> {
    let held = coverage.technologies();
    let (usable, missing): (Vec<Technology>, Vec<Technology>) =
        technologies.iter().partition(|technology| held.contains(technology));
    if usable.is_empty() {
        let names = names(technologies);
        return Err(Text::new(
            format!("lần tính vùng phủ sóng không có {names}"),
            format!("the coverage run has no {names}"),
        ));
    }
    let notes = if missing.is_empty() {
        Vec::new()
    } else {
        let (missing, usable) = (names(&missing), names(&usable));
        vec![Text::new(
            format!("lần tính không có {missing}: chỉ tính {usable}"),
            format!("the run has no {missing}: only {usable} counts"),
        )]
    };
    Ok((usable, notes))
}

pub(super) fn population(facts: &Facts<'_>, technologies: &[Technology]) -> Result<Counted, Text> {
    let coverage = require_coverage(facts)?;
    let (usable, notes) = usable(coverage, technologies)?;
    let communes: BTreeSet<&str> = facts.communes_of_the_day().map(|area| area.code.as_str()).collect();
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

/// Mean over the served villages of the faster technology's speed, weighted by people (1 where unknown).
pub(super) fn throughput(facts: &Facts<'_>, technologies: &[Technology]) -> Result<Counted, Text> {
    let coverage = require_coverage(facts)?;
    let (usable, mut notes) = usable(coverage, technologies)?;
    let mut speeds: BTreeMap<&str, f64> = BTreeMap::new();
    for row in &coverage.places {
        if let Some(mbps) = row.throughput_mbps
            && row.served
            && row.operator.is_none()
            && usable.contains(&row.technology)
        {
            let best = speeds.entry(row.place_code.as_str()).or_default();
            *best = best.max(mbps);
        }
    }
    let villages = facts.places.iter().filter(|place| place.kind == PlaceKind::Village);
    let (with, without): (Vec<&Place>, Vec<&Place>) =
        villages.partition(|place| speeds.contains_key(place.code.as_str()));
    let weight = |place: &Place| place.population.unwrap_or(1.0).max(0.0);
    let whole: f64 = with.iter().map(|place| weight(place)).sum();
    if whole <= 0.0 {
        return Err(Text::new(
            "lần tính không có tốc độ tại thôn nào",
            "the run has no speed at any village",
        ));
    }
    let sum: f64 = with
        .iter()
        .map(|place| weight(place) * speeds.get(place.code.as_str()).copied().unwrap_or_default())
        .sum();
    notes.push(Text::new(
        "ước tính bằng mô hình cho một người dùng một mình trong cell, tại trung tâm thôn; không phải số đo i-Speed",
        "modelled for one user alone in the cell, at the village centre; not an i-Speed measurement",
    ));
    let codes = |places: Vec<&Place>| places.into_iter().map(|place| place.code.clone()).collect();
    Ok(Counted {
        value: sum / whole,
        numerator: Some(sum),
        denominator: Some(whole),
        rows: codes(with),
        other_rows: codes(without),
        notes,
        ..Counted::default()
    })
}
