//! Zipped shapefiles: shapes through the library, the attribute table here, because its text may be in any of Vietnam's encodings.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use ::shapefile::record::polygon::PolygonRing;
use ::shapefile::{Shape, ShapeReader};
use geo::Contains;
use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde_json::{Map, Value as Json};

use super::projection::epsg_of_wkt;
use super::{Feature, Layer};
use crate::archive;
use crate::budget::Budget;
use crate::error::ImportError;
use crate::message::Message;
use crate::table::read_text;

/// The parts of one shapefile, by ending.
type Parts = BTreeMap<String, usize>;

/// Reads every shapefile of an archive as a layer.
pub fn read_zipped(file: &Arc<str>, bytes: &[u8], budget: &mut Budget) -> Result<Vec<Layer>, ImportError> {
    let mut archive = archive::open(bytes, budget)?;
    let mut found: BTreeMap<String, Parts> = BTreeMap::new();
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.map(std::borrow::Cow::into_owned).unwrap_or_default())
        .collect();
    for (index, name) in names.iter().enumerate() {
        if let Some((stem, ending)) = name.rsplit_once('.') {
            found
                .entry(stem.to_owned())
                .or_default()
                .insert(ending.to_lowercase(), index);
        }
    }
    let mut layers = Vec::new();
    let long_names: BTreeMap<String, usize> = names
        .iter()
        .enumerate()
        .filter_map(|(index, name)| Some((name.strip_suffix(".fields.csv")?.to_owned(), index)))
        .collect();
    for (stem, parts) in found.into_iter().filter(|(_, parts)| parts.contains_key("shp")) {
        let mut part = |ending: &str| match parts.get(ending) {
            Some(index) => archive::read_entry(&mut archive, *index, budget).map(Some),
            None => Ok(None),
        };
        let shp = part("shp")?.unwrap_or_default();
        let (dbf, prj, cpg) = (part("dbf")?, part("prj")?, part("cpg")?);
        let name = stem.rsplit('/').next().unwrap_or(&stem);
        let mut layer = read_layer(file, name, &shp, dbf.as_deref(), prj.as_deref(), cpg.as_deref(), budget)?;
        if let Some(index) = long_names.get(&stem) {
            let table = archive::read_entry(&mut archive, *index, budget)?;
            give_long_names(&mut layer, &table);
        }
        layers.push(layer);
    }
    Ok(layers)
}

/// Gives fields the names that the table beside the shapefile has for them: `field,name,…`.
fn give_long_names(layer: &mut Layer, table: &[u8]) {
    let text = read_text(table);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let names: BTreeMap<String, String> = reader
        .records()
        .flatten()
        .filter_map(|row| Some((row.get(0)?.to_owned(), row.get(1)?.to_owned())))
        .collect();
    for feature in &mut layer.features {
        let short = std::mem::take(&mut feature.properties);
        let long = short
            .into_iter()
            .map(|(name, value)| (names.get(&name).cloned().unwrap_or(name), value));
        feature.properties = long.collect();
    }
}

fn read_layer(
    file: &Arc<str>,
    name: &str,
    shp: &[u8],
    dbf: Option<&[u8]>,
    prj: Option<&[u8]>,
    cpg: Option<&[u8]>,
    budget: &mut Budget,
) -> Result<Layer, ImportError> {
    check_records(shp).ok_or_else(|| malformed(file, &"the records' sizes do not add up"))?;
    let mut reader = ShapeReader::new(Cursor::new(shp)).map_err(|error| malformed(file, &error))?;
    let mut rows = match dbf {
        Some(dbf) => {
            attributes(dbf, cpg, budget)?.ok_or_else(|| malformed(file, &"the attribute table (.dbf) is damaged"))?
        }
        None => Vec::new(),
    }
    .into_iter();
    let mut features = Vec::new();
    for shape in reader.iter_shapes() {
        let shape = shape.map_err(|error| malformed(file, &error))?;
        let properties = rows.next().unwrap_or_default();
        let geometry = geometry_of(shape);
        let feature = Feature {
            number: u32::try_from(features.len() + 1).unwrap_or(u32::MAX),
            id: None,
            properties,
            geometry: geometry
                .ok_or_else(|| Message::new("đối tượng không có hình học", "the feature has no geometry")),
        };
        budget.take_feature(&feature)?;
        features.push(feature);
    }
    let prj = prj.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    Ok(Layer {
        file: Arc::clone(file),
        name: Some(name.into()),
        epsg: prj.as_deref().and_then(epsg_of_wkt),
        features,
    })
}

/// Whether every record lies within the file, so that no length leads to more memory than the file has bytes.
fn check_records(shp: &[u8]) -> Option<()> {
    const HEADER: usize = 100;
    let mut at = HEADER;
    (shp.len() >= HEADER).then_some(())?;
    while at + 8 <= shp.len() {
        let words = i32::from_be_bytes(*shp.get(at + 4..)?.first_chunk::<4>()?);
        at = at
            .checked_add(8)?
            .checked_add(usize::try_from(words).ok()?.checked_mul(2)?)?;
    }
    (at <= shp.len()).then_some(())
}

fn geometry_of(shape: Shape) -> Option<Geometry<f64>> {
    macro_rules! lines {
        ($parts:expr) => {
            $parts
                .iter()
                .map(|part| {
                    LineString(
                        part.iter()
                            .map(|point| Coord {
                                x: point.x,
                                y: point.y,
                            })
                            .collect(),
                    )
                })
                .collect::<Vec<_>>()
        };
    }
    macro_rules! rings {
        ($rings:expr) => {{
            let mut outer = Vec::new();
            let mut inner = Vec::new();
            for ring in $rings {
                let (kind, points) = match ring {
                    PolygonRing::Outer(points) => (&mut outer, points),
                    PolygonRing::Inner(points) => (&mut inner, points),
                };
                kind.push(LineString(points.iter().map(|p| Coord { x: p.x, y: p.y }).collect()));
            }
            polygons(outer, inner)
        }};
    }
    macro_rules! points {
        ($points:expr) => {
            Geometry::MultiPoint(MultiPoint(
                $points.iter().map(|point| Point::new(point.x, point.y)).collect(),
            ))
        };
    }
    Some(match shape {
        Shape::NullShape | Shape::Multipatch(_) => return None,
        Shape::Point(point) => Geometry::Point(Point::new(point.x, point.y)),
        Shape::PointM(point) => Geometry::Point(Point::new(point.x, point.y)),
        Shape::PointZ(point) => Geometry::Point(Point::new(point.x, point.y)),
        Shape::Polyline(line) => Geometry::MultiLineString(MultiLineString(lines!(line.parts()))),
        Shape::PolylineM(line) => Geometry::MultiLineString(MultiLineString(lines!(line.parts()))),
        Shape::PolylineZ(line) => Geometry::MultiLineString(MultiLineString(lines!(line.parts()))),
        Shape::Polygon(polygon) => rings!(polygon.rings()),
        Shape::PolygonM(polygon) => rings!(polygon.rings()),
        Shape::PolygonZ(polygon) => rings!(polygon.rings()),
        Shape::Multipoint(points) => points!(points.points()),
        Shape::MultipointM(points) => points!(points.points()),
        Shape::MultipointZ(points) => points!(points.points()),
    })
}

/// Holes go to the polygon around them; one that no polygon holds is a polygon drawn the wrong way round.
fn polygons(outer: Vec<LineString<f64>>, inner: Vec<LineString<f64>>) -> Geometry<f64> {
    let mut polygons: Vec<Polygon<f64>> = outer.into_iter().map(|ring| Polygon::new(ring, Vec::new())).collect();
    for hole in inner {
        let first = hole.0.first().copied();
        let around = first.and_then(|coord| {
            polygons.iter_mut().find(|polygon| {
                let solid = Polygon::new(polygon.exterior().clone(), Vec::new());
                solid.contains(&Point(coord)) || polygon.exterior().0.contains(&coord)
            })
        });
        match around {
            Some(polygon) => polygon.interiors_push(hole),
            None => polygons.push(Polygon::new(hole, Vec::new())),
        }
    }
    Geometry::MultiPolygon(MultiPolygon(polygons))
}

/// One field of a dBase table.
struct Field {
    name: String,
    kind: u8,
    start: usize,
    length: usize,
}

/// The rows of a dBase III table; `None` for a damaged one. Text is UTF-8 where the `.cpg` file or the bytes say so, else it is
/// looked at as a whole. The rows are counted when they become features; here only that they will fit.
fn attributes(
    dbf: &[u8],
    cpg: Option<&[u8]>,
    budget: &mut Budget,
) -> Result<Option<Vec<Map<String, Json>>>, ImportError> {
    let Some(table) = Table::open(dbf) else { return Ok(None) };
    let decode = encoding_of(table.body, cpg);
    let left = budget.bytes_left();
    let mut rows = Vec::new();
    for row in table.body.chunks_exact(table.width).take(table.count) {
        let mut properties = Map::new();
        for field in &table.fields {
            let Some(bytes) = row.get(field.start..field.start + field.length) else {
                continue;
            };
            let value = value(field.kind, bytes, decode);
            if !value.is_null() {
                budget.take_property(&field.name, &value)?;
                properties.insert(field.name.clone(), value);
            }
        }
        budget.take(size_of::<Map<String, Json>>())?;
        rows.push(properties);
    }
    budget.restore(left);
    Ok(Some(rows))
}

/// A dBase III table.
struct Table<'a> {
    fields: Vec<Field>,
    width: usize,
    count: usize,
    body: &'a [u8],
}

impl<'a> Table<'a> {
    fn open(dbf: &'a [u8]) -> Option<Self> {
        let count = u32::from_le_bytes(*dbf.get(4..)?.first_chunk::<4>()?) as usize;
        let header = usize::from(u16::from_le_bytes(*dbf.get(8..)?.first_chunk::<2>()?));
        let width = usize::from(u16::from_le_bytes(*dbf.get(10..)?.first_chunk::<2>()?));
        let mut fields: Vec<Field> = Vec::new();
        let mut start = 1;
        for descriptor in dbf
            .get(32..header)?
            .chunks_exact(32)
            .take_while(|chunk| chunk[0] != 0x0d)
        {
            let name = descriptor[..11].split(|byte| *byte == 0).next()?;
            let length = usize::from(descriptor[16]);
            fields.push(Field {
                name: read_text(name).into_owned(),
                kind: descriptor[11],
                start,
                length,
            });
            start += length;
        }
        let body = dbf.get(header..)?;
        (width > 0 && start <= width).then_some(Self {
            fields,
            width,
            count,
            body,
        })
    }
}

/// One decision for the whole table: a cell alone is too short to tell an encoding by.
fn encoding_of(body: &[u8], cpg: Option<&[u8]>) -> fn(&[u8]) -> String {
    let is_unicode = cpg.is_some_and(|cpg| String::from_utf8_lossy(cpg).to_lowercase().contains("utf"));
    if is_unicode || std::str::from_utf8(body).is_ok() {
        |bytes| String::from_utf8_lossy(bytes).into_owned()
    } else if looks_like_1258(body) {
        |bytes| {
            encoding_rs::WINDOWS_1258
                .decode_without_bom_handling(bytes)
                .0
                .into_owned()
        }
    } else {
        |bytes| {
            encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
                .into_owned()
        }
    }
}

fn looks_like_1258(body: &[u8]) -> bool {
    use unicode_normalization::UnicodeNormalization;
    let text = encoding_rs::WINDOWS_1258
        .decode_without_bom_handling(&body[..body.len().min(200_000)])
        .0;
    let composed: String = text.nfc().collect();
    let words: Vec<bool> = crate::text::marked_words(&composed)
        .take(400)
        .map(crate::text::is_syllable)
        .collect();
    let good = words.iter().filter(|good| **good).count();
    !words.is_empty() && good * 10 >= words.len() * 8
}

fn value(kind: u8, bytes: &[u8], decode: fn(&[u8]) -> String) -> Json {
    match kind {
        b'I' => bytes
            .first_chunk::<4>()
            .map_or(Json::Null, |bytes| i32::from_le_bytes(*bytes).into()),
        b'O' => bytes
            .first_chunk::<8>()
            .map_or(Json::Null, |bytes| f64::from_le_bytes(*bytes).into()),
        b'L' => match bytes.first() {
            Some(b'T' | b't' | b'Y' | b'y') => true.into(),
            Some(b'F' | b'f' | b'N' | b'n') => false.into(),
            _ => Json::Null,
        },
        _ => {
            let text = decode(bytes);
            let text = text.trim_matches(['\0', ' ']);
            let number = matches!(kind, b'N' | b'F').then(|| text.parse::<f64>().ok()).flatten();
            match number {
                _ if text.is_empty() => Json::Null,
                Some(number) if number.is_finite() => number.into(),
                _ if kind == b'D' && text.len() == 8 && text.is_ascii() => {
                    format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]).into()
                }
                _ => text.into(),
            }
        }
    }
}

fn malformed(file: &str, error: &dyn std::fmt::Display) -> ImportError {
    ImportError::new(
        "malformed_shapefile",
        Message::new(
            format!("shapefile bị lỗi: {error}"),
            format!("the shapefile is malformed: {error}"),
        ),
    )
    .at(file)
    .advise(Message::new(
        "nén cả các tệp .shp, .shx, .dbf, .prj vào một tệp zip",
        "zip the .shp, .shx, .dbf and .prj files together",
    ))
}
