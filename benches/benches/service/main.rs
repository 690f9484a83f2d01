//! What one machine's service answers to many at once, under wrk over loopback:
//!
//! `cargo build --release --workspace && cargo bench -p benches --bench service [-- SECONDS]`
//!
//! Requests per second and how long an answer takes (half of them, 99 of 100, the slowest) for vector tiles, map tiles, pages of features, a
//! place's signal and its link budget: first while nothing else is done (the vector tiles beside Martin too, where it is installed), then
//! while a coverage run has every processor. Then what memory the process holds before and after 100,000 requests of all kinds, and after as
//! many again. `SECONDS` (10) is how long wrk asks for one figure. wrk asks as browsers do (compressed answers, kept connections) and takes its own part of the processors: 16 requests at once of what a map
//! and a GIS program ask for, 4 of what people click on.
#![allow(clippy::print_stdout)]

mod addresses;
mod martin;
mod program;
mod wrk;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use addresses::{Kind, MAP_AT_ONCE};
use martin::Martin;
use program::Running;
use wrk::Answers;

/// Requests after which memory is looked at.
const MANY: u64 = 100_000;
/// What the service promises while a run has every processor: 99 of 100 answers within this time, milliseconds.
const POINT_BAR_MS: f64 = 50.0;
const TILE_BAR_MS: f64 = 100.0;

fn main() -> Result<()> {
    let seconds = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(10);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(measure(seconds))
}

async fn measure(seconds: u64) -> Result<()> {
    let running = Running::demo().await?;
    let kinds = addresses::of_demo(&running).await?;
    for kind in &kinds {
        println!(
            "{}: {} addresses, {} kB, {} asked for at once",
            kind.name,
            kind.paths.len(),
            kind.bytes / 1000,
            kind.at_once
        );
    }
    println!("\nnothing else at work");
    for kind in &kinds {
        say(
            kind,
            &wrk::ask(&running.address, &kind.paths, kind.at_once, seconds).await?,
            f64::INFINITY,
        );
    }
    beside_martin(&running, &kinds, seconds).await?;
    println!("\nwhile a coverage run has every processor");
    let mut run = CoverageRun::begin(&running).await?;
    for kind in &kinds {
        let answers = run
            .throughout(async || wrk::ask(&running.address, &kind.paths, kind.at_once, seconds).await)
            .await?;
        let bar_ms = if kind.name.starts_with("point") {
            POINT_BAR_MS
        } else {
            TILE_BAR_MS
        };
        say(kind, &answers, bar_ms);
    }
    run.stop().await?;
    memory(&running, &kinds, seconds).await
}

/// The same vector tiles of the service and of Martin, one after the other.
async fn beside_martin(running: &Running, kinds: &[Kind], seconds: u64) -> Result<()> {
    let kind = kinds.first().context("no vector tiles")?;
    let (own, martins) = Martin::in_both(&kind.paths)?;
    let Some(martin) = Martin::beside(running).await? else {
        println!("\nMartin is not installed (cargo install martin): skipped");
        return Ok(());
    };
    println!("\nbeside Martin, {} vector tiles", own.len());
    for (who, address, paths) in [
        ("this service", &running.address, &own),
        ("Martin", &martin.address, &martins),
    ] {
        // Once before, so that both have in memory what they keep there.
        wrk::ask(address, paths, kind.at_once, 1).await?;
        let answers = wrk::ask(address, paths, kind.at_once, seconds).await?;
        line(who, &answers, "");
    }
    Ok(())
}

fn say(kind: &Kind, answers: &Answers, bar_ms: f64) {
    let verdict = match answers.p99_ms <= bar_ms {
        _ if bar_ms.is_infinite() => "",
        true => ", within the bar",
        false => ", MISSES THE BAR",
    };
    line(kind.name, answers, verdict);
}

fn line(name: &str, answers: &Answers, verdict: &str) {
    println!(
        "{name:<22} {:>8.0} requests/s, half within {:.1} ms, 99 % within {:.1} ms, slowest {:.1} ms, {} failed{verdict}",
        answers.per_second, answers.p50_ms, answers.p99_ms, answers.slowest_ms, answers.failed
    );
}

/// Memory of the process before, after 100,000 requests, and after as many again.
async fn memory(running: &Running, kinds: &[Kind], seconds: u64) -> Result<()> {
    let mixed: Vec<String> = kinds
        .iter()
        .filter(|kind| kind.name != addresses::BUDGET)
        .flat_map(|kind| kind.paths.clone())
        .collect();
    println!("\nmemory: {:.0} MiB before", running.memory_mib()?);
    for turn in 1..=2 {
        let mut answered = 0;
        while answered < MANY {
            let answers = wrk::ask(&running.address, &mixed, MAP_AT_ONCE, seconds).await?;
            ensure!(answers.count > 0, "no answers");
            answered += answers.count;
        }
        println!(
            "{:.0} MiB after {answered} requests more (turn {turn})",
            running.memory_mib()?
        );
    }
    Ok(())
}

/// A coverage run of the demo that keeps every processor busy for as long as something is measured.
struct CoverageRun<'a> {
    running: &'a Running,
    job: String,
    /// Each run is another one, whose path losses nobody computed before.
    number: u32,
}

impl<'a> CoverageRun<'a> {
    async fn begin(running: &'a Running) -> Result<Self> {
        let mut run = Self {
            running,
            job: String::new(),
            number: 0,
        };
        run.again().await?;
        Ok(run)
    }

    async fn again(&mut self) -> Result<()> {
        self.number += 1;
        let height_m = 1.5 + f64::from(self.number) * 0.01;
        let parameters = json!({ "receiver_height_m": height_m });
        let path = format!("/api/projects/{}/coverage-runs", self.running.project);
        let job = self.running.post(&path, &parameters).await?;
        job["id"].as_str().context("no job")?.clone_into(&mut self.job);
        let start = Instant::now();
        while !self.computes().await? {
            ensure!(start.elapsed() < Duration::from_secs(180), "the run does not begin");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    async fn computes(&self) -> Result<bool> {
        let job = self.running.get(&format!("/api/jobs/{}", self.job)).await?;
        ensure!(job["status"] != "failed", "{job}");
        Ok(job["status"] == "running"
            && job["progress"]["fraction"]
                .as_f64()
                .is_some_and(|share| share > 0.0 && share < 0.95))
    }

    /// Measures something while the run computes, again with another run when it ended meanwhile.
    async fn throughout(&mut self, measure: impl AsyncFn() -> Result<Answers>) -> Result<Answers> {
        for _ in 0..5 {
            if !self.computes().await? {
                self.stop().await?;
                self.again().await?;
            }
            let answers = measure().await?;
            if self.computes().await? {
                return Ok(answers);
            }
        }
        anyhow::bail!("runs of the demo end sooner than a figure is measured: give fewer seconds")
    }

    async fn stop(&self) -> Result<()> {
        self.running.delete(&format!("/api/jobs/{}", self.job)).await
    }
}
