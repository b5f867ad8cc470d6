//! Votes, boosts and choices in polls, by those who signed for them, and votes that a
//! community passes on.

use archipel_actions::{self as actions, Chosen, NewReactionTo, Reacted, Via, Voter};
use archipel_model::{ReactionClass, ReactionKind};
use archipel_storage::Tx;
use url::Url;

use super::job::{Applied, Job, done, refused};
use crate::parse::Incoming;

/// Applies a vote or a boost of a post that we have. Nothing is fetched for it: who
/// never saw the post here has nothing to count it for.
pub(super) async fn react(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &Url,
    kind: ReactionKind,
    emoji: Option<&str>,
) -> Applied {
    counted(
        job,
        tx,
        object,
        (Voter::Known(job.actor), job.via()),
        (kind, emoji),
    )
    .await
}

/// Applies a vote that a community of elsewhere passes on, of a post of its own. Who
/// voted need not be known here.
pub(super) async fn relayed(
    job: &Job<'_>,
    tx: &mut Tx,
    inner: &Incoming,
    object: &Url,
    kind: ReactionKind,
    emoji: Option<&str>,
) -> Applied {
    let by = (Voter::Named(&inner.actor), job.via_community(inner));
    counted(job, tx, object, by, (kind, emoji)).await
}

/// The same the other way round.
pub(super) async fn relayed_back(
    job: &Job<'_>,
    tx: &mut Tx,
    inner: &Incoming,
    object: &Url,
) -> Applied {
    let by = (Voter::Named(&inner.actor), job.via_community(inner));
    counts_no_more(job, tx, object, by, ReactionClass::Vote).await
}

async fn counted(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &Url,
    (voter, via): (Voter<'_>, Via<'_>),
    (kind, emoji): (ReactionKind, Option<&str>),
) -> Applied {
    let Some(post) = tx.post_by_uri(object.as_str()).await? else {
        return refused("concerns no post that is known");
    };
    let new = NewReactionTo {
        voter,
        post: &post,
        kind,
        emoji,
        via,
    };
    match actions::react(&job.federation.actions, tx, &new).await? {
        Reacted::Counted => done(format!("counted: {kind}")),
        Reacted::Already => done("counted already"),
        Reacted::Not(why) => refused(why.as_str()),
    }
}

/// Takes a vote or a boost back, by what it was about: peers make up the inner id
/// anew.
pub(super) async fn take_back(
    job: &Job<'_>,
    tx: &mut Tx,
    by: Option<&Url>,
    object: &Url,
    class: ReactionClass,
) -> Applied {
    if by.is_some_and(|by| *by != job.activity.actor) {
        return refused("undoes what somebody else did");
    }
    let by = (Voter::Known(job.actor), job.via());
    counts_no_more(job, tx, object, by, class).await
}

async fn counts_no_more(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &Url,
    (voter, via): (Voter<'_>, Via<'_>),
    class: ReactionClass,
) -> Applied {
    let Some(post) = tx.post_by_uri(object.as_str()).await? else {
        return refused("concerns no post that is known");
    };
    let ctx = &job.federation.actions;
    if actions::take_back(ctx, tx, voter, &post, class, via).await? {
        done("counts no more")
    } else {
        refused("undoes nothing that is known")
    }
}

/// The same by the id of what is taken back; nothing when that was no reaction.
pub(super) async fn take_back_by_id(
    job: &Job<'_>,
    tx: &mut Tx,
    id: &Url,
) -> Result<Option<super::job::Outcome>, super::job::Stop> {
    let by = job.activity.actor.as_str();
    let Some(reaction) = tx.reaction_by_uri(id.as_str(), by).await? else {
        return Ok(None);
    };
    let Some(post) = tx.post(reaction.post_id).await? else {
        return Ok(None);
    };
    let (ctx, voter) = (&job.federation.actions, Voter::Known(job.actor));
    let class = reaction.kind.class();
    actions::take_back(ctx, tx, voter, &post, class, job.via()).await?;
    done("counts no more").map(Some)
}

/// Applies a choice in a poll of ours.
pub(super) async fn choose(job: &Job<'_>, tx: &mut Tx, poll: &Url, choice: &str) -> Applied {
    let Some(post) = tx.post_by_uri(poll.as_str()).await? else {
        return refused("concerns no post that is known");
    };
    let ctx = &job.federation.actions;
    let uri = job.activity.id.as_str();
    match actions::vote_received(ctx, tx, job.actor, &post, choice, uri).await? {
        Chosen::Counted => done("a choice was counted"),
        Chosen::Already => done("counted already"),
        Chosen::Not(why) => refused(why.as_str()),
    }
}

impl Job<'_> {
    fn via(&self) -> Via<'_> {
        Via::Received {
            uri: self.activity.id.as_str(),
            raw: &self.item.raw,
        }
    }

    fn via_community<'a>(&'a self, inner: &'a Incoming) -> Via<'a> {
        Via::Relayed {
            community: self.actor,
            uri: inner.id.as_str(),
        }
    }
}
