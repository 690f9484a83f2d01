//! Programmes measured: evaluation, history, projection, rows behind a figure, the planner's wish.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Chosen, When, value};
use crate::http::access::Asker;
use crate::http::answers::{Path, Query};
use crate::work::programme;
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(evaluation))
        .routes(routes!(history))
        .routes(routes!(projection))
        .routes(routes!(rows))
        .routes(routes!(planner))
}

/// Every indicator measured: all readings, status with its reason, gap, what is reported.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/evaluation", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme"), When),
    responses((status = 200, description = "The evaluation", body = Value), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn evaluation(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Query(when): Query<When>,
) -> Result<Json<Value>, Problem> {
    let today = when.today()?;
    let chosen = Chosen::of(&service, &project, &key).await?;
    let (evaluation, _) = programme::evaluate(
        &service.store,
        &chosen.project,
        &chosen.found,
        when.run(),
        today,
        asker.viewer(),
    )
    .await?;
    value(&evaluation).map(Json)
}

/// How every figure came: baseline, each coverage run on the data of its day, reports.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/history", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme"), When),
    responses((status = 200, description = "{indicators: [{id, points: [{day, value, run, source}]}]}", body = Value), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn history(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Query(when): Query<When>,
) -> Result<Json<Value>, Problem> {
    let today = when.today()?;
    let chosen = Chosen::of(&service, &project, &key).await?;
    let indicators = programme::history(&service.store, &chosen.project, &chosen.found, today, asker.viewer()).await?;
    Ok(Json(json!({ "indicators": value(&indicators)? })))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PlanParameter {
    /// Plan run; the newest when absent.
    plan: Option<String>,
}

/// What a plan would make of the programme, phase by phase, and what would still be missing.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/projection", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme"), When, PlanParameter),
    responses((status = 200, description = "{plan, phases, indicators, planner, binding}", body = Value), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 409, description = "No plan yet", body = Problem)))]
async fn projection(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Query(when): Query<When>,
    Query(plan): Query<PlanParameter>,
) -> Result<Json<Value>, Problem> {
    let today = when.today()?;
    let chosen = Chosen::of(&service, &project, &key).await?;
    let (run, projection) = programme::projection(
        &service.store,
        &chosen.project,
        &chosen.found,
        when.run(),
        plan.plan.as_deref().filter(|plan| !plan.is_empty()),
        today,
        asker.viewer(),
    )
    .await?;
    let mut answer = value(&projection)?;
    if let Value::Object(fields) = &mut answer {
        fields.insert("plan".to_owned(), json!(run.id));
    }
    Ok(Json(answer))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RowParameters {
    /// Reading; the one that the programme uses when absent.
    reading: Option<String>,
    /// counted (default) or others: the rows of the denominator that do not count.
    #[param(pattern = "^(counted|others)$")]
    part: Option<String>,
    /// Most rows; 1000 when absent.
    #[param(minimum = 1, maximum = 10_000)]
    limit: Option<u32>,
    /// Rows to leave out first.
    offset: Option<u32>,
}

const USUAL_ROWS: u32 = 1_000;
const MOST_ROWS: u32 = 10_000;

/// The very rows behind a figure.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/indicators/{indicator}/rows", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme"),
        ("indicator" = String, Path, description = "Indicator"), When, RowParameters),
    responses((status = 200, description = "{indicator, reading, part, total, columns, rows}", body = Value), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 409, description = "The figure cannot be computed", body = Problem)))]
async fn rows(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key, indicator)): Path<(String, String, String)>,
    Query(when): Query<When>,
    Query(parameters): Query<RowParameters>,
) -> Result<Json<Value>, Problem> {
    let today = when.today()?;
    let part = parameters.part.as_deref().unwrap_or("counted");
    if !["counted", "others"].contains(&part) {
        return Err(Problem::bad_parameter(
            "part",
            format!("không có phần «{part}»; dùng counted hoặc others"),
            format!("there is no part {part:?}; use counted or others"),
        ));
    }
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
    let reading = parameters.reading.as_deref().filter(|reading| !reading.is_empty());
    let others = part == "others";
    let (reading, rows) = programme::rows(&chosen.found, &loaded, &evaluation, &indicator, reading, others)?;
    let total = rows.len();
    let limit = parameters.limit.unwrap_or(USUAL_ROWS).clamp(1, MOST_ROWS) as usize;
    let offset = parameters.offset.unwrap_or(0) as usize;
    let page: Vec<_> = rows.into_iter().skip(offset).take(limit).collect();
    Ok(Json(json!({
        "indicator": indicator, "reading": reading, "part": part, "total": total,
        "run": evaluation.run, "columns": columns(), "rows": value(&page)?,
    })))
}

/// Headings of the columns; a row has those that apply to it.
fn columns() -> Vec<Value> {
    let columns = [
        ("code", "Mã", "Code"),
        ("name", "Tên", "Name"),
        ("kind", "Loại", "Kind"),
        ("operator", "Doanh nghiệp", "Operator"),
        ("technology", "Công nghệ", "Technology"),
        ("site_code", "Mã nhà trạm", "Site"),
        ("commune", "Xã, phường", "Commune"),
        ("cells", "Cell", "Cells"),
        ("people", "Dân số", "People"),
        ("covered_people", "Dân số có sóng", "People covered"),
        ("area_ha", "Diện tích (ha)", "Area (ha)"),
        ("signal_dbm", "Mức thu (dBm)", "Signal (dBm)"),
    ];
    columns
        .into_iter()
        .map(|(key, vi, en)| json!({ "key": key, "title_vi": vi, "title_en": en }))
        .collect()
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct IndicatorParameter {
    /// Indicator whose target is planned for; those that the programme links to the planner when absent.
    indicator: Option<String>,
}

/// What is still missing for the targets, as the body of a plan run.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/planner", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme"), When, IndicatorParameter),
    responses((status = 200, description = "Parameters of POST …/plan-runs", body = Value), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 409, description = "Nothing is missing", body = Problem)))]
async fn planner(
    State(service): State<Service>,
    Path((project, key)): Path<(String, String)>,
    Query(when): Query<When>,
    Query(of): Query<IndicatorParameter>,
) -> Result<Json<Value>, Problem> {
    let today = when.today()?;
    let indicator = of.indicator.as_deref().filter(|indicator| !indicator.is_empty());
    let parameters = programme::plan_parameters(&service.store, &project, &key, indicator, today).await?;
    value(&parameters).map(Json)
}
