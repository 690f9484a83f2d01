//! The documents: those that ship, and a project's own made from copies.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Chosen, note, value};
use crate::http::access::Asker;
use crate::http::answers::{Body, Path};
use crate::work::programme::{self, DocumentForm, Found};
use crate::{FieldProblem, Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(shipped))
        .routes(routes!(schema))
        .routes(routes!(list, create))
        .routes(routes!(check))
        .routes(routes!(show, change, remove))
}

/// A programme in a list.
#[derive(Debug, Serialize, ToSchema)]
struct ProgrammeRow {
    key: String,
    title_vi: String,
    title_en: String,
    /// Number of the document.
    document: String,
    /// Whether it is the project's own.
    own: bool,
    /// Key of the programme that it was copied from.
    based_on: Option<String>,
    /// RFC 3339, UTC; null for those that ship.
    changed_at: Option<String>,
}

impl From<Found> for ProgrammeRow {
    fn from(found: Found) -> Self {
        Self {
            key: found.programme.key,
            title_vi: found.programme.title_vi,
            title_en: found.programme.title_en,
            document: found.programme.document.number,
            own: found.own.is_some(),
            changed_at: found.own.as_ref().map(|own| own.changed_at.clone()),
            based_on: found.own.and_then(|own| own.based_on),
        }
    }
}

/// A programme with its document.
#[derive(Debug, Serialize, ToSchema)]
struct ProgrammeView {
    key: String,
    /// Whether it is the project's own.
    own: bool,
    /// The document as TOML.
    text: String,
    /// The document as JSON, as in the schema.
    programme: Value,
    /// Key of the programme that it was copied from.
    based_on: Option<String>,
    /// RFC 3339, UTC; null for those that ship.
    changed_at: Option<String>,
}

fn view(found: Found) -> Result<ProgrammeView, Problem> {
    Ok(ProgrammeView {
        key: found.programme.key.clone(),
        own: found.own.is_some(),
        programme: value(&found.programme)?,
        text: found.text,
        changed_at: found.own.as_ref().map(|own| own.changed_at.clone()),
        based_on: found.own.and_then(|own| own.based_on),
    })
}

/// What a copy is made from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"copy_of": "ha-tinh-529", "key": "ha-tinh-2027", "title_vi": "Kế hoạch 2027"}))]
struct NewProgramme {
    /// Key of the programme to copy.
    copy_of: String,
    /// Key of the copy: lower-case letters, digits and hyphens.
    key: String,
    /// Title in Vietnamese; that of the original when absent.
    title_vi: Option<String>,
    /// Title in English; that of the original when absent.
    title_en: Option<String>,
}

/// A document: TOML text or JSON, one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"text": "key = \"ha-tinh-2027\"\ntitle_vi = \"Kế hoạch 2027\"\n…"}))]
#[serde(untagged, expecting = "exactly one of `text` (TOML) and `programme` (JSON)")]
enum DocumentBody {
    Text(TomlDocument),
    Programme(JsonDocument),
}

/// A document as text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TomlDocument {
    /// The document as TOML.
    text: String,
}

/// A document as JSON.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JsonDocument {
    /// As in the schema under `/api/programmes/schema.json`.
    programme: Map<String, Value>,
}

impl From<DocumentBody> for DocumentForm {
    fn from(body: DocumentBody) -> Self {
        match body {
            DocumentBody::Text(document) => Self::Toml(document.text),
            DocumentBody::Programme(document) => Self::Json(document.programme.into()),
        }
    }
}

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
struct Checked {
    valid: bool,
    problems: Vec<FieldProblem>,
}

/// The programmes that ship with the program.
#[utoipa::path(get, path = "/api/programmes", tag = "programmes", responses((status = 200, body = [Value], description = "[{key, title_vi, title_en, document}]")))]
async fn shipped() -> Result<Json<Value>, Problem> {
    let mut rows = Vec::new();
    for key in ::programme::library::keys() {
        let programme = ::programme::library::programme(key)?;
        rows.push(json!({
            "key": programme.key, "title_vi": programme.title_vi, "title_en": programme.title_en,
            "document": programme.document.number,
        }));
    }
    Ok(Json(Value::Array(rows)))
}

/// The JSON Schema of a programme's document.
#[utoipa::path(get, path = "/api/programmes/schema.json", tag = "programmes", responses((status = 200, description = "JSON Schema 2020-12", body = Value)))]
async fn schema() -> Json<Value> {
    Json(::programme::programme_schema())
}

/// The programmes of a project: those that ship and its own.
#[utoipa::path(get, path = "/api/projects/{project}/programmes", tag = "programmes", params(("project" = String, Path, description = "Id or name")),
    responses((status = 200, body = [ProgrammeRow]), (status = 404, body = Problem)))]
async fn list(State(service): State<Service>, Path(project): Path<String>) -> Result<Json<Vec<ProgrammeRow>>, Problem> {
    let project = service.store.project(&project).await?.id;
    let all = programme::list(&service.store, &project).await?;
    Ok(Json(all.into_iter().map(ProgrammeRow::from).collect()))
}

/// Makes a programme of the project's own from a copy.
#[utoipa::path(post, path = "/api/projects/{project}/programmes", tag = "programmes", params(("project" = String, Path, description = "Id or name")),
    request_body = NewProgramme, responses((status = 201, body = ProgrammeView), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "The key is taken", body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Body(new): Body<NewProgramme>,
) -> Result<Response, Problem> {
    let project = service.store.project(&project).await?.id;
    let titles = [new.title_vi.as_deref(), new.title_en.as_deref()];
    let found = programme::create(&service.store, &project, &new.copy_of, &new.key, titles).await?;
    note(&asker, &service, "programme.create", &project, &new.key).await?;
    let location = format!("/api/projects/{project}/programmes/{}", new.key);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(view(found)?)).into_response())
}

/// Checks a document without storing it.
#[utoipa::path(post, path = "/api/projects/{project}/programmes/check", tag = "programmes", params(("project" = String, Path, description = "Id or name")),
    request_body = DocumentBody, responses((status = 200, body = Checked), (status = 400, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn check(
    State(service): State<Service>,
    Path(project): Path<String>,
    Body(body): Body<DocumentBody>,
) -> Result<Json<Checked>, Problem> {
    service.store.project(&project).await?;
    match programme::check(body.into()) {
        Ok(_) => Ok(Json(Checked {
            valid: true,
            problems: Vec::new(),
        })),
        Err(problem) if problem.code == "invalid_programme" => Ok(Json(Checked {
            valid: false,
            problems: problem.problems,
        })),
        Err(problem) => Err(problem),
    }
}

/// One programme with its document.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    responses((status = 200, body = ProgrammeView), (status = 404, body = Problem)))]
async fn show(
    State(service): State<Service>,
    Path((project, key)): Path<(String, String)>,
) -> Result<Json<ProgrammeView>, Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    view(chosen.found).map(Json)
}

/// Replaces the document of one of the project's own programmes.
#[utoipa::path(put, path = "/api/projects/{project}/programmes/{key}", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    request_body = DocumentBody, responses((status = 200, body = ProgrammeView), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "It ships with the program", body = Problem), (status = 422, description = "`problems` names line and field", body = Problem)))]
async fn change(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Body(body): Body<DocumentBody>,
) -> Result<Json<ProgrammeView>, Problem> {
    let project = service.store.project(&project).await?.id;
    let found = programme::change(&service.store, &project, &key, body.into()).await?;
    note(&asker, &service, "programme.change", &project, &key).await?;
    view(found).map(Json)
}

/// Deletes one of the project's own programmes with its journal.
#[utoipa::path(delete, path = "/api/projects/{project}/programmes/{key}", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn remove(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let project = service.store.project(&project).await?.id;
    programme::remove(&service.store, &project, &key).await?;
    note(&asker, &service, "programme.delete", &project, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
