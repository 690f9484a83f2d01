//! Reports of people on the ground on the signal at a place, and the settings a project's planners start from.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{NewSignalReport, SignalReport};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Body, Path, Query};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, send))
        .routes(routes!(settings, set_settings))
}

/// Most reports of one answer.
const MOST_REPORTS: i64 = 1000;
/// Longest text of one field, characters.
const LONGEST_TEXT: usize = 500;
/// Largest settings document, bytes.
const LARGEST_SETTINGS: usize = 64 << 10;

/// How the signal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// None at all.
    NoSignal,
    /// Weak, comes and goes.
    Weak,
    /// Calls work, data does not.
    NoData,
    /// As it should be.
    Good,
}

/// A report on the signal at a place.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "7d1c9b52-0f0e-4c53-9d3b-2a6c1e5f8a10", "place_name": "Thôn Đông Trinh", "position": [105.93, 18.31], "finding": "weak", "operators": ["Viettel"], "download_mbps": 1.2, "observed_at": "2026-03-02T08:30:00+07:00"}))]
pub struct NewReport {
    /// Made by whoever reports (8 to 64 letters, digits, hyphens): the same id twice is one report.
    id: String,
    /// Code of the place, where it is known.
    #[serde(default)]
    place_code: Option<String>,
    /// Name of the place.
    place_name: String,
    /// Longitude, latitude in degrees.
    #[serde(default)]
    #[schema(min_items = 2, max_items = 2)]
    position: Option<[f64; 2]>,
    finding: Finding,
    /// Operators that it is about; empty where it is about all.
    #[serde(default)]
    operators: Vec<String>,
    /// Measured download speed, Mbit/s.
    #[serde(default)]
    download_mbps: Option<f64>,
    #[serde(default)]
    note: String,
    /// When it was seen: RFC 3339.
    observed_at: String,
}

impl NewReport {
    fn check(&self) -> Result<(), Problem> {
        let wrong = |field: &str, vi: &str, en: &str| Err(Problem::new(422, "bad_report", vi, en).at(field));
        let is_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        if !(8..=64).contains(&self.id.len()) || !self.id.chars().all(is_id) {
            return wrong(
                "id",
                "mã phản ánh cần 8 đến 64 chữ, số, gạch nối",
                "the id needs 8 to 64 letters, digits, hyphens",
            );
        }
        let texts = [
            Some(&self.place_name),
            self.place_code.as_ref(),
            Some(&self.note),
            Some(&self.observed_at),
        ];
        let longest = texts
            .into_iter()
            .flatten()
            .chain(&self.operators)
            .map(|text| text.chars().count())
            .max();
        if longest.unwrap_or(0) > LONGEST_TEXT || self.operators.len() > 20 {
            return wrong(
                "note",
                "phản ánh quá dài: mỗi ô nhiều nhất 500 ký tự",
                "the report is too long: at most 500 characters a field",
            );
        }
        if self.place_name.trim().is_empty() {
            return wrong("place_name", "cần tên thôn", "the place's name is missing");
        }
        if self.observed_at.parse::<jiff::Timestamp>().is_err() {
            return wrong("observed_at", "thời điểm không đọc được", "the time cannot be read");
        }
        if self
            .position
            .is_some_and(|[lon, lat]| !(lon.abs() <= 180.0 && lat.abs() <= 90.0))
        {
            return wrong("position", "vị trí nằm ngoài Trái Đất", "the position is not on Earth");
        }
        if self
            .download_mbps
            .is_some_and(|speed| !(0.0..=100_000.0).contains(&speed))
        {
            return wrong(
                "download_mbps",
                "tốc độ cần từ 0 đến 100.000 Mbit/s",
                "the speed must be 0 to 100,000 Mbit/s",
            );
        }
        Ok(())
    }
}

fn shown(report: &SignalReport) -> Result<Value, Problem> {
    let mut content: Value = serde_json::from_str(&report.content)?;
    if let Value::Object(members) = &mut content {
        members.insert("who".to_owned(), json!(report.who));
        members.insert("received_at".to_owned(), json!(report.received_at));
    }
    Ok(content)
}

/// Takes a report; one that was taken before is answered as it was.
#[utoipa::path(post, path = "/api/projects/{project}/signal-reports", tag = "reports", params(("project" = String, Path, description = "Id or name")), request_body = NewReport,
    responses((status = 201, description = "The report", body = Value), (status = 200, description = "Taken before", body = Value), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn send(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Body(report): Body<NewReport>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let project = service.store.project(&project).await?;
    report.check()?;
    let content = serde_json::to_string(&report)?;
    let new = NewSignalReport {
        id: &report.id,
        project: &project.id,
        place_code: report.place_code.as_deref(),
        content: &content,
        who: asker.who(),
    };
    let (kept, is_new) = service.store.keep_signal_report(new).await?;
    if is_new {
        let details = json!({ "finding": report.finding, "download_mbps": report.download_mbps });
        let subject = report.place_code.as_deref().unwrap_or(&report.place_name);
        asker
            .note(&service, "signal.report", Some(&project.id), subject, details)
            .await?;
    }
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(shown(&kept)?)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    /// Only reports on this place.
    place: Option<String>,
}

/// Reports, the newest first: all for the department, for others those that they sent.
#[utoipa::path(get, path = "/api/projects/{project}/signal-reports", tag = "reports", params(("project" = String, Path, description = "Id or name"), ListParameters),
    responses((status = 200, description = "{reports}", body = Value), (status = 404, body = Problem)))]
async fn list(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Query(parameters): Query<ListParameters>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    let own = (!asker.viewer().is_department()).then(|| asker.who());
    let reports = service
        .store
        .signal_reports(&project.id, parameters.place.as_deref(), own, MOST_REPORTS)
        .await?;
    let reports: Vec<Value> = reports.iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Json(json!({ "reports": reports })))
}

/// What the forms of a project start from.
#[utoipa::path(get, path = "/api/projects/{project}/settings", tag = "projects", params(("project" = String, Path, description = "Id or name")),
    responses((status = 200, description = "{coverage, costs, usual_costs, usual_templates}: what was set, empty where nothing was, and the costs and radio templates that ship", body = Value), (status = 404, body = Problem)))]
async fn settings(State(service): State<Service>, Path(project): Path<String>) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    let kept = service.store.project_settings(&project.id).await?;
    let own: Value = kept.map_or_else(
        || Ok(json!({ "coverage": {}, "costs": {} })),
        |text| serde_json::from_str(&text),
    )?;
    let usual = planner::CostModel::shipped().map_err(|error| Problem::internal(&error))?;
    Ok(Json(
        json!({ "coverage": own["coverage"], "costs": own["costs"], "usual_costs": usual, "usual_templates": geodata::templates::templates().radio }),
    ))
}

/// The settings of a project; what is in them is checked where it is used, by the runs.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"coverage": {"zoom": 12, "load": 0.5}, "costs": {}}))]
pub struct ProjectSettings {
    /// Parameters of a coverage run that differ from the usual.
    #[serde(default)]
    coverage: serde_json::Map<String, Value>,
    /// Costs that differ from those that ship.
    #[serde(default)]
    costs: serde_json::Map<String, Value>,
}

/// Replaces the settings.
#[utoipa::path(put, path = "/api/projects/{project}/settings", tag = "projects", params(("project" = String, Path, description = "Id or name")), request_body = ProjectSettings,
    responses((status = 200, description = "As they are kept", body = Value), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn set_settings(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Body(settings): Body<ProjectSettings>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    let text = serde_json::to_string(&settings)?;
    if text.len() > LARGEST_SETTINGS {
        return Err(Problem::new(
            422,
            "settings_too_large",
            "cài đặt quá dài: nhiều nhất 64 kB",
            "the settings are too long: at most 64 kB",
        ));
    }
    service.store.set_project_settings(&project.id, &text).await?;
    let details = json!({ "coverage": settings.coverage.len(), "costs": settings.costs.len() });
    asker
        .note(&service, "settings.change", Some(&project.id), &project.name, details)
        .await?;
    Ok(Json(serde_json::to_value(settings)?))
}
