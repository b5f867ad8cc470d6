//! The log of what is said to the world.

use archipel_model::{ActivityId, ActorId, FollowId, MeasureId, PostId, Timestamp};

use crate::conn::sql;
use crate::maybe::{Maybe, MaybeWord, Micros};
use crate::{Conn, PostKind, Result, Tx};

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityKind {
    /// A local actor asks to follow.
    Follow,
    /// A local actor stops following.
    UndoFollow,
    /// A local person blocks somebody.
    Block,
    /// A local person blocks somebody no more.
    UndoBlock,
    /// A community grants a follow.
    Accept,
    /// A community refuses or ends a follow.
    Reject,
    /// A local person wrote something, or a community wrote to somebody.
    Create,
    /// A local person edited what they wrote.
    Update,
    /// A local person deleted what they wrote.
    Delete,
    /// A community shows a thread to its followers.
    AnnounceThread,
    /// A community passes a reply on to its followers.
    AnnounceReply,
    /// A community shows a thread again that it had taken back.
    AnnounceAgain,
    /// A community takes the showing of a thread back.
    Unboost,
    /// A community passes on what was done to a post, to a member, to itself.
    Relay,
    /// A community passes a vote on.
    RelayVote,
    /// A local person votes for a post.
    Like,
    /// A local person votes against a post.
    Dislike,
    /// A local person takes a vote back.
    UndoVote,
    /// A local person shows a post to their followers.
    Boost,
    /// A local person takes that back.
    UndoBoost,
    /// A local person chooses in a poll.
    PollVote,
    /// A local moderator did something; its measure tells what.
    Measure,
    /// Somebody here reports something to the community that it is in.
    Flag,
    /// The server of whom a report is about is told, without saying by whom.
    FlagOn,
    /// A community passes a report, or what became of it, on in confidence.
    RelayFlag,
    /// What people see of a local actor changed.
    UpdateActor,
    /// A local actor is deleted.
    DeleteActor,
    /// A local actor moved to another one.
    MoveActor,
}
archipel_model::words! { ActivityKind {
    Follow => "Follow", UndoFollow => "UndoFollow", Block => "Block",
    UndoBlock => "UndoBlock", Accept => "Accept", Reject => "Reject",
    Create => "Create", Update => "Update", Delete => "Delete",
    AnnounceThread => "AnnounceThread", AnnounceReply => "AnnounceReply",
    AnnounceAgain => "AnnounceAgain", Unboost => "Unboost", Relay => "Relay",
    RelayVote => "RelayVote", Like => "Like", Dislike => "Dislike", UndoVote => "UndoVote",
    Boost => "Boost", UndoBoost => "UndoBoost", PollVote => "PollVote", Measure => "Measure",
    Flag => "Flag", FlagOn => "FlagOn", RelayFlag => "RelayFlag", UpdateActor => "UpdateActor", DeleteActor => "DeleteActor",
    MoveActor => "MoveActor",
} }

impl ActivityKind {
    /// Whether it shows a post, so that there is nothing to say once the post is
    /// not shown any more.
    pub const fn shows_post(self) -> bool {
        matches!(
            self,
            Self::Create
                | Self::Update
                | Self::AnnounceThread
                | Self::AnnounceReply
                | Self::AnnounceAgain
                | Self::Like
                | Self::Dislike
                | Self::Boost
                | Self::PollVote
        )
    }
}

/// Order of importance: control overtakes content, votes come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Follows and their answers, moderation.
    Control = 0,
    /// Posts and replies, their edits and deletions.
    Content = 1,
    /// Votes.
    Votes = 2,
}

/// One entry of the log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Activity {
    /// Its id, also the order of saying.
    #[sqlx(try_from = "i64")]
    pub id: ActivityId,
    /// Its ActivityPub id.
    pub uri: String,
    /// What is said.
    #[sqlx(try_from = "String")]
    pub kind: ActivityKind,
    /// Who says it.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
    /// The post it is about.
    #[sqlx(try_from = "Maybe")]
    pub post_id: Option<PostId>,
    /// The follow it is about.
    #[sqlx(try_from = "Maybe")]
    pub follow_id: Option<FollowId>,
    /// The ActivityPub id of what it is about.
    pub object_uri: Option<String>,
    /// The local activity that it passes on.
    #[sqlx(try_from = "Maybe")]
    pub inner_id: Option<ActivityId>,
    /// The remote activity that it passes on or answers, as it came.
    pub inner_raw: Option<String>,
    /// The measure that it tells of.
    #[sqlx(try_from = "Maybe")]
    pub measure_id: Option<MeasureId>,
    /// The earlier activity whose receivers get this one too.
    #[sqlx(try_from = "Maybe")]
    pub after_id: Option<ActivityId>,
    /// What must be said in order.
    pub object_key: String,
    /// Its lane.
    pub lane: i64,
    /// Whether it goes to the speaker's followers.
    pub to_followers: bool,
    /// Other actors it goes to, a JSON list of ids.
    pub recipients: String,
    /// When it was said.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
    /// The form of the thread that it is about; see [`Tx::flush`].
    #[sqlx(try_from = "MaybeWord")]
    pub thread_kind: Option<PostKind>,
}

impl Activity {
    /// Other actors it goes to.
    pub fn recipient_ids(&self) -> Vec<ActorId> {
        let ids: Vec<i64> = serde_json::from_str(&self.recipients).unwrap_or_default();
        ids.into_iter().map(ActorId).collect()
    }
}

/// Something to be said.
#[derive(Clone, Debug)]
pub struct NewActivity {
    /// Its id.
    pub id: ActivityId,
    /// Its ActivityPub id.
    pub uri: String,
    /// What is said.
    pub kind: ActivityKind,
    /// Who says it.
    pub actor_id: ActorId,
    /// The post it is about.
    pub post_id: Option<PostId>,
    /// The follow it is about.
    pub follow_id: Option<FollowId>,
    /// The ActivityPub id of what it is about.
    pub object_uri: Option<String>,
    /// The local activity that it passes on.
    pub inner_id: Option<ActivityId>,
    /// The remote activity that it passes on or answers, as it came.
    pub inner_raw: Option<String>,
    /// The measure that it tells of.
    pub measure_id: Option<MeasureId>,
    /// The earlier activity whose receivers get this one too.
    pub after_id: Option<ActivityId>,
    /// What must be said in order.
    pub object_key: String,
    /// Its lane.
    pub lane: Lane,
    /// Whether it goes to the speaker's followers.
    pub to_followers: bool,
    /// Whether it goes to every destination noted by [`Conn::note_reached`].
    pub to_reached: bool,
    /// Other actors it goes to.
    pub recipients: Vec<ActorId>,
    /// The key that signs it first, when that is not the current one.
    pub key_id: Option<String>,
}

/// One entry of the log on its way into the database.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Said {
    id: i64,
    uri: String,
    kind: &'static str,
    actor_id: i64,
    post_id: Option<i64>,
    follow_id: Option<i64>,
    object_uri: Option<String>,
    inner_id: Option<i64>,
    inner_raw: Option<String>,
    measure_id: Option<i64>,
    after_id: Option<i64>,
    object_key: String,
    lane: i64,
    to_followers: bool,
    to_reached: bool,
    recipients: String,
    key_id: Option<String>,
    created_at: i64,
}

impl Tx {
    /// Appends to the log when the transaction ends or [`Tx::flush`] is called:
    /// what one transaction says shares one statement. Deliverers are woken after
    /// the commit.
    pub fn say(&mut self, activity: &NewActivity, now: Timestamp) {
        let recipients: Vec<i64> = activity.recipients.iter().map(|id| id.0).collect();
        self.wake_outbox();
        self.said.push(Said {
            id: activity.id.0,
            uri: activity.uri.clone(),
            kind: activity.kind.as_str(),
            actor_id: activity.actor_id.0,
            post_id: activity.post_id.map(|id| id.0),
            follow_id: activity.follow_id.map(|id| id.0),
            object_uri: activity.object_uri.clone(),
            inner_id: activity.inner_id.map(|id| id.0),
            inner_raw: activity.inner_raw.clone(),
            measure_id: activity.measure_id.map(|id| id.0),
            after_id: activity.after_id.map(|id| id.0),
            object_key: activity.object_key.clone(),
            lane: activity.lane as i64,
            to_followers: activity.to_followers,
            to_reached: activity.to_reached,
            key_id: activity.key_id.clone(),
            recipients: crate::json_list(&recipients),
            created_at: now.micros(),
        });
    }

    /// Whether this transaction is about to say that a community announces a post.
    pub(crate) fn says_announcement(&self, post: PostId) -> bool {
        let announces = [ActivityKind::AnnounceThread, ActivityKind::AnnounceReply];
        let mut said = self.said.iter();
        said.any(|said| {
            said.post_id == Some(post.0) && announces.iter().any(|kind| kind.as_str() == said.kind)
        })
    }

    /// Writes what was said and counted so far, so that queries of this transaction see
    /// it. With what is about a post goes the form of its thread: a poll if it is one or
    /// stands below one, else that of the post that began it. Only a thread with a poll
    /// somewhere is walked up.
    pub async fn flush(&mut self) -> Result<()> {
        self.flush_totals().await?;
        self.flush_entries().await?;
        if self.said.is_empty() {
            return Ok(());
        }
        let said = std::mem::take(&mut self.said);
        sql!(
            self,
            execute,
            "INSERT INTO activity (id, uri, kind, actor_id, post_id, follow_id, object_uri,
                inner_id, inner_raw, measure_id, after_id, object_key, lane, to_followers,
                to_reached, recipients, key_id, state, created_at, thread_kind)
             SELECT CAST(value ->> 'id' AS BIGINT), value ->> 'uri', value ->> 'kind',
                CAST(value ->> 'actor_id' AS BIGINT), CAST(value ->> 'post_id' AS BIGINT),
                CAST(value ->> 'follow_id' AS BIGINT), value ->> 'object_uri',
                CAST(value ->> 'inner_id' AS BIGINT), value ->> 'inner_raw',
                CAST(value ->> 'measure_id' AS BIGINT), CAST(value ->> 'after_id' AS BIGINT),
                value ->> 'object_key', CAST(value ->> 'lane' AS BIGINT),
                CAST(value ->> 'to_followers' AS BOOLEAN),
                CAST(value ->> 'to_reached' AS BOOLEAN), value ->> 'recipients',
                value ->> 'key_id', 'new',
                CAST(value ->> 'created_at' AS BIGINT),
                (SELECT CASE
                    WHEN p.root_id IS NULL THEN p.kind
                    WHEN NOT EXISTS (SELECT 1 FROM post q
                        WHERE q.root_id = p.root_id AND q.kind = 'Question')
                    THEN (SELECT r.kind FROM post r WHERE r.id = p.root_id)
                    ELSE (WITH RECURSIVE up (kind, parent_id, step) AS (
                            SELECT s.kind, s.parent_id, 0 FROM post s WHERE s.id = p.id
                            UNION ALL SELECT s.kind, s.parent_id, u.step + 1
                            FROM up u JOIN post s ON s.id = u.parent_id WHERE u.step < 100)
                         SELECT kind FROM up
                         ORDER BY CASE kind WHEN 'Question' THEN 0 ELSE 1 END, step DESC LIMIT 1)
                    END
                 FROM post p WHERE p.uri = value ->> 'object_key')
             FROM json_each($1)",
            crate::json_list(&said)
        )
        .map(drop)
    }
}

impl Conn {
    /// What was said and not yet expanded into deliveries, oldest first.
    pub async fn unexpanded(&mut self, limit: i64) -> Result<Vec<Activity>> {
        sql!(
            self,
            fetch_all as Activity,
            sqlite: "SELECT * FROM activity WHERE state = 'new' ORDER BY id LIMIT $1",
            postgres: "SELECT * FROM activity WHERE state = 'new' ORDER BY id LIMIT $1
                FOR UPDATE SKIP LOCKED",
            limit
        )
    }

    /// The same without taking it: the ids alone.
    pub async fn unexpanded_ids(&mut self, limit: i64) -> Result<Vec<i64>> {
        sql!(
            self,
            fetch_scalars as i64,
            "SELECT id FROM activity WHERE state = 'new' ORDER BY id LIMIT $1",
            limit
        )
    }

    /// Marks activities as expanded into deliveries.
    pub async fn mark_expanded(&mut self, ids: &[ActivityId]) -> Result<()> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            execute,
            "UPDATE activity SET state = 'expanded'
             WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids)
        )
        .map(drop)
    }
}
