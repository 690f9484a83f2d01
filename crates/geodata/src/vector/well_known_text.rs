//! Well-known text (OGC 06-103r4) of lines and polygons, read in one pass without recursion.

use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPolygon, Polygon};

/// The shape of a text; `None` for anything but a line, a polygon, or several of either.
#[must_use]
pub fn parse_well_known_text(text: &str) -> Option<Geometry<f64>> {
    let text = text.trim();
    // Extended text names the system first: `SRID=4326;POLYGON …`.
    let text = text.rsplit(';').next()?.trim();
    let open = text.find('(')?;
    let name = text[..open].trim().to_uppercase();
    let kind = name.split_whitespace().next()?;
    let depth = match kind {
        "LINESTRING" => 1,
        "POLYGON" | "MULTILINESTRING" => 2,
        "MULTIPOLYGON" => 3,
        _ => return None,
    };
    let groups = groups(&text[open..], depth)?;
    Some(match kind {
        "LINESTRING" => Geometry::LineString(groups.into_iter().flatten().next()?),
        "MULTILINESTRING" => Geometry::MultiLineString(MultiLineString(groups.into_iter().flatten().collect())),
        "POLYGON" => Geometry::Polygon(polygon(groups.into_iter().next()?)?),
        _ => Geometry::MultiPolygon(MultiPolygon(groups.into_iter().map(polygon).collect::<Option<_>>()?)),
    })
}

fn polygon(rings: Vec<LineString<f64>>) -> Option<Polygon<f64>> {
    let mut rings = rings.into_iter();
    Some(Polygon::new(rings.next()?, rings.collect()))
}

/// The lists of positions inside the brackets, grouped by the brackets around them; every list lies at the same depth.
fn groups(text: &str, deepest: usize) -> Option<Vec<Vec<LineString<f64>>>> {
    let mut groups: Vec<Vec<LineString<f64>>> = vec![Vec::new()];
    let mut depth = 0;
    let mut start = 0;
    for (at, character) in text.char_indices() {
        match character {
            '(' => {
                depth += 1;
                if depth > deepest {
                    return None;
                }
                start = at + 1;
                if deepest == 3 && depth == 2 && groups.last().is_some_and(|group| !group.is_empty()) {
                    groups.push(Vec::new());
                }
            }
            ')' => {
                if depth == deepest {
                    groups.last_mut()?.push(line(&text[start..at])?);
                }
                depth = usize::checked_sub(depth, 1)?;
            }
            _ => {}
        }
    }
    (depth == 0).then_some(groups)
}

fn line(text: &str) -> Option<LineString<f64>> {
    let coords = text.split(',').map(|position| {
        let mut numbers = position.split_whitespace().map(str::parse::<f64>);
        match (numbers.next()?, numbers.next()?) {
            (Ok(x), Ok(y)) if x.is_finite() && y.is_finite() => Some(Coord { x, y }),
            _ => None,
        }
    });
    coords.collect::<Option<Vec<_>>>().map(LineString)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shapes_are_read() {
        let polygon = "SRID=4326;MultiPolygon Z (((0 0 1, 4 0 1, 4 4 1, 0 0 1),(1 0.5 1,2 0.5 1,2 1 1,1 0.5 1)), ((9 9 0,10 9 0,10 10 0,9 9 0)))";
        let Some(Geometry::MultiPolygon(polygons)) = parse_well_known_text(polygon) else {
            panic!("not polygons")
        };
        assert_eq!((polygons.0.len(), polygons.0[0].interiors().len()), (2, 1));
        assert!(
            matches!(parse_well_known_text("LINESTRING(105 18, 106 19)"), Some(Geometry::LineString(line)) if line.0.len() == 2)
        );
        assert!(
            matches!(parse_well_known_text("MULTILINESTRING((1 2,3 4),(5 6,7 8))"), Some(Geometry::MultiLineString(lines)) if lines.0.len() == 2)
        );
        for bad in [
            "POINT (1 2)",
            "POLYGON",
            "POLYGON ((1 2, 3",
            "POLYGON ((1 x, 3 4))",
            "LINESTRING ((1 2))",
            "POLYGON EMPTY",
            "",
        ] {
            assert_eq!(parse_well_known_text(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(POLYGON|LINESTRING|MULTIPOLYGON)? ?[(), 0-9.a-z-]{0,60}") {
            let _ = parse_well_known_text(&text);
        }
    }
}
