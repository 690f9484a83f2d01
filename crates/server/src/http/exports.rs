//! Files for other tools.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Path, Query};
use crate::work::export::{self, ExportRequest};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(export))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportParameters {
    /// sites, stations, cells, communes, zones, places, villages, candidates, areas, footprint, poles, roads, power_lines,
    /// fibre_lines, measurements, signal, probability, sinr or throughput.
    layer: String,
    /// geojson, csv, xlsx, kml, gpkg, fgb, shp or pmtiles; cog for rasters; geojson when absent.
    format: Option<String>,
    /// wgs84, vn2000 (the zone of the province) or an EPSG code, where the format allows; wgs84 when absent, Web Mercator
    /// for rasters.
    crs: Option<String>,
    /// Of a raster, its classes instead of its values.
    classed: Option<bool>,
    /// The run that results are of; the newest when absent.
    run: Option<String>,
    /// Technology of results; 4g when absent.
    technology: Option<String>,
    /// Operator of results; any when absent.
    operator: Option<String>,
}

/// A layer as a file. Security-restricted sites are never in it.
#[utoipa::path(get, path = "/api/projects/{project}/export", tag = "exports",
    params(("project" = String, Path, description = "Id or name"), ExportParameters),
    responses((status = 200, description = "The file", body = String), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn export(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Query(parameters): Query<ExportParameters>,
) -> Result<Response, Problem> {
    let request = ExportRequest {
        layer: parameters.layer,
        format: parameters.format.unwrap_or_else(|| "geojson".to_owned()),
        crs: parameters.crs.filter(|crs| !crs.is_empty()),
        classed: parameters.classed.unwrap_or(false),
        run: parameters.run.filter(|run| !run.is_empty()),
        technology: parameters.technology,
        operator: parameters.operator,
    };
    let project = service.store.project(&project).await?;
    let file = export::export(&service.store, &project.id, &request, asker.viewer().clone()).await?;
    let details =
        json!({ "format": request.format, "rows": file.rows, "hash": blake3::hash(&file.bytes).to_hex().to_string() });
    asker
        .note(&service, "export", Some(&project.id), &request.layer, details)
        .await?;
    let disposition = format!("attachment; filename=\"{}\"", file.name);
    let headers = [
        (header::CONTENT_TYPE, file.media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, file.bytes).into_response())
}
