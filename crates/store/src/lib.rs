//! Projects, datasets, runs, jobs, accounts and artefacts, kept in one folder.
//!
//! [`Store`] is the one surface: rows live in a database (SQLite in the folder; PostgreSQL when outgrown), large immutable bytes
//! live beside it as [`Artefacts`], named by their content (and in a bucket, [`Objects`], where machines share no folder). Artefacts are written first and rows are committed in one transaction
//! after them, so that nothing half-done can ever be seen: a crash leaves at most bytes that nobody refers to.
//!
//! Who may see which row is decided here, in the queries ([`Viewer`]), and not by whoever calls.
#![forbid(unsafe_code)]

mod account;
mod answer;
mod artefact;
mod audit;
mod backup;
mod block;
mod dataset;
mod engine;
mod error;
mod feature;
mod job;
mod list_settings;
mod objects;
mod personal_data;
mod programme;
mod project;
mod run;
mod signal_report;
mod staging;
mod statement;
mod viewer;

pub use account::{
    Account, AccountChange, ApiToken, Identity, Invitation, LEAST_PASSWORD_CHARACTERS, NewAccount, NewApiToken,
    NewSession, Role, Scope, SignIn, SignedIn, is_strong_enough,
};
pub use answer::{Earlier, KeptAnswer};
pub use artefact::{Artefact, Artefacts};
pub use audit::{AuditEntry, NewAuditEntry};
pub use backup::{Backup, restore};
pub use block::{Block, Heartbeat};
pub use dataset::{Dataset, NewDataset};
pub use engine::{FolderLock, Store};
pub use error::StoreError;
pub use feature::{Feature, FeaturePage, FeatureQuery, NewFeature};
pub use job::{Job, JobProgress, JobStatus};
pub use objects::Objects;
pub use personal_data::mask;
pub use programme::{NewProgrammeEntry, ProgrammeDocument, ProgrammeEntry};
pub use project::Project;
pub use run::{NewRun, Run, RunKind, run_id};
pub use signal_report::{NewSignalReport, SignalReport};
pub use staging::{ImportStatus, NewImport, StagedImport};
pub use viewer::Viewer;

/// The time now, as the store writes it (RFC 3339, UTC, microseconds).
pub fn now() -> String {
    format!("{:.6}", jiff::Timestamp::now())
}
