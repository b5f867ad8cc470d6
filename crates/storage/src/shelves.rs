//! What one actor shows, and what somebody marked for later or likes.

use archipel_model::audience::may_see;
use archipel_model::{ActorId, HashtagId};

use crate::conn::sql;
use crate::glances::{Facts, glance_columns};
use crate::window::page;
use crate::{Conn, Entry, Eyes, Result, Window};

/// Most rounds of reading for one page; each reads twice what the last one did.
const ROUNDS: u32 = 9;

/// What is wanted of what an actor shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shelf {
    /// No answers to others.
    pub no_replies: bool,
    /// Nothing of others.
    pub no_boosts: bool,
    /// With files only.
    pub only_media: bool,
    /// With this hashtag only.
    pub tag: Option<HashtagId>,
}

/// An entry, and what decides whether it is shown.
#[derive(sqlx::FromRow)]
struct Listed {
    #[sqlx(flatten)]
    entry: Entry,
    #[sqlx(flatten)]
    facts: Facts,
}

/// A post that somebody marked, in the order of marking.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Marked {
    /// Its place in that order.
    pub key: i64,
    /// The post.
    #[sqlx(flatten)]
    pub entry: Entry,
}

macro_rules! stream {
    ($reply:literal, $order:literal) => {
        concat!(
            "SELECT id FROM (SELECT e.id FROM feed_entry e JOIN post p ON p.id = e.post_id
                WHERE e.actor_id = $1 AND e.reply = ",
            $reply,
            " AND e.shown AND e.id < $2 AND e.id > $3
                AND ($6 = 0 OR NOT e.boost) AND ($7 = 0 OR p.has_media)
                AND ($8 = 0 OR EXISTS (SELECT 1 FROM post_hashtag t
                    WHERE t.hashtag_id = $8 AND t.post_id = p.id))
                AND ($9 = 0 OR NOT e.reply)
             ORDER BY e.id ",
            $order,
            " LIMIT $4) AS s",
            $reply
        )
    };
}

macro_rules! shelf {
    ($order:literal) => {
        concat!(
            "SELECT e.id, e.actor_id, e.post_id, e.boost, e.created_at,",
            glance_columns!("$5"),
            " FROM (",
            stream!("FALSE", $order),
            " UNION ALL ",
            stream!("TRUE", $order),
            ") f JOIN feed_entry e ON e.id = f.id
             JOIN post p ON p.id = e.post_id JOIN actor a ON a.id = p.author_id
             WHERE p.author_id NOT IN (SELECT target_id FROM block WHERE owner_id = $5)
                OR NOT e.boost
             ORDER BY e.id ",
            $order,
            " LIMIT $4"
        )
    };
}

impl Conn {
    /// A page of what an actor shows, newest first, as `eyes` may see it.
    #[expect(clippy::similar_names, reason = "each is the word for it")]
    pub async fn shelf(
        &mut self,
        actor: ActorId,
        eyes: Eyes,
        shelf: Shelf,
        window: Window,
    ) -> Result<Vec<Entry>> {
        let wanted = usize::try_from(window.limit).unwrap_or(0);
        let (mut max, mut min) = (window.max, window.min);
        let mut step = window.limit + 1;
        let mut page: Vec<Entry> = Vec::with_capacity(wanted);
        for _ in 0..ROUNDS {
            let read = self
                .listed(actor, eyes, shelf, (max, min, window.rises), step)
                .await?;
            let seen = (read.iter())
                .filter(|listed| may_see(&listed.facts.glance(eyes.is_some())))
                .map(|listed| listed.entry);
            page.extend(seen.take(wanted - page.len()));
            let Some(last) = read.last().filter(|_| page.len() < wanted) else {
                break;
            };
            if window.rises {
                min = last.entry.id.0;
            } else {
                max = last.entry.id.0;
            }
            step *= 2;
        }
        if window.rises {
            page.reverse();
        }
        Ok(page)
    }

    #[expect(clippy::similar_names, reason = "each is the word for it")]
    async fn listed(
        &mut self,
        actor: ActorId,
        eyes: Eyes,
        shelf: Shelf,
        (max, min, rises): (i64, i64, bool),
        step: i64,
    ) -> Result<Vec<Listed>> {
        let me = eyes.map_or(0, |actor| actor.0);
        let flag = i64::from;
        let tag = shelf.tag.map_or(0, |tag| tag.0);
        let (own, media, threads) = (
            flag(shelf.no_boosts),
            flag(shelf.only_media),
            flag(shelf.no_replies),
        );
        if rises {
            sql!(
                self,
                fetch_all as Listed,
                shelf!("ASC"),
                actor.0,
                max,
                min,
                step,
                me,
                own,
                media,
                tag,
                threads
            )
        } else {
            sql!(
                self,
                fetch_all as Listed,
                shelf!("DESC"),
                actor.0,
                max,
                min,
                step,
                me,
                own,
                media,
                tag,
                threads
            )
        }
    }

    /// What an actor has on top, the latest first, whoever may see it: of a community, what
    /// it boosts.
    pub async fn on_top(&mut self, actor: ActorId) -> Result<Vec<Entry>> {
        sql!(
            self,
            fetch_all as Entry,
            "SELECT id, actor_id, post_id, boost, created_at FROM (
                SELECT e.id, e.actor_id, e.post_id, e.boost, e.created_at, n.created_at AS since
                FROM profile_pin n JOIN feed_entry e ON e.post_id = n.post_id
                    AND e.actor_id = n.owner_id AND NOT e.boost AND e.shown
                WHERE n.owner_id = $1
                UNION ALL
                SELECT e.id, e.actor_id, e.post_id, e.boost, e.created_at, p.pinned_at
                FROM post p JOIN feed_entry e ON e.post_id = p.id
                    AND e.actor_id = p.community_id AND e.boost AND e.shown
                WHERE p.community_id = $1 AND p.pinned_at IS NOT NULL) AS t
             ORDER BY since DESC, id DESC LIMIT 40",
            actor.0
        )
    }

    /// What somebody marked for later, the last first; not all of it may still be seen.
    pub async fn bookmarks(&mut self, owner: ActorId, window: Window) -> Result<Vec<Marked>> {
        page!(
            self,
            window,
            as Marked,
            "SELECT b.id AS key, p.id, p.author_id AS actor_id, p.id AS post_id,
                FALSE AS boost, p.published_at AS created_at
             FROM bookmark b JOIN post p ON p.id = b.post_id WHERE b.owner_id = $4",
            "b.id",
            owner.0
        )
    }

    /// What somebody likes, the last first; not all of it may still be seen. The keys are
    /// moments.
    pub async fn favourites(&mut self, owner: ActorId, window: Window) -> Result<Vec<Marked>> {
        page!(
            self,
            window,
            as Marked,
            "SELECT x.created_at AS key, p.id, p.author_id AS actor_id, p.id AS post_id,
                FALSE AS boost, p.published_at AS created_at
             FROM reaction x JOIN post p ON p.id = x.post_id
             WHERE x.actor_id = $4 AND x.class = 'vote' AND x.kind = 'like'",
            "x.created_at",
            owner.0
        )
    }
}
