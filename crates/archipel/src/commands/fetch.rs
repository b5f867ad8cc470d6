//! `archipel fetch`: what this server was not told.

use std::time::Duration;

use anyhow::bail;
use archipel_federation::client::Budget;
use archipel_model::{ActorKind, BackfillId};
use archipel_storage::{Actor, BackfillKind};
use serde_json::json;
use url::Url;

use super::{Context, output};
use crate::app::App;
use crate::cli::FetchArgs;

/// Rounds of one job, and how long between them.
const ROUNDS: u32 = 6;
const BETWEEN: Duration = Duration::from_secs(5);

/// Runs the command.
pub async fn run(context: &Context, args: &FetchArgs) -> anyhow::Result<()> {
    let app = context.open().await?;
    let (uri, kind) = wanted(&app, &args.target).await?;
    let now = app.actions.now();
    let id: BackfillId = app.actions.id();
    let mut tx = app.store.write().await?;
    tx.want_backfill(id, &uri, kind, true, now).await?;
    tx.commit().await?;
    let mut taken = 0;
    let mut words = "it is being fetched already".to_owned();
    for _ in 0..ROUNDS {
        // The server may have taken it first; then it goes on there.
        let Some(tally) = app.federation.backfill(Some(&uri)).await? else {
            break;
        };
        taken += tally.taken;
        words = tally.words;
        if !tally.goes_on {
            break;
        }
        tokio::time::sleep(BETWEEN).await;
    }
    if context.json {
        output::thing(
            context,
            &json!({ "uri": uri, "taken": taken, "words": words }),
        );
    } else {
        output::sentence(context, &format!("{taken} posts came in: {words}."));
    }
    Ok(())
}

/// What is to be fetched: a community elsewhere, or the thread of a post.
async fn wanted(app: &App, target: &str) -> anyhow::Result<(String, BackfillKind)> {
    let Ok(url) = Url::parse(target) else {
        return community(&app.anybody(target).await?);
    };
    let mut conn = app.store.read().await?;
    if let Some(actor) = conn.actor_by_uri(url.as_str()).await? {
        return community(&actor);
    }
    if conn.post_by_uri(url.as_str()).await?.is_some() {
        return Ok((url.to_string(), BackfillKind::Thread));
    }
    drop(conn);
    let mut budget = Budget::default();
    if let Ok(actor) = app.federation.actor(&url, &mut budget).await {
        return community(&actor);
    }
    match app.federation.post(&url).await {
        Ok(Some(post)) => Ok((post.uri, BackfillKind::Thread)),
        Ok(None) => bail!("{target}: there is no such post"),
        Err(error) => bail!("{target}: {error}"),
    }
}

fn community(actor: &Actor) -> anyhow::Result<(String, BackfillKind)> {
    if actor.kind != ActorKind::Group {
        bail!("{} is not a community", actor.acct());
    }
    if actor.is_local {
        bail!(
            "{} lives here: give the address of one of its threads",
            actor.acct()
        );
    }
    Ok((actor.uri.clone(), BackfillKind::Community))
}
