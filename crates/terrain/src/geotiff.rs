//! Writing GeoTIFF: the same values give the same bytes on every machine and at every run.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::Path;

use geodesy::Bounds;
use tiff::encoder::colortype::{ColorType, Gray8, Gray32Float, GrayI16};
use tiff::encoder::compression::DeflateLevel;
use tiff::encoder::{Compression, TiffEncoder, TiffValue};
use tiff::tags::{Predictor, Tag};

use crate::error::TerrainError;

/// Where a north-up raster lies: the outer corner of its north-west pixel and the size of a pixel, in the units of its
/// coordinate system.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeoTransform {
    /// EPSG code, 4326 for longitude and latitude.
    pub epsg: u16,
    /// Western edge of the first column (easting or longitude).
    pub west: f64,
    /// Northern edge of the first row (northing or latitude).
    pub north: f64,
    /// Width of a pixel.
    pub pixel_width: f64,
    /// Height of a pixel (positive).
    pub pixel_height: f64,
}

impl GeoTransform {
    /// A raster of `width` × `height` pixels that fills a rectangle of degrees (EPSG:4326).
    #[must_use]
    pub fn filling(bounds: Bounds, width: u32, height: u32) -> Self {
        Self {
            epsg: 4326,
            west: bounds.west,
            north: bounds.north,
            pixel_width: (bounds.east - bounds.west) / f64::from(width.max(1)),
            pixel_height: (bounds.north - bounds.south) / f64::from(height.max(1)),
        }
    }
}

/// Writes 32-bit floats (elevation in metres, people per pixel), row by row from the north-west, deflate-compressed.
///
/// # Errors
/// [`TerrainError::Invalid`] when `values` are not `width × height`; [`TerrainError::Io`] when writing fails.
pub fn write_f32(
    path: &Path,
    width: u32,
    height: u32,
    geotransform: GeoTransform,
    nodata: Option<f32>,
    values: &[f32],
) -> Result<(), TerrainError> {
    let nodata = nodata.map(|value| {
        if value.is_nan() {
            "nan".to_owned()
        } else {
            value.to_string()
        }
    });
    write::<Gray32Float>(path, width, height, geotransform, nodata, values, Predictor::None)
}

/// Writes 16-bit integers (elevation in whole metres), row by row from the north-west, deflate-compressed.
///
/// # Errors
/// As [`write_f32`].
pub fn write_i16(
    path: &Path,
    width: u32,
    height: u32,
    geotransform: GeoTransform,
    nodata: Option<i16>,
    values: &[i16],
) -> Result<(), TerrainError> {
    let nodata = nodata.map(|value| value.to_string());
    write::<GrayI16>(path, width, height, geotransform, nodata, values, Predictor::Horizontal)
}

/// Writes 8-bit integers (land cover codes), row by row from the north-west, deflate-compressed.
///
/// # Errors
/// As [`write_f32`].
pub fn write_u8(
    path: &Path,
    width: u32,
    height: u32,
    geotransform: GeoTransform,
    nodata: Option<u8>,
    values: &[u8],
) -> Result<(), TerrainError> {
    let nodata = nodata.map(|value| value.to_string());
    write::<Gray8>(path, width, height, geotransform, nodata, values, Predictor::None)
}

fn write<C: ColorType>(
    path: &Path,
    width: u32,
    height: u32,
    geotransform: GeoTransform,
    nodata: Option<String>,
    values: &[C::Inner],
    predictor: Predictor,
) -> Result<(), TerrainError>
where
    [C::Inner]: TiffValue,
{
    if values.len() as u64 != u64::from(width) * u64::from(height) || values.is_empty() {
        return Err(TerrainError::Invalid(format!(
            "{} values cannot fill a raster of {width} × {height} pixels",
            values.len()
        )));
    }
    let file = File::create(path).map_err(|error| TerrainError::io(path, error))?;
    let mut writer = BufWriter::new(file);
    encode::<C, _>(&mut writer, width, height, geotransform, nodata, values, predictor)
        .map_err(|error| TerrainError::io(path, std::io::Error::other(error)))?;
    writer.flush().map_err(|error| TerrainError::io(path, error))
}

fn encode<C: ColorType, W: Write + Seek>(
    writer: &mut W,
    width: u32,
    height: u32,
    geotransform: GeoTransform,
    nodata: Option<String>,
    values: &[C::Inner],
    predictor: Predictor,
) -> Result<(), tiff::TiffError>
where
    [C::Inner]: TiffValue,
{
    let mut encoder = TiffEncoder::new(writer)?
        .with_compression(Compression::Deflate(DeflateLevel::Balanced))
        .with_predictor(predictor);
    let mut image = encoder.new_image::<C>(width, height)?;
    image.rows_per_strip(64.min(height))?;
    let directory = image.encoder();
    let scale = [geotransform.pixel_width, geotransform.pixel_height, 0.0];
    directory.write_tag(Tag::ModelPixelScaleTag, &scale[..])?;
    let tie_point = [0.0, 0.0, 0.0, geotransform.west, geotransform.north, 0.0];
    directory.write_tag(Tag::ModelTiepointTag, &tie_point[..])?;
    directory.write_tag(Tag::GeoKeyDirectoryTag, &geo_keys(geotransform.epsg)[..])?;
    if let Some(nodata) = nodata {
        directory.write_tag(Tag::GdalNodata, nodata.as_str())?;
    }
    image.write_data(values)
}

/// GeoKeys (OGC GeoTIFF 1.1): model type, pixel is area, and the code of the coordinate system.
pub(crate) fn geo_keys(epsg: u16) -> [u16; 16] {
    let geographic = matches!(epsg, 4326 | 4756 | 4269 | 4258);
    let (model_type, code_key) = if geographic { (2, 2048) } else { (1, 3072) };
    [1, 1, 1, 3, 1024, 0, 1, model_type, 1025, 0, 1, 1, code_key, 0, 1, epsg]
}
