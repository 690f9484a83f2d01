//! Results opened by programs that other people wrote: rasters by GDAL and rio-cogeo, footprints by GDAL and PMTiles' own tools,
//! workbooks by LibreOffice. Skipped aloud where these are not installed, unless they are required.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // Helpers of tests may fail the test.

mod country;

use std::path::{Path, PathBuf};
use std::process::Command;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use country::Country;
use serde_json::{Value, json};

/// Whether a program is here; where these are required, its absence is a failure.
fn present(program: &str, package: &str) -> bool {
    let found = Command::new(program).arg("--help").output().is_ok();
    if !found {
        assert!(
            std::env::var_os("PHUSONG_REQUIRE_CLIENTS").is_none(),
            "{program} ({package}) is required"
        );
        println!("skipped: {program} ({package}) not present");
    }
    found
}

/// What a program says of a file; it must not complain.
fn said(program: &str, arguments: &[&str], path: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && !errors.contains("ERROR"),
        "{program} {}: {text}{errors}",
        path.display()
    );
    text
}

struct Results {
    country: Country,
    project: String,
}

impl Results {
    async fn compute() -> Self {
        let country = Country::open().await;
        let project = country.settle("Kết quả").await;
        let parameters = json!({ "technologies": ["4g"], "zoom": 12 });
        country.run(&project, "coverage-runs", parameters).await;
        Self { country, project }
    }

    async fn file(&self, query: &str, name: &str) -> PathBuf {
        let request = Request::get(format!("/api/projects/{}/export?{query}", self.project))
            .header(header::HOST, "localhost")
            .body(Body::empty())
            .unwrap();
        let (status, _, bytes) = self.country.send(request).await;
        assert_eq!(status, StatusCode::OK, "{query}: {}", String::from_utf8_lossy(&bytes));
        let path = self.country.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_open_rasters() {
    let gdal = present("gdalinfo", "gdal-bin");
    let rio = present("rio", "rio-cogeo");
    if !gdal && !rio {
        return;
    }
    let results = Results::compute().await;
    for (query, name, epsg) in [
        ("layer=signal&format=cog", "signal.tif", 3857),
        ("layer=signal&format=cog&crs=EPSG:9209", "signal-vn2000.tif", 9209),
        ("layer=signal&format=cog&classed=true", "classes.tif", 3857),
        (
            "layer=signal&format=cog&classed=true&crs=EPSG:9209",
            "classes-vn2000.tif",
            9209,
        ),
        ("layer=throughput&format=cog&crs=wgs84", "throughput.tif", 4326),
    ] {
        let path = results.file(query, name).await;
        if rio {
            let verdict = said("rio", &["cogeo", "validate", "--strict"], &path);
            assert!(
                verdict.contains("is a valid cloud optimized GeoTIFF"),
                "{name}: {verdict}"
            );
        }
        if !gdal {
            continue;
        }
        let told: Value = serde_json::from_str(&said("gdalinfo", &["-json", "-stats"], &path)).unwrap();
        let band = &told["bands"][0];
        let classed = name.starts_with("classes");
        assert_eq!(band["type"], if classed { "Byte" } else { "Float32" }, "{name}");
        assert!(!band["overviews"].as_array().unwrap().is_empty(), "{name}: overviews");
        let system = told["coordinateSystem"]["wkt"].as_str().unwrap();
        assert!(system.contains(&format!("ID[\"EPSG\",{epsg}]")), "{name}: {system}");
        let (low, high) = (band["minimum"].as_f64().unwrap(), band["maximum"].as_f64().unwrap());
        if classed {
            assert!(
                low >= 1.0 && high <= 6.0 && !band["colorTable"].is_null(),
                "{name}: {band}"
            );
        } else if name.starts_with("signal") {
            assert!(low >= -200.0 && high > -75.0 && high < 0.0, "{name}: {low} {high}");
        }
    }
    if gdal {
        same_values_in_both_systems(&results);
    }
}

/// Where a site stands the raster in VN-2000 says what the one in Web Mercator says, to the size of a pixel.
fn same_values_in_both_systems(results: &Results) {
    let at = |name: &str, lon: &str, lat: &str| -> f64 {
        let path = results.country.folder.path().join(name);
        let output = Command::new("gdallocationinfo")
            .args(["-valonly", "-wgs84"])
            .arg(path)
            .args([lon, lat])
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout)
            .trim()
            .parse()
            .unwrap_or(f64::NAN)
    };
    for (lon, lat) in [("105.6502", "18.3003"), ("105.655", "18.29"), ("105.66", "18.26")] {
        let (mercator, vn2000) = (at("signal.tif", lon, lat), at("signal-vn2000.tif", lon, lat));
        assert!((mercator - vn2000).abs() < 12.0, "{lon} {lat}: {mercator} {vn2000}");
        let class = at("classes.tif", lon, lat);
        let expected = 1.0
            + [-115.0, -105.0, -95.0, -85.0, -75.0]
                .iter()
                .filter(|edge| mercator >= **edge)
                .count() as f64;
        assert!((class - expected).abs() < 0.5, "{lon} {lat}: {class} {mercator}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_open_footprints_and_tables() {
    let gdal = present("ogrinfo", "gdal-bin");
    let tiles = present("pmtiles-show", "pmtiles");
    if !gdal && !tiles {
        return;
    }
    let results = Results::compute().await;
    if tiles {
        let path = results
            .file("layer=footprint&format=pmtiles", "footprint.pmtiles")
            .await;
        let shown = said("pmtiles-show", &[], &path).to_lowercase();
        assert!(shown.contains("mvt") && shown.contains("footprint"), "{shown}");
    }
    if !gdal {
        return;
    }
    for (query, name) in [
        ("layer=footprint&format=geojson", "footprint.geojson"),
        ("layer=footprint&format=gpkg&crs=EPSG:9209", "footprint.gpkg"),
        ("layer=footprint&format=fgb", "footprint.fgb"),
        ("layer=areas&format=gpkg", "areas.gpkg"),
        ("layer=areas&format=kml", "areas.kml"),
        ("layer=sites&format=geojson", "sites.geojson"),
        ("layer=cells&format=xlsx", "cells.xlsx"),
    ] {
        let path = results.file(query, name).await;
        let told = said("ogrinfo", &["-ro", "-al"], &path);
        assert!(
            !told.contains("Feature Count: 0") && told.contains("Feature Count:"),
            "{name}: {told}"
        );
    }
}
