//! Text of strangers turned into safe HTML, and HTML turned into plain text.
//!
//! The only place where HTML is cleaned. What comes out holds no script, no
//! style, no frame, no form and no dangerous link, whatever went in.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

pub mod titled;
pub mod typed;

/// The rules, built once: what Mastodon and Lemmy show, nothing more.
static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let tags: HashSet<&str> = [
        "p",
        "br",
        "a",
        "strong",
        "b",
        "em",
        "i",
        "u",
        "del",
        "s",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "code",
        "h2",
        "h3",
        "h4",
        "span",
        "hr",
        "sub",
        "sup",
    ]
    .into();
    let mut attributes: HashMap<&str, HashSet<&str>> = HashMap::new();
    attributes.insert("a", ["href"].into());
    let mut classes: HashMap<&str, HashSet<&str>> = HashMap::new();
    classes.insert("a", ["mention", "u-url", "hashtag"].into());
    classes.insert("span", ["h-card", "invisible", "ellipsis"].into());
    let mut builder = ammonia::Builder::default();
    builder
        .tags(tags)
        .tag_attributes(attributes)
        .allowed_classes(classes)
        .generic_attributes(HashSet::from(["lang", "dir"]))
        .url_schemes(["http", "https", "mailto", "xmpp", "gemini"].into())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer ugc"));
    builder
});

/// The rules that leave text only.
static STRIPPER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .tags(HashSet::new())
        .generic_attributes(HashSet::new());
    builder
});

/// Longest HTML that is looked at, in bytes; the rest is cut off.
pub const MAX_HTML: usize = 200_000;

/// Most tags, most entities, and deepest nesting, of HTML that is parsed. The time that parsers
/// take grows with their square; nobody writes so by hand.
const MAX_TAGS: usize = 5_000;
const MAX_ENTITIES: usize = 5_000;
const MAX_NESTING: usize = 100;

/// Safe HTML from HTML of any origin. What is made to be hard to parse loses its
/// tags and keeps its text.
pub fn sanitise(html: &str) -> String {
    // Parsers drop a byte order mark at the beginning, and only there.
    let unmarked = html.replace('\u{feff}', "");
    let html = cut(&unmarked, MAX_HTML);
    if is_bomb(html) {
        return escape(&without_tags(html));
    }
    CLEANER.clean(html).to_string()
}

/// Whether parsing some HTML would take long: very many tags or entities, or tags
/// within tags within tags. A look at the text alone, in one pass.
fn is_bomb(html: &str) -> bool {
    if html.bytes().filter(|byte| *byte == b'&').count() > MAX_ENTITIES {
        return true;
    }
    let mut open: HashMap<&str, usize> = HashMap::new();
    let (mut tags, mut nesting) = (0_usize, 0_usize);
    for piece in html.split('<').skip(1) {
        let (closes, name) = match piece.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, piece),
        };
        let end = name
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        let name = name.get(..end).unwrap_or_default();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        tags += 1;
        if closes {
            // Only what is open can be closed: other end tags close nothing.
            if let Some(count) = open.get_mut(name).filter(|count| **count > 0) {
                *count -= 1;
                nesting -= 1;
            }
        } else if !["br", "hr", "img", "wbr", "input"].contains(&name) {
            *open.entry(name).or_default() += 1;
            nesting += 1;
        }
        if tags > MAX_TAGS || nesting > MAX_NESTING {
            return true;
        }
    }
    false
}

/// The text between tags, as far as a look at `<` and `>` can tell.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for (number, piece) in html.split('<').enumerate() {
        let kept = if number == 0 {
            Some(piece)
        } else {
            piece.split_once('>').map(|(_, after)| after)
        };
        text.push_str(kept.unwrap_or_default());
    }
    text
}

/// Plain text from HTML of any origin: tags gone, blocks and breaks turned into
/// line breaks, entities resolved.
pub fn plain(html: &str) -> String {
    let broken = cut(html, MAX_HTML)
        .replace("<br", "\n<br")
        .replace("</p>", "\n\n</p>")
        .replace("</li>", "\n</li>")
        .replace("</h", "\n</h")
        .replace("</blockquote>", "\n</blockquote>");
    let escaped = if is_bomb(&broken) {
        escape(&without_tags(&broken))
    } else {
        STRIPPER.clean(&broken).to_string()
    };
    let text = escaped
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() && lines.last().is_none_or(|last| last.is_empty()) {
            continue;
        }
        lines.push(line);
    }
    lines.join("\n").trim().to_owned()
}

/// The beginning of the text of some HTML, at most `max` characters, ending in
/// ` […]` when something was left out.
pub fn excerpt(html: &str, max: usize) -> String {
    let text = plain(html);
    if text.chars().count() <= max {
        return text;
    }
    let keep: String = text.chars().take(max.saturating_sub(4)).collect();
    let end = keep.rfind(char::is_whitespace).unwrap_or(keep.len());
    format!("{} […]", keep.get(..end).unwrap_or(&keep).trim_end())
}

/// Text as typed by a person, as HTML: escaped, blank lines make paragraphs,
/// line breaks stay, addresses become links.
pub fn paragraphs(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    for paragraph in text.replace("\r\n", "\n").split("\n\n") {
        let paragraph = paragraph.trim();
        if paragraph.is_empty() {
            continue;
        }
        html.push_str("<p>");
        for (number, line) in paragraph.lines().enumerate() {
            if number > 0 {
                html.push_str("<br>");
            }
            push_line(&mut html, line);
        }
        html.push_str("</p>");
    }
    sanitise(&html)
}

fn push_line(html: &mut String, line: &str) {
    for (number, word) in line.split(' ').enumerate() {
        if number > 0 {
            html.push(' ');
        }
        let is_link = word.starts_with("https://") || word.starts_with("http://");
        if is_link && url::Url::parse(word).is_ok() {
            let safe = escape(word);
            html.push_str("<a href=\"");
            html.push_str(&safe);
            html.push_str("\">");
            html.push_str(&safe);
            html.push_str("</a>");
        } else {
            html.push_str(&escape(word));
        }
    }
}

/// Text with the characters that mean something in HTML escaped.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\0' => {}
            other => out.push(other),
        }
    }
    out
}

/// The beginning of a text, at most `max` bytes, never inside a character.
fn cut(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn scripts_and_tricks_do_not_survive() {
        for bad in [
            "<script>alert(1)</script>",
            "<a href=\"java\tscript:alert(1)\">x</a>",
            "<img src=x onerror=alert(1)>",
            "<svg><style><img src=x onerror=alert(1)></style></svg>",
            "<math><mtext><table><mglyph><style><img src onerror=1></style></mglyph></table></mtext></math>",
            "<p style=\"position:fixed\" onclick=\"x()\">y</p>",
            "<iframe src=https://e.example></iframe><form action=x><base href=//e>",
        ] {
            let safe = sanitise(bad);
            for word in [
                "script", "onerror", "onclick", "style", "iframe", "form", "base", "svg",
            ] {
                assert!(!safe.contains(word), "{bad} -> {safe}");
            }
        }
    }

    #[test]
    fn bombs_lose_their_tags_and_nothing_else_does() {
        for bomb in [
            "<b>",
            "&&",
            "<ul><li>",
            "<p></x>",
            "<table><td></p>",
            "<i></i>",
        ] {
            let html = format!("avant {} après", bomb.repeat(3_000));
            let safe = sanitise(&html);
            assert!(!safe.contains('<'), "{bomb}");
            assert!(
                safe.starts_with("avant") && safe.ends_with("après"),
                "{bomb}"
            );
            assert!(plain(&html).ends_with("après"), "{bomb}");
        }
        let long = "<p>Un <a href=\"https://lab.example/\">lien</a><br></p>".repeat(800);
        assert_eq!(sanitise(&long).matches("<a ").count(), 800);
    }

    #[test]
    fn text_keeps_its_lines() {
        assert_eq!(
            plain("<p>Bonjour<br>à tous</p><p>Un &amp; deux</p>"),
            "Bonjour\nà tous\n\nUn & deux"
        );
        assert_eq!(
            paragraphs("Un <b>\n\ndeux"),
            "<p>Un &lt;b&gt;</p><p>deux</p>"
        );
        assert!(
            paragraphs("voir https://lab.example/x").contains("href=\"https://lab.example/x\"")
        );
        assert_eq!(excerpt("<p>un deux trois quatre</p>", 14), "un deux […]");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in ".{0,200}") {
            let once = sanitise(&text);
            prop_assert_eq!(sanitise(&once), once);
        }
    }
}
