//! Telling those who live here, in their apps, what concerns them: written down with
//! what causes it, or not at all.

use std::time::Duration;

use archipel_model::notification::{Kind, Treatment, treatment};
use archipel_model::{ActorId, Id, PostId, ReactionKind, ReportId, Timestamp};
use archipel_storage::{Actor, Hearer, NewNotification, Post, PostState, StreamEvent, Tx};

use crate::{Context, Result};

/// How long an account is new.
const NEW: Duration = Duration::from_hours(30 * 24);

/// What was written longer ago was fetched later: nobody is told of it.
const NEWS: Duration = Duration::from_hours(24);

/// How long what is shown as one comes together.
const TOGETHER: Duration = Duration::from_hours(12);

/// Something that is told.
#[derive(Clone, Copy, Debug)]
struct News {
    kind: Kind,
    from: ActorId,
    post: Option<PostId>,
    report: Option<ReportId>,
}

impl News {
    const fn of(kind: Kind, from: ActorId) -> Self {
        Self {
            kind,
            from,
            post: None,
            report: None,
        }
    }

    const fn about(self, post: PostId) -> Self {
        Self {
            post: Some(post),
            ..self
        }
    }

    fn group_key(&self, now: Timestamp) -> String {
        if !self.kind.is_grouped() {
            return String::new();
        }
        let span = now.seconds() / i64::try_from(TOGETHER.as_secs()).unwrap_or(i64::MAX);
        match self.post {
            Some(post) => format!("{}-{post}-{span}", self.kind),
            None => format!("{}-{span}", self.kind),
        }
    }
}

/// Tells these, as far as they live here and want to hear of it.
async fn tell_all(ctx: &Context, tx: &mut Tx, owners: &[ActorId], news: News) -> Result<()> {
    if owners.is_empty() {
        return Ok(());
    }
    let now = ctx.now();
    let hearers = tx
        .hearers(owners, news.from, news.post, now.minus(NEW), now)
        .await?;
    for hearer in hearers {
        tell(ctx, tx, &hearer, news, now).await?;
    }
    Ok(())
}

async fn tell(
    ctx: &Context,
    tx: &mut Tx,
    hearer: &Hearer,
    news: News,
    now: Timestamp,
) -> Result<()> {
    let filtered = match treatment(news.kind, hearer.between, hearer.policy) {
        Treatment::Drop => return Ok(()),
        Treatment::Filter => true,
        Treatment::Accept => false,
    };
    let new = NewNotification {
        owner: hearer.owner,
        kind: news.kind,
        from: news.from,
        post: news.post,
        report: news.report,
        group_key: &news.group_key(now),
        filtered,
    };
    let Id(request) = ctx.id();
    let Some(id) = tx.insert_notification(&new, request, now).await? else {
        return Ok(());
    };
    if filtered {
        return Ok(());
    }
    tx.stream(StreamEvent::Notified {
        notification: id,
        owner: hearer.owner,
    });
    for subscription in tx.push_subscriptions_of(hearer.owner).await? {
        let of_them = match subscription.policy.as_str() {
            "followed" => hearer.between.follows,
            "follower" => hearer.between.followed,
            "none" => false,
            _ => true,
        };
        if of_them && subscription.wants(news.kind) {
            tx.queue_push(subscription.id, id, now).await?;
        }
    }
    Ok(())
}

/// Whether people are told of what was written then.
pub(crate) fn is_news(now: Timestamp, written: Timestamp) -> bool {
    now.since(written) < NEWS
}

/// A post is shown from now on: whom it names hears of it, and who asked to.
pub(crate) async fn shown(ctx: &Context, tx: &mut Tx, post: PostId, author: ActorId) -> Result<()> {
    let hear = tx.to_hear_of(post).await?;
    for kind in [Kind::Mention, Kind::Status] {
        let owners: Vec<ActorId> = hear
            .iter()
            .filter(|(_, of)| *of == kind)
            .map(|(owner, _)| *owner)
            .collect();
        tell_all(ctx, tx, &owners, News::of(kind, author).about(post)).await?;
    }
    Ok(())
}

/// A post waits for the moderators of a community: who acts as it sees that.
pub(crate) async fn waits(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    post: PostId,
    author: ActorId,
) -> Result<()> {
    if !community.is_local {
        return Ok(());
    }
    let news = News::of(Kind::Mention, author).about(post);
    tell_all(ctx, tx, &[community.id], news).await
}

/// A post that waited waits no more.
pub(crate) async fn decided(tx: &mut Tx, community: &Actor, post: PostId) -> Result<()> {
    Ok(tx.forget_notifications_on(community.id, post).await?)
}

/// A post was edited: who boosted it hears of that, and whom it names now and did not
/// name `before`.
pub(crate) async fn edited(
    ctx: &Context,
    tx: &mut Tx,
    post: &Post,
    before: &[ActorId],
) -> Result<()> {
    if post.state != PostState::Published {
        return Ok(());
    }
    let mut named = tx.named_here(post.id).await?;
    named.retain(|one| !before.contains(one));
    let news = News::of(Kind::Mention, post.author_id).about(post.id);
    tell_all(ctx, tx, &named, news).await?;
    let boosters = tx.boosters_here(post.id).await?;
    let news = News::of(Kind::Update, post.author_id).about(post.id);
    // Each edit is news, however often there was one.
    for booster in &boosters {
        tx.forget_notification(*booster, Kind::Update, post.author_id, Some(post.id))
            .await?;
    }
    tell_all(ctx, tx, &boosters, news).await
}

/// What the author of a post is told of a reaction.
const fn told_as(kind: ReactionKind) -> Option<Kind> {
    match kind {
        ReactionKind::Like => Some(Kind::Favourite),
        ReactionKind::Boost => Some(Kind::Reblog),
        // Nobody is told who thinks little of them.
        ReactionKind::Dislike => None,
    }
}

/// Somebody reacts to a post; of posts of elsewhere nobody here is the author.
pub(crate) async fn reacted(
    ctx: &Context,
    tx: &mut Tx,
    by: Option<ActorId>,
    post: &Post,
    kind: ReactionKind,
) -> Result<()> {
    let (Some(by), Some(kind), true) = (by, told_as(kind), post.is_local) else {
        return Ok(());
    };
    tell_all(
        ctx,
        tx,
        &[post.author_id],
        News::of(kind, by).about(post.id),
    )
    .await
}

/// Somebody reacts to a post no more.
pub(crate) async fn unreacted(
    tx: &mut Tx,
    by: Option<ActorId>,
    post: &Post,
    kind: ReactionKind,
) -> Result<()> {
    if let (Some(by), Some(kind), true) = (by, told_as(kind), post.is_local) {
        tx.forget_notification(post.author_id, kind, by, Some(post.id))
            .await?;
    }
    Ok(())
}

/// Somebody follows somebody here, or asks to.
pub(crate) async fn followed(
    ctx: &Context,
    tx: &mut Tx,
    follower: ActorId,
    target: &Actor,
    asks: bool,
) -> Result<()> {
    if !target.is_local {
        return Ok(());
    }
    let kind = if asks {
        Kind::FollowRequest
    } else {
        Kind::Follow
    };
    tell_all(ctx, tx, &[target.id], News::of(kind, follower)).await
}

/// A poll has ended: who made it hears of that, and who voted.
pub(crate) async fn poll_ended(ctx: &Context, tx: &mut Tx, post: &Post) -> Result<()> {
    if post.state != PostState::Published {
        return Ok(());
    }
    let mut hear = tx.voters_here(post.id).await?;
    if post.is_local {
        hear.push(post.author_id);
    }
    let news = News::of(Kind::Poll, post.author_id).about(post.id);
    tell_all(ctx, tx, &hear, news).await
}

/// Somebody reported something: administrators hear of it, the moderators of the
/// community, and who acts as it.
pub(crate) async fn reported(
    ctx: &Context,
    tx: &mut Tx,
    reporter: ActorId,
    report: ReportId,
    place: Option<&Actor>,
) -> Result<()> {
    let mut hear = tx.admins().await?;
    if let Some(place) = place.filter(|place| place.is_local) {
        hear.push(place.id);
        let team = tx.moderators(place.id).await?;
        hear.extend(team.iter().map(|one| one.actor_id));
    }
    hear.sort_unstable();
    hear.dedup();
    let news = News {
        report: Some(report),
        ..News::of(Kind::Report, reporter)
    };
    tell_all(ctx, tx, &hear, news).await
}

/// Somebody made an account: administrators hear of it.
pub(crate) async fn signed_up(ctx: &Context, tx: &mut Tx, person: ActorId) -> Result<()> {
    let admins = tx.admins().await?;
    tell_all(ctx, tx, &admins, News::of(Kind::SignUp, person)).await
}
