//! Local communities: their policies and their moderators.

use archipel_model::{
    ActorId, CommunityPolicy, HoldPolicy, JoinPolicy, PostPolicy, Reach, ReactionPolicy, Role,
    Timestamp, permission::Standing,
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
    /// Which posts are held.
    #[sqlx(try_from = "String")]
    pub hold_policy: HoldPolicy,
    /// Whether posts of unknown servers are held.
    pub hold_unknown: bool,
    /// Whether everything is held.
    pub wave: bool,
    /// Which reactions count.
    #[sqlx(try_from = "String")]
    pub reaction_policy: ReactionPolicy,
    /// Who sees it.
    #[sqlx(try_from = "String")]
    pub reach: Reach,
    /// Its rules, one a line.
    pub rules: String,
    /// Whether votes of programs count.
    pub bot_votes: bool,
}

impl Community {
    /// Its policies together.
    pub const fn policy(&self) -> CommunityPolicy {
        CommunityPolicy {
            join: self.join_policy,
            post: self.post_policy,
            reply: self.reply_policy,
            hold: self.hold_policy,
            hold_unknown: self.hold_unknown,
            wave: self.wave,
            reactions: self.reaction_policy,
            reach: self.reach,
        }
    }

    /// A community of these policies that says nothing of itself.
    pub const fn of_policy(actor_id: ActorId, policy: CommunityPolicy) -> Self {
        Self {
            actor_id,
            description: String::new(),
            language: String::new(),
            join_policy: policy.join,
            post_policy: policy.post,
            reply_policy: policy.reply,
            hold_policy: policy.hold,
            hold_unknown: policy.hold_unknown,
            wave: policy.wave,
            reaction_policy: policy.reactions,
            reach: policy.reach,
            rules: String::new(),
            bot_votes: false,
        }
    }

    /// Its rules, each without its number.
    pub fn rule_list(&self) -> Vec<&str> {
        self.rules
            .lines()
            .map(str::trim)
            .filter(|rule| !rule.is_empty())
            .collect()
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each looked up by itself"
)]
struct StandingRow {
    role: Option<String>,
    since: Option<i64>,
    member: bool,
    approved: bool,
    state: String,
    banned: bool,
    admin: bool,
    host_blocked: bool,
}

impl Conn {
    /// Stores a community beside its actor, or its changed settings.
    pub async fn put_community(&mut self, community: &Community) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO community
                (actor_id, description, language, join_policy, post_policy, reply_policy,
                 hold_policy, hold_unknown, wave, reaction_policy, reach, rules, bot_votes)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (actor_id) DO UPDATE SET description = excluded.description,
                language = excluded.language, join_policy = excluded.join_policy,
                post_policy = excluded.post_policy, reply_policy = excluded.reply_policy,
                hold_policy = excluded.hold_policy, hold_unknown = excluded.hold_unknown,
                wave = excluded.wave, reaction_policy = excluded.reaction_policy,
                reach = excluded.reach, rules = excluded.rules,
                bot_votes = excluded.bot_votes",
            community.actor_id.0,
            &community.description,
            &community.language,
            community.join_policy.as_str(),
            community.post_policy.as_str(),
            community.reply_policy.as_str(),
            community.hold_policy.as_str(),
            community.hold_unknown,
            community.wave,
            community.reaction_policy.as_str(),
            community.reach.as_str(),
            &community.rules,
            community.bot_votes
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

    /// Whether other servers are told nothing of this actor: a community of ours that
    /// only the people of this server know, or a person who is not let in yet.
    pub async fn is_local_only(&mut self, actor: ActorId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM community WHERE actor_id = $1 AND reach = 'local')
                OR EXISTS (SELECT 1 FROM account
                    WHERE actor_id = $1 AND state IN ('unconfirmed', 'waiting'))",
            actor.0
        )
        .map(Option::unwrap_or_default)
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
    pub async fn standing(
        &mut self,
        community: ActorId,
        actor: ActorId,
        now: Timestamp,
    ) -> Result<Standing> {
        let row = sql!(
            self,
            fetch_optional as StandingRow,
            "SELECT m.role AS role, m.created_at AS since, a.state AS state,
                coalesce(f.state = 'accepted', FALSE) AS member,
                coalesce(f.state = 'accepted' AND f.approved_at IS NOT NULL, FALSE) AS approved,
                EXISTS (SELECT 1 FROM ban b WHERE b.actor_id = a.id
                    AND b.community_id IN ($1, 0)
                    AND (b.ends_at IS NULL OR b.ends_at > $3)) AS banned,
                EXISTS (SELECT 1 FROM account c
                    WHERE c.actor_id = a.id AND c.is_admin) AS admin,
                a.host_blocked AS host_blocked
             FROM actor a
             LEFT JOIN moderator m ON m.community_id = $1 AND m.actor_id = a.id
             LEFT JOIN follow f ON f.follower_id = a.id AND f.target_id = $1
             WHERE a.id = $2",
            community.0,
            actor.0,
            now.micros()
        )?;
        Ok(match row {
            Some(row) => Standing {
                role: row.role.map(|word| word.parse()).transpose()?,
                since: row.since.map(Timestamp::from_micros),
                member: row.member,
                approved: row.approved,
                // Whoever lives on a blocked server does nothing here.
                suspended: row.state != "active" || row.host_blocked,
                banned: row.banned,
                admin: row.admin,
            },
            None => Standing::default(),
        })
    }

    /// Who moderates a community, by rank, since Lemmy takes the first for its head;
    /// nobody of a server that is blocked.
    pub async fn moderators(&mut self, community: ActorId) -> Result<Vec<ModeratorRow>> {
        sql!(
            self,
            fetch_all as ModeratorRow,
            "SELECT m.actor_id, a.uri, m.role FROM moderator m JOIN actor a ON a.id = m.actor_id
             WHERE m.community_id = $1 AND NOT a.host_blocked
             ORDER BY CASE m.role WHEN 'owner' THEN 0 WHEN 'moderator' THEN 1 ELSE 2 END,
                m.created_at, m.actor_id",
            community.0
        )
    }

    /// Gives somebody a role in a community, in the place of the one they had: who
    /// gets a higher one does not rank above those who have held it longer.
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
             ON CONFLICT (community_id, actor_id) DO UPDATE SET role = excluded.role,
                created_at = excluded.created_at",
            community.0,
            actor.0,
            role.as_str(),
            now.micros()
        )
        .map(drop)
    }

    /// Takes somebody's role in a community away; says whether they had one.
    pub async fn remove_moderator(&mut self, community: ActorId, actor: ActorId) -> Result<bool> {
        sql!(
            self,
            execute,
            "DELETE FROM moderator WHERE community_id = $1 AND actor_id = $2",
            community.0,
            actor.0
        )
        .map(|rows| rows > 0)
    }
}
