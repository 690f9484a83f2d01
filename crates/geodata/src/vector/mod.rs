//! Features of vector files, whichever format they come from.

mod counted_json;
mod flatgeobuf;
mod geojson;
pub mod geopackage;
mod markup;
mod polygon;
pub mod projection;
mod shapefile;
pub mod well_known_text;
pub mod wkb;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use geo::{Centroid, MapCoords};
use geo_types::{Coord, Geometry, Point};
use geodesy::Transformer;
use serde_json::{Map, Value as Json};

use crate::budget::Budget;
use crate::error::ImportError;
use crate::message::Message;
use crate::table::{Row, Sheet, Value};

use crate::archive;
use crate::format::FileFormat;

/// Reads the layers of a vector file. `path` is where its bytes are, for formats that are opened in place.
pub fn read_layers(
    file: &Arc<str>,
    bytes: &[u8],
    path: &Path,
    format: FileFormat,
    budget: &mut Budget,
) -> Result<Vec<Layer>, ImportError> {
    let layers = match format {
        FileFormat::Kml => vec![markup::read_kml(file, bytes, budget)?],
        FileFormat::Kmz => vec![markup::read_kml(file, &kml_of(bytes, budget)?, budget)?],
        FileFormat::Osm => vec![markup::read_osm(file, bytes, budget)?],
        FileFormat::FlatGeobuf => vec![flatgeobuf::read(file, bytes, budget)?],
        FileFormat::GeoPackage => geopackage::read(file, path, budget)?,
        FileFormat::Shapefile => shapefile::read_zipped(file, bytes, budget)?,
        _ => vec![geojson::read(file, bytes, budget)?],
    };
    let layers: Vec<Layer> = layers.into_iter().filter(|layer| !layer.features.is_empty()).collect();
    if layers.is_empty() {
        return Err(ImportError::new(
            "no_features",
            Message::new("tệp không có đối tượng nào", "the file has no features"),
        )
        .at(&**file));
    }
    layers.into_iter().map(Layer::into_wgs84).collect()
}

/// The document of a KMZ: `doc.kml`, else the first `.kml`.
fn kml_of(bytes: &[u8], budget: &Budget) -> Result<Vec<u8>, ImportError> {
    let mut archive = archive::open(bytes, budget)?;
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.map(|name| name.to_lowercase()).unwrap_or_default())
        .collect();
    let index = names
        .iter()
        .position(|name| name == "doc.kml")
        .or_else(|| names.iter().position(|name| name.ends_with(".kml")))
        .unwrap_or(0);
    archive::read_entry(&mut archive, index, budget)
}
pub use polygon::{PolygonProblem, polygons_of, repair};

/// One feature of a vector file.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Number in the file, from 1.
    pub number: u32,
    /// The feature's own id, as text.
    pub id: Option<String>,
    /// Properties in the file's order.
    pub properties: Map<String, Json>,
    /// Shape, or what was wrong with it.
    pub geometry: Result<Geometry<f64>, Message>,
}

/// The features of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// File name.
    pub file: Arc<str>,
    /// Layer name, where the format has layers.
    pub name: Option<Arc<str>>,
    /// Coordinate system that the file names; `None` means WGS 84 longitude, latitude.
    pub epsg: Option<u32>,
    /// Features in the file's order.
    pub features: Vec<Feature>,
}

impl Layer {
    /// The layer in WGS 84, whatever system its file names. What cannot be converted is the feature's own problem.
    pub fn into_wgs84(mut self) -> Result<Self, ImportError> {
        let Some(epsg) = self.epsg.take() else { return Ok(self) };
        let transformer = Transformer::to_wgs84(epsg).map_err(|error| unknown_system(&self.file, epsg, &error))?;
        for feature in &mut self.features {
            let Ok(geometry) = &mut feature.geometry else { continue };
            let converted =
                geometry.try_map_coords(|coord: Coord<f64>| transformer.convert(coord.x, coord.y).map(Coord::from));
            match converted {
                Ok(converted) => *geometry = converted,
                Err(error) => {
                    feature.geometry = Err(Message::new(
                        format!("tọa độ không đổi được từ EPSG:{epsg}: {error}"),
                        format!("the coordinates cannot be converted from EPSG:{epsg}: {error}"),
                    ));
                }
            }
        }
        Ok(self)
    }

    /// The layer as a sheet: longitude and latitude of each feature first, then its properties.
    ///
    /// Shapes other than points are taken by their centroid.
    #[must_use]
    pub fn into_sheet(self) -> Sheet {
        let mut keys: Vec<String> = Vec::new();
        let mut position: HashMap<String, usize> = HashMap::new();
        for key in self.features.iter().flat_map(|feature| feature.properties.keys()) {
            if !position.contains_key(key) {
                position.insert(key.clone(), keys.len());
                keys.push(key.clone());
            }
        }
        let labels = ["longitude", "latitude"]
            .into_iter()
            .chain(keys.iter().map(String::as_str));
        let header = Row {
            number: 0,
            hidden: false,
            values: labels.map(|label| Value::Text(label.into())).collect(),
        };
        let rows = self.features.into_iter().map(|feature| {
            let point = feature
                .geometry
                .ok()
                .and_then(|geometry| representative_point(&geometry));
            let mut values = vec![Value::Empty; keys.len() + 2];
            if let Some(point) = point {
                values[0] = Value::Number(point.x());
                values[1] = Value::Number(point.y());
            }
            for (key, value) in feature.properties {
                if let Some(column) = position.get(&key) {
                    values[column + 2] = value_of_json(value);
                }
            }
            Row {
                number: feature.number,
                hidden: false,
                values,
            }
        });
        let rows = std::iter::once(header).chain(rows).collect();
        Sheet {
            file: self.file,
            name: self.name,
            rows,
            header_known: true,
            ..Sheet::default()
        }
    }
}

fn unknown_system(file: &str, epsg: u32, error: &dyn std::fmt::Display) -> ImportError {
    ImportError::new(
        "unknown_coordinate_system",
        Message::new(
            format!("không dùng được hệ tọa độ EPSG:{epsg}: {error}"),
            format!("the coordinate system EPSG:{epsg} cannot be used: {error}"),
        ),
    )
    .at(file)
}

fn representative_point(geometry: &Geometry<f64>) -> Option<Point<f64>> {
    match geometry {
        Geometry::Point(point) => Some(*point),
        other => other.centroid(),
    }
}

/// A property as a table value.
#[must_use]
pub fn value_of_json(value: Json) -> Value {
    match value {
        Json::Null => Value::Empty,
        Json::Bool(flag) => Value::Flag(flag),
        Json::Number(number) => number.as_f64().map_or(Value::Empty, Value::Number),
        Json::String(text) if text.is_empty() => Value::Empty,
        Json::String(text) => Value::Text(text.into()),
        other => Value::Text(other.to_string().into()),
    }
}
