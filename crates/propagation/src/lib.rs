#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod antenna;
mod error;
pub mod extended_hata;
pub mod free_space;
pub mod hata;
pub mod itm;
pub mod knife_edge;
pub mod lane_math;
mod lanes;
pub mod link;
pub mod normal_distribution;
pub mod p1812;
pub mod p2108;
pub mod p2109;
pub mod tr38901;

pub use error::ModelError;
pub use p1812::Polarisation;
