//! Letters in French.

use super::{Letter, Sender, Words};

/// A letter from a server.
pub(super) fn words(letter: Letter<'_>, from: &Sender<'_>) -> Words {
    let Sender { site, host, base } = from;
    let (subject, text) = match letter {
        Letter::Confirm { handle, link } => (
            "Confirmez votre adresse".to_owned(),
            format!(
                "Bonjour,\n\nUn compte @{handle}@{host} a été créé sur {site} avec votre adresse. \
                 Pour la confirmer, ouvrez ce lien dans les 7 jours :\n\n{link}\n\n\
                 Si ce n’était pas vous, ne faites rien : le compte sera effacé."
            ),
        ),
        Letter::HasAccount { handle, reset } => (
            "Vous avez déjà un compte".to_owned(),
            format!(
                "Bonjour,\n\nQuelqu’un a voulu créer un compte sur {site} avec votre adresse, \
                 mais vous en avez déjà un : @{handle}@{host}.\n\n\
                 Si vous avez oublié votre mot de passe, demandez-en un nouveau ici :\n\n{reset}\n\n\
                 Si ce n’était pas vous, ne faites rien : votre compte n’a pas changé."
            ),
        ),
        Letter::Reset { handle, link } => (
            "Choisissez un nouveau mot de passe".to_owned(),
            format!(
                "Bonjour,\n\nPour choisir un nouveau mot de passe pour @{handle}@{host}, \
                 ouvrez ce lien dans l’heure :\n\n{link}\n\n\
                 Si vous n’avez rien demandé, ne faites rien : votre mot de passe reste le même."
            ),
        ),
        Letter::ChangeAddress { handle, link } => (
            "Confirmez votre nouvelle adresse".to_owned(),
            format!(
                "Bonjour,\n\nPour que cette adresse devienne celle de @{handle}@{host}, \
                 ouvrez ce lien dans les 24 heures :\n\n{link}\n\n\
                 Si ce n’était pas vous, ne faites rien."
            ),
        ),
        Letter::AddressChanged { handle } => (
            "Votre adresse a changé".to_owned(),
            format!(
                "Bonjour,\n\nL’adresse électronique de @{handle}@{host} vient de changer : \
                 nous n’écrirons plus à celle-ci.\n\n\
                 Si ce n’était pas vous, prévenez vite les personnes qui gèrent {site}."
            ),
        ),
        Letter::PasswordChanged { handle, reset } => (
            "Votre mot de passe a changé".to_owned(),
            format!(
                "Bonjour,\n\nLe mot de passe de @{handle}@{host} vient de changer.\n\n\
                 Si ce n’était pas vous, choisissez-en vite un nouveau ici :\n\n{reset}"
            ),
        ),
        Letter::SecondFactor { handle, on: true } => (
            "La connexion demande maintenant un code".to_owned(),
            format!(
                "Bonjour,\n\nLa connexion de @{handle}@{host} à {site} demande maintenant aussi \
                 un code de votre application.\n\n\
                 Si ce n’était pas vous, prévenez vite les personnes qui gèrent {site}."
            ),
        ),
        Letter::SecondFactor { handle, on: false } => (
            "La connexion ne demande plus de code".to_owned(),
            format!(
                "Bonjour,\n\nLa connexion de @{handle}@{host} à {site} ne demande plus de code.\n\n\
                 Si ce n’était pas vous, prévenez vite les personnes qui gèrent {site}."
            ),
        ),
        Letter::Asked { handle, reason } => (
            format!("@{handle} demande un compte"),
            format!(
                "Bonjour,\n\n@{handle} demande un compte sur {site} et écrit :\n\n{reason}\n\n\
                 Pour répondre :\n\n  archipel account approve {handle}\n  \
                 archipel account reject {handle}"
            ),
        ),
        Letter::Approved { handle, login } => (
            "Bienvenue".to_owned(),
            format!(
                "Bonjour,\n\nVotre compte @{handle}@{host} est ouvert. Connectez-vous ici, ou \
                 avec une application pour Mastodon en indiquant le serveur {host} :\n\n{login}"
            ),
        ),
        Letter::Rejected { reason } => (
            "Votre demande de compte".to_owned(),
            format!(
                "Bonjour,\n\nVotre demande de compte sur {site} n’a pas été acceptée.{}",
                reason
                    .map(|reason| format!("\n\n{reason}"))
                    .unwrap_or_default()
            ),
        ),
    };
    Words {
        subject,
        text: format!("{text}\n\n-- \n{site}\n{base}/\n"),
    }
}
