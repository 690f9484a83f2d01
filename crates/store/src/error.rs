//! What can go wrong in the store, told so that a person can act on it.

use std::path::{Path, PathBuf};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such thing (or the viewer may not know of it).
    #[error("there is no {what} {id:?}")]
    NotFound {
        /// Kind of thing: "project", "run", …
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// The state forbids the change: a name taken, an import already committed.
    #[error("{0}")]
    Conflict(String),
    /// The disk that holds the store is full; nothing was changed.
    #[error("the disk with the store's folder is full; free some space and try again")]
    DiskFull,
    /// The store's folder cannot be written.
    #[error("the store's folder cannot be written (read-only); check its permissions or choose another with --data")]
    ReadOnly,
    /// The folder belongs to a newer version of the program.
    #[error("the store's folder was written by a newer version of the program; use that version or restore a backup")]
    NewerSchema,
    /// Another service runs on this folder.
    #[error("another phusong service is running on {}", .0.display())]
    InUse(PathBuf),
    /// After the change nobody could manage accounts.
    #[error("the last administrator cannot be removed, switched off or given another role")]
    LastAdministrator,
    /// A stored thing is not what its hash or form says.
    #[error("stored {what} is damaged: {reason}")]
    Damaged {
        /// Which thing.
        what: String,
        /// How it was noticed.
        reason: String,
    },
    /// A file operation failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The bucket with the shared objects refused or did not answer.
    #[error("objects at {address}: {reason}")]
    Objects {
        /// The bucket's address.
        address: String,
        /// What it said.
        reason: String,
    },
    /// The database refused.
    #[error("database: {0}")]
    Database(sqlx::Error),
}

impl StoreError {
    /// Tells an I/O error with its path; a full or read-only disk by its own name.
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => Self::ReadOnly,
            _ => Self::Io {
                path: path.to_owned(),
                source,
            },
        }
    }

    pub(crate) fn objects(address: &str, reason: &dyn std::fmt::Display) -> Self {
        Self::Objects {
            address: address.to_owned(),
            reason: reason.to_string(),
        }
    }

    pub(crate) fn not_found(what: &'static str, id: &str) -> Self {
        Self::NotFound {
            what,
            id: id.to_owned(),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        /// SQLite's primary result codes: SQLITE_FULL and SQLITE_READONLY.
        const FULL: u32 = 13;
        const READ_ONLY: u32 = 8;
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|c| c.parse::<u32>().ok());
        match code.map(|c| c & 0xff) {
            Some(FULL) => Self::DiskFull,
            Some(READ_ONLY) => Self::ReadOnly,
            _ => Self::Database(error),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged {
            what: "document".to_owned(),
            reason: error.to_string(),
        }
    }
}
