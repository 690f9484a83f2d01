//! FlatGeobuf. The library checks each buffer; sizes, ends and property offsets are checked here against what is there.

use std::io::Cursor;
use std::sync::Arc;

use ::flatgeobuf::{ColumnType, FallibleStreamingIterator, FgbFeature, FgbReader, GeometryType};
use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPoint, Point, Polygon};
use serde_json::{Map, Value as Json};

use super::markup::{check_values, one_geometry};
use super::{Feature, Layer, check_vertices};
use crate::error::ImportError;
use crate::import::Limits;
use crate::message::Message;

/// Magic bytes before the header's size.
const MAGIC_BYTES: usize = 8;

/// Reads a FlatGeobuf file.
pub fn read(file: &Arc<str>, bytes: &[u8], limits: &Limits) -> Result<Layer, ImportError> {
    let bad = |error: &dyn std::fmt::Display| malformed(file, error);
    check_sizes(bytes).ok_or_else(|| bad(&"the sizes do not add up"))?;
    let reader = FgbReader::open(Cursor::new(bytes)).map_err(|error| bad(&error))?;
    let header = reader.header();
    let kind = header.geometry_type();
    let epsg = header
        .crs()
        .and_then(|crs| u32::try_from(crs.code()).ok())
        .filter(|code| *code > 0 && *code != 4326);
    let name = header.name().filter(|name| !name.is_empty()).map(Into::into);
    let columns: Vec<(String, ColumnType)> = header
        .columns()
        .into_iter()
        .flatten()
        .map(|column| (column.name().to_owned(), column.type_()))
        .collect();
    let mut iterator = reader.select_all_seq().map_err(|error| bad(&error))?;
    let mut features: Vec<Feature> = Vec::new();
    let (mut vertices, mut values) = (0, 0);
    while let Some(feature) = iterator.next().map_err(|error| bad(&error))? {
        let number = u32::try_from(features.len() + 1).unwrap_or(u32::MAX);
        let read = feature_of(feature, number, kind, &columns, &mut vertices);
        values += read.properties.len() as u64;
        features.push(read);
        check_vertices(file, vertices, limits)?;
        check_values(file, values, limits)?;
    }
    Ok(Layer {
        file: Arc::clone(file),
        name,
        epsg,
        features,
    })
}

/// Whether the header's and every feature's size lie within the file.
fn check_sizes(bytes: &[u8]) -> Option<()> {
    let size = |at: usize| -> Option<usize> {
        let size = bytes.get(at..)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*size) as usize)
    };
    let end = MAGIC_BYTES.checked_add(4)?.checked_add(size(MAGIC_BYTES)?)?;
    (end <= bytes.len()).then_some(())?;
    let reader = FgbReader::open(Cursor::new(bytes)).ok()?;
    let header = reader.header();
    let count = usize::try_from(header.features_count()).ok()?;
    // A feature takes more than its four bytes of size.
    (count <= bytes.len() / 4).then_some(())?;
    let index = match header.index_node_size() {
        0 => 0,
        _ if count == 0 => 0,
        1 => return None,
        node => ::flatgeobuf::packed_r_tree::PackedRTree::index_size(count, node),
    };
    let mut at = end.checked_add(index)?;
    while at < bytes.len() {
        at = at.checked_add(4)?.checked_add(size(at)?)?;
        (at <= bytes.len()).then_some(())?;
    }
    Some(())
}

fn feature_of(
    feature: &FgbFeature,
    number: u32,
    kind: GeometryType,
    columns: &[(String, ColumnType)],
    vertices: &mut usize,
) -> Feature {
    let own = feature.fbs_feature();
    let geometry = own.geometry().and_then(|geometry| {
        let kind = if kind == GeometryType::Unknown {
            geometry.type_()
        } else {
            kind
        };
        shape(&geometry, kind, vertices, 0)
    });
    let properties = own
        .properties()
        .map(|bytes| properties(bytes.bytes(), columns))
        .unwrap_or_default();
    Feature {
        number,
        id: None,
        properties,
        geometry: geometry
            .ok_or_else(|| Message::new("hình học thiếu hoặc bị hỏng", "the geometry is missing or damaged")),
    }
}

fn shape(
    geometry: &::flatgeobuf::Geometry<'_>,
    kind: GeometryType,
    vertices: &mut usize,
    depth: u8,
) -> Option<Geometry<f64>> {
    if depth > 4 {
        return None;
    }
    if matches!(kind, GeometryType::MultiPolygon | GeometryType::GeometryCollection) {
        let parts = geometry.parts()?;
        let parts = parts.iter().map(|part| {
            let own = if kind == GeometryType::MultiPolygon {
                GeometryType::Polygon
            } else {
                part.type_()
            };
            shape(&part, own, vertices, depth + 1)
        });
        let parts: Vec<Geometry<f64>> = parts.collect::<Option<_>>()?;
        return one_geometry(parts);
    }
    let numbers: Vec<f64> = geometry.xy()?.iter().collect();
    let coords: Vec<Coord<f64>> = numbers
        .chunks_exact(2)
        .map(|pair| Coord { x: pair[0], y: pair[1] })
        .collect();
    *vertices += coords.len();
    let lines = || -> Option<Vec<LineString<f64>>> {
        let Some(ends) = geometry.ends().filter(|ends| !ends.is_empty()) else {
            return Some(vec![LineString(coords.clone())]);
        };
        let mut start = 0;
        ends.iter()
            .map(|end| {
                let line = coords.get(start..end as usize)?.to_vec();
                start = end as usize;
                Some(LineString(line))
            })
            .collect()
    };
    Some(match kind {
        GeometryType::Point => Geometry::Point(Point(*coords.first()?)),
        GeometryType::MultiPoint => Geometry::MultiPoint(MultiPoint(coords.into_iter().map(Point).collect())),
        GeometryType::LineString => Geometry::LineString(LineString(coords)),
        GeometryType::MultiLineString => Geometry::MultiLineString(MultiLineString(lines()?)),
        GeometryType::Polygon => {
            let mut rings = lines()?.into_iter();
            Geometry::Polygon(Polygon::new(rings.next()?, rings.collect()))
        }
        _ => return None,
    })
}

/// Properties: the number of a column, then its value; what is cut short ends the list.
fn properties(bytes: &[u8], columns: &[(String, ColumnType)]) -> Map<String, Json> {
    let mut found = Map::new();
    let mut rest = bytes;
    while let Some((number, tail)) = rest.split_first_chunk::<2>() {
        let Some((name, kind)) = columns.get(usize::from(u16::from_le_bytes(*number))) else {
            break;
        };
        let Some((value, tail)) = value(*kind, tail) else { break };
        found.insert(name.clone(), value);
        rest = tail;
    }
    found
}

fn value(kind: ColumnType, bytes: &[u8]) -> Option<(Json, &[u8])> {
    macro_rules! number {
        ($type:ty) => {{
            let (head, tail) = bytes.split_first_chunk::<{ size_of::<$type>() }>()?;
            (Json::from(<$type>::from_le_bytes(*head)), tail)
        }};
    }
    Some(match kind {
        ColumnType::Bool => {
            let (head, tail) = bytes.split_first()?;
            (Json::from(*head != 0), tail)
        }
        ColumnType::Byte => number!(i8),
        ColumnType::UByte => number!(u8),
        ColumnType::Short => number!(i16),
        ColumnType::UShort => number!(u16),
        ColumnType::Int => number!(i32),
        ColumnType::UInt => number!(u32),
        ColumnType::Long => number!(i64),
        ColumnType::ULong => number!(u64),
        ColumnType::Float => number!(f32),
        ColumnType::Double => number!(f64),
        _ => {
            let (length, tail) = bytes.split_first_chunk::<4>()?;
            let (text, tail) = tail.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            (Json::from(String::from_utf8_lossy(text)), tail)
        }
    })
}

fn malformed(file: &str, error: &dyn std::fmt::Display) -> ImportError {
    ImportError::new(
        "malformed_flatgeobuf",
        Message::new(
            format!("tệp FlatGeobuf bị lỗi: {error}"),
            format!("the FlatGeobuf file is malformed: {error}"),
        ),
    )
    .at(file)
}
