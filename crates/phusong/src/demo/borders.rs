//! From a labelled grid to polygons that share their borders.
//!
//! Each stretch of border between two junctions is one arc. It is smoothed and thinned once and used by the
//! polygons on both sides, so neighbours have no gap and no overlap by construction.

use std::collections::{BTreeMap, BTreeSet};

use super::plane::{Lattice, Point};

/// A closed ring, first point repeated at the end.
pub type Ring = Vec<Point>;

/// One polygon: outer ring anticlockwise, then holes clockwise.
pub type Polygon = Vec<Ring>;

/// A border between two junctions, with the labels on its two sides.
struct Arc {
    points: Vec<Point>,
    left: u16,
    right: u16,
    from: Corner,
    to: Corner,
}

/// A corner of the grid: column, row (0, 0 = north-western).
type Corner = (u32, u32);

/// All arcs of a partition.
pub struct Borders {
    arcs: Vec<Arc>,
}

impl Borders {
    /// Traces, smooths and thins the borders of `labels`.
    pub fn trace(lattice: &Lattice, labels: &[u16], tolerance_km: f64) -> Self {
        let edges = directed_edges(lattice, labels);
        let mut arcs = Vec::new();
        let mut used: BTreeSet<(Corner, Corner)> = BTreeSet::new();
        let junctions: Vec<Corner> = edges
            .iter()
            .filter(|(_, out)| out.len() != 2)
            .map(|(&corner, _)| corner)
            .collect();
        let loops: Vec<Corner> = edges.keys().copied().collect();
        for start in junctions.into_iter().chain(loops) {
            for &next in &edges[&start] {
                if !used.contains(&(start, next)) {
                    arcs.push(follow(lattice, labels, &edges, &mut used, start, next, tolerance_km));
                }
            }
        }
        Self { arcs }
    }

    /// The polygons of the union of all labels for which `member` holds.
    pub fn polygons(&self, member: impl Fn(u16) -> bool) -> Vec<Polygon> {
        let mut outgoing: BTreeMap<Corner, Vec<(usize, bool)>> = BTreeMap::new();
        for (index, arc) in self.arcs.iter().enumerate() {
            match (member(arc.left), member(arc.right)) {
                (true, false) => outgoing.entry(arc.from).or_default().push((index, true)),
                (false, true) => outgoing.entry(arc.to).or_default().push((index, false)),
                _ => {}
            }
        }
        let mut rings = Vec::new();
        while let Some((&start, _)) = outgoing.iter().find(|(_, arcs)| !arcs.is_empty()) {
            let ring = self.ring(&mut outgoing, start);
            if ring.len() >= 4 {
                rings.push(ring);
            }
        }
        nest(rings)
    }

    fn ring(&self, outgoing: &mut BTreeMap<Corner, Vec<(usize, bool)>>, start: Corner) -> Ring {
        let mut ring: Ring = Vec::new();
        let mut corner = start;
        while let Some((index, forward)) = outgoing.get_mut(&corner).and_then(Vec::pop) {
            let arc = &self.arcs[index];
            let skip = usize::from(!ring.is_empty());
            if forward {
                ring.extend(arc.points.iter().skip(skip));
                corner = arc.to;
            } else {
                ring.extend(arc.points.iter().rev().skip(skip));
                corner = arc.from;
            }
            if corner == start {
                break;
            }
        }
        ring
    }
}

/// Every border edge in both directions, by its starting corner.
fn directed_edges(lattice: &Lattice, labels: &[u16]) -> BTreeMap<Corner, Vec<Corner>> {
    let mut edges: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
    let mut add = |a: Corner, b: Corner| {
        edges.entry(a).or_default().push(b);
        edges.entry(b).or_default().push(a);
    };
    for row in 0..lattice.rows as u32 {
        for column in 0..lattice.columns as u32 {
            let here = label(lattice, labels, i64::from(column), i64::from(row));
            if here != label(lattice, labels, i64::from(column) + 1, i64::from(row)) {
                add((column + 1, row), (column + 1, row + 1));
            }
            if here != label(lattice, labels, i64::from(column), i64::from(row) + 1) {
                add((column, row + 1), (column + 1, row + 1));
            }
        }
    }
    edges
}

fn label(lattice: &Lattice, labels: &[u16], column: i64, row: i64) -> u16 {
    let inside = column >= 0 && row >= 0 && (column as usize) < lattice.columns && (row as usize) < lattice.rows;
    if inside {
        labels[row as usize * lattice.columns + column as usize]
    } else {
        0
    }
}

/// Labels on the left and right of an edge.
fn sides(lattice: &Lattice, labels: &[u16], from: Corner, to: Corner) -> (u16, u16) {
    let (c, r) = (i64::from(from.0.min(to.0)), i64::from(from.1.min(to.1)));
    let at = |column, row| label(lattice, labels, column, row);
    if from.0 == to.0 {
        let (west, east) = (at(c - 1, r), at(c, r));
        // Rows count southwards: going down the grid, east is on the left.
        if to.1 > from.1 { (east, west) } else { (west, east) }
    } else {
        let (north, south) = (at(c, r - 1), at(c, r));
        if to.0 > from.0 { (north, south) } else { (south, north) }
    }
}

fn follow(
    lattice: &Lattice,
    labels: &[u16],
    edges: &BTreeMap<Corner, Vec<Corner>>,
    used: &mut BTreeSet<(Corner, Corner)>,
    start: Corner,
    next: Corner,
    tolerance_km: f64,
) -> Arc {
    let (left, right) = sides(lattice, labels, start, next);
    let mut corners = vec![start, next];
    used.insert((start, next));
    used.insert((next, start));
    let mut here = next;
    while here != start && edges[&here].len() == 2 {
        let previous = corners[corners.len() - 2];
        let Some(&onward) = edges[&here].iter().find(|&&corner| corner != previous) else {
            break;
        };
        used.insert((here, onward));
        used.insert((onward, here));
        corners.push(onward);
        here = onward;
    }
    let points: Vec<Point> = corners
        .iter()
        .map(|&(column, row)| lattice.at(f64::from(column), f64::from(row)))
        .collect();
    Arc {
        points: thin(&smooth(points), tolerance_km),
        left,
        right,
        from: start,
        to: here,
    }
}

/// Takes the stairs out of a grid line; the ends stay.
fn smooth(mut points: Vec<Point>) -> Vec<Point> {
    for _ in 0..3 {
        let before = points.clone();
        for index in 1..before.len().saturating_sub(1) {
            let (a, b, c) = (before[index - 1], before[index], before[index + 1]);
            points[index] = Point::new((a.x + 2.0 * b.x + c.x) / 4.0, (a.y + 2.0 * b.y + c.y) / 4.0);
        }
    }
    points
}

/// Douglas–Peucker; a closed line keeps at least a triangle.
pub fn thin(points: &[Point], tolerance_km: f64) -> Vec<Point> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut keep = vec![false; points.len()];
    let last = points.len() - 1;
    keep[0] = true;
    keep[last] = true;
    let mut spans = vec![(0, last)];
    if points[0] == points[last] {
        let far = (1..last)
            .max_by(|&a, &b| {
                points[a]
                    .distance_km(points[0])
                    .total_cmp(&points[b].distance_km(points[0]))
            })
            .unwrap_or(last / 2);
        keep[far] = true;
        spans = vec![(0, far), (far, last)];
    }
    while let Some((from, to)) = spans.pop() {
        let mut worst = (tolerance_km, None);
        for index in from + 1..to {
            let distance = super::plane::signed_distance_km(&[points[from], points[to]], points[index]).abs();
            if distance > worst.0 {
                worst = (distance, Some(index));
            }
        }
        if let (_, Some(index)) = worst {
            keep[index] = true;
            spans.push((from, index));
            spans.push((index, to));
        }
    }
    points
        .iter()
        .zip(keep)
        .filter_map(|(&point, keep)| keep.then_some(point))
        .collect()
}

/// Twice the signed area of a ring (positive anticlockwise), km².
pub fn signed_area_km2(ring: &[Point]) -> f64 {
    ring.windows(2)
        .map(|pair| pair[0].x * pair[1].y - pair[1].x * pair[0].y)
        .sum::<f64>()
        / 2.0
}

/// Gives each hole to the outer ring around it.
fn nest(rings: Vec<Ring>) -> Vec<Polygon> {
    let (outer, holes): (Vec<Ring>, Vec<Ring>) = rings.into_iter().partition(|ring| signed_area_km2(ring) > 0.0);
    let mut polygons: Vec<Polygon> = outer.into_iter().map(|ring| vec![ring]).collect();
    for hole in holes {
        if let Some(polygon) = polygons.iter_mut().find(|polygon| ring_contains(&polygon[0], hole[0])) {
            polygon.push(hole);
        }
    }
    polygons
}

/// Whether a point lies in a ring (even–odd rule).
pub fn ring_contains(ring: &[Point], point: Point) -> bool {
    let mut inside = false;
    for pair in ring.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if (a.y > point.y) != (b.y > point.y) && point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x) {
            inside = !inside;
        }
    }
    inside
}

/// Whether a point lies in a set of polygons (holes respected).
pub fn contains(polygons: &[Polygon], point: Point) -> bool {
    polygons
        .iter()
        .flatten()
        .filter(|ring| ring_contains(ring, point))
        .count()
        % 2
        == 1
}
