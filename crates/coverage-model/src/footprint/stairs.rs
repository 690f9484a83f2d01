//! Outlines along the pixels' edges.
//!
//! Pixels that share an edge belong together, pixels that share a corner only do not. Every ring is followed with the
//! covered pixels on its right; where it comes back to a corner that it has passed, the loop between is a ring of its
//! own, so that no ring touches itself.

use std::collections::HashMap;

use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use geodesy::tile_grid::PixelWindow;

use super::GridLines;
use crate::statistics::is_covered;

/// The exterior of a polygon, once it is found, and its holes.
type Rings = (Option<LineString<f64>>, Vec<LineString<f64>>);

/// The outline of the pixels whose codes count as covered.
pub fn outline(codes: &[u16], window: &PixelWindow, required: u16) -> MultiPolygon<f64> {
    let mask = Mask {
        codes,
        columns: i64::from(window.columns),
        rows: i64::from(window.rows),
        required,
    };
    let mut pieces = Pieces::new(&mask);
    let rings = rings(&mask);
    let places = Places::new(window);
    let mut polygon_of: HashMap<usize, usize> = HashMap::new();
    let mut polygons: Vec<Rings> = Vec::new();
    for ring in rings {
        let piece = pieces.of(ring.pixel);
        let at = *polygon_of.entry(piece).or_insert_with(|| {
            polygons.push((None, Vec::new()));
            polygons.len() - 1
        });
        let (exterior, holes) = &mut polygons[at];
        let line = places.line(&ring.corners);
        if twice_area(&ring.corners) > 0 {
            *exterior = Some(line);
        } else {
            holes.push(line);
        }
    }
    let whole = |(exterior, holes): (Option<LineString<f64>>, Vec<LineString<f64>>)| {
        exterior.map(|exterior| Polygon::new(exterior, holes))
    };
    MultiPolygon::new(polygons.into_iter().filter_map(whole).collect())
}

/// A corner of the pixels: column and row of the pixel south-east of it.
type Corner = (i64, i64);

struct Mask<'a> {
    codes: &'a [u16],
    columns: i64,
    rows: i64,
    required: u16,
}

impl Mask<'_> {
    #[inline(always)]
    fn covered(&self, (column, row): (i64, i64)) -> bool {
        (0..self.columns).contains(&column)
            && (0..self.rows).contains(&row)
            && self
                .codes
                .get((row * self.columns + column) as usize)
                .is_some_and(|&code| is_covered(code, self.required))
    }
}

/// A closed ring, clockwise around covered ground, and one covered pixel beside it.
struct Ring {
    corners: Vec<Corner>,
    pixel: (i64, i64),
}

/// Directions on the map, clockwise from east: step to the next corner, and where the pixels ahead on the right and on the
/// left lie from the corner.
const AHEAD: [[(i64, i64); 3]; 4] = [
    [(1, 0), (0, 0), (0, -1)],
    [(0, 1), (-1, 0), (0, 0)],
    [(-1, 0), (-1, -1), (-1, 0)],
    [(0, -1), (0, -1), (-1, -1)],
];
const EAST: usize = 0;

fn rings(mask: &Mask<'_>) -> Vec<Ring> {
    let mut rings = Vec::new();
    // Northern edges that are part of a ring already.
    let mut passed = vec![0_u64; (mask.columns * mask.rows) as usize / 64 + 1];
    for row in 0..mask.rows {
        for column in 0..mask.columns {
            let bit = row * mask.columns + column;
            let known = passed[(bit / 64) as usize] >> (bit % 64) & 1 == 1;
            if !known && mask.covered((column, row)) && !mask.covered((column, row - 1)) {
                follow(mask, (column, row), &mut passed, &mut rings);
            }
        }
    }
    rings
}

/// Follows the ring that runs east along the northern edge of a pixel, from its western end, which is a corner of the
/// ring.
fn follow(mask: &Mask<'_>, first: Corner, passed: &mut [u64], rings: &mut Vec<Ring>) {
    let mut corners: Vec<Corner> = Vec::new();
    // Corners where covered pixels meet diagonally, and where they stand in `corners`; in the order of passing, too.
    let mut meetings: HashMap<Corner, usize> = HashMap::new();
    let mut order: Vec<Corner> = Vec::new();
    let (mut at, mut direction) = (first, EAST);
    loop {
        // The corner is one of the ring's: it turns here.
        if let Some(&since) = meetings.get(&at) {
            // The pixel on the right of the first edge of the loop.
            let loop_corners: Vec<Corner> = corners.drain(since..).collect();
            while order
                .last()
                .is_some_and(|corner| meetings.get(corner).is_some_and(|&at| at >= since))
            {
                if let Some(corner) = order.pop() {
                    meetings.remove(&corner);
                }
            }
            let pixel = right_of(&loop_corners);
            rings.push(Ring {
                corners: loop_corners,
                pixel,
            });
        }
        if is_meeting(mask, at) {
            meetings.insert(at, corners.len());
            order.push(at);
        }
        corners.push(at);
        // On to the next turn.
        loop {
            if direction == EAST {
                let bit = at.1 * mask.columns + at.0;
                passed[(bit / 64) as usize] |= 1 << (bit % 64);
            }
            let [step, ..] = AHEAD[direction];
            at = (at.0 + step.0, at.1 + step.1);
            let [_, right, left] = AHEAD[direction];
            if !mask.covered((at.0 + right.0, at.1 + right.1)) {
                direction = (direction + 1) % 4;
                break;
            }
            if mask.covered((at.0 + left.0, at.1 + left.1)) {
                direction = (direction + 3) % 4;
                break;
            }
        }
        if at == first && direction == EAST {
            break;
        }
    }
    let pixel = right_of(&corners);
    rings.push(Ring { corners, pixel });
}

/// Whether two covered pixels meet at a corner only.
fn is_meeting(mask: &Mask<'_>, (column, row): Corner) -> bool {
    let [north_west, north_east, south_west, south_east] =
        [(-1, -1), (0, -1), (-1, 0), (0, 0)].map(|(east, south)| mask.covered((column + east, row + south)));
    north_west == south_east && north_east == south_west && north_west != north_east
}

/// The pixel on the right at the beginning of a ring's first edge.
fn right_of(corners: &[Corner]) -> (i64, i64) {
    let (Some(&from), Some(&to)) = (corners.first(), corners.get(1)) else {
        return (0, 0);
    };
    let direction = match ((to.0 - from.0).signum(), (to.1 - from.1).signum()) {
        (1, _) => 0,
        (_, 1) => 1,
        (-1, _) => 2,
        _ => 3,
    };
    let [_, right, _] = AHEAD[direction];
    (from.0 + right.0, from.1 + right.1)
}

/// Twice the area of a ring in pixels: positive for a ring around covered ground, negative for one around a hole.
fn twice_area(corners: &[Corner]) -> i64 {
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

/// Which pixels hang together by their edges.
struct Pieces {
    /// Runs of covered pixels, row by row: row, first column, one past the last.
    runs: Vec<(i64, i64, i64)>,
    /// A run of the same piece that stands for it or is nearer to the one that does.
    parents: Vec<usize>,
}

impl Pieces {
    fn new(mask: &Mask<'_>) -> Self {
        let mut pieces = Self {
            runs: Vec::new(),
            parents: Vec::new(),
        };
        let mut above = 0..0;
        for row in 0..mask.rows {
            let start = pieces.runs.len();
            let mut column = 0;
            while column < mask.columns {
                let from = column;
                while column < mask.columns && mask.covered((column, row)) {
                    column += 1;
                }
                if from < column {
                    pieces.parents.push(pieces.runs.len());
                    pieces.runs.push((row, from, column));
                } else {
                    column += 1;
                }
            }
            pieces.join(above, start);
            above = start..pieces.runs.len();
        }
        pieces
    }

    /// Joins the runs of a row, which begin at `start`, with those of the row above.
    fn join(&mut self, mut above: std::ops::Range<usize>, start: usize) {
        for run in start..self.runs.len() {
            let (_, from, to) = self.runs[run];
            while above.start < above.end && self.runs[above.start].2 <= from {
                above.start += 1;
            }
            for other in above.clone() {
                if self.runs[other].1 >= to {
                    break;
                }
                let (a, b) = (self.root(run), self.root(other));
                self.parents[a.max(b)] = a.min(b);
            }
        }
    }

    fn root(&mut self, mut run: usize) -> usize {
        while self.parents[run] != run {
            self.parents[run] = self.parents[self.parents[run]];
            run = self.parents[run];
        }
        run
    }

    /// The piece that a covered pixel belongs to.
    fn of(&mut self, (column, row): (i64, i64)) -> usize {
        let after = self.runs.partition_point(|&(r, from, _)| (r, from) <= (row, column));
        self.root(after.saturating_sub(1))
    }
}

/// Longitude and latitude of the corners.
struct Places {
    lon_deg: Vec<f64>,
    lat_deg: Vec<f64>,
}

impl Places {
    fn new(window: &PixelWindow) -> Self {
        let lines = GridLines::new(window);
        Self {
            lon_deg: (0..=window.columns)
                .map(|column| lines.lon_deg(f64::from(column)))
                .collect(),
            lat_deg: (0..=window.rows).map(|row| lines.lat_deg(f64::from(row))).collect(),
        }
    }

    /// The ring, turned so that ground on its right comes to lie on its left.
    fn line(&self, corners: &[Corner]) -> LineString<f64> {
        let first = corners.first().into_iter();
        let around = first.chain(corners.iter().rev());
        around
            .map(|&(column, row)| Coord {
                x: self.lon_deg[column as usize],
                y: self.lat_deg[row as usize],
            })
            .collect()
    }
}
