//! Copies of files of elsewhere, kept while somebody looks at them.

use archipel_model::Timestamp;

use crate::conn::sql;
use crate::maybe::Maybe;
use crate::{Blobs, Conn, Result};

/// What is known of a file of elsewhere.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RemoteFile {
    /// The name of our copy in the store; none: it could not be had.
    pub blob: Option<String>,
    /// The name of a small picture of it.
    pub preview: Option<String>,
    /// Not asked for again before then, of one that could not be had.
    #[sqlx(try_from = "Maybe")]
    pub retry_at: Option<Timestamp>,
    /// When somebody last looked at it, to the day.
    #[sqlx(try_from = "Maybe")]
    pub used_at: Option<Timestamp>,
}

impl Conn {
    /// What is known of the file of this name.
    pub async fn remote_file(&mut self, name: &str) -> Result<Option<RemoteFile>> {
        sql!(
            self,
            fetch_optional as RemoteFile,
            "SELECT blob, preview, retry_at, used_at FROM remote_file WHERE name = $1",
            name
        )
    }

    /// Writes down that there is a copy, or until when there will be none.
    pub async fn put_remote_file(
        &mut self,
        name: &str,
        url: &str,
        copy: std::result::Result<(&Blobs, i64), Timestamp>,
        now: Timestamp,
    ) -> Result<()> {
        let (blobs, size, retry_at) = match copy {
            Ok((blobs, size)) => (Some(blobs), size, None),
            Err(retry_at) => (None, 0, Some(retry_at.micros())),
        };
        sql!(
            self,
            execute,
            "INSERT INTO remote_file (name, url, blob, preview, size, retry_at, fetched_at, used_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
             ON CONFLICT (name) DO UPDATE SET blob = excluded.blob, preview = excluded.preview,
                size = excluded.size, retry_at = excluded.retry_at,
                fetched_at = excluded.fetched_at, used_at = excluded.used_at",
            name,
            url,
            blobs.and_then(|blobs| blobs.blob.as_deref()),
            blobs.and_then(|blobs| blobs.preview.as_deref()),
            size,
            retry_at,
            now.micros()
        )
        .map(drop)
    }

    /// Writes down that somebody looked at a file.
    pub async fn remote_file_used(&mut self, name: &str, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE remote_file SET used_at = $2 WHERE name = $1",
            name,
            now.micros()
        )
        .map(drop)
    }

    /// Forgets copies that nobody looked at since `before`; what is to be removed from
    /// the store.
    pub async fn forget_remote_files(
        &mut self,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<Blobs>> {
        sql!(
            self,
            fetch_all as Blobs,
            "DELETE FROM remote_file WHERE name IN (
                SELECT name FROM remote_file WHERE used_at < $1 ORDER BY used_at LIMIT $2)
             RETURNING blob, preview",
            before.micros(),
            limit
        )
    }
}
