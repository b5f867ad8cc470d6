//! Bookmarks and favourites of who asks. Their pages go by when something was marked,
//! which is not in the order of statuses.

use archipel_model::Scope;
use archipel_storage::{Conn, Entry, Marked};
use axum::extract::State;

use crate::api::Api;
use crate::entities::Status;
use crate::error::Result;
use crate::extract::{Page, Paged, Paging};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::{Member, Viewer};

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v1/bookmarks",
        rule::<Vec<Status>>(
            "What one marked for later",
            Access::Member(Scope::ReadBookmarks),
            Shows::Posts,
        )
        .takes::<Paging>(),
        bookmarks,
    );
    routes.get(
        "/api/v1/favourites",
        rule::<Vec<Status>>(
            "What one likes",
            Access::Member(Scope::ReadFavourites),
            Shows::Posts,
        )
        .takes::<Paging>(),
        favourites,
    );
}

async fn bookmarks(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<Status>>> {
    let mut conn = api.store().read().await?;
    let marked = conn.bookmarks(viewer.subject, page.window(20, 40)).await?;
    answer(&api, &mut conn, &viewer, &page, &marked).await
}

async fn favourites(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<Status>>> {
    let mut conn = api.store().read().await?;
    let marked = conn.favourites(viewer.subject, page.window(20, 40)).await?;
    answer(&api, &mut conn, &viewer, &page, &marked).await
}

async fn answer(
    api: &Api,
    conn: &mut Conn,
    viewer: &Viewer,
    page: &Page,
    marked: &[Marked],
) -> Result<Paged<Vec<Status>>> {
    let entries: Vec<Entry> = marked.iter().map(|marked| marked.entry).collect();
    let shown = render::statuses(api, conn, Some(viewer.subject), &entries).await?;
    let end = |marked: Option<&Marked>| marked.map(|marked| marked.key);
    Ok(page.answer(shown, end(marked.first()), end(marked.last())))
}
