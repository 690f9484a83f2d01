//! Writing layers for other tools: every vector layer in eight formats, the signal as a cloud-optimised GeoTIFF.

mod pmtiles_file;
mod raster;
mod table;

use std::collections::HashMap;

use geodata::DatasetKind;
use geodata::export::FeatureTable;
use geodesy::coordinate_system::WGS84;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use store::{FeatureQuery, RunKind, Store, Viewer};

use crate::Problem;
use crate::work::blocking;
use crate::work::inputs::ProjectInputs;
use crate::work::plan;
use crate::work::results::{self, AreaFilter};

/// What to export.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ExportRequest {
    /// `sites`, `stations`, `cells`, `communes`, `zones`, `places`, `candidates`, `areas`, `footprint` or `signal`.
    pub layer: String,
    /// `geojson`, `csv`, `xlsx`, `kml`, `gpkg`, `fgb`, `shp`, `pmtiles`; `cog` for signal.
    pub format: String,
    /// `wgs84` (also when absent), `vn2000` (the province's zone), or an EPSG code.
    pub crs: Option<String>,
    /// Of a raster, the classes of its legend instead of its values.
    pub classed: bool,
    /// The run (coverage or plan) that results are of; the newest when absent.
    pub run: Option<String>,
    /// Technology of results: `4g` when absent.
    pub technology: Option<String>,
    /// Operator of results: any when absent.
    pub operator: Option<String>,
}

/// Layers that an export may name.
const LAYERS: [&str; 20] = [
    "sites",
    "stations",
    "cells",
    "communes",
    "zones",
    "places",
    "villages",
    "candidates",
    "areas",
    "footprint",
    "footprints",
    "poles",
    "roads",
    "power_lines",
    "fibre_lines",
    "measurements",
    "signal",
    "probability",
    "sinr",
    "throughput",
];

impl ExportRequest {
    /// Refuses what could come to nothing, before it waits for its turn: words that no layer, format or coordinate system has.
    ///
    /// # Errors
    /// `bad_parameter`.
    pub fn check(&self) -> Result<(), Problem> {
        if !LAYERS.contains(&self.layer.as_str()) {
            return Err(no_such_layer(&self.layer));
        }
        let known = VECTOR_FORMATS.split(", ").any(|format| format == self.format) || self.is_raster();
        if !known {
            return Err(format_not_there(&self.layer, &self.format, VECTOR_FORMATS));
        }
        if let Some(word) = &self.technology {
            results::technology(word)?;
        }
        self.system().map(drop)
    }

    fn is_raster(&self) -> bool {
        matches!(self.format.as_str(), "cog" | "tif" | "tiff" | "geotiff")
    }

    /// The coordinate system by its word.
    fn system(&self) -> Result<System, Problem> {
        let word = self.crs.as_deref().unwrap_or("wgs84").trim().to_lowercase();
        match word.replace('-', "").trim_start_matches("epsg:") {
            "" | "wgs84" => Ok(System::Code(WGS84)),
            "vn2000" => Ok(System::Province),
            code if matches!(code.len(), 4 | 5) => code.parse().map(System::Code).map_err(|_| no_such_system(code)),
            other => Err(no_such_system(other)),
        }
    }
}

/// A coordinate system that is asked for.
enum System {
    /// An EPSG code.
    Code(u32),
    /// The VN-2000 zone of the province.
    Province,
}

fn no_such_system(word: &str) -> Problem {
    Problem::bad_parameter(
        "crs",
        format!("không có hệ tọa độ «{word}»; dùng wgs84, vn2000 hoặc mã EPSG"),
        format!("there is no coordinate system {word:?}; use wgs84, vn2000 or an EPSG code"),
    )
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
    if request.is_raster() {
        return raster::export(store, &inputs, request, &viewer).await;
    }
    let epsg = system_of(&inputs, store, request).await?;
    let made_with = made_with(store, &inputs, request, &viewer).await?;
    let features = features(store, &inputs, request, viewer).await?;
    let request = request.clone();
    let synthetic = inputs.project.synthetic;
    blocking(move || {
        let mut members = made_with;
        let mut features = features;
        if request.format != "geojson" {
            stamp(&mut features, std::mem::take(&mut members), &request.format);
        }
        write(&request, epsg, synthetic, members, features)
    })
    .await
}

/// What a plan's candidates were made with: the run's hash, and for the department its parameters and where its costs come from. (The
/// parameters may name others' masts.) Nothing for other layers.
async fn made_with(
    store: &Store,
    inputs: &ProjectInputs,
    request: &ExportRequest,
    viewer: &Viewer,
) -> Result<Map<String, Value>, Problem> {
    let mut members = Map::new();
    if request.layer != "candidates" {
        return Ok(members);
    }
    let run = results::find_for(store, viewer, &inputs.project.id, RunKind::Plan, request.run.as_deref()).await?;
    members.insert("run".to_owned(), json!(run.id));
    if *viewer == Viewer::Department {
        members.insert("run_parameters".to_owned(), run.parameters);
        members.insert("run_costs_source".to_owned(), run.inputs["costs"]["source"].clone());
    }
    Ok(members)
}

/// Longest text that a field of a shapefile holds, bytes.
const SHAPEFILE_TEXT: usize = 254;

/// Writes what the features were made with into each of them, as text, for formats that have no place beside their rows.
fn stamp(features: &mut [Value], members: Map<String, Value>, format: &str) {
    for (name, value) in members {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if format == "shp" && text.len() > SHAPEFILE_TEXT {
            continue;
        }
        for properties in features.iter_mut().filter_map(|one| one["properties"].as_object_mut()) {
            properties.insert(name.clone(), json!(text));
        }
    }
}

/// Formats of vector layers, for people.
const VECTOR_FORMATS: &str = "geojson, csv, xlsx, kml, gpkg, fgb, shp, pmtiles";
/// Formats that can hold another coordinate system than WGS 84.
const PROJECTED_FORMATS: [&str; 5] = ["csv", "xlsx", "gpkg", "fgb", "shp"];

/// Writes features in a format.
fn write(
    request: &ExportRequest,
    epsg: u32,
    synthetic: bool,
    members: Map<String, Value>,
    features: Vec<Value>,
) -> Result<Exported, Problem> {
    let (layer, rows) = (request.layer.as_str(), features.len());
    let refused = |error: &dyn std::fmt::Display| {
        Problem::new(
            422,
            "export_not_possible",
            format!("không ghi được lớp {layer} ở định dạng {}: {error}", request.format),
            format!("layer {layer} cannot be written as {}: {error}", request.format),
        )
    };
    let table = || -> Result<FeatureTable, Problem> {
        table::of_features(layer, &features)
            .projected(epsg)
            .map_err(|error| refused(&error))
    };
    let (bytes, media_type, ending): (Vec<u8>, &'static str, &str) = match request.format.as_str() {
        "geojson" => (
            collection(synthetic, members, features).to_string().into_bytes(),
            "application/geo+json",
            "geojson",
        ),
        "csv" if epsg == WGS84 => (csv_table(&features).into_bytes(), "text/csv; charset=utf-8", "csv"),
        "csv" => (
            csv_table(&table::projected(&features, epsg)?).into_bytes(),
            "text/csv; charset=utf-8",
            "csv",
        ),
        "xlsx" => (
            geodata::export::write_xlsx(&table()?, layer, epsg == WGS84).map_err(|error| refused(&error))?,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        ),
        "kml" => {
            let mut bytes = Vec::new();
            geodata::export::write_kml(&table()?, &mut bytes)?;
            (bytes, "application/vnd.google-earth.kml+xml", "kml")
        }
        "gpkg" => {
            let folder = std::env::temp_dir().join(format!("phusong-{}", uuid::Uuid::now_v7().simple()));
            std::fs::create_dir(&folder)?;
            let path = folder.join("layer.gpkg");
            let written = geodata::export::write_geopackage(&table()?, epsg, &path).map_err(|error| refused(&error));
            let bytes = written.and_then(|()| Ok(std::fs::read(&path)?));
            drop(std::fs::remove_dir_all(&folder));
            (bytes?, "application/geopackage+sqlite3", "gpkg")
        }
        "fgb" => {
            let mut bytes = Vec::new();
            geodata::export::write_flatgeobuf(&table()?, epsg, &mut bytes).map_err(|error| refused(&error))?;
            (bytes, "application/flatgeobuf", "fgb")
        }
        "shp" => (
            geodata::export::write_shapefile(&table()?, epsg).map_err(|error| refused(&error))?,
            "application/zip",
            "shp.zip",
        ),
        "pmtiles" => (
            pmtiles_file::write(layer, &features)?,
            "application/vnd.pmtiles",
            "pmtiles",
        ),
        other => return Err(format_not_there(layer, other, VECTOR_FORMATS)),
    };
    Ok(Exported {
        name: format!("{layer}.{ending}"),
        media_type,
        bytes,
        rows,
    })
}

/// The coordinate system that is asked for: WGS 84, the province's VN-2000 zone, or an EPSG code.
async fn system_of(inputs: &ProjectInputs, store: &Store, request: &ExportRequest) -> Result<u32, Problem> {
    let epsg = match request.system()? {
        System::Code(code) => code,
        System::Province => {
            let artefacts = store.artefacts().clone();
            let inputs = inputs.clone();
            let communes = blocking(move || inputs.areas(&artefacts, DatasetKind::Areas)).await?;
            let province = super::import::province_of(&communes);
            let codes = province.map(|name| geodata::province_epsg(&name)).unwrap_or_default();
            *codes.first().ok_or_else(|| {
                Problem::bad_parameter(
                    "crs",
                    "chưa rõ tỉnh của dự án nên chưa rõ kinh tuyến trục VN-2000; dùng mã EPSG (ví dụ EPSG:9209)",
                    "the project's province, and so its VN-2000 zone, is not known; give an EPSG code (for example EPSG:9209)",
                )
                .well_formed()
            })?
        }
    };
    if epsg != WGS84 && !request.is_raster() && !PROJECTED_FORMATS.contains(&request.format.as_str()) {
        return Err(Problem::bad_parameter(
            "crs",
            format!("định dạng {} luôn ở hệ WGS 84", request.format),
            format!("{} is always in WGS 84", request.format),
        )
        .well_formed());
    }
    Ok(epsg)
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
        name => match served_layer(name) {
            Some(layer) => served(store, inputs, layer, viewer).await,
            None if raster::LAYERS.contains(&name) => Err(format_not_there(name, &request.format, "cog")),
            None => kept(store, inputs, name, &viewer).await,
        },
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

/// The rows of layers that are kept but not served: poles, roads, power and fibre lines, measurements. The department's.
async fn kept(store: &Store, inputs: &ProjectInputs, name: &str, viewer: &Viewer) -> Result<Vec<Value>, Problem> {
    let kind = match name {
        "poles" => DatasetKind::Poles,
        "roads" => DatasetKind::Roads,
        "power_lines" => DatasetKind::PowerLines,
        "fibre_lines" => DatasetKind::FibreLines,
        "measurements" => DatasetKind::Measurements,
        _ => return Err(no_such_layer(name)),
    };
    if !viewer.is_department() {
        return Err(Problem::new(
            403,
            "not_allowed",
            "lớp này chỉ dành cho sở",
            "this layer is the department's",
        ));
    }
    let (artefacts, inputs) = (store.artefacts().clone(), inputs.clone());
    blocking(move || {
        Ok(inputs
            .records(&artefacts, kind)?
            .as_ref()
            .map(table::of_records)
            .unwrap_or_default())
    })
    .await
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

fn collection(synthetic: bool, made_with: Map<String, Value>, features: Vec<Value>) -> Value {
    let mut members = Map::new();
    members.insert("type".to_owned(), json!("FeatureCollection"));
    members.extend(made_with);
    if synthetic {
        members.insert("synthetic".to_owned(), json!(true));
    }
    members.insert(
        "features".to_owned(),
        Value::Array(features.into_iter().map(tidy_geometry).collect()),
    );
    Value::Object(members)
}

/// Coordinates of no more digits than mean something, rings right-handed (RFC 7946 § 3.1.6, § 11.2).
fn tidy_geometry(mut feature: Value) -> Value {
    if let Some(geometry) = table::geometry(&feature) {
        let tidy = geodata::export::tidy(&geometry);
        feature["geometry"] = json!(geojson::Geometry::new((&tidy).into()));
    }
    feature
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

fn no_such_layer(name: &str) -> Problem {
    let known = "sites, stations, cells, communes, zones, places, villages, candidates, areas, footprint, signal, poles, roads, power_lines, fibre_lines, measurements";
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
    .well_formed()
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
    fn coordinates_keep_a_centimetre_and_rings_turn_right() {
        let line = json!({"type": "LineString", "coordinates": [[105.123_456_789, 18.0], [105.2, 18.1]]});
        let feature = tidy_geometry(json!({ "geometry": line }));
        assert_eq!(
            feature["geometry"]["coordinates"],
            json!([[105.123_456_8, 18.0], [105.2, 18.1]])
        );
        let clockwise = [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]];
        let feature = tidy_geometry(json!({ "geometry": {"type": "Polygon", "coordinates": [clockwise]} }));
        let ring = feature["geometry"]["coordinates"][0].as_array().unwrap();
        let at = |index: usize, axis: usize| ring[index][axis].as_f64().unwrap();
        let area: f64 = (0..ring.len() - 1)
            .map(|i| at(i, 0) * at(i + 1, 1) - at(i + 1, 0) * at(i, 1))
            .sum();
        assert!(area > 0.0, "{ring:?}");
        let nothing = json!({ "geometry": null });
        assert_eq!(tidy_geometry(nothing.clone()), nothing);
    }
}
