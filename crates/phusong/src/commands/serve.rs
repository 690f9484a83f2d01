//! `phusong serve`: start the service, API and web app in one.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use geodata::DatasetKind;
use serde_json::json;
use server::work::demo::{DemoFiles, DemoMaker};
use server::{ServiceOptions, serve};

use crate::demo;
use crate::output::Output;

/// What may be written after `serve`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Address and port to listen on; without sign-in only this machine's own.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// PostgreSQL instead of the SQLite in the data folder.
    #[arg(long, value_name = "URL", env = "PHUSONG_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let options = ServiceOptions {
        data_folder: output.data_folder().to_owned(),
        database_url: arguments.database_url,
        listen: arguments.listen,
        demo: Some(demo_maker()),
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(serve(options, |address| {
        let address = format!("http://{address}");
        // Whoever started the service waits for this line: nothing more can be done when it cannot be written.
        drop(output.answer(&json!({ "address": address }), || format!("Phủ Sóng: {address}")));
    }))?;
    Ok(ExitCode::SUCCESS)
}

/// The demo's files, from the usual seed.
pub fn demo_maker() -> DemoMaker {
    Arc::new(|folder| {
        let summary = demo::write(demo::DEFAULT_SEED, folder).map_err(|error| format!("{error:#}"))?;
        Ok(demo_files(&summary))
    })
}

/// The files that the demo project is imported from.
pub fn demo_files(summary: &demo::Summary) -> DemoFiles {
    let known = |file: &demo::DemoFile| Some((DatasetKind::from_key(file.kind?)?, file.path.clone()));
    DemoFiles {
        project: summary.project.to_owned(),
        files: summary.files.iter().filter_map(known).collect(),
    }
}
