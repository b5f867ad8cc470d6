//! Who can make an account for themselves, and the address that they give.

use std::fmt;
use std::str::FromStr;

use crate::Host;

/// Who can make an account for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Nobody.
    Closed,
    /// Who was given an invitation link.
    Invitation,
    /// Also who asks, once somebody has agreed.
    Approval,
}
crate::policy::words! { Registration {
    Closed => "closed", Invitation => "invitation", Approval => "approval",
} }

/// An e-mail address, in lower case: two that differ by case alone are one mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

/// Characters of a whole address (RFC 5321 §4.5.3.1.3, without the brackets).
const LONGEST: usize = 254;
/// Characters before the `@` (RFC 5321 §4.5.3.1.1).
const LONGEST_NAME: usize = 64;

/// A text that is no e-mail address.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("this is not an e-mail address; write one such as name@lab.example")]
pub struct NotAnEmail;

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = NotAnEmail;

    /// Takes what mail servers take without quoting. Whether somebody reads it is
    /// found out by writing to it.
    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim().to_lowercase();
        let (name, host) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        let plain = |c: char| {
            c.is_alphanumeric() || (c.is_ascii_punctuation() && !"\"(),:;<>@[\\]".contains(c))
        };
        let fits = text.len() <= LONGEST
            && (1..=LONGEST_NAME).contains(&name.len())
            && name.chars().all(plain)
            && !name.starts_with('.')
            && !name.ends_with('.')
            && !name.contains("..");
        let host: Host = host.parse().map_err(|_| NotAnEmail)?;
        if fits && !host.as_str().contains(':') {
            Ok(Self(format!("{name}@{host}")))
        } else {
            Err(NotAnEmail)
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_what_mail_servers_take() {
        for (text, kept) in [
            (" Alice@Lab.Example ", "alice@lab.example"),
            ("a.b+c@lab.example", "a.b+c@lab.example"),
            ("o'neil@lab.example", "o'neil@lab.example"),
        ] {
            let email = text.parse::<Email>().map(|email| email.to_string());
            assert_eq!(email.as_deref(), Ok(kept));
        }
        for text in [
            "",
            "alice",
            "@lab.example",
            "alice@",
            "a b@lab.example",
            "a@b@lab.example",
            "a..b@lab.example",
            ".a@lab.example",
            "alice@lab.example\r\nBcc: x@y.example",
            "a\n@lab.example",
            "<a@lab.example>",
            "alice@[127.0.0.1]",
            "alice@lab example",
        ] {
            assert_eq!(text.parse::<Email>(), Err(NotAnEmail), "{text:?}");
        }
    }
}
