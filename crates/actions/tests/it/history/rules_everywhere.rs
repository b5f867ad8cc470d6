//! Bans from the whole server, by the rules.

use super::{Cause, FOR_GOOD, Following, OPERATOR, PEOPLE, POSTS, Rules, Said, State, Who};

impl Rules {
    /// Who runs the server bans everybody else; another server its own people, by
    /// somebody whom it does not keep out, and not by the one it is about.
    fn may_everywhere(&self, by: Who, who: Who) -> bool {
        if by == OPERATOR {
            return who != OPERATOR;
        }
        let home = PEOPLE[by].1;
        let decided_here = self.people[who].ban_everywhere.is_some_and(|ban| ban.1);
        home.is_some()
            && home == PEOPLE[who].1
            && by != who
            && !self.banned_everywhere(by)
            && !(self.banned_everywhere(who) && decided_here)
    }

    fn takes_part(&self, who: Who) -> bool {
        let following = self.people[who].following;
        matches!(following, Some(Following::Asking | Following::Member))
            || self.people[who].role.is_some()
            || self.posted(who, |state| state != State::Deleted)
    }

    fn posted(&self, who: Who, like: impl Fn(State) -> bool) -> bool {
        self.posts.iter().zip(POSTS).any(|(post, (author, _))| {
            let here = post.as_ref().filter(|post| post.here);
            author == who && here.is_some_and(|post| like(post.state))
        })
    }

    pub(super) fn ban_everywhere(
        &mut self,
        by: Who,
        who: Who,
        hours: Option<i64>,
        content: bool,
    ) -> bool {
        let end = hours.map_or(FOR_GOOD, |hours| self.now + hours * 3600);
        if !self.may_everywhere(by, who) || end <= self.now {
            return false;
        }
        let person = &self.people[who];
        // What is decided here too, their own server cannot end any more.
        let as_it_is = person
            .ban_everywhere
            .is_some_and(|ban| ban.0 == end && (ban.1 || by != OPERATOR))
            && (!content
                || (person.ban_everywhere_took
                    && !self.posted(who, |state| state == State::Published)));
        let takes_part = self.takes_part(who);
        if as_it_is || (!takes_part && by != OPERATOR) {
            return false;
        }
        let person = &mut self.people[who];
        person.ban_everywhere = Some((end, by == OPERATOR));
        person.ban_everywhere_took = content;
        if !takes_part {
            return true;
        }
        // What another server says of its own people, it tells the world itself.
        if by == OPERATOR {
            self.said.push(Said::AboutPerson(who));
        }
        self.end_membership(who);
        if content {
            for (slot, _) in POSTS.iter().enumerate().filter(|(_, post)| post.0 == who) {
                self.take_out(slot, Cause::BanEverywhere);
            }
        }
        true
    }

    pub(super) fn unban_everywhere(&mut self, by: Who, who: Who, restore: bool) -> bool {
        if !self.may_everywhere(by, who) {
            return false;
        }
        let was = self.banned_everywhere(who);
        self.people[who].ban_everywhere = None;
        if !was {
            return false;
        }
        let takes_part = self.takes_part(who);
        if by == OPERATOR && takes_part {
            self.said.push(Said::AboutPerson(who));
        }
        if restore && takes_part {
            self.bring_back(by, who, Cause::BanEverywhere);
        }
        true
    }
}
