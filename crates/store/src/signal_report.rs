//! What people on the ground report about the signal, and the settings a project's planners start from.

use sqlx::Row;
use sqlx::any::AnyRow;

use crate::statement::Statement;
use crate::{Store, StoreError, now};

/// A report on the signal at a place, as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalReport {
    /// Made by whoever reports: the same id twice is one report.
    pub id: String,
    /// The place's code, where it is one of the project's.
    pub place_code: Option<String>,
    /// JSON text of the whole report.
    pub content: String,
    /// Who sent it.
    pub who: String,
    /// RFC 3339, UTC.
    pub received_at: String,
}

/// A report to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewSignalReport<'a> {
    /// Made by whoever reports.
    pub id: &'a str,
    /// The project's id.
    pub project: &'a str,
    /// The place's code, where it is one of the project's.
    pub place_code: Option<&'a str>,
    /// JSON text of the whole report.
    pub content: &'a str,
    /// Who sends it.
    pub who: &'a str,
}

const SELECT: &str = "SELECT id, place_code, content, who, received_at FROM signal_reports";

impl Store {
    /// Keeps a report; answers it as it is kept, and whether it is new. An id of another project or person is a conflict.
    pub async fn keep_signal_report(&self, report: NewSignalReport<'_>) -> Result<(SignalReport, bool), StoreError> {
        let mut write = self.write().await?;
        let inserted = sqlx::query(
            "INSERT INTO signal_reports (id, project, place_code, content, who, received_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(report.id)
        .bind(report.project)
        .bind(report.place_code)
        .bind(report.content)
        .bind(report.who)
        .bind(now())
        .execute(&mut *write.transaction)
        .await?;
        let mut query = Statement::new(SELECT);
        query.push(" WHERE id = ").push_bind(report.id.to_owned());
        query.push(" AND project = ").push_bind(report.project.to_owned());
        query.push(" AND who = ").push_bind(report.who.to_owned());
        let row = query.build().fetch_optional(&mut *write.transaction).await?;
        let kept = row
            .as_ref()
            .map(report_of)
            .transpose()?
            .ok_or_else(|| StoreError::Conflict(format!("a report {:?} exists already", report.id)))?;
        write.commit().await?;
        Ok((kept, inserted.rows_affected() == 1))
    }

    /// The newest reports of a project, at most `limit`; of one place, of one sender.
    pub async fn signal_reports(
        &self,
        project: &str,
        place: Option<&str>,
        who: Option<&str>,
        limit: i64,
    ) -> Result<Vec<SignalReport>, StoreError> {
        let mut query = Statement::new(SELECT);
        query.push(" WHERE project = ").push_bind(project.to_owned());
        for (column, value) in [(" AND place_code = ", place), (" AND who = ", who)] {
            if let Some(value) = value {
                query.push(column).push_bind(value.to_owned());
            }
        }
        query.push(" ORDER BY received_at DESC, id LIMIT ").push_bind(limit);
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(report_of).collect()
    }

    /// The settings of a project: JSON text; `None` where nobody has set any.
    pub async fn project_settings(&self, project: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT content FROM project_settings WHERE project = $1")
            .bind(project)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| row.try_get("content")).transpose()?)
    }

    /// Replaces the settings of a project.
    pub async fn set_project_settings(&self, project: &str, content: &str) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO project_settings (project, content, changed_at) VALUES ($1, $2, $3) \
             ON CONFLICT (project) DO UPDATE SET content = $2, changed_at = $3",
        )
        .bind(project)
        .bind(content)
        .bind(now())
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await
    }
}

fn report_of(row: &AnyRow) -> Result<SignalReport, StoreError> {
    Ok(SignalReport {
        id: row.try_get("id")?,
        place_code: row.try_get("place_code")?,
        content: row.try_get("content")?,
        who: row.try_get("who")?,
        received_at: row.try_get("received_at")?,
    })
}
