//! Fetches what was said elsewhere before anybody here listened: the threads of a
//! community, what it shows on top, and the answers in threads.
//!
//! A job is a row in the database. One try is bounded in documents, members and time;
//! where that was too little and something came in, the job goes on later. What is
//! here already is not fetched again, so a job can be begun anew at any point. Whoever
//! lists a post vouches for it only where they live on its server; all else is read at
//! its origin.

mod take;
mod walk;

use std::collections::VecDeque;
use std::time::Duration;

use archipel_actions::{self as actions, Elsewhere};
use archipel_model::{PostId, same_origin};
use archipel_storage::{Backfill, BackfillKind, Post};
use url::Url;

use crate::parse::RemoteObject;
use crate::people::is_group;
use crate::posts::PostError;
use crate::state::Federation;
use take::{Within, take};
use walk::Walk;

/// How long one try may take.
const PATIENCE: Duration = Duration::from_mins(8);

/// How long a job is held; a try ends well before.
const LEASE: Duration = Duration::from_mins(10);

/// Threads of a community, and of what it shows on top.
const THREADS: usize = 50;
const ON_TOP: usize = 20;

/// Answers looked at in one thread.
const ANSWERS: usize = 100;

/// Tries of one job, whether because something was left or because of trouble.
const TRIES: i64 = 5;

/// How long a job waits when something was left, and when there was trouble.
const GOES_ON: Duration = Duration::from_secs(5);
const TROUBLE: Duration = Duration::from_mins(10);

/// What one try came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Posts that were not here before.
    pub taken: i64,
    /// Whether it is to go on later.
    pub goes_on: bool,
    /// What happened, in words.
    pub words: String,
}

impl Federation {
    /// Works on a job that is due, `uri` only when it is given; nothing where there is
    /// none.
    pub async fn backfill(&self, uri: Option<&str>) -> archipel_storage::Result<Option<Tally>> {
        let now = self.now();
        let mut tx = self.store.write().await?;
        let job = tx.claim_backfill(uri, now, now.plus(LEASE)).await?;
        tx.commit().await?;
        let Some(job) = job else {
            return Ok(None);
        };
        let mut walk = Walk::new(self);
        let mut taken = 0;
        let tried =
            tokio::time::timeout(PATIENCE, Box::pin(work(&mut walk, &job, &mut taken))).await;
        let left = tried.is_err() || walk.is_spent();
        let (failed, mut words) = match tried {
            Ok(Err(PostError::Storage(error))) => return Err(error),
            Ok(Err(error)) => (true, error.to_string()),
            Ok(Ok(words)) => (false, words),
            Err(_) => (false, "it took too long".to_owned()),
        };
        let may_try = job.attempts < TRIES;
        let wait = match (&walk.trouble, failed) {
            _ if !may_try => None,
            _ if left && taken > 0 => Some(GOES_ON),
            (Some(trouble), _) => {
                words = format!("{words}; {trouble}");
                Some(TROUBLE)
            }
            _ => None,
        };
        let now = self.now();
        let again = wait.map(|wait| now.plus(wait));
        let mut tx = self.store.write().await?;
        tx.finish_backfill(job.id, taken, &words, failed, again, now)
            .await?;
        tx.commit().await?;
        Ok(Some(Tally {
            taken,
            goes_on: wait == Some(GOES_ON),
            words,
        }))
    }
}

async fn work(walk: &mut Walk<'_>, job: &Backfill, taken: &mut i64) -> Result<String, PostError> {
    let Ok(uri) = Url::parse(&job.uri) else {
        return Ok("its address is none".to_owned());
    };
    match job.kind {
        BackfillKind::Community => Box::pin(community(walk, &uri, taken)).await,
        BackfillKind::Thread => Box::pin(thread(walk, &uri, taken)).await,
    }
}

/// The newest threads of a community, what it shows on top, and their answers.
async fn community(walk: &mut Walk<'_>, uri: &Url, taken: &mut i64) -> Result<String, PostError> {
    let federation = walk.federation;
    let group = Box::pin(federation.refresh_actor(uri, &mut walk.budget)).await;
    let group = match group {
        Ok(group) if is_group(&group) => group,
        Ok(_) => return Ok("it is no community".to_owned()),
        Err(error) => {
            walk.note(uri, &error);
            return Err(error.into());
        }
    };
    let own = |text: &Option<String>| {
        let url = text.as_deref().and_then(|text| Url::parse(text).ok());
        url.filter(|url| same_origin(url, uri))
    };
    let mut roots = Vec::new();
    if let Some(outbox) = own(&group.outbox) {
        let listed = walk.members(&outbox, THREADS).await;
        // The oldest first, so that ids and answers come in their order.
        for one in listed.into_iter().rev() {
            if let Some(found) = take(walk, one, Within::Community(&group)).await? {
                *taken += i64::from(found.is_new);
                if found.post.parent_uri.is_none() {
                    roots.push((found.post, found.object));
                }
            }
        }
    }
    if let Some(featured) = own(&group.featured) {
        for one in walk.members(&featured, ON_TOP).await {
            if let Some(found) = take(walk, one, Within::Community(&group)).await? {
                *taken += i64::from(found.is_new);
                let there = Elsewhere {
                    community: &group,
                    by: None,
                    uri: featured.as_str(),
                    reason: None,
                };
                let mut tx = federation.store.write().await?;
                actions::pinned_elsewhere(&federation.actions, &mut tx, &there, &found.post, true)
                    .await?;
                tx.commit().await?;
                if found.post.parent_uri.is_none() {
                    roots.push((found.post, found.object));
                }
            }
        }
    }
    let threads = roots.len();
    for (root, object) in roots.into_iter().rev() {
        if walk.is_spent() {
            break;
        }
        answers(walk, &root, vec![(root.uri.clone(), object)], taken).await?;
    }
    Ok(format!("{threads} threads looked at"))
}

/// The answers in a thread that is here, of a community here or elsewhere.
async fn thread(walk: &mut Walk<'_>, uri: &Url, taken: &mut i64) -> Result<String, PostError> {
    let federation = walk.federation;
    let mut conn = federation.store.read().await?;
    let Some(post) = conn.post_by_uri(uri.as_str()).await? else {
        return Ok("the post is not here".to_owned());
    };
    let root = match post.root_id {
        Some(root) => conn.post(root).await?.unwrap_or(post),
        None => post,
    };
    let limit = i64::try_from(ANSWERS).unwrap_or(i64::MAX);
    let replies = conn.thread_replies(root.id, PostId(0), limit).await?;
    drop(conn);
    // Only what lives elsewhere can have answers that we were not told of.
    let mut looked_at: Vec<(String, Option<RemoteObject>)> = Vec::new();
    for one in std::iter::once(&root).chain(replies.iter().rev()) {
        if !one.is_local {
            looked_at.push((one.uri.clone(), None));
        }
    }
    let many = looked_at.len();
    answers(walk, &root, looked_at, taken).await?;
    Ok(format!("{many} posts of the thread looked at"))
}

/// Follows `replies` and, of the first post, `context` from these posts on.
async fn answers(
    walk: &mut Walk<'_>,
    root: &Post,
    from: Vec<(String, Option<RemoteObject>)>,
    taken: &mut i64,
) -> Result<(), PostError> {
    let home = match root.community_id {
        Some(id) => walk.federation.store.read().await?.actor(id).await?,
        None => None,
    };
    let elsewhere = home.filter(|home| !home.is_local);
    let group = elsewhere
        .as_ref()
        .and_then(|home| Url::parse(&home.uri).ok());
    let mut next: VecDeque<(String, Option<RemoteObject>)> = from.into();
    while let Some((uri, known)) = next.pop_front() {
        if walk.is_spent() {
            return Ok(());
        }
        let Ok(url) = Url::parse(&uri) else { continue };
        let object = match known {
            Some(object) => object,
            None => match walk.post(&url).await {
                Some(object) => object,
                None => continue,
            },
        };
        let context = object.context.clone().filter(|_| uri == root.uri);
        // A server tells who answers its own posts, and of its own conversations.
        let lists = [object.replies.clone(), context];
        for list in lists.into_iter().flatten() {
            if !same_origin(&list, &object.id) {
                continue;
            }
            // What a community elsewhere let in, only its own server knows.
            let own = group.as_ref().is_none_or(|group| same_origin(group, &list));
            let named = elsewhere.as_ref().filter(|_| !own);
            for one in walk.members(&list, ANSWERS).await {
                if one.id.as_str() == root.uri {
                    continue;
                }
                if let Some(found) = take(walk, one, Within::Thread(root, named)).await?
                    && found.is_new
                {
                    *taken += 1;
                    next.push_back((found.post.uri, found.object));
                }
            }
        }
    }
    Ok(())
}
