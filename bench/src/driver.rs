//! A lean HTTP/1.1 client: writes prepared bytes to keep-alive connections, so
//! that the driver takes as little of the shared processors as can be.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Barrier;

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// One keep-alive connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

impl Connection {
    /// Connects to a port of this machine.
    pub async fn open(port: u16) -> anyhow::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("connecting to port {port}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            read: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends one prepared request and reads the answer.
    pub async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        tokio::time::timeout(PATIENCE, self.exchange_now(request))
            .await
            .context("no answer in time")?
    }

    async fn exchange_now(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let head = loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                break end;
            }
            self.more().await?;
        };
        let (status, length) = head_of(self.read.get(..head).unwrap_or_default())?;
        let whole = head + 4 + length;
        while self.read.len() < whole {
            self.more().await?;
        }
        Ok(Answer {
            status,
            body: self.read.get(head + 4..whole).unwrap_or_default().to_vec(),
        })
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.read).await? == 0 {
            bail!("the connection was closed");
        }
        Ok(())
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|part| part == wanted)
}

/// Status and length of the body.
fn head_of(head: &[u8]) -> anyhow::Result<(u16, usize)> {
    let text = std::str::from_utf8(head).context("the head of an answer")?;
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok())
        .context("the status of an answer")?;
    let length = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok());
    match length {
        Some(length) => Ok((status, length)),
        None if matches!(status, 204 | 304) => Ok((status, 0)),
        None => bail!("an answer without content-length"),
    }
}

/// What came of many requests.
#[derive(Debug, Default)]
pub struct Driven {
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// How often each status was answered.
    pub statuses: BTreeMap<u16, usize>,
    /// Time of each request.
    pub times: Vec<Duration>,
}

impl Driven {
    /// How often it was answered so.
    pub fn count(&self, status: u16) -> usize {
        self.statuses.get(&status).copied().unwrap_or_default()
    }
}

/// Sends `count` requests, those of `requests` in turn, with `in_flight` on their
/// way at once, each on a connection of its own that is open before the clock starts.
pub async fn drive(
    port: u16,
    requests: &Arc<Vec<Bytes>>,
    count: usize,
    in_flight: usize,
) -> anyhow::Result<Driven> {
    let in_flight = in_flight.clamp(1, count.max(1));
    let next = Arc::new(AtomicUsize::new(0));
    let ready = Arc::new(Barrier::new(in_flight + 1));
    let mut tasks = Vec::with_capacity(in_flight);
    for _ in 0..in_flight {
        let (requests, next, ready) = (requests.clone(), next.clone(), ready.clone());
        let mut connection = Connection::open(port).await?;
        tasks.push(tokio::spawn(async move {
            ready.wait().await;
            let mut driven = Driven::default();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return anyhow::Ok(driven);
                }
                let request = requests
                    .get(index % requests.len())
                    .context("nothing to send")?;
                let began = Instant::now();
                let answer = connection.exchange(request).await?;
                driven.times.push(began.elapsed());
                *driven.statuses.entry(answer.status).or_default() += 1;
            }
        }));
    }
    ready.wait().await;
    let began = Instant::now();
    let mut all = Driven::default();
    for task in tasks {
        let one = task.await??;
        all.times.extend(one.times);
        for (status, count) in one.statuses {
            *all.statuses.entry(status).or_default() += count;
        }
    }
    all.elapsed = began.elapsed();
    Ok(all)
}

/// A GET as bytes.
pub fn get(authority: &str, path: &str, accept: &str) -> Bytes {
    format!(
        "GET {path} HTTP/1.1\r\nhost: {authority}\r\naccept: {accept}\r\n\
         user-agent: archipel-bench\r\n\r\n"
    )
    .into()
}
