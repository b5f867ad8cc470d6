//! One lab of the demo: a process of this same program, with its own folder.

use std::collections::HashMap;
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use archipel_federation::client::{Client, ClientConfig};
use serde_json::Value;
use tokio::process::{Child, Command};
use url::Url;

/// A running lab.
pub(super) struct Lab {
    name: &'static str,
    url: String,
    folder: PathBuf,
    process: Child,
    client: Client,
}

/// A fresh folder for the demo's data.
pub(super) fn folder() -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("archipel-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    Ok(folder)
}

/// The port wished for, or any free one.
pub(super) fn port(wish: u16) -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wish))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    Ok(listener.local_addr()?.port())
}

impl Lab {
    /// Starts a lab; see [`Lab::ready`].
    pub(super) fn start(name: &'static str, port: u16, folder: PathBuf) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let url = format!("http://localhost:{port}");
        let log = File::create(folder.join("log"))?;
        let process = program(&url, port, &folder)?
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("the lab could not be started")?;
        let client = Client::new(ClientConfig {
            allow_http: true,
            allow_private_addresses: true,
            resolve: HashMap::new(),
            ..ClientConfig::new(&Url::parse(&url)?)
        })?;
        Ok(Self {
            name,
            url,
            folder,
            process,
            client,
        })
    }

    /// Its address, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Where it writes what happens.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Waits until it is ready.
    pub(super) async fn ready(&mut self, patience: Duration) -> anyhow::Result<()> {
        let ready = Url::parse(&format!("{}/readyz", self.url))?;
        let began = tokio::time::Instant::now();
        while began.elapsed() < patience {
            if let Some(status) = self.process.try_wait()? {
                bail!(
                    "lab {} ended with {status}; see {}",
                    self.name,
                    self.log().display()
                );
            }
            if self.client.get_plain(&ready, "*/*", 1_000).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!(
            "lab {} is not ready; see {}",
            self.name,
            self.log().display()
        )
    }

    /// Runs a command of this lab; gives what it printed.
    pub(super) async fn command(&self, args: &[&str]) -> anyhow::Result<String> {
        let port = Url::parse(&self.url)?.port().unwrap_or(80);
        let output = program(&self.url, port, &self.folder)?
            .args(args)
            .stdin(Stdio::null())
            .output()
            .await?;
        if !output.status.success() {
            bail!(
                "lab {}: archipel {}: {}",
                self.name,
                args.join(" "),
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// An ActivityPub document, if it is there.
    pub(super) async fn document(&self, path: &str) -> Option<Value> {
        serde_json::from_slice(&self.get(path, "application/activity+json").await?).ok()
    }

    /// A page for browsers, if it is there.
    pub(super) async fn page(&self, path: &str) -> Option<String> {
        String::from_utf8(self.get(path, "text/html").await?.into()).ok()
    }

    async fn get(&self, path: &str, accept: &'static str) -> Option<bytes::Bytes> {
        let url = Url::parse(&format!("{}{path}", self.url)).ok()?;
        let found = self
            .client
            .get_plain(&url, accept, 1024 * 1024)
            .await
            .ok()?;
        Some(found.body)
    }

    /// Ends it.
    pub(super) async fn stop(mut self) {
        // Whatever it held is in its database, which goes with the folder.
        let _ = self.process.kill().await;
    }
}

/// This program with the configuration of one lab.
fn program(url: &str, port: u16, folder: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .current_dir(folder)
        .env_remove("ARCHIPEL_CONFIG")
        .env("ARCHIPEL__SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .env("ARCHIPEL__SERVER__PUBLIC_URL", url)
        .env(
            "ARCHIPEL__DATABASE__URL",
            format!("sqlite://{}", folder.join("archipel.db").display()),
        )
        .env(
            "ARCHIPEL__MEDIA__URL",
            format!("file://{}", folder.join("media").display()),
        )
        .env("ARCHIPEL__DEVELOPMENT__ALLOW_HTTP", "true")
        .env("ARCHIPEL__DEVELOPMENT__ALLOW_PRIVATE_ADDRESSES", "true");
    Ok(command)
}
