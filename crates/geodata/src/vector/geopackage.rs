//! GeoPackage: its feature tables as layers. The file is opened read-only and only its tables are read, never a view or virtual
//! table, whose SQL would be the file's own.

use std::path::Path;
use std::sync::Arc;

use futures::TryStreamExt;
use serde_json::{Map, Value as Json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Row, TypeInfo, ValueRef};

use super::markup::check_values;
use super::wkb::read_geopackage;
use super::{Feature, Layer, check_vertices};
use crate::error::ImportError;
use crate::import::Limits;
use crate::message::Message;

/// Reads every feature table of a GeoPackage.
pub fn read(file: &Arc<str>, path: &Path, limits: &Limits) -> Result<Vec<Layer>, ImportError> {
    apart(file, async || read_layers(file, path, limits).await)
}

/// Runs a conversation with SQLite on a thread of its own, wherever the caller is.
pub fn apart<T: Send>(
    file: &str,
    conversation: impl AsyncFnOnce() -> Result<T, ImportError> + Send,
) -> Result<T, ImportError> {
    let answer = std::thread::scope(|scope| {
        let work = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| malformed(file, &error))?;
            runtime.block_on(conversation())
        });
        work.join()
    });
    answer.unwrap_or_else(|_| Err(malformed(file, &"SQLite stopped")))
}

struct Table {
    name: String,
    geometry: String,
    epsg: Option<u32>,
}

async fn read_layers(file: &Arc<str>, path: &Path, limits: &Limits) -> Result<Vec<Layer>, ImportError> {
    let bad = |error: sqlx::Error| malformed(file, &error);
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(true)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(bad)?;
    let tables = tables(&mut connection).await.map_err(bad)?;
    let mut layers = Vec::new();
    let (mut vertices, mut values) = (0, 0);
    for table in tables {
        let mut features = Vec::new();
        {
            let query = format!("SELECT * FROM {}", quoted(&table.name));
            let mut rows = sqlx::raw_sql(AssertSqlSafe(query)).fetch(&mut connection);
            while let Some(row) = rows.try_next().await.map_err(bad)? {
                let number = u32::try_from(features.len() + 1).unwrap_or(u32::MAX);
                let feature = feature_of(&row, number, &table.geometry);
                values += feature.properties.len() as u64;
                if let Ok(geometry) = &feature.geometry {
                    vertices += geo::CoordsIter::coords_count(geometry);
                }
                features.push(feature);
                check_vertices(file, vertices, limits)?;
                check_values(file, values, limits)?;
            }
        }
        layers.push(Layer { file: Arc::clone(file), name: Some(table.name.as_str().into()), epsg: table.epsg, features });
    }
    connection.close().await.map_err(bad)?;
    Ok(layers)
}

async fn tables(connection: &mut SqliteConnection) -> Result<Vec<Table>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT c.table_name, g.column_name, s.organization, s.organization_coordsys_id \
         FROM gpkg_contents c JOIN gpkg_geometry_columns g ON g.table_name = c.table_name \
         JOIN sqlite_master m ON m.name = c.table_name AND m.type = 'table' AND m.sql LIKE 'CREATE TABLE%' \
         LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE c.data_type = 'features' ORDER BY c.table_name",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let organization: Option<String> = row.try_get(2)?;
            let code: Option<i64> = row.try_get(3)?;
            let is_epsg = organization.is_some_and(|name| name.eq_ignore_ascii_case("epsg"));
            let epsg = code.filter(|code| is_epsg && *code > 0 && *code != 4326);
            Ok(Table {
                name: row.try_get(0)?,
                geometry: row.try_get(1)?,
                epsg: epsg.and_then(|code| u32::try_from(code).ok()),
            })
        })
        .collect()
}

/// A name as SQL writes it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn feature_of(row: &SqliteRow, number: u32, geometry_column: &str) -> Feature {
    let mut properties = Map::new();
    let mut geometry = Ok(None);
    let mut id = None;
    for (index, column) in row.columns().iter().enumerate() {
        let name = column.name();
        if name.eq_ignore_ascii_case(geometry_column) {
            geometry = row.try_get::<Option<&[u8]>, _>(index).map_or(Ok(None), |blob| blob.map_or(Ok(None), read_geopackage));
            continue;
        }
        let value = value(row, index);
        if name.eq_ignore_ascii_case("fid") {
            id = value.as_i64().map(|id| id.to_string());
        } else if !value.is_null() {
            properties.insert(name.to_owned(), value);
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

fn value(row: &SqliteRow, index: usize) -> Json {
    let Ok(raw) = row.try_get_raw(index) else { return Json::Null };
    if raw.is_null() {
        return Json::Null;
    }
    let kind = raw.type_info().name().to_uppercase();
    let found = match kind.as_str() {
        "INTEGER" | "INT" | "BIGINT" => row.try_get_unchecked::<i64, _>(index).ok().map(Json::from),
        "REAL" | "NUMERIC" => row.try_get_unchecked::<f64, _>(index).ok().map(Json::from),
        "BOOLEAN" => row.try_get_unchecked::<bool, _>(index).ok().map(Json::from),
        "BLOB" => Some(Json::Null),
        _ => row.try_get_unchecked::<String, _>(index).ok().map(Json::from),
    };
    found.unwrap_or(Json::Null)
}

fn malformed(file: &str, error: &dyn std::fmt::Display) -> ImportError {
    ImportError::new(
        "malformed_geopackage",
        Message::new(format!("không đọc được GeoPackage: {error}"), format!("the GeoPackage cannot be read: {error}")),
    )
    .at(file)
}
