//! ITM against NTIA's own test vectors and command-line examples.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // a test may stop

mod reference;

use propagation::Polarisation;
use propagation::itm::{
    self, AreaPath, Climate, LinkProfile, Mechanism, Parameters, PointToPoint, Siting, Variability,
};
use reference::{number, read, rows};

const P2P_TOLERANCE_DB: f64 = 0.0051; // the file is rounded to 0.01 dB
const AREA_TOLERANCE_DB: f64 = 0.051; // rounded to 0.1 dB

fn code(field: &str) -> u8 {
    field.parse().unwrap()
}

fn polarisation(field: &str) -> Polarisation {
    if field == "0" {
        Polarisation::Horizontal
    } else {
        Polarisation::Vertical
    }
}

fn profiles() -> Option<Vec<(f64, Vec<f64>)>> {
    let folder = reference::folder("itm")?;
    let rows = rows(&read(&folder.join("pfls.csv")));
    Some(
        rows.iter()
            .map(|row| {
                let points = number(&row[0]) as usize + 1;
                (
                    number(&row[1]),
                    row[2..2 + points].iter().map(|field| number(field)).collect(),
                )
            })
            .collect(),
    )
}

#[test]
fn point_to_point() {
    let Some(profiles) = profiles() else { return };
    let folder = reference::folder("itm").unwrap();
    let cases = rows(&read(&folder.join("p2p.csv")));
    assert_eq!(cases.len(), profiles.len() + 1);
    let mechanisms = [
        Mechanism::Troposcatter,
        Mechanism::LineOfSight,
        Mechanism::LineOfSight,
        Mechanism::Diffraction,
        Mechanism::Diffraction,
    ];
    for (number_of_row, (row, (step_m, heights_m))) in cases[1..].iter().zip(&profiles).enumerate() {
        let parameters = Parameters {
            tx_height_m: number(&row[0]),
            rx_height_m: number(&row[1]),
            permittivity: number(&row[2]),
            conductivity_s_per_m: number(&row[3]),
            n0: number(&row[4]),
            frequency_mhz: number(&row[5]),
            polarisation: polarisation(&row[6]),
            climate: Climate::from_code(code(&row[7])).unwrap(),
            time_percent: number(&row[8]),
            location_percent: number(&row[9]),
            situation_percent: number(&row[10]),
            variability: Variability::from_code(code(&row[11])).unwrap(),
        };
        let ours = itm::point_to_point(*step_m, heights_m, &parameters).unwrap();
        let expected = number(&row[12]);
        assert!(
            (ours.loss_db - expected).abs() <= P2P_TOLERANCE_DB,
            "row {number_of_row}: {ours:?} for {expected}"
        );
        assert_eq!(ours.mode, mechanisms[number_of_row]);
        // The forms for many links, one after the other and together.
        let mut evaluator = PointToPoint::new(&parameters).unwrap();
        let one = evaluator.evaluate(*step_m, heights_m);
        let link = LinkProfile {
            step_m: *step_m,
            heights_m,
        };
        for quick in evaluator.evaluate_each(&[link; 3]).into_iter().chain([one]) {
            assert!(
                (quick.unwrap().loss_db - expected).abs() <= P2P_TOLERANCE_DB,
                "row {number_of_row}"
            );
        }
    }
}

#[test]
fn area() {
    let Some(folder) = reference::folder("itm") else { return };
    let cases = rows(&read(&folder.join("area.csv")));
    for row in &cases[1..] {
        let parameters = Parameters {
            tx_height_m: number(&row[0]),
            rx_height_m: number(&row[1]),
            permittivity: number(&row[7]),
            conductivity_s_per_m: number(&row[8]),
            n0: number(&row[9]),
            frequency_mhz: number(&row[10]),
            polarisation: polarisation(&row[11]),
            climate: Climate::from_code(code(&row[12])).unwrap(),
            time_percent: number(&row[13]),
            location_percent: number(&row[14]),
            situation_percent: number(&row[15]),
            variability: Variability::from_code(code(&row[3])).unwrap(),
        };
        let path = AreaPath {
            delta_h_m: number(&row[2]),
            distance_km: number(&row[4]),
            tx_siting: Siting::from_code(code(&row[5])).unwrap(),
            rx_siting: Siting::from_code(code(&row[6])).unwrap(),
        };
        let ours = itm::area(&path, &parameters).unwrap().loss_db;
        assert!(
            (ours - number(&row[16])).abs() <= AREA_TOLERANCE_DB,
            "{ours} for {}",
            row[16]
        );
    }
}

fn example() -> Parameters {
    Parameters {
        tx_height_m: 15.0,
        rx_height_m: 3.0,
        permittivity: 15.0,
        conductivity_s_per_m: 0.005,
        n0: 301.0,
        frequency_mhz: 3500.0,
        polarisation: Polarisation::Vertical,
        climate: Climate::ContinentalTemperate,
        variability: Variability::from_code(1).unwrap(),
        time_percent: 50.0,
        location_percent: 50.0,
        situation_percent: 50.0,
    }
}

/// Step and heights of the command-line example.
fn example_profile() -> Option<(f64, Vec<f64>)> {
    let folder = reference::folder("itm")?;
    let rows = rows(&read(&folder.join("cmd_examples/pfl.txt")));
    let fields: Vec<&String> = rows.iter().flatten().filter(|field| !field.is_empty()).collect();
    Some((
        number(fields[1]),
        fields[2..].iter().map(|field| number(field)).collect(),
    ))
}

#[test]
fn command_line_example_with_its_intermediates() {
    let Some((step_m, heights_m)) = example_profile() else {
        return;
    };
    let e = itm::point_to_point(step_m, &heights_m, &example()).unwrap();
    assert!((e.loss_db - 114.536_076_339_885_26).abs() < 1e-10, "{}", e.loss_db);
    for (ours, printed, half_digit) in [
        (e.tx_horizon_rad * 1e3, -1.949, 5e-4),
        (e.rx_horizon_rad * 1e3, -0.856, 5e-4),
        (e.tx_horizon_m, 14868.0, 0.5),
        (e.rx_horizon_m, 6494.0, 0.5),
        (e.tx_effective_m, 15.0, 0.05),
        (e.rx_effective_m, 3.0, 0.05),
        (e.surface_refractivity, 251.5, 0.05),
        (e.delta_h_m, 3.2, 0.05),
        (e.reference_db, 0.0, 0.05),
    ] {
        assert!((ours - printed).abs() <= half_digit, "{ours} for {printed}");
    }
    assert!(e.warnings.is_empty());
}

#[test]
fn command_line_table_of_confidence_and_reliability() {
    let Some((step_m, heights_m)) = example_profile() else {
        return;
    };
    for (reliability, expected) in [
        (10.0, [110.9, 117.2, 129.1]),
        (65.0, [110.9, 117.4, 129.2]),
        (90.0, [110.9, 117.5, 129.3]),
    ] {
        for (confidence, loss_db) in [10.0, 60.0, 90.0].into_iter().zip(expected) {
            let parameters = Parameters {
                time_percent: reliability,
                situation_percent: confidence,
                ..example()
            };
            let ours = itm::point_to_point(step_m, &heights_m, &parameters).unwrap().loss_db;
            assert!(
                (ours - loss_db).abs() <= 0.051,
                "{reliability} {confidence}: {ours} for {loss_db}"
            );
        }
    }
}
