//! How a long run tells where it is and hears that it should stop.

use serde::{Deserialize, Serialize};

/// What a run is doing now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Reading the ground and laying out the raster.
    Preparing,
    /// Path loss and signal, site by site.
    Propagation,
    /// Best server, SINR, throughput, probability.
    Layers,
    /// Numbers per area and place.
    Statistics,
    /// Outlines of the covered ground.
    Footprints,
}

/// Hears how far a run is and may stop it. Called from several threads.
pub trait Progress: Sync {
    /// `fraction` of the whole run that is done (0 … 1, never falling) and what is being done.
    fn report(&self, fraction: f64, stage: Stage);
    /// Whether the run should stop as soon as it can.
    fn cancelled(&self) -> bool;
}

/// Listens to nothing and never stops a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _fraction: f64, _stage: Stage) {}

    fn cancelled(&self) -> bool {
        false
    }
}
