//! Finding rasters among files and folders by what is inside them.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::TerrainError;
use crate::raster::{Raster, is_tiff};

/// Deepest folder inside a given folder that is searched.
const MAXIMUM_DEPTH: usize = 8;

/// The first bytes of a file.
pub(crate) fn head(path: &Path) -> Result<Vec<u8>, TerrainError> {
    let mut bytes = Vec::with_capacity(16);
    File::open(path)
        .and_then(|file| file.take(16).read_to_end(&mut bytes))
        .map_err(|error| TerrainError::io(path, error))?;
    Ok(bytes)
}

/// Whether the bytes start a zip file.
pub(crate) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Opens every raster among some files and folders. A file that was named must be a raster; in a folder, files that
/// are plainly something else (notes, previews) are passed over, damaged rasters are not.
pub(crate) fn open_all(paths: &[PathBuf]) -> Result<Vec<Raster>, TerrainError> {
    let mut rasters = Vec::new();
    for path in paths {
        if path.is_dir() {
            open_folder(path, 0, &mut rasters)?;
        } else {
            rasters.push(Raster::open(path)?);
        }
    }
    if rasters.is_empty() {
        Err(TerrainError::NothingFound { paths: paths.to_vec() })
    } else {
        Ok(rasters)
    }
}

fn open_folder(folder: &Path, depth: usize, rasters: &mut Vec<Raster>) -> Result<(), TerrainError> {
    let io = |error| TerrainError::io(folder, error);
    let mut entries = fs::read_dir(folder)
        .map_err(io)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(io)?;
    // The order of a folder differs between machines; results must not.
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if depth < MAXIMUM_DEPTH {
                open_folder(&path, depth + 1, rasters)?;
            }
            continue;
        }
        match Raster::open(&path) {
            Ok(raster) => rasters.push(raster),
            Err(TerrainError::NotARaster { .. }) => {}
            Err(error) if is_companion(&path, &error)? => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A TIFF without a place (a picture) or a zip of something else, beside the rasters.
fn is_companion(path: &Path, error: &TerrainError) -> Result<bool, TerrainError> {
    let head = head(path)?;
    Ok(matches!(error, TerrainError::NoGeoreference { .. }) && is_tiff(&head) || is_zip(&head) && !is_damaged(error))
}

const fn is_damaged(error: &TerrainError) -> bool {
    matches!(error, TerrainError::Damaged { .. })
}
