//! The command line as operators use it. Everything the scenarios assume about
//! its words and its JSON is in this file.

use std::io::Write as _;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::Lab;

impl Lab {
    /// Runs `archipel ARGS…` beside the server, with nothing on its input.
    pub fn cli(&self, args: &[&str]) -> Output {
        self.cli_with(args, "")
    }

    /// Runs `archipel ARGS…` with `input` on its standard input.
    pub fn cli_with(&self, args: &[&str], input: &str) -> Output {
        let mut child = self
            .command()
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command line");
        {
            let mut stdin = child.stdin.take().expect("its input");
            // A command that reads nothing may be gone already.
            let _ = stdin.write_all(input.as_bytes());
        }
        child.wait_with_output().expect("its end")
    }

    /// Runs a command that must succeed; returns what it printed.
    pub fn run(&self, args: &[&str]) -> String {
        let output = self.cli(args);
        assert!(
            output.status.success(),
            "archipel {}: {}\n{}{}",
            args.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Runs a command with `--json` and reads what it printed.
    pub fn json(&self, args: &[&str]) -> Value {
        let mut args = args.to_vec();
        args.push("--json");
        let text = self.run(&args);
        serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("archipel {}: {error}: {text}", args.join(" ")))
    }

    /// A list printed with `--json`: an array of objects.
    pub fn list(&self, args: &[&str]) -> Vec<Value> {
        match self.json(args) {
            Value::Array(rows) => rows,
            other => panic!("archipel {} --json: not an array: {other}", args.join(" ")),
        }
    }

    /// Makes a local account; returns its actor id.
    pub fn account(&self, handle: &str) -> String {
        self.run(&["account", "create", handle]);
        self.url(&format!("/u/{handle}"))
    }

    /// Follows `target` (an actor's URL) as the local `account`.
    pub fn follow(&self, account: &str, target: &str) {
        self.run(&["follow", account, target]);
    }

    /// Posts in `community` (a local handle, or an actor's URL) as `account`;
    /// returns the post's URL.
    pub fn post(&self, account: &str, community: &str, title: &str, text: &str) -> String {
        url_in(&self.run(&["post", account, "--to", community, "--title", title, text]))
    }

    /// Replies to `parent` (a post's URL) as `account`; returns the reply's URL.
    pub fn reply(&self, account: &str, parent: &str, text: &str) -> String {
        url_in(&self.run(&["reply", account, parent, text]))
    }

    /// What was heard and is in one of these states: objects with at least
    /// `activity_uri`, `state` and `attempts`.
    pub fn heard(&self, states: &[&str]) -> Vec<Value> {
        let mut rows = Vec::new();
        for state in states {
            rows.extend(self.list(&["inbox", "list", "--state", state, "--limit", "1000"]));
        }
        rows
    }

    /// Everything that was heard and kept.
    pub fn inbox(&self) -> Vec<Value> {
        self.heard(&["waiting", "retrying", "done", "refused", "quarantined"])
    }

    /// Waits until the activity `id` was worked on, whatever came of it.
    pub async fn worked(&self, id: &str) {
        crate::eventually(
            &format!("{id} worked off by {}", self.base()),
            crate::wait::PATIENCE,
            || async {
                let heard = self.heard(&["done", "refused"]);
                heard
                    .iter()
                    .any(|row| row["activity_uri"] == id)
                    .then_some(())
            },
        )
        .await;
    }

    /// What is being said to `host` (`name:port`): objects with `host`, `kind`,
    /// `object`, `state` (`queued`, `retrying`, `delivered`, `refused`), `attempts`,
    /// `status` and `words` (the peer's).
    pub fn deliveries_to(&self, host: &str) -> Vec<Value> {
        self.list(&["delivery", "list", "--peer", host, "--limit", "1000"])
    }

    /// What `host` was not sent, because it could not read it; as
    /// [`Lab::deliveries_to`].
    pub fn spared(&self, host: &str) -> Vec<Value> {
        let mut args = vec!["delivery", "list", "--peer", host, "--limit", "1000"];
        args.extend(["--state", "skipped"]);
        self.list(&args)
    }

    /// What is known of a peer: an object with at least `host`, `software` and
    /// `dialect`.
    pub fn peer(&self, host: &str) -> Value {
        self.json(&["peer", "show", host])
    }

    /// The actors waiting to be let into `community`: objects with `actor`.
    pub fn requests(&self, community: &str) -> Vec<String> {
        self.list(&["community", "requests", community])
            .iter()
            .map(|row| string(row, "actor"))
            .collect()
    }
}

/// The URL in what a command printed.
#[track_caller]
fn url_in(printed: &str) -> String {
    printed
        .split_whitespace()
        .find(|word| word.starts_with("http"))
        .unwrap_or_else(|| panic!("no URL in {printed:?}"))
        .to_owned()
}

/// The text at `key`.
#[track_caller]
pub fn string(value: &Value, key: &str) -> String {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("no text at {key:?} in {value}"))
        .to_owned()
}
