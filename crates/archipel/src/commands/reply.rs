//! `archipel reply`: an answer to a post here or elsewhere, as a local account.

use anyhow::{Context as _, bail};

use super::post::{Writing, submit};
use super::{Context, output};
use crate::cli::{ReplyArgs, confirm};

/// Runs the command.
pub async fn run(context: &Context, args: &ReplyArgs) -> anyhow::Result<()> {
    let typed = confirm::text_or_stdin(args.text.as_deref())?;
    let app = context.open().await?;
    let author = app.person(&args.account).await?;
    let Some(parent) = app.federation.post(&args.url).await? else {
        bail!("there is no post at {}", args.url);
    };
    let community = match parent.community_id {
        Some(id) => Some(
            app.store
                .read()
                .await?
                .actor(id)
                .await?
                .context("the community of this post is missing")?,
        ),
        None => None,
    };
    let writing = Writing {
        author: &author,
        community: community.as_ref(),
        parent: Some(&parent),
        title: None,
        typed,
        special: archipel_actions::Special::Nothing,
    };
    let uri = submit(&app, writing).await?;
    output::word(context, "url", &uri);
    Ok(())
}
