//! Whatever happens in a community, in whatever order, once or twice, early or late:
//! it ends as the rules say. Generated histories are done twice, by the actions on a
//! real database and by the reference in [`rules`], and compared after every step. A
//! history that differs is made as short as it can be.
//!
//! `ARCHIPEL_HISTORIES` sets how many are tried, `ARCHIPEL_HISTORY_SEED` which ones.

mod compare;
mod hands;
mod rules;
mod steps;
mod world;

use std::sync::Arc;

use archipel_model::{HoldPolicy, ReactionPolicy, Role};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::database::{Database, both};
use steps::Step;
use world::World;

both!(
    histories_end_as_the_rules_say,
    the_end_of_a_ban_publishes_nothing_that_was_refused,
    what_the_thread_and_the_ban_took_comes_back_when_both_are_undone,
    what_was_removed_once_by_itself_goes_and_comes_with_its_thread,
    an_answer_below_a_removed_one_escapes_no_lock,
    what_waited_when_its_author_brought_it_is_announced_when_approved,
    who_has_a_role_answers_what_waits,
    answers_outside_the_community_are_left_alone,
    a_new_rank_counts_from_when_it_was_given,
    a_mark_does_not_swallow_the_edit_that_waits,
    an_older_edit_drops_no_newer_one_that_waits,
    what_two_bans_took_comes_back_when_both_are_undone,
    votes_are_counted_once_and_by_the_policy
);

/// Tries one history; `Err` says where it differs.
async fn tried(db: &Database, steps: &[Step]) -> Result<(), String> {
    let mut world = World::new(db).await;
    for (number, step) in steps.iter().enumerate() {
        let done = world.step(*step).await;
        done.map_err(|differs| format!("step {number}, {step:?}: {differs}"))?;
    }
    Ok(())
}

async fn as_the_rules_say(db: &Database, steps: &[Step]) {
    if let Err(differs) = tried(db, steps).await {
        panic!("{differs}\nin {steps:#?}");
    }
}

fn setting(name: &str, or: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(or)
}

async fn histories_end_as_the_rules_say(db: Arc<Database>) {
    let seed = setting("ARCHIPEL_HISTORY_SEED", 20_261_123);
    let bytes: Vec<u8> = seed.to_le_bytes().into_iter().cycle().take(32).collect();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = steps::histories(rules::PEOPLE.len(), rules::POSTS.len(), 40);
    for _ in 0..setting("ARCHIPEL_HISTORIES", 160) {
        let mut tree = strategy.new_tree(&mut runner).unwrap();
        let Err(mut why) = tried(&db, &tree.current()).await else {
            continue;
        };
        // The shortest one that still differs.
        let mut shortest = tree.current();
        let mut shorter = tree.simplify();
        while shorter {
            match tried(&db, &tree.current()).await {
                Ok(()) => shorter = tree.complicate(),
                Err(differs) => {
                    (why, shortest) = (differs, tree.current());
                    shorter = tree.simplify();
                }
            }
        }
        panic!("{why}\nin {shortest:#?}\n(seed {seed})");
    }
}

const YANN: usize = 1;
const LENA: usize = 2;
const BEA: usize = 3;
const ANA: usize = 4;
const EVE: usize = 5;
const ZOE: usize = 6;

const fn ban(who: usize) -> Step {
    Step::Ban {
        by: YANN,
        who,
        hours: None,
        content: true,
    }
}

const fn unban(who: usize) -> Step {
    Step::Unban {
        by: YANN,
        who,
        restore: true,
    }
}

const fn remove(slot: usize, with_replies: bool) -> Step {
    Step::Remove {
        by: LENA,
        slot,
        with_replies,
    }
}

const fn restore(slot: usize) -> Step {
    Step::Restore { by: LENA, slot }
}

async fn the_end_of_a_ban_publishes_nothing_that_was_refused(db: Arc<Database>) {
    let refused = Step::Sort {
        by: YANN,
        slot: 0,
        publish: false,
    };
    let steps = [
        Step::Hold(HoldPolicy::Always, false),
        Step::Bring(0),
        refused,
        restore(0),
        ban(ANA),
        unban(ANA),
    ];
    as_the_rules_say(&db, &steps).await;
}

async fn what_the_thread_and_the_ban_took_comes_back_when_both_are_undone(db: Arc<Database>) {
    let (begin, taken) = (
        [Step::Bring(0), Step::Bring(2)],
        [remove(0, true), ban(EVE)],
    );
    for undone in [[restore(0), unban(EVE)], [unban(EVE), restore(0)]] {
        let steps = [&begin[..], &taken, &undone].concat();
        as_the_rules_say(&db, &steps).await;
    }
    let twice = [ban(EVE), Step::Wait(1), ban(EVE), unban(EVE)];
    as_the_rules_say(&db, &[&begin[..], &twice].concat()).await;
}

async fn what_was_removed_once_by_itself_goes_and_comes_with_its_thread(db: Arc<Database>) {
    let steps = [
        Step::Bring(0),
        Step::Bring(2),
        remove(2, false),
        restore(2),
        remove(0, true),
        restore(0),
        ban(EVE),
        unban(EVE),
    ];
    as_the_rules_say(&db, &steps).await;
}

async fn an_answer_below_a_removed_one_escapes_no_lock(db: Arc<Database>) {
    let lock = Step::Lock {
        by: LENA,
        slot: 0,
        on: true,
    };
    let steps = [
        Step::Bring(0),
        Step::Bring(2),
        lock,
        remove(2, false),
        Step::Bring(4),
    ];
    as_the_rules_say(&db, &steps).await;
}

async fn who_has_a_role_answers_what_waits(db: Arc<Database>) {
    let appoint = Step::Appoint {
        by: 0,
        who: ZOE,
        role: Role::Facilitator,
    };
    let steps = [
        appoint,
        Step::Hold(HoldPolicy::Never, true),
        Step::Bring(2),
        Step::Hold(HoldPolicy::Never, false),
        Step::Bring(7),
    ];
    as_the_rules_say(&db, &steps).await;
}

async fn answers_outside_the_community_are_left_alone(db: Arc<Database>) {
    let steps = [Step::Bring(4), Step::Bring(0), remove(0, true), restore(0)];
    as_the_rules_say(&db, &steps).await;
}

async fn a_new_rank_counts_from_when_it_was_given(db: Arc<Database>) {
    let appoint = |who, role| Step::Appoint {
        by: YANN,
        who,
        role,
    };
    let steps = [
        appoint(ANA, Role::Facilitator),
        appoint(EVE, Role::Moderator),
        appoint(ANA, Role::Moderator),
        Step::Dismiss { by: ANA, who: EVE },
        Step::Dismiss { by: EVE, who: ANA },
    ];
    as_the_rules_say(&db, &steps).await;
}

async fn what_waited_when_its_author_brought_it_is_announced_when_approved(db: Arc<Database>) {
    let approved = Step::Sort {
        by: YANN,
        slot: 2,
        publish: true,
    };
    // The answer to the answer comes first; what it answers is fetched, and waits.
    let steps = [
        Step::Bring(0),
        Step::Hold(HoldPolicy::Always, false),
        Step::Bring(4),
        Step::Bring(2),
        approved,
    ];
    as_the_rules_say(&db, &steps).await;
}

const fn edit(by: usize, slot: usize, late: i64) -> Step {
    Step::Edit { by, slot, late }
}

const ALWAYS: Step = Step::Hold(HoldPolicy::Always, false);
const NEVER: Step = Step::Hold(HoldPolicy::Never, false);

async fn a_mark_does_not_swallow_the_edit_that_waits(db: Arc<Database>) {
    let mark = Step::Mark {
        by: LENA,
        slot: 1,
        on: true,
    };
    let show = Step::SortEdit {
        by: YANN,
        slot: 1,
        publish: true,
    };
    let steps = [Step::Bring(1), ALWAYS, edit(BEA, 1, 0), mark, show];
    as_the_rules_say(&db, &steps).await;
}

async fn an_older_edit_drops_no_newer_one_that_waits(db: Arc<Database>) {
    let steps = [
        Step::Bring(0),
        ALWAYS,
        edit(ANA, 0, 0),
        NEVER,
        edit(ANA, 0, 10),
        edit(ANA, 0, 0),
    ];
    as_the_rules_say(&db, &steps).await;
}

async fn what_two_bans_took_comes_back_when_both_are_undone(db: Arc<Database>) {
    let everywhere = |by| Step::BanEverywhere {
        by,
        who: ANA,
        hours: None,
        content: true,
    };
    let undone = |by| Step::UnbanEverywhere {
        by,
        who: ANA,
        restore: true,
    };
    // By who runs this server, whom hers does not overrule; then by hers.
    for (by, other) in [(0, EVE), (EVE, ZOE)] {
        for ends in [[undone(by), unban(ANA)], [unban(ANA), undone(by)]] {
            let begin = [Step::Bring(0), ban(ANA), everywhere(by), undone(other)];
            as_the_rules_say(&db, &[&begin[..], &ends].concat()).await;
        }
    }
}

async fn votes_are_counted_once_and_by_the_policy(db: Arc<Database>) {
    let vote = |by, like| Step::Vote { by, slot: 0, like };
    let of_two = |by| {
        [
            vote(by, true),
            vote(by, true),
            vote(by, false),
            Step::Reactions(ReactionPolicy::Likes),
            vote(by, false),
            vote(by, true),
            vote(by, false),
            Step::Reactions(ReactionPolicy::Nothing),
            Step::Unvote { by, slot: 0 },
            Step::Unvote { by, slot: 0 },
            vote(by, true),
            Step::Reactions(ReactionPolicy::All),
        ]
    };
    let (here, elsewhere) = (of_two(BEA), of_two(EVE));
    let steps = [&[Step::Bring(0)][..], &here, &elsewhere].concat();
    as_the_rules_say(&db, &steps).await;
}
