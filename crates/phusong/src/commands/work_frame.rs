//! What the commands that work on the store have in common: opening it, telling progress, telling problems.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use server::Problem;
use server::work::{Progress, Stage, Standing};
use store::Store;

use super::interruption::Interruption;
use crate::output::Output;

/// Where a command finds the rows and the artefacts.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Database {
    /// PostgreSQL instead of the SQLite in the data folder.
    #[arg(long, value_name = "URL", env = "PHUSONG_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// With PostgreSQL, where the machines share artefacts: a folder (a path or file://) or an S3-compatible bucket (s3://bucket/prefix; keys,
    /// region and endpoint by AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT); the data folder when absent.
    #[arg(long, value_name = "URL", env = "PHUSONG_ARTEFACTS", requires = "database_url")]
    pub artefacts: Option<String>,
}

/// Runs work on the store in the data folder, then closes it.
pub fn with_store<T>(output: &Output, work: impl AsyncFnOnce(&Store) -> Result<T, Problem>) -> Result<T, Problem> {
    with_store_at(output, &Database::default(), work)
}

/// Runs work on the store in the data folder, whose rows may be in PostgreSQL, then closes it.
pub fn with_store_at<T>(
    output: &Output,
    database: &Database,
    work: impl AsyncFnOnce(&Store) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let folder = output.data_folder();
        let store = match (&database.database_url, &database.artefacts) {
            (Some(url), Some(artefacts)) => Store::open_shared(folder, url, artefacts).await?,
            (Some(url), None) => Store::open_postgres(folder, url).await?,
            (None, _) => Store::open(folder).await?,
        };
        let result = work(&store).await;
        store.close().await;
        result
    })
}

/// A progress bar on standard error (nothing where standard error is not a terminal); Ctrl-C asks the work to stop.
pub struct Bar {
    bar: ProgressBar,
    interruption: Interruption,
}

impl Bar {
    /// A bar that shows at once.
    pub fn new() -> Arc<Self> {
        const STEPS: u64 = 1000;
        let bar = ProgressBar::new(STEPS);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3}% {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Arc::new(Self {
            bar,
            interruption: Interruption::listen(),
        })
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn report(&self, fraction: f64, stage: Stage) {
        let length = self.bar.length().unwrap_or(0) as f64;
        self.bar.set_position((fraction.clamp(0.0, 1.0) * length) as u64);
        self.bar.set_message(stage.en);
    }

    fn standing(&self, standing: Standing) {
        self.bar.set_message(standing.text_en());
    }

    fn cancelled(&self) -> bool {
        self.interruption.is_wanted()
    }
}
