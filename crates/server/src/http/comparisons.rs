//! Runs beside each other, beside measurements, and over the border.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use coverage_model::{Change, Comparison, CoverageError, LayerFile, Together};
use geodata::Technology;
use geodesy::tile_grid::Tile;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Run, RunKind};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Path, Query, immutable, is_known};
use super::map_tiles::tile_of;
use super::picture::{Scale, layer_tile, pixels_under};
use crate::work::comparison::{self, SHOWN, Sides};
use crate::work::inputs::ProjectInputs;
use crate::work::{blocking, measured, results};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(compare))
        .routes(routes!(compare_tile))
        .routes(routes!(spill))
        .routes(routes!(measurements))
        .routes(routes!(measurement_points))
}

/// The picture's scale: lost, kept and gained lie on it.
const SCALE: Scale = Scale { low: 0.0, high: 1.0 };

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CompareParameters {
    /// Id of the coverage run before.
    before: String,
    /// Id of the coverage run after; may be the same.
    after: String,
    /// Technologies that count, with commas between; 4g when absent.
    #[param(pattern = "^[2-5]g(,[2-5]g)*$")]
    technology: Option<String>,
    /// Technologies that count after; as `technology` when absent.
    #[param(pattern = "^[2-5]g(,[2-5]g)*$")]
    technology_after: Option<String>,
    /// An operator's name; any operator when absent or `any`.
    operator: Option<String>,
}

async fn sides(
    service: &Service,
    asker: &Asker,
    project: &str,
    parameters: &CompareParameters,
) -> Result<Sides, Problem> {
    let project = service.store.project(project).await?;
    let technologies = |words: &str| -> Result<Vec<Technology>, Problem> {
        words.split(',').map(|word| results::technology(word.trim())).collect()
    };
    let before = filled(parameters.technology.as_deref()).unwrap_or("4g");
    let after = filled(parameters.technology_after.as_deref()).unwrap_or(before);
    let run = async |id: &str| -> Result<Run, Problem> {
        let run = service.store.run_for(asker.viewer(), &project.id, id).await?;
        if run.kind == RunKind::Coverage {
            Ok(run)
        } else {
            Err(Problem::not_found("lần tính vùng phủ sóng", "coverage run", id))
        }
    };
    Ok(Sides {
        before: run(&parameters.before).await?,
        after: run(&parameters.after).await?,
        technologies_before: technologies(before)?,
        technologies_after: technologies(after)?,
        operator: parameters.operator.clone(),
    })
}

fn filled(word: Option<&str>) -> Option<&str> {
    word.filter(|word| !word.is_empty())
}

/// Compares the runs where they lie under a tile, or everywhere.
async fn compared(service: &Service, sides: &Sides, tile: Option<Tile>) -> Result<Comparison, Problem> {
    let (before, after) = sides.layer_keys();
    let mut layers: [Vec<Arc<LayerFile>>; 2] = [Vec::new(), Vec::new()];
    for (layers, (run, keys)) in layers.iter_mut().zip([(&sides.before, before), (&sides.after, after)]) {
        for key in keys {
            layers.push(service.layer(run, &key).await?);
        }
    }
    let sides = sides.clone();
    blocking(move || {
        let whole = layers.iter().flatten().next().map(|layer| layer.head().window);
        if layers.iter().flatten().any(|layer| Some(layer.head().window) != whole) {
            return Err(CoverageError::RastersDiffer.into());
        }
        let part = |layer: &Arc<LayerFile>| {
            let whole = layer.head().window;
            layer.part(tile.map_or(whole, |tile| pixels_under(tile, whole.zoom)))
        };
        let parts = |layers: &[Arc<LayerFile>]| layers.iter().map(part).collect::<Result<Vec<_>, _>>();
        sides.compare(&parts(&layers[0])?, &parts(&layers[1])?)
    })
    .await
}

/// What a change of the network gains, loses and keeps: in all, per area, per place.
#[utoipa::path(get, path = "/api/projects/{project}/compare", tag = "runs",
    params(("project" = String, Path, description = "Id or name"), CompareParameters),
    responses((status = 200, description = "{before, after, totals, areas, places, tiles, legend}", body = Value), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn compare(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Query(parameters): Query<CompareParameters>,
) -> Result<Json<Value>, Problem> {
    let sides = sides(&service, &asker, &project, &parameters).await?;
    let comparison = compared(&service, &sides, None).await?;
    let inputs = ProjectInputs::load(&service.store, &project).await?;
    let artefacts = service.store.artefacts().clone();
    let project = inputs.project.id.clone();
    let words = |technologies: &[Technology]| technologies.iter().map(|t| t.key()).collect::<Vec<_>>().join(",");
    let tiles = format!(
        "/api/projects/{project}/compare/tiles/{{z}}/{{x}}/{{y}}.png?before={}&after={}&technology={}&technology_after={}&operator={}",
        sides.before.id,
        sides.after.id,
        words(&sides.technologies_before),
        words(&sides.technologies_after),
        percent_encoded(sides.operator.as_deref().unwrap_or("any")),
    );
    let mut answer = blocking(move || comparison::table(&artefacts, &inputs, &sides, &comparison)).await?;
    answer["tiles"] = json!(tiles);
    answer["legend"] = json!(SHOWN.map(|(change, value)| {
        let (vi, en) = words_of(change);
        json!({ "key": change, "color": SCALE.colour(value), "label_vi": vi, "label_en": en })
    }));
    Ok(Json(answer))
}

fn words_of(change: Change) -> (&'static str, &'static str) {
    match change {
        Change::Gained => ("Thêm phủ sóng", "Gained"),
        Change::Lost => ("Mất phủ sóng", "Lost"),
        Change::Kept => ("Giữ nguyên phủ sóng", "Kept"),
        Change::Neither => ("Chưa phủ sóng", "Not covered"),
    }
}

/// A name as it may stand in an address.
fn percent_encoded(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// A comparison as a map tile.
#[utoipa::path(get, path = "/api/projects/{project}/compare/tiles/{z}/{x}/{y}", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), ("z" = String, Path, description = "Zoom"), ("x" = String, Path, description = "Column"),
        ("y" = String, Path, description = "Row, with or without .png"), CompareParameters),
    responses((status = 200, description = "PNG", content_type = "image/png"), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn compare_tile(
    State(service): State<Service>,
    asker: Asker,
    headers: HeaderMap,
    Path((project, z, x, y)): Path<(String, String, String, String)>,
    Query(parameters): Query<CompareParameters>,
) -> Result<Response, Problem> {
    let tile = tile_of(&z, &x, &y)?;
    let sides = sides(&service, &asker, &project, &parameters).await?;
    let name = sides.name();
    let etag = format!(
        "\"{}-{}-{}-{}\"",
        blake3::hash(name.as_bytes()).to_hex(),
        tile.zoom,
        tile.x,
        tile.y
    );
    if is_known(&headers, &etag) {
        return Ok(immutable(&headers, &etag, "image/png", Vec::new));
    }
    let comparison = compared(&service, &sides, Some(tile)).await?;
    let picture = blocking(move || layer_tile(&comparison::as_layer(&comparison), tile, SCALE)).await?;
    Ok(immutable(&headers, &etag, "image/png", || picture))
}

/// Covered ground and people outside the project's areas: what spills over the border.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/spill", tag = "runs",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a coverage run")),
    responses((status = 200, description = "{rows, parameters}", body = Value), (status = 404, body = Problem)))]
async fn spill(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    let run = service.store.run_for(asker.viewer(), &project.id, &run).await?;
    let artefacts = service.store.artefacts().clone();
    blocking(move || {
        let rows: Vec<Value> = results::unions(&artefacts, &run)?
            .into_iter()
            .filter(|union| union.together == Together::All)
            .map(|union| {
                json!({
                    "technology": union.technology, "operator": union.operator,
                    "km2": union.spill.km2, "people": union.spill.people,
                    "inside": { "km2": union.whole.km2, "people": union.whole.people,
                        "covered_km2": union.covered.km2, "covered_people": union.covered.people },
                })
            })
            .collect();
        Ok(Json(json!({ "rows": rows, "parameters": run.parameters })))
    })
    .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MeasurementParameters {
    /// Part of the points on which nothing is fitted, 0 … 0.9; 0.3 when absent.
    #[param(minimum = 0, maximum = 0.9)]
    held_out: Option<f64>,
}

async fn measured_run(
    service: &Service,
    asker: &Asker,
    project: &str,
    run: &str,
) -> Result<(Run, measured::Compared), Problem> {
    let inputs = ProjectInputs::load(&service.store, project).await?;
    let run = service.store.run_for(asker.viewer(), &inputs.project.id, run).await?;
    let artefacts = service.store.artefacts().clone();
    let cache = service.store.cache_folder()?.join("path-loss");
    blocking(move || {
        let compared = measured::compare(&artefacts, &inputs, &run, cache)?;
        Ok((run, compared))
    })
    .await
}

/// Measured levels against predicted ones, and offsets fitted to them.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/measurements", tag = "runs",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a coverage run"), MeasurementParameters),
    responses((status = 200, description = "{points, matched, overall, by_distance, by_clutter, by_band, calibration}", body = Value), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn measurements(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
    Query(parameters): Query<MeasurementParameters>,
) -> Result<Json<Value>, Problem> {
    let held_out = parameters.held_out.unwrap_or(0.3);
    if !(0.0..=0.9).contains(&held_out) {
        return Err(Problem::bad_parameter(
            "held_out",
            format!("held_out là {held_out}; phải từ 0 đến 0,9"),
            format!("held_out is {held_out}; it must be 0 to 0.9"),
        ));
    }
    let (run, compared) = measured_run(&service, &asker, &project, &run).await?;
    Ok(Json(compared.report(&run, held_out)))
}

/// The measured points with what was predicted for them.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/measurements/points", tag = "runs",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a coverage run")),
    responses((status = 200, description = "GeoJSON", body = Value), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn measurement_points(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let (_, compared) = measured_run(&service, &asker, &project, &run).await?;
    Ok(Json(compared.points()))
}
