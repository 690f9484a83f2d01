//! CSV that spreadsheets open rightly: UTF-8 with a byte-order mark, longitude and latitude beside the other columns.

use std::io::Write;

use geo::Centroid;
use geo_types::Geometry;

use super::table::{FeatureTable, Value};

/// Writes a table as CSV. Points get `longitude` and `latitude`; other shapes their centroid.
///
/// Text that a spreadsheet would run as a formula is preceded by an apostrophe.
///
/// # Errors
/// Only those of the writer.
pub fn write_csv(table: &FeatureTable, writer: &mut impl Write) -> Result<(), csv::Error> {
    writer.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::Writer::from_writer(writer);
    let has_place = table.features.iter().any(|feature| feature.geometry.is_some());
    let position = ["longitude", "latitude"].into_iter().filter(|_| has_place);
    csv.write_record(table.columns.iter().map(|column| column.name.as_str()).chain(position))?;
    for feature in &table.features {
        let mut fields: Vec<String> = feature.values.iter().map(text_of).collect();
        if has_place {
            let point = feature.geometry.as_ref().and_then(representative_point);
            fields.extend(point.map_or_else(<[String; 2]>::default, |(lon, lat)| {
                [format!("{lon:.7}"), format!("{lat:.7}")]
            }));
        }
        csv.write_record(&fields)?;
    }
    csv.flush()?;
    Ok(())
}

/// A point for a shape: itself, or the centroid.
pub fn representative_point(geometry: &Geometry<f64>) -> Option<(f64, f64)> {
    geometry.centroid().map(|point| (point.x(), point.y()))
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => harmless(text),
        Value::Number(number) => number.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
    }
}

/// Text that a spreadsheet does not take for a formula. A plain number keeps its sign.
#[must_use]
pub fn harmless(text: &str) -> String {
    if is_dangerous(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Whether a spreadsheet might run a text as a formula.
pub fn is_dangerous(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::table::Column;
    use geo_types::Point;

    #[test]
    fn rows_are_quoted_and_formulas_defused() {
        let mut table = FeatureTable::new("t", vec![Column::new("a", "A", "A"), Column::new("b", "B", "B")]);
        table.push(
            Some(Point::new(105.9, 18.34).into()),
            vec!["x,\"y\"".into(), "=HYPERLINK(1)".into()],
        );
        table.push(None, vec![(-3.5).into(), "-7".into()]);
        let mut bytes = Vec::new();
        write_csv(&table, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            text,
            "\u{feff}a,b,longitude,latitude\n\"x,\"\"y\"\"\",'=HYPERLINK(1),105.9000000,18.3400000\n-3.5,-7,,\n"
        );
    }
}
