//! The network's masts, areas and lines, found by position.

use std::collections::{BTreeMap, BTreeSet};

use geo::{BoundingRect, Contains};
use geodata::{Area, AreaKind, Line, Network, Site, StationStatus, Technology};
use geodesy::{LonLat, distance_m};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::backhaul::spaced_points;
use crate::ground_plane::{degrees, plane};

type Mast = GeomWithData<[f64; 2], usize>;

/// The network's masts by position and tenant.
pub(super) struct NetworkIndex<'a> {
    network: &'a Network,
    /// Technologies on air by site code and operator.
    pub tenants: BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<Technology>>>,
    masts: RTree<Mast>,
    /// Antenna heights on air by site code, for upgrades: the height that the mast is known to bear.
    pub antenna_height_m: BTreeMap<&'a str, f64>,
}

impl<'a> NetworkIndex<'a> {
    pub fn new(network: &'a Network) -> Self {
        let mut tenants: BTreeMap<&str, BTreeMap<&str, BTreeSet<Technology>>> = BTreeMap::new();
        let mut site_of_station = BTreeMap::new();
        for station in network
            .stations
            .iter()
            .filter(|station| station.status != StationStatus::Off)
        {
            site_of_station.insert(station.code.as_str(), station.site_code.as_str());
            let by_operator = tenants.entry(&station.site_code).or_default();
            by_operator
                .entry(&station.operator)
                .or_default()
                .insert(station.technology);
        }
        let mut antenna_height_m: BTreeMap<&str, f64> = BTreeMap::new();
        for cell in &network.cells {
            if let Some(site) = site_of_station.get(cell.station_code.as_str()) {
                let height = antenna_height_m.entry(site).or_insert(cell.antenna_height_m);
                *height = height.max(cell.antenna_height_m);
            }
        }
        let masts = network
            .sites
            .iter()
            .enumerate()
            .map(|(index, site)| Mast::new(plane(site.position), index));
        Self {
            network,
            tenants,
            masts: RTree::bulk_load(masts.collect()),
            antenna_height_m,
        }
    }

    /// Whether an operator owns a mast or has a station nearer than `within_m`.
    pub fn has_station_near(&self, operator: &str, position: LonLat, within_m: f64) -> bool {
        let reach = degrees(within_m);
        self.masts
            .locate_within_distance(plane(position), reach * reach)
            .any(|mast| {
                let site = &self.network.sites[mast.data];
                let is_own = site.owner == operator
                    || self
                        .tenants
                        .get(site.code.as_str())
                        .is_some_and(|tenants| tenants.contains_key(operator));
                is_own && distance_m(site.position, position) < within_m
            })
    }

    /// Distance to the nearest mast, metres; infinite without any.
    pub fn nearest_mast_m(&self, position: LonLat) -> f64 {
        self.nearest(position)
            .take(3)
            .map(|site| distance_m(site.position, position))
            .fold(f64::INFINITY, f64::min)
    }

    /// The operator whose mast is nearest: its transport network is the shortest way there.
    pub fn nearest_operator(&self, position: LonLat) -> Option<&'a str> {
        self.nearest(position).find_map(|site| {
            let tenants = self.tenants.get(site.code.as_str())?;
            tenants
                .get_key_value(site.owner.as_str())
                .or_else(|| tenants.iter().next())
                .map(|(operator, _)| *operator)
        })
    }

    fn nearest(&self, position: LonLat) -> impl Iterator<Item = &'a Site> + '_ {
        self.masts
            .nearest_neighbor_iter(plane(position))
            .map(|mast| &self.network.sites[mast.data])
    }
}

type AreaBox = GeomWithData<Rectangle<[f64; 2]>, usize>;

/// Areas by position.
pub(super) struct AreaIndex<'a> {
    areas: &'a [Area],
    boxes: RTree<AreaBox>,
}

impl<'a> AreaIndex<'a> {
    /// The areas whose kind is wanted.
    pub fn new(areas: &'a [Area], wanted: impl Fn(AreaKind) -> bool) -> Self {
        let boxes = areas
            .iter()
            .enumerate()
            .filter(|(_, area)| wanted(area.kind))
            .filter_map(|(index, area)| {
                let bounds = area.geometry.bounding_rect()?;
                let corners = Rectangle::from_corners(bounds.min().x_y().into(), bounds.max().x_y().into());
                Some(AreaBox::new(corners, index))
            })
            .collect();
        Self {
            areas,
            boxes: RTree::bulk_load(boxes),
        }
    }

    /// Whether there is no area at all.
    pub fn is_empty(&self) -> bool {
        self.boxes.size() == 0
    }

    /// The areas that contain a position, in the order of the list.
    pub fn at(&self, position: LonLat) -> impl Iterator<Item = &'a Area> {
        let point = [position.lon_deg, position.lat_deg];
        let inside = geo_types::Point::new(position.lon_deg, position.lat_deg);
        let mut hits: Vec<usize> = self
            .boxes
            .locate_in_envelope_intersecting(AABB::from_point(point))
            .map(|area| area.data)
            .filter(|&index| self.areas[index].geometry.contains(&inside))
            .collect();
        hits.sort_unstable();
        hits.into_iter().map(|index| &self.areas[index])
    }
}

/// Lines by position.
pub(super) struct LineIndex(RTree<[f64; 2]>);

/// Lines are looked up by points this far apart, metres.
const LINE_POINT_M: f64 = 250.0;

impl LineIndex {
    pub fn new(lines: &[Line]) -> Self {
        let points = lines
            .iter()
            .flat_map(|line| &line.geometry.0)
            .flat_map(|part| spaced_points(part, LINE_POINT_M))
            .map(plane)
            .collect();
        Self(RTree::bulk_load(points))
    }

    /// Distance to the nearest line, metres, to within half the points' spacing; 0 without lines.
    pub fn nearest_m(&self, position: LonLat) -> f64 {
        let at = plane(position);
        self.0.nearest_neighbor(at).map_or(0.0, |near| {
            // Degrees of latitude: 111.2 km each.
            (near[0] - at[0]).hypot(near[1] - at[1]) * 111_200.0
        })
    }
}
