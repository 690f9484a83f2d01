//! The five programmes that ship with the program.

use crate::document::Programme;
use crate::error::ProgrammeError;
use crate::read::read;

/// Key and TOML text of each.
const FILES: [(&str, &str); 5] = [
    ("ha-tinh-529", include_str!("../../../data/programmes/ha-tinh-529.toml")),
    (
        "lang-son-251",
        include_str!("../../../data/programmes/lang-son-251.toml"),
    ),
    (
        "binh-phuoc-2023",
        include_str!("../../../data/programmes/binh-phuoc-2023.toml"),
    ),
    (
        "cao-loc-2023",
        include_str!("../../../data/programmes/cao-loc-2023.toml"),
    ),
    (
        "long-an-2550",
        include_str!("../../../data/programmes/long-an-2550.toml"),
    ),
];

/// Keys of the programmes that ship.
#[must_use]
pub fn keys() -> Vec<&'static str> {
    FILES.iter().map(|(key, _)| *key).collect()
}

/// TOML text of one, for a planner who makes a new programme from a copy.
#[must_use]
pub fn text(key: &str) -> Option<&'static str> {
    FILES.iter().find(|(name, _)| *name == key).map(|(_, text)| *text)
}

/// One of the programmes that ship.
///
/// # Errors
/// [`ProgrammeError::Unknown`] when there is none with this key; [`ProgrammeError::Invalid`] when its file is broken.
pub fn programme(key: &str) -> Result<Programme, ProgrammeError> {
    let text = text(key).ok_or_else(|| ProgrammeError::Unknown {
        key: key.to_owned(),
        known: keys().into_iter().map(str::to_owned).collect(),
    })?;
    read(text)
}
