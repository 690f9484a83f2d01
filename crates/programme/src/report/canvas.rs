//! A picture drawn by hand: filled polygons, lines, dots, without fonts and without a clock.

use crate::error::ProgrammeError;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// Pixels are drawn twice as fine as they are kept, which smooths the edges.
const FINER: usize = 2;

/// Columns of a letter.
const GLYPH_COLUMNS: usize = 5;
/// Side of a letter's dot, pixels.
const DOT: f64 = 2.0;

/// The rows of a letter, five bits each: all that a scale bar says.
const fn glyph(letter: char) -> [u8; 7] {
    match letter {
        '0' => [14, 17, 19, 21, 25, 17, 14],
        '1' => [4, 12, 4, 4, 4, 4, 14],
        '2' => [14, 17, 1, 2, 4, 8, 31],
        '3' => [31, 2, 4, 2, 1, 17, 14],
        '4' => [2, 6, 10, 18, 31, 2, 2],
        '5' => [31, 16, 30, 1, 1, 17, 14],
        '6' => [6, 8, 16, 30, 17, 17, 14],
        '7' => [31, 1, 2, 4, 8, 8, 8],
        '8' => [14, 17, 17, 14, 17, 17, 14],
        '9' => [14, 17, 17, 15, 1, 2, 12],
        'k' => [16, 16, 18, 20, 24, 20, 18],
        'm' => [0, 0, 26, 21, 21, 21, 21],
        _ => [0; 7],
    }
}

/// A picture being drawn; coordinates are in its own pixels, from the top left.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width * FINER, height * FINER);
        Self {
            width,
            height,
            pixels: vec![[255; 3]; width * height],
        }
    }

    /// Fills rings by the even-odd rule: holes are rings too.
    pub(super) fn fill(&mut self, rings: &[Vec<[f64; 2]>], colour: Colour) {
        let scale = FINER as f64;
        let mut crossings = Vec::new();
        let ys = || rings.iter().flatten().map(|point| point[1] * scale);
        let (low, high) = ys().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
            (low.min(y), high.max(y))
        });
        if low > high {
            return;
        }
        let first = low.floor().clamp(0.0, self.height as f64) as usize;
        let last = high.ceil().clamp(0.0, self.height as f64) as usize;
        for line in first..last {
            let y = line as f64 + 0.5;
            crossings.clear();
            for ring in rings {
                for pair in ring.windows(2) {
                    let ([x1, y1], [x2, y2]) = (pair[0].map(|v| v * scale), pair[1].map(|v| v * scale));
                    if (y1 > y) != (y2 > y) {
                        crossings.push(x1 + (y - y1) * (x2 - x1) / (y2 - y1));
                    }
                }
            }
            crossings.sort_by(f64::total_cmp);
            for span in crossings.chunks_exact(2) {
                let from = span[0].round().clamp(0.0, self.width as f64) as usize;
                let to = span[1].round().clamp(0.0, self.width as f64) as usize;
                if from < to {
                    self.pixels[line * self.width + from..line * self.width + to].fill(colour);
                }
            }
        }
    }

    /// Draws the rings' outlines, `thickness` in pixels.
    pub(super) fn outline(&mut self, rings: &[Vec<[f64; 2]>], thickness: f64, colour: Colour) {
        for ring in rings {
            for pair in ring.windows(2) {
                let ([x1, y1], [x2, y2]) = (pair[0], pair[1]);
                let steps = ((x2 - x1).hypot(y2 - y1) * FINER as f64).ceil().max(1.0);
                // A ring that leaves the picture far behind costs no more than its side.
                if steps > 1e5 {
                    continue;
                }
                for step in 0..=steps as usize {
                    let part = step as f64 / steps;
                    self.dot([x1 + part * (x2 - x1), y1 + part * (y2 - y1)], thickness / 2.0, colour);
                }
            }
        }
    }

    /// A filled circle, `radius` in pixels.
    pub(super) fn dot(&mut self, centre: [f64; 2], radius: f64, colour: Colour) {
        let scale = FINER as f64;
        let ([x, y], radius) = (centre.map(|v| v * scale), (radius * scale).max(0.5));
        let bound = |value: f64, most: usize| value.clamp(0.0, most as f64) as usize;
        for line in bound((y - radius).floor(), self.height)..bound((y + radius).ceil(), self.height) {
            for column in bound((x - radius).floor(), self.width)..bound((x + radius).ceil(), self.width) {
                let (dx, dy) = (column as f64 + 0.5 - x, line as f64 + 0.5 - y);
                if dx * dx + dy * dy <= radius * radius {
                    self.pixels[line * self.width + column] = colour;
                }
            }
        }
    }

    /// Writes digits, `k`, `m` and spaces from a top left corner; anything else leaves a gap.
    pub(super) fn write(&mut self, text: &str, [left, top]: [f64; 2], colour: Colour) {
        for (index, letter) in text.chars().enumerate() {
            let x = left + (index * (GLYPH_COLUMNS + 1)) as f64 * DOT;
            for (line, row) in glyph(letter).into_iter().enumerate() {
                for column in (0..GLYPH_COLUMNS).filter(|column| row & (1 << (GLYPH_COLUMNS - 1 - column)) != 0) {
                    let (west, north) = (x + column as f64 * DOT, top + line as f64 * DOT);
                    let (east, south) = (west + DOT, north + DOT);
                    let square = vec![
                        [west, north],
                        [east, north],
                        [east, south],
                        [west, south],
                        [west, north],
                    ];
                    self.fill(&[square], colour);
                }
            }
        }
    }

    /// The picture as PNG.
    pub(super) fn png(&self) -> Result<Vec<u8>, ProgrammeError> {
        let broken = |error: png::EncodingError| ProgrammeError::Package(error.to_string());
        let (width, height) = (self.width / FINER, self.height / FINER);
        let mut smooth = Vec::with_capacity(width * height * 3);
        for line in 0..height {
            for column in 0..width {
                for band in 0..3 {
                    let mut sum = 0;
                    for index in 0..FINER * FINER {
                        let (down, right) = (index / FINER, index % FINER);
                        let at = (line * FINER + down) * self.width + column * FINER + right;
                        sum += usize::from(self.pixels[at][band]);
                    }
                    smooth.push((sum / (FINER * FINER)) as u8);
                }
            }
        }
        let mut bytes = Vec::new();
        // Pictures are some hundred pixels a side.
        let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().map_err(broken)?;
        writer.write_image_data(&smooth).map_err(broken)?;
        writer.finish().map_err(broken)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(canvas: &Canvas, x: usize, y: usize) -> Colour {
        canvas.pixels[(y * FINER) * canvas.width + x * FINER]
    }

    #[test]
    fn holes_stay_empty_and_nothing_leaves_the_picture() {
        let mut canvas = Canvas::new(20, 20);
        let square = |from: f64, to: f64| vec![[from, from], [to, from], [to, to], [from, to], [from, from]];
        canvas.fill(&[square(-5.0, 15.0), square(5.0, 10.0)], [1, 2, 3]);
        assert_eq!(at(&canvas, 0, 0), [1, 2, 3]);
        assert_eq!(at(&canvas, 7, 7), [255; 3]);
        assert_eq!(at(&canvas, 12, 12), [1, 2, 3]);
        assert_eq!(at(&canvas, 17, 17), [255; 3]);
        canvas.dot([19.5, 19.5], 3.0, [9; 3]);
        assert_eq!(at(&canvas, 19, 19), [9; 3]);
        canvas.outline(&[square(-1e9, 1e9)], 1.0, [0; 3]);
        assert!(canvas.png().unwrap().starts_with(b"\x89PNG"));
    }

    #[test]
    fn a_scale_is_written() {
        let mut canvas = Canvas::new(40, 20);
        canvas.write("1 k", [2.0, 2.0], [7; 3]);
        // The stem of the 1, the gap, the stem of the k.
        assert_eq!(at(&canvas, 2 + 4, 10), [7; 3]);
        assert_eq!(at(&canvas, 2 + 12 + 4, 10), [255; 3]);
        assert_eq!(at(&canvas, 2 + 24, 10), [7; 3]);
    }
}
