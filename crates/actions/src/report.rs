//! Reports: somebody says that a post, or somebody, breaks the rules of a community
//! here or of this server.
//!
//! Anybody may report, and is believed to have done so, no more: nothing is fetched,
//! nothing is removed, and who reported is for moderators alone. What is reported is
//! passed on in confidence to the moderators who live elsewhere and to the server of
//! whom it is about, never to followers.

use archipel_model::notice::{Cause, Told};
use archipel_model::{ActorId, ActorKind, Dialect, ReportId, Role, text};
use archipel_storage::{
    ActivityKind, Actor, Complaint, NewActivity, Post, PostState, Report, ReportState, Tx,
};

use crate::notice::{Telling, tell};
use crate::notify;
use crate::relay::{Passed, is_local_only};
use crate::say::saying;
use crate::{Context, Result};

/// Most things of one report that are looked at.
const MOST_OBJECTS: usize = 20;

/// Most complaints that one report holds: more say nothing new.
const MOST_COMPLAINTS: i64 = 100;

/// Most open reports that one actor, such as a whole Mastodon server, complains in.
const MOST_OPEN: i64 = 500;

/// Longest reason that is kept, in characters.
const REASON: usize = 2_000;

/// Something that somebody reports.
#[derive(Clone, Copy, Debug)]
pub struct Complaining<'a> {
    /// Who says so: proven by the door, never read from what is said.
    pub reporter: &'a Actor,
    /// The ActivityPub ids of what is reported.
    pub objects: &'a [&'a str],
    /// The community of this server that it is addressed to, if it is.
    pub addressed: Option<&'a Actor>,
    /// Why, as it came.
    pub reason: &'a str,
    /// The activity of another server that brought it: its id and its exact bytes.
    pub received: Option<(&'a str, &'a str)>,
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    /// So many things of it wait for somebody now.
    Kept(usize),
    /// They complained of that before, or so many did that one more says nothing.
    Known,
    /// It concerns nothing of this server.
    NotOurs,
    /// They have complained of too much that still waits.
    TooMany,
}

/// Something that is reported, and where that is dealt with.
struct Matter {
    object: String,
    place: Option<Actor>,
    post: Option<Post>,
    target: ActorId,
}

/// Takes in a report: one open report for each thing and place, with one complaint of
/// each who reported it.
pub async fn report(ctx: &Context, tx: &mut Tx, about: Complaining<'_>) -> Result<Reported> {
    let matters = matters(tx, &about).await?;
    if matters.is_empty() {
        return Ok(Reported::NotOurs);
    }
    let reporter = about.reporter;
    let mut room = MOST_OPEN - tx.open_complaints_of(reporter.id).await?;
    if room <= 0 {
        return Ok(Reported::TooMany);
    }
    let mut kept = 0;
    let mut receipts: Vec<Option<Actor>> = Vec::new();
    for matter in matters {
        if room <= 0 {
            break;
        }
        if complain(ctx, tx, &about, &matter).await? {
            room -= 1;
            kept += 1;
            if !receipts.iter().any(|known| {
                known.as_ref().map(|one| one.id) == matter.place.as_ref().map(|one| one.id)
            }) {
                receipts.push(matter.place);
            }
        }
    }
    for place in receipts {
        receipt(ctx, tx, reporter, place).await?;
    }
    Ok(match kept {
        0 => Reported::Known,
        kept => Reported::Kept(kept),
    })
}

/// What of the report concerns us: public posts of our communities or of our people,
/// our people and communities, members of our communities. Of posts, their author is
/// what they come with, not a second matter.
async fn matters(tx: &mut Tx, about: &Complaining<'_>) -> Result<Vec<Matter>> {
    let mut found: Vec<Matter> = Vec::new();
    let mut people = Vec::new();
    for object in about.objects.iter().take(MOST_OBJECTS) {
        if let Some(post) = tx.post_by_uri(object).await? {
            found.extend(on_post(tx, about, post).await?);
        } else if let Some(person) = tx.actor_by_uri(object).await? {
            people.push(person);
        }
    }
    for person in people {
        if found.iter().any(|matter| matter.target == person.id) {
            continue;
        }
        found.extend(on_person(tx, about, person).await?);
    }
    Ok(found)
}

async fn on_post(tx: &mut Tx, about: &Complaining<'_>, post: Post) -> Result<Option<Matter>> {
    // What is not public is not shown to moderators either; what is gone needs none.
    if !post.visibility.may_be_announced()
        || !matches!(post.state, PostState::Published | PostState::Held)
    {
        return Ok(None);
    }
    let place = match post.community_id {
        Some(id) => tx.actor(id).await?.filter(|place| place.is_local),
        None => None,
    };
    // What our own people see and report is for those who look after this server.
    if place.is_none() && !post.is_local && !about.reporter.is_local {
        return Ok(None);
    }
    Ok(Some(Matter {
        object: post.uri.clone(),
        place,
        target: post.author_id,
        post: Some(post),
    }))
}

async fn on_person(tx: &mut Tx, about: &Complaining<'_>, person: Actor) -> Result<Option<Matter>> {
    if person.kind == ActorKind::Application {
        return Ok(None);
    }
    let communities = tx.communities_of(person.id).await?;
    let addressed = about.addressed.map(|community| community.id);
    let place = communities
        .iter()
        .find(|community| Some(community.id) == addressed)
        .cloned();
    let ours = person.is_local || about.reporter.is_local;
    if place.is_none() && !ours && communities.is_empty() {
        return Ok(None);
    }
    Ok(Some(Matter {
        object: person.uri,
        place,
        post: None,
        target: person.id,
    }))
}

/// Writes a complaint down and passes it on. Says whether it is new.
async fn complain(
    ctx: &Context,
    tx: &mut Tx,
    about: &Complaining<'_>,
    matter: &Matter,
) -> Result<bool> {
    let now = ctx.now();
    let (report, made) = tx
        .open_report(&Report {
            id: ctx.id(),
            community_id: matter.place.as_ref().map(|place| place.id),
            object_uri: matter.object.clone(),
            post_id: matter.post.as_ref().map(|post| post.id),
            target_id: Some(matter.target),
            state: ReportState::Open,
            resolved_by: None,
            resolved_at: None,
            created_at: now,
        })
        .await?;
    let own = about.received.is_none().then(|| {
        let said = saying(ctx, ActivityKind::Flag, about.reporter.id, &matter.object);
        (said.uri.clone(), said)
    });
    let (uri, raw) = match (&own, about.received) {
        (Some((uri, _)), _) => (uri.clone(), None),
        (None, Some((uri, raw))) => (uri.to_owned(), Some(raw.to_owned())),
        (None, None) => return Ok(false),
    };
    let complaint = complaint(about, report.id, uri, raw, ctx);
    if !tx.insert_complaint(&complaint, MOST_COMPLAINTS).await? {
        return Ok(false);
    }
    notify::reported(ctx, tx, about.reporter.id, report.id, matter.place.as_ref()).await?;
    let Some(place) = &matter.place else {
        return Ok(true);
    };
    if is_local_only(tx, place).await? {
        return Ok(true);
    }
    let what = match (&own, about.received) {
        (Some((_, said)), _) => {
            tx.say(said, now);
            Passed::Ours(said.id)
        }
        (None, Some((_, raw))) => Passed::Received(raw),
        (None, None) => return Ok(true),
    };
    forward(ctx, tx, about, place, matter, &report, made, what).await?;
    Ok(true)
}

fn complaint(
    about: &Complaining<'_>,
    report: ReportId,
    activity_uri: String,
    raw: Option<String>,
    ctx: &Context,
) -> Complaint {
    Complaint {
        report_id: report,
        reporter_id: about.reporter.id,
        reason: text::plain(about.reason).chars().take(REASON).collect(),
        activity_uri,
        raw,
        created_at: ctx.now(),
    }
}

/// Tells the moderators who live elsewhere, and the server of whom it is about.
#[expect(clippy::too_many_arguments, reason = "all of one report on its way")]
async fn forward(
    ctx: &Context,
    tx: &mut Tx,
    about: &Complaining<'_>,
    place: &Actor,
    matter: &Matter,
    report: &Report,
    made: bool,
    what: Passed<'_>,
) -> Result<()> {
    let team = remote_team(tx, place).await?;
    let mut hear: Vec<ActorId> = team.iter().map(|one| one.id).collect();
    let target = tx.actor(matter.target).await?.filter(|one| !one.is_local);
    // A server that let its people report their neighbour knows already.
    let target = target.filter(|one| one.host != about.reporter.host);
    hear.extend(target.iter().map(|one| one.id));
    if !hear.is_empty() {
        pass_on(ctx, tx, place, what, &matter.object, hear);
    }
    if !made {
        return Ok(());
    }
    if let Some(target) = target {
        flag_on(ctx, tx, &report.object_uri, &target).await?;
    }
    for one in team {
        if dialect_of(tx, &one).await? == Dialect::Threadiverse {
            continue;
        }
        let telling = Telling {
            community: place,
            author: &one,
            about: &report.object_uri,
            answers: false,
            language: None,
            cause: Cause::Told(Told::ReportWaits),
            order: None,
            until: None,
        };
        tell(ctx, tx, &telling).await?;
    }
    Ok(())
}

/// Tells the server of whom it is about, where that knows nothing of communities; it
/// is this server that says so, not who reported.
pub async fn flag_on(ctx: &Context, tx: &mut Tx, object: &str, target: &Actor) -> Result<()> {
    let Some(server) = tx.actor_by_uri(&ctx.site.instance()).await? else {
        return Ok(());
    };
    let said = NewActivity {
        recipients: vec![target.id],
        ..saying(ctx, ActivityKind::FlagOn, server.id, object)
    };
    tx.say(&said, ctx.now());
    Ok(())
}

/// Passes something on in confidence: to these alone, and only where communities are
/// known.
pub(crate) fn pass_on(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    what: Passed<'_>,
    object: &str,
    to: Vec<ActorId>,
) {
    let (inner_id, inner_raw) = match what {
        Passed::Ours(id) => (Some(id), None),
        Passed::Received(raw) => (None, Some(raw.to_owned())),
    };
    let said = NewActivity {
        inner_id,
        inner_raw,
        recipients: to,
        ..saying(ctx, ActivityKind::RelayFlag, community.id, object)
    };
    tx.say(&said, ctx.now());
}

/// The moderators of a community who live elsewhere.
pub(crate) async fn remote_team(tx: &mut Tx, community: &Actor) -> Result<Vec<Actor>> {
    let ids: Vec<ActorId> = tx
        .moderators(community.id)
        .await?
        .iter()
        .filter(|one| one.role >= Role::Moderator)
        .map(|one| one.actor_id)
        .collect();
    let mut team = tx.actors(&ids).await?;
    team.retain(|one| !one.is_local);
    Ok(team)
}

async fn dialect_of(tx: &mut Tx, actor: &Actor) -> Result<Dialect> {
    let peer = tx.peer(&actor.host).await?;
    Ok(peer.map_or(Dialect::Unknown, |peer| peer.spoken_dialect()))
}

/// Tells who reported that it arrived.
async fn receipt(ctx: &Context, tx: &mut Tx, reporter: &Actor, place: Option<Actor>) -> Result<()> {
    let place = match place {
        Some(place) => Some(place),
        None => tx.actor_by_uri(&ctx.site.instance()).await?,
    };
    let Some(place) = place else {
        return Ok(());
    };
    let telling = Telling {
        community: &place,
        author: reporter,
        about: &reporter.uri,
        answers: false,
        language: None,
        cause: Cause::Told(Told::ReportReceived),
        order: None,
        until: None,
    };
    tell(ctx, tx, &telling).await.map(drop)
}

/// Somebody here reports a post of a community elsewhere to it, and to the server of
/// the post's author. Says whether it had not been reported by them before.
pub async fn report_elsewhere(
    ctx: &Context,
    tx: &mut Tx,
    about: Complaining<'_>,
    community: &Actor,
    post: &Post,
) -> Result<bool> {
    let now = ctx.now();
    let (report, _) = tx
        .open_report(&Report {
            id: ctx.id(),
            community_id: Some(community.id),
            object_uri: post.uri.clone(),
            post_id: Some(post.id),
            target_id: Some(post.author_id),
            state: ReportState::Open,
            resolved_by: None,
            resolved_at: None,
            created_at: now,
        })
        .await?;
    let said = NewActivity {
        recipients: vec![community.id],
        ..saying(ctx, ActivityKind::Flag, about.reporter.id, &post.uri)
    };
    let complaint = complaint(&about, report.id, said.uri.clone(), None, ctx);
    if !tx.insert_complaint(&complaint, MOST_COMPLAINTS).await? {
        return Ok(false);
    }
    tx.say(&said, now);
    if let Some(author) = tx.actor(post.author_id).await?
        && !author.is_local
        && author.host != community.host
    {
        flag_on(ctx, tx, &post.uri, &author).await?;
    }
    Ok(true)
}
