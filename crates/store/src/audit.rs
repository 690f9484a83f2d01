//! The audit log: append-only, each entry chained to the one before by its hash.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::{Store, StoreError, now};

/// What is to be written down.
#[derive(Debug, Clone)]
pub struct NewAuditEntry<'a> {
    /// The account, or "local" for the single user and the command line.
    pub who: &'a str,
    /// "import.commit", "run.coverage", "export", …
    pub action: &'a str,
    /// The project's id.
    pub project: Option<&'a str>,
    /// What it was done to: an id, a hash of inputs.
    pub subject: &'a str,
    /// More, as JSON; no secrets, no personal data.
    pub details: Value,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// 1, 2, 3, … without gaps.
    pub sequence: i64,
    /// RFC 3339, UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// Did what.
    pub action: String,
    /// In which project.
    pub project: Option<String>,
    /// To what.
    pub subject: String,
    /// With which details (JSON text, as it was hashed).
    pub details: String,
    /// Hash of the entry before; 64 zeros for the first.
    pub previous_hash: String,
    /// Hash of this entry.
    pub hash: String,
}

impl AuditEntry {
    /// BLAKE3 over all fields, each with its length before it, so that no two entries read alike.
    fn expected_hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.sequence.to_le_bytes());
        let project = self.project.as_deref();
        for field in [
            &self.at,
            &self.who,
            &self.action,
            project.unwrap_or("\0"),
            &self.subject,
            &self.details,
            &self.previous_hash,
        ] {
            hasher
                .update(&(field.len() as u64).to_le_bytes())
                .update(field.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

impl Store {
    /// Appends an entry.
    pub async fn append_audit(&self, new: NewAuditEntry<'_>) -> Result<AuditEntry, StoreError> {
        let mut write = self.write().await?;
        let last = sqlx::query("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(&mut *write.transaction)
            .await?;
        let (sequence, previous_hash) = match last {
            Some(row) => (row.try_get::<i64, _>("sequence")? + 1, row.try_get("hash")?),
            None => (1, "0".repeat(64)),
        };
        let mut entry = AuditEntry {
            sequence,
            at: now(),
            who: new.who.to_owned(),
            action: new.action.to_owned(),
            project: new.project.map(str::to_owned),
            subject: new.subject.to_owned(),
            details: new.details.to_string(),
            previous_hash,
            hash: String::new(),
        };
        entry.hash = entry.expected_hash();
        sqlx::query(
            "INSERT INTO audit (sequence, at, who, action, project, subject, details, previous_hash, hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(entry.sequence)
        .bind(entry.at.as_str())
        .bind(entry.who.as_str())
        .bind(entry.action.as_str())
        .bind(entry.project.clone())
        .bind(entry.subject.as_str())
        .bind(entry.details.as_str())
        .bind(entry.previous_hash.as_str())
        .bind(entry.hash.as_str())
        .execute(&mut *write.transaction)
        .await?;
        write.commit().await?;
        Ok(entry)
    }

    /// How many entries there are.
    pub async fn audit_length(&self) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS entries FROM audit")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get("entries")?)
    }

    /// Entries after `after` (0: from the first), the oldest first.
    pub async fn audit_entries(&self, after: i64, limit: i64) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT sequence, at, who, action, project, subject, details, previous_hash, hash FROM audit \
             WHERE sequence > $1 ORDER BY sequence LIMIT $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(entry_of).collect()
    }

    /// Walks the whole chain. Answers the number of entries, or the sequence number of the first that was changed, added or removed.
    pub async fn verify_audit(&self) -> Result<Result<i64, i64>, StoreError> {
        const PAGE: i64 = 1000;
        let mut previous = ("0".repeat(64), 0);
        loop {
            let page = self.audit_entries(previous.1, PAGE).await?;
            if page.is_empty() {
                return Ok(Ok(previous.1));
            }
            for entry in page {
                let sound = entry.sequence == previous.1 + 1
                    && entry.previous_hash == previous.0
                    && entry.hash == entry.expected_hash();
                if !sound {
                    return Ok(Err(previous.1 + 1));
                }
                previous = (entry.hash, entry.sequence);
            }
        }
    }
}

fn entry_of(row: &AnyRow) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        sequence: row.try_get("sequence")?,
        at: row.try_get("at")?,
        who: row.try_get("who")?,
        action: row.try_get("action")?,
        project: row.try_get("project")?,
        subject: row.try_get("subject")?,
        details: row.try_get("details")?,
        previous_hash: row.try_get("previous_hash")?,
        hash: row.try_get("hash")?,
    })
}
