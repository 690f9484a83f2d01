//! Requests that are sent twice: with an `Idempotency-Key`, the second gets the first one's answer, and nothing is done twice.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use store::{Earlier, KeptAnswer};

use super::BODY_BYTES;
use super::access::Asker;
use crate::{Problem, Service};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const LONGEST_KEY: usize = 200;

/// Answers a repeated request as it was answered before.
pub async fn once(State(service): State<Service>, request: Request, next: Next) -> Response {
    let key = request.headers().get(&KEY).and_then(|value| value.to_str().ok());
    let Some(key) = key.filter(|_| *request.method() == Method::POST).map(str::to_owned) else {
        return next.run(request).await;
    };
    match keyed(&service, key, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn keyed(service: &Service, key: String, request: Request, next: Next) -> Result<Response, Problem> {
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Problem::bad_parameter(
            "Idempotency-Key",
            format!("Idempotency-Key cần từ 1 đến {LONGEST_KEY} ký tự"),
            format!("Idempotency-Key needs 1 to {LONGEST_KEY} characters"),
        ));
    }
    let who = request
        .extensions()
        .get::<Asker>()
        .map_or_else(|| "-".to_owned(), |asker| asker.who().to_owned());
    let (request, hash) = hashed(request).await?;
    match service.store.take_key(&who, &key, &hash).await? {
        Earlier::Nothing => {}
        Earlier::Answered(answer) => return again(answer),
        Earlier::UnderWay => return Err(conflict("đang được xử lý", "is being answered right now")),
        Earlier::OtherRequest => return Err(conflict("đã dùng cho yêu cầu khác", "was used for another request")),
    }
    let response = next.run(request).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX)
        .await
        .map_err(|error| Problem::internal(&error))?;
    // A fault of ours, or a refusal, is worth another try: only what was done is kept.
    let kept = parts.status.is_success().then(|| KeptAnswer {
        status: parts.status.as_u16(),
        location: parts
            .headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    });
    service.store.keep_answer(&who, &key, kept.as_ref()).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// The request with the hash of what it asks for. Uploads are known by their size: they are not read twice.
async fn hashed(request: Request) -> Result<(Request, String), Problem> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(request.uri().to_string().as_bytes()).update(b"\n");
    let (parts, body) = request.into_parts();
    let content_type = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if content_type.is_some_and(|kind| kind.starts_with("multipart/")) {
        let length = parts
            .headers
            .get(header::CONTENT_LENGTH)
            .map_or(&b"-"[..], HeaderValue::as_bytes);
        hasher.update(length);
        return Ok((Request::from_parts(parts, body), hasher.finalize().to_hex().to_string()));
    }
    let bytes = to_bytes(body, BODY_BYTES).await.map_err(|_| {
        Problem::new(
            413,
            "body_too_large",
            "nội dung yêu cầu quá lớn",
            "the request's body is too large",
        )
    })?;
    hasher.update(&bytes);
    let hash = hasher.finalize().to_hex().to_string();
    Ok((Request::from_parts(parts, Body::from(bytes)), hash))
}

fn again(answer: KeptAnswer) -> Result<Response, Problem> {
    let status = StatusCode::from_u16(answer.status).map_err(|error| Problem::internal(&error))?;
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(
        HeaderName::from_static("idempotency-replayed"),
        HeaderValue::from_static("true"),
    );
    if let Some(location) = answer
        .location
        .and_then(|location| HeaderValue::from_str(&location).ok())
    {
        headers.insert(header::LOCATION, location);
    }
    Ok(response)
}

fn conflict(vi: &str, en: &str) -> Problem {
    Problem::new(
        409,
        "idempotency_key",
        format!("Idempotency-Key này {vi}"),
        format!("this Idempotency-Key {en}"),
    )
}
