//! What every handler of this door works with.

use std::sync::{Arc, OnceLock};

use archipel_actions::{AccountRules, Context, World};
use archipel_media::Media;
use archipel_storage::Store;
use serde_json::Value;

use crate::files::Copies;
use crate::openapi;
use crate::registry::Endpoint;
use crate::render::CountCache;
use crate::stream::Hub;

/// What every handler works with; cheap to clone.
#[derive(Clone, Debug)]
pub struct Api(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) actions: Context,
    pub(crate) world: Arc<dyn World>,
    pub(crate) media: Media,
    pub(crate) copies: Copies,
    pub(crate) settings: Settings,
    pub(crate) counts: CountCache,
    pub(crate) description: OnceLock<Value>,
    pub(crate) hub: Arc<Hub>,
}

/// What the operator decided, as far as apps are told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name of this server, for people.
    pub title: String,
    /// One sentence about it.
    pub description: String,
    /// Where people write to about this server.
    pub contact_email: String,
    /// Whether strangers may ask for an account without being invited.
    pub registrations_open: bool,
    /// Whether somebody looks at what they ask before they are let in.
    pub approval_required: bool,
    /// What the operator decided about accounts.
    pub accounts: AccountRules,
}

impl Api {
    /// Joins the parts.
    pub fn new(
        store: Store,
        actions: Context,
        world: Arc<dyn World>,
        media: Media,
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            actions,
            world,
            media,
            copies: Copies::default(),
            settings,
            counts: CountCache::default(),
            description: OnceLock::new(),
            hub: Arc::default(),
        }))
    }

    /// For actions.
    pub(crate) fn ctx(&self) -> &Context {
        &self.0.actions
    }

    /// The database.
    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// Files.
    pub(crate) fn media(&self) -> &Media {
        &self.0.media
    }

    /// Copies of files of elsewhere.
    pub(crate) fn copies(&self) -> &Copies {
        &self.0.copies
    }

    /// The rest of the network.
    pub(crate) fn world(&self) -> &dyn World {
        self.0.world.as_ref()
    }

    /// Who listens on this node.
    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.0.hub
    }

    /// Counts of actors.
    pub(crate) fn counts(&self) -> &CountCache {
        &self.0.counts
    }

    /// Keeps the description of all routes.
    pub(crate) fn describe(&self, routes: &[Endpoint], schemas: &serde_json::Map<String, Value>) {
        let description = openapi::document(self, routes, schemas);
        self.0.description.get_or_init(|| description);
    }

    /// The description of all routes.
    pub(crate) fn description(&self) -> Value {
        self.0.description.get().cloned().unwrap_or_default()
    }

    /// An address of ours: `path` begins with a slash.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.actions.site.base())
    }
}
