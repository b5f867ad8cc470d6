//! What can be listened to, by the names that apps use.

use archipel_model::{ListId, Scope};
use archipel_storage::Place;
use serde::Deserialize;

use crate::extract::{Flag, Num};

/// Something that can be listened to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Channel {
    /// Home, and what one is told.
    User,
    /// What one is told alone.
    Notifications,
    /// Public posts.
    Public {
        /// Of whom.
        place: Shown,
        /// With pictures alone.
        media: bool,
    },
    /// Posts with a hashtag, in lower case.
    Hashtag {
        /// The hashtag.
        name: String,
        /// Of people here alone.
        local: bool,
    },
    /// A list.
    List(ListId),
    /// Direct conversations.
    Direct,
}

/// [`Place`], as part of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shown {
    Everywhere,
    Here,
    Elsewhere,
}

impl From<Shown> for Place {
    fn from(shown: Shown) -> Self {
        match shown {
            Shown::Everywhere => Self::Everywhere,
            Shown::Here => Self::Here,
            Shown::Elsewhere => Self::Elsewhere,
        }
    }
}

/// How an app asks for a channel: in the query of a stream, or in a message.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub(crate) struct Asked {
    /// The name.
    pub(crate) stream: Option<String>,
    /// The hashtag.
    pub(crate) tag: Option<String>,
    /// The list.
    pub(crate) list: Num,
    /// With pictures alone.
    pub(crate) only_media: Flag,
}

impl Asked {
    /// The channel; else why there is none.
    pub(crate) fn channel(&self) -> Result<Channel, &'static str> {
        let name = self.stream.as_deref().unwrap_or_default();
        let (name, named_media) = match name.strip_suffix(":media") {
            Some(rest) => (rest, true),
            None => (name, false),
        };
        let public = |place| Channel::Public {
            place,
            media: named_media || self.only_media.yes(),
        };
        match name {
            "user" => Ok(Channel::User),
            "user:notification" => Ok(Channel::Notifications),
            "public" => Ok(public(Shown::Everywhere)),
            "public:local" => Ok(public(Shown::Here)),
            "public:remote" => Ok(public(Shown::Elsewhere)),
            "hashtag" | "hashtag:local" => {
                let tag = self.tag.as_deref().unwrap_or_default();
                let tag = tag.trim().trim_start_matches('#').to_lowercase();
                if tag.is_empty() {
                    return Err("Missing tag name parameter");
                }
                Ok(Channel::Hashtag {
                    name: tag,
                    local: name == "hashtag:local",
                })
            }
            "list" => match self.list.0 {
                Some(id) => Ok(Channel::List(ListId(id))),
                None => Err("Missing list name parameter"),
            },
            "direct" => Ok(Channel::Direct),
            _ => Err("Unknown stream type"),
        }
    }
}

impl Channel {
    /// Its name and what is with it, as messages carry them.
    pub(crate) fn labels(&self) -> Vec<String> {
        match self {
            Self::User => vec!["user".to_owned()],
            Self::Notifications => vec!["user:notification".to_owned()],
            Self::Public { place, media } => {
                let name = match place {
                    Shown::Everywhere => "public",
                    Shown::Here => "public:local",
                    Shown::Elsewhere => "public:remote",
                };
                let media = if *media { ":media" } else { "" };
                vec![format!("{name}{media}")]
            }
            Self::Hashtag { name, local } => {
                let kind = if *local { "hashtag:local" } else { "hashtag" };
                vec![kind.to_owned(), name.clone()]
            }
            Self::List(id) => vec!["list".to_owned(), id.to_string()],
            Self::Direct => vec!["direct".to_owned()],
        }
    }

    /// What a token must allow, where somebody is needed.
    pub(crate) const fn needs(&self) -> Option<Scope> {
        match self {
            Self::User | Self::List(_) | Self::Direct => Some(Scope::ReadStatuses),
            Self::Notifications => Some(Scope::ReadNotifications),
            Self::Public { .. } | Self::Hashtag { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_known_by_their_names() {
        for (stream, tag, list, labels) in [
            ("user", None, None, Ok(vec!["user"])),
            (
                "user:notification",
                None,
                None,
                Ok(vec!["user:notification"]),
            ),
            (
                "public:local:media",
                None,
                None,
                Ok(vec!["public:local:media"]),
            ),
            (
                "hashtag",
                Some("#Jardin"),
                None,
                Ok(vec!["hashtag", "jardin"]),
            ),
            (
                "hashtag:local",
                None,
                None,
                Err("Missing tag name parameter"),
            ),
            ("list", None, Some(7), Ok(vec!["list", "7"])),
            ("direct", None, None, Ok(vec!["direct"])),
            ("", None, None, Err("Unknown stream type")),
        ] {
            let asked = Asked {
                stream: Some(stream.to_owned()),
                tag: tag.map(str::to_owned),
                list: Num(list),
                only_media: Flag(None),
            };
            let found = asked.channel().map(|channel| channel.labels());
            let labels = labels.map(|words| words.into_iter().map(str::to_owned).collect());
            assert_eq!(found, labels, "{stream}");
        }
    }
}
