//! Which commune became which when communes were redrawn.

use serde::{Deserialize, Serialize};

/// One old commune (or a part of it) that went into one new commune.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommuneChange {
    /// Code before the change, text.
    pub old_code: String,
    /// Name before the change.
    pub old_name: String,
    /// Code of a commune after the change.
    pub new_code: String,
    /// Its name.
    pub new_name: String,
    /// Whether only a part of the old commune went there.
    pub partial: bool,
}
