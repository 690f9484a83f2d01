//! Path losses and signals kept between runs, named by what they were computed from.
//!
//! An entry is one antenna position on one band, or its angles, which all bands share; or what the cells of one operator's
//! technology add up to ([`crate::signals`]). The name of a loss is a hash of everything
//! that its numbers depend on: place, height, radius, frequency, model settings, raster, and the ground. Power, tilt,
//! azimuth and on/off are no part of it, so changing them computes no propagation. Losses are stored as the engine's own
//! codes (steps of 0.05 dB), so a cached and a fresh run are the same to the byte. A damaged entry fails its checksum and
//! is computed again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use geodesy::tile_grid::PixelWindow;

/// First bytes of an entry: format and version.
const MAGIC: &[u8; 8] = b"phusPL02";
const CHECKSUM_BYTES: usize = 32;
/// Bytes of the fixed part of an entry's body.
const HEADER_BYTES: usize = 1 + 4 * 4 + 1 + 8;
/// Largest raster that an entry may claim: keeps a damaged header from asking for memory.
const LARGEST_ENTRY: usize = 100_000_000;

/// A place with path losses that several machines share. One that does not answer costs time, never a result.
pub trait SharedLosses: std::fmt::Debug + Send + Sync {
    /// The bytes of an entry, if it is there.
    fn get(&self, name: &str) -> Option<Vec<u8>>;
    /// Keeps the bytes of an entry.
    fn put(&self, name: &str, bytes: &[u8]);
}

/// A folder of path losses, bounded in size: the entries used least recently go first.
#[derive(Debug)]
pub struct PathLossCache {
    folder: PathBuf,
    limit_bytes: u64,
    /// Bytes kept since the folder was trimmed.
    fresh_bytes: AtomicU64,
    shared: Option<Arc<dyn SharedLosses>>,
}

/// The name of an entry.
pub type Key = blake3::Hash;

/// What an entry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The pixels' raster.
    pub window: PixelWindow,
    /// Whether the mast stands on known ground.
    pub ground_known: bool,
    /// Profile points without a height.
    pub missing_heights: u64,
    /// Row-major codes, one series or more.
    pub planes: Vec<Vec<u16>>,
}

impl PathLossCache {
    /// Default bound of the folder: 4 GiB.
    pub const DEFAULT_LIMIT_BYTES: u64 = 4 << 30;

    /// A cache in `folder`, made when first needed.
    #[must_use]
    pub const fn new(folder: PathBuf, limit_bytes: u64) -> Self {
        Self {
            folder,
            limit_bytes,
            fresh_bytes: AtomicU64::new(0),
            shared: None,
        }
    }

    /// The same folder, before a place that other machines share.
    #[must_use]
    pub fn shared_through(self, shared: Option<Arc<dyn SharedLosses>>) -> Self {
        Self { shared, ..self }
    }

    fn path(&self, key: &Key) -> PathBuf {
        let name = key.to_hex();
        self.folder.join(&name[..2]).join(format!("{name}.loss"))
    }

    /// The entry, if it is there and whole. It then counts as just used.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<Entry> {
        self.own(key).or_else(|| {
            let bytes = self.shared.as_ref()?.get(&key.to_hex())?;
            let entry = decode(&bytes)?;
            self.write(key, &bytes);
            Some(entry)
        })
    }

    fn own(&self, key: &Key) -> Option<Entry> {
        let path = self.path(key);
        let entry = decode(&fs::read(&path).ok()?)?;
        if let Ok(file) = fs::File::options().write(true).open(&path) {
            // Only the order of going depends on it.
            let _ = file.set_modified(SystemTime::now());
        }
        Some(entry)
    }

    /// Keeps an entry. A cache that cannot write costs time, never a result, so failures pass in silence.
    pub fn put(&self, key: &Key, entry: &Entry) {
        let Some(bytes) = encode(entry) else { return };
        self.write(key, &bytes);
        if let Some(shared) = &self.shared {
            shared.put(&key.to_hex(), &bytes);
        }
    }

    fn write(&self, key: &Key, bytes: &[u8]) {
        let path = self.path(key);
        let Some(folder) = path.parent() else { return };
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(folder)?;
            let unique = format!("{}-{:?}.part", std::process::id(), std::thread::current().id());
            let partial = path.with_extension(unique);
            fs::File::create(&partial)?.write_all(bytes)?;
            fs::rename(&partial, &path)
        };
        let _ = write();
        let fresh_bytes = self.fresh_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if fresh_bytes > self.limit_bytes / 16 {
            self.trim();
        }
    }

    /// Removes the entries used least recently until the folder is within its bound.
    pub fn trim(&self) {
        self.fresh_bytes.store(0, Ordering::Relaxed);
        let mut entries: Vec<(SystemTime, u64, PathBuf)> = folders(&self.folder)
            .iter()
            .flat_map(|folder| files(folder))
            .filter_map(|path| {
                let about = fs::metadata(&path).ok()?;
                Some((about.modified().ok()?, about.len(), path))
            })
            .collect();
        let mut total: u64 = entries.iter().map(|(_, bytes, _)| bytes).sum();
        if total <= self.limit_bytes {
            return;
        }
        entries.sort();
        for (_, bytes, path) in entries {
            if total <= self.limit_bytes {
                break;
            }
            if fs::remove_file(&path).is_ok() {
                total -= bytes;
            }
        }
    }
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect()
}

/// Neighbouring pixels differ little, so differences along the raster pack well, low bytes before high bytes.
fn differences(values: &[u16], out: &mut Vec<u8>) {
    let before = std::iter::once(0).chain(values.iter().copied());
    let steps = || {
        values
            .iter()
            .zip(before.clone())
            .map(|(value, before)| value.wrapping_sub(before).to_le_bytes())
    };
    out.extend(steps().map(|[low, _]| low));
    out.extend(steps().map(|[_, high]| high));
}

fn sums(bytes: &[u8]) -> Vec<u16> {
    let (low, high) = bytes.split_at(bytes.len() / 2);
    let mut value = 0_u16;
    low.iter()
        .zip(high)
        .map(|(&low, &high)| {
            value = value.wrapping_add(u16::from_le_bytes([low, high]));
            value
        })
        .collect()
}

/// How hard entries are packed: reading them back is as quick at every level, and disks are large.
const COMPRESSION_LEVEL: i32 = 1;

fn encode(entry: &Entry) -> Option<Vec<u8>> {
    let window = &entry.window;
    let mut body = Vec::with_capacity(HEADER_BYTES + 2 * window.len() * entry.planes.len());
    body.push(window.zoom);
    for number in [window.column, window.row, window.columns, window.rows] {
        body.extend_from_slice(&number.to_le_bytes());
    }
    body.push(u8::from(entry.ground_known));
    body.extend_from_slice(&entry.missing_heights.to_le_bytes());
    for plane in &entry.planes {
        differences(plane, &mut body);
    }
    let packed = zstd::bulk::compress(&body, COMPRESSION_LEVEL).ok()?;
    let length = u32::try_from(body.len()).ok()?.to_le_bytes();
    let mut bytes = Vec::with_capacity(MAGIC.len() + CHECKSUM_BYTES + 4 + packed.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(checksum(&length, &packed).as_bytes());
    bytes.extend_from_slice(&length);
    bytes.extend_from_slice(&packed);
    Some(bytes)
}

fn checksum(length: &[u8], packed: &[u8]) -> blake3::Hash {
    blake3::Hasher::new().update(length).update(packed).finalize()
}

fn decode(bytes: &[u8]) -> Option<Entry> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (sum, rest) = rest.split_at_checked(CHECKSUM_BYTES)?;
    let (length, packed) = rest.split_at_checked(4)?;
    if checksum(length, packed).as_bytes() != sum {
        return None;
    }
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    if length > HEADER_BYTES + 4 * LARGEST_ENTRY {
        return None;
    }
    let body = zstd::bulk::decompress(packed, length).ok()?;
    let (header, values) = body.split_at_checked(HEADER_BYTES)?;
    let number = |at: usize| Some(u32::from_le_bytes(header.get(at..at + 4)?.try_into().ok()?));
    let window = PixelWindow {
        zoom: header[0],
        column: number(1)?,
        row: number(5)?,
        columns: number(9)?,
        rows: number(13)?,
    };
    let pixels = (window.columns as usize).checked_mul(window.rows as usize)?;
    if pixels == 0 || pixels > LARGEST_ENTRY || !values.len().is_multiple_of(2 * pixels) {
        return None;
    }
    Some(Entry {
        window,
        ground_known: header[17] != 0,
        missing_heights: u64::from_le_bytes(header.get(18..26)?.try_into().ok()?),
        planes: values.chunks_exact(2 * pixels).map(sums).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(codes: &[u16]) -> Entry {
        Entry {
            window: PixelWindow {
                zoom: 12,
                column: 9,
                row: 7,
                columns: codes.len() as u32,
                rows: 1,
            },
            ground_known: false,
            missing_heights: 17,
            planes: vec![codes.to_vec(), codes.iter().rev().copied().collect()],
        }
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(codes in prop::collection::vec(any::<u16>(), 1..300)) {
            let entry = entry(&codes);
            prop_assert_eq!(decode(&encode(&entry).expect("small")), Some(entry));
        }

        #[test]
        fn a_damaged_entry_is_never_believed(codes in prop::collection::vec(any::<u16>(), 1..300), at: prop::sample::Index, bit in 0..8_u8) {
            let mut bytes = encode(&entry(&codes)).expect("small");
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(decode(&bytes), None);
            bytes.truncate(at);
            prop_assert_eq!(decode(&bytes), None);
        }
    }

    #[test]
    fn the_folder_is_bounded_while_it_fills() {
        let folder = tempfile::tempdir().expect("a folder");
        let noise: Vec<u16> = (0..4000_u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 9) as u16)
            .collect();
        let bytes = encode(&entry(&noise)).expect("small").len() as u64;
        let cache = PathLossCache::new(folder.path().to_owned(), 20 * bytes);
        for k in 0..100_u8 {
            cache.put(&blake3::hash(&[k]), &entry(&noise));
            let kept = folders(folder.path())
                .iter()
                .map(|folder| files(folder).len())
                .sum::<usize>();
            assert!(kept <= 22, "{kept}");
        }
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = PathLossCache::new(folder.path().to_owned(), u64::MAX);
        let keys: Vec<Key> = (0..4_u8).map(|k| blake3::hash(&[k])).collect();
        for (age, key) in keys.iter().enumerate() {
            cache.put(key, &entry(&[1, 2, 3]));
            let file = fs::File::options().write(true).open(cache.path(key)).expect("kept");
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(age as u64))
                .expect("dated");
        }
        assert!(cache.get(&keys[0]).is_some(), "now the newest");
        let bytes = fs::metadata(cache.path(&keys[0])).expect("kept").len();
        PathLossCache::new(folder.path().to_owned(), 2 * bytes).trim();
        let left: Vec<bool> = keys.iter().map(|key| cache.get(key).is_some()).collect();
        assert_eq!(left, [true, false, false, true]);
    }

    #[derive(Debug, Default)]
    struct Elsewhere(std::sync::Mutex<std::collections::HashMap<String, Vec<u8>>>);

    impl SharedLosses for Elsewhere {
        fn get(&self, name: &str) -> Option<Vec<u8>> {
            self.0.lock().expect("unpoisoned").get(name).cloned()
        }

        fn put(&self, name: &str, bytes: &[u8]) {
            self.0
                .lock()
                .expect("unpoisoned")
                .insert(name.to_owned(), bytes.to_owned());
        }
    }

    #[test]
    fn what_one_machine_computed_another_finds() {
        let folders = [
            tempfile::tempdir().expect("a folder"),
            tempfile::tempdir().expect("a folder"),
        ];
        let shared = Arc::new(Elsewhere::default());
        let [one, other] = folders
            .each_ref()
            .map(|folder| PathLossCache::new(folder.path().to_owned(), u64::MAX).shared_through(Some(shared.clone())));
        let (key, kept) = (blake3::hash(b"a mast"), entry(&[1, 2, 3]));
        assert_eq!(other.get(&key), None);
        one.put(&key, &kept);
        assert_eq!(other.get(&key).as_ref(), Some(&kept));
        shared.0.lock().expect("unpoisoned").clear();
        assert_eq!(other.get(&key), Some(kept), "its own copy from now on");
        shared.put(&blake3::hash(b"damaged").to_hex(), b"phusPL02 and nothing more");
        assert_eq!(other.get(&blake3::hash(b"damaged")), None);
    }
}
