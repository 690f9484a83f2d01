//! Jobs: long work that people wait for. Rows here, so that a restart knows what was under way.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::statement::Statement;
use crate::{Store, StoreError, Viewer, now};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// Waits for its turn.
    Queued,
    /// Under way.
    Running,
    /// Done; `result` says what came of it.
    Succeeded,
    /// Ended with a problem.
    Failed,
    /// Stopped because somebody asked.
    Cancelled,
}

impl JobStatus {
    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How far a job is, in words for people.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct JobProgress {
    /// 0 to 1.
    pub fraction: f64,
    /// What is being done, in Vietnamese.
    pub stage_vi: String,
    /// What is being done, in English.
    pub stage_en: String,
    /// Seconds still to wait, when that can be told honestly.
    pub eta_seconds: Option<f64>,
    /// What the best answer so far is worth, while something is optimised. Told to listeners, not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<f64>,
    /// What no answer can be better than. Told to listeners, not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<f64>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Unique.
    pub id: String,
    /// The project's id; none for work on no project yet (the demo).
    pub project: Option<String>,
    /// "coverage", "plan", "demo", …
    pub kind: String,
    /// Where it stands.
    pub status: JobStatus,
    /// What was asked for.
    pub parameters: Value,
    /// How far it is.
    pub progress: JobProgress,
    /// What came of it.
    pub result: Option<Value>,
    /// Why it failed: a problem document.
    pub problem: Option<Value>,
    /// How often it was begun.
    pub attempts: i64,
    /// Who asked for it; none for jobs of before there were accounts.
    pub created_by: Option<String>,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// RFC 3339, UTC.
    pub started_at: Option<String>,
    /// RFC 3339, UTC.
    pub finished_at: Option<String>,
}

const SELECT: &str = "SELECT id, project, kind, status, parameters, fraction, stage_vi, stage_en, eta_seconds, \
     result, problem, attempts, created_by, created_at, started_at, finished_at FROM jobs ";

impl Store {
    /// Puts a job into the queue.
    pub async fn create_job(
        &self,
        project: Option<&str>,
        kind: &str,
        parameters: &Value,
        who: &str,
    ) -> Result<Job, StoreError> {
        let id = uuid::Uuid::now_v7().simple().to_string();
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO jobs (id, project, kind, status, parameters, fraction, stage_vi, stage_en, attempts, created_at, created_by) \
             VALUES ($1, $2, $3, 'queued', $4, 0.0, 'Đang chờ', 'Waiting', 0, $5, $6)",
        )
        .bind(id.as_str())
        .bind(project.map(str::to_owned))
        .bind(kind)
        .bind(parameters.to_string())
        .bind(now())
        .bind(who)
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await?;
        self.job(&id).await
    }

    /// One job.
    pub async fn job(&self, id: &str) -> Result<Job, StoreError> {
        let mut query = Statement::new(SELECT);
        query.push("WHERE id = ").push_bind(id);
        let row = query.build().fetch_optional(&self.pool).await?;
        row.as_ref()
            .map_or_else(|| Err(StoreError::not_found("job", id)), job_of)
    }

    /// One job that a viewer knows of: an operator knows of the checks of its own lists.
    pub async fn job_for(&self, viewer: &Viewer, id: &str) -> Result<Job, StoreError> {
        let job = self.job(id).await?;
        let is_known = match viewer {
            Viewer::Department => true,
            Viewer::Operator(own) => job.kind == "import" && job.parameters["sender"].as_str() == Some(own),
            Viewer::Aggregates => false,
        };
        is_known.then_some(job).ok_or_else(|| StoreError::not_found("job", id))
    }

    /// The newest jobs (of one project), the newest first; 200 at most.
    pub async fn jobs(&self, project: Option<&str>) -> Result<Vec<Job>, StoreError> {
        let mut query = Statement::new(SELECT);
        if let Some(project) = project {
            query.push("WHERE project = ").push_bind(project);
        }
        query.push(" ORDER BY created_at DESC, id DESC LIMIT 200");
        query.build().fetch_all(&self.pool).await?.iter().map(job_of).collect()
    }

    /// How many jobs there are in each status.
    pub async fn job_counts(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query("SELECT status, COUNT(*) AS jobs FROM jobs GROUP BY status ORDER BY status")
            .fetch_all(&self.pool)
            .await?;
        let count = |row: &AnyRow| Ok((row.try_get("status")?, row.try_get("jobs")?));
        rows.iter().map(count).collect()
    }

    /// Begins a queued job in the name of a worker; `false` when it is no longer queued.
    pub async fn start_job(&self, id: &str, worker: &str) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let started = sqlx::query(
            "UPDATE jobs SET status = 'running', attempts = attempts + 1, started_at = $2, worker = $3, heartbeat_at = $2 \
             WHERE id = $1 AND status = 'queued'",
        )
        .bind(id)
        .bind(now())
        .bind(worker)
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await?;
        Ok(started.rows_affected() == 1)
    }

    /// Notes how far a running job is.
    pub async fn note_progress(&self, id: &str, progress: &JobProgress) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE jobs SET fraction = $2, stage_vi = $3, stage_en = $4, eta_seconds = $5 WHERE id = $1 AND status = 'running'",
        )
        .bind(id)
        .bind(progress.fraction)
        .bind(progress.stage_vi.as_str())
        .bind(progress.stage_en.as_str())
        .bind(progress.eta_seconds)
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await
    }

    /// Ends a job that is queued or running; a job that ended before stays as it is.
    pub async fn finish_job(
        &self,
        id: &str,
        status: JobStatus,
        result: Option<&Value>,
        problem: Option<&Value>,
    ) -> Result<Job, StoreError> {
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE jobs SET status = $2, result = $3, problem = $4, finished_at = $5, eta_seconds = NULL, \
             fraction = CASE WHEN $2 = 'succeeded' THEN 1.0 ELSE fraction END \
             WHERE id = $1 AND status IN ('queued', 'running')",
        )
        .bind(id)
        .bind(status.name())
        .bind(result.map(Value::to_string))
        .bind(problem.map(Value::to_string))
        .bind(now())
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await?;
        self.job(id).await
    }

    /// After a restart: running jobs (of a shared store: those whose worker fell silent) go back into the queue (their work is idempotent), except those that were begun `most_attempts`
    /// times already, which fail with `problem`. Answers the queue, the oldest first.
    pub async fn recover_jobs(&self, most_attempts: i64, problem: &Value) -> Result<Vec<Job>, StoreError> {
        // One folder has one service: what runs there was its own, interrupted. A shared store's jobs may be somebody else's, alive.
        let silent_since = if self.is_shared() {
            crate::account::in_seconds(-crate::Heartbeat::SILENCE_SECONDS)
        } else {
            now()
        };
        const SILENT: &str = "status = 'running' AND (heartbeat_at IS NULL OR heartbeat_at <= ";
        let mut write = self.write().await?;
        let mut given_up = Statement::new("UPDATE jobs SET status = 'failed', problem = ");
        given_up.push_bind(problem.to_string());
        given_up.push(", finished_at = ").push_bind(now());
        given_up.push(" WHERE attempts >= ").push_bind(most_attempts);
        given_up
            .push(" AND ")
            .push(SILENT)
            .push_bind(silent_since.clone())
            .push(")");
        given_up.build().execute(&mut *write.transaction).await?;
        let mut again = Statement::new("UPDATE jobs SET status = 'queued', fraction = 0.0, eta_seconds = NULL WHERE ");
        again.push(SILENT).push_bind(silent_since).push(")");
        again.build().execute(&mut *write.transaction).await?;
        write.commit().await?;
        let mut query = Statement::new(SELECT);
        query.push("WHERE status = 'queued' ORDER BY created_at, id");
        query.build().fetch_all(&self.pool).await?.iter().map(job_of).collect()
    }
}

fn job_of(row: &AnyRow) -> Result<Job, StoreError> {
    let json = |name: &str| -> Result<Option<Value>, StoreError> {
        let text: Option<String> = row.try_get(name)?;
        Ok(text.as_deref().map(serde_json::from_str).transpose()?)
    };
    Ok(Job {
        id: row.try_get("id")?,
        project: row.try_get("project")?,
        kind: row.try_get("kind")?,
        status: serde_json::from_value(Value::String(row.try_get("status")?))?,
        parameters: json("parameters")?.unwrap_or_default(),
        progress: JobProgress {
            fraction: row.try_get("fraction")?,
            stage_vi: row.try_get("stage_vi")?,
            stage_en: row.try_get("stage_en")?,
            eta_seconds: row.try_get("eta_seconds")?,
            ..JobProgress::default()
        },
        result: json("result")?,
        problem: json("problem")?,
        attempts: row.try_get("attempts")?,
        created_by: row.try_get("created_by")?,
        created_at: row.try_get("created_at")?,
        started_at: row.try_get("started_at")?,
        finished_at: row.try_get("finished_at")?,
    })
}
