//! Public timelines and those of hashtags: posts themselves, never boosts of them.

use archipel_model::{HashtagId, Timestamp};

use crate::conn::sql;
use crate::{Conn, Entry, Eyes, Result, Window};

/// Which public posts are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// All.
    Everywhere,
    /// By people of this server, and in its open communities.
    Here,
    /// All others.
    Elsewhere,
}

/// Which posts with hashtags are wanted.
#[derive(Clone, Debug, Default)]
pub struct Tagged {
    /// With one of these.
    pub any: Vec<HashtagId>,
    /// With all of these.
    pub all: Vec<HashtagId>,
    /// With none of these.
    pub none: Vec<HashtagId>,
}

/// What every public timeline leaves out; posts are `p`, their authors `a`.
macro_rules! decent {
    () => {
        " AND p.state = 'published' AND p.visibility = 'public' AND p.id < $2 AND p.id > $3
            AND a.state = 'active' AND NOT a.host_blocked AND NOT a.host_limited
            AND a.kind <> 'Application'
            AND (p.community_id IS NULL OR $1 <> 0 OR NOT EXISTS (SELECT 1 FROM community c
                WHERE c.actor_id = p.community_id AND c.reach = 'local'))
            AND p.author_id NOT IN (SELECT target_id FROM block WHERE owner_id = $1)
            AND p.author_id NOT IN (SELECT owner_id FROM block WHERE target_id = $1)
            AND p.author_id NOT IN (SELECT target_id FROM mute
                WHERE owner_id = $1 AND (ends_at IS NULL OR ends_at > $5))
            AND a.host NOT IN (SELECT host FROM domain_block WHERE owner_id = $1)"
    };
}

macro_rules! post_entry {
    () => {
        "SELECT p.id, p.author_id AS actor_id, p.id AS post_id, FALSE AS boost,
            p.published_at AS created_at FROM post p JOIN actor a ON a.id = p.author_id "
    };
}

macro_rules! everywhere {
    ($place:literal, $media:literal, $order:literal) => {
        concat!(
            post_entry!(),
            "WHERE p.parent_uri IS NULL",
            decent!(),
            $place,
            $media,
            " ORDER BY p.id ",
            $order,
            " LIMIT $4"
        )
    };
}

/// The posts of people here, and those of others in communities here, of each the newest.
macro_rules! here {
    ($more:literal, $order:literal, $each:expr) => {
        concat!(
            post_entry!(),
            "WHERE p.id IN (SELECT id FROM (SELECT p.id FROM post p
                    JOIN actor a ON a.id = p.author_id
                    WHERE p.is_local AND p.parent_uri IS NULL",
            decent!(),
            $more,
            " ORDER BY p.id ",
            $order,
            " LIMIT $4) AS own UNION SELECT id FROM (",
            $each,
            ") AS brought) ORDER BY p.id ",
            $order,
            " LIMIT $4"
        )
    };
}

/// The newest that others brought to one community here, called `c`.
macro_rules! brought {
    ($more:literal, $order:literal) => {
        concat!(
            "SELECT p.id FROM post p JOIN actor a ON a.id = p.author_id
             WHERE p.community_id = c.actor_id AND p.parent_uri IS NULL AND NOT p.is_local",
            decent!(),
            $more,
            " ORDER BY p.id ",
            $order,
            " LIMIT $4"
        )
    };
}

macro_rules! here_lite {
    ($more:literal, $order:literal) => {
        here!(
            $more,
            $order,
            concat!(
                "SELECT b.id FROM community c JOIN post b ON b.id IN (",
                brought!($more, $order),
                ") WHERE c.reach = 'public'"
            )
        )
    };
}

macro_rules! here_pg {
    ($more:literal, $order:literal) => {
        here!(
            $more,
            $order,
            concat!(
                "SELECT b.id FROM community c JOIN LATERAL (",
                brought!($more, $order),
                ") b ON TRUE WHERE c.reach = 'public'"
            )
        )
    };
}

macro_rules! public {
    ($conn:expr, $place:expr, $media:literal, $order:literal $(, $arg:expr)*) => {
        match $place {
            Place::Everywhere => sql!(
                $conn, fetch_all as Entry, everywhere!("", $media, $order) $(, $arg)*
            ),
            Place::Here => sql!(
                $conn, fetch_all as Entry,
                sqlite: here_lite!($media, $order), postgres: here_pg!($media, $order) $(, $arg)*
            ),
            Place::Elsewhere => sql!(
                $conn, fetch_all as Entry,
                everywhere!(
                    " AND NOT p.is_local AND (p.community_id IS NULL
                        OR p.community_id NOT IN (SELECT actor_id FROM community))",
                    $media, $order
                ) $(, $arg)*
            ),
        }
    };
}

macro_rules! tagged {
    ($order:literal) => {
        concat!(
            "SELECT p.id, p.author_id AS actor_id, p.id AS post_id, FALSE AS boost,
                p.published_at AS created_at
             FROM post_hashtag t JOIN post p ON p.id = t.post_id
                JOIN actor a ON a.id = p.author_id
             WHERE t.hashtag_id = $6 AND t.post_id < $2 AND t.post_id > $3",
            decent!(),
            " AND NOT EXISTS (SELECT 1 FROM json_each($7) v WHERE NOT EXISTS (
                    SELECT 1 FROM post_hashtag y WHERE y.post_id = p.id
                        AND y.hashtag_id = CAST(v.value AS BIGINT)))
              AND NOT EXISTS (SELECT 1 FROM post_hashtag y WHERE y.post_id = p.id
                    AND y.hashtag_id IN (SELECT CAST(value AS BIGINT) FROM json_each($8)))
              AND ($9 = 0 OR ($9 = 1) = (p.is_local OR EXISTS (SELECT 1 FROM community c
                    WHERE c.actor_id = p.community_id)))
              AND ($10 = 0 OR p.has_media)
             ORDER BY t.post_id ",
            $order,
            " LIMIT $4"
        )
    };
}

impl Conn {
    /// A page of public threads, newest first, as `eyes` may see it.
    pub async fn public(
        &mut self,
        eyes: Eyes,
        place: Place,
        only_media: bool,
        window: Window,
        now: Timestamp,
    ) -> Result<Vec<Entry>> {
        let me = eyes.map_or(0, |actor| actor.0);
        let Window {
            max, min, limit, ..
        } = window;
        let now = now.micros();
        let mut page = match (only_media, window.rises) {
            (false, false) => public!(self, place, "", "DESC", me, max, min, limit, now),
            (false, true) => public!(self, place, "", "ASC", me, max, min, limit, now),
            (true, false) => {
                public!(
                    self,
                    place,
                    " AND p.has_media",
                    "DESC",
                    me,
                    max,
                    min,
                    limit,
                    now
                )
            }
            (true, true) => {
                public!(
                    self,
                    place,
                    " AND p.has_media",
                    "ASC",
                    me,
                    max,
                    min,
                    limit,
                    now
                )
            }
        }?;
        if window.rises {
            page.reverse();
        }
        Ok(page)
    }

    /// A page of public posts with hashtags, newest first, as `eyes` may see it.
    pub async fn tagged(
        &mut self,
        eyes: Eyes,
        tags: &Tagged,
        (place, only_media): (Place, bool),
        window: Window,
        now: Timestamp,
    ) -> Result<Vec<Entry>> {
        let mut page: Vec<Entry> = Vec::new();
        for tag in &tags.any {
            page.extend(
                self.with_tag(eyes, *tag, tags, (place, only_media), window, now)
                    .await?,
            );
        }
        page.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.id));
        page.dedup_by_key(|entry| entry.id);
        let wanted = usize::try_from(window.limit).unwrap_or(0);
        if window.rises {
            page.drain(..page.len().saturating_sub(wanted));
        } else {
            page.truncate(wanted);
        }
        Ok(page)
    }

    async fn with_tag(
        &mut self,
        eyes: Eyes,
        tag: HashtagId,
        tags: &Tagged,
        (place, only_media): (Place, bool),
        window: Window,
        now: Timestamp,
    ) -> Result<Vec<Entry>> {
        let ids = |tags: &[HashtagId]| {
            let ids: Vec<i64> = tags.iter().map(|tag| tag.0).collect();
            crate::json_list(&ids)
        };
        let (all, none) = (ids(&tags.all), ids(&tags.none));
        let me = eyes.map_or(0, |actor| actor.0);
        let Window {
            max, min, limit, ..
        } = window;
        let (now, media) = (now.micros(), i64::from(only_media));
        let place: i64 = match place {
            Place::Everywhere => 0,
            Place::Here => 1,
            Place::Elsewhere => 2,
        };
        if window.rises {
            sql!(
                self,
                fetch_all as Entry,
                tagged!("ASC"),
                me,
                max,
                min,
                limit,
                now,
                tag.0,
                &all,
                &none,
                place,
                media
            )
        } else {
            sql!(
                self,
                fetch_all as Entry,
                tagged!("DESC"),
                me,
                max,
                min,
                limit,
                now,
                tag.0,
                &all,
                &none,
                place,
                media
            )
        }
    }

    /// The ids of those hashtags that there are; `names` are lower case.
    pub async fn hashtag_ids(&mut self, names: &[String]) -> Result<Vec<HashtagId>> {
        #[derive(serde::Serialize)]
        struct Row<'a> {
            name: &'a str,
        }
        let rows: Vec<Row<'_>> = names.iter().map(|name| Row { name }).collect();
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT id FROM hashtag
             WHERE name IN (SELECT value ->> 'name' FROM json_each($1))",
            crate::json_list(&rows)
        )?;
        Ok(ids.into_iter().map(HashtagId).collect())
    }
}
