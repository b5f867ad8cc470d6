//! Text as typed by people here: what is named in it, and its one form as HTML.
//!
//! `@user`, `@user@host`, `#tag` and addresses become links, everything else is escaped,
//! blank lines make paragraphs and line breaks stay. Every door uses this.

use super::escape;

/// Most hashtags of a post that count.
pub const MAX_TAGS: usize = 20;

/// Most people whom a post may name.
pub const MAX_MENTIONS: usize = 50;

/// Longest hashtag, in characters.
const MAX_TAG: usize = 100;

/// Somebody as written in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name<'a> {
    /// Before the second `@`.
    pub user: &'a str,
    /// After it; none: of this server.
    pub host: Option<&'a str>,
}

/// What a text is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a str),
    Mention(Name<'a>, &'a str),
    Tag(&'a str),
    Link(&'a str),
}

/// Whom a text names, each once, as far as they count.
pub fn mentions(text: &str) -> Vec<Name<'_>> {
    let mut names = Vec::new();
    for piece in pieces(text) {
        if let Piece::Mention(name, _) = piece
            && names.len() < MAX_MENTIONS
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The hashtags of a text, lower case, each once, as far as they count.
pub fn tags(text: &str) -> Vec<String> {
    let found = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Tag(tag) => Some(tag.to_lowercase()),
        _ => None,
    });
    let mut names: Vec<String> = Vec::new();
    for tag in found {
        if names.len() < MAX_TAGS && !names.contains(&tag) {
            names.push(tag);
        }
    }
    names
}

/// The text as HTML. `base` is our address, without a slash at the end; `page` gives the
/// address of somebody who is known, others stay plain text.
pub fn html(text: &str, base: &str, page: impl Fn(Name<'_>) -> Option<String>) -> String {
    let text = text.replace("\r\n", "\n").replace('\0', "");
    let mut html = String::with_capacity(text.len() + 64);
    for paragraph in text.split("\n\n") {
        let paragraph = paragraph.trim_matches('\n').trim_end();
        if paragraph.trim().is_empty() {
            continue;
        }
        html.push_str("<p>");
        for piece in pieces(paragraph) {
            push(&mut html, piece, base, &page);
        }
        html.push_str("</p>");
    }
    html
}

fn push(
    html: &mut String,
    piece: Piece<'_>,
    base: &str,
    page: &impl Fn(Name<'_>) -> Option<String>,
) {
    match piece {
        Piece::Plain(text) => html.push_str(&escape(text).replace('\n', "<br>")),
        Piece::Mention(name, written) => match page(name) {
            Some(page) => {
                let (page, user) = (escape(&page), escape(name.user));
                html.extend([
                    "<span class=\"h-card\"><a href=\"",
                    &page,
                    "\" class=\"u-url mention\">@<span>",
                    &user,
                    "</span></a></span>",
                ]);
            }
            None => html.push_str(&escape(written)),
        },
        Piece::Tag(tag) => html.extend([
            "<a href=\"",
            &escape(base),
            "/tags/",
            &segment(&tag.to_lowercase()),
            "\" class=\"mention hashtag\" rel=\"tag\">#<span>",
            &escape(tag),
            "</span></a>",
        ]),
        Piece::Link(link) => {
            let safe = escape(link);
            html.extend([
                "<a href=\"",
                &safe,
                "\" rel=\"nofollow noopener\" target=\"_blank\">",
                &safe,
                "</a>",
            ]);
        }
    }
}

/// `%2F` for a slash.
fn percent_encoding(byte: u8) -> [char; 3] {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    let upper = |value: u8| digit(value).to_ascii_uppercase();
    ['%', upper(byte >> 4), upper(byte & 0xF)]
}

/// A word as one segment of a path.
pub fn segment(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for byte in word.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            out.push(char::from(byte));
        } else {
            out.extend(percent_encoding(byte));
        }
    }
    out
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut plain, mut at) = (0, 0);
    let mut before = None;
    while let Some(rest) = text.get(at..) {
        let Some(first) = rest.chars().next() else {
            break;
        };
        if let Some((piece, length)) = special(rest, first, before) {
            if let Some(skipped) = text.get(plain..at).filter(|text| !text.is_empty()) {
                pieces.push(Piece::Plain(skipped));
            }
            pieces.push(piece);
            at += length;
            plain = at;
            before = rest.get(..length).and_then(|taken| taken.chars().last());
        } else {
            at += first.len_utf8();
            before = Some(first);
        }
    }
    if let Some(rest) = text.get(plain..).filter(|text| !text.is_empty()) {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}

/// What begins here, if it is more than plain text, and its length.
fn special(rest: &str, first: char, before: Option<char>) -> Option<(Piece<'_>, usize)> {
    let apart =
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '/' | '&' | '@' | '#'));
    match first {
        'h' if before.is_none_or(|c| !c.is_alphanumeric()) => link(rest),
        '@' if apart => mention(rest),
        '#' if apart => tag(rest),
        _ => None,
    }
}

fn link(rest: &str) -> Option<(Piece<'_>, usize)> {
    let after = rest
        .strip_prefix("https://")
        .or_else(|| rest.strip_prefix("http://"))?;
    if !after.starts_with(|c: char| c.is_alphanumeric() || c == '[') {
        return None;
    }
    let end = rest
        .find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'))
        .unwrap_or(rest.len());
    let mut link = rest.get(..end)?;
    // What ends a sentence or a bracket around it does not belong to it.
    loop {
        let last = link.chars().last()?;
        let unmatched = |open: char| link.matches(last).count() > link.matches(open).count();
        let outside = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '…' | '»' | '”' | '’' => true,
            ')' => unmatched('('),
            ']' => unmatched('['),
            '}' => unmatched('{'),
            _ => false,
        };
        if !outside {
            break;
        }
        link = link.get(..link.len() - last.len_utf8())?;
    }
    url::Url::parse(link).ok()?.host_str()?;
    Some((Piece::Link(link), link.len()))
}

fn mention(rest: &str) -> Option<(Piece<'_>, usize)> {
    let after = rest.get(1..)?;
    let user = part(after, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
    })?;
    let mut length = 1 + user.len();
    let host = after
        .get(user.len()..)
        .and_then(|rest| rest.strip_prefix('@'))
        .and_then(|rest| {
            part(rest, |c| {
                c.is_alphanumeric() || matches!(c, '-' | '.' | ':')
            })
        })
        .filter(|host| !host.starts_with(':'));
    if let Some(host) = host {
        length += 1 + host.len();
    }
    let written = rest.get(..length)?;
    Some((Piece::Mention(Name { user, host }, written), length))
}

/// The word that begins a text, without what ends a sentence.
fn part(text: &str, is: impl Fn(char) -> bool) -> Option<&str> {
    let end = text.find(|c| !is(c)).unwrap_or(text.len());
    let word = text.get(..end)?.trim_end_matches(['.', '-', ':']);
    (!word.is_empty() && !word.starts_with(['.', '-'])).then_some(word)
}

fn tag(rest: &str) -> Option<(Piece<'_>, usize)> {
    let after = rest.get(1..)?;
    let is = |c: char| c.is_alphanumeric() || matches!(c, '_' | '·' | '\u{200c}');
    let end = after.find(|c| !is(c)).unwrap_or(after.len());
    let tag = after.get(..end)?.trim_end_matches('·');
    let says = tag.chars().any(|c| !c.is_numeric() && c != '_' && c != '·');
    (says && tag.chars().count() <= MAX_TAG).then_some((Piece::Tag(tag), 1 + tag.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(name: Name<'_>) -> Option<String> {
        match name {
            Name {
                user: "essai",
                host: None,
            } => Some("https://lab.example/u/essai".to_owned()),
            Name {
                user: "membre",
                host: Some("mastodon.example"),
            } => Some("https://mastodon.example/@membre".to_owned()),
            _ => None,
        }
    }

    fn shown(text: &str) -> String {
        html(text, "https://lab.example", page)
    }

    #[test]
    fn names_tags_and_addresses_become_links() {
        assert_eq!(
            shown("Bonjour @essai, et @membre@mastodon.example."),
            "<p>Bonjour <span class=\"h-card\"><a href=\"https://lab.example/u/essai\" \
             class=\"u-url mention\">@<span>essai</span></a></span>, et \
             <span class=\"h-card\"><a href=\"https://mastodon.example/@membre\" \
             class=\"u-url mention\">@<span>membre</span></a></span>.</p>"
        );
        assert_eq!(
            shown("#Été"),
            "<p><a href=\"https://lab.example/tags/%C3%A9t%C3%A9\" class=\"mention hashtag\" \
             rel=\"tag\">#<span>Été</span></a></p>"
        );
        assert_eq!(
            shown("(voir https://fr.example/wiki/Lab_(lieu)?a=1&b=2)."),
            "<p>(voir <a href=\"https://fr.example/wiki/Lab_(lieu)?a=1&amp;b=2\" \
             rel=\"nofollow noopener\" target=\"_blank\">\
             https://fr.example/wiki/Lab_(lieu)?a=1&amp;b=2</a>).</p>"
        );
        assert_eq!(
            shown("un\ndeux\n\n\n<b>"),
            "<p>un<br>deux</p><p>&lt;b&gt;</p>"
        );
    }

    #[test]
    fn what_only_looks_alike_stays_text() {
        for text in [
            "a@essai",
            "#123",
            "C#",
            "page#part",
            "@inconnu",
            "@ essai",
            "http://",
            "https:// x",
            "@@essai",
        ] {
            let plain = format!("<p>{}</p>", escape(text));
            assert_eq!(shown(text), plain, "{text}");
        }
        // Within an address nothing else is.
        let address = shown("https://lab.example/@essai#part");
        assert_eq!(address.matches("<a ").count(), 1);
        assert!(!address.contains("mention"), "{address}");
    }

    #[test]
    fn each_is_named_once_and_too_many_do_not_count() {
        let text = "@essai @essai @membre@mastodon.example. #Un #un #deux";
        let names = mentions(text);
        assert_eq!(names.len(), 2);
        assert_eq!(
            names.last().and_then(|name| name.host),
            Some("mastodon.example")
        );
        assert_eq!(tags(text), ["un", "deux"]);
        let many: Vec<String> = (0..30).map(|n| format!("#tag{n}")).collect();
        assert_eq!(tags(&many.join(" ")).len(), MAX_TAGS);
    }

    proptest! {
        #[test]
        fn nothing_typed_becomes_markup(text in "[a-z@#<>\"'&:/. \n]{0,60}|.{0,60}") {
            let html = shown(&text);
            let ours = ["<p>", "</p>", "<br>", "<a href=\"", "</a>", "<span>", "</span>",
                "<span class=\"h-card\">"];
            let known: usize = ours.iter().map(|tag| html.matches(tag).count()).sum();
            prop_assert_eq!(html.matches('<').count(), known, "{}", html);
        }
    }
}
