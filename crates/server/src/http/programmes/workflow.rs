//! The workflow: quotas, due dates, operators' lists, sites from plan to air, calls with their answers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use geodata::Records;
use geodesy::LonLat;
use jiff::civil::Date;
use programme::annual_plan::Work;
use programme::workflow::{Answer, AnswerKind, Call, CallKind, PlannedSite, Stage, StageEvent, stages};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Chosen, When, note, said, speaks_for, value};
use crate::http::access::Asker;
use crate::http::answers::{Body, Path, Query};
use crate::work::programme::{self as work, SiteList, kinds};
use crate::work::{blocking, records};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(overview))
        .routes(routes!(submit))
        .routes(routes!(hand_in))
        .routes(routes!(hand_in_import))
        .routes(routes!(sites))
        .routes(routes!(stage))
        .routes(routes!(calls, call))
        .routes(routes!(answer))
}

/// Quotas, deliveries, lists with findings, conflicts, stages, plan against built.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/workflow", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme"), When),
    responses((status = 200, description = "{quotas, deliveries, lists, together, conflicts, stages, against_built}", body = Value),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn overview(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Query(when): Query<When>,
) -> Result<Json<Value>, Problem> {
    let today = when.today()?;
    let chosen = Chosen::of(&service, &project, &key).await?;
    work::workflow(&service.store, &chosen.project, &chosen.found, today, asker.viewer())
        .await
        .map(Json)
}

/// A deliverable handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"deliverable": "operator_lists", "who": "Viettel", "date": "2026-10-14"}))]
struct NewSubmission {
    /// Deliverable's id.
    deliverable: String,
    /// An operator's name, or the actor's key.
    #[schema(min_length = 1, max_length = 2000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    who: String,
    /// Day of receipt.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// A remark.
    #[serde(default)]
    note: String,
}

/// Notes the receipt of a deliverable.
#[utoipa::path(post, path = "/api/projects/{project}/programmes/{key}/submissions", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    request_body = NewSubmission, responses((status = 201, description = "The entry", body = Value), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn submit(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Body(new): Body<NewSubmission>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    let mut deliverables = chosen.found.programme.deliverables.iter();
    if !deliverables.any(|one| one.id == new.deliverable) {
        return Err(Problem::not_found("việc phải nộp", "deliverable", &new.deliverable));
    }
    said("who", &new.who)?;
    let document = json!({ "deliverable": new.deliverable, "who": new.who, "date": new.date, "note": new.note });
    let entry = chosen
        .journal(&service, &asker)
        .write(kinds::SUBMISSION, &new.deliverable, None, document)
        .await?;
    note(
        &asker,
        &service,
        "programme.submission",
        &chosen.project,
        &format!("{key}/{}", new.deliverable),
    )
    .await?;
    Ok((StatusCode::CREATED, Json(work::shown(entry))))
}

/// A site of an operator's list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSite {
    /// Site code.
    #[schema(min_length = 1, max_length = 2000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    code: String,
    /// Longitude, degrees.
    #[schema(minimum = -180, maximum = 180)]
    lon: f64,
    /// Latitude, degrees.
    #[schema(minimum = -90, maximum = 90)]
    lat: f64,
    /// upgrade, co_locate, new_tower or pole_small_cell.
    #[schema(pattern = "^(upgrade|co_locate|new_tower|pole_small_cell)$")]
    action: String,
    /// Code of the commune.
    commune_code: Option<String>,
    /// Quarter, 1 to 4.
    #[schema(minimum = 1, maximum = 4)]
    quarter: Option<u8>,
    /// planned, surveyed, permitted, built or on_air; planned when absent.
    #[serde(default)]
    #[schema(value_type = String, pattern = "^(planned|surveyed|permitted|built|on_air)$")]
    stage: Stage,
}

/// An operator's list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"operator": "Viettel", "date": "2026-10-14", "sites": [{"code": "HT0001", "lon": 105.93, "lat": 18.31, "action": "upgrade", "quarter": 2}]}))]
struct NewList {
    /// Operator.
    #[schema(min_length = 1, max_length = 2000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    operator: String,
    /// Day of receipt.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// The sites.
    sites: Vec<NewSite>,
}

/// Most sites of a list.
const MOST_SITES: usize = 50_000;

fn planned(site: NewSite, operator: &str) -> Result<PlannedSite, Problem> {
    said("sites.code", &site.code)?;
    let position = LonLat::checked(site.lon, site.lat).map_err(|error| {
        Problem::bad_parameter(
            "sites.lon,lat",
            format!("{}: tọa độ không hợp lệ: {error}", site.code),
            format!("{}: not a position: {error}", site.code),
        )
    })?;
    if Work::of(&site.action).is_none() {
        return Err(Problem::bad_parameter(
            "sites.action",
            format!(
                "{}: không có hành động «{}»; dùng upgrade, co_locate, new_tower hoặc pole_small_cell",
                site.code, site.action
            ),
            format!(
                "{}: there is no action {:?}; use upgrade, co_locate, new_tower or pole_small_cell",
                site.code, site.action
            ),
        ));
    }
    if site.quarter.is_some_and(|quarter| !(1..=4).contains(&quarter)) {
        return Err(Problem::bad_parameter(
            "sites.quarter",
            format!("{}: quý phải từ 1 đến 4", site.code),
            format!("{}: a quarter is from 1 to 4", site.code),
        ));
    }
    Ok(PlannedSite {
        code: site.code,
        operator: operator.to_owned(),
        position,
        action: site.action,
        stage: site.stage,
        commune_code: site.commune_code,
        quarter: site.quarter,
    })
}

/// Hands in an operator's list of sites; the newest counts, all are kept. Answers what was found on it.
#[utoipa::path(post, path = "/api/projects/{project}/programmes/{key}/site-lists", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    request_body = NewList, responses((status = 201, description = "{operator, date, sites, by_action, findings}", body = Value),
        (status = 400, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn hand_in(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Body(new): Body<NewList>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    said("operator", &new.operator)?;
    speaks_for(&asker, &new.operator)?;
    if new.sites.len() > MOST_SITES {
        return Err(Problem::new(
            413,
            "too_many_sites",
            format!("danh sách quá {MOST_SITES} vị trí"),
            format!("a list has at most {MOST_SITES} sites"),
        ));
    }
    let operator = new.operator;
    let sites = new.sites.into_iter().map(|site| planned(site, &operator));
    let sites = sites.collect::<Result<Vec<_>, _>>()?;
    keep_list(&asker, &service, &chosen, &operator, new.date, sites).await
}

/// A checked upload as an operator's list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"import": "01a1ff8e76b571c487beb7cccd59f5b0", "operator": "Viettel", "date": "2026-10-14"}))]
struct ListFromImport {
    /// Id of an import of kind sites that was not committed.
    import: String,
    /// Operator.
    #[schema(min_length = 1, max_length = 2000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    operator: String,
    /// Day of receipt.
    #[schema(value_type = String, format = Date)]
    date: Date,
}

/// Hands in an uploaded file, checked as an import of sites and not committed, as an operator's list.
///
/// A site where the operator is on air already is an upgrade, another owner's mast is shared, what is not known is built.
#[utoipa::path(post, path = "/api/projects/{project}/programmes/{key}/site-lists/from-import", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    request_body = ListFromImport, responses((status = 201, description = "{operator, date, sites, by_action, findings}", body = Value),
        (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn hand_in_import(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Body(new): Body<ListFromImport>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    said("operator", &new.operator)?;
    speaks_for(&asker, &new.operator)?;
    let import = service.store.import(&chosen.project, &new.import).await?;
    let content = import.content.first().filter(|_| import.kind == "sites").cloned();
    let content = content.ok_or_else(|| {
        Problem::bad_parameter(
            "import",
            "lần nhập này không phải danh sách trạm",
            "this import is no list of sites",
        )
    })?;
    let artefacts = service.store.artefacts().clone();
    let read = blocking(move || records::read(&artefacts, &content)).await?;
    let Records::Sites(network) = read else {
        return Err(Problem::internal(&"an import of sites without sites"));
    };
    let loaded = work::load(
        &service.store,
        &chosen.project,
        Some(&chosen.found.programme),
        None,
        asker.viewer(),
    )
    .await?;
    let known = &loaded.facts.network;
    let owners: std::collections::BTreeMap<&str, &str> = known
        .sites
        .iter()
        .map(|site| (site.code.as_str(), site.owner.as_str()))
        .collect();
    let own: std::collections::BTreeSet<&str> = known
        .stations
        .iter()
        .filter(|station| station.operator == new.operator)
        .map(|station| station.site_code.as_str())
        .collect();
    let action = |code: &str| match owners.get(code) {
        _ if own.contains(code) => "upgrade",
        Some(_) => "co_locate",
        None => "new_tower",
    };
    let sites = network.sites.iter().map(|site| PlannedSite {
        code: site.code.clone(),
        operator: new.operator.clone(),
        position: site.position,
        action: action(&site.code).to_owned(),
        stage: Stage::Planned,
        commune_code: site.commune_code.clone(),
        quarter: None,
    });
    let sites: Vec<PlannedSite> = sites.collect();
    keep_list(&asker, &service, &chosen, &new.operator, new.date, sites).await
}

async fn keep_list(
    asker: &Asker,
    service: &Service,
    chosen: &Chosen,
    operator: &str,
    date: Date,
    sites: Vec<PlannedSite>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let journal = chosen.journal(service, asker);
    let document = json!({ "operator": operator, "date": date, "sites": value(&sites)? });
    let entry = journal
        .write(kinds::SITE_LIST, operator, Some(operator), document)
        .await?;
    let subject = format!("{}/{operator}", chosen.found.programme.key);
    note(asker, service, "programme.site_list", &chosen.project, &subject).await?;
    let list = SiteList {
        operator: operator.to_owned(),
        date,
        who: entry.who,
        sites,
    };
    let all: Vec<PlannedSite> = journal.lists().await?.into_iter().flat_map(|list| list.sites).collect();
    let programme = chosen.found.programme.clone();
    let (store, viewer) = (&service.store, asker.viewer().clone());
    let loaded = work::load(store, &chosen.project, Some(&programme), None, asker.viewer()).await?;
    let row = blocking(move || Ok(work::list_row(&programme, &list, &all, &loaded, date, &viewer))).await?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// Every site of the newest lists: how far it is, what was said of it, what stands.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/sites", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme"), When),
    responses((status = 200, description = "[{code, operator, action, position, stage, history, built}]", body = Value), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn sites(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Query(when): Query<When>,
) -> Result<Json<Value>, Problem> {
    let today = when.today()?;
    let chosen = Chosen::of(&service, &project, &key).await?;
    let journal = chosen.journal(&service, &asker);
    let listed: Vec<PlannedSite> = journal.lists().await?.into_iter().flat_map(|list| list.sites).collect();
    let events = journal.stage_events().await?;
    let programme = &chosen.found.programme;
    let loaded = work::load(&service.store, &chosen.project, Some(programme), None, asker.viewer()).await?;
    let technology = programme.planner.technology;
    let states = stages(&listed, &events, &loaded.facts.network, technology, today);
    let mut rows = value(&states)?;
    for row in rows.as_array_mut().into_iter().flatten() {
        let pair = json!([row["position"]["lon_deg"], row["position"]["lat_deg"]]);
        row["position"] = pair;
    }
    Ok(Json(rows))
}

/// How far a site is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"stage": "built", "date": "2026-05-20"}))]
struct NewStage {
    /// planned, surveyed, permitted, built or on_air.
    #[schema(value_type = String, pattern = "^(planned|surveyed|permitted|built|on_air)$")]
    stage: Stage,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// Whose list the site is on, where several operators plan at one mast.
    operator: Option<String>,
}

/// Says how far a site of a list is.
#[utoipa::path(post, path = "/api/projects/{project}/programmes/{key}/sites/{code}/stage", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme"), ("code" = String, Path, description = "Site code")),
    request_body = NewStage, responses((status = 201, description = "The entry", body = Value), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn stage(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key, code)): Path<(String, String, String)>,
    Body(new): Body<NewStage>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    let journal = chosen.journal(&service, &asker);
    let lists = journal.lists().await?;
    let named = |site: &&PlannedSite| {
        let of_operator = new.operator.as_ref().is_none_or(|operator| *operator == site.operator);
        site.code == code && of_operator
    };
    let mut sites = lists.iter().flat_map(|list| &list.sites).filter(named);
    let site = sites
        .next()
        .ok_or_else(|| Problem::not_found("vị trí trong danh sách", "site of a list", &code))?;
    if sites.any(|other| other.operator != site.operator) {
        return Err(Problem::bad_parameter(
            "operator",
            format!("nhiều doanh nghiệp đăng ký vị trí {code}: nêu doanh nghiệp"),
            format!("several operators list the site {code}: name the operator"),
        )
        .well_formed());
    }
    speaks_for(&asker, &site.operator)?;
    let event = StageEvent {
        code: code.clone(),
        operator: Some(site.operator.clone()),
        stage: new.stage,
        date: new.date,
        who: asker.who().to_owned(),
    };
    let entry = journal
        .write(kinds::STAGE, &code, Some(&site.operator), value(&event)?)
        .await?;
    note(
        &asker,
        &service,
        "programme.stage",
        &chosen.project,
        &format!("{key}/{code}"),
    )
    .await?;
    Ok((StatusCode::CREATED, Json(work::shown(entry))))
}

/// A call to the operators.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "sharing_call", "from": "Ban quản lý khu kinh tế", "title": "Dùng chung cột trong khu công nghiệp", "position": [106.39, 18.08], "date": "2026-04-01", "due": "2026-04-30"}))]
struct NewCall {
    /// demand_area or sharing_call.
    #[schema(value_type = String, pattern = "^(demand_area|sharing_call)$")]
    kind: CallKind,
    /// Who calls.
    #[schema(min_length = 1, max_length = 2000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    from: String,
    /// What it is about.
    #[schema(min_length = 1, max_length = 2000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    title: String,
    /// More.
    #[serde(default)]
    note: String,
    /// The zone, where it is one.
    zone_code: Option<String>,
    /// Longitude and latitude, where it is a place.
    #[schema(min_items = 2, max_items = 2)]
    position: Option<[f64; 2]>,
    /// Day of the call.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// Day until which answers are awaited.
    #[schema(value_type = Option<String>, format = Date)]
    due: Option<Date>,
}

/// Calls with their answers, the oldest first.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/calls", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    responses((status = 200, description = "[{id, kind, from, title, zone_code, position, date, due, answers}]", body = Value), (status = 404, body = Problem)))]
async fn calls(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    let calls = chosen.journal(&service, &asker).calls().await?;
    value(&calls).map(Json)
}

/// Makes a call: a demand area, or works to share.
#[utoipa::path(post, path = "/api/projects/{project}/programmes/{key}/calls", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    request_body = NewCall, responses((status = 201, description = "The call", body = Value), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn call(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Body(new): Body<NewCall>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    said("from", &new.from)?;
    said("title", &new.title)?;
    if let Some([lon, lat]) = new.position {
        LonLat::checked(lon, lat).map_err(|error| {
            Problem::bad_parameter(
                "position",
                format!("tọa độ không hợp lệ: {error}"),
                format!("not a position: {error}"),
            )
            .well_formed()
        })?;
    }
    let mut call = Call {
        id: String::new(),
        kind: new.kind,
        from: new.from,
        title: new.title,
        note: new.note,
        zone_code: new.zone_code,
        position: new.position,
        date: new.date,
        due: new.due,
        answers: Vec::new(),
    };
    let document = value(&call)?;
    let entry = chosen
        .journal(&service, &asker)
        .write(kinds::CALL, &call.title, None, document)
        .await?;
    note(
        &asker,
        &service,
        "programme.call",
        &chosen.project,
        &format!("{key}/{}", entry.id),
    )
    .await?;
    call.id = entry.id;
    Ok((StatusCode::CREATED, Json(value(&call)?)))
}

/// An operator's answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"operator": "Viettel", "answer": "joins", "date": "2026-04-10"}))]
struct NewAnswer {
    /// Operator.
    #[schema(min_length = 1, max_length = 2000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    operator: String,
    /// joins, declines or considers.
    #[schema(value_type = String, pattern = "^(joins|declines|considers)$")]
    answer: AnswerKind,
    /// More.
    #[serde(default)]
    note: String,
    /// Day of the answer.
    #[schema(value_type = String, format = Date)]
    date: Date,
}

/// Answers a call.
#[utoipa::path(post, path = "/api/projects/{project}/programmes/{key}/calls/{call}/answers", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme"), ("call" = String, Path, description = "Call")),
    request_body = NewAnswer, responses((status = 201, description = "The call with its answers", body = Value), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn answer(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key, call)): Path<(String, String, String)>,
    Body(new): Body<NewAnswer>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    said("operator", &new.operator)?;
    speaks_for(&asker, &new.operator)?;
    let journal = chosen.journal(&service, &asker);
    if !journal.calls().await?.iter().any(|one| one.id == call) {
        return Err(Problem::not_found("lời mời", "call", &call));
    }
    let answer = Answer {
        operator: new.operator,
        answer: new.answer,
        note: new.note,
        date: new.date,
        who: String::new(),
    };
    journal.write(kinds::ANSWER, &call, None, value(&answer)?).await?;
    note(
        &asker,
        &service,
        "programme.answer",
        &chosen.project,
        &format!("{key}/{call}"),
    )
    .await?;
    let answered = journal.calls().await?.into_iter().find(|one| one.id == call);
    Ok((StatusCode::CREATED, Json(value(&answered)?)))
}
