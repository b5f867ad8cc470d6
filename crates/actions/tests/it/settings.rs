//! Making a community and changing its settings.

use std::sync::Arc;

use archipel_actions::{CommunityChange, Error, change_community};
use archipel_model::{JoinPolicy, PostPolicy};
use archipel_storage::ActivityKind;

use crate::database::{Database, both};
use crate::lab::{approving, by_operator, context, neighbour, open, said, server};

both!(a_community_is_made_with_its_settings);
async fn a_community_is_made_with_its_settings(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let made = approving(&ctx, &mut tx, "tilab").await;
    let hive = tx.actor(made.id).await.unwrap().unwrap();
    assert_eq!(hive.uri, "https://lab.example/c/tilab");
    assert_eq!(
        (hive.name.as_str(), hive.summary.as_str()),
        ("Ti Lab", "<p>Une ruche</p>")
    );
    assert_eq!(
        hive.moderators.as_deref(),
        Some("https://lab.example/c/tilab/moderators")
    );
    assert!(hive.approves_followers);
    let settings = tx.community(hive.id).await.unwrap().unwrap();
    assert_eq!(
        (settings.description.as_str(), settings.language.as_str()),
        ("Une ruche", "fr")
    );
    assert_eq!(settings.join_policy, JoinPolicy::Approval);
    assert_eq!(settings.post_policy, PostPolicy::Everyone);
}

both!(a_change_changes_what_it_names_and_tells_the_followers);
async fn a_change_changes_what_it_names_and_tells_the_followers(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let server = server(&ctx, &mut tx).await;
    let hive = open(&ctx, &mut tx, "tilab").await;
    let change = CommunityChange {
        join: Some(JoinPolicy::Approval),
        reply: Some(PostPolicy::Members),
        description: Some("a < b".to_owned()),
        ..CommunityChange::default()
    };
    change_community(&ctx, &mut tx, &by_operator(&server, &hive), &change)
        .await
        .unwrap();
    let changed = tx.actor(hive.id).await.unwrap().unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.summary.as_str()),
        ("Ti Lab", "<p>a &lt; b</p>")
    );
    assert!(changed.approves_followers);
    let settings = tx.community(hive.id).await.unwrap().unwrap();
    assert_eq!(settings.post_policy, PostPolicy::Everyone);
    assert_eq!(settings.reply_policy, PostPolicy::Members);
    assert_eq!(settings.language, "fr");
    let said = said(&mut tx).await;
    assert_eq!(said.len(), 1);
    assert_eq!(
        (said[0].kind, said[0].actor_id),
        (ActivityKind::UpdateActor, hive.id)
    );
    assert!(said[0].to_followers);
}

both!(only_a_community_of_ours_has_settings);
async fn only_a_community_of_ours_has_settings(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let server = server(&ctx, &mut tx).await;
    let bea = neighbour(&ctx, &mut tx, "bea").await;
    let change = CommunityChange::default();
    let changed = change_community(&ctx, &mut tx, &by_operator(&server, &bea), &change).await;
    assert!(matches!(changed, Err(Error::NotACommunity(_))));
    assert!(said(&mut tx).await.is_empty());
}
