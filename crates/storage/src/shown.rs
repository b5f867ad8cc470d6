//! Posts and actors as they are shown to apps: everything for a page of them in few
//! questions, whatever their number.

use archipel_model::{ActorId, EntryId, MediaId, PostId, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Actor, Conn, Eyes, Post, Result};

/// One status of an app: a post, or a boost of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// Its id; of a post itself the post's.
    #[sqlx(try_from = "i64")]
    pub id: EntryId,
    /// Who shows it.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
    /// The post.
    #[sqlx(try_from = "i64")]
    pub post_id: PostId,
    /// Whether it is a boost.
    pub boost: bool,
    /// When it was shown.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

/// A post with what is shown beside it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ShownPost {
    /// The post.
    #[sqlx(flatten)]
    pub post: Post,
    /// Answers that are shown.
    pub replies: i64,
    /// A JSON list of `{"id","username","acct","url"}`.
    pub mentions: String,
    /// A JSON list of names of hashtags.
    pub tags: String,
    /// A JSON list of `{"shortcode","url","static_url"}`.
    pub emojis: String,
    /// Whether there are attachments.
    pub has_media: bool,
    /// What a link post points at.
    pub link: Option<String>,
    /// Who wrote what it answers.
    #[sqlx(try_from = "Maybe")]
    pub parent_author: Option<ActorId>,
    /// The app that wrote it: its name and website.
    pub app_name: Option<String>,
    /// See `app_name`.
    pub app_website: Option<String>,
}

/// An actor with its profile.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ShownActor {
    /// The actor.
    #[sqlx(flatten)]
    pub actor: Actor,
    /// The name in the media store of the picture of a local actor.
    pub avatar_blob: Option<String>,
    /// See `avatar_blob`.
    pub header_blob: Option<String>,
    /// The address of the picture of a remote actor.
    pub avatar_url: Option<String>,
    /// See `avatar_url`.
    pub header_url: Option<String>,
    /// A JSON list of `{"name","value","verified_at"}`.
    pub fields: String,
    /// A JSON list of `{"shortcode","url","static_url"}`.
    pub emojis: String,
    /// Whether it is a program.
    pub bot: bool,
    /// Whether it wants to be suggested.
    pub discoverable: Option<bool>,
    /// Whether its posts may be searched.
    pub indexable: bool,
    /// Whether it shows nobody whom it follows and who follows it.
    pub hide_collections: bool,
    /// When it was made, as its server says.
    #[sqlx(try_from = "Maybe")]
    pub published_at: Option<Timestamp>,
    /// Posts that its server counts, of remote ones.
    pub said_posts: Option<i64>,
    /// See `said_posts`.
    pub said_followers: Option<i64>,
    /// See `said_posts`.
    pub said_following: Option<i64>,
}

/// What is counted of an actor.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
pub struct Counts {
    /// Public posts, replies included; of a community its threads.
    pub posts: i64,
    /// Accepted followers.
    pub followers: i64,
    /// Accepted follows.
    pub following: i64,
    /// When it last showed something.
    #[sqlx(try_from = "Maybe")]
    pub last_at: Option<Timestamp>,
}

/// A file of a post.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ShownMedia {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: MediaId,
    /// The post.
    #[sqlx(try_from = "Maybe")]
    pub post_id: Option<PostId>,
    /// image, gifv, video, audio, unknown.
    pub kind: String,
    /// Its name in the store.
    pub blob: Option<String>,
    /// The name of its preview.
    pub preview: Option<String>,
    /// Where it is elsewhere.
    pub remote_url: Option<String>,
    /// In words.
    pub description: Option<String>,
    /// A few colours.
    pub blurhash: Option<String>,
    /// Pixels.
    pub width: Option<i64>,
    /// Pixels.
    pub height: Option<i64>,
    /// Pixels.
    pub preview_width: Option<i64>,
    /// Pixels.
    pub preview_height: Option<i64>,
    /// What must stay visible: -1 left to 1 right.
    pub focus_x: f64,
    /// -1 bottom to 1 top.
    pub focus_y: f64,
}

/// What somebody did with a post.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Marks {
    /// The post.
    pub post_id: i64,
    /// Whether they like it.
    pub favourited: bool,
    /// Whether they boosted it.
    pub reblogged: bool,
    /// Whether they bookmarked it.
    pub bookmarked: bool,
    /// Whether they hear nothing of its thread.
    pub muted: bool,
    /// Whether it is on top: of their profile, or of its community.
    pub pinned: bool,
}

/// The columns of [`ShownActor`]; the tables are called `a` and `r`.
macro_rules! actor_columns {
    () => {
        "a.*, (SELECT m.blob FROM media m WHERE m.id = r.avatar_id) AS avatar_blob,
            (SELECT m.blob FROM media m WHERE m.id = r.header_id) AS header_blob,
            r.avatar_url, r.header_url, coalesce(r.fields, '[]') AS fields,
            coalesce(r.emojis, '[]') AS emojis, coalesce(r.bot, FALSE) AS bot,
            r.discoverable, coalesce(r.indexable, FALSE) AS indexable,
            coalesce(r.hide_collections, FALSE) AS hide_collections, r.published_at,
            r.posts AS said_posts, r.followers AS said_followers,
            r.following AS said_following"
    };
}

impl Conn {
    /// Posts of these ids with what is shown beside them, in no order.
    pub async fn shown_posts(&mut self, ids: &[PostId]) -> Result<Vec<ShownPost>> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as ShownPost,
            "SELECT p.*, q.author_id AS parent_author, o.name AS app_name, o.website AS app_website
             FROM post p
             LEFT JOIN post q ON q.id = p.parent_id
             LEFT JOIN oauth_app o ON o.id = p.app_id
             WHERE p.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids)
        )
    }

    /// Actors of these ids with their profiles, in no order.
    pub async fn shown_actors(&mut self, ids: &[ActorId]) -> Result<Vec<ShownActor>> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as ShownActor,
            concat!(
                "SELECT ",
                actor_columns!(),
                " FROM actor a LEFT JOIN profile r ON r.actor_id = a.id
                 WHERE a.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))"
            ),
            crate::json_list(&ids)
        )
    }

    /// What is counted of an actor. Its cost grows with what it wrote: keep the answer
    /// for a while.
    pub async fn counts_of(&mut self, actor: ActorId) -> Result<Counts> {
        let counts = sql!(
            self,
            fetch_optional as Counts,
            "SELECT (SELECT count(*) FROM post p WHERE p.author_id = $1
                    AND p.state = 'published' AND p.visibility IN ('public', 'unlisted'))
                + (SELECT count(*) FROM post p WHERE p.community_id = $1
                    AND p.parent_uri IS NULL AND p.state = 'published') AS posts,
                (SELECT count(*) FROM follow f WHERE f.target_id = $1
                    AND f.state = 'accepted') AS followers,
                (SELECT count(*) FROM follow f WHERE f.follower_id = $1
                    AND f.state = 'accepted') AS following,
                (SELECT max(e.created_at) FROM feed_entry e
                    WHERE e.id = (SELECT max(l.id) FROM feed_entry l WHERE l.actor_id = $1))
                    AS last_at",
            actor.0
        )?;
        Ok(counts.unwrap_or_default())
    }

    /// The files of these posts, in their order.
    pub async fn media_of(&mut self, posts: &[PostId]) -> Result<Vec<ShownMedia>> {
        let ids: Vec<i64> = posts.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as ShownMedia,
            "SELECT * FROM media
             WHERE post_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))
             ORDER BY post_id, position, id",
            crate::json_list(&ids)
        )
    }

    /// What somebody did with these posts.
    pub async fn marks_on(&mut self, by: ActorId, posts: &[PostId]) -> Result<Vec<Marks>> {
        let ids: Vec<i64> = posts.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as Marks,
            "SELECT p.id AS post_id,
                EXISTS (SELECT 1 FROM reaction x WHERE x.post_id = p.id AND x.class = 'vote'
                    AND x.actor_uri = me.uri AND x.kind = 'like') AS favourited,
                EXISTS (SELECT 1 FROM reaction x WHERE x.post_id = p.id AND x.class = 'boost'
                    AND x.actor_uri = me.uri)
                    OR coalesce(p.community_id = me.id AND p.state = 'published', FALSE)
                    AS reblogged,
                EXISTS (SELECT 1 FROM bookmark b
                    WHERE b.owner_id = me.id AND b.post_id = p.id) AS bookmarked,
                EXISTS (SELECT 1 FROM thread_mute t
                    WHERE t.owner_id = me.id AND t.root_id = coalesce(p.root_id, p.id)) AS muted,
                EXISTS (SELECT 1 FROM profile_pin n
                    WHERE n.owner_id = p.author_id AND n.post_id = p.id)
                    OR p.pinned_at IS NOT NULL AS pinned
             FROM post p JOIN actor me ON me.id = $2
             WHERE p.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids),
            by.0
        )
    }

    /// The status of this id: a post, or somebody's boost of one, if `eyes` may see it.
    pub async fn entry_seen_by(&mut self, eyes: Eyes, id: EntryId) -> Result<Option<Entry>> {
        let found = sql!(
            self,
            fetch_optional as Entry,
            "SELECT id, actor_id, post_id, boost, created_at FROM feed_entry
             WHERE id = $1 AND boost
             UNION ALL
             SELECT id, author_id, id, FALSE, published_at FROM post WHERE id = $1",
            id.0
        )?;
        let Some(entry) = found else {
            return Ok(None);
        };
        let seen = self.seen_by(eyes, &[entry.post_id]).await?;
        Ok(seen
            .get(&entry.post_id)
            .is_some_and(|seen| *seen)
            .then_some(entry))
    }
}
