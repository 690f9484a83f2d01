//! The operators' site lists, as operators write them: one row for each mast and operator, a row more for its 5G.

use anyhow::Context;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

use super::Province;
use super::masts::OPERATORS;
use super::stations::Tenancy;

/// The columns, with the words of real lists.
pub const COLUMNS: [&str; 21] = [
    "STT",
    "Mã trạm",
    "Mã nhà trạm",
    "Tên trạm",
    "Nhà mạng",
    "Chủ sở hữu",
    "Địa chỉ",
    "Xã/Phường",
    "Tỉnh",
    "Kinh độ",
    "Vĩ độ",
    "Hệ tọa độ",
    "Độ cao cột (m)",
    "Loại cột",
    "Công nghệ",
    "Băng tần",
    "Số sector",
    "Azimuth",
    "Tilt",
    "Ngày phát sóng",
    "Ghi chú",
];

/// A value of a list.
pub enum Value {
    Text(String),
    Number(f64),
}

/// The rows of one operator's list.
pub fn rows(province: &Province, operator: usize) -> Vec<Vec<Value>> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for tenancy in province.tenancies.iter().filter(|tenancy| tenancy.operator == operator) {
        let older: Vec<&str> = ["2G", "3G", "4G"]
            .into_iter()
            .zip(tenancy.technologies)
            .filter_map(|(name, on)| on.then_some(name))
            .collect();
        let code = tenancy.code(&province.masts);
        if !older.is_empty() {
            rows.push(row(
                province,
                tenancy,
                rows.len() + 1,
                code.clone(),
                &older.join("/"),
                &tenancy.on_air,
            ));
        }
        if tenancy.technologies[3] {
            rows.push(row(
                province,
                tenancy,
                rows.len() + 1,
                format!("{code}-5G"),
                "5G",
                &tenancy.on_air_5g,
            ));
        }
    }
    rows
}

fn row(
    province: &Province,
    tenancy: &Tenancy,
    number: usize,
    code: String,
    technologies: &str,
    on_air: &str,
) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let mast = &province.masts[tenancy.mast];
    let commune = &province.division.communes[mast.commune];
    let unit = if commune.ward { "Phường" } else { "Xã" };
    let [lon, lat] = mast.position.degrees();
    let azimuths: Vec<String> = (0..tenancy.sectors)
        .map(|sector| ((tenancy.first_azimuth_deg + sector * 360 / tenancy.sectors) % 360).to_string())
        .collect();
    vec![
        Value::Number(number as f64),
        Value::Text(code),
        text(&mast.code),
        text(&mast.name),
        text(tenancy.operator_name()),
        text(OPERATORS[mast.owner]),
        text(&province.villages[mast.village].name),
        Value::Text(format!("{unit} {}", commune.name)),
        text(super::PROJECT_NAME),
        Value::Number(lon),
        Value::Number(lat),
        text("WGS84"),
        Value::Number(f64::from(mast.height_m)),
        text(mast.mast_type),
        Value::Text(technologies.to_owned()),
        Value::Text(bands(tenancy, technologies, commune.ward)),
        Value::Number(f64::from(tenancy.sectors)),
        Value::Text(azimuths.join("/")),
        Value::Number(f64::from(tenancy.tilt_deg)),
        text(on_air),
        text("Dữ liệu mô phỏng"),
    ]
}

/// The bands as lists write them: the countryside gets its 4G on 900 MHz, which reaches farther and bends better round hills;
/// wards get it on 1800 MHz.
fn bands(tenancy: &Tenancy, technologies: &str, ward: bool) -> String {
    let band = |technology: &str| match technology {
        "2G" => "900",
        "3G" => "2100",
        "4G" if ward => "1800",
        "4G" => "900",
        _ => ["n41", "n78", "n78"][tenancy.operator],
    };
    technologies
        .split('/')
        .map(|technology| format!("{technology} {}", band(technology)))
        .collect::<Vec<_>>()
        .join("/")
}

/// A list as a workbook: bold frozen header, fixed creation date, so equal rows give equal bytes.
pub fn workbook(operator: usize, rows: &[Vec<Value>]) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2025, 9, 30).context("a fixed date")?;
    let title = format!("Danh sách trạm {} (mô phỏng)", OPERATORS[operator]);
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
    let sheet = workbook.add_worksheet();
    sheet.set_name("Mô phỏng")?;
    let bold = Format::new().set_bold();
    for (column, header) in COLUMNS.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, *header, &bold)?;
    }
    for (index, row) in rows.iter().enumerate() {
        for (column, value) in row.iter().enumerate() {
            let (line, column) = (index as u32 + 1, column as u16);
            match value {
                Value::Text(text) => sheet.write_string(line, column, text)?,
                Value::Number(number) => sheet.write_number(line, column, *number)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    for (column, width) in [
        (1, 14),
        (2, 12),
        (3, 28),
        (6, 22),
        (7, 20),
        (8, 28),
        (14, 12),
        (18, 14),
        (19, 18),
    ] {
        sheet.set_column_width(column, width)?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// A list as CSV (comma, UTF-8).
pub fn csv(rows: &[Vec<Value>]) -> String {
    let mut text = COLUMNS.join(",");
    for row in rows {
        text.push('\n');
        let cells: Vec<String> = row
            .iter()
            .map(|value| match value {
                Value::Text(text) if text.contains([',', '"']) => format!("\"{}\"", text.replace('"', "\"\"")),
                Value::Text(text) => text.clone(),
                Value::Number(number) => number.to_string(),
            })
            .collect();
        text.push_str(&cells.join(","));
    }
    text.push('\n');
    text
}
