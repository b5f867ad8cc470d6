//! A community: what it is, how to follow it and take part, its newest threads.

use archipel_model::{
    ActorId, ActorState, CommunityPolicy, Handle, JoinPolicy, PostPolicy, Reach, Role, Site,
};
use archipel_storage::Conn;
use askama::Template;
use axum::response::Response;

use crate::absence::Absence;
use crate::reader::{Frame, Reader, Segment};
use crate::texts::Texts;
use crate::view::{ActorView, PostView, is_language_tag, shown};

/// Threads on the page.
const THREADS: i64 = 40;

#[derive(Template)]
#[template(path = "community.html")]
struct CommunityPage {
    frame: Frame,
    view: ActorView,
    lang: Option<String>,
    /// Safe HTML.
    description: String,
    /// `!name@host`, as Lemmy and its like write it.
    lemmy_handle: String,
    /// Where it is now.
    moved_to: Option<String>,
    members: i64,
    policies: [&'static str; 3],
    /// By their numbers, one a line.
    rules: Vec<String>,
    /// Moderators and owners, whom people can write to.
    team: Vec<ActorView>,
    /// What moderators put on top.
    pinned: Vec<PostView>,
    posts: Vec<PostView>,
    /// Said above the threads when there are more than those shown.
    only_newest: Option<String>,
}

pub(crate) async fn page(reader: Reader, Segment(handle): Segment) -> Response {
    reader.answer(find(&reader, &handle).await)
}

async fn find(reader: &Reader, handle: &str) -> Result<CommunityPage, Absence> {
    let (site, t) = (&reader.pages.site, reader.t);
    let handle: Handle = handle.parse().map_err(|_| Absence::NotFound)?;
    let mut conn = reader.conn().await?;
    let found = conn.actor_by_uri(&site.community(&handle)).await?;
    let actor = found.ok_or(Absence::NotFound)?;
    // The people of this server use it with their own tools: pages are for everybody.
    if conn.is_local_only(actor.id).await? {
        return Err(Absence::NotFound);
    }
    match actor.state {
        ActorState::Active => {}
        ActorState::Suspended => return Err(Absence::NotFound),
        ActorState::Gone => return Err(Absence::Gone),
    }
    let settings = conn.community(actor.id).await?.ok_or(Absence::NotFound)?;
    let newest = conn.threads(actor.id, THREADS).await?;
    let total = conn.thread_count(actor.id).await?;
    let posts = shown(&mut conn, &newest, &reader.pages, t).await?;
    let on_top = conn.pinned(actor.id).await?;
    let pinned = shown(&mut conn, &on_top, &reader.pages, t).await?;
    Ok(CommunityPage {
        frame: Frame {
            listed: settings.reach == Reach::Public,
            ..reader.frame(&actor.name).of(&actor.uri)
        },
        view: ActorView::new(&actor, site),
        lemmy_handle: format!("!{}", actor.acct()),
        members: conn.follower_count(actor.id).await?,
        policies: policies(settings.policy(), t),
        rules: settings
            .rule_list()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        team: team(&mut conn, actor.id, site).await?,
        pinned,
        only_newest: (total > THREADS).then(|| t.fill(t.newest_threads, &posts.len().to_string())),
        posts,
        moved_to: actor.moved_to,
        lang: tag(settings.language),
        description: actor.summary,
    })
}

/// Who moderates a community, as far as they are there.
async fn team(
    conn: &mut Conn,
    community: ActorId,
    site: &Site,
) -> archipel_storage::Result<Vec<ActorView>> {
    let mut ids = conn.moderators(community).await?;
    ids.retain(|one| one.role != Role::Facilitator);
    let ids: Vec<ActorId> = ids.into_iter().map(|one| one.actor_id).collect();
    let actors = conn.actors(&ids).await?;
    // In the order of the team: the longest-serving first.
    Ok(ids
        .iter()
        .filter_map(|id| actors.iter().find(|actor| actor.id == *id))
        .filter(|actor| actor.state == ActorState::Active)
        .map(|actor| ActorView::new(actor, site))
        .collect())
}

/// The language of a community, as an attribute.
pub(crate) fn tag(language: String) -> Option<String> {
    Some(language).filter(|tag| is_language_tag(tag))
}

/// How one joins, starts threads and replies.
fn policies(policy: CommunityPolicy, t: &Texts) -> [&'static str; 3] {
    [
        match policy.join {
            JoinPolicy::Open => t.join_open,
            JoinPolicy::Approval => t.join_approval,
            JoinPolicy::Invitation => t.join_invitation,
        },
        match policy.post {
            PostPolicy::Everyone => t.post_everyone,
            PostPolicy::Members => t.post_members,
            PostPolicy::Approved => t.post_approved,
            PostPolicy::Moderators => t.post_moderators,
        },
        match policy.reply {
            PostPolicy::Everyone => t.reply_everyone,
            PostPolicy::Members => t.reply_members,
            PostPolicy::Approved => t.reply_approved,
            PostPolicy::Moderators => t.reply_moderators,
        },
    ]
}
