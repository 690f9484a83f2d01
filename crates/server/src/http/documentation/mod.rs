//! The OpenAPI document, made from the code, and the pages that show it offline.

mod examples;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use geodata::DatasetKind;
use serde_json::{Value, json};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

use crate::{Problem, Service};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Phủ Sóng", description = "Plans the mobile coverage of a province: imports, coverage runs, plans, maps, exports.\n\nErrors are RFC 9457 problem documents with texts in Vietnamese and English. Long work answers 202 with the job's address in `Location`."),
    components(schemas(Problem)),
    tags(
        (name = "system", description = "Health, version"),
        (name = "accounts", description = "Signing in, tokens, users"),
        (name = "audit", description = "The audit log"),
        (name = "projects", description = "Projects and their datasets"),
        (name = "imports", description = "Upload, report, commit"),
        (name = "runs", description = "Coverage and plan runs and their tables"),
        (name = "maps", description = "Tiles, footprints, point and path queries"),
        (name = "reports", description = "Reports of people on the ground"),
        (name = "jobs", description = "Long work"),
        (name = "exports", description = "Files for other tools"),
        (name = "programmes", description = "Plan documents: targets, evaluation, workflow, reports"),
        (name = "features", description = "OGC API Features"),
    )
)]
struct Document;

/// The document without its paths.
pub fn document() -> OpenApi {
    Document::openapi()
}

/// Names every operation by its method and address: handlers of different files may share a name, operation ids must not.
fn with_own_ids(mut document: OpenApi) -> OpenApi {
    for (address, item) in &mut document.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                let words = address
                    .split(|c: char| !c.is_ascii_alphanumeric())
                    .filter(|word| !word.is_empty());
                let id = std::iter::once(method).chain(words).collect::<Vec<_>>().join("_");
                // Two addresses may differ in the closing slash alone.
                let slash = if address.ends_with('/') { "_slash" } else { "" };
                operation.operation_id = Some(format!("{id}{slash}"));
            }
        }
    }
    document
}

/// Says of every operation that it may answer with a problem, and in which media type problems come: each can be refused, limited or late.
/// Shows what addresses and answers look like.
fn completed(document: &OpenApi) -> Value {
    let mut value = serde_json::to_value(document).unwrap_or_default();
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    let operations = value["paths"]
        .as_object_mut()
        .into_iter()
        .flatten()
        .filter_map(|(address, item)| Some((address, item.as_object_mut()?)))
        .flat_map(|(address, item)| {
            item.iter_mut()
                .map(move |(method, operation)| (address, method, operation))
        })
        .filter(|(_, method, _)| METHODS.contains(&method.as_str()));
    for (address, _, operation) in operations {
        name_kinds(operation);
        examples::of_parameters(operation);
        examples::of_answers(address, operation);
        let Some(responses) = operation["responses"].as_object_mut() else {
            continue;
        };
        for response in responses.values_mut() {
            // The standard wants words for every answer, and has none for the bare status.
            if response["description"].as_str().is_none_or(str::is_empty) {
                response["description"] = json!("As the status says");
            }
            let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) else {
                continue;
            };
            let is_problem = content
                .get("application/json")
                .is_some_and(|media| media["schema"] == problem);
            if is_problem && let Some(media) = content.remove("application/json") {
                content.insert(PROBLEM.to_owned(), media);
            }
        }
        let any = json!({ "description": "A problem", "content": { PROBLEM: { "schema": problem } } });
        responses.entry("default").or_insert(any);
    }
    value
}

/// Says which kinds of datasets an address may name.
fn name_kinds(operation: &mut Value) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    let parameters = parameters.into_iter().flatten();
    for parameter in parameters.filter(|one| one["name"] == "kind" && one["in"] == "path") {
        let keys: Vec<&str> = DatasetKind::ALL.iter().map(|kind| kind.key()).collect();
        parameter["schema"]["enum"] = json!(keys);
    }
}

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];
const PROBLEM: &str = "application/problem+json";

/// `/api/openapi.json`, and Swagger UI under `/api/ui/`, to which `/api` leads.
pub fn routes(document: OpenApi) -> Router<Service> {
    let document = completed(&with_own_ids(document));
    let ui: Router<Service> = SwaggerUi::new("/api/ui")
        .external_url_unchecked("/api/openapi.json", document)
        .into();
    ui.route("/api", get(|| async { Redirect::temporary("/api/ui/") }))
        .route("/api/", get(|| async { Redirect::temporary("/api/ui/") }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_operation_has_an_id_of_its_own() {
        let (_, document) = crate::http::api().split_for_parts();
        let document = serde_json::to_value(with_own_ids(document)).unwrap();
        let ids: Vec<&str> = document["paths"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|item| item.as_object().unwrap().values())
            .filter_map(|operation| operation["operationId"].as_str())
            .collect();
        assert!(ids.len() > 20);
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{ids:?}");
    }

    #[test]
    fn problems_are_documented_in_their_own_media_type() {
        let (_, document) = crate::http::api().split_for_parts();
        let document = completed(&document);
        let of_project = &document["paths"]["/api/projects/{project}"]["get"]["responses"];
        assert!(of_project["404"]["content"][PROBLEM].is_object() && of_project["default"].is_object());
        assert!(of_project["200"]["content"]["application/json"].is_object());
    }
}
