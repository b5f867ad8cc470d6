//! Lists that people make of those whom they follow.

use archipel_model::{ActorId, ListId, Timestamp};

use crate::conn::sql;
use crate::{Conn, ListReplies, Result};

/// A list as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OwnList {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: ListId,
    /// Its name.
    pub title: String,
    /// Which answers it shows.
    #[sqlx(try_from = "String")]
    pub replies: ListReplies,
    /// Whether its members are not shown at home.
    pub exclusive: bool,
}

impl Conn {
    /// The lists of somebody.
    pub async fn lists(&mut self, owner: ActorId) -> Result<Vec<OwnList>> {
        sql!(
            self,
            fetch_all as OwnList,
            "SELECT id, title, replies, exclusive FROM list WHERE owner_id = $1 ORDER BY id",
            owner.0
        )
    }

    /// The lists of somebody that an actor is in.
    pub async fn lists_with(&mut self, owner: ActorId, member: ActorId) -> Result<Vec<OwnList>> {
        sql!(
            self,
            fetch_all as OwnList,
            "SELECT l.id, l.title, l.replies, l.exclusive FROM list l
                JOIN list_member m ON m.list_id = l.id
             WHERE l.owner_id = $1 AND m.actor_id = $2 ORDER BY l.id",
            owner.0,
            member.0
        )
    }

    /// A list, if it is theirs.
    pub async fn list(&mut self, owner: ActorId, id: ListId) -> Result<Option<OwnList>> {
        sql!(
            self,
            fetch_optional as OwnList,
            "SELECT id, title, replies, exclusive FROM list WHERE id = $2 AND owner_id = $1",
            owner.0,
            id.0
        )
    }

    /// How many lists somebody has.
    pub async fn list_count(&mut self, owner: ActorId) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM list WHERE owner_id = $1",
            owner.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Stores a list, new or changed.
    pub async fn put_list(&mut self, owner: ActorId, list: &OwnList, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO list (id, owner_id, title, replies, exclusive, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET title = excluded.title, replies = excluded.replies,
                exclusive = excluded.exclusive",
            list.id.0,
            owner.0,
            &list.title,
            list.replies.as_str(),
            list.exclusive,
            now.micros()
        )
        .map(drop)
    }

    /// Forgets a list.
    pub async fn remove_list(&mut self, list: ListId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM list_member WHERE list_id = $1",
            list.0
        )?;
        sql!(self, execute, "DELETE FROM list WHERE id = $1", list.0).map(drop)
    }

    /// Who is in a list, by falling ids between `max` and `min`.
    pub async fn list_members(
        &mut self,
        list: ListId,
        (max, min): (i64, i64),
        limit: i64,
    ) -> Result<Vec<ActorId>> {
        let ids = sql!(
            self,
            fetch_scalars as i64,
            "SELECT m.actor_id FROM list_member m JOIN actor a ON a.id = m.actor_id
             WHERE m.list_id = $1 AND m.actor_id < $2 AND m.actor_id > $3 AND a.state <> 'gone'
             ORDER BY m.actor_id DESC LIMIT $4",
            list.0,
            max,
            min,
            limit
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }

    /// Puts an actor into a list; false when they were in it.
    pub async fn put_list_member(
        &mut self,
        list: ListId,
        member: ActorId,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "INSERT INTO list_member (list_id, actor_id, created_at) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            list.0,
            member.0,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Takes an actor out of a list.
    pub async fn remove_list_member(&mut self, list: ListId, member: ActorId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM list_member WHERE list_id = $1 AND actor_id = $2",
            list.0,
            member.0
        )
        .map(drop)
    }
}
