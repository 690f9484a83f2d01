//! GeoPackage: its feature tables as layers. The file is opened read-only and only its tables are read, never a view or virtual
//! table, whose SQL would be the file's own.

use std::path::Path;
use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};
use serde_json::{Map, Value as Json};

use super::wkb::read_geopackage;
use super::{Feature, Layer};
use crate::budget::Budget;
use crate::error::ImportError;
use crate::message::Message;

struct Table {
    name: String,
    geometry: String,
    epsg: Option<u32>,
}

/// Reads every feature table of a GeoPackage.
pub fn read(file: &Arc<str>, path: &Path, budget: &mut Budget) -> Result<Vec<Layer>, ImportError> {
    let bad = |error: rusqlite::Error| malformed(file, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(bad)?;
    connection
        .execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")
        .map_err(bad)?;
    let mut layers = Vec::new();
    for table in tables(&connection).map_err(bad)? {
        let mut statement = connection
            .prepare(&format!("SELECT * FROM {}", quoted(&table.name)))
            .map_err(bad)?;
        let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = statement.query([]).map_err(bad)?;
        let mut features = Vec::new();
        while let Some(row) = rows.next().map_err(bad)? {
            let number = u32::try_from(features.len() + 1).unwrap_or(u32::MAX);
            let feature = feature_of(row, number, &columns, &table.geometry);
            budget.take_feature(&feature)?;
            features.push(feature);
        }
        layers.push(Layer {
            file: Arc::clone(file),
            name: Some(table.name.as_str().into()),
            epsg: table.epsg,
            features,
        });
    }
    Ok(layers)
}

fn tables(connection: &Connection) -> Result<Vec<Table>, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT c.table_name, g.column_name, s.organization, s.organization_coordsys_id \
         FROM gpkg_contents c JOIN gpkg_geometry_columns g ON g.table_name = c.table_name \
         JOIN sqlite_master m ON m.name = c.table_name AND m.type = 'table' AND m.sql LIKE 'CREATE TABLE%' \
         LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE c.data_type = 'features' ORDER BY c.table_name",
    )?;
    let rows = statement.query_map([], |row| {
        let organization: Option<String> = row.get(2)?;
        let code: Option<i64> = row.get(3)?;
        let is_epsg = organization.is_some_and(|name| name.eq_ignore_ascii_case("epsg"));
        let epsg = code.filter(|code| is_epsg && *code > 0 && *code != 4326);
        Ok(Table {
            name: row.get(0)?,
            geometry: row.get(1)?,
            epsg: epsg.and_then(|code| u32::try_from(code).ok()),
        })
    })?;
    rows.collect()
}

/// A name as SQL writes it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn feature_of(row: &Row<'_>, number: u32, columns: &[String], geometry_column: &str) -> Feature {
    let mut properties = Map::new();
    let mut geometry = Ok(None);
    let mut id = None;
    for (index, name) in columns.iter().enumerate() {
        let Ok(value) = row.get_ref(index) else { continue };
        if name.eq_ignore_ascii_case(geometry_column) {
            if let ValueRef::Blob(blob) = value {
                geometry = read_geopackage(blob);
            }
        } else if name.eq_ignore_ascii_case("fid") {
            id = value.as_i64().ok().map(|id| id.to_string());
        } else if let Some(value) = json_of(value) {
            properties.insert(name.clone(), value);
        }
    }
    Feature {
        number,
        id,
        properties,
        geometry: geometry.and_then(|geometry| {
            geometry.ok_or_else(|| Message::new("đối tượng không có hình học", "the feature has no geometry"))
        }),
    }
}

fn json_of(value: ValueRef<'_>) -> Option<Json> {
    match value {
        ValueRef::Integer(number) => Some(number.into()),
        ValueRef::Real(number) => Some(number.into()),
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into()),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

fn malformed(file: &str, error: &dyn std::fmt::Display) -> ImportError {
    ImportError::new(
        "malformed_geopackage",
        Message::new(
            format!("không đọc được GeoPackage: {error}"),
            format!("the GeoPackage cannot be read: {error}"),
        ),
    )
    .at(file)
}
