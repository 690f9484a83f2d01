//! A coverage run: from the datasets in use to layers, tables and footprints in the store.

mod base;

use std::collections::BTreeMap;
use std::sync::Arc;

use coverage_model::{CoverageParameters, CoverageRun, Engine, Footprint, LayerFile, Together, transmitters};
use geodata::{Area, DatasetKind, Network, Place, TemplateChange};
use geodesy::Bounds;
use geodesy::tile_grid::PixelWindow;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Artefact, Artefacts, NewRun, Run, RunKind, Store, run_id};
use terrain::Ground;

use crate::Problem;
use crate::work::inputs::ProjectInputs;
use crate::work::progress::EngineProgress;
use crate::work::{Progress, Stage, blocks, ground, in_background, plan};

/// One row of the table of areas, as a run keeps it: the numbers with the area's name beside them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AreaRow {
    /// The area's name when the run was made.
    pub name: String,
    /// "commune", "economic_zone", …
    pub kind: String,
    /// Code of the area that contains it.
    pub parent_code: Option<String>,
    /// The numbers.
    #[serde(flatten)]
    pub statistics: coverage_model::AreaStatistics,
}

/// One row of the table of places, as a run keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceRow {
    /// The place's name when the run was made.
    pub name: String,
    /// "village", "school", …
    pub kind: String,
    /// The commune's name.
    pub commune: Option<String>,
    /// People.
    pub population: Option<f64>,
    /// Whether it has grid power.
    pub electrified: Option<bool>,
    /// Longitude, latitude in degrees.
    pub position: [f64; 2],
    /// Served or not, by whom, with what margin.
    #[serde(flatten)]
    pub service: coverage_model::PlaceService,
}

/// The ring of ground around the sites that a project without areas is about.
const MARGIN_M: f64 = 10_000.0;
/// The ring around the areas that is computed too: signal there has crossed the border.
pub const BORDER_M: f64 = 5_000.0;

/// Computes the coverage of a project, or answers the run that was made from the same inputs before.
///
/// # Errors
/// `no_sites`, `no_terrain`, `terrain_does_not_cover_sites`, a parameter out of range, `cancelled`.
pub async fn run(
    store: &Store,
    project: &str,
    parameters: CoverageParameters,
    progress: Arc<dyn Progress>,
) -> Result<Run, Problem> {
    parameters.check()?;
    let inputs = ProjectInputs::load(store, project).await?;
    let project = inputs.project.id.clone();
    let named = run_inputs(&inputs, &parameters)?;
    if let Some(known) = known(store, &inputs, &parameters).await? {
        progress.report(
            1.0,
            Stage {
                vi: "Đã có kết quả từ trước",
                en: "The result was there already",
            },
        );
        return Ok(known);
    }
    let artefacts = store.artefacts().clone();
    let cache = store.cache_folder()?.join("path-loss");
    let with_plan = parameters
        .scenario
        .as_ref()
        .and_then(|scenario| scenario.with_plan.as_deref());
    let plan = match with_plan {
        Some(id) => Some(store.run(&project, id).await?),
        None => None,
    };
    let bases = base::candidates(store.runs(&project, Some(RunKind::Coverage)).await?, &named);
    let new = in_background(move || {
        let inputs = (&inputs, plan.as_ref());
        compute(&artefacts, inputs, bases, &parameters, named, cache, &*progress)
    })
    .await?;
    Ok(store.commit_run(&project, new).await?)
}

/// The run that was made from the same inputs before.
pub(crate) async fn known(
    store: &Store,
    inputs: &ProjectInputs,
    parameters: &CoverageParameters,
) -> Result<Option<Run>, Problem> {
    let named = run_inputs(inputs, parameters)?;
    let id = run_id(RunKind::Coverage, &named);
    Ok(store.find_run(&inputs.project.id, &id).await?)
}

/// What names a coverage run.
fn run_inputs(inputs: &ProjectInputs, parameters: &CoverageParameters) -> Result<Value, Problem> {
    let versions = inputs.versions();
    Ok(
        json!({ "versions": versions, "layer_format": LayerFile::FORMAT, "parameters": serde_json::to_value(parameters)? }),
    )
}

/// The data of a project in memory.
pub(crate) struct Loaded {
    pub network: Network,
    pub communes: Vec<Area>,
    pub zones: Vec<Area>,
    pub places: Vec<Place>,
    pub ground: Ground,
    pub bounds: Bounds,
}

impl Loaded {
    /// Reads and checks what every run needs: sites, and ground under at least one of them.
    /// Where lists are silent, the cells take the values of `templates`.
    pub(crate) fn read(
        artefacts: &Artefacts,
        inputs: &ProjectInputs,
        templates: &[TemplateChange],
    ) -> Result<Self, Problem> {
        let mut network = inputs.network(artefacts)?;
        geodata::apply_template_changes(templates, &mut network);
        if network.sites.is_empty() {
            return Err(no_sites());
        }
        let ground = ground::open(artefacts, inputs)?;
        if !network
            .sites
            .iter()
            .any(|site| ground.elevation.height_m(site.position).is_some())
        {
            return Err(terrain_elsewhere(&ground));
        }
        let communes = inputs.areas(artefacts, DatasetKind::Areas)?;
        let zones = inputs.areas(artefacts, DatasetKind::Zones)?;
        let bounds = if communes.is_empty() && zones.is_empty() {
            Bounds::around(network.sites.iter().map(|site| site.position)).map(|bounds| bounds.expanded_m(MARGIN_M))
        } else {
            inputs
                .bounds()
                .map(|[west, south, east, north]| Bounds::new(west, south, east, north).expanded_m(BORDER_M))
        };
        let bounds = bounds.ok_or_else(no_sites)?;
        Ok(Self {
            network,
            communes,
            zones,
            places: inputs.places(artefacts)?,
            ground,
            bounds,
        })
    }

    /// The raster of a run.
    pub(crate) fn window(&self, zoom: u8) -> PixelWindow {
        PixelWindow::covering(self.bounds, zoom)
    }
}

fn compute(
    artefacts: &Artefacts,
    (inputs, plan): (&ProjectInputs, Option<&Run>),
    bases: Vec<Run>,
    parameters: &CoverageParameters,
    named: Value,
    cache: std::path::PathBuf,
    progress: &dyn Progress,
) -> Result<NewRun, Problem> {
    progress.report(
        0.0,
        Stage {
            vi: "Đọc dữ liệu dự án",
            en: "Reading the project's data",
        },
    );
    let loaded = Loaded::read(artefacts, inputs, &parameters.templates)?;
    let window = loaded.window(parameters.zoom);
    let planned = match plan {
        Some(run) => plan::cells_of(artefacts, run, &loaded.network)?,
        None => Vec::new(),
    };
    let engine = Engine::new(&loaded.ground, window, parameters.clone(), Some(cache))?
        .with_ground_identity(ground::identity(inputs))
        .with_shared_losses(blocks::shared_losses(artefacts));
    // Codes are unique among areas of one kind only: within the run an area is named by its place in the list.
    let mut areas: Vec<Area> = loaded.communes.iter().chain(&loaded.zones).cloned().collect();
    for (index, area) in areas.iter_mut().enumerate() {
        area.code = index.to_string();
    }
    let mut cells = transmitters(&loaded.network);
    cells.extend(planned);
    let progress = EngineProgress(progress);
    let (result, kept) = match base::nearest(artefacts, bases, &engine, &cells) {
        Some(base) => base.brought_up_to_date(artefacts, &engine, (&areas, &loaded.places), &progress)?,
        None => (engine.run(&cells, &areas, &loaded.places, &progress)?, BTreeMap::new()),
    };
    let summary = summary(&loaded, &result);
    let mut files = keep(artefacts, &loaded, &result)?;
    files.extend(kept);
    files.insert(base::STATE.to_owned(), base::keep(artefacts, &result, &cells)?);
    Ok(NewRun {
        kind: RunKind::Coverage,
        inputs: named,
        parameters: serde_json::to_value(parameters)?,
        summary,
        files,
    })
}

fn area_rows(loaded: &Loaded, result: &CoverageRun) -> Vec<AreaRow> {
    let areas: Vec<&Area> = loaded.communes.iter().chain(&loaded.zones).collect();
    let row = |statistics: &coverage_model::AreaStatistics| {
        let area = areas.get(statistics.area_code.parse::<usize>().ok()?)?;
        let mut statistics = statistics.clone();
        statistics.area_code.clone_from(&area.code);
        Some(AreaRow {
            name: area.name.clone(),
            kind: area.kind.key().to_owned(),
            parent_code: area.parent_code.clone(),
            statistics,
        })
    };
    result.areas.iter().filter_map(row).collect()
}

fn place_rows(loaded: &Loaded, result: &CoverageRun) -> Vec<PlaceRow> {
    let places: BTreeMap<&str, &Place> = loaded.places.iter().map(|place| (place.code.as_str(), place)).collect();
    let communes: BTreeMap<&str, &str> = loaded
        .communes
        .iter()
        .map(|area| (area.code.as_str(), area.name.as_str()))
        .collect();
    let row = |service: &coverage_model::PlaceService| {
        let place = places.get(service.place_code.as_str())?;
        let commune = place
            .commune_code
            .as_deref()
            .and_then(|code| communes.get(code).copied());
        Some(PlaceRow {
            name: place.name.clone(),
            kind: place.kind.key().to_owned(),
            commune: commune.map(str::to_owned),
            population: place.population,
            electrified: place.electrified,
            position: [place.position.lon_deg, place.position.lat_deg],
            service: service.clone(),
        })
    };
    result.places.iter().filter_map(row).collect()
}

/// The name of a technology and operator in addresses: `4g-any`, `5g-viettel`.
pub(crate) fn footprint_key(technology: geodata::Technology, operator: Option<&str>) -> String {
    format!("{}-{}", technology.key(), operator.unwrap_or("any").to_lowercase())
}

/// A footprint as a GeoJSON Feature.
pub(crate) fn footprint_feature(footprint: &Footprint) -> Result<Value, Problem> {
    Ok(json!({
        "type": "Feature",
        "geometry": serde_json::to_value(geojson::Geometry::from(&footprint.geometry))?,
        "properties": { "technology": footprint.technology, "operator": footprint.operator },
    }))
}

fn keep(artefacts: &Artefacts, loaded: &Loaded, result: &CoverageRun) -> Result<BTreeMap<String, Artefact>, Problem> {
    let mut files = BTreeMap::new();
    let areas = area_rows(loaded, result);
    files.insert(
        "areas".to_owned(),
        artefacts.put("areas.json", &serde_json::to_vec(&areas)?)?,
    );
    let places = place_rows(loaded, result);
    files.insert(
        "places".to_owned(),
        artefacts.put("places.json", &serde_json::to_vec(&places)?)?,
    );
    files.insert(
        "warnings".to_owned(),
        artefacts.put("warnings.json", &serde_json::to_vec(&result.warnings)?)?,
    );
    files.insert(
        "unions".to_owned(),
        artefacts.put("unions.json", &serde_json::to_vec(&result.unions)?)?,
    );
    let layers: Vec<(String, Artefact)> = result
        .layers
        .par_iter()
        .map(|layer| {
            let key = layer.key();
            let artefact = artefacts.put(&format!("{key}.layer"), &layer.to_bytes()?)?;
            Ok((format!("layer/{key}"), artefact))
        })
        .collect::<Result<_, Problem>>()?;
    files.extend(layers);
    for footprint in &result.footprints {
        let key = footprint_key(footprint.technology, footprint.operator.as_deref());
        let feature = footprint_feature(footprint)?;
        let name = format!("footprint-{key}.geojson");
        files.insert(
            format!("footprint/{key}"),
            artefacts.put(&name, feature.to_string().as_bytes())?,
        );
    }
    Ok(files)
}

/// Totals per technology for any operator, over the communes (over all areas where there are none).
fn summary(loaded: &Loaded, result: &CoverageRun) -> Value {
    let together = if loaded.communes.is_empty() {
        Together::All
    } else {
        Together::Communes
    };
    let mut technologies = serde_json::Map::new();
    for technology in &result.parameters.technologies {
        let of_any = |union: &&coverage_model::UnionStatistics| {
            union.technology == *technology && union.operator.is_none() && union.together == together
        };
        let (whole, covered) = result
            .unions
            .iter()
            .find(of_any)
            .map(|union| (union.whole, union.covered))
            .unwrap_or_default();
        let of_any = |p: &&coverage_model::PlaceService| p.technology == *technology && p.operator.is_none();
        let places = result.places.iter().filter(of_any).count();
        let served = result.places.iter().filter(of_any).filter(|place| place.served).count();
        technologies.insert(
            technology.key().to_owned(),
            json!({
                "km2": whole.km2, "covered_km2": covered.km2, "people": whole.people, "covered_people": covered.people,
                "places": places, "served_places": served,
            }),
        );
    }
    json!({
        "technologies": technologies,
        "sites": loaded.network.sites.len(),
        "stations": loaded.network.stations.len(),
        "cells": loaded.network.cells.len(),
        "warnings": result.warnings.len(),
    })
}

fn no_sites() -> Problem {
    Problem::new(
        409,
        "no_sites",
        "dự án chưa có danh sách trạm",
        "the project has no sites yet",
    )
    .advise(
        "Nhập danh sách trạm rồi tính lại.",
        "Import a site list, then run again.",
    )
}

fn terrain_elsewhere(ground: &Ground) -> Problem {
    let b = ground.elevation.bounds();
    let said = format!("{:.3}–{:.3}° E, {:.3}–{:.3}° N", b.west, b.east, b.south, b.north);
    Problem::new(
        422,
        "terrain_does_not_cover_sites",
        format!("dữ liệu độ cao ({said}) không phủ vị trí trạm nào"),
        format!("the elevation ({said}) covers none of the sites"),
    )
    .advise(
        "Nhập dữ liệu độ cao của đúng địa bàn, hoặc kiểm tra tọa độ danh sách trạm.",
        "Import elevation of the right area, or check the coordinates of the site list.",
    )
}
