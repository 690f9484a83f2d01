//! Poles inside zones that can carry a small cell.

use geodata::Pole;
use geodesy::LonLat;

use super::Maker;
use super::new_masts::grid_in_zones;
use crate::CandidateSource;
use crate::action::{ActionKind, Candidate};

/// Listed poles inside zones; in zones without any, poles assumed on a grid, as along the streets of a park.
pub(super) fn poles(maker: &Maker<'_>) -> Vec<Candidate> {
    let listed: Vec<&Pole> = maker
        .surroundings
        .poles
        .iter()
        .filter(|pole| maker.zones.at(pole.position).next().is_some())
        .collect();
    let with_poles: std::collections::BTreeSet<&str> = listed
        .iter()
        .flat_map(|pole| maker.zones.at(pole.position))
        .map(|zone| zone.code.as_str())
        .collect();
    let listed = listed.into_iter().filter_map(|pole| {
        let height_m = pole.height_m.unwrap_or(maker.rules.pole_height_m);
        on_pole(maker, pole.position, height_m, &pole.code)
    });
    let assumed = grid_in_zones(maker, maker.rules.pole_step_m)
        .into_iter()
        .filter(|place| {
            maker
                .zones
                .at(*place)
                .all(|zone| !with_poles.contains(zone.code.as_str()))
        })
        .filter_map(|place| {
            let name = format!("{:.5},{:.5}", place.lat_deg, place.lon_deg);
            on_pole(maker, place, maker.rules.pole_height_m, &name)
        });
    let mut found: Vec<Candidate> = listed.chain(assumed).collect();
    // Nested zones give the same pole twice.
    let mut known = std::collections::BTreeSet::new();
    found.retain(|candidate| known.insert(candidate.id.clone()));
    found
}

fn on_pole(maker: &Maker<'_>, position: LonLat, height_m: f64, name: &str) -> Option<Candidate> {
    let operator = maker.network.nearest_operator(position)?;
    Some(Candidate {
        id: format!("{}:{operator}:{name}", ActionKind::PoleSmallCell.name()),
        ..maker.in_the_open(
            CandidateSource::Pole,
            ActionKind::PoleSmallCell,
            position,
            operator,
            height_m,
        )
    })
}
