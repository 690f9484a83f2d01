//! Rasters of a coverage run as cloud-optimised GeoTIFF: values or classes, as computed (Web Mercator), in degrees, or in VN-2000.

use coverage_model::Layer;
use geodesy::tile_grid::{PixelWindow, TILE_SIZE};
use geodesy::{LonLat, Transformer};
use rayon::prelude::*;
use store::{RunKind, Store, Viewer};
use terrain::geotiff::GeoTransform;

use super::{ExportRequest, Exported, format_not_there, no_such_layer, system_of};
use crate::Problem;
use crate::work::inputs::ProjectInputs;
use crate::work::{blocking, results};

/// Web Mercator, in which layers are computed.
const MERCATOR: u32 = 3857;
/// Half the width of the Web Mercator square: π × 6,378,137 m.
const HALF_M: f64 = 20_037_508.342_789_244;
/// Most pixels of a raster in another system.
const MOST_PIXELS: f64 = 4e8;

/// The layers that there are as rasters.
pub const LAYERS: [&str; 4] = ["signal", "probability", "sinr", "throughput"];

/// Exports a raster for a viewer.
pub async fn export(
    store: &Store,
    inputs: &ProjectInputs,
    request: &ExportRequest,
    viewer: &Viewer,
) -> Result<Exported, Problem> {
    if !LAYERS.contains(&request.layer.as_str()) {
        return Err(if super::LAYERS.contains(&request.layer.as_str()) {
            format_not_there(&request.layer, &request.format, super::VECTOR_FORMATS)
        } else {
            no_such_layer(&request.layer)
        });
    }
    let epsg = match request.crs.as_deref() {
        None | Some("") => MERCATOR,
        Some(_) => system_of(inputs, store, request).await?,
    };
    let run = results::find_for(
        store,
        viewer,
        &inputs.project.id,
        RunKind::Coverage,
        request.run.as_deref(),
    )
    .await?;
    let technology = results::technology(request.technology.as_deref().unwrap_or("4g"))?;
    let operator = request.operator.clone().unwrap_or_else(|| "any".to_owned());
    let key = format!("{}-{}-{}", technology.key(), operator.to_lowercase(), request.layer);
    let artefacts = store.artefacts().clone();
    let classed = request.classed;
    if classed && request.layer != "signal" {
        return Err(Problem::bad_parameter(
            "classed",
            "chỉ lớp signal có phân lớp",
            "only the layer signal has classes",
        )
        .well_formed());
    }
    blocking(move || {
        let layer = results::layer(&artefacts, &run, &key)?;
        let raster = Raster::of(&layer, epsg)?;
        let bytes = if classed { raster.classes() } else { raster.values() }?;
        let suffix = if classed { "-classes" } else { "" };
        Ok(Exported {
            name: format!("{key}{suffix}.tif"),
            media_type: "image/tiff; application=geotiff; profile=cloud-optimized",
            rows: raster.values.len(),
            bytes,
        })
    })
    .await
}

/// A layer on a grid of some coordinate system.
struct Raster {
    width: u32,
    height: u32,
    transform: GeoTransform,
    values: Vec<f32>,
}

impl Raster {
    fn of(layer: &Layer, epsg: u32) -> Result<Self, Problem> {
        if epsg == MERCATOR {
            return Ok(Self {
                width: layer.window.columns,
                height: layer.window.rows,
                transform: mercator_transform(&layer.window),
                values: layer.codes.iter().map(|code| layer.decode(*code)).collect(),
            });
        }
        let refused = |error: &dyn std::fmt::Display| {
            Problem::bad_parameter(
                "crs",
                format!("không đổi được sang EPSG:{epsg}: {error}"),
                format!("the raster cannot be put into EPSG:{epsg}: {error}"),
            )
            .well_formed()
        };
        let code = u16::try_from(epsg).map_err(|error| refused(&error))?;
        let from = Transformer::from_wgs84(epsg).map_err(|error| refused(&error))?;
        let to = Transformer::to_wgs84(epsg).map_err(|error| refused(&error))?;
        let (west, south, east, north) = outline(layer, &from).ok_or_else(|| refused(&"outside its area of use"))?;
        let (pixel_width, pixel_height) = pixel_size(layer, epsg);
        let width = ((east - west) / pixel_width).ceil().max(1.0);
        let height = ((north - south) / pixel_height).ceil().max(1.0);
        if width * height > MOST_PIXELS {
            return Err(refused(&"too many pixels"));
        }
        let (width, height) = (width as u32, height as u32);
        let mut values = vec![f32::NAN; width as usize * height as usize];
        values
            .par_chunks_mut(width as usize)
            .enumerate()
            .for_each(|(row, line)| {
                let y = north - (row as f64 + 0.5) * pixel_height;
                for (column, value) in line.iter_mut().enumerate() {
                    let x = west + (column as f64 + 0.5) * pixel_width;
                    let pixel = to.convert(x, y).ok();
                    if let Some((column, row)) = pixel.and_then(|position| layer.window.pixel_of(position)) {
                        *value = layer.value(column, row);
                    }
                }
            });
        let transform = GeoTransform {
            epsg: code,
            west,
            north,
            pixel_width,
            pixel_height,
        };
        Ok(Self {
            width,
            height,
            transform,
            values,
        })
    }

    fn values(&self) -> Result<Vec<u8>, Problem> {
        Ok(terrain::cog::encode(
            self.width,
            self.height,
            self.transform,
            "nan",
            &self.values,
            None,
        )?)
    }

    /// Classes of signal in steps of 10 dB, from 1 (below −115 dBm) to 6 (−75 dBm and more); 0 where nothing reaches.
    fn classes(&self) -> Result<Vec<u8>, Problem> {
        const EDGES_DBM: [f32; 5] = [-115.0, -105.0, -95.0, -85.0, -75.0];
        let class = |value: &f32| {
            if value.is_nan() {
                0
            } else {
                1 + EDGES_DBM.iter().filter(|edge| value >= *edge).count() as u8
            }
        };
        let classes: Vec<u8> = self.values.iter().map(class).collect();
        // Viridis at six steps, as the map draws it.
        let steps = [
            [68, 1, 84],
            [65, 68, 135],
            [42, 120, 142],
            [34, 168, 132],
            [122, 209, 81],
            [253, 231, 37],
        ];
        let mut colours = [[0_u8; 3]; 256];
        colours[1..=steps.len()].copy_from_slice(&steps);
        Ok(terrain::cog::encode(
            self.width,
            self.height,
            self.transform,
            "0",
            &classes,
            Some(&colours),
        )?)
    }
}

/// The box of a layer in another system: of points along its edge.
fn outline(layer: &Layer, from: &Transformer) -> Option<(f64, f64, f64, f64)> {
    const STEPS: u32 = 20;
    let bounds = layer.window.bounds();
    let at = |share: u32, low: f64, high: f64| low + (high - low) * f64::from(share) / f64::from(STEPS);
    let edge = (0..=STEPS).flat_map(|share| {
        let (lon, lat) = (
            at(share, bounds.west, bounds.east),
            at(share, bounds.south, bounds.north),
        );
        [
            LonLat::new(lon, bounds.south),
            LonLat::new(lon, bounds.north),
            LonLat::new(bounds.west, lat),
            LonLat::new(bounds.east, lat),
        ]
    });
    let points = edge.filter_map(|position| from.convert_raw(position.lon_deg, position.lat_deg).ok());
    points
        .map(|(x, y)| (x, y, x, y))
        .reduce(|a, b| (a.0.min(b.0), a.1.min(b.1), a.2.max(b.2), a.3.max(b.3)))
}

/// The size of a pixel in the units of a system: that of the layer's middle row on the ground.
fn pixel_size(layer: &Layer, epsg: u32) -> (f64, f64) {
    if matches!(epsg, 4326 | 4756) {
        let bounds = layer.window.bounds();
        return (
            (bounds.east - bounds.west) / f64::from(layer.window.columns),
            (bounds.north - bounds.south) / f64::from(layer.window.rows),
        );
    }
    layer.window.pixel_size_m(layer.window.rows / 2)
}

/// Where a window of pixels lies in EPSG:3857, metres.
fn mercator_transform(window: &PixelWindow) -> GeoTransform {
    let pixel = 2.0 * HALF_M / (f64::from(TILE_SIZE) * f64::from(1u32 << window.zoom.min(22)));
    GeoTransform {
        epsg: 3857,
        west: f64::from(window.column) * pixel - HALF_M,
        north: HALF_M - f64::from(window.row) * pixel,
        pixel_width: pixel,
        pixel_height: pixel,
    }
}
