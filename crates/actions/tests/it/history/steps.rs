//! What can happen in a community, as a generated history lists it.

use archipel_model::{HoldPolicy, JoinPolicy, PostPolicy, ReactionPolicy, Role};
use proptest::prelude::*;

/// Somebody, by their place in [`super::rules::PEOPLE`].
pub type Who = usize;
/// A post that may come to be, by its place in [`super::rules::POSTS`].
pub type Slot = usize;

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Time passes, in hours.
    Wait(i64),
    /// Somebody asks to join, perhaps again.
    Ask(Who),
    /// Somebody leaves.
    Leave(Who),
    /// Somebody who asked is let in or turned away.
    Decide {
        by: Who,
        who: Who,
        accept: bool,
    },
    Invite {
        by: Who,
        who: Who,
    },
    Vouch {
        by: Who,
        who: Who,
        on: bool,
    },
    Expel {
        by: Who,
        who: Who,
    },
    Appoint {
        by: Who,
        who: Who,
        role: Role,
    },
    Dismiss {
        by: Who,
        who: Who,
    },
    /// Its author brings a post, perhaps again, perhaps before what it answers came.
    Bring(Slot),
    /// A post is only fetched, because something answers it.
    Fetch(Slot),
    /// Somebody edits a post; the edit may be hours old when it arrives.
    Edit {
        by: Who,
        slot: Slot,
        late: i64,
    },
    /// Somebody deletes a post, perhaps before it came.
    Delete {
        by: Who,
        slot: Slot,
    },
    Remove {
        by: Who,
        slot: Slot,
        with_replies: bool,
    },
    Restore {
        by: Who,
        slot: Slot,
    },
    Lock {
        by: Who,
        slot: Slot,
        on: bool,
    },
    Pin {
        by: Who,
        slot: Slot,
        on: bool,
    },
    /// `hours` until the end of the ban; negative: it has ended already.
    Ban {
        by: Who,
        who: Who,
        hours: Option<i64>,
        content: bool,
    },
    Unban {
        by: Who,
        who: Who,
        restore: bool,
    },
    /// As [`Step::Ban`], from the whole server: by who runs it or by their own server.
    BanEverywhere {
        by: Who,
        who: Who,
        hours: Option<i64>,
        content: bool,
    },
    UnbanEverywhere {
        by: Who,
        who: Who,
        restore: bool,
    },
    /// A post is marked as sensitive, or not.
    Mark {
        by: Who,
        slot: Slot,
        on: bool,
    },
    /// Somebody votes for or against a post, or takes their vote back.
    Vote {
        by: Who,
        slot: Slot,
        like: bool,
    },
    Unvote {
        by: Who,
        slot: Slot,
    },
    /// An edit that waits is shown or dropped.
    SortEdit {
        by: Who,
        slot: Slot,
        publish: bool,
    },
    /// A held post is published or refused.
    Sort {
        by: Who,
        slot: Slot,
        publish: bool,
    },
    Wave {
        by: Who,
        on: bool,
    },
    Join(JoinPolicy),
    Post(PostPolicy),
    Reply(PostPolicy),
    Hold(HoldPolicy, bool),
    Reactions(ReactionPolicy),
}

fn word<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

/// A history of at most `most` steps.
pub fn histories(people: usize, posts: usize, most: usize) -> impl Strategy<Value = Vec<Step>> {
    let who = move || 0..people;
    let slot = move || 0..posts;
    // Often by those who may; else most of a history would be refusals.
    let by = move || prop_oneof![3 => 0..3_usize, 2 => 0..people];
    let people_and_posts = prop_oneof![
        2 => (1..30_i64).prop_map(Step::Wait),
        4 => who().prop_map(Step::Ask),
        1 => who().prop_map(Step::Leave),
        2 => (by(), who(), any::<bool>())
            .prop_map(|(by, who, accept)| Step::Decide { by, who, accept }),
        1 => (by(), who()).prop_map(|(by, who)| Step::Invite { by, who }),
        1 => (by(), who(), any::<bool>()).prop_map(|(by, who, on)| Step::Vouch { by, who, on }),
        1 => (by(), who()).prop_map(|(by, who)| Step::Expel { by, who }),
        2 => (by(), who(), word(Role::ALL))
            .prop_map(|(by, who, role)| Step::Appoint { by, who, role }),
        1 => (by(), who()).prop_map(|(by, who)| Step::Dismiss { by, who }),
        12 => slot().prop_map(Step::Bring),
        2 => slot().prop_map(Step::Fetch),
        2 => (who(), slot(), 0..20_i64).prop_map(|(by, slot, late)| Step::Edit { by, slot, late }),
        2 => (who(), slot()).prop_map(|(by, slot)| Step::Delete { by, slot }),
        4 => (by(), slot(), any::<bool>())
            .prop_map(|(by, slot, with_replies)| Step::Remove { by, slot, with_replies }),
        4 => (by(), slot()).prop_map(|(by, slot)| Step::Restore { by, slot }),
        2 => (by(), slot(), any::<bool>()).prop_map(|(by, slot, on)| Step::Lock { by, slot, on }),
        2 => (by(), slot(), any::<bool>()).prop_map(|(by, slot, on)| Step::Pin { by, slot, on }),
        3 => (by(), who(), proptest::option::of(-2..40_i64), any::<bool>())
            .prop_map(|(by, who, hours, content)| Step::Ban { by, who, hours, content }),
        3 => (by(), who(), any::<bool>())
            .prop_map(|(by, who, restore)| Step::Unban { by, who, restore }),
        4 => (by(), slot(), any::<bool>())
            .prop_map(|(by, slot, publish)| Step::Sort { by, slot, publish }),
        1 => (by(), any::<bool>()).prop_map(|(by, on)| Step::Wave { by, on }),
        1 => word(JoinPolicy::ALL).prop_map(Step::Join),
        1 => word(PostPolicy::ALL).prop_map(Step::Post),
        1 => word(PostPolicy::ALL).prop_map(Step::Reply),
        2 => (word(HoldPolicy::ALL), any::<bool>()).prop_map(|(hold, on)| Step::Hold(hold, on)),
    ];
    let shown = prop_oneof![
        2 => (prop_oneof![Just(0_usize), who()], who(), proptest::option::of(-2..40_i64), any::<bool>())
            .prop_map(|(by, who, hours, content)| Step::BanEverywhere { by, who, hours, content }),
        2 => (prop_oneof![Just(0_usize), who()], who(), any::<bool>())
            .prop_map(|(by, who, restore)| Step::UnbanEverywhere { by, who, restore }),
        2 => (by(), slot(), any::<bool>()).prop_map(|(by, slot, on)| Step::Mark { by, slot, on }),
        6 => (who(), slot(), any::<bool>()).prop_map(|(by, slot, like)| Step::Vote { by, slot, like }),
        2 => (who(), slot()).prop_map(|(by, slot)| Step::Unvote { by, slot }),
        6 => (slot(), 0..20_i64).prop_map(move |(slot, late)| Step::Edit {
            by: super::rules::POSTS[slot].0, slot, late,
        }),
        4 => (by(), slot(), any::<bool>())
            .prop_map(|(by, slot, publish)| Step::SortEdit { by, slot, publish }),
        1 => word(ReactionPolicy::ALL).prop_map(Step::Reactions),
    ];
    let step = prop_oneof![5 => people_and_posts, 2 => shown];
    proptest::collection::vec(step, 1..most)
}
