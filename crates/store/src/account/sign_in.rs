//! Signing in: password, one-time code, and the lock after too many failures.

use sqlx::Row;

use super::{Account, in_seconds, one_time_code, password};
use crate::{Store, StoreError, now};

/// What came of an attempt to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Name, password and code are right.
    Accepted(Box<Account>),
    /// Name or password is wrong, or the account is switched off: which of these is not told.
    Refused,
    /// The password is right; the account has one-time codes and this one is missing or wrong.
    CodeNeeded,
    /// Too many failures: again in so many seconds.
    Locked(i64),
}

/// Failures in a row after which the account is locked.
const MOST_FAILURES: i64 = 5;
const LOCK_SECONDS: i64 = 15 * 60;

/// What signing in needs to know.
struct Known {
    id: String,
    password_hash: Option<String>,
    totp_secret: Option<String>,
    totp_last_step: i64,
    usable: bool,
}

impl Store {
    /// Tries a name with a password, and a one-time code where the account has them.
    pub async fn sign_in(&self, name: &str, given: &str, code: Option<&str>) -> Result<SignIn, StoreError> {
        let known = match self.count_attempt(name).await? {
            Attempt::Of(known) => known,
            Attempt::Locked(seconds) => return Ok(SignIn::Locked(seconds)),
            Attempt::OfNobody => {
                password::matches(given, None).await?;
                return Ok(SignIn::Refused);
            }
        };
        if !password::matches(given, known.password_hash).await? || !known.usable {
            return Ok(SignIn::Refused);
        }
        let mut step = known.totp_last_step;
        if let Some(secret) = &known.totp_secret {
            let seconds = jiff::Timestamp::now().as_second();
            match one_time_code::accepted_step(secret, code.unwrap_or_default(), seconds, known.totp_last_step) {
                Some(accepted) => step = accepted,
                None => {
                    // Asking for the code is no failure; a wrong code is one.
                    if code.is_none() {
                        self.forgive(&known.id, known.totp_last_step).await?;
                    }
                    return Ok(SignIn::CodeNeeded);
                }
            }
        }
        if !self.forgive(&known.id, step).await? {
            return Ok(SignIn::CodeNeeded);
        }
        Ok(SignIn::Accepted(Box::new(self.account(&known.id).await?)))
    }

    /// Counts the attempt as failed before anything is looked at: a hundred guesses at once are a hundred failures.
    async fn count_attempt(&self, name: &str) -> Result<Attempt, StoreError> {
        let mut write = self.write().await?;
        let row = sqlx::query(
            "SELECT id, password_hash, totp_on, totp_secret, totp_last_step, failed_attempts, locked_until, disabled \
             FROM accounts WHERE name = $1",
        )
        .bind(name.to_lowercase())
        .fetch_optional(&mut *write.transaction)
        .await?;
        let Some(row) = row else { return Ok(Attempt::OfNobody) };
        let locked_until: Option<String> = row.try_get("locked_until")?;
        if let Some(seconds) = locked_until.as_deref().and_then(seconds_until) {
            return Ok(Attempt::Locked(seconds));
        }
        let id: String = row.try_get("id")?;
        let failures = row.try_get::<i64, _>("failed_attempts")? + 1;
        // A lock that has passed begins the count anew.
        let failures = if locked_until.is_some() { 1 } else { failures };
        let lock = (failures >= MOST_FAILURES).then(|| in_seconds(LOCK_SECONDS));
        sqlx::query("UPDATE accounts SET failed_attempts = $2, locked_until = $3 WHERE id = $1")
            .bind(id.as_str())
            .bind(failures)
            .bind(lock)
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await?;
        let totp_on = row.try_get::<i64, _>("totp_on")? != 0;
        Ok(Attempt::Of(Known {
            id,
            password_hash: row.try_get("password_hash")?,
            totp_secret: row.try_get::<Option<String>, _>("totp_secret")?.filter(|_| totp_on),
            totp_last_step: row.try_get("totp_last_step")?,
            usable: row.try_get::<i64, _>("disabled")? == 0,
        }))
    }

    /// Takes the failures back after a right answer and notes the code's step; `false` when that step was used in the meantime.
    async fn forgive(&self, account: &str, step: i64) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let done = sqlx::query(
            "UPDATE accounts SET failed_attempts = 0, locked_until = NULL, totp_last_step = $2 WHERE id = $1 AND totp_last_step <= $2",
        )
        .bind(account)
        .bind(step)
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Proposes one-time codes to an account: answers the secret for its authenticator app. They are asked for once a code was shown to work.
    pub async fn propose_totp(&self, account: &str) -> Result<String, StoreError> {
        let secret = one_time_code::new_secret();
        self.set_totp(account, Some(&secret), false, 0).await?;
        Ok(secret)
    }

    /// Switches one-time codes on, if this is a code of the proposed secret.
    pub async fn confirm_totp(&self, account: &str, code: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT totp_secret FROM accounts WHERE id = $1 AND totp_on = 0")
            .bind(account)
            .fetch_optional(&self.pool)
            .await?;
        let secret: Option<String> = row.map(|row| row.try_get("totp_secret")).transpose()?.flatten();
        let Some(secret) = secret else { return Ok(false) };
        let Some(step) = one_time_code::accepted_step(&secret, code, jiff::Timestamp::now().as_second(), 0) else {
            return Ok(false);
        };
        self.set_totp(account, Some(&secret), true, step).await?;
        Ok(true)
    }

    /// Switches one-time codes off.
    pub async fn remove_totp(&self, account: &str) -> Result<(), StoreError> {
        self.set_totp(account, None, false, 0).await
    }

    async fn set_totp(&self, account: &str, secret: Option<&str>, on: bool, step: i64) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE accounts SET totp_secret = $2, totp_on = $3, totp_last_step = $4 WHERE id = $1")
            .bind(account)
            .bind(secret.map(str::to_owned))
            .bind(i64::from(on))
            .bind(step)
            .execute(&mut *write.transaction)
            .await?;
        write.commit().await
    }
}

enum Attempt {
    Of(Known),
    OfNobody,
    Locked(i64),
}

/// Whole seconds until a time of the store; `None` when it has passed.
fn seconds_until(time: &str) -> Option<i64> {
    if time <= now().as_str() {
        return None;
    }
    let time: jiff::Timestamp = time.parse().ok()?;
    Some((time.as_second() - jiff::Timestamp::now().as_second()).max(1))
}
