//! What somebody here is told when a community of another server decides about them
//! or their posts. French first; English for all other languages.

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A post was taken out.
    Removed,
    /// It is back.
    Restored,
    /// They may not post there any more.
    Banned,
    /// They may not post there for a time.
    BannedForATime,
    /// They may again.
    Unbanned,
}

impl Decision {
    /// A word for the list of notices.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Removed => "elsewhere:removed",
            Self::Restored => "elsewhere:restored",
            Self::Banned | Self::BannedForATime => "elsewhere:banned",
            Self::Unbanned => "elsewhere:unbanned",
        }
    }
}

/// What the text names.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The community's name.
    pub community: &'a str,
    /// The community's address, for people.
    pub page: &'a str,
    /// The address of the post, or of the community.
    pub about: &'a str,
    /// Why, in the words of its moderators.
    pub reason: Option<&'a str>,
}

impl Words<'_> {
    /// The text, in the language of this tag.
    pub fn text(&self, language: &str, decision: Decision) -> String {
        let french = language.is_empty() || language == "fr" || language.starts_with("fr-");
        let name = self.community;
        let first = if french {
            french_words(name, decision)
        } else {
            english_words(name, decision)
        };
        let mut said = vec![first];
        if let Some(reason) = self.reason {
            let label = if french { "Motif :" } else { "Reason:" };
            said.push(format!("{label} {reason}"));
        }
        let next = if french {
            "Cette communauté vit sur un autre serveur : c’est à son équipe de modération qu’il faut s’adresser."
        } else {
            "This community lives on another server: ask its moderators."
        };
        said.push(next.to_owned());
        if self.about != self.page {
            said.push(self.about.to_owned());
        }
        said.push(self.page.to_owned());
        said.join("\n\n")
    }
}

fn french_words(name: &str, decision: Decision) -> String {
    match decision {
        Decision::Removed => {
            format!("Votre message dans « {name} » a été retiré par sa modération.")
        }
        Decision::Restored => format!("Votre message dans « {name} » est rétabli."),
        Decision::Banned => format!("Vous ne pouvez plus écrire dans « {name} »."),
        Decision::BannedForATime => {
            format!("Vous ne pouvez plus écrire dans « {name} » pour un temps.")
        }
        Decision::Unbanned => format!("Vous pouvez de nouveau écrire dans « {name} »."),
    }
}

fn english_words(name: &str, decision: Decision) -> String {
    match decision {
        Decision::Removed => format!("Your post in “{name}” was removed by its moderators."),
        Decision::Restored => format!("Your post in “{name}” is back."),
        Decision::Banned => format!("You may not post in “{name}” any more."),
        Decision::BannedForATime => format!("You may not post in “{name}” for a time."),
        Decision::Unbanned => format!("You may post in “{name}” again."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_why_and_whom_to_ask() {
        let words = Words {
            community: "Photo",
            page: "https://lab.example/c/photo",
            about: "https://ici.example/p/1",
            reason: Some("Hors sujet"),
        };
        assert_eq!(
            words.text("fr", Decision::Removed),
            "Votre message dans « Photo » a été retiré par sa modération.\n\n\
             Motif : Hors sujet\n\n\
             Cette communauté vit sur un autre serveur : c’est à son équipe de modération qu’il \
             faut s’adresser.\n\nhttps://ici.example/p/1\n\nhttps://lab.example/c/photo"
        );
        let english = words.text("en", Decision::Banned);
        assert!(english.starts_with("You may not post in “Photo” any more."));
        assert!(english.contains("Reason: Hors sujet"));
    }
}
