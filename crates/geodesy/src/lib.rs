//! Where things are: coordinate systems, local ground frames, the tile grid.
//!
//! * [`LonLat`], [`Bounds`]: a place and a rectangle in WGS 84 degrees.
//! * [`distance_m`], [`azimuth_deg`], [`destination`]: exact geodesics on the ellipsoid.
//! * [`LocalFrame`]: ground metres east and north of one place, fast enough for a coverage sweep.
//! * [`tile_grid`]: the Web Mercator pyramid on which results live, with the true area of every pixel.
//! * [`coordinate_system`]: VN-2000 and every other coordinate system, through PROJ.

#![forbid(unsafe_code)]

pub mod coordinate_system;
mod ellipsoid;
mod local_frame;
mod position;
pub mod tile_grid;

pub use coordinate_system::{CoordinateSystem, CoordinateSystemError, Transformer};
pub use local_frame::LocalFrame;
pub use position::{Bounds, LonLat, PositionError, azimuth_deg, destination, distance_m};
pub use tile_grid::{Grid, PixelWindow, Tile};
