//! What an author is told when a post of theirs is not simply shown: what happened,
//! why, and what they can do. French first; English for all other languages.

use crate::permission::Denial;
use crate::submission::{HoldReason, Refusal};

/// What an author is told about a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It waits for a moderator.
    Held(HoldReason),
    /// It was not taken.
    Refused(Refusal),
    /// It had waited and is shown now.
    Approved,
}

impl Cause {
    /// A word: nobody is told the same twice within an hour.
    pub fn code(self) -> String {
        match self {
            Self::Held(reason) => format!("held:{reason}"),
            Self::Refused(refusal) => format!("refused:{}", refusal.code()),
            Self::Approved => "approved".to_owned(),
        }
    }

    /// Whether the author is told at all: who is stopped gets no answer to every
    /// try, and what is closed answers nobody.
    pub const fn is_told(self) -> bool {
        !matches!(
            self,
            Self::Refused(Refusal::Closed | Refusal::Denied(Denial::Suspended | Denial::Banned))
        )
    }
}

/// What is known besides the cause.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The community's name.
    pub community: &'a str,
    /// The community's address, for people; where it moved to, once it did.
    pub page: &'a str,
    /// The moderator's own words.
    pub reason: Option<&'a str>,
    /// The rule that it rests on: its number and its text.
    pub rule: Option<(i64, &'a str)>,
}

/// The text for an author, in the language of this tag.
pub fn text(language: &str, cause: Cause, facts: &Facts<'_>) -> String {
    let french = language.is_empty() || language == "fr" || language.starts_with("fr-");
    let (what, next) = if french {
        (french_what(cause), french_next(cause))
    } else {
        (english_what(cause), english_next(cause))
    };
    let name = facts.community;
    let first = if french {
        format!("Votre message pour « {name} » {what}")
    } else {
        format!("Your post to “{name}” {what}")
    };
    let mut said = vec![first];
    if let Some(reason) = facts.reason {
        let label = if french { "Motif :" } else { "Reason:" };
        said.push(format!("{label} {reason}"));
    }
    if let Some((number, rule)) = facts.rule {
        let label = if french {
            format!("Règle {number} :")
        } else {
            format!("Rule {number}:")
        };
        said.push(format!("{label} {rule}"));
    }
    said.extend(next.map(str::to_owned));
    said.push(facts.page.to_owned());
    said.join("\n\n")
}

const fn french_what(cause: Cause) -> &'static str {
    match cause {
        Cause::Held(HoldReason::First) => {
            "attend d’être lu par la modération, comme tout premier message."
        }
        Cause::Held(HoldReason::Always) => {
            "attend d’être lu par la modération, comme tous les messages de cette communauté."
        }
        Cause::Held(HoldReason::UnknownServer) => {
            "attend d’être lu par la modération : rien n’a encore été publié ici depuis votre serveur."
        }
        Cause::Held(HoldReason::Wave) => {
            "attend d’être lu par la modération, qui fait face à beaucoup d’envois indésirables."
        }
        Cause::Approved => "est publié.",
        Cause::Refused(Refusal::NotPublic) => {
            "n’a pas été publié : il n’était pas public, et rien de privé n’est montré."
        }
        Cause::Refused(Refusal::Locked) => {
            "n’a pas été publié : cette discussion n’accepte plus de réponses."
        }
        Cause::Refused(Refusal::Moved) => "n’a pas été publié : cette communauté a déménagé.",
        Cause::Refused(Refusal::ByModerator) => "n’a pas été retenu par la modération.",
        Cause::Refused(Refusal::Denied(Denial::MembersOnly)) => {
            "n’a pas été publié : seuls les membres peuvent y écrire."
        }
        Cause::Refused(Refusal::Denied(Denial::ApprovedOnly)) => {
            "n’a pas été publié : seuls les membres agréés par la modération peuvent y écrire."
        }
        Cause::Refused(Refusal::Denied(Denial::ModeratorsOnly)) => {
            "n’a pas été publié : seule l’équipe de modération peut y écrire."
        }
        Cause::Refused(Refusal::Closed | Refusal::Denied(_)) => "n’a pas été publié.",
    }
}

const fn french_next(cause: Cause) -> Option<&'static str> {
    match cause {
        Cause::Held(_) => Some("Vous n’avez rien à faire : vous serez prévenu de la décision."),
        Cause::Refused(Refusal::NotPublic) => {
            Some("Pour qu’il soit publié, renvoyez-le en visibilité publique.")
        }
        Cause::Refused(Refusal::Moved) => {
            Some("Suivez-la à sa nouvelle adresse, puis renvoyez-y votre message :")
        }
        Cause::Refused(Refusal::Locked) => Some("Vous pouvez ouvrir une nouvelle discussion."),
        Cause::Refused(Refusal::Denied(Denial::MembersOnly)) => {
            Some("Suivez la communauté pour en devenir membre, puis renvoyez votre message.")
        }
        Cause::Refused(Refusal::Denied(Denial::ApprovedOnly)) => {
            Some("Suivez la communauté et demandez à la modération de vous agréer.")
        }
        Cause::Refused(_) | Cause::Approved => None,
    }
}

const fn english_what(cause: Cause) -> &'static str {
    match cause {
        Cause::Held(HoldReason::First) => {
            "waits to be read by a moderator, as every first post does."
        }
        Cause::Held(HoldReason::Always) => {
            "waits to be read by a moderator, as all posts there do."
        }
        Cause::Held(HoldReason::UnknownServer) => {
            "waits to be read by a moderator: nothing from your server was published here yet."
        }
        Cause::Held(HoldReason::Wave) => {
            "waits to be read by a moderator, because much spam is coming in."
        }
        Cause::Approved => "is published.",
        Cause::Refused(Refusal::NotPublic) => {
            "was not published: it was not public, and nothing private is shown."
        }
        Cause::Refused(Refusal::Locked) => "was not published: this thread takes no more replies.",
        Cause::Refused(Refusal::Moved) => "was not published: this community has moved.",
        Cause::Refused(Refusal::ByModerator) => "was not accepted by the moderators.",
        Cause::Refused(Refusal::Denied(Denial::MembersOnly)) => {
            "was not published: only members can write there."
        }
        Cause::Refused(Refusal::Denied(Denial::ApprovedOnly)) => {
            "was not published: only members whom a moderator vouched for can write there."
        }
        Cause::Refused(Refusal::Denied(Denial::ModeratorsOnly)) => {
            "was not published: only moderators can write there."
        }
        Cause::Refused(Refusal::Closed | Refusal::Denied(_)) => "was not published.",
    }
}

const fn english_next(cause: Cause) -> Option<&'static str> {
    match cause {
        Cause::Held(_) => Some("You need not do anything: you will be told what is decided."),
        Cause::Refused(Refusal::NotPublic) => Some("To have it published, post it in public."),
        Cause::Refused(Refusal::Moved) => {
            Some("Follow it at its new address, then post there again:")
        }
        Cause::Refused(Refusal::Locked) => Some("You can start a new thread."),
        Cause::Refused(Refusal::Denied(Denial::MembersOnly)) => {
            Some("Follow the community to become a member, then post again.")
        }
        Cause::Refused(Refusal::Denied(Denial::ApprovedOnly)) => {
            Some("Follow the community and ask its moderators to vouch for you.")
        }
        Cause::Refused(_) | Cause::Approved => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_says_what_and_where_in_its_language() {
        let facts = Facts {
            community: "Ti Lab",
            page: "https://lab.example/c/tilab",
            reason: Some("Publicité"),
            rule: Some((2, "Pas de publicité")),
        };
        let said = text("fr-FR", Cause::Refused(Refusal::ByModerator), &facts);
        assert_eq!(
            said,
            "Votre message pour « Ti Lab » n’a pas été retenu par la modération.\n\n\
             Motif : Publicité\n\nRègle 2 : Pas de publicité\n\nhttps://lab.example/c/tilab"
        );
        for reason in HoldReason::ALL.iter().copied() {
            let said = text("en", Cause::Held(reason), &facts);
            assert!(said.starts_with("Your post to “Ti Lab” waits"), "{said}");
            assert!(said.contains("You need not do anything"), "{said}");
        }
    }

    #[test]
    fn who_is_stopped_gets_no_answer_to_every_try() {
        for (denial, told) in [(Denial::Banned, false), (Denial::MembersOnly, true)] {
            assert_eq!(Cause::Refused(Refusal::Denied(denial)).is_told(), told);
        }
    }
}
