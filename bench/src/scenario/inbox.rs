//! Signed Creates of known actors, as fast as they are taken.
//!
//! Requests are made and signed before the clock starts. The actors are known
//! because they followed once. Whether they still do decides what is measured:
//! taking in alone, or taking in while everything is announced to their server.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::bench::{Bench, COMMUNITY, PATIENCE, all_accepted, cpu};
use crate::database::Kind;
use crate::driver::drive;
use crate::peers::signed_creates;
use crate::process::{self, Watch};
use crate::sink;
use crate::stats::{median, number, quantiles, rate};

/// Posts them and waits until they are worked off.
pub async fn run(bench: &Bench, kind: &Kind, followed: bool) -> anyhow::Result<Value> {
    bench.sink.runs_archipel(false);
    let authority = format!("localhost:{}", bench.port);
    let group = format!("http://{authority}/c/{COMMUNITY}");
    let authors = bench.authors();
    let creates = signed_creates(&authors, &authority, &group, bench.args.activities).await?;
    let creates = Arc::new(creates);
    let mut rounds = Vec::new();
    for _ in 0..bench.args.rounds {
        rounds.push(round(bench, kind, followed, &creates).await?);
    }
    Ok(median(&rounds))
}

async fn round(
    bench: &Bench,
    kind: &Kind,
    followed: bool,
    creates: &Arc<Vec<Bytes>>,
) -> anyhow::Result<Value> {
    let server = bench.server(kind).await?;
    let authors = bench.authors();
    bench.follow(&server, &authors).await?;
    if !followed {
        bench.unfollow(&server, &authors).await?;
    }
    bench.sink.take();
    let count = creates.len();
    let watch = Watch::start(server.pid()?)?;
    let began = Instant::now();
    let driven = drive(bench.port, creates, count, bench.args.in_flight).await?;
    let accepting = watch.read()?;
    all_accepted(&driven, count)?;
    server.worked_off(PATIENCE * 5).await?;
    let worked = began.elapsed();
    let used = watch.read()?;
    let memory = process::memory(server.pid()?)?;
    let delivered = bench.sink.count();
    if followed {
        // Let it finish, so that what is checked is whole; not measured.
        bench.sink.wait(count, PATIENCE * 5).await;
    }
    let accepted_per_s = rate(count, driven.elapsed);
    let processed_per_s = rate(count, worked);
    let checked = sink::check(bench.sink.take(), Arc::new(server.keys(COMMUNITY).await?)).await;
    Ok(json!({
        "accepted_per_s": number(accepted_per_s),
        "accepted_of_bare_http": number(accepted_per_s / bench.ceilings.http),
        "accepted_of_verifying": number(accepted_per_s / bench.ceilings.rsa_verify.per_s),
        "accepted_per_commit_ceiling": number(accepted_per_s / bench.ceilings.commits),
        "time_to_202": quantiles(driven.times),
        "processed_per_s": number(processed_per_s),
        "processed_per_commit_ceiling": number(processed_per_s / bench.ceilings.commits),
        "cpu_while_accepting": cpu(&accepting, count),
        "cpu": cpu(&used, count),
        "deliveries_meanwhile": delivered,
        "deliveries_verified": checked.good,
        "deliveries_wrong": checked.bad,
        "why_wrong": checked.why,
        "rss_mib": number(memory.0),
        "rss_peak_mib": number(memory.1),
    }))
}
