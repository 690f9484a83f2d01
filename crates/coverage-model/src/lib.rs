//! The footprint: sites × ground → path loss → signal, best server, SINR, throughput, coverage probability;
//! numbers per area and per place.
//!
//! [`Engine`] holds the ground, the raster and the [`CoverageParameters`]; [`Engine::run`] takes the cells on air
//! ([`Transmitter`]), the areas and the places and gives a [`CoverageRun`]: layers, statistics, footprints, warnings.
//! The same inputs give the same bytes, whatever the number of threads.
//!
//! How it is quick: one radial sweep per (mast, antenna height) gives ITU-R P.1812 exactly along every radial in
//! amortised O(log n) a point ([`sweep`]); every band's loss comes from the same geometry.
#![forbid(unsafe_code)]

mod cache;
mod compare;
mod engine;
mod error;
mod footprint;
mod layer_file;
mod layers;
mod link_budget;
mod masts;
pub mod measurements;
mod membership;
mod parameters;
mod pattern;
mod planes;
pub mod point_to_point;
mod progress;
mod radius;
mod run;
mod scenario;
mod signals;
mod statistics;
pub mod sweep;
mod totals;
mod transmitter;
mod update;
mod warnings;

pub use cache::SharedLosses;
pub use compare::{Change, ChangeAmounts, Comparison};
pub use engine::{Engine, SignalPatch};
pub use error::CoverageError;
pub use footprint::footprint;
pub use layer_file::{LayerFile, LayerHead};
pub use link_budget::LinkBudget;
pub use membership::{Span, spans};
pub use parameters::{Building, CoverageParameters, Method, Model, Thresholds};
pub use pattern::PatternTables;
pub use progress::{Progress, Silent, Stage};
pub use run::{
    AreaStatistics, CoverageRun, Footprint, Layer, PlaceService, Quantity, VillageClass, Warning, WarningCode,
};
pub use scenario::{ClutterKind, LevelOffset, Scenario};
pub use totals::{Amount, Together, UnionStatistics, inside};
pub use transmitter::{Transmitter, transmitters};
pub use update::NetworkChange;
