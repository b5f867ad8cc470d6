//! A PostgreSQL server to make databases in: the one of `ARCHIPEL_TEST_PG`, else
//! one of our own, started once a test process and stopped when it ends.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;

use url::Url;

/// The server's address, with a database that is there already.
///
/// # Panics
/// When there is no PostgreSQL: a missing database is a failure, never a skipped test.
pub fn address() -> Url {
    let url = match std::env::var("ARCHIPEL_TEST_PG") {
        Ok(url) if !url.is_empty() => url,
        _ => own().url.clone(),
    };
    Url::parse(&url).expect("ARCHIPEL_TEST_PG is a postgres:// URL")
}

struct Cluster {
    url: String,
    /// While this is open, the cluster runs.
    _life: ChildStdin,
}

fn own() -> &'static Cluster {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    match CLUSTER.get_or_init(start) {
        Ok(cluster) => cluster,
        Err(words) => panic!("{words}"),
    }
}

fn start() -> Result<Cluster, String> {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../storage/tests/it/database/postgres.sh"
    );
    let mut child = Command::new("sh")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // A Ctrl-C at the terminal is for the tests; the script sees them end.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("sh cannot be run: {error}"))?;
    let (Some(life), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("sh has no standard streams".to_owned());
    };
    let mut said = String::new();
    BufReader::new(output)
        .read_line(&mut said)
        .map_err(|error| format!("{script} says nothing: {error}"))?;
    let folder = said
        .trim()
        .strip_prefix("ready ")
        .ok_or_else(|| match said.trim() {
            "" => format!("{script} ended without a word"),
            words => words.to_owned(),
        })?;
    Ok(Cluster {
        url: format!("postgres://archipel@localhost/postgres?host={folder}"),
        _life: life,
    })
}
