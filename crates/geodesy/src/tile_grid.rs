//! The Web Mercator pyramid (EPSG:3857): 256 × 256 pixel tiles, zoom 0 the whole world.
//!
//! What is computed is what is shown, so grids are windows of global pixels at one zoom. Pixels are square on the map
//! but not on the ground: [`PixelWindow::pixel_area_m2`] gives the true area of each on the ellipsoid.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::ellipsoid::{meridian_radius_m, prime_vertical_radius_m, zone_area_m2_per_rad};
use crate::position::{Bounds, LonLat};

/// Pixels along each side of a tile.
pub const TILE_SIZE: u32 = 256;
/// Deepest zoom whose global pixel indices fit in 32 bits with room to spare.
pub const MAXIMUM_ZOOM: u8 = 22;
/// Northern and southern edge of the pyramid, degrees.
pub const MAXIMUM_LATITUDE_DEG: f64 = 85.051_128_779_806_59;

/// One tile of the pyramid; y counts from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tile {
    /// Zoom, 0 to 22.
    pub zoom: u8,
    /// Column from 180° W.
    pub x: u32,
    /// Row from the north.
    pub y: u32,
}

impl Tile {
    /// The tile's 256 × 256 pixels.
    #[must_use]
    pub const fn window(&self) -> PixelWindow {
        PixelWindow {
            zoom: self.zoom,
            column: self.x.saturating_mul(TILE_SIZE),
            row: self.y.saturating_mul(TILE_SIZE),
            columns: TILE_SIZE,
            rows: TILE_SIZE,
        }
    }

    /// The tile's edges.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.window().bounds()
    }
}

/// A rectangle of global pixels at one zoom; row 0 is the north edge of the pyramid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PixelWindow {
    /// Zoom, 0 to 22.
    pub zoom: u8,
    /// First (western) global pixel column.
    pub column: u32,
    /// First (northern) global pixel row.
    pub row: u32,
    /// Width in pixels.
    pub columns: u32,
    /// Height in pixels.
    pub rows: u32,
}

impl PixelWindow {
    /// The smallest window whose pixels cover a rectangle (zoom above 22 is taken as 22).
    #[must_use]
    pub fn covering(bounds: Bounds, zoom: u8) -> Self {
        let zoom = zoom.min(MAXIMUM_ZOOM);
        let last = world_pixels(zoom) - 1.0;
        let pixel = |value: f64| value.floor().clamp(0.0, last) as u32;
        let (west, east) = (pixel(column_of(bounds.west, zoom)), pixel(column_of(bounds.east, zoom)));
        let (north, south) = (pixel(row_of(bounds.north, zoom)), pixel(row_of(bounds.south, zoom)));
        Self {
            zoom,
            column: west,
            row: north,
            columns: east.saturating_sub(west) + 1,
            rows: south.saturating_sub(north) + 1,
        }
    }

    /// Number of pixels.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// Whether there is no pixel.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.columns == 0 || self.rows == 0
    }

    /// Position in a row-major vector of a pixel (window-relative); `None` outside.
    #[must_use]
    pub const fn index(&self, column: u32, row: u32) -> Option<usize> {
        if column < self.columns && row < self.rows {
            Some(row as usize * self.columns as usize + column as usize)
        } else {
            None
        }
    }

    /// Centre of a pixel; column and row count from the window's north-west corner.
    #[must_use]
    pub fn centre(&self, column: u32, row: u32) -> LonLat {
        LonLat::new(
            longitude_of(f64::from(self.column) + f64::from(column) + 0.5, self.zoom),
            latitude_of(f64::from(self.row) + f64::from(row) + 0.5, self.zoom),
        )
    }

    /// The pixel (column, row from the window's north-west corner) that holds a place; `None` outside the window.
    #[must_use]
    pub fn pixel_of(&self, position: LonLat) -> Option<(u32, u32)> {
        let column = column_of(position.lon_deg, self.zoom).floor() - f64::from(self.column);
        let row = row_of(position.lat_deg, self.zoom).floor() - f64::from(self.row);
        let inside = (0.0..f64::from(self.columns)).contains(&column) && (0.0..f64::from(self.rows)).contains(&row);
        inside.then_some((column as u32, row as u32))
    }

    /// A place in fractional pixels from the window's north-west corner (pixel centres at .5); may lie outside.
    #[must_use]
    pub fn fractional_pixel_of(&self, position: LonLat) -> (f64, f64) {
        (
            column_of(position.lon_deg, self.zoom) - f64::from(self.column),
            row_of(position.lat_deg, self.zoom) - f64::from(self.row),
        )
    }

    /// True area on the ellipsoid of each pixel in a row (window-relative), m².
    #[must_use]
    pub fn pixel_area_m2(&self, row: u32) -> f64 {
        let (north, south) = self.row_edges_rad(row);
        2.0 * PI / world_pixels(self.zoom) * (zone_area_m2_per_rad(north) - zone_area_m2_per_rad(south))
    }

    /// Ground width and height of each pixel in a row (window-relative), metres.
    #[must_use]
    pub fn pixel_size_m(&self, row: u32) -> (f64, f64) {
        let (north, south) = self.row_edges_rad(row);
        let middle = (north + south) / 2.0;
        let width = 2.0 * PI / world_pixels(self.zoom) * prime_vertical_radius_m(middle) * middle.cos();
        (width, (north - south) * meridian_radius_m(middle))
    }

    /// Outer edges of the window.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds::new(
            longitude_of(f64::from(self.column), self.zoom),
            latitude_of(f64::from(self.row) + f64::from(self.rows), self.zoom),
            longitude_of(f64::from(self.column) + f64::from(self.columns), self.zoom),
            latitude_of(f64::from(self.row), self.zoom),
        )
    }

    /// The tiles that the window touches, row by row.
    pub fn tiles(&self) -> impl Iterator<Item = Tile> + use<> {
        let zoom = self.zoom;
        let aligned = self.aligned_to_tiles();
        let (x, y) = (aligned.column / TILE_SIZE, aligned.row / TILE_SIZE);
        let (columns, rows) = (aligned.columns / TILE_SIZE, aligned.rows / TILE_SIZE);
        (y..y + rows).flat_map(move |y| (x..x + columns).map(move |x| Tile { zoom, x, y }))
    }

    /// The smallest window of whole tiles that holds this one.
    #[must_use]
    pub fn aligned_to_tiles(&self) -> Self {
        let column = self.column / TILE_SIZE * TILE_SIZE;
        let row = self.row / TILE_SIZE * TILE_SIZE;
        Self {
            zoom: self.zoom,
            column,
            row,
            columns: (self.column - column + self.columns).next_multiple_of(TILE_SIZE),
            rows: (self.row - row + self.rows).next_multiple_of(TILE_SIZE),
        }
    }

    /// The pixels common to two windows of one zoom, if any.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let column = self.column.max(other.column);
        let row = self.row.max(other.row);
        let last_column = (self.column + self.columns).min(other.column + other.columns);
        let last_row = (self.row + self.rows).min(other.row + other.rows);
        (self.zoom == other.zoom && column < last_column && row < last_row).then(|| Self {
            zoom: self.zoom,
            column,
            row,
            columns: last_column - column,
            rows: last_row - row,
        })
    }

    fn row_edges_rad(&self, row: u32) -> (f64, f64) {
        let north = f64::from(self.row) + f64::from(row);
        (
            latitude_of(north, self.zoom).to_radians(),
            latitude_of(north + 1.0, self.zoom).to_radians(),
        )
    }
}

/// Values for the pixels of a window, row by row from the north-west.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid<T> {
    /// The pixels.
    pub window: PixelWindow,
    /// One value per pixel, row-major.
    pub values: Vec<T>,
}

impl<T: Copy> Grid<T> {
    /// A grid with the same value everywhere.
    #[must_use]
    pub fn filled(window: PixelWindow, value: T) -> Self {
        Self {
            window,
            values: vec![value; window.len()],
        }
    }

    /// The value of a pixel (window-relative); `None` outside.
    #[must_use]
    pub fn get(&self, column: u32, row: u32) -> Option<T> {
        self.values.get(self.window.index(column, row)?).copied()
    }

    /// The value of the pixel that holds a place; `None` outside.
    #[must_use]
    pub fn at(&self, position: LonLat) -> Option<T> {
        let (column, row) = self.window.pixel_of(position)?;
        self.get(column, row)
    }

    /// The values of one row (window-relative); empty outside.
    #[must_use]
    pub fn row(&self, row: u32) -> &[T] {
        let columns = self.window.columns as usize;
        self.values
            .get(row as usize * columns..(row as usize + 1) * columns)
            .unwrap_or(&[])
    }
}

/// Pixels along the equator at a zoom.
fn world_pixels(zoom: u8) -> f64 {
    f64::from(TILE_SIZE) * f64::from(1_u32 << zoom.min(MAXIMUM_ZOOM))
}

/// Fractional global pixel column of a longitude.
fn column_of(lon_deg: f64, zoom: u8) -> f64 {
    (lon_deg + 180.0) / 360.0 * world_pixels(zoom)
}

/// Fractional global pixel row of a latitude (EPSG method 1024: spherical formula on the geodetic latitude).
fn row_of(lat_deg: f64, zoom: u8) -> f64 {
    let lat = lat_deg.clamp(-MAXIMUM_LATITUDE_DEG, MAXIMUM_LATITUDE_DEG).to_radians();
    (1.0 - lat.tan().asinh() / PI) / 2.0 * world_pixels(zoom)
}

fn longitude_of(column: f64, zoom: u8) -> f64 {
    column / world_pixels(zoom) * 360.0 - 180.0
}

fn latitude_of(row: f64, zoom: u8) -> f64 {
    (PI * (1.0 - 2.0 * row / world_pixels(zoom))).sinh().atan().to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::distance_m;
    use proptest::prelude::*;

    const HA_TINH: LonLat = LonLat::new(105.9, 18.34);

    #[test]
    fn ha_tinh_lies_in_its_known_tile() {
        let window = PixelWindow::covering(Bounds::around_circle(HA_TINH, 0.0), 12);
        // x = 285.9 / 360 · 4096 = 3252.9; y = (1 − ln(tan φ + sec φ) / π) / 2 · 4096 = (1 − 0.32570 / π) · 2048 = 1835.7.
        assert_eq!(
            window.tiles().collect::<Vec<_>>(),
            vec![Tile {
                zoom: 12,
                x: 3252,
                y: 1835
            }]
        );
    }

    #[test]
    fn zoom_12_pixels_are_36_metres_in_ha_tinh() {
        let window = PixelWindow::covering(Bounds::around_circle(HA_TINH, 1000.0), 12);
        let (width, height) = window.pixel_size_m(0);
        assert!(
            (width - 36.3).abs() < 0.1 && (height - 36.1).abs() < 0.2,
            "{width} × {height}"
        );
    }

    #[test]
    fn pixel_areas_add_up_to_the_whole_pyramid() {
        let window = Tile { zoom: 0, x: 0, y: 0 }.window();
        let sum: f64 = (0..window.rows)
            .map(|row| window.pixel_area_m2(row) * f64::from(window.columns))
            .sum();
        let pole = MAXIMUM_LATITUDE_DEG.to_radians();
        let expected = 4.0 * PI * zone_area_m2_per_rad(pole);
        assert!((sum / expected - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn a_pixel_holds_its_centre(lon in -179.9..179.9_f64, lat in -85.0..85.0_f64, zoom in 0..=22_u8) {
            let window = PixelWindow::covering(Bounds::around_circle(LonLat::new(lon, lat), 0.0), zoom).aligned_to_tiles();
            let (column, row) = window.pixel_of(LonLat::new(lon, lat)).expect("inside its own window");
            prop_assert_eq!(window.pixel_of(window.centre(column, row)), Some((column, row)));
            prop_assert!(window.bounds().contains(LonLat::new(lon, lat)));
        }

        #[test]
        fn area_and_size_agree_with_geodesics(lon in 102.0..110.0_f64, lat in 8.0..24.0_f64, zoom in 10..=16_u8) {
            let window = PixelWindow::covering(Bounds::around_circle(LonLat::new(lon, lat), 0.0), zoom);
            let edges = window.bounds();
            let middle = edges.centre();
            let width = distance_m(LonLat::new(edges.west, middle.lat_deg), LonLat::new(edges.east, middle.lat_deg));
            let height = distance_m(LonLat::new(middle.lon_deg, edges.south), LonLat::new(middle.lon_deg, edges.north));
            let (w, h) = window.pixel_size_m(0);
            prop_assert!((w / width - 1.0).abs() < 1e-6 && (h / height - 1.0).abs() < 1e-6);
            prop_assert!((window.pixel_area_m2(0) / (width * height) - 1.0).abs() < 1e-6);
        }

        #[test]
        fn covering_covers(
            west in 102.0..109.0_f64, south in 8.0..23.0_f64, width in 0.0..1.0_f64, height in 0.0..1.0_f64, zoom in 5..=13_u8
        ) {
            let bounds = Bounds::new(west, south, west + width, south + height);
            let window = PixelWindow::covering(bounds, zoom);
            let outer = window.bounds();
            prop_assert!(outer.west <= bounds.west && outer.east >= bounds.east);
            prop_assert!(outer.south <= bounds.south + 1e-12 && outer.north >= bounds.north - 1e-12);
            let whole = window.aligned_to_tiles();
            prop_assert_eq!(whole.intersection(&window), Some(window));
            prop_assert_eq!(window.tiles().count() as u32, whole.columns / TILE_SIZE * (whole.rows / TILE_SIZE));
        }
    }
}
