//! Questions about a place or a path: which signal here, what ground between.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use coverage_model::point_to_point::drawing::{Language, svg};
use coverage_model::point_to_point::{PathRequest, Polarisation, analyse};
use coverage_model::{LayerFile, Quantity};
use geodesy::LonLat;
use geodesy::tile_grid::PixelWindow;
use serde::Deserialize;
use serde_json::{Value, json};
use store::Run;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Path, Query};
use super::map_tiles::{AGGREGATE_ZOOM, is_served};
use crate::work::inputs::ProjectInputs;
use crate::work::{blocking, link_budget, results};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(point))
        .routes(routes!(point_budget))
        .routes(routes!(path))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PointParameters {
    /// Longitude, degrees.
    #[param(minimum = -180, maximum = 180)]
    lon: f64,
    /// Latitude, degrees.
    #[param(minimum = -90, maximum = 90)]
    lat: f64,
}

fn place(name: &str, lon: f64, lat: f64) -> Result<LonLat, Problem> {
    LonLat::checked(lon, lat).map_err(|error| {
        Problem::bad_parameter(
            name,
            format!("tọa độ không hợp lệ: {error}"),
            format!("not a position: {error}"),
        )
    })
}

/// The middle of the pixel in which others than the department see what is aggregated over operators.
fn coarse(position: LonLat) -> LonLat {
    let around = geodesy::Bounds::around(std::iter::once(position));
    let window = around.map(|bounds| PixelWindow::covering(bounds, AGGREGATE_ZOOM));
    window.map_or(position, |window| window.centre(0, 0))
}

/// What a layer says of a place, as far as the viewer may know it.
fn value_at(run: &Run, key: &str, layer: &LayerFile, position: LonLat) -> Result<Value, Problem> {
    let head = layer.head();
    let whole = run.viewer.sees_cells_of(head.operator.as_deref());
    let found = layer.at(if whole { position } else { coarse(position) })?;
    let (mut value, cell) = found.map_or((None, None), |(value, cell)| (Some(value), cell));
    if let (false, Some(known)) = (whole, value) {
        value = Some(f32::from(u8::from(is_served(run, known)?)));
    }
    let best_server = head.quantity == Quantity::BestServer;
    Ok(json!({
        "layer": key,
        "technology": head.technology,
        "operator": head.operator,
        "quantity": head.quantity,
        "unit": head.quantity.unit(),
        "value": value.filter(|_| !best_server),
        "cell": cell,
    }))
}

/// Every layer's value at a place, and the ground there.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/point", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a coverage run"), PointParameters),
    responses((status = 200, description = "{lon, lat, height_m, clutter_m, values: [{layer, technology, operator, quantity, unit, value, cell}]}", body = Value), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn point(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
    Query(parameters): Query<PointParameters>,
) -> Result<Json<Value>, Problem> {
    let position = place("lon,lat", parameters.lon, parameters.lat)?;
    let project = service.store.project(&project).await?;
    let run = service.store.run_for(asker.viewer(), &project.id, &run).await?;
    let keys: Vec<String> = results::layer_keys(&run).map(str::to_owned).collect();
    let mut layers = Vec::with_capacity(keys.len());
    for key in keys {
        let layer = service.layer(&run, &key).await?;
        layers.push((key, layer));
    }
    let values = blocking(move || {
        let value = |(key, layer): &(String, Arc<LayerFile>)| value_at(&run, key, layer, position);
        layers.iter().map(value).collect::<Result<Vec<Value>, Problem>>()
    })
    .await?;
    let (height_m, clutter_m) = match service.ground(&project.id).await {
        Ok((ground, _)) => {
            blocking(move || {
                Ok((
                    ground.elevation.height_m(position),
                    Some(ground.clutter_height_m(position)),
                ))
            })
            .await?
        }
        Err(_) => (None, None),
    };
    Ok(Json(json!({
        "lon": position.lon_deg, "lat": position.lat_deg,
        "height_m": height_m, "clutter_m": clutter_m, "values": values,
    })))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BudgetParameters {
    /// Longitude, degrees.
    #[param(minimum = -180, maximum = 180)]
    lon: f64,
    /// Latitude, degrees.
    #[param(minimum = -90, maximum = 90)]
    lat: f64,
    /// 2g, 3g, 4g or 5g; 4g when absent.
    #[param(pattern = "^[2-5]g$")]
    technology: Option<String>,
    /// An operator's name; any operator when absent or `any`.
    operator: Option<String>,
}

/// Which cell serves a place and why: its link budget line by line, whose sum is the map's pixel.
#[utoipa::path(get, path = "/api/projects/{project}/runs/{run}/point/budget", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), ("run" = String, Path, description = "Id of a coverage run"), BudgetParameters),
    responses((status = 200, description = "{served, why_vi, why_en, cell_code, operator, distance_m, signal_dbm, margin_db, …, lines: [{key, label_vi, label_en, value, unit, sum}]}", body = Value), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, description = "The data changed since the run", body = Problem)))]
async fn point_budget(
    State(service): State<Service>,
    asker: Asker,
    Path((project, run)): Path<(String, String)>,
    Query(parameters): Query<BudgetParameters>,
) -> Result<Json<Value>, Problem> {
    let position = place("lon,lat", parameters.lon, parameters.lat)?;
    let technology = results::technology(parameters.technology.as_deref().unwrap_or("4g"))?;
    let inputs = ProjectInputs::load(&service.store, &project).await?;
    let run = service.store.run_for(asker.viewer(), &inputs.project.id, &run).await?;
    let layer = link_budget::best_server_layer(&run, technology, parameters.operator.as_deref())?;
    let best_server = service.layer(&run, &layer).await?;
    link_budget::check_current(&run, &inputs)?;
    let explainer = service.explainer(&run, inputs).await?;
    blocking(move || explainer.explain(&best_server, position))
        .await
        .map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PathParameters {
    /// Longitude,latitude of the start (the transmitter).
    #[param(pattern = "^-?(1[0-7][0-9]|[1-9]?[0-9])(\\.[0-9]{1,9})?,-?[0-8]?[0-9](\\.[0-9]{1,9})?$")]
    from: String,
    /// Longitude,latitude of the end (the receiver).
    #[param(pattern = "^-?(1[0-7][0-9]|[1-9]?[0-9])(\\.[0-9]{1,9})?,-?[0-8]?[0-9](\\.[0-9]{1,9})?$")]
    to: String,
    /// Longest step, metres; 30 when absent.
    #[param(minimum = 1, maximum = 1000)]
    step_m: Option<f64>,
    /// Frequency, MHz; 1800 when absent.
    #[param(minimum = 30, maximum = 100000)]
    frequency_mhz: Option<f64>,
    /// Transmitting antenna above ground, metres; 30 when absent.
    #[param(minimum = 0.5, maximum = 3000)]
    tx_height_m: Option<f64>,
    /// Receiving antenna above ground, metres; 1.5 when absent.
    #[param(minimum = 0.5, maximum = 3000)]
    rx_height_m: Option<f64>,
    /// Percentage of an average year, 1 to 50; 50 when absent.
    #[param(minimum = 1, maximum = 50)]
    time_percent: Option<f64>,
    /// `vertical` (when absent) or `horizontal`.
    #[param(value_type = Option<String>, pattern = "^(vertical|horizontal)$")]
    polarisation: Option<Polarisation>,
    /// `json` (when absent) or `svg`, the drawing.
    #[param(value_type = Option<String>, pattern = "^(json|svg)$")]
    format: Option<PathFormat>,
    /// Language of the drawing: `vi` (when absent) or `en`.
    #[param(value_type = Option<String>, pattern = "^(vi|en)$")]
    lang: Option<Language>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PathFormat {
    Json,
    Svg,
}

impl PathParameters {
    fn request(&self) -> PathRequest {
        let usual = PathRequest::default();
        PathRequest {
            frequency_mhz: self.frequency_mhz.unwrap_or(usual.frequency_mhz),
            tx_height_m: self.tx_height_m.unwrap_or(usual.tx_height_m),
            rx_height_m: self.rx_height_m.unwrap_or(usual.rx_height_m),
            step_m: self.step_m.unwrap_or(usual.step_m),
            time_percent: self.time_percent.unwrap_or(usual.time_percent),
            polarisation: self.polarisation.unwrap_or(usual.polarisation),
            ..usual
        }
    }
}

fn pair(name: &str, text: &str) -> Result<LonLat, Problem> {
    let numbers: Vec<f64> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    match numbers.as_slice() {
        [lon, lat] => place(name, *lon, *lat),
        _ => Err(Problem::bad_parameter(
            name,
            format!("«{text}» không phải là kinh độ,vĩ độ"),
            format!("{text:?} is not longitude,latitude"),
        )),
    }
}

/// The path between two places: ground and clutter, the ray and its first Fresnel zone, and the loss by every model.
#[utoipa::path(get, path = "/api/projects/{project}/path", tag = "maps",
    params(("project" = String, Path, description = "Id or name"), PathParameters),
    responses((status = 200, description = "what `phusong profile --json` answers: {from, to, request, distance_m, azimuth_deg, back_azimuth_deg, profile: {distance_m, height_m, clutter_m, filled_samples}, geometry: {effective_radius_m, earth_bulge_m, ray_m, fresnel_radius_m, clearance}, losses: [{model, name_vi, name_en, loss_db, applicability}]}, and length_m; or the drawing", body = Value), (status = 400, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn path(
    State(service): State<Service>,
    Path(project): Path<String>,
    Query(parameters): Query<PathParameters>,
) -> Result<Response, Problem> {
    let (from, to) = (pair("from", &parameters.from)?, pair("to", &parameters.to)?);
    let request = parameters.request();
    let (ground, _) = service.ground(&project).await?;
    let path = blocking(move || Ok(analyse(&ground, from, to, &request)?)).await?;
    if parameters.format == Some(PathFormat::Svg) {
        let drawing = svg(&path, parameters.lang.unwrap_or_default());
        return Ok(([(header::CONTENT_TYPE, "image/svg+xml")], drawing).into_response());
    }
    let mut answer = serde_json::to_value(&path)?;
    if let Some(members) = answer.as_object_mut() {
        members.insert("length_m".to_owned(), path.distance_m.into());
    }
    Ok(Json(answer).into_response())
}
