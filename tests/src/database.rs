//! A database of its own for every server under test.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use url::Url;

use crate::clock;

/// Which database a scenario runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Db {
    /// A file in the server's own folder.
    Sqlite,
    /// A database made for it in the cluster at `ARCHIPEL_TEST_PG`.
    Postgres,
}

/// A database that goes away with this value.
#[derive(Debug)]
pub struct Database {
    url: String,
    drop: Option<(String, String)>,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// Makes an empty database; a SQLite file lies in `dir`.
    ///
    /// # Panics
    /// Without `ARCHIPEL_TEST_PG` where PostgreSQL is asked for: a missing
    /// database is a failure, never a skipped test.
    pub fn create(db: Db, dir: &Path) -> Self {
        match db {
            Db::Sqlite => Self {
                url: format!("sqlite://{}/archipel.db", dir.display()),
                drop: None,
            },
            Db::Postgres => {
                let server = std::env::var("ARCHIPEL_TEST_PG").expect(
                    "ARCHIPEL_TEST_PG=postgres://… must name a PostgreSQL cluster where databases \
                     can be made; tests/run starts one",
                );
                let name = format!(
                    "archipel_{}_{}_{}",
                    clock::unix(clock::now()),
                    std::process::id(),
                    NEXT.fetch_add(1, Ordering::Relaxed)
                );
                psql(&server, &format!("CREATE DATABASE {name}"));
                let mut url = Url::parse(&server).expect("ARCHIPEL_TEST_PG is a URL");
                url.set_path(&name);
                Self {
                    url: url.into(),
                    drop: Some((server, format!("DROP DATABASE {name} WITH (FORCE)"))),
                }
            }
        }
    }

    /// The same database for another process; it goes away with the first value.
    #[must_use]
    pub fn shared(&self) -> Self {
        Self {
            url: self.url.clone(),
            drop: None,
        }
    }

    /// What goes into `database.url`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, statement)) = self.drop.take() {
            let gone = run_psql(&server, &statement);
            if let Err(words) = gone {
                eprintln!("could not drop the test database: {words}");
            }
        }
    }
}

fn psql(server: &str, statement: &str) {
    if let Err(words) = run_psql(server, statement) {
        panic!("psql: {statement}: {words}");
    }
}

fn run_psql(server: &str, statement: &str) -> Result<(), String> {
    let output = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server, "-c"])
        .arg(statement)
        .output()
        .map_err(|error| format!("cannot run psql: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
