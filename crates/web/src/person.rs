//! A person who lives here, and what they wrote in public.

use archipel_model::{ActorState, Handle};
use askama::Template;
use axum::response::Response;

use crate::absence::Absence;
use crate::reader::{Frame, Reader, Segment};
use crate::view::{ActorView, PostView, shown};

/// Posts on the page.
const POSTS: i64 = 40;

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    view: ActorView,
    /// Where they are now.
    moved_to: Option<String>,
    /// About them, safe HTML.
    about: String,
    posts: Vec<PostView>,
}

pub(crate) async fn page(reader: Reader, Segment(handle): Segment) -> Response {
    reader.answer(find(&reader, &handle).await)
}

async fn find(reader: &Reader, handle: &str) -> Result<PersonPage, Absence> {
    let site = &reader.pages.site;
    let handle: Handle = handle.parse().map_err(|_| Absence::NotFound)?;
    let mut conn = reader.conn().await?;
    let found = conn.actor_by_uri(&site.person(&handle)).await?;
    let actor = found.ok_or(Absence::NotFound)?;
    match actor.state {
        ActorState::Active => {}
        ActorState::Suspended => return Err(Absence::NotFound),
        ActorState::Gone => return Err(Absence::Gone),
    }
    let newest = conn.posts_of(actor.id, POSTS).await?;
    let view = ActorView::new(&actor, site);
    Ok(PersonPage {
        frame: reader.frame(view.called()).of(&actor.uri),
        posts: shown(&mut conn, &newest, &reader.pages, reader.t).await?,
        view,
        moved_to: actor.moved_to,
        about: actor.summary,
    })
}
