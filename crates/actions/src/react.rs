//! Votes and boosts: the one way they come to count, whoever reacts and whichever
//! door it came through.
//!
//! Counted once an actor and class, by the address of who reacts, so that what a
//! community elsewhere passes on needs nobody's document.

use std::time::Duration;

use archipel_model::{
    ActivityId, ActorId, ActorState, CommunityPolicy, ReactionClass, ReactionKind, Uncounted,
    origin_of,
};
use archipel_storage::{
    ActivityKind, Actor, Community, Lane, NewActivity, NewReaction, Post, PostState, Reaction, Tx,
};
use url::Url;

use crate::barred::{barred, is_program};
use crate::edit::announced_home;
use crate::feed;
use crate::notify;
use crate::relay::{Passed, Relay, is_local_only, relay};
use crate::say::saying;
use crate::{Context, Result};

/// Most reactions to one post from one server in [`A_WHILE`]: beyond, somebody makes
/// accounts to be heard.
const FROM_ONE_SERVER: i64 = 500;

/// See [`FROM_ONE_SERVER`].
const A_WHILE: Duration = Duration::from_hours(1);

/// Through which door a reaction comes.
#[derive(Clone, Copy, Debug)]
pub enum Via<'a> {
    /// A door of this server.
    Here,
    /// An activity of who reacts: its id and its exact bytes, which are passed on.
    Received {
        /// Its id.
        uri: &'a str,
        /// Its exact bytes.
        raw: &'a str,
    },
    /// A community elsewhere that passes on what its people think of its own posts.
    Relayed {
        /// The community.
        community: &'a Actor,
        /// The id of the activity that it passes on.
        uri: &'a str,
    },
}

/// Who reacts.
#[derive(Clone, Copy, Debug)]
pub enum Voter<'a> {
    /// Somebody whom we have.
    Known(&'a Actor),
    /// Somebody by their ActivityPub id.
    Named(&'a Url),
}

impl Voter<'_> {
    fn uri(&self) -> &str {
        match self {
            Self::Known(actor) => &actor.uri,
            Self::Named(uri) => uri.as_str(),
        }
    }
}

/// A reaction on its way in.
#[derive(Clone, Copy, Debug)]
pub struct NewReactionTo<'a> {
    /// Who reacts.
    pub voter: Voter<'a>,
    /// To what.
    pub post: &'a Post,
    /// How.
    pub kind: ReactionKind,
    /// The emoji that stands for it.
    pub emoji: Option<&'a str>,
    /// Through which door.
    pub via: Via<'a>,
}

/// What became of a reaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reacted {
    /// It counts now.
    Counted,
    /// It counted already.
    Already,
    /// It does not count, and why.
    Not(Uncounted),
}

/// Who reacts, as far as it matters.
struct Who {
    uri: String,
    host: String,
    actor: Option<Actor>,
}

impl Who {
    fn id(&self) -> Option<ActorId> {
        self.actor.as_ref().map(|actor| actor.id)
    }
}

/// Takes a reaction in: counts it once, in the place of an earlier one of its class,
/// and tells who must hear of it.
pub async fn react(ctx: &Context, tx: &mut Tx, new: &NewReactionTo<'_>) -> Result<Reacted> {
    let post = new.post;
    let who = match who(ctx, tx, new).await? {
        Ok(who) => who,
        Err(why) => return Ok(Reacted::Not(why)),
    };
    let count = tx.lock_totals(post).await?;
    let class = new.kind.class();
    if let Err(why) = counts(ctx, tx, new, &who).await? {
        // Who votes against votes for it no more, whether or not that counts.
        if why == Uncounted::Policy
            && !matches!(new.via, Via::Here)
            && let Some(before) = tx.reaction(post.id, class, &who.uri).await?
            && before.kind != new.kind
        {
            forget(tx, post, &before).await?;
        }
        return Ok(Reacted::Not(why));
    }
    // Fewer in all are not too many from one server either.
    let crowded = count >= FROM_ONE_SERVER;
    if !crowded && let Via::Received { uri, .. } | Via::Relayed { uri, .. } = new.via {
        let stored = stored(new, &who, uri);
        // Nearly always somebody votes for the first time: then nothing need be asked.
        if tx.put_first_reaction(&stored, ctx.now()).await? {
            tx.add_to_totals(post.id, new.kind, 1);
            show(ctx, tx, new, &who, uri);
            notify::reacted(ctx, tx, who.id(), post, new.kind).await?;
            pass_on(ctx, tx, post, class, as_received(new)).await?;
            return Ok(Reacted::Counted);
        }
    }
    let before = tx.reaction(post.id, class, &who.uri).await?;
    if crowded && before.is_none() && is_too_many(ctx, tx, new, &who).await? {
        return Ok(Reacted::Not(Uncounted::TooMany));
    }
    let same = before.as_ref().is_some_and(|it| it.kind == new.kind);
    let said = match new.via {
        Via::Here if same => return Ok(Reacted::Already),
        Via::Here => {
            if let Some(before) = &before {
                let undone = take_back_here(ctx, tx, &who, post, before).await?;
                pass_on(ctx, tx, post, class, undone.map(Passed::Ours)).await?;
            }
            let said = say(ctx, tx, &who, post, kind_of(new.kind)).await?;
            tx.say(&said, ctx.now());
            Some(said)
        }
        Via::Received { .. } | Via::Relayed { .. } => None,
    };
    let uri = match (new.via, &said) {
        (Via::Received { uri, .. } | Via::Relayed { uri, .. }, _) => uri,
        (Via::Here, Some(said)) => said.uri.as_str(),
        (Via::Here, None) => return Ok(Reacted::Already),
    };
    tx.put_reaction(&stored(new, &who, uri), ctx.now()).await?;
    if same {
        return Ok(Reacted::Already);
    }
    if let Some(before) = &before {
        tx.add_to_totals(post.id, before.kind, -1);
        notify::unreacted(tx, before.actor_id, post, before.kind).await?;
    }
    tx.add_to_totals(post.id, new.kind, 1);
    show(ctx, tx, new, &who, uri);
    notify::reacted(ctx, tx, who.id(), post, new.kind).await?;
    let passed = match said {
        Some(said) => Some(Passed::Ours(said.id)),
        None => as_received(new),
    };
    pass_on(ctx, tx, post, class, passed).await?;
    Ok(Reacted::Counted)
}

/// A reaction as it is stored.
fn stored<'a>(new: &NewReactionTo<'a>, who: &'a Who, uri: &'a str) -> NewReaction<'a> {
    NewReaction {
        post_id: new.post.id,
        actor_uri: &who.uri,
        actor_id: who.id(),
        host: &who.host,
        kind: new.kind,
        emoji: new.emoji,
        uri,
    }
}

/// The bytes of what who reacts sent to us.
const fn as_received<'a>(new: &NewReactionTo<'a>) -> Option<Passed<'a>> {
    match new.via {
        Via::Received { raw, .. } => Some(Passed::Received(raw)),
        Via::Here | Via::Relayed { .. } => None,
    }
}

/// Whether so many reactions came from one server that no other one of it counts.
async fn is_too_many(
    ctx: &Context,
    tx: &mut Tx,
    new: &NewReactionTo<'_>,
    who: &Who,
) -> Result<bool> {
    if matches!(new.via, Via::Here) {
        return Ok(false);
    }
    let since = ctx.now().minus(A_WHILE);
    let others = tx
        .reactions_from(new.post.id, &who.host, since, FROM_ONE_SERVER)
        .await?;
    Ok(others >= FROM_ONE_SERVER)
}

/// Takes somebody's reaction of this class back, whatever it was. Says whether there
/// was one.
pub async fn take_back(
    ctx: &Context,
    tx: &mut Tx,
    voter: Voter<'_>,
    post: &Post,
    class: ReactionClass,
    via: Via<'_>,
) -> Result<bool> {
    if let Via::Relayed { community, .. } = via
        && post.community_id != Some(community.id)
    {
        return Ok(false);
    }
    tx.lock_totals(post).await?;
    let Some(before) = tx.reaction(post.id, class, voter.uri()).await? else {
        return Ok(false);
    };
    forget(tx, post, &before).await?;
    let passed = match (via, voter) {
        (Via::Here, Voter::Known(actor)) => {
            let who = Who {
                uri: actor.uri.clone(),
                host: actor.host.clone(),
                actor: Some(actor.clone()),
            };
            take_back_here(ctx, tx, &who, post, &before)
                .await?
                .map(Passed::Ours)
        }
        (Via::Received { raw, .. }, _) => Some(Passed::Received(raw)),
        (Via::Here | Via::Relayed { .. }, _) => None,
    };
    pass_on(ctx, tx, post, class, passed).await?;
    Ok(true)
}

async fn forget(tx: &mut Tx, post: &Post, before: &Reaction) -> Result<()> {
    let class = before.kind.class();
    tx.remove_reaction(post.id, class, &before.actor_uri)
        .await?;
    tx.add_to_totals(post.id, before.kind, -1);
    notify::unreacted(tx, before.actor_id, post, before.kind).await?;
    if class == ReactionClass::Boost {
        // A boost may be older than what we know of who boosts.
        let by = match before.actor_id {
            Some(by) => Some(by),
            None => tx.actor_by_uri(&before.actor_uri).await?.map(|by| by.id),
        };
        if let Some(by) = by {
            tx.unshow(post.id, by).await?;
        }
    }
    Ok(())
}

/// Somebody who boosts a post shows it to those who follow them.
fn show(ctx: &Context, tx: &mut Tx, new: &NewReactionTo<'_>, who: &Who, uri: &str) {
    if let (ReactionKind::Boost, Some(actor)) = (new.kind, &who.actor) {
        // People choose what they boost: an answer is no less to be shown.
        feed::boosted(ctx, tx, actor.id, (new.post.id, false), Some(uri), None);
    }
}

/// Who reacts, if they may do so through this door.
async fn who(
    ctx: &Context,
    tx: &mut Tx,
    new: &NewReactionTo<'_>,
) -> Result<std::result::Result<Who, Uncounted>> {
    if let Via::Relayed { community, .. } = new.via
        && new.post.community_id != Some(community.id)
    {
        return Ok(Err(Uncounted::NotHere));
    }
    Ok(match new.voter {
        Voter::Known(actor) => Ok(Who {
            uri: actor.uri.clone(),
            host: actor.host.clone(),
            actor: Some(actor.clone()),
        }),
        // Nobody else speaks for the people of this server.
        Voter::Named(uri) if ctx.site.is_ours(uri.as_str()) => Err(Uncounted::NotTheirs),
        Voter::Named(uri) => match origin_of(uri) {
            Some(origin) => Ok(Who {
                uri: uri.to_string(),
                host: origin.host().to_string(),
                actor: tx.actor_by_uri(uri.as_str()).await?,
            }),
            None => Err(Uncounted::NotTheirs),
        },
    })
}

/// Whether a reaction counts, by our own records.
async fn counts(
    ctx: &Context,
    tx: &mut Tx,
    new: &NewReactionTo<'_>,
    who: &Who,
) -> Result<std::result::Result<(), Uncounted>> {
    let post = new.post;
    // What is for few is liked by those few, of whom our doors let nobody else come to it.
    let liked_here = matches!(new.via, Via::Here) && new.kind == ReactionKind::Like;
    if post.state != PostState::Published || !(post.visibility.may_be_announced() || liked_here) {
        return Ok(Err(Uncounted::NotShown));
    }
    if who
        .actor
        .as_ref()
        .is_some_and(|actor| actor.state != ActorState::Active)
    {
        return Ok(Err(Uncounted::Suspended));
    }
    let settings = match post.community_id {
        Some(community) => tx.community(community).await?,
        None => None,
    };
    let policy = settings
        .as_ref()
        .map_or(CommunityPolicy::OPEN, Community::policy);
    if !policy.reactions.counts(new.kind) {
        return Ok(Err(Uncounted::Policy));
    }
    let bots = settings.as_ref().is_some_and(|it| it.bot_votes);
    if !bots && who.actor.as_ref().is_some_and(is_program) {
        return Ok(Err(Uncounted::Bot));
    }
    if let Some(why) = barred(ctx, tx, post, who.actor.as_ref()).await? {
        return Ok(Err(why));
    }
    Ok(Ok(()))
}

const fn kind_of(kind: ReactionKind) -> ActivityKind {
    match kind {
        ReactionKind::Like => ActivityKind::Like,
        ReactionKind::Dislike => ActivityKind::Dislike,
        ReactionKind::Boost => ActivityKind::Boost,
    }
}

/// Somebody here tells the author of a post, and its community, what they think of
/// it; a boost goes to their followers too.
async fn say(
    ctx: &Context,
    tx: &mut Tx,
    who: &Who,
    post: &Post,
    kind: ActivityKind,
) -> Result<NewActivity> {
    let boosts = matches!(kind, ActivityKind::Boost | ActivityKind::UndoBoost);
    let hidden = hidden(tx, post).await?;
    let speaker = who.id().unwrap_or(ActorId(0));
    let heard = [Some(post.author_id), post.community_id.filter(|_| !boosts)];
    Ok(NewActivity {
        post_id: Some(post.id),
        lane: if boosts { Lane::Content } else { Lane::Votes },
        to_followers: boosts && !hidden,
        recipients: heard.into_iter().flatten().filter(|_| !hidden).collect(),
        ..saying(ctx, kind, speaker, &post.uri)
    })
}

/// Somebody here takes back what they said; gives the id of saying so.
async fn take_back_here(
    ctx: &Context,
    tx: &mut Tx,
    who: &Who,
    post: &Post,
    before: &Reaction,
) -> Result<Option<ActivityId>> {
    tx.flush().await?;
    let Some(said) = tx.activity_by_uri(&before.uri).await? else {
        return Ok(None);
    };
    let kind = match before.kind.class() {
        ReactionClass::Vote => ActivityKind::UndoVote,
        ReactionClass::Boost => ActivityKind::UndoBoost,
    };
    let undo = NewActivity {
        after_id: Some(said.id),
        ..say(ctx, tx, who, post, kind).await?
    };
    tx.say(&undo, ctx.now());
    Ok(Some(undo.id))
}

async fn hidden(tx: &mut Tx, post: &Post) -> Result<bool> {
    let home = match post.community_id {
        Some(id) => tx.actor(id).await?,
        None => None,
    };
    match home {
        Some(home) if home.is_local => is_local_only(tx, &home).await,
        _ => Ok(false),
    }
}

/// The community of ours that a post belongs to passes votes on, in the last lane.
/// Boosts are never echoed.
async fn pass_on(
    ctx: &Context,
    tx: &mut Tx,
    post: &Post,
    class: ReactionClass,
    what: Option<Passed<'_>>,
) -> Result<()> {
    let (ReactionClass::Vote, Some(what)) = (class, what) else {
        return Ok(());
    };
    let Some(community) = announced_home(tx, post).await? else {
        return Ok(());
    };
    let passed = Relay {
        what,
        object: &post.uri,
        measure: None,
        also: &[],
        lane: Lane::Votes,
    };
    relay(ctx, tx, &community, passed).await
}
