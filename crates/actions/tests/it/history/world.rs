//! Does the steps of a history with the real actions, on a real database, which is
//! compared with the reference after each.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use archipel_actions::{
    Brought, Context, Result, Submission, Submitted, appoint, author_brings, author_deleted_unseen,
    submit_post,
};
use archipel_model::{ActorKind, Clock, PostId, Role, Timestamp};
use archipel_storage::{Actor, Post, Tx};

use super::compare::same;
use super::hands::{Hands, upon};
use super::rules::{PEOPLE, POSTS, Rules};
use super::steps::{Slot, Step, Who};
use crate::database::Database;
use crate::lab::{self, BROUGHT, at};

/// The clock of one history.
#[derive(Debug)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        at(self.0.load(Ordering::Relaxed))
    }
}

/// One community, in a transaction that is never kept.
pub struct World {
    pub(super) ctx: Context,
    clock: Arc<Ticking>,
    pub(super) tx: Tx,
    pub(super) hive: Actor,
    pub(super) people: Vec<Actor>,
    /// Our ids of the posts that are there.
    pub(super) posts: Vec<Option<PostId>>,
    pub(super) rules: Rules,
    steps: usize,
}

impl World {
    pub async fn new(db: &Database) -> Self {
        let clock = Arc::new(Ticking(AtomicI64::new(0)));
        let ctx = Context {
            clock: clock.clone(),
            ..lab::context()
        };
        let mut tx = db.store.write().await.unwrap();
        let hive = lab::open(&ctx, &mut tx, "tilab").await;
        let mut people = vec![lab::server(&ctx, &mut tx).await];
        for (name, host) in &PEOPLE[1..] {
            people.push(match host {
                None => lab::neighbour(&ctx, &mut tx, name).await,
                Some(host) => lab::remote_at(&ctx, &mut tx, ActorKind::Person, name, host).await,
            });
        }
        let order = lab::by_operator(&people[0], &hive);
        for (second, who, role) in [(0, 1, Role::Owner), (1, 2, Role::Moderator)] {
            clock.0.store(second, Ordering::Relaxed);
            let appointed = appoint(&ctx, &mut tx, &order, &people[who], role).await;
            assert!(appointed.unwrap());
        }
        lab::said(&mut tx).await;
        Self {
            ctx,
            clock,
            tx,
            hive,
            people,
            posts: vec![None; POSTS.len()],
            rules: Rules::new(),
            steps: 0,
        }
    }

    /// Does a step, here and in the reference, and compares.
    pub async fn step(&mut self, step: Step) -> std::result::Result<(), String> {
        self.rules.now += 1;
        self.rules.said.clear();
        self.steps += 1;
        let expected = self.rules.step(step);
        // What happens now happens at the time after a wait.
        self.clock.0.store(self.rules.now, Ordering::Relaxed);
        let done = self.really(step).await.unwrap_or(false);
        same("whether it changed something", &done, &expected)?;
        self.compare().await
    }

    /// All that a step needs besides the transaction.
    fn hands(&self) -> Hands {
        Hands {
            ctx: self.ctx.clone(),
            hive: self.hive.clone(),
            people: self.people.clone(),
            raw: format!(r#"{{"type": "Delete", "id": {}}}"#, self.steps),
            uri: format!("https://x.example/{}", self.steps),
        }
    }

    async fn really(&mut self, step: Step) -> Result<bool> {
        match step {
            Step::Bring(slot) => return self.bring(slot).await,
            Step::Fetch(slot) => return self.fetch(slot).await,
            Step::Delete { by, slot } if self.posts[slot].is_none() => {
                return self.delete_unseen(by, slot).await;
            }
            _ => {}
        }
        let hands = self.hands();
        if let Some(slot) = upon(step) {
            return match post_of(&mut self.tx, self.posts[slot]).await? {
                Some(post) => hands.upon_post(&mut self.tx, step, &post).await,
                None => Ok(false),
            };
        }
        hands.upon_people(&mut self.tx, step).await
    }

    async fn delete_unseen(&mut self, by: Who, slot: Slot) -> Result<bool> {
        if by != POSTS[slot].0 || PEOPLE[by].1.is_none() {
            return Ok(false);
        }
        let uri = address(slot);
        author_deleted_unseen(&self.ctx, &mut self.tx, &self.people[by], &uri).await?;
        self.posts[slot] = self.tx.post_by_uri(&uri).await?.map(|post| post.id);
        Ok(true)
    }

    /// What an inbox does with a `Create`, and what somebody here does by posting.
    async fn bring(&mut self, slot: Slot) -> Result<bool> {
        let (author, answered) = POSTS[slot];
        let local = PEOPLE[author].1.is_none();
        if local && (self.posts[slot].is_some() || self.missing(answered)) {
            return Ok(false);
        }
        if self.posts[slot].is_none() {
            self.fetch_missing(answered).await?;
        }
        let hive = self.hive.clone();
        if self.take_in(slot, Some(&hive), true).await? {
            return Ok(true);
        }
        let Some(post) = post_of(&mut self.tx, self.posts[slot]).await? else {
            return Ok(false);
        };
        let brought = Brought {
            author: &self.people[author],
            post: &post,
            community: Some(&hive),
            received: BROUGHT,
        };
        author_brings(&self.ctx, &mut self.tx, brought).await
    }

    fn missing(&self, slot: Option<Slot>) -> bool {
        slot.is_some_and(|slot| self.posts[slot].is_none())
    }

    async fn fetch(&mut self, slot: Slot) -> Result<bool> {
        if PEOPLE[POSTS[slot].0].1.is_none() || self.posts[slot].is_some() {
            return Ok(false);
        }
        self.fetch_missing(POSTS[slot].1).await?;
        self.take_in(slot, None, false).await
    }

    /// Fetches what is answered, from the top down.
    async fn fetch_missing(&mut self, slot: Option<Slot>) -> Result<()> {
        let mut missing = Vec::new();
        let mut next = slot;
        while let Some(slot) = next.filter(|_| self.missing(next)) {
            missing.push(slot);
            next = POSTS[slot].1;
        }
        while let Some(slot) = missing.pop() {
            if PEOPLE[POSTS[slot].0].1.is_some() {
                self.take_in(slot, None, false).await?;
            }
        }
        Ok(())
    }

    async fn take_in(
        &mut self,
        slot: Slot,
        community: Option<&Actor>,
        brought: bool,
    ) -> Result<bool> {
        let (author, answered) = POSTS[slot];
        let parent = match answered {
            Some(answered) => post_of(&mut self.tx, self.posts[answered]).await?,
            None => None,
        };
        let (uri, parent_uri) = (address(slot), answered.map(address));
        let writing = lab::writing(&self.people[author], community);
        let local = PEOPLE[author].1.is_none();
        let submission = Submission {
            parent: parent.as_ref(),
            parent_uri: parent_uri.as_deref(),
            uri: (!local).then_some(uri.as_str()),
            received: (brought && !local).then_some(BROUGHT),
            ..writing
        };
        Ok(
            match submit_post(&self.ctx, &mut self.tx, submission).await? {
                Submitted::Published(id) | Submitted::Held(id, _) => {
                    self.posts[slot] = Some(id);
                    true
                }
                Submitted::Known | Submitted::Refused(_) => false,
            },
        )
    }
}

/// The address of a post that is written elsewhere.
fn address(slot: Slot) -> String {
    let host = PEOPLE[POSTS[slot].0].1.unwrap_or("lab.example");
    format!("https://{host}/p/{slot}")
}

pub async fn post_of(tx: &mut Tx, id: Option<PostId>) -> Result<Option<Post>> {
    match id {
        Some(id) => Ok(tx.post(id).await?),
        None => Ok(None),
    }
}
