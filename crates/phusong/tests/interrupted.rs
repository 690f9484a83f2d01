//! Ctrl-C while the optimiser searches: the best plan so far is the answer.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests may fail the test.

use std::fmt::Write;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A province-like instance that nobody solves in a second: places of each list spread over a square, from a fixed sequence.
fn instance(folder: &std::path::Path) {
    let mut state = 529_u64;
    let mut next = |range: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % range
    };
    let mut list = |name: &str, head: &str, count: u32, last: u64| {
        let mut text = format!("{head}\n");
        for id in 0..count {
            writeln!(text, "{id},{},{},{}", next(100_000), next(100_000), 1 + next(last)).unwrap();
        }
        std::fs::write(folder.join(name), text).unwrap();
    };
    list("candidates.csv", "id,x,y,cost", 10_000, 3);
    list("demand.csv", "id,x,y,weight", 100_000, 100);
}

#[test]
fn the_best_plan_so_far_is_told() {
    let folder = tempfile::tempdir().unwrap();
    instance(folder.path());
    let mut optimiser = Command::new(env!("CARGO_BIN_EXE_phusong"))
        .current_dir(folder.path())
        .args([
            "--json",
            "optimise",
            "--candidates",
            "candidates.csv",
            "--demand",
            "demand.csv",
        ])
        .args(["--radius-m", "5000", "--count", "100", "--seconds", "600"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first word of progress: the search is under way.
    let mut errors = BufReader::new(optimiser.stderr.take().unwrap());
    let mut line = String::new();
    errors.read_line(&mut line).unwrap();
    assert!(!line.is_empty(), "it ended before it said anything");
    let sent = Command::new("kill")
        .args(["-INT", &optimiser.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    std::thread::spawn(move || errors.read_to_string(&mut line));
    let output = optimiser.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["stop"], "cancelled", "{answer}");
    assert_eq!(answer["picks"].as_array().unwrap().len(), 100);
    assert!(answer["bound"].as_f64().unwrap() >= answer["objective"].as_f64().unwrap());
}
