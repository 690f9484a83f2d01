//! The plain fields of a site row: codes, names, operators, technologies, flags, dates.

use jiff::civil::Date;

use super::heights::TypicalHeights;
use crate::import::ImportContext;
use crate::message::Message;
use crate::outcome::{Outcome, issue_in};
use crate::records::{StationStatus, Technology};
use crate::report::RowIssue;
use crate::sheet_reader::SheetReader;
use crate::table::{Row, Value};
use crate::templates::{operator_like, operator_named};
use crate::text::fold;
use crate::values::{ParsedNumber, date_of_serial, parse_date, parse_flag, parse_number, parse_technologies};

/// Before this year there was no cellular network whose masts a list could hold.
const FIRST_YEAR: i16 = 1985;

/// The fields of one row, with the words that are to be said about them.
pub struct Fields<'a> {
    pub reader: &'a SheetReader<'a>,
    pub row: &'a Row,
    pub typical: &'a TypicalHeights,
}

impl Fields<'_> {
    pub fn text(&self, field: &str) -> Option<String> {
        self.reader.columns.text(self.row, field)
    }

    pub fn issue(&self, field: &str, code: &str, message: Message) -> RowIssue {
        issue_in(&self.reader.columns, self.row, field, code, message)
    }

    /// Code of the site and code of the station.
    pub fn codes(&self, outcome: &mut Outcome) -> (String, Option<String>) {
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
    pub fn global_cell_code(&self) -> Option<String> {
        let cell = self.text("cell_code")?;
        let parts = ["country_code", "network_code", "location_area"]
            .into_iter()
            .filter_map(|field| self.text(field));
        Some(parts.chain([cell]).collect::<Vec<_>>().join("-"))
    }

    pub fn operator(&self, context: &ImportContext<'_>, outcome: &mut Outcome) -> String {
        if let Some(text) = self.text("operator") {
            return self.named_operator("operator", &text, outcome);
        }
        if let Some(name) = context.operator.as_deref() {
            return canonical_operator(name);
        }
        if let Some(name) = self.reader.titled_operator {
            return name.to_owned();
        }
        outcome.remark(self.issue(
            "operator",
            "missing_operator",
            Message::new("thiếu tên nhà mạng", "the operator is missing"),
        ));
        self.text("owner")
            .map(|owner| canonical_operator(&owner))
            .unwrap_or_default()
    }

    /// The operator that a cell names; a misspelt one is put right.
    pub fn named_operator(&self, field: &str, text: &str, outcome: &mut Outcome) -> String {
        if let Some(operator) = operator_named(text) {
            return operator.name.clone();
        }
        let Some(operator) = operator_like(text) else {
            return text.to_owned();
        };
        let issue = self.issue(
            field,
            "operator_misspelt",
            Message::new(
                "tên nhà mạng viết sai; đã sửa",
                "the operator's name is misspelt; put right",
            ),
        );
        outcome.repair(
            RowIssue {
                to: Some(operator.name.clone()),
                ..issue
            }
            .confidence(0.95),
        );
        operator.name.clone()
    }

    pub fn address(&self) -> Option<String> {
        match (self.text("village"), self.text("address")) {
            (Some(village), Some(address)) => Some(format!("{village}, {address}")),
            (village, address) => village.or(address),
        }
    }

    pub fn number(&self, field: &str, plausible: impl Fn(f64) -> bool, outcome: &mut Outcome) -> Option<f64> {
        match self.reader.columns.value(self.row, field) {
            Value::Number(number) => Some(*number),
            Value::Text(text) if !text.trim().is_empty() => {
                let Some(parsed) = parse_number(text, plausible) else {
                    outcome.repair(self.not_a_number(field));
                    return None;
                };
                self.note_parsed(field, &parsed, outcome);
                Some(parsed.value)
            }
            _ => None,
        }
    }

    /// Names what was done to read a number.
    pub fn note_parsed(&self, field: &str, parsed: &ParsedNumber, outcome: &mut Outcome) {
        self.reader
            .note_number(self.row, field, parsed.value, &parsed.repairs, outcome);
        if parsed.repairs.is_empty() {
            self.reader.note_number_as_text(self.row, field, outcome);
        }
    }

    pub fn not_a_number(&self, field: &str) -> RowIssue {
        self.issue(
            field,
            "not_a_number",
            Message::new(
                "không phải là số; bỏ qua giá trị này",
                "not a number; this value is left out",
            ),
        )
    }

    pub fn flag(&self, field: &str) -> Option<bool> {
        match self.reader.columns.value(self.row, field) {
            Value::Flag(flag) => Some(*flag),
            Value::Number(number) => Some(*number != 0.0),
            Value::Text(text) => parse_flag(text),
            _ => None,
        }
    }

    pub fn fibre(&self) -> Option<bool> {
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

    pub fn sharing_code(&self, outcome: &mut Outcome) -> Option<u8> {
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
        let code = (0..=7).find(|code| f64::from(*code) == number);
        if code.is_none() {
            outcome.repair(self.issue(
                field,
                "impossible_sharing_code",
                Message::new(
                    "mã dùng chung phải là số từ 0 đến 7; bỏ qua giá trị này",
                    "a sharing code is a number from 0 to 7; this value is left out",
                ),
            ));
        }
        code
    }

    pub fn status(&self) -> StationStatus {
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

    pub fn technologies(&self, outcome: &mut Outcome) -> Vec<Technology> {
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

    pub fn date(&self, field: &str, today: Date, outcome: &mut Outcome) -> Option<Date> {
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
        if date.year() < FIRST_YEAR {
            outcome.repair(self.issue(
                field,
                "impossible_date",
                Message::new(
                    "ngày phát sóng quá sớm; bỏ qua giá trị này",
                    "the on-air date is too early; this value is left out",
                ),
            ));
            return None;
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
}

/// The operator's usual name; a name that is not known stays as the list writes it.
pub fn canonical_operator(text: &str) -> String {
    operator_named(text).map_or_else(|| text.to_owned(), |operator| operator.name.clone())
}
