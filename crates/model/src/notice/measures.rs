//! What people are told of measures that concern them, and of reports: what was
//! done, for how long, and what they can do next.

/// A measure, or a report, that somebody is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// A post of theirs was taken out.
    Removed,
    /// It went with all that answers it.
    RemovedWithReplies,
    /// It is back.
    Restored,
    /// They are kept out of the community.
    Banned,
    /// They are kept out of every community of this server.
    BannedEverywhere,
    /// They may come again: a ban was ended, or has run out.
    BanEnded,
    /// They are no member any more.
    Expelled,
    /// They broke a rule.
    Warned,
    /// A moderator of theirs reads no reports here: something was reported.
    ReportWaits,
    /// What they reported was received.
    ReportReceived,
    /// What they reported was dealt with.
    ReportClosed,
}
crate::policy::words! { Told {
    Removed => "removed", RemovedWithReplies => "removed_with_replies", Restored => "restored",
    Banned => "banned", BannedEverywhere => "banned_everywhere", BanEnded => "ban_ended",
    Expelled => "expelled", Warned => "warned", ReportWaits => "report_waits",
    ReportReceived => "report_received", ReportClosed => "report_closed",
} }

impl Told {
    /// Whether each thing that it is about is told of by itself. Receipts are not: who
    /// reports much gets one an hour.
    pub const fn is_told_of_each(self) -> bool {
        !matches!(self, Self::ReportReceived)
    }

    /// What happened, in French or in English.
    pub(super) fn first(self, french: bool, community: &str) -> String {
        if french {
            self.french(community)
        } else {
            self.english(community)
        }
    }

    fn french(self, name: &str) -> String {
        match self {
            Self::Removed => {
                format!("La modération a retiré votre message de la communauté « {name} ».")
            }
            Self::RemovedWithReplies => format!(
                "La modération a retiré votre message, et les réponses qu’il a reçues, de la communauté « {name} »."
            ),
            Self::Restored => format!("Votre message est de nouveau visible dans « {name} »."),
            Self::Banned => {
                format!("La modération a suspendu votre participation à la communauté « {name} ».")
            }
            Self::BannedEverywhere => {
                format!("Votre participation à toutes les communautés de « {name} » est suspendue.")
            }
            Self::BanEnded => format!("La suspension dans « {name} » est terminée."),
            Self::Expelled => {
                format!("La modération a mis fin à votre adhésion à la communauté « {name} ».")
            }
            Self::Warned => {
                format!("La modération de la communauté « {name} » vous adresse un avertissement.")
            }
            Self::ReportWaits => format!("Un signalement attend l’équipe de « {name} »."),
            Self::ReportReceived => {
                format!("Votre signalement est bien arrivé à l’équipe de « {name} ». Merci.")
            }
            Self::ReportClosed => {
                format!("L’équipe de « {name} » a traité votre signalement.")
            }
        }
    }

    fn english(self, name: &str) -> String {
        match self {
            Self::Removed => {
                format!("The moderators took your post out of the community “{name}”.")
            }
            Self::RemovedWithReplies => format!(
                "The moderators took your post, and the answers to it, out of the community “{name}”."
            ),
            Self::Restored => format!("Your post is shown again in “{name}”."),
            Self::Banned => {
                format!("The moderators suspended your participation in the community “{name}”.")
            }
            Self::BannedEverywhere => {
                format!("Your participation in all communities of “{name}” is suspended.")
            }
            Self::BanEnded => format!("The suspension in “{name}” is over."),
            Self::Expelled => {
                format!("The moderators ended your membership of the community “{name}”.")
            }
            Self::Warned => format!("The moderators of the community “{name}” warn you."),
            Self::ReportWaits => format!("A report waits for the team of “{name}”."),
            Self::ReportReceived => {
                format!("Your report has reached the team of “{name}”. Thank you.")
            }
            Self::ReportClosed => format!("The team of “{name}” has dealt with your report."),
        }
    }

    /// What whoever is told can do, in French or in English.
    pub(super) const fn next(self, french: bool) -> Option<&'static str> {
        Some(match (self, french) {
            (Self::Removed | Self::RemovedWithReplies, true) => {
                "Il reste visible sur votre serveur. Vous pouvez en publier une version qui respecte les règles, ou demander à l’équipe de revoir sa décision en répondant à ce message."
            }
            (Self::Removed | Self::RemovedWithReplies, false) => {
                "It is still shown on your own server. You can post a version that keeps to the rules, or answer this message to have the decision looked at again."
            }
            (Self::Banned | Self::BannedEverywhere, true) => {
                "Vos messages n’y sont plus publiés pendant ce temps. Vous pouvez demander à l’équipe de revoir sa décision en répondant à ce message."
            }
            (Self::Banned | Self::BannedEverywhere, false) => {
                "Meanwhile nothing that you post is published there. You can answer this message to have the decision looked at again."
            }
            (Self::BanEnded, true) => {
                "Vous pouvez de nouveau suivre la communauté et y participer."
            }
            (Self::BanEnded, false) => "You can follow the community and take part again.",
            (Self::Expelled, true) => "Vous pouvez demander de nouveau à en être membre.",
            (Self::Expelled, false) => "You can ask to become a member again.",
            (Self::Warned, true) => {
                "Rien n’est retiré et vous pouvez continuer à participer, en respectant les règles."
            }
            (Self::Warned, false) => {
                "Nothing is taken away, and you can go on taking part, keeping to the rules."
            }
            (Self::ReportWaits, true) => {
                "Depuis un serveur Lemmy, PieFed ou Mbin, il apparaît parmi vos signalements ; sinon, demandez à qui administre le serveur de la communauté."
            }
            (Self::ReportWaits, false) => {
                "On a server of Lemmy, PieFed or Mbin it is among your reports; otherwise ask whoever runs the community’s server."
            }
            (Self::ReportReceived, true) => {
                "Vous serez prévenu quand il sera traité. Personne d’autre que l’équipe ne sait qu’il vient de vous."
            }
            (Self::ReportReceived, false) => {
                "You will be told when it is dealt with. Nobody but the team knows that it is yours."
            }
            (Self::Restored | Self::ReportClosed, _) => return None,
        })
    }
}
