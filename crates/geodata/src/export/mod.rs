//! Writers for other tools.
//!
//! Everything that is exported passes through a [`FeatureTable`]: named columns, rows of values, and a geometry a row.
//! The formats are written from it, so that a layer looks the same in each of them.

mod csv;
mod flatgeobuf;
mod geojson;
mod geopackage;
mod kml;
mod shapefile;
mod table;
mod xlsx;

pub use self::csv::{harmless, write_csv};
pub use self::flatgeobuf::write_flatgeobuf;
pub use self::geojson::{tidy, write_geojson};
pub use self::geopackage::write_geopackage;
pub use self::kml::write_kml;
pub use self::shapefile::{ShapefileError, write_shapefile};
pub use self::xlsx::write_xlsx;
pub use table::{Column, Feature, FeatureTable, Value, areas, cells, lines, places, sites, stations};
