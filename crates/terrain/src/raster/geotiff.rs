//! GeoTIFF and cloud-optimised GeoTIFF (OGC 19-008r4), the first image of the file, its first band.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tiff::TiffError;
use tiff::decoder::{Decoder, Limits};
use tiff::tags::Tag;

use super::block_codec::{Compression, Layout, Predictor, SampleType};
use super::{Affine, GeoReference, MAXIMUM_BLOCK_BYTES, MAXIMUM_SIDE, Raster, Source};
use crate::error::TerrainError;

type FileDecoder = Decoder<BufReader<File>>;

/// GeoKeys that place a raster (OGC 19-008r4, annex B and C).
mod key {
    pub const MODEL_TYPE: u16 = 1024;
    pub const RASTER_TYPE: u16 = 1025;
    pub const GEODETIC_CRS: u16 = 2048;
    pub const PROJECTED_CRS: u16 = 3072;
    pub const VERTICAL_UNITS: u16 = 4099;
}

const MODEL_TYPE_PROJECTED: u16 = 1;
const MODEL_TYPE_GEOGRAPHIC: u16 = 2;
const RASTER_PIXEL_IS_POINT: u16 = 2;
const USER_DEFINED: u16 = 32_767;

/// The strips or tiles of an opened file.
#[derive(Debug)]
pub(super) struct Blocks {
    file: Mutex<File>,
    layout: Layout,
    /// Byte offset and length of each block in the file.
    places: Vec<(u64, u64)>,
    shape: BlockShape,
}

/// Whether the bytes start a TIFF or BigTIFF file.
pub(crate) fn is_tiff(head: &[u8]) -> bool {
    [b"II\x2a\x00", b"MM\x00\x2a", b"II\x2b\x00", b"MM\x00\x2b"]
        .iter()
        .any(|magic| head.starts_with(*magic))
}

pub(super) fn open(path: &Path) -> Result<Raster, TerrainError> {
    let file = File::open(path).map_err(|error| TerrainError::io(path, error))?;
    let file_bytes = file.metadata().map_err(|error| TerrainError::io(path, error))?.len();
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAXIMUM_BLOCK_BYTES as usize;
    limits.intermediate_buffer_size = MAXIMUM_BLOCK_BYTES as usize;
    // Offsets and sizes of a country's tiles: 16 MiB hold two million of them.
    limits.ifd_value_size = 16 << 20;
    let reader = BufReader::new(file.try_clone().map_err(|error| TerrainError::io(path, error))?);
    let mut decoder = Decoder::new(reader)
        .map_err(|error| tiff_error(path, &error))?
        .with_limits(limits);

    let (width, height) = decoder.dimensions().map_err(|error| tiff_error(path, &error))?;
    check_dimensions(path, width, height)?;
    let samples_per_pixel = samples_per_pixel(path, &mut decoder)?;
    let layout = layout(path, &mut decoder, samples_per_pixel)?;
    let shape = block_shape(path, &mut decoder, (width, height), &layout)?;
    let blocks = u64::from(width.div_ceil(shape.width)) * u64::from(height.div_ceil(shape.height));
    let places = block_places(path, &mut decoder, file_bytes, blocks)?;

    let keys = GeoKeys::read(&mut decoder);
    let georeference = georeference(path, &mut decoder, &keys)?;
    let bounds = georeference.bounds(width, height);
    if !bounds.is_valid() {
        return Err(TerrainError::no_georeference(path, "its pixels are not on Earth"));
    }
    Ok(Raster {
        path: path.to_owned(),
        width,
        height,
        georeference,
        bounds,
        block_width: shape.width,
        block_height: shape.height,
        nodata: nodata(&mut decoder),
        scale: keys.metres_per_vertical_unit(),
        source: Source::GeoTiff(Blocks {
            file: Mutex::new(file),
            layout,
            places,
            shape,
        }),
    })
}

impl Blocks {
    /// Decodes a strip or tile, of which `width × height` pixels from its north-west corner are wanted: the first band.
    /// A block that the file leaves out (sparse files) is empty: NaN.
    pub(super) fn decode(&self, path: &Path, block: u32, width: u32, height: u32) -> Result<Vec<f32>, TerrainError> {
        let (offset, length) = self.places.get(block as usize).copied().unwrap_or((0, 0));
        let (columns, rows) = if self.shape.padded {
            (self.shape.width, self.shape.height)
        } else {
            (width, height)
        };
        let (columns, rows) = (columns as usize, rows as usize);
        if length == 0 {
            return Ok(vec![f32::NAN; width as usize * height as usize]);
        }
        // No packing makes data twice as large; what is beyond is not needed.
        let needed = self.layout.unpacked_bytes(columns * rows) as u64 * 2 + 4096;
        let mut packed = vec![0; length.min(needed) as usize];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(offset))
                .and_then(|_| file.read_exact(&mut packed))
                .map_err(|error| TerrainError::io(path, error))?;
        }
        let samples = self
            .layout
            .decode(&packed, columns, rows)
            .map_err(|reason| TerrainError::damaged(path, reason))?;
        if (columns, rows) == (width as usize, height as usize) {
            return Ok(samples);
        }
        Ok(samples
            .chunks_exact(columns)
            .take(height as usize)
            .flat_map(|row| &row[..width as usize])
            .copied()
            .collect())
    }
}

fn tiff_error(path: &Path, error: &TiffError) -> TerrainError {
    match error {
        TiffError::UnsupportedError(what) => TerrainError::Unsupported {
            path: path.to_owned(),
            what: what.to_string(),
            remedy: "convert it with `gdal_translate -co COMPRESS=DEFLATE -co TILED=YES`",
        },
        TiffError::LimitsExceeded | TiffError::IntSizeError => TerrainError::TooLarge {
            path: path.to_owned(),
            what: "a part of it would not fit in memory".to_owned(),
            remedy: "rewrite it with `gdal_translate -co TILED=YES`",
        },
        other => TerrainError::damaged(path, other.to_string()),
    }
}

fn check_dimensions(path: &Path, width: u32, height: u32) -> Result<(), TerrainError> {
    if width == 0 || height == 0 {
        return Err(TerrainError::damaged(
            path,
            format!("it declares {width} × {height} pixels"),
        ));
    }
    if width > MAXIMUM_SIDE || height > MAXIMUM_SIDE {
        return Err(TerrainError::TooLarge {
            path: path.to_owned(),
            what: format!("it declares {width} × {height} pixels, more than {MAXIMUM_SIDE} on a side"),
            remedy: "cut it into tiles with `gdal_retile.py`",
        });
    }
    Ok(())
}

/// Samples of one pixel that lie together in a block (1 when bands are stored apart).
fn samples_per_pixel(path: &Path, decoder: &mut FileDecoder) -> Result<usize, TerrainError> {
    const PLANAR: u16 = 2;
    let mut tag = |tag| {
        decoder
            .find_tag_unsigned::<u16>(tag)
            .map_err(|error| tiff_error(path, &error))
    };
    let samples = tag(Tag::SamplesPerPixel)?.unwrap_or(1);
    let planar = tag(Tag::PlanarConfiguration)?.unwrap_or(1) == PLANAR;
    if samples == 0 || samples > 64 {
        return Err(TerrainError::damaged(path, format!("it declares {samples} bands")));
    }
    Ok(if planar { 1 } else { usize::from(samples) })
}

/// Size of the strips or tiles.
#[derive(Debug, Clone, Copy)]
struct BlockShape {
    width: u32,
    height: u32,
    /// Strips end with the image; tiles are padded to their full size.
    padded: bool,
}

fn block_shape(
    path: &Path,
    decoder: &mut FileDecoder,
    (width, height): (u32, u32),
    layout: &Layout,
) -> Result<BlockShape, TerrainError> {
    let mut tag = |tag| {
        decoder
            .find_tag_unsigned::<u32>(tag)
            .map_err(|error| tiff_error(path, &error))
    };
    let shape = match (tag(Tag::TileWidth)?, tag(Tag::TileLength)?) {
        (Some(width), Some(height)) => BlockShape {
            width,
            height,
            padded: true,
        },
        _ => {
            let rows = tag(Tag::RowsPerStrip)?.unwrap_or(u32::MAX);
            BlockShape {
                width,
                height: rows.min(height),
                padded: false,
            }
        }
    };
    if shape.width == 0 || shape.height == 0 {
        return Err(TerrainError::damaged(path, "its strips or tiles have no size"));
    }
    let pixel_bytes = layout.unpacked_bytes(1).max(size_of::<f32>()) as u64;
    let bytes = u64::from(shape.width) * u64::from(shape.height) * pixel_bytes;
    if bytes > MAXIMUM_BLOCK_BYTES {
        return Err(TerrainError::TooLarge {
            path: path.to_owned(),
            what: format!("one strip or tile takes {bytes} bytes, more than {MAXIMUM_BLOCK_BYTES}"),
            remedy: "rewrite it with `gdal_translate -co TILED=YES`",
        });
    }
    Ok(shape)
}

/// Where each block lies. Every one must be inside the file, so that truncation shows at opening and not in the middle
/// of a run.
fn block_places(
    path: &Path,
    decoder: &mut FileDecoder,
    file_bytes: u64,
    blocks: u64,
) -> Result<Vec<(u64, u64)>, TerrainError> {
    let mut tag = |tags: [Tag; 2]| -> Result<Vec<u64>, TerrainError> {
        for tag in tags {
            let values = decoder
                .find_tag_unsigned_vec::<u64>(tag)
                .map_err(|error| tiff_error(path, &error))?;
            if let Some(values) = values {
                return Ok(values);
            }
        }
        Err(TerrainError::damaged(path, "it has no strips or tiles"))
    };
    let offsets = tag([Tag::TileOffsets, Tag::StripOffsets])?;
    let lengths = tag([Tag::TileByteCounts, Tag::StripByteCounts])?;
    if (offsets.len() as u64) < blocks || lengths.len() != offsets.len() {
        let (offsets, lengths) = (offsets.len(), lengths.len());
        let reason = format!("it has {offsets} strips or tiles, of which {lengths} have a length; {blocks} are needed");
        return Err(TerrainError::damaged(path, reason));
    }
    let places: Vec<(u64, u64)> = offsets.into_iter().zip(lengths).collect();
    if places
        .iter()
        .any(|(offset, length)| offset.saturating_add(*length) > file_bytes)
    {
        return Err(TerrainError::damaged(
            path,
            format!("it is cut off: parts of it lie beyond its {file_bytes} bytes"),
        ));
    }
    Ok(places)
}

/// How samples are stored.
fn layout(path: &Path, decoder: &mut FileDecoder, samples_per_pixel: usize) -> Result<Layout, TerrainError> {
    let unsupported = |what: String| TerrainError::Unsupported {
        path: path.to_owned(),
        what,
        remedy: "convert it with `gdal_translate -co COMPRESS=DEFLATE -co TILED=YES`",
    };
    let mut tag = |tag| -> Result<u16, TerrainError> {
        let values = decoder
            .find_tag_unsigned_vec::<u16>(tag)
            .map_err(|error| tiff_error(path, &error))?;
        Ok(values.and_then(|values| values.first().copied()).unwrap_or(1))
    };
    let (compression, predictor) = (tag(Tag::Compression)?, tag(Tag::Predictor)?);
    let (format, bits) = (tag(Tag::SampleFormat)?, tag(Tag::BitsPerSample)?);
    Ok(Layout {
        compression: Compression::from_tag(compression)
            .ok_or_else(|| unsupported(format!("compression {compression}")))?,
        predictor: Predictor::from_tag(predictor).ok_or_else(|| unsupported(format!("predictor {predictor}")))?,
        sample_type: SampleType::from_tags(format, bits)
            .ok_or_else(|| unsupported(format!("a sample of {bits} bits in format {format}")))?,
        byte_order: decoder.byte_order(),
        samples_per_pixel,
    })
}

/// The value of the GDAL_NODATA tag.
fn nodata(decoder: &mut FileDecoder) -> Option<f64> {
    decoder
        .get_tag_ascii_string(Tag::GdalNodata)
        .ok()?
        .trim_matches(['\0', ' '])
        .parse()
        .ok()
}

/// The short GeoKeys of a file.
struct GeoKeys {
    entries: Vec<u16>,
}

impl GeoKeys {
    fn read(decoder: &mut FileDecoder) -> Self {
        Self {
            entries: decoder.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).unwrap_or_default(),
        }
    }

    /// A key whose value is stored in the directory itself.
    fn get(&self, wanted: u16) -> Option<u16> {
        self.entries
            .chunks_exact(4)
            .skip(1)
            .find(|entry| entry[0] == wanted && entry[1] == 0)
            .map(|entry| entry[3])
    }

    fn metres_per_vertical_unit(&self) -> f64 {
        match self.get(key::VERTICAL_UNITS) {
            Some(9002) => 0.3048,
            Some(9003) => 1200.0 / 3937.0,
            _ => 1.0,
        }
    }
}

fn georeference(path: &Path, decoder: &mut FileDecoder, keys: &GeoKeys) -> Result<GeoReference, TerrainError> {
    let affine = affine(path, decoder, keys.get(key::RASTER_TYPE) == Some(RASTER_PIXEL_IS_POINT))?;
    let code = match keys.get(key::MODEL_TYPE) {
        Some(MODEL_TYPE_PROJECTED) => keys.get(key::PROJECTED_CRS),
        Some(MODEL_TYPE_GEOGRAPHIC) => keys.get(key::GEODETIC_CRS),
        _ => keys.get(key::PROJECTED_CRS).or(keys.get(key::GEODETIC_CRS)),
    };
    let placed = match code {
        Some(epsg) if epsg != USER_DEFINED && epsg != 0 => {
            GeoReference::with_epsg(affine, u32::from(epsg)).map_err(|source| TerrainError::CoordinateSystem {
                path: path.to_owned(),
                source,
            })?
        }
        _ if looks_like_degrees(&affine) => GeoReference::lon_lat(affine),
        _ => {
            return Err(TerrainError::no_georeference(
                path,
                "its coordinate system has no EPSG code; write one with `gdal_translate -a_srs EPSG:…`",
            ));
        }
    };
    placed.ok_or_else(|| TerrainError::no_georeference(path, "its pixels have no size"))
}

/// Files without any key are taken as degrees only when their numbers can be degrees and nothing else.
fn looks_like_degrees(affine: &Affine) -> bool {
    affine.c.abs() <= 180.5 && affine.f.abs() <= 90.5 && affine.a.abs() < 1.0 && affine.e.abs() < 1.0
}

/// Pixel edges to coordinates, from tie point and scale or from the matrix (OGC 19-008r4 §7.2.2, annex D).
fn affine(path: &Path, decoder: &mut FileDecoder, pixel_is_point: bool) -> Result<Affine, TerrainError> {
    let scale = decoder.get_tag_f64_vec(Tag::ModelPixelScaleTag).unwrap_or_default();
    let tie_point = decoder.get_tag_f64_vec(Tag::ModelTiepointTag).unwrap_or_default();
    let matrix = decoder.get_tag_f64_vec(Tag::ModelTransformationTag).unwrap_or_default();
    let stated = if let (&[sx, sy, ..], &[i, j, _, x, y, ..]) = (&scale[..], &tie_point[..]) {
        Affine::north_up(x - i * sx, y + j * sy, sx, sy)
    } else if let &[a, b, _, c, d, e, _, f, ..] = &matrix[..] {
        Affine { a, b, c, d, e, f }
    } else {
        return Err(TerrainError::no_georeference(
            path,
            "it has neither tie point and pixel scale nor a transformation; it may be a plain picture",
        ));
    };
    if !pixel_is_point {
        return Ok(stated);
    }
    // The stated transformation gives pixel centres: whole numbers must become edges.
    let (c, f) = stated.apply(-0.5, -0.5);
    Ok(Affine { c, f, ..stated })
}
