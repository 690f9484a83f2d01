//! The sweep against the plain form of the `propagation` crate, on the same radial, to 1e-9 dB.

use propagation::p1812::{self, Atmosphere, LocationSpread, Parameters, Path};
use proptest::prelude::*;

use super::site::known;
use super::*;

const STEP_KM: f64 = 0.03;

/// Terrain that has bitten implementations: flats and plateaus (ties), sea, spikes, cliffs, negative heights, waves.
fn terrain() -> impl Strategy<Value = Vec<f64>> {
    let length = 3..260_usize;
    prop_oneof![
        length.clone().prop_map(|n| vec![0.0; n]),
        (length.clone(), -20.0..900.0_f64).prop_map(|(n, h)| vec![h; n]),
        (length.clone(), -8.0..8.0_f64).prop_map(|(n, rise)| (0..n).map(|i| 100.0 + rise * i as f64).collect()),
        (length.clone(), 0..260_usize, 1.0..600.0_f64)
            .prop_map(|(n, at, height)| { (0..n).map(|i| if i == at % n { height } else { 3.0 }).collect() }),
        (length.clone(), 1..40_usize, -50.0..300.0_f64)
            .prop_map(|(n, width, height)| { (0..n).map(|i| if i / width % 2 == 0 { 0.0 } else { height }).collect() }),
        (length.clone(), 1.0..400.0_f64, 1.0..60.0_f64)
            .prop_map(|(n, height, period)| { (0..n).map(|i| height * (i as f64 / period).sin()).collect() }),
        (length.clone(), prop::collection::vec(-15.0..15.0_f64, 260)).prop_map(|(n, steps)| {
            steps[..n]
                .iter()
                .scan(200.0, |h, step| {
                    *h += step;
                    Some(*h)
                })
                .collect()
        }),
        prop::collection::vec(prop_oneof![Just(0.0), Just(35.0), 0.0..1500.0_f64], 3..260),
        prop::collection::vec((0..60_u8).prop_map(f64::from), 3..260),
        // No heights at the edges, or nowhere: taken as sea level, as the sweep samples them.
        (
            prop::collection::vec(-5.0..700.0_f64, 3..260),
            0..260_usize,
            0..260_usize
        )
            .prop_map(|(heights, from, to)| {
                let unknown = |i: usize| i < from || i >= to;
                let sampled = heights.iter().enumerate();
                sampled
                    .map(|(i, &h)| known(if unknown(i) { f32::NAN } else { h as f32 }))
                    .collect()
            }),
    ]
}

fn cover() -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::collection::vec(prop_oneof![Just(0.0), Just(10.0), Just(15.0), Just(20.0)], 260),
        1 => Just(vec![15.0; 260]),
    ]
}

#[derive(Debug, Clone)]
struct Case {
    heights: Vec<f64>,
    clutter: Vec<f64>,
    tx_height_m: f64,
    rx_height_m: f64,
    frequency_mhz: f64,
    time_percent: f64,
    location_percent: f64,
    latitude_deg: f64,
    /// How far the ground before the receiver differs from the radial's, m; `None` = not at all.
    tail_shift_m: Option<f64>,
}

prop_compose! {
    fn cases(median: bool)(
        heights in terrain(),
        clutter in cover(),
        tx_height_m in prop_oneof![Just(30.0), 1.0..80.0_f64],
        rx_height_m in prop_oneof![Just(1.5), 1.0..30.0_f64],
        frequency_mhz in prop_oneof![Just(700.0), Just(1800.0), Just(3700.0), 50.0..6000.0_f64],
        time in 1.0..49.0_f64,
        location_percent in prop_oneof![Just(50.0), 1.0..99.0_f64],
        latitude_deg in -75.0..75.0_f64,
        tail_shift_m in prop_oneof![Just(None), (-40.0..40.0_f64).prop_map(Some)],
    ) -> Case {
        Case {
            heights, clutter, tx_height_m, rx_height_m, frequency_mhz, location_percent, latitude_deg, tail_shift_m,
            time_percent: if median { 50.0 } else { time },
        }
    }
}

fn settings(case: &Case, early_exits: bool) -> SweepSettings {
    SweepSettings {
        step_km: STEP_KM,
        steps: case.heights.len() - 1,
        tx_height_m: case.tx_height_m,
        rx_height_m: case.rx_height_m,
        delta_n: 45.0,
        n0: 325.0,
        time_percent: case.time_percent,
        location_percent: case.location_percent,
        resolution_m: 100.0,
        latitude_deg: case.latitude_deg,
        early_exits,
    }
}

/// The end of the path to step `n`: the radial's own, or as if the pixel's own profile had other heights.
fn tail_of(case: &Case, surface: Option<&[f64]>, n: usize) -> Tail {
    let mut tail = Tail::of_radial(&case.heights, surface, n);
    if let Some(shift) = case.tail_shift_m {
        let own = |j: usize, value: f64| value + shift * ((j * 7 + n * 3) % 11) as f64 / 10.0;
        for (j, (ground, surface)) in tail.ground_m.iter_mut().zip(&mut tail.surface_m).enumerate() {
            *ground = own(j, *ground);
            *surface = own(j, *surface);
        }
        tail.rx_ground_m = own(TAIL, tail.rx_ground_m);
    }
    tail
}

/// Losses of the sub-paths 0 … n for n = 2, 3, …
fn swept(case: &Case, early_exits: bool) -> Vec<f64> {
    let settings = settings(case, early_exits);
    let tables = Tables::new(settings);
    let band = Band::new(case.frequency_mhz, Polarisation::Vertical, &settings);
    let surface: Option<Vec<f64>> =
        (!case.clutter.is_empty()).then(|| case.heights.iter().zip(&case.clutter).map(|(h, r)| h + r).collect());
    let mut radial = Radial::default();
    radial.start(&case.heights, surface.as_deref(), &settings);
    let mut losses = Vec::new();
    let mut pending = Vec::new();
    let mut tails: Vec<Tail> = Vec::new();
    for n in 2..case.heights.len() {
        radial.advance_to(n, &tables);
        let clutter = case.clutter.get(n).copied().unwrap_or(0.0);
        tails.push(tail_of(case, surface.as_deref(), n));
        pending.push(radial.path(
            n,
            &tails[n - 2],
            location_factor(settings.rx_height_m, clutter),
            &tables,
        ));
        if pending.len() == LANES || n + 1 == case.heights.len() {
            let batch = PathBatch::new(&pending, &tables, (0.2998 / band.frequency_ghz).sqrt());
            let lanes = batch.losses(&band, &tables, |lane| {
                let path: &PathGeometry = &pending[lane.min(pending.len() - 1)];
                radial.roughness_m(path, &tails[path.n - 2], settings.step_km)
            });
            losses.extend_from_slice(&lanes[..pending.len()]);
            pending.clear();
        }
    }
    losses
}

fn plain(case: &Case, n: usize) -> p1812::Evaluation {
    let clutter = if case.clutter.is_empty() {
        vec![0.0; n + 1]
    } else {
        case.clutter[..=n].to_vec()
    };
    let mut heights = case.heights[..=n].to_vec();
    let tail = tail_of(case, None, n);
    for (j, &ground) in tail.ground_m.iter().enumerate().filter(|(j, _)| n + j > TAIL) {
        heights[n + j - TAIL] = ground;
    }
    heights[n] = tail.rx_ground_m;
    let path = Path::equidistant(STEP_KM, heights, clutter).expect("a valid profile");
    let parameters = Parameters {
        frequency_ghz: case.frequency_mhz / 1000.0,
        time_percent: case.time_percent,
        location_percent: case.location_percent,
        location_spread: LocationSpread::SquareM(100.0),
        tx_height_m: case.tx_height_m,
        rx_height_m: case.rx_height_m,
        atmosphere: Atmosphere {
            delta_n: 45.0,
            n0: 325.0,
        },
        centre_latitude_deg: case.latitude_deg,
        ..Parameters::default()
    };
    p1812::evaluate(&path, &parameters).expect("valid parameters")
}

fn compare(case: &Case, early_exits: bool) -> Result<(), TestCaseError> {
    for (k, fast) in swept(case, early_exits).into_iter().enumerate() {
        let n = k + 2;
        let exact = plain(case, n);
        prop_assert!(
            (fast - exact.loss_db).abs() <= 1e-9,
            "n = {n}: sweep {fast}, plain {}, difference {:e}\n{exact:#?}",
            exact.loss_db,
            fast - exact.loss_db
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn sweep_is_the_plain_form_at_the_median(case in cases(true)) {
        compare(&case, true)?;
    }

    #[test]
    fn sweep_without_early_exits_is_the_plain_form(case in cases(true)) {
        compare(&case, false)?;
    }

    #[test]
    fn sweep_is_the_plain_form_for_small_times(case in cases(false)) {
        compare(&case, true)?;
    }
}
