//! <https://docs.joinmastodon.org/entities/Status/> and what is in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Account, Date, Emoji};

/// A post, or somebody's boost of one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "as Mastodon has them")]
pub(crate) struct Status {
    pub(crate) id: String,
    pub(crate) created_at: Date,
    pub(crate) in_reply_to_id: Option<String>,
    pub(crate) in_reply_to_account_id: Option<String>,
    pub(crate) sensitive: bool,
    pub(crate) spoiler_text: String,
    pub(crate) visibility: String,
    pub(crate) language: Option<String>,
    pub(crate) uri: String,
    pub(crate) url: Option<String>,
    pub(crate) replies_count: i64,
    pub(crate) reblogs_count: i64,
    pub(crate) favourites_count: i64,
    pub(crate) quotes_count: i64,
    pub(crate) edited_at: Option<Date>,
    pub(crate) favourited: bool,
    pub(crate) reblogged: bool,
    pub(crate) muted: bool,
    pub(crate) bookmarked: bool,
    pub(crate) pinned: bool,
    pub(crate) content: String,
    pub(crate) filtered: Vec<Filtered>,
    pub(crate) reblog: Option<Box<Status>>,
    pub(crate) application: Option<Application>,
    pub(crate) account: Account,
    pub(crate) media_attachments: Vec<Attachment>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) emojis: Vec<Emoji>,
    pub(crate) card: Option<Card>,
    pub(crate) poll: Option<Poll>,
    /// Posts are not quoted here.
    pub(crate) quote: Option<Value>,
    /// The text as typed; for its author, when it is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    /// What apps that know communities may show.
    pub(crate) archipel: Community,
}

/// What only this server says of a post.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Community {
    /// The community that it belongs to.
    pub(crate) group_id: Option<String>,
    /// The first post of its thread.
    pub(crate) thread_id: Option<String>,
    /// Its title.
    pub(crate) title: Option<String>,
    /// Whether it waits for a moderator: only its author and moderators see it.
    pub(crate) held: bool,
    /// Whether the thread takes no more replies.
    pub(crate) locked: bool,
}

/// Somebody who is named in a post.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Mention {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) url: String,
    pub(crate) acct: String,
}

/// A hashtag in a post.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) url: String,
}

/// The app that wrote a post.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Application {
    pub(crate) name: String,
    pub(crate) website: Option<String>,
}

/// <https://docs.joinmastodon.org/entities/MediaAttachment/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Attachment {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) url: Option<String>,
    pub(crate) preview_url: Option<String>,
    pub(crate) remote_url: Option<String>,
    pub(crate) text_url: Option<String>,
    pub(crate) meta: Value,
    pub(crate) description: Option<String>,
    pub(crate) blurhash: Option<String>,
}

/// <https://docs.joinmastodon.org/entities/Poll/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Poll {
    pub(crate) id: String,
    pub(crate) expires_at: Option<Date>,
    pub(crate) expired: bool,
    pub(crate) multiple: bool,
    pub(crate) votes_count: i64,
    pub(crate) voters_count: Option<i64>,
    pub(crate) options: Vec<PollOption>,
    pub(crate) emojis: Vec<Emoji>,
    pub(crate) voted: bool,
    pub(crate) own_votes: Vec<i64>,
}

/// One answer of a poll.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct PollOption {
    pub(crate) title: String,
    pub(crate) votes_count: Option<i64>,
}

/// <https://docs.joinmastodon.org/entities/PreviewCard/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Card {
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) description: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) author_name: String,
    pub(crate) author_url: String,
    pub(crate) provider_name: String,
    pub(crate) provider_url: String,
    pub(crate) html: String,
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) image: Option<String>,
    pub(crate) image_description: String,
    pub(crate) embed_url: String,
    pub(crate) blurhash: Option<String>,
    pub(crate) published_at: Option<Date>,
    pub(crate) authors: Vec<Value>,
    pub(crate) language: Option<String>,
}

/// <https://docs.joinmastodon.org/entities/FilterResult/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Filtered {
    pub(crate) filter: Value,
    pub(crate) keyword_matches: Option<Vec<String>>,
    pub(crate) status_matches: Option<Vec<String>>,
}
