//! Projects and their datasets.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use geodata::DatasetKind;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Dataset, FeatureQuery, RunKind, Viewer};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Body, Path};
use crate::work::inputs::ProjectInputs;
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change, remove))
}

/// A project with what is in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectView {
    id: String,
    name: String,
    /// Its data are made up.
    synthetic: bool,
    created_at: String,
    /// West, south, east, north in degrees.
    bounds: Option<[f64; 4]>,
    datasets: Vec<DatasetView>,
    latest_coverage_run: Option<String>,
    latest_plan_run: Option<String>,
}

/// A dataset in use.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatasetView {
    kind: String,
    version: i64,
    rows: i64,
    name: String,
    content_hash: String,
    created_at: String,
}

/// What a new project needs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Hà Tĩnh 2026"}))]
pub struct NewProject {
    /// Unique name, 1 to 200 characters.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = "^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    name: String,
    /// Its data are made up.
    #[serde(default)]
    synthetic: bool,
}

/// What of a project can be changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Hà Tĩnh 2026–2030"}))]
pub struct ProjectChange {
    /// Unique name, 1 to 200 characters.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = "^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    name: String,
}

/// Kinds as people write them in addresses.
pub fn kind_word(kind: &str) -> &str {
    if kind == "land_cover" { "landcover" } else { kind }
}

impl From<&Dataset> for DatasetView {
    fn from(dataset: &Dataset) -> Self {
        Self {
            kind: kind_word(&dataset.kind).to_owned(),
            version: dataset.version,
            rows: dataset.rows,
            name: dataset.name.clone(),
            content_hash: dataset.content_hash.clone(),
            created_at: dataset.created_at.clone(),
        }
    }
}

async fn view(service: &Service, viewer: &Viewer, project: &str) -> Result<ProjectView, Problem> {
    let inputs = ProjectInputs::load(&service.store, project).await?;
    let latest = async |kind| -> Result<Option<String>, Problem> {
        let run = service.store.latest_run_for(viewer, &inputs.project.id, kind).await?;
        Ok(run.map(|run| run.id))
    };
    Ok(ProjectView {
        bounds: inputs.bounds_for(viewer),
        datasets: datasets(service, viewer, &inputs).await?,
        latest_coverage_run: latest(RunKind::Coverage).await?,
        latest_plan_run: latest(RunKind::Plan).await?,
        id: inputs.project.id.clone(),
        name: inputs.project.name.clone(),
        synthetic: inputs.project.synthetic,
        created_at: inputs.project.created_at.clone(),
    })
}

/// The datasets that a viewer knows of. Of the operators' lists others than the department learn how many rows are theirs, and nothing that
/// changes when somebody else's list does.
async fn datasets(service: &Service, viewer: &Viewer, inputs: &ProjectInputs) -> Result<Vec<DatasetView>, Problem> {
    if viewer.is_department() {
        return Ok(inputs.datasets().map(DatasetView::from).collect());
    }
    let mut views: Vec<DatasetView> = inputs.open_datasets().map(DatasetView::from).collect();
    if let (Viewer::Operator(_), Some(sites)) = (viewer, inputs.dataset(DatasetKind::Sites)) {
        let query = FeatureQuery {
            limit: 1,
            ..FeatureQuery::all(&sites.id, "sites", viewer.clone())
        };
        views.push(DatasetView {
            kind: "sites".to_owned(),
            version: 0,
            rows: service.store.features(&query).await?.matched,
            name: String::new(),
            content_hash: String::new(),
            created_at: String::new(),
        });
    }
    Ok(views)
}

fn checked_name(name: &str) -> Result<&str, Problem> {
    const LONGEST: usize = 200;
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > LONGEST || name.chars().any(char::is_control) {
        return Err(Problem::bad_parameter(
            "name",
            format!("tên dự án cần từ 1 đến {LONGEST} ký tự"),
            format!("a project's name needs 1 to {LONGEST} characters"),
        ));
    }
    Ok(name)
}

/// All projects.
#[utoipa::path(get, path = "/api/projects", tag = "projects", responses((status = 200, body = [ProjectView])))]
async fn list(State(service): State<Service>, asker: Asker) -> Result<Json<Vec<ProjectView>>, Problem> {
    let mut views = Vec::new();
    for project in service.store.projects().await? {
        views.push(view(&service, asker.viewer(), &project.id).await?);
    }
    Ok(Json(views))
}

/// Makes a project.
#[utoipa::path(post, path = "/api/projects", tag = "projects", request_body = NewProject,
    responses((status = 201, body = ProjectView), (status = 409, description = "The name is taken", body = Problem)))]
async fn create(
    State(service): State<Service>,
    asker: Asker,
    Body(new): Body<NewProject>,
) -> Result<Response, Problem> {
    let project = service
        .store
        .create_project(checked_name(&new.name)?, new.synthetic)
        .await?;
    asker
        .note(&service, "project.create", Some(&project.id), &project.name, json!({}))
        .await?;
    let location = format!("/api/projects/{}", project.id);
    let view = view(&service, asker.viewer(), &project.id).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(view)).into_response())
}

/// One project.
#[utoipa::path(get, path = "/api/projects/{project}", tag = "projects", params(("project" = String, Path, description = "Id or name")),
    responses((status = 200, body = ProjectView), (status = 404, body = Problem)))]
async fn show(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
) -> Result<Json<ProjectView>, Problem> {
    Ok(Json(view(&service, asker.viewer(), &project).await?))
}

/// Renames a project.
#[utoipa::path(patch, path = "/api/projects/{project}", tag = "projects", params(("project" = String, Path, description = "Id or name")),
    request_body = ProjectChange, responses((status = 200, body = ProjectView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn change(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Body(change): Body<ProjectChange>,
) -> Result<Json<ProjectView>, Problem> {
    let id = service.store.project(&project).await?.id;
    let project = service.store.rename_project(&id, checked_name(&change.name)?).await?;
    asker
        .note(&service, "project.rename", Some(&project.id), &project.name, json!({}))
        .await?;
    Ok(Json(view(&service, asker.viewer(), &project.id).await?))
}

/// Deletes a project with everything in it.
#[utoipa::path(delete, path = "/api/projects/{project}", tag = "projects", params(("project" = String, Path, description = "Id or name")),
    responses((status = 204), (status = 404, body = Problem)))]
async fn remove(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
) -> Result<StatusCode, Problem> {
    let project = service.store.project(&project).await?;
    service.store.delete_project(&project.id).await?;
    asker
        .note(&service, "project.delete", Some(&project.id), &project.name, json!({}))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
