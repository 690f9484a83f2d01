//! OGC API Features, Part 1: landing page, conformance, collections, items.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::{Artefacts, FeatureQuery, Run, RunKind, Viewer};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Origin, Path, Query};
use super::crs::{CRS84, Crs};
use super::datetime::Days;
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
        .routes(routes!(queryables))
        .routes(routes!(items))
        .routes(routes!(item))
}

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

const CONFORMANCE: [&str; 4] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
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
        "crs": Crs::all(),
        "storageCrs": CRS84,
        "extent": { "spatial": { "bbox": [bounds], "crs": CRS84 } },
        "links": [
            link("self", &root, "application/json"),
            link("items", &format!("{root}/items"), "application/geo+json"),
            link("http://www.opengis.net/def/rel/ogc/1.0/queryables", &format!("{root}/queryables"), "application/schema+json"),
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

/// What rows of a collection can be asked for by: a JSON Schema.
#[utoipa::path(get, path = "/ogc/{project}/collections/{collection}/queryables", tag = "features",
    params(("project" = String, Path, description = "Id or name"), ("collection" = String, Path, description = "sites, communes, …")),
    responses((status = 200, description = "JSON Schema", content_type = "application/schema+json", body = Value), (status = 404, body = Problem)))]
async fn queryables(
    State(service): State<Service>,
    Origin(origin): Origin,
    Path((project, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (name, vi, _) = known(&name)?;
    let project = service.store.project(&project).await?;
    let document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{origin}/ogc/{}/collections/{name}/queryables", project.id),
        "type": "object",
        "title": vi,
        "properties": {
            "geometry": { "format": "geometry-any" },
            "code": { "type": "string", "title": "Mã" },
            "kind": { "type": "string", "title": "Loại" },
        },
        "additionalProperties": false,
    });
    Ok((
        [(header::CONTENT_TYPE, "application/schema+json")],
        document.to_string(),
    )
        .into_response())
}

/// Most rows of one page.
const MOST_ROWS: i64 = 100_000;
const USUAL_ROWS: i64 = 1_000;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ItemParameters {
    /// Four numbers (or six, with heights, which are passed over): west,south,east,north in `bbox-crs`.
    #[param(
        pattern = "^-?[0-9]{1,7}(\\.[0-9]{1,9})?(,-?[0-9]{1,7}(\\.[0-9]{1,9})?){3}((,-?[0-9]{1,7}(\\.[0-9]{1,9})?){2})?$"
    )]
    bbox: Option<String>,
    /// The coordinate system of the box: a URI of the collection's list; CRS84 when absent.
    #[serde(rename = "bbox-crs")]
    #[param(
        pattern = "^http://www\\.opengis\\.net/def/crs/(OGC/1\\.3/CRS84|EPSG/0/(4326|3857|4756|3405|3406|589[6-9]|920[5-9]|921[0-8]))$"
    )]
    bbox_crs: Option<String>,
    /// The coordinate system to answer in: a URI of the collection's list; CRS84 when absent.
    #[param(
        pattern = "^http://www\\.opengis\\.net/def/crs/(OGC/1\\.3/CRS84|EPSG/0/(4326|3857|4756|3405|3406|589[6-9]|920[5-9]|921[0-8]))$"
    )]
    crs: Option<String>,
    /// A date, a time, or an interval of them (RFC 3339, `..` for an open end): rows that exist then.
    #[param(
        pattern = "^([12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?|[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?/\\.\\.|\\.\\./[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?)$"
    )]
    datetime: Option<String>,
    /// Rows per page: 1 to 100,000; 1,000 when absent.
    #[param(minimum = 1)]
    limit: Option<i64>,
    /// Rows to pass over.
    #[param(minimum = 0)]
    offset: Option<i64>,
    /// Only the rows with this code.
    code: Option<String>,
    /// Only rows of this kind within the collection.
    kind: Option<String>,
    /// The run that footprints or candidates are of; the newest when absent.
    run: Option<String>,
}

/// A page asked for, checked.
struct Page {
    bounds: Option<[f64; 4]>,
    crs: Crs,
    days: Option<Days>,
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
        let of_box = Crs::of("bbox-crs", parameters.bbox_crs.as_deref())?;
        Ok(Self {
            bounds: bounds.map(|bounds| of_box.to_degrees(bounds)).transpose()?,
            crs: Crs::of("crs", parameters.crs.as_deref())?,
            days: parameters.datetime.as_deref().map(Days::of).transpose()?,
            limit: limit.min(MOST_ROWS),
            offset,
        })
    }

    /// The part of all rows that this page shows, with the number of all.
    fn cut(&self, rows: Vec<Value>) -> (i64, Vec<Value>) {
        let matched = rows.len() as i64;
        let size = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        let page = rows.into_iter().skip(size(self.offset)).take(size(self.limit));
        (matched, page.collect())
    }
}

fn bbox(text: &str) -> Result<[f64; 4], Problem> {
    let parts: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse::<f64>()).collect();
    let bounds = match parts.as_deref() {
        Ok([west, south, east, north]) | Ok([west, south, _, east, north, _]) => Some([*west, *south, *east, *north]),
        _ => None,
    };
    let refused = || {
        Problem::bad_parameter(
            "bbox",
            format!("bbox «{text}» cần 4 số: tây,nam,đông,bắc"),
            format!("bbox {text:?} needs 4 numbers: west,south,east,north"),
        )
    };
    let bounds = bounds
        .filter(|b| b.iter().all(|side| side.is_finite()))
        .ok_or_else(refused)?;
    if bounds[1] > bounds[3] {
        return Err(refused().well_formed());
    }
    Ok(bounds)
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
                parameters.code.as_deref(),
            )
            .await?
        }
    };
    let mut features = features;
    for feature in &mut features {
        page.crs.rewrite(feature)?;
    }
    let document = page_document(&origin, &inputs, name, &page, &parameters, matched, features);
    Ok(geojson(page.crs, &document))
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
    query.code.clone_from(&parameters.code);
    query.bounds = page.bounds;
    // Times stand inside the rows: they are looked through here, page by page they could not be counted.
    if page.days.is_none() {
        (query.limit, query.offset) = (page.limit, page.offset);
    }
    let found = service.store.features(&query).await?;
    let rows: Vec<Value> = found.features.iter().map(feature).collect::<Result<_, _>>()?;
    let Some(days) = &page.days else {
        return Ok((found.matched, rows));
    };
    Ok(page.cut(rows.into_iter().filter(|row| days.meet(row)).collect()))
}

async fn run_rows(
    service: &Service,
    viewer: &Viewer,
    inputs: &ProjectInputs,
    name: &str,
    page: &Page,
    run: Option<&str>,
    code: Option<&str>,
) -> Result<(i64, Vec<Value>), Problem> {
    let Some(run) = run_of(service, viewer, inputs, name, run).await? else {
        return Ok((0, Vec::new()));
    };
    let artefacts = service.store.artefacts().clone();
    let all = blocking(move || rows_of(&artefacts, &run)).await?;
    let inside = all
        .into_iter()
        .filter(|feature| page.bounds.is_none_or(|b| meets(feature, b)))
        .filter(|feature| code.is_none_or(|code| feature["id"] == *code));
    Ok(page.cut(inside.collect()))
}

/// The run that a collection's rows come from: the one that is named, else the newest; none where none was made.
pub(super) async fn run_of(
    service: &Service,
    viewer: &Viewer,
    inputs: &ProjectInputs,
    collection: &str,
    run: Option<&str>,
) -> Result<Option<Run>, Problem> {
    let kind = match collection {
        "candidates" => RunKind::Plan,
        _ => RunKind::Coverage,
    };
    let named = run.filter(|run| !run.is_empty());
    match results::find_for(&service.store, viewer, &inputs.project.id, kind, named).await {
        Ok(run) => Ok(Some(run)),
        Err(problem) if problem.status == 409 => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// The rows that a run has for its collection.
pub(super) fn rows_of(artefacts: &Artefacts, run: &Run) -> Result<Vec<Value>, Problem> {
    match run.kind {
        RunKind::Plan => results::candidates(artefacts, run),
        RunKind::Coverage | RunKind::Sharing => results::footprints(artefacts, run),
    }
}

/// A GeoJSON answer that says which coordinate system it is in (Part 2, `Content-Crs`).
fn geojson(crs: Crs, document: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/geo+json".to_owned()),
        (HeaderName::from_static("content-crs"), format!("<{}>", crs.uri())),
    ];
    (headers, document.to_string()).into_response()
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
            ("bbox-crs", &parameters.bbox_crs),
            ("crs", &parameters.crs),
            ("datetime", &parameters.datetime),
            ("code", &parameters.code),
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

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OneParameters {
    /// The coordinate system to answer in: a URI of the collection's list; CRS84 when absent.
    #[param(
        pattern = "^http://www\\.opengis\\.net/def/crs/(OGC/1\\.3/CRS84|EPSG/0/(4326|3857|4756|3405|3406|589[6-9]|920[5-9]|921[0-8]))$"
    )]
    crs: Option<String>,
}

/// One row.
#[utoipa::path(get, path = "/ogc/{project}/collections/{collection}/items/{item}", tag = "features",
    params(("project" = String, Path, description = "Id or name"), ("collection" = String, Path, description = "sites, communes, …"), ("item" = String, Path, description = "Code of the row"), OneParameters),
    responses((status = 200, description = "Feature", content_type = "application/geo+json", body = Value), (status = 404, body = Problem)))]
async fn item(
    State(service): State<Service>,
    asker: Asker,
    Origin(origin): Origin,
    Path((project, name, code)): Path<(String, String, String)>,
    Query(parameters): Query<OneParameters>,
) -> Result<Response, Problem> {
    let (name, ..) = known(&name)?;
    let crs = Crs::of("crs", parameters.crs.as_deref())?;
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
                crs: Crs::Crs84,
                days: None,
                limit: i64::MAX,
                offset: 0,
            };
            let (_, rows) = run_rows(&service, asker.viewer(), &inputs, name, &everything, None, Some(&code)).await?;
            rows.into_iter().next()
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
    crs.rewrite(&mut document)?;
    Ok(geojson(crs, &document))
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
