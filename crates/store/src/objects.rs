//! Objects that machines without a common folder share: an S3-compatible bucket.
//!
//! Every machine keeps its own copies of what it used; the bucket has everything. Calls wait for the network on whatever thread they are made.

use std::fmt;
use std::fs::File;
use std::future::Future;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, mpsc};

use futures::TryStreamExt;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use tokio::runtime::{Builder, Runtime};

use crate::StoreError;

/// Files up to this size are sent in one piece, larger ones in pieces of it.
const PIECE_BYTES: usize = 8 << 20;
/// Pieces on their way at once.
const PIECES_AT_ONCE: usize = 4;

/// A bucket, or a part of it. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn ObjectStore>,
    prefix: Key,
    address: String,
    // Of its own: callers are on threads with and without a runtime, and wait here.
    runtime: Option<Runtime>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Objects").field(&self.inner.address).finish()
    }
}

impl Objects {
    /// Opens `s3://bucket/prefix`. Keys, region and endpoint come from the environment, under the names that every S3 program knows
    /// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`, `AWS_ALLOW_HTTP`).
    ///
    /// # Errors
    /// `Objects` when the address is none of a bucket, or the settings contradict each other.
    pub fn open(address: &str) -> Result<Self, StoreError> {
        let settings = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
        Self::open_with(address, settings)
    }

    /// The same with settings of the caller's own.
    ///
    /// # Errors
    /// As [`Objects::open`].
    pub fn open_with(address: &str, settings: impl IntoIterator<Item = (String, String)>) -> Result<Self, StoreError> {
        let failed = |error: &dyn fmt::Display| StoreError::objects(address, error);
        // One provider of cryptography for the whole program; whoever comes second finds it there.
        drop(rustls::crypto::ring::default_provider().install_default());
        let url = url::Url::parse(address).map_err(|error| failed(&error))?;
        let (store, prefix) = object_store::parse_url_opts(&url, settings).map_err(|error| failed(&error))?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("objects")
            .enable_all()
            .build()
            .map_err(|error| failed(&error))?;
        let inner = Inner {
            store: store.into(),
            prefix,
            address: address.to_owned(),
            runtime: Some(runtime),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Keeps a file under a name, whole or not at all.
    ///
    /// # Errors
    /// What is wrong with the file or the bucket.
    pub fn put_file(&self, name: &str, path: &Path) -> Result<(), StoreError> {
        let mut file = File::open(path).map_err(|error| StoreError::io(path, error))?;
        let bytes = file.metadata().map_err(|error| StoreError::io(path, error))?.len();
        if bytes <= PIECE_BYTES as u64 {
            let mut content = Vec::with_capacity(bytes as usize);
            file.read_to_end(&mut content)
                .map_err(|error| StoreError::io(path, error))?;
            return self.put(name, content);
        }
        let (store, key) = (Arc::clone(&self.inner.store), self.key(name));
        self.wait(async move {
            let mut upload = WriteMultipart::new_with_chunk_size(store.put_multipart(&key).await?, PIECE_BYTES);
            let mut piece = vec![0; PIECE_BYTES];
            loop {
                let count = match file.read(&mut piece) {
                    Ok(0) => break,
                    Ok(count) => count,
                    Err(source) => {
                        upload.abort().await?;
                        return Err(object_store::Error::Generic {
                            store: "file",
                            source: source.into(),
                        });
                    }
                };
                upload.wait_for_capacity(PIECES_AT_ONCE).await?;
                upload.write(piece.get(..count).unwrap_or_default());
            }
            upload.finish().await.map(|_| ())
        })
    }

    /// Keeps bytes under a name, whole or not at all.
    ///
    /// # Errors
    /// What is wrong with the bucket.
    pub fn put(&self, name: &str, content: Vec<u8>) -> Result<(), StoreError> {
        let (store, key) = (Arc::clone(&self.inner.store), self.key(name));
        self.wait(async move { store.put(&key, PutPayload::from(content)).await.map(|_| ()) })
    }

    /// Writes what is kept under a name into a file.
    ///
    /// # Errors
    /// What is wrong with the bucket (the object may be gone) or the file.
    pub fn fetch(&self, name: &str, into: &Path) -> Result<(), StoreError> {
        let mut file = File::create_new(into).map_err(|error| StoreError::io(into, error))?;
        let (store, key) = (Arc::clone(&self.inner.store), self.key(name));
        self.wait(async move {
            let mut pieces = store.get(&key).await?.into_stream();
            let generic = |source: std::io::Error| object_store::Error::Generic {
                store: "file",
                source: source.into(),
            };
            while let Some(piece) = pieces.try_next().await? {
                file.write_all(&piece).map_err(generic)?;
            }
            file.sync_all().map_err(generic)
        })
    }

    /// The bytes under a name; `None` where there are none.
    ///
    /// # Errors
    /// What is wrong with the bucket.
    pub fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let (store, key) = (Arc::clone(&self.inner.store), self.key(name));
        self.wait(async move {
            match store.get(&key).await {
                Ok(found) => Ok(Some(found.bytes().await?.to_vec())),
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn key(&self, name: &str) -> Key {
        let name = Key::from(name);
        self.inner.prefix.parts().chain(name.parts()).collect()
    }

    /// Does something on the network and waits for it, on any thread.
    fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = object_store::Result<T>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let failed = |error: &dyn fmt::Display| StoreError::objects(&self.inner.address, error);
        let (tell, told) = mpsc::channel();
        let runtime = self.inner.runtime.as_ref().ok_or_else(|| failed(&"closed"))?;
        runtime.spawn(async move {
            // Nobody listens when the caller's thread ended.
            drop(tell.send(work.await));
        });
        let outcome = told.recv().map_err(|error| failed(&error))?;
        outcome.map_err(|error| failed(&error))
    }
}
