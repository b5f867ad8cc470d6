//! Who is logged in with this browser, and the cookies that say so.
//!
//! A handler that takes [`Session`] is for members: others are sent to the login page and
//! come back afterwards. One that takes `Option<Session>` is for everybody. Each form
//! carries the token of [`Seal`], and [`crate::form::Sent`] checks it.

use archipel_actions::{hash_of, new_secret, session_is_stale, use_session};
use archipel_model::{AccountId, SessionId, Site};
use archipel_storage::Actor;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::Pages;
use crate::absence::Absence;
use crate::reader::Reader;

/// Seconds that the cookie of a session is kept.
const KEPT: u64 = 30 * 24 * 60 * 60;

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The session.
    pub(crate) id: SessionId,
    /// Their account.
    pub(crate) account: AccountId,
    /// The person.
    pub(crate) person: Actor,
}

/// Proves that a form comes from a page of ours in this browser: derived from a secret
/// that only its cookies hold.
#[derive(Clone, Debug)]
pub(crate) struct Seal {
    secret: String,
    /// Whether the browser has yet to be given the secret.
    fresh: bool,
}

/// The cookies of this server. Over https their names bind them to this very host.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cookie {
    /// A session.
    Session,
    /// A login that waits for the second factor.
    Waiting,
    /// A browser without a session, for the tokens of forms.
    Visit,
}

impl Cookie {
    const fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-session",
            (Self::Session, false) => "session",
            (Self::Waiting, true) => "__Host-waiting",
            (Self::Waiting, false) => "waiting",
            (Self::Visit, true) => "__Host-visit",
            (Self::Visit, false) => "visit",
        }
    }

    /// What the browser holds.
    pub(crate) fn of(self, headers: &HeaderMap, site: &Site) -> Option<String> {
        let name = self.name(site.is_https());
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| value.to_owned())
    }

    /// Gives it to the browser with an answer.
    pub(crate) fn set(self, response: &mut Response, site: &Site, secret: &str) {
        let age = match self {
            Self::Session => format!("; Max-Age={KEPT}"),
            Self::Waiting | Self::Visit => String::new(),
        };
        self.put(response, site, secret, &age);
    }

    /// Takes it away from the browser with an answer.
    pub(crate) fn clear(self, response: &mut Response, site: &Site) {
        self.put(response, site, "", "; Max-Age=0");
    }

    fn put(self, response: &mut Response, site: &Site, value: &str, age: &str) {
        let https = site.is_https();
        let secure = if https { "; Secure" } else { "" };
        let name = self.name(https);
        let cookie = format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
}

impl Seal {
    /// The token of every form in this browser.
    pub(crate) fn token(&self) -> String {
        token_of(&self.secret)
    }

    /// Gives the browser what the token is checked against, unless it has it. A page with
    /// the token is for this browser alone.
    pub(crate) fn on(&self, mut response: Response, site: &Site) -> Response {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.fresh {
            Cookie::Visit.set(&mut response, site, &self.secret);
        }
        response
    }

    /// Whether this is the token of a form in the browser with these cookies.
    pub(crate) fn fits(headers: &HeaderMap, site: &Site, token: &str) -> bool {
        [Cookie::Session, Cookie::Visit]
            .into_iter()
            .filter_map(|cookie| cookie.of(headers, site))
            // Hashes are compared, so that the time it takes tells nothing.
            .any(|secret| hash_of(&token_of(&secret)) == hash_of(token))
    }
}

fn token_of(secret: &str) -> String {
    hash_of(&format!("form {secret}"))
}

impl FromRequestParts<Pages> for Seal {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Self::Rejection> {
        let known = [Cookie::Session, Cookie::Visit]
            .into_iter()
            .find_map(|cookie| cookie.of(&parts.headers, &pages.site));
        Ok(Self {
            fresh: known.is_none(),
            secret: known.unwrap_or_else(new_secret),
        })
    }
}

/// Who is logged in, if anybody.
async fn find(headers: &HeaderMap, pages: &Pages) -> Result<Option<Session>, Absence> {
    let Some(secret) = Cookie::Session.of(headers, &pages.site) else {
        return Ok(None);
    };
    let now = pages.actions.now();
    let mut conn = pages.store.read().await?;
    let Some(visit) = conn.visit(&hash_of(&secret), false, now).await? else {
        return Ok(None);
    };
    let Some(person) = conn.actor(visit.person_id).await? else {
        return Ok(None);
    };
    drop(conn);
    if session_is_stale(&visit, now) {
        let mut tx = pages.store.write().await?;
        use_session(&pages.actions, &mut tx, visit.session_id).await?;
        tx.commit().await?;
    }
    Ok(Some(Session {
        id: visit.session_id,
        account: visit.account_id,
        person,
    }))
}

/// Where somebody logs in who wants to see this address.
pub(crate) fn login_for(path_and_query: &str) -> String {
    let next: String = url::form_urlencoded::byte_serialize(path_and_query.as_bytes()).collect();
    format!("/login?next={next}")
}

impl FromRequestParts<Pages> for Session {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Response> {
        match find(&parts.headers, pages).await {
            Ok(Some(session)) => Ok(session),
            Ok(None) => {
                let wanted = parts
                    .uri
                    .path_and_query()
                    .map(axum::http::uri::PathAndQuery::as_str);
                let login = match wanted.filter(|_| parts.method == Method::GET) {
                    Some(wanted) => login_for(wanted),
                    None => "/login".to_owned(),
                };
                Err(Redirect::to(&login).into_response())
            }
            Err(absence) => Err(absence.answer(&Reader::of(parts, pages))),
        }
    }
}

impl OptionalFromRequestParts<Pages> for Session {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        pages: &Pages,
    ) -> Result<Option<Self>, Response> {
        find(&parts.headers, pages)
            .await
            .map_err(|absence| absence.answer(&Reader::of(parts, pages)))
    }
}
