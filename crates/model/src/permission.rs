//! The one authorisation function: what somebody may do in a community, to whom,
//! from where.
//!
//! Every door asks here, with facts that come from our own database: federation,
//! apps, pages and command line get the same answer.

use std::cmp::Ordering;

use crate::{CommunityPolicy, PostPolicy, Role, Timestamp};

/// How somebody stands in one community, as our database knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each looked up by itself"
)]
pub struct Standing {
    /// Their role, if they hold one.
    pub role: Option<Role>,
    /// Since when they hold it: of two in one role, who came first ranks higher.
    pub since: Option<Timestamp>,
    /// Whether their follow was accepted.
    pub member: bool,
    /// Whether a moderator vouched for them.
    pub approved: bool,
    /// Whether they act no more at all: stopped by an administrator, or gone.
    pub suspended: bool,
    /// Whether they are banned from this community or from the whole server.
    pub banned: bool,
    /// Whether they administer this server.
    pub admin: bool,
}

impl Standing {
    /// The server itself, when an operator acts on the command line.
    pub const OPERATOR: Self = Self {
        role: None,
        since: None,
        member: false,
        approved: false,
        suspended: false,
        banned: false,
        admin: true,
    };

    /// Whether they hold at least this role.
    fn holds(&self, role: Role) -> bool {
        self.admin || self.role.is_some_and(|held| held >= role)
    }

    /// Whether they rank above somebody else: administrators above all, then by
    /// role, then by who has held it longer.
    pub fn outranks(&self, other: &Self) -> bool {
        let order = self
            .admin
            .cmp(&other.admin)
            .then(self.role.cmp(&other.role))
            .then_with(|| match (self.since, other.since) {
                (Some(mine), Some(theirs)) => theirs.cmp(&mine),
                _ => Ordering::Equal,
            });
        order == Ordering::Greater
    }
}

/// Something that one may want to do in a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Start a thread.
    Post,
    /// Answer in a thread.
    Reply,
    /// Vote for or against a post, show it to others, choose in a poll.
    React,
    /// Accept or reject who wants to join.
    Admit,
    /// Invite somebody to join.
    Invite,
    /// Vouch for a member, so that nothing of theirs is held any more, or take
    /// that back.
    Vouch,
    /// Put a thread on top, or take it down from there.
    Pin,
    /// Mark a post as sensitive, or take the mark away.
    Mark,
    /// Publish or refuse a post that is held.
    Decide,
    /// Remove a post from the community.
    Remove,
    /// Bring a removed post back.
    Restore,
    /// Close a thread to replies, or open it again.
    Lock,
    /// Move a thread to another community.
    Move,
    /// End somebody's membership.
    Expel,
    /// Keep somebody out, for a time or for good.
    Ban,
    /// Let somebody in again.
    Unban,
    /// Tell somebody that they broke a rule.
    Warn,
    /// Close a report.
    Resolve,
    /// Hold everything that comes in, or release it.
    Hold,
    /// Give somebody a role.
    Appoint,
    /// Take a role away.
    Dismiss,
    /// Change what the community says of itself.
    Edit,
    /// Change who may join and post.
    Configure,
    /// Delete the community, or move it elsewhere.
    Close,
    /// Keep somebody out of every community of the server, or let them in again.
    BanEverywhere,
    /// Close a report that concerns the server as a whole.
    ResolveEverywhere,
}
crate::policy::words! { Measure {
    Post => "post", Reply => "reply", React => "react", Admit => "admit", Invite => "invite", Vouch => "vouch",
    Pin => "pin", Mark => "mark", Decide => "decide", Remove => "remove", Restore => "restore",
    Lock => "lock", Move => "move", Expel => "expel", Ban => "ban", Unban => "unban",
    Warn => "warn", Resolve => "resolve", Hold => "hold", Appoint => "appoint",
    Dismiss => "dismiss", Edit => "edit", Configure => "configure", Close => "close",
    BanEverywhere => "ban_everywhere", ResolveEverywhere => "resolve_everywhere",
} }

/// To whom or what it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The community itself.
    Community,
    /// A post in the community, and how its author stands there.
    Post {
        /// How its author stands.
        author: Standing,
        /// Whether it belongs to this community.
        belongs: bool,
    },
    /// Somebody.
    Person {
        /// How they stand.
        standing: Standing,
        /// Whether it is the one who asks.
        oneself: bool,
        /// The role that they are to get, of [`Measure::Appoint`].
        role: Option<Role>,
    },
}

/// From where somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Through a door of this server: page, app, command line.
    Here,
    /// From their own server.
    Elsewhere {
        /// Whether the object lives on their server too, which then speaks for it.
        own_object: bool,
    },
}

/// Why something is not permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Stopped by an administrator, or gone.
    Suspended,
    /// Banned from this community.
    Banned,
    /// Only members may.
    MembersOnly,
    /// Only members for whom a moderator vouched may.
    ApprovedOnly,
    /// Only those with a role may.
    TeamOnly,
    /// Only moderators may.
    ModeratorsOnly,
    /// Only owners may.
    OwnersOnly,
    /// Only who administers the server may.
    AdminsOnly,
    /// The other one ranks as high or higher.
    Outranked,
    /// The post does not belong to this community.
    NotHere,
    /// Only from a door of this server.
    OnlyHere,
    /// Nobody does this to themselves.
    Oneself,
}
crate::policy::words! { Denial {
    Suspended => "suspended", Banned => "banned", MembersOnly => "members_only",
    ApprovedOnly => "approved_only", TeamOnly => "team_only",
    ModeratorsOnly => "moderators_only", OwnersOnly => "owners_only", AdminsOnly => "admins_only", Outranked => "outranked",
    NotHere => "not_here", OnlyHere => "only_here", Oneself => "oneself",
} }

impl Denial {
    /// What is said to whoever asked, with what can be done about it.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Suspended => "the account is suspended or gone",
            Self::Banned => "the account is banned from the community",
            Self::MembersOnly => "only members may; follow the community first",
            Self::ApprovedOnly => "only members for whom a moderator vouched may",
            Self::TeamOnly => "only the team of the community may",
            Self::ModeratorsOnly => "only moderators of the community may",
            Self::OwnersOnly => "only owners of the community may",
            Self::AdminsOnly => "only who runs the server may: leave --as out",
            Self::Outranked => "the other one ranks as high or higher",
            Self::NotHere => "the post does not belong to the community",
            Self::OnlyHere => "only from the community's own server",
            Self::Oneself => "nobody does this to themselves",
        }
    }
}

/// Who may do something at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Required {
    /// Whoever the community's policy says.
    Policy(PostPolicy),
    /// Whoever holds this role.
    Role(Role),
    /// Whoever administers the server.
    Admin,
}

const fn required(measure: Measure, policy: CommunityPolicy) -> Required {
    match measure {
        Measure::Post => Required::Policy(policy.post),
        Measure::Reply => Required::Policy(policy.reply),
        Measure::React => Required::Policy(PostPolicy::Everyone),
        Measure::Admit | Measure::Invite | Measure::Pin | Measure::Mark => {
            Required::Role(Role::Facilitator)
        }
        Measure::Vouch
        | Measure::Decide
        | Measure::Remove
        | Measure::Restore
        | Measure::Lock
        | Measure::Move
        | Measure::Expel
        | Measure::Ban
        | Measure::Unban
        | Measure::Warn
        | Measure::Resolve
        | Measure::Hold
        | Measure::Appoint
        | Measure::Dismiss
        | Measure::Edit => Required::Role(Role::Moderator),
        Measure::Configure | Measure::Close => Required::Role(Role::Owner),
        Measure::BanEverywhere | Measure::ResolveEverywhere => Required::Admin,
    }
}

impl CommunityPolicy {
    /// Whether anybody may do this who is not stopped: then nobody's role or
    /// membership has to be looked up.
    pub const fn is_for_everyone(self, measure: Measure) -> bool {
        matches!(
            required(measure, self),
            Required::Policy(PostPolicy::Everyone)
        )
    }
}

/// Whether somebody of this standing may do this, to this target, from there,
/// under this policy.
pub fn authorise(
    who: &Standing,
    measure: Measure,
    target: Target,
    origin: Origin,
    policy: CommunityPolicy,
) -> Result<(), Denial> {
    if who.suspended {
        return Err(Denial::Suspended);
    }
    // A server speaks for what lives on it, whatever its people are here.
    let speaks_for_it = matches!(origin, Origin::Elsewhere { own_object: true })
        && matches!(
            measure,
            Measure::Remove | Measure::Restore | Measure::BanEverywhere
        );
    // Whom their own server keeps out does not speak for it, least of all to let
    // themselves in again.
    if who.banned && (!speaks_for_it || measure == Measure::BanEverywhere) {
        return Err(Denial::Banned);
    }
    if !speaks_for_it {
        entitled(who, required(measure, policy))?;
    }
    let only_here = match measure {
        Measure::Configure | Measure::Close | Measure::ResolveEverywhere => true,
        Measure::BanEverywhere => !speaks_for_it,
        _ => false,
    };
    if only_here && origin != Origin::Here {
        return Err(Denial::OnlyHere);
    }
    match target {
        Target::Community => Ok(()),
        Target::Post { belongs: false, .. } => Err(Denial::NotHere),
        Target::Post { author, .. } => match measure {
            Measure::Remove if !speaks_for_it && who.role != author.role => below(who, &author),
            _ => Ok(()),
        },
        Target::Person {
            standing,
            oneself,
            role,
        } => {
            // Whom their own server stops is stopped, whatever they are here.
            if speaks_for_it {
                return if oneself {
                    Err(Denial::Oneself)
                } else {
                    Ok(())
                };
            }
            upon(who, measure, &standing, oneself, role)
        }
    }
}

/// Whether the role suffices, whoever it is done to.
fn entitled(who: &Standing, required: Required) -> Result<(), Denial> {
    let (allowed, denial) = match required {
        Required::Policy(PostPolicy::Everyone) => (true, Denial::MembersOnly),
        Required::Policy(PostPolicy::Members) => (
            who.member || who.holds(Role::Facilitator),
            Denial::MembersOnly,
        ),
        Required::Policy(PostPolicy::Approved) => (
            (who.member && who.approved) || who.holds(Role::Facilitator),
            Denial::ApprovedOnly,
        ),
        Required::Policy(PostPolicy::Moderators) | Required::Role(Role::Moderator) => {
            (who.holds(Role::Moderator), Denial::ModeratorsOnly)
        }
        Required::Role(Role::Facilitator) => (who.holds(Role::Facilitator), Denial::TeamOnly),
        Required::Role(Role::Owner) => (who.holds(Role::Owner), Denial::OwnersOnly),
        Required::Admin => (who.admin, Denial::AdminsOnly),
    };
    if allowed { Ok(()) } else { Err(denial) }
}

/// What one may do to somebody depends on who ranks above whom.
fn upon(
    who: &Standing,
    measure: Measure,
    other: &Standing,
    oneself: bool,
    role: Option<Role>,
) -> Result<(), Denial> {
    match measure {
        Measure::Ban | Measure::BanEverywhere | Measure::Expel | Measure::Warn if oneself => {
            Err(Denial::Oneself)
        }
        Measure::Dismiss if oneself => Ok(()),
        Measure::Ban
        | Measure::BanEverywhere
        | Measure::Expel
        | Measure::Warn
        | Measure::Dismiss => below(who, other),
        Measure::Appoint => {
            // Nobody gives more than they have, nor changes who ranks above them.
            if role.is_some_and(|role| !who.holds(role)) {
                return Err(Denial::Outranked);
            }
            if oneself || other.role.is_none() {
                return Ok(());
            }
            below(who, other)
        }
        _ => Ok(()),
    }
}

fn below(who: &Standing, other: &Standing) -> Result<(), Denial> {
    if who.outranks(other) {
        Ok(())
    } else {
        Err(Denial::Outranked)
    }
}

#[cfg(test)]
#[path = "permission_test.rs"]
mod tests;
