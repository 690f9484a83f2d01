//! Outlines of covered ground as polygons.
//!
//! [`stairs`] follows the edges of the pixels: its polygons hold exactly the covered pixels. [`smooth`] follows the interpolated
//! level. Both give polygons valid by the rules of OGC 06-103r4 § 6.1.11: simple rings that touch in single points at
//! most, every hole inside its exterior, exteriors counter-clockwise.

mod smooth;
mod stairs;

use geodesy::tile_grid::PixelWindow;

use crate::statistics::required_code;
use crate::{CoverageParameters, Footprint, Layer};

/// The footprint of a signal layer: polygons around the covered pixels, holes kept. `smooth` follows the interpolated level
/// instead of the pixels' edges.
#[must_use]
pub fn footprint(signal: &Layer, parameters: &CoverageParameters, smooth: bool) -> Footprint {
    let required = required_code(signal, parameters);
    let geometry = if smooth {
        smooth::outline(&signal.codes, &signal.window, required)
    } else {
        stairs::outline(&signal.codes, &signal.window, required)
    };
    Footprint {
        technology: signal.technology,
        operator: signal.operator.clone(),
        geometry,
    }
}

/// Longitudes and latitudes of the lines between the pixels of a window.
struct GridLines {
    west_deg: f64,
    lon_per_column: f64,
    top: f64,
    per_row: f64,
}

impl GridLines {
    fn new(window: &PixelWindow) -> Self {
        let bounds = window.bounds();
        let mercator = |lat_deg: f64| lat_deg.to_radians().tan().asinh();
        let (top, bottom) = (mercator(bounds.north), mercator(bounds.south));
        Self {
            west_deg: bounds.west,
            lon_per_column: (bounds.east - bounds.west) / f64::from(window.columns),
            top,
            per_row: (bottom - top) / f64::from(window.rows),
        }
    }

    /// Longitude of a column's western edge; fractions lie inside the column.
    fn lon_deg(&self, column: f64) -> f64 {
        self.west_deg + column * self.lon_per_column
    }

    /// Latitude of a row's northern edge; fractions lie inside the row.
    fn lat_deg(&self, row: f64) -> f64 {
        (self.top + row * self.per_row).sinh().atan().to_degrees()
    }
}

#[cfg(test)]
mod tests;
