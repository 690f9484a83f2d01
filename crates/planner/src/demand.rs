//! Who still waits for service: the demand that actions can win.
//!
//! People are taken from the population raster in square blocks of pixels, because the block, and not the pixel, is what a population raster knows; villages, commune
//! centres, priority places and zone land are added with weights that the programme sets. Whatever the network already serves is no demand.

use std::collections::BTreeMap;

use coverage_model::Engine;
use geo::{BoundingRect, Contains};
use geodata::{Area, Place, PlaceKind};
use geodesy::LonLat;
use geodesy::tile_grid::PixelWindow;
use serde::{Deserialize, Serialize};

/// What one point of demand is worth, in people: the unit of the plan's objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DemandWeights {
    /// One person on the population raster.
    pub person: f64,
    /// A village whose centre has no signal.
    pub village: f64,
    /// A commune centre without signal.
    pub commune_centre: f64,
    /// Any other place without signal (school, health post, border post …).
    pub priority_place: f64,
    /// One square kilometre of zone land without signal.
    pub zone_km2: f64,
    /// A village's outlying cluster without signal (what makes a village hollow).
    pub outlying_cluster: f64,
    /// Factors on the weight of places by kind: what a programme puts first.
    pub place_kinds: BTreeMap<PlaceKind, f64>,
    /// Factors on the weight of zone land by the zone's code.
    pub zones: BTreeMap<String, f64>,
}

impl DemandWeights {
    /// The first weight that is negative or not finite, by name.
    #[must_use]
    pub fn bad_number(&self) -> Option<&'static str> {
        let numbers = [
            ("person", self.person),
            ("village", self.village),
            ("commune_centre", self.commune_centre),
            ("priority_place", self.priority_place),
            ("zone_km2", self.zone_km2),
            ("outlying_cluster", self.outlying_cluster),
        ];
        let places = self.place_kinds.values().map(|&factor| ("place_kinds", factor));
        let zones = self.zones.values().map(|&factor| ("zones", factor));
        numbers
            .into_iter()
            .chain(places)
            .chain(zones)
            .find(|(_, number)| !(number.is_finite() && *number >= 0.0))
            .map(|(name, _)| name)
    }

    /// What a place without signal is worth.
    #[must_use]
    pub fn of_place(&self, kind: PlaceKind) -> f64 {
        let weight = match kind {
            PlaceKind::Village => self.village,
            PlaceKind::CommuneCentre => self.commune_centre,
            _ => self.priority_place,
        };
        weight * self.place_kinds.get(&kind).copied().unwrap_or(1.0)
    }
}

impl Default for DemandWeights {
    fn default() -> Self {
        Self {
            person: 1.0,
            village: 100.0,
            commune_centre: 500.0,
            priority_place: 50.0,
            zone_km2: 200.0,
            outlying_cluster: 50.0,
            place_kinds: BTreeMap::new(),
            zones: BTreeMap::new(),
        }
    }
}

/// What a point of demand stands for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DemandKind {
    /// People without signal in a block of pixels.
    People {
        /// How many.
        people: f64,
    },
    /// A place without signal, by its index in the list of places.
    Place {
        /// Index in the list of places that the demand was made from.
        index: usize,
    },
    /// A village's outlying cluster without signal, by the village's index in the list of places.
    OutlyingCluster {
        /// Index in the list of places that the demand was made from.
        index: usize,
    },
    /// Zone land without signal in a block of pixels.
    ZoneLand {
        /// How much, km².
        km2: f64,
    },
}

/// One thing that an action can serve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DemandPoint {
    /// What it stands for.
    pub kind: DemandKind,
    /// Its worth, in people; zero or more.
    pub weight: f64,
    /// Pixel of the engine's raster (row-major index) that has to be served for it to count.
    pub pixel: u32,
}

/// All demand of one plan, over one raster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    /// The raster.
    pub window: PixelWindow,
    /// The points, in a fixed order: people and zone land by block, then places.
    pub points: Vec<DemandPoint>,
    /// Points by pixel: `offsets[p]..offsets[p + 1]` are those of pixel `p`.
    offsets: Vec<u32>,
}

/// Side of a block, pixels: about 150 m, near the 100 m of the usual population rasters (4 pixels at zoom 12).
fn block_pixels(zoom: u8) -> u32 {
    1 << zoom.saturating_sub(10).min(6)
}

impl Demand {
    /// Collects what is not `served` yet (row-major over the engine's raster).
    #[must_use]
    pub fn unserved(
        engine: &Engine<'_>,
        served: &[bool],
        places: &[Place],
        zones: &[Area],
        weights: &DemandWeights,
    ) -> Self {
        let window = *engine.window();
        let mut points = block_points(engine, &window, served, zones, weights);
        let waiting = |position: LonLat| {
            let (column, row) = window.pixel_of(position)?;
            let pixel = row * window.columns + column;
            (!served.get(pixel as usize).copied().unwrap_or(false)).then_some(pixel)
        };
        for (index, place) in places.iter().enumerate() {
            if let Some(pixel) = waiting(place.position) {
                points.push(DemandPoint {
                    kind: DemandKind::Place { index },
                    weight: weights.of_place(place.kind),
                    pixel,
                });
            }
            if let Some(pixel) = place.outlying_cluster.and_then(waiting) {
                points.push(DemandPoint {
                    kind: DemandKind::OutlyingCluster { index },
                    weight: weights.outlying_cluster,
                    pixel,
                });
            }
        }
        let offsets = offsets_by_pixel(&mut points, window.columns as usize * window.rows as usize);
        Self {
            window,
            points,
            offsets,
        }
    }

    /// The demand that a set of served pixels (row-major indices) wins, in the order of the pixels.
    pub fn won_by<'a>(&'a self, pixels: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        pixels.iter().flat_map(move |&pixel| {
            let at = pixel as usize;
            self.offsets[at]..self.offsets[at + 1]
        })
    }

    /// Whether any demand lies on the pixel.
    #[must_use]
    pub fn is_on(&self, pixel: u32) -> bool {
        let at = pixel as usize;
        self.offsets.get(at + 1).is_some_and(|end| *end > self.offsets[at])
    }

    /// Where a point lies: the centre of its pixel.
    #[must_use]
    pub fn position(&self, point: &DemandPoint) -> LonLat {
        self.window
            .centre(point.pixel % self.window.columns, point.pixel / self.window.columns)
    }

    /// Sum of all weights.
    #[must_use]
    pub fn total_weight(&self) -> f64 {
        self.points.iter().map(|point| point.weight).sum()
    }
}

/// Sorts the points by pixel and gives the offsets of each pixel's points.
fn offsets_by_pixel(points: &mut [DemandPoint], pixels: usize) -> Vec<u32> {
    points.sort_by_key(|point| point.pixel);
    let mut offsets = vec![0u32; pixels + 1];
    for point in points.iter() {
        offsets[point.pixel as usize + 1] += 1;
    }
    for at in 0..pixels {
        offsets[at + 1] += offsets[at];
    }
    offsets
}

/// People and zone land, block by block. A block's demand hangs on its unserved pixel with most people (or most zone land).
fn block_points(
    engine: &Engine<'_>,
    window: &PixelWindow,
    served: &[bool],
    zones: &[Area],
    weights: &DemandWeights,
) -> Vec<DemandPoint> {
    let zone_factor = zone_factors(window, zones, weights);
    let block = block_pixels(window.zoom);
    let mut points = Vec::new();
    for block_row in (0..window.rows).step_by(block as usize) {
        for block_column in (0..window.columns).step_by(block as usize) {
            let mut people = Tally::default();
            let mut land = Tally::default();
            for row in block_row..(block_row + block).min(window.rows) {
                let pixel_km2 = window.pixel_area_m2(row) / 1e6;
                for column in block_column..(block_column + block).min(window.columns) {
                    let pixel = row * window.columns + column;
                    if served.get(pixel as usize).copied().unwrap_or(false) {
                        continue;
                    }
                    let count = engine
                        .population()
                        .map_or(0.0, |grid| f64::from(grid.values[pixel as usize]));
                    people.add(if count.is_finite() { count } else { 0.0 }, pixel);
                    let factor = f64::from(zone_factor[pixel as usize]);
                    if factor > 0.0 {
                        land.add_weighted(pixel_km2, factor, pixel);
                    }
                }
            }
            points.extend(people.point(weights.person, |people| DemandKind::People { people }));
            points.extend(land.point(weights.zone_km2, |km2| DemandKind::ZoneLand { km2 }));
        }
    }
    points
}

/// A sum over pixels and the pixel that gave most to it.
#[derive(Default)]
struct Tally {
    sum: f64,
    weighted: f64,
    most: f64,
    pixel: u32,
}

impl Tally {
    fn add(&mut self, amount: f64, pixel: u32) {
        self.add_weighted(amount, 1.0, pixel);
    }

    fn add_weighted(&mut self, amount: f64, factor: f64, pixel: u32) {
        self.sum += amount;
        self.weighted += amount * factor;
        if amount > self.most {
            self.most = amount;
            self.pixel = pixel;
        }
    }

    fn point(&self, unit_weight: f64, kind: impl Fn(f64) -> DemandKind) -> Option<DemandPoint> {
        let weight = self.weighted * unit_weight;
        (weight > 0.0).then(|| DemandPoint {
            kind: kind(self.sum),
            weight,
            pixel: self.pixel,
        })
    }
}

/// The factor of zone land by pixel, 0 outside: pixels whose centre lies in any zone; nested zones count once, with the largest factor.
fn zone_factors(window: &PixelWindow, zones: &[Area], weights: &DemandWeights) -> Vec<f32> {
    let mut factors = vec![0.0f32; window.columns as usize * window.rows as usize];
    for zone in zones.iter().filter(|area| area.kind.is_zone()) {
        let Some(bounds) = zone.geometry.bounding_rect() else {
            continue;
        };
        let factor = weights.zones.get(&zone.code).copied().unwrap_or(1.0) as f32;
        let north_west = window.pixel_of(LonLat::new(bounds.min().x, bounds.max().y));
        let south_east = window.pixel_of(LonLat::new(bounds.max().x, bounds.min().y));
        let (left, top) = north_west.unwrap_or((0, 0));
        let (right, bottom) = south_east.unwrap_or((window.columns - 1, window.rows - 1));
        for row in top..=bottom {
            for column in left..=right {
                let centre = window.centre(column, row);
                if zone
                    .geometry
                    .contains(&geo_types::Point::new(centre.lon_deg, centre.lat_deg))
                {
                    let slot = &mut factors[(row * window.columns + column) as usize];
                    *slot = slot.max(factor);
                }
            }
        }
    }
    factors
}
