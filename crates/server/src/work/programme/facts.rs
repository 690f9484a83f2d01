//! A project's facts: what the store holds, as programmes read it.

use std::collections::BTreeMap;

use geodata::{DatasetKind, Figure, Records, Technology};
use geodesy::LonLat;
use programme::{Coverage, FactsFile, Measure, Programme, figures};
use serde::de::DeserializeOwned;
use store::{Artefacts, Run, RunKind, Store, Viewer};

use super::journal::Journal;
use crate::Problem;
use crate::work::coverage::{AreaRow, PlaceRow};
use crate::work::inputs::ProjectInputs;
use crate::work::{blocking, results};

/// The facts of a project, with the run that they take coverage from.
pub struct ProjectFacts {
    /// The facts.
    pub facts: FactsFile,
    /// The coverage run, where there is one.
    pub run: Option<Run>,
    /// Whether the data changed since.
    pub stale: bool,
}

/// The facts of a project for a programme, with a coverage run: the named one, else the newest, else none.
///
/// # Errors
/// `not_found` for project or run.
pub async fn load(
    store: &Store,
    project: &str,
    programme: Option<&Programme>,
    run: Option<&str>,
    viewer: &Viewer,
) -> Result<ProjectFacts, Problem> {
    let inputs = ProjectInputs::load(store, project).await?;
    let id = inputs.project.id.clone();
    let run = match run {
        Some(_) => Some(results::find(store, &id, RunKind::Coverage, run).await?),
        None => store.latest_run(&id, RunKind::Coverage).await?,
    };
    let stale = run.as_ref().is_some_and(|run| results::is_stale(run, &inputs));
    let figures_file = inputs
        .dataset(DatasetKind::Figures)
        .map(|dataset| dataset.name.clone())
        .unwrap_or_default();
    let artefacts = store.artefacts().clone();
    let speeds = programme.is_some_and(wants_speeds);
    let read_run = run.clone();
    let (mut facts, figures) = blocking(move || read(&artefacts, &inputs, read_run.as_ref(), speeds)).await?;
    if let Some(programme) = programme {
        let journal = Journal {
            store,
            project: &id,
            programme: &programme.key,
            viewer: viewer.clone(),
            who: "",
        };
        // Imported figures first: of the same day, what somebody entered by hand counts.
        facts.reported = figures::of_records(programme, &figures, &figures_file).0;
        facts.reported.extend(journal.reported().await?);
        facts.submissions = journal.submissions().await?;
        facts.submissions.extend(journal.lists_as_submissions(programme).await?);
        facts.crosswalk = journal.crosswalk().await?;
    }
    Ok(ProjectFacts { facts, run, stale })
}

/// Whether a programme looks at speeds: reading them takes whole layers.
fn wants_speeds(programme: &Programme) -> bool {
    let mut readings = programme.indicators.iter().flat_map(|indicator| &indicator.readings);
    readings.any(|reading| matches!(reading.formula, Measure::MeanThroughput { .. }))
}

fn read(
    artefacts: &Artefacts,
    inputs: &ProjectInputs,
    run: Option<&Run>,
    speeds: bool,
) -> Result<(FactsFile, Vec<Figure>), Problem> {
    let figures = match inputs.records(artefacts, DatasetKind::Figures)? {
        Some(Records::Figures(figures)) => figures,
        _ => Vec::new(),
    };
    let facts = FactsFile {
        project: inputs.project.name.clone(),
        synthetic: inputs.project.synthetic,
        network: inputs.network(artefacts)?,
        communes: inputs.areas(artefacts, DatasetKind::Areas)?,
        zones: inputs.areas(artefacts, DatasetKind::Zones)?,
        places: inputs.places(artefacts)?,
        coverage: run.map(|run| coverage(artefacts, run, speeds)).transpose()?,
        ..FactsFile::default()
    };
    Ok((facts, figures))
}

/// The facts as they were when a run was computed: its own datasets, all of which the store keeps.
///
/// `None` when a dataset of then is gone.
pub(super) async fn of_run(
    store: &Store,
    inputs: &ProjectInputs,
    run: &Run,
    speeds: bool,
) -> Result<Option<FactsFile>, Problem> {
    let mut then = BTreeMap::new();
    let hashes = run
        .inputs
        .pointer("/versions/datasets")
        .and_then(serde_json::Value::as_object);
    for (kind, hash) in hashes.into_iter().flatten() {
        if let Some(hash) = hash.as_str() {
            let Some(dataset) = store.dataset_of_content(&inputs.project.id, kind, hash).await? else {
                return Ok(None);
            };
            then.insert(kind.clone(), dataset);
        }
    }
    let inputs = inputs.with_datasets(then);
    let (artefacts, run) = (store.artefacts().clone(), run.clone());
    let facts = blocking(move || read(&artefacts, &inputs, Some(&run), speeds)).await?;
    Ok(Some(facts.0))
}

pub(super) fn speeds_wanted(programme: &Programme) -> bool {
    wants_speeds(programme)
}

fn coverage(artefacts: &Artefacts, run: &Run, speeds: bool) -> Result<Coverage, Problem> {
    let places: Vec<PlaceRow> = read_json(artefacts, run, "places")?;
    let areas: Vec<AreaRow> = read_json(artefacts, run, "areas")?;
    let positions: Vec<LonLat> = places
        .iter()
        .map(|row| LonLat::new(row.position[0], row.position[1]))
        .collect();
    let services: Vec<_> = places.into_iter().map(|row| row.service).collect();
    // Codes are unique among areas of one kind only.
    let communes = areas
        .into_iter()
        .filter(|row| row.kind == geodata::AreaKind::Commune.key());
    let communes: Vec<_> = communes.map(|row| row.statistics).collect();
    let mut coverage = Coverage::from_run(run.id.clone(), &services, &communes);
    if speeds {
        for technology in [Technology::G4, Technology::G5] {
            add_speeds(artefacts, run, technology, &positions, &mut coverage)?;
        }
    }
    Ok(coverage)
}

/// Reads the modelled speed of a technology at every place from its layer; a run without the layer adds none.
fn add_speeds(
    artefacts: &Artefacts,
    run: &Run,
    technology: Technology,
    positions: &[LonLat],
    coverage: &mut Coverage,
) -> Result<(), Problem> {
    let key = format!("{}-any-throughput", technology.key());
    if !results::layer_keys(run).any(|known| known == key) {
        return Ok(());
    }
    let layer = results::layer(artefacts, run, &key)?;
    for (row, position) in coverage.places.iter_mut().zip(positions) {
        if row.technology == technology && row.operator.is_none() {
            let pixel = layer.window.pixel_of(*position);
            let value = pixel.map_or(f32::NAN, |(column, line)| layer.value(column, line));
            row.throughput_mbps = value.is_finite().then_some(f64::from(value));
        }
    }
    Ok(())
}

fn read_json<T: DeserializeOwned>(artefacts: &Artefacts, run: &Run, role: &str) -> Result<Vec<T>, Problem> {
    match run.files.get(role) {
        Some(file) => Ok(serde_json::from_slice(&artefacts.read(file)?)?),
        None => Ok(Vec::new()),
    }
}
