//! Programmes over HTTP: documents and copies, evaluation, what people bring, workflow, plan and projection, the files that go out.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests may fail the test.

#[path = "../country/mod.rs"]
mod country;
mod figure_lists;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use country::{Country, sites};
use serde_json::{Value, json};

const DAY: &str = "today=2025-11-21";

/// A country with three operators, a park with a 4G mast, and a coverage run.
async fn settled(country: &Country) -> (String, String) {
    let project = country.settle("Tỉnh thử").await;
    let viettel = sites(
        "Viettel",
        &[
            (105.65, 18.30, "4G"),
            (105.66, 18.25, "2G"),
            (105.64, 18.24, "4G/5G"),
            (105.63, 18.33, "4G"),
        ],
    );
    let vnpt = sites(
        "VNPT",
        &[(105.67, 18.32, "4G"), (105.62, 18.27, "4G"), (105.68, 18.22, "4G")],
    );
    for (name, list) in [("viettel.csv", viettel), ("vnpt.csv", vnpt)] {
        country.import(&project, "sites", name, list.as_bytes()).await;
    }
    let ring = [
        [105.645, 18.295],
        [105.675, 18.295],
        [105.675, 18.325],
        [105.645, 18.325],
        [105.645, 18.295],
    ];
    let park = json!({ "type": "FeatureCollection", "features": [{ "type": "Feature",
        "geometry": { "type": "Polygon", "coordinates": [ring] },
        "properties": { "ma": "KCN1", "ten": "KCN Thử", "loai": "KCN", "dien_tich_ha": 1053.76 } }] });
    country
        .import(&project, "zones", "zones.geojson", park.to_string().as_bytes())
        .await;
    let parameters = json!({ "technologies": ["4g", "5g"], "zoom": 10 });
    let run = country.run(&project, "coverage-runs", parameters).await;
    (project, run)
}

fn indicator<'a>(evaluation: &'a Value, id: &str) -> &'a Value {
    let all = evaluation["indicators"].as_array().unwrap();
    all.iter()
        .find(|one| one["id"] == id)
        .unwrap_or_else(|| panic!("{id} in {evaluation}"))
}

impl Country {
    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.json("POST", path, Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{path}: {answer}");
        answer
    }

    async fn refused(&self, method: &str, path: &str, body: Option<Value>, expected: u16, code: &str) -> Value {
        let (status, problem) = self.json(method, path, body).await;
        assert_eq!(
            (status.as_u16(), problem["code"].as_str()),
            (expected, Some(code)),
            "{method} {path}: {problem}"
        );
        assert!(problem["detail_vi"].is_string() && problem["detail_en"].is_string());
        problem
    }

    async fn file(&self, path: &str) -> (axum::http::HeaderMap, Vec<u8>) {
        let request = Request::get(path)
            .header(header::HOST, "localhost")
            .body(Body::empty())
            .unwrap();
        let (status, headers, bytes) = self.send(request).await;
        assert_eq!(status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&bytes));
        (headers, bytes)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_document_is_measured_steered_by_and_reported() {
    let country = Country::open().await;
    let (project, run) = settled(&country).await;
    let all = format!("/api/projects/{project}/programmes");
    assert_eq!(country.get("/api/programmes").await.as_array().unwrap().len(), 5);

    // A copy of ha-tinh-529, with targets that this small country can reach: 1 → 4 stations, 0 → 1 in the park, two operators.
    let copy = country
        .post(
            &all,
            json!({ "copy_of": "ha-tinh-529", "key": "thu-2025", "title_vi": "Kế hoạch thử" }),
        )
        .await;
    assert_eq!(
        (copy["own"].as_bool(), copy["programme"]["title_vi"].as_str()),
        (Some(true), Some("Kế hoạch thử"))
    );
    let mut document = copy["programme"].clone();
    let number = |document: &mut Value, id: &str, baseline: f64, target: f64| {
        let all = document["indicators"].as_array_mut().unwrap();
        let one = all.iter_mut().find(|one| one["id"] == id).unwrap();
        one["baseline"]["value"] = json!(baseline);
        one["targets"][0]["value"] = json!(target);
    };
    number(&mut document, "stations-5g", 1.0, 4.0);
    number(&mut document, "stations-5g-in-zones", 0.0, 1.0);
    document["quotas"] = json!([{ "operator": "Viettel", "actions": 1 }, { "operator": "VNPT", "actions": 2 }]);
    let own = format!("{all}/thu-2025");
    let (status, changed) = country.json("PUT", &own, Some(json!({ "programme": document }))).await;
    assert_eq!(status, StatusCode::OK, "{changed}");

    let evaluation = country.get(&format!("{own}/evaluation?{DAY}")).await;
    assert_eq!(evaluation["run"], run);
    let stations = indicator(&evaluation, "stations-5g");
    assert_eq!(
        (stations["value"].as_f64(), stations["gap"].as_f64()),
        (Some(1.0), Some(3.0))
    );
    assert_eq!(stations["status"], "at_risk");
    assert!(stations["status_reason"]["vi"].as_str().unwrap().contains("1 trạm"));
    assert_eq!(indicator(&evaluation, "stations")["value"], 8.0);
    assert_eq!(
        indicator(&evaluation, "industrial-park-area")["readings"][2]["figure"]["value"],
        1053.76
    );

    // The rows behind a figure.
    let rows = country.get(&format!("{own}/indicators/stations-5g/rows?{DAY}")).await;
    assert_eq!(
        (rows["total"].as_u64(), rows["rows"][0]["site_code"].as_str()),
        (Some(1), Some("Viettel-2"))
    );
    assert!(!rows["rows"][0]["cells"].as_array().unwrap().is_empty());
    country
        .refused(
            "GET",
            &format!("{all}/lang-son-251/indicators/iot-in-zones/rows"),
            None,
            404,
            "not_found",
        )
        .await;

    // What is missing opens the planner; its plan meets the targets.
    let wish = country.get(&format!("{own}/planner?{DAY}")).await;
    assert_eq!(wish["actions"], 3);
    assert_eq!(wish["minimum_in_zones"], 1);
    assert_eq!(wish["quotas"], json!({ "Viettel": 1, "VNPT": 2 }));
    let plan = country.run(&project, "plan-runs", wish).await;
    let projection = country.get(&format!("{own}/projection?plan={plan}&{DAY}")).await;
    let projected = indicator(&projection, "stations-5g");
    assert_eq!(
        (projected["projected"].as_f64(), projected["projected_status"].as_str()),
        (Some(4.0), Some("met"))
    );
    assert_eq!(
        indicator(&projection, "stations-5g-in-zones")["projected_status"],
        "met"
    );
    assert_eq!(projection["binding"], json!([]), "{projection}");
    assert_eq!(projection["planner"]["actions"], 0);
    let phases = projection["phases"].as_array().unwrap();
    assert_eq!(phases.last().unwrap()["actions"], 3);

    // The year's plan holds the three sites.
    let year = country.get(&format!("{own}/annual-plan?year=2026&{DAY}")).await;
    assert_eq!(
        (year["rows"].as_array().unwrap().len(), year["plan"].as_str()),
        (3, Some(plan.as_str()))
    );
    assert_eq!(year["switch_off"]["locations"], json!(["Viettel-1"]));
    assert!(year["switch_off"]["reason"]["vi"].is_string(), "the run has no 2G");

    // Files: the same bytes twice, told by their hash.
    for (address, start) in [
        (format!("{own}/report?format=xlsx&{DAY}"), b"PK".as_slice()),
        (format!("{own}/report?format=docx&lang=en&{DAY}"), b"PK"),
        (format!("{own}/report?format=html&{DAY}"), b"<!doctype html>"),
        (format!("{own}/annual-plan?format=xlsx&year=2026&{DAY}"), b"PK"),
        (format!("{own}/annual-plan?format=docx&year=2026&{DAY}"), b"PK"),
        (
            format!("{own}/annual-plan?format=html&year=2026&{DAY}"),
            b"<!doctype html>",
        ),
        (
            format!("/api/projects/{project}/village-decisions?format=csv"),
            "\u{feff}Mã".as_bytes(),
        ),
        (format!("/api/projects/{project}/village-decisions?format=xlsx"), b"PK"),
    ] {
        let (headers, bytes) = country.file(&address).await;
        assert!(bytes.starts_with(start), "{address}");
        assert_eq!(headers["x-content-hash"], blake3::hash(&bytes).to_hex().as_str());
        assert!(
            country.file(&address).await.1 == bytes,
            "{address}: other bytes the second time"
        );
    }
    let ancient = format!("{own}/report?today=0807-05-16");
    country.refused("GET", &ancient, None, 422, "bad_parameter").await;

    let history = country.get(&format!("{own}/history?{DAY}")).await;
    let points = indicator(&history, "stations-5g")["points"].as_array().unwrap().clone();
    assert_eq!(points[0]["source"], "baseline");
    assert!(
        points
            .iter()
            .any(|point| point["source"] == "run" && point["value"] == 1.0)
    );

    let (status, _) = country.json("DELETE", &own, None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    country.refused("GET", &own, None, 404, "not_found").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_bring_figures_lists_stages_and_answers() {
    let country = Country::open().await;
    let (project, _) = settled(&country).await;
    let all = format!("/api/projects/{project}/programmes");
    let base = format!("{all}/ha-tinh-529");

    // Class B: history is kept, the newest date counts, the modelled speed stands beside it.
    let speed = format!("{all}/cao-loc-2023");
    for (value, date) in [(38.0, "2025-03-01"), (44.0, "2025-09-01"), (41.0, "2025-06-01")] {
        let body = json!({ "indicator": "mobile-speed", "value": value, "date": date, "source": "i-Speed" });
        country.post(&format!("{speed}/reported"), body).await;
    }
    let evaluation = country.get(&format!("{speed}/evaluation?{DAY}")).await;
    let mobile = indicator(&evaluation, "mobile-speed");
    assert_eq!(
        (mobile["value"].as_f64(), mobile["reported"].as_array().unwrap().len()),
        (Some(44.0), 3)
    );
    assert!(mobile["estimate"]["value"].as_f64().unwrap() > 1.0, "{mobile}");
    assert!(mobile["conflict"].is_number());
    assert!(
        evaluation["area"]["note"]["vi"]
            .as_str()
            .unwrap()
            .contains("Cao Lộc, tỉnh Lạng Sơn không còn từ 01/07/2025")
    );
    assert_eq!(
        country.get(&format!("{speed}/reported")).await[0]["value"],
        41.0,
        "the newest entry first"
    );
    let bad = json!({ "indicator": "villages-ftth", "value": 101, "date": "2025-09-01", "source": "x" });
    country
        .refused("POST", &format!("{speed}/reported"), Some(bad), 422, "bad_parameter")
        .await;

    // The district's programme on the communes of today, one of them only in part the old district's.
    let row =
        |to: &str, exact: bool| json!({ "from_code": "06184", "from_name": "Xã cũ", "to_code": to, "exact": exact });
    let rows = json!({ "rows": [row("18800", true), row("18801", false)] });
    let (status, _) = country.json("PUT", &format!("{speed}/crosswalk"), Some(rows)).await;
    assert_eq!(status, StatusCode::OK);
    let evaluation = country.get(&format!("{speed}/evaluation?{DAY}")).await;
    assert_eq!(evaluation["area"]["exact"], false);
    let villages = indicator(&evaluation, "villages-broadband");
    assert!(villages["readings"][0]["figure"]["range"].is_array(), "{villages}");

    // The operators' lists: quota, masts too close, what stands there already.
    let site = |code: &str, lon: f64, action: &str| json!({ "code": code, "lon": lon, "lat": 18.26, "action": action });
    let list = |operator: &str, date: &str, sites: Value| json!({ "operator": operator, "date": date, "sites": sites });
    let lists = format!("{base}/site-lists");
    country
        .post(
            &lists,
            list(
                "Viettel",
                "2025-10-14",
                json!([site("VT-N1", 105.70, "new_tower"), site("VNPT-2", 105.68, "co_locate")]),
            ),
        )
        .await;
    let answer = country
        .post(
            &lists,
            list(
                "VNPT",
                "2025-10-16",
                json!([
                    site("VN-N1", 105.7004, "new_tower"),
                    site("VN-X", 107.5, "upgrade"),
                    site("VNPT-2", 105.68, "upgrade")
                ]),
            ),
        )
        .await;
    let codes: Vec<&str> = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    for code in ["under_quota", "outside_area", "nothing_to_upgrade", "both_plan_a_mast"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    let wrong = list("VNPT", "2025-10-16", json!([site("A", 105.7, "dig")]));
    country.refused("POST", &lists, Some(wrong), 400, "bad_parameter").await;

    // A file as a list: checked as an import, handed in without being committed.
    let (_, import) = country
        .upload(
            &project,
            "sites",
            "mobifone.csv",
            sites("MobiFone", &[(105.72, 18.3, "5G")]).as_bytes(),
        )
        .await;
    let body = json!({ "import": import["id"], "operator": "MobiFone", "date": "2025-10-16" });
    let handed = country.post(&format!("{lists}/from-import"), body).await;
    assert_eq!(
        (handed["sites"].as_u64(), handed["by_action"]["new_tower"].as_u64()),
        (Some(1), Some(1))
    );

    // A list is its own receipt; results are noted.
    let results = json!({ "deliverable": "results", "who": "VNPT", "date": "2025-12-19" });
    country.post(&format!("{base}/submissions"), results).await;
    // On a mast that two operators plan on, each speaks of its own site.
    let stage = format!("{base}/sites/VNPT-2/stage");
    let built = json!({ "stage": "built", "date": "2025-11-02" });
    country
        .refused("POST", &stage, Some(built.clone()), 422, "bad_parameter")
        .await;
    let mut of_vnpt = built;
    of_vnpt["operator"] = json!("VNPT");
    country.post(&stage, of_vnpt).await;
    country
        .post(
            &format!("{base}/sites/VT-N1/stage"),
            json!({ "stage": "permitted", "date": "2025-11-01" }),
        )
        .await;
    let flow = country.get(&format!("{base}/workflow?today=2025-10-20")).await;
    let status = |who: &str| {
        let rows = flow["deliveries"].as_array().unwrap();
        let row = rows
            .iter()
            .find(|row| row["deliverable"] == "site-list" && row["who"] == who);
        row.unwrap()["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (status("Viettel"), status("VNPT"), status("MobiFone")),
        (
            "received".to_owned(),
            "received_late".to_owned(),
            "received_late".to_owned()
        )
    );
    assert_eq!(flow["conflicts"].as_array().unwrap().len(), 1);
    assert_eq!(
        flow["stages"]["planned"], 6,
        "what is said of November is not known in October"
    );
    let quota = flow["quotas"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["operator"] == "VNPT")
        .unwrap()
        .clone();
    assert_eq!(
        (quota["quota"].as_u64(), quota["listed"].as_u64()),
        (Some(100), Some(3))
    );
    let late = country.get(&format!("{base}/workflow?today=2025-12-31")).await;
    let of_results = |who: &str| {
        let rows = late["deliveries"].as_array().unwrap();
        let row = rows
            .iter()
            .find(|row| row["deliverable"] == "results" && row["who"] == who);
        row.unwrap()["status"].clone()
    };
    assert_eq!(
        (of_results("VNPT"), of_results("Viettel")),
        (json!("received"), json!("missing"))
    );
    let flow = country.get(&format!("{base}/workflow?{DAY}")).await;
    assert_eq!(
        (flow["stages"]["permitted"].as_u64(), flow["stages"]["built"].as_u64()),
        (Some(1), Some(1))
    );
    assert_eq!(flow["against_built"]["outstanding"].as_array().unwrap().len(), 6);
    let states = country.get(&format!("{base}/sites?{DAY}")).await;
    assert_eq!(states.as_array().unwrap().len(), 6);
    country
        .refused(
            "POST",
            &format!("{base}/sites/none/stage"),
            Some(json!({ "stage": "built", "date": "2025-11-01" })),
            404,
            "not_found",
        )
        .await;

    // The village table follows the project's own rules, and the list goes out as it is shown.
    let rules = format!("/api/projects/{project}/village-rules");
    let mut own = country.get(&rules).await["rules"].clone();
    for rule in own.as_array_mut().unwrap() {
        rule["route_vi"] = json!("Theo quy định của tỉnh");
    }
    let (status, _) = country.json("PUT", &rules, Some(json!({ "rules": own }))).await;
    assert_eq!(status, StatusCode::OK);
    let villages = format!("/api/projects/{project}/village-decisions");
    let shown = country.get(&villages).await;
    let rows = shown["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    assert!(
        rows.iter()
            .all(|row| row["route_vi"] == "Theo quy định của tỉnh" && row["class"].is_string())
    );
    let exported = country.get(&format!("{villages}?format=geojson")).await;
    let features = exported["features"].as_array().unwrap();
    assert_eq!(features.len(), rows.len());
    assert!(
        features
            .iter()
            .zip(rows)
            .all(|(feature, row)| feature["properties"]["class"] == row["class"])
    );

    // A zone board's call and an answer.
    let call = json!({ "kind": "demand_area", "from": "Ban Quản lý KKT", "title": "KCN Thử", "zone_code": "KCN1", "date": "2025-10-01" });
    let call = country.post(&format!("{base}/calls"), call).await;
    let answers = format!("{base}/calls/{}/answers", call["id"].as_str().unwrap());
    let answered = country
        .post(
            &answers,
            json!({ "operator": "VNPT", "answer": "joins", "date": "2025-10-05" }),
        )
        .await;
    assert_eq!(answered["answers"][0]["answer"], "joins");
    assert_eq!(
        country.get(&format!("{base}/calls")).await[0]["answers"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_document_is_told_by_line_and_field() {
    let country = Country::open().await;
    let project = country.project("Sai").await;
    let all = format!("/api/projects/{project}/programmes");
    country
        .refused(
            "POST",
            &all,
            Some(json!({ "copy_of": "none", "key": "a" })),
            404,
            "not_found",
        )
        .await;
    let taken = json!({ "copy_of": "ha-tinh-529", "key": "lang-son-251" });
    country.refused("POST", &all, Some(taken), 409, "conflict").await;
    let key = json!({ "copy_of": "ha-tinh-529", "key": "Không hợp lệ" });
    let problem = country.refused("POST", &all, Some(key), 422, "invalid_programme").await;
    assert_eq!(problem["problems"][0]["field"], "key");
    country
        .post(&all, json!({ "copy_of": "long-an-2550", "key": "a" }))
        .await;
    let shown = country.get(&format!("{all}/a")).await;
    let broken = shown["text"]
        .as_str()
        .unwrap()
        .replacen("unit = \"location\"", "unit = \"mast\"", 1);
    let line = broken.lines().position(|line| line.contains("\"mast\"")).unwrap() + 1;
    let problem = country
        .refused(
            "PUT",
            &format!("{all}/a"),
            Some(json!({ "text": broken })),
            422,
            "invalid_programme",
        )
        .await;
    assert_eq!(problem["problems"][0]["line"], line);
    assert_eq!(problem["problems"][0]["field"], "indicators.switch-off-2g.unit");
    assert_eq!(
        country.get(&format!("{all}/a")).await["text"],
        shown["text"],
        "nothing was changed"
    );
    let shipped = json!({ "text": shown["text"] });
    country
        .refused(
            "PUT",
            &format!("{all}/long-an-2550"),
            Some(shipped),
            409,
            "shipped_programme",
        )
        .await;
    let (status, checked) = country
        .json("POST", &format!("{all}/check"), Some(json!({ "text": "key = 1" })))
        .await;
    assert_eq!((status, checked["valid"].as_bool()), (StatusCode::OK, Some(false)));

    // Village rules: the project's own, refused by line, and back to those that ship.
    let rules = format!("/api/projects/{project}/village-rules");
    let shipped = country.get(&rules).await;
    assert_eq!(shipped["own"], false);
    let mut own = shipped["rules"].clone();
    own[0]["route_vi"] = json!("Đã đủ");
    let (status, changed) = country.json("PUT", &rules, Some(json!({ "rules": own }))).await;
    assert_eq!(
        (
            status,
            changed["own"].as_bool(),
            changed["rules"][0]["route_vi"].as_str()
        ),
        (StatusCode::OK, Some(true), Some("Đã đủ"))
    );
    let bad = json!({ "text": "[[rules]]\nid = \"x\"\nclas = [\"white\"]\n" });
    let problem = country
        .refused("PUT", &rules, Some(bad), 422, "invalid_programme")
        .await;
    assert_eq!(problem["problems"][0]["line"], 3);
    country.json("DELETE", &rules, None).await;
    assert_eq!(country.get(&rules).await["own"], false);
}

/// What is missing of a share opens the planner at the least cost that reaches it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_share_opens_the_planner() {
    let country = Country::open().await;
    let (project, _) = settled(&country).await;
    let all = format!("/api/projects/{project}/programmes");
    // Villages by 5G: the country has one such station, and five villages.
    country
        .post(&all, json!({ "copy_of": "binh-phuoc-2023", "key": "thon-5g" }))
        .await;
    let base = format!("{all}/thon-5g");
    let text = country.get(&base).await["text"].as_str().unwrap().to_owned();
    let text = text.replacen("technologies = [\"4g\"]", "technologies = [\"5g\"]", 1);
    let (status, changed) = country.json("PUT", &base, Some(json!({ "text": text }))).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    let evaluation = country.get(&format!("{base}/evaluation?{DAY}")).await;
    let wishes = &evaluation["planner"]["coverage"];
    assert_eq!(
        (&wishes[0]["indicator"], &wishes[0]["technology"]),
        (&json!("villages-broadband"), &json!("5g")),
        "{evaluation}"
    );
    let targets = json!([{ "of": "villages", "share": 1.0 }]);
    for of in ["", "indicator=villages-broadband&"] {
        let wish = country.get(&format!("{base}/planner?{of}{DAY}")).await;
        assert_eq!((&wish["technology"], &wish["actions"]), (&json!("5g"), &Value::Null));
        assert_eq!(wish["goal"]["least_cost"]["targets"], targets);
    }
    let nothing = format!("{base}/planner?indicator=nothing&{DAY}");
    country.refused("GET", &nothing, None, 404, "not_found").await;
    let reported = format!("{base}/planner?indicator=mobile-speed&{DAY}");
    country.refused("GET", &reported, None, 409, "nothing_missing").await;
    // The wish is a plan run's body as it is.
    let mut wish = country.get(&format!("{base}/planner?{DAY}")).await;
    wish["curve"] = json!(false);
    wish["footprint_zoom"] = json!(10);
    let plan = country.run(&project, "plan-runs", wish).await;
    let projection = country.get(&format!("{base}/projection?plan={plan}&{DAY}")).await;
    let villages = indicator(&projection, "villages-broadband");
    assert!(
        villages["projected"].as_f64() > villages["value"].as_f64(),
        "{villages}"
    );
}

/// Long An's yearly product: the operators' lists by commune and quarter, and what goes dark without 2G.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_annual_plan_is_of_the_operators_lists() {
    let country = Country::open().await;
    let (project, _) = settled(&country).await;
    let parameters = json!({ "technologies": ["2g", "4g"], "zoom": 10 });
    country.run(&project, "coverage-runs", parameters).await;
    let base = format!("/api/projects/{project}/programmes/long-an-2550");
    let site = |code: &str, lon: f64, action: &str, quarter: u8| json!({ "code": code, "lon": lon, "lat": 18.26, "action": action, "quarter": quarter });
    let sites = json!([
        site("N1", 105.65, "new_tower", 1),
        site("N2", 105.66, "pole_small_cell", 1),
        site("VNPT-0", 105.67, "upgrade", 2),
        site("Viettel-0", 105.75, "co_locate", 4)
    ]);
    let list = json!({ "operator": "VNPT", "date": "2025-12-20", "sites": sites });
    country.post(&format!("{base}/site-lists"), list).await;
    let year = country
        .get(&format!("{base}/annual-plan?year=2026&today=2025-12-31"))
        .await;
    let totals: Vec<_> = year["totals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let number = |name: &str| row[name].as_u64().unwrap();
            (
                number("quarter"),
                row["commune"].as_str().unwrap(),
                [number("build"), number("upgrade"), number("share")],
            )
        })
        .collect();
    let expected = [(1, "Xã 0", [2, 0, 0]), (2, "Xã 0", [0, 1, 0]), (4, "Xã 1", [0, 0, 1])];
    assert_eq!(totals, expected);
    assert_eq!(year["switch_off"]["locations"], json!(["Viettel-1"]));
    assert!(year["switch_off"]["villages"].is_u64(), "the run has 2G: {year}");
    // The list is what the operators owe each year.
    let flow = country.get(&format!("{base}/workflow?today=2025-12-31")).await;
    let owed = flow["deliveries"].as_array().unwrap();
    let status = |who: &str| owed.iter().find(|row| row["who"] == who).unwrap()["status"].clone();
    assert_eq!((status("VNPT"), status("Viettel")), (json!("received"), json!("open")));
    let (_, page) = country
        .file(&format!("{base}/annual-plan?format=html&year=2026&today=2025-12-31"))
        .await;
    let page = String::from_utf8(page).unwrap();
    for text in [
        "Tây Ninh, ngày 31 tháng 12 năm 2025",
        "2550/STTTT-BCTT",
        "Xã 0",
        "Dùng chung",
    ] {
        assert!(page.contains(text), "{text} is missing");
    }
}
