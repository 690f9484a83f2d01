//! A true province with true lists, and mistakes planted in them, each with its sheet and row.
#![allow(dead_code)]

use geo_types::{LineString, MultiPolygon, Polygon};
use geodata::{Area, AreaKind};
use geodesy::{LonLat, Transformer};
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

/// The communes form a grid of this many columns and rows.
pub const COLUMNS: usize = 10;
pub const ROWS: usize = 7;
const WEST: f64 = 105.35;
const SOUTH: f64 = 17.95;
const WIDE: f64 = 0.11;
const HIGH: f64 = 0.09;

/// Names of communes, long enough that no two are alike.
const FIRST: [&str; 10] = ["Thạch", "Cẩm", "Kỳ", "Đức", "Hương", "Can", "Nghi", "Vũ", "Lộc", "Sơn"];
const SECOND: [&str; 7] = ["Hòa", "Quảng", "Thượng", "Khuê", "Trường", "Bằng", "Yên"];

/// What a list's cell is written as.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Formula(String, f64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text.to_owned())
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

/// How a list writes its positions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Writing {
    /// Longitude and latitude.
    Degrees,
    /// X is the easting and Y the northing, against the custom of Vietnamese sheets.
    SwappedMetres,
    /// Columns X and Y that hold metres in some rows and degrees in others.
    Mixed,
}

/// One row of a true list.
#[derive(Debug, Clone)]
pub struct Truth {
    pub code: String,
    pub position: LonLat,
    pub commune: usize,
    pub cells: Vec<Cell>,
}

/// One list: its file and its rows, some of them with a mistake.
pub struct List {
    pub file: &'static str,
    pub sheet: &'static str,
    pub operator: &'static str,
    pub writing: Writing,
    pub headers: Vec<&'static str>,
    pub rows: Vec<Line>,
}

/// A row of the file: a true one, one with a mistake, or one that is no data.
pub struct Line {
    /// The mistake's name; empty for a true row.
    pub mistake: &'static str,
    pub cells: Vec<Cell>,
    pub hidden: bool,
    /// Where the mast truly is; `None` where the row says nothing of a mast.
    pub truth: Option<(String, LonLat)>,
}

/// A mistake with the place where the report must name it.
#[derive(Debug, Clone)]
pub struct Planted {
    pub mistake: &'static str,
    pub file: &'static str,
    pub sheet: &'static str,
    pub row: u32,
}

pub fn communes() -> Vec<Area> {
    (0..COLUMNS * ROWS)
        .map(|index| {
            let (column, row) = (index % COLUMNS, index / COLUMNS);
            let (west, south) = (WEST + WIDE * column as f64, SOUTH + HIGH * row as f64);
            // Boundaries wiggle alike on both sides, so that neighbours meet.
            let wiggle = |t: f64| 0.004 * (t * 61.0).sin();
            let steps = 12;
            let along = |step: usize| step as f64 / steps as f64;
            let mut ring = Vec::new();
            for step in 0..steps {
                let x = west + WIDE * along(step);
                ring.push((x, south + wiggle(x)));
            }
            for step in 0..steps {
                let y = south + HIGH * along(step);
                ring.push((west + WIDE + wiggle(y + 7.0), y));
            }
            for step in 0..steps {
                let x = west + WIDE * (1.0 - along(step));
                ring.push((x, south + HIGH + wiggle(x)));
            }
            for step in 0..steps {
                let y = south + HIGH * (1.0 - along(step));
                ring.push((west + wiggle(y + 7.0), y));
            }
            let shape = Polygon::new(LineString::from(ring), vec![]);
            let kind = if index % 9 == 0 { "Phường" } else { "Xã" };
            let name = format!("{kind} {} {}", FIRST[column], SECOND[row]);
            Area::new(
                format!("{:05}", 18_001 + 3 * index),
                name,
                AreaKind::Commune,
                MultiPolygon(vec![shape]),
            )
        })
        .collect()
}

fn place_in(commune: usize, random: &mut ChaCha8Rng) -> LonLat {
    let (column, row) = (commune % COLUMNS, commune / COLUMNS);
    let mut along = |size: f64| size * random.random_range(0.12..0.88);
    let lon = WEST + WIDE * column as f64 + along(WIDE);
    let lat = SOUTH + HIGH * row as f64 + along(HIGH);
    LonLat::new((lon * 1e7).round() / 1e7, (lat * 1e7).round() / 1e7)
}

const DEGREE_HEADERS: [&str; 14] = [
    "STT",
    "Mã trạm",
    "Tên trạm",
    "Nhà mạng",
    "Xã/Phường",
    "Kinh độ",
    "Vĩ độ",
    "Độ cao cột (m)",
    "Độ cao anten (m)",
    "Công nghệ",
    "Tần số (MHz)",
    "Azimuth",
    "Ngày phát sóng",
    "Ghi chú",
];
const METRE_HEADERS: [&str; 14] = [
    "STT",
    "Mã trạm",
    "Tên trạm",
    "Nhà mạng",
    "Xã/Phường",
    "Y",
    "X",
    "Độ cao cột (m)",
    "Độ cao anten (m)",
    "Công nghệ",
    "Tần số (MHz)",
    "Azimuth",
    "Ngày phát sóng",
    "Ghi chú",
];
/// Where fields are in both.
pub const CODE: usize = 1;
pub const NAME: usize = 2;
pub const OPERATOR: usize = 3;
pub const COMMUNE: usize = 4;
pub const EAST: usize = 5;
pub const NORTH: usize = 6;
pub const MAST: usize = 7;
pub const ANTENNA: usize = 8;
pub const TECHNOLOGY: usize = 9;
pub const FREQUENCY: usize = 10;
pub const AZIMUTH: usize = 11;
pub const ON_AIR: usize = 12;

pub struct Province {
    pub communes: Vec<Area>,
    pub lists: Vec<List>,
}

fn to_metres(epsg: u32, position: LonLat) -> (f64, f64) {
    let (east, north) = Transformer::from_wgs84(epsg)
        .unwrap()
        .convert_raw(position.lon_deg, position.lat_deg)
        .unwrap();
    ((east * 1000.0).round() / 1000.0, (north * 1000.0).round() / 1000.0)
}

/// The two numbers of a position as a list writes them.
fn written(writing: Writing, position: LonLat, number: usize) -> (Cell, Cell) {
    match writing {
        Writing::Degrees => (position.lon_deg.into(), position.lat_deg.into()),
        Writing::SwappedMetres => {
            let (east, north) = to_metres(9209, position);
            // The column X (third from the left of its header) holds the easting.
            (north.into(), east.into())
        }
        Writing::Mixed if number.is_multiple_of(3) => (position.lon_deg.into(), position.lat_deg.into()),
        Writing::Mixed => {
            let (east, north) = to_metres(9209, position);
            (east.into(), north.into())
        }
    }
}

/// The true lists: 1,500 + 1,200 + 900 rows.
pub fn province(seed: u64) -> Province {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let communes = communes();
    let lists = [
        ("viettel.xlsx", "Danh sách", "Viettel", Writing::Degrees, 1500, "VTL"),
        ("vnpt.xlsx", "BTS", "VNPT", Writing::SwappedMetres, 1200, "VNP-HT"),
        (
            "mobifone.xlsx",
            "Tổng hợp trạm",
            "MobiFone",
            Writing::Mixed,
            900,
            "MBF_",
        ),
    ]
    .into_iter()
    .map(|(file, sheet, operator, writing, count, prefix)| {
        let rows = (0..count).map(|number| {
            let truth = true_row(number, prefix, operator, writing, &communes, &mut random);
            Line {
                mistake: "",
                cells: truth.cells,
                hidden: false,
                truth: Some((truth.code, truth.position)),
            }
        });
        let headers = if writing == Writing::Degrees {
            DEGREE_HEADERS
        } else {
            METRE_HEADERS
        };
        List {
            file,
            sheet,
            operator,
            writing,
            headers: headers.to_vec(),
            rows: rows.collect(),
        }
    })
    .collect();
    Province { communes, lists }
}

fn true_row(
    number: usize,
    prefix: &str,
    operator: &str,
    writing: Writing,
    communes: &[Area],
    random: &mut ChaCha8Rng,
) -> Truth {
    let commune = random.random_range(0..communes.len());
    let position = place_in(commune, random);
    let code = format!("{prefix}{:04}", number + 1);
    let (east, north) = written(writing, position, number);
    let mast = [36.0, 42.0, 42.0, 42.0, 45.0][random.random_range(0..5)];
    let technology = ["2G/3G/4G", "4G", "3G/4G", "2G/4G"][random.random_range(0..4)];
    let day = random.random_range(1..=28);
    let month = random.random_range(1..=12);
    let cells = vec![
        (number as f64 + 1.0).into(),
        code.clone().into(),
        format!(
            "{} {}",
            communes[commune].name.replace("Xã ", "").replace("Phường ", ""),
            number + 1
        )
        .into(),
        operator.into(),
        communes[commune].name.clone().into(),
        east,
        north,
        mast.into(),
        (mast - 2.0).into(),
        technology.into(),
        1842.5.into(),
        ["0/120/240", "30/150/270", "60/180/300"][random.random_range(0..3)].into(),
        format!("{day:02}/{month:02}/{}", random.random_range(2008..2024)).into(),
        Cell::Empty,
    ];
    Truth {
        code,
        position,
        commune,
        cells,
    }
}

/// Writes a list; the header is below a title, of two rows where the list is in metres.
pub fn write(list: &List, path: &std::path::Path) -> Vec<Planted> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    sheet.set_name(list.sheet).unwrap();
    sheet
        .write_string(0, 0, format!("DANH SÁCH TRẠM BTS {}", list.operator.to_uppercase()))
        .unwrap();
    let mut next = 2;
    if list.writing == Writing::Degrees {
        for (column, header) in list.headers.iter().enumerate() {
            sheet
                .write_string_with_format(next, column as u16, *header, &bold)
                .unwrap();
        }
        next += 1;
    } else {
        for (column, header) in list.headers.iter().enumerate() {
            let column = column as u16;
            match usize::from(column) {
                EAST => {
                    sheet
                        .merge_range(next, column, next, column + 1, "Tọa độ VN-2000", &bold)
                        .unwrap();
                    sheet.write_string(next + 1, column, *header).unwrap();
                }
                NORTH => {
                    sheet.write_string(next + 1, column, *header).unwrap();
                }
                _ => {
                    sheet
                        .merge_range(next, column, next + 1, column, header, &bold)
                        .unwrap();
                }
            }
        }
        next += 2;
    }
    let mut planted = Vec::new();
    for line in &list.rows {
        write_row(sheet, next, line);
        if !line.mistake.is_empty() {
            planted.push(Planted {
                mistake: line.mistake,
                file: list.file,
                sheet: list.sheet,
                row: next + 1,
            });
        }
        next += 1;
    }
    workbook.save(path).unwrap();
    planted
}

fn write_row(sheet: &mut Worksheet, row: u32, line: &Line) {
    for (column, cell) in line.cells.iter().enumerate() {
        let column = column as u16;
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => {
                sheet.write_string(row, column, text).unwrap();
            }
            Cell::Number(number) => {
                sheet.write_number(row, column, *number).unwrap();
            }
            Cell::Formula(formula, value) => {
                let formula = Formula::new(formula).set_result(value.to_string());
                sheet.write_formula(row, column, formula).unwrap();
            }
        }
    }
    if line.hidden {
        sheet.set_row_hidden(row).unwrap();
    }
}

/// Draws `count` different true rows of a list.
pub fn draw(list: &List, count: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut free: Vec<usize> = (0..list.rows.len())
        .filter(|row| list.rows[*row].mistake.is_empty())
        .collect();
    free.shuffle(random);
    free.truncate(count);
    free
}
