//! The readers against real files, where the test data is present.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test says what fails and what it skips"
)]

use std::path::{Path, PathBuf};

use geodesy::{Bounds, LonLat, PixelWindow, distance_m};
use terrain::{ElevationModel, Ground, PopulationRaster, SurfaceKind, profile};

/// A file of the test data; prints and gives `None` when it is not on this machine.
fn test_data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PHUSONG_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(name);
    if path.exists() {
        Some(path)
    } else {
        println!("skipped: {} is not present", path.display());
        None
    }
}

fn elevation(name: &str) -> Option<ElevationModel> {
    let path = test_data(name)?;
    Some(ElevationModel::open(&[path], SurfaceKind::BareEarth).expect("a good file"))
}

const DA_NANG: &str = "terrain/vn_30m_clips_lora/danang_30m.tif";
const HAI_DUONG: &str = "terrain/vn_30m_clips_lora/haiduong_hungyen_30m.tif";
const BIG_TUJUNGA: &str = "terrain/bigtujunga_30m_topotoolbox/bigtujunga.tif";
const NASADEM: &str = "reference/dem/N44W072.hgt";
const SRTM3_FOLDER: &str = "terrain/srtm3_hgt_opentopodata";

/// Longitude, latitude, height.
type Pixel = (f64, f64, f64);

/// Pixel centres (longitude, latitude) and heights as GDAL 3.10 reads them (through rasterio), the highest one last.
const PIXELS: [(&str, [Pixel; 5]); 3] = [
    (
        DA_NANG,
        [
            (108.085555556, 16.117222222, 6.0),
            (108.200000000, 15.995000000, 3.0),
            (108.318055556, 15.871388889, 8.0),
            (108.240000000, 16.036666667, 6.0),
            (108.286944444, 16.119722222, 686.0),
        ],
    ),
    (
        HAI_DUONG,
        [
            (106.055555556, 20.917222222, 5.0),
            (106.350000000, 20.785000000, 3.0),
            (106.648055556, 20.651388889, 2.0),
            (106.450000000, 20.830000000, 3.0),
            (106.583055556, 20.822222222, 141.0),
        ],
    ),
    (
        BIG_TUJUNGA,
        [
            (-118.338998258, 34.402539428, 1021.0),
            (-118.149228675, 34.320334167, 1265.0),
            (-117.955244837, 34.236239281, 802.0),
            (-118.084395745, 34.349872662, 1485.0),
            (-117.954485891, 34.342026729, 2295.0),
        ],
    ),
];

#[test]
fn pixel_centres_have_the_heights_that_gdal_reads() {
    for (file, pixels) in PIXELS {
        let Some(model) = elevation(file) else { continue };
        for (lon, lat, expected) in pixels {
            let height = model.height_m(LonLat::new(lon, lat)).expect("covered");
            // The places are rounded to 0.1 mm, worth a few millimetres of height on a slope.
            assert!(
                (height - expected).abs() < 0.01,
                "{file} at {lat}, {lon}: {height} instead of {expected}"
            );
        }
    }
}

#[test]
fn whole_files_have_their_known_range() {
    for (file, low, high) in [(DA_NANG, -25.0, 686.0), (HAI_DUONG, -35.0, 141.0)] {
        let Some(model) = elevation(file) else { continue };
        let patch = model.patch(model.bounds()).expect("small");
        let known = patch.heights_m().iter().copied().filter(|height| !height.is_nan());
        let (min, max) = known.fold((f32::MAX, f32::MIN), |(min, max), height| {
            (min.min(height), max.max(height))
        });
        assert_eq!((min, max), (low, high), "{file}");
    }
}

/// Heights straight from the bytes of an `.hgt` file: the oracle for the reader.
struct RawTile {
    bytes: Vec<u8>,
    side: usize,
    west: f64,
    south: f64,
}

impl RawTile {
    fn sample(&self, column: usize, row: usize) -> f64 {
        let at = (row.min(self.side - 1) * self.side + column.min(self.side - 1)) * 2;
        f64::from(i16::from_be_bytes([self.bytes[at], self.bytes[at + 1]]))
    }

    /// Bilinear between the four samples; sample (0, 0) lies on the north-west corner of the degree.
    fn height(&self, lon: f64, lat: f64) -> f64 {
        let cells = (self.side - 1) as f64;
        let (x, y) = ((lon - self.west) * cells, (self.south + 1.0 - lat) * cells);
        let (column, row) = (x.floor() as usize, y.floor() as usize);
        let (fx, fy) = (x - x.floor(), y - y.floor());
        let along = |row| self.sample(column, row) * (1.0 - fx) + self.sample(column + 1, row) * fx;
        along(row) * (1.0 - fy) + along(row + 1) * fy
    }
}

/// A fixed sequence of numbers in 0..1.
fn fractions(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    })
}

#[test]
fn nasadem_agrees_with_its_bytes_on_a_thousand_points() {
    let Some(path) = test_data(NASADEM) else { return };
    let raw = RawTile {
        bytes: std::fs::read(&path).expect("readable"),
        side: 1201,
        west: -72.0,
        south: 44.0,
    };
    let model = ElevationModel::open(&[path], SurfaceKind::BareEarth).expect("a good tile");
    let patch = model.patch(Bounds::new(-72.0, 44.0, -71.0, 45.0)).expect("small");
    assert_eq!(patch.size(), (1201, 1201));
    let mut random = fractions(44);
    for _ in 0..1000 {
        let lon = -72.0 + random.next().expect("endless");
        let lat = 44.0 + random.next().expect("endless");
        let expected = raw.height(lon, lat);
        let height = model.height_m(LonLat::new(lon, lat)).expect("covered");
        assert!(
            (height - expected).abs() < 0.01,
            "{lat}, {lon}: {height} instead of {expected}"
        );
        assert!((f64::from(patch.height_m(lon, lat)) - expected).abs() < 0.01);
    }
}

#[test]
fn two_tiles_meet_without_a_seam() {
    let Some(folder) = test_data(SRTM3_FOLDER) else { return };
    // The folder holds a bare tile, a zipped tile and a note.
    let model = ElevationModel::open(&[folder], SurfaceKind::BareEarth).expect("two good tiles");
    assert_eq!(model.files().count(), 2);
    let bounds = model.bounds();
    assert!((bounds.west - 10.0).abs() < 0.001 && (bounds.east - 12.0).abs() < 0.001);
    let patch = model.patch(Bounds::new(10.9, 0.1, 11.1, 0.9)).expect("small");
    for part in fractions(11).take(1000) {
        let lat = 0.1 + 0.8 * part;
        let at = |lon: f64| model.height_m(LonLat::new(lon, lat)).expect("covered");
        // 1e-9° is 0.1 mm: the surface is continuous over the common column.
        assert!((at(11.0 - 1e-9) - at(11.0 + 1e-9)).abs() < 0.01, "{lat}");
        for lon in [10.95, 10.999_7, 11.000_3, 11.05] {
            assert!((at(lon) - f64::from(patch.height_m(lon, lat))).abs() < 0.01);
        }
    }
}

#[test]
fn a_profile_over_big_tujunga_keeps_its_ends_and_its_length() {
    let Some(model) = elevation(BIG_TUJUNGA) else { return };
    let ground = Ground::new(model);
    let (from, to) = (
        LonLat::new(-118.338_998_258, 34.402_539_428),
        LonLat::new(-117.955_244_837, 34.236_239_281),
    );
    let path = profile(&ground, from, to, 30.0).expect("covered");
    assert!((path.length_m() - distance_m(from, to)).abs() < 1e-6);
    assert!((path.height_m[0] - 1021.0).abs() < 0.1 && (path.height_m[path.height_m.len() - 1] - 802.0).abs() < 0.1);
    assert!(path.distance_m.windows(2).all(|pair| pair[1] - pair[0] <= 30.0 + 1e-9));
    let highest = path.height_m.iter().copied().fold(f64::MIN, f64::max);
    assert!((1021.0..2296.0).contains(&highest));
}

#[test]
fn nobody_is_lost_or_counted_twice() {
    let Some(path) = test_data("population/vnm_ppp_2020_1km_Aggregated_UNadj.tif") else {
        return;
    };
    let population = PopulationRaster::open(&path).expect("a good file");
    let total = population.total().expect("readable");
    // Sum of the file's pixels by NumPy in double precision.
    assert!((total - 97_338_582.978).abs() < 0.01, "{total}");

    for zoom in [6, 9] {
        let whole = PixelWindow::covering(population.bounds(), zoom);
        let sum: f64 = people(&population, whole);
        assert!((sum / total - 1.0).abs() < 1e-7, "zoom {zoom}: {sum} of {total}");

        let left = PixelWindow {
            columns: whole.columns / 3,
            ..whole
        };
        let right = PixelWindow {
            column: whole.column + left.columns,
            columns: whole.columns - left.columns,
            ..whole
        };
        let apart = people(&population, left) + people(&population, right);
        assert!((apart / total - 1.0).abs() < 1e-7, "zoom {zoom}: {apart} of {total}");
    }
}

fn people(population: &PopulationRaster, window: PixelWindow) -> f64 {
    population
        .window(&window)
        .expect("readable")
        .values
        .iter()
        .map(|value| f64::from(*value))
        .sum()
}

#[test]
fn a_patch_is_the_model_at_its_samples() {
    for name in [DA_NANG, NASADEM, SRTM3_FOLDER, BIG_TUJUNGA] {
        let Some(model) = elevation(name) else { continue };
        let centre = model.bounds().centre();
        // Across the middle: over the seam of the two tiles.
        let bounds = Bounds::new(
            centre.lon_deg - 0.04,
            centre.lat_deg - 0.03,
            centre.lon_deg + 0.04,
            centre.lat_deg + 0.03,
        );
        let patch = model.patch(bounds).expect("small");
        let (columns, rows) = patch.size();
        for row in 0..rows {
            for column in 0..columns {
                let expected = model
                    .height_m(patch.sample_position(column, row))
                    .map(|height| height as f32);
                let copied = patch.heights_m()[row * columns + column];
                assert_eq!(
                    Some(copied).filter(|height| !height.is_nan()),
                    expected,
                    "{name} ({column}, {row})"
                );
            }
        }
    }
}

/// A raster as GDAL describes it.
struct GdalRaster {
    size: (usize, usize),
    /// Outer corner of the first pixel, in the file's own coordinates.
    origin: (f64, f64),
    pixel: (f64, f64),
}

/// What a GDAL program says; `None` (told aloud) where it is not installed.
fn gdal(program: &str, options: &[&str], file: &Path, questions: String) -> Option<String> {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut child = match Command::new(program)
        .args(options)
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
    {
        Ok(child) => child,
        Err(error) => {
            println!("skipped: no second opinion by GDAL, {program}: {error}");
            return None;
        }
    };
    let mut input = child.stdin.take().expect("piped");
    // Answers come while questions go: a full pipe must not stop both. A program that asks nothing may be gone already.
    let asking = std::thread::spawn(move || drop(input.write_all(questions.as_bytes())));
    let answer = child.wait_with_output().expect("runs");
    asking.join().expect("no panic");
    Some(String::from_utf8_lossy(&answer.stdout).into_owned())
}

fn gdal_raster(file: &Path) -> Option<GdalRaster> {
    let text = gdal("gdalinfo", &[], file, String::new())?;
    let pair = |key: &str| {
        let rest = text.split(key).nth(1).expect(key).trim_start_matches([' ', '=', '(']);
        let numbers = rest.lines().next().expect("a line").trim_end_matches(')');
        let (first, second) = numbers.split_once(',').expect("two numbers");
        let number = |text: &str| text.trim().parse::<f64>().expect("a number");
        (number(first), number(second))
    };
    let (columns, rows) = pair("Size is");
    Some(GdalRaster {
        size: (columns as usize, rows as usize),
        origin: pair("Origin"),
        pixel: pair("Pixel Size"),
    })
}

/// A place in pixels: the upper left of the four pixels whose centres surround it, and how far it lies towards the others.
struct Place {
    column: usize,
    row: usize,
    right: f64,
    down: f64,
}

impl Place {
    /// In the file's own coordinates.
    fn coordinates(&self, raster: &GdalRaster) -> (f64, f64) {
        let along = |index: usize, part: f64, origin: f64, pixel: f64| origin + pixel * (index as f64 + 0.5 + part);
        (
            along(self.column, self.right, raster.origin.0, raster.pixel.0),
            along(self.row, self.down, raster.origin.1, raster.pixel.1),
        )
    }

    fn bilinear(&self, corners: &[f64]) -> f64 {
        let along = |left: f64, right: f64| left + (right - left) * self.right;
        let (above, below) = (along(corners[0], corners[1]), along(corners[2], corners[3]));
        above + (below - above) * self.down
    }
}

/// GDAL reads the four pixels around each place; what lies between them is calculated here.
#[test]
fn clients_gdal_agrees_on_a_thousand_random_points_per_file() {
    let tiles = ["N00E010.hgt", "N00E011.hgt.zip"].map(|tile| format!("{SRTM3_FOLDER}/{tile}"));
    let files = [DA_NANG, HAI_DUONG, BIG_TUJUNGA, NASADEM, &tiles[0], &tiles[1]];
    for (number, name) in files.into_iter().enumerate() {
        let (Some(path), Some(model)) = (test_data(name), elevation(name)) else {
            continue;
        };
        let Some(raster) = gdal_raster(&path) else { return };
        let to_wgs84 = (name == BIG_TUJUNGA).then(|| geodesy::Transformer::to_wgs84(32611).expect("known"));
        let places = random_places(&raster, number as u64);
        let Some(corners) = gdal_corners(&path, &places) else {
            return;
        };
        assert_eq!(corners.len(), 4 * places.len(), "{name}");
        let whole = |corners: &[f64]| corners.iter().all(|height| height.abs() < 32_000.0);
        let mut compared = 0;
        for (place, corners) in places
            .iter()
            .zip(corners.chunks(4))
            .filter(|(_, corners)| whole(corners))
        {
            let (x, y) = place.coordinates(&raster);
            let position = match &to_wgs84 {
                Some(transformer) => transformer.convert(x, y).expect("inside"),
                None => LonLat::new(x, y),
            };
            let (height, expected) = (model.height_m(position).expect("covered"), place.bilinear(corners));
            assert!(
                (height - expected).abs() < 0.5,
                "{name} at {position:?}: {height} instead of {expected}"
            );
            compared += 1;
        }
        assert!(compared >= 1000, "{name}: only {compared} places have a height");
    }
}

/// More than a thousand, because some may lie where a file says nothing.
fn random_places(raster: &GdalRaster, seed: u64) -> Vec<Place> {
    let mut random = fractions(seed);
    let mut within = move |pixels: usize| {
        let place = random.next().expect("endless") * (pixels - 1) as f64;
        (place as usize, place.fract())
    };
    (0..1500)
        .map(|_| {
            let ((column, right), (row, down)) = (within(raster.size.0), within(raster.size.1));
            Place {
                column,
                row,
                right,
                down,
            }
        })
        .collect()
}

/// Heights of the four pixels around each place: above left, above right, below left, below right.
fn gdal_corners(file: &Path, places: &[Place]) -> Option<Vec<f64>> {
    let questions = places
        .iter()
        .flat_map(|place| {
            let pixels = [(0, 0), (1, 0), (0, 1), (1, 1)];
            pixels.map(|(right, down)| format!("{} {}\n", place.column + right, place.row + down))
        })
        .collect();
    let answer = gdal("gdallocationinfo", &["-valonly"], file, questions)?;
    Some(answer.lines().filter_map(|line| line.trim().parse().ok()).collect())
}
