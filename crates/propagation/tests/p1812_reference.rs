//! Every published validation log of ITU-R P.1812, intermediates included.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // a test may stop

mod reference;

use std::path::Path as FilePath;

use propagation::p1812::{
    self, Atmosphere, Evaluation, LocationSpread, Parameters, Path, Polarisation, Zone, centre_latitude_deg,
};
use reference::{number, read, rows};

const LOSS_TOLERANCE_DB: f64 = 1e-6;
/// The logs print ten significant digits.
const LOG_TOLERANCE: f64 = 1e-9;

struct Case {
    parameters: Parameters,
    expected_loss_db: f64,
}

#[test]
fn every_log_is_reproduced() {
    let Some(folder) = reference::folder("p1812") else {
        return;
    };
    let mut logs = 0;
    let mut worst_db = 0.0_f64;
    let mut profiles: Vec<_> = std::fs::read_dir(folder.join("profiles"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    profiles.sort();
    for profile in profiles {
        let (path, cases) = read_profile(&profile);
        let name = profile.file_stem().unwrap().to_string_lossy().into_owned();
        for (row, case) in cases.iter().enumerate() {
            let evaluation = p1812::evaluate(&path, &case.parameters).unwrap();
            let difference = (evaluation.loss_db - case.expected_loss_db).abs();
            assert!(difference <= LOSS_TOLERANCE_DB, "{name} {row}: off by {difference} dB");
            worst_db = worst_db.max(difference);
            let log = folder.join("results").join(format!("{name}_{row}_log.csv"));
            if log.is_file() {
                compare_log(&format!("{name} {row}"), &read(&log), &evaluation);
                logs += 1;
            }
        }
    }
    println!("{logs} logs, worst loss {worst_db:.1e} dB");
    assert!(logs > 0, "no log was found beside the profiles");
}

/// Distances, heights, clutter and zones, then the measurement rows.
fn read_profile(file: &FilePath) -> (Path, Vec<Case>) {
    let rows = rows(&read(file));
    let header = |key: &str| {
        let row = rows
            .iter()
            .find(|row| row[0].starts_with(key))
            .unwrap_or_else(|| panic!("no {key}"));
        number(&row[1])
    };
    let block = |name: &str| {
        let first = rows
            .iter()
            .position(|row| row[0] == format!("{{Begin of {name}}}"))
            .unwrap()
            + 1;
        let length = rows[first..].iter().position(|row| row[0].starts_with("{End")).unwrap();
        &rows[first..first + length]
    };
    let points = &block("Profile")[1..];
    let column = |index: usize| points.iter().map(|row| number(&row[index])).collect::<Vec<f64>>();
    let zones = points
        .iter()
        .map(|row| Zone::from_code(row[4].parse().unwrap()).unwrap())
        .collect();
    let path = Path::new(column(0), column(1), column(3), zones).unwrap();

    let tx = (header("Tx LAT"), header("Tx LON"));
    let rx = (header("Rx LAT"), header("Rx LON"));
    let atmosphere = Atmosphere {
        delta_n: header("Average annual values dN"),
        n0: header("Average annual sea-level surface refractivity"),
    };
    let cases = block("Measurements").iter().map(|row| Case {
        parameters: Parameters {
            frequency_ghz: number(&row[0]) / 1000.0,
            polarisation: if row[4] == "1" {
                Polarisation::Horizontal
            } else {
                Polarisation::Vertical
            },
            time_percent: number(&row[14]),
            location_percent: 50.0,
            location_spread: LocationSpread::SigmaDb(0.0),
            tx_height_m: number(&row[1]),
            rx_height_m: number(&row[3]),
            atmosphere,
            centre_latitude_deg: centre_latitude_deg(tx, rx, path.total_km()),
            ..Parameters::default()
        },
        expected_loss_db: number(&row[17]),
    });
    (path.clone(), cases.collect())
}

fn compare_log(name: &str, log: &str, e: &Evaluation) {
    let mut compared = 0;
    for row in rows(log) {
        let (label, reference) = (row[0].split(' ').next().unwrap(), row.get(1).map_or("", String::as_str));
        let Some(ours) = quantity(label, reference, e) else {
            continue;
        };
        let value = number(&row[3]);
        let difference = (ours - value).abs();
        assert!(
            difference <= LOG_TOLERANCE * value.abs().max(1.0),
            "{name}: {label} {reference} is {ours}, the log says {value}"
        );
        compared += 1;
    }
    assert!(compared >= 45, "{name}: only {compared} quantities were compared");
}

/// Our value of a line of the log; `None` for inputs.
fn quantity(label: &str, reference: &str, e: &Evaluation) -> Option<f64> {
    Some(match (label, reference) {
        ("d", _) => e.distance_km,
        ("dlt", _) => e.tx_horizon_km,
        ("dlr", _) => e.rx_horizon_km,
        ("th_t", _) => e.tx_elevation_mrad,
        ("th_r", _) => e.rx_elevation_mrad,
        ("th", _) => e.angular_distance_mrad,
        ("hts", _) | ("htc", "Table 5") => e.tx_above_sea_m,
        ("hrs", _) | ("hrc", "Table 5") => e.rx_above_sea_m,
        ("w", _) => e.sea_fraction,
        ("dtm", _) => e.longest_land_km,
        ("dlm", _) => e.longest_inland_km,
        ("dct", _) => e.tx_coast_km,
        ("dcr", _) => e.rx_coast_km,
        ("phi", _) => e.centre_latitude_deg,
        ("b0", _) => e.beta0_percent,
        ("ae", _) => e.effective_radius_km,
        ("hst", "Eq (85)") => e.tx_line_m,
        ("hsr", "Eq (86)") => e.rx_line_m,
        ("hst", "Eq (90a)") => e.tx_ducting_m,
        ("hsr", "Eq (90b)") => e.rx_ducting_m,
        ("hstd", _) => e.tx_diffraction_smooth_m,
        ("hsrd", _) => e.rx_diffraction_smooth_m,
        ("htc", "Eq (37a)") => e.tx_diffraction_m,
        ("hrc", "Eq (37b)") => e.rx_diffraction_m,
        ("hte", _) => e.tx_effective_m,
        ("hre", _) => e.rx_effective_m,
        ("hm", _) => e.roughness_m,
        ("Fi", _) => e.fi,
        ("Fj", _) => e.fj,
        ("Fk", _) => e.fk,
        ("Lbfs", _) => e.lbfs,
        ("Lb0p", _) => e.lb0p,
        ("Lb0b", _) => e.lb0b,
        // The parts of the last delta-Bullington call, that for the β0 radius.
        ("Lbulla", _) => e.beta.actual_db,
        ("Lbulls", _) => e.beta.smooth_db,
        ("Ldsph", _) => e.beta.spherical_db,
        ("Ld50", _) => e.ld50,
        ("Ldb", _) => e.ldb,
        ("Ldp", _) => e.ldp,
        ("Lbd50", _) => e.lbd50,
        // The program that wrote the logs overwrites Lbd with Lbda where ducting matters.
        ("Lbd", _) => {
            if e.lminbap > e.lbd {
                e.lbd
            } else {
                e.lbda
            }
        }
        ("Lminb0p", _) => e.lminb0p,
        ("Lba", _) => e.lba,
        ("Lminbap", _) => e.lminbap,
        ("Lbda", _) => e.lbda,
        ("Lbam", _) => e.lbam,
        ("Lbs", _) => e.lbs,
        ("Lbc", _) => e.lbc,
        ("Lb", _) => e.loss_db,
        ("Ep", "Eq (70)") => e.field_strength_dbuv_per_m,
        _ => return None,
    })
}
