//! Home, public, hashtag and list timelines.
//!
//! <https://docs.joinmastodon.org/methods/timelines/>.

use archipel_model::filter::FilterContext;
use archipel_model::{ListId, Scope};
use archipel_storage::{Place, Source, Tagged};
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::Api;
use crate::entities::Status;
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, List, Page, Paged, Paging, Params, Word};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render::timeline;
use crate::viewer::{Guest, Member};

/// Statuses of a page, and at most.
const USUAL: i64 = 20;
const MOST: i64 = 40;

/// Most further hashtags of each sort.
const TAGS: usize = 4;

/// Which public posts are wanted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wanted {
    /// Of this server.
    local: Flag,
    /// Of other servers.
    remote: Flag,
    /// With files.
    only_media: Flag,
    /// Hashtags any of which will do too.
    any: List<String>,
    /// Hashtags all of which are needed.
    all: List<String>,
    /// Hashtags none of which may be there.
    none: List<String>,
    #[serde(flatten)]
    #[expect(dead_code, reason = "read by `Page`")]
    paging: Paging,
}

impl Wanted {
    fn place(&self) -> Place {
        match (self.local.yes(), self.remote.yes()) {
            (true, false) => Place::Here,
            (false, true) => Place::Elsewhere,
            _ => Place::Everywhere,
        }
    }
}

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let lists = Access::Member(Scope::ReadLists);
    routes.get(
        "/api/v1/timelines/home",
        rule::<Vec<Status>>(
            "What those whom one follows show",
            Access::Member(Scope::ReadStatuses),
            Shows::Posts,
        )
        .takes::<Paging>(),
        home,
    );
    routes.get(
        "/api/v1/timelines/public",
        rule::<Vec<Status>>("Public posts", Access::Anyone, Shows::Posts).takes::<Wanted>(),
        public,
    );
    routes.get(
        "/api/v1/timelines/tag/{tag}",
        rule::<Vec<Status>>("Public posts with a hashtag", Access::Anyone, Shows::Posts)
            .takes::<Wanted>(),
        tag,
    );
    routes.get(
        "/api/v1/timelines/list/{id}",
        rule::<Vec<Status>>("What the members of a list show", lists, Shows::Posts)
            .takes::<Paging>(),
        list,
    );
}

async fn home(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<Status>>> {
    let me = viewer.subject;
    let mut conn = api.store().read().await?;
    let window = page.window(USUAL, MOST);
    let entries = conn.feed(me, Source::Home, window, api.ctx().now()).await?;
    let context = FilterContext::Home;
    timeline(&api, &mut conn, Some(me), context, (&page, &entries)).await
}

async fn list(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ListId>,
    page: Page,
) -> Result<Paged<Vec<Status>>> {
    let me = viewer.subject;
    let mut conn = api.store().read().await?;
    let list = conn.list(me, id).await?.ok_or(ApiError::NotFound)?;
    let source = Source::List(list.id, list.replies);
    let window = page.window(USUAL, MOST);
    let entries = conn.feed(me, source, window, api.ctx().now()).await?;
    let context = FilterContext::Home;
    timeline(&api, &mut conn, Some(me), context, (&page, &entries)).await
}

async fn public(
    State(api): State<Api>,
    guest: Guest,
    page: Page,
    Params(wanted): Params<Wanted>,
) -> Result<Paged<Vec<Status>>> {
    let eyes = guest.eyes();
    let mut conn = api.store().read().await?;
    let window = page.window(USUAL, MOST);
    let (place, media) = (wanted.place(), wanted.only_media.yes());
    let entries = conn
        .public(eyes, place, media, window, api.ctx().now())
        .await?;
    let context = FilterContext::Public;
    timeline(&api, &mut conn, eyes, context, (&page, &entries)).await
}

async fn tag(
    State(api): State<Api>,
    guest: Guest,
    Word(tag): Word,
    page: Page,
    Params(wanted): Params<Wanted>,
) -> Result<Paged<Vec<Status>>> {
    let eyes = guest.eyes();
    let mut conn = api.store().read().await?;
    let names = |tags: &[String]| -> Vec<String> {
        let tags = tags.iter().take(TAGS);
        tags.map(|tag| tag.trim_start_matches('#').to_lowercase())
            .collect()
    };
    let mut any = names(&wanted.any.0);
    any.extend(names(&[tag]));
    let all = names(&wanted.all.0);
    let tags = Tagged {
        any: conn.hashtag_ids(&any).await?,
        all: conn.hashtag_ids(&all).await?,
        none: conn.hashtag_ids(&names(&wanted.none.0)).await?,
    };
    // What nobody ever wrote stands in no post.
    let unheard = tags.all.len() < {
        let mut all = all;
        all.sort_unstable();
        all.dedup();
        all.len()
    };
    let entries = if unheard {
        Vec::new()
    } else {
        let which = (wanted.place(), wanted.only_media.yes());
        let window = page.window(USUAL, MOST);
        conn.tagged(eyes, &tags, which, window, api.ctx().now())
            .await?
    };
    let context = FilterContext::Public;
    timeline(&api, &mut conn, eyes, context, (&page, &entries)).await
}
