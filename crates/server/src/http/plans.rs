//! What is done with plans: changes by hand, two side by side, one candidate on a page, the curve, the workbook; and shared towers.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use coverage_model::point_to_point::drawing::Language;
use planner::hand::Adjustment;
use serde::Deserialize;
use serde_json::Value;
use store::RunKind;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Body, Path, Query};
use super::bodies::{AdjustmentBody, SharingBody};
use super::jobs::accepted;
use crate::work::export::Exported;
use crate::work::plan::sharing::SharingParameters;
use crate::work::plan::sheet::Form;
use crate::work::plan::{self, adjust, sharing, sheet, workbook};
use crate::work::{blocking, results};
use crate::{JobRequest, Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(adjust_plan))
        .routes(routes!(compare))
        .routes(routes!(candidate_sheet))
        .routes(routes!(curve))
        .routes(routes!(plan_workbook))
        .routes(routes!(run_sharing))
        .routes(routes!(show_sharing))
}

/// Changes a plan by hand and tells what that does to value, cost and gap. Nothing is stored.
#[utoipa::path(post, path = "/api/projects/{project}/runs/{run}/adjust", tag = "plans",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a plan run")),
    request_body(content = AdjustmentBody, example = json!({"forbid": ["upgrade:Viettel:HT0001"]})),
    responses((status = 200, description = "{before, after, added, removed, candidates, request_added, seconds}", body = Value), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn adjust_plan(
    State(service): State<Service>,
    Path((project, run)): Path<(String, String)>,
    Body(change): Body<Adjustment>,
) -> Result<Json<Value>, Problem> {
    adjust::by_hand(&service.store, &project, &run, change).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TwoPlans {
    /// Id of a plan run.
    a: String,
    /// Id of another.
    b: String,
}

/// Two plans side by side.
#[utoipa::path(get, path = "/api/projects/{project}/plans/compare", tag = "plans",
    params(("project" = String, Path, description = "Id or name"), TwoPlans),
    responses((status = 200, description = "{a, b, both, villages_only_a, villages_only_b, differences}", body = Value), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn compare(
    State(service): State<Service>,
    Path(project): Path<String>,
    Query(plans): Query<TwoPlans>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    plan::compare(&service.store, &project.id, &plans.a, &plans.b)
        .await
        .map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SheetParameters {
    /// html or json; html when absent.
    #[param(pattern = "^(html|json)?$")]
    format: Option<String>,
    /// vi or en; vi when absent.
    #[param(pattern = "^(vi|en)?$")]
    lang: Option<String>,
}

/// One candidate of a plan on one page: what, why, a map, the ground to the villages that it serves.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/candidates/{candidate}/sheet", tag = "plans",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a plan run"), ("candidate" = String, Path, description = "Id of the candidate"), SheetParameters),
    responses((status = 200, description = "The sheet", content((String = "text/html"), (Value = "application/json"))), (status = 404, body = Problem)))]
async fn candidate_sheet(
    State(service): State<Service>,
    Path((project, run, candidate)): Path<(String, String, String)>,
    Query(parameters): Query<SheetParameters>,
) -> Result<Response, Problem> {
    let form = match parameters.format.as_deref() {
        None | Some("" | "html") => Form::Html,
        Some("json") => Form::Json,
        Some(other) => {
            return Err(Problem::bad_parameter(
                "format",
                format!("không có dạng «{other}»; dùng html hoặc json"),
                format!("there is no form {other:?}; use html or json"),
            ));
        }
    };
    let language = language(parameters.lang.as_deref())?;
    let made = sheet::sheet(&service.store, &project, &run, &candidate, form, language).await?;
    Ok(([(header::CONTENT_TYPE, made.media_type)], made.bytes).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LanguageParameter {
    /// vi or en; vi when absent.
    #[param(pattern = "^(vi|en)?$")]
    lang: Option<String>,
}

/// The cost–coverage curve of a plan as an SVG picture.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/curve.svg", tag = "plans",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a plan run"), LanguageParameter),
    responses((status = 200, description = "The picture", body = String, content_type = "image/svg+xml"), (status = 404, body = Problem)))]
async fn curve(
    State(service): State<Service>,
    Path((project, run)): Path<(String, String)>,
    Query(parameters): Query<LanguageParameter>,
) -> Result<Response, Problem> {
    let language = language(parameters.lang.as_deref())?;
    let project = service.store.project(&project).await?;
    let run = results::find(&service.store, &project.id, RunKind::Plan, Some(&run)).await?;
    let artefacts = service.store.artefacts().clone();
    let plan = blocking(move || plan::plan_of(&artefacts, &run)).await?;
    let curve = plan
        .curve
        .ok_or_else(|| Problem::not_found("đường chi phí", "curve", "of this plan"))?;
    let picture = planner::curve_svg(&curve, language);
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], picture).into_response())
}

/// A plan as a workbook: a summary, one sheet per operator and phase, and what it was made with.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/candidates.xlsx", tag = "plans",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a plan run")),
    responses((status = 200, description = "The workbook", body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = 404, body = Problem)))]
async fn plan_workbook(
    State(service): State<Service>,
    Path((project, run)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let project = service.store.project(&project).await?;
    let run = results::find(&service.store, &project.id, RunKind::Plan, Some(&run)).await?;
    let artefacts = service.store.artefacts().clone();
    let file = blocking(move || workbook::workbook(&artefacts, &run)).await?;
    Ok(attachment(file))
}

fn attachment(file: Exported) -> Response {
    let headers = [
        (header::CONTENT_TYPE, file.media_type.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file.name),
        ),
    ];
    (headers, file.bytes).into_response()
}

/// Looks for towers that could be shared.
#[utoipa::path(post, path = "/api/projects/{project}/sharing-runs", tag = "plans", params(("project" = String, Path, description = "Id or name")),
    request_body(content = SharingBody, example = json!({"rules": {"dense_within_m": 100, "sparse_within_m": 500}})),
    responses((status = 202, description = "The job", body = Value), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn run_sharing(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Body(parameters): Body<SharingParameters>,
) -> Result<Response, Problem> {
    let project = service.store.project(&project).await?;
    parameters.check()?;
    let job = service
        .jobs
        .submit(Some(&project.id), &JobRequest::Sharing(parameters), asker.who())
        .await?;
    Ok(accepted(&job))
}

/// Proposals of shared towers, best first; security-restricted masts count and are not shown.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/sharing", tag = "plans",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a sharing run")),
    responses((status = 200, description = "{rules, share_before, share_after, proposals, pairs_looked_at, restricted_hidden}", body = Value), (status = 404, body = Problem)))]
async fn show_sharing(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
) -> Result<Json<planner::sharing::Sharing>, Problem> {
    let project = service.store.project(&project).await?;
    let viewer = asker.viewer().clone();
    let run = results::find_for(&service.store, &viewer, &project.id, RunKind::Sharing, Some(&run)).await?;
    let artefacts = service.store.artefacts().clone();
    blocking(move || sharing::view(&artefacts, &run, &viewer))
        .await
        .map(Json)
}

fn language(word: Option<&str>) -> Result<Language, Problem> {
    match word {
        None | Some("" | "vi") => Ok(Language::Vietnamese),
        Some("en") => Ok(Language::English),
        Some(other) => Err(Problem::bad_parameter(
            "lang",
            format!("không có ngôn ngữ «{other}»; dùng vi hoặc en"),
            format!("there is no language {other:?}; use vi or en"),
        )),
    }
}
