//! Making a community and changing its settings.

use archipel_model::permission::{Measure, Target};
use archipel_model::{
    ActorId, ActorKind, CommunityPolicy, Deed, Handle, HoldPolicy, JoinPolicy, MediaId, PostPolicy,
    Reach, ReactionPolicy, text,
};
use archipel_storage::{ActivityKind, Actor, Community, NewActivity, Tx};

use crate::accounts::create_named;
use crate::ban::end_membership;
use crate::order::{About, Door, Order};
use crate::say::saying;
use crate::{Context, Error, NewKeys, Result};

/// A community to be made.
#[derive(Clone, Debug)]
pub struct NewCommunity {
    /// Its handle.
    pub handle: Handle,
    /// Its title.
    pub title: String,
    /// What it is, as typed.
    pub description: String,
    /// Its main language, BCP 47.
    pub language: String,
    /// Its policies.
    pub policy: CommunityPolicy,
}

/// What changes of a community; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct CommunityChange {
    /// Its title.
    pub title: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Its main language.
    pub language: Option<String>,
    /// How one becomes a member.
    pub join: Option<JoinPolicy>,
    /// Who may start a thread.
    pub post: Option<PostPolicy>,
    /// Who may reply.
    pub reply: Option<PostPolicy>,
    /// Which posts are held.
    pub hold: Option<HoldPolicy>,
    /// Whether posts of unknown servers are held.
    pub hold_unknown: Option<bool>,
    /// Which reactions count.
    pub reactions: Option<ReactionPolicy>,
    /// Whether votes of programs count.
    pub bot_votes: Option<bool>,
    /// Who sees it.
    pub reach: Option<Reach>,
    /// Its rules, one a line.
    pub rules: Option<String>,
    /// Its picture; `Some(None)` takes it away.
    pub avatar: Option<Option<MediaId>>,
    /// Its banner; `Some(None)` takes it away.
    pub header: Option<Option<MediaId>>,
}

/// Makes a community.
pub async fn create_community(
    ctx: &Context,
    tx: &mut Tx,
    new: &NewCommunity,
    keys: &NewKeys,
) -> Result<Actor> {
    let uri = ctx.site.community(&new.handle);
    let actor = create_named(
        ctx,
        tx,
        ActorKind::Group,
        &new.handle,
        uri,
        &new.title,
        keys,
    )
    .await?;
    let community = Community {
        actor_id: actor.id,
        description: new.description.clone(),
        language: new.language.clone(),
        rules: String::new(),
        ..Community::of_policy(actor.id, new.policy)
    };
    show(ctx, tx, &community, &new.title).await?;
    Ok(actor)
}

/// Changes what a community says of itself, and its settings, and tells its followers.
/// Each takes its own permission. Says whether something changed.
pub async fn change_community(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    change: &CommunityChange,
) -> Result<bool> {
    let actor = order.community;
    let before = local_community(tx, actor.id)
        .await?
        .ok_or_else(|| Error::NotACommunity(actor.acct()))?;
    for (asked, measure) in [
        (change.edits(), Measure::Edit),
        (change.configures(), Measure::Configure),
    ] {
        if asked {
            order
                .authorise(ctx, tx, measure, Target::Community, None)
                .await?;
        }
    }
    let mut community = before.clone();
    if let Some(description) = &change.description {
        community.description.clone_from(description);
    }
    if let Some(language) = &change.language {
        community.language.clone_from(language);
    }
    community.join_policy = change.join.unwrap_or(community.join_policy);
    community.post_policy = change.post.unwrap_or(community.post_policy);
    community.reply_policy = change.reply.unwrap_or(community.reply_policy);
    community.hold_policy = change.hold.unwrap_or(community.hold_policy);
    community.hold_unknown = change.hold_unknown.unwrap_or(community.hold_unknown);
    community.reaction_policy = change.reactions.unwrap_or(community.reaction_policy);
    community.bot_votes = change.bot_votes.unwrap_or(community.bot_votes);
    community.reach = change.reach.unwrap_or(community.reach);
    if let Some(rules) = &change.rules {
        community.rules.clone_from(rules);
    }
    let title = change.title.as_deref().unwrap_or(&actor.name);
    let pictured = change.avatar.is_some() || change.header.is_some();
    let edited = pictured
        || title != actor.name
        || community.description != before.description
        || community.language != before.language
        || community.rules != before.rules;
    let configured = community.policy() != before.policy()
        || community.reach != before.reach
        || community.bot_votes != before.bot_votes;
    if !edited && !configured {
        return Ok(false);
    }
    show(ctx, tx, &community, title).await?;
    if pictured {
        let mut profile = tx.profile(actor.id).await?;
        profile.avatar_id = change.avatar.unwrap_or(profile.avatar_id);
        profile.header_id = change.header.unwrap_or(profile.header_id);
        tx.put_profile(&profile, ctx.now()).await?;
    }
    for (changed, deed) in [(edited, Deed::Edited), (configured, Deed::Configured)] {
        if !changed {
            continue;
        }
        let measure = order.log(ctx, tx, deed, About::default()).await?;
        // Lemmy believes a moderator's word on a community, and not its own.
        if matches!(order.door, Door::Here(_)) && order.by.kind == ActorKind::Person {
            order.proclaim(ctx, tx, measure, &actor.uri, &[]).await?;
        }
    }
    if community.reach == Reach::Local {
        // Whoever lives elsewhere is a member no more; their servers are told that, and
        // nothing else from now on.
        for follower in tx.remote_followers(actor.id).await? {
            end_membership(ctx, tx, actor, &follower).await?;
        }
        return Ok(true);
    }
    let said = NewActivity {
        to_followers: true,
        ..saying(ctx, ActivityKind::UpdateActor, actor.id, &actor.uri)
    };
    tx.say(&said, ctx.now());
    Ok(true)
}

impl CommunityChange {
    /// Whether it is about what the community says of itself.
    const fn edits(&self) -> bool {
        self.title.is_some()
            || self.description.is_some()
            || self.language.is_some()
            || self.rules.is_some()
            || self.avatar.is_some()
            || self.header.is_some()
    }

    /// Whether it is about who may join and post, or who sees it.
    const fn configures(&self) -> bool {
        self.join.is_some()
            || self.post.is_some()
            || self.reply.is_some()
            || self.hold.is_some()
            || self.hold_unknown.is_some()
            || self.reactions.is_some()
            || self.reach.is_some()
    }
}

async fn show(ctx: &Context, tx: &mut Tx, community: &Community, title: &str) -> Result<()> {
    let summary = text::paragraphs(&community.description);
    let now = ctx.now();
    tx.put_community(community).await?;
    tx.set_actor_profile(community.actor_id, title, &summary, now)
        .await?;
    let approves = community.join_policy != JoinPolicy::Open;
    tx.set_approves_followers(community.actor_id, approves)
        .await?;
    Ok(())
}

/// The settings of a community, if this actor is one of ours.
pub(crate) async fn local_community(tx: &mut Tx, actor: ActorId) -> Result<Option<Community>> {
    Ok(tx.community(actor).await?)
}
