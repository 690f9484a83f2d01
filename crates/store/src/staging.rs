//! Imports between upload and commit: checked, reported, not yet part of the project.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::statement::Statement;
use crate::{Artefact, Store, StoreError, Viewer, now};

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// Checked; somebody must say yes or no.
    AwaitingCommit,
    /// Became a dataset version.
    Committed,
    /// Thrown away.
    Discarded,
}

/// An upload that was checked.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// "sites", "areas", …
    pub kind: String,
    /// The uploaded files.
    pub files: Vec<Artefact>,
    /// What a commit would store: the checked records, or the rasters.
    pub content: Vec<Artefact>,
    /// The import report (JSON), as an artefact.
    pub report: Artefact,
    /// The operator that sent it; `None`: the department.
    pub operator: Option<String>,
}

/// An import as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StagedImport {
    /// Unique.
    pub id: String,
    /// The project's id.
    pub project: String,
    /// "sites", "areas", …
    pub kind: String,
    /// Where it stands.
    pub status: ImportStatus,
    /// The uploaded files.
    pub files: Vec<Artefact>,
    /// What a commit would store.
    pub content: Vec<Artefact>,
    /// The report's artefact.
    pub report: Artefact,
    /// The operator that sent it; `None`: the department.
    pub operator: Option<String>,
    /// RFC 3339, UTC.
    pub created_at: String,
}

const SELECT: &str =
    "SELECT id, project, kind, status, files, content, report, operator, created_at FROM imports WHERE project = ";

impl Store {
    /// Keeps a checked upload until somebody decides.
    pub async fn stage_import(&self, project: &str, new: NewImport) -> Result<StagedImport, StoreError> {
        let import = StagedImport {
            id: uuid::Uuid::now_v7().simple().to_string(),
            project: project.to_owned(),
            kind: new.kind,
            status: ImportStatus::AwaitingCommit,
            files: new.files,
            content: new.content,
            report: new.report,
            operator: new.operator,
            created_at: now(),
        };
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO imports (id, project, kind, status, files, content, report, created_at, operator) \
             VALUES ($1, $2, $3, 'awaiting_commit', $4, $5, $6, $7, $8)",
        )
        .bind(import.id.as_str())
        .bind(import.project.as_str())
        .bind(import.kind.as_str())
        .bind(serde_json::to_string(&import.files)?)
        .bind(serde_json::to_string(&import.content)?)
        .bind(serde_json::to_string(&import.report)?)
        .bind(import.created_at.as_str())
        .bind(import.operator.clone())
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await?;
        Ok(import)
    }

    /// The imports of a project that a viewer knows of, the newest first.
    pub async fn imports(&self, viewer: &Viewer, project: &str) -> Result<Vec<StagedImport>, StoreError> {
        let mut query = imports_seen_by(viewer, project);
        query.push(" ORDER BY created_at DESC, id DESC");
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(import_of).collect()
    }

    /// One import, as the department sees it.
    pub async fn import(&self, project: &str, id: &str) -> Result<StagedImport, StoreError> {
        self.import_for(&Viewer::Department, project, id).await
    }

    /// One import that a viewer knows of.
    pub async fn import_for(&self, viewer: &Viewer, project: &str, id: &str) -> Result<StagedImport, StoreError> {
        let mut query = imports_seen_by(viewer, project);
        query.push(" AND id = ").push_bind(id.to_owned());
        let row = query.build().fetch_optional(&self.pool).await?;
        row.as_ref()
            .map_or_else(|| Err(StoreError::not_found("import", id)), import_of)
    }

    /// Throws an import away that awaits its commit.
    pub async fn discard_import(&self, viewer: &Viewer, project: &str, id: &str) -> Result<(), StoreError> {
        self.import_for(viewer, project, id).await?;
        let mut write = self.write().await?;
        let discarded = sqlx::query(
            "UPDATE imports SET status = 'discarded' WHERE id = $1 AND project = $2 AND status = 'awaiting_commit'",
        )
        .bind(id)
        .bind(project)
        .execute(&mut *write.transaction)
        .await?;
        if discarded.rows_affected() == 0 {
            return Err(StoreError::Conflict(format!("import {id} does not await a commit")));
        }
        write.commit().await
    }
}

/// The department's imports are the department's; an operator knows of its own.
fn imports_seen_by(viewer: &Viewer, project: &str) -> Statement {
    let mut query = Statement::new(SELECT);
    query.push_bind(project.to_owned());
    match viewer {
        Viewer::Department => {}
        Viewer::Operator(own) => {
            query.push(" AND operator = ").push_bind(own.clone());
        }
        Viewer::Aggregates => {
            query.push(" AND 1 = 0");
        }
    }
    query
}

fn import_of(row: &AnyRow) -> Result<StagedImport, StoreError> {
    let json = |name: &str| -> Result<String, StoreError> { Ok(row.try_get::<String, _>(name)?) };
    Ok(StagedImport {
        id: row.try_get("id")?,
        project: row.try_get("project")?,
        kind: row.try_get("kind")?,
        status: serde_json::from_value(Value::String(row.try_get("status")?))?,
        files: serde_json::from_str(&json("files")?)?,
        content: serde_json::from_str(&json("content")?)?,
        report: serde_json::from_str(&json("report")?)?,
        operator: row.try_get("operator")?,
        created_at: row.try_get("created_at")?,
    })
}
