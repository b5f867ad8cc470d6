//! A forgotten password: asking for a link, and choosing a new one with it.

use archipel_actions::{
    Limit, ask_for_new_password, check_password, choose_new_password, count_try, hash_aside,
    hash_of, new_password_for,
};
use archipel_model::Email;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::confirm::dead;
use super::shared::{Address, failed, said, secret, to_login};
use crate::absence::Absence;
use crate::form::Sent;
use crate::reader::{Frame, Reader, Segment};
use crate::session::Seal;

#[derive(Template)]
#[template(path = "reset.html")]
struct ResetPage {
    frame: Frame,
    csrf: String,
    typed: String,
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage {
    frame: Frame,
    csrf: String,
    handle: String,
    problem: Option<&'static str>,
}

/// Where a link is asked for.
pub(crate) async fn page(reader: Reader, seal: Seal) -> Response {
    show(&reader, &seal, "", None)
}

fn show(reader: &Reader, seal: &Seal, typed: &str, problem: Option<&'static str>) -> Response {
    let a = reader.t.accounts;
    if !reader.pages.accounts.mail {
        return said(reader, StatusCode::OK, &a.no_mail, "", None);
    }
    let page = ResetPage {
        frame: reader.frame(a.forgotten.heading).unlisted(),
        csrf: seal.token(),
        typed: typed.to_owned(),
        problem,
    };
    seal.on(reader.page(status(problem), &page), &reader.pages.site)
}

const fn status(problem: Option<&'static str>) -> StatusCode {
    match problem {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// A link, asked for. The answer is the same whether there is such an account or not.
pub(crate) async fn ask(reader: Reader, seal: Seal, address: Address, sent: Sent) -> Response {
    let a = reader.t.accounts;
    let typed = sent.get("email");
    if !reader.pages.accounts.mail {
        return said(&reader, StatusCode::FORBIDDEN, &a.no_mail, "", None);
    }
    let Ok(email) = typed.parse::<Email>() else {
        return show(&reader, &seal, typed, Some(a.flaw_email));
    };
    match send(&reader, address, &email).await {
        Ok(()) => said(&reader, StatusCode::OK, &a.link_sent, "", None),
        Err(error) => failed(&reader, error),
    }
}

async fn send(reader: &Reader, address: Address, email: &Email) -> archipel_actions::Result<()> {
    let pages = &reader.pages;
    let (ctx, store) = (&pages.actions, &pages.store);
    if let Some(axum::Extension(address)) = address {
        count_try(ctx, store, Limit::SecretMail, address.bucket()).await?;
    }
    count_try(ctx, store, Limit::SecretMail, hash_of(email.as_str())).await?;
    let mut tx = store.write().await?;
    ask_for_new_password(ctx, &mut tx, &pages.accounts, email).await?;
    Ok(tx.commit().await?)
}

/// The link, opened.
pub(crate) async fn choose(reader: Reader, seal: Seal, Segment(key): Segment) -> Response {
    match whose(&reader, &key).await {
        Ok(Some(handle)) => form(&reader, &seal, handle, None),
        Ok(None) => dead(&reader),
        Err(absence) => absence.answer(&reader),
    }
}

async fn whose(reader: &Reader, key: &str) -> Result<Option<String>, Absence> {
    let mut conn = reader.conn().await?;
    let account = new_password_for(&reader.pages.actions, &mut conn, key).await?;
    Ok(account.map(|account| account.handle))
}

fn form(reader: &Reader, seal: &Seal, handle: String, problem: Option<&'static str>) -> Response {
    let page = ChoosePage {
        frame: reader.frame(reader.t.accounts.new_password).unlisted(),
        csrf: seal.token(),
        handle,
        problem,
    };
    secret(seal.on(reader.page(status(problem), &page), &reader.pages.site))
}

/// A new password, chosen.
pub(crate) async fn chosen(
    reader: Reader,
    seal: Seal,
    Segment(key): Segment,
    sent: Sent,
) -> Response {
    let a = reader.t.accounts;
    let handle = match whose(&reader, &key).await {
        Ok(Some(handle)) => handle,
        Ok(None) => return dead(&reader),
        Err(absence) => return absence.answer(&reader),
    };
    let password = sent.get("password");
    if let Err(weak) = check_password(password, &[&handle]) {
        return form(&reader, &seal, handle, Some(a.weak(weak)));
    }
    match keep(&reader, &key, password).await {
        Ok(true) => said(&reader, StatusCode::OK, &a.chosen, "", to_login(&reader)),
        Ok(false) => dead(&reader),
        Err(error) => failed(&reader, error),
    }
}

async fn keep(reader: &Reader, key: &str, password: &str) -> archipel_actions::Result<bool> {
    let pages = &reader.pages;
    let kept = hash_aside(password.to_owned()).await;
    let kept = kept.ok_or(archipel_actions::Error::Busy)?;
    let mut tx = pages.store.write().await?;
    let ctx = &pages.actions;
    let worked = choose_new_password(ctx, &mut tx, &pages.accounts, key, &kept).await?;
    tx.commit().await?;
    Ok(worked)
}
