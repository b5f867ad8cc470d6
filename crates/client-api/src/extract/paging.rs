//! Pages of lists: which part is wanted, and the `Link` header that leads on.
//!
//! `max_id` and `since_id` give the newest below and above; `min_id` gives the oldest
//! above, still newest first. <https://docs.joinmastodon.org/api/guidelines/#pagination>.

use archipel_storage::Window;
use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::extract::lenient::Num;

/// The parameters of a page, as they are described.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Paging {
    /// Older than this.
    pub(crate) max_id: Num,
    /// Newer than this, the newest first.
    pub(crate) since_id: Num,
    /// Newer than this, those next to it.
    pub(crate) min_id: Num,
    /// How many.
    pub(crate) limit: Num,
}

/// Which page is wanted. Each handler says how long pages are.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    paging: Paging,
    path: String,
    others: Vec<(String, String)>,
}

impl FromRequestParts<Api> for Page {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Self::Rejection> {
        let uri = parts
            .extensions
            .get::<OriginalUri>()
            .map_or(&parts.uri, |uri| &uri.0);
        let mut paging = Paging::default();
        let mut others = Vec::new();
        let query = uri.query().unwrap_or_default().as_bytes();
        for (key, value) in url::form_urlencoded::parse(query) {
            let number = Num(value.trim().parse().ok());
            match &*key {
                "max_id" => paging.max_id = number,
                "since_id" => paging.since_id = number,
                "min_id" => paging.min_id = number,
                "limit" => {
                    paging.limit = number;
                    others.push((key.into_owned(), value.into_owned()));
                }
                _ => others.push((key.into_owned(), value.into_owned())),
            }
        }
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Self {
            paging,
            path: api.url(&path),
            others,
        })
    }
}

impl Page {
    /// Below this.
    pub(crate) fn max(&self) -> i64 {
        self.paging.max_id.0.unwrap_or(i64::MAX)
    }

    /// Above this.
    pub(crate) fn min(&self) -> i64 {
        let above = self.paging.min_id.0.or(self.paging.since_id.0);
        above.unwrap_or(0)
    }

    /// Whether those next to [`Page::min`] are wanted: ask in rising order, then turn.
    pub(crate) fn rises(&self) -> bool {
        self.paging.min_id.0.is_some()
    }

    /// How many, between 1 and `most`.
    pub(crate) fn limit(&self, usual: i64, most: i64) -> i64 {
        match self.paging.limit.0 {
            Some(limit) if limit > 0 => limit.min(most),
            _ => usual,
        }
    }

    /// Whether everything is wanted at once, which some lists give.
    pub(crate) fn wants_all(&self) -> bool {
        self.paging.limit.0 == Some(0)
    }

    /// The same for a timeline.
    pub(crate) fn window(&self, usual: i64, most: i64) -> Window {
        Window {
            max: self.max(),
            min: self.min(),
            limit: self.limit(usual, most),
            rises: self.rises(),
        }
    }

    /// The page as an answer. `newest` and `oldest` are the keys of its ends in the
    /// order of the list; none: the page is empty and nothing leads on.
    pub(crate) fn answer<T>(&self, items: T, newest: Option<i64>, oldest: Option<i64>) -> Paged<T> {
        let link = match (newest, oldest) {
            (Some(newest), Some(oldest)) => Some(format!(
                "<{}>; rel=\"next\", <{}>; rel=\"prev\"",
                self.with("max_id", oldest),
                self.with("min_id", newest)
            )),
            _ => None,
        };
        Paged { items, link }
    }

    fn with(&self, key: &str, id: i64) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.others)
            .append_pair(key, &id.to_string())
            .finish();
        format!("{}?{query}", self.path)
    }
}

/// A page with what leads on.
#[derive(Debug)]
pub(crate) struct Paged<T> {
    items: T,
    link: Option<String>,
}

impl<T: Serialize> IntoResponse for Paged<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.items).into_response();
        if let Some(link) = self.link.and_then(|link| HeaderValue::from_str(&link).ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}
