//! `phusong plan`: propose the best actions.

use std::process::ExitCode;

use serde_json::{Value, json};
use server::work::plan::{self, PlanParameters};
use server::work::results;

use super::work_frame::{Bar, with_store};
use crate::output::{Output, WrongUse};

/// What may be written after `plan`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The project, by name or id.
    #[arg(long, value_name = "P")]
    project: String,
    /// Number of actions.
    #[arg(long, value_name = "N")]
    actions: Option<u32>,
    /// Take fewer actions when there are too few candidates.
    #[arg(long)]
    at_most: bool,
    /// Least number of actions inside zones.
    #[arg(long, value_name = "M")]
    minimum_in_zones: Option<u32>,
    /// Most capital, million VND.
    #[arg(long, value_name = "B")]
    budget: Option<f64>,
    /// The technology that actions add.
    #[arg(long, default_value = "5g")]
    technology: String,
    /// Kinds of action, with commas between: upgrade, co_locate, new_tower, …
    #[arg(long, value_delimiter = ',')]
    kinds: Vec<String>,
    /// Actions of one operator, as OPERATOR=N; may be given several times.
    #[arg(long = "quota", value_name = "OPERATOR=N")]
    quotas: Vec<String>,
    /// The coverage run to start from; the newest when absent.
    #[arg(long, value_name = "RUN")]
    coverage_run: Option<String>,
    /// Seed of the optimiser's random choices.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A programme whose targets the plan is to meet.
    #[arg(long, value_name = "PROGRAMME", conflicts_with_all = ["actions", "budget"])]
    programme: Option<String>,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    if arguments.programme.is_some() {
        return output.not_yet("plan --programme");
    }
    if arguments.actions.is_none() && arguments.budget.is_none() {
        return Err(WrongUse("plan: give --actions N or --budget B".to_owned()).into());
    }
    let parameters = parameters(&arguments)?;
    let bar = Bar::new();
    let done = with_store(output, async |store| {
        let run = plan::run(store, &arguments.project, parameters, bar.clone()).await?;
        let whole = results::plan(store.artefacts(), &run)?;
        Ok((run, whole))
    });
    bar.finish();
    let (run, whole) = done?;
    let status = run.summary["solution"]["status"].as_str().unwrap_or("").to_owned();
    let answer = json!({ "run": run.id, "summary": run.summary, "plan": whole });
    output.answer(&answer, || text(&run.id, &whole))?;
    Ok(if status == "infeasible" {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn parameters(arguments: &Arguments) -> anyhow::Result<PlanParameters> {
    let mut quotas = serde_json::Map::new();
    for quota in &arguments.quotas {
        let parsed = quota
            .rsplit_once('=')
            .and_then(|(name, count)| Some((name, count.parse::<u32>().ok()?)));
        let (name, count) = parsed.ok_or_else(|| WrongUse(format!("--quota {quota}: write OPERATOR=N")))?;
        quotas.insert(name.to_owned(), json!(count));
    }
    let document = json!({
        "technology": arguments.technology.to_lowercase(),
        "actions": arguments.actions,
        "at_most": arguments.at_most,
        "minimum_in_zones": arguments.minimum_in_zones,
        "budget_million_vnd": arguments.budget,
        "quotas": quotas,
        "kinds": arguments.kinds,
        "coverage_run": arguments.coverage_run,
        "seed": arguments.seed,
    });
    serde_json::from_value(document).map_err(|error| WrongUse(error.to_string()).into())
}

fn text(run: &str, plan: &Value) -> String {
    let mut lines = vec![format!(
        "plan run {run}: {}",
        plan["solution"]["status"].as_str().unwrap_or("")
    )];
    for action in plan["actions"].as_array().into_iter().flatten() {
        lines.push(format!(
            "{:>4}. {} {} {} — {}",
            action["rank"],
            action["action"].as_str().unwrap_or(""),
            action["operator"].as_str().unwrap_or(""),
            action["site_code"].as_str().unwrap_or("(new)"),
            action["reason_en"].as_str().unwrap_or("")
        ));
    }
    lines.join("\n")
}
