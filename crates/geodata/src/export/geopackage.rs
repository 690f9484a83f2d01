//! GeoPackage 1.3: one feature table.

use std::path::Path;

use geo::BoundingRect;
use geo_types::Rect;
use rusqlite::types::{Null, ToSqlOutput, Value as SqlValue};
use rusqlite::{Connection, ToSql, params};

use super::table::{Feature, FeatureTable, Value};
use crate::vector::geopackage::quoted;
use crate::vector::projection::wkt_of_epsg;
use crate::vector::wkb::write_geopackage as blob;

/// The tables that every GeoPackage has.
const SCHEMA: &str = "
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10300;
PRAGMA journal_mode = OFF;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', NULL);
INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL);
";

/// Writes a table, whose shapes are in the system of `epsg`, to a new GeoPackage.
///
/// # Errors
/// Only those of SQLite: a path that cannot be written, a file that is there already.
pub fn write_geopackage(table: &FeatureTable, epsg: u32, path: &Path) -> Result<(), rusqlite::Error> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch(SCHEMA)?;
    let transaction = connection.transaction()?;
    let mut systems = vec![4326];
    if epsg != 4326 {
        systems.push(epsg);
    }
    for code in systems {
        let wkt = wkt_of_epsg(code).unwrap_or_else(|| "undefined".to_owned());
        let name = format!("EPSG:{code}");
        transaction.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?1, ?2, 'EPSG', ?2, ?3, NULL)",
            params![name, code, wkt],
        )?;
    }
    let name = &table.name;
    let bounds = table
        .features
        .iter()
        .filter_map(|feature| feature.geometry.as_ref()?.bounding_rect());
    let bounds = bounds.reduce(|a, b| {
        Rect::new(
            (a.min().x.min(b.min().x), a.min().y.min(b.min().y)),
            (a.max().x.max(b.max().x), a.max().y.max(b.max().y)),
        )
    });
    let side = |value: fn(&Rect<f64>) -> f64| bounds.as_ref().map(value);
    transaction.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, min_x, min_y, max_x, max_y, srs_id) VALUES (?1, 'features', ?1, ?2, ?3, ?4, ?5, ?6)",
        params![name, side(|b| b.min().x), side(|b| b.min().y), side(|b| b.max().x), side(|b| b.max().y), epsg],
    )?;
    transaction.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', 'GEOMETRY', ?2, 0, 0)",
        params![name, epsg],
    )?;
    let columns: Vec<String> = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| format!("{} {}", quoted(&safe(&column.name)), kind_of(table, index)))
        .collect();
    let separator = if columns.is_empty() { "" } else { ", " };
    transaction.execute_batch(&format!(
        "CREATE TABLE {} (fid INTEGER PRIMARY KEY AUTOINCREMENT, geom BLOB{separator}{})",
        quoted(name),
        columns.join(", ")
    ))?;
    let places = vec!["?"; table.columns.len() + 1].join(", ");
    {
        let mut insert = transaction.prepare(&format!("INSERT INTO {} VALUES (NULL, {places})", quoted(name)))?;
        for feature in &table.features {
            insert.execute(rusqlite::params_from_iter(row(feature, epsg)))?;
        }
    }
    transaction.commit()
}

/// `fid` and `geom` are the table's own columns.
fn safe(name: &str) -> String {
    if matches!(name, "fid" | "geom") {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

fn row(feature: &Feature, epsg: u32) -> Vec<Cell<'_>> {
    let geometry = feature.geometry.as_ref().map(|geometry| blob(geometry, epsg));
    std::iter::once(Cell::Blob(geometry))
        .chain(feature.values.iter().map(Cell::Value))
        .collect()
}

enum Cell<'a> {
    Blob(Option<Vec<u8>>),
    Value(&'a Value),
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Blob(Some(bytes)) => bytes.to_sql(),
            Self::Blob(None) | Self::Value(Value::Empty) => Null.to_sql().map(|_| ToSqlOutput::Owned(SqlValue::Null)),
            Self::Value(Value::Text(text)) => text.to_sql(),
            Self::Value(Value::Number(number)) => number.to_sql(),
            Self::Value(Value::Integer(number)) => number.to_sql(),
            Self::Value(Value::Flag(flag)) => flag.to_sql(),
            Self::Value(Value::Date(date)) => Ok(ToSqlOutput::Owned(SqlValue::Text(date.to_string()))),
        }
    }
}

/// The SQL type of a column: that of its first value; numbers of both kinds are real.
fn kind_of(table: &FeatureTable, column: usize) -> &'static str {
    let mut values = table
        .features
        .iter()
        .filter_map(|feature| feature.values.get(column))
        .filter(|value| **value != Value::Empty);
    match values.next() {
        Some(Value::Number(_)) => "DOUBLE",
        Some(Value::Integer(_)) if values.all(|value| matches!(value, Value::Integer(_))) => "INTEGER",
        Some(Value::Integer(_)) => "DOUBLE",
        Some(Value::Flag(_)) => "BOOLEAN",
        Some(Value::Date(_)) => "DATE",
        _ => "TEXT",
    }
}
