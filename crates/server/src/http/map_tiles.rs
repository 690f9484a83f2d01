//! Layers of a run as map tiles, the hillshade of the project's ground, footprints.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use coverage_model::{CoverageParameters, LayerHead};
use geodesy::tile_grid::{MAXIMUM_ZOOM, PixelWindow, TILE_SIZE, Tile};
use serde::{Deserialize, Serialize};
use store::Run;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Path, Query, immutable, is_known, revalidated};
use super::picture::{Scale, hillshade, layer_tile, pixels_under};
use crate::work::{blocking, results};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(layers))
        .routes(routes!(tile))
        .routes(routes!(hillshade_tile))
        .routes(routes!(footprint))
}

/// A colour and its value.
#[derive(Debug, Serialize, ToSchema)]
struct LegendStop {
    value: f32,
    color: String,
}

/// A layer of a run and how it is shown.
#[derive(Debug, Serialize, ToSchema)]
struct LayerView {
    key: String,
    #[schema(value_type = String)]
    technology: geodata::Technology,
    operator: Option<String>,
    #[schema(value_type = String)]
    quantity: coverage_model::Quantity,
    unit: String,
    legend: Vec<LegendStop>,
    /// Below it the layer is transparent.
    threshold: Option<f64>,
    /// The layer's own zoom: what is shown there is what was computed.
    zoom: u8,
    /// Deepest zoom that has tiles, where that is less than the pyramid's.
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum_zoom: Option<u8>,
    /// Address of its tiles, with {z}, {x}, {y}.
    tiles: String,
}

/// The layers of a run with their legends.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/layers", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a coverage run")),
    responses((status = 200, body = [LayerView]), (status = 404, body = Problem)))]
async fn layers(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
) -> Result<Json<Vec<LayerView>>, Problem> {
    let project = service.store.project(&project).await?;
    let run = service.store.run_for(asker.viewer(), &project.id, &run).await?;
    let keys: Vec<String> = results::layer_keys(&run).map(str::to_owned).collect();
    let mut views = Vec::with_capacity(keys.len());
    for key in keys {
        let stored = service.layer(&run, &key).await?;
        let layer = stored.head();
        let (scale, threshold) = scale(&run, layer)?;
        views.push(LayerView {
            technology: layer.technology,
            operator: layer.operator.clone(),
            quantity: layer.quantity,
            unit: layer.quantity.unit().to_owned(),
            legend: scale
                .legend()
                .into_iter()
                .map(|(value, color)| LegendStop { value, color })
                .collect(),
            threshold,
            zoom: layer.window.zoom,
            maximum_zoom: deepest(&run, layer),
            tiles: format!(
                "/api/projects/{}/runs/{}/tiles/{key}/{{z}}/{{x}}/{{y}}.png",
                project.id, run.id
            ),
            key,
        });
    }
    Ok(Json(views))
}

fn scale(run: &Run, layer: &LayerHead) -> Result<(Scale, Option<f64>), Problem> {
    let parameters: CoverageParameters = serde_json::from_value(run.parameters.clone())?;
    let threshold = parameters.thresholds.of(layer.technology);
    let shown = match layer.quantity {
        coverage_model::Quantity::Signal => Some(threshold),
        coverage_model::Quantity::Probability => Some(parameters.edge_probability),
        _ => None,
    };
    let scale = Scale::of(layer.quantity, threshold);
    let scale = match deepest(run, layer) {
        Some(_) => scale.served_only(parameters.edge_probability),
        None => scale,
    };
    Ok((scale, shown))
}

/// Deepest zoom of what is aggregated over operators, for others than the department: 145 m per pixel at 18° N. Any finer, and the edge of
/// the coverage of a mast that stands alone would show where it stands.
pub const AGGREGATE_ZOOM: u8 = 10;

fn deepest(run: &Run, layer: &LayerHead) -> Option<u8> {
    (!run.viewer.sees_cells_of(layer.operator.as_deref())).then_some(AGGREGATE_ZOOM)
}

/// Whether a probability means served, by the run's own bar: all that others than the department learn of it.
pub fn is_served(run: &Run, probability: f32) -> Result<bool, Problem> {
    let parameters: CoverageParameters = serde_json::from_value(run.parameters.clone())?;
    Ok(f64::from(probability) >= parameters.edge_probability)
}

/// Reads z, x, y (`y` may end in `.png`) and refuses tiles that are not on the pyramid.
pub fn tile_of(z: &str, x: &str, y: &str) -> Result<Tile, Problem> {
    let y = y.strip_suffix(".png").unwrap_or(y);
    let parsed = match (z.parse::<u8>(), x.parse::<u32>(), y.parse::<u32>()) {
        (Ok(zoom), Ok(x), Ok(y)) if zoom <= MAXIMUM_ZOOM && x < 1 << zoom && y < 1 << zoom => Some(Tile { zoom, x, y }),
        _ => None,
    };
    parsed.ok_or_else(|| no_such_tile(z, x, y))
}

fn no_such_tile(z: &str, x: &str, y: &str) -> Problem {
    Problem::new(
        404,
        "no_such_tile",
        format!("không có ô bản đồ {z}/{x}/{y}"),
        format!("there is no tile {z}/{x}/{y}"),
    )
}

/// A tile of a layer as PNG; the same bytes for ever.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/tiles/{layer}/{z}/{x}/{y}", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a coverage run"),
        ("layer" = String, Path, description = "Key of the layer"), ("z" = String, Path, description = "Zoom"),
        ("x" = String, Path, description = "Column"), ("y" = String, Path, description = "Row, with or without .png")),
    responses((status = 200, description = "PNG, 256 × 256", content_type = "image/png", body = Vec<u8>), (status = 304, description = "Unchanged"), (status = 404, body = Problem)))]
async fn tile(
    State(service): State<Service>,
    asker: Asker,
    headers: HeaderMap,
    Path((project, run, layer, z, x, y)): Path<(String, String, String, String, String, String)>,
) -> Result<Response, Problem> {
    let tile = tile_of(&z, &x, &y)?;
    let project = service.store.project(&project).await?;
    let run = service.store.run_for(asker.viewer(), &project.id, &run).await?;
    let key = layer.to_lowercase();
    let layer = service.layer(&run, &key).await?;
    let deepest = deepest(&run, layer.head());
    if deepest.is_some_and(|deepest| tile.zoom > deepest) {
        return Err(no_such_tile(&z, &x, &y));
    }
    let etag = format!(
        "\"{}-{}-{}-{}-{}\"",
        run.id,
        hash_of(&format!("{key} {deepest:?}")),
        tile.zoom,
        tile.x,
        tile.y
    );
    if is_known(&headers, &etag) {
        return Ok(immutable(&headers, &etag, "image/png", Vec::new));
    }
    let (scale, _) = scale(&run, layer.head())?;
    let picture = move || layer_tile(&layer.part(pixels_under(tile, layer.head().window.zoom))?, tile, scale);
    let bytes = service
        .tile(format!("{}/{etag}", project.id), blocking(picture))
        .await?;
    Ok(immutable(&headers, &etag, "image/png", || bytes.to_vec()))
}

/// A short name for header values, whatever letters an operator's name has.
fn hash_of(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().chars().take(12).collect()
}

/// Deepest zoom of the hillshade: a 30 m grid has no more to show.
const HILLSHADE_MAXIMUM_ZOOM: u8 = 14;

/// Shaded relief of the project's own ground as PNG with transparency.
#[utoipa::path(get, path = "/api/projects/{project}/hillshade/{z}/{x}/{y}", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), ("z" = String, Path, description = "Zoom, 0 to 14"),
        ("x" = String, Path, description = "Column"), ("y" = String, Path, description = "Row, with or without .png")),
    responses((status = 200, description = "PNG, 256 × 256", content_type = "image/png", body = Vec<u8>), (status = 304, description = "Unchanged"), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn hillshade_tile(
    State(service): State<Service>,
    headers: HeaderMap,
    Path((project, z, x, y)): Path<(String, String, String, String)>,
) -> Result<Response, Problem> {
    let tile = tile_of(&z, &x, &y)?;
    if tile.zoom > HILLSHADE_MAXIMUM_ZOOM {
        return Err(Problem::new(
            404,
            "no_such_tile",
            "địa hình chỉ có đến mức thu phóng 14",
            "the hillshade ends at zoom 14",
        ));
    }
    let (ground, name) = service.ground(&project).await?;
    let cached = service.store.cache_folder()?.join("hillshade").join(hash_of(&name));
    let path = cached.join(format!("{}-{}-{}.png", tile.zoom, tile.x, tile.y));
    let bytes = blocking(move || {
        kept(&path, || {
            let around = tile_with_ring(tile);
            let pixel_m = tile.window().pixel_size_m(TILE_SIZE / 2).0 as f32;
            hillshade(&ground.elevation.window(&around)?, pixel_m)
        })
    })
    .await?;
    Ok(revalidated(&headers, "image/png", bytes))
}

/// A file of the cache folder, made when it is not there.
fn kept(path: &std::path::Path, make: impl FnOnce() -> Result<Vec<u8>, Problem>) -> Result<Vec<u8>, Problem> {
    if let Ok(known) = std::fs::read(path) {
        return Ok(known);
    }
    let bytes = make()?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
        let temporary = folder.join(uuid::Uuid::now_v7().simple().to_string());
        std::fs::write(&temporary, &bytes)?;
        std::fs::rename(&temporary, path)?;
    }
    Ok(bytes)
}

/// A tile's pixels with one more on each side.
fn tile_with_ring(tile: Tile) -> PixelWindow {
    let window = tile.window();
    PixelWindow {
        column: window.column.saturating_sub(1),
        row: window.row.saturating_sub(1),
        columns: window.columns + 2,
        rows: window.rows + 2,
        ..window
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FootprintParameters {
    /// true: along the interpolated level; false: along the edges of the pixels; as the run was made when absent.
    smooth: Option<bool>,
}

/// The outline of the covered ground of a technology and operator (`4g-any.geojson`), as a GeoJSON Feature.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/footprints/{footprint}", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a coverage run"),
        ("footprint" = String, Path, description = "{technology}-{operator}, with or without .geojson"), FootprintParameters),
    responses((status = 200, description = "GeoJSON Feature", content_type = "application/geo+json", body = Value), (status = 304, description = "Unchanged"), (status = 404, body = Problem)))]
async fn footprint(
    State(service): State<Service>,
    asker: Asker,
    headers: HeaderMap,
    Path((project, run, footprint)): Path<(String, String, String)>,
    Query(parameters): Query<FootprintParameters>,
) -> Result<Response, Problem> {
    let key = footprint.strip_suffix(".geojson").unwrap_or(&footprint).to_lowercase();
    let project = service.store.project(&project).await?;
    let run = service.store.run_for(asker.viewer(), &project.id, &run).await?;
    let as_made = results::has_smooth_footprints(&run);
    let smooth = parameters.smooth.unwrap_or(as_made);
    let name = hash_of(&format!("{key} {smooth} {:?}", run.viewer));
    let etag = format!("\"{}-footprint-{name}\"", run.id);
    let artefacts = service.store.artefacts().clone();
    let path = service
        .store
        .cache_folder()?
        .join("footprints")
        .join(format!("{}-{name}.geojson", run.id));
    let bytes = blocking(move || {
        if smooth == as_made {
            return Ok(results::footprint(&artefacts, &run, &key)?.to_string().into_bytes());
        }
        kept(&path, || {
            let feature = results::footprint_drawn(&artefacts, &run, &key, smooth)?;
            Ok(feature.to_string().into_bytes())
        })
    })
    .await?;
    Ok(immutable(&headers, &etag, "application/geo+json", || bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_off_the_pyramid_are_refused() {
        assert_eq!(tile_of("2", "3", "1.png").unwrap(), Tile { zoom: 2, x: 3, y: 1 });
        for (z, x, y) in [
            ("2", "4", "0"),
            ("23", "0", "0"),
            ("a", "0", "0"),
            ("-1", "0", "0"),
            ("2", "0", "4.png"),
            ("255", "0", "0"),
        ] {
            assert!(tile_of(z, x, y).is_err(), "{z}/{x}/{y}");
        }
    }
}
