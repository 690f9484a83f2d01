//! Path loss from one antenna position to every pixel around it, all bands from one sweep.

use geodesy::tile_grid::PixelWindow;
use geodesy::{LocalFrame, LonLat};

use super::disc::Disc;
use super::fast_math::round;
use super::losses::{LANES, PathBatch};
use super::radial::{PathGeometry, Radial};
use super::tables::{Band, SweepSettings, Tables, location_factor};

/// The ground as the sweep sees it.
pub trait Terrain: Sync {
    /// Height above sea level, m; `NaN` where it is not known.
    fn height_m(&self, lon_deg: f64, lat_deg: f64) -> f32;
    /// Height of ground cover above ground, m.
    fn cover_m(&self, lon_deg: f64, lat_deg: f64) -> f32;
    /// Whether there is any ground cover.
    fn has_cover(&self) -> bool;
}

/// Losses and departure angles around one antenna position, quantised so that fresh and cached ones are the same.
#[derive(Debug, Clone, PartialEq)]
pub struct PathLoss {
    /// The pixels' raster.
    pub window: PixelWindow,
    /// Per band, row-major loss codes in steps of [`PathLoss::LOSS_STEP_DB`]; [`PathLoss::OUTSIDE`] beyond the radius.
    pub losses: Vec<Vec<u16>>,
    /// Row-major elevation at which the wave leaves the antenna, in steps of [`PathLoss::ANGLE_STEP_DEG`].
    pub departures: Vec<i16>,
    /// Row-major bearing of the pixel's radial, in 1/65,536 of a turn clockwise from north.
    pub bearings: Vec<u16>,
    /// Whether the mast stands on known ground.
    pub ground_known: bool,
    /// Profile points without a height, taken as sea level.
    pub missing_heights: u64,
}

impl PathLoss {
    /// Step of a loss code, dB: quantisation errs by at most half of it.
    pub const LOSS_STEP_DB: f64 = 0.05;
    /// Step of a departure code, degrees.
    pub const ANGLE_STEP_DEG: f64 = 0.01;
    /// Code of a pixel outside the radius.
    pub const OUTSIDE: u16 = u16::MAX;

    /// The code of a loss.
    #[inline(always)]
    #[must_use]
    pub fn encode_loss(loss_db: f64) -> u16 {
        round((loss_db / Self::LOSS_STEP_DB).clamp(0.0, f64::from(Self::OUTSIDE - 1))) as u16
    }

    /// The code of a departure elevation in mrad.
    #[inline(always)]
    #[must_use]
    pub fn encode_departure(mrad: f64) -> i16 {
        round((mrad / 1000.0).to_degrees() / Self::ANGLE_STEP_DEG).clamp(-9000.0, 9000.0) as i16
    }

    /// The same without its bands.
    #[must_use]
    pub fn without_losses(&self) -> Self {
        Self {
            losses: Vec::new(),
            departures: self.departures.clone(),
            bearings: self.bearings.clone(),
            ..*self
        }
    }

    /// A raster on which nothing is reached.
    #[must_use]
    pub fn nowhere(window: PixelWindow, bands: usize) -> Self {
        let pixels = window.len();
        Self {
            window,
            losses: vec![vec![Self::OUTSIDE; pixels]; bands],
            departures: vec![0; pixels],
            bearings: vec![0; pixels],
            ground_known: true,
            missing_heights: 0,
        }
    }
}

/// An antenna position and how far to look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Antenna {
    /// Where the mast stands.
    pub position: LonLat,
    /// How far to compute, m.
    pub radius_m: f64,
}

/// Sweeps around an antenna over the pixels of `raster`. `None` when the radius does not reach the raster.
///
/// `settings.steps` is set to the radius; the other settings hold as given.
#[must_use]
pub fn sweep_site(
    antenna: &Antenna,
    terrain: &impl Terrain,
    raster: &PixelWindow,
    frequencies_mhz: &[f64],
    settings: &SweepSettings,
) -> Option<PathLoss> {
    let frame = LocalFrame::new(antenna.position);
    let disc = Disc::new(&frame, antenna.radius_m, settings.step_km * 1000.0, raster)?;
    let settings = SweepSettings {
        steps: disc.steps,
        ..*settings
    };
    let bands: Vec<Band> = frequencies_mhz
        .iter()
        .map(|&f| Band::new(f, super::Polarisation::Vertical, &settings))
        .collect();
    let mut sweep = SiteSweep {
        tables: Tables::new(settings),
        longest_root_wavelength: bands.iter().map(|band| band.root_wavelength).fold(0.0, f64::max),
        bands,
        frame,
        disc: &disc,
        terrain,
        out: PathLoss::nowhere(disc.window, frequencies_mhz.len()),
        radial: Radial::default(),
        heights_m: Vec::new(),
        surface_m: Vec::new(),
    };
    sweep.out.ground_known = !terrain
        .height_m(antenna.position.lon_deg, antenna.position.lat_deg)
        .is_nan();
    // The widest vector instructions of this machine; none of them changes a bit of the result.
    pulp::Arch::new().dispatch(|| {
        for k in 0..disc.radials {
            sweep.sweep_radial(k);
        }
    });
    Some(sweep.out)
}

struct SiteSweep<'a, T> {
    tables: Tables,
    bands: Vec<Band>,
    longest_root_wavelength: f64,
    frame: LocalFrame,
    disc: &'a Disc,
    terrain: &'a T,
    out: PathLoss,
    radial: Radial,
    heights_m: Vec<f64>,
    surface_m: Vec<f64>,
}

impl<T: Terrain> SiteSweep<'_, T> {
    #[inline(always)]
    fn sweep_radial(&mut self, k: usize) {
        let pixels = self.disc.radial(k);
        let Some(farthest) = pixels.last() else { return };
        self.sample(k, usize::from(farthest.step));
        let surface = self.terrain.has_cover().then_some(self.surface_m.as_slice());
        self.radial.start(&self.heights_m, surface, &self.tables.settings);
        let bearing = (k * 65_536 / self.disc.radials) as u16;
        let mut paths = [PathGeometry::default(); LANES];
        for chunk in pixels.chunks(LANES) {
            for (path, pixel) in paths.iter_mut().zip(chunk) {
                let n = usize::from(pixel.step);
                self.radial.advance_to(n, &self.tables);
                let (ground_m, factor) = receiver(self.terrain, &self.disc.window, pixel.pixel, &self.tables.settings);
                *path = self.radial.path(n, ground_m, factor, &self.tables);
                path.range_km = f64::from(pixel.range_m) / 1000.0;
            }
            let paths = &paths[..chunk.len()];
            let batch = PathBatch::new(paths, &self.tables, self.longest_root_wavelength);
            for (band, losses) in self.bands.iter().zip(&mut self.out.losses) {
                let db = batch.losses(band, &self.tables, |lane| {
                    self.radial
                        .roughness_m(&paths[lane.min(paths.len() - 1)], self.tables.settings.step_km)
                });
                for (pixel, db) in chunk.iter().zip(db) {
                    losses[pixel.pixel as usize] = PathLoss::encode_loss(db);
                }
            }
            for (pixel, &mrad) in chunk.iter().zip(batch.departure_mrad()) {
                self.out.departures[pixel.pixel as usize] = PathLoss::encode_departure(mrad);
                self.out.bearings[pixel.pixel as usize] = bearing;
            }
        }
    }

    /// Heights along radial `k` up to step `last`.
    #[inline(always)]
    fn sample(&mut self, k: usize, last: usize) {
        let azimuth = k as f64 / self.disc.radials as f64 * std::f64::consts::TAU;
        let step_m = self.tables.settings.step_km * 1000.0;
        let line = RadialLine::new(&self.frame, azimuth, step_m * last as f64);
        let cover = self.terrain.has_cover();
        self.heights_m.clear();
        self.surface_m.clear();
        for i in 0..=last {
            let (lon_deg, lat_deg) = line.at(i as f64 / last as f64);
            let height = f64::from(self.terrain.height_m(lon_deg, lat_deg));
            let height = if height.is_nan() {
                self.out.missing_heights += 1;
                0.0
            } else {
                height
            };
            self.heights_m.push(height);
            if cover {
                self.surface_m
                    .push(height + f64::from(self.terrain.cover_m(lon_deg, lat_deg)));
            }
        }
    }
}

/// Ground height under a pixel's centre (sea level where unknown) and its location factor.
#[inline(always)]
fn receiver(terrain: &impl Terrain, window: &PixelWindow, pixel: u32, settings: &SweepSettings) -> (f64, f64) {
    let centre = window.centre(pixel % window.columns, pixel / window.columns);
    let height = f64::from(terrain.height_m(centre.lon_deg, centre.lat_deg));
    let cover = if terrain.has_cover() {
        f64::from(terrain.cover_m(centre.lon_deg, centre.lat_deg))
    } else {
        0.0
    };
    (
        if height.is_nan() { 0.0 } else { height },
        location_factor(settings.rx_height_m, cover),
    )
}

/// Longitude and latitude along a geodesic: cubic through four exact points (within millimetres over 40 km).
pub(super) struct RadialLine {
    lon: [f64; 4],
    lat: [f64; 4],
}

impl RadialLine {
    pub(super) fn new(frame: &LocalFrame, azimuth_rad: f64, length_m: f64) -> Self {
        let (sin, cos) = azimuth_rad.sin_cos();
        let at = |t: f64| frame.to_lonlat(sin * length_m * t, cos * length_m * t);
        let points = [at(0.0), at(1.0 / 3.0), at(2.0 / 3.0), at(1.0)];
        Self {
            lon: cubic(points.map(|point| point.lon_deg)),
            lat: cubic(points.map(|point| point.lat_deg)),
        }
    }

    #[inline(always)]
    pub(super) fn at(&self, t: f64) -> (f64, f64) {
        let value = |c: &[f64; 4]| c[0] + t * (c[1] + t * (c[2] + t * c[3]));
        (value(&self.lon), value(&self.lat))
    }
}

/// Coefficients of the cubic through values at 0, ⅓, ⅔ and 1.
fn cubic([a, b, c, d]: [f64; 4]) -> [f64; 4] {
    [
        a,
        (-11.0 * a + 18.0 * b - 9.0 * c + 2.0 * d) / 2.0,
        9.0 * (2.0 * a - 5.0 * b + 4.0 * c - d) / 2.0,
        9.0 * (-a + 3.0 * b - 3.0 * c + d) / 2.0,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cubic_goes_through_its_points() {
        let line = cubic([3.0, -1.0, 4.0, 1.5]);
        let at = |t: f64| line[0] + t * (line[1] + t * (line[2] + t * line[3]));
        for (t, value) in [(0.0, 3.0), (1.0 / 3.0, -1.0), (2.0 / 3.0, 4.0), (1.0, 1.5)] {
            assert!((at(t) - value).abs() < 1e-12);
        }
    }

    #[test]
    fn radial_points_lie_on_the_geodesic() {
        let mast = LonLat::new(105.9, 18.3);
        let frame = LocalFrame::new(mast);
        let line = RadialLine::new(&frame, 1.1, 40_000.0);
        for i in 1..=40 {
            let (lon_deg, lat_deg) = line.at(f64::from(i) / 40.0);
            let (east, north) = frame.to_local(LonLat::new(lon_deg, lat_deg));
            assert!((east.hypot(north) - f64::from(i) * 1000.0).abs() < 0.02);
            assert!((east.atan2(north) - 1.1).abs() * f64::from(i) * 1000.0 < 0.02);
        }
    }
}
