//! Sound files of every format, damaged in hundreds of ways: each is read or refused with words; none stops the program.
#![allow(clippy::panic, clippy::unwrap_used)]

mod containers;

use std::io::{Cursor, Read};
use std::path::Path;

use containers::{compound, ods, ods_table, small_list, xls, zipped};
use geo_types::Point;
use geodata::export::{
    Column, FeatureTable, write_flatgeobuf, write_geopackage, write_kml, write_shapefile, write_xlsx,
};
use geodata::{DatasetKind, ImportContext, InputFile, import};
use jiff::civil::date;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Damages of each file.
const DAMAGES: usize = 150;

fn list_as_features() -> FeatureTable {
    let rows = small_list();
    let column = |name: &String| Column::new(name, name, name);
    let mut table = FeatureTable::new("BTS", rows[0].iter().map(column).collect());
    for row in &rows[1..] {
        let at = Point::new(row[3].parse().unwrap(), row[4].parse().unwrap());
        table.push(Some(at.into()), row.iter().map(|text| text.as_str().into()).collect());
    }
    table
}

fn text(separator: char) -> String {
    let line = |row: Vec<String>| row.join(&separator.to_string()) + "\n";
    small_list().into_iter().map(line).collect()
}

fn geojson() -> String {
    let features = small_list().into_iter().skip(1).map(|row| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"Mã trạm\":\"{}\",\"Nhà mạng\":\"Viettel\"}},\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{},{}]}}}}",
            row[0], row[3], row[4]
        )
    });
    features.collect::<Vec<_>>().join("\n")
}

fn osm() -> Vec<u8> {
    let nodes = small_list().into_iter().skip(1).map(|row| {
        format!(
            "<node id=\"{}\" lon=\"{}\" lat=\"{}\"><tag k=\"name\" v=\"{}\"/></node>",
            row[0], row[3], row[4], row[1]
        )
    });
    format!("<?xml version=\"1.0\"?><osm>{}</osm>", nodes.collect::<String>()).into_bytes()
}

/// One sound file of every format.
fn sound_files(folder: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let table = list_as_features();
    let mut kml = Vec::new();
    write_kml(&table, &mut kml).unwrap();
    let mut fgb = Vec::new();
    write_flatgeobuf(&table, 4326, &mut fgb).unwrap();
    let gpkg = folder.join("sound.gpkg");
    write_geopackage(&table, 4326, &gpkg).unwrap();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text('\t').encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    vec![
        ("list.csv", text(',').into_bytes()),
        ("list.tsv", utf16),
        ("list.xlsx", write_xlsx(&table, "BTS", true).unwrap()),
        ("list.ods", ods(&ods_table(&small_list()))),
        ("list.xls", xls(&small_list())),
        ("list.geojson", geojson().into_bytes()),
        ("list.kmz", zipped(&[("doc.kml", &kml)])),
        ("list.kml", kml),
        ("list.osm", osm()),
        ("list.fgb", fgb),
        ("list.gpkg", std::fs::read(gpkg).unwrap()),
        ("list.zip", write_shapefile(&table, 4326).unwrap()),
    ]
}

fn read(path: &Path) -> Option<u32> {
    let context = ImportContext::new(date(2025, 11, 1));
    match import(DatasetKind::Sites, &[InputFile::from_path(path)], &context) {
        Ok(import) => {
            let report = &import.report;
            assert_eq!(report.accepted + report.repaired + report.rejected, report.rows_in);
            Some(report.rows_in - report.rejected)
        }
        Err(error) => {
            assert!(!error.code.is_empty() && !error.detail_vi.is_empty() && !error.detail_en.is_empty());
            None
        }
    }
}

fn damage(bytes: &mut Vec<u8>, random: &mut ChaCha8Rng) {
    if bytes.is_empty() {
        return;
    }
    let at = random.random_range(0..bytes.len());
    match random.random_range(0..6) {
        0 => bytes.truncate(at),
        1 => bytes[at] = random.random(),
        2 => bytes[at] ^= 1 << random.random_range(0..8),
        // Lengths and offsets are mostly four bytes.
        3 => {
            let end = bytes.len().min(at + 4);
            bytes[at..end].fill([0, 0x7f, 0xff][random.random_range(0..3)]);
        }
        4 => {
            let end = bytes.len().min(at + random.random_range(1..40));
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        _ => {
            let end = bytes.len().min(at + random.random_range(1..40));
            bytes.drain(at..end);
        }
    }
}

/// The entries of an archive, damaged inside and packed again: the checksums are right and the content is not.
fn damaged_inside(archive: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        entries.push((entry.name().unwrap().into_owned(), bytes));
    }
    let hit = random.random_range(0..entries.len());
    damage(&mut entries[hit].1, random);
    let entries: Vec<(&str, &[u8])> = entries
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    zipped(&entries)
}

#[test]
fn sound_files_of_every_format_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in sound_files(folder.path()) {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let context = ImportContext::new(date(2025, 11, 1));
        let import = import(DatasetKind::Sites, &[InputFile::from_path(&path)], &context).unwrap();
        assert_eq!(
            (import.report.rows_in, import.report.rejected),
            (3, 0),
            "{name}: {:?}",
            import.report
        );
    }
}

#[test]
fn damaged_files_are_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(5_290);
    for (name, sound) in sound_files(folder.path()) {
        let is_packed = sound.starts_with(b"PK");
        let path = folder.path().join(name);
        let mut refused = 0;
        for round in 0..DAMAGES {
            let mut bytes = if is_packed && round % 4 != 0 {
                damaged_inside(&sound, &mut random)
            } else {
                sound.clone()
            };
            if !is_packed || round % 4 == 0 {
                damage(&mut bytes, &mut random);
            }
            std::fs::write(&path, &bytes).unwrap();
            refused += usize::from(read(&path).is_none());
        }
        assert!(refused > 0, "{name}: no damage was noticed");
    }
}

/// The records of an Excel 97 workbook, damaged below the container's own checks.
#[test]
fn damaged_records_are_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.xls");
    let mut random = ChaCha8Rng::seed_from_u64(97);
    let stream = xls(&small_list())[3 * 512..].to_vec();
    for _ in 0..300 {
        let mut stream = stream.clone();
        damage(&mut stream, &mut random);
        stream.resize(stream.len().max(4096), 0);
        std::fs::write(&path, compound(&stream, 0xffff_fffe)).unwrap();
        read(&path);
    }
}
