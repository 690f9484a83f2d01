//! Which route is for whom: one row per route. A route without a row is the department's alone, and fails a test.

use axum::http::Method;
use store::Role;

/// What it takes to use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not: nothing of a project is in it.
    Open,
    /// Whoever is signed in, about oneself.
    Own,
    /// Every role; others than the department get what is aggregated over operators, and operators their own rows.
    Aggregates,
    /// The department and the operators, each their own rows.
    Rows,
    /// The department, looking.
    Department,
    /// Sending a list: the department's planners, and operators their own.
    Upload,
    /// Telling what one sees on the ground: whoever has an account but the auditor.
    Tell,
    /// Reading what one told: whoever has an account.
    Told,
    /// Changing data, beginning runs.
    Edit,
    /// Reading the audit log and the metrics.
    Audit,
    /// Managing accounts.
    Accounts,
}

impl Access {
    /// Whether a role may.
    pub fn is_for(self, role: Role) -> bool {
        use Role::{Administrator, Auditor, Commune, Operator, Planner, ZoneBoard};
        match self {
            Self::Open | Self::Own | Self::Aggregates => true,
            Self::Rows => matches!(role, Administrator | Planner | Auditor | Operator),
            Self::Department => matches!(role, Administrator | Planner | Auditor),
            Self::Upload => matches!(role, Administrator | Planner | Operator),
            Self::Tell => matches!(role, Administrator | Planner | Operator | ZoneBoard | Commune),
            Self::Told => role != Role::Public,
            Self::Edit => matches!(role, Administrator | Planner),
            Self::Audit => matches!(role, Administrator | Auditor),
            Self::Accounts => role == Administrator,
        }
    }

    /// Whether a token for looking is not enough.
    pub fn changes(self) -> bool {
        matches!(
            self,
            Self::Own | Self::Upload | Self::Tell | Self::Edit | Self::Accounts
        )
    }

    /// Whether no token is enough, only a person's session.
    pub fn needs_session(self) -> bool {
        matches!(self, Self::Own | Self::Accounts)
    }
}

use Access::{Accounts, Aggregates, Audit, Department, Edit, Open, Own, Rows, Tell, Told, Upload};

/// Every route: methods (all that are not named are another row's), path as it is written in the code, access.
pub const ROUTES: &[(&str, &str, Access)] = &[
    ("GET", "/api/health", Open),
    ("GET", "/api/ready", Open),
    ("GET", "/api/version", Open),
    ("GET", "/metrics", Audit),
    ("GET", "/api", Open),
    ("GET", "/api/", Open),
    ("GET", "/api/openapi.json", Open),
    ("GET", "/api/ui", Open),
    ("GET", "/api/ui/", Open),
    ("GET", "/api/ui/{*rest}", Open),
    ("GET", "/api/session", Open),
    ("POST", "/api/session", Open),
    ("DELETE", "/api/session", Open),
    ("GET", "/api/session/oidc", Open),
    ("GET", "/api/session/oidc/callback", Open),
    ("POST", "/api/setup", Open),
    ("POST", "/api/session/password", Own),
    ("POST", "/api/session/totp", Own),
    ("PUT", "/api/session/totp", Own),
    ("DELETE", "/api/session/totp", Own),
    ("GET", "/api/tokens", Own),
    ("POST", "/api/tokens", Own),
    ("DELETE", "/api/tokens/{token}", Own),
    ("GET", "/api/users", Accounts),
    ("POST", "/api/users", Accounts),
    ("PATCH", "/api/users/{user}", Accounts),
    ("DELETE", "/api/users/{user}", Accounts),
    ("POST", "/api/users/{user}/invitation", Accounts),
    ("GET", "/api/audit", Audit),
    ("GET", "/api/audit/verification", Audit),
    ("GET", "/api/projects", Aggregates),
    ("POST", "/api/projects", Edit),
    ("GET", "/api/projects/{project}", Aggregates),
    ("PATCH", "/api/projects/{project}", Edit),
    ("DELETE", "/api/projects/{project}", Edit),
    ("POST", "/api/projects/{project}/datasets/{kind}/undo", Edit),
    ("GET", "/api/projects/{project}/datasets/{kind}/versions", Department),
    (
        "GET",
        "/api/projects/{project}/datasets/{kind}/versions/{version}/difference",
        Department,
    ),
    (
        "POST",
        "/api/projects/{project}/datasets/{kind}/versions/{version}/use",
        Edit,
    ),
    ("POST", "/api/demo", Edit),
    ("POST", "/api/projects/{project}/imports", Upload),
    ("GET", "/api/projects/{project}/imports", Rows),
    ("GET", "/api/projects/{project}/imports/{import}", Rows),
    ("DELETE", "/api/projects/{project}/imports/{import}", Upload),
    ("POST", "/api/projects/{project}/imports/{import}/commit", Edit),
    ("GET", "/api/import-fields", Aggregates),
    ("PUT", "/api/projects/{project}/imports/{import}/options", Upload),
    ("GET", "/api/projects/{project}/imports/{import}/difference", Rows),
    ("GET", "/api/projects/{project}/imports/{import}/rows", Rows),
    ("GET", "/api/projects/{project}/imports/{import}/report.xlsx", Rows),
    ("GET", "/api/projects/{project}/imports/{import}/report.json", Rows),
    ("GET", "/api/projects/{project}/mappings/{kind}", Rows),
    ("DELETE", "/api/projects/{project}/mappings/{kind}", Upload),
    ("GET", "/api/jobs", Department),
    ("GET", "/api/jobs/{job}", Rows),
    ("DELETE", "/api/jobs/{job}", Upload),
    ("GET", "/api/jobs/{job}/events", Rows),
    ("GET", "/api/jobs/{job}/file", Department),
    ("POST", "/api/projects/{project}/export-jobs", Edit),
    ("POST", "/api/projects/{project}/programmes/{key}/report-jobs", Edit),
    ("POST", "/api/projects/{project}/coverage-runs", Edit),
    ("POST", "/api/projects/{project}/plan-runs", Edit),
    ("GET", "/api/projects/{project}/pole-candidates", Told),
    ("GET", "/api/projects/{project}/signal-reports", Told),
    ("POST", "/api/projects/{project}/signal-reports", Tell),
    ("GET", "/api/projects/{project}/settings", Department),
    ("PUT", "/api/projects/{project}/settings", Edit),
    ("GET", "/api/projects/{project}/runs", Aggregates),
    ("GET", "/api/projects/{project}/runs/{run}", Aggregates),
    ("GET", "/api/projects/{project}/runs/{run}/areas", Aggregates),
    ("GET", "/api/projects/{project}/runs/{run}/places", Aggregates),
    ("GET", "/api/projects/{project}/runs/{run}/candidates", Rows),
    ("GET", "/api/projects/{project}/runs/{run}/plan", Department),
    ("GET", "/api/projects/{project}/runs/{run}/warnings", Department),
    ("POST", "/api/projects/{project}/runs/{run}/adjust", Department),
    ("GET", "/api/projects/{project}/plans/compare", Department),
    (
        "GET",
        "/api/projects/{project}/runs/{run}/candidates/{candidate}/sheet",
        Department,
    ),
    ("GET", "/api/projects/{project}/runs/{run}/curve.svg", Department),
    ("GET", "/api/projects/{project}/runs/{run}/candidates.xlsx", Department),
    ("POST", "/api/projects/{project}/sharing-runs", Edit),
    ("GET", "/api/projects/{project}/runs/{run}/sharing", Rows),
    ("GET", "/api/projects/{project}/compare", Department),
    ("GET", "/api/projects/{project}/compare/tiles/{z}/{x}/{y}", Department),
    ("GET", "/api/projects/{project}/runs/{run}/spill", Department),
    ("GET", "/api/projects/{project}/runs/{run}/measurements", Department),
    (
        "GET",
        "/api/projects/{project}/runs/{run}/measurements/points",
        Department,
    ),
    ("GET", "/api/projects/{project}/runs/{run}/layers", Aggregates),
    (
        "GET",
        "/api/projects/{project}/runs/{run}/tiles/{layer}/{z}/{x}/{y}",
        Aggregates,
    ),
    (
        "GET",
        "/api/projects/{project}/runs/{run}/footprints/{footprint}",
        Aggregates,
    ),
    ("GET", "/api/projects/{project}/runs/{run}/point", Aggregates),
    ("GET", "/api/projects/{project}/runs/{run}/point/budget", Rows),
    ("GET", "/api/projects/{project}/hillshade/{z}/{x}/{y}", Aggregates),
    ("GET", "/api/projects/{project}/path", Aggregates),
    ("GET", "/api/projects/{project}/export", Aggregates),
    ("GET", "/api/projects/{project}/vector/{collection}", Aggregates),
    (
        "GET",
        "/api/projects/{project}/vector/{collection}/{z}/{x}/{y}",
        Aggregates,
    ),
    ("GET", "/api/projects/{project}/style.json", Aggregates),
    ("GET", "/api/programmes", Open),
    ("GET", "/api/programmes/schema.json", Open),
    ("GET", "/api/projects/{project}/programmes", Aggregates),
    ("POST", "/api/projects/{project}/programmes", Edit),
    ("POST", "/api/projects/{project}/programmes/check", Edit),
    ("GET", "/api/projects/{project}/programmes/{key}", Aggregates),
    ("PUT", "/api/projects/{project}/programmes/{key}", Edit),
    ("DELETE", "/api/projects/{project}/programmes/{key}", Edit),
    ("GET", "/api/projects/{project}/programmes/{key}/evaluation", Aggregates),
    ("GET", "/api/projects/{project}/programmes/{key}/history", Department),
    ("GET", "/api/projects/{project}/programmes/{key}/projection", Department),
    (
        "GET",
        "/api/projects/{project}/programmes/{key}/indicators/{indicator}/rows",
        Department,
    ),
    ("GET", "/api/projects/{project}/programmes/{key}/planner", Department),
    ("GET", "/api/projects/{project}/programmes/{key}/reported", Department),
    ("POST", "/api/projects/{project}/programmes/{key}/reported", Edit),
    (
        "POST",
        "/api/projects/{project}/programmes/{key}/reported/from-import",
        Edit,
    ),
    (
        "POST",
        "/api/projects/{project}/programmes/{key}/crosswalk/from-list",
        Edit,
    ),
    ("GET", "/api/projects/{project}/programmes/{key}/crosswalk", Department),
    ("PUT", "/api/projects/{project}/programmes/{key}/crosswalk", Edit),
    ("GET", "/api/projects/{project}/programmes/{key}/workflow", Rows),
    ("POST", "/api/projects/{project}/programmes/{key}/submissions", Edit),
    ("POST", "/api/projects/{project}/programmes/{key}/site-lists", Upload),
    (
        "POST",
        "/api/projects/{project}/programmes/{key}/site-lists/from-import",
        Upload,
    ),
    ("GET", "/api/projects/{project}/programmes/{key}/sites", Rows),
    (
        "POST",
        "/api/projects/{project}/programmes/{key}/sites/{code}/stage",
        Upload,
    ),
    ("GET", "/api/projects/{project}/programmes/{key}/calls", Aggregates),
    ("POST", "/api/projects/{project}/programmes/{key}/calls", Tell),
    (
        "POST",
        "/api/projects/{project}/programmes/{key}/calls/{call}/answers",
        Upload,
    ),
    ("GET", "/api/projects/{project}/programmes/{key}/report", Department),
    (
        "GET",
        "/api/projects/{project}/programmes/{key}/annual-plan",
        Department,
    ),
    ("GET", "/api/projects/{project}/village-decisions", Aggregates),
    ("GET", "/api/projects/{project}/village-rules", Department),
    ("PUT", "/api/projects/{project}/village-rules", Edit),
    ("DELETE", "/api/projects/{project}/village-rules", Edit),
    ("GET", "/ogc/{project}", Aggregates),
    ("GET", "/ogc/{project}/", Aggregates),
    ("GET", "/ogc/{project}/conformance", Aggregates),
    ("GET", "/ogc/{project}/collections", Aggregates),
    ("GET", "/ogc/{project}/collections/{collection}", Aggregates),
    ("GET", "/ogc/{project}/collections/{collection}/queryables", Aggregates),
    ("GET", "/ogc/{project}/collections/{collection}/items", Aggregates),
    (
        "GET",
        "/ogc/{project}/collections/{collection}/items/{item}",
        Aggregates,
    ),
];

/// The access of a route; what has no row is the department's alone.
pub fn access_of(method: &Method, path: &str) -> Access {
    // HEAD is GET without the answer's body.
    let method = if *method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    let row = ROUTES.iter().find(|(m, p, _)| *m == method && *p == path);
    match row {
        Some((.., access)) => *access,
        None if method == "GET" => Department,
        None => Edit,
    }
}
