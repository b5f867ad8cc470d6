//! A database of its own for every server under test.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, bail};

/// Which database is measured.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A file in the server's own folder.
    Sqlite,
    /// A database made for it in this cluster.
    Postgres(String),
}

impl Kind {
    /// Its name in the figures.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

/// A database that goes away with this value.
#[derive(Debug)]
pub struct Database {
    url: String,
    made: Option<(String, String)>,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// An empty database; a SQLite file lies in `folder`.
    pub fn create(kind: &Kind, folder: &Path) -> anyhow::Result<Self> {
        match kind {
            Kind::Sqlite => Ok(Self {
                url: format!("sqlite://{}/archipel.db", folder.display()),
                made: None,
            }),
            Kind::Postgres(cluster) => {
                let number = NEXT.fetch_add(1, Ordering::Relaxed);
                let name = format!("archipel_bench_{}_{number}", std::process::id());
                psql(cluster, &format!("CREATE DATABASE {name}"))?;
                let (server, _) = cluster
                    .rsplit_once('/')
                    .context("the URL of the cluster names no database")?;
                Ok(Self {
                    url: format!("{server}/{name}"),
                    made: Some((cluster.clone(), name)),
                })
            }
        }
    }

    /// What goes into `database.url`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((cluster, name)) = self.made.take()
            && let Err(error) = psql(&cluster, &format!("DROP DATABASE {name} WITH (FORCE)"))
        {
            eprintln!("the database {name} is left behind: {error:#}");
        }
    }
}

fn psql(cluster: &str, statement: &str) -> anyhow::Result<()> {
    let output = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", cluster, "-c"])
        .arg(statement)
        .output()
        .context("running psql")?;
    if !output.status.success() {
        bail!("psql: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
