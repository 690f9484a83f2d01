//! The five programmes on the demo province, counted again by an independent script.

use geodata::{Area, AreaKind, Network, Place, PlaceKind, Site, Station, StationStatus, Technology};
use geodesy::LonLat;
use programme::{AreaCoverage, Coverage, FactsFile, PlaceCoverage, Successor, library};

use super::borders::Polygon;
use super::masts::OPERATORS;
use super::plane::Point;
use super::zones::ZoneKind;
use super::{DEFAULT_SEED, Province};

fn lonlat(point: Point) -> LonLat {
    let [lon, lat] = point.degrees();
    LonLat::new(lon, lat)
}

fn shape(polygons: &[Polygon]) -> geo_types::MultiPolygon<f64> {
    let ring = |ring: &Vec<Point>| geo_types::LineString::from_iter(ring.iter().map(|point| point.degrees()));
    polygons
        .iter()
        .map(|rings| geo_types::Polygon::new(ring(&rings[0]), rings[1..].iter().map(ring).collect()))
        .collect()
}

fn network(province: &Province) -> Network {
    let mut network = Network::default();
    for mast in &province.masts {
        network.sites.push(Site::new(
            mast.code.clone(),
            OPERATORS[mast.owner],
            lonlat(mast.position),
        ));
    }
    for tenancy in &province.tenancies {
        for (technology, _) in Technology::ALL
            .into_iter()
            .zip(tenancy.technologies)
            .filter(|(_, on)| *on)
        {
            network.stations.push(Station {
                code: format!("{}-{technology}", tenancy.code(&province.masts)),
                site_code: province.masts[tenancy.mast].code.clone(),
                operator: tenancy.operator_name().to_owned(),
                technology,
                on_air: None,
                status: StationStatus::OnAir,
            });
        }
    }
    network
}

fn zones(province: &Province) -> Vec<Area> {
    province
        .zones
        .iter()
        .map(|zone| {
            let kind = match zone.kind {
                ZoneKind::EconomicZone => AreaKind::EconomicZone,
                ZoneKind::IndustrialPark => AreaKind::IndustrialPark,
                ZoneKind::IndustrialCluster => AreaKind::IndustrialCluster,
            };
            let mut area = Area::new(zone.code.clone(), zone.name.clone(), kind, shape(&zone.polygons));
            area.status = Some(zone.status.to_owned());
            area.parent_code.clone_from(&zone.parent);
            area.area_ha = Some(zone.area_ha);
            area.valid_from = zone.valid_from.parse().ok();
            area
        })
        .collect()
}

fn places(province: &Province) -> Vec<Place> {
    let villages = province.villages.iter().map(|village| {
        let mut place = Place::new(
            village.code.clone(),
            village.name.clone(),
            PlaceKind::Village,
            lonlat(village.position),
        );
        place.electrified = Some(village.electrified);
        place.population = Some(f64::from(village.population));
        place
    });
    let others = province.places.iter().map(|place| {
        Place::new(
            place.code.clone(),
            place.name.clone(),
            PlaceKind::from_key(place.kind).unwrap(),
            lonlat(place.position),
        )
    });
    villages.chain(others).collect()
}

/// A stand-in for a coverage run: a mast serves what lies within a radius of its technology.
fn coverage(province: &Province, places: &[Place]) -> Coverage {
    let mut coverage = Coverage {
        run: "discs".to_owned(),
        ..Coverage::default()
    };
    for (index, (technology, radius_m)) in Technology::ALL
        .into_iter()
        .zip([6_000.0, 3_000.0, 1_800.0, 900.0])
        .enumerate()
    {
        let masts: Vec<LonLat> = province
            .tenancies
            .iter()
            .filter(|tenancy| tenancy.technologies[index])
            .map(|tenancy| lonlat(province.masts[tenancy.mast].position))
            .collect();
        let served = |place: &Place| {
            masts
                .iter()
                .any(|&mast| geodesy::distance_m(mast, place.position) < radius_m)
        };
        for place in places {
            let row = PlaceCoverage {
                // Any number that differs from place to place will do.
                throughput_mbps: Some((place.code.len() * 7 + coverage.places.len() % 90) as f64),
                ..PlaceCoverage::new(place.code.clone(), technology, served(place))
            };
            coverage.places.push(row);
        }
        for (number, commune) in province.division.communes.iter().enumerate() {
            let share = 1.0 / (1.0 + (number + index) as f64);
            let people = commune.population;
            let row = AreaCoverage {
                area_code: commune.code.clone(),
                technology,
                operator: None,
                km2: 1.0,
                covered_km2: share,
                people,
                covered_people: share * people,
            };
            coverage.areas.push(row);
        }
    }
    coverage
}

fn crosswalk(province: &Province) -> Vec<Successor> {
    let communes = province.division.communes.iter().take(4).enumerate();
    communes
        .map(|(index, commune)| Successor {
            programme: "cao-loc-2023".to_owned(),
            from_code: format!("old{index}"),
            from_name: format!("Xã cũ {index}"),
            to_code: commune.code.clone(),
            share: None,
            exact: index < 3,
            source: String::new(),
        })
        .collect()
}

#[test]
fn an_independent_script_counts_the_same() {
    let Ok(python) = std::process::Command::new("python3")
        .args(["-c", "import tomllib"])
        .status()
    else {
        println!("skipped: python3 is not present");
        return;
    };
    if !python.success() {
        println!("skipped: python3 is older than 3.11");
        return;
    }
    let province = Province::build(DEFAULT_SEED);
    let communes = province.division.communes.iter();
    let places = places(&province);
    let facts = FactsFile {
        project: super::PROJECT_NAME.to_owned(),
        synthetic: true,
        network: network(&province),
        communes: communes
            .map(|commune| {
                Area::new(
                    commune.code.clone(),
                    commune.name.clone(),
                    AreaKind::Commune,
                    shape(&commune.polygons),
                )
            })
            .collect(),
        zones: zones(&province),
        coverage: Some(coverage(&province, &places)),
        places,
        // The made-up district: three whole communes and one in part.
        crosswalk: crosswalk(&province),
        ..FactsFile::default()
    };
    let today = jiff::civil::date(2025, 11, 21);
    let evaluations: Vec<_> = library::keys()
        .into_iter()
        .map(|key| programme::evaluate(&library::programme(key).unwrap(), &facts.on(today)))
        .collect();
    let hatinh = &evaluations[0];
    let value = |id: &str| hatinh.indicators.iter().find(|result| result.id == id).unwrap().value;
    assert_eq!(
        (value("stations"), value("stations-5g"), value("stations-5g-in-zones")),
        (Some(3_600.0), Some(50.0), Some(26.0))
    );
    assert_eq!(
        (hatinh.planner.actions, hatinh.planner.minimum_in_zones),
        (Some(330), Some(40))
    );
    let folder = tempfile::tempdir().unwrap();
    let (facts_file, evaluations_file) = (folder.path().join("facts.json"), folder.path().join("evaluations.json"));
    std::fs::write(&facts_file, serde_json::to_vec(&facts).unwrap()).unwrap();
    std::fs::write(&evaluations_file, serde_json::to_vec(&evaluations).unwrap()).unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let done = std::process::Command::new("python3")
        .arg(root.join("tests/programme/golden.py"))
        .args([&facts_file, &evaluations_file, &root.join("data/programmes")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    // 10 + 6 + … readings: a script that counts nothing proves nothing.
    let counted: u32 = said
        .split_whitespace()
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap();
    assert!(counted >= 30, "{said}");
}
