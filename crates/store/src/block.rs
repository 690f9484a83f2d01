//! Blocks: parts of a run that several processes share. A process says now and then that it lives; what a silent one held is taken over.

use std::time::Duration;

use sqlx::Row;

use crate::account::in_seconds;
use crate::{Job, Store, StoreError, now};

/// A part of a job's work, taken by a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// From 0.
    pub number: i64,
    /// How often it was begun, this time included.
    pub attempts: i64,
}

/// How often workers say that they live, and after how long a silence they are thought dead.
#[derive(Debug, Clone, Copy)]
pub struct Heartbeat;

impl Heartbeat {
    /// Time between two signs of life.
    pub const EVERY: Duration = Duration::from_secs(2);
    /// Silence after which another takes over.
    pub const SILENCE_SECONDS: i64 = 8;
}

impl Store {
    /// Divides a job into blocks; a job that is divided already stays as it is.
    pub async fn divide_job(&self, job: &str, blocks: i64) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        for number in 0..blocks {
            sqlx::query(
                "INSERT INTO blocks (job, number, done, attempts) VALUES ($1, $2, 0, 0) ON CONFLICT (job, number) DO NOTHING",
            )
            .bind(job)
            .bind(number)
            .execute(&mut *write.transaction)
            .await?;
        }
        write.commit().await
    }

    /// Takes a block that nobody works on (or whose worker fell silent); `None` when there is none now.
    pub async fn take_block(&self, job: &str, worker: &str) -> Result<Option<Block>, StoreError> {
        let mut write = self.write().await?;
        let row = sqlx::query(
            "SELECT number, attempts FROM blocks WHERE job = $1 AND done = 0 AND (worker IS NULL OR heartbeat_at < $2) \
             ORDER BY number LIMIT 1",
        )
        .bind(job)
        .bind(in_seconds(-Heartbeat::SILENCE_SECONDS))
        .fetch_optional(&mut *write.transaction)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let block = Block {
            number: row.try_get("number")?,
            attempts: row.try_get::<i64, _>("attempts")? + 1,
        };
        sqlx::query("UPDATE blocks SET worker = $3, heartbeat_at = $4, attempts = $5 WHERE job = $1 AND number = $2")
            .bind(job)
            .bind(block.number)
            .bind(worker)
            .bind(now())
            .bind(block.attempts)
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await?;
        Ok(Some(block))
    }

    /// Says that a block is done. It is, whoever says so: the same work gives the same bytes.
    pub async fn finish_block(&self, job: &str, number: i64) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE blocks SET done = 1 WHERE job = $1 AND number = $2")
            .bind(job)
            .bind(number)
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await
    }

    /// Blocks of a job: how many are done, and how many there are.
    pub async fn block_counts(&self, job: &str) -> Result<(i64, i64), StoreError> {
        // Counted one by one: sums have another type in each engine.
        let row = sqlx::query(
            "SELECT COUNT(*) AS blocks, COUNT(CASE WHEN done = 1 THEN 1 END) AS finished FROM blocks WHERE job = $1",
        )
        .bind(job)
        .fetch_one(&self.pool)
        .await?;
        Ok((row.try_get("finished")?, row.try_get("blocks")?))
    }

    /// How often the blocks of a job were begun in all.
    pub async fn block_attempts(&self, job: &str) -> Result<Vec<i64>, StoreError> {
        let rows = sqlx::query("SELECT attempts FROM blocks WHERE job = $1 ORDER BY number")
            .bind(job)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok(row.try_get("attempts")?)).collect()
    }

    /// Says that a worker lives, and with it its job and its blocks.
    pub async fn beat(&self, worker: &str) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        for statement in [
            "UPDATE blocks SET heartbeat_at = $2 WHERE worker = $1 AND done = 0",
            "UPDATE jobs SET heartbeat_at = $2 WHERE worker = $1 AND status = 'running'",
        ] {
            sqlx::query(statement)
                .bind(worker)
                .bind(now())
                .execute(&mut *write.transaction)
                .await?;
        }
        write.commit().await
    }

    /// Takes the oldest queued job, or one whose worker fell silent, in the name of a worker.
    pub async fn take_job(&self, worker: &str) -> Result<Option<Job>, StoreError> {
        let mut write = self.write().await?;
        let row = sqlx::query(
            "SELECT id FROM jobs WHERE kind IN ('coverage', 'plan', 'sharing') AND \
             (status = 'queued' OR (status = 'running' AND (heartbeat_at IS NULL OR heartbeat_at < $1))) \
             ORDER BY created_at, id LIMIT 1",
        )
        .bind(in_seconds(-Heartbeat::SILENCE_SECONDS))
        .fetch_optional(&mut *write.transaction)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id: String = row.try_get("id")?;
        sqlx::query(
            "UPDATE jobs SET status = 'running', attempts = attempts + 1, started_at = $3, worker = $2, heartbeat_at = $3 WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(worker)
        .bind(now())
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await?;
        self.job(&id).await.map(Some)
    }

    /// Coverage jobs under way that have blocks left for a helper.
    pub async fn jobs_to_help(&self) -> Result<Vec<Job>, StoreError> {
        let rows = sqlx::query(
            "SELECT DISTINCT job FROM blocks WHERE done = 0 AND (worker IS NULL OR heartbeat_at < $1) \
             AND job IN (SELECT id FROM jobs WHERE status = 'running')",
        )
        .bind(in_seconds(-Heartbeat::SILENCE_SECONDS))
        .fetch_all(&self.pool)
        .await?;
        let mut jobs = Vec::new();
        for row in rows {
            jobs.push(self.job(&row.try_get::<String, _>("job")?).await?);
        }
        Ok(jobs)
    }
}
