//! Runs: immutable results, named by the hash of their inputs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::statement::Statement;
use crate::{Artefact, Store, StoreError, Viewer, now};

/// What was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// Coverage of a network.
    Coverage,
    /// A plan: the best actions.
    Plan,
    /// Masts that could be shared.
    Sharing,
}

impl RunKind {
    /// As it is written in the database and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Coverage => "coverage",
            Self::Plan => "plan",
            Self::Sharing => "sharing",
        }
    }
}

/// A result about to be stored.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// What was computed.
    pub kind: RunKind,
    /// Everything that the result depends on: data versions, parameters, program version.
    pub inputs: Value,
    /// The parameters, as they are shown with every table and map.
    pub parameters: Value,
    /// A few figures.
    pub summary: Value,
    /// The result's files, by role ("areas", "layer/4g-any-signal", …).
    pub files: BTreeMap<String, Artefact>,
}

/// A result as stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The hash of the inputs: 32 hexadecimal digits.
    pub id: String,
    /// The project's id.
    pub project: String,
    /// What was computed.
    pub kind: RunKind,
    /// Everything that the result depends on.
    pub inputs: Value,
    /// The parameters.
    pub parameters: Value,
    /// A few figures.
    pub summary: Value,
    /// The result's files, by role: those that the viewer may read.
    pub files: BTreeMap<String, Artefact>,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// For whom it was found. Whoever reads its tables leaves out the rows that are not for this viewer's eyes.
    #[serde(skip)]
    pub viewer: Viewer,
}

/// The name of a run: the first 128 bits of BLAKE3 over its kind and inputs (JSON, keys in the order in which the program writes them).
pub fn run_id(kind: RunKind, inputs: &Value) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(kind.name().as_bytes())
        .update(b"\n")
        .update(inputs.to_string().as_bytes());
    hasher.finalize().to_hex().chars().take(32).collect()
}

const SELECT: &str =
    "SELECT project, id, kind, inputs, parameters, summary, files, created_at FROM runs WHERE project = ";

impl Store {
    /// Stores a result. The same inputs give the same name: a second time changes nothing and answers the first.
    pub async fn commit_run(&self, project: &str, new: NewRun) -> Result<Run, StoreError> {
        let id = run_id(new.kind, &new.inputs);
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO runs (project, id, kind, inputs, parameters, summary, files, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (project, id) DO NOTHING",
        )
        .bind(project)
        .bind(id.as_str())
        .bind(new.kind.name())
        .bind(new.inputs.to_string())
        .bind(new.parameters.to_string())
        .bind(new.summary.to_string())
        .bind(serde_json::to_string(&new.files)?)
        .bind(now())
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await?;
        self.run(project, &id).await
    }

    /// One run, as the department sees it.
    pub async fn run(&self, project: &str, id: &str) -> Result<Run, StoreError> {
        self.run_for(&Viewer::Department, project, id).await
    }

    /// One run, as a viewer sees it.
    pub async fn run_for(&self, viewer: &Viewer, project: &str, id: &str) -> Result<Run, StoreError> {
        self.find_run_for(viewer, project, id)
            .await?
            .ok_or_else(|| StoreError::not_found("run", id))
    }

    /// One run, when it was computed already.
    pub async fn find_run(&self, project: &str, id: &str) -> Result<Option<Run>, StoreError> {
        self.find_run_for(&Viewer::Department, project, id).await
    }

    async fn find_run_for(&self, viewer: &Viewer, project: &str, id: &str) -> Result<Option<Run>, StoreError> {
        let mut query = runs_seen_by(viewer, project);
        query.push(" AND id = ").push_bind(id.to_owned());
        let row = query.build().fetch_optional(&self.pool).await?;
        row.map(|row| run_of(&row, viewer)).transpose()
    }

    /// The runs of a project, the newest first, as the department sees them.
    pub async fn runs(&self, project: &str, kind: Option<RunKind>) -> Result<Vec<Run>, StoreError> {
        self.runs_for(&Viewer::Department, project, kind).await
    }

    /// The runs of a project, the newest first, as a viewer sees them.
    pub async fn runs_for(
        &self,
        viewer: &Viewer,
        project: &str,
        kind: Option<RunKind>,
    ) -> Result<Vec<Run>, StoreError> {
        let mut query = runs_seen_by(viewer, project);
        if let Some(kind) = kind {
            query.push(" AND kind = ").push_bind(kind.name());
        }
        query.push(" ORDER BY created_at DESC, id");
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(|row| run_of(row, viewer)).collect()
    }

    /// The newest run of a kind, as the department sees it.
    pub async fn latest_run(&self, project: &str, kind: RunKind) -> Result<Option<Run>, StoreError> {
        self.latest_run_for(&Viewer::Department, project, kind).await
    }

    /// The newest run of a kind, as a viewer sees it.
    pub async fn latest_run_for(
        &self,
        viewer: &Viewer,
        project: &str,
        kind: RunKind,
    ) -> Result<Option<Run>, StoreError> {
        let mut query = runs_seen_by(viewer, project);
        query
            .push(" AND kind = ")
            .push_bind(kind.name())
            .push(" ORDER BY created_at DESC, id LIMIT 1");
        let row = query.build().fetch_optional(&self.pool).await?;
        row.map(|row| run_of(&row, viewer)).transpose()
    }
}

/// The runs of a project that a viewer knows of: plans are between the department and the operators.
fn runs_seen_by(viewer: &Viewer, project: &str) -> Statement {
    let mut query = Statement::new(SELECT);
    query.push_bind(project.to_owned());
    if *viewer == Viewer::Aggregates {
        query.push(" AND kind = 'coverage'");
    }
    query
}

fn run_of(row: &AnyRow, viewer: &Viewer) -> Result<Run, StoreError> {
    let json =
        |name: &str| -> Result<Value, StoreError> { Ok(serde_json::from_str(&row.try_get::<String, _>(name)?)?) };
    let mut run = Run {
        id: row.try_get("id")?,
        project: row.try_get("project")?,
        kind: serde_json::from_value(Value::String(row.try_get("kind")?))?,
        inputs: json("inputs")?,
        parameters: json("parameters")?,
        summary: json("summary")?,
        files: serde_json::from_value(json("files")?)?,
        created_at: row.try_get("created_at")?,
        viewer: viewer.clone(),
    };
    keep_back(&mut run, viewer);
    Ok(run)
}

/// Takes from a run what is not for a viewer's eyes: files of others, and figures and hashes that change with others' lists.
fn keep_back(run: &mut Run, viewer: &Viewer) {
    if viewer.is_department() {
        return;
    }
    viewer.keep_visible(&mut run.files);
    run.inputs = Value::Null;
    let shown = |key: &str| key == "technologies";
    match &mut run.summary {
        Value::Object(figures) => figures.retain(|key, _| shown(key)),
        summary => *summary = Value::Null,
    }
    if run.kind == RunKind::Plan {
        let technology = run.parameters.get("technology").cloned().unwrap_or_default();
        run.parameters = serde_json::json!({ "technology": technology });
    }
}
