//! Granting an app access: its request is looked at, somebody agrees, and the app gets a
//! code for that (RFC 6749 §4.1, RFC 7636, RFC 9700).

use std::time::Duration;

use archipel_model::redirect::{Redirect, with_parameters};
use archipel_model::{AccountId, ActorId, Scope, Scopes};
use archipel_storage::{Conn, OauthApp, OauthCode, Tx};

use crate::secret::{hash_of, new_secret};
use crate::{Context, Error, Result};

/// How long a code works.
const CODE: Duration = Duration::from_mins(10);

/// What an app asks for, word by word.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Which app it says it is.
    pub client_id: &'a str,
    /// Where it wants to be sent to.
    pub redirect_uri: Option<&'a str>,
    /// `code`.
    pub response_type: &'a str,
    /// What it wants to do.
    pub scope: Option<&'a str>,
    /// What it will prove that it knows the origin of.
    pub challenge: Option<&'a str>,
    /// How the one follows from the other.
    pub challenge_method: Option<&'a str>,
    /// What it gets back as it is.
    pub state: Option<&'a str>,
}

/// A request that can be put before a person.
#[derive(Clone, Debug)]
pub struct AccessRequest {
    /// Who asks.
    pub app: OauthApp,
    /// What for.
    pub scopes: Scopes,
    /// Where the answer goes, letter by letter.
    pub redirect_uri: String,
    /// The same, understood.
    pub redirect: Redirect,
    challenge: Option<String>,
    state: Option<String>,
}

/// Why a request is not put before anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRequest {
    /// There is no such app. Said to the person: nobody else can be trusted.
    UnknownApp,
    /// The app did not say that it wants to be sent there. Said to the person.
    UnknownRedirect,
    /// Said to the app: where to send the person.
    Told(String),
    /// The same, of an app that cannot be sent anything.
    Shown(&'static str),
}

/// Looks at a request.
pub async fn look_at_request(
    ctx: &Context,
    conn: &mut Conn,
    asked: Asked<'_>,
) -> Result<std::result::Result<AccessRequest, BadRequest>> {
    let Some(app) = conn.app(asked.client_id).await? else {
        return Ok(Err(BadRequest::UnknownApp));
    };
    let known = &app.redirect_uris.0;
    let redirect_uri = match (asked.redirect_uri, known.as_slice()) {
        (Some(wanted), _) => known.iter().find(|known| *known == wanted),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let Some(redirect_uri) = redirect_uri.cloned() else {
        return Ok(Err(BadRequest::UnknownRedirect));
    };
    let Ok(redirect) = Redirect::parse(&redirect_uri, !ctx.site.is_https()) else {
        return Ok(Err(BadRequest::UnknownRedirect));
    };
    let mut request = AccessRequest {
        scopes: Scopes::default(),
        redirect_uri,
        redirect,
        challenge: asked.challenge.map(str::to_owned),
        state: asked.state.map(str::to_owned),
        app,
    };
    Ok(match terms(&asked, &request.app) {
        Ok(scopes) => {
            request.scopes = scopes;
            Ok(request)
        }
        Err((error, why)) => Err(match request.refusal(error, why) {
            Some(address) => BadRequest::Told(address),
            None => BadRequest::Shown(why),
        }),
    })
}

/// What is asked for, if it can be granted; else the word and sentence for the app.
fn terms(
    asked: &Asked<'_>,
    app: &OauthApp,
) -> std::result::Result<Scopes, (&'static str, &'static str)> {
    if asked.response_type != "code" {
        return Err((
            "unsupported_response_type",
            "The authorization server does not support this response type.",
        ));
    }
    match (asked.challenge, asked.challenge_method) {
        (None, None) => {}
        (Some(challenge), Some("S256")) if is_challenge(challenge) => {}
        _ => {
            return Err((
                "invalid_request",
                "The code_challenge must be 43 characters with code_challenge_method=S256.",
            ));
        }
    }
    let invalid = (
        "invalid_scope",
        "The requested scope is invalid, unknown, or malformed.",
    );
    let scopes: Scopes = match asked.scope.map(str::trim).filter(|it| !it.is_empty()) {
        None => [Scope::Read].into_iter().collect(),
        Some(text) => text.parse().map_err(|_| invalid)?,
    };
    if scopes.is_empty() || !app.scopes.cover(&scopes) {
        return Err(invalid);
    }
    Ok(scopes)
}

/// A SHA-256 in base64url (RFC 7636 §4.2).
fn is_challenge(text: &str) -> bool {
    text.len() == 43
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl AccessRequest {
    fn answer(&self, parameters: &[(&str, &str)]) -> Option<String> {
        if self.redirect == Redirect::OutOfBand {
            return None;
        }
        let mut all = parameters.to_vec();
        if let Some(state) = &self.state {
            all.push(("state", state));
        }
        Some(with_parameters(&self.redirect_uri, &all))
    }

    fn refusal(&self, error: &str, why: &str) -> Option<String> {
        self.answer(&[("error", error), ("error_description", why)])
    }

    /// Where to send a person who declined; `None` when the app cannot be told.
    pub fn declined(&self) -> Option<String> {
        self.refusal(
            "access_denied",
            "The resource owner or authorization server denied the request.",
        )
    }

    /// Where to send a person with a code; `None` when it is shown instead.
    pub fn granted(&self, code: &str) -> Option<String> {
        self.answer(&[("code", code)])
    }
}

/// Grants a request, in the name of somebody, or as a community in which they hold a
/// role. Returns the code: it is never seen again.
pub async fn grant_access(
    ctx: &Context,
    tx: &mut Tx,
    request: &AccessRequest,
    account: AccountId,
    person: ActorId,
    community: Option<ActorId>,
) -> Result<String> {
    if let Some(community) = community {
        let roles = tx.roles_of(person).await?;
        if !roles.iter().any(|(actor, _)| actor.id == community) {
            return Err(Error::NoRole);
        }
    }
    let code = new_secret();
    let now = ctx.now();
    let kept = OauthCode {
        hash: hash_of(&code),
        app_id: request.app.id,
        account_id: account,
        community_id: community,
        redirect_uri: request.redirect_uri.clone(),
        scopes: request.scopes.clone(),
        challenge: request.challenge.clone(),
        expires_at: now.plus(CODE),
    };
    tx.insert_code(&kept, now).await?;
    Ok(code)
}
