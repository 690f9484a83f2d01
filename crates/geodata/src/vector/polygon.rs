//! Polygons that are valid, and those that can be made so without changing what they mean.

use geo::algorithm::validation::Validation;
use geo::{Area as _, BooleanOps, CoordsIter, Orient};
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};

/// Largest change of area, relative, that a repair may make.
const TOLERATED_AREA_CHANGE: f64 = 0.01;

/// A polygon that cannot be used.
#[derive(Debug, Clone, PartialEq)]
pub enum PolygonProblem {
    /// The feature is a point or a line.
    NotAPolygon(&'static str),
    /// No ring has four or more different points, or its area is zero.
    Empty,
    /// A coordinate is outside the range of longitude and latitude.
    OutOfRange {
        /// Longitude, as found.
        x: f64,
        /// Latitude, as found.
        y: f64,
    },
    /// The boundary crosses itself so that inside and outside are ambiguous by more than one part in a hundred.
    SelfIntersection(String),
}

/// A polygon after checking.
#[derive(Debug, Clone, PartialEq)]
pub struct Repaired {
    /// Valid, exterior rings counter-clockwise.
    pub shape: MultiPolygon<f64>,
    /// What was wrong with it, when something was repaired.
    pub repair: Option<String>,
}

/// The polygons of a geometry; parts of other types in a collection are left out.
pub fn polygons_of(geometry: Geometry<f64>) -> Result<MultiPolygon<f64>, PolygonProblem> {
    match geometry {
        Geometry::Polygon(polygon) => Ok(MultiPolygon(vec![polygon])),
        Geometry::MultiPolygon(polygons) => Ok(polygons),
        Geometry::Rect(rect) => Ok(MultiPolygon(vec![rect.to_polygon()])),
        Geometry::GeometryCollection(parts) => {
            let polygons: Vec<Polygon<f64>> = parts
                .into_iter()
                .filter_map(|part| polygons_of(part).ok())
                .flat_map(|part| part.0)
                .collect();
            if polygons.is_empty() {
                Err(PolygonProblem::NotAPolygon("GeometryCollection"))
            } else {
                Ok(MultiPolygon(polygons))
            }
        }
        Geometry::Point(_) | Geometry::MultiPoint(_) => Err(PolygonProblem::NotAPolygon("Point")),
        _ => Err(PolygonProblem::NotAPolygon("LineString")),
    }
}

/// Checks polygons and repairs what can be repaired.
///
/// Rings are closed, repeated points dropped, orientation made right-handed without a word: these change nothing. A
/// boundary that touches or crosses itself is resolved by the even-odd rule when that keeps the area within
/// 1 %, and refused otherwise.
pub fn repair(polygons: MultiPolygon<f64>) -> Result<Repaired, PolygonProblem> {
    if let Some(coord) = polygons
        .coords_iter()
        .find(|coord| coord.x.abs() > 180.0 || coord.y.abs() > 90.0)
    {
        return Err(PolygonProblem::OutOfRange { x: coord.x, y: coord.y });
    }
    let tidy = MultiPolygon(polygons.0.into_iter().filter_map(tidy_polygon).collect());
    if tidy.0.is_empty() {
        return Err(PolygonProblem::Empty);
    }
    let Err(problem) = tidy.check_validation() else {
        return Ok(Repaired {
            shape: tidy.orient(geo::orient::Direction::Default),
            repair: None,
        });
    };
    let stated_area = tidy.unsigned_area();
    let resolved = tidy.union(&MultiPolygon::<f64>(Vec::new()));
    let area = resolved.unsigned_area();
    if area <= 0.0 {
        return Err(PolygonProblem::Empty);
    }
    if (area - stated_area).abs() > TOLERATED_AREA_CHANGE * area || !resolved.is_valid() {
        return Err(PolygonProblem::SelfIntersection(problem.to_string()));
    }
    Ok(Repaired {
        shape: resolved.orient(geo::orient::Direction::Default),
        repair: Some(problem.to_string()),
    })
}

fn tidy_polygon(polygon: Polygon<f64>) -> Option<Polygon<f64>> {
    let (exterior, interiors) = polygon.into_inner();
    let exterior = tidy_ring(exterior)?;
    Some(Polygon::new(
        exterior,
        interiors.into_iter().filter_map(tidy_ring).collect(),
    ))
}

/// A closed ring without repeated points; `None` when fewer than three different points are left.
fn tidy_ring(ring: LineString<f64>) -> Option<LineString<f64>> {
    let mut coords: Vec<Coord<f64>> = ring.0;
    coords.dedup();
    if coords.len() > 1 && coords.first() == coords.last() {
        coords.pop();
    }
    if coords.len() < 3 {
        return None;
    }
    coords.push(coords[0]);
    Some(LineString(coords))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn valid_polygons_are_only_turned() {
        let clockwise = polygon![(x: 0.0, y: 0.0), (x: 0.0, y: 1.0), (x: 1.0, y: 1.0), (x: 1.0, y: 0.0)];
        let repaired = repair(MultiPolygon(vec![clockwise])).unwrap();
        assert_eq!(repaired.repair, None);
        assert!(repaired.shape.signed_area() > 0.99);
    }

    #[test]
    fn bow_tie_is_refused_and_sliver_is_repaired() {
        let bow_tie = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 1.0, y: 0.0), (x: 0.0, y: 1.0)];
        assert!(matches!(
            repair(MultiPolygon(vec![bow_tie])),
            Err(PolygonProblem::SelfIntersection(_))
        ));
        let sliver = polygon![
            (x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 1.0, y: 1.0), (x: 0.5, y: 1.0), (x: 0.501, y: 1.001),
            (x: 0.501, y: 0.999), (x: 0.499, y: 1.001), (x: 0.0, y: 1.0)
        ];
        let repaired = repair(MultiPolygon(vec![sliver])).unwrap();
        assert!(repaired.repair.is_some());
        assert!((repaired.shape.unsigned_area() - 1.0).abs() < 0.01);
        assert!(repaired.shape.is_valid());
    }

    #[test]
    fn what_is_no_area_is_named() {
        let line = Geometry::LineString(LineString::from(vec![(0.0, 0.0), (1.0, 1.0)]));
        assert_eq!(polygons_of(line), Err(PolygonProblem::NotAPolygon("LineString")));
        let flat = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 0.0, y: 0.0)];
        assert_eq!(repair(MultiPolygon(vec![flat])), Err(PolygonProblem::Empty));
        let metres = polygon![(x: 500_000.0, y: 2e6), (x: 500_001.0, y: 2e6), (x: 500_000.0, y: 2.1e6)];
        assert!(matches!(
            repair(MultiPolygon(vec![metres])),
            Err(PolygonProblem::OutOfRange { .. })
        ));
    }
}
