//! KML (placemarks with their data) and OpenStreetMap XML (nodes with their tags), read as a stream: nesting costs nothing.

use std::sync::Arc;

use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use serde_json::{Map, Value as Json};

use super::{Feature, Layer};
use crate::archive::entities;
use crate::budget::Budget;
use crate::error::ImportError;
use crate::message::Message;
use crate::table::read_text;

/// What a shape takes besides its vertices, in vertices: many shapes may have none.
const SHAPE_IN_VERTICES: usize = 6;

/// Reads a KML document.
pub fn read_kml(file: &Arc<str>, bytes: &[u8], budget: &mut Budget) -> Result<Layer, ImportError> {
    let text = read_text(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().check_end_names = false;
    let mut kml = Kml::default();
    loop {
        match reader.read_event().map_err(|error| malformed(file, &error))? {
            Event::Start(tag) => kml.start(&tag),
            Event::Empty(tag) => {
                kml.start(&tag);
                kml.end(tag.local_name().as_ref(), budget)?;
            }
            Event::End(tag) => kml.end(tag.local_name().as_ref(), budget)?,
            Event::Text(piece) => kml.text.push_str(&piece.xml10_content()),
            Event::CData(piece) => kml.text.push_str(&piece.xml10_content()),
            Event::GeneralRef(entity) => kml.text.push_str(&resolved(&entity)),
            Event::DocType(_) => return Err(entities(file)),
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(layer(file, kml.features))
}

/// Reads an OpenStreetMap file: every node that has tags.
pub fn read_osm(file: &Arc<str>, bytes: &[u8], budget: &mut Budget) -> Result<Layer, ImportError> {
    let text = read_text(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut features: Vec<Feature> = Vec::new();
    let mut node: Option<Feature> = None;
    loop {
        match reader.read_event().map_err(|error| malformed(file, &error))? {
            Event::Start(tag) if tag.local_name().as_ref() == "node" => node = Some(osm_node(&tag, features.len())),
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "tag" => {
                if let (Some(node), Some(key), Some(value)) = (&mut node, attribute(&tag, "k"), attribute(&tag, "v")) {
                    let value = Json::String(value);
                    budget.take_property(&key, &value)?;
                    node.properties.insert(key, value);
                }
            }
            Event::End(tag) if tag.local_name().as_ref() == "node" => {
                if let Some(node) = node
                    .take()
                    .filter(|node| node.properties.len() > usize::from(node.id.is_some()))
                {
                    budget.take_bare_feature()?;
                    features.push(node);
                }
            }
            Event::DocType(_) => return Err(entities(file)),
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(layer(file, features))
}

fn osm_node(tag: &BytesStart<'_>, before: usize) -> Feature {
    let number = |key| attribute(tag, key).and_then(|text| text.parse::<f64>().ok());
    let geometry = match (number("lon"), number("lat")) {
        (Some(x), Some(y)) => Ok(Geometry::Point(Point(Coord { x, y }))),
        _ => Err(Message::new("nút không có tọa độ", "the node has no position")),
    };
    let id = attribute(tag, "id");
    Feature {
        number: u32::try_from(before + 1).unwrap_or(u32::MAX),
        // Nodes have no other code; lists of them need one.
        properties: id
            .iter()
            .map(|id| ("id".to_owned(), Json::String(id.clone())))
            .collect(),
        id,
        geometry,
    }
}

fn layer(file: &Arc<str>, features: Vec<Feature>) -> Layer {
    Layer {
        file: Arc::clone(file),
        name: None,
        epsg: None,
        features,
    }
}

fn attribute(tag: &BytesStart<'_>, key: &str) -> Option<String> {
    let found = tag
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.as_ref() == key)?;
    let value = quick_xml::escape::unescape(&found.value);
    Some(value.map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned))
}

fn resolved(entity: &BytesRef<'_>) -> String {
    let predefined = match &**entity {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    };
    let character = entity.resolve_char_ref().ok().flatten();
    character.map_or_else(|| predefined.to_owned(), String::from)
}

/// What has been read of a KML document.
#[derive(Default)]
struct Kml {
    features: Vec<Feature>,
    placemark: Option<Placemark>,
    text: String,
}

#[derive(Default)]
struct Placemark {
    id: Option<String>,
    properties: Map<String, Json>,
    shapes: Vec<Geometry<f64>>,
    data_name: Option<String>,
    /// Rings of the polygon being read, the outer one first.
    rings: Vec<LineString<f64>>,
    in_polygon: bool,
    in_inner: bool,
    bad: Option<String>,
    coords: Vec<Coord<f64>>,
}

impl Kml {
    fn start(&mut self, tag: &BytesStart<'_>) {
        self.text.clear();
        let name = tag.local_name();
        if name.as_ref() == "Placemark" {
            self.placemark = Some(Placemark {
                id: attribute(tag, "id"),
                ..Placemark::default()
            });
        }
        let Some(placemark) = &mut self.placemark else { return };
        match name.as_ref() {
            "Data" | "SimpleData" => placemark.data_name = attribute(tag, "name"),
            "Polygon" => {
                placemark.in_polygon = true;
                placemark.rings.clear();
            }
            "innerBoundaryIs" => placemark.in_inner = true,
            _ => {}
        }
    }

    fn end(&mut self, name: &str, budget: &mut Budget) -> Result<(), ImportError> {
        let text = std::mem::take(&mut self.text);
        if name == "Placemark"
            && let Some(placemark) = self.placemark.take()
        {
            let number = u32::try_from(self.features.len() + 1).unwrap_or(u32::MAX);
            budget.take_bare_feature()?;
            self.features.push(placemark.into_feature(number));
            return Ok(());
        }
        let Some(placemark) = &mut self.placemark else {
            return Ok(());
        };
        match name {
            "name" | "description" | "address" => placemark.set(name.to_owned(), &text, budget)?,
            "value" | "SimpleData" => {
                if let Some(key) = placemark.data_name.take() {
                    placemark.set(key, &text, budget)?;
                }
            }
            "coordinates" => {
                placemark.take_coordinates(&text, budget)?;
            }
            "Point" => {
                budget.take_vertices(SHAPE_IN_VERTICES)?;
                let coords = std::mem::take(&mut placemark.coords);
                placemark
                    .shapes
                    .extend(coords.first().map(|coord| Geometry::Point(Point(*coord))));
            }
            "LineString" => {
                budget.take_vertices(SHAPE_IN_VERTICES)?;
                let coords = std::mem::take(&mut placemark.coords);
                placemark.shapes.push(Geometry::LineString(LineString(coords)));
            }
            "LinearRing" => {
                budget.take_vertices(SHAPE_IN_VERTICES)?;
                let ring = LineString(std::mem::take(&mut placemark.coords));
                placemark.rings.push(ring);
                let last = placemark.rings.len() - 1;
                if !placemark.in_inner {
                    placemark.rings.swap(0, last);
                }
            }
            "innerBoundaryIs" => placemark.in_inner = false,
            "Polygon" => {
                budget.take_vertices(SHAPE_IN_VERTICES)?;
                placemark.in_polygon = false;
                let mut rings = std::mem::take(&mut placemark.rings).into_iter();
                let exterior = rings.next().unwrap_or(LineString(Vec::new()));
                placemark
                    .shapes
                    .push(Geometry::Polygon(Polygon::new(exterior, rings.collect())));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Placemark {
    fn set(&mut self, key: String, text: &str, budget: &mut Budget) -> Result<(), ImportError> {
        if !text.trim().is_empty() {
            let value = Json::String(text.trim().to_owned());
            budget.take_property(&key, &value)?;
            self.properties.insert(key, value);
        }
        Ok(())
    }

    /// `lon,lat[,height]` separated by white space.
    fn take_coordinates(&mut self, text: &str, budget: &mut Budget) -> Result<(), ImportError> {
        for tuple in text.split_whitespace() {
            let mut numbers = tuple.split(',').map(str::parse::<f64>);
            match (numbers.next(), numbers.next()) {
                (Some(Ok(x)), Some(Ok(y))) if x.is_finite() && y.is_finite() => {
                    budget.take_vertices(1)?;
                    self.coords.push(Coord { x, y });
                }
                _ => self.bad = Some(tuple.chars().take(40).collect()),
            }
        }
        Ok(())
    }

    fn into_feature(self, number: u32) -> Feature {
        let geometry = match self.bad {
            Some(bad) => Err(Message::new(
                format!("tọa độ \"{bad}\" không hợp lệ"),
                format!("the coordinate \"{bad}\" is not valid"),
            )),
            None => one_geometry(self.shapes)
                .ok_or_else(|| Message::new("đối tượng không có hình học", "the feature has no geometry")),
        };
        Feature {
            number,
            id: self.id,
            properties: self.properties,
            geometry,
        }
    }
}

/// One geometry of several parts; a collection where the parts are of different types.
pub fn one_geometry(mut shapes: Vec<Geometry<f64>>) -> Option<Geometry<f64>> {
    if shapes.len() <= 1 {
        return shapes.pop();
    }
    let all = |is: fn(&Geometry<f64>) -> bool| shapes.iter().all(is);
    Some(if all(|shape| matches!(shape, Geometry::Point(_))) {
        Geometry::MultiPoint(MultiPoint(
            shapes.into_iter().filter_map(|shape| shape.try_into().ok()).collect(),
        ))
    } else if all(|shape| matches!(shape, Geometry::LineString(_))) {
        Geometry::MultiLineString(MultiLineString(
            shapes.into_iter().filter_map(|shape| shape.try_into().ok()).collect(),
        ))
    } else if all(|shape| matches!(shape, Geometry::Polygon(_))) {
        Geometry::MultiPolygon(MultiPolygon(
            shapes.into_iter().filter_map(|shape| shape.try_into().ok()).collect(),
        ))
    } else {
        Geometry::GeometryCollection(shapes.into())
    })
}

fn malformed(file: &str, error: &dyn std::fmt::Display) -> ImportError {
    ImportError::new(
        "malformed_xml",
        Message::new(
            format!("tệp XML bị lỗi: {error}"),
            format!("the XML is malformed: {error}"),
        ),
    )
    .at(file)
    .advise(Message::new(
        "xuất lại tệp từ phần mềm gốc",
        "export the file again from the program that made it",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Limits;

    #[test]
    fn placemarks_are_read_with_their_data() {
        let text = r#"<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
          <Placemark id="p1"><name>Trạm A &amp; B</name><ExtendedData><Data name="Mã trạm"><value>HT1</value></Data>
            <SchemaData><SimpleData name="cao">42</SimpleData></SchemaData></ExtendedData><Point><coordinates>105.9,18.3,0</coordinates></Point></Placemark>
          <Placemark><name>Vùng</name><MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 4,0 4,4 0,0</coordinates></LinearRing></outerBoundaryIs>
            <innerBoundaryIs><LinearRing><coordinates>1,0.5 2,0.5 2,1 1,0.5</coordinates></LinearRing></innerBoundaryIs></Polygon>
            <Polygon><outerBoundaryIs><LinearRing><coordinates>9,9 10,9 10,10 9,9</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry></Placemark>
          <Placemark><Point><coordinates>a,b</coordinates></Point></Placemark></Folder></Document></kml>"#;
        let layer = read_kml(&"a.kml".into(), text.as_bytes(), &mut Budget::new(&Limits::default())).unwrap();
        let [point, polygons, bad] = &layer.features[..] else {
            panic!("{:?}", layer.features)
        };
        assert_eq!(point.geometry, Ok(Point::new(105.9, 18.3).into()));
        assert_eq!(point.properties["name"], "Trạm A & B");
        assert_eq!(
            (point.properties["Mã trạm"].as_str(), point.properties["cao"].as_str()),
            (Some("HT1"), Some("42"))
        );
        let Ok(Geometry::MultiPolygon(polygons)) = &polygons.geometry else {
            panic!("{polygons:?}")
        };
        assert_eq!((polygons.0.len(), polygons.0[0].interiors().len()), (2, 1));
        assert!(bad.geometry.is_err());
    }

    #[test]
    fn entities_and_depth_are_no_danger() {
        let bomb = "<!DOCTYPE kml [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><kml>&b;</kml>";
        assert_eq!(
            read_kml(&"a.kml".into(), bomb.as_bytes(), &mut Budget::new(&Limits::default()))
                .unwrap_err()
                .code,
            "xml_entities"
        );
        let deep = format!(
            "<kml>{}{}</kml>",
            "<Folder>".repeat(200_000),
            "</Folder>".repeat(200_000)
        );
        assert!(
            read_kml(&"a.kml".into(), deep.as_bytes(), &mut Budget::new(&Limits::default()))
                .unwrap()
                .features
                .is_empty()
        );
    }
}
