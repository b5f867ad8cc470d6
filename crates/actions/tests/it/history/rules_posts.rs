//! What becomes of posts, by the rules.

use archipel_model::{HoldPolicy, PostPolicy, Role};

use super::{Cause, PEOPLE, POSTS, Post, Rules, Said, Slot, State, Who};

impl Rules {
    /// What a community makes of a post: published, held, or `None`, refused.
    fn verdict(&self, slot: Slot, parent: Option<Slot>) -> Option<State> {
        let (author, answered) = POSTS[slot];
        let team = self.role(author).is_some();
        let may = !self.banned(author)
            && match self.post_policy(answered.is_some()) {
                PostPolicy::Everyone => true,
                PostPolicy::Members => team || self.member(author),
                PostPolicy::Approved => {
                    team || (self.member(author) && self.people[author].vouched)
                }
                PostPolicy::Moderators => self.role(author) >= Some(Role::Moderator),
            };
        let moderates = self.role(author) >= Some(Role::Moderator);
        if !may || (self.under_lock(parent) && !moderates) {
            return None;
        }
        let parent = parent.and_then(|slot| self.posts[slot].as_ref());
        let parent = parent.map(|post| post.state);
        if matches!(parent, Some(State::Removed | State::Deleted)) {
            return None;
        }
        let vouched = self.member(author) && self.people[author].vouched;
        let (hold, hold_unknown) = self.hold_policy();
        let waits = self.wave
            || parent == Some(State::Held)
            || hold == HoldPolicy::Always
            || (!vouched && hold == HoldPolicy::First && !self.published_of(|who| who == author))
            || (!vouched && hold_unknown && !self.server_known(author));
        Some(if waits && !team {
            State::Held
        } else {
            State::Published
        })
    }

    fn under_lock(&self, from: Option<Slot>) -> bool {
        let mut next = from;
        while let Some(post) = next.and_then(|slot| self.posts[slot].as_ref()) {
            if post.locked {
                return true;
            }
            next = post.parent;
        }
        false
    }

    /// Whether something is shown in the community of somebody like this.
    fn published_of(&self, who: impl Fn(Who) -> bool) -> bool {
        self.posts.iter().enumerate().any(|(slot, post)| {
            who(POSTS[slot].0)
                && post
                    .as_ref()
                    .is_some_and(|post| post.here && post.state == State::Published)
        })
    }

    pub(super) fn server_known(&self, author: Who) -> bool {
        let host = PEOPLE[author].1;
        host.is_none() || self.published_of(|who| PEOPLE[who].1 == host)
    }

    /// What a post answers, fetched if it is not there: nobody fetches what lives here.
    fn find_parent(&mut self, slot: Slot) -> Option<Slot> {
        let parent = POSTS[slot].1?;
        if self.posts[parent].is_none() {
            self.fetch(parent);
        }
        self.posts[parent].is_some().then_some(parent)
    }

    /// Takes a post in; says whether it is there now.
    fn take_in(&mut self, slot: Slot, named: bool, brought: bool) -> bool {
        let parent = self.find_parent(slot);
        if self.posts[slot].is_some() {
            return false;
        }
        let of_parent = parent.and_then(|parent| self.posts[parent].as_ref());
        let here = named || of_parent.is_some_and(|parent| parent.here);
        let state = if here {
            self.verdict(slot, parent)
        } else {
            Some(State::Published)
        };
        let Some(state) = state else {
            return false;
        };
        let gone = of_parent.is_some_and(|p| matches!(p.state, State::Removed | State::Deleted));
        self.posts[slot] = Some(Post {
            state,
            here,
            parent: parent.filter(|_| !gone),
            brought,
            ..Post::default()
        });
        if here && brought && state == State::Published {
            self.announce(slot);
        }
        true
    }

    fn announce(&mut self, slot: Slot) {
        if let Some(post) = &mut self.posts[slot] {
            post.announced = true;
        }
        self.said.push(match POSTS[slot].1 {
            Some(_) => Said::Reply(slot),
            None => Said::Thread(slot),
        });
    }

    pub(super) fn fetch(&mut self, slot: Slot) -> bool {
        let remote = PEOPLE[POSTS[slot].0].1.is_some();
        remote && self.posts[slot].is_none() && self.take_in(slot, false, false)
    }

    pub(super) fn bring(&mut self, slot: Slot) -> bool {
        let Some(post) = self.posts[slot].clone() else {
            let local = PEOPLE[POSTS[slot].0].1.is_none();
            // What is written here answers what one sees.
            let parent = POSTS[slot].1;
            if local && parent.is_some_and(|parent| self.posts[parent].is_none()) {
                return false;
            }
            return self.take_in(slot, true, true);
        };
        match post.state {
            State::Published if !post.announced => {}
            State::Held => {
                if let Some(post) = &mut self.posts[slot] {
                    post.brought = true;
                }
                return false;
            }
            _ => return false,
        }
        let Some(state) = self.verdict(slot, post.parent) else {
            return false;
        };
        if let Some(post) = &mut self.posts[slot] {
            post.here = true;
            // Seen only beside what somebody answers, until now.
            post.state = state;
            post.brought |= state == State::Held;
        }
        if state == State::Held {
            return false;
        }
        self.announce(slot);
        true
    }

    pub(super) fn edit(&mut self, by: Who, slot: Slot, late: i64) -> bool {
        let at = self.now - late * 3600;
        let read_first = self.wave || self.hold_policy().0 == HoldPolicy::Always;
        let unread = read_first && self.role(by).is_none();
        let Some(post) = &mut self.posts[slot] else {
            return false;
        };
        if by != POSTS[slot].0
            || post.state == State::Deleted
            || post.edited.is_some_and(|edited| edited >= at)
        {
            return false;
        }
        // What is shown stays as it is until its edit was read.
        if unread && post.here && post.state == State::Published {
            let newer = post.waiting.is_none_or(|waiting| waiting < at);
            post.waiting = if newer { Some(at) } else { post.waiting };
            return newer;
        }
        post.waiting = post.waiting.filter(|waiting| *waiting > at);
        self.show_edit(slot, at);
        true
    }

    fn show_edit(&mut self, slot: Slot, at: i64) {
        let Some(post) = &mut self.posts[slot] else {
            return;
        };
        (post.edited, post.marked) = (Some(at), false);
        post.brought |= post.state == State::Held;
        if post.state == State::Published && post.announced {
            self.said.push(Said::AboutPost(slot));
        }
    }

    pub(super) fn sort_edit(&mut self, by: Who, slot: Slot, publish: bool) -> bool {
        let may = self.at_least(by, Role::Moderator);
        let Some(post) = self.posts[slot].as_mut().filter(|post| may && post.here) else {
            return false;
        };
        let Some(at) = post.waiting.take() else {
            return false;
        };
        if publish {
            // What is written here is as old as it is known.
            let local = PEOPLE[POSTS[slot].0].1.is_none();
            self.show_edit(slot, if local { self.now } else { at });
        }
        self.logged(true)
    }

    /// The mark of what was written here is a new version of it.
    pub(super) fn mark(&mut self, by: Who, slot: Slot, on: bool) -> bool {
        let may = self.at_least(by, Role::Facilitator);
        let (local, now) = (PEOPLE[POSTS[slot].0].1.is_none(), self.now);
        let Some(post) = self.posts[slot]
            .as_mut()
            .filter(|post| may && post.here && post.state != State::Deleted && post.marked != on)
        else {
            return false;
        };
        post.marked = on;
        if local {
            post.edited = Some(now);
            if post.state == State::Published && post.announced {
                self.said.push(Said::AboutPost(slot));
            }
        }
        self.logged(true)
    }

    pub(super) fn delete(&mut self, by: Who, slot: Slot) -> bool {
        if by != POSTS[slot].0 {
            return false;
        }
        let Some(post) = &mut self.posts[slot] else {
            if PEOPLE[by].1.is_none() {
                return false;
            }
            // It comes too late.
            self.posts[slot] = Some(Post {
                state: State::Deleted,
                ..Post::default()
            });
            return true;
        };
        let before = post.state;
        if before == State::Deleted {
            return false;
        }
        (post.state, post.pinned) = (State::Deleted, false);
        (post.edited, post.waiting) = (None, None);
        let announced = post.announced;
        if announced {
            self.said.push(Said::AboutPost(slot));
        }
        if announced && before == State::Published && POSTS[slot].1.is_none() {
            self.said.push(Said::Unboost(slot));
        }
        true
    }

    /// A post is kept out for one more reason; what waits is not.
    pub(super) fn take_out(&mut self, slot: Slot, cause: Cause) {
        let Some(post) = &mut self.posts[slot] else {
            return;
        };
        if !post.here || !matches!(post.state, State::Published | State::Removed) {
            return;
        }
        post.causes.insert(cause);
        if post.state == State::Published {
            (post.state, post.pinned) = (State::Removed, false);
            if post.announced && POSTS[slot].1.is_none() {
                self.said.push(Said::Unboost(slot));
            }
        }
    }

    /// One reason ends; without another, the post is back. Says whether it is.
    pub(super) fn let_back(&mut self, slot: Slot, cause: Cause) -> bool {
        let Some(post) = &mut self.posts[slot] else {
            return false;
        };
        post.causes.remove(&cause);
        if post.state != State::Removed || !post.causes.is_empty() {
            return false;
        }
        post.state = State::Published;
        if post.announced && POSTS[slot].1.is_none() {
            self.said.push(Said::Again(slot));
        }
        true
    }

    /// What a ban took comes back; decided here, it is said of each post.
    pub(super) fn bring_back(&mut self, by: Who, who: Who, cause: Cause) {
        for (slot, _) in POSTS.iter().enumerate().filter(|(_, post)| post.0 == who) {
            if self.let_back(slot, cause) && PEOPLE[by].1.is_none() {
                self.said.push(Said::AboutPost(slot));
                self.log += 1;
            }
        }
    }

    fn below(&self, slot: Slot) -> Vec<Slot> {
        let mut below = vec![slot];
        for (candidate, post) in self.posts.iter().enumerate() {
            let parent = post.as_ref().and_then(|post| post.parent);
            if parent.is_some_and(|parent| below.contains(&parent)) {
                below.push(candidate);
            }
        }
        below.split_off(1)
    }

    pub(super) fn remove(&mut self, by: Who, slot: Slot, with_replies: bool) -> bool {
        let author = POSTS[slot].0;
        let home = PEOPLE[author].1;
        let own_server = home.is_some() && PEOPLE[by].1 == home;
        let equals = self.role(by) == self.role(author);
        let may = own_server
            || (self.at_least(by, Role::Moderator) && (equals || self.outranks(by, author)));
        let shown = self.posts[slot]
            .as_ref()
            .is_some_and(|post| post.here && post.state == State::Published);
        if !may || !shown {
            return false;
        }
        self.take_out(slot, Cause::Itself { by });
        if let Some(post) = &mut self.posts[slot] {
            post.took_replies = with_replies;
        }
        if with_replies {
            for reply in self.below(slot) {
                self.take_out(reply, Cause::Thread(slot));
            }
        }
        self.said.push(Said::AboutPost(slot));
        self.logged(true)
    }

    pub(super) fn restore(&mut self, by: Who, slot: Slot) -> bool {
        let Some(post) = self.posts[slot].clone() else {
            return false;
        };
        // What a server removed, it brings back, unless something else keeps it out.
        let own_server = post.causes.len() == 1
            && post.causes.iter().any(|cause| match cause {
                Cause::Itself { by: remover } => {
                    PEOPLE[by].1.is_some()
                        && PEOPLE[*remover].1 == PEOPLE[by].1
                        && PEOPLE[POSTS[slot].0].1 == PEOPLE[by].1
                }
                _ => false,
            });
        let may = own_server || self.at_least(by, Role::Moderator);
        if !may || !post.here || post.state != State::Removed {
            return false;
        }
        if post.causes.contains(&Cause::Refusal) {
            return false;
        }
        let by_itself = post
            .causes
            .iter()
            .any(|c| matches!(c, Cause::Itself { .. }));
        for cause in post.causes {
            self.let_back(slot, cause);
        }
        if by_itself && post.took_replies {
            for reply in self.below(slot) {
                self.let_back(reply, Cause::Thread(slot));
            }
        }
        self.said.push(Said::AboutPost(slot));
        self.logged(true)
    }

    pub(super) fn sort(&mut self, by: Who, slot: Slot, publish: bool) -> bool {
        let Some(post) = self.posts[slot].clone() else {
            return false;
        };
        if !self.at_least(by, Role::Moderator) || !post.here || post.state != State::Held {
            return false;
        }
        if let Some(held) = &mut self.posts[slot] {
            held.state = if publish {
                State::Published
            } else {
                State::Removed
            };
            if !publish {
                held.causes.insert(Cause::Refusal);
            }
        }
        if publish && post.brought {
            self.announce(slot);
        }
        self.logged(true)
    }
}
