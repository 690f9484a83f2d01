//! `phusong profile` as a planner uses it: one path over a tile, with polygons of land cover, over bare earth and over a surface.
#![allow(clippy::unwrap_used, clippy::panic)] // A test may stop.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// One degree of gentle slopes, in 3″ samples: an SRTM tile.
fn tile(folder: &Path) -> std::path::PathBuf {
    let file = folder.join("N18E105.hgt");
    let height = |row: usize, column: usize| 100 + (row / 60 + column / 40) as i16;
    let bytes: Vec<u8> = (0..1201)
        .flat_map(|row| (0..1201).flat_map(move |column| height(row, column).to_be_bytes()))
        .collect();
    std::fs::write(&file, bytes).unwrap();
    file
}

/// A square of ESA WorldCover's tree cover (10) around the tile's south-western quarter.
fn trees(folder: &Path) -> std::path::PathBuf {
    let ring = [
        (105.0, 18.0),
        (105.5, 18.0),
        (105.5, 18.5),
        (105.0, 18.5),
        (105.0, 18.0),
    ]
    .map(|(x, y)| [x, y]);
    let collection = json!({ "type": "FeatureCollection", "features": [{ "type": "Feature",
        "properties": { "code": "10", "name": "trees", "class": 10 }, "geometry": { "type": "Polygon", "coordinates": [ring] } }] });
    let file = folder.join("trees.geojson");
    std::fs::write(&file, collection.to_string()).unwrap();
    file
}

fn profile(folder: &Path, places: [&str; 4], more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_phusong"))
        .args(["--json", "profile"])
        .args(places)
        .arg("--terrain")
        .arg(folder.join("N18E105.hgt"))
        .args(more)
        .output()
        .unwrap()
}

const FROM_TO: [&str; 4] = ["18.20", "105.20", "18.24", "105.26"];

fn answer(folder: &Path, more: &[&str]) -> Value {
    let output = profile(folder, FROM_TO, more);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn loss_db(path: &Value, model: &str) -> f64 {
    let losses = path["losses"].as_array().unwrap();
    let loss = losses.iter().find(|loss| loss["model"] == model);
    loss.unwrap()["loss_db"]
        .as_f64()
        .unwrap_or_else(|| panic!("{model} of {path}"))
}

#[test]
fn clutter_of_polygons_is_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    tile(folder);
    let trees = trees(folder);
    let trees = trees.to_str().unwrap();
    let bare = answer(folder, &[]);
    let wooded = answer(folder, &["--land-cover", trees]);
    let surface = answer(folder, &["--land-cover", trees, "--surface", "surface"]);
    let clutter = |path: &Value| {
        path["profile"]["clutter_m"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m.as_f64().unwrap())
            .fold(0.0, f64::max)
    };
    assert_eq!(clutter(&bare), 0.0);
    assert!(clutter(&wooded) > 5.0);
    assert!(loss_db(&wooded, "p1812") > loss_db(&bare, "p1812") + 3.0);
    // A surface already holds the trees: the same heights without clutter are the same loss.
    assert_eq!(clutter(&surface), 0.0);
    assert_eq!(loss_db(&surface, "p1812"), loss_db(&bare, "p1812"));
    // Heights of the slope, by hand: row and column of the start are 960 and 240 of 1200.
    let first = bare["profile"]["height_m"][0].as_f64().unwrap();
    assert!((first - 122.0).abs() < 0.01, "{first}");
}

#[test]
fn the_path_is_drawn_and_every_model_answers() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    tile(folder);
    let picture = folder.join("path.svg");
    let path = answer(folder, &["--svg", picture.to_str().unwrap(), "--frequency-mhz", "900"]);
    assert!(std::fs::read_to_string(&picture).unwrap().starts_with("<svg "));
    for model in ["p1812", "itm", "free_space", "extended_hata", "okumura_hata"] {
        let known: Vec<&Value> = path["losses"]
            .as_array()
            .unwrap()
            .iter()
            .map(|loss| &loss["model"])
            .collect();
        assert!(known.iter().any(|&known| known == model), "{model} in {known:?}");
    }
    assert!(loss_db(&path, "p1812") >= loss_db(&path, "free_space") - 1e-9);
    assert!(loss_db(&path, "itm") > 80.0);
}

#[test]
fn exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    tile(folder);
    let code = |places: [&str; 4], more: &[&str]| profile(folder, places, more).status.code();
    assert_eq!(code(["118", "105", "18", "105"], &[]), Some(2), "no latitude");
    assert_eq!(code(FROM_TO, &["--step-m", "0"]), Some(2));
    assert_eq!(
        code(FROM_TO, &["--classes", "none", "--land-cover", "none.tif"]),
        Some(2)
    );
    assert_eq!(
        code(["28.2", "105.2", "28.24", "105.26"], &[]),
        Some(1),
        "outside the tile"
    );
}
