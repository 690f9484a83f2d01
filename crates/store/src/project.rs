//! Projects: one province's data and what was computed from it.

use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::{Store, StoreError, now};

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Unique, never reused.
    pub id: String,
    /// Unique name that people gave.
    pub name: String,
    /// Whether its data are made up (the demo), to be said wherever they are shown.
    pub synthetic: bool,
    /// RFC 3339, UTC.
    pub created_at: String,
}

impl Store {
    /// Makes a project; the name must not be taken.
    pub async fn create_project(&self, name: &str, synthetic: bool) -> Result<Project, StoreError> {
        let project = Project {
            id: uuid::Uuid::now_v7().simple().to_string(),
            name: name.to_owned(),
            synthetic,
            created_at: now(),
        };
        let mut write = self.write().await?;
        let inserted = sqlx::query(
            "INSERT INTO projects (id, name, synthetic, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING",
        )
        .bind(project.id.as_str())
        .bind(project.name.as_str())
        .bind(i64::from(project.synthetic))
        .bind(project.created_at.as_str())
        .execute(&mut *write.transaction)
        .await?;
        if inserted.rows_affected() == 0 {
            return Err(name_taken(name));
        }
        write.commit().await?;
        Ok(project)
    }

    /// All projects, the oldest first.
    pub async fn projects(&self) -> Result<Vec<Project>, StoreError> {
        let rows = sqlx::query("SELECT id, name, synthetic, created_at FROM projects ORDER BY created_at, id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(project_of).collect()
    }

    /// One project, by its id or its name.
    pub async fn project(&self, id_or_name: &str) -> Result<Project, StoreError> {
        let row = sqlx::query(
            "SELECT id, name, synthetic, created_at FROM projects WHERE id = $1 OR name = $1 ORDER BY id = $1 DESC",
        )
        .bind(id_or_name)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref()
            .map_or_else(|| Err(StoreError::not_found("project", id_or_name)), project_of)
    }

    /// Gives a project another name.
    pub async fn rename_project(&self, id: &str, name: &str) -> Result<Project, StoreError> {
        let mut write = self.write().await?;
        let taken = sqlx::query("SELECT id FROM projects WHERE name = $1 AND id <> $2")
            .bind(name)
            .bind(id)
            .fetch_optional(&mut *write.transaction)
            .await?;
        if taken.is_some() {
            return Err(name_taken(name));
        }
        sqlx::query("UPDATE projects SET name = $1 WHERE id = $2")
            .bind(name)
            .bind(id)
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await?;
        self.project(id).await
    }

    /// Deletes a project with all its rows. Artefacts stay until they are swept: other projects may share them.
    pub async fn delete_project(&self, id: &str) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let deleted = sqlx::query("DELETE FROM projects WHERE id = $1")
            .bind(id)
            .execute(&mut *write.transaction)
            .await?;
        if deleted.rows_affected() == 0 {
            return Err(StoreError::not_found("project", id));
        }
        write.commit().await
    }
}

fn name_taken(name: &str) -> StoreError {
    StoreError::Conflict(format!("a project named {name:?} exists already"))
}

fn project_of(row: &AnyRow) -> Result<Project, StoreError> {
    Ok(Project {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        synthetic: row.try_get::<i64, _>("synthetic")? != 0,
        created_at: row.try_get("created_at")?,
    })
}
