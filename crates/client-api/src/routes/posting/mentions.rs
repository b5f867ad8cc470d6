//! Getting to know those whom a text names, before it is a post.

use std::time::Duration;

use archipel_model::ActorState;
use archipel_model::text::typed;
use futures::future::join_all;

use crate::api::Api;
use crate::error::Result;

/// Most people whom nobody knows here yet that are looked for.
const MOST: usize = 10;

/// How long who writes is kept waiting for that.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks for those whom a text names and who are not known here. Whoever is not found
/// in time stays a word in the text.
pub(in crate::routes) async fn meet(api: &Api, text: &str) -> Result<()> {
    let mut unknown = Vec::new();
    let mut conn = api.store().read().await?;
    for name in typed::mentions(text) {
        let Some(host) = name.host else {
            continue;
        };
        if host.eq_ignore_ascii_case(&api.ctx().site.host().to_string()) {
            continue;
        }
        let known = conn.actor_named(name.user, host).await?;
        if known.is_none_or(|actor| actor.state == ActorState::Gone) {
            unknown.push(format!("@{}@{host}", name.user));
        }
    }
    drop(conn);
    if unknown.is_empty() {
        return Ok(());
    }
    unknown.truncate(MOST);
    let looking = join_all(unknown.iter().map(|acct| api.0.world.find(acct)));
    if tokio::time::timeout(PATIENCE, looking).await.is_err() {
        tracing::debug!(?unknown, "not everybody who is named was found in time");
    }
    Ok(())
}
