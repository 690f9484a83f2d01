//! `phusong cover`: compute the coverage of a project.

use std::process::ExitCode;

use coverage_model::CoverageParameters;
use serde_json::{Value, json};
use server::work::coverage;

use super::work_frame::{Bar, Database, with_store_at};
use crate::output::{Output, WrongUse};

/// What may be written after `cover`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The project, by name or id.
    #[arg(long, value_name = "P")]
    project: String,
    /// Technologies, with commas between.
    #[arg(long, value_delimiter = ',', default_value = "4g,5g")]
    technology: Vec<String>,
    /// Zoom of the raster: 12 is about 36 m at 18° N.
    #[arg(long)]
    zoom: Option<u8>,
    /// Propagation model: p1812, free_space, …
    #[arg(long)]
    model: Option<String>,
    /// Any other setting of the run, as NAME=VALUE (JSON); may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    #[command(flatten)]
    database: Database,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let parameters = parameters(&arguments)?;
    let bar = Bar::new();
    let done = with_store_at(output, &arguments.database, async |store| {
        coverage::run(store, &arguments.project, parameters, bar.clone()).await
    });
    bar.finish();
    let run = done?;
    let answer = json!({ "run": run.id, "summary": run.summary, "parameters": run.parameters, "layers": layers(&run) });
    output.answer(&answer, || text(&run.id, &run.summary))?;
    Ok(ExitCode::SUCCESS)
}

fn parameters(arguments: &Arguments) -> anyhow::Result<CoverageParameters> {
    let mut document = serde_json::Map::new();
    let technologies: Vec<String> = arguments
        .technology
        .iter()
        .map(|word| word.trim().to_lowercase())
        .collect();
    document.insert("technologies".to_owned(), json!(technologies));
    if let Some(zoom) = arguments.zoom {
        document.insert("zoom".to_owned(), json!(zoom));
    }
    if let Some(model) = &arguments.model {
        document.insert("model".to_owned(), json!(model));
    }
    for setting in &arguments.settings {
        let (name, value) = setting
            .split_once('=')
            .ok_or_else(|| WrongUse(format!("--set {setting}: write NAME=VALUE")))?;
        let value: Value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
        document.insert(name.to_owned(), value);
    }
    serde_json::from_value(document.into()).map_err(|error| WrongUse(error.to_string()).into())
}

fn layers(run: &store::Run) -> Vec<&str> {
    server::work::results::layer_keys(run).collect()
}

fn text(run: &str, summary: &Value) -> String {
    let mut lines = vec![format!("coverage run {run}")];
    for (technology, numbers) in summary["technologies"].as_object().into_iter().flatten() {
        let part = |covered: &str, all: &str| {
            let (covered, all) = (
                numbers[covered].as_f64().unwrap_or(0.0),
                numbers[all].as_f64().unwrap_or(0.0),
            );
            if all > 0.0 {
                format!("{:.1} %", 100.0 * covered / all)
            } else {
                "–".to_owned()
            }
        };
        lines.push(format!(
            "{technology}: {} of the area, {} of the people, {} of {} places served (any operator)",
            part("covered_km2", "km2"),
            part("covered_people", "people"),
            numbers["served_places"],
            numbers["places"]
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(settings: &[&str]) -> Arguments {
        Arguments {
            project: "x".into(),
            technology: vec!["4G".into()],
            zoom: Some(11),
            model: None,
            settings: settings.iter().map(|s| (*s).to_owned()).collect(),
            database: Database::default(),
        }
    }

    #[test]
    fn settings_reach_the_parameters() {
        let parameters = parameters(&arguments(&["load=0.25", "model=free_space"])).unwrap();
        assert_eq!((parameters.zoom, parameters.load), (11, 0.25));
        assert!(
            super::parameters(&arguments(&["no_such_setting=1"]))
                .unwrap_err()
                .is::<WrongUse>()
        );
        assert!(super::parameters(&arguments(&["load"])).unwrap_err().is::<WrongUse>());
    }
}
