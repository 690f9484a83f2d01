//! Prints how many links per second each terrain model evaluates on this machine, one core.
//!
//! ```text
//! cargo run --release -p propagation --example links_per_second
//! ```

#![allow(clippy::print_stdout)] // an example may speak

use std::hint::black_box;
use std::time::{Duration, Instant};

use propagation::ModelError;
use propagation::itm::{self, LinkProfile, PointToPoint};
use propagation::p1812::{self, EquidistantProfile, Exits, LinkEvaluator, Parameters, Path};

const STEP_M: f64 = 30.0;
const PROFILES: usize = 64;
const EACH: Duration = Duration::from_millis(250);

fn hill_m(x_m: f64, y_m: f64) -> f64 {
    let waves = [
        (2900.0, 180.0, 0.3),
        (1370.0, 90.0, 1.9),
        (610.0, 45.0, 2.6),
        (233.0, 18.0, 4.1),
        (83.0, 6.0, 5.2),
    ];
    let wave = |&(length_m, height_m, turn): &(f64, f64, f64)| {
        let (sine, cosine) = turn.sin_cos();
        height_m * ((x_m * cosine + y_m * sine) / length_m + turn).sin()
    };
    450.0 + waves.iter().map(wave).sum::<f64>()
}

fn profiles(points: usize) -> Vec<Vec<f64>> {
    let of_bearing = |turn: usize| {
        let (sine, cosine) = (0.098 * turn as f64).sin_cos();
        (0..points)
            .map(|i| i as f64 * STEP_M)
            .map(|r| hill_m(r * cosine, r * sine))
            .collect()
    };
    (0..PROFILES).map(of_bearing).collect()
}

/// Time on the processor where the system tells it (Linux), so that a busy machine does not blur the figures; else the
/// time since `start`.
fn processor_time(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// Best of three rounds, links per second.
fn rate(profiles: &[Vec<f64>], mut link: impl FnMut(&[f64]) -> Result<f64, ModelError>) -> Result<f64, ModelError> {
    let mut best = 0.0_f64;
    for _ in 0..3 {
        let (start, mut links) = (Instant::now(), 0u32);
        let before = processor_time(start);
        while processor_time(start) - before < EACH {
            // Many at a time, because asking for the time costs as much as a few links.
            for profile in profiles.iter().cycle().take(16 * PROFILES) {
                black_box(link(profile)?);
                links += 1;
            }
        }
        best = best.max(f64::from(links) / (processor_time(start) - before).as_secs_f64());
    }
    Ok(best)
}

/// The same with independent links handed over 16 in a call.
fn rate_of_many(profiles: &[Vec<f64>], itm: &mut PointToPoint) -> Result<f64, ModelError> {
    const LINKS: usize = 16;
    let links: Vec<LinkProfile<'_>> = profiles
        .iter()
        .map(|heights_m| LinkProfile {
            step_m: STEP_M,
            heights_m,
        })
        .collect();
    let mut calls = links.chunks(LINKS).cycle();
    let rate = rate(profiles, |_| {
        let losses = itm.evaluate_each(calls.next().unwrap_or_default());
        losses.into_iter().map(|link| link.map(|link| link.loss_db)).sum()
    })?;
    Ok(rate * LINKS as f64)
}

fn bare(heights: &[f64]) -> EquidistantProfile<'_> {
    EquidistantProfile {
        step_km: STEP_M / 1000.0,
        height_m: heights,
        obstacle_m: heights,
    }
}

fn main() -> Result<(), ModelError> {
    let parameters = Parameters::default();
    let step_km = STEP_M / 1000.0;
    let mut quick = LinkEvaluator::new(&parameters)?;
    let mut complete = quick.clone().with_exits(Exits::Refused);
    let mut itm = PointToPoint::new(&itm::Parameters::default())?;
    println!(
        "{:>6} {:>12} {:>12} {:>12} {:>12} {:>12}",
        "points", "P.1812", "no exits", "general", "ITM", "ITM, many"
    );
    for points in [86, 256, 511, 667] {
        let profiles = profiles(points);
        let rates = [
            rate(&profiles, |heights| quick.loss_db(&bare(heights)))?,
            rate(&profiles, |heights| complete.loss_db(&bare(heights)))?,
            rate(&profiles, |heights| {
                let path = Path::equidistant(step_km, heights.to_vec(), Vec::new())?;
                Ok(p1812::evaluate(&path, &parameters)?.loss_db)
            })?,
            rate(&profiles, |heights| Ok(itm.evaluate(STEP_M, heights)?.loss_db))?,
            rate_of_many(&profiles, &mut itm)?,
        ];
        let [quick, complete, general, one, many] = rates;
        println!("{points:>6} {quick:>12.0} {complete:>12.0} {general:>12.0} {one:>12.0} {many:>12.0}");
    }
    Ok(())
}
