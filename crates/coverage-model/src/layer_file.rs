//! A layer as bytes, of which a part can be read: a head, then square blocks of codes, each packed by itself.
//!
//! The blocks lie on the tile grid, so a map tile at the layer's own zoom is some whole blocks, and the value at a place is one small block.
//! Within a block each code is stored as its difference from its western neighbour, low bytes before high bytes: coverage is smooth, and this
//! is what makes it small. Head and blocks carry checksums. The same layer gives the same bytes.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use geodata::Technology;
use geodesy::LonLat;
use geodesy::tile_grid::PixelWindow;
use serde::{Deserialize, Serialize};
use zstd::bulk::Compressor;

use crate::{CoverageError, Layer, Quantity};

/// First bytes of a layer: format and version.
const MAGIC: &[u8; 8] = b"phusLY02";
/// Pixels along each side of a block: a quarter of a map tile. Small enough that one place of forty layers is told in a few milliseconds.
const BLOCK_PIXELS: u32 = 128;
const COMPRESSION_LEVEL: i32 = 3;
/// Most bytes that a head may claim: keeps a damaged one from asking for memory.
const LARGEST_HEAD: usize = 1 << 28;

/// What a layer is about: everything but its codes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerHead {
    /// Technology of the layer.
    pub technology: Technology,
    /// The operator; `None` = any operator.
    pub operator: Option<String>,
    /// What the values mean.
    pub quantity: Quantity,
    /// Where the pixels lie.
    pub window: PixelWindow,
    /// Codes of the serving cells, for [`Quantity::BestServer`] only.
    pub cells: Vec<String>,
}

/// A stored layer whose head is read. Its blocks are read from the file when they are asked for.
#[derive(Debug, Clone)]
pub struct LayerFile {
    path: PathBuf,
    contents: Contents,
}

/// The head and where each block lies.
#[derive(Debug, Clone)]
struct Contents {
    head: LayerHead,
    /// Where each block begins, from the file's first byte, row by row; and where the last one ends.
    offsets: Vec<u64>,
}

impl Layer {
    /// The layer as bytes.
    ///
    /// # Errors
    /// [`CoverageError::DamagedLayer`] when the layer cannot be packed (more names than a file can hold).
    pub fn to_bytes(&self) -> Result<Vec<u8>, CoverageError> {
        let head = serde_json::to_vec(&LayerHead {
            technology: self.technology,
            operator: self.operator.clone(),
            quantity: self.quantity,
            window: self.window,
            cells: self.cells.clone(),
        })
        .map_err(damaged)?;
        let mut packer = Compressor::new(COMPRESSION_LEVEL).map_err(damaged)?;
        packer.include_checksum(true).map_err(damaged)?;
        let mut blocks = Vec::new();
        let mut plain = Vec::with_capacity(4 + head.len());
        plain.extend(u32::try_from(head.len()).map_err(damaged)?.to_le_bytes());
        plain.extend(&head);
        for block in Blocks::of(&self.window).all() {
            let packed = packer.compress(&self.differences(&block)).map_err(damaged)?;
            plain.extend(u32::try_from(packed.len()).map_err(damaged)?.to_le_bytes());
            blocks.extend(packed);
        }
        let packed = packer.compress(&plain).map_err(damaged)?;
        let mut bytes = Vec::with_capacity(MAGIC.len() + 8 + packed.len() + blocks.len());
        bytes.extend(MAGIC);
        bytes.extend(u32::try_from(plain.len()).map_err(damaged)?.to_le_bytes());
        bytes.extend(u32::try_from(packed.len()).map_err(damaged)?.to_le_bytes());
        bytes.extend(packed);
        bytes.extend(blocks);
        Ok(bytes)
    }

    /// Reads a whole layer back.
    ///
    /// # Errors
    /// [`CoverageError::DamagedLayer`] when the bytes are not a whole layer.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, CoverageError> {
        let all = bytes;
        let contents = Contents::read(&mut bytes)?;
        let mut layer = contents.part(contents.head.window, |from, to| {
            let range = usize::try_from(from).ok()?..usize::try_from(to).ok()?;
            all.get(range).map(<[u8]>::to_vec)
        })?;
        layer.cells = contents.head.cells;
        Ok(layer)
    }

    /// The codes of a block as differences, low bytes before high bytes.
    fn differences(&self, block: &PixelWindow) -> Vec<u8> {
        let (mut low, mut high) = (Vec::with_capacity(2 * block.len()), Vec::with_capacity(block.len()));
        let mut before = 0_u16;
        for row in 0..block.rows {
            let first = self
                .window
                .index(block.column - self.window.column, block.row + row - self.window.row);
            let line = first.and_then(|first| self.codes.get(first..first + block.columns as usize));
            for &code in line.unwrap_or_default() {
                let [l, h] = code.wrapping_sub(before).to_le_bytes();
                low.push(l);
                high.push(h);
                before = code;
            }
        }
        low.extend(high);
        low
    }
}

impl LayerFile {
    /// Version of the format: part of a run's name, so that a run whose layers an older program wrote is computed again.
    pub const FORMAT: u32 = 2;

    /// Reads the head of a stored layer.
    ///
    /// # Errors
    /// [`CoverageError::DamagedLayer`] when it cannot be read or is no layer.
    pub fn open(path: &Path) -> Result<Self, CoverageError> {
        let mut file = File::open(path).map_err(damaged)?;
        Ok(Self {
            path: path.to_owned(),
            contents: Contents::read(&mut file)?,
        })
    }

    /// What the layer is about.
    #[must_use]
    pub const fn head(&self) -> &LayerHead {
        &self.contents.head
    }

    /// The value at a place and, in a best-server layer, its cell; `None` where nothing reaches or outside the layer.
    ///
    /// # Errors
    /// As [`LayerFile::part`].
    pub fn at(&self, position: LonLat) -> Result<Option<(f32, Option<&str>)>, CoverageError> {
        let window = &self.head().window;
        let Some((column, row)) = window.pixel_of(position) else {
            return Ok(None);
        };
        let pixel = PixelWindow {
            column: window.column + column,
            row: window.row + row,
            columns: 1,
            rows: 1,
            ..*window
        };
        let mut file = File::open(&self.path).map_err(damaged)?;
        let code = self.contents.code(&pixel, |from, to| piece(&mut file, from, to))?;
        if code == Layer::NO_DATA {
            return Ok(None);
        }
        let quantity = self.head().quantity;
        let cell = match quantity {
            Quantity::BestServer => self.head().cells.get(usize::from(code)).map(String::as_str),
            _ => None,
        };
        Ok(Some((quantity.decode(code), cell)))
    }

    /// The part of the layer within `window` (at the layer's zoom); a layer without pixels when they do not meet. The names of the cells stay
    /// with the head.
    ///
    ///
    /// # Errors
    /// [`CoverageError::DamagedLayer`] when the file cannot be read or is not what was written.
    pub fn part(&self, window: PixelWindow) -> Result<Layer, CoverageError> {
        let mut file = File::open(&self.path).map_err(damaged)?;
        self.contents.part(window, |from, to| piece(&mut file, from, to))
    }
}

/// A file's bytes from one offset to another.
fn piece(file: &mut File, from: u64, to: u64) -> Option<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(to.checked_sub(from)?).ok()?];
    file.seek(SeekFrom::Start(from)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

impl Contents {
    fn read(source: &mut impl Read) -> Result<Self, CoverageError> {
        let mut start = [0; MAGIC.len() + 8];
        source.read_exact(&mut start).map_err(damaged)?;
        let numbers = start
            .strip_prefix(MAGIC)
            .ok_or_else(|| damaged("it is not a layer of this version"))?;
        let (plain_bytes, packed_bytes) = (little_endian(numbers), little_endian(&numbers[4..]));
        if plain_bytes.max(packed_bytes) > LARGEST_HEAD {
            return Err(damaged("its head is too large"));
        }
        let mut packed = Vec::new();
        let taken = source
            .take(packed_bytes as u64)
            .read_to_end(&mut packed)
            .map_err(damaged)?;
        if taken != packed_bytes {
            return Err(damaged("its head is cut short"));
        }
        let plain = zstd::bulk::decompress(&packed, plain_bytes).map_err(damaged)?;
        let cut = || damaged("its head is cut short");
        let (json_bytes, rest) = plain.split_first_chunk::<4>().ok_or_else(cut)?;
        let (json, lengths) = rest.split_at_checked(little_endian(json_bytes)).ok_or_else(cut)?;
        let head: LayerHead = serde_json::from_slice(json).map_err(damaged)?;
        let mut at = (MAGIC.len() + 8 + packed_bytes) as u64;
        let mut offsets = vec![at];
        for length in lengths.chunks_exact(4) {
            at += little_endian(length) as u64;
            offsets.push(at);
        }
        if offsets.len() != Blocks::of(&head.window).count() + 1 {
            return Err(damaged("it has more or fewer blocks than pixels"));
        }
        Ok(Self { head, offsets })
    }

    /// The code of one pixel: its block is unpacked, and added up to the pixel only.
    fn code(&self, pixel: &PixelWindow, read: impl FnOnce(u64, u64) -> Option<Vec<u8>>) -> Result<u16, CoverageError> {
        let blocks = Blocks::of(&self.head.window);
        let index = blocks.meeting(pixel).first().ok_or_else(cut_short)?.first;
        let at = |index: usize| self.offsets.get(index).copied();
        let (from, to) = at(index).zip(at(index + 1)).ok_or_else(cut_short)?;
        let block = blocks.block(index);
        let plain = unpacked(&read(from, to).ok_or_else(cut_short)?, &block)?;
        let last = block.index(pixel.column - block.column, pixel.row - block.row);
        let count = last.ok_or_else(cut_short)? + 1;
        let (low, high) = plain.split_at(plain.len() / 2);
        let sum = |bytes: &[u8]| {
            let bytes = bytes.iter().take(count);
            bytes.fold(0_u16, |sum, &byte| sum.wrapping_add(u16::from(byte)))
        };
        Ok(sum(low).wrapping_add(sum(high) << 8))
    }

    /// The layer within a window; `read` gives the file's bytes from one offset to another.
    fn part(
        &self,
        wanted: PixelWindow,
        mut read: impl FnMut(u64, u64) -> Option<Vec<u8>>,
    ) -> Result<Layer, CoverageError> {
        let window = intersection(&self.head.window, &wanted);
        let blocks = Blocks::of(&self.head.window);
        let mut codes = vec![Layer::NO_DATA; window.len()];
        // The blocks of one row that are wanted lie side by side in the file.
        for row in blocks.meeting(&window) {
            let at = |index: usize| self.offsets.get(index).copied();
            let (from, to) = at(row.first).zip(at(row.first + row.count)).ok_or_else(cut_short)?;
            let bytes = read(from, to).ok_or_else(cut_short)?;
            for index in row.first..row.first + row.count {
                let (begin, end) = at(index).zip(at(index + 1)).ok_or_else(cut_short)?;
                let packed = bytes
                    .get((begin - from) as usize..(end - from) as usize)
                    .ok_or_else(cut_short)?;
                let block = blocks.block(index);
                copy(&sums(&unpacked(packed, &block)?), &block, &mut codes, &window);
            }
        }
        Ok(Layer {
            technology: self.head.technology,
            operator: self.head.operator.clone(),
            quantity: self.head.quantity,
            window,
            codes,
            cells: Vec::new(),
        })
    }
}

/// The differences of a block's codes.
fn unpacked(packed: &[u8], block: &PixelWindow) -> Result<Vec<u8>, CoverageError> {
    let plain = zstd::bulk::decompress(packed, 2 * block.len()).map_err(damaged)?;
    if plain.len() == 2 * block.len() {
        Ok(plain)
    } else {
        Err(cut_short())
    }
}

/// The codes whose differences these are.
fn sums(plain: &[u8]) -> Vec<u16> {
    let (low, high) = plain.split_at(plain.len() / 2);
    let mut last = 0_u16;
    let code = |(low, high): (&u8, &u8)| {
        last = last.wrapping_add(u16::from_le_bytes([*low, *high]));
        last
    };
    low.iter().zip(high).map(code).collect()
}

/// Copies what a block shares with a window.
fn copy(codes: &[u16], block: &PixelWindow, target: &mut [u16], window: &PixelWindow) {
    let shared = intersection(block, window);
    let width = shared.columns as usize;
    for row in shared.row..shared.row + shared.rows {
        let from = block.index(shared.column - block.column, row - block.row);
        let to = window.index(shared.column - window.column, row - window.row);
        let (Some(from), Some(to)) = (from, to) else { continue };
        if let (Some(from), Some(to)) = (codes.get(from..from + width), target.get_mut(to..to + width)) {
            to.copy_from_slice(from);
        }
    }
}

/// What two windows of one zoom share; without pixels when they do not meet.
fn intersection(a: &PixelWindow, b: &PixelWindow) -> PixelWindow {
    let shared = |a: (u32, u32), b: (u32, u32)| {
        let first = a.0.max(b.0);
        let end = a.0.saturating_add(a.1).min(b.0.saturating_add(b.1));
        (first, end.saturating_sub(first))
    };
    let (column, columns) = shared((a.column, a.columns), (b.column, b.columns));
    let (row, rows) = shared((a.row, a.rows), (b.row, b.rows));
    let meet = a.zoom == b.zoom && columns > 0 && rows > 0;
    PixelWindow {
        zoom: a.zoom,
        column,
        row,
        columns: if meet { columns } else { 0 },
        rows: if meet { rows } else { 0 },
    }
}

/// How a window is cut into blocks.
struct Blocks {
    window: PixelWindow,
    /// Column and row of the first block on the pyramid's grid of blocks.
    first: (u32, u32),
    columns: u32,
    rows: u32,
}

/// Blocks side by side: the number of the first, and how many.
struct BlockRow {
    first: usize,
    count: usize,
}

impl Blocks {
    fn of(window: &PixelWindow) -> Self {
        let side = |first: u32, count: u32| match count.checked_sub(1) {
            Some(beyond) => first.saturating_add(beyond) / BLOCK_PIXELS - first / BLOCK_PIXELS + 1,
            None => 0,
        };
        Self {
            window: *window,
            first: (window.column / BLOCK_PIXELS, window.row / BLOCK_PIXELS),
            columns: side(window.column, window.columns),
            rows: side(window.row, window.rows),
        }
    }

    const fn count(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    fn all(&self) -> impl Iterator<Item = PixelWindow> + '_ {
        (0..self.count()).map(|index| self.block(index))
    }

    /// The pixels of a block: what the window has of a square of the pyramid.
    fn block(&self, index: usize) -> PixelWindow {
        let columns = self.columns.max(1) as usize;
        let square = PixelWindow {
            zoom: self.window.zoom,
            column: (self.first.0 + (index % columns) as u32).saturating_mul(BLOCK_PIXELS),
            row: (self.first.1 + (index / columns) as u32).saturating_mul(BLOCK_PIXELS),
            columns: BLOCK_PIXELS,
            rows: BLOCK_PIXELS,
        };
        intersection(&square, &self.window)
    }

    /// The blocks that share pixels with a window inside this one.
    fn meeting(&self, window: &PixelWindow) -> Vec<BlockRow> {
        if window.is_empty() {
            return Vec::new();
        }
        let inner = Self::of(window);
        let (left, top) = (inner.first.0 - self.first.0, inner.first.1 - self.first.1);
        let row = |row: u32| BlockRow {
            first: (row * self.columns + left) as usize,
            count: inner.columns as usize,
        };
        (top..top + inner.rows).map(row).collect()
    }
}

fn little_endian(bytes: &[u8]) -> usize {
    bytes
        .first_chunk::<4>()
        .map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
}

fn cut_short() -> CoverageError {
    damaged("its raster is cut short")
}

#[allow(clippy::needless_pass_by_value)] // It stands in `map_err`.
fn damaged(reason: impl ToString) -> CoverageError {
    CoverageError::DamagedLayer {
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A layer of any place and size, codes that differ from pixel to pixel.
    fn layer() -> impl Strategy<Value = Layer> {
        let size = (0..1000_u32, 0..1000_u32, 1..400_u32, 1..400_u32);
        (size, any::<Option<String>>(), any::<u16>()).prop_map(|((column, row, columns, rows), operator, step)| Layer {
            technology: Technology::G4,
            operator,
            quantity: Quantity::Signal,
            window: PixelWindow {
                zoom: 12,
                column,
                row,
                columns,
                rows,
            },
            codes: (0..columns * rows)
                .map(|pixel| (pixel as u16).wrapping_mul(step))
                .collect(),
            cells: vec!["a".into()],
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_layer_comes_back_as_it_was(layer in layer(), at: prop::sample::Index, bit in 0..8_u8) {
            let mut bytes = layer.to_bytes().expect("small");
            prop_assert_eq!(&Layer::from_bytes(&bytes).expect("whole"), &layer);
            prop_assert!(Layer::from_bytes(&bytes[..bytes.len() - 1]).is_err());
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            // A flipped bit of a frame's own description may change nothing; what is read is never another layer.
            if let Ok(read) = Layer::from_bytes(&bytes) {
                prop_assert_eq!(read, layer);
            }
        }

        #[test]
        fn a_part_has_the_values_of_the_whole(layer in layer(), column in 0..1400_u32, row in 0..1400_u32, columns in 0..300_u32, rows in 0..300_u32) {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("a.layer");
            std::fs::write(&path, layer.to_bytes().expect("small")).expect("written");
            let stored = LayerFile::open(&path).expect("whole");
            prop_assert_eq!(stored.head().window, layer.window);
            let asked = PixelWindow { zoom: 12, column, row, columns, rows };
            let part = stored.part(asked).expect("whole");
            prop_assert_eq!(part.codes.len(), part.window.len());
            for y in row..row + rows {
                for x in column..column + columns {
                    let of = |layer: &Layer| {
                        let window = layer.window;
                        let at = window.index(x.checked_sub(window.column)?, y.checked_sub(window.row)?)?;
                        layer.codes.get(at).copied()
                    };
                    prop_assert_eq!(of(&part), of(&layer));
                }
            }
            let place = layer.window.centre(column % layer.window.columns, row % layer.window.rows);
            let value = layer.window.pixel_of(place).map(|(column, row)| layer.value(column, row));
            prop_assert_eq!(stored.at(place).expect("whole").map(|(value, _)| value), value.filter(|value| !value.is_nan()));
            let elsewhere = PixelWindow { zoom: 11, ..asked };
            prop_assert!(stored.part(elsewhere).expect("nothing").codes.is_empty());
        }
    }
}
