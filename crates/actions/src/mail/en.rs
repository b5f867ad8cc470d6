//! Letters in English.

use super::{Letter, Sender, Words};

/// A letter from a server.
pub(super) fn words(letter: Letter<'_>, from: &Sender<'_>) -> Words {
    let Sender { site, host, base } = from;
    let (subject, text) = match letter {
        Letter::Confirm { handle, link } => (
            "Confirm your address".to_owned(),
            format!(
                "Hello,\n\nAn account @{handle}@{host} was made on {site} with your address. \
                 To confirm it, open this link within 7 days:\n\n{link}\n\n\
                 If this was not you, do nothing: the account will be erased."
            ),
        ),
        Letter::HasAccount { handle, reset } => (
            "You have an account already".to_owned(),
            format!(
                "Hello,\n\nSomebody wanted to make an account on {site} with your address, \
                 but you have one already: @{handle}@{host}.\n\n\
                 If you forgot your password, ask for a new one here:\n\n{reset}\n\n\
                 If this was not you, do nothing: your account has not changed."
            ),
        ),
        Letter::Reset { handle, link } => (
            "Choose a new password".to_owned(),
            format!(
                "Hello,\n\nTo choose a new password for @{handle}@{host}, open this link \
                 within the hour:\n\n{link}\n\n\
                 If you asked for nothing, do nothing: your password stays the same."
            ),
        ),
        Letter::ChangeAddress { handle, link } => (
            "Confirm your new address".to_owned(),
            format!(
                "Hello,\n\nTo make this the address of @{handle}@{host}, open this link \
                 within 24 hours:\n\n{link}\n\n\
                 If this was not you, do nothing."
            ),
        ),
        Letter::AddressChanged { handle } => (
            "Your address has changed".to_owned(),
            format!(
                "Hello,\n\nThe e-mail address of @{handle}@{host} has just changed: \
                 we will not write to this one any more.\n\n\
                 If this was not you, tell the people who run {site} quickly."
            ),
        ),
        Letter::PasswordChanged { handle, reset } => (
            "Your password has changed".to_owned(),
            format!(
                "Hello,\n\nThe password of @{handle}@{host} has just changed.\n\n\
                 If this was not you, choose a new one here quickly:\n\n{reset}"
            ),
        ),
        Letter::SecondFactor { handle, on: true } => (
            "Logging in asks for a code now".to_owned(),
            format!(
                "Hello,\n\nLogging in to {site} as @{handle}@{host} now also asks for a code of \
                 your app.\n\n\
                 If this was not you, tell the people who run {site} quickly."
            ),
        ),
        Letter::SecondFactor { handle, on: false } => (
            "Logging in asks for no code any more".to_owned(),
            format!(
                "Hello,\n\nLogging in to {site} as @{handle}@{host} asks for no code any more.\n\n\
                 If this was not you, tell the people who run {site} quickly."
            ),
        ),
        Letter::Asked { handle, reason } => (
            format!("@{handle} asks for an account"),
            format!(
                "Hello,\n\n@{handle} asks for an account on {site} and writes:\n\n{reason}\n\n\
                 To answer:\n\n  archipel account approve {handle}\n  \
                 archipel account reject {handle}"
            ),
        ),
        Letter::Approved { handle, login } => (
            "Welcome".to_owned(),
            format!(
                "Hello,\n\nYour account @{handle}@{host} is open. Log in here, or with an app \
                 for Mastodon by naming the server {host}:\n\n{login}"
            ),
        ),
        Letter::Rejected { reason } => (
            "Your request for an account".to_owned(),
            format!(
                "Hello,\n\nYour request for an account on {site} was not granted.{}",
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
