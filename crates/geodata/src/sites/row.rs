//! One row of a site list.

use jiff::civil::Date;

use crate::import::ImportContext;
use crate::message::Message;
use crate::outcome::{Outcome, issue_in};
use crate::records::{Site, StationStatus, Technology};
use crate::report::RowIssue;
use crate::sheet_reader::SheetReader;
use crate::table::{Row, Value};
use crate::templates::operator_named;
use crate::text::fold;
use crate::values::{date_of_serial, parse_date, parse_flag, parse_height_m, parse_number, parse_technologies};

/// Greatest height of a mast or antenna that is believed, metres.
const HIGHEST_M: f64 = 350.0;

/// What a row says about its site, stations and sectors.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRow {
    /// The mast.
    pub site: Site,
    /// Code of the station, where the list has one beside the site's.
    pub station_code: Option<String>,
    /// Operator of the stations.
    pub operator: String,
    /// Technologies, oldest first; never empty.
    pub technologies: Vec<Technology>,
    /// On air since.
    pub on_air: Option<Date>,
    /// Whether it transmits.
    pub status: StationStatus,
    /// Whether the row is of one sector (a list with a row per cell).
    pub has_sector: bool,
    /// Radio data as given.
    pub radio: Radio,
}

/// Radio data as a row gives it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Radio {
    /// Code of the cell.
    pub cell_code: Option<String>,
    /// Sector numbers and azimuths, in degrees; a `None` azimuth is an omnidirectional sector.
    pub sectors: Vec<(u8, Option<f64>)>,
    /// How many sectors there are, without their azimuths.
    pub sector_count: Option<u8>,
    /// Band as written.
    pub band: Option<String>,
    /// Downlink frequency, MHz.
    pub frequency_mhz: Option<f64>,
    /// Bandwidth, MHz.
    pub bandwidth_mhz: Option<f64>,
    /// Mechanical tilt, degrees.
    pub mechanical_tilt_deg: Option<f64>,
    /// Electrical tilt, degrees.
    pub electrical_tilt_deg: Option<f64>,
    /// Antenna height, metres.
    pub antenna_height_m: Option<f64>,
    /// EIRP per resource element, dBm.
    pub eirp_per_re_dbm: Option<f64>,
}

/// Reads a row; `None` when it is rejected.
pub fn read_row(
    reader: &SheetReader<'_>,
    index: usize,
    context: &ImportContext<'_>,
    outcome: &mut Outcome,
) -> Option<SiteRow> {
    let row = &reader.rows()[index];
    let fields = Fields { reader, row };
    let placed = reader.place(index, outcome)?;
    let (site_code, station_code) = fields.codes(outcome);
    let operator = fields.operator(context, outcome);
    let owner = fields
        .text("owner")
        .map_or_else(|| operator.clone(), |owner| canonical_operator(&owner));
    let mast_height_m = fields.height("mast_height_m", outcome);
    let mut antenna_height_m = fields.height("antenna_height_m", outcome);
    if let (Some(antenna), Some(mast)) = (antenna_height_m, mast_height_m)
        && antenna > mast + 6.0
    {
        outcome.remark(issue_in(
            &reader.columns,
            row,
            "antenna_height_m",
            "antenna_above_mast",
            Message::new(
                format!("độ cao anten {antenna} m lớn hơn độ cao cột {mast} m"),
                format!("the antenna height {antenna} m is above the mast height {mast} m"),
            ),
        ));
    }
    if antenna_height_m.is_some_and(|height| height <= 0.0) {
        antenna_height_m = None;
    }
    let name = fields.text("name").unwrap_or_else(|| site_code.clone());
    let site = Site {
        code: site_code,
        name,
        owner,
        position: placed.position,
        mast_type: fields.text("mast_type"),
        mast_height_m,
        commune_code: placed.commune_code,
        address: fields.address(),
        sharing_code: fields.sharing_code(),
        restricted: fields.flag("restricted").unwrap_or(false),
        free_height_m: fields.height("free_height_m", outcome),
        fibre: fields.fibre(),
        note: fields.text("note"),
    };
    let technologies = fields.technologies(outcome);
    let radio = fields.radio(antenna_height_m, &operator, outcome);
    let has_sector = radio.cell_code.is_some() || reader.columns.has("sector") || fields.one_azimuth();
    Some(SiteRow {
        site,
        station_code,
        technologies,
        on_air: fields.date("on_air", context.today, outcome),
        status: fields.status(),
        has_sector,
        radio,
        operator,
    })
}

struct Fields<'a> {
    reader: &'a SheetReader<'a>,
    row: &'a Row,
}

impl Fields<'_> {
    fn text(&self, field: &str) -> Option<String> {
        self.reader.columns.text(self.row, field)
    }

    fn issue(&self, field: &str, code: &str, message: Message) -> RowIssue {
        issue_in(&self.reader.columns, self.row, field, code, message)
    }

    /// Code of the site and code of the station.
    fn codes(&self, outcome: &mut Outcome) -> (String, Option<String>) {
        let station = self.text("code");
        if let Some(code) = self.text("site_code").or_else(|| station.clone()) {
            return (code, station);
        }
        if let Some(code) = self.global_cell_code() {
            return (code, None);
        }
        let generated = self
            .text("name")
            .unwrap_or_else(|| format!("{}-{}", self.reader.sheet.file, self.row.number));
        let issue = self.issue(
            "code",
            "missing_code",
            Message::new(
                format!("thiếu mã trạm; đã lấy \"{generated}\" làm mã"),
                format!("the code is missing; \"{generated}\" was taken as the code"),
            ),
        );
        outcome.repair(RowIssue {
            to: Some(generated.clone()),
            ..issue
        });
        (generated, None)
    }

    /// Lists of observed cells have no site: country, network, area and cell number together name one.
    fn global_cell_code(&self) -> Option<String> {
        let cell = self.text("cell_code")?;
        let parts = ["country_code", "network_code", "location_area"]
            .into_iter()
            .filter_map(|field| self.text(field));
        Some(parts.chain([cell]).collect::<Vec<_>>().join("-"))
    }

    fn operator(&self, context: &ImportContext<'_>, outcome: &mut Outcome) -> String {
        let Some(text) = self.text("operator").or_else(|| context.operator.clone()) else {
            outcome.remark(self.issue(
                "operator",
                "missing_operator",
                Message::new("thiếu tên nhà mạng", "the operator is missing"),
            ));
            return self
                .text("owner")
                .map(|owner| canonical_operator(&owner))
                .unwrap_or_default();
        };
        canonical_operator(&text)
    }

    fn address(&self) -> Option<String> {
        match (self.text("village"), self.text("address")) {
            (Some(village), Some(address)) => Some(format!("{village}, {address}")),
            (village, address) => village.or(address),
        }
    }

    fn number(&self, field: &str, plausible: impl Fn(f64) -> bool, outcome: &mut Outcome) -> Option<f64> {
        match self.reader.columns.value(self.row, field) {
            Value::Number(number) => Some(*number),
            Value::Text(text) if !text.trim().is_empty() => {
                let Some(parsed) = parse_number(text, plausible) else {
                    outcome.remark(self.not_a_number(field));
                    return None;
                };
                self.note_repairs(field, &parsed, outcome);
                Some(parsed.value)
            }
            _ => None,
        }
    }

    fn not_a_number(&self, field: &str) -> RowIssue {
        self.issue(
            field,
            "not_a_number",
            Message::new(
                "không phải là số; bỏ qua giá trị này",
                "not a number; this value is left out",
            ),
        )
    }

    fn note_repairs(&self, field: &str, parsed: &crate::values::ParsedNumber, outcome: &mut Outcome) {
        for repair in &parsed.repairs {
            let issue = self.issue(field, repair.code(), repair.message());
            outcome.repair(
                RowIssue {
                    to: Some(parsed.value.to_string()),
                    ..issue
                }
                .confidence(0.98),
            );
        }
    }

    /// A height in metres. What is no height of a mast is left out and named.
    fn height(&self, field: &str, outcome: &mut Outcome) -> Option<f64> {
        let height = match self.reader.columns.value(self.row, field) {
            Value::Number(number) => *number,
            Value::Text(text) if !text.trim().is_empty() => {
                let Some(parsed) = parse_height_m(text) else {
                    outcome.remark(self.not_a_number(field));
                    return None;
                };
                self.note_repairs(field, &parsed, outcome);
                parsed.value
            }
            _ => return None,
        };
        if (0.0..=HIGHEST_M).contains(&height) {
            return Some(height);
        }
        // Centimetres and millimetres are off by exact factors.
        let rescaled = [(100.0, "cm"), (1000.0, "mm")]
            .into_iter()
            .find(|(factor, _)| (6.0..=150.0).contains(&(height / factor)));
        if let Some((factor, unit)) = rescaled {
            let metres = height / factor;
            let issue = self.issue(
                field,
                "height_unit",
                Message::new(
                    format!("độ cao {height} không hợp lý tính bằng mét; đọc là {unit}: {metres} m"),
                    format!("a height of {height} is impossible in metres; read as {unit}: {metres} m"),
                ),
            );
            outcome.repair(
                RowIssue {
                    to: Some(metres.to_string()),
                    ..issue
                }
                .confidence(0.9),
            );
            return Some(metres);
        }
        let issue = self.issue(
            field,
            "impossible_height",
            Message::new(
                format!("độ cao {height} m không hợp lý; bỏ qua giá trị này"),
                format!("a height of {height} m is impossible; this value is left out"),
            ),
        );
        outcome.repair(issue.confidence(0.9));
        None
    }

    fn flag(&self, field: &str) -> Option<bool> {
        match self.reader.columns.value(self.row, field) {
            Value::Flag(flag) => Some(*flag),
            Value::Number(number) => Some(*number != 0.0),
            Value::Text(text) => parse_flag(text),
            _ => None,
        }
    }

    fn fibre(&self) -> Option<bool> {
        let text = self.text("fibre")?;
        self.flag("fibre").or_else(|| {
            let folded = fold(&text);
            if folded.contains("quang") || folded.contains("fib") {
                Some(true)
            } else {
                (folded.contains("viba") || folded.contains("microwave")).then_some(false)
            }
        })
    }

    fn sharing_code(&self) -> Option<u8> {
        let field = if self.reader.columns.has("sharing_code") {
            "sharing_code"
        } else {
            "sharing"
        };
        let number = match self.reader.columns.value(self.row, field) {
            Value::Number(number) => *number,
            Value::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        (0..=7).find(|code| f64::from(*code) == number)
    }

    fn status(&self) -> StationStatus {
        let folded = self.text("status").map(|text| fold(&text)).unwrap_or_default();
        let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
        if has(&[
            "du kien",
            "ke hoach",
            "dang xay",
            "dang trien khai",
            "planned",
            "chua phat",
            "chua hoat dong",
            "quy hoach",
        ]) {
            StationStatus::Planned
        } else if has(&["ngung", "dung hoat dong", "thao do", "da tat", "tam dung", "off", "huy"])
            && !has(&["dung chung"])
        {
            StationStatus::Off
        } else {
            StationStatus::OnAir
        }
    }

    fn technologies(&self, outcome: &mut Outcome) -> Vec<Technology> {
        let mut technologies = self
            .text("technology")
            .map(|text| parse_technologies(&text))
            .unwrap_or_default();
        for (field, technology) in [
            ("g2", Technology::G2),
            ("g3", Technology::G3),
            ("g4", Technology::G4),
            ("g5", Technology::G5),
        ] {
            let marked = match self.reader.columns.value(self.row, field) {
                Value::Number(number) => *number > 0.0,
                Value::Flag(flag) => *flag,
                Value::Text(text) => parse_flag(text).unwrap_or(true),
                _ => false,
            };
            if marked && !technologies.contains(&technology) {
                technologies.push(technology);
            }
        }
        if technologies.is_empty() {
            technologies = ["band", "name", "code", "site_type"]
                .into_iter()
                .filter_map(|field| self.text(field))
                .map(|text| parse_technologies(&text))
                .find(|found| !found.is_empty())
                .unwrap_or_default();
        }
        if technologies.is_empty() {
            let issue = self.issue(
                "technology",
                "missing_technology",
                Message::new(
                    "thiếu công nghệ; giả định là 4G",
                    "the technology is missing; 4G is assumed",
                ),
            );
            outcome.repair(
                RowIssue {
                    to: Some("4G".to_owned()),
                    ..issue
                }
                .confidence(0.5),
            );
            technologies.push(Technology::G4);
        }
        technologies.sort_unstable();
        technologies
    }

    fn date(&self, field: &str, today: Date, outcome: &mut Outcome) -> Option<Date> {
        let (date, exchanged) = match self.reader.columns.value(self.row, field) {
            Value::Date(date) => (Some(*date), false),
            Value::Number(number) if (1900.0..=2100.0).contains(number) => {
                (Date::new(*number as i16, 1, 1).ok(), false)
            }
            Value::Number(number) => (date_of_serial(*number), false),
            Value::Text(text) if !text.trim().is_empty() => {
                parse_date(text).map_or((None, false), |(date, exchanged)| (Some(date), exchanged))
            }
            _ => return None,
        };
        let Some(date) = date else {
            outcome.repair(self.issue(
                field,
                "not_a_date",
                Message::new(
                    "không phải là ngày dạng dd/mm/yyyy; bỏ qua giá trị này",
                    "not a date of the form dd/mm/yyyy; this value is left out",
                ),
            ));
            return None;
        };
        if exchanged {
            let issue = self.issue(
                field,
                "month_before_day",
                Message::new(
                    "ngày viết theo kiểu tháng trước; đã đổi lại",
                    "the month was written before the day; put right",
                ),
            );
            outcome.repair(
                RowIssue {
                    to: Some(date.strftime("%d/%m/%Y").to_string()),
                    ..issue
                }
                .confidence(0.99),
            );
        }
        if date > today && self.status() == StationStatus::OnAir {
            outcome.repair(self.issue(
                field,
                "future_date",
                Message::new(
                    "ngày phát sóng ở tương lai; bỏ qua giá trị này, đề nghị kiểm tra lại",
                    "the on-air date is in the future; this value is left out, please check",
                ),
            ));
            return None;
        }
        Some(date)
    }

    fn one_azimuth(&self) -> bool {
        self.text("azimuth_deg")
            .is_some_and(|text| parse_azimuths(&text).len() == 1)
    }

    fn radio(&self, antenna_height_m: Option<f64>, operator: &str, outcome: &mut Outcome) -> Radio {
        let tilt = self.number("tilt_deg", |tilt| (-10.0..=30.0).contains(&tilt), outcome);
        let mechanical = self.number("mechanical_tilt_deg", |tilt| (-10.0..=30.0).contains(&tilt), outcome);
        let frequency_mhz = self.frequency_mhz(operator, outcome);
        Radio {
            cell_code: self.text("cell_code"),
            sectors: self.sectors(outcome),
            sector_count: self
                .number("sector_count", |count| (1.0..=12.0).contains(&count), outcome)
                .filter(|count| (1.0..=12.0).contains(count))
                .map(|count| count as u8),
            band: self.text("band"),
            frequency_mhz,
            bandwidth_mhz: self
                .number("bandwidth_mhz", |mhz| mhz > 0.0, outcome)
                .filter(|mhz| *mhz > 0.0 && *mhz <= 400.0),
            mechanical_tilt_deg: mechanical.or(tilt),
            electrical_tilt_deg: self
                .number("electrical_tilt_deg", |tilt| (-10.0..=30.0).contains(&tilt), outcome)
                .or_else(|| tilt.map(|_| 0.0)),
            antenna_height_m,
            eirp_per_re_dbm: self.number("eirp_per_re_dbm", |dbm| (-50.0..=90.0).contains(&dbm), outcome),
        }
    }

    fn frequency_mhz(&self, operator: &str, outcome: &mut Outcome) -> Option<f64> {
        let mhz = self.number("frequency_mhz", |mhz| (400.0..=40_000.0).contains(&mhz), outcome)?;
        if let Some(known) = operator_named(operator)
            && !known.may_use(mhz)
        {
            outcome.remark(self.issue(
                "frequency_mhz",
                "frequency_not_licensed",
                Message::new(
                    format!(
                        "tần số {mhz} MHz không thuộc băng tần của {}; đề nghị kiểm tra lại",
                        known.name
                    ),
                    format!("{mhz} MHz is in no band of {}; please check", known.name),
                ),
            ));
        }
        (400.0..=40_000.0).contains(&mhz).then_some(mhz)
    }

    /// Sectors with their azimuths, from `0/120/240` in one cell, one column per sector, or one row per sector.
    fn sectors(&self, outcome: &mut Outcome) -> Vec<(u8, Option<f64>)> {
        let columns = &self.reader.columns;
        let numbered: Vec<(u8, f64)> = columns
            .sectors("azimuth_deg")
            .filter_map(|(sector, column)| Some((sector, number_of(self.row.get(column.index))?)))
            .collect();
        let listed = match columns.value(self.row, "azimuth_deg") {
            Value::Number(number) => vec![*number],
            Value::Text(text) => parse_azimuths(text),
            _ => Vec::new(),
        };
        let own_number = self.text("sector").and_then(|text| {
            text.trim_start_matches(|c: char| !c.is_ascii_digit())
                .parse::<u8>()
                .ok()
                .filter(|n| *n > 0)
        });
        let all: Vec<(u8, f64)> = if numbered.is_empty() {
            let first = own_number.unwrap_or(1);
            (0_u8..)
                .zip(&listed)
                .map(|(i, azimuth)| (first.saturating_add(i), *azimuth))
                .collect()
        } else {
            numbered
        };
        let is_omni = self
            .text("azimuth_deg")
            .is_some_and(|text| matches!(fold(&text).as_str(), "omni" | "vo huong" | "da huong"));
        if is_omni {
            return vec![(own_number.unwrap_or(1), None)];
        }
        all.into_iter()
            .filter_map(|(sector, azimuth)| Some((sector, Some(self.azimuth(azimuth, outcome)?))))
            .collect()
    }

    fn azimuth(&self, azimuth: f64, outcome: &mut Outcome) -> Option<f64> {
        if (0.0..360.0).contains(&azimuth) {
            return Some(azimuth);
        }
        if azimuth == 360.0 || (-180.0..0.0).contains(&azimuth) {
            let normal = azimuth.rem_euclid(360.0);
            let issue = self.issue(
                "azimuth_deg",
                "azimuth_normalised",
                Message::new(
                    format!("góc phương vị {azimuth}° được đổi thành {normal}°"),
                    format!("azimuth {azimuth}° was written as {normal}°"),
                ),
            );
            outcome.repair(
                RowIssue {
                    to: Some(normal.to_string()),
                    ..issue
                }
                .confidence(0.99),
            );
            return Some(normal);
        }
        outcome.repair(self.issue(
            "azimuth_deg",
            "impossible_azimuth",
            Message::new(
                format!("góc phương vị {azimuth}° không hợp lý; bỏ qua giá trị này"),
                format!("an azimuth of {azimuth}° is impossible; this value is left out"),
            ),
        ));
        None
    }
}

fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => parse_number(text, |azimuth| (0.0..=360.0).contains(&azimuth)).map(|parsed| parsed.value),
        _ => None,
    }
}

/// `0/120/240`, `0-120-240`, `0; 120; 240`, `0,120,240`: azimuths of one cell of a table.
fn parse_azimuths(text: &str) -> Vec<f64> {
    if let Some(single) = parse_number(text, |azimuth| (0.0..=360.0).contains(&azimuth))
        && (-180.0..=360.0).contains(&single.value)
    {
        return vec![single.value];
    }
    let parts: Vec<&str> = text
        .split(['/', ';', '-', ',', '|', ' ', '_', '\n'])
        .map(|part| part.trim().trim_end_matches(['°', 'º']))
        .filter(|part| !part.is_empty())
        .collect();
    let numbers: Vec<f64> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    if numbers.len() == parts.len() {
        numbers
    } else {
        Vec::new()
    }
}

/// The operator's usual name; a name that is not known stays as the list writes it.
fn canonical_operator(text: &str) -> String {
    operator_named(text).map_or_else(|| text.to_owned(), |operator| operator.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn azimuths_of_one_cell() {
        for text in ["0/120/240", "0-120-240", "0; 120; 240", "0,120,240", "0° 120° 240°"] {
            assert_eq!(parse_azimuths(text), [0.0, 120.0, 240.0], "{text}");
        }
        assert_eq!(parse_azimuths("350"), [350.0]);
        assert_eq!(parse_azimuths("omni"), [] as [f64; 0]);
    }
}
