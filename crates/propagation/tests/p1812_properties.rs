//! Physical truths of P.1812, and the fast forms against the general one.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // a test may stop

use propagation::p1812::{
    self, EquidistantProfile, Exits, LinkEvaluator, MedianGeometry, Parameters, Path, PathGeometry, RadioConstants,
};
use proptest::prelude::*;

/// Heights of rough, smooth, flat and stepped ground, and clutter, with 3 … 400 points.
fn terrain() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let roughness = prop_oneof![Just(0.0), 0.1..2.0, 2.0..40.0];
    (
        3usize..400,
        roughness,
        -30.0..1500.0,
        any::<u64>(),
        prop_oneof![Just(0.0), 1.0..25.0],
    )
        .prop_map(|(points, roughness, start, seed, clutter)| {
            let mut state = seed | 1;
            let mut noise = move || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
            };
            let mut height = start;
            let heights = (0..points)
                .map(|_| {
                    height += roughness * noise();
                    height
                })
                .collect();
            let clutter = (0..points).map(|_| if noise() > 0.0 { clutter } else { 0.0 }).collect();
            (heights, clutter)
        })
}

fn radio() -> impl Strategy<Value = Parameters> {
    (0.45..6.0, 5.0..120.0, 1.0..30.0, -60.0..75.0, any::<bool>()).prop_map(
        |(frequency_ghz, tx_height_m, rx_height_m, centre_latitude_deg, vertical)| Parameters {
            frequency_ghz,
            tx_height_m,
            rx_height_m,
            centre_latitude_deg,
            polarisation: if vertical {
                p1812::Polarisation::Vertical
            } else {
                p1812::Polarisation::Horizontal
            },
            ..Parameters::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// One vectorised pass and the lazily evaluated closing formulas give the general form's loss.
    #[test]
    fn equal_steps_change_nothing((heights, clutter) in terrain(), parameters in radio(), step_km in 0.01..0.2) {
        let general = p1812::evaluate(
            &Path::equidistant(step_km, heights.clone(), clutter.clone()).unwrap(),
            &parameters,
        ).unwrap();
        let obstacles: Vec<f64> = heights.iter().zip(&clutter).map(|(h, c)| h + c).collect();
        let profile = EquidistantProfile { step_km, height_m: &heights, obstacle_m: &obstacles };
        let mut evaluator = LinkEvaluator::new(&parameters).unwrap();
        let fast = evaluator.loss_db(&profile).unwrap();
        prop_assert!((fast - general.loss_db).abs() < 1e-6, "fast {fast}, general {}", general.loss_db);
        let complete = evaluator.with_exits(Exits::Refused).loss_db(&profile).unwrap();
        prop_assert!((complete - general.loss_db).abs() < 1e-6, "complete {complete}, general {}", general.loss_db);
    }

    /// The same closing formulas on the general geometry: the shortcut for the median is exact.
    #[test]
    fn the_median_shortcut_is_exact((heights, clutter) in terrain(), parameters in radio()) {
        let path = Path::equidistant(0.03, heights, clutter).unwrap();
        let geometry = PathGeometry::new(&path, &parameters);
        let constants = RadioConstants::new(&parameters);
        let distance = p1812::DistanceConstants::inland(geometry.distance_km, parameters.centre_latitude_deg);
        let general = p1812::loss(&geometry, &constants).loss_db;
        for exits in [Exits::Taken, Exits::Refused] {
            let shortcut = p1812::median_land_loss_db(
                &MedianGeometry::from(&geometry), &constants, &distance, exits,
                || geometry.median_edges.smooth, || geometry.roughness_m,
            );
            prop_assert!((shortcut - general).abs() < 1e-7, "{exits:?}: {shortcut} against {general}");
        }
    }

    /// Diffraction over the actual profile does not care which end transmits.
    #[test]
    fn bullington_is_reciprocal((heights, clutter) in terrain(), parameters in radio()) {
        let path = Path::equidistant(0.05, heights, clutter).unwrap();
        let there = p1812::evaluate(&path, &parameters).unwrap();
        let exchanged =
            Parameters { tx_height_m: parameters.rx_height_m, rx_height_m: parameters.tx_height_m, ..parameters };
        let back = p1812::evaluate(&path.reversed(), &exchanged).unwrap();
        prop_assert!((there.median.actual_db - back.median.actual_db).abs() < 1e-9);
        prop_assert!((there.ld50 - back.ld50).abs() < 1e-7);
        prop_assert!((there.lbs - back.lbs).abs() < 1e-9 * there.lbs.abs());
    }

    /// Nor does the whole of the model, at any percentage of time, over land and sea.
    #[test]
    fn the_loss_is_reciprocal(
        (heights, clutter) in terrain(), parameters in radio(), time_percent in 1.0..50.0, step_km in 0.03..0.5, coast_km in (0.1..500.0, 0.1..500.0),
    ) {
        let path = Path::equidistant(step_km, heights, clutter).unwrap();
        let there = Parameters { time_percent, tx_coast_km: Some(coast_km.0), rx_coast_km: Some(coast_km.1), ..parameters };
        let back = Parameters {
            tx_height_m: there.rx_height_m,
            rx_height_m: there.tx_height_m,
            tx_coast_km: there.rx_coast_km,
            rx_coast_km: there.tx_coast_km,
            ..there
        };
        let there = p1812::evaluate(&path, &there).unwrap();
        let back = p1812::evaluate(&path.reversed(), &back).unwrap();
        prop_assert!((there.loss_db - back.loss_db).abs() < 1e-6, "{there:?} {back:?}");
    }

    /// Less time, less loss: enhancements are what small percentages stand for.
    #[test]
    fn loss_grows_with_the_time_percentage((heights, clutter) in terrain(), parameters in radio()) {
        let path = Path::equidistant(0.1, heights, clutter).unwrap();
        let at = |time_percent| p1812::evaluate(&path, &Parameters { time_percent, ..parameters }).unwrap();
        let (rare, median) = (at(1.0), at(50.0));
        prop_assert!(rare.lb0p <= median.lb0p + 1e-9);
        prop_assert!(rare.lbs <= median.lbs);
        prop_assert!(rare.loss_db <= median.loss_db + 1e-6, "{} at 1 %, {} at 50 %", rare.loss_db, median.loss_db);
    }

    /// Never better than free space at the median.
    #[test]
    fn no_gain_over_free_space((heights, clutter) in terrain(), parameters in radio()) {
        let e = p1812::evaluate(&Path::equidistant(0.03, heights, clutter).unwrap(), &parameters).unwrap();
        prop_assert!(e.loss_db >= e.lbfs - 1e-9);
        prop_assert!(e.loss_db.is_finite());
    }

    /// A single hill that grows on otherwise flat ground never lowers the diffraction loss of the actual profile.
    #[test]
    fn a_higher_hill_costs_no_less(parameters in radio(), place in 1usize..199, low in 0.0..100.0, rise in 0.0..100.0) {
        let at = |hill: f64| {
            let heights = (0..=200).map(|i| if i == place { hill } else { 0.0 }).collect();
            let path = Path::equidistant(0.05, heights, Vec::new()).unwrap();
            p1812::evaluate(&path, &parameters).unwrap().median.actual_db
        };
        prop_assert!(at(low + rise) >= at(low) - 1e-9);
    }

    /// More places, more loss.
    #[test]
    fn loss_grows_with_the_location_percentage((heights, clutter) in terrain(), parameters in radio()) {
        let path = Path::equidistant(0.03, heights, clutter).unwrap();
        let at = |location_percent| {
            let spread = p1812::LocationSpread::SquareM(100.0);
            let case = Parameters { location_percent, location_spread: spread, ..parameters };
            p1812::evaluate(&path, &case).unwrap().loss_db
        };
        prop_assert!(at(10.0) <= at(50.0) + 1e-9 && at(50.0) <= at(90.0) + 1e-9);
    }
}

#[test]
fn loss_does_not_fall_with_distance_on_flat_ground() {
    for frequency_ghz in [0.7, 1.8, 3.5] {
        let parameters = Parameters {
            frequency_ghz,
            ..Parameters::default()
        };
        let losses: Vec<f64> = (10..1200)
            .map(|last| {
                let path = Path::equidistant(0.05, vec![10.0; last + 1], Vec::new()).unwrap();
                p1812::evaluate(&path, &parameters).unwrap().loss_db
            })
            .collect();
        let worst = losses
            .windows(2)
            .map(|pair| pair[0] - pair[1])
            .fold(f64::NEG_INFINITY, f64::max);
        assert!(
            worst <= 1e-9,
            "{frequency_ghz} GHz: a step of 50 m lowers the loss by {worst} dB"
        );
    }
}

#[test]
fn a_high_clear_path_is_free_space() {
    let heights = (0..=200)
        .map(|i| if i == 0 || i == 200 { 500.0 } else { 0.0 })
        .collect();
    let path = Path::equidistant(0.05, heights, Vec::new()).unwrap();
    let e = p1812::evaluate(&path, &Parameters::default()).unwrap();
    assert!(
        (e.loss_db - e.lbfs).abs() < 0.1,
        "{} over free space {}",
        e.loss_db,
        e.lbfs
    );
}

#[test]
fn time_interpolation_is_continuous_at_beta0() {
    let heights = (0..=400).map(|i| 50.0 + 30.0 * (f64::from(i) / 17.0).sin()).collect();
    let path = Path::equidistant(0.1, heights, Vec::new()).unwrap();
    let at = |time_percent| {
        p1812::evaluate(
            &path,
            &Parameters {
                time_percent,
                ..Parameters::default()
            },
        )
        .unwrap()
    };
    let beta0 = at(10.0).beta0_percent;
    assert!((1.0..50.0).contains(&beta0));
    let (below, above) = (at(beta0 * (1.0 - 1e-9)), at(beta0 * (1.0 + 1e-9)));
    assert!((below.loss_db - above.loss_db).abs() < 1e-5);
}

#[test]
fn the_beginning_of_latitudes_above_70_is_the_recommendations_own_jump() {
    let path = Path::equidistant(0.1, vec![20.0; 401], Vec::new()).unwrap();
    let at = |centre_latitude_deg| {
        p1812::evaluate(
            &path,
            &Parameters {
                centre_latitude_deg,
                ..Parameters::default()
            },
        )
        .unwrap()
        .beta0_percent
    };
    // 10^(−0.015·70 + 1.67) = 4.169 against 4.17, and exponents 0.297 against 0.3.
    assert!((at(70.0) / at(70.0001) - 1.0).abs() < 0.01);
    assert!((at(-33.0) - at(33.0)).abs() < 1e-12);
}

#[test]
fn what_is_out_of_range_is_refused_with_its_value() {
    let path = Path::equidistant(0.1, vec![0.0; 11], Vec::new()).unwrap();
    let refused = |parameters: Parameters| p1812::evaluate(&path, &parameters).unwrap_err().to_string();
    let base = Parameters::default();
    assert!(
        refused(Parameters {
            frequency_ghz: 7.0,
            ..base
        })
        .contains("frequency is 7 GHz")
    );
    assert!(
        refused(Parameters {
            time_percent: 60.0,
            ..base
        })
        .contains("time percentage")
    );
    assert!(
        refused(Parameters {
            tx_height_m: f64::NAN,
            ..base
        })
        .contains("NaN")
    );
    assert!(Path::equidistant(0.1, vec![0.0; 2], Vec::new()).is_err());
    assert!(Path::equidistant(-0.1, vec![0.0; 20], Vec::new()).is_err());
    assert!(Path::new(vec![0.0, 1.0, 1.0], vec![0.0; 3], Vec::new(), Vec::new()).is_err());
    for absurd in [1e300, -32_768.0, f64::INFINITY] {
        let heights = vec![0.0, absurd, 0.0];
        assert!(Path::new(vec![0.0, 1.0, 2.0], heights.clone(), Vec::new(), Vec::new()).is_err());
        assert!(Path::new(vec![0.0, 1.0, 2.0], vec![0.0; 3], heights, Vec::new()).is_err());
        assert!(Path::new(vec![0.0, 1.0, absurd], vec![0.0; 3], Vec::new(), Vec::new()).is_err());
    }
    assert!(Path::new(vec![0.0, 1.0, 2.0], vec![0.0, f64::NAN, 0.0], Vec::new(), Vec::new()).is_err());
}
