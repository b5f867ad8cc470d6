//! Posts and replies, local and remote.

use archipel_model::submission::HoldReason;
use archipel_model::{ActorId, PostId, Timestamp, Visibility};

use crate::conn::sql;
use crate::maybe::{Maybe, Micros};
use crate::{Conn, Result};

/// What form a post has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostKind {
    /// A text without a title, or a reply.
    Note,
    /// A text with a title.
    Page,
    /// A long text.
    Article,
    /// A poll.
    Question,
    /// An event.
    Event,
    /// A video, a picture, a sound.
    Media,
}
archipel_model::words! { PostKind {
    Note => "Note", Page => "Page", Article => "Article", Question => "Question",
    Event => "Event", Media => "Media",
} }

/// Whether a post is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostState {
    /// Shown.
    Published,
    /// Waits for a moderator.
    Held,
    /// Taken out of its community by a moderator, who may bring it back.
    Removed,
    /// Deleted by its author, or never to be taken: a tombstone.
    Deleted,
}
archipel_model::words! { PostState {
    Published => "published", Held => "held", Removed => "removed", Deleted => "deleted",
} }

/// A post as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Post {
    /// Our id of it.
    #[sqlx(try_from = "i64")]
    pub id: PostId,
    /// Its ActivityPub id.
    pub uri: String,
    /// Whether it was written here.
    pub is_local: bool,
    /// Its form.
    #[sqlx(try_from = "String")]
    pub kind: PostKind,
    /// Who wrote it.
    #[sqlx(try_from = "i64")]
    pub author_id: ActorId,
    /// The community it belongs to, local or remote.
    #[sqlx(try_from = "Maybe")]
    pub community_id: Option<ActorId>,
    /// The post that began the thread; none for that post itself.
    #[sqlx(try_from = "Maybe")]
    pub root_id: Option<PostId>,
    /// What it answers, if we have it.
    #[sqlx(try_from = "Maybe")]
    pub parent_id: Option<PostId>,
    /// What it answers.
    pub parent_uri: Option<String>,
    /// Its title, if it came with one; never invented.
    pub title: Option<String>,
    /// Its text, safe HTML.
    pub content: String,
    /// Its text as typed, of local posts.
    pub source: Option<String>,
    /// A content warning.
    pub summary: Option<String>,
    /// Whether its pictures are hidden at first.
    pub sensitive: bool,
    /// Its language, BCP 47.
    pub language: Option<String>,
    /// Who may see it.
    #[sqlx(try_from = "String")]
    pub visibility: Visibility,
    /// Whether it is shown.
    #[sqlx(try_from = "String")]
    pub state: PostState,
    /// Whether the thread takes no more replies.
    pub locked: bool,
    /// Its page.
    pub url: Option<String>,
    /// When it was written, as it says, never in the future.
    #[sqlx(try_from = "Micros")]
    pub published_at: Timestamp,
    /// When it was last edited.
    #[sqlx(try_from = "Maybe")]
    pub updated_at: Option<Timestamp>,
    /// When we got it.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
    /// Why it waits for a moderator.
    pub held_reason: Option<String>,
    /// The activity that brought it, exact bytes, of one that waits.
    pub received: Option<String>,
    /// Since when it is on top.
    #[sqlx(try_from = "Maybe")]
    pub pinned_at: Option<Timestamp>,
    /// Votes for it.
    pub likes: i64,
    /// Votes against it.
    pub dislikes: i64,
    /// Boosts of it.
    pub boosts: i64,
}

/// A post to be stored: like [`Post`], published unless it is held.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// Our id for it.
    pub id: PostId,
    /// Its ActivityPub id.
    pub uri: String,
    /// Whether it was written here.
    pub is_local: bool,
    /// Its form.
    pub kind: PostKind,
    /// Who wrote it.
    pub author_id: ActorId,
    /// The community it belongs to.
    pub community_id: Option<ActorId>,
    /// The post that began the thread.
    pub root_id: Option<PostId>,
    /// What it answers, if we have it.
    pub parent_id: Option<PostId>,
    /// What it answers.
    pub parent_uri: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its text, safe HTML.
    pub content: String,
    /// Its text as typed.
    pub source: Option<String>,
    /// A content warning.
    pub summary: Option<String>,
    /// Whether its pictures are hidden at first.
    pub sensitive: bool,
    /// Its language.
    pub language: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Its page.
    pub url: Option<String>,
    /// When it was written.
    pub published_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Option<Timestamp>,
    /// Why it waits for a moderator; none for one that is shown at once.
    pub held_reason: Option<HoldReason>,
    /// The activity that brought it, kept while it waits.
    pub received: Option<String>,
}

impl NewPost {
    /// What it begins as.
    const fn state(&self) -> PostState {
        match self.held_reason {
            Some(_) => PostState::Held,
            None => PostState::Published,
        }
    }
}

impl Conn {
    /// Stores the tombstone of a post that never came; nothing changes when the
    /// post, or our id for it, is known.
    pub async fn insert_tombstone(&mut self, post: &NewPost, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO post (id, uri, is_local, kind, author_id, content, visibility, state,
                published_at, updated_at, created_at)
             VALUES ($1, $2, FALSE, $3, $4, '', $5, 'deleted', $6, $6, $6)
             ON CONFLICT DO NOTHING",
            post.id.0,
            &post.uri,
            post.kind.as_str(),
            post.author_id.0,
            post.visibility.as_str(),
            now.micros()
        )
        .map(drop)
    }

    /// Stores a post; false, and nothing changes, when its ActivityPub id is known
    /// already, living or deleted, or when our id for it is taken.
    pub async fn insert_post(&mut self, post: &NewPost, now: Timestamp) -> Result<bool> {
        sql!(
            self,
            execute,
            "INSERT INTO post (id, uri, is_local, kind, author_id, community_id, root_id,
                parent_id, parent_uri, title, content, source, summary, sensitive, language,
                visibility, state, url, published_at, updated_at, created_at, held_reason,
                received)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                $21, $17, $18, $19, $20, $22, $23)
             ON CONFLICT DO NOTHING",
            post.id.0,
            &post.uri,
            post.is_local,
            post.kind.as_str(),
            post.author_id.0,
            post.community_id.map(|id| id.0),
            post.root_id.map(|id| id.0),
            post.parent_id.map(|id| id.0),
            post.parent_uri.as_deref(),
            post.title.as_deref(),
            &post.content,
            post.source.as_deref(),
            post.summary.as_deref(),
            post.sensitive,
            post.language.as_deref(),
            post.visibility.as_str(),
            post.url.as_deref(),
            post.published_at.micros(),
            post.updated_at.map(Timestamp::micros),
            now.micros(),
            post.state().as_str(),
            post.held_reason.map(HoldReason::as_str),
            post.received.as_deref()
        )
        .map(|rows| rows > 0)
    }

    /// The post of this ActivityPub id.
    pub async fn post_by_uri(&mut self, uri: &str) -> Result<Option<Post>> {
        sql!(
            self,
            fetch_optional as Post,
            "SELECT * FROM post WHERE uri = $1",
            uri
        )
    }

    /// The post of this id of ours.
    pub async fn post(&mut self, id: PostId) -> Result<Option<Post>> {
        sql!(
            self,
            fetch_optional as Post,
            "SELECT * FROM post WHERE id = $1",
            id.0
        )
    }

    /// Posts of these ids, in no order.
    pub async fn posts(&mut self, ids: &[PostId]) -> Result<Vec<Post>> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as Post,
            "SELECT * FROM post WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids)
        )
    }

    /// The newest threads that a community lists, at most `limit`: not those of
    /// servers that are blocked, and of limited ones those that a moderator approved.
    pub async fn threads(&mut self, community: ActorId, limit: i64) -> Result<Vec<Post>> {
        sql!(
            self,
            fetch_all as Post,
            "SELECT * FROM post WHERE community_id = $1 AND parent_uri IS NULL
                AND state = 'published'
                AND author_id NOT IN (SELECT id FROM actor WHERE host_blocked)
                AND (author_id NOT IN (SELECT id FROM actor WHERE host_limited)
                    OR EXISTS (SELECT 1 FROM measure m
                        WHERE m.post_id = post.id AND m.kind = 'approved'))
             ORDER BY id DESC LIMIT $2",
            community.0,
            limit
        )
    }

    /// How many threads a community lists: all, which an index knows, without those of
    /// the few authors whose servers are blocked or limited. `CROSS JOIN` and `+ 0` keep
    /// planners on the way from those authors to their posts.
    pub async fn thread_count(&mut self, community: ActorId) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT (SELECT count(*) FROM post WHERE community_id = $1
                    AND parent_uri IS NULL AND state = 'published')
                - (SELECT count(*) FROM actor a CROSS JOIN post p
                    WHERE p.author_id = a.id AND a.host_blocked AND p.community_id + 0 = $1
                        AND p.parent_uri IS NULL AND p.state = 'published')
                - (SELECT count(*) FROM actor a CROSS JOIN post p
                    WHERE p.author_id = a.id AND a.host_limited AND NOT a.host_blocked
                        AND p.community_id + 0 = $1 AND p.parent_uri IS NULL AND p.state = 'published'
                        AND NOT EXISTS (SELECT 1 FROM measure m
                            WHERE m.post_id = p.id AND m.kind = 'approved'))",
            community.0
        )
        .map(Option::unwrap_or_default)
    }

    /// All shown replies of a thread after `after`, oldest first, at most `limit`.
    pub async fn thread_replies(
        &mut self,
        root: PostId,
        after: PostId,
        limit: i64,
    ) -> Result<Vec<Post>> {
        sql!(
            self,
            fetch_all as Post,
            "SELECT * FROM post WHERE root_id = $1 AND id > $2 AND state = 'published'
                AND visibility IN ('public', 'unlisted')
                AND author_id NOT IN (SELECT id FROM actor WHERE host_blocked)
             ORDER BY id LIMIT $3",
            root.0,
            after.0,
            limit
        )
    }

    /// How many shown replies a thread has.
    pub async fn thread_reply_count(&mut self, root: PostId) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM post WHERE root_id = $1 AND state = 'published'
                AND visibility IN ('public', 'unlisted')
                AND author_id NOT IN (SELECT id FROM actor WHERE host_blocked)",
            root.0
        )
        .map(Option::unwrap_or_default)
    }

    /// All shown answers to a post, oldest first, at most `limit`, after `after`.
    pub async fn direct_replies(
        &mut self,
        parent: &str,
        after: PostId,
        limit: i64,
    ) -> Result<Vec<Post>> {
        sql!(
            self,
            fetch_all as Post,
            "SELECT * FROM post WHERE parent_uri = $1 AND id > $2 AND state = 'published'
                AND visibility IN ('public', 'unlisted')
                AND author_id NOT IN (SELECT id FROM actor WHERE host_blocked)
             ORDER BY id LIMIT $3",
            parent,
            after.0,
            limit
        )
    }

    /// How many shown answers a post has.
    pub async fn direct_reply_count(&mut self, parent: &str) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM post WHERE parent_uri = $1 AND state = 'published'
                AND visibility IN ('public', 'unlisted')
                AND author_id NOT IN (SELECT id FROM actor WHERE host_blocked)",
            parent
        )
        .map(Option::unwrap_or_default)
    }

    /// How many public posts an author has, outside of communities that only this
    /// server knows.
    pub async fn post_count(&mut self, author: ActorId) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM post WHERE author_id = $1 AND state = 'published'
                AND visibility IN ('public', 'unlisted')
                AND (community_id IS NULL
                    OR community_id NOT IN (SELECT actor_id FROM community WHERE reach = 'local'))",
            author.0
        )
        .map(Option::unwrap_or_default)
    }

    /// The newest public posts and replies of an author, at most `limit`, outside of
    /// communities that only this server knows.
    pub async fn posts_of(&mut self, author: ActorId, limit: i64) -> Result<Vec<Post>> {
        sql!(
            self,
            fetch_all as Post,
            "SELECT * FROM post WHERE author_id = $1 AND state = 'published'
                AND visibility IN ('public', 'unlisted')
                AND (community_id IS NULL
                    OR community_id NOT IN (SELECT actor_id FROM community WHERE reach = 'local'))
             ORDER BY id DESC LIMIT $2",
            author.0,
            limit
        )
    }
}
