//! What the demo promises, checked on the default seed and one other.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use proptest::prelude::*;

use super::plane::{HEIGHT_DEG, KM_PER_DEGREE_EAST, KM_PER_DEGREE_NORTH, Lattice, Point, WIDTH_DEG};
use super::zones::ZoneKind;
use super::{DEFAULT_SEED, Province, borders, features, lists, rasters, stations, zones};

fn province() -> &'static Province {
    static PROVINCE: OnceLock<Province> = OnceLock::new();
    PROVINCE.get_or_init(|| Province::build(DEFAULT_SEED))
}

fn outline() -> &'static [borders::Polygon] {
    static OUTLINE: OnceLock<Vec<borders::Polygon>> = OnceLock::new();
    OUTLINE.get_or_init(|| province().division.borders.polygons(|label| label > 0))
}

fn in_a_zone(province: &Province, point: Point) -> bool {
    province
        .zones
        .iter()
        .any(|zone| zone.exists_today() && zone.contains(point))
}

fn check_counts(province: &Province) {
    assert_eq!(province.division.communes.len(), 69);
    assert_eq!(province.villages.len(), 1_900);
    let today = |kind| {
        province
            .zones
            .iter()
            .filter(|zone| zone.exists_today() && zone.kind == kind)
            .count()
    };
    assert_eq!(today(ZoneKind::EconomicZone), 2);
    assert_eq!(today(ZoneKind::IndustrialPark), 7);
    assert_eq!(today(ZoneKind::IndustrialCluster), 22);
    assert_eq!(province.masts.len(), 1_200);
    assert_eq!(province.masts.iter().filter(|mast| mast.tenants.len() > 1).count(), 192);
    let stations: usize = province.tenancies.iter().map(stations::Tenancy::stations).sum();
    assert_eq!(stations, 3_600);
    let five: Vec<_> = province
        .tenancies
        .iter()
        .filter(|tenancy| tenancy.technologies[3])
        .collect();
    assert_eq!(five.len(), 50);
    assert_eq!(
        five.iter()
            .filter(|tenancy| in_a_zone(province, province.masts[tenancy.mast].position))
            .count(),
        26
    );
}

#[test]
fn the_default_seed_has_the_published_counts() {
    check_counts(province());
}

#[test]
fn another_seed_has_them_too() {
    check_counts(&Province::build(7));
}

#[test]
fn every_5g_station_has_4g_beside_it() {
    assert!(
        province()
            .tenancies
            .iter()
            .all(|tenancy| !tenancy.technologies[3] || tenancy.technologies[2])
    );
}

#[test]
fn every_row_of_the_lists_counts_once() {
    let province = province();
    let rows: Vec<_> = (0..3).flat_map(|operator| lists::rows(province, operator)).collect();
    let mut codes = BTreeSet::new();
    let mut stations = 0;
    for row in &rows {
        let [lists::Value::Text(code), lists::Value::Text(technologies)] = [&row[1], &row[14]] else {
            unreachable!("columns of text")
        };
        assert!(codes.insert(code.clone()), "{code} twice");
        stations += technologies.split('/').count();
    }
    assert_eq!(stations, 3_600);
}

#[test]
fn communes_fill_the_province() {
    let province = province();
    let area = |polygons: &[borders::Polygon]| -> f64 {
        polygons
            .iter()
            .flatten()
            .map(|ring| borders::signed_area_km2(ring))
            .sum()
    };
    let communes: f64 = province
        .division
        .communes
        .iter()
        .map(|commune| area(&commune.polygons))
        .sum();
    let outline = area(&province.division.borders.polygons(|label| label > 0));
    assert!((communes - outline).abs() < 1e-6, "{communes} against {outline}");
    assert!((5_500.0..6_500.0).contains(&outline), "{outline} km²");
}

#[test]
fn commune_polygons_are_valid() {
    use geo::Validation;
    for feature in features::communes(province()).features {
        let rings: Vec<Vec<[f64; 2]>> = serde_json::from_value(feature["geometry"]["coordinates"].clone()).unwrap();
        let mut rings = rings.into_iter().map(geo_types::LineString::from_iter);
        let polygon = geo_types::Polygon::new(rings.next().unwrap(), rings.collect());
        assert!(
            polygon.is_valid(),
            "{}: {:?}",
            feature["properties"]["name"],
            polygon.validation_errors()
        );
    }
}

proptest! {
    /// Any point lies in exactly one commune when it lies in the province, in none else.
    #[test]
    fn points_lie_in_one_commune(x in 0.0..WIDTH_DEG * KM_PER_DEGREE_EAST, y in 0.0..HEIGHT_DEG * KM_PER_DEGREE_NORTH) {
        let province = province();
        let point = Point::new(x, y);
        let holders = province.division.communes.iter().filter(|commune| borders::contains(&commune.polygons, point)).count();
        let inside = borders::contains(outline(), point);
        prop_assert_eq!(holders, usize::from(inside));
    }
}

#[test]
fn everything_stands_in_its_commune() {
    let province = province();
    for village in &province.villages {
        assert!(borders::contains(
            &province.division.communes[village.commune].polygons,
            village.position
        ));
    }
    for mast in &province.masts {
        assert!(
            borders::contains(&province.division.communes[mast.commune].polygons, mast.position),
            "{}",
            mast.code
        );
    }
    for commune in &province.division.communes {
        assert!(borders::contains(&commune.polygons, commune.centre), "{}", commune.name);
    }
}

#[test]
fn zones_have_the_areas_of_the_plan() {
    let province = province();
    let total = |kind: ZoneKind, inside: bool| -> f64 {
        let zones = province
            .zones
            .iter()
            .filter(|zone| zone.kind == kind && zone.parent.is_some() == inside);
        zones.map(|zone| zone.area_ha).sum()
    };
    assert!((total(ZoneKind::IndustrialPark, true) - 1_969.20).abs() < 1e-6);
    assert!((total(ZoneKind::IndustrialPark, false) - 1_053.76).abs() < 1e-6);
    assert!((total(ZoneKind::IndustrialCluster, false) - zones::CLUSTERS_2030_HA).abs() < 1e-6);
    let later: f64 = province
        .zones
        .iter()
        .filter(|zone| zone.kind == ZoneKind::IndustrialCluster)
        .map(|zone| zone.area_later_ha)
        .sum();
    assert!((later - zones::CLUSTERS_LATER_HA).abs() < 0.06, "{later}");
    for zone in &province.zones {
        assert!(
            (zones::area_ha(&zone.polygons) - zone.area_ha).abs() < 0.1,
            "{}",
            zone.name
        );
    }
    let economic = &province.zones[0];
    for park in province.zones.iter().filter(|zone| zone.parent.is_some()) {
        assert!(
            park.polygons[0][0].iter().all(|&corner| economic.contains(corner)),
            "{} leaves its zone",
            park.name
        );
    }
}

#[test]
fn zones_named_by_the_plan_are_there() {
    for name in [
        "KKT Vũng Áng",
        "KKT cửa khẩu Cầu Treo",
        "Formosa Sơn Dương",
        "CCN Nam Hồng",
        "CCN Đức Thọ",
    ] {
        assert!(
            province()
                .zones
                .iter()
                .any(|zone| zone.name.contains(name) && zone.exists_today()),
            "{name}"
        );
    }
    for name in ["nhiệt điện Vũng Áng I (", "nhiệt điện Vũng Áng II ("] {
        let place = province()
            .places
            .iter()
            .find(|place| place.name.contains(name))
            .unwrap();
        assert!(province().zones[0].contains(place.position), "{name}");
    }
}

#[test]
fn every_priority_kind_is_there() {
    let kinds: BTreeSet<&str> = province().places.iter().map(|place| place.kind).collect();
    for kind in [
        "commune_centre",
        "school",
        "health_facility",
        "border_post",
        "public_administration",
        "historical_site",
        "scenic_site",
        "tourist_area",
        "transport_hub",
        "shopping_centre",
        "mixed_residential",
        "dense_population",
        "hotel",
        "rural_area",
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }
}

#[test]
fn names_are_nfc_and_unique_among_communes() {
    // In NFC Vietnamese needs no combining marks.
    let marked = |text: &str| text.chars().any(|letter| ('\u{300}'..='\u{36f}').contains(&letter));
    let province = province();
    let communes: BTreeSet<&str> = province
        .division
        .communes
        .iter()
        .map(|commune| commune.name.as_str())
        .collect();
    assert_eq!(communes.len(), 69);
    let texts = [
        features::communes(province),
        features::villages(province),
        features::zones(province, true),
        features::places(province),
    ];
    assert!(texts.iter().all(|layer| !marked(&layer.to_text())));
}

#[test]
fn mountains_in_the_west_plain_in_the_east() {
    let province = province();
    let relief = &province.relief;
    let inside = |cell: &usize| province.division.province[*cell];
    let highest = (0..relief.lattice.len())
        .filter(inside)
        .max_by(|&a, &b| relief.height_m[a].total_cmp(&relief.height_m[b]))
        .unwrap();
    assert!(
        (1_700.0..2_050.0).contains(&relief.height_m[highest]),
        "{} m",
        relief.height_m[highest]
    );
    assert!(relief.coast_km[highest] > 25.0);
    let shore: Vec<usize> = (0..relief.lattice.len())
        .filter(inside)
        .filter(|&cell| relief.coast_km[cell] < 6.0)
        .collect();
    let low = shore.iter().filter(|&&cell| relief.height_m[cell] < 40.0).count();
    assert!(low * 10 > shore.len() * 8, "{low} of {}", shore.len());
}

#[test]
fn the_population_raster_holds_the_villagers() {
    let province = province();
    let people: f64 = rasters::population(province, Lattice::new(3.0))
        .iter()
        .map(|&count| f64::from(count))
        .sum();
    let villagers: f64 = province
        .villages
        .iter()
        .map(|village| f64::from(village.population))
        .sum();
    assert!(
        (people - villagers).abs() / villagers < 1e-3,
        "{people} against {villagers}"
    );
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let first = tempfile::tempdir().unwrap();
    let second = tempfile::tempdir().unwrap();
    let made = super::write(DEFAULT_SEED, first.path()).unwrap();
    super::write(DEFAULT_SEED, second.path()).unwrap();
    for file in made.files {
        let name = file.path.file_name().unwrap();
        let (one, two) = (
            std::fs::read(first.path().join(name)).unwrap(),
            std::fs::read(second.path().join(name)).unwrap(),
        );
        assert!(one == two, "{} differs", name.display());
    }
}
