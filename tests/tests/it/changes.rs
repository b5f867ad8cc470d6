//! What authors do to their posts afterwards, and who hears of it.

use archipel_tests::peer::mastodon::Toot;
use archipel_tests::{Db, Family, Lab, PUBLIC, both};
use serde_json::json;

use crate::posting::follower;

both!(an_edit_and_a_deletion_are_passed_on);

/// C44, C45: an edit reaches the threadiverse as its author said it, an older one nobody; a
/// deletion reaches it too, and takes the boost back from microblogs.
async fn an_edit_and_a_deletion_are_passed_on(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, _) = follower(&lab, Family::Lemmy, "lena").await;
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let boost = microblog.hears_announce_of(&toot.id).await;
    let edit = |n: u32, updated: &str| {
        let mut update = toot.create.clone();
        update["id"] = json!(format!("{}#updates/{n}", toot.id));
        update["type"] = json!("Update");
        update["object"]["content"] = json!(format!("<p>Texte {n}</p>"));
        update["object"]["updated"] = json!(updated);
        update
    };
    let newer = edit(2, "2026-01-02T00:00:00Z");
    alice.says_and_is_heard(&lab, &newer).await;
    let heard = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Update")
        .await;
    assert_eq!(heard["object"], newer);
    let mut private = edit(3, "2026-01-03T00:00:00Z");
    private["to"] = json!([alice.followers()]);
    private["cc"] = json!([group]);
    private["object"]["to"] = private["to"].clone();
    private["object"]["cc"] = private["cc"].clone();
    alice.says_and_is_heard(&lab, &private).await;
    let older = edit(1, "2026-01-01T00:00:00Z");
    alice.says_and_is_heard(&lab, &older).await;
    let delete = json!({
        "id": format!("{}#delete", toot.id), "type": "Delete", "actor": alice.id,
        "to": [PUBLIC], "object": { "type": "Tombstone", "id": toot.id },
    });
    alice.says_and_is_heard(&lab, &delete).await;
    let heard = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Delete")
        .await;
    assert_eq!(heard["object"], delete);
    let undo = microblog.hears("Undo", |_| true).await;
    assert_eq!(undo["object"]["id"], boost["id"]);
    let updates = lemmy.of_type("Announce");
    let updates = updates
        .iter()
        .filter(|said| said["object"]["type"] == "Update");
    assert_eq!(
        updates.count(),
        1,
        "neither the older nor the private one is passed on"
    );
}
