//! Every kind of dataset from every format that can hold it.
#![allow(clippy::panic, clippy::unwrap_used)]

mod containers;

use std::path::{Path, PathBuf};

use containers::{ods, ods_table, xls, zipped};
use geo_types::{Geometry, LineString, Point, Polygon};
use geodata::export::{
    Column, FeatureTable, Value, write_flatgeobuf, write_geojson, write_geopackage, write_kml, write_shapefile,
    write_xlsx,
};
use geodata::{DatasetKind, ImportContext, InputFile, import};
use jiff::civil::date;

/// A small dataset: headings and rows of texts, and the shape of each row.
struct Sample {
    kind: DatasetKind,
    headings: &'static [&'static str],
    rows: &'static [&'static [&'static str]],
    shape: fn(usize) -> Geometry<f64>,
}

fn point(row: usize) -> Geometry<f64> {
    Point::new(105.5 + 0.1 * row as f64, 18.25).into()
}

fn line(row: usize) -> Geometry<f64> {
    let west = 105.5 + 0.1 * row as f64;
    LineString::from(vec![(west, 18.2), (west + 0.05, 18.3), (west + 0.08, 18.3)]).into()
}

fn square(row: usize) -> Geometry<f64> {
    let west = 105.5 + 0.1 * row as f64;
    let ring = vec![
        (west, 18.2),
        (west + 0.05, 18.2),
        (west + 0.05, 18.3),
        (west, 18.3),
        (west, 18.2),
    ];
    Polygon::new(LineString::from(ring), Vec::new()).into()
}

const SAMPLES: [Sample; 9] = [
    Sample {
        kind: DatasetKind::Sites,
        headings: &["Mã trạm", "Nhà mạng", "Công nghệ"],
        rows: &[&["A", "Viettel", "2G/4G"], &["B", "VNPT", "4G"]],
        shape: point,
    },
    Sample {
        kind: DatasetKind::Places,
        headings: &["Mã thôn", "Tên thôn", "Dân số"],
        rows: &[&["T1", "Thôn Bắc Sơn", "120"], &["T2", "Thôn Nam Sơn", "80"]],
        shape: point,
    },
    Sample {
        kind: DatasetKind::Measurements,
        headings: &["RSRP", "Công nghệ", "Nhà mạng"],
        rows: &[&["-95.5", "4G", "Viettel"], &["-110", "4G", "Viettel"]],
        shape: point,
    },
    Sample {
        kind: DatasetKind::Poles,
        headings: &["Mã cột", "Chiều cao", "Đơn vị quản lý"],
        rows: &[&["C1", "12", "Điện lực"], &["C2", "10", "Điện lực"]],
        shape: point,
    },
    Sample {
        kind: DatasetKind::Areas,
        headings: &["Mã xã", "Tên xã", "Dân số"],
        rows: &[&["18001", "Xã A", "5000"], &["18004", "Xã B", "4000"]],
        shape: square,
    },
    Sample {
        kind: DatasetKind::Zones,
        headings: &["Mã KCN", "Tên khu công nghiệp"],
        rows: &[&["K1", "KCN Vũng Áng"], &["K2", "KCN Gia Lách"]],
        shape: square,
    },
    Sample {
        kind: DatasetKind::Roads,
        headings: &["name", "class"],
        rows: &[&["QL1A", "trunk"], &["QL8", "trunk"]],
        shape: line,
    },
    Sample {
        kind: DatasetKind::PowerLines,
        headings: &["name", "class"],
        rows: &[&["Lộ 371", "35 kV"], &["Lộ 372", "22 kV"]],
        shape: line,
    },
    Sample {
        kind: DatasetKind::FibreLines,
        headings: &["name", "class"],
        rows: &[&["Tuyến 1", "ADSS"], &["Tuyến 2", "ADSS"]],
        shape: line,
    },
];

impl Sample {
    fn table(&self) -> FeatureTable {
        let columns = self
            .headings
            .iter()
            .map(|heading| Column::new(heading, heading, heading));
        let mut table = FeatureTable::new("layer", columns.collect());
        for (row, values) in self.rows.iter().enumerate() {
            let values: Vec<Value> = values.iter().map(|value| (*value).into()).collect();
            table.push(Some((self.shape)(row)), values);
        }
        table
    }

    /// As a table that people fill in: positions in columns, other shapes as well-known text.
    fn texts(&self) -> Vec<Vec<String>> {
        let is_point = matches!((self.shape)(0), Geometry::Point(_));
        let shapes: &[&str] = if is_point {
            &["Kinh độ", "Vĩ độ"]
        } else {
            &["WKT"]
        };
        let texts = |row: &[&str]| row.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
        let mut rows = vec![[texts(self.headings), texts(shapes)].concat()];
        for (number, row) in self.rows.iter().enumerate() {
            let shape = match (self.shape)(number) {
                Geometry::Point(point) => vec![point.x().to_string(), point.y().to_string()],
                Geometry::LineString(line) => vec![format!("LINESTRING ({})", positions(&line))],
                Geometry::Polygon(polygon) => vec![format!("POLYGON (({}))", positions(polygon.exterior()))],
                other => panic!("{other:?}"),
            };
            rows.push([texts(row), shape].concat());
        }
        rows
    }

    fn write_all(&self, folder: &Path) -> Vec<PathBuf> {
        let table = self.table();
        let texts = self.texts();
        let (mut geojson, mut kml, mut fgb) = (Vec::new(), Vec::new(), Vec::new());
        write_geojson(&table, &mut geojson).unwrap();
        write_kml(&table, &mut kml).unwrap();
        write_flatgeobuf(&table, 4326, &mut fgb).unwrap();
        let lines: Vec<&str> = std::str::from_utf8(&geojson).unwrap().lines().collect();
        let each: Vec<&str> = lines[1..lines.len() - 1]
            .iter()
            .map(|line| line.trim_end_matches(','))
            .collect();
        let mut plain = FeatureTable::new(
            "layer",
            texts[0].iter().map(|text| Column::new(text, text, text)).collect(),
        );
        for row in &texts[1..] {
            plain.push(None, row.iter().map(|text| text.as_str().into()).collect());
        }
        let gpkg = folder.join("layer.gpkg");
        write_geopackage(&table, 4326, &gpkg).unwrap();
        let files = [
            ("layer.ndjson", each.join("\n").into_bytes()),
            ("layer.geojson", geojson.clone()),
            ("layer.kmz", zipped(&[("doc.kml", &kml)])),
            ("layer.kml", kml),
            ("layer.fgb", fgb),
            ("layer.zip", write_shapefile(&table, 4326).unwrap()),
            ("layer.csv", separated(&texts, ',').into_bytes()),
            ("layer.tsv", separated(&texts, '\t').into_bytes()),
            ("layer.xlsx", write_xlsx(&plain, "layer", true).unwrap()),
            ("layer.xls", xls(&texts)),
            ("layer.ods", ods(&ods_table(&texts))),
        ];
        let mut paths = vec![gpkg];
        for (name, bytes) in files {
            let path = folder.join(name);
            std::fs::write(&path, bytes).unwrap();
            paths.push(path);
        }
        paths
    }
}

fn positions(line: &LineString<f64>) -> String {
    line.coords()
        .map(|coord| format!("{} {}", coord.x, coord.y))
        .collect::<Vec<_>>()
        .join(", ")
}

fn separated(rows: &[Vec<String>], separator: char) -> String {
    let quoted = |text: &String| {
        if text.contains(',') {
            format!("\"{text}\"")
        } else {
            text.clone()
        }
    };
    rows.iter()
        .map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(&separator.to_string()) + "\n")
        .collect()
}

#[test]
fn every_kind_is_read_from_every_format() {
    let context = ImportContext::new(date(2025, 11, 1));
    for sample in SAMPLES {
        let folder = tempfile::tempdir().unwrap();
        for path in sample.write_all(folder.path()) {
            let what = format!("{} from {}", sample.kind.key(), path.file_name().unwrap().display());
            let import = import(sample.kind, &[InputFile::from_path(&path)], &context)
                .unwrap_or_else(|error| panic!("{what}: {error:?}"));
            let report = &import.report;
            assert_eq!((report.rows_in, report.rejected), (2, 0), "{what}: {:?}", report.rows);
            let first = serde_json::to_string(&import.records).unwrap().to_lowercase();
            let named = sample.rows[0]
                .iter()
                .filter(|text| text.parse::<f64>().is_err() && **text != "2G/4G");
            for text in named {
                assert!(first.contains(&text.to_lowercase()), "{what}: {text} is lost: {first}");
            }
        }
    }
}

#[test]
fn tables_without_a_place_are_read() {
    let context = ImportContext::new(date(2025, 11, 1));
    let tables: [(DatasetKind, &[&[&str]]); 2] = [
        (
            DatasetKind::Figures,
            &[
                &["Chỉ tiêu", "Kỳ", "Giá trị", "Đơn vị"],
                &["Tỷ lệ phủ sóng 5G", "2025", "85,07", "%"],
            ],
        ),
        (
            DatasetKind::Crosswalk,
            &[
                &["Mã cũ", "Tên cũ", "Mã mới", "Tên mới"],
                &["18101", "Xã Phù Lưu", "18001", "Xã Thạch Hà"],
            ],
        ),
    ];
    for (kind, rows) in tables {
        let texts: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|text| (*text).to_owned()).collect())
            .collect();
        let mut plain = FeatureTable::new(
            "table",
            texts[0].iter().map(|text| Column::new(text, text, text)).collect(),
        );
        plain.push(None, texts[1].iter().map(|text| text.as_str().into()).collect());
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("table.csv", separated(&texts, ',').into_bytes()),
            ("table.xlsx", write_xlsx(&plain, "table", true).unwrap()),
            ("table.xls", xls(&texts)),
            ("table.ods", ods(&ods_table(&texts))),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let import = import(kind, &[InputFile::from_path(&path)], &context)
                .unwrap_or_else(|error| panic!("{} {name}: {error:?}", kind.key()));
            assert_eq!(
                (import.report.rows_in, import.report.rejected, import.records.len()),
                (1, 0, 1),
                "{name}"
            );
        }
    }
}
