//! Unpacking the strips and tiles of a TIFF: LZW, deflate, Zstandard, and the predictors (TIFF 6.0 §13–14, Technical
//! Note 3).
//!
//! The output size is known before anything is unpacked, and no decoder may write past it, so a block that unpacks to
//! more than it should costs nothing.

use std::io::Read;

use tiff::tags::ByteOrder;

/// How a block is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Lzw,
    Deflate,
    Zstd,
}

impl Compression {
    /// From the value of the Compression tag; `None` for those that are not unpacked here.
    pub(super) const fn from_tag(tag: u16) -> Option<Self> {
        match tag {
            1 => Some(Self::None),
            5 => Some(Self::Lzw),
            8 | 32_946 => Some(Self::Deflate),
            50_000 => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// What was subtracted from samples before packing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Predictor {
    None,
    Horizontal,
    FloatingPoint,
}

impl Predictor {
    pub(super) const fn from_tag(tag: u16) -> Option<Self> {
        match tag {
            1 => Some(Self::None),
            2 => Some(Self::Horizontal),
            3 => Some(Self::FloatingPoint),
            _ => None,
        }
    }
}

/// Type of a stored sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SampleType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    F64,
}

impl SampleType {
    /// From the SampleFormat and BitsPerSample tags.
    pub(super) const fn from_tags(format: u16, bits: u16) -> Option<Self> {
        match (format, bits) {
            (1 | 4, 8) => Some(Self::U8),
            (2, 8) => Some(Self::I8),
            (1 | 4, 16) => Some(Self::U16),
            (2, 16) => Some(Self::I16),
            (1 | 4, 32) => Some(Self::U32),
            (2, 32) => Some(Self::I32),
            (3, 32) => Some(Self::F32),
            (3, 64) => Some(Self::F64),
            _ => None,
        }
    }

    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// How the samples of every block of a file are stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub compression: Compression,
    pub predictor: Predictor,
    pub sample_type: SampleType,
    pub byte_order: ByteOrder,
    /// Samples of one pixel that lie together.
    pub samples_per_pixel: usize,
}

impl Layout {
    /// Bytes of a block once unpacked.
    pub(super) const fn unpacked_bytes(&self, pixels: usize) -> usize {
        pixels * self.samples_per_pixel * self.sample_type.bytes()
    }

    /// Unpacks a block of `columns × rows` pixels and gives the first band.
    pub(super) fn decode(&self, packed: &[u8], columns: usize, rows: usize) -> Result<Vec<f32>, String> {
        let mut bytes = self.unpack(packed, self.unpacked_bytes(columns * rows))?;
        let row_bytes = columns * self.samples_per_pixel * self.sample_type.bytes();
        for row in bytes.chunks_exact_mut(row_bytes.max(1)) {
            match self.predictor {
                Predictor::None => self.make_native(row),
                Predictor::Horizontal => {
                    self.make_native(row);
                    self.add_up(row);
                }
                Predictor::FloatingPoint => self.join_planes(row),
            }
        }
        Ok(self.first_band(&bytes))
    }

    fn unpack(&self, packed: &[u8], expected: usize) -> Result<Vec<u8>, String> {
        let mut bytes = vec![0; expected];
        let filled = match self.compression {
            Compression::None => {
                let known = packed.len().min(expected);
                bytes[..known].copy_from_slice(&packed[..known]);
                known
            }
            Compression::Lzw => unpack_lzw(packed, &mut bytes)?,
            Compression::Deflate => fill(flate2::read::ZlibDecoder::new(packed), &mut bytes)?,
            Compression::Zstd => {
                let decoder = ruzstd::decoding::StreamingDecoder::new(packed).map_err(|error| error.to_string())?;
                fill(decoder, &mut bytes)?
            }
        };
        if filled == expected {
            Ok(bytes)
        } else {
            Err(format!(
                "a strip or tile unpacks to {filled} bytes instead of {expected}"
            ))
        }
    }

    /// From the file's byte order to the machine's.
    fn make_native(&self, row: &mut [u8]) {
        let native = if cfg!(target_endian = "big") {
            ByteOrder::BigEndian
        } else {
            ByteOrder::LittleEndian
        };
        if self.byte_order != native {
            row.chunks_exact_mut(self.sample_type.bytes()).for_each(<[u8]>::reverse);
        }
    }

    /// Undoes predictor 2: each sample is stored as the difference from the one before it in its band.
    fn add_up(&self, row: &mut [u8]) {
        let size = self.sample_type.bytes();
        let step = self.samples_per_pixel * size;
        for at in (step..row.len()).step_by(size) {
            match size {
                1 => row[at] = row[at].wrapping_add(row[at - step]),
                2 => add_at::<2>(row, at, at - step, |a, b| {
                    u16::from_ne_bytes(a).wrapping_add(u16::from_ne_bytes(b)).to_ne_bytes()
                }),
                4 => add_at::<4>(row, at, at - step, |a, b| {
                    u32::from_ne_bytes(a).wrapping_add(u32::from_ne_bytes(b)).to_ne_bytes()
                }),
                _ => add_at::<8>(row, at, at - step, |a, b| {
                    u64::from_ne_bytes(a).wrapping_add(u64::from_ne_bytes(b)).to_ne_bytes()
                }),
            }
        }
    }

    /// Undoes predictor 3: byte differences over planes of equal significance, the most significant first.
    fn join_planes(&self, row: &mut [u8]) {
        for at in self.samples_per_pixel..row.len() {
            row[at] = row[at].wrapping_add(row[at - self.samples_per_pixel]);
        }
        let size = self.sample_type.bytes();
        let samples = row.len() / size;
        let planes = row.to_vec();
        for sample in 0..samples {
            for byte in 0..size {
                let place = if cfg!(target_endian = "big") {
                    byte
                } else {
                    size - 1 - byte
                };
                row[sample * size + place] = planes[byte * samples + sample];
            }
        }
    }

    fn first_band(&self, bytes: &[u8]) -> Vec<f32> {
        let step = self.samples_per_pixel;
        match self.sample_type {
            SampleType::U8 => band::<1>(bytes, step, |b| f32::from(b[0])),
            SampleType::I8 => band::<1>(bytes, step, |b| f32::from(b[0] as i8)),
            SampleType::U16 => band::<2>(bytes, step, |b| f32::from(u16::from_ne_bytes(b))),
            SampleType::I16 => band::<2>(bytes, step, |b| f32::from(i16::from_ne_bytes(b))),
            SampleType::U32 => band::<4>(bytes, step, |b| u32::from_ne_bytes(b) as f32),
            SampleType::I32 => band::<4>(bytes, step, |b| i32::from_ne_bytes(b) as f32),
            SampleType::F32 => band::<4>(bytes, step, f32::from_ne_bytes),
            SampleType::F64 => band::<8>(bytes, step, |b| f64::from_ne_bytes(b) as f32),
        }
    }
}

fn add_at<const N: usize>(row: &mut [u8], at: usize, before: usize, add: impl Fn([u8; N], [u8; N]) -> [u8; N]) {
    let (mut this, mut previous) = ([0; N], [0; N]);
    this.copy_from_slice(&row[at..at + N]);
    previous.copy_from_slice(&row[before..before + N]);
    row[at..at + N].copy_from_slice(&add(this, previous));
}

fn band<const N: usize>(bytes: &[u8], step: usize, to_f32: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    let (samples, _) = bytes.as_chunks::<N>();
    samples.iter().step_by(step).map(|sample| to_f32(*sample)).collect()
}

/// Reads until the buffer is full or the stream ends; what follows is never unpacked.
fn fill(mut stream: impl Read, buffer: &mut [u8]) -> Result<usize, String> {
    let mut filled = 0;
    while filled < buffer.len() {
        match stream.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(filled)
}

fn unpack_lzw(packed: &[u8], buffer: &mut [u8]) -> Result<usize, String> {
    let mut decoder = weezl::decode::Configuration::with_tiff_size_switch(weezl::BitOrder::Msb, 8)
        .with_yield_on_full_buffer(true)
        .build();
    let (mut read, mut filled) = (0, 0);
    while filled < buffer.len() {
        let step = decoder.decode_bytes(&packed[read..], &mut buffer[filled..]);
        read += step.consumed_in;
        filled += step.consumed_out;
        match step.status {
            Ok(weezl::LzwStatus::Ok) if step.consumed_in > 0 || step.consumed_out > 0 => {}
            Ok(_) => break,
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(filled)
}
