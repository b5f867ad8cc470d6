//! Votes, by the rules: one each, whoever may, of what is shown.

use archipel_model::ReactionPolicy;

use super::{OPERATOR, PEOPLE, Post, Rules, Said, Slot, State, Who};

impl Post {
    /// How many votes for and against it count.
    pub fn totals(&self) -> (i64, i64) {
        let count = |like| self.votes.values().filter(|vote| **vote == like).count();
        let count = |like| i64::try_from(count(like)).unwrap();
        (count(true), count(false))
    }
}

impl Rules {
    pub(super) fn vote(&mut self, by: Who, slot: Slot, like: bool) -> bool {
        let here = PEOPLE[by].1.is_none();
        let Some(post) = &self.posts[slot] else {
            return false;
        };
        let counts = match self.reactions {
            _ if !post.here => true,
            ReactionPolicy::All => true,
            ReactionPolicy::Likes => like,
            ReactionPolicy::Nothing => false,
        };
        let banned = self.banned_everywhere(by) || (post.here && self.banned_here(by));
        let before = post.votes.get(&by).copied();
        let announced = post.announced;
        if post.state != State::Published {
            return false;
        }
        let Some(post) = &mut self.posts[slot] else {
            return false;
        };
        if !counts {
            // Who votes against votes for it no more, whether or not that counts.
            if !here && before.is_some_and(|before| before != like) {
                post.votes.remove(&by);
            }
            return false;
        }
        // Programs do not vote.
        if by == OPERATOR || banned || before == Some(like) {
            return false;
        }
        post.votes.insert(by, like);
        // People here take the other vote back before, those elsewhere only switch.
        let times = if here && before.is_some() { 2 } else { 1 };
        if announced {
            self.said
                .extend([Said::Vote(slot); 2].into_iter().take(times));
        }
        true
    }

    pub(super) fn unvote(&mut self, by: Who, slot: Slot) -> bool {
        let Some(post) = &mut self.posts[slot] else {
            return false;
        };
        let was = post.votes.remove(&by).is_some();
        if was && post.announced {
            self.said.push(Said::Vote(slot));
        }
        was
    }
}
