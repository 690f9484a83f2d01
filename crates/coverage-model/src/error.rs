//! What can stop a coverage run.

/// Why a coverage run could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CoverageError {
    /// Somebody asked the run to stop; nothing was written.
    #[error("the coverage run was cancelled")]
    Cancelled,
    /// A parameter lies outside what the model allows.
    #[error("parameter `{name}` is {value}: it must be {allowed}")]
    Parameter {
        /// The parameter's name as in [`CoverageParameters`](crate::CoverageParameters).
        name: &'static str,
        /// What was given.
        value: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The raster would not fit the memory of an office machine.
    #[error("the raster has {pixels} pixels, more than {limit}: lower the zoom or choose a smaller area")]
    TooLarge {
        /// Pixels asked for.
        pixels: u64,
        /// Most pixels that a run may have.
        limit: u64,
    },
    /// A raster of the ground cannot be read.
    #[error("the ground cannot be read: {0}")]
    Ground(#[from] terrain::TerrainError),
    /// Two runs that lie on different rasters cannot be compared pixel by pixel.
    #[error("the layers lie on different rasters: compute both runs with the same zoom and areas")]
    RastersDiffer,
    /// A stored layer cannot be read back.
    #[error("the stored layer is damaged: {reason}; compute the run again")]
    DamagedLayer {
        /// What did not fit.
        reason: String,
    },
}
