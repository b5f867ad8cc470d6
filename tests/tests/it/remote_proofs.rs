//! What somebody brings in another's name: believed when its author's proof holds
//! (FEP-8b32), else refused.

use std::time::Duration;

use archipel_tests::peer::keys::Keys;
use archipel_tests::peer::mastodon::Toot;
use archipel_tests::peer::proof::{prove, prove_as};
use archipel_tests::{Db, Family, Lab, Peer, both, clock};
use serde_json::json;

use crate::attacks::{fate, shown};
use crate::posting::follower;

both!(
    s14_another_may_bring_what_its_author_proves,
    a18_nothing_else_gives_authority,
    g2_a_proof_within_an_announcement,
    s14_an_old_edit_is_not_brought_back
);

/// A community on another server sends on what a member of a third one wrote.
async fn s14_another_may_bring_what_its_author_proves(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let (home, away) = (
        Peer::start(Family::Lemmy).await,
        Peer::start(Family::Mastodon).await,
    );
    let (photo, bob) = (home.group("photo"), away.person("bob"));
    let mut toot = Toot::by(&bob, "Bonjour").to_group(&group).post().create;
    toot["object"]["unknown"] = json!({ "deep": [1, 2, { "x": null }] });
    let proven = prove(&bob, &toot);
    photo.says(&lab, &proven).await;
    assert_eq!(fate(&lab, &proven).await, "done");
    let id = toot["object"]["id"].as_str().expect("an id");
    let announce = lemmy.hears_announce_of(id).await;
    assert_eq!(announce["object"], proven, "with its proof");
    // By its author too, it is the same one.
    bob.says(&lab, &proven).await;
    let last = prove(&bob, &Toot::by(&bob, "Fin").to_group(&group).post().create);
    photo.says(&lab, &last).await;
    assert_eq!(fate(&lab, &last).await, "done");
    assert_eq!(shown(&lab).await.len(), 2);
    assert_eq!(lemmy.announces_of(id).len(), 1);
}

/// A18: no proof, a proof that was tampered with, of another key, of another time, or an
/// older kind of signature: 401, and nothing is kept.
async fn a18_nothing_else_gives_authority(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (home, away) = (
        Peer::start(Family::Lemmy).await,
        Peer::start(Family::Mastodon).await,
    );
    let (photo, bob) = (home.group("photo"), away.person("bob"));
    let eve = home.person_with("eve", Keys::shared(1));
    let toot = Toot::by(&bob, "Bonjour").to_group(&group).post().create;
    let proven = prove(&bob, &toot);
    let with = |pointer: &str, value: serde_json::Value| {
        let mut changed = proven.clone();
        *changed.pointer_mut(pointer).expect("a member") = value;
        changed
    };
    let mut signed = toot.clone();
    signed["signature"] = json!({
        "type": "RsaSignature2017", "creator": bob.key_id(),
        "created": "2026-11-24T10:00:00Z", "signatureValue": "bm8=",
    });
    let now = clock::now();
    let of_bob = bob.ed25519_key_id();
    let later = prove_as(&bob, &of_bob, &toot, now + Duration::from_hours(3));
    let mut added = proven.clone();
    added["object"]["unknown"] = json!(1);
    let mut expired = toot.clone();
    expired["proof"] = proven["proof"].clone();
    expired["proof"]["expires"] = json!("2020-01-01T00:00:00Z");
    let mut follow = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{}#follow", bob.id), "type": "Follow", "actor": bob.id, "object": group,
    });
    follow = prove_as(&bob, &of_bob, &follow, now - Duration::from_hours(24 * 40));
    for body in [
        toot.clone(),
        signed,
        with("/object/content", json!("<p>FORGED</p>")),
        with("/proof/type", json!("Ed25519Signature2020")),
        with("/proof/cryptosuite", json!("eddsa-rdfc-2022")),
        with("/proof/proofPurpose", json!("authentication")),
        with("/proof/proofValue", json!("z")),
        with("/proof/proofValue", json!("z".repeat(5_000))),
        with("/proof", json!([proven["proof"]])),
        with("/proof", json!({ "type": "DataIntegrityProof" })),
        with("/proof/verificationMethod", json!(photo.ed25519_key_id())),
        with(
            "/proof/verificationMethod",
            json!(format!("{}#no-key", bob.id)),
        ),
        with("/proof/verificationMethod", json!("did:key:z6Mk")),
        prove_as(&eve, &eve.ed25519_key_id(), &toot, now),
        prove_as(&eve, &of_bob, &toot, now),
        later,
        added,
        expired,
        follow,
    ] {
        for sender in [&photo, &eve] {
            let answer = sender.say(&lab, &body).await;
            assert_eq!(answer.status, 401, "{body}: {}", answer.text);
        }
    }
    assert!(lab.inbox().is_empty());
    assert!(shown(&lab).await.is_empty());
    // A proof does not replace the signature of who brings it.
    let mut forged = photo.clone();
    forged.keys = Keys::shared(2);
    assert_eq!(forged.say(&lab, &proven).await.status, 401);
    assert_eq!(photo.say(&lab, &proven).await.status, 202);
}

/// G2: a community passes on what a member of a third server wrote, with the proof: it is
/// believed as it came, though its origin cannot be asked.
async fn g2_a_proof_within_an_announcement(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let (_, photo) = crate::remote::followed(&lab, Family::Lemmy, "photo").await;
    let away = Peer::start(Family::Lemmy).await;
    let bob = away.person("bob");
    let group = photo.group.id.clone();
    let page = |title: &str| {
        let page = archipel_tests::peer::threadiverse::page(&bob, &group, Some(title), "texte");
        away.serve_with(&page.id, 403, json!({}));
        page
    };
    let (proven, bare, forged) = (page("Prouvé"), page("Sans preuve"), page("Faux"));
    let (state, words) = photo.announces(&lab, &prove(&bob, &proven.create)).await;
    assert_eq!(state, "done", "{words}");
    assert_eq!(photo.announces(&lab, &bare.create).await.0, "refused");
    let mut forged = prove(&bob, &forged.create);
    forged["object"]["name"] = json!("FORGED");
    assert_eq!(photo.announces(&lab, &forged).await.0, "refused");
    let threads = lab.threads(&group);
    assert_eq!(threads.len(), 1);
    assert_eq!(threads[0]["title"], "Prouvé");
}

/// A proof holds for ever: an edit without a date of its own is as old as its proof, and
/// who brings it again does not undo what came after it.
async fn s14_an_old_edit_is_not_brought_back(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("ada");
    let (_, photo) = crate::remote::followed(&lab, Family::Lemmy, "photo").await;
    let away = Peer::start(Family::Lemmy).await;
    let bob = away.person("bob");
    let group = photo.group.id.clone();
    let mut page = archipel_tests::peer::threadiverse::page(&bob, &group, Some("T"), "un");
    let now = clock::now();
    let at = |ago: u64| clock::rfc3339(now - Duration::from_secs(ago));
    page.create["object"]["published"] = json!(at(600));
    away.serve_with(&page.id, 403, json!({}));
    assert_eq!(
        photo.announces(&lab, &prove(&bob, &page.create)).await.0,
        "done"
    );
    let edit = |text: &str, ago: u64| {
        let mut update = page.create.clone();
        update["id"] = json!(bob.activity_id("update"));
        update["type"] = json!("Update");
        update["object"]["content"] = json!(format!("<p>{text}</p>"));
        let created = now - Duration::from_secs(ago);
        prove_as(&bob, &bob.ed25519_key_id(), &update, created)
    };
    let (second, third) = (edit("deux", 300), edit("trois", 60));
    for update in [&second, &third] {
        let (state, words) = photo.announces(&lab, update).await;
        assert_eq!(state, "done", "{words}");
    }
    let (state, words) = photo.announces(&lab, &second).await;
    assert_eq!(state, "refused", "{words}");
}
