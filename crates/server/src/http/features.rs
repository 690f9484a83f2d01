//! OGC API Features, Part 1: landing page, conformance, collections, items.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::{FeatureQuery, RunKind, Viewer};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Origin, Path, Query};
use crate::work::export::{feature, served_layer};
use crate::work::inputs::ProjectInputs;
use crate::work::{blocking, results};
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(landing))
        .routes(routes!(landing_slash))
        .routes(routes!(conformance))
        .routes(routes!(collections))
        .routes(routes!(collection))
        .routes(routes!(items))
        .routes(routes!(item))
}

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// Every collection: name, titles, and whether its rows come from a run.
const COLLECTIONS: [(&str, &str, &str); 9] = [
    ("sites", "Vị trí trạm", "Sites"),
    ("stations", "Trạm BTS", "Stations"),
    ("cells", "Cell", "Cells"),
    ("communes", "Xã, phường, đặc khu", "Communes"),
    (
        "zones",
        "Khu kinh tế, khu công nghiệp, cụm công nghiệp",
        "Economic zones, industrial parks and clusters",
    ),
    ("places", "Thôn và các điểm khác", "Villages and other places"),
    ("villages", "Thôn, bản, tổ dân phố", "Villages"),
    ("footprints", "Vùng phủ sóng", "Footprints"),
    ("candidates", "Vị trí đề xuất", "Candidate sites"),
];

const CONFORMANCE: [&str; 2] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
];

fn link(rel: &str, href: &str, media_type: &str) -> Value {
    json!({ "rel": rel, "href": href, "type": media_type })
}

/// The landing page.
#[utoipa::path(get, path = "/ogc/{project}", tag = "features", params(("project" = String, Path, description = "Id or name")),
    responses((status = 200, description = "Links", body = Value), (status = 404, body = Problem)))]
async fn landing(
    State(service): State<Service>,
    Origin(origin): Origin,
    Path(project): Path<String>,
) -> Result<Json<Value>, Problem> {
    let project = service.store.project(&project).await?;
    let root = format!("{origin}/ogc/{}", project.id);
    Ok(Json(json!({
        "title": project.name,
        "description": "Phủ Sóng",
        "links": [
            link("self", &root, "application/json"),
            link("service-desc", &format!("{origin}/api/openapi.json"), "application/vnd.oai.openapi+json;version=3.1"),
            link("service-doc", &format!("{origin}/api"), "text/html"),
            link("conformance", &format!("{root}/conformance"), "application/json"),
            link("data", &format!("{root}/collections"), "application/json"),
        ],
    })))
}

/// The landing page, by its address with a slash.
#[utoipa::path(get, path = "/ogc/{project}/", tag = "features", params(("project" = String, Path, description = "Id or name")),
    responses((status = 200, description = "Links", body = Value), (status = 404, body = Problem)))]
async fn landing_slash(service: State<Service>, origin: Origin, project: Path<String>) -> Result<Json<Value>, Problem> {
    landing(service, origin, project).await
}

/// What of the standard is kept.
#[utoipa::path(get, path = "/ogc/{project}/conformance", tag = "features", params(("project" = String, Path, description = "Id or name")),
    responses((status = 200, description = "Conformance classes", body = Value), (status = 404, body = Problem)))]
async fn conformance(State(service): State<Service>, Path(project): Path<String>) -> Result<Json<Value>, Problem> {
    service.store.project(&project).await?;
    Ok(Json(json!({ "conformsTo": CONFORMANCE })))
}

fn describe(origin: &str, viewer: &Viewer, inputs: &ProjectInputs, (name, vi, en): (&str, &str, &str)) -> Value {
    let root = format!("{origin}/ogc/{}/collections/{name}", inputs.project.id);
    let bounds = served_layer(name)
        .filter(|_| viewer.is_department())
        .and_then(|(kind, ..)| inputs.dataset(kind)?.bounds)
        .or_else(|| inputs.bounds_for(viewer));
    let bounds = bounds.unwrap_or([-180.0, -90.0, 180.0, 90.0]);
    json!({
        "id": name,
        "title": vi,
        "description": en,
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "extent": { "spatial": { "bbox": [bounds], "crs": CRS84 } },
        "links": [
            link("self", &root, "application/json"),
            link("items", &format!("{root}/items"), "application/geo+json"),
        ],
    })
}

/// Every collection.
#[utoipa::path(get, path = "/ogc/{project}/collections", tag = "features", params(("project" = String, Path, description = "Id or name")),
    responses((status = 200, description = "Collections", body = Value), (status = 404, body = Problem)))]
async fn collections(
    State(service): State<Service>,
    asker: Asker,
    Origin(origin): Origin,
    Path(project): Path<String>,
) -> Result<Json<Value>, Problem> {
    let inputs = ProjectInputs::load(&service.store, &project).await?;
    let list: Vec<Value> = COLLECTIONS
        .iter()
        .map(|collection| describe(&origin, asker.viewer(), &inputs, *collection))
        .collect();
    let href = format!("{origin}/ogc/{}/collections", inputs.project.id);
    Ok(Json(
        json!({ "links": [link("self", &href, "application/json")], "collections": list }),
    ))
}

/// One collection.
#[utoipa::path(get, path = "/ogc/{project}/collections/{collection}", tag = "features",
    params(("project" = String, Path, description = "Id or name"), ("collection" = String, Path, description = "sites, communes, …")),
    responses((status = 200, description = "The collection", body = Value), (status = 404, body = Problem)))]
async fn collection(
    State(service): State<Service>,
    asker: Asker,
    Origin(origin): Origin,
    Path((project, name)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let inputs = ProjectInputs::load(&service.store, &project).await?;
    Ok(Json(describe(&origin, asker.viewer(), &inputs, known(&name)?)))
}

fn known(name: &str) -> Result<(&'static str, &'static str, &'static str), Problem> {
    COLLECTIONS
        .into_iter()
        .find(|(known, ..)| *known == name)
        .ok_or_else(|| Problem::not_found("bộ sưu tập", "collection", name))
}

/// Most rows of one page.
const MOST_ROWS: i64 = 100_000;
const USUAL_ROWS: i64 = 1_000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ItemParameters {
    /// west,south,east,north (or with heights, which are passed over) in degrees.
    bbox: Option<String>,
    /// Rows per page: 1 to 100,000; 1,000 when absent.
    limit: Option<i64>,
    /// Rows to pass over.
    offset: Option<i64>,
    /// Only rows of this kind within the collection.
    kind: Option<String>,
    /// The run that footprints or candidates are of; the newest when absent.
    run: Option<String>,
}

/// A page asked for, checked.
struct Page {
    bounds: Option<[f64; 4]>,
    limit: i64,
    offset: i64,
}

impl Page {
    fn of(parameters: &ItemParameters) -> Result<Self, Problem> {
        let limit = parameters.limit.unwrap_or(USUAL_ROWS);
        let offset = parameters.offset.unwrap_or(0);
        if limit < 1 || offset < 0 {
            return Err(Problem::bad_parameter(
                "limit",
                "limit phải từ 1, offset từ 0",
                "limit must be 1 or more, offset 0 or more",
            ));
        }
        let bounds = parameters.bbox.as_deref().map(bbox).transpose()?;
        Ok(Self {
            bounds,
            limit: limit.min(MOST_ROWS),
            offset,
        })
    }
}

fn bbox(text: &str) -> Result<[f64; 4], Problem> {
    let parts: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse::<f64>()).collect();
    let bounds = match parts.as_deref() {
        Ok([west, south, east, north]) | Ok([west, south, _, east, north, _]) => Some([*west, *south, *east, *north]),
        _ => None,
    };
    bounds
        .filter(|b| b.iter().all(|side| side.is_finite()) && b[1] <= b[3])
        .ok_or_else(|| {
            Problem::bad_parameter(
                "bbox",
                format!("bbox «{text}» cần 4 số: tây,nam,đông,bắc"),
                format!("bbox {text:?} needs 4 numbers: west,south,east,north"),
            )
        })
}

/// The rows of a collection, page by page.
#[utoipa::path(get, path = "/ogc/{project}/collections/{collection}/items", tag = "features",
    params(("project" = String, Path, description = "Id or name"), ("collection" = String, Path, description = "sites, communes, …"), ItemParameters),
    responses((status = 200, description = "FeatureCollection", content_type = "application/geo+json", body = Value), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn items(
    State(service): State<Service>,
    asker: Asker,
    Origin(origin): Origin,
    Path((project, name)): Path<(String, String)>,
    Query(parameters): Query<ItemParameters>,
) -> Result<Response, Problem> {
    let (name, ..) = known(&name)?;
    let page = Page::of(&parameters)?;
    let inputs = ProjectInputs::load(&service.store, &project).await?;
    let (matched, features) = match served_layer(name) {
        Some(layer) => stored_rows(&service, asker.viewer(), &inputs, layer, &page, &parameters).await?,
        None => {
            run_rows(
                &service,
                asker.viewer(),
                &inputs,
                name,
                &page,
                parameters.run.as_deref(),
            )
            .await?
        }
    };
    let document = page_document(&origin, &inputs, name, &page, &parameters, matched, features);
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], document.to_string()).into_response())
}

async fn stored_rows(
    service: &Service,
    viewer: &Viewer,
    inputs: &ProjectInputs,
    (kind, layer, kinds): (geodata::DatasetKind, &'static str, &'static [&'static str]),
    page: &Page,
    parameters: &ItemParameters,
) -> Result<(i64, Vec<Value>), Problem> {
    let Some(dataset) = inputs.dataset(kind) else {
        return Ok((0, Vec::new()));
    };
    let mut query = FeatureQuery::all(&dataset.id, layer, viewer.clone());
    query.kinds = match &parameters.kind {
        Some(kind) => vec![kind.clone()],
        None => kinds.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    (query.bounds, query.limit, query.offset) = (page.bounds, page.limit, page.offset);
    let found = service.store.features(&query).await?;
    Ok((
        found.matched,
        found.features.iter().map(feature).collect::<Result<_, _>>()?,
    ))
}

async fn run_rows(
    service: &Service,
    viewer: &Viewer,
    inputs: &ProjectInputs,
    name: &str,
    page: &Page,
    run: Option<&str>,
) -> Result<(i64, Vec<Value>), Problem> {
    let kind = if name == "candidates" {
        RunKind::Plan
    } else {
        RunKind::Coverage
    };
    let run = match results::find_for(
        &service.store,
        viewer,
        &inputs.project.id,
        kind,
        run.filter(|run| !run.is_empty()),
    )
    .await
    {
        Ok(run) => run,
        Err(problem) if problem.status == 409 => return Ok((0, Vec::new())),
        Err(problem) => return Err(problem),
    };
    let artefacts = service.store.artefacts().clone();
    let all = blocking(move || match kind {
        RunKind::Plan => results::candidates(&artefacts, &run),
        RunKind::Coverage | RunKind::Sharing => results::footprints(&artefacts, &run),
    })
    .await?;
    let inside: Vec<Value> = all
        .into_iter()
        .filter(|feature| page.bounds.is_none_or(|b| meets(feature, b)))
        .collect();
    let matched = inside.len() as i64;
    let rows = inside
        .into_iter()
        .skip(usize::try_from(page.offset).unwrap_or(usize::MAX));
    Ok((
        matched,
        rows.take(usize::try_from(page.limit).unwrap_or(usize::MAX)).collect(),
    ))
}

/// Whether a feature's own box meets another.
fn meets(feature: &Value, [west, south, east, north]: [f64; 4]) -> bool {
    let mut own = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    grow(&feature["geometry"]["coordinates"], &mut own);
    own[0] <= east && own[2] >= west && own[1] <= north && own[3] >= south
}

fn grow(coordinates: &Value, own: &mut [f64; 4]) {
    let Value::Array(items) = coordinates else { return };
    if let (Some(x), Some(y)) = (
        items.first().and_then(Value::as_f64),
        items.get(1).and_then(Value::as_f64),
    ) {
        *own = [own[0].min(x), own[1].min(y), own[2].max(x), own[3].max(y)];
    } else {
        items.iter().for_each(|item| grow(item, own));
    }
}

fn page_document(
    origin: &str,
    inputs: &ProjectInputs,
    name: &str,
    page: &Page,
    parameters: &ItemParameters,
    matched: i64,
    features: Vec<Value>,
) -> Value {
    let root = format!("{origin}/ogc/{}/collections/{name}", inputs.project.id);
    let address = |offset: i64| {
        let mut address = format!("{root}/items?limit={}&offset={offset}", page.limit);
        for (key, value) in [
            ("bbox", &parameters.bbox),
            ("kind", &parameters.kind),
            ("run", &parameters.run),
        ] {
            if let Some(value) = value {
                address.push_str(&format!("&{key}={}", percent_encoded(value)));
            }
        }
        address
    };
    let mut links = vec![
        link("self", &address(page.offset), "application/geo+json"),
        link("collection", &root, "application/json"),
    ];
    let next = page.offset.saturating_add(page.limit);
    if next < matched {
        links.push(link("next", &address(next), "application/geo+json"));
    }
    if page.offset > 0 {
        links.push(link(
            "prev",
            &address((page.offset - page.limit).max(0)),
            "application/geo+json",
        ));
    }
    let mut document = Map::new();
    document.insert("type".to_owned(), json!("FeatureCollection"));
    if inputs.project.synthetic {
        document.insert("synthetic".to_owned(), json!(true));
    }
    document.insert("numberMatched".to_owned(), json!(matched));
    document.insert("numberReturned".to_owned(), json!(features.len()));
    document.insert("timeStamp".to_owned(), json!(store::now()));
    document.insert("links".to_owned(), json!(links));
    document.insert("features".to_owned(), Value::Array(features));
    Value::Object(document)
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b',') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// One row.
#[utoipa::path(get, path = "/ogc/{project}/collections/{collection}/items/{item}", tag = "features",
    params(("project" = String, Path, description = "Id or name"), ("collection" = String, Path, description = "sites, communes, …"), ("item" = String, Path, description = "Code of the row")),
    responses((status = 200, description = "Feature", content_type = "application/geo+json", body = Value), (status = 404, body = Problem)))]
async fn item(
    State(service): State<Service>,
    asker: Asker,
    Origin(origin): Origin,
    Path((project, name, code)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let (name, ..) = known(&name)?;
    let inputs = ProjectInputs::load(&service.store, &project).await?;
    let missing = || Problem::not_found("đối tượng", "feature", &code);
    let found = match served_layer(name) {
        Some((kind, layer, kinds)) => {
            let dataset = inputs.dataset(kind).ok_or_else(missing)?;
            let mut query = FeatureQuery::all(&dataset.id, layer, asker.viewer().clone());
            query.code = Some(code.clone());
            query.kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
            service
                .store
                .features(&query)
                .await?
                .features
                .first()
                .map(feature)
                .transpose()?
        }
        None => {
            let everything = Page {
                bounds: None,
                limit: i64::MAX,
                offset: 0,
            };
            let (_, rows) = run_rows(&service, asker.viewer(), &inputs, name, &everything, None).await?;
            rows.into_iter().find(|row| row["id"].as_str() == Some(&code))
        }
    };
    let mut document = found.ok_or_else(missing)?;
    if let Value::Object(members) = &mut document {
        let root = format!("{origin}/ogc/{}/collections/{name}", inputs.project.id);
        let own = format!("{root}/items/{}", percent_encoded(&code));
        let links = json!([
            link("self", &own, "application/geo+json"),
            link("collection", &root, "application/json")
        ]);
        members.insert("links".to_owned(), links);
    }
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], document.to_string()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_four_or_six_numbers() {
        assert_eq!(bbox("105,18,106.5,19").unwrap(), [105.0, 18.0, 106.5, 19.0]);
        assert_eq!(bbox("105,18,0,106.5,19,100").unwrap(), [105.0, 18.0, 106.5, 19.0]);
        for bad in ["", "1,2,3", "a,b,c,d", "105,19,106,18", "NaN,0,1,1", "1,2,3,4,5"] {
            assert!(bbox(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_feature_meets_the_box_that_it_touches() {
        let square =
            json!({"geometry": {"coordinates": [[[[105.0, 18.0], [105.2, 18.0], [105.2, 18.2], [105.0, 18.0]]]]}});
        assert!(meets(&square, [105.1, 18.1, 106.0, 19.0]));
        assert!(!meets(&square, [105.3, 18.1, 106.0, 19.0]));
    }
}
