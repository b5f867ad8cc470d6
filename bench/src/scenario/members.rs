//! What members feel: how soon a post of theirs is answered while hundreds of servers
//! are to be told, and what streams cost that wait for something to happen.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::bench::{Bench, COMMUNITY, PATIENCE};
use crate::database::Kind;
use crate::driver::drive;
use crate::peers::{Actor, destination};
use crate::process::{self, Watch};
use crate::server::Server;
use crate::stats::{median, ms, number, quantiles};

/// Posts of one round, one after the other.
const POSTS: usize = 40;

/// Somebody here, with a token.
fn member(server: &Server) -> anyhow::Result<String> {
    server.run(&["account", "create", "membre"])?;
    let token = server.run(&[
        "token",
        "create",
        "membre",
        "--scopes",
        "read write follow push",
    ])?;
    Ok(token.trim().to_owned())
}

/// Posts to a community with followers on many servers.
pub async fn posting(bench: &Bench, kind: &Kind) -> anyhow::Result<Value> {
    bench.sink.runs("mastodon");
    let followers: Vec<Actor> = (0..bench.args.destinations)
        .map(|number| bench.sink.peers.actor(&destination(number), number))
        .collect();
    let server = bench.server(kind).await?;
    bench.follow(&server, &followers).await?;
    let token = member(&server)?;
    let mut rounds = Vec::new();
    for round in 0..bench.args.rounds {
        let requests: Vec<Bytes> = (0..POSTS)
            .map(|number| {
                let body = json!({ "status": format!("Message {round}.{number} pour @{COMMUNITY}") })
                    .to_string();
                format!(
                    "POST /api/v1/statuses HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\
                     content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    server.authority(),
                    body.len()
                )
                .into()
            })
            .collect();
        let watch = Watch::start(server.pid()?)?;
        let driven = drive(bench.port, &Arc::new(requests), POSTS, 1).await?;
        ensure!(driven.count(200) == POSTS, "answered {:?}", driven.statuses);
        let count = POSTS * bench.args.destinations;
        ensure!(
            bench.sink.wait(count, PATIENCE).await,
            "{} of {count} deliveries arrived",
            bench.sink.count()
        );
        bench.sink.take();
        let used = watch.read()?;
        rounds.push(json!({
            "answered": quantiles(driven.times),
            "server_cpu_ms_a_post": number(ms(used.server) / crate::stats::float(POSTS)),
        }));
    }
    Ok(json!({ "destinations": bench.args.destinations, "rounds": median(&rounds) }))
}

/// Streams that are open and hear nothing.
pub async fn streams(bench: &Bench, kind: &Kind) -> anyhow::Result<Value> {
    let mut server = bench.prepared(kind)?;
    server.set(
        "SERVER__MAX_CONNECTIONS",
        &(bench.args.streams + 100).to_string(),
    );
    server.start().await?;
    let token = member(&server)?;
    let (before, _) = process::memory(server.pid()?)?;
    let mut open = Vec::with_capacity(bench.args.streams);
    for _ in 0..bench.args.streams {
        open.push(stream(&server, &token).await?);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (rss, peak) = process::memory(server.pid()?)?;
    let watch = Watch::start(server.pid()?)?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let used = watch.read()?;
    Ok(json!({
        "streams": bench.args.streams,
        "rss_mib_before": number(before),
        "rss_mib": number(rss),
        "rss_peak_mib": number(peak),
        "kib_a_stream": number((rss - before) * 1024.0 / crate::stats::float(bench.args.streams)),
        "cpu_ms_per_s_at_rest": number(ms(used.server) / 5.0),
    }))
}

async fn stream(server: &Server, token: &str) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await?;
    let request = format!(
        "GET /api/v1/streaming?stream=user HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\
         connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server.authority()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = [0; 512];
    let read = stream.read(&mut head).await?;
    let head = String::from_utf8_lossy(head.get(..read).unwrap_or_default()).into_owned();
    ensure!(head.starts_with("HTTP/1.1 101"), "no stream: {head}");
    Ok(stream)
}
