//! Every kind of GeoTIFF that the reader knows: packing × predictor × sample type × tiles or strips × byte order, pixel
//! conventions against values computed by hand, nodata, seams and overlaps.

#![allow(clippy::expect_used, reason = "a test says what fails")]

mod tiff_writer;

use std::path::PathBuf;

use geodesy::{Bounds, LonLat, Transformer};
use proptest::prelude::*;
use terrain::{ClassTable, ElevationModel, LandCover, SurfaceKind, geotiff};
use tiff_writer::{GEOGRAPHIC, Georeference, PROJECTED, Packing, Recipe, Sample};

/// A folder with files that vanishes at the end of the test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn add(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).expect("writable");
        path
    }

    fn open(&self) -> ElevationModel {
        ElevationModel::open(&[self.0.path().to_owned()], SurfaceKind::BareEarth).expect("good files")
    }
}

fn open(bytes: &[u8]) -> (Folder, ElevationModel) {
    let folder = Folder::new();
    folder.add("terrain.tif", bytes);
    let model = folder.open();
    (folder, model)
}

/// A value that changes along rows and columns and fits every sample type.
fn bumps(column: usize, row: usize) -> f64 {
    ((column * 37 + row * 101) % 251) as f64
}

/// The place of a pixel's centre under [`Recipe::plain`].
fn centre(column: usize, row: usize) -> LonLat {
    LonLat::new(105.0 + (column as f64 + 0.5) * 0.01, 18.0 - (row as f64 + 0.5) * 0.01)
}

fn assert_reads_bumps(recipe: &Recipe) {
    let (_folder, model) = open(&recipe.bytes(bumps));
    for row in 0..recipe.height {
        for column in 0..recipe.width {
            let height = model
                .try_height_m(centre(column, row))
                .expect("readable")
                .expect("covered");
            assert_eq!(height, bumps(column, row), "({column}, {row}) of {recipe:?}");
        }
    }
}

#[test]
fn every_packing_predictor_and_sample_type() {
    for packing in [Packing::None, Packing::Lzw, Packing::Deflate, Packing::Zstd] {
        for (sample, predictors) in [
            (Sample::U8, &[1, 2][..]),
            (Sample::I16, &[1, 2]),
            (Sample::U16, &[1, 2]),
            (Sample::I32, &[1, 2]),
            (Sample::F32, &[1, 3]),
            (Sample::F64, &[1, 3]),
        ] {
            for predictor in predictors {
                for tile_columns in [None, Some(16)] {
                    let rows = if tile_columns.is_some() { 16 } else { 5 };
                    let recipe = Recipe {
                        packing,
                        sample,
                        predictor: *predictor,
                        tile_columns,
                        rows,
                        ..Recipe::plain(37, 23)
                    };
                    assert_reads_bumps(&recipe);
                }
            }
        }
    }
}

#[test]
fn both_byte_orders_big_tiff_and_several_bands() {
    for (big_endian, big_tiff, bands) in [(true, false, 1), (false, true, 1), (true, true, 1), (false, false, 3)] {
        for (sample, predictor) in [(Sample::I16, 1), (Sample::I16, 2), (Sample::F32, 3)] {
            for packing in [Packing::None, Packing::Deflate] {
                let recipe = Recipe {
                    big_endian,
                    big_tiff,
                    bands,
                    sample,
                    predictor,
                    packing,
                    ..Recipe::plain(19, 11)
                };
                assert_reads_bumps(&recipe);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_size_of_blocks(width in 2..60_usize, height in 2..60_usize, rows in 1..70_usize, tiled in any::<bool>(), tiles in (1..4_usize, 1..4_usize)) {
        let (tile_columns, rows) = if tiled { (Some(tiles.0 * 16), tiles.1 * 16) } else { (None, rows) };
        assert_reads_bumps(&Recipe { tile_columns, rows, packing: Packing::Lzw, predictor: 2, ..Recipe::plain(width, height) });
    }
}

/// Pixel (c, r) holds 100·c + r: heights between centres can be computed by hand.
fn ramp(column: usize, row: usize) -> f64 {
    (column * 100 + row) as f64
}

#[test]
fn pixel_is_area_and_pixel_is_point_differ_by_half_a_pixel() {
    let area = Recipe::plain(8, 8);
    let mut point = area.clone();
    point.georeference.pixel_is_point = true;
    let (_a, area) = open(&area.bytes(ramp));
    let (_p, point) = open(&point.bytes(ramp));

    // Area: the tie point (105, 18) is the corner, so the first centre is (105.005, 17.995).
    assert_eq!(area.height_m(LonLat::new(105.005, 17.995)), Some(0.0));
    // Half way between the centres of columns 1 and 2 in row 3: 150 + 3.
    assert!((area.height_m(LonLat::new(105.02, 17.965)).expect("covered") - 153.0).abs() < 1e-3);
    // Point: the tie point is the first centre itself, everything lies half a pixel further west and north.
    assert_eq!(point.height_m(LonLat::new(105.0, 18.0)), Some(0.0));
    assert!((point.height_m(LonLat::new(105.015, 17.97)).expect("covered") - 153.0).abs() < 1e-3);
    // The same place, by both: 0.5 columns × 100 + 0.5 rows apart.
    let place = LonLat::new(105.033, 17.961);
    let difference = point.height_m(place).expect("covered") - area.height_m(place).expect("covered");
    assert!((difference - 50.5).abs() < 1e-2, "{difference}");
    assert!((area.bounds().west - 105.0).abs() < 1e-9 && (point.bounds().west - 104.995).abs() < 1e-9);
}

#[test]
fn tie_points_elsewhere_and_matrices_mean_the_same() {
    let mut inner = Recipe::plain(8, 8);
    inner.georeference.tie_point = [2.0, 3.0, 0.0, 105.02, 17.97, 0.0];
    let mut matrix = Recipe::plain(8, 8);
    let mut entries = [0.0; 16];
    (entries[0], entries[3], entries[5], entries[7], entries[15]) = (0.01, 105.0, -0.01, 18.0, 1.0);
    matrix.georeference.matrix = Some(entries);
    for recipe in [inner, matrix] {
        let (_folder, model) = open(&recipe.bytes(ramp));
        assert_eq!(model.height_m(centre(5, 6)), Some(506.0));
    }
}

#[test]
fn projected_rasters_go_through_proj() {
    for epsg in [9209_u16, 32_648] {
        let mut recipe = Recipe::plain(20, 20);
        recipe.georeference = Georeference {
            scale: [30.0, 30.0, 0.0],
            tie_point: [0.0, 0.0, 0.0, 540_000.0, 2_030_000.0, 0.0],
            system: Some((PROJECTED, epsg)),
            ..Georeference::degrees(0.0, 0.0, 1.0)
        };
        let (_folder, model) = open(&recipe.bytes(ramp));
        let to_wgs84 = Transformer::to_wgs84(u32::from(epsg)).expect("known");
        // Half way between the centres of columns 4 and 5, row 7.
        let place = to_wgs84
            .convert(540_000.0 + 5.0 * 30.0, 2_030_000.0 - 7.5 * 30.0)
            .expect("inside");
        let height = model.height_m(place).expect("covered");
        assert!((height - 457.0).abs() < 0.1, "EPSG:{epsg}: {height}");
        let patch = model.patch(model.bounds()).expect("small");
        let height = patch.height_m(place.lon_deg, place.lat_deg);
        assert!((height - 457.0).abs() < 3.0, "EPSG:{epsg}: {height} in the patch");
    }
}

#[test]
fn files_without_a_system_are_degrees_only_when_they_can_be() {
    let mut recipe = Recipe::plain(8, 8);
    recipe.georeference.system = None;
    let (_folder, model) = open(&recipe.bytes(ramp));
    assert_eq!(model.height_m(centre(1, 1)), Some(101.0));

    recipe.georeference.tie_point = [0.0, 0.0, 0.0, 540_000.0, 2_030_000.0, 0.0];
    let folder = Folder::new();
    let path = folder.add("terrain.tif", &recipe.bytes(ramp));
    let error = ElevationModel::open(&[path], SurfaceKind::BareEarth).expect_err("nobody knows where");
    assert_eq!(error.code(), "terrain_no_georeference");
}

#[test]
fn nodata_is_no_height() {
    let tagged = Recipe {
        nodata: Some("7".to_owned()),
        ..Recipe::plain(8, 8)
    };
    let hole = |column: usize, row: usize| if (column, row) == (3, 3) { 7.0 } else { 50.0 };
    let untagged_void = |column: usize, row: usize| if (column, row) == (3, 3) { -32_768.0 } else { 50.0 };
    let not_a_number = |column: usize, row: usize| if (column, row) == (3, 3) { f64::NAN } else { 50.0 };
    for bytes in [
        tagged.bytes(hole),
        Recipe::plain(8, 8).bytes(untagged_void),
        Recipe {
            sample: Sample::F32,
            nodata: Some("nan".to_owned()),
            ..Recipe::plain(8, 8)
        }
        .bytes(not_a_number),
    ] {
        let (_folder, model) = open(&bytes);
        assert_eq!(model.height_m(centre(3, 3)), None);
        assert_eq!(model.height_m(centre(4, 3)), Some(50.0));
        // A quarter of a pixel towards the hole, the others still carry more than half of the weight.
        assert_eq!(model.height_m(LonLat::new(105.0425, 17.965)), Some(50.0));
        assert_eq!(model.height_m(LonLat::new(105.0375, 17.965)), None);
    }
}

#[test]
fn sparse_blocks_are_empty() {
    let recipe = Recipe {
        rows: 4,
        ..Recipe::plain(8, 8)
    };
    let bytes = recipe.bytes(ramp);
    // The length of the second strip, 64 bytes like the first, set to 0 as GDAL's SPARSE_OK does.
    let lengths: Vec<u8> = [64_u32, 64].iter().flat_map(|length| length.to_le_bytes()).collect();
    let at = bytes
        .windows(8)
        .position(|window| window == lengths)
        .expect("two lengths");
    let mut sparse = bytes;
    sparse[at + 4..at + 8].fill(0);
    let (_folder, model) = open(&sparse);
    assert_eq!(model.height_m(centre(2, 1)), Some(201.0));
    assert_eq!(model.height_m(centre(2, 6)), None);
}

#[test]
fn area_tiles_meet_without_a_seam() {
    // Two tiles of one plane, height = 100 per pixel eastwards, that touch at 105.08.
    let west = Recipe::plain(8, 8);
    let mut east = Recipe::plain(8, 8);
    east.georeference = Georeference::degrees(105.08, 18.0, 0.01);
    let folder = Folder::new();
    folder.add("b", &west.bytes(ramp));
    folder.add("a", &east.bytes(|column, row| ramp(column + 8, row)));
    let model = folder.open();
    let plane = |lon: f64, lat: f64| (lon - 105.005) / 0.01 * 100.0 + (17.995 - lat) / 0.01;
    for step in 0..100 {
        let (lon, lat) = (105.07 + f64::from(step) * 0.0002, 17.963);
        let height = model.height_m(LonLat::new(lon, lat)).expect("covered");
        assert!(
            (height - plane(lon, lat)).abs() < 0.01,
            "{lon}: {height} instead of {}",
            plane(lon, lat)
        );
    }
    let patch = model.patch(Bounds::new(105.0, 17.92, 105.16, 18.0)).expect("small");
    assert!((f64::from(patch.height_m(105.081, 17.963)) - plane(105.081, 17.963)).abs() < 0.05);
}

#[test]
fn the_finest_file_wins_and_its_holes_are_filled_from_below() {
    let coarse = Recipe::plain(8, 8);
    let mut fine = Recipe {
        nodata: Some("-9999".to_owned()),
        ..Recipe::plain(20, 20)
    };
    fine.georeference = Georeference::degrees(105.02, 17.98, 0.001);
    let folder = Folder::new();
    folder.add("a_coarse.tif", &coarse.bytes(|_, _| 10.0));
    folder.add(
        "b_fine.tif",
        &fine.bytes(|column, _| if column < 10 { 20.0 } else { -9999.0 }),
    );
    folder.add("notes.txt", b"not a raster");
    let model = folder.open();
    assert_eq!(model.files().count(), 2);
    assert_eq!(model.height_m(LonLat::new(105.025, 17.97)), Some(20.0));
    assert_eq!(model.height_m(LonLat::new(105.035, 17.97)), Some(10.0));
    assert_eq!(model.height_m(LonLat::new(105.07, 17.93)), Some(10.0));
    assert_eq!(model.height_m(LonLat::new(105.09, 17.93)), None);
}

#[test]
fn feet_become_metres() {
    // Vertical units: GeoKey 4099 = 9002 (foot) in place of the raster type key's entry.
    let recipe = Recipe::plain(8, 8);
    let mut bytes = recipe.bytes(|_, _| 1000.0);
    let key: Vec<u8> = [1025_u16, 0, 1, 1]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let at = bytes.windows(8).position(|window| window == key).expect("the key");
    let feet: Vec<u8> = [4099_u16, 0, 1, 9002]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    bytes[at..at + 8].copy_from_slice(&feet);
    let (_folder, model) = open(&bytes);
    assert!((model.height_m(centre(3, 3)).expect("covered") - 304.8).abs() < 1e-3);
}

#[test]
fn land_cover_classes_become_clutter() {
    let recipe = Recipe {
        sample: Sample::U8,
        packing: Packing::Deflate,
        ..Recipe::plain(8, 8)
    };
    let folder = Folder::new();
    // Trees in the west (10), cropland (40) in the east, an unknown class in one pixel.
    let path = folder.add(
        "cover.tif",
        &recipe.bytes(|column, row| match (column, row) {
            (7, 7) => 33.0,
            (0..4, _) => 10.0,
            _ => 40.0,
        }),
    );
    let mut cover = LandCover::open(&path, ClassTable::world_cover()).expect("a good file");
    assert_eq!(cover.class(centre(1, 1)), Some(10));
    assert_eq!(cover.clutter_height_m(centre(1, 1)), 15.0);
    assert_eq!(cover.clutter_height_m(centre(6, 1)), 0.0);
    assert_eq!(
        (cover.class(centre(7, 7)), cover.clutter_height_m(centre(7, 7))),
        (Some(33), 0.0)
    );
    assert_eq!(cover.class(LonLat::new(0.0, 0.0)), None);

    let mut table = ClassTable::world_cover();
    table
        .classes
        .iter_mut()
        .filter(|class| class.code == 40)
        .for_each(|class| class.height_m = 1.5);
    cover = LandCover::open(&path, table).expect("a good file");
    assert_eq!(cover.clutter_height_m(centre(6, 1)), 1.5);
}

#[test]
fn what_is_written_is_read_back_and_always_the_same_bytes() {
    let folder = Folder::new();
    let bounds = Bounds::new(105.0, 17.0, 106.0, 18.0);
    let transform = geotiff::GeoTransform::filling(bounds, 100, 80);
    let heights: Vec<i16> = (0..8000).map(|index| (index % 500 - 20) as i16).collect();
    let floats: Vec<f32> = heights.iter().map(|height| f32::from(*height) + 0.25).collect();
    let codes: Vec<u8> = (0..8000).map(|index| (index % 11 * 10) as u8).collect();
    let paths: Vec<PathBuf> = ["a.tif", "b.tif", "c.tif", "a2.tif"]
        .map(|name| folder.0.path().join(name))
        .to_vec();
    geotiff::write_i16(&paths[0], 100, 80, transform, Some(-32_768), &heights).expect("written");
    geotiff::write_f32(&paths[1], 100, 80, transform, Some(f32::NAN), &floats).expect("written");
    geotiff::write_u8(&paths[2], 100, 80, transform, None, &codes).expect("written");
    geotiff::write_i16(&paths[3], 100, 80, transform, Some(-32_768), &heights).expect("written");
    assert_eq!(
        std::fs::read(&paths[0]).expect("there"),
        std::fs::read(&paths[3]).expect("there")
    );

    let open = |path: &PathBuf| ElevationModel::open(std::slice::from_ref(path), SurfaceKind::BareEarth).expect("good");
    let (whole, float) = (open(&paths[0]), open(&paths[1]));
    let cover = LandCover::open(&paths[2], ClassTable::world_cover()).expect("good");
    for (column, row) in [(0, 0), (99, 79), (50, 40), (13, 77)] {
        let index = row * 100 + column;
        let place = LonLat::new(105.0 + (column as f64 + 0.5) / 100.0, 18.0 - (row as f64 + 0.5) / 80.0);
        assert_eq!(whole.height_m(place), Some(f64::from(heights[index])));
        assert_eq!(float.height_m(place), Some(f64::from(floats[index])));
        assert_eq!(cover.class(place), Some(u16::from(codes[index])));
    }
    assert_eq!(whole.bounds(), bounds);
    assert!(geotiff::write_u8(&paths[2], 100, 81, transform, None, &codes).is_err());
    assert_ne!(GEOGRAPHIC, PROJECTED);
}
