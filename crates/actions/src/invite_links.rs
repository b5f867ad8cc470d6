//! Invitation links: who opens one may make an account, and becomes a member of a
//! community, with a role if it gives one. A link can do no more than who made it, at
//! the moment when it is used.

use std::time::Duration;

use archipel_model::permission::{Measure, Standing, Target};
use archipel_model::{ActorKind, InviteLinkId, Role};
use archipel_storage::{Actor, InviteLink, Tx};

use crate::accept::decide_request;
use crate::follow::{FollowOutcome, FollowRequest, follow};
use crate::membership::invite;
use crate::order::{Door, Order};
use crate::secret::{hash_of, new_secret};
use crate::team::appoint;
use crate::{Context, Error, Result};

/// What a link is to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewInviteLink {
    /// The role that it gives.
    pub role: Option<Role>,
    /// How often it works; none: as often as wanted.
    pub uses: Option<i64>,
    /// How long it works; none: until it is revoked.
    pub lasts: Option<Duration>,
}

/// Makes a link, in the community of the order, or for the server alone where that is
/// the server's own actor. Returns its secret: it is never seen again.
pub async fn create_invite_link(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    new: NewInviteLink,
) -> Result<(InviteLink, String)> {
    may_invite(ctx, tx, order, new.role).await?;
    let link = InviteLink {
        id: ctx.id(),
        community_id: order.place(),
        role: new.role.filter(|_| order.place().is_some()),
        by_id: order.by.id,
        uses_left: new.uses,
        used: 0,
        expires_at: new.lasts.map(|lasts| ctx.now().plus(lasts)),
        revoked_at: None,
        created_at: ctx.now(),
    };
    let secret = new_secret();
    tx.insert_invite_link(&link, &hash_of(&secret)).await?;
    Ok((link, secret))
}

/// Ends a link, for its maker and for whoever may make the like. Says whether it
/// worked before.
pub async fn revoke_invite_link(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    id: InviteLinkId,
) -> Result<bool> {
    let link = tx.invite_link(id).await?;
    let link = link
        .filter(|link| link.community_id == order.place())
        .ok_or(Error::NoSuchLink)?;
    if link.by_id != order.by.id {
        may_invite(ctx, tx, order, link.role).await?;
    }
    Ok(tx.revoke_invite_link(id, ctx.now()).await?)
}

/// Whether who orders it may invite people they do not know, with this role. On the
/// whole server only administrators hold a role.
async fn may_invite(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    role: Option<Role>,
) -> Result<()> {
    let somebody = Target::Person {
        standing: Standing::default(),
        oneself: false,
        role,
    };
    order
        .authorise(ctx, tx, Measure::Invite, somebody, None)
        .await?;
    if role.is_some() {
        order
            .authorise(ctx, tx, Measure::Appoint, somebody, None)
            .await?;
    }
    Ok(())
}

/// A link that works, with what it needs.
#[derive(Clone, Debug)]
pub struct OpenLink {
    /// The link.
    pub link: InviteLink,
    /// Who made it.
    by: Actor,
    /// Where it leads; the server's own actor when it is for an account alone.
    place: Actor,
}

impl OpenLink {
    /// The community that it lets into.
    pub fn community(&self) -> Option<&Actor> {
        (self.place.kind == ActorKind::Group).then_some(&self.place)
    }

    fn order(&self) -> Order<'_> {
        Order {
            by: &self.by,
            community: &self.place,
            door: Door::Here("invitation"),
            reason: None,
            rule: None,
        }
    }
}

/// The link of this secret, if it works and who made it may still invite.
pub async fn open_link(ctx: &Context, tx: &mut Tx, secret: &str) -> Result<Option<OpenLink>> {
    let link = tx.invite_link_by_hash(&hash_of(secret)).await?;
    match link {
        Some(link) if link.works(ctx.now()) => opened(ctx, tx, link).await,
        _ => Ok(None),
    }
}

/// What a link needs, if who made it may still invite.
pub(crate) async fn opened(
    ctx: &Context,
    tx: &mut Tx,
    link: InviteLink,
) -> Result<Option<OpenLink>> {
    let by = tx.actor(link.by_id).await?;
    let place = match link.community_id {
        Some(id) => tx.actor(id).await?,
        None => tx.actor_by_uri(&ctx.site.instance()).await?,
    };
    let (Some(by), Some(place)) = (by, place) else {
        return Ok(None);
    };
    let open = OpenLink { link, by, place };
    match may_invite(ctx, tx, &open.order(), open.link.role).await {
        Ok(()) => Ok(Some(open)),
        Err(Error::Denied(_) | Error::NotACommunity(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Uses a link for somebody who lives here already. Says whether it works.
pub async fn join_by_link(
    ctx: &Context,
    tx: &mut Tx,
    open: &OpenLink,
    person: &Actor,
) -> Result<bool> {
    if !tx.use_invite_link(open.link.id, ctx.now()).await? {
        return Ok(false);
    }
    let_in(ctx, tx, open, person).await?;
    Ok(true)
}

/// Makes somebody a member where the link leads, with the role that it gives. Nobody
/// loses a higher one by it.
pub(crate) async fn let_in(
    ctx: &Context,
    tx: &mut Tx,
    open: &OpenLink,
    person: &Actor,
) -> Result<()> {
    let Some(community) = open.community() else {
        return Ok(());
    };
    let order = open.order();
    let before = order.standing_of(ctx, tx, person).await?;
    if before.banned {
        return Err(Error::StillBanned(person.acct()));
    }
    if !before.member {
        invite(ctx, tx, &order, person).await?;
        let request = FollowRequest {
            follower: person,
            target: community,
            received: None,
        };
        if follow(ctx, tx, request).await? != FollowOutcome::Accepted {
            decide_request(ctx, tx, &order, person, true).await?;
        }
    }
    if let Some(role) = open.link.role.filter(|role| before.role < Some(*role)) {
        appoint(ctx, tx, &order, person, role).await?;
    }
    Ok(())
}
