//! Writers for other tools.
