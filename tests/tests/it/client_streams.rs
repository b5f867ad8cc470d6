//! Streams: over web sockets, as events, between nodes.

use std::time::Duration;

use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Lab, Listener, Member, Token, both};
use serde_json::{Value, json};
use tokio::time::timeout;

both!(one_socket_carries_many_streams, events_come_over_plain_http);

async fn post(member: &Member, what: Value) -> String {
    let post = member.post("/api/v1/statuses", what).await;
    post["id"].as_str().expect("an id").to_owned()
}

async fn one_socket_carries_many_streams(db: Db) {
    let lab = Lab::start(db).await;
    for name in ["ada", "bo", "cleo"] {
        lab.account(name);
    }
    lab.follow("ada", &lab.url("/u/bo"));
    let (ada, bo, cleo) = (lab.member("ada"), lab.member("bo"), lab.member("cleo"));
    let mut invalid = lab.stranger();
    assert_eq!(
        lab.try_listen(&invalid, Token::Query, "").await.err(),
        Some(401)
    );
    "wrong".clone_into(&mut invalid.token);
    for place in [Token::Protocol, Token::Header, Token::Query] {
        let refused = lab.try_listen(&invalid, place, "?stream=user").await.err();
        assert_eq!(refused, Some(401), "{place:?}");
    }
    let mut by_header = lab.listen(&ada, Token::Header, "?stream=user").await;
    let mut by_query = lab.listen(&ada, Token::Query, "?stream=public").await;
    let mut socket = lab.listen(&ada, Token::Protocol, "").await;
    assert_eq!(
        socket.protocol.as_ref(),
        Some(&ada.token),
        "browsers demand it back"
    );
    socket.subscribe(json!({ "stream": "user" })).await;
    socket
        .subscribe(json!({ "stream": "user:notification" }))
        .await;
    socket
        .subscribe(json!({ "stream": "hashtag", "tag": "Jardin" }))
        .await;
    socket
        .say(json!({ "type": "subscribe", "stream": "kitchen" }))
        .await;
    let refused = socket.next().await.expect("an answer");
    assert_eq!(
        (&refused["error"], &refused["status"]),
        (&json!("Unknown stream type"), &json!(400))
    );

    let id = post(&bo, json!({ "status": "Bonjour" })).await;
    for socket in [&mut socket, &mut by_header] {
        let (stream, told) = socket.event("update").await;
        assert_eq!((&stream, &told["id"]), (&json!(["user"]), &json!(id)));
        assert_eq!(told["account"]["acct"], "bo");
    }
    let (stream, told) = by_query.event("update").await;
    assert_eq!((&stream, &told["id"]), (&json!(["public"]), &json!(id)));

    // Not for her: whom she does not follow is in public timelines alone, and a direct
    // message to others nowhere.
    post(
        &bo,
        json!({ "status": "@cleo rien", "visibility": "direct" }),
    )
    .await;
    let tagged = post(&cleo, json!({ "status": "Au #jardin" })).await;
    let (stream, told) = socket.event("update").await;
    assert_eq!(
        (&stream, &told["id"]),
        (&json!(["hashtag", "jardin"]), &json!(tagged))
    );
    let (_, told) = by_query.event("update").await;
    assert_eq!(told["id"], tagged);

    told_of_all(&bo, &id, &mut socket).await;
    filters(&ada, &bo, &mut socket).await;
    silent(&bo, &mut by_query).await;
    roles_end(&lab).await;
}

/// Notifications, edits and deletions.
async fn told_of_all(bo: &Member, id: &str, socket: &mut Listener) {
    // A notification comes on both streams.
    bo.post(
        "/api/v1/statuses",
        json!({ "status": "@ada coucou", "visibility": "unlisted" }),
    )
    .await;
    let mut streams = Vec::new();
    while streams.len() < 2 {
        let (stream, told) = socket.event("notification").await;
        assert_eq!(told["type"], "mention");
        streams.push(stream);
    }
    assert!(
        streams.contains(&json!(["user:notification"])),
        "{streams:?}"
    );
    assert!(streams.contains(&json!(["user"])), "{streams:?}");

    bo.put(
        &format!("/api/v1/statuses/{id}"),
        json!({ "status": "Bonsoir" }),
    )
    .await;
    let (_, told) = socket.event("status.update").await;
    assert!(
        told["content"]
            .as_str()
            .is_some_and(|text| text.contains("Bonsoir"))
    );
    bo.delete(&format!("/api/v1/statuses/{id}")).await;
    let (_, told) = socket.event("delete").await;
    assert_eq!(told.to_string(), *id);
}

/// What filters find is marked; that they changed is told.
async fn filters(ada: &Member, bo: &Member, socket: &mut Listener) {
    let filter = json!({ "title": "x", "context": ["home"], "keywords_attributes": [{ "keyword": "pomme" }] });
    ada.post("/api/v2/filters", filter).await;
    let changed =
        async { while socket.next().await.expect("open")["event"] != "filters_changed" {} };
    timeout(PATIENCE, changed).await.expect("filters_changed");
    post(bo, json!({ "status": "Une pomme" })).await;
    let (_, told) = socket.event("update").await;
    assert_eq!(told["filtered"][0]["filter"]["title"], "x", "{told}");
}

/// What is unsubscribed from is silent.
async fn silent(bo: &Member, by_query: &mut Listener) {
    by_query
        .say(json!({ "type": "unsubscribe", "stream": "public" }))
        .await;
    by_query.subscribe(json!({ "stream": "direct" })).await;
    post(bo, json!({ "status": "Plus rien" })).await;
    post(
        bo,
        json!({ "status": "@ada entre nous", "visibility": "direct" }),
    )
    .await;
    loop {
        let message = by_query.next().await.expect("a message");
        let payload = message["payload"].as_str().unwrap_or_default();
        assert!(!payload.contains("Plus rien"), "{message}");
        if message["event"] == "conversation" {
            assert_eq!(message["stream"], json!(["direct"]));
            break;
        }
    }
}

/// Who listens as a community listens no longer than they have a role in it.
async fn roles_end(lab: &Lab) {
    lab.run(&["moderator", "add", "tilab", "ada"]);
    let tilab = lab.member_with("ada", &["--as", "tilab"]);
    let mut role = lab.listen(&tilab, Token::Query, "?stream=user").await;
    lab.run(&["moderator", "remove", "tilab", "ada"]);
    let ended = async { while role.next().await.is_some() {} };
    timeout(Duration::from_secs(40), ended)
        .await
        .expect("the end of a stream");
    assert_eq!(
        lab.try_listen(&tilab, Token::Header, "?stream=user")
            .await
            .err(),
        Some(401)
    );
}

async fn events_come_over_plain_http(db: Db) {
    let mut lab = Lab::start(db).await;
    for name in ["ada", "bo"] {
        lab.account(name);
    }
    lab.follow("ada", &lab.url("/u/bo"));
    let (ada, bo) = (lab.member("ada"), lab.member("bo"));
    let health = lab
        .http()
        .get(lab.url("/api/v1/streaming/health"))
        .send()
        .await;
    assert_eq!(
        health.expect("an answer").text().await.expect("a text"),
        "OK"
    );
    assert_eq!(lab.stranger().status("/api/v1/streaming/user").await, 401);
    assert_eq!(ada.status("/api/v1/streaming/hashtag").await, 400);
    assert_eq!(ada.status("/api/v1/streaming/list?list=12").await, 404);
    let mut home = ada.events("/api/v1/streaming/user").await;
    let mut here = lab
        .stranger()
        .events("/api/v1/streaming/public/local")
        .await;
    let mut tag = ada.events("/api/v1/streaming/hashtag?tag=jardin").await;
    let mut told = ada.events("/api/v1/streaming/user/notification").await;
    let id = post(&bo, json!({ "status": "@ada au #jardin" })).await;
    for stream in [&mut here, &mut tag] {
        let (event, data) = stream.next().await;
        let data: Value = serde_json::from_str(&data).expect("JSON");
        assert_eq!((event.as_str(), &data["id"]), ("update", &json!(id)));
    }
    let (event, data) = told.next().await;
    let data: Value = serde_json::from_str(&data).expect("JSON");
    assert_eq!(
        (event.as_str(), &data["status"]["id"]),
        ("notification", &json!(id))
    );
    let mut at_home = [home.next().await.0, home.next().await.0];
    at_home.sort();
    assert_eq!(at_home, ["notification", "update"]);
    bo.delete(&format!("/api/v1/statuses/{id}")).await;
    assert_eq!(home.next().await, ("delete".to_owned(), id));
    // Streams do not keep the server from stopping.
    let began = std::time::Instant::now();
    lab.stop().await;
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
}

/// What is written through one node is told by the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_tell_each_other() {
    let lab = Lab::start(Db::Postgres).await;
    for name in ["ada", "bo"] {
        lab.account(name);
    }
    lab.follow("ada", &lab.url("/u/bo"));
    let (ada, bo) = (lab.member("ada"), lab.member("bo"));
    let node = lab.second_node().await;
    let mut socket = node.listen(&ada, Token::Protocol, "?stream=user").await;
    let id = post(&bo, json!({ "status": "@ada par l’autre nœud" })).await;
    let (_, told) = socket.event("update").await;
    assert_eq!(told["id"], id);
    bo.post(
        "/api/v1/statuses",
        json!({ "status": "@ada encore", "visibility": "unlisted" }),
    )
    .await;
    let (_, told) = socket.event("notification").await;
    assert_eq!(told["account"]["acct"], "bo");
    bo.delete(&format!("/api/v1/statuses/{id}")).await;
    let (_, told) = socket.event("delete").await;
    assert_eq!(told.to_string(), *id);
}
