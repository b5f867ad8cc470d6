//! Devices that notifications are pushed to, and what is still to be pushed.

use archipel_model::notification::Kind;
use archipel_model::{ActorId, Timestamp, TokenId};

use crate::conn::sql;
use crate::maybe::Micros;
use crate::{Conn, Result};

/// Where an app wants notifications pushed to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PushSubscription {
    /// A small number.
    pub id: i64,
    /// The address of the push service.
    pub endpoint: String,
    /// The public key of the device, base64url.
    pub p256dh: String,
    /// What the device shares with us, base64url.
    pub auth: String,
    /// The kinds that are wanted, between spaces.
    pub alerts: String,
    /// Of whom: all, followed, follower, none.
    pub policy: String,
}

impl PushSubscription {
    /// Whether notifications of this kind are wanted.
    pub fn wants(&self, kind: Kind) -> bool {
        self.alerts.split(' ').any(|wanted| wanted == kind.as_str())
    }
}

/// A subscription to be kept, one a token.
#[derive(Clone, Copy, Debug)]
pub struct NewPushSubscription<'a> {
    /// The token of the app.
    pub token: TokenId,
    /// Whose notifications.
    pub owner: ActorId,
    /// See [`PushSubscription`].
    pub endpoint: &'a str,
    /// See [`PushSubscription`].
    pub p256dh: &'a str,
    /// See [`PushSubscription`].
    pub auth: &'a str,
    /// See [`PushSubscription`].
    pub alerts: &'a str,
    /// See [`PushSubscription`].
    pub policy: &'a str,
}

/// One thing to be pushed to one device.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DuePush {
    /// To which device.
    pub subscription_id: i64,
    /// What.
    pub notification_id: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// Since when it waits.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

/// All that a push is made of.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PushTarget {
    /// The address of the push service.
    pub endpoint: String,
    /// The public key of the device.
    pub p256dh: String,
    /// What the device shares with us.
    pub auth: String,
    /// Whose notifications.
    #[sqlx(try_from = "i64")]
    pub owner_id: ActorId,
    /// The language of the account.
    pub locale: String,
}

impl Conn {
    /// The subscription of a token.
    pub async fn push_subscription(&mut self, token: TokenId) -> Result<Option<PushSubscription>> {
        sql!(
            self,
            fetch_optional as PushSubscription,
            "SELECT id, endpoint, p256dh, auth, alerts, policy FROM push_subscription
             WHERE token_id = $1",
            token.0
        )
    }

    /// Keeps the subscription of a token, in the place of an earlier one.
    pub async fn put_push_subscription(
        &mut self,
        new: &NewPushSubscription<'_>,
        now: Timestamp,
    ) -> Result<()> {
        self.remove_push_subscription(new.token).await?;
        sql!(
            self,
            execute,
            "INSERT INTO push_subscription (token_id, owner_id, endpoint, p256dh, auth, alerts,
                policy, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            new.token.0,
            new.owner.0,
            new.endpoint,
            new.p256dh,
            new.auth,
            new.alerts,
            new.policy,
            now.micros()
        )
        .map(drop)
    }

    /// Changes what the subscription of a token wants.
    pub async fn set_push_alerts(
        &mut self,
        token: TokenId,
        alerts: &str,
        policy: &str,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE push_subscription SET alerts = $2, policy = $3 WHERE token_id = $1",
            token.0,
            alerts,
            policy
        )
        .map(drop)
    }

    /// Removes the subscription of a token.
    pub async fn remove_push_subscription(&mut self, token: TokenId) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM push_subscription WHERE token_id = $1",
            token.0
        )
        .map(drop)
    }

    /// Removes a subscription whose device is gone.
    pub async fn drop_push_subscription(&mut self, id: i64) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM push_subscription WHERE id = $1",
            id
        )
        .map(drop)
    }

    /// The subscriptions to what somebody is told.
    pub async fn push_subscriptions_of(&mut self, owner: ActorId) -> Result<Vec<PushSubscription>> {
        sql!(
            self,
            fetch_all as PushSubscription,
            "SELECT id, endpoint, p256dh, auth, alerts, policy FROM push_subscription
             WHERE owner_id = $1",
            owner.0
        )
    }

    /// Has a notification pushed.
    pub async fn queue_push(
        &mut self,
        subscription: i64,
        notification: i64,
        now: Timestamp,
    ) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO push (subscription_id, notification_id, next_try_at)
             VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            subscription,
            notification,
            now.micros()
        )
        .map(drop)
    }

    /// Whether anything is to be pushed by now.
    pub async fn is_push_due(&mut self, now: Timestamp) -> Result<bool> {
        sql!(
            self,
            fetch_scalar as bool,
            "SELECT EXISTS (SELECT 1 FROM push WHERE next_try_at <= $1 AND lease_until < $1)",
            now.micros()
        )
        .map(Option::unwrap_or_default)
    }

    /// Takes what is due until `lease`; nobody else has it meanwhile.
    pub async fn claim_pushes(
        &mut self,
        now: Timestamp,
        lease: Timestamp,
        limit: i64,
    ) -> Result<Vec<DuePush>> {
        sql!(
            self,
            fetch_all as DuePush,
            "UPDATE push SET lease_until = $2, attempts = attempts + 1
             WHERE (subscription_id, notification_id) IN (
                    SELECT subscription_id, notification_id FROM push
                    WHERE next_try_at <= $1 AND lease_until < $1
                    ORDER BY next_try_at LIMIT $3)
                AND lease_until < $1
             RETURNING subscription_id, notification_id, attempts,
                (SELECT n.created_at FROM notification n WHERE n.id = notification_id)
                    AS created_at",
            now.micros(),
            lease.micros(),
            limit
        )
    }

    /// What a push is made of; none when its token does not count any more: revoked, of
    /// an account that may not act, for a community in which the role has ended.
    pub async fn push_target(&mut self, subscription: i64) -> Result<Option<PushTarget>> {
        sql!(
            self,
            fetch_optional as PushTarget,
            "SELECT s.endpoint, s.p256dh, s.auth, s.owner_id, c.locale
             FROM push_subscription s
             JOIN oauth_token t ON t.id = s.token_id
             JOIN account c ON c.id = t.account_id
             JOIN actor a ON a.id = c.actor_id
             WHERE s.id = $1 AND c.state = 'active' AND a.state = 'active'
                AND (t.community_id IS NULL OR EXISTS (SELECT 1 FROM moderator m
                    WHERE m.community_id = t.community_id AND m.actor_id = a.id))",
            subscription
        )
    }

    /// Nothing is left to be pushed of this.
    pub async fn end_push(&mut self, push: &DuePush) -> Result<()> {
        sql!(
            self,
            execute,
            "DELETE FROM push WHERE subscription_id = $1 AND notification_id = $2",
            push.subscription_id,
            push.notification_id
        )
        .map(drop)
    }

    /// It is tried again then.
    pub async fn put_push_off(&mut self, push: &DuePush, until: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE push SET next_try_at = $3, lease_until = 0
             WHERE subscription_id = $1 AND notification_id = $2",
            push.subscription_id,
            push.notification_id,
            until.micros()
        )
        .map(drop)
    }

    /// Which of these tokens, with the communities that they are for, still count.
    pub async fn tokens_alive(&mut self, tokens: &[TokenId]) -> Result<Vec<TokenId>> {
        let ids: Vec<i64> = tokens.iter().map(|id| id.0).collect();
        let alive = sql!(
            self,
            fetch_scalars as i64,
            "SELECT t.id FROM oauth_token t
             JOIN account c ON c.id = t.account_id
             JOIN actor a ON a.id = c.actor_id
             WHERE t.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))
                AND c.state = 'active' AND a.state = 'active'
                AND (t.community_id IS NULL OR EXISTS (SELECT 1 FROM moderator m
                    WHERE m.community_id = t.community_id AND m.actor_id = a.id))",
            crate::json_list(&ids)
        )?;
        Ok(alive.into_iter().map(TokenId).collect())
    }
}
