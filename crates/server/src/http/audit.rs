//! The audit log, for administrators and auditors.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answers::Query;
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(entries))
        .routes(routes!(verification))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EntryParameters {
    /// Only entries after this sequence number.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// How many at most: 1 to 1,000; 200 when absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// The newest entries, in place of the first after `after`.
    newest: Option<bool>,
}

/// Entries of the log, the oldest first.
#[utoipa::path(get, path = "/api/audit", tag = "audit", params(EntryParameters), responses((status = 200, description = "{entries, total}", body = Value), (status = 400, body = Problem)))]
async fn entries(
    State(service): State<Service>,
    Query(parameters): Query<EntryParameters>,
) -> Result<Json<Value>, Problem> {
    const MOST: i64 = 1000;
    const USUAL: i64 = 200;
    let limit = parameters.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) || parameters.after.is_some_and(|after| after < 0) {
        return Err(Problem::bad_parameter(
            "limit",
            format!("limit phải từ 1 đến {MOST}, after từ 0"),
            format!("limit must be 1 to {MOST}, after 0 or more"),
        ));
    }
    let total = service.store.audit_length().await?;
    let after = if parameters.newest.unwrap_or(false) {
        (total - limit).max(0)
    } else {
        parameters.after.unwrap_or(0)
    };
    let entries = service.store.audit_entries(after, limit).await?;
    let entries: Vec<Value> = entries
        .into_iter()
        .map(|entry| {
            json!({
                "sequence": entry.sequence, "at": entry.at, "who": entry.who, "action": entry.action, "project": entry.project,
                "subject": entry.subject, "details": serde_json::from_str::<Value>(&entry.details).unwrap_or_default(), "hash": entry.hash,
            })
        })
        .collect();
    Ok(Json(json!({ "entries": entries, "total": total })))
}

/// Walks the whole chain of hashes.
#[utoipa::path(get, path = "/api/audit/verification", tag = "audit", responses((status = 200, description = "{sound, entries, first_broken}", body = Value)))]
async fn verification(State(service): State<Service>) -> Result<Json<Value>, Problem> {
    let (entries, first_broken) = match service.store.verify_audit().await? {
        Ok(entries) => (entries, None),
        Err(broken) => (broken - 1, Some(broken)),
    };
    Ok(Json(
        json!({ "sound": first_broken.is_none(), "entries": entries, "first_broken": first_broken }),
    ))
}
