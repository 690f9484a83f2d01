//! Who may use which route, for every route and every role; and that nobody learns of another operator's masts through any of them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // Helpers of tests may fail the test.

mod accounts;
#[path = "../country/mod.rs"]
mod country;
mod matrix;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use country::{Country, sites};
use matrix::MATRIX;
use serde_json::{Value, json};
use server::{Accounts, ROUTES};
use store::{NewAccount, Role};

/// Letters of the matrix with their roles; nobody has none.
const LETTERS: [(char, Option<Role>); 8] = [
    ('a', Some(Role::Administrator)),
    ('p', Some(Role::Planner)),
    ('u', Some(Role::Auditor)),
    ('o', Some(Role::Operator)),
    ('z', Some(Role::ZoneBoard)),
    ('c', Some(Role::Commune)),
    ('b', Some(Role::Public)),
    ('n', None),
];

/// The country with accounts: one of every role.
struct Guarded {
    country: Country,
    project: String,
    coverage: String,
    plan: String,
    sharing: String,
    accounts: BTreeMap<char, String>,
}

/// What nobody but VNPT and the department may learn: a mast's code, name and the digits of its place.
const SECRETS: [&str; 4] = ["VNPT-0", "Trạm kín", "105.7531", "18.3127"];

impl Guarded {
    async fn open() -> Self {
        let mut country = Country::open().await;
        let project = country.settle("Tỉnh có tài khoản").await;
        let list = sites("VNPT", &[(105.75314, 18.31276, "4G")]).replace("Trạm 0", "Trạm kín");
        country.import(&project, "sites", "vnpt.csv", list.as_bytes()).await;
        let parameters = json!({ "technologies": ["4g"], "zoom": 11 });
        let coverage = country.run(&project, "coverage-runs", parameters).await;
        let wish = json!({ "technology": "5g", "actions": 3, "at_most": true });
        let plan = country.run(&project, "plan-runs", wish).await;
        let sharing = country.run(&project, "sharing-runs", json!({})).await;
        let mut accounts = BTreeMap::new();
        for (letter, role) in LETTERS {
            let Some(role) = role else { continue };
            let new = NewAccount {
                name: role.name().to_owned(),
                display_name: role.name().to_owned(),
                role,
                operator: (role == Role::Operator).then(|| "Viettel".to_owned()),
            };
            let account = country.service.store.create_account(new).await.unwrap();
            accounts.insert(letter, account.id);
        }
        country.service = country.service.clone().with_accounts(Accounts::default());
        Self {
            country,
            project,
            coverage,
            plan,
            sharing,
            accounts,
        }
    }

    /// Sends a request as the role of a letter, in a session of its own.
    async fn send(&self, letter: char, method: &str, path: &str) -> (StatusCode, Vec<u8>) {
        let mut builder = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "phusong.example")
            .header(header::ORIGIN, "https://phusong.example");
        if let Some(account) = self.accounts.get(&letter) {
            let session = self.country.service.store.begin_session(account).await.unwrap();
            builder = builder.header(header::COOKIE, format!("__Host-phusong={}", session.secret));
        }
        let (status, _, bytes) = self.country.send(builder.body(Body::empty()).unwrap()).await;
        (status, bytes)
    }

    /// An address of a route: real names for looking, names of nothing for changing.
    fn address(&self, method: &str, path: &str) -> String {
        let looking = method == "GET";
        let real = |name: &str| if looking { name.to_owned() } else { "none".to_owned() };
        path.replace("{project}", &real(&self.project))
            .replace("{run}", &real(&self.coverage))
            .replace("{collection}", "sites")
            .replace("{layer}", "4g-any-probability")
            .replace("{footprint}", "4g-any.geojson")
            .replace("{item}", "Viettel-0")
            .replace("{kind}", "sites")
            .replace("{z}", "10")
            .replace("{x}", "812")
            .replace("{y}", "459")
            .replace("{*rest}", "index.html")
            .replace("{candidate}", "none")
            .replace("{key}", "ha-tinh-529")
            .replace("{indicator}", "stations-5g")
            .replace("{code}", "none")
            .replace("{call}", "none")
            .replace("{import}", "none")
            .replace("{job}", "none")
            .replace("{user}", "none")
            .replace("{token}", "none")
    }
}

fn matrix_paths() -> BTreeSet<(String, String)> {
    MATRIX
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_has_a_row_and_lets_in_whom_it_says() {
    let guarded = Guarded::open().await;
    let (_, document) = guarded.send('n', "GET", "/api/openapi.json").await;
    let document: Value = serde_json::from_slice(&document).unwrap();
    let rows = matrix_paths();
    let policy: BTreeSet<(String, String)> = ROUTES
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(
        rows, policy,
        "the service's own table and this one name the same routes"
    );
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let row = (method.to_uppercase(), path.clone());
            assert!(
                rows.contains(&row),
                "{} {path} has no row: say in both tables who may use it",
                row.0
            );
        }
    }
    for (method, path, allowed) in MATRIX {
        let address = guarded.address(method, path);
        for (letter, _) in LETTERS {
            let (status, body) = guarded.send(letter, method, &address).await;
            let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
            let refused = ["sign_in_needed", "not_allowed"].contains(&problem["code"].as_str().unwrap_or(""));
            assert_eq!(
                !refused,
                allowed.contains(letter),
                "{method} {address} as {letter}: {status} {problem}"
            );
            assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {address}");
            if refused {
                let expected = if letter == 'n' { 401 } else { 403 };
                assert_eq!(status.as_u16(), expected, "{method} {address} as {letter}");
            }
        }
    }
}

/// Every address that could tell of a mast, in every form that it can be asked for.
fn telling_addresses(guarded: &Guarded) -> Vec<String> {
    let (project, coverage, plan) = (&guarded.project, &guarded.coverage, &guarded.plan);
    let mut addresses: Vec<String> = ["", "/imports", "/runs", "/style.json"]
        .iter()
        .map(|rest| format!("/api/projects/{project}{rest}"))
        .collect();
    addresses.push("/api/projects".to_owned());
    addresses.push(format!("/api/projects/{project}/pole-candidates"));
    addresses.push(format!("/ogc/{project}"));
    addresses.push(format!("/ogc/{project}/collections"));
    for run in [coverage, plan, &guarded.sharing] {
        for rest in [
            "",
            "/candidates",
            "/plan",
            "/warnings",
            "/layers",
            "/sharing",
            "/candidates.xlsx",
        ] {
            addresses.push(format!("/api/projects/{project}/runs/{run}{rest}"));
        }
    }
    for operator in ["any", "VNPT", "vnpt", "Viettel"] {
        for table in ["areas", "places"] {
            addresses.push(format!(
                "/api/projects/{project}/runs/{coverage}/{table}?technology=4g&operator={operator}"
            ));
        }
        addresses.push(format!(
            "/api/projects/{project}/runs/{coverage}/footprints/4g-{operator}.geojson"
        ));
        addresses.push(format!(
            "/api/projects/{project}/export?layer=signal&format=tif&operator={operator}"
        ));
        addresses.push(format!(
            "/api/projects/{project}/runs/{coverage}/point/budget?lon=105.75&lat=18.31&operator={operator}"
        ));
        for quantity in ["signal", "best_server", "probability"] {
            addresses.push(format!(
                "/api/projects/{project}/runs/{coverage}/tiles/4g-{operator}-{quantity}/11/1625/919.png"
            ));
        }
    }
    addresses.push(format!(
        "/api/projects/{project}/runs/{coverage}/point?lon=105.75314&lat=18.31276"
    ));
    let collections = [
        "sites",
        "stations",
        "cells",
        "communes",
        "zones",
        "places",
        "villages",
        "footprints",
        "candidates",
    ];
    for collection in collections {
        let root = format!("/ogc/{project}/collections/{collection}");
        addresses.push(format!("{root}/items?bbox=105.7,18.2,105.8,18.4"));
        addresses.push(format!("{root}/items"));
        addresses.push(root);
        addresses.push(format!("/api/projects/{project}/vector/{collection}"));
        addresses.push(format!("/api/projects/{project}/vector/{collection}/8/203/114.mvt"));
        addresses.push(format!("/api/projects/{project}/vector/{collection}/10/812/459.mvt"));
        for format in ["geojson", "csv", "xlsx", "kml", "gpkg", "fgb", "shp"] {
            addresses.push(format!(
                "/api/projects/{project}/export?layer={collection}&format={format}"
            ));
        }
    }
    addresses
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_learns_of_another_operators_mast() {
    let guarded = Guarded::open().await;
    let told = |body: &[u8]| -> Vec<&str> {
        let text = String::from_utf8_lossy(body).into_owned();
        SECRETS.into_iter().filter(|secret| text.contains(secret)).collect()
    };
    let mut told_to_the_department = BTreeSet::new();
    for address in telling_addresses(&guarded) {
        let (_, body) = guarded.send('p', "GET", &address).await;
        told_to_the_department.extend(told(&body));
        for letter in ['o', 'z', 'c', 'b', 'n'] {
            let (status, body) = guarded.send(letter, "GET", &address).await;
            // The point query repeats the place that was asked for.
            if !address.contains("/point?") {
                assert_eq!(told(&body), Vec::<&str>::new(), "{address} as {letter}: {status}");
            }
        }
    }
    assert_eq!(
        told_to_the_department,
        SECRETS.into(),
        "the test looks for what is there"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_than_the_department_get_is_less_and_not_nothing() {
    let guarded = Guarded::open().await;
    let get = async |letter: char, rest: &str| -> (u16, Value) {
        let (status, body) = guarded
            .send(letter, "GET", &rest.replace("{p}", &guarded.project))
            .await;
        (status.as_u16(), serde_json::from_slice(&body).unwrap_or_default())
    };
    let sites = async |letter| get(letter, "/ogc/{p}/collections/sites/items").await.1["numberMatched"].clone();
    assert_eq!(
        [sites('p').await, sites('o').await, sites('z').await],
        [json!(3), json!(2), json!(0)]
    );
    let other = get('o', "/ogc/{p}/collections/sites/items/VNPT-0").await;
    let none = get('o', "/ogc/{p}/collections/sites/items/VNPT-7").await;
    assert_eq!((other.0, none.0), (404, 404), "another's mast is as unknown as none");

    let run = format!("/api/projects/{{p}}/runs/{}", guarded.coverage);
    let keys = async |letter| -> Vec<String> {
        let (_, layers) = get(letter, &format!("{run}/layers")).await;
        let list = layers.as_array().unwrap().iter();
        list.map(|layer| layer["key"].as_str().unwrap().to_owned()).collect()
    };
    let own = keys('o').await;
    assert!(own.contains(&"4g-viettel-signal".to_owned()) && own.contains(&"4g-any-probability".to_owned()));
    assert!(
        !own.iter().any(|key| key.contains("vnpt") || key == "4g-any-signal"),
        "{own:?}"
    );
    assert_eq!(keys('b').await, ["4g-any-probability"]);
    let tile = |zoom: u8, x: u32, y: u32| format!("{run}/tiles/4g-any-probability/{zoom}/{x}/{y}.png");
    assert_eq!(get('o', &tile(10, 812, 459)).await.0, 200);
    assert_eq!(get('o', &tile(11, 1625, 919)).await.0, 404, "too fine");
    assert_eq!(get('p', &tile(11, 1625, 919)).await.0, 200);

    // What the department looked at before is in memory, and no less secret for that.
    for layer in ["4g-any-signal", "4g-vnpt-signal", "4g-vnpt-probability"] {
        let tile = format!("{run}/tiles/{layer}/10/812/459.png");
        let statuses = [
            get('p', &tile).await.0,
            get('o', &tile).await.0,
            get('b', &tile).await.0,
        ];
        assert_eq!(statuses, [200, 404, 404], "{layer}");
    }

    let (_, places) = get('b', &format!("{run}/places?technology=4g")).await;
    let rows = places["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["served"] == true));
    assert!(
        rows.iter()
            .all(|row| row["best_cell"].is_null() && row["signal_dbm"].is_null())
    );
    assert_eq!(
        get('b', &format!("/api/projects/{{p}}/runs/{}", guarded.plan)).await.0,
        404
    );
    let (_, actions) = get('o', &format!("/api/projects/{{p}}/runs/{}/candidates", guarded.plan)).await;
    for action in actions["features"].as_array().unwrap() {
        assert_eq!(action["properties"]["operator"], "Viettel");
        assert!(action["properties"]["nearest_mast_m"].is_null() && action["properties"]["reason_vi"].is_null());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_sends_its_own_list_and_nobody_elses() {
    let guarded = Guarded::open().await;
    let session = guarded
        .country
        .service
        .store
        .begin_session(&guarded.accounts[&'o'])
        .await
        .unwrap();
    let upload = async |kind: &str, text: String| {
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\n\r\n{text}\r\n--b--\r\n"
        );
        let request = Request::post(format!("/api/projects/{}/imports?kind={kind}", guarded.project))
            .header(header::HOST, "phusong.example")
            .header(header::ORIGIN, "https://phusong.example")
            .header(header::COOKIE, format!("__Host-phusong={}", session.secret))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::from(body))
            .unwrap();
        let (status, _, bytes) = guarded.country.send(request).await;
        let text = String::from_utf8(bytes).unwrap();
        assert!(!SECRETS.iter().any(|secret| text.contains(secret)), "{text}");
        (status.as_u16(), serde_json::from_str::<Value>(&text).unwrap())
    };
    // A mast of its own a few metres from the one that it may not know of.
    let (status, import) = upload(
        "sites",
        sites("Viettel", &[(105.7531, 18.3127, "4G")]).replace("Viettel-0", "M-0"),
    )
    .await;
    assert_eq!(status, 201, "{import}");
    let (status, problem) = upload("sites", sites("MobiFone", &[(105.66, 18.3, "4G")])).await;
    assert_eq!((status, problem["code"].as_str()), (403, Some("other_operators_rows")));
    assert_eq!(upload("places", "Mã thôn\n1\n".to_owned()).await.0, 403);
    let (_, own) = guarded
        .send('o', "GET", &format!("/api/projects/{}/imports", guarded.project))
        .await;
    let own: Value = serde_json::from_slice(&own).unwrap();
    assert_eq!(own.as_array().unwrap().len(), 1, "and not those of the department");
    let commit = format!(
        "/api/projects/{}/imports/{}/commit",
        guarded.project,
        import["id"].as_str().unwrap()
    );
    assert_eq!(guarded.send('o', "POST", &commit).await.0, StatusCode::FORBIDDEN);
    assert_eq!(guarded.send('p', "POST", &commit).await.0, StatusCode::OK);
    // In the background it sees how far its own list is, and may stop it.
    let (status, job) = upload("sites&as_job=true", sites("Viettel", &[(105.76, 18.31, "4G")])).await;
    assert_eq!(status, 202, "{job}");
    let job = format!("/api/jobs/{}", job["id"].as_str().unwrap());
    let (status, _) = guarded.send('o', "GET", &format!("{job}/events")).await;
    assert_eq!(status, StatusCode::OK, "the events end with the job");
    let (_, ended) = guarded.send('o', "GET", &job).await;
    let ended: Value = serde_json::from_slice(&ended).unwrap();
    assert_eq!(ended["status"], "succeeded", "{ended}");
    let own = format!(
        "/api/projects/{}/imports/{}",
        guarded.project,
        ended["result"]["import"].as_str().unwrap()
    );
    assert_eq!(guarded.send('o', "GET", &own).await.0, StatusCode::OK);
    let (_, job) = upload("sites&as_job=true", sites("MobiFone", &[(105.66, 18.3, "4G")])).await;
    let refused = guarded
        .country
        .service
        .store
        .job(job["id"].as_str().unwrap())
        .await
        .unwrap();
    let refused = format!("/api/jobs/{}", refused.id);
    guarded.send('o', "GET", &format!("{refused}/events")).await;
    let (_, refused) = guarded.send('o', "GET", &refused).await;
    let refused: Value = serde_json::from_slice(&refused).unwrap();
    assert_eq!(refused["problem"]["code"], "other_operators_rows", "{refused}");
    // Of others' lists, and of the department's work, it does not even learn that they are there.
    for (kind, sender) in [
        ("import", json!("MobiFone")),
        ("import", json!(null)),
        ("coverage", json!("Viettel")),
    ] {
        let store = &guarded.country.service.store;
        let job = store
            .create_job(Some(&guarded.project), kind, &json!({ "sender": sender }), "somebody")
            .await
            .unwrap();
        for (method, path) in [("GET", ""), ("GET", "/events"), ("DELETE", "")] {
            let (status, _) = guarded.send('o', method, &format!("/api/jobs/{}{path}", job.id)).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path} of {kind} from {sender}");
        }
    }
}
