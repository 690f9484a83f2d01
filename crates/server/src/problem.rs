//! What went wrong, told in both languages: the one error type of everything that people wait for.
//!
//! Over HTTP it is an RFC 9457 problem document; the command line prints the same sentences.

use serde::{Deserialize, Serialize};
use store::StoreError;

/// A problem document (RFC 9457) with its texts in Vietnamese and English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, thiserror::Error)]
#[error("{detail_en}")]
pub struct Problem {
    /// A name for the kind of problem: `urn:phusong:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable code for programs.
    pub code: String,
    /// What was wrong (the same as `detail_vi`).
    pub detail: String,
    /// What was wrong, in Vietnamese.
    pub detail_vi: String,
    /// What was wrong, in English.
    pub detail_en: String,
    /// File, sheet, row, parameter, … where known.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// What to do about it, in Vietnamese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what_to_do_vi: Option<String>,
    /// What to do about it, in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what_to_do_en: Option<String>,
    /// Every fault of a refused document, where there may be several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FieldProblem>,
}

/// One fault of a refused document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldProblem {
    /// Line in the document, from 1; 0 where it has none.
    pub line: usize,
    /// Field, as a path.
    pub field: String,
    /// What is wrong, in Vietnamese.
    pub detail_vi: String,
    /// What is wrong, in English.
    pub detail_en: String,
}

impl Problem {
    /// A problem with its HTTP status, code and what was wrong in both languages.
    pub fn new(status: u16, code: &str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        let vi = vi.into();
        Self {
            kind: format!("urn:phusong:problem:{code}"),
            title: title(status).to_owned(),
            status,
            code: code.to_owned(),
            detail: vi.clone(),
            detail_vi: vi,
            detail_en: en.into(),
            location: None,
            what_to_do_vi: None,
            what_to_do_en: None,
            problems: Vec::new(),
        }
    }

    /// Adds what to do about it.
    pub fn advise(mut self, vi: impl Into<String>, en: impl Into<String>) -> Self {
        self.what_to_do_vi = Some(vi.into());
        self.what_to_do_en = Some(en.into());
        self
    }

    /// Adds where it was found.
    pub fn at(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// The request (or the command) is wrong in one of its parameters.
    pub fn bad_parameter(name: &str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(400, "bad_parameter", vi, en).at(name)
    }

    /// The same of a request that is well-formed and cannot be done as it stands: parameters that do not go together, or do not fit the
    /// project.
    #[must_use]
    pub fn well_formed(mut self) -> Self {
        self.status = 422;
        self.title = title(self.status).to_owned();
        self
    }

    /// There is no such thing.
    pub fn not_found(what_vi: &str, what_en: &str, id: &str) -> Self {
        Self::new(
            404,
            "not_found",
            format!("không có {what_vi} «{id}»"),
            format!("there is no {what_en} {id:?}"),
        )
    }

    /// Somebody asked the work to stop.
    pub fn cancelled() -> Self {
        Self::new(
            409,
            "cancelled",
            "công việc đã được hủy theo yêu cầu",
            "the work was cancelled on request",
        )
    }

    /// A fault of the program itself; the reason goes to the log and not to whoever asked.
    pub fn internal(reason: &dyn std::fmt::Display) -> Self {
        tracing::error!(%reason, "internal fault");
        Self::new(
            500,
            "internal",
            "có lỗi trong chương trình",
            "there was a fault in the program",
        )
        .advise(
            "Thử lại; nếu vẫn lỗi, gửi nhật ký của dịch vụ cho người quản trị.",
            "Try again; if it persists, give the service's log to the administrator.",
        )
    }

    /// Whether this is the answer to a request to stop.
    pub fn is_cancelled(&self) -> bool {
        self.code == "cancelled"
    }

    /// The document as JSON, for a job's row.
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

fn title(status: u16) -> &'static str {
    axum::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Problem")
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { what, id } => Self::not_found(what_vi(what), what, &id),
            StoreError::Conflict(reason) => {
                Self::new(409, "conflict", format!("không thực hiện được: {reason}"), reason)
            }
            StoreError::DiskFull => Self::new(
                507,
                "disk_full",
                "ổ đĩa chứa thư mục dữ liệu đã đầy; không có gì bị thay đổi",
                "the disk with the data folder is full; nothing was changed",
            )
            .advise("Giải phóng dung lượng rồi thử lại.", "Free some space and try again."),
            StoreError::ReadOnly => Self::new(
                507,
                "read_only",
                "không ghi được vào thư mục dữ liệu",
                "the data folder cannot be written",
            )
            .advise(
                "Kiểm tra quyền ghi của thư mục, hoặc chọn thư mục khác bằng --data.",
                "Check the folder's permissions, or choose another with --data.",
            ),
            StoreError::LastAdministrator => Self::new(
                409,
                "last_administrator",
                "phải còn ít nhất một quản trị viên",
                "at least one administrator must remain",
            ),
            other => Self::internal(&other),
        }
    }
}

fn what_vi(what: &str) -> &'static str {
    match what {
        "project" => "dự án",
        "import" => "lần nhập dữ liệu",
        "run" => "lần tính",
        "job" => "công việc",
        "dataset" => "bộ dữ liệu",
        "account" => "tài khoản",
        "token" => "mã truy cập",
        "programme" => "kế hoạch",
        _ => "mục",
    }
}

impl From<programme::ProgrammeError> for Problem {
    fn from(error: programme::ProgrammeError) -> Self {
        use programme::ProgrammeError;
        match error {
            ProgrammeError::Invalid(problems) => {
                let mut problem = Self::new(
                    422,
                    "invalid_programme",
                    format!("văn bản có {} chỗ sai", problems.len()),
                    format!("the document has {} faults", problems.len()),
                )
                .advise(
                    "Sửa từng chỗ theo dòng và trường được nêu.",
                    "Mend each by the line and field named.",
                );
                let fault = |one: programme::Problem| FieldProblem {
                    line: one.line,
                    field: one.field,
                    detail_vi: one.detail_vi,
                    detail_en: one.detail_en,
                };
                problem.problems = problems.into_iter().map(fault).collect();
                problem
            }
            ProgrammeError::Unknown { key, .. } => Self::not_found("kế hoạch", "programme", &key),
            other => Self::internal(&other),
        }
    }
}

impl From<geodata::ImportError> for Problem {
    fn from(error: geodata::ImportError) -> Self {
        let mut problem = Self::new(422, &error.code, error.detail_vi, error.detail_en);
        problem.location = error.location;
        if let Some(advice) = error.what_to_do {
            problem = problem.advise(advice.vi, advice.en);
        }
        problem
    }
}

impl From<coverage_model::point_to_point::PathError> for Problem {
    fn from(error: coverage_model::point_to_point::PathError) -> Self {
        use coverage_model::point_to_point::PathError;
        match error {
            PathError::Ground(error) => error.into(),
            other => Self::new(
                400,
                "bad_parameter",
                format!("tham số của tuyến ngoài phạm vi: {other}"),
                other.to_string(),
            ),
        }
    }
}

impl From<terrain::TerrainError> for Problem {
    fn from(error: terrain::TerrainError) -> Self {
        Self::new(
            422,
            error.code(),
            format!("không đọc được dữ liệu địa hình: {error}"),
            error.to_string(),
        )
    }
}

impl From<coverage_model::CoverageError> for Problem {
    fn from(error: coverage_model::CoverageError) -> Self {
        use coverage_model::CoverageError;
        let text = error.to_string();
        match error {
            CoverageError::Cancelled => Self::cancelled(),
            CoverageError::Parameter { name, .. } => {
                Self::bad_parameter(name, format!("tham số không hợp lệ: {text}"), text).well_formed()
            }
            CoverageError::DamagedLayer { .. } => Self::new(500, "damaged_layer", "lớp bản đồ đã lưu bị hỏng", text)
                .advise("Tính lại vùng phủ sóng.", "Run coverage again."),
            CoverageError::RastersDiffer => {
                Self::new(409, "rasters_differ", "hai lần tính không cùng lưới điểm ảnh", text).advise(
                    "Tính lại cả hai với cùng mức thu phóng và cùng địa bàn.",
                    "Compute both with the same zoom and the same areas.",
                )
            }
            _ => Self::new(
                422,
                "coverage_refused",
                format!("không tính được vùng phủ sóng: {text}"),
                text,
            ),
        }
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(&error)
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::DiskFull.into(),
            std::io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly.into(),
            _ => Self::internal(&error),
        }
    }
}

impl From<tokio::task::JoinError> for Problem {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::internal(&error)
    }
}
