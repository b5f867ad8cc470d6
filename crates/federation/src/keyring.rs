//! The public keys of those who write to us.
//!
//! A key is asked for only when its actor is unknown or its signature fails, at
//! most once an actor in five minutes, a few at a time; what could not be had is
//! remembered. So nobody can make this server fetch much by sending nonsense.

use std::sync::Arc;
use std::time::Duration;

use archipel_model::{ActorId, ActorKind, ActorState, Timestamp};
use archipel_storage::{ActorKey, KeyAlgorithm};
use moka::sync::Cache;
use url::Url;

use crate::client::{Budget, FetchError};
use crate::gate::SignatureClaim;
use crate::parse;
use crate::people::ActorError;
use crate::signature::VerifyingKey;
use crate::state::Federation;
use crate::turns::{Turn, Turns};

/// How long a parsed key is used without looking into the database again.
const KEY_AGE: Duration = Duration::from_mins(5);

/// How long an actor is not asked for its key again.
const ASK_AGAIN: Duration = Duration::from_mins(5);

/// Actors asked for their keys at the same time, and of one host.
const ASKING: usize = 16;
const ASKING_HOST: usize = 4;

/// How long an actor is left alone after the first, second… time that its server
/// was in trouble, in seconds. Trouble passes, but must not be asked after with
/// every request in the actor's name: whoever sends those need not be the actor.
const TROUBLE: [u64; 5] = [3, 10, 30, 100, 300];

/// How long a request waits for its turn to ask.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether a key is the one that made the signature, or the proof, in question.
pub(crate) type Fits<'a> = &'a (dyn Fn(&VerifyingKey) -> bool + Send + Sync);

/// A key that we can check signatures with, and whose it is.
#[derive(Debug)]
pub struct KnownKey {
    /// The actor's ActivityPub id.
    pub actor_uri: String,
    /// Our id of the actor.
    pub actor_id: ActorId,
    /// What the actor is.
    pub kind: ActorKind,
    /// Whether the actor still acts.
    pub state: ActorState,
    /// The key.
    pub key: VerifyingKey,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyTrouble {
    /// The actor is gone, or answers that there is no such thing.
    #[error("the actor is gone")]
    Gone,
    /// The actor does not publish this key, or cannot be read.
    #[error("the actor does not publish this key: {0}")]
    Wrong(String),
    /// It may be had later, after this time.
    #[error("the key cannot be fetched at the moment: {0}")]
    Later(String, Duration),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] archipel_storage::Error),
}

/// Parsed keys by key id, and who was asked lately.
#[derive(Debug)]
pub struct Keyring {
    keys: Cache<String, Arc<KnownKey>>,
    asked: Cache<String, Arc<str>>,
    trouble: Cache<String, Trouble>,
    turns: Turns,
}

/// An actor whose server was in trouble.
#[derive(Clone, Copy, Debug)]
struct Trouble {
    times: usize,
    until: Timestamp,
}

impl Default for Keyring {
    fn default() -> Self {
        Self {
            keys: Cache::builder()
                .max_capacity(20_000)
                .time_to_live(KEY_AGE)
                .build(),
            asked: Cache::builder()
                .max_capacity(50_000)
                .time_to_live(ASK_AGAIN)
                .build(),
            trouble: Cache::builder()
                .max_capacity(50_000)
                .time_to_live(ASK_AGAIN * 2)
                .build(),
            turns: Turns::of(ASKING, ASKING_HOST),
        }
    }
}

impl Keyring {
    /// Forgets the parsed keys of an actor that was read again.
    pub fn forget(&self, actor_uri: &str) {
        // Key ids of an actor begin with its id in every software that we know;
        // where they do not, the age of the cache ends it.
        let stale: Vec<Arc<String>> = self
            .keys
            .iter()
            .filter(|(_, key)| key.actor_uri == actor_uri)
            .map(|(id, _)| id)
            .collect();
        for id in stale {
            self.keys.invalidate(id.as_ref());
        }
    }
}

impl Federation {
    /// The key of this id, if it is known here to be this actor's.
    pub(crate) async fn known_key(
        &self,
        key_id: &str,
        actor: &Url,
    ) -> Result<Option<Arc<KnownKey>>, KeyTrouble> {
        if let Some(known) = self.keyring.keys.get(key_id) {
            return Ok((known.actor_uri == actor.as_str()).then_some(known));
        }
        let mut conn = self.store.read().await?;
        let Some(stored) = conn.key(key_id).await? else {
            return Ok(None);
        };
        let Some(owner) = conn.actor(stored.actor_id).await? else {
            return Ok(None);
        };
        if owner.uri != actor.as_str() {
            return Ok(None);
        }
        let Some(key) = parsed(&stored) else {
            return Ok(None);
        };
        let known = Arc::new(KnownKey {
            actor_uri: owner.uri,
            actor_id: owner.id,
            kind: owner.kind,
            state: owner.state,
            key,
        });
        self.keyring.keys.insert(key_id.to_owned(), known.clone());
        Ok(Some(known))
    }

    /// Whether a fetch is truly signed by a living actor. The key's owner is known,
    /// or read from where the key's id leads; a key that does not fit any more is
    /// read again, like those of activities.
    pub(crate) async fn signed_by_asker(&self, claim: &SignatureClaim) -> Result<bool, KeyTrouble> {
        let key_id = claim.key_id.as_str();
        let owner = match self.known_owner(key_id).await? {
            Some(owner) => owner,
            None => self.owner_of_key(&claim.key_id).await?,
        };
        let known = self.known_key(key_id, &owner).await?;
        if let Some(known) = known.filter(|known| claim.verify(&known.key)) {
            return Ok(known.state == ActorState::Active);
        }
        let key = self
            .ask_for_key(key_id, &owner, &|key| claim.verify(key))
            .await?;
        Ok(claim.verify(&key.key) && key.state == ActorState::Active)
    }

    /// The actor that a stored key belongs to.
    pub(crate) async fn known_owner(&self, key_id: &str) -> Result<Option<Url>, KeyTrouble> {
        let mut conn = self.store.read().await?;
        let Some(stored) = conn.key(key_id).await? else {
            return Ok(None);
        };
        let owner = conn.actor(stored.actor_id).await?;
        Ok(owner.and_then(|owner| Url::parse(&owner.uri).ok()))
    }

    /// The actor that a key of unknown owner belongs to: most write the key's id
    /// as a fragment of the actor's, others serve a document that names the owner.
    async fn owner_of_key(&self, key_id: &Url) -> Result<Url, KeyTrouble> {
        if key_id.fragment().is_some() {
            let mut actor = key_id.clone();
            actor.set_fragment(None);
            return Ok(actor);
        }
        if let Some(answer) = self.keyring.asked.get(key_id.as_str()) {
            return match answer.strip_prefix("owner ").map(Url::parse) {
                Some(Ok(owner)) => Ok(owner),
                _ => Err(KeyTrouble::Wrong(answer.to_string())),
            };
        }
        self.untroubled(key_id)?;
        let _turn = self.turn(key_id).await?;
        let signer = self
            .instance_signer()
            .await
            .map_err(|error| KeyTrouble::Later(error.to_string(), PATIENCE))?;
        let fetched = self
            .client
            .get_activity(key_id, Some(&signer), self.now())
            .await;
        let owner = match fetched {
            Ok(fetched) => parse::key_document(&fetched.value)
                .map(|document| document.owner)
                .map_err(|error| error.to_string()),
            Err(error) if error.is_transient() => {
                return Err(self.in_trouble(key_id, error.to_string()));
            }
            Err(error) => Err(error.to_string()),
        };
        let answer = match &owner {
            Ok(owner) => format!("owner {owner}"),
            Err(why) => why.clone(),
        };
        self.keyring
            .asked
            .insert(key_id.to_string(), Arc::from(answer));
        owner.map_err(KeyTrouble::Wrong)
    }

    /// A turn at asking the host of an address.
    async fn turn(&self, url: &Url) -> Result<Turn, KeyTrouble> {
        match tokio::time::timeout(PATIENCE, self.keyring.turns.at(url)).await {
            Ok(Some(turn)) => Ok(turn),
            _ => Err(KeyTrouble::Later(
                "too many keys are being fetched".to_owned(),
                PATIENCE * 10,
            )),
        }
    }

    /// Unless this address is left alone because its server was in trouble.
    fn untroubled(&self, url: &Url) -> Result<(), KeyTrouble> {
        let now = self.now();
        match self.keyring.trouble.get(url.as_str()) {
            Some(trouble) if trouble.until > now => Err(KeyTrouble::Later(
                "its server was in trouble a moment ago".to_owned(),
                trouble.until.since(now),
            )),
            _ => Ok(()),
        }
    }

    /// Notes that the server of this address is in trouble.
    fn in_trouble(&self, url: &Url, why: String) -> KeyTrouble {
        let before = self.keyring.trouble.get(url.as_str());
        let times = before.map_or(0, |before| before.times);
        let wait = TROUBLE.get(times).or(TROUBLE.last()).copied();
        let wait = Duration::from_secs(wait.unwrap_or(300));
        let trouble = Trouble {
            times: times + 1,
            until: self.now().plus(wait),
        };
        self.keyring.trouble.insert(url.to_string(), trouble);
        KeyTrouble::Later(why, wait)
    }

    /// Whether an actor was never met, so that nothing of it is stored.
    pub(crate) async fn never_met(&self, actor: &Url) -> Result<bool, KeyTrouble> {
        let known = self
            .store
            .read()
            .await?
            .actor_by_uri(actor.as_str())
            .await?;
        Ok(known.is_none())
    }

    /// Asks an actor for its keys, within the limits of this module, and gives the one
    /// of this id. Where that one fits what was signed, it was truly the actor that made us
    /// ask: it may make us ask again at once, having changed its keys again, while what
    /// does not fit makes nobody ask for five minutes.
    pub(crate) async fn ask_for_key(
        &self,
        key_id: &str,
        actor: &Url,
        fits: Fits<'_>,
    ) -> Result<Arc<KnownKey>, KeyTrouble> {
        let known = self.asked_for_key(key_id, actor, fits).await?;
        if known.state == ActorState::Active && fits(&known.key) {
            self.keyring.asked.invalidate(actor.as_str());
        }
        Ok(known)
    }

    async fn asked_for_key(
        &self,
        key_id: &str,
        actor: &Url,
        fits: Fits<'_>,
    ) -> Result<Arc<KnownKey>, KeyTrouble> {
        if let Some(answer) = self.keyring.asked.get(actor.as_str()) {
            return self.after_asking(key_id, actor, &answer).await;
        }
        self.untroubled(actor)?;
        let _turn = self.turn(actor).await?;
        // Somebody may have asked while we waited.
        if let Some(answer) = self.keyring.asked.get(actor.as_str()) {
            return self.after_asking(key_id, actor, &answer).await;
        }
        let known = self.known_key(key_id, actor).await?;
        if let Some(known) = known
            && known.state == ActorState::Active
            && fits(&known.key)
        {
            return Ok(known);
        }
        self.untroubled(actor)?;
        let answer = self.ask(actor).await?;
        self.after_asking(key_id, actor, &answer).await
    }

    /// Reads an actor again and remembers how that went.
    async fn ask(&self, actor: &Url) -> Result<Arc<str>, KeyTrouble> {
        let mut budget = Budget::of(2);
        let asked = self.refresh_actor(actor, &mut budget).await;
        let answer: Arc<str> = match &asked {
            Ok(_) => Arc::from(""),
            Err(ActorError::Fetch(FetchError::Gone)) => {
                self.note_gone(actor).await?;
                Arc::from("gone")
            }
            Err(error) if error.is_transient() => {
                return Err(self.in_trouble(actor, error.to_string()));
            }
            Err(error) => Arc::from(error.to_string()),
        };
        self.keyring.trouble.invalidate(actor.as_str());
        self.keyring.asked.insert(actor.to_string(), answer.clone());
        Ok(answer)
    }

    /// Asks an actor whether it is still there, because its inbox is not, within the
    /// limits of this module. One that is gone is noted as such.
    pub(crate) async fn is_still_there(&self, actor: &Url) -> Result<(), KeyTrouble> {
        if self.keyring.asked.get(actor.as_str()).is_some() {
            return Ok(());
        }
        self.untroubled(actor)?;
        let _turn = self.turn(actor).await?;
        self.ask(actor).await.map(drop)
    }

    /// What a finished question says about one key: empty for an answer that was
    /// stored, else why there is none.
    async fn after_asking(
        &self,
        key_id: &str,
        actor: &Url,
        answer: &str,
    ) -> Result<Arc<KnownKey>, KeyTrouble> {
        match answer {
            "" => self
                .known_key(key_id, actor)
                .await?
                .ok_or_else(|| KeyTrouble::Wrong(key_id.chars().take(200).collect())),
            "gone" => Err(KeyTrouble::Gone),
            why => Err(KeyTrouble::Wrong(why.to_owned())),
        }
    }

    /// Notes that an actor's own server says that it is gone.
    pub(crate) async fn note_gone(&self, actor: &Url) -> Result<(), KeyTrouble> {
        let mut tx = self.store.write().await?;
        if let Some(known) = tx.actor_by_uri(actor.as_str()).await? {
            match archipel_actions::actor_gone(&self.actions, &mut tx, &known).await {
                Ok(()) => {}
                Err(archipel_actions::Error::Storage(error)) => return Err(error.into()),
                Err(error) => tracing::warn!(%error, "an actor that is gone stays"),
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

/// A stored key, as it is used to verify.
pub(crate) fn parsed(key: &ActorKey) -> Option<VerifyingKey> {
    match key.algorithm {
        KeyAlgorithm::Rsa if !key.public.starts_with('z') => VerifyingKey::from_pem(&key.public),
        KeyAlgorithm::Ed25519 if key.public.contains("-----") => {
            VerifyingKey::from_pem(&key.public)
        }
        KeyAlgorithm::Rsa | KeyAlgorithm::Ed25519 => VerifyingKey::from_multibase(&key.public),
    }
    .ok()
}
