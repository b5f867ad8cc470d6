//! The table of who may do what, worked out from [`authorise`] itself: what the
//! command line prints, the documentation shows and the tests try at every door.

use std::fmt::Write as _;

use crate::permission::{Denial, Measure, Origin, Standing, Target, authorise};
use crate::{CommunityPolicy, Role, Timestamp};

/// Who wants to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// Nobody in particular.
    Outsider,
    /// Whose follow was accepted.
    Member,
    /// Who welcomes and animates.
    Facilitator,
    /// Who moderates, and has for a while.
    Moderator,
    /// Who holds the community.
    Owner,
    /// Who runs the server.
    Operator,
}
crate::policy::words! { Who {
    Outsider => "outsider", Member => "member", Facilitator => "facilitator",
    Moderator => "moderator", Owner => "owner", Operator => "operator",
} }

/// Upon whom, or upon whose post, it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Upon {
    /// The community.
    Community,
    /// Somebody without a role.
    Outsider,
    /// A facilitator.
    Facilitator,
    /// A moderator who came after the one who acts.
    Younger,
    /// A moderator who came before the one who acts.
    Elder,
    /// An owner who came before the one who acts.
    Owner,
}
crate::policy::words! { Upon {
    Community => "community", Outsider => "outsider", Facilitator => "facilitator",
    Younger => "younger", Elder => "elder", Owner => "owner",
} }

/// From where it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum From {
    /// Through a door of this server.
    Here,
    /// From another server.
    Elsewhere,
    /// From the server on which the post, or the person, lives.
    Home,
}
crate::policy::words! { From { Here => "here", Elsewhere => "elsewhere", Home => "home" } }

/// What a measure is done upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concerns {
    /// The community itself.
    Community,
    /// A post in it.
    Post,
    /// Somebody.
    Person,
}

impl Measure {
    /// What it is done upon.
    pub const fn concerns(self) -> Concerns {
        match self {
            Self::Post
            | Self::Reply
            | Self::React
            | Self::Hold
            | Self::ResolveEverywhere
            | Self::Edit
            | Self::Configure
            | Self::Close => Concerns::Community,
            Self::Pin
            | Self::Mark
            | Self::Decide
            | Self::Remove
            | Self::Restore
            | Self::Lock
            | Self::Move
            | Self::Resolve => Concerns::Post,
            Self::Admit
            | Self::Invite
            | Self::Vouch
            | Self::Expel
            | Self::Ban
            | Self::BanEverywhere
            | Self::Unban
            | Self::Warn
            | Self::Appoint
            | Self::Dismiss => Concerns::Person,
        }
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// What.
    pub measure: Measure,
    /// By whom.
    pub who: Who,
    /// Upon whom or what.
    pub upon: Upon,
    /// From where.
    pub from: From,
    /// Why not, if not.
    pub denied: Option<Denial>,
}

/// Every right, in a community of this policy. The role that is given, where one is,
/// is that of a moderator.
pub fn table(policy: CommunityPolicy) -> impl Iterator<Item = Right> {
    let upon = |measure: &'static Measure| {
        Upon::ALL.iter().filter(move |upon| {
            (**upon == Upon::Community) == (measure.concerns() == Concerns::Community)
        })
    };
    Measure::ALL.iter().flat_map(move |measure| {
        let has_home = measure.concerns() == Concerns::Post || *measure == Measure::BanEverywhere;
        let from = From::ALL
            .iter()
            .filter(move |from| **from != From::Home || has_home);
        from.flat_map(move |from| {
            Who::ALL.iter().flat_map(move |who| {
                upon(measure).map(move |upon| right(*measure, *who, *upon, *from, policy))
            })
        })
    })
}

fn right(measure: Measure, who: Who, upon: Upon, from: From, policy: CommunityPolicy) -> Right {
    let other = other(upon);
    let target = match measure.concerns() {
        Concerns::Community => Target::Community,
        Concerns::Post => Target::Post {
            author: other,
            belongs: true,
        },
        Concerns::Person => Target::Person {
            standing: other,
            oneself: false,
            role: (measure == Measure::Appoint).then_some(Role::Moderator),
        },
    };
    let origin = match from {
        From::Here => Origin::Here,
        From::Elsewhere => Origin::Elsewhere { own_object: false },
        From::Home => Origin::Elsewhere { own_object: true },
    };
    Right {
        measure,
        who,
        upon,
        from,
        denied: authorise(&standing(who), measure, target, origin, policy).err(),
    }
}

fn holding(role: Role, since: i64) -> Standing {
    Standing {
        role: Some(role),
        since: Some(Timestamp::from_micros(since)),
        member: true,
        ..Standing::default()
    }
}

fn standing(who: Who) -> Standing {
    match who {
        Who::Outsider => Standing::default(),
        Who::Member => Standing {
            member: true,
            ..Standing::default()
        },
        Who::Facilitator => holding(Role::Facilitator, 1),
        Who::Moderator => holding(Role::Moderator, 1),
        Who::Owner => holding(Role::Owner, 1),
        Who::Operator => Standing::OPERATOR,
    }
}

fn other(upon: Upon) -> Standing {
    match upon {
        Upon::Community | Upon::Outsider => Standing::default(),
        Upon::Facilitator => holding(Role::Facilitator, 0),
        Upon::Younger => holding(Role::Moderator, 2),
        Upon::Elder => holding(Role::Moderator, 0),
        Upon::Owner => holding(Role::Owner, 0),
    }
}

/// The table as people read it: for every measure and role `yes`, `no`, or `below`
/// where it depends on who ranks higher.
pub fn markdown(policy: CommunityPolicy) -> String {
    let mut text = "| measure |".to_owned();
    for who in Who::ALL {
        let _ = write!(text, " {who} |");
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(Who::ALL.len()));
    text.push('\n');
    let rights: Vec<Right> = table(policy)
        .filter(|right| right.from == From::Here)
        .collect();
    for measure in Measure::ALL {
        let _ = write!(text, "| {measure} |");
        for who in Who::ALL {
            let cell = rights
                .iter()
                .filter(|right| right.measure == *measure && right.who == *who);
            let (all, permitted) = cell.fold((0, 0), |(all, permitted), right| {
                (all + 1, permitted + i32::from(right.denied.is_none()))
            });
            let word = match permitted {
                0 => "no",
                _ if permitted == all => "yes",
                _ => "below",
            };
            let _ = write!(text, " {word} |");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_what_is_promised_of_ranks() {
        let denied = |measure, who, upon, from| {
            table(CommunityPolicy::OPEN)
                .find(|right| {
                    (right.measure, right.who, right.upon, right.from) == (measure, who, upon, from)
                })
                .map(|right| right.denied)
        };
        for (measure, who, upon, from, expected) in [
            (
                Measure::Ban,
                Who::Moderator,
                Upon::Younger,
                From::Here,
                None,
            ),
            (
                Measure::Ban,
                Who::Moderator,
                Upon::Elder,
                From::Elsewhere,
                Some(Denial::Outranked),
            ),
            (
                Measure::Remove,
                Who::Outsider,
                Upon::Owner,
                From::Home,
                None,
            ),
            (
                Measure::Configure,
                Who::Owner,
                Upon::Community,
                From::Elsewhere,
                Some(Denial::OnlyHere),
            ),
        ] {
            assert_eq!(denied(measure, who, upon, from), Some(expected));
        }
        assert_eq!(
            denied(Measure::Ban, Who::Owner, Upon::Outsider, From::Home),
            None,
            "nobody lives at home of a post"
        );
    }

    #[test]
    fn the_documentation_shows_the_table() {
        let shown = include_str!("../../../docs/moderate.md");
        let table = markdown(CommunityPolicy::OPEN);
        assert!(
            shown.contains(&table),
            "docs/moderate.md must show what `archipel moderate rights` prints:\n{table}"
        );
    }
}
