//! What of a member is logged in where: browsers and apps, and how to end that.

use archipel_model::{SessionId, TokenId};
use archipel_storage::{GrantRow, SessionRow};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::absence::Absence;
use crate::dates::Date;
use crate::form::Sent;
use crate::reader::{Frame, Reader};
use crate::session::{Seal, Session};

/// Where all this is.
const PATH: &str = "/settings/sessions";

#[derive(Template)]
#[template(path = "sessions.html")]
struct AccessPage {
    frame: Frame,
    csrf: String,
    handle: String,
    browsers: Vec<BrowserView>,
    apps: Vec<AppView>,
}

struct BrowserView {
    id: SessionId,
    agent: String,
    address: String,
    since: Date,
    used: Date,
    is_this: bool,
}

struct AppView {
    id: TokenId,
    name: String,
    website: Option<String>,
    scopes: Vec<&'static str>,
    community: Option<String>,
    since: Date,
    used: Option<Date>,
}

/// The page.
pub(crate) async fn page(reader: Reader, session: Session, seal: Seal) -> Response {
    match find(&reader, &session, &seal).await {
        Ok(page) => seal.on(reader.page(StatusCode::OK, &page), &reader.pages.site),
        Err(absence) => absence.answer(&reader),
    }
}

async fn find(reader: &Reader, session: &Session, seal: &Seal) -> Result<AccessPage, Absence> {
    let mut conn = reader.conn().await?;
    let now = reader.pages.actions.now();
    let browsers = conn.sessions_of(session.account, now).await?;
    let apps = conn.grants_of(session.account).await?;
    Ok(AccessPage {
        frame: reader.frame(reader.t.door.access).unlisted(),
        csrf: seal.token(),
        handle: format!("@{}", session.person.acct()),
        browsers: browsers
            .into_iter()
            .map(|row| browser(row, session, reader))
            .collect(),
        apps: apps.into_iter().map(|row| app(row, reader)).collect(),
    })
}

fn browser(row: SessionRow, session: &Session, reader: &Reader) -> BrowserView {
    BrowserView {
        id: row.id,
        agent: if row.agent.is_empty() {
            reader.t.door.unknown_browser.to_owned()
        } else {
            row.agent
        },
        address: row.address,
        since: Date::new(row.created_at, reader.t),
        used: Date::new(row.used_at, reader.t),
        is_this: row.id == session.id,
    }
}

fn app(row: GrantRow, reader: &Reader) -> AppView {
    AppView {
        id: row.id,
        name: row.name,
        website: row.website,
        scopes: row
            .scopes
            .iter()
            .map(|scope| (reader.t.door.scope)(scope))
            .collect(),
        community: row.community,
        since: Date::new(row.created_at, reader.t),
        used: row.used_at.map(|used| Date::new(used, reader.t)),
    }
}

/// One thing ends, or all other sessions.
pub(crate) async fn end(reader: Reader, session: Session, sent: Sent) -> Response {
    match do_end(&reader, &session, &sent).await {
        Ok(()) => Redirect::to(PATH).into_response(),
        Err(absence) => absence.answer(&reader),
    }
}

async fn do_end(reader: &Reader, session: &Session, sent: &Sent) -> Result<(), Absence> {
    let mut tx = reader.pages.store.write().await?;
    let account = session.account;
    if let Ok(id) = sent.get("session").parse::<SessionId>() {
        tx.end_session(account, id).await?;
    } else if let Ok(id) = sent.get("app").parse::<TokenId>() {
        tx.end_grant(account, id).await?;
    } else if sent.has("others") {
        tx.end_sessions(account, Some(session.id)).await?;
    }
    tx.commit().await?;
    Ok(())
}
