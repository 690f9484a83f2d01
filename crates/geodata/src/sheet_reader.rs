//! One sheet with its header understood and its coordinate system found: what every kind of point list starts from.

use std::sync::Arc;

use geodesy::LonLat;

use crate::coordinates::{
    Axis, DeclaredSystem, Located, Locator, NotLocated, Pair, PairProblem, RowPosition, SheetSystem,
    parse_declared_system, read_pair,
};
use crate::error::ImportError;
use crate::header::{self, Columns, Header};
use crate::import::ImportContext;
use crate::message::Message;
use crate::outcome::{Outcome, issue_in};
use crate::records::DatasetKind;
use crate::report::{CrsEvidence, FileNote, ImportReport, RowIssue};
use crate::table::{Row, Sheet, Value};
use crate::territory::{DeclaredCommune, Territory};
use crate::text::fold;

/// A sheet ready to be read row by row.
pub struct SheetReader<'a> {
    /// The sheet.
    pub sheet: &'a Sheet,
    /// Its columns.
    pub columns: Columns,
    territory: &'a Territory<'a>,
    locator: &'a Locator<'a>,
    first_data_row: usize,
    positions: Vec<Result<RowPosition, PairProblem>>,
    system: SheetSystem,
}

/// Position and commune of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// Position, WGS 84.
    pub position: LonLat,
    /// Code of the commune: declared, else the one that contains the position.
    pub commune_code: Option<String>,
}

impl<'a> SheetReader<'a> {
    /// Finds header and coordinate system of a sheet and notes them in the report. `None` when the sheet has no header
    /// of this kind (a cover sheet, a chart's data): the report notes that too.
    pub fn open(
        sheet: &'a Sheet,
        kind: DatasetKind,
        context: &ImportContext<'_>,
        territory: &'a Territory<'a>,
        locator: &'a Locator<'a>,
        report: &mut ImportReport,
    ) -> Option<Self> {
        let Some(header) = header::find(sheet, kind, &context.columns) else {
            report.notes.push(note(
                sheet,
                "no_header",
                Message::new(
                    "không tìm thấy dòng tiêu đề nào quen thuộc, bỏ qua trang này",
                    "no known header row was found, the sheet is skipped",
                ),
            ));
            return None;
        };
        let Header {
            columns,
            first_data_row,
            unit_rows,
            readings,
        } = header;
        report.columns.extend(readings);
        for row in unit_rows {
            report.notes.push(note(
                sheet,
                "unit_row",
                Message::new(
                    format!("dòng {row}: dòng đơn vị hoặc số thứ tự cột, không phải dữ liệu"),
                    format!("row {row}: units or column numbers, not data"),
                ),
            ));
        }
        let positions: Vec<Result<RowPosition, PairProblem>> = sheet.rows[first_data_row.min(sheet.rows.len())..]
            .iter()
            .map(|row| row_position(&columns, row, territory))
            .collect();
        let known: Vec<RowPosition> = positions.iter().filter_map(|row| row.as_ref().ok().cloned()).collect();
        let header_declares = header_system(&columns);
        let system = locator.sheet_system(&known, header_declares);
        if !known.is_empty() {
            report
                .crs
                .sheets
                .push(evidence(sheet, locator, &known, &system, context.declared_epsg));
        }
        Some(Self {
            sheet,
            columns,
            territory,
            locator,
            first_data_row,
            positions,
            system,
        })
    }

    /// Whether the list has any columns for positions.
    #[must_use]
    pub fn has_positions(&self) -> bool {
        let pair = |east, north| self.columns.has(east) && self.columns.has(north);
        pair("longitude", "latitude") || pair("y", "x") || self.columns.has("coordinates")
    }

    /// Whether the sheet's projected numbers stayed unclear.
    #[must_use]
    pub const fn is_unclear(&self) -> bool {
        self.system.unclear
    }

    /// The data rows.
    #[must_use]
    pub fn rows(&self) -> &'a [Row] {
        &self.sheet.rows[self.first_data_row.min(self.sheet.rows.len())..]
    }

    /// Rejects what is no data: totals, section titles, repeated headers, signatures.
    pub fn is_data(&self, index: usize, outcome: &mut Outcome) -> bool {
        let row = &self.rows()[index];
        let has_numbers = self.positions[index].is_ok();
        let Some(kind) = not_data(row, &self.columns, has_numbers) else {
            return true;
        };
        let message = match kind {
            "total_row" => Message::new("dòng tổng cộng, không phải dữ liệu", "a total, not data"),
            "repeated_header" => Message::new(
                "dòng tiêu đề lặp lại, không phải dữ liệu",
                "a repeated header, not data",
            ),
            _ => Message::new(
                "dòng tiêu đề nhóm hoặc ghi chú, không phải dữ liệu",
                "a section title or remark, not data",
            ),
        };
        let mut issue = RowIssue::new(kind, message);
        issue.from = row.values.iter().find(|value| !value.is_empty()).map(Value::to_text);
        outcome.reject(issue);
        false
    }

    /// Finds where a row is; issues say what was repaired, or why it cannot be placed.
    pub fn place(&self, index: usize, outcome: &mut Outcome) -> Option<Placed> {
        let row = &self.rows()[index];
        let declared = match &self.positions[index] {
            Ok(position) => position,
            Err(problem) => {
                outcome.reject(self.pair_problem(row, problem));
                return None;
            }
        };
        self.note_unknown_commune(row, outcome);
        match self.locator.locate(declared, &self.system) {
            Ok(located) => {
                self.note_repairs(row, declared, &located, outcome);
                let commune = declared.commune.or_else(|| self.territory.commune_at(located.position));
                let commune_code = commune.map(|index| self.territory.commune(index).code.clone());
                Some(Placed {
                    position: located.position,
                    commune_code,
                })
            }
            Err(problem) => {
                outcome.reject(self.not_located(row, declared, &problem));
                None
            }
        }
    }

    fn note_unknown_commune(&self, row: &Row, outcome: &mut Outcome) {
        let (code, name) = (
            self.columns.text(row, "commune_code"),
            self.columns.text(row, "commune"),
        );
        let field = if name.is_some() { "commune" } else { "commune_code" };
        if self.territory.declared(code.as_deref(), name.as_deref()) == Some(DeclaredCommune::Unknown) {
            outcome.remark(issue_in(
                &self.columns,
                row,
                field,
                "unknown_commune",
                Message::new(
                    "không có xã, phường này trong danh mục; không kiểm tra được vị trí theo xã",
                    "no commune of this name or code is known; the position is not checked against it",
                ),
            ));
        }
    }

    fn pair_problem(&self, row: &Row, problem: &PairProblem) -> RowIssue {
        match problem {
            PairProblem::Missing => issue_in(
                &self.columns,
                row,
                self.position_field(),
                "missing_position",
                Message::new(
                    "thiếu tọa độ; đề nghị bổ sung kinh độ và vĩ độ",
                    "the position is missing; add longitude and latitude",
                ),
            ),
            PairProblem::NotANumber(field, text) => issue_in(
                &self.columns,
                row,
                field,
                "position_not_a_number",
                Message::new(
                    format!("\"{text}\" không phải là tọa độ; đề nghị nhập lại dạng 105.912345 hoặc 105°54'44\""),
                    format!("\"{text}\" is not a coordinate; write it as 105.912345 or 105°54'44\""),
                ),
            ),
        }
    }

    fn position_field(&self) -> &'static str {
        ["longitude", "y", "coordinates"]
            .into_iter()
            .find(|field| self.columns.has(field))
            .unwrap_or("longitude")
    }

    fn not_located(&self, row: &Row, declared: &RowPosition, problem: &NotLocated) -> RowIssue {
        let kilometres = |metres: f64| (metres / 100.0).round() / 10.0;
        let commune = declared
            .commune
            .map(|index| self.territory.commune(index).name.clone())
            .unwrap_or_default();
        let (code, message) = match problem {
            NotLocated::NoPosition => (
                "impossible_position",
                Message::new(
                    "hai số này không phải kinh vĩ độ, cũng không phải tọa độ VN-2000",
                    "these two numbers are neither degrees nor VN-2000 metres",
                ),
            ),
            NotLocated::Unclear => (
                "coordinate_system_unclear",
                Message::new(
                    "chưa rõ hệ tọa độ; đề nghị chọn hệ tọa độ (kinh tuyến trục) của tệp",
                    "the coordinate system is unclear; choose the file's coordinate system (central meridian)",
                ),
            ),
            NotLocated::OutsideProvince(position, distance) => (
                "outside_area",
                Message::new(
                    format!(
                        "vị trí ({:.5}, {:.5}) nằm ngoài địa bàn {} km; đề nghị kiểm tra lại tọa độ",
                        position.lon_deg,
                        position.lat_deg,
                        kilometres(*distance)
                    ),
                    format!(
                        "the position ({:.5}, {:.5}) is {} km outside the area; check the coordinates",
                        position.lon_deg,
                        position.lat_deg,
                        kilometres(*distance)
                    ),
                ),
            ),
            NotLocated::FarFromCommune(position, distance) => (
                "far_from_own_commune",
                Message::new(
                    format!(
                        "vị trí ({:.5}, {:.5}) cách {commune} {} km; đề nghị kiểm tra tọa độ hoặc tên xã",
                        position.lon_deg,
                        position.lat_deg,
                        kilometres(*distance)
                    ),
                    format!(
                        "the position ({:.5}, {:.5}) is {} km from {commune}; check the coordinates or the commune",
                        position.lon_deg,
                        position.lat_deg,
                        kilometres(*distance)
                    ),
                ),
            ),
        };
        let mut issue = issue_in(&self.columns, row, self.position_field(), code, message);
        issue.from = Some(pair_text(&declared.pair));
        issue
    }

    fn note_repairs(&self, row: &Row, declared: &RowPosition, located: &Located, outcome: &mut Outcome) {
        let fields = if self.columns.value(row, "longitude").is_empty() {
            ["y", "x"]
        } else {
            ["longitude", "latitude"]
        };
        for (field, axis) in fields.into_iter().zip([&declared.pair.east, &declared.pair.north]) {
            self.note_number_repairs(row, field, axis, outcome);
        }
        let to = format!("{:.6}, {:.6}", located.position.lon_deg, located.position.lat_deg);
        let mut issue = |code, message, confidence| {
            let mut issue = issue_in(&self.columns, row, self.position_field(), code, message).confidence(confidence);
            issue.from = Some(pair_text(&declared.pair));
            issue.to = Some(to.clone());
            outcome.repair(issue);
        };
        if located.swapped {
            let evidence = if declared.commune.is_some() { 0.99 } else { 0.95 };
            issue(
                "axes_swapped",
                Message::new(
                    format!(
                        "hai trục tọa độ bị đổi chỗ: {} giống {}; đã đổi lại",
                        declared.pair.east.value,
                        if declared.pair.east.value > 1000.0 {
                            "tọa độ bắc"
                        } else {
                            "vĩ độ"
                        }
                    ),
                    format!(
                        "the two axes are exchanged: {} looks like a {}; put right",
                        declared.pair.east.value,
                        if declared.pair.east.value > 1000.0 {
                            "northing"
                        } else {
                            "latitude"
                        }
                    ),
                ),
                evidence,
            );
        }
        if located.other_system {
            let name = self.locator.name(located.epsg);
            issue(
                "other_coordinate_system",
                Message::new(
                    format!(
                        "dòng này dùng hệ tọa độ khác với cả trang: {name} (EPSG:{}) đặt vị trí đúng vào xã đã khai",
                        located.epsg
                    ),
                    format!(
                        "this row is in another system than its sheet: {name} (EPSG:{}) puts it into its own commune",
                        located.epsg
                    ),
                ),
                0.95,
            );
        }
        if let Some(distance) = located.outside_commune_m {
            outcome.remark(issue_in(
                &self.columns,
                row,
                "commune",
                "outside_own_commune",
                Message::new(
                    format!("vị trí nằm ngoài xã đã khai {distance:.0} m"),
                    format!("the position is {distance:.0} m outside the declared commune"),
                ),
            ));
        }
    }

    fn note_number_repairs(&self, row: &Row, field: &str, axis: &Axis, outcome: &mut Outcome) {
        for repair in &axis.repairs {
            let issue = issue_in(&self.columns, row, field, repair.code(), repair.message());
            outcome.repair(
                RowIssue {
                    to: Some(axis.value.to_string()),
                    ..issue
                }
                .confidence(0.98),
            );
        }
        if axis.sexagesimal {
            let issue = issue_in(
                &self.columns,
                row,
                field,
                "degrees_minutes_seconds",
                Message::new(
                    "độ, phút, giây được đổi ra độ thập phân",
                    "degrees, minutes and seconds were converted to decimal degrees",
                ),
            );
            outcome.repair(
                RowIssue {
                    to: Some(format!("{:.7}", axis.value)),
                    ..issue
                }
                .confidence(0.99),
            );
        }
    }
}

fn row_position(columns: &Columns, row: &Row, territory: &Territory<'_>) -> Result<RowPosition, PairProblem> {
    let pair = read_pair(columns, row)?;
    let (code, name) = (columns.text(row, "commune_code"), columns.text(row, "commune"));
    let commune = match territory.declared(code.as_deref(), name.as_deref()) {
        Some(DeclaredCommune::Known(index)) => Some(index),
        _ => None,
    };
    let declared = columns
        .text(row, "coordinate_system")
        .and_then(|text| parse_declared_system(&text));
    Ok(RowPosition {
        pair,
        commune,
        declared,
    })
}

/// The system that the headers of the position columns name: `X (VN2000 KTT 105°30')`.
fn header_system(columns: &Columns) -> Option<DeclaredSystem> {
    ["longitude", "latitude", "x", "y", "coordinates"]
        .into_iter()
        .filter_map(|field| columns.get(field))
        .find_map(|column| parse_declared_system(&column.header))
}

fn pair_text(pair: &Pair) -> String {
    format!("{}, {}", pair.east.value, pair.north.value)
}

/// Why a row is no data: `total_row`, `repeated_header`, `section_row`.
fn not_data(row: &Row, columns: &Columns, has_position: bool) -> Option<&'static str> {
    const TOTALS: [&str; 6] = ["tong", "tong cong", "tong so", "cong", "total", "subtotal"];
    if has_position {
        return None;
    }
    let texts: Vec<String> = row
        .values
        .iter()
        .filter(|value| !value.is_empty())
        .map(|value| fold(&value.to_text()))
        .collect();
    let is_total = |text: &String| {
        TOTALS
            .iter()
            .any(|total| text == total || text.strip_prefix(total).is_some_and(|rest| rest.starts_with(' ')))
    };
    if texts.iter().take(3).any(is_total) {
        return Some("total_row");
    }
    let repeats_header = ["longitude", "latitude", "x", "y", "code", "name"]
        .into_iter()
        .filter_map(|field| columns.get(field));
    let matches = repeats_header
        .filter(|column| fold(&row.get(column.index).to_text()) == fold(&column.header))
        .count();
    if matches >= 2 {
        return Some("repeated_header");
    }
    (texts.len() <= 2).then_some("section_row")
}

fn evidence(
    sheet: &Sheet,
    locator: &Locator<'_>,
    rows: &[RowPosition],
    system: &SheetSystem,
    declared_epsg: Option<u32>,
) -> CrsEvidence {
    use crate::coordinates::PairKind;
    let projected = rows
        .iter()
        .filter(|row| row.pair.kind() == Some(PairKind::Projected))
        .count();
    let mostly_projected = projected * 2 > rows.len();
    let epsg = if mostly_projected {
        system.projected
    } else {
        Some(declared_epsg.filter(|epsg| *epsg == 4756).unwrap_or(4326))
    };
    let name = epsg.map_or_else(String::new, |epsg| locator.name(epsg));
    let best = system.candidates.first();
    let message = match (epsg, best) {
        (Some(epsg), Some(best)) if mostly_projected => Message::new(
            format!(
                "{}/{} dòng nằm trong xã (hoặc địa bàn) của mình theo EPSG:{epsg} ({name})",
                best.rows_inside, best.rows_tried
            ),
            format!(
                "{} of {} rows fall in their own commune (or in the area) under EPSG:{epsg} ({name})",
                best.rows_inside, best.rows_tried
            ),
        ),
        (Some(epsg), _) if mostly_projected => Message::new(
            format!("EPSG:{epsg} ({name}) theo khai báo hoặc theo tỉnh; không có ranh giới để kiểm chứng"),
            format!("EPSG:{epsg} ({name}) as declared or by the province; there are no boundaries to verify it"),
        ),
        (Some(_), _) => Message::new(
            format!("kinh độ, vĩ độ ({name})"),
            format!("longitude and latitude ({name})"),
        ),
        (None, _) => Message::new(
            "chưa rõ hệ tọa độ: không hệ nào đặt phần lớn các dòng vào xã của chúng",
            "the coordinate system is unclear: none puts most rows into their communes",
        ),
    };
    CrsEvidence {
        file: Arc::clone(&sheet.file),
        sheet: sheet.name.clone(),
        epsg,
        name,
        swapped: mostly_projected && best.is_some_and(|best| best.swapped),
        declared_epsg,
        candidates: system.candidates.clone(),
        message_vi: message.vi,
        message_en: message.en,
    }
}

/// A remark on a sheet.
pub fn note(sheet: &Sheet, code: &str, message: Message) -> FileNote {
    FileNote {
        file: Arc::clone(&sheet.file),
        sheet: sheet.name.clone(),
        code: code.to_owned(),
        message_vi: message.vi,
        message_en: message.en,
    }
}

/// The error of files that have no columns which a kind needs.
pub fn missing_columns(file: &str, vi: &str, en: &str) -> ImportError {
    ImportError::new(
        "missing_columns",
        Message::new(
            format!("không tìm thấy các cột cần có: {vi}"),
            format!("needed columns were not found: {en}"),
        ),
    )
    .at(file)
    .advise(Message::new(
        "thêm các cột này, hoặc chỉ rõ cột nào là trường nào rồi tải lên lần nữa",
        "add these columns, or say which column is which field and upload again",
    ))
}
