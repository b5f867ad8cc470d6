//! Addresses of pictures: never empty, always ours.

use archipel_storage::{ShownActor, ShownMedia};

use crate::api::Api;
use crate::entities::Emoji;

/// Where pictures are, for apps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pictures<'a>(pub(crate) &'a Api);

impl Pictures<'_> {
    /// The portrait of an actor.
    pub(crate) fn avatar(self, actor: &ShownActor) -> String {
        self.profile(
            actor.avatar_blob.as_deref(),
            actor.avatar_url.as_deref(),
            "/assets/avatar.png",
        )
    }

    /// The banner of an actor.
    pub(crate) fn header(self, actor: &ShownActor) -> String {
        self.profile(
            actor.header_blob.as_deref(),
            actor.header_url.as_deref(),
            "/assets/header.png",
        )
    }

    fn profile(self, blob: Option<&str>, remote: Option<&str>, usual: &str) -> String {
        if let Some(blob) = blob {
            return self.blob(blob);
        }
        let copy = remote.and_then(|url| self.0.media().proxy().small(url));
        self.0.url(copy.as_deref().unwrap_or(usual))
    }

    /// A file and its preview. Pictures of elsewhere are shown from here; of films and
    /// sounds, which are not copied, the address is where they are.
    pub(crate) fn media(self, media: &ShownMedia) -> (Option<String>, Option<String>) {
        if let Some(blob) = media.blob.as_deref() {
            let url = self.blob(blob);
            let preview = media.preview.as_deref().map(|blob| self.blob(blob));
            return (Some(url.clone()), preview.or(Some(url)));
        }
        let remote = media.remote_url.as_deref();
        if media.kind != "image" {
            return (remote.map(str::to_owned), None);
        }
        let proxy = self.0.media().proxy();
        let ours = |path: Option<String>| path.map(|path| self.0.url(&path));
        (
            ours(remote.and_then(|url| proxy.path(url))),
            ours(remote.and_then(|url| proxy.small(url))),
        )
    }

    /// Custom emoji out of a stored list of `{"shortcode","url","static_url"}`, those of
    /// elsewhere shown from here. One without an address is left out: a single one ends
    /// whole timelines of some apps.
    pub(crate) fn emojis(self, stored: &str) -> Vec<Emoji> {
        let stored: Vec<Emoji> = serde_json::from_str(stored).unwrap_or_default();
        let proxy = self.0.media().proxy();
        let here = self.0.url("/");
        stored
            .into_iter()
            .filter_map(|emoji| {
                if emoji.url.starts_with(&here) {
                    return Some(emoji);
                }
                Some(Emoji {
                    url: self.0.url(&proxy.path(&emoji.url)?),
                    static_url: self.0.url(&proxy.small(&emoji.url)?),
                    ..emoji
                })
            })
            .collect()
    }

    fn blob(self, name: &str) -> String {
        self.0.url(&format!("/media/{name}"))
    }
}
