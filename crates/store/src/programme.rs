//! A project's own programmes, and the journal of what people bring to a programme.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::engine::WriteTransaction;
use crate::statement::Statement;
use crate::viewer::visible_to;
use crate::{Store, StoreError, Viewer, now};

/// A programme of a project's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammeDocument {
    /// Key, unique in the project.
    pub key: String,
    /// Key of the programme that it was copied from.
    pub based_on: Option<String>,
    /// The document, TOML.
    pub text: String,
    /// RFC 3339, UTC.
    pub changed_at: String,
}

/// An entry about to be written into a programme's journal.
#[derive(Debug, Clone)]
pub struct NewProgrammeEntry<'a> {
    /// Key of the programme; empty for what belongs to the whole project.
    pub programme: &'a str,
    /// "reported", "submission", "site_list", "stage", "call", "answer", …
    pub kind: &'a str,
    /// What it is about: an indicator, an operator, a site's code, a call.
    pub subject: &'a str,
    /// The operator that it belongs to; `None` is everybody's.
    pub operator: Option<&'a str>,
    /// The entry itself.
    pub document: Value,
    /// Who entered it.
    pub who: &'a str,
}

/// An entry of a programme's journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProgrammeEntry {
    /// Unique.
    pub id: String,
    /// Key of the programme.
    pub programme: String,
    /// Kind.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The entry itself.
    pub document: Value,
    /// Who entered it.
    pub who: String,
    /// RFC 3339, UTC.
    pub at: String,
}

impl Store {
    /// The project's own programmes, by key.
    pub async fn programmes(&self, project: &str) -> Result<Vec<ProgrammeDocument>, StoreError> {
        let rows =
            sqlx::query("SELECT key, based_on, document, changed_at FROM programmes WHERE project = $1 ORDER BY key")
                .bind(project)
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(document_of).collect()
    }

    /// One of the project's own programmes.
    pub async fn programme(&self, project: &str, key: &str) -> Result<Option<ProgrammeDocument>, StoreError> {
        let row =
            sqlx::query("SELECT key, based_on, document, changed_at FROM programmes WHERE project = $1 AND key = $2")
                .bind(project)
                .bind(key)
                .fetch_optional(&self.pool)
                .await?;
        row.as_ref().map(document_of).transpose()
    }

    /// Stores a new programme.
    ///
    /// # Errors
    /// `Conflict` when the project has one with this key.
    pub async fn create_programme(
        &self,
        project: &str,
        key: &str,
        based_on: Option<&str>,
        text: &str,
    ) -> Result<ProgrammeDocument, StoreError> {
        let mut write = self.write().await?;
        let inserted = sqlx::query(
            "INSERT INTO programmes (project, key, based_on, document, changed_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (project, key) DO NOTHING",
        )
        .bind(project)
        .bind(key)
        .bind(based_on.map(str::to_owned))
        .bind(text)
        .bind(now())
        .execute(&mut *write.transaction)
        .await?;
        if inserted.rows_affected() == 0 {
            return Err(StoreError::Conflict(format!("a programme {key:?} exists already")));
        }
        write.commit().await?;
        self.own_programme(project, key).await
    }

    /// Replaces a programme's document.
    pub async fn change_programme(
        &self,
        project: &str,
        key: &str,
        text: &str,
    ) -> Result<ProgrammeDocument, StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE programmes SET document = $3, changed_at = $4 WHERE project = $1 AND key = $2")
            .bind(project)
            .bind(key)
            .bind(text)
            .bind(now())
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await?;
        self.own_programme(project, key).await
    }

    /// Deletes a programme with its journal.
    pub async fn delete_programme(&self, project: &str, key: &str) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let deleted = sqlx::query("DELETE FROM programmes WHERE project = $1 AND key = $2")
            .bind(project)
            .bind(key)
            .execute(&mut *write.transaction)
            .await?;
        if deleted.rows_affected() == 0 {
            return Err(StoreError::not_found("programme", key));
        }
        sqlx::query("DELETE FROM programme_entries WHERE project = $1 AND programme = $2")
            .bind(project)
            .bind(key)
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await
    }

    async fn own_programme(&self, project: &str, key: &str) -> Result<ProgrammeDocument, StoreError> {
        let found = self.programme(project, key).await?;
        found.ok_or_else(|| StoreError::not_found("programme", key))
    }

    /// Writes into a programme's journal.
    pub async fn append_programme_entry(
        &self,
        project: &str,
        new: NewProgrammeEntry<'_>,
    ) -> Result<ProgrammeEntry, StoreError> {
        let mut write = self.write().await?;
        let entry = insert_entry(&mut write, project, new).await?;
        write.commit().await?;
        Ok(entry)
    }

    /// Writes several entries into a programme's journal: all of them or, where one fails, none.
    pub async fn append_programme_entries(
        &self,
        project: &str,
        new: impl Iterator<Item = NewProgrammeEntry<'_>> + Send,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        for entry in new {
            insert_entry(&mut write, project, entry).await?;
        }
        write.commit().await
    }

    /// The entries of a kind in a programme's journal that a viewer may see, oldest first.
    pub async fn programme_entries(
        &self,
        project: &str,
        programme: &str,
        kind: &str,
        viewer: &Viewer,
    ) -> Result<Vec<ProgrammeEntry>, StoreError> {
        let mut query = Statement::new(
            "SELECT id, programme, kind, subject, document, who, at FROM programme_entries WHERE project = ",
        );
        query
            .push_bind(project)
            .push(" AND programme = ")
            .push_bind(programme)
            .push(" AND kind = ")
            .push_bind(kind);
        if let Some(pattern) = viewer.pattern() {
            query
                .push(" AND (visible_to IS NULL OR visible_to LIKE ")
                .push_bind(pattern)
                .push(" ESCAPE '\\')");
        }
        query.push(" ORDER BY at, id");
        query
            .build()
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(entry_of)
            .collect()
    }
}

async fn insert_entry(
    write: &mut WriteTransaction<'_>,
    project: &str,
    new: NewProgrammeEntry<'_>,
) -> Result<ProgrammeEntry, StoreError> {
    let entry = ProgrammeEntry {
        id: uuid::Uuid::now_v7().simple().to_string(),
        programme: new.programme.to_owned(),
        kind: new.kind.to_owned(),
        subject: new.subject.to_owned(),
        document: new.document,
        who: new.who.to_owned(),
        at: now(),
    };
    sqlx::query(
        "INSERT INTO programme_entries (id, project, programme, kind, subject, visible_to, document, who, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(entry.id.as_str())
    .bind(project)
    .bind(entry.programme.as_str())
    .bind(entry.kind.as_str())
    .bind(entry.subject.as_str())
    .bind(new.operator.map(|operator| visible_to(&[operator.to_owned()])))
    .bind(entry.document.to_string())
    .bind(entry.who.as_str())
    .bind(entry.at.as_str())
    .execute(&mut *write.transaction)
    .await?;
    Ok(entry)
}

fn document_of(row: &AnyRow) -> Result<ProgrammeDocument, StoreError> {
    Ok(ProgrammeDocument {
        key: row.try_get("key")?,
        based_on: row.try_get("based_on")?,
        text: row.try_get("document")?,
        changed_at: row.try_get("changed_at")?,
    })
}

fn entry_of(row: &AnyRow) -> Result<ProgrammeEntry, StoreError> {
    Ok(ProgrammeEntry {
        id: row.try_get("id")?,
        programme: row.try_get("programme")?,
        kind: row.try_get("kind")?,
        subject: row.try_get("subject")?,
        document: serde_json::from_str(&row.try_get::<String, _>("document")?)?,
        who: row.try_get("who")?,
        at: row.try_get("at")?,
    })
}
