//! How a candidate's traffic gets away: what is on the mast, the nearest fibre, a microwave hop that clears the ground, or a satellite.

use coverage_model::point_to_point::{PathGeometry, PathRequest};
use geo_types::{Coord, LineString};
use geodata::{Line, Network};
use geodesy::{LonLat, distance_m};
use rstar::RTree;
use rstar::primitives::GeomWithData;
use serde::{Deserialize, Serialize};
use terrain::Ground;

use crate::cost::BackhaulCosts;
use crate::ground_plane::plane;

/// The way of a candidate's traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackhaulKind {
    /// The mast is on air already: its own transport carries the new technology.
    OnSite,
    /// New fibre to the nearest fibre line or fibre-fed mast.
    Fibre,
    /// A microwave hop with a free first Fresnel zone.
    Microwave,
    /// A satellite terminal: neither fibre nor a free hop is near.
    Satellite,
    /// Not known: the project has no terrain, fibre or masts to judge by.
    Unknown,
}

/// How traffic gets away from a candidate, and what that adds to its cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backhaul {
    /// The way.
    pub kind: BackhaulKind,
    /// Length of the fibre or hop, metres.
    pub distance_m: f64,
    /// The mast or line at the other end.
    pub to: Option<String>,
    /// Tightest clearance of the hop, in radii of the first Fresnel zone.
    pub fresnel_ratio: Option<f64>,
    /// What it adds to the capital cost, million VND.
    pub extra_capital_million_vnd: f64,
    /// What it adds to the running cost per year, million VND.
    pub extra_yearly_million_vnd: f64,
}

impl Backhaul {
    /// Nothing is added to what is there.
    #[must_use]
    pub const fn on_site() -> Self {
        Self::free(BackhaulKind::OnSite)
    }

    /// Nobody knows.
    #[must_use]
    pub const fn unknown() -> Self {
        Self::free(BackhaulKind::Unknown)
    }

    const fn free(kind: BackhaulKind) -> Self {
        Self {
            kind,
            distance_m: 0.0,
            to: None,
            fresnel_ratio: None,
            extra_capital_million_vnd: 0.0,
            extra_yearly_million_vnd: 0.0,
        }
    }

    /// A satellite terminal.
    #[must_use]
    pub const fn satellite(costs: &BackhaulCosts) -> Self {
        let mut backhaul = Self::free(BackhaulKind::Satellite);
        backhaul.extra_capital_million_vnd = costs.satellite_million_vnd;
        backhaul.extra_yearly_million_vnd = costs.satellite_yearly_million_vnd;
        backhaul
    }
}

/// Longest microwave hop that is looked at, metres.
const LONGEST_HOP_M: f64 = 30_000.0;
/// Hops up to this length use the upper band; rain forbids it beyond.
const SHORT_HOP_M: f64 = 12_000.0;
/// Frequencies of short and long hops, MHz.
const SHORT_HOP_MHZ: f64 = 15_000.0;
const LONG_HOP_MHZ: f64 = 7_500.0;
/// Share of the first Fresnel zone that must be free (ITU-R P.530-18 § 2.2.2 at the usual effective earth radius).
const FREE_FRESNEL: f64 = 0.6;
/// Masts tried as the other end, nearest first.
const ENDS_TRIED: usize = 4;
/// Step of a hop's terrain profile, metres.
const PROFILE_STEP_M: f64 = 60.0;
/// Fibre follows roads: it is longer than the straight line by this factor.
const FIBRE_DETOUR: f64 = 1.3;
/// Fibre lines are looked up by points this far apart, metres.
const FIBRE_POINT_M: f64 = 200.0;
/// Hops end this far below the top of a mast, metres.
const BELOW_TOP_M: f64 = 3.0;

type Point = GeomWithData<[f64; 2], u32>;

/// A mast or a point of a fibre line that traffic can be handed to.
struct End {
    position: LonLat,
    name: String,
    height_m: f64,
}

/// Looks up how traffic can get away from a place.
pub(crate) struct BackhaulFinder<'a> {
    ground: Option<&'a Ground>,
    costs: BackhaulCosts,
    fibre: (RTree<Point>, Vec<End>),
    masts: (RTree<Point>, Vec<End>),
}

impl<'a> BackhaulFinder<'a> {
    pub fn new(network: &Network, fibre_lines: &[Line], ground: Option<&'a Ground>, costs: BackhaulCosts) -> Self {
        let mast = |site: &geodata::Site| End {
            position: site.position,
            name: site.code.clone(),
            height_m: site.mast_height_m.unwrap_or(USUAL_MAST_M),
        };
        let fed = network.sites.iter().filter(|site| site.fibre == Some(true)).map(mast);
        let along = fibre_lines.iter().flat_map(points_along);
        Self {
            ground,
            costs,
            fibre: tree(fed.chain(along).collect()),
            masts: tree(network.sites.iter().map(mast).collect()),
        }
    }

    /// The cheapest way from a new place with antennas at `height_m`.
    pub fn of_place(&self, position: LonLat, height_m: f64) -> Backhaul {
        let fibre = self.fibre(position);
        // A hop is only worth looking for where fibre costs more.
        let fibre_costs = fibre
            .as_ref()
            .map_or(f64::INFINITY, |way| way.extra_capital_million_vnd);
        if fibre_costs <= self.costs.microwave_hop_million_vnd {
            return fibre.unwrap_or_else(Backhaul::unknown);
        }
        let Some(ground) = self.ground else {
            return fibre.unwrap_or_else(Backhaul::unknown);
        };
        match (self.hop(ground, position, height_m), fibre) {
            (Some(hop), _) => hop,
            (None, Some(fibre)) if fibre_costs <= 4.0 * self.costs.microwave_hop_million_vnd => fibre,
            (None, _) => Backhaul::satellite(&self.costs),
        }
    }

    fn fibre(&self, position: LonLat) -> Option<Backhaul> {
        let (tree, ends) = &self.fibre;
        let end = &ends[tree.nearest_neighbor(plane(position))?.data as usize];
        let length_m = distance_m(position, end.position) * FIBRE_DETOUR;
        Some(Backhaul {
            kind: BackhaulKind::Fibre,
            distance_m: length_m,
            to: Some(end.name.clone()),
            fresnel_ratio: None,
            extra_capital_million_vnd: length_m / 1000.0 * self.costs.fibre_million_vnd_per_km,
            extra_yearly_million_vnd: 0.0,
        })
    }

    fn hop(&self, ground: &Ground, position: LonLat, height_m: f64) -> Option<Backhaul> {
        let (tree, ends) = &self.masts;
        tree.nearest_neighbor_iter(plane(position))
            .take(ENDS_TRIED)
            .map(|point| &ends[point.data as usize])
            .filter(|end| distance_m(position, end.position) <= LONGEST_HOP_M)
            .find_map(|end| {
                let fresnel_ratio = clearance(ground, (position, height_m), (end.position, end.height_m))?;
                (fresnel_ratio >= FREE_FRESNEL).then(|| Backhaul {
                    kind: BackhaulKind::Microwave,
                    distance_m: distance_m(position, end.position),
                    to: Some(end.name.clone()),
                    fresnel_ratio: Some(fresnel_ratio),
                    extra_capital_million_vnd: self.costs.microwave_hop_million_vnd,
                    extra_yearly_million_vnd: self.costs.microwave_yearly_million_vnd,
                })
            })
    }
}

/// Height of masts whose height the list does not give, metres.
const USUAL_MAST_M: f64 = 42.0;

/// Tightest clearance of a hop over terrain and clutter, in radii of the first Fresnel zone; `None` where the ground is not known.
fn clearance(ground: &Ground, from: (LonLat, f64), to: (LonLat, f64)) -> Option<f64> {
    let profile = terrain::profile(ground, from.0, to.0, PROFILE_STEP_M).ok()?;
    let short = profile.length_m() <= SHORT_HOP_M;
    let request = PathRequest {
        frequency_mhz: if short { SHORT_HOP_MHZ } else { LONG_HOP_MHZ },
        tx_height_m: (from.1 - BELOW_TOP_M).max(1.0),
        rx_height_m: (to.1 - BELOW_TOP_M).max(1.0),
        ..PathRequest::default()
    };
    Some(PathGeometry::new(&profile, &request).clearance.fresnel_ratio)
}

fn tree(ends: Vec<End>) -> (RTree<Point>, Vec<End>) {
    let points = (0u32..)
        .zip(&ends)
        .map(|(index, end)| Point::new(plane(end.position), index))
        .collect();
    (RTree::bulk_load(points), ends)
}

fn points_along(line: &Line) -> Vec<End> {
    let name = if line.name.is_empty() { &line.code } else { &line.name };
    line.geometry
        .0
        .iter()
        .flat_map(|part| spaced_points(part, FIBRE_POINT_M))
        .map(|position| End {
            position,
            name: name.clone(),
            height_m: USUAL_MAST_M,
        })
        .collect()
}

/// Points along a line, at most `step_m` apart, its vertices among them.
pub(crate) fn spaced_points(line: &LineString<f64>, step_m: f64) -> Vec<LonLat> {
    let at = |coord: Coord<f64>| LonLat::new(coord.x, coord.y);
    let mut points: Vec<LonLat> = line.0.first().map(|&first| at(first)).into_iter().collect();
    for segment in line.lines() {
        let (from, to) = (at(segment.start), at(segment.end));
        let parts = (distance_m(from, to) / step_m).ceil().clamp(1.0, 10_000.0) as u32;
        points.extend((1..=parts).map(|part| {
            let share = f64::from(part) / f64::from(parts);
            LonLat::new(
                from.lon_deg + (to.lon_deg - from.lon_deg) * share,
                from.lat_deg + (to.lat_deg - from.lat_deg) * share,
            )
        }));
    }
    points
}
