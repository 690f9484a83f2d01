//! Worked values from a public spreadsheet (its slips undone) and a simulator's regression set.

use proptest::prelude::*;

use super::*;

fn at(scenario: Scenario, frequency_ghz: f64, distance_m: f64, base_height_m: f64) -> PathLoss {
    evaluate(
        scenario,
        &TrPath {
            frequency_ghz,
            distance_m,
            base_height_m,
            ..TrPath::default()
        },
    )
    .unwrap()
}

#[test]
fn spreadsheet_values_that_follow_the_report() {
    use Scenario::{RuralMacro, UrbanMacro, UrbanMicro};
    #[rustfmt::skip]
    let rows = [
        (RuralMacro, 0.7, 100.0, 35.0, Some(70.21901464), Some(78.69439686)),
        (RuralMacro, 0.7, 5000.0, 35.0, Some(121.33105477), Some(143.43945326)),
        (UrbanMacro, 0.7, 100.0, 35.0, Some(69.41007998), Some(89.50456523)),
        (UrbanMacro, 0.7, 5000.0, 35.0, Some(133.08194134), Some(154.99808950)),
        (UrbanMicro, 3.7, 100.0, 10.0, Some(85.79686270), Some(105.15787939)),
        (UrbanMicro, 3.7, 5000.0, 10.0, Some(147.13610927), Some(165.07636003)),
    ];
    for (scenario, f, d, base, los, nlos) in rows {
        let loss = at(scenario, f, d, base);
        for (ours, expected) in [(loss.line_of_sight_db, los), (loss.obstructed_db, nlos)] {
            let expected: f64 = expected.unwrap();
            assert!(
                (ours - expected).abs() < 2e-8,
                "{scenario:?} {d} m: {ours} instead of {expected}"
            );
        }
    }
    for (d, base, expected) in [
        (500.0, 35.0, 124.27963880),
        (1000.0, 30.0, 133.28665007),
        (5000.0, 30.0, 154.25067267),
    ] {
        let optional = at(UrbanMacro, 3.5, d, base).optional_obstructed_db.unwrap();
        assert!((optional - expected).abs() < 1e-8);
    }
}

#[test]
fn regression_values_of_a_simulator() {
    let rows = [
        (
            Scenario::RuralMacro,
            35.0,
            [77.3784, 87.2965, 108.5577, 140.3896],
            [77.3784, 95.7718, 133.5223, 160.5169],
        ),
        (
            Scenario::UrbanMacro,
            25.0,
            [72.9380, 86.2362, 109.7252, 137.6794],
            [82.5131, 106.1356, 144.7641, 172.0753],
        ),
        (
            Scenario::UrbanMicro,
            10.0,
            [69.8591, 88.4122, 119.3114, 147.2696],
            [76.7563, 107.9432, 143.1886, 167.8617],
        ),
    ];
    for (scenario, base, los, nlos) in rows {
        let farthest = if scenario == Scenario::RuralMacro {
            10_000.0
        } else {
            5000.0
        };
        for (d, expected) in [10.0, 100.0, 1000.0, farthest].into_iter().zip(los) {
            assert!((at(scenario, 5.0, d, base).line_of_sight_db - expected).abs() < 5.1e-5);
        }
        for (d, expected) in [10.0, 100.0, 1000.0, 5000.0].into_iter().zip(nlos) {
            assert!((at(scenario, 5.0, d, base).obstructed_db - expected).abs() < 5.1e-5);
        }
    }
}

#[test]
fn penetration_and_probability_as_worked_by_hand() {
    for (f, low, high) in [
        (0.7, 10.237, 17.747),
        (0.8, 10.400, 18.122),
        (1.8, 11.647, 21.742),
        (2.6, 12.256, 24.362),
        (3.5, 12.698, 26.850),
        (28.0, 17.829, 37.949),
    ] {
        let wall = |model| penetration(model, f, 0.0).unwrap().wall_db;
        assert!((wall(PenetrationModel::LowLoss) - low).abs() < 6e-4);
        assert!((wall(PenetrationModel::HighLoss) - high).abs() < 6e-4);
    }
    for (scenario, expected) in [
        (Scenario::RuralMacro, [0.960789, 0.826959, 0.371577]),
        (Scenario::UrbanMicro, [0.519585, 0.093518, 0.018000]),
        (Scenario::UrbanMacro, [0.649402, 0.128048, 0.018000]),
    ] {
        for (d, p) in [50.0, 200.0, 1000.0].into_iter().zip(expected) {
            assert!((line_of_sight_probability(scenario, d, 1.5) - p).abs() < 1e-6);
        }
    }
}

/// The report's own jump: at the ground distance of the breakpoint both urban forms agree exactly, because the second
/// normalises by the slant distance there; the rural form compares ground with slant distances and jumps a little.
#[test]
fn losses_are_continuous_at_the_breakpoint() {
    for (scenario, base, jump_db) in [
        (Scenario::UrbanMacro, 25.0, 1e-6),
        (Scenario::UrbanMicro, 10.0, 1e-6),
        (Scenario::RuralMacro, 35.0, 0.01),
    ] {
        let breakpoint = at(scenario, 2.0, 100.0, base).breakpoint_m;
        let below = at(scenario, 2.0, breakpoint * (1.0 - 1e-12), base).line_of_sight_db;
        let above = at(scenario, 2.0, breakpoint * (1.0 + 1e-12), base).line_of_sight_db;
        assert!((below - above).abs() < jump_db, "{scenario:?}: {below} and {above}");
    }
}

proptest! {
    #[test]
    fn farther_loses_no_less_and_sight_helps(f in 0.5..30.0, d in 10.0..4900.0) {
        for (scenario, base) in
            [(Scenario::RuralMacro, 35.0), (Scenario::UrbanMacro, 25.0), (Scenario::UrbanMicro, 10.0)]
        {
            let (near, far) = (at(scenario, f, d, base), at(scenario, f, d * 1.02, base));
            prop_assert!(far.line_of_sight_db > near.line_of_sight_db);
            prop_assert!(far.obstructed_db > near.obstructed_db);
            prop_assert!(near.obstructed_db >= near.line_of_sight_db);
            prop_assert!((0.0..=1.0).contains(&near.line_of_sight_probability));
            prop_assert!(near.line_of_sight_probability >= far.line_of_sight_probability - 1e-12);
        }
    }
}
