//! How members stand to others: blocks, mutes, notes, endorsements, and pages of those
//! whom they follow and who follow them.

use archipel_model::{ActorId, Timestamp};

use crate::conn::sql;
use crate::maybe::Maybe;
use crate::window::page;
use crate::{Conn, KeyedId, Result, Window};

/// How one actor stands to another.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Relation {
    /// The other one.
    #[sqlx(try_from = "i64")]
    pub target_id: ActorId,
    /// Whether their follow was granted.
    pub follows: bool,
    /// Whether their follow waits.
    pub asked: bool,
    /// Whether they see at home what the other one boosts.
    pub show_boosts: bool,
    /// Whether they hear of each post of the other one.
    pub notify: bool,
    /// A JSON list of the languages that they see at home; none: all.
    pub languages: Option<String>,
    /// Whether the other one follows.
    pub followed: bool,
    /// Whether the other one asked to.
    pub asked_by: bool,
    /// Whether they block the other one.
    pub blocks: bool,
    /// Whether the other one blocks them.
    pub blocked: bool,
    /// Whether they mute the other one.
    pub mutes: bool,
    /// Whether that holds for notifications.
    pub mutes_notifications: bool,
    /// Until when.
    #[sqlx(try_from = "Maybe")]
    pub mute_ends_at: Option<Timestamp>,
    /// Whether they block the server of the other one.
    pub blocks_host: bool,
    /// Whether they recommend the other one.
    pub endorses: bool,
    /// What they wrote down of the other one.
    pub note: String,
}

impl Conn {
    /// How `owner` stands to each of these actors, in no order.
    pub async fn relations(
        &mut self,
        owner: ActorId,
        targets: &[ActorId],
        now: Timestamp,
    ) -> Result<Vec<Relation>> {
        let ids: Vec<i64> = targets.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as Relation,
            "SELECT a.id AS target_id,
                coalesce(f.state = 'accepted', FALSE) AS follows,
                coalesce(f.state = 'pending', FALSE) AS asked,
                coalesce(f.show_boosts, FALSE) AS show_boosts,
                coalesce(f.notify, FALSE) AS notify, f.languages,
                coalesce(g.state = 'accepted', FALSE) AS followed,
                coalesce(g.state = 'pending', FALSE) AS asked_by,
                EXISTS (SELECT 1 FROM block b
                    WHERE b.owner_id = $2 AND b.target_id = a.id) AS blocks,
                EXISTS (SELECT 1 FROM block b
                    WHERE b.owner_id = a.id AND b.target_id = $2) AS blocked,
                m.id IS NOT NULL AS mutes,
                coalesce(m.notifications, FALSE) AS mutes_notifications,
                m.ends_at AS mute_ends_at,
                EXISTS (SELECT 1 FROM domain_block d
                    WHERE d.owner_id = $2 AND d.host = a.host) AS blocks_host,
                EXISTS (SELECT 1 FROM endorsement e
                    WHERE e.owner_id = $2 AND e.target_id = a.id) AS endorses,
                coalesce(n.text, '') AS note
             FROM actor a
             LEFT JOIN follow f ON f.follower_id = $2 AND f.target_id = a.id
             LEFT JOIN follow g ON g.follower_id = a.id AND g.target_id = $2
             LEFT JOIN mute m ON m.owner_id = $2 AND m.target_id = a.id
                AND (m.ends_at IS NULL OR m.ends_at > $3)
             LEFT JOIN account_note n ON n.owner_id = $2 AND n.target_id = a.id
             WHERE a.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids),
            owner.0,
            now.micros()
        )
    }

    /// Changes what a follow brings home; what is `None` stays, `Some(None)` is all
    /// languages.
    pub async fn set_follow_wishes(
        &mut self,
        follower: ActorId,
        target: ActorId,
        show_boosts: Option<bool>,
        notify: Option<bool>,
        languages: Option<Option<&[String]>>,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE follow SET show_boosts = coalesce($3, show_boosts),
                notify = coalesce($4, notify),
                languages = CASE WHEN $5 THEN $6 ELSE languages END
             WHERE follower_id = $1 AND target_id = $2",
            follower.0,
            target.0,
            show_boosts,
            notify,
            languages.is_some(),
            languages.flatten().map(crate::json_list)
        )
        .map(drop)
    }

    /// Whether one actor blocks another.
    pub async fn blocks(&mut self, owner: ActorId, target: ActorId) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM block WHERE owner_id = $1 AND target_id = $2)",
            owner.0,
            target.0
        )
        .map(Option::unwrap_or_default)
    }

    /// Writes a block down; says whether there was none.
    pub async fn put_block(
        &mut self,
        id: i64,
        owner: ActorId,
        target: ActorId,
        uri: &str,
        now: Timestamp,
    ) -> Result<bool> {
        sql!(
            self,
            execute,
            "INSERT INTO block (id, owner_id, target_id, uri, created_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (owner_id, target_id) DO NOTHING",
            id,
            owner.0,
            target.0,
            uri,
            now.micros()
        )
        .map(|rows| rows > 0)
    }

    /// Ends a block; gives the id of the activity that said it.
    pub async fn remove_block(
        &mut self,
        owner: ActorId,
        target: ActorId,
    ) -> Result<Option<String>> {
        sql!(
            self,
            fetch_scalar as String,
            "DELETE FROM block WHERE owner_id = $1 AND target_id = $2 RETURNING uri",
            owner.0,
            target.0
        )
    }

    /// Whom an activity of this id blocked.
    pub async fn blocked_by_uri(&mut self, owner: ActorId, uri: &str) -> Result<Option<ActorId>> {
        let id = sql!(
            self,
            fetch_scalar as i64,
            "SELECT target_id FROM block WHERE uri = $2 AND owner_id = $1",
            owner.0,
            uri
        )?;
        Ok(id.map(ActorId))
    }

    /// Mutes somebody, or changes how.
    pub async fn put_mute(
        &mut self,
        id: i64,
        owner: ActorId,
        target: ActorId,
        notifications: bool,
        ends_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO mute (id, owner_id, target_id, notifications, ends_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (owner_id, target_id) DO UPDATE
                SET notifications = excluded.notifications, ends_at = excluded.ends_at",
            id,
            owner.0,
            target.0,
            notifications,
            ends_at.map(Timestamp::micros),
            now.micros()
        )
        .map(drop)
    }

    /// Mutes somebody no more.
    pub async fn remove_mute(&mut self, owner: ActorId, target: ActorId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM mute WHERE owner_id = $1 AND target_id = $2",
            owner.0,
            target.0
        )
        .map(drop)
    }

    /// Writes down what somebody thinks of somebody; nothing when it is empty.
    pub async fn put_account_note(
        &mut self,
        owner: ActorId,
        target: ActorId,
        text: &str,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO account_note (owner_id, target_id, text, updated_at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (owner_id, target_id) DO UPDATE
                SET text = excluded.text, updated_at = excluded.updated_at",
            owner.0,
            target.0,
            text,
            now.micros()
        )
        .map(drop)
    }

    /// Recommends somebody, or no more.
    pub async fn set_endorsed(
        &mut self,
        id: i64,
        owner: ActorId,
        target: ActorId,
        endorsed: bool,
        now: Timestamp,
    ) -> Result<()> {
        if endorsed {
            sql!(
                self,
                execute,
                "INSERT INTO endorsement (id, owner_id, target_id, created_at)
                 VALUES ($1, $2, $3, $4) ON CONFLICT (owner_id, target_id) DO NOTHING",
                id,
                owner.0,
                target.0,
                now.micros()
            )
            .map(drop)
        } else {
            sql!(
                self,
                execute,
                "DELETE FROM endorsement WHERE owner_id = $1 AND target_id = $2",
                owner.0,
                target.0
            )
            .map(drop)
        }
    }

    /// Those whom somebody blocks.
    pub async fn block_page(&mut self, owner: ActorId, window: Window) -> Result<Vec<KeyedId>> {
        page!(
            self,
            window,
            as KeyedId,
            "SELECT id, target_id FROM block WHERE owner_id = $4",
            "id",
            owner.0
        )
    }

    /// Those whom somebody mutes.
    pub async fn mute_page(
        &mut self,
        owner: ActorId,
        window: Window,
        now: Timestamp,
    ) -> Result<Vec<KeyedId>> {
        page!(
            self,
            window,
            as KeyedId,
            "SELECT id, target_id FROM mute
             WHERE owner_id = $4 AND (ends_at IS NULL OR ends_at > $5)",
            "id",
            owner.0,
            now.micros()
        )
    }

    /// Those whom somebody recommends.
    pub async fn endorsement_page(
        &mut self,
        owner: ActorId,
        window: Window,
    ) -> Result<Vec<KeyedId>> {
        page!(
            self,
            window,
            as KeyedId,
            "SELECT e.id, e.target_id FROM endorsement e JOIN actor a ON a.id = e.target_id
             WHERE e.owner_id = $4 AND a.state = 'active' AND NOT a.host_blocked",
            "e.id",
            owner.0
        )
    }

    /// Those who follow somebody.
    pub async fn follower_page(&mut self, target: ActorId, window: Window) -> Result<Vec<KeyedId>> {
        page!(
            self,
            window,
            as KeyedId,
            "SELECT f.id, f.follower_id FROM follow f JOIN actor a ON a.id = f.follower_id
             WHERE f.target_id = $4 AND f.state = 'accepted' AND a.state = 'active'
                AND NOT a.host_blocked",
            "f.id",
            target.0
        )
    }

    /// Those whom somebody follows.
    pub async fn following_page(
        &mut self,
        follower: ActorId,
        window: Window,
    ) -> Result<Vec<KeyedId>> {
        page!(
            self,
            window,
            as KeyedId,
            "SELECT f.id, f.target_id FROM follow f JOIN actor a ON a.id = f.target_id
             WHERE f.follower_id = $4 AND f.state = 'accepted' AND a.state = 'active'
                AND NOT a.host_blocked",
            "f.id",
            follower.0
        )
    }

    /// Those who wait to be let in.
    pub async fn request_page(&mut self, target: ActorId, window: Window) -> Result<Vec<KeyedId>> {
        page!(
            self,
            window,
            as KeyedId,
            "SELECT f.id, f.follower_id FROM follow f JOIN actor a ON a.id = f.follower_id
             WHERE f.target_id = $4 AND f.state = 'pending' AND a.state = 'active'
                AND NOT a.host_blocked",
            "f.id",
            target.0
        )
    }
}
