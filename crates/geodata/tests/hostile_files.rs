//! Files that were made to hurt: each is refused with words, in a process that may take no more than 1 GiB.
#![cfg(target_os = "linux")]
#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stdout)]

mod containers;

use std::path::Path;
use std::process::Command;

use containers::{compound, declaring, dimensions, label, ods, record, xls_stream, xlsx, xlsx_of, zipped};
use geodata::{DatasetKind, ImportContext, InputFile, import};
use jiff::civil::date;
use rustix::process::{Resource, Rlimit, setrlimit};

const MOST_MEMORY: u64 = 1 << 30;
const FILE: &str = "PHUSONG_HOSTILE_FILE";
const KIND: &str = "PHUSONG_HOSTILE_KIND";

/// The other side: reads the file that the parent names, under the limit, and tells the code of its refusal.
#[test]
fn reads_one_file_in_bounded_memory() {
    let (Some(path), Ok(kind)) = (std::env::var_os(FILE), std::env::var(KIND)) else {
        return;
    };
    let limit = Rlimit {
        current: Some(MOST_MEMORY),
        maximum: Some(MOST_MEMORY),
    };
    setrlimit(Resource::As, limit).unwrap();
    let kind = DatasetKind::from_key(&kind).unwrap();
    let context = ImportContext::new(date(2025, 11, 1));
    let code = match import(kind, &[InputFile::from_path(Path::new(&path))], &context) {
        Ok(import) => format!("read {}", import.report.rows_in),
        Err(error) => {
            assert!(!error.detail_vi.is_empty() && !error.detail_en.is_empty());
            error.code
        }
    };
    println!("\ncode: {code}");
}

/// What a process of 1 GiB says of a file.
fn verdict(kind: DatasetKind, name: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    verdict_of(kind, &path)
}

fn verdict_of(kind: DatasetKind, path: &Path) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "reads_one_file_in_bounded_memory",
            "--exact",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(FILE, path)
        .env(KIND, kind.key())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}{errors}", path.display());
    let code = said.lines().find_map(|line| line.strip_prefix("code: "));
    code.unwrap_or_else(|| panic!("{}: {said}{errors}", path.display()))
        .to_owned()
}

const MEGABYTE: usize = 1 << 20;

#[test]
fn packed_bombs() {
    let spaces = vec![b' '; 40 * MEGABYTE];
    let tags = b"<si><t/></si>".repeat(21 * MEGABYTE);
    let sheet = b"<worksheet/>";
    let one_long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(MEGABYTE));
    let many_cells: String = (1..=2000)
        .map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>"))
        .collect();
    let small = xlsx("", "<sst/>");
    let kml = vec![b' '; 130 * MEGABYTE];
    let many_entries: Vec<(String, &[u8])> = (0..11_000).map(|entry| (format!("{entry}"), &b""[..])).collect();
    let many_entries: Vec<(&str, &[u8])> = many_entries
        .iter()
        .map(|(name, bytes)| (name.as_str(), *bytes))
        .collect();
    for (name, bytes, expected) in [
        ("spaces.xlsx", xlsx_of(sheet, &spaces), "unpacked_too_large"),
        ("strings.xlsx", xlsx_of(sheet, &tags), "table_too_large"),
        (
            "declared.xlsx",
            declaring(small.clone(), u32::MAX - 1),
            "unpacked_too_large",
        ),
        (
            "declared.kmz",
            declaring(zipped(&[("doc.kml", b"<kml/>")]), u32::MAX - 1),
            "unpacked_too_large",
        ),
        // A megabyte of text that two thousand cells share would be two gigabytes.
        ("shared.xlsx", xlsx(&many_cells, &one_long), "too_much_content"),
        ("spaces.kmz", zipped(&[("doc.kml", &kml)]), "unpacked_too_large"),
        (
            "spaces.zip",
            zipped(&[("a.shp", &kml), ("a.dbf", &kml)]),
            "unpacked_too_large",
        ),
        ("entries.xlsx", zipped(&many_entries), "table_too_large"),
    ] {
        assert_eq!(verdict(DatasetKind::Sites, name, &bytes), expected, "{name}");
    }
    // What a part of a workbook declares is not believed: this one says that it is empty.
    let lying = declaring(xlsx_of(sheet, &tags), 0);
    let said = verdict(DatasetKind::Sites, "lying.xlsx", &lying);
    assert!(
        ["table_too_large", "malformed_archive"].contains(&said.as_str()),
        "{said}"
    );
}

#[test]
fn entities_and_macros() {
    let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let strings = format!("{bomb}<sst><si><t>&b;</t></si></sst>");
    let kml = format!("{bomb}<kml><Placemark><name>&b;</name></Placemark></kml>");
    let osm = format!("{bomb}<osm><node id=\"1\" lat=\"18\" lon=\"105\"><tag k=\"name\" v=\"&b;\"/></node></osm>");
    let content = format!("{bomb}<office:document-content/>");
    let mimetype = b"application/vnd.oasis.opendocument.spreadsheet";
    for (name, bytes) in [
        ("bomb.xlsx", xlsx("", &strings)),
        ("bomb.kml", kml.clone().into_bytes()),
        ("bomb.kmz", zipped(&[("doc.kml", kml.as_bytes())])),
        ("bomb.osm", osm.into_bytes()),
        (
            "bomb.ods",
            zipped(&[("mimetype", mimetype), ("content.xml", content.as_bytes())]),
        ),
    ] {
        assert_eq!(verdict(DatasetKind::Sites, name, &bytes), "xml_entities", "{name}");
    }
    let project: Vec<u8> = "_VBA_PROJECT".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let stream = [xls_stream(&[("A", label(0, 0, "a"))]), project].concat();
    for (name, bytes) in [
        (
            "macro.xlsm",
            zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/vbaProject.bin", b"x")]),
        ),
        (
            "macro.ods",
            zipped(&[
                ("mimetype", mimetype),
                ("content.xml", b"<a/>"),
                ("Basic/Standard/Module1.xml", b"<a/>"),
            ]),
        ),
        ("macro.xls", compound(&stream, 0xffff_fffe)),
    ] {
        assert_eq!(verdict(DatasetKind::Sites, name, &bytes), "macros", "{name}");
    }
}

#[test]
fn tables_of_too_many_columns_rows_and_cells() {
    let commas = b",".repeat(100 * MEGABYTE);
    let columns: String = (0..16_384).map(|column| format!("c{column},")).collect();
    let rows = "A1,105.5,18.2,4G,x,x,x,x,x,x,x,x\n".repeat(700_000);
    let wide = "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"16000\"/></table:table-row></table:table>";
    // The same, without the attribute that usually says that there is a value.
    let untyped = wide.replace("office:value-type=\"float\" ", "");
    // Many tables, none of which is too large alone.
    let tables = "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"1000\"><table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"1000\"/></table:table-row></table:table>".repeat(300);
    let text = format!(
        "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"1000\"><table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"100\"><text:p>{}</text:p></table:table-cell></table:table-row></table:table>",
        "x".repeat(100_000)
    );
    for (name, bytes, expected) in [
        ("commas.csv", commas, "too_many_columns"),
        ("columns.csv", columns.into_bytes(), "too_many_columns"),
        (
            "rows.csv",
            format!("Mã trạm,Kinh độ,Vĩ độ,Công nghệ\n{rows}").into_bytes(),
            "too_many_rows",
        ),
        (
            "corner.xlsx",
            xlsx("<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row>", "<sst/>"),
            "too_many_columns",
        ),
        ("wide.ods", ods(wide), "table_too_large"),
        ("untyped.ods", ods(&untyped), "table_too_large"),
        ("tables.ods", ods(&tables), "table_too_large"),
        ("text.ods", ods(&text), "table_too_large"),
    ] {
        assert_eq!(verdict(DatasetKind::Sites, name, &bytes), expected, "{name}");
    }
}

#[test]
fn old_workbooks_of_chains_and_corners() {
    let corners = [label(0, 0, "a"), label(65_535, 255, "b")].concat();
    let sheets: Vec<(&str, Vec<u8>)> = ["A", "B", "C", "D", "E", "F"]
        .map(|name| (name, corners.clone()))
        .to_vec();
    let end = 0xffff_fffe;
    let declared = dimensions(u32::MAX, u16::MAX);
    let beyond = xls_stream(&[("A", label(0, 0, "a"))]);
    let mut beyond_end = beyond.clone();
    beyond_end[24..28].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
    for (name, bytes, expected) in [
        ("corners.xls", compound(&xls_stream(&sheets), end), "table_too_large"),
        (
            "declared.xls",
            compound(&xls_stream(&[("A", declared)]), end),
            "table_too_large",
        ),
        // The directory's sector is followed by itself.
        ("cycle.xls", compound(&beyond, 0), "malformed_archive"),
        ("beyond.xls", compound(&beyond_end, end), "malformed_archive"),
        ("cut.xls", compound(&record(0x0085, &[]), end), "malformed_archive"),
    ] {
        assert_eq!(verdict(DatasetKind::Sites, name, &bytes), expected, "{name}");
    }
}

#[test]
fn map_files_of_millions_of_nothings() {
    let zeros = "0,".repeat(50 * MEGABYTE);
    let collection =
        |features: &str| format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}0]}}").into_bytes();
    let feature = |member: &str| format!("{{\"type\":\"Feature\",{member}}}").into_bytes();
    let line = format!(
        "\"properties\":{{}},\"geometry\":{{\"type\":\"LineString\",\"coordinates\":[{}[1,1]]}}",
        "[1,1],".repeat(20 * MEGABYTE)
    );
    let deep = format!("{}1{}", "[".repeat(50 * MEGABYTE), "]".repeat(50 * MEGABYTE));
    let folders = format!("<kml>{}</kml>", "<Folder>".repeat(10 * MEGABYTE));
    let coordinates = format!(
        "<kml><Placemark><LineString><coordinates>{}</coordinates></LineString></Placemark></kml>",
        "1,1 ".repeat(30 * MEGABYTE)
    );
    let rings = format!(
        "<kml><Placemark>{}</Placemark></kml>",
        "<LinearRing/>".repeat(9 * MEGABYTE)
    );
    let placemarks = format!("<kml>{}</kml>", "<Placemark/>".repeat(MEGABYTE));
    let mut tags = String::from("<osm><node id=\"1\" lat=\"18\" lon=\"105\">");
    for tag in 0..4_000_000 {
        tags.push_str(&format!("<tag k=\"{tag}\" v=\"1\"/>"));
    }
    for (name, bytes, expected) in [
        ("nothings.geojson", collection(&zeros), "too_many_rows"),
        (
            "foreign.geojson",
            feature(&format!("\"x\":[{zeros}0]")),
            "missing_columns",
        ),
        (
            "property.geojson",
            feature(&format!("\"properties\":{{\"a\":[{zeros}0]}},\"geometry\":null")),
            "too_much_content",
        ),
        ("line.geojson", feature(&line), "too_much_content"),
        ("deep.geojson", deep.into_bytes(), "malformed_geojson"),
        ("lines.ndjson", b"{}\n".repeat(30 * MEGABYTE), "malformed_geojson"),
        ("folders.kml", folders.into_bytes(), "no_features"),
        ("coordinates.kml", coordinates.into_bytes(), "missing_columns"),
        ("rings.kml", rings.into_bytes(), "too_much_content"),
        ("placemarks.kml", placemarks.into_bytes(), "too_many_rows"),
        ("tags.osm", tags.into_bytes(), "no_features"),
    ] {
        let said = verdict(DatasetKind::Sites, name, &bytes);
        assert!(
            said == expected || (name == "tags.osm" && said == "too_much_content"),
            "{name}: {said}"
        );
    }
}

/// A shapefile of null shapes with an attribute table of one-letter fields: each letter would become a text of its own.
#[test]
fn attribute_tables_of_single_letters() {
    const FIELDS: usize = 1000;
    const ROWS: usize = 100_000;
    let mut table = vec![3, 0, 0, 0];
    table.extend((ROWS as u32).to_le_bytes());
    table.extend((32 + 32 * FIELDS as u16 + 1).to_le_bytes());
    table.extend((1 + FIELDS as u16).to_le_bytes());
    table.resize(32, 0);
    for field in 0..FIELDS {
        let mut descriptor = format!("F{field}").into_bytes();
        descriptor.resize(11, 0);
        descriptor.push(b'C');
        descriptor.resize(16, 0);
        descriptor.push(1);
        descriptor.resize(32, 0);
        table.extend(descriptor);
    }
    table.push(0x0d);
    table.resize(table.len() + ROWS * (1 + FIELDS), b'x');
    let mut shapes = vec![0; 100];
    shapes[..4].copy_from_slice(&9994_i32.to_be_bytes());
    shapes[28..32].copy_from_slice(&1000_i32.to_le_bytes());
    for number in 1..=700_000_i32 {
        shapes.extend(number.to_be_bytes());
        shapes.extend(2_i32.to_be_bytes());
        shapes.extend(0_i32.to_le_bytes());
    }
    let words = (shapes.len() / 2) as i32;
    shapes[24..28].copy_from_slice(&words.to_be_bytes());
    let letters = zipped(&[("a.shp", &shapes), ("a.dbf", &table)]);
    assert_eq!(verdict(DatasetKind::Areas, "letters.zip", &letters), "too_much_content");
    let nulls = zipped(&[("a.shp", &shapes)]);
    assert_eq!(verdict(DatasetKind::Areas, "nulls.zip", &nulls), "too_many_rows");
}

/// A GeoPackage whose rows are more than an import may have, and one whose layer is a view: its SQL would be the file's own.
#[test]
fn geopackages_of_rows_and_views() {
    let folder = tempfile::tempdir().unwrap();
    for (name, layer, expected) in [
        (
            "rows.gpkg",
            "CREATE TABLE layer (fid INTEGER PRIMARY KEY, geom BLOB); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600000) INSERT INTO layer SELECT i, NULL FROM n;",
            "too_many_rows",
        ),
        (
            "view.gpkg",
            "CREATE VIEW layer AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid, NULL AS geom FROM n;",
            "no_features",
        ),
    ] {
        let path = folder.path().join(name);
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection
            .execute_batch(&format!(
                "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT); CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
                 CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER);
                 INSERT INTO gpkg_contents VALUES ('layer', 'features'); INSERT INTO gpkg_geometry_columns VALUES ('layer', 'geom', 4326); {layer}"
            ))
            .unwrap();
        drop(connection);
        assert_eq!(verdict_of(DatasetKind::Areas, &path), expected, "{name}");
    }
}
