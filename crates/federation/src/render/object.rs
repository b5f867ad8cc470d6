//! Writes posts: a `Page` when it is a thread with a title, else a `Note`; polls and
//! events as what they are.
//!
//! One id has one form: whatever differs by reader is in the announce, not here.

use std::borrow::Cow;
use std::collections::BTreeMap;

use archipel_model::{Timestamp, Visibility, text};
use serde::Serialize;
use url::Url;

pub use super::media::{EmojiView, MediaView};
use super::special::{self, Count, Special, SpecialView, count};
use super::{Language, PUBLIC, Rendered, below, document, part};

/// Longest excerpt in `summary`, in characters.
pub const EXCERPT: usize = 400;

/// Somebody or some community, as named in a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MentionView {
    /// The actor's id.
    pub id: Url,
    /// As written, such as `@tilab@lab.example`.
    pub name: String,
}

/// The community that a post belongs to.
#[derive(Clone, Debug)]
pub struct CommunityView {
    /// The community and its name; mentioned, so that replies from Mastodon
    /// keep it among their addressees.
    pub mention: MentionView,
}

/// What a post answers.
#[derive(Clone, Debug)]
pub struct ParentView {
    /// The post answered.
    pub id: Url,
    /// Its author.
    pub author: MentionView,
}

/// A post of a local author.
#[derive(Clone, Debug)]
pub struct PostView {
    /// The post's id.
    pub id: Url,
    /// The page for people; may be the id.
    pub url: Url,
    /// Who wrote it.
    pub author: Url,
    /// The author's followers collection.
    pub author_followers: Option<Url>,
    /// Where it belongs; `None` for a message between people.
    pub community: Option<CommunityView>,
    /// What it answers; `None` for a thread.
    pub parent: Option<ParentView>,
    /// The title of a thread.
    pub title: Option<String>,
    /// The text, safe HTML.
    pub content_html: String,
    /// A content warning.
    pub warning: Option<String>,
    /// Whether media or text are to be hidden at first.
    pub sensitive: bool,
    /// Its language.
    pub language: Option<Language>,
    /// What a link post is about.
    pub link: Option<Url>,
    /// Media.
    pub media: Vec<MediaView>,
    /// The picture that stands for it.
    pub image: Option<Url>,
    /// Its custom emoji.
    pub emojis: Vec<EmojiView>,
    /// Others that it names, beside the community and the parent's author.
    pub mentions: Vec<MentionView>,
    /// Hashtags without `#`, and where they lead.
    pub hashtags: Vec<(String, Url)>,
    /// Who may see it.
    pub visibility: Visibility,
    /// The collection of its thread (FEP-7888).
    pub context: Option<Url>,
    /// Whether it takes replies.
    pub comments_enabled: bool,
    /// Votes for it, where they are counted.
    pub likes: Option<u64>,
    /// Boosts of it, where they are counted.
    pub shares: Option<u64>,
    /// When it was published.
    pub published: Timestamp,
    /// When it was last edited.
    pub updated: Option<Timestamp>,
    /// The poll or event that it is.
    pub special: SpecialView,
}

/// Whom something is addressed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressing {
    /// Primary addressees.
    pub to: Vec<String>,
    /// Secondary addressees.
    pub cc: Vec<String>,
}

impl Addressing {
    /// To everybody, with copies to some.
    pub fn public(cc: impl IntoIterator<Item = String>) -> Self {
        Self {
            to: vec![PUBLIC.to_owned()],
            cc: cc.into_iter().collect(),
        }
    }
}

/// Whom a post is addressed to, after its visibility.
///
/// A thread goes to its community and everybody; a reply to everybody, with
/// copies to the community and the parent's author, as Lemmy has it. What is for
/// followers or single people names no community, so that none can announce it, and
/// goes to those who are named, not to whoever is answered.
pub fn addressing(view: &PostView) -> Addressing {
    let community = view.community.as_ref().map(|it| it.mention.id.to_string());
    let followers = view.author_followers.as_ref().map(Url::to_string);
    let public = view.visibility.may_be_announced();
    let named = view
        .parent
        .iter()
        .filter(|_| public)
        .map(|parent| parent.author.id.to_string())
        .chain(view.mentions.iter().map(|mention| mention.id.to_string()));
    let (mut to, mut cc): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    match view.visibility {
        Visibility::Public if view.parent.is_none() => {
            to.extend(community);
            to.push(PUBLIC.to_owned());
            cc.extend(followers.into_iter().chain(named));
        }
        Visibility::Public => {
            to.push(PUBLIC.to_owned());
            cc.extend(community.into_iter().chain(named).chain(followers));
        }
        Visibility::Unlisted => {
            to.extend(followers.into_iter().chain(community));
            cc.push(PUBLIC.to_owned());
            cc.extend(named);
        }
        Visibility::Followers => {
            to.extend(followers);
            cc.extend(named);
        }
        Visibility::Direct => to.extend(named),
    }
    // Nobody needs to be told what they wrote, or told twice.
    let mut seen = vec![view.author.to_string()];
    for list in [&mut to, &mut cc] {
        list.retain(|one| {
            let new = !seen.contains(one);
            if new {
                seen.push(one.clone());
            }
            new
        });
    }
    Addressing { to, cc }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
enum Tag<'a> {
    Mention {
        href: &'a Url,
        name: &'a str,
    },
    Hashtag {
        href: &'a Url,
        name: String,
    },
    Emoji {
        id: &'a Url,
        name: String,
        icon: Picture<'a>,
    },
}

/// Only the three kinds that Lemmy accepts: one other kills the whole post.
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Attachment<'a> {
    Link {
        #[serde(rename = "type")]
        kind: &'static str,
        href: &'a Url,
    },
    /// Where an event takes place on the web, by the name that Mobilizon looks for.
    Website {
        #[serde(rename = "type")]
        kind: &'static str,
        href: &'a str,
        media_type: &'static str,
        name: &'static str,
    },
    Media {
        #[serde(rename = "type")]
        kind: &'static str,
        url: &'a Url,
        media_type: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        width: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        height: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        blurhash: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        focal_point: Option<[f64; 2]>,
    },
}

#[derive(Serialize)]
struct Picture<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a Url,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Post<'a> {
    id: &'a Url,
    #[serde(rename = "type")]
    kind: &'static str,
    attributed_to: &'a Url,
    to: Vec<String>,
    cc: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'a Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<&'a Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    content: &'a str,
    media_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_map: Option<BTreeMap<&'a str, &'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a Language>,
    url: &'a Url,
    attachment: Vec<Attachment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Picture<'a>>,
    tag: Vec<Tag<'a>>,
    sensitive: bool,
    comments_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a Url>,
    replies: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    likes: Option<Count>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shares: Option<Count>,
    published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(flatten)]
    special: Special<'a>,
}

/// The text as it is shown. Mastodon has no place for the title of a poll: it is the
/// first line of its text.
fn content(view: &PostView) -> Cow<'_, str> {
    match (&view.special, &view.title) {
        (SpecialView::Poll(_), Some(title)) => Cow::Owned(format!(
            "<p><strong>{}</strong></p>{}",
            text::escape(title),
            view.content_html
        )),
        _ => Cow::Borrowed(&view.content_html),
    }
}

fn kind(view: &PostView, titled: bool) -> &'static str {
    match view.special {
        SpecialView::Poll(_) => "Question",
        SpecialView::Event(_) => "Event",
        SpecialView::Nothing if titled => "Page",
        SpecialView::Nothing => "Note",
    }
}

fn post<'a>(view: &'a PostView, content: &'a str) -> Post<'a> {
    let title = view.title.as_deref().filter(|_| view.parent.is_none());
    let public = view.visibility.may_be_announced();
    let community = view.community.as_ref().filter(|_| public);
    let Addressing { to, cc } = addressing(view);
    Post {
        id: &view.id,
        kind: kind(view, title.is_some()),
        attributed_to: &view.author,
        to,
        cc,
        audience: community.map(|it| &it.mention.id),
        in_reply_to: view.parent.as_ref().map(|parent| &parent.id),
        name: title,
        summary: summary(view, title.is_some()),
        content,
        media_type: "text/html",
        content_map: view
            .language
            .as_ref()
            .map(|language| BTreeMap::from([(language.identifier.as_str(), content)])),
        language: view.language.as_ref(),
        url: &view.url,
        attachment: attachments(view),
        image: view
            .image
            .as_ref()
            .map(|url| Picture { kind: "Image", url }),
        tag: tags(view, community),
        sensitive: view.sensitive || view.warning.is_some(),
        comments_enabled: view.comments_enabled,
        context: view.context.as_ref(),
        replies: below(&view.id, "replies"),
        likes: view.likes.map(count),
        shares: view.shares.map(count),
        published: view.published.rfc3339(),
        updated: view.updated.map(Timestamp::rfc3339),
        special: special::members(&view.special, &view.url),
    }
}

/// The warning where there is one; else, of a `Page`, an excerpt, which is all
/// that Mastodon shows of its text. On a `Note` it would become a warning.
fn summary(view: &PostView, page: bool) -> Option<String> {
    if let Some(warning) = &view.warning {
        return Some(text::escape(warning));
    }
    let excerpt = text::excerpt(&view.content_html, EXCERPT);
    let told = match &view.special {
        SpecialView::Poll(_) => return None,
        // Mastodon shows an event as title, summary and link: the summary must say
        // when and where.
        SpecialView::Event(event) => {
            let language = view.language.as_ref().map(|it| it.identifier.as_str());
            let when = event.when_and_where(language.unwrap_or_default());
            format!("{when}\n\n{excerpt}").trim_end().to_owned()
        }
        SpecialView::Nothing => excerpt,
    };
    (page && !told.is_empty()).then(|| text::escape(&told))
}

fn attachments(view: &PostView) -> Vec<Attachment<'_>> {
    let link = view
        .link
        .iter()
        .map(|href| Attachment::Link { kind: "Link", href });
    let media = view.media.iter().map(|media| Attachment::Media {
        kind: if media.media_type.starts_with("image/") {
            "Image"
        } else {
            "Document"
        },
        url: &media.url,
        media_type: &media.media_type,
        name: media.alt.as_deref(),
        width: media.size.map(|(width, _)| width),
        height: media.size.map(|(_, height)| height),
        blurhash: media.blurhash.as_deref(),
        focal_point: media.focus.map(|(x, y)| [x, y]),
    });
    let website = match &view.special {
        SpecialView::Event(event) => event.online_url.as_deref(),
        _ => None,
    };
    let website = website.map(|href| Attachment::Website {
        kind: "Link",
        href,
        media_type: "text/html",
        name: "Website",
    });
    link.chain(website).chain(media).collect()
}

fn tags<'a>(view: &'a PostView, community: Option<&'a CommunityView>) -> Vec<Tag<'a>> {
    let parent = view.parent.as_ref().map(|parent| &parent.author);
    let parent = parent.filter(|_| view.visibility.may_be_announced());
    let mut named: Vec<&MentionView> = Vec::new();
    for mention in community
        .map(|it| &it.mention)
        .into_iter()
        .chain(parent)
        .chain(&view.mentions)
    {
        if mention.id != view.author && !named.iter().any(|known| known.id == mention.id) {
            named.push(mention);
        }
    }
    let mentions = named.into_iter().map(|mention| Tag::Mention {
        href: &mention.id,
        name: &mention.name,
    });
    let hashtags = view.hashtags.iter().map(|(name, href)| Tag::Hashtag {
        href,
        name: format!("#{}", name.trim_start_matches('#')),
    });
    let emojis = view.emojis.iter().map(|emoji| Tag::Emoji {
        id: &emoji.url,
        name: format!(":{}:", emoji.name),
        icon: Picture {
            kind: "Image",
            url: &emoji.url,
        },
    });
    mentions.chain(hashtags).chain(emojis).collect()
}

/// The document of a post.
pub fn object(view: &PostView) -> Rendered {
    document(post(view, &content(view)))
}

/// A post within an activity or a collection, without a context of its own.
pub fn object_part(view: &PostView) -> Rendered {
    part(&post(view, &content(view)))
}
