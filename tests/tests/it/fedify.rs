//! An independent implementation: Fedify follows, posts, is answered, and checks
//! our signatures and documents itself.

use archipel_tests::fedify::Fedify;
use archipel_tests::surface::subject_of;
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Lab, both, eventually};
use serde_json::Value;

both!(follows_posts_and_hears, reads_our_documents);

async fn hears(fedify: &Fedify, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    eventually(
        &format!("a {kind} at the Fedify server"),
        PATIENCE,
        || async {
            let received = fedify.received().await;
            received
                .into_iter()
                .find(|activity| activity["type"] == kind && wanted(activity))
        },
    )
    .await
}

/// Follow, Accept, a post by mention, its Announce, an answer to it.
async fn follows_posts_and_hears(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let fedify = Fedify::start().await;
    let follow = fedify.follow(&group).await;
    let accept = hears(&fedify, "Accept", |_| true).await;
    assert_eq!(accept["actor"], group);
    assert_eq!(accept["object"], follow, "the Accept is about our Follow");
    eventually("the follower", PATIENCE, || async {
        (lab.followers("tilab").await == 1).then_some(())
    })
    .await;
    let note = fedify.post(&group, "Bonjour de Fedify").await;
    eventually("the Note in the community", PATIENCE, || async {
        let outbox = lab.outbox("tilab").await;
        outbox
            .iter()
            .any(|item| subject_of(item) == note)
            .then_some(())
    })
    .await;
    // Software nobody knows gets both forms; Fedify has verified both.
    hears(&fedify, "Announce", |announce| announce["object"] == note).await;
    let reply = fedify.reply(&group, &note, "Et une suite").await;
    hears(&fedify, "Announce", |announce| {
        announce["json"].to_string().contains(&reply)
    })
    .await;
    for knock in fedify.knocks().await {
        assert!(
            knock["status"].as_u64().is_some_and(|status| status < 300),
            "{knock}"
        );
        assert!(
            knock["scheme"] == "cavage" || knock["scheme"] == "rfc9421",
            "{knock}"
        );
    }
}

/// Our documents as Fedify reads them.
async fn reads_our_documents(db: Db) {
    let lab = Lab::builder(db)
        .set("federation.authorized_fetch", "true")
        .start()
        .await;
    lab.account("ada");
    let post = lab.post("ada", "tilab", "Un atelier", "Qui vient ?");
    let fedify = Fedify::start().await;
    let group = lab.community("tilab");
    let actor = fedify.lookup(&group).await;
    assert_eq!(actor["type"], "Group");
    assert_eq!(actor["id"], group);
    assert_eq!(actor["preferredUsername"], "tilab");
    assert_eq!(actor["sharedInbox"], lab.url("/inbox"));
    assert_eq!(actor["publicKeys"][0], format!("{group}#main-key"));
    assert!(actor["multikeys"].to_string().contains("#ed25519-key"));
    let person = fedify.lookup(&lab.url("/u/ada")).await;
    assert_eq!(person["type"], "Person");
    let outbox = fedify.lookup(&format!("{group}/outbox")).await;
    assert_eq!(outbox["type"], "OrderedCollection");
    assert_eq!(outbox["totalItems"], 1);
    assert_eq!(outbox["items"][0]["type"], "Announce");
    for collection in ["followers", "moderators", "featured"] {
        let read = fedify.lookup(&format!("{group}/{collection}")).await;
        assert!(
            read["type"]
                .as_str()
                .is_some_and(|kind| kind.ends_with("Collection")),
            "{collection}: {read}"
        );
    }
    let page = fedify.lookup(&post).await;
    assert_eq!(page["type"], "Page");
    assert_eq!(page["name"], "Un atelier");
    let instance = fedify.lookup(&lab.url("/")).await;
    assert_eq!(instance["type"], "Application");
}
