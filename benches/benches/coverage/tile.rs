//! One mast on a real tile: raster points a second, what a second band costs, two processors against one, nearness to exact
//! profiles, and SPLAT! beside it.
//!
//! The tile is mirrored at its edges so that the whole disc has relief. SPLAT! (`splat-hd`, Debian package `splat`) computes
//! the same disc over the same heights with its own model.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use benches::ProcessorTime;
use coverage_model::sweep::{Antenna, PathLoss, SweepSettings, TAIL, Terrain, exact_sample, sweep_site};
use criterion::measurement::Measurement;
use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, LonLat};
use terrain::{ElevationModel, ElevationPatch, SurfaceKind};

/// Profile step of all measurements, m: part of the model.
const STEP_M: f64 = 30.0;
/// Each figure is the best of so many runs.
const RUNS: usize = 5;

struct Relief(ElevationPatch);

impl Terrain for Relief {
    fn height_m(&self, lon_deg: f64, lat_deg: f64) -> f32 {
        self.0.height_m(lon_deg, lat_deg)
    }

    fn cover_m(&self, _lon_deg: f64, _lat_deg: f64) -> f32 {
        0.0
    }

    fn has_cover(&self) -> bool {
        false
    }

    #[inline(always)]
    fn heights_along<const N: usize>(&self, first: LonLat, step_deg: (f64, f64)) -> [f32; N] {
        self.0.heights_along(first, step_deg)
    }
}

/// The tile, mirrored at its edges, around a place.
fn mirrored(tile: &ElevationPatch, bounds: Bounds) -> Option<ElevationPatch> {
    let (step_lon, step_lat) = tile.step_deg();
    let (columns, rows) = tile.size();
    let origin = tile.sample_position(0, 0);
    let fold = |index: i64, count: usize| {
        let period = 2 * (count as i64 - 1);
        let at = index.rem_euclid(period);
        (if at < count as i64 { at } else { period - at }) as usize
    };
    let first_column = ((bounds.west - origin.lon_deg) / step_lon).floor() as i64;
    let last_column = ((bounds.east - origin.lon_deg) / step_lon).ceil() as i64;
    let first_row = ((origin.lat_deg - bounds.north) / step_lat).floor() as i64;
    let last_row = ((origin.lat_deg - bounds.south) / step_lat).ceil() as i64;
    let heights = (first_row..=last_row)
        .flat_map(|row| {
            let line = fold(row, rows) * columns;
            (first_column..=last_column).map(move |column| line + fold(column, columns))
        })
        .map(|at| {
            tile.heights_m()
                .get(at)
                .copied()
                .filter(|height| !height.is_nan())
                .unwrap_or(0.0)
        })
        .collect();
    let north_west = LonLat::new(
        origin.lon_deg + first_column as f64 * step_lon,
        origin.lat_deg - first_row as f64 * step_lat,
    );
    let width = (last_column - first_column + 1) as usize;
    ElevationPatch::from_samples(north_west, step_lon, step_lat, width, heights)
}

fn tile(named: Option<&str>) -> Result<(String, ElevationPatch)> {
    let test_data = std::env::var_os("PHUSONG_TEST_DATA")
        .map(|folder| PathBuf::from(folder).join("terrain/bigtujunga_30m_topotoolbox/bigtujunga.tif"));
    match named.map(PathBuf::from).or(test_data.filter(|path| path.exists())) {
        Some(path) => {
            let model = ElevationModel::open(std::slice::from_ref(&path), SurfaceKind::BareEarth)?;
            Ok((path.display().to_string(), model.patch(model.bounds())?))
        }
        None => {
            let heights = (0..1200 * 1200)
                .map(|i| {
                    let (x, y) = (f64::from(i % 1200), f64::from(i / 1200));
                    (400.0 + 300.0 * (x / 70.0).sin() * (y / 53.0).cos() + 25.0 * (x / 9.0).sin() * (y / 7.0).sin())
                        as f32
                })
                .collect();
            let step = 1.0 / 3600.0;
            let patch = ElevationPatch::from_samples(LonLat::new(105.8, 18.5), step, step, 1200, heights);
            Ok(("synthetic ridges".to_owned(), patch.context("synthetic tile")?))
        }
    }
}

fn settings(latitude_deg: f64) -> SweepSettings {
    SweepSettings {
        step_km: STEP_M / 1000.0,
        steps: 2,
        tx_height_m: 30.0,
        rx_height_m: 1.5,
        delta_n: 45.0,
        n0: 325.0,
        time_percent: 50.0,
        location_percent: 50.0,
        resolution_m: 30.0,
        latitude_deg,
        early_exits: true,
    }
}

struct Disc<'a> {
    relief: &'a Relief,
    antenna: Antenna,
    raster: PixelWindow,
}

impl<'a> Disc<'a> {
    fn new(relief: &'a Relief, position: LonLat, radius_m: f64) -> Self {
        Self {
            relief,
            antenna: Antenna { position, radius_m },
            raster: PixelWindow::covering(Bounds::around_circle(position, radius_m), 12),
        }
    }

    fn sweep(&self, frequencies_mhz: &[f64]) -> Option<PathLoss> {
        let settings = settings(self.antenna.position.lat_deg);
        sweep_site(&self.antenna, self.relief, &self.raster, frequencies_mhz, &settings)
    }

    /// Points of the disc and the least processor seconds of several sweeps.
    fn pace(&self, frequencies_mhz: &[f64]) -> Result<(usize, f64)> {
        let mut best = f64::INFINITY;
        let mut points = 0;
        for _ in 0..RUNS {
            let before = ProcessorTime.start();
            let loss = self.sweep(frequencies_mhz).context("outside the raster")?;
            best = best.min(ProcessorTime.end(before).as_secs_f64());
            points = loss.losses[0].iter().filter(|&&code| code != PathLoss::OUTSIDE).count();
        }
        Ok((points, best))
    }
}

/// Measures on a named tile, or on the rugged tile of the test data, or on synthetic ridges.
pub fn measure(named: Option<&str>) -> Result<()> {
    let (name, tile) = tile(named)?;
    let mast = tile.bounds().centre();
    let relief = Relief(mirrored(&tile, Bounds::around_circle(mast, 21_000.0)).context("mirrored tile")?);
    println!(
        "{name}; mast at {:.4}, {:.4}; P.1812-8, p = 50 %, profile step {STEP_M} m, own profile over the last {TAIL} points",
        mast.lon_deg, mast.lat_deg
    );

    for radius_m in [20_000.0, 10_000.0] {
        let disc = Disc::new(&relief, mast, radius_m);
        let (points, one) = disc.pace(&[1800.0])?;
        let (_, two) = disc.pace(&[1800.0, 900.0])?;
        println!(
            "R = {} km: {points} raster points in {one:.3} processor s: {:.2} M/s/core; a second band costs {:.0} % of the first",
            radius_m / 1000.0,
            points as f64 / one / 1e6,
            100.0 * (two - one) / one
        );
    }
    two_threads(&Disc::new(&relief, mast, 10_000.0))?;
    error(&Disc::new(&relief, mast, 20_000.0))?;
    splat(&relief, mast, 20_000.0)
}

/// Wall time of eight masts on one and on two threads. Says something on an idle machine with two processors only.
fn two_threads(disc: &Disc<'_>) -> Result<()> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let wall = |threads: usize| {
        let next = AtomicUsize::new(0);
        let start = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while next.fetch_add(1, Ordering::Relaxed) < 8 {
                        std::hint::black_box(disc.sweep(&[1800.0]));
                    }
                });
            }
        });
        start.elapsed().as_secs_f64()
    };
    let best = |threads| (0..3).map(|_| wall(threads)).fold(f64::INFINITY, f64::min);
    let (one, two) = (best(1), best(2));
    println!(
        "two threads are {:.2} times as quick as one (wall time; needs two idle processors)",
        one / two
    );
    Ok(())
}

fn error(disc: &Disc<'_>) -> Result<()> {
    let sweep = disc.sweep(&[1800.0]).context("outside the raster")?;
    let settings = settings(disc.antenna.position.lat_deg);
    let exact = exact_sample(&disc.antenna, disc.relief, &disc.raster, &[1800.0], &settings, 97)
        .context("outside the raster")?;
    let mut errors_db: Vec<f64> = sweep.losses[0]
        .iter()
        .zip(&exact.losses[0])
        .filter(|&(_, &code)| code != PathLoss::OUTSIDE)
        .map(|(&fast, &exact)| (f64::from(fast) - f64::from(exact)) * PathLoss::LOSS_STEP_DB)
        .collect();
    let count = errors_db.len() as f64;
    let bias_db = errors_db.iter().sum::<f64>() / count;
    let rmse_db = (errors_db.iter().map(|e| e * e).sum::<f64>() / count).sqrt();
    errors_db.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let p99_db = errors_db.get((count * 0.99) as usize).map_or(f64::NAN, |e| e.abs());
    println!(
        "against exact profiles, R = 20 km, {count} pixels: bias {bias_db:+.4}, RMSE {rmse_db:.3}, p99 {p99_db:.2} dB"
    );
    Ok(())
}

/// SPLAT!'s raster points per second of processor time over the same heights: a tile of one degree around the mast, the time of
/// a disc of 1 km (reading the tile) taken off.
fn splat(relief: &Relief, mast: LonLat, radius_m: f64) -> Result<()> {
    if Command::new("splat-hd").output().is_err() {
        println!("SPLAT! is not installed (Debian package splat): not measured");
        return Ok(());
    }
    let folder = std::env::temp_dir().join(format!("splat-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = splat_in(&folder, relief, mast, radius_m);
    let removed = std::fs::remove_dir_all(&folder);
    let (points, seconds) = measured?;
    removed?;
    println!(
        "SPLAT! (ITM), R = {} km, 1 arc second: {points:.0} points in {seconds:.2} processor s: {:.3} M/s",
        radius_m / 1000.0,
        points / seconds / 1e6
    );
    Ok(())
}

fn splat_in(folder: &Path, relief: &Relief, mast: LonLat, radius_m: f64) -> Result<(f64, f64)> {
    const SAMPLES: usize = 3601;
    let (west, south) = (mast.lon_deg.floor(), mast.lat_deg.floor());
    let mut bytes = Vec::with_capacity(2 * SAMPLES * SAMPLES);
    for row in 0..SAMPLES {
        for column in 0..SAMPLES {
            let place = (west + column as f64 / 3600.0, south + 1.0 - row as f64 / 3600.0);
            let height = relief.0.height_m(place.0, place.1);
            let height = if height.is_nan() { 0 } else { height.round() as i16 };
            bytes.extend(height.to_be_bytes());
        }
    }
    let letter = |value: f64, positive: char, negative: char| if value < 0.0 { negative } else { positive };
    let hgt = format!(
        "{}{:02}{}{:03}.hgt",
        letter(south, 'N', 'S'),
        south.abs(),
        letter(west, 'E', 'W'),
        west.abs()
    );
    std::fs::write(folder.join(&hgt), bytes)?;
    // SPLAT! counts longitude west of Greenwich.
    let site = format!(
        "MAST\n{:.6}\n{:.6}\n30 meters\n",
        mast.lat_deg,
        (360.0 - mast.lon_deg) % 360.0
    );
    std::fs::write(folder.join("mast.qth"), site)?;
    let model = "15.000\n0.005\n301.000\n1800.000\n5\n0\n0.50\n0.50\n1000.0\n";
    std::fs::write(folder.join("mast.lrp"), model)?;
    shell(folder, &format!("srtm2sdf-hd {hgt}"))?;
    let seconds = |radius_km: f64| {
        shell(
            folder,
            &format!("splat-hd -t mast.qth -L 1.5 -R {radius_km} -d . -metric -olditm -o map.ppm"),
        )
    };
    let whole = seconds(radius_m / 1000.0)? - seconds(1.0)?;
    let cell_m2 = 30.87 * 30.87 * mast.lat_deg.to_radians().cos();
    Ok((std::f64::consts::PI * radius_m * radius_m / cell_m2, whole))
}

/// User processor seconds of a command.
fn shell(folder: &Path, command: &str) -> Result<f64> {
    let script = format!("TIMEFORMAT=%U; time {command} >/dev/null 2>errors.txt");
    let output = Command::new("bash")
        .arg("-c")
        .arg(script)
        .current_dir(folder)
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    text.split_whitespace()
        .last()
        .and_then(|seconds| seconds.parse().ok())
        .with_context(|| format!("{command}: {text}"))
}
