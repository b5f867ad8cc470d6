//! T1, T2: `kill -9` in the middle of the work, again and again. What was answered
//! with 202 has its effect exactly once; every peer finally has every Announce.
//!
//! `ARCHIPEL_KILL_LOOPS` sets how often (5 by default).

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use archipel_tests::peer::mastodon::{self, Posted, Toot};
use archipel_tests::peer::{Keys, Person, threadiverse};
use archipel_tests::surface::id_of;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};
use futures::stream::{self, StreamExt as _};

both!(in_mid_fan_out, in_mid_inbox);

/// Leases of a killed process have to run out first.
const RECOVERY: Duration = Duration::from_mins(3);

fn loops() -> u64 {
    std::env::var("ARCHIPEL_KILL_LOOPS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(5)
}

/// Moments spread over the work, the same in every run.
fn moment(round: u64) -> Duration {
    Duration::from_millis(5 + round * 83 % 240)
}

/// Distinct Announces (by their own id) of an object: at least once is at most one id.
fn announces(peer: &Peer, id: &str) -> usize {
    let ids: BTreeSet<String> = peer.announces_of(id).iter().map(id_of).collect();
    ids.len()
}

/// T1: fan-out to fifty servers.
async fn in_mid_fan_out(db: Db) {
    let mut lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let mut peers = Vec::new();
    for n in 0..50 {
        let family = if n % 2 == 0 {
            Family::Lemmy
        } else {
            Family::Mastodon
        };
        let peer = Peer::start(family).await;
        let person = peer.person_with("member", Keys::shared(0));
        let follow = match family {
            Family::Lemmy => threadiverse::follow(&person, &group),
            _ => mastodon::follow(&person, &group),
        };
        person.says(&lab, &follow).await;
        peers.push((peer, person));
    }
    for (peer, _) in &peers {
        peer.hears("Accept", |_| true).await;
    }
    let author = peers[1].1.clone();
    let mut posts = Vec::new();
    for round in 0..loops() {
        let toot = Toot::by(&author, &format!("Tour {round}"))
            .to_group(&group)
            .post();
        author.says(&lab, &toot.create).await;
        posts.push(toot.id);
        tokio::time::sleep(moment(round)).await;
        lab.kill9();
        lab.restart().await;
    }
    for (peer, _) in &peers {
        for post in &posts {
            eventually(
                &format!("an Announce of {post} at {}", peer.base()),
                RECOVERY,
                || async { (announces(peer, post) >= 1).then_some(()) },
            )
            .await;
            assert_eq!(
                announces(peer, post),
                1,
                "one Announce, however often it was sent"
            );
        }
    }
    assert_eq!(lab.outbox("tilab").await.len(), posts.len());
}

/// Sends a reply to a server that may die meanwhile; whether it was taken (202).
async fn offer(lab: &Lab, author: &Person, reply: &Posted) -> bool {
    let body = reply.create.to_string().into_bytes();
    match author.deliver(lab, "/inbox").try_send(body).await {
        Ok(answer) => answer.status == 202,
        Err(_) => false,
    }
}

/// T2: inbox work. Replies to one thread keep coming in while the server dies.
async fn in_mid_inbox(db: Db) {
    const EACH: usize = 30;
    let mut lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let lemmy = Peer::start(Family::Lemmy).await;
    let watcher = lemmy.person("watcher");
    watcher
        .says(&lab, &threadiverse::follow(&watcher, &group))
        .await;
    lemmy.hears("Accept", |_| true).await;
    lab.account("ada");
    let root = lab.post("ada", "tilab", "Un long fil", "Bonjour");
    lemmy.hears_announce_of(&root).await;
    let authors: Vec<Person> = (0..5)
        .map(|n| lemmy.person_with(&format!("p{n}"), Keys::shared(n)))
        .collect();
    let mut taken = BTreeSet::new();
    for round in 0..loops() {
        let replies: Vec<(usize, Posted)> = (0..EACH)
            .map(|n| {
                let author = n % authors.len();
                let text = format!("tour {round} numéro {n}");
                (
                    author,
                    threadiverse::comment(
                        &authors[author],
                        &group,
                        &root,
                        &lab.url("/u/ada"),
                        &text,
                    ),
                )
            })
            .collect();
        let accepted = Mutex::new(BTreeSet::new());
        let (here, known, answered) = (&lab, &authors, &accepted);
        let sending = stream::iter(&replies)
            .map(|(author, reply)| async move {
                if offer(here, &known[*author], reply).await {
                    answered.lock().expect("no panic").insert(reply.id.clone());
                }
            })
            .buffer_unordered(8)
            .collect::<()>();
        // Killed at a moment within the sending, or right behind it.
        tokio::select! {
            () = sending => {}
            () = tokio::time::sleep(moment(round) * 2) => {}
        }
        lab.kill9();
        lab.restart().await;
        // As peers do: what was not taken is sent again. What was taken is not: it
        // must be there.
        let accepted = accepted.into_inner().expect("no panic");
        for (author, reply) in &replies {
            if !accepted.contains(&reply.id) {
                eventually("a second try", RECOVERY, || async {
                    offer(&lab, &authors[*author], reply).await.then_some(())
                })
                .await;
            }
            taken.insert(reply.id.clone());
        }
    }
    eventually(
        &format!("all {} replies in the thread", taken.len()),
        RECOVERY,
        || async {
            let all = crate::replies::thread(&lab, &root).await;
            taken.iter().all(|id| all.contains(id)).then_some(())
        },
    )
    .await;
    let mut all = crate::replies::thread(&lab, &root).await;
    all.retain(|id| *id != root);
    assert_eq!(all.len(), taken.len(), "each exactly once");
    for id in &taken {
        eventually(&format!("an Announce of {id}"), RECOVERY, || async {
            (announces(&lemmy, id) >= 1).then_some(())
        })
        .await;
        assert_eq!(announces(&lemmy, id), 1, "{id}");
    }
}
