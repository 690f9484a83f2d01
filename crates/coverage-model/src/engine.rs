//! The engine: from cells on air to a coverage run.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use geodata::{Area, Place};
use geodesy::tile_grid::{Grid, PixelWindow};
use geodesy::{Bounds, LonLat};
use propagation::antenna::wrap_degrees;
use rayon::prelude::*;
use terrain::{Ground, GroundPatch};

use crate::cache::{Key, PathLossCache};
use crate::footprint::footprint;
use crate::layers::{Groups, layers};
use crate::pattern::PatternTables;
use crate::planes::{CellOnRaster, Strip};
use crate::radius::radius_m;
use crate::statistics::{AreaMembers, places as service_of_places};
use crate::sweep::{Antenna, PathLoss, SweepSettings, TAIL, Terrain, exact_site, free_space_site, sweep_site};
use crate::{
    CoverageError, CoverageParameters, CoverageRun, Layer, Method, Model, Progress, Quantity, Stage, Transmitter,
    Warning, WarningCode,
};

/// Most pixels of a run: 100 million are a country's region at 36 m.
const LARGEST_RASTER: u64 = 100_000_000;

/// Antenna positions whose losses are held in memory at once.
const BATCH: usize = 32;

/// How far below the threshold cells are still followed, dB.
const BELOW_THRESHOLD_DB: f64 = 10.0;

/// Median signal of one cell over the pixels that it may reach.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalPatch {
    /// The part of the engine's raster that the patch covers.
    pub window: PixelWindow,
    /// Row-major signal per resource element, dBm; `NaN` outside the cell's radius.
    pub dbm: Vec<f32>,
}

/// Computes coverage on one raster over one ground with one set of parameters.
#[derive(Debug)]
pub struct Engine<'a> {
    ground: &'a Ground,
    window: PixelWindow,
    parameters: CoverageParameters,
    population: Option<Grid<f32>>,
    cache: Option<PathLossCache>,
    /// Path losses of the masts asked for last: the sectors of one mast follow each other.
    recent: Mutex<VecDeque<(Vec<u64>, Arc<PathLoss>)>>,
}

/// Masts whose losses stay in memory.
const RECENT: usize = 8;

/// One antenna position with the bands that are on it.
#[derive(Debug)]
struct Mast {
    site_code: String,
    position: LonLat,
    height_m: f64,
    radius_m: f64,
    frequencies_mhz: Vec<f64>,
    /// Transmitters on it, with the index of their band.
    cells: Vec<(usize, usize)>,
}

impl<'a> Engine<'a> {
    /// An engine over `ground` for the pixels of `window`. `cache` names a folder for path losses that may be kept
    /// between runs; `None` keeps none.
    ///
    /// # Errors
    /// [`CoverageError::Parameter`] when a parameter is out of range, [`CoverageError::TooLarge`] when the raster is,
    /// [`CoverageError::Ground`] when the population cannot be read.
    pub fn new(
        ground: &'a Ground,
        window: PixelWindow,
        parameters: CoverageParameters,
        cache: Option<PathBuf>,
    ) -> Result<Self, CoverageError> {
        parameters.check()?;
        let pixels = window.len() as u64;
        if pixels > LARGEST_RASTER {
            return Err(CoverageError::TooLarge {
                pixels,
                limit: LARGEST_RASTER,
            });
        }
        let population = ground
            .population
            .as_ref()
            .map(|population| population.window(&window))
            .transpose()?;
        let cache = cache.map(|folder| PathLossCache::new(folder, PathLossCache::DEFAULT_LIMIT_BYTES));
        Ok(Self {
            ground,
            window,
            parameters,
            population,
            cache,
            recent: Mutex::default(),
        })
    }

    /// The engine's raster.
    #[must_use]
    pub fn window(&self) -> &PixelWindow {
        &self.window
    }

    /// What the engine computes with.
    #[must_use]
    pub fn parameters(&self) -> &CoverageParameters {
        &self.parameters
    }

    /// People per pixel of the engine's raster, if the ground has a population raster.
    #[must_use]
    pub fn population(&self) -> Option<&Grid<f32>> {
        self.population.as_ref()
    }

    /// Computes everything that the cells give over the areas and places.
    ///
    /// # Errors
    /// [`CoverageError::Cancelled`] when `progress` asks to stop.
    pub fn run(
        &self,
        transmitters: &[Transmitter],
        areas: &[Area],
        places: &[Place],
        progress: &dyn Progress,
    ) -> Result<CoverageRun, CoverageError> {
        progress.report(0.0, Stage::Preparing);
        let mut warnings = self.warnings_of_ground();
        let groups = Groups::new(transmitters, &self.parameters);
        let masts = self.masts(transmitters, &groups, &mut warnings);
        let strips = self.accumulate(transmitters, &groups, &masts, progress, &mut warnings)?;
        if let Some(cache) = &self.cache {
            cache.trim();
        }
        progress.report(0.8, Stage::Layers);
        let layers = layers(&strips, &groups, &self.window, &self.parameters);
        drop(strips);
        let mut run = CoverageRun {
            parameters: self.parameters.clone(),
            window: self.window,
            layers,
            areas: Vec::new(),
            places: Vec::new(),
            footprints: Vec::new(),
            warnings,
        };
        self.count(&mut run, transmitters, areas, places, progress)?;
        progress.report(1.0, Stage::Footprints);
        Ok(run)
    }

    /// How many antenna positions a run of these cells has.
    #[must_use]
    pub fn mast_count(&self, transmitters: &[Transmitter]) -> usize {
        let groups = Groups::new(transmitters, &self.parameters);
        self.masts(transmitters, &groups, &mut Vec::new()).len()
    }

    /// Computes the path losses of some of a run's antenna positions (by their number, in the run's order) and keeps them in the cache, where
    /// [`Engine::run`] of any process with the same cache finds them.
    ///
    /// # Errors
    /// [`CoverageError::Cancelled`] when `progress` asks to stop.
    pub fn propagate(
        &self,
        transmitters: &[Transmitter],
        positions: std::ops::Range<usize>,
        progress: &dyn Progress,
    ) -> Result<(), CoverageError> {
        let groups = Groups::new(transmitters, &self.parameters);
        let masts = self.masts(transmitters, &groups, &mut Vec::new());
        let last = positions.end.min(masts.len());
        let block = masts.get(positions.start..last).unwrap_or_default();
        block.par_iter().for_each(|mast| {
            if !progress.cancelled() {
                drop(self.path_loss(mast));
            }
        });
        if progress.cancelled() {
            return Err(CoverageError::Cancelled);
        }
        Ok(())
    }

    /// Median signal of one cell alone.
    #[must_use]
    pub fn signal(&self, transmitter: &Transmitter) -> SignalPatch {
        let settings = CoverageParameters {
            technologies: vec![transmitter.technology],
            ..self.parameters.clone()
        };
        let cells = std::slice::from_ref(transmitter);
        let groups = Groups::new(cells, &settings);
        let masts = self.masts(cells, &groups, &mut Vec::new());
        let nothing = SignalPatch {
            window: PixelWindow {
                columns: 0,
                rows: 0,
                ..self.window
            },
            dbm: Vec::new(),
        };
        let Some(loss) = masts.first().and_then(|mast| self.recent_path_loss(mast)) else {
            return nothing;
        };
        let mut tables = PatternTables::default();
        let cell = self.on_raster(transmitter, (0, 0, 0), 0, &mut tables);
        let dbm = (0..loss.window.len())
            .map(|pixel| cell.signal_dbm(&loss, pixel).unwrap_or(f32::NAN))
            .collect();
        SignalPatch {
            window: loss.window,
            dbm,
        }
    }

    fn warnings_of_ground(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.ground.population.is_none() {
            warnings.push(Warning {
                code: WarningCode::NoPopulation,
                subject: None,
                message_vi: "Chưa có dữ liệu dân số: số dân là 0".into(),
                message_en: "there is no population raster: people are 0".into(),
            });
        }
        if self.ground.land_cover.is_none() && self.parameters.clutter {
            warnings.push(Warning {
                code: WarningCode::NoLandCover,
                subject: None,
                message_vi: "Chưa có lớp phủ mặt đất: không tính cây cối và nhà cửa".into(),
                message_en: "there is no land cover: trees and buildings are not counted".into(),
            });
        }
        warnings
    }

    /// Antenna positions in the order of their first cell.
    fn masts(&self, transmitters: &[Transmitter], groups: &Groups, warnings: &mut Vec<Warning>) -> Vec<Mast> {
        let mut masts: Vec<Mast> = Vec::new();
        let mut index_of: HashMap<[u64; 3], usize> = HashMap::new();
        let mut radius_of: HashMap<[u64; 4], f64> = HashMap::new();
        for (index, transmitter) in transmitters.iter().enumerate() {
            if groups.of_cell[index].0 == usize::MAX {
                continue;
            }
            if !(30.0..=6000.0).contains(&transmitter.frequency_mhz) {
                warnings.push(frequency_warning(transmitter));
                continue;
            }
            let height_m = transmitter.antenna_height_m.clamp(1.0, 3000.0);
            let level_dbm = self.parameters.thresholds.of(transmitter.technology) - BELOW_THRESHOLD_DB;
            let kind = [
                transmitter.eirp_per_re_dbm,
                transmitter.frequency_mhz,
                height_m,
                level_dbm,
            ]
            .map(f64::to_bits);
            let radius_m = *radius_of
                .entry(kind)
                .or_insert_with(|| radius_m(transmitter, level_dbm, &self.parameters));
            let place = [transmitter.position.lon_deg, transmitter.position.lat_deg, height_m].map(f64::to_bits);
            let slot = *index_of.entry(place).or_insert_with(|| {
                masts.push(Mast {
                    site_code: transmitter.site_code.clone(),
                    position: transmitter.position,
                    height_m,
                    radius_m: 0.0,
                    frequencies_mhz: Vec::new(),
                    cells: Vec::new(),
                });
                masts.len() - 1
            });
            let mast = &mut masts[slot];
            mast.radius_m = mast.radius_m.max(radius_m);
            let known = mast
                .frequencies_mhz
                .iter()
                .position(|&f| f == transmitter.frequency_mhz);
            let band = known.unwrap_or_else(|| {
                mast.frequencies_mhz.push(transmitter.frequency_mhz);
                mast.frequencies_mhz.len() - 1
            });
            mast.cells.push((index, band));
        }
        masts
    }

    /// Path loss around a mast, from memory when it was asked for a moment ago.
    fn recent_path_loss(&self, mast: &Mast) -> Option<Arc<PathLoss>> {
        let numbers = [
            mast.position.lon_deg,
            mast.position.lat_deg,
            mast.height_m,
            mast.radius_m,
        ];
        let name: Vec<u64> = numbers
            .iter()
            .chain(&mast.frequencies_mhz)
            .map(|number| number.to_bits())
            .collect();
        if let Ok(recent) = self.recent.lock()
            && let Some((_, loss)) = recent.iter().find(|(other, _)| *other == name)
        {
            return Some(Arc::clone(loss));
        }
        let loss = Arc::new(self.path_loss(mast).0?);
        if let Ok(mut recent) = self.recent.lock() {
            recent.push_front((name, Arc::clone(&loss)));
            recent.truncate(RECENT);
        }
        Some(loss)
    }

    /// Path loss around a mast on all its bands, and what is to be said about its ground. Bands that the cache holds are
    /// read; the others are computed from one sweep and kept.
    fn path_loss(&self, mast: &Mast) -> (Option<PathLoss>, Option<Warning>) {
        let settings = SweepSettings {
            tx_height_m: mast.height_m,
            ..self.parameters.sweep_settings(mast.position.lat_deg)
        };
        let margin_m = 2.0 * self.parameters.profile_step_m + 100.0;
        let patch = self
            .ground
            .patch(Bounds::around_circle(mast.position, mast.radius_m + margin_m))
            .ok();
        let ground = SweptGround {
            patch: patch.as_ref(),
            cover: self.parameters.clutter,
        };
        let keys = self.cache.as_ref().map(|_| self.keys(mast, &settings, &ground));
        let mut bands: Vec<Option<PathLoss>> = vec![None; mast.frequencies_mhz.len()];
        if let (Some(cache), Some(keys)) = (&self.cache, &keys) {
            for (band, key) in bands.iter_mut().zip(keys) {
                *band = cache.get(key);
            }
        }
        let missing: Vec<usize> = (0..bands.len()).filter(|&band| bands[band].is_none()).collect();
        if !missing.is_empty() {
            let frequencies: Vec<f64> = missing.iter().map(|&band| mast.frequencies_mhz[band]).collect();
            let Some(fresh) = self.compute(mast, &ground, &frequencies, &settings) else {
                return (None, Some(outside_warning(mast)));
            };
            for (slot, &band) in missing.iter().enumerate() {
                let single = PathLoss {
                    losses: vec![fresh.losses[slot].clone()],
                    ..fresh.without_losses()
                };
                if let (Some(cache), Some(keys)) = (&self.cache, &keys) {
                    cache.put(&keys[band], &single);
                }
                bands[band] = Some(single);
            }
        }
        let mut bands = bands.into_iter().flatten();
        let Some(mut loss) = bands.next() else {
            return (None, None);
        };
        loss.losses.extend(bands.flat_map(|band| band.losses));
        let warning = if !loss.ground_known {
            Some(no_terrain_warning(mast))
        } else if loss.missing_heights > 0 {
            Some(incomplete_warning(mast))
        } else {
            None
        };
        (Some(loss), warning)
    }

    fn compute(
        &self,
        mast: &Mast,
        ground: &SweptGround<'_>,
        frequencies_mhz: &[f64],
        settings: &SweepSettings,
    ) -> Option<PathLoss> {
        let antenna = Antenna {
            position: mast.position,
            radius_m: mast.radius_m,
        };
        match (self.parameters.model, self.parameters.method) {
            (Model::FreeSpace, _) => free_space_site(&antenna, ground, &self.window, frequencies_mhz, settings),
            (Model::P1812, Method::Sweep) => sweep_site(&antenna, ground, &self.window, frequencies_mhz, settings),
            (Model::P1812, Method::Exact) => exact_site(&antenna, ground, &self.window, frequencies_mhz, settings),
        }
    }

    /// The cache's names of a mast's bands: everything that the losses depend on.
    fn keys(&self, mast: &Mast, settings: &SweepSettings, ground: &SweptGround<'_>) -> Vec<Key> {
        let mut all = blake3::Hasher::new();
        all.update(concat!("path loss, ", env!("CARGO_PKG_VERSION")).as_bytes());
        all.update(
            format!(
                "{:?} {:?} {settings:?} tail {TAIL} {:?}",
                self.parameters.model, self.parameters.method, self.window
            )
            .as_bytes(),
        );
        for number in [mast.position.lon_deg, mast.position.lat_deg, mast.radius_m] {
            all.update(&number.to_bits().to_le_bytes());
        }
        if let Some(patch) = ground.patch {
            all.update(format!("{:?} {:?}", patch.elevation.bounds(), patch.elevation.size()).as_bytes());
            hash_heights(&mut all, patch.elevation.heights_m());
            if let Some(clutter) = patch.clutter.as_ref().filter(|_| ground.cover) {
                all.update(b"clutter");
                hash_heights(&mut all, clutter.heights_m());
            }
        }
        let of_band = |frequency_mhz: &f64| all.clone().update(&frequency_mhz.to_bits().to_le_bytes()).finalize();
        mast.frequencies_mhz.iter().map(of_band).collect()
    }

    fn on_raster(
        &self,
        transmitter: &Transmitter,
        (plane, channel, index): (usize, usize, u16),
        band: usize,
        tables: &mut PatternTables,
    ) -> CellOnRaster {
        CellOnRaster {
            plane,
            channel,
            index,
            band,
            level_dbm: (transmitter.eirp_per_re_dbm + self.parameters.receiver_gain_db
                - self.parameters.entry_loss_db(transmitter.frequency_mhz)) as f32,
            azimuth_deg: wrap_degrees(transmitter.azimuth_deg.unwrap_or(0.0)).rem_euclid(360.0) as f32,
            pattern: tables.of(transmitter),
        }
    }

    /// Sweeps batch by batch (parallel over masts), then adds each batch up (parallel over strips, cells in order).
    fn accumulate(
        &self,
        transmitters: &[Transmitter],
        groups: &Groups,
        masts: &[Mast],
        progress: &dyn Progress,
        warnings: &mut Vec<Warning>,
    ) -> Result<Vec<Strip>, CoverageError> {
        let mut strips = Strip::cover(&self.window, groups.planes.len(), groups.channels.len());
        let mut tables = PatternTables::default();
        let done = AtomicUsize::new(0);
        for batch in masts.chunks(BATCH) {
            let swept: Vec<(Option<PathLoss>, Option<Warning>)> = batch
                .par_iter()
                .map(|mast| {
                    if progress.cancelled() {
                        return (None, None);
                    }
                    let loss = self.path_loss(mast);
                    let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                    progress.report(0.05 + 0.75 * count as f64 / masts.len() as f64, Stage::Propagation);
                    loss
                })
                .collect();
            if progress.cancelled() {
                return Err(CoverageError::Cancelled);
            }
            let mut cells = Vec::new();
            for (slot, mast) in batch.iter().enumerate() {
                for &(index, band) in &mast.cells {
                    cells.push((
                        slot,
                        self.on_raster(&transmitters[index], groups.of_cell[index], band, &mut tables),
                    ));
                }
            }
            strips.par_iter_mut().for_each(|strip| {
                for (slot, cell) in &cells {
                    if let Some(loss) = &swept[*slot].0 {
                        strip.add(cell, loss, &self.window);
                    }
                }
            });
            warnings.extend(swept.into_iter().filter_map(|(_, warning)| warning));
        }
        Ok(strips)
    }

    /// Statistics, places and footprints of every signal layer.
    fn count(
        &self,
        run: &mut CoverageRun,
        transmitters: &[Transmitter],
        areas: &[Area],
        places: &[Place],
        progress: &dyn Progress,
    ) -> Result<(), CoverageError> {
        progress.report(0.85, Stage::Statistics);
        let members = AreaMembers::new(areas, places, &self.window);
        let operator_of: HashMap<&str, &str> = transmitters
            .iter()
            .map(|t| (t.cell_code.as_str(), t.operator.as_str()))
            .collect();
        let signals: Vec<(&Layer, &Layer)> = run
            .layers
            .iter()
            .filter(|layer| layer.quantity == Quantity::Signal)
            .filter_map(|signal| {
                let server = run.layers.iter().find(|layer| {
                    layer.quantity == Quantity::BestServer
                        && layer.technology == signal.technology
                        && layer.operator == signal.operator
                })?;
                Some((signal, server))
            })
            .collect();
        let total = signals.len().max(1);
        for (number, (signal, server)) in signals.into_iter().enumerate() {
            if progress.cancelled() {
                return Err(CoverageError::Cancelled);
            }
            let operators: Vec<String> = server
                .cells
                .iter()
                .map(|cell| operator_of.get(cell.as_str()).copied().unwrap_or_default().to_owned())
                .collect();
            let service = service_of_places(places, signal, server, &operators, &self.parameters);
            run.areas
                .extend(members.statistics(signal, self.population.as_ref(), &service, &self.parameters));
            run.places.extend(service);
            run.footprints.push(footprint(signal, &self.parameters));
            progress.report(0.85 + 0.15 * (number + 1) as f64 / total as f64, Stage::Footprints);
        }
        Ok(())
    }
}

fn hash_heights(hasher: &mut blake3::Hasher, heights_m: &[f32]) {
    let mut bytes = Vec::with_capacity(4096);
    for chunk in heights_m.chunks(1024) {
        bytes.clear();
        bytes.extend(chunk.iter().flat_map(|height| height.to_le_bytes()));
        hasher.update(&bytes);
    }
}

/// A ground patch as the sweep wants it; without a patch nothing is known.
struct SweptGround<'a> {
    patch: Option<&'a GroundPatch>,
    cover: bool,
}

impl Terrain for SweptGround<'_> {
    #[inline]
    fn height_m(&self, lon_deg: f64, lat_deg: f64) -> f32 {
        self.patch.map_or(f32::NAN, |patch| patch.height_m(lon_deg, lat_deg))
    }

    #[inline]
    fn cover_m(&self, lon_deg: f64, lat_deg: f64) -> f32 {
        self.patch.map_or(0.0, |patch| patch.clutter_height_m(lon_deg, lat_deg))
    }

    #[inline(always)]
    fn heights_along<const N: usize>(&self, first: LonLat, step_deg: (f64, f64)) -> [f32; N] {
        self.patch
            .map_or([f32::NAN; N], |patch| patch.heights_along(first, step_deg))
    }

    #[inline(always)]
    fn covers_along<const N: usize>(&self, first: LonLat, step_deg: (f64, f64)) -> [f32; N] {
        self.patch
            .map_or([0.0; N], |patch| patch.clutter_heights_along(first, step_deg))
    }

    fn has_cover(&self) -> bool {
        self.cover && self.patch.is_some_and(|patch| patch.clutter.is_some())
    }
}

fn frequency_warning(transmitter: &Transmitter) -> Warning {
    Warning {
        code: WarningCode::FrequencyOutsideModel,
        subject: Some(transmitter.cell_code.clone()),
        message_vi: format!(
            "Cell {} có tần số {} MHz, ngoài phạm vi 30–6000 MHz của mô hình: không tính",
            transmitter.cell_code, transmitter.frequency_mhz
        ),
        message_en: format!(
            "cell {} transmits on {} MHz, outside the model's 30–6000 MHz: not computed",
            transmitter.cell_code, transmitter.frequency_mhz
        ),
    }
}

fn outside_warning(mast: &Mast) -> Warning {
    Warning {
        code: WarningCode::SiteOutsideRaster,
        subject: Some(mast.site_code.clone()),
        message_vi: format!("Trạm {} ở quá xa vùng tính", mast.site_code),
        message_en: format!("site {} is too far from the computed area to reach it", mast.site_code),
    }
}

fn no_terrain_warning(mast: &Mast) -> Warning {
    Warning {
        code: WarningCode::SiteWithoutTerrain,
        subject: Some(mast.site_code.clone()),
        message_vi: format!(
            "Trạm {} không có dữ liệu độ cao: coi mặt đất là mực nước biển",
            mast.site_code
        ),
        message_en: format!(
            "there is no elevation under site {}: the ground was taken as sea level",
            mast.site_code
        ),
    }
}

fn incomplete_warning(mast: &Mast) -> Warning {
    Warning {
        code: WarningCode::TerrainIncomplete,
        subject: Some(mast.site_code.clone()),
        message_vi: format!(
            "Một phần quanh trạm {} không có độ cao: coi là mực nước biển",
            mast.site_code
        ),
        message_en: format!(
            "part of the ground around site {} has no elevation: taken as sea level",
            mast.site_code
        ),
    }
}
