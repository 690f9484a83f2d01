//! `phusong worker`: work for a shared queue.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;
use store::Store;

use crate::output::{Output, WrongUse};

/// What may be written after `worker`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The PostgreSQL database that the service uses.
    #[arg(long, value_name = "URL", env = "PHUSONG_DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// The shared folder with the artefacts, as a path or a file:// address; --data when absent.
    #[arg(long, value_name = "URL")]
    artefacts: Option<String>,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let folder = match &arguments.artefacts {
        Some(address) => shared_folder(address)?,
        None => output.data_folder().to_owned(),
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let store = Store::open_postgres(&folder, &arguments.database_url)
            .await
            .map_err(server::Problem::from)?;
        drop(output.answer(&json!({ "folder": folder }), || {
            format!("working for {}", folder.display())
        }));
        server::work_for(store).await
    })?;
    Ok(ExitCode::SUCCESS)
}

fn shared_folder(address: &str) -> Result<PathBuf, WrongUse> {
    match address.split_once("://") {
        None => Ok(PathBuf::from(address)),
        Some(("file", path)) => Ok(PathBuf::from(path)),
        Some((scheme, _)) => Err(WrongUse(format!(
            "--artefacts {scheme}://…: this version works with a shared folder only"
        ))),
    }
}
