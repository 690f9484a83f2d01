//! A plan on ground small enough to try every choice by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::path::Path;

use coverage_model::point_to_point::drawing::Language;
use coverage_model::{CoverageParameters, Engine};
use geo_types::{MultiPolygon, polygon};
use geodata::{Area, AreaKind, Cell, Network, Place, PlaceKind, Site, Station, StationStatus, Technology};
use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, LonLat};
use planner::candidates::Surroundings;
use planner::hand::{AddedPlace, Adjustment, Move, Workshop, adjust};
use planner::optimiser::Status;
use planner::sharing::{SharingRule, SharingRules};
use planner::{
    ActionKind, BackhaulKind, CandidateSource, CellTemplate, CellTemplates, CostModel, PhaseRequest, Plan, PlanError,
    PlanGoal, PlanListener, PlanProgress, PlanRequest, Prepared, Target, TargetOf, comparison, curve_svg, decide,
    prepare, sharing,
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

/// Everything that a plan is made on.
struct Province {
    _folder: tempfile::TempDir,
    ground: Ground,
    network: Network,
    communes: Vec<Area>,
    zones: Vec<Area>,
    places: Vec<Place>,
}

fn square(west: f64, south: f64, side: f64) -> MultiPolygon<f64> {
    let (east, north) = (west + side, south + side);
    MultiPolygon(vec![polygon![
        (x: west, y: south), (x: east, y: south), (x: east, y: north), (x: west, y: north), (x: west, y: south),
    ]])
}

fn province() -> Province {
    let folder = tempfile::tempdir().unwrap();
    let ground = ground(folder.path());
    let mut hollow = village("V3", 105.545, 18.045);
    hollow.outlying_cluster = Some(LonLat::new(105.68, 18.02));
    Province {
        ground,
        network: network(),
        communes: Vec::new(),
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
    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            communes: &self.communes,
            zones: &self.zones,
            places: &self.places,
            ground: Some(&self.ground),
            ..Surroundings::of(&self.network)
        }
    }

    fn engine(&self) -> Engine<'_> {
        let parameters = CoverageParameters {
            maximum_radius_m: 6_000.0,
            zoom: 11,
            ..CoverageParameters::default()
        };
        let window = PixelWindow::covering(BOUNDS, parameters.zoom);
        Engine::new(&self.ground, window, parameters, None).unwrap()
    }

    fn prepare(&self, request: &PlanRequest, listener: &dyn PlanListener) -> Result<Prepared, PlanError> {
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

    fn plan(&self, request: &PlanRequest, listener: &dyn PlanListener) -> Result<Plan, PlanError> {
        request.check()?;
        let prepared = self.prepare(request, listener)?;
        let costs = CostModel::shipped().unwrap();
        decide(&prepared, &self.surroundings(), request, &costs, listener)
    }
}

fn plan(request: &PlanRequest, listener: &dyn PlanListener) -> Result<Plan, PlanError> {
    province().plan(request, listener)
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

#[test]
fn every_kind_of_place_is_looked_at_and_filters_are_counted() {
    let mut province = province();
    let mut park = Area::new("P1", "Vườn quốc gia thử", AreaKind::Other, square(105.60, 18.17, 0.03));
    park.properties.insert("protected".to_owned(), true.into());
    province.communes.push(park);
    let mut wanted = request(3);
    wanted.rules.kinds = ActionKind::ALL.into();
    wanted.rules.least_demand_near = 10.0;
    let prepared = province.prepare(&wanted, &Silent).unwrap();
    let sources: std::collections::BTreeSet<CandidateSource> = prepared
        .found
        .candidates
        .iter()
        .map(|candidate| candidate.source)
        .collect();
    for source in [
        CandidateSource::OwnMast,
        CandidateSource::OthersMast,
        CandidateSource::HighGround,
        CandidateSource::ZoneLand,
        CandidateSource::Pole,
        CandidateSource::Satellite,
    ] {
        assert!(sources.contains(&source), "{source:?} is missing among {sources:?}");
    }
    assert!(
        prepared.found.filtered.values().sum::<u32>() >= 1,
        "V1 lies in the park: {:?}",
        prepared.found.filtered
    );
    assert!(
        prepared.found.candidates.iter().all(|candidate| {
            candidate.action != ActionKind::NewTower || candidate.place_code.as_deref() != Some("V1")
        }),
        "no mast in a protected area"
    );
    for candidate in &prepared.found.candidates {
        if candidate.action == ActionKind::NewTower {
            assert_ne!(candidate.backhaul.kind, BackhaulKind::OnSite, "{}", candidate.id);
        }
    }
    let mut bytes = Vec::new();
    prepared.write(&mut bytes).unwrap();
    let again = Prepared::read(bytes.as_slice()).unwrap();
    assert!(again.covers == prepared.covers && again.demand.window == prepared.demand.window);
    assert_eq!(again.found.filtered, prepared.found.filtered);
    assert_eq!(
        again.found.candidates.iter().map(|one| &one.id).collect::<Vec<_>>(),
        prepared.found.candidates.iter().map(|one| &one.id).collect::<Vec<_>>()
    );
    assert!(Prepared::read(&bytes[..bytes.len() - 3]).is_err());
}

#[test]
fn reasons_add_up_and_the_curve_rises() {
    let plan = plan(&request(4), &Silent).unwrap();
    let changes: usize = plan.actions.iter().map(|action| action.gain.class_changes.len()).sum();
    assert!(changes >= 1, "a village changes its class");
    assert!((plan.by_phase[0].value - plan.totals.value).abs() < 1e-6);
    let curve = plan.curve.as_ref().unwrap();
    for pair in curve.points.windows(2) {
        // Each point is within half a percent of its best.
        assert!(pair[1].served >= 0.995 * pair[0].served, "{curve:?}");
        assert!(pair[1].cost_million_vnd <= pair[1].budget_million_vnd + 1e-6);
    }
    let picture = curve_svg(curve, Language::Vietnamese);
    assert!(picture.starts_with("<svg") && picture.ends_with("</svg>") && !picture.contains("NaN"));
    let same = comparison::compare(&plan, &plan);
    assert_eq!(
        (same.both.len(), same.a.only.len(), same.differences.actions),
        (4, 0, 0)
    );
    let fewer = super_plan(3);
    let differs = comparison::compare(&plan, &fewer);
    assert_eq!(differs.differences.actions, -1);
    assert!((differs.differences.value - (fewer.totals.value - plan.totals.value)).abs() < 1e-9);
}

fn super_plan(actions: u32) -> Plan {
    plan(&request(actions), &Silent).unwrap()
}

#[test]
fn phases_keep_their_money_and_a_pin_is_a_reason() {
    let phase = |name: &str, budget| PhaseRequest {
        name: name.to_owned(),
        budget_million_vnd: Some(budget),
        maximum_actions: None,
        value: 1.0,
    };
    let wanted = PlanRequest {
        phases: vec![phase("2026", 1000.0), phase("2027", 500.0)],
        pinned: ["upgrade:MobiFone:S3".to_owned()].into(),
        ..PlanRequest::default()
    };
    let plan = plan(&wanted, &Silent).unwrap();
    assert!(plan.by_phase[0].capital_million_vnd <= 1000.0 + 1e-6);
    assert!(plan.by_phase[1].capital_million_vnd <= 500.0 + 1e-6);
    assert_eq!(
        plan.by_phase.iter().map(|phase| phase.actions).sum::<u32>(),
        plan.totals.actions
    );
    let pinned = plan
        .actions
        .iter()
        .find(|action| action.candidate.id == "upgrade:MobiFone:S3")
        .unwrap();
    assert!(pinned.there_for.iter().any(|reason| reason.text_en.contains("pinned")));
}

#[test]
fn least_cost_reaches_every_village_and_says_whom_nobody_reaches() {
    let everyone = |kinds: &[ActionKind]| PlanRequest {
        goal: PlanGoal::LeastCost {
            targets: vec![Target {
                of: TargetOf::Villages,
                share: 1.0,
            }],
        },
        rules: planner::candidates::CandidateRules {
            kinds: kinds.iter().copied().collect(),
            ..Default::default()
        },
        ..PlanRequest::default()
    };
    let plan = plan(&everyone(&ActionKind::ALL), &Silent).unwrap();
    assert_eq!(plan.solution.status, Status::Optimal, "{:?}", plan.solution);
    assert_eq!(plan.totals.villages, 3);
    assert!((plan.solution.objective - plan.totals.capital_million_vnd).abs() < 1e-6);
    // Upgrades alone reach fewer: the wish is infeasible, the nearest plan is there, the village is named.
    let mut far = province();
    far.places.push(village("V9", 105.69, 18.005));
    let nearest = far.plan(&everyone(&[ActionKind::Upgrade]), &Silent).unwrap();
    assert_eq!(nearest.solution.status, Status::Infeasible);
    let why = nearest.solution.infeasibility.unwrap();
    assert!(why.conflicting.iter().any(|one| one.text_vi.contains("V9")), "{why:?}");
    assert!(nearest.totals.villages >= 1 && nearest.solution.bound.is_none());
    assert!(nearest.satellite_advice.iter().any(|advice| advice.code == "V9"));
}

#[test]
fn a_plan_is_changed_by_hand() {
    let province = province();
    let wanted = request(3);
    let prepared = province.prepare(&wanted, &Silent).unwrap();
    let costs = CostModel::shipped().unwrap();
    let plan = decide(&prepared, &province.surroundings(), &wanted, &costs, &Silent).unwrap();
    let engine = province.engine();
    let change = |change: &Adjustment| {
        let workshop = || {
            Ok(Workshop {
                engine: &engine,
                templates: &OneTemplate,
                listener: &Silent,
            })
        };
        adjust(
            &prepared,
            &province.surroundings(),
            &plan,
            change,
            &costs,
            workshop,
            1.0,
        )
    };
    let first = plan.actions[0].candidate.id.clone();
    let without = change(&Adjustment {
        forbid: [first.clone()].into(),
        ..Adjustment::default()
    })
    .unwrap();
    assert_eq!(without.after.actions, 3);
    assert!(without.removed.iter().any(|gone| gone.candidate.id == first));
    assert!(without.after.value <= without.before.value + 1e-6);
    let moved = change(&Adjustment {
        moved: vec![Move {
            id: first.clone(),
            position: [105.58, 18.11],
        }],
        keep_rest: true,
        ..Adjustment::default()
    })
    .unwrap();
    assert_eq!(moved.after.actions, 3);
    assert!(
        moved
            .added
            .iter()
            .any(|new| new.candidate.source == CandidateSource::Hand)
    );
    let added = change(&Adjustment {
        add: vec![AddedPlace {
            position: [105.60, 18.13],
            action: None,
            operator: None,
            antenna_height_m: None,
        }],
        actions: Some(4),
        ..Adjustment::default()
    })
    .unwrap();
    assert_eq!((added.after.actions, added.request_added.len()), (4, 1));
    // What is kept by a plan run is what was seen.
    let kept = PlanRequest {
        actions: Some(4),
        pinned: [added.request_added[0].id.clone()].into(),
        added: added.request_added.clone(),
        ..wanted.clone()
    };
    let kept = province.plan(&kept, &Silent).unwrap();
    assert!((kept.totals.value - added.after.value).abs() < 1e-6);
    assert!(
        change(&Adjustment {
            pin: ["nobody".to_owned()].into(),
            ..Adjustment::default()
        })
        .is_err()
    );
}

#[test]
fn near_masts_of_two_owners_are_proposed_for_sharing() {
    let mut province = province();
    // A VNPT mast 300 m from Viettel's S0, and a restricted one.
    let mut near = Site::new("N1", "VNPT", LonLat::new(105.5428, 18.04));
    near.mast_height_m = Some(42.0);
    near.free_height_m = Some(36.0);
    province.network.sites.push(near);
    province.network.stations.push(Station {
        code: "N1-4g".to_owned(),
        site_code: "N1".to_owned(),
        operator: "VNPT".to_owned(),
        technology: Technology::G4,
        on_air: None,
        status: StationStatus::OnAir,
    });
    let template = province.network.cells[0].clone();
    province.network.cells.push(Cell {
        code: "N1-4g-1".to_owned(),
        station_code: "N1-4g".to_owned(),
        ..template
    });
    let engine = province.engine();
    let costs = CostModel::shipped().unwrap();
    let find = |network: &Network| {
        sharing::find(
            &engine,
            network,
            &[],
            &SharingRules::default(),
            &costs,
            &OneTemplate,
            &Silent,
        )
        .unwrap()
    };
    let found = find(&province.network);
    let first = &found.proposals[0];
    assert_eq!(first.rule, SharingRule::WithinDistance);
    assert_eq!(first.keep.site_code.as_deref(), Some("N1"), "known room makes the host");
    assert_eq!(first.leave.site_code.as_deref(), Some("S0"));
    let tenant = &first.tenants_moved[0];
    assert!(tenant.people_kept > 0.0 && (tenant.people_before - tenant.people_kept - tenant.people_lost).abs() < 1e-6);
    assert!(tenant.worst_change_db.unwrap() <= tenant.mean_change_db.unwrap());
    assert!(found.share_before.by_location < 1e-9);
    if first.people_kept_share >= found.rules.keep_at_least {
        assert!(found.share_after.by_location > 0.0);
    }
    // Restricted masts count in the sums and are shown to nobody.
    let mut network = province.network.clone();
    network.sites[0].restricted = true;
    let secret = find(&network);
    assert_eq!(secret.share_after, found.share_after);
    let shown = secret.without_restricted();
    assert!(shown.restricted_hidden >= 1);
    assert!(!serde_json::to_string(&shown.proposals).unwrap().contains("\"S0\""));
    let operator = found.for_operator("Viettel");
    assert!(!serde_json::to_string(&operator.proposals).unwrap().contains("\"N1\""));
}
