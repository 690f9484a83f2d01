//! The engine: from cells on air to a coverage run.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use geodata::{Area, Place, Technology};
use geodesy::tile_grid::{Grid, PixelWindow};
use propagation::antenna::wrap_degrees;
use rayon::prelude::*;
use terrain::Ground;

use crate::cache::{PathLossCache, SharedLosses};
use crate::footprint::footprint;
use crate::layers::{Groups, layers};
use crate::masts::Mast;
use crate::pattern::PatternTables;
use crate::planes::{CellOnRaster, CoverOffsets, Strip};
use crate::statistics::{AreaMembers, Counted, places as service_of_places};
use crate::sweep::PathLoss;
use crate::warnings::in_order;
use crate::{
    AreaStatistics, ClutterKind, CoverageError, CoverageParameters, CoverageRun, Footprint, Layer, PlaceService,
    Progress, Quantity, Scenario, Stage, Transmitter, UnionStatistics, Warning, WarningCode,
};

/// Most pixels of a run: 100 million are a country's region at 36 m.
const LARGEST_RASTER: u64 = 100_000_000;

/// Antenna positions whose losses are held in memory at once.
const BATCH: usize = 32;

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
    pub(crate) ground: &'a Ground,
    window: PixelWindow,
    parameters: CoverageParameters,
    population: Option<Grid<f32>>,
    pub(crate) cache: Option<PathLossCache>,
    pub(crate) ground_identity: Option<String>,
    /// Ground cover of the pixels, where a scenario asks for it.
    clutter_kinds: OnceLock<Arc<Grid<u8>>>,
    patterns: PatternTables,
    /// Path losses of the masts asked for last: the sectors of one mast follow each other.
    recent: Mutex<VecDeque<(Vec<u64>, Arc<PathLoss>)>>,
    /// Sweeps computed, not read from the cache.
    pub(crate) propagations: AtomicUsize,
}

/// Masts whose losses stay in memory.
const RECENT: usize = 8;

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
            ground_identity: None,
            clutter_kinds: OnceLock::new(),
            patterns: PatternTables::default(),
            recent: Mutex::default(),
            propagations: AtomicUsize::new(0),
        })
    }

    /// Names the ground by what identifies its content (a hash of its files), so that the cache need not look at the
    /// samples around every mast. Another identity must be given whenever elevation or land cover differ.
    #[must_use]
    pub fn with_ground_identity(mut self, identity: impl Into<String>) -> Self {
        self.ground_identity = Some(identity.into());
        self
    }

    /// Looks for path losses in a place that several machines share, and keeps them there, besides the engine's own folder.
    #[must_use]
    pub fn with_shared_losses(mut self, shared: Option<Arc<dyn SharedLosses>>) -> Self {
        self.cache = self.cache.map(|cache| cache.shared_through(shared));
        self
    }

    /// Uses the antennas' tables of another engine, and keeps new ones there: an engine made for one question need not
    /// make them again.
    #[must_use]
    pub fn with_pattern_tables(self, patterns: PatternTables) -> Self {
        Self { patterns, ..self }
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

    /// How often path losses around an antenna position were computed, and not read from the cache.
    #[must_use]
    pub fn propagations(&self) -> usize {
        self.propagations.load(Ordering::Relaxed)
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
        let radii = self.radii(transmitters);
        let on_air = on_air(transmitters, self.parameters.scenario.as_ref());
        let transmitters = on_air.as_ref();
        let mut warnings = self.warnings_of_ground();
        let groups = Groups::new(transmitters, &self.parameters);
        let masts = self.masts(transmitters, &groups, &radii, &mut warnings);
        let signals = self.signals(transmitters, &groups, masts, progress, &mut warnings)?;
        if let Some(cache) = &self.cache {
            cache.trim();
        }
        progress.report(0.8, Stage::Layers);
        let layers = layers(signals, &groups, &self.window, &self.parameters);
        let numbers = self.count(&layers, |_| true, transmitters, (areas, places), progress)?;
        in_order(&mut warnings);
        progress.report(1.0, Stage::Footprints);
        Ok(CoverageRun {
            parameters: self.parameters.clone(),
            window: self.window,
            layers,
            areas: numbers.areas,
            unions: numbers.unions,
            places: numbers.places,
            footprints: numbers.footprints,
            warnings,
        })
    }

    /// How many antenna positions a run of these cells has.
    #[must_use]
    pub fn mast_count(&self, transmitters: &[Transmitter]) -> usize {
        let radii = self.radii(transmitters);
        let transmitters = on_air(transmitters, self.parameters.scenario.as_ref());
        let groups = Groups::new(&transmitters, &self.parameters);
        self.masts(&transmitters, &groups, &radii, &mut Vec::new()).len()
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
        let radii = self.radii(transmitters);
        let transmitters = on_air(transmitters, self.parameters.scenario.as_ref());
        let groups = Groups::new(&transmitters, &self.parameters);
        let masts = self.masts(&transmitters, &groups, &radii, &mut Vec::new());
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
        let masts = self.masts(cells, &groups, &self.radii(cells), &mut Vec::new());
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
        let cell = self.on_raster(transmitter, (0, 0, 0), 0);
        let dbm = (0..loss.window.len())
            .map(|pixel| cell.signal_dbm(&loss, pixel).unwrap_or(f32::NAN))
            .collect();
        SignalPatch {
            window: loss.window,
            dbm,
        }
    }

    /// Pixels (row-major indices of the engine's raster, rising) where at least one of the cells reaches what served
    /// needs. Meant for thousands of candidates looked at once each: nothing is kept on disk, and cells on the same
    /// antenna position share one sweep.
    #[must_use]
    pub fn served_pixels(&self, cells: &[Transmitter]) -> Vec<u32> {
        let settings = CoverageParameters {
            technologies: vec![Technology::G2, Technology::G3, Technology::G4, Technology::G5],
            ..self.parameters.clone()
        };
        let groups = Groups::new(cells, &settings);
        let mut pixels = Vec::new();
        for mast in self.masts(cells, &groups, &self.radii(cells), &mut Vec::new()) {
            let Some(loss) = self.fresh_path_loss(&mast) else {
                continue;
            };
            for &(index, band) in &mast.cells {
                let Some(transmitter) = cells.get(index) else { continue };
                let cell = self.on_raster(transmitter, (0, 0, 0), band);
                let required_dbm = self.parameters.required_dbm(transmitter.technology) as f32;
                let window = loss.window;
                for at in 0..window.len() {
                    if cell.signal_dbm(&loss, at).is_some_and(|signal| signal >= required_dbm) {
                        let (column, row) = (at as u32 % window.columns, at as u32 / window.columns);
                        let (column, row) = (column + window.column, row + window.row);
                        pixels.push((row - self.window.row) * self.window.columns + column - self.window.column);
                    }
                }
            }
        }
        pixels.sort_unstable();
        pixels.dedup();
        pixels
    }

    pub(crate) fn warnings_of_ground(&self) -> Vec<Warning> {
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

    /// Path loss around a mast, from memory when it was asked for a moment ago.
    pub(crate) fn recent_path_loss(&self, mast: &Mast) -> Option<Arc<PathLoss>> {
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

    pub(crate) fn on_raster(
        &self,
        transmitter: &Transmitter,
        (plane, channel, index): (usize, usize, u16),
        band: usize,
    ) -> CellOnRaster {
        let offsets = self.offsets(transmitter.frequency_mhz);
        CellOnRaster {
            plane,
            channel,
            index,
            band,
            level_dbm: self.level_dbm(transmitter),
            greatest_offset_db: offsets.as_ref().map_or(0.0, CoverOffsets::greatest_db),
            offsets,
            azimuth: Self::azimuth(transmitter),
            pattern: self.patterns.of(transmitter),
        }
    }

    /// EIRP per resource element less all fixed losses, dBm.
    pub(crate) fn level_dbm(&self, transmitter: &Transmitter) -> f32 {
        let fixed_db = self.parameters.receiver_gain_db - self.parameters.entry_loss_db(transmitter.frequency_mhz);
        (transmitter.eirp_per_re_dbm + fixed_db) as f32
    }

    /// Boresight, in 1/65,536 of a turn.
    pub(crate) fn azimuth(transmitter: &Transmitter) -> u16 {
        let turn = wrap_degrees(transmitter.azimuth_deg.unwrap_or(0.0)).rem_euclid(360.0) / 360.0;
        (turn * 65_536.0).round() as u32 as u16
    }

    /// What the scenario adds to a band's level.
    fn offsets(&self, frequency_mhz: f64) -> Option<CoverOffsets> {
        let scenario = self.parameters.scenario.as_ref()?;
        let offsets_db = scenario.offsets_db(frequency_mhz);
        offsets_db.iter().any(|&offset| offset != 0.0).then(|| CoverOffsets {
            kinds: Arc::clone(self.clutter_kinds.get_or_init(|| Arc::new(self.kinds_of_ground()))),
            offsets_db: offsets_db.map(|offset| offset as f32),
        })
    }

    /// Ground cover of every pixel of the raster.
    fn kinds_of_ground(&self) -> Grid<u8> {
        let columns = self.window.columns;
        let values = (0..self.window.rows)
            .into_par_iter()
            .flat_map_iter(|row| {
                (0..columns).map(move |column| {
                    let height_m = self.ground.clutter_height_m(self.window.centre(column, row));
                    ClutterKind::of_height(height_m).index() as u8
                })
            })
            .collect();
        Grid {
            window: self.window,
            values,
        }
    }

    /// Sweeps batch by batch (parallel over masts), then adds each batch up on `part` of the raster (parallel over strips,
    /// cells in order).
    pub(crate) fn accumulate(
        &self,
        transmitters: &[Transmitter],
        groups: &Groups,
        masts: &[Mast],
        part: &PixelWindow,
        progress: &dyn Progress,
        warnings: &mut Vec<Warning>,
    ) -> Result<Vec<Strip>, CoverageError> {
        let mut strips = Strip::cover(part, groups.planes.len(), groups.channels.len());
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
                    cells.push((slot, self.on_raster(&transmitters[index], groups.of_cell[index], band)));
                }
            }
            strips.par_iter_mut().for_each(|strip| {
                for (slot, cell) in &cells {
                    if let Some(loss) = &swept[*slot].0 {
                        strip.add(cell, loss);
                    }
                }
            });
            warnings.extend(swept.into_iter().filter_map(|(_, warning)| warning));
        }
        Ok(strips)
    }

    /// Statistics, places and footprints of the signal layers that are `wanted`, in the order of the layers.
    pub(crate) fn count(
        &self,
        layers: &[Layer],
        wanted: impl Fn(&Layer) -> bool,
        transmitters: &[Transmitter],
        (areas, places): (&[Area], &[Place]),
        progress: &dyn Progress,
    ) -> Result<Numbers, CoverageError> {
        progress.report(0.85, Stage::Statistics);
        let counter = Counter::new(self, transmitters, areas, places);
        let signals: Vec<&Layer> = layers
            .iter()
            .filter(|layer| layer.quantity == Quantity::Signal && wanted(layer))
            .collect();
        let total = signals.len().max(1);
        let done = AtomicUsize::new(0);
        let counted: Vec<Option<(Counts, Footprint)>> = signals
            .par_iter()
            .map(|signal| {
                if progress.cancelled() {
                    return None;
                }
                let counts = counter.count(signal, layers)?;
                let outline = footprint(signal, &self.parameters, self.parameters.smooth_footprints);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                progress.report(0.85 + 0.15 * done as f64 / total as f64, Stage::Footprints);
                Some((counts, outline))
            })
            .collect();
        if progress.cancelled() {
            return Err(CoverageError::Cancelled);
        }
        let mut numbers = Numbers::default();
        for (counts, outline) in counted.into_iter().flatten() {
            numbers.areas.extend(counts.areas);
            numbers.unions.extend(counts.unions);
            numbers.places.extend(counts.places);
            numbers.footprints.push(outline);
        }
        Ok(numbers)
    }
}

/// What layers give, in the order of the layers.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    pub areas: Vec<AreaStatistics>,
    pub unions: Vec<UnionStatistics>,
    pub places: Vec<PlaceService>,
    pub footprints: Vec<Footprint>,
}

/// The cells that are on air in a scenario.
pub(crate) fn on_air<'t>(transmitters: &'t [Transmitter], scenario: Option<&Scenario>) -> Cow<'t, [Transmitter]> {
    match scenario {
        None => Cow::Borrowed(transmitters),
        Some(scenario) => transmitters
            .iter()
            .filter(|cell| scenario.is_on_air(cell))
            .cloned()
            .collect(),
    }
}

/// Counts what a signal layer gives areas and places.
struct Counter<'a> {
    members: AreaMembers<'a>,
    places: &'a [Place],
    operator_of: HashMap<&'a str, &'a str>,
    population: Option<&'a Grid<f32>>,
    parameters: &'a CoverageParameters,
}

/// What one signal layer gives.
struct Counts {
    pub areas: Vec<AreaStatistics>,
    pub unions: Vec<UnionStatistics>,
    pub places: Vec<PlaceService>,
}

impl<'a> Counter<'a> {
    pub fn new(
        engine: &'a Engine<'_>,
        transmitters: &'a [Transmitter],
        areas: &'a [Area],
        places: &'a [Place],
    ) -> Self {
        Self {
            members: AreaMembers::new(areas, places, &engine.window),
            places,
            operator_of: transmitters
                .iter()
                .map(|t| (t.cell_code.as_str(), t.operator.as_str()))
                .collect(),
            population: engine.population.as_ref(),
            parameters: &engine.parameters,
        }
    }

    /// `None` when the signal's best-server layer is not among the layers.
    pub fn count(&self, signal: &Layer, layers: &[Layer]) -> Option<Counts> {
        let server = layers.iter().find(|layer| {
            layer.quantity == Quantity::BestServer
                && layer.technology == signal.technology
                && layer.operator == signal.operator
        })?;
        let operators: Vec<String> = server
            .cells
            .iter()
            .map(|cell| {
                self.operator_of
                    .get(cell.as_str())
                    .copied()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
        let places = service_of_places(self.places, signal, server, &operators, self.parameters);
        let counted = Counted::new(signal, self.population, self.parameters);
        Some(Counts {
            unions: self.members.unions(&counted, &places),
            areas: self.members.statistics(&counted, &places),
            places,
        })
    }
}
