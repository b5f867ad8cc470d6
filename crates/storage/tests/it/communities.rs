//! Communities, who moderates them and how somebody stands in them.

use std::sync::Arc;

use archipel_model::{ActorState, CommunityPolicy, JoinPolicy, PostPolicy, Role};
use archipel_storage::{Actor, Community, Conn, FollowState};

use crate::database::{Database, both};
use crate::make::{at, follow_of, follows, group, person};

fn settings(actor: &Actor) -> Community {
    Community {
        description: "Une ruche".to_owned(),
        language: "fr".to_owned(),
        ..Community::of_policy(actor.id, CommunityPolicy::OPEN)
    }
}

async fn settled(conn: &mut Conn, name: &str) -> Actor {
    let actor = group(conn, name).await;
    conn.put_community(&settings(&actor)).await.unwrap();
    actor
}

both!(settings_are_stored_and_changed);
async fn settings_are_stored_and_changed(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let mut settings = settings(&hive);
    assert!(tx.community(hive.id).await.unwrap().is_none());
    tx.put_community(&settings).await.unwrap();
    settings.join_policy = JoinPolicy::Approval;
    settings.post_policy = PostPolicy::Moderators;
    settings.reply_policy = PostPolicy::Members;
    tx.put_community(&settings).await.unwrap();
    let kept = tx.community(hive.id).await.unwrap().unwrap();
    assert_eq!(kept.policy(), settings.policy());
    assert_eq!(kept.description, "Une ruche");
    assert_eq!(kept.language, "fr");
}

both!(living_communities_are_listed_by_name);
async fn living_communities_are_listed_by_name(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    group(&mut tx, "utilo").await;
    group(&mut tx, "tilab").await;
    let gone = group(&mut tx, "ancien").await;
    person(&mut tx, "ana", "peer.example").await;
    tx.set_actor_state(gone.id, ActorState::Gone, at(9))
        .await
        .unwrap();
    let listed = tx.communities().await.unwrap();
    let names: Vec<&str> = listed.iter().map(|actor| actor.handle.as_str()).collect();
    assert_eq!(names, ["tilab", "utilo"]);
}

both!(standing_follows_from_role_membership_and_state);
async fn standing_follows_from_role_membership_and_state(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = settled(&mut tx, "tilab").await;
    let other = settled(&mut tx, "utilo").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let standing = tx.standing(hive.id, ana.id, at(9)).await.unwrap();
    assert_eq!(standing, archipel_model::permission::Standing::default());
    tx.put_follow(&follow_of(&ana, &hive, FollowState::Pending))
        .await
        .unwrap();
    assert!(!tx.standing(hive.id, ana.id, at(9)).await.unwrap().member);
    follows(&mut tx, &ana, &hive).await;
    tx.put_moderator(hive.id, ana.id, Role::Moderator, at(9))
        .await
        .unwrap();
    let standing = tx.standing(hive.id, ana.id, at(9)).await.unwrap();
    assert!(standing.member && !standing.suspended);
    assert_eq!(standing.role, Some(Role::Moderator));
    let elsewhere = tx.standing(other.id, ana.id, at(9)).await.unwrap();
    assert_eq!((elsewhere.role, elsewhere.member), (None, false));
    tx.set_actor_state(ana.id, ActorState::Suspended, at(9))
        .await
        .unwrap();
    assert!(tx.standing(hive.id, ana.id, at(9)).await.unwrap().suspended);
}

both!(moderators_are_listed_by_rank_and_promoted_in_place);
async fn moderators_are_listed_by_rank_and_promoted_in_place(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = settled(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let bea = person(&mut tx, "bea", "peer.example").await;
    for (actor, since) in [(&bea, at(1)), (&ana, at(2))] {
        tx.put_moderator(hive.id, actor.id, Role::Facilitator, since)
            .await
            .unwrap();
    }
    tx.put_moderator(hive.id, bea.id, Role::Owner, at(3))
        .await
        .unwrap();
    let listed = tx.moderators(hive.id).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!((listed[0].actor_id, listed[0].role), (bea.id, Role::Owner));
    assert_eq!(listed[1].uri, ana.uri);
}
