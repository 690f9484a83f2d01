//! Numbers about the service, for Prometheus: requests, times, jobs, memory.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(metrics))
}

/// A request by its route (not its address: there are endless addresses), method and status.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfStatus {
    status: String,
}

/// What is counted.
pub struct Metrics {
    registry: Mutex<Registry>,
    answered: Family<Answered, Counter>,
    seconds: Family<OfRoute, Histogram>,
    jobs: Family<OfStatus, Gauge>,
    memory: Gauge,
}

/// Bounds of the times that are told apart, seconds.
const SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0];

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

impl Default for Metrics {
    fn default() -> Self {
        let (answered, jobs, memory) = (Family::default(), Family::default(), Gauge::default());
        let seconds: Family<OfRoute, Histogram> = Family::new_with_constructor(histogram);
        let mut registry = Registry::with_prefix("phusong");
        registry.register("http_requests", "Requests answered", Family::clone(&answered));
        registry.register(
            "http_request_duration_seconds",
            "Time until the answer begins",
            Family::clone(&seconds),
        );
        registry.register("jobs", "Jobs by status", Family::clone(&jobs));
        registry.register("resident_memory_bytes", "Memory of the process", memory.clone());
        Self {
            registry: Mutex::new(registry),
            answered,
            seconds,
            jobs,
            memory,
        }
    }
}

impl Metrics {
    fn count(&self, method: &str, route: &str, status: u16, time: Duration) {
        let answered = Answered {
            method: method.to_owned(),
            route: route.to_owned(),
            status,
        };
        self.answered.get_or_create(&answered).inc();
        let of_route = OfRoute {
            route: route.to_owned(),
        };
        self.seconds.get_or_create(&of_route).observe(time.as_secs_f64());
    }

    fn text(&self) -> Result<String, Problem> {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        encode(&mut text, &registry).map_err(|error| Problem::internal(&error))?;
        Ok(text)
    }
}

/// Counts every request and how long its answer took.
pub async fn measure(State(service): State<Service>, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    // Methods that somebody makes up are not told apart: there are endless of them too.
    let known = matches!(
        method.as_str(),
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"
    );
    let method = if known { method.as_str() } else { "other" };
    service.metrics().count(method, &route, status, started.elapsed());
    response
}

/// Numbers about the service in the text form of Prometheus (OpenMetrics).
#[utoipa::path(get, path = "/metrics", tag = "system", responses((status = 200, description = "OpenMetrics text", content_type = "application/openmetrics-text", body = String)))]
async fn metrics(State(service): State<Service>) -> Result<Response, Problem> {
    let metrics = service.metrics();
    for (status, count) in service.store.job_counts().await? {
        metrics.jobs.get_or_create(&OfStatus { status }).set(count);
    }
    metrics.memory.set(resident_bytes().unwrap_or(0));
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, media_type)], metrics.text()?).into_response())
}

/// Memory of this process, where the system tells.
fn resident_bytes() -> Option<i64> {
    const PAGE_BYTES: i64 = 4096;
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let resident: i64 = pages.split(' ').nth(1)?.parse().ok()?;
    Some(resident * PAGE_BYTES)
}
