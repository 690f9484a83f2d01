//! A small made-up country behind the service, for tests that go through HTTP.
#![allow(dead_code)] // Each test takes what it needs.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use geodesy::Bounds;
use serde_json::{Value, json};
use server::{Service, router};
use store::Store;
use terrain::geotiff::{GeoTransform, write_f32};
use tower::ServiceExt;

/// The country: 0.2° × 0.2° of rising ground with a wall in the middle.
pub const WEST: f64 = 105.6;
pub const SOUTH: f64 = 18.2;
pub const SIDE: f64 = 0.2;

pub struct Country {
    pub service: Service,
    pub folder: tempfile::TempDir,
}

impl Country {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data")).await.unwrap();
        Self::on(store, folder)
    }

    /// The same on a store of the test's own.
    pub fn on(store: Store, folder: tempfile::TempDir) -> Self {
        Self {
            service: Service::new(store, None),
            folder,
        }
    }

    pub async fn send(&self, request: Request<Body>) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
        let response = router(self.service.clone()).oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, headers, bytes.to_vec())
    }

    pub async fn json(&self, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let builder = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost");
        let request = match body {
            Some(body) => builder
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
            None => builder.body(Body::empty()),
        };
        let (status, _, bytes) = self.send(request.unwrap()).await;
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, value) = self.json("GET", path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {value}");
        value
    }

    pub async fn upload(&self, project: &str, kind: &str, name: &str, content: &[u8]) -> (StatusCode, Value) {
        let boundary = "boundary-of-the-test";
        let mut body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend(content);
        body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
        let request = Request::post(format!("/api/projects/{project}/imports?kind={kind}"))
            .header(header::HOST, "localhost")
            .header(
                header::CONTENT_TYPE,
                format!("multipart/form-data; boundary={boundary}"),
            )
            .body(Body::from(body))
            .unwrap();
        let (status, _, bytes) = self.send(request).await;
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub async fn import(&self, project: &str, kind: &str, name: &str, content: &[u8]) -> Value {
        let (status, import) = self.upload(project, kind, name, content).await;
        assert_eq!(status, StatusCode::CREATED, "{kind}: {import}");
        let report = &import["report"];
        let sum = ["accepted", "repaired", "rejected"]
            .map(|key| report[key].as_u64().unwrap())
            .iter()
            .sum::<u64>();
        assert_eq!(report["rows_in"], sum);
        assert_eq!(import["status"], "awaiting_commit");
        let id = import["id"].as_str().unwrap();
        let (status, answer) = self
            .json("POST", &format!("/api/projects/{project}/imports/{id}/commit"), None)
            .await;
        assert_eq!(status, StatusCode::OK, "{kind}: {answer}");
        import
    }

    pub async fn project(&self, name: &str) -> String {
        let (status, project) = self.json("POST", "/api/projects", Some(json!({ "name": name }))).await;
        assert_eq!(status, StatusCode::CREATED, "{project}");
        project["id"].as_str().unwrap().to_owned()
    }

    pub async fn run(&self, project: &str, what: &str, parameters: Value) -> String {
        let (status, job) = self
            .json("POST", &format!("/api/projects/{project}/{what}"), Some(parameters))
            .await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        let job = self.wait(job["id"].as_str().unwrap()).await;
        assert_eq!(job["status"], "succeeded", "{job}");
        job["result"]["run"].as_str().unwrap().to_owned()
    }

    pub async fn wait(&self, job: &str) -> Value {
        loop {
            let job = self.get(&format!("/api/jobs/{job}")).await;
            if job["status"] != "queued" && job["status"] != "running" {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub fn terrain(&self, west: f64) -> Vec<u8> {
        const SAMPLES: u32 = 240;
        let path = self.folder.path().join(format!("{west}.tif"));
        let bounds = Bounds::new(west, SOUTH, west + SIDE, SOUTH + SIDE);
        let heights: Vec<f32> = (0..SAMPLES * SAMPLES)
            .map(|index| {
                let column = index % SAMPLES;
                if (118..122).contains(&column) {
                    400.0
                } else {
                    column as f32 * 0.1
                }
            })
            .collect();
        write_f32(
            &path,
            SAMPLES,
            SAMPLES,
            GeoTransform::filling(bounds, SAMPLES, SAMPLES),
            None,
            &heights,
        )
        .unwrap();
        std::fs::read(&path).unwrap()
    }

    /// Everything that a run needs.
    pub async fn settle(&self, name: &str) -> String {
        let project = self.project(name).await;
        self.import(&project, "areas", "communes.geojson", communes().to_string().as_bytes())
            .await;
        self.import(&project, "places", "villages.csv", villages().as_bytes())
            .await;
        self.import(
            &project,
            "sites",
            "sites.csv",
            sites("Viettel", &[(105.65, 18.30, "4G"), (105.66, 18.25, "2G/4G")]).as_bytes(),
        )
        .await;
        self.import(&project, "terrain", "dem.tif", &self.terrain(WEST)).await;
        project
    }
}

pub fn communes() -> Value {
    let half = |index: usize| {
        let west = WEST + SIDE / 2.0 * index as f64;
        let (east, north) = (west + SIDE / 2.0, SOUTH + SIDE);
        let ring = [
            [west, SOUTH],
            [east, SOUTH],
            [east, north],
            [west, north],
            [west, SOUTH],
        ];
        json!({
            "type": "Feature",
            "geometry": { "type": "Polygon", "coordinates": [ring] },
            "properties": { "ma_xa": format!("1880{index}"), "ten_xa": format!("Xã {index}"), "dan_so": 5000 },
        })
    };
    json!({ "type": "FeatureCollection", "features": [half(0), half(1)] })
}

pub fn villages() -> String {
    let mut text = String::from("Mã thôn,Tên thôn,Kinh độ,Vĩ độ,Dân số,Mã xã\n");
    for (index, lon) in [105.64, 105.66, 105.68, 105.75, 105.78].iter().enumerate() {
        text.push_str(&format!(
            "T{index},Thôn {index},{lon},18.3,{},1880{}\n",
            100 + index,
            usize::from(*lon > 105.7)
        ));
    }
    text
}

pub fn sites(operator: &str, rows: &[(f64, f64, &str)]) -> String {
    let mut text = String::from("Mã trạm,Tên trạm,Doanh nghiệp,Kinh độ,Vĩ độ,Chiều cao cột (m),Công nghệ\n");
    for (index, (lon, lat, technology)) in rows.iter().enumerate() {
        text.push_str(&format!(
            "{operator}-{index},Trạm {index},{operator},{lon},{lat},42,{technology}\n"
        ));
    }
    text
}
