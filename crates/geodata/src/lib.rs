//! What planners bring: site lists, areas, places; reading, checking, repairing, exporting.
