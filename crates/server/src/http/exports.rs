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
use crate::work::results;
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(export))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportParameters {
    /// sites, stations, cells, communes, zones, places, villages, candidates, areas, footprint, poles, roads, power_lines,
    /// fibre_lines, measurements, signal, probability, sinr or throughput.
    #[param(
        pattern = "^(sites|stations|cells|communes|zones|places|villages|candidates|areas|footprint|poles|roads|power_lines|fibre_lines|measurements|signal|probability|sinr|throughput)$"
    )]
    layer: String,
    /// geojson, csv, xlsx, kml, gpkg, fgb, shp or pmtiles; cog for rasters; geojson when absent.
    #[param(pattern = "^(geojson|csv|xlsx|kml|gpkg|fgb|shp|pmtiles|cog|tif)$")]
    format: Option<String>,
    /// wgs84, vn2000 (the zone of the province) or an EPSG code, where the format allows; wgs84 when absent, Web Mercator
    /// for rasters.
    #[param(pattern = "^(wgs84|vn2000|[0-9]{4,5})?$")]
    crs: Option<String>,
    /// Of a raster, its classes instead of its values.
    classed: Option<bool>,
    /// The run that results are of; the newest when absent.
    run: Option<String>,
    /// Technology of results; 4g when absent.
    #[param(pattern = "^[2-5]g$")]
    technology: Option<String>,
    /// Operator of results; any when absent.
    operator: Option<String>,
}

/// A layer as a file. Security-restricted sites are never in it.
#[utoipa::path(get, path = "/api/projects/{project}/export", tag = "exports",
    params(("project" = String, Path, description = "Id or name"), ExportParameters),
    responses((status = 200, description = "The file", content((Value = "application/geo+json"), (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/vnd.google-earth.kml+xml"), (Vec<u8> = "application/geopackage+sqlite3"), (Vec<u8> = "application/flatgeobuf"), (Vec<u8> = "application/zip"), (Vec<u8> = "application/vnd.pmtiles"), (Vec<u8> = "image/tiff"))), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn export(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Query(parameters): Query<ExportParameters>,
) -> Result<Response, Problem> {
    // Checked whatever the layer: who misspells it should learn so.
    if let Some(word) = &parameters.technology {
        results::technology(word)?;
    }
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
