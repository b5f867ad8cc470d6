//! Delivering: one signed POST, a second knock, and a report for the deliverer.
//!
//! Redirects are not followed, the body is shared without copying, and nothing
//! is retried here beyond the second knock: the report says what happened, the
//! deliverer decides when to come back.

use std::time::Duration;

use archipel_model::Timestamp;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::error::is_passing;
use super::get::retry_after;
use super::knock::turned_away;
use super::limits::{MAX_REFUSAL, read_start};
use super::{ActorKeys, Client, ExchangeError, Knock, words};
use crate::signature::{self, BodyDigest, SignError};

/// A delivery with its signature, ready to be sent.
///
/// Apart from sending, so that a caller may sign on a thread of its own: an RSA
/// signature costs about 0.4 ms of CPU.
#[derive(Debug)]
pub struct SignedPost {
    inbox: Url,
    headers: HeaderMap,
    knock: Knock,
}

impl SignedPost {
    /// Signs a delivery of the body with this digest to `inbox`, as of `now`.
    pub fn sign(
        inbox: &Url,
        digest: &BodyDigest,
        keys: &ActorKeys,
        knock: Knock,
        now: Timestamp,
    ) -> Result<Self, SignError> {
        let (signer, scheme) = keys.signer(knock);
        let headers = signature::sign(signer, scheme, &Method::POST, inbox, Some(digest), now)?;
        Ok(Self {
            inbox: inbox.clone(),
            headers,
            knock,
        })
    }
}

/// What an attempt to deliver means for the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostClass {
    /// 2xx: the peer has it.
    Delivered,
    /// Network trouble, 401, 408, 429, 5xx: try again later. 401 is among them
    /// because many servers answer it when they merely failed to fetch our key.
    Retry,
    /// Any other answer (3xx, 4xx), or a URL we may not speak to: final.
    Refused,
    /// 404 or 410: there is no such inbox, as far as one answer can tell. To be
    /// confirmed over time before a follower is dropped.
    Gone,
}

/// What happened to one delivery.
#[derive(Clone, Debug)]
pub struct PostReport {
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// How long the peer asked us to wait, at most a day.
    pub retry_after: Option<Duration>,
    /// The peer's own words about a refusal, or ours about the network: one
    /// line of at most 300 characters, empty when delivered.
    pub words: String,
    /// The knock to use next time: the one that worked, else the one asked for.
    pub knock: Knock,
    /// What it means.
    pub class: PostClass,
}

impl PostReport {
    fn unanswered(class: PostClass, words: &str, knock: Knock) -> Self {
        Self {
            status: None,
            retry_after: None,
            words: words::tidy(words),
            knock,
            class,
        }
    }

    /// The knock to try at once, when this answer may mean that the peer does
    /// not understand the one used. Of two attempts, [`PostReport::better`]
    /// picks the report to keep.
    pub fn second_knock(&self) -> Option<Knock> {
        let status = StatusCode::from_u16(self.status?).ok()?;
        turned_away(status).then(|| self.knock.other())
    }

    /// The report to keep of a first attempt and a second knock: the second
    /// if it was let in, the first if both were turned away or nobody
    /// answered the second time.
    #[must_use]
    pub fn better(self, second: Self) -> Self {
        if second.second_knock().is_some() {
            return self;
        }
        let knock = if second.class == PostClass::Delivered {
            second.knock
        } else {
            self.knock
        };
        Self { knock, ..second }
    }
}

fn class_of(status: StatusCode) -> PostClass {
    match status {
        status if status.is_success() => PostClass::Delivered,
        StatusCode::NOT_FOUND | StatusCode::GONE => PostClass::Gone,
        StatusCode::UNAUTHORIZED => PostClass::Retry,
        status if is_passing(status) => PostClass::Retry,
        _ => PostClass::Refused,
    }
}

impl Client {
    /// Delivers `body`, whose digest is `digest`, to `inbox`: signs with
    /// `knock`, and once with the other scheme if that is answered 400 or 401.
    pub async fn post(
        &self,
        inbox: &Url,
        body: Bytes,
        digest: &BodyDigest,
        keys: &ActorKeys,
        knock: Knock,
        now: Timestamp,
    ) -> PostReport {
        let delivering = async {
            let first = self
                .sign_and_send(inbox, body.clone(), digest, keys, knock, now)
                .await;
            match first.second_knock() {
                None => first,
                Some(other) => {
                    let second = self
                        .sign_and_send(inbox, body, digest, keys, other, now)
                        .await;
                    first.better(second)
                }
            }
        };
        tokio::time::timeout(self.0.limits.send, delivering)
            .await
            .unwrap_or_else(|_| {
                PostReport::unanswered(PostClass::Retry, "no answer in time", knock)
            })
    }

    /// Sends bytes that are not ours to sign, such as a push. Gives the status of the
    /// answer, if there was one, and how long we were asked to wait.
    pub async fn post_bytes(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
    ) -> (Option<u16>, Option<Duration>) {
        let deadline = self.0.limits.send;
        let sending = async {
            let answer = self.exchange(Method::POST, url, headers, Some(body), deadline);
            let response = answer.await.ok()?;
            let status = response.status().as_u16();
            let wait = retry_after(response.headers());
            // So that the connection can serve the next one.
            read_start(response, MAX_REFUSAL).await;
            Some((Some(status), wait))
        };
        match tokio::time::timeout(deadline, sending).await {
            Ok(Some(answer)) => answer,
            Ok(None) | Err(_) => (None, None),
        }
    }

    async fn sign_and_send(
        &self,
        inbox: &Url,
        body: Bytes,
        digest: &BodyDigest,
        keys: &ActorKeys,
        knock: Knock,
        now: Timestamp,
    ) -> PostReport {
        if let Err(why) = self.permits(inbox) {
            return PostReport::unanswered(PostClass::Refused, &why.to_string(), knock);
        }
        match SignedPost::sign(inbox, digest, keys, knock, now) {
            Ok(signed) => self.send(signed, body).await,
            // Our own trouble must not cost the peer an activity.
            Err(error) => {
                let words = format!("this server could not sign: {error}");
                PostReport::unanswered(PostClass::Retry, &words, knock)
            }
        }
    }

    /// Sends a signed delivery once. `body` must be what was digested.
    pub async fn send(&self, signed: SignedPost, body: Bytes) -> PostReport {
        let SignedPost {
            inbox,
            headers,
            knock,
        } = signed;
        let deadline = self.0.limits.send;
        let answer = self
            .exchange(Method::POST, &inbox, headers, Some(body), deadline)
            .await;
        let response = match answer {
            Ok(response) => response,
            Err(error) => {
                let (class, words) = match error {
                    ExchangeError::Refused(why) => (PostClass::Refused, why.to_string()),
                    // A name that resolves to a private address today may be a
                    // passing accident of the DNS; asking again is harmless.
                    ExchangeError::Guarded => {
                        (PostClass::Retry, "the address is not public".to_owned())
                    }
                    ExchangeError::Network(words) => (PostClass::Retry, words),
                };
                return PostReport::unanswered(class, &words, knock);
            }
        };
        let status = response.status();
        let class = class_of(status);
        let wait = retry_after(response.headers());
        // Read in any case: a connection whose answer was not read to its end
        // cannot serve the next delivery.
        let start = read_start(response, MAX_REFUSAL).await;
        PostReport {
            status: Some(status.as_u16()),
            retry_after: wait,
            words: match class {
                PostClass::Delivered => String::new(),
                _ => words::of_refusal(status, &start),
            },
            knock,
            class,
        }
    }
}
