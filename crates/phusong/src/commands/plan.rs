//! `phusong plan`: propose the best actions; with `--adjust`, change a plan by hand.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use planner::hand::{AddedPlace, Adjustment, Move};
use serde_json::{Value, json};
use server::work::plan::{self, PlanParameters};
use server::work::results;

use super::work_frame::{Bar, Database, with_store_at};
use crate::output::{Output, WrongUse};

/// What may be written after `plan`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The project, by name or id.
    #[arg(long, value_name = "P")]
    project: String,
    /// A programme whose targets the plan is to meet, by key (the project's own or one that ships) or as a TOML file: it gives
    /// technology, actions, minimum in zones, quotas and weights that are not written here.
    #[arg(long, value_name = "PROGRAMME")]
    programme: Option<String>,
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
    /// A period with its own capital (million VND), as NAME=BUDGET; in order of time, may be given several times.
    #[arg(long = "phase", value_name = "NAME=BUDGET")]
    phases: Vec<String>,
    /// Least cost instead of most served: reach a share of electrified_villages, villages, commune_centres or people, as OF=SHARE
    /// (1 = all); may be given several times, at most one below 1.
    #[arg(long = "target", value_name = "OF=SHARE")]
    targets: Vec<String>,
    /// Places that must be served, by code, with commas between.
    #[arg(long, value_delimiter = ',')]
    must_serve: Vec<String>,
    /// The technology that actions add [default: the programme's, else 5g].
    #[arg(long)]
    technology: Option<String>,
    /// Kinds of action, with commas between: upgrade, co_locate, new_tower, pole_small_cell, leo [default: all but leo].
    #[arg(long, value_delimiter = ',')]
    kinds: Vec<String>,
    /// Actions of one operator, as OPERATOR=N; may be given several times.
    #[arg(long = "quota", value_name = "OPERATOR=N")]
    quotas: Vec<String>,
    /// Candidates that must be in the plan, by id; may be given several times.
    #[arg(long, value_name = "ID")]
    pin: Vec<String>,
    /// Candidates that must not be, by id; may be given several times.
    #[arg(long, value_name = "ID")]
    forbid: Vec<String>,
    /// A cost table (TOML, as data/costs.toml) instead of the one that ships.
    #[arg(long, value_name = "FILE")]
    costs: Option<PathBuf>,
    /// The coverage run to start from; the newest when absent.
    #[arg(long, value_name = "RUN")]
    coverage_run: Option<String>,
    /// Zoom of the candidates' footprints.
    #[arg(long, value_name = "Z", default_value_t = 11)]
    footprint_zoom: u8,
    /// Seed of the optimiser's random choices.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Effort of the optimiser, in units of 10⁹ elementary steps.
    #[arg(long, default_value_t = 10.0)]
    work: f64,
    /// Write the plan as a workbook, one sheet per operator and phase.
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// Change this plan by hand instead of making one: with --pin, --forbid, --add, --move, --actions, --budget. Nothing is stored.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["programme", "phases", "targets"])]
    adjust: Option<String>,
    /// With --adjust: a new mast there.
    #[arg(long, value_name = "LON,LAT", requires = "adjust", allow_hyphen_values = true)]
    add: Vec<String>,
    /// With --adjust: a candidate goes elsewhere, as ID=LON,LAT.
    #[arg(long = "move", value_name = "ID=LON,LAT", requires = "adjust")]
    moves: Vec<String>,
    /// With --adjust: everything else stays; only the sums are told.
    #[arg(long, requires = "adjust")]
    keep_rest: bool,
    #[command(flatten)]
    database: Database,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    if let Some(run) = &arguments.adjust {
        return by_hand(&arguments, run, output);
    }
    let parameters = parameters(&arguments)?;
    let limited = arguments.programme.is_some() || parameters.actions.is_some() || !arguments.phases.is_empty();
    if !limited && arguments.budget.is_none() && arguments.targets.is_empty() && arguments.must_serve.is_empty() {
        return Err(WrongUse("plan: give --actions N, --budget B, --phase, --target or --programme".to_owned()).into());
    }
    let bar = Bar::new();
    let done = with_store_at(output, &arguments.database, async |store| {
        let run = plan::run(store, &arguments.project, parameters, bar.clone()).await?;
        let whole = results::plan(store.artefacts(), &run)?;
        let book = arguments
            .xlsx
            .as_ref()
            .map(|_| plan::workbook::workbook(store.artefacts(), &run))
            .transpose()?;
        Ok((run, whole, book))
    });
    bar.finish();
    let (run, whole, book) = done?;
    if let (Some(path), Some(book)) = (&arguments.xlsx, book) {
        std::fs::write(path, book.bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let status = run.summary["solution"]["status"].as_str().unwrap_or("").to_owned();
    let answer = json!({ "run": run.id, "summary": run.summary, "plan": whole });
    output.answer(&answer, || text(&run.id, &whole))?;
    Ok(if matches!(status.as_str(), "infeasible" | "not_found") {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn by_hand(arguments: &Arguments, run: &str, output: &Output) -> anyhow::Result<ExitCode> {
    let change = Adjustment {
        pin: arguments.pin.iter().cloned().collect(),
        forbid: arguments.forbid.iter().cloned().collect(),
        add: arguments.add.iter().map(|text| added(text)).collect::<Result<_, _>>()?,
        moved: arguments
            .moves
            .iter()
            .map(|text| moved(text))
            .collect::<Result<_, _>>()?,
        actions: arguments.actions,
        budget_million_vnd: arguments.budget,
        keep_rest: arguments.keep_rest,
    };
    let answer = with_store_at(output, &arguments.database, async |store| {
        plan::adjust::by_hand(store, &arguments.project, run, change).await
    })?;
    output.answer(&answer, || {
        let side = |name: &str| {
            let sums = &answer[name];
            format!(
                "{name}: {} actions, value {}, {} people, {} villages, {} million VND, gap {}",
                sums["actions"],
                sums["objective"],
                sums["people"],
                sums["villages"],
                sums["capital_million_vnd"],
                sums["gap"]
            )
        };
        format!("{}\n{}", side("before"), side("after"))
    })?;
    Ok(ExitCode::SUCCESS)
}

fn position(text: &str) -> Result<[f64; 2], WrongUse> {
    let wrong = || WrongUse(format!("{text:?} is not of the form LON,LAT (degrees)"));
    let (lon, lat) = text.split_once(',').ok_or_else(wrong)?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
    Ok([number(lon)?, number(lat)?])
}

fn added(text: &str) -> Result<AddedPlace, WrongUse> {
    Ok(AddedPlace {
        position: position(text)?,
        action: None,
        operator: None,
        antenna_height_m: None,
    })
}

fn moved(text: &str) -> Result<Move, WrongUse> {
    let (id, place) = text
        .rsplit_once('=')
        .ok_or_else(|| WrongUse(format!("--move {text}: write ID=LON,LAT")))?;
    Ok(Move {
        id: id.to_owned(),
        position: position(place)?,
    })
}

/// The two sides of `NAME=NUMBER`.
fn named_number<'a, N: std::str::FromStr>(flag: &str, text: &'a str) -> Result<(&'a str, N), WrongUse> {
    text.rsplit_once('=')
        .and_then(|(name, number)| Some((name.trim(), number.trim().parse().ok()?)))
        .ok_or_else(|| WrongUse(format!("{flag} {text}: write NAME=NUMBER")))
}

fn parameters(arguments: &Arguments) -> anyhow::Result<PlanParameters> {
    let mut quotas = serde_json::Map::new();
    for quota in &arguments.quotas {
        let (name, count) = named_number::<u32>("--quota", quota)?;
        quotas.insert(name.to_owned(), json!(count));
    }
    let phases = arguments
        .phases
        .iter()
        .map(|phase| {
            let (name, budget) = named_number::<f64>("--phase", phase)?;
            Ok(json!({ "name": name, "budget_million_vnd": budget }))
        })
        .collect::<Result<Vec<Value>, WrongUse>>()?;
    let targets = arguments
        .targets
        .iter()
        .map(|target| {
            let (of, share) = named_number::<f64>("--target", target)?;
            Ok(json!({ "of": of, "share": share }))
        })
        .collect::<Result<Vec<Value>, WrongUse>>()?;
    let costs = match &arguments.costs {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let model = planner::CostModel::from_toml(&text).map_err(|error| WrongUse(error.to_string()))?;
            Some(serde_json::to_value(model)?)
        }
        None => None,
    };
    let goal = if targets.is_empty() {
        json!("most_served")
    } else {
        json!({ "least_cost": { "targets": targets } })
    };
    let is_file = |name: &&String| Path::new(name).extension().is_some_and(|ending| ending == "toml");
    let file = arguments.programme.as_ref().filter(is_file);
    let programme_text = file
        .map(|path| std::fs::read_to_string(path).with_context(|| format!("cannot read {path}")))
        .transpose()?;
    let document = json!({
        "programme": arguments.programme.as_ref().filter(|_| file.is_none()),
        "programme_text": programme_text,
        "technology": arguments.technology.as_ref().map(|technology| technology.to_lowercase()),
        "actions": arguments.actions,
        "at_most": arguments.at_most,
        "minimum_in_zones": arguments.minimum_in_zones,
        "budget_million_vnd": arguments.budget,
        "quotas": quotas,
        "phases": phases,
        "goal": goal,
        "must_serve": arguments.must_serve,
        "kinds": arguments.kinds,
        "pinned": arguments.pin,
        "forbidden": arguments.forbid,
        "costs": costs,
        "coverage_run": arguments.coverage_run,
        "footprint_zoom": arguments.footprint_zoom,
        "seed": arguments.seed,
        "work": arguments.work,
    });
    serde_json::from_value(document).map_err(|error| WrongUse(error.to_string()).into())
}

fn text(run: &str, plan: &Value) -> String {
    let solution = &plan["solution"];
    let mut lines = vec![format!(
        "plan run {run}: {}, objective {}, bound {}, gap {}",
        solution["status"].as_str().unwrap_or(""),
        solution["objective"],
        solution["bound"],
        solution["gap"]
    )];
    for conflict in solution["infeasibility"]["conflicting"]
        .as_array()
        .into_iter()
        .flatten()
    {
        lines.push(format!(
            "  cannot be met: {}",
            conflict["text_en"].as_str().unwrap_or("")
        ));
    }
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
