//! Accounts: who may use the service, in which role; passwords, sessions, tokens, one-time links.

mod identity;
mod invitation;
mod one_time_code;
mod password;
mod secret;
mod session;
mod sign_in;
mod token;

pub use identity::Identity;
pub use invitation::Invitation;
pub use password::{LEAST_PASSWORD_CHARACTERS, is_strong_enough};
pub use session::{NewSession, SignedIn};
pub use sign_in::SignIn;
pub use token::{ApiToken, NewApiToken, Scope};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::engine::WriteTransaction;
use crate::statement::Statement;
use crate::{Store, StoreError, Viewer, now};

/// What an account may do (DOMAIN: who may see what).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The department's administrator: everything, accounts and audit included.
    Administrator,
    /// The department's planner: all data, imports, runs, plans.
    Planner,
    /// One operator: its own rows and what is aggregated over operators.
    Operator,
    /// A zone board: zones and what is aggregated.
    ZoneBoard,
    /// A commune: areas, villages and what is aggregated.
    Commune,
    /// Sees everything and the audit log, changes nothing.
    Auditor,
    /// Anybody: what is aggregated.
    Public,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::Administrator,
        Self::Planner,
        Self::Operator,
        Self::ZoneBoard,
        Self::Commune,
        Self::Auditor,
        Self::Public,
    ];

    /// As it is written in the database and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Planner => "planner",
            Self::Operator => "operator",
            Self::ZoneBoard => "zone_board",
            Self::Commune => "commune",
            Self::Auditor => "auditor",
            Self::Public => "public",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Through whose eyes queries of this role are made. An operator's account without an operator sees what is aggregated.
    pub fn viewer(self, operator: Option<&str>) -> Viewer {
        match (self, operator) {
            (Self::Administrator | Self::Planner | Self::Auditor, _) => Viewer::Department,
            (Self::Operator, Some(operator)) => Viewer::Operator(operator.to_owned()),
            _ => Viewer::Aggregates,
        }
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Unique, never reused.
    pub id: String,
    /// The name to sign in with: unique, lower case.
    pub name: String,
    /// The person's or office's name.
    pub display_name: String,
    /// What it may do.
    pub role: Role,
    /// Which operator, in the role of an operator.
    pub operator: Option<String>,
    /// Whether a password was set: else an invitation is open.
    pub has_password: bool,
    /// Whether signing in needs a one-time code too.
    pub totp: bool,
    /// Until when signing in is refused after too many failures (RFC 3339, UTC).
    pub locked_until: Option<String>,
    /// Switched off by an administrator.
    pub disabled: bool,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// RFC 3339, UTC.
    pub last_seen_at: Option<String>,
}

impl Account {
    /// Whether signing in is refused for now.
    pub fn is_locked(&self) -> bool {
        self.locked_until.as_deref().is_some_and(|until| until > now().as_str())
    }
}

/// An account about to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name to sign in with.
    pub name: String,
    /// The person's or office's name.
    pub display_name: String,
    /// What it may do.
    pub role: Role,
    /// Which operator, in the role of an operator.
    pub operator: Option<String>,
}

/// What of an account is to become different; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct AccountChange {
    /// The person's or office's name.
    pub display_name: Option<String>,
    /// What it may do.
    pub role: Option<Role>,
    /// Which operator.
    pub operator: Option<Option<String>>,
    /// Switched off.
    pub disabled: Option<bool>,
}

const SELECT: &str = "SELECT id, name, display_name, role, operator, password_hash IS NOT NULL AS has_password, totp_on, \
     locked_until, disabled, created_at, last_seen_at FROM accounts ";

impl Store {
    /// Whether anybody has an account: then the folder is never served without sign-in.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS accounts FROM accounts")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get::<i64, _>("accounts")? > 0)
    }

    /// All accounts, the oldest first.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let mut query = Statement::new(SELECT);
        query.push("ORDER BY created_at, id");
        query
            .build()
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(account_of)
            .collect()
    }

    /// One account, by its id or its name.
    pub async fn account(&self, id_or_name: &str) -> Result<Account, StoreError> {
        let mut query = Statement::new(SELECT);
        query
            .push("WHERE id = ")
            .push_bind(id_or_name)
            .push(" OR name = ")
            .push_bind(id_or_name.to_lowercase());
        let row = query.build().fetch_optional(&self.pool).await?;
        row.as_ref()
            .map_or_else(|| Err(StoreError::not_found("account", id_or_name)), account_of)
    }

    /// Makes an account without a password; an invitation lets its owner set one.
    pub async fn create_account(&self, new: NewAccount) -> Result<Account, StoreError> {
        let id = uuid::Uuid::now_v7().simple().to_string();
        let name = new.name.to_lowercase();
        let mut write = self.write().await?;
        let inserted = sqlx::query(
            "INSERT INTO accounts (id, name, display_name, role, operator, totp_on, totp_last_step, failed_attempts, disabled, created_at) \
             VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, $6) ON CONFLICT (name) DO NOTHING",
        )
        .bind(id.as_str())
        .bind(name.as_str())
        .bind(new.display_name.as_str())
        .bind(new.role.name())
        .bind(new.operator.clone())
        .bind(now())
        .execute(&mut *write.transaction)
        .await?;
        if inserted.rows_affected() == 0 {
            return Err(StoreError::Conflict(format!(
                "an account named {name:?} exists already"
            )));
        }
        write.commit().await?;
        self.account(&id).await
    }

    /// Changes an account. Whoever is switched off or gets another role is signed out.
    ///
    /// # Errors
    /// `LastAdministrator` when nobody could manage accounts afterwards.
    pub async fn change_account(&self, id: &str, change: AccountChange) -> Result<Account, StoreError> {
        let before = self.account(id).await?;
        let role = change.role.unwrap_or(before.role);
        let operator = change.operator.unwrap_or(before.operator);
        let disabled = change.disabled.unwrap_or(before.disabled);
        let display_name = change.display_name.unwrap_or(before.display_name);
        let mut write = self.write().await?;
        sqlx::query("UPDATE accounts SET display_name = $2, role = $3, operator = $4, disabled = $5 WHERE id = $1")
            .bind(before.id.as_str())
            .bind(display_name)
            .bind(role.name())
            .bind(operator)
            .bind(i64::from(disabled))
            .execute(&mut *write.transaction)
            .await?;
        if disabled || role != before.role {
            end_sessions(&mut write, &before.id).await?;
        }
        keep_an_administrator(&mut write).await?;
        write.commit().await?;
        self.account(&before.id).await
    }

    /// Deletes an account with its sessions and tokens.
    ///
    /// # Errors
    /// `LastAdministrator` when nobody could manage accounts afterwards.
    pub async fn delete_account(&self, id: &str) -> Result<(), StoreError> {
        let id = self.account(id).await?.id;
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM accounts WHERE id = $1")
            .bind(id)
            .execute(&mut *write.transaction)
            .await?;
        keep_an_administrator(&mut write).await?;
        write.commit().await
    }
}

/// Refuses a change after which no administrator is left who is not switched off.
async fn keep_an_administrator(write: &mut WriteTransaction<'_>) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT COUNT(*) AS left_over FROM accounts WHERE role = 'administrator' AND disabled = 0")
        .fetch_one(&mut *write.transaction)
        .await?;
    if row.try_get::<i64, _>("left_over")? == 0 {
        return Err(StoreError::LastAdministrator);
    }
    Ok(())
}

pub(crate) async fn end_sessions(write: &mut WriteTransaction<'_>, account: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE account = $1")
        .bind(account)
        .execute(&mut *write.transaction)
        .await?;
    Ok(())
}

fn account_of(row: &AnyRow) -> Result<Account, StoreError> {
    Ok(Account {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        display_name: row.try_get("display_name")?,
        role: serde_json::from_value(Value::String(row.try_get("role")?))?,
        operator: row.try_get("operator")?,
        has_password: flag(row, "has_password")?,
        totp: flag(row, "totp_on")?,
        locked_until: row.try_get("locked_until")?,
        disabled: flag(row, "disabled")?,
        created_at: row.try_get("created_at")?,
        last_seen_at: row.try_get("last_seen_at")?,
    })
}

/// A yes or no: a number in our columns, PostgreSQL's own type where a condition was computed.
fn flag(row: &AnyRow, column: &str) -> Result<bool, StoreError> {
    match row.try_get::<i64, _>(column) {
        Ok(number) => Ok(number != 0),
        Err(_) => Ok(row.try_get::<bool, _>(column)?),
    }
}

/// The time in `seconds` from now, as the store writes it.
pub(crate) fn in_seconds(seconds: i64) -> String {
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    format!("{later:.6}")
}
