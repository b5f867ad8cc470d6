//! Making those who live here: the server's own actor and people.

use archipel_model::{ActorKind, Handle};
use archipel_storage::{Account, Actor, ActorKey, KeyAlgorithm, NewActor, Tx};

use crate::{Context, Error, Result};

/// The keys of a new local actor, made by the door that knows cryptography.
#[derive(Clone, Debug)]
pub struct NewKeys {
    /// RSA, PKCS#8 PEM.
    pub rsa_private: String,
    /// RSA, SPKI PEM.
    pub rsa_public: String,
    /// Ed25519, PKCS#8 PEM.
    pub ed25519_private: String,
    /// Ed25519, Multikey.
    pub ed25519_public: String,
}

/// The handle under which the server's own actor is stored: nobody can take it,
/// because it is not a valid handle.
const INSTANCE_HANDLE: &str = "instance.actor";

/// Makes the actor that speaks for the server itself, unless it exists.
pub async fn create_instance(ctx: &Context, tx: &mut Tx, keys: &NewKeys) -> Result<Actor> {
    let uri = ctx.site.instance();
    let base = ctx.site.base();
    let new = NewActor {
        outbox: Some(format!("{base}/outbox")),
        followers: None,
        ..local(
            ctx,
            ActorKind::Application,
            INSTANCE_HANDLE,
            uri,
            ctx.site.host().as_str(),
        )
    };
    let actor = tx.put_actor(&new, ctx.now()).await?;
    put_keys(ctx, tx, &actor, keys).await?;
    Ok(actor)
}

/// Makes an account and the person it speaks as.
pub async fn create_person(
    ctx: &Context,
    tx: &mut Tx,
    handle: &Handle,
    name: &str,
    keys: &NewKeys,
) -> Result<Actor> {
    let uri = ctx.site.person(handle);
    let actor = create_named(ctx, tx, ActorKind::Person, handle, uri, name, keys).await?;
    let account = Account {
        id: ctx.id(),
        actor_id: actor.id,
    };
    tx.insert_account(&account, ctx.now()).await?;
    Ok(actor)
}

/// Makes a local actor with a name from the one name space.
pub(crate) async fn create_named(
    ctx: &Context,
    tx: &mut Tx,
    kind: ActorKind,
    handle: &Handle,
    uri: String,
    name: &str,
    keys: &NewKeys,
) -> Result<Actor> {
    let taken = || Error::HandleTaken(handle.to_string());
    if tx.local_actor(handle.as_str()).await?.is_some() {
        return Err(taken());
    }
    let new = local(ctx, kind, handle.as_str(), uri, name);
    // Another node may have made it in this moment.
    let actor = match tx.put_actor(&new, ctx.now()).await {
        Ok(actor) if actor.id == new.id => actor,
        Ok(_) => return Err(taken()),
        Err(error) if error.is_unique_violation() => return Err(taken()),
        Err(error) => return Err(error.into()),
    };
    put_keys(ctx, tx, &actor, keys).await?;
    Ok(actor)
}

fn local(ctx: &Context, kind: ActorKind, handle: &str, uri: String, name: &str) -> NewActor {
    let of = |what: &str| format!("{}/{what}", uri.trim_end_matches('/'));
    let is_group = kind == ActorKind::Group;
    NewActor {
        id: ctx.id(),
        kind,
        is_local: true,
        handle: handle.to_owned(),
        host: ctx.site.host().to_string(),
        name: name.to_owned(),
        summary: String::new(),
        url: Some(uri.clone()),
        inbox: of("inbox"),
        shared_inbox: Some(ctx.site.shared_inbox()),
        outbox: Some(of("outbox")),
        followers: Some(of("followers")),
        featured: Some(of("featured")),
        moderators: is_group.then(|| of("moderators")),
        approves_followers: false,
        uri,
    }
}

async fn put_keys(ctx: &Context, tx: &mut Tx, actor: &Actor, keys: &NewKeys) -> Result<()> {
    let rsa = ActorKey {
        id: format!("{}#main-key", actor.uri),
        actor_id: actor.id,
        algorithm: KeyAlgorithm::Rsa,
        public: keys.rsa_public.clone(),
        private: Some(keys.rsa_private.clone()),
    };
    let ed25519 = ActorKey {
        id: format!("{}#ed25519-key", actor.uri),
        actor_id: actor.id,
        algorithm: KeyAlgorithm::Ed25519,
        public: keys.ed25519_public.clone(),
        private: Some(keys.ed25519_private.clone()),
    };
    tx.put_key(&rsa, ctx.now()).await?;
    tx.put_key(&ed25519, ctx.now()).await?;
    Ok(())
}
