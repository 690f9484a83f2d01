//! Features as a table: named columns, typed values, shapes.

use geo_types::Geometry;
use geodata::Records;
use geodata::export::{Column, FeatureTable, Value as Cell};
use geodesy::Transformer;
use serde_json::{Map, Value, json};

use super::{flat_row, item_text};
use crate::Problem;

/// Headings for people, by column.
const HEADINGS: [(&str, &str, &str); 40] = [
    ("code", "Mã", "Code"),
    ("name", "Tên", "Name"),
    ("owner", "Chủ sở hữu", "Owner"),
    ("operator", "Nhà mạng", "Operator"),
    ("operators", "Các nhà mạng", "Operators"),
    ("technology", "Công nghệ", "Technology"),
    ("technologies", "Công nghệ", "Technologies"),
    ("mast_type", "Loại cột", "Mast type"),
    ("mast_height_m", "Độ cao cột (m)", "Mast height (m)"),
    ("antenna_height_m", "Độ cao anten (m)", "Antenna height (m)"),
    ("commune_code", "Mã xã", "Commune code"),
    ("address", "Địa chỉ", "Address"),
    ("sharing_code", "Mã dùng chung", "Sharing code"),
    ("shared", "Dùng chung", "Shared"),
    ("free_height_m", "Độ cao còn trống (m)", "Free height (m)"),
    ("fibre", "Cáp quang", "Fibre"),
    ("note", "Ghi chú", "Note"),
    ("site_code", "Mã nhà trạm", "Site code"),
    ("station_code", "Mã trạm", "Station code"),
    ("on_air", "Ngày phát sóng", "On air"),
    ("status", "Tình trạng", "Status"),
    ("sector", "Sector", "Sector"),
    ("band", "Băng tần", "Band"),
    ("frequency_mhz", "Tần số (MHz)", "Frequency (MHz)"),
    ("bandwidth_mhz", "Băng thông (MHz)", "Bandwidth (MHz)"),
    ("azimuth_deg", "Góc phương vị (°)", "Azimuth (°)"),
    ("mechanical_tilt_deg", "Tilt cơ (°)", "Mechanical tilt (°)"),
    ("electrical_tilt_deg", "Tilt điện (°)", "Electrical tilt (°)"),
    (
        "eirp_per_re_dbm",
        "EIRP trên phần tử tài nguyên (dBm)",
        "EIRP per resource element (dBm)",
    ),
    ("assumed", "Giả định", "Assumed"),
    ("kind", "Loại", "Kind"),
    ("population", "Dân số (người)", "Population"),
    ("area_ha", "Diện tích (ha)", "Area (ha)"),
    ("electrified", "Có điện lưới", "Electrified"),
    ("difficult", "Đặc biệt khó khăn", "Specially difficult"),
    ("rank", "Thứ tự", "Rank"),
    ("action", "Hành động", "Action"),
    ("area_percent", "Diện tích phủ sóng (%)", "Area covered (%)"),
    ("people_percent", "Dân số phủ sóng (%)", "People covered (%)"),
    ("places_percent", "Thôn phủ sóng (%)", "Places served (%)"),
];

fn column(name: &str) -> Column {
    let known = HEADINGS.iter().find(|(known, ..)| *known == name);
    known.map_or_else(
        || Column::new(name, name, name),
        |(_, vi, en)| Column::new(name, vi, en),
    )
}

/// GeoJSON Features as a table; columns in the order of first appearance.
pub fn of_features(layer: &str, features: &[Value]) -> FeatureTable {
    let rows: Vec<Map<String, Value>> = features.iter().map(properties).collect();
    let mut names: Vec<&str> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for name in rows.iter().flat_map(Map::keys) {
        if seen.insert(name.as_str()) {
            names.push(name);
        }
    }
    let mut table = FeatureTable::new(layer, names.iter().map(|name| column(name)).collect());
    for (feature, row) in features.iter().zip(&rows) {
        let values = names
            .iter()
            .map(|name| row.get(*name).map_or(Cell::Empty, cell))
            .collect();
        table.push(geometry(feature), values);
    }
    table
}

/// Properties without the position that a flat row of a point begins with.
fn properties(feature: &Value) -> Map<String, Value> {
    let mut row = flat_row(feature);
    for name in ["longitude", "latitude"] {
        if feature["properties"].get(name).is_none() {
            row.shift_remove(name);
        }
    }
    row
}

/// The shape of a GeoJSON Feature.
pub fn geometry(feature: &Value) -> Option<Geometry<f64>> {
    let geometry: geojson::Geometry = serde_json::from_value(feature["geometry"].clone()).ok()?;
    (&geometry.value).try_into().ok()
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => number.as_i64().map_or_else(|| number.as_f64().into(), Cell::from),
        Value::String(text) => date(text).map_or_else(|| text.clone().into(), Cell::Date),
        Value::Array(items) => items.iter().map(item_text).collect::<Vec<_>>().join("; ").into(),
        Value::Object(_) => value.to_string().into(),
    }
}

/// A text that is a date and nothing else: `2025-10-15`.
fn date(text: &str) -> Option<jiff::civil::Date> {
    let looks_so = text.len() == 10 && text.as_bytes().get(4) == Some(&b'-');
    looks_so.then(|| text.parse().ok()).flatten()
}

/// Points with their coordinates in another system, named as Vietnamese lists do: X north, Y east.
pub fn projected(features: &[Value], epsg: u32) -> Result<Vec<Value>, Problem> {
    let transformer = Transformer::from_wgs84(epsg).map_err(|error| {
        Problem::bad_parameter(
            "crs",
            format!("hệ tọa độ EPSG:{epsg}: {error}"),
            format!("coordinate system EPSG:{epsg}: {error}"),
        )
        .well_formed()
    })?;
    let round = |metres: f64| (metres * 1000.0).round() / 1000.0;
    let features = features.iter().map(|feature| {
        let Some(Geometry::Point(point)) = geometry(feature) else {
            return feature.clone();
        };
        let Ok((east, north)) = transformer.convert_raw(point.x(), point.y()) else {
            return feature.clone();
        };
        let mut properties = Map::new();
        properties.insert("x_m".to_owned(), json!(round(north)));
        properties.insert("y_m".to_owned(), json!(round(east)));
        properties.insert("epsg".to_owned(), json!(epsg));
        properties.extend(feature["properties"].as_object().cloned().unwrap_or_default());
        json!({ "type": "Feature", "geometry": null, "properties": properties })
    });
    Ok(features.collect())
}

/// Records of layers that are kept whole, as GeoJSON Features.
pub fn of_records(records: &Records) -> Vec<Value> {
    let at =
        |position: &geodesy::LonLat| json!({ "type": "Point", "coordinates": [position.lon_deg, position.lat_deg] });
    let feature = |geometry: Value, mut properties: Value, shape: &str| {
        if let Value::Object(fields) = &mut properties {
            fields.shift_remove(shape);
        }
        json!({ "type": "Feature", "geometry": geometry, "properties": properties })
    };
    match records {
        Records::Poles(rows) => rows
            .iter()
            .map(|row| feature(at(&row.position), told(row), "position"))
            .collect(),
        Records::Measurements(rows) => rows
            .iter()
            .map(|row| feature(at(&row.position), told(row), "position"))
            .collect(),
        Records::Lines(rows) => rows
            .iter()
            .map(|row| feature(told(&geojson::Geometry::from(&row.geometry)), told(row), "geometry"))
            .collect(),
        _ => Vec::new(),
    }
}

fn told(record: &impl serde::Serialize) -> Value {
    serde_json::to_value(record).unwrap_or_default()
}
