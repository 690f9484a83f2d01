//! Fingerprints: 64 bits that stand for a row, a cell or a code, so that half a million of them can be looked up without copies.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

/// Values by fingerprint.
pub type ByFingerprint<V> = HashMap<u64, V, BuildHasherDefault<AsItIs>>;

/// The fingerprint of a value, the same on every machine and in every run.
pub fn fingerprint(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Takes a fingerprint for its own hash.
#[derive(Debug, Default, Clone, Copy)]
pub struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, fingerprint: u64) {
        self.0 = fingerprint;
    }
}

/// The places of codes in a list that holds the codes itself.
#[derive(Debug, Default)]
pub struct CodeIndex(ByFingerprint<usize>);

impl CodeIndex {
    /// Makes room for so many more codes.
    pub fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    /// The place of a code; `code_at` is the code at a place.
    pub fn get<'a>(&self, code: &str, code_at: impl Fn(usize) -> &'a str) -> Option<usize> {
        self.find(code, code_at).1
    }

    /// Adds a code that was not there yet.
    pub fn insert<'a>(&mut self, code: &str, place: usize, code_at: impl Fn(usize) -> &'a str) {
        let (key, _) = self.find(code, code_at);
        self.0.insert(key, place);
    }

    /// Two codes of one fingerprint stand beside each other.
    fn find<'a>(&self, code: &str, code_at: impl Fn(usize) -> &'a str) -> (u64, Option<usize>) {
        let mut key = fingerprint(code);
        while let Some(place) = self.0.get(&key).copied() {
            if code_at(place) == code {
                return (key, Some(place));
            }
            key = key.wrapping_add(1);
        }
        (key, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_even_beside_another_of_their_fingerprint() {
        let codes = ["HT001", "HT002", "HT003"];
        let mut index = CodeIndex::default();
        // As if "HT001" and "HT002" had one fingerprint.
        index.0.insert(fingerprint("HT002"), 0);
        index.insert("HT002", 1, |place| codes[place]);
        index.insert("HT003", 2, |place| codes[place]);
        assert_eq!(index.get("HT002", |place| codes[place]), Some(1));
        assert_eq!(index.get("HT003", |place| codes[place]), Some(2));
        assert_eq!(index.get("HT004", |place| codes[place]), None);
    }
}
