//! Path losses kept between runs, named by what they were computed from.
//!
//! An entry is one antenna position on one band. Its name is a hash of everything that its numbers depend on: place,
//! height, radius, frequency, model settings, raster, and the ground's samples themselves. Power, tilt, azimuth and
//! on/off are no part of it, so changing them computes no propagation. Losses are stored as the engine's own codes
//! (steps of 0.05 dB), so a cached and a fresh run are the same to the byte. A damaged entry fails its checksum and is
//! computed again.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use geodesy::tile_grid::PixelWindow;

use crate::sweep::PathLoss;

/// First bytes of an entry: format and version.
const MAGIC: &[u8; 8] = b"phusPL01";
const CHECKSUM_BYTES: usize = 32;
/// Bytes of the fixed part of an entry's body.
const HEADER_BYTES: usize = 1 + 4 * 4 + 1 + 8;
/// Largest raster that an entry may claim: keeps a damaged header from asking for memory.
const LARGEST_ENTRY: usize = 100_000_000;

/// A folder of path losses, bounded in size: the entries used least recently go first.
#[derive(Debug, Clone)]
pub struct PathLossCache {
    folder: PathBuf,
    limit_bytes: u64,
}

/// The name of an entry.
pub type Key = blake3::Hash;

impl PathLossCache {
    /// Default bound of the folder: 4 GiB.
    pub const DEFAULT_LIMIT_BYTES: u64 = 4 << 30;

    /// A cache in `folder`, made when first needed.
    #[must_use]
    pub const fn new(folder: PathBuf, limit_bytes: u64) -> Self {
        Self { folder, limit_bytes }
    }

    fn path(&self, key: &Key) -> PathBuf {
        let name = key.to_hex();
        self.folder.join(&name[..2]).join(format!("{name}.loss"))
    }

    /// The entry, if it is there and whole. It then counts as just used.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<PathLoss> {
        let path = self.path(key);
        let loss = decode(&fs::read(&path).ok()?)?;
        if let Ok(file) = fs::File::options().write(true).open(&path) {
            // Only the order of going depends on it.
            let _ = file.set_modified(SystemTime::now());
        }
        Some(loss)
    }

    /// Keeps an entry. A cache that cannot write costs time, never a result, so failures pass in silence.
    pub fn put(&self, key: &Key, loss: &PathLoss) {
        let path = self.path(key);
        let Some(folder) = path.parent() else { return };
        let Some(bytes) = encode(loss) else { return };
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(folder)?;
            let unique = format!("{}-{:?}.part", std::process::id(), std::thread::current().id());
            let partial = path.with_extension(unique);
            fs::File::create(&partial)?.write_all(&bytes)?;
            fs::rename(&partial, &path)
        };
        let _ = write();
    }

    /// Removes the entries used least recently until the folder is within its bound.
    pub fn trim(&self) {
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

/// Neighbouring pixels differ little, so differences along the raster pack well.
fn differences(values: impl Iterator<Item = u16>, out: &mut Vec<u8>) {
    let mut before = 0_u16;
    for value in values {
        out.extend_from_slice(&value.wrapping_sub(before).to_le_bytes());
        before = value;
    }
}

fn sums(bytes: &[u8]) -> Vec<u16> {
    let mut before = 0_u16;
    bytes
        .chunks_exact(2)
        .map(|pair| {
            before = before.wrapping_add(u16::from_le_bytes([pair[0], pair[1]]));
            before
        })
        .collect()
}

/// Bytes of an entry with exactly one band.
fn encode(loss: &PathLoss) -> Option<Vec<u8>> {
    let [codes] = loss.losses.as_slice() else { return None };
    let mut body = vec![loss.window.zoom];
    for number in [
        loss.window.column,
        loss.window.row,
        loss.window.columns,
        loss.window.rows,
    ] {
        body.extend_from_slice(&number.to_le_bytes());
    }
    body.push(u8::from(loss.ground_known));
    body.extend_from_slice(&loss.missing_heights.to_le_bytes());
    differences(codes.iter().copied(), &mut body);
    differences(loss.departures.iter().map(|&code| code as u16), &mut body);
    differences(loss.bearings.iter().copied(), &mut body);
    let mut packed = u32::try_from(body.len()).ok()?.to_le_bytes().to_vec();
    let mut packer = ZlibEncoder::new(&mut packed, Compression::fast());
    packer.write_all(&body).ok()?;
    packer.finish().ok()?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(blake3::hash(&packed).as_bytes());
    bytes.extend_from_slice(&packed);
    Some(bytes)
}

fn decode(bytes: &[u8]) -> Option<PathLoss> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (checksum, packed) = rest.split_at_checked(CHECKSUM_BYTES)?;
    if blake3::hash(packed).as_bytes() != checksum {
        return None;
    }
    let (length, packed) = packed.split_at_checked(4)?;
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    if length > HEADER_BYTES + 6 * LARGEST_ENTRY {
        return None;
    }
    let mut body = Vec::with_capacity(length);
    ZlibDecoder::new(packed)
        .take(length as u64)
        .read_to_end(&mut body)
        .ok()?;
    let (header, values) = body.split_at_checked(HEADER_BYTES)?;
    let number = |at: usize| Some(u32::from_le_bytes(header.get(at..at + 4)?.try_into().ok()?));
    let window = PixelWindow {
        zoom: header[0],
        column: number(1)?,
        row: number(5)?,
        columns: number(9)?,
        rows: number(13)?,
    };
    let pixels = window.len();
    if pixels > LARGEST_ENTRY || values.len() != 6 * pixels {
        return None;
    }
    Some(PathLoss {
        window,
        losses: vec![sums(&values[..2 * pixels])],
        departures: sums(&values[2 * pixels..4 * pixels])
            .into_iter()
            .map(|code| code as i16)
            .collect(),
        bearings: sums(&values[4 * pixels..]),
        ground_known: header[17] != 0,
        missing_heights: u64::from_le_bytes(header.get(18..26)?.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(codes: &[u16]) -> PathLoss {
        let window = PixelWindow {
            zoom: 12,
            column: 9,
            row: 7,
            columns: codes.len() as u32,
            rows: 1,
        };
        PathLoss {
            window,
            losses: vec![codes.to_vec()],
            departures: codes.iter().map(|&code| code as i16).collect(),
            bearings: codes.iter().rev().copied().collect(),
            ground_known: false,
            missing_heights: 17,
        }
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(codes in prop::collection::vec(any::<u16>(), 1..300)) {
            let loss = entry(&codes);
            prop_assert_eq!(decode(&encode(&loss).expect("one band")), Some(loss));
        }

        #[test]
        fn a_damaged_entry_is_never_believed(codes in prop::collection::vec(any::<u16>(), 1..300), at: prop::sample::Index, bit in 0..8_u8) {
            let mut bytes = encode(&entry(&codes)).expect("one band");
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(decode(&bytes), None);
            bytes.truncate(at);
            prop_assert_eq!(decode(&bytes), None);
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
}
