//! Writes the province's files and says what is in them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use geodesy::Bounds;
use serde::Serialize;
use terrain::geotiff::{self, GeoTransform};

use super::features::{self, Layer};
use super::masts::OPERATORS;
use super::plane::{HEIGHT_DEG, Lattice, SOUTH_DEG, WEST_DEG, WIDTH_DEG};
use super::zones::ZoneKind;
use super::{Province, lists, rasters};

/// A written file and the kind of dataset that it is for.
#[derive(Clone, Debug, Serialize)]
pub struct DemoFile {
    pub path: PathBuf,
    /// Kind of dataset to import it as; none for files that are only for looking at.
    pub kind: Option<&'static str>,
}

/// What the demo holds.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub synthetic: bool,
    pub project: &'static str,
    pub seed: u64,
    pub communes: usize,
    pub villages: usize,
    pub villages_without_power: usize,
    pub villages_with_outlying_cluster: usize,
    pub people: f64,
    pub economic_zones: usize,
    pub industrial_parks: usize,
    pub industrial_clusters: usize,
    pub places: usize,
    pub masts: usize,
    pub shared_masts: usize,
    pub stations: usize,
    pub stations_2g: usize,
    pub stations_3g: usize,
    pub stations_4g: usize,
    pub stations_5g: usize,
    pub stations_5g_in_zones: usize,
    pub files: Vec<DemoFile>,
}

/// Makes the province of `seed` and writes its files into `folder` (made where absent).
///
/// The bytes depend on the seed alone.
pub fn write(seed: u64, folder: &Path) -> anyhow::Result<Summary> {
    let province = Province::build(seed);
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut files = Vec::new();
    let mut put = |name: String, kind: Option<&'static str>, bytes: &[u8]| -> anyhow::Result<()> {
        let path = folder.join(name);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        files.push(DemoFile { path, kind });
        Ok(())
    };
    for (name, kind, layer) in layers(&province) {
        put(format!("{name}.geojson"), kind, layer.to_text().as_bytes())?;
    }
    for (operator, name) in OPERATORS.iter().enumerate() {
        let rows = lists::rows(&province, operator);
        let name = format!("sites-{}", name.to_lowercase());
        // The third operator sends CSV, as one always does.
        if operator == 2 {
            put(format!("{name}.csv"), Some("sites"), lists::csv(&rows).as_bytes())?;
        } else {
            put(
                format!("{name}.xlsx"),
                Some("sites"),
                &lists::workbook(operator, &rows)?,
            )?;
        }
    }
    put("README.md".to_owned(), None, readme(seed).as_bytes())?;
    files.extend(write_rasters(&province, folder)?);
    Ok(summary(&province, files))
}

fn layers(province: &Province) -> Vec<(&'static str, Option<&'static str>, Layer)> {
    vec![
        ("communes", Some("areas"), features::communes(province)),
        ("zones", Some("zones"), features::zones(province, false)),
        ("villages", Some("places"), features::villages(province)),
        ("places", Some("places"), features::places(province)),
        ("province", None, features::province(province)),
        ("zones-2030", None, features::zones(province, true)),
        ("roads", None, features::roads(province)),
        ("rivers", None, features::rivers(province)),
    ]
}

fn write_rasters(province: &Province, folder: &Path) -> anyhow::Result<Vec<DemoFile>> {
    let (fine, coarse) = (Lattice::new(1.0), Lattice::new(3.0));
    let size = |lattice: Lattice| (lattice.columns as u32, lattice.rows as u32);
    let place = |lattice: Lattice| {
        let bounds = Bounds {
            west: WEST_DEG,
            south: SOUTH_DEG,
            east: WEST_DEG + WIDTH_DEG,
            north: SOUTH_DEG + HEIGHT_DEG,
        };
        GeoTransform::filling(bounds, lattice.columns as u32, lattice.rows as u32)
    };
    let file = |name: &str, kind| DemoFile {
        path: folder.join(name),
        kind: Some(kind),
    };
    let (elevation, cover, people) = (
        file("elevation.tif", "terrain"),
        file("landcover.tif", "landcover"),
        file("population.tif", "population"),
    );
    let (width, height) = size(fine);
    let (written, others) = rayon::join(
        || {
            geotiff::write_i16(
                &elevation.path,
                width,
                height,
                place(fine),
                Some(i16::MIN),
                &rasters::elevation_m(province, fine),
            )
        },
        || {
            geotiff::write_u8(
                &cover.path,
                width,
                height,
                place(fine),
                Some(0),
                &rasters::land_cover(province, fine),
            )?;
            let (width, height) = size(coarse);
            geotiff::write_f32(
                &people.path,
                width,
                height,
                place(coarse),
                Some(-1.0),
                &rasters::population(province, coarse),
            )
        },
    );
    written?;
    others?;
    Ok(vec![elevation, cover, people])
}

fn summary(province: &Province, files: Vec<DemoFile>) -> Summary {
    let zones = |kind: ZoneKind| {
        province
            .zones
            .iter()
            .filter(|zone| zone.exists_today() && zone.kind == kind)
            .count()
    };
    let stations = |technology: usize| {
        province
            .tenancies
            .iter()
            .filter(|tenancy| tenancy.technologies[technology])
            .count()
    };
    let in_zone = |mast: usize| {
        province
            .zones
            .iter()
            .any(|zone| zone.exists_today() && zone.contains(province.masts[mast].position))
    };
    Summary {
        synthetic: true,
        project: super::PROJECT_NAME,
        seed: province.seed,
        communes: province.division.communes.len(),
        villages: province.villages.len(),
        villages_without_power: province.villages.iter().filter(|village| !village.electrified).count(),
        villages_with_outlying_cluster: province
            .villages
            .iter()
            .filter(|village| village.outlying.is_some())
            .count(),
        people: province
            .villages
            .iter()
            .map(|village| f64::from(village.population))
            .sum(),
        economic_zones: zones(ZoneKind::EconomicZone),
        industrial_parks: zones(ZoneKind::IndustrialPark),
        industrial_clusters: zones(ZoneKind::IndustrialCluster),
        places: province.places.len(),
        masts: province.masts.len(),
        shared_masts: province.masts.iter().filter(|mast| mast.tenants.len() > 1).count(),
        stations: province.tenancies.iter().map(super::stations::Tenancy::stations).sum(),
        stations_2g: stations(0),
        stations_3g: stations(1),
        stations_4g: stations(2),
        stations_5g: stations(3),
        stations_5g_in_zones: province
            .tenancies
            .iter()
            .filter(|tenancy| tenancy.technologies[3] && in_zone(tenancy.mast))
            .count(),
        files,
    }
}

fn readme(seed: u64) -> String {
    format!(
        "# {} · demo data\n\n\
         **Dữ liệu mô phỏng, không phải số liệu thật. Synthetic data, not real.** Made by `phusong demo --seed {seed}`; the same seed gives the same bytes.\n\n\
         Modelled on the published figures of Kế hoạch 529/KH-UBND (Hà Tĩnh, 30/9/2025): 69 communes, 2 KKT, 7 KCN, 22 CCN, 3,600 stations,\n\
         50 of them 5G, 26 of those inside zones. Outlines, names, people, heights and masts are invented.\n\n\
         | File | Import as | What |\n|---|---|---|\n\
         | communes.geojson | areas | 69 communes that share their borders |\n\
         | zones.geojson | zones | economic zones, industrial parks and clusters of today |\n\
         | zones-2030.geojson | | the same with those planned for 2030 (12 KCN 3,022.96 ha, 45 CCN 1,981.84 ha) |\n\
         | villages.geojson, places.geojson | places | villages with people and power; commune centres and priority places |\n\
         | sites-viettel.xlsx, sites-vnpt.xlsx, sites-mobifone.csv | sites | the operators' lists |\n\
         | elevation.tif | terrain | metres, 1″, EPSG:4326 |\n\
         | landcover.tif | landcover | WorldCover classes, 1″ |\n\
         | population.tif | population | people per cell, 3″ |\n\
         | province.geojson, roads.geojson, rivers.geojson | | for looking at |\n",
        super::PROJECT_NAME
    )
}
