//! Areas and lines in tables: a column of well-known text (as GIS programs write it), or a row for every corner in its order (as
//! the coordinates of a boundary are printed in a decision).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use geo_types::{Geometry, LineString, MultiLineString, MultiPolygon, Polygon};
use geodesy::LonLat;
use serde_json::{Map, Value as Json};

use crate::areas::area_of;
use crate::error::ImportError;
use crate::header::Vocabulary;
use crate::import::{ImportContext, look};
use crate::lines::line_of;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::records::{Area, AreaKind, DatasetKind, Line, LineKind};
use crate::report::{ImportReport, RowIssue};
use crate::sheet_reader::SheetReader;
use crate::table::{Sheet, Value};
use crate::text::{clean, fold};
use crate::vector::well_known_text::parse_well_known_text;
use crate::vector::{Feature, Layer};

/// Headings of a column of shapes.
const SHAPE_HEADINGS: [&str; 6] = ["wkt", "geometry", "geom", "the geom", "wkt geom", "hinh hoc"];
/// Rows in which the header is looked for.
const HEADER_ROWS: usize = 20;

/// A sheet that has a column of well-known text, as a layer of features.
#[must_use]
pub fn layer_of_texts(sheet: &Sheet) -> Option<Layer> {
    let is_shape = |value: &Value| SHAPE_HEADINGS.contains(&fold(&value.to_text()).as_str());
    let header = sheet
        .rows
        .iter()
        .take(HEADER_ROWS)
        .position(|row| row.values.iter().any(is_shape))?;
    let labels: Vec<String> = sheet.rows[header]
        .values
        .iter()
        .map(|value| clean(&value.to_text()))
        .collect();
    let shape = sheet.rows[header].values.iter().position(is_shape)?;
    let features = sheet.rows[header + 1..].iter().map(|row| {
        let text = row.get(shape).to_text();
        let properties = labels
            .iter()
            .enumerate()
            .filter(|(column, label)| *column != shape && !label.is_empty());
        let properties = properties.filter_map(|(column, label)| Some((label.clone(), json_of(row.get(column))?)));
        Feature {
            number: row.number,
            id: None,
            properties: properties.collect(),
            geometry: parse_well_known_text(&text).ok_or_else(|| {
                Message::new(
                    "hình học không đọc được; cần dạng POLYGON ((kinh độ vĩ độ, …)) hoặc LINESTRING (…)",
                    "the shape cannot be read; write POLYGON ((longitude latitude, …)) or LINESTRING (…)",
                )
            }),
        }
    });
    Some(Layer {
        file: Arc::clone(&sheet.file),
        name: sheet.name.clone(),
        epsg: None,
        features: features.collect(),
    })
}

fn json_of(value: &Value) -> Option<Json> {
    match value {
        Value::Empty | Value::Error(_) => None,
        Value::Number(number) => Some((*number).into()),
        Value::Flag(flag) => Some((*flag).into()),
        other => Some(other.to_text().into()),
    }
}

/// The corners of one shape: the rows that follow one another under one name or code.
struct Outline {
    key: String,
    /// The data rows, by index.
    rows: Vec<usize>,
    corners: Vec<LonLat>,
}

/// What the outlines of a sheet are.
#[derive(Clone, Copy)]
pub enum Shapes<'a> {
    /// Polygons, whatever their kind.
    Areas(DatasetKind, &'a HashSet<(AreaKind, String)>),
    /// Lines.
    Lines(LineKind),
}

/// Reads the outlines of a sheet.
pub fn read_corners(
    reader: &SheetReader<'_>,
    shapes: Shapes<'_>,
    context: &ImportContext<'_>,
    report: &mut ImportReport,
) -> Result<(Vec<Area>, Vec<Line>), ImportError> {
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(reader.rows().len());
    let mut outlines: Vec<Outline> = Vec::new();
    let mut key = String::new();
    for (index, row) in reader.rows().iter().enumerate() {
        if index % 4096 == 0 {
            look(context, reader, index)?;
        }
        let mut outcome = Outcome::default();
        if reader.is_data(index, &mut outcome) {
            let named = ["code", "name"]
                .into_iter()
                .find_map(|field| reader.columns.text(row, field));
            // The name stands before the first corner alone, or before each.
            if let Some(named) = named {
                key = named;
            }
            if let Some(placed) = reader.place(index, &mut outcome) {
                match outlines.last_mut().filter(|outline| outline.key == key) {
                    Some(outline) => {
                        outline.rows.push(index);
                        outline.corners.push(placed.position);
                    }
                    None => outlines.push(Outline {
                        key: key.clone(),
                        rows: vec![index],
                        corners: vec![placed.position],
                    }),
                }
            }
        }
        outcomes.push(outcome);
    }
    let mut found = (Vec::new(), Vec::new());
    for parts in in_order(&outlines) {
        let mut issues = Vec::new();
        let taken = match shapes {
            Shapes::Areas(kind, known) => {
                let area = area(reader, &parts, kind, known, &mut issues);
                found.0.extend(area.clone());
                area.is_some()
            }
            Shapes::Lines(kind) => match line(reader, &parts, kind, found.1.len()) {
                Ok(line) => {
                    found.1.push(line);
                    true
                }
                Err(message) => {
                    issues.push(RowIssue::new("not_a_line", message));
                    false
                }
            },
        };
        for (part, index) in parts.iter().flat_map(|part| &part.rows).enumerate() {
            let outcome = &mut outcomes[*index];
            for issue in issues.iter().filter(|_| part == 0 || !taken) {
                if taken {
                    outcome.repair(issue.clone());
                } else {
                    outcome.reject(issue.clone());
                }
            }
        }
    }
    for (outcome, row) in outcomes.into_iter().zip(reader.rows()) {
        report.push(outcome.into_report(reader.sheet, row));
    }
    Ok(found)
}

/// The outlines of each name together, in the order of their first corners.
fn in_order(outlines: &[Outline]) -> Vec<Vec<&Outline>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut shapes: Vec<Vec<&Outline>> = Vec::new();
    for outline in outlines {
        let place = *places.entry(&outline.key).or_insert(shapes.len());
        if place == shapes.len() {
            shapes.push(Vec::new());
        }
        shapes[place].push(outline);
    }
    shapes
}

/// The first row of an outline as a feature without its shape: the header's words and the cells under them.
fn feature(reader: &SheetReader<'_>, parts: &[&Outline], geometry: Geometry<f64>) -> Feature {
    const OF_CORNERS: [&str; 7] = [
        "longitude",
        "latitude",
        "x",
        "y",
        "coordinates",
        "coordinate_system",
        "number",
    ];
    let first = parts.first().and_then(|part| part.rows.first()).copied().unwrap_or(0);
    let row = &reader.rows()[first];
    let of_corners: Vec<usize> = OF_CORNERS
        .into_iter()
        .filter_map(|field| reader.columns.get(field))
        .map(|column| column.index)
        .collect();
    let mut properties = Map::new();
    for column in (0..row.values.len()).filter(|column| !of_corners.contains(column)) {
        let label = reader.columns.label(column);
        if let Some(value) = json_of(row.get(column)).filter(|_| !label.is_empty()) {
            properties.insert(label.to_string(), value);
        }
    }
    let key = parts.first().map(|part| part.key.clone()).unwrap_or_default();
    let sheet = reader.sheet.name.as_deref().unwrap_or(&reader.sheet.file);
    Feature {
        number: row.number,
        // A sheet that names nothing is one shape, and has the sheet's name.
        id: Some(if key.is_empty() { sheet.to_owned() } else { key }),
        properties,
        geometry: Ok(geometry),
    }
}

fn coords(corners: &[LonLat]) -> LineString<f64> {
    corners.iter().map(|corner| (corner.lon_deg, corner.lat_deg)).collect()
}

fn area(
    reader: &SheetReader<'_>,
    parts: &[&Outline],
    kind: DatasetKind,
    known: &HashSet<(AreaKind, String)>,
    issues: &mut Vec<RowIssue>,
) -> Option<Area> {
    let polygons = parts.iter().map(|part| Polygon::new(coords(&part.corners), Vec::new()));
    let shape = Geometry::MultiPolygon(MultiPolygon(polygons.collect()));
    let area = area_of(feature(reader, parts, shape), kind, &Vocabulary::of(kind), None, issues)?;
    if known.contains(&(area.kind, area.code.clone())) {
        let message = Message::new(
            format!("mã {} của {} đã dùng; đề nghị đặt mã khác", area.code, area.name),
            format!(
                "code {} of {} is used already; give it another code",
                area.code, area.name
            ),
        );
        issues.push(
            RowIssue::new("duplicate_code", message)
                .in_column("code")
                .value(area.code),
        );
        return None;
    }
    Some(area)
}

fn line(reader: &SheetReader<'_>, parts: &[&Outline], kind: LineKind, before: usize) -> Result<Line, Message> {
    let lines = parts.iter().map(|part| coords(&part.corners));
    let shape = Geometry::MultiLineString(MultiLineString(lines.collect()));
    let mut feature = feature(reader, parts, shape);
    let columns = &reader.columns;
    let row = parts
        .first()
        .and_then(|part| part.rows.first())
        .map(|row| &reader.rows()[*row]);
    for field in ["name", "class"] {
        if let Some(text) = row.and_then(|row| columns.text(row, field)) {
            feature.properties.insert(field.to_owned(), text.into());
        }
    }
    line_of(&feature, kind, before)
}
