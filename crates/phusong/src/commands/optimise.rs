//! `phusong optimise`: solve a covering problem from CSV files.

use super::interruption::Interruption;
use crate::output::{Output, WrongUse};
use anyhow::Context;
use planner::optimiser::csv_instance::CsvInstance;
use planner::optimiser::{
    Bound, Constraints, Count, Goal, Infeasibility, Instance, Limits, Phase, Progress, Quota, Solution, Status, Stop,
    solve,
};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// What may be written after `optimise`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Candidates as CSV: id,x,y,cost[,group][,radius_m][,site][,zone][,locked] (metres). Of candidates with the same site at most one
    /// is chosen; those with a zone count for --zone-minimum; locked is `in` (must be chosen) or `out` (must not).
    #[arg(long)]
    candidates: PathBuf,
    /// Demand as CSV: id,x,y,weight[,must_serve] (metres); demand with must_serve (1, true, yes) must be served.
    #[arg(long)]
    demand: PathBuf,
    /// Radius of candidates without a radius_m of their own, metres.
    #[arg(long)]
    radius_m: Option<f64>,
    /// Who covers whom as CSV: candidate,demand. Replaces radii.
    #[arg(long, conflicts_with = "radius_m")]
    pairs: Option<PathBuf>,
    /// Choose exactly this many candidates.
    #[arg(long)]
    count: Option<u32>,
    /// Choose at most this many candidates.
    #[arg(long, conflicts_with = "count")]
    maximum_count: Option<u32>,
    /// Spend at most this.
    #[arg(long)]
    budget: Option<f64>,
    /// Find the least cost that serves this weight, instead of the most served weight.
    #[arg(long)]
    target_weight: Option<f64>,
    /// At least N candidates of a group: GROUP=N (may be repeated).
    #[arg(long, value_name = "GROUP=N")]
    group_minimum: Vec<String>,
    /// At most N candidates of a group: GROUP=N (may be repeated).
    #[arg(long, value_name = "GROUP=N")]
    group_maximum: Vec<String>,
    /// At least this many candidates that have a zone.
    #[arg(long, value_name = "N")]
    zone_minimum: Option<u32>,
    /// A period with its own budget, as NAME=BUDGET; in order of time (may be repeated). What is chosen in a period serves from then on,
    /// and the objective is the served weight summed over the periods.
    #[arg(long = "phase", value_name = "NAME=BUDGET")]
    phases: Vec<String>,
    /// Sets of candidates of which at most one is chosen, as CSV: set,candidate.
    #[arg(long)]
    conflicts: Option<PathBuf>,
    /// No two chosen candidates closer than this, metres.
    #[arg(long)]
    spacing_m: Option<f64>,
    /// Candidates that must be chosen, by id.
    #[arg(long, value_delimiter = ',')]
    must_pick: Vec<String>,
    /// Candidates that must not be chosen, by id.
    #[arg(long, value_delimiter = ',')]
    forbid: Vec<String>,
    /// Demand points that must be served, by id.
    #[arg(long, value_delimiter = ',')]
    must_serve: Vec<String>,
    /// Stop after this many seconds, reading included.
    #[arg(long, default_value_t = 60.0)]
    seconds: f64,
    /// Stop after this much work (see the planner's documentation): the answer can then be had again on any machine.
    #[arg(long)]
    work: Option<f64>,
    /// Stop once the gap is this small (0.001 = 0.1 %).
    #[arg(long, default_value_t = 0.0)]
    gap: f64,
    /// Threads, 0 = all.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Seed of random choices.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    objective: f64,
    bound: Option<f64>,
    gap: Option<f64>,
    status: Status,
    picks: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    phases: Vec<PhaseAnswer<'a>>,
    seconds: f64,
    served: f64,
    cost: f64,
    stop: Stop,
    work: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    infeasibility: Option<&'a Infeasibility>,
}

/// The picks of one period.
#[derive(Debug, Serialize)]
struct PhaseAnswer<'a> {
    name: &'a str,
    picks: Vec<&'a str>,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    check_use(&arguments)?;
    let files = read_files(&arguments)?;
    let instance = files.instance(arguments.radius_m)?;
    let constraints = constraints(&arguments, &files, &instance)?;
    // The answer is written within the time as well.
    let reading = started.elapsed().as_secs_f64();
    let limits = Limits {
        seed: arguments.seed,
        work: arguments.work,
        seconds: Some((arguments.seconds * (1.0 - WRITING_SHARE) - reading).max(0.0)),
        threads: arguments.threads,
        gap: arguments.gap,
    };
    let interruption = Interruption::listen();
    let mut last_line = Instant::now();
    let solution = solve(&instance, &constraints, &limits, &mut |progress| {
        if last_line.elapsed().as_secs_f64() >= 1.0 {
            last_line = Instant::now();
            output.say(&line(&progress, started.elapsed().as_secs_f64()));
        }
        if interruption.is_wanted() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })?;
    let answer = answer(&files, &constraints, &solution, started.elapsed().as_secs_f64());
    let text = serde_json::to_string_pretty(&answer)?;
    output.answer(&answer, || text)?;
    Ok(match solution.status {
        Status::Infeasible | Status::NotFound => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    })
}

/// Share of the time that is kept for ending the last step and writing the answer.
const WRITING_SHARE: f64 = 0.02;

fn check_use(arguments: &Arguments) -> anyhow::Result<()> {
    let limited = arguments.count.is_some()
        || arguments.maximum_count.is_some()
        || arguments.budget.is_some()
        || !arguments.phases.is_empty();
    if !limited && arguments.target_weight.is_none() {
        let flags = "--count, --maximum-count, --budget, --phase or --target-weight";
        return Err(WrongUse(format!("optimise: give {flags}")).into());
    }
    if !(arguments.seconds.is_finite() && arguments.seconds > 0.0) {
        return Err(WrongUse(format!(
            "optimise: --seconds {} must be more than zero",
            arguments.seconds
        ))
        .into());
    }
    for (name, value) in [
        ("--radius-m", arguments.radius_m),
        ("--spacing-m", arguments.spacing_m),
        ("--work", arguments.work),
        ("--budget", arguments.budget),
        ("--target-weight", arguments.target_weight),
        ("--gap", Some(arguments.gap)),
    ] {
        if value.is_some_and(|value| !(value.is_finite() && value >= 0.0)) {
            return Err(WrongUse(format!("optimise: {name} must be a finite number, zero or more")).into());
        }
    }
    Ok(())
}

fn open(path: &Path) -> anyhow::Result<File> {
    File::open(path).with_context(|| format!("cannot open {}", path.display()))
}

fn read_files(arguments: &Arguments) -> anyhow::Result<CsvInstance> {
    let pairs = arguments.pairs.as_deref().map(open).transpose()?;
    Ok(CsvInstance::read(
        open(&arguments.candidates)?,
        open(&arguments.demand)?,
        pairs,
    )?)
}

fn constraints(arguments: &Arguments, files: &CsvInstance, instance: &Instance) -> anyhow::Result<Constraints> {
    let candidate_ids: Vec<&str> = files.candidates.iter().map(|candidate| candidate.id.as_str()).collect();
    let demand_ids: Vec<&str> = files.demand.iter().map(|demand| demand.id.as_str()).collect();
    let exactly = arguments.count.map(Count::Exactly);
    let mut constraints = Constraints {
        goal: arguments
            .target_weight
            .map_or(Goal::MostServed, |target_weight| Goal::LeastCost { target_weight }),
        count: exactly.or(arguments.maximum_count.map(Count::AtMost)),
        budget: arguments.budget,
        must_pick: find("candidate", &arguments.must_pick, &candidate_ids)?,
        forbidden: find("candidate", &arguments.forbid, &candidate_ids)?,
        must_serve: find("demand", &arguments.must_serve, &demand_ids)?,
        phases: arguments
            .phases
            .iter()
            .map(|text| phase(text))
            .collect::<Result<_, _>>()?,
        conflicts: one_per_site(files),
        ..Constraints::default()
    };
    let where_locked = |wanted: bool| {
        (0u32..)
            .zip(&files.candidates)
            .filter(move |(_, candidate)| candidate.locked == Some(wanted))
            .map(|(index, _)| index)
    };
    constraints.must_pick.extend(where_locked(true));
    constraints.forbidden.extend(where_locked(false));
    let must_serve = (0u32..).zip(&files.demand).filter(|(_, demand)| demand.must_serve);
    constraints.must_serve.extend(must_serve.map(|(index, _)| index));
    if let Some(minimum) = arguments.zone_minimum {
        let in_zones = (0u32..)
            .zip(&files.candidates)
            .filter(|(_, candidate)| candidate.zone.is_some());
        constraints.quotas.push(Quota {
            name: "zone minimum".to_owned(),
            members: in_zones.map(|(index, _)| index).collect(),
            minimum,
            maximum: None,
        });
    }
    if let Some(path) = &arguments.conflicts {
        constraints.conflicts.extend(files.conflicts(open(path)?)?);
    }
    for text in &arguments.group_minimum {
        let (quota, number) = group_limit(text, files)?;
        constraints.quotas.push(Quota {
            minimum: number,
            ..quota
        });
    }
    for text in &arguments.group_maximum {
        let (quota, number) = group_limit(text, files)?;
        constraints.quotas.push(Quota {
            maximum: Some(number),
            ..quota
        });
    }
    if let Some(spacing_m) = arguments.spacing_m {
        let positions: Option<Vec<_>> = files.candidates.iter().map(|candidate| candidate.position_m).collect();
        let positions =
            positions.ok_or_else(|| WrongUse("optimise: --spacing-m needs x and y of every candidate".into()))?;
        constraints.add_spacing(&positions, spacing_m);
    }
    constraints.check(instance)?;
    Ok(constraints)
}

fn phase(text: &str) -> Result<Phase, WrongUse> {
    let wrong = || WrongUse(format!("optimise: {text:?} is not of the form NAME=BUDGET"));
    let (name, budget) = text.rsplit_once('=').ok_or_else(wrong)?;
    Ok(Phase {
        name: name.trim().to_owned(),
        budget: Some(budget.trim().parse().map_err(|_| wrong())?),
        maximum_count: None,
        value: 1.0,
    })
}

/// Candidates of the same site exclude each other.
fn one_per_site(files: &CsvInstance) -> Vec<Vec<u32>> {
    let mut by_site: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (index, candidate) in (0u32..).zip(&files.candidates) {
        if let Some(site) = &candidate.site {
            by_site.entry(site).or_default().push(index);
        }
    }
    by_site.into_values().filter(|set| set.len() > 1).collect()
}

fn find(what: &str, wanted: &[String], ids: &[&str]) -> anyhow::Result<Vec<u32>> {
    let by_id: HashMap<&str, u32> = if wanted.is_empty() {
        HashMap::new()
    } else {
        ids.iter().copied().zip(0u32..).collect()
    };
    wanted
        .iter()
        .map(|wanted| match by_id.get(wanted.as_str()) {
            Some(&index) => Ok(index),
            None => Err(WrongUse(format!("optimise: there is no {what} {wanted:?}")).into()),
        })
        .collect()
}

fn group_limit(text: &str, files: &CsvInstance) -> anyhow::Result<(Quota, u32)> {
    let wrong = || WrongUse(format!("optimise: {text:?} is not of the form GROUP=N"));
    let (group, number) = text.rsplit_once('=').ok_or_else(wrong)?;
    let number = number.trim().parse().map_err(|_| wrong())?;
    let in_group =
        |candidate: &planner::optimiser::csv_instance::CsvCandidate| candidate.group.as_deref() == Some(group);
    let members: Vec<u32> = (0..)
        .zip(&files.candidates)
        .filter(|(_, candidate)| in_group(candidate))
        .map(|(index, _)| index)
        .collect();
    if members.is_empty() {
        return Err(WrongUse(format!("optimise: no candidate is in group {group:?}")).into());
    }
    Ok((
        Quota {
            name: format!("group {text}"),
            members,
            minimum: 0,
            maximum: None,
        },
        number,
    ))
}

fn line(progress: &Progress, seconds: f64) -> String {
    let show = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |value| format!("{value:.1}"));
    let bound = progress.bound.map(Bound::value);
    let gap = progress
        .objective
        .zip(bound)
        .filter(|(objective, _)| objective.abs() > 0.0)
        .map_or_else(
            || "—".to_owned(),
            |(objective, bound)| format!("{:.3} %", 100.0 * (bound - objective).abs() / objective.abs()),
        );
    format!(
        "{seconds:6.1} s  {:?}  objective {}  bound {}  gap {gap}",
        progress.stage,
        show(progress.objective),
        show(bound)
    )
}

fn answer<'a>(
    files: &'a CsvInstance,
    constraints: &'a Constraints,
    solution: &'a Solution,
    seconds: f64,
) -> Answer<'a> {
    let id_of = |pick: &planner::optimiser::Pick| files.candidates[pick.candidate as usize].id.as_str();
    Answer {
        objective: solution.objective,
        bound: solution.bound.map(Bound::value),
        gap: solution.gap,
        status: solution.status,
        picks: solution.picks.iter().map(id_of).collect(),
        phases: (0u32..)
            .zip(&constraints.phases)
            .map(|(index, phase)| PhaseAnswer {
                name: &phase.name,
                picks: solution
                    .picks
                    .iter()
                    .filter(|pick| pick.phase == index)
                    .map(id_of)
                    .collect(),
            })
            .collect(),
        seconds,
        served: solution.served,
        cost: solution.cost,
        stop: solution.stop,
        work: solution.work,
        infeasibility: solution.infeasibility.as_ref(),
    }
}
