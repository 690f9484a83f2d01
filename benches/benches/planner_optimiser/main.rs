//! The optimiser on province-like instances: objective, proved bound, gap, time and memory, each case in a process of its own.
//!
//! `cargo bench -p benches --bench planner_optimiser -- [S M …] [--seed N] [--cpu]`
//!
//! Instances are made here (`province.rs`). To run instances from files instead, name their folder in `PLANNER_INSTANCES`: it holds
//! `S/candidates.csv`, `S/demand.csv`, `M/…`. With `--cpu` the limit is processor time (two seconds for each second of the bar), for
//! measurements on a machine that does other work as well.
#![allow(clippy::print_stdout)]

mod measure;
mod province;

use std::ops::ControlFlow;
use std::process::{Command, ExitCode};
use std::time::Instant;

use planner::optimiser::csv_instance::CsvInstance;
use planner::optimiser::{Constraints, Count, Instance, Limits, Phase, Quota, Solution, solve};

/// One line of the table of bars.
struct Case {
    name: &'static str,
    /// Size and radius of its instance; the folder's name where instances come from files.
    folder: &'static str,
    limit: Limit,
    seconds: f64,
    /// Gap to reach; 0 = proved optimal.
    bar: f64,
}

enum Limit {
    Count(u32),
    Budget(f64),
    /// Count with quotas, a zone minimum, conflicts and phases.
    Everything(u32),
}

const CASES: [Case; 8] = [
    case("S", "S", Limit::Count(100), 5.0, 0.0),
    case("S-budget", "S", Limit::Budget(1500.0), 3.0, 0.0),
    case("M", "M", Limit::Count(200), 8.0, 0.001),
    case("M-budget", "M", Limit::Budget(3000.0), 8.0, 0.001),
    case("M-constrained", "M", Limit::Everything(200), 20.0, 0.005),
    case("L", "L", Limit::Count(400), 60.0, 0.004),
    case("country-500", "country", Limit::Count(500), 120.0, 0.0005),
    case("country-2000", "country", Limit::Count(2000), 120.0, 0.01),
];

const fn case(name: &'static str, folder: &'static str, limit: Limit, seconds: f64, bar: f64) -> Case {
    Case {
        name,
        folder,
        limit,
        seconds,
        bar,
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let value = |flag: &str| {
        words
            .iter()
            .position(|word| word == flag)
            .and_then(|at| words.get(at + 1))
            .cloned()
    };
    let seed: u64 = value("--seed").and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let by_cpu = words.iter().any(|word| word == "--cpu");
    if let Some(name) = value("--case") {
        return match CASES.iter().find(|case| case.name == name) {
            Some(case) => run(case, seed, by_cpu),
            None => ExitCode::FAILURE,
        };
    }
    println!(
        "{:<14} {:>5} {:>12} {:>12} {:>9} {:>8} {:>8} {:>8} {:>8}  status",
        "case", "seed", "objective", "bound", "gap %", "bar %", "wall s", "cpu s", "MiB"
    );
    let Ok(program) = std::env::current_exe() else {
        return ExitCode::FAILURE;
    };
    let wanted = |case: &&Case| {
        let named: Vec<&String> = words
            .iter()
            .filter(|word| CASES.iter().any(|case| case.name == **word))
            .collect();
        named.is_empty() || named.iter().any(|word| *word == case.name)
    };
    for case in CASES.iter().filter(wanted) {
        let mut child = Command::new(&program);
        child.args(["--case", case.name, "--seed", &seed.to_string()]);
        if by_cpu {
            child.arg("--cpu");
        }
        if !child.status().is_ok_and(|status| status.success()) {
            println!("{:<14} failed", case.name);
        }
    }
    ExitCode::SUCCESS
}

fn run(case: &Case, seed: u64, by_cpu: bool) -> ExitCode {
    let started = Instant::now();
    let files = match std::env::var("PLANNER_INSTANCES") {
        Ok(folder) => read(&std::path::Path::new(&folder).join(case.folder)),
        Err(_) => Ok(province::named(case.folder, seed)),
    };
    let instance = files.and_then(|files| {
        let instance = files.instance(None)?;
        Ok((files, instance))
    });
    let (files, instance) = match instance {
        Ok(pair) => pair,
        Err(error) => {
            println!("{:<14} {error}", case.name);
            return ExitCode::FAILURE;
        }
    };
    let constraints = constraints(&case.limit, &files, &instance);
    let limits = Limits {
        seed,
        seconds: (!by_cpu).then(|| (case.seconds - started.elapsed().as_secs_f64()).max(0.1)),
        ..Limits::default()
    };
    let most_cpu = 2.0 * case.seconds;
    let mut told = Instant::now();
    let solution = solve(&instance, &constraints, &limits, &mut |progress| {
        if std::env::var_os("PLANNER_TRACE").is_some() && told.elapsed().as_secs_f64() > 1.0 {
            told = Instant::now();
            println!("  {:7.1} cpu s  {progress:?}", measure::cpu_seconds());
        }
        if by_cpu && measure::cpu_seconds() > most_cpu {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    match solution {
        Ok(solution) => tell(case, seed, &solution, started.elapsed().as_secs_f64()),
        Err(error) => println!("{:<14} {error}", case.name),
    }
    ExitCode::SUCCESS
}

fn tell(case: &Case, seed: u64, solution: &Solution, seconds: f64) {
    let bound = solution.bound.map_or(f64::NAN, planner::optimiser::Bound::value);
    let gap = solution.gap.unwrap_or(f64::NAN);
    println!(
        "{:<14} {:>5} {:>12.1} {:>12.1} {:>9.4} {:>8.3} {:>8.1} {:>8.1} {:>8.0}  {:?}, {}",
        case.name,
        seed,
        solution.objective,
        bound,
        100.0 * gap,
        100.0 * case.bar,
        seconds,
        measure::cpu_seconds(),
        measure::peak_mebibytes(),
        solution.status,
        if gap <= case.bar { "met" } else { "missed" },
    );
}

fn read(folder: &std::path::Path) -> anyhow::Result<CsvInstance> {
    let open = |name: &str| std::fs::File::open(folder.join(name));
    Ok(CsvInstance::read(
        open("candidates.csv")?,
        open("demand.csv")?,
        None::<std::fs::File>,
    )?)
}

/// The constraints of a case. `Everything`: candidates in the middle of the province are "in zones"; classes are quotas; every candidate
/// excludes those within 300 m; two years with a budget each.
fn constraints(limit: &Limit, files: &CsvInstance, instance: &Instance) -> Constraints {
    match *limit {
        Limit::Count(count) => Constraints::exactly(count),
        Limit::Budget(budget) => Constraints::within_budget(budget),
        Limit::Everything(count) => {
            let indices = |wanted: &dyn Fn(&planner::optimiser::csv_instance::CsvCandidate) -> bool| {
                (0u32..)
                    .zip(&files.candidates)
                    .filter(|(_, candidate)| wanted(candidate))
                    .map(|(index, _)| index)
                    .collect::<Vec<u32>>()
            };
            let of_group = |name: &str| indices(&|candidate| candidate.group.as_deref() == Some(name));
            let middle = indices(&|candidate| {
                candidate
                    .position_m
                    .is_some_and(|(x, y)| (40_000.0..60_000.0).contains(&x) && (40_000.0..60_000.0).contains(&y))
            });
            let mut constraints = Constraints {
                count: Some(Count::Exactly(count)),
                quotas: vec![
                    quota("upgrades", of_group("upgrade"), 60, Some(90)),
                    quota("co-locations", of_group("co_locate"), 30, Some(60)),
                    quota("new masts", of_group("new_tower"), 60, None),
                    quota("zones", middle, 40, None),
                ],
                phases: vec![phase("2026", 2500.0), phase("2027", 3500.0)],
                ..Constraints::default()
            };
            let positions: Vec<(f64, f64)> = files
                .candidates
                .iter()
                .map(|candidate| candidate.position_m.unwrap_or_default())
                .collect();
            constraints.add_spacing(&positions, 300.0);
            debug_assert!(constraints.check(instance).is_ok());
            constraints
        }
    }
}

fn quota(name: &str, members: Vec<u32>, minimum: u32, maximum: Option<u32>) -> Quota {
    Quota {
        name: name.to_owned(),
        members,
        minimum,
        maximum,
    }
}

fn phase(name: &str, budget: f64) -> Phase {
    Phase {
        name: name.to_owned(),
        budget: Some(budget),
        maximum_count: None,
        value: 1.0,
    }
}
