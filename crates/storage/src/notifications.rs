//! Writing notifications: who is to hear of something, how they stand to who caused it,
//! and what is kept. Reading them is `notification_lists`.

use archipel_model::notification::{Between, Kind, Policy, Treatment};
use archipel_model::{ActorId, PostId, ReportId, Timestamp};

use crate::conn::sql;
use crate::{Conn, Result, Tx};

/// A notification to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewNotification<'a> {
    /// Whose it is.
    pub owner: ActorId,
    /// What it is about.
    pub kind: Kind,
    /// Who caused it.
    pub from: ActorId,
    /// The post that it is about.
    pub post: Option<PostId>,
    /// The report that it is about.
    pub report: Option<ReportId>,
    /// With which others it is shown as one; empty: with none.
    pub group_key: &'a str,
    /// Whether it waits apart.
    pub filtered: bool,
}

/// How somebody who may hear of something stands to who caused it.
#[derive(Clone, Copy, Debug)]
pub struct Hearer {
    /// Who.
    pub owner: ActorId,
    /// How they stand.
    pub between: Between,
    /// What they decided.
    pub policy: Policy,
}

#[derive(sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
struct Row {
    #[sqlx(try_from = "i64")]
    owner_id: ActorId,
    same: bool,
    blocked: bool,
    host_blocked: bool,
    muted: bool,
    thread_muted: bool,
    follows: bool,
    followed: bool,
    new_account: bool,
    limited: bool,
    private_mention: bool,
    accepted: bool,
    to_community: bool,
    #[sqlx(try_from = "String")]
    not_following: Treatment,
    #[sqlx(try_from = "String")]
    not_followers: Treatment,
    #[sqlx(try_from = "String")]
    new_accounts: Treatment,
    #[sqlx(try_from = "String")]
    private_mentions: Treatment,
    #[sqlx(try_from = "String")]
    limited_accounts: Treatment,
}

impl From<Row> for Hearer {
    fn from(row: Row) -> Self {
        Self {
            owner: row.owner_id,
            between: Between {
                same: row.same,
                blocked: row.blocked || (row.host_blocked && !row.follows),
                muted: row.muted,
                thread_muted: row.thread_muted,
                follows: row.follows,
                followed: row.followed,
                new_account: row.new_account,
                limited: row.limited,
                private_mention: row.private_mention,
                accepted: row.accepted,
                to_community: row.to_community,
            },
            policy: Policy {
                not_following: row.not_following,
                not_followers: row.not_followers,
                new_accounts: row.new_accounts,
                private_mentions: row.private_mentions,
                limited_accounts: row.limited_accounts,
            },
        }
    }
}

impl Conn {
    /// How these stand to who causes something, as far as they live here. Accounts made
    /// after `new_since` are new.
    pub async fn hearers(
        &mut self,
        owners: &[ActorId],
        from: ActorId,
        post: Option<PostId>,
        new_since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Hearer>> {
        let owners: Vec<i64> = owners.iter().map(|id| id.0).collect();
        let rows = sql!(
            self,
            fetch_all as Row,
            "SELECT o.id AS owner_id, o.id = s.id AS same,
                EXISTS (SELECT 1 FROM block b WHERE b.owner_id = o.id AND b.target_id = s.id)
                    OR EXISTS (SELECT 1 FROM block b
                        WHERE b.owner_id = s.id AND b.target_id = o.id) AS blocked,
                EXISTS (SELECT 1 FROM domain_block d
                    WHERE d.owner_id = o.id AND d.host = s.host) AS host_blocked,
                EXISTS (SELECT 1 FROM mute m WHERE m.owner_id = o.id AND m.target_id = s.id
                    AND m.notifications AND (m.ends_at IS NULL OR m.ends_at > $5)) AS muted,
                EXISTS (SELECT 1 FROM thread_mute t WHERE t.owner_id = o.id
                    AND t.root_id = coalesce(p.root_id, p.id)) AS thread_muted,
                EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = o.id
                    AND f.target_id = s.id AND f.state = 'accepted') AS follows,
                EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = s.id
                    AND f.target_id = o.id AND f.state = 'accepted') AS followed,
                coalesce(r.published_at, s.created_at) > $4 AS new_account,
                s.host_limited AS limited,
                coalesce(p.visibility = 'direct' AND p.author_id = s.id
                    AND NOT EXISTS (SELECT 1 FROM post q
                        WHERE q.id = p.parent_id AND q.author_id = o.id), FALSE)
                    AS private_mention,
                EXISTS (SELECT 1 FROM notification_request w WHERE w.owner_id = o.id
                    AND w.from_id = s.id AND w.state = 'accepted') AS accepted,
                o.kind = 'Group' AS to_community,
                coalesce(n.for_not_following, 'accept') AS not_following,
                coalesce(n.for_not_followers, 'accept') AS not_followers,
                coalesce(n.for_new_accounts, 'accept') AS new_accounts,
                coalesce(n.for_private_mentions, 'filter') AS private_mentions,
                coalesce(n.for_limited_accounts, 'filter') AS limited_accounts
             FROM actor o
             JOIN actor s ON s.id = $2
             LEFT JOIN profile r ON r.actor_id = s.id
             LEFT JOIN post p ON p.id = $3
             LEFT JOIN notification_policy n ON n.owner_id = o.id
             WHERE o.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))
                AND o.is_local AND o.state = 'active'",
            crate::json_list(&owners),
            from.0,
            post.map_or(0, |id| id.0),
            new_since.micros(),
            now.micros()
        )?;
        Ok(rows.into_iter().map(Hearer::from).collect())
    }

    /// Who here is to hear of a post that is shown now: whom it names, and who asked to
    /// hear of what its author, or its community, shows.
    pub async fn to_hear_of(&mut self, post: PostId) -> Result<Vec<(ActorId, Kind)>> {
        let rows = sql!(
            self,
            fetch_all as (i64, bool),
            "SELECT m.actor_id, TRUE AS named FROM post p
                JOIN post_mention m ON m.post_id = p.id
                JOIN actor a ON a.id = m.actor_id
             WHERE p.id = $1 AND NOT m.silent AND a.is_local
                AND (a.kind <> 'Group' OR p.visibility = 'direct')
             UNION
             SELECT f.follower_id, FALSE FROM post p
                JOIN follow f ON f.target_id IN (p.author_id, p.community_id) AND f.notify
                    AND f.state = 'accepted'
                JOIN actor a ON a.id = f.follower_id
             WHERE p.id = $1 AND p.visibility <> 'direct' AND a.is_local
                AND (p.parent_uri IS NULL OR (f.target_id = p.author_id
                    AND EXISTS (SELECT 1 FROM post q
                        WHERE q.id = p.parent_id AND q.author_id = p.author_id)))
                AND NOT EXISTS (SELECT 1 FROM post_mention m
                    WHERE m.post_id = p.id AND m.actor_id = f.follower_id AND NOT m.silent)",
            post.0
        )?;
        Ok(rows
            .into_iter()
            .map(|(id, named)| {
                let kind = if named { Kind::Mention } else { Kind::Status };
                (ActorId(id), kind)
            })
            .collect())
    }

    /// Whom a post names, of those who live here.
    pub async fn named_here(&mut self, post: PostId) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT m.actor_id FROM post_mention m JOIN actor a ON a.id = m.actor_id
             WHERE m.post_id = $1 AND NOT m.silent AND a.is_local AND a.kind <> 'Group'",
            post.0
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }

    /// Who here boosted a post.
    pub async fn boosters_here(&mut self, post: PostId) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT a.id FROM reaction x JOIN actor a ON a.id = x.actor_id
             WHERE x.post_id = $1 AND x.class = 'boost' AND a.is_local",
            post.0
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }

    /// Who here voted in a poll.
    pub async fn voters_here(&mut self, post: PostId) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT DISTINCT a.id FROM poll_vote v JOIN actor a ON a.id = v.actor_id
             WHERE v.post_id = $1 AND a.is_local",
            post.0
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }

    /// Who administers the server.
    pub async fn admins(&mut self) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT actor_id FROM account WHERE is_admin"
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }
}

impl Tx {
    /// Keeps a notification, unless the same is kept already; gives its id. One that
    /// waits apart is counted for who caused it, under the id `request` if they wait for
    /// the first time.
    pub async fn insert_notification(
        &mut self,
        new: &NewNotification<'_>,
        request: i64,
        now: Timestamp,
    ) -> Result<Option<i64>> {
        let id = sql!(
            self,
            fetch_scalar as i64,
            "INSERT INTO notification (owner_id, kind, from_id, post_id, report_id, group_key,
                filtered, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id",
            new.owner.0,
            new.kind.as_str(),
            new.from.0,
            new.post.map(|id| id.0),
            new.report.map(|id| id.0),
            new.group_key,
            new.filtered,
            now.micros()
        )?;
        if new.filtered && id.is_some() {
            sql!(
                self,
                execute,
                "INSERT INTO notification_request (id, owner_id, from_id, count, last_post_id,
                    state, created_at, updated_at)
                 VALUES ($1, $2, $3, 1, $4, 'waiting', $5, $5)
                 ON CONFLICT (owner_id, from_id) DO UPDATE SET
                    count = notification_request.count + 1, state = 'waiting',
                    last_post_id = coalesce(excluded.last_post_id,
                        notification_request.last_post_id),
                    updated_at = excluded.updated_at",
                request,
                new.owner.0,
                new.from.0,
                new.post.map(|id| id.0),
                now.micros()
            )?;
        }
        Ok(id)
    }
}

impl Conn {
    /// Forgets what somebody was told of somebody, of these kinds and about this post.
    pub async fn forget_notification(
        &mut self,
        owner: ActorId,
        kind: Kind,
        from: ActorId,
        post: Option<PostId>,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM notification WHERE owner_id = $1 AND kind = $2 AND from_id = $3
                AND coalesce(post_id, 0) = $4",
            owner.0,
            kind.as_str(),
            from.0,
            post.map_or(0, |id| id.0)
        )
        .map(drop)
    }

    /// Forgets what anybody was told about these posts, which are gone.
    pub async fn forget_notifications_about(&mut self, posts: &[PostId]) -> Result<()> {
        let ids: Vec<i64> = posts.iter().map(|id| id.0).collect();
        sql!(
            self,
            execute,
            "DELETE FROM notification
             WHERE post_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids)
        )
        .map(drop)
    }

    /// Forgets what somebody was told about a post.
    pub async fn forget_notifications_on(&mut self, owner: ActorId, post: PostId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM notification WHERE owner_id = $1 AND post_id = $2",
            owner.0,
            post.0
        )
        .map(drop)
    }
}
