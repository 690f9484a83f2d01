//! Where something could be done, and where not.

use geo_types::{MultiLineString, line_string};
use geodata::{Area, AreaKind, Line, LineKind};
use geodesy::{LonLat, distance_m};
use planner::candidates::{CandidateRules, FilterReason};
use planner::{ActionKind, BackhaulKind, CandidateSource, CostModel, PlanRequest, Prepared};
use terrain::{ClassTable, CoverPolygon, LandCover};

use crate::province::{Province, Silent, province, request, square, walled};

#[test]
fn the_engine_chooses_the_peaks() {
    let province = province();
    let prepared = |high_ground: u32| {
        let mut wanted = request(3);
        wanted.rules.least_demand_near = 10.0;
        wanted.rules.high_ground = high_ground;
        province.prepare(&wanted, &Silent).unwrap()
    };
    let peaks = |prepared: &Prepared| -> Vec<(String, f64)> {
        let found = prepared.found.candidates.iter().zip(&prepared.covers);
        found
            .filter(|(candidate, _)| candidate.source == CandidateSource::HighGround)
            .map(|(candidate, cover)| {
                let served = cover.iter().map(|&point| prepared.demand.points[point as usize].weight);
                (candidate.id.clone(), served.sum())
            })
            .collect()
    };
    let (all, some) = (prepared(200), prepared(2));
    assert_eq!(all.found.candidates.len(), all.covers.len());
    assert_eq!(some.found.candidates.len(), some.covers.len());
    let (all, some) = (peaks(&all), peaks(&some));
    assert!(all.len() > 3 && some.len() <= 2 && !some.is_empty(), "{all:?} {some:?}");
    assert!(
        all.iter().all(|(_, served)| *served >= 10.0),
        "who serves too few is none"
    );
    // Of the twice two that relief alone would choose, the two that serve most.
    let worst = some.iter().map(|(_, served)| *served).fold(f64::INFINITY, f64::min);
    let better = all.iter().filter(|(_, served)| *served > worst).count();
    assert!(better < 4, "{better} peaks serve more than {worst}");
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

/// New masts only, looked for along one road through the middle.
fn along_a_road(province: &mut Province, from: (f64, f64), to: (f64, f64)) -> PlanRequest {
    province.places.clear();
    province.zones.clear();
    let road = vec![line_string![(x: from.0, y: from.1), (x: to.0, y: to.1)]];
    province.roads = vec![Line {
        code: "R1".to_owned(),
        name: "QL1".to_owned(),
        kind: LineKind::Road,
        geometry: MultiLineString(road),
        class: None,
    }];
    let mut wanted = request(1);
    wanted.rules = CandidateRules {
        kinds: [ActionKind::NewTower].into(),
        high_ground: 0,
        road_step_m: 400.0,
        least_demand_near: 0.0,
        ..CandidateRules::default()
    };
    wanted
}

#[test]
fn every_filter_keeps_masts_out_of_its_ground() {
    // The road runs west to east at 18.06°, through land of each kind.
    let mut province = province();
    let mut wanted = along_a_road(&mut province, (105.505, 18.06), (105.695, 18.06));
    let strip = |west: f64| square(west, 18.05, 0.02);
    let mut park = Area::new("P1", "Rừng đặc dụng thử", AreaKind::Other, strip(105.51));
    park.properties.insert("protected".to_owned(), true.into());
    let mut closed = Area::new("N1", "Không có đất", AreaKind::Other, strip(105.535));
    closed.properties.insert("no_land".to_owned(), "có".into());
    let commune = Area::new("C1", "Xã thử", AreaKind::Commune, square(105.50, 18.00, 0.17));
    province.communes = vec![commune, park, closed];
    let lake = CoverPolygon {
        geometry: strip(105.60),
        code: 80,
    };
    province.ground.land_cover = Some(LandCover::from_polygons(vec![lake], ClassTable::world_cover()));
    wanted.rules.border_m = 1_500.0;
    wanted.rules.new_tower_beyond_m = 1_300.0;
    let found = province.prepare(&wanted, &Silent).unwrap().found;
    for reason in [
        FilterReason::Protected,
        FilterReason::NoLand,
        FilterReason::Water,
        FilterReason::Border,
        FilterReason::NearMast,
    ] {
        assert!(
            found.filtered.contains_key(&reason),
            "{reason:?} in {:?}",
            found.filtered
        );
    }
    assert!(!found.candidates.is_empty());
    for candidate in &found.candidates {
        let lon = candidate.position.lon_deg;
        let outside = |west: f64| !(west..=west + 0.02).contains(&lon);
        assert!(outside(105.51) && outside(105.535) && outside(105.60), "{lon}");
        // 1,500 m are 0.0142° here.
        assert!(
            lon < 105.67 - 0.0135 && lon > 105.50 + 0.0135,
            "{lon} is too near the border"
        );
        assert!(candidate.nearest_mast_m >= wanted.rules.new_tower_beyond_m);
    }
}

#[test]
fn no_mast_on_ground_that_is_too_steep() {
    let mut province = province();
    let wanted = along_a_road(&mut province, (105.505, 18.075), (105.695, 18.075));
    let allowed = |maximum_slope_deg: f64| {
        let mut wanted = wanted.clone();
        wanted.rules.maximum_slope_deg = maximum_slope_deg;
        let found = province.prepare(&wanted, &Silent).unwrap().found;
        let steep = found.filtered.get(&FilterReason::Slope).copied().unwrap_or(0);
        (found.candidates.len(), steep as usize)
    };
    let (gentle, strict) = (allowed(25.0), allowed(0.6));
    assert_eq!(gentle.1, 0, "hills of 25 m over kilometres are not steep");
    assert!(strict.1 > 0 && strict.0 < gentle.0, "{gentle:?} {strict:?}");
    assert_eq!(strict.0 + strict.1, gentle.0);
}

#[test]
fn new_masts_of_a_plan_keep_the_distance_of_their_type() {
    let mut province = province();
    let mut wanted = along_a_road(&mut province, (105.505, 18.10), (105.695, 18.10));
    wanted.rules.new_tower_beyond_m = 0.0;
    wanted.rules.spacing_by_mast_type_m = [("A2b".to_owned(), 4_000.0), ("A1a".to_owned(), 800.0)].into();
    let nearest = |mast_type: &str| {
        let mut wanted = wanted.clone();
        wanted.actions = Some(4);
        wanted.rules.new_tower_type = mast_type.to_owned();
        let plan = province.plan(&wanted, &Silent).unwrap();
        assert_eq!(plan.actions.len(), 4);
        let places: Vec<LonLat> = plan.actions.iter().map(|action| action.candidate.position).collect();
        let mut nearest = f64::INFINITY;
        for (index, a) in places.iter().enumerate() {
            for b in &places[..index] {
                nearest = nearest.min(distance_m(*a, *b));
            }
        }
        (nearest, plan.actions[0].candidate.capital_million_vnd)
    };
    let (far, near) = (nearest("A2b"), nearest("A1a"));
    assert!(far.0 >= 4_000.0 && near.0 >= 800.0, "{far:?} {near:?}");
    assert!(near.1 < far.1, "a roof mast is cheaper");
}

#[test]
fn traffic_goes_over_fibre_near_a_hop_that_is_free_or_a_satellite() {
    let mut province = province();
    let mut wanted = along_a_road(&mut province, (105.505, 18.19), (105.695, 18.19));
    wanted.rules.road_step_m = 2_000.0;
    let kinds = |province: &Province| -> Vec<planner::Backhaul> {
        let found = province.prepare(&wanted, &Silent).unwrap().found;
        assert!(!found.candidates.is_empty());
        found
            .candidates
            .into_iter()
            .map(|candidate| candidate.backhaul)
            .collect()
    };
    // Gentle hills and no fibre: hops with a free Fresnel zone.
    let hops = kinds(&province);
    assert!(hops.iter().any(|way| way.kind == BackhaulKind::Microwave), "{hops:?}");
    for way in &hops {
        if way.kind == BackhaulKind::Microwave {
            assert!(way.fresnel_ratio.unwrap() >= 0.6 && way.distance_m > 0.0 && way.to.is_some());
        } else {
            assert_eq!(way.kind, BackhaulKind::Satellite);
        }
    }
    // A fibre line along the road: its kilometres cost less than a hop.
    province.fibre_lines = vec![Line {
        kind: LineKind::Fibre,
        name: "Tuyến cáp".to_owned(),
        ..province.roads[0].clone()
    }];
    let costs = CostModel::shipped().unwrap();
    for way in kinds(&province) {
        assert_eq!((way.kind, way.to.as_deref()), (BackhaulKind::Fibre, Some("Tuyến cáp")));
        let expected = way.distance_m / 1000.0 * costs.backhaul.fibre_million_vnd_per_km;
        assert!((way.extra_capital_million_vnd - expected).abs() < 1e-9 && way.distance_m < 500.0);
    }
    // A fibre-fed mast counts as fibre, too.
    province.fibre_lines.clear();
    province.network.sites[4].fibre = Some(true);
    let fed = kinds(&province);
    assert!(
        fed.iter()
            .any(|way| way.kind == BackhaulKind::Fibre && way.to.as_deref() == Some("S4")),
        "{fed:?}"
    );
    // Walls of 400 m between the road and every mast: no hop is free.
    province.network.sites[4].fibre = None;
    let folder = tempfile::tempdir().unwrap();
    province.ground = walled(folder.path());
    let walled = kinds(&province);
    assert!(
        walled.iter().all(|way| way.kind == BackhaulKind::Satellite),
        "{walled:?}"
    );
}
