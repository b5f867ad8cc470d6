//! What is measured: one file a scenario. Each round of each has a server and a
//! database of its own; figures are medians over the rounds.

mod fanout;
mod idle;
mod inbox;
mod members;
mod reads;
mod votes;

use serde_json::{Map, Value};

use crate::args::Scenario;
use crate::bench::Bench;
use crate::database::Kind;

/// Runs the wanted scenarios on one database.
pub async fn run(bench: &Bench, kind: &Kind) -> anyhow::Result<Value> {
    let mut all = Map::new();
    let wants = |scenario| bench.args.wants(scenario);
    let say = |name: &str| eprintln!("{}: {name}", kind.name());
    if wants(Scenario::Idle) {
        say("idle");
        all.insert("idle".to_owned(), idle::run(bench, kind).await?);
    }
    if wants(Scenario::Actor) {
        say("actor");
        all.insert("actor".to_owned(), reads::actor(bench, kind).await?);
    }
    if wants(Scenario::Outbox) {
        say("outbox");
        all.insert("outbox".to_owned(), reads::outbox(bench, kind).await?);
    }
    if wants(Scenario::Inbox) {
        say("inbox");
        all.insert("inbox".to_owned(), inbox::run(bench, kind, false).await?);
    }
    if wants(Scenario::InboxFollowed) {
        say("inbox-followed");
        let figures = inbox::run(bench, kind, true).await?;
        all.insert("inbox_followed".to_owned(), figures);
    }
    if wants(Scenario::Replies) {
        say("replies");
        all.insert("replies".to_owned(), inbox::replies(bench, kind).await?);
    }
    if wants(Scenario::Votes) {
        say("votes");
        all.insert("votes".to_owned(), votes::run(bench, kind, false).await?);
    }
    if wants(Scenario::VotesFollowed) {
        say("votes-followed");
        let figures = votes::run(bench, kind, true).await?;
        all.insert("votes_followed".to_owned(), figures);
    }
    if wants(Scenario::FanoutRsa) {
        say("fanout-rsa");
        let figures = fanout::run(bench, kind, false).await?;
        all.insert("fanout_rsa".to_owned(), figures);
    }
    if wants(Scenario::FanoutEd25519) {
        say("fanout-ed25519");
        let figures = fanout::run(bench, kind, true).await?;
        all.insert("fanout_ed25519".to_owned(), figures);
    }
    if wants(Scenario::Posting) {
        say("posting");
        all.insert("posting".to_owned(), members::posting(bench, kind).await?);
    }
    if wants(Scenario::Streams) {
        say("streams");
        all.insert("streams".to_owned(), members::streams(bench, kind).await?);
    }
    Ok(Value::Object(all))
}
