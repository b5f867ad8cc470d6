//! Home and lists: what those whom somebody follows show, merged.
//!
//! Each of them has a stream of entries in an index; the newest of each stream tells which
//! streams matter for a page, and of these alone a page is read. So the cost grows with
//! whom one follows, never with what was ever written. What may not be shown is left out
//! of what was read, and more is read until the page is full.

use archipel_model::audience::may_see;
use archipel_model::{ActorId, EntryId, ListId, PostId, Timestamp};

use crate::conn::sql;
use crate::glances::{Facts, glance_columns};
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Entry, Result, Window};

/// Most rounds of reading for one page; each reads twice what the last one did.
const ROUNDS: u32 = 9;

/// Whose entries are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Of all whom the reader follows, of the reader, and with hashtags that they follow.
    Home,
    /// Of the members of a list.
    List(ListId, ListReplies),
}

/// Which answers a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListReplies {
    /// To anybody whom the owner follows.
    Followed,
    /// To members of the list.
    List,
    /// None.
    Nobody,
}
archipel_model::words! { ListReplies {
    Followed => "followed", List => "list", Nobody => "none",
} }

/// An entry on its way to a reader, with what decides whether it is shown to them.
#[derive(sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
struct Candidate {
    #[sqlx(try_from = "i64")]
    entry_id: EntryId,
    #[sqlx(try_from = "i64")]
    actor_id: ActorId,
    #[sqlx(try_from = "i64")]
    post_id: PostId,
    boost: bool,
    reply: bool,
    #[sqlx(try_from = "Micros")]
    created_at: Timestamp,
    #[sqlx(try_from = "i64")]
    author_id: ActorId,
    #[sqlx(try_from = "Maybe")]
    parent_author: Option<ActorId>,
    /// Whether who is answered is followed.
    parent_followed: bool,
    /// Whether who is answered is in the list.
    parent_listed: bool,
    /// Whether the author is followed.
    author_followed: bool,
    language: Option<String>,
    languages: Option<String>,
    /// Whether the reader wants nothing of the author or of who shows it.
    hidden: bool,
    /// Whether another entry shows the same post rather.
    outdone: bool,
    #[sqlx(flatten)]
    facts: Facts,
}

impl Candidate {
    fn is_for(&self, me: ActorId, source: Source) -> bool {
        may_see(&self.facts.glance(true))
            && !self.hidden
            && !self.outdone
            && self.concerns(me, source)
            && (self.author_id == me || self.speaks())
    }

    /// Answers are for who follows all concerned.
    fn concerns(&self, me: ActorId, source: Source) -> bool {
        if !self.reply || self.author_id == me {
            return true;
        }
        let to_me = self.parent_author == Some(me);
        match source {
            Source::Home | Source::List(_, ListReplies::Followed) => {
                self.author_followed && (to_me || self.parent_followed)
            }
            Source::List(_, ListReplies::List) => to_me || self.parent_listed,
            Source::List(_, ListReplies::Nobody) => to_me,
        }
    }

    /// Whether it is in a language that the reader wants of who shows it.
    fn speaks(&self) -> bool {
        let (Some(wanted), Some(language)) = (&self.languages, &self.language) else {
            return true;
        };
        let wanted: Vec<String> = serde_json::from_str(wanted).unwrap_or_default();
        let begins = |tag: &str| language.split('-').next() == tag.split('-').next();
        wanted.is_empty() || wanted.iter().any(|tag| begins(tag))
    }

    fn entry(&self) -> Entry {
        Entry {
            id: self.entry_id,
            actor_id: self.actor_id,
            post_id: self.post_id,
            boost: self.boost,
            created_at: self.created_at,
        }
    }
}

/// Whom a reader follows, with what they want of each.
macro_rules! followed {
    () => {
        "SELECT f.target_id, f.show_boosts, f.languages FROM follow f
            WHERE f.follower_id = $1 AND f.state = 'accepted'
                AND f.target_id NOT IN (SELECT m.actor_id FROM list l
                    JOIN list_member m ON m.list_id = l.id
                    WHERE l.owner_id = $1 AND l.exclusive)
         UNION ALL SELECT $1, TRUE, NULL WHERE $6 = 0"
    };
}

/// Whom a list has, as far as its owner follows them.
macro_rules! listed {
    () => {
        "SELECT m.actor_id, TRUE, f.languages FROM list_member m
            LEFT JOIN follow f ON f.follower_id = $1 AND f.target_id = m.actor_id
                AND f.state = 'accepted'
            WHERE m.list_id = $6 AND (f.id IS NOT NULL OR m.actor_id = $1)"
    };
}

/// The newest entry of a stream, or the oldest.
macro_rules! tip {
    ($only:literal, $order:literal) => {
        concat!(
            "(SELECT e.id FROM feed_entry e WHERE e.actor_id = s.id AND e.reply = s.reply
                AND e.shown",
            $only,
            " AND e.id < $2 AND e.id > $3 ORDER BY e.id ",
            $order,
            " LIMIT 1)"
        )
    };
}

/// A page of a stream that matters.
macro_rules! stretch {
    ($only:literal, $order:literal, $beyond:literal) => {
        concat!(
            "SELECT x.id FROM feed_entry x WHERE x.actor_id = c.id AND x.reply = c.reply
                AND x.shown",
            $only,
            " AND x.id < $2 AND x.id > $3 AND x.id ",
            $beyond,
            " (SELECT edge FROM bound) ORDER BY x.id ",
            $order,
            " LIMIT $4"
        )
    };
}

/// The newest posts with a hashtag that is followed.
macro_rules! tagged {
    ($order:literal) => {
        concat!(
            "SELECT t.post_id AS id FROM post_hashtag t WHERE t.hashtag_id = h.hashtag_id
                AND t.post_id < $2 AND t.post_id > $3 ORDER BY t.post_id ",
            $order,
            " LIMIT $4"
        )
    };
}

macro_rules! feed {
    (@lite $mine:expr, $order:literal, $edge:literal, $beyond:literal, $rest:literal) => {
        feed!(@text $mine, $order, $edge, $rest,
            concat!(
                "SELECT x.id FROM chosen c JOIN feed_entry x ON x.id IN (",
                stretch!("", $order, $beyond), ") WHERE NOT c.quiet
                 UNION SELECT x.id FROM chosen c JOIN feed_entry x ON x.id IN (",
                stretch!(" AND NOT x.boost", $order, $beyond), ") WHERE c.quiet
                 UNION SELECT x.id FROM hashtag_follow h JOIN feed_entry x ON x.id IN (",
                tagged!($order), ") AND NOT x.boost WHERE h.owner_id = $1 AND $6 = 0"
            ))
    };
    (@pg $mine:expr, $order:literal, $edge:literal, $beyond:literal, $rest:literal) => {
        feed!(@text $mine, $order, $edge, $rest,
            concat!(
                "SELECT y.id FROM chosen c JOIN LATERAL (",
                stretch!("", $order, $beyond), ") y ON TRUE WHERE NOT c.quiet
                 UNION SELECT y.id FROM chosen c JOIN LATERAL (",
                stretch!(" AND NOT x.boost", $order, $beyond), ") y ON TRUE WHERE c.quiet
                 UNION SELECT y.id FROM hashtag_follow h JOIN LATERAL (",
                tagged!($order), ") y ON TRUE WHERE h.owner_id = $1 AND $6 = 0"
            ))
    };
    (@text $mine:expr, $order:literal, $edge:literal, $rest:literal, $found:expr) => {
        concat!(
            "WITH hidden (id) AS MATERIALIZED (
                SELECT target_id FROM block WHERE owner_id = $1
                UNION SELECT target_id FROM mute WHERE owner_id = $1
                    AND (ends_at IS NULL OR ends_at > $5)),
             mine (id, boosts, languages) AS MATERIALIZED (", $mine, "),
             streams (id, reply, quiet) AS (
                SELECT m.id, FALSE, NOT m.boosts FROM mine m
                UNION ALL SELECT m.id, TRUE, NOT m.boosts FROM mine m
                    JOIN actor a ON a.id = m.id WHERE a.kind <> 'Group'),
             tips (id, reply, quiet, tip) AS MATERIALIZED (
                SELECT s.id, s.reply, s.quiet, CASE WHEN s.quiet THEN ",
            tip!(" AND NOT e.boost", $order), " ELSE ", tip!("", $order), " END
                FROM streams s),
             chosen (id, reply, quiet, tip) AS MATERIALIZED (
                SELECT id, reply, quiet, tip FROM tips WHERE tip IS NOT NULL
                ORDER BY tip ", $order, " LIMIT $4),
             bound (edge) AS MATERIALIZED (
                SELECT CASE WHEN count(*) < $4 THEN ", $rest, " ELSE ", $edge, "(tip) END
                FROM chosen),
             found (id) AS (", $found, ")
             SELECT e.id AS entry_id, e.actor_id, e.post_id, e.boost, e.reply, e.created_at,
                p.author_id, q.author_id AS parent_author,
                coalesce(e.reply AND q.author_id IN (SELECT target_id FROM follow
                    WHERE follower_id = $1 AND state = 'accepted'), FALSE) AS parent_followed,
                coalesce(e.reply AND q.author_id IN (SELECT id FROM mine), FALSE)
                    AS parent_listed,
                e.reply AND p.author_id IN (SELECT target_id FROM follow
                    WHERE follower_id = $1 AND state = 'accepted') AS author_followed,
                p.language, m.languages,
                p.author_id IN (SELECT id FROM hidden) OR e.actor_id IN (SELECT id FROM hidden)
                    OR s.state <> 'active' OR s.host_blocked
                    OR (m.id IS NULL AND a.host_limited)
                    OR a.host IN (SELECT host FROM domain_block WHERE owner_id = $1)
                    OR s.host IN (SELECT host FROM domain_block WHERE owner_id = $1) AS hidden,
                (e.boost AND p.author_id = $1 AND $1 IN (SELECT id FROM mine))
                    OR EXISTS (SELECT 1 FROM feed_entry o
                    JOIN actor w ON w.id = o.actor_id
                    WHERE o.post_id = e.post_id AND o.boost AND o.shown AND NOT o.reply
                        AND o.id <> e.id
                        AND (p.author_id <> $1 OR $1 NOT IN (SELECT id FROM mine))
                        AND o.actor_id IN (SELECT id FROM mine WHERE boosts)
                        AND o.actor_id NOT IN (SELECT id FROM hidden)
                        AND w.state = 'active' AND NOT w.host_blocked
                        AND CASE WHEN NOT e.boost OR s.kind <> 'Group' THEN
                                w.kind = 'Group' OR (e.boost AND o.id < e.id)
                            ELSE w.kind = 'Group' AND o.id < e.id END)
                    OR (e.boost AND s.kind <> 'Group'
                        AND p.author_id IN (SELECT id FROM mine)
                        AND (p.parent_uri IS NULL OR p.author_id = q.author_id
                            OR ($6 = 0 AND q.author_id IN (SELECT id FROM mine)))) AS outdone,",
            glance_columns!("$1"),
            " FROM (SELECT id FROM found ORDER BY id ", $order, " LIMIT $4) f
             JOIN feed_entry e ON e.id = f.id
             JOIN post p ON p.id = e.post_id
             JOIN actor a ON a.id = p.author_id
             JOIN actor s ON s.id = e.actor_id
             LEFT JOIN post q ON q.id = p.parent_id
             LEFT JOIN mine m ON m.id = e.actor_id
             ORDER BY e.id ", $order
        )
    };
}

macro_rules! both {
    ($conn:expr, $mine:expr, $order:literal, $edge:literal, $beyond:literal, $rest:literal $(, $arg:expr)*) => {
        sql!(
            $conn,
            fetch_all as Candidate,
            sqlite: feed!(@lite $mine, $order, $edge, $beyond, $rest),
            postgres: feed!(@pg $mine, $order, $edge, $beyond, $rest)
            $(, $arg)*
        )
    };
}

impl Conn {
    /// A page of home or of a list, newest first, as the reader may see it.
    pub async fn feed(
        &mut self,
        me: ActorId,
        source: Source,
        window: Window,
        now: Timestamp,
    ) -> Result<Vec<Entry>> {
        let wanted = usize::try_from(window.limit).unwrap_or(0);
        let (mut max, mut min) = (window.max, window.min);
        let mut step = window.limit + window.limit / 4 + 1;
        let mut page: Vec<Entry> = Vec::with_capacity(wanted);
        for _ in 0..ROUNDS {
            let read = self
                .candidates(me, source, (max, min, window.rises), step, now)
                .await?;
            let entries = (read.iter()).filter(|candidate| candidate.is_for(me, source));
            page.extend(entries.map(Candidate::entry).take(wanted - page.len()));
            let Some(last) = read.last().filter(|_| page.len() < wanted) else {
                break;
            };
            if i64::try_from(read.len()).is_ok_and(|read| read < step) {
                break;
            }
            if window.rises {
                min = last.entry_id.0;
            } else {
                max = last.entry_id.0;
            }
            step *= 2;
        }
        if window.rises {
            page.reverse();
        }
        Ok(page)
    }

    async fn candidates(
        &mut self,
        me: ActorId,
        source: Source,
        (max, min, rises): (i64, i64, bool),
        step: i64,
        now: Timestamp,
    ) -> Result<Vec<Candidate>> {
        let (me, now) = (me.0, now.micros());
        match (source, rises) {
            (Source::Home, false) => {
                both!(
                    self,
                    followed!(),
                    "DESC",
                    "min",
                    ">=",
                    "$3",
                    me,
                    max,
                    min,
                    step,
                    now,
                    0_i64
                )
            }
            (Source::Home, true) => {
                both!(
                    self,
                    followed!(),
                    "ASC",
                    "max",
                    "<=",
                    "$2",
                    me,
                    max,
                    min,
                    step,
                    now,
                    0_i64
                )
            }
            (Source::List(list, _), false) => {
                both!(
                    self,
                    listed!(),
                    "DESC",
                    "min",
                    ">=",
                    "$3",
                    me,
                    max,
                    min,
                    step,
                    now,
                    list.0
                )
            }
            (Source::List(list, _), true) => {
                both!(
                    self,
                    listed!(),
                    "ASC",
                    "max",
                    "<=",
                    "$2",
                    me,
                    max,
                    min,
                    step,
                    now,
                    list.0
                )
            }
        }
    }
}
