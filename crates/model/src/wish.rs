//! What somebody can ask of a community by a direct message to it.

/// What somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To hear of each post of theirs that is published.
    TellPublished,
    /// To hear of that no more.
    TellNoMore,
}

/// The words for each wish, in small letters, without accents and signs.
const WORDS: [(&str, Wish, &str); 4] = [
    ("prevenez moi", Wish::TellPublished, "fr"),
    ("ne me prevenez plus", Wish::TellNoMore, "fr"),
    ("notify me", Wish::TellPublished, "en"),
    ("stop notifying me", Wish::TellNoMore, "en"),
];

/// Longest text in which a wish is looked for, in bytes.
const LONGEST: usize = 400;

impl Wish {
    /// The wish that a plain text is, apart from the handles that it is addressed to,
    /// and the language that it is said in. Nothing else may be in it.
    pub fn read(text: &str) -> Option<(Self, &'static str)> {
        if text.len() > LONGEST {
            return None;
        }
        let words: Vec<String> = text
            .split_whitespace()
            .filter(|word| !word.starts_with(['@', '!']) || word.len() == 1)
            .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| !word.is_empty())
            .map(|word| word.to_lowercase().replace(['é', 'è'], "e"))
            .collect();
        let said = words.join(" ");
        WORDS
            .iter()
            .find(|(words, ..)| *words == said)
            .map(|(_, wish, language)| (*wish, *language))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_as_people_write_them() {
        for (text, wish, language) in [
            ("@tilab prévenez-moi", Wish::TellPublished, "fr"),
            (
                "@tilab@lab.example Prévenez moi !",
                Wish::TellPublished,
                "fr",
            ),
            ("« Prevenez-moi. »", Wish::TellPublished, "fr"),
            ("Ne me prévenez plus, @tilab", Wish::TellNoMore, "fr"),
            ("@tilab Notify me", Wish::TellPublished, "en"),
            ("stop notifying me.", Wish::TellNoMore, "en"),
        ] {
            assert_eq!(Wish::read(text), Some((wish, language)), "{text}");
        }
        for text in [
            "",
            "@tilab",
            "prévenez-moi demain",
            "notify me of spam",
            "please",
        ] {
            assert_eq!(Wish::read(text), None, "{text}");
        }
    }
}
