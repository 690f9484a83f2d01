//! `phusong programme check|evaluate|report` as people script it: exit codes, named faults, files whose hash is printed.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests may fail the test.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn phusong(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phusong"));
    command.arg("--json").arg("programme").args(arguments).output().unwrap()
}

fn answer(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn check_names_line_and_field() {
    let all = phusong(&["check"]);
    assert_eq!(all.status.code(), Some(0));
    let checked = answer(&all);
    assert_eq!(checked.as_array().unwrap().len(), 5);
    assert!(checked.as_array().unwrap().iter().all(|one| one["valid"] == true));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let whole = include_str!("../../../data/programmes/ha-tinh-529.toml");
    let broken = whole.replacen("unit = \"station\"", "unit = \"mast\"", 1);
    std::fs::write(&file, &broken).unwrap();
    let refused = phusong(&["check", text(&file)]);
    assert_eq!(refused.status.code(), Some(1));
    let problem = &answer(&refused)[0]["problems"][0];
    let line = broken.lines().position(|line| line.contains("\"mast\"")).unwrap() + 1;
    assert_eq!(
        (problem["line"].as_u64(), problem["field"].as_str()),
        (Some(line as u64), Some("indicators.stations.unit"))
    );
    assert_eq!(phusong(&["check", "no-such-programme"]).status.code(), Some(1));
    let schema = answer(&phusong(&["schema"]));
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}

/// Two masts, one of them with 5G; a reported speed and a list handed in late.
fn facts() -> Value {
    let site = |code: &str, lon: f64| json!({ "code": code, "name": code, "owner": "Viettel", "position": { "lon_deg": lon, "lat_deg": 18.3 } });
    let station = |site: &str, technology: &str| json!({ "code": format!("{site}-{technology}"), "site_code": site, "operator": "Viettel", "technology": technology, "status": "on_air" });
    json!({
        "project": "Tỉnh thử", "synthetic": true,
        "network": { "sites": [site("A", 105.9), site("B", 106.0)], "stations": [station("A", "4g"), station("B", "4g"), station("B", "5g")], "cells": [] },
        "submissions": [{ "deliverable": "site-list", "who": "Viettel", "date": "2025-10-16" }],
    })
}

#[test]
fn evaluate_and_report_from_facts() {
    let folder = tempfile::tempdir().unwrap();
    let (file, reported) = (folder.path().join("facts.json"), folder.path().join("reported.json"));
    std::fs::write(&file, facts().to_string()).unwrap();
    let speed = json!([{ "programme": "cao-loc-2023", "indicator": "mobile-speed", "value": 40.5, "date": "2025-09-30", "source": "i-Speed", "who": "Sở" }]);
    std::fs::write(&reported, speed.to_string()).unwrap();
    let measure = |programme: &str| {
        let output = phusong(&[
            "evaluate",
            "--programme",
            programme,
            "--facts",
            text(&file),
            "--reported",
            text(&reported),
            "--today",
            "2025-11-21",
        ]);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        answer(&output)
    };
    let indicator = |evaluation: &Value, id: &str| {
        let all = evaluation["indicators"].as_array().unwrap();
        all.iter().find(|one| one["id"] == id).unwrap().clone()
    };
    let ha_tinh = measure("ha-tinh-529");
    assert_eq!(indicator(&ha_tinh, "stations")["value"], 3.0);
    assert_eq!(
        (
            indicator(&ha_tinh, "stations-5g")["value"].as_f64(),
            ha_tinh["planner"]["actions"].as_u64()
        ),
        (Some(1.0), Some(379))
    );
    let speed = indicator(&measure("cao-loc-2023"), "mobile-speed");
    assert_eq!(
        (speed["value"].as_f64(), speed["status"].as_str()),
        (Some(40.5), Some("at_risk"))
    );

    for (name, language, start) in [
        ("a.xlsx", "vi", b"PK".as_slice()),
        ("b.docx", "en", b"PK"),
        ("c.html", "vi", b"<!doctype html>"),
    ] {
        let out = folder.path().join(name);
        let write = || {
            let output = phusong(&[
                "report",
                "--programme",
                "ha-tinh-529",
                "--facts",
                text(&file),
                "--today",
                "2025-11-21",
                "--language",
                language,
                "--out",
                text(&out),
            ]);
            assert_eq!(
                output.status.code(),
                Some(0),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            (
                answer(&output)["hash"].as_str().unwrap().to_owned(),
                std::fs::read(&out).unwrap(),
            )
        };
        let ((first_hash, first), (hash, bytes)) = (write(), write());
        assert!(
            bytes.starts_with(start) && first == bytes,
            "{name}: other bytes the second time"
        );
        assert_eq!(
            (first_hash.as_str(), hash.as_str()),
            (hash.as_str(), blake3::hash(&bytes).to_hex().as_str())
        );
    }
    let wrong = phusong(&[
        "report",
        "--programme",
        "ha-tinh-529",
        "--facts",
        text(&file),
        "--out",
        "report.pdf",
    ]);
    assert_eq!(wrong.status.code(), Some(2), "no such form");
}
