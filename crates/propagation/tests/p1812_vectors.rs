//! Synthetic P.1812 cases in the range of mobile networks, made with an independent implementation: short paths,
//! both hemispheres, high latitude, clutter, and the over-sea branches that the published logs never reach.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // a test may stop

use propagation::p1812::Polarisation::{Horizontal as H, Vertical as V};
use propagation::p1812::{self, Evaluation, Parameters, Path, Polarisation, Zone, centre_latitude_deg};

const TOLERANCE_DB: f64 = 1.1e-6; // the table prints six decimals
const TX_LONGITUDE_DEG: f64 = 10.0;

#[derive(Clone, Copy)]
enum Terrain {
    Flat,
    Wavy,
    Ridge,
}

impl Terrain {
    fn height_m(self, i: usize, n: usize) -> f64 {
        let (i, n) = (i as f64, n as f64);
        match self {
            Self::Flat => 100.0,
            Self::Wavy => 200.0 + 60.0 * (i / 9.0).sin() + 25.0 * (i / 4.0 + 1.0).sin() + 8.0 * (1.7 * i).cos(),
            Self::Ridge => 50.0 + 120.0 * (-((i - 0.4 * n) / (0.06 * n)).powi(2)).exp(),
        }
    }
}

#[derive(Clone, Copy)]
enum Clutter {
    Everywhere(f64),
    Mix,
}

impl Clutter {
    fn height_m(self, i: usize) -> f64 {
        match self {
            Self::Everywhere(height_m) => height_m,
            Self::Mix => [0.0, 15.0, 20.0, 0.0, 10.0][i % 5],
        }
    }
}

struct Case {
    terrain: Terrain,
    n: usize,
    step_km: f64,
    clutter: Clutter,
    radio: (f64, f64, f64, Polarisation, f64), // f GHz, htg m, hrg m, polarisation, p %
    latitude_deg: f64,
    trans_horizon: bool,
    dlt_km: f64,
    losses_db: [f64; 4], // Ld50, Lba, Lbs, Lb
}

#[rustfmt::skip]
fn cases() -> Vec<Case> {
    use Clutter::{Everywhere, Mix};
    use Terrain::{Flat, Ridge, Wavy};
    type Row = (Terrain, usize, f64, Clutter, (f64, f64, f64, Polarisation, f64), f64, bool, f64, [f64; 4]);
    let rows: [Row; 12] = [
        (Flat, 100, 0.03, Everywhere(0.0), (0.8, 30.0, 1.5, V, 50.0), 45.0, false, 2.850, [5.794205, 172.973992, 148.073802, 105.798822]),
        (Flat, 100, 0.03, Everywhere(15.0), (1.8, 30.0, 1.5, V, 50.0), 45.0, false, 2.850, [41.345503, 181.597313, 157.269021, 148.357622]),
        (Wavy, 200, 0.03, Everywhere(0.0), (0.8, 30.0, 1.5, V, 50.0), 45.0, true, 2.220, [41.185595, 251.241534, 233.142933, 147.210702]),
        (Wavy, 200, 0.03, Everywhere(0.0), (3.5, 30.0, 1.5, V, 50.0), 45.0, true, 2.220, [47.662934, 297.404031, 249.415606, 166.507603]),
        (Wavy, 200, 0.03, Mix, (1.8, 30.0, 1.5, V, 50.0), 45.0, true, 2.220, [55.790338, 275.203155, 242.338152, 168.859096]),
        (Wavy, 60, 0.03, Everywhere(0.0), (3.5, 40.0, 1.5, H, 50.0), 45.0, true, 1.770, [34.684692, 257.181239, 245.477309, 143.075053]),
        (Ridge, 400, 0.03, Everywhere(0.0), (0.7, 45.0, 1.5, V, 50.0), 45.0, true, 4.770, [34.528201, 238.615427, 177.364659, 145.413843]),
        (Ridge, 400, 0.03, Everywhere(0.0), (2.6, 45.0, 1.5, V, 10.0), 45.0, true, 4.770, [40.332820, 206.349598, 184.218955, 161.264028]),
        (Ridge, 150, 0.1, Mix, (2.6, 45.0, 10.0, H, 1.0), -33.0, true, 6.000, [44.701626, 183.292449, 175.186878, 165.339272]),
        (Wavy, 500, 0.05, Everywhere(10.0), (1.8, 60.0, 1.5, V, 50.0), -33.0, true, 6.450, [49.403862, 257.344133, 223.037676, 174.868232]),
        (Wavy, 16, 0.03, Everywhere(0.0), (3.5, 25.0, 1.5, V, 50.0), 45.0, true, 0.210, [45.865371, 340.004900, 339.531028, 142.780343]),
        (Flat, 1000, 0.05, Everywhere(0.0), (0.8, 50.0, 3.0, V, 50.0), 72.0, true, 29.900, [36.386837, 227.924938, 173.331722, 160.821196]),
    ];
    rows.into_iter()
        .map(|(terrain, n, step_km, clutter, radio, latitude_deg, trans_horizon, dlt_km, losses_db)| Case {
            terrain, n, step_km, clutter, radio, latitude_deg, trans_horizon, dlt_km, losses_db,
        })
        .collect()
}

fn evaluate(
    path: &Path,
    (frequency_ghz, tx_height_m, rx_height_m, polarisation, time_percent): (f64, f64, f64, Polarisation, f64),
    latitude_deg: f64,
    coasts_km: (Option<f64>, Option<f64>),
) -> Evaluation {
    let receiver = latitude_deg + (path.total_km() / p1812::EARTH_RADIUS_KM).to_degrees();
    let parameters = Parameters {
        frequency_ghz,
        polarisation,
        time_percent,
        tx_height_m,
        rx_height_m,
        centre_latitude_deg: centre_latitude_deg(
            (latitude_deg, TX_LONGITUDE_DEG),
            (receiver, TX_LONGITUDE_DEG),
            path.total_km(),
        ),
        tx_coast_km: coasts_km.0,
        rx_coast_km: coasts_km.1,
        ..Parameters::default()
    };
    p1812::evaluate(path, &parameters).unwrap()
}

fn assert_close(what: &str, ours: f64, expected: f64) {
    assert!(
        (ours - expected).abs() <= TOLERANCE_DB,
        "{what}: {ours} instead of {expected}"
    );
}

#[test]
fn short_land_paths_agree_with_an_independent_implementation() {
    for (number, case) in cases().iter().enumerate().map(|(i, case)| (i + 1, case)) {
        let heights = (0..=case.n).map(|i| case.terrain.height_m(i, case.n)).collect();
        let clutter = (0..=case.n).map(|i| case.clutter.height_m(i)).collect();
        let path = Path::equidistant(case.step_km, heights, clutter).unwrap();
        let e = evaluate(&path, case.radio, case.latitude_deg, (None, None));
        assert_eq!(e.trans_horizon, case.trans_horizon, "vector {number}");
        assert_close(&format!("vector {number}, dlt"), e.tx_horizon_km, case.dlt_km);
        let [ld50, lba, lbs, lb] = case.losses_db;
        assert_close(&format!("vector {number}, Ld50"), e.ld50, ld50);
        assert_close(&format!("vector {number}, Lba"), e.lba, lba);
        assert_close(&format!("vector {number}, Lbs"), e.lbs, lbs);
        assert_close(&format!("vector {number}, Lb"), e.loss_db, lb);
    }
}

#[test]
fn sea_and_coast_branches_agree_with_an_independent_implementation() {
    const N: usize = 200;
    const STEP_KM: f64 = 0.5;
    let land_height = |i: usize| 5.0 + 4.0 * (i as f64 / 5.0).sin() + if i < 8 { 20.0 } else { 0.0 };
    let mostly_sea = |i: usize| match i {
        0..8 => Zone::Inland,
        8..196 => Zone::Sea,
        _ => Zone::CoastalLand,
    };
    let coast = |i: usize| match i {
        0..60 => Zone::Inland,
        120..150 => Zone::Sea,
        _ => Zone::CoastalLand,
    };
    let path = |height: &dyn Fn(usize) -> f64, zone: &dyn Fn(usize) -> Zone| {
        Path::new(
            (0..=N).map(|i| i as f64 * STEP_KM).collect(),
            (0..=N).map(height).collect(),
            Vec::new(),
            (0..=N).map(zone).collect(),
        )
        .unwrap()
    };
    type Row = (
        Path,
        (Option<f64>, Option<f64>),
        (f64, f64, f64, Polarisation, f64),
        [f64; 7],
    );
    // ω, dtm, dlm, β0, Ldp, Lba, Lb
    #[rustfmt::skip]
    let rows: [Row; 4] = [
        (path(&|_| 0.0, &|_| Zone::Sea), (Some(0.0), Some(0.0)), (0.8, 30.0, 10.0, V, 1.0), [1.0, 0.0, 0.0, 9.733187, 44.549866, 116.073832, 126.203426]),
        (path(&land_height, &mostly_sea), (Some(3.0), None), (2.1, 60.0, 10.0, H, 10.0), [0.94, 3.75, 3.75, 8.870650, 34.117375, 158.754351, 158.754835]),
        (path(&land_height, &mostly_sea), (Some(3.0), Some(1.5)), (0.45, 60.0, 20.0, V, 1.0), [0.94, 3.75, 3.75, 8.870650, 26.576815, 121.405226, 122.975771]),
        (path(&land_height, &coast), (None, None), (0.7, 40.0, 10.0, V, 5.0), [0.15, 59.75, 29.75, 2.116110, 39.377066, 154.871035, 154.869401]),
    ];
    for (number, (path, coasts_km, radio, expected)) in rows.into_iter().enumerate().map(|(i, row)| (i + 13, row)) {
        let e = evaluate(&path, radio, 45.0, coasts_km);
        let ours = [
            e.sea_fraction,
            e.longest_land_km,
            e.longest_inland_km,
            e.beta0_percent,
            e.ldp,
            e.lba,
            e.loss_db,
        ];
        for ((what, ours), expected) in ["ω", "dtm", "dlm", "β0", "Ldp", "Lba", "Lb"]
            .iter()
            .zip(ours)
            .zip(expected)
        {
            assert_close(&format!("vector {number}, {what}"), ours, expected);
        }
    }
}
