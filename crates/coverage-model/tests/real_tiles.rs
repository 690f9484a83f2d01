//! The fast raster against exact profiles on three real tiles: zoom 12, profile step 30 m, radius 20 km.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::PathBuf;

use coverage_model::sweep::{Antenna, PathLoss, SweepSettings, Terrain, exact_sample, sweep_site};
use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, LonLat};
use terrain::{ElevationModel, ElevationPatch, SurfaceKind};

/// A tile, mirrored at its edges so that the whole disc has real relief, with blocks of ground cover when asked for.
struct Mirrored {
    tile: ElevationPatch,
    cover: bool,
}

impl Mirrored {
    fn inside(&self, lon_deg: f64, lat_deg: f64) -> (f64, f64) {
        let bounds = self.tile.bounds();
        let fold = |value: f64, low: f64, high: f64| {
            let width = high - low;
            let t = (value - low).rem_euclid(2.0 * width);
            (low + if t > width { 2.0 * width - t } else { t }).clamp(low, high)
        };
        (
            fold(lon_deg, bounds.west, bounds.east),
            fold(lat_deg, bounds.south, bounds.north),
        )
    }
}

impl Terrain for Mirrored {
    fn height_m(&self, lon_deg: f64, lat_deg: f64) -> f32 {
        let (lon_deg, lat_deg) = self.inside(lon_deg, lat_deg);
        self.tile.height_m(lon_deg, lat_deg)
    }

    /// Blocks of about 150 m of open ground, houses, trees and town, as land-use polygons have them.
    fn cover_m(&self, lon_deg: f64, lat_deg: f64) -> f32 {
        let block = |degrees: f64| (degrees * 700.0).floor() as i64 as u64;
        let mixed =
            block(lon_deg).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ block(lat_deg).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        [0.0, 0.0, 0.0, 0.0, 10.0, 15.0, 15.0, 20.0][(mixed >> 61) as usize]
    }

    fn has_cover(&self) -> bool {
        self.cover
    }
}

fn tile(name: &str) -> Option<ElevationPatch> {
    let folder = std::env::var_os("PHUSONG_TEST_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let path = folder.join("terrain").join(name);
    if !path.exists() {
        println!("skipped: {} not present", path.display());
        return None;
    }
    let model = ElevationModel::open(&[path], SurfaceKind::BareEarth).unwrap();
    Some(model.patch(model.bounds()).unwrap())
}

/// Bias, RMSE and 99th percentile of |error| of the sweep over a sample of the pixels of two masts, dB.
fn check(name: &str, cover: bool) {
    let Some(tile) = tile(name) else { return };
    let ground = Mirrored { tile, cover };
    let bounds = ground.tile.bounds();
    let mut errors_db = Vec::new();
    for (x, y) in [(0.4, 0.5), (0.8, 0.8)] {
        let position = LonLat::new(
            bounds.west + x * (bounds.east - bounds.west),
            bounds.south + y * (bounds.north - bounds.south),
        );
        let antenna = Antenna {
            position,
            radius_m: 20_000.0,
        };
        let raster = PixelWindow::covering(Bounds::around_circle(position, antenna.radius_m), 12);
        let settings = SweepSettings {
            step_km: 0.03,
            steps: 2,
            tx_height_m: 30.0,
            rx_height_m: 1.5,
            delta_n: 45.0,
            n0: 325.0,
            time_percent: 50.0,
            location_percent: 50.0,
            resolution_m: 36.0,
            latitude_deg: position.lat_deg,
            early_exits: true,
        };
        let sweep = sweep_site(&antenna, &ground, &raster, &[1800.0], &settings).unwrap();
        let exact = exact_sample(&antenna, &ground, &raster, &[1800.0], &settings, 199).unwrap();
        let pairs = sweep.losses[0].iter().zip(&exact.losses[0]);
        errors_db.extend(
            pairs
                .filter(|&(_, &code)| code != PathLoss::OUTSIDE)
                .map(|(&fast, &exact)| (f64::from(fast) - f64::from(exact)) * PathLoss::LOSS_STEP_DB),
        );
    }
    let count = errors_db.len() as f64;
    let bias_db = errors_db.iter().sum::<f64>() / count;
    let rmse_db = (errors_db.iter().map(|e| e * e).sum::<f64>() / count).sqrt();
    errors_db.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let p99_db = errors_db[(count * 0.99) as usize].abs();
    println!("{name}, cover {cover}: {count} pixels, bias {bias_db:+.4}, RMSE {rmse_db:.4}, p99 {p99_db:.2} dB");
    assert!(count > 5_000.0 && bias_db.abs() <= 0.05 && rmse_db <= 0.5 && p99_db <= 2.0);
}

#[test]
fn hills_by_the_sea() {
    check("vn_30m_clips_lora/danang_30m.tif", false);
    check("vn_30m_clips_lora/danang_30m.tif", true);
}

#[test]
fn flat_delta() {
    check("vn_30m_clips_lora/haiduong_hungyen_30m.tif", false);
    check("vn_30m_clips_lora/haiduong_hungyen_30m.tif", true);
}

#[test]
fn rugged_mountains() {
    check("bigtujunga_30m_topotoolbox/bigtujunga.tif", false);
    check("bigtujunga_30m_topotoolbox/bigtujunga.tif", true);
}
