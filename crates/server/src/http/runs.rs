//! Runs and their tables.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Run, RunKind, Viewer};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Path, Query};
use crate::work::blocking;
use crate::work::inputs::ProjectInputs;
use crate::work::results::{self, AreaFilter};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(areas))
        .routes(routes!(places))
        .routes(routes!(candidates))
        .routes(routes!(pole_candidates))
        .routes(routes!(plan))
        .routes(routes!(warnings))
}

/// A run: immutable, named by the hash of its inputs.
#[derive(Debug, Serialize, ToSchema)]
struct RunView {
    id: String,
    /// coverage, plan or sharing.
    #[schema(value_type = String)]
    kind: RunKind,
    created_at: String,
    parameters: Value,
    summary: Value,
    inputs: Value,
    /// The project's data changed after the run.
    stale: bool,
}

fn view(run: Run, inputs: &ProjectInputs) -> RunView {
    RunView {
        stale: run.viewer.is_department() && results::is_stale(&run, inputs),
        id: run.id,
        kind: run.kind,
        created_at: run.created_at,
        parameters: run.parameters,
        summary: run.summary,
        inputs: run.inputs,
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    /// coverage, plan or sharing; all when absent.
    #[param(pattern = "^(coverage|plan|sharing)?$")]
    kind: Option<String>,
}

/// The runs of a project, the newest first.
#[utoipa::path(get, path = "/api/projects/{project}/runs", tag = "runs",
    params(("project" = String, Path, description = "Id or name"), ListParameters),
    responses((status = 200, body = [RunView]), (status = 404, body = Problem)))]
async fn list(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Query(parameters): Query<ListParameters>,
) -> Result<Json<Vec<RunView>>, Problem> {
    let kind = match parameters.kind.as_deref() {
        None | Some("") => None,
        Some("coverage") => Some(RunKind::Coverage),
        Some("plan") => Some(RunKind::Plan),
        Some("sharing") => Some(RunKind::Sharing),
        Some(other) => {
            return Err(Problem::bad_parameter(
                "kind",
                format!("không có loại lần tính «{other}»; dùng coverage, plan hoặc sharing"),
                format!("there is no kind of run {other:?}; use coverage, plan or sharing"),
            ));
        }
    };
    let inputs = ProjectInputs::load(&service.store, &project).await?;
    let runs = service.store.runs_for(asker.viewer(), &inputs.project.id, kind).await?;
    Ok(Json(runs.into_iter().map(|run| view(run, &inputs)).collect()))
}

/// One run.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}", tag = "runs",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id")),
    responses((status = 200, body = RunView), (status = 404, body = Problem)))]
async fn show(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
) -> Result<Json<RunView>, Problem> {
    let inputs = ProjectInputs::load(&service.store, &project).await?;
    let run = service.store.run_for(asker.viewer(), &inputs.project.id, &run).await?;
    Ok(Json(view(run, &inputs)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TableParameters {
    /// 2g, 3g, 4g or 5g; 4g when absent.
    #[param(pattern = "^[2-5]g$")]
    technology: Option<String>,
    /// An operator's name; any operator when absent or `any`.
    operator: Option<String>,
    /// commune or zone; every area when absent.
    #[param(pattern = "^(all|communes?|zones?)?$")]
    kind: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PlaceParameters {
    /// 2g, 3g, 4g or 5g; 4g when absent.
    #[param(pattern = "^[2-5]g$")]
    technology: Option<String>,
    /// An operator's name; any operator when absent or `any`.
    operator: Option<String>,
}

/// Coverage per area, with percentages and totals in which nested areas count once.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/areas", tag = "runs",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id"), TableParameters),
    responses((status = 200, description = "{rows, totals, parameters}", body = Value), (status = 404, body = Problem)))]
async fn areas(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
    Query(parameters): Query<TableParameters>,
) -> Result<Json<Value>, Problem> {
    let (artefacts, run) = found(&service, &asker, &project, &run).await?;
    let technology = results::technology(parameters.technology.as_deref().unwrap_or("4g"))?;
    let filter = AreaFilter::from_word(parameters.kind.as_deref())?;
    let operator = parameters.operator;
    blocking(move || results::areas_table(&artefacts, &run, technology, operator.as_deref(), filter))
        .await
        .map(Json)
}

/// Service per place.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/places", tag = "runs",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id"), PlaceParameters),
    responses((status = 200, description = "{rows, parameters}", body = Value), (status = 404, body = Problem)))]
async fn places(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
    Query(parameters): Query<PlaceParameters>,
) -> Result<Json<Value>, Problem> {
    let (artefacts, run) = found(&service, &asker, &project, &run).await?;
    let technology = results::technology(parameters.technology.as_deref().unwrap_or("4g"))?;
    let operator = parameters.operator;
    blocking(move || results::places_table(&artefacts, &run, technology, operator.as_deref()))
        .await
        .map(Json)
}

/// The actions of a plan as a GeoJSON FeatureCollection, in rank order.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/candidates", tag = "runs",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a plan run")),
    responses((status = 200, description = "FeatureCollection", body = Value), (status = 404, body = Problem)))]
async fn candidates(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let (artefacts, run) = found(&service, &asker, &project, &run).await?;
    let id = run.id.clone();
    let parameters = run.viewer.is_department().then(|| run.parameters.clone());
    let features = blocking(move || results::candidates(&artefacts, &run)).await?;
    Ok(Json(
        json!({ "type": "FeatureCollection", "run": id, "run_parameters": parameters, "features": features }),
    ))
}

/// The small cells on light poles inside zones that the newest plan proposes, for those who look after the zones: where and for how many people,
/// not whose they are.
#[utoipa::path(get, path = "/api/projects/{project}/pole-candidates", tag = "runs", params(("project" = String, Path, description = "Id or name")),
    responses((status = 200, description = "FeatureCollection; empty where there is no plan yet", body = Value), (status = 404, body = Problem)))]
async fn pole_candidates(State(service): State<Service>, Path(project): Path<String>) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    let plan = service
        .store
        .latest_run_for(&Viewer::Department, &project.id, RunKind::Plan)
        .await?;
    let features = match plan {
        Some(run) => {
            let artefacts = service.store.artefacts().clone();
            blocking(move || results::pole_candidates(&artefacts, &run)).await?
        }
        None => Vec::new(),
    };
    Ok(Json(json!({ "type": "FeatureCollection", "features": features })))
}

/// The whole plan: request, costs, actions with reasons, totals, what was proved.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/plan", tag = "runs",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a plan run")),
    responses((status = 200, description = "The plan", body = Value), (status = 404, body = Problem)))]
async fn plan(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let (artefacts, run) = found(&service, &asker, &project, &run).await?;
    blocking(move || results::plan(&artefacts, &run)).await.map(Json)
}

/// What the reader of a coverage run has to know.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/warnings", tag = "runs",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a coverage run")),
    responses((status = 200, description = "Warnings in both languages", body = [Value]), (status = 404, body = Problem)))]
async fn warnings(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let (artefacts, run) = found(&service, &asker, &project, &run).await?;
    blocking(move || results::warnings(&artefacts, &run)).await.map(Json)
}

async fn found(service: &Service, asker: &Asker, project: &str, run: &str) -> Result<(store::Artefacts, Run), Problem> {
    let project = service.store.project(project).await?;
    let run = service.store.run_for(asker.viewer(), &project.id, run).await?;
    Ok((service.store.artefacts().clone(), run))
}
