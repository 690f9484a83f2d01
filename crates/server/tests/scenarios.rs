//! Scenarios over HTTP: runs beside each other, a plan on air, ground over the border, drive tests and what is learned from them.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests may fail the test.

mod country;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use country::{Country, SIDE, SOUTH, WEST, sites};
use geo::{BoundingRect, Contains, Validation};
use geo_types::{Geometry, MultiPolygon, Point};
use geodesy::Bounds;
use geodesy::tile_grid::PixelWindow;
use serde_json::{Value, json};

fn parameters(scenario: &Value) -> Value {
    json!({ "technologies": ["4g"], "zoom": 11, "scenario": scenario })
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("not a number: {value}"))
}

/// Totals of a run's communes.
async fn totals(country: &Country, project: &str, run: &str, technology: &str) -> Value {
    let address = format!("/api/projects/{project}/runs/{run}/areas?technology={technology}&kind=commune");
    country.get(&address).await["totals"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_that_goes_off_is_what_the_comparison_loses() {
    let country = Country::open().await;
    let project = country.settle("Hai kịch bản").await;
    let plain = json!({ "technologies": ["4g"], "zoom": 11 });
    let before = country.run(&project, "coverage-runs", plain).await;
    let scenario = json!({ "name": "Tắt một trạm", "without_cells": ["Viettel-1"] });
    let after = country.run(&project, "coverage-runs", parameters(&scenario)).await;

    let address = format!("/api/projects/{project}/compare?before={before}&after={after}&technology=4g");
    let answer = country.get(&address).await;
    let km2 = |change: &str| number(&answer["totals"][change]["km2"]);
    assert!(
        km2("lost") > 1.0 && km2("kept") > 1.0 && km2("gained") == 0.0,
        "{}",
        answer["totals"]
    );
    let of_before = number(&totals(&country, &project, &before, "4g").await["covered_km2"]);
    let of_after = number(&totals(&country, &project, &after, "4g").await["covered_km2"]);
    assert!((km2("kept") + km2("lost") - of_before).abs() < 1e-6);
    assert!((km2("kept") + km2("gained") - of_after).abs() < 1e-6);
    assert_eq!(answer["after"]["scenario"], "Tắt một trạm");
    let of_areas: f64 = answer["areas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| number(&row["lost_km2"]))
        .sum();
    assert!((of_areas - km2("lost")).abs() < 1e-6, "the communes share no ground");

    // Switched round, what was lost is gained.
    let back = country
        .get(&format!(
            "/api/projects/{project}/compare?before={after}&after={before}&technology=4g"
        ))
        .await;
    assert_eq!(back["totals"]["gained"], answer["totals"]["lost"]);
    assert_eq!(back["totals"]["lost"]["km2"], 0.0);

    let near_lost = PixelWindow::covering(Bounds::new(105.66, 18.25, 105.661, 18.251), 11);
    let tile = answer["tiles"]
        .as_str()
        .unwrap()
        .replace("{z}", "11")
        .replace("{x}", &(near_lost.column / 256).to_string())
        .replace("{y}", &(near_lost.row / 256).to_string());
    let request = |etag: Option<&str>| {
        let builder = Request::get(&tile).header(header::HOST, "localhost");
        let builder = match etag {
            Some(etag) => builder.header(header::IF_NONE_MATCH, etag),
            None => builder,
        };
        builder.body(Body::empty()).unwrap()
    };
    let (status, headers, bytes) = country.send(request(None)).await;
    assert_eq!((status, bytes.get(..4)), (StatusCode::OK, Some(b"\x89PNG".as_slice())));
    let (status, _, bytes) = country.send(request(headers[header::ETAG].to_str().ok())).await;
    assert_eq!((status, bytes.len()), (StatusCode::NOT_MODIFIED, 0));

    let wrong = format!("/api/projects/{project}/compare?before={before}&after={after}&technology=9g");
    assert_eq!(country.json("GET", &wrong, None).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn switching_2g_and_3g_off_loses_what_they_alone_reached() {
    let country = Country::open().await;
    let project = country.settle("Tắt 2G, 3G").await;
    // One mast with the old networks alone, one with all.
    let masts = [
        (105.65, 18.30, "2G"),
        (105.65, 18.30, "3G"),
        (105.75, 18.36, "2G"),
        (105.75, 18.36, "4G"),
    ];
    country
        .import(&project, "sites", "sites.csv", sites("Viettel", &masts).as_bytes())
        .await;
    let all = json!(["2g", "3g", "4g"]);
    let of = |scenario: Value| json!({ "technologies": all, "zoom": 11, "scenario": scenario });
    let before = country.run(&project, "coverage-runs", of(Value::Null)).await;
    let off = json!({ "name": "Tắt 2G, 3G", "without_technologies": ["2g", "3g"] });
    let after = country.run(&project, "coverage-runs", of(off)).await;
    let compare = async |what: String| country.get(&format!("/api/projects/{project}/compare?{what}")).await;

    let switched = compare(format!("before={before}&after={after}&technology=2g,3g,4g")).await;
    let km2 = |change: &str| number(&switched["totals"][change]["km2"]);
    assert!(km2("lost") > 1.0 && km2("kept") > 1.0, "{}", switched["totals"]);
    assert_eq!(switched["totals"]["gained"], json!({ "km2": 0.0, "people": 0.0 }));
    // What is kept is what 4G reaches, and the run in which the old networks are off says the same as the layers of the first.
    let of_4g = number(&totals(&country, &project, &after, "4g").await["covered_km2"]);
    assert!((km2("kept") - of_4g).abs() < 1e-6);
    let counted = compare(format!(
        "before={before}&after={before}&technology=2g,3g,4g&technology_after=4g"
    ))
    .await;
    assert_eq!(counted["totals"], switched["totals"]);
    // 4G itself is as it was.
    let same = compare(format!("before={before}&after={after}&technology=4g")).await;
    assert_eq!(
        (&same["totals"]["lost"]["km2"], &same["totals"]["gained"]["km2"]),
        (&json!(0.0), &json!(0.0))
    );
}

/// Files of the path-loss cache.
fn losses(country: &Country) -> Vec<std::path::PathBuf> {
    let folder = country.service.store.cache_folder().unwrap().join("path-loss");
    let folders = std::fs::read_dir(folder).into_iter().flatten().flatten();
    folders
        .flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten())
        .map(|file| file.path())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_made_from_another_has_the_files_of_a_fresh_one() {
    let list = |rows: &[(f64, f64, &str)]| sites("Viettel", rows).into_bytes();
    let masts = [(105.65, 18.30, "4G"), (105.75, 18.36, "4G"), (105.75, 18.25, "4G")];
    let asked =
        |scenario: Value| json!({ "technologies": ["4g"], "zoom": 11, "maximum_radius_m": 3000, "scenario": scenario });
    let off = json!({ "name": "Tắt một trạm", "without_cells": ["Viettel-0"] });
    let country = Country::open().await;
    let project = country.settle("Tính tiếp").await;
    country.import(&project, "sites", "sites.csv", &list(&masts)).await;
    country.run(&project, "coverage-runs", asked(Value::Null)).await;
    assert!(!losses(&country).is_empty());
    for file in losses(&country) {
        std::fs::remove_file(file).unwrap();
    }
    let without = country.run(&project, "coverage-runs", asked(off.clone())).await;
    assert_eq!(
        losses(&country),
        Vec::<std::path::PathBuf>::new(),
        "no other mast reaches where the one was"
    );
    country.import(&project, "sites", "sites.csv", &list(&masts[..2])).await;
    let fewer = country.run(&project, "coverage-runs", asked(Value::Null)).await;

    let other = Country::open().await;
    let again = other.settle("Tính lại từ đầu").await;
    other.import(&again, "sites", "sites.csv", &list(&masts)).await;
    assert_eq!(other.run(&again, "coverage-runs", asked(off)).await, without);
    let files =
        async |country: &Country, project: &str, run: &str| country.service.store.run(project, run).await.unwrap();
    let (made, fresh) = (
        files(&country, &project, &without).await,
        files(&other, &again, &without).await,
    );
    assert_eq!((made.files, made.summary), (fresh.files, fresh.summary));

    let last = Country::open().await;
    let anew = last.settle("Hai trạm").await;
    last.import(&anew, "sites", "sites.csv", &list(&masts[..2])).await;
    assert_eq!(last.run(&anew, "coverage-runs", asked(Value::Null)).await, fewer);
    let (made, fresh) = (
        files(&country, &project, &fewer).await,
        files(&last, &anew, &fewer).await,
    );
    assert_eq!((made.files, made.summary), (fresh.files, fresh.summary));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_on_air_only_gains() {
    let country = Country::open().await;
    let project = country.settle("Trước và sau phương án").await;
    let wish = json!({ "technology": "5g", "actions": 1, "at_most": true });
    let plan = country.run(&project, "plan-runs", wish).await;
    let of = |scenario: Value| json!({ "technologies": ["4g", "5g"], "zoom": 11, "scenario": scenario });
    let before = country.run(&project, "coverage-runs", of(Value::Null)).await;
    let after = country
        .run(
            &project,
            "coverage-runs",
            of(json!({ "name": "Sau phương án", "with_plan": plan })),
        )
        .await;
    let answer = country
        .get(&format!(
            "/api/projects/{project}/compare?before={before}&after={after}&technology=5g"
        ))
        .await;
    let km2 = |change: &str| number(&answer["totals"][change]["km2"]);
    assert!(km2("gained") > 0.5 && km2("lost") == 0.0, "{}", answer["totals"]);
    let same = country
        .get(&format!(
            "/api/projects/{project}/compare?before={before}&after={after}&technology=4g"
        ))
        .await;
    assert_eq!(
        (&same["totals"]["gained"]["km2"], &same["totals"]["lost"]["km2"]),
        (&json!(0.0), &json!(0.0))
    );
    let address = format!("/api/projects/{project}/coverage-runs");
    let (_, job) = country
        .json("POST", &address, Some(of(json!({ "with_plan": "no-such-run" }))))
        .await;
    let job = country.wait(job["id"].as_str().unwrap()).await;
    assert_eq!(job["status"], "failed", "{job}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spill_is_what_lies_outside_the_communes() {
    let country = Country::open().await;
    let project = country.settle("Qua biên giới").await;
    let run = country
        .run(&project, "coverage-runs", json!({ "technologies": ["4g"], "zoom": 11 }))
        .await;
    let spill = country.get(&format!("/api/projects/{project}/runs/{run}/spill")).await;
    let row = spill["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["technology"] == "4g" && row["operator"].is_null())
        .unwrap();
    let totals = totals(&country, &project, &run, "4g").await;
    assert_eq!(row["inside"]["km2"], totals["km2"]);
    assert_eq!(row["inside"]["covered_km2"], totals["covered_km2"]);
    assert!(
        number(&row["km2"]) > 1.0,
        "the masts stand five kilometres from the border: {row}"
    );
    assert_eq!(row["people"], 0.0, "no population raster");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn footprints_follow_pixels_or_the_level_as_asked() {
    let country = Country::open().await;
    let project = country.settle("Đường bao").await;
    let run = country
        .run(&project, "coverage-runs", json!({ "technologies": ["4g"], "zoom": 11 }))
        .await;
    let base = format!("/api/projects/{project}/runs/{run}/footprints/4g-any.geojson");
    let outline = async |query: &str| -> MultiPolygon<f64> {
        let feature = country.get(&format!("{base}{query}")).await;
        let geometry = serde_json::from_value::<geojson::Geometry>(feature["geometry"].clone()).unwrap();
        match Geometry::try_from(geometry).unwrap() {
            Geometry::MultiPolygon(polygons) => polygons,
            other => panic!("{other:?}"),
        }
    };
    let (as_made, stairs, smooth) = (
        outline("").await,
        outline("?smooth=false").await,
        outline("?smooth=true").await,
    );
    assert_eq!(as_made, stairs);
    assert!(stairs.is_valid() && smooth.is_valid());
    let right_angled = stairs
        .iter()
        .flat_map(|polygon| polygon.exterior().lines())
        .all(|edge| edge.start.x == edge.end.x || edge.start.y == edge.end.y);
    assert!(right_angled);
    assert!(
        smooth
            .iter()
            .flat_map(|polygon| polygon.exterior().lines())
            .any(|edge| edge.start.x != edge.end.x && edge.start.y != edge.end.y)
    );
    let table = totals(&country, &project, &run, "4g").await;
    assert!(number(&table["covered_km2"]) > 1.0);
    // Both hold the same pixel centres.
    let window = PixelWindow::covering(Bounds::new(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE), 11);
    let box_of = stairs.bounding_rect().unwrap();
    for row in (0..window.rows).step_by(7) {
        for column in (0..window.columns).step_by(7) {
            let centre = window.centre(column, row);
            let point = Point::new(centre.lon_deg, centre.lat_deg);
            assert_eq!(stairs.contains(&point), smooth.contains(&point), "{point:?} {box_of:?}");
        }
    }
}

/// A list of measurements from points with levels.
fn drive_test(rows: impl Iterator<Item = (f64, f64, f64)>) -> String {
    let mut text = String::from("Kinh độ,Vĩ độ,RSRP,Doanh nghiệp,Thời gian\n");
    for (index, (lon, lat, level)) in rows.enumerate() {
        text.push_str(&format!(
            "{lon:.6},{lat:.6},{level:.2},Viettel,2026-03-01T08:{:02}:00\n",
            index % 60
        ));
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offsets_learned_from_a_drive_test_bring_a_scenario_nearer() {
    let country = Country::open().await;
    let project = country.settle("Đo kiểm").await;
    let plain = json!({ "technologies": ["4g"], "zoom": 11 });
    let run = country.run(&project, "coverage-runs", plain).await;
    let base = format!("/api/projects/{project}/runs/{run}/measurements");
    assert_eq!(
        country.json("GET", &base, None).await.0,
        StatusCode::CONFLICT,
        "nothing measured yet"
    );

    let places = (0..400_u32).map(|i| (105.62 + f64::from(i % 20) * 0.003, 18.26 + f64::from(i / 20) * 0.003));
    let list = drive_test(places.map(|(lon, lat)| (lon, lat, -100.0)));
    country
        .import(&project, "measurements", "do-kiem.csv", list.as_bytes())
        .await;
    let points = country.get(&format!("{base}/points")).await;
    let points = points["features"].as_array().unwrap().clone();
    assert!(points.len() > 300, "{}", points.len());

    // The ground takes 6 dB more than the model thinks, give or take 3.
    let worse = |(index, point): (usize, &Value)| {
        let at = &point["geometry"]["coordinates"];
        let noise = f64::from((index as u32 * 37) % 13) - 6.0;
        let level = number(&point["properties"]["predicted_dbm"]) - 6.0 + noise / 2.0;
        (number(&at[0]), number(&at[1]), level)
    };
    let list = drive_test(points.iter().enumerate().map(worse));
    country
        .import(&project, "measurements", "do-kiem.csv", list.as_bytes())
        .await;
    let report = country.get(&format!("{base}?held_out=0.3")).await;
    assert_eq!(report["matched"].as_u64().unwrap() as usize, points.len());
    let overall = &report["overall"];
    let (bias, rmse, sigma) = (
        number(&overall["bias_db"]),
        number(&overall["rmse_db"]),
        number(&overall["sigma_db"]),
    );
    assert!((bias - 6.0).abs() < 0.3 && (sigma - 1.87).abs() < 0.3, "{overall}");
    assert!((rmse * rmse - bias * bias - sigma * sigma).abs() < 1e-6);
    let counted = |rows: &Value| -> u64 {
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row["count"].as_u64().unwrap())
            .sum()
    };
    for classes in ["by_distance", "by_clutter", "by_band"] {
        assert_eq!(counted(&report[classes]) as usize, points.len(), "{classes}");
    }
    let calibration = &report["calibration"];
    assert!(calibration["held_out_points"].as_u64().unwrap() > 60);
    assert!(number(&calibration["before"]["rmse_db"]) > 5.5 && number(&calibration["after"]["rmse_db"]) < 2.5);
    let offsets = calibration["offsets"].clone();
    assert!(
        offsets
            .as_array()
            .unwrap()
            .iter()
            .all(|offset| (number(&offset["offset_db"]) + 6.0).abs() < 0.5),
        "{offsets}"
    );

    // A planner accepts them: the scenario is nearer to what was measured, and the standard model is as before.
    let scenario = json!({ "name": "Hiệu chỉnh theo đo kiểm", "offsets": offsets });
    let fitted = country.run(&project, "coverage-runs", parameters(&scenario)).await;
    let judged = country
        .get(&format!("/api/projects/{project}/runs/{fitted}/measurements"))
        .await;
    assert!(
        number(&judged["overall"]["bias_db"]).abs() < 0.3,
        "{}",
        judged["overall"]
    );
    let again = country.get(&base).await;
    assert_eq!(again["overall"], report["overall"]);
    let compared = country
        .get(&format!(
            "/api/projects/{project}/compare?before={run}&after={fitted}&technology=4g"
        ))
        .await;
    assert!(number(&compared["totals"]["lost"]["km2"]) > 1.0);
    assert_eq!(compared["totals"]["gained"]["km2"], 0.0);

    let (status, _) = country.json("GET", &format!("{base}?held_out=2"), None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
