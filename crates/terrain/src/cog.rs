//! Cloud-optimised GeoTIFF: tiled, with its overviews inside, directories before data and small overviews before large ones, so
//! that a reader over the network fetches what it shows and no more. The same values give the same bytes.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::error::TerrainError;
use crate::geotiff::{GeoTransform, geo_keys};

/// Side of a tile, pixels.
const TILE: u32 = 512;

/// A pixel type of a cloud-optimised GeoTIFF.
pub trait CogPixel: Copy {
    /// Bits of a pixel.
    const BITS: u16;
    /// TIFF's sample format: 1 unsigned, 3 floating point.
    const FORMAT: u16;
    /// Writes a pixel, little-endian.
    fn put(self, bytes: &mut Vec<u8>);
    /// What four pixels of a finer level are shown as.
    fn reduce(pixels: &[Self]) -> Self;
}

impl CogPixel for f32 {
    const BITS: u16 = 32;
    const FORMAT: u16 = 3;

    fn put(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }

    /// The mean of those that have a value.
    fn reduce(pixels: &[Self]) -> Self {
        let (sum, count) = pixels
            .iter()
            .filter(|pixel| !pixel.is_nan())
            .fold((0.0_f64, 0_u32), |(sum, count), pixel| {
                (sum + f64::from(*pixel), count + 1)
            });
        if count == 0 {
            Self::NAN
        } else {
            (sum / f64::from(count)) as Self
        }
    }
}

impl CogPixel for u8 {
    const BITS: u16 = 8;
    const FORMAT: u16 = 1;

    fn put(self, bytes: &mut Vec<u8>) {
        bytes.push(self);
    }

    /// The commonest; of equals the first.
    fn reduce(pixels: &[Self]) -> Self {
        let times = |wanted: Self| pixels.iter().filter(|pixel| **pixel == wanted).count();
        let best = pixels.iter().rev().copied().max_by_key(|pixel| times(*pixel));
        best.unwrap_or(0)
    }
}

/// One level: the raster itself, or an overview.
struct Level<T> {
    width: u32,
    height: u32,
    values: Vec<T>,
    /// Compressed tiles, row by row.
    tiles: Vec<Vec<u8>>,
}

/// Encodes a raster, row by row from the north-west. `colours` are the red, green and blue of each value of a classed raster.
///
/// # Errors
/// [`TerrainError::Invalid`] when `values` are not `width × height`, or there are more bytes than a TIFF of 4 GiB holds.
pub fn encode<T: CogPixel>(
    width: u32,
    height: u32,
    transform: GeoTransform,
    nodata: &str,
    values: &[T],
    colours: Option<&[[u8; 3]; 256]>,
) -> Result<Vec<u8>, TerrainError> {
    if values.is_empty() || values.len() as u64 != u64::from(width) * u64::from(height) {
        return Err(TerrainError::Invalid(format!(
            "{} values cannot fill a raster of {width} × {height} pixels",
            values.len()
        )));
    }
    let mut levels = vec![Level::new(width, height, values.to_vec())?];
    while let Some(last) = levels.last().filter(|last| last.width > TILE || last.height > TILE) {
        let next = last.halved()?;
        levels.push(next);
    }
    let directories: Vec<Directory> = levels
        .iter()
        .enumerate()
        .map(|(index, level)| Directory::new(level, index, transform, nodata, colours))
        .collect();
    assemble(&levels, directories)
}

impl<T: CogPixel> Level<T> {
    fn new(width: u32, height: u32, values: Vec<T>) -> Result<Self, TerrainError> {
        let mut level = Self {
            width,
            height,
            values,
            tiles: Vec::new(),
        };
        for row in 0..height.div_ceil(TILE) {
            for column in 0..width.div_ceil(TILE) {
                let tile = level.tile(column, row)?;
                level.tiles.push(tile);
            }
        }
        Ok(level)
    }

    /// A compressed tile; beyond the raster its last column and row are repeated.
    fn tile(&self, column: u32, row: u32) -> Result<Vec<u8>, TerrainError> {
        let mut plain = Vec::with_capacity((TILE * TILE) as usize * usize::from(T::BITS / 8));
        for y in 0..TILE {
            let line = (row * TILE + y).min(self.height - 1) as usize * self.width as usize;
            for x in 0..TILE {
                self.values[line + (column * TILE + x).min(self.width - 1) as usize].put(&mut plain);
            }
        }
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
        let written = encoder.write_all(&plain).and_then(|()| encoder.finish());
        written.map_err(|error| TerrainError::Invalid(error.to_string()))
    }

    fn halved(&self) -> Result<Self, TerrainError> {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut values = Vec::with_capacity(width as usize * height as usize);
        let mut four = Vec::with_capacity(4);
        for row in 0..height {
            for column in 0..width {
                four.clear();
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let (x, y) = (2 * column + dx, 2 * row + dy);
                    if x < self.width && y < self.height {
                        four.push(self.values[y as usize * self.width as usize + x as usize]);
                    }
                }
                values.push(T::reduce(&four));
            }
        }
        Self::new(width, height, values)
    }
}

/// An entry of a TIFF directory: tag, type, number of values, and their bytes.
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    bytes: Vec<u8>,
}

/// Tags of tiles' offsets and sizes, filled in when the layout is known.
const TILE_OFFSETS: u16 = 324;
const TILE_SIZES: u16 = 325;

struct Directory {
    entries: Vec<Entry>,
}

fn shorts(tag: u16, values: &[u16]) -> Entry {
    Entry {
        tag,
        kind: 3,
        count: values.len() as u32,
        bytes: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
    }
}

fn longs(tag: u16, values: &[u32]) -> Entry {
    Entry {
        tag,
        kind: 4,
        count: values.len() as u32,
        bytes: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
    }
}

fn doubles(tag: u16, values: &[f64]) -> Entry {
    Entry {
        tag,
        kind: 12,
        count: values.len() as u32,
        bytes: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
    }
}

fn ascii(tag: u16, text: &str) -> Entry {
    let bytes: Vec<u8> = text.bytes().chain([0]).collect();
    Entry {
        tag,
        kind: 2,
        count: bytes.len() as u32,
        bytes,
    }
}

impl Directory {
    fn new<T: CogPixel>(
        level: &Level<T>,
        index: usize,
        transform: GeoTransform,
        nodata: &str,
        colours: Option<&[[u8; 3]; 256]>,
    ) -> Self {
        const DEFLATE: u16 = 8;
        const REDUCED: u32 = 1;
        let photometric = if colours.is_some() { 3 } else { 1 };
        let mut entries = vec![
            longs(254, &[if index == 0 { 0 } else { REDUCED }]),
            longs(256, &[level.width]),
            longs(257, &[level.height]),
            shorts(258, &[T::BITS]),
            shorts(259, &[DEFLATE]),
            shorts(262, &[photometric]),
            shorts(277, &[1]),
            shorts(284, &[1]),
        ];
        if let Some(colours) = colours {
            // TIFF wants all reds, then all greens, then all blues, of 16 bits.
            let map: Vec<u16> = (0..3)
                .flat_map(|part| colours.iter().map(move |colour| u16::from(colour[part]) * 257))
                .collect();
            entries.push(shorts(320, &map));
        }
        let count = level.tiles.len();
        entries.extend([
            longs(322, &[TILE]),
            longs(323, &[TILE]),
            longs(TILE_OFFSETS, &vec![0; count]),
            longs(
                TILE_SIZES,
                &level.tiles.iter().map(|tile| tile.len() as u32).collect::<Vec<_>>(),
            ),
            shorts(339, &[T::FORMAT]),
        ]);
        if index == 0 {
            entries.push(doubles(33_550, &[transform.pixel_width, transform.pixel_height, 0.0]));
            entries.push(doubles(33_922, &[0.0, 0.0, 0.0, transform.west, transform.north, 0.0]));
            entries.push(shorts(34_735, &geo_keys(transform.epsg)));
        }
        entries.push(ascii(42_113, nodata));
        Self { entries }
    }

    /// Bytes of the directory with the values that do not fit into its entries.
    fn size(&self) -> usize {
        let outside: usize = self
            .entries
            .iter()
            .map(|entry| {
                if entry.bytes.len() > 4 {
                    entry.bytes.len().next_multiple_of(2)
                } else {
                    0
                }
            })
            .sum();
        2 + 12 * self.entries.len() + 4 + outside
    }

    fn write(&self, at: usize, next: usize, bytes: &mut Vec<u8>) {
        let mut outside = Vec::new();
        let base = at + 2 + 12 * self.entries.len() + 4;
        bytes.extend((self.entries.len() as u16).to_le_bytes());
        for entry in &self.entries {
            bytes.extend(entry.tag.to_le_bytes());
            bytes.extend(entry.kind.to_le_bytes());
            bytes.extend(entry.count.to_le_bytes());
            if entry.bytes.len() <= 4 {
                let mut inline = entry.bytes.clone();
                inline.resize(4, 0);
                bytes.extend(inline);
            } else {
                bytes.extend(((base + outside.len()) as u32).to_le_bytes());
                outside.extend(&entry.bytes);
                outside.resize(outside.len().next_multiple_of(2), 0);
            }
        }
        bytes.extend((next as u32).to_le_bytes());
        bytes.extend(outside);
    }
}

/// Header, all directories, then the tiles of the smallest overview first and those of the raster itself last.
fn assemble<T>(levels: &[Level<T>], mut directories: Vec<Directory>) -> Result<Vec<u8>, TerrainError> {
    const HEADER: usize = 8;
    let starts: Vec<usize> = directories
        .iter()
        .scan(HEADER, |at, directory| {
            let start = *at;
            *at += directory.size();
            Some(start)
        })
        .collect();
    let mut at = HEADER + directories.iter().map(Directory::size).sum::<usize>();
    for (level, directory) in levels.iter().zip(&mut directories).rev() {
        let mut offsets = Vec::with_capacity(level.tiles.len());
        for tile in &level.tiles {
            offsets.push(
                u32::try_from(at).map_err(|_| TerrainError::Invalid("the raster is larger than 4 GiB".to_owned()))?,
            );
            at += tile.len();
        }
        if let Some(entry) = directory.entries.iter_mut().find(|entry| entry.tag == TILE_OFFSETS) {
            entry.bytes = offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect();
        }
    }
    let mut bytes = Vec::with_capacity(at);
    bytes.extend(b"II\x2a\0");
    bytes.extend((HEADER as u32).to_le_bytes());
    for (index, directory) in directories.iter().enumerate() {
        directory.write(starts[index], starts.get(index + 1).copied().unwrap_or(0), &mut bytes);
    }
    for level in levels.iter().rev() {
        level.tiles.iter().for_each(|tile| bytes.extend(tile));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSFORM: GeoTransform = GeoTransform {
        epsg: 3857,
        west: 1.17e7,
        north: 2.0e6,
        pixel_width: 30.0,
        pixel_height: 30.0,
    };

    #[test]
    fn pixels_come_back_and_overviews_are_their_means() {
        let (width, height) = (1100_u32, 700_u32);
        let values: Vec<f32> = (0..width * height)
            .map(|index| if index % 97 == 0 { f32::NAN } else { index as f32 * 0.5 })
            .collect();
        let bytes = encode(width, height, TRANSFORM, "nan", &values, None).unwrap();
        assert_eq!(bytes, encode(width, height, TRANSFORM, "nan", &values, None).unwrap());
        let mut decoder = tiff::decoder::Decoder::new(std::io::Cursor::new(&bytes)).unwrap();
        assert_eq!(decoder.dimensions().unwrap(), (width, height));
        let tiff::decoder::DecodingResult::F32(read) = decoder.read_image().unwrap() else {
            panic!("floats")
        };
        assert!(
            read.iter()
                .zip(&values)
                .all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
        );
        let mut sizes = Vec::new();
        while decoder.more_images() {
            decoder.next_image().unwrap();
            sizes.push(decoder.dimensions().unwrap());
        }
        assert_eq!(sizes, [(550, 350), (275, 175)]);
    }

    #[test]
    fn wrong_sizes_are_refused() {
        assert!(encode(3, 3, TRANSFORM, "0", &[0_u8; 8], None).is_err());
        assert_eq!(u8::reduce(&[3, 1, 1, 2]), 1);
    }
}
