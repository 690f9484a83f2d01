//! The interface as GIS people and programs rely on it: OGC API Features (the checks of its executable test suite that apply), coordinate
//! systems, repeated requests, metrics.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests may fail the test.

mod country;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use country::Country;
use serde_json::{Value, json};

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

async fn get(country: &Country, path: &str) -> (u16, HeaderMap, Value) {
    let request = Request::get(path)
        .header(header::HOST, "localhost")
        .body(Body::empty())
        .unwrap();
    let (status, headers, bytes) = country.send(request).await;
    (
        status.as_u16(),
        headers,
        serde_json::from_slice(&bytes).unwrap_or_default(),
    )
}

fn link<'d>(document: &'d Value, rel: &str) -> Option<&'d str> {
    let links = document["links"].as_array()?;
    links.iter().find(|link| link["rel"] == rel)?["href"].as_str()
}

/// Abstract tests A.1 to A.29 of OGC 17-069r4 as far as they concern a service: found by following links alone, as the suite does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_suites_checks_of_part_1_hold() {
    let country = Country::open().await;
    let project = country.settle("Chuẩn OGC").await;
    let (status, headers, landing) = get(&country, &format!("/ogc/{project}")).await;
    assert_eq!(status, 200);
    assert!(
        headers[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .starts_with("application/json")
    );
    let (status, _, described) = get(&country, link(&landing, "service-desc").unwrap()).await;
    assert!(status == 200 && described["openapi"].is_string());
    assert!(link(&landing, "service-doc").is_some());
    let (_, _, conformance) = get(&country, link(&landing, "conformance").unwrap()).await;
    for class in [
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-2/1.0/conf/crs",
    ] {
        let uri = format!("http://www.opengis.net/spec/{class}");
        assert!(
            conformance["conformsTo"].as_array().unwrap().contains(&json!(uri)),
            "{uri}"
        );
    }
    let (_, _, collections) = get(&country, link(&landing, "data").unwrap()).await;
    assert!(link(&collections, "self").is_some());
    for listed in collections["collections"].as_array().unwrap() {
        let name = listed["id"].as_str().unwrap();
        let (status, _, collection) = get(&country, link(listed, "self").unwrap()).await;
        assert_eq!((status, &collection), (200, listed), "{name}");
        let bbox = collection["extent"]["spatial"]["bbox"][0].as_array().unwrap();
        assert!(bbox.len() == 4 && collection["crs"][0] == CRS84 && collection["itemType"] == "feature");
        let items = link(&collection, "items").unwrap().to_owned();
        pages(&country, name, &items).await;
        parameters(&country, name, &items).await;
    }
    assert_eq!(get(&country, &format!("/ogc/{project}/collections/none")).await.0, 404);
    assert_eq!(
        get(&country, &format!("/ogc/{project}/collections/sites/items/none"))
            .await
            .0,
        404
    );
}

/// Limit, links, counts; the pages together are the whole.
async fn pages(country: &Country, name: &str, items: &str) {
    let (status, headers, all) = get(country, items).await;
    assert_eq!(
        (status, all["type"].as_str()),
        (200, Some("FeatureCollection")),
        "{name}"
    );
    assert_eq!(headers[header::CONTENT_TYPE], "application/geo+json");
    assert_eq!(headers["content-crs"], format!("<{CRS84}>").as_str());
    let time = all["timeStamp"].as_str().unwrap();
    assert!(time.ends_with('Z') && time.contains('T'));
    let whole = all["features"].as_array().unwrap();
    assert_eq!(all["numberMatched"], whole.len());
    assert_eq!(all["numberReturned"], whole.len());
    let mut gathered = Vec::new();
    let mut next = Some(format!("{items}?limit=2"));
    while let Some(address) = next {
        let (status, _, page) = get(country, &address).await;
        let rows = page["features"].as_array().unwrap();
        assert!(status == 200 && rows.len() <= 2 && page["numberReturned"] == rows.len());
        gathered.extend(rows.iter().cloned());
        next = link(&page, "next").map(str::to_owned);
    }
    assert_eq!(&gathered, whole, "{name}");
    if let Some(first) = whole.first().filter(|row| row["id"].is_string()) {
        let (status, _, one) = get(country, &format!("{items}/{}", first["id"].as_str().unwrap())).await;
        assert_eq!((status, &one["properties"]), (200, &first["properties"]));
        assert!(link(&one, "collection").is_some() && link(&one, "self").is_some());
    }
}

/// bbox, datetime, crs; unknown and malformed parameters are refused with 400.
async fn parameters(country: &Country, name: &str, items: &str) {
    let matched = async |query: &str| {
        let (status, _, page) = get(country, &format!("{items}?{query}")).await;
        assert_eq!(status, 200, "{name} {query}: {page}");
        page["numberMatched"].as_i64().unwrap()
    };
    let all = matched("").await;
    assert_eq!(matched("bbox=-180,-90,180,90").await, all);
    assert_eq!(matched("bbox=-180,-90,0,180,90,100").await, all);
    assert_eq!(matched("bbox=10,10,11,11").await, 0);
    assert_eq!(matched("datetime=2018-02-12T00:00:00Z/2099-03-18T12:31:12Z").await, all);
    assert_eq!(matched("datetime=../2099-01-01").await, all);
    assert_eq!(matched("limit=10000").await, all);
    let wgs84 = "http://www.opengis.net/def/crs/EPSG/0/4326";
    assert_eq!(matched(&format!("bbox=18,105,19,107&bbox-crs={wgs84}")).await, all);
    for bad in [
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "limit=0",
        "limit=-1",
        "limit=x",
        "offset=-1",
        "datetime=yesterday",
        "no_such_parameter=1",
        "crs=http://www.opengis.net/def/crs/EPSG/0/1",
        "bbox=1,2,3,4&bbox-crs=x",
    ] {
        let (status, headers, problem) = get(country, &format!("{items}?{bad}")).await;
        assert_eq!(status, 400, "{name} {bad}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
        assert!(problem["detail_vi"].is_string() && problem["detail_en"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn features_come_in_every_listed_coordinate_system() {
    let country = Country::open().await;
    let project = country.settle("Hệ tọa độ").await;
    let root = format!("/ogc/{project}/collections/sites");
    let (_, _, collection) = get(&country, &root).await;
    let degrees = get(&country, &format!("{root}/items")).await.2["features"][0]["geometry"]["coordinates"].clone();
    for uri in collection["crs"].as_array().unwrap() {
        let uri = uri.as_str().unwrap();
        let (status, headers, page) = get(&country, &format!("{root}/items?crs={uri}")).await;
        assert_eq!(
            (status, headers["content-crs"].to_str().unwrap()),
            (200, format!("<{uri}>").as_str())
        );
        let pair = &page["features"][0]["geometry"]["coordinates"];
        let (first, second) = (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap());
        match uri {
            CRS84 => assert_eq!(pair, &degrees),
            uri if uri.ends_with("/4326") => assert_eq!([&pair[1], &pair[0]], [&degrees[0], &degrees[1]]),
            uri if uri.ends_with("/4756") => assert!((17.0..19.0).contains(&first) && (105.0..107.0).contains(&second)),
            _ => assert!(first.abs() > 10_000.0 && second > 1_000_000.0, "{uri}: {pair}"),
        }
        // A small box around the place, in its own system, finds it again.
        let near = if first.abs() < 360.0 { 1e-4 } else { 10.0 };
        let bbox = format!("{},{},{},{}", first - near, second - near, first + near, second + near);
        let (_, _, found) = get(&country, &format!("{root}/items?bbox={bbox}&bbox-crs={uri}")).await;
        assert_eq!(found["numberMatched"], 1, "{uri} {bbox}");
    }
    let (status, headers, schema) = get(&country, &format!("{root}/queryables")).await;
    assert_eq!(
        (status, headers[header::CONTENT_TYPE].to_str().unwrap()),
        (200, "application/schema+json")
    );
    for name in schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| *name != "geometry")
    {
        assert_eq!(
            get(&country, &format!("{root}/items?{name}=none")).await.2["numberMatched"],
            0,
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_lead_to_the_address_that_the_administrator_named() {
    let mut country = Country::open().await;
    let project = country.settle("Sau proxy").await;
    country.service = country.service.clone().with_accounts(server::Accounts {
        public_url: Some("https://phusong.example.vn/".to_owned()),
        open_to_public: true,
        ..server::Accounts::default()
    });
    let (status, _, landing) = get(&country, &format!("/ogc/{project}")).await;
    assert_eq!(status, 200);
    let data = format!("https://phusong.example.vn/ogc/{project}/collections");
    assert_eq!(link(&landing, "data"), Some(data.as_str()));
    let (_, _, described) = get(&country, &format!("/api/projects/{project}/vector/villages")).await;
    let tiles = described["tiles"][0].as_str().unwrap();
    assert!(tiles.starts_with("https://phusong.example.vn/api/projects/"), "{tiles}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_sent_twice_is_done_once() {
    let country = Country::open().await;
    let post = async |key: &str, name: &str| {
        let request = Request::post("/api/projects")
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key)
            .body(Body::from(json!({ "name": name }).to_string()))
            .unwrap();
        let (status, headers, bytes) = country.send(request).await;
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        (status, headers.get(header::LOCATION).cloned(), body)
    };
    let first = post("k1", "Một lần").await;
    assert_eq!(first.0, StatusCode::CREATED);
    assert_eq!(post("k1", "Một lần").await, first, "the first answer again");
    assert_eq!(country.get("/api/projects").await.as_array().unwrap().len(), 1);
    assert_eq!(post("k1", "Khác").await.2["code"], "idempotency_key");
    assert_eq!(post("k2", "Một lần").await.0, StatusCode::CONFLICT);
    assert_eq!(
        post("k2", "Lần nữa").await.0,
        StatusCode::CREATED,
        "what was refused may be mended"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_count_requests_by_route() {
    let country = Country::open().await;
    for path in [
        "/api/health",
        "/api/ready",
        "/api/projects/none",
        "/api/projects/neither",
    ] {
        get(&country, path).await;
    }
    let request = Request::get("/metrics")
        .header(header::HOST, "localhost")
        .body(Body::empty())
        .unwrap();
    let (status, _, bytes) = country.send(request).await;
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(status, StatusCode::OK);
    let line = "phusong_http_requests_total{method=\"GET\",route=\"/api/projects/{project}\",status=\"404\"} 2";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("phusong_resident_memory_bytes ") && text.trim_end().ends_with("# EOF"));
}

/// Every address and every JSON body of the document comes with an example, and what the document shows is understood: answered, or refused for
/// what is not there, never for its form.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documents_examples_are_understood() {
    let country = Country::open().await;
    let document = country.get("/api/openapi.json").await;
    let mut bodies = 0;
    for (address, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            for parameter in parameters.filter(|parameter| parameter["required"] == true) {
                assert!(!parameter["example"].is_null(), "{method} {address}: {parameter}");
            }
            let content = &operation["requestBody"]["content"]["application/json"];
            if content.is_null() {
                continue;
            }
            bodies += 1;
            let schema = content["schema"]["$ref"].as_str().unwrap_or_default();
            let of_schema = document.pointer(schema.trim_start_matches('#'));
            let example = content.get("example").or_else(|| of_schema?.get("example"));
            let example = example.unwrap_or_else(|| panic!("{method} {address} has no example of its body"));
            let (_, answer) = country
                .json(&method.to_uppercase(), address, Some(example.clone()))
                .await;
            assert_ne!(answer["code"], "bad_body", "{method} {address}: {example}: {answer}");
        }
    }
    assert!(bodies > 30, "{bodies}");
}
