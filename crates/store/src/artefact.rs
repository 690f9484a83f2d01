//! Large immutable bytes, named by their content (BLAKE3) and written atomically: temporary file, fsync, rename.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Objects, StoreError};

/// A stored file: its content's hash, the name it is known by, and its size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artefact {
    /// BLAKE3 of the content, hexadecimal.
    pub hash: String,
    /// The file's name; readers that look at names (`N18E105.hgt`) find it again.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// The folder of artefacts: `artefacts/ab/abcd…/name`. Where machines share a bucket instead of a folder, it has them all under the same
/// names, and the folder is this machine's copy.
#[derive(Debug, Clone)]
pub struct Artefacts {
    folder: PathBuf,
    incoming: PathBuf,
    bucket: Option<Objects>,
}

const COPY_BUFFER_BYTES: usize = 1 << 18;

impl Artefacts {
    /// Opens (and makes) the folders under `root`; half-written files of a crash are removed only by [`Self::sweep_incoming`].
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let artefacts = Self {
            folder: root.join("artefacts"),
            incoming: root.join("incoming"),
            bucket: None,
        };
        for folder in [&artefacts.folder, &artefacts.incoming] {
            fs::create_dir_all(folder).map_err(|e| StoreError::io(folder, e))?;
        }
        Ok(artefacts)
    }

    /// The same artefacts, shared through a bucket.
    #[must_use]
    pub fn shared_through(self, bucket: Objects) -> Self {
        Self {
            bucket: Some(bucket),
            ..self
        }
    }

    /// The bucket through which they are shared, where they are.
    pub fn bucket(&self) -> Option<&Objects> {
        self.bucket.as_ref()
    }

    /// The folder for files on their way in: uploads stream here and are then moved by [`Self::adopt`].
    pub fn incoming(&self) -> &Path {
        &self.incoming
    }

    /// Removes what an interrupted process left on its way in. Call only while no other process writes.
    pub fn sweep_incoming(&self) -> Result<(), StoreError> {
        for entry in fs::read_dir(&self.incoming)
            .map_err(|e| StoreError::io(&self.incoming, e))?
            .flatten()
        {
            let path = entry.path();
            let removed = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            removed.map_err(|e| StoreError::io(&path, e))?;
        }
        Ok(())
    }

    /// Where an artefact's bytes are on this machine; they are fetched first when only another machine had them.
    ///
    /// # Errors
    /// What is wrong with the bucket, or with what it gave.
    pub fn path(&self, artefact: &Artefact) -> Result<PathBuf, StoreError> {
        let path = self.target(artefact);
        if let Some(bucket) = self.bucket.as_ref().filter(|_| !path.exists()) {
            let temporary = self.temporary();
            let fetched = bucket
                .fetch(&name_in_bucket(artefact), &temporary)
                .and_then(|()| hash_synced(&temporary).map_err(|e| StoreError::io(&temporary, e)))
                .and_then(|(hash, _)| match hash == artefact.hash {
                    true => self.settle(&temporary, &path),
                    false => Err(damaged(artefact)),
                });
            if fetched.is_err() {
                drop(fs::remove_file(&temporary));
            }
            fetched?;
        }
        Ok(path)
    }

    fn target(&self, artefact: &Artefact) -> PathBuf {
        self.place(&artefact.hash).join(&artefact.name)
    }

    /// Stores bytes under a name.
    pub fn put(&self, name: &str, content: &[u8]) -> Result<Artefact, StoreError> {
        let name = safe_name(name);
        let hash = blake3::hash(content).to_hex().to_string();
        let artefact = Artefact {
            hash,
            name,
            bytes: content.len() as u64,
        };
        let target = self.target(&artefact);
        if target.exists() {
            return Ok(artefact);
        }
        let temporary = self.temporary();
        write_synced(&temporary, content).map_err(|e| StoreError::io(&temporary, e))?;
        self.keep(&artefact, &temporary, &target)?;
        Ok(artefact)
    }

    /// Stores a copy of the file at `source` under a name.
    pub fn copy_in(&self, name: &str, source: &Path) -> Result<Artefact, StoreError> {
        let temporary = self.temporary();
        let copied = copy_hashed(source, &temporary);
        self.finish_file(name, &temporary, copied)
    }

    /// Takes over a file of the incoming folder: synced, hashed, moved.
    pub fn adopt(&self, name: &str, incoming: &Path) -> Result<Artefact, StoreError> {
        let hashed = hash_synced(incoming);
        self.finish_file(name, incoming, hashed)
    }

    fn finish_file(
        &self,
        name: &str,
        temporary: &Path,
        hashed: io::Result<(String, u64)>,
    ) -> Result<Artefact, StoreError> {
        let (hash, bytes) = match hashed {
            Ok(found) => found,
            Err(error) => {
                drop(fs::remove_file(temporary));
                return Err(StoreError::io(temporary, error));
            }
        };
        let artefact = Artefact {
            hash,
            name: safe_name(name),
            bytes,
        };
        let target = self.target(&artefact);
        if target.exists() {
            fs::remove_file(temporary).map_err(|e| StoreError::io(temporary, e))?;
            return Ok(artefact);
        }
        self.keep(&artefact, temporary, &target)?;
        Ok(artefact)
    }

    /// Reads an artefact whole and checks its bytes against its hash.
    pub fn read(&self, artefact: &Artefact) -> Result<Vec<u8>, StoreError> {
        let path = self.path(artefact)?;
        let content = fs::read(&path).map_err(|e| StoreError::io(&path, e))?;
        if blake3::hash(&content).to_hex().as_str() != artefact.hash {
            return Err(damaged(artefact));
        }
        Ok(content)
    }

    fn place(&self, hash: &str) -> PathBuf {
        let shelf = hash.get(..2).unwrap_or("00");
        self.folder.join(shelf).join(hash)
    }

    fn temporary(&self) -> PathBuf {
        self.incoming.join(uuid::Uuid::now_v7().to_string())
    }

    /// Gives a synced temporary file to the bucket, where there is one, and then to the folder: what is in the folder is in the bucket.
    fn keep(&self, artefact: &Artefact, temporary: &Path, target: &Path) -> Result<(), StoreError> {
        if let Some(bucket) = &self.bucket
            && let Err(error) = bucket.put_file(&name_in_bucket(artefact), temporary)
        {
            drop(fs::remove_file(temporary));
            return Err(error);
        }
        self.settle(temporary, target)
    }

    /// Moves a synced temporary file to its place and syncs the folders, so that the name survives a power cut too.
    fn settle(&self, temporary: &Path, target: &Path) -> Result<(), StoreError> {
        let folder = target.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(|e| StoreError::io(folder, e))?;
        fs::rename(temporary, target).map_err(|e| StoreError::io(target, e))?;
        for folder in [Some(folder), folder.parent(), Some(self.folder.as_path())]
            .into_iter()
            .flatten()
        {
            File::open(folder)
                .and_then(|f| f.sync_all())
                .map_err(|e| StoreError::io(folder, e))?;
        }
        Ok(())
    }
}

fn name_in_bucket(artefact: &Artefact) -> String {
    let shelf = artefact.hash.get(..2).unwrap_or("00");
    format!("artefacts/{shelf}/{}/{}", artefact.hash, artefact.name)
}

fn damaged(artefact: &Artefact) -> StoreError {
    StoreError::Damaged {
        what: artefact.name.clone(),
        reason: "its bytes do not match its hash".to_owned(),
    }
}

fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn copy_hashed(source: &Path, target: &Path) -> io::Result<(String, u64)> {
    let mut reader = File::open(source)?;
    let mut writer = File::create_new(target)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; COPY_BUFFER_BYTES];
    let mut total = 0;
    loop {
        let count = reader.read(&mut buffer)?;
        let Some(chunk) = buffer.get(..count).filter(|c| !c.is_empty()) else {
            break;
        };
        hasher.update(chunk);
        writer.write_all(chunk)?;
        total += count as u64;
    }
    writer.sync_all()?;
    Ok((hasher.finalize().to_hex().to_string(), total))
}

fn hash_synced(path: &Path) -> io::Result<(String, u64)> {
    let file = File::open(path)?;
    file.sync_all()?;
    let mut hasher = blake3::Hasher::new();
    let bytes = io::copy(&mut &file, &mut hasher)?;
    Ok((hasher.finalize().to_hex().to_string(), bytes))
}

/// A file name without folders, control characters or leading dots; never empty.
fn safe_name(name: &str) -> String {
    const LONGEST: usize = 120;
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let clean: String = last
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|'))
        .collect();
    let clean = clean.trim_start_matches('.').trim();
    let kept: Vec<char> = clean.chars().collect();
    // The end is kept: it carries the file's extension.
    let start = kept.len().saturating_sub(LONGEST);
    let kept: String = kept.into_iter().skip(start).collect();
    if kept.is_empty() { "file".to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn same_content_is_stored_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let artefacts = Artefacts::open(folder.path()).unwrap();
        let first = artefacts.put("a.txt", b"hello").unwrap();
        assert_eq!(first, artefacts.put("a.txt", b"hello").unwrap());
        let source = folder.path().join("other");
        fs::write(&source, b"hello").unwrap();
        assert_eq!(first, artefacts.copy_in("a.txt", &source).unwrap());
        assert_eq!(artefacts.read(&first).unwrap(), b"hello");
        assert_eq!(fs::read_dir(artefacts.incoming()).unwrap().count(), 0);
    }

    #[test]
    fn damaged_bytes_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let artefacts = Artefacts::open(folder.path()).unwrap();
        let stored = artefacts.put("a", b"hello").unwrap();
        fs::write(artefacts.path(&stored).unwrap(), b"hallo").unwrap();
        assert!(matches!(artefacts.read(&stored), Err(StoreError::Damaged { .. })));
    }

    proptest! {
        #[test]
        fn names_never_leave_their_folder(name in ".{0,300}") {
            let safe = safe_name(&name);
            prop_assert!(!safe.is_empty() && safe.chars().count() <= 120);
            prop_assert!(!safe.contains('/') && !safe.contains('\\') && !safe.starts_with('.'));
        }
    }
}
