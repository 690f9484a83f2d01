//! From transmitter power to coverage: resource grid, power per resource element, noise and SINR, throughput,
//! probability of coverage, uplink range, and the distance that people must keep.

pub mod coverage_probability;
pub mod emf;
pub mod power;
pub mod quality;
pub mod resource_grid;
pub mod throughput;
pub mod uplink;

pub use resource_grid::{Carrier, RadioAccess};
