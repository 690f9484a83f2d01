//! Uploads: streamed to disk, checked, reported, committed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use geodata::{DatasetKind, ImportReport, InputFile};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{ImportStatus, StagedImport, Viewer};
use tokio::io::AsyncWriteExt;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Path, Query};
use super::bodies::UploadBody;
use super::projects::{DatasetView, kind_word};
use crate::work::difference::Counts;
use crate::work::import::{self, Details, ImportOptions, kind_of, named_input};
use crate::work::import_job;
use crate::work::{Progress, Stage};
use crate::{JobRequest, Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(upload, list))
        .layer(DefaultBodyLimit::disable())
        .routes(routes!(show, discard))
        .routes(routes!(commit))
}

/// Largest table or vector file; what is larger is refused while it arrives.
const VECTOR_FILE_BYTES: u64 = 128 << 20;
/// Largest raster file.
const RASTER_FILE_BYTES: u64 = 4 << 30;
/// Most files of one upload.
const MOST_FILES: usize = 200;

/// How the uploaded files are to be read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadParameters {
    /// sites, areas, zones, places, terrain, landcover, population, measurements, …
    #[param(
        pattern = "^(sites|areas|zones|places|terrain|land_?cover|population|measurements|poles|roads|power_lines|fibre_lines|figures|crosswalk)$"
    )]
    kind: String,
    /// EPSG code of the coordinates, where the file does not say.
    epsg: Option<u32>,
    /// Whose list it is, where it has no such column.
    operator: Option<String>,
    /// Of terrain: the rasters measure roofs and tree tops and not the bare earth; no clutter is added to them.
    surface: Option<bool>,
    /// Name of the province, for its central meridian, where the data do not say.
    province: Option<String>,
    /// Check the files in the background: the answer is a job, whose progress can be watched and which can be cancelled. An operator
    /// knows of its own jobs alone.
    as_job: Option<bool>,
}

/// What an upload holds.
struct Received {
    files: Vec<InputFile>,
    /// Headers that are corrected with the upload.
    columns: Option<BTreeMap<String, Option<String>>>,
}

/// An import with its report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportView {
    id: String,
    kind: String,
    /// awaiting_commit, committed or discarded.
    #[schema(value_type = String)]
    status: ImportStatus,
    files: Vec<String>,
    created_at: String,
    /// Rows in, accepted, repaired, rejected; how coordinates were understood; every row.
    #[schema(value_type = Object)]
    report: ImportReport,
    /// How the files were read: coordinate system, operator, province, corrected columns, decisions on rows.
    #[schema(value_type = Object)]
    options: ImportOptions,
    /// What a commit would change: added, moved, changed, removed, unchanged; null for rasters.
    #[schema(value_type = Option<Object>)]
    difference: Option<Counts>,
}

/// The import with its whole report.
pub async fn view_of(service: &Service, import: &StagedImport) -> Result<ImportView, Problem> {
    let report = import::report(&service.store, import).await?;
    Ok(view(import, report, import::details(&service.store, import).await?))
}

fn view(import: &StagedImport, report: ImportReport, details: Details) -> ImportView {
    ImportView {
        options: details.options,
        difference: details.difference,
        id: import.id.clone(),
        kind: kind_word(&import.kind).to_owned(),
        status: import.status,
        files: import.files.iter().map(|file| file.name.clone()).collect(),
        created_at: import.created_at.clone(),
        report,
    }
}

/// A folder for one upload, removed with everything in it when the request is over, however it ends.
struct UploadFolder(PathBuf);

impl Drop for UploadFolder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "an upload's folder could not be removed");
        }
    }
}

/// Uploads files and checks them; nothing changes until the commit.
#[utoipa::path(post, path = "/api/projects/{project}/imports", tag = "imports",
    params(("project" = String, Path, description = "Id or name"), UploadParameters),
    request_body(content_type = "multipart/form-data", content = UploadBody, description = "One or more parts named `file`"),
    responses((status = 201, body = ImportView), (status = 202, description = "With as_job: the job; its result names the import", body = Value), (status = 413, description = "A file is too large", body = Problem),
        (status = 422, description = "A file is refused as a whole", body = Problem)))]
async fn upload(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Query(parameters): Query<UploadParameters>,
    multipart: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Response, Problem> {
    let kind = kind_of(&parameters.kind)?;
    if !asker.viewer().is_department() && kind != DatasetKind::Sites {
        return Err(Problem::new(
            403,
            "not_allowed",
            "nhà mạng chỉ gửi danh sách trạm của mình",
            "an operator sends its own site list and nothing else",
        ));
    }
    let project = service.store.project(&project).await?;
    let multipart = multipart.map_err(|rejection| {
        let text = rejection.body_text();
        Problem::new(
            rejection.status().as_u16(),
            "bad_upload",
            format!("yêu cầu tải lên không hợp lệ: {text}"),
            text,
        )
    })?;
    let folder = UploadFolder(
        service
            .store
            .artefacts()
            .incoming()
            .join(uuid::Uuid::now_v7().simple().to_string()),
    );
    tokio::fs::create_dir_all(&folder.0).await?;
    let received = receive(multipart, &folder, kind).await?;
    let sender = match asker.viewer() {
        Viewer::Operator(own) => Some(own.clone()),
        _ => None,
    };
    let columns = match received.columns {
        Some(columns) => columns,
        None => import::remembered_columns(&service.store, &project.id, kind, sender.as_deref()).await?,
    };
    let options = ImportOptions {
        epsg: parameters.epsg,
        operator: sender.clone().or(parameters.operator),
        province: parameters.province,
        columns,
        decisions: Vec::new(),
        sender,
        surface: parameters.surface.unwrap_or(false),
    };
    if parameters.as_job == Some(true) {
        let kept = import_job::keep_files(&service.store, kind, received.files, options).await?;
        let job = service
            .jobs
            .submit(Some(&project.id), &JobRequest::Import(kept), asker.who())
            .await?;
        return Ok(super::jobs::accepted(&job));
    }
    // Whoever goes away while the files are checked stops the work.
    let hearer = WhileHeard::default();
    let _leave = hearer.stop_when_dropped();
    let checked = import::check(
        &service.store,
        Some(&project.id),
        kind,
        received.files,
        options,
        Arc::new(hearer.clone()),
    )
    .await?;
    let staged = import::stage(&service.store, &project.id, checked).await?;
    note(&service, &asker, "import.upload", &project.id, &staged.id, &staged).await?;
    let location = format!("/api/projects/{}/imports/{}", project.id, staged.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(view_of(&service, &staged).await?),
    )
        .into_response())
}

/// Goes on with work as long as somebody waits for its answer.
#[derive(Debug, Clone, Default)]
struct WhileHeard(Arc<AtomicBool>);

impl WhileHeard {
    fn stop_when_dropped(&self) -> Leave {
        Leave(Arc::clone(&self.0))
    }
}

impl Progress for WhileHeard {
    fn report(&self, _fraction: f64, _stage: Stage) {}

    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Says on its way out that nobody waits any more.
struct Leave(Arc<AtomicBool>);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

async fn receive(mut multipart: Multipart, folder: &UploadFolder, kind: DatasetKind) -> Result<Received, Problem> {
    let mut columns = None;
    let mut files: Vec<InputFile> = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(|error| broken_upload(&error))? {
        let name = match (field.name(), field.file_name()) {
            (Some("file"), Some(name)) => name.to_owned(),
            (Some("columns"), _) => {
                columns = Some(corrected_columns(field).await?);
                continue;
            }
            // A form's file field that was left empty.
            (Some("file"), None) => continue,
            (other, _) => return Err(unknown_part(other.unwrap_or_default())),
        };
        if files.len() >= MOST_FILES {
            return Err(Problem::new(
                413,
                "too_many_files",
                format!("quá {MOST_FILES} tệp trong một lần tải"),
                format!("more than {MOST_FILES} files in one upload"),
            ));
        }
        // Two files of one name each get a folder of their own.
        let own = folder.0.join(files.len().to_string());
        tokio::fs::create_dir(&own).await?;
        let (name, path) = named_input(&own, &name);
        save(field, &name, &path, limit(kind)).await?;
        files.push(InputFile { name, path });
    }
    Ok(Received { files, columns })
}

fn unknown_part(name: &str) -> Problem {
    Problem::bad_parameter(
        "file",
        format!("không có phần «{name}» trong một lần tải lên; dùng file và columns"),
        format!("an upload has no part {name:?}; use file and columns"),
    )
}

/// The part `columns`: a small JSON object, header → field or null.
async fn corrected_columns(mut field: Field<'_>) -> Result<BTreeMap<String, Option<String>>, Problem> {
    const MOST_BYTES: usize = 64 << 10;
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| broken_upload(&error))? {
        bytes.extend(&chunk);
        if bytes.len() > MOST_BYTES {
            return Err(
                Problem::bad_parameter("columns", "ánh xạ cột quá dài", "the mapping of columns is too long")
                    .well_formed(),
            );
        }
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        Problem::bad_parameter(
            "columns",
            format!("ánh xạ cột không hợp lệ: {error}"),
            format!("the mapping of columns is not valid: {error}"),
        )
        .well_formed()
    })
}

fn limit(kind: DatasetKind) -> u64 {
    if kind.is_raster() || kind == DatasetKind::LandCover {
        RASTER_FILE_BYTES
    } else {
        VECTOR_FILE_BYTES
    }
}

async fn save(mut field: Field<'_>, name: &str, path: &std::path::Path, most_bytes: u64) -> Result<(), Problem> {
    let mut file = tokio::fs::File::create_new(path).await?;
    let mut bytes = 0;
    while let Some(chunk) = field.chunk().await.map_err(|error| broken_upload(&error))? {
        bytes += chunk.len() as u64;
        if bytes > most_bytes {
            return Err(too_large(name, most_bytes));
        }
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    if bytes == 0 {
        return Err(Problem::new(
            422,
            "empty_file",
            format!("tệp «{name}» trống"),
            format!("the file {name:?} is empty"),
        )
        .at(name));
    }
    Ok(())
}

fn too_large(name: &str, most_bytes: u64) -> Problem {
    let megabytes = most_bytes >> 20;
    Problem::new(
        413,
        "file_too_large",
        format!("tệp «{name}» lớn hơn {megabytes} MB"),
        format!("the file {name:?} is larger than {megabytes} MB"),
    )
    .at(name)
    .advise(
        "Chia tệp thành nhiều phần rồi tải lên từng phần.",
        "Split the file and upload the parts.",
    )
}

fn broken_upload(error: &MultipartError) -> Problem {
    let text = error.body_text();
    Problem::new(
        error.status().as_u16(),
        "broken_upload",
        format!("tải lên bị ngắt: {text}"),
        format!("the upload broke off: {text}"),
    )
}

async fn note(
    service: &Service,
    asker: &Asker,
    action: &str,
    project: &str,
    subject: &str,
    import: &StagedImport,
) -> Result<(), Problem> {
    let hashes: Vec<&str> = import.files.iter().map(|file| file.hash.as_str()).collect();
    let details = json!({ "kind": import.kind, "files": hashes });
    asker.note(service, action, Some(project), subject, details).await
}

/// The imports of a project, the newest first.
#[utoipa::path(get, path = "/api/projects/{project}/imports", tag = "imports", params(("project" = String, Path, description = "Id or name")),
    responses((status = 200, body = [ImportView]), (status = 404, body = Problem)))]
async fn list(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
) -> Result<Json<Vec<ImportView>>, Problem> {
    let id = service.store.project(&project).await?.id;
    let mut views = Vec::new();
    for staged in service.store.imports(asker.viewer(), &id).await? {
        // A list is for choosing: the rows of each report come with the import itself.
        let report = ImportReport {
            rows: Vec::new(),
            ..import::report(&service.store, &staged).await?
        };
        let details = import::details(&service.store, &staged).await?;
        views.push(view(&staged, report, details));
    }
    Ok(Json(views))
}

/// One import with its report.
#[utoipa::path(get, path = "/api/projects/{project}/imports/{import}", tag = "imports",
    params(("project" = String, Path, description = "Id or name"), ("import" = String, Path, description = "Id")),
    responses((status = 200, body = ImportView), (status = 404, body = Problem)))]
async fn show(
    State(service): State<Service>,
    asker: Asker,
    Path((project, id)): Path<(String, String)>,
) -> Result<Json<ImportView>, Problem> {
    let project = service.store.project(&project).await?;
    let staged = service.store.import_for(asker.viewer(), &project.id, &id).await?;
    Ok(Json(view_of(&service, &staged).await?))
}

/// Makes an import part of the project.
#[utoipa::path(post, path = "/api/projects/{project}/imports/{import}/commit", tag = "imports",
    params(("project" = String, Path, description = "Id or name"), ("import" = String, Path, description = "Id")),
    responses((status = 200, description = "The dataset version", body = Value), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn commit(
    State(service): State<Service>,
    asker: Asker,
    Path((project, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    let dataset = import::commit(&service.store, &project.id, &id).await?;
    let staged = service.store.import(&project.id, &id).await?;
    note(
        &service,
        &asker,
        "import.commit",
        &project.id,
        &dataset.content_hash,
        &staged,
    )
    .await?;
    Ok(Json(json!({ "dataset": DatasetView::from(&dataset) })))
}

/// Throws an import away.
#[utoipa::path(delete, path = "/api/projects/{project}/imports/{import}", tag = "imports",
    params(("project" = String, Path, description = "Id or name"), ("import" = String, Path, description = "Id")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn discard(
    State(service): State<Service>,
    asker: Asker,
    Path((project, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let project = service.store.project(&project).await?;
    let staged = service.store.import_for(asker.viewer(), &project.id, &id).await?;
    service.store.discard_import(asker.viewer(), &project.id, &id).await?;
    note(&service, &asker, "import.discard", &project.id, &staged.id, &staged).await?;
    Ok(StatusCode::NO_CONTENT)
}
