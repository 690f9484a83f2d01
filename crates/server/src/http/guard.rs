//! What every request and answer passes: no other site's pages may speak to the service, and answers say how browsers are to treat them.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::{Problem, Service};

/// No inline script, no outside origin; MapLibre's worker is a file of ours or a blob made by it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob: data:; worker-src 'self' blob:; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "geolocation=(), camera=(), microphone=()",
    ),
];

/// Checks the request, then adds the security headers to the answer.
pub async fn guard(State(service): State<Service>, request: Request, next: Next) -> Response {
    let mut response = match check(&service, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A request that changes something must come from the service's own page, or from no page at all: no other site's page acts in the name of
/// whoever is signed in. Without sign-in the Host must be loopback too: a name that an attacker's DNS points here is not.
fn check(service: &Service, request: &Request) -> Result<(), Problem> {
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).or_else(|| request.uri().authority().map(axum::http::uri::Authority::as_str));
    if service.accounts().is_none() && host.is_some_and(|host| !is_loopback(host)) {
        return Err(Problem::new(
            421,
            "foreign_host",
            "tên máy chủ trong yêu cầu không phải máy này",
            "the request's host is not this machine",
        ));
    }
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let public = service.accounts().and_then(|accounts| accounts.public_url.as_deref());
    let own = |origin: &str| {
        host.is_some_and(|host| origin == format!("http://{host}") || origin == format!("https://{host}"))
            || public.is_some_and(|public| origin == public.trim_end_matches('/'))
    };
    let from_own_page = match (text(header::ORIGIN), text(HeaderName::from_static("sec-fetch-site"))) {
        (Some(origin), _) => own(origin),
        (None, Some(site)) => matches!(site, "same-origin" | "none"),
        // Browsers always say where a change comes from. A cookie without it is no browser's doing.
        (None, None) => !request.headers().contains_key(header::COOKIE),
    };
    if from_own_page {
        return Ok(());
    }
    Err(Problem::new(
        403,
        "foreign_origin",
        "yêu cầu đến từ trang web khác",
        "the request comes from another site's page",
    ))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => inside,
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1",
            "127.0.0.1:80",
            "[::1]:8080",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1:8080",
            "localhost.evil.example:80",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
