//! Files that are written in the background: asked for, and fetched when their job is done.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Body, Path, immutable};
use super::jobs::accepted;
use super::programmes::{check_year, day, language};
use crate::work::blocking;
use crate::work::export::ExportRequest;
use crate::work::file_job::{ReportRequest, WrittenFile};
use crate::work::programme::{self, Format};
use crate::{JobRequest, Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(export))
        .routes(routes!(report))
        .routes(routes!(file))
}

/// A layer that is to be exported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewExport {
    /// As the parameter `layer` of an export.
    #[schema(
        pattern = "^(sites|stations|cells|communes|zones|places|villages|candidates|areas|footprints?|poles|roads|power_lines|fibre_lines|measurements|signal|probability|sinr|throughput)$"
    )]
    layer: String,
    /// geojson, csv, xlsx, kml, gpkg, fgb, shp or pmtiles; cog for rasters; geojson when absent.
    #[schema(pattern = "^(geojson|csv|xlsx|kml|gpkg|fgb|shp|pmtiles|cog|tif)$")]
    format: Option<String>,
    /// wgs84, vn2000 or an EPSG code.
    #[schema(pattern = "^(wgs84|vn2000|[0-9]{4,5})?$")]
    crs: Option<String>,
    /// Of a raster, its classes instead of its values.
    #[serde(default)]
    classed: bool,
    /// The run that results are of; the newest when absent.
    run: Option<String>,
    /// Technology of results; 4g when absent.
    #[schema(pattern = "^[2-5]g$")]
    technology: Option<String>,
    /// Operator of results; any when absent.
    operator: Option<String>,
}

/// Exports a layer in the background; the file is fetched from the job.
#[utoipa::path(post, path = "/api/projects/{project}/export-jobs", tag = "exports", params(("project" = String, Path, description = "Id or name")),
    request_body(content = NewExport, example = json!({"layer": "sites", "format": "gpkg"})),
    responses((status = 202, description = "The job", body = Value), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn export(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Body(new): Body<NewExport>,
) -> Result<Response, Problem> {
    let project = service.store.project(&project).await?;
    let request = ExportRequest {
        layer: new.layer,
        format: new.format.unwrap_or_else(|| "geojson".to_owned()),
        crs: new.crs,
        classed: new.classed,
        run: new.run,
        technology: new.technology,
        operator: new.operator,
    };
    request.check().map_err(Problem::well_formed)?;
    let request = JobRequest::Export(request);
    let job = service.jobs.submit(Some(&project.id), &request, asker.who()).await?;
    Ok(accepted(&job))
}

/// A report that is to be written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReportFile {
    /// xlsx, docx or html; xlsx when absent.
    #[schema(pattern = "^(xlsx|docx|html)$")]
    format: Option<String>,
    /// vi or en; vi when absent.
    #[schema(pattern = "^(vi|en)?$")]
    lang: Option<String>,
    /// Coverage run; the newest when absent.
    run: Option<String>,
    /// Day of the evaluation, year-month-day; today when absent.
    #[schema(value_type = Option<String>, format = Date)]
    today: Option<String>,
}

/// Writes a programme's report in the background; the file is fetched from the job.
#[utoipa::path(post, path = "/api/projects/{project}/programmes/{key}/report-jobs", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    request_body(content = NewReportFile, example = json!({"format": "docx"})),
    responses((status = 202, description = "The job", body = Value), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn report(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Body(new): Body<NewReportFile>,
) -> Result<Response, Problem> {
    let project = service.store.project(&project).await?;
    programme::find(&service.store, &project.id, &key).await?;
    let today = day("today", new.today.as_deref()).map_err(Problem::well_formed)?;
    check_year("today", today.year())?;
    let (format, lang) = (
        new.format.unwrap_or_else(|| "xlsx".to_owned()),
        new.lang.unwrap_or_else(|| "vi".to_owned()),
    );
    Format::from_word(&format).map_err(Problem::well_formed)?;
    language(Some(&lang)).map_err(Problem::well_formed)?;
    let request = ReportRequest {
        programme: key,
        format,
        language: lang,
        today,
        run: new.run,
    };
    let request = JobRequest::Report(request);
    let job = service.jobs.submit(Some(&project.id), &request, asker.who()).await?;
    Ok(accepted(&job))
}

/// The file that a job wrote.
#[utoipa::path(get, path = "/api/jobs/{job}/file", tag = "jobs", params(("job" = String, Path, description = "Id")),
    responses((status = 200, description = "The file", content((Value = "application/geo+json"), (String = "text/csv"), (String = "text/html"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), (Vec<u8> = "application/vnd.google-earth.kml+xml"), (Vec<u8> = "application/geopackage+sqlite3"), (Vec<u8> = "application/flatgeobuf"), (Vec<u8> = "application/zip"), (Vec<u8> = "application/vnd.pmtiles"), (Vec<u8> = "image/tiff"))), (status = 304, description = "The asker has it"), (status = 404, description = "No such job, or it wrote no file (yet)", body = Problem)))]
async fn file(State(service): State<Service>, headers: HeaderMap, Path(id): Path<String>) -> Result<Response, Problem> {
    let job = service.store.job(&id).await?;
    let written = job.result.as_ref().map(|result| result["written"].clone());
    let written: WrittenFile = written
        .and_then(|written| serde_json::from_value(written).ok())
        .ok_or_else(|| Problem::not_found("tệp kết quả", "file of the job", &id))?;
    let artefacts = service.store.artefacts().clone();
    let WrittenFile { file, media_type } = written;
    let (etag, disposition) = (
        format!("\"{}\"", file.hash),
        format!("attachment; filename=\"{}\"", file.name),
    );
    let bytes = blocking(move || Ok(artefacts.read(&file)?)).await?;
    let mut response = immutable(&headers, &etag, "application/octet-stream", || bytes);
    if response.status().is_success() {
        let answer = [
            (header::CONTENT_TYPE, media_type),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        response = (answer, response).into_response();
    }
    Ok(response)
}
