//! Who comes in, goes, is given a role or is kept out, by the rules.

use archipel_model::{JoinPolicy, Role};

use super::{Cause, FOR_GOOD, Following, OPERATOR, POSTS, Rules, Said, Slot, State, Who};

impl Rules {
    pub(super) fn ask(&mut self, who: Who) -> bool {
        let before = self.people[who].following;
        if before != Some(Following::Member) {
            let granted = match self.join {
                _ if self.banned(who) => Following::Refused,
                _ if self.people[who].invited || self.role(who).is_some() => Following::Member,
                JoinPolicy::Open if !self.hold_unknown || self.server_known(who) => {
                    Following::Member
                }
                JoinPolicy::Open | JoinPolicy::Approval => Following::Asking,
                JoinPolicy::Invitation => Following::Refused,
            };
            self.people[who].following = Some(granted);
        }
        self.answer(who);
        true
    }

    pub(super) fn decide(&mut self, by: Who, who: Who, accept: bool) -> bool {
        let Some(before) = self.people[who].following else {
            return false;
        };
        if !self.at_least(by, Role::Facilitator) || (accept && self.banned(who)) {
            return false;
        }
        // Turning away who is in already is to expel them.
        let may_expel = by != who && self.at_least(by, Role::Moderator) && self.outranks(by, who);
        if !accept && before == Following::Member && !may_expel {
            return false;
        }
        let after = if accept {
            Following::Member
        } else {
            Following::Refused
        };
        let person = &mut self.people[who];
        person.following = Some(after);
        if !accept {
            (person.invited, person.vouched) = (false, false);
        }
        self.answer(who);
        self.logged(before != after)
    }

    pub(super) fn end_membership(&mut self, who: Who) -> bool {
        let person = &mut self.people[who];
        (person.invited, person.vouched) = (false, false);
        if matches!(person.following, None | Some(Following::Refused)) {
            return false;
        }
        person.following = Some(Following::Refused);
        self.answer(who);
        true
    }

    pub(super) fn appoint(&mut self, by: Who, who: Who, role: Role) -> bool {
        let free = by == who || self.role(who).is_none();
        if who == OPERATOR
            || !self.at_least(by, Role::Moderator)
            || !self.at_least(by, role)
            || !(free || self.outranks(by, who))
            || self.role(who) == Some(role)
        {
            return false;
        }
        self.people[who].role = Some((role, self.now));
        if role >= Role::Moderator {
            self.said.push(Said::AboutCommunity);
        }
        self.logged(true)
    }

    pub(super) fn dismiss(&mut self, by: Who, who: Who) -> bool {
        if !self.at_least(by, Role::Moderator) || !(by == who || self.outranks(by, who)) {
            return false;
        }
        let Some((role, _)) = self.people[who].role.take() else {
            return false;
        };
        if role >= Role::Moderator {
            self.said.push(Said::AboutCommunity);
        }
        self.logged(true)
    }

    pub(super) fn ban(&mut self, by: Who, who: Who, hours: Option<i64>, content: bool) -> bool {
        let end = hours.map(|hours| self.now + hours * 3600);
        if by == who
            || who == OPERATOR
            || !self.at_least(by, Role::Moderator)
            || !self.outranks(by, who)
            || end.is_some_and(|end| end <= self.now)
        {
            return false;
        }
        let end = end.unwrap_or(FOR_GOOD);
        let shown = |(slot, post): (usize, &(Who, Option<Slot>))| {
            let kept = self.posts[slot].as_ref();
            post.0 == who && kept.is_some_and(|kept| kept.here && kept.state == State::Published)
        };
        let as_it_is = self.people[who].ban == Some(end)
            && (!content || (self.people[who].ban_took && !POSTS.iter().enumerate().any(shown)));
        if as_it_is {
            return false;
        }
        self.people[who].ban = Some(end);
        self.people[who].ban_took = content;
        self.said.push(Said::AboutPerson(who));
        self.end_membership(who);
        if content {
            for (slot, _) in POSTS.iter().enumerate().filter(|(_, post)| post.0 == who) {
                self.take_out(slot, Cause::Ban);
            }
        }
        self.logged(true)
    }

    pub(super) fn unban(&mut self, by: Who, who: Who, restore: bool) -> bool {
        if !self.at_least(by, Role::Moderator) {
            return false;
        }
        let was = self.banned_here(who);
        self.people[who].ban = None;
        if !was {
            return false;
        }
        self.said.push(Said::AboutPerson(who));
        if restore {
            self.bring_back(by, who, Cause::Ban);
        }
        self.logged(true)
    }
}
