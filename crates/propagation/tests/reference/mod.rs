//! Where the reference data lie: `PHUSONG_TEST_DATA`, or `shared/data` beside the repository.

#![allow(dead_code)] // each suite uses its own part

use std::path::PathBuf;

/// The folder of one reference set, or `None` (said on the console) where it is not present.
pub fn folder(name: &str) -> Option<PathBuf> {
    let data = std::env::var_os("PHUSONG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = data.join("reference").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} not present", folder.display());
    None
}

/// A text file that may not be UTF-8 throughout.
pub fn read(path: &std::path::Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Lines of a CSV file as trimmed fields.
pub fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .map(|line| line.split(',').map(|field| field.trim().to_owned()).collect())
        .filter(|fields: &Vec<String>| fields.iter().any(|field| !field.is_empty()))
        .collect()
}

/// The number in a field.
pub fn number(field: &str) -> f64 {
    field
        .trim()
        .parse()
        .unwrap_or_else(|_| panic!("not a number: {field:?}"))
}
