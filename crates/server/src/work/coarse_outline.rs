//! The outline of what is aggregated over operators, as others than the department get it: general enough that the cell of one mast
//! cannot be told from it.

use geo::{Area, Simplify};
use geo_types::MultiPolygon;
use serde_json::Value;

use crate::Problem;

/// Vertices nearer to the line between their neighbours are left out: about 300 m.
const TOLERANCE_DEG: f64 = 0.003;
/// Smaller islands and holes are left out: about 1 km² at 18° N. The middle of a small island is a mast.
const SMALLEST_DEG2: f64 = 1.0 / (111.3 * 105.9);

/// A footprint's feature with its outline made general.
pub fn coarse(mut feature: Value) -> Result<Value, Problem> {
    let geometry: geojson::Geometry = serde_json::from_value(feature["geometry"].take())?;
    let shape: geo_types::Geometry<f64> = geometry
        .try_into()
        .map_err(|error: geojson::Error| Problem::internal(&error))?;
    let outline = match shape {
        geo_types::Geometry::MultiPolygon(outline) => outline,
        geo_types::Geometry::Polygon(outline) => MultiPolygon::new(vec![outline]),
        _ => MultiPolygon::new(Vec::new()),
    };
    feature["geometry"] = serde_json::to_value(geojson::Geometry::from(&general(&outline)))?;
    Ok(feature)
}

fn general(outline: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let large = |ring: &geo_types::LineString<f64>| {
        geo_types::Polygon::new(ring.clone(), Vec::new()).unsigned_area() >= SMALLEST_DEG2
    };
    outline
        .iter()
        .filter(|polygon| large(polygon.exterior()))
        .map(|polygon| {
            let holes = polygon.interiors().iter().filter(|ring| large(ring)).cloned().collect();
            geo_types::Polygon::new(polygon.exterior().clone(), holes).simplify(TOLERANCE_DEG)
        })
        .filter(|polygon| polygon.exterior().0.len() >= 4)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{Coord, LineString, Polygon};

    fn disc(lon: f64, radius_deg: f64) -> Polygon<f64> {
        let ring = (0..360).map(|degree| {
            let angle = f64::from(degree).to_radians();
            Coord {
                x: lon + radius_deg * angle.cos(),
                y: 18.0 + radius_deg * angle.sin(),
            }
        });
        Polygon::new(LineString::from_iter(ring), Vec::new())
    }

    #[test]
    fn small_islands_go_and_large_ones_lose_their_detail() {
        let outline = MultiPolygon::new(vec![disc(105.0, 0.004), disc(106.0, 0.1)]);
        let general = general(&outline);
        assert_eq!(general.0.len(), 1);
        let points = general.0[0].exterior().0.len();
        assert!((8..40).contains(&points), "{points}");
        assert!((general.unsigned_area() / outline.0[1].unsigned_area() - 1.0).abs() < 0.1);
    }
}
