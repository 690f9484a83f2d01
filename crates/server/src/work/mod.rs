//! The work that people wait for, apart from HTTP: the service's jobs and the command line call the same functions.

pub mod blocks;
mod coarse_outline;
pub mod comparison;
pub mod coverage;
pub mod demo;
pub mod difference;
pub mod export;
pub mod file_job;
pub mod ground;
pub mod import;
pub mod import_job;
pub mod inputs;
pub mod link_budget;
pub mod measured;
pub mod plan;
mod priority;
pub mod programme;
mod progress;
pub mod records;
pub mod results;
pub mod vector_tile;

pub(crate) use priority::{in_background, let_requests_go_first};
pub use progress::{Progress, Silent, Stage, Standing};

use crate::Problem;

/// Runs work that keeps a processor busy away from the threads that answer requests.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await?
}
