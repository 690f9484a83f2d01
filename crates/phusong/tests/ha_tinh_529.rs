//! The demo province and the plan document that it is made for, end to end by the command line: from 50 to 380 5G stations by exactly 330 new
//! or upgraded ones, inside zones from 26 to 66, each operator by its quota, and what binds is named.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests may fail the test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Zoom of coverage and footprints: coarse, because it is the plan's numbers that are looked at.
const ZOOM: &str = "9";

fn phusong(data: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_phusong"))
        .args(["--json", "--data"])
        .arg(data)
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "phusong {arguments:?}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn the_demo_meets_ha_tinh_529() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let demo = phusong(data, &["demo"]);
    let project = demo["project"].as_str().unwrap();
    assert_eq!(
        (number(&demo["stations_5g"]), number(&demo["stations_5g_in_zones"])),
        (50, 26)
    );
    phusong(
        data,
        &["cover", "--project", project, "--technology", "4g,5g", "--zoom", ZOOM],
    );
    let measure = [
        "programme",
        "evaluate",
        "--project",
        project,
        "--programme",
        "ha-tinh-529",
    ];
    let missing = phusong(data, &measure)["planner"].clone();
    assert_eq!(
        (number(&missing["actions"]), number(&missing["minimum_in_zones"])),
        (330, 40)
    );
    let answer = phusong(
        data,
        &[
            "plan",
            "--project",
            project,
            "--programme",
            "ha-tinh-529",
            "--kinds",
            "upgrade,pole_small_cell",
            "--footprint-zoom",
            ZOOM,
            "--work",
            "2",
        ],
    );
    let plan = &answer["plan"];
    assert!(
        ["optimal", "feasible"].contains(&plan["solution"]["status"].as_str().unwrap()),
        "{}",
        plan["solution"]
    );
    let actions = plan["actions"].as_array().unwrap();
    assert_eq!(actions.len(), 330, "exactly 330 new or upgraded");
    let ids: BTreeSet<&str> = actions.iter().map(|action| action["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 330, "each is another station");
    assert!(actions.iter().all(|action| action["technology"] == "5g"));
    let in_zones = actions
        .iter()
        .filter(|action| !action["zone_codes"].as_array().unwrap().is_empty())
        .count() as u64;
    assert!(50 + actions.len() == 380 && 26 + in_zones >= 66, "{in_zones} in zones");
    let mut by_operator: BTreeMap<&str, u64> = BTreeMap::new();
    for action in actions {
        *by_operator.entry(action["operator"].as_str().unwrap()).or_default() += 1;
    }
    for (operator, quota) in plan["request"]["quotas"].as_object().unwrap() {
        assert_eq!(
            by_operator.get(operator.as_str()).copied().unwrap_or(0),
            number(quota),
            "{operator}"
        );
    }
    let binding = plan["binding"].as_array().unwrap();
    assert!(!binding.is_empty() && binding.iter().all(|one| !one["text_vi"].as_str().unwrap().is_empty()));
    // With the plan's stations the document's ends are met.
    let gained: f64 = actions
        .iter()
        .map(|action| action["gain"]["people"].as_f64().unwrap())
        .sum();
    assert!((gained - plan["totals"]["people"].as_f64().unwrap()).abs() < 1e-3 && gained > 0.0);
}
