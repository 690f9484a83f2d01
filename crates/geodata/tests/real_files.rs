//! Real files, when the test data is present: communes, places, emitters, towers.
#![allow(clippy::print_stdout, clippy::panic, clippy::unwrap_used)]

use std::path::PathBuf;

use geodata::{Area, AreaKind, DatasetKind, Import, ImportContext, ImportError, InputFile, Records, RowStatus, import};
use jiff::civil::date;

fn data() -> Option<PathBuf> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("PHUSONG_TEST_DATA").map_or(default, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} not present", folder.display());
    None
}

fn read(kind: DatasetKind, path: PathBuf, communes: &[Area]) -> Result<Import, ImportError> {
    let mut context = ImportContext::new(date(2025, 11, 1));
    context.communes = communes;
    let import = import(kind, &[InputFile::from_path(path)], &context)?;
    let report = &import.report;
    assert_eq!(report.accepted + report.repaired + report.rejected, report.rows_in);
    assert_eq!(report.rows.len(), report.rows_in as usize);
    Ok(import)
}

fn areas(import: Import) -> Vec<Area> {
    match import.records {
        Records::Areas(areas) => areas,
        other => panic!("not areas: {} records", other.len()),
    }
}

/// Codes of issues with how many rows have them.
fn issues(import: &Import) -> std::collections::BTreeMap<&str, usize> {
    let mut counts = std::collections::BTreeMap::new();
    for issue in import.report.rows.iter().flat_map(|row| &row.issues) {
        *counts.entry(issue.code.as_str()).or_default() += 1;
    }
    counts
}

#[test]
fn communes_of_two_provinces_are_all_taken() {
    let Some(data) = data() else { return };
    for (file, count, first) in [
        ("communes_42_ha_tinh", 69, "Thành Sen"),
        ("communes_48_da_nang", 94, "Hải Châu"),
    ] {
        let import = read(
            DatasetKind::Areas,
            data.join(format!("communes_2025/full/{file}.geojson")),
            &[],
        )
        .unwrap();
        assert_eq!(
            (import.report.rows_in, import.report.rejected),
            (count, 0),
            "{:?}",
            issues(&import)
        );
        let areas = areas(import);
        assert!(
            areas
                .iter()
                .all(|area| area.kind == AreaKind::Commune && area.code.len() == 5)
        );
        assert!(
            areas.iter().any(|area| area.name.contains(first)),
            "{:?}",
            areas[0].name
        );
    }
}

#[test]
fn country_s_generalised_communes_are_taken_repaired_or_refused_by_name() {
    let Some(data) = data() else { return };
    let path = data.join("communes_2025/country/communes_3321_simplified100m.geojson");
    let import = read(DatasetKind::Areas, path, &[]).unwrap();
    assert_eq!(import.report.rows_in, 3321);
    let touched = import.report.repaired + import.report.rejected;
    println!("{touched} repaired or rejected: {:?}", issues(&import));
    assert!((1..=20).contains(&touched), "{:?}", issues(&import));
    for row in import
        .report
        .rows
        .iter()
        .filter(|row| row.status != RowStatus::Accepted)
    {
        assert!(
            row.issues[0].message_vi.contains(':'),
            "names its area: {}",
            row.issues[0].message_vi
        );
    }
}

#[test]
fn places_fall_into_their_communes() {
    let Some(data) = data() else { return };
    for (places, communes, rows) in [
        ("places_ha_tinh", "communes_42_ha_tinh", 1575),
        ("places_da_nang", "communes_48_da_nang", 380),
    ] {
        let communes = areas(
            read(
                DatasetKind::Areas,
                data.join(format!("communes_2025/full/{communes}.geojson")),
                &[],
            )
            .unwrap(),
        );
        let import = read(
            DatasetKind::Places,
            data.join(format!("places/{places}.csv")),
            &communes,
        )
        .unwrap();
        println!("{places}: {:?} {:?}", issues(&import), import.report.rejected);
        assert_eq!(import.report.rows_in, rows);
        assert!(
            f64::from(import.report.rejected) < 0.1 * f64::from(rows),
            "{:?}",
            issues(&import)
        );
    }
}

#[test]
fn zones_are_taken_by_kind() {
    let Some(data) = data() else { return };
    let path = data.join("zones/osm_industrial_parks_vnmap/industrial_parks.geojson");
    let import = read(DatasetKind::Zones, path, &[]).unwrap();
    println!("zones: {:?}", issues(&import));
    assert_eq!(import.report.rows_in, 294);
    // Ten are points: they are no areas, and are refused by name.
    assert_eq!(import.report.rejected, 10, "{:?}", issues(&import));
    assert!(areas(import).iter().all(|area| area.kind.is_zone()));
}

#[test]
fn french_emitters_are_read_with_their_dirt() {
    let Some(data) = data() else { return };
    let import = read(
        DatasetKind::Sites,
        data.join("cells/anfr_emitters/2020_03_31_etat_reseaux.csv"),
        &[],
    )
    .unwrap();
    println!(
        "anfr: {:?} rows {} rejected {}",
        issues(&import),
        import.report.rows_in,
        import.report.rejected
    );
    assert_eq!(import.report.rows_in, 705);
    assert_eq!(import.report.rejected, 0, "{:?}", issues(&import));
    let Records::Sites(network) = &import.records else {
        panic!("not sites")
    };
    let south = network
        .sites
        .iter()
        .all(|site| site.position.lat_deg > 41.0 && site.position.lat_deg < 52.0);
    assert!(south, "latitude and longitude are where they belong");
    assert!(
        network
            .cells
            .iter()
            .all(|cell| cell.azimuth_deg.is_none_or(|azimuth| (0.0..360.0).contains(&azimuth)))
    );
    assert!(network.cells.iter().all(|cell| cell.antenna_height_m > 0.0));
    assert!(
        network.sites.len() < 200 && network.cells.len() > 500,
        "{} {}",
        network.sites.len(),
        network.cells.len()
    );
}

#[test]
fn opencellid_sample_is_read() {
    let Some(data) = data() else { return };
    let path = data.join("cells/opencellid_tartu_ee/tartu_city_celltowers_edu.geojson");
    let import = read(DatasetKind::Sites, path, &[]).unwrap();
    println!(
        "opencellid: {:?} rows {} rejected {}",
        issues(&import),
        import.report.rows_in,
        import.report.rejected
    );
    assert_eq!(import.report.rows_in, 1996);
    assert!(import.report.rejected < 20, "{:?}", issues(&import));
}

/// Towers of a county's permits: heights in feet, written `220'`.
#[test]
fn tower_heights_in_feet_are_put_into_metres() {
    let Some(data) = data() else { return };
    let path = data.join("cells/spartanburg_us_towers_osm/cellTowers.osm");
    let text = std::fs::read_to_string(&path).unwrap();
    let feet: Vec<Option<f64>> = text
        .lines()
        .filter(|line| line.starts_with("<node"))
        .map(|line| {
            let (_, rest) = line.split_once("k=\"height\" v=\"")?;
            rest.split('\'').next()?.parse().ok()
        })
        .collect();
    let import = read(DatasetKind::Sites, path, &[]).unwrap();
    println!("towers: {:?} rows {}", issues(&import), import.report.rows_in);
    assert_eq!(
        (import.report.rows_in as usize, import.report.rejected),
        (feet.len(), 0),
        "{:?}",
        issues(&import)
    );
    let Records::Sites(network) = &import.records else {
        panic!("not sites")
    };
    assert_eq!(network.sites.len(), feet.len());
    for ((site, feet), row) in network.sites.iter().zip(&feet).zip(&import.report.rows) {
        let Some(feet) = feet else { continue };
        let height = site.mast_height_m.unwrap();
        assert!((height - feet * 0.3048).abs() < 0.06, "{site:?} {feet}");
        let named = row.issues.iter().find(|issue| issue.code == "height_in_feet").unwrap();
        assert_eq!(named.column.as_deref(), Some("height"));
        assert_eq!(named.from, Some(format!("{feet}'")));
    }
}

/// TCVN 5712:1993 VN3, the letters of its small part in the order of its codes; `_` where there is none.
const TCVN3: &str = "ĂÂÊÔƠƯĐăâêôơưđ______àảãáạ_ằẳẵắ_______ặầẩẫấậè_ẻẽéẹềểễếệìỉ___ĩíịò_ỏõóọồổỗốộờởỡớợù_ủũúụừửữứựỳỷỹýỵ";

/// A name as a file of those days holds it, one byte a letter; `None` where the font has no such letter.
fn tcvn3(text: &str) -> Option<Vec<u8>> {
    let byte = |letter: char| {
        if letter.is_ascii() {
            return Some(letter as u8);
        }
        let place = TCVN3.chars().position(|known| known == letter && known != '_')?;
        Some(0xa1 + place as u8)
    };
    text.chars().map(byte).collect()
}

/// The communes of two provinces as a list of one mast each, names and headings in TCVN3.
#[test]
fn real_names_in_a_legacy_font_find_their_communes() {
    let Some(data) = data() else { return };
    for (file, count) in [("communes_42_ha_tinh", 69), ("communes_48_da_nang", 94)] {
        let path = data.join(format!("communes_2025/full/{file}.geojson"));
        let communes = areas(read(DatasetKind::Areas, path, &[]).unwrap());
        let mut list = tcvn3("Mã trạm,Tên trạm,Nhà mạng,Xã phường,Kinh độ,Vĩ độ,Công nghệ\n").unwrap();
        let mut expected = Vec::new();
        for commune in &communes {
            let inside = geo::InteriorPoint::interior_point(&commune.geometry).unwrap();
            let line = format!(
                "T{code},{name} 1,Viettel,{name},{lon},{lat},4G\n",
                code = commune.code,
                name = commune.name,
                lon = inside.x(),
                lat = inside.y()
            );
            if let Some(bytes) = tcvn3(&line) {
                list.extend(bytes);
                expected.push((commune.code.as_str(), format!("{} 1", commune.name)));
            }
        }
        assert!(
            expected.len() * 10 >= count * 9,
            "{} of {count} can be written",
            expected.len()
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tcvn3.csv");
        std::fs::write(&path, list).unwrap();
        let import = read(DatasetKind::Sites, path, &communes).unwrap();
        assert_eq!(import.report.rejected, 0, "{:?}", issues(&import));
        let Records::Sites(network) = &import.records else {
            panic!("not sites")
        };
        for (site, (code, name)) in network.sites.iter().zip(&expected) {
            assert_eq!((site.commune_code.as_deref(), &site.name), (Some(*code), name));
        }
        let marked = issues(&import).get("legacy_font").copied().unwrap_or(0);
        println!(
            "{file}: {} names written in TCVN3, {marked} cells converted",
            expected.len()
        );
        assert!(marked > expected.len());
    }
}
