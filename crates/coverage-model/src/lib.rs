//! The footprint: sites and terrain to path loss, signal, best server, statistics.

pub mod point_to_point;
