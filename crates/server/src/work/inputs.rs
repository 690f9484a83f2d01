//! What a run is made from: the datasets in use of a project, their hashes and their records.

use std::collections::BTreeMap;

use geodata::{Area, DatasetKind, Network, Place, Records};
use serde_json::{Value, json};
use store::{Artefacts, Dataset, Project, Store, Viewer};

use crate::Problem;
use crate::work::records;

/// A project with its datasets in use, by kind.
#[derive(Debug, Clone)]
pub struct ProjectInputs {
    /// The project.
    pub project: Project,
    datasets: BTreeMap<String, Dataset>,
}

impl ProjectInputs {
    /// Reads what is in use now.
    ///
    /// # Errors
    /// `not_found` when there is no such project (by id or name).
    pub async fn load(store: &Store, project: &str) -> Result<Self, Problem> {
        let project = store.project(project).await?;
        let datasets = store.datasets(&project.id).await?;
        Ok(Self {
            project,
            datasets: datasets.into_iter().map(|d| (d.kind.clone(), d)).collect(),
        })
    }

    /// A project with nothing in it, that is not in the store.
    pub fn empty() -> Self {
        let project = Project {
            id: String::new(),
            name: String::new(),
            synthetic: false,
            created_at: String::new(),
        };
        Self {
            project,
            datasets: BTreeMap::new(),
        }
    }

    /// The same project with other versions of its datasets.
    #[must_use]
    pub fn with_datasets(&self, datasets: BTreeMap<String, Dataset>) -> Self {
        Self {
            project: self.project.clone(),
            datasets,
        }
    }

    /// The dataset of a kind, when there is one with rows.
    pub fn dataset(&self, kind: DatasetKind) -> Option<&Dataset> {
        self.datasets.get(kind.key())
    }

    /// All datasets in use.
    pub fn datasets(&self) -> impl Iterator<Item = &Dataset> {
        self.datasets.values()
    }

    /// The datasets in use that belong to everybody: no operator's list among them.
    pub fn open_datasets(&self) -> impl Iterator<Item = &Dataset> {
        const OPEN: [DatasetKind; 6] = [
            DatasetKind::Areas,
            DatasetKind::Zones,
            DatasetKind::Places,
            DatasetKind::Terrain,
            DatasetKind::LandCover,
            DatasetKind::Population,
        ];
        self.datasets()
            .filter(|dataset| OPEN.iter().any(|kind| kind.key() == dataset.kind))
    }

    /// What the project is about, told from nothing that the viewer may not see: the sites' extent is the department's.
    pub fn bounds_for(&self, viewer: &Viewer) -> Option<[f64; 4]> {
        if viewer.is_department() {
            return self.bounds();
        }
        let boxes = self.open_datasets().filter_map(|dataset| dataset.bounds);
        boxes.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
    }

    /// The content hashes of the datasets that runs depend on, by kind: what a run's name is made of.
    pub fn hashes(&self) -> Value {
        let kinds = [
            DatasetKind::Sites,
            DatasetKind::Areas,
            DatasetKind::Zones,
            DatasetKind::Places,
            DatasetKind::Terrain,
            DatasetKind::LandCover,
            DatasetKind::Population,
        ];
        let hash = |kind| self.dataset(kind).map(|dataset| dataset.content_hash.as_str());
        kinds
            .iter()
            .map(|kind| (kind.key().to_owned(), json!(hash(*kind))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    /// The data versions and the program version that a run of now would be made from.
    pub fn versions(&self) -> Value {
        json!({ "program": env!("CARGO_PKG_VERSION"), "datasets": self.hashes() })
    }

    /// The records of a vector dataset; `None` when there is none.
    pub fn records(&self, artefacts: &Artefacts, kind: DatasetKind) -> Result<Option<Records>, Problem> {
        let Some(file) = self.dataset(kind).and_then(|dataset| dataset.files.first()) else {
            return Ok(None);
        };
        records::read(artefacts, file).map(Some)
    }

    /// Sites, stations and cells; empty when there are none.
    pub fn network(&self, artefacts: &Artefacts) -> Result<Network, Problem> {
        match self.records(artefacts, DatasetKind::Sites)? {
            Some(Records::Sites(network)) => Ok(network),
            _ => Ok(Network::default()),
        }
    }

    /// The areas of a kind of dataset (communes or zones); empty when there are none.
    pub fn areas(&self, artefacts: &Artefacts, kind: DatasetKind) -> Result<Vec<Area>, Problem> {
        match self.records(artefacts, kind)? {
            Some(Records::Areas(areas)) => Ok(areas),
            _ => Ok(Vec::new()),
        }
    }

    /// Villages and other places; empty when there are none.
    pub fn places(&self, artefacts: &Artefacts) -> Result<Vec<Place>, Problem> {
        match self.records(artefacts, DatasetKind::Places)? {
            Some(Records::Places(places)) => Ok(places),
            _ => Ok(Vec::new()),
        }
    }

    /// West, south, east, north of what the project is about: its areas, else its sites and places, else its terrain.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let of = |kinds: &[DatasetKind]| {
            let boxes = kinds.iter().filter_map(|kind| self.dataset(*kind)?.bounds);
            boxes.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
        };
        of(&[DatasetKind::Areas])
            .or_else(|| of(&[DatasetKind::Zones]))
            .or_else(|| of(&[DatasetKind::Sites, DatasetKind::Places]))
            .or_else(|| of(&[DatasetKind::Terrain]))
    }
}
