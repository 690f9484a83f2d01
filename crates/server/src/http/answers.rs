//! How answers are made, and how malformed requests become problems.

use std::convert::Infallible;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::{Problem, Service};

/// A JSON body that was understood.
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub struct Body<T>(pub T);

/// Parameters of the query that were understood.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub struct Query<T>(pub T);

/// Parts of the address that were understood.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub struct Path<T>(pub T);

/// The service's own address, for links, which some clients only follow when whole: the one that the administrator named, else the one that the
/// asker wrote (`http://localhost:8080`).
#[derive(Debug)]
pub struct Origin(pub String);

impl FromRequestParts<Service> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Infallible> {
        let named = service.accounts().and_then(|accounts| accounts.public_url.as_deref());
        if let Some(named) = named {
            return Ok(Self(named.trim_end_matches('/').to_owned()));
        }
        let header = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
        let host = header.or_else(|| parts.uri.authority().map(axum::http::uri::Authority::as_str));
        Ok(Self(format!("http://{}", host.unwrap_or("localhost"))))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let status = rejection.status().as_u16();
        let text = rejection.body_text();
        Self::new(
            status,
            "bad_body",
            format!("nội dung yêu cầu không hợp lệ: {text}"),
            text,
        )
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        let text = rejection.body_text();
        Self::new(400, "bad_parameter", format!("tham số không hợp lệ: {text}"), text)
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        let text = rejection.body_text();
        Self::new(400, "bad_address", format!("địa chỉ không hợp lệ: {text}"), text)
    }
}

/// Whether the asker has this version already.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    known
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == etag || tag == "*")
}

/// An answer whose address always means the same bytes.
pub fn immutable(
    headers: &HeaderMap,
    etag: &str,
    media_type: &'static str,
    bytes: impl FnOnce() -> Vec<u8>,
) -> Response {
    let caching = [
        (header::ETAG, etag.to_owned()),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
    ];
    if is_known(headers, etag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, media_type)], bytes()).into_response()
}

/// An answer that may change: the asker is to ask again, and gets 304 while it is the same.
pub fn revalidated(headers: &HeaderMap, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let hash = blake3::hash(&bytes).to_hex();
    let etag = format!("\"{}\"", hash.get(..32).unwrap_or_default());
    let caching = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    if is_known(headers, &etag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, media_type)], bytes).into_response()
}
