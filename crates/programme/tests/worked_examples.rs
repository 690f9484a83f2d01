//! The worked examples of the domain, as numbers: what trips people up must come out right.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use geo_types::{MultiPolygon, polygon};
use geodata::{Area, AreaKind, Network, Place, PlaceKind, Site, Station, StationStatus, Technology};
use geodesy::LonLat;
use jiff::civil::date;
use programme::{
    AreaCoverage, Coverage, Evaluation, Facts, IndicatorResult, PlaceCoverage, Reported, Status, Successor, evaluate,
    library,
};

fn site(code: &str, owner: &str, lon: f64, lat: f64) -> Site {
    Site::new(code, owner, LonLat::new(lon, lat))
}

fn station(site: &str, operator: &str, technology: Technology) -> Station {
    Station {
        code: format!("{operator}-{site}-{technology}"),
        site_code: site.to_owned(),
        operator: operator.to_owned(),
        technology,
        on_air: None,
        status: StationStatus::OnAir,
    }
}

fn square(code: &str, kind: AreaKind, west: f64, south: f64, size: f64) -> Area {
    let (east, north) = (west + size, south + size);
    let shape = polygon![(x: west, y: south), (x: east, y: south), (x: east, y: north), (x: west, y: north)];
    Area::new(code, code, kind, MultiPolygon(vec![shape]))
}

fn facts(network: &Network) -> Facts<'_> {
    Facts {
        today: date(2025, 10, 1),
        network,
        communes: &[],
        zones: &[],
        places: &[],
        coverage: None,
        reported: &[],
        crosswalk: &[],
    }
}

fn run(key: &str, facts: &Facts<'_>) -> Evaluation {
    evaluate(&library::programme(key).unwrap(), facts)
}

fn indicator<'a>(evaluation: &'a Evaluation, id: &str) -> &'a IndicatorResult {
    evaluation.indicators.iter().find(|result| result.id == id).unwrap()
}

fn reading(result: &IndicatorResult, id: &str) -> f64 {
    result
        .readings
        .iter()
        .find(|reading| reading.id == id)
        .unwrap()
        .figure
        .as_ref()
        .unwrap()
        .value
}

fn near(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance, "{value} is not {expected}");
}

/// Trap 3: 100 stations on 84 locations, 16 of them with two tenants.
#[test]
fn sharing_is_19_or_32_or_16_percent() {
    let mut network = Network::default();
    for index in 0..84 {
        let code = format!("L{index}");
        network.sites.push(site(&code, "Viettel", 105.9, 18.3));
        network.stations.push(station(&code, "Viettel", Technology::G4));
        if index < 16 {
            network.stations.push(station(&code, "VNPT", Technology::G4));
        }
    }
    assert_eq!(network.stations.len(), 100);
    let evaluation = run("binh-phuoc-2023", &facts(&network));
    let sharing = indicator(&evaluation, "sharing");
    near(reading(sharing, "by-location"), 19.0, 0.05);
    near(reading(sharing, "by-station"), 32.0, 1e-9);
    near(reading(sharing, "by-hosted-tenant"), 16.0, 1e-9);
    assert_eq!(sharing.readings[0].figure.as_ref().unwrap().rows.len(), 16);
    assert_eq!(sharing.readings[0].figure.as_ref().unwrap().other_rows.len(), 68);
}

/// Trap 2: three readings of "BTS 5G 50 %", side by side, one of them used.
#[test]
fn fifty_percent_has_three_readings() {
    let mut network = Network::default();
    for index in 0..4 {
        let code = format!("L{index}");
        network
            .sites
            .push(site(&code, "Viettel", 105.005 + 0.1 * f64::from(index), 18.005));
        network.stations.push(station(&code, "Viettel", Technology::G4));
    }
    network.stations.push(station("L0", "Viettel", Technology::G5));
    let zones: Vec<Area> = (0..4)
        .map(|index| {
            square(
                &format!("Z{index}"),
                if index == 3 {
                    AreaKind::EconomicZone
                } else {
                    AreaKind::IndustrialPark
                },
                105.0 + 0.1 * f64::from(index),
                18.0,
                0.01,
            )
        })
        .collect();
    let facts = Facts {
        zones: &zones,
        ..facts(&network)
    };
    let evaluation = run("lang-son-251", &facts);
    let half = indicator(&evaluation, "zones-5g-half");
    near(reading(half, "a"), 25.0, 1e-9);
    near(reading(half, "b"), 100.0 / 3.0, 1e-9);
    near(reading(half, "c"), 25.0, 1e-9);
    near(half.value.unwrap(), 100.0 / 3.0, 1e-9);
    assert_eq!(half.readings.iter().filter(|reading| reading.used).count(), 1);
    assert_eq!(half.readings[2].target, Some(100.0));
}

/// 50 of 3,600 are 1.39 %, 26 of 3,600 are 0.72 %, 66 of 380 are 17.4 %; 380 can meet the plan and miss the nation's bar.
#[test]
fn meeting_the_plan_is_not_meeting_the_nation() {
    let mut network = Network::default();
    for index in 0..3_600 - 380 {
        let code = format!("L{index}");
        network.sites.push(site(&code, "Viettel", 105.9, 18.3));
        network.stations.push(station(
            &code,
            "Viettel",
            if index < 1_330 { Technology::G4 } else { Technology::G2 },
        ));
    }
    for index in 0..380 {
        network
            .stations
            .push(station(&format!("L{index}"), "Viettel", Technology::G5));
    }
    let evaluation = run("ha-tinh-529", &facts(&network));
    assert_eq!(indicator(&evaluation, "stations").value, Some(3_600.0));
    assert_eq!(indicator(&evaluation, "stations-5g").status, Status::Met);
    let bar = indicator(&evaluation, "national-5g-of-4g");
    assert!(bar.national);
    near(bar.value.unwrap(), 100.0 * 380.0 / 1_330.0, 1e-9);
    assert_eq!(bar.status, Status::AtRisk);
}

/// `five` 5G stations among `all`, the first `inside` of them in a park.
fn ha_tinh_with(all: usize, five: usize, inside: usize) -> Evaluation {
    let mut network = Network::default();
    for index in 0..all {
        let code = format!("L{index}");
        let lon = if index < inside { 105.005 } else { 106.5 };
        network.sites.push(site(&code, "Viettel", lon, 18.005));
        let technology = if index < five { Technology::G5 } else { Technology::G4 };
        network.stations.push(station(&code, "Viettel", technology));
    }
    let zones = [square("Z", AreaKind::IndustrialPark, 105.0, 18.0, 0.01)];
    let facts = Facts {
        zones: &zones,
        ..facts(&network)
    };
    run("ha-tinh-529", &facts)
}

/// Today 50 of 3,600 stations are 5G (1.39 %) and 26 of 3,600 are 5G in zones (0.72 %); then 66 of 380 in zones are 17.4 %.
#[test]
fn shares_are_of_what_they_name() {
    let today = ha_tinh_with(3_600, 50, 26);
    near(reading(indicator(&today, "stations-5g"), "of-all"), 1.39, 0.005);
    near(
        reading(indicator(&today, "stations-5g-in-zones"), "of-all"),
        0.72,
        0.005,
    );
    near(reading(indicator(&today, "stations-5g-in-zones"), "of-5g"), 52.0, 1e-9);
    let then = ha_tinh_with(3_600, 380, 66);
    near(reading(indicator(&then, "stations-5g-in-zones"), "of-5g"), 17.4, 0.05);
    assert_eq!(indicator(&then, "stations-5g-in-zones").status, Status::Met);
    // A share has no target where the document sets a number.
    assert_eq!(indicator(&then, "stations-5g").readings[1].target, None);
}

/// Communes of the past that a project holds beside those of today count on their own days only.
#[test]
fn areas_count_on_the_days_that_they_exist() {
    let redrawn = date(2025, 7, 1);
    let mut old = square("OLD", AreaKind::Commune, 105.0, 18.0, 0.1);
    old.valid_to = Some(redrawn);
    let mut new = square("NEW", AreaKind::Commune, 105.0, 18.0, 0.1);
    new.valid_from = Some(redrawn);
    let row = |code: &str, covered: f64| AreaCoverage {
        area_code: code.to_owned(),
        technology: Technology::G5,
        operator: None,
        km2: 1.0,
        covered_km2: 1.0,
        people: 1_000.0,
        covered_people: covered,
    };
    let coverage = Coverage {
        run: "r".to_owned(),
        places: Vec::new(),
        areas: vec![row("OLD", 100.0), row("NEW", 900.0)],
    };
    let network = Network::default();
    let communes = [old, new];
    let on = |today| {
        let facts = Facts {
            today,
            communes: &communes,
            coverage: Some(&coverage),
            ..facts(&network)
        };
        indicator(&run("lang-son-251", &facts), "population-5g").value
    };
    assert_eq!(on(date(2025, 6, 30)), Some(10.0));
    assert_eq!(on(redrawn), Some(90.0));
}

/// Trap 7: a station in a park inside an economic zone counts once; areas outside come out as 1,053.76 ha.
#[test]
fn nested_zones_count_once() {
    let mut network = Network::default();
    network.sites.push(site("IN", "Viettel", 105.005, 18.005));
    network.sites.push(site("OUT", "Viettel", 106.5, 18.5));
    network.stations.push(station("IN", "Viettel", Technology::G5));
    network.stations.push(station("OUT", "Viettel", Technology::G5));
    let mut inside = square("KCN1", AreaKind::IndustrialPark, 105.0, 18.0, 0.01);
    inside.parent_code = Some("KKT".to_owned());
    inside.area_ha = Some(1_969.2);
    let mut outside = square("KCN2", AreaKind::IndustrialPark, 105.5, 18.0, 0.01);
    outside.area_ha = Some(1_053.76);
    outside.status = Some("planned".to_owned());
    let zones = [
        square("KKT", AreaKind::EconomicZone, 104.95, 17.95, 0.2),
        inside,
        outside,
    ];
    let facts = Facts {
        zones: &zones,
        ..facts(&network)
    };
    let evaluation = run("ha-tinh-529", &facts);
    assert_eq!(indicator(&evaluation, "stations-5g-in-zones").value, Some(1.0));
    let area = indicator(&evaluation, "industrial-park-area");
    near(reading(area, "all"), 3_022.96, 1e-6);
    near(reading(area, "inside"), 1_969.2, 1e-6);
    near(reading(area, "outside"), 1_053.76, 1e-6);
    // The planned park does not exist yet (trap 8).
    assert_eq!(indicator(&evaluation, "industrial-parks").value, Some(1.0));
}

/// 50 → 380 asks the planner for exactly 330 actions, 26 → 66 for 40 of them in zones, by quota.
#[test]
fn the_gap_opens_the_planner() {
    let mut network = Network::default();
    for index in 0..50 {
        let code = format!("L{index}");
        network
            .sites
            .push(site(&code, "Viettel", if index < 26 { 105.005 } else { 106.5 }, 18.005));
        network.stations.push(station(&code, "Viettel", Technology::G5));
    }
    let zones = [square("Z", AreaKind::IndustrialPark, 105.0, 18.0, 0.01)];
    let facts = Facts {
        zones: &zones,
        ..facts(&network)
    };
    let goal = run("ha-tinh-529", &facts).planner;
    assert_eq!((goal.actions, goal.minimum_in_zones), (Some(330), Some(40)));
    let quotas = [
        ("Viettel".to_owned(), 160),
        ("VNPT".to_owned(), 100),
        ("MobiFone".to_owned(), 70),
    ];
    assert_eq!(goal.quotas, quotas);
}

/// Trap 5: two denominators for villages.
#[test]
fn villages_have_two_denominators() {
    let network = Network::default();
    let places: Vec<Place> = (0..10)
        .map(|index| {
            let mut place = Place::new(
                format!("V{index}"),
                "Thôn",
                PlaceKind::Village,
                LonLat::new(105.9, 18.3),
            );
            place.electrified = Some(index < 8);
            place
        })
        .collect();
    let served = |index: usize| PlaceCoverage::new(format!("V{index}"), Technology::G4, index < 6);
    let coverage = Coverage {
        run: "r".to_owned(),
        places: (0..10).map(served).collect(),
        areas: Vec::new(),
    };
    let facts = Facts {
        places: &places,
        coverage: Some(&coverage),
        ..facts(&network)
    };
    let evaluation = run("lang-son-251", &facts);
    let villages = indicator(&evaluation, "villages-with-power");
    near(reading(villages, "electrified"), 75.0, 1e-9);
    near(reading(villages, "all"), 60.0, 1e-9);
    assert_eq!(villages.value, Some(75.0));
    // What is missing is the planner's target: the villages with power, by 4G, which is enough and reaches farther.
    let wish = evaluation
        .planner
        .coverage
        .iter()
        .find(|wish| wish.indicator == "villages-with-power")
        .unwrap();
    assert_eq!(
        (wish.technology.as_str(), wish.of.as_str(), wish.share),
        ("4g", "electrified_villages", 1.0)
    );
    assert!(wish.places.is_empty());
}

/// A district's programme asks for its own villages: the planner's shares are of the whole project.
#[test]
fn a_district_asks_for_its_own_villages() {
    let network = Network::default();
    let communes = [
        square("IN", AreaKind::Commune, 105.0, 18.0, 0.1),
        square("OUT", AreaKind::Commune, 106.0, 18.0, 0.1),
    ];
    let village = |code: &str, lon: f64| Place::new(code, code, PlaceKind::Village, LonLat::new(lon, 18.05));
    let places = [
        village("served", 105.05),
        village("waiting", 105.06),
        village("elsewhere", 106.05),
    ];
    let coverage = Coverage {
        run: "r".to_owned(),
        places: places
            .iter()
            .map(|place| PlaceCoverage::new(place.code.clone(), Technology::G4, place.code == "served"))
            .collect(),
        areas: Vec::new(),
    };
    let crosswalk = [Successor {
        programme: "cao-loc-2023".to_owned(),
        from_code: "06184".to_owned(),
        from_name: "Xã cũ".to_owned(),
        to_code: "IN".to_owned(),
        share: None,
        exact: true,
        source: String::new(),
    }];
    let facts = Facts {
        communes: &communes,
        places: &places,
        coverage: Some(&coverage),
        crosswalk: &crosswalk,
        ..facts(&network)
    };
    let evaluation = run("cao-loc-2023", &facts);
    assert_eq!(indicator(&evaluation, "villages-broadband").value, Some(50.0));
    let wish = &evaluation.planner.coverage[0];
    assert_eq!(
        (wish.indicator.as_str(), wish.places.as_slice()),
        ("villages-broadband", ["waiting".to_owned()].as_slice())
    );
}

/// Class B: the newest report counts, history stays, and what is reported never overwrites what is computed.
#[test]
fn reports_keep_their_history_and_conflicts_are_shown() {
    let network = Network::default();
    let reported = |indicator: &str, value: f64, month: i8| Reported {
        programme: "cao-loc-2023".to_owned(),
        indicator: indicator.to_owned(),
        value,
        date: date(2025, month, 1),
        source: "i-Speed".to_owned(),
        who: "Sở KH&CN".to_owned(),
    };
    let rows = [
        reported("mobile-speed", 38.0, 3),
        reported("mobile-speed", 44.0, 9),
        reported("villages-broadband", 97.0, 9),
    ];
    let places = [Place::new("V", "Thôn", PlaceKind::Village, LonLat::new(105.9, 18.3))];
    let service = PlaceCoverage::new("V", Technology::G4, true);
    let coverage = Coverage {
        run: "r".to_owned(),
        places: vec![service],
        areas: Vec::new(),
    };
    let facts = Facts {
        reported: &rows,
        places: &places,
        coverage: Some(&coverage),
        ..facts(&network)
    };
    let evaluation = run("cao-loc-2023", &facts);
    let speed = indicator(&evaluation, "mobile-speed");
    assert_eq!(
        (speed.value, speed.status, speed.reported.len()),
        (Some(44.0), Status::Met, 2)
    );
    let villages = indicator(&evaluation, "villages-broadband");
    assert_eq!((villages.value, villages.conflict), (Some(100.0), Some(-3.0)));
    assert_eq!(villages.baseline, Some(92.0));
    assert!(evaluation.warnings[0].vi.contains("Cao Lộc") && evaluation.area.is_some());
}

/// Without data nothing is invented: every class A indicator says why it has no value.
#[test]
fn an_empty_project_says_what_is_missing() {
    let network = Network::default();
    for key in library::keys() {
        for result in run(key, &facts(&network)).indicators {
            assert_eq!(result.value, None, "{key} {}", result.id);
            assert_eq!(result.status, Status::NotComputable);
            assert!(
                result
                    .reason
                    .is_some_and(|reason| !reason.vi.is_empty() && !reason.en.is_empty()),
                "{key} {}",
                result.id
            );
        }
    }
}
