//! Making those who live here: the server's own actor and people.

use archipel_model::{ActorKind, ActorState, Handle, Timestamp};
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
    let actor = create_local_person(ctx, tx, handle, name, keys).await?;
    let account = Account {
        id: ctx.id(),
        actor_id: actor.id,
    };
    tx.insert_account(&account, ctx.now()).await?;
    Ok(actor)
}

/// Makes a person, for an account yet to be made.
pub(crate) async fn create_local_person(
    ctx: &Context,
    tx: &mut Tx,
    handle: &Handle,
    name: &str,
    keys: &NewKeys,
) -> Result<Actor> {
    let uri = ctx.site.person(handle);
    create_named(ctx, tx, ActorKind::Person, handle, uri, name, keys).await
}

/// Makes somebody here an administrator of the server, or a member like others again.
/// For who runs the server: no account can give that to itself. Says whether something
/// changed.
pub async fn set_admin(tx: &mut Tx, person: &Actor, admin: bool) -> Result<bool> {
    if admin && person.state != ActorState::Active {
        return Err(Error::Inactive(person.acct()));
    }
    Ok(tx.set_admin(person.id, admin).await?)
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
    for key in generation(actor, keys, 1, Timestamp::from_micros(0)) {
        tx.put_key(&key, ctx.now()).await?;
    }
    Ok(())
}

/// The keys of an actor of one generation, counted from 1: ids are never used again.
pub(crate) fn generation(
    actor: &Actor,
    keys: &NewKeys,
    number: usize,
    signs_from: Timestamp,
) -> [ActorKey; 2] {
    let id = |name: &str| match number {
        1 => format!("{}#{name}", actor.uri),
        _ => format!("{}#{name}-{number}", actor.uri),
    };
    let key = |name, algorithm, public: &str, private: &str| ActorKey {
        id: id(name),
        actor_id: actor.id,
        algorithm,
        public: public.to_owned(),
        private: Some(private.to_owned()),
        signs_from,
        retired_at: None,
    };
    [
        key(
            "main-key",
            KeyAlgorithm::Rsa,
            &keys.rsa_public,
            &keys.rsa_private,
        ),
        key(
            "ed25519-key",
            KeyAlgorithm::Ed25519,
            &keys.ed25519_public,
            &keys.ed25519_private,
        ),
    ]
}
