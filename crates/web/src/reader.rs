//! Who reads, and in which language: what every page handler begins with.

use std::convert::Infallible;

use archipel_storage::Conn;
use askama::Template;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::absence::Absence;
use crate::texts::Texts;
use crate::{Pages, language, style};

/// Somebody who reads, and what they read from.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) pages: Pages,
    pub(crate) t: &'static Texts,
}

impl FromRequestParts<Pages> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Infallible> {
        Ok(Self::of(parts, pages))
    }
}

impl Reader {
    /// Who sent this request.
    pub(crate) fn of(parts: &Parts, pages: &Pages) -> Self {
        Self {
            pages: pages.clone(),
            t: language::asked(parts.uri.query().unwrap_or_default())
                .unwrap_or_else(|| language::wanted(&parts.headers)),
        }
    }

    /// A connection to ask with.
    pub(crate) async fn conn(&self) -> Result<Conn, Absence> {
        Ok(self.pages.store.read().await?)
    }

    /// What surrounds a page. `title` is empty for the home page.
    pub(crate) fn frame(&self, title: &str) -> Frame {
        let site = &self.pages.title;
        Frame {
            t: self.t,
            site: site.clone(),
            title: if title.is_empty() {
                site.clone()
            } else {
                format!("{title} – {site}")
            },
            style: style::address(),
            canonical: None,
            document: None,
            listed: true,
        }
    }

    /// The page, or why there is none.
    pub(crate) fn answer<T: Template>(&self, found: Result<T, Absence>) -> Response {
        match found {
            Ok(page) => self.page(StatusCode::OK, &page),
            Err(absence) => absence.answer(self),
        }
    }

    /// One page. Browsers ask again each time, so that what was deleted is gone.
    pub(crate) fn page(&self, status: StatusCode, page: &impl Template) -> Response {
        let html = match page.render() {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(%error, "a page could not be written");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        };
        let mut response = (status, Html(html)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.append(header::VARY, HeaderValue::from_static("Accept-Language"));
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(self.t.lang),
        );
        response
    }
}

/// What surrounds the content of every page.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) t: &'static Texts,
    /// The name of this server.
    pub(crate) site: String,
    /// For the window and for search engines.
    pub(crate) title: String,
    /// Address of the style sheet.
    pub(crate) style: &'static str,
    /// The one full address of this page.
    pub(crate) canonical: Option<String>,
    /// The same as an ActivityPub document.
    pub(crate) document: Option<String>,
    /// Whether search engines may show it.
    pub(crate) listed: bool,
}

impl Frame {
    /// The frame of the page of something that lives here.
    pub(crate) fn of(self, uri: &str) -> Self {
        Self {
            canonical: Some(uri.to_owned()),
            document: Some(uri.to_owned()),
            ..self
        }
    }

    /// The frame of a page that is for one person, or for one moment.
    pub(crate) fn unlisted(self) -> Self {
        Self {
            listed: false,
            ..self
        }
    }
}

/// The last variable part of the address, empty when it cannot be read.
///
/// Not axum's `Path`: another router may have matched the same request before
/// this one, and then its variables come first.
#[derive(Debug)]
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        Ok(Self(match &params {
            Ok(params) => params
                .iter()
                .last()
                .map_or_else(String::new, |(_, value)| value.to_owned()),
            Err(_) => String::new(),
        }))
    }
}
