//! Answers kept for requests that are sent twice: the same idempotency key and request get the same answer again.

use sqlx::Row;

use crate::{Store, StoreError, now};

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// HTTP status.
    pub status: u16,
    /// The address of what was made.
    pub location: Option<String>,
    /// JSON text.
    pub body: String,
}

/// What is known of a request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Earlier {
    /// Nothing: the key is taken for this request now.
    Nothing,
    /// It was answered.
    Answered(KeptAnswer),
    /// It is being answered by somebody else right now.
    UnderWay,
    /// The key was used for another request.
    OtherRequest,
}

/// Keys are forgotten after a day.
const KEPT_SECONDS: i64 = 24 * 3600;

impl Store {
    /// Takes a key for a request, or answers what was answered before.
    pub async fn take_key(&self, who: &str, key: &str, request_hash: &str) -> Result<Earlier, StoreError> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM answers WHERE created_at < $1")
            .bind(crate::account::in_seconds(-KEPT_SECONDS))
            .execute(&mut *write.transaction)
            .await?;
        let taken = sqlx::query(
            "INSERT INTO answers (who, idempotency_key, request_hash, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (who, idempotency_key) DO NOTHING",
        )
        .bind(who)
        .bind(key)
        .bind(request_hash)
        .bind(now())
        .execute(&mut *write.transaction)
        .await?;
        let row = sqlx::query(
            "SELECT request_hash, status, location, body FROM answers WHERE who = $1 AND idempotency_key = $2",
        )
        .bind(who)
        .bind(key)
        .fetch_one(&mut *write.transaction)
        .await?;
        write.commit().await?;
        if taken.rows_affected() == 1 {
            return Ok(Earlier::Nothing);
        }
        if row.try_get::<String, _>("request_hash")? != request_hash {
            return Ok(Earlier::OtherRequest);
        }
        let status: Option<i64> = row.try_get("status")?;
        Ok(match status.and_then(|status| u16::try_from(status).ok()) {
            None => Earlier::UnderWay,
            Some(status) => Earlier::Answered(KeptAnswer {
                status,
                location: row.try_get("location")?,
                body: row.try_get::<Option<String>, _>("body")?.unwrap_or_default(),
            }),
        })
    }

    /// Keeps the answer of a request whose key was taken; with `None` the key is free again (the request failed and may be sent anew).
    pub async fn keep_answer(&self, who: &str, key: &str, answer: Option<&KeptAnswer>) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let query = match answer {
            Some(answer) => sqlx::query(
                "UPDATE answers SET status = $3, location = $4, body = $5 WHERE who = $1 AND idempotency_key = $2",
            )
            .bind(who)
            .bind(key)
            .bind(i64::from(answer.status))
            .bind(answer.location.clone())
            .bind(answer.body.as_str()),
            None => sqlx::query("DELETE FROM answers WHERE who = $1 AND idempotency_key = $2")
                .bind(who)
                .bind(key),
        };
        query.execute(&mut *write.transaction).await?;
        write.commit().await
    }
}
