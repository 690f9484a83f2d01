//! Which pixels' centres, and which places, lie in which area: scan lines over the polygons.

use geo_types::{LineString, MultiPolygon};
use geodesy::LonLat;
use geodesy::tile_grid::PixelWindow;

/// A run of pixels of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Row of the window.
    pub row: u32,
    /// First column.
    pub from: u32,
    /// One past the last column.
    pub to: u32,
}

/// The pixels of `window` whose centres lie inside a polygon, row by row.
///
/// Even-odd rule over all rings, so holes are left out; an edge's lower end belongs to it and its upper end does not,
/// so that areas that share a border share no pixel.
#[must_use]
pub fn spans(geometry: &MultiPolygon<f64>, window: &PixelWindow) -> Vec<Span> {
    let edges = edges_of(geometry);
    let Some((south, north)) = extent(&edges) else {
        return Vec::new();
    };
    let latitudes: Vec<f64> = (0..window.rows).map(|row| window.centre(0, row).lat_deg).collect();
    // Rows run from north to south.
    let first = latitudes.partition_point(|&lat| lat >= north);
    let end = latitudes.partition_point(|&lat| lat >= south);
    let mut by_row: Vec<Vec<f64>> = vec![Vec::new(); end.saturating_sub(first)];
    for edge in &edges {
        let from = latitudes.partition_point(|&lat| lat >= edge.north).max(first);
        let to = latitudes.partition_point(|&lat| lat >= edge.south).min(end);
        for row in from..to {
            by_row[row - first].push(edge.crossing(latitudes[row]));
        }
    }
    let mut spans = Vec::new();
    for (k, mut crossings) in by_row.into_iter().enumerate() {
        crossings.sort_unstable_by(f64::total_cmp);
        let row = (first + k) as u32;
        for pair in crossings.chunks_exact(2) {
            let (from, to) = (column_from(window, pair[0]), column_from(window, pair[1]));
            if from < to {
                spans.push(Span { row, from, to });
            }
        }
    }
    spans
}

/// Pixels of any of the spans, each once: row by row from west to east, with gaps between.
#[must_use]
pub fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable_by_key(|span| (span.row, span.from));
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if last.row == span.row && span.from <= last.to => last.to = last.to.max(span.to),
            _ => merged.push(span),
        }
    }
    merged
}

/// Pixels of the window that are in none of the spans, which must be as [`merged`] gives them.
#[must_use]
pub fn complement(merged: &[Span], window: &PixelWindow) -> Vec<Span> {
    let mut gaps = Vec::new();
    let mut spans = merged.iter().peekable();
    for row in 0..window.rows {
        let mut from = 0;
        while let Some(span) = spans.next_if(|span| span.row == row) {
            if from < span.from {
                gaps.push(Span {
                    row,
                    from,
                    to: span.from,
                });
            }
            from = span.to;
        }
        if from < window.columns {
            gaps.push(Span {
                row,
                from,
                to: window.columns,
            });
        }
    }
    gaps
}

/// Bands of latitude that edges are kept in: a long edge stands in many.
const MOST_BANDS: usize = 64;

/// Answers whether places lie in a polygon, by the rule of [`spans`]: areas that share a border share no place. Edges are kept by bands of
/// latitude, so that an outline of fifty thousand points is asked quickly.
#[derive(Debug)]
pub struct Inside {
    south: f64,
    band_deg: f64,
    bands: Vec<Vec<Edge>>,
}

impl Inside {
    /// Prepares a polygon.
    #[must_use]
    pub fn new(geometry: &MultiPolygon<f64>) -> Self {
        let edges = edges_of(geometry);
        let (south, north) = extent(&edges).unwrap_or((0.0, 0.0));
        let count = edges.len().isqrt().clamp(1, MOST_BANDS);
        let mut inside = Self {
            south,
            band_deg: (north - south).max(f64::MIN_POSITIVE) / count as f64,
            bands: vec![Vec::new(); count],
        };
        for edge in edges {
            for band in inside.band_of(edge.south)..=inside.band_of(edge.north) {
                inside.bands[band].push(edge);
            }
        }
        inside
    }

    /// Whether a place is in the polygon.
    #[must_use]
    pub fn holds(&self, position: LonLat) -> bool {
        let (lon_deg, lat_deg) = (position.lon_deg, position.lat_deg);
        let edges = self.bands.get(self.band_of(lat_deg)).into_iter().flatten();
        let west =
            edges.filter(|edge| (edge.south..edge.north).contains(&lat_deg) && edge.crossing(lat_deg) <= lon_deg);
        west.count() % 2 == 1
    }

    /// The band of a latitude; of one beyond the polygon the nearest, whose edges do not reach it.
    fn band_of(&self, lat_deg: f64) -> usize {
        let band = ((lat_deg - self.south) / self.band_deg).max(0.0);
        (band as usize).min(self.bands.len() - 1)
    }
}

/// South and north of edges.
fn extent(edges: &[Edge]) -> Option<(f64, f64)> {
    let sides = edges.iter().map(|edge| (edge.south, edge.north));
    sides.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// An edge that is not level.
#[derive(Debug, Clone, Copy)]
struct Edge {
    south: f64,
    north: f64,
    west_at_south: f64,
    slope: f64,
}

impl Edge {
    fn crossing(&self, lat_deg: f64) -> f64 {
        self.west_at_south + (lat_deg - self.south) * self.slope
    }
}

fn edges_of(geometry: &MultiPolygon<f64>) -> Vec<Edge> {
    let rings = geometry
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    rings.flat_map(ring_edges).collect()
}

fn ring_edges(ring: &LineString<f64>) -> impl Iterator<Item = Edge> + '_ {
    ring.lines().filter(|line| line.start.y != line.end.y).map(|line| {
        let (low, high) = if line.start.y < line.end.y {
            (line.start, line.end)
        } else {
            (line.end, line.start)
        };
        Edge {
            south: low.y,
            north: high.y,
            west_at_south: low.x,
            slope: (high.x - low.x) / (high.y - low.y),
        }
    })
}

/// The first column whose centre is not west of a longitude.
fn column_from(window: &PixelWindow, lon_deg: f64) -> u32 {
    let bounds = window.bounds();
    let per_degree = f64::from(window.columns) / (bounds.east - bounds.west);
    ((lon_deg - bounds.west) * per_degree - 0.5)
        .ceil()
        .clamp(0.0, f64::from(window.columns)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Contains;
    use geo_types::{Coord, Point, Polygon};
    use geodesy::Bounds;
    use proptest::prelude::*;

    /// A star around a centre, with a star-shaped hole.
    fn star(radii: &[f64], hole: f64) -> MultiPolygon<f64> {
        let ring = |scale: f64| {
            let count = radii.len() as f64;
            LineString::from_iter(radii.iter().enumerate().map(|(i, r)| {
                let angle = i as f64 / count * std::f64::consts::TAU;
                Coord {
                    x: 105.9 + scale * r * angle.cos(),
                    y: 18.3 + scale * r * angle.sin(),
                }
            }))
        };
        MultiPolygon::new(vec![Polygon::new(ring(1.0), vec![ring(hole)])])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn same_as_asking_for_every_pixel(radii in prop::collection::vec(0.002..0.05_f64, 3..40), hole in 0.1..0.9_f64) {
            let area = star(&radii, hole);
            let window = PixelWindow::covering(Bounds::new(105.87, 18.26, 105.94, 18.34), 12);
            let mut inside = vec![false; window.len()];
            for span in spans(&area, &window) {
                for column in span.from..span.to {
                    inside[window.index(column, span.row).expect("inside")] = true;
                }
            }
            for row in 0..window.rows {
                for column in 0..window.columns {
                    let centre = window.centre(column, row);
                    let expected = area.contains(&Point::new(centre.lon_deg, centre.lat_deg));
                    prop_assert_eq!(inside[window.index(column, row).expect("inside")], expected, "{} {}", column, row);
                }
            }
        }

        #[test]
        fn places_are_inside_as_by_plain_geometry(
            radii in prop::collection::vec(0.002..0.05_f64, 3..200), hole in 0.1..0.9_f64,
            places in prop::collection::vec((105.84..105.96_f64, 18.24..18.36_f64), 1..100),
        ) {
            let area = star(&radii, hole);
            let inside = Inside::new(&area);
            for (lon, lat) in places {
                prop_assert_eq!(inside.holds(LonLat::new(lon, lat)), area.contains(&Point::new(lon, lat)), "{} {}", lon, lat);
            }
        }
    }

    #[test]
    fn a_place_on_a_border_is_in_one_of_the_areas() {
        let square = |west: f64, south: f64| {
            let rectangle = geo_types::Rect::new(
                Coord { x: west, y: south },
                Coord {
                    x: west + 1.0,
                    y: south + 1.0,
                },
            );
            Inside::new(&MultiPolygon::new(vec![rectangle.to_polygon()]))
        };
        let four = [
            square(105.0, 18.0),
            square(106.0, 18.0),
            square(105.0, 19.0),
            square(106.0, 19.0),
        ];
        for place in [
            (106.0, 18.5),
            (106.0, 19.0),
            (105.5, 19.0),
            (106.5, 19.0),
            (106.0, 19.5),
            (105.0, 18.0),
        ] {
            let holding = four
                .iter()
                .filter(|area| area.holds(LonLat::new(place.0, place.1)))
                .count();
            assert_eq!(holding, 1, "{place:?}");
        }
        assert!(!Inside::new(&MultiPolygon::new(Vec::new())).holds(LonLat::new(0.0, 0.0)));
    }
}
