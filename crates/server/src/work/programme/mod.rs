//! Programmes of a project: the documents, what they are measured on, what people bring to them, the files that go out.

mod documents;
mod facts;
mod files;
mod journal;
mod measures;

pub use documents::{DocumentForm, Found, change, check, create, find, list, remove};
pub use facts::{ProjectFacts, load};
pub use files::{File, Format, annual_plan_file, report_file, village_file};
pub use journal::{Journal, SiteList, kinds, shown};
pub use measures::{
    AnnualRequest, annual, evaluate, evaluate_facts, history, list_row, plan_parameters, plan_steps, projection, rows,
    targets_of, village_decisions, village_rules, workflow,
};
