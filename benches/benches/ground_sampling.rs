//! The ground: how fast a path is cut through a patch, and how fast a patch is made.
//!
//! Synthetic rolling ground at 1″; no files are needed.

#![allow(
    clippy::expect_used,
    missing_docs,
    reason = "a benchmark stops when its fixture is wrong"
)]

use std::hint::black_box;

use benches::ProcessorTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use geodesy::{Bounds, LocalFrame, LonLat};
use terrain::{ElevationModel, ElevationPatch, SurfaceKind};

const CENTRE: LonLat = LonLat::new(105.5, 18.5);

/// Rolling ground of 1° × 1° around the centre.
fn rolling_patch() -> ElevationPatch {
    const SIDE: usize = 3601;
    let height = |column: usize, row: usize| {
        let (x, y) = (column as f32 / 90.0, row as f32 / 70.0);
        200.0 + 120.0 * x.sin() * y.cos() + 40.0 * (3.1 * x).cos() + 15.0 * (7.7 * y).sin()
    };
    let heights = (0..SIDE * SIDE)
        .map(|index| height(index % SIDE, index / SIDE))
        .collect();
    ElevationPatch::from_samples(LonLat::new(105.0, 19.0), 1.0 / 3600.0, 1.0 / 3600.0, SIDE, heights).expect("regular")
}

/// Heights at points `step_m` apart from the centre in one of 360 directions.
fn extract(patch: &ElevationPatch, frame: &LocalFrame, direction: usize, step_m: f64, heights_m: &mut [f64]) {
    let (sin, cos) = (direction as f64).to_radians().sin_cos();
    patch.ray_heights(frame, (step_m * sin, step_m * cos), heights_m);
}

fn profile_extraction(criterion: &mut Criterion<ProcessorTime>) {
    let patch = rolling_patch();
    let frame = LocalFrame::new(CENTRE);
    let mut group = criterion.benchmark_group("profile_extraction");
    for samples in [86_usize, 256, 511, 667] {
        let mut heights_m = vec![0.0; samples];
        let mut direction = 0;
        group.throughput(Throughput::Elements(samples as u64));
        group.bench_function(format!("{samples}_samples_of_30_m"), |bencher| {
            bencher.iter(|| {
                direction = (direction + 7) % 360;
                extract(&patch, &frame, direction, 30.0, &mut heights_m);
                black_box(heights_m.last().copied())
            });
        });
    }
    group.finish();
}

fn patch_of_a_site(criterion: &mut Criterion<ProcessorTime>) {
    let model = ElevationModel::from_patch(&rolling_patch(), SurfaceKind::BareEarth).expect("placed");
    let bounds = Bounds::around_circle(CENTRE, 20_000.0);
    criterion.bench_function("patch_of_20_km_radius", |bencher| {
        bencher.iter(|| model.patch(black_box(bounds)).expect("covered"));
    });
}

criterion_group! {
    name = ground;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = profile_extraction, patch_of_a_site
}
criterion_main!(ground);
