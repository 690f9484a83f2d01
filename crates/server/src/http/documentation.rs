//! The OpenAPI document, made from the code, and the pages that show it offline.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

use crate::{Problem, Service};

#[derive(OpenApi)]
#[openapi(
    info(title = "Phủ Sóng", description = "Plans the mobile coverage of a province: imports, coverage runs, plans, maps, exports.\n\nErrors are RFC 9457 problem documents with texts in Vietnamese and English. Long work answers 202 with the job's address in `Location`."),
    components(schemas(Problem)),
    tags(
        (name = "system", description = "Health, version"),
        (name = "projects", description = "Projects and their datasets"),
        (name = "imports", description = "Upload, report, commit"),
        (name = "runs", description = "Coverage and plan runs and their tables"),
        (name = "maps", description = "Tiles, footprints, point and path queries"),
        (name = "jobs", description = "Long work"),
        (name = "exports", description = "Files for other tools"),
        (name = "features", description = "OGC API Features"),
    )
)]
struct Document;

/// The document without its paths.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// `/api/openapi.json`, and Swagger UI under `/api/ui/`, to which `/api` leads.
pub fn routes(document: utoipa::openapi::OpenApi) -> Router<Service> {
    let ui: Router<Service> = SwaggerUi::new("/api/ui").url("/api/openapi.json", document).into();
    ui.route("/api", get(|| async { Redirect::temporary("/api/ui/") }))
        .route("/api/", get(|| async { Redirect::temporary("/api/ui/") }))
}
