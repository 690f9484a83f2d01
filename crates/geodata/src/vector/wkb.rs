//! Well-known binary (OGC 06-103r4), in GeoPackage's envelope: read with every count checked against what is there, and written.

use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use crate::message::Message;

/// Deepest nesting of collections.
const DEEPEST: u8 = 8;

/// Reads a GeoPackage geometry; `None` for an empty one.
pub fn read_geopackage(blob: &[u8]) -> Result<Option<Geometry<f64>>, Message> {
    let [b'G', b'P', _, flags, rest @ ..] = blob else {
        return Err(damaged());
    };
    let envelope = match (flags >> 1) & 0b111 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err(damaged()),
    };
    let wkb = rest.get(4 + envelope..).ok_or_else(damaged)?;
    let mut reader = Reader {
        bytes: wkb,
        little: true,
    };
    match reader.geometry(0) {
        Ok(geometry) => Ok(geometry),
        Err(()) => Err(damaged()),
    }
}

fn damaged() -> Message {
    Message::new(
        "hình học nhị phân (WKB) bị hỏng",
        "the binary geometry (WKB) is damaged",
    )
}

struct Reader<'a> {
    bytes: &'a [u8],
    little: bool,
}

/// A WKB type: its base, and the numbers of a position.
struct Kind {
    base: u32,
    dimensions: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ()> {
        let (head, rest) = self.bytes.split_first_chunk::<N>().ok_or(())?;
        self.bytes = rest;
        Ok(*head)
    }

    fn u32(&mut self) -> Result<u32, ()> {
        let bytes = self.take::<4>()?;
        Ok(if self.little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn f64(&mut self) -> Result<f64, ()> {
        let bytes = self.take::<8>()?;
        Ok(if self.little {
            f64::from_le_bytes(bytes)
        } else {
            f64::from_be_bytes(bytes)
        })
    }

    /// A count of things that take at least `bytes` each.
    fn count(&mut self, bytes: usize) -> Result<usize, ()> {
        let count = self.u32()? as usize;
        if count.saturating_mul(bytes) > self.bytes.len() {
            Err(())
        } else {
            Ok(count)
        }
    }

    fn kind(&mut self) -> Result<Kind, ()> {
        self.little = self.take::<1>()?[0] == 1;
        let code = self.u32()?;
        // Extended WKB flags, and ISO's thousands.
        let flagged = usize::from(code & 0x8000_0000 != 0) + usize::from(code & 0x4000_0000 != 0);
        let code = code & 0x0fff_ffff;
        let thousands = match code / 1000 {
            0 => 0,
            1 | 2 => 1,
            3 => 2,
            _ => return Err(()),
        };
        Ok(Kind {
            base: code % 1000,
            dimensions: 2 + flagged.max(thousands),
        })
    }

    fn coord(&mut self, dimensions: usize) -> Result<Coord<f64>, ()> {
        let (x, y) = (self.f64()?, self.f64()?);
        for _ in 2..dimensions {
            self.f64()?;
        }
        Ok(Coord { x, y })
    }

    fn line(&mut self, dimensions: usize) -> Result<LineString<f64>, ()> {
        let count = self.count(8 * dimensions)?;
        (0..count)
            .map(|_| self.coord(dimensions))
            .collect::<Result<Vec<_>, _>>()
            .map(LineString)
    }

    fn polygon(&mut self, dimensions: usize) -> Result<Polygon<f64>, ()> {
        let count = self.count(4)?;
        let mut rings = (0..count)
            .map(|_| self.line(dimensions))
            .collect::<Result<Vec<_>, _>>()?
            .into_iter();
        let exterior = rings.next().unwrap_or(LineString(Vec::new()));
        Ok(Polygon::new(exterior, rings.collect()))
    }

    /// `None` for an empty point.
    fn geometry(&mut self, depth: u8) -> Result<Option<Geometry<f64>>, ()> {
        if depth > DEEPEST {
            return Err(());
        }
        let kind = self.kind()?;
        Ok(Some(match kind.base {
            1 => {
                let coord = self.coord(kind.dimensions)?;
                if coord.x.is_nan() {
                    return Ok(None);
                }
                Geometry::Point(Point(coord))
            }
            2 => Geometry::LineString(self.line(kind.dimensions)?),
            3 => Geometry::Polygon(self.polygon(kind.dimensions)?),
            4..=7 => {
                let parts = self.parts(depth)?;
                gather(kind.base, parts)
            }
            _ => return Err(()),
        }))
    }

    fn parts(&mut self, depth: u8) -> Result<Vec<Geometry<f64>>, ()> {
        let count = self.count(5)?;
        let mut parts = Vec::new();
        for _ in 0..count {
            parts.extend(self.geometry(depth + 1)?);
        }
        Ok(parts)
    }
}

fn gather(base: u32, parts: Vec<Geometry<f64>>) -> Geometry<f64> {
    match base {
        4 => Geometry::MultiPoint(MultiPoint(
            parts.into_iter().filter_map(|part| part.try_into().ok()).collect(),
        )),
        5 => Geometry::MultiLineString(MultiLineString(
            parts.into_iter().filter_map(|part| part.try_into().ok()).collect(),
        )),
        6 => Geometry::MultiPolygon(MultiPolygon(
            parts.into_iter().filter_map(|part| part.try_into().ok()).collect(),
        )),
        _ => Geometry::GeometryCollection(parts.into()),
    }
}

/// Writes a geometry in GeoPackage's envelope, little-endian, without a bounding box.
#[must_use]
pub fn write_geopackage(geometry: &Geometry<f64>, epsg: u32) -> Vec<u8> {
    let mut bytes = vec![b'G', b'P', 0, 1];
    bytes.extend(epsg.to_le_bytes());
    write(geometry, &mut bytes);
    bytes
}

fn begin(base: u32, bytes: &mut Vec<u8>) {
    bytes.push(1);
    bytes.extend(base.to_le_bytes());
}

fn write_count(count: usize, bytes: &mut Vec<u8>) {
    bytes.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn write_coord(coord: Coord<f64>, bytes: &mut Vec<u8>) {
    bytes.extend(coord.x.to_le_bytes());
    bytes.extend(coord.y.to_le_bytes());
}

fn write_line(line: &LineString<f64>, bytes: &mut Vec<u8>) {
    write_count(line.0.len(), bytes);
    line.0.iter().for_each(|coord| write_coord(*coord, bytes));
}

fn write_polygon(polygon: &Polygon<f64>, bytes: &mut Vec<u8>) {
    write_count(1 + polygon.interiors().len(), bytes);
    write_line(polygon.exterior(), bytes);
    polygon.interiors().iter().for_each(|ring| write_line(ring, bytes));
}

fn write(geometry: &Geometry<f64>, bytes: &mut Vec<u8>) {
    match geometry {
        Geometry::Point(point) => {
            begin(1, bytes);
            write_coord(point.0, bytes);
        }
        Geometry::LineString(line) => {
            begin(2, bytes);
            write_line(line, bytes);
        }
        Geometry::Polygon(polygon) => {
            begin(3, bytes);
            write_polygon(polygon, bytes);
        }
        Geometry::MultiPoint(points) => {
            begin(4, bytes);
            write_count(points.0.len(), bytes);
            points.0.iter().for_each(|point| write(&Geometry::Point(*point), bytes));
        }
        Geometry::MultiLineString(lines) => {
            begin(5, bytes);
            write_count(lines.0.len(), bytes);
            for line in &lines.0 {
                begin(2, bytes);
                write_line(line, bytes);
            }
        }
        Geometry::MultiPolygon(polygons) => {
            begin(6, bytes);
            write_count(polygons.0.len(), bytes);
            for polygon in &polygons.0 {
                begin(3, bytes);
                write_polygon(polygon, bytes);
            }
        }
        Geometry::GeometryCollection(parts) => {
            begin(7, bytes);
            write_count(parts.0.len(), bytes);
            parts.0.iter().for_each(|part| write(part, bytes));
        }
        Geometry::Line(line) => write(&Geometry::LineString((*line).into()), bytes),
        Geometry::Rect(rect) => write(&Geometry::Polygon(rect.to_polygon()), bytes),
        Geometry::Triangle(triangle) => write(&Geometry::Polygon(triangle.to_polygon()), bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shapes() -> Vec<Geometry<f64>> {
        let ring = LineString::from(vec![(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 0.0)]);
        let hole = LineString::from(vec![(1.0, 0.5), (2.0, 0.5), (2.0, 1.0), (1.0, 0.5)]);
        let polygon = Polygon::new(ring.clone(), vec![hole]);
        vec![
            Point::new(105.5, 18.25).into(),
            ring.clone().into(),
            polygon.clone().into(),
            MultiPoint::from(vec![(1.0, 2.0), (3.0, 4.0)]).into(),
            MultiLineString(vec![ring]).into(),
            MultiPolygon(vec![polygon.clone(), polygon]).into(),
        ]
    }

    #[test]
    fn shapes_come_back() {
        for shape in shapes() {
            let blob = write_geopackage(&shape, 4326);
            assert_eq!(read_geopackage(&blob).unwrap(), Some(shape.clone()));
            for length in 0..blob.len() {
                assert!(read_geopackage(&blob[..length]).is_err(), "cut at {length}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut blob = b"GP\0\x01\0\0\0\0".to_vec();
            blob.extend(&bytes);
            let _ = read_geopackage(&blob);
            blob.splice(8..8, [1, 6, 0, 0, 0, 255, 255, 255, 255]);
            prop_assert!(read_geopackage(&blob).is_err());
        }
    }
}
