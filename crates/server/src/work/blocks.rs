//! A coverage run that several processes share: blocks of antenna positions, whose path losses land in the common cache.
//!
//! Whoever has the job leads: it divides the run, works along, and when every block is done computes the run as usual, finding the losses in
//! the cache. A block that was lost with its worker is done again by another; a loss that is missing all the same is computed by the leader.
//! So the bytes are those of a run by one process, however many took part.

use std::sync::Arc;
use std::time::Duration;

use coverage_model::{CoverageParameters, Engine, SharedLosses, transmitters};
use store::{Artefacts, Job, Objects, Run, Store};

use crate::Problem;
use crate::work::coverage::{self, Loaded};
use crate::work::inputs::ProjectInputs;
use crate::work::progress::{EngineProgress, Part};
use crate::work::{Progress, Silent, Stage, ground, in_background};

/// Antenna positions of one block: some seconds of one processor, so that little is lost with a worker.
const BLOCK: usize = 16;
/// How often the leader looks whether the others are done.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Leads a shared run to its end.
pub async fn lead(store: &Store, job: &Job, worker: &str, progress: Arc<dyn Progress>) -> Result<Run, Problem> {
    let (project, parameters) = asked(job)?;
    let part = |from, to| {
        let whole = Arc::clone(&progress);
        Arc::new(Part { whole, from, to })
    };
    work(store, job, worker, true, part(0.0, 0.7)).await?;
    coverage::run(store, &project, parameters, part(0.7, 1.0)).await
}

/// Does blocks of a run that another leads, until none is left.
pub async fn help(store: &Store, job: &Job, worker: &str) -> Result<(), Problem> {
    work(store, job, worker, false, Arc::new(Silent)).await
}

fn asked(job: &Job) -> Result<(String, CoverageParameters), Problem> {
    let project = job
        .project
        .clone()
        .ok_or_else(|| Problem::internal(&"a run without a project"))?;
    Ok((project, serde_json::from_value(job.parameters.clone())?))
}

async fn work(store: &Store, job: &Job, worker: &str, leads: bool, progress: Arc<dyn Progress>) -> Result<(), Problem> {
    let (project, parameters) = asked(job)?;
    parameters.check()?;
    let inputs = ProjectInputs::load(store, &project).await?;
    if coverage::known(store, &inputs, &parameters).await?.is_some() {
        return Ok(());
    }
    let cache = store.cache_folder()?.join("path-loss");
    let (store, job, worker) = (store.clone(), job.id.clone(), worker.to_owned());
    let runtime = tokio::runtime::Handle::current();
    in_background(move || {
        let loaded = Loaded::read(store.artefacts(), &inputs, &parameters.templates)?;
        let window = loaded.window(parameters.zoom);
        // The same name of the ground as in the run itself, or the run would not find the losses.
        let engine = Engine::new(&loaded.ground, window, parameters, Some(cache))?
            .with_ground_identity(ground::identity(&inputs))
            .with_shared_losses(shared_losses(store.artefacts()));
        let transmitters = transmitters(&loaded.network);
        if leads {
            let blocks = engine.mast_count(&transmitters).div_ceil(BLOCK);
            runtime.block_on(store.divide_job(&job, blocks as i64))?;
        }
        loop {
            if progress.cancelled() {
                return Err(Problem::cancelled());
            }
            match runtime.block_on(store.take_block(&job, &worker))? {
                Some(block) => {
                    let first = usize::try_from(block.number).unwrap_or(0) * BLOCK;
                    engine.propagate(&transmitters, first..first + BLOCK, &EngineProgress(&*quiet(&progress)))?;
                    runtime.block_on(store.finish_block(&job, block.number))?;
                }
                None if !leads => return Ok(()),
                None => std::thread::sleep(LOOK_AGAIN),
            }
            let (done, all) = runtime.block_on(store.block_counts(&job))?;
            let stage = Stage {
                vi: "Tính suy hao truyền sóng",
                en: "Computing path loss",
            };
            progress.report(done as f64 / all.max(1) as f64, stage);
            if done == all {
                return Ok(());
            }
        }
    })
    .await
}

/// Path losses in the bucket that the machines share; none where they share a folder, in which the losses are files.
pub(super) fn shared_losses(artefacts: &Artefacts) -> Option<Arc<dyn SharedLosses>> {
    let bucket = artefacts.bucket()?.clone();
    Some(Arc::new(LossesInBucket(bucket)))
}

#[derive(Debug)]
struct LossesInBucket(Objects);

impl LossesInBucket {
    fn key(name: &str) -> String {
        format!("path-loss/{name}")
    }
}

impl SharedLosses for LossesInBucket {
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.0.get(&Self::key(name)).unwrap_or_else(|error| {
            tracing::warn!(%error, "a path loss is computed again");
            None
        })
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        if let Err(error) = self.0.put(&Self::key(name), bytes.to_vec()) {
            tracing::warn!(%error, "a path loss is not shared");
        }
    }
}

/// Hears the wish to stop, and says nothing: what a block reports is a part of a part.
struct Quiet(Arc<dyn Progress>);

impl Progress for Quiet {
    fn report(&self, _fraction: f64, _stage: Stage) {}
    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

fn quiet(progress: &Arc<dyn Progress>) -> Box<dyn Progress> {
    Box::new(Quiet(Arc::clone(progress)))
}
