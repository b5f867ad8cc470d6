//! Who calls: the token in the request, and whether it allows the route.
//!
//! [`enforce`] runs before every handler, with what the route declared. Handlers then
//! take [`Member`] where somebody is needed, [`Guest`] where nobody need be.

use std::convert::Infallible;
use std::time::Duration;

use archipel_actions::hash_of;
use archipel_model::{AccountId, ActorId, AppId, Scopes, Timestamp, TokenId};
use archipel_storage::{Bearer, Eyes};
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header;
use http::request::Parts;

use crate::api::Api;
use crate::error::{ApiError, Result};
use crate::registry::Access;

/// How exactly it is written down when a token was used.
const USED: Duration = Duration::from_hours(1);

/// Somebody with a token.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    /// The token.
    pub(crate) token: TokenId,
    /// The app that holds it.
    pub(crate) app: AppId,
    /// The account of the person.
    pub(crate) account: AccountId,
    /// The person who is responsible: what the log names.
    pub(crate) person: ActorId,
    /// Whom the app speaks as: the person, or a community that they moderate.
    pub(crate) subject: ActorId,
    /// What is allowed.
    pub(crate) scopes: Scopes,
}

impl Viewer {
    /// Whether the app speaks as a community.
    pub(crate) fn is_community(&self) -> bool {
        self.subject != self.person
    }
}

/// What a valid token says of its bearer.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// An app that speaks for itself.
    App { app: AppId, scopes: Scopes },
    /// Somebody.
    Viewer(Viewer),
}

impl Caller {
    /// The app that holds the token.
    pub(crate) fn app(&self) -> AppId {
        match self {
            Self::App { app, .. } => *app,
            Self::Viewer(viewer) => viewer.app,
        }
    }
}

/// Somebody on their way in, whose account may not act yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Newcomer {
    /// Their account.
    pub(crate) account: AccountId,
    /// Whether they are past confirming their address.
    pub(crate) confirmed: bool,
}

/// Somebody; the route demands it.
#[derive(Clone, Debug)]
pub(crate) struct Member(pub(crate) Viewer);

/// Somebody or nobody.
#[derive(Clone, Debug)]
pub(crate) struct Guest(pub(crate) Option<Viewer>);

impl Guest {
    /// With whose eyes posts are looked at.
    pub(crate) fn eyes(&self) -> Eyes {
        self.0.as_ref().map(|viewer| viewer.subject)
    }
}

/// The token of the `Authorization` header. In query strings and forms it would be
/// written into logs; there it counts for streaming alone.
fn token_of(parts: &Parts) -> Result<Option<&str>> {
    let Some(value) = parts.headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let value = value.to_str().map_err(|_| ApiError::Unauthorized)?;
    let (scheme, token) = value.split_once(' ').ok_or(ApiError::Unauthorized)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(token.trim()))
    } else {
        Err(ApiError::Unauthorized)
    }
}

/// Who bears this token.
pub(crate) async fn caller(api: &Api, token: &str) -> Result<Caller> {
    let mut conn = api.store().read().await?;
    let bearer = conn
        .bearer(&hash_of(token))
        .await?
        .ok_or(ApiError::Unauthorized)?;
    drop(conn);
    let caller = of(&bearer)?;
    note_use(api, &bearer).await?;
    Ok(caller)
}

/// Who bears this token, however far they are on their way in.
async fn newcomer(api: &Api, token: &str) -> Result<Newcomer> {
    let mut conn = api.store().read().await?;
    let bearer = conn
        .bearer(&hash_of(token))
        .await?
        .ok_or(ApiError::Unauthorized)?;
    let account = bearer.account_id.ok_or(ApiError::NeedsUser)?;
    Ok(Newcomer {
        account,
        confirmed: bearer.account_state.as_deref() != Some("unconfirmed"),
    })
}

fn of(bearer: &Bearer) -> Result<Caller> {
    if !bearer.active {
        // Apps that made an account know these sentences, and ask again.
        let why = match bearer.account_state.as_deref() {
            Some("unconfirmed") => "Your login is missing a confirmed e-mail address",
            Some("waiting") => "Your login is currently pending approval",
            _ => "Your login is currently disabled",
        };
        return Err(ApiError::Forbidden(why.to_owned()));
    }
    let (Some(account), Some(person)) = (bearer.account_id, bearer.person_id) else {
        return Ok(Caller::App {
            app: bearer.app_id,
            scopes: bearer.scopes.clone(),
        });
    };
    let subject = match (bearer.for_community, bearer.community_id) {
        (false, _) => person,
        (true, Some(community)) => community,
        // The role ended, and with it every right of this token.
        (true, None) => return Err(ApiError::Unauthorized),
    };
    Ok(Caller::Viewer(Viewer {
        token: bearer.token_id,
        app: bearer.app_id,
        account,
        person,
        subject,
        scopes: bearer.scopes.clone(),
    }))
}

async fn note_use(api: &Api, bearer: &Bearer) -> Result<()> {
    let now = api.ctx().now();
    let stale = |used: Timestamp| now.since(used) >= USED;
    if bearer.used_at.is_none_or(stale) {
        let mut tx = api.store().write().await?;
        tx.token_used(bearer.token_id, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Lets a request through to its handler, if the route's rule allows it.
pub(crate) async fn enforce(
    State((api, access)): State<(Api, Access)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    match admit(&api, access, &mut parts).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => error.into_response(),
    }
}

async fn admit(api: &Api, access: Access, parts: &mut Parts) -> Result<()> {
    if access == Access::Client {
        return Ok(());
    }
    if access == Access::Newcomer {
        let token = token_of(parts)?.ok_or(ApiError::Unauthorized)?;
        let newcomer = newcomer(api, token).await?;
        parts.extensions.insert(newcomer);
        return Ok(());
    }
    let caller = match token_of(parts)? {
        Some(token) => Some(caller(api, token).await?),
        None => None,
    };
    match (access, &caller) {
        (Access::Anyone | Access::Client | Access::Newcomer, _)
        | (Access::App, Some(_))
        | (Access::AnyMember, Some(Caller::Viewer(_))) => {}
        (Access::App | Access::Member(_) | Access::AnyMember, None) => {
            return Err(ApiError::Unauthorized);
        }
        (Access::Member(_) | Access::AnyMember, Some(Caller::App { .. })) => {
            return Err(ApiError::NeedsUser);
        }
        (Access::Member(scope), Some(Caller::Viewer(viewer))) => {
            if !viewer.scopes.allow(scope) {
                return Err(ApiError::Scope);
            }
        }
    }
    if let Some(caller) = caller {
        parts.extensions.insert(caller);
    }
    Ok(())
}

impl<S: Sync> FromRequestParts<S> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        match parts.extensions.get() {
            Some(Caller::Viewer(viewer)) => Ok(Self(viewer.clone())),
            Some(Caller::App { .. }) => Err(ApiError::NeedsUser),
            None => Err(ApiError::Unauthorized),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Newcomer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let newcomer = parts.extensions.get().copied();
        newcomer.ok_or(ApiError::Unauthorized)
    }
}

impl<S: Sync> FromRequestParts<S> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        Ok(Self(match parts.extensions.get() {
            Some(Caller::Viewer(viewer)) => Some(viewer.clone()),
            _ => None,
        }))
    }
}
