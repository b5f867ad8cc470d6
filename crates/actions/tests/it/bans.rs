//! Bans from the whole server, and bans that run out.

use std::sync::Arc;

use archipel_actions::{Ban, Door, Order, ban, end_bans, unban};
use archipel_model::{Deed, MeasureId};

use crate::database::{Database, both};
use crate::lab::{at, by_operator, context, join, later, open, person, said, server};

both!(a_ban_that_runs_out_is_told_once);
async fn a_ban_that_runs_out_is_told_once(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let server = server(&ctx, &mut tx).await;
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    join(&ctx, &mut tx, &ana, &hive).await;
    let week = Ban {
        ends_at: Some(at(60)),
        with_content: false,
    };
    let order = by_operator(&server, &hive);
    assert!(ban(&ctx, &mut tx, &order, &ana, week).await.unwrap());
    let told = tx.notices_of(ana.id, 10).await.unwrap();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].text.contains("jusqu’au 2026-11-23"),
        "{}",
        told[0].text
    );
    assert_eq!(end_bans(&ctx, &mut tx).await.unwrap(), 0, "not yet");
    let after = later(&ctx, 61);
    assert_eq!(end_bans(&after, &mut tx).await.unwrap(), 1);
    assert_eq!(end_bans(&after, &mut tx).await.unwrap(), 0);
    let told = tx.notices_of(ana.id, 10).await.unwrap();
    assert_eq!(told.len(), 2);
    assert!(told[0].text.contains("est terminée"), "{}", told[0].text);
}

both!(c54_their_own_server_does_not_loosen_what_was_decided_here);
async fn c54_their_own_server_does_not_loosen_what_was_decided_here(db: Arc<Database>) {
    let ctx = context();
    let mut tx = db.store.write().await.unwrap();
    let server = server(&ctx, &mut tx).await;
    let hive = open(&ctx, &mut tx, "tilab").await;
    let ana = person(&ctx, &mut tx, "ana").await;
    let admin = person(&ctx, &mut tx, "admin").await;
    join(&ctx, &mut tx, &ana, &hive).await;
    let theirs = Order {
        by: &admin,
        community: &server,
        door: Door::Federation {
            uri: "https://peer.example/block/1",
            raw: "{}",
        },
        reason: None,
        rule: None,
    };
    let ours = by_operator(&server, &server);
    let good = Ban::default();
    assert!(ban(&ctx, &mut tx, &theirs, &ana, good).await.unwrap());
    assert!(
        tx.standing(hive.id, ana.id, ctx.now())
            .await
            .unwrap()
            .banned
    );
    assert!(unban(&ctx, &mut tx, &theirs, &ana, false).await.unwrap());
    assert!(
        !tx.standing(hive.id, ana.id, ctx.now())
            .await
            .unwrap()
            .banned
    );

    said(&mut tx).await;
    assert!(ban(&ctx, &mut tx, &ours, &ana, good).await.unwrap());
    assert!(!ban(&ctx, &mut tx, &theirs, &ana, good).await.unwrap());
    assert!(!unban(&ctx, &mut tx, &theirs, &ana, true).await.unwrap());
    assert!(
        tx.standing(hive.id, ana.id, ctx.now())
            .await
            .unwrap()
            .banned
    );
    assert!(unban(&ctx, &mut tx, &ours, &ana, false).await.unwrap());
    let log = tx.measures(None, MeasureId(i64::MAX), 10).await.unwrap();
    let kinds: Vec<Deed> = log.iter().map(|measure| measure.kind).collect();
    assert_eq!(
        kinds,
        [Deed::Unbanned, Deed::Banned, Deed::Unbanned, Deed::Banned]
    );
    assert!(log.iter().all(|measure| measure.community_id.is_none()));
}
