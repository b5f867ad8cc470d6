//! Telling the world of a post that is shown: its author here says it, and its community
//! passes it on.

use archipel_model::{ActivityId, ActorId, PostId, Visibility};
use archipel_storage::{ActivityKind, Actor, Lane, NewActivity, Post, Tx};

use crate::feed;
use crate::relay::is_local_only;
use crate::say::saying;
use crate::{Context, Result};

/// A post of a local person that others are told of.
pub(crate) struct Told<'a> {
    pub author: &'a Actor,
    pub parent: Option<&'a Post>,
    pub home: Option<&'a Actor>,
    pub post: PostId,
    pub uri: &'a str,
    pub visibility: Visibility,
    /// Who is named in it.
    pub mentioned: &'a [Actor],
}

/// A local person tells followers, unless it is not for them, those who are named, and,
/// of what everybody may see, the parent's author and a remote community. What belongs to a community that is known here only is
/// told to nobody elsewhere.
pub(crate) async fn say_create(ctx: &Context, tx: &mut Tx, told: &Told<'_>) -> Result<ActivityId> {
    let hidden = match told.home {
        Some(home) if home.is_local => is_local_only(tx, home).await?,
        _ => false,
    };
    let mut recipients: Vec<ActorId> = Vec::new();
    if !hidden {
        if told.visibility.may_be_announced() {
            recipients.extend(told.parent.map(|parent| parent.author_id));
            recipients.extend(told.home.map(|community| community.id));
        }
        for actor in told.mentioned {
            if !recipients.contains(&actor.id) {
                recipients.push(actor.id);
            }
        }
    }
    let said = NewActivity {
        post_id: Some(told.post),
        lane: Lane::Content,
        to_followers: told.visibility != Visibility::Direct && !hidden,
        recipients,
        ..saying(ctx, ActivityKind::Create, told.author.id, told.uri)
    };
    tx.say(&said, ctx.now());
    Ok(said.id)
}

/// What a community shows to its followers.
#[derive(Clone, Copy)]
pub(crate) struct Announcement<'a> {
    pub post: PostId,
    pub uri: &'a str,
    pub is_reply: bool,
    /// The activity that brought it: one of ours, or the bytes of another's.
    pub created: Option<ActivityId>,
    pub received: Option<&'a str>,
}

/// The community shows the post to its followers.
pub(crate) async fn announce(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    what: Announcement<'_>,
) -> Result<()> {
    let hidden = is_local_only(tx, community).await?;
    let kind = if what.is_reply {
        ActivityKind::AnnounceReply
    } else {
        ActivityKind::AnnounceThread
    };
    let said = NewActivity {
        post_id: Some(what.post),
        inner_id: what.created,
        inner_raw: what.received.map(str::to_owned),
        lane: Lane::Content,
        to_followers: !hidden,
        ..saying(ctx, kind, community.id, what.uri)
    };
    tx.say(&said, ctx.now());
    let shown = (what.post, what.is_reply);
    feed::boosted(ctx, tx, community.id, shown, Some(&said.uri), None);
    Ok(())
}
