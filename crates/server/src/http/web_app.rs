//! The web app, inside the binary.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::answers::{immutable, revalidated};
use crate::Problem;

#[derive(RustEmbed)]
#[folder = "../../web/dist/"]
#[allow_missing = true]
struct WebApp;

const NOT_BUILT: &str = include_str!("not_built.html");

/// The file as Brotli, where the asker takes that: the web app's build presses its files with more care than there is time for in an answer.
fn pressed(path: &str, headers: &HeaderMap) -> Option<EmbeddedFile> {
    let taken = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let brotli = taken.split(',').map(str::trim).any(|one| one == "br");
    brotli.then(|| WebApp::get(&format!("{path}.br"))).flatten()
}

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
            return match pressed(path, &headers) {
                Some(small) => {
                    let etag = format!("\"{path}.br\"");
                    let mut answer = immutable(&headers, &etag, media_type, || small.data.into_owned());
                    let encoding = [(header::CONTENT_ENCODING, "br"), (header::VARY, "accept-encoding")];
                    for (name, value) in encoding {
                        answer.headers_mut().insert(name, HeaderValue::from_static(value));
                    }
                    answer
                }
                None => immutable(&headers, &format!("\"{path}\""), media_type, || file.data.into_owned()),
            };
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
