//! `archipel held`: posts, and edits of posts, that wait for a moderator.

use anyhow::bail;
use archipel_actions as actions;
use archipel_storage::{Actor, Conn, HeldEdit, Post, PostState};
use serde_json::{Value, json};

use super::moderation::order;
use super::{Context, output};
use crate::app::App;
use crate::cli::{Decide, HeldCommand, confirm};

/// Most posts, and most edits, decided on in one act.
const AT_ONCE: i64 = 10_000;

/// Runs `archipel held`.
pub async fn run(context: &Context, args: &HeldCommand) -> anyhow::Result<()> {
    let app = context.open().await?;
    match args {
        HeldCommand::List { community, limit } => {
            let community = app.community(community).await?;
            let mut conn = app.store.read().await?;
            let mut rows = Vec::new();
            for post in conn.held_posts(community.id, limit.limit.into()).await? {
                rows.push(row(&mut conn, &post).await?);
            }
            for edit in conn.held_edits(community.id, limit.limit.into()).await? {
                rows.extend(edit_row(&mut conn, &edit).await?);
            }
            output::list(context, &rows, |row| {
                format!(
                    "{}  {}  {}  {}",
                    output::of(row, "kind"),
                    output::of(row, "reason"),
                    output::of(row, "author"),
                    output::of(row, "post")
                )
            });
            Ok(())
        }
        HeldCommand::Approve(which) => decide(context, &app, which, true).await,
        HeldCommand::Refuse { which, confirm } => {
            let question = "Refuser tout ce qui attend / refuse all that waits?";
            if which.all && !confirm::ask(question, *confirm)? {
                bail!("nothing was changed");
            }
            decide(context, &app, which, false).await
        }
    }
}

async fn row(conn: &mut Conn, post: &Post) -> anyhow::Result<Value> {
    let author = conn.actor(post.author_id).await?;
    Ok(json!({
        "kind": "post",
        "post": post.uri,
        "author": author.map(|author| author.acct()),
        "reason": post.held_reason,
        "title": post.title,
        "content": post.content,
        "since": post.created_at.rfc3339(),
    }))
}

async fn edit_row(conn: &mut Conn, edit: &HeldEdit) -> anyhow::Result<Option<Value>> {
    let Some(post) = conn.post(edit.post_id).await? else {
        return Ok(None);
    };
    let author = conn.actor(post.author_id).await?;
    Ok(Some(json!({
        "kind": "edit",
        "post": post.uri,
        "author": author.map(|author| author.acct()),
        "reason": edit.reason,
        "title": edit.title,
        "content": edit.content,
        "shown": post.content,
        "since": edit.created_at.rfc3339(),
    })))
}

/// What is decided on.
enum Waiting {
    Post(Post),
    Edit(Post),
}

async fn decide(context: &Context, app: &App, which: &Decide, publish: bool) -> anyhow::Result<()> {
    let community = app.community(&which.community).await?;
    let by = app.moderator(&which.why.by).await?;
    let mut tx = app.store.write().await?;
    let waiting = match &which.post {
        Some(uri) => {
            let post = tx.post_by_uri(uri.as_str()).await?;
            match of_post(&mut tx, &community, post).await? {
                Some(waiting) => vec![waiting],
                None => bail!("{uri} does not wait in {}", which.community),
            }
        }
        None => all(&mut tx, &community).await?,
    };
    let order = order(&by, &community, Some(&which.why));
    for one in &waiting {
        let ctx = &app.actions;
        match (one, publish) {
            (Waiting::Post(post), true) => {
                actions::approve_held(ctx, &mut tx, &order, post).await?;
            }
            (Waiting::Post(post), false) => {
                actions::refuse_held(ctx, &mut tx, &order, post).await?;
            }
            (Waiting::Edit(post), true) => {
                let waiting = tx.held_edit(post.id).await?;
                let kept = waiting.and_then(|waiting| waiting.received);
                let special = kept.as_deref().map(archipel_federation::special_in);
                let special = special.unwrap_or_default();
                actions::approve_edit(ctx, &mut tx, &order, post, &special).await?;
            }
            (Waiting::Edit(post), false) => {
                actions::refuse_edit(ctx, &mut tx, &order, post).await?;
            }
        }
    }
    tx.commit().await?;
    let word = if publish { "Published" } else { "Refused" };
    output::sentence(context, &format!("{word}: {}.", waiting.len()));
    Ok(())
}

/// What waits of one post: itself, or an edit of it.
async fn of_post(
    conn: &mut Conn,
    community: &Actor,
    post: Option<Post>,
) -> anyhow::Result<Option<Waiting>> {
    let Some(post) = post.filter(|post| post.community_id == Some(community.id)) else {
        return Ok(None);
    };
    if post.state == PostState::Held {
        return Ok(Some(Waiting::Post(post)));
    }
    let edit = conn.held_edit(post.id).await?;
    Ok(edit.map(|_| Waiting::Edit(post)))
}

/// All that waits in a community.
async fn all(conn: &mut Conn, community: &Actor) -> anyhow::Result<Vec<Waiting>> {
    let posts = conn.held_posts(community.id, AT_ONCE).await?;
    let mut waiting: Vec<Waiting> = posts.into_iter().map(Waiting::Post).collect();
    for edit in conn.held_edits(community.id, AT_ONCE).await? {
        waiting.extend(conn.post(edit.post_id).await?.map(Waiting::Edit));
    }
    Ok(waiting)
}
