//! One-time links: the first administrator, new accounts, forgotten passwords.

use sqlx::Row;

use super::{Account, end_sessions, in_seconds, password, secret};
use crate::{Store, StoreError, now};

/// A link about to be handed over; its secret is not kept.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// What the link carries.
    pub secret: String,
    /// RFC 3339, UTC.
    pub expires_at: String,
}

/// How long a link is good: three days, to reach an office by hand.
const GOOD_SECONDS: i64 = 3 * 24 * 3600;

impl Store {
    /// Makes a link for an account; earlier ones are no longer good.
    pub async fn invite(&self, account: &str) -> Result<Invitation, StoreError> {
        let account = self.account(account).await?.id;
        let invitation = Invitation {
            secret: secret::random(),
            expires_at: in_seconds(GOOD_SECONDS),
        };
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM invitations WHERE account = $1")
            .bind(account.as_str())
            .execute(&mut *write.transaction)
            .await?;
        sqlx::query("INSERT INTO invitations (secret_hash, account, expires_at) VALUES ($1, $2, $3)")
            .bind(secret::hash(&invitation.secret))
            .bind(account)
            .bind(invitation.expires_at.as_str())
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await?;
        Ok(invitation)
    }

    /// Uses a link: sets the account's password (the password was judged before), ends its sessions, unlocks it and switches one-time codes
    /// off. `None`: no such link, or used, or expired.
    pub async fn accept_invitation(&self, link: &str, new_password: &str) -> Result<Option<Account>, StoreError> {
        let hash = password::hash(new_password).await?;
        let mut write = self.write().await?;
        let row = sqlx::query("SELECT account FROM invitations WHERE secret_hash = $1 AND expires_at > $2")
            .bind(secret::hash(link))
            .bind(now())
            .fetch_optional(&mut *write.transaction)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let account: String = row.try_get("account")?;
        sqlx::query("DELETE FROM invitations WHERE account = $1")
            .bind(account.as_str())
            .execute(&mut *write.transaction)
            .await?;
        sqlx::query(
            "UPDATE accounts SET password_hash = $2, failed_attempts = 0, locked_until = NULL, totp_on = 0, totp_secret = NULL WHERE id = $1",
        )
        .bind(account.as_str())
        .bind(hash)
        .execute(&mut *write.transaction)
        .await?;
        end_sessions(&mut write, &account).await?;
        write.commit().await?;
        self.account(&account).await.map(Some)
    }
}
