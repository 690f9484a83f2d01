//! Writers for other tools.
//!
//! Everything that is exported passes through a [`FeatureTable`]: named columns, rows of values, and a geometry a row.
//! The formats are written from it, so that a layer looks the same in each of them.

mod csv;
mod geojson;
mod table;

pub use self::csv::write_csv;
pub use self::geojson::write_geojson;
pub use table::{Column, Feature, FeatureTable, Value, areas, cells, lines, places, sites, stations};
