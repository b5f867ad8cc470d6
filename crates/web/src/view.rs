//! Posts and actors as templates show them, and the one rule on what is shown.

use std::collections::HashMap;

use archipel_model::{ActorId, ActorState, PostId, Site, text};
use archipel_storage::{Actor, Conn, Post, PostState};
use askama::Template;
use askama::filters::HtmlSafe;

use crate::Pages;
use crate::address::Address;
use crate::dates::Date;
use crate::pictures::{self, Picture};
use crate::special::{Special, totals};
use crate::texts::Texts;

/// Characters of a heading that is made from a text.
const HEADING: usize = 90;

/// Characters of an excerpt.
const EXCERPT: usize = 280;

/// An actor as shown beside what they wrote.
#[derive(Clone, Debug, Template)]
#[template(path = "actor.html")]
pub(crate) struct ActorView {
    /// `@name@host`.
    pub(crate) handle: String,
    /// What they call themselves.
    pub(crate) name: String,
    /// Their page, here or elsewhere.
    pub(crate) address: Option<Address>,
}

/// Written by its own template, which escapes.
impl HtmlSafe for ActorView {}

impl ActorView {
    pub(crate) fn new(actor: &Actor, site: &Site) -> Self {
        Self {
            handle: format!("@{}", actor.acct()),
            name: actor.name.trim().to_owned(),
            address: if actor.is_local {
                Some(Address::here(site, &actor.uri))
            } else {
                Address::elsewhere(&actor.uri, actor.url.as_deref())
            },
        }
    }

    /// What to call them: their name, else their handle.
    pub(crate) fn called(&self) -> &str {
        if self.name.is_empty() {
            &self.handle
        } else {
            &self.name
        }
    }
}

/// A post that everybody may see.
#[derive(Debug)]
pub(crate) struct PostView {
    /// Its name within a page.
    pub(crate) anchor: String,
    /// The page of its thread here.
    pub(crate) page: String,
    /// Its title, else the beginning of its text.
    pub(crate) heading: String,
    /// The language of the heading; none when the words are ours.
    pub(crate) heading_lang: Option<String>,
    /// Its text, safe HTML.
    pub(crate) content: String,
    /// The beginning of its text, if that says more than the heading.
    pub(crate) excerpt: Option<String>,
    /// A content warning: what is warned of is folded away.
    pub(crate) warning: Option<String>,
    /// Its language.
    pub(crate) lang: Option<String>,
    /// Who wrote it.
    pub(crate) author: ActorView,
    /// When it was written.
    pub(crate) date: Date,
    /// When it was last edited.
    pub(crate) edited: Option<Date>,
    /// Where it is read alone: here, or where it was written.
    pub(crate) address: Option<Address>,
    /// The reply on the same page that it answers.
    pub(crate) answers: Option<Answered>,
    /// Votes and boosts, in words.
    pub(crate) totals: Option<String>,
    /// The poll or event that it is.
    pub(crate) special: Special,
    /// Whether its pictures are hidden at first; those behind a warning are anyway.
    pub(crate) sensitive: bool,
    /// Its pictures.
    pub(crate) pictures: Vec<Picture>,
}

/// A post on the same page that another one answers.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) anchor: String,
    pub(crate) handle: String,
}

/// Whether everybody may see a post: published, public or unlisted, and its
/// author neither suspended, nor gone, nor on a server that is blocked.
pub(crate) fn is_shown(post: &Post, author: &Actor) -> bool {
    post.state == PostState::Published
        && post.visibility.may_be_announced()
        && author.state == ActorState::Active
        && !author.host_blocked
}

/// The authors of posts.
pub(crate) async fn authors(
    conn: &mut Conn,
    posts: &[Post],
) -> archipel_storage::Result<HashMap<ActorId, Actor>> {
    let mut ids: Vec<ActorId> = posts.iter().map(|post| post.author_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let actors = conn.actors(&ids).await?;
    Ok(actors.into_iter().map(|actor| (actor.id, actor)).collect())
}

/// Those of the posts that everybody may see, in the same order.
pub(crate) async fn shown(
    conn: &mut Conn,
    posts: &[Post],
    pages: &Pages,
    t: &Texts,
) -> archipel_storage::Result<Vec<PostView>> {
    let site = &pages.site;
    let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
    let mut pictures = pictures::of(conn, &ids, &pages.proxy).await?;
    let authors = authors(conn, posts).await?;
    let mut views = Vec::with_capacity(posts.len());
    for post in posts {
        let author = authors.get(&post.author_id);
        let Some(author) = author.filter(|author| is_shown(post, author)) else {
            continue;
        };
        views.push(PostView {
            special: Special::of(conn, post, t).await?,
            pictures: pictures.remove(&post.id).unwrap_or_default(),
            ..PostView::new(post, author, site, t)
        });
    }
    Ok(views)
}

impl PostView {
    pub(crate) fn new(post: &Post, author: &Actor, site: &Site, t: &Texts) -> Self {
        let author = ActorView::new(author, site);
        let warning = post.summary.as_deref().and_then(one_line);
        let title = post.title.as_deref().and_then(one_line);
        let text = one_line(&text::plain(&post.content)).unwrap_or_default();
        let beginning = without_mentions(&text);
        let told = title.is_some();
        let lang = post.language.clone().filter(|tag| is_language_tag(tag));
        let (heading, heading_lang) = match (title, &warning) {
            (Some(title), _) => (title, lang.clone()),
            (None, Some(warning)) => (t.fill(t.warning, warning), None),
            (None, None) if beginning.is_empty() => (t.fill(t.post_by, &author.handle), None),
            (None, None) => (cut(beginning, HEADING), lang.clone()),
        };
        let more = told || beginning.chars().count() > HEADING;
        let excerpt =
            (warning.is_none() && more && !beginning.is_empty()).then(|| cut(beginning, EXCERPT));
        Self {
            anchor: anchor(post.id),
            page: format!("/p/{}", post.id),
            heading,
            heading_lang,
            content: post.content.clone(),
            excerpt,
            warning,
            lang,
            author,
            date: Date::new(post.published_at, t),
            edited: post.updated_at.map(|moment| Date::new(moment, t)),
            address: if post.is_local {
                Some(Address::here(site, &post.uri))
            } else {
                Address::elsewhere(&post.uri, post.url.as_deref())
            },
            answers: None,
            totals: totals(post, t),
            special: Special::default(),
            sensitive: post.sensitive && post.summary.is_none(),
            pictures: Vec::new(),
        }
    }
}

/// The name of a post within a page.
pub(crate) fn anchor(id: PostId) -> String {
    format!("p-{id}")
}

/// Whether a text can stand in a `lang` attribute (RFC 5646 §2.1, roughly).
pub(crate) fn is_language_tag(tag: &str) -> bool {
    tag.len() <= 35
        && tag.starts_with(|c: char| c.is_ascii_alphabetic())
        && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// A text on one line; `None` when it says nothing.
fn one_line(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

/// A text without the handles that it begins with: posts are addressed to a
/// community by naming it first. A text of nothing else stays.
fn without_mentions(text: &str) -> &str {
    let mut rest = text;
    while rest.starts_with(['@', '!']) {
        match rest.split_once(' ') {
            Some((mention, after)) if mention.len() > 1 => rest = after,
            _ => return text,
        }
    }
    rest
}

/// The beginning of a text on one line, whole words, `…` when it goes on.
fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let keep: String = text.chars().take(max.saturating_sub(1)).collect();
    let end = keep.rfind(' ').unwrap_or(keep.len());
    format!("{}…", keep.get(..end).unwrap_or(&keep))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_do_not_begin_with_the_address() {
        for (text, heading) in [
            ("@tilab Bonjour à @ada", "Bonjour à @ada"),
            ("@tilab@lab.example !utilo Une question", "Une question"),
            ("@tilab", "@tilab"),
            ("@tilab @utilo", "@tilab @utilo"),
            ("! Attention", "! Attention"),
            ("", ""),
        ] {
            assert_eq!(without_mentions(text), heading, "{text:?}");
        }
    }

    #[test]
    fn long_texts_end_at_a_word() {
        assert_eq!(cut("un deux trois", 13), "un deux trois");
        assert_eq!(cut("un deux trois", 9), "un deux…");
        assert_eq!(cut("ééééé", 3), "éé…");
    }

    #[test]
    fn only_language_tags_become_attributes() {
        assert!(is_language_tag("pt-BR"));
        for bad in ["", "\"><b>", "fr fr", "1a", &"a".repeat(36)] {
            assert!(!is_language_tag(bad), "{bad:?}");
        }
    }
}
