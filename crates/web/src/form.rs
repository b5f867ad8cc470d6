//! Forms that were sent: from a page of ours, in the same browser, or not at all.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use crate::Pages;
use crate::reader::{Frame, Reader};
use crate::session::Seal;

/// The name of the field that carries the token of [`Seal`].
const TOKEN: &str = "csrf";

/// The fields of a form whose token was checked.
#[derive(Debug)]
pub(crate) struct Sent(Vec<(String, String)>);

impl Sent {
    /// What a field says; empty when it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// Whether a field is there: a box that was ticked, a button that was pressed.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }
}

#[derive(Template)]
#[template(path = "form.html")]
struct ForgedPage {
    frame: Frame,
}

/// Whether the browser says that another site sent this. Old browsers say nothing: then
/// the token alone counts.
fn is_from_elsewhere(headers: &HeaderMap, pages: &Pages) -> bool {
    let text = |name| {
        headers
            .get(name)
            .map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or("unreadable"))
    };
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        // Pages that give no referrer give no origin either.
        (None, None | Some("null")) => false,
        (None, Some(origin)) => origin != pages.site.base(),
    }
}

impl FromRequest<Pages> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, pages: &Pages) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let reader = Reader::of(&parts, pages);
        let forged = || {
            let page = ForgedPage {
                frame: reader.frame(reader.t.door.forged),
            };
            reader.page(StatusCode::FORBIDDEN, &page)
        };
        let headers = parts.headers.clone();
        let is_form = headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.as_bytes()
                .starts_with(b"application/x-www-form-urlencoded")
        });
        if !is_form || is_from_elsewhere(&headers, pages) {
            return Err(forged());
        }
        let request = Request::from_parts(parts, body);
        let Ok(body) = Bytes::from_request(request, pages).await else {
            return Err(forged());
        };
        let fields = Self(url::form_urlencoded::parse(&body).into_owned().collect());
        if Seal::fits(&headers, &pages.site, fields.get(TOKEN)) {
            Ok(fields)
        } else {
            Err(forged())
        }
    }
}
