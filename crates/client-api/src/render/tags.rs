//! Hashtags as entities.

use std::time::Duration;

use archipel_model::HashtagId;
use archipel_storage::{Conn, Eyes, FeaturedHashtag, HashtagDay, HashtagRow};

use crate::api::Api;
use crate::entities::{Day, FeaturedTag, History, TagPage};
use crate::error::Result;

/// Days that are told.
const DAYS: i64 = 7;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// The entities of these hashtags, in this order.
pub(crate) async fn tags(
    api: &Api,
    conn: &mut Conn,
    eyes: Eyes,
    ids: &[HashtagId],
) -> Result<Vec<TagPage>> {
    let rows = conn.hashtags(ids, eyes).await?;
    let now = api.ctx().now();
    let since = now.minus(Duration::from_hours(24 * 7));
    let days = conn.hashtag_days(ids, since).await?;
    let today = now.seconds() / DAY;
    let of = |id: &HashtagId| rows.iter().find(|row| row.id == *id);
    Ok(ids
        .iter()
        .filter_map(of)
        .map(|row| entity(api, row, &days, today))
        .collect())
}

/// A hashtag that nobody used yet.
pub(crate) fn unused_tag(api: &Api, name: &str) -> TagPage {
    let row = HashtagRow {
        id: HashtagId(0),
        name: name.to_owned(),
        following: false,
        featuring: false,
    };
    entity(api, &row, &[], api.ctx().now().seconds() / DAY)
}

fn entity(api: &Api, row: &HashtagRow, days: &[HashtagDay], today: i64) -> TagPage {
    let history = (0..DAYS).map(|back| {
        let day = today - back;
        let found = days.iter().find(|one| one.id == row.id && one.day == day);
        History {
            day: (day * DAY).to_string(),
            uses: found.map_or(0, |one| one.uses).to_string(),
            accounts: found.map_or(0, |one| one.accounts).to_string(),
        }
    });
    TagPage {
        id: row.id.to_string(),
        url: address(api, &row.name),
        history: history.collect(),
        name: row.name.clone(),
        following: row.following,
        featuring: row.featuring,
    }
}

/// The page of a hashtag.
fn address(api: &Api, name: &str) -> String {
    api.url(&format!("/tags/{name}"))
}

/// A hashtag that a profile features.
pub(crate) fn featured_tag(api: &Api, row: &FeaturedHashtag) -> FeaturedTag {
    FeaturedTag {
        id: row.id.to_string(),
        url: address(api, &row.name),
        name: row.name.clone(),
        statuses_count: row.posts.to_string(),
        last_status_at: row
            .last_id
            .map(|id| Day(archipel_model::PostId(id).made_at())),
    }
}
