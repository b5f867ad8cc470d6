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
use crate::peers::{Actor, signed_by_all, signed_creates};
use crate::process::{self, Watch};
use crate::server::Server;
use crate::sink;
use crate::stats::{median, number, quantiles, rate};

/// Posts them and waits until they are worked off.
pub async fn run(bench: &Bench, kind: &Kind, followed: bool) -> anyhow::Result<Value> {
    bench.sink.runs("mastodon");
    let authority = format!("localhost:{}", bench.port);
    let group = format!("http://{authority}/c/{COMMUNITY}");
    let authors = bench.authors();
    let creates = signed_creates(&authors, &authority, &group, 0..bench.args.activities).await?;
    let creates = Arc::new(creates);
    let mut rounds = Vec::new();
    for _ in 0..bench.args.rounds {
        let server = known(bench, kind, followed).await?;
        rounds.push(taken_in(bench, &server, followed, &creates).await?);
    }
    Ok(median(&rounds))
}

/// The same with answers to a few threads.
pub async fn replies(bench: &Bench, kind: &Kind) -> anyhow::Result<Value> {
    bench.sink.runs("mastodon");
    let authority = format!("localhost:{}", bench.port);
    let group = format!("http://{authority}/c/{COMMUNITY}");
    let authors = bench.authors();
    let threads = Arc::new(signed_creates(&authors, &authority, &group, 0..authors.len()).await?);
    let answered: Vec<String> = authors
        .iter()
        .enumerate()
        .map(|(serial, author)| author.status(serial))
        .collect();
    let (start, end) = (threads.len(), threads.len() + bench.args.activities);
    let among = authors.len();
    let say = move |author: &Actor, serial: usize| {
        let thread = answered.get((serial / among) % among).map(String::as_str);
        author.answer(&group, serial, thread.unwrap_or_default())
    };
    let answers = signed_by_all(&authors, &authority, start..end, say).await?;
    let answers = Arc::new(answers);
    let mut rounds = Vec::new();
    for _ in 0..bench.args.rounds {
        let server = known(bench, kind, false).await?;
        let begun = drive(bench.port, &threads, threads.len(), 8).await?;
        all_accepted(&begun, threads.len())?;
        server.worked_off(PATIENCE).await?;
        rounds.push(taken_in(bench, &server, false, &answers).await?);
    }
    Ok(median(&rounds))
}

/// A new server that knows those who post, whether or not they still follow.
pub async fn known(bench: &Bench, kind: &Kind, followed: bool) -> anyhow::Result<Server> {
    let server = bench.server(kind).await?;
    let authors = bench.authors();
    bench.follow(&server, &authors).await?;
    if !followed {
        bench.unfollow(&server, &authors).await?;
    }
    Ok(server)
}

/// Posts these, each of which is delivered once if somebody follows, and says what it
/// took.
pub async fn taken_in(
    bench: &Bench,
    server: &Server,
    followed: bool,
    requests: &Arc<Vec<Bytes>>,
) -> anyhow::Result<Value> {
    bench.sink.take();
    let count = requests.len();
    let signing = bench.signing().await?;
    let watch = Watch::start(server.pid()?)?;
    let began = Instant::now();
    let driven = drive(bench.port, requests, count, bench.args.in_flight).await?;
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
        "rsa_signing_beside": signing.shown(),
        "accepted_per_s": number(accepted_per_s),
        "accepted_of_bare_http": number(accepted_per_s / bench.ceilings.http),
        "accepted_of_verifying": number(accepted_per_s / bench.ceilings.rsa_verify.per_s),
        "accepted_per_commit_ceiling": number(accepted_per_s / bench.ceilings.commits),
        "time_to_202": quantiles(driven.times),
        "processed_per_s": number(processed_per_s),
        "processed_per_commit_ceiling": number(processed_per_s / bench.ceilings.commits),
        "cpu_while_accepting": cpu(&accepting, count, signing),
        "cpu": cpu(&used, count, signing),
        "deliveries_meanwhile": delivered,
        "deliveries_verified": checked.good,
        "deliveries_wrong": checked.bad,
        "why_wrong": checked.why,
        "rss_mib": number(memory.0),
        "rss_peak_mib": number(memory.1),
    }))
}
