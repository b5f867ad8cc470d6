//! Logging in, and out.
//!
//! Where somebody wanted to go stays in the address of every step (`next`), so that
//! nothing is lost when a cookie is.

use archipel_actions::{
    Browser, Checked, Error, LoggedIn, begin_login, finish_login, give_second_factor, log_out,
};
use archipel_model::ClientAddr;
use askama::Template;
use axum::Extension;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::absence::Absence;
use crate::form::Sent;
use crate::query::Query;
use crate::reader::{Frame, Reader};
use crate::session::{Cookie, Seal, Session};

/// Where people are led who wanted to go nowhere.
const HOME: &str = "/settings/sessions";

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    /// Where the form is sent to.
    action: String,
    csrf: String,
    /// What was wrong.
    problem: Option<String>,
    /// What was typed.
    name: String,
    /// The app that waits.
    app: Option<String>,
}

#[derive(Template)]
#[template(path = "second.html")]
struct SecondPage {
    frame: Frame,
    action: String,
    csrf: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "logged_out.html")]
struct LoggedOutPage {
    frame: Frame,
}

/// The address of a step of logging in, with everything that leads on.
fn step(path: &str, query: &Query) -> String {
    let kept = query.only(&["next", "lang", "again"]);
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{kept}")
    }
}

/// Where to go afterwards: an address of ours, and nothing else.
fn next(query: &Query) -> String {
    query
        .get("next")
        .filter(|next| is_ours(next))
        .unwrap_or(HOME)
        .to_owned()
}

/// Browsers read `\` as `/`, and leave out tabs and ends of lines.
fn is_ours(address: &str) -> bool {
    address.starts_with('/')
        && !address.starts_with("//")
        && address.bytes().all(|byte| byte.is_ascii_graphic())
        && !address.contains('\\')
}

/// The form.
pub(crate) async fn page(
    reader: Reader,
    session: Option<Session>,
    seal: Seal,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::of(query);
    if session.is_some() && query.get("again").is_none() {
        return Redirect::to(&next(&query)).into_response();
    }
    show(&reader, &seal, &query, StatusCode::OK, "", None).await
}

async fn show(
    reader: &Reader,
    seal: &Seal,
    query: &Query,
    status: StatusCode,
    name: &str,
    problem: Option<String>,
) -> Response {
    let app = match waiting_app(reader, query).await {
        Ok(app) => app,
        Err(absence) => return absence.answer(reader),
    };
    let page = LoginPage {
        frame: reader.frame(reader.t.door.log_in).unlisted(),
        action: step("/login", query),
        csrf: seal.token(),
        problem,
        name: name.to_owned(),
        app,
    };
    seal.on(reader.page(status, &page), &reader.pages.site)
}

/// The app that sent somebody here.
async fn waiting_app(reader: &Reader, query: &Query) -> Result<Option<String>, Absence> {
    let next = next(query);
    let asked = next.strip_prefix("/oauth/authorize");
    let Some((_, asked)) = asked.and_then(|rest| rest.split_once('?')) else {
        return Ok(None);
    };
    let asked = Query::of(Some(asked.to_owned()));
    let Some(client_id) = asked.get("client_id") else {
        return Ok(None);
    };
    let app = reader.conn().await?.app(client_id).await?;
    Ok(app.map(|app| app.name))
}

/// What a browser says of itself.
pub(crate) fn browser(headers: &HeaderMap, address: Option<Extension<ClientAddr>>) -> Browser {
    Browser {
        agent: headers
            .get(header::USER_AGENT)
            .and_then(|agent| agent.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        address: address.map(|Extension(address)| address),
    }
}

/// The form, sent.
pub(crate) async fn enter(
    reader: Reader,
    seal: Seal,
    headers: HeaderMap,
    address: Option<Extension<ClientAddr>>,
    RawQuery(query): RawQuery,
    sent: Sent,
) -> Response {
    let query = Query::of(query);
    let browser = browser(&headers, address);
    let name = sent.get("name");
    let outcome = try_password(&reader, name, sent.get("password"), &browser).await;
    match outcome {
        Ok(LoggedIn::Yes(secret)) => enter_with(&reader, &headers, &query, &secret).await,
        Ok(LoggedIn::NeedsCode(secret)) => {
            let mut response = Redirect::to(&step("/login/code", &query)).into_response();
            Cookie::Waiting.set(&mut response, &reader.pages.site, &secret);
            response
        }
        Ok(refused) => {
            let problem = Some(words(&reader, &refused).to_owned());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            show(&reader, &seal, &query, status, name, problem).await
        }
        Err(Error::TooOften(seconds)) => {
            let problem = Some(too_often(&reader, seconds));
            let status = StatusCode::TOO_MANY_REQUESTS;
            let page = show(&reader, &seal, &query, status, name, problem).await;
            wait(page, seconds)
        }
        Err(error) => Absence::from(error).answer(&reader),
    }
}

async fn try_password(
    reader: &Reader,
    name: &str,
    password: &str,
    browser: &Browser,
) -> archipel_actions::Result<LoggedIn> {
    let (store, ctx) = (&reader.pages.store, &reader.pages.actions);
    let mut tx = store.write().await?;
    let attempt = begin_login(ctx, &mut tx, name, browser).await?;
    // The try counts, whatever becomes of it.
    tx.commit().await?;
    let password = password.to_owned();
    let checked: Option<Checked> = tokio::task::spawn_blocking(move || attempt.check(&password))
        .await
        .ok();
    let Some(checked) = checked else {
        return Ok(LoggedIn::Wrong);
    };
    let mut tx = store.write().await?;
    let outcome = finish_login(ctx, &mut tx, checked, browser).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// Leads somebody on who is in now. A session that this browser had before ends.
async fn enter_with(reader: &Reader, headers: &HeaderMap, query: &Query, secret: &str) -> Response {
    let site = &reader.pages.site;
    if let Err(absence) = end(reader, headers).await {
        return absence.answer(reader);
    }
    let mut response = Redirect::to(&next(query)).into_response();
    Cookie::Session.set(&mut response, site, secret);
    Cookie::Waiting.clear(&mut response, site);
    response
}

async fn end(reader: &Reader, headers: &HeaderMap) -> Result<(), Absence> {
    if let Some(before) = Cookie::Session.of(headers, &reader.pages.site) {
        let mut tx = reader.pages.store.write().await?;
        log_out(&mut tx, &before).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn words(reader: &Reader, outcome: &LoggedIn) -> &'static str {
    let d = reader.t.door;
    match outcome {
        LoggedIn::Waiting => d.waiting,
        LoggedIn::Disabled => d.disabled,
        LoggedIn::Unconfirmed => d.unconfirmed,
        LoggedIn::TooLate => d.too_late,
        LoggedIn::Wrong | LoggedIn::Yes(_) | LoggedIn::NeedsCode(_) => d.wrong,
    }
}

fn too_often(reader: &Reader, seconds: u64) -> String {
    let minutes = i64::try_from(seconds.div_ceil(60)).unwrap_or(i64::MAX);
    reader.t.count(&reader.t.door.too_often, &minutes)
}

fn wait(mut response: Response, seconds: u64) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The form for the second factor.
pub(crate) async fn second_page(
    reader: Reader,
    seal: Seal,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::of(query);
    if Cookie::Waiting.of(&headers, &reader.pages.site).is_none() {
        return Redirect::to(&step("/login", &query)).into_response();
    }
    show_second(&reader, &seal, &query, StatusCode::OK, None)
}

fn show_second(
    reader: &Reader,
    seal: &Seal,
    query: &Query,
    status: StatusCode,
    problem: Option<String>,
) -> Response {
    let page = SecondPage {
        frame: reader.frame(reader.t.door.second).unlisted(),
        action: step("/login/code", query),
        csrf: seal.token(),
        problem,
    };
    seal.on(reader.page(status, &page), &reader.pages.site)
}

/// The form for the second factor, sent.
pub(crate) async fn second(
    reader: Reader,
    seal: Seal,
    headers: HeaderMap,
    address: Option<Extension<ClientAddr>>,
    RawQuery(query): RawQuery,
    sent: Sent,
) -> Response {
    let query = Query::of(query);
    let site = &reader.pages.site;
    let waiting = Cookie::Waiting.of(&headers, site).unwrap_or_default();
    let browser = browser(&headers, address);
    match try_code(&reader, &waiting, sent.get("code"), &browser).await {
        Ok(LoggedIn::Yes(secret)) => enter_with(&reader, &headers, &query, &secret).await,
        Ok(LoggedIn::TooLate) => {
            let problem = Some(reader.t.door.too_late.to_owned());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let mut page = show(&reader, &seal, &query, status, "", problem).await;
            Cookie::Waiting.clear(&mut page, site);
            page
        }
        Ok(_) => {
            let problem = Some(reader.t.door.wrong_code.to_owned());
            show_second(
                &reader,
                &seal,
                &query,
                StatusCode::UNPROCESSABLE_ENTITY,
                problem,
            )
        }
        Err(Error::TooOften(seconds)) => {
            let problem = Some(too_often(&reader, seconds));
            let status = StatusCode::TOO_MANY_REQUESTS;
            wait(
                show_second(&reader, &seal, &query, status, problem),
                seconds,
            )
        }
        Err(error) => Absence::from(error).answer(&reader),
    }
}

async fn try_code(
    reader: &Reader,
    waiting: &str,
    code: &str,
    browser: &Browser,
) -> archipel_actions::Result<LoggedIn> {
    let mut tx = reader.pages.store.write().await?;
    let outcome =
        give_second_factor(&reader.pages.actions, &mut tx, waiting, code, browser).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// Logs this browser out.
pub(crate) async fn leave(reader: Reader, headers: HeaderMap, _sent: Sent) -> Response {
    if let Err(absence) = end(&reader, &headers).await {
        return absence.answer(&reader);
    }
    let page = LoggedOutPage {
        frame: reader.frame(reader.t.door.logged_out).unlisted(),
    };
    let mut response = reader.page(StatusCode::OK, &page);
    Cookie::Session.clear(&mut response, &reader.pages.site);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        assert!(is_ours("/oauth/authorize?client_id=a&state=%2F%2Fb"));
        for address in [
            "",
            "https://a.example",
            "//a.example",
            "/\\a.example",
            "/\t/a.example",
            "/é",
            "javascript:alert(1)",
        ] {
            assert!(!is_ours(address), "{address:?}");
        }
    }
}
