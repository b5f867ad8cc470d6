//! Writes what is left of a post or an actor that is gone. Served with 410.

use archipel_model::Timestamp;
use serde::Serialize;
use url::Url;

use super::{Rendered, document};

/// Something that is gone.
#[derive(Clone, Debug)]
pub struct TombstoneView {
    /// Its id.
    pub id: Url,
    /// Its type before, such as `Page` or `Group`.
    pub former_type: Option<String>,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
}

/// The wire form; `activitypub_federation`'s has neither date nor former type.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tombstone<'a> {
    id: &'a Url,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    former_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<String>,
}

impl<'a> From<&'a TombstoneView> for Tombstone<'a> {
    fn from(view: &'a TombstoneView) -> Self {
        Self {
            id: &view.id,
            kind: "Tombstone",
            former_type: view.former_type.as_deref(),
            deleted: view.deleted.map(Timestamp::rfc3339),
        }
    }
}

/// The document of something that is gone.
pub fn tombstone(view: &TombstoneView) -> Rendered {
    document(Tombstone::from(view))
}
