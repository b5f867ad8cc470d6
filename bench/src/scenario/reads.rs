//! Reads of a community's actor document.

use std::sync::Arc;

use anyhow::ensure;
use serde_json::{Value, json};

use crate::bench::{Bench, COMMUNITY, cpu};
use crate::database::Kind;
use crate::driver::{drive, get};
use crate::process::{self, Watch};
use crate::stats::{median, number, quantiles, rate};

/// Reads it over and over on keep-alive connections.
pub async fn run(bench: &Bench, kind: &Kind) -> anyhow::Result<Value> {
    let server = bench.server(kind).await?;
    let (count, in_flight) = (bench.args.reads, bench.args.in_flight);
    let request = get(
        &server.authority(),
        &format!("/c/{COMMUNITY}"),
        "application/activity+json",
    );
    let request = Arc::new(vec![request]);
    drive(bench.port, &request, count.min(2_000), in_flight).await?;
    let mut rounds = Vec::new();
    for _ in 0..bench.args.rounds {
        let watch = Watch::start(server.pid()?)?;
        let driven = drive(bench.port, &request, count, in_flight).await?;
        let used = watch.read()?;
        ensure!(driven.count(200) == count, "{:?}", driven.statuses);
        let per_s = rate(count, driven.elapsed);
        rounds.push(json!({
            "requests_per_s": number(per_s),
            "of_bare_http": number(per_s / bench.ceilings.http),
            "cpu": cpu(&used, count),
            "time": quantiles(driven.times),
            "rss_mib": number(process::memory(server.pid()?)?.0),
        }));
    }
    Ok(median(&rounds))
}
