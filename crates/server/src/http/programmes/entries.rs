//! What people report of a programme: values of class B, the crosswalk of a district.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use geodata::{CommuneChange, DatasetKind, Records};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Chosen, note, said, value};
use crate::http::access::Asker;
use crate::http::answers::{Body, Path};
use crate::work::inputs::ProjectInputs;
use crate::work::programme::kinds;
use crate::work::{blocking, records};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(reported, report))
        .routes(routes!(report_import))
        .routes(routes!(crosswalk, put_crosswalk))
        .routes(routes!(crosswalk_from_list))
}

/// A value that somebody reports.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"indicator": "base_5g_stations", "value": 62, "date": "2026-06-30", "source": "Báo cáo số 12/BC-SKHCN"}))]
struct NewReported {
    /// Indicator's id.
    indicator: String,
    /// Value in the indicator's unit; a share is 100 at most.
    #[schema(minimum = 0)]
    value: f64,
    /// Day that the value is of.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// Where it comes from.
    #[schema(min_length = 1, max_length = 2000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    source: String,
}

/// Every reported value, the newest entry first.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/reported", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    responses((status = 200, description = "[{indicator, value, date, source, who, at}]", body = Value), (status = 404, body = Problem)))]
async fn reported(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    let rows = chosen.journal(&service, &asker).reported_rows().await?;
    Ok(Json(Value::Array(rows)))
}

/// Enters a reported value; older ones stay as history.
#[utoipa::path(post, path = "/api/projects/{project}/programmes/{key}/reported", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    request_body = NewReported, responses((status = 201, description = "The entry", body = Value), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn report(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Body(new): Body<NewReported>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    let indicator = chosen.found.programme.indicator(&new.indicator);
    let indicator = indicator.ok_or_else(|| Problem::not_found("chỉ tiêu", "indicator", &new.indicator))?;
    said("source", &new.source)?;
    let share = indicator.unit == programme::Unit::Percent;
    if !new.value.is_finite() || new.value < 0.0 || (share && new.value > 100.0) {
        return Err(Problem::bad_parameter(
            "value",
            if share {
                "tỷ lệ phải từ 0 đến 100"
            } else {
                "giá trị phải là số không âm"
            },
            if share {
                "a share is from 0 to 100"
            } else {
                "a value must be 0 or more"
            },
        )
        .well_formed());
    }
    let document = json!({
        "programme": chosen.found.programme.key, "indicator": new.indicator, "value": new.value,
        "date": new.date, "source": new.source.trim(),
    });
    let journal = chosen.journal(&service, &asker);
    let entry = journal.write(kinds::REPORTED, &new.indicator, None, document).await?;
    note(
        &asker,
        &service,
        "programme.report",
        &chosen.project,
        &format!("{key}/{}", new.indicator),
    )
    .await?;
    Ok((StatusCode::CREATED, Json(crate::work::programme::shown(entry))))
}

/// A checked upload of figures.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"import": "01a1ff8e76b571c487beb7cccd59f5b0"}))]
struct FiguresFromImport {
    /// Id of an import of kind figures that was not committed.
    import: String,
}

/// Enters every figure of an uploaded list (XLSX, CSV, …), checked as an import of figures and not committed; older ones stay as history.
///
/// A row names its indicator by id or name, its value, its period and its source; rows of other programmes are passed over.
#[utoipa::path(post, path = "/api/projects/{project}/programmes/{key}/reported/from-import", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    request_body = FiguresFromImport, responses((status = 201, description = "{entered, refused: [{row, reason}]}", body = Value), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn report_import(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Body(new): Body<FiguresFromImport>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    let import = service.store.import(&chosen.project, &new.import).await?;
    let content = import.content.first().filter(|_| import.kind == "figures").cloned();
    let content = content.ok_or_else(|| {
        Problem::bad_parameter(
            "import",
            "lần nhập này không phải danh sách số liệu",
            "this import is no list of figures",
        )
    })?;
    let artefacts = service.store.artefacts().clone();
    let Records::Figures(figures) = blocking(move || records::read(&artefacts, &content)).await? else {
        return Err(Problem::internal(&"an import of figures without figures"));
    };
    let programme = &chosen.found.programme;
    let (rows, refused) = programme::figures::of_records(programme, &figures, asker.who());
    let journal = chosen.journal(&service, &asker);
    let entries = rows.iter().map(|row| {
        let source = Some(row.source.trim()).filter(|source| !source.is_empty());
        let document = json!({
            "programme": row.programme, "indicator": row.indicator, "value": row.value, "date": row.date,
            "source": source.unwrap_or(import.files.first().map_or("", |file| file.name.as_str())),
        });
        (row.indicator.as_str(), document)
    });
    journal.write_all(kinds::REPORTED, &entries.collect::<Vec<_>>()).await?;
    note(&asker, &service, "programme.report", &chosen.project, &key).await?;
    Ok((
        StatusCode::CREATED,
        Json(json!({ "entered": rows.len(), "refused": value(&refused)? })),
    ))
}

/// The communes of the past that a programme's area consisted of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from_codes": ["06184", "06187"]}))]
struct OldCommunes {
    /// Their codes.
    from_codes: std::collections::BTreeSet<String>,
}

/// Makes the crosswalk from the project's list of which commune became which: the communes of today that took over any of those named, each
/// wholly inside where it took over nothing else.
#[utoipa::path(post, path = "/api/projects/{project}/programmes/{key}/crosswalk/from-list", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    request_body = OldCommunes, responses((status = 201, description = "{rows}", body = Value), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "The project has no such list", body = Problem), (status = 422, body = Problem)))]
async fn crosswalk_from_list(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Body(new): Body<OldCommunes>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    let inputs = ProjectInputs::load(&service.store, &chosen.project).await?;
    let artefacts = service.store.artefacts().clone();
    let changes = blocking(move || inputs.records(&artefacts, DatasetKind::Crosswalk)).await?;
    let Some(Records::Crosswalk(changes)) = changes else {
        return Err(Problem::new(
            409,
            "no_crosswalk",
            "dự án chưa có bảng chuyển đổi xã cũ – xã mới",
            "the project has no list of which commune became which",
        )
        .advise(
            "Nhập bảng chuyển đổi (loại dữ liệu crosswalk) trước.",
            "Import the list (kind crosswalk) first.",
        ));
    };
    let rows = successors(&changes, &new.from_codes)?;
    let journal = chosen.journal(&service, &asker);
    journal
        .write(kinds::CROSSWALK, &key, None, json!({ "rows": value(&rows)? }))
        .await?;
    note(&asker, &service, "programme.crosswalk", &chosen.project, &key).await?;
    let rows = journal.crosswalk().await?;
    Ok((StatusCode::CREATED, Json(json!({ "rows": value(&rows)? }))))
}

fn successors(
    changes: &[CommuneChange],
    from_codes: &std::collections::BTreeSet<String>,
) -> Result<Vec<CrosswalkRow>, Problem> {
    let known = |code: &&String| changes.iter().any(|change| change.old_code == **code);
    let unknown: Vec<&str> = from_codes
        .iter()
        .filter(|code| !known(code))
        .map(String::as_str)
        .collect();
    if from_codes.is_empty() || !unknown.is_empty() {
        let codes = unknown.join(", ");
        return Err(Problem::bad_parameter(
            "from_codes",
            format!("bảng chuyển đổi không có xã cũ mang mã: {codes}"),
            format!("the list has no commune of the past with these codes: {codes}"),
        )
        .well_formed());
    }
    // A commune of today that also took over ground from elsewhere lies in the area only in part.
    let wholly_inside = |to: &str| {
        let parts = changes.iter().filter(|change| change.new_code == to);
        parts.into_iter().all(|change| from_codes.contains(&change.old_code))
    };
    let rows = changes.iter().filter(|change| from_codes.contains(&change.old_code));
    Ok(rows
        .map(|change| CrosswalkRow {
            from_code: change.old_code.clone(),
            from_name: change.old_name.clone(),
            to_code: change.new_code.clone(),
            share: None,
            exact: wholly_inside(&change.new_code),
            source: "bảng chuyển đổi của dự án".to_owned(),
        })
        .collect())
}

/// A line of a crosswalk.
#[derive(Debug, Deserialize, serde::Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CrosswalkRow {
    /// Code of the area of the past.
    from_code: String,
    /// Its name.
    from_name: String,
    /// Code of the commune of today.
    to_code: String,
    /// The part of the commune of today that comes from it, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    share: Option<f64>,
    /// Whether the commune of today lies wholly inside the programme's area.
    exact: bool,
    /// Where the line comes from.
    #[serde(default)]
    source: String,
}

/// A whole crosswalk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"rows": [{"from_code": "183", "from_name": "Huyện Cao Lộc", "to_code": "06187", "share": 0.4, "exact": false, "source": "Nghị quyết"}]}))]
struct Crosswalk {
    rows: Vec<CrosswalkRow>,
}

/// What became of the communes of a district's programme.
#[utoipa::path(get, path = "/api/projects/{project}/programmes/{key}/crosswalk", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    responses((status = 200, description = "{rows}", body = Value), (status = 404, body = Problem)))]
async fn crosswalk(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    let rows = chosen.journal(&service, &asker).crosswalk().await?;
    Ok(Json(json!({ "rows": value(&rows)? })))
}

/// Replaces the crosswalk; older ones stay in the journal.
#[utoipa::path(put, path = "/api/projects/{project}/programmes/{key}/crosswalk", tag = "programmes",
    params(("project" = String, Path, description = "Id or name"), ("key" = String, Path, description = "Programme")),
    request_body = Crosswalk, responses((status = 200, description = "{rows}", body = Value), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put_crosswalk(
    State(service): State<Service>,
    asker: Asker,
    Path((project, key)): Path<(String, String)>,
    Body(new): Body<Crosswalk>,
) -> Result<Json<Value>, Problem> {
    let chosen = Chosen::of(&service, &project, &key).await?;
    for row in &new.rows {
        if row.share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Err(Problem::bad_parameter(
                "rows.share",
                format!("phần của {} phải từ 0 đến 1", row.to_code),
                format!("the share of {} must be from 0 to 1", row.to_code),
            ));
        }
    }
    let journal = chosen.journal(&service, &asker);
    let document = json!({ "rows": value(&new.rows)? });
    journal.write(kinds::CROSSWALK, &key, None, document).await?;
    note(&asker, &service, "programme.crosswalk", &chosen.project, &key).await?;
    let rows = journal.crosswalk().await?;
    Ok(Json(json!({ "rows": value(&rows)? })))
}
