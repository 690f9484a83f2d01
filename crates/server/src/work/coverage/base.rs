//! A run made from another one: where only cells differ (a power, a tilt, a site more, a scenario), the run before tells all
//! but the pixels around the masts concerned.
//!
//! Every run keeps its state beside its results: the cells that it was made from and its tables, to the last bit. The run
//! made from it has the same files as one computed from nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use coverage_model::{
    AreaStatistics, CoverageParameters, CoverageRun, Engine, Layer, NetworkChange, PlaceService, Progress, Scenario,
    Transmitter, UnionStatistics, Warning,
};
use geodata::{Area, Place};
use geodesy::tile_grid::PixelWindow;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Artefact, Artefacts, Run};

use super::footprint_key;
use crate::Problem;
use crate::work::results;

/// Role of the state among a run's files.
pub(super) const STATE: &str = "state";
/// Runs that are looked at, the newest first.
const CANDIDATES: usize = 4;
const COMPRESSION_LEVEL: i32 = 3;

/// What a run of other cells needs to know of this one.
#[derive(Serialize, Deserialize)]
struct State<'a> {
    window: PixelWindow,
    cells: Cow<'a, [Transmitter]>,
    areas: Cow<'a, [AreaStatistics]>,
    unions: Cow<'a, [UnionStatistics]>,
    places: Cow<'a, [PlaceService]>,
    warnings: Cow<'a, [Warning]>,
}

/// Keeps the state of a run.
pub(super) fn keep(artefacts: &Artefacts, run: &CoverageRun, cells: &[Transmitter]) -> Result<Artefact, Problem> {
    let state = State {
        window: run.window,
        cells: cells.into(),
        areas: run.areas.as_slice().into(),
        unions: run.unions.as_slice().into(),
        places: run.places.as_slice().into(),
        warnings: run.warnings.as_slice().into(),
    };
    let mut plain = Vec::new();
    ciborium::into_writer(&state, &mut plain).map_err(|error| Problem::internal(&error))?;
    let packed = zstd::bulk::compress(&plain, COMPRESSION_LEVEL)?;
    Ok(artefacts.put("state.cbor.zst", &packed)?)
}

/// The runs, the newest first, that differ from what is wanted in nothing but sites and scenario.
pub(super) fn candidates(runs: Vec<Run>, wanted: &Value) -> Vec<Run> {
    let alike = |run: &Run| run.files.contains_key(STATE) && without_cells(&run.inputs) == without_cells(wanted);
    runs.into_iter().filter(alike).take(CANDIDATES).collect()
}

/// What names a run, without what decides which cells are on air.
fn without_cells(inputs: &Value) -> Value {
    let mut inputs = inputs.clone();
    if let Some(datasets) = inputs.pointer_mut("/versions/datasets").and_then(Value::as_object_mut) {
        datasets.remove("sites");
    }
    if let Some(parameters) = inputs.pointer_mut("/parameters").and_then(Value::as_object_mut) {
        parameters.remove("scenario");
    }
    inputs
}

/// A run to begin from, and how the network differs from its own.
pub(super) struct Base<'c> {
    run: Run,
    state: State<'static>,
    change: NetworkChange<'c>,
}

/// The candidate from which the least has to be computed again; `None` when a whole run is no more work.
pub(super) fn nearest<'c>(
    artefacts: &Artefacts,
    candidates: Vec<Run>,
    engine: &Engine<'_>,
    cells: &'c [Transmitter],
) -> Option<Base<'c>> {
    candidates
        .into_iter()
        .filter_map(|run| {
            let state = state(artefacts, &run).filter(|state| state.window == *engine.window())?;
            let scenario: Option<Scenario> = scenario(&run)?;
            let change = engine.change((&state.cells, scenario.as_ref()), cells)?;
            Some(Base { run, state, change })
        })
        .min_by_key(|base| base.change.pixels())
        .filter(|base| base.change.pixels() < engine.window().len() / 2)
}

/// The state of a run; `None` when it cannot be read, which costs time and no result.
fn state(artefacts: &Artefacts, run: &Run) -> Option<State<'static>> {
    let packed = artefacts.read(run.files.get(STATE)?).ok()?;
    let plain = zstd::decode_all(packed.as_slice()).ok()?;
    ciborium::from_reader(plain.as_slice()).ok()
}

fn scenario(run: &Run) -> Option<Option<Scenario>> {
    let parameters: CoverageParameters = serde_json::from_value(run.parameters.clone()).ok()?;
    Some(parameters.scenario)
}

impl Base<'_> {
    /// The wanted run: its tables whole, its layers and footprints as far as they differ from the base's; and the files of
    /// the base that are still right.
    pub(super) fn brought_up_to_date(
        self,
        artefacts: &Artefacts,
        engine: &Engine<'_>,
        (areas, places): (&[Area], &[Place]),
        progress: &dyn Progress,
    ) -> Result<(CoverageRun, BTreeMap<String, Artefact>), Problem> {
        let Self { run, state, change } = self;
        let mut fresh = CoverageRun {
            parameters: engine.parameters().clone(),
            window: state.window,
            layers: layers(artefacts, &run, &change)?,
            areas: state.areas.into_owned(),
            unions: state.unions.into_owned(),
            places: state.places.into_owned(),
            footprints: Vec::new(),
            warnings: state.warnings.into_owned(),
        };
        engine.run_change(&change, &mut fresh, areas, places, progress)?;
        fresh
            .layers
            .retain(|layer| change.concerns(layer.technology, layer.operator.as_deref()));
        let made_again = |role: &str| {
            let layers = fresh.layers.iter().map(|layer| format!("layer/{}", layer.key()));
            let footprints = fresh
                .footprints
                .iter()
                .map(|of| format!("footprint/{}", footprint_key(of.technology, of.operator.as_deref())));
            layers.chain(footprints).any(|made| made == role)
        };
        let still_right =
            |role: &str| (role.starts_with("layer/") || role.starts_with("footprint/")) && !made_again(role);
        let kept = run.files.iter().filter(|(role, _)| still_right(role));
        let kept = kept.map(|(role, file)| (role.clone(), file.clone())).collect();
        Ok((fresh, kept))
    }
}

/// The layers of the technologies that a change concerns.
fn layers(artefacts: &Artefacts, run: &Run, change: &NetworkChange<'_>) -> Result<Vec<Layer>, Problem> {
    let technologies: Vec<String> = change
        .technologies()
        .iter()
        .map(|technology| format!("{}-", technology.key()))
        .collect();
    let needed: Vec<&str> = results::layer_keys(run)
        .filter(|key| technologies.iter().any(|technology| key.starts_with(technology)))
        .collect();
    let read = |key: &&str| -> Result<Layer, Problem> {
        let file = &run.files[&format!("layer/{key}")];
        Ok(Layer::from_bytes(&artefacts.read(file)?)?)
    };
    needed.par_iter().map(read).collect()
}
