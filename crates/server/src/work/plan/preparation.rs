//! Candidates, their footprints and the demand: the dear part of a plan, kept between plans that differ in their constraints only.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use coverage_model::{CoverageParameters, Engine, Quantity};
use geodata::{DatasetKind, Line, Pole, Records, Technology};
use geodesy::tile_grid::PixelWindow;
use planner::candidates::Surroundings;
use planner::hand::Workshop;
use planner::{CostModel, PlanError, PlanListener, PlanRequest, Prepared};
use serde_json::json;
use store::{Artefacts, Run};

use super::templates::OwnCells;
use super::{Listener, problem};
use crate::Problem;
use crate::work::coverage::Loaded;
use crate::work::inputs::ProjectInputs;
use crate::work::results;

/// How far a candidate's footprint is looked for, metres. Whoever lives further away is won by a nearer mast; looking
/// further would quadruple the work for every doubling.
const FOOTPRINT_RADIUS_M: f64 = 5_000.0;

/// The project's data as a plan needs them.
pub(super) struct Preparation<'a> {
    artefacts: &'a Artefacts,
    coverage: &'a Run,
    pub request: &'a PlanRequest,
    pub costs: &'a CostModel,
    loaded: Loaded,
    lines: [Vec<Line>; 3],
    poles: Vec<Pole>,
    settings: CoverageParameters,
    pub templates: OwnCells,
    key: String,
}

/// The kinds of lines in the order in which they are kept.
const LINES: [DatasetKind; 3] = [DatasetKind::Roads, DatasetKind::PowerLines, DatasetKind::FibreLines];

impl<'a> Preparation<'a> {
    /// Reads the project's data.
    pub fn new(
        artefacts: &'a Artefacts,
        inputs: &ProjectInputs,
        coverage: &'a Run,
        request: &'a PlanRequest,
        costs: &'a CostModel,
        footprint_zoom: u8,
    ) -> Result<Self, Problem> {
        let mut settings: CoverageParameters = serde_json::from_value(coverage.parameters.clone())?;
        let loaded = Loaded::read(artefacts, inputs, &settings.templates)?;
        settings.maximum_radius_m = settings.maximum_radius_m.min(FOOTPRINT_RADIUS_M);
        settings.zoom = settings.zoom.min(footprint_zoom);
        let mut lines = [Vec::new(), Vec::new(), Vec::new()];
        for (slot, kind) in lines.iter_mut().zip(LINES) {
            if let Some(Records::Lines(found)) = inputs.records(artefacts, kind)? {
                *slot = found;
            }
        }
        let poles = match inputs.records(artefacts, DatasetKind::Poles)? {
            Some(Records::Poles(poles)) => poles,
            _ => Vec::new(),
        };
        let extra: Vec<_> = LINES
            .iter()
            .chain([&DatasetKind::Poles])
            .map(|kind| inputs.dataset(*kind).map(|dataset| dataset.content_hash.clone()))
            .collect();
        let named = json!({
            "coverage_run": coverage.id,
            "versions": inputs.versions(),
            "extra": extra,
            "zoom": settings.zoom,
            "request": request.preparation_key(),
            "costs": serde_json::to_value(costs)?,
        });
        let key = blake3::hash(named.to_string().as_bytes()).to_hex().to_string();
        Ok(Self {
            artefacts,
            coverage,
            request,
            costs,
            templates: OwnCells::of(&loaded.network),
            loaded,
            lines,
            poles,
            settings,
            key,
        })
    }

    /// What the planner looks at.
    pub fn surroundings(&self) -> Surroundings<'_> {
        let [roads, power_lines, fibre_lines] = &self.lines;
        Surroundings {
            network: &self.loaded.network,
            communes: &self.loaded.communes,
            zones: &self.loaded.zones,
            places: &self.loaded.places,
            poles: &self.poles,
            roads,
            power_lines,
            fibre_lines,
            ground: Some(&self.loaded.ground),
        }
    }

    /// The network of the project.
    pub fn network(&self) -> &geodata::Network {
        &self.loaded.network
    }

    /// The engine of the footprints.
    pub fn engine(&self) -> Result<Engine<'_>, Problem> {
        let window = self.loaded.window(self.settings.zoom);
        Ok(Engine::new(&self.loaded.ground, window, self.settings.clone(), None)?)
    }

    /// What was prepared before for the same data and rules, else computed now and kept.
    pub fn prepared(&self, cache: &Path, listener: &Listener<'_>) -> Result<Arc<Prepared>, Problem> {
        if let Some(last) = last_prepared(&self.key) {
            return Ok(last);
        }
        let path = self.path(cache);
        let prepared = Arc::new(match read(&path) {
            Some(known) => known,
            None => self.prepare(&path, listener)?,
        });
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some((self.key.clone(), Arc::clone(&prepared)));
        Ok(prepared)
    }

    fn prepare(&self, path: &Path, listener: &Listener<'_>) -> Result<Prepared, Problem> {
        let engine = self.engine()?;
        let served = served(
            self.artefacts,
            self.coverage,
            self.request.technology,
            self.settings.edge_probability,
            engine.window(),
        )?;
        let prepared = planner::prepare(
            &engine,
            &self.surroundings(),
            &served,
            self.request,
            self.costs,
            &self.templates,
            listener,
        )
        .map_err(problem)?;
        // What is used now is what is read later: numbers in text may differ in their last digit from those that were computed.
        let mut bytes = Vec::new();
        prepared.write(&mut bytes)?;
        // A cache that cannot be written only costs time.
        if let Err(error) = write(path, &bytes) {
            tracing::warn!(%error, "a prepared plan could not be kept");
        }
        Ok(Prepared::read(bytes.as_slice())?)
    }

    fn path(&self, cache: &Path) -> PathBuf {
        cache.join("plans").join(format!("{}.zst", self.key))
    }
}

/// The one that was asked for last, by its key: who changes a plan by hand asks for the same again and again.
static LAST: Mutex<Option<(String, Arc<Prepared>)>> = Mutex::new(None);

fn last_prepared(key: &str) -> Option<Arc<Prepared>> {
    let last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    last.as_ref()
        .filter(|(known, _)| known == key)
        .map(|(_, prepared)| Arc::clone(prepared))
}

/// Lets the planner compute footprints of places set by hand.
pub(super) fn workshop<'a>(
    engine: &'a Result<Engine<'a>, Problem>,
    templates: &'a OwnCells,
    listener: &'a dyn PlanListener,
) -> Result<Workshop<'a>, PlanError> {
    match engine {
        Ok(engine) => Ok(Workshop {
            engine,
            templates,
            listener,
        }),
        Err(_) => Err(PlanError::NoCandidates),
    }
}

fn read(path: &Path) -> Option<Prepared> {
    let file = std::fs::File::open(path).ok()?;
    let decoder = zstd::Decoder::new(file).ok()?;
    match Prepared::read(decoder) {
        Ok(prepared) => Some(prepared),
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "a kept plan cannot be read and is made anew");
            None
        }
    }
}

/// Written aside and renamed: nobody reads half a file.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let aside = folder.join(format!("{}.part", uuid::Uuid::now_v7().simple()));
    let mut encoder = zstd::Encoder::new(std::io::BufWriter::new(std::fs::File::create_new(&aside)?), 1)?;
    std::io::Write::write_all(&mut encoder, bytes)?;
    std::io::Write::flush(&mut encoder.finish()?)?;
    std::fs::rename(&aside, path)
}

/// What the network of today serves, pixel by pixel of `window`; a coarser raster asks the pixel at its centres.
fn served(
    artefacts: &Artefacts,
    run: &Run,
    technology: Technology,
    edge_probability: f64,
    window: &PixelWindow,
) -> Result<Vec<bool>, Problem> {
    let key = format!("{}-any-probability", technology.key());
    // Without a single station of the technology there is no layer, and nothing is served.
    if !results::layer_keys(run).any(|known| known == key) {
        return Ok(Vec::new());
    }
    let layer = results::layer(artefacts, run, &key)?;
    debug_assert_eq!(layer.quantity, Quantity::Probability);
    let is_served = |code: u16| f64::from(layer.decode(code)) >= edge_probability;
    if layer.window == *window {
        return Ok(layer.codes.iter().map(|&code| is_served(code)).collect());
    }
    let mut served = Vec::with_capacity(window.len());
    for row in 0..window.rows {
        for column in 0..window.columns {
            let at = layer.window.pixel_of(window.centre(column, row));
            served.push(
                at.is_some_and(|(column, row)| is_served(layer.codes[(row * layer.window.columns + column) as usize])),
            );
        }
    }
    Ok(served)
}
