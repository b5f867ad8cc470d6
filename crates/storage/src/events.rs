//! When and where events take place.

use archipel_model::event::{Event, Zone};
use archipel_model::{PostId, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Result};

#[derive(sqlx::FromRow)]
struct EventRow {
    #[sqlx(try_from = "Micros")]
    starts_at: Timestamp,
    #[sqlx(try_from = "Maybe")]
    ends_at: Option<Timestamp>,
    time_zone: Option<String>,
    place: Option<String>,
    online_url: Option<String>,
}

impl Conn {
    /// Stores when and where a post of its own takes place, or the news of it.
    pub async fn put_event(&mut self, post: PostId, event: &Event) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO event (post_id, starts_at, ends_at, time_zone, place, online_url)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (post_id) DO UPDATE SET starts_at = excluded.starts_at,
                ends_at = excluded.ends_at, time_zone = excluded.time_zone,
                place = excluded.place, online_url = excluded.online_url",
            post.0,
            event.starts_at.micros(),
            event.ends_at.map(Timestamp::micros),
            event.zone.name(),
            event.place.as_deref(),
            event.online_url.as_deref()
        )
        .map(drop)
    }

    /// When and where a post takes place. A time zone that is no more is read as UTC.
    pub async fn event(&mut self, post: PostId) -> Result<Option<Event>> {
        let row = sql!(
            self,
            fetch_optional as EventRow,
            "SELECT starts_at, ends_at, time_zone, place, online_url FROM event
             WHERE post_id = $1",
            post.0
        )?;
        Ok(row.map(|row| Event {
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            zone: row
                .time_zone
                .and_then(|name| Zone::named(&name).ok())
                .unwrap_or_else(Zone::utc),
            place: row.place,
            online_url: row.online_url,
        }))
    }
}
