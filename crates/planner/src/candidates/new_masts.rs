//! Places for new masts: village centres, high ground that sees many, roads, zone land.

use geo::BoundingRect;
use geodata::PlaceKind;
use geodesy::tile_grid::{Grid, PixelWindow};
use geodesy::{LocalFrame, LonLat, distance_m};
use rstar::RTree;
use rstar::primitives::GeomWithData;
use terrain::Ground;

use super::filters::{FilterReason, PlaceFilter};
use super::{CandidateRules, Maker};
use crate::CandidateSource;
use crate::action::{ActionKind, Candidate};
use crate::backhaul::spaced_points;
use crate::demand::Demand;
use crate::ground_plane::{degrees, plane};

/// Demand counts as near a road or a peak within this distance, metres.
const NEAR_M: f64 = 3_000.0;
/// How far a peak is asked to see, metres.
const SIGHT_M: f64 = 6_000.0;
/// Zoom of the raster on which peaks are looked for: about 145 m at 18° N.
const PEAK_ZOOM: u8 = 10;
/// A peak is the highest ground within this many pixels.
const PEAK_PIXELS: u32 = 7;
/// Peaks whose view is worked out over coarse relief, and of these the ones that the engine sweeps, for each that is wanted.
const PEAKS_LOOKED_AT: usize = 4;
const PEAKS_SWEPT: usize = 2;
/// Candidates for new masts nearer than this to each other are one, metres.
const SAME_PLACE_M: f64 = 300.0;

/// All places for new masts; of those that nearly coincide the first stays: villages, then high ground, zone land, roads.
pub(super) fn new_masts(maker: &Maker<'_>, demand: &Demand, filter: &mut PlaceFilter<'_>) -> Vec<Candidate> {
    let waiting = Waiting::new(demand);
    let mut chosen = Chosen::default();
    let mut found = Vec::new();
    let villages = maker
        .surroundings
        .places
        .iter()
        .filter(|place| place.kind == PlaceKind::Village);
    for village in villages {
        if !filter.allows(village.position, &maker.network) {
            continue;
        }
        chosen.insert(village.position);
        let Some(mut candidate) = new_mast(maker, CandidateSource::Village, village.position) else {
            continue;
        };
        candidate.id = format!("new_tower:{}:{}", candidate.operator, village.code);
        candidate.place_code = Some(village.code.clone());
        found.push(candidate);
    }
    let peaks = maker
        .surroundings
        .ground
        .map(|ground| high_ground(ground, demand, &waiting, maker.rules));
    let more = [
        (CandidateSource::HighGround, peaks.unwrap_or_default()),
        (CandidateSource::ZoneLand, zone_land(maker)),
        (CandidateSource::Road, roadsides(maker, &waiting)),
    ];
    for (source, places) in more {
        for position in places {
            if chosen.is_near(position) {
                filter.count(FilterReason::NearCandidate);
                continue;
            }
            if !filter.allows(position, &maker.network) {
                continue;
            }
            chosen.insert(position);
            if let Some(mut candidate) = new_mast(maker, source, position) {
                candidate.id = place_id(&candidate);
                found.push(candidate);
            }
        }
    }
    found
}

fn new_mast(maker: &Maker<'_>, source: CandidateSource, position: LonLat) -> Option<Candidate> {
    let operator = maker.network.nearest_operator(position)?;
    Some(maker.in_the_open(
        source,
        ActionKind::NewTower,
        position,
        operator,
        maker.rules.new_tower_height_m,
    ))
}

/// A name from the place: 5 decimals are a metre.
fn place_id(candidate: &Candidate) -> String {
    format!(
        "{}:{}:{:.5},{:.5}",
        candidate.action.name(),
        candidate.operator,
        candidate.position.lat_deg,
        candidate.position.lon_deg
    )
}

/// Places that were taken already.
#[derive(Default)]
struct Chosen(RTree<[f64; 2]>);

impl Chosen {
    fn insert(&mut self, position: LonLat) {
        self.0.insert(plane(position));
    }

    fn is_near(&self, position: LonLat) -> bool {
        let reach = degrees(SAME_PLACE_M) / 1.1;
        self.0
            .locate_within_distance(plane(position), reach * reach)
            .next()
            .is_some()
    }
}

/// Demand without signal by position.
struct Waiting(RTree<GeomWithData<[f64; 2], (LonLat, f64)>>);

impl Waiting {
    fn new(demand: &Demand) -> Self {
        let points = demand
            .points
            .iter()
            .map(|point| {
                let position = demand.position(point);
                GeomWithData::new(plane(position), (position, point.weight))
            })
            .collect();
        Self(RTree::bulk_load(points))
    }

    fn within(&self, position: LonLat, reach_m: f64) -> impl Iterator<Item = (LonLat, f64)> + '_ {
        let reach = degrees(reach_m) / 1.1;
        self.0
            .locate_within_distance(plane(position), reach * reach)
            .map(|point| point.data)
    }

    fn weight_near(&self, position: LonLat) -> f64 {
        self.within(position, NEAR_M).map(|(_, weight)| weight).sum()
    }
}

/// Points along roads with demand near them.
fn roadsides(maker: &Maker<'_>, waiting: &Waiting) -> Vec<LonLat> {
    let step_m = maker.rules.road_step_m;
    if step_m <= 0.0 {
        return Vec::new();
    }
    let mut taken = Chosen::default();
    let mut places = Vec::new();
    let points = maker
        .surroundings
        .roads
        .iter()
        .flat_map(|road| &road.geometry.0)
        .flat_map(|part| spaced_points(part, step_m.max(200.0)));
    for position in points {
        // Vertices lie closer than the step: keep one of them.
        let near = taken
            .0
            .nearest_neighbor(plane(position))
            .is_some_and(|&[x, y]| distance_m(unplane([x, y]), position) < 0.8 * step_m);
        if near || waiting.weight_near(position) < maker.rules.least_demand_near {
            continue;
        }
        taken.insert(position);
        places.push(position);
    }
    places
}

fn unplane([x, y]: [f64; 2]) -> LonLat {
    LonLat::new(x / y.to_radians().cos(), y)
}

/// A grid of points inside each zone.
fn zone_land(maker: &Maker<'_>) -> Vec<LonLat> {
    grid_in_zones(maker, maker.rules.zone_step_m)
}

/// Points inside zones on a grid of ground metres; at least one in each zone that a step of the grid can miss.
pub(super) fn grid_in_zones(maker: &Maker<'_>, step_m: f64) -> Vec<LonLat> {
    use geo::{Contains, InteriorPoint};
    let mut places = Vec::new();
    if step_m <= 0.0 {
        return places;
    }
    for zone in maker.surroundings.zones.iter().filter(|area| area.kind.is_zone()) {
        let (Some(bounds), Some(inner)) = (zone.geometry.bounding_rect(), zone.geometry.interior_point()) else {
            continue;
        };
        let origin = LonLat::new(inner.x(), inner.y());
        let frame = LocalFrame::new(origin);
        let (west, south) = frame.to_local(LonLat::new(bounds.min().x, bounds.min().y));
        let (east, north) = frame.to_local(LonLat::new(bounds.max().x, bounds.max().y));
        let range = |low: f64, high: f64| ((low / step_m).ceil() as i64)..=((high / step_m).floor() as i64);
        for row in range(south, north) {
            for column in range(west, east) {
                let place = frame.to_lonlat(column as f64 * step_m, row as f64 * step_m);
                if zone
                    .geometry
                    .contains(&geo_types::Point::new(place.lon_deg, place.lat_deg))
                {
                    places.push(place);
                }
            }
        }
    }
    places
}

/// The peaks that see most demand over coarse relief, best first: more than are wanted, for the engine to choose among.
fn high_ground(ground: &Ground, demand: &Demand, waiting: &Waiting, rules: &CandidateRules) -> Vec<LonLat> {
    let wanted = rules.high_ground as usize;
    if wanted == 0 {
        return Vec::new();
    }
    let Ok(relief) = ground
        .elevation
        .window(&PixelWindow::covering(demand.window.bounds(), PEAK_ZOOM))
    else {
        return Vec::new();
    };
    let mut peaks: Vec<(f64, u32, u32)> = summits(&relief)
        .into_iter()
        .map(|(column, row)| {
            let position = relief.window.centre(column, row);
            let near: f64 = waiting.within(position, SIGHT_M).map(|(_, weight)| weight).sum();
            (near, column, row)
        })
        .filter(|(near, ..)| *near >= rules.least_demand_near.max(f64::MIN_POSITIVE))
        .collect();
    let best_first = |list: &mut Vec<(f64, u32, u32)>| {
        list.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.2, a.1).cmp(&(b.2, b.1))));
    };
    best_first(&mut peaks);
    peaks.truncate(wanted * PEAKS_LOOKED_AT);
    for peak in &mut peaks {
        let eye_m = rules.new_tower_height_m;
        peak.0 = waiting
            .within(relief.window.centre(peak.1, peak.2), SIGHT_M)
            .filter(|(there, _)| sees(&relief, (peak.1, peak.2), eye_m, *there))
            .map(|(_, weight)| weight)
            .sum();
    }
    peaks.retain(|(seen, ..)| *seen >= rules.least_demand_near.max(f64::MIN_POSITIVE));
    best_first(&mut peaks);
    peaks.truncate(wanted * PEAKS_SWEPT);
    peaks
        .into_iter()
        .map(|(_, column, row)| relief.window.centre(column, row))
        .collect()
}

/// Pixels higher than everything within [`PEAK_PIXELS`]; of equal ones the first.
fn summits(relief: &Grid<f32>) -> Vec<(u32, u32)> {
    let (columns, rows) = (relief.window.columns, relief.window.rows);
    let height = |column: u32, row: u32| relief.values[(row * columns + column) as usize];
    let mut summits = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let here = height(column, row);
            if here.is_nan() {
                continue;
            }
            let beaten = (row.saturating_sub(PEAK_PIXELS)..=(row + PEAK_PIXELS).min(rows - 1)).any(|other_row| {
                (column.saturating_sub(PEAK_PIXELS)..=(column + PEAK_PIXELS).min(columns - 1)).any(|other_column| {
                    let there = height(other_column, other_row);
                    there > here || (there == here && (other_row, other_column) < (row, column))
                })
            });
            if !beaten {
                summits.push((column, row));
            }
        }
    }
    summits
}

/// Whether the straight line from a mast's top to a person passes over the relief. The curve of the earth is 3 m at 6 km: left out.
fn sees(relief: &Grid<f32>, from: (u32, u32), eye_m: f64, to: LonLat) -> bool {
    let Some((column, row)) = relief.window.pixel_of(to) else {
        return false;
    };
    let height = |column: u32, row: u32| f64::from(relief.values[(row * relief.window.columns + column) as usize]);
    let (top, bottom) = (height(from.0, from.1) + eye_m, height(column, row) + 1.5);
    let (across, down) = (
        f64::from(column) - f64::from(from.0),
        f64::from(row) - f64::from(from.1),
    );
    let steps = across.abs().max(down.abs()) as u32;
    (1..steps).all(|step| {
        let share = f64::from(step) / f64::from(steps);
        let at = (
            (f64::from(from.0) + across * share).round() as u32,
            (f64::from(from.1) + down * share).round() as u32,
        );
        let ray = top + (bottom - top) * share;
        let ground = height(at.0, at.1);
        // Unknown ground hides nothing.
        ground.is_nan() || ground <= ray
    })
}
