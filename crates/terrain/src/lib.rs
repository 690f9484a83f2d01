//! The ground: elevation, land cover and population rasters; sampling and path profiles.
//!
//! * [`ElevationModel`]: any mix of GeoTIFF and SRTM `.hgt` files as one surface, read block by block through a bounded
//!   cache; [`ElevationPatch`] is a dense piece of it for work that samples millions of points.
//! * [`LandCover`]: clutter classes from a raster or from polygons, with heights from a [`ClassTable`].
//! * [`PopulationRaster`]: people, resampled so that nobody is lost or counted twice.
//! * [`Ground`]: the three together; [`profile`] cuts a path through it.
//! * [`geotiff`]: writes rasters, the same bytes for the same values.
//!
//! Every file is untrusted: sizes are checked before memory is taken, and whatever is wrong is a [`TerrainError`] that
//! names the file, the fault and the remedy.

#![forbid(unsafe_code)]

mod class_table;
mod clutter_patch;
pub mod cog;
mod discover;
mod elevation;
mod elevation_patch;
mod error;
pub mod geotiff;
mod ground;
mod land_cover;
mod polygon_cover;
mod population;
mod profile;
mod raster;

pub use class_table::{ClassTable, ClutterClass};
pub use clutter_patch::ClutterPatch;
pub use elevation::{ElevationModel, SurfaceKind};
pub use elevation_patch::ElevationPatch;
pub use error::TerrainError;
pub use ground::{Ground, GroundPatch};
pub use land_cover::LandCover;
pub use polygon_cover::CoverPolygon;
pub use population::PopulationRaster;
pub use profile::{Profile, profile};
