//! E-mail that actions cause. It is queued in the transaction of what causes it, so
//! that neither is without the other; sending it is somebody else's work.

mod en;
mod fr;

use archipel_model::{MailId, Registration};
use archipel_storage::{NewMail, Tx};

use crate::{Context, Result};

/// What the operator decided about accounts.
#[derive(Clone, Debug)]
pub struct AccountRules {
    /// Who can make one.
    pub registration: Registration,
    /// Whether mail is sent at all.
    pub mail: bool,
    /// The name of this server, for people.
    pub title: String,
}

/// What is written to somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Letter<'a> {
    /// Open this to confirm the address of a new account.
    Confirm { handle: &'a str, link: &'a str },
    /// Somebody wanted to make an account with an address that has one.
    HasAccount { handle: &'a str, reset: &'a str },
    /// Open this to choose a new password.
    Reset { handle: &'a str, link: &'a str },
    /// Open this to confirm the new address of an account.
    ChangeAddress { handle: &'a str, link: &'a str },
    /// The address was changed; to the old one.
    AddressChanged { handle: &'a str },
    /// The password was changed.
    PasswordChanged { handle: &'a str, reset: &'a str },
    /// Logging in takes a code from now on, or no more.
    SecondFactor { handle: &'a str, on: bool },
    /// Somebody asks for an account; to administrators.
    Asked { handle: &'a str, reason: &'a str },
    /// Their request was granted.
    Approved { handle: &'a str, login: &'a str },
    /// Their request was not granted.
    Rejected { reason: Option<&'a str> },
}

/// Who writes.
pub(crate) struct Sender<'a> {
    /// The name of this server.
    pub(crate) site: &'a str,
    /// Its host, as in addresses of people.
    pub(crate) host: &'a str,
    /// Its address, without a slash at the end.
    pub(crate) base: &'a str,
}

/// A subject and a text.
pub(crate) struct Words {
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// Queues a letter in the language of who gets it; nothing where no mail is sent.
pub(crate) async fn write(
    ctx: &Context,
    tx: &mut Tx,
    rules: &AccountRules,
    to: &str,
    locale: &str,
    letter: Letter<'_>,
) -> Result<()> {
    if !rules.mail {
        return Ok(());
    }
    let site = &rules.title;
    let from = Sender {
        site,
        host: ctx.site.host().as_str(),
        base: ctx.site.base(),
    };
    let words = if locale.starts_with("en") {
        en::words(letter, &from)
    } else {
        fr::words(letter, &from)
    };
    let id: MailId = ctx.id();
    let mail = NewMail {
        id,
        recipient: to,
        subject: &format!("[{site}] {}", words.subject),
        body: &words.text,
    };
    Ok(tx.insert_mail(&mail, ctx.now()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is filled in stands in the text, and the secret in no subject.
    #[test]
    fn letters_say_the_same_in_both_languages() {
        let link = "https://lab.example/confirm/SECRET";
        let from = Sender {
            site: "Lab",
            host: "lab.example",
            base: "https://lab.example",
        };
        for letter in [
            Letter::Confirm {
                handle: "essai",
                link,
            },
            Letter::HasAccount {
                handle: "essai",
                reset: link,
            },
            Letter::Reset {
                handle: "essai",
                link,
            },
            Letter::ChangeAddress {
                handle: "essai",
                link,
            },
            Letter::PasswordChanged {
                handle: "essai",
                reset: link,
            },
            Letter::Approved {
                handle: "essai",
                login: link,
            },
        ] {
            for words in [fr::words(letter, &from), en::words(letter, &from)] {
                assert!(words.text.contains(link), "{letter:?}: {}", words.text);
                assert!(words.text.contains("@essai@lab.example"), "{letter:?}");
                assert!(!words.subject.contains("SECRET"), "{letter:?}");
                assert!(!words.text.contains('{'), "{letter:?}: {}", words.text);
            }
        }
    }
}
