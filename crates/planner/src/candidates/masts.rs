//! Candidates on masts that stand: upgrades of own ones, co-location on others'.

use super::{Maker, operators};
use crate::action::{ActionKind, Candidate};

/// Height of antennas on a mast whose height the list does not give, metres (A2b, the commonest type).
const USUAL_MAST_M: f64 = 42.0;

/// A co-located tenant hangs its antennas this far below the top, metres.
const BELOW_TOP_M: f64 = 4.0;

/// Own masts that carry a generation before, but not this one.
pub(super) fn upgrades(maker: &Maker<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for site in &maker.surroundings.network.sites {
        let Some(tenants) = maker.network.tenants.get(site.code.as_str()) else {
            continue;
        };
        for (operator, technologies) in tenants {
            let older = technologies.iter().any(|technology| *technology < maker.technology);
            if older && !technologies.contains(&maker.technology) {
                let height = maker.network.antenna_height_m.get(site.code.as_str());
                let height = height.copied().unwrap_or(USUAL_MAST_M);
                found.push(maker.on_mast(ActionKind::Upgrade, site, operator, height));
            }
        }
    }
    found
}

/// Others' masts, for operators that have nothing near. A mast of which it is known that nothing is free on it is none.
pub(super) fn co_locations(maker: &Maker<'_>) -> Vec<Candidate> {
    let operators = operators(maker.surroundings.network);
    let mut found = Vec::new();
    for site in &maker.surroundings.network.sites {
        if site.free_height_m.is_some_and(|free| free <= 0.0) {
            continue;
        }
        for operator in &operators {
            let near = maker.rules.co_locate_beyond_m;
            if *operator == site.owner || maker.network.has_station_near(operator, site.position, near) {
                continue;
            }
            let top = site.mast_height_m.unwrap_or(USUAL_MAST_M);
            let height = site.free_height_m.unwrap_or((top - BELOW_TOP_M).max(top / 2.0));
            found.push(maker.on_mast(ActionKind::CoLocate, site, operator, height));
        }
    }
    found
}
