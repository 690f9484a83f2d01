//! Who may come in: every request has an [`Asker`], every route an [`Access`], and one place compares the two.
//!
//! What an asker then sees of a route that it may use is decided by its [`Viewer`] in the store's queries.

mod asker;
mod policy;

pub use asker::{Asker, cookie};
pub use policy::{Access, ROUTES, access_of};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::{Problem, Service};

/// Finds out who asks, refuses what the asker may not do, and tells the handler who it is.
pub async fn admit(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let asker = match Asker::of(&service, request.headers()).await {
        Ok(asker) => asker,
        Err(problem) => return problem.into_response(),
    };
    if let Err(problem) = check(&asker, &request) {
        return problem.into_response();
    }
    let personal = service.accounts().is_some();
    request.extensions_mut().insert(asker);
    let mut response = next.run(request).await;
    if personal {
        // Two people at one browser: what one was given is no answer for the other.
        response
            .headers_mut()
            .append(header::VARY, HeaderValue::from_static("cookie, authorization"));
    }
    response
}

fn check(asker: &Asker, request: &Request) -> Result<(), Problem> {
    // Files of the web app and unknown addresses have no route: there is nothing in them to keep.
    let Some(path) = request.extensions().get::<MatchedPath>() else {
        return Ok(());
    };
    let access = access_of(request.method(), path.as_str());
    if asker.may(access) {
        return Ok(());
    }
    if !asker.is_known() {
        return Err(Problem::new(401, "sign_in_needed", "cần đăng nhập", "sign in first"));
    }
    Err(Problem::new(
        403,
        "not_allowed",
        "tài khoản này không được làm việc đó",
        "this account may not do that",
    ))
}
