//! The files, in a folder or in an S3 store.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt as _};

/// What can go wrong with files.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No address of a store.
    #[error("media.url must be file://PATH or s3://BUCKET/PREFIX, found {0:?}")]
    Address(String),
    /// The folder cannot be made.
    #[error("the folder {} of media.url cannot be made: {error}", .folder.display())]
    Folder {
        /// Where.
        folder: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The store failed.
    #[error("the store of files failed: {0}")]
    Store(#[from] object_store::Error),
}

/// The files; cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs(Arc<dyn ObjectStore>);

impl Blobs {
    /// Opens the store. Who may use an S3 store is read from the environment:
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let unknown = || StoreError::Address(url.to_owned());
        let (scheme, rest) = url.split_once("://").ok_or_else(unknown)?;
        match scheme {
            "file" if !rest.is_empty() => {
                let folder = PathBuf::from(rest);
                std::fs::create_dir_all(&folder)
                    .map_err(|error| StoreError::Folder { folder, error })?;
                // A file that was said to be kept is on the disk.
                let store = LocalFileSystem::new_with_prefix(rest)?.with_fsync(true);
                Ok(Self(Arc::new(store)))
            }
            "s3" => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                let store = AmazonS3Builder::from_env()
                    .with_bucket_name(bucket)
                    .build()?;
                Ok(if prefix.is_empty() {
                    Self(Arc::new(store))
                } else {
                    Self(Arc::new(PrefixStore::new(store, Path::from(prefix))))
                })
            }
            _ => Err(unknown()),
        }
    }

    /// Keeps a file.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.0.put(&Path::from(name), bytes.into()).await?;
        Ok(())
    }

    /// Its size in bytes; none: there is no such file.
    pub async fn size(&self, name: &str) -> Result<Option<u64>, StoreError> {
        match self.0.head(&Path::from(name)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A file, or some bytes of it; none: there is no such file.
    pub async fn get(
        &self,
        name: &str,
        range: Option<Range<u64>>,
    ) -> Result<Option<Bytes>, StoreError> {
        let path = Path::from(name);
        let got = match range {
            Some(range) => self.0.get_range(&path, range).await,
            None => match self.0.get(&path).await {
                Ok(found) => found.bytes().await,
                Err(error) => Err(error),
            },
        };
        match got {
            Ok(bytes) => Ok(Some(bytes)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a file; one that is not there is no trouble.
    pub async fn remove(&self, name: &str) -> Result<(), StoreError> {
        match self.0.delete(&Path::from(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
