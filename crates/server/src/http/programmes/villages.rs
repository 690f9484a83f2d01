//! The village decision table and its rules.

use std::collections::BTreeMap;

use ::programme::villages::{VillageRow, read_rules, rules_text};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use geodata::Technology;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{files, language, note, value};
use crate::http::access::Asker;
use crate::http::answers::{Body, Path, Query};
use crate::work::programme::{self, Journal, kinds};
use crate::work::results;
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(decisions))
        .routes(routes!(rules, change, remove))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Parameters {
    /// Coverage run; the newest when absent.
    run: Option<String>,
    /// Technologies of which one is enough, with commas between; 4g,5g when absent.
    #[param(pattern = "^([2-5]g(,[2-5]g)*)?$")]
    technologies: Option<String>,
    /// json (default), csv, xlsx or geojson.
    #[param(pattern = "^(json|csv|xlsx|geojson)?$")]
    format: Option<String>,
    /// vi (default) or en, of a file.
    #[param(pattern = "^(vi|en)?$")]
    lang: Option<String>,
}

/// Every village with its class, who pays and what is proposed.
#[utoipa::path(get, path = "/api/projects/{project}/village-decisions", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), Parameters),
    responses((status = 200, description = "{run, rows, totals}, or the file", content((Value = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Value = "application/geo+json"))), (status = 304, description = "The asker has it"),
        (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, description = "No coverage run yet", body = Problem)))]
async fn decisions(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: axum::http::HeaderMap,
) -> Result<Response, Problem> {
    let language = language(parameters.lang.as_deref())?;
    let words = parameters.technologies.as_deref().filter(|words| !words.is_empty());
    let technologies: Vec<Technology> = words
        .unwrap_or("4g,5g")
        .split(',')
        .map(results::technology)
        .collect::<Result<_, _>>()?;
    let project = service.store.project(&project).await?.id;
    let run = parameters.run.as_deref().filter(|run| !run.is_empty());
    let (rows, loaded) =
        programme::village_decisions(&service.store, &project, run, technologies, asker.viewer()).await?;
    match parameters.format.as_deref() {
        None | Some("" | "json") => {
            let names: BTreeMap<&str, &str> = loaded
                .facts
                .communes
                .iter()
                .map(|area| (area.code.as_str(), area.name.as_str()))
                .collect();
            let shown = rows
                .iter()
                .map(|row| row_of(row, &names))
                .collect::<Result<Vec<_>, _>>()?;
            let run = loaded.run.as_ref().map(|run| run.id.as_str());
            Ok(
                Json(json!({ "run": run, "stale": loaded.stale, "rows": shown, "totals": totals(&rows) }))
                    .into_response(),
            )
        }
        Some(format) => {
            let file = programme::village_file(&rows, &loaded, language, format)?;
            files::send(
                &asker,
                &service,
                &project,
                "programme.villages_file",
                "villages",
                &headers,
                file,
            )
            .await
        }
    }
}

fn row_of(row: &VillageRow, communes: &BTreeMap<&str, &str>) -> Result<Value, Problem> {
    let mut shown = value(row)?;
    shown["position"] = json!([row.position.lon_deg, row.position.lat_deg]);
    shown["commune"] = json!(row.commune_code.as_deref().and_then(|code| communes.get(code)));
    Ok(shown)
}

/// Villages and people by class and rule.
fn totals(rows: &[VillageRow]) -> Vec<Value> {
    let mut groups: BTreeMap<_, (usize, f64, &VillageRow)> = BTreeMap::new();
    for row in rows {
        let group = groups.entry((row.class, row.rule.as_deref())).or_insert((0, 0.0, row));
        group.0 += 1;
        group.1 += row.population.unwrap_or_default();
    }
    groups
        .into_iter()
        .map(|((class, rule), (villages, people, first))| {
            json!({
                "class": class, "rule": rule, "route_vi": first.route_vi, "route_en": first.route_en,
                "action": first.action, "villages": villages, "people": people,
            })
        })
        .collect()
}

/// The rules of the project: its own, else those that ship.
#[utoipa::path(get, path = "/api/projects/{project}/village-rules", tag = "programmes", params(("project" = String, Path, description = "Id or name")),
    responses((status = 200, description = "{text, rules, own}", body = Value), (status = 404, body = Problem)))]
async fn rules(State(service): State<Service>, Path(project): Path<String>) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?.id;
    shown(&service, &project).await
}

async fn shown(service: &Service, project: &str) -> Result<Json<Value>, Problem> {
    let (text, rules, own) = programme::village_rules(&service.store, project).await?;
    Ok(Json(json!({ "text": text, "rules": value(&rules)?, "own": own })))
}

/// Rules: TOML text or a list, one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"text": "[[rules]]\nid = \"served\"\nclass = [\"served\"]\nroute_vi = \"Không cần đầu tư thêm\"\nroute_en = \"nothing to do\"\naction = \"none\"\nsource = { mark = \"R\", text = \"quy ước\" }\n"}))]
#[serde(untagged, expecting = "exactly one of `text` (TOML) and `rules` (a list)")]
enum RulesBody {
    Text(RulesText),
    Rules(RulesList),
}

/// Rules as text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesText {
    /// The rules as TOML.
    text: String,
}

/// Rules as a list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesList {
    /// The rules, in the order in which they are tried.
    rules: Vec<Map<String, Value>>,
}

/// Gives the project rules of its own; the first that fits a village counts.
#[utoipa::path(put, path = "/api/projects/{project}/village-rules", tag = "programmes", params(("project" = String, Path, description = "Id or name")),
    request_body = RulesBody, responses((status = 200, description = "{text, rules, own}", body = Value), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 422, description = "`problems` names line and field", body = Problem)))]
async fn change(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Body(body): Body<RulesBody>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?.id;
    let text = match body {
        RulesBody::Text(body) => body.text,
        RulesBody::Rules(body) => rules_text(body.rules.into_iter().map(Value::Object).collect())?,
    };
    read_rules(&text)?;
    write(&asker, &service, &project, json!({ "text": text })).await?;
    shown(&service, &project).await
}

/// Goes back to the rules that ship.
#[utoipa::path(delete, path = "/api/projects/{project}/village-rules", tag = "programmes", params(("project" = String, Path, description = "Id or name")),
    responses((status = 204), (status = 404, body = Problem)))]
async fn remove(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
) -> Result<StatusCode, Problem> {
    let project = service.store.project(&project).await?.id;
    write(&asker, &service, &project, json!({ "text": null })).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn write(asker: &Asker, service: &Service, project: &str, document: Value) -> Result<(), Problem> {
    let journal = Journal {
        store: &service.store,
        project,
        programme: "",
        viewer: asker.viewer().clone(),
        who: asker.who(),
    };
    journal.write(kinds::VILLAGE_RULES, "rules", None, document).await?;
    note(asker, service, "programme.village_rules", project, "rules").await
}
