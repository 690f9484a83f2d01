//! Why a whole file could not be imported.

use serde::{Deserialize, Serialize};

use crate::message::Message;

/// A file (or a set of files) that is refused as a whole; nothing of it is imported.
///
/// `code` is stable and meant for programs; the sentences are for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail_en}")]
pub struct ImportError {
    /// Stable code in `snake_case`, for example `missing_columns`.
    pub code: String,
    /// What was wrong, in Vietnamese.
    pub detail_vi: String,
    /// What was wrong, in English.
    pub detail_en: String,
    /// File, and sheet, row, line or feature inside it, where known.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what_to_do: Option<Box<Message>>,
}

impl ImportError {
    /// An error with its code and what was wrong.
    #[must_use]
    pub fn new(code: impl Into<String>, detail: Message) -> Self {
        Self {
            code: code.into(),
            detail_vi: detail.vi,
            detail_en: detail.en,
            location: None,
            what_to_do: None,
        }
    }

    /// Adds where it was found.
    #[must_use]
    pub fn at(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn advise(mut self, advice: Message) -> Self {
        self.what_to_do = Some(Box::new(advice));
        self
    }
}
