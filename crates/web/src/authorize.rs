//! Letting an app in: who asks, what for, and as whom.
//!
//! The whole request stays in the address of every step. Neither page may set
//! `Cross-Origin-Opener-Policy`, which would cut the app off from its own window, and the
//! policy must let the form lead to the app.

use archipel_actions::{AccessRequest, Asked, BadRequest, Error, grant_access, look_at_request};
use archipel_model::redirect::Redirect as Place;
use archipel_model::{ActorId, Role};
use archipel_storage::Actor;
use askama::Template;
use axum::extract::RawQuery;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::absence::Absence;
use crate::form::Sent;
use crate::query::Query;
use crate::reader::{Frame, Reader};
use crate::session::{Seal, Session, login_for};

/// Where all this is.
const PATH: &str = "/oauth/authorize";

#[derive(Template)]
#[template(path = "authorize.html")]
struct ConsentPage {
    frame: Frame,
    action: String,
    csrf: String,
    app: String,
    website: Option<String>,
    /// Where it goes afterwards, in words; none: a code is shown.
    then: Option<(&'static str, String)>,
    scopes: Vec<&'static str>,
    /// Who is logged in.
    handle: String,
    roles: Vec<HeldRole>,
    /// Where another account is chosen.
    switch: String,
}

/// A community that may be acted as.
struct HeldRole {
    id: ActorId,
    name: String,
    handle: String,
    role: &'static str,
}

#[derive(Template)]
#[template(path = "bad_request.html")]
struct BadRequestPage {
    frame: Frame,
    why: &'static str,
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    frame: Frame,
    code: String,
}

#[derive(Template)]
#[template(path = "denied.html")]
struct DeniedPage {
    frame: Frame,
}

/// What cannot be put before anybody, as an answer.
enum Refused {
    Bad(BadRequest),
    Absence(Absence),
}

impl<E: Into<Absence>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Absence(error.into())
    }
}

impl Refused {
    fn answer(self, reader: &Reader) -> Response {
        let d = reader.t.door;
        let why = match self {
            Self::Absence(absence) => return quiet(absence.answer(reader)),
            Self::Bad(BadRequest::Told(address)) => return lead_to(&address),
            Self::Bad(BadRequest::Shown(why)) => why,
            Self::Bad(BadRequest::UnknownApp) => d.unknown_app,
            Self::Bad(BadRequest::UnknownRedirect) => d.bad_redirect,
        };
        let page = BadRequestPage {
            frame: reader.frame(d.bad_request).unlisted(),
            why,
        };
        quiet(reader.page(StatusCode::BAD_REQUEST, &page))
    }
}

/// An answer from which no address leaks that holds a secret.
fn quiet(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let no_referrer = HeaderValue::from_static("no-referrer");
    headers.insert(header::REFERRER_POLICY, no_referrer);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Sends a browser to an app.
fn lead_to(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(address) => quiet((StatusCode::FOUND, [(header::LOCATION, address)]).into_response()),
        // Registered addresses are plain characters.
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Lets the form of a page lead to the app that asks.
fn policy(request: &AccessRequest) -> Option<(HeaderName, HeaderValue)> {
    let source = request.redirect.policy_source()?;
    let policy = format!(
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {source}; img-src 'self' data:; style-src 'self'"
    );
    let policy = HeaderValue::from_str(&policy).ok()?;
    Some((header::CONTENT_SECURITY_POLICY, policy))
}

async fn request_of(reader: &Reader, query: &Query) -> Result<AccessRequest, Refused> {
    if ["client_id", "redirect_uri"]
        .iter()
        .any(|name| query.repeats(name))
    {
        return Err(Refused::Bad(BadRequest::UnknownRedirect));
    }
    let asked = Asked {
        client_id: query.get("client_id").unwrap_or_default(),
        redirect_uri: query.filled("redirect_uri"),
        response_type: query.get("response_type").unwrap_or_default(),
        scope: query.get("scope"),
        challenge: query.filled("code_challenge"),
        challenge_method: query.filled("code_challenge_method"),
        state: query.get("state"),
    };
    let mut conn = reader.conn().await?;
    look_at_request(&reader.pages.actions, &mut conn, asked)
        .await?
        .map_err(Refused::Bad)
}

/// The page that asks.
pub(crate) async fn page(
    reader: Reader,
    session: Option<Session>,
    seal: Seal,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::of(query);
    let request = match request_of(&reader, &query).await {
        Ok(request) => request,
        Err(refused) => return refused.answer(&reader),
    };
    let forced = query.get("force_login").is_some_and(|value| {
        matches!(
            value.to_ascii_lowercase().as_str(),
            "true" | "1" | "on" | "yes" | "t"
        )
    });
    let Some(session) = session.filter(|_| !forced) else {
        return quiet(Redirect::to(&log_in(&query, forced)).into_response());
    };
    match consent(&reader, &query, &request, &session, &seal).await {
        Ok(page) => {
            let mut response = quiet(reader.page(StatusCode::OK, &page));
            if let Some((name, value)) = policy(&request) {
                response.headers_mut().insert(name, value);
            }
            response
        }
        Err(absence) => quiet(absence.answer(&reader)),
    }
}

/// Where somebody logs in first; `again` also when they are.
fn log_in(query: &Query, again: bool) -> String {
    let back = query.without("force_login");
    let mut address = login_for(&format!("{PATH}?{back}"));
    for (name, value) in [
        ("again", again.then_some("1")),
        ("lang", query.filled("lang")),
    ] {
        if let Some(value) = value {
            let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            address = format!("{address}&{name}={value}");
        }
    }
    address
}

async fn consent(
    reader: &Reader,
    query: &Query,
    request: &AccessRequest,
    session: &Session,
    seal: &Seal,
) -> Result<ConsentPage, Absence> {
    let (t, d) = (reader.t, reader.t.door);
    let roles = reader.conn().await?.roles_of(session.person.id).await?;
    let heading = t.fill(d.allow_heading, &request.app.name);
    Ok(ConsentPage {
        frame: reader.frame(&heading).unlisted(),
        action: format!("{PATH}?{}", query.without("")),
        csrf: seal.token(),
        app: request.app.name.clone(),
        website: request.app.website.clone(),
        then: match &request.redirect {
            Place::OutOfBand => None,
            Place::Web(url) => Some((d.then_host, url.host_str().unwrap_or_default().to_owned())),
            Place::App(scheme) => Some((d.then_app, format!("{scheme}:"))),
        },
        scopes: request
            .scopes
            .iter()
            .map(|scope| (d.scope)(scope))
            .collect(),
        handle: format!("@{}", session.person.acct()),
        roles: roles
            .into_iter()
            .map(|(community, role)| held(&community, role, reader))
            .collect(),
        switch: log_in(query, true),
    })
}

fn held(community: &Actor, role: Role, reader: &Reader) -> HeldRole {
    let d = reader.t.door;
    HeldRole {
        id: community.id,
        name: community.name.clone(),
        handle: format!("@{}", community.acct()),
        role: match role {
            Role::Owner => d.owner,
            Role::Moderator => d.moderator,
            Role::Facilitator => d.facilitator,
        },
    }
}

/// The answer of a person.
pub(crate) async fn answer(
    reader: Reader,
    session: Option<Session>,
    RawQuery(query): RawQuery,
    sent: Sent,
) -> Response {
    let query = Query::of(query);
    let Some(session) = session else {
        return quiet(Redirect::to(&log_in(&query, false)).into_response());
    };
    match decide(&reader, &query, &session, &sent).await {
        Ok(response) => response,
        Err(refused) => refused.answer(&reader),
    }
}

async fn decide(
    reader: &Reader,
    query: &Query,
    session: &Session,
    sent: &Sent,
) -> Result<Response, Refused> {
    let d = reader.t.door;
    let request = request_of(reader, query).await?;
    if !sent.has("allow") {
        return Ok(if let Some(address) = request.declined() {
            lead_to(&address)
        } else {
            let page = DeniedPage {
                frame: reader.frame(d.denied).unlisted(),
            };
            quiet(reader.page(StatusCode::OK, &page))
        });
    }
    let community = match sent.get("as") {
        "" | "me" => None,
        id => Some(id.parse::<ActorId>().map_err(|_| Error::NoRole)?),
    };
    let mut tx = reader.pages.store.write().await?;
    let ctx = &reader.pages.actions;
    let (account, person) = (session.account, session.person.id);
    let code = grant_access(ctx, &mut tx, &request, account, person, community).await?;
    tx.commit().await?;
    Ok(if let Some(address) = request.granted(&code) {
        lead_to(&address)
    } else {
        let page = CodePage {
            frame: Frame {
                title: d.code_title.to_owned(),
                ..reader.frame(d.code_heading).unlisted()
            },
            code,
        };
        quiet(reader.page(StatusCode::OK, &page))
    })
}
