//! What people say of lists: how an import is to be read, and how headers were corrected the last time.

use serde_json::Value;
use sqlx::Row;

use crate::{Artefact, Store, StoreError};

impl Store {
    /// What is kept beside an import: how it was read, and what it would change. `None` for imports without it.
    pub async fn import_details(&self, import: &str) -> Result<Option<Value>, StoreError> {
        let row = sqlx::query("SELECT details FROM import_details WHERE import = $1")
            .bind(import)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>("details")?)?))
            .transpose()
    }

    /// Keeps something beside an import.
    pub async fn set_import_details(&self, import: &str, details: &Value) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO import_details (import, details) VALUES ($1, $2) \
             ON CONFLICT (import) DO UPDATE SET details = excluded.details",
        )
        .bind(import)
        .bind(details.to_string())
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await
    }

    /// Puts another reading of the same files in an import that awaits its commit.
    ///
    /// # Errors
    /// `Conflict` when the import was decided already.
    pub async fn restage_import(
        &self,
        project: &str,
        import: &str,
        content: &[Artefact],
        report: &Artefact,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let changed = sqlx::query(
            "UPDATE imports SET content = $1, report = $2 WHERE id = $3 AND project = $4 AND status = 'awaiting_commit'",
        )
        .bind(serde_json::to_string(content)?)
        .bind(serde_json::to_string(report)?)
        .bind(import)
        .bind(project)
        .execute(&mut *write.transaction)
        .await?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::Conflict(format!("import {import} does not await a commit")));
        }
        write.commit().await
    }

    /// Marks an import as committed that changes nothing, so that no version is made.
    ///
    /// # Errors
    /// `Conflict` when the import was decided already.
    pub async fn settle_import(&self, project: &str, import: &str) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        crate::dataset::mark_import_committed(&mut write, project, import).await?;
        write.commit().await
    }

    /// How headers of a kind of list were corrected: header → field.
    pub async fn column_mapping(&self, project: &str, kind: &str) -> Result<Option<Value>, StoreError> {
        let row = sqlx::query("SELECT columns FROM column_mappings WHERE project = $1 AND kind = $2")
            .bind(project)
            .bind(kind)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>("columns")?)?))
            .transpose()
    }

    /// Remembers corrections of headers; `None` forgets them.
    pub async fn set_column_mapping(
        &self,
        project: &str,
        kind: &str,
        columns: Option<&Value>,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM column_mappings WHERE project = $1 AND kind = $2")
            .bind(project)
            .bind(kind)
            .execute(&mut *write.transaction)
            .await?;
        if let Some(columns) = columns {
            sqlx::query("INSERT INTO column_mappings (project, kind, columns) VALUES ($1, $2, $3)")
                .bind(project)
                .bind(kind)
                .bind(columns.to_string())
                .execute(&mut *write.transaction)
                .await?;
        }
        write.commit().await
    }
}
