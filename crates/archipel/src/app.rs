//! The parts joined together: what `serve` and every other command work with.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context as _;
use archipel_actions as actions;
use archipel_federation::client::{Client, ClientConfig};
use archipel_federation::gate::GateRules;
use archipel_federation::{Federation, Mode, PeerBook, Settings, new_keys};
use archipel_model::{Clock, IdSource, Registration, Site, SystemClock};
use archipel_storage::{OpenOptions, Store};

use crate::config::{self, Config, FederationMode, communities};

/// The server's title, for NodeInfo, its actor and its pages.
const TITLE: &str = "Archipel";

/// The server without its listener and background tasks.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub store: Store,
    /// For actions.
    pub actions: actions::Context,
    /// The federation door.
    pub federation: Federation,
    /// What the operator decided about accounts.
    pub accounts: actions::AccountRules,
}

impl App {
    /// Opens the database, brings it up to date and joins the parts. The first
    /// time it also makes the server's own actor and the first communities.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let store = Store::open(&OpenOptions {
            url: config.database.url.expose().to_owned(),
            readers: config.database.readers,
        })
        .await
        .with_context(|| format!("the database {}", config.database.url))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let actions = actions::Context {
            site: Site::new(&config.server.public_url)
                .context("server.public_url has no host name")?,
            clock,
            ids: Arc::new(IdSource::default()),
        };
        let peers = Arc::new(PeerBook::new(mode(config.federation.mode)));
        peers.refresh(&store, actions.clock.as_ref()).await;
        let client = Client::new(ClientConfig {
            allow_http: config.development.allow_http,
            allow_private_addresses: config.development.allow_private_addresses,
            resolve: resolve(config),
            policy: peers.clone(),
            ..ClientConfig::new(&config.server.public_url)
        })?;
        let accounts = account_rules(config);
        let settings = Settings {
            authorized_fetch: config.federation.authorized_fetch,
            senders: config.federation.deliveries,
            title: TITLE.to_owned(),
            open_registrations: accounts.registration == Registration::Approval,
        };
        let app = Self {
            federation: Federation::new(store.clone(), actions.clone(), client, peers, settings),
            actions,
            store,
            accounts,
        };
        app.first_start(config).await?;
        Ok(app)
    }

    /// Makes the server's own actor and the first communities, unless they exist.
    async fn first_start(&self, config: &Config) -> anyhow::Result<()> {
        let instance = self.actions.site.instance();
        if self
            .store
            .read()
            .await?
            .actor_by_uri(&instance)
            .await?
            .is_some()
        {
            return Ok(());
        }
        let seeds = communities::load(&config.communities.file)?;
        // Keys take long to make: all of them at once, and none while the
        // database is held.
        let mut making = Vec::new();
        for _ in 0..=seeds.len() {
            making.push(tokio::task::spawn_blocking(new_keys));
        }
        let mut keys = Vec::new();
        for made in making {
            keys.push(made.await??);
        }
        let mut keys = keys.into_iter();
        let mut next = || keys.next().context("a key for every actor");
        let mut tx = self.store.write().await?;
        if tx.actor_by_uri(&instance).await?.is_some() {
            // Another node was faster.
            return Ok(());
        }
        actions::create_instance(&self.actions, &mut tx, &next()?).await?;
        for seed in seeds {
            let community = actions::NewCommunity {
                handle: seed.handle,
                title: seed.title,
                description: seed.description,
                language: seed.language,
                policy: seed.policy,
            };
            actions::create_community(&self.actions, &mut tx, &community, &next()?).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Tells the world of new keys that sign by now, if there are any.
    pub async fn hand_over_keys(&self) -> anyhow::Result<()> {
        let mut conn = self.store.read().await?;
        if !actions::keys_to_hand_over(&self.actions, &mut conn).await? {
            return Ok(());
        }
        drop(conn);
        let mut tx = self.store.write().await?;
        actions::hand_over_keys(&self.actions, &mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What the gate holds requests to.
    pub fn rules(&self, config: &Config) -> anyhow::Result<GateRules> {
        GateRules::of(&config.server.public_url).context("server.public_url has no host name")
    }

    /// The title of this server.
    pub const fn title() -> &'static str {
        TITLE
    }
}

fn account_rules(config: &Config) -> actions::AccountRules {
    actions::AccountRules {
        registration: match config.accounts.registration {
            config::Registration::Closed => Registration::Closed,
            config::Registration::Invitation => Registration::Invitation,
            config::Registration::Approval => Registration::Approval,
        },
        mail: config.mail.is_configured(),
        title: TITLE.to_owned(),
    }
}

fn mode(mode: FederationMode) -> Mode {
    match mode {
        FederationMode::Open => Mode::Open,
        FederationMode::Trusted => Mode::Trusted,
        FederationMode::Closed => Mode::Closed,
    }
}

fn resolve(config: &Config) -> HashMap<String, std::net::IpAddr> {
    let known = &config.development.resolve;
    known
        .iter()
        .map(|(name, address)| (name.clone(), *address))
        .collect()
}
