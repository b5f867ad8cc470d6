//! Pages that only say something, and pages with one button.

use archipel_actions::Error;
use askama::Template;
use axum::Extension;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::absence::Absence;
use crate::reader::{Frame, Reader};
use crate::session::Seal;
use crate::texts::Said;

/// The client's address, as the listener knows it.
pub(super) type Address = Option<Extension<archipel_model::ClientAddr>>;

/// Where it goes on from a page.
pub(super) struct Onward {
    pub(super) href: String,
    pub(super) words: &'static str,
}

#[derive(Template)]
#[template(path = "said.html")]
struct SaidPage {
    frame: Frame,
    heading: &'static str,
    text: String,
    onward: Option<Onward>,
}

/// A page that says how something went; `value` is filled in.
pub(super) fn said(
    reader: &Reader,
    status: StatusCode,
    words: &Said,
    value: &str,
    onward: Option<Onward>,
) -> Response {
    let page = SaidPage {
        frame: reader.frame(words.heading).unlisted(),
        heading: words.heading,
        text: reader.t.fill(words.text, value),
        onward,
    };
    secret(reader.page(status, &page))
}

/// Leads to logging in.
#[expect(clippy::unnecessary_wraps, reason = "pages take an onward or none")]
pub(super) fn to_login(reader: &Reader) -> Option<Onward> {
    Some(Onward {
        href: "/login".to_owned(),
        words: reader.t.accounts.log_in,
    })
}

#[derive(Template)]
#[template(path = "press.html")]
struct PressPage {
    frame: Frame,
    heading: &'static str,
    text: String,
    csrf: String,
    button: &'static str,
    /// A second paragraph.
    more: Option<String>,
}

/// A page with one button, which sends to the same address: what looks at links before
/// people do uses nothing up.
pub(super) fn press(
    reader: &Reader,
    seal: &Seal,
    words: &Said,
    text: String,
    more: Option<String>,
    button: &'static str,
) -> Response {
    let page = PressPage {
        frame: reader.frame(words.heading).unlisted(),
        heading: words.heading,
        text,
        csrf: seal.token(),
        button,
        more,
    };
    secret(seal.on(reader.page(StatusCode::OK, &page), &reader.pages.site))
}

/// Nothing of this page is kept anywhere.
pub(super) fn secret(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A page, once more, for who tried too often.
pub(super) fn too_often(mut response: Response, seconds: u64) -> Response {
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Says that somebody tried too often, or that something failed.
pub(super) fn failed(reader: &Reader, error: Error) -> Response {
    match error {
        Error::TooOften(seconds) => {
            let words = Said {
                heading: reader.t.door.refused,
                text: reader.t.accounts.too_often,
            };
            let page = said(reader, StatusCode::TOO_MANY_REQUESTS, &words, "", None);
            too_often(page, seconds)
        }
        error => Absence::from(error).answer(reader),
    }
}
