//! The versions of a dataset: which there were, what one changed, and which one is in use.

use axum::Json;
use axum::extract::State;
use geodata::Records;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Dataset;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Path, Query};
use super::lists::PageParameters;
use super::projects::DatasetView;
use crate::work::difference::difference;
use crate::work::import::kind_of;
use crate::work::{blocking, records};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(versions))
        .routes(routes!(changes))
        .routes(routes!(put_in_use))
        .routes(routes!(undo))
}

/// A version of a dataset.
#[derive(Debug, Serialize, ToSchema)]
struct VersionView {
    #[serde(flatten)]
    dataset: DatasetView,
    /// Whether it is the one in use; of a kind whose imports were all undone none is.
    in_use: bool,
}

/// Every version of a dataset, the newest first.
#[utoipa::path(get, path = "/api/projects/{project}/datasets/{kind}/versions", tag = "projects",
    params(("project" = String, Path, description = "Id or name"), ("kind" = String, Path, description = "sites, areas, zones, …")),
    responses((status = 200, body = [VersionView]), (status = 404, body = Problem)))]
async fn versions(
    State(service): State<Service>,
    Path((project, kind)): Path<(String, String)>,
) -> Result<Json<Vec<VersionView>>, Problem> {
    let project = service.store.project(&project).await?.id;
    let found = service.store.dataset_versions(&project, kind_of(&kind)?.key()).await?;
    let views = found.iter().map(|(dataset, in_use)| VersionView {
        dataset: DatasetView::from(dataset),
        in_use: *in_use,
    });
    Ok(Json(views.collect()))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChangeParameters {
    /// The version to compare with; the one before when absent, nothing when that was the first.
    #[param(minimum = 1)]
    against: Option<i64>,
}

/// How a version differs from another: rows added, moved, changed, removed.
#[utoipa::path(get, path = "/api/projects/{project}/datasets/{kind}/versions/{version}/difference", tag = "projects",
    params(("project" = String, Path, description = "Id or name"), ("kind" = String, Path, description = "sites, areas, zones, …"),
        ("version" = i64, Path, minimum = 1, description = "1, 2, 3, …"), ChangeParameters, PageParameters),
    responses((status = 200, description = "{version, against_version, counts, total, rows: [{change, layer, code, name, distance_m, fields: [{field, from, to}]}]}", body = Value),
        (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, description = "Rasters have no rows", body = Problem)))]
async fn changes(
    State(service): State<Service>,
    Path((project, kind, version)): Path<(String, String, i64)>,
    Query(chosen): Query<ChangeParameters>,
    Query(page): Query<PageParameters>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?.id;
    let kind = kind_of(&kind)?;
    if kind.is_raster() {
        return Err(Problem::new(
            409,
            "no_rows",
            "dữ liệu ảnh (raster) không có hàng để so sánh",
            "rasters have no rows to compare",
        ));
    }
    let known = service.store.dataset_versions(&project, kind.key()).await?;
    let find = |version: i64| {
        let mut datasets = known.iter().map(|(dataset, _)| dataset);
        let found = datasets.find(|dataset| dataset.version == version).cloned();
        found.ok_or_else(|| Problem::not_found("phiên bản", "version", &version.to_string()))
    };
    let new = find(version)?;
    let old = match chosen.against {
        Some(against) => Some(find(against)?),
        None => known
            .iter()
            .map(|(dataset, _)| dataset)
            .find(|dataset| dataset.version < version)
            .cloned(),
    };
    let against_version = old.as_ref().map(|dataset| dataset.version);
    let artefacts = service.store.artefacts().clone();
    let found = blocking(move || {
        let read = |dataset: &Dataset| -> Result<Option<Records>, Problem> {
            dataset
                .files
                .first()
                .map(|file| records::read(&artefacts, file))
                .transpose()
        };
        let old = old.as_ref().map(read).transpose()?.flatten();
        let new = read(&new)?.ok_or_else(|| Problem::internal(&"a version without records"))?;
        Ok::<_, Problem>(difference(old.as_ref(), &new))
    })
    .await?;
    Ok(Json(json!({
        "version": version,
        "against_version": against_version,
        "counts": found.counts,
        "total": found.rows.len(),
        "rows": page.cut(found.rows.into_iter())?,
    })))
}

/// Puts a version in use, an earlier or a later one: what is computed from now on is made from it.
#[utoipa::path(post, path = "/api/projects/{project}/datasets/{kind}/versions/{version}/use", tag = "projects",
    params(("project" = String, Path, description = "Id or name"), ("kind" = String, Path, description = "sites, areas, zones, …"),
        ("version" = i64, Path, minimum = 1, description = "1, 2, 3, …")),
    responses((status = 200, description = "The version now in use", body = Value), (status = 404, body = Problem)))]
async fn put_in_use(
    State(service): State<Service>,
    asker: Asker,
    Path((project, kind, version)): Path<(String, String, i64)>,
) -> Result<Json<Value>, Problem> {
    let id = service.store.project(&project).await?.id;
    let dataset = service.store.use_dataset(&id, kind_of(&kind)?.key(), version).await?;
    let details = json!({ "version": version, "content_hash": dataset.content_hash });
    asker.note(&service, "dataset.use", Some(&id), &kind, details).await?;
    Ok(Json(json!({ "dataset": DatasetView::from(&dataset) })))
}

/// Goes back to the version of a dataset before the one in use.
#[utoipa::path(post, path = "/api/projects/{project}/datasets/{kind}/undo", tag = "projects",
    params(("project" = String, Path, description = "Id or name"), ("kind" = String, Path, description = "sites, areas, zones, …")),
    responses((status = 200, description = "The version now in use, or null", body = Value), (status = 404, body = Problem)))]
async fn undo(
    State(service): State<Service>,
    asker: Asker,
    Path((project, kind)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let id = service.store.project(&project).await?.id;
    let dataset = service.store.undo_dataset(&id, kind_of(&kind)?.key()).await?;
    asker
        .note(&service, "dataset.undo", Some(&id), &kind, json!({}))
        .await?;
    Ok(Json(json!({ "dataset": dataset.as_ref().map(DatasetView::from) })))
}
