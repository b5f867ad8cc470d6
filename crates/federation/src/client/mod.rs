//! How Archipel asks and tells other servers: the one HTTP client.
//!
//! Every request that leaves the server for a place named by somebody else goes
//! through [`Client`]: it is the only type of the code base that builds a
//! `reqwest` client, so that the address guard, the limits and the refusal to
//! follow redirects blindly hold everywhere. It signs, asks and judges the
//! answer; what the documents mean is for `parse`, when to try again is for
//! the deliverer, and whose words count is for those who call.

mod config;
mod error;
mod get;
mod guard;
mod knock;
mod limits;
mod media_type;
mod post;
mod resolve;
mod words;

#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;
use std::time::Duration;

use archipel_model::{Host, origin_of};
use bytes::Bytes;
use http::{HeaderMap, Method, header};
use moka::sync::Cache;
use reqwest::redirect::Policy;
use reqwest::{Request, Response};
use url::Url;

pub use config::{AnyHost, ClientConfig, HostPolicy};
pub use error::{FetchError, Refused};
pub use get::{Fetched, Plain};
pub use guard::{PrivateAddress, is_public};
pub use knock::{ActorKeys, Knock};
pub use limits::{Budget, Limits, MAX_REDIRECTS, MAX_URL};
pub use post::{PostClass, PostReport, SignedPost};

use crate::signature::Scheme;
use error::{describe, stopped_by_guard};
use guard::{UrlRules, check_url};
use resolve::GuardedResolver;

/// Idle connections live this long: long enough for the next activities of a
/// busy hour, short enough that a fan-out to hundreds of hosts does not hold
/// hundreds of sockets.
const IDLE: Duration = Duration::from_secs(30);

/// Idle connections kept per host.
const IDLE_PER_HOST: usize = 8;

/// How long, and for how many hosts, the signature scheme a host accepts for
/// GETs is remembered.
const SCHEME_MEMORY: (Duration, u64) = (Duration::from_hours(7 * 24), 20_000);

/// The HTTP client of the server; cheap to clone, made once.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    trusts_authorities: bool,
    rules: UrlRules,
    limits: Limits,
    policy: Arc<dyn HostPolicy>,
    /// What each host accepted last on a signed GET.
    schemes: Cache<Host, Scheme>,
}

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be made: {0}")]
pub struct ClientError(#[from] reqwest::Error);

impl Client {
    /// The client for this configuration. Costs a few milliseconds (it loads
    /// the certificates of the system) and is meant to be called once.
    ///
    /// On a machine without any certificate authority the client is made all the
    /// same and trusts nobody over https: the server serves its own people,
    /// deliveries wait, and [`Client::trusts_authorities`] tells the operator.
    pub fn new(config: ClientConfig) -> Result<Self, ClientError> {
        let (http, trusts_authorities) = match builder(&config).build() {
            Ok(http) => (http, true),
            Err(error) => {
                let error = describe(&error);
                tracing::error!(%error, "no https to other servers: install ca-certificates");
                (builder(&config).tls_certs_only([]).build()?, false)
            }
        };
        let (lifetime, hosts) = SCHEME_MEMORY;
        Ok(Self(Arc::new(Inner {
            http,
            trusts_authorities,
            rules: UrlRules {
                allow_http: config.allow_http,
                allow_private_addresses: config.allow_private_addresses,
            },
            limits: config.limits,
            policy: config.policy,
            schemes: Cache::builder()
                .max_capacity(hosts)
                .time_to_live(lifetime)
                .build(),
        })))
    }

    /// Whether the certificates of other servers can be checked, that is,
    /// whether the machine has a list of authorities.
    pub fn trusts_authorities(&self) -> bool {
        self.0.trusts_authorities
    }

    /// Whether plain http is spoken: in development only.
    pub fn allows_http(&self) -> bool {
        self.0.rules.allow_http
    }

    /// Whether a URL may be spoken to, as far as can be told before its name is
    /// resolved. Worth asking before a URL is stored for later (an inbox).
    pub fn permits(&self, url: &Url) -> Result<(), Refused> {
        check_url(url, self.0.rules)?;
        let origin = origin_of(url).ok_or(Refused::Scheme)?;
        if self.0.policy.permits(origin.host()) {
            Ok(())
        } else {
            Err(Refused::Blocked)
        }
    }

    /// One request, no redirects: the only place where something is sent.
    async fn exchange(
        &self,
        method: Method,
        url: &Url,
        mut headers: HeaderMap,
        body: Option<Bytes>,
        deadline: Duration,
    ) -> Result<Response, ExchangeError> {
        self.permits(url).map_err(ExchangeError::Refused)?;
        // HTTP/2 has no Host header and HTTP/1 gets the same one from the URL.
        headers.remove(header::HOST);
        let mut request = Request::new(method, url.clone());
        *request.headers_mut() = headers;
        *request.body_mut() = body.map(reqwest::Body::from);
        *request.timeout_mut() = Some(deadline);
        self.0
            .http
            .execute(request)
            .await
            .map_err(ExchangeError::from)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one HTTP client of the server"
)]
fn builder(config: &ClientConfig) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(&config.user_agent)
        // A proxy named by the environment would resolve names for us, behind
        // the back of the guard.
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .dns_resolver(GuardedResolver::new(
            &config.resolve,
            config.allow_private_addresses,
        ))
        .connect_timeout(config.limits.connect)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(IDLE_PER_HOST)
        .tcp_nodelay(true)
}

/// Why no answer came at all.
enum ExchangeError {
    /// The URL itself is not permitted.
    Refused(Refused),
    /// The name resolved to a private address.
    Guarded,
    /// The network, in words.
    Network(String),
}

impl From<reqwest::Error> for ExchangeError {
    fn from(error: reqwest::Error) -> Self {
        if stopped_by_guard(&error) {
            Self::Guarded
        } else {
            Self::Network(describe(&error))
        }
    }
}

impl From<ExchangeError> for FetchError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Refused(why) => why.into(),
            ExchangeError::Guarded => Refused::PrivateAddress.into(),
            ExchangeError::Network(detail) => Self::Transient {
                retry_after: None,
                detail,
            },
        }
    }
}
