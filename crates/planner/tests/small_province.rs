//! A plan on ground small enough to try every choice by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::path::Path;

use coverage_model::{CoverageParameters, Engine};
use geo_types::{MultiPolygon, polygon};
use geodata::{Area, AreaKind, Cell, Network, Place, PlaceKind, Site, Station, StationStatus, Technology};
use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, LonLat};
use planner::candidates::Surroundings;
use planner::{
    ActionKind, CellTemplate, CellTemplates, CostModel, Plan, PlanError, PlanListener, PlanProgress, PlanRequest,
    make_plan,
};
use terrain::geotiff::{GeoTransform, write_f32};
use terrain::{ElevationModel, Ground, PopulationRaster, SurfaceKind};

const BOUNDS: Bounds = Bounds {
    west: 105.50,
    south: 18.00,
    east: 105.70,
    north: 18.20,
};
const SIDE: u32 = 100;

struct Silent;

impl PlanListener for Silent {
    fn report(&self, _progress: PlanProgress) {}
    fn cancelled(&self) -> bool {
        false
    }
}

struct Cancelled;

impl PlanListener for Cancelled {
    fn report(&self, _progress: PlanProgress) {}
    fn cancelled(&self) -> bool {
        true
    }
}

struct OneTemplate;

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
fn ground(folder: &Path) -> Ground {
    let transform = GeoTransform::filling(BOUNDS, SIDE, SIDE);
    let cell = |index: u32| (f64::from(index % SIDE), f64::from(index / SIDE));
    let heights: Vec<f32> = (0..SIDE * SIDE)
        .map(|index| {
            let (column, row) = cell(index);
            (40.0 + 25.0 * (column / 9.0).sin() * (row / 7.0).cos()) as f32
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

fn network() -> Network {
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

fn village(code: &str, lon: f64, lat: f64) -> Place {
    Place::new(code, format!("Thôn {code}"), PlaceKind::Village, LonLat::new(lon, lat))
}

fn plan(request: &PlanRequest, listener: &dyn PlanListener) -> Result<Plan, PlanError> {
    let folder = tempfile::tempdir().unwrap();
    let ground = ground(folder.path());
    let network = network();
    let places = [village("V1", 105.62, 18.19), village("V2", 105.53, 18.03)];
    let zone: MultiPolygon<f64> = MultiPolygon(vec![polygon![
        (x: 105.64, y: 18.15), (x: 105.67, y: 18.15), (x: 105.67, y: 18.18), (x: 105.64, y: 18.18), (x: 105.64, y: 18.15),
    ]]);
    let zones = [Area::new("Z1", "KCN thử", AreaKind::IndustrialPark, zone)];
    let parameters = CoverageParameters {
        maximum_radius_m: 6_000.0,
        zoom: 11,
        ..CoverageParameters::default()
    };
    let window = PixelWindow::covering(BOUNDS, parameters.zoom);
    let engine = Engine::new(&ground, window, parameters, None).unwrap();
    let served = vec![false; window.columns as usize * window.rows as usize];
    let surroundings = Surroundings {
        network: &network,
        communes: &[],
        zones: &zones,
        places: &places,
    };
    make_plan(
        &engine,
        &surroundings,
        &served,
        request,
        &CostModel::shipped().unwrap(),
        &OneTemplate,
        listener,
    )
}

fn request(actions: u32) -> PlanRequest {
    PlanRequest {
        actions: Some(actions),
        ..PlanRequest::default()
    }
}

#[test]
fn gains_add_up_and_masts_carry_one_action_each() {
    let plan = plan(&request(4), &Silent).unwrap();
    assert_eq!(plan.actions.len(), 4);
    let gained: f64 = plan.actions.iter().map(|action| action.gain.people).sum();
    assert!((gained - plan.totals.people).abs() < 1e-6);
    assert!(
        gained > 100.0 && gained <= plan.totals.people_without_before + 1e-6,
        "{gained} people"
    );
    let masts: std::collections::BTreeSet<_> = plan.actions.iter().map(|action| &action.candidate.id).collect();
    assert_eq!(masts.len(), 4);
    for pair in plan.actions.windows(2) {
        assert!(
            pair[0].gain.value >= pair[1].gain.value - 1e-6,
            "ranked by what they add"
        );
    }
    for action in &plan.actions {
        assert!(
            action.lost_without.value <= action.gain.value + 1e-6,
            "what only it serves is part of what it adds"
        );
        if let Some(runner_up) = &action.runner_up {
            assert!(
                plan.actions.iter().all(|other| other.candidate.id != runner_up.id),
                "a runner-up is not chosen"
            );
        }
    }
    if let Some(bound) = plan.solution.bound {
        assert!(bound >= plan.solution.objective - 1e-6);
    }
}

#[test]
fn no_single_action_beats_the_plan_of_one() {
    let best = plan(&request(1), &Silent).unwrap();
    let all: Vec<String> = plan(
        &PlanRequest {
            at_most: true,
            ..request(50)
        },
        &Silent,
    )
    .unwrap()
    .actions
    .into_iter()
    .map(|action| action.candidate.id)
    .collect();
    assert!(all.len() > 3);
    for id in all {
        let pinned = plan(
            &PlanRequest {
                pinned: [id.clone()].into(),
                ..request(1)
            },
            &Silent,
        )
        .unwrap();
        assert_eq!(pinned.actions[0].candidate.id, id);
        assert!(
            pinned.solution.objective <= best.solution.objective + 1e-6,
            "{id} alone is better"
        );
    }
}

#[test]
fn zone_minimum_quota_and_ban_hold() {
    let wanted = PlanRequest {
        minimum_in_zones: Some(1),
        quotas: [("Viettel".to_owned(), 2)].into(),
        forbidden: ["upgrade:VNPT:S1".to_owned()].into(),
        ..request(4)
    };
    let plan = plan(&wanted, &Silent).unwrap();
    assert!(plan.totals.in_zones >= 1);
    assert_eq!(
        plan.actions
            .iter()
            .filter(|action| action.candidate.operator == "Viettel")
            .count(),
        2
    );
    assert!(
        plan.actions
            .iter()
            .all(|action| action.candidate.id != "upgrade:VNPT:S1")
    );
    assert!(
        plan.actions
            .iter()
            .any(|action| action.candidate.action == ActionKind::Upgrade)
    );
}

#[test]
fn what_cannot_be_asked_is_named() {
    assert!(matches!(
        plan(&PlanRequest::default(), &Silent),
        Err(PlanError::NothingAsked)
    ));
    let unknown = PlanRequest {
        pinned: ["upgrade:nobody:S9".to_owned()].into(),
        ..request(1)
    };
    assert!(matches!(plan(&unknown, &Silent), Err(PlanError::UnknownCandidate(id)) if id == "upgrade:nobody:S9"));
    let stranger = PlanRequest {
        quotas: [("Gmobile".to_owned(), 1)].into(),
        ..request(1)
    };
    assert!(matches!(plan(&stranger, &Silent), Err(PlanError::UnknownOperator(name)) if name == "Gmobile"));
    assert!(matches!(plan(&request(1), &Cancelled), Err(PlanError::Cancelled)));
}
