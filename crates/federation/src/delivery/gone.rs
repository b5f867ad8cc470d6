//! An inbox that answers 410: whoever it belonged to may be gone. Their own document
//! says so; an inbox of many proves nothing about any of them.

use url::Url;

use crate::keyring::KeyTrouble;
use crate::state::Federation;

/// Asks after those who had this inbox to themselves; whose document is gone too follows
/// nobody any more.
pub(super) async fn confirm(federation: &Federation, inbox: &str) {
    let found = async {
        let mut conn = federation.store.read().await?;
        conn.actors_at_inbox(inbox).await
    };
    let actors = match found.await {
        Ok(actors) => actors,
        Err(error) => {
            tracing::warn!(%error, "whose inbox is gone could not be found");
            return;
        }
    };
    for actor in actors {
        let Ok(uri) = Url::parse(&actor.uri) else {
            continue;
        };
        match federation.is_still_there(&uri).await {
            Ok(()) | Err(KeyTrouble::Gone | KeyTrouble::Wrong(_) | KeyTrouble::Later(..)) => {}
            Err(KeyTrouble::Storage(error)) => {
                tracing::warn!(%error, "an actor that is gone stays");
            }
        }
    }
}
