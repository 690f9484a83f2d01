//! The sharing share by its three formulas.

use std::collections::{BTreeMap, BTreeSet};

use geodata::Station;

use super::stations::{on_air, require_stations};
use super::{Counted, SharingUnit};
use crate::facts::Facts;
use crate::text::Text;

/// Operators on air at each site.
fn tenants<'a>(facts: &Facts<'a>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut tenants: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for station in on_air(facts) {
        tenants
            .entry(station.site_code.as_str())
            .or_default()
            .insert(station.operator.as_str());
    }
    tenants
}

pub(super) fn share(facts: &Facts<'_>, by: SharingUnit) -> Result<Counted, Text> {
    require_stations(facts)?;
    let tenants = tenants(facts);
    let shared = |site: &str| tenants.get(site).is_some_and(|operators| operators.len() >= 2);
    if by == SharingUnit::Location {
        let (with, without): (Vec<&str>, Vec<&str>) = tenants.keys().partition(|site| shared(site));
        let codes = |sites: Vec<&str>| sites.into_iter().map(str::to_owned).collect();
        return Counted::share(codes(with), codes(without));
    }
    let owners: BTreeMap<&str, &str> = facts
        .network
        .sites
        .iter()
        .map(|site| (site.code.as_str(), site.owner.as_str()))
        .collect();
    let hosted = |station: &Station| {
        let site = station.site_code.as_str();
        let Some(operators) = tenants.get(site) else {
            return false;
        };
        let owner = owners.get(site).copied().filter(|owner| operators.contains(owner));
        let host = owner.or_else(|| operators.first().copied());
        host.is_some_and(|host| host != station.operator)
    };
    let counts = |station: &&Station| shared(&station.site_code) && (by == SharingUnit::Station || hosted(station));
    let (with, without): (Vec<&Station>, Vec<&Station>) = on_air(facts).partition(counts);
    let codes = |stations: Vec<&Station>| stations.into_iter().map(|station| station.code.clone()).collect();
    Counted::share(codes(with), codes(without))
}
