//! A received `Create`: which community is it for, is it what it claims, what
//! does it answer. Then it is submitted like every other post.

use archipel_actions::{self as actions, Submitted};
use archipel_model::submission::Refusal;
use archipel_model::{ActorState, Place, Visibility, Wish, text};
use archipel_storage::{Actor, Post, Tx};
use url::Url;

use super::job::{Applied, Job, Lack, Outcome, Stop, done, is_local_only, refused};
use super::react;
use crate::found::Known;
use crate::parse::{ObjectKind, ObjectRef, RemoteObject};
use crate::people::is_group;
use crate::posts;
use crate::state::Federation;

/// Largest activity that is taken in, in bytes: wrapped in an announcement it must
/// stay below what peers read.
const MAX_PASSED_ON: usize = 1_000_000;

/// How far up a thread is walked.
const MAX_DEPTH: usize = 50;

/// Applies a `Create` by the one who signed it.
pub(super) async fn create(job: &Job<'_>, tx: &mut Tx, what: &ObjectRef) -> Applied {
    let fetched;
    let object = match what {
        ObjectRef::Embedded(object) => object.as_ref(),
        ObjectRef::Id(id) => match known(job.federation, id)? {
            Known::Post(post) => {
                fetched = post;
                fetched.as_ref()
            }
            Known::Missing(why) => return refused(format!("the post cannot be had: {why}")),
        },
        ObjectRef::Actor(_) => return refused("actors are not created here"),
    };
    if let Some(why) = forged(job, object) {
        return refused(why);
    }
    if let Some((poll, choice)) = choice(object) {
        return react::choose(job, tx, poll, choice).await;
    }
    // Whether a thread is known shows when it is stored; for a reply, nothing is
    // fetched that is not needed.
    if object.in_reply_to.is_some()
        && let Some(post) = tx.post_by_uri(object.id.as_str()).await?
    {
        let community = addressed_community(job, tx, object).await?;
        return brought(job, tx, &post, community.as_ref()).await;
    }
    let community = addressed_community(job, tx, object).await?;
    if job.item.raw.len() > MAX_PASSED_ON {
        if let Some(community) = &community {
            let about = (object.id.as_str(), object.language.as_deref());
            let (ctx, why) = (&job.federation.actions, Refusal::TooLarge);
            actions::tell_refused(ctx, tx, community, job.actor, about, why).await?;
        }
        return refused("too large to be passed on");
    }
    let parent = parent_of(job, tx, object).await?;
    if community.is_none() && !concerns_us(job, tx, object, parent.as_ref()).await? {
        return refused("concerns nobody here");
    }
    let about = About {
        author: job.actor,
        community: community.as_ref(),
        parent: parent.as_ref(),
        received: Some(&job.item.raw),
    };
    submit(job, tx, object, about).await
}

/// What surrounds a post that is taken in.
pub(super) struct About<'a> {
    pub author: &'a Actor,
    pub community: Option<&'a Actor>,
    pub parent: Option<&'a Post>,
    pub received: Option<&'a str>,
}

/// Submits a remote post and says what became of it.
pub(super) async fn submit(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &RemoteObject,
    about: About<'_>,
) -> Applied {
    let mut submission = posts::submission(object, about.author, job.item.received_at);
    submission.community = about.community;
    submission.parent = about.parent;
    submission.received = about.received;
    let passed_on = about.author.id != job.actor.id;
    if object.to.is_empty() && object.cc.is_empty() && !passed_on {
        // Some peers address the activity only; that of another says nothing.
        let addressed = RemoteObject {
            to: job.activity.to.clone(),
            cc: job.activity.cc.clone(),
            ..object.clone()
        };
        submission.visibility = addressed.visibility(about.author.followers.as_deref());
        submission.names.addressed = posts::addressed(&addressed.to, &addressed.cc);
    }
    if let Some(outcome) = wished(job, tx, &submission).await? {
        return Ok(outcome);
    }
    let letter = (submission.visibility == Visibility::Direct && about.received.is_some())
        .then(|| text::plain(&submission.content));
    let submitted = actions::submit_post(&job.federation.actions, tx, submission).await?;
    match submitted {
        Submitted::Published(_) => match (about.community, letter) {
            (Some(community), _) => done(format!("published in {}", community.handle)),
            (None, Some(words)) => {
                deliver_letter(job, tx, object, about.author, &words).await?;
                done("kept")
            }
            (None, None) => done("kept"),
        },
        Submitted::Held(_, reason) => done(format!("held: {reason}")),
        Submitted::Known if about.received.is_some() => {
            match tx.post_by_uri(object.id.as_str()).await? {
                Some(post) => brought(job, tx, &post, about.community).await,
                None => done("known already"),
            }
        }
        Submitted::Known => done("known already"),
        Submitted::Refused(refusal) => refused(refusal.code()),
    }
}

/// Puts a direct message before those people of this server to whom it is addressed.
async fn deliver_letter(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &RemoteObject,
    author: &Actor,
    words: &str,
) -> Result<(), Stop> {
    let actions = &job.federation.actions;
    for uri in object.to.iter().chain(&object.cc) {
        if matches!(actions.site.place(uri.as_str()), Some(Place::Person(_)))
            && let Some(person) = job.local_actor(tx, uri).await?
        {
            let about = object.id.as_str();
            actions::take_letter(actions, tx, (author, &person), about, words).await?;
        }
    }
    Ok(())
}

/// What a direct message to a community asks for, if it is one of the few wishes.
async fn wished(
    job: &Job<'_>,
    tx: &mut Tx,
    submission: &actions::Submission<'_>,
) -> Result<Option<Outcome>, Stop> {
    let (Visibility::Direct, Some(community), Some(about), Some(_)) = (
        submission.visibility,
        submission.community,
        submission.uri,
        submission.received,
    ) else {
        return Ok(None);
    };
    let Some((wish, language)) = Wish::read(&text::plain(&submission.content)) else {
        return Ok(None);
    };
    let wanted = wish == Wish::TellPublished;
    let asked = Some((about, language));
    let ctx = &job.federation.actions;
    let author = submission.author;
    let member = actions::set_tell_published(ctx, tx, community, author, wanted, asked).await?;
    Ok(Some(match (member, wanted) {
        (false, _) => Outcome::Refused("only members can be told of their posts".to_owned()),
        (true, true) => Outcome::Done("is told of published posts".to_owned()),
        (true, false) => Outcome::Done("is told of published posts no more".to_owned()),
    }))
}

/// What a post that is known already may still need, now that its author brings it.
async fn brought(job: &Job<'_>, tx: &mut Tx, post: &Post, community: Option<&Actor>) -> Applied {
    let brought = actions::Brought {
        author: job.actor,
        post,
        community,
        received: &job.item.raw,
    };
    let announced = actions::author_brings(&job.federation.actions, tx, brought).await?;
    done(if announced {
        "known already, announced now"
    } else {
        "known already"
    })
}

/// What is known of a post that must be fetched.
pub(super) fn known(federation: &Federation, id: &Url) -> Result<Known, Stop> {
    federation
        .found
        .post(id.as_str())
        .ok_or_else(|| Stop::Lack(Lack::Post(id.clone())))
}

/// Why the signer cannot be the author of this post, if so.
pub(super) fn forged(job: &Job<'_>, object: &RemoteObject) -> Option<&'static str> {
    let actor = &job.activity.actor;
    if job.federation.actions.site.is_ours(object.id.as_str()) {
        return Some("claims an address of ours");
    }
    if !archipel_model::same_origin(&object.id, actor) {
        return Some("the post lives on another server than its author");
    }
    let by_signer = object.authors.contains(actor);
    let by_its_group = object.authors.is_empty()
        && !object.groups.is_empty()
        && object
            .groups
            .iter()
            .all(|group| archipel_model::same_origin(group, actor));
    if by_its_group || (by_signer && object.speaks_for_its_authors()) {
        None
    } else {
        Some("attributed to somebody else than the signer")
    }
}

/// The poll and the choice of a note that is a vote: one with a name, an answer and no
/// text.
pub(super) fn choice(object: &RemoteObject) -> Option<(&Url, &str)> {
    let answers = match &object.kind {
        ObjectKind::Note => true,
        // Pleroma and Akkoma among themselves.
        ObjectKind::Other(word) => word == "Answer",
        _ => false,
    };
    if !answers || object.content_html.is_some() {
        return None;
    }
    Some((object.in_reply_to.as_ref()?, object.name.as_deref()?))
}

/// The first of our communities that the post is for: `audience` before `to`
/// before `cc` before mentions, of the post, then of the activity.
async fn addressed_community(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &RemoteObject,
) -> Result<Option<Actor>, Stop> {
    // A post that names its community belongs there and nowhere else.
    let named = [&object.audience, &job.activity.audience]
        .into_iter()
        .find(|audience| !audience.is_empty());
    if let Some(audience) = named {
        return first_community(job, tx, audience.iter()).await;
    }
    let mentions = object.mentions.iter().map(|mention| &mention.href);
    let addressees = object
        .to
        .iter()
        .chain(&object.cc)
        .chain(mentions)
        .chain(&job.activity.to)
        .chain(&job.activity.cc);
    first_community(job, tx, addressees).await
}

/// The first of our communities among these addresses.
async fn first_community(
    job: &Job<'_>,
    tx: &mut Tx,
    addresses: impl Iterator<Item = &Url>,
) -> Result<Option<Actor>, Stop> {
    for uri in addresses {
        let place = job.federation.actions.site.place(uri.as_str());
        if !matches!(place, Some(Place::Community(_))) {
            continue;
        }
        if let Some(actor) = job.local_actor(tx, uri).await?.filter(is_group) {
            return Ok(Some(actor));
        }
    }
    Ok(None)
}

/// What the post answers, with what that answers, as far as it can be had.
pub(super) async fn parent_of(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &RemoteObject,
) -> Result<Option<Post>, Stop> {
    let Some(uri) = &object.in_reply_to else {
        return Ok(None);
    };
    // From the post up to the first one that we have…
    let mut missing = Vec::new();
    let mut next = Some(uri.clone());
    let mut have = None;
    while let Some(uri) = next.take() {
        if let Some(post) = tx.post_by_uri(uri.as_str()).await? {
            have = known_elsewhere(tx, post).await?;
            break;
        }
        if job.federation.actions.site.is_ours(uri.as_str()) || missing.len() >= MAX_DEPTH {
            break;
        }
        let found = if missing.is_empty() {
            known(job.federation, &uri)?
        } else {
            match job.federation.found.post(uri.as_str()) {
                Some(found) => found,
                None => break,
            }
        };
        let Known::Post(post) = found else { break };
        next = post.in_reply_to.clone().filter(|up| {
            !missing
                .iter()
                .any(|m: &std::sync::Arc<RemoteObject>| m.id == *up)
        });
        missing.push(post);
    }
    // …and down again, keeping each.
    for object in missing.iter().rev() {
        let Some(author) = object.authors.first() else {
            have = None;
            continue;
        };
        let author = tx.actor_by_uri(author.as_str()).await?;
        let Some(author) =
            author.filter(|author| author.state == ActorState::Active && !author.host_blocked)
        else {
            have = None;
            continue;
        };
        if !object
            .visibility(author.followers.as_deref())
            .may_be_announced()
        {
            have = None;
            continue;
        }
        let about = About {
            author: &author,
            community: None,
            parent: have.as_ref(),
            received: None,
        };
        submit(job, tx, object, about).await?;
        have = tx.post_by_uri(object.id.as_str()).await?;
    }
    Ok(have)
}

/// A post, unless other servers know nothing of its community.
async fn known_elsewhere(tx: &mut Tx, post: Post) -> Result<Option<Post>, Stop> {
    let community = match post.community_id {
        Some(id) => tx.actor(id).await?,
        None => None,
    };
    Ok(match community {
        Some(community) if is_local_only(tx, &community).await? => None,
        _ => Some(post),
    })
}

/// Whether somebody here has to do with a post that is for no community of ours:
/// it answers what we have, its author is followed, or somebody is addressed.
async fn concerns_us(
    job: &Job<'_>,
    tx: &mut Tx,
    object: &RemoteObject,
    parent: Option<&Post>,
) -> Result<bool, Stop> {
    if parent.is_some_and(|parent| parent.is_local || parent.community_id.is_some()) {
        return Ok(true);
    }
    if tx.is_followed_here(job.actor.id).await? {
        return Ok(true);
    }
    let mentions = object.mentions.iter().map(|mention| &mention.href);
    for uri in object.to.iter().chain(&object.cc).chain(mentions) {
        let place = job.federation.actions.site.place(uri.as_str());
        if matches!(place, Some(Place::Person(_))) && job.local_actor(tx, uri).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
