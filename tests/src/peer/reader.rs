//! What a Mastodon reader would see in the home feed: a small imitation of
//! `ActivityPub::Activity::Announce` and `FetchRemoteStatusService`.
//!
//! Mastodon takes the id of whatever is announced, fetches it, and when the answer
//! is a `Create` or an `Announce` goes on to what that is about. So a wrapped
//! comment whose Create can be fetched becomes a boost of the comment: the classic
//! complaint about groups. This reader counts what would be boosted.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Peer;
use crate::surface::{ACTIVITY_JSON, id_of};

/// Types that Mastodon turns into a status.
const STATUSES: [&str; 9] = [
    "Note", "Question", "Page", "Article", "Image", "Video", "Audio", "Event", "Document",
];

/// Boosts by the status they show.
#[derive(Debug, Default)]
pub struct MastodonReader {
    boosts: BTreeMap<(String, String), u32>,
    ignored: u32,
}

impl MastodonReader {
    /// Reads an Announce as it came in, or as it lies in an outbox.
    pub async fn read(&mut self, peer: &Peer, announce: &Value) {
        if announce["type"] != "Announce" {
            self.ignored += 1;
            return;
        }
        match resolve(peer, &announce["object"]).await {
            // One boost per status and booster: a second Announce changes nothing.
            Some(status) => {
                *self
                    .boosts
                    .entry((id_of(&announce["actor"]), status))
                    .or_default() += 1;
            }
            None => self.ignored += 1,
        }
    }

    /// The statuses boosted by `group`.
    pub fn boosted_by(&self, group: &str) -> Vec<String> {
        self.boosts
            .keys()
            .filter(|(booster, _)| booster == group)
            .map(|(_, status)| status.clone())
            .collect()
    }

    /// How often a status would have been boosted without the rule of one.
    pub fn times(&self, group: &str, status: &str) -> u32 {
        self.boosts
            .get(&(group.to_owned(), status.to_owned()))
            .copied()
            .unwrap_or_default()
    }
}

/// The id of the status that `object` finally leads to.
async fn resolve(peer: &Peer, object: &Value) -> Option<String> {
    let mut next = object
        .as_str()
        .or_else(|| object["id"].as_str())?
        .to_owned();
    // Mastodon follows one activity to its object; a second step finds loops.
    for _ in 0..3 {
        let response = peer
            .http()
            .get(&next)
            .header("accept", ACTIVITY_JSON)
            .send()
            .await
            .ok()?;
        if !response.status().is_success() {
            return None;
        }
        let kind = response.headers().get("content-type")?.to_str().ok()?;
        if !kind.starts_with(ACTIVITY_JSON) {
            return None;
        }
        let document: Value = response.json().await.ok()?;
        let kind = document["type"].as_str()?;
        if STATUSES.contains(&kind) {
            return document["id"].as_str().map(str::to_owned);
        }
        if kind != "Create" && kind != "Announce" {
            return None;
        }
        let inner = &document["object"];
        if inner["type"]
            .as_str()
            .is_some_and(|kind| STATUSES.contains(&kind))
        {
            return inner["id"].as_str().map(str::to_owned);
        }
        inner.as_str()?.clone_into(&mut next);
    }
    None
}
