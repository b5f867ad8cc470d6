//! One post to many destinations: how soon the last of them has it.
//!
//! Each destination is a server of its own by name. The post is a signed Create
//! of a known actor, so no process has to start; the clock runs from its 202.
//! Measured warm (everything known, connections open), as a burst of posts, and
//! cold (the first post after a restart). Signatures are checked afterwards.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Value, json};

use crate::bench::{Bench, COMMUNITY, PATIENCE, all_accepted, cpu};
use crate::ceilings::Computing;
use crate::database::Kind;
use crate::driver::{Connection, drive};
use crate::peers::{AUTHORS, Actor, destination};
use crate::process::{self, Watch};
use crate::server::Server;
use crate::sink::{self, Received};
use crate::stats::{float, median, ms, number, quantiles, rate};

/// How long results may take to be written down before processor time is read.
const SETTLE: Duration = Duration::from_millis(150);

struct Stage<'a> {
    bench: &'a Bench,
    server: Server,
    author: Actor,
    /// The ceiling measured beside the rounds.
    signing: Computing,
    serial: usize,
    received: Vec<Received>,
}

/// Measures with RSA or with Ed25519.
pub async fn run(bench: &Bench, kind: &Kind, ed25519: bool) -> anyhow::Result<Value> {
    bench
        .sink
        .runs(if ed25519 { "archipel" } else { "mastodon" });
    let followers: Vec<Actor> = (0..bench.args.destinations)
        .map(|number| bench.sink.peers.actor(&destination(number), number))
        .collect();
    let server = bench.server(kind).await?;
    bench.follow(&server, &followers).await?;
    let mut stage = Stage {
        bench,
        server,
        author: bench.sink.peers.actor(AUTHORS, 0),
        signing: bench.signing().await?,
        serial: 0,
        received: Vec::new(),
    };
    stage.post().await?;
    let mut warm = Vec::new();
    for _ in 0..bench.args.rounds {
        warm.push(stage.post().await?);
    }
    let before = stage.signing;
    stage.signing = bench.signing().await?.best(before);
    eprintln!("bursts, process {}", stage.server.pid()?);
    let mut bursts = Vec::new();
    for _ in 0..bench.args.rounds {
        bursts.push(stage.burst().await?);
    }
    let memory = process::memory(stage.server.pid()?)?;
    stage.signing = bench.signing().await?;
    let mut cold = Vec::new();
    for _ in 0..bench.args.rounds {
        stage.server.stop().await?;
        stage.server.start().await?;
        cold.push(stage.post().await?);
    }
    let keys = Arc::new(stage.server.keys(COMMUNITY).await?);
    let checked = sink::check(stage.received, keys).await;
    Ok(json!({
        "destinations": bench.args.destinations,
        "post": median(&warm),
        "burst": median(&bursts),
        "post_after_restart": median(&cold),
        "verified": checked.good,
        "wrong": checked.bad,
        "why_wrong": checked.why,
        "sent_twice": checked.repeated,
        "rss_mib": number(memory.0),
        "rss_peak_mib": number(memory.1),
    }))
}

impl Stage<'_> {
    fn next(&mut self) -> anyhow::Result<bytes::Bytes> {
        self.serial += 1;
        let group = self.server.community(COMMUNITY);
        let create = self.author.create(&group, self.serial);
        self.author.says(&self.server.authority(), &create)
    }

    /// One post, until every destination has it.
    async fn post(&mut self) -> anyhow::Result<Value> {
        let destinations = self.bench.args.destinations;
        let request = self.next()?;
        let mut connection = Connection::open(self.bench.port).await?;
        let watch = Watch::start(self.server.pid()?)?;
        let posted = Instant::now();
        let answer = connection.exchange(&request).await?;
        let accepted = Instant::now();
        ensure!(answer.status == 202, "answered {}", answer.status);
        let received = self.arrived(destinations).await?;
        let used = watch.read()?;
        let mut times: Vec<Duration> = received
            .iter()
            .map(|one| one.at.saturating_duration_since(accepted))
            .collect();
        times.sort_unstable();
        let (first, last) = (
            times.first().copied().unwrap_or_default(),
            times.last().copied().unwrap_or_default(),
        );
        let hosts: HashSet<&str> = received.iter().map(|one| one.authority.as_str()).collect();
        ensure!(hosts.len() == destinations, "{} hosts", hosts.len());
        self.received.extend(received);
        let per_s = rate(destinations, last);
        Ok(json!({
            "rsa_signing_beside": self.signing.shown(),
            "accepted_ms": number(ms(accepted - posted)),
            "first_delivery_ms": number(ms(first)),
            "last_delivery_ms": number(ms(last)),
            "deliveries_per_s": number(per_s),
            "deliveries_per_s_from_first": number(rate(destinations, last.saturating_sub(first))),
            "of_rsa_signing": number(per_s / self.signing.per_s),
            "time_since_202": quantiles(times),
            "cpu": cpu(&used, destinations, self.signing),
        }))
    }

    /// Several posts one right after the other.
    async fn burst(&mut self) -> anyhow::Result<Value> {
        let posts = self.bench.args.burst.max(1);
        let count = posts * self.bench.args.destinations;
        let requests = (0..posts)
            .map(|_| self.next())
            .collect::<anyhow::Result<Vec<_>>>()?;
        let watch = Watch::start(self.server.pid()?)?;
        let posted = Instant::now();
        let driven = drive(self.bench.port, &Arc::new(requests), posts, 1).await?;
        all_accepted(&driven, posts)?;
        let received = self.arrived(count).await?;
        let used = watch.read()?;
        let last = received.iter().map(|one| one.at).max();
        let took = last.map_or(Duration::ZERO, |last| last - posted);
        self.received.extend(received);
        let per_s = rate(count, took);
        Ok(json!({
            "rsa_signing_beside": self.signing.shown(),
            "posts": posts,
            "deliveries": float(count),
            "last_delivery_ms": number(ms(took)),
            "deliveries_per_s": number(per_s),
            "of_rsa_signing": number(per_s / self.signing.per_s),
            "cpu": cpu(&used, count, self.signing),
        }))
    }

    async fn arrived(&self, count: usize) -> anyhow::Result<Vec<Received>> {
        let sink = &self.bench.sink;
        ensure!(
            sink.wait(count, PATIENCE).await,
            "{} of {count} deliveries arrived",
            sink.count()
        );
        tokio::time::sleep(SETTLE).await;
        Ok(sink.take())
    }
}
