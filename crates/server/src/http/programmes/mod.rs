//! Plan documents: the documents themselves, their figures, what people bring to them, the files that go out.

mod documents;
mod entries;
mod files;
mod measured;
mod villages;
mod workflow;

use jiff::civil::Date;
use programme::Language;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;

use crate::http::access::Asker;
use crate::work::programme::{Found, Journal, find};
use crate::{Problem, Service};

pub(super) use files::check_year;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .merge(documents::routes())
        .merge(measured::routes())
        .merge(entries::routes())
        .merge(workflow::routes())
        .merge(files::routes())
        .merge(villages::routes())
}

/// A programme of a project.
struct Chosen {
    project: String,
    found: Found,
}

impl Chosen {
    async fn of(service: &Service, project: &str, key: &str) -> Result<Self, Problem> {
        let project = service.store.project(project).await?.id;
        let found = find(&service.store, &project, key).await?;
        Ok(Self { project, found })
    }

    fn journal<'a>(&'a self, service: &'a Service, asker: &'a Asker) -> Journal<'a> {
        Journal {
            store: &service.store,
            project: &self.project,
            programme: &self.found.programme.key,
            viewer: asker.viewer().clone(),
            who: asker.who(),
        }
    }
}

/// The day and the coverage run that a figure is of.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct When {
    /// Coverage run; the newest when absent.
    run: Option<String>,
    /// Day of the evaluation, year-month-day; today when absent.
    #[param(value_type = Option<String>, format = Date)]
    today: Option<String>,
}

impl When {
    fn run(&self) -> Option<&str> {
        self.run.as_deref().filter(|run| !run.is_empty())
    }

    fn today(&self) -> Result<Date, Problem> {
        day("today", self.today.as_deref())
    }
}

/// A day of a parameter; today when absent.
pub(super) fn day(name: &str, text: Option<&str>) -> Result<Date, Problem> {
    match text {
        None => Ok(jiff::Zoned::now().date()),
        Some(text) => text.parse().map_err(|_| {
            Problem::bad_parameter(
                name,
                format!("«{text}» không phải ngày; viết năm-tháng-ngày, ví dụ 2025-12-31"),
                format!("{text:?} is no day; write year-month-day, for example 2025-12-31"),
            )
        }),
    }
}

/// The language of a file.
pub(super) fn language(word: Option<&str>) -> Result<Language, Problem> {
    match word {
        None | Some("" | "vi") => Ok(Language::Vietnamese),
        Some("en") => Ok(Language::English),
        Some(other) => Err(Problem::bad_parameter(
            "lang",
            format!("không có ngôn ngữ «{other}»; dùng vi hoặc en"),
            format!("there is no language {other:?}; use vi or en"),
        )),
    }
}

/// A text of a body that must say something.
fn said(name: &str, text: &str) -> Result<(), Problem> {
    const LONGEST: usize = 2_000;
    let length = text.chars().count();
    if text.trim().is_empty() || length > LONGEST || text.contains('\0') {
        return Err(Problem::bad_parameter(
            name,
            format!("«{name}» cần từ 1 đến {LONGEST} ký tự"),
            format!("{name:?} needs 1 to {LONGEST} characters"),
        ));
    }
    Ok(())
}

async fn note(asker: &Asker, service: &Service, action: &str, project: &str, subject: &str) -> Result<(), Problem> {
    asker.note(service, action, Some(project), subject, json!({})).await
}

/// An operator speaks for itself; the department for everybody.
fn speaks_for(asker: &Asker, operator: &str) -> Result<(), Problem> {
    if asker.viewer().sees_operator(Some(operator)) {
        return Ok(());
    }
    Err(Problem::new(
        403,
        "not_allowed",
        "doanh nghiệp chỉ được nộp danh sách và trả lời của chính mình",
        "an operator speaks for itself only",
    ))
}

/// A JSON answer of something that can be written as JSON.
fn value(of: &impl serde::Serialize) -> Result<Value, Problem> {
    Ok(serde_json::to_value(of)?)
}
