//! What can be wrong with a file of the ground.

use std::path::{Path, PathBuf};

use geodesy::{CoordinateSystemError, LonLat};
use thiserror::Error;

/// Why a raster cannot be read or sampled.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TerrainError {
    /// The file cannot be opened, read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The content is none of the formats that are read.
    #[error("{}: not a GeoTIFF, an SRTM .hgt tile or a zip file with one of them ({reason})", path.display())]
    NotARaster {
        /// The file.
        path: PathBuf,
        /// What was seen instead.
        reason: String,
    },
    /// The file ends early or contradicts itself.
    #[error("{}: damaged: {reason}; copy or download it again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// Reading it would need more memory than is allowed.
    #[error("{}: {what}; {remedy}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// What is too large, with its size and the limit.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A valid file of a kind that is not read.
    #[error("{}: {what} is not supported; {remedy}", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The feature.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The file does not say where on Earth it lies.
    #[error("{}: no usable position on Earth: {reason}", path.display())]
    NoGeoreference {
        /// The file.
        path: PathBuf,
        /// What is missing or wrong, and what to do.
        reason: String,
    },
    /// The file's coordinate system is not usable.
    #[error("{}: {source}", path.display())]
    CoordinateSystem {
        /// The file.
        path: PathBuf,
        /// What PROJ said.
        source: CoordinateSystemError,
    },
    /// No raster among the files and folders given.
    #[error("no raster found in {}", list(paths))]
    NothingFound {
        /// What was searched.
        paths: Vec<PathBuf>,
    },
    /// A piece was asked for that is too large to hold in memory.
    #[error("{columns} × {rows} samples are more than the {limit} that fit in memory at once; ask for a smaller area")]
    PatchTooLarge {
        /// Width in samples.
        columns: u64,
        /// Height in samples.
        rows: u64,
        /// Most samples allowed.
        limit: u64,
    },
    /// There is no elevation where it is needed.
    #[error("no elevation at latitude {:.6}, longitude {:.6}; add a terrain file that covers it", at.lat_deg, at.lon_deg)]
    NoGround {
        /// The place.
        at: LonLat,
    },
    /// A question that has no answer.
    #[error("{0}")]
    Invalid(String),
}

impl TerrainError {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    pub(crate) fn no_georeference(path: &Path, reason: impl Into<String>) -> Self {
        Self::NoGeoreference {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    /// A short stable name of the kind of fault.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "terrain_io",
            Self::NotARaster { .. } => "terrain_not_a_raster",
            Self::Damaged { .. } => "terrain_damaged",
            Self::TooLarge { .. } => "terrain_too_large",
            Self::Unsupported { .. } => "terrain_unsupported",
            Self::NoGeoreference { .. } => "terrain_no_georeference",
            Self::CoordinateSystem { .. } => "terrain_coordinate_system",
            Self::NothingFound { .. } => "terrain_nothing_found",
            Self::PatchTooLarge { .. } => "terrain_patch_too_large",
            Self::NoGround { .. } => "terrain_no_ground",
            Self::Invalid(_) => "terrain_invalid",
        }
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}
