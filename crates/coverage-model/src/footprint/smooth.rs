//! Outlines where the interpolated level reaches what covered needs.

use contour::ContourBuilder;
use geo::orient::{Direction, Orient};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use geodesy::tile_grid::PixelWindow;

use super::GridLines;
use crate::Layer;

/// How far below what is needed unreached pixels count, codes (30 dB), so that outlines stay near the reached ones.
const UNREACHED: f64 = 600.0;

/// The outline of the codes that count as covered.
pub fn outline(codes: &[u16], window: &PixelWindow, required: u16) -> MultiPolygon<f64> {
    // Half a code between the values: none lies on the outline.
    let value = |code: u16| {
        let level = if code == Layer::NO_DATA {
            f64::NEG_INFINITY
        } else {
            f64::from(code)
        };
        (level - f64::from(required)).clamp(-UNREACHED, UNREACHED) + 0.5
    };
    // A frame of uncovered pixels closes outlines that reach the raster's edge.
    let (columns, rows) = (window.columns as usize + 2, window.rows as usize + 2);
    let lowest = value(Layer::NO_DATA);
    let mut field = vec![lowest; columns * rows];
    let mut covered = false;
    for (row, line) in codes.chunks_exact(window.columns as usize).enumerate() {
        for (column, &code) in line.iter().enumerate() {
            let level = value(code);
            covered |= level >= 0.0;
            field[(row + 1) * columns + column + 1] = level;
        }
    }
    if !covered {
        return MultiPolygon::new(Vec::new());
    }
    let Ok(contours) = ContourBuilder::new(columns, rows, true).contours(&field, &[0.0]) else {
        return MultiPolygon::new(Vec::new());
    };
    let lines = GridLines::new(window);
    let polygons = contours
        .into_iter()
        .flat_map(|contour| contour.into_inner().0.0)
        .map(|polygon| {
            let (exterior, interiors) = polygon.into_inner();
            let interiors = interiors.iter().map(|ring| to_degrees(ring, &lines)).collect();
            Polygon::new(to_degrees(&exterior, &lines), interiors).orient(Direction::Default)
        });
    MultiPolygon::new(polygons.collect())
}

/// From the framed field's coordinates (pixel centres at half) to longitude and latitude.
fn to_degrees(ring: &LineString<f64>, lines: &GridLines) -> LineString<f64> {
    ring.coords()
        .map(|at| Coord {
            x: lines.lon_deg(at.x - 1.0),
            y: lines.lat_deg(at.y - 1.0),
        })
        .collect()
}
