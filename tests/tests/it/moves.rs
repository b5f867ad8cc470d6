//! People and communities that move (FEP-7628), here and elsewhere.

use archipel_tests::peer::mastodon::{self, Toot};
use archipel_tests::peer::{Person, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, Peer, both, eventually};
use serde_json::{Value, json};

use crate::posting::follower;

both!(
    who_follows_here_follows_the_move,
    a_move_needs_both_sides,
    what_keeps_somebody_out_moves_with_them,
    who_was_let_in_stays_in,
    a_person_of_ours_moves,
    a_community_of_ours_moves
);

fn moved(old: &Person, new: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": old.activity_id("moves"), "type": "Move",
        "actor": old.id, "object": old.id, "target": new, "to": [old.followers()],
    })
}

/// What became of an activity, in words.
fn outcome(lab: &Lab, activity: &Value) -> String {
    let heard = lab.heard(&["done", "refused"]);
    let row = heard
        .iter()
        .find(|row| row["activity_uri"] == activity["id"]);
    row.map(|row| row["outcome"].to_string())
        .unwrap_or_default()
}

/// An account that was followed from here moves: it is followed at its new place, and
/// no more at its old one. Also once it moves on, and when it comes back.
async fn who_follows_here_follows_the_move(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let (peer, other) = (
        Peer::start(Family::Mastodon).await,
        Peer::start(Family::Mastodon).await,
    );
    let (old, new) = (peer.person("alice"), other.person("alice"));
    lab.follow("ada", &old.id);
    peer.hears("Follow", |_| true).await;
    new.shows("Person", |shown| shown["alsoKnownAs"] = json!([old.id]));
    old.says_and_is_heard(&lab, &moved(&old, &new.id)).await;
    other.hears("Follow", |said| said["object"] == new.id).await;
    peer.hears("Undo", |said| said["object"]["object"] == old.id)
        .await;
    // Back again: the old one says that it is also the new one, and moved nowhere.
    old.shows("Person", |shown| shown["alsoKnownAs"] = json!([new.id]));
    new.says_and_is_heard(&lab, &moved(&new, &old.id)).await;
    eventually("the second follow", PATIENCE, || async {
        (peer.of_type("Follow").len() == 2).then_some(())
    })
    .await;
    let follows = lab.json(&["account", "show", "ada"])["follows"].clone();
    assert_eq!(follows.as_array().map(Vec::len), Some(1), "{follows}");
    assert_eq!(follows[0]["actor"], old.id);
}

/// A23, C74: nobody moves to who does not say that they are the same, in the name of
/// somebody else, to a community, or to who has moved on.
async fn a_move_needs_both_sides(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let peer = Peer::start(Family::Mastodon).await;
    let (old, new) = (peer.person("alice"), peer.person("alice2"));
    let group = peer.group("cercle");
    group.shows("Group", |shown| shown["alsoKnownAs"] = json!([old.id]));
    lab.follow("ada", &old.id);
    peer.hears("Follow", |_| true).await;
    let silent = moved(&old, &new.id);
    old.says_and_is_heard(&lab, &silent).await;
    assert!(outcome(&lab, &silent).contains("does not say"));
    new.shows("Person", |shown| shown["alsoKnownAs"] = json!([old.id]));
    let mut forged = moved(&new, &new.id);
    forged["object"] = json!(old.id);
    new.says_and_is_heard(&lab, &forged).await;
    assert!(outcome(&lab, &forged).contains("no post that is known"));
    let kinds = moved(&old, &group.id);
    old.says_and_is_heard(&lab, &kinds).await;
    assert!(outcome(&lab, &kinds).contains("not the same"));
    new.shows("Person", |shown| {
        shown["alsoKnownAs"] = json!([old.id]);
        shown["movedTo"] = json!(group.id);
    });
    let onward = moved(&old, &new.id);
    old.says_and_is_heard(&lab, &onward).await;
    assert!(outcome(&lab, &onward).contains("moved on"));
    let circle = moved(&old, &old.id);
    old.says_and_is_heard(&lab, &circle).await;
    assert!(outcome(&lab, &circle).contains("where they are"));
    let follows = lab.json(&["account", "show", "ada"])["follows"].clone();
    assert_eq!(follows[0]["actor"], old.id);
    assert_eq!(peer.of_type("Follow").len(), 1);
}

/// A23: whoever is banned stays so under the new id, and roles stay behind.
async fn what_keeps_somebody_out_moves_with_them(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (peer, old) = follower(&lab, Family::Mastodon, "alice").await;
    let new = peer.person("alice2");
    lab.run(&["moderate", "ban", "tilab", &old.id, "--reason", "Publicité"]);
    peer.hears("Reject", |_| true).await;
    new.shows("Person", |shown| shown["alsoKnownAs"] = json!([old.id]));
    old.says_and_is_heard(&lab, &moved(&old, &new.id)).await;
    let follow = mastodon::follow(&new, &group);
    new.says_and_is_heard(&lab, &follow).await;
    peer.hears("Reject", |said| said["object"]["actor"] == new.id)
        .await;
    let toot = Toot::by(&new, "Me revoilà").to_group(&group).post();
    new.says_and_is_heard(&lab, &toot.create).await;
    assert!(outcome(&lab, &toot.create).contains("banned"));
    let log = lab.list(&["log", "tilab"]);
    let bans = log.iter().filter(|row| row["measure"] == "banned").count();
    assert_eq!(bans, 2, "{log:?}");
}

/// Where one asks to join, who moved need not ask again, and stays vouched for.
async fn who_was_let_in_stays_in(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (peer, old) = follower(&lab, Family::Mastodon, "alice").await;
    let set = [
        "community",
        "set",
        "tilab",
        "--join",
        "approval",
        "--post",
        "approved",
    ];
    lab.run(&set);
    lab.run(&["moderate", "vouch", "tilab", &old.id]);
    let (new, stranger) = (peer.person("alice2"), peer.person("bob"));
    new.shows("Person", |shown| shown["alsoKnownAs"] = json!([old.id]));
    // Who merely claims to have been somebody is not let in.
    stranger.shows("Person", |shown| shown["alsoKnownAs"] = json!([old.id]));
    old.says_and_is_heard(&lab, &moved(&old, &new.id)).await;
    for person in [&stranger, &new] {
        let follow = mastodon::follow(person, &group);
        person.says_and_is_heard(&lab, &follow).await;
    }
    peer.hears("Accept", |said| said["object"]["actor"] == new.id)
        .await;
    assert_eq!(lab.requests("tilab"), [stranger.id.as_str()]);
    let toot = Toot::by(&new, "De ma nouvelle adresse").to_group(&group);
    let toot = toot.post();
    new.says_and_is_heard(&lab, &toot.create).await;
    peer.hears_announce_of(&toot.id).await;
    assert_eq!(lab.followers("tilab").await, 1, "the old one is out");
}

/// A person of this server moves, once both sides say so, and not again within a week.
async fn a_person_of_ours_moves(db: Db) {
    let lab = Lab::start(db).await;
    let ada = lab.account("ada");
    let peer = Peer::start(Family::Mastodon).await;
    let (bob, new) = (peer.person("bob"), peer.person("ada"));
    bob.says_and_is_heard(&lab, &mastodon::follow(&bob, &ada))
        .await;
    let go = ["account", "move", "ada", new.id.as_str(), "--yes"];
    let early = lab.cli(&go);
    assert!(!early.status.success());
    assert!(String::from_utf8_lossy(&early.stderr).contains("alias"));
    new.shows("Person", |shown| shown["alsoKnownAs"] = json!([ada]));
    lab.run(&go);
    let said = peer.hears("Move", |_| true).await;
    assert_eq!(said["actor"], ada);
    assert_eq!(said["object"], ada);
    assert_eq!(said["target"], new.id);
    assert_eq!(lab.document("/u/ada").await["movedTo"], new.id);
    assert!(!lab.cli(&go).status.success(), "not twice a week");
    let follow = mastodon::follow(&bob, &ada);
    lab.run(&["account", "move", "ada", "--back"]);
    bob.says_and_is_heard(&lab, &follow).await;
    eventually("back again", PATIENCE, || async {
        let document = lab.document("/u/ada").await;
        document["movedTo"].is_null().then_some(())
    })
    .await;
    // The other way round: aliases are named, so that somebody can move here.
    lab.run(&["account", "alias", "add", "ada", &new.id]);
    peer.hears("Update", |said| {
        said["object"]["alsoKnownAs"] == json!([new.id])
    })
    .await;
    let aliases = lab.list(&["account", "alias", "list", "ada"]);
    assert_eq!(aliases[0]["actor"], new.id);
    lab.run(&["account", "alias", "remove", "ada", &new.id]);
}

/// C74: a community of this server moves: microblogs follow, the threadiverse reads
/// where to, and nobody posts there any more.
async fn a_community_of_ours_moves(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    lab.account("ada");
    lab.run(&["moderator", "add", "tilab", "ada", "--role", "owner"]);
    let new = lemmy.group("tilab");
    new.shows("Group", |shown| shown["alsoKnownAs"] = json!([group]));
    lab.run(&[
        "community",
        "move",
        "tilab",
        &new.id,
        "--as",
        "ada",
        "--yes",
    ]);
    let said = microblog.hears("Move", |_| true).await;
    assert_eq!(
        (&said["object"], &said["target"]),
        (&json!(group), &json!(new.id))
    );
    let change = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Update")
        .await;
    assert_eq!(change["object"]["actor"], lab.url("/u/ada"));
    let shown = &change["object"]["object"];
    assert_eq!(shown["postingRestrictedToMods"], true);
    let summary = shown["summary"].as_str().expect("a summary");
    assert!(summary.contains(&new.id), "{summary}");
    let document = lab.document("/c/tilab").await;
    assert_eq!(document["movedTo"], new.id);
    let page = lab.get("/c/tilab", "text/html").await.text;
    assert!(page.contains(&new.id), "its page says where it is");
    assert!(
        !page.contains("Suivre cette communauté"),
        "and not to follow it"
    );
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let told = microblog
        .hears("Create", |said| {
            said["object"]["content"].to_string().contains("déménagé")
        })
        .await;
    assert!(told["object"]["content"].to_string().contains(&new.id));
    let late = lemmy.person("leo");
    late.says_and_is_heard(&lab, &threadiverse::follow(&late, &group))
        .await;
    lemmy
        .hears("Reject", |said| said["object"]["actor"] == late.id)
        .await;
    assert!(microblog.announces_of(&toot.id).is_empty());
    assert_eq!(lab.followers("tilab").await, 2);
}
