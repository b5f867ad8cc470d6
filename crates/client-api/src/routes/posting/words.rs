//! Why a community did not take a post, in the words of who wrote it.

use archipel_model::JoinPolicy;
use archipel_model::notice::{Cause, Facts, text};
use archipel_model::permission::Denial;
use archipel_model::submission::Refusal;
use archipel_storage::{Actor, Tx};

use crate::error::Result;
use crate::viewer::Viewer;

/// Says why, in the language of the account.
pub(super) async fn refused(
    tx: &mut Tx,
    viewer: &Viewer,
    community: Option<&Actor>,
    refusal: Refusal,
) -> Result<String> {
    let composing = tx.composing(viewer.account).await?;
    let locale = composing.map_or_else(|| "fr".to_owned(), |it| it.locale);
    let Some(community) = community else {
        return Ok(from_nowhere(&locale, refusal));
    };
    let join = tx
        .community(community.id)
        .await?
        .map_or(JoinPolicy::Open, |it| it.join_policy);
    let name = if community.name.trim().is_empty() {
        &community.handle
    } else {
        &community.name
    };
    let page = community
        .moved_to
        .as_deref()
        .or(community.url.as_deref())
        .unwrap_or(&community.uri);
    let facts = Facts {
        community: name,
        page,
        reason: None,
        rule: None,
        about: None,
        until: None,
        join,
    };
    let mut words = text(&locale, Cause::Refused(refusal), &facts);
    if let Some(more) = more(&locale, refusal) {
        words = format!("{words}\n\n{more}");
    }
    Ok(words.replace("\n\n", " "))
}

/// What communities do not say in public, but who writes here needs to know.
const fn why(refusal: Refusal) -> Option<(&'static str, &'static str)> {
    match refusal {
        Refusal::Denied(Denial::Banned) => Some((
            "Vous en êtes banni : la modération peut vous dire pourquoi.",
            "You are banned there: its moderators can tell you why.",
        )),
        Refusal::Denied(Denial::Suspended) => {
            Some(("Votre compte est suspendu.", "Your account is suspended."))
        }
        Refusal::Blocked => Some((
            "Ce serveur n’échange pas avec le nôtre.",
            "That server is blocked here.",
        )),
        _ => None,
    }
}

fn more(locale: &str, refusal: Refusal) -> Option<&'static str> {
    why(refusal).map(|(french, english)| if is_french(locale) { french } else { english })
}

fn is_french(locale: &str) -> bool {
    locale.is_empty() || locale == "fr" || locale.starts_with("fr-")
}

fn from_nowhere(locale: &str, refusal: Refusal) -> String {
    match (is_french(locale), refusal) {
        (true, Refusal::Denied(Denial::Banned)) => {
            "Votre message n’a pas été publié : vous êtes banni de ce serveur.".to_owned()
        }
        (true, _) => format!("Votre message n’a pas été publié ({}).", refusal.code()),
        (false, Refusal::Denied(Denial::Banned)) => {
            "Your post was not published: you are banned from this server.".to_owned()
        }
        (false, _) => format!("Your post was not published: {}.", refusal.sentence()),
    }
}
