//! The table of authorisation, row by row, and what must hold for all of it.

use super::*;

const FOR_ALL: CommunityPolicy = CommunityPolicy::OPEN;

fn with_role(role: Role, since: i64) -> Standing {
    Standing {
        role: Some(role),
        since: Some(Timestamp::from_micros(since)),
        member: true,
        ..Standing::default()
    }
}

fn person(standing: Standing) -> Target {
    Target::Person {
        standing,
        oneself: false,
        role: None,
    }
}

fn asks(who: Standing, measure: Measure, target: Target) -> Result<(), Denial> {
    authorise(&who, measure, target, Origin::Here, FOR_ALL)
}

#[test]
fn policy_decides_who_posts() {
    let stranger = Standing::default();
    let member = Standing {
        member: true,
        ..stranger
    };
    let vouched = Standing {
        approved: true,
        ..member
    };
    let facilitator = Standing {
        role: Some(Role::Facilitator),
        ..stranger
    };
    let moderator = with_role(Role::Moderator, 1);
    let rows = [
        (PostPolicy::Everyone, stranger, Ok(())),
        (PostPolicy::Members, stranger, Err(Denial::MembersOnly)),
        (PostPolicy::Members, member, Ok(())),
        (PostPolicy::Members, facilitator, Ok(())),
        (PostPolicy::Approved, member, Err(Denial::ApprovedOnly)),
        (PostPolicy::Approved, vouched, Ok(())),
        (PostPolicy::Approved, facilitator, Ok(())),
        (PostPolicy::Moderators, vouched, Err(Denial::ModeratorsOnly)),
        (
            PostPolicy::Moderators,
            facilitator,
            Err(Denial::ModeratorsOnly),
        ),
        (PostPolicy::Moderators, moderator, Ok(())),
    ];
    for (post, who, expected) in rows {
        let policy = CommunityPolicy {
            post,
            ..CommunityPolicy::OPEN
        };
        let found = authorise(&who, Measure::Post, Target::Community, Origin::Here, policy);
        assert_eq!(found, expected, "{post} {who:?}");
    }
}

#[test]
fn every_measure_asks_for_a_role() {
    for measure in Measure::ALL.iter().copied() {
        if matches!(measure, Measure::Post | Measure::Reply | Measure::React) {
            continue;
        }
        let member = Standing {
            member: true,
            approved: true,
            ..Standing::default()
        };
        assert!(
            asks(member, measure, Target::Community).is_err(),
            "{measure}"
        );
        let owner = with_role(Role::Owner, 1);
        let expected = if matches!(measure, Measure::BanEverywhere | Measure::ResolveEverywhere) {
            Err(Denial::AdminsOnly)
        } else {
            Ok(())
        };
        assert_eq!(
            asks(owner, measure, Target::Community),
            expected,
            "{measure}"
        );
        assert_eq!(
            asks(Standing::OPERATOR, measure, Target::Community),
            Ok(()),
            "{measure}"
        );
    }
}

#[test]
fn who_is_stopped_does_nothing_whatever_they_are() {
    for measure in Measure::ALL.iter().copied() {
        for (suspended, banned, denial) in [
            (true, false, Denial::Suspended),
            (false, true, Denial::Banned),
        ] {
            let owner = Standing {
                suspended,
                banned,
                ..with_role(Role::Owner, 1)
            };
            assert_eq!(asks(owner, measure, Target::Community), Err(denial));
        }
    }
}

#[test]
fn nobody_acts_upon_who_ranks_as_high() {
    let owner = with_role(Role::Owner, 1);
    let elder = with_role(Role::Moderator, 2);
    let younger = with_role(Role::Moderator, 3);
    let facilitator = with_role(Role::Facilitator, 1);
    let member = Standing::default();
    for measure in [
        Measure::Ban,
        Measure::Expel,
        Measure::Warn,
        Measure::Dismiss,
    ] {
        for (who, other, allowed) in [
            (owner, elder, true),
            (elder, owner, false),
            (elder, younger, true),
            (younger, elder, false),
            (younger, facilitator, true),
            (younger, member, true),
            (elder, elder, false),
            (Standing::OPERATOR, owner, true),
        ] {
            let found = asks(who, measure, person(other));
            let expected = if allowed {
                Ok(())
            } else {
                Err(Denial::Outranked)
            };
            assert_eq!(found, expected, "{measure}: {who:?} upon {other:?}");
        }
    }
}

#[test]
fn nobody_gives_more_than_they_have() {
    let moderator = with_role(Role::Moderator, 1);
    let appoint = |standing, role| Target::Person {
        standing,
        oneself: false,
        role: Some(role),
    };
    let nobody = Standing::default();
    let by = |target| asks(moderator, Measure::Appoint, target);
    assert_eq!(by(appoint(nobody, Role::Moderator)), Ok(()));
    assert_eq!(by(appoint(nobody, Role::Owner)), Err(Denial::Outranked));
    let owner = with_role(Role::Owner, 2);
    assert_eq!(
        by(appoint(owner, Role::Facilitator)),
        Err(Denial::Outranked),
        "an appointment is no way to demote"
    );
}

#[test]
fn one_may_leave_a_role_but_not_ban_oneself() {
    let moderator = with_role(Role::Moderator, 1);
    let myself = Target::Person {
        standing: moderator,
        oneself: true,
        role: None,
    };
    assert_eq!(asks(moderator, Measure::Dismiss, myself), Ok(()));
    assert_eq!(asks(moderator, Measure::Ban, myself), Err(Denial::Oneself));
}

#[test]
fn a_server_removes_what_lives_on_it_and_no_more() {
    let nobody = Standing::default();
    let post = Target::Post {
        author: nobody,
        belongs: true,
    };
    let own = Origin::Elsewhere { own_object: true };
    let foreign = Origin::Elsewhere { own_object: false };
    let ask = |measure, target, origin| authorise(&nobody, measure, target, origin, FOR_ALL);
    assert_eq!(ask(Measure::Remove, post, own), Ok(()));
    assert_eq!(
        ask(Measure::Remove, post, foreign),
        Err(Denial::ModeratorsOnly)
    );
    assert_eq!(ask(Measure::Lock, post, own), Err(Denial::ModeratorsOnly));
    let elsewhere = Target::Post {
        author: nobody,
        belongs: false,
    };
    assert_eq!(ask(Measure::Remove, elsewhere, own), Err(Denial::NotHere));
}

/// C54: a server stops its own people everywhere, and nobody else's; everywhere
/// means also those who hold a role here.
#[test]
fn a_server_stops_its_own_people_and_no_others() {
    let nobody = Standing::default();
    let moderator = with_role(Role::Moderator, 1);
    let own = Origin::Elsewhere { own_object: true };
    let foreign = Origin::Elsewhere { own_object: false };
    let ask = |who: Standing, origin| {
        authorise(
            &who,
            Measure::BanEverywhere,
            person(moderator),
            origin,
            FOR_ALL,
        )
    };
    assert_eq!(ask(nobody, own), Ok(()));
    assert_eq!(ask(nobody, foreign), Err(Denial::AdminsOnly));
    assert_eq!(ask(moderator, Origin::Here), Err(Denial::AdminsOnly));
    assert_eq!(ask(Standing::OPERATOR, Origin::Here), Ok(()));
    let admin = Standing {
        admin: true,
        ..nobody
    };
    assert_eq!(ask(admin, foreign), Err(Denial::OnlyHere));
    assert_eq!(
        authorise(&nobody, Measure::Ban, person(moderator), own, FOR_ALL),
        Err(Denial::ModeratorsOnly),
        "a community bans by its moderators"
    );
}

#[test]
fn settings_are_changed_here_only() {
    let owner = with_role(Role::Owner, 1);
    let elsewhere = Origin::Elsewhere { own_object: false };
    for measure in [Measure::Configure, Measure::Close] {
        assert_eq!(
            authorise(&owner, measure, Target::Community, elsewhere, FOR_ALL),
            Err(Denial::OnlyHere)
        );
    }
    assert_eq!(
        authorise(&owner, Measure::Edit, Target::Community, elsewhere, FOR_ALL),
        Ok(())
    );
}
