//! The second independent implementation: a small server on bovine, in
//! `tests/peers/bovine`, driven over its control API.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::string;
use crate::ports;
use crate::wait::{PATIENCE, eventually};

/// The running bovine server.
#[derive(Debug)]
pub struct Bovine {
    process: Child,
    http: reqwest::Client,
    control: String,
    log: PathBuf,
    _dir: tempfile::TempDir,
    /// The id of its actor.
    pub actor: String,
}

impl Bovine {
    /// Starts it, under a name of software.
    ///
    /// # Panics
    /// When it cannot run: an absent peer is a failure, never a skipped test.
    pub async fn start(software: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers/bovine");
        let python = folder.join(".venv/bin/python");
        assert!(
            python.exists(),
            "make {} first, as its README says (tests/run does)",
            python.display()
        );
        let dir = tempfile::Builder::new()
            .prefix("archipel-bovine-")
            .tempdir()
            .expect("a temporary folder");
        let log = dir.path().join("bovine.log");
        let output = std::fs::File::create(&log).expect("its log");
        let errors = output.try_clone().expect("its log twice");
        let (port, control) = (ports::free(), ports::free());
        let process = Command::new(python)
            .arg("server.py")
            .current_dir(&folder)
            .env("PORT", port.to_string())
            .env("CONTROL_PORT", control.to_string())
            .env("SOFTWARE", software)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .expect("python");
        let bovine = Self {
            process,
            http: crate::surface::http_client(control, "localhost"),
            control: format!("http://{}:{control}", Ipv4Addr::LOCALHOST),
            log,
            _dir: dir,
            actor: format!("http://localhost:{port}/users/bov"),
        };
        eventually("the bovine server", Duration::from_mins(1), || async {
            let answer = bovine.http.get(bovine.url("/ready")).send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
        bovine
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.control)
    }

    /// Asks it to say something, which must be taken.
    async fn says(&self, path: &str, asked: Value) -> Value {
        let request = self.http.post(self.url(path)).json(&asked);
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let answer: Value = response.json().await.expect("JSON");
        assert!(status.is_success(), "{path}: {status}: {answer}");
        assert_eq!(answer["status"], 202, "{path}: {answer}");
        answer
    }

    /// Follows an actor; returns the Follow's id.
    pub async fn follow(&self, actor: &str) -> String {
        string(&self.says("/follow", json!({ "actor": actor })).await, "id")
    }

    /// Takes a Follow back.
    pub async fn unfollow(&self, follow: &str) {
        self.says("/unfollow", json!({ "follow": follow })).await;
    }

    /// Posts a public Note to a community; returns the Note's id and the `Create`.
    pub async fn post(
        &self,
        community: &str,
        text: &str,
        answers: Option<&str>,
    ) -> (String, Value) {
        let asked = json!({ "community": community, "text": text, "in_reply_to": answers });
        let answer = self.says("/post", asked).await;
        (string(&answer, "note"), answer["activity"].clone())
    }

    /// Edits a Note.
    pub async fn edit(&self, community: &str, note: &str, text: &str, updated: &str) {
        let asked =
            json!({ "community": community, "note": note, "text": text, "updated": updated });
        self.says("/edit", asked).await;
    }

    /// Deletes a Note.
    pub async fn delete(&self, community: &str, note: &str) {
        self.says("/delete", json!({ "community": community, "note": note }))
            .await;
    }

    async fn asked(&self, path: &str) -> Value {
        let response = self.http.get(self.url(path)).send().await;
        let response = response.expect("an answer");
        assert!(response.status().is_success(), "{path}: {response:?}");
        response.json().await.expect("JSON")
    }

    /// Reads a URL with its signed GET.
    pub async fn lookup(&self, url: &str) -> Value {
        let url = format!("/lookup?url={}", urlencode(url));
        self.asked(&url).await
    }

    /// Every POST to its inbox, and what it made of the signature.
    pub async fn knocks(&self) -> Vec<Value> {
        let heard = self.asked("/heard").await;
        heard["knocks"].as_array().expect("a list").clone()
    }

    /// Waits for a verified activity of this type.
    pub async fn hears(&self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("{kind} at bovine"), PATIENCE, || async {
            let heard = self.asked("/heard").await;
            let received = heard["received"].as_array().expect("a list");
            let found = received
                .iter()
                .find(|said| said["type"] == kind && wanted(said));
            found.cloned()
        })
        .await
    }
}

/// A URL as the value of a query.
fn urlencode(url: &str) -> String {
    url.replace('%', "%25")
        .replace('#', "%23")
        .replace('&', "%26")
        .replace('?', "%3F")
}

impl Drop for Bovine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            eprintln!("---- log of the bovine server ----\n{log}");
        }
    }
}
