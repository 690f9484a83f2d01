//! Whether the service lives, and which version it is.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(ready))
        .routes(routes!(version))
}

/// Whether the service and its store answer.
#[utoipa::path(get, path = "/api/health", tag = "system", responses((status = 200, description = "It lives", body = Value)))]
async fn health(State(service): State<Service>) -> Result<Json<Value>, Problem> {
    service.store.ping().await?;
    Ok(Json(json!({ "status": "ok" })))
}

/// Whether the service takes requests: its store answers and it is not shutting down.
#[utoipa::path(get, path = "/api/ready", tag = "system", responses((status = 200, description = "It does", body = Value), (status = 503, description = "It is shutting down", body = Problem)))]
async fn ready(State(service): State<Service>) -> Result<Json<Value>, Problem> {
    if service.jobs.is_closing() {
        return Err(Problem::new(
            503,
            "shutting_down",
            "dịch vụ đang dừng",
            "the service is shutting down",
        ));
    }
    service.store.ping().await?;
    Ok(Json(json!({ "status": "ready" })))
}

/// Which version answers.
#[utoipa::path(get, path = "/api/version", tag = "system", responses((status = 200, description = "Name and version", body = Value)))]
async fn version() -> Json<Value> {
    Json(json!({ "name": "phusong", "version": env!("CARGO_PKG_VERSION") }))
}
