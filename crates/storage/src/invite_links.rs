//! Links that make an account, or a member of a community, of who opens them.

use archipel_model::{ActorId, InviteLinkId, Role, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, MaybeWord};
use crate::{Conn, Result};

/// An invitation link. Its secret is known to those alone who were given it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct InviteLink {
    /// Its id.
    #[sqlx(try_from = "i64")]
    pub id: InviteLinkId,
    /// The community that it lets into; none: only an account.
    #[sqlx(try_from = "Maybe")]
    pub community_id: Option<ActorId>,
    /// The role that it gives there.
    #[sqlx(try_from = "MaybeWord")]
    pub role: Option<Role>,
    /// Who made it; the server's own actor stands for an operator.
    #[sqlx(try_from = "i64")]
    pub by_id: ActorId,
    /// How often it still works; none: as often as wanted.
    pub uses_left: Option<i64>,
    /// How often it was used.
    pub used: i64,
    /// Until when it works.
    #[sqlx(try_from = "Maybe")]
    pub expires_at: Option<Timestamp>,
    /// Since when it works no more.
    #[sqlx(try_from = "Maybe")]
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    #[sqlx(try_from = "crate::maybe::Micros")]
    pub created_at: Timestamp,
}

impl InviteLink {
    /// Whether it works at this moment.
    pub fn works(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none()
            && self.uses_left.is_none_or(|left| left > 0)
            && self.expires_at.is_none_or(|end| end > now)
    }
}

impl Conn {
    /// Keeps a new link, of whose secret this is the hash.
    pub async fn insert_invite_link(&mut self, link: &InviteLink, hash: &str) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO invite_link (id, hash, community_id, role, by_id, uses_left, expires_at,
                created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            link.id.0,
            hash,
            link.community_id.map(|id| id.0),
            link.role.map(Role::as_str),
            link.by_id.0,
            link.uses_left,
            link.expires_at.map(Timestamp::micros),
            link.created_at.micros()
        )
        .map(drop)
    }

    /// The link of this secret, whether it works or not.
    pub async fn invite_link_by_hash(&mut self, hash: &str) -> Result<Option<InviteLink>> {
        sql!(
            self,
            fetch_optional as InviteLink,
            "SELECT * FROM invite_link WHERE hash = $1",
            hash
        )
    }

    /// One link.
    pub async fn invite_link(&mut self, id: InviteLinkId) -> Result<Option<InviteLink>> {
        sql!(
            self,
            fetch_optional as InviteLink,
            "SELECT * FROM invite_link WHERE id = $1",
            id.0
        )
    }

    /// All links, or those of one community, the newest first.
    pub async fn invite_links(
        &mut self,
        community: Option<ActorId>,
        limit: i64,
    ) -> Result<Vec<InviteLink>> {
        sql!(
            self,
            fetch_all as InviteLink,
            "SELECT * FROM invite_link
             WHERE CAST($1 AS BIGINT) IS NULL OR community_id = $1
             ORDER BY id DESC LIMIT $2",
            community.map(|id| id.0),
            limit
        )
    }

    /// Uses a link once; false when it does not work any more. Counting and asking are
    /// one statement: two who come at once for the last use do not both get in.
    pub async fn use_invite_link(&mut self, id: InviteLinkId, now: Timestamp) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE invite_link SET used = used + 1, uses_left = uses_left - 1
             WHERE id = $1 AND revoked_at IS NULL AND (uses_left IS NULL OR uses_left > 0)
                AND (expires_at IS NULL OR expires_at > $2)",
            id.0,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Gives a use back, of somebody who never came.
    pub async fn unuse_invite_link(&mut self, id: InviteLinkId) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE invite_link SET used = used - 1, uses_left = uses_left + 1 WHERE id = $1",
            id.0
        )
        .map(drop)
    }

    /// Ends a link; false when it was ended before.
    pub async fn revoke_invite_link(&mut self, id: InviteLinkId, now: Timestamp) -> Result<bool> {
        sql!(
            self,
            execute,
            "UPDATE invite_link SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            id.0,
            now.micros()
        )
        .map(|rows| rows > 0)
    }
}
