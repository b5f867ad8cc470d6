//! Making an account from an app, and confirming its e-mail address.
//! <https://docs.joinmastodon.org/methods/accounts/#create>,
//! <https://docs.joinmastodon.org/methods/emails/>.

use archipel_actions::{
    self as actions, Flaw, Flawed, HandleRule, Limit, NoSignUp, SignUpForm, SignUpFrom,
    WeakPassword,
};
use archipel_model::{ClientAddr, Email};
use axum::extract::State;
use axum::{Extension, Json};
use http::{HeaderName, header};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::Api;
use crate::entities::{Empty, Token};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::viewer::{Caller, Newcomer};

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.post(
        "/api/v1/accounts",
        rule::<Token>("Makes an account", Access::App, Shows::Nothing).takes::<NewAccount>(),
        create,
    );
    routes.post(
        "/api/v1/emails/confirmations",
        rule::<Empty>(
            "Sends the mail that confirms an address again",
            Access::Newcomer,
            Shows::Nothing,
        )
        .takes::<Again>(),
        again,
    );
    routes.get(
        "/api/v1/emails/check_confirmation",
        rule::<bool>(
            "Whether the address is confirmed",
            Access::Newcomer,
            Shows::Own,
        ),
        check,
    );
}

/// An account to be made.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct NewAccount {
    username: Text,
    email: Text,
    password: Text,
    /// Whether they agree to the rules of the server.
    agreement: Flag,
    /// The language of mails.
    locale: Text,
    /// Why they want an account; needed where somebody decides on it.
    reason: Text,
    /// What stands after `/invite/` in an invitation link.
    invite_code: Text,
}

/// The mail once more.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Again {
    /// To this address from now on.
    email: Text,
}

async fn create(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    address: Option<Extension<ClientAddr>>,
    Params(new): Params<NewAccount>,
) -> Result<([(HeaderName, &'static str); 1], Json<Token>)> {
    let Caller::App { app, scopes } = caller else {
        return Err(ApiError::Forbidden(
            "This action is not allowed: accounts are made with a token of the app alone".into(),
        ));
    };
    let text = |text: Text| text.0.unwrap_or_default();
    let form = SignUpForm {
        handle: text(new.username),
        email: text(new.email),
        password: text(new.password),
        name: String::new(),
        reason: text(new.reason),
        agreement: new.agreement.yes(),
        locale: text(new.locale),
        invite: new.invite_code.0.filter(|code| !code.trim().is_empty()),
    };
    let from = SignUpFrom {
        address: address.map(|Extension(address)| address),
        app: Some((app, &scopes)),
    };
    let rules = &api.0.settings.accounts;
    let made = actions::register(
        api.ctx(),
        api.store(),
        api.0.world.as_ref(),
        rules,
        &form,
        from,
    )
    .await
    .map_err(refusal)?;
    let token = Token::bearer(
        made.token.unwrap_or_default(),
        scopes.to_string(),
        api.ctx().now().seconds(),
    );
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(token)))
}

async fn again(
    State(api): State<Api>,
    newcomer: Newcomer,
    Params(again): Params<Again>,
) -> Result<Json<Empty>> {
    if newcomer.confirmed {
        return Err(ApiError::Forbidden(
            "This method is only available while the e-mail is awaiting confirmation".into(),
        ));
    }
    actions::count_try(api.ctx(), api.store(), Limit::SecretMail, newcomer.account).await?;
    let rules = &api.0.settings.accounts;
    let mut tx = api.store().write().await?;
    match again.email.0.filter(|email| !email.trim().is_empty()) {
        Some(email) => {
            let email: Email = email.parse().map_err(|_| refused(&[Flaw::Email]))?;
            actions::correct_address(api.ctx(), &mut tx, rules, newcomer.account, &email).await?;
        }
        None => {
            actions::resend_confirmation(api.ctx(), &mut tx, rules, newcomer.account).await?;
        }
    }
    tx.commit().await?;
    Ok(Json(Empty {}))
}

async fn check(newcomer: Newcomer) -> Json<bool> {
    Json(newcomer.confirmed)
}

fn refusal(error: NoSignUp) -> ApiError {
    match error {
        NoSignUp::Closed => ApiError::Forbidden(
            "This action is not allowed: accounts are made by invitation here".into(),
        ),
        NoSignUp::DeadLink => ApiError::refused(error.to_string()),
        NoSignUp::Flawed(Flawed(flaws)) => refused(&flaws),
        NoSignUp::Failed(error) => error.into(),
    }
}

/// What is wrong, field by field, in the words that apps know.
fn refused(flaws: &[Flaw]) -> ApiError {
    let mut details: Map<String, Value> = Map::new();
    let mut sentences = Vec::new();
    for flaw in flaws {
        let (field, name, code, words) = words(*flaw);
        sentences.push(format!("{name} {words}"));
        let row = json!({ "error": code, "description": words });
        match details.get_mut(field).and_then(Value::as_array_mut) {
            Some(rows) => rows.push(row),
            None => {
                details.insert(field.to_owned(), json!([row]));
            }
        }
    }
    let sentence = format!("Validation failed: {}", sentences.join(", "));
    ApiError::Invalid(sentence, Value::Object(details))
}

/// The field, its name for people, the code, and the rest of the sentence.
const fn words(flaw: Flaw) -> (&'static str, &'static str, &'static str, &'static str) {
    match flaw {
        Flaw::Handle(HandleRule::Length) => (
            "username",
            "Username",
            "ERR_INVALID",
            "must have 2 to 25 characters",
        ),
        Flaw::Handle(HandleRule::Character) => (
            "username",
            "Username",
            "ERR_INVALID",
            "must contain only the letters a to z, digits and underscores",
        ),
        Flaw::Handle(HandleRule::Reserved) => {
            ("username", "Username", "ERR_RESERVED", "is reserved")
        }
        Flaw::HandleTaken => (
            "username",
            "Username",
            "ERR_TAKEN",
            "has already been taken",
        ),
        Flaw::Email => (
            "email",
            "E-mail",
            "ERR_INVALID",
            "is not a valid e-mail address",
        ),
        Flaw::EmailTaken => ("email", "E-mail", "ERR_TAKEN", "has already been taken"),
        Flaw::Password(WeakPassword::TooShort) => (
            "password",
            "Password",
            "ERR_TOO_SHORT",
            "must have at least 12 characters",
        ),
        Flaw::Password(WeakPassword::TooLong) => (
            "password",
            "Password",
            "ERR_TOO_LONG",
            "must have at most 256 characters",
        ),
        Flaw::Password(WeakPassword::Guessable) => (
            "password",
            "Password",
            "ERR_INVALID",
            "is easily guessed; take several words that have nothing to do with each other",
        ),
        Flaw::NameTooLong => ("display_name", "Name", "ERR_TOO_LONG", "is too long"),
        Flaw::ReasonMissing => ("reason", "Reason", "ERR_BLANK", "can't be blank"),
        Flaw::ReasonTooLong => ("reason", "Reason", "ERR_TOO_LONG", "is too long"),
        Flaw::Agreement => (
            "agreement",
            "Service agreement",
            "ERR_ACCEPTED",
            "must be accepted",
        ),
    }
}
