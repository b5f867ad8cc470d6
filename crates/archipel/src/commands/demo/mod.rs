//! `archipel demo`: two labs talking.
//!
//! Two complete servers, each a process with a database of its own, are driven by
//! the same commands as everybody uses. A step is printed when it is seen on the
//! *other* side, and the first one that does not arrive ends the demo with an error.
#![expect(
    clippy::print_stdout,
    reason = "the demo tells its story on standard output"
)]

mod lab;
mod moderation;

use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::Context;
use crate::cli::DemoArgs;
use crate::shutdown;
use lab::Lab;

/// How long a step may take to be seen on the other side.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the command.
pub async fn run(_context: &Context, args: &DemoArgs) -> anyhow::Result<()> {
    let stop = shutdown::on_signal()?;
    let folder = lab::folder()?;
    println!("Deux laboratoires démarrent / two labs are starting…");
    let (port_a, port_b) = (lab::port(8081)?, lab::port(8082)?);
    let mut a = Lab::start("A", port_a, folder.join("a"))?;
    let mut b = Lab::start("B", port_b, folder.join("b"))?;
    a.ready(PATIENCE).await?;
    b.ready(PATIENCE).await?;
    let told = tokio::select! {
        told = story(&a, &b) => told,
        () = stop.cancelled() => Ok(()),
    };
    if told.is_ok() && !args.once && !stop.is_cancelled() {
        println!();
        println!("Tout est arrivé. Regardez / all arrived, look around:");
        println!("  A  {}    B  {}", a.url(), b.url());
        println!("  Ctrl-C pour terminer / to end.");
        stop.cancelled().await;
    }
    a.stop().await;
    b.stop().await;
    std::fs::remove_dir_all(&folder).ok();
    told
}

/// A member of B takes part in a community of A; then A moderates it.
async fn story(a: &Lab, b: &Lab) -> anyhow::Result<()> {
    let community = format!("{}/c/tilab", a.url());
    let post = conversation(a, b, &community).await?;
    moderation::story(a, b, &community, &post).await
}

/// A member of B follows a community of A, posts, gets a reply from A and answers a poll.
/// Gives the address of the post.
async fn conversation(a: &Lab, b: &Lab, community: &str) -> anyhow::Result<String> {
    a.command(&[
        "account",
        "create",
        "animation",
        "--name",
        "Animation du lab A",
    ])
    .await?;
    b.command(&["account", "create", "membre", "--name", "Membre du lab B"])
        .await?;
    println!("1. B: membre suit / follows {community}");
    b.command(&["follow", "membre", community]).await?;
    seen(
        a,
        "/c/tilab/followers",
        "A",
        "compte un membre / counts a member",
        |followers| followers.get("totalItems").and_then(Value::as_u64) >= Some(1),
    )
    .await?;
    follow_is(
        b,
        community,
        "accepted",
        "le suivi est accepté / the follow is accepted",
    )
    .await?;

    println!("2. B: membre publie / posts");
    let post = b
        .command(&[
            "post",
            "membre",
            "--to",
            community,
            "--title",
            "Retour d'atelier",
            "Voici ce que nous avons appris en ouvrant nos données.",
        ])
        .await?;
    seen(
        a,
        "/c/tilab/outbox",
        "A",
        "Ti Lab partage / shares it",
        |outbox| outbox.to_string().contains(&post),
    )
    .await?;

    println!("3. A: animation répond / replies");
    let reply = a
        .command(&[
            "reply",
            "animation",
            &post,
            "Merci pour ce retour ! Peut-on le croiser ?",
        ])
        .await?;
    let replies = post
        .strip_prefix(b.url())
        .map(|path| format!("{path}/replies"))
        .context("the post does not live on B")?;
    seen(
        b,
        &replies,
        "B",
        "la réponse est là / the reply is there",
        |replies| replies.to_string().contains(&reply),
    )
    .await?;
    ask(a, b, community).await?;
    Ok(post)
}

/// A asks, and the member of B answers.
async fn ask(a: &Lab, b: &Lab, community: &str) -> anyhow::Result<()> {
    println!("4. A: animation demande, membre répond / asks, and is answered");
    let choices = ["--poll-option", "Mardi", "--poll-option", "Jeudi"];
    let asked = [
        "post",
        "animation",
        "--to",
        "tilab",
        "--title",
        "Quel jour ?",
    ];
    let poll = a
        .command(&[&asked[..], &choices, &["Pour la visite."]].concat())
        .await?;
    let threads = async || {
        let listed = b.command(&["community", "threads", community]).await;
        listed.is_ok_and(|listed| listed.contains(&poll))
    };
    let there = "le sondage est là / the poll is there";
    eventually(b, "B", there, threads).await?;
    b.command(&["vote", "membre", &poll, "Jeudi"]).await?;
    let path = poll
        .strip_prefix(a.url())
        .context("the poll does not live on A")?;
    let voted = "une voix est comptée / one vote is counted";
    seen(a, path, "A", voted, |poll| {
        poll.get("votersCount").and_then(Value::as_u64) == Some(1)
    })
    .await
}

/// Waits until a document of a lab shows what it should.
async fn seen(
    lab: &Lab,
    path: &str,
    side: &str,
    what: &str,
    shows: impl Fn(&Value) -> bool,
) -> anyhow::Result<()> {
    let look = async || {
        lab.document(path)
            .await
            .is_some_and(|document| shows(&document))
    };
    eventually(lab, side, &format!("{what}  ({}{path})", lab.url()), look).await
}

/// Waits until the member's own side knows what became of the follow.
async fn follow_is(b: &Lab, community: &str, state: &str, what: &str) -> anyhow::Result<()> {
    let look = async || {
        let shown = b.command(&["account", "show", "membre", "--json"]).await;
        let account = shown
            .ok()
            .and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let follows = account
            .as_ref()
            .and_then(|account| account.get("follows")?.as_array());
        follows.into_iter().flatten().any(|follow| {
            follow.get("actor").and_then(Value::as_str) == Some(community)
                && follow.get("state").and_then(Value::as_str) == Some(state)
        })
    };
    eventually(b, "B", what, look).await
}

/// Waits until something can be seen on a lab, and says so.
async fn eventually(
    lab: &Lab,
    side: &str,
    what: &str,
    look: impl AsyncFn() -> bool,
) -> anyhow::Result<()> {
    let began = tokio::time::Instant::now();
    while began.elapsed() < PATIENCE {
        if look().await {
            println!("   vu sur / seen on {side}: {what}");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!(
        "not seen on {side} within {} s: {what}; see {}",
        PATIENCE.as_secs(),
        lab.log().display()
    )
}
