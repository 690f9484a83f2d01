//! Everything HTTP: one file per part of the API; problems as RFC 9457 documents; nothing here computes.

#![allow(unused_qualifications)] // utoipa and axum write whole paths in what their macros make.

pub mod access;
mod accounts;
mod answers;
mod audit;
mod bodies;
mod comparisons;
mod crs;
mod datetime;
mod documentation;
mod exports;
mod features;
mod file_jobs;
mod guard;
mod idempotency;
mod imports;
mod jobs;
mod limits;
mod lists;
mod map_tiles;
mod metrics;
mod oidc;
mod picture;
mod plans;
mod programmes;
mod projects;
mod queries;
mod runs;
mod signal_reports;
mod system;
mod vector_tiles;
mod versions;
mod web_app;

pub use limits::Limits;
pub use metrics::Metrics;
pub use oidc::{SignInService, SignInsUnderWay};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::{Problem, Service};

/// Largest JSON body.
const BODY_BYTES: usize = 2 << 20;

/// The whole service as one router.
pub fn router(service: Service) -> Router {
    let (api, document) = api().split_for_parts();
    api.merge(documentation::routes(document))
        .fallback(web_app::asset)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(service.clone(), idempotency::once))
        .layer(from_fn_with_state(service.clone(), limits::pace))
        .layer(from_fn_with_state(service.clone(), access::admit))
        .layer(from_fn_with_state(service.clone(), limits::bound))
        .layer(from_fn_with_state(service.clone(), guard::guard))
        .layer(from_fn_with_state(service.clone(), metrics::measure))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(CompressionLayer::new())
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(TraceLayer::new_for_http())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(service)
}

/// The answer to a method that an address does not know; the known ones stand in the header `Allow`.
async fn method_not_allowed() -> Problem {
    Problem::new(
        405,
        "method_not_allowed",
        "địa chỉ này không nhận phương thức đó",
        "this address does not take that method",
    )
}

fn api() -> OpenApiRouter<Service> {
    OpenApiRouter::with_openapi(documentation::document())
        .merge(system::routes())
        .merge(metrics::routes())
        .merge(accounts::routes())
        .merge(oidc::routes())
        .merge(audit::routes())
        .merge(projects::routes())
        .merge(versions::routes())
        .merge(imports::routes())
        .merge(lists::routes())
        .merge(jobs::routes())
        .merge(runs::routes())
        .merge(plans::routes())
        .merge(signal_reports::routes())
        .merge(map_tiles::routes())
        .merge(comparisons::routes())
        .merge(queries::routes())
        .merge(exports::routes())
        .merge(file_jobs::routes())
        .merge(features::routes())
        .merge(vector_tiles::routes())
        .merge(programmes::routes())
}
