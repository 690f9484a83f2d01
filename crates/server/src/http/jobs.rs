//! Jobs: list, watch, cancel; and the work that is begun through them.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use coverage_model::CoverageParameters;
use futures::Stream;
use serde::Deserialize;
use store::Job;
use tokio::sync::broadcast::error::RecvError;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Body, Path, Query};
use super::bodies::{CoverageBody, JobEvent, PlanBody};
use crate::work::plan::PlanParameters;
use crate::{JobRequest, Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, cancel))
        .routes(routes!(events))
        .routes(routes!(run_coverage))
        .routes(routes!(run_plan))
        .routes(routes!(make_demo))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    /// Only the jobs of this project.
    project: Option<String>,
}

/// The newest jobs.
#[utoipa::path(get, path = "/api/jobs", tag = "jobs", params(ListParameters), responses((status = 200, description = "Jobs, the newest first", body = [Value])))]
async fn list(
    State(service): State<Service>,
    Query(parameters): Query<ListParameters>,
) -> Result<Json<Vec<Job>>, Problem> {
    let project = match parameters.project.as_deref().filter(|project| !project.is_empty()) {
        Some(project) => Some(service.store.project(project).await?.id),
        None => None,
    };
    Ok(Json(service.store.jobs(project.as_deref()).await?))
}

/// One job.
#[utoipa::path(get, path = "/api/jobs/{job}", tag = "jobs", params(("job" = String, Path, description = "Id")),
    responses((status = 200, description = "The job", body = Value), (status = 404, body = Problem)))]
async fn show(State(service): State<Service>, asker: Asker, Path(job): Path<String>) -> Result<Json<Job>, Problem> {
    Ok(Json(service.store.job_for(asker.viewer(), &job).await?))
}

/// Asks a job to stop.
#[utoipa::path(delete, path = "/api/jobs/{job}", tag = "jobs", params(("job" = String, Path, description = "Id")),
    responses((status = 200, description = "The job as it stands", body = Value), (status = 404, body = Problem)))]
async fn cancel(State(service): State<Service>, asker: Asker, Path(job): Path<String>) -> Result<Json<Job>, Problem> {
    service.store.job_for(asker.viewer(), &job).await?;
    Ok(Json(service.jobs.cancel(&job).await?))
}

/// The job now and at every change, as server-sent events named `job`; ends with the job.
#[utoipa::path(get, path = "/api/jobs/{job}/events", tag = "jobs", params(("job" = String, Path, description = "Id")),
    responses((status = 200, description = "Events named `job`, data: the job", content_type = "text/event-stream", body = JobEvent), (status = 404, body = Problem)))]
async fn events(
    State(service): State<Service>,
    asker: Asker,
    Path(job): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    // Listening begins before the first look, so that no change falls between the two.
    let changes = service.jobs.subscribe();
    let now = service.store.job_for(asker.viewer(), &job).await?;
    let start = (Some(now), changes, service, false);
    let stream = futures::stream::unfold(start, |(first, mut changes, service, ended)| async move {
        if ended {
            return None;
        }
        let job = first?;
        let id = job.id.clone();
        let event = Event::default().event("job").json_data(&job).unwrap_or_default();
        if job.status.is_final() {
            return Some((Ok(event), (None, changes, service, true)));
        }
        let next = next_change(&mut changes, &service, &id).await;
        Some((Ok(event), (next, changes, service, false)))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// The next state of a job; `None` when the service closes.
async fn next_change(changes: &mut tokio::sync::broadcast::Receiver<Job>, service: &Service, id: &str) -> Option<Job> {
    const LOOK_AGAIN: Duration = Duration::from_secs(1);
    loop {
        match tokio::time::timeout(LOOK_AGAIN, changes.recv()).await {
            Ok(Ok(job)) if job.id == id => return Some(job),
            Ok(Ok(_)) => {}
            // Missed some, or nothing for a while: the row knows.
            Ok(Err(RecvError::Lagged(_))) | Err(_) => {
                if service.jobs.is_closing() {
                    return None;
                }
                let job = service.store.job(id).await.ok()?;
                // A job of another process tells nothing here but through its row.
                if job.status.is_final() || service.store.is_shared() {
                    return Some(job);
                }
            }
            Ok(Err(RecvError::Closed)) => return None,
        }
    }
}

pub fn accepted(job: &Job) -> Response {
    let location = format!("/api/jobs/{}", job.id);
    (StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(job)).into_response()
}

/// Computes coverage. Every setting is optional.
#[utoipa::path(post, path = "/api/projects/{project}/coverage-runs", tag = "runs", params(("project" = String, Path, description = "Id or name")),
    request_body(content = CoverageBody, example = json!({"technologies": ["4g", "5g"], "zoom": 12})),
    responses((status = 202, description = "The job", body = Value), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn run_coverage(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Body(parameters): Body<CoverageParameters>,
) -> Result<Response, Problem> {
    let project = service.store.project(&project).await?;
    parameters.check()?;
    Ok(accepted(
        &service
            .jobs
            .submit(Some(&project.id), &JobRequest::Coverage(parameters), asker.who())
            .await?,
    ))
}

/// Makes a plan.
#[utoipa::path(post, path = "/api/projects/{project}/plan-runs", tag = "runs", params(("project" = String, Path, description = "Id or name")),
    request_body(content = PlanBody, example = json!({"technology": "5g", "actions": 30, "minimum_in_zones": 10})),
    responses((status = 202, description = "The job", body = Value), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn run_plan(
    State(service): State<Service>,
    asker: Asker,
    Path(project): Path<String>,
    Body(parameters): Body<PlanParameters>,
) -> Result<Response, Problem> {
    let project = service.store.project(&project).await?;
    crate::work::plan::check(&service.store, &project.id, &parameters).await?;
    Ok(accepted(
        &service
            .jobs
            .submit(Some(&project.id), &JobRequest::Plan(Box::new(parameters)), asker.who())
            .await?,
    ))
}

/// Makes and loads the demo project unless it is there.
#[utoipa::path(post, path = "/api/demo", tag = "projects", responses((status = 202, description = "The job", body = Value)))]
async fn make_demo(State(service): State<Service>, asker: Asker) -> Result<Response, Problem> {
    Ok(accepted(
        &service.jobs.submit(None, &JobRequest::Demo, asker.who()).await?,
    ))
}
