//! Reads of a community's documents.

use std::sync::Arc;

use anyhow::ensure;
use serde_json::{Value, json};

use super::inbox::known;
use crate::bench::{Bench, COMMUNITY, PATIENCE, all_accepted, cpu};
use crate::database::Kind;
use crate::driver::{drive, get};
use crate::peers::signed_creates;
use crate::process::{self, Watch};
use crate::server::Server;
use crate::stats::{median, number, quantiles, rate};

/// Posts in the community whose outbox is read.
const POSTS: usize = 200;

/// Reads of an outbox take longer than those of what is kept in memory.
const FEWER: usize = 30;

/// Reads the actor document over and over on keep-alive connections.
pub async fn actor(bench: &Bench, kind: &Kind) -> anyhow::Result<Value> {
    let server = bench.server(kind).await?;
    reads(bench, &server, "", bench.args.reads).await
}

/// Reads the outbox of a community that has posts.
pub async fn outbox(bench: &Bench, kind: &Kind) -> anyhow::Result<Value> {
    let server = known(bench, kind, false).await?;
    let group = server.community(COMMUNITY);
    let authors = bench.authors();
    let creates = signed_creates(&authors, &server.authority(), &group, 0..POSTS).await?;
    let driven = drive(bench.port, &Arc::new(creates), POSTS, bench.args.in_flight).await?;
    all_accepted(&driven, POSTS)?;
    server.worked_off(PATIENCE).await?;
    let count = bench.args.reads.div_ceil(FEWER);
    reads(bench, &server, "/outbox", count).await
}

async fn reads(bench: &Bench, server: &Server, below: &str, count: usize) -> anyhow::Result<Value> {
    let in_flight = bench.args.in_flight;
    let request = get(
        &server.authority(),
        &format!("/c/{COMMUNITY}{below}"),
        "application/activity+json",
    );
    let request = Arc::new(vec![request]);
    drive(bench.port, &request, count.min(2_000), in_flight).await?;
    let mut rounds = Vec::new();
    for _ in 0..bench.args.rounds {
        let signing = bench.signing().await?;
        let watch = Watch::start(server.pid()?)?;
        let driven = drive(bench.port, &request, count, in_flight).await?;
        let used = watch.read()?;
        ensure!(driven.count(200) == count, "{:?}", driven.statuses);
        let per_s = rate(count, driven.elapsed);
        rounds.push(json!({
            "requests_per_s": number(per_s),
            "of_bare_http": number(per_s / bench.ceilings.http),
            "cpu": cpu(&used, count, signing),
            "time": quantiles(driven.times),
            "rss_mib": number(process::memory(server.pid()?)?.0),
        }));
    }
    Ok(median(&rounds))
}
