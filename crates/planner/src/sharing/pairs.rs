//! Which masts come into question.

use coverage_model::{Engine, Transmitter};
use geodata::{Network, Site};
use geodesy::{LonLat, distance_m};
use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::share::Tenants;
use super::{Settlement, SharingRule, SharingRules};
use crate::action::Candidate;
use crate::ground_plane::{degrees, plane};

/// Two masts, one of which goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    pub rule: SharingRule,
    /// The mast that stays, by its index among the sites.
    pub keep: usize,
    pub leave: Leaving,
    pub distance_m: f64,
    pub settlement: Settlement,
}

/// What goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Leaving {
    /// A standing mast, by its index among the sites.
    Site(usize),
    /// A new mast that is not built, by its index in the plan's list.
    New(usize),
}

/// People are counted within this distance of a mast, metres.
const DENSITY_REACH_M: f64 = 1_000.0;

type Point = GeomWithData<[f64; 2], usize>;

/// People per km² around a place.
pub(super) fn density<'a>(engine: &'a Engine<'_>) -> impl Fn(LonLat) -> f64 + 'a {
    move |position| {
        let window = engine.window();
        let (Some(people), Some((column, row))) = (engine.population(), window.pixel_of(position)) else {
            return 0.0;
        };
        let reach = (DENSITY_REACH_M / window.pixel_size_m(row).0).ceil() as u32;
        let (mut sum, mut km2) = (0.0, 0.0);
        for row in row.saturating_sub(reach)..=(row + reach).min(window.rows - 1) {
            for column in column.saturating_sub(reach)..=(column + reach).min(window.columns - 1) {
                let here = people.get(column, row).map_or(0.0, f64::from);
                sum += if here.is_finite() { here } else { 0.0 };
                km2 += window.pixel_area_m2(row) / 1e6;
            }
        }
        if km2 > 0.0 { sum / km2 } else { 0.0 }
    }
}

fn settlement(density: f64, rules: &SharingRules) -> Settlement {
    if density >= rules.dense_from_people_per_km2 {
        Settlement::Dense
    } else {
        Settlement::Sparse
    }
}

fn tree(network: &Network) -> RTree<Point> {
    let points = network
        .sites
        .iter()
        .enumerate()
        .map(|(index, site)| Point::new(plane(site.position), index));
    RTree::bulk_load(points.collect())
}

fn within<'a>(
    tree: &'a RTree<Point>,
    network: &'a Network,
    position: LonLat,
    reach_m: f64,
) -> impl Iterator<Item = (usize, f64)> + 'a {
    let reach = degrees(reach_m);
    tree.locate_within_distance(plane(position), reach * reach)
        .map(move |point| (point.data, distance_m(network.sites[point.data].position, position)))
        .filter(move |&(_, metres)| metres <= reach_m)
}

/// Pairs of standing masts of different owners with somebody on both: near ones, and farther ones whose coverage is still to be looked at.
pub(super) fn of_network(
    network: &Network,
    tenants: &Tenants<'_>,
    density: &dyn Fn(LonLat) -> f64,
    rules: &SharingRules,
) -> Vec<Pair> {
    let tree = tree(network);
    let reach_m = rules
        .functional_within_m
        .max(rules.dense_within_m)
        .max(rules.sparse_within_m);
    let mut pairs = Vec::new();
    for (index, site) in network.sites.iter().enumerate() {
        if !tenants.anybody_on(&site.code) {
            continue;
        }
        let settlement = settlement(density(site.position), rules);
        let limit_m = match settlement {
            Settlement::Dense => rules.dense_within_m,
            Settlement::Sparse => rules.sparse_within_m,
        };
        for (other, distance_m) in within(&tree, network, site.position, reach_m) {
            let there = &network.sites[other];
            if other <= index || there.owner == site.owner || !tenants.anybody_on(&there.code) {
                continue;
            }
            let rule = if distance_m <= limit_m {
                SharingRule::WithinDistance
            } else if distance_m <= rules.functional_within_m {
                SharingRule::Functional
            } else {
                continue;
            };
            let (keep, leave) = if better_host(there, site, tenants) {
                (other, index)
            } else {
                (index, other)
            };
            pairs.push(Pair {
                rule,
                keep,
                leave: Leaving::Site(leave),
                distance_m,
                settlement,
            });
        }
    }
    nearest(pairs, rules.most_pairs)
}

/// New masts near standing ones: each with the nearest few.
pub(super) fn of_new_masts(
    network: &Network,
    new_masts: &[(Candidate, Vec<Transmitter>)],
    density: &dyn Fn(LonLat) -> f64,
    rules: &SharingRules,
) -> Vec<Pair> {
    let tree = tree(network);
    let reach_m = rules.functional_within_m.max(rules.sparse_within_m);
    let pairs = new_masts.iter().enumerate().flat_map(|(index, (candidate, _))| {
        let settlement = settlement(density(candidate.position), rules);
        within(&tree, network, candidate.position, reach_m).map(move |(keep, distance_m)| Pair {
            rule: SharingRule::NewMastNearExisting,
            keep,
            leave: Leaving::New(index),
            distance_m,
            settlement,
        })
    });
    nearest(pairs.collect(), rules.most_pairs)
}

/// The nearest pairs of each rule, in a fixed order.
fn nearest(mut pairs: Vec<Pair>, most: u32) -> Vec<Pair> {
    pairs.sort_by(|a, b| {
        a.rule
            .cmp(&b.rule)
            .then(a.distance_m.total_cmp(&b.distance_m))
            .then(a.keep.cmp(&b.keep))
    });
    let mut left = [most; 3];
    pairs.retain(|pair| {
        let left = &mut left[pair.rule as usize];
        let kept = *left > 0;
        *left = left.saturating_sub(1);
        kept
    });
    pairs
}

/// The better host has known room, then more tenants, then the taller mast, then the smaller code.
fn better_host(a: &Site, b: &Site, tenants: &Tenants<'_>) -> bool {
    let rank = |site: &Site| {
        let room = match site.free_height_m {
            Some(free) if free > 0.0 => 2,
            None => 1,
            Some(_) => 0,
        };
        // Heights in whole decimetres, so that they can be ordered.
        let height = (site.mast_height_m.unwrap_or(0.0) * 10.0) as i64;
        (room, tenants.operators_on(&site.code).len(), height)
    };
    rank(a).cmp(&rank(b)).then_with(|| b.code.cmp(&a.code)).is_gt()
}
