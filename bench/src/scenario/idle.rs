//! How long a start takes and how much memory a server at rest has.

use std::time::Duration;

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::database::Kind;
use crate::process;
use crate::stats::{median, ms, number};

/// How long a server rests before its memory is read.
const REST: Duration = Duration::from_secs(5);

/// Measures first and second starts.
pub async fn run(bench: &Bench, kind: &Kind) -> anyhow::Result<Value> {
    let mut rounds = Vec::new();
    for _ in 0..bench.args.rounds {
        let mut server = bench.prepared(kind)?;
        let first = server.start().await?;
        server.stop().await?;
        let second = server.start().await?;
        let cpu = process::cpu(server.pid()?)?;
        tokio::time::sleep(REST).await;
        let (rss, peak) = process::memory(server.pid()?)?;
        let rested = process::cpu(server.pid()?)?.saturating_sub(cpu);
        rounds.push(json!({
            "first_start_ms": number(ms(first)),
            "second_start_ms": number(ms(second)),
            "second_start_cpu_ms": number(ms(cpu)),
            "rss_mib": number(rss),
            "rss_peak_mib": number(peak),
            "cpu_ms_per_s_at_rest": number(ms(rested) / REST.as_secs_f64()),
        }));
    }
    Ok(median(&rounds))
}
