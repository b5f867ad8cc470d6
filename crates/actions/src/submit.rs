//! Posting and replying: the one way a post comes to be here, whoever wrote it
//! and whichever door it came through.

use archipel_model::event::Event;
use archipel_model::poll::Poll;
use archipel_model::submission::{HoldReason, Parent, Refusal, Verdict};
use archipel_model::{ActorState, PostId, Timestamp, Visibility};
use archipel_storage::{Actor, NewPost, Post, PostKind, Tx};

use archipel_model::notice::Cause;

use crate::announce::{Announcement, Told, announce, say_create};
use crate::feed::{self, Publication};
use crate::naming::{self, Names};
use crate::notice::{Telling, tell};
use crate::notify;
use crate::talk;
use crate::verdict::{parent_of, verdict};
use crate::{Context, Error, Result};

/// A post or reply on its way in.
#[derive(Debug)]
pub struct Submission<'a> {
    /// Who wrote it.
    pub author: &'a Actor,
    /// The community it is meant for, local or remote. A reply goes where its
    /// parent is, whatever this says.
    pub community: Option<&'a Actor>,
    /// Its ActivityPub id, of remote posts.
    pub uri: Option<&'a str>,
    /// Its form.
    pub kind: PostKind,
    /// What it answers, if we have it, in whatever state: one that is not shown is
    /// not answered, and hides no lock.
    pub parent: Option<&'a Post>,
    /// What it answers.
    pub parent_uri: Option<&'a str>,
    /// Its title.
    pub title: Option<String>,
    /// Its text, safe HTML.
    pub content: String,
    /// Its text as typed, of local posts.
    pub source: Option<String>,
    /// A content warning.
    pub summary: Option<String>,
    /// Whether its pictures are hidden at first.
    pub sensitive: bool,
    /// Its language, BCP 47.
    pub language: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Its page.
    pub url: Option<String>,
    /// When it was written, as its author says.
    pub published_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Option<Timestamp>,
    /// The activity that brought it, exact bytes, to be passed on; of remote posts.
    pub received: Option<&'a str>,
    /// The poll or event that it is.
    pub special: Special,
    /// Whom and what it names, of remote posts; of local ones their text says so.
    pub names: Names,
}

/// What a post is besides a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Special {
    /// Nothing else.
    #[default]
    Nothing,
    /// A poll.
    Poll(Poll),
    /// Something that takes place.
    Event(Event),
}

/// What became of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It is here now.
    Published(PostId),
    /// It waits for a moderator of the community, and why.
    Held(PostId, HoldReason),
    /// It was here before; nothing changed.
    Known,
    /// The community did not take it; nothing was stored.
    Refused(Refusal),
}

/// Takes a post in: decides, stores it, and says what must be said.
#[expect(
    clippy::too_many_lines,
    reason = "one thing after another, as it happens"
)]
pub async fn submit_post(
    ctx: &Context,
    tx: &mut Tx,
    submission: Submission<'_>,
) -> Result<Submitted> {
    let now = ctx.now();
    // However it came here: passed on, as a parent, because somebody asked for it.
    if submission.author.host_blocked {
        return Ok(Submitted::Refused(Refusal::Blocked));
    }
    acting(submission.author)?;
    let home = home_of(tx, &submission).await?;
    let held_reason = match verdict(ctx, tx, &submission, home.as_ref()).await? {
        Verdict::Published => None,
        Verdict::Held(reason) => Some(reason),
        Verdict::Refused(refusal) => {
            let cause = Cause::Refused(refusal);
            tell_author(ctx, tx, &submission, home.as_ref(), cause).await?;
            return Ok(Submitted::Refused(refusal));
        }
    };
    let found = found(ctx, tx, &submission).await?;
    // A post from the future would stay on top for ever.
    let published_at = submission.published_at.min(now);
    let id: PostId = if submission.author.is_local {
        ctx.id()
    } else {
        ctx.ids.next(published_at).into()
    };
    let uri = match submission.uri {
        Some(uri) => uri.to_owned(),
        None => ctx.site.post(id),
    };
    // Elsewhere one may answer what is gone from here.
    let linked = submission
        .parent
        .filter(|parent| parent_of(parent) != Parent::Gone);
    let mut post = NewPost {
        id,
        url: submission.url.clone().or_else(|| Some(uri.clone())),
        uri,
        is_local: submission.author.is_local,
        kind: submission.kind,
        author_id: submission.author.id,
        community_id: home.as_ref().map(|community| community.id),
        root_id: linked.map(|parent| parent.root_id.unwrap_or(parent.id)),
        parent_id: linked.map(|parent| parent.id),
        parent_uri: submission
            .parent
            .map(|parent| parent.uri.clone())
            .or_else(|| submission.parent_uri.map(str::to_owned)),
        title: submission.title.clone(),
        content: match &found.content {
            Some(content) => content.clone(),
            None => submission.content.clone(),
        },
        source: submission.source.clone(),
        summary: submission.summary.clone(),
        sensitive: submission.sensitive,
        language: submission.language.clone(),
        visibility: submission.visibility,
        published_at,
        // Nor would one that was edited in the future ever be edited again.
        updated_at: submission.updated_at.map(|updated| updated.min(now)),
        held_reason,
        received: held_reason.and(submission.received).map(str::to_owned),
    };
    let made_here = submission.uri.is_none();
    if !insert(ctx, tx, &mut post, made_here, now).await? {
        return Ok(Submitted::Known);
    }
    match &submission.special {
        Special::Nothing => {}
        Special::Poll(poll) => tx.put_poll(post.id, poll, now).await?,
        Special::Event(event) => tx.put_event(post.id, event).await?,
    }
    naming::keep(ctx, tx, post.id, &found, false).await?;
    if let Some(reason) = held_reason {
        let cause = Cause::Held(reason);
        tell_author(ctx, tx, &submission, home.as_ref(), cause).await?;
        if let Some(community) = &home {
            notify::waits(ctx, tx, community, post.id, post.author_id).await?;
        }
        return Ok(Submitted::Held(post.id, reason));
    }
    let publication = Publication {
        post: post.id,
        author: post.author_id,
        parent: linked,
        is_reply: post.parent_uri.is_some(),
        visibility: post.visibility,
        at: published_at,
    };
    feed::published(ctx, tx, &publication, true);
    if notify::is_news(now, published_at) {
        notify::shown(ctx, tx, post.id, post.author_id).await?;
    }
    let created = if submission.author.is_local {
        let told = Told {
            author: submission.author,
            parent: submission.parent,
            home: home.as_ref(),
            post: post.id,
            uri: &post.uri,
            visibility: post.visibility,
            mentioned: &found.people,
        };
        Some(say_create(ctx, tx, &told).await?)
    } else {
        None
    };
    // What belongs to a community elsewhere was passed on by it, or will be.
    if let Some(community) = home.as_ref().filter(|home| !home.is_local)
        && !submission.author.is_local
        && post.visibility.may_be_announced()
    {
        let shown = (post.id, post.parent_uri.is_some());
        feed::boosted(ctx, tx, community.id, shown, None, Some(published_at));
    }
    // What was only fetched, because somebody answers it, is announced once its
    // author brings it: followers get nothing else than its author's own words.
    let announceable = created.is_some() || submission.received.is_some();
    if let Some(community) = home.filter(|community| community.is_local && announceable) {
        let what = Announcement {
            post: post.id,
            uri: &post.uri,
            is_reply: post.parent_uri.is_some(),
            created,
            received: submission.received,
        };
        announce(ctx, tx, &community, what).await?;
        tell_if_wanted(ctx, tx, &submission, &community, &post.uri).await?;
    }
    if post.visibility == Visibility::Direct {
        let root = post.root_id.unwrap_or(post.id);
        talk::said(ctx, tx, post.author_id, post.id, root).await?;
    }
    Ok(Submitted::Published(post.id))
}

/// Whom and what a post names. What was typed here gets its form from that too.
async fn found(ctx: &Context, tx: &mut Tx, submission: &Submission<'_>) -> Result<naming::Found> {
    match &submission.source {
        Some(source) if submission.author.is_local => {
            naming::typed_here(ctx, tx, source, submission.title.as_deref()).await
        }
        _ => naming::said_elsewhere(tx, submission.author, &submission.names).await,
    }
}

/// Tells a member who asked for it that a post of theirs is published.
async fn tell_if_wanted(
    ctx: &Context,
    tx: &mut Tx,
    submission: &Submission<'_>,
    community: &Actor,
    about: &str,
) -> Result<()> {
    let author = submission.author;
    if !tx.tells_published(author.id, community.id).await? {
        return Ok(());
    }
    let telling = Telling {
        community,
        author,
        about,
        answers: true,
        language: submission.language.as_deref(),
        cause: Cause::Published,
        order: None,
        until: None,
    };
    tell(ctx, tx, &telling).await.map(drop)
}

/// Who is suspended here says nothing, to communities elsewhere either.
pub(crate) fn acting(author: &Actor) -> Result<()> {
    if author.is_local && author.state != ActorState::Active {
        return Err(Error::Inactive(author.acct()));
    }
    Ok(())
}

/// Tells the author of a post that they brought here themselves what became of it.
async fn tell_author(
    ctx: &Context,
    tx: &mut Tx,
    submission: &Submission<'_>,
    home: Option<&Actor>,
    cause: Cause,
) -> Result<()> {
    let (Some(community), Some(about), Some(_)) = (home, submission.uri, submission.received)
    else {
        return Ok(());
    };
    // Letters are not answered by letters.
    let answers_letter = submission
        .parent
        .is_some_and(|parent| parent.is_local && parent.visibility == Visibility::Direct);
    if answers_letter {
        return Ok(());
    }
    let telling = Telling {
        community,
        author: submission.author,
        about,
        answers: true,
        language: submission.language.as_deref(),
        cause,
        order: None,
        until: None,
    };
    tell(ctx, tx, &telling).await.map(drop)
}

/// The community that the post belongs to: its parent's, else the one named. What
/// somebody here writes to few belongs to none.
async fn home_of(tx: &mut Tx, submission: &Submission<'_>) -> Result<Option<Actor>> {
    if submission.author.is_local && !submission.visibility.may_be_announced() {
        return Ok(None);
    }
    if let Some(id) = submission.parent.and_then(|parent| parent.community_id) {
        if let Some(named) = submission.community.filter(|community| community.id == id) {
            return Ok(Some(named.clone()));
        }
        return Ok(tx.actor(id).await?);
    }
    Ok(submission.community.cloned())
}

/// Stores the post, unless it is here already; an id that happens to be taken is
/// replaced by the next one, and with it the address that we make of it.
async fn insert(
    ctx: &Context,
    tx: &mut Tx,
    post: &mut NewPost,
    made_here: bool,
    now: Timestamp,
) -> Result<bool> {
    loop {
        if tx.insert_post(post, now).await? {
            return Ok(true);
        }
        if !made_here && tx.post_by_uri(&post.uri).await?.is_some() {
            return Ok(false);
        }
        post.id = PostId(post.id.0 + 1);
        if made_here {
            post.uri = ctx.site.post(post.id);
            post.url = Some(post.uri.clone());
        }
    }
}
