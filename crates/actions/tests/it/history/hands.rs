//! The hands of everybody: one action for each step.

use archipel_actions::{
    Ban, CommunityChange, Context, Door, Edit, EditOutcome, NewReactionTo, Order, Reacted, Result,
    Special, Via, Voter, appoint, approve_edit, approve_held, author_deleted, ban,
    change_community, decide_request, dismiss, edit_post, expel, follow, invite, react,
    refuse_edit, refuse_held, remove_post, restore_post, set_locked, set_marked, set_pinned,
    set_vouched, set_wave, take_back, unban, unfollow,
};
use archipel_model::{ReactionClass, ReactionKind, Timestamp};
use archipel_storage::{Actor, Edited, Post, Tx};

use super::rules::{OPERATOR, PEOPLE};
use super::steps::{Slot, Step, Who};
use crate::lab;

/// What a step is done with.
pub struct Hands {
    pub ctx: Context,
    pub hive: Actor,
    pub people: Vec<Actor>,
    /// The activity by which it comes, of those who live elsewhere, and its id.
    pub raw: String,
    pub uri: String,
}

impl Hands {
    fn order(&self, by: Who) -> Order<'_> {
        Order {
            by: &self.people[by],
            community: &self.hive,
            door: match PEOPLE[by].1 {
                None => Door::Here("test"),
                Some(_) => Door::Federation {
                    uri: &self.uri,
                    raw: &self.raw,
                },
            },
            reason: None,
            rule: None,
        }
    }

    /// Upon the whole server, which is the first of all.
    fn everywhere(&self, by: Who) -> Order<'_> {
        Order {
            community: &self.people[OPERATOR],
            ..self.order(by)
        }
    }

    fn via(&self, who: Who) -> Via<'_> {
        match PEOPLE[who].1 {
            None => Via::Here,
            Some(_) => Via::Received {
                uri: &self.uri,
                raw: &self.raw,
            },
        }
    }

    fn received(&self, who: Who) -> Option<&str> {
        PEOPLE[who].1.map(|_| self.raw.as_str())
    }

    /// So many hours from now.
    fn at(&self, hours: i64) -> Timestamp {
        Timestamp::from_micros(self.ctx.now().micros() + hours * 3_600_000_000)
    }

    /// Does what concerns people, or the community.
    pub async fn upon_people(&self, tx: &mut Tx, step: Step) -> Result<bool> {
        let ctx = &self.ctx;
        match step {
            Step::Wait(_) => Ok(true),
            Step::Ask(who) => {
                let person = &self.people[who];
                let request = match PEOPLE[who].1 {
                    None => lab::asking(person, &self.hive),
                    Some(_) => lab::received(person, &self.hive, &self.uri),
                };
                follow(ctx, tx, request).await.map(|_| true)
            }
            Step::Leave(who) => unfollow(ctx, tx, &self.people[who], &self.hive).await,
            Step::Decide { by, who, accept } => {
                decide_request(ctx, tx, &self.order(by), &self.people[who], accept).await
            }
            Step::Invite { by, who } => invite(ctx, tx, &self.order(by), &self.people[who]).await,
            Step::Vouch { by, who, on } => {
                set_vouched(ctx, tx, &self.order(by), &self.people[who], on).await
            }
            Step::Expel { by, who } => expel(ctx, tx, &self.order(by), &self.people[who]).await,
            Step::Appoint { by, who, role } => {
                appoint(ctx, tx, &self.order(by), &self.people[who], role).await
            }
            Step::Dismiss { by, who } => dismiss(ctx, tx, &self.order(by), &self.people[who]).await,
            Step::Ban {
                by,
                who,
                hours: end,
                content,
            } => {
                let how = Ban {
                    ends_at: end.map(|end| self.at(end)),
                    with_content: content,
                };
                ban(ctx, tx, &self.order(by), &self.people[who], how).await
            }
            Step::Unban { by, who, restore } => {
                unban(ctx, tx, &self.order(by), &self.people[who], restore).await
            }
            Step::BanEverywhere {
                by,
                who,
                hours: end,
                content,
            } => {
                let how = Ban {
                    ends_at: end.map(|end| self.at(end)),
                    with_content: content,
                };
                ban(ctx, tx, &self.everywhere(by), &self.people[who], how).await
            }
            Step::UnbanEverywhere { by, who, restore } => {
                unban(ctx, tx, &self.everywhere(by), &self.people[who], restore).await
            }
            Step::Wave { by, on } => set_wave(ctx, tx, &self.order(by), on).await,
            Step::Join(_)
            | Step::Post(_)
            | Step::Reply(_)
            | Step::Hold(..)
            | Step::Reactions(_) => {
                let change = change_of(step);
                change_community(ctx, tx, &self.order(OPERATOR), &change).await
            }
            _ => Ok(false),
        }
    }

    /// Does what concerns a post that is there.
    pub async fn upon_post(&self, tx: &mut Tx, step: Step, post: &Post) -> Result<bool> {
        let ctx = &self.ctx;
        match step {
            Step::Edit { by, late, .. } => {
                let content = Edited {
                    title: None,
                    content: format!("<p>{}</p>", self.uri),
                    source: None,
                    summary: None,
                    sensitive: false,
                    language: None,
                };
                let edit = Edit {
                    content,
                    special: Special::Nothing,
                    at: self.at(-late),
                    received: self.received(by),
                    names: archipel_actions::Names::default(),
                };
                let outcome = edit_post(ctx, tx, &self.people[by], post, &edit).await;
                outcome.map(|outcome| outcome != EditOutcome::Unchanged)
            }
            Step::Delete { by, .. } => {
                author_deleted(ctx, tx, &self.people[by], post, self.received(by)).await
            }
            Step::Remove {
                by, with_replies, ..
            } => remove_post(ctx, tx, &self.order(by), post, with_replies).await,
            Step::Restore { by, .. } => restore_post(ctx, tx, &self.order(by), post).await,
            Step::Lock { by, on, .. } => set_locked(ctx, tx, &self.order(by), post, on).await,
            Step::Pin { by, on, .. } => set_pinned(ctx, tx, &self.order(by), post, on).await,
            Step::Mark { by, on, .. } => set_marked(ctx, tx, &self.order(by), post, on).await,
            Step::Vote { by, like, .. } => {
                let kind = if like {
                    ReactionKind::Like
                } else {
                    ReactionKind::Dislike
                };
                let vote = NewReactionTo {
                    voter: Voter::Known(&self.people[by]),
                    post,
                    kind,
                    emoji: None,
                    via: self.via(by),
                };
                react(ctx, tx, &vote).await.map(|it| it == Reacted::Counted)
            }
            Step::Unvote { by, .. } => {
                let (voter, class) = (Voter::Known(&self.people[by]), ReactionClass::Vote);
                take_back(ctx, tx, voter, post, class, self.via(by)).await
            }
            Step::SortEdit { by, publish, .. } if publish => {
                let order = self.order(by);
                let approved = approve_edit(ctx, tx, &order, post, &Special::Nothing).await;
                approved.map(|()| true)
            }
            Step::SortEdit { by, .. } => {
                let refused = refuse_edit(ctx, tx, &self.order(by), post).await;
                refused.map(|()| true)
            }
            Step::Sort { by, publish, .. } if publish => {
                approve_held(ctx, tx, &self.order(by), post).await
            }
            Step::Sort { by, .. } => refuse_held(ctx, tx, &self.order(by), post).await,
            _ => Ok(false),
        }
    }
}

/// The post that a step is about.
pub const fn upon(step: Step) -> Option<Slot> {
    match step {
        Step::Edit { slot, .. }
        | Step::Delete { slot, .. }
        | Step::Remove { slot, .. }
        | Step::Restore { slot, .. }
        | Step::Lock { slot, .. }
        | Step::Pin { slot, .. }
        | Step::Mark { slot, .. }
        | Step::Vote { slot, .. }
        | Step::Unvote { slot, .. }
        | Step::SortEdit { slot, .. }
        | Step::Sort { slot, .. } => Some(slot),
        _ => None,
    }
}

/// The settings that a step changes.
fn change_of(step: Step) -> CommunityChange {
    let same = CommunityChange::default();
    match step {
        Step::Join(join) => CommunityChange {
            join: Some(join),
            ..same
        },
        Step::Post(post) => CommunityChange {
            post: Some(post),
            ..same
        },
        Step::Reply(reply) => CommunityChange {
            reply: Some(reply),
            ..same
        },
        Step::Hold(hold, unknown) => CommunityChange {
            hold: Some(hold),
            hold_unknown: Some(unknown),
            ..same
        },
        Step::Reactions(reactions) => CommunityChange {
            reactions: Some(reactions),
            ..same
        },
        _ => same,
    }
}
