//! FlatGeobuf. The library checks each buffer; sizes, ends and property offsets are checked here against what is there.

use std::io::Cursor;
use std::sync::Arc;

use ::flatgeobuf::{ColumnType, FallibleStreamingIterator, FgbFeature, FgbReader, GeometryType};
use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPoint, Point, Polygon};
use serde_json::{Map, Value as Json};

use super::markup::one_geometry;
use super::{Feature, Layer};
use crate::budget::Budget;
use crate::error::ImportError;
use crate::message::Message;

/// Deepest nesting of collections.
const DEEPEST: u8 = 4;
/// Magic bytes before the header's size.
const MAGIC_BYTES: usize = 8;

/// Reads a FlatGeobuf file.
pub fn read(file: &Arc<str>, bytes: &[u8], budget: &mut Budget) -> Result<Layer, ImportError> {
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
    while let Some(feature) = iterator.next().map_err(|error| bad(&error))? {
        let number = u32::try_from(features.len() + 1).unwrap_or(u32::MAX);
        // Parts may be named more than once: they are counted while they are unfolded.
        let left = budget.bytes_left();
        let read = feature_of(feature, number, kind, &columns, budget)?;
        budget.restore(left);
        budget.take_feature(&read)?;
        features.push(read);
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
    budget: &mut Budget,
) -> Result<Feature, ImportError> {
    let own = feature.fbs_feature();
    let geometry = match own.geometry() {
        Some(geometry) if kind == GeometryType::Unknown => shape(&geometry, geometry.type_(), budget, 0)?,
        Some(geometry) => shape(&geometry, kind, budget, 0)?,
        None => None,
    };
    let properties = own
        .properties()
        .map(|bytes| properties(bytes.bytes(), columns))
        .unwrap_or_default();
    Ok(Feature {
        number,
        id: None,
        properties,
        geometry: geometry
            .ok_or_else(|| Message::new("hình học thiếu hoặc bị hỏng", "the geometry is missing or damaged")),
    })
}

/// The shape of a geometry; `None` for a damaged one.
fn shape(
    geometry: &::flatgeobuf::Geometry<'_>,
    kind: GeometryType,
    budget: &mut Budget,
    depth: u8,
) -> Result<Option<Geometry<f64>>, ImportError> {
    if !matches!(kind, GeometryType::MultiPolygon | GeometryType::GeometryCollection) {
        return simple_shape(geometry, kind, budget);
    }
    let Some(parts) = geometry.parts().filter(|_| depth <= DEEPEST) else {
        return Ok(None);
    };
    let mut shapes = Vec::new();
    for part in &parts {
        let own = if kind == GeometryType::MultiPolygon {
            GeometryType::Polygon
        } else {
            part.type_()
        };
        budget.take(size_of::<Geometry<f64>>())?;
        match shape(&part, own, budget, depth + 1)? {
            Some(shape) => shapes.push(shape),
            None => return Ok(None),
        }
    }
    Ok(one_geometry(shapes))
}

fn simple_shape(
    geometry: &::flatgeobuf::Geometry<'_>,
    kind: GeometryType,
    budget: &mut Budget,
) -> Result<Option<Geometry<f64>>, ImportError> {
    let Some(numbers) = geometry.xy() else { return Ok(None) };
    budget.take_vertices(numbers.len())?;
    let numbers: Vec<f64> = numbers.iter().collect();
    let coords: Vec<Coord<f64>> = numbers
        .chunks_exact(2)
        .map(|pair| Coord { x: pair[0], y: pair[1] })
        .collect();
    Ok(shape_of(geometry, kind, coords))
}

fn shape_of(
    geometry: &::flatgeobuf::Geometry<'_>,
    kind: GeometryType,
    coords: Vec<Coord<f64>>,
) -> Option<Geometry<f64>> {
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
