//! Writing a post as members do: a text, and what they say besides it. Where it goes
//! follows from the text: the first community that it names.

use std::time::Duration;

use archipel_model::poll::{Poll, PollError};
use archipel_model::text::{titled, typed};
use archipel_model::{ActorKind, ActorState, PostId, ScheduledId, Visibility};
use archipel_storage::{Actor, Draft, DraftPoll, Post, PostKind, Tx};

use crate::naming::{self, Names};
use crate::submit::{Special, Submission, Submitted, submit_post};
use crate::{Context, Error, Result};

/// Longest text of a local post, in characters, its warning included.
pub const MAX_TEXT: usize = 5_000;

/// Most files of a post.
pub const MAX_MEDIA: usize = 4;

/// For how many characters an address counts.
pub const ADDRESS_COUNTS: usize = 23;

/// What is wrong with what somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// Neither text nor file nor poll.
    #[error("Validation failed: Text can't be blank")]
    Empty,
    /// Too long.
    #[error("Validation failed: Text has more than {MAX_TEXT} characters; shorten it")]
    TooLong,
    /// What it answers is not there for them.
    #[error("What it answers is not here any more")]
    NoParent,
    /// A file is not theirs, or shown by another post.
    #[error("Validation failed: a file is not there, or another post shows it; upload it again")]
    Media,
    /// Too many files.
    #[error("Validation failed: a post has at most {MAX_MEDIA} files")]
    TooManyMedia,
    /// The poll cannot be made.
    #[error("Validation failed: {}", poll_words(*.0))]
    Poll(PollError),
    /// A poll cannot come later.
    #[error("A post that is no poll cannot become one; write a new post")]
    NoPollBefore,
}

const fn poll_words(error: PollError) -> &'static str {
    match error {
        PollError::Count => "a poll has 2 to 10 choices",
        PollError::Empty => "a choice of a poll cannot be empty",
        PollError::Long => "a choice of a poll has at most 100 characters",
        PollError::Alike => "two choices of a poll cannot be the same",
        PollError::Duration => "a poll is open for at least a second and at most a year",
    }
}

/// What became of what somebody wrote.
#[derive(Clone, Debug)]
pub struct Written {
    /// What became of it.
    pub submitted: Submitted,
    /// The community that it was meant for.
    pub community: Option<Actor>,
}

/// Holds a draft against what can be said without looking anything up.
pub fn check_draft(ctx: &Context, draft: &Draft) -> Result<()> {
    if draft.text.trim().is_empty() && draft.media.is_empty() && draft.poll.is_none() {
        return Err(DraftError::Empty.into());
    }
    check_length(&draft.text, draft.summary.as_deref())?;
    if draft.media.len() > MAX_MEDIA {
        return Err(DraftError::TooManyMedia.into());
    }
    if let Some(poll) = &draft.poll {
        poll_of(ctx, poll)?;
    }
    Ok(())
}

/// Whether a text is short enough.
pub(crate) fn check_length(text: &str, summary: Option<&str>) -> Result<()> {
    let summary = summary.map_or(0, |summary| summary.chars().count());
    if length(text) + summary > MAX_TEXT {
        return Err(DraftError::TooLong.into());
    }
    Ok(())
}

/// The length of a text: each address counts as much.
fn length(text: &str) -> usize {
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let count = word.chars().count();
            let is_address = word.starts_with("https://") || word.starts_with("http://");
            if is_address {
                count.min(ADDRESS_COUNTS)
            } else {
                count
            }
        })
        .sum()
}

pub(crate) fn poll_of(ctx: &Context, poll: &DraftPoll) -> Result<Poll> {
    let open = Duration::from_secs(poll.expires_in);
    Poll::new(&poll.options, poll.multiple, open, ctx.now())
        .map_err(|error| DraftError::Poll(error).into())
}

/// Writes a post.
pub async fn write_post(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    draft: &Draft,
) -> Result<Written> {
    check_draft(ctx, draft)?;
    check_media(tx, author, draft).await?;
    let visibility: Visibility = draft.visibility.parse().unwrap_or(Visibility::Direct);
    let parent = parent(tx, author, draft.parent).await?;
    let community = match &parent {
        None if visibility.may_be_announced() => named_community(ctx, tx, &draft.text).await?,
        None => None,
        Some(parent) => match parent.community_id {
            Some(id) if visibility.may_be_announced() => tx.actor(id).await?,
            _ => None,
        },
    };
    let title = match &community {
        Some(community) if parent.is_none() && draft.poll.is_none() => {
            title(ctx, tx, community, &draft.text).await?
        }
        _ => None,
    };
    let language = match (&draft.language, &community) {
        (Some(language), _) => Some(language.clone()),
        (None, Some(community)) => tx.community(community.id).await?.map(|it| it.language),
        (None, None) => None,
    };
    let special = match &draft.poll {
        Some(poll) => Special::Poll(poll_of(ctx, poll)?),
        None => Special::Nothing,
    };
    let submission = Submission {
        author,
        community: community.as_ref(),
        uri: None,
        kind: match special {
            Special::Poll(_) => PostKind::Question,
            _ if title.is_some() => PostKind::Page,
            _ => PostKind::Note,
        },
        parent: parent.as_ref(),
        parent_uri: None,
        title,
        content: String::new(),
        source: Some(draft.text.clone()),
        summary: draft.summary.clone(),
        sensitive: draft.sensitive,
        language: language.or_else(|| Some("fr".to_owned())),
        visibility,
        url: None,
        published_at: ctx.now(),
        updated_at: None,
        received: None,
        special,
        names: Names::default(),
    };
    let submitted = submit_post(ctx, tx, submission).await?;
    if let Submitted::Published(id) | Submitted::Held(id, _) = submitted {
        complete(ctx, tx, author, id, draft).await?;
    }
    Ok(Written {
        submitted,
        community,
    })
}

/// What a post has besides its text.
async fn complete(
    ctx: &Context,
    tx: &mut Tx,
    author: &Actor,
    id: PostId,
    draft: &Draft,
) -> Result<()> {
    tx.set_post_app(id, draft.app).await?;
    if draft.poll.as_ref().is_some_and(|poll| poll.hide_totals) {
        tx.set_poll_hides(id, true).await?;
    }
    let (media, now) = (&draft.media, ctx.now());
    if !media.is_empty() && !tx.attach_media(id, author.id, media, now).await? {
        return Err(DraftError::Media.into());
    }
    Ok(())
}

/// Whether all files of a draft are its author's and free.
pub async fn check_media(tx: &mut Tx, author: &Actor, draft: &Draft) -> Result<()> {
    if draft.media.is_empty() {
        return Ok(());
    }
    let found = tx.own_media(author.id, &draft.media).await?;
    let free = |id| {
        found
            .iter()
            .any(|file| file.id == id && file.post_id.is_none())
    };
    if draft.media.iter().all(|id| free(*id)) {
        Ok(())
    } else {
        Err(DraftError::Media.into())
    }
}

/// What is answered, if its author may see it.
async fn parent(tx: &mut Tx, author: &Actor, id: Option<PostId>) -> Result<Option<Post>> {
    let Some(id) = id else {
        return Ok(None);
    };
    let seen = tx.seen_by(Some(author.id), &[id]).await?;
    if !seen.get(&id).is_some_and(|seen| *seen) {
        return Err(DraftError::NoParent.into());
    }
    Ok(tx.post(id).await?)
}

/// The first community that a text names and that is known.
pub async fn named_community(ctx: &Context, tx: &mut Tx, text: &str) -> Result<Option<Actor>> {
    for name in typed::mentions(text) {
        let found = naming::named(ctx, tx, name).await?;
        let community = found
            .filter(|actor| actor.kind == ActorKind::Group && actor.state == ActorState::Active);
        if community.is_some() {
            return Ok(community);
        }
    }
    Ok(None)
}

/// The title of a thread, if its text begins with one and addresses nobody there but the
/// community.
pub(crate) async fn title(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    text: &str,
) -> Result<Option<String>> {
    let Some(found) = titled::split(text) else {
        return Ok(None);
    };
    for name in found.names {
        let named = naming::named(ctx, tx, name).await?;
        if named.is_none_or(|actor| actor.id != community.id) {
            return Ok(None);
        }
    }
    Ok(Some(found.title))
}

/// Publishes a post whose time has come; nothing if somebody else did so, or it was
/// taken back.
pub async fn publish_scheduled(
    ctx: &Context,
    tx: &mut Tx,
    id: ScheduledId,
) -> Result<Option<Written>> {
    let Some(scheduled) = tx.take_scheduled(id).await? else {
        return Ok(None);
    };
    let Some(author) = tx.actor(scheduled.owner).await? else {
        return Ok(None);
    };
    if author.state != ActorState::Active {
        return Err(Error::Inactive(author.acct()));
    }
    write_post(ctx, tx, &author, &scheduled.draft)
        .await
        .map(Some)
}
