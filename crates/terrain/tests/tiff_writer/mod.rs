//! Writes small TIFF files of every kind that the reader knows, and of kinds that lie. Written from the TIFF 6.0
//! specification alone, so that reader and writer share no code.

#![allow(dead_code, reason = "each test file uses a part")]

use std::io::Write;

/// How a file is to be written.
#[derive(Debug, Clone)]
pub struct Recipe {
    pub width: usize,
    pub height: usize,
    /// `None`: strips of `rows`; `Some(columns)`: tiles of `columns × rows`.
    pub tile_columns: Option<usize>,
    pub rows: usize,
    pub sample: Sample,
    pub packing: Packing,
    pub predictor: u16,
    pub big_endian: bool,
    pub big_tiff: bool,
    pub bands: usize,
    pub nodata: Option<String>,
    pub georeference: Georeference,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    U8,
    I16,
    U16,
    I32,
    F32,
    F64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    None,
    Lzw,
    Deflate,
    Zstd,
}

#[derive(Debug, Clone)]
pub struct Georeference {
    pub scale: [f64; 3],
    pub tie_point: [f64; 6],
    /// Used instead of scale and tie point.
    pub matrix: Option<[f64; 16]>,
    pub pixel_is_point: bool,
    /// GeoKey and code of the coordinate system, if any.
    pub system: Option<(u16, u16)>,
}

pub const GEOGRAPHIC: u16 = 2048;
pub const PROJECTED: u16 = 3072;

impl Georeference {
    pub fn degrees(west: f64, north: f64, step: f64) -> Self {
        Self {
            scale: [step, step, 0.0],
            tie_point: [0.0, 0.0, 0.0, west, north, 0.0],
            matrix: None,
            pixel_is_point: false,
            system: Some((GEOGRAPHIC, 4326)),
        }
    }
}

impl Recipe {
    /// Uncompressed 16-bit strips of 4 rows from 105° E, 18° N with pixels of 0.01°.
    pub fn plain(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            tile_columns: None,
            rows: 4,
            sample: Sample::I16,
            packing: Packing::None,
            predictor: 1,
            big_endian: false,
            big_tiff: false,
            bands: 1,
            nodata: None,
            georeference: Georeference::degrees(105.0, 18.0, 0.01),
        }
    }

    /// The file's bytes; `value(column, row)` is the first band, other bands are 77 everywhere.
    pub fn bytes(&self, value: impl Fn(usize, usize) -> f64) -> Vec<u8> {
        let blocks = self.blocks(&value);
        let mut file = self.header();
        let places: Vec<(u64, u64)> = blocks
            .iter()
            .map(|block| {
                let at = file.len() as u64;
                file.extend(block);
                (at, block.len() as u64)
            })
            .collect();
        let directory_at = self.write_directory(&mut file, &places);
        let at = if self.big_tiff { 8 } else { 4 };
        let pointer = self.offset_bytes(directory_at);
        file[at..at + pointer.len()].copy_from_slice(&pointer);
        file
    }

    fn header(&self) -> Vec<u8> {
        let mut file = if self.big_endian {
            b"MM".to_vec()
        } else {
            b"II".to_vec()
        };
        if self.big_tiff {
            file.extend(self.u16(43));
            file.extend(self.u16(8));
            file.extend(self.u16(0));
        } else {
            file.extend(self.u16(42));
        }
        file.extend(self.offset_bytes(0));
        file
    }

    fn blocks(&self, value: &impl Fn(usize, usize) -> f64) -> Vec<Vec<u8>> {
        let columns = self.tile_columns.unwrap_or(self.width);
        let mut blocks = Vec::new();
        for top in (0..self.height).step_by(self.rows) {
            for left in (0..self.width).step_by(columns) {
                // Strips end with the image, tiles are padded.
                let rows = if self.tile_columns.is_some() {
                    self.rows
                } else {
                    self.rows.min(self.height - top)
                };
                let mut bytes = Vec::new();
                for row in top..top + rows {
                    bytes.extend(self.row(row, left, columns, value));
                }
                blocks.push(self.pack(&bytes));
            }
        }
        blocks
    }

    fn row(&self, row: usize, left: usize, columns: usize, value: &impl Fn(usize, usize) -> f64) -> Vec<u8> {
        let mut samples: Vec<f64> = Vec::new();
        for column in left..left + columns {
            let inside = column < self.width && row < self.height;
            samples.push(if inside { value(column, row) } else { 0.0 });
            samples.extend(std::iter::repeat_n(77.0, self.bands - 1));
        }
        match self.predictor {
            3 => self.floating_point_predicted(&samples),
            2 => {
                let whole: Vec<i64> = samples.iter().map(|sample| *sample as i64).collect();
                (0..whole.len())
                    .flat_map(|i| {
                        let before = if i >= self.bands { whole[i - self.bands] } else { 0 };
                        self.integer(whole[i].wrapping_sub(before))
                    })
                    .collect()
            }
            _ => samples.iter().flat_map(|sample| self.sample(*sample)).collect(),
        }
    }

    /// TIFF Technical Note 3: big-endian bytes by significance, then byte differences.
    fn floating_point_predicted(&self, samples: &[f64]) -> Vec<u8> {
        let whole: Vec<Vec<u8>> = samples
            .iter()
            .map(|sample| match self.sample {
                Sample::F64 => sample.to_be_bytes().to_vec(),
                _ => (*sample as f32).to_be_bytes().to_vec(),
            })
            .collect();
        let size = whole[0].len();
        let planes: Vec<u8> = (0..size)
            .flat_map(|byte| whole.iter().map(move |sample| sample[byte]))
            .collect();
        (0..planes.len())
            .map(|i| planes[i].wrapping_sub(if i >= self.bands { planes[i - self.bands] } else { 0 }))
            .collect()
    }

    fn sample(&self, value: f64) -> Vec<u8> {
        match self.sample {
            Sample::F32 => self.ordered((value as f32).to_le_bytes().to_vec()),
            Sample::F64 => self.ordered(value.to_le_bytes().to_vec()),
            _ => self.integer(value as i64),
        }
    }

    fn integer(&self, value: i64) -> Vec<u8> {
        self.ordered(value.to_le_bytes()[..self.sample_bytes()].to_vec())
    }

    fn sample_bytes(&self) -> usize {
        match self.sample {
            Sample::U8 => 1,
            Sample::I16 | Sample::U16 => 2,
            Sample::I32 | Sample::F32 => 4,
            Sample::F64 => 8,
        }
    }

    fn pack(&self, bytes: &[u8]) -> Vec<u8> {
        match self.packing {
            Packing::None => bytes.to_vec(),
            Packing::Lzw => weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8)
                .encode(bytes)
                .expect("encodes"),
            Packing::Deflate => {
                let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(bytes).expect("in memory");
                encoder.finish().expect("in memory")
            }
            Packing::Zstd => ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest),
        }
    }

    fn write_directory(&self, file: &mut Vec<u8>, places: &[(u64, u64)]) -> u64 {
        let offsets: Vec<u64> = places.iter().map(|place| place.0).collect();
        let lengths: Vec<u64> = places.iter().map(|place| place.1).collect();
        let format = match self.sample {
            Sample::U8 | Sample::U16 => 1,
            Sample::I16 | Sample::I32 => 2,
            Sample::F32 | Sample::F64 => 3,
        };
        let compression = match self.packing {
            Packing::None => 1,
            Packing::Lzw => 5,
            Packing::Deflate => 8,
            Packing::Zstd => 50_000,
        };
        let bits = (self.sample_bytes() * 8) as u64;
        let mut tags: Vec<(u16, Field)> = vec![
            (256, Field::Long(vec![self.width as u64])),
            (257, Field::Long(vec![self.height as u64])),
            (258, Field::Short(vec![bits; self.bands])),
            (259, Field::Short(vec![compression])),
            (262, Field::Short(vec![1])),
            (277, Field::Short(vec![self.bands as u64])),
            (284, Field::Short(vec![1])),
            (317, Field::Short(vec![u64::from(self.predictor)])),
            (339, Field::Short(vec![format; self.bands])),
        ];
        if self.bands > 1 {
            tags.push((338, Field::Short(vec![0; self.bands - 1])));
        }
        match self.tile_columns {
            Some(columns) => tags.extend([
                (322, Field::Long(vec![columns as u64])),
                (323, Field::Long(vec![self.rows as u64])),
                (324, Field::Long(offsets)),
                (325, Field::Long(lengths)),
            ]),
            None => tags.extend([
                (273, Field::Long(offsets)),
                (278, Field::Long(vec![self.rows as u64])),
                (279, Field::Long(lengths)),
            ]),
        }
        tags.extend(self.geo_tags());
        tags.sort_by_key(|tag| tag.0);

        // Values that do not fit into their entry go first, then the directory itself.
        let inline = if self.big_tiff { 8 } else { 4 };
        let entries: Vec<(u16, u16, u64, Vec<u8>)> = tags
            .into_iter()
            .map(|(tag, field)| {
                let (kind, count, bytes) = field.bytes(self);
                let value = if bytes.len() <= inline {
                    bytes
                } else {
                    let at = file.len() as u64;
                    file.extend(&bytes);
                    self.offset_bytes(at)
                };
                (tag, kind, count, value)
            })
            .collect();
        let directory_at = file.len() as u64;
        file.extend(if self.big_tiff {
            self.u64(entries.len() as u64)
        } else {
            self.u16(entries.len() as u16)
        });
        for (tag, kind, count, mut value) in entries {
            value.resize(inline, 0);
            file.extend(self.u16(tag));
            file.extend(self.u16(kind));
            file.extend(self.offset_bytes(count));
            file.extend(value);
        }
        file.extend(self.offset_bytes(0));
        directory_at
    }

    fn geo_tags(&self) -> Vec<(u16, Field)> {
        let georeference = &self.georeference;
        let mut tags = Vec::new();
        match georeference.matrix {
            Some(matrix) => tags.push((34_264, Field::Double(matrix.to_vec()))),
            None => {
                tags.push((33_550, Field::Double(georeference.scale.to_vec())));
                tags.push((33_922, Field::Double(georeference.tie_point.to_vec())));
            }
        }
        let raster_type = if georeference.pixel_is_point { 2 } else { 1 };
        if let Some((key, code)) = georeference.system {
            let model = if key == PROJECTED { 1 } else { 2 };
            let keys = [
                1,
                1,
                0,
                3,
                1024,
                0,
                1,
                model,
                1025,
                0,
                1,
                raster_type,
                u64::from(key),
                0,
                1,
                u64::from(code),
            ];
            tags.push((34_735, Field::Short(keys.to_vec())));
        }
        if let Some(nodata) = &self.nodata {
            tags.push((42_113, Field::Ascii(nodata.clone())));
        }
        tags
    }

    fn ordered(&self, mut little_endian: Vec<u8>) -> Vec<u8> {
        if self.big_endian {
            little_endian.reverse();
        }
        little_endian
    }

    fn u16(&self, value: u16) -> Vec<u8> {
        self.ordered(value.to_le_bytes().to_vec())
    }

    fn u64(&self, value: u64) -> Vec<u8> {
        self.ordered(value.to_le_bytes().to_vec())
    }

    fn offset_bytes(&self, value: u64) -> Vec<u8> {
        if self.big_tiff {
            self.u64(value)
        } else {
            self.ordered((value as u32).to_le_bytes().to_vec())
        }
    }
}

/// The value of a tag.
enum Field {
    Short(Vec<u64>),
    Long(Vec<u64>),
    Double(Vec<f64>),
    Ascii(String),
}

impl Field {
    /// Type code, count and bytes.
    fn bytes(&self, recipe: &Recipe) -> (u16, u64, Vec<u8>) {
        match self {
            Self::Short(values) => (
                3,
                values.len() as u64,
                values.iter().flat_map(|value| recipe.u16(*value as u16)).collect(),
            ),
            Self::Long(values) => {
                let bytes = values
                    .iter()
                    .flat_map(|value| recipe.ordered((*value as u32).to_le_bytes().to_vec()));
                (4, values.len() as u64, bytes.collect())
            }
            Self::Double(values) => {
                let bytes = values
                    .iter()
                    .flat_map(|value| recipe.ordered(value.to_le_bytes().to_vec()));
                (12, values.len() as u64, bytes.collect())
            }
            Self::Ascii(text) => {
                let mut bytes = text.clone().into_bytes();
                bytes.push(0);
                (2, bytes.len() as u64, bytes)
            }
        }
    }
}
