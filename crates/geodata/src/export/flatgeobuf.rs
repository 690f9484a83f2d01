//! FlatGeobuf, with its spatial index. Rows without a shape are left out: the format has no place for them.

use std::io::Write;

use ::flatgeobuf::{ColumnType, Error, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geozero::{ColumnValue, PropertyProcessor};

use super::kml::told;
use super::table::{FeatureTable, Value};

/// Writes a table whose shapes are in the system of `epsg`; how many rows were written.
///
/// # Errors
/// Those of the library and of the writer.
pub fn write_flatgeobuf(table: &FeatureTable, epsg: u32, writer: &mut impl Write) -> Result<usize, Error> {
    let rows: Vec<_> = table
        .features
        .iter()
        .filter_map(|feature| Some((feature.geometry.as_ref()?, &feature.values)))
        .collect();
    let options = FgbWriterOptions {
        write_index: !rows.is_empty(),
        detect_type: true,
        promote_to_multi: true,
        crs: FgbCrs {
            org: Some("EPSG"),
            code: i32::try_from(epsg).unwrap_or(0),
            ..FgbCrs::default()
        },
        ..FgbWriterOptions::default()
    };
    let mut fgb = FgbWriter::create_with_options(&table.name, GeometryType::Unknown, options)?;
    let kinds: Vec<ColumnType> = (0..table.columns.len()).map(|column| kind_of(table, column)).collect();
    for (column, kind) in table.columns.iter().zip(&kinds) {
        fgb.add_column(&column.name, *kind, |_, _| {});
    }
    let count = rows.len();
    for (geometry, values) in rows {
        let written = fgb.add_feature_geom(geometry.clone(), |row| {
            for (index, value) in values.iter().enumerate() {
                let text = told(value);
                let value = match (value, kinds[index]) {
                    (Value::Empty, _) => continue,
                    (Value::Number(number), ColumnType::Double) => ColumnValue::Double(*number),
                    (Value::Integer(number), ColumnType::Double) => ColumnValue::Double(*number as f64),
                    (Value::Integer(number), ColumnType::Long) => ColumnValue::Long(*number),
                    (Value::Flag(flag), ColumnType::Bool) => ColumnValue::Bool(*flag),
                    _ => ColumnValue::String(&text),
                };
                // Writing into the row's own buffer does not fail.
                let _ = row.property(index, &table.columns[index].name, &value);
            }
        });
        written.map_err(|error| Error::UnsupportedGeometryType(error.to_string()))?;
    }
    fgb.write(writer)?;
    Ok(count)
}

fn kind_of(table: &FeatureTable, column: usize) -> ColumnType {
    let values = table
        .features
        .iter()
        .filter_map(|feature| feature.values.get(column))
        .filter(|value| **value != Value::Empty);
    let all = |is: fn(&Value) -> bool| values.clone().next().is_some() && values.clone().all(is);
    if all(|value| matches!(value, Value::Integer(_))) {
        ColumnType::Long
    } else if all(|value| matches!(value, Value::Integer(_) | Value::Number(_))) {
        ColumnType::Double
    } else if all(|value| matches!(value, Value::Flag(_))) {
        ColumnType::Bool
    } else {
        ColumnType::String
    }
}
