//! Filters of members: what they want hidden where.

use archipel_model::filter::FilterAction;
use archipel_model::{ActorId, FilterId, PostId, Timestamp};

use crate::conn::sql;
use crate::maybe::Maybe;
use crate::{Conn, Result};

/// A filter.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Filter {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: FilterId,
    /// Its name.
    pub title: String,
    /// Where it works: a JSON list of words.
    pub contexts: String,
    /// What it does.
    #[sqlx(try_from = "String")]
    pub action: FilterAction,
    /// Until when it works.
    #[sqlx(try_from = "Maybe")]
    pub expires_at: Option<Timestamp>,
}

/// A word that a filter is meant for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FilterKeyword {
    /// Its id.
    pub id: i64,
    /// The filter.
    #[sqlx(try_from = "i64")]
    pub filter_id: FilterId,
    /// The word.
    pub keyword: String,
    /// Whether it counts as a whole word only.
    pub whole_word: bool,
}

/// A post that a filter is meant for.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct FilterPost {
    /// Its id.
    pub id: i64,
    /// The filter.
    #[sqlx(try_from = "i64")]
    pub filter_id: FilterId,
    /// The post.
    #[sqlx(try_from = "i64")]
    pub post_id: PostId,
}

impl Conn {
    /// The filters of somebody, oldest first.
    pub async fn filters_of(&mut self, owner: ActorId) -> Result<Vec<Filter>> {
        sql!(
            self,
            fetch_all as Filter,
            "SELECT id, title, contexts, action, expires_at FROM filter
             WHERE owner_id = $1 ORDER BY id",
            owner.0
        )
    }

    /// The words of somebody's filters, oldest first.
    pub async fn filter_keywords_of(&mut self, owner: ActorId) -> Result<Vec<FilterKeyword>> {
        sql!(
            self,
            fetch_all as FilterKeyword,
            "SELECT k.id, k.filter_id, k.keyword, k.whole_word
             FROM filter_keyword k JOIN filter f ON f.id = k.filter_id
             WHERE f.owner_id = $1 ORDER BY k.id",
            owner.0
        )
    }

    /// The posts of somebody's filters, oldest first.
    pub async fn filter_posts_of(&mut self, owner: ActorId) -> Result<Vec<FilterPost>> {
        sql!(
            self,
            fetch_all as FilterPost,
            "SELECT k.id, k.filter_id, k.post_id
             FROM filter_post k JOIN filter f ON f.id = k.filter_id
             WHERE f.owner_id = $1 ORDER BY k.id",
            owner.0
        )
    }

    /// Stores a filter, in the place of an earlier one of this id.
    pub async fn put_filter(
        &mut self,
        owner: ActorId,
        filter: &Filter,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO filter (id, owner_id, title, contexts, action, expires_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET title = excluded.title,
                contexts = excluded.contexts, action = excluded.action,
                expires_at = excluded.expires_at",
            filter.id.0,
            owner.0,
            &filter.title,
            &filter.contexts,
            filter.action.as_str(),
            filter.expires_at.map(Timestamp::micros),
            now.micros()
        )
        .map(drop)
    }

    /// Forgets a filter with all that is in it.
    pub async fn remove_filter(&mut self, id: FilterId) -> Result<()> {
        for text in [
            "DELETE FROM filter_keyword WHERE filter_id = $1",
            "DELETE FROM filter_post WHERE filter_id = $1",
            "DELETE FROM filter WHERE id = $1",
        ] {
            sql!(self, execute, text, id.0)?;
        }
        Ok(())
    }

    /// Stores a word of a filter, in the place of an earlier one of this id.
    pub async fn put_filter_keyword(&mut self, keyword: &FilterKeyword) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO filter_keyword (id, filter_id, keyword, whole_word)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET keyword = excluded.keyword,
                whole_word = excluded.whole_word",
            keyword.id,
            keyword.filter_id.0,
            &keyword.keyword,
            keyword.whole_word
        )
        .map(drop)
    }

    /// Forgets a word of a filter.
    pub async fn remove_filter_keyword(&mut self, id: i64) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM filter_keyword WHERE id = $1",
            id
        )
        .map(drop)
    }

    /// Adds a post to a filter, once.
    pub async fn put_filter_post(&mut self, post: &FilterPost) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO filter_post (id, filter_id, post_id) VALUES ($1, $2, $3)
             ON CONFLICT (filter_id, post_id) DO NOTHING",
            post.id,
            post.filter_id.0,
            post.post_id.0
        )
        .map(drop)
    }

    /// Takes a post out of a filter.
    pub async fn remove_filter_post(&mut self, id: i64) -> Result<()> {
        sql!(self, execute, "DELETE FROM filter_post WHERE id = $1", id).map(drop)
    }
}
