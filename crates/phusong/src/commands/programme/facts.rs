//! A project's facts: what the store holds, as programmes read it.

use anyhow::Context;
use geodata::DatasetKind;
use programme::{Coverage, FactsFile};
use serde::de::DeserializeOwned;
use server::Problem;
use server::work::coverage::{AreaRow, PlaceRow};
use server::work::inputs::ProjectInputs;
use server::work::results;
use store::{Artefacts, Run, RunKind, Store};

use crate::commands::work_frame::with_store;
use crate::output::Output;

/// The facts of a project with a coverage run: the named one, else the newest, else none.
pub fn of_project(output: &Output, project: &str, run: Option<&str>) -> anyhow::Result<FactsFile> {
    with_store(output, async |store| load(store, project, run).await).with_context(|| format!("project {project}"))
}

async fn load(store: &Store, project: &str, run: Option<&str>) -> Result<FactsFile, Problem> {
    let inputs = ProjectInputs::load(store, project).await?;
    let artefacts = store.artefacts();
    let run = match run {
        Some(_) => Some(results::find(store, &inputs.project.id, RunKind::Coverage, run).await?),
        None => store.latest_run(&inputs.project.id, RunKind::Coverage).await?,
    };
    Ok(FactsFile {
        project: inputs.project.name.clone(),
        synthetic: inputs.project.synthetic,
        network: inputs.network(artefacts)?,
        communes: inputs.areas(artefacts, DatasetKind::Areas)?,
        zones: inputs.areas(artefacts, DatasetKind::Zones)?,
        places: inputs.places(artefacts)?,
        coverage: run.map(|run| coverage(artefacts, &run)).transpose()?,
        ..FactsFile::default()
    })
}

fn coverage(artefacts: &Artefacts, run: &Run) -> Result<Coverage, Problem> {
    let places: Vec<PlaceRow> = read(artefacts, run, "places")?;
    let areas: Vec<AreaRow> = read(artefacts, run, "areas")?;
    let places: Vec<_> = places.into_iter().map(|row| row.service).collect();
    // Codes are unique among areas of one kind only.
    let communes = areas
        .into_iter()
        .filter(|row| row.kind == geodata::AreaKind::Commune.key());
    let communes: Vec<_> = communes.map(|row| row.statistics).collect();
    Ok(Coverage::from_run(run.id.clone(), &places, &communes))
}

fn read<T: DeserializeOwned>(artefacts: &Artefacts, run: &Run, role: &str) -> Result<Vec<T>, Problem> {
    match run.files.get(role) {
        Some(file) => Ok(serde_json::from_slice(&artefacts.read(file)?)?),
        None => Ok(Vec::new()),
    }
}
