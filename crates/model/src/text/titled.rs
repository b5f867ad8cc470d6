//! The title that people give a thread where apps know none: a short first line, alone
//! before a blank line.

use super::typed::{Name, mentions};

/// Longest first line that is a title, in characters.
const LONGEST: usize = 100;

/// A text with a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Titled<'a> {
    /// The first line, without those whom it only addresses.
    pub title: String,
    /// Who is addressed before the text begins.
    pub names: Vec<Name<'a>>,
    /// The text below.
    pub rest: &'a str,
}

/// Splits a text into its title and what is below, if it has both.
pub fn split(text: &str) -> Option<Titled<'_>> {
    let (mut first, mut rest) = blank_line(text)?;
    let mut names = mentions(first);
    // Apps put whom one writes to on top, alone.
    if bare(first).is_empty() {
        (first, rest) = blank_line(rest)?;
        names.extend(mentions(first));
    }
    let title = bare(first);
    let fits = !title.is_empty()
        && !title.contains('\n')
        && title.chars().count() <= LONGEST
        && !title.ends_with([',', ':', ';'])
        && !title.contains("://")
        && title.split_whitespace().any(|word| !word.starts_with('#'));
    fits.then_some(Titled { title, names, rest })
}

/// What is below the title of a text, where the text begins with it; else the text.
pub fn body<'a>(text: &'a str, title: Option<&str>) -> &'a str {
    match (split(text), title) {
        (Some(found), Some(title)) if found.title == title => found.rest,
        _ => text,
    }
}

/// What is before the first blank line, and what is after it.
fn blank_line(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(['\n', '\r', ' ', '\t']);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            let rest = text.get(at..)?;
            return (!rest.trim().is_empty())
                .then(|| {
                    Some((
                        text.get(..at)?.trim_end(),
                        rest.trim_start_matches(['\n', '\r']),
                    ))
                })
                .flatten();
        }
        at += line.len();
    }
    None
}

/// A line without names at its beginning and end.
fn bare(line: &str) -> String {
    let is_name = |word: &&str| word.len() > 1 && word.starts_with('@');
    let mut words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    while words.last().is_some_and(is_name) {
        words.pop();
    }
    let skipped = words.iter().take_while(|word| is_name(word)).count();
    words.get(skipped..).unwrap_or_default().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_first_line_alone_is_a_title() {
        for text in [
            "@tilab Un titre\n\nLe texte.",
            "Un titre @tilab\r\n\r\nLe texte.",
            "@tilab\n\nUn titre\n \nLe texte.",
        ] {
            let found = split(text).map(|it| (it.title, it.rest.trim().to_owned()));
            let expected = ("Un titre".to_owned(), "Le texte.".to_owned());
            assert_eq!(found, Some(expected), "{text:?}");
            assert_eq!(body(text, Some("Un titre")).trim(), "Le texte.");
            assert_eq!(body(text, Some("Un autre")), text);
        }
        let names = split("@tilab Bonjour\n\nÀ tous").map(|it| it.names.len());
        assert_eq!(names, Some(1));
    }

    #[test]
    fn other_texts_have_none() {
        for text in [
            "Une ligne",
            "Une ligne\nune autre\n\nLe texte",
            "Bonjour,\n\nle texte",
            "https://lab.example/\n\nle texte",
            "#un #deux\n\nle texte",
            "Un titre\n\n\n",
            "@tilab\n\nLe texte",
            "",
        ] {
            assert_eq!(split(text), None, "{text:?}");
        }
    }
}
