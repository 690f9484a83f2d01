//! Collections as vector tiles, their TileJSON, and a style that shows them.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};
use store::FeatureQuery;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Origin, Path, revalidated};
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
const TILED: [(&str, &str); 7] = [
    ("communes", "line"),
    ("zones", "fill"),
    ("villages", "circle"),
    ("places", "circle"),
    ("sites", "circle"),
    ("stations", "circle"),
    ("cells", "circle"),
];
const MAXIMUM_ZOOM: u8 = 14;
const MEDIA_TYPE: &str = "application/vnd.mapbox-vector-tile";

fn no_tiles(name: &str) -> Problem {
    Problem::not_found("bộ ô bản đồ", "tile set", name)
}

/// A tile of a collection as MVT.
#[utoipa::path(get, path = "/api/projects/{project}/vector/{collection}/{z}/{x}/{y}", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), ("collection" = String, Path, description = "sites, communes, …"),
        ("z" = String, Path, description = "Zoom"), ("x" = String, Path, description = "Column"), ("y" = String, Path, description = "Row, with or without .mvt")),
    responses((status = 200, description = "Mapbox vector tile", content_type = "application/vnd.mapbox-vector-tile", body = Vec<u8>), (status = 304, description = "Unchanged"), (status = 404, body = Problem)))]
async fn tile(
    State(service): State<Service>,
    asker: Asker,
    headers: HeaderMap,
    Path((project, name, z, x, y)): Path<(String, String, String, String, String)>,
) -> Result<Response, Problem> {
    let at = tile_of(
        &z,
        &x,
        y.strip_suffix(".mvt").or_else(|| y.strip_suffix(".pbf")).unwrap_or(&y),
    )?;
    let (kind, layer, kinds) = served_layer(&name).ok_or_else(|| no_tiles(&name))?;
    let inputs = ProjectInputs::load(&service.store, &project).await?;
    let Some(dataset) = inputs.dataset(kind) else {
        let empty = vector_tile::encode(&name, at, &[])?;
        return Ok(revalidated(&headers, MEDIA_TYPE, empty));
    };
    // A dataset's rows never change, and what is kept was made for such a viewer.
    let viewer = asker.viewer().clone();
    let known_as = format!("{}/{name}/{viewer:?}/{}/{}/{}", dataset.id, at.zoom, at.x, at.y);
    let mut query = FeatureQuery::all(&dataset.id, layer, viewer);
    query.kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    query.bounds = Some(vector_tile::bounds_with_buffer(at));
    query.limit = MOST_FEATURES;
    let made = async {
        let rows = service.store.features(&query).await?.features;
        blocking(move || {
            let features: Vec<Value> = rows.iter().map(feature).collect::<Result<_, _>>()?;
            vector_tile::encode(&name, at, &features)
        })
        .await
    };
    let bytes = service.tile(known_as, made).await?;
    Ok(revalidated(&headers, MEDIA_TYPE, bytes.to_vec()))
}

/// TileJSON 3.0 of a collection.
#[utoipa::path(get, path = "/api/projects/{project}/vector/{collection}", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), ("collection" = String, Path, description = "sites, communes, …")),
    responses((status = 200, description = "TileJSON", body = Value), (status = 404, body = Problem)))]
async fn tile_json(
    State(service): State<Service>,
    asker: Asker,
    Origin(origin): Origin,
    Path((project, name)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let (kind, ..) = served_layer(&name).ok_or_else(|| no_tiles(&name))?;
    let inputs = ProjectInputs::load(&service.store, &project).await?;
    let of_layer = inputs.dataset(kind).filter(|_| asker.viewer().is_department());
    let bounds = of_layer
        .and_then(|dataset| dataset.bounds)
        .or_else(|| inputs.bounds_for(asker.viewer()))
        .unwrap_or([-180.0, -85.0, 180.0, 85.0]);
    Ok(Json(json!({
        "tilejson": "3.0.0",
        "name": name,
        "tiles": [format!("{origin}/api/projects/{}/vector/{name}/{{z}}/{{x}}/{{y}}.mvt", inputs.project.id)],
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
