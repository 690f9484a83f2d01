//! River lines and reservoirs, read off the drainage.

use super::noise;
use super::plane::Point;
use super::relief::Relief;
use super::roads::soften;

/// A stretch of river between confluences.
pub struct River {
    pub line: Vec<Point>,
    /// Area drained at its lower end (km²).
    pub drainage_km2: f64,
}

impl River {
    /// Channel width (km): grows with the square root of the drained area.
    pub fn width_km(&self) -> f64 {
        (0.0042 * self.drainage_km2.sqrt() * 1.6).clamp(0.012, 0.42)
    }
}

/// A lake behind a dam.
pub struct Reservoir {
    pub cells: Vec<usize>,
    pub level_m: f64,
}

/// Rivers that drain at least `threshold_km2`, within or touching the province.
pub fn rivers(relief: &Relief, province: &[bool], threshold_km2: f32) -> Vec<River> {
    let is_river = |cell: usize| relief.drainage_km2[cell] >= threshold_km2 && !relief.is_sea(cell) && province[cell];
    let mut tributaries = vec![0u8; relief.lattice.len()];
    for cell in 0..relief.lattice.len() {
        if is_river(cell) {
            tributaries[relief.receiver[cell] as usize] += 1;
        }
    }
    let mut rivers = Vec::new();
    for start in 0..relief.lattice.len() {
        if !is_river(start) || tributaries[start] == 1 {
            continue;
        }
        let mut line = vec![relief.lattice.centre(start)];
        let mut cell = start;
        loop {
            let below = relief.receiver[cell] as usize;
            line.push(relief.lattice.centre(below));
            if !is_river(below) || tributaries[below] != 1 {
                break;
            }
            cell = below;
        }
        rivers.push(River {
            line: meander(relief, &soften(&line)),
            drainage_km2: f64::from(relief.drainage_km2[cell]),
        });
    }
    rivers
}

/// Bends a line on low ground; the bend depends on the place alone, so confluences stay joined.
fn meander(relief: &Relief, line: &[Point]) -> Vec<Point> {
    let mut bent = Vec::new();
    for (index, pair) in line.windows(2).enumerate() {
        let steps = (pair[0].distance_km(pair[1]) / 0.15).ceil().max(1.0) as usize;
        for step in usize::from(index > 0)..=steps {
            let t = step as f64 / steps as f64;
            let point = Point::new(
                pair[0].x + t * (pair[1].x - pair[0].x),
                pair[0].y + t * (pair[1].y - pair[0].y),
            );
            let low = (-relief.height_at(point) / 40.0).exp();
            let bend = |seed: u64| {
                low * (0.5 * noise::smooth(seed, point.x, point.y, 2.6)
                    + 0.22 * noise::smooth(seed + 1, point.x, point.y, 1.1))
            };
            bent.push(point.offset(bend(0xBE4D), bend(0xBE5D)));
        }
    }
    super::borders::thin(&bent, 0.012)
}

/// Up to three reservoirs at the mountains' foot.
pub fn reservoirs(relief: &Relief, province: &[bool]) -> Vec<Reservoir> {
    let mut dams: Vec<usize> = (0..relief.lattice.len())
        .filter(|&cell| {
            province[cell]
                && (18.0..160.0).contains(&relief.drainage_km2[cell])
                && (18.0..120.0).contains(&relief.height_m[cell])
        })
        .collect();
    dams.sort_by(|&a, &b| {
        relief.drainage_km2[b]
            .total_cmp(&relief.drainage_km2[a])
            .then(a.cmp(&b))
    });
    let mut lakes: Vec<(Point, Reservoir)> = Vec::new();
    for dam in dams {
        let place = relief.lattice.centre(dam);
        if lakes.len() == 3 || lakes.iter().any(|(other, _)| other.distance_km(place) < 15.0) {
            continue;
        }
        let level_m = f64::from(relief.height_m[dam]) + 24.0;
        let cells = flooded(relief, province, dam, level_m);
        let area = cells.len() as f64 * relief.lattice.cell_area_km2();
        if (4.0..32.0).contains(&area) {
            lakes.push((place, Reservoir { cells, level_m }));
        }
    }
    lakes.into_iter().map(|(_, lake)| lake).collect()
}

/// Cells above the dam, below the level.
fn flooded(relief: &Relief, province: &[bool], dam: usize, level_m: f64) -> Vec<usize> {
    let mut cells = vec![dam];
    let mut next = 0;
    while next < cells.len() {
        let cell = cells[next];
        for (other, _) in relief.lattice.neighbours(cell) {
            let above = relief.receiver[other] as usize == cell && f64::from(relief.height_m[other]) < level_m;
            if above && province[other] && other != dam {
                cells.push(other);
            }
        }
        next += 1;
    }
    cells
}
