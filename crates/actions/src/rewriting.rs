//! Changing what one wrote as members do, and what they typed to begin with.

use archipel_model::poll::{Choice, Poll};
use archipel_model::text::{self, titled};
use archipel_model::{MediaId, PostId};
use archipel_storage::{Actor, DraftPoll, Edited, Post, PostKind, StoredPoll, Tx};

use crate::edit::{Edit, EditOutcome, edit_post};
use crate::naming::Names;
use crate::submit::Special;
use crate::writing::{DraftError, MAX_MEDIA, check_length, poll_of, title};
use crate::{Context, Result};

/// A new version of a post, as its author typed it.
#[derive(Clone, Debug, Default)]
pub struct Rewrite {
    /// The text.
    pub text: String,
    /// A content warning.
    pub summary: Option<String>,
    /// Whether its pictures are hidden at first.
    pub sensitive: bool,
    /// Its language; none: as before.
    pub language: Option<String>,
    /// The files that it shows; none: as before.
    pub media: Option<Vec<MediaId>>,
    /// New words for files.
    pub described: Vec<Described>,
    /// Its poll; none: as before.
    pub poll: Option<DraftPoll>,
}

/// New words for a file.
#[derive(Clone, Debug)]
pub struct Described {
    /// The file.
    pub id: MediaId,
    /// In words.
    pub description: Option<String>,
    /// What must stay visible.
    pub focus: Option<(f64, f64)>,
}

/// Changes a post. Of an edit that waits for a moderator only the text is kept.
pub async fn rewrite_post(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: &Post,
    new: &Rewrite,
) -> Result<EditOutcome> {
    let old_poll = tx.poll(post.id).await?;
    let shown = match &new.media {
        Some(media) => media.len(),
        None => tx.media_of(&[post.id]).await?.len(),
    };
    if new.text.trim().is_empty() && shown == 0 && old_poll.is_none() {
        return Err(DraftError::Empty.into());
    }
    if shown > MAX_MEDIA {
        return Err(DraftError::TooManyMedia.into());
    }
    check_length(&new.text, new.summary.as_deref())?;
    if new.poll.is_some() && old_poll.is_none() {
        return Err(DraftError::NoPollBefore.into());
    }
    let title = new_title(ctx, tx, post, &new.text).await?;
    let edit = Edit {
        content: Edited {
            content: text::paragraphs(titled::body(&new.text, title.as_deref())),
            title,
            source: Some(new.text.clone()),
            summary: new.summary.clone(),
            sensitive: new.sensitive,
            language: new.language.clone(),
        },
        special: Special::Nothing,
        at: ctx.now(),
        received: None,
        names: Names::default(),
    };
    let outcome = edit_post(ctx, tx, author, post, &edit).await?;
    if outcome == EditOutcome::Edited {
        files(ctx, tx, author, post.id, new).await?;
        if let (Some(poll), Some(old)) = (&new.poll, &old_poll) {
            change_poll(ctx, tx, old, poll).await?;
        }
    }
    Ok(outcome)
}

/// The title of a post that is written anew. One that had a title keeps one: those who
/// know titles cannot read it without.
async fn new_title(ctx: &Context, tx: &mut Tx, post: &Post, text: &str) -> Result<Option<String>> {
    let (Some(before), Some(home)) = (&post.title, post.community_id) else {
        return Ok(post.title.clone());
    };
    if post.kind != PostKind::Page {
        return Ok(Some(before.clone()));
    }
    let Some(community) = tx.actor(home).await? else {
        return Ok(Some(before.clone()));
    };
    let title = title(ctx, tx, &community, text).await?;
    Ok(Some(title.unwrap_or_else(|| before.clone())))
}

async fn files(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    post: PostId,
    new: &Rewrite,
) -> Result<()> {
    let now = ctx.now();
    if let Some(media) = &new.media
        && !tx.attach_media(post, author.id, media, now).await?
    {
        return Err(DraftError::Media.into());
    }
    for file in &new.described {
        tx.describe_media(
            file.id,
            author.id,
            file.description.as_deref(),
            file.focus,
            now,
        )
        .await?;
    }
    Ok(())
}

/// Changes a poll. With other choices it begins anew: nobody chose those.
async fn change_poll(ctx: &Context, tx: &mut Tx, old: &StoredPoll, new: &DraftPoll) -> Result<()> {
    let made = poll_of(ctx, new)?;
    let same = made.multiple == old.multiple
        && made
            .choices
            .iter()
            .map(|choice| &choice.name)
            .eq(old.choices.iter().map(|choice| &choice.name));
    let poll = if same {
        let votes = |votes: i64| u32::try_from(votes).unwrap_or_default();
        Poll {
            choices: old
                .choices
                .iter()
                .map(|choice| Choice {
                    name: choice.name.clone(),
                    votes: votes(choice.votes),
                })
                .collect(),
            voters: Some(votes(old.voters)),
            ..made
        }
    } else {
        tx.forget_choices(old.post_id).await?;
        made
    };
    tx.put_poll(old.post_id, &poll, ctx.now()).await?;
    tx.set_poll_hides(old.post_id, new.hide_totals).await?;
    Ok(())
}

/// What the author of a post typed, its title included.
pub fn typed_text(post: &Post) -> String {
    let typed = match &post.source {
        Some(source) => source.clone(),
        None => text::plain(&post.content),
    };
    match &post.title {
        Some(title) if titled::body(&typed, Some(title)) == typed => {
            format!("{title}\n\n{typed}").trim_end().to_owned()
        }
        _ => typed,
    }
}
