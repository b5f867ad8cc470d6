//! Posts and replies: stored once, listed in order, turned into tombstones.

use std::sync::Arc;

use archipel_model::{PeerPolicy, PostId, Visibility};
use archipel_storage::{NewPost, PostKind, PostState};

use crate::database::{Database, both};
use crate::make::{NOW, announcement, at, group, neighbour, person, reply, say, thread};

both!(a_post_comes_back_as_it_was_stored);
async fn a_post_comes_back_as_it_was_stored(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let new = NewPost {
        summary: Some("attention".to_owned()),
        sensitive: true,
        source: Some("*Bonjour*".to_owned()),
        visibility: Visibility::Unlisted,
        updated_at: Some(at(30)),
        ..thread(&ana, Some(&hive))
    };
    assert!(tx.insert_post(&new, at(40)).await.unwrap());
    let post = tx.post(new.id).await.unwrap().unwrap();
    assert_eq!(
        (post.uri.as_str(), post.kind),
        (new.uri.as_str(), PostKind::Page)
    );
    assert_eq!((post.author_id, post.community_id), (ana.id, Some(hive.id)));
    assert_eq!(
        (post.root_id, post.parent_id, post.parent_uri),
        (None, None, None)
    );
    assert_eq!((post.title, post.content), (new.title, new.content));
    assert_eq!((post.source, post.summary), (new.source, new.summary));
    assert_eq!(
        (post.sensitive, post.locked, post.is_local),
        (true, false, false)
    );
    assert_eq!((post.language, post.url), (new.language, new.url));
    assert_eq!(post.visibility, Visibility::Unlisted);
    assert_eq!(post.state, PostState::Published);
    assert_eq!((post.published_at, post.created_at), (NOW, at(40)));
    assert_eq!(post.updated_at, Some(at(30)));
    let same = tx.post_by_uri(&new.uri).await.unwrap().unwrap();
    assert_eq!(same.id, new.id);
    assert_eq!(tx.posts(&[new.id, PostId(1)]).await.unwrap().len(), 1);
}

both!(a_known_address_or_a_taken_id_changes_nothing);
async fn a_known_address_or_a_taken_id_changes_nothing(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&mut tx, "ana", "peer.example").await;
    let first = thread(&ana, None);
    assert!(tx.insert_post(&first, NOW).await.unwrap());
    let same_address = NewPost {
        uri: first.uri.clone(),
        content: "autre".to_owned(),
        ..thread(&ana, None)
    };
    assert!(!tx.insert_post(&same_address, NOW).await.unwrap());
    let same_id = NewPost {
        id: first.id,
        ..thread(&ana, None)
    };
    assert!(!tx.insert_post(&same_id, NOW).await.unwrap());
    let kept = tx.post(first.id).await.unwrap().unwrap();
    assert_eq!((kept.uri, kept.content), (first.uri, first.content));
}

both!(a_deleted_post_is_an_empty_tombstone_that_stays);
async fn a_deleted_post_is_an_empty_tombstone_that_stays(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let ana = person(&mut tx, "ana", "peer.example").await;
    let new = thread(&ana, None);
    tx.insert_post(&new, NOW).await.unwrap();
    assert!(tx.delete_post(new.id, at(7)).await.unwrap());
    assert!(!tx.delete_post(new.id, at(8)).await.unwrap());
    let tomb = tx.post_by_uri(&new.uri).await.unwrap().unwrap();
    assert_eq!(tomb.state, PostState::Deleted);
    assert_eq!((tomb.content.as_str(), tomb.title), ("", None));
    assert_eq!(tomb.updated_at, Some(at(7)));
    assert!(!tx.insert_post(&new, at(9)).await.unwrap());
    assert_eq!(tx.post_count(ana.id).await.unwrap(), 0);
}

both!(a_community_lists_its_shown_threads_newest_first);
async fn a_community_lists_its_shown_threads_newest_first(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let threads: Vec<NewPost> = (0..4).map(|_| thread(&ana, Some(&hive))).collect();
    for post in &threads {
        tx.insert_post(post, NOW).await.unwrap();
    }
    let answer = reply(&ana, &threads[0]);
    tx.insert_post(&answer, NOW).await.unwrap();
    tx.insert_post(&thread(&ana, None), NOW).await.unwrap();
    tx.delete_post(threads[2].id, NOW).await.unwrap();
    let listed = tx.threads(hive.id, 2).await.unwrap();
    let listed: Vec<PostId> = listed.iter().map(|post| post.id).collect();
    assert_eq!(listed, [threads[3].id, threads[1].id]);
    assert_eq!(tx.thread_count(hive.id).await.unwrap(), 3);
}

both!(replies_are_listed_oldest_first_page_by_page);
async fn replies_are_listed_oldest_first_page_by_page(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let root = thread(&ana, Some(&hive));
    let first = reply(&ana, &root);
    let below = reply(&ana, &first);
    let whisper = NewPost {
        visibility: Visibility::Followers,
        ..reply(&ana, &root)
    };
    let last = reply(&ana, &root);
    for post in [&root, &first, &below, &whisper, &last] {
        tx.insert_post(post, NOW).await.unwrap();
    }
    let ids = |posts: Vec<archipel_storage::Post>| -> Vec<PostId> {
        posts.iter().map(|post| post.id).collect()
    };
    let none = PostId(0);
    let all = tx.thread_replies(root.id, none, 10).await.unwrap();
    assert_eq!(ids(all), [first.id, below.id, last.id]);
    let page = tx.thread_replies(root.id, first.id, 1).await.unwrap();
    assert_eq!(ids(page), [below.id]);
    assert_eq!(tx.thread_reply_count(root.id).await.unwrap(), 3);
    let direct = tx.direct_replies(&root.uri, none, 10).await.unwrap();
    assert_eq!(ids(direct), [first.id, last.id]);
    let direct = tx.direct_replies(&root.uri, first.id, 10).await.unwrap();
    assert_eq!(ids(direct), [last.id]);
    assert_eq!(tx.direct_reply_count(&root.uri).await.unwrap(), 2);
}

both!(an_author_s_public_posts_are_listed_newest_first);
async fn an_author_s_public_posts_are_listed_newest_first(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let bea = neighbour(&mut tx, "bea").await;
    let first = thread(&bea, None);
    let second = reply(&bea, &first);
    let private = NewPost {
        visibility: Visibility::Direct,
        ..thread(&bea, None)
    };
    for post in [&first, &second, &private] {
        tx.insert_post(post, NOW).await.unwrap();
    }
    let listed = tx.posts_of(bea.id, 10).await.unwrap();
    let listed: Vec<PostId> = listed.iter().map(|post| post.id).collect();
    assert_eq!(listed, [second.id, first.id]);
    assert_eq!(tx.post_count(bea.id).await.unwrap(), 2);
}

both!(only_a_homeless_post_is_adopted);
async fn only_a_homeless_post_is_adopted(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let other = group(&mut tx, "utilo").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let post = thread(&ana, None);
    tx.insert_post(&post, NOW).await.unwrap();
    tx.adopt_post(post.id, hive.id).await.unwrap();
    tx.adopt_post(post.id, other.id).await.unwrap();
    let kept = tx.post(post.id).await.unwrap().unwrap();
    assert_eq!(kept.community_id, Some(hive.id));
}

both!(threads_of_blocked_and_limited_servers_do_not_count);
async fn threads_of_blocked_and_limited_servers_do_not_count(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let other = group(&mut tx, "velo").await;
    for (host, policy) in [
        ("peer.example", PeerPolicy::Open),
        ("loud.example", PeerPolicy::Limited),
        ("spam.example", PeerPolicy::Blocked),
    ] {
        let ana = person(&mut tx, "ana", host).await;
        for place in [&hive, &hive, &other] {
            let new = thread(&ana, Some(place));
            assert!(tx.insert_post(&new, NOW).await.unwrap());
            let answer = reply(&ana, &new);
            assert!(tx.insert_post(&answer, NOW).await.unwrap());
        }
        tx.mark_host(host, policy).await.unwrap();
    }
    assert_eq!(tx.thread_count(hive.id).await.unwrap(), 2);
    assert_eq!(tx.threads(hive.id, 10).await.unwrap().len(), 2);
    assert_eq!(tx.thread_count(other.id).await.unwrap(), 1);
}

both!(what_is_said_knows_the_form_of_its_thread);
async fn what_is_said_knows_the_form_of_its_thread(db: Arc<Database>) {
    let mut tx = db.store.write().await.unwrap();
    let hive = group(&mut tx, "tilab").await;
    let ana = person(&mut tx, "ana", "peer.example").await;
    let root = thread(&ana, Some(&hive));
    let answer = reply(&ana, &root);
    let below = reply(&ana, &answer);
    let poll = NewPost {
        kind: PostKind::Question,
        ..reply(&ana, &answer)
    };
    let vote = reply(&ana, &poll);
    let deeper = reply(&ana, &vote);
    let asked = NewPost {
        kind: PostKind::Question,
        ..thread(&ana, Some(&hive))
    };
    let answered = reply(&ana, &asked);
    let quiet = reply(&ana, &thread(&ana, Some(&hive)));
    for (post, form) in [
        (&root, PostKind::Page),
        (&answer, PostKind::Page),
        (&poll, PostKind::Question),
        (&below, PostKind::Page),
        (&vote, PostKind::Question),
        (&deeper, PostKind::Question),
        (&asked, PostKind::Question),
        (&answered, PostKind::Question),
    ] {
        assert!(tx.insert_post(post, NOW).await.unwrap());
        let said = say(&mut tx, &announcement(&hive, &post.uri)).await;
        let said = tx.activity(said).await.unwrap().unwrap();
        assert_eq!(said.thread_kind, Some(form), "{}", post.uri);
    }
    let said = say(&mut tx, &announcement(&hive, &quiet.uri)).await;
    let said = tx.activity(said).await.unwrap().unwrap();
    assert_eq!(said.thread_kind, None, "of what is not here, nothing");
}
