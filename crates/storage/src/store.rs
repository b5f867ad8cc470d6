//! Opening a database, bringing it up to date, and noticing what others changed.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, PgConnection, PgPool, SqlitePool};

use crate::{Conn, Error, Result, StreamEvent, Tx, Wakes};

/// How a database is opened.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// `sqlite://path/to/file.db` or `postgres://…`.
    pub url: String,
    /// Connections that read at the same time (SQLite), or all of them (PostgreSQL).
    pub readers: u32,
}

/// A database: SQLite with one writer and several readers, or PostgreSQL.
#[derive(Clone, Debug)]
pub struct Store {
    backend: Backend,
    wakes: Arc<Wakes>,
}

#[derive(Clone, Debug)]
enum Backend {
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
        file: PathBuf,
    },
    Postgres(PgPool),
}

impl Store {
    /// Opens the database and migrates it to this version. Several nodes may do
    /// so at once: PostgreSQL holds a lock, SQLite has one writer.
    pub async fn open(options: &OpenOptions) -> Result<Self> {
        let backend = if options.url.starts_with("sqlite:") {
            Self::open_sqlite(options).await?
        } else if options.url.starts_with("postgres:") || options.url.starts_with("postgresql:") {
            Self::open_postgres(options).await?
        } else {
            let scheme = options.url.split("://").next().unwrap_or_default();
            return Err(Error::Address(scheme.to_owned()));
        };
        Ok(Self {
            backend,
            wakes: Arc::default(),
        })
    }

    async fn open_sqlite(options: &OpenOptions) -> Result<Backend> {
        let connect = SqliteConnectOptions::from_str(&options.url)?;
        if let Some(folder) = connect
            .get_filename()
            .parent()
            .filter(|p| *p != Path::new(""))
        {
            std::fs::create_dir_all(folder)?;
        }
        let file = connect.get_filename().to_path_buf();
        let connect = connect
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Accepted means on disk: a power cut loses nothing that was answered 202.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(200)
            .pragma("cache_size", "-8000")
            .pragma("wal_autocheckpoint", "2000")
            .disable_statement_logging();
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(connect.clone())
            .await?;
        migrate_sqlite(&write).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(options.readers.max(1))
            .min_connections(0)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(connect.read_only(true).create_if_missing(false))
            .await?;
        Ok(Backend::Sqlite { write, read, file })
    }

    async fn open_postgres(options: &OpenOptions) -> Result<Backend> {
        let connect = PgConnectOptions::from_str(&options.url)?
            .application_name("archipel")
            // Our statements end in milliseconds; compiling one takes a second, and
            // the server does so wherever it expects more rows than there are.
            .options([("jit", "off")])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(options.readers.max(4))
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(connect)
            .await?;
        sqlx::migrate!("../../migrations/postgres")
            .run(&pool)
            .await?;
        Ok(Backend::Postgres(pool))
    }

    /// A connection to ask with.
    pub async fn read(&self) -> Result<Conn> {
        Ok(match &self.backend {
            Backend::Sqlite { read, .. } => Conn::sqlite(read.acquire().await?),
            Backend::Postgres(pool) => Conn::postgres(pool.acquire().await?),
        })
    }

    /// A transaction to change with. On SQLite there is one at a time: keep it
    /// short and never await the network while it is open.
    pub async fn write(&self) -> Result<Tx> {
        Ok(match &self.backend {
            Backend::Sqlite { write, .. } => Tx::sqlite(
                write.begin_with("BEGIN IMMEDIATE").await?,
                self.wakes.clone(),
            ),
            Backend::Postgres(pool) => Tx::postgres(pool.begin().await?, self.wakes.clone()),
        })
    }

    /// Who waits for something to be committed.
    pub fn wakes(&self) -> &Arc<Wakes> {
        &self.wakes
    }

    /// Whether several nodes may share this database.
    pub const fn is_postgres(&self) -> bool {
        matches!(self.backend, Backend::Postgres(_))
    }

    /// The file of an SQLite database.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        match &self.backend {
            Backend::Sqlite { file, .. } => Some(file.clone()),
            Backend::Postgres(_) => None,
        }
    }

    /// A session of its own on PostgreSQL, outside the pool.
    pub(crate) async fn session(&self) -> Result<PgConnection> {
        match &self.backend {
            Backend::Sqlite { .. } => Err(Error::Address("sqlite".to_owned())),
            Backend::Postgres(pool) => {
                Ok(PgConnection::connect_with(pool.connect_options().as_ref()).await?)
            }
        }
    }

    /// Asks the database to write nothing but to answer; for readiness.
    pub async fn ping(&self) -> Result<()> {
        let mut conn = self.read().await?;
        crate::conn::sql!(conn, fetch_scalar as i64, "SELECT CAST(1 AS BIGINT)").map(drop)
    }

    /// Watches for commits of other processes and wakes the sleepers of this one.
    /// Runs until it is dropped; comes back by itself after trouble.
    pub async fn watch(&self) {
        loop {
            let watched = match &self.backend {
                Backend::Sqlite { .. } => self.watch_sqlite().await,
                Backend::Postgres(pool) => self.watch_postgres(pool).await,
            };
            if let Err(error) = watched {
                tracing::warn!(%error, "watching the database failed, trying again");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.wakes.all();
        }
    }

    async fn watch_sqlite(&self) -> Result<()> {
        let mut conn = self.read().await?;
        let mut last = None;
        let mut told = conn.last_entry().await?;
        loop {
            let version = crate::conn::sql!(conn, fetch_scalar as i64, "PRAGMA data_version")?;
            if version != last && last.is_some() {
                self.wakes.all();
                // A command shows something as well; edits and removals by commands are
                // seen when somebody looks again.
                for entry in conn.entries_since(told).await? {
                    told = told.max(entry.id);
                    if self.wakes.is_news(entry.id) {
                        self.wakes.stream(StreamEvent::Shown {
                            entry: entry.id,
                            actor: entry.actor_id,
                            post: entry.post_id,
                            boost: entry.boost,
                        });
                    }
                }
            }
            last = version;
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    async fn watch_postgres(&self, pool: &PgPool) -> Result<()> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen_all(["archipel", "archipel_stream"]).await?;
        loop {
            match listener.try_recv().await? {
                Some(notice) if notice.channel() == "archipel_stream" => {
                    self.wakes.stream_from_afar(notice.payload());
                }
                Some(notice) => self.wakes.by_word(notice.payload()),
                // The connection was lost, and with it what was said meanwhile.
                None => self.wakes.all(),
            }
        }
    }

    /// Closes every connection; SQLite's log is folded into the file.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite { write, read, .. } => {
                read.close().await;
                if let Ok(mut conn) = write.acquire().await {
                    let folded = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                        .execute(&mut *conn)
                        .await;
                    if let Err(error) = folded {
                        tracing::warn!(%error, "the write-ahead log could not be folded");
                    }
                }
                write.close().await;
            }
            Backend::Postgres(pool) => pool.close().await,
        }
    }
}

/// Brings a file up to date. SQLite has no lock for this: when another process
/// migrates the same file, its migration gets in the way of ours, but is then
/// done, so looking again finds less to do.
async fn migrate_sqlite(pool: &SqlitePool) -> Result<()> {
    let migrator = sqlx::migrate!("../../migrations/sqlite");
    for _ in migrator.iter() {
        if migrator.run(pool).await.is_ok() {
            return Ok(());
        }
    }
    Ok(migrator.run(pool).await?)
}
