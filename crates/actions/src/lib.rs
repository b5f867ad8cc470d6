//! Everything that a person, a community or a peer can do here, one file an action.
//!
//! Whichever door it came through, an action is the same: it asks the model for
//! permission, changes state and appends what must be said to the world, all in
//! the transaction that it is given, and returns an outcome in the model's words.
//! Nothing here knows HTTP or builds JSON.

mod accept;
mod accounts;
mod aliases;
mod announce;
mod apps;
mod asking;
mod authorize;
mod ban;
mod block;
mod communities;
mod credentials;
mod deletion;
mod edit;
mod enrolment;
mod everywhere;
mod exchange;
mod feed;
mod follow;
mod hashing;
mod hold;
mod invite_links;
mod keeping;
mod keys;
mod late;
mod letter;
mod limits;
mod lock;
mod login;
mod mail;
mod marking;
mod membership;
mod moves;
mod moving;
mod naming;
mod neighbours;
mod new_password;
mod notice;
mod notify;
mod order;
mod password;
mod poll;
mod profile;
mod react;
mod relay;
mod remote;
mod removal;
mod report;
mod resolution;
mod rewriting;
mod say;
mod second_factor;
mod secret;
mod server;
mod session;
mod sign_up;
mod submit;
mod talk;
mod team;
mod token;
mod verdict;
mod waiting;
mod warn;
mod world;
mod writing;

use std::sync::Arc;

use archipel_model::{ActivityId, Clock, Id, IdSource, Site, Timestamp};

pub use accept::{decide_request, follow_answered};
pub use accounts::{NewKeys, create_instance, create_person, set_admin};
pub use aliases::{add_alias, remove_alias};
pub use apps::{AppRequest, register_app};
pub use asking::{ask_again_when_due, shown_while_pending};
pub use authorize::{AccessRequest, Asked, BadRequest, grant_access, look_at_request};
pub use ban::{Ban, ban, unban};
pub use block::{
    block, blocked_elsewhere, decide_follower, remove_follower, unblock, unblocked_elsewhere,
};
pub use communities::{CommunityChange, NewCommunity, change_community, create_community};
pub use credentials::{
    ask_for_new_address, ask_for_new_password, change_password, choose_new_password,
    confirm_new_address, new_password_for, prove_password,
};
pub use deletion::{
    actor_deleted, actor_gone, author_deleted, close_community, delete_local_actor,
};
pub use edit::{Edit, EditOutcome, edit_post, poll_counted};
pub use enrolment::{
    authenticator_uri, begin_second_factor, drop_second_factor, end_second_factor, grouped,
    offer_second_factor, renew_recovery_codes,
};
pub use everywhere::end_bans;
pub use exchange::{
    Exchanged, GivenToken, NoToken, exchange_code, give_back_token, known_app, token_for_app,
};
pub use feed::{adopted, shown_by};
pub use follow::{FollowOutcome, FollowRequest, ReceivedFollow, follow, unfollow};
pub use hashing::{hash_aside, verify_aside};
pub use hold::{approve_held, refuse_held, set_wave};
pub use invite_links::{
    NewInviteLink, OpenLink, create_invite_link, join_by_link, open_link, revoke_invite_link,
};
pub use keeping::{MOST_PINS, set_bookmarked, set_on_profile, set_thread_muted};
pub use keys::{OVERLAP, hand_over_keys, keys_to_hand_over, rotate_keys};
pub use late::{Brought, author_brings, author_deleted_unseen};
pub use letter::take_letter;
pub use limits::{Limit, count_try};
pub use lock::{set_locked, set_pinned};
pub use login::{
    Attempt, Checked, LoggedIn, begin_login, finish_login, give_second_factor, log_out,
    replace_password,
};
pub use mail::AccountRules;
pub use marking::set_marked;
pub use membership::{expel, invite, set_vouched};
pub use moves::{
    MoveOutcome, actor_moved, move_back, move_community, move_person, reopen_community,
};
pub use moving::move_thread;
pub use naming::Names;
pub use neighbours::{follow_as_community, unfollow_as_community};
pub use new_password::{WeakPassword, check_password};
pub use notice::{set_tell_published, tell_refused};
pub use notify::tell_of_sign_up;
pub use order::{Door, Order};
pub use password::{hash_password, verify_password};
pub use poll::{Chosen, poll_is_due, vote_here, vote_received};
pub use profile::{ProfileChange, change_profile, set_suspended};
pub use react::{NewReactionTo, Reacted, Via, Voter, react, take_back};
pub use remote::{
    Elsewhere, banned_elsewhere, locked_elsewhere, pinned_elsewhere, removed_elsewhere,
    restored_elsewhere, unbanned_elsewhere,
};
pub use removal::{remove_post, restore_post};
pub use report::{Complaining, Reported, flag_on, report, report_elsewhere};
pub use resolution::resolve_report;
pub use rewriting::{Described, Rewrite, rewrite_post, typed_text};
pub use second_factor::{code_step, recovery_hash};
pub use secret::{hash_of, new_secret};
pub use server::{
    assign_report, caring, delete_account, file_report, log_server_decision, may_decide_servers,
    reopen_report, set_disabled, suspend,
};
pub use session::{Browser, session_is_stale, use_session};
pub use sign_up::{
    Flaw, Flawed, HandleRule, NoSignUp, Registered, SignUpForm, SignUpFrom, Stage, approve_sign_up,
    confirm_address, correct_address, forget_stale_sign_ups, register, reject_sign_up,
    resend_confirmation,
};
pub use submit::{Special, Submission, Submitted, submit_post};
pub use team::{appoint, dismiss};
pub use token::{Grant, give_token, give_token_here};
pub use waiting::{approve_edit, refuse_edit};
pub use warn::warn;
pub use world::{Boxed, Discovered, Posted, World};
pub use writing::{
    ADDRESS_COUNTS, DraftError, MAX_MEDIA, MAX_TEXT, Written, check_draft, check_media,
    publish_scheduled, write_post,
};

/// What every action needs besides its transaction.
#[derive(Clone, Debug)]
pub struct Context {
    /// Our addresses.
    pub site: Site,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<IdSource>,
}

impl Context {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A fresh id of any kind for the present moment.
    pub fn id<T: From<Id>>(&self) -> T {
        self.ids.next_in_order(self.now()).into()
    }

    /// A fresh activity id and its address.
    pub(crate) fn activity(&self) -> (ActivityId, String) {
        let id: ActivityId = self.id();
        (id, self.site.activity(id))
    }
}

/// Why an action did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed; nothing was changed.
    #[error(transparent)]
    Storage(#[from] archipel_storage::Error),
    /// The name is taken, perhaps by somebody who is gone.
    #[error("the handle {0} is taken; names of deleted people and communities stay taken")]
    HandleTaken(String),
    /// The actor here is deleted or suspended.
    #[error("{0} does not act any more")]
    Inactive(String),
    /// Not a community of ours.
    #[error("{0} is not a community of this server")]
    NotACommunity(String),
    /// A profile cannot be so.
    #[error("{0}")]
    Profile(&'static str),
    /// Nobody of that name asked to join.
    #[error("{0} has not asked to join")]
    NoRequest(String),
    /// One cannot follow oneself.
    #[error("nobody can follow themselves")]
    Oneself,
    /// One of the two blocks the other.
    #[error("{0} cannot be followed: one of you blocks the other")]
    Blocks(String),
    /// Both communities live here.
    #[error("{0} lives here too: communities follow communities of other servers")]
    LivesHere(String),
    /// Not a community.
    #[error("{0} is not a community")]
    NotAGroup(String),
    /// Not a person: communities and servers hold no roles and are not banned.
    #[error("{0} is not a person")]
    NotAPerson(String),
    /// A reply cannot be put on top.
    #[error("only threads can be put on top, not replies")]
    NotAThread,
    /// There is no room on top.
    #[error("{0} threads are on top already; take one down first")]
    TooManyPinned(usize),
    /// The post waits, was removed or deleted.
    #[error("this post is not shown")]
    NotShown,
    /// Whoever is banned is not let in.
    #[error("{0} is banned; end the ban first")]
    StillBanned(String),
    /// Nothing of the community goes to other servers, and nothing comes from them.
    #[error("{0} is known to this server alone")]
    LocalOnly(String),
    /// The post does not wait for a moderator.
    #[error("this post does not wait for a moderator")]
    NotHeld,
    /// A reply cannot be moved by itself.
    #[error("only whole threads can be moved, not replies")]
    OnlyThreadsMove,
    /// One community is known to this server alone, and the other is not.
    #[error(
        "a thread cannot be moved between a community known here alone and one that others see"
    )]
    AnotherReach,
    /// The post is by somebody else.
    #[error("the post was not written by {0}")]
    NotTheirs(String),
    /// The report is no report of this community.
    #[error("there is no such report in this community")]
    NoSuchReport,
    /// A measure cannot rest on it.
    #[error(
        "there is no rule {number}: the community has {rules}; `archipel community show` lists them"
    )]
    NoSuchRule {
        /// The number that was given.
        number: i64,
        /// How many there are.
        rules: usize,
    },
    /// New keys wait to take over already.
    #[error("new keys sign from {}; to replace all of them at once add --now", .0.rfc3339())]
    KeysWait(Timestamp),
    /// There is no room for another id.
    #[error("{0} other addresses are named already; take one away first")]
    TooManyAliases(usize),
    /// The move would not be believed.
    #[error("{actor} cannot move to {target}: {why}; name {actor} as an alias there first")]
    NoMove {
        /// Where to.
        target: String,
        /// Who wants to move, an ActivityPub id.
        actor: String,
        /// Why not.
        why: &'static str,
    },
    /// It moved a short time ago.
    #[error("moved a short time ago; the next move is possible from {}", .0.rfc3339())]
    MovedLately(Timestamp),
    /// There is no room on top of a profile.
    #[error("{0} posts are on top of the profile already; take one down first")]
    TooManyPins(usize),
    /// What was written cannot be a post.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// There is no such invitation link in this place.
    #[error("there is no such invitation link; `archipel invite list` shows all")]
    NoSuchLink,
    /// Nobody of that name asked for an account, or they are in.
    #[error("nobody of that name waits for an account; `archipel account waiting` shows all")]
    NoSuchSignUp,
    /// What was given is not acceptable; says why.
    #[error("{0}")]
    Invalid(String),
    /// The role that was relied on is not held, or not any more.
    #[error("you hold no role in this community any more")]
    NoRole,
    /// Tried too often; seconds to wait.
    #[error("too many tries; try again in {} minutes", .0.div_ceil(60))]
    TooOften(u64),
    /// The server is stopping, or cannot do what takes long.
    #[error("the server has too much to do at the moment, please try again")]
    Busy,
    /// Not permitted.
    #[error("not permitted: {0}: {words}", words = .0.sentence())]
    Denied(archipel_model::permission::Denial),
}

/// The result of every action.
pub type Result<T> = std::result::Result<T, Error>;
