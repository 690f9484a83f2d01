//! `phusong worker`: work for a shared queue.

use std::process::ExitCode;

use serde_json::json;
use store::Store;

use crate::output::Output;

/// What may be written after `worker`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The PostgreSQL database that the service uses.
    #[arg(long, value_name = "URL", env = "PHUSONG_DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// Where the machines share artefacts: a folder (a path or file://) or an S3-compatible bucket (s3://bucket/prefix; keys, region and
    /// endpoint by AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT), of which --data is this machine's copy; --data when
    /// absent.
    #[arg(long, value_name = "URL", env = "PHUSONG_ARTEFACTS")]
    artefacts: Option<String>,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let folder = output.data_folder();
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let opened = match &arguments.artefacts {
            Some(artefacts) => Store::open_shared(folder, &arguments.database_url, artefacts).await,
            None => Store::open_postgres(folder, &arguments.database_url).await,
        };
        let store = opened.map_err(server::Problem::from)?;
        let place = arguments.artefacts.unwrap_or_else(|| folder.display().to_string());
        drop(
            output.answer(&json!({ "folder": store.folder(), "artefacts": place }), || {
                format!("working for {place}")
            }),
        );
        server::work_for(store).await
    })?;
    Ok(ExitCode::SUCCESS)
}
