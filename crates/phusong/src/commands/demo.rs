//! `phusong demo`: make the demo project's files and load them.

use std::path::PathBuf;
use std::process::ExitCode;

use server::work::demo::load;

use super::serve;
use super::work_frame::{Bar, with_store};
use crate::demo;
use crate::output::Output;

/// What may be written after `demo`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Seed of the synthetic province; the same seed gives the same bytes.
    #[arg(long, default_value_t = demo::DEFAULT_SEED)]
    seed: u64,
    /// Folder for the files (default: `demo` in the data folder).
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let folder = arguments.out.unwrap_or_else(|| output.data_folder().join("demo"));
    output.say("making the synthetic province (dữ liệu mô phỏng)…");
    let summary = demo::write(arguments.seed, &folder)?;
    let bar = Bar::new();
    let files = serve::demo_files(&summary);
    let loaded = with_store(output, async |store| load(store, &files, &*bar).await);
    bar.finish();
    loaded?;
    output.answer(&summary, || text(&summary))?;
    Ok(ExitCode::SUCCESS)
}

/// The answer for people.
fn text(summary: &demo::Summary) -> String {
    let mut lines = vec![
        format!("{} · seed {}", summary.project, summary.seed),
        format!(
            "{} communes, {} villages ({} without grid power, {} with an outlying cluster), {} people",
            summary.communes,
            summary.villages,
            summary.villages_without_power,
            summary.villages_with_outlying_cluster,
            summary.people
        ),
        format!(
            "{} KKT, {} KCN, {} CCN, {} other places",
            summary.economic_zones, summary.industrial_parks, summary.industrial_clusters, summary.places
        ),
        format!(
            "{} masts ({} shared), {} stations: {} 2G, {} 3G, {} 4G, {} 5G ({} of them in zones)",
            summary.masts,
            summary.shared_masts,
            summary.stations,
            summary.stations_2g,
            summary.stations_3g,
            summary.stations_4g,
            summary.stations_5g,
            summary.stations_5g_in_zones
        ),
    ];
    lines.extend(summary.files.iter().map(|file| format!("  {}", file.path.display())));
    lines.join("\n")
}
