//! What communities of elsewhere decided about their own posts, mirrored here: only
//! posts of that community change, and nothing is said to anybody elsewhere.
//!
//! The caller knows that the community itself said so. Its decisions are kept like
//! our own measures, so that it can take back what it did, and nothing else.

use std::time::Duration;

use archipel_model::elsewhere::{Decision, Words};
use archipel_model::{Deed, MeasureId, Timestamp};
use archipel_storage::{Actor, Measure, Notice, Post, PostState, Tx};

use crate::{Ban, Context, Result};

/// How long somebody here is not told the same of the same thing again.
const QUIET: Duration = Duration::from_hours(1);

/// A decision of a community of elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Elsewhere<'a> {
    /// The community.
    pub community: &'a Actor,
    /// Who decided there, where that is known here.
    pub by: Option<&'a Actor>,
    /// The activity that told of it: its id.
    pub uri: &'a str,
    /// Why, in their words.
    pub reason: Option<&'a str>,
}

/// What a decision is about.
#[derive(Clone, Copy, Debug, Default)]
struct Upon<'a> {
    person: Option<&'a Actor>,
    post: Option<&'a Post>,
    ban: Ban,
    undoes: Option<MeasureId>,
}

impl Elsewhere<'_> {
    fn owns(&self, post: &Post) -> bool {
        !self.community.is_local && post.community_id == Some(self.community.id)
    }

    async fn keep(
        &self,
        ctx: &Context,
        tx: &mut Tx,
        kind: Deed,
        upon: Upon<'_>,
    ) -> Result<MeasureId> {
        let id: MeasureId = ctx.id();
        tx.insert_measure(&Measure {
            id,
            community_id: Some(self.community.id),
            kind,
            by_id: self.by.unwrap_or(self.community).id,
            target_id: match (upon.person, upon.post) {
                (Some(person), _) => Some(person.id),
                (None, post) => post.map(|post| post.author_id),
            },
            post_id: upon.post.map(|post| post.id),
            role: None,
            reason: self.reason.map(str::to_owned),
            rule: None,
            ends_at: upon.ban.ends_at,
            with_content: upon.ban.with_content,
            undoes_id: upon.undoes,
            origin: "elsewhere".to_owned(),
            activity_uri: Some(self.uri.to_owned()),
            created_at: ctx.now(),
        })
        .await?;
        Ok(id)
    }

    /// Tells somebody here what was decided about them.
    async fn tell(
        &self,
        ctx: &Context,
        tx: &mut Tx,
        person: &Actor,
        decision: Decision,
        post: Option<&Post>,
    ) -> Result<()> {
        if !person.is_local {
            return Ok(());
        }
        let about = post.map_or(self.community.uri.as_str(), |post| post.uri.as_str());
        let words = Words {
            community: &self.community.name,
            page: self.community.url.as_deref().unwrap_or(&self.community.uri),
            about,
            reason: self.reason,
        };
        // It can decide the same over and over; once an hour is said.
        let since = ctx.now().minus(QUIET);
        let (place, cause) = (self.community.id, decision.code());
        if tx
            .was_told_lately(person.id, place, cause, about, since)
            .await?
        {
            return Ok(());
        }
        let language = post.and_then(|post| post.language.as_deref());
        let notice = Notice {
            id: ctx.id(),
            actor_id: person.id,
            community_id: self.community.id,
            cause: cause.to_owned(),
            about: about.to_owned(),
            text: words.text(language.unwrap_or_default(), decision),
            created_at: ctx.now(),
        };
        Ok(tx.insert_notice(&notice, None).await?)
    }

    async fn tell_author(
        &self,
        ctx: &Context,
        tx: &mut Tx,
        post: &Post,
        decision: Decision,
    ) -> Result<()> {
        if !post.is_local {
            return Ok(());
        }
        match tx.actor(post.author_id).await? {
            Some(author) => self.tell(ctx, tx, &author, decision, Some(post)).await,
            None => Ok(()),
        }
    }
}

/// The community took a post out, with all that answers it where it says so. Says
/// whether something changed.
pub async fn removed_elsewhere(
    ctx: &Context,
    tx: &mut Tx,
    there: &Elsewhere<'_>,
    post: &Post,
    with_replies: bool,
) -> Result<bool> {
    if !there.owns(post)
        || !tx
            .set_post_state(post.id, PostState::Published, PostState::Removed)
            .await?
    {
        return Ok(false);
    }
    if with_replies {
        tx.remove_answers(post.id).await?;
    }
    let upon = Upon {
        post: Some(post),
        ban: Ban {
            with_content: with_replies,
            ends_at: None,
        },
        ..Upon::default()
    };
    there.keep(ctx, tx, Deed::Removed, upon).await?;
    there.tell_author(ctx, tx, post, Decision::Removed).await?;
    Ok(true)
}

/// The removal of a post by itself that the community has not taken back.
async fn removal_in_force(
    tx: &mut Tx,
    there: &Elsewhere<'_>,
    post: &Post,
) -> Result<Option<Measure>> {
    let removal = tx.last_measure_on_post(post.id, Deed::Removed).await?;
    let restored = tx.last_measure_on_post(post.id, Deed::Restored).await?;
    Ok(removal
        .filter(|removal| removal.community_id == Some(there.community.id))
        .filter(|removal| restored.is_none_or(|restored| restored.id < removal.id)))
}

/// The ban with which a post went, unless it was brought back since.
async fn ban_that_took(tx: &mut Tx, there: &Elsewhere<'_>, post: &Post) -> Result<Option<Measure>> {
    let community = Some(there.community.id);
    let ban = tx
        .last_measure_on_actor(community, post.author_id, Deed::Banned)
        .await?;
    let restored = tx.last_measure_on_post(post.id, Deed::Restored).await?;
    Ok(ban
        .filter(|ban| ban.with_content)
        .filter(|ban| restored.is_none_or(|restored| restored.id < ban.id)))
}

/// The community brings back what it took out, by itself or with its author. Says
/// whether something changed.
pub async fn restored_elsewhere(
    ctx: &Context,
    tx: &mut Tx,
    there: &Elsewhere<'_>,
    post: &Post,
) -> Result<bool> {
    if !there.owns(post) {
        return Ok(false);
    }
    let (removal, alone) = match removal_in_force(tx, there, post).await? {
        Some(removal) => (Some(removal), true),
        None => (ban_that_took(tx, there, post).await?, false),
    };
    let Some(removal) = removal else {
        return Ok(false);
    };
    if !tx
        .set_post_state(post.id, PostState::Removed, PostState::Published)
        .await?
    {
        return Ok(false);
    }
    let upon = Upon {
        post: Some(post),
        undoes: Some(removal.id),
        ..Upon::default()
    };
    there.keep(ctx, tx, Deed::Restored, upon).await?;
    if alone && removal.with_content {
        tx.bring_answers_back(post.id).await?;
    }
    there.tell_author(ctx, tx, post, Decision::Restored).await?;
    Ok(true)
}

/// The community closed a thread to replies, or opened it. Says whether something
/// changed.
pub async fn locked_elsewhere(
    ctx: &Context,
    tx: &mut Tx,
    there: &Elsewhere<'_>,
    post: &Post,
    locked: bool,
) -> Result<bool> {
    if !there.owns(post) || !tx.set_post_locked(post.id, locked).await? {
        return Ok(false);
    }
    let deed = if locked { Deed::Locked } else { Deed::Unlocked };
    let upon = Upon {
        post: Some(post),
        ..Upon::default()
    };
    there.keep(ctx, tx, deed, upon).await?;
    Ok(true)
}

/// The community put a thread on top, or took it down. Says whether something changed.
pub async fn pinned_elsewhere(
    ctx: &Context,
    tx: &mut Tx,
    there: &Elsewhere<'_>,
    post: &Post,
    pinned: bool,
) -> Result<bool> {
    if !there.owns(post) || post.parent_uri.is_some() || post.state != PostState::Published {
        return Ok(false);
    }
    let since = pinned.then(|| ctx.now());
    if !tx.set_post_pinned(post.id, since).await? {
        return Ok(false);
    }
    let deed = if pinned { Deed::Pinned } else { Deed::Unpinned };
    let upon = Upon {
        post: Some(post),
        ..Upon::default()
    };
    there.keep(ctx, tx, deed, upon).await?;
    Ok(true)
}

/// The community banned somebody, who posts there no more; what they posted there
/// goes too where it says so. Says whether something changed.
pub async fn banned_elsewhere(
    ctx: &Context,
    tx: &mut Tx,
    there: &Elsewhere<'_>,
    person: &Actor,
    ban: Ban,
) -> Result<bool> {
    let now = ctx.now();
    if there.community.is_local || ban.ends_at.is_some_and(|ends| ends <= now) {
        return Ok(false);
    }
    let community = Some(there.community.id);
    let before = tx.ban_in_force(community, person.id, now).await?;
    if before.is_some_and(|before| before.ends_at == ban.ends_at)
        && !(ban.with_content && tx.has_published(person.id, there.community.id).await?)
    {
        return Ok(false);
    }
    let upon = Upon {
        person: Some(person),
        ban,
        ..Upon::default()
    };
    let measure = there.keep(ctx, tx, Deed::Banned, upon).await?;
    tx.put_ban(community, person.id, measure, ban.ends_at, now)
        .await?;
    if ban.with_content {
        change_all(tx, there, person, PostState::Published, PostState::Removed).await?;
    }
    there
        .tell(ctx, tx, person, banned(ban.ends_at), None)
        .await?;
    Ok(true)
}

const fn banned(ends_at: Option<Timestamp>) -> Decision {
    match ends_at {
        Some(_) => Decision::BannedForATime,
        None => Decision::Banned,
    }
}

/// The community lets somebody in again; what went with the ban comes back when
/// `restore` says so. Says whether something changed.
pub async fn unbanned_elsewhere(
    ctx: &Context,
    tx: &mut Tx,
    there: &Elsewhere<'_>,
    person: &Actor,
    restore: bool,
) -> Result<bool> {
    let community = Some(there.community.id);
    if there.community.is_local || !tx.lift_ban(community, person.id, ctx.now()).await? {
        return Ok(false);
    }
    let undone = tx
        .last_measure_on_actor(community, person.id, Deed::Banned)
        .await?;
    let upon = Upon {
        person: Some(person),
        undoes: undone.as_ref().map(|ban| ban.id),
        ..Upon::default()
    };
    there.keep(ctx, tx, Deed::Unbanned, upon).await?;
    if restore && undone.is_some_and(|ban| ban.with_content) {
        change_all(tx, there, person, PostState::Removed, PostState::Published).await?;
    }
    there
        .tell(ctx, tx, person, Decision::Unbanned, None)
        .await?;
    Ok(true)
}

/// What somebody posted in the community; what was removed by itself stays so.
async fn change_all(
    tx: &mut Tx,
    there: &Elsewhere<'_>,
    person: &Actor,
    from: PostState,
    to: PostState,
) -> Result<()> {
    for post in tx.posts_in(person.id, there.community.id, from).await? {
        let alone =
            from == PostState::Removed && removal_in_force(tx, there, &post).await?.is_some();
        if !alone {
            tx.set_post_state(post.id, from, to).await?;
        }
    }
    Ok(())
}
