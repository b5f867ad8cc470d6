//! All words that pages say, one file a language. `{}` stands for what is filled in.

mod accounts;
mod door;
mod en;
mod fr;
mod scopes;

pub(crate) use accounts::{AccountTexts, Said};
pub(crate) use door::DoorTexts;
pub(crate) use en::ENGLISH;
pub(crate) use fr::FRENCH;

/// The words for one and for several; `{}` is the number.
#[derive(Debug)]
pub(crate) struct Plural {
    pub(crate) one: &'static str,
    pub(crate) many: &'static str,
}

/// The words of one language.
#[derive(Debug)]
pub(crate) struct Texts {
    /// Its BCP 47 tag.
    pub(crate) lang: &'static str,
    /// Whether this number takes the singular.
    pub(crate) is_one: fn(i64) -> bool,
    pub(crate) months: [&'static str; 12],
    /// The first day of a month.
    pub(crate) first_day: &'static str,
    /// Between date and time.
    pub(crate) at: &'static str,

    pub(crate) skip: &'static str,
    pub(crate) navigation: &'static str,
    pub(crate) to_home: &'static str,
    pub(crate) accessibility: &'static str,

    pub(crate) home_about: &'static str,
    pub(crate) home_follow: &'static str,
    pub(crate) communities: &'static str,
    pub(crate) no_communities: &'static str,

    pub(crate) moved: &'static str,
    pub(crate) members: Plural,
    pub(crate) follow_heading: &'static str,
    pub(crate) handle_mastodon: &'static str,
    pub(crate) handle_lemmy: &'static str,
    pub(crate) follow_how: &'static str,
    pub(crate) policy_heading: &'static str,
    pub(crate) join_open: &'static str,
    pub(crate) join_approval: &'static str,
    pub(crate) join_invitation: &'static str,
    pub(crate) post_everyone: &'static str,
    pub(crate) post_members: &'static str,
    pub(crate) post_approved: &'static str,
    pub(crate) post_moderators: &'static str,
    pub(crate) reply_everyone: &'static str,
    pub(crate) reply_members: &'static str,
    pub(crate) reply_approved: &'static str,
    pub(crate) reply_moderators: &'static str,
    pub(crate) rules: &'static str,
    pub(crate) team: &'static str,
    pub(crate) pinned: &'static str,
    pub(crate) threads: &'static str,
    pub(crate) newest_threads: &'static str,
    pub(crate) no_threads: &'static str,

    pub(crate) person_handle: &'static str,
    pub(crate) posts: &'static str,
    pub(crate) no_posts: &'static str,

    pub(crate) by: &'static str,
    pub(crate) in_community: &'static str,
    pub(crate) post_by: &'static str,
    pub(crate) edited: &'static str,
    pub(crate) warning: &'static str,
    pub(crate) answers: &'static str,
    pub(crate) of_author: &'static str,
    pub(crate) address_of_post: &'static str,
    pub(crate) original_on: &'static str,
    pub(crate) replies: Plural,
    pub(crate) no_replies: &'static str,
    pub(crate) locked: &'static str,
    pub(crate) likes: Plural,
    pub(crate) dislikes: Plural,
    pub(crate) boosts: Plural,
    pub(crate) poll: &'static str,
    pub(crate) poll_votes: Plural,
    pub(crate) poll_voters: Plural,
    pub(crate) poll_multiple: &'static str,
    pub(crate) poll_open: &'static str,
    pub(crate) poll_open_until: &'static str,
    pub(crate) poll_closed: &'static str,
    pub(crate) poll_closed_on: &'static str,
    pub(crate) poll_how: &'static str,
    pub(crate) event_when: &'static str,
    pub(crate) event_where: &'static str,
    pub(crate) event_online: &'static str,
    pub(crate) beginning_hidden: &'static str,
    pub(crate) beginning_elsewhere: &'static str,
    pub(crate) go_to_reply: &'static str,
    pub(crate) first_replies: &'static str,
    pub(crate) next_replies: &'static str,

    pub(crate) not_found: &'static str,
    pub(crate) not_found_why: &'static str,
    pub(crate) gone: &'static str,
    pub(crate) gone_why: &'static str,
    pub(crate) trouble: &'static str,
    pub(crate) trouble_why: &'static str,
    pub(crate) back_home: &'static str,

    /// Logging in and letting apps in.
    pub(crate) door: &'static DoorTexts,
    pub(crate) accounts: &'static AccountTexts,
}

impl Texts {
    /// A text with what stands for `{}`.
    #[expect(clippy::unused_self, reason = "templates only have the texts at hand")]
    pub(crate) fn fill(&self, text: &str, value: &str) -> String {
        text.replacen("{}", value, 1)
    }

    /// A number of things.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates pass references"
    )]
    pub(crate) fn count(&self, plural: &Plural, number: &i64) -> String {
        let text = if (self.is_one)(*number) {
            plural.one
        } else {
            plural.many
        };
        self.fill(text, &number.to_string())
    }
}
