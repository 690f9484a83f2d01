//! Sessions: what a browser's cookie stands for.

use sqlx::Row;

use super::{Account, in_seconds, password, secret};
use crate::{Store, StoreError, now};

/// A session about to be handed over as a cookie; its secret is not kept.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// What the cookie carries.
    pub secret: String,
    /// RFC 3339, UTC.
    pub expires_at: String,
}

/// Who a cookie or a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The account, not switched off.
    pub account: Account,
    /// RFC 3339, UTC.
    pub expires_at: String,
}

/// A working day.
const LONGEST_SECONDS: i64 = 12 * 3600;
/// Unused for so long, it ends.
const IDLE_SECONDS: i64 = 2 * 3600;
/// How exactly the last use is known: not every request writes.
const SEEN_SECONDS: i64 = 60;

impl Store {
    /// Begins a session.
    pub async fn begin_session(&self, account: &str) -> Result<NewSession, StoreError> {
        let session = NewSession {
            secret: secret::random(),
            expires_at: in_seconds(LONGEST_SECONDS),
        };
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1 OR last_seen_at <= $2")
            .bind(now())
            .bind(in_seconds(-IDLE_SECONDS))
            .execute(&mut *write.transaction)
            .await?;
        sqlx::query(
            "INSERT INTO sessions (secret_hash, account, created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)",
        )
        .bind(secret::hash(&session.secret))
        .bind(account)
        .bind(now())
        .bind(session.expires_at.as_str())
        .execute(&mut *write.transaction)
        .await?;
        sqlx::query("UPDATE accounts SET last_seen_at = $2 WHERE id = $1")
            .bind(account)
            .bind(now())
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await?;
        Ok(session)
    }

    /// Whose session a cookie is, if it is still good.
    pub async fn session(&self, cookie: &str) -> Result<Option<SignedIn>, StoreError> {
        let hash = secret::hash(cookie);
        let row = sqlx::query(
            "SELECT account, last_seen_at, expires_at FROM sessions WHERE secret_hash = $1 AND expires_at > $2 AND last_seen_at > $3",
        )
        .bind(hash.as_str())
        .bind(now())
        .bind(in_seconds(-IDLE_SECONDS))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let account = self.account(&row.try_get::<String, _>("account")?).await?;
        if account.disabled {
            return Ok(None);
        }
        if row.try_get::<String, _>("last_seen_at")? < in_seconds(-SEEN_SECONDS) {
            self.note_seen(&hash).await?;
        }
        Ok(Some(SignedIn {
            account,
            expires_at: row.try_get("expires_at")?,
        }))
    }

    async fn note_seen(&self, hash: &str) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE sessions SET last_seen_at = $2 WHERE secret_hash = $1")
            .bind(hash)
            .bind(now())
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await
    }

    /// Ends a session.
    pub async fn end_session(&self, cookie: &str) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM sessions WHERE secret_hash = $1")
            .bind(secret::hash(cookie))
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await
    }

    /// Changes the password of an account that knows its present one; every session but `kept` ends. `false`: the present one is another.
    pub async fn change_password(
        &self,
        account: &str,
        current: &str,
        new: &str,
        kept: Option<&str>,
    ) -> Result<bool, StoreError> {
        if !self.knows_password(account, current).await? {
            return Ok(false);
        }
        let hash = password::hash(new).await?;
        let mut write = self.write().await?;
        sqlx::query("UPDATE accounts SET password_hash = $2 WHERE id = $1")
            .bind(account)
            .bind(hash)
            .execute(&mut *write.transaction)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE account = $1 AND secret_hash <> $2")
            .bind(account)
            .bind(kept.map_or_else(String::new, secret::hash))
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await?;
        Ok(true)
    }

    /// Whether a password is the account's.
    pub async fn knows_password(&self, account: &str, given: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT password_hash FROM accounts WHERE id = $1")
            .bind(account)
            .fetch_optional(&self.pool)
            .await?;
        let hash = row.map(|row| row.try_get("password_hash")).transpose()?.flatten();
        password::matches(given, hash).await
    }
}
