//! GeoJSON features to a Mapbox vector tile (MVT 2.1): projected to the tile, clipped, simplified to a unit of the tile.

use geo::{BooleanOps, BoundingRect, MapCoords, Simplify};
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon, Rect};
use geodesy::LonLat;
use geodesy::tile_grid::{TILE_SIZE, Tile};
use geozero::ToMvt;
use geozero::mvt::{Message, TagsBuilder, TileValue, tile};
use serde_json::{Map, Value};

use crate::Problem;

/// Units along a tile's side.
const EXTENT: u32 = 4096;
/// How far features reach over the edge, units: lines and symbols on it are drawn whole.
const BUFFER: f64 = 64.0;

/// A tile with one layer.
pub fn encode(name: &str, at: Tile, features: &[Value]) -> Result<Vec<u8>, Problem> {
    let mut tags = TagsBuilder::new();
    let mut encoded = Vec::with_capacity(features.len());
    for feature in features {
        let Some(shape) = shape(feature, at) else { continue };
        let mut row = shape.to_mvt_unscaled().map_err(|error| Problem::internal(&error))?;
        if row.geometry.is_empty() {
            continue;
        }
        if let Some(properties) = feature["properties"].as_object() {
            row.tags = row_tags(&mut tags, properties);
        }
        encoded.push(row);
    }
    let (keys, values) = tags.into_tags();
    let layer = tile::Layer {
        version: 2,
        name: name.to_owned(),
        extent: Some(EXTENT),
        features: encoded,
        keys,
        values: values.into_iter().map(tile::Value::from).collect(),
    };
    Ok(geozero::mvt::Tile { layers: vec![layer] }.encode_to_vec())
}

/// The box of a tile with its buffer, degrees: west, south, east, north.
pub fn bounds_with_buffer(at: Tile) -> [f64; 4] {
    let bounds = at.bounds();
    let share = BUFFER / f64::from(EXTENT);
    let (wide, high) = (
        (bounds.east - bounds.west) * share,
        (bounds.north - bounds.south) * share,
    );
    [
        bounds.west - wide,
        bounds.south - high,
        bounds.east + wide,
        bounds.north + high,
    ]
}

fn row_tags(tags: &mut TagsBuilder, properties: &Map<String, Value>) -> Vec<u32> {
    let mut row = Vec::with_capacity(2 * properties.len());
    for (key, value) in properties {
        let value = match value {
            Value::Null => continue,
            Value::Bool(value) => TileValue::Bool(*value),
            Value::String(text) => TileValue::Str(text.clone()),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => TileValue::Int(whole),
                (None, Some(real)) => TileValue::Double(real),
                (None, None) => continue,
            },
            Value::Array(_) | Value::Object(_) => TileValue::Str(value.to_string()),
        };
        let (key, value) = tags.insert_ref(key, value);
        row.extend([key, value]);
    }
    row
}

/// A feature's geometry in tile units (y down), clipped; `None` when nothing of it is in the tile.
fn shape(feature: &Value, at: Tile) -> Option<Geometry<f64>> {
    let geometry: geojson::Geometry = serde_json::from_value(feature["geometry"].clone()).ok()?;
    let geometry: Geometry<f64> = (&geometry.value).try_into().ok()?;
    let window = at.window();
    let scale = f64::from(EXTENT) / f64::from(TILE_SIZE);
    let inside = geometry.map_coords(|c| {
        let (x, y) = window.fractional_pixel_of(LonLat::new(c.x, c.y));
        Coord {
            x: x * scale,
            y: y * scale,
        }
    });
    let frame = Rect::new(
        Coord { x: -BUFFER, y: -BUFFER },
        Coord {
            x: f64::from(EXTENT) + BUFFER,
            y: f64::from(EXTENT) + BUFFER,
        },
    );
    let own = inside.bounding_rect()?;
    let meets = own.min().x <= frame.max().x
        && own.max().x >= frame.min().x
        && own.min().y <= frame.max().y
        && own.max().y >= frame.min().y;
    if !meets {
        return None;
    }
    match inside {
        Geometry::Polygon(polygon) => clipped(&MultiPolygon::new(vec![polygon]), own, frame),
        Geometry::MultiPolygon(polygons) => clipped(&polygons, own, frame),
        other => Some(other),
    }
}

fn clipped(polygons: &MultiPolygon<f64>, own: Rect<f64>, frame: Rect<f64>) -> Option<Geometry<f64>> {
    let contained = own.min().x >= frame.min().x
        && own.max().x <= frame.max().x
        && own.min().y >= frame.min().y
        && own.max().y <= frame.max().y;
    // Simplified before it is clipped, so that neighbours keep one common edge on both sides of the tile's border.
    let simple = polygons.simplify(1.0);
    let cut = if contained {
        simple
    } else {
        simple.intersection(&MultiPolygon::new(vec![frame.to_polygon()]))
    };
    let whole: Vec<Polygon<f64>> = cut.0.into_iter().filter_map(on_units).collect();
    (!whole.is_empty()).then_some(Geometry::MultiPolygon(MultiPolygon::new(whole)))
}

/// A polygon on whole units with the winding that MVT asks for (exterior clockwise on screen); `None` when nothing is left of it.
fn on_units(polygon: Polygon<f64>) -> Option<Polygon<f64>> {
    let (exterior, interiors) = polygon.into_inner();
    let exterior = ring(&exterior, true)?;
    Some(Polygon::new(
        exterior,
        interiors.iter().filter_map(|interior| ring(interior, false)).collect(),
    ))
}

fn ring(line: &LineString<f64>, positive: bool) -> Option<LineString<f64>> {
    let mut points: Vec<Coord<f64>> = line
        .0
        .iter()
        .map(|c| Coord {
            x: c.x.round(),
            y: c.y.round(),
        })
        .collect();
    points.dedup();
    let doubled: f64 = points
        .windows(2)
        .map(|pair| pair[0].x * pair[1].y - pair[1].x * pair[0].y)
        .sum();
    if points.len() < 4 || doubled == 0.0 {
        return None;
    }
    if (doubled > 0.0) != positive {
        points.reverse();
    }
    Some(LineString::new(points))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn decoded(features: &[Value]) -> tile::Layer {
        let bytes = encode(
            "rows",
            Tile {
                zoom: 9,
                x: 405,
                y: 229,
            },
            features,
        )
        .unwrap();
        geozero::mvt::Tile::decode(bytes.as_slice()).unwrap().layers.remove(0)
    }

    #[test]
    fn points_and_polygons_keep_their_tags_and_what_is_elsewhere_is_left_out() {
        let bounds = Tile {
            zoom: 9,
            x: 405,
            y: 229,
        }
        .bounds();
        let centre = bounds.centre();
        let point = |lon: f64| json!({"geometry": {"type": "Point", "coordinates": [lon, centre.lat_deg]}, "properties": {"code": "A", "people": 3, "share": 0.5, "none": null}});
        let (w, s, e, n) = (
            bounds.west - 1.0,
            bounds.south - 1.0,
            centre.lon_deg,
            bounds.north + 1.0,
        );
        let square = json!({"geometry": {"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]}, "properties": {"code": "A"}});
        let layer = decoded(&[point(centre.lon_deg), point(bounds.east + 1.0), square]);
        assert_eq!(layer.features.len(), 2);
        assert_eq!(layer.keys, ["code", "people", "share"]);
        assert_eq!(layer.features[0].tags.len(), 6);
        // MoveTo (1), then zigzag of the centre: 2048 → 4096 across; down it is not exactly half, for Mercator is not linear.
        assert_eq!(layer.features[0].geometry[..2], [9, 4096]);
        // A clipped rectangle: MoveTo, LineTo 3, ClosePath.
        assert_eq!(layer.features[1].geometry.len(), 11);
    }

    #[test]
    fn slivers_vanish() {
        let flat = LineString::from(vec![(0.0, 0.0), (10.0, 0.2), (20.0, 0.1), (0.0, 0.0)]);
        assert!(ring(&flat, true).is_none());
    }
}
