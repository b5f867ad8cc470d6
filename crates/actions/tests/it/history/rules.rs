//! The reference: a community in memory, written from what `docs/moderate.md` and
//! `FEDERATION.md` promise. It knows nothing of the code under test but its words for
//! policies and roles.

use std::collections::{BTreeMap, BTreeSet};

use archipel_model::{HoldPolicy, JoinPolicy, PostPolicy, ReactionPolicy, Role};

use super::steps::{Slot, Step, Who};

/// Name and server of everybody; no server: they live here. The first is the operator.
pub const PEOPLE: [(&str, Option<&str>); 7] = [
    ("operator", None),
    ("yann", None),
    ("lena", Some("b.example")),
    ("bea", None),
    ("ana", Some("a.example")),
    ("eve", Some("a.example")),
    ("zoe", Some("b.example")),
];
pub const OPERATOR: Who = 0;
/// The end of what has none.
const FOR_GOOD: i64 = i64::MAX;

/// Author and parent of every post that may come to be.
pub const POSTS: [(Who, Option<Slot>); 8] = [
    (4, None),
    (3, None),
    (5, Some(0)),
    (3, Some(0)),
    (6, Some(2)),
    (4, Some(1)),
    (6, None),
    (5, Some(4)),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Following {
    Asking,
    Member,
    Refused,
}

#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts of one person"
)]
pub struct Person {
    pub following: Option<Following>,
    pub vouched: bool,
    pub invited: bool,
    /// What they are, and since when.
    pub role: Option<(Role, i64)>,
    /// Until when they are banned, if they are.
    pub ban: Option<i64>,
    /// Whether that ban took what they posted.
    ban_took: bool,
    /// As these, of the whole server; and whether that was decided here.
    ban_everywhere: Option<(i64, bool)>,
    ban_everywhere_took: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Published,
    Held,
    Removed,
    Deleted,
}

/// Why a post is kept out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    Itself { by: Who },
    Refusal,
    Ban,
    BanEverywhere,
    Thread(Slot),
}

#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts of one post"
)]
pub struct Post {
    pub state: State,
    pub locked: bool,
    pub pinned: bool,
    /// Whether it belongs to the community.
    pub here: bool,
    /// What it answers, when that was known.
    pub parent: Option<Slot>,
    /// Whether the community has announced it.
    pub announced: bool,
    /// Whether its author brought it while it waited.
    brought: bool,
    pub edited: Option<i64>,
    /// When the version was written that waits.
    pub waiting: Option<i64>,
    pub marked: bool,
    /// Who votes for it (`true`) and against it.
    votes: BTreeMap<Who, bool>,
    causes: BTreeSet<Cause>,
    /// Whether its last removal took along what answers it.
    took_replies: bool,
}

/// What others hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    Thread(Slot),
    Reply(Slot),
    Again(Slot),
    Unboost(Slot),
    Accept(Who),
    Reject(Who),
    AboutPost(Slot),
    Vote(Slot),
    AboutPerson(Who),
    AboutCommunity,
}

#[derive(Clone, Debug)]
pub struct Rules {
    pub now: i64,
    pub people: Vec<Person>,
    pub posts: Vec<Option<Post>>,
    pub said: Vec<Said>,
    /// How many entries the log has.
    pub log: usize,
    pub wave: bool,
    join: JoinPolicy,
    post: PostPolicy,
    reply: PostPolicy,
    hold: HoldPolicy,
    hold_unknown: bool,
    reactions: ReactionPolicy,
}

impl Rules {
    /// A new community with an owner here and a younger moderator elsewhere.
    pub fn new() -> Self {
        let mut people = vec![Person::default(); PEOPLE.len()];
        people[1].role = Some((Role::Owner, 0));
        people[2].role = Some((Role::Moderator, 1));
        Self {
            now: 1,
            people,
            posts: vec![None; POSTS.len()],
            said: Vec::new(),
            log: 2,
            wave: false,
            join: JoinPolicy::Open,
            post: PostPolicy::Everyone,
            reply: PostPolicy::Everyone,
            hold: HoldPolicy::Never,
            hold_unknown: false,
            reactions: ReactionPolicy::All,
        }
    }

    pub fn banned(&self, who: Who) -> bool {
        self.banned_here(who) || self.banned_everywhere(who)
    }

    fn banned_here(&self, who: Who) -> bool {
        self.people[who].ban.is_some_and(|end| end > self.now)
    }

    fn banned_everywhere(&self, who: Who) -> bool {
        let ban = self.people[who].ban_everywhere;
        ban.is_some_and(|(end, _)| end > self.now)
    }

    pub fn member(&self, who: Who) -> bool {
        self.people[who].following == Some(Following::Member)
    }

    pub fn role(&self, who: Who) -> Option<Role> {
        self.people[who].role.map(|(role, _)| role)
    }

    fn at_least(&self, who: Who, role: Role) -> bool {
        who == OPERATOR || (self.role(who) >= Some(role) && !self.banned(who))
    }

    fn outranks(&self, who: Who, other: Who) -> bool {
        if who == OPERATOR || other == OPERATOR {
            return other != OPERATOR;
        }
        match (self.people[who].role, self.people[other].role) {
            (Some((mine, since)), Some((theirs, before))) => (mine, before) > (theirs, since),
            (mine, theirs) => mine.is_some() && theirs.is_none(),
        }
    }

    /// Does a step, if it may be done; says whether anything changed.
    #[expect(clippy::too_many_lines, reason = "one arm for each step")]
    pub fn step(&mut self, step: Step) -> bool {
        match step {
            Step::Wait(hours) => self.now += hours * 3600,
            Step::Join(join) => {
                let before = std::mem::replace(&mut self.join, join);
                return self.logged(before != join);
            }
            Step::Post(post) => {
                let before = std::mem::replace(&mut self.post, post);
                return self.logged(before != post);
            }
            Step::Reply(reply) => {
                let before = std::mem::replace(&mut self.reply, reply);
                return self.logged(before != reply);
            }
            Step::Hold(hold, unknown) => {
                let before = (self.hold, self.hold_unknown);
                (self.hold, self.hold_unknown) = (hold, unknown);
                return self.logged(before != (hold, unknown));
            }
            Step::Reactions(reactions) => {
                let before = std::mem::replace(&mut self.reactions, reactions);
                return self.logged(before != reactions);
            }
            Step::Ask(who) => return self.ask(who),
            Step::Leave(who) => {
                self.people[who].vouched = false;
                return self.people[who].following.take().is_some();
            }
            Step::Decide { by, who, accept } => return self.decide(by, who, accept),
            Step::Invite { by, who } => {
                let may = self.at_least(by, Role::Facilitator) && !self.people[who].invited;
                self.people[who].invited |= may;
                return self.logged(may);
            }
            Step::Vouch { by, who, on } => {
                let may = self.at_least(by, Role::Moderator) && self.member(who);
                let changes = may && self.people[who].vouched != on;
                self.people[who].vouched ^= changes;
                return self.logged(changes);
            }
            Step::Expel { by, who } => {
                if by == who || !self.at_least(by, Role::Moderator) || !self.outranks(by, who) {
                    return false;
                }
                let ended = self.end_membership(who);
                return self.logged(ended);
            }
            Step::Appoint { by, who, role } => return self.appoint(by, who, role),
            Step::Dismiss { by, who } => return self.dismiss(by, who),
            Step::Bring(slot) => return self.bring(slot),
            Step::Fetch(slot) => return self.fetch(slot),
            Step::Edit { by, slot, late } => return self.edit(by, slot, late),
            Step::Delete { by, slot } => return self.delete(by, slot),
            Step::Remove {
                by,
                slot,
                with_replies,
            } => return self.remove(by, slot, with_replies),
            Step::Restore { by, slot } => return self.restore(by, slot),
            Step::Lock { by, slot, on } => {
                let may = self.may_show(by, slot, Role::Moderator);
                let Some(post) = self.posts[slot]
                    .as_mut()
                    .filter(|post| may && post.locked != on)
                else {
                    return false;
                };
                post.locked = on;
                self.said.push(Said::AboutPost(slot));
                return self.logged(true);
            }
            Step::Pin { by, slot, on } => {
                let may =
                    self.may_show(by, slot, Role::Facilitator) && (POSTS[slot].1.is_none() || !on);
                let Some(post) = self.posts[slot]
                    .as_mut()
                    .filter(|post| may && post.pinned != on)
                else {
                    return false;
                };
                post.pinned = on;
                self.said.push(Said::AboutPost(slot));
                return self.logged(true);
            }
            Step::Ban {
                by,
                who,
                hours,
                content,
            } => return self.ban(by, who, hours, content),
            Step::Unban { by, who, restore } => return self.unban(by, who, restore),
            Step::BanEverywhere {
                by,
                who,
                hours,
                content,
            } => return self.ban_everywhere(by, who, hours, content),
            Step::UnbanEverywhere { by, who, restore } => {
                return self.unban_everywhere(by, who, restore);
            }
            Step::Mark { by, slot, on } => return self.mark(by, slot, on),
            Step::Vote { by, slot, like } => return self.vote(by, slot, like),
            Step::Unvote { by, slot } => return self.unvote(by, slot),
            Step::SortEdit { by, slot, publish } => return self.sort_edit(by, slot, publish),
            Step::Sort { by, slot, publish } => return self.sort(by, slot, publish),
            Step::Wave { by, on } => {
                let changes = self.at_least(by, Role::Moderator) && self.wave != on;
                self.wave ^= changes;
                return self.logged(changes);
            }
        }
        true
    }

    fn logged(&mut self, changed: bool) -> bool {
        self.log += usize::from(changed);
        changed
    }

    /// Whether somebody of this role may do something to a post that all can see.
    fn may_show(&self, by: Who, slot: Slot, role: Role) -> bool {
        self.at_least(by, role)
            && self.posts[slot]
                .as_ref()
                .is_some_and(|post| post.here && post.state == State::Published)
    }

    // Members.

    fn answer(&mut self, who: Who) {
        if PEOPLE[who].1.is_none() {
            return;
        }
        match self.people[who].following {
            Some(Following::Member) => self.said.push(Said::Accept(who)),
            Some(Following::Refused) => self.said.push(Said::Reject(who)),
            Some(Following::Asking) | None => {}
        }
    }

    pub(super) fn hold_policy(&self) -> (HoldPolicy, bool) {
        (self.hold, self.hold_unknown)
    }

    pub(super) fn post_policy(&self, is_reply: bool) -> PostPolicy {
        if is_reply { self.reply } else { self.post }
    }
}

#[path = "rules_everywhere.rs"]
mod everywhere;
#[path = "rules_people.rs"]
mod people;
#[path = "rules_posts.rs"]
mod posts;
#[path = "rules_votes.rs"]
mod votes;
