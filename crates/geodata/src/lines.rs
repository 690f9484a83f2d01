//! Roads, power lines and fibre lines.

use std::sync::Arc;

use geo::CoordsIter;
use geo_types::{Geometry, MultiLineString};

use crate::message::Message;
use crate::records::{Line, LineKind};
use crate::report::{ImportReport, RowIssue, RowReport, RowStatus};
use crate::text::clean;
use crate::vector::{Feature, Layer};

/// Reads the lines of a layer.
pub fn read_lines(layer: Layer, kind: LineKind, report: &mut ImportReport, lines: &mut Vec<Line>) {
    for feature in layer.features {
        let mut issues = Vec::new();
        match line_of(&feature, kind, lines.len()) {
            Ok(line) => lines.push(line),
            Err(message) => issues.push(RowIssue::new("not_a_line", message).in_column("geometry")),
        }
        let status = if issues.is_empty() {
            RowStatus::Accepted
        } else {
            RowStatus::Rejected
        };
        report.push(RowReport {
            file: Arc::clone(&layer.file),
            sheet: layer.name.clone(),
            row: feature.number,
            status,
            issues,
        });
    }
}

/// One feature as a line, after `before` others.
pub fn line_of(feature: &Feature, kind: LineKind, before: usize) -> Result<Line, Message> {
    let text = |keys: &[&str]| {
        let value = keys.iter().find_map(|key| feature.properties.get(*key)?.as_str());
        value.map(clean).filter(|text| !text.is_empty())
    };
    Ok(Line {
        code: feature.id.clone().unwrap_or_else(|| format!("L{}", before + 1)),
        name: text(&["name", "ten", "Tên", "ref", "name_vi", "Tên tuyến", "Tên đường"]).unwrap_or_default(),
        kind,
        geometry: lines_of(feature.geometry.clone()?)?,
        class: text(&[
            "class", "type", "category", "layer", "highway", "fclass", "loai", "Loại",
        ]),
    })
}

fn lines_of(geometry: Geometry<f64>) -> Result<MultiLineString<f64>, Message> {
    let lines = match geometry {
        Geometry::LineString(line) => MultiLineString(vec![line]),
        Geometry::MultiLineString(lines) => lines,
        _ => return Err(Message::new("hình học không phải đường", "the geometry is not a line")),
    };
    let in_range = lines
        .coords_iter()
        .all(|coord| coord.x.abs() <= 180.0 && coord.y.abs() <= 90.0);
    if !in_range {
        return Err(Message::new(
            "tọa độ không phải kinh độ, vĩ độ",
            "the coordinates are no longitude and latitude",
        ));
    }
    if lines.0.iter().all(|line| line.0.len() < 2) {
        return Err(Message::new(
            "đường có ít hơn hai đỉnh",
            "the line has fewer than two vertices",
        ));
    }
    Ok(lines)
}
