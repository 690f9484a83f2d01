//! Layers that are written and read back: by this program, and by GDAL and LibreOffice where they are installed.
#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::process::Command;

use geo_types::{Geometry, LineString, MultiPolygon, Point, Polygon};
use geodata::export::{
    Column, FeatureTable, write_flatgeobuf, write_geopackage, write_kml, write_shapefile, write_xlsx,
};
use geodata::{Area, AreaKind, DatasetKind, ImportContext, InputFile, Records, import};
use geodesy::{LonLat, distance_m};
use jiff::civil::date;

/// Whether a program that we did not write is here; where these are required, its absence is a failure.
fn present(program: &str, package: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        assert!(
            std::env::var_os("PHUSONG_REQUIRE_CLIENTS").is_none(),
            "{program} (package {package}) is required"
        );
        println!("skipped: {program} (package {package}) not present");
    }
    found
}

/// Sites with names that need care: marks, quotes, commas, a formula.
const NAMES: [&str; 4] = [
    "Trạm Kỳ Anh \"1\"",
    "Đức Thọ, số 2",
    "=HYPERLINK(1)",
    "Vũng Áng <3> & 4",
];

fn position(index: usize) -> LonLat {
    LonLat::new(105.5 + 0.01 * index as f64, 18.2 + 0.007 * index as f64)
}

fn sites() -> FeatureTable {
    let columns = [
        ("code", "Mã trạm"),
        ("name", "Tên trạm"),
        ("operator", "Nhà mạng"),
        ("mast_height_m", "Độ cao cột (m)"),
        ("technology", "Công nghệ"),
        ("on_air", "Ngày phát sóng"),
    ];
    let mut table = FeatureTable::new(
        "sites",
        columns.iter().map(|(name, vi)| Column::new(name, vi, name)).collect(),
    );
    for (index, name) in NAMES.into_iter().enumerate() {
        let position = position(index);
        let values = vec![
            format!("HT{index:03}").into(),
            name.into(),
            "Viettel".into(),
            (30.5 + index as f64).into(),
            "4G".into(),
            date(2020, 1, 1 + index as i8).into(),
        ];
        table.push(Some(Point::new(position.lon_deg, position.lat_deg).into()), values);
    }
    table
}

fn squares() -> FeatureTable {
    let mut table = FeatureTable::new(
        "communes",
        vec![Column::new("code", "Mã", "Code"), Column::new("name", "Tên", "Name")],
    );
    for index in 0..3 {
        let (west, south) = (105.4 + 0.1 * f64::from(index), 18.1);
        let ring = |x: f64, y: f64, side: f64| {
            LineString::from(vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)])
        };
        let hole = LineString(ring(west + 0.02, south + 0.02, 0.01).0.into_iter().rev().collect());
        let shape = MultiPolygon(vec![Polygon::new(ring(west, south, 0.1), vec![hole])]);
        table.push(
            Some(Geometry::MultiPolygon(shape)),
            vec![format!("1800{index}").into(), format!("Xã {index}").into()],
        );
    }
    table
}

fn read(kind: DatasetKind, path: &Path, communes: &[Area]) -> Records {
    let mut context = ImportContext::new(date(2025, 11, 1));
    context.communes = communes;
    context.province_name = Some("Hà Tĩnh".to_owned());
    let import = import(kind, &[InputFile::from_path(path)], &context)
        .unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
    assert_eq!(
        import.report.rejected,
        0,
        "{}: {:?}",
        path.display(),
        import.report.rows
    );
    import.records
}

fn check_sites(path: &Path, communes: &[Area]) {
    let Records::Sites(network) = read(DatasetKind::Sites, path, communes) else {
        panic!("not sites")
    };
    assert_eq!(network.sites.len(), NAMES.len(), "{}", path.display());
    for (index, site) in network.sites.iter().enumerate() {
        let index = site.code.trim_start_matches("HT").parse().unwrap_or(index);
        assert!(
            distance_m(site.position, position(index)) < 0.02,
            "{}: {:?}",
            path.display(),
            site
        );
        assert_eq!(site.name, NAMES[index], "{}", path.display());
        assert_eq!(site.mast_height_m, Some(30.5 + index as f64), "{}", path.display());
        let station = network
            .stations
            .iter()
            .find(|station| station.site_code == site.code)
            .unwrap();
        assert_eq!((station.operator.as_str(), station.technology.key()), ("Viettel", "4g"));
        assert_eq!(
            station.on_air,
            Some(date(2020, 1, 1 + index as i8)),
            "{}",
            path.display()
        );
    }
}

fn communes() -> Vec<Area> {
    let ring = LineString::from(vec![(105.0, 18.0), (106.0, 18.0), (106.0, 19.0), (105.0, 19.0)]);
    vec![Area::new(
        "18001",
        "Xã Thử",
        AreaKind::Commune,
        MultiPolygon(vec![Polygon::new(ring, vec![])]),
    )]
}

/// The layer in every format, in WGS 84 and in VN-2000 where the format allows.
fn write_all(table: &FeatureTable, folder: &Path) -> Vec<std::path::PathBuf> {
    let mut paths = Vec::new();
    let keep = |name: String, bytes: Vec<u8>| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let mut kml = Vec::new();
    write_kml(table, &mut kml).unwrap();
    paths.push(keep(format!("{}.kml", table.name), kml));
    for epsg in [4326, 9209] {
        let projected = table.clone().projected(epsg).unwrap();
        let mut fgb = Vec::new();
        assert_eq!(
            write_flatgeobuf(&projected, epsg, &mut fgb).unwrap(),
            table.features.len()
        );
        paths.push(keep(format!("{}-{epsg}.fgb", table.name), fgb));
        let zip = write_shapefile(&projected, epsg).unwrap();
        paths.push(keep(format!("{}-{epsg}.zip", table.name), zip));
        let path = folder.join(format!("{}-{epsg}.gpkg", table.name));
        write_geopackage(&projected, epsg, &path).unwrap();
        paths.push(path);
    }
    paths
}

#[test]
fn sites_come_back_from_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let communes = communes();
    let mut paths = write_all(&sites(), folder.path());
    for epsg in [4326, 9209] {
        let path = folder.path().join(format!("sites-{epsg}.xlsx"));
        let bytes = write_xlsx(&sites().projected(epsg).unwrap(), "sites", epsg == 4326).unwrap();
        std::fs::write(&path, bytes).unwrap();
        paths.push(path);
    }
    for path in paths {
        check_sites(&path, &communes);
    }
}

#[test]
fn areas_come_back_from_every_format() {
    let folder = tempfile::tempdir().unwrap();
    for path in write_all(&squares(), folder.path()) {
        let Records::Areas(areas) = read(DatasetKind::Areas, &path, &[]) else {
            panic!("not areas")
        };
        assert_eq!(areas.len(), 3, "{}", path.display());
        for area in areas {
            assert_eq!(area.geometry.0[0].interiors().len(), 1, "{}", path.display());
            let size = geo::Area::unsigned_area(&area.geometry);
            assert!((size - 0.0099).abs() < 1e-6, "{} {size}", path.display());
        }
    }
}

#[test]
fn clients_gdal_opens_every_format() {
    if !present("ogrinfo", "gdal-bin") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for path in write_all(&sites(), folder.path())
        .into_iter()
        .chain(write_all(&squares(), folder.path()))
    {
        let mut source = path.clone().into_os_string();
        if path.extension().is_some_and(|ending| ending == "zip") {
            source = format!("/vsizip/{}", path.display()).into();
        }
        let output = Command::new("ogrinfo")
            .args(["-ro", "-al"])
            .arg(&source)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !said.contains("ERROR"),
            "{}: {said}",
            path.display()
        );
        let expected = if text.contains("HT000") {
            "Feature Count: 4"
        } else {
            "Feature Count: 3"
        };
        assert!(text.contains(expected), "{}: {text}", path.display());
        if path.to_string_lossy().contains("9209") {
            assert!(
                text.contains("VN-2000") || text.contains("9209") || text.contains("Vietnam"),
                "{}: {text}",
                path.display()
            );
        }
        if text.contains("HT000") {
            assert!(
                text.contains("Đức Thọ, số 2") && text.contains("30.5"),
                "{}: {text}",
                path.display()
            );
        }
    }
}

#[test]
fn clients_libreoffice_reads_the_workbook() {
    if !present("soffice", "libreoffice-calc") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sites.xlsx");
    std::fs::write(&path, write_xlsx(&sites(), "sites", true).unwrap()).unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1";
    let output = Command::new("soffice")
        .args([profile.as_str(), "--headless", "--convert-to", filter, "--outdir"])
        .arg(folder.path())
        .arg(&path)
        .output()
        .unwrap();
    let text = std::fs::read_to_string(folder.path().join("sites.csv"))
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    assert!(text.contains("Mã trạm") && text.contains("HT003"), "{text}");
    assert!(text.contains("=HYPERLINK(1)"), "the formula stays text: {text}");
    assert!(text.contains("04/01/2020") && text.contains("105.5300000"), "{text}");
}

/// Excel 97 and OpenDocument as LibreOffice writes them, and CSV in its own dialect, are read as the workbook that they were.
#[test]
fn clients_libreoffice_writes_what_is_read() {
    if !present("soffice", "libreoffice-calc") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sites.xlsx");
    std::fs::write(&path, write_xlsx(&sites(), "sites", true).unwrap()).unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let communes = communes();
    for format in ["xls", "ods"] {
        let output = Command::new("soffice")
            .args([profile.as_str(), "--headless", "--convert-to", format, "--outdir"])
            .arg(folder.path())
            .arg(&path)
            .output()
            .unwrap();
        let written = folder.path().join(format!("sites.{format}"));
        assert!(written.exists(), "{}", String::from_utf8_lossy(&output.stderr));
        check_sites(&written, &communes);
    }
}
