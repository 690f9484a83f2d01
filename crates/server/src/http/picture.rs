//! Values to pictures: colour scales, PNG tiles, hillshade.

use coverage_model::{Layer, Quantity};
use geodesy::tile_grid::{Grid, PixelWindow, TILE_SIZE, Tile};

use crate::Problem;

/// Viridis (matplotlib, CC0), nine even stops: perceptually even and safe for colour-blind eyes.
const VIRIDIS: [[u8; 3]; 9] = [
    [0x44, 0x01, 0x54],
    [0x47, 0x2d, 0x7b],
    [0x3b, 0x52, 0x8b],
    [0x2c, 0x72, 0x8e],
    [0x21, 0x91, 0x8c],
    [0x28, 0xae, 0x80],
    [0x5e, 0xc9, 0x62],
    [0xad, 0xdc, 0x30],
    [0xfd, 0xe7, 0x25],
];

/// How a quantity is shown: values from `low` to `high`, nothing below `low`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Value of the first colour; below it the picture is transparent.
    pub low: f32,
    /// Value of the last colour.
    pub high: f32,
}

/// Part of the scale that a single colour is taken from.
const ONE_COLOUR: f32 = 0.6;

/// Palette entry 0 is transparent; the rest are colours.
const COLOURS: u8 = 254;

impl Scale {
    /// The scale of a quantity; signal begins at the threshold.
    pub fn of(quantity: Quantity, threshold_dbm: f64) -> Self {
        match quantity {
            Quantity::Signal => Self {
                low: threshold_dbm as f32,
                high: -60.0,
            },
            Quantity::Probability => Self { low: 0.5, high: 1.0 },
            Quantity::Sinr => Self { low: -6.0, high: 30.0 },
            Quantity::Throughput => Self { low: 1.0, high: 300.0 },
            _ => Self { low: 0.0, high: 1.0 },
        }
    }

    /// The same colour for everything from a value on.
    pub fn served_only(self, bar: f64) -> Self {
        Self {
            low: bar as f32,
            high: bar as f32,
        }
    }

    fn index(self, value: f32) -> u8 {
        if value.is_nan() || value < self.low {
            return 0;
        }
        let part = if self.high > self.low {
            ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
        } else {
            ONE_COLOUR
        };
        1 + (part * f32::from(COLOURS - 1)).round() as u8
    }

    /// The colour of one value.
    pub fn colour(self, value: f32) -> String {
        let part = (value - self.low) / (self.high - self.low);
        hex(colour_at(part.clamp(0.0, 1.0)))
    }

    /// A few values with their colours, for the legend.
    pub fn legend(self) -> Vec<(f32, String)> {
        const STOPS: u8 = 8;
        if self.high <= self.low {
            return vec![(self.low, hex(colour_at(ONE_COLOUR)))];
        }
        (0..=STOPS)
            .map(|stop| {
                let part = f32::from(stop) / f32::from(STOPS);
                let value = self.low + part * (self.high - self.low);
                (value, hex(colour_at(part)))
            })
            .collect()
    }
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn colour_at(part: f32) -> [u8; 3] {
    let place = part.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f32;
    let first = (place.floor() as usize).min(VIRIDIS.len() - 2);
    let between = place - first as f32;
    let (a, b) = (VIRIDIS[first], VIRIDIS[first + 1]);
    std::array::from_fn(|band| (f32::from(a[band]) + (f32::from(b[band]) - f32::from(a[band])) * between).round() as u8)
}

/// The pixels of a layer's zoom that lie under a tile: all that [`layer_tile`] looks at.
pub fn pixels_under(tile: Tile, layer_zoom: u8) -> PixelWindow {
    let window = tile.window();
    let scaled = |pixel: u32| match layer_zoom.checked_sub(tile.zoom) {
        Some(finer) => u32::try_from(u64::from(pixel) << finer).unwrap_or(u32::MAX),
        None => pixel >> (tile.zoom - layer_zoom),
    };
    let side = scaled(TILE_SIZE).max(1);
    PixelWindow {
        zoom: layer_zoom,
        column: scaled(window.column),
        row: scaled(window.row),
        columns: side,
        rows: side,
    }
}

/// A tile of a layer as PNG. Between the layer's own zoom and another, each pixel takes the layer's pixel at its centre.
pub fn layer_tile(layer: &Layer, tile: Tile, scale: Scale) -> Result<Vec<u8>, Problem> {
    let size = TILE_SIZE as usize;
    let mut indices = vec![0u8; size * size];
    let columns: Vec<Option<usize>> = (0..TILE_SIZE)
        .map(|column| {
            source_pixel(
                tile.zoom,
                tile.x,
                column,
                layer.window.zoom,
                layer.window.column,
                layer.window.columns,
            )
        })
        .collect();
    for row in 0..TILE_SIZE {
        let Some(source_row) = source_pixel(
            tile.zoom,
            tile.y,
            row,
            layer.window.zoom,
            layer.window.row,
            layer.window.rows,
        ) else {
            continue;
        };
        for (column, source_column) in columns.iter().enumerate() {
            let Some(source_column) = source_column else { continue };
            let Some(code) = layer
                .codes
                .get(source_row * layer.window.columns as usize + source_column)
            else {
                continue;
            };
            indices[row as usize * size + column] = index_of(layer, *code, scale);
        }
    }
    encode_palette(&indices)
}

fn index_of(layer: &Layer, code: u16, scale: Scale) -> u8 {
    if code == Layer::NO_DATA {
        return 0;
    }
    match layer.quantity {
        // Neighbouring cells get colours far apart: steps of the golden ratio around the scale.
        Quantity::BestServer => 1 + ((u32::from(code) * 157) % u32::from(COLOURS)) as u8,
        _ => scale.index(layer.decode(code)),
    }
}

/// The layer's pixel (counted from its window's edge) under the centre of a tile's pixel.
fn source_pixel(zoom: u8, tile: u32, pixel: u32, layer_zoom: u8, first: u32, count: u32) -> Option<usize> {
    let global = u64::from(tile) * u64::from(TILE_SIZE) + u64::from(pixel);
    let source = if zoom >= layer_zoom {
        global >> (zoom - layer_zoom)
    } else {
        let step = layer_zoom - zoom;
        (global << step) + (1 << (step - 1))
    };
    let inside = source
        .checked_sub(u64::from(first))
        .filter(|inside| *inside < u64::from(count))?;
    usize::try_from(inside).ok()
}

fn encode_palette(indices: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut palette = vec![0u8; 3];
    for index in 0..COLOURS {
        palette.extend(colour_at(f32::from(index) / f32::from(COLOURS - 1)));
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, TILE_SIZE, TILE_SIZE);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_palette(palette);
    encoder.set_trns(vec![0u8]);
    write_png(encoder, indices)?;
    Ok(bytes)
}

fn write_png(encoder: png::Encoder<'_, &mut Vec<u8>>, data: &[u8]) -> Result<(), Problem> {
    let internal = |error: png::EncodingError| Problem::internal(&error);
    let mut writer = encoder.write_header().map_err(internal)?;
    writer.write_image_data(data).map_err(internal)?;
    writer.finish().map_err(internal)
}

/// Light from the north-west at 45°, as on printed maps.
const SUN_AZIMUTH_RAD: f32 = 315.0 * std::f32::consts::PI / 180.0;
const SUN_HEIGHT_RAD: f32 = std::f32::consts::FRAC_PI_4;
/// Strongest shadow and light, of 255: soft, so that the map's colours stay readable over it.
const STRONGEST: f32 = 150.0;

/// Shaded relief of a tile as grey with transparency (black shadows, white lights), over any ground colour.
///
/// `heights` is the tile's window with one more pixel on each side; `pixel_m` the ground size of a pixel.
pub fn hillshade(heights: &Grid<f32>, pixel_m: f32) -> Result<Vec<u8>, Problem> {
    let wide = heights.window.columns as usize;
    let mut data = Vec::with_capacity((TILE_SIZE * TILE_SIZE * 2) as usize);
    for row in 1..=TILE_SIZE as usize {
        for column in 1..=TILE_SIZE as usize {
            let at = |dx: usize, dy: usize| {
                heights
                    .values
                    .get((row + dy - 1) * wide + column + dx - 1)
                    .copied()
                    .unwrap_or(f32::NAN)
            };
            data.extend(shade(at, pixel_m));
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, TILE_SIZE, TILE_SIZE);
    encoder.set_color(png::ColorType::GrayscaleAlpha);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    write_png(encoder, &data)?;
    Ok(bytes)
}

/// Horn's slope of the 3 × 3 neighbourhood, lit; grey and opacity.
fn shade(at: impl Fn(usize, usize) -> f32, pixel_m: f32) -> [u8; 2] {
    let east = at(2, 0) + 2.0 * at(2, 1) + at(2, 2) - at(0, 0) - 2.0 * at(0, 1) - at(0, 2);
    let south = at(0, 2) + 2.0 * at(1, 2) + at(2, 2) - at(0, 0) - 2.0 * at(1, 0) - at(2, 0);
    let (dx, dy) = (east / (8.0 * pixel_m), south / (8.0 * pixel_m));
    if !(dx.is_finite() && dy.is_finite()) {
        return [0, 0];
    }
    // The light on a plane with normal (−dx, dy, 1): east, north, up.
    let toward_sun = (
        SUN_AZIMUTH_RAD.sin() * SUN_HEIGHT_RAD.cos(),
        SUN_AZIMUTH_RAD.cos() * SUN_HEIGHT_RAD.cos(),
        SUN_HEIGHT_RAD.sin(),
    );
    let light = (-dx * toward_sun.0 + dy * toward_sun.1 + toward_sun.2) / (dx * dx + dy * dy + 1.0).sqrt();
    let difference = light - toward_sun.2;
    let grey = if difference < 0.0 { 0 } else { 255 };
    [grey, (difference.abs() / toward_sun.2 * STRONGEST).min(STRONGEST) as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_the_threshold_is_transparent_and_the_scale_rises() {
        let scale = Scale::of(Quantity::Signal, -105.0);
        assert_eq!(scale.index(-105.1), 0);
        assert_eq!(scale.index(f32::NAN), 0);
        assert_eq!(scale.index(-105.0), 1);
        assert_eq!(scale.index(-20.0), COLOURS);
        assert_eq!(scale.legend()[0], (-105.0, "#440154".to_owned()));
        assert_eq!(scale.legend()[8].1, "#fde725");
    }

    #[test]
    fn pixels_of_other_zooms_find_their_source() {
        assert_eq!(source_pixel(12, 3, 10, 12, 768, 256), Some(10));
        assert_eq!(source_pixel(13, 6, 21, 12, 768, 256), Some(10));
        assert_eq!(source_pixel(11, 1, 133, 12, 768, 256), Some(11), "2 × 389 + 1 − 768");
        assert_eq!(source_pixel(12, 2, 255, 12, 768, 256), None);
    }

    #[test]
    fn a_tile_drawn_from_what_lies_under_it_is_the_tile_of_the_whole_layer() {
        let (columns, rows) = (700, 600);
        let window = PixelWindow {
            zoom: 12,
            column: 3 * 256 + 100,
            row: 5 * 256 + 7,
            columns,
            rows,
        };
        let layer = Layer {
            technology: geodata::Technology::G4,
            operator: None,
            quantity: Quantity::Signal,
            window,
            codes: (0..columns * rows)
                .map(|pixel| 4000 + (pixel * 7 % 900) as u16)
                .collect(),
            cells: Vec::new(),
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.layer");
        std::fs::write(&path, layer.to_bytes().unwrap()).unwrap();
        let stored = coverage_model::LayerFile::open(&path).unwrap();
        let scale = Scale {
            low: -100.0,
            high: -60.0,
        };
        for (zoom, x, y) in [
            (12, 4, 6),
            (12, 3, 5),
            (13, 9, 12),
            (15, 40, 60),
            (11, 2, 2),
            (9, 0, 0),
            (22, 5000, 7000),
            (0, 0, 0),
        ] {
            let tile = Tile { zoom, x, y };
            let part = stored.part(pixels_under(tile, 12)).unwrap();
            assert!(
                layer_tile(&part, tile, scale).unwrap() == layer_tile(&layer, tile, scale).unwrap(),
                "{tile:?}"
            );
        }
    }

    #[test]
    fn a_slope_to_the_north_west_is_lit_and_flat_ground_is_clear() {
        assert_eq!(shade(|_, _| 5.0, 30.0), [255, 0]);
        let lit = shade(|x, y| (x + y) as f32 * 20.0, 30.0);
        let dark = shade(|x, y| -((x + y) as f32) * 20.0, 30.0);
        assert!(lit[0] == 255 && lit[1] > 0, "{lit:?}");
        assert!(dark[0] == 0 && dark[1] > 0, "{dark:?}");
        assert_eq!(shade(|_, _| f32::NAN, 30.0), [0, 0]);
    }
}
