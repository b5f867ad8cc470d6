//! The words of making an account, and of what one is logged in by. `{}` stands for what
//! is filled in.

mod en;
mod fr;

pub(crate) use en::ENGLISH;
pub(crate) use fr::FRENCH;

use archipel_actions::{Flaw, HandleRule, WeakPassword};

/// A page that says how something went.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) heading: &'static str,
    pub(crate) text: &'static str,
}

/// The words about accounts, in one language.
#[derive(Debug)]
pub(crate) struct AccountTexts {
    pub(crate) register: &'static str,
    pub(crate) register_ask: &'static str,
    pub(crate) invited: &'static str,
    pub(crate) invited_to: &'static str,
    pub(crate) invited_role: &'static str,
    pub(crate) facilitator: &'static str,
    pub(crate) moderator: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) has_account: &'static str,
    pub(crate) join: &'static str,
    pub(crate) log_in: &'static str,
    pub(crate) handle: &'static str,
    pub(crate) handle_how: &'static str,
    pub(crate) display_name: &'static str,
    pub(crate) display_name_how: &'static str,
    pub(crate) email: &'static str,
    pub(crate) email_how: &'static str,
    pub(crate) no_mail_how: &'static str,
    pub(crate) password: &'static str,
    pub(crate) password_how: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) reason_how: &'static str,
    pub(crate) agreement: &'static str,
    pub(crate) make: &'static str,
    pub(crate) ask: &'static str,
    pub(crate) problems: &'static str,

    pub(crate) closed: Said,
    pub(crate) dead_link: Said,
    pub(crate) look_into_mail: Said,
    pub(crate) waits: Said,
    pub(crate) ready: Said,
    pub(crate) joined: Said,
    pub(crate) to_community: &'static str,
    pub(crate) member_already: Said,

    pub(crate) confirm: Said,
    pub(crate) confirm_button: &'static str,
    pub(crate) confirmed: Said,
    pub(crate) confirmed_waits: Said,
    pub(crate) dead_mail_link: Said,

    pub(crate) forgotten: Said,
    pub(crate) send_link: &'static str,
    pub(crate) link_sent: Said,
    pub(crate) no_mail: Said,
    pub(crate) choose: &'static str,
    pub(crate) choose_for: &'static str,
    pub(crate) new_password: &'static str,
    pub(crate) chosen: Said,

    pub(crate) settings: &'static str,
    pub(crate) your_address: &'static str,
    pub(crate) your_email: &'static str,
    pub(crate) no_email: &'static str,
    pub(crate) unconfirmed: &'static str,
    pub(crate) sessions_link: &'static str,
    pub(crate) security: &'static str,
    pub(crate) change_password: &'static str,
    pub(crate) present_password: &'static str,
    pub(crate) end_apps: &'static str,
    pub(crate) change_email: &'static str,
    pub(crate) new_email: &'static str,
    pub(crate) no_mail_no_change: &'static str,
    pub(crate) confirm_new: Said,
    pub(crate) email_changed: Said,
    pub(crate) password_changed: &'static str,
    pub(crate) email_sent: &'static str,
    pub(crate) wrong_password: &'static str,
    pub(crate) wrong_code: &'static str,
    pub(crate) bad_email: &'static str,
    pub(crate) too_often: &'static str,

    pub(crate) second: &'static str,
    pub(crate) second_why: &'static str,
    pub(crate) second_on: &'static str,
    pub(crate) second_begin: &'static str,
    pub(crate) second_scan: &'static str,
    pub(crate) second_picture: &'static str,
    pub(crate) second_secret: &'static str,
    pub(crate) second_code: &'static str,
    pub(crate) second_turn_on: &'static str,
    pub(crate) second_turn_off: &'static str,
    pub(crate) second_is_off: &'static str,
    pub(crate) codes: &'static str,
    pub(crate) codes_how: &'static str,
    pub(crate) codes_left: &'static str,
    pub(crate) codes_renew: &'static str,
    pub(crate) back: &'static str,

    pub(crate) flaw_length: &'static str,
    pub(crate) flaw_character: &'static str,
    pub(crate) flaw_reserved: &'static str,
    pub(crate) flaw_taken: &'static str,
    pub(crate) flaw_email: &'static str,
    pub(crate) flaw_email_taken: &'static str,
    pub(crate) flaw_short: &'static str,
    pub(crate) flaw_long: &'static str,
    pub(crate) flaw_guessable: &'static str,
    pub(crate) flaw_name: &'static str,
    pub(crate) flaw_reason: &'static str,
    pub(crate) flaw_reason_long: &'static str,
    pub(crate) flaw_agreement: &'static str,
}

impl AccountTexts {
    /// What is wrong with a password.
    pub(crate) const fn weak(&self, weak: WeakPassword) -> &'static str {
        match weak {
            WeakPassword::TooShort => self.flaw_short,
            WeakPassword::TooLong => self.flaw_long,
            WeakPassword::Guessable => self.flaw_guessable,
        }
    }

    /// The field that is wrong, and what is wrong with it.
    pub(crate) const fn flaw(&self, flaw: Flaw) -> (&'static str, &'static str) {
        match flaw {
            Flaw::Handle(HandleRule::Length) => ("handle", self.flaw_length),
            Flaw::Handle(HandleRule::Character) => ("handle", self.flaw_character),
            Flaw::Handle(HandleRule::Reserved) => ("handle", self.flaw_reserved),
            Flaw::HandleTaken => ("handle", self.flaw_taken),
            Flaw::Email => ("email", self.flaw_email),
            Flaw::EmailTaken => ("email", self.flaw_email_taken),
            Flaw::Password(weak) => ("password", self.weak(weak)),
            Flaw::NameTooLong => ("name", self.flaw_name),
            Flaw::ReasonMissing => ("reason", self.flaw_reason),
            Flaw::ReasonTooLong => ("reason", self.flaw_reason_long),
            Flaw::Agreement => ("agreement", self.flaw_agreement),
        }
    }
}
