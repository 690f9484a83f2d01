//! Loading the demo project: its files through the same import as anybody's, then its first coverage.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use coverage_model::CoverageParameters;
use geodata::{DatasetKind, InputFile};
use store::{Project, Run, Store, StoreError};

use crate::Problem;
use crate::work::import::{self, ImportOptions};
use crate::work::inputs::ProjectInputs;
use crate::work::progress::Part;
use crate::work::{Progress, Silent, Stage, coverage, in_background};

/// The demo's files, as whoever makes them hands them over.
#[derive(Debug, Clone)]
pub struct DemoFiles {
    /// The project's name.
    pub project: String,
    /// Each file with the kind of dataset that it is imported as, in the order of import.
    pub files: Vec<(DatasetKind, PathBuf)>,
}

/// Makes the demo's files in a folder.
pub type DemoMaker = Arc<dyn Fn(&Path) -> Result<DemoFiles, String> + Send + Sync>;

/// Makes the files, loads them unless they are there, and computes the first coverage.
pub async fn make(store: &Store, maker: DemoMaker, progress: Arc<dyn Progress>) -> Result<(Project, Run), Problem> {
    progress.report(
        0.0,
        Stage {
            vi: "Dựng tỉnh mô phỏng",
            en: "Making the synthetic province",
        },
    );
    let folder = store.folder().join("demo");
    let files = in_background(move || maker(&folder).map_err(|reason| Problem::internal(&reason))).await?;
    let loading = Part {
        whole: Arc::clone(&progress),
        from: 0.1,
        to: 0.3,
    };
    let project = load(store, &files, &loading).await?;
    let computing = Arc::new(Part {
        whole: progress,
        from: 0.3,
        to: 1.0,
    });
    let run = coverage::run(store, &project.id, CoverageParameters::default(), computing).await?;
    Ok((project, run))
}

/// Imports the files into the project of their name. What is there already is left alone.
pub async fn load(store: &Store, demo: &DemoFiles, progress: &dyn Progress) -> Result<Project, Problem> {
    let project = match store.project(&demo.project).await {
        Ok(project) => project,
        Err(StoreError::NotFound { .. }) => store.create_project(&demo.project, true).await?,
        Err(error) => return Err(error.into()),
    };
    let there = ProjectInputs::load(store, &project.id).await?;
    let complete = demo.files.iter().all(|(kind, _)| there.dataset(*kind).is_some());
    if complete {
        return Ok(project);
    }
    for (index, (kind, path)) in demo.files.iter().enumerate() {
        if progress.cancelled() {
            return Err(Problem::cancelled());
        }
        progress.report(
            index as f64 / demo.files.len() as f64,
            Stage {
                vi: "Nhập dữ liệu mô phỏng",
                en: "Importing the synthetic data",
            },
        );
        let files = vec![InputFile::from_path(path)];
        let checked = import::check(
            store,
            Some(&project.id),
            *kind,
            files,
            ImportOptions::default(),
            Arc::new(Silent),
        )
        .await?;
        let staged = import::stage(store, &project.id, checked).await?;
        import::commit(store, &project.id, &staged.id).await?;
    }
    Ok(project)
}
