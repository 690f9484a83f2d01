//! What the content of an upload may take in memory: counted while files are read, so that a small file that stands for a huge
//! one is stopped before it has been unpacked.

use geo::CoordsIter;
use geo_types::Geometry;
use serde_json::Value as Json;

use crate::error::ImportError;
use crate::import::Limits;
use crate::message::Message;
use crate::vector::Feature;

/// What a row or a feature takes besides its values.
const ROW_BYTES: usize = 64;
const FEATURE_BYTES: usize = 256;
/// What an allocation takes besides its content.
const ALLOCATION_BYTES: usize = 16;
/// A property's name and its place in the map, which grows by doubling.
const PROPERTY_BYTES: usize = 160;
const JSON_BYTES: usize = size_of::<Json>();
const VERTEX_BYTES: usize = 16;
const SHAPE_BYTES: usize = size_of::<Geometry<f64>>() + ALLOCATION_BYTES;

/// What is left of the memory and the rows that one upload may hold.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    rows_left: u64,
    bytes_left: u64,
    file: String,
}

impl Budget {
    /// The whole of what the limits allow.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: *limits,
            rows_left: u64::from(limits.rows),
            bytes_left: limits.memory_bytes,
            file: String::new(),
        }
    }

    /// From here on the content of another file is counted.
    pub fn begin_file(&mut self, name: &str) {
        name.clone_into(&mut self.file);
    }

    /// The limits that are not counted.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Name of the file that is being read.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Memory that is left, bytes.
    #[must_use]
    pub const fn bytes_left(&self) -> u64 {
        self.bytes_left
    }

    /// Gives back what was only taken for a while: as much is left again as there was then.
    pub fn restore(&mut self, bytes_left: u64) {
        self.bytes_left = self.bytes_left.max(bytes_left);
    }

    /// Takes memory.
    ///
    /// # Errors
    /// `too_much_content` when there is not so much left.
    pub fn take(&mut self, bytes: usize) -> Result<(), ImportError> {
        match self.bytes_left.checked_sub(bytes as u64) {
            Some(left) => {
                self.bytes_left = left;
                Ok(())
            }
            None => Err(self.too_much()),
        }
    }

    /// Takes one row of a table.
    ///
    /// # Errors
    /// `too_many_rows`, `too_much_content`.
    pub fn take_row(&mut self) -> Result<(), ImportError> {
        self.rows_left = self.rows_left.checked_sub(1).ok_or_else(|| self.too_many_rows())?;
        self.take(ROW_BYTES)
    }

    /// Takes a text, or anything else that is kept in memory of its own.
    ///
    /// # Errors
    /// `too_much_content`.
    pub fn take_text(&mut self, text: &str) -> Result<(), ImportError> {
        self.take(text.len() + ALLOCATION_BYTES)
    }

    /// Takes a property of a feature.
    ///
    /// # Errors
    /// `too_much_content`.
    pub fn take_property(&mut self, name: &str, value: &Json) -> Result<(), ImportError> {
        self.take(PROPERTY_BYTES + name.len() + json_bytes(value))
    }

    /// Takes so many vertices.
    ///
    /// # Errors
    /// `too_much_content`.
    pub fn take_vertices(&mut self, count: usize) -> Result<(), ImportError> {
        self.take(count.saturating_mul(VERTEX_BYTES))
    }

    /// Takes a feature whose properties and vertices were taken while they were read.
    ///
    /// # Errors
    /// `too_many_rows`, `too_much_content`.
    pub fn take_bare_feature(&mut self) -> Result<(), ImportError> {
        self.take_row()?;
        self.take(FEATURE_BYTES)
    }

    /// Takes a feature with all that it holds.
    ///
    /// # Errors
    /// `too_many_rows`, `too_much_content`.
    pub fn take_feature(&mut self, feature: &Feature) -> Result<(), ImportError> {
        self.take_bare_feature()?;
        for (name, value) in &feature.properties {
            self.take_property(name, value)?;
        }
        match &feature.geometry {
            Ok(geometry) => self.take(shape_bytes(geometry)),
            Err(_) => Ok(()),
        }
    }

    /// The refusal of more content than fits.
    #[must_use]
    pub fn too_much(&self) -> ImportError {
        let megabytes = self.limits.memory_bytes >> 20;
        ImportError::new(
            "too_much_content",
            Message::new(
                format!("nội dung tệp quá lớn: cần hơn {megabytes} MB bộ nhớ"),
                format!("the file holds too much: it needs more than {megabytes} MB of memory"),
            ),
        )
        .at(self.file.as_str())
        .advise(Message::new(
            "bỏ các cột, thuộc tính thừa, đơn giản hóa ranh giới, hoặc chia tệp thành nhiều phần",
            "leave out needless columns and properties, simplify boundaries, or split the file",
        ))
    }

    fn too_many_rows(&self) -> ImportError {
        let rows = self.limits.rows;
        ImportError::new(
            "too_many_rows",
            Message::new(
                format!("có nhiều hơn {rows} dòng"),
                format!("there are more than {rows} rows"),
            ),
        )
        .at(self.file.as_str())
        .advise(Message::new(
            "chia tệp thành nhiều phần nhỏ hơn",
            "split the file into smaller parts",
        ))
    }
}

/// What a property's value takes.
#[must_use]
pub fn json_bytes(value: &Json) -> usize {
    JSON_BYTES
        + match value {
            Json::String(text) => text.len() + ALLOCATION_BYTES,
            Json::Array(items) => items.iter().map(json_bytes).sum::<usize>() + ALLOCATION_BYTES,
            Json::Object(members) => members
                .iter()
                .map(|(name, value)| PROPERTY_BYTES + name.len() + json_bytes(value))
                .sum(),
            _ => 0,
        }
}

fn shape_bytes(geometry: &Geometry<f64>) -> usize {
    let parts = match geometry {
        Geometry::Polygon(polygon) => 1 + polygon.interiors().len(),
        Geometry::MultiLineString(lines) => lines.0.len(),
        Geometry::MultiPolygon(polygons) => polygons.0.iter().map(|polygon| 1 + polygon.interiors().len()).sum(),
        Geometry::GeometryCollection(parts) => return parts.0.iter().map(shape_bytes).sum::<usize>() + SHAPE_BYTES,
        _ => 1,
    };
    parts * SHAPE_BYTES + geometry.coords_count() * VERTEX_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_gone_and_what_is_missing_is_refused() {
        let limits = Limits {
            rows: 2,
            memory_bytes: 1000,
            ..Limits::default()
        };
        let mut budget = Budget::new(&limits);
        budget.begin_file("a.csv");
        budget.take_row().unwrap();
        budget.take_row().unwrap();
        let refused = budget.take_row().unwrap_err();
        assert_eq!(
            (refused.code.as_str(), refused.location.as_deref()),
            ("too_many_rows", Some("a.csv"))
        );
        let left = budget.bytes_left();
        budget.take(800).unwrap();
        assert_eq!(budget.take(800).unwrap_err().code, "too_much_content");
        budget.restore(left);
        budget.take(800).unwrap();
    }

    #[test]
    fn nested_values_count() {
        let flat = json_bytes(&serde_json::json!([1, 2, 3]));
        let nested = json_bytes(&serde_json::json!([[1, 2, 3], { "a": "bcd" }]));
        assert!(nested > flat && flat > 4 * JSON_BYTES, "{flat} {nested}");
    }
}
