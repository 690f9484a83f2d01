//! How quick and how near the sweep is on a real tile.
//!
//! `cargo run --release -p coverage-model --example sweep_rate -- TILE LON LAT [RADIUS_KM] [BANDS] [ERROR_EVERY]`
//! prints raster points per CPU second on one core (processor time, so that other work on the machine does not count),
//! and, when ERROR_EVERY is given, the error against each n-th pixel's own profile.
#![allow(clippy::print_stdout)]

use std::path::PathBuf;

use coverage_model::sweep::{Antenna, PathLoss, SweepSettings, Terrain, exact_site, sweep_site};
use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, LonLat};
use terrain::{ElevationModel, ElevationPatch, SurfaceKind};

/// The tile, mirrored at its edges so that the whole disc has real relief.
struct Mirrored(ElevationPatch);

impl Mirrored {
    fn around(tile: &ElevationPatch, bounds: Bounds) -> Option<Self> {
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
                let height = tile.heights_m()[at];
                if height.is_nan() { 0.0 } else { height }
            })
            .collect();
        let north_west = LonLat::new(
            origin.lon_deg + first_column as f64 * step_lon,
            origin.lat_deg - first_row as f64 * step_lat,
        );
        let width = (last_column - first_column + 1) as usize;
        ElevationPatch::from_samples(north_west, step_lon, step_lat, width, heights).map(Self)
    }
}

impl Terrain for Mirrored {
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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: f64| arguments.get(at).map_or(Ok(default), |text| text.parse::<f64>());
    let tile = PathBuf::from(arguments.first().ok_or("which tile?")?);
    let model = ElevationModel::open(&[tile], SurfaceKind::BareEarth)?;
    let bounds = model.bounds();
    let mast = LonLat::new(number(1, bounds.centre().lon_deg)?, number(2, bounds.centre().lat_deg)?);
    let radius_m = number(3, 20.0)? * 1000.0;
    let bands = number(4, 1.0)? as usize;
    let raster = PixelWindow::covering(Bounds::around_circle(mast, radius_m * 1.1), 12);
    let terrain =
        Mirrored::around(&model.patch(bounds)?, Bounds::around_circle(mast, radius_m * 1.02)).ok_or("tile")?;
    let settings = SweepSettings {
        step_km: 0.03,
        steps: 2,
        tx_height_m: 30.0,
        rx_height_m: 1.5,
        delta_n: 45.0,
        n0: 325.0,
        time_percent: 50.0,
        location_percent: 50.0,
        resolution_m: 30.0,
        latitude_deg: mast.lat_deg,
        early_exits: true,
    };
    let frequencies = &[1800.0, 900.0, 3700.0, 2600.0][..bands.clamp(1, 4)];
    let antenna = Antenna {
        position: mast,
        radius_m,
    };
    for _ in 0..3 {
        let before = processor_seconds();
        let loss = sweep_site(&antenna, &terrain, &raster, frequencies, &settings).ok_or("outside")?;
        let seconds = processor_seconds() - before;
        let points = loss.losses[0].iter().filter(|&&code| code != PathLoss::OUTSIDE).count();
        println!(
            "{points} raster points, {bands} bands, {seconds:.3} CPU s: {:.2} M/s",
            points as f64 / seconds / 1e6
        );
    }
    if number(5, 0.0)? > 0.0 {
        let sweep = sweep_site(&antenna, &terrain, &raster, frequencies, &settings).ok_or("outside")?;
        let exact = exact_site(&antenna, &terrain, &raster, frequencies, &settings).ok_or("outside")?;
        let mut errors: Vec<f64> = sweep.losses[0]
            .iter()
            .zip(&exact.losses[0])
            .filter(|&(&code, _)| code != PathLoss::OUTSIDE)
            .map(|(&a, &b)| (f64::from(a) - f64::from(b)) * PathLoss::LOSS_STEP_DB)
            .collect();
        let count = errors.len() as f64;
        let bias = errors.iter().sum::<f64>() / count;
        let rmse = (errors.iter().map(|e| e * e).sum::<f64>() / count).sqrt();
        errors.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        let quantile = |q: f64| errors[(count * q) as usize].abs();
        println!(
            "error over {count} pixels: bias {bias:.4}, RMSE {rmse:.4}, median {:.3}, p99 {:.3}, worst {:.1} dB",
            quantile(0.5),
            quantile(0.99),
            quantile(0.99999)
        );
    }
    Ok(())
}

/// Processor time of this thread.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace()
        .next()
        .and_then(|ns| ns.parse::<f64>().ok())
        .unwrap_or(f64::NAN)
        / 1e9
}
