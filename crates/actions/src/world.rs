//! What actions and doors need of the rest of the network and of cryptography, given
//! to them by who joins the parts: the doors never import each other.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use archipel_model::{ActorId, Host, PeerPolicy, PostId};
use url::Url;

use crate::NewKeys;

/// A future in a box.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What was found elsewhere; stored by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discovered {
    /// A person or a community.
    Actor(ActorId),
    /// A post.
    Post(PostId),
}

/// What came of sending something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// How long we were asked to wait.
    pub retry_after: Option<Duration>,
}

/// The rest of the network.
pub trait World: Send + Sync + Debug {
    /// Finds what people write into a search box: `@user@host`, `!group@host`, an
    /// address. `None` when there is nothing, or it does not answer in time.
    fn find<'a>(&'a self, query: &'a str) -> Boxed<'a, Option<Discovered>>;

    /// Sends bytes to an address that somebody else named, which must be one of the
    /// public network; follows nothing.
    fn post_bytes<'a>(
        &'a self,
        url: &'a Url,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Boxed<'a, Posted>;

    /// Fresh keys for a new local actor; slow.
    fn new_keys(&self) -> Boxed<'_, Option<NewKeys>>;

    /// Decides what another server, and all below its name, may do here, with everything
    /// that follows from it. `false` when it cannot be done at this moment.
    fn decide_domain<'a>(
        &'a self,
        host: &'a Host,
        policy: PeerPolicy,
        reason: Option<&'a str>,
    ) -> Boxed<'a, bool>;

    /// The file at this address, of at most so many bytes; `None` when it is larger, is
    /// not there or does not answer in time.
    fn fetch_file<'a>(&'a self, url: &'a str, most: usize) -> Boxed<'a, Option<Vec<u8>>>;
}
