//! Who sees a post: the one rule, for apps, pages and streams alike.

use crate::Visibility;

/// What is asked of a post before somebody sees it. `false` everywhere is a stranger
/// looking at something published.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Glance {
    /// Who may see it, as its author said.
    pub visibility: Visibility,
    /// Whether it is published; else it is held, removed or deleted.
    pub published: bool,
    /// Whether it waits for a moderator.
    pub held: bool,
    /// Whether its community is known to this server alone.
    pub local_only: bool,
    /// Whether its author's server is blocked.
    pub host_blocked: bool,
    /// Whether its author is suspended.
    pub suspended: bool,
    /// Who looks.
    pub viewer: Glancer,
}

/// What matters of who looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Glancer {
    /// Whether they have an account here.
    pub here: bool,
    /// Whether they wrote it.
    pub author: bool,
    /// Whether their follow of the author is accepted.
    pub follows: bool,
    /// Whether they are addressed.
    pub addressed: bool,
    /// Whether they hold a role in its community, or act as it.
    pub moderates: bool,
    /// Whether the author blocks them.
    pub blocked: bool,
}

/// Whether they may see it.
pub const fn may_see(glance: &Glance) -> bool {
    let who = glance.viewer;
    if glance.held {
        return who.author || who.moderates;
    }
    if !glance.published || glance.host_blocked || glance.suspended {
        return false;
    }
    if who.author {
        return true;
    }
    if who.blocked || (glance.local_only && !who.here) {
        return false;
    }
    match glance.visibility {
        Visibility::Public | Visibility::Unlisted => true,
        Visibility::Followers => who.follows || who.addressed,
        Visibility::Direct => who.addressed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGER: Glance = Glance {
        visibility: Visibility::Public,
        published: true,
        held: false,
        local_only: false,
        host_blocked: false,
        suspended: false,
        viewer: Glancer {
            here: false,
            author: false,
            follows: false,
            addressed: false,
            moderates: false,
            blocked: false,
        },
    };

    #[test]
    fn each_audience_sees_what_is_meant_for_it() {
        assert!(may_see(&STRANGER));
        let private = Glance {
            visibility: Visibility::Followers,
            ..STRANGER
        };
        assert!(!may_see(&private));
        let follower = Glancer {
            follows: true,
            here: true,
            ..Glancer::default()
        };
        assert!(may_see(&Glance {
            viewer: follower,
            ..private
        }));
        let direct = Glance {
            visibility: Visibility::Direct,
            viewer: follower,
            ..STRANGER
        };
        assert!(!may_see(&direct));
        let held = Glance {
            published: false,
            held: true,
            viewer: follower,
            ..STRANGER
        };
        assert!(!may_see(&held));
        let author = Glancer {
            author: true,
            ..Glancer::default()
        };
        assert!(may_see(&Glance {
            viewer: author,
            ..held
        }));
        let local = Glance {
            local_only: true,
            ..STRANGER
        };
        assert!(!may_see(&local));
        assert!(may_see(&Glance {
            viewer: follower,
            ..local
        }));
    }
}
