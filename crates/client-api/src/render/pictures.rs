//! Addresses of pictures: never empty, always ours.

use archipel_storage::{ShownActor, ShownMedia};

use crate::api::Api;

/// Where pictures are, for apps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pictures<'a>(pub(crate) &'a Api);

impl Pictures<'_> {
    /// The portrait of an actor.
    pub(crate) fn avatar(self, actor: &ShownActor) -> String {
        match &actor.avatar_blob {
            Some(blob) => self.blob(blob),
            None => self.0.url("/assets/avatar.png"),
        }
    }

    /// The banner of an actor.
    pub(crate) fn header(self, actor: &ShownActor) -> String {
        match &actor.header_blob {
            Some(blob) => self.blob(blob),
            None => self.0.url("/assets/header.png"),
        }
    }

    /// A file and its preview; none: it is elsewhere and not copied.
    pub(crate) fn media(self, media: &ShownMedia) -> (Option<String>, Option<String>) {
        let url = media.blob.as_deref().map(|blob| self.blob(blob));
        let preview = media.preview.as_deref().map(|blob| self.blob(blob));
        (url.clone(), preview.or(url))
    }

    fn blob(self, name: &str) -> String {
        self.0.url(&format!("/media/{name}"))
    }
}
