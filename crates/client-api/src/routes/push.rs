//! Where an app wants its notifications pushed to: one subscription a token.

use std::collections::BTreeMap;

use archipel_model::Scope;
use archipel_model::notification::Kind;
use archipel_storage::{Conn, NewPushSubscription, PushSubscription};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use crate::api::Api;
use crate::entities::{Nothing, WebPushSubscription};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, Params, Text};
use crate::push::Device;
use crate::registry::{Access, Routes, Shows, rule};
use crate::vapid;
use crate::viewer::{Member, Viewer};

const PATH: &str = "/api/v1/push/subscription";
const PUSH: Access = Access::Member(Scope::Push);
/// Of whom notifications may be wanted.
const POLICIES: [&str; 4] = ["all", "followed", "follower", "none"];
/// Longest address of a push service.
const LONGEST: usize = 2048;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        PATH,
        rule::<WebPushSubscription>("Where one is pushed to", PUSH, Shows::Own),
        get,
    );
    routes.post(
        PATH,
        rule::<WebPushSubscription>("Asks to be pushed to", PUSH, Shows::Own).takes::<Wanted>(),
        subscribe,
    );
    routes.put(
        PATH,
        rule::<WebPushSubscription>("Changes what is pushed", PUSH, Shows::Own).takes::<Wanted>(),
        change,
    );
    routes.delete(
        PATH,
        rule::<Nothing>("Asks to be pushed to no more", PUSH, Shows::Nothing),
        unsubscribe,
    );
}

/// What an app wants.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wanted {
    subscription: Subscription,
    data: Data,
    policy: Text,
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Subscription {
    endpoint: Text,
    keys: Keys,
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Keys {
    p256dh: Text,
    auth: Text,
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Data {
    alerts: BTreeMap<String, Flag>,
    policy: Text,
}

impl Wanted {
    /// The kinds that are wanted, between spaces.
    fn alerts(&self) -> String {
        let wanted: Vec<&str> = Kind::ALL
            .iter()
            .map(|kind| kind.as_str())
            .filter(|kind| self.data.alerts.get(*kind).is_some_and(|flag| flag.yes()))
            .collect();
        wanted.join(" ")
    }

    fn policy(&self) -> &str {
        let said = self.data.policy.filled().or_else(|| self.policy.filled());
        said.filter(|policy| POLICIES.contains(policy))
            .unwrap_or("all")
    }
}

async fn entity(api: &Api, conn: &mut Conn, viewer: &Viewer) -> Result<WebPushSubscription> {
    let kept: PushSubscription = conn
        .push_subscription(viewer.token)
        .await?
        .ok_or(ApiError::NotFound)?;
    let alerts = Kind::ALL
        .iter()
        .map(|kind| (kind.to_string(), kept.wants(*kind)))
        .collect();
    Ok(WebPushSubscription {
        id: kept.id,
        endpoint: kept.endpoint,
        // What is sent is RFC 8291, always.
        standard: true,
        alerts,
        server_key: vapid::public_key(api).await?,
        policy: kept.policy,
    })
}

async fn get(State(api): State<Api>, Member(viewer): Member) -> Result<Json<WebPushSubscription>> {
    let mut conn = api.store().read().await?;
    entity(&api, &mut conn, &viewer).await.map(Json)
}

async fn subscribe(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(wanted): Params<Wanted>,
) -> Result<Json<WebPushSubscription>> {
    let refuse = |what: &str| ApiError::refused(format!("Validation failed: {what}"));
    let said = &wanted.subscription;
    let endpoint = said
        .endpoint
        .filled()
        .ok_or_else(|| refuse("the subscription needs an endpoint"))?;
    let is_address = Url::parse(endpoint).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    if !is_address || endpoint.len() > LONGEST {
        return Err(refuse("the endpoint is not an address"));
    }
    let p256dh = said.keys.p256dh.filled().unwrap_or_default();
    let auth = said.keys.auth.filled().unwrap_or_default();
    if Device::parse(p256dh, auth).is_none() {
        return Err(refuse("the keys of the subscription cannot be used"));
    }
    let new = NewPushSubscription {
        token: viewer.token,
        owner: viewer.subject,
        endpoint,
        p256dh,
        auth,
        alerts: &wanted.alerts(),
        policy: wanted.policy(),
    };
    let mut tx = api.store().write().await?;
    tx.put_push_subscription(&new, api.ctx().now()).await?;
    tx.commit().await?;
    get(State(api), Member(viewer)).await
}

async fn change(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(wanted): Params<Wanted>,
) -> Result<Json<WebPushSubscription>> {
    let mut tx = api.store().write().await?;
    tx.set_push_alerts(viewer.token, &wanted.alerts(), wanted.policy())
        .await?;
    tx.commit().await?;
    get(State(api), Member(viewer)).await
}

async fn unsubscribe(State(api): State<Api>, Member(viewer): Member) -> Result<Json<Nothing>> {
    let mut tx = api.store().write().await?;
    tx.remove_push_subscription(viewer.token).await?;
    tx.commit().await?;
    Ok(Json(Nothing {}))
}
