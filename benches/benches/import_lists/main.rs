//! Import of a list of 350,000 rows as CSV and as XLSX: read, understood, every row checked against its commune; beside pandas,
//! openpyxl and pyproj, which only read and transform. `cargo bench -p benches --bench import_lists [-- ROWS]`; the peer is
//! measured when `PHUSONG_PEER_PYTHON` names a Python that has the three.
#![allow(clippy::print_stdout)]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, anyhow};
use geo_types::{LineString, MultiPolygon, Polygon};
use geodata::{Area, AreaKind, DatasetKind, ImportContext, InputFile, import};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rust_xlsxwriter::Workbook;

const HEADERS: [&str; 12] = [
    "STT",
    "Mã trạm",
    "Tên trạm",
    "Nhà mạng",
    "Xã/Phường",
    "X (m)",
    "Y (m)",
    "Độ cao cột (m)",
    "Công nghệ",
    "Azimuth",
    "Ngày phát sóng",
    "Ghi chú",
];
const FIRST: [&str; 10] = ["Thạch", "Cẩm", "Kỳ", "Đức", "Hương", "Can", "Nghi", "Vũ", "Lộc", "Sơn"];
const SECOND: [&str; 7] = ["Hòa", "Quảng", "Thượng", "Khuê", "Trường", "Bằng", "Yên"];
/// South-west corner of the first commune, and the size of each, degrees.
const WEST: f64 = 105.35;
const SOUTH: f64 = 17.95;
const WIDE: f64 = 0.11;
const HIGH: f64 = 0.09;

fn main() -> anyhow::Result<()> {
    let rows = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(350_000);
    let folder = std::env::temp_dir().join(format!("phusong-import-{rows}"));
    std::fs::create_dir_all(&folder)?;
    let (csv, xlsx) = (folder.join("list.csv"), folder.join("list.xlsx"));
    if !xlsx.exists() {
        write_lists(rows, &csv, &xlsx)?;
        // Memory is measured in a process that did not write them.
        let mut again = std::process::Command::new(std::env::current_exe()?);
        let status = again.args(std::env::args_os().skip(1)).status()?;
        return status
            .success()
            .then_some(())
            .ok_or_else(|| anyhow!("the measurement failed"));
    }
    let communes = communes();
    for path in [&csv, &xlsx] {
        let seconds = imported(path, &communes, rows)?;
        let name = path.display();
        println!(
            "{name}: {rows} rows in {seconds:.2} s, {:.0} rows/s",
            rows as f64 / seconds
        );
        println!(
            "peak memory of this process so far: {} MiB",
            peak_memory_mib().unwrap_or(0)
        );
    }
    let Some(python) = std::env::var_os("PHUSONG_PEER_PYTHON") else {
        println!("PHUSONG_PEER_PYTHON is not set: pandas, openpyxl and pyproj are not measured");
        return Ok(());
    };
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/import_lists/peer.py");
    let status = std::process::Command::new(python)
        .arg(peer)
        .arg(csv)
        .arg(xlsx)
        .status()?;
    status.success().then_some(()).ok_or_else(|| anyhow!("the peer failed"))
}

/// Seconds that an import takes; every row must be taken.
fn imported(path: &Path, communes: &[Area], rows: usize) -> anyhow::Result<f64> {
    let start = Instant::now();
    let mut context = ImportContext::new(jiff::Zoned::now().date());
    context.communes = communes;
    context.province_name = Some("Hà Tĩnh".to_owned());
    let files = [InputFile::from_path(PathBuf::from(path))];
    let report = import(DatasetKind::Sites, &files, &context)?.report;
    let seconds = start.elapsed().as_secs_f64();
    let taken = (report.accepted + report.repaired) as usize;
    if taken != rows {
        return Err(anyhow!("{taken} of {rows} rows were taken"));
    }
    Ok(seconds)
}

fn commune_name(index: usize) -> String {
    format!("Xã {} {}", FIRST[index % 10], SECOND[index / 10])
}

fn communes() -> Vec<Area> {
    let commune = |index: usize| {
        let (west, south) = (WEST + WIDE * (index % 10) as f64, SOUTH + HIGH * (index / 10) as f64);
        let (east, north) = (west + WIDE, south + HIGH);
        let ring = LineString::from(vec![
            (west, south),
            (east, south),
            (east, north),
            (west, north),
            (west, south),
        ]);
        let shape = MultiPolygon(vec![Polygon::new(ring, Vec::new())]);
        Area::new(
            format!("{:05}", 18_001 + 3 * index),
            commune_name(index),
            AreaKind::Commune,
            shape,
        )
    };
    (0..70).map(commune).collect()
}

/// The same list twice: masts in random places of random communes, in VN-2000 metres.
fn write_lists(rows: usize, csv: &Path, xlsx: &Path) -> anyhow::Result<()> {
    let to_metres = geodesy::Transformer::from_wgs84(9209)?;
    let mut random = ChaCha8Rng::seed_from_u64(529);
    let mut text = HEADERS.join(",") + "\n";
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in (0..).zip(HEADERS) {
        sheet.write_string(0, column, header)?;
    }
    for number in 1..=rows {
        let commune = random.random_range(0..70);
        let lon = WEST + WIDE * ((commune % 10) as f64 + random.random_range(0.05..0.95));
        let lat = SOUTH + HIGH * ((commune / 10) as f64 + random.random_range(0.05..0.95));
        let (east, north) = to_metres.convert_raw(lon, lat)?;
        let (east, north) = ((east * 1000.0).round() / 1000.0, (north * 1000.0).round() / 1000.0);
        let (code, name, commune) = (
            format!("VTL{number:06}"),
            format!("Trạm {number}"),
            commune_name(commune),
        );
        writeln!(
            text,
            "{number},{code},{name},Viettel,{commune},{north},{east},42,4G,0/120/240,12/05/2019,"
        )?;
        let line = u32::try_from(number).context("too many rows for a sheet")?;
        for (column, number) in [(0, number as f64), (5, north), (6, east), (7, 42.0)] {
            sheet.write_number(line, column, number)?;
        }
        let texts = [
            (1, code.as_str()),
            (2, name.as_str()),
            (3, "Viettel"),
            (4, commune.as_str()),
            (8, "4G"),
            (9, "0/120/240"),
            (10, "12/05/2019"),
        ];
        for (column, text) in texts {
            sheet.write_string(line, column, text)?;
        }
    }
    std::fs::write(csv, text)?;
    workbook.save(xlsx)?;
    Ok(())
}

/// The most memory that this process has had, MiB.
fn peak_memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? / 1024)
}
