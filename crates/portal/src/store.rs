//! The database: SQLite (embedded) or PostgreSQL, one SQL text for both.
//!
//! The only differences are the begin statement and the settings of a connection. SQLite has one writer, so it gets a
//! pool of one connection to write with: waiting is a queue in the process, not a busy loop on the file.

use sqlx::{
    Any, AnyPool, Executor, Transaction, any::AnyPoolOptions, migrate::MigrateError,
    sqlite::SqliteConnectOptions,
};
use std::{
    fs::{File, TryLockError},
    io,
    path::PathBuf,
    time::Duration,
};
use tokio::time::Instant;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// A process that opens an SQLite database is waited for this long: migrations of a large one take their time.
const TURN: Duration = Duration::from_mins(1);

/// A write transaction.
pub type Tx = Transaction<'static, Any>;

/// A connection of either engine, inside or outside a transaction.
pub type Connection = sqlx::AnyConnection;

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    write: AnyPool,
    read: AnyPool,
    begin: &'static str,
    own_writer: bool,
}

/// How busy the database's pools are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Connections {
    /// Open.
    pub(crate) open: u64,
    /// Of those, idle.
    pub(crate) idle: u64,
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither `sqlite:` nor `postgres:`.
    #[error("the database URL must begin with sqlite: or postgres:")]
    UnknownEngine,
    /// Made by a newer version of the program.
    #[error("this database was made by a newer version of parvis-portal (migration {0}); start that version")]
    Newer(i64),
    /// Anything else.
    #[error("the database cannot be opened: {0}")]
    Database(#[from] sqlx::Error),
    /// The file that processes wait at to open an SQLite database one after the other.
    #[error("{}: {source}", path.display())]
    Turn {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A migration failed.
    #[error("the database cannot be brought up to date: {0}")]
    Migration(MigrateError),
}

impl Store {
    /// Opens and migrates. `connections` is how many PostgreSQL connections (or SQLite readers) there may be.
    ///
    /// # Errors
    /// [`OpenError`] says what to do.
    pub async fn open(url: &str, connections: u32) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let sqlite = url.starts_with("sqlite:");
        let (begin, settings, writers) = if sqlite {
            let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                           PRAGMA busy_timeout = 5000;";
            ("BEGIN IMMEDIATE", pragmas, 1)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            ("BEGIN", "SET statement_timeout = '10s'; SET lock_timeout = '8s'", connections)
        } else {
            return Err(OpenError::UnknownEngine);
        };
        let options = |connections| {
            AnyPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_secs(10))
                .after_connect(move |connection, _| {
                    Box::pin(async move { connection.execute(settings).await.map(drop) })
                })
        };
        let opening = if sqlite { Some(open_alone(url).await?) } else { None };
        let write = options(writers).connect(url).await?;
        MIGRATIONS.run(&write).await.map_err(|error| match error {
            MigrateError::VersionMissing(version) => OpenError::Newer(version),
            other => OpenError::Migration(other),
        })?;
        drop(opening);
        let read = if sqlite { options(connections).connect(url).await? } else { write.clone() };
        Ok(Self { write, read, begin, own_writer: sqlite })
    }

    /// Begins a write transaction; dropped without commit, nothing has happened.
    ///
    /// # Errors
    /// The database is down or busy.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        self.write.begin_with(self.begin).await
    }

    /// For single statements that change nothing.
    pub const fn read(&self) -> &AnyPool {
        &self.read
    }

    /// A value of the `meta` table.
    ///
    /// # Errors
    /// The database is down.
    pub async fn meta(&self, name: &str) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT value FROM meta WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.read)
            .await
    }

    /// Sets a value of the `meta` table.
    ///
    /// # Errors
    /// The database is down.
    pub async fn set_meta(&self, name: &str, value: &str) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }

    /// Connections that are open and idle, of readers and writers.
    pub(crate) fn pool(&self) -> Connections {
        // PostgreSQL has one pool for both.
        let pools: &[&AnyPool] = if self.own_writer { &[&self.write, &self.read] } else { &[&self.read] };
        let idle: usize = pools.iter().map(|pool| pool.num_idle()).sum();
        Connections {
            open: pools.iter().map(|pool| u64::from(pool.size())).sum(),
            idle: u64::try_from(idle).unwrap_or(u64::MAX),
        }
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.write.close().await;
        self.read.close().await;
    }
}

/// Waits until no other process opens this SQLite database; the turn ends with the returned file, or with the process.
///
/// SQLite itself makes nobody wait for the change to a write-ahead log, and `SQLx` takes no lock for its migrations there:
/// of two processes that open a new database, one would fail. PostgreSQL has an advisory lock for it.
async fn open_alone(url: &str) -> Result<File, OpenError> {
    let options: SqliteConnectOptions = url.parse()?;
    let mut path = options.get_filename().as_os_str().to_owned();
    path.push(".opening");
    let path = PathBuf::from(path);
    let refused = |source| OpenError::Turn { path: path.clone(), source };
    // Made once, perhaps by another user: reading is enough to wait at it.
    let file = File::open(&path)
        .or_else(|_| File::options().create(true).truncate(false).write(true).open(&path))
        .map_err(refused)?;
    let deadline = Instant::now() + TURN;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(refused(error)),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                let reason = "another process has been opening the database for too long";
                return Err(refused(io::Error::new(io::ErrorKind::TimedOut, reason)));
            }
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// The places of a statement that inserts several rows: `($1, $2), ($3, $4)`.
pub(crate) fn rows(count: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> =
            (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn the_portal_and_an_operators_command_open_a_new_database_at_the_same_moment() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("portal.db").display());
        let openings: Vec<_> = (0..8)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { Store::open(&url, 2).await })
            })
            .collect();
        for opening in openings {
            opening.await.unwrap().unwrap().close().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_never_ends_opening_is_named_and_not_waited_for_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("portal.db");
        let held = File::create(folder.path().join("portal.db.opening")).unwrap();
        held.lock().unwrap();
        let refused = Store::open(&format!("sqlite://{}?mode=rwc", database.display()), 2).await.unwrap_err();
        assert!(refused.to_string().contains("portal.db.opening: another process"), "{refused}");
    }
}
