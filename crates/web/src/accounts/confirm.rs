//! Links that were sent by mail to confirm an address.

use archipel_actions::{Stage, confirm_address, confirm_new_address};
use axum::http::StatusCode;
use axum::response::Response;

use super::shared::{failed, press, said, to_login};
use crate::form::Sent;
use crate::reader::{Reader, Segment};
use crate::session::Seal;

/// The link of a new account, opened.
pub(crate) async fn page(reader: Reader, seal: Seal) -> Response {
    let a = reader.t.accounts;
    let text = a.confirm.text.to_owned();
    press(&reader, &seal, &a.confirm, text, None, a.confirm_button)
}

/// The address of a new account, confirmed.
pub(crate) async fn done(reader: Reader, Segment(key): Segment, _sent: Sent) -> Response {
    let a = reader.t.accounts;
    match confirm(&reader, &key).await {
        Ok(Some(Stage::Active)) => {
            said(&reader, StatusCode::OK, &a.confirmed, "", to_login(&reader))
        }
        Ok(Some(_)) => said(&reader, StatusCode::OK, &a.confirmed_waits, "", None),
        Ok(None) => dead(&reader),
        Err(error) => failed(&reader, error),
    }
}

async fn confirm(reader: &Reader, key: &str) -> archipel_actions::Result<Option<Stage>> {
    let pages = &reader.pages;
    let mut tx = pages.store.write().await?;
    let stage = confirm_address(&pages.actions, &mut tx, &pages.accounts, key).await?;
    tx.commit().await?;
    Ok(stage)
}

/// A link that works no more.
pub(super) fn dead(reader: &Reader) -> Response {
    let words = &reader.t.accounts.dead_mail_link;
    said(reader, StatusCode::NOT_FOUND, words, "", to_login(reader))
}

/// The link to a new address, opened: perhaps in another browser than the one in which
/// it was asked for.
pub(crate) async fn new_address(reader: Reader, seal: Seal) -> Response {
    let a = reader.t.accounts;
    let text = a.confirm_new.text.to_owned();
    press(&reader, &seal, &a.confirm_new, text, None, a.confirm_button)
}

/// The new address, confirmed.
pub(crate) async fn new_address_done(
    reader: Reader,
    Segment(key): Segment,
    _sent: Sent,
) -> Response {
    let changed = async {
        let pages = &reader.pages;
        let mut tx = pages.store.write().await?;
        let changed = confirm_new_address(&pages.actions, &mut tx, &pages.accounts, &key).await?;
        tx.commit().await?;
        archipel_actions::Result::Ok(changed)
    };
    match changed.await {
        Ok(true) => {
            let words = &reader.t.accounts.email_changed;
            said(&reader, StatusCode::OK, words, "", None)
        }
        Ok(false) => dead(&reader),
        Err(error) => failed(&reader, error),
    }
}
