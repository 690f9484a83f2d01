//! The sharing share, by its three formulas.

use std::collections::{BTreeMap, BTreeSet};

use geodata::Network;
use serde::{Deserialize, Serialize};

/// The share in percent, by each formula, with the numbers behind it. 100 stations on 84 locations of which 16 have two tenants are 19 %
/// by location, 32 % by station and 16 % by hosted tenant.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct SharingShare {
    /// Locations with two operators or more / locations, percent.
    pub by_location: f64,
    /// Stations at such locations / stations, percent.
    pub by_station: f64,
    /// Stations of hosted operators (not the owner's) at such locations / stations, percent.
    pub by_hosted_tenant: f64,
    /// Locations with a station.
    pub locations: u32,
    /// Of them with two operators or more.
    pub shared_locations: u32,
    /// Stations.
    pub stations: u32,
    /// Of them at shared locations.
    pub stations_at_shared: u32,
    /// Of them of hosted operators.
    pub hosted_stations: u32,
}

/// Who is on which mast.
pub(super) struct Tenants<'a>(BTreeMap<&'a str, BTreeSet<&'a str>>);

/// The operators on each mast.
pub(super) fn tenants(network: &Network) -> Tenants<'_> {
    let mut on: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for station in &network.stations {
        on.entry(&station.site_code).or_default().insert(&station.operator);
    }
    Tenants(on)
}

impl Tenants<'_> {
    pub fn operators_on(&self, site_code: &str) -> Vec<String> {
        let names = self.0.get(site_code).into_iter().flatten();
        names.map(|name| (*name).to_owned()).collect()
    }

    pub fn anybody_on(&self, site_code: &str) -> bool {
        self.0.contains_key(site_code)
    }
}

/// The share of a network after some masts' tenants moved (from, to).
#[must_use]
pub fn sharing_share(network: &Network, moves: &[(String, String)]) -> SharingShare {
    let to: BTreeMap<&str, &str> = moves.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let owner: BTreeMap<&str, &str> = network
        .sites
        .iter()
        .map(|site| (site.code.as_str(), site.owner.as_str()))
        .collect();
    let mut on: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for station in &network.stations {
        let site = station.site_code.as_str();
        on.entry(to.get(site).copied().unwrap_or(site))
            .or_default()
            .push(&station.operator);
    }
    let mut share = SharingShare::default();
    for (site, stations) in &on {
        let operators: BTreeSet<&&str> = stations.iter().collect();
        share.locations += 1;
        share.stations += stations.len() as u32;
        if operators.len() < 2 {
            continue;
        }
        share.shared_locations += 1;
        share.stations_at_shared += stations.len() as u32;
        // An owner without a station of its own hosts all but the first operator.
        let host = owner
            .get(site)
            .copied()
            .filter(|owner| operators.contains(owner))
            .or_else(|| operators.first().map(|first| **first));
        share.hosted_stations += stations.iter().filter(|operator| Some(**operator) != host).count() as u32;
    }
    let percent = |part: u32, whole: u32| {
        if whole == 0 {
            0.0
        } else {
            100.0 * f64::from(part) / f64::from(whole)
        }
    };
    share.by_location = percent(share.shared_locations, share.locations);
    share.by_station = percent(share.stations_at_shared, share.stations);
    share.by_hosted_tenant = percent(share.hosted_stations, share.stations);
    share
}
