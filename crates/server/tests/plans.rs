//! What is done with plans, over HTTP: reasons, changes by hand, two side by side, sheet, curve, workbook, least cost, a programme, sharing.
#![allow(clippy::unwrap_used)] // Helpers of tests may fail the test.

mod country;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use country::{Country, sites};
use serde_json::{Value, json};

async fn bytes(country: &Country, path: &str) -> (StatusCode, String, Vec<u8>) {
    let request = Request::get(path)
        .header(header::HOST, "localhost")
        .body(Body::empty())
        .unwrap();
    let (status, headers, bytes) = country.send(request).await;
    let media = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
        .to_owned();
    (status, media, bytes)
}

async fn settled() -> (Country, String) {
    let country = Country::open().await;
    let project = country.settle("Tỉnh thử").await;
    // A second operator, one of its masts 300 m from the first operator's.
    let second = sites("VNPT", &[(105.6528, 18.30, "4G"), (105.77, 18.31, "4G")]);
    country.import(&project, "sites", "vnpt.csv", second.as_bytes()).await;
    let parameters = json!({ "technologies": ["4g", "5g"], "zoom": 11 });
    country.run(&project, "coverage-runs", parameters).await;
    (country, project)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_explained_changed_compared_and_handed_out() {
    let (country, project) = settled().await;
    let wish = |actions: u32| json!({ "technology": "5g", "actions": actions, "at_most": true });
    let two = country.run(&project, "plan-runs", wish(2)).await;
    let three = country.run(&project, "plan-runs", wish(3)).await;
    let base = format!("/api/projects/{project}/runs/{two}");
    let plan = country.get(&format!("{base}/plan")).await;
    let first = &plan["actions"][0];
    assert_eq!(first["rank"], 1);
    assert!(first["backhaul"]["kind"].is_string());
    assert!(
        !first["gain"]["class_changes"].as_array().unwrap().is_empty(),
        "{first}"
    );
    assert!(plan["curve"]["points"].as_array().unwrap().len() >= 3);
    let id = first["id"].as_str().unwrap();

    let (status, changed) = country
        .json("POST", &format!("{base}/adjust"), Some(json!({ "forbid": [id] })))
        .await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert!(
        changed["removed"]
            .as_array()
            .unwrap()
            .iter()
            .any(|gone| gone["id"] == id)
    );
    assert!(changed["after"]["objective"].as_f64().unwrap() <= changed["before"]["objective"].as_f64().unwrap() + 1e-6);
    let add = json!({ "add": [{ "position": [105.72, 18.30] }], "actions": 3 });
    let (status, changed) = country.json("POST", &format!("{base}/adjust"), Some(add)).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert!(
        changed["added"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["id"] == "hand:18.30000,105.72000")
    );
    let (status, refused) = country
        .json("POST", &format!("{base}/adjust"), Some(json!({ "pin": ["nobody"] })))
        .await;
    assert_eq!(
        (status, refused["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("bad_parameter"))
    );

    let compared = country
        .get(&format!("/api/projects/{project}/plans/compare?a={two}&b={three}"))
        .await;
    let both = compared["both"].as_array().unwrap().len() as i64;
    let only_a = compared["only_a"].as_array().unwrap().len() as i64;
    assert_eq!(Some(both + only_a), plan["totals"]["actions"].as_i64());
    assert!(compared["differences"]["objective"].as_f64().unwrap() >= -1e-6);

    let sheet = format!("{base}/candidates/{}/sheet", id.replace(':', "%3A"));
    let (status, media, page) = bytes(&country, &sheet).await;
    assert_eq!(status, StatusCode::OK);
    assert!(media.starts_with("text/html") && String::from_utf8(page).unwrap().contains("<svg"));
    let facts = country.get(&format!("{sheet}?format=json")).await;
    assert!(!facts["serves"].as_array().unwrap().is_empty(), "{facts}");
    let (status, media, picture) = bytes(&country, &format!("{base}/curve.svg?lang=en")).await;
    assert_eq!((status, media.as_str()), (StatusCode::OK, "image/svg+xml"));
    assert!(picture.starts_with(b"<svg"));
    let (status, _, book) = bytes(&country, &format!("{base}/candidates.xlsx")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(book.starts_with(b"PK"));
    let (_, _, again) = bytes(&country, &format!("{base}/candidates.xlsx")).await;
    assert_eq!(book, again, "the same run gives the same bytes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn targets_phases_and_refusals() {
    let (country, project) = settled().await;
    let least = json!({
        "goal": { "least_cost": { "targets": [{ "of": "villages", "share": 1.0 }] } },
        "kinds": ["upgrade", "co_locate", "new_tower", "leo"], "curve": false,
    });
    let run = country.run(&project, "plan-runs", least).await;
    let plan = country.get(&format!("/api/projects/{project}/runs/{run}/plan")).await;
    assert_eq!(plan["solution"]["status"], "optimal");
    assert_eq!(plan["totals"]["villages"], plan["totals"]["villages_without_before"]);
    let phases = json!({
        "phases": [{ "name": "2026", "budget_million_vnd": 460.0 }, { "name": "2027", "budget_million_vnd": 460.0 }],
        "kinds": ["upgrade"],
    });
    let run = country.run(&project, "plan-runs", phases).await;
    let plan = country.get(&format!("/api/projects/{project}/runs/{run}/plan")).await;
    let by_phase = plan["by_phase"].as_array().unwrap();
    assert_eq!(by_phase.len(), 2);
    assert!(
        by_phase
            .iter()
            .all(|phase| phase["capital_million_vnd"].as_f64().unwrap() <= 460.0)
    );
    for wrong in [
        json!({}),
        json!({ "actions": 1, "budget": -5.0 }),
        json!({ "actions": 1, "rules": { "new_tower_beyond_m": -1.0 } }),
        json!({ "programme": "nobody-1" }),
        json!({ "goal": { "least_cost": { "targets": [{ "of": "villages", "share": 2.0 }] } } }),
    ] {
        let (status, answer) = country
            .json(
                "POST",
                &format!("/api/projects/{project}/plan-runs"),
                Some(wrong.clone()),
            )
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {answer}");
        assert!(answer["detail_vi"].as_str().is_some_and(|text| !text.is_empty()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn near_masts_are_proposed_for_sharing() {
    let (country, project) = settled().await;
    let run = country
        .run(
            &project,
            "sharing-runs",
            json!({ "distances_m": { "dense": 100, "sparse": 500 } }),
        )
        .await;
    let found = country
        .get(&format!("/api/projects/{project}/runs/{run}/sharing"))
        .await;
    let groups = found["groups"].as_array().unwrap();
    let near = groups.iter().find(|group| group["rule"] == "within_distance").unwrap();
    assert!(near["distance_m"].as_f64().unwrap() < 500.0);
    assert_eq!(near["keep"]["load"], "unknown");
    assert_ne!(near["confidence"], "high", "unknown load is not free");
    let share = |name: &str| found[name]["by_location"].as_f64().unwrap();
    assert!(share("share_after") >= share("share_before"));
    let listed: Value = country.get(&format!("/api/projects/{project}/runs?kind=sharing")).await;
    assert_eq!(listed[0]["id"], run.as_str());
}

/// Hears what a plan is worth while it is made, and stops it then where asked to.
#[derive(Default)]
struct Heard {
    stop: bool,
    standings: std::sync::Mutex<Vec<server::work::Standing>>,
}

impl server::work::Progress for Heard {
    fn report(&self, _fraction: f64, _stage: server::work::Stage) {}
    fn standing(&self, standing: server::work::Standing) {
        self.standings.lock().unwrap().push(standing);
    }
    fn cancelled(&self) -> bool {
        self.stop && !self.standings.lock().unwrap().is_empty()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_was_stopped_is_kept_but_is_not_the_answer() {
    let (country, project) = settled().await;
    let wish = || server::work::plan::PlanParameters {
        actions: Some(3),
        at_most: true,
        ..Default::default()
    };
    let store = &country.service.store;
    let stopping = std::sync::Arc::new(Heard {
        stop: true,
        ..Heard::default()
    });
    let stopped = server::work::plan::run(store, &project, wish(), stopping.clone())
        .await
        .unwrap();
    assert_eq!(stopped.summary["solution"]["stop"], "cancelled");
    let plan = country
        .get(&format!("/api/projects/{project}/runs/{}/plan", stopped.id))
        .await;
    assert!(!plan["actions"].as_array().unwrap().is_empty(), "the best so far");
    let heard = std::sync::Arc::new(Heard::default());
    let whole = server::work::plan::run(store, &project, wish(), heard.clone())
        .await
        .unwrap();
    assert_ne!(whole.id, stopped.id);
    assert_ne!(whole.summary["solution"]["stop"], "cancelled");
    let standings = heard.standings.lock().unwrap();
    assert!(
        standings
            .iter()
            .all(|one| one.bound.is_none_or(|bound| bound >= one.objective - 1e-6))
    );
    assert!(standings.iter().any(|one| one.bound.is_some()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_follows_a_programme_of_the_projects_own() {
    let (country, project) = settled().await;
    // The document that ships asks for 380 stations; the project's own copy for two.
    let programmes = format!("/api/projects/{project}/programmes");
    let copy = json!({ "copy_of": "ha-tinh-529", "key": "tinh-thu-1", "title_vi": "Kế hoạch của tỉnh" });
    let (status, made) = country.json("POST", &programmes, Some(copy)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    // Without its quotas: one of their operators has no station here.
    let text = made["text"].as_str().unwrap();
    let (before, rest) = text.split_once("[[quotas]]").unwrap();
    let (_, after) = rest.split_once("[[deliverables]]").unwrap();
    let text = format!("{before}[[deliverables]]{after}")
        .replace("value = 380", "value = 2")
        .replace("value = 66", "value = 0");
    let (status, changed) = country
        .json(
            "PUT",
            &format!("{programmes}/tinh-thu-1"),
            Some(json!({ "text": text })),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    let wish = json!({ "programme": "tinh-thu-1", "curve": false });
    let run = country.run(&project, "plan-runs", wish).await;
    let plan = country.get(&format!("/api/projects/{project}/runs/{run}/plan")).await;
    assert_eq!(plan["request"]["actions"], 2, "{}", plan["request"]);
    assert_eq!(plan["actions"].as_array().unwrap().len(), 2);
    let run = country.get(&format!("/api/projects/{project}/runs/{run}")).await;
    assert_eq!(run["summary"]["programme"], "tinh-thu-1");
    // The same text sent along, not kept.
    let text = text.replace("value = 2,", "value = 1,");
    let sent = country
        .run(&project, "plan-runs", json!({ "programme_text": text, "curve": false }))
        .await;
    let plan = country.get(&format!("/api/projects/{project}/runs/{sent}/plan")).await;
    assert_eq!(plan["request"]["actions"], 1);
    let faulty = json!({ "programme_text": "key = 3" });
    let (status, _) = country
        .json("POST", &format!("/api/projects/{project}/plan-runs"), Some(faulty))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_file_says_what_it_was_made_with() {
    let (country, project) = settled().await;
    let run = country
        .run(
            &project,
            "plan-runs",
            json!({ "actions": 2, "at_most": true, "seed": 7 }),
        )
        .await;
    let layer = |format: &str| format!("/api/projects/{project}/export?layer=candidates&format={format}&run={run}");
    let collection = country.get(&layer("geojson")).await;
    assert_eq!(collection["run"], run.as_str());
    assert_eq!(collection["run_parameters"]["seed"], 7);
    assert!(collection["run_costs_source"].as_str().unwrap().contains("VND"));
    let (status, _, table) = bytes(&country, &layer("csv")).await;
    assert_eq!(status, StatusCode::OK);
    let table = String::from_utf8(table).unwrap();
    let mut lines = table.lines();
    let header = lines.next().unwrap();
    assert!(header.contains("run,run_parameters"), "{header}");
    for line in lines {
        assert!(line.contains(&run) && line.contains("\"\"seed\"\":7"), "{line}");
    }
    let (_, _, book) = bytes(&country, &layer("xlsx")).await;
    let mut book = calamine::open_workbook_from_rs::<calamine::Xlsx<_>, _>(std::io::Cursor::new(book)).unwrap();
    let names = calamine::Reader::sheet_names(&book);
    assert!(
        names
            .iter()
            .any(|name| name.contains("Viettel") || name.contains("VNPT")),
        "{names:?}"
    );
    let cells = calamine::Reader::worksheet_range(&mut book, "Tham số").unwrap();
    let text: Vec<String> = cells.cells().map(|(_, _, cell)| cell.to_string()).collect();
    assert!(
        text.contains(&run) && text.iter().any(|cell| cell == "seed"),
        "{text:?}"
    );
}
