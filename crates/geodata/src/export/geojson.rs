//! GeoJSON as RFC 7946 wants it: WGS 84, longitude first, right-hand rule, at most 7 decimals, no `crs` member.

use std::io::{self, Write};

use geo::MapCoords;
use geo::orient::{Direction, Orient};
use geo_types::{Coord, Geometry};
use serde_json::{Map, Value as Json};

use super::table::{Feature, FeatureTable, Value};

/// One unit in the seventh decimal is about a centimetre.
const DECIMALS: f64 = 1e7;

/// Writes a table as a FeatureCollection, one feature a line.
///
/// # Errors
/// Only those of the writer.
pub fn write_geojson(table: &FeatureTable, writer: &mut impl Write) -> io::Result<()> {
    writer.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[\n")?;
    for (index, feature) in table.features.iter().enumerate() {
        if index > 0 {
            writer.write_all(b",\n")?;
        }
        serde_json::to_writer(&mut *writer, &feature_of(table, feature))?;
    }
    writer.write_all(b"\n]}\n")
}

fn feature_of(table: &FeatureTable, feature: &Feature) -> geojson::Feature {
    let properties: Map<String, Json> = table
        .columns
        .iter()
        .zip(&feature.values)
        .map(|(column, value)| (column.name.clone(), json_of(value)))
        .collect();
    geojson::Feature {
        bbox: None,
        geometry: feature
            .geometry
            .as_ref()
            .map(|geometry| geojson::Geometry::new((&tidy(geometry)).into())),
        id: None,
        properties: Some(properties),
        foreign_members: None,
    }
}

/// A shape with rounded coordinates and right-handed rings.
#[must_use]
pub fn tidy(geometry: &Geometry<f64>) -> Geometry<f64> {
    let rounded = geometry.map_coords(|coord| Coord {
        x: round(coord.x),
        y: round(coord.y),
    });
    match rounded {
        Geometry::Polygon(polygon) => Geometry::Polygon(polygon.orient(Direction::Default)),
        Geometry::MultiPolygon(polygons) => Geometry::MultiPolygon(polygons.orient(Direction::Default)),
        other => other,
    }
}

fn round(degrees: f64) -> f64 {
    (degrees * DECIMALS).round() / DECIMALS
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Empty => Json::Null,
        Value::Text(text) => Json::from(text.as_str()),
        Value::Number(number) => Json::from(*number),
        Value::Integer(number) => Json::from(*number),
        Value::Flag(flag) => Json::from(*flag),
        Value::Date(date) => Json::from(date.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::table::Column;
    use geo::{Area, polygon};
    use proptest::prelude::*;

    fn written(geometry: Geometry<f64>) -> Json {
        let mut table = FeatureTable::new("t", vec![Column::new("a", "A", "A")]);
        table.push(Some(geometry), vec![1.5.into()]);
        let mut bytes = Vec::new();
        write_geojson(&table, &mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[test]
    fn rings_follow_the_right_hand_rule_and_there_is_no_crs() {
        let clockwise = polygon![
            exterior: [(x: 0.0, y: 0.0), (x: 0.0, y: 4.0), (x: 4.0, y: 4.0), (x: 4.0, y: 0.0)],
            interiors: [[(x: 1.0, y: 1.0), (x: 2.0, y: 1.0), (x: 2.0, y: 2.0), (x: 1.0, y: 2.0)]],
        ];
        let json = written(clockwise.into());
        assert!(json.get("crs").is_none());
        let geometry: geojson::Geometry = serde_json::from_value(json["features"][0]["geometry"].clone()).unwrap();
        let polygon = geo_types::Polygon::<f64>::try_from(geometry.value).unwrap();
        assert!(polygon.signed_area() > 0.0);
        let hole = geo_types::Polygon::new(polygon.interiors()[0].clone(), vec![]);
        assert!(hole.signed_area() < 0.0);
        assert_eq!(json["features"][0]["properties"]["a"], 1.5);
    }

    proptest! {
        #[test]
        fn at_most_seven_decimals(lon in -180.0..180.0_f64, lat in -90.0..90.0_f64) {
            let json = written(geo_types::Point::new(lon, lat).into());
            for (index, exact) in [lon, lat].into_iter().enumerate() {
                let number = json["features"][0]["geometry"]["coordinates"][index].clone();
                let text = number.to_string();
                let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                prop_assert!(decimals <= 7 || text.contains("e-"), "{text}");
                prop_assert!((number.as_f64().unwrap() - exact).abs() <= 0.5e-7 + 1e-12);
            }
        }
    }
}
