//! Which language a reader wants: what the address asks for, else what `Accept-Language`
//! says (RFC 9110 §12.5.4).

use axum::http::{HeaderMap, header};

use crate::texts::{ENGLISH, FRENCH, Texts};

/// The texts in the language that the reader prefers; French when they do not
/// say, or want neither of ours.
pub(crate) fn wanted(headers: &HeaderMap) -> &'static Texts {
    let mut french = 0.0_f32;
    let mut english = 0.0_f32;
    for value in headers.get_all(header::ACCEPT_LANGUAGE) {
        let Ok(text) = value.to_str() else { continue };
        for part in text.split(',') {
            let mut words = part.split(';').map(str::trim);
            let tag = words.next().unwrap_or_default().to_ascii_lowercase();
            let quality = words
                .find_map(|word| word.strip_prefix("q="))
                .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
            match tag.split('-').next() {
                Some("fr" | "*") => french = french.max(quality),
                Some("en") => english = english.max(quality),
                _ => {}
            }
        }
    }
    if english > french { &ENGLISH } else { &FRENCH }
}

/// The texts that the address asks for with `lang`, if they are ours.
pub(crate) fn asked(query: &str) -> Option<&'static Texts> {
    let (_, tag) = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "lang")?;
    match tag.to_ascii_lowercase().split(['-', '_']).next() {
        Some("fr") => Some(&FRENCH),
        Some("en") => Some(&ENGLISH),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn french_unless_english_is_preferred() {
        let language = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
            wanted(&headers).lang
        };
        for (accept, expected) in [
            ("", "fr"),
            ("*", "fr"),
            ("br", "fr"),
            ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
            ("en-GB", "en"),
            ("EN;q=0.7, FR;q=0.3", "en"),
            ("de, en;q=0.5", "en"),
            ("en;q=junk", "fr"),
            ("en, fr", "fr"),
        ] {
            assert_eq!(language(accept), expected, "{accept:?}");
        }
        assert_eq!(wanted(&HeaderMap::new()).lang, "fr");
    }

    #[test]
    fn addresses_may_ask_for_a_language() {
        let lang = |query| asked(query).map(|texts| texts.lang);
        assert_eq!(lang("a=b&lang=en"), Some("en"));
        assert_eq!(lang("lang=fr-FR"), Some("fr"));
        assert_eq!(lang("lang=None"), None);
        assert_eq!(lang(""), None);
    }
}
