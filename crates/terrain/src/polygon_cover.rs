//! Land cover given as polygons.

use geo_types::{LineString, MultiPolygon};
use geodesy::LonLat;
use rstar::{AABB, RTree, RTreeObject};

/// A polygon (longitude, latitude) of one land cover class.
#[derive(Debug, Clone)]
pub struct CoverPolygon {
    /// Class code, as in the class table.
    pub code: u16,
    /// Where; rings in any direction, filled by the even-odd rule.
    pub geometry: MultiPolygon<f64>,
}

/// Polygons with a spatial index. Where they overlap, the smaller one is the more specific and wins.
#[derive(Debug)]
pub(crate) struct PolygonCover {
    /// Largest first.
    polygons: Vec<CoverPolygon>,
    index: RTree<Envelope>,
}

#[derive(Debug)]
struct Envelope {
    polygon: usize,
    aabb: AABB<[f64; 2]>,
}

impl RTreeObject for Envelope {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.aabb
    }
}

impl PolygonCover {
    pub(crate) fn new(polygons: Vec<CoverPolygon>) -> Self {
        let mut sized: Vec<(f64, CoverPolygon)> = polygons
            .into_iter()
            .map(|polygon| (area(&polygon.geometry), polygon))
            .collect();
        sized.sort_by(|a, b| b.0.total_cmp(&a.0));
        let polygons: Vec<CoverPolygon> = sized.into_iter().map(|(_, polygon)| polygon).collect();
        let envelopes = polygons
            .iter()
            .enumerate()
            .filter_map(|(polygon, cover)| envelope(&cover.geometry).map(|aabb| Envelope { polygon, aabb }));
        let index = RTree::bulk_load(envelopes.collect());
        Self { polygons, index }
    }

    /// Code of the smallest polygon around a place.
    pub(crate) fn class(&self, position: LonLat) -> Option<u16> {
        let point = AABB::from_point([position.lon_deg, position.lat_deg]);
        self.index
            .locate_in_envelope_intersecting(point)
            .filter(|envelope| contains(&self.polygons[envelope.polygon].geometry, position))
            .map(|envelope| envelope.polygon)
            .max()
            .map(|polygon| self.polygons[polygon].code)
    }

    /// Calls `paint(first_column, last_column_exclusive, row, code)` for the cells whose centre lies in a polygon, larger
    /// polygons first, so that painting over gives the same answer as [`Self::class`].
    pub(crate) fn rasterise(&self, cells: &Cells, mut paint: impl FnMut(usize, usize, usize, u16)) {
        for cover in &self.polygons {
            let Some(aabb) = envelope(&cover.geometry) else {
                continue;
            };
            let (first, last) = cells.rows_between(aabb.lower()[1], aabb.upper()[1]);
            for row in first..last {
                let lat = cells.north - (row as f64 + 0.5) * cells.step_lat_deg;
                for pair in crossings(&cover.geometry, lat).chunks_exact(2) {
                    let (from, to) = cells.columns_between(pair[0], pair[1]);
                    if from < to {
                        paint(from, to, row, cover.code);
                    }
                }
            }
        }
    }
}

/// A lattice of cells to paint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells {
    pub west: f64,
    pub north: f64,
    pub step_lon_deg: f64,
    pub step_lat_deg: f64,
    pub columns: usize,
    pub rows: usize,
}

impl Cells {
    /// Centre of a cell.
    pub(crate) fn centre(&self, column: usize, row: usize) -> LonLat {
        LonLat::new(
            self.west + (column as f64 + 0.5) * self.step_lon_deg,
            self.north - (row as f64 + 0.5) * self.step_lat_deg,
        )
    }

    /// Rows whose centres can lie between two latitudes.
    fn rows_between(&self, south: f64, north: f64) -> (usize, usize) {
        let row = |lat: f64| {
            ((self.north - lat) / self.step_lat_deg - 0.5)
                .ceil()
                .clamp(0.0, self.rows as f64) as usize
        };
        (row(north), (row(south) + 1).min(self.rows))
    }

    /// Columns whose centres lie in `west..east` (half-open, as [`contains`] counts crossings).
    fn columns_between(&self, west: f64, east: f64) -> (usize, usize) {
        let column = |lon: f64| {
            ((lon - self.west) / self.step_lon_deg - 0.5)
                .ceil()
                .clamp(0.0, self.columns as f64) as usize
        };
        (column(west), column(east))
    }
}

fn rings(geometry: &MultiPolygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    geometry
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
}

/// Longitudes where the outline crosses a parallel, sorted: inside between odd and even ones.
fn crossings(geometry: &MultiPolygon<f64>, lat: f64) -> Vec<f64> {
    let mut found: Vec<f64> = rings(geometry)
        .flat_map(LineString::lines)
        .filter(|line| (line.start.y > lat) != (line.end.y > lat))
        .map(|line| line.start.x + (lat - line.start.y) / (line.end.y - line.start.y) * (line.end.x - line.start.x))
        .collect();
    found.sort_by(f64::total_cmp);
    found
}

/// Even-odd rule.
fn contains(geometry: &MultiPolygon<f64>, position: LonLat) -> bool {
    crossings(geometry, position.lat_deg)
        .iter()
        .filter(|crossing| **crossing > position.lon_deg)
        .count()
        % 2
        == 1
}

fn envelope(geometry: &MultiPolygon<f64>) -> Option<AABB<[f64; 2]>> {
    let mut coords = rings(geometry)
        .flat_map(LineString::coords)
        .filter(|c| c.x.is_finite() && c.y.is_finite());
    let first = coords.next()?;
    let (lower, upper) = coords.fold(([first.x, first.y], [first.x, first.y]), |(lower, upper), c| {
        (
            [lower[0].min(c.x), lower[1].min(c.y)],
            [upper[0].max(c.x), upper[1].max(c.y)],
        )
    });
    Some(AABB::from_corners(lower, upper))
}

/// Area in square degrees, only for ordering.
fn area(geometry: &MultiPolygon<f64>) -> f64 {
    let ring_area = |ring: &LineString<f64>| {
        ring.lines()
            .map(|l| l.start.x * l.end.y - l.end.x * l.start.y)
            .sum::<f64>()
            .abs()
    };
    geometry
        .iter()
        .map(|polygon| ring_area(polygon.exterior()) - polygon.interiors().iter().map(ring_area).sum::<f64>())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{Polygon, polygon};
    use proptest::prelude::*;

    fn square(code: u16, west: f64, south: f64, side: f64) -> CoverPolygon {
        let ring: Polygon<f64> = polygon![
            (x: west, y: south), (x: west + side, y: south), (x: west + side, y: south + side), (x: west, y: south + side)
        ];
        CoverPolygon {
            code,
            geometry: MultiPolygon(vec![ring]),
        }
    }

    #[test]
    fn the_smaller_polygon_wins() {
        for polygons in [
            [square(1, 0.0, 0.0, 10.0), square(2, 4.0, 4.0, 2.0)],
            [square(2, 4.0, 4.0, 2.0), square(1, 0.0, 0.0, 10.0)],
        ] {
            let cover = PolygonCover::new(polygons.to_vec());
            assert_eq!(cover.class(LonLat::new(5.0, 5.0)), Some(2));
            assert_eq!(cover.class(LonLat::new(1.0, 1.0)), Some(1));
            assert_eq!(cover.class(LonLat::new(11.0, 1.0)), None);
        }
    }

    #[test]
    fn broken_polygons_do_no_harm() {
        let nan = CoverPolygon {
            code: 1,
            geometry: MultiPolygon(vec![Polygon::new(
                LineString::from(vec![(f64::NAN, 0.0), (1.0, f64::NAN)]),
                vec![],
            )]),
        };
        let empty = CoverPolygon {
            code: 2,
            geometry: MultiPolygon(vec![]),
        };
        let cover = PolygonCover::new(vec![nan, empty]);
        assert_eq!(cover.class(LonLat::new(0.5, 0.0)), None);
    }

    proptest! {
        /// The fast scan-line fill against the point-by-point answer.
        #[test]
        fn painting_agrees_with_looking_up(
            corners in prop::collection::vec((0.0..10.0_f64, 0.0..10.0_f64), 3..9),
            side in 0.5..6.0_f64, at in (0.0..9.0_f64, 0.0..9.0_f64),
        ) {
            let odd = CoverPolygon { code: 7, geometry: MultiPolygon(vec![Polygon::new(LineString::from(corners), vec![])]) };
            let cover = PolygonCover::new(vec![odd, square(9, at.0, at.1, side)]);
            let cells = Cells { west: -1.0, north: 11.0, step_lon_deg: 0.37, step_lat_deg: 0.41, columns: 33, rows: 30 };
            let mut painted = vec![None; cells.columns * cells.rows];
            cover.rasterise(&cells, |from, to, row, code| painted[row * cells.columns + from..row * cells.columns + to].fill(Some(code)));
            for row in 0..cells.rows {
                for column in 0..cells.columns {
                    prop_assert_eq!(painted[row * cells.columns + column], cover.class(cells.centre(column, row)));
                }
            }
        }
    }
}
