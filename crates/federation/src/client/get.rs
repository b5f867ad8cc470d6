//! Fetching: redirects followed by hand, two knocks, and an `id` that holds.
//!
//! A document counts as the word of the server it came from only when it says
//! that it lives where it was found. So the URL returned with it is that of the
//! document, which may not be the one asked for: callers keep that one.

use std::time::Duration;

use archipel_model::{Timestamp, origin_of, same_origin};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use reqwest::Response;
use serde_json::Value;
use url::Url;

use super::error::{FetchError, Refused};
use super::knock::{other_scheme, turned_away};
use super::limits::{MAX_REDIRECTS, MAX_REQUESTS, read_whole};
use super::media_type::{ACCEPT_ACTIVITY, is_activity};
use super::{Client, Knock};
use crate::signature::{self, Scheme, Signer};

/// An `ActivityPub` document, found at its own `id`.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where it lives: its `id`, after redirects. Its origin vouches for it, and
    /// it may be another one than was asked.
    pub url: Url,
    /// The document as received.
    pub body: Bytes,
    /// The same, parsed: always an object.
    pub value: Value,
}

/// Any other small document, with where it was found after redirects.
#[derive(Clone, Debug)]
pub struct Plain {
    /// The URL that answered.
    pub url: Url,
    /// The body, whatever its label said.
    pub body: Bytes,
}

/// What a series of requests may still cost, and how they are made.
struct Walk<'a> {
    accept: &'static str,
    signer: Option<(&'a Signer, Timestamp)>,
    requests_left: usize,
    redirects_left: usize,
    deadline: Duration,
}

impl Client {
    /// Fetches the `ActivityPub` document at `url`.
    ///
    /// Signed by `signer` (usually the instance actor) as of `now`, first in
    /// the scheme the host accepted last; redirects are signed anew for
    /// each host. A document that claims another `id` is looked up once at that
    /// `id` if it lies on the same origin, else refused: nobody speaks for
    /// another server, and no document overwrites another one.
    pub async fn get_activity(
        &self,
        url: &Url,
        signer: Option<&Signer>,
        now: Timestamp,
    ) -> Result<Fetched, FetchError> {
        let deadline = self.0.limits.fetch;
        let walk = Walk {
            accept: ACCEPT_ACTIVITY,
            signer: signer.map(|signer| (signer, now)),
            requests_left: MAX_REQUESTS,
            redirects_left: MAX_REDIRECTS,
            deadline,
        };
        tokio::time::timeout(deadline, self.get_by_id(url, walk))
            .await
            .unwrap_or_else(|_| Err(FetchError::timed_out()))
    }

    /// Fetches a list, signed like [`Client::get_activity`], and says whether it is
    /// what it claims to be: at its own id. PieFed's lists of replies have no id, and
    /// its contexts one at which there is nothing; such a list may name things, but is
    /// not believed about them.
    pub async fn get_list(
        &self,
        url: &Url,
        signer: Option<&Signer>,
        now: Timestamp,
    ) -> Result<(Fetched, bool), FetchError> {
        let deadline = self.0.limits.fetch;
        let mut walk = Walk {
            accept: ACCEPT_ACTIVITY,
            signer: signer.map(|signer| (signer, now)),
            requests_left: MAX_REQUESTS,
            redirects_left: MAX_REDIRECTS,
            deadline,
        };
        let fetched = tokio::time::timeout(deadline, self.document(url, &mut walk))
            .await
            .unwrap_or_else(|_| Err(FetchError::timed_out()))?;
        if !same_origin(&fetched.url, url) {
            return Err(Refused::IdMismatch.into());
        }
        let named = claimed_id(&fetched.value).is_ok_and(|id| is_at(&id, &fetched.url, url));
        Ok((fetched, named))
    }

    /// Fetches a small document that is not `ActivityPub` (`WebFinger`, `NodeInfo`),
    /// unsigned, whatever its content type, at most `most` bytes.
    pub async fn get_plain(
        &self,
        url: &Url,
        accept: &'static str,
        most: usize,
    ) -> Result<Plain, FetchError> {
        let deadline = self.0.limits.fetch;
        let mut walk = Walk {
            accept,
            signer: None,
            requests_left: MAX_REQUESTS,
            redirects_left: MAX_REDIRECTS,
            deadline,
        };
        let fetching = async {
            let (url, response) = self.follow(url, &mut walk).await?;
            let body = read_whole(response, most.min(self.0.limits.body)).await?;
            Ok(Plain { url, body })
        };
        tokio::time::timeout(deadline, fetching)
            .await
            .unwrap_or_else(|_| Err(FetchError::timed_out()))
    }

    /// Fetches a file to be shown, unsigned, whatever it is called, at most `most` bytes.
    /// Files are larger than documents and have more time.
    pub async fn get_file(&self, url: &Url, most: usize) -> Result<Bytes, FetchError> {
        let deadline = self.0.limits.file;
        let mut walk = Walk {
            accept: "image/*",
            signer: None,
            requests_left: MAX_REQUESTS,
            redirects_left: MAX_REDIRECTS,
            deadline,
        };
        let fetching = async {
            let (_, response) = self.follow(url, &mut walk).await?;
            read_whole(response, most).await
        };
        tokio::time::timeout(deadline, fetching)
            .await
            .unwrap_or_else(|_| Err(FetchError::timed_out()))
    }

    async fn get_by_id(&self, url: &Url, mut walk: Walk<'_>) -> Result<Fetched, FetchError> {
        let first = self.document(url, &mut walk).await?;
        let id = claimed_id(&first.value)?;
        if is_at(&id, &first.url, url) {
            return Ok(Fetched { url: id, ..first });
        }
        if !same_origin(&id, &first.url) {
            return Err(Refused::IdMismatch.into());
        }
        let second = self.document(&id, &mut walk).await?;
        let again = claimed_id(&second.value)?;
        if is_at(&again, &second.url, &id) {
            Ok(Fetched {
                url: again,
                ..second
            })
        } else {
            Err(Refused::IdMismatch.into())
        }
    }

    async fn document(&self, url: &Url, walk: &mut Walk<'_>) -> Result<Fetched, FetchError> {
        let (url, response) = self.follow(url, walk).await?;
        if !is_activity(response.headers()) {
            return Err(Refused::ContentType.into());
        }
        let body = read_whole(response, self.0.limits.body).await?;
        match serde_json::from_slice(&body) {
            Ok(value @ Value::Object(_)) => Ok(Fetched { url, body, value }),
            Ok(_) => Err(FetchError::Malformed("not a JSON object")),
            Err(_) => Err(FetchError::Malformed("not JSON")),
        }
    }

    /// GETs until an answer is no redirect; each hop passes every check again.
    async fn follow(&self, url: &Url, walk: &mut Walk<'_>) -> Result<(Url, Response), FetchError> {
        let mut url = without_fragment(url);
        loop {
            let response = self.knock_twice(&url, walk).await?;
            let status = response.status();
            if status.is_success() {
                return Ok((url, response));
            }
            if !is_redirect(status) {
                let wait = retry_after(response.headers());
                return Err(FetchError::from_status(status, wait));
            }
            walk.redirects_left = walk
                .redirects_left
                .checked_sub(1)
                .ok_or(Refused::Redirects)?;
            url = next_hop(&url, response.headers()).ok_or(Refused::Redirects)?;
        }
    }

    /// One GET; when it is signed and turned away, once more in the other
    /// scheme. What a host accepted is remembered for it.
    async fn knock_twice(&self, url: &Url, walk: &mut Walk<'_>) -> Result<Response, FetchError> {
        self.permits(url)?;
        let host = origin_of(url)
            .map(|origin| origin.host().clone())
            .ok_or(Refused::Scheme)?;
        let known = self.0.schemes.get(&host);
        let scheme = known.unwrap_or(Scheme::Cavage);
        let first = self.get_once(url, scheme, walk).await?;
        if walk.signer.is_none() {
            return Ok(first);
        }
        if !turned_away(first.status()) {
            if known.is_none() {
                self.0.schemes.insert(host, scheme);
            }
            return Ok(first);
        }
        let other = other_scheme(scheme);
        let second = self.get_once(url, other, walk).await?;
        if turned_away(second.status()) {
            return Ok(first);
        }
        if second.status().is_success() {
            self.0.schemes.insert(host, other);
        }
        Ok(second)
    }

    async fn get_once(
        &self,
        url: &Url,
        scheme: Scheme,
        walk: &mut Walk<'_>,
    ) -> Result<Response, FetchError> {
        walk.requests_left = walk
            .requests_left
            .checked_sub(1)
            .ok_or(Refused::Redirects)?;
        let mut headers = match walk.signer {
            None => HeaderMap::new(),
            // The signature covers the host, so that what the hop before saw
            // is of no use here.
            Some((signer, now)) => signature::sign(signer, scheme, &Method::GET, url, None, now)
                .map_err(|error| FetchError::Unsignable(error.to_string()))?,
        };
        headers.insert(header::ACCEPT, HeaderValue::from_static(walk.accept));
        let answer = self
            .exchange(Method::GET, url, headers, None, walk.deadline)
            .await?;
        Ok(answer)
    }

    /// The scheme remembered for signed GETs from the host of `url`, as a knock
    /// for deliveries to it: `None` when the host was never asked.
    pub fn remembered(&self, url: &Url) -> Option<Knock> {
        let scheme = self.0.schemes.get(origin_of(url)?.host())?;
        Some(match scheme {
            Scheme::Cavage => Knock::Cavage,
            Scheme::Rfc9421 => Knock::Rfc9421,
        })
    }
}

/// The `id` a document gives itself.
fn claimed_id(value: &Value) -> Result<Url, FetchError> {
    value
        .get("id")
        .and_then(Value::as_str)
        .and_then(|id| Url::parse(id).ok())
        .ok_or(FetchError::Malformed("no id"))
}

/// Whether a document claiming `id`, asked for as `asked` and found at `found`,
/// is where it says. A fragment never travels, so an `id` with one holds when
/// exactly that was asked for.
fn is_at(id: &Url, found: &Url, asked: &Url) -> bool {
    id == found || (id == asked && without_fragment(asked) == *found)
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn next_hop(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    let next = from.join(location).ok()?;
    Some(without_fragment(&next))
}

/// How long the peer asks us to wait: `Retry-After` in seconds or as a date
/// (RFC 9110 §10.2.3), at most a day. A date is measured by the peer's own
/// clock, its `Date` header.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    const DAY: Duration = Duration::from_hours(24);
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let wanted: &str = text(header::RETRY_AFTER)?;
    let wait = if let Ok(seconds) = wanted.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let until = httpdate::parse_http_date(wanted).ok()?;
        let sent = httpdate::parse_http_date(text(header::DATE)?).ok()?;
        until.duration_since(sent).unwrap_or_default()
    };
    Some(wait.min(DAY))
}

#[cfg(test)]
mod unit {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn waits_are_read_in_both_forms_and_capped() {
        let wait = |retry: &str, date: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, retry.parse().unwrap());
            if let Some(date) = date {
                headers.insert(header::DATE, date.parse().unwrap());
            }
            retry_after(&headers).map(|wait| wait.as_secs())
        };
        let date = Some("Mon, 23 Nov 2026 10:00:00 GMT");
        assert_eq!(wait("120", None), Some(120));
        assert_eq!(wait("99999999999", None), Some(86_400));
        assert_eq!(wait("Mon, 23 Nov 2026 10:01:00 GMT", date), Some(60));
        assert_eq!(wait("Mon, 23 Nov 2026 09:00:00 GMT", date), Some(0));
        assert_eq!(wait("Mon, 23 Nov 2026 10:01:00 GMT", None), None);
        assert_eq!(wait("soon", date), None);
        assert_eq!(wait("-1", date), None);
    }

    #[test]
    fn an_id_holds_where_it_was_found_or_asked_for() {
        let url = |text| Url::parse(text).unwrap();
        let plain = url("https://a.example/x");
        let with = url("https://a.example/x#part");
        assert!(is_at(&plain, &plain, &plain));
        assert!(is_at(&plain, &plain, &with), "a key id leads to its owner");
        assert!(is_at(&with, &plain, &with));
        assert!(!is_at(&with, &plain, &plain));
        assert!(!is_at(&plain, &url("https://b.example/x"), &plain));
    }
}
