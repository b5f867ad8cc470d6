//! The second half of the demo: a post is corrected and reported, taken out of the
//! community and brought back, and its author is banned. Each step is seen on the other
//! side.
#![expect(
    clippy::print_stdout,
    reason = "the demo tells its story on standard output"
)]

use anyhow::Context as _;
use serde_json::Value;

use super::lab::Lab;
use super::{eventually, follow_is};

/// How the text reads once it is corrected.
const CORRECTED: &str = "Corrigé : trois ateliers, pas deux.";

/// `animation` of A moderates what `membre` of B posted.
pub(super) async fn story(a: &Lab, b: &Lab, community: &str, post: &str) -> anyhow::Result<()> {
    println!("5. B: membre corrige / edits");
    b.command(&["edit", "membre", post, CORRECTED]).await?;
    let corrected = async || {
        let community = a.page("/c/tilab").await;
        community.is_some_and(|page| page.contains(CORRECTED))
    };
    eventually(a, "A", "le texte corrigé / the corrected text", corrected).await?;

    println!("6. B: voisine signale le message / reports the post");
    a.command(&["moderator", "add", "tilab", "animation"])
        .await?;
    report(a, b, post).await?;

    println!("7. A: animation modère / moderates");
    let why = ["--as", "animation", "--reason", "Hors sujet"];
    a.command(&[&["moderate", "remove", post][..], &why].concat())
        .await?;
    let gone = "le message a été retiré / the post was removed";
    told(b, "membre", "a été retiré", gone).await?;
    a.command(&["moderate", "restore", post, "--as", "animation"])
        .await?;
    let back = "il est rétabli / it is back";
    told(b, "membre", "est rétabli", back).await?;

    println!("8. A: animation bannit / bans");
    let member = format!("{}/u/membre", b.url());
    let ban = ["moderate", "ban", "tilab", &member, "--days", "7"];
    a.command(&[&ban[..], &why].concat()).await?;
    let ended = "le suivi a pris fin / the follow has ended";
    follow_is(b, community, "rejected", ended).await
}

/// A neighbour of the author complains to A, whose moderator answers.
async fn report(a: &Lab, b: &Lab, post: &str) -> anyhow::Result<()> {
    b.command(&["account", "create", "voisine", "--name", "Voisine du lab B"])
        .await?;
    b.command(&["report", "voisine", post, "--reason", "Hors sujet"])
        .await?;
    let waiting = async || open_report(a, post).await.is_some();
    let arrived = "le signalement attend / the report waits";
    eventually(a, "A", arrived, waiting).await?;
    let number = open_report(a, post).await.context("the report went away")?;
    let close = ["reports", "resolve", &number, "--as", "animation"];
    let why = ["--reason", "Déplacé avec son auteur"];
    a.command(&[&close[..], &why].concat()).await?;
    let heard = "voisine apprend la suite / the reporter hears the outcome";
    told(b, "voisine", "a traité votre signalement", heard).await
}

/// The number of the report about a post that waits on A.
async fn open_report(a: &Lab, post: &str) -> Option<String> {
    let listed = a.command(&["reports", "list", "tilab", "--json"]).await;
    let reports: Vec<Value> = serde_json::from_str(&listed.ok()?).ok()?;
    let about_it = |report: &&Value| report.get("object").and_then(Value::as_str) == Some(post);
    let id = reports.iter().find(about_it)?.get("id")?.as_i64()?;
    Some(id.to_string())
}

/// Waits until somebody on B was told something.
async fn told(b: &Lab, account: &str, words: &str, what: &str) -> anyhow::Result<()> {
    let look = async || {
        let notices = b.command(&["account", "notices", account]).await;
        notices.is_ok_and(|notices| notices.contains(words))
    };
    eventually(b, "B", what, look).await
}
