//! Fetches what an activity lacks, away from the database, then puts the
//! activity back to work.

use std::time::Duration;

use archipel_storage::{InboxResult, InboxState};
use url::Url;

use super::job::{Lack, NamedKey};
use super::work::{Tried, after_trouble, write_down};
use crate::client::{Budget, FetchError, Refused};
use crate::found::Absent;
use crate::keyring::KeyTrouble;
use crate::parse::RemoteObject;
use crate::people::ActorError;
use crate::signature::VerifyingKey;
use crate::state::Federation;

/// An activity that lacks something this often will never be complete.
const MAX_ROUNDS: i64 = 20;

/// How long fetching may take, the wait for a turn included: less than the
/// activity is held for.
const PATIENCE: Duration = Duration::from_mins(4);

/// How a fetch ended.
enum Fetched {
    /// Apply again.
    Complete,
    /// There is no use: the activity is done, with this outcome.
    Never(String),
    /// Later perhaps.
    Later(String),
}

/// Fetches what is lacking and writes down how the activity goes on.
pub(super) async fn fetch(federation: Federation, item: Tried, lack: Lack) {
    let fetched = tokio::time::timeout(PATIENCE, in_turn(&federation, &lack))
        .await
        .unwrap_or_else(|_| Fetched::Later("it could not be fetched in time".to_owned()));
    let now = federation.now();
    let result = match fetched {
        Fetched::Complete if item.attempts >= MAX_ROUNDS => InboxResult {
            id: item.id.0,
            state: InboxState::Quarantined.as_str(),
            attempts: item.attempts + 1,
            next_try_at: now.micros(),
            outcome: format!("lacked something {MAX_ROUNDS} times, lastly {lack:?}"),
            done_at: Some(now.micros()),
        },
        Fetched::Complete => InboxResult {
            id: item.id.0,
            state: InboxState::Waiting.as_str(),
            attempts: item.attempts + 1,
            next_try_at: now.micros(),
            outcome: "what was lacking has been fetched".to_owned(),
            done_at: None,
        },
        Fetched::Never(why) => InboxResult {
            id: item.id.0,
            state: InboxState::Refused.as_str(),
            attempts: item.attempts + 1,
            next_try_at: now.micros(),
            outcome: why,
            done_at: Some(now.micros()),
        },
        Fetched::Later(why) => after_trouble(item, &why, now),
    };
    write_down(&federation, vec![result]).await;
}

async fn in_turn(federation: &Federation, lack: &Lack) -> Fetched {
    let mut budget = Budget::default();
    match lack {
        Lack::Several(several) => together(federation, several, &mut budget).await,
        one => single(federation, one, &mut budget).await,
    }
}

/// Fetches as much of what a batch lacks as one round may; the next one goes on.
async fn together(federation: &Federation, several: &[Lack], budget: &mut Budget) -> Fetched {
    let mut fetched = false;
    for lack in several {
        if budget.left() == 0 {
            break;
        }
        match single(federation, lack, budget).await {
            Fetched::Later(why) if !fetched => return Fetched::Later(why),
            Fetched::Later(_) => break,
            Fetched::Never(why) => unavailable(federation, lack, &why),
            Fetched::Complete => {}
        }
        fetched = true;
    }
    Fetched::Complete
}

/// One thing of a batch that cannot be had spoils only itself.
fn unavailable(federation: &Federation, lack: &Lack, why: &str) {
    let uri = match lack {
        Lack::Actor(uri) | Lack::FreshActor(uri) | Lack::Post(uri) | Lack::FreshPost(uri) => uri,
        Lack::Key(key) => &key.id,
        Lack::Several(_) => return,
    };
    federation
        .found
        .missing(uri.as_str(), why.into(), federation.now());
}

async fn single(federation: &Federation, lack: &Lack, budget: &mut Budget) -> Fetched {
    let uri = match lack {
        Lack::Actor(uri) | Lack::FreshActor(uri) | Lack::Post(uri) | Lack::FreshPost(uri) => uri,
        // The keyring has turns of its own.
        Lack::Key(named) => return key(federation, named, budget).await,
        Lack::Several(_) => return Fetched::Never("a batch within a batch".to_owned()),
    };
    let Some(_turn) = federation.fetching.at(uri).await else {
        return Fetched::Never(format!("{uri} is no address"));
    };
    match lack {
        Lack::Post(uri) => thread(federation, uri, budget).await,
        Lack::FreshPost(uri) => afresh(federation, uri, budget).await,
        _ => actor(federation, uri, budget).await,
    }
}

async fn actor(federation: &Federation, uri: &Url, budget: &mut Budget) -> Fetched {
    match federation.refresh_actor(uri, budget).await {
        Ok(actor) if actor.uri == uri.as_str() => Fetched::Complete,
        // Under another name we would look for it again and again.
        Ok(actor) => Fetched::Never(format!("{uri} is another name of {}", actor.uri)),
        Err(error) if error.is_transient() => Fetched::Later(error.to_string()),
        Err(ActorError::Fetch(FetchError::Gone)) => {
            if let Err(error) = federation.note_gone(uri).await {
                tracing::warn!(%error, "an actor that is gone stays");
            }
            Fetched::Never(format!("{uri} is gone"))
        }
        Err(error) => Fetched::Never(format!("{uri} cannot be had: {error}")),
    }
}

/// Asks an actor for the key that a proof names, within the limits of the keyring.
/// Where it is not to be had, the proof is none.
async fn key(federation: &Federation, named: &NamedKey, budget: &mut Budget) -> Fetched {
    let NamedKey { id, actor } = named;
    if let Err(error) = budget.take() {
        return Fetched::Later(error.to_string());
    }
    // Whether it fits shows when the activity is applied.
    let unseen = |_: &VerifyingKey| false;
    let why = match federation.ask_for_key(id.as_str(), actor, &unseen).await {
        Ok(_) => return Fetched::Complete,
        Err(trouble @ (KeyTrouble::Later(..) | KeyTrouble::Storage(_))) => {
            return Fetched::Later(trouble.to_string());
        }
        Err(trouble) => trouble.to_string(),
    };
    let absent = why.as_str().into();
    federation
        .found
        .missing(id.as_str(), absent, federation.now());
    Fetched::Complete
}

/// Fetches one post as it is now.
async fn afresh(federation: &Federation, uri: &Url, budget: &mut Budget) -> Fetched {
    match federation.fetch_post(uri, budget).await {
        Ok(object) => federation
            .found
            .remember(uri.as_str(), object, federation.now()),
        Err(error) if error.is_transient() => return Fetched::Later(error.to_string()),
        Err(error) => {
            let absent = Absent::after(&error);
            federation
                .found
                .missing(uri.as_str(), absent, federation.now());
        }
    }
    Fetched::Complete
}

/// Fetches a post and, within the budget, the posts that it answers and their
/// authors.
async fn thread(federation: &Federation, uri: &Url, budget: &mut Budget) -> Fetched {
    let mut next = Some(uri.clone());
    let mut first = true;
    while let Some(uri) = next.take() {
        match post(federation, &uri, budget).await {
            Ok(above) => next = above,
            Err(error) if first && error.is_transient() => {
                return Fetched::Later(error.to_string());
            }
            Err(error) => {
                // Of the posts above, what cannot be had now is done without. Where
                // the budget ends says nothing about what is there.
                let spent = matches!(
                    error,
                    ActorError::Fetch(FetchError::Refused(Refused::BudgetSpent))
                );
                if !spent && (first || !error.is_transient()) {
                    let absent = Absent::after(&error);
                    federation
                        .found
                        .missing(uri.as_str(), absent, federation.now());
                }
                return Fetched::Complete;
            }
        }
        first = false;
    }
    Fetched::Complete
}

/// Fetches one post and its author; gives what it answers, if we lack that too.
async fn post(
    federation: &Federation,
    uri: &Url,
    budget: &mut Budget,
) -> Result<Option<Url>, ActorError> {
    let object = federation.fetch_post(uri, budget).await?;
    let above = lacking_parent(federation, &object).await?;
    federation
        .found
        .remember(uri.as_str(), object, federation.now());
    Ok(above)
}

async fn lacking_parent(
    federation: &Federation,
    object: &RemoteObject,
) -> Result<Option<Url>, ActorError> {
    let Some(above) = &object.in_reply_to else {
        return Ok(None);
    };
    if federation.actions.site.is_ours(above.as_str())
        || federation.found.post(above.as_str()).is_some()
    {
        return Ok(None);
    }
    let stored = federation
        .store
        .read()
        .await?
        .post_by_uri(above.as_str())
        .await?;
    Ok(stored.is_none().then(|| above.clone()))
}
