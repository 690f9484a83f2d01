//! Shapefiles, zipped, with a table of what their ten-character field names stand for.

use std::collections::HashSet;
use std::io::{Cursor, Write};

use ::shapefile::dbase::encoding::Unicode;
use ::shapefile::dbase::{Date, FieldName, FieldValue, Record, TableWriterBuilder};
use ::shapefile::record::polygon::PolygonRing;
use ::shapefile::{Multipoint, Point, Polygon, Polyline, ShapeWriter};
use geo_types::{Geometry, LineString};
use zip::write::SimpleFileOptions;

use super::kml::told;
use super::table::{FeatureTable, Value};
use crate::vector::projection::wkt_of_epsg;

/// Letters of a field's name, and bytes of a text field.
const NAME_LETTERS: usize = 10;
const TEXT_BYTES: usize = 254;

/// A shapefile that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ShapefileError {
    /// Points, lines and areas in one layer: a shapefile holds one of them.
    #[error("a shapefile holds points, lines or areas, and the layer has several of them")]
    MixedShapes,
    /// The layer has no shape at all.
    #[error("the layer has no shapes")]
    NoShapes,
    /// What the library says.
    #[error("{0}")]
    Library(String),
}

/// What a shapefile holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Points,
    Multipoints,
    Lines,
    Areas,
}

/// Writes a table whose shapes are in the system of `epsg` as a zip of `.shp`, `.shx`, `.dbf`, `.prj`, `.cpg` and the table of fields.
///
/// # Errors
/// [`ShapefileError`].
pub fn write_shapefile(table: &FeatureTable, epsg: u32) -> Result<Vec<u8>, ShapefileError> {
    let library = |error: &dyn std::fmt::Display| ShapefileError::Library(error.to_string());
    let rows: Vec<_> = table
        .features
        .iter()
        .filter_map(|feature| Some((feature.geometry.as_ref()?, &feature.values)))
        .collect();
    let kind = kind_of(rows.iter().map(|(geometry, _)| *geometry))?;
    let names = field_names(table);
    let (mut shp, mut shx, mut dbf) = (
        Cursor::new(Vec::new()),
        Cursor::new(Vec::new()),
        Cursor::new(Vec::new()),
    );
    {
        let mut shapes = ShapeWriter::with_shx(&mut shp, &mut shx);
        for (geometry, _) in &rows {
            write_shape(&mut shapes, geometry, kind).map_err(|error| library(&error))?;
        }
        shapes.finalize().map_err(|error| library(&error))?;
    }
    {
        let mut fields = TableWriterBuilder::with_encoding(Unicode);
        for (column, name) in names.iter().enumerate() {
            let name = FieldName::try_from(name.as_str()).map_err(|error| library(&error))?;
            fields = match field_kind(table, column) {
                Field::Number => fields.add_numeric_field(name, 20, 7),
                Field::Integer => fields.add_numeric_field(name, 18, 0),
                Field::Flag => fields.add_logical_field(name),
                Field::Date => fields.add_date_field(name),
                Field::Text(length) => fields.add_character_field(name, length),
            };
        }
        let mut records = fields.build_with_dest(&mut dbf);
        for (_, values) in &rows {
            let mut record = Record::default();
            for (column, name) in names.iter().enumerate() {
                let value = values.get(column).unwrap_or(&Value::Empty);
                record.insert(name.clone(), field_value(value, field_kind(table, column)));
            }
            records.write_record(&record).map_err(|error| library(&error))?;
        }
        records.finalize().map_err(|error| library(&error))?;
    }
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stem = &table.name;
    let prj = wkt_of_epsg(epsg).unwrap_or_default();
    let parts: [(&str, Vec<u8>); 6] = [
        ("shp", shp.into_inner()),
        ("shx", shx.into_inner()),
        ("dbf", dbf.into_inner()),
        ("prj", prj.into_bytes()),
        ("cpg", b"UTF-8".to_vec()),
        ("fields.csv", field_table(table, &names).into_bytes()),
    ];
    for (ending, bytes) in parts {
        archive
            .start_file(format!("{stem}.{ending}"), SimpleFileOptions::default())
            .map_err(|error| library(&error))?;
        archive.write_all(&bytes).map_err(|error| library(&error))?;
    }
    Ok(archive.finish().map_err(|error| library(&error))?.into_inner())
}

fn kind_of<'a>(geometries: impl Iterator<Item = &'a Geometry<f64>>) -> Result<Kind, ShapefileError> {
    let mut found = None;
    for geometry in geometries {
        let kind = match geometry {
            Geometry::Point(_) => Kind::Points,
            Geometry::MultiPoint(_) => Kind::Multipoints,
            Geometry::LineString(_) | Geometry::MultiLineString(_) | Geometry::Line(_) => Kind::Lines,
            Geometry::GeometryCollection(_) => return Err(ShapefileError::MixedShapes),
            _ => Kind::Areas,
        };
        if *found.get_or_insert(kind) != kind {
            return Err(ShapefileError::MixedShapes);
        }
    }
    found.ok_or(ShapefileError::NoShapes)
}

fn points(line: &LineString<f64>) -> Vec<Point> {
    line.0.iter().map(|coord| Point::new(coord.x, coord.y)).collect()
}

fn write_shape<T: Write + std::io::Seek>(
    writer: &mut ShapeWriter<T>,
    geometry: &Geometry<f64>,
    kind: Kind,
) -> Result<(), ::shapefile::Error> {
    match (kind, geometry) {
        (Kind::Points, Geometry::Point(point)) => writer.write_shape(&Point::new(point.x(), point.y())),
        (Kind::Multipoints, Geometry::MultiPoint(several)) => writer.write_shape(&Multipoint::new(
            several.0.iter().map(|point| Point::new(point.x(), point.y())).collect(),
        )),
        (Kind::Lines, Geometry::LineString(line)) => writer.write_shape(&Polyline::new(points(line))),
        (Kind::Lines, Geometry::MultiLineString(lines)) => {
            writer.write_shape(&Polyline::with_parts(lines.0.iter().map(points).collect()))
        }
        (_, Geometry::Polygon(polygon)) => writer.write_shape(&Polygon::with_rings(rings(polygon))),
        (_, Geometry::MultiPolygon(polygons)) => {
            writer.write_shape(&Polygon::with_rings(polygons.0.iter().flat_map(rings).collect()))
        }
        _ => Ok(()),
    }
}

fn rings(polygon: &geo_types::Polygon<f64>) -> Vec<PolygonRing<Point>> {
    let outer = PolygonRing::Outer(points(polygon.exterior()));
    let inner = polygon.interiors().iter().map(|ring| PolygonRing::Inner(points(ring)));
    std::iter::once(outer).chain(inner).collect()
}

/// Names of at most ten ASCII letters, each used once: `horizontal_beamwidth_deg` → `horizontal`, `vertical_1`, …
fn field_names(table: &FeatureTable) -> Vec<String> {
    let mut used: HashSet<String> = HashSet::new();
    let columns = table.columns.iter().map(|column| {
        let ascii: String = column
            .name
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        let short: String = ascii.chars().take(NAME_LETTERS).collect();
        let numbered = (1..).map(|number| {
            let suffix = format!("_{number}");
            let stem: String = ascii.chars().take(NAME_LETTERS - suffix.len()).collect();
            stem + &suffix
        });
        let names = std::iter::once(short).filter(|name| !name.is_empty()).chain(numbered);
        let name = names
            .into_iter()
            .find(|name| !used.contains(&name.to_lowercase()))
            .unwrap_or_default();
        used.insert(name.to_lowercase());
        name
    });
    columns.collect()
}

fn field_table(table: &FeatureTable, names: &[String]) -> String {
    let mut text = String::from("\u{feff}field,name,heading_vi,heading_en\r\n");
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    for (column, name) in table.columns.iter().zip(names) {
        let line = [name.as_str(), &column.name, &column.heading.vi, &column.heading.en]
            .map(quoted)
            .join(",");
        text.push_str(&line);
        text.push_str("\r\n");
    }
    text
}

#[derive(Clone, Copy)]
enum Field {
    Number,
    Integer,
    Flag,
    Date,
    Text(u8),
}

fn field_kind(table: &FeatureTable, column: usize) -> Field {
    let values = table
        .features
        .iter()
        .filter_map(|feature| feature.values.get(column))
        .filter(|value| **value != Value::Empty);
    let all = |is: fn(&Value) -> bool| values.clone().next().is_some() && values.clone().all(is);
    if all(|value| matches!(value, Value::Integer(_))) {
        Field::Integer
    } else if all(|value| matches!(value, Value::Integer(_) | Value::Number(_))) {
        Field::Number
    } else if all(|value| matches!(value, Value::Flag(_))) {
        Field::Flag
    } else if all(|value| matches!(value, Value::Date(_))) {
        Field::Date
    } else {
        let longest = values.map(|value| told(value).len()).max().unwrap_or(1);
        Field::Text(longest.clamp(1, TEXT_BYTES) as u8)
    }
}

fn field_value(value: &Value, kind: Field) -> FieldValue {
    match (value, kind) {
        (Value::Number(number), Field::Number) => FieldValue::Numeric(Some(*number)),
        (Value::Integer(number), Field::Number | Field::Integer) => FieldValue::Numeric(Some(*number as f64)),
        (_, Field::Number | Field::Integer) => FieldValue::Numeric(None),
        (Value::Flag(flag), Field::Flag) => FieldValue::Logical(Some(*flag)),
        (_, Field::Flag) => FieldValue::Logical(None),
        (Value::Date(date), Field::Date) => {
            let parts = (
                date.day().unsigned_abs(),
                date.month().unsigned_abs(),
                date.year().unsigned_abs(),
            );
            FieldValue::Date(Date::new(parts.0.into(), parts.1.into(), parts.2.into()).ok())
        }
        (_, Field::Date) => FieldValue::Date(None),
        (Value::Empty, Field::Text(_)) => FieldValue::Character(None),
        (value, Field::Text(_)) => {
            let mut text = told(value);
            let mut end = text.len().min(TEXT_BYTES);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            FieldValue::Character(Some(text))
        }
    }
}
