//! Communes, zones and other polygons.

use std::collections::HashSet;
use std::sync::Arc;

use geo::MapCoords;
use geo_types::{Coord, MultiPolygon};
use geodesy::{LonLat, Transformer};
use jiff::civil::Date;
use serde_json::{Map, Value as Json};

use crate::error::ImportError;
use crate::header::Vocabulary;
use crate::import::{ImportContext, cancelled};
use crate::message::Message;
use crate::records::{Area, AreaKind, DatasetKind};
use crate::report::{ImportReport, RowIssue, RowReport, RowStatus};
use crate::text::{clean, fold};
use crate::values::{parse_date, parse_number};
use crate::vector::{Feature, Layer, PolygonProblem, polygons_of, repair};

/// Reads the polygons of a layer.
pub fn read_areas(
    layer: Layer,
    kind: DatasetKind,
    context: &ImportContext<'_>,
    report: &mut ImportReport,
    areas: &mut Vec<Area>,
) -> Result<(), ImportError> {
    let transformer = match layer.epsg {
        Some(epsg) => Some(Transformer::to_wgs84(epsg).map_err(|error| unknown_system(&layer.file, epsg, &error))?),
        None => None,
    };
    let vocabulary = Vocabulary::of(kind);
    let mut codes: HashSet<(AreaKind, String)> = areas.iter().map(|area| (area.kind, area.code.clone())).collect();
    for (index, feature) in layer.features.into_iter().enumerate() {
        if index % 64 == 0 && context.progress.cancelled() {
            return Err(cancelled());
        }
        let mut issues = Vec::new();
        let number = feature.number;
        let area = area_of(feature, kind, &vocabulary, transformer.as_ref(), &mut issues);
        let status = match (&area, issues.is_empty()) {
            (None, _) => RowStatus::Rejected,
            (Some(_), true) => RowStatus::Accepted,
            (Some(_), false) => RowStatus::Repaired,
        };
        let mut row = RowReport {
            file: Arc::clone(&layer.file),
            sheet: layer.name.clone(),
            row: number,
            status,
            issues,
        };
        if let Some(area) = area {
            if codes.insert((area.kind, area.code.clone())) {
                areas.push(area);
            } else {
                row.status = RowStatus::Rejected;
                row.issues.push(
                    RowIssue::new(
                        "duplicate_code",
                        Message::new(
                            format!("mã {} của {} đã dùng; đề nghị đặt mã khác", area.code, area.name),
                            format!(
                                "code {} of {} is used already; give it another code",
                                area.code, area.name
                            ),
                        ),
                    )
                    .in_column("code")
                    .value(area.code),
                );
            }
        }
        report.push(row);
    }
    Ok(())
}

/// One feature as an area; what was repaired, or why it is none, is said in `issues`.
pub fn area_of(
    feature: Feature,
    dataset: DatasetKind,
    vocabulary: &Vocabulary,
    transformer: Option<&Transformer>,
    issues: &mut Vec<RowIssue>,
) -> Option<Area> {
    let Feature {
        number,
        id,
        properties,
        geometry,
    } = feature;
    let fields = Properties::new(&properties, vocabulary);
    let name = fields.text("name").or_else(|| fields.text("commune"));
    let code = fields.text("code").or_else(|| fields.text("commune_code")).or(id);
    let label = name
        .clone()
        .or_else(|| code.clone())
        .unwrap_or_else(|| format!("#{number}"));
    let geometry = match geometry {
        Ok(geometry) => geometry,
        Err(message) => {
            issues.push(RowIssue::new("bad_geometry", named(&label, &message)).value(label));
            return None;
        }
    };
    let shape = polygons_of(geometry).and_then(|shape| repair(to_wgs84(shape, transformer)));
    let shape = match shape {
        Ok(repaired) => {
            if let Some(problem) = repaired.repair {
                issues.push(
                    RowIssue::new(
                        "polygon_repaired",
                        Message::new(
                            format!("{label}: ranh giới tự cắt hoặc tự chạm, đã sửa ({problem})"),
                            format!("{label}: the boundary touched or crossed itself and was repaired ({problem})"),
                        ),
                    )
                    .confidence(0.95),
                );
            }
            repaired.shape
        }
        Err(problem) => {
            issues.push(polygon_issue(&label, &problem));
            return None;
        }
    };
    let code = code.unwrap_or_else(|| {
        let generated = fold(&label).replace(' ', "-");
        issues.push(
            RowIssue::new(
                "missing_code",
                Message::new(
                    format!("{label}: thiếu mã, đã lấy \"{generated}\""),
                    format!("{label}: the code is missing, \"{generated}\" was taken"),
                ),
            )
            .in_column("code")
            .change("", generated.clone()),
        );
        generated
    });
    let kind = area_kind(dataset, fields.text("kind").as_deref(), &label);
    let centre = fields.number("centre_longitude").zip(fields.number("centre_latitude"));
    let mut area = Area::new(code, label, kind, shape);
    area.centre = centre.and_then(|(lon, lat)| LonLat::checked(lon, lat).ok());
    area.population = fields.number("population").filter(|people| *people >= 0.0);
    area.parent_code = fields.text("parent_code");
    area.status = fields.text("status");
    area.area_ha = fields.number("area_ha").filter(|ha| *ha > 0.0);
    area.valid_from = fields.date("valid_from");
    area.valid_to = fields.date("valid_to");
    area.properties = fields.unused();
    Some(area)
}

fn to_wgs84(shape: MultiPolygon<f64>, transformer: Option<&Transformer>) -> MultiPolygon<f64> {
    let Some(transformer) = transformer else { return shape };
    // Coordinates that cannot be converted stay out of range and are named by the check that follows.
    shape.map_coords(|coord| transformer.convert(coord.x, coord.y).map_or(coord, Coord::from))
}

fn named(label: &str, message: &Message) -> Message {
    Message::new(format!("{label}: {}", message.vi), format!("{label}: {}", message.en))
}

fn polygon_issue(label: &str, problem: &PolygonProblem) -> RowIssue {
    let (code, message) = match problem {
        PolygonProblem::NotAPolygon(found) => (
            "not_a_polygon",
            Message::new(
                format!("{label}: hình học là {found}, cần vùng (Polygon)"),
                format!("{label}: the geometry is a {found}, a Polygon is needed"),
            ),
        ),
        PolygonProblem::Empty => (
            "empty_polygon",
            Message::new(
                format!("{label}: vùng không có diện tích"),
                format!("{label}: the polygon has no area"),
            ),
        ),
        PolygonProblem::OutOfRange { x, y } => (
            "polygon_out_of_range",
            Message::new(
                format!("{label}: ({x}, {y}) không phải kinh độ, vĩ độ; xuất lại tệp ở hệ WGS 84"),
                format!("{label}: ({x}, {y}) is no longitude and latitude; export the file in WGS 84"),
            ),
        ),
        PolygonProblem::SelfIntersection(what) => (
            "self_intersection",
            Message::new(
                format!(
                    "{label}: ranh giới tự cắt nên không rõ đâu là bên trong ({what}); đề nghị sửa trong phần mềm GIS"
                ),
                format!(
                    "{label}: the boundary crosses itself, inside and outside are ambiguous ({what}); mend it in a GIS program"
                ),
            ),
        ),
    };
    RowIssue::new(code, message).in_column("geometry").value(label)
}

fn area_kind(dataset: DatasetKind, text: Option<&str>, name: &str) -> AreaKind {
    if let Some(kind) = text.and_then(|text| AreaKind::from_key(text.trim())) {
        return kind;
    }
    let words = format!(" {} {} ", text.map(fold).unwrap_or_default(), fold(name));
    let has = |options: &[&str]| options.iter().any(|option| words.contains(&format!(" {option} ")));
    if dataset == DatasetKind::Zones || has(&["khu cong nghiep", "cum cong nghiep", "khu kinh te", "kcn", "ccn", "kkt"])
    {
        return if has(&["cum cong nghiep", "ccn", "industrial cluster"]) {
            AreaKind::IndustrialCluster
        } else if has(&["khu kinh te", "kkt", "economic zone"]) || words.contains("economic zone") {
            AreaKind::EconomicZone
        } else {
            AreaKind::IndustrialPark
        };
    }
    if dataset == DatasetKind::LandCover {
        return AreaKind::Other;
    }
    if has(&["tinh", "province", "thanh pho"]) && !has(&["phuong", "xa"]) {
        AreaKind::Province
    } else {
        AreaKind::Commune
    }
}

/// A feature's properties by field, and which of them were used.
struct Properties<'a> {
    properties: &'a Map<String, Json>,
    by_field: Vec<(&'static str, &'a str)>,
}

impl<'a> Properties<'a> {
    fn new(properties: &'a Map<String, Json>, vocabulary: &Vocabulary) -> Self {
        let mut scored: Vec<(u32, &'static str, &'a str)> = properties
            .keys()
            .filter_map(|key| {
                vocabulary
                    .field_of(key)
                    .map(|(field, _, score)| (score, field, key.as_str()))
            })
            .collect();
        scored.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
        let mut by_field: Vec<(&'static str, &'a str)> = Vec::new();
        for (_, field, key) in scored {
            if by_field.iter().all(|(known, _)| *known != field) {
                by_field.push((field, key));
            }
        }
        Self { properties, by_field }
    }

    fn get(&self, field: &str) -> Option<&'a Json> {
        let (_, key) = self.by_field.iter().find(|(known, _)| *known == field)?;
        self.properties.get(*key).filter(|value| !value.is_null())
    }

    fn text(&self, field: &str) -> Option<String> {
        let text = match self.get(field)? {
            Json::String(text) => clean(text),
            Json::Number(number) => number.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    fn number(&self, field: &str) -> Option<f64> {
        match self.get(field)? {
            Json::Number(number) => number.as_f64(),
            Json::String(text) => parse_number(text, |_| true).map(|parsed| parsed.value),
            _ => None,
        }
    }

    fn date(&self, field: &str) -> Option<Date> {
        parse_date(&self.text(field)?).map(|(date, _)| date)
    }

    fn unused(&self) -> Map<String, Json> {
        let used = [
            "code",
            "name",
            "kind",
            "population",
            "parent_code",
            "status",
            "area_ha",
            "valid_from",
            "valid_to",
        ];
        let is_used = |key: &str| {
            self.by_field
                .iter()
                .any(|(field, known)| *known == key && used.contains(field))
        };
        self.properties
            .iter()
            .filter(|(key, _)| !is_used(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }
}

fn unknown_system(file: &str, epsg: u32, error: &dyn std::fmt::Display) -> ImportError {
    ImportError::new(
        "unknown_coordinate_system",
        Message::new(
            format!("không dùng được hệ tọa độ EPSG:{epsg}: {error}"),
            format!("the coordinate system EPSG:{epsg} cannot be used: {error}"),
        ),
    )
    .at(file)
}
