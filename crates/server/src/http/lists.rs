//! What a planner does with an import between upload and commit: look at its rows and at the difference, correct the mapping of
//! columns, decide single rows, take the report along.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use geodata::{RowReport, RowStatus};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Body, Path, Query};
use super::bodies::OptionsBody;
use super::imports::{ImportView, view_of};
use crate::work::import::{self, ImportOptions, kind_of, mapping_key};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(set_options))
        .routes(routes!(difference))
        .routes(routes!(rows))
        .routes(routes!(report_workbook))
        .routes(routes!(report_json))
        .routes(routes!(fields))
        .routes(routes!(mapping, forget_mapping))
}

/// Rows of one page when nothing is said.
const PAGE: i64 = 500;
/// Most rows of one page.
const LONGEST_PAGE: i64 = 10_000;

/// Reads the uploaded files again with corrected columns, another coordinate system, or decisions on single rows.
#[utoipa::path(put, path = "/api/projects/{project}/imports/{import}/options", tag = "imports",
    params(("project" = String, Path, description = "Id or name"), ("import" = String, Path, description = "Id")),
    request_body = OptionsBody,
    responses((status = 200, body = ImportView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_options(
    State(service): State<Service>,
    asker: Asker,
    Path((project, id)): Path<(String, String)>,
    Body(options): Body<ImportOptions>,
) -> Result<Json<ImportView>, Problem> {
    let project = service.store.project(&project).await?;
    let staged = service.store.import_for(asker.viewer(), &project.id, &id).await?;
    if staged.status != store::ImportStatus::AwaitingCommit {
        return Err(Problem::new(
            409,
            "import_decided",
            "lần nhập này đã được ghi hoặc đã hủy trước đó",
            "this import was committed or discarded before",
        ));
    }
    let staged = import::read_again(&service.store, &project.id, &staged, options).await?;
    let details = json!({ "kind": staged.kind });
    asker
        .note(&service, "import.options", Some(&project.id), &staged.id, details)
        .await?;
    Ok(Json(view_of(&service, &staged).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// Most rows; 500 when absent.
    #[param(minimum = 0)]
    limit: Option<i64>,
    /// Rows to pass over.
    #[param(minimum = 0)]
    offset: Option<i64>,
}

impl PageParameters {
    /// The page of these rows.
    ///
    /// # Errors
    /// A number below 0.
    pub fn cut<T>(&self, rows: impl Iterator<Item = T>) -> Result<Vec<T>, Problem> {
        let number = |name: &str, value: i64| {
            usize::try_from(value).map_err(|_| {
                Problem::bad_parameter(name, format!("{name} phải từ 0"), format!("{name} must be 0 or more"))
            })
        };
        let limit = number("limit", self.limit.unwrap_or(PAGE).min(LONGEST_PAGE))?;
        let offset = number("offset", self.offset.unwrap_or(0))?;
        Ok(rows.skip(offset).take(limit).collect())
    }
}

/// What a commit would do to the version in use: rows added, moved, changed, removed.
#[utoipa::path(get, path = "/api/projects/{project}/imports/{import}/difference", tag = "imports",
    params(("project" = String, Path, description = "Id or name"), ("import" = String, Path, description = "Id"), PageParameters),
    responses((status = 200, description = "{against_version, counts, rows}", body = Value), (status = 404, body = Problem)))]
async fn difference(
    State(service): State<Service>,
    asker: Asker,
    Path((project, id)): Path<(String, String)>,
    Query(page): Query<PageParameters>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    let staged = service.store.import_for(asker.viewer(), &project.id, &id).await?;
    let found = import::staged_difference(&service.store, &project.id, &staged).await?;
    let found = found.ok_or_else(|| Problem::not_found("khác biệt", "difference", &id))?;
    let current = service.store.dataset(&project.id, &staged.kind).await?;
    let total = found.rows.len();
    Ok(Json(json!({
        "against_version": current.map(|dataset| dataset.version),
        "counts": found.counts,
        "total": total,
        "rows": page.cut(found.rows.into_iter())?,
    })))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RowParameters {
    /// accepted, repaired or rejected.
    #[param(pattern = "^(accepted|repaired|rejected)?$")]
    status: Option<String>,
    /// Only rows with this issue.
    code: Option<String>,
    /// Only rows of this file.
    file: Option<String>,
    /// Most rows; 500 when absent.
    #[param(minimum = 0)]
    limit: Option<i64>,
    /// Rows to pass over.
    #[param(minimum = 0)]
    offset: Option<i64>,
}

/// A page of the report's rows.
#[utoipa::path(get, path = "/api/projects/{project}/imports/{import}/rows", tag = "imports",
    params(("project" = String, Path, description = "Id or name"), ("import" = String, Path, description = "Id"), RowParameters),
    responses((status = 200, description = "{total, rows}", body = Value), (status = 404, body = Problem)))]
async fn rows(
    State(service): State<Service>,
    asker: Asker,
    Path((project, id)): Path<(String, String)>,
    Query(wanted): Query<RowParameters>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    let staged = service.store.import_for(asker.viewer(), &project.id, &id).await?;
    let report = import::report(&service.store, &staged).await?;
    let status = match wanted.status.as_deref().filter(|status| !status.is_empty()) {
        None => None,
        Some("accepted") => Some(RowStatus::Accepted),
        Some("repaired") => Some(RowStatus::Repaired),
        Some("rejected") => Some(RowStatus::Rejected),
        Some(other) => {
            return Err(Problem::bad_parameter(
                "status",
                format!("không có kết quả «{other}»; dùng accepted, repaired hoặc rejected"),
                format!("there is no status {other:?}; use accepted, repaired or rejected"),
            ));
        }
    };
    let fits = |row: &RowReport| {
        status.is_none_or(|status| row.status == status)
            && wanted.file.as_deref().is_none_or(|file| *row.file == *file)
            && wanted
                .code
                .as_deref()
                .is_none_or(|code| row.issues.iter().any(|issue| issue.code == code))
    };
    let found: Vec<RowReport> = report.rows.into_iter().filter(fits).collect();
    let total = found.len();
    let page = PageParameters {
        limit: wanted.limit,
        offset: wanted.offset,
    };
    Ok(Json(json!({ "total": total, "rows": page.cut(found.into_iter())? })))
}

/// The uploaded tables with a comment on every cell that was named, and a summary.
#[utoipa::path(get, path = "/api/projects/{project}/imports/{import}/report.xlsx", tag = "imports",
    params(("project" = String, Path, description = "Id or name"), ("import" = String, Path, description = "Id")),
    responses((status = 200, description = "Workbook", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>), (status = 404, body = Problem)))]
async fn report_workbook(
    State(service): State<Service>,
    asker: Asker,
    Path((project, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let project = service.store.project(&project).await?;
    let staged = service.store.import_for(asker.viewer(), &project.id, &id).await?;
    let bytes = import::report_workbook(&service.store, &staged).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"bao-cao-nhap-du-lieu.xlsx\"",
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// The whole report as `phusong import --report` writes it.
#[utoipa::path(get, path = "/api/projects/{project}/imports/{import}/report.json", tag = "imports",
    params(("project" = String, Path, description = "Id or name"), ("import" = String, Path, description = "Id")),
    responses((status = 200, description = "Report", body = Value), (status = 404, body = Problem)))]
async fn report_json(
    State(service): State<Service>,
    asker: Asker,
    Path((project, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let project = service.store.project(&project).await?;
    let staged = service.store.import_for(asker.viewer(), &project.id, &id).await?;
    let report = import::report(&service.store, &staged).await?;
    let disposition = "attachment; filename=\"bao-cao-nhap-du-lieu.json\"";
    Ok(([(header::CONTENT_DISPOSITION, disposition)], Json(report)).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FieldParameters {
    /// sites, places, measurements, poles, figures, …
    #[param(
        pattern = "^(sites|areas|zones|places|terrain|land_?cover|population|measurements|poles|roads|power_lines|fibre_lines|figures|crosswalk)$"
    )]
    kind: String,
}

/// The fields that lists of a kind can have, with the headers that are read as each.
#[utoipa::path(get, path = "/api/import-fields", tag = "imports", params(FieldParameters),
    responses((status = 200, description = "[{field, synonyms}]", body = Value), (status = 400, body = Problem)))]
async fn fields(Query(parameters): Query<FieldParameters>) -> Result<Json<Value>, Problem> {
    let fields = geodata::known_fields(kind_of(&parameters.kind)?);
    let row = |(field, synonyms): (&str, Vec<String>)| json!({ "field": field, "synonyms": synonyms });
    Ok(Json(fields.into_iter().map(row).collect()))
}

/// Corrections of headers that are remembered for lists of a kind.
#[utoipa::path(get, path = "/api/projects/{project}/mappings/{kind}", tag = "imports",
    params(("project" = String, Path, description = "Id or name"), ("kind" = String, Path, description = "sites, places, …")),
    responses((status = 200, description = "{kind, columns}", body = Value), (status = 404, body = Problem)))]
async fn mapping(
    State(service): State<Service>,
    asker: Asker,
    Path((project, kind)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    let kind = kind_of(&kind)?;
    let columns: BTreeMap<String, Option<String>> =
        import::remembered_columns(&service.store, &project.id, kind, sender(&asker)).await?;
    Ok(Json(json!({ "kind": kind.key(), "columns": columns })))
}

/// Forgets corrections of headers.
#[utoipa::path(delete, path = "/api/projects/{project}/mappings/{kind}", tag = "imports",
    params(("project" = String, Path, description = "Id or name"), ("kind" = String, Path, description = "sites, places, …")),
    responses((status = 204), (status = 404, body = Problem)))]
async fn forget_mapping(
    State(service): State<Service>,
    asker: Asker,
    Path((project, kind)): Path<(String, String)>,
) -> Result<axum::http::StatusCode, Problem> {
    let project = service.store.project(&project).await?;
    let key = mapping_key(kind_of(&kind)?, sender(&asker));
    service.store.set_column_mapping(&project.id, &key, None).await?;
    asker
        .note(&service, "mapping.forget", Some(&project.id), &kind, json!({}))
        .await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

fn sender(asker: &Asker) -> Option<&str> {
    match asker.viewer() {
        store::Viewer::Operator(own) => Some(own),
        _ => None,
    }
}
