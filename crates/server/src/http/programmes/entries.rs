//! What people report of a programme: values of class B, the crosswalk of a district.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Chosen, note, said, value};
use crate::http::access::Asker;
use crate::http::answers::{Body, Path};
use crate::work::programme::kinds;
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(reported, report))
        .routes(routes!(crosswalk, put_crosswalk))
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
