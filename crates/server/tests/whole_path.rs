//! The whole path over HTTP, on a small made-up country: project, imports, coverage, tables, tiles, plan, export; and what is refused.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests may fail the test.

mod country;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use country::{Country, SIDE, SOUTH, WEST, sites, villages};
use geodesy::Bounds;
use geozero::mvt::Message;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_files_to_a_plan() {
    let country = Country::open().await;
    let project = country.settle("Tỉnh thử").await;
    let shown = country.get(&format!("/api/projects/{project}")).await;
    let kinds: Vec<&str> = shown["datasets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["areas", "places", "sites", "terrain"]);
    for (at, expected) in [WEST, SOUTH, WEST + SIDE, SOUTH + SIDE].into_iter().enumerate() {
        assert!((shown["bounds"][at].as_f64().unwrap() - expected).abs() < 1e-9);
    }

    let parameters = json!({ "technologies": ["4g"], "zoom": 11 });
    let run = country.run(&project, "coverage-runs", parameters.clone()).await;
    assert_eq!(
        country.run(&project, "coverage-runs", parameters).await,
        run,
        "the same inputs give the same run"
    );
    let base = format!("/api/projects/{project}/runs/{run}");

    let table = country
        .get(&format!("{base}/areas?technology=4g&operator=any&kind=commune"))
        .await;
    let rows = table["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    let percent = |row: &Value| row["area_percent"].as_f64().unwrap();
    assert!(
        percent(&rows[0]) > 20.0 && percent(&rows[0]) > percent(&rows[1]) + 10.0,
        "the wall shades the east: {rows:?}"
    );
    let total_km2: f64 = rows.iter().map(|row| row["km2"].as_f64().unwrap()).sum();
    assert!((table["totals"]["km2"].as_f64().unwrap() - total_km2).abs() < 1e-9);
    // 0.2° × 0.2° at 18.3° N is 22.14 km × 21.15 km.
    assert!((total_km2 - 468.0).abs() < 8.0, "{total_km2}");

    let places = country.get(&format!("{base}/places?technology=4g")).await;
    let places = places["rows"].as_array().unwrap();
    assert_eq!(places.len(), 5);
    assert_eq!(
        places.iter().find(|p| p["place_code"] == "T1").unwrap()["served"],
        true,
        "one kilometre from the mast"
    );

    let layers = country.get(&format!("{base}/layers")).await;
    let signal = layers
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["key"] == "4g-any-signal")
        .unwrap();
    assert_eq!((&signal["unit"], &signal["threshold"]), (&json!("dBm"), &json!(-105.0)));
    tile_is_drawn_once(&country, signal["tiles"].as_str().unwrap()).await;

    let footprint = country.get(&format!("{base}/footprints/4g-any.geojson")).await;
    assert_eq!(footprint["geometry"]["type"], "MultiPolygon");
    let point = country.get(&format!("{base}/point?lon=105.66&lat=18.3")).await;
    let value = point["values"]
        .as_array()
        .unwrap()
        .iter()
        .find(|v| v["layer"] == "4g-any-signal")
        .unwrap();
    assert!(value["value"].as_f64().unwrap() > -105.0, "{value}");
    budget_adds_up(&country, &base, value["value"].as_f64().unwrap()).await;
    answers_are_like_the_examples(&country, &base, &project).await;
    files_come_by_jobs(&country, &project).await;

    let plan = country
        .run(
            &project,
            "plan-runs",
            json!({ "technology": "5g", "actions": 1, "at_most": true }),
        )
        .await;
    let candidates = country
        .get(&format!("/api/projects/{project}/runs/{plan}/candidates"))
        .await;
    assert_eq!(candidates["features"].as_array().unwrap().len(), 1);
    assert_eq!(candidates["features"][0]["properties"]["rank"], 1);
    exports_agree(&country, &project, &candidates).await;
    ogc_pages(&country, &project).await;
    results_come_as_vector_tiles(&country, &project, &plan).await;

    country
        .import(
            &project,
            "places",
            "villages.csv",
            villages().replace("Thôn 4", "Thôn khác").as_bytes(),
        )
        .await;
    assert_eq!(country.get(&base).await["stale"], true);
    let (status, _) = country
        .json("POST", &format!("/api/projects/{project}/datasets/places/undo"), None)
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(country.get(&base).await["stale"], false);
}

async fn tile_is_drawn_once(country: &Country, address: &str) {
    let tile = geodesy::tile_grid::PixelWindow::covering(Bounds::new(105.65, 18.3, 105.651, 18.301), 11);
    let (x, y) = (tile.column / 256, tile.row / 256);
    let address = address
        .replace("{z}", "11")
        .replace("{x}", &x.to_string())
        .replace("{y}", &y.to_string());
    let request = |etag: Option<&str>| {
        let builder = Request::get(&address).header(header::HOST, "127.0.0.1:8080");
        let builder = if let Some(etag) = etag {
            builder.header(header::IF_NONE_MATCH, etag)
        } else {
            builder
        };
        builder.body(Body::empty()).unwrap()
    };
    let (status, headers, bytes) = country.send(request(None)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(bytes.get(..4), Some(b"\x89PNG".as_slice()));
    assert!(headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    assert!(pixels.iter().any(|index| *index > 0), "something is drawn");
    let (status, _, bytes) = country.send(request(headers[header::ETAG].to_str().ok())).await;
    assert_eq!((status, bytes.len()), (StatusCode::NOT_MODIFIED, 0));
}

async fn exports_agree(country: &Country, project: &str, candidates: &Value) {
    let exported = country
        .get(&format!(
            "/api/projects/{project}/export?layer=candidates&format=geojson"
        ))
        .await;
    assert_eq!(
        exported["features"].as_array().unwrap().len(),
        candidates["features"].as_array().unwrap().len()
    );
    let request = Request::get(format!("/api/projects/{project}/export?layer=sites&format=csv"))
        .header(header::HOST, "localhost")
        .body(Body::empty())
        .unwrap();
    let (status, headers, bytes) = country.send(request).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        headers[header::CONTENT_DISPOSITION]
            .to_str()
            .unwrap()
            .contains("sites.csv")
    );
    assert_eq!(
        String::from_utf8(bytes).unwrap().lines().count(),
        3,
        "a header and two sites"
    );
}

async fn ogc_pages(country: &Country, project: &str) {
    let first = country
        .get(&format!("/ogc/{project}/collections/villages/items?limit=2"))
        .await;
    assert_eq!(
        (&first["numberMatched"], &first["numberReturned"]),
        (&json!(5), &json!(2))
    );
    let next = first["links"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["rel"] == "next")
        .unwrap();
    let second = country.get(next["href"].as_str().unwrap()).await;
    assert_eq!(second["features"][0]["id"], "T2");
    let east = country
        .get(&format!(
            "/ogc/{project}/collections/villages/items?bbox=105.7,18,106,19"
        ))
        .await;
    assert_eq!(east["numberMatched"], 2);
    let one = country
        .get(&format!("/ogc/{project}/collections/communes/items/18800"))
        .await;
    assert_eq!(one["properties"]["name"], "Xã 0");
    let collections = country.get(&format!("/ogc/{project}/collections")).await;
    assert!(
        collections["collections"]
            .as_array()
            .unwrap()
            .iter()
            .any(|c| c["id"] == "footprints")
    );
}

/// Footprints and candidates as vector tiles, by the address that TileJSON gives; nothing where they are not.
async fn results_come_as_vector_tiles(country: &Country, project: &str, plan: &str) {
    let drawn = async |address: String| {
        let request = Request::get(address)
            .header(header::HOST, "localhost")
            .body(Body::empty())
            .unwrap();
        let (status, _, bytes) = country.send(request).await;
        assert_eq!(status, StatusCode::OK);
        let layers = geozero::mvt::Tile::decode(bytes.as_slice()).unwrap().layers;
        layers.iter().map(|layer| layer.features.len()).sum::<usize>()
    };
    for (name, least) in [("footprints", 2), ("candidates", 1)] {
        let described = country.get(&format!("/api/projects/{project}/vector/{name}")).await;
        let address = described["tiles"][0].as_str().unwrap();
        assert!(
            name != "candidates" || address.ends_with(&format!("?run={plan}")),
            "{address}"
        );
        let at = |x: &str, y: &str| address.replace("{z}", "8").replace("{x}", x).replace("{y}", y);
        assert!(drawn(at("203", "114")).await >= least, "{name}");
        assert_eq!(drawn(at("10", "10")).await, 0, "{name}");
    }
    let style = country.get(&format!("/api/projects/{project}/style.json")).await;
    let layers = style["layers"].as_array().unwrap();
    assert!(layers.iter().any(|layer| layer["source"] == "footprints"), "{style}");
}

/// Answers have the members that the document's examples show.
async fn answers_are_like_the_examples(country: &Country, base: &str, project: &str) {
    let document = country.get("/api/openapi.json").await;
    let example = |address: &str| {
        let answers = &document["paths"][address]["get"]["responses"];
        answers["200"]["content"]["application/json"]["example"].clone()
    };
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let of_run = |path: &str| format!("/api/projects/{{project}}/runs/{{run}}/{path}");
    let point = country.get(&format!("{base}/point?lon=105.66&lat=18.3")).await;
    let areas = country.get(&format!("{base}/areas?technology=4g")).await;
    let budget = country
        .get(&format!("{base}/point/budget?lon=105.66&lat=18.3&technology=4g"))
        .await;
    let jobs = country.get(&format!("/api/jobs?project={project}")).await;
    let job = jobs[0]["id"].as_str().unwrap();
    let job = country.get(&format!("/api/jobs/{job}")).await;
    for (address, answer) in [
        (of_run("point"), &point),
        (of_run("point/budget"), &budget),
        ("/api/jobs/{job}".to_owned(), &job),
    ] {
        assert_eq!(members(&example(&address)), members(answer), "{address}");
    }
    let first = |table: &Value, list: &str| members(&table[list][0]);
    assert_eq!(first(&example(&of_run("areas")), "rows"), first(&areas, "rows"));
    assert_eq!(first(&example(&of_run("point")), "values"), first(&point, "values"));
    assert_eq!(
        first(&example(&of_run("point/budget")), "lines"),
        first(&budget, "lines")
    );
}

/// The link budget of a place adds up to the map's pixel, and names the cell; where nothing reaches, it says so.
async fn budget_adds_up(country: &Country, base: &str, on_the_map_dbm: f64) {
    let budget = country
        .get(&format!("{base}/point/budget?lon=105.66&lat=18.3&technology=4g"))
        .await;
    let number = |name: &str| budget[name].as_f64().unwrap();
    assert_eq!(
        (&budget["served"], &budget["operator"]),
        (&json!(true), &json!("Viettel"))
    );
    assert!(
        budget["cell_code"].as_str().unwrap().starts_with("Viettel-0"),
        "{budget}"
    );
    assert!((number("distance_m") - 1057.0).abs() < 10.0, "{budget}");
    assert!((number("signal_dbm") - on_the_map_dbm).abs() < 0.06, "{budget}");
    let lines = budget["lines"].as_array().unwrap();
    let value = |key: &str| {
        lines.iter().find(|line| line["key"] == key).unwrap()["value"]
            .as_f64()
            .unwrap()
    };
    let parts = [
        "eirp",
        "antenna",
        "path_loss",
        "entry_loss",
        "receiver_gain",
        "cover_offset",
    ];
    assert!(
        (parts.map(value).iter().sum::<f64>() - value("signal")).abs() < 1e-6,
        "{budget}"
    );
    assert!((value("signal") - value("threshold") - value("fade_margin") - value("margin")).abs() < 1e-6);
    assert!(
        value("path_loss") < -60.0 && value("antenna") <= 0.05 && value("margin") > 0.0,
        "{budget}"
    );
    assert!(
        budget["why_vi"].as_str().unwrap().contains("cao hơn mức cần"),
        "{budget}"
    );
    let nowhere = country.get(&format!("{base}/point/budget?lon=100&lat=10")).await;
    assert_eq!((&nowhere["served"], &nowhere["lines"]), (&json!(false), &json!([])));
}

/// Exports and reports as jobs: progress, result, the same bytes as asked for at once; refused ones fail with their problem.
async fn files_come_by_jobs(country: &Country, project: &str) {
    let begin = async |path: &str, body: Value| {
        let (status, job) = country
            .json("POST", &format!("/api/projects/{project}/{path}"), Some(body))
            .await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        country.wait(job["id"].as_str().unwrap()).await
    };
    let fetch = async |path: &str| {
        let request = Request::get(path)
            .header(header::HOST, "localhost")
            .body(Body::empty())
            .unwrap();
        let (status, headers, bytes) = country.send(request).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        (headers[header::CONTENT_TYPE].to_str().unwrap().to_owned(), bytes)
    };
    for (begun, at_once) in [
        (
            begin("export-jobs", json!({ "layer": "sites", "format": "csv" })).await,
            "export?layer=sites&format=csv",
        ),
        (
            begin(
                "programmes/ha-tinh-529/report-jobs",
                json!({ "format": "docx", "today": "2025-10-15" }),
            )
            .await,
            "programmes/ha-tinh-529/report?format=docx&today=2025-10-15",
        ),
    ] {
        assert_eq!(begun["status"], "succeeded", "{begun}");
        let by_job = fetch(&format!("/api/jobs/{}/file", begun["id"].as_str().unwrap())).await;
        let direct = fetch(&format!("/api/projects/{project}/{at_once}")).await;
        assert!(by_job == direct, "{at_once}: the same file either way");
    }
    let failed = begin("export-jobs", json!({ "layer": "sinr", "format": "geojson" })).await;
    assert_eq!(
        (&failed["status"], &failed["problem"]["status"]),
        (&json!("failed"), &json!(422)),
        "{failed}"
    );
    let nothing = format!("/api/jobs/{}/file", failed["id"].as_str().unwrap());
    assert_eq!(country.json("GET", &nothing, None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operator_sends_its_own_list() {
    let country = Country::open().await;
    let project = country.settle("Ba nhà mạng").await;
    country
        .import(
            &project,
            "sites",
            "vnpt.csv",
            sites("VNPT", &[(105.75, 18.3, "4G")]).as_bytes(),
        )
        .await;
    let all = country.get(&format!("/ogc/{project}/collections/sites/items")).await;
    assert_eq!(all["numberMatched"], 3);
    country
        .import(
            &project,
            "sites",
            "viettel.csv",
            sites("Viettel", &[(105.65, 18.30, "4G/5G")]).as_bytes(),
        )
        .await;
    let all = country.get(&format!("/ogc/{project}/collections/sites/items")).await;
    assert_eq!(
        all["numberMatched"], 2,
        "Viettel's new list replaces its old one and leaves VNPT's"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_told_in_both_languages_and_changes_nothing() {
    let country = Country::open().await;
    let project = country.project("Sai").await;
    let broken_ring = json!({ "type": "FeatureCollection", "features": [{ "type": "Feature", "properties": {},
        "geometry": { "type": "Polygon", "coordinates": "none" } }] });
    let bad: [(&str, &str, &[u8]); 6] = [
        ("sites", "empty.csv", b""),
        ("sites", "picture.png", b"\x89PNG\r\n\x1a\n0000"),
        ("sites", "columns.csv", b"a,b\n1,2\n"),
        (
            "areas",
            "cut.geojson",
            b"{\"type\": \"FeatureCollection\", \"features\": [",
        ),
        ("areas", "ring.geojson", &broken_ring.to_string().into_bytes()),
        ("terrain", "dem.tif", b"this is no raster"),
    ];
    for (kind, name, content) in bad {
        let (status, problem) = country.upload(&project, kind, name, content).await;
        let refused = status.is_client_error()
            && ["code", "detail_vi", "detail_en"]
                .iter()
                .all(|key| problem[key].is_string());
        // A file whose every row is rejected is reported row by row instead, and cannot be committed.
        let rejected =
            status == StatusCode::CREATED && problem["report"]["accepted"] == 0 && problem["report"]["repaired"] == 0;
        assert!(refused || rejected, "{name}: {status} {problem}");
        if rejected {
            let id = problem["id"].as_str().unwrap();
            let (status, answer) = country
                .json("POST", &format!("/api/projects/{project}/imports/{id}/commit"), None)
                .await;
            assert_eq!(
                (status, &answer["code"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!("nothing_to_commit"))
            );
        }
    }
    assert_eq!(
        country.get(&format!("/api/projects/{project}")).await["datasets"],
        json!([])
    );

    let (status, job) = country
        .json(
            "POST",
            &format!("/api/projects/{project}/coverage-runs"),
            Some(json!({})),
        )
        .await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let job = country.wait(job["id"].as_str().unwrap()).await;
    assert_eq!(
        (&job["status"], &job["problem"]["code"]),
        (&json!("failed"), &json!("no_sites"))
    );

    let requests = [
        ("GET", "/api/projects/none", None, 404),
        ("POST", "/api/projects", Some(json!({ "name": " " })), 400),
        ("POST", "/api/projects", Some(json!({ "name": "Sai" })), 409),
        ("POST", "/api/projects", Some(json!({ "nam": "x" })), 422),
        ("GET", "/api/jobs/none", None, 404),
        ("GET", "/ogc/Sai/collections/none", None, 404),
        ("GET", "/ogc/Sai/collections/sites/items?bbox=1,2", None, 400),
        ("GET", "/ogc/Sai/collections/sites/items?limit=0", None, 400),
        ("GET", "/api/projects/Sai/export?layer=none", None, 400),
        ("GET", "/api/projects/Sai/export?layer=candidates", None, 409),
        ("GET", "/api/nowhere", None, 404),
    ];
    for (method, path, body, expected) in requests {
        let (status, problem) = country.json(method, path, body).await;
        assert_eq!(status.as_u16(), expected, "{path}: {problem}");
        assert!(
            problem["detail_vi"].is_string() && problem["detail_en"].is_string(),
            "{path}: {problem}"
        );
    }
    let (status, _) = country
        .json(
            "POST",
            &format!("/api/projects/{project}/coverage-runs"),
            Some(json!({ "zoom": 99 })),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terrain_of_elsewhere_is_refused() {
    let country = Country::open().await;
    let project = country.settle("Nhầm địa hình").await;
    country
        .import(&project, "terrain", "elsewhere.tif", &country.terrain(WEST + 5.0))
        .await;
    let (_, job) = country
        .json(
            "POST",
            &format!("/api/projects/{project}/coverage-runs"),
            Some(json!({})),
        )
        .await;
    let job = country.wait(job["id"].as_str().unwrap()).await;
    assert_eq!(job["problem"]["code"], "terrain_does_not_cover_sites", "{job}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_machines_and_other_sites_pages_are_refused() {
    let country = Country::open().await;
    let send = async |host: &str, origin: Option<&str>| {
        let builder = Request::post("/api/projects")
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, "application/json");
        let builder = if let Some(origin) = origin {
            builder.header(header::ORIGIN, origin)
        } else {
            builder
        };
        let (status, headers, _) = country
            .send(builder.body(Body::from("{\"name\":\"x\"}")).unwrap())
            .await;
        assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
        status.as_u16()
    };
    assert_eq!(send("evil.example", None).await, 421);
    assert_eq!(send("localhost:8080", Some("http://evil.example")).await, 403);
    assert_eq!(send("localhost:8080", Some("http://localhost:8080")).await, 201);
}

#[tokio::test]
async fn the_document_describes_every_route_and_the_service_answers() {
    let country = Country::open().await;
    let document = country.get("/api/openapi.json").await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for path in [
        "/api/projects",
        "/api/projects/{project}/imports",
        "/api/jobs/{job}/events",
        "/ogc/{project}/collections/{collection}/items",
    ] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    assert_eq!(country.get("/api/health").await["status"], "ok");
    let page = country
        .send(
            Request::get("/")
                .header(header::HOST, "localhost")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(page.0, StatusCode::OK);
}

/// The path of the interface is that of `phusong profile`, over the project's own ground.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_path_tells_the_losses_by_every_model() {
    use coverage_model::point_to_point::{PathRequest, analyse};
    use terrain::{ElevationModel, Ground, SurfaceKind};

    let country = Country::open().await;
    let project = country.settle("Tuyến").await;
    let (from, to) = ([WEST + 0.03, SOUTH + 0.05], [WEST + 0.08, SOUTH + 0.09]);
    let address = format!(
        "/api/projects/{project}/path?from={},{}&to={},{}&frequency_mhz=900",
        from[0], from[1], to[0], to[1]
    );
    let mut told = country.get(&address).await;
    let file = country.folder.path().join("alone.tif");
    std::fs::write(&file, country.terrain(WEST)).unwrap();
    let ground = Ground::new(ElevationModel::open(&[file], SurfaceKind::BareEarth).unwrap());
    let place = |at: [f64; 2]| geodesy::LonLat::new(at[0], at[1]);
    let request = PathRequest {
        frequency_mhz: 900.0,
        ..PathRequest::default()
    };
    let path = analyse(&ground, place(from), place(to), &request).unwrap();
    assert!((told["length_m"].as_f64().unwrap() - path.distance_m).abs() < 1e-6);
    told.as_object_mut().unwrap().remove("length_m");
    let ours: Value = serde_json::from_str(&serde_json::to_string(&path).unwrap()).unwrap();
    assert_eq!(told, ours);
    assert!(told["losses"][0]["loss_db"].as_f64().unwrap() > 80.0);

    let (status, headers, drawing) = country
        .send(
            Request::get(format!("{address}&format=svg&lang=en"))
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::OK, &"image/svg+xml".parse().unwrap())
    );
    assert!(drawing.starts_with(b"<svg "));
    let (status, refused) = country.json("GET", &format!("{address}&tx_height_m=-3"), None).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::BAD_REQUEST, &json!("bad_parameter"))
    );
}

/// Trees of a polygon layer stand on the path of the interface; over heights that hold the trees already they are not counted again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_path_counts_trees_of_polygons_once() {
    let country = Country::open().await;
    let project = country.settle("Rừng").await;
    let (west, south) = (WEST + 0.02, SOUTH + 0.03);
    let address = format!(
        "/api/projects/{project}/path?from={},{}&to={},{}&frequency_mhz=900",
        west + 0.01,
        south + 0.02,
        west + 0.06,
        south + 0.06
    );
    let highest = |path: &Value| {
        let heights = path["profile"]["clutter_m"].as_array().unwrap().iter();
        heights.map(|height| height.as_f64().unwrap()).fold(0.0, f64::max)
    };
    let loss_db = |path: &Value| path["losses"][0]["loss_db"].as_f64().unwrap();
    let bare = country.get(&address).await;
    assert_eq!((&bare["losses"][0]["model"], highest(&bare)), (&json!("p1812"), 0.0));

    let ring = [
        [west, south],
        [west + 0.2, south],
        [west + 0.2, south + 0.2],
        [west, south + 0.2],
        [west, south],
    ];
    let trees = json!({ "type": "FeatureCollection", "features": [{
        "type": "Feature",
        "properties": { "code": "10", "name": "rừng", "class": 10 },
        "geometry": { "type": "Polygon", "coordinates": [ring] },
    }] });
    country
        .import(&project, "land_cover", "trees.geojson", trees.to_string().as_bytes())
        .await;
    let wooded = country.get(&address).await;
    assert!(highest(&wooded) > 5.0, "{}", wooded["profile"]["clutter_m"]);
    assert!(loss_db(&wooded) > loss_db(&bare) + 3.0);

    country
        .import(&project, "terrain&surface=true", "dsm.tif", &country.terrain(WEST))
        .await;
    let surface = country.get(&address).await;
    assert_eq!((highest(&surface), loss_db(&surface)), (0.0, loss_db(&bare)));
}
