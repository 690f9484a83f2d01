//! KML 2.2: a placemark a row, its values as extended data. Always WGS 84.

use std::fmt::Write as _;
use std::io::{self, Write};

use geo_types::{Geometry, LineString, Polygon};
use quick_xml::escape::escape;

use super::table::{FeatureTable, Value};

/// Writes a table as KML. The column `name`, else `code`, is the placemark's name.
///
/// # Errors
/// Only those of the writer.
pub fn write_kml(table: &FeatureTable, writer: &mut impl Write) -> io::Result<()> {
    writer.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\n",
    )?;
    writeln!(writer, "<name>{}</name>", escape(&table.name))?;
    let named = ["name", "code"]
        .into_iter()
        .find_map(|name| table.columns.iter().position(|column| column.name == name));
    for feature in &table.features {
        let mut text = String::from("<Placemark>");
        if let Some(value) = named.and_then(|column| feature.values.get(column)) {
            let _ = write!(text, "<name>{}</name>", escape(told(value)));
        }
        text.push_str("<ExtendedData>");
        for (column, value) in table.columns.iter().zip(&feature.values) {
            if *value != Value::Empty {
                let _ = write!(
                    text,
                    "<Data name=\"{}\"><value>{}</value></Data>",
                    escape(&column.name),
                    escape(told(value))
                );
            }
        }
        text.push_str("</ExtendedData>");
        if let Some(geometry) = &feature.geometry {
            write_geometry(geometry, &mut text);
        }
        text.push_str("</Placemark>\n");
        writer.write_all(text.as_bytes())?;
    }
    writer.write_all(b"</Document></kml>\n")
}

/// A value as text for programs: decimal points, ISO dates.
pub fn told(value: &Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => text
            .chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
            .collect(),
        Value::Number(number) => number.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
    }
}

fn coordinates(line: &LineString<f64>, text: &mut String) {
    text.push_str("<coordinates>");
    for (index, coord) in line.0.iter().enumerate() {
        let _ = write!(
            text,
            "{}{:.7},{:.7}",
            if index == 0 { "" } else { " " },
            coord.x,
            coord.y
        );
    }
    text.push_str("</coordinates>");
}

fn polygon(polygon: &Polygon<f64>, text: &mut String) {
    text.push_str("<Polygon><outerBoundaryIs><LinearRing>");
    coordinates(polygon.exterior(), text);
    text.push_str("</LinearRing></outerBoundaryIs>");
    for ring in polygon.interiors() {
        text.push_str("<innerBoundaryIs><LinearRing>");
        coordinates(ring, text);
        text.push_str("</LinearRing></innerBoundaryIs>");
    }
    text.push_str("</Polygon>");
}

fn write_geometry(geometry: &Geometry<f64>, text: &mut String) {
    let several = |text: &mut String, parts: &mut dyn FnMut(&mut String)| {
        text.push_str("<MultiGeometry>");
        parts(text);
        text.push_str("</MultiGeometry>");
    };
    match geometry {
        Geometry::Point(point) => {
            let _ = write!(
                text,
                "<Point><coordinates>{:.7},{:.7}</coordinates></Point>",
                point.x(),
                point.y()
            );
        }
        Geometry::LineString(line) => {
            text.push_str("<LineString>");
            coordinates(line, text);
            text.push_str("</LineString>");
        }
        Geometry::Polygon(shape) => polygon(shape, text),
        Geometry::MultiPoint(points) => several(text, &mut |text| {
            points.0.iter().for_each(|p| write_geometry(&Geometry::Point(*p), text));
        }),
        Geometry::MultiLineString(lines) => {
            several(text, &mut |text| {
                lines
                    .0
                    .iter()
                    .for_each(|line| write_geometry(&Geometry::LineString(line.clone()), text));
            });
        }
        Geometry::MultiPolygon(polygons) => several(text, &mut |text| {
            polygons.0.iter().for_each(|shape| polygon(shape, text));
        }),
        Geometry::GeometryCollection(parts) => several(text, &mut |text| {
            parts.0.iter().for_each(|part| write_geometry(part, text));
        }),
        Geometry::Line(line) => write_geometry(&Geometry::LineString((*line).into()), text),
        Geometry::Rect(rect) => polygon(&rect.to_polygon(), text),
        Geometry::Triangle(triangle) => polygon(&triangle.to_polygon(), text),
    }
}
