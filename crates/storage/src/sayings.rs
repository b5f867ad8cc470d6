//! Looking up what was said: by whom, about what, of which kind.

use archipel_model::{ActivityId, ActorId, MeasureId, PostId};

use crate::conn::sql;
use crate::{Activity, ActivityKind, Conn, Result};

impl Conn {
    /// The activity of this id.
    pub async fn activity(&mut self, id: ActivityId) -> Result<Option<Activity>> {
        sql!(
            self,
            fetch_optional as Activity,
            "SELECT * FROM activity WHERE id = $1",
            id.0
        )
    }

    /// What was said with this ActivityPub id.
    pub async fn activity_by_uri(&mut self, uri: &str) -> Result<Option<Activity>> {
        sql!(
            self,
            fetch_optional as Activity,
            "SELECT * FROM activity WHERE uri = $1",
            uri
        )
    }

    /// What a local moderator said of a measure; of several, that about `object`.
    pub async fn activity_of_measure(
        &mut self,
        measure: MeasureId,
        object: Option<&str>,
    ) -> Result<Option<Activity>> {
        sql!(
            self,
            fetch_optional as Activity,
            "SELECT * FROM activity WHERE measure_id = $1 AND kind = 'Measure'
             ORDER BY CASE WHEN object_uri = $2 THEN 0 ELSE 1 END, id LIMIT 1",
            measure.0,
            object
        )
    }

    /// The last showing of a thread by a community.
    pub async fn last_boost(
        &mut self,
        post: PostId,
        community: ActorId,
    ) -> Result<Option<Activity>> {
        sql!(
            self,
            fetch_optional as Activity,
            "SELECT * FROM activity WHERE post_id = $1 AND actor_id = $2
                AND kind IN ('AnnounceThread', 'AnnounceAgain') ORDER BY id DESC LIMIT 1",
            post.0,
            community.0
        )
    }

    /// Whether a community of this server has announced a post: the one that it is
    /// in, or one that it was moved from.
    pub async fn is_announced(&mut self, post: PostId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM activity WHERE post_id = $1
                AND kind IN ('AnnounceThread', 'AnnounceReply'))",
            post.0
        )
        .map(Option::unwrap_or_default)
    }

    /// The newest of what an actor said of this kind about posts that everybody may
    /// see and that are listed, at most `limit`: what its outbox shows.
    pub async fn listed_activities(
        &mut self,
        actor: ActorId,
        kind: ActivityKind,
        limit: i64,
    ) -> Result<Vec<Activity>> {
        sql!(
            self,
            fetch_all as Activity,
            "SELECT y.* FROM activity y JOIN post p ON p.id = y.post_id
             WHERE y.actor_id = $1 AND y.kind = $2 AND p.state = 'published'
                AND p.visibility IN ('public', 'unlisted')
                AND p.author_id NOT IN (SELECT id FROM actor WHERE host_blocked)
                AND (p.author_id NOT IN (SELECT id FROM actor WHERE host_limited)
                    OR EXISTS (SELECT 1 FROM measure m
                        WHERE m.post_id = p.id AND m.kind = 'approved'))
                AND ($2 <> 'AnnounceThread' OR p.community_id = $1)
                AND (p.community_id IS NULL OR p.community_id = $1 OR p.community_id NOT IN
                    (SELECT actor_id FROM community WHERE reach = 'local'))
             ORDER BY y.id DESC LIMIT $3",
            actor.0,
            kind.as_str(),
            limit
        )
    }

    /// The last that an actor said of this kind.
    pub async fn last_said(
        &mut self,
        actor: ActorId,
        kind: ActivityKind,
    ) -> Result<Option<Activity>> {
        sql!(
            self,
            fetch_optional as Activity,
            "SELECT * FROM activity WHERE actor_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 1",
            actor.0,
            kind.as_str()
        )
    }

    /// What was said of this kind about a post.
    pub async fn activity_about(
        &mut self,
        post: PostId,
        kind: ActivityKind,
    ) -> Result<Option<Activity>> {
        sql!(
            self,
            fetch_optional as Activity,
            "SELECT * FROM activity WHERE post_id = $1 AND kind = $2 ORDER BY id LIMIT 1",
            post.0,
            kind.as_str()
        )
    }
}
