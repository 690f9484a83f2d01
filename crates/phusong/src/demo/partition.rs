//! The province's extent and its division into communes, on the working grid.
//!
//! The western and southern borders follow the main divide: the province is what drains to its own coast.
//! Communes grow from seeds at equal pace over ground that resists at ridges and rivers, so their borders
//! lie there, as they do in life.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use rand_chacha::ChaCha8Rng;

use super::noise;
use super::plane::{Lattice, Point, signed_distance_km};
use super::relief::Relief;
use super::settlement::{Town, weighted_order};

/// Communes of the province (69 in the plan that the demo is modelled on).
pub const COMMUNES: usize = 69;

/// Label of cells outside the province; communes are 1 to [`COMMUNES`].
pub const OUTSIDE: u16 = 0;

/// The cells of the province: what drains to the coast between the southern spur and the northern border.
pub fn province_cells(relief: &Relief, seed: u64) -> Vec<bool> {
    let lattice = relief.lattice;
    let spur = Point::from_degrees(106.50, 17.955);
    let northern = [
        Point::from_degrees(105.20, 18.69),
        Point::from_degrees(105.55, 18.725),
        Point::from_degrees(105.90, 18.735),
    ];
    let mut mouth: Vec<Option<Point>> = vec![None; lattice.len()];
    let mut inside = vec![false; lattice.len()];
    for &cell in &relief.upstream_order {
        let cell = cell as usize;
        let below = relief.receiver[cell] as usize;
        let point = lattice.centre(cell);
        mouth[cell] = if relief.is_sea(cell) {
            Some(point)
        } else if below == cell {
            None
        } else {
            mouth[below]
        };
        let frayed =
            signed_distance_km(&northern, point) + 2.5 * noise::fractal(seed ^ 0x4E0B, point.x, point.y, 12.0, 4);
        let drains_home = mouth[cell].is_some_and(|mouth| mouth.y > spur.y);
        inside[cell] = !relief.is_sea(cell) && drains_home && frayed > 0.0 && !lattice.on_edge(cell);
    }
    for _ in 0..3 {
        inside = smooth_mask(&lattice, &inside);
    }
    // A border cannot be on dry sea: smoothing may have filled a narrow bay.
    for (index, cell) in inside.iter_mut().enumerate() {
        *cell &= !relief.is_sea(index);
    }
    keep_one_piece(&lattice, &inside)
}

fn smooth_mask(lattice: &Lattice, mask: &[bool]) -> Vec<bool> {
    (0..mask.len())
        .map(|index| {
            let votes = lattice.neighbours(index).filter(|&(other, _)| mask[other]).count();
            if mask[index] { votes >= 4 } else { votes >= 5 }
        })
        .collect()
}

/// Keeps the largest piece and fills its holes.
fn keep_one_piece(lattice: &Lattice, mask: &[bool]) -> Vec<bool> {
    let land = largest_piece(lattice, mask);
    let outside: Vec<bool> = land.iter().map(|&inside| !inside).collect();
    largest_piece(lattice, &outside)
        .into_iter()
        .map(|outside| !outside)
        .collect()
}

fn largest_piece(lattice: &Lattice, mask: &[bool]) -> Vec<bool> {
    let labels: Vec<u16> = mask.iter().map(|&inside| u16::from(inside)).collect();
    let mut best: Vec<usize> = Vec::new();
    for piece in pieces(lattice, &labels) {
        if mask[piece[0]] && piece.len() > best.len() {
            best = piece;
        }
    }
    let mut kept = vec![false; mask.len()];
    for cell in best {
        kept[cell] = true;
    }
    kept
}

/// Edge-connected pieces of equal label, in order of their first cell.
fn pieces(lattice: &Lattice, labels: &[u16]) -> Vec<Vec<usize>> {
    let mut seen = vec![false; labels.len()];
    let mut pieces = Vec::new();
    for start in 0..labels.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut piece = vec![start];
        let mut next = 0;
        while next < piece.len() {
            for other in lattice.edge_neighbours(piece[next]) {
                if !seen[other] && labels[other] == labels[start] {
                    seen[other] = true;
                    piece.push(other);
                }
            }
            next += 1;
        }
        pieces.push(piece);
    }
    pieces
}

/// Chooses commune seeds by a k-means over where people live, with wards close together in the towns.
pub fn commune_seeds(
    relief: &Relief,
    province: &[bool],
    suitability: &[f32],
    towns: &[Town],
    random: &mut ChaCha8Rng,
) -> Vec<Point> {
    let lattice = relief.lattice;
    let cells: Vec<usize> = (0..lattice.len()).filter(|&cell| province[cell]).collect();
    let weight = |cell: usize| {
        let point = lattice.centre(cell);
        let crowd: f64 = towns
            .iter()
            .map(|town| 6.0 * (-(town.position.distance_km(point) / (1.3 * town.radius_km)).powi(2)).exp())
            .sum();
        f64::from(suitability[cell]).powf(0.6) * (1.0 + crowd) + 0.08
    };
    let mut seeds: Vec<Point> = Vec::new();
    for cell in weighted_order(&cells, weight, random) {
        let point = lattice.centre(cell);
        let crowded = towns
            .iter()
            .any(|town| town.position.distance_km(point) < 2.0 * town.radius_km);
        let spacing = if crowded { 3.0 } else { 5.5 };
        if seeds.iter().all(|seed| seed.distance_km(point) > spacing) {
            seeds.push(point);
        }
        if seeds.len() == COMMUNES {
            break;
        }
    }
    for _ in 0..8 {
        relax(&lattice, &cells, weight, &mut seeds);
    }
    seeds
}

fn relax(lattice: &Lattice, cells: &[usize], weight: impl Fn(usize) -> f64, seeds: &mut [Point]) {
    let mut sums = vec![(0.0, 0.0, 0.0); seeds.len()];
    for &cell in cells {
        let point = lattice.centre(cell);
        let nearest = nearest(seeds, point);
        let weight = weight(cell);
        sums[nearest].0 += weight * point.x;
        sums[nearest].1 += weight * point.y;
        sums[nearest].2 += weight;
    }
    for (seed, (x, y, weight)) in seeds.iter_mut().zip(sums) {
        if weight > 0.0 {
            *seed = Point::new(x / weight, y / weight);
        }
    }
}

/// Index of the seed nearest to `point`.
pub fn nearest(seeds: &[Point], point: Point) -> usize {
    let mut best = (f64::INFINITY, 0);
    for (index, seed) in seeds.iter().enumerate() {
        let distance = seed.distance_km(point);
        if distance < best.0 {
            best = (distance, index);
        }
    }
    best.1
}

/// Grows communes from their seeds; label of seed `i` is `i + 1`.
pub fn grow(relief: &Relief, province: &[bool], seeds: &[Point]) -> Vec<u16> {
    let lattice = relief.lattice;
    let mut labels = vec![OUTSIDE; lattice.len()];
    let mut queue = BinaryHeap::new();
    for (index, &seed) in seeds.iter().enumerate() {
        let start = nearest_cell(&lattice, province, seed);
        queue.push(Reverse((0u64, start as u32, index as u16 + 1)));
    }
    while let Some(Reverse((cost, cell, label))) = queue.pop() {
        let cell = cell as usize;
        if labels[cell] != OUTSIDE {
            continue;
        }
        labels[cell] = label;
        for (other, km) in lattice.neighbours(cell) {
            if province[other] && labels[other] == OUTSIDE {
                queue.push(Reverse((
                    cost + resistance(relief, cell, other, km),
                    other as u32,
                    label,
                )));
            }
        }
    }
    tidy(&lattice, province, &mut labels);
    labels
}

/// Cost of a step (millimetre-like integer units keep the order exact).
fn resistance(relief: &Relief, from: usize, to: usize, km: f64) -> u64 {
    let climb = f64::from((relief.height_m[to] - relief.height_m[from]).abs()) / (km * 1000.0);
    let river = if relief.drainage_km2[to] > 40.0 { 2.2 } else { 0.0 };
    ((km * (1.0 + 5.0 * climb + river)) * 1e6) as u64
}

fn nearest_cell(lattice: &Lattice, mask: &[bool], point: Point) -> usize {
    for radius_km in [0.3, 1.0, 3.0, 10.0, 200.0] {
        let best = lattice
            .within(point, radius_km)
            .into_iter()
            .filter(|&cell| mask[cell])
            .min_by(|&a, &b| {
                lattice
                    .centre(a)
                    .distance_km(point)
                    .total_cmp(&lattice.centre(b).distance_km(point))
            });
        if let Some(cell) = best {
            return cell;
        }
    }
    lattice.cell(point)
}

/// Smooths borders, joins stray pieces to a neighbour and removes corners where a label touches itself.
fn tidy(lattice: &Lattice, province: &[bool], labels: &mut Vec<u16>) {
    for _ in 0..4 {
        *labels = majority(lattice, province, labels);
    }
    for _ in 0..6 {
        join_strays(lattice, province, labels);
        if !open_corners(lattice, province, labels) {
            break;
        }
    }
    join_strays(lattice, province, labels);
}

fn majority(lattice: &Lattice, province: &[bool], labels: &[u16]) -> Vec<u16> {
    (0..labels.len())
        .map(|index| {
            if !province[index] {
                return OUTSIDE;
            }
            let mut votes: BTreeMap<u16, usize> = BTreeMap::from([(labels[index], 2)]);
            for (other, _) in lattice.neighbours(index) {
                if labels[other] != OUTSIDE {
                    *votes.entry(labels[other]).or_default() += 1;
                }
            }
            let own = votes[&labels[index]];
            let best = votes.iter().max_by_key(|&(&label, &count)| (count, Reverse(label)));
            best.map_or(
                labels[index],
                |(&label, &count)| if count > own { label } else { labels[index] },
            )
        })
        .collect()
}

fn join_strays(lattice: &Lattice, province: &[bool], labels: &mut [u16]) {
    let pieces = pieces(lattice, labels);
    let mut largest: BTreeMap<u16, usize> = BTreeMap::new();
    for piece in &pieces {
        let size = largest.entry(labels[piece[0]]).or_default();
        *size = (*size).max(piece.len());
    }
    let mut done: BTreeMap<u16, bool> = BTreeMap::new();
    for piece in &pieces {
        let label = labels[piece[0]];
        if label == OUTSIDE && !province[piece[0]] {
            continue;
        }
        if piece.len() == largest[&label] && done.insert(label, true).is_none() {
            continue;
        }
        let mut votes: BTreeMap<u16, usize> = BTreeMap::new();
        for &cell in piece {
            for other in lattice.edge_neighbours(cell) {
                if labels[other] != label && labels[other] != OUTSIDE {
                    *votes.entry(labels[other]).or_default() += 1;
                }
            }
        }
        if let Some((&winner, _)) = votes.iter().max_by_key(|&(&label, &count)| (count, Reverse(label))) {
            for &cell in piece {
                labels[cell] = winner;
            }
        }
    }
}

/// Where a label meets itself only at a corner, gives it one of the two other cells.
fn open_corners(lattice: &Lattice, province: &[bool], labels: &mut [u16]) -> bool {
    let mut changed = false;
    for row in 0..lattice.rows - 1 {
        for column in 0..lattice.columns - 1 {
            let a = row * lattice.columns + column;
            let (b, c, d) = (a + 1, a + lattice.columns, a + lattice.columns + 1);
            for (first, second, x, y) in [(a, d, b, c), (b, c, a, d)] {
                let touches =
                    labels[first] == labels[second] && labels[x] != labels[first] && labels[y] != labels[first];
                if !touches || !province[first] {
                    continue;
                }
                let give = if province[x] {
                    Some(x)
                } else if province[y] {
                    Some(y)
                } else {
                    None
                };
                if let Some(cell) = give {
                    labels[cell] = labels[first];
                    changed = true;
                }
            }
        }
    }
    changed
}
