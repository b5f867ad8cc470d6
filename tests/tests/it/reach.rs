//! Who gets to see a community: everybody, who knows its address, or the people of
//! this server alone (P2).

use archipel_tests::peer::flags;
use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::surface::{ACTIVITY_JSON, subject_of};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, both, eventually};
use serde_json::json;

use crate::attacks::fate;
use crate::posting::follower;

both!(
    a_local_community_is_known_to_nobody_else,
    an_unlisted_community_is_read_by_address
);

/// P2: to everybody else it was never there, byte for byte; its own people go on, and
/// nothing of it leaves.
async fn a_local_community_is_known_to_nobody_else(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    lab.account("yann");
    lab.account("maud");
    let before = lab.post("yann", "tilab", "AVANT", "Texte");
    microblog.hears_announce_of(&before).await;
    let groups = lab.get("/nodeinfo/2.1", "application/json").await.json();

    lab.run(&["community", "set", "tilab", "--reach", "local"]);
    let reject = microblog.hears("Reject", |_| true).await;
    assert_eq!(reject["actor"], group);
    assert_eq!(reject["object"]["actor"], alice.id);
    let heard = microblog.attempts().len();

    lab.follow("yann", &group);
    lab.run(&["follow", "maud", "tilab"]);
    let inside = lab.post("yann", "tilab", "DEDANS", "Texte");
    let reply = lab.reply("maud", &inside, "SUITE");
    lab.run(&["edit", "yann", &before, "Texte changé"]);
    let path = |url: &str| {
        let base = lab.url("");
        let path = url.strip_prefix(base.trim_end_matches('/'));
        path.expect("ours").to_owned()
    };
    // Documents are remembered for a moment.
    eventually("the group gone from memory", PATIENCE, || async {
        (lab.get("/c/tilab", ACTIVITY_JSON).await.status == 404).then_some(())
    })
    .await;
    let mut places = Vec::new();
    for part in ["", "/outbox", "/followers", "/featured", "/moderators"] {
        places.push((format!("/c/tilab{part}"), format!("/c/nobody{part}")));
    }
    for post in [&before, &inside, &reply] {
        for part in ["", "/replies", "/context"] {
            places.push((format!("{}{part}", path(post)), format!("/p/1{part}")));
        }
    }
    for (hidden, unknown) in &places {
        let (it, other) = (
            lab.get(hidden, ACTIVITY_JSON).await,
            lab.get(unknown, ACTIVITY_JSON).await,
        );
        assert_eq!(
            (it.status, &it.text),
            (other.status, &other.text),
            "{hidden}"
        );
        assert_eq!(it.status, 404, "{hidden}");
        let signed = alice.get(&lab, &lab.url(hidden)).await;
        assert_eq!(
            (signed.status, &signed.text),
            (it.status, &it.text),
            "{hidden}"
        );
    }
    for page in ["/c/tilab".to_owned(), path(&before), path(&inside)] {
        assert_eq!(lab.get(&page, "text/html").await.status, 404, "{page}");
    }
    for page in ["/", "/u/yann"] {
        let text = lab.get(page, "text/html").await.text;
        for word in ["/c/tilab", "DEDANS", "AVANT"] {
            assert!(!text.contains(word), "{page} shows {word}");
        }
    }
    let outbox = lab.items(&lab.url("/u/yann/outbox")).await;
    assert!(outbox.is_empty(), "{outbox:?}");
    let resource = format!(
        "/.well-known/webfinger?resource=acct:tilab@{}",
        lab.authority()
    );
    assert_eq!(lab.get(&resource, "*/*").await.status, 404);
    let fewer = lab.get("/nodeinfo/2.1", "application/json").await.json();
    assert_ne!(groups["usage"], fewer["usage"]);

    let follow = mastodon::follow(&alice, &group);
    alice.says(&lab, &follow).await;
    assert_eq!(fate(&lab, &follow).await, "refused");
    let toot = Toot::by(&alice, "Il y a quelqu’un ?")
        .to_group(&group)
        .post();
    alice.says(&lab, &toot.create).await;
    assert_eq!(fate(&lab, &toot.create).await, "refused");
    let answer = Toot::by(&alice, "Une réponse").reply_to(&inside).post();
    alice.says(&lab, &answer.create).await;
    assert_eq!(fate(&lab, &answer.create).await, "refused");
    // Nor is anything counted or reported of what cannot be known.
    let like = json!({
        "id": alice.activity_id("like"), "type": "Like", "actor": alice.id, "object": inside,
    });
    let flag = flags::lemmy(&alice, &group, &inside, "Publicité");
    for deed in [like, flag] {
        alice.says(&lab, &deed).await;
        assert_eq!(fate(&lab, &deed).await, "refused", "{deed}");
    }
    let own_inbox = alice
        .deliver(&lab, "/c/tilab/inbox")
        .send(follow.to_string().into_bytes())
        .await;
    assert_eq!(own_inbox.status, 404);
    let said: Vec<_> = microblog.attempts().split_off(heard);
    let after: Vec<_> = said
        .iter()
        .filter(|said| said.json["type"] != "Update" || said.json["object"]["id"] != before)
        .collect();
    assert!(after.is_empty(), "nothing is said of it: {after:?}");

    lab.run(&["community", "set", "tilab", "--reach", "public"]);
    let outbox = lab.outbox("tilab").await;
    assert!(outbox.iter().any(|item| subject_of(item) == inside));
    alice.says(&lab, &mastodon::follow(&alice, &group)).await;
    eventually("let in again", PATIENCE, || async {
        (microblog.of_type("Accept").len() == 2).then_some(())
    })
    .await;
}

/// Unlisted: it asks not to be found, and is on no list.
async fn an_unlisted_community_is_read_by_address(db: Db) {
    let lab = Lab::start(db).await;
    assert_eq!(lab.document("/c/tilab").await["discoverable"], true);
    lab.run(&["community", "set", "tilab", "--reach", "unlisted"]);
    lab.account("yann");
    let post = lab.post("yann", "tilab", "Discret", "Texte");
    eventually("the document as it is now", PATIENCE, || async {
        let group = lab.document("/c/tilab").await;
        (group["discoverable"] == false && group["indexable"] == false).then_some(())
    })
    .await;
    assert!(!lab.get("/", "text/html").await.text.contains("/c/tilab"));
    assert_eq!(lab.document_at(&post).await["name"], "Discret");
    let base = lab.url("");
    let thread = post.strip_prefix(base.trim_end_matches('/')).expect("ours");
    for path in ["/c/tilab", thread] {
        let page = lab.get(path, "text/html").await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains("noindex"), "{path}");
    }
    assert_eq!(lab.outbox("tilab").await.len(), 1);
}
