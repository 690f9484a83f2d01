//! Runs: immutable results, named by the hash of their inputs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{QueryBuilder, Row};

use crate::{Artefact, Store, StoreError, now};

/// What was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// Coverage of a network.
    Coverage,
    /// A plan: the best actions.
    Plan,
}

impl RunKind {
    /// As it is written in the database and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Coverage => "coverage",
            Self::Plan => "plan",
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
    /// The result's files, by role.
    pub files: BTreeMap<String, Artefact>,
    /// RFC 3339, UTC.
    pub created_at: String,
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

    /// One run.
    pub async fn run(&self, project: &str, id: &str) -> Result<Run, StoreError> {
        self.find_run(project, id)
            .await?
            .ok_or_else(|| StoreError::not_found("run", id))
    }

    /// One run, when it was computed already.
    pub async fn find_run(&self, project: &str, id: &str) -> Result<Option<Run>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query.push_bind(project).push(" AND id = ").push_bind(id);
        query
            .build()
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(run_of)
            .transpose()
    }

    /// The runs of a project, the newest first.
    pub async fn runs(&self, project: &str, kind: Option<RunKind>) -> Result<Vec<Run>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query.push_bind(project);
        if let Some(kind) = kind {
            query.push(" AND kind = ").push_bind(kind.name());
        }
        query.push(" ORDER BY created_at DESC, id");
        query.build().fetch_all(&self.pool).await?.iter().map(run_of).collect()
    }

    /// The newest run of a kind.
    pub async fn latest_run(&self, project: &str, kind: RunKind) -> Result<Option<Run>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query
            .push_bind(project)
            .push(" AND kind = ")
            .push_bind(kind.name())
            .push(" ORDER BY created_at DESC, id LIMIT 1");
        query
            .build()
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(run_of)
            .transpose()
    }
}

fn run_of(row: &AnyRow) -> Result<Run, StoreError> {
    let json =
        |name: &str| -> Result<Value, StoreError> { Ok(serde_json::from_str(&row.try_get::<String, _>(name)?)?) };
    Ok(Run {
        id: row.try_get("id")?,
        project: row.try_get("project")?,
        kind: serde_json::from_value(Value::String(row.try_get("kind")?))?,
        inputs: json("inputs")?,
        parameters: json("parameters")?,
        summary: json("summary")?,
        files: serde_json::from_value(json("files")?)?,
        created_at: row.try_get("created_at")?,
    })
}
