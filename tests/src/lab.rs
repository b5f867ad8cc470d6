//! A lab under test: one `archipel serve` process with its own folder, port and
//! database, driven from outside only.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use url::Url;

use crate::database::{Database, Db};
use crate::ports;
use crate::recorder::Recorder;

/// How long a debug build may take until it is ready on a busy machine: the first
/// start migrates and makes keys for three communities.
const READY: Duration = Duration::from_secs(90);
/// How long a server may drain after SIGTERM.
const DRAIN: Duration = Duration::from_secs(40);

/// What a lab is started with.
#[derive(Debug)]
pub struct LabBuilder {
    db: Db,
    name: String,
    keys: Vec<(String, String)>,
    resolve: Vec<(String, String)>,
    recorded: bool,
    /// The port behind the recorder.
    inner: Option<u16>,
}

impl LabBuilder {
    /// A configuration key, such as `("federation.authorized_fetch", "true")`.
    #[must_use]
    pub fn set(mut self, key: &str, value: &str) -> Self {
        self.keys.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The host name in its public URL (`localhost` unless told).
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// A host name that this lab finds at an address of this machine.
    #[must_use]
    pub fn resolve(mut self, name: &str, address: &str) -> Self {
        self.resolve.push((name.to_owned(), address.to_owned()));
        self
    }

    /// Behind a proxy that holds every answer of the client API to the contract.
    #[must_use]
    pub fn recorded(mut self) -> Self {
        self.recorded = true;
        self
    }

    /// Starts it and waits until it is ready.
    pub async fn start(mut self) -> Lab {
        let dir = tempfile::Builder::new()
            .prefix("archipel-lab-")
            .tempdir()
            .expect("a temporary folder");
        let port = ports::free();
        self.inner = self.recorded.then(ports::free);
        let recorder = match self.inner {
            Some(inner) => Some(Recorder::start(port, inner).await),
            None => None,
        };
        let base = Url::parse(&format!("http://{}:{port}/", self.name)).expect("a base URL");
        let database = Database::create(self.db, dir.path());
        let environment = self.environment(port, dir.path(), &database);
        write_config(dir.path(), &self.resolve);
        let mut lab = Lab {
            base,
            port,
            environment,
            process: None,
            http: crate::surface::http_client(port, &self.name),
            database,
            recorder,
            dir,
        };
        lab.spawn();
        lab.ready().await;
        lab
    }

    fn environment(&self, port: u16, dir: &Path, database: &Database) -> Vec<(String, String)> {
        let mut keys = vec![
            (
                "server.listen".to_owned(),
                format!("127.0.0.1:{}", self.inner.unwrap_or(port)),
            ),
            (
                "server.public_url".to_owned(),
                format!("http://{}:{port}", self.name),
            ),
            ("database.url".to_owned(), database.url().to_owned()),
            (
                "media.url".to_owned(),
                format!("file://{}/media", dir.display()),
            ),
            ("development.allow_http".to_owned(), "true".to_owned()),
            (
                "development.allow_private_addresses".to_owned(),
                "true".to_owned(),
            ),
        ];
        keys.extend(self.keys.iter().cloned());
        keys.into_iter()
            .map(|(key, value)| {
                let name = key.to_uppercase().replace('.', "__");
                (format!("ARCHIPEL__{name}"), value)
            })
            .collect()
    }
}

/// Host names contain dots, which are awkward in the name of a variable: they go
/// into the configuration file.
fn write_config(dir: &Path, resolve: &[(String, String)]) {
    let lines: Vec<String> = resolve
        .iter()
        .map(|(name, address)| format!("{name:?} = {address:?}\n"))
        .collect();
    let text = format!("[development.resolve]\n{}", lines.concat());
    std::fs::write(dir.join("archipel.toml"), text).expect("the configuration file");
}

/// A running lab. It is killed, and its folder and database removed, when dropped;
/// if the test is failing then, the end of its log is printed.
#[derive(Debug)]
pub struct Lab {
    base: Url,
    port: u16,
    environment: Vec<(String, String)>,
    process: Option<Child>,
    http: reqwest::Client,
    database: Database,
    dir: TempDir,
    /// What was heard, if it was started [`LabBuilder::recorded`].
    pub recorder: Option<Recorder>,
}

impl Lab {
    /// A lab with the defaults of the tests.
    pub async fn start(db: Db) -> Self {
        Self::builder(db).start().await
    }

    /// A second node on the same database, that says the same of itself. It must go
    /// before the first one.
    ///
    /// # Panics
    /// On SQLite: only PostgreSQL is shared by nodes.
    pub async fn second_node(&self) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("archipel-node-")
            .tempdir()
            .expect("a temporary folder");
        let port = ports::free();
        let name = self.base.host_str().expect("a host");
        let mut environment = self.environment.clone();
        for (key, value) in &mut environment {
            if key == "ARCHIPEL__SERVER__LISTEN" {
                *value = format!("127.0.0.1:{port}");
            }
        }
        write_config(dir.path(), &[]);
        let mut node = Self {
            base: Url::parse(&format!("http://{name}:{port}/")).expect("a base URL"),
            port,
            environment,
            process: None,
            http: crate::surface::http_client(port, name),
            database: self.database.shared(),
            recorder: None,
            dir,
        };
        node.spawn();
        node.ready().await;
        node
    }

    /// A lab to be configured first.
    pub fn builder(db: Db) -> LabBuilder {
        LabBuilder {
            db,
            name: "localhost".to_owned(),
            keys: Vec::new(),
            resolve: Vec::new(),
            recorded: false,
            inner: None,
        }
    }

    /// `http://localhost:PORT/`: also the id of its instance actor.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// `localhost:PORT`, what stands after the `@` of its handles.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.base.host_str().expect("a host"), self.port)
    }

    /// The URL of `path` (which starts with `/`) here.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}", self.base.as_str().trim_end_matches('/'), path)
    }

    /// The id of the community `handle`.
    pub fn community(&self, handle: &str) -> String {
        self.url(&format!("/c/{handle}"))
    }

    /// A plain HTTP client that finds this lab by its name and follows no redirect.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Its database's URL, for messages.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// A command line of the same binary with the same configuration.
    pub fn command(&self) -> Command {
        let mut command = Command::new(binary());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ARCHIPEL_") {
                command.env_remove(name);
            }
        }
        command
            .envs(self.environment.iter().cloned())
            .env("ARCHIPEL_CONFIG", self.dir.path().join("archipel.toml"))
            .env(
                "ARCHIPEL__LOG__LEVEL",
                std::env::var("ARCHIPEL_TEST_LOG").unwrap_or_else(|_| "info".to_owned()),
            )
            .env("NO_COLOR", "1")
            .env_remove("HTTP_PROXY")
            .env_remove("http_proxy")
            .current_dir(self.dir.path());
        command
    }

    fn spawn(&mut self) {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_path())
            .expect("the log file");
        let errors = log.try_clone().expect("the log file twice");
        let child = self
            .command()
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", binary().display()));
        self.process = Some(child);
    }

    /// Waits until `/readyz` says so.
    pub async fn ready(&mut self) {
        let start = Instant::now();
        loop {
            if let Some(status) = self.exited() {
                panic!("the server ended before it was ready: {status}");
            }
            let answer = self.http.get(self.url("/readyz")).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            assert!(
                start.elapsed() < READY,
                "the server was not ready after {} s",
                READY.as_secs()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The CPU time that the running process has used, user and system together.
    ///
    /// # Panics
    /// Where there is no `/proc`.
    pub fn cpu_time(&self) -> Duration {
        let pid = self.process.as_ref().expect("a running server").id();
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("/proc");
        let (_, fields) = stat.rsplit_once(')').expect("the name of the process");
        let ticks: u64 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|ticks| ticks.parse::<u64>().ok())
            .sum();
        // Linux counts a hundred a second in this file, whatever its timer does.
        Duration::from_millis(ticks * 10)
    }

    fn exited(&mut self) -> Option<ExitStatus> {
        self.process
            .as_mut()
            .and_then(|child| child.try_wait().expect("the state of the server"))
    }

    /// Ends the process as a power cut would: SIGKILL, no warning.
    pub fn kill9(&mut self) {
        if let Some(mut child) = self.process.take() {
            child.kill().expect("SIGKILL");
            child.wait().expect("the end of the server");
        }
    }

    /// Starts it again on the same port and database.
    pub async fn restart(&mut self) {
        assert!(self.process.is_none(), "stop it before starting it again");
        self.spawn();
        self.ready().await;
    }

    /// Asks it to stop (SIGTERM) and waits.
    ///
    /// # Panics
    /// Unless it exits with status 0 in time.
    pub async fn stop(&mut self) {
        let mut child = self.process.take().expect("a running server");
        // `kill` of the shell: present on every system, and nothing unsafe here.
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -TERM {}", child.id())])
            .status()
            .expect("sh");
        assert!(sent.success(), "SIGTERM could not be sent");
        let start = Instant::now();
        loop {
            if let Some(status) = child.try_wait().expect("the state of the server") {
                assert!(status.success(), "after SIGTERM the server ended: {status}");
                return;
            }
            if start.elapsed() > DRAIN {
                let _ = child.kill();
                panic!("the server still ran {} s after SIGTERM", DRAIN.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Whether anything listens on its port.
    pub fn listens(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }

    fn log_path(&self) -> PathBuf {
        self.dir.path().join("server.log")
    }

    /// What the server wrote so far.
    pub fn log(&self) -> String {
        let mut bytes = Vec::new();
        if let Ok(mut file) = File::open(self.log_path()) {
            let _ = file.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if let Some(mut child) = self.process.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let tail = lines.len().saturating_sub(80);
            eprintln!("---- end of the log of {} ----", self.base);
            for line in lines.iter().skip(tail) {
                eprintln!("{line}");
            }
            eprintln!("---- (database {}) ----", self.database.url());
        }
    }
}

/// The server under test: `ARCHIPEL_BIN`, or the `archipel` beside this test's
/// own folder in `target`.
///
/// # Panics
/// When there is none.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("ARCHIPEL_BIN") {
        return PathBuf::from(path);
    }
    let mut path = std::env::current_exe().expect("the path of this test");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path.push("archipel");
    assert!(
        path.exists(),
        "no server at {}: run `cargo build` first, or set ARCHIPEL_BIN",
        path.display()
    );
    path
}
