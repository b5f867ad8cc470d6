//! `archipel edit` and `archipel delete-post`: what a local account does with a
//! post of its own.

use anyhow::bail;
use archipel_actions::{self as actions, EditOutcome};
use archipel_model::text;
use archipel_storage::{Edited, Post, Tx};
use url::Url;

use super::post::MAX_TEXT;
use super::{Context, output};
use crate::cli::{DeletePostArgs, EditArgs, confirm};

/// Runs `archipel edit`.
pub async fn run(context: &Context, args: &EditArgs) -> anyhow::Result<()> {
    let typed = confirm::text_or_stdin(args.text.as_deref())?;
    if typed.chars().count() > MAX_TEXT {
        bail!("the text has more than {MAX_TEXT} characters");
    }
    let app = context.open().await?;
    let author = app.person(&args.account).await?;
    let mut tx = app.store.write().await?;
    let post = own(&mut tx, author.id, &args.url).await?;
    let edit = actions::Edit {
        content: Edited {
            title: args.title.clone().or_else(|| post.title.clone()),
            content: text::paragraphs(&typed),
            source: Some(typed),
            summary: post.summary.clone(),
            sensitive: post.sensitive,
            language: None,
        },
        special: actions::Special::Nothing,
        at: app.actions.now(),
        received: None,
        names: actions::Names::default(),
    };
    let outcome = actions::edit_post(&app.actions, &mut tx, &author, &post, &edit).await?;
    if outcome == EditOutcome::Unchanged {
        bail!("{} is deleted and cannot be edited", args.url);
    }
    tx.commit().await?;
    if let EditOutcome::Held(reason) = outcome {
        eprintln!("Held for a moderator ({reason}): the post stays as it was until then.");
    }
    output::word(context, "url", &post.uri);
    Ok(())
}

/// Runs `archipel delete-post`.
pub async fn delete(context: &Context, args: &DeletePostArgs) -> anyhow::Result<()> {
    let app = context.open().await?;
    let author = app.person(&args.account).await?;
    let question = format!("Supprimer pour toujours / delete for good {}?", args.url);
    if !confirm::ask(&question, args.confirm)? {
        bail!("nothing was changed");
    }
    let mut tx = app.store.write().await?;
    let post = own(&mut tx, author.id, &args.url).await?;
    if !actions::author_deleted(&app.actions, &mut tx, &author, &post, None).await? {
        bail!("{} is deleted already", args.url);
    }
    tx.commit().await?;
    output::sentence(context, "Deleted.");
    Ok(())
}

async fn own(tx: &mut Tx, author: archipel_model::ActorId, uri: &Url) -> anyhow::Result<Post> {
    match tx.post_by_uri(uri.as_str()).await? {
        Some(post) if post.author_id == author => Ok(post),
        Some(_) => bail!("{uri} was written by somebody else"),
        None => bail!("there is no post {uri} here"),
    }
}
