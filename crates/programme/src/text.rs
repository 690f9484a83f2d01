//! A sentence in both languages.

use serde::{Deserialize, Serialize};

use crate::number::Language;

/// A sentence in Vietnamese and English.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Text {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Text {
    /// A sentence in both languages.
    #[must_use]
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }

    /// The sentence in a language.
    #[must_use]
    pub fn pick(&self, language: Language) -> &str {
        language.pick(&self.vi, &self.en)
    }
}
