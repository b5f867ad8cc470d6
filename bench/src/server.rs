//! The server under test: one `archipel serve` with a folder, a port and a
//! database of its own, driven from outside only.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;
use tempfile::TempDir;

use crate::args::Args;
use crate::database::{Database, Kind};
use crate::driver::{Connection, get};
use crate::keys::PublicKey;

/// Longest wait until it is ready.
const READY: Duration = Duration::from_mins(1);

/// A running server. It is killed, and its folder and database removed, when dropped.
#[derive(Debug)]
pub struct Server {
    binary: PathBuf,
    /// Where it listens.
    pub port: u16,
    environment: Vec<(String, String)>,
    child: Option<Child>,
    print_log: bool,
    // Dropped last, in this order.
    _database: Database,
    folder: TempDir,
}

impl Server {
    /// Prepares one that finds these host names at this machine; does not start it.
    pub fn prepare(args: &Args, kind: &Kind, port: u16, hosts: &[String]) -> anyhow::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("archipel-bench-");
        let folder = match &args.folder {
            Some(folder) => builder.tempdir_in(folder),
            None => builder.tempdir(),
        }
        .context("a temporary folder")?;
        let database = Database::create(kind, folder.path())?;
        let lines: Vec<String> = hosts
            .iter()
            .map(|host| format!("{host:?} = \"127.0.0.1\""))
            .collect();
        std::fs::write(
            folder.path().join("archipel.toml"),
            format!("[development.resolve]\n{}\n", lines.join("\n")),
        )?;
        let media = format!("file://{}/media", folder.path().display());
        let mut environment = [
            ("SERVER__LISTEN", format!("127.0.0.1:{port}")),
            ("SERVER__PUBLIC_URL", format!("http://localhost:{port}")),
            ("DATABASE__URL", database.url().to_owned()),
            ("MEDIA__URL", media),
            ("DEVELOPMENT__ALLOW_HTTP", "true".to_owned()),
            ("DEVELOPMENT__ALLOW_PRIVATE_ADDRESSES", "true".to_owned()),
        ]
        .map(|(key, value)| (format!("ARCHIPEL__{key}"), value))
        .to_vec();
        for pair in &args.set {
            let (key, value) = pair.split_once('=').context("--set wants KEY=VALUE")?;
            let name = key.to_uppercase().replace('.', "__");
            environment.push((format!("ARCHIPEL__{name}"), value.to_owned()));
        }
        Ok(Self {
            binary: std::fs::canonicalize(&args.server)
                .with_context(|| format!("the server {}", args.server.display()))?,
            port,
            environment,
            child: None,
            print_log: args.log,
            _database: database,
            folder,
        })
    }

    /// Starts it; says how long it took until `/readyz` answered.
    pub async fn start(&mut self) -> anyhow::Result<Duration> {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"))?;
        let began = Instant::now();
        let child = self
            .command()
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {}", self.binary.display()))?;
        let child = self.child.insert(child);
        let question = get(&format!("localhost:{}", self.port), "/readyz", "*/*");
        loop {
            if let Some(status) = child.try_wait()? {
                bail!("the server ended before it was ready: {status}");
            }
            if let Ok(mut connection) = Connection::open(self.port).await
                && let Ok(answer) = connection.exchange(&question).await
                && answer.status == 200
            {
                return Ok(began.elapsed());
            }
            if began.elapsed() > READY {
                bail!("the server was not ready after {} s", READY.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Asks it to end (SIGTERM) and waits.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("it does not run")?;
        Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .context("kill")?;
        let began = Instant::now();
        while child.try_wait()?.is_none() {
            if began.elapsed() > READY {
                child.kill()?;
                bail!("the server did not end");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Its process id.
    pub fn pid(&self) -> anyhow::Result<u32> {
        Ok(self.child.as_ref().context("it does not run")?.id())
    }

    /// `localhost:port`.
    pub fn authority(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// The id of a community.
    pub fn community(&self, handle: &str) -> String {
        format!("http://localhost:{}/c/{handle}", self.port)
    }

    /// A command of the same program with the same configuration.
    /// A key of the configuration, before it is started.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment
            .push((format!("ARCHIPEL__{name}"), value.to_owned()));
    }

    /// Runs a command beside it; what it printed.
    pub fn run(&self, args: &[&str]) -> anyhow::Result<String> {
        let output = self.command().args(args).output()?;
        if !output.status.success() {
            bail!("{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ARCHIPEL_") {
                command.env_remove(name);
            }
        }
        command
            .envs(self.environment.iter().cloned())
            .env("ARCHIPEL_CONFIG", self.folder.path().join("archipel.toml"))
            .env("NO_COLOR", "1")
            .current_dir(self.folder.path());
        command
    }

    /// Whether nothing in the inbox waits, as the command line says.
    async fn is_worked_off(&self) -> anyhow::Result<bool> {
        for state in ["waiting", "retrying"] {
            let mut command = self.command();
            command.args(["--json", "inbox", "list", "--limit", "1", "--state", state]);
            let output = tokio::task::spawn_blocking(move || command.output()).await??;
            if !output.status.success() {
                bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
            }
            let listed: Value = serde_json::from_slice(&output.stdout).context("JSON")?;
            if listed.as_array().is_none_or(|list| !list.is_empty()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Waits until everything in the inbox was worked on.
    pub async fn worked_off(&self, patience: Duration) -> anyhow::Result<()> {
        let until = Instant::now() + patience;
        while !self.is_worked_off().await? {
            if Instant::now() > until {
                bail!("the inbox was not worked off in {} s", patience.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// The public keys of a community, by their ids.
    pub async fn keys(&self, handle: &str) -> anyhow::Result<HashMap<String, PublicKey>> {
        let mut connection = Connection::open(self.port).await?;
        let question = get(
            &self.authority(),
            &format!("/c/{handle}"),
            "application/activity+json",
        );
        let answer = connection.exchange(&question).await?;
        let document: Value = serde_json::from_slice(&answer.body)?;
        let text = |value: &Value, key: &str| -> anyhow::Result<String> {
            let text = value.get(key).and_then(Value::as_str);
            Ok(text.with_context(|| format!("no {key}"))?.to_owned())
        };
        let rsa = document.get("publicKey").context("no publicKey")?;
        let mut keys = HashMap::from([(
            text(rsa, "id")?,
            PublicKey::from_pem(&text(rsa, "publicKeyPem")?)?,
        )]);
        let methods = document.get("assertionMethod").and_then(Value::as_array);
        for method in methods.into_iter().flatten() {
            let key = PublicKey::from_multibase(&text(method, "publicKeyMultibase")?)?;
            keys.insert(text(method, "id")?, key);
        }
        Ok(keys)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if self.print_log
            && let Ok(mut log) = File::open(self.folder.path().join("server.log"))
        {
            let _ = std::io::copy(&mut log, &mut std::io::stderr());
        }
    }
}

/// A port of this machine that nobody listens on at the moment.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}
