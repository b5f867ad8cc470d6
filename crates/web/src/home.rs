//! The home page: what this server is and which communities live here.

use std::collections::HashMap;

use archipel_model::{ActorId, Reach};
use askama::Template;
use axum::response::Response;

use crate::absence::Absence;
use crate::community::tag;
use crate::reader::{Frame, Reader};
use crate::view::ActorView;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    communities: Vec<Entry>,
}

/// A community in the list.
struct Entry {
    view: ActorView,
    lang: Option<String>,
    /// Safe HTML.
    description: String,
}

pub(crate) async fn page(reader: Reader) -> Response {
    reader.answer(find(&reader).await)
}

async fn find(reader: &Reader) -> Result<HomePage, Absence> {
    let mut conn = reader.conn().await?;
    let site = &reader.pages.site;
    let actors = conn.communities().await?;
    let ids: Vec<ActorId> = actors.iter().map(|actor| actor.id).collect();
    // Only what is for everybody is listed.
    let mut languages: HashMap<ActorId, String> = conn
        .communities_settings(&ids)
        .await?
        .into_iter()
        .filter(|settings| settings.reach == Reach::Public)
        .map(|settings| (settings.actor_id, settings.language))
        .collect();
    let mut communities = Vec::new();
    for actor in actors {
        let Some(language) = languages.remove(&actor.id) else {
            continue;
        };
        communities.push(Entry {
            view: ActorView::new(&actor, site),
            lang: tag(language),
            description: actor.summary,
        });
    }
    Ok(HomePage {
        frame: reader.frame("").of(&site.instance()),
        communities,
    })
}
