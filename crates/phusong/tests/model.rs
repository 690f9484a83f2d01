//! `phusong model` as a stranger uses it to check this implementation against another: a JSON case in, every intermediate
//! out, held line by line against the published logs.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // A test may stop.

#[path = "../../propagation/tests/reference/mod.rs"]
mod reference;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use reference::{number, read, rows};
use serde_json::{Value, json};

/// Exit code and answer of `phusong model NAME --input - --json`.
fn model(name: &str, case: &str) -> (i32, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_phusong"))
        .args(["--json", "model", name, "--input", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(case.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), answer)
}

/// The answer to a case that must be accepted.
fn answer(name: &str, case: &Value) -> Value {
    let (code, answer) = model(name, &case.to_string());
    assert_eq!(code, 0, "{name}: {answer} to {case}");
    answer
}

fn loss_db(name: &str, case: &Value) -> f64 {
    answer(name, case)["loss_db"].as_f64().unwrap()
}

fn close(what: &str, ours: f64, expected: f64, tolerance: f64) {
    assert!(
        (ours - expected).abs() <= tolerance,
        "{what}: {ours} instead of {expected}"
    );
}

/// A profile of ITU-R P.1812 as rows of the case, its header and its measurements.
struct P1812File {
    rows: Vec<Vec<String>>,
}

impl P1812File {
    fn block(&self, name: &str) -> &[Vec<String>] {
        let begin = format!("{{Begin of {name}}}");
        let first = self.rows.iter().position(|row| row[0] == begin).unwrap() + 1;
        let length = self.rows[first..]
            .iter()
            .position(|row| row[0].starts_with("{End"))
            .unwrap();
        &self.rows[first..first + length]
    }

    fn header(&self, key: &str) -> f64 {
        number(&self.rows.iter().find(|row| row[0].starts_with(key)).unwrap()[1])
    }

    fn profile(&self) -> Vec<[f64; 4]> {
        let points = &self.block("Profile")[1..];
        points
            .iter()
            .map(|row| [0, 1, 3, 4].map(|column| number(&row[column])))
            .collect()
    }

    fn case(&self, measurement: &[String]) -> Value {
        json!({
            "frequency_ghz": number(&measurement[0]) / 1000.0,
            "time_percent": number(&measurement[14]),
            "location_percent": 50,
            "location_sigma_db": 0,
            "tx_height_m": number(&measurement[1]),
            "rx_height_m": number(&measurement[3]),
            "polarisation": if measurement[4] == "1" { "horizontal" } else { "vertical" },
            "tx": { "lat": self.header("Tx LAT"), "lon": self.header("Tx LON") },
            "rx": { "lat": self.header("Rx LAT"), "lon": self.header("Rx LON") },
            "delta_n": self.header("Average annual values dN"),
            "n0": self.header("Average annual sea-level surface refractivity"),
            "tx_coast_km": null,
            "rx_coast_km": null,
            "profile": self.profile(),
        })
    }
}

/// Lines of a log that repeat the input.
const INPUTS: [&str; 18] = [
    "Ptx", "Gtx", "Grx", "f", "p", "pL", "sigmaL", "phi_t", "phi_r", "lam_t", "lam_r", "htg", "hrg", "pol", "DN", "N0",
    "R2", "Rn-1",
];

/// Where the answer keeps a line of a log.
fn name_in_answer<'a>(label: &'a str, equation: &str) -> &'a str {
    match (label, equation) {
        ("htc", "Table 5") => "hts",
        ("hrc", "Table 5") => "hrs",
        ("hst", "Eq (90a)") => "hst_prime",
        ("hsr", "Eq (90b)") => "hsr_prime",
        _ => label,
    }
}

#[test]
fn every_line_of_every_p1812_log() {
    let Some(folder) = reference::folder("p1812") else {
        return;
    };
    let mut profiles: Vec<_> = std::fs::read_dir(folder.join("profiles"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    profiles.sort();
    let (mut logs, mut lines) = (0, 0);
    for file in profiles {
        let profile = P1812File {
            rows: rows(&read(&file)),
        };
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        for (index, measurement) in profile.block("Measurements").iter().enumerate() {
            let answer = answer("p1812", &profile.case(measurement));
            let what = format!("{name} {index}");
            close(
                &what,
                answer["loss_db"].as_f64().unwrap(),
                number(&measurement[17]),
                1e-6,
            );
            let log = folder.join("results").join(format!("{name}_{index}_log.csv"));
            if log.is_file() {
                lines += compare_log(&what, &log, &answer["intermediate"]);
                logs += 1;
            }
        }
    }
    println!("{logs} logs, {lines} lines");
    assert!(logs > 0 && lines >= 45 * logs);
}

fn compare_log(what: &str, log: &Path, intermediate: &Value) -> usize {
    let rows = rows(&read(log));
    let power_kw = number(&rows.iter().find(|row| row[0].starts_with("Ptx")).unwrap()[3]);
    let mut lines = 0;
    for row in &rows[1..] {
        let label = row[0].split(' ').next().unwrap();
        if INPUTS.contains(&label) {
            continue;
        }
        let name = name_in_answer(label, &row[1]);
        let ours = |name: &str| {
            intermediate[name]
                .as_f64()
                .unwrap_or_else(|| panic!("{what}: the answer has no {name}"))
        };
        let ours = match row[0].as_str() {
            // The program that wrote the logs prints Lbda in the place of Lbd where ducting matters.
            "Lbd (dB)" if ours("Lminbap") <= ours("Lbd") => ours("Lbda"),
            label if label.starts_with("Ep (dBuV/m) w.r.t.") => ours("Ep") + 10.0 * power_kw.log10(),
            _ => ours(name),
        };
        // The logs print ten significant digits; of the power, too, that its own field strength is for.
        let tolerance = if row[0].contains("w.r.t.") { 1e-8 } else { 1e-9 };
        let expected = number(row.iter().rev().find(|field| !field.is_empty()).unwrap());
        close(
            &format!("{what}: {name}"),
            ours,
            expected,
            tolerance * expected.abs().max(1.0),
        );
        lines += 1;
    }
    lines
}

fn polarisation(code: &str) -> &'static str {
    if code == "0" { "horizontal" } else { "vertical" }
}

#[test]
fn itm_cases_of_ntia() {
    let Some(folder) = reference::folder("itm") else { return };
    let profiles = rows(&read(&folder.join("pfls.csv")));
    let radio = |tx: &str, rx: &str, ground: &[String], z: &[String], mdvar: &str| {
        json!({
            "tx_height_m": number(tx), "rx_height_m": number(rx), "permittivity": number(&ground[0]),
            "conductivity_s_per_m": number(&ground[1]), "n0": number(&ground[2]), "frequency_mhz": number(&ground[3]),
            "polarisation": polarisation(&ground[4]), "climate": ground[5].parse::<u8>().unwrap(),
            "time_percent": number(&z[0]), "location_percent": number(&z[1]), "situation_percent": number(&z[2]),
            "mdvar": mdvar.parse::<u8>().unwrap(),
        })
    };
    for (row, profile) in rows(&read(&folder.join("p2p.csv")))[1..].iter().zip(&profiles) {
        let mut case = radio(&row[0], &row[1], &row[2..8], &row[8..11], &row[11]);
        let points = number(&profile[0]) as usize + 1;
        case["step_m"] = number(&profile[1]).into();
        case["heights_m"] = profile[2..2 + points].iter().map(|height| number(height)).collect();
        close("itm", loss_db("itm", &case), number(&row[12]), 0.0051);
    }
    for row in &rows(&read(&folder.join("area.csv")))[1..] {
        let mut case = radio(&row[0], &row[1], &row[7..13], &row[13..16], &row[3]);
        case["delta_h_m"] = number(&row[2]).into();
        case["distance_km"] = number(&row[4]).into();
        case["tx_siting"] = row[5].parse::<u8>().unwrap().into();
        case["rx_siting"] = row[6].parse::<u8>().unwrap().into();
        close("itm-area", loss_db("itm-area", &case), number(&row[16]), 0.051);
    }
}

/// NTIA's own example of the command-line driver, with the intermediates that it prints.
#[test]
fn itm_intermediates_of_the_driver() {
    let Some(folder) = reference::folder("itm") else { return };
    let folder = folder.join("cmd_examples");
    let profile = &rows(&read(&folder.join("pfl.txt")))[0];
    let points = number(&profile[0]) as usize + 1;
    let heights: Vec<f64> = profile[2..2 + points].iter().map(|height| number(height)).collect();
    let case = json!({
        "frequency_mhz": 3500, "tx_height_m": 15, "rx_height_m": 3, "polarisation": "vertical", "climate": 5, "n0": 301,
        "permittivity": 15, "conductivity_s_per_m": 0.005, "mdvar": 1, "time_percent": 50, "location_percent": 50,
        "situation_percent": 50, "step_m": number(&profile[1]), "heights_m": heights,
    });
    let answer = answer("itm", &case);
    let printed = read(&folder.join("o_p2ptls.txt"));
    let value = |label: &str| {
        let line = printed.lines().find(|line| line.starts_with(label)).unwrap();
        number(line[label.len()..].split_whitespace().next().unwrap())
    };
    let loss_db = answer["loss_db"].as_f64().unwrap();
    close("loss", loss_db, value("Basic Transmission Loss"), 0.051);
    for (label, name, in_printed_unit, tolerance) in [
        ("Free Space", "A_fs", 1.0, 0.051),
        ("d__km", "d_km", 1.0, 5.1e-4),
        ("theta_hzn_tx", "theta_1", 1e3, 5.1e-4),
        ("theta_hzn_rx", "theta_2", 1e3, 5.1e-4),
        ("d_hzn_tx__meter", "d_1", 1.0, 0.51),
        ("d_hzn_rx__meter", "d_2", 1.0, 0.51),
        ("h_e_tx__meter", "he_1", 1.0, 0.051),
        ("h_e_rx__meter", "he_2", 1.0, 0.051),
        ("N_s", "N_s", 1.0, 0.051),
        ("delta_h__meter", "delta_h", 1.0, 0.051),
        ("A_ref__db", "A_ref", 1.0, 0.051),
    ] {
        let ours = answer["intermediate"][name].as_f64().unwrap() * in_printed_unit;
        close(label, ours, value(label), tolerance);
    }
    assert_eq!(answer["intermediate"]["mode"], "line_of_sight");
}

#[test]
fn p2108_rows_and_their_refusals() {
    let Some(folder) = reference::folder("p2108") else {
        return;
    };
    let check = |name: &str, case: &Value, valid: &str, expected: &str| {
        let (code, answer) = model(name, &case.to_string());
        if valid == "0" {
            assert_eq!(code, 0, "{case}");
            close(name, answer["loss_db"].as_f64().unwrap(), number(expected), 0.0501);
        } else {
            assert_eq!(code, 1, "{name} takes {case}");
            assert!(
                answer["error"]["detail"].as_str().unwrap().contains("P.2108"),
                "{answer}"
            );
        }
    };
    for row in &rows(&read(&folder.join("TerrestrialStatisticalModelTestData.csv")))[1..] {
        let case = json!({ "frequency_ghz": number(&row[0]), "distance_km": number(&row[1]), "location_percent": number(&row[2]) });
        check("p2108", &case, &row[3], &row[4]);
    }
    let classes = ["water", "open", "suburban", "urban", "forest", "dense_urban"];
    for row in &rows(&read(&folder.join("HeightGainTerminalCorrectionModelTestData.csv")))[1..] {
        let case = json!({ "frequency_ghz": number(&row[0]), "height_m": number(&row[1]), "street_width_m": number(&row[2]),
            "clutter_height_m": number(&row[3]), "class": classes[row[4].parse::<usize>().unwrap() - 1] });
        check("p2108-height-gain", &case, &row[5], &row[6]);
    }
    for row in &rows(&read(&folder.join("AeronauticalStatisticalModelTestData.csv")))[1..] {
        let case = json!({ "frequency_ghz": number(&row[0]), "elevation_deg": number(&row[1]), "location_percent": number(&row[2]) });
        check("p2108-slant", &case, &row[3], &row[4]);
    }
}

#[test]
fn p2109_every_thousandth_row() {
    let Some(folder) = reference::folder("p2109") else {
        return;
    };
    for row in rows(&read(&folder.join("validation.csv"))).iter().skip(1).step_by(1000) {
        let building = if row[2] == "1" {
            "traditional"
        } else {
            "thermally_efficient"
        };
        let case = json!({ "frequency_ghz": number(&row[0]), "probability_percent": number(&row[1]), "building": building,
            "elevation_deg": number(&row[3]) });
        close("p2109", loss_db("p2109", &case), number(&row[4]), 1e-6);
    }
}

/// The simulator regression values of the models sheet: line of sight and none, 5 GHz.
#[test]
fn tr38901_conditions() {
    for (name, distance_m, los_db, nlos_db) in [
        ("tr38901-rma", 100, 87.2965, 95.7718),
        ("tr38901-uma", 100, 86.2362, 106.1356),
        ("tr38901-umi", 100, 88.4122, 107.9432),
        ("tr38901-rma", 1000, 108.5577, 133.5223),
        ("tr38901-uma", 1000, 109.7252, 144.7641),
        ("tr38901-umi", 1000, 119.3114, 143.1886),
    ] {
        let case = |condition: &str| json!({ "frequency_ghz": 5, "distance_m": distance_m, "condition": condition });
        close(name, loss_db(name, &case("los")), los_db, 0.05);
        close(name, loss_db(name, &case("nlos")), nlos_db, 0.05);
        let mean = answer(name, &case("mean"));
        let probability = mean["intermediate"]["P_LOS"]
            .as_f64()
            .unwrap_or_else(|| panic!("{mean}"));
        let expected = probability * los_db + (1.0 - probability) * nlos_db;
        close(name, mean["loss_db"].as_f64().unwrap(), expected, 0.05);
    }
    let indoor =
        json!({ "frequency_ghz": 3.5, "distance_m": 500, "indoor": { "model": "low_loss", "distance_m": 10 } });
    let outdoor = json!({ "frequency_ghz": 3.5, "distance_m": 500 });
    close(
        "low-loss entry",
        loss_db("tr38901-uma", &indoor) - loss_db("tr38901-uma", &outdoor),
        12.698 + 5.0,
        1e-3,
    );
}

#[test]
fn extended_hata_cases() {
    let Some(folder) = reference::folder("ehata") else {
        return;
    };
    let folder = folder.join("test");
    for line in read(&folder.join("test-inputs-wfmod.csv")).lines().skip(1).step_by(5) {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let Some(from_end) = fields.len().checked_sub(11) else {
            continue;
        };
        let profile = &rows(&read(&folder.join("pfls").join(fields[from_end + 4])))[0];
        let points = number(&profile[0]) as usize + 1;
        let heights: Vec<f64> = profile[2..2 + points].iter().map(|height| number(height)).collect();
        let environment = match fields[from_end + 3] {
            "23" | "24" => "urban",
            "22" => "suburban",
            _ => "rural",
        };
        let case = json!({ "frequency_mhz": number(fields[from_end]), "base_height_m": number(fields[from_end + 1]),
            "mobile_height_m": number(fields[from_end + 2]), "environment": environment, "ridge_rule": "extrapolated",
            "step_m": number(&profile[1]), "heights_m": heights });
        close(
            fields[1],
            loss_db("extended-hata", &case),
            number(fields[fields.len() - 1]),
            5.1e-5,
        );
    }
}

#[test]
fn exit_codes() {
    let free = |case: &str| model("free-space", case).0;
    assert_eq!(free(r#"{"frequency_mhz": 1800, "distance_km": 1}"#), 0);
    assert_eq!(free(r#"{"frequency_mhz": -1, "distance_km": 1}"#), 1);
    assert_eq!(free(r#"{"frequency_mhz": 1800}"#), 2, "a field is missing");
    assert_eq!(
        free(r#"{"frequency_mhz": 1800, "distance_km": 1, "colour": 1}"#),
        2,
        "a field is unknown"
    );
    assert_eq!(free("{"), 2);
    assert_eq!(model("okumura", "{}").0, 2, "no such model");
    let (code, answer) = model(
        "p1812",
        r#"{"frequency_ghz": 10, "tx_height_m": 30, "rx_height_m": 1.5, "polarisation": "vertical",
        "tx": {"lat": 1, "lon": 1}, "rx": {"lat": 1, "lon": 1.01}, "profile": [[0, 1], [0.5, 1], [1, 1]]}"#,
    );
    assert_eq!(code, 1);
    let detail = answer["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("frequency is 10 GHz"), "{detail}");
    let absent = Command::new(env!("CARGO_BIN_EXE_phusong"))
        .args(["model", "p2109", "--input", "/no/such/case.json"])
        .output()
        .unwrap();
    assert_eq!(absent.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&absent.stderr).contains("case.json"));
}
