//! Copies of a store: taken while it is in use, checked when they are laid back, and kept before the schema changes.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::{AnyPool, Row};

use crate::engine::sqlite_url;
use crate::{Store, StoreError, now};

/// What a backup holds, as it says itself in `backup.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// RFC 3339, UTC.
    pub taken_at: String,
    /// Version of the program that took it.
    pub program: String,
    /// BLAKE3 of the database file.
    pub database_hash: String,
    /// Number of artefacts.
    pub artefacts: u64,
    /// Bytes of the artefacts.
    pub bytes: u64,
}

const DATABASE: &str = "phusong.db";
const ABOUT: &str = "backup.json";
const ARTEFACTS: &str = "artefacts";

impl Store {
    /// Copies the store into a new folder while it is in use. The database is one moment's; artefacts never change, and all that this moment
    /// refers to are there before it is taken.
    ///
    /// # Errors
    /// `Conflict` when the folder has something in it, or the rows are PostgreSQL's (whose own `pg_dump` copies them).
    pub async fn back_up(&self, target: &Path) -> Result<Backup, StoreError> {
        if self.is_shared() {
            return Err(StoreError::Conflict(
                "rows in PostgreSQL are backed up with pg_dump, artefacts by copying the data folder".to_owned(),
            ));
        }
        must_be_empty(target)?;
        fs::create_dir_all(target).map_err(|e| StoreError::io(target, e))?;
        let database = target.join(DATABASE);
        vacuum_into(&self.pool, &database).await?;
        let (from, to) = (self.folder().join(ARTEFACTS), target.join(ARTEFACTS));
        let (database_hash, (artefacts, bytes)) =
            off_thread(move || Ok((hash_of(&database)?, copy_tree(&from, &to)?))).await?;
        let backup = Backup {
            taken_at: now(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            database_hash,
            artefacts,
            bytes,
        };
        // Written last: a folder without it is no backup.
        let about = target.join(ABOUT);
        fs::write(&about, serde_json::to_vec_pretty(&backup)?).map_err(|e| StoreError::io(&about, e))?;
        Ok(backup)
    }
}

/// Lays a backup into an empty folder, after checking the database and every artefact against their hashes.
///
/// # Errors
/// `Damaged` when something is not what it was; `Conflict` when the target has something in it. Nothing is then left in the target's place.
pub async fn restore(backup: &Path, target: &Path) -> Result<Backup, StoreError> {
    must_be_empty(target)?;
    let about = backup.join(ABOUT);
    let said = fs::read(&about).map_err(|e| StoreError::io(&about, e))?;
    let said: Backup = serde_json::from_slice(&said)?;
    let aside = beside(target);
    let laid = lay(backup, &aside, &said).await;
    if laid.is_err() {
        drop(fs::remove_dir_all(&aside));
    }
    laid?;
    if target.exists() {
        fs::remove_dir(target).map_err(|e| StoreError::io(target, e))?;
    }
    fs::rename(&aside, target).map_err(|e| StoreError::io(target, e))?;
    Ok(said)
}

async fn lay(backup: &Path, aside: &Path, said: &Backup) -> Result<(), StoreError> {
    let (from, to) = (backup.to_owned(), aside.to_owned());
    let count = off_thread(move || {
        fs::create_dir_all(&to).map_err(|e| StoreError::io(&to, e))?;
        copy_file(&from.join(DATABASE), &to.join(DATABASE))?;
        copy_tree(&from.join(ARTEFACTS), &to.join(ARTEFACTS))?;
        check_artefacts(&to.join(ARTEFACTS))
    })
    .await?;
    let database = aside.join(DATABASE);
    let hash = {
        let database = database.clone();
        off_thread(move || hash_of(&database)).await?
    };
    if hash != said.database_hash {
        return Err(damaged("backup's database", "its bytes do not match its hash"));
    }
    if count != said.artefacts {
        return Err(damaged("backup", "artefacts are missing"));
    }
    check_database(&database).await
}

/// A folder next to the target, on the same disk, so that it can be renamed into place.
fn beside(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}-{}", uuid::Uuid::now_v7().simple()))
}

fn must_be_empty(folder: &Path) -> Result<(), StoreError> {
    let occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        return Err(StoreError::Conflict(format!(
            "the folder {} is not empty",
            folder.display()
        )));
    }
    Ok(())
}

/// Before the schema changes, the database as it was is kept beside it: an older program can go on with the copy.
pub(crate) async fn keep_copy_before_migration(
    pool: &AnyPool,
    folder: &Path,
    migrator: &Migrator,
) -> Result<(), StoreError> {
    // A fresh database has no such table, and nothing to keep.
    let Ok(row) = sqlx::query("SELECT MAX(version) AS version FROM _sqlx_migrations")
        .fetch_one(pool)
        .await
    else {
        return Ok(());
    };
    let Some(applied) = row.try_get::<Option<i64>, _>("version")? else {
        return Ok(());
    };
    let newest = migrator.iter().map(|migration| migration.version).max();
    if newest.is_none_or(|newest| newest <= applied) {
        return Ok(());
    }
    let copy = folder.join(format!("phusong-schema-{applied}.db"));
    if copy.exists() {
        return Ok(());
    }
    // Whole or not at all: a copy that a crash cut off has another name.
    let partial = folder.join(format!("phusong-schema-{applied}.db.part"));
    drop(fs::remove_file(&partial));
    vacuum_into(pool, &partial).await?;
    fs::rename(&partial, &copy).map_err(|e| StoreError::io(&copy, e))
}

/// SQLite's own copy of one moment, while others read and write.
async fn vacuum_into(pool: &AnyPool, target: &Path) -> Result<(), StoreError> {
    sqlx::query("VACUUM INTO $1")
        .bind(target.to_string_lossy().into_owned())
        .execute(pool)
        .await?;
    fs::File::open(target)
        .and_then(|file| file.sync_all())
        .map_err(|e| StoreError::io(target, e))
}

async fn check_database(database: &Path) -> Result<(), StoreError> {
    sqlx::any::install_default_drivers();
    let pool = AnyPoolOptions::new()
        .max_connections(1)
        .connect(&sqlite_url(database))
        .await?;
    let row = sqlx::query("PRAGMA integrity_check").fetch_one(&pool).await?;
    let said: String = row.try_get(0)?;
    pool.close().await;
    if said == "ok" {
        Ok(())
    } else {
        Err(damaged("backup's database", &said))
    }
}

fn damaged(what: &str, reason: &str) -> StoreError {
    StoreError::Damaged {
        what: what.to_owned(),
        reason: reason.to_owned(),
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| damaged("copy", &error.to_string()))?
}

fn hash_of(path: &Path) -> Result<String, StoreError> {
    let mut hasher = blake3::Hasher::new();
    let read = fs::File::open(path).and_then(|file| hasher.update_reader(file).map(|_| ()));
    read.map_err(|e| StoreError::io(path, e))?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Files under a folder, with their paths from there.
fn files_under(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).map_err(|e| StoreError::io(&next, e))? {
            let path = entry.map_err(|e| StoreError::io(&next, e))?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// Copies every file; answers their number and bytes.
fn copy_tree(from: &Path, to: &Path) -> Result<(u64, u64), StoreError> {
    fs::create_dir_all(to).map_err(|e| StoreError::io(to, e))?;
    let mut total = (0, 0);
    for path in files_under(from)? {
        let relative = path.strip_prefix(from).unwrap_or(&path);
        total.0 += 1;
        total.1 += copy_file(&path, &to.join(relative))?;
    }
    Ok(total)
}

fn copy_file(from: &Path, to: &Path) -> Result<u64, StoreError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|e| StoreError::io(folder, e))?;
    }
    let bytes = fs::copy(from, to).map_err(|e| StoreError::io(to, e))?;
    let synced = fs::File::open(to).and_then(|file| file.sync_all());
    synced.map_err(|e| StoreError::io(to, e))?;
    Ok(bytes)
}

/// Checks every artefact against the hash that its folder is named by; answers their number.
fn check_artefacts(folder: &Path) -> Result<u64, StoreError> {
    let files = files_under(folder)?;
    for path in &files {
        let named = path.parent().and_then(Path::file_name).unwrap_or_default();
        if hash_of(path)? != named.to_string_lossy() {
            return Err(damaged(&path.display().to_string(), "its bytes do not match its hash"));
        }
    }
    Ok(files.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::MIGRATOR;

    #[tokio::test]
    async fn an_old_store_is_migrated_and_its_copy_kept() {
        let folder = tempfile::tempdir().unwrap();
        sqlx::any::install_default_drivers();
        let url = sqlite_url(&folder.path().join(DATABASE));
        let pool = AnyPoolOptions::new().connect(&url).await.unwrap();
        let first = Migrator {
            migrations: MIGRATOR.iter().take(1).cloned().collect(),
            ..Migrator::DEFAULT
        };
        first.run(&pool).await.unwrap();
        sqlx::query("INSERT INTO projects (id, name, synthetic, created_at) VALUES ('1', 'Cũ', 0, '2025')")
            .execute(&pool)
            .await
            .unwrap();
        pool.close().await;
        let store = Store::open(folder.path()).await.unwrap();
        assert_eq!(store.project("Cũ").await.unwrap().id, "1");
        assert!(!store.has_accounts().await.unwrap(), "the new tables are there");
        store.close().await;
        let copy = folder.path().join("phusong-schema-1.db");
        check_database(&copy).await.unwrap();
        let modified = fs::metadata(&copy).unwrap().modified().unwrap();
        Store::open(folder.path()).await.unwrap().close().await;
        assert_eq!(fs::metadata(&copy).unwrap().modified().unwrap(), modified, "kept once");
    }

    #[tokio::test]
    async fn a_full_or_read_only_disk_is_told_and_nothing_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        store.create_project("Trước", false).await.unwrap();
        // SQLite answers as on a full disk when the file may not grow, and as on a read-only one when writing is switched off.
        let mut held = Vec::new();
        for _ in 0..8 {
            held.push(store.pool.acquire().await.unwrap());
        }
        for setting in ["PRAGMA max_page_count = 1", "PRAGMA query_only = ON"] {
            for connection in &mut held {
                sqlx::query(setting).execute(&mut **connection).await.unwrap();
            }
            if setting.contains("query_only") {
                held.clear();
                let refused = store.create_project("Sau", false).await;
                assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
            } else {
                let large = "x".repeat(1 << 20);
                held.truncate(7);
                let refused = store.create_project(&large, false).await;
                assert!(matches!(refused, Err(StoreError::DiskFull)), "{refused:?}");
                // Once there is room again, work goes on.
                store.create_project("Giữa", false).await.unwrap();
                held.push(store.pool.acquire().await.unwrap());
            }
        }
        store.close().await;
        let store = Store::open(folder.path()).await.unwrap();
        let mut kept: Vec<String> = store
            .projects()
            .await
            .unwrap()
            .into_iter()
            .map(|project| project.name)
            .collect();
        kept.sort_unstable();
        assert_eq!(kept, ["Giữa", "Trước"]);
    }
}
