//! SRTM and NASADEM `.hgt`: a bare square of big-endian 16-bit heights, placed by its file name (`N18E105`).
//!
//! Samples are points: the first lies exactly on the north-west corner of the degree square, the last on the
//! south-east corner, and neighbouring tiles repeat the common row or column (SRTM documentation, §2.1).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::{Affine, GeoReference, MAXIMUM_BLOCK_BYTES, Raster, Source};
use crate::error::TerrainError;

/// Samples along a side: 30″ to 0.33″ per sample. Always a divisor of the degree, plus the repeated edge.
const SIDES: [u32; 7] = [121, 601, 1201, 1801, 3601, 7201, 10_801];
/// Value for "void" in the format.
const VOID: f64 = -32_768.0;
const ROWS_PER_BLOCK: u32 = 128;

/// Where the heights come from.
#[derive(Debug)]
pub(super) enum Blocks {
    File {
        file: Mutex<File>,
        side: u32,
    },
    Zip {
        entry: usize,
        side: u32,
        content: OnceLock<Arc<Vec<u8>>>,
    },
}

/// Opens a bare `.hgt` file.
pub(super) fn open(path: &Path) -> Result<Raster, TerrainError> {
    let file = File::open(path).map_err(|error| TerrainError::io(path, error))?;
    let length = file.metadata().map_err(|error| TerrainError::io(path, error))?.len();
    let Some(side) = side_of(length) else {
        return Err(TerrainError::NotARaster {
            path: path.to_owned(),
            reason: unexpected_length(length),
        });
    };
    let corner = corner_from_name(path, &path.file_stem().unwrap_or_default().to_string_lossy())?;
    raster(
        path,
        corner,
        side,
        Blocks::File {
            file: Mutex::new(file),
            side,
        },
    )
}

/// Opens the first `.hgt` inside a zip file. GeoTIFF inside zip is refused with advice.
pub(super) fn open_zip(path: &Path) -> Result<Raster, TerrainError> {
    let mut archive = open_archive(path)?;
    let mut seen = Vec::new();
    for index in 0..archive.len().min(1000) {
        let entry = archive
            .by_index_raw(index)
            .map_err(|error| TerrainError::damaged(path, error.to_string()))?;
        let name = entry
            .name()
            .map_err(|error| TerrainError::damaged(path, error.to_string()))?;
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        // The size is only declared here; reading stops at it whatever the archive really holds.
        if let Some(side) = side_of(entry.size()) {
            let stem = name.split('.').next().unwrap_or_default();
            let corner = corner_from_name(path, stem)?;
            drop(entry);
            return raster(
                path,
                corner,
                side,
                Blocks::Zip {
                    entry: index,
                    side,
                    content: OnceLock::new(),
                },
            );
        }
        seen.push(name);
    }
    if seen.iter().any(|name| name.to_ascii_lowercase().ends_with(".tif")) {
        return Err(TerrainError::Unsupported {
            path: path.to_owned(),
            what: "a GeoTIFF inside a zip file".to_owned(),
            remedy: "unpack it and give the .tif itself",
        });
    }
    seen.truncate(5);
    Err(TerrainError::NotARaster {
        path: path.to_owned(),
        reason: format!("the zip file holds {}", seen.join(", ")),
    })
}

fn raster(path: &Path, corner: (i32, i32), side: u32, blocks: Blocks) -> Result<Raster, TerrainError> {
    let (west, south) = (f64::from(corner.0), f64::from(corner.1));
    let step = 1.0 / f64::from(side - 1);
    // Pixel edges lie half a step outside the sample points.
    let affine = Affine::north_up(west - step / 2.0, south + 1.0 + step / 2.0, step, step);
    let georeference = GeoReference::lon_lat(affine)
        .ok_or_else(|| TerrainError::no_georeference(path, "the file name gives no usable corner"))?;
    Ok(Raster {
        path: path.to_owned(),
        width: side,
        height: side,
        bounds: georeference.bounds(side, side),
        georeference,
        block_width: side,
        block_height: match blocks {
            Blocks::File { .. } => ROWS_PER_BLOCK,
            Blocks::Zip { .. } => ROWS_PER_BLOCK,
        },
        nodata: Some(VOID),
        scale: 1.0,
        source: Source::Hgt(blocks),
    })
}

impl Blocks {
    /// Heights of some rows.
    pub(super) fn decode(&self, path: &Path, first_row: u32, rows: u32) -> Result<Vec<f32>, TerrainError> {
        match self {
            Self::File { file, side } => {
                let row_bytes = u64::from(*side) * 2;
                let mut bytes = vec![0; (row_bytes * u64::from(rows)) as usize];
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(row_bytes * u64::from(first_row)))
                    .and_then(|_| file.read_exact(&mut bytes))
                    .map_err(|error| TerrainError::io(path, error))?;
                Ok(heights(&bytes))
            }
            Self::Zip { entry, side, content } => {
                let bytes = match content.get() {
                    Some(bytes) => Arc::clone(bytes),
                    None => Arc::clone(content.get_or_init({
                        let bytes = Arc::new(unpack(path, *entry, *side)?);
                        move || bytes
                    })),
                };
                let row_bytes = *side as usize * 2;
                let start = row_bytes * first_row as usize;
                Ok(heights(
                    bytes.get(start..start + row_bytes * rows as usize).unwrap_or(&[]),
                ))
            }
        }
    }
}

fn heights(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(2)
        .map(|pair| f32::from(i16::from_be_bytes([pair[0], pair[1]])))
        .collect()
}

fn open_archive(path: &Path) -> Result<zip::ZipArchive<File>, TerrainError> {
    let file = File::open(path).map_err(|error| TerrainError::io(path, error))?;
    zip::ZipArchive::new(file).map_err(|error| TerrainError::damaged(path, error.to_string()))
}

/// Unpacks an entry that must be exactly a tile: one byte more or less is an error, so a zip bomb stops at once.
fn unpack(path: &Path, entry: usize, side: u32) -> Result<Vec<u8>, TerrainError> {
    let expected = u64::from(side) * u64::from(side) * 2;
    debug_assert!(expected <= MAXIMUM_BLOCK_BYTES);
    let mut archive = open_archive(path)?;
    let entry = archive
        .by_index(entry)
        .map_err(|error| TerrainError::damaged(path, error.to_string()))?;
    let mut bytes = Vec::new();
    entry
        .take(expected + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| TerrainError::damaged(path, error.to_string()))?;
    if bytes.len() as u64 == expected {
        Ok(bytes)
    } else {
        Err(TerrainError::damaged(
            path,
            format!("the tile inside does not unpack to the declared {expected} bytes"),
        ))
    }
}

fn side_of(length: u64) -> Option<u32> {
    SIDES
        .into_iter()
        .find(|side| u64::from(*side) * u64::from(*side) * 2 == length)
}

fn unexpected_length(length: u64) -> String {
    format!("{length} bytes are no square SRTM tile such as 2884802 (3″) or 25934402 (1″)")
}

fn corner_from_name(path: &Path, stem: &str) -> Result<(i32, i32), TerrainError> {
    south_west_corner(stem).ok_or_else(|| {
        TerrainError::no_georeference(
            path,
            format!("an .hgt tile says where it lies only by its name, and {stem:?} is not like N18E105; rename it"),
        )
    })
}

/// Longitude and latitude of the south-west corner from a name that holds, for example, `N18E105` or `s03w060`.
fn south_west_corner(name: &str) -> Option<(i32, i32)> {
    let bytes = name.as_bytes();
    (0..bytes.len().saturating_sub(6)).find_map(|start| corner_at(&bytes[start..start + 7]))
}

fn corner_at(text: &[u8]) -> Option<(i32, i32)> {
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |sum, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + i32::from(digit - b'0'))
        })
    };
    let lat = number(&text[1..3])?;
    let lon = number(&text[4..7])?;
    let lat = match text[0].to_ascii_uppercase() {
        b'N' => lat,
        b'S' => -lat,
        _ => return None,
    };
    let lon = match text[3].to_ascii_uppercase() {
        b'E' => lon,
        b'W' => -lon,
        _ => return None,
    };
    ((-90..90).contains(&lat) && (-180..180).contains(&lon)).then_some((lon, lat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_read_from_names() {
        assert_eq!(south_west_corner("N18E105"), Some((105, 18)));
        assert_eq!(south_west_corner("NASADEM_HGT_s03w060"), Some((-60, -3)));
        assert_eq!(south_west_corner("n00e010.SRTMGL1"), Some((10, 0)));
        assert_eq!(south_west_corner("N18E205"), None);
        assert_eq!(south_west_corner("terrain"), None);
        assert_eq!(south_west_corner("Đồi N1"), None);
    }

    #[test]
    fn only_whole_tiles_have_a_side() {
        assert_eq!(side_of(2_884_802), Some(1201));
        assert_eq!(side_of(25_934_402), Some(3601));
        assert_eq!(side_of(2_884_801), None);
        assert_eq!(side_of(0), None);
    }
}
