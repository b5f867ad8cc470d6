//! Hashing passwords aside, so that nobody else waits, and few at a time, so that many
//! who try at once do not take the memory of the machine.

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::password::{hash_password, verify_password};

/// How many passwords are looked at at once: each takes 19 MiB and one core.
const AT_ONCE: usize = 4;

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// What is kept of a password; none when the server is stopping.
pub async fn hash_aside(password: String) -> Option<String> {
    let _place = PLACES.acquire().await.ok()?;
    spawn_blocking(move || hash_password(&password)).await.ok()
}

/// Whether this is the password that `kept` was made of. Takes as long where nothing is
/// kept.
pub async fn verify_aside(password: String, kept: Option<String>) -> bool {
    let Ok(_place) = PLACES.acquire().await else {
        return false;
    };
    spawn_blocking(move || {
        if let Some(kept) = kept {
            verify_password(&password, &kept)
        } else {
            let _ = hash_password(&password);
            false
        }
    })
    .await
    .unwrap_or(false)
}
