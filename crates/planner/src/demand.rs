//! Who still waits for service: the demand that actions can win.
//!
//! People are taken from the population raster in square blocks of pixels, because the block, and not the pixel, is what a population raster knows; villages, commune
//! centres, priority places and zone land are added with weights that the programme sets. Whatever the network already serves is no demand.

use coverage_model::Engine;
use geo::{BoundingRect, Contains};
use geodata::{Area, Place, PlaceKind};
use geodesy::LonLat;
use geodesy::tile_grid::PixelWindow;
use serde::{Deserialize, Serialize};

/// What one point of demand is worth, in people: the unit of the plan's objective.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
}

impl Default for DemandWeights {
    fn default() -> Self {
        Self {
            person: 1.0,
            village: 100.0,
            commune_centre: 500.0,
            priority_place: 50.0,
            zone_km2: 200.0,
        }
    }
}

/// What a point of demand stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
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
    /// Zone land without signal in a block of pixels.
    ZoneLand {
        /// How much, km².
        km2: f64,
    },
}

/// One thing that an action can serve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DemandPoint {
    /// What it stands for.
    pub kind: DemandKind,
    /// Its worth, in people; zero or more.
    pub weight: f64,
    /// Pixel of the engine's raster (row-major index) that has to be served for it to count.
    pub pixel: u32,
}

/// All demand of one plan, over one raster.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// The raster.
    pub window: PixelWindow,
    /// The points, in a fixed order: people and zone land by block, then places.
    pub points: Vec<DemandPoint>,
    /// Points by pixel: `offsets[p]..offsets[p + 1]` are those of pixel `p`.
    offsets: Vec<u32>,
}

/// Side of a block, pixels: at zoom 12 about 150 m, near the 100 m of the usual population rasters.
const BLOCK_PIXELS: u32 = 4;

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
        points.extend(places.iter().enumerate().filter_map(|(index, place)| {
            let (column, row) = window.pixel_of(place.position)?;
            let pixel = row * window.columns + column;
            let open = !served.get(pixel as usize).copied().unwrap_or(false);
            open.then_some(DemandPoint {
                kind: DemandKind::Place { index },
                weight: match place.kind {
                    PlaceKind::Village => weights.village,
                    PlaceKind::CommuneCentre => weights.commune_centre,
                    _ => weights.priority_place,
                },
                pixel,
            })
        }));
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
    let in_zone = zone_mask(window, zones);
    let mut points = Vec::new();
    for block_row in (0..window.rows).step_by(BLOCK_PIXELS as usize) {
        for block_column in (0..window.columns).step_by(BLOCK_PIXELS as usize) {
            let mut people = Tally::default();
            let mut land = Tally::default();
            for row in block_row..(block_row + BLOCK_PIXELS).min(window.rows) {
                let pixel_km2 = window.pixel_area_m2(row) / 1e6;
                for column in block_column..(block_column + BLOCK_PIXELS).min(window.columns) {
                    let pixel = row * window.columns + column;
                    if served.get(pixel as usize).copied().unwrap_or(false) {
                        continue;
                    }
                    let count = engine
                        .population()
                        .map_or(0.0, |grid| f64::from(grid.values[pixel as usize]));
                    people.add(if count.is_finite() { count } else { 0.0 }, pixel);
                    land.add(if in_zone[pixel as usize] { pixel_km2 } else { 0.0 }, pixel);
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
    most: f64,
    pixel: u32,
}

impl Tally {
    fn add(&mut self, amount: f64, pixel: u32) {
        self.sum += amount;
        if amount > self.most {
            self.most = amount;
            self.pixel = pixel;
        }
    }

    fn point(&self, unit_weight: f64, kind: impl Fn(f64) -> DemandKind) -> Option<DemandPoint> {
        let weight = self.sum * unit_weight;
        (weight > 0.0).then(|| DemandPoint {
            kind: kind(self.sum),
            weight,
            pixel: self.pixel,
        })
    }
}

/// Which pixels have their centre in any zone: nested zones count once.
fn zone_mask(window: &PixelWindow, zones: &[Area]) -> Vec<bool> {
    let mut mask = vec![false; window.columns as usize * window.rows as usize];
    for zone in zones.iter().filter(|area| area.kind.is_zone()) {
        let Some(bounds) = zone.geometry.bounding_rect() else {
            continue;
        };
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
                    mask[(row * window.columns + column) as usize] = true;
                }
            }
        }
    }
    mask
}
