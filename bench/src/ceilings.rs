//! What this machine could do at most, measured in the same run: figures of the
//! server mean little without it.

use std::convert::Infallible;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use aws_lc_rs::signature::Ed25519KeyPair;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::driver::{drive, get};
use crate::keys::Key;
use crate::process::{cores, thread_cpu};
use crate::stats::{float, ms, number, rate};

/// How long one window is, and how many there are: the best counts, because
/// whatever else runs on the machine can only take from it.
const WINDOW: Duration = Duration::from_millis(400);
const WINDOWS: usize = 5;

/// Round trips of the bare HTTP server.
const ROUND_TRIPS: usize = 50_000;

/// Size of one append, about that of a small activity.
const APPEND: [u8; 1024] = [b'a'; 1024];

/// Something that only computes, on all cores.
#[derive(Clone, Copy, Debug, Default)]
pub struct Computing {
    /// How often per second by the clock.
    pub per_s: f64,
    /// Processor time of one, in milliseconds: what a busy neighbour changes less.
    pub cpu_ms: f64,
}

impl Computing {
    fn shown(self) -> Value {
        json!({ "per_s": number(self.per_s), "cpu_ms": number(self.cpu_ms) })
    }
}

/// The ceilings.
#[derive(Clone, Copy, Debug)]
pub struct Ceilings {
    /// RSA-2048 signatures.
    pub rsa_sign: Computing,
    /// RSA-2048 verifications with a parsed key.
    pub rsa_verify: Computing,
    /// Ed25519 signatures.
    pub ed25519_sign: Computing,
    /// HTTP round trips per second, this driver against a bare hyper server.
    pub http: f64,
    /// Appends of 1 KB to a file per second, each on disk before the next.
    pub commits: f64,
}

impl Ceilings {
    /// Measures them; appends are made in `folder`.
    pub async fn measure(folder: &Path, in_flight: usize) -> anyhow::Result<Self> {
        let key = Arc::new(Key::generate()?);
        let public = Arc::new(key.public()?);
        let signature = key.sign(&APPEND)?;
        let ed25519 = Arc::new(Ed25519KeyPair::generate().context("an Ed25519 key")?);
        let rsa_sign = on_all_cores(move || key.sign(&APPEND).is_ok()).await?;
        let rsa_verify = on_all_cores(move || public.verifies(&APPEND, &signature)).await?;
        let ed25519_sign = on_all_cores(move || ed25519.sign(&APPEND).as_ref().len() == 64).await?;
        Ok(Self {
            rsa_sign,
            rsa_verify,
            ed25519_sign,
            http: bare_http(in_flight).await?,
            commits: commits(folder)?,
        })
    }

    /// As they are printed.
    pub fn shown(&self) -> Value {
        json!({
            "rsa_2048_sign": self.rsa_sign.shown(),
            "rsa_2048_verify": self.rsa_verify.shown(),
            "ed25519_sign": self.ed25519_sign.shown(),
            "http_round_trips_per_s": number(self.http),
            "commits_per_s": number(self.commits),
        })
    }
}

/// How often `work` can be done by all cores together.
async fn on_all_cores(
    work: impl Fn() -> bool + Send + Sync + 'static,
) -> anyhow::Result<Computing> {
    let work = Arc::new(work);
    let mut best = Computing {
        per_s: 0.0,
        cpu_ms: f64::MAX,
    };
    for _ in 0..WINDOWS {
        let threads: Vec<_> = (0..cores())
            .map(|_| {
                let work = work.clone();
                tokio::task::spawn_blocking(move || window(work.as_ref()))
            })
            .collect();
        let mut sum = 0.0;
        for thread in threads {
            let one = thread.await??;
            sum += one.per_s;
            best.cpu_ms = best.cpu_ms.min(one.cpu_ms);
        }
        best.per_s = best.per_s.max(sum);
    }
    Ok(best)
}

/// One window on this thread.
fn window(work: &impl Fn() -> bool) -> anyhow::Result<Computing> {
    let (began, before) = (Instant::now(), thread_cpu()?);
    let mut count = 0;
    while began.elapsed() < WINDOW {
        anyhow::ensure!(work(), "the work fails");
        count += 1;
    }
    let used = thread_cpu()?.saturating_sub(before);
    Ok(Computing {
        per_s: rate(count, began.elapsed()),
        cpu_ms: ms(used) / float(count),
    })
}

/// A hyper server that says "ok", against the driver that the scenarios use.
async fn bare_http(in_flight: usize) -> anyhow::Result<f64> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let service = service_fn(|_: Request<Incoming>| async {
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"ok"))))
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    let request = Arc::new(vec![get(&format!("localhost:{port}"), "/", "*/*")]);
    let mut best: f64 = 0.0;
    for _ in 0..3 {
        let driven = drive(port, &request, ROUND_TRIPS, in_flight).await?;
        best = best.max(rate(ROUND_TRIPS, driven.elapsed));
    }
    serving.abort();
    Ok(best)
}

fn commits(folder: &Path) -> anyhow::Result<f64> {
    let mut file = tempfile::tempfile_in(folder).context("a temporary file")?;
    let mut best: f64 = 0.0;
    for _ in 0..WINDOWS {
        best = best.max(appends(&mut file)?);
    }
    Ok(best)
}

fn appends(file: &mut File) -> anyhow::Result<f64> {
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < WINDOW {
        file.write_all(&APPEND)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(rate(count, began.elapsed()))
}
