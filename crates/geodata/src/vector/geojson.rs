//! GeoJSON, whole or one feature a line, read feature by feature so that memory holds the result and not the text's tree.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use geo::CoordsIter;
use geo_types::Geometry;
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use super::counted_json::CountedJson;
use super::{Feature, Layer};
use crate::budget::Budget;
use crate::error::ImportError;
use crate::message::Message;
use crate::table::read_text;

/// Reads a GeoJSON file: a FeatureCollection, a Feature, a bare geometry, or several of them after one another.
pub fn read(file: &Arc<str>, bytes: &[u8], budget: &mut Budget) -> Result<Layer, ImportError> {
    let text = read_text(bytes);
    let text = text.trim_start_matches('\u{feff}');
    // Sequences (RFC 8142) put a record separator before each feature.
    let text = if text.contains('\u{1e}') {
        Cow::Owned(text.replace('\u{1e}', ""))
    } else {
        Cow::Borrowed(text)
    };
    let mut documents = serde_json::Deserializer::from_str(&text).into_iter::<IgnoredAny>();
    // A first pass checks the syntax of the whole file, so that nothing half-read is shown.
    let mut starts = vec![0];
    while let Some(document) = documents.next() {
        document.map_err(|error| malformed(file, &error))?;
        budget.take(size_of::<usize>())?;
        starts.push(documents.byte_offset());
    }
    let mut gathered = Gathered {
        features: Vec::new(),
        epsg: None,
        budget,
        stopped: None,
    };
    for pair in starts.windows(2) {
        let mut deserializer = serde_json::Deserializer::from_str(&text[pair[0]..pair[1]]);
        let read = DocumentSeed {
            gathered: &mut gathered,
        }
        .deserialize(&mut deserializer);
        if let Some(stopped) = gathered.stopped.take() {
            return Err(stopped);
        }
        read.map_err(|error| malformed(file, &error))?;
    }
    if gathered.features.is_empty() {
        return Err(no_features(file));
    }
    Ok(Layer {
        file: Arc::clone(file),
        name: None,
        epsg: gathered.epsg,
        features: gathered.features,
    })
}

struct Gathered<'b> {
    features: Vec<Feature>,
    epsg: Option<u32>,
    budget: &'b mut Budget,
    /// Why reading was stopped, when it was not the syntax.
    stopped: Option<ImportError>,
}

impl Gathered<'_> {
    fn add<E: serde::de::Error>(&mut self, value: Json) -> Result<(), E> {
        let number = u32::try_from(self.features.len() + 1).unwrap_or(u32::MAX);
        let feature = feature_of(number, value);
        let taken = self.budget.take_feature(&feature);
        self.features.push(feature);
        taken.map_err(|error| stop(&mut self.stopped, error))
    }

    /// The next value of an array or of an object's member, counted while it is read. What it took as JSON is given back: it
    /// becomes a feature, which is counted by itself.
    fn value<E>(&mut self, read: impl FnOnce(CountedJson<'_>) -> Result<Option<Json>, E>) -> Result<Option<Json>, E> {
        let left = self.budget.bytes_left();
        let value = read(CountedJson {
            budget: self.budget,
            stopped: &mut self.stopped,
        });
        self.budget.restore(left);
        value
    }
}

/// Keeps why reading must stop, and says so to the reader of the syntax.
pub(super) fn stop<E: serde::de::Error>(stopped: &mut Option<ImportError>, error: ImportError) -> E {
    let said = E::custom(&error.detail_en);
    stopped.get_or_insert(error);
    said
}

/// One JSON document: its `features` are taken one by one, anything else is kept as a feature or geometry of its own.
struct DocumentSeed<'a, 'b> {
    gathered: &'a mut Gathered<'b>,
}

impl<'de> DeserializeSeed<'de> for DocumentSeed<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for DocumentSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut rest = Map::new();
        let mut is_collection = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "features" {
                map.next_value_seed(FeaturesSeed {
                    gathered: self.gathered,
                })?;
                is_collection = true;
            } else if matches!(
                key.as_str(),
                "type" | "crs" | "id" | "properties" | "geometry" | "coordinates" | "geometries"
            ) {
                let value = self.gathered.value(|counted| map.next_value_seed(counted).map(Some))?;
                rest.insert(key, value.unwrap_or_default());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if let Some(epsg) = rest.get("crs").and_then(epsg_of) {
            self.gathered.epsg = Some(epsg);
        }
        let kind = rest.get("type").and_then(Json::as_str).unwrap_or_default();
        match (is_collection, kind) {
            (true, "FeatureCollection") => Ok(()),
            (false, "Feature") => self.gathered.add(Json::Object(rest)),
            (false, "Point" | "LineString" | "Polygon" | "MultiPoint" | "MultiLineString" | "MultiPolygon") => {
                let mut feature = Map::new();
                feature.insert("type".into(), "Feature".into());
                feature.insert("properties".into(), Json::Null);
                feature.insert("geometry".into(), Json::Object(rest));
                self.gathered.add(Json::Object(feature))
            }
            (_, other) => Err(A::Error::custom(format!("not a GeoJSON object: type is \"{other}\""))),
        }
    }
}

struct FeaturesSeed<'a, 'b> {
    gathered: &'a mut Gathered<'b>,
}

impl<'de> DeserializeSeed<'de> for FeaturesSeed<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for FeaturesSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while let Some(value) = self.gathered.value(|counted| sequence.next_element_seed(counted))? {
            self.gathered.add::<A::Error>(value)?;
        }
        Ok(())
    }
}

fn feature_of(number: u32, value: Json) -> Feature {
    let Json::Object(mut object) = value else {
        let message = Message::new("đối tượng không phải Feature", "the object is not a Feature");
        return Feature {
            number,
            id: None,
            properties: Map::new(),
            geometry: Err(message),
        };
    };
    let id = match object.remove("id") {
        Some(Json::String(text)) => Some(text),
        Some(Json::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let properties = match object.remove("properties") {
        Some(Json::Object(properties)) => properties,
        _ => Map::new(),
    };
    Feature {
        number,
        id,
        properties,
        geometry: geometry_of(object.remove("geometry")),
    }
}

fn geometry_of(value: Option<Json>) -> Result<Geometry<f64>, Message> {
    let Some(Json::Object(object)) = value else {
        return Err(Message::new(
            "đối tượng không có hình học",
            "the feature has no geometry",
        ));
    };
    fn problem(error: &dyn fmt::Display) -> Message {
        Message::new(
            format!("hình học không hợp lệ: {error}"),
            format!("the geometry is not valid: {error}"),
        )
    }
    if !positions_are_pairs(&object) {
        return Err(Message::new(
            "có đỉnh thiếu tọa độ",
            "a position has fewer than two numbers",
        ));
    }
    let geometry: geojson::Geometry = serde_json::from_value(Json::Object(object)).map_err(|error| problem(&error))?;
    let geometry = Geometry::<f64>::try_from(geometry.value).map_err(|error| problem(&error))?;
    if geometry
        .coords_iter()
        .all(|coord| coord.x.is_finite() && coord.y.is_finite())
    {
        Ok(geometry)
    } else {
        Err(Message::new("tọa độ không phải là số", "a coordinate is not a number"))
    }
}

/// Whether every position has at least two numbers; conversion to shapes relies on it.
fn positions_are_pairs(geometry: &Map<String, Json>) -> bool {
    fn pairs(value: &Json) -> bool {
        let Json::Array(items) = value else { return false };
        match items.first() {
            Some(Json::Array(_)) => items.iter().all(pairs),
            Some(_) => items.len() >= 2,
            None => true,
        }
    }
    let parts = geometry.get("geometries").and_then(Json::as_array);
    let parts_are_pairs = parts.is_none_or(|parts| {
        parts
            .iter()
            .all(|part| part.as_object().is_some_and(positions_are_pairs))
    });
    parts_are_pairs && geometry.get("coordinates").is_none_or(pairs)
}

/// The EPSG code of an old-style `crs` member: `urn:ogc:def:crs:EPSG::9209`, `EPSG:9209`. CRS84 is WGS 84.
fn epsg_of(crs: &Json) -> Option<u32> {
    let name = crs.pointer("/properties/name")?.as_str()?;
    if !name.contains("EPSG") {
        return None;
    }
    name.rsplit(':').next()?.parse().ok().filter(|epsg| *epsg != 4326)
}

fn malformed(file: &str, error: &serde_json::Error) -> ImportError {
    ImportError::new(
        "malformed_geojson",
        Message::new(
            format!(
                "GeoJSON bị lỗi ở dòng {}, cột {}: {error}",
                error.line(),
                error.column()
            ),
            format!(
                "the GeoJSON is malformed at line {}, column {}: {error}",
                error.line(),
                error.column()
            ),
        ),
    )
    .at(format!("{file}: {}:{}", error.line(), error.column()))
    .advise(Message::new(
        "xuất lại tệp từ phần mềm GIS (QGIS: Export → GeoJSON, EPSG:4326)",
        "export the file again from the GIS program (QGIS: Export → GeoJSON, EPSG:4326)",
    ))
}

fn no_features(file: &str) -> ImportError {
    ImportError::new(
        "no_features",
        Message::new("tệp không có đối tượng nào", "the file has no features"),
    )
    .at(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Limits;

    fn layer(text: &str) -> Result<Layer, ImportError> {
        read(
            &"a.geojson".into(),
            text.as_bytes(),
            &mut Budget::new(&Limits::default()),
        )
    }

    #[test]
    fn collections_features_geometries_and_lines_are_read() {
        let point = r#"{"type":"Point","coordinates":[105.9,18.3]}"#;
        let feature = format!(r#"{{"type":"Feature","id":7,"properties":{{"a":1}},"geometry":{point}}}"#);
        let collection = format!(r#"{{"type":"FeatureCollection","features":[{feature},{feature}]}}"#);
        assert_eq!(layer(point).unwrap().features.len(), 1);
        assert_eq!(layer(&feature).unwrap().features[0].id.as_deref(), Some("7"));
        assert_eq!(layer(&collection).unwrap().features.len(), 2);
        assert_eq!(
            layer(&format!("{feature}\n{feature}\n\u{1e}{feature}\n"))
                .unwrap()
                .features
                .len(),
            3
        );
    }

    #[test]
    fn bad_geometry_is_the_feature_s_problem_not_the_file_s() {
        let text = r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","properties":{},"geometry":null},
            {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[1,2],[3]]]}},
            {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[105,18]}}]}"#;
        let problems: Vec<bool> = layer(text)
            .unwrap()
            .features
            .iter()
            .map(|feature| feature.geometry.is_err())
            .collect();
        assert_eq!(problems, [true, true, false]);
    }

    #[test]
    fn malformed_files_are_refused_with_their_place() {
        for (text, code) in [
            (r#"{"type":"FeatureCollection","features":[{"#, "malformed_geojson"),
            (r#"{"type":"Topology"}"#, "malformed_geojson"),
            ("[1,2,3]", "malformed_geojson"),
            (r#"{"type":"FeatureCollection","features":[]}"#, "no_features"),
        ] {
            assert_eq!(layer(text).unwrap_err().code, code, "{text}");
        }
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(layer(&deep).unwrap_err().code, "malformed_geojson");
    }

    #[test]
    fn named_coordinate_system_is_kept() {
        let text = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::9209"}},
            "features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[500000,2000000]}}]}"#;
        assert_eq!(layer(text).unwrap().epsg, Some(9209));
    }
}
