//! Where a model changes its formula: both sides agree there, or the jump is the recommendation's own and is written down.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // a test may stop

use propagation::extended_hata;
use propagation::free_space;
use propagation::hata::{Environment, HataPath, okumura_hata};
use propagation::itm::{self, AreaPath, Siting};
use propagation::p1812::diffraction::spherical_earth::{Ground, first_term_db};
use propagation::p1812::{self, Path, Polarisation, Zone};
use propagation::p2108;
use propagation::tr38901::{Scenario, line_of_sight_probability};

/// A hair on either side, relative.
const HAIR: f64 = 1e-9;

/// Where `is_beyond` turns from false to true between two values, found to a hair.
fn turning_point(mut low: f64, mut high: f64, is_beyond: impl Fn(f64) -> bool) -> (f64, f64) {
    assert!(!is_beyond(low) && is_beyond(high), "no turn between {low} and {high}");
    while high - low > HAIR * high.abs().max(1.0) {
        let middle = 0.5 * (low + high);
        if is_beyond(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    (low, high)
}

fn jump(at: impl Fn(f64) -> f64, (low, high): (f64, f64)) -> f64 {
    (at(high) - at(low)).abs()
}

fn around(value: f64) -> (f64, f64) {
    (value * (1.0 - HAIR), value * (1.0 + HAIR))
}

/// From line of sight to diffraction at the smooth-earth horizons, and from there to scatter: the model joins its lines.
#[test]
fn itm_joins_its_mechanisms() {
    for frequency_mhz in [450.0, 1800.0, 3500.0] {
        for delta_h_m in [0.0, 30.0, 90.0, 300.0] {
            let parameters = itm::Parameters {
                frequency_mhz,
                ..itm::Parameters::default()
            };
            let at = |distance_km: f64| {
                let path = AreaPath {
                    distance_km,
                    delta_h_m,
                    tx_siting: Siting::Random,
                    rx_siting: Siting::Random,
                };
                itm::area(&path, &parameters).unwrap()
            };
            let beyond_horizon = |d| at(d).mode != itm::Mechanism::LineOfSight;
            let scattered = |d| at(d).mode == itm::Mechanism::Troposcatter;
            for turn in [
                turning_point(1.0, 900.0, beyond_horizon),
                turning_point(1.0, 900.0, scattered),
            ] {
                let jump_db = jump(|d| at(d).loss_db, turn);
                assert!(
                    jump_db < 1e-5,
                    "{frequency_mhz} MHz, {delta_h_m} m at {} km: {jump_db} dB",
                    turn.0
                );
            }
        }
    }
}

/// Over flat ground the model's loss grows with distance, both at a point and in an area.
#[test]
fn itm_loses_more_farther_away_on_flat_ground() {
    for frequency_mhz in [450.0, 1800.0, 3500.0] {
        let parameters = itm::Parameters {
            frequency_mhz,
            ..itm::Parameters::default()
        };
        let flat = [10.0; 2001];
        let losses: Vec<f64> = (40..2000)
            .step_by(5)
            .map(|last| itm::point_to_point(30.0, &flat[..=last], &parameters).unwrap().loss_db)
            .collect();
        let worst = losses
            .windows(2)
            .map(|pair| pair[0] - pair[1])
            .fold(f64::NEG_INFINITY, f64::max);
        assert!(
            worst <= 1e-9,
            "{frequency_mhz} MHz: 150 m more lower the loss by {worst} dB"
        );
    }
}

/// a(hm) of a large city changes its form at 300 MHz: 0.003 dB at street level, Hata's own 1.9 dB for a mobile at 10 m.
#[test]
fn hata_changes_its_form_at_300_mhz() {
    let at = |mobile_height_m: f64| {
        move |frequency_mhz: f64| {
            let path = HataPath {
                frequency_mhz,
                distance_km: 5.0,
                base_height_m: 30.0,
                mobile_height_m,
                environment: Environment::LargeCity,
            };
            okumura_hata(&path).unwrap().loss_db
        }
    };
    assert!(jump(at(1.5), around(300.0)) < 0.004);
    let high_db = jump(at(10.0), around(300.0));
    assert!((1.8..1.9).contains(&high_db), "{high_db}");
}

/// Hata's slope bends at a breakpoint of some tens of km. The loss steps there by the model's own 0.17 dB: its anchor at 1 km
/// counts the slant between antennas of 200 m and 3 m, 10 lg(1 + 0.197²), the slope from there the distance along the ground.
#[test]
fn extended_hata_bends_with_the_step_of_its_anchor() {
    let parameters = extended_hata::Parameters::default();
    let at = |last: usize, step_m: f64| extended_hata::evaluate(step_m, &vec![40.0; last + 1], &parameters).unwrap();
    let breakpoint_m = at(100, 30.0).breakpoint_km * 1000.0;
    assert!(breakpoint_m > 1000.0);
    let loss_db = |distance_m: f64| at(1000, distance_m / 1000.0).loss_db;
    let jump_db = jump(loss_db, around(breakpoint_m));
    let anchor_db = 10.0 * (1.0 + 0.197_f64.powi(2)).log10();
    assert!((jump_db - anchor_db).abs() < 1e-3, "{jump_db} dB at {breakpoint_m} m");
}

/// The report's probabilities of sight: the streets join, the offices jump by its own rounding, and so does the gain of a
/// tall terminal at 18 m.
#[test]
fn probability_of_sight_where_its_forms_change() {
    let jump_of = |scenario, distance_m: f64, height_m: f64| {
        jump(|d| line_of_sight_probability(scenario, d, height_m), around(distance_m))
    };
    assert!(jump_of(Scenario::RuralMacro, 10.0, 1.5) < 1e-9);
    assert!(jump_of(Scenario::UrbanMicro, 18.0, 1.5) < 1e-6);
    assert!(jump_of(Scenario::UrbanMacro, 18.0, 1.5) < 1e-6);
    assert!(jump_of(Scenario::UrbanMacro, 18.0, 22.0) < 0.006);
    assert!(jump_of(Scenario::IndoorMixedOffice, 1.2, 1.0) < 1e-6);
    assert!(jump_of(Scenario::IndoorMixedOffice, 6.5, 1.0) < 0.004);
    assert!(jump_of(Scenario::IndoorOpenOffice, 5.0, 1.0) < 1e-6);
    assert!(jump_of(Scenario::IndoorOpenOffice, 49.0, 1.0) < 0.003);
    let by_height = |height_m: f64| line_of_sight_probability(Scenario::UrbanMacro, 200.0, height_m);
    assert!(jump(by_height, around(13.0)) < 1e-6);
}

#[test]
fn clutter_loss_stays_level_beyond_two_kilometres() {
    let at = |distance_km: f64| p2108::terrestrial(3.5, distance_km, 50.0).unwrap().loss_db;
    assert!(jump(at, around(2.0)) < 1e-6);
    assert_eq!(at(2.5), at(20.0));
}

#[test]
fn free_space_grows_by_six_decibels_with_each_doubling() {
    let at = |distance_km: f64| free_space::loss_db(1800.0, distance_km).unwrap();
    for distance_km in [0.01, 0.5, 3.0, 70.0] {
        assert!((at(2.0 * distance_km) - at(distance_km) - 20.0 * 2_f64.log10()).abs() < 1e-12);
    }
}

/// The first term over the spherical earth: F(X) joins at X = 1.6; G(Y) jumps by the recommendation's own 0.018 dB for each
/// terminal where B passes 2.
#[test]
fn p1812_first_term() {
    let ground = Ground::land(1.8, Polarisation::Vertical);
    let (radius_km, low_m) = (8930.0, 1e-3);
    // Terminals on the ground are at the floor of G, so that only F is left; X = 1.6 lies within these distances.
    let by_distance = |distance_km: f64| first_term_db(&ground, radius_km, distance_km, (low_m, low_m));
    let mut distance_km = 5.0;
    while distance_km < 100.0 {
        let jump_db = jump(by_distance, (distance_km, distance_km * 1.00002));
        assert!(jump_db < 0.003, "{distance_km} km: {jump_db} dB");
        distance_km *= 1.00002;
    }
    let by_height = |height_m: f64| first_term_db(&ground, radius_km, 60.0, (height_m, low_m));
    let mut worst_db = 0.0_f64;
    let mut height_m = 1.0;
    while height_m < 300.0 {
        // The gain grows with height: what grows by less, or falls, is the jump.
        worst_db = worst_db.max(by_height(height_m * 1.00001) - by_height(height_m));
        height_m *= 1.00001;
    }
    assert!((0.01..0.0177).contains(&worst_db), "{worst_db} dB where B passes 2");
}

fn ridge(height_m: f64) -> Path {
    let heights = (0..=200).map(|i| if i == 80 { height_m } else { 0.0 }).collect();
    Path::equidistant(0.05, heights, Vec::new()).unwrap()
}

/// As a ridge rises through the line of sight, the path becomes trans-horizon; the horizon's distance, of which ducting
/// makes use, is another one then, but both directions' horizons lie at the same point and the loss passes smoothly.
#[test]
fn p1812_from_sight_to_beyond_the_horizon() {
    let parameters = p1812::Parameters::default();
    let at = |height_m: f64| p1812::evaluate(&ridge(height_m), &parameters).unwrap();
    let turn = turning_point(0.0, 100.0, |height_m| at(height_m).trans_horizon);
    let jump_db = jump(|height_m| at(height_m).loss_db, turn);
    assert!(jump_db < 1e-4, "{jump_db} dB at a ridge of {} m", turn.0);
}

/// At 50 % the multipath and β0 terms are left out altogether: the inverse normal's own 1e-9 is all they were.
#[test]
fn p1812_at_the_median() {
    let path = ridge(40.0);
    let at = |time_percent: f64| {
        let parameters = p1812::Parameters {
            time_percent,
            ..p1812::Parameters::default()
        };
        p1812::evaluate(&path, &parameters).unwrap().loss_db
    };
    assert!((at(50.0) - at(50.0 - 1e-7)).abs() < 1e-6);
}

/// The coastal gain of ducting begins at a path of which three quarters lie over sea: the recommendation's own step of up to
/// 6 dB for each terminal on the shore, in the ducting loss alone.
#[test]
fn p1812_coastal_gain_begins_with_a_step() {
    let at = |sea_points: usize| {
        let zones = (0..=400)
            .map(|i| if i < sea_points { Zone::Sea } else { Zone::Inland })
            .collect();
        let distances = (0..=400).map(|i| f64::from(i) * 0.25).collect();
        let path = Path::new(distances, vec![1.0; 401], Vec::new(), zones).unwrap();
        let parameters = p1812::Parameters {
            tx_coast_km: Some(0.0),
            ..p1812::Parameters::default()
        };
        p1812::evaluate(&path, &parameters).unwrap()
    };
    let step_db = |points: usize| at(points).lba - at(points + 1).lba;
    let begins = (250..350)
        .find(|&points| at(points).sea_fraction < 0.75 && at(points + 1).sea_fraction >= 0.75)
        .unwrap();
    assert!((4.0..7.0).contains(&step_db(begins)), "{} dB", step_db(begins));
    assert!(step_db(begins - 1).abs() < 1.0 && step_db(begins + 1).abs() < 1.0);
}
