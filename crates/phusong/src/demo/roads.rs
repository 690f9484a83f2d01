//! Roads: three highways and the roads between neighbouring commune centres, each along the easiest ground.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::borders::thin;
use super::plane::Point;
use super::relief::Relief;

/// A road with its class.
pub struct Road {
    pub name: String,
    pub class: RoadClass,
    pub line: Vec<Point>,
}

/// National highway or road between communes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoadClass {
    National,
    Commune,
}

/// Lays the highways first (others then follow them where that is easier), then the communes' roads.
pub fn lay(relief: &Relief, province: &[bool], centres: &[Point], gate: Point, port: Point) -> Vec<Road> {
    let mut network = Network {
        relief,
        province,
        on_road: vec![false; relief.lattice.len()],
    };
    let highways = [
        (
            "Quốc lộ ven biển",
            vec![
                Point::from_degrees(105.75, 18.66),
                Point::from_degrees(105.97, 18.345),
                Point::from_degrees(106.33, 18.07),
                port,
            ],
        ),
        (
            "Quốc lộ chân núi",
            vec![
                Point::from_degrees(105.55, 18.62),
                Point::from_degrees(105.70, 18.36),
                Point::from_degrees(105.86, 18.22),
                Point::from_degrees(106.33, 18.07),
            ],
        ),
        ("Quốc lộ cửa khẩu", vec![Point::from_degrees(105.72, 18.565), gate]),
    ];
    let mut roads = Vec::new();
    for (name, stops) in highways {
        let mut line: Vec<Point> = Vec::new();
        for pair in stops.windows(2) {
            line.extend(
                network
                    .route(pair[0], pair[1])
                    .into_iter()
                    .skip(usize::from(!line.is_empty())),
            );
        }
        roads.push(Road {
            name: name.to_owned(),
            class: RoadClass::National,
            line: soften(&line),
        });
    }
    for (a, b) in gabriel(centres) {
        let line = network.route(centres[a], centres[b]);
        let name = format!("Đường xã {:03}", roads.len() - 2);
        roads.push(Road {
            name,
            class: RoadClass::Commune,
            line: soften(&line),
        });
    }
    roads
}

/// Pairs of points with no third inside the circle on their connection: a natural road net.
fn gabriel(points: &[Point]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for a in 0..points.len() {
        for b in a + 1..points.len() {
            let middle = Point::new((points[a].x + points[b].x) / 2.0, (points[a].y + points[b].y) / 2.0);
            let radius = points[a].distance_km(points[b]) / 2.0;
            let empty = points
                .iter()
                .enumerate()
                .all(|(c, point)| c == a || c == b || point.distance_km(middle) >= radius);
            if empty && radius < 14.0 {
                pairs.push((a, b));
            }
        }
    }
    pairs
}

struct Network<'a> {
    relief: &'a Relief,
    province: &'a [bool],
    on_road: Vec<bool>,
}

impl Network<'_> {
    /// The easiest way between two points (A* on the working grid).
    fn route(&mut self, from: Point, to: Point) -> Vec<Point> {
        let lattice = self.relief.lattice;
        let (start, goal) = (lattice.cell(from), lattice.cell(to));
        let mut cost = vec![u64::MAX; lattice.len()];
        let mut previous = vec![u32::MAX; lattice.len()];
        let mut queue = BinaryHeap::from([Reverse((0u64, start as u32))]);
        cost[start] = 0;
        // Half the cheapest cost per km keeps the estimate below the truth.
        let estimate = |cell: usize| (lattice.centre(cell).distance_km(to) * 0.4e6) as u64;
        let mut closed = vec![false; lattice.len()];
        while let Some(Reverse((_, cell))) = queue.pop() {
            let cell = cell as usize;
            if cell == goal {
                break;
            }
            if std::mem::replace(&mut closed[cell], true) {
                continue;
            }
            for (other, km) in lattice.neighbours(cell) {
                let reached = cost[cell].saturating_add(self.step(cell, other, km));
                if reached < cost[other] {
                    cost[other] = reached;
                    previous[other] = cell as u32;
                    queue.push(Reverse((reached.saturating_add(estimate(other)), other as u32)));
                }
            }
        }
        self.walk_back(&previous, start, goal)
    }

    fn step(&self, from: usize, to: usize, km: f64) -> u64 {
        let relief = self.relief;
        let climb = f64::from((relief.height_m[to] - relief.height_m[from]).abs()) / (km * 1000.0);
        let mut ease = 1.0 + 12.0 * climb + 60.0 * climb * climb;
        if relief.drainage_km2[to] > 60.0 {
            ease += 4.0;
        }
        if self.on_road[to] {
            ease *= 0.42;
        }
        if relief.is_sea(to) || !self.province[to] {
            ease += 60.0;
        }
        (km * ease * 1e6) as u64
    }

    fn walk_back(&mut self, previous: &[u32], start: usize, goal: usize) -> Vec<Point> {
        let lattice = self.relief.lattice;
        let mut line = vec![lattice.centre(goal)];
        let mut cell = goal;
        while cell != start && previous[cell] != u32::MAX {
            self.on_road[cell] = true;
            cell = previous[cell] as usize;
            line.push(lattice.centre(cell));
        }
        line.reverse();
        line
    }
}

/// Rounds the grid's corners off a line and drops needless points.
pub fn soften(line: &[Point]) -> Vec<Point> {
    let mut points = line.to_vec();
    for _ in 0..2 {
        let before = points.clone();
        for index in 1..before.len().saturating_sub(1) {
            let (a, b, c) = (before[index - 1], before[index], before[index + 1]);
            points[index] = Point::new((a.x + 2.0 * b.x + c.x) / 4.0, (a.y + 2.0 * b.y + c.y) / 4.0);
        }
    }
    thin(&points, 0.02)
}
