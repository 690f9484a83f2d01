//! API tokens: for programs, with a scope and an end.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{SignedIn, in_seconds, secret};
use crate::{Store, StoreError, now};

/// What a token may be used for, within its account's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Looking only.
    Read,
    /// Looking and changing.
    Write,
}

impl Scope {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApiToken {
    /// Unique.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    pub scope: Scope,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// RFC 3339, UTC.
    pub expires_at: String,
    /// RFC 3339, UTC; exact to a minute.
    pub last_used_at: Option<String>,
}

/// A token about to be handed over; the secret is not kept.
#[derive(Debug, Clone)]
pub struct NewApiToken {
    /// What `Authorization: Bearer` carries.
    pub secret: String,
    /// The token.
    pub token: ApiToken,
}

/// Every token begins so: a token that was published by mistake is found by looking for it.
const PREFIX: &str = "phs_";
const SECONDS_PER_DAY: i64 = 24 * 3600;

impl Store {
    /// Makes a token for an account.
    pub async fn create_token(
        &self,
        account: &str,
        name: &str,
        scope: Scope,
        days: u16,
    ) -> Result<NewApiToken, StoreError> {
        let new = NewApiToken {
            secret: format!("{PREFIX}{}", secret::random()),
            token: ApiToken {
                id: uuid::Uuid::now_v7().simple().to_string(),
                name: name.to_owned(),
                scope,
                created_at: now(),
                expires_at: in_seconds(i64::from(days) * SECONDS_PER_DAY),
                last_used_at: None,
            },
        };
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO api_tokens (id, secret_hash, account, name, scope, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new.token.id.as_str())
        .bind(secret::hash(&new.secret))
        .bind(account)
        .bind(name)
        .bind(scope.name())
        .bind(new.token.created_at.as_str())
        .bind(new.token.expires_at.as_str())
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await?;
        Ok(new)
    }

    /// The tokens of an account, the oldest first.
    pub async fn tokens(&self, account: &str) -> Result<Vec<ApiToken>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, name, scope, created_at, expires_at, last_used_at FROM api_tokens WHERE account = $1 ORDER BY created_at, id",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(token_of).collect()
    }

    /// Ends a token of an account.
    pub async fn delete_token(&self, account: &str, id: &str) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let deleted = sqlx::query("DELETE FROM api_tokens WHERE account = $1 AND id = $2")
            .bind(account)
            .bind(id)
            .execute(&mut *write.transaction)
            .await?;
        if deleted.rows_affected() == 0 {
            return Err(StoreError::not_found("token", id));
        }
        write.commit().await
    }

    /// Whose token a secret is and what it may be used for, if it is still good.
    pub async fn token_holder(&self, given: &str) -> Result<Option<(SignedIn, Scope)>, StoreError> {
        let row = sqlx::query(
            "SELECT id, account, name, scope, created_at, expires_at, last_used_at FROM api_tokens WHERE secret_hash = $1 AND expires_at > $2",
        )
        .bind(secret::hash(given))
        .bind(now())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let token = token_of(&row)?;
        let account = self.account(&row.try_get::<String, _>("account")?).await?;
        if account.disabled {
            return Ok(None);
        }
        let minute_ago = in_seconds(-60);
        if token.last_used_at.is_none_or(|last| last < minute_ago) {
            let mut write = self.write().await?;
            sqlx::query("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1")
                .bind(token.id.as_str())
                .bind(now())
                .execute(&mut *write.transaction)
                .await?;
            write.commit().await?;
        }
        let holder = SignedIn {
            account,
            expires_at: token.expires_at,
        };
        Ok(Some((holder, token.scope)))
    }
}

fn token_of(row: &AnyRow) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        scope: serde_json::from_value(Value::String(row.try_get("scope")?))?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        last_used_at: row.try_get("last_used_at")?,
    })
}
