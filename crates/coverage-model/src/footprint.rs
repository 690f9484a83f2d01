//! Outlines of covered ground as polygons.

use contour::ContourBuilder;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use geodesy::tile_grid::PixelWindow;

use crate::statistics::{is_covered, required_code};
use crate::{CoverageParameters, Footprint, Layer};

/// The footprint of a signal layer: polygons around the covered pixels, holes kept.
///
/// Outlines run midway between covered and uncovered pixel centres, or, when smooth footprints are asked for, where the
/// interpolated level reaches what covered needs.
#[must_use]
pub fn footprint(signal: &Layer, parameters: &CoverageParameters) -> Footprint {
    let required = required_code(signal, parameters);
    let value = |code: u16| {
        if parameters.smooth_footprints {
            // Unreached pixels count as 30 dB below what is needed, so that outlines stay near the reached ones.
            let level = if code == Layer::NO_DATA { 0.0 } else { f64::from(code) };
            level.clamp(f64::from(required) - 600.0, f64::from(required) + 600.0) - f64::from(required) + 0.5
        } else if is_covered(code, required) {
            0.5
        } else {
            -0.5
        }
    };
    let geometry = outline(&signal.codes, &signal.window, value);
    Footprint {
        technology: signal.technology,
        operator: signal.operator.clone(),
        geometry,
    }
}

fn outline(codes: &[u16], window: &PixelWindow, value: impl Fn(u16) -> f64) -> MultiPolygon<f64> {
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
    let polygons = contours
        .into_iter()
        .flat_map(|contour| contour.into_inner().0.0)
        .map(|polygon| {
            let (exterior, interiors) = polygon.into_inner();
            Polygon::new(
                to_degrees(&exterior, window),
                interiors.iter().map(|ring| to_degrees(ring, window)).collect(),
            )
        });
    MultiPolygon::new(polygons.collect())
}

/// From the framed field's coordinates (pixel centres at half) to longitude and latitude.
fn to_degrees(ring: &LineString<f64>, window: &PixelWindow) -> LineString<f64> {
    let bounds = window.bounds();
    let lon_per_column = (bounds.east - bounds.west) / f64::from(window.columns);
    let mercator = |lat_deg: f64| lat_deg.to_radians().tan().asinh();
    let (top, bottom) = (mercator(bounds.north), mercator(bounds.south));
    let per_row = (bottom - top) / f64::from(window.rows);
    ring.coords()
        .map(|at| Coord {
            x: bounds.west + (at.x - 1.0) * lon_per_column,
            y: (top + (at.y - 1.0) * per_row).sinh().atan().to_degrees(),
        })
        .collect()
}
