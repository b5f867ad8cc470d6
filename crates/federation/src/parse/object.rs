//! Reads posts of every kind: notes, pages, articles, events, videos, questions.

use archipel_model::event::Event;
use archipel_model::poll::Poll;
use archipel_model::{Timestamp, Visibility, same_origin};
use serde_json::Value;
use url::Url;

use super::attachment::{Attachment, attachments};
use super::special;
use super::value::{
    Object, addressees, as_object, clean, first_id, flag, ids, is_one_of, is_public, items,
    link_target, moment, own_id, page_url, text, types,
};
use super::{ParseError, limits};

/// What kind of post it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// A message; every reply is one.
    Note,
    /// A thread of Lemmy and its kin.
    Page,
    /// A long text.
    Article,
    /// A poll.
    Question,
    /// Something that takes place.
    Event,
    /// A film.
    Video,
    /// A picture.
    Image,
    /// A sound.
    Audio,
    /// Anything else, by its name.
    Other(String),
}

impl ObjectKind {
    /// The kind named by a word of `type`.
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "Note" => Self::Note,
            "Page" => Self::Page,
            "Article" => Self::Article,
            "Question" => Self::Question,
            "Event" => Self::Event,
            "Video" => Self::Video,
            "Image" => Self::Image,
            "Audio" => Self::Audio,
            _ => return None,
        })
    }

    /// The word of `type`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Note => "Note",
            Self::Page => "Page",
            Self::Article => "Article",
            Self::Question => "Question",
            Self::Event => "Event",
            Self::Video => "Video",
            Self::Image => "Image",
            Self::Audio => "Audio",
            Self::Other(word) => word,
        }
    }
}

/// Somebody named in a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The actor's id (or, from some peers, the address of its page).
    pub href: Url,
    /// As written, such as `@tilab@lab.example`.
    pub name: Option<String>,
}

/// A post of another server, as its document describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteObject {
    /// The post's identity.
    pub id: Url,
    /// What it is.
    pub kind: ObjectKind,
    /// Who wrote it; empty when the document does not say.
    pub authors: Vec<Url>,
    /// Groups it is attributed to beside its authors (`PeerTube`, Mobilizon).
    pub groups: Vec<Url>,
    /// What it answers.
    pub in_reply_to: Option<Url>,
    /// Primary addressees; the public in its full form, see [`super::is_public`].
    pub to: Vec<Url>,
    /// Secondary addressees.
    pub cc: Vec<Url>,
    /// The communities it is for (FEP-1b12).
    pub audience: Vec<Url>,
    /// Whom it names.
    pub mentions: Vec<Mention>,
    /// Its hashtags, lower case, without `#`.
    pub hashtags: Vec<String>,
    /// Its custom emoji: their names without colons, and where their pictures are.
    pub emojis: Vec<(String, Url)>,
    /// The text, HTML not yet made safe.
    pub content_html: Option<String>,
    /// The title, plain text.
    pub name: Option<String>,
    /// An excerpt (`Page`, `Article`) or a content warning (`Note`), HTML.
    pub summary: Option<String>,
    /// The text as typed, when it is Markdown.
    pub source_markdown: Option<String>,
    /// The page for people.
    pub url: Option<Url>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was last edited.
    pub updated: Option<Timestamp>,
    /// Whether it is to be hidden behind a warning.
    pub sensitive: bool,
    /// Its language, a BCP 47 tag.
    pub language: Option<String>,
    /// Links and media.
    pub attachments: Vec<Attachment>,
    /// The picture that stands for it.
    pub image: Option<Url>,
    /// The collection of its conversation (FEP-7888), when it is an address.
    pub context: Option<Url>,
    /// The collection of its replies.
    pub replies: Option<Url>,
    /// Whether it takes replies, when it says so.
    pub comments_enabled: Option<bool>,
    /// The poll that it is, of a `Question` with choices.
    pub poll: Option<Poll>,
    /// When and where it takes place, of an `Event` with a date.
    pub event: Option<Event>,
}

impl RemoteObject {
    /// Who may see it. `author_followers` is the author's followers collection
    /// where it is known; otherwise it is guessed from the author's id.
    pub fn visibility(&self, author_followers: Option<&str>) -> Visibility {
        if self.to.iter().any(is_public) {
            return Visibility::Public;
        }
        if self.cc.iter().any(is_public) {
            return Visibility::Unlisted;
        }
        let of_author = |url: &Url| match author_followers {
            Some(followers) => url.as_str() == followers,
            None => self.authors.iter().any(|author| {
                url.as_str()
                    .strip_prefix(author.as_str())
                    .is_some_and(|rest| rest.trim_start_matches('/') == "followers")
            }),
        };
        if self.to.iter().chain(&self.cc).any(of_author) {
            Visibility::Followers
        } else {
            Visibility::Direct
        }
    }

    /// Whether the document names authors, all of its own server. Otherwise its
    /// server cannot speak for them (FEP-fe34).
    pub fn speaks_for_its_authors(&self) -> bool {
        !self.authors.is_empty()
            && self
                .authors
                .iter()
                .all(|author| same_origin(author, &self.id))
    }
}

/// Whether a document says only that there was something (ActivityStreams `Tombstone`).
pub fn is_tombstone(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|document| types(document).any(|word| word == "Tombstone"))
}

/// Reads a post.
pub fn object(value: &Value) -> Result<RemoteObject, ParseError> {
    let document = as_object(value)?;
    let id = own_id(document)?;
    let kind = kind(document)?;
    let (authors, groups) = authors(document, &id);
    let (content_html, language) = content(document);
    Ok(RemoteObject {
        authors,
        groups,
        in_reply_to: in_reply_to(document)?,
        to: addressees(document, "to"),
        cc: addressees(document, "cc"),
        audience: addressees(document, "audience"),
        mentions: mentions(document),
        hashtags: hashtags(document),
        emojis: emojis(document),
        content_html,
        name: text(document, "name", limits::NAME),
        summary: text(document, "summary", limits::SUMMARY),
        source_markdown: source(document),
        url: page_url(document.get("url")),
        published: moment(document, "published"),
        updated: moment(document, "updated"),
        sensitive: flag(document, "sensitive").unwrap_or(false),
        language,
        attachments: attachments(document),
        image: items(document.get("image")).iter().find_map(link_target),
        context: first_id(document.get("context")),
        replies: first_id(document.get("replies")),
        comments_enabled: flag(document, "commentsEnabled"),
        poll: (kind == ObjectKind::Question)
            .then(|| special::poll(document))
            .flatten(),
        event: (kind == ObjectKind::Event)
            .then(|| special::event(document))
            .flatten(),
        id,
        kind,
    })
}

fn kind(document: &Object) -> Result<ObjectKind, ParseError> {
    types(document)
        .find_map(ObjectKind::named)
        .or_else(|| {
            let word = types(document).next()?;
            Some(ObjectKind::Other(clean(word, 60)))
        })
        .ok_or(ParseError::Missing("type"))
}

/// Authors and groups. Mobilizon names the person in `actor` and the group in
/// `attributedTo`; `PeerTube` gives both in `attributedTo`, with their types. What
/// `attributedTo` says of another server stays an author, for whom this one cannot
/// speak: readers who do not know `actor` would take it for the author.
fn authors(document: &Object, id: &Url) -> (Vec<Url>, Vec<Url>) {
    let (mut authors, mut groups) = (Vec::new(), Vec::new());
    for value in items(document.get("attributedTo"))
        .iter()
        .take(limits::PEOPLE)
    {
        let group = value
            .as_object()
            .is_some_and(|object| is_one_of(object, &["Group"]));
        let list = if group { &mut groups } else { &mut authors };
        list.extend(first_id(Some(value)));
    }
    if let Some(person) = first_id(document.get("actor"))
        && !authors.contains(&person)
    {
        let (own, foreign): (Vec<Url>, Vec<Url>) = authors
            .into_iter()
            .partition(|author| same_origin(author, id));
        groups.extend(own);
        authors = foreign;
        authors.insert(0, person);
    }
    (authors, groups)
}

/// What it answers. A value that cannot be read is refused: taken for nothing,
/// a reply would become a thread of its own.
fn in_reply_to(document: &Object) -> Result<Option<Url>, ParseError> {
    let value = document.get("inReplyTo");
    let nothing = items(value)
        .iter()
        .all(|one| one.is_null() || one.as_str() == Some("") || one.as_bool() == Some(false));
    if nothing {
        return Ok(None);
    }
    match first_id(value) {
        Some(url) => Ok(Some(url)),
        None => Err(ParseError::Missing("inReplyTo")),
    }
}

/// The text and its language. `contentMap` names the language when it has one
/// entry, or the entry that is the text itself.
fn content(document: &Object) -> (Option<String>, Option<String>) {
    let map = document.get("contentMap").and_then(Value::as_object);
    let plain = document
        .get("content")
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty());
    let entry = map.and_then(|map| {
        let same = map.iter().find(|(_, text)| text.as_str() == plain);
        let only = map.iter().next().filter(|_| map.len() == 1);
        let any = map.iter().next().filter(|_| plain.is_none());
        same.or(only).or(any)
    });
    let html = plain
        .or_else(|| entry.and_then(|(_, text)| text.as_str()))
        .map(|text| clean(text, limits::CONTENT))
        .filter(|text| !text.is_empty());
    let declared = match document.get("language") {
        Some(Value::Object(language)) => language.get("identifier").and_then(Value::as_str),
        Some(Value::String(tag)) => Some(tag.as_str()),
        _ => None,
    };
    let language = declared
        .into_iter()
        .chain(entry.map(|(tag, _)| tag.as_str()))
        .find_map(language_tag);
    (html, language)
}

/// A well-formed language tag, lower case; `und` says nothing.
fn language_tag(tag: &str) -> Option<String> {
    let formed = (2..=35).contains(&tag.len())
        && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (formed && tag != "und").then(|| tag.to_ascii_lowercase())
}

/// The text as typed; only Markdown is of use here.
fn source(document: &Object) -> Option<String> {
    let source = document.get("source")?.as_object()?;
    let markdown = source
        .get("mediaType")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind.starts_with("text/markdown"));
    text(source, "content", limits::CONTENT).filter(|_| markdown)
}

fn tags<'a>(document: &'a Object, kind: &'a str) -> impl Iterator<Item = &'a Object> {
    items(document.get("tag"))
        .iter()
        .filter_map(Value::as_object)
        .filter(move |tag| types(tag).any(|word| word == kind))
}

fn mentions(document: &Object) -> Vec<Mention> {
    tags(document, "Mention")
        .filter_map(|tag| {
            Some(Mention {
                href: ids(tag.get("href"), 1).pop()?,
                name: text(tag, "name", limits::NAME),
            })
        })
        .take(limits::MENTIONS)
        .collect()
}

/// One with a strange name or without a picture is left out.
fn emojis(document: &Object) -> Vec<(String, Url)> {
    tags(document, "Emoji")
        .filter_map(|tag| {
            let name = text(tag, "name", limits::EMOJI)?;
            let name = name.trim_matches(':');
            let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
            let named = !name.is_empty() && name.chars().all(plain);
            let picture = items(tag.get("icon")).iter().find_map(link_target)?;
            named.then(|| (name.to_owned(), picture))
        })
        .take(limits::EMOJIS)
        .collect()
}

fn hashtags(document: &Object) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for tag in tags(document, "Hashtag").take(limits::HASHTAGS) {
        let Some(name) = text(tag, "name", 100) else {
            continue;
        };
        let name = name.trim_start_matches('#').to_lowercase();
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}
