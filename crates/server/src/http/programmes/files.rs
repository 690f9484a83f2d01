//! The files that go out: the report and the annual plan.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Chosen, When, language, value};
use crate::http::access::Asker;
use crate::http::answers::{Path, Query, is_known};
use crate::work::blocking;
use crate::work::programme::{self, AnnualRequest, File, Format};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(report))
        .routes(routes!(annual_plan))
}

/// BLAKE3 of the file's bytes, so that two copies can be told apart or not.
const CONTENT_HASH: HeaderName = HeaderName::from_static("x-content-hash");

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReportParameters {
    /// xlsx (default), docx or html.
    #[param(pattern = "^(xlsx|docx|html)$")]
    format: Option<String>,
    /// vi (default) or en.
    #[param(pattern = "^(vi|en)?$")]
    lang: Option<String>,
}

/// A file with its hash; 304 when the asker has it.
pub(super) async fn send(
    asker: &Asker,
    service: &Service,
    project: &str,
    action: &str,
    subject: &str,
    headers: &axum::http::HeaderMap,
    file: File,
) -> Result<Response, Problem> {
    let hash = file.hash();
    let etag = format!("\"{hash}\"");
    if is_known(headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let details = json!({ "file": file.name, "hash": hash });
    asker.note(service, action, Some(project), subject, details).await?;
    let answer = [
        (header::CONTENT_TYPE, file.media_type.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file.name),
        ),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ETAG, etag),
        (CONTENT_HASH, hash),
    ];
    Ok((answer, file.bytes).into_response())
}

/// The programme's report. The same inputs give the same bytes; `X-Content-Hash` is their BLAKE3.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/report", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme"), When, ReportParameters),
    responses((status = 200, description = "The file", content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), (String = "text/html"))), (status = 304, description = "The asker has it"),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn report(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Query(when): Query<When>,
    Query(parameters): Query<ReportParameters>,
    headers: axum::http::HeaderMap,
) -> Result<Response, Problem> {
    let today = when.today()?;
    check_year("today", today.year())?;
    let format = Format::from_word(parameters.format.as_deref().unwrap_or("xlsx"))?;
    let language = language(parameters.lang.as_deref())?;
    let chosen = Chosen::of(&service, &project, &key).await?;
    let (evaluation, loaded) = programme::evaluate(
        &service.store,
        &chosen.project,
        &chosen.found,
        when.run(),
        today,
        asker.viewer(),
    )
    .await?;
    let (_, rules, _) = programme::village_rules(&service.store, &chosen.project).await?;
    let found = chosen.found.clone();
    let file = blocking(move || programme::report_file(&found, &loaded, &evaluation, &rules, language, format)).await?;
    send(
        &asker,
        &service,
        &chosen.project,
        "programme.report_file",
        &key,
        &headers,
        file,
    )
    .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AnnualParameters {
    /// The year; that of `today` when absent.
    #[param(minimum = 2000, maximum = 2100)]
    year: Option<i16>,
    /// Plan run; the newest, if there is one, when absent.
    plan: Option<String>,
    /// json (default), xlsx, docx or html.
    #[param(pattern = "^(json|xlsx|docx|html)?$")]
    format: Option<String>,
    /// vi (default) or en.
    #[param(pattern = "^(vi|en)?$")]
    lang: Option<String>,
}

/// The annual plan: sites to build, upgrade and share by commune and quarter, with the effect of the 2G switch-off.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/annual-plan", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme"), When, AnnualParameters),
    responses((status = 200, description = "{year, plan, rows, totals, switch_off}, or the file", content((Value = "application/json"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), (String = "text/html"))), (status = 304, description = "The asker has it"),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn annual_plan(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Query(when): Query<When>,
    Query(parameters): Query<AnnualParameters>,
    headers: axum::http::HeaderMap,
) -> Result<Response, Problem> {
    let today = when.today()?;
    let language = language(parameters.lang.as_deref())?;
    let format = match parameters.format.as_deref() {
        None | Some("" | "json") => None,
        Some(word) => Some(Format::from_word(word)?),
    };
    let year = parameters.year.unwrap_or_else(|| today.year());
    check_year("year", year)?;
    let chosen = Chosen::of(&service, &project, &key).await?;
    let request = AnnualRequest {
        year,
        plan: parameters.plan.filter(|plan| !plan.is_empty()),
        run: when.run().map(str::to_owned),
    };
    let (plan, loaded) = programme::annual(
        &service.store,
        &chosen.project,
        &chosen.found,
        &request,
        today,
        asker.viewer(),
    )
    .await?;
    let Some(format) = format else {
        return Ok(Json(value(&plan)?).into_response());
    };
    let found = chosen.found.clone();
    let file = blocking(move || programme::annual_plan_file(&found, &loaded, &plan, today, language, format)).await?;
    send(
        &asker,
        &service,
        &chosen.project,
        "programme.annual_plan",
        &key,
        &headers,
        file,
    )
    .await
}

/// Years that a report is written for; a workbook knows no day before 1900.
pub(in crate::http) fn check_year(name: &str, year: i16) -> Result<(), Problem> {
    if (2000..=2100).contains(&year) {
        return Ok(());
    }
    Err(Problem::bad_parameter(
        name,
        format!("năm {year} không hợp lệ; dùng 2000 đến 2100"),
        format!("the year {year} is not usable; use 2000 to 2100"),
    )
    .well_formed())
}
