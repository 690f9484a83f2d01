//! Features of vector files, whichever format they come from.

mod geojson;
mod polygon;

use std::collections::HashMap;
use std::sync::Arc;

use geo::Centroid;
use geo_types::{Geometry, Point};
use serde_json::{Map, Value as Json};

use crate::error::ImportError;
use crate::import::Limits;
use crate::message::Message;
use crate::table::{Row, Sheet, Value};

pub use self::geojson::read as read_geojson;
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

/// Counts vertices while a file is read and stops it at the limit.
pub fn check_vertices(file: &str, vertices: usize, limits: &Limits) -> Result<(), ImportError> {
    if vertices <= limits.vertices {
        return Ok(());
    }
    Err(ImportError::new(
        "too_many_vertices",
        Message::new(
            format!("hình học có nhiều hơn {} đỉnh", limits.vertices),
            format!("the geometries have more than {} vertices", limits.vertices),
        ),
    )
    .at(file)
    .advise(Message::new(
        "đơn giản hóa ranh giới trước khi tải lên",
        "simplify the boundaries before uploading",
    )))
}

impl Layer {
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
