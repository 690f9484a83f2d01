//! Writing layers for other tools: GeoJSON (RFC 7946) and CSV of every vector layer, GeoTIFF of the signal.

use std::collections::HashMap;

use geodata::DatasetKind;
use serde_json::{Map, Value, json};
use store::{FeatureQuery, RunKind, Store, Viewer};

use crate::Problem;
use crate::work::blocking;
use crate::work::inputs::ProjectInputs;
use crate::work::plan;
use crate::work::results::{self, AreaFilter};

/// What to export.
#[derive(Debug, Clone, Default)]
pub struct ExportRequest {
    /// `sites`, `stations`, `cells`, `communes`, `zones`, `places`, `candidates`, `areas`, `footprint` or `signal`.
    pub layer: String,
    /// `geojson`, `csv` or `tif`.
    pub format: String,
    /// The run (coverage or plan) that results are of; the newest when absent.
    pub run: Option<String>,
    /// Technology of results: `4g` when absent.
    pub technology: Option<String>,
    /// Operator of results: any when absent.
    pub operator: Option<String>,
}

/// A written file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Proposed file name.
    pub name: String,
    /// Media type.
    pub media_type: &'static str,
    /// Content.
    pub bytes: Vec<u8>,
    /// Number of rows; pixels for rasters.
    pub rows: usize,
}

/// Where the rows of a served layer are: kind of dataset, layer, kinds of row.
pub(crate) fn served_layer(name: &str) -> Option<(DatasetKind, &'static str, &'static [&'static str])> {
    Some(match name {
        "sites" => (DatasetKind::Sites, "sites", &[]),
        "stations" => (DatasetKind::Sites, "stations", &[]),
        "cells" => (DatasetKind::Sites, "cells", &[]),
        "communes" => (DatasetKind::Areas, "areas", &["commune"]),
        "zones" => (DatasetKind::Zones, "areas", &[]),
        "places" => (DatasetKind::Places, "places", &[]),
        "villages" => (DatasetKind::Places, "places", &["village"]),
        _ => return None,
    })
}

/// Exports a layer for a viewer. Security-restricted sites never leave.
pub async fn export(
    store: &Store,
    project: &str,
    request: &ExportRequest,
    viewer: Viewer,
) -> Result<Exported, Problem> {
    let inputs = ProjectInputs::load(store, project).await?;
    if request.layer == "candidates" && request.format == "xlsx" && viewer == Viewer::Department {
        let run = results::find(store, &inputs.project.id, RunKind::Plan, request.run.as_deref()).await?;
        let artefacts = store.artefacts().clone();
        return blocking(move || plan::workbook::workbook(&artefacts, &run)).await;
    }
    if request.layer == "signal" {
        return signal(store, &inputs, request, &viewer).await;
    }
    let features = features(store, &inputs, request, viewer).await?;
    let rows = features.len();
    let (bytes, media_type, ending) = match request.format.as_str() {
        "geojson" => (
            collection(&inputs, features).to_string().into_bytes(),
            "application/geo+json",
            "geojson",
        ),
        "csv" => (csv_table(&features).into_bytes(), "text/csv; charset=utf-8", "csv"),
        other => return Err(format_not_there(&request.layer, other, "geojson, csv")),
    };
    Ok(Exported {
        name: format!("{}.{ending}", request.layer),
        media_type,
        bytes,
        rows,
    })
}

async fn features(
    store: &Store,
    inputs: &ProjectInputs,
    request: &ExportRequest,
    viewer: Viewer,
) -> Result<Vec<Value>, Problem> {
    let project = inputs.project.id.as_str();
    let artefacts = store.artefacts().clone();
    let named = request.run.as_deref();
    match request.layer.as_str() {
        "candidates" => {
            let run = results::find_for(store, &viewer, project, RunKind::Plan, named).await?;
            blocking(move || results::candidates(&artefacts, &run)).await
        }
        "footprint" | "footprints" => {
            let run = results::find_for(store, &viewer, project, RunKind::Coverage, named).await?;
            blocking(move || results::footprints(&artefacts, &run)).await
        }
        "areas" => areas(store, inputs, request, named, &viewer).await,
        name => {
            let layer = served_layer(name).ok_or_else(|| no_such_layer(name))?;
            served(store, inputs, layer, viewer).await
        }
    }
}

/// The rows of a served layer as GeoJSON Features.
async fn served(
    store: &Store,
    inputs: &ProjectInputs,
    (kind, layer, kinds): (DatasetKind, &'static str, &[&str]),
    viewer: Viewer,
) -> Result<Vec<Value>, Problem> {
    let Some(dataset) = inputs.dataset(kind) else {
        return Ok(Vec::new());
    };
    let mut query = FeatureQuery::all(&dataset.id, layer, viewer);
    query.kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    query.without_restricted = true;
    let page = store.features(&query).await?;
    page.features.iter().map(feature).collect()
}

/// A stored row as a GeoJSON Feature.
pub(crate) fn feature(row: &store::Feature) -> Result<Value, Problem> {
    let geometry: Value = row
        .geometry
        .as_deref()
        .map(serde_json::from_str)
        .transpose()?
        .unwrap_or_default();
    let properties: Value = serde_json::from_str(&row.properties)?;
    Ok(json!({ "type": "Feature", "id": row.code, "geometry": geometry, "properties": properties }))
}

/// The table of areas with their shapes.
async fn areas(
    store: &Store,
    inputs: &ProjectInputs,
    request: &ExportRequest,
    named: Option<&str>,
    viewer: &Viewer,
) -> Result<Vec<Value>, Problem> {
    let run = results::find_for(store, viewer, &inputs.project.id, RunKind::Coverage, named).await?;
    let technology = results::technology(request.technology.as_deref().unwrap_or("4g"))?;
    let mut shapes = HashMap::new();
    for kind in [DatasetKind::Areas, DatasetKind::Zones] {
        for shape in served(store, inputs, (kind, "areas", &[]), Viewer::Department).await? {
            let key = (
                shape["properties"]["kind"].as_str().unwrap_or("").to_owned(),
                shape["id"].as_str().unwrap_or("").to_owned(),
            );
            shapes.insert(key, shape["geometry"].clone());
        }
    }
    let artefacts = store.artefacts().clone();
    let operator = request.operator.clone();
    let table =
        blocking(move || results::areas_table(&artefacts, &run, technology, operator.as_deref(), AreaFilter::All))
            .await?;
    let rows = table["rows"].as_array().cloned().unwrap_or_default();
    let feature = |row: Value| {
        let key = (
            row["kind"].as_str().unwrap_or("").to_owned(),
            row["area_code"].as_str().unwrap_or("").to_owned(),
        );
        let geometry = shapes.get(&key).cloned().unwrap_or_default();
        json!({ "type": "Feature", "geometry": geometry, "properties": row })
    };
    Ok(rows.into_iter().map(feature).collect())
}

fn collection(inputs: &ProjectInputs, features: Vec<Value>) -> Value {
    let mut members = Map::new();
    members.insert("type".to_owned(), json!("FeatureCollection"));
    if inputs.project.synthetic {
        members.insert("synthetic".to_owned(), json!(true));
    }
    members.insert(
        "features".to_owned(),
        Value::Array(features.into_iter().map(tidy_geometry).collect()),
    );
    Value::Object(members)
}

/// Decimals of a coordinate that are kept: 1 cm on the ground.
const COORDINATE_DECIMALS: i32 = 7;

/// Rounds coordinates; RFC 7946 § 11.2 asks for no more digits than mean something.
fn tidy_geometry(mut feature: Value) -> Value {
    if let Some(coordinates) = feature.pointer_mut("/geometry/coordinates") {
        round(coordinates);
    }
    feature
}

fn round(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(round),
        Value::Number(number) => {
            let scale = 10f64.powi(COORDINATE_DECIMALS);
            if let Some(exact) = number.as_f64() {
                *value = json!((exact * scale).round() / scale);
            }
        }
        _ => {}
    }
}

/// A table: longitude and latitude of points first, then every property that any row has, in the order of first appearance.
fn csv_table(features: &[Value]) -> String {
    let mut columns: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let rows: Vec<Map<String, Value>> = features.iter().map(flat_row).collect();
    for row in &rows {
        for key in row.keys() {
            if seen.insert(key.clone()) {
                columns.push(key.clone());
            }
        }
    }
    let mut text = columns
        .iter()
        .map(|column| csv_field(column))
        .collect::<Vec<_>>()
        .join(",");
    text.push_str("\r\n");
    for row in &rows {
        let fields: Vec<String> = columns
            .iter()
            .map(|column| row.get(column).map_or_else(String::new, csv_value))
            .collect();
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}

/// Properties with inner objects flattened (`gain_people`), inner lists as `a; b`.
fn flat_row(feature: &Value) -> Map<String, Value> {
    let mut row = Map::new();
    if feature["geometry"]["type"] == "Point" {
        row.insert("longitude".to_owned(), feature["geometry"]["coordinates"][0].clone());
        row.insert("latitude".to_owned(), feature["geometry"]["coordinates"][1].clone());
    }
    if let Some(properties) = feature["properties"].as_object() {
        flatten("", properties, &mut row);
    }
    row
}

fn flatten(prefix: &str, object: &Map<String, Value>, row: &mut Map<String, Value>) {
    for (key, value) in object {
        let key = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}_{key}")
        };
        match value {
            Value::Object(inner) => flatten(&key, inner, row),
            other => {
                row.insert(key, other.clone());
            }
        }
    }
}

fn csv_value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => csv_field(text),
        Value::Array(items) => csv_field(&items.iter().map(item_text).collect::<Vec<_>>().join("; ")),
        other => other.to_string(),
    }
}

fn item_text(item: &Value) -> String {
    match item {
        Value::String(text) => text.clone(),
        Value::Object(fields) => fields
            .get("name")
            .and_then(Value::as_str)
            .map_or_else(|| item.to_string(), str::to_owned),
        other => other.to_string(),
    }
}

/// Quotes where needed; a text that a spreadsheet would run as a formula gets an apostrophe before it.
fn csv_field(text: &str) -> String {
    let formula =
        text.starts_with(['=', '+', '@', '\t', '\r']) || (text.starts_with('-') && text.parse::<f64>().is_err());
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r', ';']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// The signal layer as a GeoTIFF in Web Mercator, as it was computed.
async fn signal(
    store: &Store,
    inputs: &ProjectInputs,
    request: &ExportRequest,
    viewer: &Viewer,
) -> Result<Exported, Problem> {
    if !matches!(request.format.as_str(), "tif" | "tiff" | "geotiff") {
        return Err(format_not_there("signal", &request.format, "tif"));
    }
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
    let key = format!("{}-{}-signal", technology.key(), operator.to_lowercase());
    let artefacts = store.artefacts().clone();
    blocking(move || {
        let layer = results::layer(&artefacts, &run, &key)?;
        let values: Vec<f32> = layer.codes.iter().map(|code| layer.decode(*code)).collect();
        let path = artefacts.incoming().join(uuid::Uuid::now_v7().simple().to_string());
        let transform = mercator_transform(&layer.window);
        let written = terrain::geotiff::write_f32(
            &path,
            layer.window.columns,
            layer.window.rows,
            transform,
            Some(f32::NAN),
            &values,
        );
        let bytes = written.map_err(Problem::from).and_then(|()| Ok(std::fs::read(&path)?));
        drop(std::fs::remove_file(&path));
        Ok(Exported {
            name: format!("{key}.tif"),
            media_type: "image/tiff",
            bytes: bytes?,
            rows: values.len(),
        })
    })
    .await
}

/// Where a window of pixels lies in EPSG:3857, metres.
fn mercator_transform(window: &geodesy::tile_grid::PixelWindow) -> terrain::geotiff::GeoTransform {
    /// Half the width of the Web Mercator square: π × 6,378,137 m.
    const HALF_M: f64 = 20_037_508.342_789_244;
    let pixel = 2.0 * HALF_M / (f64::from(geodesy::tile_grid::TILE_SIZE) * f64::from(1u32 << window.zoom.min(22)));
    terrain::geotiff::GeoTransform {
        epsg: 3857,
        west: f64::from(window.column) * pixel - HALF_M,
        north: HALF_M - f64::from(window.row) * pixel,
        pixel_width: pixel,
        pixel_height: pixel,
    }
}

fn no_such_layer(name: &str) -> Problem {
    let known = "sites, stations, cells, communes, zones, places, villages, candidates, areas, footprint, signal";
    Problem::bad_parameter(
        "layer",
        format!("không có lớp «{name}»; các lớp: {known}"),
        format!("there is no layer {name:?}; the layers are {known}"),
    )
}

fn format_not_there(layer: &str, format: &str, known: &str) -> Problem {
    Problem::bad_parameter(
        "format",
        format!("lớp {layer} chưa xuất được định dạng «{format}»; dùng: {known}"),
        format!("layer {layer} cannot be exported as {format:?}; use {known}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_hold_every_property_and_no_formula() {
        let features = [
            json!({"geometry": {"type": "Point", "coordinates": [105.5, 18.25]}, "properties": {"name": "=1+1", "gain": {"people": 3}}}),
            json!({"geometry": {"type": "Point", "coordinates": [105.6, 18.35]}, "properties": {"name": "a,\"b\"", "list": ["x", {"name": "y"}]}}),
        ];
        let expected = "longitude,latitude,name,gain_people,list\r\n105.5,18.25,'=1+1,3,\r\n105.6,18.35,\"a,\"\"b\"\"\",,\"x; y\"\r\n";
        assert_eq!(csv_table(&features), expected);
    }

    #[test]
    fn coordinates_keep_a_centimetre() {
        let feature = tidy_geometry(json!({"geometry": {"coordinates": [[105.123_456_789, 18.0]]}}));
        assert_eq!(feature["geometry"]["coordinates"], json!([[105.123_456_8, 18.0]]));
    }
}
