//! The province: gentle hills, six masts, a park, three villages.

use std::path::Path;

use coverage_model::{CoverageParameters, Engine};
use geo_types::{MultiPolygon, polygon};
use geodata::{Area, AreaKind, Cell, Line, Network, Place, PlaceKind, Site, Station, StationStatus, Technology};
use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, LonLat};
use planner::candidates::Surroundings;
use planner::{
    CellTemplate, CellTemplates, CostModel, Plan, PlanError, PlanListener, PlanProgress, PlanRequest, Prepared, decide,
    prepare,
};
use terrain::geotiff::{GeoTransform, write_f32};
use terrain::{ElevationModel, Ground, PopulationRaster, SurfaceKind};

pub const BOUNDS: Bounds = Bounds {
    west: 105.50,
    south: 18.00,
    east: 105.70,
    north: 18.20,
};
pub const SIDE: u32 = 100;

pub struct Silent;

impl PlanListener for Silent {
    fn report(&self, _progress: PlanProgress) {}
    fn cancelled(&self) -> bool {
        false
    }
}

pub struct Cancelled;

impl PlanListener for Cancelled {
    fn report(&self, _progress: PlanProgress) {}
    fn cancelled(&self) -> bool {
        true
    }
}

pub struct OneTemplate;

impl CellTemplates for OneTemplate {
    fn template(&self, _operator: &str, _technology: Technology, _small: bool) -> CellTemplate {
        CellTemplate {
            frequency_mhz: 2600.0,
            bandwidth_mhz: 100.0,
            eirp_per_re_dbm: 25.0,
            electrical_tilt_deg: 4.0,
            horizontal_beamwidth_deg: 65.0,
            vertical_beamwidth_deg: 8.0,
        }
    }
}

/// Gentle hills and people in the south-west corner and along the middle.
pub fn ground(folder: &Path) -> Ground {
    relief(folder, |column, row| {
        40.0 + 25.0 * (column / 9.0).sin() * (row / 7.0).cos()
    })
}

/// The same people behind a wall that runs from west to east near the northern edge.
pub fn walled(folder: &Path) -> Ground {
    relief(folder, |_, row| if (row - 10.0).abs() < 2.0 { 440.0 } else { 40.0 })
}

/// Ground of some heights (metres, by column and row from the north-west).
fn relief(folder: &Path, height_m: impl Fn(f64, f64) -> f64) -> Ground {
    let transform = GeoTransform::filling(BOUNDS, SIDE, SIDE);
    let cell = |index: u32| (f64::from(index % SIDE), f64::from(index / SIDE));
    let heights: Vec<f32> = (0..SIDE * SIDE)
        .map(|index| {
            let (column, row) = cell(index);
            height_m(column, row) as f32
        })
        .collect();
    let people: Vec<f32> = (0..SIDE * SIDE)
        .map(|index| {
            let (column, row) = cell(index);
            if (row - 50.0).abs() < 6.0 {
                5.0
            } else if column < 30.0 && row > 70.0 {
                3.0
            } else {
                0.0
            }
        })
        .collect();
    write_f32(&folder.join("elevation.tif"), SIDE, SIDE, transform, None, &heights).unwrap();
    write_f32(&folder.join("population.tif"), SIDE, SIDE, transform, None, &people).unwrap();
    let mut ground =
        Ground::new(ElevationModel::open(&[folder.join("elevation.tif")], SurfaceKind::BareEarth).unwrap());
    ground.population = Some(PopulationRaster::open(&folder.join("population.tif")).unwrap());
    ground
}

pub fn network() -> Network {
    let mut network = Network::default();
    for (index, (lon, lat, operator)) in [
        (105.54, 18.04, "Viettel"),
        (105.60, 18.10, "VNPT"),
        (105.66, 18.10, "Viettel"),
        (105.55, 18.10, "MobiFone"),
        (105.65, 18.16, "VNPT"),
        (105.58, 18.05, "Viettel"),
    ]
    .into_iter()
    .enumerate()
    {
        let code = format!("S{index}");
        network
            .sites
            .push(Site::new(code.clone(), operator, LonLat::new(lon, lat)));
        network.stations.push(Station {
            code: format!("{code}-4g"),
            site_code: code.clone(),
            operator: operator.to_owned(),
            technology: Technology::G4,
            on_air: None,
            status: StationStatus::OnAir,
        });
        network.cells.extend(
            [0.0, 120.0, 240.0]
                .into_iter()
                .enumerate()
                .map(|(sector, azimuth)| Cell {
                    code: format!("{code}-4g-{sector}"),
                    station_code: format!("{code}-4g"),
                    sector: sector as u8 + 1,
                    band: "B3".to_owned(),
                    frequency_mhz: 1840.0,
                    bandwidth_mhz: 20.0,
                    azimuth_deg: Some(azimuth),
                    mechanical_tilt_deg: 0.0,
                    electrical_tilt_deg: 4.0,
                    antenna_height_m: 40.0,
                    eirp_per_re_dbm: 32.0,
                    horizontal_beamwidth_deg: 65.0,
                    vertical_beamwidth_deg: 8.0,
                    assumed: geodata::AssumedFields::NONE,
                }),
        );
    }
    network
}

pub fn village(code: &str, lon: f64, lat: f64) -> Place {
    Place::new(code, format!("Thôn {code}"), PlaceKind::Village, LonLat::new(lon, lat))
}

/// Everything that a plan is made on.
pub struct Province {
    pub _folder: tempfile::TempDir,
    pub ground: Ground,
    pub network: Network,
    pub communes: Vec<Area>,
    pub zones: Vec<Area>,
    pub places: Vec<Place>,
    pub roads: Vec<Line>,
    pub fibre_lines: Vec<Line>,
}

pub fn square(west: f64, south: f64, side: f64) -> MultiPolygon<f64> {
    let (east, north) = (west + side, south + side);
    MultiPolygon(vec![polygon![
        (x: west, y: south), (x: east, y: south), (x: east, y: north), (x: west, y: north), (x: west, y: south),
    ]])
}

pub fn province() -> Province {
    let folder = tempfile::tempdir().unwrap();
    let ground = ground(folder.path());
    let mut hollow = village("V3", 105.545, 18.045);
    hollow.outlying_cluster = Some(LonLat::new(105.68, 18.02));
    Province {
        ground,
        network: network(),
        communes: Vec::new(),
        roads: Vec::new(),
        fibre_lines: Vec::new(),
        zones: vec![Area::new(
            "Z1",
            "KCN thử",
            AreaKind::IndustrialPark,
            square(105.64, 18.15, 0.03),
        )],
        places: vec![village("V1", 105.62, 18.19), village("V2", 105.53, 18.03), hollow],
        _folder: folder,
    }
}

impl Province {
    pub fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            communes: &self.communes,
            zones: &self.zones,
            places: &self.places,
            roads: &self.roads,
            fibre_lines: &self.fibre_lines,
            ground: Some(&self.ground),
            ..Surroundings::of(&self.network)
        }
    }

    pub fn engine(&self) -> Engine<'_> {
        let parameters = CoverageParameters {
            maximum_radius_m: 6_000.0,
            zoom: 11,
            ..CoverageParameters::default()
        };
        let window = PixelWindow::covering(BOUNDS, parameters.zoom);
        Engine::new(&self.ground, window, parameters, None).unwrap()
    }

    pub fn prepare(&self, request: &PlanRequest, listener: &dyn PlanListener) -> Result<Prepared, PlanError> {
        let engine = self.engine();
        let served = vec![false; engine.window().len()];
        let costs = CostModel::shipped().unwrap();
        prepare(
            &engine,
            &self.surroundings(),
            &served,
            request,
            &costs,
            &OneTemplate,
            listener,
        )
    }

    pub fn plan(&self, request: &PlanRequest, listener: &dyn PlanListener) -> Result<Plan, PlanError> {
        request.check()?;
        let prepared = self.prepare(request, listener)?;
        let costs = CostModel::shipped().unwrap();
        decide(&prepared, &self.surroundings(), request, &costs, listener)
    }
}

pub fn plan(request: &PlanRequest, listener: &dyn PlanListener) -> Result<Plan, PlanError> {
    province().plan(request, listener)
}

pub fn request(actions: u32) -> PlanRequest {
    PlanRequest {
        actions: Some(actions),
        ..PlanRequest::default()
    }
}
