//! What moderators do, wherever they live, and who hears of it in which form.

use archipel_tests::peer::mastodon::{self, Scope, Toot};
use archipel_tests::peer::{Person, strict, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, both, eventually};
use serde_json::{Value, json};

use crate::attacks::fate;
use crate::posting::follower;

both!(
    a_remote_moderator_removes_and_restores,
    ranks_hold_over_federation,
    a_thread_is_locked_and_pinned,
    somebody_is_banned_and_let_in_again,
    the_first_post_waits_for_a_moderator,
    a_wave_is_held_and_released_in_one_act,
    people_here_edit_and_delete,
    authors_are_told_once_what_became_of_a_post,
    who_is_invited_comes_in_and_who_is_vouched_for_posts
);

/// An activity of a moderator, as Lemmy writes them.
fn measure(lab: &Lab, by: &Person, kind: &str, object: &Value) -> Value {
    let group = lab.community("tilab");
    json!({
        "id": by.activity_id(&kind.to_lowercase()), "type": kind, "actor": by.id,
        "to": [PUBLIC], "cc": [group], "audience": group, "object": object,
    })
}

fn undo(lab: &Lab, by: &Person, undone: &Value) -> Value {
    measure(lab, by, "Undo", undone)
}

/// The kinds of what was done in tilab, newest first.
fn log(lab: &Lab) -> Vec<String> {
    lab.list(&["log", "tilab"])
        .iter()
        .map(|row| row["measure"].as_str().expect("a word").to_owned())
        .collect()
}

pub(crate) async fn shown(lab: &Lab, id: &str, shown: bool) {
    eventually(&format!("{id} shown: {shown}"), PATIENCE, || async {
        let outbox = lab.outbox("tilab").await;
        let found = outbox
            .iter()
            .any(|item| archipel_tests::surface::subject_of(item) == id);
        (found == shown).then_some(())
    })
    .await;
}

/// 1.5.4: a removal reaches the threadiverse as it was said and takes the boost back
/// from microblogs; restored, the post is boosted anew. Nobody else can.
async fn a_remote_moderator_removes_and_restores(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let boost = microblog.hears_announce_of(&toot.id).await;

    let mut removal = measure(&lab, &lena, "Delete", &json!(toot.id));
    removal["summary"] = json!("Hors sujet");
    lena.says(&lab, &removal).await;
    assert_eq!(
        fate(&lab, &removal).await,
        "refused",
        "she is no moderator yet"
    );

    lab.run(&["moderator", "add", "tilab", &lena.id]);
    let added = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Add")
        .await;
    assert_eq!(added["object"]["object"], lena.id);
    assert_eq!(added["object"]["target"], format!("{group}/moderators"));
    let team = lab.item_ids(&format!("{group}/moderators")).await;
    assert_eq!(team, std::slice::from_ref(&lena.id));

    removal["id"] = json!(lena.activity_id("delete"));
    lena.says(&lab, &removal).await;
    assert_eq!(fate(&lab, &removal).await, "done");
    let heard = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Delete")
        .await;
    assert_eq!(heard["object"], removal);
    let unboost = microblog.hears("Undo", |_| true).await;
    assert_eq!(unboost["object"]["id"], boost["id"]);
    assert_eq!(unboost["object"]["object"], toot.id);
    shown(&lab, &toot.id, false).await;

    // Not even on its own server can anybody bring back what was removed here.
    let by_author = undo(&lab, &alice, &removal);
    alice.says(&lab, &by_author).await;
    assert_eq!(fate(&lab, &by_author).await, "refused");
    let restore = undo(&lab, &lena, &removal);
    lena.says(&lab, &restore).await;
    assert_eq!(fate(&lab, &restore).await, "done");
    lemmy
        .hears("Announce", |said| said["object"]["type"] == "Undo")
        .await;
    eventually("a fresh boost", PATIENCE, || async {
        let boosts = microblog.announces_of(&toot.id);
        (boosts.len() == 2 && boosts[0]["id"] != boosts[1]["id"]).then_some(())
    })
    .await;
    shown(&lab, &toot.id, true).await;
    assert_eq!(log(&lab), ["restored", "removed", "appointed"]);
}

/// G4, G5: who came later, or is nothing, does not take the role of who was there
/// before, and nobody leaves by the hand of an outsider.
async fn ranks_hold_over_federation(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (_elder_home, elder) = follower(&lab, Family::Lemmy, "elder").await;
    let (_younger_home, younger) = follower(&lab, Family::PieFed, "younger").await;
    let (_outside, outsider) = follower(&lab, Family::Lemmy, "outsider").await;
    lab.run(&["moderator", "add", "tilab", &elder.id]);
    let add = |by: &Person, who: &Person| {
        let mut add = measure(&lab, by, "Add", &json!(who.id));
        add["target"] = json!(format!("{group}/moderators"));
        add
    };
    let remove = |by: &Person, who: &Person| {
        let mut remove = add(by, who);
        remove["type"] = json!("Remove");
        remove
    };
    for (by, activity, expected) in [
        (&outsider, add(&outsider, &outsider), "refused"),
        (&elder, add(&elder, &younger), "done"),
        (&younger, remove(&younger, &elder), "refused"),
        (&outsider, remove(&outsider, &younger), "refused"),
    ] {
        by.says(&lab, &activity).await;
        assert_eq!(fate(&lab, &activity).await, expected, "{activity}");
    }
    let team = lab.item_ids(&format!("{group}/moderators")).await;
    assert_eq!(team, [elder.id.clone(), younger.id.clone()]);
    let dismissal = remove(&elder, &younger);
    elder.says(&lab, &dismissal).await;
    assert_eq!(fate(&lab, &dismissal).await, "done");
    let team = lab.item_ids(&format!("{group}/moderators")).await;
    assert_eq!(team, std::slice::from_ref(&elder.id));
}

/// C55: a locked thread takes no replies of others; what is on top is listed.
async fn a_thread_is_locked_and_pinned(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let page = threadiverse::page(&lena, &group, Some("Titre"), "Texte");
    lena.says_and_is_heard(&lab, &page.create).await;
    shown(&lab, &page.id, true).await;

    lab.run(&["account", "create", "yann"]);
    lab.run(&["moderator", "add", "tilab", "yann"]);
    lab.run(&[
        "moderate", "lock", &page.id, "--as", "yann", "--reason", "Fini",
    ]);
    let lock = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Lock")
        .await;
    assert_eq!(lock["object"]["object"], page.id);
    assert_eq!(lock["object"]["summary"], "Fini");
    let reply = threadiverse::comment(&lena, &group, &page.id, &lena.id, "Encore");
    lena.says(&lab, &reply.create).await;
    assert_eq!(fate(&lab, &reply.create).await, "refused");

    lab.run(&["moderate", "unlock", &page.id, "--as", "yann"]);
    let unlock = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Undo")
        .await;
    assert_eq!(unlock["object"]["object"]["id"], lock["object"]["id"]);
    let reply = threadiverse::comment(&lena, &group, &page.id, &lena.id, "Enfin");
    lena.says(&lab, &reply.create).await;
    assert_eq!(fate(&lab, &reply.create).await, "done");

    lab.run(&["moderate", "pin", &page.id, "--as", "yann"]);
    let pin = lemmy
        .hears("Announce", |said| {
            said["object"]["target"] == format!("{group}/featured")
        })
        .await;
    assert_eq!(pin["object"]["object"], page.id);
    let featured = lab.item_ids(&format!("{group}/featured")).await;
    assert_eq!(featured, std::slice::from_ref(&page.id));
    lab.run(&["moderate", "unpin", &page.id, "--as", "yann"]);
    assert!(lab.item_ids(&format!("{group}/featured")).await.is_empty());
}

/// G8: a ban ends membership, keeps posts out and can take them along; whoever has
/// no rank over somebody bans nobody.
async fn somebody_is_banned_and_let_in_again(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let toot = Toot::by(&alice, "Un").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    lemmy.hears_announce_of(&toot.id).await;

    let ban = |by: &Person| {
        let mut ban = measure(&lab, by, "Block", &json!(alice.id));
        ban["target"] = json!(group);
        ban["removeData"] = json!(true);
        ban["summary"] = json!("Insultes");
        ban
    };
    let by_nobody = ban(&lena);
    lena.says(&lab, &by_nobody).await;
    assert_eq!(fate(&lab, &by_nobody).await, "refused");
    lab.run(&["moderator", "add", "tilab", &lena.id]);
    let block = ban(&lena);
    lena.says(&lab, &block).await;
    assert_eq!(fate(&lab, &block).await, "done");
    microblog.hears("Reject", |_| true).await;
    lemmy
        .hears("Announce", |said| said["object"] == block)
        .await;
    shown(&lab, &toot.id, false).await;
    let again = Toot::by(&alice, "Deux").to_group(&group).post();
    alice.says(&lab, &again.create).await;
    assert_eq!(fate(&lab, &again.create).await, "refused");

    let mut regenerated = block.clone();
    regenerated["id"] = json!(lena.activity_id("block"));
    let mut end = undo(&lab, &lena, &regenerated);
    end["restoreData"] = json!(true);
    lena.says(&lab, &end).await;
    assert_eq!(fate(&lab, &end).await, "done");
    shown(&lab, &toot.id, true).await;
    let third = Toot::by(&alice, "Trois").to_group(&group).post();
    alice.says_and_is_heard(&lab, &third.create).await;
    assert_eq!(log(&lab), ["unbanned", "banned", "appointed"]);
}

/// A held post is seen by nobody; approved, it is announced as it came.
async fn the_first_post_waits_for_a_moderator(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    lab.run(&["community", "set", "tilab", "--hold", "first"]);
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says(&lab, &toot.create).await;
    assert_eq!(fate(&lab, &toot.create).await, "done");
    let waiting = lab.list(&["held", "list", "tilab"]);
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["post"], toot.id);
    assert_eq!(waiting[0]["reason"], "first");
    shown(&lab, &toot.id, false).await;
    assert!(microblog.of_type("Announce").is_empty());

    lab.run(&["held", "approve", "tilab", &toot.id]);
    let heard = lemmy.hears_announce_of(&toot.id).await;
    assert_eq!(heard["object"], toot.create, "the Create as it came");
    microblog.hears_announce_of(&toot.id).await;
    shown(&lab, &toot.id, true).await;
    let second = Toot::by(&alice, "Encore").to_group(&group).post();
    alice.says(&lab, &second.create).await;
    microblog.hears_announce_of(&second.id).await;
    assert_eq!(log(&lab), ["approved", "configured"]);
}

/// B5: while a wave comes in everything waits; what it was is dropped in one act.
async fn a_wave_is_held_and_released_in_one_act(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    lab.run(&["moderate", "wave", "tilab", "on"]);
    let mut ids = Vec::new();
    for n in 0..5 {
        let toot = Toot::by(&alice, &format!("Spam {n}"))
            .to_group(&group)
            .post();
        alice.says(&lab, &toot.create).await;
        assert_eq!(fate(&lab, &toot.create).await, "done");
        ids.push(toot.id);
    }
    assert_eq!(lab.list(&["held", "list", "tilab"]).len(), 5);
    lab.run(&["held", "approve", "tilab", &ids[0]]);
    lab.run(&[
        "held", "refuse", "tilab", "--all", "--reason", "Spam", "--yes",
    ]);
    lab.run(&["moderate", "wave", "tilab", "off"]);
    assert!(lab.list(&["held", "list", "tilab"]).is_empty());
    microblog.hears_announce_of(&ids[0]).await;
    shown(&lab, &ids[0], true).await;
    for id in &ids[1..] {
        assert!(microblog.announces_of(id).is_empty());
    }
    let late = Toot::by(&alice, "Après").to_group(&group).post();
    alice.says(&lab, &late.create).await;
    microblog.hears_announce_of(&late.id).await;
}

/// What somebody here edits and deletes, all who got it hear.
async fn people_here_edit_and_delete(db: Db) {
    let lab = Lab::start(db).await;
    let (microblog, _) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    lab.run(&["account", "create", "yann"]);
    let url = lab.run(&["post", "yann", "--to", "tilab", "--title", "Notes", "Avant"]);
    let url = url.trim();
    let boost = microblog.hears_announce_of(url).await;
    lab.run(&["edit", "yann", url, "Après"]);
    let update = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Update")
        .await;
    strict::read(&update).expect("what Lemmy reads");
    let object = &update["object"]["object"];
    assert_eq!(object["name"], "Notes");
    assert!(object["content"].as_str().expect("text").contains("Après"));
    assert!(object["updated"].is_string());
    let served = lab.document_at(url).await;
    assert_eq!(served["content"], object["content"]);

    lab.run(&["delete-post", "yann", url, "--yes"]);
    let delete = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Delete")
        .await;
    assert_eq!(delete["object"]["object"]["id"], url);
    assert!(delete["object"].get("summary").is_none(), "no removal");
    let unboost = microblog.hears("Undo", |_| true).await;
    assert_eq!(unboost["object"]["id"], boost["id"]);
    let path = url
        .strip_prefix(lab.url("").trim_end_matches('/'))
        .expect("ours");
    let gone = lab.get(path, "application/activity+json").await;
    assert_eq!(gone.status, 410);
}

/// Never silence: who is held or refused is told why, in a direct message that
/// nobody else sees, once an hour for the same cause.
async fn authors_are_told_once_what_became_of_a_post(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    lab.run(&[
        "community",
        "set",
        "tilab",
        "--hold",
        "first",
        "--rules",
        "Respect\nPas de publicité",
    ]);
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let private = Toot::by(&alice, "Entre nous")
        .to_group(&group)
        .scope(Scope::Followers)
        .post();
    alice.says(&lab, &private.create).await;
    assert_eq!(fate(&lab, &private.create).await, "refused");
    let note = microblog.hears("Create", |_| true).await;
    assert_eq!(note["actor"], group);
    assert_eq!(note["to"], json!([alice.id]));
    assert_eq!(note["cc"], json!([]));
    let object = &note["object"];
    assert_eq!(object["inReplyTo"], private.id);
    assert_eq!(object["tag"][0]["type"], "Mention");
    assert_eq!(object["tag"][0]["href"], alice.id);
    let text = object["content"].as_str().expect("a text");
    assert!(text.contains("n’a pas été publié"), "{text}");
    assert!(text.contains("visibilité publique"), "{text}");

    let again = Toot::by(&alice, "Encore entre nous")
        .to_group(&group)
        .scope(Scope::Followers)
        .post();
    alice.says(&lab, &again.create).await;
    assert_eq!(fate(&lab, &again.create).await, "refused");
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says(&lab, &toot.create).await;
    assert_eq!(fate(&lab, &toot.create).await, "done");
    let about = |id: &str| {
        let id = id.to_owned();
        move |said: &Value| said["object"]["inReplyTo"] == id.as_str()
    };
    let held = microblog.hears("Create", about(&toot.id)).await;
    let text = held["object"]["content"].as_str().expect("a text");
    assert!(
        text.contains("attend d’être lu par la modération"),
        "{text}"
    );

    lab.run(&[
        "held",
        "refuse",
        "tilab",
        &toot.id,
        "--reason",
        "Publicité",
        "--rule",
        "2",
    ]);
    let refused = eventually("the decision", PATIENCE, || async {
        let said = microblog.of_type("Create");
        let mut decisions = said.iter().filter(|said| about(&toot.id)(said)).skip(1);
        decisions.next().cloned()
    })
    .await;
    let text = refused["object"]["content"].as_str().expect("a text");
    assert!(text.contains("Motif : Publicité"), "{text}");
    assert!(text.contains("Règle 2 : Pas de publicité"), "{text}");

    // Three in all: the second private one was not answered within the hour.
    assert_eq!(microblog.of_type("Create").len(), 3);
    assert!(lemmy.of_type("Create").is_empty(), "nobody else is told");
    assert!(lab.outbox("tilab").await.is_empty());
    let id = note["object"]["id"].as_str().expect("an id");
    let path = id
        .strip_prefix(lab.url("").trim_end_matches('/'))
        .expect("ours");
    assert_eq!(lab.get(path, "application/activity+json").await.status, 404);
    assert_eq!(lab.get(path, "text/html").await.status, 404);
}

/// By invitation only; and of the members, only those posted for whom a moderator
/// vouched. C23: who is banned is turned away.
async fn who_is_invited_comes_in_and_who_is_vouched_for_posts(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let policy = ["--join", "invitation", "--post", "approved"];
    lab.run(&[&["community", "set", "tilab"][..], &policy].concat());
    let peer = Peer::start(Family::Mastodon).await;
    let alice = peer.person("alice");
    alice.says(&lab, &mastodon::follow(&alice, &group)).await;
    peer.hears("Reject", |_| true).await;
    lab.run(&["moderate", "invite", "tilab", &alice.id]);
    alice.says(&lab, &mastodon::follow(&alice, &group)).await;
    peer.hears("Accept", |_| true).await;

    let toot = Toot::by(&alice, "Déjà").to_group(&group).post();
    alice.says(&lab, &toot.create).await;
    assert_eq!(fate(&lab, &toot.create).await, "refused");
    lab.run(&["moderate", "vouch", "tilab", &alice.id]);
    let toot = Toot::by(&alice, "Enfin").to_group(&group).post();
    alice.says(&lab, &toot.create).await;
    peer.hears_announce_of(&toot.id).await;

    lab.run(&["moderate", "expel", "tilab", &alice.id]);
    eventually("she is told", PATIENCE, || async {
        (peer.of_type("Reject").len() == 2).then_some(())
    })
    .await;
    lab.run(&["moderate", "ban", "tilab", &alice.id, "--days", "7"]);
    alice.says(&lab, &mastodon::follow(&alice, &group)).await;
    eventually("she is turned away", PATIENCE, || async {
        (peer.of_type("Reject").len() == 3).then_some(())
    })
    .await;
    assert_eq!(
        log(&lab),
        ["banned", "expelled", "vouched", "invited", "configured"]
    );
}
