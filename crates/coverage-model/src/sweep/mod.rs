//! ITU-R P.1812-8 for every point of a radial in amortised O(log n) a point, the same numbers as the plain form.
//!
//! A radial is a ray of equally spaced points from the mast. A pixel's path takes its far part from the nearest radial
//! and its last [`TAIL`] points and the receiver from the pixel's own profile ([`Tail`]): the ground just before the
//! receiver decides the loss, and this is what brings the raster within half a decibel (RMSE) of the exact one. [`Radial`] keeps what the sub-path to its growing end
//! needs: running maxima of slopes, upper hulls, sums of the smooth earth. [`Radial::path`] gives the geometry of
//! one sub-path ([`PathGeometry`], no frequency in it); [`PathBatch`] brings eight of them to losses on any number of
//! bands. The line-of-sight search, the only part that is not a hull problem, leaves out whole blocks by a bound.
//!
//! Paths are over land (ω = 0): a coverage radius is far shorter than the sea paths for which P.1812 differs.

mod disc;
mod exact;
mod fast_math;
mod hull;
mod losses;
mod radial;
mod site;
mod tables;
mod tail;
mod track;

pub use disc::{Disc, DiscPixel};
pub use exact::{exact_sample, exact_site, free_space_site};
pub use losses::{LANES, Lanes, PathBatch};
pub use radial::{PathGeometry, Radial};
pub use site::{Antenna, PathLoss, Terrain, sweep_site};
pub use tables::{Band, Polarisation, SweepSettings, Tables, location_factor};
pub use tail::{TAIL, Tail};

pub(crate) use fast_math::exp as exponential;

#[cfg(test)]
mod oracle_tests;
