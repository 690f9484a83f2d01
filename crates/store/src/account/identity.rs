//! Who an account is at a sign-in service (OpenID Connect).

use sqlx::Row;

use super::Account;
use crate::{Store, StoreError, now};

/// A person as a sign-in service vouches for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The service's address.
    pub issuer: &'a str,
    /// The person there: unique, never reused.
    pub subject: &'a str,
    /// The person's address, where the service has verified it.
    pub verified_email: Option<&'a str>,
}

impl Store {
    /// The account of an identity: the one that it is bound to; else the one that an administrator named by the identity's address, which is
    /// bound to it from then on. `None` where there is none, it is switched off, or it is bound to another person of that service.
    pub async fn account_of_identity(&self, identity: Identity<'_>) -> Result<Option<Account>, StoreError> {
        let mut write = self.write().await?;
        let bound = sqlx::query("SELECT account FROM identities WHERE issuer = $1 AND subject = $2")
            .bind(identity.issuer)
            .bind(identity.subject)
            .fetch_optional(&mut *write.transaction)
            .await?;
        let account: String = match (bound, identity.verified_email) {
            (Some(row), _) => row.try_get("account")?,
            (None, None) => return Ok(None),
            (None, Some(email)) => {
                let named = sqlx::query(
                    "SELECT id FROM accounts WHERE name = $1 AND disabled = 0 \
                     AND NOT EXISTS (SELECT 1 FROM identities WHERE issuer = $2 AND account = accounts.id)",
                )
                .bind(email.to_lowercase())
                .bind(identity.issuer)
                .fetch_optional(&mut *write.transaction)
                .await?;
                let Some(row) = named else { return Ok(None) };
                let account: String = row.try_get("id")?;
                sqlx::query("INSERT INTO identities (issuer, subject, account, bound_at) VALUES ($1, $2, $3, $4)")
                    .bind(identity.issuer)
                    .bind(identity.subject)
                    .bind(account.as_str())
                    .bind(now())
                    .execute(&mut *write.transaction)
                    .await?;
                account
            }
        };
        write.commit().await?;
        let account = self.account(&account).await?;
        Ok((!account.disabled).then_some(account))
    }
}
