//! A polygon as a test of positions: edges in strips of latitude, so that a test looks at a few of thousands of edges.

use geo::BoundingRect;
use geo_types::{Coord, MultiPolygon};
use geodesy::LonLat;

const METRES_PER_DEGREE: f64 = 111_320.0;
/// Edges of a strip on average; more strips cost memory, fewer cost time.
const EDGES_PER_STRIP: usize = 8;
const MOST_STRIPS: usize = 4096;

/// The edges of a polygon's rings, by strip.
#[derive(Debug, Clone)]
pub struct PolygonIndex {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    edges: Vec<[f64; 4]>,
    strips: Vec<Vec<u32>>,
}

impl PolygonIndex {
    /// Indexes a shape; `None` for one without vertices.
    #[must_use]
    pub fn new(shape: &MultiPolygon<f64>) -> Option<Self> {
        let bounds = shape.bounding_rect()?;
        let rings = shape
            .iter()
            .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        let edges: Vec<[f64; 4]> = rings
            .flat_map(|ring| ring.0.windows(2))
            .map(|pair| [pair[0].x, pair[0].y, pair[1].x, pair[1].y])
            .collect();
        let count = (edges.len() / EDGES_PER_STRIP).clamp(1, MOST_STRIPS);
        let mut index = Self {
            west: bounds.min().x,
            south: bounds.min().y,
            east: bounds.max().x,
            north: bounds.max().y,
            edges,
            strips: vec![Vec::new(); count],
        };
        for number in 0..index.edges.len() {
            let [_, a, _, b] = index.edges[number];
            for strip in index.strip(a.min(b))..=index.strip(a.max(b)) {
                index.strips[strip].push(u32::try_from(number).unwrap_or(u32::MAX));
            }
        }
        Some(index)
    }

    fn strip(&self, latitude: f64) -> usize {
        let share = (latitude - self.south) / (self.north - self.south).max(f64::MIN_POSITIVE);
        ((share * self.strips.len() as f64) as usize).min(self.strips.len() - 1)
    }

    /// Whether a position is inside, by the even-odd rule over all rings.
    #[must_use]
    pub fn contains(&self, position: LonLat) -> bool {
        let (x, y) = (position.lon_deg, position.lat_deg);
        if x < self.west || x > self.east || y < self.south || y > self.north {
            return false;
        }
        let crossings = self.strips[self.strip(y)].iter().filter(|edge| {
            let [ax, ay, bx, by] = self.edges[**edge as usize];
            (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
        });
        crossings.count() % 2 == 1
    }

    /// A distance that the boundary is at least away, metres: that to the bounding box.
    #[must_use]
    pub fn at_least_m(&self, position: LonLat) -> f64 {
        let scale_x = METRES_PER_DEGREE * position.lat_deg.to_radians().cos();
        let dx = (self.west - position.lon_deg)
            .max(position.lon_deg - self.east)
            .max(0.0)
            * scale_x;
        let dy = (self.south - position.lat_deg)
            .max(position.lat_deg - self.north)
            .max(0.0)
            * METRES_PER_DEGREE;
        dx.hypot(dy)
    }

    /// Distance from a position to the boundary, metres, on a local plane (good to a few parts in a thousand within a
    /// province).
    #[must_use]
    pub fn boundary_m(&self, position: LonLat) -> f64 {
        let scale_x = METRES_PER_DEGREE * position.lat_deg.to_radians().cos();
        let local = |x: f64, y: f64| Coord {
            x: (x - position.lon_deg) * scale_x,
            y: (y - position.lat_deg) * METRES_PER_DEGREE,
        };
        let mut nearest = f64::INFINITY;
        for [ax, ay, bx, by] in &self.edges {
            let (a, b) = (local(*ax, *ay), local(*bx, *by));
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            let length = dx * dx + dy * dy;
            let t = if length > 0.0 {
                (-(a.x * dx + a.y * dy) / length).clamp(0.0, 1.0)
            } else {
                0.0
            };
            nearest = nearest.min((a.x + t * dx).hypot(a.y + t * dy));
        }
        nearest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Contains;
    use geo_types::{LineString, Point, Polygon};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn index_agrees_with_the_plain_test(radii in proptest::collection::vec(0.02..0.1_f64, 5..60), x in 104.9..105.1_f64, y in 17.9..18.1_f64) {
            let ring: Vec<(f64, f64)> = radii.iter().enumerate().map(|(i, r)| {
                let angle = i as f64 / radii.len() as f64 * std::f64::consts::TAU;
                (105.0 + r * angle.cos(), 18.0 + r * angle.sin())
            }).collect();
            let shape = MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])]);
            let index = PolygonIndex::new(&shape).unwrap();
            let position = LonLat::new(x, y);
            prop_assert_eq!(index.contains(position), shape.contains(&Point::new(x, y)));
            prop_assert!(index.contains(position) || index.at_least_m(position) <= index.boundary_m(position) + 1e-6);
        }
    }
}
