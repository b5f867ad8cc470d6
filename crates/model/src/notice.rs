//! What an author is told when a post of theirs is not simply shown, and what people
//! are told of measures: what happened, why, and what they can do. French first;
//! English for all other languages.

mod measures;

pub use measures::Told;

use crate::JoinPolicy;
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
    /// Of a measure that concerns them, or of a report.
    Told(Told),
    /// It is shown, and its author wants to hear so.
    Published,
    /// It stays as it was until a moderator has read its edit.
    EditHeld,
    /// Its edit is shown now.
    EditApproved,
    /// Its edit was not accepted.
    EditRefused,
    /// An answer: they hear of each post that is published.
    WillTell,
    /// An answer: they hear of that no more.
    WillNotTell,
    /// An answer: only members can be told.
    NotAMember,
}

impl Cause {
    /// A word: nobody is told the same twice within an hour.
    pub fn code(self, about: &str) -> String {
        match self {
            Self::Told(told) if told.is_told_of_each() => format!("{told}:{about}"),
            Self::Told(told) => told.as_str().to_owned(),
            Self::Held(reason) => format!("held:{reason}"),
            Self::Refused(refusal) => format!("refused:{}", refusal.code()),
            Self::Approved => "approved".to_owned(),
            Self::Published => "published".to_owned(),
            Self::EditHeld => "edit_held".to_owned(),
            Self::EditApproved => "edit_approved".to_owned(),
            Self::EditRefused => "edit_refused".to_owned(),
            Self::WillTell => "will_tell".to_owned(),
            Self::WillNotTell => "will_not_tell".to_owned(),
            Self::NotAMember => "not_a_member".to_owned(),
        }
    }

    /// Whether each post is told of by itself, once, rather than the cause once an
    /// hour: what was decided for the author is news about that post.
    pub const fn is_of_one_post(self) -> bool {
        matches!(self, Self::Approved | Self::Published | Self::EditApproved)
    }

    /// Whether the author is told at all: who is stopped was told then, and gets no
    /// answer to every try.
    pub const fn is_told(self) -> bool {
        !matches!(
            self,
            Self::Refused(Refusal::Blocked | Refusal::Denied(Denial::Suspended | Denial::Banned))
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
    /// The post or person that it is about, where the message does not answer it.
    pub about: Option<&'a str>,
    /// Until which day, as `2026-12-31`.
    pub until: Option<&'a str>,
    /// How one becomes a member.
    pub join: JoinPolicy,
}

/// The text for an author, in the language of this tag.
pub fn text(language: &str, cause: Cause, facts: &Facts<'_>) -> String {
    let french = language.is_empty() || language == "fr" || language.starts_with("fr-");
    let (what, next) = if french {
        (french_what(cause), french_next(cause, facts.join))
    } else {
        (english_what(cause), english_next(cause, facts.join))
    };
    let name = facts.community;
    let first = match (cause, french) {
        (Cause::Told(told), _) => told.first(french, name),
        (Cause::WillTell | Cause::WillNotTell | Cause::NotAMember, true) => {
            format!("« {name} » {what}")
        }
        (Cause::WillTell | Cause::WillNotTell | Cause::NotAMember, false) => {
            format!("“{name}” {what}")
        }
        (_, true) => format!("Votre message pour « {name} » {what}"),
        (_, false) => format!("Your post to “{name}” {what}"),
    };
    let mut said = vec![first];
    said.extend(facts.about.map(str::to_owned));
    if let Cause::Told(Told::Banned | Told::BannedEverywhere) = cause {
        said.push(match (facts.until, french) {
            (Some(day), true) => format!("Durée : jusqu’au {day}."),
            (Some(day), false) => format!("Until: {day}."),
            (None, true) => "Durée : sans limite.".to_owned(),
            (None, false) => "Until: without an end.".to_owned(),
        });
    }
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
        Cause::Held(HoldReason::Parent) => {
            "attend d’être lu par la modération, comme le message auquel il répond."
        }
        Cause::Held(HoldReason::LimitedServer) => {
            "attend d’être lu par la modération, comme tout ce qui vient de votre serveur."
        }
        Cause::Approved | Cause::Published => "est publié.",
        Cause::EditHeld => {
            "reste tel qu’il était : sa modification attend d’être lue par la modération."
        }
        Cause::EditApproved => "est montré tel que vous l’avez modifié.",
        Cause::EditRefused => {
            "reste tel qu’il était : sa modification n’a pas été retenue par la modération."
        }
        Cause::WillTell => "vous préviendra chaque fois qu’un de vos messages y est publié.",
        Cause::WillNotTell => "ne vous préviendra plus quand un de vos messages y est publié.",
        Cause::NotAMember => "ne peut prévenir que ses membres.",
        Cause::Told(_) => "",
        Cause::Refused(Refusal::NotPublic) => {
            "n’a pas été publié : il n’était pas public, et rien de privé n’est montré."
        }
        Cause::Refused(Refusal::Locked) => {
            "n’a pas été publié : cette discussion n’accepte plus de réponses."
        }
        Cause::Refused(Refusal::ParentGone) => {
            "n’a pas été publié : le message auquel il répond n’est plus là."
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
        Cause::Refused(Refusal::Closed) => {
            "n’a pas été publié : cette communauté n’existe plus ici."
        }
        Cause::Refused(Refusal::TooLarge) => {
            "n’a pas été publié : il est trop long pour être transmis aux autres serveurs."
        }
        Cause::Refused(Refusal::Blocked | Refusal::Denied(_)) => "n’a pas été publié.",
    }
}

const fn french_next(cause: Cause, join: JoinPolicy) -> Option<&'static str> {
    match cause {
        Cause::Held(_) | Cause::EditHeld => {
            Some("Vous n’avez rien à faire : vous serez prévenu de la décision.")
        }
        Cause::Published | Cause::WillTell => Some(
            "Pour ne plus être prévenu, écrivez « ne me prévenez plus » à la communauté, \
             par message direct.",
        ),
        Cause::WillNotTell => {
            Some("Pour l’être de nouveau, écrivez-lui « prévenez-moi » par message direct.")
        }
        Cause::NotAMember => Some("Suivez la communauté, puis renvoyez votre demande."),
        Cause::Refused(Refusal::TooLarge) => Some("Raccourcissez-le, puis renvoyez-le."),
        Cause::Refused(Refusal::NotPublic) => {
            Some("Pour qu’il soit publié, renvoyez-le en visibilité publique.")
        }
        Cause::Refused(Refusal::Moved) => {
            Some("Suivez-la à sa nouvelle adresse, puis renvoyez-y votre message :")
        }
        Cause::Refused(Refusal::Locked | Refusal::ParentGone) => {
            Some("Vous pouvez ouvrir une nouvelle discussion.")
        }
        Cause::Refused(Refusal::Denied(Denial::MembersOnly)) => Some(match join {
            JoinPolicy::Open => {
                "Suivez la communauté pour en devenir membre, puis renvoyez votre message."
            }
            JoinPolicy::Approval => {
                "Suivez la communauté : la modération vous répondra. Une fois membre, renvoyez \
                 votre message."
            }
            JoinPolicy::Invitation => {
                "On en devient membre sur invitation : demandez-en une à la modération."
            }
        }),
        Cause::Refused(Refusal::Denied(Denial::ApprovedOnly)) => {
            Some("Suivez la communauté et demandez à la modération de vous agréer.")
        }
        Cause::Told(told) => told.next(true),
        Cause::Refused(_) | Cause::Approved | Cause::EditApproved | Cause::EditRefused => None,
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
        Cause::Held(HoldReason::Parent) => {
            "waits to be read by a moderator, as does the post that it answers."
        }
        Cause::Held(HoldReason::LimitedServer) => {
            "waits to be read by a moderator, as everything from your server does."
        }
        Cause::Approved | Cause::Published => "is published.",
        Cause::EditHeld => "stays as it was: its edit waits to be read by a moderator.",
        Cause::EditApproved => "is shown as you edited it.",
        Cause::EditRefused => "stays as it was: its edit was not accepted by the moderators.",
        Cause::WillTell => "will tell you each time a post of yours is published there.",
        Cause::WillNotTell => "will not tell you any more when a post of yours is published.",
        Cause::NotAMember => "can only tell its members.",
        Cause::Told(_) => "",
        Cause::Refused(Refusal::NotPublic) => {
            "was not published: it was not public, and nothing private is shown."
        }
        Cause::Refused(Refusal::Locked) => "was not published: this thread takes no more replies.",
        Cause::Refused(Refusal::ParentGone) => {
            "was not published: the post that it answers is not there any more."
        }
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
        Cause::Refused(Refusal::Closed) => {
            "was not published: this community is not here any more."
        }
        Cause::Refused(Refusal::TooLarge) => {
            "was not published: it is too long to be passed on to other servers."
        }
        Cause::Refused(Refusal::Blocked | Refusal::Denied(_)) => "was not published.",
    }
}

const fn english_next(cause: Cause, join: JoinPolicy) -> Option<&'static str> {
    match cause {
        Cause::Refused(Refusal::Moved) => {
            Some("Follow it at its new address, then post there again:")
        }
        Cause::Held(_) | Cause::EditHeld => {
            Some("You need not do anything: you will be told what is decided.")
        }
        Cause::Published | Cause::WillTell => Some(
            "To be told no more, write “stop notifying me” to the community, by direct message.",
        ),
        Cause::WillNotTell => Some("To be told again, write “notify me” to it, by direct message."),
        Cause::NotAMember => Some("Follow the community, then ask again."),
        Cause::Refused(Refusal::TooLarge) => Some("Shorten it, then post again."),
        Cause::Refused(Refusal::NotPublic) => Some("To have it published, post it in public."),
        Cause::Refused(Refusal::Locked | Refusal::ParentGone) => {
            Some("You can start a new thread.")
        }
        Cause::Refused(Refusal::Denied(Denial::MembersOnly)) => Some(match join {
            JoinPolicy::Open => "Follow the community to become a member, then post again.",
            JoinPolicy::Approval => {
                "Follow the community: its moderators will answer. Once you are a member, post \
                 again."
            }
            JoinPolicy::Invitation => {
                "One becomes a member by invitation: ask its moderators for one."
            }
        }),
        Cause::Refused(Refusal::Denied(Denial::ApprovedOnly)) => {
            Some("Follow the community and ask its moderators to vouch for you.")
        }
        Cause::Told(told) => told.next(false),
        Cause::Refused(_) | Cause::Approved | Cause::EditApproved | Cause::EditRefused => None,
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
            about: None,
            until: None,
            join: JoinPolicy::Invitation,
        };
        let said = text("fr-FR", Cause::Refused(Refusal::ByModerator), &facts);
        assert_eq!(
            said,
            "Votre message pour « Ti Lab » n’a pas été retenu par la modération.\n\n\
             Motif : Publicité\n\nRègle 2 : Pas de publicité\n\nhttps://lab.example/c/tilab"
        );
        let members = Cause::Refused(Refusal::Denied(Denial::MembersOnly));
        assert!(text("fr", members, &facts).contains("sur invitation"));
        for reason in HoldReason::ALL.iter().copied() {
            let said = text("en", Cause::Held(reason), &facts);
            assert!(said.starts_with("Your post to “Ti Lab” waits"), "{said}");
            assert!(said.contains("You need not do anything"), "{said}");
        }
    }

    #[test]
    fn a_measure_is_told_with_its_scope_its_end_and_what_can_be_done() {
        let facts = Facts {
            community: "Ti Lab",
            page: "https://lab.example/c/tilab",
            reason: Some("Insultes"),
            rule: None,
            about: None,
            until: Some("2026-12-01"),
            join: JoinPolicy::Open,
        };
        let said = text("fr", Cause::Told(Told::Banned), &facts);
        for part in [
            "à la communauté « Ti Lab »",
            "jusqu’au 2026-12-01",
            "Motif : Insultes",
            "revoir sa décision",
        ] {
            assert!(said.contains(part), "{said}");
        }
        let one = Cause::Told(Told::Removed);
        assert_ne!(
            one.code("https://a.example/1"),
            one.code("https://a.example/2")
        );
        let receipt = Cause::Told(Told::ReportReceived);
        assert_eq!(receipt.code("a"), receipt.code("b"));
    }

    #[test]
    fn who_is_stopped_gets_no_answer_to_every_try() {
        for (denial, told) in [(Denial::Banned, false), (Denial::MembersOnly, true)] {
            assert_eq!(Cause::Refused(Refusal::Denied(denial)).is_told(), told);
        }
    }
}
