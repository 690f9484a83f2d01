//! The ground: how fast a path is cut through an elevation model, and how fast a patch is made. (Rays through a patch are
//! measured with the path-loss models, in `propagation`.)
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
use geodesy::{Bounds, LonLat, destination};
use terrain::{ElevationModel, ElevationPatch, Ground, SurfaceKind, profile};

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

/// A profile between two places, through the file's blocks and with exact geodesics: what one path asks for.
fn profile_of_a_path(criterion: &mut Criterion<ProcessorTime>) {
    let ground = Ground::new(ElevationModel::from_patch(&rolling_patch(), SurfaceKind::BareEarth).expect("placed"));
    let mut group = criterion.benchmark_group("profile_of_a_path");
    for samples in [86_u32, 256, 511, 667] {
        let length_m = f64::from(samples - 1) * 30.0;
        let mut azimuth_deg = 0.0;
        group.throughput(Throughput::Elements(u64::from(samples)));
        group.bench_function(format!("{samples}_samples_of_30_m"), |bencher| {
            bencher.iter(|| {
                azimuth_deg = (azimuth_deg + 137.5) % 360.0;
                let end = destination(CENTRE, azimuth_deg, length_m);
                black_box(profile(&ground, CENTRE, end, 30.0 + 1e-6).expect("covered"))
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
    targets = profile_of_a_path, patch_of_a_site
}
criterion_main!(ground);
