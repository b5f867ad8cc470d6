//! What the doors need of the network, joined to the federation door.

use std::time::Duration;

use archipel_actions::{Boxed, Discovered, NewKeys, Posted, World};
use archipel_federation::client::Budget;
use archipel_federation::gate::GateRules;
use archipel_federation::{Federation, new_keys};
use archipel_model::{ActorKind, BackfillId, Host, PeerPolicy};
use archipel_storage::{Actor, BackfillKind};
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use url::Url;

/// How long somebody who searches is kept waiting.
const PATIENCE: Duration = Duration::from_secs(8);

/// The rest of the network, as the federation door reaches it.
#[derive(Clone, Debug)]
pub struct Network(pub Federation);

impl World for Network {
    fn find<'a>(&'a self, query: &'a str) -> Boxed<'a, Option<Discovered>> {
        Box::pin(async move {
            tokio::time::timeout(PATIENCE, self.seek(query))
                .await
                .ok()
                .flatten()
        })
    }

    fn post_bytes<'a>(
        &'a self,
        url: &'a Url,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Boxed<'a, Posted> {
        Box::pin(async move {
            let headers = headers
                .into_iter()
                .filter_map(|(name, value)| {
                    let value = HeaderValue::try_from(value).ok()?;
                    Some((HeaderName::from_static(name), value))
                })
                .collect();
            let body = Bytes::from(body);
            let (status, retry_after) = self.0.client.post_bytes(url, headers, body).await;
            Posted {
                status,
                retry_after,
            }
        })
    }

    fn new_keys(&self) -> Boxed<'_, Option<NewKeys>> {
        Box::pin(async {
            tokio::task::spawn_blocking(new_keys)
                .await
                .ok()
                .and_then(Result::ok)
        })
    }

    fn fetch_file<'a>(&'a self, url: &'a str, most: usize) -> Boxed<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let url = Url::parse(url).ok()?;
            match self.0.fetch_file(&url, most).await {
                Ok(bytes) => Some(bytes.into()),
                Err(error) => {
                    tracing::debug!(%url, %error, "a file could not be fetched");
                    None
                }
            }
        })
    }

    fn decide_domain<'a>(
        &'a self,
        host: &'a Host,
        policy: PeerPolicy,
        reason: Option<&'a str>,
    ) -> Boxed<'a, bool> {
        Box::pin(async move {
            let base = Url::parse(self.0.actions.site.base()).ok();
            let Some(rules) = base.as_ref().and_then(GateRules::of) else {
                return false;
            };
            match self.0.decide_domain(&rules, host, policy, reason).await {
                Ok(_) => true,
                Err(error) => {
                    tracing::error!(%host, %error, "a decision about a server failed");
                    false
                }
            }
        })
    }
}

impl Network {
    async fn seek(&self, query: &str) -> Option<Discovered> {
        let mut budget = Budget::default();
        let Ok(url) = Url::parse(query) else {
            let found = self.0.find(query, &mut budget).await.ok()?;
            self.fetch_its_past(&found).await;
            return Some(Discovered::Actor(found.id));
        };
        if let Ok(actor) = self.0.actor(&url, &mut budget).await {
            self.fetch_its_past(&actor).await;
            return Some(Discovered::Actor(actor.id));
        }
        let post = self.0.post(&url).await.ok()??;
        Some(Discovered::Post(post.id))
    }

    /// Somebody looks at a community of elsewhere: what was said there is fetched, so
    /// that its profile is not empty. Once; what comes later comes by following it.
    async fn fetch_its_past(&self, actor: &Actor) {
        if actor.is_local || actor.kind != ActorKind::Group {
            return;
        }
        if let Err(error) = self.want_its_past(actor).await {
            tracing::warn!(%error, community = %actor.uri, "its past is not fetched");
        }
    }

    async fn want_its_past(&self, actor: &Actor) -> archipel_storage::Result<()> {
        let ctx = &self.0.actions;
        let id: BackfillId = ctx.id();
        let mut tx = self.0.store.write().await?;
        tx.want_backfill(id, &actor.uri, BackfillKind::Community, false, ctx.now())
            .await?;
        tx.commit().await
    }
}
