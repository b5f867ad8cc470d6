//! `just bench`: drives a running server from outside and prints one JSON
//! document with rates, processor time per item and their ratio to what this
//! machine could do at most, measured in the same run.
//!
//! Imports nothing of the server. All traffic stays on loopback. The processors
//! are shared with the driver: its own use is among the figures.

mod args;
mod bench;
mod ceilings;
mod clock;
mod database;
mod driver;
mod keys;
mod peers;
mod process;
mod scenario;
mod server;
mod signature;
mod sink;
mod stats;
mod targets;

use clap::Parser as _;
use serde_json::{Map, Value, json};

use args::Args;
use bench::Bench;
use ceilings::Ceilings;
use database::Kind;
use sink::Sink;

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(run(args))
}

async fn run(args: Args) -> anyhow::Result<()> {
    let folder = Bench::folder(&args);
    eprintln!("ceilings of this machine");
    let ceilings = Ceilings::measure(&folder, args.in_flight).await?;
    let bench = Bench {
        ceilings,
        sink: Sink::start().await?,
        port: server::free_port()?,
        args,
    };
    let mut kinds = Vec::new();
    if !bench.args.no_sqlite {
        kinds.push(Kind::Sqlite);
    }
    kinds.extend(bench.args.postgres.clone().map(Kind::Postgres));
    let (mut figures, mut targets) = (Map::new(), Map::new());
    for kind in &kinds {
        let measured = scenario::run(&bench, kind).await?;
        let compared = targets::compare(&measured, matches!(kind, Kind::Postgres(_)));
        targets.insert(kind.name().to_owned(), compared);
        figures.insert(kind.name().to_owned(), measured);
    }
    print(&json!({
        "machine": { "cores": process::cores(), "folder": folder },
        "sizes": {
            "rounds": bench.args.rounds,
            "activities": bench.args.activities,
            "in_flight": bench.args.in_flight,
            "destinations": bench.args.destinations,
        },
        "ceilings": bench.ceilings.shown(),
        "figures": figures,
        "targets": targets,
    }))
}

#[expect(
    clippy::print_stdout,
    reason = "the figures are the output of this program"
)]
fn print(figures: &Value) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(figures)?);
    Ok(())
}
