//! Collections as vector tiles, their TileJSON, and a style that shows them.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use geodesy::tile_grid::Tile;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{FeatureQuery, Run, Viewer};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Origin, Path, Query, revalidated};
use super::features::{rows_of, run_of};
use super::map_tiles::tile_of;
use crate::work::export::{feature, served_layer};
use crate::work::inputs::ProjectInputs;
use crate::work::{blocking, vector_tile};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(tile))
        .routes(routes!(tile_json))
        .routes(routes!(style))
}

/// Most features of one tile: below the zoom where a tile has more, the first ones stand for all.
const MOST_FEATURES: i64 = 20_000;
/// Collections that have tiles, with the way the style draws them.
const TILED: [(&str, &str); 9] = [
    ("footprints", "fill"),
    ("communes", "line"),
    ("zones", "fill"),
    ("villages", "circle"),
    ("places", "circle"),
    ("sites", "circle"),
    ("stations", "circle"),
    ("cells", "circle"),
    ("candidates", "circle"),
];
/// Collections whose rows come from a run.
const OF_RUNS: [&str; 2] = ["footprints", "candidates"];
const MAXIMUM_ZOOM: u8 = 14;
const MEDIA_TYPE: &str = "application/vnd.mapbox-vector-tile";

fn no_tiles(name: &str) -> Problem {
    Problem::not_found("bộ ô bản đồ", "tile set", name)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TileParameters {
    /// The run that footprints or candidates are of; the newest when absent.
    run: Option<String>,
}

/// Where a tile's features come from.
enum Source {
    Dataset(FeatureQuery),
    Run(Run),
    Nothing,
}

impl Source {
    async fn of(
        service: &Service,
        viewer: &Viewer,
        (project, name): (&str, &str),
        run: Option<&str>,
        at: Tile,
    ) -> Result<Self, Problem> {
        let inputs = ProjectInputs::load(&service.store, project).await?;
        if OF_RUNS.contains(&name) {
            let run = run_of(service, viewer, &inputs, name, run).await?;
            return Ok(run.map_or(Self::Nothing, Self::Run));
        }
        let (kind, layer, kinds) = served_layer(name).ok_or_else(|| no_tiles(name))?;
        let Some(dataset) = inputs.dataset(kind) else {
            return Ok(Self::Nothing);
        };
        let mut query = FeatureQuery::all(&dataset.id, layer, viewer.clone());
        query.kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        query.bounds = Some(vector_tile::bounds_with_buffer(at));
        query.limit = MOST_FEATURES;
        Ok(Self::Dataset(query))
    }

    /// What its rows are known as: those of a dataset and of a run never change.
    fn name(&self) -> String {
        match self {
            Self::Dataset(query) => query.dataset.clone(),
            Self::Run(run) => format!("{}/{}", run.project, run.id),
            Self::Nothing => String::new(),
        }
    }

    async fn features(self, service: &Service) -> Result<Vec<Value>, Problem> {
        match self {
            Self::Dataset(query) => {
                let rows = service.store.features(&query).await?.features;
                rows.iter().map(feature).collect()
            }
            Self::Run(run) => {
                let artefacts = service.store.artefacts().clone();
                blocking(move || rows_of(&artefacts, &run)).await
            }
            Self::Nothing => Ok(Vec::new()),
        }
    }
}

/// A tile of a collection as MVT.
#[utoipa::path(get, path = "/api/projects/{project}/vector/{collection}/{z}/{x}/{y}", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), ("collection" = String, Path, description = "sites, communes, …"),
        ("z" = String, Path, description = "Zoom"), ("x" = String, Path, description = "Column"), ("y" = String, Path, description = "Row, with or without .mvt"), TileParameters),
    responses((status = 200, description = "Mapbox vector tile", content_type = "application/vnd.mapbox-vector-tile", body = Vec<u8>), (status = 304, description = "Unchanged"), (status = 404, body = Problem)))]
async fn tile(
    State(service): State<Service>,
    asker: Asker,
    headers: HeaderMap,
    Path((project, name, z, x, y)): Path<(String, String, String, String, String)>,
    Query(parameters): Query<TileParameters>,
) -> Result<Response, Problem> {
    let at = tile_of(
        &z,
        &x,
        y.strip_suffix(".mvt").or_else(|| y.strip_suffix(".pbf")).unwrap_or(&y),
    )?;
    let (viewer, run) = (asker.viewer(), parameters.run.as_deref());
    let source = Source::of(&service, viewer, (&project, &name), run, at).await?;
    // What is kept was made for such a viewer.
    let known_as = format!("{}/{name}/{viewer:?}/{}/{}/{}", source.name(), at.zoom, at.x, at.y);
    let made = async {
        let features = source.features(&service).await?;
        blocking(move || vector_tile::encode(&name, at, &features)).await
    };
    let bytes = service.tile(known_as, made).await?;
    Ok(revalidated(&headers, MEDIA_TYPE, bytes.to_vec()))
}

/// TileJSON 3.0 of a collection.
#[utoipa::path(get, path = "/api/projects/{project}/vector/{collection}", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), ("collection" = String, Path, description = "sites, communes, …"), TileParameters),
    responses((status = 200, description = "TileJSON", body = Value), (status = 404, body = Problem)))]
async fn tile_json(
    State(service): State<Service>,
    asker: Asker,
    Origin(origin): Origin,
    Path((project, name)): Path<(String, String)>,
    Query(parameters): Query<TileParameters>,
) -> Result<Json<Value>, Problem> {
    if !TILED.iter().any(|(tiled, _)| *tiled == name) {
        return Err(no_tiles(&name));
    }
    let inputs = ProjectInputs::load(&service.store, &project).await?;
    let run = match OF_RUNS.contains(&name.as_str()) {
        true => run_of(&service, asker.viewer(), &inputs, &name, parameters.run.as_deref()).await?,
        false => None,
    };
    let of_run = run.map_or_else(String::new, |run| format!("?run={}", run.id));
    let of_layer = served_layer(&name)
        .and_then(|(kind, ..)| inputs.dataset(kind))
        .filter(|_| asker.viewer().is_department());
    let bounds = of_layer
        .and_then(|dataset| dataset.bounds)
        .or_else(|| inputs.bounds_for(asker.viewer()))
        .unwrap_or([-180.0, -85.0, 180.0, 85.0]);
    Ok(Json(json!({
        "tilejson": "3.0.0",
        "name": name,
        "tiles": [format!("{origin}/api/projects/{}/vector/{name}/{{z}}/{{x}}/{{y}}.mvt{of_run}", inputs.project.id)],
        "minzoom": 0,
        "maxzoom": MAXIMUM_ZOOM,
        "bounds": bounds,
        "vector_layers": [{ "id": name, "fields": { "code": "String", "name": "String", "kind": "String" } }],
    })))
}

/// A MapLibre style of every collection, for programs that open one.
#[utoipa::path(get, path = "/api/projects/{project}/style.json", tag = "maps",
    params(("project" = String, Path, description = "Id or name")), responses((status = 200, description = "MapLibre style", body = Value), (status = 404, body = Problem)))]
async fn style(
    State(service): State<Service>,
    Origin(origin): Origin,
    Path(project): Path<String>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    let source =
        |name: &str| json!({ "type": "vector", "url": format!("{origin}/api/projects/{}/vector/{name}", project.id) });
    let sources: serde_json::Map<String, Value> = TILED
        .iter()
        .map(|(name, _)| ((*name).to_owned(), source(name)))
        .collect();
    let layer = |(name, drawn): &(&str, &str)| {
        let paint = match *drawn {
            "line" => json!({ "line-color": "#6b7280", "line-width": 1 }),
            "fill" => json!({ "fill-color": "#3b528b", "fill-opacity": 0.3 }),
            _ => json!({ "circle-color": "#21918c", "circle-radius": 3 }),
        };
        json!({ "id": name, "type": drawn, "source": name, "source-layer": name, "paint": paint })
    };
    let layers: Vec<Value> = TILED.iter().map(layer).collect();
    Ok(Json(
        json!({ "version": 8, "name": project.name, "sources": sources, "layers": layers }),
    ))
}
