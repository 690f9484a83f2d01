//! Programs that other people wrote, against the running service: GDAL and QGIS over OGC API Features and tiles, schemathesis over the interface's
//! own description. Skipped aloud where they are not installed, unless `PHUSONG_REQUIRE_CLIENTS=1` asks for them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // Helpers of tests may fail the test.

mod country;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use country::{Country, SIDE, SOUTH, WEST};
use geodata::{DatasetKind, InputFile};
use serde_json::{Value, json};
use server::work::Silent;
use server::work::import::{self, ImportOptions};
use server::{ServiceOptions, serve};
use store::Store;

const PLACES: usize = 2_500;

/// Whether a program answers; without it the test is skipped aloud, or fails where all of them are asked for.
fn is_here(name: &str, command: &mut Command) -> bool {
    if command.output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    let required = std::env::var("PHUSONG_REQUIRE_CLIENTS").is_ok_and(|value| value == "1");
    assert!(!required, "{name} is not present");
    println!("skipped: {name} is not present");
    false
}

/// Runs a program to its end while the service answers it.
async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

/// The country behind a port of this machine.
async fn listening(country: &Country) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = server::router(country.service.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

/// A project of villages on a line, more than one page of them.
async fn villages(folder: &Path) -> String {
    let store = Store::open(folder).await.unwrap();
    let project = store.create_project("Khách", false).await.unwrap().id;
    let mut text = String::from("Mã thôn,Tên thôn,Kinh độ,Vĩ độ,Dân số\n");
    for index in 0..PLACES {
        text.push_str(&format!(
            "T{index},Thôn {index},{:.5},18.3,{}\n",
            105.5 + index as f64 * 1e-4,
            100 + index
        ));
    }
    let path = folder.join("villages.csv");
    std::fs::write(&path, text).unwrap();
    let files = vec![InputFile::from_path(path)];
    let options = ImportOptions::default();
    let checked = import::check(
        &store,
        Some(&project),
        DatasetKind::Places,
        files,
        options,
        std::sync::Arc::new(Silent),
    )
    .await
    .unwrap();
    let staged = import::stage(&store, &project, checked).await.unwrap();
    import::commit(&store, &project, &staged.id).await.unwrap();
    store.close().await;
    project
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_gdal_reads_every_page_and_filters_by_box() {
    if !is_here("ogrinfo (package gdal-bin)", Command::new("ogrinfo").arg("--version")) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let project = villages(folder.path()).await;
    let (told, address) = tokio::sync::oneshot::channel();
    let options = ServiceOptions {
        data_folder: folder.path().to_owned(),
        database_url: None,
        artefacts: None,
        listen: "127.0.0.1:0".parse().unwrap(),
        accounts: None,
        demo: None,
    };
    let service = tokio::spawn(serve(options, move |ready| told.send(ready.address).unwrap()));
    let source = format!("OAPIF:http://{}/ogc/{project}", address.await.unwrap());
    let ogrinfo = async |arguments: &[&str]| {
        let mut command = Command::new("ogrinfo");
        command.arg("-ro").args(arguments).arg(&source).arg("villages");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success() && !text.contains("ERROR"),
            "{text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        text
    };
    let summary = ogrinfo(&["-so"]).await;
    assert!(summary.contains(&format!("Feature Count: {PLACES}")), "{summary}");
    let everything = ogrinfo(&["-al"]).await;
    assert_eq!(
        everything.matches("OGRFeature(villages)").count(),
        PLACES,
        "every page was followed"
    );
    assert!(everything.contains("Thôn 2499"));
    let boxed = ogrinfo(&["-al", "-spat", "105.49", "18", "105.50045", "19"]).await;
    assert_eq!(boxed.matches("OGRFeature(villages)").count(), 5);

    // A vector tile, turned into GeoJSON: the villages between its edges.
    let address = source.trim_start_matches("OAPIF:").replace("/ogc/", "/api/projects/");
    let (zoom, x, y) = (14, 12_997, 7_344);
    let out = folder.path().join("tile.geojson");
    let mut command = Command::new("ogr2ogr");
    command
        .args(["-f", "GeoJSON", "-t_srs", "EPSG:4326"])
        .arg(&out)
        .arg(format!("MVT:{address}/vector/villages/{zoom}/{x}/{y}.mvt"))
        .args([
            "-oo",
            &format!("X={x}"),
            "-oo",
            &format!("Y={y}"),
            "-oo",
            &format!("Z={zoom}"),
        ]);
    let output = run(command).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tile: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let edge = |x: u32| f64::from(x) / f64::from(1 << zoom) * 360.0 - 180.0;
    let inside = (0..PLACES)
        .map(|index| 105.5 + index as f64 * 1e-4)
        .filter(|lon| (edge(x)..edge(x + 1)).contains(lon))
        .count();
    let rows = tile["features"].as_array().unwrap();
    assert!(
        inside > 100 && rows.len() >= inside,
        "{} rows, {inside} villages",
        rows.len()
    );
    assert!(rows[0]["properties"]["name"].as_str().unwrap().starts_with("Thôn"));
    service.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_qgis_adds_features_vector_tiles_and_map_tiles() {
    // Debian's package belongs to Debian's Python.
    let python = || Command::new("/usr/bin/python3");
    if !is_here("QGIS (package python3-qgis)", python().args(["-c", "import qgis.core"])) {
        return;
    }
    let country = Country::open().await;
    let project = country.settle("QGIS").await;
    let coverage = country
        .run(&project, "coverage-runs", json!({ "technologies": ["4g"], "zoom": 11 }))
        .await;
    let address = listening(&country).await;
    let mut command = python();
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/add_layers.py"))
        .args([
            address.as_str(),
            project.as_str(),
            "villages",
            coverage.as_str(),
            "4g-any-signal",
        ])
        .args([WEST, SOUTH, WEST + SIDE, SOUTH + SIDE].map(|side| side.to_string()))
        .env("HOME", country.folder.path());
    let output = run(command).await;
    let said = String::from_utf8_lossy(&output.stdout);
    let answer: Value = serde_json::from_str(said.lines().last().unwrap_or_default())
        .unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)));
    println!("{answer}");
    for layer in ["features", "tiles", "picture"] {
        assert_eq!(answer[format!("{layer}_valid")], true, "{layer}: {answer}");
        assert!(
            answer[format!("{layer}_inked")].as_u64() > Some(20),
            "{layer} is drawn: {answer}"
        );
    }
    assert_eq!(answer["features"], 5);
    // QGIS before 3.28 calls CRS84 by its sibling's name.
    assert!(
        [json!("OGC:CRS84"), json!("EPSG:4326")].contains(&answer["crs"]),
        "{answer}"
    );
    let fields = answer["fields"].as_array().unwrap();
    assert!(
        fields.contains(&json!("name")) && fields.contains(&json!("population")),
        "{answer}"
    );
}

/// Where `make test-clients` lays schemathesis, else the one on the path.
fn schemathesis() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/clients/bin/schemathesis");
    if own.exists() {
        own
    } else {
        PathBuf::from("schemathesis")
    }
}

/// Runs schemathesis and answers how many cases it tried; fails the test with all that it said when it found something.
async fn fuzzed(folder: &Path, address: &str, configuration: &str) -> u64 {
    let file = folder.join("schemathesis.toml");
    std::fs::write(&file, configuration).unwrap();
    let mut command = Command::new(schemathesis());
    command
        .arg("--config-file")
        .arg(&file)
        .args(["--no-color", "run", &format!("{address}/api/openapi.json")])
        .current_dir(folder);
    let output = run(command).await;
    let said = String::from_utf8_lossy(&output.stdout);
    if let Ok(path) = std::env::var("PHUSONG_SCHEMATHESIS_LOG") {
        std::fs::write(path, said.as_bytes()).unwrap();
    }
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let cases = said
        .lines()
        .filter_map(|line| line.trim().split_once(" generated"))
        .filter_map(|(number, _)| number.replace(',', "").parse::<u64>().ok());
    let cases = cases.sum();
    println!("schemathesis: {cases} cases, no failure");
    cases
}

/// Every operation, reading and writing, with projects, runs, imports and programmes that are there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_schemathesis_finds_every_operation_as_described() {
    const CASES: u64 = 5_000;
    if !is_here("schemathesis (PyPI)", Command::new(schemathesis()).arg("--version")) {
        return;
    }
    let country = Country::open().await;
    let project = country.settle("Xem").await;
    let coverage = country
        .run(&project, "coverage-runs", json!({ "technologies": ["4g"], "zoom": 11 }))
        .await;
    let (_, import) = country
        .upload(&project, "places", "villages.csv", country::villages().as_bytes())
        .await;
    let mut others = Vec::new();
    for name in ["Ghi", "Xóa dần", "Xóa"] {
        let other = country.project(name).await;
        let copy = json!({ "copy_of": "ha-tinh-529", "key": "own" });
        let (status, answer) = country
            .json("POST", &format!("/api/projects/{other}/programmes"), Some(copy))
            .await;
        assert_eq!(status, 201, "{answer}");
        others.push(other);
    }
    let address = listening(&country).await;
    let folder = country.folder.path().join("fuzz");
    std::fs::create_dir(&folder).unwrap();
    let configuration = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/schemathesis.toml");
    let mut configuration = std::fs::read_to_string(configuration).unwrap();
    // The seed of the property tests: another one looks for new findings.
    let seed = std::env::var("PROPTEST_RNG_SEED").unwrap_or_else(|_| "529".to_owned());
    for (name, id) in [
        ("SEED", seed.as_str()),
        ("LOOKED_AT", project.as_str()),
        ("WRITTEN", &others[0]),
        ("EMPTIED", &others[1]),
        ("DELETED", &others[2]),
        ("RUN", &coverage),
        ("IMPORT", import["id"].as_str().unwrap()),
    ] {
        configuration = configuration.replace(&format!("${name}"), id);
    }
    let cases = fuzzed(&folder, &address, &configuration).await;
    assert!(cases >= CASES, "only {cases} cases");
}
