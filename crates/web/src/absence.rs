//! Why there is no page, in words.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::reader::{Frame, Reader};

/// Why there is no page at an address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Absence {
    /// There never was one, as far as anybody may know.
    #[error("there is nothing at this address")]
    NotFound,
    /// It was deleted.
    #[error("this was deleted")]
    Gone,
    /// It is read where it was written.
    #[error("this is at {0}")]
    Elsewhere(String),
    /// Our own trouble.
    #[error(transparent)]
    Trouble(#[from] archipel_storage::Error),
    /// What was asked for cannot be done; says why.
    #[error(transparent)]
    Refused(archipel_actions::Error),
}

impl From<archipel_actions::Error> for Absence {
    fn from(error: archipel_actions::Error) -> Self {
        match error {
            archipel_actions::Error::Storage(error) => Self::Trouble(error),
            other => Self::Refused(other),
        }
    }
}

#[derive(Template)]
#[template(path = "absence.html")]
struct AbsencePage {
    frame: Frame,
    heading: &'static str,
    why: String,
}

impl Absence {
    /// The page that says so.
    pub(crate) fn answer(&self, reader: &Reader) -> Response {
        let t = reader.t;
        let (status, heading, why): (_, _, &str) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, t.not_found, t.not_found_why),
            Self::Gone => (StatusCode::GONE, t.gone, t.gone_why),
            Self::Elsewhere(address) => return Redirect::to(address).into_response(),
            Self::Refused(_) => (StatusCode::UNPROCESSABLE_ENTITY, t.door.refused, ""),
            Self::Trouble(error) => {
                tracing::error!(%error, "a page could not be given out");
                (StatusCode::SERVICE_UNAVAILABLE, t.trouble, t.trouble_why)
            }
        };
        let why = match self {
            Self::Refused(error) => error.to_string(),
            _ => why.to_owned(),
        };
        let page = AbsencePage {
            frame: reader.frame(heading),
            heading,
            why,
        };
        let mut response = reader.page(status, &page);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        }
        response
    }
}

/// The answer at every address that is none.
pub(crate) async fn nothing(reader: Reader) -> Response {
    Absence::NotFound.answer(&reader)
}
