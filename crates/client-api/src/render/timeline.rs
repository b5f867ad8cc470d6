//! Entries of a timeline as a page of statuses, with what filters say of each.

use archipel_model::filter::FilterContext;
use archipel_storage::{Conn, Entry, Eyes};

use super::{fill, statuses};
use crate::api::Api;
use crate::entities::Status;
use crate::error::Result;
use crate::extract::{Page, Paged};

/// The page of these entries, newest first. What leads on are the entries themselves, so
/// that one that cannot be shown ends nothing.
pub(crate) async fn timeline(
    api: &Api,
    conn: &mut Conn,
    eyes: Eyes,
    context: FilterContext,
    (page, entries): (&Page, &[Entry]),
) -> Result<Paged<Vec<Status>>> {
    let mut shown = statuses(api, conn, eyes, entries).await?;
    if let Some(owner) = eyes {
        fill(api, conn, owner, context, &mut shown).await?;
    }
    let end = |entry: Option<&Entry>| entry.map(|entry| entry.id.0);
    Ok(page.answer(shown, end(entries.first()), end(entries.last())))
}
