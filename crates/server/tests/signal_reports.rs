//! Reports from the ground: a report that is sent twice is one report, and what makes no sense is refused with the field's name.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests may fail the test.

mod country;

use axum::http::StatusCode;
use country::Country;
use serde_json::{Value, json};

fn report(id: &str) -> Value {
    json!({ "id": id, "place_code": "T1", "place_name": "Thôn 1", "position": [105.7, 18.3], "finding": "no_signal", "operators": ["VNPT"],
        "download_mbps": 0.4, "note": "sau núi", "observed_at": "2026-03-01T08:00:00Z" })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_sent_twice_is_one_report() {
    let country = Country::open().await;
    let project = country.project("Tỉnh có phản ánh").await;
    let path = format!("/api/projects/{project}/signal-reports");
    let (status, first) = country
        .json("POST", &path, Some(report("0f8fad5b-d9cb-469f-a165")))
        .await;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    let (status, again) = country
        .json("POST", &path, Some(report("0f8fad5b-d9cb-469f-a165")))
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(first, again);
    let (status, _) = country.json("POST", &path, Some(report("another-report"))).await;
    assert_eq!(status, StatusCode::CREATED);
    let listed = country.get(&path).await;
    assert_eq!(listed["reports"].as_array().unwrap().len(), 2);
    assert_eq!(listed["reports"][1]["note"], "sau núi");
    assert_eq!(country.get(&format!("{path}?place=T2")).await["reports"], json!([]));

    let other = country.project("Tỉnh khác").await;
    let (status, _) = country
        .json(
            "POST",
            &format!("/api/projects/{other}/signal-reports"),
            Some(report("another-report")),
        )
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "an id names one report of one project");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_is_refused_with_its_field() {
    let country = Country::open().await;
    let project = country.project("Tỉnh có phản ánh").await;
    let path = format!("/api/projects/{project}/signal-reports");
    for (field, value) in [
        ("id", json!("a b")),
        ("place_name", json!(" ")),
        ("observed_at", json!("hôm qua")),
        ("position", json!([105.7, 183.0])),
        ("download_mbps", json!(-1)),
        ("note", json!("x".repeat(501))),
    ] {
        let mut wrong = report("0f8fad5b-d9cb-469f-a165");
        wrong[field] = value;
        let (status, problem) = country.json("POST", &path, Some(wrong)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {problem}");
        assert_eq!(problem["where"], field);
    }
    assert_eq!(country.get(&path).await["reports"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_kept_as_they_were_set() {
    let country = Country::open().await;
    let project = country.project("Tỉnh có cài đặt").await;
    let path = format!("/api/projects/{project}/settings");
    let usual = country.get(&path).await;
    assert_eq!((&usual["coverage"], &usual["costs"]), (&json!({}), &json!({})));
    assert!(usual["usual_costs"]["capital_million_vnd"]["upgrade"].as_f64().unwrap() > 0.0);
    assert!(
        usual["usual_templates"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["eirp_per_re_dbm"].is_number() && one["source"].is_string())
    );
    let set = json!({ "coverage": { "edge_probability": 0.95 }, "costs": {} });
    let (status, kept) = country.json("PUT", &path, Some(set.clone())).await;
    assert_eq!((status, &kept), (StatusCode::OK, &set));
    let now = country.get(&path).await;
    assert_eq!((&now["coverage"], &now["costs"]), (&set["coverage"], &set["costs"]));
    let large = json!({ "coverage": { "note": "x".repeat(70_000) } });
    let (status, _) = country.json("PUT", &path, Some(large)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}
