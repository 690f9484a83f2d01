//! The HTTP service: uploads, features, tiles, jobs; serves the web app.
//!
//! [`work`] is what the service does (import, coverage, plan, export), apart from HTTP: the command line calls the same functions.
//! [`Jobs`] runs long work in the background and tells how far it is. [`serve`] and [`router`] put both behind HTTP; every failure is
//! a [`Problem`] in Vietnamese and English.
#![forbid(unsafe_code)]
// A problem is made once per failed request: its size costs nothing that anybody could measure.
#![allow(clippy::result_large_err)]

mod cache;
mod http;
mod jobs;
mod problem;
mod service;
pub mod work;

pub use http::access::{Access, ROUTES};
pub use http::{SignInService, router};
pub use jobs::{JobRequest, Jobs};
pub use problem::{FieldProblem, Problem};
pub use service::{Accounts, Ready, Service, ServiceOptions, serve, work_for};
