//! What somebody fills in who wants an account, and what may be wrong with it.

use archipel_model::{Email, Handle, HandleError};

use super::SignUpReady;
use crate::new_password::{WeakPassword, check_password};

/// Longest name for people, in characters.
const NAME: usize = 100;
/// Longest reason, in characters.
const REASON: usize = 2_000;

/// The form, as filled in.
#[derive(Clone, Default)]
pub struct SignUpForm {
    /// The name in addresses.
    pub handle: String,
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The name for people; the handle when empty.
    pub name: String,
    /// Why they want an account.
    pub reason: String,
    /// Whether they agree to the rules of the server.
    pub agreement: bool,
    /// Their language.
    pub locale: String,
    /// The secret of an invitation link.
    pub invite: Option<String>,
}

/// One thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The name in addresses cannot be one.
    Handle(HandleRule),
    /// Somebody has it, or had it.
    HandleTaken,
    /// No e-mail address.
    Email,
    /// Another account has it; said only where nobody can be written to.
    EmailTaken,
    /// The password.
    Password(WeakPassword),
    /// The name for people is too long.
    NameTooLong,
    /// No reason was given where one is asked for.
    ReasonMissing,
    /// The reason is too long.
    ReasonTooLong,
    /// They did not agree to the rules.
    Agreement,
}

/// What a name in addresses breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleRule {
    /// 2 to 25 characters.
    Length,
    /// Only a to z, digits and `_`.
    Character,
    /// The server needs it for itself.
    Reserved,
}

/// All that is wrong with a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flawed(pub Vec<Flaw>);

impl SignUpForm {
    /// Looks at everything that the form alone can tell.
    pub(super) fn look(&self, reason_needed: bool) -> Result<SignUpReady, Flawed> {
        let mut flaws = Vec::new();
        let handle = Handle::new_name(&self.handle).map_err(|error| {
            flaws.push(Flaw::Handle(match error {
                HandleError::Length => HandleRule::Length,
                HandleError::Character => HandleRule::Character,
                HandleError::Reserved => HandleRule::Reserved,
            }));
        });
        let email = self
            .email
            .parse::<Email>()
            .map_err(|_| flaws.push(Flaw::Email));
        let about = [
            self.handle.as_str(),
            self.email.as_str(),
            self.name.as_str(),
        ];
        if let Err(weak) = check_password(&self.password, &about) {
            flaws.push(Flaw::Password(weak));
        }
        let name = self.name.trim();
        if name.chars().count() > NAME {
            flaws.push(Flaw::NameTooLong);
        }
        let reason = self.reason.trim();
        if reason.is_empty() && reason_needed {
            flaws.push(Flaw::ReasonMissing);
        }
        if reason.chars().count() > REASON {
            flaws.push(Flaw::ReasonTooLong);
        }
        if !self.agreement {
            flaws.push(Flaw::Agreement);
        }
        match (handle, email) {
            (Ok(handle), Ok(email)) if flaws.is_empty() => Ok(SignUpReady {
                name: if name.is_empty() {
                    handle.to_string()
                } else {
                    name.to_owned()
                },
                handle,
                email,
                password: self.password.clone(),
                reason: (!reason.is_empty()).then(|| reason.to_owned()),
                locale: if self.locale.starts_with("en") {
                    "en"
                } else {
                    "fr"
                },
                invite: self.invite.clone(),
            }),
            _ => Err(Flawed(flaws)),
        }
    }
}
