//! Local communities: their policies and their moderators.

use archipel_model::{
    ActorId, CommunityPolicy, JoinPolicy, PostPolicy, Role, Timestamp, permission::Standing,
};

use crate::conn::sql;
use crate::{Actor, Conn, Result};

/// A local community, beside its actor.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Community {
    /// Its actor.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
    /// What it says of itself, as typed.
    pub description: String,
    /// Its main language, BCP 47.
    pub language: String,
    /// How one becomes a member.
    #[sqlx(try_from = "String")]
    pub join_policy: JoinPolicy,
    /// Who may start a thread.
    #[sqlx(try_from = "String")]
    pub post_policy: PostPolicy,
    /// Who may reply.
    #[sqlx(try_from = "String")]
    pub reply_policy: PostPolicy,
}

impl Community {
    /// Its policies together.
    pub const fn policy(&self) -> CommunityPolicy {
        CommunityPolicy {
            join: self.join_policy,
            post: self.post_policy,
            reply: self.reply_policy,
        }
    }
}

/// Somebody with a role in a community.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ModeratorRow {
    /// Who.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
    /// Their ActivityPub id.
    pub uri: String,
    /// What they are.
    #[sqlx(try_from = "String")]
    pub role: Role,
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    role: Option<String>,
    member: bool,
    state: String,
}

impl Conn {
    /// Stores a community beside its actor, or its changed settings.
    pub async fn put_community(&mut self, community: &Community) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO community
                (actor_id, description, language, join_policy, post_policy, reply_policy)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (actor_id) DO UPDATE SET description = excluded.description,
                language = excluded.language, join_policy = excluded.join_policy,
                post_policy = excluded.post_policy, reply_policy = excluded.reply_policy",
            community.actor_id.0,
            &community.description,
            &community.language,
            community.join_policy.as_str(),
            community.post_policy.as_str(),
            community.reply_policy.as_str()
        )
        .map(drop)
    }

    /// The community of this actor, if it is one of ours.
    pub async fn community(&mut self, actor: ActorId) -> Result<Option<Community>> {
        sql!(
            self,
            fetch_optional as Community,
            "SELECT * FROM community WHERE actor_id = $1",
            actor.0
        )
    }

    /// The settings of these communities, in no order.
    pub async fn communities_settings(&mut self, actors: &[ActorId]) -> Result<Vec<Community>> {
        let ids: Vec<i64> = actors.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as Community,
            "SELECT * FROM community
             WHERE actor_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids)
        )
    }

    /// All living local communities, by handle.
    pub async fn communities(&mut self) -> Result<Vec<Actor>> {
        sql!(
            self,
            fetch_all as Actor,
            "SELECT * FROM actor WHERE is_local AND kind = 'Group' AND state = 'active'
             ORDER BY handle"
        )
    }

    /// How an actor stands in a community.
    pub async fn standing(&mut self, community: ActorId, actor: ActorId) -> Result<Standing> {
        let row = sql!(
            self,
            fetch_optional as StandingRow,
            "SELECT m.role AS role, a.state AS state,
                EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = a.id
                    AND f.target_id = $1 AND f.state = 'accepted') AS member
             FROM actor a
             LEFT JOIN moderator m ON m.community_id = $1 AND m.actor_id = a.id
             WHERE a.id = $2",
            community.0,
            actor.0
        )?;
        Ok(match row {
            Some(row) => Standing {
                role: row.role.map(|word| word.parse()).transpose()?,
                member: row.member,
                suspended: row.state != "active",
            },
            None => Standing::default(),
        })
    }

    /// Who moderates a community, the longest-serving first.
    pub async fn moderators(&mut self, community: ActorId) -> Result<Vec<ModeratorRow>> {
        sql!(
            self,
            fetch_all as ModeratorRow,
            "SELECT m.actor_id, a.uri, m.role FROM moderator m JOIN actor a ON a.id = m.actor_id
             WHERE m.community_id = $1 ORDER BY m.created_at, m.actor_id",
            community.0
        )
    }

    /// Gives somebody a role in a community.
    pub async fn put_moderator(
        &mut self,
        community: ActorId,
        actor: ActorId,
        role: Role,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO moderator (community_id, actor_id, role, created_at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (community_id, actor_id) DO UPDATE SET role = excluded.role",
            community.0,
            actor.0,
            role.as_str(),
            now.micros()
        )
        .map(drop)
    }
}
