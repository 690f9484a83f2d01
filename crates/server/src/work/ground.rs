//! Opening a project's ground: elevation, land cover, population.

use std::path::PathBuf;

use geodata::{Area, DatasetKind, Records};
use store::{Artefacts, Dataset};
use terrain::{ClassTable, ElevationModel, Ground, LandCover, PopulationRaster, SurfaceKind};

use crate::Problem;
use crate::work::inputs::ProjectInputs;

/// Opens the ground of a project.
///
/// # Errors
/// `no_terrain` when the project has no elevation; whatever is wrong with a file.
pub fn open(artefacts: &Artefacts, inputs: &ProjectInputs) -> Result<Ground, Problem> {
    let dataset = inputs.dataset(DatasetKind::Terrain).ok_or_else(no_terrain)?;
    let elevation = ElevationModel::open(&paths(artefacts, dataset)?, surface_kind(dataset))?;
    let population = match inputs
        .dataset(DatasetKind::Population)
        .and_then(|dataset| dataset.files.first())
    {
        Some(file) => Some(PopulationRaster::open(&artefacts.path(file)?)?),
        None => None,
    };
    Ok(Ground {
        elevation,
        land_cover: land_cover(artefacts, inputs)?,
        population,
    })
}

/// What identifies the ground that paths run over: the content of its datasets, and how land cover is read.
pub fn identity(inputs: &ProjectInputs) -> String {
    let hash = |kind| {
        inputs
            .dataset(kind)
            .map_or("-", |dataset| dataset.content_hash.as_str())
    };
    let name = inputs
        .dataset(DatasetKind::LandCover)
        .map_or("", |dataset| dataset.name.as_str());
    format!("{}/{}/{name}", hash(DatasetKind::Terrain), hash(DatasetKind::LandCover))
}

fn land_cover(artefacts: &Artefacts, inputs: &ProjectInputs) -> Result<Option<LandCover>, Problem> {
    let Some(dataset) = inputs.dataset(DatasetKind::LandCover) else {
        return Ok(None);
    };
    let Some(file) = dataset.files.first() else {
        return Ok(None);
    };
    if is_raster_name(&file.name) {
        return Ok(Some(LandCover::open(
            &artefacts.path(file)?,
            class_table(&dataset.name),
        )?));
    }
    let Some(Records::Areas(areas)) = inputs.records(artefacts, DatasetKind::LandCover)? else {
        return Ok(None);
    };
    Ok(Some(cover_of_areas(areas)))
}

/// Land cover from polygons: the class is the area's code, or its property `class`, in the codes of ESA WorldCover.
pub fn cover_of_areas(areas: impl IntoIterator<Item = Area>) -> LandCover {
    let polygons = areas.into_iter().filter_map(|area| {
        let code = area
            .code
            .parse()
            .ok()
            .or_else(|| area.properties.get("class")?.as_u64()?.try_into().ok())?;
        Some(terrain::CoverPolygon {
            code,
            geometry: area.geometry,
        })
    });
    LandCover::from_polygons(polygons.collect(), ClassTable::world_cover())
}

/// The paths of a raster dataset's files.
pub fn paths(artefacts: &Artefacts, dataset: &Dataset) -> Result<Vec<PathBuf>, Problem> {
    dataset
        .files
        .iter()
        .filter(|file| file.name != SURFACE_NOTE)
        .map(|file| Ok(artefacts.path(file)?))
        .collect()
}

/// The file beside a terrain dataset's rasters that says that they measure roofs and tree tops.
pub const SURFACE_NOTE: &str = "surface.json";

/// What a terrain dataset measures: the bare earth unless the planner said otherwise at import.
fn surface_kind(dataset: &Dataset) -> SurfaceKind {
    if dataset.files.iter().any(|file| file.name == SURFACE_NOTE) {
        SurfaceKind::Surface
    } else {
        SurfaceKind::BareEarth
    }
}

/// Which class codes a land-cover raster uses, told by its name: CORINE's where it says so, else ESA WorldCover's.
fn class_table(name: &str) -> ClassTable {
    let name = name.to_lowercase();
    if name.contains("corine") || name.contains("clc") {
        ClassTable::corine()
    } else {
        ClassTable::world_cover()
    }
}

/// Whether a file's name is that of a raster.
pub fn is_raster_name(name: &str) -> bool {
    let name = name.to_lowercase();
    [".tif", ".tiff", ".hgt", ".zip"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

fn no_terrain() -> Problem {
    Problem::new(
        409,
        "no_terrain",
        "dự án chưa có dữ liệu độ cao địa hình",
        "the project has no elevation yet",
    )
    .advise(
        "Nhập dữ liệu độ cao (GeoTIFF hoặc .hgt) rồi tính lại.",
        "Import elevation (GeoTIFF or .hgt), then run again.",
    )
}
