//! Links per second of each path-loss model on profiles of 86, 256, 511 and 667 points (667 = 20 km at 30 m), one link
//! after the other on one core; the same with the profile drawn from a 1″ elevation patch; samples per second of drawing
//! profiles alone; and evaluations per second of the models without terrain.
//!
//! ```text
//! cargo bench -p benches --bench propagation
//! ```

#![allow(missing_docs)] // criterion's macros make undocumented items

use std::hint::black_box;

use benches::ProcessorTime;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use geodesy::{LocalFrame, LonLat};
use propagation::extended_hata;
use propagation::hata::{self, Environment, HataPath};
use propagation::itm::{self, AreaPath, LinkProfile, PointToPoint, Siting};
use propagation::p1812::{self, EquidistantProfile, Exits, LinkEvaluator, Parameters, Path};
use propagation::tr38901::{self, Scenario, TrPath};
use propagation::{free_space, p2108, p2109};
use terrain::ElevationPatch;

const POINTS: [usize; 4] = [86, 256, 511, 667];
const STEP_M: f64 = 30.0;
/// Different profiles in turn, so that no branch is learnt by heart.
const PROFILES: usize = 64;

/// Hills of several sizes between about 100 m and 900 m, without a pattern that repeats along a profile.
fn hill_m(x_m: f64, y_m: f64) -> f64 {
    let wave = |length_m: f64, height_m: f64, turn: f64| {
        let (sine, cosine) = turn.sin_cos();
        height_m * ((x_m * cosine + y_m * sine) / length_m + turn).sin()
    };
    450.0
        + wave(2900.0, 180.0, 0.3)
        + wave(1370.0, 90.0, 1.9)
        + wave(610.0, 45.0, 2.6)
        + wave(233.0, 18.0, 4.1)
        + wave(83.0, 6.0, 5.2)
}

fn profiles(points: usize) -> Vec<Vec<f64>> {
    (0..PROFILES)
        .map(|profile| {
            let (sine, cosine) = (0.098 * profile as f64).sin_cos();
            (0..points)
                .map(|i| hill_m(i as f64 * STEP_M * cosine, i as f64 * STEP_M * sine))
                .collect()
        })
        .collect()
}

/// Measures `link` over all profiles of each length; one iteration is one link.
fn over_lengths(criterion: &mut Criterion<ProcessorTime>, name: &str, mut link: impl FnMut(&[f64]) -> f64) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(1));
    for points in POINTS {
        let profiles = profiles(points);
        let mut turn = 0;
        group.bench_function(BenchmarkId::from_parameter(points), |bencher| {
            bencher.iter(|| {
                turn = (turn + 1) % PROFILES;
                black_box(link(&profiles[turn]))
            });
        });
    }
    group.finish();
}

fn p1812_links(criterion: &mut Criterion<ProcessorTime>) {
    let Ok(evaluator) = LinkEvaluator::new(&Parameters::default()) else {
        return;
    };
    let step_km = STEP_M / 1000.0;
    for (name, exits) in [("p1812 link", Exits::Taken), ("p1812 link, no exits", Exits::Refused)] {
        let mut evaluator = evaluator.clone().with_exits(exits);
        over_lengths(criterion, name, |heights| {
            let profile = EquidistantProfile {
                step_km,
                height_m: heights,
                obstacle_m: heights,
            };
            evaluator.loss_db(&profile).unwrap_or(f64::NAN)
        });
    }
    let mut evaluator = evaluator;
    over_lengths(criterion, "p1812 link with clutter", |heights| {
        let obstacles: Vec<f64> = heights.iter().map(|height| height + 15.0).collect();
        let profile = EquidistantProfile {
            step_km,
            height_m: heights,
            obstacle_m: &obstacles,
        };
        evaluator.loss_db(&profile).unwrap_or(f64::NAN)
    });
    over_lengths(criterion, "p1812 general form, all intermediates", |heights| {
        let path = Path::equidistant(step_km, heights.to_vec(), Vec::new());
        path.and_then(|path| p1812::evaluate(&path, &Parameters::default()))
            .map_or(f64::NAN, |e| e.loss_db)
    });
}

fn itm_links(criterion: &mut Criterion<ProcessorTime>) {
    let Ok(mut itm) = PointToPoint::new(&itm::Parameters::default()) else {
        return;
    };
    over_lengths(criterion, "itm link", |heights| {
        itm.evaluate(STEP_M, heights).map_or(f64::NAN, |e| e.loss_db)
    });
}

/// Independent links handed over several in a call.
fn itm_links_together(criterion: &mut Criterion<ProcessorTime>) {
    let Ok(mut itm) = PointToPoint::new(&itm::Parameters::default()) else {
        return;
    };
    let mut group = criterion.benchmark_group("itm links, 16 in a call");
    group.throughput(Throughput::Elements(16));
    for points in POINTS {
        let profiles = profiles(points);
        let links: Vec<LinkProfile<'_>> = profiles
            .iter()
            .map(|heights_m| LinkProfile {
                step_m: STEP_M,
                heights_m,
            })
            .collect();
        let mut calls = links.chunks(16).cycle();
        group.bench_function(BenchmarkId::from_parameter(points), |bencher| {
            bencher.iter(|| black_box(calls.next().map(|links| itm.evaluate_each(links))));
        });
    }
    group.finish();
}

fn extended_hata_links(criterion: &mut Criterion<ProcessorTime>) {
    let parameters = extended_hata::Parameters::default();
    over_lengths(criterion, "extended hata link", |heights| {
        extended_hata::evaluate(STEP_M, heights, &parameters).map_or(f64::NAN, |e| e.loss_db)
    });
}

/// A square of 1″ samples around the transmitter, 24 km to each side.
fn patch(centre: LonLat) -> Option<ElevationPatch> {
    const HALF: usize = 780;
    const STEP_DEG: f64 = 1.0 / 3600.0;
    let columns = 2 * HALF + 1;
    let heights = (0..columns * columns)
        .map(|i| hill_m((i % columns) as f64 * 29.0, (i / columns) as f64 * 31.0) as f32)
        .collect();
    let reach = HALF as f64 * STEP_DEG;
    let north_west = LonLat::new(centre.lon_deg - reach, centre.lat_deg + reach);
    ElevationPatch::from_samples(north_west, STEP_DEG, STEP_DEG, columns, heights)
}

fn p1812_with_extraction(criterion: &mut Criterion<ProcessorTime>) {
    let centre = LonLat::new(105.9, 18.3);
    let (Some(patch), Ok(mut evaluator)) = (patch(centre), LinkEvaluator::new(&Parameters::default())) else {
        return;
    };
    let mut group = criterion.benchmark_group("p1812 link with extraction");
    group.throughput(Throughput::Elements(1));
    for (name, length_m) in [("20 km at 30 m", 20_000.0), ("10 km at 30 m", 10_000.0)] {
        let steps = (length_m / STEP_M).ceil() as usize;
        let mut heights = vec![0.0; steps + 1];
        let mut bearing = 0.0_f64;
        let step_m = length_m / steps as f64;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                bearing += 2.399_963; // the golden angle: bearings never come round again
                let frame = LocalFrame::new(centre);
                let (sine, cosine) = bearing.sin_cos();
                patch.ray_heights(&frame, (step_m * sine, step_m * cosine), &mut heights);
                let step_km = length_m / 1000.0 / steps as f64;
                let profile = EquidistantProfile {
                    step_km,
                    height_m: &heights,
                    obstacle_m: &heights,
                };
                black_box(evaluator.loss_db(&profile))
            });
        });
    }
    group.finish();
}

/// Samples per second along rays of a patch, bearings never coming round again.
fn profile_extraction(criterion: &mut Criterion<ProcessorTime>) {
    let centre = LonLat::new(105.9, 18.3);
    let Some(patch) = patch(centre) else { return };
    let frame = LocalFrame::new(centre);
    let mut group = criterion.benchmark_group("profile extraction");
    for points in POINTS {
        let mut heights = vec![0.0; points];
        let mut bearing = 0.0_f64;
        group.throughput(Throughput::Elements(points as u64));
        group.bench_function(BenchmarkId::from_parameter(points), |bencher| {
            bencher.iter(|| {
                bearing += 2.399_963;
                let (sine, cosine) = bearing.sin_cos();
                patch.ray_heights(&frame, (STEP_M * sine, STEP_M * cosine), &mut heights);
                black_box(heights.last().copied())
            });
        });
    }
    group.finish();
}

fn models_without_terrain(criterion: &mut Criterion<ProcessorTime>) {
    let mut group = criterion.benchmark_group("without terrain");
    group.throughput(Throughput::Elements(1));
    let path = black_box(TrPath::default());
    for (name, scenario) in [
        ("tr38901 rural macro", Scenario::RuralMacro),
        ("tr38901 urban macro", Scenario::UrbanMacro),
        ("tr38901 urban micro", Scenario::UrbanMicro),
    ] {
        group.bench_function(name, |b| b.iter(|| tr38901::evaluate(black_box(scenario), &path)));
    }
    group.bench_function("p2108 terrestrial", |b| {
        b.iter(|| p2108::terrestrial(black_box(3.5), 2.0, 50.0));
    });
    group.bench_function("p2109", |b| {
        b.iter(|| p2109::entry_loss(black_box(3.5), 50.0, p2109::BuildingClass::Traditional, 0.0));
    });
    let hata = black_box(HataPath {
        frequency_mhz: 900.0,
        distance_km: 5.0,
        base_height_m: 30.0,
        mobile_height_m: 1.5,
        environment: Environment::Suburban,
    });
    group.bench_function("okumura-hata", |b| b.iter(|| hata::okumura_hata(&hata)));
    let hata = black_box(HataPath {
        frequency_mhz: 1800.0,
        ..hata
    });
    group.bench_function("cost-231 hata", |b| b.iter(|| hata::cost231_hata(&hata)));
    group.bench_function("free space", |b| {
        b.iter(|| free_space::loss_db(black_box(1800.0), black_box(5.0)));
    });
    let area = black_box(AreaPath {
        distance_km: 10.0,
        delta_h_m: 90.0,
        tx_siting: Siting::Random,
        rx_siting: Siting::Random,
    });
    let parameters = itm::Parameters::default();
    group.bench_function("itm area", |b| b.iter(|| itm::area(&area, &parameters)));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .with_measurement(ProcessorTime)
        .sample_size(10)
        .warm_up_time(std::time::Duration::from_millis(200))
        .measurement_time(std::time::Duration::from_millis(600));
    targets = p1812_links, p1812_with_extraction, profile_extraction, itm_links, itm_links_together, extended_hata_links, models_without_terrain
}
criterion_main!(benches);
