//! Every test runs twice, each time on an empty database of its own: a SQLite
//! file in a temporary folder, and a database in a PostgreSQL server.
//!
//! Used by the tests of `archipel-storage` and of `archipel-actions`.

mod cluster;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use archipel_storage::{OpenOptions, Store};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A database in a server.
    Postgres,
}

/// A migrated, empty database.
#[derive(Debug)]
pub struct Database {
    /// How the code under test sees it.
    pub store: Store,
    /// What stands in `database.url`.
    pub url: String,
    kind: Kind,
    name: Option<String>,
    _folder: Option<TempDir>,
}

/// Makes two tests of each `async fn name(db: Arc<Database>)`: `name::sqlite` and
/// `name::postgres`.
macro_rules! both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                $crate::database::run($crate::database::Kind::Sqlite, super::$name);
            }

            #[test]
            fn postgres() {
                $crate::database::run($crate::database::Kind::Postgres, super::$name);
            }
        }
    )+};
}
pub(crate) use both;

/// Makes one test of each `async fn name(db: Arc<Database>)`, for what exists on
/// this database alone: `only_on!(Postgres: name)`.
macro_rules! only_on {
    ($kind:ident: $($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn alone() {
                $crate::database::run($crate::database::Kind::$kind, super::$name);
            }
        }
    )+};
}
pub(crate) use only_on;

/// Runs one test on one database, which is removed afterwards, also after a failure.
pub fn run<Test, Running>(kind: Kind, test: Test)
where
    Test: FnOnce(Arc<Database>) -> Running,
    Running: Future<Output = ()> + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let database = Arc::new(Database::create(kind).await);
        let ended = tokio::task::spawn_local(test(database.clone())).await;
        database.remove().await;
        if let Err(failure) = ended {
            std::panic::resume_unwind(failure.into_panic());
        }
    });
}

impl Database {
    async fn create(kind: Kind) -> Self {
        let (url, name, folder) = match kind {
            Kind::Sqlite => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let url = format!("sqlite://{}/archipel.db", folder.path().display());
                (url, None, Some(folder))
            }
            Kind::Postgres => {
                static NEXT: AtomicU32 = AtomicU32::new(0);
                let mut url = cluster::address();
                // A process id alone may have been used before on a server that stays.
                let name = format!(
                    "archipel_{}_{:x}_{}",
                    std::process::id(),
                    std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0),
                    NEXT.fetch_add(1, Ordering::Relaxed)
                );
                on_server(format!("CREATE DATABASE {name}")).await;
                url.set_path(&name);
                (url.to_string(), Some(name), None)
            }
        };
        let store = open(&url).await;
        Self {
            store,
            url,
            kind,
            name,
            _folder: folder,
        }
    }

    /// The same database as another node sees it or, with SQLite, a command that
    /// runs beside the server.
    pub async fn other(&self) -> Store {
        open(&self.url).await
    }

    /// Whether several nodes may share it.
    pub fn is_postgres(&self) -> bool {
        self.kind == Kind::Postgres
    }

    async fn remove(&self) {
        if let Some(name) = &self.name {
            on_server(format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

async fn open(url: &str) -> Store {
    Store::open(&OpenOptions {
        url: url.to_owned(),
        readers: 4,
    })
    .await
    .expect("the database opens")
}

/// Runs a statement on the server itself.
async fn on_server(statement: String) {
    let address = cluster::address();
    let mut conn = PgConnection::connect(address.as_str())
        .await
        .unwrap_or_else(|error| panic!("no PostgreSQL answers at {address}: {error}"));
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut conn)
        .await
        .expect("a test database is made or dropped");
    let _ = conn.close().await;
}
