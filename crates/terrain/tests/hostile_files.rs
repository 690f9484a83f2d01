//! Files that are damaged, truncated, lying or bombs: always a typed error or a usable raster, never a panic, and never
//! more memory than promised.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test says what fails and what it skips"
)]

mod tiff_writer;

use std::io::Write;
use std::path::PathBuf;

use geodesy::{Bounds, LonLat, PixelWindow};
use proptest::prelude::*;
use terrain::{ClassTable, ElevationModel, LandCover, PopulationRaster, SurfaceKind, TerrainError};
use tiff_writer::{Georeference, Packing, Recipe, Sample};

/// Opens a file by every reader and reads from it as far as it lets.
fn exercise(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("writable");
    let near = Bounds::new(105.0, 17.9, 105.1, 18.0);
    if let Ok(model) = ElevationModel::open(std::slice::from_ref(&path), SurfaceKind::BareEarth) {
        let bounds = model.bounds();
        assert!(bounds.is_valid(), "{bounds:?}");
        drop(model.try_height_m(LonLat::new(105.03, 17.97)));
        drop(model.try_height_m(bounds.centre()));
        drop(model.patch(near));
        drop(model.patch(Bounds::new(
            bounds.west,
            bounds.south,
            bounds.west + 0.05,
            bounds.south + 0.05,
        )));
        drop(model.window(&PixelWindow::covering(near, 10)));
    }
    if let Ok(cover) = LandCover::open(&path, ClassTable::world_cover()) {
        let _ = cover.class(LonLat::new(105.03, 17.97));
    }
    if let Ok(population) = PopulationRaster::open(&path) {
        drop(population.window(&PixelWindow::covering(near, 10)));
    }
}

/// Damage done to a good file.
#[derive(Debug, Clone)]
enum Damage {
    Truncate(prop::sample::Index),
    Overwrite(prop::sample::Index, Vec<u8>),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    /// An extreme number over a tag's value.
    Extreme(prop::sample::Index, u32),
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        match self {
            Self::Truncate(at) => bytes.truncate(at.index(bytes.len())),
            Self::Overwrite(at, with) => {
                let at = at.index(bytes.len());
                let end = bytes.len().min(at + with.len());
                bytes[at..end].copy_from_slice(&with[..end - at]);
            }
            Self::Insert(at, what) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, what.iter().copied());
            }
            Self::Remove(at, count) => {
                let at = at.index(bytes.len());
                bytes.drain(at..bytes.len().min(at + count));
            }
            Self::Extreme(at, value) => {
                let at = at.index(bytes.len().div_ceil(2)) * 2;
                let end = bytes.len().min(at + 4);
                let value = value.to_le_bytes();
                bytes[at..end].copy_from_slice(&value[..end - at]);
            }
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = || any::<prop::sample::Index>();
    let some = || prop::collection::vec(any::<u8>(), 1..9);
    prop_oneof![
        1 => at().prop_map(Damage::Truncate),
        4 => (at(), some()).prop_map(|(at, bytes)| Damage::Overwrite(at, bytes)),
        1 => (at(), some()).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        1 => (at(), 1..9_usize).prop_map(|(at, count)| Damage::Remove(at, count)),
        4 => (at(), prop_oneof![Just(0), Just(1), Just(u32::MAX), Just(i32::MAX as u32), Just(65_535), Just(1 << 24)])
            .prop_map(|(at, value)| Damage::Extreme(at, value)),
    ]
}

fn recipes() -> impl Strategy<Value = Recipe> {
    let packing = prop_oneof![
        Just(Packing::None),
        Just(Packing::Lzw),
        Just(Packing::Deflate),
        Just(Packing::Zstd)
    ];
    let sample = prop_oneof![
        Just((Sample::I16, 2)),
        Just((Sample::F32, 3)),
        Just((Sample::U8, 1)),
        Just((Sample::F64, 1))
    ];
    (packing, sample, any::<bool>(), any::<bool>(), any::<bool>(), 1..4_usize).prop_map(
        |(packing, (sample, predictor), tiled, big_endian, big_tiff, bands)| Recipe {
            packing,
            sample,
            predictor,
            tile_columns: tiled.then_some(16),
            rows: if tiled { 16 } else { 5 },
            big_endian,
            big_tiff,
            bands,
            nodata: Some("-9999".to_owned()),
            ..Recipe::plain(21, 19)
        },
    )
}

fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file(name, zip::write::SimpleFileOptions::default())
        .expect("in memory");
    archive.write_all(content).expect("in memory");
    archive.finish().expect("in memory").into_inner()
}

/// The number of damaged files per reader; `PHUSONG_HOSTILE_CASES` sets another for long runs.
fn cases() -> u32 {
    std::env::var("PHUSONG_HOSTILE_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn damaged_geotiff(recipe in recipes(), damages in prop::collection::vec(damage(), 1..6)) {
        let mut bytes = recipe.bytes(|column, row| (column * 3 + row) as f64);
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        exercise("terrain.tif", &bytes);
    }

    #[test]
    fn damaged_hgt(damages in prop::collection::vec(damage(), 1..4)) {
        let mut bytes = vec![1; 121 * 121 * 2];
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        exercise("N17E105.hgt", &bytes);
    }

    #[test]
    fn damaged_zip(damages in prop::collection::vec(damage(), 1..6)) {
        let mut bytes = zipped("N17E105.hgt", &[1; 121 * 121 * 2]);
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        exercise("N17E105.zip", &bytes);
    }

    #[test]
    fn noise(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        start in prop::sample::select(vec![&b""[..], b"II\x2a\x00", b"MM\x00\x2a", b"II\x2b\x00", b"PK\x03\x04"]),
    ) {
        exercise("N17E105.hgt", &[start, &bytes].concat());
    }
}

fn refusal(name: &str, bytes: &[u8]) -> TerrainError {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, bytes).expect("writable");
    ElevationModel::open(&[path], SurfaceKind::BareEarth).expect_err("refused")
}

/// Overwrites the value of a tag in a little-endian classic TIFF.
fn set_tag(bytes: &mut [u8], tag: u16, value: u32) {
    let directory = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]) as usize;
    let entries = usize::from(u16::from_le_bytes([bytes[directory], bytes[directory + 1]]));
    for entry in 0..entries {
        let at = directory + 2 + entry * 12;
        if u16::from_le_bytes([bytes[at], bytes[at + 1]]) == tag {
            bytes[at + 8..at + 12].copy_from_slice(&value.to_le_bytes());
        }
    }
}

fn lying(tag: u16, value: u32) -> TerrainError {
    let mut bytes = Recipe {
        tile_columns: Some(16),
        rows: 16,
        ..Recipe::plain(16, 16)
    }
    .bytes(|_, _| 1.0);
    set_tag(&mut bytes, tag, value);
    refusal("terrain.tif", &bytes)
}

#[test]
fn lies_about_size_are_told_by_name() {
    const WIDTH: u16 = 256;
    const HEIGHT: u16 = 257;
    const TILE_WIDTH: u16 = 322;
    for (tag, value) in [
        (WIDTH, u32::MAX),
        (HEIGHT, u32::MAX),
        (WIDTH, 0),
        (HEIGHT, 0),
        (TILE_WIDTH, 0),
        (TILE_WIDTH, u32::MAX),
    ] {
        let error = lying(tag, value);
        assert!(
            matches!(
                error,
                TerrainError::TooLarge { .. } | TerrainError::Damaged { .. } | TerrainError::Unsupported { .. }
            ),
            "tag {tag} = {value}: {error}"
        );
    }
    // More blocks declared than there are.
    assert_eq!(lying(WIDTH, 1_000_000).code(), "terrain_damaged");
}

#[test]
fn truncation_shows_at_opening() {
    let whole = Recipe {
        rows: 2,
        ..Recipe::plain(64, 64)
    }
    .bytes(|column, _| column as f64);
    // The directory is at the end of these files: put it in front by cutting the data out from behind.
    assert_eq!(
        refusal("terrain.tif", &whole[..whole.len() / 2]).code(),
        "terrain_damaged"
    );
    assert_eq!(
        refusal("N18E105.hgt", &vec![0; 121 * 121 * 2 - 1]).code(),
        "terrain_not_a_raster"
    );
    assert_eq!(refusal("N18E105.hgt", b"").code(), "terrain_not_a_raster");
    let mut beyond = Recipe::plain(8, 4).bytes(|_, _| 1.0);
    set_tag(&mut beyond, 273, 1 << 30);
    assert_eq!(refusal("terrain.tif", &beyond).code(), "terrain_damaged");
}

#[test]
fn other_files_are_no_rasters() {
    for (name, bytes) in [
        ("terrain.tif", &b"longitude,latitude,height\n"[..]),
        ("N18E105.hgt", b"<html></html>"),
    ] {
        let error = refusal(name, bytes);
        assert_eq!(error.code(), "terrain_not_a_raster");
        assert!(error.to_string().contains(name), "{error}");
    }
    assert_eq!(
        refusal("terrain.zip", &zipped("notes.txt", b"hello")).code(),
        "terrain_not_a_raster"
    );
    assert_eq!(
        refusal("terrain.zip", &zipped("dem.tif", b"II\x2a\x00")).code(),
        "terrain_unsupported"
    );
    assert_eq!(
        refusal("somewhere.hgt", &vec![0; 121 * 121 * 2]).code(),
        "terrain_no_georeference"
    );
}

#[test]
fn places_that_are_none_are_refused() {
    for (tie_point, scale) in [
        ([0.0, 0.0, 0.0, 1e300, 18.0, 0.0], [0.01, 0.01, 0.0]),
        ([0.0, 0.0, 0.0, f64::NAN, 18.0, 0.0], [0.01, 0.01, 0.0]),
        ([0.0, 0.0, 0.0, 105.0, 18.0, 0.0], [0.0, 0.01, 0.0]),
        ([0.0, 0.0, 0.0, 105.0, 18.0, 0.0], [f64::INFINITY, 0.01, 0.0]),
        ([0.0, 0.0, 0.0, 105_000.0, 18.0, 0.0], [0.01, 0.01, 0.0]),
    ] {
        let georeference = Georeference {
            tie_point,
            scale,
            ..Georeference::degrees(0.0, 0.0, 1.0)
        };
        let error = refusal(
            "terrain.tif",
            &Recipe {
                georeference,
                ..Recipe::plain(8, 8)
            }
            .bytes(|_, _| 1.0),
        );
        assert_eq!(error.code(), "terrain_no_georeference", "{tie_point:?} {scale:?}");
    }
    let unknown = Georeference {
        system: Some((tiff_writer::PROJECTED, 60_000)),
        ..Georeference::degrees(105.0, 18.0, 0.01)
    };
    let error = refusal(
        "terrain.tif",
        &Recipe {
            georeference: unknown,
            ..Recipe::plain(8, 8)
        }
        .bytes(|_, _| 1.0),
    );
    assert_eq!(error.code(), "terrain_coordinate_system");
}

/// Highest memory of this process so far, bytes; `None` where the system does not tell.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()
        .map(|kib| kib * 1024)
}

#[test]
fn bombs_do_not_go_off() {
    // 1 GiB of zeros in a deflate stream of about 1 MiB.
    let mut bomb = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![0; 1 << 20];
    for _ in 0..1024 {
        bomb.write_all(&zeros).expect("in memory");
    }
    let bomb = bomb.finish().expect("in memory");

    // As the only strip of a raster of 8 × 4 pixels: read to 64 bytes, no further.
    let mut file = Recipe {
        packing: Packing::Deflate,
        ..Recipe::plain(8, 4)
    }
    .bytes(|_, _| 1.0);
    let at = file.len() as u32;
    file.extend(&bomb);
    set_tag(&mut file, 273, at);
    set_tag(&mut file, 279, bomb.len() as u32);
    exercise("terrain.tif", &file);

    // As a zipped tile that declares the right size: the declared size is patched into both headers.
    let mut archive = zipped("N17E105.hgt", &vec![0; 64 << 20]);
    let declared = (64_u32 << 20).to_le_bytes();
    let wanted = (1201_u32 * 1201 * 2).to_le_bytes();
    while let Some(at) = archive.windows(4).position(|window| window == declared) {
        archive[at..at + 4].copy_from_slice(&wanted);
    }
    exercise("N17E105.zip", &archive);

    match peak_memory() {
        // Test data (64 + 1 MiB), blocks of at most 256 MiB, and the other tests of this program.
        Some(peak) => assert!(peak < 1 << 30, "{} MiB", peak >> 20),
        None => println!("skipped: this system does not tell the peak memory of a process"),
    }
}

/// Sixty 1″ tiles are 1.5 GB of samples; the files are holes, so that the disk is spared.
#[test]
fn a_country_of_tiles_is_never_in_memory_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (lat, lon) in (10..20).flat_map(|lat| (100..106).map(move |lon| (lat, lon))) {
        let file = std::fs::File::create(folder.path().join(format!("N{lat}E{lon}.hgt"))).expect("writable");
        file.set_len(3601 * 3601 * 2).expect("writable");
    }
    let model =
        ElevationModel::open(&[folder.path().to_path_buf()], SurfaceKind::BareEarth).expect("a folder of tiles");
    assert_eq!(model.files().count(), 60);
    for step in 0..3000 {
        let at = f64::from(step) / 3000.0;
        let place = LonLat::new(100.0 + 6.0 * (7.0 * at).fract(), 10.0 + 10.0 * at);
        assert_eq!(model.height_m(place), Some(0.0), "{place:?}");
    }
    match peak_memory() {
        Some(peak) => assert!(peak < 1 << 30, "{} MiB", peak >> 20),
        None => println!("skipped: this system does not tell the peak memory of a process"),
    }
}
