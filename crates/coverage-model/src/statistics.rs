//! Numbers per area and per place, from signal layers.

use std::collections::BTreeSet;

use geo::BoundingRect;
use geodata::{Area, Place};
use geodesy::LonLat;
use geodesy::tile_grid::{Grid, PixelWindow};
use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

use crate::membership::{Inside, Span, complement, merged, spans};
use crate::{
    Amount, AreaStatistics, CoverageParameters, Layer, PlaceService, Quantity, Together, UnionStatistics, VillageClass,
};

/// Which pixels and places belong to which area, and to several areas together; the same for all layers.
#[derive(Debug)]
pub struct AreaMembers<'a> {
    areas: &'a [Area],
    of_area: Vec<Members>,
    together: Vec<(Together, Members, Vec<Span>)>,
}

/// Pixels and places of an area, or of several.
#[derive(Debug)]
struct Members {
    spans: Vec<Span>,
    /// Indices of the places.
    places: Vec<usize>,
}

/// A place's longitude and latitude, and its index.
type PlacePoint = GeomWithData<[f64; 2], usize>;

impl<'a> AreaMembers<'a> {
    /// Lays areas on the raster: a pixel belongs to every area that holds its centre. A place on the raster belongs to every area that holds
    /// the place itself, whatever the size of the pixels.
    #[must_use]
    pub fn new(areas: &'a [Area], places: &[Place], window: &PixelWindow) -> Self {
        let points = places.iter().enumerate().filter_map(|(index, place)| {
            window.pixel_of(place.position)?;
            Some(PlacePoint::new([place.position.lon_deg, place.position.lat_deg], index))
        });
        let points = RTree::bulk_load(points.collect());
        let of_area: Vec<Members> = areas
            .par_iter()
            .map(|area| Members {
                spans: spans(&area.geometry, window),
                places: places_inside(area, &points),
            })
            .collect();
        let together = Together::ALL
            .into_par_iter()
            .map(|together| {
                let chosen = areas.iter().zip(&of_area).filter(|(area, _)| together.takes(area.kind));
                let members: Vec<&Members> = chosen.map(|(_, members)| members).collect();
                let spans = merged(members.iter().flat_map(|one| one.spans.iter().copied()).collect());
                let outside = complement(&spans, window);
                let places = members.iter().flat_map(|one| one.places.iter().copied());
                let places = places.collect::<BTreeSet<_>>().into_iter().collect();
                (together, Members { spans, places }, outside)
            })
            .collect();
        Self {
            areas,
            of_area,
            together,
        }
    }

    /// Numbers of every area on one signal layer. `service` are the layer's places, in the order of the places.
    #[must_use]
    pub fn statistics(&self, counted: &Counted<'_>, service: &[PlaceService]) -> Vec<AreaStatistics> {
        self.areas
            .par_iter()
            .zip(&self.of_area)
            .map(|(area, members)| {
                let sums = counted.sums(&members.spans);
                AreaStatistics {
                    area_code: area.code.clone(),
                    technology: counted.layer.technology,
                    operator: counted.layer.operator.clone(),
                    km2: sums.whole.km2,
                    covered_km2: sums.covered.km2,
                    people: sums.whole.people,
                    covered_people: sums.covered.people,
                    places: members.places.len() as u32,
                    served_places: members.served(service),
                }
            })
            .collect()
    }

    /// Numbers of the areas together, every pixel and place once, and of what lies outside them.
    #[must_use]
    pub fn unions(&self, counted: &Counted<'_>, service: &[PlaceService]) -> Vec<UnionStatistics> {
        self.together
            .par_iter()
            .map(|(together, members, outside)| {
                let sums = counted.sums(&members.spans);
                UnionStatistics {
                    together: *together,
                    technology: counted.layer.technology,
                    operator: counted.layer.operator.clone(),
                    whole: sums.whole,
                    covered: sums.covered,
                    spill: counted.sums(outside).covered,
                    places: members.places.len() as u32,
                    served_places: members.served(service),
                }
            })
            .collect()
    }
}

impl Members {
    fn served(&self, service: &[PlaceService]) -> u32 {
        let served = |&&index: &&usize| service.get(index).is_some_and(|place| place.served);
        self.places.iter().filter(served).count() as u32
    }
}

/// Indices of the places in an area, rising.
fn places_inside(area: &Area, points: &RTree<PlacePoint>) -> Vec<usize> {
    let Some(bounds) = area.geometry.bounding_rect() else {
        return Vec::new();
    };
    let inside = Inside::new(&area.geometry);
    let (low, high) = (bounds.min(), bounds.max());
    let near = points.locate_in_envelope(AABB::from_corners([low.x, low.y], [high.x, high.y]));
    let held = near.filter(|point| {
        let &[lon_deg, lat_deg] = point.geom();
        inside.holds(LonLat::new(lon_deg, lat_deg))
    });
    let mut places: Vec<usize> = held.map(|point| point.data).collect();
    places.sort_unstable();
    places
}

/// A signal layer and all that counting it needs.
#[derive(Debug)]
pub struct Counted<'a> {
    layer: &'a Layer,
    population: Option<&'a Grid<f32>>,
    required: u16,
    row_km2: Vec<f64>,
}

/// Ground and people of some pixels, and of those of them that are covered.
#[derive(Debug, Default)]
struct Sums {
    whole: Amount,
    covered: Amount,
}

impl<'a> Counted<'a> {
    pub fn new(layer: &'a Layer, population: Option<&'a Grid<f32>>, parameters: &CoverageParameters) -> Self {
        Self {
            layer,
            population,
            required: required_code(layer, parameters),
            row_km2: (0..layer.window.rows)
                .map(|row| layer.window.pixel_area_m2(row) / 1e6)
                .collect(),
        }
    }

    fn sums(&self, spans: &[Span]) -> Sums {
        let mut sums = Sums::default();
        for span in spans {
            self.add(&mut sums, span);
        }
        sums
    }

    fn add(&self, sums: &mut Sums, span: &Span) {
        let start = span.row as usize * self.layer.window.columns as usize;
        let range = start + span.from as usize..start + span.to as usize;
        let Some(codes) = self.layer.codes.get(range.clone()) else {
            return;
        };
        let covered = codes.iter().filter(|&&code| is_covered(code, self.required)).count();
        let km2 = self.row_km2[span.row as usize];
        sums.whole.km2 += codes.len() as f64 * km2;
        sums.covered.km2 += covered as f64 * km2;
        if let Some(people) = self.population.and_then(|grid| grid.values.get(range)) {
            for (&people, &code) in people.iter().zip(codes) {
                let people = f64::from(people);
                sums.whole.people += people;
                sums.covered.people += if is_covered(code, self.required) { people } else { 0.0 };
            }
        }
    }
}

/// The least code of a signal layer that counts as covered.
#[must_use]
pub fn required_code(layer: &Layer, parameters: &CoverageParameters) -> u16 {
    let (base, step) = Quantity::Signal.quantisation();
    let required_dbm = parameters.required_dbm(layer.technology);
    ((required_dbm - f64::from(base)) / f64::from(step) - 1e-6)
        .ceil()
        .clamp(0.0, f64::from(Layer::NO_DATA - 1)) as u16
}

/// Whether a code of a signal layer counts as covered.
#[inline(always)]
#[must_use]
pub fn is_covered(code: u16, required: u16) -> bool {
    code >= required && code != Layer::NO_DATA
}

/// Service of every place on one signal layer with its best-server layer.
#[must_use]
pub fn places(
    places: &[Place],
    signal: &Layer,
    server: &Layer,
    operators: &[String],
    parameters: &CoverageParameters,
) -> Vec<PlaceService> {
    let required = required_code(signal, parameters);
    let required_dbm = parameters.required_dbm(signal.technology);
    let code_at = |position| {
        let (column, row) = signal.window.pixel_of(position)?;
        signal.codes.get(signal.window.index(column, row)?).copied()
    };
    places
        .par_iter()
        .map(|place| {
            let code = code_at(place.position).unwrap_or(Layer::NO_DATA);
            let served = is_covered(code, required);
            let cluster_served = place
                .outlying_cluster
                .is_none_or(|cluster| is_covered(code_at(cluster).unwrap_or(Layer::NO_DATA), required));
            let signal_dbm = (code != Layer::NO_DATA).then(|| f64::from(signal.decode(code)));
            let best = signal
                .window
                .pixel_of(place.position)
                .and_then(|(column, row)| server.codes.get(signal.window.index(column, row)?))
                .map(|&index| usize::from(index));
            PlaceService {
                place_code: place.code.clone(),
                technology: signal.technology,
                operator: signal.operator.clone(),
                served,
                village_class: match (served, cluster_served) {
                    (false, _) => VillageClass::White,
                    (true, false) => VillageClass::Hollow,
                    (true, true) => VillageClass::Served,
                },
                signal_dbm,
                margin_db: signal_dbm.map(|signal| signal - required_dbm),
                best_cell: best.and_then(|index| server.cells.get(index)).cloned(),
                best_operator: best.and_then(|index| operators.get(index)).cloned(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Contains;
    use geo_types::{Coord, LineString, MultiPolygon, Point, Polygon};
    use geodata::{AreaKind, PlaceKind, Technology};
    use geodesy::{Bounds, LonLat};
    use proptest::prelude::*;

    /// A star around a place, with a star-shaped hole.
    fn star((lon, lat): (f64, f64), radii: &[f64], hole: f64) -> MultiPolygon<f64> {
        let ring = |scale: f64| {
            LineString::from_iter(radii.iter().enumerate().map(|(i, r)| {
                let angle = i as f64 / radii.len() as f64 * std::f64::consts::TAU;
                Coord {
                    x: lon + scale * r * angle.cos(),
                    y: lat + scale * r * angle.sin(),
                }
            }))
        };
        MultiPolygon::new(vec![Polygon::new(ring(1.0), vec![ring(hole)])])
    }

    fn stars() -> impl Strategy<Value = Vec<MultiPolygon<f64>>> {
        let star = (
            (105.88..105.94_f64, 18.27..18.33_f64),
            prop::collection::vec(0.004..0.04_f64, 3..30),
            0.1..0.9_f64,
        );
        prop::collection::vec(star.prop_map(|(at, radii, hole)| self::star(at, &radii, hole)), 1..5)
    }

    /// Codes and people that change from pixel to pixel.
    fn mixed(seed: u64, pixel: usize) -> u64 {
        let mixed = (pixel as u64 ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed ^ (mixed >> 31)).wrapping_mul(0xC2B2_AE3D_27D4_EB4F) >> 40
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn polygon_numbers_are_those_of_asking_for_every_point(
            stars in stars(),
            seed in any::<u64>(),
            spots in prop::collection::vec((105.84..105.98_f64, 18.23..18.37_f64), 1..60),
        ) {
            let parameters = CoverageParameters::default();
            let window = PixelWindow::covering(Bounds::new(105.86, 18.25, 105.96, 18.35), 12);
            let required = {
                let (base, step) = Quantity::Signal.quantisation();
                ((parameters.required_dbm(Technology::G4) as f32 - base) / step) as u16
            };
            let codes = (0..window.len()).map(|pixel| match mixed(seed, pixel) % 4 {
                0 => Layer::NO_DATA,
                other => required - 40 + (other as u16) * 20 + (pixel / 900 % 60) as u16,
            });
            let layer = Layer {
                technology: Technology::G4,
                operator: None,
                quantity: Quantity::Signal,
                window,
                codes: codes.collect(),
                cells: Vec::new(),
            };
            let population = Grid {
                window,
                values: (0..window.len()).map(|pixel| (mixed(!seed, pixel) % 9) as f32 / 4.0).collect(),
            };
            let areas: Vec<Area> = stars
                .into_iter()
                .enumerate()
                .map(|(i, geometry)| {
                    let kind = if i % 2 == 0 { AreaKind::Commune } else { AreaKind::IndustrialPark };
                    Area::new(i.to_string(), "", kind, geometry)
                })
                .collect();
            let spots: Vec<Place> = spots
                .iter()
                .map(|&(lon, lat)| Place::new("p", "p", PlaceKind::Village, LonLat::new(lon, lat)))
                .collect();
            let best = Layer { quantity: Quantity::BestServer, cells: vec!["c".into()], ..layer.clone() };
            let service = places(&spots, &layer, &best, &[], &parameters);
            let members = AreaMembers::new(&areas, &spots, &window);
            let counted = Counted::new(&layer, Some(&population), &parameters);
            let least = required_code(&layer, &parameters);

            // Every pixel and place, asked for by its point.
            let brute = |holds: &dyn Fn(&Point<f64>) -> bool| {
                let mut sums = [0.0_f64; 6];
                for row in 0..window.rows {
                    for column in 0..window.columns {
                        let centre = window.centre(column, row);
                        if !holds(&Point::new(centre.lon_deg, centre.lat_deg)) {
                            continue;
                        }
                        let at = window.index(column, row).expect("inside");
                        let (km2, people) = (window.pixel_area_m2(row) / 1e6, f64::from(population.values[at]));
                        let served = if is_covered(layer.codes[at], least) { 1.0 } else { 0.0 };
                        for (sum, part) in sums.iter_mut().zip([km2, km2 * served, people, people * served]) {
                            *sum += part;
                        }
                    }
                }
                for (spot, service) in spots.iter().zip(&service) {
                    let on_the_raster = window.pixel_of(spot.position).is_some();
                    if on_the_raster && holds(&Point::new(spot.position.lon_deg, spot.position.lat_deg)) {
                        sums[4] += 1.0;
                        sums[5] += if service.served { 1.0 } else { 0.0 };
                    }
                }
                sums
            };
            let check = |got: [f64; 6], expected: [f64; 6]| -> Result<(), TestCaseError> {
                for pair in [0, 2, 4] {
                    let percent = |numbers: &[f64; 6]| {
                        if numbers[pair] > 0.0 { 100.0 * numbers[pair + 1] / numbers[pair] } else { 0.0 }
                    };
                    prop_assert!((percent(&got) - percent(&expected)).abs() <= 0.1, "{:?} {:?}", got, expected);
                    prop_assert!((got[pair] - expected[pair]).abs() <= 1e-3 * expected[pair].max(1e-9));
                }
                Ok(())
            };
            for (area, row) in areas.iter().zip(members.statistics(&counted, &service)) {
                let got = [
                    row.km2, row.covered_km2, row.people, row.covered_people,
                    f64::from(row.places), f64::from(row.served_places),
                ];
                check(got, brute(&|point| area.geometry.contains(point)))?;
            }
            for row in members.unions(&counted, &service) {
                let inside = |point: &Point<f64>| {
                    areas.iter().any(|area| row.together.takes(area.kind) && area.geometry.contains(point))
                };
                let got = [
                    row.whole.km2, row.covered.km2, row.whole.people, row.covered.people,
                    f64::from(row.places), f64::from(row.served_places),
                ];
                check(got, brute(&inside))?;
                let outside = brute(&|point| !inside(point));
                prop_assert!((row.spill.km2 - outside[1]).abs() < 1e-6 && (row.spill.people - outside[3]).abs() < 1e-3);
            }
        }
    }
}
