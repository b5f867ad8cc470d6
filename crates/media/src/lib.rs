//! Pictures: uploads made safe, previews, copies of remote files, in a folder or S3.
//!
//! Nothing that somebody sent is ever given out again as it came. [`Media::process`]
//! reads a picture by its content, checks its size in its header before anything is
//! allocated for its pixels, decodes it and writes new files: what is not pixels (where
//! a photo was taken, comments, scripts behind the end of the file) is gone. [`Blobs`]
//! keeps what was made; [`proxy`] names files of elsewhere, so that a browser never asks
//! other servers and this one fetches nothing that it did not name itself.

mod animation;
mod blobs;
mod name;
mod picture;
pub mod proxy;
mod shape;

use std::sync::Arc;

use archipel_storage::Store;
use bytes::Bytes;
use tokio::sync::Semaphore;

pub use blobs::{Blobs, StoreError};
pub use name::{fresh_name, mime_of};
pub use picture::{File, Picture, Refused};
pub use shape::Shape;

/// Most bytes of an uploaded or fetched picture.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Most pixels of a picture, before it is made smaller.
pub const MAX_PIXELS: u64 = 33_177_600;

/// Most pixels of one side.
pub const MAX_SIDE: u32 = 16_384;

/// Most frames of an animation.
pub const MAX_FRAMES: usize = 200;

/// What may be uploaded.
pub const MIME_TYPES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// Longest description of a picture, in characters.
pub const MAX_DESCRIPTION: usize = 1_500;

/// Megapixels that are worked on at once: what bounds the memory.
const AT_ONCE: u32 = 40;

/// Everything about files; cheap to clone.
#[derive(Clone, Debug)]
pub struct Media {
    blobs: Blobs,
    proxy: proxy::Names,
    room: Arc<Semaphore>,
}

impl Media {
    /// Opens the store of files at `url` (`file://PATH` or `s3://BUCKET/PREFIX`). The
    /// secret that names files of elsewhere is made the first time.
    pub async fn open(url: &str, store: &Store) -> Result<Self, OpenError> {
        Ok(Self {
            blobs: Blobs::open(url)?,
            proxy: proxy::Names::load(store).await?,
            room: Arc::new(Semaphore::new(AT_ONCE as usize)),
        })
    }

    /// The files.
    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// The names of files of elsewhere.
    pub fn proxy(&self) -> &proxy::Names {
        &self.proxy
    }

    /// Makes a picture safe. Waits while others are worked on, so that memory has a
    /// bound, and works on a thread where it holds nobody up.
    pub async fn process(&self, bytes: Bytes, shape: Shape) -> Result<Picture, Refused> {
        let header = picture::Header::read(&bytes)?;
        let permits = header.weight().clamp(1, AT_ONCE);
        let room = Arc::clone(&self.room).acquire_many_owned(permits).await;
        let work = move || {
            let _room = room;
            picture::process(&bytes, &header, shape)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            // A decoder that panics met a file that nobody wrote with an editor.
            Err(_) => Err(Refused::Broken),
        }
    }

    /// Keeps the files of a picture under fresh names: of the file and of its preview.
    pub async fn keep(&self, picture: &Picture) -> Result<(String, String), StoreError> {
        let name = fresh_name(picture.file.mime);
        self.blobs.put(&name, picture.file.bytes.clone()).await?;
        let preview = fresh_name(picture.preview.mime);
        self.blobs
            .put(&preview, picture.preview.bytes.clone())
            .await?;
        Ok((name, preview))
    }
}

/// The store of files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its address or the place behind it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] archipel_storage::Error),
}
