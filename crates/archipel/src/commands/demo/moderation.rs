//! The second half of the demo: a post is corrected, taken out of the community and
//! brought back, and its author is banned. Each step is seen on the other side.
#![expect(
    clippy::print_stdout,
    reason = "the demo tells its story on standard output"
)]

use serde_json::Value;

use super::lab::Lab;
use super::{eventually, follow_is, seen};

/// How the text reads once it is corrected.
const CORRECTED: &str = "Corrigé : trois ateliers, pas deux.";

/// `animation` of A moderates what `membre` of B posted.
pub(super) async fn story(a: &Lab, b: &Lab, community: &str, post: &str) -> anyhow::Result<()> {
    println!("4. B: membre corrige / edits");
    b.command(&["edit", "membre", post, CORRECTED]).await?;
    let corrected = async || {
        let thread = newest_thread(a).await;
        thread.is_some_and(|page| page.contains(CORRECTED))
    };
    eventually(a, "A", "le texte corrigé / the corrected text", corrected).await?;

    println!("5. A: animation modère / moderates");
    a.command(&["moderator", "add", "tilab", "animation"])
        .await?;
    let why = ["--as", "animation", "--reason", "Hors sujet"];
    a.command(&[&["moderate", "remove", post][..], &why].concat())
        .await?;
    let listed = |outbox: &Value| outbox.to_string().contains(post);
    let gone = "le message est retiré / the post is removed";
    seen(a, "/c/tilab/outbox", "A", gone, |outbox| !listed(outbox)).await?;
    a.command(&["moderate", "restore", post, "--as", "animation"])
        .await?;
    let back = "il est rétabli / it is back";
    seen(a, "/c/tilab/outbox", "A", back, listed).await?;

    println!("6. A: animation bannit / bans");
    let member = format!("{}/u/membre", b.url());
    let ban = ["moderate", "ban", "tilab", &member, "--days", "7"];
    a.command(&[&ban[..], &why].concat()).await?;
    let ended = "le suivi a pris fin / the follow has ended";
    follow_is(b, community, "rejected", ended).await
}

/// The page of the newest thread, as one comes to it from the community's page.
async fn newest_thread(a: &Lab) -> Option<String> {
    let community = a.page("/c/tilab").await?;
    let (_, after) = community.split_once("href=\"/p/")?;
    let (id, _) = after.split_once('"')?;
    a.page(&format!("/p/{id}")).await
}
