//! The 69 communes: names, codes, centres.

use rand_chacha::ChaCha8Rng;

use super::borders::{Borders, Polygon};
use super::names::Names;
use super::partition;
use super::plane::Point;
use super::relief::Relief;
use super::settlement::Town;

/// A commune or ward.
pub struct Commune {
    /// Five-character text code from a range that no real unit uses.
    pub code: String,
    pub name: String,
    pub ward: bool,
    /// More than half of it is steep: a specially difficult area in the demo.
    pub mountain: bool,
    pub centre: Point,
    pub polygons: Vec<Polygon>,
    /// Filled once the villages are known.
    pub population: f64,
}

/// The division of the province: labels on the grid, borders and communes (label = index + 1).
pub struct Division {
    pub labels: Vec<u16>,
    pub borders: Borders,
    pub communes: Vec<Commune>,
    pub province: Vec<bool>,
}

impl Division {
    /// Index of the commune whose centre is nearest to a point.
    pub fn nearest_to(&self, point: Point) -> usize {
        let centres: Vec<Point> = self.communes.iter().map(|commune| commune.centre).collect();
        partition::nearest(&centres, point)
    }

    /// Whether each commune has a border on land with the outside in the west.
    pub fn on_western_border(&self, relief: &Relief) -> Vec<bool> {
        let mut touches = vec![0usize; self.communes.len()];
        for (cell, &label) in self.labels.iter().enumerate() {
            let western = relief.lattice.centre(cell).x < 30.0;
            let outward = |other: usize| self.labels[other] == partition::OUTSIDE && !relief.is_sea(other);
            if label > 0 && western && relief.lattice.edge_neighbours(cell).any(outward) {
                touches[usize::from(label) - 1] += 1;
            }
        }
        touches.into_iter().map(|count| count > 15).collect()
    }

    /// Index of the commune that a point of the plane lies in.
    pub fn commune_of(&self, relief: &Relief, point: Point) -> Option<usize> {
        let cell = relief.lattice.cell(point);
        let likely = usize::from(self.labels[cell]).checked_sub(1);
        let holds = |index: &usize| super::borders::contains(&self.communes[*index].polygons, point);
        likely.filter(holds).or_else(|| {
            let mut around: Vec<usize> = relief
                .lattice
                .neighbours(cell)
                .filter_map(|(other, _)| usize::from(self.labels[other]).checked_sub(1))
                .collect();
            around.sort_unstable();
            around.dedup();
            around.into_iter().find(holds)
        })
    }
}

/// Divides the province.
pub fn divide(
    relief: &Relief,
    province: Vec<bool>,
    suitability: &[f32],
    towns: &[Town],
    random: &mut ChaCha8Rng,
    names: &mut Names,
) -> Division {
    let seeds = partition::commune_seeds(relief, &province, suitability, towns, random);
    let labels = partition::grow(relief, &province, &seeds);
    let borders = Borders::trace(&relief.lattice, &labels, 0.045);
    let wards = wards(&seeds, towns);
    let communes = (0..seeds.len())
        .map(|index| {
            let label = index as u16 + 1;
            Commune {
                code: format!("{}", 99_001 + 3 * index),
                name: names.next(),
                ward: wards[index],
                mountain: is_mountain(relief, &labels, label),
                centre: centre(relief, &labels, label, suitability, seeds[index]),
                polygons: borders.polygons(|other| other == label),
                population: 0.0,
            }
        })
        .collect();
    Division {
        labels,
        borders,
        communes,
        province,
    }
}

fn wards(seeds: &[Point], towns: &[Town]) -> Vec<bool> {
    let mut wards = vec![false; seeds.len()];
    for town in towns {
        let mut order: Vec<usize> = (0..seeds.len()).collect();
        order.sort_by(|&a, &b| {
            seeds[a]
                .distance_km(town.position)
                .total_cmp(&seeds[b].distance_km(town.position))
        });
        for &index in order.iter().take(town.wards) {
            wards[index] = true;
        }
    }
    wards
}

fn is_mountain(relief: &Relief, labels: &[u16], label: u16) -> bool {
    let (mut high, mut all) = (0usize, 0usize);
    for (cell, &other) in labels.iter().enumerate() {
        if other == label {
            all += 1;
            high += usize::from(relief.height_m[cell] > 150.0);
        }
    }
    2 * high > all
}

/// The best place to live near the seed: where the commune's offices stand.
fn centre(relief: &Relief, labels: &[u16], label: u16, suitability: &[f32], seed: Point) -> Point {
    let mut best = (f64::NEG_INFINITY, seed);
    for (cell, &other) in labels.iter().enumerate() {
        if other != label || relief.lattice.neighbours(cell).any(|(near, _)| labels[near] != label) {
            continue;
        }
        let point = relief.lattice.centre(cell);
        let worth = f64::from(suitability[cell] + 0.001).ln() - point.distance_km(seed) / 2.5;
        if worth > best.0 {
            best = (worth, point);
        }
    }
    best.1
}
