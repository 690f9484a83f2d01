//! Path loss from one antenna position to every pixel around it, all bands from one sweep.

use geodesy::tile_grid::PixelWindow;
use geodesy::{LocalFrame, LonLat};

use super::disc::{Disc, DiscPixel};
use super::fast_math::round;
use super::losses::{LANES, PathBatch};
use super::radial::{PathGeometry, Radial};
use super::tables::{Band, SweepSettings, Tables, location_factor};
use super::tail::{TAIL, Tail};

/// The ground as the sweep sees it.
pub trait Terrain: Sync {
    /// Height above sea level, m; `NaN` where it is not known.
    fn height_m(&self, lon_deg: f64, lat_deg: f64) -> f32;
    /// Height of ground cover above ground, m.
    fn cover_m(&self, lon_deg: f64, lat_deg: f64) -> f32;
    /// Whether there is any ground cover.
    fn has_cover(&self) -> bool;
    /// Heights at `N` places in a row: the first at `first`, each next one `step_deg` (east, north) further.
    #[inline(always)]
    fn heights_along<const N: usize>(&self, first: LonLat, step_deg: (f64, f64)) -> [f32; N] {
        std::array::from_fn(|i| {
            let i = i as f64;
            self.height_m(first.lon_deg + step_deg.0 * i, first.lat_deg + step_deg.1 * i)
        })
    }
    /// Heights of ground cover at `N` places in a row.
    #[inline(always)]
    fn covers_along<const N: usize>(&self, first: LonLat, step_deg: (f64, f64)) -> [f32; N] {
        std::array::from_fn(|i| {
            let i = i as f64;
            self.cover_m(first.lon_deg + step_deg.0 * i, first.lat_deg + step_deg.1 * i)
        })
    }
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
    /// Row-major bearing of the pixel, in 1/65,536 of a turn clockwise from north.
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
        places: PixelPlaces::new(&disc.window),
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
    pulp::Arch::new().dispatch(AllRadials(&mut sweep));
    Some(sweep.out)
}

/// Longitudes of the columns and latitudes of the rows of a window.
struct PixelPlaces {
    lon_deg: Vec<f64>,
    lat_deg: Vec<f64>,
}

impl PixelPlaces {
    fn new(window: &PixelWindow) -> Self {
        Self {
            lon_deg: (0..window.columns)
                .map(|column| window.centre(column, 0).lon_deg)
                .collect(),
            lat_deg: (0..window.rows).map(|row| window.centre(0, row).lat_deg).collect(),
        }
    }

    #[inline(always)]
    fn of(&self, pixel: &DiscPixel) -> LonLat {
        LonLat::new(
            self.lon_deg[usize::from(pixel.column)],
            self.lat_deg[usize::from(pixel.row)],
        )
    }
}

struct SiteSweep<'a, T> {
    tables: Tables,
    bands: Vec<Band>,
    longest_root_wavelength: f64,
    frame: LocalFrame,
    places: PixelPlaces,
    disc: &'a Disc,
    terrain: &'a T,
    out: PathLoss,
    radial: Radial,
    heights_m: Vec<f64>,
    surface_m: Vec<f64>,
}

/// The work compiled for the widest vector instructions of this machine, none of which changes a bit of the result.
/// (A closure would not do: it is compiled on its own, without them.)
struct AllRadials<'s, 'a, T>(&'s mut SiteSweep<'a, T>);

impl<T: Terrain> pulp::WithSimd for AllRadials<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for k in 0..self.0.disc.radials {
            self.0.sweep_radial(k);
        }
    }
}

impl<T: Terrain> SiteSweep<'_, T> {
    #[inline(always)]
    fn sweep_radial(&mut self, k: usize) {
        let pixels = self.disc.radial(k);
        let Some(farthest) = pixels.last() else { return };
        self.sample(k, usize::from(farthest.step));
        let surface = self.terrain.has_cover().then_some(self.surface_m.as_slice());
        self.radial.start(&self.heights_m, surface, &self.tables.settings);
        let mut paths = [PathGeometry::default(); LANES];
        let mut tails = [Tail::default(); LANES];
        for chunk in pixels.chunks(LANES) {
            for ((path, tail), pixel) in paths.iter_mut().zip(&mut tails).zip(chunk) {
                let n = usize::from(pixel.step);
                self.radial.advance_to(n, &self.tables);
                let (own, factor) = own_tail(
                    self.terrain,
                    self.frame.origin(),
                    self.places.of(pixel),
                    n,
                    &self.tables,
                );
                *path = self.radial.path(n, &own, factor, &self.tables);
                path.range_km = f64::from(pixel.range_m) / 1000.0;
                *tail = own;
            }
            let paths = &paths[..chunk.len()];
            let batch = PathBatch::new(paths, &self.tables, self.longest_root_wavelength);
            for (band, losses) in self.bands.iter().zip(&mut self.out.losses) {
                let db = batch.losses(
                    band,
                    &self.tables,
                    #[inline(always)]
                    |lane| {
                        let lane = lane.min(paths.len() - 1);
                        self.radial
                            .roughness_m(&paths[lane], &tails[lane], self.tables.settings.step_km)
                    },
                );
                for (pixel, db) in chunk.iter().zip(db) {
                    losses[self.disc.index(pixel)] = PathLoss::encode_loss(db);
                }
            }
            for (pixel, &mrad) in chunk.iter().zip(batch.departure_mrad()) {
                let at = self.disc.index(pixel);
                self.out.departures[at] = PathLoss::encode_departure(mrad);
                self.out.bearings[at] = pixel.bearing;
            }
        }
    }

    /// Heights along radial `k` up to step `last`. Between eight points the geodesic is taken as straight in degrees
    /// (a millimetre of 240 m).
    #[inline(always)]
    fn sample(&mut self, k: usize, last: usize) {
        let azimuth = k as f64 / self.disc.radials as f64 * std::f64::consts::TAU;
        let step_m = self.tables.settings.step_km * 1000.0;
        let line = RadialLine::new(&self.frame, azimuth, step_m * last as f64);
        let cover = self.terrain.has_cover();
        let mut heights = [0.0_f64; LANES];
        self.heights_m.clear();
        self.surface_m.clear();
        let mut first = 0;
        while first <= last {
            let (start, step_deg) = line.stretch(first, last);
            let sampled: [f32; LANES] = self.terrain.heights_along(start, step_deg);
            for (height, &sample) in heights.iter_mut().zip(&sampled) {
                *height = known(sample);
            }
            let count = LANES.min(last + 1 - first);
            self.out.missing_heights += sampled[..count].iter().filter(|height| height.is_nan()).count() as u64;
            self.heights_m.extend_from_slice(&heights[..count]);
            if cover {
                let covers: [f32; LANES] = self.terrain.covers_along(start, step_deg);
                for (height, &cover) in heights.iter_mut().zip(&covers) {
                    *height += f64::from(cover);
                }
                self.surface_m.extend_from_slice(&heights[..count]);
            }
            first += LANES;
        }
    }
}

/// A height, or sea level where it is unknown.
#[inline(always)]
pub(super) fn known(height_m: f32) -> f64 {
    if height_m.is_nan() { 0.0 } else { f64::from(height_m) }
}

/// The end of the path of `n` equal steps from the mast to a pixel's centre, straight in degrees (a decimetre beside the
/// geodesic at 20 km), and the receiver's location factor.
#[inline(always)]
pub(super) fn own_tail(terrain: &impl Terrain, mast: LonLat, pixel: LonLat, n: usize, tables: &Tables) -> (Tail, f64) {
    let step_deg = (
        (pixel.lon_deg - mast.lon_deg) / n as f64,
        (pixel.lat_deg - mast.lat_deg) / n as f64,
    );
    let first = LonLat::new(
        pixel.lon_deg - step_deg.0 * TAIL as f64,
        pixel.lat_deg - step_deg.1 * TAIL as f64,
    );
    let sampled: [f32; TAIL + 1] = terrain.heights_along(first, step_deg);
    let mut tail = Tail {
        rx_ground_m: known(sampled[TAIL]),
        ..Tail::default()
    };
    for (ground, &sample) in tail.ground_m.iter_mut().zip(&sampled) {
        *ground = known(sample);
    }
    let mut rx_cover_m = 0.0;
    if terrain.has_cover() {
        let covers: [f32; TAIL + 1] = terrain.covers_along(first, step_deg);
        for ((surface, ground), &cover) in tail.surface_m.iter_mut().zip(&tail.ground_m).zip(&covers) {
            *surface = ground + f64::from(cover);
        }
        rx_cover_m = f64::from(covers[TAIL]);
    }
    (tail, location_factor(tables.settings.rx_height_m, rx_cover_m))
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

    /// Where point `first` of `last` equal steps lies, and how far apart it and the next seven are in degrees.
    #[inline(always)]
    fn stretch(&self, first: usize, last: usize) -> (LonLat, (f64, f64)) {
        let per_step = 1.0 / last as f64;
        let (lon, lat) = self.at(first as f64 * per_step);
        let (next_lon, next_lat) = self.at((first + LANES - 1) as f64 * per_step);
        let share = 1.0 / (LANES - 1) as f64;
        (
            LonLat::new(lon, lat),
            ((next_lon - lon) * share, (next_lat - lat) * share),
        )
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
