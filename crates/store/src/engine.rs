//! Opening the store: the database behind it, its schema, and the folder's lock.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyPool, Connection, Executor, Transaction};
use tokio::sync::{Mutex, MutexGuard};

use crate::{Artefacts, Objects, StoreError, backup};

/// Which engine keeps the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// The store: cheap to clone, safe to use from many tasks.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: AnyPool,
    engine: Engine,
    artefacts: Artefacts,
    folder: PathBuf,
    // SQLite has one writer at a time; waiting here is fair and costs no polling.
    writer: Arc<Mutex<()>>,
}

/// Held by the one service that runs jobs on a folder; released when dropped or when the process ends.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// A write transaction; rolled back when dropped without [`WriteTransaction::commit`].
pub(crate) struct WriteTransaction<'a> {
    pub(crate) transaction: Transaction<'static, Any>,
    _turn: MutexGuard<'a, ()>,
}

impl WriteTransaction<'_> {
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }
}

pub(crate) static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

const CONNECTIONS: u32 = 8;

impl Store {
    /// Opens the store in `folder` (made when absent), with SQLite inside it.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|e| StoreError::io(folder, e))?;
        let folder = std::path::absolute(folder).map_err(|e| StoreError::io(folder, e))?;
        let database = folder.join("phusong.db");
        // sqlx tells a file that cannot be opened without the reason; this tells the reason.
        std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&database)
            .map_err(|e| StoreError::io(&database, e))?;
        Self::connect(&folder, &sqlite_url(&database), Engine::Sqlite).await
    }

    /// Opens the store with PostgreSQL at `url`; artefacts stay in `folder`, which the machines share.
    pub async fn open_postgres(folder: &Path, url: &str) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|e| StoreError::io(folder, e))?;
        let folder = std::path::absolute(folder).map_err(|e| StoreError::io(folder, e))?;
        Self::connect(&folder, url, Engine::Postgres).await
    }

    /// Opens the store with PostgreSQL at `url` and artefacts at an address that the machines share: a folder (a path, or `file://`), or a
    /// bucket (`s3://bucket/prefix`, see [`Objects::open`]), of which `folder` is this machine's copy.
    pub async fn open_shared(folder: &Path, url: &str, artefacts: &str) -> Result<Self, StoreError> {
        match artefacts.split_once("://") {
            None => Self::open_postgres(Path::new(artefacts), url).await,
            Some(("file", path)) => Self::open_postgres(Path::new(path), url).await,
            Some(_) => Self::open_with_bucket(folder, url, Objects::open(artefacts)?).await,
        }
    }

    /// Opens the store with PostgreSQL at `url` and artefacts in a bucket, of which `folder` is this machine's copy.
    pub async fn open_with_bucket(folder: &Path, url: &str, bucket: Objects) -> Result<Self, StoreError> {
        let store = Self::open_postgres(folder, url).await?;
        Ok(Self {
            artefacts: store.artefacts.clone().shared_through(bucket),
            ..store
        })
    }

    async fn connect(folder: &Path, url: &str, engine: Engine) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let artefacts = Artefacts::open(folder)?;
        let options: AnyConnectOptions = url.parse()?;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if engine == Engine::Sqlite {
                        connection.execute(SQLITE_SETTINGS).await?;
                    }
                    Ok(())
                })
            })
            // A full disk makes SQLite end a transaction by itself, after which sqlx cannot: such a connection is no good any more.
            .before_acquire(move |connection, _| {
                Box::pin(async move { Ok(engine == Engine::Postgres || !connection.is_in_transaction()) })
            })
            .connect_with(options)
            .await?;
        if engine == Engine::Sqlite {
            backup::keep_copy_before_migration(&pool, folder, &MIGRATOR).await?;
        }
        MIGRATOR.run(&pool).await.map_err(migration_error)?;
        Ok(Self {
            pool,
            engine,
            artefacts,
            folder: folder.to_owned(),
            writer: Arc::new(Mutex::new(())),
        })
    }

    /// Whether several processes may work on it at once.
    pub fn is_shared(&self) -> bool {
        self.engine == Engine::Postgres
    }

    /// The artefacts beside the database.
    pub fn artefacts(&self) -> &Artefacts {
        &self.artefacts
    }

    /// The store's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A folder for what can be computed again (path-loss caches); it may be deleted at any time.
    pub fn cache_folder(&self) -> Result<PathBuf, StoreError> {
        let folder = self.folder.join("cache");
        std::fs::create_dir_all(&folder).map_err(|e| StoreError::io(&folder, e))?;
        Ok(folder)
    }

    /// Takes the folder for a service: one at a time, so that nobody runs another's jobs.
    pub fn lock_folder(&self) -> Result<FolderLock, StoreError> {
        let path = self.folder.join("serve.lock");
        let file = File::create(&path).map_err(|e| StoreError::io(&path, e))?;
        file.try_lock().map_err(|_| StoreError::InUse(self.folder.clone()))?;
        Ok(FolderLock { _file: file })
    }

    /// Answers whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Ends all connections; the write-ahead log is folded into the database file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Begins a write. SQLite: the write lock is taken at once, so that no later statement can find the database busy half-way.
    pub(crate) async fn write(&self) -> Result<WriteTransaction<'_>, StoreError> {
        let turn = self.writer.lock().await;
        let transaction = match self.engine {
            Engine::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Engine::Postgres => {
                let mut transaction = self.pool.begin().await?;
                // Writes are few and short: one at a time among all processes, as in SQLite, and no two that read before they write
                // (the audit's chain, versions of datasets) can meet.
                sqlx::query("SELECT pg_advisory_xact_lock(529)")
                    .execute(&mut *transaction)
                    .await?;
                transaction
            }
        };
        Ok(WriteTransaction {
            transaction,
            _turn: turn,
        })
    }
}

/// WAL with full synchronisation: a commit that was answered survives a power cut; readers never wait for the writer.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";

pub(crate) fn sqlite_url(database: &Path) -> String {
    let mut url = String::from("sqlite://");
    for byte in database.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~') {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url.push_str("?mode=rwc");
    url
}

fn migration_error(error: sqlx::migrate::MigrateError) -> StoreError {
    use sqlx::migrate::MigrateError::{Execute, VersionMissing, VersionTooNew};
    match error {
        VersionMissing(_) | VersionTooNew(..) => StoreError::NewerSchema,
        Execute(source) => StoreError::from(source),
        other => StoreError::Database(sqlx::Error::Migrate(Box::new(other))),
    }
}
