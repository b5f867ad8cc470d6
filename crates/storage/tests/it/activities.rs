//! The log of what is said, and the bytes that are sent.

use std::sync::Arc;

use archipel_model::{ActivityId, PostId};
use archipel_storage::{ActivityKind, Form, Lane, NewActivity, Rendering};

use crate::database::{Database, both, only_on};
use crate::make::{NOW, announcement, follows, group, person, thread};

both!(what_is_said_comes_back_as_it_was_said);
async fn what_is_said_comes_back_as_it_was_said(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let follow = follows(&mut tx, &ana, &hive).await;
    let new = NewActivity {
        kind: ActivityKind::Accept,
        post_id: Some(PostId(7)),
        follow_id: Some(follow.id),
        inner_id: Some(ActivityId(8)),
        inner_raw: Some("{ \"as\" : \"it came\" }".to_owned()),
        lane: Lane::Control,
        to_followers: false,
        recipients: vec![ana.id],
        ..announcement(&hive, &follow.uri)
    };
    tx.say(&new, NOW);
    tx.flush().await.unwrap();
    let kept = tx.activity(new.id).await.unwrap().unwrap();
    assert_eq!((kept.uri, kept.kind), (new.uri, ActivityKind::Accept));
    assert_eq!((kept.actor_id, kept.post_id), (hive.id, Some(PostId(7))));
    assert_eq!(
        (kept.follow_id, kept.inner_id),
        (Some(follow.id), new.inner_id)
    );
    assert_eq!(
        (kept.object_uri, kept.inner_raw),
        (new.object_uri, new.inner_raw)
    );
    assert_eq!((kept.object_key, kept.lane), (new.object_key, 0));
    assert!(!kept.to_followers);
    assert_eq!(kept.recipients, format!("[{}]", ana.id));
    assert_eq!(kept.created_at, NOW);
}

both!(what_is_new_is_expanded_once_in_the_order_of_saying);
async fn what_is_new_is_expanded_once_in_the_order_of_saying(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let said: Vec<NewActivity> = (0..3).map(|_| announcement(&hive, "https://x/1")).collect();
    for activity in said.iter().rev() {
        tx.say(activity, NOW);
        tx.flush().await.unwrap();
    }
    let ids = tx.unexpanded_ids(10).await.unwrap();
    assert_eq!(ids, said.iter().map(|new| new.id.0).collect::<Vec<_>>());
    let taken = tx.unexpanded(2).await.unwrap();
    let taken: Vec<ActivityId> = taken.iter().map(|activity| activity.id).collect();
    assert_eq!(taken, [said[0].id, said[1].id]);
    tx.mark_expanded(&taken).await.unwrap();
    tx.mark_expanded(&[]).await.unwrap();
    assert_eq!(tx.unexpanded_ids(10).await.unwrap(), [said[2].id.0]);
}

only_on!(Postgres: what_one_node_expands_another_leaves_alone);
async fn what_one_node_expands_another_leaves_alone(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let said = [
        announcement(&hive, "https://x/1"),
        announcement(&hive, "https://x/2"),
    ];
    for activity in &said {
        tx.say(activity, NOW);
        tx.flush().await.unwrap();
    }
    tx.commit().await.unwrap();
    let other = db.other().await;
    let mut here = db.store.write().await.unwrap();
    let mut there = other.write().await.unwrap();
    let first = here.unexpanded(1).await.unwrap();
    let second = there.unexpanded(10).await.unwrap();
    assert_eq!(first[0].id, said[0].id);
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].id, said[1].id);
}

both!(activities_are_found_by_speaker_and_by_post);
async fn activities_are_found_by_speaker_and_by_post(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let other = group(&mut tx, "utilo").await;
    let author = person(&mut tx, "alice", "social.example").await;
    let thread = thread(&author, Some(&hive));
    assert!(tx.insert_post(&thread, NOW).await.unwrap());
    let post = thread.id;
    let mut said = Vec::new();
    for speaker in [&hive, &hive, &other] {
        let new = NewActivity {
            post_id: Some(post),
            ..announcement(speaker, "https://x/1")
        };
        tx.say(&new, NOW);
        tx.flush().await.unwrap();
        said.push(new.id);
    }
    let kind = ActivityKind::AnnounceThread;
    let listed = tx.listed_activities(hive.id, kind, 10).await.unwrap();
    let listed: Vec<ActivityId> = listed.iter().map(|activity| activity.id).collect();
    assert_eq!(listed, [said[1], said[0]]);
    let one = tx.listed_activities(hive.id, kind, 1).await.unwrap();
    assert_eq!(one.len(), 1);
    let blocked = archipel_model::PeerPolicy::Blocked;
    tx.mark_host("social.example", blocked).await.unwrap();
    let none = tx.listed_activities(hive.id, kind, 10).await.unwrap();
    assert!(none.is_empty(), "nothing of a blocked server");
    let about = tx.activity_about(post, kind).await.unwrap().unwrap();
    assert_eq!(about.id, said[0]);
    let none = tx.activity_about(post, ActivityKind::Create).await;
    assert!(none.unwrap().is_none());
}

both!(the_first_bytes_of_a_form_stay);
async fn the_first_bytes_of_a_form_stay(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let new = announcement(&hive, "https://x/1");
    tx.say(&new, NOW);
    tx.flush().await.unwrap();
    for (form, body) in [
        (Form::Wrapped, "{\"n\":1}"),
        (Form::Boost, "{\"n\":2}"),
        (Form::Wrapped, "{\"n\":3}"),
    ] {
        let rendering = Rendering {
            activity_id: new.id,
            form,
            body: body.to_owned(),
        };
        tx.put_renderings(&[rendering]).await.unwrap();
    }
    let mut kept = tx.renderings(&[new.id]).await.unwrap();
    kept.sort_by(|a, b| a.body.cmp(&b.body));
    let kept: Vec<_> = kept
        .iter()
        .map(|kept| (kept.form, kept.body.as_str()))
        .collect();
    assert_eq!(
        kept,
        [(Form::Wrapped, "{\"n\":1}"), (Form::Boost, "{\"n\":2}")]
    );
    assert!(tx.renderings(&[]).await.unwrap().is_empty());
}
