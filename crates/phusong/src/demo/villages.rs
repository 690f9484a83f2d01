//! About 1,900 villages: dense in the plain and along roads and rivers, few in the mountains.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::communes::Division;
use super::names;
use super::plane::Point;
use super::relief::Relief;
use super::roads::Road;
use super::settlement::{Spacing, Town, normal, weighted_order};

/// Villages of the demo.
pub const VILLAGES: usize = 1_900;
/// Fewest villages of a commune.
const FEWEST: usize = 9;

/// A village at its house of culture.
pub struct Village {
    pub code: String,
    pub name: String,
    pub commune: usize,
    pub position: Point,
    /// All people, those of the outlying cluster included.
    pub population: u32,
    pub electrified: bool,
    pub difficult: bool,
    /// An outlying cluster of houses and its people.
    pub outlying: Option<(Point, u32)>,
    /// Distance from the nearest road (km).
    pub road_km: f64,
}

/// Distance from the nearest road, per cell (km, 9 where farther).
pub fn road_distance_km(relief: &Relief, roads: &[Road]) -> Vec<f32> {
    let mut distance = vec![9.0f32; relief.lattice.len()];
    for road in roads {
        for pair in road.line.windows(2) {
            let steps = (pair[0].distance_km(pair[1]) / 0.4).ceil().max(1.0) as usize;
            for step in 0..steps {
                let t = step as f64 / steps as f64;
                let point = Point::new(
                    pair[0].x + t * (pair[1].x - pair[0].x),
                    pair[0].y + t * (pair[1].y - pair[0].y),
                );
                for cell in relief.lattice.within(point, 3.0) {
                    let km = relief.lattice.centre(cell).distance_km(point) as f32;
                    distance[cell] = distance[cell].min(km);
                }
            }
        }
    }
    distance
}

/// Founds the villages.
pub fn found(
    relief: &Relief,
    division: &Division,
    suitability: &[f32],
    road_km: &[f32],
    towns: &[Town],
    random: &mut ChaCha8Rng,
) -> Vec<Village> {
    let cells: Vec<usize> = (0..relief.lattice.len())
        .filter(|&cell| division.labels[cell] > 0)
        .collect();
    let weight = |cell: usize| {
        let near_road = 0.35 + 1.3 * (-f64::from(road_km[cell]) / 1.2).exp();
        let fit = f64::from(suitability[cell]);
        if fit < 0.004 { 0.0 } else { (fit + 0.012) * near_road }
    };
    let order = weighted_order(&cells, weight, random);
    let chosen = choose(relief, division, suitability, &order, random);
    let mut counts = vec![0usize; division.communes.len()];
    chosen
        .into_iter()
        .map(|(position, commune)| {
            counts[commune] += 1;
            settle(
                relief,
                division,
                suitability,
                road_km,
                towns,
                position,
                commune,
                counts[commune],
                random,
            )
        })
        .collect()
}

/// Picks places in `order`, first a few in every commune, keeping villages apart.
fn choose(
    relief: &Relief,
    division: &Division,
    suitability: &[f32],
    order: &[usize],
    random: &mut ChaCha8Rng,
) -> Vec<(Point, usize)> {
    let (width, height) = relief.lattice.cell_km();
    let mut spacing = Spacing::new(1.8);
    let mut counts = vec![0usize; division.communes.len()];
    let mut chosen: Vec<(Point, usize)> = Vec::new();
    for minimum_round in [true, false] {
        for &cell in order {
            if chosen.len() == VILLAGES {
                break;
            }
            let commune = usize::from(division.labels[cell]) - 1;
            if minimum_round && counts[commune] >= FEWEST {
                continue;
            }
            let apart = 0.45 + 1.0 * (-4.0 * f64::from(suitability[cell])).exp();
            let position = relief.lattice.centre(cell).offset(
                random.random_range(-0.45..0.45) * width,
                random.random_range(-0.45..0.45) * height,
            );
            if spacing.is_free(position, apart) && division.commune_of(relief, position) == Some(commune) {
                spacing.insert(position);
                counts[commune] += 1;
                chosen.push((position, commune));
            }
        }
    }
    chosen.sort_by(|a, b| {
        a.1.cmp(&b.1)
            .then(b.0.y.total_cmp(&a.0.y))
            .then(a.0.x.total_cmp(&b.0.x))
    });
    chosen
}

#[allow(clippy::too_many_arguments, reason = "one village from all that surrounds it")]
fn settle(
    relief: &Relief,
    division: &Division,
    suitability: &[f32],
    road_km: &[f32],
    towns: &[Town],
    position: Point,
    commune: usize,
    number: usize,
    random: &mut ChaCha8Rng,
) -> Village {
    let home = &division.communes[commune];
    let cell = relief.lattice.cell(position);
    let far = f64::from(road_km[cell]);
    let high = f64::from(relief.height_m[cell]);
    let remote = (far / 4.0).min(1.0) * 0.6 + (high / 500.0).min(1.0) * 0.6;
    let crowd: f64 = towns
        .iter()
        .map(|town| (-(town.position.distance_km(position) / town.radius_km).powi(2)).exp())
        .sum();
    let middle = 560.0 * (1.0 - 0.62 * remote.min(1.0)) * (1.0 + 0.9 * crowd);
    let population = (middle * (0.62 * normal(random)).exp()).clamp(45.0, 7_500.0) as u32;
    let electrified = !(remote > 0.42 && random.random_bool((0.9 * remote).min(0.75)));
    let outlying = random
        .random_bool((0.05 + 0.35 * remote).min(0.4))
        .then(|| outlying(relief, division, suitability, position, commune, population, random))
        .flatten();
    Village {
        code: format!("{}T{number:02}", home.code),
        name: names::village(number, home.ward, home.mountain, random),
        commune,
        position,
        population,
        electrified,
        difficult: home.mountain && (high > 120.0 || remote > 0.35),
        outlying,
        road_km: far,
    }
}

/// A cluster of houses away from the centre, on the gentlest of a few places.
fn outlying(
    relief: &Relief,
    division: &Division,
    suitability: &[f32],
    home: Point,
    commune: usize,
    population: u32,
    random: &mut ChaCha8Rng,
) -> Option<(Point, u32)> {
    let mut best: Option<(f32, Point)> = None;
    for _ in 0..12 {
        let distance: f64 = random.random_range(0.8..2.6);
        let bearing: f64 = random.random_range(0.0..std::f64::consts::TAU);
        let place = home.offset(distance * bearing.cos(), distance * bearing.sin());
        let fit = suitability[relief.lattice.cell(place)];
        if fit > 0.002
            && division.commune_of(relief, place) == Some(commune)
            && best.is_none_or(|(other, _)| fit > other)
        {
            best = Some((fit, place));
        }
    }
    let share: f64 = random.random_range(0.08..0.34);
    best.map(|(_, place)| (place, (f64::from(population) * share) as u32))
}
