//! Province-like instances: villages around towns with heavy-tailed population, candidates near people, three classes of cost.
//!
//! Demand: four fifths in clusters, 15 % along roads between neighbouring villages, 5 % anywhere. Candidates: 35 % upgrades near people,
//! 20 % others' masts, 45 % new masts; cost 10 / 20 / 50 (times 0.8–1.3) by class, radius 0.8–1.0 of the given one (new masts 0.9–1.2).

use planner::optimiser::csv_instance::{CsvCandidate, CsvDemand, CsvInstance};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The instance of a name of the table.
pub fn named(name: &str, seed: u64) -> CsvInstance {
    match name {
        "S" => province(2_000, 20_000, 3.0, seed, 100.0),
        "M" => province(10_000, 100_000, 2.5, seed, 100.0),
        "L" => province(40_000, 500_000, 2.0, seed, 100.0),
        _ => province(350_000, 100_000, 4.0, seed, 575.0),
    }
}

/// Distances in kilometres.
fn province(candidates: usize, demand: usize, radius_km: f64, seed: u64, side_km: f64) -> CsvInstance {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let villages = villages(&mut random, (demand / 60).max(50), side_km);
    let share = cumulative(villages.iter().map(|village| village.2));
    let points: Vec<(f64, f64)> = (0..demand)
        .map(|index| {
            let (x, y) = if index < demand * 4 / 5 {
                let (x, y, _) = villages[draw(&mut random, &share)];
                let spread = 0.25 + 0.9 * random.random_range(0.0..1.0);
                (x + spread * normal(&mut random), y + spread * normal(&mut random))
            } else if index < demand * 19 / 20 {
                on_road(&mut random, &villages)
            } else {
                (random.random_range(0.0..side_km), random.random_range(0.0..side_km))
            };
            (x.clamp(0.0, side_km), y.clamp(0.0, side_km))
        })
        .collect();
    let weights: Vec<f64> = points.iter().map(|_| weight(&mut random)).collect();
    let by_weight = cumulative(weights.iter().copied());
    let near = |random: &mut ChaCha8Rng, spread: f64, heavy: bool| {
        let index = if heavy {
            draw(random, &by_weight)
        } else {
            random.random_range(0..points.len())
        };
        (
            points[index].0 + spread * normal(random),
            points[index].1 + spread * normal(random),
        )
    };
    let candidates = (0..candidates)
        .map(|index| {
            let (group, cost, low, high) = match index * 100 / candidates {
                0..35 => ("upgrade", 10.0, 0.8, 1.0),
                35..55 => ("co_locate", 20.0, 0.8, 1.0),
                _ => ("new_tower", 50.0, 0.9, 1.2),
            };
            let (x, y) = match group {
                "upgrade" => near(&mut random, 0.6, true),
                "co_locate" => near(&mut random, 0.8, true),
                _ if index % 2 == 0 => near(&mut random, 1.0, false),
                _ => (random.random_range(0.0..side_km), random.random_range(0.0..side_km)),
            };
            CsvCandidate {
                id: index.to_string(),
                position_m: Some((1e3 * x.clamp(0.0, side_km), 1e3 * y.clamp(0.0, side_km))),
                cost: (cost * random.random_range(0.8..1.3f64)).round(),
                group: Some(group.to_owned()),
                radius_m: Some(1e3 * radius_km * random.random_range(low..high)),
                ..CsvCandidate::default()
            }
        })
        .collect();
    let demand = points
        .iter()
        .zip(&weights)
        .enumerate()
        .map(|(index, (&(x, y), &weight))| CsvDemand {
            id: index.to_string(),
            position_m: Some((1e3 * x, 1e3 * y)),
            weight,
            ..CsvDemand::default()
        })
        .collect();
    CsvInstance {
        candidates,
        demand,
        pairs: None,
    }
}

/// Villages around towns, some alone: position and share of the people.
fn villages(random: &mut ChaCha8Rng, number: usize, side_km: f64) -> Vec<(f64, f64, f64)> {
    let anywhere = |random: &mut ChaCha8Rng| (random.random_range(0.0..side_km), random.random_range(0.0..side_km));
    let towns: Vec<(f64, f64)> = (0..(number / 80).max(6)).map(|_| anywhere(random)).collect();
    (0..number)
        .map(|_| {
            let (x, y) = if random.random_bool(0.45) {
                anywhere(random)
            } else {
                let (x, y) = towns[random.random_range(0..towns.len())];
                (x + 0.06 * side_km * normal(random), y + 0.06 * side_km * normal(random))
            };
            let people = pareto(random, 1.3) + 1.0;
            (x.clamp(0.0, side_km), y.clamp(0.0, side_km), people.powf(0.6))
        })
        .collect()
}

/// A point on the way from a village to one of a few others that are near it.
fn on_road(random: &mut ChaCha8Rng, villages: &[(f64, f64, f64)]) -> (f64, f64) {
    let (x, y, _) = villages[random.random_range(0..villages.len())];
    let distance = |other: &(f64, f64, f64)| (other.0 - x).hypot(other.1 - y);
    let end = (0..40)
        .map(|_| villages[random.random_range(0..villages.len())])
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .unwrap_or((x, y, 0.0));
    let share = random.random_range(0.0..1.0);
    (
        x + (end.0 - x) * share + 0.1 * normal(random),
        y + (end.1 - y) * share + 0.1 * normal(random),
    )
}

fn weight(random: &mut ChaCha8Rng) -> f64 {
    let mut weight = (2.6 + 1.1 * normal(random)).exp().ceil();
    if random.random_bool(0.01) {
        weight *= 10.0 + 10.0 * pareto(random, 1.5);
    }
    weight.ceil().min(5000.0)
}

fn pareto(random: &mut ChaCha8Rng, shape: f64) -> f64 {
    (1.0 - random.random_range(0.0..1.0f64)).powf(-1.0 / shape) - 1.0
}

/// Box and Muller's transform.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - random.random_range(0.0..1.0f64)).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.random_range(0.0..1.0f64)).cos()
}

fn cumulative(shares: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sum = 0.0;
    shares
        .map(|share| {
            sum += share;
            sum
        })
        .collect()
}

fn draw(random: &mut ChaCha8Rng, cumulative: &[f64]) -> usize {
    let at = random.random_range(0.0..cumulative.last().copied().unwrap_or(1.0));
    cumulative.partition_point(|sum| *sum <= at).min(cumulative.len() - 1)
}
