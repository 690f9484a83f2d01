use geo::orient::{Direction, Orient};
use geo::{Contains, Validation};
use geo_types::{MultiPolygon, Point};
use geodesy::Bounds;
use geodesy::tile_grid::PixelWindow;
use proptest::prelude::*;

use super::{smooth, stairs};
use crate::Layer;

const REQUIRED: u16 = 4000;

fn window(columns: usize, rows: usize) -> PixelWindow {
    PixelWindow {
        columns: columns as u32,
        rows: rows as u32,
        ..PixelWindow::covering(Bounds::new(105.9, 18.3, 105.91, 18.31), 12)
    }
}

/// Rasters from speckles to smooth ground, with pixels that nothing reaches.
fn rasters() -> impl Strategy<Value = (usize, usize, Vec<u16>)> {
    (1..14_usize, 1..14_usize).prop_flat_map(|(columns, rows)| {
        let code = prop_oneof![Just(Layer::NO_DATA), Just(REQUIRED), Just(REQUIRED - 1), 3000..5000_u16,];
        (Just(columns), Just(rows), prop::collection::vec(code, columns * rows))
    })
}

fn covered(code: u16) -> bool {
    code >= REQUIRED && code != Layer::NO_DATA
}

/// Valid, exteriors counter-clockwise, and holding the centres of the covered pixels and no others.
fn check(outline: &MultiPolygon<f64>, codes: &[u16], window: &PixelWindow) -> Result<(), TestCaseError> {
    prop_assert!(outline.is_valid(), "{:?}", outline.validation_errors());
    prop_assert!(*outline == outline.clone().orient(Direction::Default));
    for row in 0..window.rows {
        for column in 0..window.columns {
            let centre = window.centre(column, row);
            let inside = outline.contains(&Point::new(centre.lon_deg, centre.lat_deg));
            let at = row as usize * window.columns as usize + column as usize;
            prop_assert_eq!(inside, covered(codes[at]), "{} {}", column, row);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn outlines_along_pixels_hold_the_covered_pixels((columns, rows, codes) in rasters()) {
        let window = window(columns, rows);
        let outline = stairs::outline(&codes, &window, REQUIRED);
        check(&outline, &codes, &window)?;
        // No pixel is cut: as much ground as the covered pixels have, in the projection of the raster.
        let bounds = window.bounds();
        let y = |lat_deg: f64| lat_deg.to_radians().tan().asinh();
        let pixel = (bounds.east - bounds.west) * (y(bounds.north) - y(bounds.south)) / window.len() as f64;
        let projected = geo::MapCoords::map_coords(&outline, |at| geo_types::Coord { x: at.x, y: y(at.y) });
        let area = geo::Area::unsigned_area(&projected) / pixel;
        let count = codes.iter().filter(|&&code| covered(code)).count() as f64;
        prop_assert!((area - count).abs() < 1e-3, "{} pixels outlined, {} covered", area, count);
    }

    #[test]
    fn smooth_outlines_part_covered_from_uncovered((columns, rows, codes) in rasters()) {
        let window = window(columns, rows);
        check(&smooth::outline(&codes, &window, REQUIRED), &codes, &window)?;
    }
}

#[test]
fn holes_that_touch_the_outside_stay_holes() {
    // A ring that is open at a corner, and an island that touches it there.
    let picture = ["#### ", "#  # ", "#  # ", "### #", "    #"];
    let codes: Vec<u16> = picture
        .iter()
        .flat_map(|line| line.bytes())
        .map(|byte| if byte == b'#' { REQUIRED } else { 0 })
        .collect();
    let outline = stairs::outline(&codes, &window(5, 5), REQUIRED);
    assert!(outline.is_valid());
    let holes: Vec<usize> = outline.iter().map(|polygon| polygon.interiors().len()).collect();
    assert_eq!(holes, [1, 0]);
}
