//! Signed votes by known actors, as fast as they are taken.
//!
//! On many posts, each actor votes once for each: the ordinary case. On one post, the
//! actors change their minds again and again: every vote touches the same totals.

use std::sync::Arc;

use serde_json::{Value, json};

use super::inbox::{known, taken_in};
use crate::bench::{Bench, COMMUNITY, PATIENCE, all_accepted};
use crate::database::Kind;
use crate::driver::drive;
use crate::peers::{Actor, signed_by_all, signed_creates};
use crate::stats::median;

/// Votes on many posts and on one.
pub async fn run(bench: &Bench, kind: &Kind, followed: bool) -> anyhow::Result<Value> {
    bench.sink.runs("lemmy");
    let among = bench.args.actors.max(1);
    let many = bench.args.activities.div_ceil(among);
    Ok(json!({
        "many_posts": votes(bench, kind, followed, many).await?,
        "one_post": votes(bench, kind, followed, 1).await?,
    }))
}

async fn votes(bench: &Bench, kind: &Kind, followed: bool, posts: usize) -> anyhow::Result<Value> {
    let authority = format!("localhost:{}", bench.port);
    let group = format!("http://{authority}/c/{COMMUNITY}");
    let authors = bench.authors();
    let creates = Arc::new(signed_creates(&authors, &authority, &group, 0..posts).await?);
    let statuses: Vec<String> = (0..posts)
        .zip(authors.iter().cycle())
        .map(|(serial, author)| author.status(serial))
        .collect();
    let among = authors.len();
    let say = move |voter: &Actor, serial: usize| {
        let turn = serial / among;
        let post = statuses.get(turn % posts).map(String::as_str);
        let is_for = (turn / posts).is_multiple_of(2);
        voter.vote(&group, post.unwrap_or_default(), serial, is_for)
    };
    let said = signed_by_all(&authors, &authority, 0..bench.args.activities, say).await?;
    let said = Arc::new(said);
    let mut rounds = Vec::new();
    for _ in 0..bench.args.rounds {
        let server = known(bench, kind, followed).await?;
        let begun = drive(bench.port, &creates, posts, bench.args.in_flight).await?;
        all_accepted(&begun, posts)?;
        server.worked_off(PATIENCE).await?;
        if followed {
            bench.sink.wait(posts, PATIENCE).await;
        }
        rounds.push(taken_in(bench, &server, followed, &said).await?);
    }
    Ok(median(&rounds))
}
