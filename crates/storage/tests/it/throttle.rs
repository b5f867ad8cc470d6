//! Counting tries.

use std::sync::Arc;
use std::time::Duration;

use crate::database::{Database, both};
use crate::make::at;

both!(tries_are_counted_in_windows);

async fn tries_are_counted_in_windows(db: Arc<Database>) {
    let window = Duration::from_mins(1);
    let mut tx = db.store.write().await.unwrap();
    for (second, count) in [(0, 1), (10, 2), (59, 3), (60, 1), (119, 2), (120, 1)] {
        let hits = tx.hit("reset:a", window, at(second)).await.unwrap();
        assert_eq!(hits, count, "after {second} s");
    }
    assert_eq!(tx.hit("reset:b", window, at(120)).await.unwrap(), 1);
    assert_eq!(tx.hits("reset:a", window, at(121)).await.unwrap(), 1);
    assert_eq!(tx.hits("reset:a", window, at(180)).await.unwrap(), 0);
    tx.forget_hits("reset:a").await.unwrap();
    assert_eq!(tx.hits("reset:a", window, at(121)).await.unwrap(), 0);
    assert_eq!(tx.hits("reset:b", window, at(121)).await.unwrap(), 1);
    tx.commit().await.unwrap();
}
