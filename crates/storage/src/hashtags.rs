//! Hashtags: how much they are used, who follows and who features them.

use archipel_model::{ActorId, HashtagId, PostId, Timestamp};

use crate::conn::sql;
use crate::window::page;
use crate::{Conn, KeyedId, Result, Window};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// A hashtag, and what somebody has to do with it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HashtagRow {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: HashtagId,
    /// Its name.
    pub name: String,
    /// Whether they follow it.
    pub following: bool,
    /// Whether their profile features it.
    pub featuring: bool,
}

/// How much a hashtag was used on one day.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct HashtagDay {
    /// The hashtag.
    #[sqlx(try_from = "i64")]
    pub id: HashtagId,
    /// Days since 1970.
    pub day: i64,
    /// Posts.
    pub uses: i64,
    /// People who wrote them.
    pub accounts: i64,
}

/// A hashtag that a profile features.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FeaturedHashtag {
    /// The key of this choice.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Posts of the profile with it.
    pub posts: i64,
    /// The last of them.
    pub last_id: Option<i64>,
}

/// Posts that everybody may count: public, shown, of servers that are not blocked, and
/// not of communities known to this server alone. The tables are `p` and `a`.
macro_rules! counted {
    () => {
        "p.state = 'published' AND p.visibility = 'public' AND NOT a.host_blocked
            AND a.state = 'active' AND NOT EXISTS (SELECT 1 FROM community c
                WHERE c.actor_id = p.community_id AND c.reach = 'local')"
    };
}

impl Conn {
    /// The hashtag of this name, in small letters.
    pub async fn hashtag(&mut self, name: &str) -> Result<Option<HashtagId>> {
        let id = sql!(
            self,
            fetch_scalar as i64,
            "SELECT id FROM hashtag WHERE name = $1",
            name
        )?;
        Ok(id.map(HashtagId))
    }

    /// The hashtag of this name, made if there is none.
    pub async fn hashtag_or_new(
        &mut self,
        id: HashtagId,
        name: &str,
        now: Timestamp,
    ) -> Result<HashtagId> {
        sql!(
            self,
            execute,
            "INSERT INTO hashtag (id, name, created_at) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            id.0,
            name,
            now.micros()
        )?;
        Ok(self.hashtag(name).await?.unwrap_or(id))
    }

    /// Hashtags of these ids, as `owner` has to do with them, in no order.
    pub async fn hashtags(
        &mut self,
        ids: &[HashtagId],
        owner: Option<ActorId>,
    ) -> Result<Vec<HashtagRow>> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as HashtagRow,
            "SELECT h.id, h.name,
                EXISTS (SELECT 1 FROM hashtag_follow f
                    WHERE f.hashtag_id = h.id AND f.owner_id = $2) AS following,
                EXISTS (SELECT 1 FROM featured_hashtag f
                    WHERE f.hashtag_id = h.id AND f.owner_id = $2) AS featuring
             FROM hashtag h
             WHERE h.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids),
            owner.map_or(0, |owner| owner.0)
        )
    }

    /// How much these hashtags were used, day by day since then.
    pub async fn hashtag_days(
        &mut self,
        ids: &[HashtagId],
        since: Timestamp,
    ) -> Result<Vec<HashtagDay>> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as HashtagDay,
            concat!(
                "SELECT h.hashtag_id AS id, (h.post_id >> 16) / $3 AS day, count(*) AS uses,
                    count(DISTINCT p.author_id) AS accounts
                 FROM post_hashtag h JOIN post p ON p.id = h.post_id
                 JOIN actor a ON a.id = p.author_id
                 WHERE h.hashtag_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))
                    AND h.post_id >= $2 AND ",
                counted!(),
                " GROUP BY 1, 2"
            ),
            crate::json_list(&ids),
            since.millis() << 16,
            DAY
        )
    }

    /// The hashtags that most people used since then.
    pub async fn trending_hashtags(
        &mut self,
        since: Timestamp,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<HashtagId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            concat!(
                "SELECT h.hashtag_id FROM post p JOIN post_hashtag h ON h.post_id = p.id
                 JOIN actor a ON a.id = p.author_id
                 WHERE p.id >= $1 AND ",
                counted!(),
                " GROUP BY h.hashtag_id
                 ORDER BY count(DISTINCT p.author_id) DESC, count(*) DESC, h.hashtag_id
                 LIMIT $2 OFFSET $3"
            ),
            since.millis() << 16,
            limit,
            offset
        )?;
        Ok(ids.into_iter().map(HashtagId).collect())
    }

    /// The public posts that were most reacted to since then: of people and communities
    /// that let themselves be found.
    pub async fn trending_posts(
        &mut self,
        since: Timestamp,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<PostId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            concat!(
                "SELECT p.id FROM post p JOIN actor a ON a.id = p.author_id
                 LEFT JOIN profile r ON r.actor_id = p.author_id
                 WHERE p.id >= $1 AND p.likes + p.boosts > 0 AND NOT p.sensitive AND ",
                counted!(),
                " AND (r.discoverable OR EXISTS (SELECT 1 FROM community c
                        WHERE c.actor_id = p.community_id AND c.reach = 'public'))
                 ORDER BY p.likes + 2 * p.boosts DESC, p.id DESC LIMIT $2 OFFSET $3"
            ),
            since.millis() << 16,
            limit,
            offset
        )?;
        Ok(ids.into_iter().map(PostId).collect())
    }

    /// Follows a hashtag, or no more.
    pub async fn set_hashtag_followed(
        &mut self,
        id: i64,
        owner: ActorId,
        tag: HashtagId,
        followed: bool,
        now: Timestamp,
    ) -> Result<()> {
        if followed {
            sql!(
                self,
                execute,
                "INSERT INTO hashtag_follow (id, owner_id, hashtag_id, created_at)
                 VALUES ($1, $2, $3, $4) ON CONFLICT (owner_id, hashtag_id) DO NOTHING",
                id,
                owner.0,
                tag.0,
                now.micros()
            )
            .map(drop)
        } else {
            sql!(
                self,
                execute,
                "DELETE FROM hashtag_follow WHERE owner_id = $1 AND hashtag_id = $2",
                owner.0,
                tag.0
            )
            .map(drop)
        }
    }

    /// The hashtags that somebody follows.
    pub async fn followed_hashtag_page(
        &mut self,
        owner: ActorId,
        window: Window,
    ) -> Result<Vec<KeyedId>> {
        page!(
            self,
            window,
            as KeyedId,
            "SELECT id, hashtag_id FROM hashtag_follow WHERE owner_id = $4",
            "id",
            owner.0
        )
    }

    /// Features a hashtag on a profile.
    pub async fn feature_hashtag(
        &mut self,
        id: i64,
        owner: ActorId,
        tag: HashtagId,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO featured_hashtag (id, owner_id, hashtag_id, created_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT (owner_id, hashtag_id) DO NOTHING",
            id,
            owner.0,
            tag.0,
            now.micros()
        )
        .map(drop)
    }

    /// Features a hashtag no more.
    pub async fn unfeature_hashtag(&mut self, owner: ActorId, tag: HashtagId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM featured_hashtag WHERE owner_id = $1 AND hashtag_id = $2",
            owner.0,
            tag.0
        )
        .map(drop)
    }

    /// Features the hashtag of this choice no more; says whether there was one.
    pub async fn unfeature_by_id(&mut self, owner: ActorId, id: i64) -> Result<bool> {
        sql!(
            self,
            execute,
            "DELETE FROM featured_hashtag WHERE owner_id = $1 AND id = $2",
            owner.0,
            id
        )
        .map(|rows| rows > 0)
    }

    /// The hashtags that a profile features, with what it wrote, or a community holds,
    /// with them in public.
    pub async fn featured_hashtags(&mut self, owner: ActorId) -> Result<Vec<FeaturedHashtag>> {
        sql!(
            self,
            fetch_all as FeaturedHashtag,
            "SELECT f.id, h.name, count(p.id) AS posts, max(p.id) AS last_id
             FROM featured_hashtag f JOIN hashtag h ON h.id = f.hashtag_id
             LEFT JOIN post_hashtag t ON t.hashtag_id = f.hashtag_id
             LEFT JOIN post p ON p.id = t.post_id AND p.state = 'published'
                AND p.visibility IN ('public', 'unlisted')
                AND (p.author_id = $1 OR p.community_id = $1)
             WHERE f.owner_id = $1 GROUP BY f.id, h.name ORDER BY f.id",
            owner.0
        )
    }

    /// Names of hashtags that somebody used most and does not feature.
    pub async fn own_hashtags(&mut self, owner: ActorId, limit: i64) -> Result<Vec<HashtagId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT t.hashtag_id FROM post p JOIN post_hashtag t ON t.post_id = p.id
             WHERE p.author_id = $1 AND p.state = 'published'
                AND p.visibility IN ('public', 'unlisted')
                AND t.hashtag_id NOT IN
                    (SELECT hashtag_id FROM featured_hashtag WHERE owner_id = $1)
             GROUP BY t.hashtag_id ORDER BY count(*) DESC, t.hashtag_id LIMIT $2",
            owner.0,
            limit
        )?;
        Ok(ids.into_iter().map(HashtagId).collect())
    }
}
