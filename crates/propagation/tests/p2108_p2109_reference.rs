//! ITU-R P.2108 and P.2109 against the published reference data.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // a test may stop

mod reference;

use propagation::ModelError;
use propagation::p2108::{self, ClutterClass, Terminal};
use propagation::p2109::{BuildingClass, entry_loss};
use reference::{number, read, rows};

/// The files are rounded to 0.1 dB.
const P2108_TOLERANCE_DB: f64 = 0.0501;
const P2109_TOLERANCE_DB: f64 = 1e-6;

fn compare(line: usize, ours: Result<f64, ModelError>, valid: bool, expected: &str) {
    match (ours, valid) {
        (Ok(ours), true) => {
            let difference = (ours - number(expected)).abs();
            assert!(
                difference <= P2108_TOLERANCE_DB,
                "row {line}: {ours} instead of {expected}"
            );
        }
        (Err(_), false) => {}
        (ours, _) => panic!("row {line}: {ours:?}, but valid = {valid}"),
    }
}

#[test]
fn p2108_terrestrial() {
    let Some(folder) = reference::folder("p2108") else {
        return;
    };
    let rows = rows(&read(&folder.join("TerrestrialStatisticalModelTestData.csv")));
    assert!(rows.len() > 10);
    for (line, row) in rows.iter().enumerate().skip(1) {
        let ours = p2108::terrestrial(number(&row[0]), number(&row[1]), number(&row[2])).map(|loss| loss.loss_db);
        compare(line, ours, row[3] == "0", &row[4]);
    }
}

#[test]
fn p2108_height_gain() {
    let Some(folder) = reference::folder("p2108") else {
        return;
    };
    let rows = rows(&read(&folder.join("HeightGainTerminalCorrectionModelTestData.csv")));
    assert!(rows.len() > 20);
    let classes = [
        ClutterClass::Water,
        ClutterClass::Open,
        ClutterClass::Suburban,
        ClutterClass::Urban,
        ClutterClass::Forest,
        ClutterClass::DenseUrban,
    ];
    for (line, row) in rows.iter().enumerate().skip(1) {
        let terminal = Terminal {
            frequency_ghz: number(&row[0]),
            height_m: number(&row[1]),
            street_width_m: number(&row[2]),
            clutter_height_m: number(&row[3]),
            class: classes[row[4].parse::<usize>().unwrap() - 1],
        };
        compare(line, p2108::height_gain_db(&terminal), row[5] == "0", &row[6]);
    }
}

#[test]
fn p2108_slant_path() {
    let Some(folder) = reference::folder("p2108") else {
        return;
    };
    let rows = rows(&read(&folder.join("AeronauticalStatisticalModelTestData.csv")));
    assert!(rows.len() > 10);
    for (line, row) in rows.iter().enumerate().skip(1) {
        let ours = p2108::slant_path_db(number(&row[0]), number(&row[1]), number(&row[2]));
        compare(line, ours, row[3] == "0", &row[4]);
    }
}

#[test]
fn p2109_every_row() {
    let Some(folder) = reference::folder("p2109") else {
        return;
    };
    let rows = rows(&read(&folder.join("validation.csv")));
    let mut worst_db = 0.0_f64;
    for (line, row) in rows.iter().enumerate().skip(1) {
        let class = match row[2].as_str() {
            "1" => BuildingClass::Traditional,
            "2" => BuildingClass::ThermallyEfficient,
            other => panic!("row {line}: building type {other}"),
        };
        let ours = entry_loss(number(&row[0]), number(&row[1]), class, number(&row[3]))
            .unwrap()
            .loss_db;
        worst_db = worst_db.max((ours - number(&row[4])).abs());
    }
    println!("{} rows, worst {worst_db:.1e} dB", rows.len() - 1);
    assert!(rows.len() > 1000);
    assert!(worst_db <= P2109_TOLERANCE_DB, "{worst_db}");
}
