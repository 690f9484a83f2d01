//! Every pixel on its own: the oracle against which the sweep is measured, and free space.

use geodesy::LocalFrame;
use geodesy::tile_grid::PixelWindow;
use propagation::p1812::{self, Atmosphere, LocationSpread, Parameters, Path};
use rayon::prelude::*;

use super::disc::{Disc, DiscPixel};
use super::site::{Antenna, PathLoss, RadialLine, Terrain};
use super::tables::SweepSettings;

/// What one pixel gets: losses per band, departure angle, points without a height.
struct PixelLoss {
    losses_db: Vec<f64>,
    departure_mrad: f64,
    missing: u64,
}

/// P.1812 by its definitions on each pixel's own profile (n = distance/step equal intervals, at least two). Slow.
/// `None` when the radius does not reach the raster.
#[must_use]
pub fn exact_site(
    antenna: &Antenna,
    terrain: &impl Terrain,
    raster: &PixelWindow,
    frequencies_mhz: &[f64],
    settings: &SweepSettings,
) -> Option<PathLoss> {
    exact_sample(antenna, terrain, raster, frequencies_mhz, settings, 1)
}

/// [`exact_site`] for every `every`-th pixel only (spread evenly over the disc); the others stay outside.
#[must_use]
pub fn exact_sample(
    antenna: &Antenna,
    terrain: &impl Terrain,
    raster: &PixelWindow,
    frequencies_mhz: &[f64],
    settings: &SweepSettings,
    every: usize,
) -> Option<PathLoss> {
    pixel_by_pixel(
        (antenna, every),
        terrain,
        raster,
        frequencies_mhz,
        settings,
        |bearing_rad, range_m, frame| {
            let step_m = settings.step_km * 1000.0;
            let steps = (range_m / step_m).round().max(2.0);
            let line = RadialLine::new(frame, bearing_rad, range_m);
            let mut missing = 0;
            let mut heights_m = Vec::with_capacity(steps as usize + 1);
            let mut cover_m = Vec::new();
            for i in 0..=steps as usize {
                let (lon_deg, lat_deg) = line.at(i as f64 / steps);
                let height = f64::from(terrain.height_m(lon_deg, lat_deg));
                missing += u64::from(height.is_nan());
                heights_m.push(if height.is_nan() { 0.0 } else { height });
                if terrain.has_cover() {
                    cover_m.push(f64::from(terrain.cover_m(lon_deg, lat_deg)));
                }
            }
            let mut parameters = Parameters {
                time_percent: settings.time_percent,
                location_percent: settings.location_percent,
                location_spread: LocationSpread::SquareM(settings.resolution_m),
                tx_height_m: settings.tx_height_m,
                rx_height_m: settings.rx_height_m,
                atmosphere: Atmosphere {
                    delta_n: settings.delta_n,
                    n0: settings.n0,
                },
                centre_latitude_deg: settings.latitude_deg,
                ..Parameters::default()
            };
            let path = Path::equidistant(range_m / 1000.0 / steps, heights_m, cover_m).ok();
            let mut departure_mrad = 0.0;
            let losses_db = frequencies_mhz
                .iter()
                .map(|frequency_mhz| {
                    parameters.frequency_ghz = frequency_mhz / 1000.0;
                    let evaluation = path.as_ref().and_then(|path| p1812::evaluate(path, &parameters).ok());
                    evaluation.map_or(f64::INFINITY, |evaluation| {
                        departure_mrad = evaluation.tx_elevation_mrad;
                        evaluation.loss_db
                    })
                })
                .collect();
            PixelLoss {
                losses_db,
                departure_mrad,
                missing,
            }
        },
    )
}

/// Free space \[P.525\] between the antenna and each pixel, whatever the ground between.
/// `None` when the radius does not reach the raster.
#[must_use]
pub fn free_space_site(
    antenna: &Antenna,
    terrain: &impl Terrain,
    raster: &PixelWindow,
    frequencies_mhz: &[f64],
    settings: &SweepSettings,
) -> Option<PathLoss> {
    let known = |height: f32| if height.is_nan() { 0.0 } else { f64::from(height) };
    let foot_m = known(terrain.height_m(antenna.position.lon_deg, antenna.position.lat_deg));
    pixel_by_pixel(
        (antenna, 1),
        terrain,
        raster,
        frequencies_mhz,
        settings,
        |bearing_rad, range_m, frame| {
            let end = frame.to_lonlat(bearing_rad.sin() * range_m, bearing_rad.cos() * range_m);
            let ground_m = known(terrain.height_m(end.lon_deg, end.lat_deg));
            let rise_m = ground_m + settings.rx_height_m - foot_m - settings.tx_height_m;
            let slant_km = range_m.hypot(rise_m) / 1000.0;
            let bend_m = range_m * range_m / (2000.0 * settings.median_radius_km());
            PixelLoss {
                losses_db: frequencies_mhz
                    .iter()
                    .map(|frequency_mhz| 92.4 + 20.0 * (frequency_mhz / 1000.0 * slant_km).log10())
                    .collect(),
                departure_mrad: ((rise_m - bend_m) / range_m).atan() * 1000.0,
                missing: 0,
            }
        },
    )
}

fn pixel_by_pixel<T: Terrain>(
    (antenna, every): (&Antenna, usize),
    terrain: &T,
    raster: &PixelWindow,
    frequencies_mhz: &[f64],
    settings: &SweepSettings,
    link: impl Fn(f64, f64, &LocalFrame) -> PixelLoss + Sync,
) -> Option<PathLoss> {
    let frame = LocalFrame::new(antenna.position);
    let disc = Disc::new(&frame, antenna.radius_m, settings.step_km * 1000.0, raster)?;
    let solved: Vec<(DiscPixel, PixelLoss)> = disc
        .pixels
        .par_iter()
        .step_by(every.max(1))
        .map(|pixel| {
            let centre = disc.window.centre(u32::from(pixel.column), u32::from(pixel.row));
            let (east_m, north_m) = frame.to_local(centre);
            let bearing_rad = east_m.atan2(north_m).rem_euclid(std::f64::consts::TAU);
            // Under the mast itself a metre stands for nothing at all.
            let loss = link(bearing_rad, east_m.hypot(north_m).max(1.0), &frame);
            (*pixel, loss)
        })
        .collect();
    let mut out = PathLoss::nowhere(disc.window, frequencies_mhz.len());
    out.ground_known = !terrain
        .height_m(antenna.position.lon_deg, antenna.position.lat_deg)
        .is_nan();
    for (pixel, loss) in solved {
        let at = disc.index(&pixel);
        for (codes, &db) in out.losses.iter_mut().zip(&loss.losses_db) {
            codes[at] = PathLoss::encode_loss(db);
        }
        out.departures[at] = PathLoss::encode_departure(loss.departure_mrad);
        out.bearings[at] = pixel.bearing;
        out.missing_heights += loss.missing;
    }
    Some(out)
}
