//! Lists over HTTP: the difference before a commit, correcting a mapping that is then remembered, decisions on rows, the report as a
//! workbook, the same list again, undo, and every format out.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests may fail the test.

mod country;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use country::{Country, communes};
use geodata::{DatasetKind, InputFile};
use serde_json::{Value, json};
use server::work::import::ImportOptions;
use server::work::import_job::{check_uploaded, keep_files};
use server::work::{Progress, Silent, Stage};

/// A list with a heading that nobody knows for the latitude.
fn list(rows: &[(&str, f64, f64)], latitude: &str) -> String {
    let mut text = format!("Mã trạm,Tên trạm,Nhà mạng,Kinh độ,{latitude},Công nghệ\n");
    for (code, lon, lat) in rows {
        text.push_str(&format!("{code},Trạm {code},Viettel,{lon},{lat},4G\n"));
    }
    text
}

async fn bytes(country: &Country, path: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(path)
        .header(header::HOST, "localhost")
        .body(Body::empty())
        .unwrap();
    let (status, _, bytes) = country.send(request).await;
    (status, bytes)
}

async fn commit(country: &Country, project: &str, import: &Value) -> Value {
    let path = format!(
        "/api/projects/{project}/imports/{}/commit",
        import["id"].as_str().unwrap()
    );
    let (status, answer) = country.json("POST", &path, None).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["dataset"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_s_life() {
    let country = Country::open().await;
    let project = country.project("Danh sách").await;
    country
        .import(&project, "areas", "communes.geojson", communes().to_string().as_bytes())
        .await;
    let at = |number: usize| (105.65 + 0.01 * number as f64, 18.25 + 0.01 * number as f64);
    let rows = |codes: &[(&'static str, usize)]| -> Vec<(&'static str, f64, f64)> {
        codes
            .iter()
            .map(|(code, number)| (*code, at(*number).0, at(*number).1))
            .collect()
    };

    // A heading that is not known: the planner says what it is, and that is remembered.
    let first = list(&rows(&[("A1", 0), ("A2", 1), ("A3", 2)]), "Cột lạ");
    let (status, problem) = country.upload(&project, "sites", "viettel.csv", first.as_bytes()).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("missing_columns"))
    );
    let named = list(&rows(&[("A1", 0), ("A2", 1), ("A3", 2)]), "Vĩ độ");
    let (_, import) = country.upload(&project, "sites", "viettel.csv", named.as_bytes()).await;
    assert_eq!(import["difference"]["added"], 9, "sites, stations and cells: {import}");
    let path = format!("/api/projects/{project}/imports/{}", import["id"].as_str().unwrap());
    let columns = json!({ "columns": { "Cột lạ": "latitude", "Tên trạm": null } });
    let (status, changed) = country.json("PUT", &format!("{path}/options"), Some(columns)).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert_eq!(changed["options"]["columns"]["Cột lạ"], "latitude");
    let unused = changed["report"]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .find(|column| column["header"] == "Tên trạm")
        .unwrap();
    assert_eq!(unused["field"], Value::Null);
    let remembered = country.get(&format!("/api/projects/{project}/mappings/sites")).await;
    assert_eq!(remembered["columns"]["Cột lạ"], "latitude");
    let dataset = commit(&country, &project, &changed).await;
    assert_eq!(dataset["version"], 1);
    // The correction is remembered: the list with the strange heading is taken now.
    let (status, again) = country.upload(&project, "sites", "viettel.csv", first.as_bytes()).await;
    assert_eq!(status, StatusCode::CREATED, "{again}");
    let again_path = format!("/api/projects/{project}/imports/{}", again["id"].as_str().unwrap());
    let what = country.get(&format!("{again_path}/difference")).await;
    let counts = &again["difference"];
    assert_eq!(
        (
            counts["added"].as_u64(),
            counts["removed"].as_u64(),
            counts["changed"].as_u64()
        ),
        (Some(0), Some(0), Some(0)),
        "{what}"
    );
    // The same content again makes no version.
    assert_eq!(commit(&country, &project, &again).await["version"], 1);

    // A new version: one moved, one gone, one new; a row far outside is rejected, and taken when the planner says so.
    let mut next = rows(&[("A1", 0), ("A2", 4), ("A4", 5)]);
    next.push(("A9", 107.9, 18.3));
    let (_, import) = country
        .upload(&project, "sites", "viettel.csv", list(&next, "Vĩ độ").as_bytes())
        .await;
    assert_eq!(import["report"]["rejected"], 1);
    let path = format!("/api/projects/{project}/imports/{}", import["id"].as_str().unwrap());
    let difference = country.get(&format!("{path}/difference")).await;
    let of = |change: &str| {
        let rows = difference["rows"].as_array().unwrap().iter();
        rows.filter(|row| row["change"] == change && row["layer"] == "sites")
            .map(|row| row["code"].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (of("added"), of("moved"), of("removed")),
        (vec!["A4"], vec!["A2"], vec!["A3"]),
        "{difference}"
    );
    assert_eq!(difference["against_version"], 1);
    let rejected = country.get(&format!("{path}/rows?status=rejected")).await;
    assert_eq!(
        (rejected["total"].as_u64(), rejected["rows"][0]["row"].as_u64()),
        (Some(1), Some(5))
    );
    let decisions = json!({ "decisions": [{ "file": "viettel.csv", "sheet": null, "row": 5, "action": "take" }, { "file": "viettel.csv", "sheet": null, "row": 2, "action": "leave" }] });
    let (_, decided) = country.json("PUT", &format!("{path}/options"), Some(decisions)).await;
    assert_eq!(decided["report"]["rejected"], 1, "{decided}");
    assert_eq!(decided["report"]["rows"][0]["issues"][0]["code"], "left_out");

    // The report is a workbook that this program can read, too.
    let (status, workbook) = bytes(&country, &format!("{path}/report.xlsx")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(workbook.starts_with(b"PK"));
    assert_eq!(commit(&country, &project, &decided).await["version"], 2);
    assert_eq!(
        country
            .get(&format!("/api/projects/{project}/export?layer=sites"))
            .await["features"]
            .as_array()
            .unwrap()
            .len(),
        3
    );

    // Undo brings back the version before.
    let (status, undone) = country
        .json("POST", &format!("/api/projects/{project}/datasets/sites/undo"), None)
        .await;
    assert_eq!(
        (status, undone["dataset"]["version"].as_u64()),
        (StatusCode::OK, Some(1))
    );
    let sites = country
        .get(&format!("/api/projects/{project}/export?layer=sites"))
        .await;
    let codes: Vec<&str> = sites["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| site["id"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["A1", "A2", "A3"]);
    versions_can_be_compared_and_chosen(&country, &project).await;

    for (format, magic) in [
        ("csv", &b"longitude"[..]),
        ("xlsx", b"PK"),
        ("kml", b"<?xml"),
        ("gpkg", b"SQLite format 3"),
        ("fgb", b"fgb"),
        ("shp", b"PK"),
        ("pmtiles", b"PMTiles"),
    ] {
        let (status, file) = bytes(
            &country,
            &format!("/api/projects/{project}/export?layer=sites&format={format}"),
        )
        .await;
        assert!(
            status == StatusCode::OK && file.starts_with(magic),
            "{format} {status} {:?}",
            String::from_utf8_lossy(&file[..file.len().min(300)])
        );
    }
    let (status, file) = bytes(
        &country,
        &format!("/api/projects/{project}/export?layer=sites&format=csv&crs=EPSG:9209"),
    )
    .await;
    let text = String::from_utf8_lossy(&file).into_owned();
    assert!(status == StatusCode::OK && text.starts_with("x_m,y_m,epsg"), "{text}");
    let (status, _) = bytes(
        &country,
        &format!("/api/projects/{project}/export?layer=sites&format=kml&crs=EPSG:9209"),
    )
    .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Uploads a list as a job.
async fn upload_as_job(country: &Country, project: &str, name: &str, content: &[u8]) -> String {
    let (status, job) = country.upload(project, "sites&as_job=true", name, content).await;
    assert_eq!(
        (status, job["kind"].as_str()),
        (StatusCode::ACCEPTED, Some("import")),
        "{job}"
    );
    job["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_checked_in_the_background() {
    let country = Country::open().await;
    let project = country.project("Danh sách").await;
    let rows: Vec<(String, f64, f64)> = (0..5_000)
        .map(|number| (format!("A{number}"), 105.6 + 1e-5 * f64::from(number), 18.3))
        .collect();
    let rows: Vec<(&str, f64, f64)> = rows
        .iter()
        .map(|(code, lon, lat)| (code.as_str(), *lon, *lat))
        .collect();
    let text = list(&rows, "Vĩ độ");
    let job = upload_as_job(&country, &project, "viettel.csv", text.as_bytes()).await;
    // The events end with the job; each tells how far it is.
    let (status, events) = bytes(&country, &format!("/api/jobs/{job}/events")).await;
    let events = String::from_utf8(events).unwrap();
    assert_eq!(status, StatusCode::OK);
    let told: Vec<Value> = events
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data:")?).ok())
        .collect();
    let last = told.last().unwrap();
    assert_eq!(
        (last["status"].as_str(), last["id"].as_str()),
        (Some("succeeded"), Some(job.as_str())),
        "{events}"
    );
    assert!(
        told.iter()
            .all(|job| (0.0..=1.0).contains(&job["progress"]["fraction"].as_f64().unwrap()))
    );
    let id = last["result"]["import"].as_str().unwrap();
    let import = country.get(&format!("/api/projects/{project}/imports/{id}")).await;
    assert_eq!(
        (import["status"].as_str(), import["report"]["rows_in"].as_u64()),
        (Some("awaiting_commit"), Some(5_000))
    );
    assert_eq!(commit(&country, &project, &import).await["version"], 1);
    // A file that is refused fails its job with the same problem as otherwise.
    let job = upload_as_job(&country, &project, "empty.csv", b"a,b\n1,2\n").await;
    let failed = country.wait(&job).await;
    assert_eq!(
        (failed["status"].as_str(), failed["problem"]["status"].as_u64()),
        (Some("failed"), Some(422)),
        "{failed}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_check_leaves_nothing() {
    let country = Country::open().await;
    let project = country.project("Danh sách").await;
    let text = list(&[("A1", 105.6, 18.3)], "Vĩ độ");
    // As if another list were being read: this one waits, and is cancelled while it does.
    let held = country.service.jobs.hold_checks().await;
    let waiting = upload_as_job(&country, &project, "first.csv", text.as_bytes()).await;
    let (status, job) = country.json("DELETE", &format!("/api/jobs/{waiting}"), None).await;
    assert_eq!(
        (status, job["status"].as_str()),
        (StatusCode::OK, Some("cancelled")),
        "{job}"
    );
    drop(held);
    let next = upload_as_job(&country, &project, "next.csv", text.as_bytes()).await;
    assert_eq!(country.wait(&next).await["status"], "succeeded");
    assert_eq!(country.wait(&waiting).await["status"], "cancelled");
    let imports = country.get(&format!("/api/projects/{project}/imports")).await;
    let files: Vec<&str> = imports
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|import| import["files"][0].as_str())
        .collect();
    assert_eq!(files, ["next.csv"], "{imports}");
}

/// Somebody who says stop as soon as the work has begun.
#[derive(Default)]
struct StopAtOnce(AtomicBool);

impl Progress for StopAtOnce {
    fn report(&self, _fraction: f64, _stage: Stage) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_has_begun_stops_when_told_to() {
    let country = Country::open().await;
    let project = country.project("Danh sách").await;
    let store = &country.service.store;
    let path = country.folder.path().join("list.csv");
    std::fs::write(&path, list(&[("A1", 105.6, 18.3)], "Vĩ độ")).unwrap();
    let files = vec![InputFile::from_path(path)];
    let kept = keep_files(store, DatasetKind::Sites, files, ImportOptions::default())
        .await
        .unwrap();
    let stopped = check_uploaded(store, &project, kept.clone(), Arc::new(StopAtOnce::default())).await;
    assert_eq!(stopped.unwrap_err().code, "cancelled");
    let imports = async || country.get(&format!("/api/projects/{project}/imports")).await;
    assert_eq!(imports().await.as_array().map(Vec::len), Some(0));
    check_uploaded(store, &project, kept, Arc::new(Silent)).await.unwrap();
    assert_eq!(imports().await.as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_that_are_committed_at_once_are_all_kept() {
    let country = Country::open().await;
    let project = country.project("Danh sách").await;
    let mut imports = Vec::new();
    for (number, operator) in (0_u32..).zip(["Viettel", "VNPT", "MobiFone", "Vietnamobile"]) {
        let text = country::sites(operator, &[(105.6 + 0.01 * f64::from(number), 18.3, "4G")]);
        let (_, import) = country.upload(&project, "sites", "list.csv", text.as_bytes()).await;
        imports.push(import);
    }
    let committed = imports.iter().map(|import| commit(&country, &project, import));
    futures::future::join_all(committed).await;
    let sites = country
        .get(&format!("/api/projects/{project}/export?layer=sites"))
        .await;
    let codes: std::collections::BTreeSet<&str> = sites["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| site["id"].as_str().unwrap())
        .collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    assert_eq!(codes, ["MobiFone-0", "VNPT-0", "Vietnamobile-0", "Viettel-0"]);
}

/// Both versions stay known, say what they changed, and either can be put in use; the first one stays in use.
async fn versions_can_be_compared_and_chosen(country: &Country, project: &str) {
    let path = format!("/api/projects/{project}/datasets/sites/versions");
    let in_use = async || {
        let versions = country.get(&path).await;
        let rows = versions.as_array().unwrap().clone().into_iter();
        rows.map(|row| (row["version"].as_u64().unwrap(), row["in_use"] == true))
            .collect::<Vec<_>>()
    };
    assert_eq!(in_use().await, [(2, false), (1, true)]);
    let codes = |difference: &Value, change: &str| {
        let rows = difference["rows"].as_array().unwrap().iter();
        rows.filter(|row| row["change"] == change && row["layer"] == "sites")
            .map(|row| row["code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let forth = country.get(&format!("{path}/2/difference")).await;
    assert_eq!(forth["against_version"], 1);
    assert!(codes(&forth, "removed").contains(&"A3".to_owned()), "{forth}");
    let back = country.get(&format!("{path}/1/difference?against=2")).await;
    assert_eq!(codes(&forth, "added"), codes(&back, "removed"));
    assert_eq!(codes(&forth, "removed"), codes(&back, "added"));
    let first = country.get(&format!("{path}/1/difference?limit=1")).await;
    assert!(first["against_version"].is_null() && first["rows"].as_array().unwrap().len() == 1);
    assert_eq!(
        codes(&first, "removed").len() + first["counts"]["removed"].as_u64().unwrap() as usize,
        0
    );
    for version in [2, 1] {
        let (status, now) = country.json("POST", &format!("{path}/{version}/use"), None).await;
        assert_eq!(
            (status, now["dataset"]["version"].as_u64()),
            (StatusCode::OK, Some(version))
        );
    }
    assert_eq!(in_use().await, [(2, false), (1, true)]);
    for (method, unknown) in [
        ("POST", "7/use"),
        ("GET", "7/difference"),
        ("GET", "1/difference?against=7"),
    ] {
        let (status, problem) = country.json(method, &format!("{path}/{unknown}"), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{problem}");
    }
    let terrain = format!("/api/projects/{project}/datasets/terrain/versions/1/difference");
    assert_eq!(country.json("GET", &terrain, None).await.1["code"], "no_rows");
}
