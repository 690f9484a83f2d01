//! The web app, inside the binary.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

use super::answers::{immutable, revalidated};
use crate::Problem;

#[derive(RustEmbed)]
#[folder = "../../web/dist/"]
#[allow_missing = true]
struct WebApp;

const NOT_BUILT: &str = include_str!("not_built.html");

/// A file of the web app; the page itself for every address that is not a file's.
pub async fn asset(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("ogc/") {
        return Problem::not_found("địa chỉ", "address", uri.path()).into_response();
    }
    if let Some(file) = WebApp::get(path).filter(|_| path != "index.html") {
        let media_type = mime_guess::from_path(path)
            .first_raw()
            .unwrap_or("application/octet-stream");
        // Files under assets/ carry their content's hash in their name.
        if path.starts_with("assets/") {
            let etag = format!("\"{path}\"");
            return immutable(&headers, &etag, media_type, || file.data.into_owned());
        }
        return revalidated(&headers, media_type, file.data.into_owned());
    }
    if path.rsplit('/').next().is_some_and(|last| last.contains('.')) && path != "index.html" {
        return Problem::not_found("tệp", "file", uri.path()).into_response();
    }
    match WebApp::get("index.html") {
        Some(page) => revalidated(&headers, "text/html; charset=utf-8", page.data.into_owned()),
        None => (StatusCode::OK, [(header::CACHE_CONTROL, "no-store")], Html(NOT_BUILT)).into_response(),
    }
}
