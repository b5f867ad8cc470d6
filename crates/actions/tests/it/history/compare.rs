//! What is there and what was said, beside the reference.

use std::fmt::Debug;

use archipel_model::MeasureId;
use archipel_storage::{ActivityKind, FollowState, PostState};

use super::rules::{Following, PEOPLE, POSTS, Said, State};
use super::world::{World, post_of};
use crate::lab;

impl World {
    /// Compares all that can be seen.
    pub(super) async fn compare(&mut self) -> Result<(), String> {
        self.compare_said().await?;
        self.compare_people().await?;
        self.compare_posts().await?;
        let newest = MeasureId(i64::MAX);
        let log = self.tx.measures(Some(self.hive.id), newest, 1000).await;
        same("entries of the log", &log.unwrap().len(), &self.rules.log)
    }

    async fn compare_said(&mut self) -> Result<(), String> {
        let mut heard = Vec::new();
        for said in lab::said(&mut self.tx).await {
            let slot = || self.posts.iter().position(|id| *id == said.post_id);
            let slot = || slot().ok_or_else(|| format!("said of no post: {said:?}"));
            let key = said.object_key.as_str();
            let who = || self.people.iter().position(|person| person.uri == key);
            heard.push(match said.kind {
                ActivityKind::AnnounceThread => Said::Thread(slot()?),
                ActivityKind::AnnounceReply => Said::Reply(slot()?),
                ActivityKind::AnnounceAgain => Said::Again(slot()?),
                ActivityKind::Unboost => Said::Unboost(slot()?),
                ActivityKind::Accept | ActivityKind::Reject => {
                    let who = who().ok_or_else(|| format!("answers nobody: {said:?}"))?;
                    match said.kind {
                        ActivityKind::Accept => Said::Accept(who),
                        _ => Said::Reject(who),
                    }
                }
                ActivityKind::RelayVote => Said::Vote(self.about(key).await?),
                ActivityKind::Relay if key == self.hive.uri => Said::AboutCommunity,
                ActivityKind::Relay => {
                    let about = who().map(Said::AboutPerson);
                    match about {
                        Some(about) => about,
                        None => Said::AboutPost(self.about(key).await?),
                    }
                }
                // What people here say themselves, and letters to authors.
                _ => continue,
            });
        }
        heard.sort();
        self.rules.said.sort();
        same("what is said", &heard, &self.rules.said)
    }

    /// The post at this address.
    async fn about(&mut self, uri: &str) -> Result<usize, String> {
        for (slot, id) in self.posts.iter().enumerate() {
            let post = post_of(&mut self.tx, *id).await.unwrap();
            if post.is_some_and(|post| post.uri == uri) {
                return Ok(slot);
            }
        }
        Err(format!("passed on for nothing: {uri}"))
    }

    async fn compare_people(&mut self) -> Result<(), String> {
        for (who, (name, _)) in PEOPLE.iter().enumerate().skip(1) {
            let (hive, id) = (self.hive.id, self.people[who].id);
            let standing = self.tx.standing(hive, id, self.ctx.now()).await.unwrap();
            let follow = self.tx.follow(id, hive).await.unwrap();
            let invited = self.tx.is_invited(hive, id).await.unwrap();
            let expected = &self.rules.people[who];
            let following = follow.map(|follow| match follow.state {
                FollowState::Pending => Following::Asking,
                FollowState::Accepted => Following::Member,
                FollowState::Rejected => Following::Refused,
            });
            same(&format!("{name}'s follow"), &following, &expected.following)?;
            let vouched = self.rules.member(who) && expected.vouched;
            same(&format!("{name} vouched for"), &standing.approved, &vouched)?;
            same(&format!("{name} invited"), &invited, &expected.invited)?;
            same(
                &format!("{name}'s role"),
                &standing.role,
                &self.rules.role(who),
            )?;
            same(
                &format!("{name} banned"),
                &standing.banned,
                &self.rules.banned(who),
            )?;
        }
        Ok(())
    }

    async fn compare_posts(&mut self) -> Result<(), String> {
        for slot in 0..POSTS.len() {
            let real = post_of(&mut self.tx, self.posts[slot]).await.unwrap();
            let expected = self.rules.posts[slot].as_ref();
            let waiting = match self.posts[slot] {
                Some(id) => self.tx.held_edit(id).await.unwrap(),
                None => None,
            };
            if let (Some(real), Some(expected)) = (&real, expected) {
                let what = format!("votes for and against post {slot}");
                same(&what, &(real.likes, real.dislikes), &expected.totals())?;
                let what = format!("the edits of post {slot} that are shown and wait");
                // A tombstone says when it was deleted.
                let shown = real.updated_at.filter(|_| expected.state != State::Deleted);
                let waits = waiting.map(|edit| edit.edited_at);
                let by_the_rules = (expected.edited.map(lab::at), expected.waiting.map(lab::at));
                same(&what, &(shown, waits), &by_the_rules)?;
                let what = format!("whether post {slot} is marked");
                same(&what, &real.sensitive, &expected.marked)?;
            }
            let seen = real.map(|post| {
                let state = match post.state {
                    PostState::Published => State::Published,
                    PostState::Held => State::Held,
                    PostState::Removed => State::Removed,
                    PostState::Deleted => State::Deleted,
                };
                let here = post.community_id.is_some();
                (state, here, post.locked, post.pinned_at.is_some())
            });
            let expected = expected.map(|post| (post.state, post.here, post.locked, post.pinned));
            let what = format!("post {slot} (state, here, locked, pinned)");
            same(&what, &seen, &expected)?;
        }
        Ok(())
    }
}

pub fn same<T: PartialEq + Debug>(what: &str, seen: &T, expected: &T) -> Result<(), String> {
    if seen == expected {
        Ok(())
    } else {
        Err(format!("{what}: {seen:?}, and by the rules {expected:?}"))
    }
}
